/* Designs and distributions of experiments against known answers; what experiment{…} refuses. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../core/batch/design.h"
#include "../../core/batch/sensitivity.h"
#include "../../core/batch/statistics.h"

/* First points of the sequence as Joe & Kuo's own program prints them. */
static void sobol_known_points(void **state)
{
    (void)state;
    static const double known[6][5] = {{0, 0, 0, 0, 0},
                                       {0.5, 0.5, 0.5, 0.5, 0.5},
                                       {0.75, 0.25, 0.25, 0.25, 0.75},
                                       {0.25, 0.75, 0.75, 0.75, 0.25},
                                       {0.375, 0.375, 0.625, 0.875, 0.375},
                                       {0.875, 0.875, 0.125, 0.375, 0.875}};
    for (uint32_t i = 0; i < 6; i++) {
        double u[5];
        kj_sobol_point(i, 5, u);
        for (int d = 0; d < 5; d++) assert_true(u[d] == known[i][d]);
    }
}

/* Each dimension of the first 2^k points fills every one of 2^k strata once: a wrong direction number breaks this. */
static void sobol_fills_every_stratum(void **state)
{
    (void)state;
    enum { N = 1024 };
    static uint8_t seen[KJ_SOBOL_DIMENSIONS][N];
    memset(seen, 0, sizeof seen);
    for (uint32_t i = 0; i < N; i++) {
        double u[KJ_SOBOL_DIMENSIONS];
        kj_sobol_point(i, KJ_SOBOL_DIMENSIONS, u);
        for (int d = 0; d < KJ_SOBOL_DIMENSIONS; d++) seen[d][(int)(u[d] * N)]++;
    }
    for (int d = 0; d < KJ_SOBOL_DIMENSIONS; d++)
        for (int s = 0; s < N; s++) assert_int_equal(seen[d][s], 1);
}

static void latin_hypercube_has_one_value_a_stratum(void **state)
{
    (void)state;
    enum { N = 50, K = 4 };
    double u[N * K];
    uint8_t seen[K][N] = {{0}};
    kj_error err;
    assert_int_equal(kj_latin_hypercube(&err, 7, N, K, u), KJ_OK);
    for (int r = 0; r < N; r++)
        for (int c = 0; c < K; c++) {
            assert_true(u[r * K + c] > 0 && u[r * K + c] < 1);
            seen[c][(int)(u[r * K + c] * N)]++;
        }
    for (int c = 0; c < K; c++)
        for (int s = 0; s < N; s++) assert_int_equal(seen[c][s], 1);
    assert_true(fabs(u[0] - u[1]) > 1e-9); /* columns have orders of their own */
}

/* Quantiles of the standard normal distribution to ten digits, from published tables. */
static void normal_quantiles(void **state)
{
    (void)state;
    static const double known[][2] = {{0.5, 0}, {0.975, 1.959963984540054}, {0.9, 1.2815515655446004}, {0.001, -3.090232306167813}, {1e-9, -5.997807015007686}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) assert_true(fabs(kj_normal_quantile(known[i][0]) - known[i][1]) < 1e-9);
}

static kj_factor factor(kj_spread spread, double a, double b, double c)
{
    return (kj_factor){.name = "x", .spread = spread, .a = a, .b = b, .c = c, .min = -1e9, .max = 1e9};
}

static void distributions_have_their_moments(void **state)
{
    (void)state;
    struct {
        kj_factor f;
        double mean, sd;
    } cases[] = {{factor(KJ_SPREAD_RANGE, 2, 5, 0), 3.5, sqrt(9.0 / 12)},
                 {factor(KJ_SPREAD_NORMAL, 10, 2, 0), 10, 2},
                 {factor(KJ_SPREAD_LOGNORMAL, 1, 0.25, 0), exp(0.03125), sqrt((exp(0.0625) - 1) * exp(0.0625))},
                 {factor(KJ_SPREAD_TRIANGLE, 0, 1, 4), 5.0 / 3, sqrt((16.0 + 1 - 4) / 18)}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double sum = 0, square = 0;
        enum { N = 100000 };
        for (int k = 0; k < N; k++) {
            double v = kj_factor_value(&cases[i].f, (k + 0.5) / N);
            sum += v;
            square += v * v;
        }
        double mean = sum / N;
        assert_true(fabs(mean - cases[i].mean) < 1e-3);
        assert_true(fabs(sqrt(square / N - mean * mean) - cases[i].sd) < 2e-3);
    }
}

/* A distribution that leaves what the parameter may be is cut there, not heaped up at its end. */
static void values_stay_where_the_parameter_is(void **state)
{
    (void)state;
    kj_factor f = factor(KJ_SPREAD_NORMAL, 0, 1, 0);
    f.min = -0.5, f.max = 3;
    int at_end = 0;
    for (int k = 0; k < 1000; k++) {
        double v = kj_factor_value(&f, (k + 0.5) / 1000);
        assert_true(v >= -0.5 && v <= 3);
        at_end += v < -0.499;
    }
    assert_true(at_end < 5);
    f = factor(KJ_SPREAD_RANGE, 1, 4, 0);
    f.whole = true;
    for (int k = 0; k < 100; k++) {
        double v = kj_factor_value(&f, (k + 0.5) / 100);
        assert_true(v == floor(v) && v >= 1 && v <= 4);
    }
    f = factor(KJ_SPREAD_RANGE, -5, 5, 0); /* halves as often up as down */
    f.whole = true;
    assert_true(kj_factor_value(&f, 0.25) == -3 && kj_factor_value(&f, 0.75) == 3);
}

static kj_experiment *experiment_of(const char *text)
{
    kj_experiment *e = NULL;
    kj_error err = {0};
    if (kj_experiment_restore(&err, "x.lua", text, NULL, NULL, &e)) print_error("%s\n", err.text);
    assert_non_null(e);
    for (uint32_t f = 0; f < e->n_factors; f++) e->factor[f].min = -1e9, e->factor[f].max = 1e9;
    return e;
}

#define HEAD "experiment { title = 'x', scenario = 's', vary = {}, "

static void full_factorial_has_every_combination(void **state)
{
    (void)state;
    kj_experiment *e = experiment_of(HEAD "factors = { { 'a', values = { 1, 2 } }, { 'b', values = { 1, 2, 3 } }, { 'c', values = { false, true } } } }");
    kj_points p;
    kj_error err;
    int seen[2][3][2] = {{{0}}};
    assert_int_equal(kj_design_points(&err, e, &p), KJ_OK);
    assert_int_equal(p.n, 12);
    for (uint32_t i = 0; i < p.n; i++) seen[(int)p.value[3 * i] - 1][(int)p.value[3 * i + 1] - 1][(int)p.value[3 * i + 2]]++;
    for (int i = 0; i < 12; i++) assert_int_equal((&seen[0][0][0])[i], 1);
    kj_points_free(&p);
    kj_experiment_free(e);
}

/* Row A, row B, then A with one column of B. */
static void sobol_indices_design_swaps_one_column(void **state)
{
    (void)state;
    kj_experiment *e = experiment_of(HEAD "design = 'sobol_indices', samples = 8, factors = { { 'a', range = { 0, 1 } }, { 'b', range = { 0, 1 } }, { 'c', range = { 0, 1 } } } }");
    kj_points p;
    kj_error err;
    assert_int_equal(kj_design_points(&err, e, &p), KJ_OK);
    assert_int_equal(p.n, 8 * 5);
    for (int i = 0; i < 8; i++) {
        const double *a = p.value + i * 15, *b = a + 3;
        for (int f = 0; f < 3; f++)
            for (int c = 0; c < 3; c++) assert_true(b[3 + 3 * f + c] == (c == f ? b[c] : a[c]));
    }
    kj_points_free(&p);
    kj_experiment_free(e);
}

/* Neighbours on a trajectory differ in one factor, by half the grid, and each factor moves once. */
static void morris_moves_one_factor_at_a_time(void **state)
{
    (void)state;
    kj_experiment *e = experiment_of(HEAD "design = 'morris', samples = 6, levels = 4, factors = { { 'a', range = { 0, 4 } }, { 'b', range = { 0, 4 } }, { 'c', range = { 0, 4 } } } }");
    kj_points p;
    kj_error err;
    assert_int_equal(kj_design_points(&err, e, &p), KJ_OK);
    assert_int_equal(p.n, 24);
    for (int t = 0; t < 6; t++) {
        int moved[3] = {0};
        for (int s = 1; s < 4; s++)
            for (int f = 0; f < 3; f++) {
                double step = p.value[(t * 4 + s) * 3 + f] - p.value[(t * 4 + s - 1) * 3 + f];
                if (step == 0) continue;
                assert_true(fabs(fabs(step) - 2) < 1e-12);
                moved[f]++;
            }
        for (int f = 0; f < 3; f++) assert_int_equal(moved[f], 1);
    }
    kj_points_free(&p);
    kj_experiment_free(e);
}

/* Luck as a factor: two seeds a trajectory, the second from its step on; none comes back in another one, and the other factors are where they were. */
static void morris_draws_fresh_seeds(void **state)
{
    (void)state;
    enum { T = 50, K = 3 };
    kj_experiment *e = experiment_of(HEAD "design = 'morris', samples = 50, factors = { { 'a', range = { 0, 4 } }, { 'seed' }, { 'c', range = { 0, 4 } } } }");
    kj_experiment *plain =
        experiment_of(HEAD "design = 'morris', samples = 50, factors = { { 'a', range = { 0, 4 } }, { 'b', range = { 0, 4 } }, { 'c', range = { 0, 4 } } } }");
    kj_points p, q;
    kj_error err;
    double seed[2 * T];
    e->factor[1].min = 1, e->factor[1].max = 2147483647.0, e->factor[1].whole = true; /* as a plan binds it */
    assert_int_equal(kj_design_points(&err, e, &p), KJ_OK);
    assert_int_equal(kj_design_points(&err, plain, &q), KJ_OK);
    for (int t = 0; t < T; t++) {
        int n = 0;
        for (int s = 0; s <= K; s++) {
            const double *at = p.value + (t * (K + 1) + s) * K, *as = q.value + (t * (K + 1) + s) * K;
            assert_true(at[0] == as[0] && at[2] == as[2] && at[1] >= 1 && at[1] == floor(at[1]));
            if (s == 0 || at[1] != at[1 - K]) assert_true(n < 2), seed[2 * t + n++] = at[1];
            if (s) assert_true((at[1] != at[1 - K]) == (as[1] != as[1 - K]));
        }
        assert_int_equal(n, 2);
    }
    for (int i = 0; i < 2 * T; i++)
        for (int j = 0; j < i; j++) assert_true(seed[i] != seed[j]);
    kj_points_free(&p);
    kj_points_free(&q);
    kj_experiment_free(e);
    kj_experiment_free(plain);
}

static void one_at_a_time_begins_with_the_scenario(void **state)
{
    (void)state;
    kj_experiment *e = experiment_of(HEAD "design = 'one_at_a_time', factors = { { 'a', range = { 2, 3 } }, { 'b', normal = { 0, 1 } } } }");
    kj_points p;
    kj_error err;
    assert_int_equal(kj_design_points(&err, e, &p), KJ_OK);
    assert_int_equal(p.n, 5);
    assert_true(isnan(p.value[0]) && isnan(p.value[1]) && p.value[2] == 2 && isnan(p.value[3]) && p.value[4] == 3);
    assert_true(isnan(p.value[6]) && fabs(p.value[7] + 1.2815515655) < 1e-8 && fabs(p.value[9] - 1.2815515655) < 1e-8);
    kj_points_free(&p);
    kj_experiment_free(e);
}

static void refuses_with_reasons(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"experiment { scenario = 's' }", "title"},
        {HEAD "factrs = {} }", "did you mean 'factors'"},
        {HEAD "factors = { { 'a' } } }", "expected one of values, range"},
        {HEAD "factors = { { 'a', values = { 1 } } } }", "expected 2 to"},
        {HEAD "factors = { { 'a', values = { 1, 2 }, range = { 1, 2 } } } }", "exclude each other"},
        {HEAD "factors = { { 'a', range = { 2, 1 } } }, design = 'sobol', samples = 4 }", "low < high"},
        {HEAD "factors = { { 'a', range = { 1, 2 } } } }", "needs values"},
        {HEAD "factors = { { 'a', values = { 1, 2 } }, { 'a', values = { 1, 2 } } } }", "listed twice"},
        {HEAD "design = 'sobol', factors = { { 'a', range = { 1, 2 } } } }", "samples"},
        {HEAD "design = 'grid' }", "design"},
        {HEAD "replicates = 0 }", "replicates"},
        {HEAD "levels = 4 }", "levels"},
        {"experiment { title = 'x', scenario = 's', vary = { { 'a', range = { 0, 1 } } }, factors = { { 'a', values = { 0, 1 } } } }", "in vary"},
        {"experiment { title = 'x', scenario = 's', vary = { { 'seed' } } }", "seed"},
        {HEAD "model_errors = { { 'population', widths = { 2 }, source = 'x' } } }", "table and its column"},
        {HEAD "model_errors = { { 'area.population', widths = { -2 }, source = 'x' } } }", "0 to 100"},
        {HEAD "model_errors = { { 'area.population', widths = {}, source = 'x' } } }", "expected 1 to"},
        {HEAD "model_errors = { { 'area.population', widths = { 2 } } } }", "source"},
        {HEAD "model_errors = 3 }", "default"},
        {"local x = 1", "expected experiment"},
        {HEAD "} experiment { title = 'x', scenario = 's' }", "twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kj_experiment *e = NULL;
        kj_error err = {0};
        assert_int_equal(kj_experiment_restore(&err, "x.lua", cases[i][0], NULL, NULL, &e), KJ_E_INPUT);
        if (!strstr(err.text, cases[i][1]) || !strstr(err.text, "x.lua")) print_error("case %zu: %s\n", i, err.text);
        assert_non_null(strstr(err.text, cases[i][1]));
        assert_non_null(strstr(err.text, "x.lua"));
        assert_null(e);
    }
}

/* Quantiles of type 7, worked by hand; a missing figure is counted out, "never" stays never. */
static void summaries(void **state)
{
    (void)state;
    double v[] = {4, NAN, 1, 3, 2, 5}, out[KJ_STATS];
    kj_summary(v, 6, out);
    assert_true(out[KJ_STAT_N] == 5 && out[KJ_STAT_MEAN] == 3 && out[KJ_STAT_Q50] == 3 && out[KJ_STAT_Q25] == 2);
    assert_true(fabs(out[KJ_STAT_Q10] - 1.4) < 1e-12 && fabs(out[KJ_STAT_SD] - sqrt(2.5)) < 1e-12);
    double never[] = {2030, INFINITY, 2028, INFINITY};
    kj_summary(never, 4, out);
    assert_true(out[KJ_STAT_N] == 4 && isinf(out[KJ_STAT_Q90]) && isinf(out[KJ_STAT_Q75]) && out[KJ_STAT_Q05] < 2029);
    kj_summary(v, 0, out);
    assert_true(out[KJ_STAT_N] == 0 && isnan(out[KJ_STAT_Q50]));
}

/* One member: a lognormal law. Two far apart, little widened: halves of the mixture. None above 0: zeros. And the width of a normal law is its sd. */
static void widened_summaries(void **state)
{
    (void)state;
    double one[] = {1000}, out[KJ_STATS];
    kj_summary_widened(one, 1, 0.1, out);
    assert_true(out[KJ_STAT_N] == 1 && fabs(out[KJ_STAT_Q50] - 1000) < 1e-6);
    assert_true(fabs(log(out[KJ_STAT_Q90] / 1000) - 0.1 * 1.2815515655) < 1e-8 && fabs(log(out[KJ_STAT_Q05] / 1000) + 0.1 * 1.6448536270) < 1e-8);
    assert_true(fabs(out[KJ_STAT_MEAN] - 1000 * exp(0.005)) < 1e-9 && fabs(out[KJ_STAT_SD] - 1000 * sqrt(exp(0.02) - exp(0.01))) < 1e-9); /* of the law itself */
    double two[] = {2000, NAN, 1000};
    kj_summary_widened(two, 3, 0.01, out);
    assert_true(out[KJ_STAT_N] == 2 && fabs(log(out[KJ_STAT_Q25] / 1000)) < 1e-6 && fabs(log(out[KJ_STAT_Q75] / 2000)) < 1e-6);
    double plain[] = {2000, 1000}, law[KJ_STATS];
    kj_summary(plain, 2, law);
    assert_true(out[KJ_STAT_SD] > law[KJ_STAT_SD] && out[KJ_STAT_SD] < 1.01 * law[KJ_STAT_SD]);
    double zeros[] = {0, 0, 0, 500};
    kj_summary_widened(zeros, 4, 0.1, out);
    assert_true(out[KJ_STAT_Q50] == 0 && out[KJ_STAT_Q90] > 400 && out[KJ_STAT_Q90] < 600);
    double normal[999];
    for (int i = 0; i < 999; i++) normal[i] = 3 * kj_normal_quantile((i + 0.5) / 999);
    assert_true(fabs(kj_width(normal, 999) - 3) < 0.01);
}

/* Tables of Student's t. */
static void t_quantiles(void **state)
{
    (void)state;
    static const double known[][3] = {{0.975, 1, 12.70620}, {0.975, 2, 4.302653}, {0.975, 5, 2.570582}, {0.975, 11, 2.200985}, {0.975, 19, 2.093024}, {0.975, 24, 2.063899}, {0.95, 10, 1.812461}, {0.975, 1000, 1.962339}};
    double mean, low, high, three[] = {1e9 + 1, 1e9 + 2, 1e9 + 3};
    kj_mean_interval(three, 3, &mean, &low, &high);
    assert_true(fabs(mean - 1e9 - 2) < 1e-6 && fabs(high - mean - 4.302653 / sqrt(3)) < 1e-3 && fabs(mean - low - 4.302653 / sqrt(3)) < 1e-3);
    kj_mean_interval(three, 1, &mean, &low, &high);
    assert_true(fabs(mean - 1e9 - 1) < 1e-6 && isnan(low) && isnan(high));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) assert_true(fabs(kj_t_quantile(known[i][0], known[i][1]) - known[i][2]) < 2e-4 * known[i][2]);
}

/* Luck of spread 10 in common, an effect of 2 with spread 0.5: pairs see it, unpaired members do not. Two strata of other
   levels do not widen either interval. */
static void paired_differences_are_narrower(void **state)
{
    (void)state;
    enum { S = 2, R = 25 };
    double base[S * R], other[S * R], scratch[KJ_DIFFERENCE_SCRATCH * S * R], out[KJ_DIFFS];
    const kj_alternatives a = {base, other, S, R, false};
    for (int s = 0; s < S; s++)
        for (int r = 0; r < R; r++) {
            double luck = 10 * kj_normal_quantile((r + 0.5) / R), own = 0.5 * kj_normal_quantile(((r * 7 + s) % R + 0.5) / R);
            base[s * R + r] = 1000 * s + luck;
            other[s * R + r] = 1000 * s + luck + 2 + own;
        }
    kj_difference(&a, scratch, out);
    assert_true(out[KJ_DIFF_N] == S * R && fabs(out[KJ_DIFF_MEAN] - 2) < 1e-9);
    double paired = out[KJ_DIFF_HIGH] - out[KJ_DIFF_LOW], unpaired = out[KJ_DIFF_UNPAIRED_HIGH] - out[KJ_DIFF_UNPAIRED_LOW];
    assert_true(out[KJ_DIFF_LOW] > 1.7 && out[KJ_DIFF_HIGH] < 2.3);
    assert_true(unpaired > 5 && unpaired < 12 && paired < 0.1 * unpaired);
    base[3] = NAN; /* a missing member takes its partner out of the pairs */
    kj_difference(&a, scratch, out);
    assert_true(out[KJ_DIFF_N] == S * R - 1);
}

static void assert_interval(const double out[KJ_DIFFS], int low, double mean, double half)
{
    assert_true(fabs(out[low] - (mean - half)) < 2e-4 * half && fabs(out[low + 1] - (mean + half)) < 2e-4 * half);
}

/* Three lots of luck in two strata, by hand: differences 1 2 3 and 3 2 7 are 2 2 5 in the mean of each lot, of mean 3 and variance 3. The same luck on both
   sides or not, it comes three times; with a luck of its own each of the 12 members tells something. */
static void lots_of_luck_count_once(void **state)
{
    (void)state;
    double base[] = {10, 20, 30, 100, 110, 120}, other[] = {11, 22, 33, 103, 112, 127}, scratch[KJ_DIFFERENCE_SCRATCH * 6], out[KJ_DIFFS];
    kj_alternatives a = {base, other, 2, 3, false};
    kj_difference(&a, scratch, out);
    assert_true(out[KJ_DIFF_N] == 6 && fabs(out[KJ_DIFF_MEAN] - 3) < 1e-12 && fabs(out[KJ_DIFF_Q50] - 2.5) < 1e-12);
    assert_interval(out, KJ_DIFF_LOW, 3, 4.302653);                                    /* t of 2 × root(3 / 3) */
    assert_interval(out, KJ_DIFF_UNPAIRED_LOW, 3, 2.776445 * sqrt((100 + 133) / 3.0)); /* 55 65 75 and 57 67 80; t of 4 */
    a.own_luck = true;
    kj_difference(&a, scratch, out);
    assert_interval(out, KJ_DIFF_LOW, 3, 2.306004 * sqrt((100 + 121 + 100 + 147) / 3.0 / 4)); /* t of 8 */
    assert_interval(out, KJ_DIFF_UNPAIRED_LOW, 3, 2.306004 * sqrt((100 + 121 + 100 + 147) / 3.0 / 4));
    a.own_luck = false;
    base[1] = NAN; /* strata of two pairs and of three, still of means 2 and 4 */
    kj_difference(&a, scratch, out);
    assert_true(out[KJ_DIFF_N] == 5 && fabs(out[KJ_DIFF_MEAN] - 3) < 1e-12);
    double w = sqrt(0.5), v = sqrt(1.5) / 3; /* shares: −w − v, −2 v, w + 3 v */
    assert_interval(out, KJ_DIFF_LOW, 3, 12.7062 * sqrt((w + v) * (w + v) + 4 * v * v + (w + 3 * v) * (w + 3 * v)) / 2);
    base[0] = NAN; /* one pair tells nothing of chance */
    kj_difference(&a, scratch, out);
    assert_true(out[KJ_DIFF_N] == 4 && isfinite(out[KJ_DIFF_MEAN]) && isnan(out[KJ_DIFF_LOW]) && isnan(out[KJ_DIFF_HIGH]));
}

/* A factor beside that does nothing makes each stratum twice, with the same luck: that is no evidence, so no interval changes. */
static void idle_factor_narrows_nothing(void **state)
{
    (void)state;
    enum { S = 4, R = 7 };
    double base[S * R], other[S * R], scratch[KJ_DIFFERENCE_SCRATCH * S * R], once[KJ_DIFFS], twice[KJ_DIFFS];
    for (int i = 0; i < S * R; i++) {
        base[i] = 10 * kj_normal_quantile((i % R + 0.5) / R);
        other[i] = base[i] + 2 + kj_normal_quantile((i * 3 % R + 0.5) / R);
    }
    kj_difference(&(kj_alternatives){base, other, 1, R, false}, scratch, once);
    for (uint32_t s = 2; s <= S; s++) {
        kj_difference(&(kj_alternatives){base, other, s, R, false}, scratch, twice);
        assert_true(twice[KJ_DIFF_N] == s * R);
        for (int k = KJ_DIFF_LOW; k <= KJ_DIFF_UNPAIRED_HIGH; k++) assert_true(fabs(once[k] - twice[k]) < 1e-9);
    }
}

/* Figures of a known function at the points of a design with n factors uniform in [low, high]. */
static double *figures(const char *design, int samples, int k, double low, double high, double (*f)(const double *x, int k), kj_points *p)
{
    char text[1024];
    size_t n = (size_t)snprintf(text, sizeof text, HEAD "design = '%s', samples = %d, factors = { ", design, samples);
    for (int i = 0; i < k; i++) n += (size_t)snprintf(text + n, sizeof text - n, "{ 'x%d', range = { %.17g, %.17g } }, ", i, low, high);
    snprintf(text + n, sizeof text - n, "} }");
    kj_experiment *e = experiment_of(text);
    kj_error err;
    assert_int_equal(kj_design_points(&err, e, p), KJ_OK);
    double *y = malloc(p->n * sizeof *y);
    assert_non_null(y);
    for (uint32_t i = 0; i < p->n; i++) y[i] = f(p->value + (size_t)i * (size_t)k, k);
    kj_experiment_free(e);
    return y;
}

static double ishigami(const double *x, int k)
{
    (void)k;
    return sin(x[0]) + 7 * sin(x[1]) * sin(x[1]) + 0.1 * pow(x[2], 4) * sin(x[0]);
}

/* Ishigami & Homma (1990), a = 7, b = 0.1: S = 0.3139, 0.4424, 0; T = 0.5576, 0.4424, 0.2437. */
static void sobol_indices_of_ishigami(void **state)
{
    (void)state;
    static const double first[] = {0.3139, 0.4424, 0}, total[] = {0.5576, 0.4424, 0.2437};
    kj_points p;
    kj_error err;
    kj_sensitivity s;
    double *y = figures("sobol_indices", 4096, 3, -M_PI, M_PI, ishigami, &p);
    assert_int_equal(kj_sobol_analyse(&err, y, 4096, 3, 0.05, 1, &s), KJ_OK);
    for (int f = 0; f < 3; f++) {
        assert_true(fabs(s.first[f].value - first[f]) < 0.01 && fabs(s.total[f].value - total[f]) < 0.01);
        assert_true(s.first[f].low <= first[f] && first[f] <= s.first[f].high && s.total[f].low <= total[f] && total[f] <= s.total[f].high);
        assert_true(s.first[f].high - s.first[f].low < 0.15 && s.total[f].high - s.total[f].low < 0.15);
    }
    kj_sensitivity_free(&s);
    y[7] = NAN; /* a missing member takes its base point out, and is counted */
    assert_int_equal(kj_sobol_analyse(&err, y, 4096, 3, 0.001, 1, &s), KJ_OK);
    assert_true(s.n_used == 4095 && s.n_left_out == 1 && s.first[0].needed > 4095);
    kj_sensitivity_free(&s);
    free(y);
    kj_points_free(&p);
}

/* Sobol's g function with a = 0, 1, 4.5, 9, 99: S_i = V_i / V with V_i = 1 / (3 (1 + a_i)^2). */
static const double g_a[] = {0, 1, 4.5, 9, 99};
static double sobol_g(const double *x, int k)
{
    double y = 1;
    for (int i = 0; i < k; i++) y *= (fabs(4 * x[i] - 2) + g_a[i]) / (1 + g_a[i]);
    return y;
}

static void sobol_indices_of_g(void **state)
{
    (void)state;
    kj_points p;
    kj_error err;
    kj_sensitivity s;
    double *y = figures("sobol_indices", 4096, 5, 0, 1, sobol_g, &p), all = 1, v[5];
    for (int i = 0; i < 5; i++) {
        v[i] = 1 / (3 * (1 + g_a[i]) * (1 + g_a[i]));
        all *= 1 + v[i];
    }
    assert_int_equal(kj_sobol_analyse(&err, y, 4096, 5, 0.05, 1, &s), KJ_OK);
    for (int i = 0; i < 5; i++) {
        assert_true(fabs(s.first[i].value - v[i] / (all - 1)) < 0.015);
        assert_true(fabs(s.total[i].value - v[i] * all / (1 + v[i]) / (all - 1)) < 0.015);
    }
    kj_sensitivity_free(&s);
    free(y);
    kj_points_free(&p);
}

/* Effects over the whole range: 10 everywhere, -3 everywhere, none; and a square, whose effect changes its sign. */
static double bent(const double *x, int k)
{
    (void)k;
    return 10 * x[0] - 3 * x[1] + 8 * (x[3] - 0.5) * (x[3] - 0.5);
}

static void morris_of_known_effects(void **state)
{
    (void)state;
    enum { N = 40, K = 4 };
    kj_points p;
    kj_error err;
    kj_sensitivity s;
    double *y = figures("morris", N, K, 0, 1, bent, &p), step[N * K];
    uint32_t moved[N * K];
    for (uint32_t t = 0; t < N; t++)
        for (uint32_t i = 0; i < K; i++)
            for (uint32_t f = 0; f < K; f++) {
                double d = p.value[(t * (K + 1) + i + 1) * K + f] - p.value[(t * (K + 1) + i) * K + f];
                if (d != 0) moved[t * K + i] = f, step[t * K + i] = d;
            }
    kj_trajectories known = {.y = y, .moved = moved, .step = step, .n = N, .k = K, .luck_at = K};
    assert_int_equal(kj_morris_analyse(&err, &known, 0.05, 1, &s), KJ_OK);
    assert_true(fabs(s.first[0].value - 10) < 1e-9 && fabs(s.total[1].value - 3) < 1e-9 && fabs(s.first[1].value + 3) < 1e-9);
    assert_true(s.sigma[0].value < 1e-9 && s.total[2].value < 1e-9);
    assert_true(fabs(s.total[3].value - 2) < 1e-9 && fabs(s.first[3].value) < 1.5 && s.sigma[3].value > 1); /* levels 1/8 … 7/8: ±2 */
    kj_sensitivity_free(&s);
    free(y);
    kj_points_free(&p);
}

/* Two factors, the second is luck: it changes the figure by 4, −4, 4 and −4, whatever its step is said to be. Differences of two seeds have twice the variance
   of one: 16 / 2. The effects of the first are as if luck were not there. */
static void morris_tells_luck_as_a_spread(void **state)
{
    (void)state;
    enum { N = 4, K = 2 };
    static const double y[N * (K + 1)] = {0, 5, 9, 0, 5, 1, 3, 7, 12, 8, 4, 9}, step[N * K] = {0.5, 0.5, 0.5, -0.5, 0.5, 0.5, 0.5, 0.5};
    static const uint32_t moved[N * K] = {0, 1, 0, 1, 1, 0, 1, 0};
    kj_trajectories t = {.y = y, .moved = moved, .step = step, .n = N, .k = K, .luck_at = 1};
    kj_sensitivity s;
    kj_error err;
    assert_int_equal(kj_morris_analyse(&err, &t, 0.05, 1, &s), KJ_OK);
    assert_true(s.luck_at == 1 && fabs(s.luck.value - sqrt(8)) < 1e-12 && fabs(s.luck.low - sqrt(8)) < 1e-12 && fabs(s.luck.high - sqrt(8)) < 1e-12);
    assert_true(fabs(s.first[0].value - 10) < 1e-12 && fabs(s.total[0].value - 10) < 1e-12 && s.sigma[0].value < 1e-12);
    assert_true(isnan(s.first[1].value) && isnan(s.total[1].value) && isnan(s.sigma[1].value));
    kj_sensitivity_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sobol_known_points),
                                       cmocka_unit_test(sobol_fills_every_stratum),
                                       cmocka_unit_test(latin_hypercube_has_one_value_a_stratum),
                                       cmocka_unit_test(normal_quantiles),
                                       cmocka_unit_test(distributions_have_their_moments),
                                       cmocka_unit_test(values_stay_where_the_parameter_is),
                                       cmocka_unit_test(full_factorial_has_every_combination),
                                       cmocka_unit_test(sobol_indices_design_swaps_one_column),
                                       cmocka_unit_test(morris_moves_one_factor_at_a_time),
                                       cmocka_unit_test(one_at_a_time_begins_with_the_scenario),
                                       cmocka_unit_test(refuses_with_reasons),
                                       cmocka_unit_test(summaries),
                                       cmocka_unit_test(widened_summaries),
                                       cmocka_unit_test(t_quantiles),
                                       cmocka_unit_test(paired_differences_are_narrower),
                                       cmocka_unit_test(lots_of_luck_count_once),
                                       cmocka_unit_test(idle_factor_narrows_nothing),
                                       cmocka_unit_test(morris_draws_fresh_seeds),
                                       cmocka_unit_test(morris_tells_luck_as_a_spread),
                                       cmocka_unit_test(sobol_indices_of_ishigami),
                                       cmocka_unit_test(sobol_indices_of_g),
                                       cmocka_unit_test(morris_of_known_effects)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
