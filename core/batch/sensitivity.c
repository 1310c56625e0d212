#include "sensitivity.h"

#include <kedja/rng.h>
#include <math.h>
#include <stdlib.h>

enum { RESAMPLES = 500 };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Base points or trajectories without a gap, moved to the front of a copy. */
static double *whole_rows(const double *y, uint32_t n, uint32_t width, uint32_t *rows, uint32_t *n_whole)
{
    double *kept = malloc(((size_t)n * width + 1) * sizeof *kept);
    *n_whole = 0;
    for (uint32_t i = 0; kept && i < n; i++) {
        bool whole = true;
        for (uint32_t j = 0; j < width; j++) whole &= isfinite(y[(size_t)i * width + j]) != 0;
        if (!whole) continue;
        for (uint32_t j = 0; j < width; j++) kept[(size_t)*n_whole * width + j] = y[(size_t)i * width + j];
        rows[(*n_whole)++] = i;
    }
    return kept;
}

static bool is_constant(const double *y, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (y[i] < y[0] || y[i] > y[0]) return false;
    return true;
}

/* Interval from the resampled values; half widths shrink with the root of n. */
static kj_index index_of(double value, double *resampled, uint32_t n, double wanted)
{
    kj_index x = {.value = value};
    qsort(resampled, RESAMPLES, sizeof *resampled, by_value);
    x.low = resampled[(int)(0.025 * (RESAMPLES - 1))];
    x.high = resampled[(int)(0.975 * (RESAMPLES - 1))];
    double half = 0.5 * (x.high - x.low), factor = wanted > 0 ? half / wanted : 0;
    double needed = ceil(n * factor * factor);
    x.needed = needed < n ? n : needed > 1e9 ? 1000000000u : (uint32_t)needed;
    return x;
}

static kj_status make(kj_error *err, uint32_t k, bool with_sigma, kj_sensitivity *out)
{
    out->first = calloc(k, sizeof *out->first);
    out->total = calloc(k, sizeof *out->total);
    out->sigma = with_sigma ? calloc(k, sizeof *out->sigma) : NULL;
    return out->first && out->total && (out->sigma || !with_sigma) ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
}

void kj_sensitivity_free(kj_sensitivity *s)
{
    free(s->first);
    free(s->total);
    free(s->sigma);
    *s = (kj_sensitivity){0};
}

/* pick[i]: row to use in place of row i. */
static void draw(uint64_t seed, uint32_t resample, uint32_t n, uint32_t *pick)
{
    for (uint32_t i = 0; i < n; i++) pick[i] = resample ? kj_below((uint32_t)(kj_luck(seed, resample, i) >> 32), n) : i; /* 0: the sample itself */
}

/* ---- Sobol ---- */

/* Figures are taken about their mean: the estimators lose much of their noise so. */
static void sobol_once(const double *y, const uint32_t *pick, uint32_t n, uint32_t k, double *first, double *total)
{
    uint32_t width = k + 2;
    double mean = 0, variance = 0;
    for (uint32_t i = 0; i < n; i++) mean += y[(size_t)pick[i] * width] + y[(size_t)pick[i] * width + 1];
    mean /= 2.0 * n;
    for (uint32_t i = 0; i < n; i++)
        for (int c = 0; c < 2; c++) {
            double d = y[(size_t)pick[i] * width + (size_t)c] - mean;
            variance += d * d;
        }
    variance /= 2.0 * n - 1;
    for (uint32_t f = 0; f < k; f++) {
        double s = 0, t = 0;
        for (uint32_t i = 0; i < n; i++) {
            const double *row = y + (size_t)pick[i] * width;
            s += (row[1] - mean) * (row[2 + f] - row[0]);
            t += (row[0] - row[2 + f]) * (row[0] - row[2 + f]);
        }
        first[f] = variance > 0 ? s / n / variance : 0;
        total[f] = variance > 0 ? t / (2.0 * n) / variance : 0;
    }
}

kj_status kj_sobol_analyse(kj_error *err, const double *y, uint32_t n, uint32_t k, double half_width, uint64_t seed, kj_sensitivity *out)
{
    *out = (kj_sensitivity){.luck_at = k}; /* a share of the variance is one whatever the factor means */
    uint32_t *rows = malloc((n + 1u) * sizeof *rows), *pick = malloc((n + 1u) * sizeof *pick), used = 0;
    double *kept = rows ? whole_rows(y, n, k + 2, rows, &used) : NULL, *all = malloc((size_t)2 * k * (RESAMPLES + 1) * sizeof *all);
    double *first = malloc(2 * (k + 1u) * sizeof *first);
    kj_status status = kept && all && pick && first ? make(err, k, false, out) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status && used < KJ_LEAST_BASE_POINTS)
        status = kj_fail(err, KJ_E_INPUT, "%u base points are whole; at least %d are needed", used, KJ_LEAST_BASE_POINTS);
    for (uint32_t r = 0; !status && r <= RESAMPLES; r++) {
        draw(seed, r, used, pick);
        sobol_once(kept, pick, used, k, first, first + k);
        for (uint32_t j = 0; j < 2 * k; j++) {
            if (r) all[(size_t)j * RESAMPLES + r - 1] = first[j];
            else (j < k ? out->first : out->total)[j % k].value = first[j];
        }
    }
    for (uint32_t j = 0; !status && j < 2 * k; j++) {
        kj_index *x = &(j < k ? out->first : out->total)[j % k];
        *x = index_of(x->value, all + (size_t)j * RESAMPLES, used, half_width);
    }
    if (!status) out->constant = is_constant(kept, (size_t)used * (k + 2));
    out->n_used = used;
    out->n_left_out = n - used;
    free(rows);
    free(pick);
    free(kept);
    free(all);
    free(first);
    if (status) kj_sensitivity_free(out);
    return status;
}

/* ---- Morris ---- */

/* effect[n][k] → mu, mu*, sigma of the rows picked. In the place of mu* of luck stands what a seed does: differences of two of them have a mean of 0 and twice
   the variance of one, whatever the order in which they were drawn. */
static void morris_once(const double *effect, const uint32_t *pick, const kj_trajectories *t, uint32_t n, double *out)
{
    uint32_t k = t->k;
    for (uint32_t f = 0; f < k; f++) {
        double sum = 0, size = 0, square = 0;
        for (uint32_t i = 0; i < n; i++) {
            double e = effect[(size_t)pick[i] * k + f];
            sum += e;
            size += fabs(e);
        }
        double centre = f == t->luck_at ? 0.0 : sum / n;
        for (uint32_t i = 0; i < n; i++) square += pow(effect[(size_t)pick[i] * k + f] - centre, 2);
        out[f] = sum / n;
        out[k + f] = f == t->luck_at ? sqrt(square / (2.0 * n)) : size / n;
        out[2 * k + f] = sqrt(square / (n - 1.0));
    }
}

static void elementary_effects(const double *y, const uint32_t *rows, const kj_trajectories *t, uint32_t n, double *effect)
{
    uint32_t k = t->k;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t s = 0; s < k; s++) {
            size_t at = (size_t)rows[i] * k + s;
            double change = y[(size_t)i * (k + 1) + s + 1] - y[(size_t)i * (k + 1) + s];
            effect[(size_t)i * k + t->moved[at]] = t->moved[at] == t->luck_at ? change : change / t->step[at];
        }
}

/* Luck has one figure of its own and no place among the effects. */
static void part_luck(kj_sensitivity *out)
{
    const kj_index none = {.value = (double)NAN, .low = (double)NAN, .high = (double)NAN};
    out->luck = out->total[out->luck_at];
    out->first[out->luck_at] = out->total[out->luck_at] = out->sigma[out->luck_at] = none;
}

kj_status kj_morris_analyse(kj_error *err, const kj_trajectories *t, double half_width, uint64_t seed, kj_sensitivity *out)
{
    uint32_t n = t->n, k = t->k, used = 0;
    *out = (kj_sensitivity){.luck_at = t->luck_at};
    uint32_t *rows = malloc((n + 1u) * sizeof *rows), *pick = malloc((n + 1u) * sizeof *pick);
    double *kept = rows ? whole_rows(t->y, n, k + 1, rows, &used) : NULL, *all = malloc((size_t)3 * k * RESAMPLES * sizeof *all);
    double *effect = malloc(((size_t)n * k + 1) * sizeof *effect), *once = malloc(3 * (k + 1u) * sizeof *once), largest = 0;
    kj_status status = kept && all && pick && effect && once ? make(err, k, true, out) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status && used < KJ_LEAST_TRAJECTORIES)
        status = kj_fail(err, KJ_E_INPUT, "%u trajectories are whole; at least %d are needed", used, KJ_LEAST_TRAJECTORIES);
    if (!status) elementary_effects(kept, rows, t, used, effect);
    for (uint32_t r = 0; !status && r <= RESAMPLES; r++) {
        draw(seed, r, used, pick);
        morris_once(effect, pick, t, used, once);
        for (uint32_t j = 0; j < 3 * k; j++) {
            if (r) all[(size_t)j * RESAMPLES + r - 1] = once[j];
            else (j < k ? out->first : j < 2 * k ? out->total : out->sigma)[j % k].value = once[j];
            if (!r && j >= k && j < 2 * k && j - k != t->luck_at && once[j] > largest) largest = once[j];
        }
    }
    for (uint32_t j = 0; !status && j < 3 * k; j++) {
        kj_index *x = &(j < k ? out->first : j < 2 * k ? out->total : out->sigma)[j % k];
        *x = index_of(x->value, all + (size_t)j * RESAMPLES, used, half_width * largest);
    }
    if (!status && t->luck_at < k) part_luck(out);
    if (!status) out->constant = is_constant(kept, (size_t)used * (k + 1));
    out->n_used = used;
    out->n_left_out = n - used;
    free(rows);
    free(pick);
    free(kept);
    free(all);
    free(effect);
    free(once);
    if (status) kj_sensitivity_free(out);
    return status;
}
