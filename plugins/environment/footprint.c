/* December: the account of land, green, travel and CO2 by municipality. */
#include "environment.h"

enum { SAMPLE = 8 }; /* one person in eight tells of travel: their ids are divisible by it */

typedef struct account {
    int64_t use_m2[KJ_LAND_COUNT], people, near_green, car_g, car_m;
    double seconds[5], reached[5]; /* foot, bicycle, car, public transport, to a station */
    double way_m[2], n_way[2];     /* to work, to school */
} account;

static bool is_green(uint8_t use) { return use == KJ_LAND_PARK || use == KJ_LAND_FOREST; }

/* A park or forest cell within a radius of cells, borders measured from middle to middle. */
static bool green_near(const kj_grid *grid, const uint8_t *use, int32_t cell, int32_t radius, int64_t most2)
{
    int32_t row = cell / grid->nx, col = cell % grid->nx;
    for (int32_t r = row - radius; r <= row + radius; r++)
        for (int32_t q = col - radius; q <= col + radius; q++) {
            if (r < 0 || q < 0 || r >= grid->ny || q >= grid->nx || !is_green(use[r * grid->nx + q])) continue;
            int64_t far = (int64_t)(r - row) * (r - row) + (int64_t)(q - col) * (q - col);
            if (far <= most2) return true;
        }
    return false;
}

static void add_time(account *a, int kind, double seconds, double people)
{
    a->seconds[kind] += seconds * people;
    a->reached[kind] += people;
}

static void count_cells(const env *e, kj_ctx *ctx, account *accounts, const uint32_t *m_of_area)
{
    const kj_run_v1 *run = e->run;
    const kj_grid *grid = run->grid(ctx);
    const uint8_t *use = run->read(ctx, e->land_use);
    const int32_t *area = run->read(ctx, e->cell_area), *people = run->read(ctx, e->population), *travel = run->read(ctx, e->travel_centre);
    const int32_t *car = run->read(ctx, e->travel_car), *foot = run->read(ctx, e->travel_foot), *station = run->read(ctx, e->travel_station);
    double reach = env_value(e, ctx, P_GREEN_DISTANCE) / grid->cell_m, factor = env_value(e, ctx, P_BICYCLE_FACTOR);
    int64_t cell_m2 = (int64_t)(grid->cell_m * grid->cell_m), most2 = (int64_t)(reach * reach);
    for (int32_t c = 0; c < kj_grid_cells(grid); c++) {
        if (area[c] < 0 || m_of_area[area[c]] == KJ_NO_ROW) continue;
        account *a = &accounts[m_of_area[area[c]]];
        a->use_m2[use[c]] += cell_m2;
        if (people[c] <= 0) continue;
        double n = people[c];
        a->people += people[c];
        if (is_green(use[c]) || green_near(grid, use, c, (int32_t)reach, most2)) a->near_green += people[c];
        if (foot[c] != UNREACHABLE) add_time(a, 0, foot[c], n), add_time(a, 1, (double)foot[c] / factor, n);
        if (car[c] != UNREACHABLE) add_time(a, 2, car[c], n);
        if (station[c] != UNREACHABLE) add_time(a, 3, travel[c], n), add_time(a, 4, station[c], n);
    }
}

static double metres_between(const kj_grid *grid, int32_t a, int32_t b) { return __builtin_sqrt((double)kj_grid_distance2(grid, a, b)) * grid->cell_m; }

/* A way and back on so many days; longer ways are driven more often: share of the car d / (d + half). */
static void add_way(const env *e, kj_ctx *ctx, account *a, int kind, double metres)
{
    double half = env_value(e, ctx, P_CAR_HALF), way = metres * env_value(e, ctx, P_DETOUR);
    double days = env_value(e, ctx, kind ? P_SCHOOL_DAYS : P_WORK_DAYS), driven = 2.0 * days * way * way / (way + half);
    a->way_m[kind] += way;
    a->n_way[kind] += 1.0;
    a->car_m += (int64_t)(SAMPLE * driven);
    a->car_g += (int64_t)(SAMPLE * driven / 1000.0 * env_value(e, ctx, P_CAR_CO2));
}

static void count_ways(const env *e, kj_ctx *ctx, account *accounts, const uint32_t *m_of_area)
{
    const kj_run_v1 *run = e->run;
    const kj_grid *grid = run->grid(ctx);
    const uint8_t *alive = run->alive(ctx, e->person), *resident = run->read(ctx, e->resident);
    const kj_id *ids = run->ids(ctx, e->person), *household = run->read(ctx, e->person_household), *work = run->read(ctx, e->person_workplace);
    const kj_id *school = e->has_school ? run->read(ctx, e->person_school) : NULL, *dwelling = run->read(ctx, e->household_dwelling);
    const int32_t *home_cell = run->read(ctx, e->home_cell), *work_cell = run->read(ctx, e->workplace_cell), *area = run->read(ctx, e->cell_area);
    const int32_t *school_cell = e->has_school ? run->read(ctx, e->facility_cell) : NULL;
    const uint32_t *household_row = run->row_of(ctx, e->household), *home_row = run->row_of(ctx, e->dwelling);
    const uint32_t *work_row = run->row_of(ctx, e->workplace), *school_row = e->has_school ? run->row_of(ctx, e->facility) : NULL;
    uint32_t n = run->n_rows(ctx, e->person);
    for (uint32_t p = 0; p < n; p++) {
        if (ids[p] % SAMPLE != 0 || !alive[p] || !resident[p]) continue;
        uint32_t h = household_row[household[p]], d = h == KJ_NO_ROW ? KJ_NO_ROW : home_row[dwelling[h]];
        int32_t home = d == KJ_NO_ROW ? -1 : home_cell[d];
        if (home < 0 || area[home] < 0 || m_of_area[area[home]] == KJ_NO_ROW) continue;
        account *a = &accounts[m_of_area[area[home]]];
        uint32_t w = work_row[work[p]], s = school ? school_row[school[p]] : KJ_NO_ROW;
        if (w != KJ_NO_ROW && work_cell[w] >= 0) add_way(e, ctx, a, 0, metres_between(grid, home, work_cell[w]));
        if (s != KJ_NO_ROW && school_cell[s] >= 0) add_way(e, ctx, a, 1, metres_between(grid, home, school_cell[s]));
    }
}

static int64_t mean(double sum, double n) { return n > 0.0 ? (int64_t)(sum / n + 0.5) : 0; }

static void put(const env *e, kj_ctx *ctx, uint32_t m, const account *a)
{
    int64_t *out[M_COUNT];
    for (int k = 0; k < M_COUNT; k++) out[k] = e->run->write(ctx, e->count[k]);
    int64_t built = a->use_m2[KJ_LAND_SMALL_HOUSES] + a->use_m2[KJ_LAND_FLATS] + a->use_m2[KJ_LAND_WORK];
    static const struct { int count, use; } land[] = {{M_FARMLAND, KJ_LAND_FARMLAND}, {M_FOREST, KJ_LAND_FOREST}, {M_OPEN, KJ_LAND_OPEN}, {M_PARK, KJ_LAND_PARK}};
    for (int k = 0; k < 4; k++) out[land[k].count][m] = a->use_m2[land[k].use];
    out[M_BUILT][m] = built;
    out[M_DENSITY][m] = built > 0 ? (int64_t)((double)a->people * 1e6 / (double)built + 0.5) : 0;
    out[M_NEAR_GREEN][m] = a->near_green;
    for (int k = 0; k < 5; k++) out[M_FOOT + k][m] = mean(a->seconds[k], a->reached[k]);
    out[M_WORK_M][m] = mean(a->way_m[0], a->n_way[0]);
    out[M_SCHOOL_M][m] = mean(a->way_m[1], a->n_way[1]);
    out[M_CAR_KM][m] = a->car_m / 1000;
    out[M_CO2][m] = a->car_g / 1000000;
    if (out[M_BUILT_START][m] == 0) out[M_BUILT_START][m] = built, out[M_PEOPLE_START][m] = a->people;
    int64_t more = a->people - out[M_PEOPLE_START][m], taken = built - out[M_BUILT_START][m];
    out[M_LAND_TAKE][m] = more > 0 && taken > 0 ? taken / more : 0;
}

kj_status env_measure(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const env *e = instance;
    const kj_run_v1 *run = e->run;
    uint32_t n_areas = run->n_rows(ctx, e->area), n = run->n_rows(ctx, e->municipality);
    const kj_id *municipality = run->read(ctx, e->area_municipality);
    const uint32_t *row_of = run->row_of(ctx, e->municipality);
    account *accounts = run->scratch(ctx, (size_t)n * sizeof *accounts + 1);
    uint32_t *m_of_area = run->scratch(ctx, (size_t)n_areas * sizeof *m_of_area + 1);
    if (!accounts || !m_of_area) return KJ_E_MEMORY;
    for (uint32_t a = 0; a < n_areas; a++) m_of_area[a] = row_of[municipality[a]];
    count_cells(e, ctx, accounts, m_of_area);
    count_ways(e, ctx, accounts, m_of_area);
    for (uint32_t m = 0; m < n; m++) put(e, ctx, m, &accounts[m]);
    return KJ_OK;
}
