#include "market.h"

#include <kedja/math.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../plugins/housing/logit.h"
#include "../../plugins/housing/wide.h"
#include "../shared/market_world.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- U3 ---------------------------------------------------------------------------------------------------------------- */

enum { HOUSEHOLDS = 1000000, HOMES = 1100000, MOVER_SHARE = 20 /* one in */, LOOKS = 50, KEPT = 8, GROUP = 16 };

/* What a home is worth to everybody, to a log income, to a person: V = fixed + log income * by_income + persons * by_person. */
typedef struct home {
    float fixed, by_income, by_person, school;
} home;

typedef struct region {
    home *homes;
    float *log_income;
    uint8_t *persons;
    uint32_t *lives_in, *holder;       /* by household; by home, HOUSEHOLDS: nobody */
    uint32_t *mover, n_movers, *vacant, n_vacant;
    home *shown;                       /* of the vacant homes, side by side */
    uint32_t (*liked)[KEPT];           /* by mover: places in `vacant`, best first */
} region;

static double uniform_of(uint64_t a, uint64_t b) { return ((double)(kj_luck(21, a, b) >> 11) + 0.5) * 0x1p-53; }
static double normal_of(uint64_t a, uint64_t b) { return sqrt(-2.0 * log(uniform_of(a, b))) * cos(6.283185307179586 * uniform_of(a, b + 1)); }

static bool make_region(region *r)
{
    r->homes = malloc(HOMES * sizeof *r->homes);
    r->log_income = malloc(HOUSEHOLDS * sizeof *r->log_income);
    r->persons = malloc(HOUSEHOLDS);
    r->lives_in = malloc(HOUSEHOLDS * sizeof *r->lives_in);
    r->holder = malloc(HOMES * sizeof *r->holder);
    r->mover = malloc(HOUSEHOLDS * sizeof *r->mover);
    r->vacant = malloc(HOMES * sizeof *r->vacant);
    r->shown = malloc(HOMES * sizeof *r->shown);
    r->liked = malloc(HOUSEHOLDS / MOVER_SHARE * 2 * sizeof *r->liked);
    if (!r->homes || !r->log_income || !r->persons || !r->lives_in || !r->holder || !r->mover || !r->vacant || !r->shown || !r->liked) return false;
    for (uint32_t d = 0; d < HOMES; d++) {
        double log_price = 12.5 + 0.5 * normal_of(d, 100), area = fmax(300.0, 1500.0 + 400.0 * normal_of(d, 102)), school = uniform_of(d, 105);
        r->homes[d] = (home){(float)(-2.0 * log_price + 0.08 * 8.0 * log(uniform_of(d, 104)) + 1.5 * school), (float)(0.12 * log_price), (float)(0.0002 * area), (float)school};
        r->holder[d] = d < HOUSEHOLDS ? d : HOUSEHOLDS;
    }
    for (uint32_t h = 0; h < HOUSEHOLDS; h++) {
        r->log_income[h] = (float)(10.8 + 0.7 * normal_of(h, 200));
        r->persons[h] = (uint8_t)(1 + kj_luck(21, h, 202) % 6);
        r->lives_in[h] = h;
    }
    return true;
}

static void free_region(region *r)
{
    free(r->homes), free(r->log_income), free(r->persons), free(r->lives_in), free(r->holder), free(r->mover), free(r->vacant), free(r->shown), free(r->liked);
}

/* Who moves leaves the home; what is vacant is laid side by side. */
static void unplace(region *r)
{
    r->n_movers = r->n_vacant = 0;
    for (uint32_t h = 0; h < HOUSEHOLDS; h++) {
        r->mover[r->n_movers] = h;
        r->n_movers += kj_below((uint32_t)(housing_mix(h + UINT64_C(0x9E3779B97F4A7C15)) >> 32), MOVER_SHARE) == 0;
    }
    for (uint32_t i = 0; i < r->n_movers; i++) {
        r->holder[r->lives_in[r->mover[i]]] = HOUSEHOLDS;
        r->lives_in[r->mover[i]] = HOMES;
    }
    for (uint32_t d = 0; d < HOMES; d++) {
        r->vacant[r->n_vacant] = d;
        r->n_vacant += r->holder[d] == HOUSEHOLDS;
    }
    for (uint32_t i = 0; i < r->n_vacant; i++) r->shown[i] = r->homes[r->vacant[i]];
}

/* Fifty homes drawn with replacement: two alike in fifty of a hundred thousand change nothing that can be seen. */
static void look_around(const region *r, uint32_t i, uint64_t base, uint32_t *place, uint32_t *draw, float *value)
{
    uint32_t h = r->mover[i];
    float income = r->log_income[h], persons = (float)r->persons[h];
    for (uint32_t k = 0; k < LOOKS; k++) {
        uint32_t at = place[k] = kj_below((uint32_t)(housing_mix(base + k) >> 32), r->n_vacant);
        __builtin_prefetch(&r->shown[at]);
        draw[k] = housing_pair_draw(base, r->vacant[at]);
    }
    for (uint32_t k = 0; k < LOOKS; k++) {
        const home *d = &r->shown[place[k]];
        value[k] = d->fixed + income * d->by_income + persons * d->by_person;
    }
}

static void keep_liked(const uint32_t *place, const float *value, const float *taste, uint32_t *liked)
{
    float best[KEPT];
    uint32_t n = 0;
    for (uint32_t k = 0; k < LOOKS; k++) {
        float u = value[k] + taste[k];
        if (n == KEPT && u <= best[KEPT - 1]) continue;
        uint32_t at = n < KEPT ? n++ : KEPT - 1;
        for (; at > 0 && best[at - 1] < u; at--) best[at] = best[at - 1], liked[at] = liked[at - 1];
        best[at] = u;
        liked[at] = place[k];
    }
}

static void choose(const region *r, uint32_t from, uint32_t to, uint64_t round)
{
    uint32_t place[GROUP * LOOKS], draw[GROUP * LOOKS + HOUSING_LANES];
    float value[GROUP * LOOKS], taste[GROUP * LOOKS + HOUSING_LANES];
    for (uint32_t begin = from; begin < to; begin += GROUP) {
        uint32_t n = to - begin < GROUP ? to - begin : GROUP;
        for (uint32_t i = 0; i < n; i++)
            look_around(r, begin + i, housing_mix((uint64_t)r->mover[begin + i] << 8 | round), place + i * LOOKS, draw + i * LOOKS, value + i * LOOKS);
        housing_gumbels(draw, n * LOOKS, taste);
        for (uint32_t i = 0; i < n; i++) keep_liked(place + i * LOOKS, value + i * LOOKS, taste + i * LOOKS, r->liked[begin + i]);
    }
}

/* Movers in turn take the best liked home that is still free; whoever finds none of theirs free looks again. */
static int64_t place_movers(region *r, relocation *out)
{
    uint32_t left = 0;
    for (uint32_t i = 0; i < r->n_movers; i++) {
        uint32_t h = r->mover[i], k = 0;
        while (k < KEPT && r->holder[r->vacant[r->liked[i][k]]] != HOUSEHOLDS) k++;
        if (k == KEPT) {
            r->mover[left++] = h;
            continue;
        }
        uint32_t d = r->vacant[r->liked[i][k]];
        r->holder[d] = h;
        r->lives_in[h] = d;
        out->school_score += (double)r->homes[d].school;
        out->n_moved++;
    }
    return left;
}

static void audit(const region *r, relocation *out)
{
    uint8_t *seen = calloc(HOMES, 1);
    for (uint32_t h = 0; seen && h < HOUSEHOLDS; h++) {
        uint32_t d = r->lives_in[h];
        out->double_booked |= d >= HOMES || seen[d] || r->holder[d] != h;
        if (d < HOMES) seen[d] = 1;
        out->fingerprint = housing_mix(out->fingerprint ^ d);
    }
    free(seen);
}

relocation relocation_run(int n_threads)
{
    relocation out = {.seconds = -1.0};
    region r = {0};
    if (!make_region(&r)) {
        free_region(&r);
        return out;
    }
    double began = now();
    unplace(&r);
    for (uint64_t round = 0; r.n_movers > 0 && round < 100; round++) {
#pragma omp parallel num_threads(n_threads)
        {
            uint32_t n = (uint32_t)omp_get_num_threads(), k = (uint32_t)omp_get_thread_num();
            choose(&r, (uint32_t)((uint64_t)r.n_movers * k / n), (uint32_t)((uint64_t)r.n_movers * (k + 1) / n), round);
        }
        r.n_movers = (uint32_t)place_movers(&r, &out);
    }
    out.seconds = now() - began;
    if (out.n_moved) out.school_score /= (double)out.n_moved;
    audit(&r, &out);
    free_region(&r);
    return out;
}

/* ---- H1, H2 ------------------------------------------------------------------------------------------------------------ */

int market_months_run(uint32_t n_dwellings, int n_months, market_months *out)
{
    market_world world;
    market_world_make(&world, &(market_size){.n_dwellings = n_dwellings, .n_areas = 20, .n_municipalities = 1, .vacant_every = 60, .lodger_every = 30, .n_outside = 20});
    kj_sim *sim = market_sim(&world, 1, false, true);
    kj_error err = {0};
    kj_status status = KJ_OK;
    const kj_rows *households = kj_store_table(kj_sim_store(sim), "household");
    *out = (market_months){0};
    double began = now();
    for (int m = 0; m < n_months && !status; m++) {
        out->household_months += households->n_rows;
        status = kj_sim_month(&err, sim);
    }
    out->seconds = now() - began;
    const kj_rows *vacancies = kj_store_table(kj_sim_store(sim), "vacancy");
    const uint8_t *stage = kj_store_data(kj_sim_store(sim), "vacancy", "stage", KJ_U8);
    for (uint32_t v = 0; v < vacancies->n_rows; v++) out->n_contracts += stage[v] == KJ_STAGE_CLOSED;
    kj_sim_free(sim);
    market_world_free(&world);
    return (int)status;
}
