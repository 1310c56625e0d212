/* The developer's pro forma. January, in parallel over the map: what building would yield on each site, which sites come to
   market, and which of them pay. */
#include <kedja/math.h>

#include "development.h"

/* Price of a new home here when it is ready. Within an area, price falls with the way to the centre, around the mean of its
   priced homes; builders expect part of last year's change to go on while they build. */
static double site_price(const appraisal *a, int32_t cell, bool flats)
{
    int32_t area = a->land.area[cell];
    double years = a->value[flats ? P_MONTHS_FLAT : P_MONTHS_SMALL] / 12.0;
    double trend = a->value[P_EXTRAPOLATION] * (double)a->growth[flats][area] * years;
    double price = (double)(flats ? a->price_flat[area] : a->price_small[area]) * (1.0 + trend);
    if (a->n_priced[area] <= 0) return price;
    double minutes = ((double)a->travel[cell] - (double)a->sum_travel[area] / (double)a->n_priced[area]) / 60.0;
    double slope = a->value[P_ACCESS_PER_MINUTE] * minutes;
    return price * kj_exp(slope > 1.0 ? -1.0 : slope < -0.5 ? 0.5 : -slope);
}

/* Price of the land itself, SEK per m2 of land: what the municipality asks where it sells, else by use. */
static double land_price(const appraisal *a, int32_t cell)
{
    if (a->land_price[cell] > 0.0f) return (double)a->land_price[cell];
    switch (a->land.land_use[cell]) {
    case KJ_LAND_FARMLAND: return a->value[P_LAND_FARMLAND];
    case KJ_LAND_FOREST: return a->value[P_LAND_FOREST];
    case KJ_LAND_PARK: return a->value[P_LAND_PARK];
    case KJ_LAND_WORK: return a->value[P_CLEAR_WORK];
    default: return a->value[P_LAND_OPEN];
    }
}

/* Land, opening up and clearing, SEK per m2 of dwelling area. */
static double ground_cost(const appraisal *a, int32_t cell, bool flats, int32_t n_near, double price)
{
    const land_view *land = &a->land;
    uint8_t use = land->land_use[cell];
    double far = (double)land->max_far[cell];
    double full = (double)land->floor_area[cell] * land->gross / (far * land->cell_m2);
    if (use == KJ_LAND_SMALL_HOUSES || use == KJ_LAND_FLATS) return a->value[P_INFILL_LAND_SHARE] * price + a->value[P_CLEAR_INFILL] * full;
    double land_per_m2 = flats ? land->gross / far : land->plot_m2 / land->mean_area[HOME_SMALL_HOUSE];
    double open_up = use == KJ_LAND_WORK ? 0.0 : a->value[P_INFRASTRUCTURE] * (n_near > 0 ? 1.0 : a->value[P_REMOTE_FACTOR]);
    return land_per_m2 * (land_price(a, cell) + open_up);
}

static double parking_cost(const appraisal *a, int32_t cell)
{
    bool garage = (double)a->land.max_far[cell] >= a->value[P_GARAGE_FAR];
    return a->value[P_PARKING_PER_FLAT] * a->value[garage ? P_PARKING_GARAGE : P_PARKING_GROUND] / a->land.mean_area[HOME_FLAT];
}

/* Building, fees, parking, bad ground and what the municipality asks or pays, SEK per m2 of dwelling area. */
static double house_cost(const appraisal *a, int32_t cell, bool flats)
{
    double extra = a->value[P_FEES] + (double)a->ground_cost[cell] + (double)a->charge[cell];
    return flats ? a->value[P_CONSTRUCTION_FLAT] + parking_cost(a, cell) + extra : a->value[P_CONSTRUCTION_SMALL] + extra;
}

/* Premises on works land become homes instead: bought at a share of the price, no demolition, no new frame. */
static double conversion_cost(const appraisal *a, int32_t cell, double price)
{
    return a->value[P_INFILL_LAND_SHARE] * price + a->value[P_CONVERSION_COST] + parking_cost(a, cell) + a->value[P_FEES] + (double)a->charge[cell];
}

static int32_t in_tenthousandths(double margin)
{
    double scaled = margin * 10000.0;
    return scaled > 1e6 ? 1000000 : scaled < -1e6 ? -1000000 : (int32_t)scaled;
}

bool appraisal_site(const appraisal *a, int32_t cell, bool flats, int32_t n_near, dev_candidate *out)
{
    double price = site_price(a, cell, flats);
    double cost = ground_cost(a, cell, flats, n_near, price) + house_cost(a, cell, flats);
    bool converts = false;
    if (flats && a->land.land_use[cell] == KJ_LAND_WORK) {
        double converted = conversion_cost(a, cell, price);
        converts = converted < cost;
        if (converts) cost = converted;
    }
    if (cost < 1.0) cost = 1.0; /* a subsidy may exceed all costs */
    double margin = price / cost - 1.0, rental = flats ? a->rental_value / cost - 1.0 : -1.0;
    double required = a->value[flats ? P_RETURN_FLAT : P_RETURN_SMALL];
    *out = (dev_candidate){.room = out->room, .cell = cell, .flats = flats, .conversion = converts, .margin = in_tenthousandths(margin - required),
                           .rental_margin = flats ? in_tenthousandths(rental - required) : INT32_MIN};
    return (margin > rental ? margin : rental) >= required;
}

void appraisal_take(const dev *d, kj_ctx *ctx, appraisal *a)
{
    const kj_run_v1 *run = d->run;
    a->d = d;
    a->travel = run->read(ctx, d->travel_centre);
    a->price_small = run->read(ctx, d->new_price_small);
    a->price_flat = run->read(ctx, d->new_price_flat);
    for (int flat = 0; flat < 2; flat++) a->growth[flat] = run->read(ctx, d->price_growth[flat]);
    a->ground_cost = run->read(ctx, d->ground_cost);
    a->charge = run->read(ctx, d->charge);
    a->land_price = run->read(ctx, d->land_price);
    a->sum_travel = run->read(ctx, d->area_sum[SUM_TRAVEL]);
    a->n_priced = run->read(ctx, d->area_sum[SUM_PRICED]);
    for (int k = 0; k < P_COUNT; k++) a->value[k] = dev_value(d, ctx, (dev_param_id)k);
    a->rental_value = (a->value[P_RENT_NEW] - a->value[P_RUNNING_COST]) / a->value[P_YIELD];
}

/* ---- the share of built land around each cell, by sums over a window that slides down the block ---- */

typedef struct surround {
    int32_t radius;       /* cells */
    int32_t *built, *all; /* by column, over the window's rows */
    float *share;         /* of the present row */
} surround;

static void add_row(const land_view *land, surround *s, int32_t row, int32_t sign)
{
    if (row < 0 || row >= land->grid->ny) return;
    int32_t nx = land->grid->nx;
    const uint8_t *restrict use = land->land_use + (size_t)row * (size_t)nx;
    const int32_t *restrict area = land->area + (size_t)row * (size_t)nx;
    for (int32_t col = 0; col < nx; col++) {
        s->built[col] += use[col] >= KJ_LAND_SMALL_HOUSES ? sign : 0;
        s->all[col] += area[col] >= 0 ? sign : 0;
    }
}

static void share_row(const land_view *land, surround *s)
{
    int32_t nx = land->grid->nx, built = 0, all = 0;
    for (int32_t col = 0; col < s->radius && col < nx; col++) built += s->built[col], all += s->all[col];
    for (int32_t col = 0; col < nx; col++) {
        int32_t in = col + s->radius, out = col - s->radius - 1;
        if (in < nx) built += s->built[in], all += s->all[in];
        if (out >= 0) built -= s->built[out], all -= s->all[out];
        s->share[col] = all > 0 ? (float)built / (float)all : 0.0f;
    }
}

/* ---- the system ---- */

typedef struct market {
    appraisal a;
    surround around;
    float *potential;
    market_draws offers;
    uint32_t threshold[2]; /* chance of coming to market: unbuilt, built */
} market;

/* What draws developers here besides chance: return, what stands around, and the number of homes, since a site with room
   for n counts as n alternatives (McFadden 1978). */
static float site_potential(const market *mk, const dev_candidate *site, int32_t n_near, float share)
{
    const double *value = mk->a.value;
    int32_t best = site->margin > site->rental_margin ? site->margin : site->rental_margin;
    return (float)(value[P_CHOICE_SCALE] * ((double)best / 10000.0 + value[P_SURROUND_WEIGHT] * (double)share +
                                            value[P_NEIGHBOUR_WEIGHT] * (double)n_near / 8.0) + kj_log((double)site->room));
}

static void look_at(market *mk, kj_ctx *ctx, int32_t cell, float share)
{
    const dev *d = mk->a.d;
    const land_view *land = &mk->a.land;
    if (!land_is_free(land, cell) || mk->a.travel[cell] == INT32_MAX) return;
    bool flats = land_zoned(land, cell, true);
    dev_candidate site = {.room = land_room(land, cell, flats, (double)land->max_far[cell])};
    if (site.room < 1) return;
    int32_t n_near = land_near_built(land, cell);
    if (!appraisal_site(&mk->a, cell, flats, n_near, &site)) return;
    mk->potential[cell] = site_potential(mk, &site, n_near, share);
    bool built = land_is_built(land->land_use[cell]);
    if (market_draw(&mk->offers, cell) < mk->threshold[built]) d->run->emit(ctx, d->candidates, &site);
}

kj_status dev_appraise(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const dev *d = instance;
    const kj_run_v1 *run = d->run;
    market mk = {.offers = {.stream = run->stream(ctx, STREAM_OFFER), .month = run->month(ctx), .group = -1}, .potential = run->write(ctx, d->potential)};
    land_view_read(d, ctx, &mk.a.land);
    appraisal_take(d, ctx, &mk.a);
    const land_view *land = &mk.a.land;
    int32_t nx = land->grid->nx, first = (int32_t)begin / nx, last = (int32_t)end / nx;
    surround *around = &mk.around;
    around->radius = (int32_t)(mk.a.value[P_SURROUND_RADIUS] / land->grid->cell_m + 0.5);
    around->built = run->scratch(ctx, (size_t)nx * sizeof(int32_t));
    around->all = run->scratch(ctx, (size_t)nx * sizeof(int32_t));
    around->share = run->scratch(ctx, (size_t)nx * sizeof(float));
    if (!around->built || !around->all || !around->share) return KJ_E_MEMORY;
    mk.threshold[0] = kj_threshold(mk.a.value[P_OFFER_GREENFIELD]);
    mk.threshold[1] = kj_threshold(mk.a.value[P_OFFER_INFILL]);
    for (int32_t row = first - around->radius; row < first + around->radius; row++) add_row(land, around, row, 1);
    const uint8_t *restrict zoning = land->zoning, *restrict protection = land->protection;
    for (int32_t row = first; row < last; row++) {
        add_row(land, around, row + around->radius, 1);
        share_row(land, around);
        for (int32_t col = 0; col < nx; col++) {
            int32_t cell = row * nx + col;
            mk.potential[cell] = NO_POTENTIAL;
            /* Most of the map leaves here, on two bytes a cell. */
            if (protection[cell] != 0 || (zoning[cell] != KJ_ZONE_SMALL_HOUSES && zoning[cell] != KJ_ZONE_MIXED)) continue;
            look_at(&mk, ctx, cell, around->share[col]);
        }
        add_row(land, around, row - around->radius, -1);
    }
    return KJ_OK;
}
