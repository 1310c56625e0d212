/* The real market against the analytic oracle of vacancy chains. In a closed market where every searcher is like every other, the home
   that a vacancy's filler leaves lies in submarket j with the share q_j of all who search that hold a home there; those who lodge end the
   chain. So every row of Q is q, and White's fundamental matrix (I - Q)^-1 is known: a chain that begins in i has on average
   (i = j) + q_j / (1 - sum of q) vacancies in j. Search, choice, clearing, settling and the forest are those of the plugin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../shared/market_world.h"

enum { HOMES = 4000, AREAS = 4, SUBMARKETS = 2, MONTHS = 36, SEEDS = 12 };

static void set(kj_sim *sim, const char *name, double value)
{
    kj_error err = {0};
    if (kj_sim_set_param(&err, sim, name, value)) fail_msg("%s", err.text);
}

static void *column(kj_sim *sim, const char *table, const char *name, kj_type type)
{
    void *data = kj_store_data(kj_sim_store(sim), table, name, type);
    assert_non_null(data);
    return data;
}

/* The first area is one submarket, the other three are the second. */
static int submarket(int32_t area) { return area == 0 ? 0 : 1; }

/* Nobody prefers anything: tastes and lots alone decide. */
static void make_alike(kj_sim *sim)
{
    static const char *const zero[] = {"beta_home", "beta_work", "beta_cost", "beta_under", "beta_over", "same_tenure", "own_young", "house_family", "flat_senior",
                                       "senior_home", "student_home", "new_home", "area_power", "work_power", "internal_share", "renovation_share", "advertise_share",
                                       "settled_months", "crowded_factor", "spare_factor", "cost_factor", "birth_factor", "wish_weight", "taste_weight"};
    char name[64];
    for (size_t i = 0; i < sizeof zero / sizeof *zero; i++) {
        snprintf(name, sizeof name, "housing.%s", zero[i]);
        set(sim, name, 0.0);
    }
    set(sim, "housing.lot_share", 1.0);
    set(sim, "housing.contract_left", 1.0);
    set(sim, "housing.rent_income_max", 5.0);
    set(sim, "housing.stay_wish", -10.0);
    set(sim, "housing.stay_need", -10.0);
    set(sim, "housing.stay_none", -10.0);
    set(sim, "housing.search_scale", 10.0);
    set(sim, "housing.patience_months", 240.0);
}

/* Who searches: holders by submarket, and all, as often as contracts were signed this month. */
static void count_searchers(kj_sim *sim, kj_month month, double holders[SUBMARKETS], double *all)
{
    const kj_rows *vacancies = kj_store_table(kj_sim_store(sim), "vacancy");
    const uint8_t *stage = column(sim, "vacancy", "stage", KJ_U8);
    const int16_t *move_in = column(sim, "vacancy", "move_in", KJ_I16);
    double signed_now = 0.0, here[SUBMARKETS] = {0}, everybody = 0.0;
    for (uint32_t v = 0; v < vacancies->n_rows; v++) signed_now += stage[v] == KJ_STAGE_CONTRACTED && move_in[v] == month + 1;
    const kj_rows *households = kj_store_table(kj_sim_store(sim), "household");
    const int16_t *searching = column(sim, "household", "searching", KJ_I16);
    const int32_t *area = column(sim, "cell", "area", KJ_I32), *cell = column(sim, "dwelling", "cell", KJ_I32);
    const uint8_t *living = column(sim, "household", "living", KJ_U8);
    const kj_id *home = column(sim, "household", "dwelling", KJ_ID);
    const uint32_t *row_of = kj_store_table(kj_sim_store(sim), "dwelling")->row_of;
    for (uint32_t h = 0; h < households->n_rows; h++) {
        if (!households->alive[h] || !searching[h]) continue;
        everybody++;
        if (living[h] == KJ_LIVES_HOLDING) here[submarket(area[cell[row_of[home[h]]]])]++;
    }
    for (int j = 0; j < SUBMARKETS && everybody > 0.0; j++) holders[j] += signed_now * here[j] / everybody;
    *all += signed_now;
}

/* Vacancies in j on the chains that began in i. Chains that are still open count as far as they came, and are counted. */
static void count_chains(kj_sim *sim, double roots[SUBMARKETS], double open[SUBMARKETS], double found[SUBMARKETS][SUBMARKETS], double squares[SUBMARKETS][SUBMARKETS])
{
    const kj_rows *rows = kj_store_table(kj_sim_store(sim), "vacancy");
    const kj_id *root = column(sim, "vacancy", "root", KJ_ID);
    const int16_t *area = column(sim, "vacancy", "area", KJ_I16);
    const uint8_t *stage = column(sim, "vacancy", "stage", KJ_U8);
    uint32_t(*on)[SUBMARKETS] = calloc(rows->n_rows + 1u, sizeof *on);
    assert_non_null(on);
    for (uint32_t v = 0; v < rows->n_rows; v++) {
        uint32_t first = rows->row_of[root[v]];
        on[first][submarket(area[v])]++;
        open[submarket(area[first])] += stage[v] != KJ_STAGE_CLOSED; /* a chain has one open end at most */
    }
    for (uint32_t v = 0; v < rows->n_rows; v++) {
        if (root[v] != rows->ids[v]) continue;
        int i = submarket(area[v]);
        roots[i]++;
        for (int j = 0; j < SUBMARKETS; j++) {
            found[i][j] += on[v][j];
            squares[i][j] += (double)on[v][j] * on[v][j];
        }
    }
    free(on);
}

static void chains_follow_the_fundamental_matrix(void **state)
{
    (void)state;
    double holders[SUBMARKETS] = {0}, all = 0.0, roots[SUBMARKETS] = {0}, open[SUBMARKETS] = {0}, found[SUBMARKETS][SUBMARKETS] = {{0}}, squares[SUBMARKETS][SUBMARKETS] = {{0}};
    for (int seed = 1; seed <= SEEDS; seed++) {
        market_world world;
        market_world_make(&world, &(market_size){.n_dwellings = HOMES, .n_areas = AREAS, .n_municipalities = 1, .vacant_every = 40, .lodger_every = 6});
        memset(kj_store_data(&world.map.store, "dwelling", "tenure", KJ_U8), KJ_TENURE_RENTAL, HOMES);
        memset(kj_store_data(&world.map.store, "household", "sublet", KJ_U8), 1, kj_store_table(&world.map.store, "household")->n_rows); /* hosts leave a vacancy */
        for (uint32_t h = 0; h < kj_store_table(&world.map.store, "household")->n_rows; h++)
            ((uint64_t *)kj_store_data(&world.map.store, "household", "luck", KJ_KEY))[h] ^= (uint64_t)seed * UINT64_C(0x9E3779B97F4A7C15);
        kj_sim *sim = market_sim(&world, 1, false, false);
        make_alike(sim);
        kj_error err = {0};
        for (int month = 0; month < MONTHS; month++) {
            if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
            count_searchers(sim, MARKET_START + month + 1, holders, &all);
        }
        count_chains(sim, roots, open, found, squares);
        kj_sim_free(sim);
        market_world_free(&world);
    }
    double q[SUBMARKETS], ends = 1.0;
    for (int j = 0; j < SUBMARKETS; j++) ends -= q[j] = holders[j] / all;
    for (int i = 0; i < SUBMARKETS; i++)
        for (int j = 0; j < SUBMARKETS; j++) {
            double wanted = (i == j) + q[j] / ends, mean = found[i][j] / roots[i];
            double error = sqrt((squares[i][j] / roots[i] - mean * mean) / roots[i]);
            double to_come = open[i] / roots[i] * q[j] / ends; /* an open end is followed by q_j / (1 - sum of q) vacancies in j: chains cut off can only be short of them */
            print_message("from %d vacancies in %d: %.3f, by (I - Q)^-1 %.3f, standard error %.3f (%d chains, %d of them open)\n", i, j, mean, wanted, error, (int)roots[i], (int)open[i]);
            if (mean > wanted + 3.5 * error || mean < wanted - to_come - 3.5 * error)
                fail_msg("from %d in %d: %.3f, expected %.3f - %.3f of open chains +- %.3f", i, j, mean, wanted, to_come, error);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(chains_follow_the_fundamental_matrix)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
