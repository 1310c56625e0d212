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

/* The pairs of one stratum: differences into d; means' variances of both kinds. */
static uint32_t stratum(const double *base, const double *other, uint32_t n, double *d, double *ab, double *mean, double *paired, double *unpaired)
{
    uint32_t k = 0;
    double ignored, va, vb;
    for (uint32_t i = 0; i < n; i++) {
        if (!isfinite(base[i]) || !isfinite(other[i])) continue;
        d[k] = other[i] - base[i];
        ab[k] = base[i];
        ab[n + k++] = other[i];
    }
    moments(d, k, mean, paired);
    moments(ab, k, &ignored, &va);
    moments(ab + n, k, &ignored, &vb);
    *paired /= k;
    *unpaired = (va + vb) / k;
    return k;
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

/* scratch: (n_strata + 2) * n values. */
void kj_difference(const double *base, const double *other, uint32_t n_strata, uint32_t n, double *scratch, double out[KJ_DIFFS])
{
    uint32_t total = 0, used = 0;
    double sum = 0, paired = 0, unpaired = 0, df = 0, *ab = scratch + (size_t)n_strata * n, variance;
    for (int s = 0; s < KJ_DIFFS; s++) out[s] = (double)NAN;
    for (uint32_t s = 0; s < n_strata; s++) {
        double mean, p, u;
        uint32_t k = stratum(base + (size_t)s * n, other + (size_t)s * n, n, scratch + total, ab, &mean, &p, &u);
        if (!k) continue;
        total += k;
        used++;
        sum += mean;
        paired += p;
        unpaired += u;
        df += k - 1.0;
    }
    out[KJ_DIFF_N] = total;
    if (!total) return;
    out[KJ_DIFF_MEAN] = sum / used;
    interval(sum / used, paired / used / used, df, &out[KJ_DIFF_LOW], &out[KJ_DIFF_HIGH]);
    interval(sum / used, unpaired / used / used, 2 * df, &out[KJ_DIFF_UNPAIRED_LOW], &out[KJ_DIFF_UNPAIRED_HIGH]);
    double ignored;
    moments(scratch, total, &ignored, &variance);
    out[KJ_DIFF_SD] = sqrt(variance);
    qsort(scratch, total, sizeof *scratch, by_value);
    out[KJ_DIFF_Q10] = quantile(scratch, total, 0.1);
    out[KJ_DIFF_Q50] = quantile(scratch, total, 0.5);
    out[KJ_DIFF_Q90] = quantile(scratch, total, 0.9);
}
