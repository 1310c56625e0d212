/* Fitting to margins: tables worked by hand, exact totals after rounding. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "../../core/map/fit.h"

static void near(double is, double want, double within)
{
    if (!(fabs(is - want) <= within)) fail_msg("%.9f is not within %g of %.9f", is, within, want);
}

/* A seed of ones gives the product of the margins over the total. */
static void ones_give_the_independent_table(void **state)
{
    (void)state;
    double value[6] = {1, 1, 1, 1, 1, 1}, rows[2] = {30, 70}, cols[3] = {20, 30, 50}, worst = -1.0;
    kj_fit_table table = {2, 3, value, rows, cols};
    kj_fit(&table, 50, 1e-9, &worst);
    const double want[6] = {6, 9, 15, 14, 21, 35};
    for (int i = 0; i < 6; i++) near(value[i], want[i], 1e-9);
    near(worst, 0.0, 1e-9);
}

/* Two by two with both margins 3, 2: the odds ratio 4 of the seed (2 1 / 1 2) is kept, so x (x - 1) / (3 - x)^2 = 4
   with x the first cell: 3 x^2 - 23 x + 36 = 0, x = (23 - sqrt(97)) / 6. */
static void the_odds_ratio_stays(void **state)
{
    (void)state;
    double value[4] = {2, 1, 1, 2}, rows[2] = {3, 2}, cols[2] = {3, 2};
    kj_fit_table table = {2, 2, value, rows, cols};
    kj_fit(&table, 500, 1e-12, NULL);
    near(value[0] * value[3] / (value[1] * value[2]), 4.0, 1e-8);
    near(value[0], (23.0 - sqrt(97.0)) / 6.0, 1e-8);
    near(value[0] + value[2], 3.0, 1e-8);
}

static void zeros_of_the_seed_stay_zero(void **state)
{
    (void)state;
    double value[4] = {1, 0, 1, 1}, rows[2] = {4, 6}, cols[2] = {7, 3};
    kj_fit_table table = {2, 2, value, rows, cols};
    kj_fit(&table, 500, 1e-12, NULL);
    near(value[0], 4.0, 1e-9);
    assert_true(value[1] == 0.0);
    near(value[2], 3.0, 1e-6);
    near(value[3], 3.0, 1e-6);
}

static void a_row_of_zeros_is_spread(void **state)
{
    (void)state;
    double value[4] = {0, 0, 1, 1}, rows[2] = {4, 6}, cols[2] = {5, 5}, worst;
    kj_fit_table table = {2, 2, value, rows, cols};
    kj_fit(&table, 100, 1e-9, &worst);
    near(value[0] + value[1], 4.0, 1e-9);
    near(worst, 0.0, 1e-6);
}

static void largest_remainders(void **state)
{
    (void)state;
    int32_t out[4];
    kj_fit_round((double[4]){1.5, 2.5, 3.2, 2.8}, 4, 10, out); /* 1 2 3 2 and the rest to 2.8, then 1.5 before 2.5 */
    const int32_t want[4] = {2, 2, 3, 3};
    for (int i = 0; i < 4; i++) assert_int_equal(out[i], want[i]);
    kj_fit_round((double[4]){2, 2, 2, 2}, 4, 7, out); /* ties to the lower index */
    for (int i = 0; i < 4; i++) assert_int_equal(out[i], i < 3 ? 2 : 1);
    kj_fit_round((double[4]){0, 0, 0, 0}, 4, 6, out);
    assert_int_equal(out[0] + out[1] + out[2] + out[3], 6);
    kj_fit_round((double[4]){0, 5, 0, 0}, 4, 9, out); /* a zero stays zero */
    assert_int_equal(out[1], 9);
}

/* Any table: rows and columns exact, no negative cell, and no cell more than one unit away where the margins allow it.
 */
static void rounded_tables_hold_both_margins(void **state)
{
    (void)state;
    enum { R = 23, C = 17 };
    double value[R * C];
    int32_t rows[R], cols[C], out[R * C];
    for (uint32_t turn = 1; turn <= 20; turn++) {
        uint32_t luck = turn;
        for (int c = 0; c < C; c++) cols[c] = 0;
        for (int r = 0; r < R; r++) {
            rows[r] = 0;
            for (int c = 0; c < C; c++) {
                luck = luck * 1664525u + 1013904223u;
                int32_t whole = (int32_t)(luck >> 24) % 9; /* whole numbers first, so that both margins can be met */
                rows[r] += whole;
                cols[c] += whole;
                value[r * C + c] = 1.0 + (luck >> 16 & 255u) / 64.0;
            }
        }
        double row_total[R], col_total[C];
        for (int r = 0; r < R; r++) row_total[r] = rows[r];
        for (int c = 0; c < C; c++) col_total[c] = cols[c];
        kj_fit_table table = {R, C, value, row_total, col_total};
        kj_fit(&table, 300, 1e-9, NULL);
        kj_error err = {0};
        assert_int_equal(kj_fit_round_table(&err, value, R, C, rows, cols, out), KJ_OK);
        for (int c = 0; c < C; c++) {
            int32_t sum = 0;
            for (int r = 0; r < R; r++) sum += out[r * C + c];
            assert_int_equal(sum, cols[c]);
        }
        for (int r = 0; r < R; r++) {
            int32_t sum = 0;
            for (int c = 0; c < C; c++) {
                sum += out[r * C + c];
                assert_true(out[r * C + c] >= 0);
                near(out[r * C + c], value[r * C + c], 2.0);
            }
            assert_int_equal(sum, rows[r]);
        }
    }
}

static void margins_that_differ_are_refused(void **state)
{
    (void)state;
    kj_error err = {0};
    int32_t rows[2] = {3, 3}, cols[2] = {3, 4}, out[4];
    assert_int_equal(kj_fit_round_table(&err, (double[4]){1, 1, 1, 1}, 2, 2, rows, cols, out), KJ_E_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ones_give_the_independent_table),
        cmocka_unit_test(the_odds_ratio_stays),
        cmocka_unit_test(zeros_of_the_seed_stay_zero),
        cmocka_unit_test(a_row_of_zeros_is_spread),
        cmocka_unit_test(largest_remainders),
        cmocka_unit_test(rounded_tables_hold_both_margins),
        cmocka_unit_test(margins_that_differ_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
