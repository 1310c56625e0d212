#include "effects.h"

#include <kedja/rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "groups.h"
#include "statistics.h"

/* A sample tells where its middle 80 % ends only if its outermost members are likely to lie outside: that all n lie on one side of a quantile has the probability
   0.9^n, below 2.5 % from 36 on (order statistics; David & Nagaraja 2003, 7.1). Resampling fewer never leaves them and would say too much. */
enum { RESAMPLES = 500, LEAST_ROWS = 36 };

/* Half widths shrink with the root of the number of replicates. */
static uint32_t replicates_needed(uint32_t have, double half, double wanted)
{
    if (!(wanted > 0) || !isfinite(half)) return 0;
    double needed = ceil(have * (half / wanted) * (half / wanted));
    return needed < 2 ? 2 : needed > 1e9 ? 1000000000u : (uint32_t)needed;
}

/* ---- levels against the base ---- */

static void measure(const kj_plan *plan, const kj_contrast *c, const double *figure, double *values, kj_effect_size *out)
{
    uint32_t r = plan->experiment->replicates, n = c->n_strata * r;
    double d[KJ_DIFFS], *base = values, *other = values + n;
    for (uint32_t i = 0; i < 2 * n; i++) values[i] = (double)NAN;
    for (uint32_t m = 0; m < plan->n_members; m++)
        for (uint32_t s = 0; s < c->n_strata; s++) {
            if (plan->point[m] == c->base[s]) base[s * r + plan->replicate[m]] = figure[m];
            if (plan->point[m] == c->other[s]) other[s * r + plan->replicate[m]] = figure[m];
        }
    kj_difference(&(kj_alternatives){base, other, c->n_strata, r, !plan->experiment->paired}, values + 2 * n, d);
    const char *slash = strchr(c->path, '/');
    *out = (kj_effect_size){.n = d[KJ_DIFF_N], .mean = d[KJ_DIFF_MEAN], .low = d[KJ_DIFF_LOW], .high = d[KJ_DIFF_HIGH], .wide_low = d[KJ_DIFF_UNPAIRED_LOW], .wide_high = d[KJ_DIFF_UNPAIRED_HIGH]};
    snprintf(out->name, sizeof out->name, "%s", slash ? slash + 1 : c->path);
}

static int by_size(const void *a, const void *b)
{
    const kj_effect_size *x = a, *y = b;
    double p = isfinite(x->mean) ? fabs(x->mean) : -1, q = isfinite(y->mean) ? fabs(y->mean) : -1;
    return p < q ? 1 : p > q ? -1 : strcmp(x->name, y->name);
}

static kj_status measure_all(kj_error *err, const kj_plan *plan, const kj_groups *groups, const double *figure, double half_width, kj_effect_size *out)
{
    uint32_t r = plan->experiment->replicates, strata = 1;
    for (uint32_t c = 0; c < groups->n_contrasts; c++) strata = groups->contrast[c].n_strata > strata ? groups->contrast[c].n_strata : strata;
    double *values = malloc((size_t)(2 + KJ_DIFFERENCE_SCRATCH) * strata * r * sizeof *values);
    if (!values) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t c = 0; c < groups->n_contrasts; c++) measure(plan, &groups->contrast[c], figure, values, &out[c]);
    free(values);
    qsort(out, groups->n_contrasts, sizeof *out, by_size);
    for (uint32_t c = 0; c < groups->n_contrasts; c++) out[c].needed = replicates_needed(r, 0.5 * (out[c].high - out[c].low), half_width * fabs(out[0].mean));
    return KJ_OK;
}

kj_status kj_effects(kj_error *err, const kj_plan *plan, const double *figure, double half_width, kj_effect_size **out, uint32_t *n)
{
    kj_groups groups;
    *out = NULL;
    kj_status status = kj_groups_make(err, plan, &groups);
    if (status) return status;
    *n = groups.n_contrasts;
    if (*n == 0) status = kj_fail(err, KJ_E_INPUT, "%s: nothing is compared: expected factors and design = \"full_factorial\", \"one_at_a_time\", \"morris\" or \"sobol_indices\"", plan->experiment->path);
    if (!status && !(*out = calloc(*n, sizeof **out))) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status) status = measure_all(err, plan, &groups, figure, half_width, *out);
    kj_groups_free(&groups);
    return status;
}

/* ---- the spread of the members ---- */

/* Sorted figures of the members of the replicates picked; those that are missing are left out. */
static void summarise(const double *by_row, const uint32_t *pick, uint32_t n_rows, uint32_t width, double *values, double stats[KJ_STATS])
{
    for (uint32_t i = 0; i < n_rows; i++) memcpy(values + (size_t)i * width, by_row + (size_t)pick[i] * width, width * sizeof *values);
    kj_summary(values, n_rows * width, stats);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double half_of(double *resampled)
{
    qsort(resampled, RESAMPLES, sizeof *resampled, by_value);
    return 0.5 * (resampled[(int)(0.975 * (RESAMPLES - 1))] - resampled[(int)(0.025 * (RESAMPLES - 1))]);
}

kj_status kj_spread_of_members(kj_error *err, const kj_plan *plan, const double *figure, double half_width, kj_spread_size *out)
{
    const kj_experiment *e = plan->experiment;
    uint32_t rows = e->paired ? e->replicates : plan->n_members, width = plan->n_members / rows;
    double stats[KJ_STATS], *by_row = malloc(plan->n_members * sizeof *by_row), *values = malloc(plan->n_members * sizeof *values);
    double *low = malloc(RESAMPLES * sizeof *low), *high = malloc(RESAMPLES * sizeof *high);
    uint32_t *pick = malloc(rows * sizeof *pick);
    *out = (kj_spread_size){0};
    kj_status status = by_row && values && low && high && pick ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t m = 0; !status && m < plan->n_members; m++) by_row[e->paired ? (size_t)plan->replicate[m] * width + plan->point[m] : m] = figure[m];
    for (uint32_t i = 0; !status && i < rows; i++) pick[i] = i;
    if (!status) {
        summarise(by_row, pick, rows, width, values, stats);
        *out = (kj_spread_size){.n = (uint32_t)stats[KJ_STAT_N], .low = stats[KJ_STAT_Q10], .middle = stats[KJ_STAT_Q50], .high = stats[KJ_STAT_Q90]};
    }
    if (rows < LEAST_ROWS) out->too_few = (LEAST_ROWS * e->replicates + rows - 1) / rows;
    for (uint32_t s = 0; !status && !out->too_few && s < RESAMPLES; s++) {
        for (uint32_t i = 0; i < rows; i++) pick[i] = kj_below((uint32_t)(kj_luck(e->seed, s + 1, i) >> 32), rows);
        summarise(by_row, pick, rows, width, values, stats);
        low[s] = stats[KJ_STAT_Q10];
        high[s] = stats[KJ_STAT_Q90];
    }
    if (!status && !out->too_few) {
        out->low_half = half_of(low);
        out->high_half = half_of(high);
        out->needed = replicates_needed(e->replicates, fmax(out->low_half, out->high_half), half_width * (out->high - out->low));
    }
    free(by_row);
    free(values);
    free(low);
    free(high);
    free(pick);
    return status;
}
