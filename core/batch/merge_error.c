/* What members do not show: how wrong the model itself is by area (kj_model_error). Their spread is widened to it, never narrowed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "merge_internal.h"

const kj_model_error *merge_error_of(const merger *g, const merge_table *t, const merge_column *c)
{
    char output[2 * KJ_NAME_MAX];
    snprintf(output, sizeof output, "%s.%s", t->name, c->name);
    for (uint32_t i = 0; i < g->plan->experiment->n_errors; i++)
        if (!strcmp(g->plan->experiment->error[i].output, output)) return &g->plan->experiment->error[i];
    return NULL;
}

/* As a share; 0 at the start. Beyond the last year that is given it grows with the root of time, as a random walk does (assumed). */
static double width_after(const kj_model_error *error, int32_t years)
{
    if (years <= 0) return 0.0;
    uint32_t last = error->n_years;
    return (uint32_t)years <= last ? error->width[years - 1] / 100 : error->width[last - 1] / 100 * sqrt((double)years / last);
}

/* Logarithms of a year, [rows][members], of the rows that have some figure above 0 in every member. Returns their number. */
static uint32_t take_logs(const merger *g, const merge_table *t, const merge_column *c, const kj_group *group, uint32_t year, double *logs, uint32_t *n_members)
{
    uint32_t rows = 0, members = 0;
    for (uint32_t r = 0; r < t->n_rows; r++) {
        double *row = logs + (size_t)rows * members;
        uint32_t used = 0, above = 0;
        for (uint32_t m = 0; m < g->n; m++) {
            if (!group->has_point[g->plan->point[g->member[m]]]) continue;
            double value = c->values[((size_t)m * c->n_times + year) * t->n_rows + r];
            above += value > 0.0;
            row[used++] = log(value);
        }
        members = used;
        rows += above == used;
    }
    *n_members = members;
    return rows;
}

/* How far the members already let areas go ways of their own: deviations from each area's mean over members, less each member's mean over areas. */
static double shown_spread(double *logs, uint32_t rows, uint32_t members)
{
    if (rows < 2 || members < 2) return 0.0;
    for (uint32_t r = 0; r < rows; r++) {
        double mean = 0.0, *row = logs + (size_t)r * members;
        for (uint32_t m = 0; m < members; m++) mean += row[m] / members;
        for (uint32_t m = 0; m < members; m++) row[m] -= mean;
    }
    for (uint32_t m = 0; m < members; m++) {
        double mean = 0.0;
        for (uint32_t r = 0; r < rows; r++) mean += logs[(size_t)r * members + m] / rows;
        for (uint32_t r = 0; r < rows; r++) logs[(size_t)r * members + m] -= mean;
    }
    return kj_width(logs, rows * members) * sqrt((double)members / (members - 1) * rows / (rows - 1));
}

kj_status merge_widen(kj_error *err, merger *g, const merge_table *t, const merge_column *c, const kj_model_error *error, const kj_group *group, double *figures)
{
    size_t n = (size_t)c->n_times * t->n_rows;
    double *logs = malloc(((size_t)g->n * t->n_rows + 1) * sizeof *logs);
    if (!logs) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t y = 0; y < c->n_times; y++) {
        uint32_t members, rows = take_logs(g, t, c, group, y, logs, &members);
        double width = width_after(error, g->years[y] - g->years[0]), shown = shown_spread(logs, rows, members);
        double more = sqrt(fmax(width * width - shown * shown, 0.0)), stats[KJ_STATS];
        if (more <= 0.0) continue;
        for (uint32_t r = 0; r < t->n_rows; r++) {
            size_t k = (size_t)y * t->n_rows + r;
            uint32_t used = 0;
            for (uint32_t m = 0; m < g->n; m++)
                if (group->has_point[g->plan->point[g->member[m]]]) g->scratch[used++] = c->values[m * n + k];
            kj_summary_widened(g->scratch, used, more, stats);
            for (int s = 0; s < KJ_STATS; s++) figures[(size_t)s * n + k] = stats[s];
        }
    }
    free(logs);
    return KJ_OK;
}
