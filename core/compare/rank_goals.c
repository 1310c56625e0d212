/* The goals of a forum and the points that participants give them, from two CSV files. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../io/csv.h"
#include "rank.h"

static const kj_indicator_def *indicator_named(const char *id)
{
    for (uint32_t i = 0; i < kj_n_indicators; i++)
        if (!strcmp(kj_indicators[i].id, id)) return &kj_indicators[i];
    return NULL;
}

static kj_status unknown_indicator(kj_error *err, const kj_csv *csv, const char *id)
{
    const char *names[256];
    uint32_t n = 0;
    for (; n < kj_n_indicators && n < 256; n++) names[n] = kj_indicators[n].id;
    const char *nearest = kj_nearest_name(id, names, n);
    return kj_fail(err, KJ_E_INPUT, "%s:%u: column indicator: no indicator is called '%.60s'%s%s%s (`kedja rank --indicators` lists them)", kj_csv_path(csv), kj_csv_line(csv), id,
                   nearest ? "; the nearest is '" : "", nearest ? nearest : "", nearest ? "'" : "");
}

/* Index of the goal; n_goals if there is none of that name. */
static uint32_t goal_named(const kj_ranking *r, const char *name)
{
    uint32_t g = 0;
    while (g < r->n_goals && strcmp(r->goals[g].name, name)) g++;
    return g;
}

typedef struct columns {
    uint32_t heading, goal, indicator;
    int32_t direction, worst, best, share; /* -1: not there */
} columns;

static const char *text_of(const kj_csv *csv, int32_t column) { return column < 0 ? "" : kj_csv_field(csv, (uint32_t)column); }

static kj_status read_direction(kj_error *err, const kj_csv *csv, int32_t column, kj_rank_indicator *to)
{
    const char *text = text_of(csv, column);
    to->more = to->def->direction == KJ_MORE_IS_BETTER;
    if (!text[0] && to->def->direction != KJ_NEITHER) return KJ_OK;
    to->more = !strcmp(text, "more");
    if (to->more || !strcmp(text, "less")) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "%s:%u: column direction: expected more or less%s, found '%s'", kj_csv_path(csv), kj_csv_line(csv),
                   text[0] ? "" : " (this indicator is neither good nor bad by itself)", text);
}

/* Both ends or none. */
static kj_status read_ends(kj_error *err, const kj_csv *csv, const columns *at, kj_rank_indicator *to)
{
    bool worst = text_of(csv, at->worst)[0], best = text_of(csv, at->best)[0];
    if (!worst && !best) return KJ_OK;
    if (!worst || !best) return kj_fail(err, KJ_E_INPUT, "%s:%u: expected both worst and best, or neither; found %s alone", kj_csv_path(csv), kj_csv_line(csv), worst ? "worst" : "best");
    kj_status status = kj_csv_number(err, csv, (uint32_t)at->worst, &to->worst);
    if (!status) status = kj_csv_number(err, csv, (uint32_t)at->best, &to->best);
    to->given = true;
    if (!status && (to->more ? to->best <= to->worst : to->best >= to->worst))
        return kj_fail(err, KJ_E_INPUT, "%s:%u: %s is better here, so best must be %s worst; found worst %g, best %g", kj_csv_path(csv), kj_csv_line(csv), to->more ? "more" : "less",
                       to->more ? "above" : "below", to->worst, to->best);
    return status;
}

/* A name that is cut would no longer be found by itself. */
static kj_status copy_name(kj_error *err, const kj_csv *csv, const char *column, const char *name, char to[KJ_RANK_NAME])
{
    size_t bytes = strlen(name);
    if (bytes >= KJ_RANK_NAME)
        return kj_fail(err, KJ_E_INPUT, "%s:%u: column %s: expected at most %d bytes, found %zu: '%.40s…'", kj_csv_path(csv), kj_csv_line(csv), column, KJ_RANK_NAME - 1, bytes, name);
    memcpy(to, name, bytes + 1);
    return KJ_OK;
}

static kj_status add_goal(kj_error *err, const kj_csv *csv, const char *heading, const char *name, kj_ranking *r, uint32_t *goal)
{
    *goal = goal_named(r, name);
    if (*goal < r->n_goals) {
        if (!strcmp(r->goals[*goal].heading, heading)) return KJ_OK;
        return kj_fail(err, KJ_E_INPUT, "%s:%u: the goal '%s' stands under '%s' and under '%s'", kj_csv_path(csv), kj_csv_line(csv), name, r->goals[*goal].heading, heading);
    }
    kj_rank_goal *grown = realloc(r->goals, (r->n_goals + 1u) * sizeof *grown);
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    r->goals = grown;
    kj_rank_goal *to = &grown[r->n_goals++];
    *to = (kj_rank_goal){.second_from = UINT32_MAX, .second_to = UINT32_MAX};
    kj_status status = copy_name(err, csv, "heading", heading, to->heading);
    return status ? status : copy_name(err, csv, "goal", name, to->name);
}

static kj_status read_goal(kj_error *err, const kj_csv *csv, const columns *at, kj_ranking *r)
{
    const char *heading = kj_csv_field(csv, at->heading), *name = kj_csv_field(csv, at->goal), *id = kj_csv_field(csv, at->indicator);
    if (!heading[0] || !name[0]) return kj_fail(err, KJ_E_INPUT, "%s:%u: expected a heading and a goal, found an empty %s", kj_csv_path(csv), kj_csv_line(csv), heading[0] ? "goal" : "heading");
    kj_rank_indicator to = {.def = indicator_named(id), .share = 1.0};
    if (!to.def) return unknown_indicator(err, csv, id);
    kj_status status = read_direction(err, csv, at->direction, &to);
    if (!status) status = read_ends(err, csv, at, &to);
    if (!status && text_of(csv, at->share)[0]) status = kj_csv_number(err, csv, (uint32_t)at->share, &to.share);
    if (!status && !(to.share > 0.0)) status = kj_fail(err, KJ_E_INPUT, "%s:%u: column share: expected more than 0, found %g", kj_csv_path(csv), kj_csv_line(csv), to.share);
    if (!status) status = add_goal(err, csv, heading, name, r, &to.goal);
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

kj_status kj_rank_goals_read(kj_error *err, const char *path, kj_ranking *out)
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
    kj_status status = copy_name(err, csv, "participant", name, names[*out]);
    if (status) return status;
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
    kj_status status = kj_csv_number(err, csv, at[2], &points);
    if (!status && !(points >= 0.0 && points <= POINTS_MAX))
        status = kj_fail(err, KJ_E_INPUT, "%s:%u: column points: expected 0 to %g, found %g", kj_csv_path(csv), kj_csv_line(csv), POINTS_MAX, points);
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
