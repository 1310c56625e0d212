/* Travel times between homes and where people go: on foot over the map's walking surface, by car over a plain surface with new roads
   in it. Least-cost ways over blocks of cells give the pace of a way, the straight line between the two cells its length; so a way
   that is short against a block is not rounded to it. A pure function of the map and the roads: kept, never part of the state. */
#include "environment.h"

enum { BY_FOOT, BY_CAR, LEAST_OPEN = 8 /* a block is closed where fewer than one cell in so many can be entered */ };
static const double units_per_second[2] = {[BY_FOOT] = 1.0, [BY_CAR] = 10.0}; /* of env_ways.step */

void ways_free(env *e)
{
    env_ways *w = &e->ways;
    const size_t n = (size_t)kj_grid_cells(&w->coarse);
    for (int kind = 0; kind < 2; kind++) {
        for (size_t b = 0; w->row[kind] && b < n; b++) env_drop(e, w->row[kind][b], n * sizeof **w->row[kind]);
        env_drop(e, w->row[kind], n * sizeof *w->row[kind]);
        env_drop(e, w->step[kind], n * sizeof *w->step[kind]);
    }
    env_drop(e, w->cost, n * sizeof *w->cost);
    env_drop(e, w->work, e->space->travel_work_bytes(&w->coarse));
    *w = (env_ways){0};
}

/* What is seen of a block of cells. */
typedef struct block_view {
    int32_t n, n_walk, n_dry;
    int64_t walk; /* seconds, over those that can be walked */
    uint8_t kmh;  /* of the fastest new road */
} block_view;

/* Columns and rows of cells that a block holds. */
typedef struct square {
    int32_t col, row, col_end, row_end;
} square;

static square cells_of_block(const kj_grid *grid, const env_ways *w, int32_t b)
{
    int32_t col = b % w->coarse.nx * w->block, row = b / w->coarse.nx * w->block;
    return (square){col, row, col + w->block < grid->nx ? col + w->block : grid->nx, row + w->block < grid->ny ? row + w->block : grid->ny};
}

static block_view look_at_block(const kj_grid *grid, square q, const int16_t *walk, const uint8_t *kmh, const uint8_t *use)
{
    block_view v = {0};
    for (int32_t y = q.row; y < q.row_end; y++)
        for (int32_t x = q.col; x < q.col_end; x++) {
            int32_t c = y * grid->nx + x;
            v.n++;
            v.n_dry += use[c] != KJ_LAND_WATER;
            if (walk && walk[c] > 0) v.n_walk++, v.walk += walk[c];
            if (kmh[c] > v.kmh) v.kmh = kmh[c];
        }
    return v;
}

/* Seconds a cell on the line of `n` cells from `first` on that are `step` apart; what cannot be entered is gone around. */
static double pace_along(const int16_t *walk, int32_t first, int32_t step, int32_t n, double around)
{
    double sum = 0.0;
    for (int32_t k = 0; k < n; k++) sum += walk[first + k * step] > 0 ? walk[first + k * step] : around;
    return sum / n;
}

/* Seconds a cell on the easiest row or column of a block: who walks across takes the street, not the mean of streets and fields. */
static double easiest_pace(const kj_grid *grid, square q, const int16_t *walk, double mean)
{
    enum { AROUND = 2 };
    int32_t width = q.col_end - q.col, height = q.row_end - q.row;
    double best = AROUND * mean;
    for (int32_t y = q.row; y < q.row_end; y++) {
        double pace = pace_along(walk, y * grid->nx + q.col, 1, width, AROUND * mean);
        if (pace < best) best = pace;
    }
    for (int32_t x = q.col; x < q.col_end; x++) {
        double pace = pace_along(walk, q.row * grid->nx + x, grid->nx, height, AROUND * mean);
        if (pace < best) best = pace;
    }
    return best;
}

static uint16_t in_units(double cost) { return (uint16_t)(cost < 1.0 ? 1.0 : cost > 65535.0 ? 65535.0 : cost); }

static void cross_blocks(const env *e, kj_ctx *ctx, env_ways *w)
{
    const kj_grid *grid = e->run->grid(ctx);
    const int16_t *walk = e->has_walk ? e->run->read(ctx, e->walk_cost) : NULL;
    const uint8_t *kmh = e->run->read(ctx, e->road_kmh), *use = e->run->read(ctx, e->land_use);
    double plain = env_value(e, ctx, P_ROAD_SPEED), side = w->block * grid->cell_m;
    for (int32_t b = 0; b < kj_grid_cells(&w->coarse); b++) {
        square q = cells_of_block(grid, w, b);
        block_view v = look_at_block(grid, q, walk, kmh, use);
        double speed = (double)v.kmh > plain ? (double)v.kmh : plain;
        if (v.n_walk > 0 && v.n_walk * LEAST_OPEN >= v.n) w->step[BY_FOOT][b] = in_units(w->block * easiest_pace(grid, q, walk, (double)v.walk / (double)v.n_walk));
        if (v.n_dry * LEAST_OPEN >= v.n || v.kmh) w->step[BY_CAR][b] = in_units(units_per_second[BY_CAR] * side * 3.6 / speed); /* a road may be a bridge */
    }
}

static uint64_t key_of_roads(const env *e, kj_ctx *ctx)
{
    const uint8_t *kmh = e->run->read(ctx, e->road_kmh);
    const int32_t n = kj_grid_cells(e->run->grid(ctx));
    uint64_t key = 1 + (uint64_t)(env_value(e, ctx, P_ROAD_SPEED) * 1000.0);
    for (int32_t c = 0; c < n; c++)
        if (kmh[c]) key += kj_luck(1, (uint64_t)c, kmh[c]);
    return key ? key : 1;
}

kj_status ways_update(env *e, kj_ctx *ctx)
{
    const kj_grid *grid = e->run->grid(ctx);
    env_ways *w = &e->ways;
    uint64_t key = key_of_roads(e, ctx);
    if (w->key == key) return KJ_OK;
    ways_free(e);
    int32_t block = 1;
    while ((int64_t)((grid->nx + block - 1) / block) * ((grid->ny + block - 1) / block) > COARSE_MAX) block++;
    w->block = block;
    w->coarse = (kj_grid){.nx = (grid->nx + block - 1) / block, .ny = (grid->ny + block - 1) / block, .cell_m = block * grid->cell_m, .epsg = grid->epsg};
    size_t n = (size_t)kj_grid_cells(&w->coarse);
    for (int kind = 0; kind < 2; kind++) w->step[kind] = env_keep(e, n * sizeof *w->step[kind]), w->row[kind] = env_keep(e, n * sizeof *w->row[kind]);
    w->cost = env_keep(e, n * sizeof *w->cost);
    w->work = env_keep(e, e->space->travel_work_bytes(&w->coarse));
    if (!w->step[0] || !w->step[1] || !w->row[0] || !w->row[1] || !w->cost || !w->work) return e->run->fail(ctx, KJ_E_MEMORY, "out of memory for travel times");
    cross_blocks(e, ctx, w);
    for (int kind = 0; kind < 2; kind++) {
        w->even[kind] = w->step[kind][0];
        for (size_t b = 0; b < n; b++)
            if (w->step[kind][b] != w->even[kind]) w->even[kind] = 0;
    }
    w->key = key;
    return KJ_OK;
}

/* Seconds from each block to one; NULL when out of memory. Ways are as long back as there. */
static const uint16_t *seconds_to(env *e, int kind, int32_t block)
{
    env_ways *w = &e->ways;
    int32_t n = kj_grid_cells(&w->coarse);
    if (w->row[kind][block]) return w->row[kind][block];
    uint16_t *row = env_keep(e, (size_t)n * sizeof *row);
    if (!row || e->space->travel_cost(&w->coarse, w->step[kind], &block, 1, w->cost, NULL, w->work)) {
        env_drop(e, row, (size_t)n * sizeof *row);
        w->out_of_memory = true;
        return NULL;
    }
    for (int32_t b = 0; b < n; b++) {
        double seconds = w->cost[b] == UNREACHABLE ? 65535.0 : (double)w->cost[b] / units_per_second[kind];
        row[b] = (uint16_t)(seconds < 65535.0 ? seconds : 65535.0);
    }
    return w->row[kind][block] = row;
}

/* Cost between blocks that all cost the same to cross, as the least-cost way has it: as far as can be aslant, the rest straight. */
static int32_t even_cost(const env_ways *w, int kind, int32_t dx, int32_t dy)
{
    int32_t step = w->even[kind], aslant = dx < dy ? dx : dy;
    return step * (dx + dy - 2 * aslant) + (int32_t)(((int64_t)step * 181 + 64) / 128) * aslant;
}

env_times ways_between(env *e, const kj_grid *grid, int32_t from, int32_t to)
{
    const env_ways *w = &e->ways;
    const int32_t x = from % grid->nx, y = from / grid->nx, u = to % grid->nx, v = to / grid->nx, nx = w->coarse.nx;
    const int32_t bx = x / w->block, by = y / w->block, bu = u / w->block, bv = v / w->block, dx = bx < bu ? bu - bx : bx - bu, dy = by < bv ? bv - by : by - bv;
    const int32_t a = by * nx + bx, b = bv * nx + bu;
    double cells = __builtin_sqrt((double)((int64_t)(x - u) * (x - u) + (int64_t)(y - v) * (y - v)));
    double blocks = a == b ? w->block : w->block * __builtin_sqrt((double)((int64_t)dx * dx + (int64_t)dy * dy));
    int32_t out[2];
    for (int kind = 0; kind < 2; kind++) {
        double seconds = UNREACHABLE;
        if (w->even[kind]) {
            seconds = (double)(a == b ? w->even[kind] : even_cost(w, kind, dx, dy)) / units_per_second[kind];
        } else if (a == b) {
            if (w->step[kind][a]) seconds = (double)w->step[kind][a] / units_per_second[kind];
        } else {
            const uint16_t *row = seconds_to(e, kind, b);
            if (row && row[a] != UINT16_MAX) seconds = (double)row[a];
        }
        out[kind] = seconds < UNREACHABLE ? (int32_t)(seconds * cells / blocks) : UNREACHABLE;
    }
    return (env_times){out[BY_FOOT], out[BY_CAR], cells};
}

/* The centre of a town, or else of any place, that lies nearest to a cell; -1 none. */
static int32_t centre_near(const env *e, kj_ctx *ctx, int32_t cell)
{
    const kj_grid *grid = e->run->grid(ctx);
    const int32_t *base = e->run->read(ctx, e->travel_base), *area = e->run->read(ctx, e->cell_area);
    const uint8_t *kind = e->has_kind ? e->run->read(ctx, e->area_kind) : NULL;
    int32_t best[2] = {-1, -1};
    for (int32_t c = 0; c < kj_grid_cells(grid); c++) {
        if (base[c] != 0) continue;
        int town = kind && area[c] >= 0 && kind[area[c]] == KJ_AREA_TOWN;
        if (best[town] < 0 || kj_grid_distance2(grid, c, cell) < kj_grid_distance2(grid, best[town], cell)) best[town] = c;
    }
    return best[1] >= 0 ? best[1] : best[0];
}

kj_status trains_find(const env *e, kj_ctx *ctx, env_trains *t)
{
    const int32_t *station = e->run->read(ctx, e->station);
    int32_t n_cells = kj_grid_cells(e->run->grid(ctx)), first = -1;
    *t = (env_trains){.ride = UNREACHABLE, .hub = -1};
    for (int32_t c = 0; c < n_cells; c++) {
        if (station[c] <= 0) continue;
        t->n++;
        if (station[c] < t->ride) t->ride = station[c], first = c;
    }
    if (t->n == 0) return KJ_OK;
    t->stations = e->run->scratch(ctx, (size_t)t->n * sizeof *t->stations);
    if (!t->stations) return KJ_E_MEMORY;
    for (int32_t c = 0, k = 0; c < n_cells; c++)
        if (station[c] > 0) t->stations[k++] = c;
    t->hub = centre_near(e, ctx, first);
    return KJ_OK;
}
