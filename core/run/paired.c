#include "paired.h"

#include <kedja/model.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "journal.h"
#include "month.h"
#include "outcome.h"
#include "prepare.h"

typedef struct counts {
    int64_t value[KJ_EFFECT_COUNT];
} counts;

/* Two-sided 95 % points of Student's t with 1 … 30 degrees of freedom. */
static double student_t(int32_t freedom)
{
    static const double t[30] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
                                 2.120,  2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
    return t[freedom > 30 ? 29 : freedom - 1];
}

static void count_vacancies(const kj_store *store, kj_id project, counts *all, counts *traced)
{
    const kj_rows *rows = kj_store_table(store, "vacancy");
    const kj_id *root = kj_store_data(store, "vacancy", "root", KJ_ID), *parent = kj_store_data(store, "vacancy", "parent", KJ_ID);
    const kj_id *of = kj_store_data(store, "vacancy", "project", KJ_ID);
    const uint8_t *end = kj_store_data(store, "vacancy", "end", KJ_U8), *cause = kj_store_data(store, "vacancy", "cause", KJ_U8);
    const uint8_t *size = kj_store_data(store, "vacancy", "mover_size", KJ_U8);
    if (!rows || !root || !parent || !of || !end || !cause || !size) return;
    for (uint32_t row = 0; row < rows->n_rows; row++) {
        uint32_t first = rows->row_of[root[row]];
        bool filled = end[row] != KJ_END_OPEN && end[row] != KJ_END_DEMOLISHED && end[row] != KJ_END_CONVERTED;
        counts one = {.value = {[KJ_EFFECT_MOVES] = filled, [KJ_EFFECT_FIRST_HOMES] = end[row] == KJ_END_LEFT_HOME, [KJ_EFFECT_FREED] = parent[row] != 0}};
        bool ours = project && cause[first] == KJ_CAUSE_NEW && of[first] == project;
        for (int k = 0; k < KJ_EFFECT_DWELLINGS; k++) {
            all->value[k] += one.value[k];
            if (ours) traced->value[k] += one.value[k];
        }
        if (!ours || first != row) continue;
        traced->value[KJ_EFFECT_DWELLINGS]++;
        traced->value[KJ_EFFECT_PERSONS] += filled ? size[row] : 0;
    }
}

static kj_id find_project(const kj_store *store, const char *name)
{
    const kj_rows *rows = kj_store_table(store, "project");
    const int32_t *names = kj_store_data(store, "project", "name", KJ_TEXT);
    for (uint32_t row = 0; rows && names && row < rows->n_rows; row++)
        if (!strcmp(kj_pool_text(&store->pool, names[row]), name)) return rows->ids[row];
    return 0;
}

/* One world to the end. */
static kj_status simulate(kj_error *err, kj_request *request, const char *left_out, const char *project, counts *all, counts *traced, char hash[33])
{
    kj_prepared p;
    kj_status status = kj_prepare(err, request, true, true, &p);
    if (status) return status;
    kj_scenario_leave_out(p.scenario, left_out);
    status = kj_prepared_start(err, &p);
    kj_journal journal;
    kj_recorder nothing = {0}; /* nothing is kept */
    kj_watch quiet = {.quiet = true};
    kj_outcome end = {0};
    if (!status) status = kj_journal_of_request(err, request, &journal);
    if (!status) {
        status = kj_loop(err, p.sim, &journal, &nothing, &quiet, &end);
        kj_journal_free(&journal);
    }
    if (!status) {
        const kj_store *store = kj_sim_store(p.sim);
        kj_id id = find_project(store, project);
        if (id == 0) status = kj_fail(err, KJ_E_INPUT, "the run has no project named '%s' (kedja chains --by project lists them)", project);
        if (!status) status = kj_outcome_read(err, p.sim, &end);
        count_vacancies(store, id, all, traced);
        all->value[KJ_EFFECT_DWELLINGS] = end.dwellings;
        all->value[KJ_EFFECT_PERSONS] = end.population_end;
        memcpy(hash, end.state_hash, sizeof end.state_hash);
    }
    kj_prepared_free(&p);
    return status;
}

static void sum_up(double change[KJ_PAIRS_MAX][KJ_EFFECT_COUNT], kj_project_effect *out)
{
    int32_t n = out->n_pairs;
    for (int k = 0; k < KJ_EFFECT_COUNT; k++) {
        double sum = 0.0, squares = 0.0;
        for (int32_t i = 0; i < n; i++) sum += change[i][k];
        out->caused[k] = sum / n;
        for (int32_t i = 0; i < n; i++) squares += (change[i][k] - out->caused[k]) * (change[i][k] - out->caused[k]);
        double half = n > 1 ? student_t(n - 1) * sqrt(squares / (n - 1) / n) : NAN;
        out->low[k] = out->caused[k] - half;
        out->high[k] = out->caused[k] + half;
    }
}

kj_status kj_project_effect_count(kj_error *err, const kj_run_info *info, const char *map, const char *project, int32_t n_pairs, kj_pair_fn tell,
                                  void *data, kj_project_effect *out)
{
    kj_request request;
    double change[KJ_PAIRS_MAX][KJ_EFFECT_COUNT];
    *out = (kj_project_effect){.n_pairs = n_pairs};
    kj_status status = kj_request_from_info(err, info, map, &request);
    if (status) return status;
    for (int32_t i = 0; i < n_pairs && !status; i++) {
        counts with = {{0}}, without = {{0}}, traced = {{0}}, ignored = {{0}};
        char hash[33], other[33];
        request.seed = info->seed + (uint64_t)i;
        if (tell && i == 0) tell(data, 0, 2 * n_pairs);
        status = simulate(err, &request, NULL, project, &with, &traced, hash);
        if (!status && i == 0 && strcmp(hash, info->state_hash))
            status = kj_fail(err, KJ_E_FAILED, "the run cannot be simulated again: expected the state hash %s, found %s", info->state_hash, hash);
        if (!status && tell) tell(data, 2 * i + 1, 2 * n_pairs);
        if (!status) status = simulate(err, &request, project, project, &without, &ignored, other);
        if (!status && tell) tell(data, 2 * i + 2, 2 * n_pairs);
        if (i == 0) memcpy(out->traced, traced.value, sizeof out->traced);
        for (int k = 0; k < KJ_EFFECT_COUNT; k++) change[i][k] = (double)(with.value[k] - without.value[k]);
    }
    if (!status) sum_up(change, out);
    kj_request_free(&request);
    return status;
}
