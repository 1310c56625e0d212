/* Vacancy chains against the analytic oracle: in a market with fixed transition probabilities Q the expected vacancies by
   submarket for one opened in each are the fundamental matrix (I - Q)^-1 (White 1970, Chains of Opportunity). And the real market's chains,
   thirteen years of them, projected five and ten years ahead. */
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
#include "../shared/market_world.h"

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

/* `roots` chains drawn with the probabilities q, `first` of them from small homes. */
static void draw_by(drawn *d, const double q[2][2], uint32_t roots, uint32_t first, kj_month month, uint64_t seed)
{
    kj_stream stream = {{(uint32_t)seed, 1}};
    for (uint32_t i = 0; i < roots; i++) {
        int market = i >= first;
        uint32_t row = add(d, UINT32_MAX, market, month);
        for (uint32_t step = 0;; step++) {
            double u = kj_uniform(kj_draw(stream, kj_luck(1, i, seed), month, step).v[0]);
            if (u >= q[market][0] + q[market][1]) break;
            market = u >= q[market][0];
            row = add(d, row, market, month);
        }
    }
}

static void draw(drawn *d, uint32_t roots, uint32_t first, kj_month month, uint64_t seed) { draw_by(d, wanted_q, roots, first, month, seed); }

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

/* The same over ten years, with the chains of other years in the forest: a window sees its own roots alone, and fits its own transitions
   alone. In the market of the later years people leave small homes half as often as before (rows 0.1 and 0.15, 0.4 and 0.1: determinant
   0.75, inverse 1.2 and 0.2, 0.533 and 1.2); roots are of both sizes alike, so that it has 0.867 and 0.7 vacancies a root, and the
   earlier market would have 1.083 and 0.917. */
static void each_window_stands_alone(void **state)
{
    (void)state;
    enum { ROOTS = 40000 };
    static const double later_q[2][2] = {{0.1, 0.15}, {0.4, 0.1}};
    static const kj_window_months first = {MONTH - 1, MONTH}, later = {MONTH + 119, MONTH + 120}, latest = {MONTH + 239, MONTH + 240};
    const double off = (1.083 + 0.917 - 0.867 - 0.7) / (0.867 + 0.7);
    drawn d;
    make(&d, 80 * ROOTS);
    draw(&d, ROOTS, ROOTS / 10, MONTH, 3);
    draw(&d, ROOTS, ROOTS * 9 / 10, MONTH + 60, 4);
    draw(&d, ROOTS, ROOTS / 10, MONTH + 120, 5);
    draw_by(&d, later_q, ROOTS, ROOTS / 2, MONTH + 240, 6);
    double baseline, error = kj_reprojection_error(&d.forest, first, later, &baseline);
    assert_true(error >= 0.0 && error < 0.02);
    assert_true(baseline < 0.02); /* the mix is that of the first window again */
    assert_true(fabs(kj_reprojection_error(&d.forest, first, latest, &baseline) - off) < 0.02);
    assert_true(fabs(kj_reprojection_error(&d.forest, latest, latest, &baseline)) < 0.02);
    release(&d);
}

/* ---- the real market ------------------------------------------------------------------------------------------------ */

/* Windows, and most that may be wrong, of the targets C14 and C15: years 2 and 3, projected to years 7 and 8, and 12 and 13 (core/validate/targets.c). */
static const kj_window_months fitted = {12, 36}, ahead[2] = {{72, 96}, {132, 156}};
static const double most_wrong[2] = {0.12, 0.18};

/* Views of a run's vacancies, which are never removed: row and id keep step. Months from the start. */
static kj_forest forest_of(kj_sim *sim)
{
    kj_store *store = kj_sim_store(sim);
    kj_forest f = {.n = kj_store_table(store, "vacancy")->n_rows};
#define C(field, type) f.field = kj_store_data(store, "vacancy", #field, type);
    C(parent, KJ_ID)
    C(root, KJ_ID)
    C(cause, KJ_U8) C(stage, KJ_U8) C(tenure, KJ_U8) C(rooms, KJ_U8) C(opened, KJ_I16) C(closed, KJ_I16)
#undef C
        f.child = calloc(f.n, sizeof *f.child);
    assert_non_null(f.child);
    for (uint32_t v = 0; v < f.n; v++) {
        f.opened[v] = (int16_t)(f.opened[v] - MARKET_START);
        f.closed[v] = (int16_t)(f.closed[v] - MARKET_START);
        if (f.parent[v]) f.child[f.parent[v] - 1] = v + 1;
    }
    return f;
}

/* Thirteen years of a town in which people die, leave home, arrive and build. From the third year on nobody who has a home searches, if `stops`. */
static void project_a_run(bool stops, double error[2], double baseline[2])
{
    market_world world;
    kj_error err = {0};
    market_world_make(&world,
                      &(market_size){.n_dwellings = 20000, .n_areas = 4, .n_municipalities = 1, .vacant_every = 40, .lodger_every = 20, .n_outside = 200});
    kj_sim *sim = market_sim(&world, 1, false, true);
    for (int month = 0; month < ahead[1].to; month++) {
        if (stops && month == fitted.to && kj_sim_set_param(&err, sim, "housing.search_scale", 0.0)) fail_msg("%s", err.text);
        if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
    }
    kj_forest forest = forest_of(sim);
    for (int k = 0; k < 2; k++) {
        error[k] = kj_reprojection_error(&forest, fitted, ahead[k], &baseline[k]);
        print_message("# %s, %d years ahead: %.3f of vacancies wrong, %.3f if they stay as they were\n", stops ? "searches stop" : "all goes on", k ? 10 : 5,
                      error[k], baseline[k]);
    }
    free(forest.child);
    kj_sim_free(sim);
    market_world_free(&world);
}

/* Chains of the market are nearly a Markov process, as published for real ones: what is fitted in two years holds five and ten years later; not so when the
   market itself has changed. */
static void a_run_is_projected_five_and_ten_years(void **state)
{
    (void)state;
    double error[2], changed[2], baseline[2];
    project_a_run(false, error, baseline);
    project_a_run(true, changed, baseline);
    for (int k = 0; k < 2; k++) {
        assert_true(error[k] <= most_wrong[k]);
        assert_true(changed[k] > most_wrong[k]);
    }
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
        cmocka_unit_test(inverse_by_hand),          cmocka_unit_test(transitions_of_a_closed_market),        cmocka_unit_test(projection_beats_no_change),
        cmocka_unit_test(each_window_stands_alone), cmocka_unit_test(a_run_is_projected_five_and_ten_years), cmocka_unit_test(life_expectancy_of_a_known_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
