/* The real market against the analytic oracle of vacancy chains. Search, choice, clearing, settling and the forest are those of the
   plugin; the three areas of a closed market are the submarkets.

   Whoever looks in an area in a month applies there, and all who apply are alike: nobody prefers anything, and lots decide. So those
   who win are a draw without replacement from those who apply, and the home that a vacancy's filler leaves lies in submarket j with the
   share q_aj of the applicants of the vacancy's area a that hold a home in j; those who lodge end the chain. People look near where they
   live, and more lodge in the first area: the rows of Q differ, so that it matters which vacancy is linked to which. With Q the mean of q
   over the contracts on chains that began in i, the chains' vacancies in j are on average those of White's fundamental matrix (I - Q)^-1
   (1970; Emmi & Magnusson 1994), those that open chains still lack taken off.

   What is left, the vacancies found less those expected, is a sum of draws without replacement with known means: a martingale, whose
   covariance is the sum of the hypergeometric ones. Its square in terms of that covariance is a chi-square with a degree of freedom
   for each of the nine cells, against the bound that a true model passes with a probability of 0.9999. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../shared/chi_square.h"
#include "../shared/market_watch.h"
#include "../shared/sim_access.h"

enum { HOMES = 3600, SUBMARKETS = 3, CELLS = SUBMARKETS * SUBMARKETS, MONTHS = 40, SEEDS = 60 };

/* Of one month: applicants by area and by where they hold a home (last: nowhere). */
typedef struct applicants {
    double n[SUBMARKETS][SUBMARKETS + 1], all[SUBMARKETS];
} applicants;

typedef struct market {
    kj_sim *sim;
    applicants month[MONTHS + 1];
} market;

/* Sums over all seeds; first index: submarket in which the chains began. */
typedef struct chains {
    double roots[SUBMARKETS], open[SUBMARKETS][SUBMARKETS], found[SUBMARKETS][SUBMARKETS];
    double signed_in[SUBMARKETS][SUBMARKETS];            /* contracts, by area */
    double expected[SUBMARKETS][SUBMARKETS][SUBMARKETS]; /* of them those whose taker holds a home there, by area and by where */
    double covariance[CELLS * CELLS];                    /* of the vacancies found less those expected */
} chains;

/* Nobody prefers anything but to look near home: tastes and lots alone decide. */
static void make_alike(kj_sim *sim, double search_every)
{
    static const char *const zero[] = {"beta_home",        "beta_work",       "beta_cost",      "beta_under",     "beta_over",
                                       "beta_fewer",       "same_tenure",     "own_young",      "house_family",   "flat_senior",
                                       "senior_home",      "student_home",    "new_home",       "work_power",     "internal_share",
                                       "renovation_share", "advertise_share", "exchange_looks", "settled_months", "crowded_factor",
                                       "spare_factor",     "cost_factor",     "birth_factor",   "wish_weight",    "taste_weight"};
    char name[64];
    for (size_t i = 0; i < sizeof zero / sizeof *zero; i++) {
        snprintf(name, sizeof name, "housing.%s", zero[i]);
        set(sim, name, 0.0);
    }
    set(sim, "housing.search_every", search_every);
    set(sim, "housing.area_power", 3.0);
    set(sim, "housing.lot_share", 1.0);
    set(sim, "housing.contract_left", 1.0);
    set(sim, "housing.rent_income_max", 5.0);
    set(sim, "housing.stay_wish", -10.0);
    set(sim, "housing.stay_need", -10.0);
    set(sim, "housing.stay_none", -10.0);
    set(sim, "housing.search_scale", 10.0);
    set(sim, "housing.patience_months", 240.0);
}

/* Every second holder has searched for a while, so that chains are long from the first month on. */
static void begin_searches(kj_sim *sim)
{
    const uint8_t *living = column(sim, "household", "living", KJ_U8);
    int16_t *searching = column(sim, "household", "searching", KJ_I16), *patience = column(sim, "household", "patience", KJ_I16);
    uint8_t *cause = column(sim, "household", "search_cause", KJ_U8);
    for (uint32_t h = 0; h < kj_store_table(kj_sim_store(sim), "household")->n_rows; h += 2) {
        if (living[h] != KJ_LIVES_HOLDING) continue;
        searching[h] = (int16_t)(MARKET_START - 5);
        patience[h] = 240;
        cause[h] = KJ_SEARCH_WISH;
    }
}

/* Who applies where, and where they hold a home. */
static void note_applicants(void *data, const market_seen *seen)
{
    market *m = data;
    const uint32_t *household = kj_store_table(kj_sim_store(m->sim), "household")->row_of;
    const uint8_t *living = column(m->sim, "household", "living", KJ_U8);
    const kj_id *home = column(m->sim, "household", "dwelling", KJ_ID);
    const int32_t *area = column(m->sim, "offer", "area", KJ_I32), *cell = column(m->sim, "dwelling", "cell", KJ_I32),
                  *area_of = column(m->sim, "cell", "area", KJ_I32);
    const uint32_t *dwelling = kj_store_table(kj_sim_store(m->sim), "dwelling")->row_of;
    applicants *now = &m->month[kj_sim_now(m->sim) - MARKET_START];
    for (uint32_t b = 0; b < seen->n_bids; b++) {
        if (seen->bids[b].rank > 0) continue;
        uint32_t h = household[seen->bids[b].household];
        int from = living[h] == KJ_LIVES_HOLDING ? area_of[cell[dwelling[home[h]]]] : SUBMARKETS;
        now->n[area[seen->bids[b].offer]][from]++;
        now->all[area[seen->bids[b].offer]]++;
    }
}

/* Contracts of a month in an area, by where their chains began: what is expected of them, and how it varies and covaries. */
static void expect(chains *c, const applicants *from, int area, const double contracts[SUBMARKETS])
{
    double n = from->all[area], taken = 0.0;
    for (int i = 0; i < SUBMARKETS; i++) taken += contracts[i];
    assert_true(taken <= n);
    if (taken == 0.0 || n < 2.0) return;
    for (int i = 0; i < SUBMARKETS; i++) {
        c->signed_in[i][area] += contracts[i];
        for (int j = 0; j < SUBMARKETS; j++) c->expected[i][area][j] += contracts[i] * from->n[area][j] / n;
    }
    for (int x = 0; x < CELLS; x++)
        for (int y = 0; y < CELLS; y++) {
            int i = x / SUBMARKETS, j = x % SUBMARKETS, k = y / SUBMARKETS, l = y % SUBMARKETS;
            double p = from->n[area][j] / n, r = from->n[area][l] / n, spread = (j == l ? p : 0.0) - p * r;
            c->covariance[x * CELLS + y] += contracts[i] * (i == k ? n - contracts[i] : -contracts[k]) / (n - 1.0) * spread;
        }
}

/* Vacancies by submarket on the chains that began in each, and what was to be expected by contracts and applicants. */
static void count_chains(const market *m, chains *c)
{
    const kj_rows *rows = kj_store_table(kj_sim_store(m->sim), "vacancy");
    const kj_id *root = column(m->sim, "vacancy", "root", KJ_ID);
    const int16_t *area = column(m->sim, "vacancy", "area", KJ_I16), *move_in = column(m->sim, "vacancy", "move_in", KJ_I16);
    const uint8_t *stage = column(m->sim, "vacancy", "stage", KJ_U8);
    static double contracts[MONTHS + 1][SUBMARKETS][SUBMARKETS]; /* by month, area, and where the chain began */
    memset(contracts, 0, sizeof contracts);
    for (uint32_t v = 0; v < rows->n_rows; v++) {
        int began = area[rows->row_of[root[v]]];
        c->found[began][area[v]]++;
        c->roots[began] += root[v] == rows->ids[v];
        if (stage[v] == KJ_STAGE_CLOSED) contracts[move_in[v] - 1 - MARKET_START][area[v]][began]++; /* the contract was signed a month before */
        else c->open[began][area[v]]++;
    }
    for (int month = 1; month <= MONTHS; month++)
        for (int a = 0; a < SUBMARKETS; a++) expect(c, &m->month[month], a, contracts[month][a]);
}

/* Every second lodger lives in the first area. */
static void crowd_first_area(kj_store *map)
{
    const kj_rows *households = kj_store_table(map, "household");
    const kj_id *home = kj_store_data(map, "household", "dwelling", KJ_ID);
    const int32_t *cell = kj_store_data(map, "dwelling", "cell", KJ_I32), *area = kj_store_data(map, "cell", "area", KJ_I32);
    const uint8_t *living = kj_store_data(map, "household", "living", KJ_U8);
    kj_id *host = kj_store_data(map, "household", "host", KJ_ID);
    uint32_t next = 0;
    for (uint32_t h = 0; h < households->n_rows; h += 2) {
        if (living[h] != KJ_LIVES_LODGING) continue;
        while (living[next] != KJ_LIVES_HOLDING || area[cell[home[next] - 1]] != 0) next++;
        host[h] = households->ids[next++];
    }
}

static void make_market(market_world *world, int seed)
{
    market_world_make(world, &(market_size){.n_dwellings = HOMES, .n_areas = SUBMARKETS, .n_municipalities = 1, .vacant_every = 40, .lodger_every = 10});
    kj_store *map = &world->map.store;
    const uint32_t n = kj_store_table(map, "household")->n_rows;
    uint64_t *luck = kj_store_data(map, "household", "luck", KJ_KEY);
    memset(kj_store_data(map, "dwelling", "tenure", KJ_U8), KJ_TENURE_RENTAL, HOMES);
    memset(kj_store_data(map, "household", "sublet", KJ_U8), 1, n); /* hosts leave a vacancy */
    for (uint32_t h = 0; h < n; h++) luck[h] ^= (uint64_t)seed * UINT64_C(0x9E3779B97F4A7C15);
    crowd_first_area(map);
}

/* (I - Q)^-1 by the sum of the powers of Q: rows sum to less than one. */
static void fundamental(double q[SUBMARKETS][SUBMARKETS], double out[SUBMARKETS][SUBMARKETS])
{
    enum { POWERS = 2000 };
    memset(out, 0, SUBMARKETS * SUBMARKETS * sizeof(double));
    for (int power = 0; power < POWERS; power++) /* out = I + Q out */
        for (int j = 0; j < SUBMARKETS; j++) {
            double next[SUBMARKETS];
            for (int i = 0; i < SUBMARKETS; i++) {
                next[i] = i == j;
                for (int k = 0; k < SUBMARKETS; k++) next[i] += q[i][k] * out[k][j];
            }
            for (int i = 0; i < SUBMARKETS; i++) out[i][j] = next[i];
        }
}

/* What (I - Q)^-1 lets expect of chains that began in i, and its standard error: the martingale of the nine cells, multiplied by it. */
static void tell_row(const chains *c, int i)
{
    double q[SUBMARKETS][SUBMARKETS], inverse[SUBMARKETS][SUBMARKETS];
    for (int a = 0; a < SUBMARKETS; a++)
        for (int j = 0; j < SUBMARKETS; j++) q[a][j] = c->expected[i][a][j] / c->signed_in[i][a];
    fundamental(q, inverse);
    for (int j = 0; j < SUBMARKETS; j++) {
        double wanted = 0.0, variance = 0.0;
        for (int a = 0; a < SUBMARKETS; a++) {
            double begun = a == i ? c->roots[i] : 0.0;
            for (int k = 0; k < SUBMARKETS; k++) begun -= c->open[i][k] * q[k][a];
            wanted += begun * inverse[a][j];
            for (int k = 0; k < SUBMARKETS; k++) variance += inverse[a][j] * inverse[k][j] * c->covariance[(i * SUBMARKETS + a) * CELLS + i * SUBMARKETS + k];
        }
        print_message("# from %d vacancies in %d: %.3f, by (I - Q)^-1 %.3f, z %.2f (%.0f chains, leavers from there to here %.3f)\n", i, j,
                      c->found[i][j] / c->roots[i], wanted / c->roots[i], (c->found[i][j] - wanted) / sqrt(variance), c->roots[i], q[i][j]);
    }
}

static void follows_fundamental_matrix(double search_every)
{
    static chains c;
    static market m;
    memset(&c, 0, sizeof c);
    for (int seed = 1; seed <= SEEDS; seed++) {
        market_world world;
        kj_error err = {0};
        make_market(&world, seed);
        memset(&m, 0, sizeof m);
        m.sim = market_sim_watched(&world, note_applicants, &m, false);
        make_alike(m.sim, search_every);
        begin_searches(m.sim);
        for (int month = 0; month < MONTHS; month++)
            if (kj_sim_month(&err, m.sim)) fail_msg("%s", err.text);
        count_chains(&m, &c);
        kj_sim_free(m.sim);
        market_world_free(&world);
    }
    double excess[CELLS];
    for (int i = 0; i < SUBMARKETS; i++)
        for (int j = 0; j < SUBMARKETS; j++) {
            double *left = &excess[i * SUBMARKETS + j];
            *left = c.found[i][j] - (i == j ? c.roots[i] : 0.0);
            for (int a = 0; a < SUBMARKETS; a++) *left -= c.expected[i][a][j];
        }
    for (int i = 0; i < SUBMARKETS; i++) tell_row(&c, i);
    double chi_square = chi_square_of(excess, c.covariance, CELLS);
    print_message("# looking every %.0f months: chi-square %.1f, at most %.1f\n", search_every, chi_square, chi_bound(CELLS));
    if (!(chi_square < chi_bound(CELLS))) fail_msg("chains do not follow (I - Q)^-1: chi-square %.1f", chi_square);
}

static void chains_of_those_who_look_each_month(void **state)
{
    (void)state;
    follows_fundamental_matrix(1.0);
}

/* A search that begins looks at once, one that goes on every third month: those who look are not those who search. */
static void chains_of_those_who_look_now_and_then(void **state)
{
    (void)state;
    follows_fundamental_matrix(3.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(chains_of_those_who_look_each_month), cmocka_unit_test(chains_of_those_who_look_now_and_then)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
