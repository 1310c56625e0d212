/* January: what homes are worth in each area, who waits for one, and how many are to be built. */
#include "development.h"

/* Free for anyone, or just built. Homes under notice or renovation and those promised to somebody press no market. */
static bool is_on_offer(const uint8_t *stage, uint32_t vacancy) { return vacancy == KJ_NO_ROW || stage[vacancy] == KJ_STAGE_OFFERED; }

/* ROWS over dwellings: sums by area of stock, empty homes and prices. Integer sums, so that the order does not matter. */
kj_status dev_comparables(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const dev *d = instance;
    const kj_run_v1 *run = d->run;
    enum { TRAVEL_CAP_S = 7200 };
    uint32_t n_areas = run->n_rows(ctx, d->area);
    int64_t *sum = run->scratch(ctx, (size_t)n_areas * SUM_COUNT * sizeof *sum + 1);
    const int32_t *cell_of = run->read(ctx, d->home_cell), *price = run->read(ctx, d->home_price);
    const int32_t *area_of = run->read(ctx, d->cell_area), *travel = run->read(ctx, d->travel_centre);
    const int16_t *m2 = run->read(ctx, d->home_area_m2);
    const uint8_t *kind = run->read(ctx, d->home_kind), *tenure = run->read(ctx, d->home_tenure), *state = run->read(ctx, d->home_state);
    const uint8_t *alive = run->alive(ctx, d->dwelling), *stage = run->read(ctx, d->vacancy_stage);
    const kj_id *vacancy = run->read(ctx, d->home_vacancy), *holder = run->read(ctx, d->home_household);
    const uint32_t *vacancy_row = run->row_of(ctx, d->vacancy), *household_row = run->row_of(ctx, d->household);
    const int16_t *moved = run->read(ctx, d->household_moved);
    const bool owned_only = dev_value(d, ctx, P_OWNED_FLATS) > 0.0;
    const float *index = d->has_price_index ? run->read(ctx, d->price_index) : NULL;
    kj_month start = run->start_month(ctx);
    if (!sum) return KJ_E_MEMORY;
    for (uint32_t row = begin; row < end; row++) {
        if (!alive[row] || state[row] == KJ_DWELLING_CLOSED) continue;
        int32_t cell = cell_of[row], area = area_of[cell];
        if (area < 0) continue;
        int64_t *s = sum + (size_t)area * SUM_COUNT;
        int flat = kind[row] == KJ_FLAT;
        s[SUM_STOCK_SMALL + flat]++;
        if (state[row] == KJ_DWELLING_VACANT) s[SUM_VACANT_SMALL + flat] += is_on_offer(stage, vacancy_row[vacancy[row]]);
        if ((tenure[row] != KJ_TENURE_COOP || owned_only) && tenure[row] != KJ_TENURE_OWNER) continue;
        if (price[row] <= 0 || m2[row] <= 0) continue;
        /* A home that has not changed hands in this run still has its price of the start: what it is worth now follows the
           index of its area. */
        uint32_t h = household_row[holder[row]];
        bool stale = index && h != KJ_NO_ROW && moved[h] <= start;
        s[SUM_SEK_SMALL + flat] += stale ? (int64_t)((double)price[row] * (double)index[area]) : price[row];
        s[SUM_M2_SMALL + flat] += m2[row];
        s[SUM_TRAVEL] += travel[cell] < TRAVEL_CAP_S ? travel[cell] : TRAVEL_CAP_S;
        s[SUM_PRICED]++;
    }
    for (uint32_t area = 0; area < n_areas; area++)
        for (uint32_t k = 0; k < SUM_COUNT; k++)
            if (sum[(size_t)area * SUM_COUNT + k]) run->add(ctx, d->area_sum[k], area, sum[(size_t)area * SUM_COUNT + k]);
    return KJ_OK;
}

/* Mean price per m2; evidence of fewer than this many m2 counts as none. */
static double price_of(int64_t sek, int64_t m2, double otherwise)
{
    enum { EVIDENCE_M2 = 400 };
    return m2 >= EVIDENCE_M2 ? (double)sek / (double)m2 : otherwise;
}

static double price_fall(const dev *d, kj_ctx *ctx, int64_t vacant, int64_t stock)
{
    if (stock <= 0) return 1.0;
    double excess = (double)vacant / (double)stock - dev_value(d, ctx, P_VACANCY_NATURAL);
    double fall = 1.0 - (excess > 0.0 ? excess * dev_value(d, ctx, P_VACANCY_WEIGHT) : 0.0);
    return fall > 0.2 ? fall : 0.2;
}

/* Change since last January, within a fifth; 0 in the first. */
static float growth_of(int32_t before, int32_t now)
{
    double growth = before > 0 ? (double)now / (double)before - 1.0 : 0.0;
    return (float)(growth > 0.2 ? 0.2 : growth < -0.2 ? -0.2 : growth);
}

/* What a new home sells for in each area: comparables there, else in the whole world, less where homes stand empty. */
static void set_prices(const dev *d, kj_ctx *ctx)
{
    const kj_run_v1 *run = d->run;
    uint32_t n_areas = run->n_rows(ctx, d->area);
    int32_t *price[2] = {run->write(ctx, d->new_price_small), run->write(ctx, d->new_price_flat)};
    double premium = dev_value(d, ctx, P_NEW_PREMIUM);
    for (int flat = 0; flat < 2; flat++) {
        const int64_t *sek = run->read(ctx, d->area_sum[SUM_SEK_SMALL + flat]), *m2 = run->read(ctx, d->area_sum[SUM_M2_SMALL + flat]);
        const int64_t *stock = run->read(ctx, d->area_sum[SUM_STOCK_SMALL + flat]);
        const int64_t *vacant = run->read(ctx, d->area_sum[SUM_VACANT_SMALL + flat]);
        int64_t all_sek = 0, all_m2 = 0;
        for (uint32_t area = 0; area < n_areas; area++) all_sek += sek[area], all_m2 += m2[area];
        double mean = price_of(all_sek, all_m2, dev_value(d, ctx, flat ? P_PRICE_FLAT : P_PRICE_SMALL));
        float *growth = run->write(ctx, d->price_growth[flat]);
        for (uint32_t area = 0; area < n_areas; area++) {
            int32_t before = price[flat][area];
            price[flat][area] = (int32_t)(price_of(sek[area], m2[area], mean) * premium * price_fall(d, ctx, vacant[area], stock[area]));
            growth[area] = growth_of(before, price[flat][area]);
        }
    }
}

/* Households that wait outside, and lodgers by municipality of their host's home. */
static int64_t count_waiting(const dev *d, kj_ctx *ctx, int64_t *lodging)
{
    const kj_run_v1 *run = d->run;
    const uint8_t *living = run->read(ctx, d->living), *alive = run->alive(ctx, d->household);
    const kj_id *host = run->read(ctx, d->household_host), *home = run->read(ctx, d->household_dwelling);
    const int32_t *cell_of = run->read(ctx, d->home_cell), *area_of = run->read(ctx, d->cell_area);
    const kj_id *area_municipality = run->read(ctx, d->area_municipality);
    const uint32_t *household_row = run->row_of(ctx, d->household), *home_row = run->row_of(ctx, d->dwelling);
    const uint32_t *municipality_row = run->row_of(ctx, d->municipality);
    uint32_t n = run->n_rows(ctx, d->household);
    int64_t outside = 0;
    for (uint32_t row = 0; row < n; row++) {
        if (living[row] == KJ_LIVES_HOLDING || !alive[row]) continue;
        outside += living[row] == KJ_LIVES_OUTSIDE;
        if (living[row] != KJ_LIVES_LODGING) continue;
        uint32_t of_host = household_row[host[row]];
        uint32_t of_home = of_host == KJ_NO_ROW ? KJ_NO_ROW : home_row[home[of_host]];
        int32_t area = of_home == KJ_NO_ROW ? -1 : area_of[cell_of[of_home]];
        uint32_t m = area < 0 ? KJ_NO_ROW : municipality_row[area_municipality[area]];
        if (m != KJ_NO_ROW) lodging[m]++;
    }
    return outside;
}

/* Homes that open projects have still to complete, and homes a year of the municipality's own among them. */
static void count_pipeline(const dev *d, kj_ctx *ctx, int64_t *pipeline, int64_t *committed)
{
    const kj_run_v1 *run = d->run;
    const uint8_t *stage = run->read(ctx, d->project_stage), *alive = run->alive(ctx, d->project);
    const int32_t *area = run->read(ctx, d->project_area), *built = run->read(ctx, d->project_built);
    const int32_t *start = run->read(ctx, d->project_start), *completion = run->read(ctx, d->project_completion);
    const uint8_t *kind = run->read(ctx, d->project_kind);
    const int32_t *part[5] = {run->read(ctx, d->n_rental), run->read(ctx, d->n_coop), run->read(ctx, d->n_owner),
                              run->read(ctx, d->n_student), run->read(ctx, d->n_senior)};
    const kj_id *area_municipality = run->read(ctx, d->area_municipality);
    const uint32_t *municipality_row = run->row_of(ctx, d->municipality);
    uint32_t n = run->n_rows(ctx, d->project), n_areas = run->n_rows(ctx, d->area);
    kj_month now = run->month(ctx);
    for (uint32_t row = 0; row < n; row++) {
        bool open = stage[row] == KJ_PROJECT_PERMITTED || stage[row] == KJ_PROJECT_STARTED;
        if (!alive[row] || !open || start[row] > now + 24 || area[row] < 0 || (uint32_t)area[row] >= n_areas) continue;
        uint32_t m = municipality_row[area_municipality[area[row]]];
        int32_t homes = -built[row];
        for (int k = 0; k < 5; k++) homes += part[k][row];
        if (m == KJ_NO_ROW || homes <= 0) continue;
        pipeline[m] += homes;
        if (kind[row] != KJ_PROJECT_DEVELOPER && start[row] < now + 12) committed[m] += project_rate(homes, start[row], completion[row], now);
    }
}

/* Stock and empty homes of a municipality, small houses and flats. */
typedef struct stock_count {
    int64_t homes[2], empty[2];
} stock_count;

static void count_stock(const dev *d, kj_ctx *ctx, stock_count *stock)
{
    const kj_run_v1 *run = d->run;
    const kj_id *area_municipality = run->read(ctx, d->area_municipality);
    const uint32_t *municipality_row = run->row_of(ctx, d->municipality);
    uint32_t n_areas = run->n_rows(ctx, d->area);
    for (int flat = 0; flat < 2; flat++) {
        const int64_t *homes = run->read(ctx, d->area_sum[SUM_STOCK_SMALL + flat]), *empty = run->read(ctx, d->area_sum[SUM_VACANT_SMALL + flat]);
        for (uint32_t area = 0; area < n_areas; area++) {
            uint32_t m = municipality_row[area_municipality[area]];
            if (m != KJ_NO_ROW) stock[m].homes[flat] += homes[area], stock[m].empty[flat] += empty[area];
        }
    }
}

/* Share of small houses in what is wanted: that of the stock, scaled, less where small houses stand emptier than flats. */
static double small_share(const dev *d, kj_ctx *ctx, const stock_count *s)
{
    double homes = (double)(s->homes[0] + s->homes[1]);
    if (homes <= 0.0) return 0.5;
    double share = dev_value(d, ctx, P_SMALL_SHARE) * (double)s->homes[0] / homes;
    if (share > 1.0) share = 1.0;
    double small = share * price_fall(d, ctx, s->empty[0], s->homes[0]), flats = (1.0 - share) * price_fall(d, ctx, s->empty[1], s->homes[1]);
    return small / (small + flats);
}

/* Those outside have no address yet: they are shared out by the homes that exist. */
static double part_of_outside(int64_t outside, double homes_here, int64_t all_homes, uint32_t n)
{
    return all_homes > 0 ? (double)outside * homes_here / (double)all_homes : (double)outside / (double)n;
}

/* START: what dev_demand counts each January. */
kj_status dev_start_waiting(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const dev *d = instance;
    const kj_run_v1 *run = d->run;
    const int64_t *homes = run->read(ctx, d->municipality_count[M_DWELLINGS]);
    uint32_t n = run->n_rows(ctx, d->municipality);
    int64_t *lodging = run->scratch(ctx, (size_t)n * sizeof *lodging + 1), all_homes = 0;
    if (!lodging) return KJ_E_MEMORY;
    for (uint32_t m = 0; m < n; m++) all_homes += homes[m];
    int64_t outside = count_waiting(d, ctx, lodging), *waiting = run->write(ctx, d->municipality_count[M_WAITING]);
    for (uint32_t m = 0; m < n; m++) waiting[m] = (int64_t)part_of_outside(outside, (double)homes[m], all_homes, n) + lodging[m];
    return KJ_OK;
}

/* How many homes developers start this year: an answer to need that vacancies and what is under way leave, within what
   the trade can build. A vision (demography.needed_dwellings) raises it. */
kj_status dev_demand(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const dev *d = instance;
    const kj_run_v1 *run = d->run;
    uint32_t n = run->n_rows(ctx, d->municipality);
    int64_t *lodging = run->scratch(ctx, (size_t)n * sizeof *lodging + 1), *pipeline = run->scratch(ctx, (size_t)n * sizeof *pipeline + 1);
    int64_t *committed = run->scratch(ctx, (size_t)n * sizeof *committed + 1);
    stock_count *stock = run->scratch(ctx, (size_t)n * sizeof *stock + 1);
    if (!lodging || !pipeline || !committed || !stock) return KJ_E_MEMORY;
    set_prices(d, ctx);
    int64_t outside = count_waiting(d, ctx, lodging), all_homes = 0;
    count_pipeline(d, ctx, pipeline, committed);
    count_stock(d, ctx, stock);
    for (uint32_t m = 0; m < n; m++) all_homes += stock[m].homes[0] + stock[m].homes[1];
    int64_t *to_build = run->write(ctx, d->municipality_count[M_TO_BUILD]), *waiting = run->write(ctx, d->municipality_count[M_WAITING]);
    int64_t *capacity = run->write(ctx, d->municipality_count[M_CAPACITY]);
    int64_t *to_build_small = run->write(ctx, d->municipality_count[M_TO_BUILD_SMALL]);
    const int64_t *needed = d->has_needed_dwellings ? run->read(ctx, d->needed_dwellings) : NULL;
    double natural = dev_value(d, ctx, P_VACANCY_NATURAL);
    for (uint32_t m = 0; m < n; m++) {
        double homes_here = (double)(stock[m].homes[0] + stock[m].homes[1]), empty = (double)(stock[m].empty[0] + stock[m].empty[1]);
        double of_outside = part_of_outside(outside, homes_here, all_homes, n);
        double spare = empty - natural * homes_here + (double)pipeline[m];
        double need = dev_value(d, ctx, P_RESPONSE_OUTSIDE) * of_outside + dev_value(d, ctx, P_RESPONSE_LODGING) * (double)lodging[m];
        double homes = need - (spare > 0.0 ? spare : 0.0);
        /* A home takes two years: what the vision needs in a year counts against half of what is under way. */
        double vision = needed ? (double)needed[m] - 0.5 * (double)pipeline[m] : 0.0;
        /* One trade builds for the municipality and for developers; the municipality's projects come first. */
        capacity[m] = (int64_t)(dev_value(d, ctx, P_CAPACITY_SHARE) * homes_here);
        double most = (double)(capacity[m] - committed[m]);
        if (homes < vision) homes = vision;
        if (homes > most) homes = most;
        waiting[m] = (int64_t)of_outside + lodging[m];
        to_build[m] = homes > 0.0 ? (int64_t)homes : 0;
        to_build_small[m] = (int64_t)((double)to_build[m] * small_share(d, ctx, &stock[m]) + 0.5);
    }
    return KJ_OK;
}
