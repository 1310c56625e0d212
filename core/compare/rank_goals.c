/* The goals of a forum, from CSV or Lua, and the points that participants give them, from CSV. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../io/csv.h"
#include "rank_goals.h"

static kj_status unknown_indicator(kj_error *err, const rank_goal_row *row)
{
    const char *names[256];
    uint32_t n = 0;
    for (; n < kj_n_indicators && n < 256; n++) names[n] = kj_indicators[n].id;
    const char *nearest = kj_nearest_name(row->indicator, names, n);
    return kj_fail(err, KJ_E_INPUT, "%s indicator: no indicator is called '%.60s'%s%s%s (`kedja rank --indicators` lists them)", row->field, row->indicator,
                   nearest ? "; the nearest is '" : "", nearest ? nearest : "", nearest ? "'" : "");
}

/* Index of the goal; n_goals if there is none of that name. */
static uint32_t goal_named(const kj_ranking *r, const char *name)
{
    uint32_t g = 0;
    while (g < r->n_goals && strcmp(r->goals[g].name, name)) g++;
    return g;
}

static kj_status read_direction(kj_error *err, const rank_goal_row *row, kj_rank_indicator *to)
{
    to->more = to->def->direction == KJ_MORE_IS_BETTER;
    if (!row->direction[0] && to->def->direction != KJ_NEITHER) return KJ_OK;
    to->more = !strcmp(row->direction, "more");
    if (to->more || !strcmp(row->direction, "less")) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "%s direction: expected more or less%s, found '%s'", row->field,
                   row->direction[0] ? "" : " (this indicator is neither good nor bad by itself)", row->direction);
}

/* Both ends or none. */
static kj_status read_ends(kj_error *err, const rank_goal_row *row, kj_rank_indicator *to)
{
    if (!row->has_worst && !row->has_best) return KJ_OK;
    if (!row->has_worst || !row->has_best) return kj_fail(err, KJ_E_INPUT, "expected both worst and best, or neither; found %s alone", row->has_worst ? "worst" : "best");
    to->worst = row->worst;
    to->best = row->best;
    to->given = true;
    if (to->more ? to->best <= to->worst : to->best >= to->worst)
        return kj_fail(err, KJ_E_INPUT, "%s is better here, so best must be %s worst; found worst %g, best %g", to->more ? "more" : "less", to->more ? "above" : "below", to->worst,
                       to->best);
    return KJ_OK;
}

/* A name that is cut would no longer be found by itself. */
static kj_status copy_name(kj_error *err, const char *field, const char *column, const char *name, char to[KJ_RANK_NAME])
{
    size_t bytes = strlen(name);
    if (bytes >= KJ_RANK_NAME) return kj_fail(err, KJ_E_INPUT, "%s %s: expected at most %d bytes, found %zu: '%.40s…'", field, column, KJ_RANK_NAME - 1, bytes, name);
    memcpy(to, name, bytes + 1);
    return KJ_OK;
}

static kj_status add_goal(kj_error *err, const rank_goal_row *row, kj_ranking *r, uint32_t *goal)
{
    *goal = goal_named(r, row->goal);
    if (*goal < r->n_goals) {
        if (!strcmp(r->goals[*goal].heading, row->heading)) return KJ_OK;
        return kj_fail(err, KJ_E_INPUT, "the goal '%s' stands under '%s' and under '%s'", row->goal, r->goals[*goal].heading, row->heading);
    }
    kj_rank_goal *grown = realloc(r->goals, (r->n_goals + 1u) * sizeof *grown);
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    r->goals = grown;
    kj_rank_goal *to = &grown[r->n_goals++];
    *to = (kj_rank_goal){.second_from = UINT32_MAX, .second_to = UINT32_MAX};
    kj_status status = copy_name(err, row->field, "heading", row->heading, to->heading);
    return status ? status : copy_name(err, row->field, "goal", row->goal, to->name);
}

kj_status rank_goals_add(kj_error *err, const rank_goal_row *row, kj_ranking *r)
{
    if (!row->heading[0] || !row->goal[0]) return kj_fail(err, KJ_E_INPUT, "expected a heading and a goal, found an empty %s", row->heading[0] ? "goal" : "heading");
    kj_rank_indicator to = {.def = kj_indicator_named(row->indicator), .share = row->share};
    if (!to.def) return unknown_indicator(err, row);
    kj_status status = read_direction(err, row, &to);
    if (!status) status = read_ends(err, row, &to);
    if (!status && !(to.share > 0.0)) status = kj_fail(err, KJ_E_INPUT, "%s share: expected more than 0, found %g", row->field, to.share);
    if (!status) status = add_goal(err, row, r, &to.goal);
    if (status) return status;
    kj_rank_indicator *grown = realloc(r->indicators, (r->n_indicators + 1u) * sizeof *grown);
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    r->indicators = grown;
    grown[r->n_indicators++] = to;
    return KJ_OK;
}

/* Shares of the indicators of one goal add up to 1; goals weigh the same until there are votes. */
static void settle(kj_ranking *r)
{
    for (uint32_t g = 0; g < r->n_goals; g++) {
        double sum = 0.0;
        for (uint32_t i = 0; i < r->n_indicators; i++) sum += r->indicators[i].goal == g ? r->indicators[i].share : 0.0;
        for (uint32_t i = 0; i < r->n_indicators; i++)
            if (r->indicators[i].goal == g) r->indicators[i].share /= sum;
        r->goals[g].weight = r->goals[g].weight_low = r->goals[g].weight_high = 1.0 / r->n_goals;
    }
}

/* ---- goals in CSV ---- */

typedef struct columns {
    uint32_t heading, goal, indicator;
    int32_t direction, worst, best, share; /* -1: not there */
} columns;

static const char *text_of(const kj_csv *csv, int32_t column) { return column < 0 ? "" : kj_csv_field(csv, (uint32_t)column); }

static kj_status number_of(kj_error *err, const kj_csv *csv, int32_t column, bool *has, double *out)
{
    *has = text_of(csv, column)[0] != 0;
    return *has ? kj_csv_number(err, csv, (uint32_t)column, -INFINITY, INFINITY, out) : KJ_OK;
}

static kj_status read_goal(kj_error *err, const kj_csv *csv, const columns *at, kj_ranking *r)
{
    rank_goal_row row = {.field = "column", .heading = kj_csv_field(csv, at->heading), .goal = kj_csv_field(csv, at->goal), .indicator = kj_csv_field(csv, at->indicator),
                         .direction = text_of(csv, at->direction), .share = 1.0};
    bool has_share;
    kj_status status = number_of(err, csv, at->worst, &row.has_worst, &row.worst);
    if (!status) status = number_of(err, csv, at->best, &row.has_best, &row.best);
    if (!status) status = number_of(err, csv, at->share, &has_share, &row.share);
    if (status) return status;
    return rank_goals_add(err, &row, r) ? kj_error_context(err, "%s:%u", kj_csv_path(csv), kj_csv_line(csv)) : KJ_OK;
}

static kj_status read_csv(kj_error *err, const char *path, kj_ranking *out)
{
    kj_csv *csv = NULL;
    columns at = {0};
    bool more = true;
    kj_status status = kj_csv_open(err, path, 0, &csv);
    if (!status) status = kj_csv_require(err, csv, "heading", &at.heading);
    if (!status) status = kj_csv_require(err, csv, "goal", &at.goal);
    if (!status) status = kj_csv_require(err, csv, "indicator", &at.indicator);
    if (!status) {
        at.direction = kj_csv_column(csv, "direction");
        at.worst = kj_csv_column(csv, "worst");
        at.best = kj_csv_column(csv, "best");
        at.share = kj_csv_column(csv, "share");
    }
    while (!status) {
        status = kj_csv_next(err, csv, &more);
        if (status || !more) break;
        status = read_goal(err, csv, &at, out);
    }
    kj_csv_close(csv);
    return status;
}

kj_status kj_rank_goals_read(kj_error *err, const char *path, kj_ranking *out)
{
    const char *dot = strrchr(path, '.');
    kj_status status = dot && !strcmp(dot, ".lua") ? rank_goals_read_lua(err, path, out) : read_csv(err, path, out);
    if (!status && out->n_goals < 2) status = kj_fail(err, KJ_E_INPUT, "%s: expected at least two goals, found %u", path, out->n_goals);
    if (!status) settle(out);
    return status;
}

/* ---- votes ---- */

static kj_status unknown_goal(kj_error *err, const kj_csv *csv, const kj_ranking *r, const char *name)
{
    const char *names[256] = {NULL};
    char list[700] = "";
    uint32_t n = 0;
    for (; n < r->n_goals && n < 256; n++) names[n] = r->goals[n].name;
    const char *nearest = kj_nearest_name(name, names, n);
    if (nearest) return kj_fail(err, KJ_E_INPUT, "%s:%u: column goal: no goal is called '%.60s'; the nearest is '%s'", kj_csv_path(csv), kj_csv_line(csv), name, nearest);
    for (uint32_t i = 0; i < n && strlen(list) + KJ_RANK_NAME + 4 < sizeof list; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s'%s'", i ? ", " : "", names[i]);
    return kj_fail(err, KJ_E_INPUT, "%s:%u: column goal: no goal is called '%.60s'; there are %s", kj_csv_path(csv), kj_csv_line(csv), name, list);
}

static kj_status participant_of(kj_error *err, const kj_csv *csv, const char *name, kj_ranking *r, uint32_t *out)
{
    if (!name[0]) return kj_fail(err, KJ_E_INPUT, "%s:%u: column participant: expected a name or number, found nothing", kj_csv_path(csv), kj_csv_line(csv));
    for (*out = 0; *out < r->n_participants; ++*out)
        if (!strcmp(r->participants[*out], name)) return KJ_OK;
    char(*names)[KJ_RANK_NAME] = realloc(r->participants, (r->n_participants + 1u) * sizeof *names);
    if (names) r->participants = names;
    double *votes = realloc(r->votes, ((size_t)r->n_participants + 1u) * r->n_goals * sizeof *votes);
    if (votes) r->votes = votes;
    if (!names || !votes) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (copy_name(err, "column", "participant", name, names[*out])) return kj_error_context(err, "%s:%u", kj_csv_path(csv), kj_csv_line(csv));
    for (uint32_t g = 0; g < r->n_goals; g++) votes[(size_t)*out * r->n_goals + g] = -1.0; /* not given yet */
    r->n_participants++;
    return KJ_OK;
}

#define POINTS_MAX 1e9 /* sums of them stay finite */

static kj_status read_vote(kj_error *err, const kj_csv *csv, const uint32_t at[3], kj_ranking *r)
{
    uint32_t participant = 0, goal = goal_named(r, kj_csv_field(csv, at[1]));
    double points = 0.0;
    if (goal == r->n_goals) return unknown_goal(err, csv, r, kj_csv_field(csv, at[1]));
    kj_status status = kj_csv_number(err, csv, at[2], 0.0, POINTS_MAX, &points);
    if (!status) status = participant_of(err, csv, kj_csv_field(csv, at[0]), r, &participant);
    if (status) return status;
    double *vote = &r->votes[(size_t)participant * r->n_goals + goal];
    if (*vote >= 0.0) return kj_fail(err, KJ_E_INPUT, "%s:%u: %s has given points to '%s' before", kj_csv_path(csv), kj_csv_line(csv), r->participants[participant], r->goals[goal].name);
    *vote = points;
    return KJ_OK;
}

/* Everybody weighs the same, however many points they used. */
static kj_status weigh(kj_error *err, const char *path, kj_ranking *r)
{
    for (uint32_t g = 0; g < r->n_goals; g++) r->goals[g].weight = r->goals[g].weight_high = 0.0, r->goals[g].weight_low = 1.0;
    for (uint32_t p = 0; p < r->n_participants; p++) {
        double sum = 0.0, *vote = &r->votes[(size_t)p * r->n_goals];
        for (uint32_t g = 0; g < r->n_goals; g++) sum += vote[g] = fmax(0.0, vote[g]);
        if (!(sum > 0.0)) return kj_fail(err, KJ_E_INPUT, "%s: %s has given no points", path, r->participants[p]);
        for (uint32_t g = 0; g < r->n_goals; g++) {
            kj_rank_goal *goal = &r->goals[g];
            vote[g] /= sum;
            goal->weight += vote[g] / r->n_participants;
            goal->weight_low = fmin(goal->weight_low, vote[g]);
            goal->weight_high = fmax(goal->weight_high, vote[g]);
        }
    }
    return KJ_OK;
}

kj_status kj_rank_votes_read(kj_error *err, const char *path, kj_ranking *out)
{
    static const char *const names[3] = {"participant", "goal", "points"};
    kj_csv *csv = NULL;
    uint32_t at[3] = {0};
    bool more = true;
    kj_status status = kj_csv_open(err, path, 0, &csv);
    for (int k = 0; k < 3 && !status; k++) status = kj_csv_require(err, csv, names[k], &at[k]);
    while (!status) {
        status = kj_csv_next(err, csv, &more);
        if (status || !more) break;
        status = read_vote(err, csv, at, out);
    }
    kj_csv_close(csv);
    if (!status && out->n_participants == 0) status = kj_fail(err, KJ_E_INPUT, "%s: no votes", path);
    out->has_votes = true;
    return status ? status : weigh(err, path, out);
}
