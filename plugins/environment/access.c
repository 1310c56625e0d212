/* Travel times to the nearest centre. The map brings those by road; on foot they follow the cost surface; a station shortens them for
   those near it, a new road for those who can use it. Computed at the start and in a January in which stations or roads changed. */
#include <string.h>

#include "environment.h"

/* Seconds on foot from the nearest of the cells marked; false if none is, or the map has no walking surface. */
static bool walk_from(const env *e, kj_ctx *ctx, const uint8_t *marked, int32_t *out)
{
    const kj_grid *grid = e->run->grid(ctx);
    int32_t n = kj_grid_cells(grid);
    const int16_t *walk = e->has_walk ? e->run->read(ctx, e->walk_cost) : NULL;
    int32_t *entrances = e->run->scratch(ctx, (size_t)n * sizeof *entrances);
    uint16_t *step = e->run->scratch(ctx, (size_t)n * sizeof *step);
    void *work = e->run->scratch(ctx, e->space->travel_work_bytes(grid));
    uint32_t n_entrances = 0;
    if (!walk || !entrances || !step || !work) return false;
    for (int32_t c = 0; c < n; c++) {
        step[c] = (uint16_t)(walk[c] > 0 ? walk[c] : 0);
        if (marked[c]) entrances[n_entrances++] = c;
    }
    return n_entrances > 0 && e->space->travel_cost(grid, step, entrances, n_entrances, out, NULL, work) == KJ_OK;
}

/* Tenths of a second by car from the centres over a plain surface, with or without the new roads. */
static bool drive_from(const env *e, kj_ctx *ctx, const int32_t *base, bool with_roads, int32_t *out)
{
    const kj_grid *grid = e->run->grid(ctx);
    int32_t n = kj_grid_cells(grid);
    const uint8_t *kmh = e->run->read(ctx, e->road_kmh), *use = e->run->read(ctx, e->land_use);
    int32_t *entrances = e->run->scratch(ctx, (size_t)n * sizeof *entrances);
    uint16_t *step = e->run->scratch(ctx, (size_t)n * sizeof *step);
    void *work = e->run->scratch(ctx, e->space->travel_work_bytes(grid));
    double plain = env_value(e, ctx, P_ROAD_SPEED);
    uint32_t n_entrances = 0;
    if (!entrances || !step || !work) return false;
    for (int32_t c = 0; c < n; c++) {
        double speed = with_roads && kmh[c] > plain ? (double)kmh[c] : plain, tenths = grid->cell_m * 36.0 / speed;
        bool closed = use[c] == KJ_LAND_WATER && !(with_roads && kmh[c]); /* a new road may be a bridge */
        step[c] = (uint16_t)(closed ? 0.0 : tenths < 1.0 ? 1.0 : tenths > 60000.0 ? 60000.0 : tenths);
        if (base[c] == 0) entrances[n_entrances++] = c;
    }
    return n_entrances > 0 && e->space->travel_cost(grid, step, entrances, n_entrances, out, NULL, work) == KJ_OK;
}

/* START: keeps what the map brought, and walks from the centres. */
kj_status env_start(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const env *e = instance;
    int32_t n = kj_grid_cells(e->run->grid(ctx));
    const int32_t *travel = e->run->read(ctx, e->travel_centre);
    int32_t *base = e->run->write(ctx, e->travel_base), *foot = e->run->write(ctx, e->travel_foot);
    uint8_t *centre = e->run->scratch(ctx, (size_t)n);
    if (!centre) return KJ_E_MEMORY;
    for (int32_t c = 0; c < n; c++) base[c] = travel[c], centre[c] = travel[c] == 0;
    if (!walk_from(e, ctx, centre, foot))
        for (int32_t c = 0; c < n; c++) foot[c] = UNREACHABLE;
    return KJ_OK;
}

/* A number that changes when stations or roads do, or the speeds with which they are reckoned. 0: there are none. */
static int64_t stamp_of(const env *e, kj_ctx *ctx, const int32_t *station, const uint8_t *kmh, int32_t n)
{
    int64_t stamp = 0;
    for (int32_t c = 0; c < n; c++)
        if (station[c] || kmh[c]) stamp += (int64_t)(kj_luck(1, (uint64_t)c, (uint64_t)station[c] << 8 | kmh[c]) >> 24);
    if (!stamp) return 0;
    const env_param_id used[] = {P_ROAD_SPEED, P_BICYCLE_FACTOR};
    for (size_t k = 0; k < sizeof used / sizeof *used; k++) {
        double value = env_value(e, ctx, used[k]);
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        stamp += (int64_t)(kj_luck(2, k, bits) >> 24);
    }
    return stamp;
}

/* Travel times by car: the map's, and what new roads save. */
static kj_status drive_to_centre(const env *e, kj_ctx *ctx, bool has_road, int32_t *travel)
{
    int32_t n = kj_grid_cells(e->run->grid(ctx));
    const int32_t *base = e->run->read(ctx, e->travel_base);
    int32_t *without = e->run->scratch(ctx, (size_t)n * sizeof *without), *with = e->run->scratch(ctx, (size_t)n * sizeof *with);
    if (!without || !with) return KJ_E_MEMORY;
    memcpy(travel, base, (size_t)n * sizeof *travel);
    if (!has_road || !drive_from(e, ctx, base, false, without) || !drive_from(e, ctx, base, true, with)) return KJ_OK;
    for (int32_t c = 0; c < n; c++) {
        if (with[c] == UNREACHABLE || base[c] == 0) continue;
        if (base[c] == UNREACHABLE || without[c] == UNREACHABLE) {
            travel[c] = with[c] / 10;
        } else {
            int32_t left = base[c] - (without[c] - with[c]) / 10;
            travel[c] = left > 1 ? left : 1;
        }
    }
    return KJ_OK;
}

void reach_free(env *e)
{
    env_drop(e, e->reach.car, e->reach.n_cells * sizeof *e->reach.car);
    env_drop(e, e->reach.to_station, e->reach.n_cells * sizeof *e->reach.to_station);
    e->reach = (env_reach){0};
}

/* Keeps the ways by car, and those on foot to the nearest station. */
static kj_status keep_reach(env *e, kj_ctx *ctx, const int32_t *station, const int32_t *travel)
{
    const size_t n = (size_t)kj_grid_cells(e->run->grid(ctx));
    uint8_t *marked = e->run->scratch(ctx, n);
    reach_free(e);
    e->reach = (env_reach){env_keep(e, n * sizeof(int32_t)), env_keep(e, n * sizeof(int32_t)), n};
    if (!marked || !e->reach.car || !e->reach.to_station) return KJ_E_MEMORY;
    memcpy(e->reach.car, travel, n * sizeof *travel);
    for (size_t c = 0; c < n; c++) marked[c] = station[c] > 0;
    if (!walk_from(e, ctx, marked, e->reach.to_station))
        for (size_t c = 0; c < n; c++) e->reach.to_station[c] = UNREACHABLE;
    return KJ_OK;
}

/* Where the train is quicker, by it. */
static void take_train(const env *e, kj_ctx *ctx, const int32_t *station, int32_t *travel)
{
    const int32_t n = kj_grid_cells(e->run->grid(ctx)), *to_station = e->reach.to_station;
    int32_t ride = UNREACHABLE; /* the shortest: stations share a line */
    for (int32_t c = 0; c < n; c++)
        if (station[c] > 0 && station[c] < ride) ride = station[c];
    double factor = env_value(e, ctx, P_BICYCLE_FACTOR);
    for (int32_t c = 0; c < n; c++) {
        if (to_station[c] == UNREACHABLE) continue;
        double by_train = (double)to_station[c] / factor + (double)ride;
        if (by_train < (double)travel[c]) travel[c] = (int32_t)by_train;
    }
}

/* January: what is kept is made anew here too when a restart has lost it, so that it rests on the same stations and roads. */
kj_status env_access(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    env *e = instance;
    int32_t n = kj_grid_cells(e->run->grid(ctx));
    const int32_t *station = e->run->read(ctx, e->station);
    const uint8_t *kmh = e->run->read(ctx, e->road_kmh);
    int64_t *seen = e->run->write(ctx, e->seen), stamp = stamp_of(e, ctx, station, kmh, n);
    bool has_station = false, has_road = false;
    for (int32_t c = 0; stamp && c < n; c++) /* without a stamp there is neither */
        has_station |= station[c] > 0, has_road |= kmh[c] > 0;
    if (e->run->n_rows(ctx, e->municipality) == 0 || (seen[0] == stamp && (!has_station || e->reach.car))) return KJ_OK;
    seen[0] = stamp;
    int32_t *travel = e->run->write(ctx, e->travel_centre);
    kj_status status = drive_to_centre(e, ctx, has_road, travel);
    if (status || !has_station) {
        reach_free(e);
        return status;
    }
    status = keep_reach(e, ctx, station, travel);
    if (!status) take_train(e, ctx, station, travel);
    return status;
}
