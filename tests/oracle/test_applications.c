/* The real market's own applications against the logit of plugins/housing/MODEL.md, "Choice": the systems of the plugin run one month, and the home
   that each household likes best is compared with the probabilities of that choice, worked out here in double precision: an area, a sample
   of the homes in it, the utility of each and of staying, with the sampling correction. All households search, and differ in age, size,
   income, home and workplace; homes differ in tenure, kind, rooms, age, rent, price and place. Where fewer homes are looked at than there
   are, the probability is the mean over all samples, one by one.

   Two kinds of criteria, both of theory. By home, the counts less their expectations have a known covariance (choices of households are
   independent), so their square in terms of it is a chi-square. By term of the utility, the sum over households of (what was chosen - its
   expectation) has mean 0 and a known variance (it is the score of the logit): a term that the market leaves out or gets wrong shows there. */
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

enum { AREAS = 3, HOMES = 18, STAYS = HOMES, EACH = 200, N_DWELLINGS = EACH * HOMES, SEEDS = 10, TRIES = 16 };
static const int first_of_area[AREAS + 1] = {0, 8, 14, HOMES};
static const double Z_MOST = 4.5; /* two-sided 7e-6 each: of some forty, one in 3 000 false alarms */

/* clang-format off */ /* tables set by hand */
/* Terms of the utility, as `describe` works them out; weights are set so that each of them matters. */
enum { UNDER, OVER, FEWER, COST, HOME_KM, WORK_KM, SAME_TENURE, YOUNG_HOUSE, FAMILY_HOUSE, SENIOR_FLAT, SENIOR_HOME, STUDENT_HOME, NEW_HOME,
       STAY_WISH, STAY_NEED, STAY_NONE, TERMS };
static const struct term {
    const char *param;
    double value, sign;
} terms[TERMS] = {
    {"housing.beta_under", 1.0, -1.0},  {"housing.beta_over", 0.4, -1.0},  {"housing.beta_fewer", 0.6, -1.0}, {"housing.beta_cost", 6.0, -1.0},
    {"housing.beta_home", 0.4, -1.0},   {"housing.beta_work", 0.3, -1.0},  {"housing.same_tenure", 0.6, 1.0}, {"housing.own_young", -0.7, 1.0},
    {"housing.house_family", 1.0, 1.0}, {"housing.flat_senior", 0.8, 1.0}, {"housing.senior_home", 0.6, 1.0}, {"housing.student_home", 1.0, 1.0},
    {"housing.new_home", 0.5, 1.0},     {"housing.stay_wish", 0.7, 1.0},   {"housing.stay_need", 0.0, 1.0},   {"housing.stay_none", -0.5, 1.0}};
/* clang-format on */
static const double AREA_KM = 2.0, WORK_KM_SCALE = 1.0, WISH_WEIGHT = 0.001, INTEREST = 0.2, RELIEF = 0.3;
enum { AREA_POWER = 2, WORK_POWER = 2 };

/* What is asked of areas beside the terms: not linear in the utility, but sums of them have known means all the same. */
enum { AREA_SIZE = TERMS, AREA_FROM_HOME, AREA_FROM_WORK, FEATURES };

typedef struct place {
    double x, y; /* km from the north-west corner */
} place;

typedef struct home {
    place at;
    uint8_t tenure, kind;
    int rooms;
    bool fresh; /* not five years old */
    double cost;
} home;

typedef struct seeker {
    int32_t age, rooms_needed;
    bool holds, knows_home, works, student, family;
    uint8_t tenure;
    int rooms, area, stay; /* area: -1 outside; stay: the term that staying has */
    double cost, income;   /* SEK a month */
    place home, work;
} seeker;

/* One household's alternatives: homes, then staying. */
typedef struct logit {
    double p[HOMES + 1], x[HOMES + 1][FEATURES];
} logit;

typedef struct sums {
    double left[HOMES], covariance[HOMES * HOMES], score[FEATURES], variance[FEATURES], chosen, all;
} sums;

typedef struct month {
    kj_sim *sim;
    int *choice; /* by row of household: home, or staying */
} month;

static int area_of_home(int j)
{
    int a = 0;
    while (j >= first_of_area[a + 1]) a++;
    return a;
}

/* ---- the world ----------------------------------------------------------------------------------------------------- */

/* Every 200th dwelling is empty; they are of six sorts, and lie scattered in three areas, more in the first. */
static void furnish(kj_store *map)
{
    static const uint8_t tenure[6] = {KJ_TENURE_RENTAL, KJ_TENURE_COOP, KJ_TENURE_OWNER, KJ_TENURE_RENTAL, KJ_TENURE_STUDENT, KJ_TENURE_SENIOR};
    static const uint8_t kind[6] = {KJ_FLAT, KJ_FLAT, KJ_DETACHED, KJ_ROW, KJ_FLAT, KJ_FLAT};
    static const uint8_t rooms[6] = {2, 3, 5, 4, 1, 2};
    uint8_t *d_tenure = kj_store_data(map, "dwelling", "tenure", KJ_U8), *d_kind = kj_store_data(map, "dwelling", "kind", KJ_U8),
            *d_rooms = kj_store_data(map, "dwelling", "rooms", KJ_U8);
    int32_t *cell = kj_store_data(map, "dwelling", "cell", KJ_I32), *rent = kj_store_data(map, "dwelling", "rent", KJ_I32);
    int16_t *built = kj_store_data(map, "dwelling", "built_year", KJ_I16);
    for (int d = 0; d < N_DWELLINGS; d++) rent[d] = 2500 + d * 7 % 5000;
    for (int j = 0; j < HOMES; j++) {
        uint32_t d = (uint32_t)(j + 1) * EACH - 1;
        d_tenure[d] = tenure[j % 6];
        d_kind[d] = kind[j % 6];
        d_rooms[d] = (uint8_t)(rooms[j % 6] + (j > 8));
        built[d] = (int16_t)(j % 4 == 1 ? 2019 : 1970);
        cell[d] = (j * 23 % MARKET_NY) * MARKET_NX + area_of_home(j) * 20 + j * 7 % 20;
        rent[d] = 2500 + 800 * (j * 5 % 7);
    }
}

/* Cheap, so that all can pay: lending is tested elsewhere. */
static void set_prices(kj_sim *sim)
{
    const uint8_t *tenure = column(sim, "dwelling", "tenure", KJ_U8);
    int32_t *price = column(sim, "dwelling", "price", KJ_I32);
    for (int d = 0; d < N_DWELLINGS; d++) price[d] = tenure[d] == KJ_TENURE_COOP || tenure[d] == KJ_TENURE_OWNER ? 15000 + d * 13 % 30000 : 0;
}

static void set_params(kj_sim *sim, double sample_size)
{
    /* clang-format off */
    const struct { const char *name; double value; } others[] = {
        {"sample_size", sample_size}, {"area_power", AREA_POWER}, {"area_distance_m", 1000.0 * AREA_KM}, {"work_power", WORK_POWER},
        {"work_distance_m", 1000.0 * WORK_KM_SCALE}, {"wish_weight", WISH_WEIGHT}, {"taste_weight", 0.0}, {"interest", INTEREST}, {"interest_relief", RELIEF},
        {"rent_income_max", 5.0}, {"savings_spread", 0.0}, {"rent_rise", 0.0}, {"ask_cut", 0.0}, {"search_every", 1.0}, {"advertise_share", 0.0}};
    /* clang-format on */
    char name[64];
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        snprintf(name, sizeof name, "housing.%s", others[i].name);
        set(sim, name, others[i].value);
    }
    for (int t = 0; t < TERMS; t++) set(sim, terms[t].param, terms[t].value);
}

/* Everybody with a home searches, every second one with a cause; the others begin to by themselves. */
static void begin_searches(kj_sim *sim)
{
    const uint8_t *living = column(sim, "household", "living", KJ_U8);
    int16_t *searching = column(sim, "household", "searching", KJ_I16), *patience = column(sim, "household", "patience", KJ_I16),
            *available = column(sim, "vacancy", "available", KJ_I16);
    uint8_t *cause = column(sim, "household", "search_cause", KJ_U8);
    for (uint32_t h = 0; h < kj_store_table(kj_sim_store(sim), "household")->n_rows; h++) {
        if (living[h] != KJ_LIVES_HOLDING) continue;
        searching[h] = (int16_t)MARKET_START;
        patience[h] = 240;
        cause[h] = h / 3 % 2 ? KJ_SEARCH_SPACE : KJ_SEARCH_WISH;
    }
    for (int v = 0; v < HOMES; v++) available[v] = (int16_t)MARKET_START; /* none under renovation */
}

static void note_choices(void *data, const market_seen *seen)
{
    month *m = data;
    const uint32_t *household = kj_store_table(kj_sim_store(m->sim), "household")->row_of, *vacancy = kj_store_table(kj_sim_store(m->sim), "vacancy")->row_of;
    const kj_id *dwelling = column(m->sim, "vacancy", "dwelling", KJ_ID);
    assert_int_equal(seen->n_offers, HOMES);
    for (uint32_t b = 0; b < seen->n_bids; b++)
        if (seen->bids[b].rank == 0) m->choice[household[seen->bids[b].household]] = (int)dwelling[vacancy[seen->open[seen->bids[b].offer]]] / EACH - 1;
}

/* ---- the logit by hand --------------------------------------------------------------------------------------------- */

static place place_of(int32_t cell) { return (place){(cell % MARKET_NX + 0.5) * 0.1, (cell / MARKET_NX + 0.5) * 0.1}; }
static place centroid(int a) { return (place){2.0 * a + 1.0, 3.0}; }
static double km(place a, place b) { return hypot(a.x - b.x, a.y - b.y); }
static double cost_of(double rent, double price) { return rent + price * INTEREST * (1.0 - RELIEF) / 12.0; }

static void read_homes(kj_sim *sim, home homes[HOMES])
{
    const uint8_t *tenure = column(sim, "dwelling", "tenure", KJ_U8), *kind = column(sim, "dwelling", "kind", KJ_U8),
                  *rooms = column(sim, "dwelling", "rooms", KJ_U8);
    const int32_t *cell = column(sim, "dwelling", "cell", KJ_I32), *rent = column(sim, "dwelling", "rent", KJ_I32),
                  *price = column(sim, "dwelling", "price", KJ_I32);
    const int16_t *built = column(sim, "dwelling", "built_year", KJ_I16);
    for (int j = 0; j < HOMES; j++) {
        int d = (j + 1) * EACH - 1;
        homes[j] = (home){place_of(cell[d]), tenure[d], kind[d], rooms[d], built[d] > 2016, cost_of(rent[d], price[d])};
    }
}

/* Household in row h, as it stands in the month after the start. */
static seeker read_seeker(kj_sim *sim, uint32_t h)
{
    const uint8_t *living = column(sim, "household", "living", KJ_U8), *size = column(sim, "household", "size", KJ_U8),
                  *kind = column(sim, "household", "kind", KJ_U8);
    const uint8_t *children = column(sim, "household", "n_children", KJ_U8), *cause = column(sim, "household", "search_cause", KJ_U8),
                  *activity = column(sim, "person", "activity", KJ_U8);
    const uint8_t *tenure = column(sim, "dwelling", "tenure", KJ_U8), *rooms = column(sim, "dwelling", "rooms", KJ_U8);
    const kj_id *dwelling = column(sim, "household", "dwelling", KJ_ID), *host = column(sim, "household", "host", KJ_ID),
                *head = column(sim, "household", "head", KJ_ID), *work = column(sim, "person", "workplace", KJ_ID);
    const int32_t *income = column(sim, "household", "income", KJ_I32), *cell = column(sim, "dwelling", "cell", KJ_I32),
                  *w_cell = column(sim, "workplace", "cell", KJ_I32);
    const int32_t *rent = column(sim, "dwelling", "rent", KJ_I32), *price = column(sim, "dwelling", "price", KJ_I32);
    const int16_t *birth = column(sim, "person", "birth_month", KJ_I16);
    uint32_t p = head[h] - 1;
    seeker s = {.age = (MARKET_START + 1 - birth[p]) / 12,
                .income = income[h] / 12.0,
                .student = activity[p] == KJ_ACT_STUDENT,
                .family = children[h] > 0,
                .area = -1,
                .stay = STAY_NONE};
    bool couple = kind[h] == KJ_HH_COUPLE || kind[h] == KJ_HH_COUPLE_CHILDREN;
    s.rooms_needed = size[h] + (couple ? 0 : 1);
    s.works = work[p] != 0;
    if (s.works) s.work = place_of(w_cell[work[p] - 1]);
    s.holds = living[h] == KJ_LIVES_HOLDING;
    s.knows_home = living[h] != KJ_LIVES_OUTSIDE;
    s.cost = 0.25 * s.income; /* of those without a home of their own */
    if (!s.knows_home) return s;
    kj_id d = dwelling[s.holds ? h : host[h] - 1] - 1;
    s.home = place_of(cell[d]);
    s.area = (int)(s.home.x / 2.0);
    if (!s.holds) return s;
    s.tenure = tenure[d];
    s.rooms = rooms[d];
    s.cost = cost_of(rent[d], price[d]);
    s.stay = cause[h] == KJ_SEARCH_WISH ? STAY_WISH : STAY_NEED;
    return s;
}

static bool may_have(const seeker *s, const home *j)
{
    return j->tenure == KJ_TENURE_STUDENT ? s->student : j->tenure == KJ_TENURE_SENIOR ? s->age >= 65 : true;
}

static void describe(const seeker *s, const home *j, double x[FEATURES])
{
    double spare = j->rooms - s->rooms_needed;
    bool flat = j->kind == KJ_FLAT;
    x[UNDER] = fmax(-spare, 0.0);
    x[OVER] = fmax(spare - 1.0, 0.0);
    x[FEWER] = s->holds ? fmax(s->rooms - j->rooms, 0.0) : 0.0;
    x[COST] = (j->cost - s->cost) / s->income;
    x[HOME_KM] = s->knows_home ? km(j->at, s->home) : 0.0;
    x[WORK_KM] = s->works ? km(j->at, s->work) : 0.0;
    x[SAME_TENURE] = s->holds && j->tenure == s->tenure;
    x[YOUNG_HOUSE] = !flat && s->age < 30;
    x[FAMILY_HOUSE] = !flat && s->family;
    x[SENIOR_FLAT] = flat && s->age >= 65;
    x[SENIOR_HOME] = j->tenure == KJ_TENURE_SENIOR;
    x[STUDENT_HOME] = j->tenure == KJ_TENURE_STUDENT;
    x[NEW_HOME] = j->fresh;
}

/* First stage: drawn by size and distance from home, kept by distance from work, the last of the tries in any case. Notes what areas are judged by. */
static void choose_area(const seeker *s, const home homes[HOMES], double p[AREAS], double x[AREAS][3])
{
    double drawn[AREAS], kept[AREAS], sum = 0.0, any = 0.0;
    for (int a = 0; a < AREAS; a++) {
        double on_offer = 0.0,
               far = s->area < 0    ? 0.0
                     : s->area == a ? 0.5 * 2.0
                                    : km(centroid(a), centroid(s->area)),
               work = s->works ? km(centroid(a), s->work) : 0.0;
        for (int j = first_of_area[a]; j < first_of_area[a + 1]; j++) on_offer += s->student || homes[j].tenure != KJ_TENURE_STUDENT;
        double size = on_offer + WISH_WEIGHT * N_DWELLINGS / AREAS;
        drawn[a] = size / pow(1.0 + far / AREA_KM, AREA_POWER);
        kept[a] = 1.0 / pow(1.0 + work / WORK_KM_SCALE, WORK_POWER);
        sum += drawn[a];
        x[a][0] = log(size), x[a][1] = log(1.0 + far / AREA_KM), x[a][2] = log(1.0 + work / WORK_KM_SCALE);
    }
    for (int a = 0; a < AREAS; a++) any += kept[a] * (drawn[a] /= sum);
    double last = pow(1.0 - any, TRIES - 1);
    for (int a = 0; a < AREAS; a++) p[a] = drawn[a] * (kept[a] * (1.0 - last) / any + last);
}

/* Second stage, in one area: the mean over all samples of k of the n homes that the household may have, each as likely as any other. Adds to p. */
static void choose_home(const seeker *s, const home homes[HOMES], int area, double weight, int sample_size, const double value[HOMES + 1], double p[HOMES + 1])
{
    int may[HOMES], n = 0, samples = 0;
    double share[HOMES + 1] = {0};
    for (int j = first_of_area[area]; j < first_of_area[area + 1]; j++)
        if (may_have(s, &homes[j])) may[n++] = j;
    int k = n < sample_size ? n : sample_size;
    for (uint32_t set = 0; set < 1u << n; set++) {
        if (__builtin_popcount(set) != k) continue;
        double sum = value[STAYS];
        for (int i = 0; i < n; i++) sum += set >> i & 1 ? value[may[i]] * n / k : 0.0;
        for (int i = 0; i < n; i++) share[may[i]] += set >> i & 1 ? value[may[i]] * n / k / sum : 0.0;
        share[STAYS] += value[STAYS] / sum;
        samples++;
    }
    for (int j = 0; j <= HOMES; j++) p[j] += weight * share[j] / samples;
}

static void work_out(const seeker *s, const home homes[HOMES], int sample_size, logit *out)
{
    double value[HOMES + 1], p_area[AREAS], x_area[AREAS][3];
    memset(out, 0, sizeof *out);
    choose_area(s, homes, p_area, x_area);
    for (int j = 0; j <= HOMES; j++) {
        double v = 0.0;
        if (j == STAYS) out->x[j][s->stay] = 1.0;
        else describe(s, &homes[j], out->x[j]);
        for (int t = 0; t < TERMS; t++) v += terms[t].sign * terms[t].value * out->x[j][t];
        value[j] = exp(v);
        if (j < STAYS) memcpy(&out->x[j][AREA_SIZE], x_area[area_of_home(j)], sizeof x_area[0]);
    }
    for (int a = 0; a < AREAS; a++) choose_home(s, homes, a, p_area[a], sample_size, value, out->p);
}

static void add_choice(sums *sum, const logit *l, int choice)
{
    assert_true(l->p[choice] > 0.0); /* nobody applies for what he may not have */
    for (int j = 0; j < HOMES; j++) {
        sum->left[j] += (choice == j) - l->p[j];
        for (int i = 0; i < HOMES; i++) sum->covariance[j * HOMES + i] += (i == j ? l->p[j] : 0.0) - l->p[j] * l->p[i];
    }
    for (int f = 0; f < FEATURES; f++) {
        double mean = 0.0, square = 0.0;
        for (int j = 0; j <= HOMES; j++) mean += l->p[j] * l->x[j][f], square += l->p[j] * l->x[j][f] * l->x[j][f];
        sum->score[f] += l->x[choice][f] - mean;
        sum->variance[f] += square - mean * mean;
    }
    sum->chosen += choice != STAYS;
    sum->all++;
}

/* One month of one world: all that search in it. */
static void add_world(sums *sum, int seed, int sample_size)
{
    market_world world;
    kj_error err = {0};
    market_world_make(
        &world, &(market_size){.n_dwellings = N_DWELLINGS, .n_areas = AREAS, .n_municipalities = 1, .vacant_every = EACH, .lodger_every = 8, .n_outside = 300});
    const uint32_t n = kj_store_table(&world.map.store, "household")->n_rows;
    uint64_t *luck = kj_store_data(&world.map.store, "household", "luck", KJ_KEY);
    for (uint32_t h = 0; h < n; h++) luck[h] ^= (uint64_t)seed * UINT64_C(0x9E3779B97F4A7C15);
    furnish(&world.map.store);
    month m = {.choice = malloc(n * sizeof *m.choice)};
    home homes[HOMES];
    assert_non_null(m.choice);
    for (uint32_t h = 0; h < n; h++) m.choice[h] = STAYS;
    m.sim = market_sim_watched(&world, note_choices, &m, false);
    set_params(m.sim, sample_size);
    set_prices(m.sim);
    begin_searches(m.sim);
    read_homes(m.sim, homes);
    seeker *before = malloc(n * sizeof *before);
    assert_non_null(before);
    for (uint32_t h = 0; h < n; h++) before[h] = read_seeker(m.sim, h);
    if (kj_sim_month(&err, m.sim)) fail_msg("%s", err.text);
    for (uint32_t h = 0; h < n; h++) {
        logit l;
        work_out(&before[h], homes, sample_size, &l);
        add_choice(sum, &l, m.choice[h]);
    }
    free(before);
    free(m.choice);
    kj_sim_free(m.sim);
    market_world_free(&world);
}

static void applications_follow_the_logit(int sample_size)
{
    static const char *const of_areas[] = {"size of the area", "area from home", "area from work"};
    static sums sum;
    int wrong = 0;
    memset(&sum, 0, sizeof sum);
    for (int seed = 1; seed <= SEEDS; seed++) add_world(&sum, seed, sample_size);
    double chi_square = chi_square_of(sum.left, sum.covariance, HOMES);
    print_message("# %d homes looked at: %.0f of %.0f households apply, chi-square by home %.1f, at most %.1f\n", sample_size, sum.chosen, sum.all, chi_square,
                  chi_bound(HOMES));
    for (int f = 0; f < FEATURES; f++) {
        double z = sum.score[f] / sqrt(sum.variance[f]);
        print_message("# %-22s z %5.2f\n", f < TERMS ? terms[f].param : of_areas[f - TERMS], z);
        wrong += !(fabs(z) < Z_MOST);
    }
    if (wrong || !(chi_square < chi_bound(HOMES))) fail_msg("%d terms differ from the logit, chi-square by home %.1f", wrong, chi_square);
}

static void who_looks_at_all_homes(void **state)
{
    (void)state;
    applications_follow_the_logit(20);
}

/* Three of up to eight homes: without the sampling correction too many would stay. */
static void who_looks_at_a_sample(void **state)
{
    (void)state;
    applications_follow_the_logit(3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(who_looks_at_all_homes), cmocka_unit_test(who_looks_at_a_sample)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
