/* The Danish tenures: almen homes with the municipality's share, private rentals, andel homes with their highest price, owners' loans. Small
   worlds in which who gets which home, and what it costs, is known; each rule is seen to matter by a world without it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <math.h>

#include <cmocka.h>

#include "../../plugins/housing/means.h"
#include "../shared/market_world.h"
#include "../shared/sim_access.h"

static void *of_map(market_world *world, const char *table, const char *name, kj_type type) { return kj_store_data(&world->map.store, table, name, type); }

static void danish_world(market_world *world, const market_size *size, uint8_t tenure)
{
    market_world_make(world, size);
    strcpy(world->map.country, "dk");
    memset(of_map(world, "dwelling", "tenure", KJ_U8), tenure, size->n_dwellings);
    memset(of_map(world, "dwelling", "kind", KJ_U8), KJ_FLAT, size->n_dwellings);
    memset(of_map(world, "person", "activity", KJ_U8), KJ_ACT_EMPLOYED, kj_store_table(&world->map.store, "person")->n_rows);
}

/* All who may search do so at once, and nobody is hindered by the rent. */
static kj_sim *eager_market(market_world *world, int32_t n_threads)
{
    kj_sim *sim = market_sim(world, n_threads, true, false);
    set(sim, "housing.advertise_share", 0.0);
    set(sim, "housing.renovation_share", 0.0);
    set(sim, "housing.rent_income_max", 5.0);
    set(sim, "housing.stay_none", -20.0);
    return sim;
}

/* ---- almen ---- */

typedef enum hopeful { NOBODY, LODGER, CROWDED, ELSEWHERE } hopeful;

/* An almen flat of three rooms stands empty. Household 1, whose home is as large as it needs, has stood in the list for 20 years; the hopeful one, `who`, for a
   month. The taker: 1, or the hopeful one's id. */
static kj_id taker_of_almen(hopeful who, double municipal_share)
{
    market_world world;
    danish_world(&world, &(market_size){.n_dwellings = 3, .n_areas = 1, .n_municipalities = 1, .vacant_every = 3, .lodger_every = who == LODGER ? 2 : 0,
                                        .n_outside = who == ELSEWHERE}, KJ_TENURE_RENTAL);
    int32_t *since = of_map(&world, "person", "queue_since", KJ_I32);
    uint8_t *rooms = of_map(&world, "dwelling", "rooms", KJ_U8), *size = of_map(&world, "household", "size", KJ_U8);
    kj_id *head = of_map(&world, "household", "head", KJ_ID), *work = of_map(&world, "person", "workplace", KJ_ID);
    uint32_t n_persons = kj_store_table(&world.map.store, "person")->n_rows;
    for (uint32_t p = 0; p < n_persons; p++) since[p] = MARKET_START - 1;
    since[head[0] - 1] = MARKET_START - 240;
    for (uint32_t d = 0; d < 3; d++) rooms[d] = 3;
    size[0] = 1; /* household 1 lives alone in three rooms; household 2 is a couple */
    rooms[1] = who == CROWDED ? 1 : 3;
    if (who == ELSEWHERE) work[head[2] - 1] = 0; /* neither lives nor works here */
    kj_sim *sim = eager_market(&world, 1);
    set(sim, "housing.search_scale", 0.0);
    set(sim, "housing.internal_share", 0.0);
    set(sim, "housing.municipal_share", municipal_share);
    set(sim, "housing.stay_wish", -10.0);
    set(sim, "housing.stay_need", -10.0);
    int16_t *searching = column(sim, "household", "searching", KJ_I16), *patience = column(sim, "household", "patience", KJ_I16);
    for (uint32_t h = 0; h < 2; h++) {
        if (h == 1 && who != CROWDED) continue;
        searching[h] = (int16_t)MARKET_START;
        patience[h] = 12;
        ((uint8_t *)column(sim, "household", "search_cause", KJ_U8))[h] = KJ_SEARCH_WISH;
    }
    set(sim, "housing.search_every", 1.0);
    run_months(sim, 1);
    kj_id taker = ((kj_id *)column(sim, "vacancy", "filled_by", KJ_ID))[0];
    int64_t housed = ((int64_t *)column(sim, "municipality", "lettings_need", KJ_I64))[0], by_list = ((int64_t *)column(sim, "municipality", "queue_lettings", KJ_I64))[0];
    assert_int_equal(housed + by_list, taker != 0);
    assert_int_equal(housed, municipal_share > 0.0 && (who == LODGER || who == CROWDED));
    kj_sim_free(sim);
    market_world_free(&world);
    return taker;
}

/* The list decides by time alone, but where the municipality has the home: then those of its own in need come first. Who lives elsewhere is
   housed by nobody here. */
static void the_municipality_houses_its_own_in_need(void **state)
{
    (void)state;
    assert_int_equal(taker_of_almen(LODGER, 0.0), 1);
    assert_int_equal(taker_of_almen(LODGER, 1.0), 3);
    assert_int_equal(taker_of_almen(CROWDED, 0.0), 1);
    assert_int_equal(taker_of_almen(CROWDED, 1.0), 2);
    assert_int_equal(taker_of_almen(ELSEWHERE, 1.0), 1);
}

typedef struct lettings {
    int64_t need, list;
} lettings;

/* Lettings of a year in which as many seek as are vacant, and all are in need. */
static lettings let_almen(double share, int32_t n_threads, char hash[33])
{
    market_world world;
    danish_world(&world, &(market_size){.n_dwellings = 4000, .n_areas = 4, .n_municipalities = 1, .vacant_every = 5, .lodger_every = 2}, KJ_TENURE_RENTAL);
    kj_sim *sim = eager_market(&world, n_threads);
    if (share >= 0.0) set(sim, "housing.municipal_share", share);
    run_months(sim, 11);
    lettings l = {((int64_t *)column(sim, "municipality", "lettings_need", KJ_I64))[0], ((int64_t *)column(sim, "municipality", "queue_lettings", KJ_I64))[0]};
    if (hash) kj_sim_hash(sim, hash);
    kj_sim_free(sim);
    market_world_free(&world);
    return l;
}

/* By law every fourth home, whatever is not said otherwise: four standard deviations of the draws are allowed for. The same on any number of threads. */
static void the_municipality_has_every_fourth(void **state)
{
    (void)state;
    char one[33], two[33], four[33];
    lettings law = let_almen(-1.0, 1, one), none = let_almen(0.0, 1, NULL);
    assert_int_equal(none.need, 0);
    assert_true(law.need + law.list > 500);
    double n = (double)(law.need + law.list), share = (double)law.need / n, spread = 4.0 * sqrt(0.25 * 0.75 / n);
    /* homes of the municipality that nobody in need applies for go by list: never more than a quarter */
    if (share > 0.25 + spread || share < 0.15) fail_msg("the municipality let %.3f of %.0f homes", share, n);
    let_almen(-1.0, 2, two);
    let_almen(-1.0, 4, four);
    assert_string_equal(one, two);
    assert_string_equal(one, four);
}

/* ---- rents ---- */

/* Rents of a flat of 65 m2 worked by hand: almen by cost, private ones regulated if built before 1992, else free. Shortage changes none. */
static void rents_follow_the_law(void **state)
{
    (void)state;
    market_world world;
    danish_world(&world, &(market_size){.n_dwellings = 4, .n_areas = 1, .n_municipalities = 1, .lodger_every = 1}, KJ_TENURE_RENTAL);
    uint8_t *tenure = of_map(&world, "dwelling", "tenure", KJ_U8);
    int16_t *m2 = of_map(&world, "dwelling", "area_m2", KJ_I16), *built = of_map(&world, "dwelling", "built_year", KJ_I16);
    const int16_t years[4] = {1970, 2020, 1991, 1992};
    for (int d = 0; d < 4; d++) m2[d] = 65, built[d] = years[d];
    tenure[2] = tenure[3] = KJ_TENURE_PRIVATE;
    kj_sim *sim = eager_market(&world, 1);
    const double level[4] = {param(sim, "housing.rent_m2"), param(sim, "housing.rent_new_m2"), param(sim, "housing.private_rent_m2"), param(sim, "housing.private_rent_free_m2")};
    assert_true(level[3] > level[2]);
    for (int year = 0; year < 2; year++) {
        const int32_t *rent = column(sim, "dwelling", "rent", KJ_I32);
        for (int d = 0; d < 4; d++) assert_int_equal(rent[d], (int32_t)(level[d] * 65.0 / 12.0));
        run_months(sim, 12); /* of 12 months, one a January */
    }
    kj_sim_free(sim);
    market_world_free(&world);
}

/* ---- private rentals ---- */

/* Share of vacant homes let to the half of the lodgers who have stood in the queue for 20 years rather than to the others. */
static double share_of_the_patient(uint8_t tenure, bool *queue_spent)
{
    market_world world;
    danish_world(&world, &(market_size){.n_dwellings = 2000, .n_areas = 1, .n_municipalities = 1, .vacant_every = 10, .lodger_every = 3}, tenure);
    uint32_t n = kj_store_table(&world.map.store, "household")->n_rows, n_vacant = 200;
    int32_t *since = of_map(&world, "person", "queue_since", KJ_I32);
    kj_id *head = of_map(&world, "household", "head", KJ_ID);
    for (uint32_t h = 1800; h < n; h++) since[head[h] - 1] = MARKET_START - (h % 2 ? 240 : 1);
    kj_sim *sim = eager_market(&world, 1);
    set(sim, "housing.search_scale", 0.0);
    set(sim, "housing.municipal_share", 0.0);
    run_months(sim, 2);
    const kj_id *filled = column(sim, "vacancy", "filled_by", KJ_ID);
    const int16_t *queue = column(sim, "person", "queue_since", KJ_I16);
    uint32_t patient = 0, all = 0, spent = 0;
    for (uint32_t v = 0; v < n_vacant; v++) {
        if (!filled[v]) continue;
        all++;
        patient += filled[v] % 2 == 0; /* id = row + 1 */
        spent += queue[head[filled[v] - 1] - 1] > MARKET_START;
    }
    assert_true(all > 100);
    *queue_spent = spent > 0;
    kj_sim_free(sim);
    market_world_free(&world);
    return (double)patient / (double)all;
}

/* Almen homes go to those who have waited, private ones to anybody; and only the former cost queue time. */
static void private_landlords_know_no_queue(void **state)
{
    (void)state;
    bool spent;
    double almen = share_of_the_patient(KJ_TENURE_RENTAL, &spent);
    assert_true(spent);
    double private_rental = share_of_the_patient(KJ_TENURE_PRIVATE, &spent);
    assert_false(spent);
    if (almen < 0.75 || private_rental > 0.65) fail_msg("of those with a home the patient are %.2f (almen) and %.2f (private)", almen, private_rental);
}

/* ---- homes that are bought ---- */

enum { N_EMPTY = 100 };
static const double DEAR = 150000.0; /* SEK a m2 of a new flat: the poor can buy none at the market's price */

typedef struct sales {
    double dearest;     /* price of a home over the highest lawful one of an andel home */
    double rich, index; /* share of the rich among the buyers; price index of the area */
    uint32_t n, lifted; /* homes sold, and those that were sold above the price asked */
    int32_t bids;       /* of the first month that count towards the index */
} sales;

static double lawful_price(double per_m2, int16_t m2) { return per_m2 * (double)m2 * (0.5 + 70.0 / (70.0 + (double)m2)); }

/* 600 from outside, half of them rich, all of 40 years. */
static void half_are_rich(market_world *world)
{
    int32_t *income = of_map(world, "household", "income", KJ_I32), *birth = of_map(world, "person", "birth_month", KJ_I32);
    const kj_id *head = of_map(world, "household", "head", KJ_ID);
    for (uint32_t h = 900; h < 1500; h++) {
        income[h] = h % 2 ? 3000000 : 220000;
        birth[head[h] - 1] = MARKET_START - 40 * 12;
    }
}

static sales count_sales(kj_sim *sim, const int32_t *asked, double per_m2)
{
    const kj_id *filled = column(sim, "vacancy", "filled_by", KJ_ID), *dwelling = column(sim, "vacancy", "dwelling", KJ_ID);
    const int32_t *price = column(sim, "dwelling", "price", KJ_I32);
    const int16_t *m2 = column(sim, "dwelling", "area_m2", KJ_I16);
    sales s = {.index = (double)((float *)column(sim, "area", "price_index", KJ_F32))[0]};
    uint32_t rich = 0;
    for (uint32_t v = 0; v < N_EMPTY; v++) {
        uint32_t d = dwelling[v] - 1;
        if (per_m2 > 0.0) s.dearest = fmax(s.dearest, (double)price[d] / lawful_price(per_m2, m2[d]));
        if (!filled[v]) continue;
        s.n++;
        s.lifted += price[d] > asked[d];
        rich += filled[v] % 2 == 0; /* id = row + 1 */
    }
    s.rich = s.n ? (double)rich / (double)s.n : 0.0;
    return s;
}

/* Three months of a market in which 100 of 1 000 homes stand empty. max_m2 below 0: as the country has it. */
static sales sell(uint8_t tenure, double max_m2)
{
    market_world world;
    danish_world(&world, &(market_size){.n_dwellings = 10 * N_EMPTY, .n_areas = 1, .n_municipalities = 1, .vacant_every = 10, .n_outside = 600}, tenure);
    half_are_rich(&world);
    kj_sim *sim = market_load(market_plugins, &world, 1, true);
    set(sim, "housing.price_flat_m2", DEAR);
    set(sim, "housing.coop_fee_m2", 300.0);
    if (max_m2 >= 0.0) set(sim, "housing.coop_max_m2", max_m2);
    market_begin(&world, sim, false);
    set(sim, "housing.stay_none", -20.0);
    set(sim, "housing.search_scale", 0.0);
    set(sim, "housing.savings_spread", 0.0);
    set(sim, "housing.former_owner_share", 0.0);
    int32_t asked[10 * N_EMPTY];
    memcpy(asked, column(sim, "dwelling", "price", KJ_I32), sizeof asked);
    run_months(sim, 1);
    int32_t bids = ((int32_t *)column(sim, "area", "buyers", KJ_I32))[0];
    run_months(sim, 2);
    sales s = count_sales(sim, asked, param(sim, "housing.coop_max_m2"));
    s.bids = bids;
    kj_sim_free(sim);
    market_world_free(&world);
    return s;
}

/* Under the law no home costs more than its highest price, no bid lifts it, a lot decides between rich and poor, and the buyers move no index. Without it only the rich
   can buy, at prices that rise. */
static void andel_has_a_highest_price(void **state)
{
    (void)state;
    sales law = sell(KJ_TENURE_COOP, -1.0), market = sell(KJ_TENURE_COOP, 0.0);
    assert_true(law.n > 80 && market.n > 80);
    assert_true(law.dearest > 0.95 && law.dearest <= 1.0); /* asked at the ceiling, less ask_cut a month */
    assert_int_equal(law.lifted, 0);
    assert_true(law.bids == 0 && fabs(law.index - 1.0) < 1e-6);
    assert_true(market.bids > 0 && market.lifted > market.n / 2 && market.index > 1.0);
    if (law.rich > 0.67 || market.rich < 0.99) fail_msg("the rich get %.2f by lot and %.2f by bid", law.rich, market.rich);
}

/* A ceiling above the market's price is none: homes cost what they are worth, and still go by lot at the price asked. */
static void a_high_ceiling_leaves_the_price(void **state)
{
    (void)state;
    sales high = sell(KJ_TENURE_COOP, 1e6);
    assert_true(high.n > 80 && high.dearest < 0.2 && high.lifted == 0 && fabs(high.index - 1.0) < 1e-6);
}

/* The law of andel homes binds no owner. */
static void owned_homes_go_to_the_best_bid(void **state)
{
    (void)state;
    sales owned = sell(KJ_TENURE_OWNER, -1.0);
    assert_true(owned.n > 80 && owned.dearest > 2.0 && owned.lifted > owned.n / 2 && owned.index > 1.0);
}

/* ---- owners ---- */

static housing_params params_of(kj_sim *sim)
{
    housing_params p;
#define P(field, unit, value, lowest, highest, grade, reference, sentence) p.field = param(sim, "housing." #field);
    HOUSING_PARAMS(P)
#undef P
    return p;
}

static double limit_of(const housing_params *p, int32_t income, double equity)
{
    housing_params own = *p;
    own.savings_rate = own.savings_help = 0.0;
    const housing_lending terms = housing_lending_of(&own, KJ_MONTH(2027, 1));
    housing_means means;
    housing_means_of(&own, &terms, income, 1, 0, 40.0, equity, 1.0, income, &means);
    return housing_price_limit(&means, 0.0);
}

/* With plenty of income 5 % of own money is enough, in 2027 as before: 100 000 buys for 2 million. With little of it the loan counts: 9 800 left to live on of
   20 000 carries 12 * 10 200 / (7.4 % * (1 - 0.336)) = 2 491 045 of mortgage, up to 80 % of the price, for a 1 % richer loan beyond. No step of 50 or 70 %. */
static void owners_borrow_by_danish_rules(void **state)
{
    (void)state;
    market_world world;
    danish_world(&world, &(market_size){.n_dwellings = 10, .n_areas = 1, .n_municipalities = 1}, KJ_TENURE_OWNER);
    kj_sim *sim = market_sim(&world, 1, false, false);
    const housing_params p = params_of(sim);
    assert_true(fabs(limit_of(&p, 6000000, 100000.0) - 2000000.0) < 1.0);
    const double mortgage = 12.0 * 10200.0 / (0.074 * (1.0 - 0.336));
    /* 700 000 of 3.2 million is 22 %: the mortgage alone, the same at 75 % of the price as at 50 % */
    assert_true(fabs(limit_of(&p, 240000, 700000.0) - (700000.0 + mortgage)) < 1.0);
    assert_true(fabs(limit_of(&p, 240000, 3000000.0) - (3000000.0 + mortgage)) < 1.0);
    /* 200 000 is 5 % of 4 million but carries no more than the dearer loan: 12 * 10 200 / (4.9136 % + 2 * 0.12 %) */
    assert_true(fabs(limit_of(&p, 240000, 200000.0) - (200000.0 + 12.0 * 10200.0 / (0.074 * 0.664 + 0.0024))) < 1.0);
    kj_sim_free(sim);
    market_world_free(&world);
}

/* Amortisation has a date: before it a loan above the step costs no more than one below. */
static void amortisation_begins_at_its_date(void **state)
{
    (void)state;
    market_world world;
    market_world_make(&world, &(market_size){.n_dwellings = 10, .n_areas = 1, .n_municipalities = 1});
    kj_sim *sim = market_sim(&world, 1, false, false);
    set(sim, "housing.amortise_start", KJ_MONTH(2016, 6));
    const housing_params p = params_of(sim);
    const housing_lending before = housing_lending_of(&p, KJ_MONTH(2016, 5)), from = housing_lending_of(&p, KJ_MONTH(2016, 6));
    assert_true(fabs(before.loan[2] - before.loan[0]) < 1e-9);
    assert_true(fabs(1.0 / from.loan[2] - 1.0 / from.loan[0] - 2.0 * p.amortise_rate) < 1e-9);
    kj_sim_free(sim);
    market_world_free(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_municipality_houses_its_own_in_need), cmocka_unit_test(the_municipality_has_every_fourth), cmocka_unit_test(rents_follow_the_law),
        cmocka_unit_test(private_landlords_know_no_queue), cmocka_unit_test(andel_has_a_highest_price), cmocka_unit_test(a_high_ceiling_leaves_the_price),
        cmocka_unit_test(owners_borrow_by_danish_rules), cmocka_unit_test(owned_homes_go_to_the_best_bid), cmocka_unit_test(amortisation_begins_at_its_date)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
