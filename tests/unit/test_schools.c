/* Placement in schools and preschools, worked by hand on small worlds, and checked by brute force on a larger one. Every
   run is an audit run, so that the plugin's invariants hold each month. One cell takes 75 s on foot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../shared/growth_world.h"
#include "assignment/min_cost.h"
#include "assignment/nearness.h"

extern const kj_plugin_def kedja_plugin_schools, kedja_plugin_development; /* development owns cells and areas */

enum { F = 2, YEAR_6 = 8, YEAR_7 = 9, YEAR_9 = 11 };

/* n children, each in a home of its own. */
static void children(growth_world *w, int32_t nx, int32_t ny, uint32_t n, uint32_t n_schools)
{
    growth_world_init(w, nx, ny, n, n, n, n_schools, 0);
    kj_id *household = growth_data(w, "person", "household", KJ_ID);
    for (uint32_t k = 0; k < n; k++) household[k] = k + 1;
    uint64_t *luck = growth_data(w, "facility", "luck", KJ_KEY);
    kj_id *municipality = growth_data(w, "facility", "municipality", KJ_ID);
    for (uint32_t s = 0; s < n_schools; s++) luck[s] = s + 1, municipality[s] = 1;
}

/* The cohort of a grade in the autumn of 2020, when the world starts: F is the cohort of 2014. */
static void child(growth_world *w, uint32_t k, int32_t cell, uint8_t grade)
{
    ((int32_t *)growth_data(w, "dwelling", "cell", KJ_I32))[k] = cell;
    ((int16_t *)growth_data(w, "person", "birth_month", KJ_I16))[k] = (int16_t)KJ_MONTH(2014 - (grade - F), 5);
}

static void school(growth_world *w, uint32_t s, int32_t cell, uint8_t lo, uint8_t hi, int32_t places, bool independent)
{
    ((uint8_t *)growth_data(w, "facility", "kind", KJ_U8))[s] = lo < F ? KJ_FACILITY_PRESCHOOL : KJ_FACILITY_SCHOOL;
    ((int32_t *)growth_data(w, "facility", "cell", KJ_I32))[s] = cell;
    ((uint8_t *)growth_data(w, "facility", "grade_lo", KJ_U8))[s] = lo;
    ((uint8_t *)growth_data(w, "facility", "grade_hi", KJ_U8))[s] = hi;
    ((int32_t *)growth_data(w, "facility", "places", KJ_I32))[s] = places;
    ((uint8_t *)growth_data(w, "facility", "independent", KJ_U8))[s] = independent;
}

enum { NEAREST, CATCHMENT, RELATIVE, GUARANTEE, LEAST_WAY, WISHES, BOSTON, TTC, DISTRICT, MODES };

/* Lists by way alone (no taste), as long as there are schools; `moved`: who has moved since its place was given. */
static kj_sim *begin_moved(const growth_world *w, int mode, double slack, double wishes, double enrolment, double moved)
{
    const char *names[] = {"schools.grade_slack", "schools.independent_share", "schools.preschool_enrolment", "schools.mode", "schools.taste_seconds",
                           "schools.wishes", "schools.start_moved_share", "schools.stay_seconds"};
    const double values[] = {slack, wishes, enrolment, mode, 0, 20, moved, moved > 0 ? 800 : 2400};
    kj_error err;
    kj_sim *sim = growth_sim(&err, w, &kedja_plugin_schools, &kedja_plugin_development, 1, 3, names, values, sizeof values / sizeof values[0]);
    if (!sim) fail_msg("%s", err.text);
    return sim;
}

static kj_sim *begin_mode(const growth_world *w, int mode, double slack, double wishes, double enrolment)
{
    return begin_moved(w, mode, slack, wishes, enrolment, 0);
}

static kj_sim *begin(const growth_world *w, double slack, double wishes, double enrolment) { return begin_mode(w, NEAREST, slack, wishes, enrolment); }

static void month(kj_sim *sim)
{
    kj_error err = {0};
    if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
}

static void *state_of(kj_sim *sim, const char *table, const char *name, kj_type type)
{
    void *found = kj_store_data(kj_sim_store(sim), table, name, type);
    if (!found) fail_msg("no column %s.%s", table, name);
    return found;
}

static kj_id school_of(kj_sim *sim, uint32_t k) { return ((const kj_id *)state_of(sim, "person", "school", KJ_ID))[k]; }
static int64_t count(kj_sim *sim, const char *name) { return ((const int64_t *)state_of(sim, "municipality", name, KJ_I64))[0]; }

static void end(kj_sim *sim, growth_world *w)
{
    kj_sim_free(sim);
    growth_world_free(w);
}

/* School 1 at cell 0 and school 2 at cell 10, two places each; children of grade F at cells 1, 2, 3, 4, 9. School 1 takes
   cells 1 and 2. School 2 is 1, 6 and 7 cells from the others: it takes 9 and 4. The child at 3 has no place. */
static void nearest_with_room(void **unused)
{
    (void)unused;
    growth_world w;
    const int32_t at[] = {3, 9, 1, 4, 2};
    const kj_id expected[] = {0, 2, 1, 2, 1};
    children(&w, 20, 1, 5, 2);
    school(&w, 0, 0, F, YEAR_9, 2, false);
    school(&w, 1, 10, F, YEAR_9, 2, false);
    for (uint32_t k = 0; k < 5; k++) child(&w, k, at[k], F);
    kj_sim *sim = begin(&w, 10, 0, 0.87);
    for (uint32_t k = 0; k < 5; k++) assert_int_equal(expected[k], school_of(sim, k));
    assert_int_equal(4, count(sim, "pupils"));
    assert_int_equal(4, count(sim, "places"));
    assert_int_equal(1, count(sim, "pupils_without_place"));
    assert_int_equal(0, count(sim, "pupils_without_school"));
    /* At the nearest: cells 1, 2 and 9 of the four; the child at 4 goes 6 cells instead of 4. Walks: 1 + 2 + 1 + 6 cells. */
    assert_int_equal(750, count(sim, "pupils_at_nearest"));
    assert_int_equal((1 + 2 + 1 + 6) * 75 / 4, count(sim, "pupils_mean_walk"));
    end(sim, &w);
}

/* Ten places over ten grades: one for each grade, so that the second child of F goes on though the school has room. */
static void places_are_split_over_grades(void **unused)
{
    (void)unused;
    growth_world w;
    children(&w, 20, 1, 3, 2);
    school(&w, 0, 0, F, YEAR_9, 10, false);
    school(&w, 1, 10, F, YEAR_9, 10, false);
    child(&w, 0, 2, F);
    child(&w, 1, 1, F);
    child(&w, 2, 3, F + 1);
    kj_sim *sim = begin(&w, 1, 0, 0.87);
    assert_int_equal(2, school_of(sim, 0));
    assert_int_equal(1, school_of(sim, 1));
    assert_int_equal(1, school_of(sim, 2));
    end(sim, &w);
    /* With one school, it takes both rather than send one home. */
    children(&w, 20, 1, 2, 1);
    school(&w, 0, 0, F, YEAR_9, 10, false);
    child(&w, 0, 2, F);
    child(&w, 1, 1, F);
    sim = begin(&w, 1, 0, 0.87);
    assert_int_equal(1, school_of(sim, 0));
    assert_int_equal(1, school_of(sim, 1));
    end(sim, &w);
}

/* In August year 6 becomes year 7: who has finished the F-6 school changes, the others stay; year 9 leaves, F begins. */
static void august(void **unused)
{
    (void)unused;
    growth_world w;
    children(&w, 20, 1, 4, 2);
    school(&w, 0, 0, F, YEAR_6, 100, false);
    school(&w, 1, 10, F, YEAR_9, 100, false);
    child(&w, 0, 1, YEAR_6);
    child(&w, 1, 1, F);
    child(&w, 2, 12, YEAR_9);
    child(&w, 3, 2, F - 1); /* five years old, begins next August; its family wants no preschool */
    kj_sim *sim = begin(&w, 10, 0, 0);
    const uint8_t *grade = state_of(sim, "person", "grade", KJ_U8);
    const kj_id before[] = {1, 1, 2, 0}, after[] = {2, 1, 0, 1};
    const uint8_t grade_before[] = {YEAR_6, F, YEAR_9, 0}, grade_after[] = {YEAR_7, F + 1, 0, F};
    for (int m = 1; m <= 12; m++) {
        month(sim);
        for (uint32_t k = 0; k < 4; k++) {
            assert_int_equal(m < 8 ? before[k] : after[k], school_of(sim, k));
            assert_int_equal(m < 8 ? grade_before[k] : grade_after[k], grade[k]);
        }
    }
    assert_int_equal(3, count(sim, "pupils"));
    end(sim, &w);
}

/* Preschool is offered all year, in the month of the first birthday. */
static void preschool_from_one(void **unused)
{
    (void)unused;
    growth_world w;
    children(&w, 20, 1, 2, 1);
    school(&w, 0, 5, 1, 1, 50, false);
    child(&w, 0, 1, F);
    child(&w, 1, 1, F);
    ((int16_t *)growth_data(&w, "person", "birth_month", KJ_I16))[0] = KJ_MONTH(2020, 6);
    kj_sim *sim = begin(&w, 1, 0, 1);
    for (int m = 1; m <= 7; m++) {
        month(sim);
        assert_int_equal(m < 6 ? 0 : 1, school_of(sim, 0));
    }
    for (int m = 8; m <= 10; m++) month(sim);
    assert_int_equal(1, count(sim, "preschool_children"));
    assert_int_equal(50, count(sim, "preschool_places"));
    assert_int_equal(1, count(sim, "pupils_without_place")); /* there is no school at all */
    assert_int_equal(1, count(sim, "pupils_without_school"));
    end(sim, &w);
}

static void enrolment_is_the_share(void **unused)
{
    (void)unused;
    enum { N = 5000 };
    growth_world w;
    children(&w, 20, 1, N, 1);
    school(&w, 0, 5, 1, 1, 2 * N, false);
    for (uint32_t k = 0; k < N; k++) child(&w, k, 1, F - 1);
    kj_sim *sim = begin(&w, 1, 0, 0.87);
    double share = (double)count(sim, "preschool_children") / N, sigma = 0.00476; /* sqrt(0.87 * 0.13 / 5000) */
    assert_true(share > 0.87 - 4 * sigma && share < 0.87 + 4 * sigma);
    end(sim, &w);
}

/* A school that closes sends its pupils on at once; one that loses places keeps them, and they are counted as above. */
static void closing_and_shrinking(void **unused)
{
    (void)unused;
    growth_world w;
    children(&w, 20, 1, 6, 2);
    school(&w, 0, 0, F, YEAR_9, 100, false);
    school(&w, 1, 10, F, YEAR_9, 100, false);
    for (uint32_t k = 0; k < 6; k++) child(&w, k, k < 3 ? 1 : 11, F + 1);
    kj_sim *sim = begin(&w, 10, 0, 0.87);
    month(sim);
    assert_int_equal(1, school_of(sim, 0));
    ((int32_t *)state_of(sim, "facility", "closed", KJ_I32))[0] = kj_sim_now(sim) + 1;
    month(sim);
    for (uint32_t k = 0; k < 6; k++) assert_int_equal(2, school_of(sim, k));
    ((int32_t *)state_of(sim, "facility", "places", KJ_I32))[1] = 4;
    month(sim);
    for (uint32_t k = 0; k < 6; k++) assert_int_equal(2, school_of(sim, k));
    assert_int_equal(2, count(sim, "pupils_over_places"));
    end(sim, &w);
}

/* After a move a child keeps a school within reach on foot, else goes to the nearest. */
static void moving(void **unused)
{
    (void)unused;
    growth_world w;
    children(&w, 80, 1, 4, 2);
    school(&w, 0, 0, F, YEAR_9, 100, false);
    school(&w, 1, 60, F, YEAR_9, 100, false);
    child(&w, 0, 1, F);
    child(&w, 1, 1, F);
    child(&w, 2, 32, F); /* their homes are where the first two move to */
    child(&w, 3, 33, F);
    kj_sim *sim = begin(&w, 10, 0, 0.87);
    kj_id *home = state_of(sim, "household", "dwelling", KJ_ID);
    int16_t *moved = state_of(sim, "person", "moved", KJ_I16);
    home[0] = 3; /* exactly 2 400 s from its school, though the other is nearer */
    home[1] = 4;
    moved[0] = moved[1] = (int16_t)(kj_sim_now(sim) + 1);
    month(sim);
    assert_int_equal(1, school_of(sim, 0));
    assert_int_equal(2, school_of(sim, 1));
    end(sim, &w);
}

/* A world without schools: everything works, and every child is counted. */
static void no_schools(void **unused)
{
    (void)unused;
    growth_world w;
    children(&w, 20, 1, 3, 0);
    for (uint32_t k = 0; k < 3; k++) child(&w, k, 1, F + (uint8_t)k);
    kj_sim *sim = begin(&w, 1, 0.5, 0.87);
    for (int m = 0; m < 12; m++) month(sim);
    assert_int_equal(0, count(sim, "pupils"));
    assert_int_equal(3, count(sim, "pupils_without_place"));
    assert_int_equal(3, count(sim, "pupils_without_school"));
    end(sim, &w);
}

/* Independent schools admit by lot: with 20 places for 40 wishers, those admitted are not simply the nearest. */
static void independent_by_lot(void **unused)
{
    (void)unused;
    growth_world w;
    children(&w, 50, 1, 40, 2);
    school(&w, 0, 0, F, YEAR_9, 20, true);
    school(&w, 1, 45, F, YEAR_9, 100, false);
    for (uint32_t k = 0; k < 40; k++) child(&w, k, (int32_t)k + 1, F);
    kj_sim *sim = begin(&w, 10, 1, 0.87);
    int32_t admitted = 0, far = 0;
    for (uint32_t k = 0; k < 40; k++) {
        assert_true(school_of(sim, k) != 0);
        admitted += school_of(sim, k) == 1;
        far += school_of(sim, k) == 1 && k >= 20;
    }
    assert_int_equal(20, admitted);
    assert_true(far > 3 && far < 17); /* hypergeometric: 10 expected, sigma 1.6 */
    end(sim, &w);
    /* Without wishes nobody goes there while the municipal school has room. */
    children(&w, 50, 1, 1, 2);
    school(&w, 0, 0, F, YEAR_9, 20, true);
    school(&w, 1, 45, F, YEAR_9, 100, false);
    child(&w, 0, 1, F);
    sim = begin(&w, 10, 0, 0.87);
    assert_int_equal(2, school_of(sim, 0));
    end(sim, &w);
}

/* Seconds over an open field: straight steps of 75 s, diagonal ones of 75 * 181 / 128, rounded. */
static int32_t field_seconds(int32_t nx, int32_t a, int32_t b)
{
    int32_t dx = abs(a % nx - b % nx), dy = abs(a / nx - b / nx), low = dx < dy ? dx : dy, high = dx < dy ? dy : dx;
    return (high - low) * 75 + low * 106;
}

enum { SIDE = 30, N_FIELD = 600, S_FIELD = 12, PLACES_FIELD = 45 };

/* 600 children of grade F, crowded in the north, and 12 schools from F up with 45 places each, by lot on a field. */
static void field(growth_world *w, uint8_t highest, int32_t cell[N_FIELD], int32_t at[S_FIELD])
{
    children(w, SIDE, SIDE, N_FIELD, S_FIELD);
    kj_stream stream = {{1, 2}};
    for (uint32_t s = 0; s < S_FIELD; s++) {
        at[s] = (int32_t)kj_below(kj_draw(stream, s, 0, 1).v[0], SIDE * SIDE);
        school(w, s, at[s], F, highest, PLACES_FIELD, false);
    }
    for (uint32_t k = 0; k < N_FIELD; k++) {
        cell[k] = (int32_t)kj_below(kj_draw(stream, k, 0, 2).v[0], SIDE * SIDE / 2);
        child(w, k, cell[k], F);
    }
}

/* Brute force on a field small enough that every way is found on the ground: no child and school that would both rather have each other. */
static void no_blocking_pair(void **unused)
{
    (void)unused;
    enum { N = N_FIELD, S = S_FIELD, PLACES = PLACES_FIELD };
    growth_world w;
    int32_t cell[N], at[S], taken[S] = {0};
    field(&w, YEAR_9, cell, at);
    kj_sim *sim = begin(&w, 10, 0, 0.87);
    for (uint32_t k = 0; k < N; k++)
        if (school_of(sim, k)) taken[school_of(sim, k) - 1]++;
    int32_t placed = 0, n_beyond_nearest = 0;
    for (uint32_t k = 0; k < N; k++) {
        kj_id mine = school_of(sim, k);
        int32_t seconds = mine ? field_seconds(SIDE, cell[k], at[mine - 1]) : INT32_MAX;
        placed += mine != 0;
        for (uint32_t s = 0; s < S; s++) {
            int32_t there = field_seconds(SIDE, cell[k], at[s]);
            if (there >= seconds) continue;
            n_beyond_nearest += mine != 0;
            assert_int_equal(PLACES, taken[s]); /* full, or it would have taken the child */
            for (uint32_t other = 0; other < N; other++)
                if (school_of(sim, other) == s + 1) assert_true(field_seconds(SIDE, cell[other], at[s]) <= there);
        }
    }
    assert_int_equal(S * PLACES, placed); /* 600 children, 540 places */
    assert_true(n_beyond_nearest > 0);
    end(sim, &w);
}

/* Pupils who begin the run have a past: with room for all, those who stayed go to the nearest school; those whose family moved keep one that was
   the nearest to another home not farther off than a kept school may be (800 s at 1.25 m/s, ten cells), and nobody changes. */
static void pupils_of_the_start_have_moved(void **unused)
{
    (void)unused;
    enum { REACH = 10 };
    growth_world w;
    int32_t cell[N_FIELD], at[S_FIELD], elsewhere[2] = {0};
    field(&w, YEAR_9, cell, at);
    for (uint32_t s = 0; s < S_FIELD; s++) school(&w, s, at[s], F, YEAR_9, N_FIELD * 10, false);
    for (int moved = 0; moved < 2; moved++) {
        kj_sim *sim = begin_moved(&w, NEAREST, 10, 0, 0.87, moved);
        kj_id first[N_FIELD];
        for (uint32_t k = 0; k < N_FIELD; k++) {
            first[k] = school_of(sim, k);
            bool nearest_to_one = false;
            for (uint32_t other = 0; other < N_FIELD && !nearest_to_one; other++) {
                int32_t dx = cell[k] % SIDE - cell[other] % SIDE, dy = cell[k] / SIDE - cell[other] / SIDE, least = INT32_MAX;
                if (dx * dx + dy * dy > REACH * REACH || (!moved && other != k)) continue;
                for (uint32_t s = 0; s < S_FIELD; s++)
                    least = field_seconds(SIDE, cell[other], at[s]) < least ? field_seconds(SIDE, cell[other], at[s]) : least;
                nearest_to_one = field_seconds(SIDE, cell[other], at[first[k] - 1]) == least;
            }
            assert_true(nearest_to_one);
            for (uint32_t s = 0; s < S_FIELD; s++)
                if (field_seconds(SIDE, cell[k], at[s]) < field_seconds(SIDE, cell[k], at[first[k] - 1])) {
                    elsewhere[moved]++;
                    break;
                }
        }
        for (int m = 0; m < 7; m++) month(sim);
        for (uint32_t k = 0; k < N_FIELD; k++) assert_int_equal(first[k], school_of(sim, k));
        kj_sim_free(sim);
    }
    assert_int_equal(0, elsewhere[0]);
    assert_true(elsewhere[1] > N_FIELD / 10);
    growth_world_free(&w);
}

/* In every mode every child has a place or a stated reason, each month of two years (the audit checks it), and no place stays
   free while a child waits. */
static void every_mode_places(void **unused)
{
    (void)unused;
    for (int mode = NEAREST; mode < MODES; mode++) {
        growth_world w;
        int32_t cell[N_FIELD], at[S_FIELD], placed = 0, reasons = 0;
        field(&w, YEAR_9, cell, at);
        for (uint32_t k = 0; k < N_FIELD; k += 3) child(&w, k, cell[k], (uint8_t)(F + k % 10)); /* all grades */
        kj_sim *sim = begin_mode(&w, mode, 10, 0.1, 0.87);
        for (int m = 0; m < 24; m++) month(sim);
        const uint8_t *grade = state_of(sim, "person", "grade", KJ_U8), *why = state_of(sim, "person", "school_why", KJ_U8);
        uint32_t of_age = 0;
        for (uint32_t k = 0; k < N_FIELD; k++) {
            of_age += grade[k] >= F;
            placed += school_of(sim, k) != 0;
            reasons += why[k] == 3; /* every school is full */
            assert_true(grade[k] < F || (school_of(sim, k) != 0) != (why[k] != 0));
        }
        assert_int_equal(of_age, placed + reasons);
        if (mode != DISTRICT) assert_true(reasons == 0 || placed == S_FIELD * PLACES_FIELD);
        end(sim, &w);
    }
}

static int64_t total_way(kj_sim *sim, const int32_t *cell, const int32_t *at)
{
    int64_t sum = 0;
    for (uint32_t k = 0; k < N_FIELD; k++)
        if (school_of(sim, k)) sum += field_seconds(SIDE, cell[k], at[school_of(sim, k) - 1]);
    return sum;
}

/* The mode "least total way" is the exact optimum; the guarantee mode reaches the same with lists by way; nearest first and
   relative nearness are longer. */
static void least_way_and_guarantee(void **unused)
{
    (void)unused;
    growth_world w;
    int32_t cell[N_FIELD], at[S_FIELD], *cost = malloc(N_FIELD * S_FIELD * sizeof *cost), places[S_FIELD];
    uint32_t school_index[N_FIELD];
    int64_t way[MODES] = {0};
    field(&w, F, cell, at);
    for (uint32_t k = 0; k < N_FIELD; k++)
        for (uint32_t s = 0; s < S_FIELD; s++) cost[k * S_FIELD + s] = field_seconds(SIDE, cell[k], at[s]);
    for (uint32_t s = 0; s < S_FIELD; s++) places[s] = PLACES_FIELD;
    assignment_result best = {.school = school_index};
    void *work = aligned_alloc(64, (assign_work_bytes(N_FIELD, S_FIELD) + 63) & ~(size_t)63);
    assert_int_equal(KJ_OK, assign_min_cost(&(assignment_problem){N_FIELD, S_FIELD, cost, places, 1}, work, &best));
    for (int mode = NEAREST; mode <= LEAST_WAY; mode++) {
        if (mode == CATCHMENT) continue;
        kj_sim *sim = begin_mode(&w, mode, 10, 0, 0.87);
        way[mode] = total_way(sim, cell, at);
        kj_sim_free(sim);
    }
    assert_int_equal(best.total, way[LEAST_WAY]);
    assert_int_equal(best.total, way[GUARANTEE]);
    assert_true(way[NEAREST] > best.total || way[RELATIVE] > best.total);
    free(cost), free(work);
    growth_world_free(&w);
}

/* With lists by way over all schools nobody has a justified claim to a nearer school: all who got a place there have more to lose. */
static void relative_nearness_is_stable(void **unused)
{
    (void)unused;
    growth_world w;
    int32_t cell[N_FIELD], at[S_FIELD], (*score)[S_FIELD] = malloc(N_FIELD * sizeof *score), taken[S_FIELD] = {0}, way[S_FIELD];
    field(&w, F, cell, at);
    kj_sim *sim = begin_mode(&w, RELATIVE, 10, 0, 0.87);
    for (uint32_t k = 0; k < N_FIELD; k++) {
        for (uint32_t s = 0; s < S_FIELD; s++) way[s] = field_seconds(SIDE, cell[k], at[s]);
        nearness_as_practised(way, S_FIELD, score[k]);
        if (school_of(sim, k)) taken[school_of(sim, k) - 1]++;
    }
    int32_t n_turned_away = 0;
    for (uint32_t k = 0; k < N_FIELD; k++)
        for (uint32_t s = 0; s < S_FIELD; s++) {
            kj_id mine = school_of(sim, k);
            int32_t here = mine ? field_seconds(SIDE, cell[k], at[mine - 1]) : INT32_MAX;
            if (field_seconds(SIDE, cell[k], at[s]) >= here) continue;
            n_turned_away++;
            assert_int_equal(PLACES_FIELD, taken[s]);
            for (uint32_t other = 0; other < N_FIELD; other++)
                if (school_of(sim, other) == s + 1) assert_true(score[other][s] >= score[k][s]);
        }
    assert_true(n_turned_away > 0);
    free(score);
    end(sim, &w);
}

/* Catchments drawn for the places are in one piece, and hold no more children of the
   grades than the school has places for, but for part of a cell. */
static void catchments_hang_together(void **unused)
{
    (void)unused;
    growth_world w;
    int32_t cell[N_FIELD], at[S_FIELD], lives[S_FIELD] = {0}, stack[SIDE * SIDE];
    field(&w, YEAR_9, cell, at);
    int32_t *places = growth_data(&w, "facility", "places", KJ_I32);
    int16_t *walk = growth_data(&w, "cell", "walk_cost", KJ_I16); /* uneven ground: no two ways are equally long by chance */
    for (uint32_t c = 0; c < SIDE * SIDE; c++) walk[c] = (int16_t)(60 + kj_below(kj_draw((kj_stream){{1, 2}}, c, 0, 3).v[0], 40));
    for (uint32_t s = 0; s < S_FIELD; s++) places[s] = 100; /* 1200 places x 7 of 10 grades for 600 children */
    kj_sim *sim = begin_mode(&w, CATCHMENT, 1, 0, 0.87);
    const int32_t *catchment = state_of(sim, "cell", "catchment", KJ_I32);
    for (uint32_t k = 0; k < N_FIELD; k++) lives[catchment[cell[k]] - 1]++;
    bool seen[SIDE * SIDE] = {false};
    int32_t n_seen = 0, in_cell[SIDE * SIDE] = {0}, most = 0;
    for (uint32_t k = 0; k < N_FIELD; k++)
        if (++in_cell[cell[k]] > most) most = in_cell[cell[k]];
    for (uint32_t s = 0; s < S_FIELD; s++) {
        assert_true(lives[s] < 70 + most); /* the children of a cell go together */
        int32_t top = 0;
        if (catchment[at[s]] != (int32_t)s + 1 || seen[at[s]]) continue;
        stack[top++] = at[s], seen[at[s]] = true;
        while (top > 0) {
            int32_t c = stack[--top];
            n_seen++;
            for (int32_t dy = -1; dy <= 1; dy++)
                for (int32_t dx = -1; dx <= 1; dx++) {
                    int32_t x = c % SIDE + dx, y = c / SIDE + dy, next = y * SIDE + x;
                    if (x < 0 || y < 0 || x >= SIDE || y >= SIDE || seen[next] || catchment[next] != (int32_t)s + 1) continue;
                    seen[next] = true;
                    stack[top++] = next;
                }
        }
    }
    assert_int_equal(SIDE * SIDE, n_seen); /* every cell is reached from its own school */
    end(sim, &w);
}

/* One free place, two who seek it: the brother of a pupil goes first though he lives farther; in grade 7 (Ystad's order) he does not. */
static void siblings_first(void **unused)
{
    (void)unused;
    for (uint8_t grade = F; grade <= YEAR_7; grade = (uint8_t)(grade + 7)) {
        growth_world w;
        children(&w, 80, 1, 3, 3);
        school(&w, 0, 0, grade, YEAR_9, 2, false);
        school(&w, 1, 60, F, YEAR_6, 100, false);
        school(&w, 2, 70, YEAR_7, YEAR_9, 100, false);
        child(&w, 0, 20, (uint8_t)(grade + 1)); /* goes there already when the other two begin */
        child(&w, 1, 20, (uint8_t)(grade - 1));
        child(&w, 2, 10, (uint8_t)(grade - 1));
        ((kj_id *)growth_data(&w, "person", "household", KJ_ID))[1] = 1;
        ((kj_id *)growth_data(&w, "household", "head", KJ_ID))[0] = 1;
        ((kj_id *)growth_data(&w, "person", "next_member", KJ_ID))[0] = 2;
        kj_sim *sim = begin_mode(&w, RELATIVE, 10, 0, 0);
        for (int m = 1; m <= 8; m++) month(sim);
        assert_int_equal(1, school_of(sim, 0));
        assert_int_equal(grade == F ? 1 : 3, school_of(sim, 1));
        assert_int_equal(grade == F ? 2 : 1, school_of(sim, 2));
        for (int m = 9; m <= 10; m++) month(sim);
        assert_int_equal(grade == F ? 1 : 0, count(sim, "sibling_families"));
        assert_int_equal(0, count(sim, "split_families"));
        end(sim, &w);
    }
}

/* Denmark: the district school takes all of its district, also above its places; who wishes for another has it while there is room. */
static void danish_district(void **unused)
{
    (void)unused;
    growth_world w;
    children(&w, 20, 1, 5, 2);
    school(&w, 0, 0, F, YEAR_9, 2, false);
    school(&w, 1, 19, F, YEAR_9, 1, false);
    for (uint32_t k = 0; k < 5; k++) child(&w, k, k < 4 ? (int32_t)k : 18, F);
    kj_sim *sim = begin_mode(&w, DISTRICT, 10, 0, 0.87);
    const int32_t *catchment = state_of(sim, "cell", "catchment", KJ_I32);
    for (uint32_t k = 0; k < 5; k++) assert_int_equal(catchment[k < 4 ? k : 18], school_of(sim, k));
    assert_int_equal(0, count(sim, "pupils_without_place"));
    month(sim);
    assert_int_equal(2, count(sim, "pupils_over_places"));
    end(sim, &w);
}

/* Pavilions add places. Classes: 30 pupils of F make two, 24 one. */
static void pavilions_and_classes(void **unused)
{
    (void)unused;
    growth_world w;
    children(&w, 20, 1, 60, 1);
    school(&w, 0, 0, F, F + 3, 20, false);
    for (uint32_t k = 0; k < 60; k++) child(&w, k, 1, k < 30 ? F : F + 1);
    kj_sim *sim = begin_mode(&w, RELATIVE, 10, 0, 0.87);
    assert_int_equal(20, count(sim, "pupils"));
    ((int32_t *)state_of(sim, "facility", "pavilion", KJ_I32))[0] = 10;
    month(sim);
    assert_int_equal(30, ((int32_t *)state_of(sim, "facility", "capacity", KJ_I32))[0]);
    ((int32_t *)state_of(sim, "facility", "pavilion", KJ_I32))[0] = 40;
    for (int m = 2; m <= 10; m++) month(sim);
    assert_int_equal(60, count(sim, "pupils"));
    assert_int_equal(30, ((int32_t *)state_of(sim, "facility", "pupils_1", KJ_I32))[0]); /* F of last year */
    assert_int_equal(2, ((int32_t *)state_of(sim, "facility", "classes_1", KJ_I32))[0]);
    assert_int_equal(4, count(sim, "school_classes"));
    for (int m = 11; m <= 12; m++) month(sim);
    /* All 60 live in homes of one class: detached rental, 100 m2, built in year 0. */
    const int32_t *from = state_of(sim, "home_class", "years_from", KJ_I32), *in_school = state_of(sim, "home_class", "children_6_15", KJ_I32),
                  *homes = state_of(sim, "home_class", "dwellings", KJ_I32);
    int32_t n_school = 0, n_homes = 0;
    for (uint32_t k = 0; k < 90; k++) n_school += in_school[k], n_homes += homes[k];
    assert_int_equal(40, from[5]);
    assert_int_equal(60, in_school[5]);
    assert_int_equal(60, n_school);
    assert_int_equal(60, n_homes);
    end(sim, &w);
}

static int32_t classes_of_grades(const uint32_t *pupils, uint32_t n_grades, int32_t at[3])
{
    growth_world w;
    uint32_t n = 0;
    for (uint32_t g = 0; g < n_grades; g++) n += pupils[g];
    children(&w, 20, 1, n, 1);
    school(&w, 0, 0, F, YEAR_9, 1000, false);
    for (uint32_t g = 0, k = 0; g < n_grades; g++)
        for (uint32_t i = 0; i < pupils[g]; i++) child(&w, k++, 1, (uint8_t)(F + g));
    kj_sim *sim = begin_mode(&w, RELATIVE, 10, 0, 0.87);
    at[0] = ((int32_t *)state_of(sim, "facility", "classes_f", KJ_I32))[0];
    at[1] = ((int32_t *)state_of(sim, "facility", "classes_1", KJ_I32))[0];
    at[2] = ((int32_t *)state_of(sim, "facility", "school_classes", KJ_I32))[0];
    int32_t sum = (int32_t)count(sim, "school_classes");
    end(sim, &w);
    return sum;
}

/* Neighbouring grades that fit into one class are taught together, by the least cap of the two (24 in F-3, 26 from 4 on); larger grades
   have classes of their own, and one pupil more costs a class at most. */
static void small_schools_mix_grades(void **unused)
{
    (void)unused;
    int32_t at[3];
    assert_int_equal(1, classes_of_grades((const uint32_t[]){12, 12}, 2, at)); /* F with year 1 */
    assert_int_equal(1, at[0]);
    assert_int_equal(0, at[1]);
    assert_int_equal(1, at[2]);
    assert_int_equal(2, classes_of_grades((const uint32_t[]){12, 13}, 2, at));
    assert_int_equal(1, at[1]);
    assert_int_equal(3, classes_of_grades((const uint32_t[]){25, 5}, 2, at)); /* two for the 25, one for the five */
    assert_int_equal(2, at[0]);
    assert_int_equal(1, classes_of_grades((const uint32_t[]){0, 0, 0, 0, 0, 13, 13}, 7, at)); /* years 5 and 6 */
    assert_int_equal(2, classes_of_grades((const uint32_t[]){0, 0, 0, 13, 13}, 5, at));       /* years 3 and 4 */
    assert_int_equal(5, classes_of_grades((const uint32_t[]){12, 12, 12, 12, 12, 12, 12, 12, 12, 12}, 10, at));
    assert_int_equal(6, classes_of_grades((const uint32_t[]){13, 12, 12, 12, 12, 12, 12, 12, 12, 12}, 10, at));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest_with_room),
        cmocka_unit_test(places_are_split_over_grades),
        cmocka_unit_test(august),
        cmocka_unit_test(preschool_from_one),
        cmocka_unit_test(enrolment_is_the_share),
        cmocka_unit_test(closing_and_shrinking),
        cmocka_unit_test(moving),
        cmocka_unit_test(no_schools),
        cmocka_unit_test(independent_by_lot),
        cmocka_unit_test(no_blocking_pair),
        cmocka_unit_test(pupils_of_the_start_have_moved),
        cmocka_unit_test(every_mode_places),
        cmocka_unit_test(least_way_and_guarantee),
        cmocka_unit_test(relative_nearness_is_stable),
        cmocka_unit_test(catchments_hang_together),
        cmocka_unit_test(siblings_first),
        cmocka_unit_test(danish_district),
        cmocka_unit_test(pavilions_and_classes),
        cmocka_unit_test(small_schools_mix_grades),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
