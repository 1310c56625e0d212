/* Relocation with the draws, tastes and wide loops of plugins/housing; and the plugin by itself, month by month. */
#include "market.h"

#include <kedja/math.h>
#include <math.h>
#include <omp.h>

#include "../../core/rng/batch.h"
#include "../../plugins/housing/logit.h"
#include "../../plugins/housing/wide.h"
#include "../shared/market_world.h"
#include "timing.h"

enum { HOUSEHOLDS = 1000000, HOMES = 1100000, SAMPLE = 50, BLOCK = 8192 /* rows a thread takes at a time */, GROUP = 16 };

typedef struct place {
    float price, distance, school, area;
} place;

typedef struct town {
    float *log_income; /* of households */
    uint8_t *persons;
    uint64_t *luck;
    uint32_t *home;      /* of a household; KJ_NO_ROW none */
    uint32_t *household; /* of a home */
    place *homes;
} town;

/* A vacant home as searchers see it: ln price, what all value alike, floor area, luck; four to a line of the cache. */
typedef struct vacant {
    float log_price, common, area;
    uint32_t key;
} vacant;

typedef struct lists {
    uint32_t *mover, *moved_by_block; /* unplaced households; of each block of households, then of homes */
    vacant *offer;
    uint32_t *home;  /* of an offer */
    uint64_t *claim; /* of an offer: the lowest lot and household that want it, UINT64_MAX nobody */
    uint32_t *want;  /* of a mover: offer */
} lists;

static double normal(kj_stream s, uint64_t i, uint32_t number)
{
    kj_draw4 d = kj_draw(s, i, 0, number);
    return sqrt(-2.0 * log(kj_uniform(d.v[0]))) * cos(6.283185307179586 * kj_uniform(d.v[1]));
}

/* Memory that is there before the year begins, as a simulation's is. */
static void *need(size_t bytes)
{
    void *out = malloc(bytes);
    if (!out) abort();
    memset(out, 0xFF, bytes);
    return memset(out, 0, bytes);
}

static town make_town(void)
{
    kj_stream s = {{3, 17}};
    town t = {.log_income = need(HOUSEHOLDS * sizeof(float)), .persons = need(HOUSEHOLDS), .luck = need(HOUSEHOLDS * sizeof(uint64_t)),
              .home = need(HOUSEHOLDS * sizeof(uint32_t)), .household = need(HOMES * sizeof(uint32_t)), .homes = need(HOMES * sizeof(place))};
    for (uint64_t d = 0; d < HOMES; d++) {
        kj_draw4 draw = kj_draw(s, d, 0, 2);
        double area = 1500.0 + 400.0 * normal(s, d, 1);
        t.homes[d] = (place){(float)exp(12.5 + 0.5 * normal(s, d, 0)), (float)(-8.0 * log(kj_uniform(draw.v[0]))), (float)kj_uniform(draw.v[1]),
                             (float)(area < 300.0 ? 300.0 : area)};
        t.household[d] = KJ_NO_ROW;
    }
    for (uint32_t h = 0; h < HOUSEHOLDS; h++) {
        t.luck[h] = kj_luck(5, h, 0);
        t.log_income[h] = (float)(10.8 + 0.7 * normal(s, h, 3));
        t.persons[h] = (uint8_t)(1 + kj_below(kj_draw(s, h, 0, 4).v[0], 6));
        t.home[h] = h; /* every eleventh home is empty: the homes were drawn independently */
        t.household[h] = h;
    }
    return t;
}

static void free_town(town *t) { free(t->log_income), free(t->persons), free(t->luck), free(t->home), free(t->household), free(t->homes); }

/* One household in twenty leaves its home. */
static uint32_t unplace(town *t, lists *l)
{
    enum { BLOCKS = (HOUSEHOLDS + BLOCK - 1) / BLOCK };
    const kj_stream moves = {{3, 18}};
    const uint32_t threshold = kj_threshold(0.05);
#pragma omp parallel
    {
        uint64_t *four = malloc(BLOCK / 4 * sizeof *four); /* a draw serves four households */
        uint32_t *draw = malloc(BLOCK * sizeof *draw);
        if (!four || !draw) abort();
#pragma omp for schedule(static)
        for (uint32_t b = 0; b < BLOCKS; b++) {
            uint32_t from = b * BLOCK, n = HOUSEHOLDS - from < BLOCK ? HOUSEHOLDS - from : BLOCK, found = 0;
            for (uint32_t i = 0; i < BLOCK / 4; i++) four[i] = from / 4 + i;
            kj_draw_many(moves, four, BLOCK / 4, 1500, 0, draw, BLOCK / 4);
            for (uint32_t i = 0; i < n; i++) {
                l->mover[from + found] = from + i;
                found += draw[i % 4 * (BLOCK / 4) + i / 4] < threshold;
            }
            for (uint32_t i = 0; i < found; i++) {
                uint32_t h = l->mover[from + i];
                t->household[t->home[h]] = KJ_NO_ROW;
                t->home[h] = KJ_NO_ROW;
            }
            l->moved_by_block[b] = found;
        }
        free(four);
        free(draw);
    }
    uint32_t n = 0;
    for (uint32_t b = 0; b < BLOCKS; b++) {
        memmove(l->mover + n, l->mover + b * BLOCK, l->moved_by_block[b] * sizeof *l->mover);
        n += l->moved_by_block[b];
    }
    return n;
}

static const uint64_t SAMPLES = UINT64_C(0x5851F42D4C957F2D);

/* Prices become their logarithms, luck the key of pairs. */
HOUSING_WIDE
static void prepare(vacant *restrict offer, const uint32_t *restrict home, uint32_t n)
{
    for (uint32_t o = 0; o < n; o++) {
        float power, low = housing_split(offer[o].log_price, &power);
        offer[o].log_price = power * 0.69314718056f + housing_ln_near_one(low);
        offer[o].key = housing_pair_draw(SAMPLES, home[o]);
    }
}

static uint32_t list_vacant(const town *t, lists *l)
{
    enum { BLOCKS = (HOMES + BLOCK - 1) / BLOCK };
    uint32_t first[BLOCKS + 1];
#pragma omp parallel for schedule(static)
    for (uint32_t b = 0; b < BLOCKS; b++) {
        uint32_t end = HOMES - b * BLOCK < BLOCK ? HOMES : (b + 1) * BLOCK, n = 0;
        for (uint32_t d = b * BLOCK; d < end; d++) n += t->household[d] == KJ_NO_ROW;
        l->moved_by_block[b] = n;
    }
    first[0] = 0;
    for (uint32_t b = 0; b < BLOCKS; b++) first[b + 1] = first[b] + l->moved_by_block[b];
#pragma omp parallel for schedule(static)
    for (uint32_t b = 0; b < BLOCKS; b++) {
        uint32_t end = HOMES - b * BLOCK < BLOCK ? HOMES : (b + 1) * BLOCK, at = first[b];
        for (uint32_t d = b * BLOCK; d < end; d++)
            if (t->household[d] == KJ_NO_ROW) l->home[at++] = d;
        for (uint32_t o = first[b]; o < at; o++) {
            const place *p = &t->homes[l->home[o]];
            l->offer[o] = (vacant){p->price, 1.5f * p->school - 0.08f * p->distance, p->area, 0};
            l->claim[o] = UINT64_MAX;
        }
        prepare(l->offer + first[b], l->home + first[b], at - first[b]);
    }
    return first[BLOCKS];
}

/* Looks of a group stand one household after the other; each step works on whole lanes and the next writes over what is beyond. */
enum { LANES = (SAMPLE + HOUSING_LANES - 1) / HOUSING_LANES * HOUSING_LANES, LOOKS = (GROUP - 1) * SAMPLE + LANES + HOUSING_LANES };

HOUSING_WIDE
static void sample(uint64_t base, uint32_t n_offers, uint32_t *restrict seen)
{
    for (uint32_t k = 0; k < LANES; k++) seen[k] = kj_below(housing_pair_draw(base ^ SAMPLES, k), n_offers);
}

HOUSING_WIDE
static void weigh(uint64_t base, float per_price, float per_area, const vacant *restrict seen, float *restrict value, uint32_t *restrict draw)
{
    for (uint32_t k = 0; k < LANES; k++) {
        value[k] = per_price * seen[k].log_price + seen[k].common + per_area * seen[k].area;
        draw[k] = housing_pair_draw(base, seen[k].key);
    }
}

/* Utilities as whole numbers of the same order. */
HOUSING_WIDE
static void rank(const float *restrict value, const float *restrict taste, uint32_t n, int32_t *restrict order)
{
    for (uint32_t k = 0; k < n; k++) {
        union {
            float utility;
            int32_t bits;
        } u = {value[k] + taste[k]};
        order[k] = u.bits ^ (u.bits >> 31 & INT32_MAX);
    }
}

HOUSING_WIDE
static int32_t highest(const int32_t *order)
{
    int32_t most = order[0];
    for (uint32_t k = 0; k < SAMPLE; k++) most = order[k] > most ? order[k] : most;
    return most;
}

/* The lowest claim stands, whatever the order of claims. */
static void ask_for(uint64_t *claim, uint64_t mine)
{
    uint64_t before = __atomic_load_n(claim, __ATOMIC_RELAXED);
    while (mine < before && !__atomic_compare_exchange_n(claim, &before, mine, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {}
}

/* Asks for the best of a sample of the vacant homes for each household of a group. */
static void choose_group(const town *t, const lists *l, uint32_t first, uint32_t n, uint32_t n_offers, uint32_t round)
{
    const kj_stream looks = {{3, 19}};
    uint64_t luck[GROUP] = {0}, base[GROUP];
    uint32_t word[4 * GROUP], seen[LOOKS], draw[LOOKS];
    int32_t order[LOOKS];
    float value[LOOKS], taste[LOOKS];
    vacant look[LANES];
    for (uint32_t i = 0; i < n; i++) luck[i] = t->luck[l->mover[first + i]];
    kj_draw_many(looks, luck, n, 1500, round, word, GROUP);
    for (uint32_t i = 0; i < n; i++) {
        base[i] = (uint64_t)word[i] << 32 | word[GROUP + i];
        sample(base[i], n_offers, seen + i * SAMPLE);
        for (uint32_t k = i * SAMPLE; k < (i + 1) * SAMPLE; k++) __builtin_prefetch(&l->offer[seen[k]]);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t h = l->mover[first + i];
        for (uint32_t k = 0; k < LANES; k++) look[k] = l->offer[seen[i * SAMPLE + k]];
        weigh(base[i], -2.0f + 0.12f * t->log_income[h], 0.0002f * (float)t->persons[h], look, value + i * SAMPLE, draw + i * SAMPLE);
    }
    housing_gumbels(draw, n * SAMPLE, taste);
    rank(value, taste, n * SAMPLE, order);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = i * SAMPLE;
        for (int32_t most = highest(order + k); order[k] != most;) k++;
        l->want[first + i] = seen[k];
        ask_for(&l->claim[seen[k]], (uint64_t)word[2 * GROUP + i] << 32 | l->mover[first + i]);
    }
}

static void choose(const town *t, const lists *l, uint32_t n_movers, uint32_t n_offers, uint32_t round)
{
#pragma omp parallel for schedule(dynamic, 16)
    for (uint32_t first = 0; first < n_movers; first += GROUP)
        choose_group(t, l, first, n_movers - first < GROUP ? n_movers - first : GROUP, n_offers, round);
}

/* Moves those in whose claim stands; leaves the others, and the homes that nobody got. */
static void settle(town *t, lists *l, uint32_t *n_movers, uint32_t *n_offers)
{
    uint32_t left = 0;
    for (uint32_t i = 0; i < *n_movers; i++) {
        uint32_t h = l->mover[i], o = l->want[i];
        if ((uint32_t)l->claim[o] != h) {
            l->mover[left++] = h;
            continue;
        }
        t->household[l->home[o]] = h;
        t->home[h] = l->home[o];
    }
    *n_movers = left;
    left = 0;
    for (uint32_t o = 0; o < *n_offers && *n_movers; o++) {
        if (l->claim[o] != UINT64_MAX) continue;
        l->offer[left] = l->offer[o];
        l->home[left] = l->home[o];
        left++;
    }
    for (uint32_t o = 0; o < left; o++) l->claim[o] = UINT64_MAX;
    *n_offers = left;
}

static lists make_lists(void)
{
    enum { ROOM = HOMES / 4 };
    return (lists){.mover = need((HOUSEHOLDS + BLOCK) * sizeof(uint32_t)), .moved_by_block = need((HOMES / BLOCK + 2) * sizeof(uint32_t)),
                   .offer = need(ROOM * sizeof(vacant)), .home = need(ROOM * sizeof(uint32_t)), .claim = need(ROOM * sizeof(uint64_t)),
                   .want = need(HOUSEHOLDS / 10 * sizeof(uint32_t))};
}

static void check(const town *t, const uint8_t *moved, relocation_result *out)
{
    double schools = 0.0;
    for (uint32_t h = 0; h < HOUSEHOLDS; h++) {
        uint32_t d = t->home[h];
        if (d == KJ_NO_ROW) continue;
        out->n_double += t->household[d] != h;
        out->fingerprint = (out->fingerprint ^ d) * UINT64_C(0x100000001B3);
        if (!moved[h]) continue;
        out->n_placed++;
        schools += (double)t->homes[d].school;
    }
    out->mean_school = schools / out->n_placed;
}

relocation_result relocation_run(int n_threads)
{
    town t = make_town();
    lists l = make_lists();
    relocation_result out = {0};
    uint8_t *moved = need(HOUSEHOLDS);
    omp_set_num_threads(n_threads);
    double from = seconds();
    uint32_t n = out.n_movers = unplace(&t, &l);
    uint32_t n_offers = list_vacant(&t, &l);
    out.seconds = seconds() - from;
    for (uint32_t i = 0; i < n; i++) moved[l.mover[i]] = 1;
    from = seconds();
    for (; n > 0 && n_offers >= SAMPLE; out.n_rounds++) {
        choose(&t, &l, n, n_offers, out.n_rounds);
        settle(&t, &l, &n, &n_offers);
    }
    out.seconds += seconds() - from;
    check(&t, moved, &out);
    free(moved), free(l.mover), free(l.moved_by_block), free(l.offer), free(l.home), free(l.claim), free(l.want);
    free_town(&t);
    return out;
}

market_result market_run(uint32_t n_households, int n_months, int n_threads)
{
    enum { VACANT_EVERY = 50 };
    const market_size size = {.n_dwellings = n_households + n_households / (VACANT_EVERY - 1), .n_areas = 20, .n_municipalities = 1, .vacant_every = VACANT_EVERY};
    market_world world;
    market_result out = {0};
    market_world_make(&world, &size);
    kj_sim *sim = market_sim(&world, n_threads, false, false);
    const kj_rows *households = kj_store_table(kj_sim_store(sim), "household");
    for (int m = 0; m < n_months; m++) {
        kj_error err = {0};
        out.household_months += households->n_alive;
        if (kj_sim_month(&err, sim)) {
            fprintf(stderr, "kedja-bench: error: %s\n", err.text);
            abort();
        }
        if (KJ_MONTH_OF_YEAR(kj_sim_now(sim)) == 12) out.moves += *(const int64_t *)kj_store_data(kj_sim_store(sim), "municipality", "household_moves", KJ_I64);
    }
    for (uint32_t s = 0; s < kj_sim_n_systems(sim); s++) {
        kj_system_info info;
        kj_sim_system(sim, s, &info);
        if (strcmp(info.plugin, "housing") == 0) out.seconds += 1e-9 * (double)info.nanoseconds;
    }
    kj_sim_free(sim);
    market_world_free(&world);
    return out;
}
