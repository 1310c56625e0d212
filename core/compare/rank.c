#include "rank.h"

#include <kedja/math.h>
#include <kedja/rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../io/json_number.h"
#include "compare_internal.h"

#define TIE 1e-9 /* scores nearer than this are the same */

/* All runs, by scenario. */
typedef struct runs {
    kj_runread ***of; /* [scenario][run] */
    const kj_rank_entry *entries;
    uint32_t n;
} runs;

static const kj_runread *first_run(const runs *all) { return all->of[0][0]; }

static kj_status open_runs(kj_error *err, runs *all)
{
    all->of = calloc(all->n, sizeof *all->of);
    kj_status status = all->of ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t s = 0; s < all->n && !status; s++) {
        const kj_rank_entry *e = &all->entries[s];
        for (uint32_t k = 0; k < s; k++)
            if (!strcmp(e->name, all->entries[k].name)) return kj_fail(err, KJ_E_INPUT, "two scenarios are called '%s': name them, as in mine=RUN.nc", e->name);
        all->of[s] = calloc(e->n_paths + 1u, sizeof **all->of);
        if (!all->of[s]) return kj_fail(err, KJ_E_MEMORY, "out of memory");
        for (uint32_t k = 0; k < e->n_paths && !status; k++) {
            status = kj_runread_open(err, e->paths[k], &all->of[s][k]);
            if (!status && strcmp(kj_runread_info(all->of[s][k])->map_digest, kj_runread_info(first_run(all))->map_digest))
                status = kj_fail(err, KJ_E_INPUT, "%s is of another map than %s", e->paths[k], all->entries[0].paths[0]);
        }
    }
    return status;
}

static void close_runs(runs *all)
{
    for (uint32_t s = 0; all->of && s < all->n; s++) {
        for (uint32_t k = 0; all->of[s] && k < all->entries[s].n_paths; k++) kj_runread_close(all->of[s][k]);
        free(all->of[s]);
    }
    free(all->of);
}

static kj_status choose_year(kj_error *err, const runs *all, int32_t year, kj_ranking *r)
{
    r->year = year;
    for (uint32_t s = 0; s < all->n; s++) {
        for (uint32_t k = 0; k < all->entries[s].n_paths; k++) {
            const int32_t *years = kj_runread_years(all->of[s][k]);
            int32_t last = years[kj_runread_n_years(all->of[s][k]) - 1];
            if (year && kj_runread_year_index(all->of[s][k], year) < 0)
                return kj_fail(err, KJ_E_INPUT, "%s has no year %d: it has %d to %d", all->entries[s].paths[k], year, years[0], last);
            if (!year && (!r->year || last < r->year)) r->year = last;
        }
    }
    return KJ_OK;
}

/* ---- figures and their values between 0 and 1 ---- */

/* figures[scenario][run][indicator], flat by scenario. */
static kj_status read_figures(kj_error *err, const runs *all, const kj_ranking *r, double **figures)
{
    for (uint32_t s = 0; s < all->n; s++) {
        for (uint32_t k = 0; k < all->entries[s].n_paths; k++) {
            const kj_runread *run = all->of[s][k];
            int32_t at = kj_runread_year_index(run, r->year);
            for (uint32_t i = 0; i < r->n_indicators; i++) {
                if (at < 0 || !kj_indicator_is_there(run, r->indicators[i].def))
                    return kj_fail(err, KJ_E_INPUT, "%s: %s", all->entries[s].paths[k], at < 0 ? "its years do not overlap with those of the others" : "an indicator of the goals is not in this run (which plugins was it made with?)");
                kj_status status = kj_indicator_read(err, run, r->indicators[i].def, (uint32_t)at, &figures[s][k * r->n_indicators + i]);
                if (status) return status;
            }
        }
    }
    return KJ_OK;
}

static void take_means(const runs *all, double **figures, kj_ranking *r)
{
    for (uint32_t s = 0; s < all->n; s++)
        for (uint32_t i = 0; i < r->n_indicators; i++) {
            double sum = 0.0;
            for (uint32_t k = 0; k < all->entries[s].n_paths; k++) sum += figures[s][k * r->n_indicators + i];
            r->scenarios[s].figures[i] = sum / all->entries[s].n_paths;
        }
}

/* Lowest and highest figure of any year but the first, in which most figures are not measured yet. */
static kj_status range_of_years(kj_error *err, const runs *all, const kj_indicator_def *def, double *low, double *high)
{
    for (uint32_t s = 0; s < all->n; s++)
        for (uint32_t k = 0; k < all->entries[s].n_paths; k++)
            for (uint32_t y = 1; y < kj_runread_n_years(all->of[s][k]); y++) {
                double figure;
                kj_status status = kj_indicator_read(err, all->of[s][k], def, y, &figure);
                if (status) return status;
                *low = fmin(*low, figure), *high = fmax(*high, figure);
            }
    return KJ_OK;
}

/* Ends that the forum does not give. With two scenarios their own figures would make one of them 0 and the other 1, however little
   they differ: there the years do. */
static kj_status set_ends(kj_error *err, const runs *all, kj_ranking *r)
{
    if (r->ends == KJ_ENDS_CHOOSE) r->ends = r->n_scenarios == 2 ? KJ_ENDS_YEARS : KJ_ENDS_SCENARIOS;
    for (uint32_t i = 0; i < r->n_indicators; i++) {
        kj_rank_indicator *to = &r->indicators[i];
        if (to->given) continue;
        double low = INFINITY, high = -INFINITY;
        for (uint32_t s = 0; s < r->n_scenarios; s++) low = fmin(low, r->scenarios[s].figures[i]), high = fmax(high, r->scenarios[s].figures[i]);
        to->same = !(high - low > 1e-12 * fmax(fabs(high), 1.0));
        kj_status status = r->ends == KJ_ENDS_YEARS ? range_of_years(err, all, to->def, &low, &high) : KJ_OK;
        if (status) return status;
        to->worst = to->more ? low : high;
        to->best = to->more ? high : low;
    }
    return KJ_OK;
}

static double value_of(const kj_rank_indicator *i, double figure)
{
    if (i->same) return 0.5;
    double value = (figure - i->worst) / (i->best - i->worst);
    return i->given ? fmin(1.0, fmax(0.0, value)) : value;
}

static void fill_values(const kj_ranking *r, const double *figures, double *values)
{
    for (uint32_t g = 0; g < r->n_goals; g++) values[g] = 0.0;
    for (uint32_t i = 0; i < r->n_indicators; i++) values[r->indicators[i].goal] += r->indicators[i].share * value_of(&r->indicators[i], figures[i]);
}

static double score_of(const kj_ranking *r, const double *values, const double *weights)
{
    double score = 0.0;
    for (uint32_t g = 0; g < r->n_goals; g++) score += weights[g] * values[g];
    return score;
}

/* One win among n, shared by all whose score is the highest. */
static void share_win(const double *scores, uint32_t n, double *wins)
{
    double highest = -INFINITY, n_first = 0.0;
    for (uint32_t s = 0; s < n; s++) highest = fmax(highest, scores[s]);
    for (uint32_t s = 0; s < n; s++) n_first += scores[s] >= highest - TIE;
    for (uint32_t s = 0; s < n; s++)
        if (scores[s] >= highest - TIE) wins[s] += 1.0 / n_first;
}

/* `scores`: room for one a scenario. */
static void share_win_by(const kj_ranking *r, const double *weights, double *scores, double *wins)
{
    for (uint32_t s = 0; s < r->n_scenarios; s++) scores[s] = score_of(r, r->scenarios[s].values, weights);
    share_win(scores, r->n_scenarios, wins);
}

static int by_score(const void *a, const void *b)
{
    const kj_rank_scenario *x = a, *y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void order(kj_ranking *r, const double *weights)
{
    for (uint32_t s = 0; s < r->n_scenarios; s++) r->scenarios[s].score = score_of(r, r->scenarios[s].values, weights);
    qsort(r->scenarios, r->n_scenarios, sizeof *r->scenarios, by_score);
    for (uint32_t s = 0; s < r->n_scenarios; s++) {
        bool tie = s > 0 && r->scenarios[s - 1].score - r->scenarios[s].score <= TIE;
        r->scenarios[s].rank = tie ? r->scenarios[s - 1].rank : s + 1;
    }
}

/* ---- how far weights can move ---- */

/* Weight w of goal g, the others in proportion: the lead of the first over scenario s is linear in w, at w = 0 and w = 1. */
static void lead_at_ends(const kj_ranking *r, const double *weights, uint32_t g, uint32_t s, double *at_0, double *at_1)
{
    const double *a = r->scenarios[0].values, *b = r->scenarios[s].values;
    double rest = 0.0, lead = 0.0;
    for (uint32_t h = 0; h < r->n_goals; h++) {
        if (h == g) continue;
        rest += weights[h];
        lead += weights[h] * (a[h] - b[h]);
    }
    if (rest <= 0.0) { /* all weight is on g: the others share alike */
        for (uint32_t h = 0; h < r->n_goals; h++) lead += h == g ? 0.0 : a[h] - b[h];
        rest = r->n_goals - 1.0;
    }
    *at_0 = lead / rest;
    *at_1 = a[g] - b[g];
}

static void find_reach(kj_ranking *r, const double *weights)
{
    for (uint32_t g = 0; g < r->n_goals; g++) {
        kj_rank_goal *goal = &r->goals[g];
        goal->holds_from = 0.0;
        goal->holds_to = 1.0;
        for (uint32_t s = 1; s < r->n_scenarios; s++) {
            double at_0, at_1;
            lead_at_ends(r, weights, g, s, &at_0, &at_1);
            if ((at_0 > -TIE) == (at_1 > -TIE)) continue; /* a tie at an end is no overtaking */
            double cross = at_0 / (at_0 - at_1);
            if (at_0 <= -TIE && cross > goal->holds_from) goal->holds_from = cross, goal->second_from = s;
            if (at_1 <= -TIE && cross < goal->holds_to) goal->holds_to = cross, goal->second_to = s;
        }
    }
}

/* Weights uniform over all that add up to 1: exponential draws over their sum (the flat Dirichlet). */
static void try_all_weights(kj_ranking *r, double *weights, double *scores, double *wins)
{
    const kj_stream stream = {{UINT32_C(0x72616E6B), 1}};
    for (uint32_t draw = 0; draw < KJ_RANK_DRAWS; draw++) {
        double sum = 0.0;
        for (uint32_t g = 0; g < r->n_goals; g++) sum += weights[g] = -kj_log(kj_uniform(kj_draw(stream, g, 0, draw).v[0]));
        for (uint32_t g = 0; g < r->n_goals; g++) weights[g] /= sum;
        share_win_by(r, weights, scores, wins);
    }
    for (uint32_t s = 0; s < r->n_scenarios; s++) r->scenarios[s].first_share = wins[s] / KJ_RANK_DRAWS;
}

static void ask_participants(kj_ranking *r, double *scores, double *wins)
{
    for (uint32_t p = 0; p < r->n_participants; p++) share_win_by(r, &r->votes[(size_t)p * r->n_goals], scores, wins);
    for (uint32_t s = 0; s < r->n_scenarios; s++) r->scenarios[s].participants_first = wins[s];
}

/* ---- luck: the seeds that all scenarios have ---- */

static const double *figures_of_seed(const runs *all, uint32_t s, uint64_t seed, double **figures, uint32_t n_indicators)
{
    for (uint32_t k = 0; k < all->entries[s].n_paths; k++)
        if (kj_runread_info(all->of[s][k])->seed == seed) return &figures[s][k * n_indicators];
    return NULL;
}

/* Before the scenarios are put in order: s is the index of the entry. */
static kj_status ask_seeds(kj_error *err, const runs *all, double **figures, const double *weights, double *scores, double *wins, kj_ranking *r)
{
    double *values = calloc(r->n_goals + 1u, sizeof *values);
    if (!values) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t k = 0; k < all->entries[0].n_paths; k++) {
        uint64_t seed = kj_runread_info(all->of[0][k])->seed;
        bool everywhere = true;
        for (uint32_t s = 0; s < all->n && everywhere; s++) {
            const double *of = figures_of_seed(all, s, seed, figures, r->n_indicators);
            everywhere = of != NULL;
            if (!of) break;
            fill_values(r, of, values);
            scores[s] = score_of(r, values, weights);
        }
        if (!everywhere) continue;
        r->n_seeds++;
        share_win(scores, all->n, wins);
    }
    for (uint32_t s = 0; s < all->n; s++) r->scenarios[s].seeds_first = r->n_seeds > 1 ? wins[s] / r->n_seeds : (double)NAN;
    free(values);
    return KJ_OK;
}

/* ---- all of it ---- */

static kj_status make_scenarios(kj_error *err, const runs *all, kj_ranking *r)
{
    r->scenarios = calloc(all->n, sizeof *r->scenarios);
    if (!r->scenarios) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    r->n_scenarios = all->n;
    for (uint32_t s = 0; s < all->n; s++) {
        kj_rank_scenario *to = &r->scenarios[s];
        size_t bytes = strlen(all->entries[s].name);
        if (bytes >= KJ_RANK_NAME)
            return kj_fail(err, KJ_E_INPUT, "the name of a scenario has %zu bytes, expected at most %d: '%.40s…'; name it, as in mine=RUN.nc", bytes, KJ_RANK_NAME - 1, all->entries[s].name);
        memcpy(to->name, all->entries[s].name, bytes + 1);
        to->n_runs = all->entries[s].n_paths;
        to->figures = calloc(r->n_indicators, sizeof *to->figures);
        to->values = calloc(r->n_goals, sizeof *to->values);
        if (!to->figures || !to->values) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    }
    return KJ_OK;
}

static kj_status score_all(kj_error *err, const runs *all, double **figures, double *weights, kj_ranking *r)
{
    take_means(all, figures, r);
    kj_status status = set_ends(err, all, r);
    if (status) return status;
    for (uint32_t s = 0; s < r->n_scenarios; s++) fill_values(r, r->scenarios[s].figures, r->scenarios[s].values);
    for (uint32_t g = 0; g < r->n_goals; g++) weights[g] = r->goals[g].weight;
    const size_t n = r->n_scenarios;
    double *scores = malloc((n + 1) * sizeof *scores), *wins = calloc(3 * n + 1, sizeof *wins); /* of seeds, participants, all weights */
    status = scores && wins ? ask_seeds(err, all, figures, weights, scores, wins, r) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status) {
        order(r, weights);
        find_reach(r, weights);
        ask_participants(r, scores, wins + r->n_scenarios);
        try_all_weights(r, weights, scores, wins + 2 * r->n_scenarios);
    }
    free(scores);
    free(wins);
    return status;
}

kj_status kj_rank(kj_error *err, const kj_rank_entry *entries, uint32_t n, int32_t year, kj_ranking *ranking)
{
    runs all = {.entries = entries, .n = n};
    double **figures = calloc(n + 1u, sizeof *figures), *weights = calloc(ranking->n_goals + 1u, sizeof *weights);
    kj_status status = figures && weights ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status && n < 2) status = kj_fail(err, KJ_E_INPUT, "expected at least two scenarios to rank, found %u", n);
    if (!status) status = open_runs(err, &all);
    if (!status) status = choose_year(err, &all, year, ranking);
    if (!status) status = make_scenarios(err, &all, ranking);
    for (uint32_t s = 0; s < n && !status; s++) {
        figures[s] = calloc((size_t)entries[s].n_paths * ranking->n_indicators + 1u, sizeof **figures);
        if (!figures[s]) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    }
    if (!status) status = read_figures(err, &all, ranking, figures);
    if (!status) status = score_all(err, &all, figures, weights, ranking);
    for (uint32_t s = 0; figures && s < n; s++) free(figures[s]);
    free(figures);
    free(weights);
    close_runs(&all);
    return status;
}

void kj_ranking_free(kj_ranking *ranking)
{
    for (uint32_t s = 0; s < ranking->n_scenarios; s++) {
        free(ranking->scenarios[s].figures);
        free(ranking->scenarios[s].values);
    }
    free(ranking->scenarios);
    free(ranking->goals);
    free(ranking->indicators);
    free(ranking->votes);
    free(ranking->participants);
    *ranking = (kj_ranking){0};
}

/* ---- JSON ---- */

static json_t *goal_json(const kj_ranking *r, const kj_rank_goal *goal)
{
    json_t *o = json_object();
    json_object_set_new(o, "heading", json_string(goal->heading));
    json_object_set_new(o, "goal", json_string(goal->name));
    json_object_set_new(o, "weight", kj_json_number(goal->weight));
    json_object_set_new(o, "weight_low", kj_json_number(goal->weight_low));
    json_object_set_new(o, "weight_high", kj_json_number(goal->weight_high));
    json_object_set_new(o, "holds_from", kj_json_number(goal->holds_from));
    json_object_set_new(o, "holds_to", kj_json_number(goal->holds_to));
    json_object_set_new(o, "first_below", goal->second_from < r->n_scenarios ? json_string(r->scenarios[goal->second_from].name) : json_null());
    json_object_set_new(o, "first_above", goal->second_to < r->n_scenarios ? json_string(r->scenarios[goal->second_to].name) : json_null());
    return o;
}

static json_t *scenario_json(const kj_ranking *r, const kj_rank_scenario *s)
{
    json_t *o = json_object(), *figures = json_object(), *values = json_object();
    for (uint32_t i = 0; i < r->n_indicators; i++) json_object_set_new(figures, r->indicators[i].def->id, kj_json_number(s->figures[i]));
    for (uint32_t g = 0; g < r->n_goals; g++) json_object_set_new(values, r->goals[g].name, kj_json_number(s->values[g]));
    json_object_set_new(o, "rank", json_integer(s->rank));
    json_object_set_new(o, "scenario", json_string(s->name));
    json_object_set_new(o, "score", kj_json_number(s->score));
    json_object_set_new(o, "runs", json_integer(s->n_runs));
    json_object_set_new(o, "first_of_all_weightings", kj_json_number(s->first_share));
    json_object_set_new(o, "participants_first", r->has_votes ? json_real(s->participants_first) : json_null());
    json_object_set_new(o, "seeds_first", kj_json_number(s->seeds_first));
    json_object_set_new(o, "goals", values);
    json_object_set_new(o, "indicators", figures);
    return o;
}

json_t *kj_ranking_json(const kj_ranking *r)
{
    json_t *root = json_object(), *goals = json_array(), *scenarios = json_array(), *indicators = json_array();
    for (uint32_t g = 0; g < r->n_goals; g++) json_array_append_new(goals, goal_json(r, &r->goals[g]));
    for (uint32_t s = 0; s < r->n_scenarios; s++) json_array_append_new(scenarios, scenario_json(r, &r->scenarios[s]));
    for (uint32_t i = 0; i < r->n_indicators; i++) {
        const kj_rank_indicator *at = &r->indicators[i];
        json_array_append_new(indicators, json_pack("{s:s, s:s, s:s, s:s, s:f, s:f, s:f, s:b, s:b}", "indicator", at->def->id, "goal", r->goals[at->goal].name, "unit", at->def->unit,
                                                    "direction", at->more ? "more" : "less", "worst", at->worst, "best", at->best, "share", at->share, "ends_given", at->given,
                                                    "same_everywhere", at->same));
    }
    json_object_set_new(root, "year", json_integer(r->year));
    json_object_set_new(root, "participants", json_integer(r->n_participants));
    json_object_set_new(root, "seeds", json_integer(r->n_seeds));
    json_object_set_new(root, "ends_not_given", json_string(r->ends == KJ_ENDS_YEARS ? "years" : "scenarios"));
    json_object_set_new(root, "chance", r->n_seeds > 1 ? json_string("seeds_first") : json_string("unknown"));
    json_object_set_new(root, "scenarios", scenarios);
    json_object_set_new(root, "goals", goals);
    json_object_set_new(root, "indicators", indicators);
    return root;
}
