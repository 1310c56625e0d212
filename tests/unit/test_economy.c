/* The municipal economy: known answers for tax, equalisation, cost and books; a closed school, a prevention programme. Every
   run is an audit run: the invariants hold each month, to the öre. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../../plugins/builtins.h"
#include "../../plugins/economy/economy.h"
#include "../shared/sim_access.h"
#include "../shared/world.h"

static const world_size town = {.n_singles = 700, .n_couples = 500, .n_families = 600, .n_vacant = 40, .care_places = 60, .jobs = 600};
static const double rates[RATE_COUNT] = {[RATE_TAX] = 0.207, [RATE_LEVEL] = 1.15, [RATE_BELOW] = 0.196, [RATE_ABOVE] = 0.1754};

static kj_sim *begin(const world *w, const world_param *params, int32_t threads)
{
    kj_error err = {0};
    kj_sim *sim = NULL;
    kj_sim_config config = {.seed = 7, .n_threads = threads, .audit = true, .start = WORLD_START, .end = WORLD_START + 600, .country = "se",
                            .builtins = kj_builtin_plugins};
    kj_status status = kj_sim_new(&err, &config, &sim);
    if (!status) status = kj_sim_load_plugins(&err, sim, NULL, 0);
    for (; !status && params && params->name; params++) status = kj_sim_set_param(&err, sim, params->name, params->value);
    if (!status) status = kj_sim_start(&err, sim, &w->map);
    if (status) fail_msg("%s", err.text);
    return sim;
}

static void year(kj_sim *sim) { run_months(sim, 12); }

static int64_t of_town(kj_sim *sim, const char *name) { return ((const int64_t *)column(sim, "municipality", name, KJ_I64))[0]; }

/* One krona more income: 20.7 öre of tax, 19.6 of them taken back; above the guaranteed level 17.54. */
static void one_krona_more_income(void **unused)
{
    (void)unused;
    int64_t base = 794960000000, people = 34530;
    for (int64_t krona = 1; krona <= 1000; krona *= 1000) {
        int64_t tax = municipal_tax(base + 100 * krona, 0.207) - municipal_tax(base, 0.207);
        int64_t back = equalisation_of_income(base + 100 * krona, people, 232000.0, rates) - equalisation_of_income(base, people, 232000.0, rates);
        assert_true(fabs((double)tax - 20.7 * (double)krona) <= 1.0);
        assert_true(fabs((double)back + 19.6 * (double)krona) <= 1.0);
    }
    int64_t rich = 2 * base;
    int64_t back = equalisation_of_income(rich + 100000, people, 232000.0, rates) - equalisation_of_income(rich, people, 232000.0, rates);
    assert_true(equalisation_of_income(rich, people, 232000.0, rates) < 0);
    assert_true(fabs((double)back + 17540.0) <= 1.0);
}

/* One more resident without income: the guaranteed base of one, and the standard cost of the age less the mean. */
static void one_more_resident(void **unused)
{
    (void)unused;
    int32_t women[AGES] = {0}, men[AGES] = {0};
    double standard[KJ_AGE_CLASS_COUNT];
    for (int k = 0; k < KJ_AGE_CLASS_COUNT; k++) standard[k] = 10000.0 * k;
    for (int age = 0; age < AGES; age++) women[age] = men[age] = 200 - age;
    int64_t before = equalisation_of_costs(women, men, standard, 50000.0);
    const struct { int age; double cost; } cases[] = {{0, 0.0}, {3, 10000.0}, {8, 20000.0}, {30, 60000.0}, {64, 70000.0}, {82, 110000.0}, {105, 140000.0}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        women[cases[k].age]++;
        int64_t more = equalisation_of_costs(women, men, standard, 50000.0) - before;
        assert_int_equal(more, (int64_t)((cases[k].cost - 50000.0) * 100.0));
        women[cases[k].age]--;
    }
    int64_t base = 794960000000;
    assert_int_equal(equalisation_of_income(base, 34531, 232000.0, rates) - equalisation_of_income(base, 34530, 232000.0, rates), 5229280); /* 1.15 x 232 000 x 0.196 */
}

/* A school of three classes and 60 pupils for a whole year, then closed at the end of June and heated for the rest. */
static void a_school_costs(void **unused)
{
    (void)unused;
    const double cost[PART_COUNT] = {[PART_FIXED] = 1200000, [PART_CLASS] = 1000000, [PART_CLIENT] = 26000, [PART_AREA] = 1200};
    facility_use use = {.clients = 60, .classes = 3, .area_m2 = 1000, .months = 12.0};
    facility_cost whole = facility_cost_of(&use, cost, 1.0, 1.0);
    assert_int_equal(whole.part[PART_FIXED], 120000000);
    assert_int_equal(whole.part[PART_CLASS], 300000000);
    assert_int_equal(whole.part[PART_CLIENT], 156000000);
    assert_int_equal(whole.part[PART_AREA], 120000000);
    use = (facility_use){.area_m2 = 1000, .months = 6.0, .idle_months = 6.0};
    facility_cost half = facility_cost_of(&use, cost, 1.0, 1.0);
    assert_int_equal(half.part[PART_FIXED], 60000000);
    assert_int_equal(half.part[PART_CLIENT], 0);
    assert_int_equal(half.part[PART_AREA], 120000000);
}

/* 40 000 kr over four years to a residual of a tenth: 9 000 a year, then nothing; sold early, the rest is lost. */
static void a_building_wears(void **unused)
{
    (void)unused;
    building_books books = {0};
    building_year(&books, 4000000, 0.0, 4.0, 0.1, false);
    assert_int_equal(books.investment, 4000000);
    assert_int_equal(books.depreciation, 900000);
    for (int k = 0; k < 3; k++) building_year(&books, 0, 0.0, 4.0, 0.1, false);
    assert_int_equal(books.book, 400000);
    building_year(&books, 0, 0.0, 4.0, 0.1, false);
    assert_int_equal(books.depreciation, 0);
    building_books early = {0};
    building_year(&early, 4000000, 0.0, 4.0, 0.1, false);
    building_year(&early, 0, 0.0, 4.0, 0.1, true);
    assert_int_equal(early.sale, 400000);
    assert_int_equal(early.write_off, 2700000);
    assert_int_equal(early.book, 0);
}

/* What wears is renewed: the building keeps its value and its yearly wear, and half renewed loses half of that. Not what is closed. */
static void a_building_is_renewed(void **unused)
{
    (void)unused;
    building_books kept = {0}, half = {0};
    building_year(&kept, 4000000, 1.0, 4.0, 0.1, false);
    building_year(&half, 4000000, 0.5, 4.0, 0.1, false);
    for (int k = 0; k < 9; k++) building_year(&kept, 0, 1.0, 4.0, 0.1, false);
    assert_int_equal(kept.book, 4000000);
    assert_int_equal(kept.depreciation, 900000);
    assert_int_equal(kept.renewal, 900000);
    assert_int_equal(kept.investment, 0);
    assert_int_equal(half.book, 4000000 - 450000);
    assert_int_equal(half.renewal, 450000);
    building_year(&kept, 0, 1.0, 4.0, 0.1, true);
    assert_int_equal(kept.renewal, 0);
    assert_int_equal(kept.sale + kept.write_off, 4000000);
}

/* The same town with one person who earns 1 000 kr more: tax and equalisation differ by that alone. */
static void income_reaches_the_town(void **unused)
{
    (void)unused;
    world w, richer;
    world_make(&w, &town);
    world_make(&richer, &town);
    int32_t *income = kj_store_data(&richer.map.store, "person", "income", KJ_I32);
    assert_true(income[0] > 20000); /* above the basic allowance */
    income[0] += 1000;
    kj_sim *plain = begin(&w, NULL, 1), *more = begin(&richer, NULL, 1);
    assert_int_equal(of_town(more, "taxable_income") - of_town(plain, "taxable_income"), 100000);
    assert_true(llabs(of_town(more, "tax") - of_town(plain, "tax") - 20700) <= 1);
    assert_true(llabs(of_town(more, "income_equalisation") - of_town(plain, "income_equalisation") + 19600) <= 1);
    assert_int_equal(of_town(more, "cost_equalisation"), of_town(plain, "cost_equalisation"));
    /* The start year ends at 2 % of tax and grants, by costs that no service explains. */
    double grants = (double)(of_town(plain, "tax") + of_town(plain, "income_equalisation") + of_town(plain, "cost_equalisation"));
    assert_true(fabs((double)of_town(plain, "result") - 0.02 * grants) < 1e6);
    kj_sim_free(plain);
    kj_sim_free(more);
    world_free(&w);
    world_free(&richer);
}

/* Closing the only school saves its staff, but not its heat, loses its book value, and pupils must be paid for elsewhere. */
static void closing_is_not_free(void **unused)
{
    (void)unused;
    world w;
    world_make(&w, &town);
    kj_sim *open = begin(&w, NULL, 1), *shut = begin(&w, NULL, 1);
    ((int32_t *)column(shut, "facility", "closed", KJ_I32))[2] = WORLD_START + 1;
    const int64_t *book = column(shut, "facility", "book_value", KJ_I64);
    int64_t before = book[2];
    year(open);
    year(shut);
    const int64_t *cost = column(shut, "facility", "cost", KJ_I64), *area = column(shut, "service", "cost_area", KJ_I64);
    assert_int_equal(cost[2], area[KJ_SERVICE_SCHOOL]);
    assert_true(cost[2] > 0);
    int64_t lost = of_town(shut, "write_off"), sold = of_town(shut, "premises_sold");
    assert_int_equal(lost + sold, before);
    assert_true(sold > 0 && lost > sold);
    assert_true(((const int64_t *)column(shut, "service", "cost_bought", KJ_I64))[KJ_SERVICE_SCHOOL] > 0);
    assert_int_equal(((const int64_t *)column(open, "service", "cost_bought", KJ_I64))[KJ_SERVICE_SCHOOL], 0);
    assert_int_equal(of_town(open, "write_off"), 0);
    kj_sim_free(open);
    kj_sim_free(shut);
    world_free(&w);
}

/* Who needs a care home when all are full is given a place elsewhere, at the mean cost of a place in the town's own; places that nobody
   has moved into yet are no reason to buy others. */
static void care_without_a_place_costs(void **unused)
{
    (void)unused;
    const int k = KJ_SERVICE_CARE_HOME;
    for (int32_t room = 2; room <= 60; room += 58) {
        world_size size = town;
        size.care_places = room;
        world w;
        world_make(&w, &size);
        kj_sim *sim = begin(&w, NULL, 1);
        const int64_t *need = column(sim, "service", "need", KJ_I64), *clients = column(sim, "service", "clients", KJ_I64);
        const int64_t *cost = column(sim, "service", "cost", KJ_I64), *bought = column(sim, "service", "cost_bought", KJ_I64), *fees = column(sim, "service", "fees", KJ_I64);
        int64_t lacking = need[k] > room ? need[k] - room : 0;
        assert_true(clients[k] == 0 && need[k] > 2 && need[k] < 60);
        assert_int_equal(bought[k], lacking * 753000 * 100); /* nobody lives there yet: the norm for a client */
        for (int y = 0; y < 3; y++) year(sim);
        lacking = need[k] > room ? need[k] - room : 0;
        assert_true(clients[k] > 0 && need[k] > clients[k]);
        double each = (double)(cost[k] - bought[k]) / (double)clients[k];
        assert_true(llabs(bought[k] - (int64_t)(each * (double)lacking + 0.5)) <= 1);
        assert_int_equal(fees[k], (clients[k] + lacking) * 45000 * 100);
        kj_sim_free(sim);
        world_free(&w);
    }
}

/* In the year in which the town's only care home opens, in August, its costs are five twelfths of a year's; a place elsewhere costs what a year
   of a client costs there, not five twelfths of it. */
static void an_opening_year_makes_nothing_cheap(void **unused)
{
    (void)unused;
    const int k = KJ_SERVICE_CARE_HOME;
    world_size size = town;
    size.care_places = 2;
    world w;
    world_make(&w, &size);
    kj_sim *sim = begin(&w, NULL, 1);
    ((int32_t *)column(sim, "facility", "opened", KJ_I32))[0] = WORLD_START + 8;
    year(sim);
    const int64_t *need = column(sim, "service", "need", KJ_I64), *cost = column(sim, "service", "cost", KJ_I64),
                  *bought = column(sim, "service", "cost_bought", KJ_I64);
    const int32_t residents = ((const int32_t *)column(sim, "facility", "residents", KJ_I32))[0]; /* in December; clients are those of 1 November */
    assert_true(residents > 0 && need[k] > 2);
    double each = (double)(cost[k] - bought[k]) * 12.0 / 5.0 / (double)residents;
    assert_true(llabs(bought[k] - (int64_t)(each * (double)(need[k] - 2) + 0.5)) <= 1);
    kj_sim_free(sim);
    world_free(&w);
}

/* A school that takes another's place in August is no reason to pay more for pupils of independent schools: what they bring is a year of a pupil in
   the school that stands, whatever the old one cost until July, and they are paid for all year. */
static void a_school_that_moves_makes_nothing_dear(void **unused)
{
    (void)unused;
    enum { NEW = 0, FREE = 1, OLD = 2 };
    world w;
    world_make(&w, &town);
    uint8_t *kind = kj_store_data(&w.map.store, "facility", "kind", KJ_U8), *free_school = kj_store_data(&w.map.store, "facility", "independent", KJ_U8);
    uint8_t *lo = kj_store_data(&w.map.store, "facility", "grade_lo", KJ_U8), *hi = kj_store_data(&w.map.store, "facility", "grade_hi", KJ_U8);
    int32_t *opened = kj_store_data(&w.map.store, "facility", "opened", KJ_I32), *closed = kj_store_data(&w.map.store, "facility", "closed", KJ_I32);
    int32_t *places = kj_store_data(&w.map.store, "facility", "places", KJ_I32);
    for (int f = 0; f < 3; f++) kind[f] = KJ_FACILITY_SCHOOL, lo[f] = lo[OLD], hi[f] = hi[OLD], places[f] = 2000;
    free_school[FREE] = 1;
    opened[NEW] = closed[OLD] = WORLD_START + 8;
    kj_sim *sim = begin(&w, NULL, 1);
    year(sim);
    const int32_t *pupils = column(sim, "facility", "pupils", KJ_I32);
    const int64_t *cost = column(sim, "facility", "cost", KJ_I64), *bought = column(sim, "service", "cost_bought", KJ_I64);
    assert_true(pupils[NEW] > 100 && pupils[FREE] > 10 && pupils[OLD] == 0 && cost[OLD] > cost[NEW]);
    double each = (double)cost[NEW] * 12.0 / 5.0 / pupils[NEW];
    assert_true(llabs(bought[KJ_SERVICE_SCHOOL] - (int64_t)(each * pupils[FREE] + 0.5)) <= 1);
    assert_true(each > 60000 * 100 && each < 160000 * 100); /* a pupil costs 80 to 140 thousand SEK a year */
    kj_sim_free(sim);
    world_free(&w);
}

/* The effect that a programme is said to need does pay for it: discounted savings equal discounted costs. */
static void prevention_breaks_even(void **unused)
{
    (void)unused;
    world w;
    world_make(&w, &town);
    const world_param tried[] = {{"economy.prevention_sek", 500.0}, {"economy.prevention_lag", 2.0}, {NULL, 0.0}};
    kj_sim *sim = begin(&w, tried, 1);
    for (int k = 0; k < 6; k++) year(sim);
    double needed = (double)of_town(sim, "prevention_break_even") / 1e6;
    assert_true(needed > 0.0 && needed < 1.0);
    const world_param with[] = {{"economy.prevention_sek", 500.0}, {"economy.prevention_lag", 2.0}, {"economy.prevention_effect", needed}, {NULL, 0.0}};
    kj_sim *pays = begin(&w, with, 2);
    double cost = (double)of_town(pays, "prevention_cost"), saved = 0.0, factor = 1.0; /* the start year is the first */
    for (int k = 0; k < 6; k++) {
        year(pays);
        factor /= 1.03;
        cost += factor * (double)of_town(pays, "prevention_cost");
        saved += factor * (double)of_town(pays, "prevention_saving");
        if (k == 0) assert_int_equal(of_town(pays, "prevention_saving"), 0);
    }
    assert_true(fabs(saved / cost - 1.0) < 1e-4);
    kj_sim_free(sim);
    kj_sim_free(pays);
    world_free(&w);
}

/* Associations pay by the season, by area or by the hour. */
static void three_ways_of_pricing(void **unused)
{
    (void)unused;
    world w;
    world_make(&w, &town);
    int64_t fee[3], booked = 0;
    for (int model = 0; model < 3; model++) {
        kj_sim *sim = begin(&w, (world_param[]){{"services.pricing_model", model}, {NULL, 0.0}}, 1);
        fee[model] = ((const int64_t *)column(sim, "service", "fees", KJ_I64))[KJ_SERVICE_LEISURE];
        booked = of_town(sim, "evening_hours_booked");
        kj_sim_free(sim);
    }
    assert_true(booked > 0);
    assert_int_equal(fee[0], booked * 2000 * 100);
    assert_true(llabs(fee[1] - (int64_t)((double)booked / 35.0 * 120.0 * 400.0 * 100.0)) <= 1);
    assert_true(llabs(fee[2] - (int64_t)((double)booked * 0.9 * 40.0 * 150.0 * 100.0)) <= 1);
    world_free(&w);
}

/* Hand-worked: base 60 and 20 million of 1 000 persons in all is far below the guaranteed level, so that equalisation pays; what
   is left of the result is shared 3 to 1 by standard cost; the areas add up whatever is rounded. */
static void areas_bring_the_result_about(void **unused)
{
    (void)unused;
    const area_base areas[] = {{.taxable = INT64_C(6000000000), .standard = INT64_C(3000000001), .people = 600}, {0},
                               {.taxable = INT64_C(2000000000), .standard = INT64_C(1000000000), .people = 400}};
    int64_t out[3];
    result_by_area(areas, 3, INT64_C(123456789), 0.2, 200000.0, 40000.0, rates, out);
    assert_int_equal(out[0] + out[1] + out[2], INT64_C(123456789));
    assert_int_equal(out[1], 0); /* nobody lives there */
    /* kronor: tax 12 000 000 and 4 000 000; equalisation (1.15 x 200 000 x persons - base) x 0.196; ages standard - 40 000 x persons */
    double own[2] = {12e6 + (230000.0 * 600 - 60e6) * 0.196 + 30000000.01 - 40000.0 * 600, 4e6 + (230000.0 * 400 - 20e6) * 0.196 + 10e6 - 40000.0 * 400};
    double rest = 1234567.89 - own[0] - own[1], share = 3000000001.0 / 4000000001.0;
    assert_true(fabs((double)out[0] / 100.0 - (own[0] + rest * share)) < 0.02);
    assert_true(fabs((double)out[2] / 100.0 - (own[1] + rest * (1.0 - share))) < 0.02);
    const area_base empty[2] = {{0}, {0}};
    result_by_area(empty, 2, 500, 0.2, 200000.0, 40000.0, rates, out);
    assert_int_equal(out[0], 0);
    assert_int_equal(out[1], 0);
}

int main(void)
{
    (void)world_sim;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_krona_more_income),
        cmocka_unit_test(one_more_resident),
        cmocka_unit_test(a_school_costs),
        cmocka_unit_test(a_building_wears),
        cmocka_unit_test(a_building_is_renewed),
        cmocka_unit_test(care_without_a_place_costs), cmocka_unit_test(an_opening_year_makes_nothing_cheap),
        cmocka_unit_test(a_school_that_moves_makes_nothing_dear),
        cmocka_unit_test(income_reaches_the_town),
        cmocka_unit_test(closing_is_not_free),
        cmocka_unit_test(prevention_breaks_even),
        cmocka_unit_test(three_ways_of_pricing),
        cmocka_unit_test(areas_bring_the_result_about),
    };
    return cmocka_run_group_tests_name("economy", tests, NULL, NULL);
}
