/* Housing: lending and prices worked by hand, and small worlds in which who gets which home, and when, is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <math.h>

#include <cmocka.h>

#include "../../plugins/housing/means.h"
#include "../../plugins/housing/taste.h"
#include "../../plugins/housing/wide.h"
#include "../shared/market_world.h"
#include "../shared/sim_access.h"

static housing_params defaults(void)
{
    housing_params p;
#define P(field, unit, value, lowest, highest, grade, reference, sentence) p.field = value;
    HOUSING_PARAMS(P)
#undef P
    return p;
}

/* ---- lending ------------------------------------------------------------------------------------------------------ */

/* 300 000 SEK of own money, plenty of income: 15 % down before April 2026 gives 2 million, 10 % after gives 3 million. */
static void loan_to_value_binds(void **state)
{
    (void)state;
    housing_params p = defaults();
    p.savings_rate = p.savings_help = 0.0;
    housing_means before, after;
    const housing_lending march = housing_lending_of(&p, KJ_MONTH(2026, 3)), april = housing_lending_of(&p, KJ_MONTH(2026, 4));
    housing_means_of(&p, &march, 2400000, 1, 0, 40.0, 300000.0, 1.0, 2400000, &before);
    housing_means_of(&p, &april, 2400000, 1, 0, 40.0, 300000.0, 1.0, 2400000, &after);
    assert_true(fabs(housing_price_limit(&before, 0.0) - 2000000.0) < 1.0);
    assert_true(fabs(housing_price_limit(&after, 0.0) - 3000000.0) < 1.0);
}

/* 20 500 a month, 10 500 to live on, a fee of 4 000: 6 000 a month carries 72 000 / (6.5 % + 2 %) = 847 059 of loan. With
   little own money the 85 % limit is wide; with much, the loan is under half the price and need not be paid off:
   72 000 / 6.5 % = 1 107 692. */
static void left_to_live_on_binds(void **state)
{
    (void)state;
    housing_params p = defaults();
    p.savings_rate = p.savings_help = p.interest_relief = 0.0;
    p.living_single = 10500.0;
    housing_means little, much;
    const housing_lending terms = housing_lending_of(&p, KJ_MONTH(2025, 1));
    housing_means_of(&p, &terms, 246000, 1, 0, 40.0, 300000.0, 1.0, 246000, &little);
    housing_means_of(&p, &terms, 246000, 1, 0, 40.0, 2000000.0, 1.0, 246000, &much);
    /* 300 000 + 847 059 at 74 % of the price: the step of 2 % holds, and 70 % (1 % a year) gives only 1 000 000 */
    assert_true(fabs(housing_price_limit(&little, 4000.0) - 1147058.8) < 1.0);
    assert_true(fabs(housing_price_limit(&much, 4000.0) - 3107692.3) < 1.0);
    assert_true(housing_price_limit(&little, 10001.0) == 0.0);
    p.interest_relief = 0.3; /* 300 000 + 72 000 / (4.55 % + 1 %) at 70 % of the price would be 1 597 297: own money bounds it at 1 000 000; at 2 %, 1 399 237 */
    const housing_lending relief = housing_lending_of(&p, KJ_MONTH(2025, 1));
    housing_means_of(&p, &relief, 246000, 1, 0, 40.0, 300000.0, 1.0, 246000, &little);
    assert_true(fabs(housing_price_limit(&little, 4000.0) - 1399236.6) < 1.0);
}

/* Wealth differs between households with the same income and does not change over a life; its mean is what the rates say. */
static void wealth_is_a_trait(void **state)
{
    (void)state;
    housing_params p = defaults();
    double sum = 0.0, former = 0.0, parents = 0.0;
    enum { N = 200000 };
    for (uint64_t luck = 1; luck <= N; luck++) {
        double thrift;
        housing_thrifts(p.savings_spread, &(uint64_t){luck * UINT64_C(0x9E3779B97F4A7C15)}, 1, &thrift);
        sum += thrift;
        former += housing_former_equity(&p, luck * UINT64_C(0x9E3779B97F4A7C15), KJ_ORIGIN_COUNTY, 40.0, 1.0) > 0.0;
        parents += housing_tested_income(&p, luck * UINT64_C(0x9E3779B97F4A7C15), 22.0, 110000) > 110000;
    }
    assert_true(fabs(sum / N - 1.0) < 0.02);
    assert_true(fabs(former / N - p.former_owner_share) < 0.005);
    assert_true(fabs(parents / N - p.parents_share) < 0.005);
    assert_true(housing_former_equity(&p, 7, KJ_ORIGIN_LEFT_HOME, 40.0, 1.0) == 0.0);
    assert_int_equal(housing_tested_income(&p, 7, 30.0, 110000), 110000);
}

static void prices_follow_place_and_age(void **state)
{
    (void)state;
    housing_params p = defaults();
    housing_place middling = {p.centre_time, 1.0, 1.0}, centre = {0.0, 1.0, 1.0}, rich = {p.centre_time, 1.2, 1.0};
    double base = housing_hedonic_price(&p, KJ_FLAT, 70.0, 0.0, middling);
    assert_true(fabs(base - 70.0 * p.price_flat_m2) < 1.0);
    assert_true(fabs(housing_hedonic_price(&p, KJ_FLAT, 70.0, 0.0, centre) / base - 1.5 / 1.25) < 1e-9);
    assert_true(fabs(housing_hedonic_price(&p, KJ_FLAT, 70.0, 0.0, rich) / base - (1.0 + 0.2 * p.income_elasticity)) < 1e-9);
    assert_true(fabs(housing_hedonic_price(&p, KJ_FLAT, 70.0, 1000.0, middling) / base - 0.7) < 1e-9);
    assert_true(fabs(housing_price_level(&p, p.price_scale_homes) - 1.0) < 1e-9);
    assert_true(fabs(housing_price_level(&p, p.price_scale_homes / 4.0) / 0.535887 - 1.0) < 1e-5); /* 4^-0.45 */
    assert_true(fabs(housing_price_level(&p, 10.0) - 0.5) < 1e-9);
    assert_true(housing_hedonic_price(&p, KJ_FLAT, 140.0, 0.0, middling) < 2.0 * base);
    assert_true(housing_monthly_rent(&p, KJ_TENURE_RENTAL, 65.0, 2019, 2020) > housing_monthly_rent(&p, KJ_TENURE_RENTAL, 65.0, 2018, 2020));
    assert_int_equal(housing_monthly_rent(&p, KJ_TENURE_RENTAL, 65.0, 0, 2020), (int32_t)(p.rent_m2 * 65.0 / 12.0));
}

/* ---- small worlds -------------------------------------------------------------------------------------------------- */

/* A world where nobody wants to move and each home with a vacancy is a rental; two lodgers, the second with the longer
   time in the queue: it gets the first home, and the chain ends with its reason. */
static void longest_queue_gets_the_home(void **state)
{
    (void)state;
    market_world world;
    market_world_make(&world, &(market_size){.n_dwellings = 10, .n_areas = 1, .n_municipalities = 1, .vacant_every = 10, .lodger_every = 4});
    memset(kj_store_data(&world.map.store, "dwelling", "tenure", KJ_U8), KJ_TENURE_RENTAL, 10);
    int32_t *since = kj_store_data(&world.map.store, "person", "queue_since", KJ_I32);
    kj_id *head = kj_store_data(&world.map.store, "household", "head", KJ_ID);
    since[head[9] - 1] = MARKET_START - 20; /* households 10 and 11 lodge */
    since[head[10] - 1] = MARKET_START - 40;
    kj_sim *sim = market_sim(&world, 1, true, false);
    set(sim, "housing.contract_left", 1.0);
    set(sim, "housing.search_scale", 0.0);
    set(sim, "housing.lot_share", 0.0);
    set(sim, "housing.renovation_share", 0.0);
    set(sim, "housing.advertise_share", 0.0);
    set(sim, "housing.stay_none", -20.0);
    set(sim, "housing.rent_income_max", 5.0);
    run_months(sim, 1);
    const kj_id *contract = column(sim, "household", "contract", KJ_ID);
    assert_int_equal(contract[9], 0);
    assert_int_equal(contract[10], 1);
    assert_int_equal(((uint8_t *)column(sim, "vacancy", "stage", KJ_U8))[0], KJ_STAGE_CONTRACTED);
    assert_int_equal(((int16_t *)column(sim, "vacancy", "contract", KJ_I16))[0], MARKET_START + 1);
    run_months(sim, 1);
    assert_int_equal(((uint8_t *)column(sim, "vacancy", "end", KJ_U8))[0], KJ_END_LEFT_HOME);
    run_months(sim, 3); /* it costs no more: empty when January and February began */
    assert_int_equal(((int64_t *)column(sim, "municipality", "vacancy_cost_rental", KJ_I64))[0], 2 * ((int32_t *)column(sim, "dwelling", "rent", KJ_I32))[9]);
    assert_int_equal(((uint8_t *)column(sim, "household", "living", KJ_U8))[10], KJ_LIVES_HOLDING);
    assert_int_equal(((kj_id *)column(sim, "dwelling", "household", KJ_ID))[9], 11);
    assert_int_equal(((int16_t *)column(sim, "person", "queue_since", KJ_I16))[head[10] - 1], MARKET_START + 2);
    assert_int_equal(((int64_t *)column(sim, "municipality", "first_homes", KJ_I64))[0], 1);
    kj_sim_free(sim);
    market_world_free(&world);
}

/* A contract whose household is gone or has another one counts for nothing: the home is on offer again, and keeps no month of it. */
static void a_broken_contract_leaves_nothing(void **state)
{
    (void)state;
    market_world world;
    market_world_make(&world, &(market_size){.n_dwellings = 10, .n_areas = 1, .n_municipalities = 1, .vacant_every = 10, .lodger_every = 4});
    memset(kj_store_data(&world.map.store, "dwelling", "tenure", KJ_U8), KJ_TENURE_RENTAL, 10);
    kj_sim *sim = market_sim(&world, 1, false, false);
    set(sim, "housing.contract_left", 1.0);
    set(sim, "housing.search_scale", 0.0);
    set(sim, "housing.renovation_share", 0.0);
    set(sim, "housing.advertise_share", 0.0);
    set(sim, "housing.stay_none", -20.0);
    set(sim, "housing.rent_income_max", 5.0);
    run_months(sim, 1);
    const uint8_t *stage = column(sim, "vacancy", "stage", KJ_U8);
    const int16_t *month = column(sim, "vacancy", "contract", KJ_I16);
    assert_int_equal(stage[0], KJ_STAGE_CONTRACTED);
    assert_int_equal(month[0], MARKET_START + 1);
    memset(column(sim, "household", "contract", KJ_ID), 0, kj_store_table(kj_sim_store(sim), "household")->n_rows * sizeof(kj_id));
    set(sim, "housing.stay_none", 20.0); /* nobody wants it any more */
    run_months(sim, 1);
    stage = column(sim, "vacancy", "stage", KJ_U8);
    month = column(sim, "vacancy", "contract", KJ_I16);
    assert_int_equal(stage[0], KJ_STAGE_OFFERED);
    assert_int_equal(month[0], 0);
    kj_sim_free(sim);
    market_world_free(&world);
}

/* Households from outside become residents when they move in, and the chain says from where. */
static void arrivals_become_residents(void **state)
{
    (void)state;
    market_world world;
    market_world_make(&world, &(market_size){.n_dwellings = 30, .n_areas = 2, .n_municipalities = 1, .vacant_every = 3, .n_outside = 6});
    memset(kj_store_data(&world.map.store, "dwelling", "tenure", KJ_U8), KJ_TENURE_RENTAL, 30);
    kj_sim *sim = market_sim(&world, 1, true, false);
    set(sim, "housing.search_scale", 0.0);
    set(sim, "housing.stay_none", -20.0);
    set(sim, "housing.rent_income_max", 5.0);
    run_months(sim, 6);
    const uint8_t *living = column(sim, "household", "living", KJ_U8), *resident = column(sim, "person", "resident", KJ_U8);
    const uint8_t *end = column(sim, "vacancy", "end", KJ_U8), *origin = column(sim, "household", "origin", KJ_U8);
    const kj_id *filled = column(sim, "vacancy", "filled_by", KJ_ID), *head = column(sim, "household", "head", KJ_ID);
    uint32_t ended = 0;
    for (uint32_t h = 20; h < 26; h++) {
        assert_int_equal(living[h], KJ_LIVES_HOLDING);
        assert_int_equal(resident[head[h] - 1], 1);
    }
    for (uint32_t v = 0; v < 10; v++) {
        if (end[v] == KJ_END_OPEN) continue;
        ended++;
        assert_int_equal(end[v], KJ_END_COUNTY + origin[filled[v] - 1] - KJ_ORIGIN_COUNTY);
    }
    assert_int_equal(ended, 6);
    assert_int_equal(((int64_t *)column(sim, "municipality", "moved_in_households", KJ_I64))[0], 6);
    kj_sim_free(sim);
    market_world_free(&world);
}

/* Who moved to a lodging rests there, never or at once to search again as its rate says; who lodges and has not yet moved searches. */
static void lodgers_rest_at_their_rate(void **state)
{
    (void)state;
    static const struct rates { double young, older; uint32_t months; } rates[] = {{0.0, 0.0, 6}, {12.0, 12.0, 1}, {0.0, 12.0, 1}};
    for (size_t k = 0; k < sizeof rates / sizeof rates[0]; k++) {
        market_world world;
        market_world_make(&world, &(market_size){.n_dwellings = 400, .n_areas = 1, .n_municipalities = 1, .vacant_every = 0, .lodger_every = 2});
        kj_sim *sim = market_sim(&world, 1, true, false);
        set(sim, "housing.search_scale", 0.0);
        set(sim, "housing.lodger_search_rate", rates[k].young);
        set(sim, "housing.lodger_search_rate_30", rates[k].older);
        const kj_rows *household = kj_store_table(kj_sim_store(sim), "household"), *person = kj_store_table(kj_sim_store(sim), "person");
        uint8_t *cause = column(sim, "household", "search_cause", KJ_U8);
        for (uint32_t h = 0; h < household->n_rows; h++)
            if (h % 4) cause[h] = KJ_SEARCH_NO_HOME; /* three in four have moved to where they lodge */
        run_months(sim, (int)rates[k].months);
        const uint8_t *living = column(sim, "household", "living", KJ_U8);
        const int16_t *since = column(sim, "household", "searching", KJ_I16), *birth = column(sim, "person", "birth_month", KJ_I16);
        const kj_id *head = column(sim, "household", "head", KJ_ID);
        uint32_t lodging = 0, wrong = 0;
        for (uint32_t h = 0; h < household->n_rows; h++) {
            if (living[h] != KJ_LIVES_LODGING) continue;
            bool young = (MARKET_START + 1 - birth[person->row_of[head[h]]]) / 12 < 30;
            lodging++;
            wrong += (since[h] != 0) != (h % 4 == 0 || (young ? rates[k].young : rates[k].older) > 0.0);
        }
        if (lodging < 150 || wrong) fail_msg("rates %g and %g: %u of %u who lodge rest or search against their rate", rates[k].young, rates[k].older, wrong, lodging);
        kj_sim_free(sim);
        market_world_free(&world);
    }
}

/* A host that moves leaves its home to its lodger: no vacancy follows, and the chain ends so. */
static void lodger_takes_the_home_over(void **state)
{
    (void)state;
    market_world world;
    market_world_make(&world, &(market_size){.n_dwellings = 200, .n_areas = 1, .n_municipalities = 1, .vacant_every = 10, .lodger_every = 1});
    memset(kj_store_data(&world.map.store, "dwelling", "tenure", KJ_U8), KJ_TENURE_RENTAL, 200);
    memset(kj_store_data(&world.map.store, "person", "activity", KJ_U8), KJ_ACT_EMPLOYED, kj_store_table(&world.map.store, "person")->n_rows);
    kj_sim *sim = market_sim(&world, 1, true, false);
    set(sim, "housing.contract_left", 1.0);
    set(sim, "housing.search_scale", 10.0);
    set(sim, "housing.stay_none", 20.0); /* lodgers wait */
    set(sim, "housing.stay_need", -10.0);
    set(sim, "housing.stay_wish", -10.0);
    set(sim, "housing.rent_income_max", 5.0);
    set(sim, "housing.settled_factor", 0.0); /* nor does anybody move twice, the second time without a lodger */
    run_months(sim, 4);
    const uint8_t *end = column(sim, "vacancy", "end", KJ_U8);
    uint32_t n = kj_store_table(kj_sim_store(sim), "vacancy")->n_rows, taken_over = 0;
    for (uint32_t v = 0; v < n; v++) {
        assert_true(end[v] == KJ_END_OPEN || end[v] == KJ_END_LODGER);
        taken_over += end[v] == KJ_END_LODGER;
    }
    assert_true(taken_over > 5);
    assert_int_equal(n, 20); /* no child vacancy */
    kj_sim_free(sim);
    market_world_free(&world);
}

/* Nothing is free and nobody comes: the crowded and those with costly rooms to spare swap. Both move, nobody is lost, no vacancy opens,
   and adults' queue times are spent. */
static void tenants_exchange_their_homes(void **state)
{
    (void)state;
    for (int looks = 0; looks <= 20; looks += 20) {
        market_world world;
        market_world_make(&world, &(market_size){.n_dwellings = 200, .n_areas = 1, .n_municipalities = 1});
        memset(kj_store_data(&world.map.store, "dwelling", "tenure", KJ_U8), KJ_TENURE_RENTAL, 200);
        kj_id before[200];
        memcpy(before, kj_store_data(&world.map.store, "dwelling", "household", KJ_ID), sizeof before);
        kj_sim *sim = market_sim(&world, 1, true, false); /* audited: homes and households agree after each month */
        set(sim, "housing.search_scale", 10.0);
        set(sim, "housing.rent_income_max", 5.0);
        set(sim, "housing.exchange_looks", looks);
        run_months(sim, 11);
        const int64_t *exchanged = column(sim, "municipality", "exchanged_rentals", KJ_I64), *moves = column(sim, "municipality", "household_moves", KJ_I64);
        const kj_id *after = column(sim, "dwelling", "household", KJ_ID), *head = column(sim, "household", "head", KJ_ID);
        const int16_t *moved = column(sim, "household", "moved", KJ_I16), *queue = column(sim, "person", "queue_since", KJ_I16);
        int64_t changed = 0;
        for (uint32_t d = 0; d < 200; d++) {
            if (after[d] == before[d]) continue;
            changed++;
            assert_true(moved[after[d] - 1] > MARKET_START);
            assert_int_equal(queue[head[after[d] - 1] - 1], moved[after[d] - 1]);
        }
        assert_int_equal(kj_store_table(kj_sim_store(sim), "vacancy")->n_rows, 0);
        assert_int_equal(exchanged[0], moves[0]);
        assert_true(exchanged[0] % 2 == 0 && changed <= exchanged[0]);
        assert_true(looks ? changed > 10 : changed == 0);
        kj_sim_free(sim);
        market_world_free(&world);
    }
}

/* Nobody swaps over the border of a municipality, and a municipality among many swaps as often as the map of one does. */
static void tenants_exchange_within_their_municipality(void **state)
{
    (void)state;
    int64_t exchanged[2] = {0};
    for (int k = 0; k < 2; k++) {
        const uint32_t n = k ? 10 : 1;
        market_world world;
        market_world_make(&world, &(market_size){.n_dwellings = 1000, .n_areas = 10, .n_municipalities = n});
        memset(kj_store_data(&world.map.store, "dwelling", "tenure", KJ_U8), KJ_TENURE_RENTAL, 1000);
        kj_sim *sim = market_sim(&world, 1, true, false);
        set(sim, "housing.search_scale", 10.0);
        set(sim, "housing.rent_income_max", 5.0);
        run_months(sim, 11);
        const kj_id *after = column(sim, "dwelling", "household", KJ_ID), *of = column(sim, "area", "municipality", KJ_ID);
        const int32_t *cell = column(sim, "dwelling", "cell", KJ_I32), *area = column(sim, "cell", "area", KJ_I32);
        for (uint32_t d = 0; d < 1000; d++) /* household h lived in dwelling h when the run began */
            assert_int_equal(of[area[cell[d]]], of[area[cell[after[d] - 1]]]);
        const int64_t *all = column(sim, "municipality", "exchanged_rentals", KJ_I64);
        for (uint32_t m = 0; m < n; m++) exchanged[k] += all[m];
        kj_sim_free(sim);
        market_world_free(&world);
    }
    if (exchanged[0] < 100 || exchanged[1] < exchanged[0] / 2) fail_msg("%lld on a map of one municipality, %lld of ten", (long long)exchanged[0], (long long)exchanged[1]);
}

/* A flat of one room is offered to two lodgers, and to households from outside, at once: the one with the longest queue time gets it where the landlord asks for
   nothing else; where the young come first, the young one; where residents come first, no household from outside. */
static uint32_t who_gets_it(const char *first, double share, int32_t young, uint32_t n_outside)
{
    market_world world;
    market_world_make(&world, &(market_size){.n_dwellings = 10, .n_areas = 1, .n_municipalities = 1, .vacant_every = 10, .lodger_every = 4, .n_outside = n_outside});
    memset(kj_store_data(&world.map.store, "dwelling", "tenure", KJ_U8), KJ_TENURE_RENTAL, 10);
    memset(kj_store_data(&world.map.store, "dwelling", "kind", KJ_U8), KJ_FLAT, 10);
    memset(kj_store_data(&world.map.store, "dwelling", "rooms", KJ_U8), 1, 10);
    int32_t *since = kj_store_data(&world.map.store, "person", "queue_since", KJ_I32), *birth = kj_store_data(&world.map.store, "person", "birth_month", KJ_I32);
    kj_id *head = kj_store_data(&world.map.store, "household", "head", KJ_ID), *work = kj_store_data(&world.map.store, "person", "workplace", KJ_ID);
    uint8_t *activity = kj_store_data(&world.map.store, "person", "activity", KJ_U8);
    for (uint32_t h = 9; h < 11 + n_outside; h++) {
        uint32_t p = head[h] - 1;
        birth[p] = MARKET_START - 12 * 40;
        since[p] = MARKET_START - 20 * (int32_t)(h - 8); /* later households longer */
        activity[p] = KJ_ACT_EMPLOYED;
        work[p] = 0;
    }
    if (young) birth[head[9] - 1] = MARKET_START - 12 * young;
    kj_sim *sim = market_sim(&world, 1, true, false);
    set(sim, "housing.search_scale", 0.0);
    set(sim, "housing.lot_share", 0.0);
    set(sim, "housing.internal_share", 0.0);
    set(sim, "housing.advertise_share", 0.0);
    set(sim, "housing.rent_income_max", 5.0);
    set(sim, "housing.stay_none", -20.0);
    set(sim, "housing.resident_share", 0.0);
    set(sim, "housing.youth_share", 0.0);
    if (first) set(sim, first, share);
    run_months(sim, 1);
    const kj_id *filled = column(sim, "vacancy", "filled_by", KJ_ID);
    uint32_t taker = filled[0];
    kj_sim_free(sim);
    market_world_free(&world);
    return taker;
}

static void some_come_before_the_queue(void **state)
{
    (void)state;
    assert_int_equal(who_gets_it(NULL, 0.0, 0, 0), 11);
    assert_int_equal(who_gets_it(NULL, 0.0, 20, 0), 11);
    assert_int_equal(who_gets_it("housing.youth_share", 1.0, 20, 0), 10);
    assert_int_equal(who_gets_it("housing.youth_share", 1.0, 26, 0), 11); /* 26: no longer young */
    assert_int_equal(who_gets_it(NULL, 0.0, 0, 2), 13);                    /* the longest wait is one from outside */
    assert_int_equal(who_gets_it("housing.resident_share", 1.0, 0, 2), 11);
}

/* Need of rooms by norm 3, and what a home of fewer rooms costs those who have one. */
static void space_is_measured_by_norm_3(void **state)
{
    (void)state;
    housing_params p = defaults();
    assert_int_equal(housing_rooms_needed(1, KJ_HH_SINGLE), 2);
    assert_int_equal(housing_rooms_needed(2, KJ_HH_SINGLE_PARENT), 3);
    assert_int_equal(housing_rooms_needed(2, KJ_HH_COUPLE), 2);
    assert_int_equal(housing_rooms_needed(4, KJ_HH_COUPLE_CHILDREN), 4);
    assert_int_equal(housing_rooms_needed(3, KJ_HH_OTHER), 4);
    assert_true(fabsf(housing_space_value(&p, 1.0f, 2.0f, 0.0f) + (float)p.beta_under) < 1e-6f);
    assert_true(fabsf(housing_space_value(&p, 5.0f, 2.0f, 0.0f) + 2.0f * (float)p.beta_over) < 1e-6f);
    assert_true(fabsf(housing_space_value(&p, 3.0f, 2.0f, 5.0f) + 2.0f * (float)p.beta_fewer) < 1e-6f);
    assert_true(housing_space_value(&p, 3.0f, 2.0f, 2.0f) == 0.0f);
}

/* A subtenant does not inherit the contract: the host's move leaves a vacancy as any other. */
static void subtenant_does_not_take_the_home_over(void **state)
{
    (void)state;
    market_world world;
    market_world_make(&world, &(market_size){.n_dwellings = 200, .n_areas = 1, .n_municipalities = 1, .vacant_every = 10, .lodger_every = 1});
    memset(kj_store_data(&world.map.store, "dwelling", "tenure", KJ_U8), KJ_TENURE_RENTAL, 200);
    uint32_t n_households = kj_store_table(&world.map.store, "household")->n_rows;
    memset(kj_store_data(&world.map.store, "household", "sublet", KJ_U8), 1, n_households);
    memset(kj_store_data(&world.map.store, "person", "activity", KJ_U8), KJ_ACT_EMPLOYED, kj_store_table(&world.map.store, "person")->n_rows);
    kj_sim *sim = market_sim(&world, 1, true, false);
    set(sim, "housing.search_scale", 10.0);
    set(sim, "housing.stay_none", 20.0);
    set(sim, "housing.stay_need", -10.0);
    set(sim, "housing.stay_wish", -10.0);
    set(sim, "housing.rent_income_max", 5.0);
    run_months(sim, 4);
    const uint8_t *end = column(sim, "vacancy", "end", KJ_U8);
    uint32_t n = kj_store_table(kj_sim_store(sim), "vacancy")->n_rows;
    for (uint32_t v = 0; v < n; v++) assert_true(end[v] == KJ_END_OPEN || end[v] == KJ_END_CONTINUES);
    assert_true(n > 25);
    kj_sim_free(sim);
    market_world_free(&world);
}

/* Student and senior homes go to students and to those old enough only. */
static void eligibility_holds(void **state)
{
    (void)state;
    market_world world;
    market_world_make(&world, &(market_size){.n_dwellings = 3000, .n_areas = 4, .n_municipalities = 1, .vacant_every = 40, .lodger_every = 20, .n_outside = 40});
    kj_sim *sim = market_sim(&world, 1, false, true);
    run_months(sim, 24);
    kj_rows *rows = kj_store_table(kj_sim_store(sim), "vacancy");
    const uint8_t *tenure = column(sim, "vacancy", "tenure", KJ_U8), *end = column(sim, "vacancy", "end", KJ_U8);
    const uint8_t *age = column(sim, "vacancy", "mover_age", KJ_U8);
    uint32_t student = 0, senior = 0;
    for (uint32_t v = 0; v < rows->n_rows; v++) {
        if (end[v] == KJ_END_OPEN) continue;
        student += tenure[v] == KJ_TENURE_STUDENT;
        if (tenure[v] != KJ_TENURE_SENIOR) continue;
        senior++;
        assert_true(age[v] >= 65);
    }
    assert_true(student > 0 && senior > 0);
    kj_sim_free(sim);
    market_world_free(&world);
}

static void close_to(double expected, double found, double error)
{
    if (fabs(expected - found) > error) fail_msg("%.6f, expected %.6f", found, expected);
}

/* A taste is the logarithm of a share over the map's share, with the map's homes of that kind as prior. */
static void tastes_are_shares(void **state)
{
    (void)state;
    housing_crowd map = {{0}}, here = {{0}};
    map.n[HOUSING_STAGE_FAMILY] = 100, map.n[HOUSING_STAGE_OLD] = 300;                                        /* in flats */
    map.n[HOUSING_STAGES + HOUSING_STAGE_FAMILY] = 400, map.n[HOUSING_STAGES + HOUSING_STAGE_OLD] = 200;      /* in small houses */
    here.n[HOUSING_STAGES + HOUSING_STAGE_FAMILY] = 90, here.n[HOUSING_STAGES + HOUSING_STAGE_OLD] = 10;
    close_to(log(0.9 / 0.5), housing_taste(&here, &map, HOUSING_IN_HOUSE, HOUSING_STAGE_FAMILY, 1e-6), 1e-4);
    close_to(log(0.1 / 0.5), housing_taste(&here, &map, HOUSING_IN_HOUSE, HOUSING_STAGE_OLD, 1e-6), 1e-4);
    close_to(log(0.25 / 0.5), housing_taste(&here, &map, HOUSING_IN_FLAT, HOUSING_STAGE_FAMILY, 20.0), 2e-3); /* no flats here: as on the map */
    double usual = (90.0 + 100.0 * 400.0 / 600.0) / 200.0; /* a hundred households of the map's mix beside the hundred that are here */
    close_to(log(usual / 0.5), housing_taste(&here, &map, HOUSING_IN_HOUSE, HOUSING_STAGE_FAMILY, 100.0), 2e-3);
    close_to(0.0, housing_taste(&here, &map, HOUSING_IN_HOUSE, HOUSING_STAGE_YOUNG, 20.0), 0.0); /* nobody anywhere */
    assert_int_equal(HOUSING_STAGE_FAMILY, housing_stage_of(KJ_HH_SINGLE_PARENT, 1, 54));
    assert_int_equal(HOUSING_STAGE_MIDDLE, housing_stage_of(KJ_HH_COUPLE_CHILDREN, 1, 55));
    assert_int_equal(HOUSING_STAGE_COUPLE, housing_stage_of(KJ_HH_COUPLE, 0, 22));
    assert_int_equal(HOUSING_STAGE_YOUNG, housing_stage_of(KJ_HH_SINGLE, 0, 29));
    assert_int_equal(HOUSING_STAGE_OLD, housing_stage_of(KJ_HH_COUPLE, 0, 65));
}

/* Only old households live in the first of two areas: with the weight of tastes the old look there more than without. */
static int32_t old_who_look_in_first_area(double weight)
{
    market_world world;
    market_world_make(&world, &(market_size){.n_dwellings = 3000, .n_areas = 2, .n_municipalities = 1, .vacant_every = 15});
    int32_t *birth = kj_store_data(&world.map.store, "person", "birth_month", KJ_I32);
    const int32_t *area = kj_store_data(&world.map.store, "cell", "area", KJ_I32), *cell = kj_store_data(&world.map.store, "dwelling", "cell", KJ_I32);
    const kj_id *home = kj_store_data(&world.map.store, "household", "dwelling", KJ_ID), *of = kj_store_data(&world.map.store, "person", "household", KJ_ID);
    const kj_rows *persons = kj_store_table(&world.map.store, "person"), *households = kj_store_table(&world.map.store, "household"),
                  *homes = kj_store_table(&world.map.store, "dwelling");
    for (uint32_t p = 0; p < persons->n_rows; p++) {
        kj_id d = of[p] ? home[households->row_of[of[p]]] : 0;
        bool old = d && area[cell[homes->row_of[d]]] == 0;
        birth[p] = MARKET_START - 12 * (old ? 70 : 28);
    }
    kj_sim *sim = market_sim(&world, 1, true, false);
    set(sim, "housing.taste_weight", weight);
    set(sim, "housing.search_scale", 3.0);
    set(sim, "housing.area_power", 0.0);
    set(sim, "housing.work_power", 0.0);
    run_months(sim, 12);
    const int16_t *where = column(sim, "vacancy", "area", KJ_I16);
    const uint8_t *age = column(sim, "vacancy", "mover_age", KJ_U8), *end = column(sim, "vacancy", "end", KJ_U8);
    int32_t there = 0, all = 0;
    for (uint32_t v = 0; v < kj_store_table(kj_sim_store(sim), "vacancy")->n_rows; v++) {
        if (end[v] == KJ_END_OPEN || age[v] < 65) continue;
        all++;
        there += where[v] == 0;
    }
    assert_true(all > 40);
    kj_sim_free(sim);
    market_world_free(&world);
    return 100 * there / all;
}

static void people_move_where_their_like_live(void **state)
{
    (void)state;
    int32_t without = old_who_look_in_first_area(0.0), with = old_who_look_in_first_area(2.0);
    if (with < without + 20 || without > 75) fail_msg("of the old %d %% move within their area without tastes, %d %% with", without, with);
}

/* A home that its holder left in the market was on offer before: its contract takes the rest of the time alone. */
static void left_homes_are_taken_over_sooner(void **state)
{
    (void)state;
    market_world world;
    market_world_make(&world, &(market_size){.n_dwellings = 3000, .n_areas = 4, .n_municipalities = 1, .vacant_every = 40, .lodger_every = 20, .n_outside = 40});
    kj_sim *sim = market_sim(&world, 1, true, true);
    set(sim, "housing.contract_rental", 24.0);
    set(sim, "housing.contract_owner", 24.0);
    set(sim, "housing.contract_left", 0.0);
    run_months(sim, 20);
    const uint8_t *cause = column(sim, "vacancy", "cause", KJ_U8), *end = column(sim, "vacancy", "end", KJ_U8);
    uint32_t closed = 0;
    for (uint32_t v = 0; v < kj_store_table(kj_sim_store(sim), "vacancy")->n_rows; v++) {
        if (end[v] == KJ_END_OPEN || end[v] == KJ_END_DEMOLISHED) continue;
        closed++;
        assert_true(cause[v] == KJ_CAUSE_MOVE || cause[v] == KJ_CAUSE_OUT || cause[v] == KJ_CAUSE_START);
    }
    assert_true(closed > 5);
    kj_sim_free(sim);
    market_world_free(&world);
}

/* Nobody searches, so that each empty home costs its owner the same in each of eleven months: rent, or fee and interest on the price as asked. */
static void empty_homes_cost_their_owners(void **state)
{
    (void)state;
    market_world world;
    market_world_make(&world, &(market_size){.n_dwellings = 500, .n_areas = 2, .n_municipalities = 1, .vacant_every = 9});
    kj_sim *sim = market_sim(&world, 1, true, false);
    set(sim, "housing.search_scale", 0.0);
    set(sim, "housing.interest", 0.05);
    set(sim, "housing.interest_relief", 0.4);
    const int months = 11; /* from January on */
    run_months(sim, months);
    const kj_id *dwelling = column(sim, "vacancy", "dwelling", KJ_ID);
    const uint8_t *tenure = column(sim, "vacancy", "tenure", KJ_U8);
    const int32_t *rent = column(sim, "dwelling", "rent", KJ_I32), *price = column(sim, "dwelling", "price", KJ_I32);
    int64_t cost[3] = {0, 0, 0};
    for (uint32_t v = 0; v < kj_store_table(kj_sim_store(sim), "vacancy")->n_rows; v++) {
        uint32_t d = dwelling[v] - 1;
        bool sold = tenure[v] == KJ_TENURE_COOP || tenure[v] == KJ_TENURE_OWNER;
        assert_true(sold == (price[d] > 0));
        cost[sold ? tenure[v] : 0] += months * (rent[d] + (int64_t)(price[d] * 0.03 / 12.0));
    }
    assert_true(cost[KJ_TENURE_RENTAL] > 0 && cost[KJ_TENURE_COOP] > 0 && cost[KJ_TENURE_OWNER] > 0);
    assert_int_equal(((int64_t *)column(sim, "municipality", "vacancy_cost_rental", KJ_I64))[0], cost[KJ_TENURE_RENTAL]);
    assert_true(llabs(((int64_t *)column(sim, "municipality", "vacancy_cost_coop", KJ_I64))[0] - cost[KJ_TENURE_COOP]) < 500); /* whole kronor of each home */
    assert_true(llabs(((int64_t *)column(sim, "municipality", "vacancy_cost_owner", KJ_I64))[0] - cost[KJ_TENURE_OWNER]) < 500);
    kj_sim_free(sim);
    market_world_free(&world);
}

/* Prices rise where bids are many, fall where there are none, and stay within their bounds. */
static void price_index_follows_bids(void **state)
{
    (void)state;
    market_world world;
    market_world_make(&world, &(market_size){.n_dwellings = 2000, .n_areas = 4, .n_municipalities = 1, .vacant_every = 20, .n_outside = 40});
    kj_sim *sim = market_sim(&world, 1, true, false);
    set(sim, "housing.search_scale", 0.0); /* nobody bids but the few from outside */
    run_months(sim, 24);
    const float *index = column(sim, "area", "price_index", KJ_F32);
    for (int a = 0; a < 4; a++) assert_true(index[a] < 0.9f && index[a] >= 0.6f);
    float before = index[0] + index[1] + index[2] + index[3];
    set(sim, "housing.search_scale", 10.0);
    set(sim, "housing.price_balance", 0.1);
    set(sim, "housing.price_ceiling", 1.0);
    run_months(sim, 24);
    index = column(sim, "area", "price_index", KJ_F32);
    assert_true(index[0] + index[1] + index[2] + index[3] > before + 0.1f);
    for (int a = 0; a < 4; a++) assert_true(index[a] <= 1.0f);
    kj_sim_free(sim);
    market_world_free(&world);
}

enum { LUCKY_AREAS = 6 };

/* Persons a held home by area after two years of many moves. */
static void sizes_by_area(double area_luck, int n_threads, double out[LUCKY_AREAS])
{
    market_world world;
    double homes[LUCKY_AREAS] = {0};
    market_world_make(&world, &(market_size){.n_dwellings = 6000, .n_areas = LUCKY_AREAS, .n_municipalities = 1, .vacant_every = 20, .n_outside = 40});
    kj_sim *sim = market_sim(&world, n_threads, false, false);
    set(sim, "housing.area_luck", area_luck);
    set(sim, "housing.search_scale", 4.0);
    set(sim, "housing.crowded_factor", 1.0); /* enough moves for luck to show */
    run_months(sim, 24);
    const kj_rows *dwellings = kj_store_table(kj_sim_store(sim), "dwelling"), *households = kj_store_table(kj_sim_store(sim), "household");
    const kj_id *holder = column(sim, "dwelling", "household", KJ_ID);
    const int32_t *cell = column(sim, "dwelling", "cell", KJ_I32), *area = column(sim, "cell", "area", KJ_I32);
    const uint8_t *size = column(sim, "household", "size", KJ_U8);
    for (int a = 0; a < LUCKY_AREAS; a++) out[a] = 0.0;
    for (uint32_t d = 0; d < dwellings->n_rows; d++) {
        if (!holder[d]) continue;
        out[area[cell[d]]] += size[households->row_of[holder[d]]];
        homes[area[cell[d]]] += 1.0;
    }
    for (int a = 0; a < LUCKY_AREAS; a++) out[a] /= homes[a];
    kj_sim_free(sim);
    market_world_free(&world);
}

static double apart(const double a[LUCKY_AREAS], const double b[LUCKY_AREAS])
{
    double sum = 0.0;
    for (int i = 0; i < LUCKY_AREAS; i++) sum += (a[i] - b[i]) * (a[i] - b[i]) / LUCKY_AREAS;
    return sqrt(sum);
}

/* Areas go ways of their own when they have luck of their own, much further than a world does that differs by next to nothing; the
   same on any number of threads. */
static void luck_of_areas_sets_them_apart(void **state)
{
    (void)state;
    double without[LUCKY_AREAS], hardly[LUCKY_AREAS], with[LUCKY_AREAS], threads[LUCKY_AREAS];
    sizes_by_area(0.0, 1, without);
    sizes_by_area(0.01, 1, hardly);
    sizes_by_area(1.5, 1, with);
    sizes_by_area(1.5, 3, threads);
    if (apart(with, without) < 3.0 * apart(hardly, without))
        fail_msg("persons a home differ by %.4f with luck of areas, by %.4f with hardly any", apart(with, without), apart(hardly, without));
    assert_true(memcmp(with, threads, sizeof with) == 0);
}

/* The invariants do see what is wrong. */
static void broken_worlds_are_found(void **state)
{
    (void)state;
    static const char *const wanted[] = {"housing.homes", "housing.forest"};
    for (int fault = 0; fault < 2; fault++) {
        market_world world;
        market_world_make(&world, &(market_size){.n_dwellings = 100, .n_areas = 2, .n_municipalities = 1, .vacant_every = 10});
        kj_sim *sim = market_sim(&world, 1, true, false);
        run_months(sim, 1);
        if (fault == 0) ((kj_id *)column(sim, "dwelling", "household", KJ_ID))[3] = 77;
        else ((int16_t *)column(sim, "vacancy", "round", KJ_I16))[2] = 5;
        kj_error err = {0};
        assert_int_equal(kj_sim_month(&err, sim), KJ_E_INVARIANT);
        assert_non_null(strstr(err.text, wanted[fault]));
        kj_sim_free(sim);
        market_world_free(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loan_to_value_binds), cmocka_unit_test(left_to_live_on_binds), cmocka_unit_test(wealth_is_a_trait), cmocka_unit_test(prices_follow_place_and_age),
        cmocka_unit_test(longest_queue_gets_the_home), cmocka_unit_test(a_broken_contract_leaves_nothing), cmocka_unit_test(arrivals_become_residents), cmocka_unit_test(lodger_takes_the_home_over), cmocka_unit_test(subtenant_does_not_take_the_home_over),
        cmocka_unit_test(lodgers_rest_at_their_rate), cmocka_unit_test(tastes_are_shares), cmocka_unit_test(tenants_exchange_their_homes), cmocka_unit_test(tenants_exchange_within_their_municipality), cmocka_unit_test(some_come_before_the_queue),
        cmocka_unit_test(space_is_measured_by_norm_3), cmocka_unit_test(people_move_where_their_like_live), cmocka_unit_test(left_homes_are_taken_over_sooner),
        cmocka_unit_test(eligibility_holds), cmocka_unit_test(empty_homes_cost_their_owners), cmocka_unit_test(price_index_follows_bids), cmocka_unit_test(luck_of_areas_sets_them_apart), cmocka_unit_test(broken_worlds_are_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
