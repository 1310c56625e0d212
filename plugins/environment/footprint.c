/* The start and each December: the account of land, green, travel and CO2 by municipality. */
#include "environment.h"

enum {
    SAMPLE = 8,    /* one person in eight tells of travel: their ids are divisible by it */
    SAMPLED = 1024 /* persons whose homes are looked up together */
};

typedef struct account {
    int64_t use_m2[KJ_LAND_COUNT], people, near_green, car_g, car_m;
    double seconds[GOAL_COUNT][MODE_COUNT], reached[GOAL_COUNT][MODE_COUNT];
    double way_m[2], n_way[2]; /* to work, to school */
} account;

/* What the times of one account rest on. */
typedef struct travel {
    env *e;
    const kj_grid *grid;
    const int32_t *to_station; /* by cell: walk to the nearest new station of January; NULL: none */
    env_trains trains;
    double bicycle, access, factor;
    double car_half, detour, car_co2, days[2]; /* of a way: see add_way; to work, to school */
} travel;

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

static void add_time(account *a, env_goal goal, env_mode mode, double seconds, double people)
{
    if (seconds >= UNREACHABLE) return;
    a->seconds[goal][mode] += seconds * people;
    a->reached[goal][mode] += people;
}

static double least(double a, double b) { return a < b ? a : b; }

/* By bus, tram or train on roads and lines that are there: to the stop and waiting, then slower than a car. */
static double by_bus(const travel *t, double car) { return car >= UNREACHABLE ? UNREACHABLE : t->access + t->factor * car; }

/* To the centre that trains go to from a cell, or the other way: from a new station. */
static double to_hub(const travel *t, int32_t cell, bool home)
{
    if (t->trains.n == 0 || !t->to_station || t->to_station[cell] == UNREACHABLE) return UNREACHABLE;
    return (double)t->to_station[cell] / (home ? t->bicycle : 1.0) + t->trains.ride; /* the bicycle stands at home */
}

/* All four ways to a goal; nobody takes public transport where walking is faster. */
static void add_ways(account *a, const travel *t, env_goal goal, double foot, double car, double train, double people)
{
    add_time(a, goal, MODE_FOOT, foot, people);
    add_time(a, goal, MODE_BICYCLE, foot >= UNREACHABLE ? UNREACHABLE : foot / t->bicycle, people);
    add_time(a, goal, MODE_CAR, car, people);
    add_time(a, goal, MODE_TRANSIT, least(foot, least(by_bus(t, car), train)), people);
}

/* Between the centre that trains go to and a cell, without a train. */
static double round_hub(const travel *t, int32_t cell)
{
    env_times way = ways_between(t->e, t->grid, cell, t->trains.hub);
    return least(way.foot, by_bus(t, way.car));
}

/* Through the hub, by train on one side of it. */
static double by_train(const travel *t, int32_t home, int32_t goal)
{
    if (t->trains.hub < 0) return UNREACHABLE;
    return least(to_hub(t, home, true) + round_hub(t, goal), round_hub(t, home) + to_hub(t, goal, false));
}

static void add_station(account *a, const travel *t, int32_t cell, double people)
{
    double car = UNREACHABLE;
    for (int32_t k = 0; k < t->trains.n; k++) car = least(car, ways_between(t->e, t->grid, cell, t->trains.stations[k]).car);
    if (t->trains.n > 0) add_ways(a, t, GOAL_STATION, t->to_station ? t->to_station[cell] : UNREACHABLE, car, UNREACHABLE, people);
}

static void count_cells(const travel *t, kj_ctx *ctx, account *accounts, const uint32_t *m_of_area)
{
    const env *e = t->e;
    const kj_run_v1 *run = e->run;
    const kj_grid *grid = run->grid(ctx);
    const uint8_t *use = run->read(ctx, e->land_use);
    const int32_t *area = run->read(ctx, e->cell_area), *people = run->read(ctx, e->population);
    const int32_t *car = e->reach.car ? e->reach.car : run->read(ctx, e->travel_centre), *foot = run->read(ctx, e->travel_foot);
    double reach = env_value(e, ctx, P_GREEN_DISTANCE) / grid->cell_m;
    int64_t cell_m2 = (int64_t)(grid->cell_m * grid->cell_m), most2 = (int64_t)(reach * reach);
    for (int32_t c = 0; c < kj_grid_cells(grid); c++) {
        if (area[c] < 0 || m_of_area[area[c]] == KJ_NO_ROW) continue;
        account *a = &accounts[m_of_area[area[c]]];
        a->use_m2[use[c]] += cell_m2;
        if (people[c] <= 0) continue;
        double n = people[c];
        a->people += people[c];
        if (is_green(use[c]) || green_near(grid, use, c, (int32_t)reach, most2)) a->near_green += people[c];
        add_ways(a, t, GOAL_CENTRE, foot[c], car[c], to_hub(t, c, true), n);
        add_station(a, t, c, n);
    }
}

/* A way and back on so many days; longer ways are driven more often: share of the car d / (d + half). */
static void add_way(const travel *t, account *a, int kind, double metres)
{
    double way = metres * t->detour, driven = 2.0 * t->days[kind] * way * way / (way + t->car_half);
    a->way_m[kind] += way;
    a->n_way[kind] += 1.0;
    a->car_m += (int64_t)(SAMPLE * driven);
    a->car_g += (int64_t)(SAMPLE * driven / 1000.0 * t->car_co2);
}

/* A sampled person's way: its length, what is driven of it, and its times by all ways of travel. */
static void add_goal(const travel *t, account *a, env_goal goal, int32_t home, int32_t cell)
{
    env_times way = ways_between(t->e, t->grid, home, cell);
    add_way(t, a, goal == GOAL_SCHOOL, way.cells * t->grid->cell_m);
    add_ways(a, t, goal, way.foot, way.car, t->trains.n > 0 ? by_train(t, home, cell) : UNREACHABLE, 1.0);
}

/* Homes of the sampled are looked up some persons at a time, each step for all of them before the next, so that waits for
   memory overlap. */
static void count_ways(const travel *t, kj_ctx *ctx, account *accounts, const uint32_t *m_of_area)
{
    const env *e = t->e;
    const kj_run_v1 *run = e->run;
    const uint8_t *alive = run->alive(ctx, e->person), *resident = run->read(ctx, e->resident);
    const kj_id *ids = run->ids(ctx, e->person), *household = run->read(ctx, e->person_household), *work = run->read(ctx, e->person_workplace);
    const kj_id *school = e->has_school ? run->read(ctx, e->person_school) : NULL, *dwelling = run->read(ctx, e->household_dwelling);
    const int32_t *home_cell = run->read(ctx, e->home_cell), *work_cell = run->read(ctx, e->workplace_cell), *area = run->read(ctx, e->cell_area);
    const int32_t *school_cell = e->has_school ? run->read(ctx, e->facility_cell) : NULL;
    const uint32_t *household_row = run->row_of(ctx, e->household), *home_row = run->row_of(ctx, e->dwelling);
    const uint32_t *work_row = run->row_of(ctx, e->workplace), *school_row = e->has_school ? run->row_of(ctx, e->facility) : NULL;
    const uint32_t n = run->n_rows(ctx, e->person);
    uint32_t who[SAMPLED], at[SAMPLED], works[SAMPLED]; /* persons; where they live, step by step: rows of households, ids and rows of homes, cells; where they work */
    for (uint32_t from = 0; from < n; from += SAMPLED) {
        uint32_t end = n - from < SAMPLED ? n : from + SAMPLED, k = 0, m = 0;
        for (uint32_t p = from; p < end; p++) {
            who[k] = p;
            k += (ids[p] % SAMPLE == 0) & alive[p] & resident[p];
        }
        for (uint32_t i = 0; i < k; i++) at[i] = household_row[household[who[i]]];
        for (uint32_t i = 0; i < k; i++) at[i] = at[i] == KJ_NO_ROW ? 0 : dwelling[at[i]];
        for (uint32_t i = 0; i < k; i++) at[i] = home_row[at[i]];
        for (uint32_t i = 0; i < k; i++) at[i] = at[i] == KJ_NO_ROW ? KJ_NO_ROW : (uint32_t)home_cell[at[i]];
        for (uint32_t i = 0; i < k; i++) works[i] = work_row[work[who[i]]];
        for (uint32_t i = 0; i < k; i++) {
            const uint32_t p = who[i];
            const int32_t home = (int32_t)at[i];
            if (home < 0 || area[home] < 0 || (m = m_of_area[area[home]]) == KJ_NO_ROW) continue;
            account *a = &accounts[m];
            uint32_t w = works[i], s = school ? school_row[school[p]] : KJ_NO_ROW;
            if (w != KJ_NO_ROW && work_cell[w] >= 0) add_goal(t, a, GOAL_WORK, home, work_cell[w]);
            if (s != KJ_NO_ROW && school_cell[s] >= 0) add_goal(t, a, GOAL_SCHOOL, home, school_cell[s]);
        }
    }
}

static int64_t mean(double sum, double n) { return n > 0.0 ? (int64_t)(sum / n + 0.5) : 0; }

static void put_times(const env *e, kj_ctx *ctx, uint32_t m, const account *a, env_goal goal)
{
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        int64_t *out = e->run->write(ctx, e->count[M_TIME + (int)goal * MODE_COUNT + mode]);
        out[m] = mean(a->seconds[goal][mode], a->reached[goal][mode]);
    }
}

static void put_travel(const env *e, kj_ctx *ctx, uint32_t m, const account *a)
{
    put_times(e, ctx, m, a, GOAL_WORK);
    put_times(e, ctx, m, a, GOAL_SCHOOL);
    const struct { int count; int64_t value; } ways[] = {{M_WORK_M, mean(a->way_m[0], a->n_way[0])}, {M_SCHOOL_M, mean(a->way_m[1], a->n_way[1])},
                                                         {M_CAR_KM, a->car_m / 1000}, {M_CO2, a->car_g / 1000000}};
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
        int64_t *out = e->run->write(ctx, e->count[ways[k].count]);
        out[m] = ways[k].value;
    }
}

static void put_land(const env *e, kj_ctx *ctx, uint32_t m, const account *a)
{
    int64_t *out[M_COUNT];
    for (int k = 0; k < M_COUNT; k++) out[k] = env_is_travelled(k) ? NULL : e->run->write(ctx, e->count[k]);
    int64_t built = a->use_m2[KJ_LAND_SMALL_HOUSES] + a->use_m2[KJ_LAND_FLATS] + a->use_m2[KJ_LAND_WORK];
    static const struct { int count, use; } land[] = {{M_FARMLAND, KJ_LAND_FARMLAND}, {M_FOREST, KJ_LAND_FOREST}, {M_OPEN, KJ_LAND_OPEN}, {M_PARK, KJ_LAND_PARK}};
    for (int k = 0; k < 4; k++) out[land[k].count][m] = a->use_m2[land[k].use];
    out[M_BUILT][m] = built;
    out[M_DENSITY][m] = built > 0 ? (int64_t)((double)a->people * 1e6 / (double)built + 0.5) : 0;
    out[M_NEAR_GREEN][m] = a->near_green;
    put_times(e, ctx, m, a, GOAL_CENTRE);
    put_times(e, ctx, m, a, GOAL_STATION);
    if (out[M_BUILT_START][m] == 0) out[M_BUILT_START][m] = built, out[M_PEOPLE_START][m] = a->people;
    int64_t more = a->people - out[M_PEOPLE_START][m], taken = built - out[M_BUILT_START][m];
    out[M_LAND_TAKE][m] = more > 0 && taken > 0 ? taken / more : 0;
}

/* What both systems begin with: an account for each municipality, its row by area, and what the times rest on. */
typedef struct books {
    travel t;
    account *accounts;
    uint32_t *m_of_area, n;
} books;

static kj_status open_books(env *e, kj_ctx *ctx, books *b)
{
    const kj_run_v1 *run = e->run;
    uint32_t n_areas = run->n_rows(ctx, e->area), n = run->n_rows(ctx, e->municipality);
    const kj_id *municipality = run->read(ctx, e->area_municipality);
    const uint32_t *row_of = run->row_of(ctx, e->municipality);
    *b = (books){.accounts = run->scratch(ctx, (size_t)n * sizeof *b->accounts + 1), .m_of_area = run->scratch(ctx, (size_t)n_areas * sizeof *b->m_of_area + 1), .n = n};
    if (!b->accounts || !b->m_of_area) return KJ_E_MEMORY;
    for (uint32_t a = 0; a < n_areas; a++) b->m_of_area[a] = row_of[municipality[a]];
    b->t = (travel){.e = e, .grid = run->grid(ctx), .to_station = e->reach.to_station, .bicycle = env_value(e, ctx, P_BICYCLE_FACTOR),
                    .access = env_value(e, ctx, P_TRANSIT_ACCESS), .factor = env_value(e, ctx, P_TRANSIT_FACTOR),
                    .car_half = env_value(e, ctx, P_CAR_HALF), .detour = env_value(e, ctx, P_DETOUR), .car_co2 = env_value(e, ctx, P_CAR_CO2),
                    .days = {env_value(e, ctx, P_WORK_DAYS), env_value(e, ctx, P_SCHOOL_DAYS)}};
    kj_status status = ways_update(e, ctx);
    return status ? status : trains_find(e, ctx, &b->t.trains);
}

typedef void count_fn(const travel *t, kj_ctx *ctx, account *accounts, const uint32_t *m_of_area);
typedef void put_fn(const env *e, kj_ctx *ctx, uint32_t m, const account *account);

static kj_status keep_books(env *e, kj_ctx *ctx, count_fn *count, put_fn *put)
{
    books b;
    kj_status status = open_books(e, ctx, &b);
    if (status) return status;
    count(&b.t, ctx, b.accounts, b.m_of_area);
    if (e->ways.out_of_memory) return e->run->fail(ctx, KJ_E_MEMORY, "out of memory for travel times");
    for (uint32_t m = 0; m < b.n; m++) put(e, ctx, m, &b.accounts[m]);
    return KJ_OK;
}

/* Sees nothing that the census counts, so that it runs beside it. */
kj_status env_travel(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    return keep_books(instance, ctx, count_ways, put_travel);
}

kj_status env_measure(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    return keep_books(instance, ctx, count_cells, put_land);
}
