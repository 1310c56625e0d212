/* January, in parallel over the map: which sites come to market, and which of them pay. */
#include <kedja/math.h>

#include "development.h"

typedef struct appraisal {
    const dev *d;
    land_view land;
    const int32_t *travel, *price_small, *price_flat;
    const int64_t *sum_travel, *n_priced;
    double value[P_COUNT];
    double rental_value; /* SEK per m2 of dwelling area */
} appraisal;

/* Within an area, price falls with the way to the centre, around the mean of its priced homes. */
static double site_price(const appraisal *a, int32_t cell, bool flats)
{
    int32_t area = a->land.area[cell];
    double price = (double)(flats ? a->price_flat[area] : a->price_small[area]);
    if (a->n_priced[area] <= 0) return price;
    double minutes = ((double)a->travel[cell] - (double)a->sum_travel[area] / (double)a->n_priced[area]) / 60.0;
    double slope = a->value[P_ACCESS_PER_MINUTE] * minutes;
    return price * kj_exp(slope > 1.0 ? -1.0 : slope < -0.5 ? 0.5 : -slope);
}

/* Price of the land itself, SEK per m2 of land. */
static double land_price(const appraisal *a, uint8_t land_use)
{
    switch (land_use) {
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
    return land_per_m2 * (land_price(a, use) + open_up);
}

static double house_cost(const appraisal *a, int32_t cell, bool flats)
{
    if (!flats) return a->value[P_CONSTRUCTION_SMALL] + a->value[P_FEES];
    bool garage = (double)a->land.max_far[cell] >= a->value[P_GARAGE_FAR];
    double parking = a->value[P_PARKING_PER_FLAT] * a->value[garage ? P_PARKING_GARAGE : P_PARKING_GROUND];
    return a->value[P_CONSTRUCTION_FLAT] + a->value[P_FEES] + parking / a->land.mean_area[HOME_FLAT];
}

static int32_t in_tenthousandths(double margin)
{
    double scaled = margin * 10000.0;
    return scaled > 1e6 ? 1000000 : scaled < -1e6 ? -1000000 : (int32_t)scaled;
}

/* The pro forma of one site. True if it pays to build. */
static bool appraise_site(const appraisal *a, int32_t cell, bool flats, dev_candidate *out)
{
    int32_t n_near = land_near_built(&a->land, cell);
    double price = site_price(a, cell, flats);
    double cost = ground_cost(a, cell, flats, n_near, price) + house_cost(a, cell, flats);
    double margin = price / cost - 1.0, rental = flats ? a->rental_value / cost - 1.0 : -1.0;
    double required = a->value[flats ? P_RETURN_FLAT : P_RETURN_SMALL];
    *out = (dev_candidate){.room = out->room, .cell = cell, .flats = flats, .margin = in_tenthousandths(margin - required), .n_near = n_near,
                           .rental_margin = flats ? in_tenthousandths(rental - required) : INT32_MIN};
    return (margin > rental ? margin : rental) >= required;
}

/* Does the site come to market this year? Owners of built land sell more rarely. */
static bool on_market(const appraisal *a, kj_stream stream, kj_month month, int32_t cell)
{
    bool built = land_is_built(a->land.land_use[cell]);
    uint64_t luck = kj_luck(KJ_LUCK_PROJECT, (uint64_t)month << 32 | (uint32_t)cell, KJ_PROJECT_DEVELOPER);
    return kj_draw(stream, luck, month, 0).v[0] < kj_threshold(a->value[built ? P_OFFER_INFILL : P_OFFER_GREENFIELD]);
}

kj_status dev_appraise(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const dev *d = instance;
    const kj_run_v1 *run = d->run;
    appraisal a = {.d = d};
    land_view_read(d, ctx, &a.land);
    a.travel = run->read(ctx, d->travel_centre);
    a.price_small = run->read(ctx, d->new_price_small);
    a.price_flat = run->read(ctx, d->new_price_flat);
    a.sum_travel = run->read(ctx, d->area_sum[SUM_TRAVEL]);
    a.n_priced = run->read(ctx, d->area_sum[SUM_PRICED]);
    for (int k = 0; k < P_COUNT; k++) a.value[k] = dev_value(d, ctx, (dev_param_id)k);
    a.rental_value = (a.value[P_RENT_NEW] - a.value[P_RUNNING_COST]) / a.value[P_YIELD];
    const uint8_t *restrict zoning = a.land.zoning, *restrict protection = a.land.protection;
    kj_stream stream = run->stream(ctx, STREAM_SITE);
    kj_month month = run->month(ctx);
    for (uint32_t row = begin; row < end; row++) {
        /* Most of the map leaves here, on two bytes a cell. */
        if (protection[row] != 0 || (zoning[row] != KJ_ZONE_SMALL_HOUSES && zoning[row] != KJ_ZONE_MIXED)) continue;
        int32_t cell = (int32_t)row;
        if (!land_is_free(&a.land, cell) || a.travel[cell] == INT32_MAX) continue;
        bool flats = land_zoned(&a.land, cell, true);
        int32_t room = land_room(&a.land, cell, flats, (double)a.land.max_far[cell]);
        if (room < 1 || !on_market(&a, stream, month, cell)) continue;
        dev_candidate candidate = {.room = room};
        if (appraise_site(&a, cell, flats, &candidate)) run->emit(ctx, d->candidates, &candidate);
    }
    return KJ_OK;
}
