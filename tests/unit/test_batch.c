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
}

static kj_experiment *read(const char *text)
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
    kj_experiment *e = read(HEAD "factors = { { 'a', values = { 1, 2 } }, { 'b', values = { 1, 2, 3 } }, { 'c', values = { false, true } } } }");
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
    kj_experiment *e = read(HEAD "design = 'sobol_indices', samples = 8, factors = { { 'a', range = { 0, 1 } }, { 'b', range = { 0, 1 } }, { 'c', range = { 0, 1 } } } }");
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
    kj_experiment *e = read(HEAD "design = 'morris', samples = 6, levels = 4, factors = { { 'a', range = { 0, 4 } }, { 'b', range = { 0, 4 } }, { 'c', range = { 0, 4 } } } }");
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

static void one_at_a_time_begins_with_the_scenario(void **state)
{
    (void)state;
    kj_experiment *e = read(HEAD "design = 'one_at_a_time', factors = { { 'a', range = { 2, 3 } }, { 'b', normal = { 0, 1 } } } }");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sobol_known_points), cmocka_unit_test(sobol_fills_every_stratum), cmocka_unit_test(latin_hypercube_has_one_value_a_stratum),
        cmocka_unit_test(normal_quantiles), cmocka_unit_test(distributions_have_their_moments), cmocka_unit_test(values_stay_where_the_parameter_is),
        cmocka_unit_test(full_factorial_has_every_combination), cmocka_unit_test(sobol_indices_design_swaps_one_column),
        cmocka_unit_test(morris_moves_one_factor_at_a_time), cmocka_unit_test(one_at_a_time_begins_with_the_scenario),
        cmocka_unit_test(refuses_with_reasons)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
