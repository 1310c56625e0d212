/* Sixty months of a busy market: the forest of vacancies, homes and households, checked after every month; nobody and no
   home lost; the same state for any number of threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <math.h>

#include <cmocka.h>

#include "../shared/market_world.h"
#include "../shared/sim_access.h"

enum { MONTHS = 60 };

static const market_size town = {.n_dwellings = 1500, .n_areas = 6, .n_municipalities = 2, .vacant_every = 60, .lodger_every = 30, .n_outside = 20};

static void invariants_hold_every_month(void **state)
{
    (void)state;
    market_world world;
    market_world_make(&world, &town);
    kj_sim *sim = market_sim(&world, 1, true, true);
    run_months(sim, MONTHS);
    kj_sim_free(sim);
    market_world_free(&world);
}

/* What audit's invariants do not say: walking down from every root meets every vacancy exactly once, the filler of a
   continued vacancy came from the child's dwelling, and a chain's months never go backwards. */
static void forest_is_walked_once(void **state)
{
    (void)state;
    market_world world;
    market_world_make(&world, &town);
    kj_sim *sim = market_sim(&world, 1, false, true);
    run_months(sim, MONTHS);
    kj_rows *rows = kj_store_table(kj_sim_store(sim), "vacancy");
    const kj_id *parent = column(sim, "vacancy", "parent", KJ_ID), *from = column(sim, "vacancy", "from_dwelling", KJ_ID);
    const kj_id *dwelling = column(sim, "vacancy", "dwelling", KJ_ID);
    const int16_t *opened = column(sim, "vacancy", "opened", KJ_I16), *closed = column(sim, "vacancy", "closed", KJ_I16);
    const uint8_t *end = column(sim, "vacancy", "end", KJ_U8), *stage = column(sim, "vacancy", "stage", KJ_U8);
    uint32_t *child = calloc(rows->n_rows, sizeof *child), reached = 0, continued = 0, ends[KJ_END_COUNT] = {0};
    assert_non_null(child);
    for (uint32_t v = 0; v < rows->n_rows; v++)
        if (parent[v]) child[rows->row_of[parent[v]]] = v + 1;
    for (uint32_t root = 0; root < rows->n_rows; root++) {
        if (parent[root]) continue;
        for (uint32_t v = root;; v = child[v] - 1) {
            reached++;
            ends[end[v]]++;
            if (stage[v] == KJ_STAGE_CLOSED) assert_true(closed[v] >= opened[v]);
            if (end[v] != KJ_END_CONTINUES) {
                assert_int_equal(child[v], 0);
                break;
            }
            continued++;
            assert_int_equal(from[v], dwelling[child[v] - 1]);
            assert_int_equal(closed[v], opened[child[v] - 1]);
        }
    }
    assert_int_equal(reached, rows->n_rows);
    assert_true(3 * continued > reached && reached > 600); /* chains do form: a third of some hundreds of vacancies lead to another */
    assert_true(ends[KJ_END_LEFT_HOME] > 0 && ends[KJ_END_SEPARATED] > 0);
    assert_true(ends[KJ_END_COUNTY] > 0 && ends[KJ_END_COUNTRY] > 0 && ends[KJ_END_ABROAD] > 0 && ends[KJ_END_LODGER] > 0);
    free(child);
    kj_sim_free(sim);
    market_world_free(&world);
}

/* The flows of the municipalities agree with the forest, and L = 1 / (1 - c) holds for closed links. */
static void flows_agree_with_forest(void **state)
{
    (void)state;
    market_world world;
    market_world_make(&world, &town);
    kj_sim *sim = market_sim(&world, 1, false, true);
    int64_t roots = 0, closed = 0, moves = 0;
    for (int year = 0; year < 5; year++) {
        run_months(sim, 12);
        const int64_t *opened_now = column(sim, "municipality", "chains", KJ_I64), *closed_now = column(sim, "municipality", "chains_closed", KJ_I64);
        const int64_t *moves_now = column(sim, "municipality", "chain_moves", KJ_I64);
        for (int m = 0; m < 2; m++) {
            roots += opened_now[m];
            closed += closed_now[m];
            moves += moves_now[m];
        }
    }
    kj_rows *rows = kj_store_table(kj_sim_store(sim), "vacancy");
    const kj_id *parent = column(sim, "vacancy", "parent", KJ_ID);
    const int16_t *round = column(sim, "vacancy", "round", KJ_I16);
    const uint8_t *end = column(sim, "vacancy", "end", KJ_U8), *cause = column(sim, "vacancy", "cause", KJ_U8);
    int64_t forest_roots = 0, forest_closed = 0, forest_moves = 0;
    for (uint32_t v = 0; v < rows->n_rows; v++) {
        if (!parent[v] && cause[v] != KJ_CAUSE_START) forest_roots++;
        if (end[v] == KJ_END_OPEN || end[v] == KJ_END_CONTINUES) continue;
        forest_closed++;
        forest_moves += round[v];
    }
    assert_int_equal(roots, forest_roots);
    assert_int_equal(closed, forest_closed);
    assert_int_equal(moves, forest_moves);
    kj_sim_free(sim);
    market_world_free(&world);
}

static bool is_filled(uint8_t stage, uint8_t end) { return stage == KJ_STAGE_CLOSED && end != KJ_END_DEMOLISHED; }

/* December's counts of open vacancies by stage, added to `all`, are a recount by their months. */
static void recount_stages(kj_sim *sim, kj_month now, int64_t all[4])
{
    static const char *const names[4] = {"under_notice", "under_renovation", "vacant_contracted", "vacant_on_offer"};
    const int16_t *available = column(sim, "vacancy", "available", KJ_I16);
    const uint8_t *months = column(sim, "vacancy", "renovation_months", KJ_U8), *stage = column(sim, "vacancy", "stage", KJ_U8);
    int64_t count[4] = {0};
    for (uint32_t v = 0; v < kj_store_table(kj_sim_store(sim), "vacancy")->n_rows; v++) {
        if (stage[v] == KJ_STAGE_NOTICE) count[months[v] && now >= available[v] - months[v]]++;
        count[2] += stage[v] == KJ_STAGE_CONTRACTED;
        count[3] += stage[v] == KJ_STAGE_OFFERED;
    }
    for (int k = 0; k < 4; k++) {
        const int64_t *found = column(sim, "municipality", names[k], KJ_I64);
        if (found[0] + found[1] != count[k]) fail_msg("%s: expected %lld, found %lld", names[k], (long long)count[k], (long long)(found[0] + found[1]));
        all[k] += count[k];
    }
}

/* Notice, renovation, offer, contract and moving in follow each other in every vacancy. */
static void stages_follow_each_other(void **state)
{
    (void)state;
    market_world world;
    market_world_make(&world, &town);
    kj_sim *sim = market_sim(&world, 1, false, true);
    int64_t open[4] = {0};
    for (int year = 1; year <= MONTHS / 12; year++) {
        run_months(sim, 12);
        recount_stages(sim, MARKET_START + 12 * year, open);
    }
    for (int k = 0; k < 4; k++) assert_true(open[k] > 0);
    const int16_t *opened = column(sim, "vacancy", "opened", KJ_I16), *available = column(sim, "vacancy", "available", KJ_I16);
    const int16_t *contract = column(sim, "vacancy", "contract", KJ_I16), *closed = column(sim, "vacancy", "closed", KJ_I16);
    const uint8_t *months = column(sim, "vacancy", "renovation_months", KJ_U8), *stage = column(sim, "vacancy", "stage", KJ_U8), *end = column(sim, "vacancy", "end", KJ_U8);
    const uint8_t *tenure = column(sim, "vacancy", "tenure", KJ_U8), *cause = column(sim, "vacancy", "cause", KJ_U8);
    uint32_t under_notice = 0, renovated = 0;
    for (uint32_t v = 0; v < kj_store_table(kj_sim_store(sim), "vacancy")->n_rows; v++) {
        assert_true(available[v] - months[v] >= opened[v]);
        under_notice += available[v] - months[v] > opened[v];
        renovated += months[v] > 0;
        bool sold = tenure[v] == KJ_TENURE_COOP || tenure[v] == KJ_TENURE_OWNER;
        assert_true(months[v] == 0 || (months[v] == 2 && !sold && cause[v] != KJ_CAUSE_NEW)); /* renovation_months */
        if (is_filled(stage[v], end[v])) assert_true(contract[v] >= available[v] && contract[v] <= closed[v]);
        else assert_true(stage[v] == KJ_STAGE_CONTRACTED ? contract[v] >= available[v] && contract[v] <= MARKET_START + MONTHS : contract[v] == 0);
    }
    assert_true(under_notice > 20 && renovated > 50); /* of some hundreds */
    kj_sim_free(sim);
    market_world_free(&world);
}

/* Rents that stand still: what landlords lose in a year is each home's rent times the months of the year that began with it empty. */
static void lost_rents_agree_with_forest(void **state)
{
    (void)state;
    market_world world;
    kj_error err = {0};
    market_world_make(&world, &town);
    kj_sim *sim = market_sim(&world, 1, false, true);
    if (kj_sim_set_param(&err, sim, "housing.rent_rise", 0.0)) fail_msg("%s", err.text);
    run_months(sim, MONTHS);
    const kj_month now = MARKET_START + MONTHS, before = now - 12;
    const kj_rows *rows = kj_store_table(kj_sim_store(sim), "vacancy"), *dwellings = kj_store_table(kj_sim_store(sim), "dwelling");
    const kj_id *dwelling = column(sim, "vacancy", "dwelling", KJ_ID), *municipality = column(sim, "area", "municipality", KJ_ID);
    const int16_t *opened = column(sim, "vacancy", "opened", KJ_I16), *closed = column(sim, "vacancy", "closed", KJ_I16), *area = column(sim, "vacancy", "area", KJ_I16);
    const uint8_t *tenure = column(sim, "vacancy", "tenure", KJ_U8), *stage = column(sim, "vacancy", "stage", KJ_U8);
    const int32_t *rent = column(sim, "dwelling", "rent", KJ_I32);
    int64_t lost[2] = {0, 0};
    for (uint32_t v = 0; v < rows->n_rows; v++) {
        kj_month from = opened[v] > before ? opened[v] : before, to = stage[v] == KJ_STAGE_CLOSED ? closed[v] : now;
        if (tenure[v] == KJ_TENURE_COOP || tenure[v] == KJ_TENURE_OWNER || to <= from) continue;
        lost[municipality[area[v]] - 1] += (int64_t)(to - from) * rent[dwellings->row_of[dwelling[v]]];
    }
    const int64_t *found = column(sim, "municipality", "vacancy_cost_rental", KJ_I64);
    assert_true(lost[0] > 0 && lost[1] > 0);
    assert_int_equal(found[0], lost[0]);
    assert_int_equal(found[1], lost[1]);
    kj_sim_free(sim);
    market_world_free(&world);
}

/* Bookkeeping on the links of complete chains: moves a chain L = 1 / (1 - s v), with s the share of movers who lived in the
   map, v the share of those who left a dwelling empty behind them. Links, origins and dwellings are counted apart. */
static void chain_length_follows_from_shares(void **state)
{
    (void)state;
    market_world world;
    market_world_make(&world, &town);
    kj_sim *sim = market_sim(&world, 1, false, true);
    run_months(sim, MONTHS);
    kj_rows *rows = kj_store_table(kj_sim_store(sim), "vacancy");
    const kj_id *parent = column(sim, "vacancy", "parent", KJ_ID), *root = column(sim, "vacancy", "root", KJ_ID), *from = column(sim, "vacancy", "from_dwelling", KJ_ID);
    const uint8_t *end = column(sim, "vacancy", "end", KJ_U8);
    uint8_t *is_open = calloc(rows->n_rows, 1);
    assert_non_null(is_open);
    for (uint32_t v = 0; v < rows->n_rows; v++)
        if (end[v] == KJ_END_OPEN) is_open[rows->row_of[root[v]]] = 1;
    double chains = 0, moves = 0, inside = 0, left_empty = 0, left_home = 0;
    for (uint32_t v = 0; v < rows->n_rows; v++) {
        if (is_open[rows->row_of[root[v]]]) continue;
        chains += parent[v] == 0;
        left_empty += parent[v] != 0; /* every later vacancy is the home that somebody left */
        moves += 1;
        inside += end[v] != KJ_END_COUNTY && end[v] != KJ_END_COUNTRY && end[v] != KJ_END_ABROAD;
        left_home += from[v] != 0;
    }
    free(is_open);
    assert_true(chains > 100.0 && left_empty > 50.0 && inside < moves);
    assert_true(left_home >= left_empty); /* the others left it to their lodgers */
    double s = inside / moves, v = left_empty / inside, length = moves / chains;
    printf("# %.0f complete chains, %.3f moves each; s %.3f, v %.3f\n", chains, length, s, v);
    assert_true(fabs(length - 1.0 / (1.0 - s * v)) < 1e-9);
    kj_sim_free(sim);
    market_world_free(&world);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    char hash[2][33];
    for (int i = 0; i < 2; i++) {
        market_world world;
        market_world_make(&world, &(market_size){.n_dwellings = 9000, .n_areas = 6, .n_municipalities = 1, .vacant_every = 60, .lodger_every = 30, .n_outside = 50});
        kj_sim *sim = market_sim(&world, i ? 3 : 1, false, true);
        run_months(sim, 18);
        kj_sim_hash(sim, hash[i]);
        kj_sim_free(sim);
        market_world_free(&world);
    }
    assert_string_equal(hash[0], hash[1]);
}

/* Households that search are counted in December where they live, also those whose turn to look it is not, and those who lodge at their host's. */
static void all_who_search_are_counted(void **state)
{
    (void)state;
    market_world world;
    market_world_make(&world, &town);
    kj_sim *sim = market_sim(&world, 1, false, true);
    run_months(sim, 36);
    const kj_rows *households = kj_store_table(kj_sim_store(sim), "household"), *dwellings = kj_store_table(kj_sim_store(sim), "dwelling");
    const kj_rows *municipalities = kj_store_table(kj_sim_store(sim), "municipality");
    const int16_t *searching = column(sim, "household", "searching", KJ_I16);
    const uint8_t *living = column(sim, "household", "living", KJ_U8);
    const kj_id *host = column(sim, "household", "host", KJ_ID), *dwelling = column(sim, "household", "dwelling", KJ_ID), *of_area = column(sim, "area", "municipality", KJ_ID);
    const int32_t *cell = column(sim, "dwelling", "cell", KJ_I32), *area = column(sim, "cell", "area", KJ_I32), *looked = column(sim, "area", "searchers", KJ_I32);
    int64_t expected[2] = {0, 0}, in_turn = 0, outside = 0, lodging = 0;
    for (uint32_t h = 0; h < households->n_rows; h++) {
        if (!households->alive[h] || !searching[h]) continue;
        outside += living[h] == KJ_LIVES_OUTSIDE;
        lodging += living[h] == KJ_LIVES_LODGING;
        if (living[h] == KJ_LIVES_OUTSIDE) continue;
        uint32_t keeper = living[h] == KJ_LIVES_LODGING ? households->row_of[host[h]] : h;
        uint32_t home = dwellings->row_of[dwelling[keeper]];
        expected[of_area[area[cell[home]]] == municipalities->ids[0] ? 0 : 1]++;
    }
    for (int32_t a = 0; a < 6; a++) in_turn += looked[a];
    const int64_t *counted = column(sim, "municipality", "searching", KJ_I64);
    for (int m = 0; m < 2; m++) assert_int_equal(counted[m], expected[m]);
    assert_true(expected[0] > 0 && expected[1] > 0 && outside > 0 && lodging > 0);
    assert_true(in_turn != expected[0] + expected[1]);
    kj_sim_free(sim);
    market_world_free(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(invariants_hold_every_month), cmocka_unit_test(forest_is_walked_once),
                                       cmocka_unit_test(flows_agree_with_forest), cmocka_unit_test(chain_length_follows_from_shares),
                                       cmocka_unit_test(stages_follow_each_other), cmocka_unit_test(lost_rents_agree_with_forest),
                                       cmocka_unit_test(all_who_search_are_counted), cmocka_unit_test(threads_do_not_matter)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
