/* Vacancy chains against the analytic oracle: in a market with fixed transition probabilities Q the expected vacancies by
   submarket for one opened in each are the fundamental matrix (I - Q)^-1 (White 1970, Chains of Opportunity). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <kedja/rng.h>

#include "../../core/validate/lives.h"
#include "../../core/validate/reprojection.h"

enum { N = KJ_SUBMARKETS, MONTH = 1500 };

/* Two submarkets of rentals, small and large; all others never occur. From small: 0.2 small, 0.3 large; from large: 0.4, 0.1. */
static const double wanted_q[2][2] = {{0.2, 0.3}, {0.4, 0.1}};
/* Determinant 0.8 * 0.9 - 0.3 * 0.4 = 0.6. */
static const double wanted[2][2] = {{0.9 / 0.6, 0.3 / 0.6}, {0.4 / 0.6, 0.8 / 0.6}};

static void inverse_by_hand(void **state)
{
    (void)state;
    double q[N][N] = {{0}}, out[N][N];
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) q[i][j] = wanted_q[i][j];
    assert_true(kj_fundamental_matrix(q, out));
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) assert_true(fabs(out[i][j] - wanted[i][j]) < 1e-12);
    assert_true(out[5][5] == 1.0 && out[5][0] == 0.0);
    /* A market that nobody ever leaves: chains without end. */
    q[0][0] = 1.0;
    q[0][1] = q[1][0] = q[1][1] = 0.0;
    assert_false(kj_fundamental_matrix(q, out));
}

typedef struct drawn {
    kj_forest forest;
    uint32_t capacity;
} drawn;

static uint32_t add(drawn *d, uint32_t parent, int market, kj_month month)
{
    kj_forest *f = &d->forest;
    uint32_t row = f->n++;
    assert_true(row < d->capacity);
    f->parent[row] = parent == UINT32_MAX ? 0 : parent + 1;
    f->root[row] = parent == UINT32_MAX ? row + 1 : f->root[parent];
    if (parent != UINT32_MAX) f->child[parent] = row + 1;
    f->cause[row] = parent == UINT32_MAX ? KJ_CAUSE_NEW : KJ_CAUSE_MOVE;
    f->stage[row] = KJ_STAGE_CLOSED;
    f->opened[row] = f->closed[row] = (int16_t)month;
    f->tenure[row] = KJ_TENURE_RENTAL;
    f->rooms[row] = market ? 4 : 1;
    return row;
}

/* `roots` chains drawn with the probabilities above, `first` of them from small homes. */
static void draw(drawn *d, uint32_t roots, uint32_t first, kj_month month, uint64_t seed)
{
    kj_stream stream = {{(uint32_t)seed, 1}};
    for (uint32_t i = 0; i < roots; i++) {
        int market = i >= first;
        uint32_t row = add(d, UINT32_MAX, market, month);
        for (uint32_t step = 0;; step++) {
            double u = kj_uniform(kj_draw(stream, kj_luck(1, i, seed), month, step).v[0]);
            if (u >= wanted_q[market][0] + wanted_q[market][1]) break;
            market = u >= wanted_q[market][0];
            row = add(d, row, market, month);
        }
    }
}

static void make(drawn *d, uint32_t capacity)
{
    kj_forest *f = &d->forest;
    *d = (drawn){.capacity = capacity};
    f->parent = calloc(capacity, 4), f->root = calloc(capacity, 4), f->child = calloc(capacity, 4);
    f->cause = calloc(capacity, 1), f->stage = calloc(capacity, 1), f->tenure = calloc(capacity, 1), f->rooms = calloc(capacity, 1);
    f->opened = calloc(capacity, 2), f->closed = calloc(capacity, 2);
}

static void release(drawn *d)
{
    kj_forest *f = &d->forest;
    void *all[] = {f->parent, f->root, f->child, f->cause, f->stage, f->tenure, f->rooms, f->opened, f->closed};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

/* Estimated transitions lie within four standard errors of the true ones. */
static void transitions_of_a_closed_market(void **state)
{
    (void)state;
    enum { ROOTS = 40000 };
    drawn d;
    make(&d, 20 * ROOTS);
    draw(&d, ROOTS, ROOTS / 2, MONTH, 7);
    double q[N][N], vacancies[2] = {0};
    kj_transitions(&d.forest, (kj_window_months){MONTH - 1, MONTH}, q);
    for (uint32_t row = 0; row < d.forest.n; row++) vacancies[d.forest.rooms[row] >= 3]++;
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) {
            double p = wanted_q[i][j], error = sqrt(p * (1.0 - p) / vacancies[i]);
            assert_true(fabs(q[i][j] - p) < 4.0 * error);
        }
    /* Vacancies by submarket: those that (I - Q)^-1 expects, within four standard errors (vacancies of one chain: variance below
       the square of its mean number, a geometric's). */
    for (int j = 0; j < 2; j++) {
        double expected = ROOTS / 2 * (wanted[0][j] + wanted[1][j]);
        assert_true(fabs(vacancies[j] - expected) < 4.0 * sqrt(ROOTS * 2.5 * 2.5));
    }
    release(&d);
}

/* Roots of another mix, years later: the projection follows the mix, while "as it was" does not. */
static void projection_beats_no_change(void **state)
{
    (void)state;
    enum { ROOTS = 40000 };
    drawn d;
    make(&d, 40 * ROOTS);
    draw(&d, ROOTS, ROOTS / 10, MONTH, 3);
    draw(&d, ROOTS, ROOTS * 9 / 10, MONTH + 60, 4);
    double baseline, error = kj_reprojection_error(&d.forest, (kj_window_months){MONTH - 1, MONTH}, (kj_window_months){MONTH + 59, MONTH + 60}, &baseline);
    assert_true(error >= 0.0 && error < 0.02);
    assert_true(baseline > 0.2);
    release(&d);
}

/* A life table with q = 0.02 at all ages: l_x = 0.98^x, e0 = (1 - q / 2) / q = 49.5. Drawn at birthdays as the model does (at birth the first year's
   deaths, at the first birthday half a year's, then a whole year's), it must come out again. */
static void life_expectancy_of_a_known_table(void **state)
{
    (void)state;
    static kj_lives lives;
    const double q = 0.02;
    double reached = 1e6;
    for (int age = 0; age < KJ_LIFE_AGES; age++) {
        double dies = reached * (age == 1 ? 1.0 - sqrt(1.0 - q) : q);
        lives.died[KJ_MALE][age] = dies;
        lives.birthdays[KJ_MALE][age] = reached;
        reached -= dies;
    }
    double cut = 49.5 * pow(1.0 - q, KJ_LIFE_AGES - 0.5); /* who reaches the last age dies there */
    assert_true(fabs(kj_life_expectancy(&lives, KJ_MALE) - (49.5 - cut)) < 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inverse_by_hand), cmocka_unit_test(transitions_of_a_closed_market), cmocka_unit_test(projection_beats_no_change),
        cmocka_unit_test(life_expectancy_of_a_known_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
