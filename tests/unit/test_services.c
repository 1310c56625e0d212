/* Services: need by age and person, classes, premises, staff; known answers, and what a change of rules does to the same
   people. Every run is an audit run. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../../plugins/builtins.h"
#include "../../plugins/services/services.h"
#include "../shared/sim_access.h"
#include "../shared/world.h"

static const world_size town = {.n_singles = 700, .n_couples = 500, .n_families = 600, .n_vacant = 40, .care_places = 60, .jobs = 600};

static kj_sim *begin(const world *w, const world_param *params, int32_t threads, int years)
{
    kj_error err = {0};
    kj_sim *sim = NULL;
    kj_sim_config config = {.seed = 7, .n_threads = threads, .audit = true, .start = WORLD_START, .end = WORLD_START + 600, .country = "se",
                            .builtins = kj_builtin_plugins};
    kj_status status = kj_sim_new(&err, &config, &sim);
    if (!status) status = kj_sim_load_plugins(&err, sim, NULL, 0);
    for (; !status && params && params->name; params++) status = kj_sim_set_param(&err, sim, params->name, params->value);
    if (!status) status = kj_sim_start(&err, sim, &w->map);
    for (int month = 0; !status && month < 12 * years; month++) status = kj_sim_month(&err, sim);
    if (status) fail_msg("%s", err.text);
    return sim;
}

static void assert_near(double found, double expected, double tolerance)
{
    if (!(fabs(found - expected) <= tolerance)) fail_msg("expected %g within %g, found %g", expected, tolerance, found);
}

static int64_t clients(kj_sim *sim, kj_service_kind kind) { return ((const int64_t *)column(sim, "service", "clients", KJ_I64))[kind]; }
static int64_t of_town(kj_sim *sim, const char *name) { return ((const int64_t *)column(sim, "municipality", name, KJ_I64))[0]; }

/* Eight school buildings of a utilisation survey: rooms in use, seats in use, capacity give F, O and U. The survey's own F
   is a mean of rounded counts, so its published figures are met within one and a half points. */
static void utilisation_survey(void **unused)
{
    (void)unused;
    static const struct { double rooms, in_use, seats_in_use, room_seats, f, o, u; } survey[] = {
        {16, 7, 134, 25.0, 43.8, 76.6, 33.5}, {18, 9, 110, 26.0, 50.0, 47.0, 23.5}, {27, 10, 106, 24.0, 37.0, 44.2, 16.4}, {18, 9, 88, 23.0, 50.5, 42.5, 21.3},
        {36, 15, 180, 21.0, 41.7, 57.2, 23.8}, {15, 7, 77, 36.0, 46.7, 30.6, 14.3}, {18, 7, 130, 31.3, 38.9, 59.4, 23.1}, {18, 6, 90, 32.2, 33.3, 46.6, 15.5}};
    for (size_t k = 0; k < sizeof survey / sizeof *survey; k++) {
        premises_use u = premises_use_of(survey[k].rooms, survey[k].in_use, survey[k].seats_in_use, survey[k].room_seats);
        assert_near(u.frequency / 10.0, survey[k].f, 0.6);
        assert_near(u.occupancy / 10.0, survey[k].o, 1.5);
        assert_near(u.use / 10.0, survey[k].u, 0.6);
    }
    premises_use empty = premises_use_of(0.0, 0.0, 0.0, 25.0);
    assert_int_equal(empty.use, 0);
}

/* Rates by class of age; putting need off by ten years gives the rate of ten years before, by two and a half a mix. */
static void healthier_ageing(void **unused)
{
    (void)unused;
    double table[NEEDS * SEXES * KJ_AGE_CLASS_COUNT] = {0};
    double *rates = table + (NEED_HOME_CARE * SEXES + KJ_MALE) * KJ_AGE_CLASS_COUNT;
    for (int32_t k = 0; k < KJ_AGE_CLASS_COUNT; k++) rates[k] = k;
    assert_near(need_rate(table, NEED_HOME_CARE, KJ_MALE, 84, 0.0), 11.0, 0.0);
    assert_near(need_rate(table, NEED_HOME_CARE, KJ_MALE, 84, 10.0), 9.0, 0.0);
    assert_near(need_rate(table, NEED_HOME_CARE, KJ_MALE, 82, 2.5), 10.5, 1e-12); /* half at 79, half at 80 */
    assert_near(need_rate(table, NEED_HOME_CARE, KJ_MALE, 40, 10.0), 6.0, 0.0);   /* not the young */
    assert_near(need_rate(table, NEED_HOME_CARE, KJ_FEMALE, 84, 0.0), 0.0, 0.0);
}

/* What is counted person by person equals a count of our own over the state of October. */
static void persons_add_up(void **unused)
{
    (void)unused;
    world w;
    world_make(&w, &town);
    kj_sim *sim = begin(&w, NULL, 1, 0);
    kj_error err = {0};
    for (int month = 0; month < 10; month++)
        if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
    const kj_rows *people = kj_store_table(kj_sim_store(sim), "person");
    const int16_t *birth = column(sim, "person", "birth_month", KJ_I16);
    const uint8_t *resident = column(sim, "person", "resident", KJ_U8), *activity = column(sim, "person", "activity", KJ_U8);
    const uint8_t *grade = column(sim, "person", "grade", KJ_U8);
    const kj_id *school = column(sim, "person", "school", KJ_ID), *care = column(sim, "person", "care", KJ_ID);
    kj_month now = WORLD_START + 10;
    int64_t young = 0, working = 0, old = 0, pupils = 0, in_care = 0, out = 0;
    for (uint32_t row = 0; row < people->n_rows; row++) {
        if (!people->alive[row] || !resident[row]) continue;
        int32_t age = service_age(now, birth[row]);
        young += age < 20;
        working += age >= 20 && age < 65;
        old += age >= 65;
        pupils += school[row] != 0 && grade[row] >= 2;
        in_care += care[row] != 0;
        out += age >= 16 && age <= 24 && activity[row] == KJ_ACT_NOT_EMPLOYED;
    }
    assert_int_equal(of_town(sim, "aged_0_19"), young);
    assert_int_equal(of_town(sim, "aged_20_64"), working);
    assert_int_equal(of_town(sim, "aged_65"), old);
    assert_int_equal(of_town(sim, "dependency_ratio"), ((young + old) * 1000 + working / 2) / working);
    assert_int_equal(clients(sim, KJ_SERVICE_SCHOOL), pupils);
    assert_int_equal(clients(sim, KJ_SERVICE_CARE_HOME), in_care);
    assert_int_equal(clients(sim, KJ_SERVICE_YOUTH), out);
    assert_int_equal(clients(sim, KJ_SERVICE_TECHNICAL), young + working + old);
    assert_true(pupils > 100 && old > 100 && out > 0);
    kj_sim_free(sim);
    world_free(&w);
}

/* Housing costs by tenure, counted on our own over the state of October: an owner pays interest on what is left of a loan that is paid off in debt_years
   from the move. More owners are strained than by the running cost alone. */
static void housing_costs_add_up(void **unused)
{
    (void)unused;
    static const char *const tenures[3] = {"rental", "coop", "owner"}, *const names[4] = {"holders", "strained", "housing_cost", "holders_income"};
    world w;
    world_make(&w, &town);
    kj_sim *sim = begin(&w, (world_param[]){{"housing.interest", 0.05}, {"housing.interest_relief", 0.4}, {"housing.debt_share", 0.8}, {"housing.debt_years", 25.0}, {NULL, 0.0}}, 1, 0);
    kj_error err = {0};
    for (int month = 0; month < 10; month++)
        if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
    const kj_rows *households = kj_store_table(kj_sim_store(sim), "household"), *dwellings = kj_store_table(kj_sim_store(sim), "dwelling");
    const uint8_t *living = column(sim, "household", "living", KJ_U8), *tenure = column(sim, "dwelling", "tenure", KJ_U8);
    const kj_id *dwelling = column(sim, "household", "dwelling", KJ_ID);
    const int32_t *income = column(sim, "household", "income", KJ_I32), *rent = column(sim, "dwelling", "rent", KJ_I32), *price = column(sim, "dwelling", "price", KJ_I32);
    const int16_t *moved = column(sim, "household", "moved", KJ_I16);
    double sums[3][4] = {{0.0}};
    int64_t by_running_cost = 0, old_debts = 0;
    for (uint32_t h = 0; h < households->n_rows; h++) {
        if (!households->alive[h] || living[h] != KJ_LIVES_HOLDING) continue;
        uint32_t d = dwellings->row_of[dwelling[h]];
        double years = (WORLD_START + 10 - moved[h]) / 12.0, left = years < 25.0 ? 0.8 * (25.0 - years) / 25.0 : 0.0;
        double *at = sums[tenure[d] == KJ_TENURE_COOP ? 1 : tenure[d] == KJ_TENURE_OWNER ? 2 : 0], cost = 12.0 * rent[d] + price[d] * left * 0.03;
        at[0] += 1.0, at[1] += cost > 0.4 * income[h], at[2] += cost, at[3] += income[h];
        by_running_cost += tenure[d] == KJ_TENURE_OWNER && 12.0 * rent[d] > 0.4 * income[h];
        old_debts += price[d] > 0 && years > 1.0;
    }
    int64_t strained = 0;
    for (int t = 0; t < 3; t++) {
        for (int k = 0; k < 4; k++) {
            char name[40];
            snprintf(name, sizeof name, "%s_%s", names[k], tenures[t]);
            assert_near((double)of_town(sim, name), sums[t][k], k == 2 ? sums[t][0] : 0.0); /* costs in whole kronor of each household */
        }
        assert_true(sums[t][0] > 50.0 && sums[t][2] > 0.0);
        strained += (int64_t)sums[t][1];
    }
    assert_int_equal(of_town(sim, "strained"), strained);
    assert_true((int64_t)sums[2][1] > by_running_cost && old_debts > 0);
    kj_sim_free(sim);
    world_free(&w);
}

/* The lots are for life and keyed by the person: later need in old age takes home care away, and gives it to nobody. */
static void delay_lowers_need(void **unused)
{
    (void)unused;
    world w;
    world_make(&w, &town);
    kj_sim *plain = begin(&w, NULL, 1, 5), *healthy = begin(&w, (world_param[]){{"services.healthier_years", 5.0}, {NULL, 0.0}}, 1, 5);
    int64_t before = clients(plain, KJ_SERVICE_HOME_CARE), after = clients(healthy, KJ_SERVICE_HOME_CARE);
    assert_true(before > 30);
    assert_in_range(after, before / 4, before - 1);
    assert_int_equal(of_town(plain, "aged_65"), of_town(healthy, "aged_65"));
    assert_int_equal(clients(plain, KJ_SERVICE_AFTER_SCHOOL), clients(healthy, KJ_SERVICE_AFTER_SCHOOL));
    kj_sim_free(plain);
    kj_sim_free(healthy);
    world_free(&w);
}

/* A second shift takes more pupils on the same floor; opening classrooms to associations takes the place of rooms of their own. */
static void rooms_follow_rules(void **unused)
{
    (void)unused;
    world w;
    world_make(&w, &town);
    int32_t *places = kj_store_data(&w.map.store, "facility", "places", KJ_I32);
    places[2] = 300;
    kj_sim *plain = begin(&w, NULL, 1, 1);
    places[2] = 375; /* a quarter more, in the same rooms */
    kj_sim *shifts = begin(&w, (world_param[]){{"services.shift_gain", 0.25}, {NULL, 0.0}}, 1, 1);
    const int32_t *area = column(plain, "facility", "area_m2", KJ_I32), *same = column(shifts, "facility", "area_m2", KJ_I32);
    const int32_t *pupils = column(shifts, "facility", "pupils", KJ_I32);
    assert_int_equal(area[2], 300 * 12);
    assert_int_equal(same[2], area[2]);
    assert_true(pupils[2] > 300);
    assert_int_equal(of_town(shifts, "shift_pupils"), pupils[2] - 300);
    assert_int_equal(of_town(plain, "shift_pupils"), 0);
    places[2] = 2000;
    kj_sim *open = begin(&w, (world_param[]){{"services.co_use_share", 0.5}, {"services.places_per_hall", 2000.0}, {NULL, 0.0}}, 1, 1);
    kj_sim *few_halls = begin(&w, (world_param[]){{"services.places_per_hall", 2000.0}, {NULL, 0.0}}, 1, 1);
    const int64_t *rooms_open = column(open, "service", "area_m2", KJ_I64), *rooms_own = column(few_halls, "service", "area_m2", KJ_I64);
    assert_true(rooms_own[KJ_SERVICE_LEISURE] > 0);
    assert_true(rooms_open[KJ_SERVICE_LEISURE] < rooms_own[KJ_SERVICE_LEISURE]);
    assert_true(of_town(open, "room_hours") > of_town(few_halls, "room_hours"));
    assert_true(of_town(open, "evening_hours_booked") > of_town(few_halls, "evening_hours_booked"));
    kj_sim *sims[] = {plain, shifts, open, few_halls};
    for (size_t k = 0; k < 4; k++) kj_sim_free(sims[k]);
    world_free(&w);
}

/* People of the panel are the same in another world, keep their row, and are found by their luck. */
static void panel_follows(void **unused)
{
    (void)unused;
    world w;
    world_make(&w, &town);
    const world_param half[] = {{"services.panel_people", 1000.0}, {NULL, 0.0}}, none[] = {{"services.panel_people", 0.0}, {NULL, 0.0}};
    kj_sim *sim = begin(&w, half, 1, 2), *threads = begin(&w, half, 2, 2), *off = begin(&w, none, 1, 1);
    const kj_rows *panel = kj_store_table(kj_sim_store(sim), "panel"), *people = kj_store_table(kj_sim_store(sim), "person");
    const kj_id *person = column(sim, "panel", "person", KJ_ID);
    const uint64_t *luck = column(sim, "panel", "luck", KJ_KEY), *of = column(sim, "person", "luck", KJ_KEY);
    const int16_t *entered = column(sim, "panel", "entered", KJ_I16);
    uint32_t at_start = 0, living = 0;
    for (uint32_t row = 0; row < panel->n_rows; row++) {
        at_start += entered[row] == WORLD_START;
        uint32_t p = people->row_of[person[row]];
        if (p == KJ_NO_ROW) continue;
        living++;
        assert_true(entered[row] == 0 || (entered[row] - WORLD_START) % 12 == 10 || entered[row] == WORLD_START);
        assert_true(luck[row] == of[p]);
        if (row > 0) assert_true(person[row] > person[row - 1]);
    }
    assert_in_range(at_start, 900, 1100); /* 1000 wanted; the deviation of a binomial is 28 */
    assert_true(living > at_start / 2 && panel->n_rows > at_start);
    char a[33], b[33];
    kj_sim_hash(sim, a);
    kj_sim_hash(threads, b);
    assert_string_equal(a, b);
    assert_int_equal(kj_store_table(kj_sim_store(off), "panel")->n_rows, 0);
    kj_sim *sims[] = {sim, threads, off};
    for (size_t k = 0; k < 3; k++) kj_sim_free(sims[k]);
    world_free(&w);
}

int main(void)
{
    (void)world_sim;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utilisation_survey), cmocka_unit_test(healthier_ageing), cmocka_unit_test(persons_add_up), cmocka_unit_test(housing_costs_add_up),
        cmocka_unit_test(delay_lowers_need),  cmocka_unit_test(rooms_follow_rules), cmocka_unit_test(panel_follows),
    };
    return cmocka_run_group_tests_name("services", tests, NULL, NULL);
}
