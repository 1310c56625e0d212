#include "statistics.h"

#include <math.h>
#include <stdlib.h>

#include "experiment.h"

const char *const kj_stat_names[KJ_STATS] = {"n", "mean", "sd", "q05", "q10", "q25", "q50", "q75", "q90", "q95"};
const char *const kj_diff_names[KJ_DIFFS] = {"n", "mean", "sd", "low", "high", "unpaired_low", "unpaired_high", "q10", "q50", "q90"};

static const double quantile_points[] = {0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95}; /* KJ_STAT_Q05 and on */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const double *sorted, uint32_t n, double p)
{
    double at = p * (n - 1);
    uint32_t low = (uint32_t)at, high = low + 1 < n ? low + 1 : low;
    double share = at - low;
    return share > 0 ? sorted[low] + share * (sorted[high] - sorted[low]) : sorted[low];
}

/* Mean and variance of finite values; sums about the first value, so that large figures lose nothing. */
static void moments(const double *v, uint32_t n, double *mean, double *variance)
{
    double sum = 0, square = 0;
    for (uint32_t i = 0; i < n; i++) sum += v[i] - v[0];
    double centre = n ? sum / n : 0;
    for (uint32_t i = 0; i < n; i++) square += (v[i] - v[0] - centre) * (v[i] - v[0] - centre);
    *mean = n ? v[0] + centre : (double)NAN;
    *variance = n > 1 ? square / (n - 1) : (double)NAN;
}

static uint32_t drop_missing(double *v, uint32_t n)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++)
        if (!isnan(v[i])) v[kept++] = v[i];
    return kept;
}

void kj_summary(double *v, uint32_t n, double out[KJ_STATS])
{
    n = drop_missing(v, n);
    for (int s = 0; s < KJ_STATS; s++) out[s] = (double)NAN;
    out[KJ_STAT_N] = n;
    if (!n) return;
    qsort(v, n, sizeof *v, by_value);
    double variance;
    moments(v, n, &out[KJ_STAT_MEAN], &variance);
    out[KJ_STAT_SD] = sqrt(variance);
    for (int q = 0; q < 7; q++) {
        out[KJ_STAT_Q05 + q] = quantile(v, n, quantile_points[q]);
        if (isnan(out[KJ_STAT_Q05 + q])) out[KJ_STAT_Q05 + q] = v[n - 1]; /* between a number and never: never */
    }
}

/* x at which a share p of the mixture lies below: v[zeros..n) are logarithms in order, the first `zeros` members lie below all. Newton's steps from `guess`,
   or halves where they lead out of what is known to hold the answer. */
static double mixed_quantile(const double *v, uint32_t zeros, uint32_t n, double sd, double p, double guess)
{
    if (p * n <= zeros) return 0.0;
    double low = v[zeros] - 6 * sd, high = v[n - 1] + 6 * sd, x = guess > low && guess < high ? guess : 0.5 * (low + high);
    for (int i = 0; i < 60; i++) {
        double below = zeros, density = 0.0, before = x;
        for (uint32_t m = zeros; m < n; m++) {
            double z = (x - v[m]) / sd;
            below += 0.5 * erfc(-z * M_SQRT1_2);
            density += exp(-0.5 * z * z);
        }
        if (below < p * n) low = x;
        else high = x;
        x -= (below - p * n) * sd / (density * 0.3989422804014327); /* over the root of 2 pi */
        if (!(x > low && x < high)) x = 0.5 * (low + high);
        if (fabs(x - before) < 1e-9 * sd) break;
    }
    return exp(x);
}

void kj_summary_widened(double *v, uint32_t n, double sd, double out[KJ_STATS])
{
    kj_summary(v, n, out);
    n = (uint32_t)out[KJ_STAT_N];
    if (!n) return;
    double above = exp(0.5 * sd * sd), square = 0.0; /* of a lognormal law: mean over median */
    double between = n > 1 ? out[KJ_STAT_SD] * out[KJ_STAT_SD] : 0.0;
    uint32_t zeros = 0;
    for (uint32_t i = 0; i < n; i++) square += (v[i] * v[i] - square) / (i + 1.0);
    out[KJ_STAT_MEAN] *= above;
    out[KJ_STAT_SD] = above * sqrt(between + square * expm1(sd * sd));
    while (zeros < n && v[zeros] <= 0.0) zeros++;
    for (uint32_t i = zeros; i < n; i++) v[i] = log(v[i]);
    double mean, variance;
    moments(v + zeros, n - zeros, &mean, &variance);
    double wide = sqrt(sd * sd + (n - zeros > 1 ? variance : 0.0));
    for (int q = 0; q < 7; q++) out[KJ_STAT_Q05 + q] = mixed_quantile(v, zeros, n, sd, quantile_points[q], mean + wide * kj_normal_quantile(quantile_points[q]));
}

double kj_width(double *v, uint32_t n)
{
    if (n < 2) return 0.0;
    qsort(v, n, sizeof *v, by_value);
    return (quantile(v, n, 0.9) - quantile(v, n, 0.1)) / (2 * kj_normal_quantile(0.9));
}

double kj_t_quantile(double p, double n)
{
    if (n < 1) return (double)INFINITY;
    double tail = 2 * (1 - p); /* two-tailed, as in the algorithm */
    if (n < 1.5) return 1.0 / tan(tail * M_PI / 2);
    if (n < 2.5) return sqrt(2 / (tail * (2 - tail)) - 2);
    double a = 1 / (n - 0.5), b = 48 / (a * a), c = ((20700 * a / b - 98) * a - 16) * a + 96.36;
    double d = ((94.5 / (b + c) - 3) / b + 1) * sqrt(a * M_PI / 2) * n, x = d * tail, y = pow(x, 2 / n);
    if (y > 0.05 + a) {
        x = -kj_normal_quantile(1 - tail / 2);
        y = x * x;
        if (n < 5) c += 0.3 * (n - 4.5) * (x + 0.6);
        c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c;
        y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
        y = expm1(a * y * y);
    } else {
        y = ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) * (n + 1) / (n + 2) + 1 / y;
    }
    return sqrt(n * y);
}

static void interval(double mean, double variance, double df, double *low, double *high)
{
    double half = kj_t_quantile(0.975, df) * sqrt(variance);
    *low = mean - half;
    *high = mean + half;
}

void kj_mean_interval(const double *values, uint32_t n, double *mean, double *low, double *high)
{
    double variance;
    *mean = *low = *high = (double)NAN;
    if (n) moments(values, n, mean, &variance);
    if (n > 1) interval(*mean, variance / n, n - 1.0, low, high);
}

/* Sums over the strata by lot of luck, of what each figure adds to a mean of strata's means. */
typedef struct lots {
    double *paired, *base, *other; /* [lots] */
} lots;

/* The pairs of stratum s: differences into d, their mean, and the share of each in it. A share is (x - mean) / k, made larger by the root of k / (k - 1), so
   that the squares of the shares sum to the variance of the mean; with one pair that is not known. */
static uint32_t stratum(const kj_alternatives *a, uint32_t s, double *d, double *mean, const lots *sum)
{
    const double *base = a->base + (size_t)s * a->n, *other = a->other + (size_t)s * a->n;
    uint32_t k = 0;
    double mean_base = 0, mean_other = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        if (!isfinite(base[i]) || !isfinite(other[i])) continue;
        d[k++] = other[i] - base[i];
        mean_base += (base[i] - mean_base) / k;
        mean_other += (other[i] - mean_other) / k;
    }
    double ignored, weight = k > 1 ? sqrt(k / (k - 1.0)) / k : (double)NAN;
    moments(d, k, mean, &ignored);
    for (uint32_t i = 0; i < a->n; i++) {
        size_t lot = a->own_luck ? (size_t)s * a->n + i : i;
        if (!isfinite(base[i]) || !isfinite(other[i])) continue;
        sum->paired[lot] += weight * (other[i] - base[i] - *mean);
        sum->base[lot] += weight * (base[i] - mean_base);
        sum->other[lot] += weight * (other[i] - mean_other);
    }
    return k;
}

static double sum_of_squares(const double *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += v[i] * v[i];
    return sum;
}

void kj_difference(const kj_alternatives *a, double *scratch, double out[KJ_DIFFS])
{
    size_t block = (size_t)a->n_strata * a->n;
    uint32_t total = 0, used = 0, least = UINT32_MAX;
    double means = 0, ignored, variance, *d = scratch;
    const lots sum = {scratch + block, scratch + 2 * block, scratch + 3 * block};
    for (int s = 0; s < KJ_DIFFS; s++) out[s] = (double)NAN;
    for (size_t i = block; i < 4 * block; i++) scratch[i] = 0;
    for (uint32_t s = 0; s < a->n_strata; s++) {
        double mean;
        uint32_t k = stratum(a, s, d + total, &mean, &sum);
        if (!k) continue;
        total += k;
        used++;
        means += mean;
        if (k < least) least = k;
    }
    out[KJ_DIFF_N] = total;
    if (!total) return;
    double mean = out[KJ_DIFF_MEAN] = means / used, df = a->own_luck ? (double)total - used : least - 1.0;
    double apart = (sum_of_squares(sum.base, block) + sum_of_squares(sum.other, block)) / used / used;
    interval(mean, apart, 2 * df, &out[KJ_DIFF_UNPAIRED_LOW], &out[KJ_DIFF_UNPAIRED_HIGH]);
    if (a->own_luck) { /* then there is no other interval */
        out[KJ_DIFF_LOW] = out[KJ_DIFF_UNPAIRED_LOW];
        out[KJ_DIFF_HIGH] = out[KJ_DIFF_UNPAIRED_HIGH];
    } else interval(mean, sum_of_squares(sum.paired, block) / used / used, df, &out[KJ_DIFF_LOW], &out[KJ_DIFF_HIGH]);
    moments(d, total, &ignored, &variance);
    out[KJ_DIFF_SD] = sqrt(variance);
    qsort(d, total, sizeof *d, by_value);
    out[KJ_DIFF_Q10] = quantile(d, total, 0.1);
    out[KJ_DIFF_Q50] = quantile(d, total, 0.5);
    out[KJ_DIFF_Q90] = quantile(d, total, 0.9);
}
