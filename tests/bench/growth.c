/* Patch growth with the functions of plugins/development: choice among the sites of a zone, patches; offers by its draws, in a loop
   of its own. Zones run in parallel, each on its own cells. What the plugin does beside it (appraisal by prices, projects, homes) is not part of this workload. */
#include "growth.h"

#include <stdlib.h>

#include <kedja/math.h>

#include "../../core/rng/batch.h"
#include "../../plugins/development/development.h"
#include "timing.h"

enum { SIDE = 1000, N = SIDE * SIDE, ZONES = 16, ZONE_SIDE = SIDE / 4, YEARS = 20, A_YEAR = N / 100, PATCH = 12, PART = 64 };

typedef struct growth_map {
    kj_grid grid;
    land_view land;
    uint8_t *use, *protection, *zoning;
    int32_t *area, *floor_area, *dwellings;
    float *max_far, *potential;
    kj_id *reserved;
    site_choice *choices; /* room for the cells of each zone */
} growth_map;

/* Towns at 40 places, potential falling with the distance to the nearest; a tenth of the land is protected. */
static void make_map(growth_map *map)
{
    kj_stream stream = {{7, 11}};
    *map = (growth_map){.grid = {.nx = SIDE, .ny = SIDE, .cell_m = 100, .epsg = 3006},
                        .use = calloc(N, 1), .protection = calloc(N, 1), .zoning = calloc(N, 1), .area = calloc(N, 4), .floor_area = calloc(N, 4),
                        .dwellings = calloc(N, 4), .max_far = calloc(N, 4), .potential = calloc(N, 4), .reserved = calloc(N, sizeof(kj_id)),
                        .choices = calloc(N, sizeof(site_choice))};
    if (!map->choices || !map->reserved || !map->potential || !map->max_far || !map->dwellings || !map->floor_area || !map->area) abort();
    for (int32_t c = 0; c < N; c++) {
        int32_t row = c / SIDE, col = c % SIDE, nearest = N;
        for (uint64_t town = 0; town < 40; town++) {
            kj_draw4 at = kj_draw(stream, town, 0, 0);
            int32_t dy = row - (int32_t)kj_below(at.v[0], SIDE), dx = col - (int32_t)kj_below(at.v[1], SIDE), far = (dy < 0 ? -dy : dy) + (dx < 0 ? -dx : dx);
            if (far < nearest) nearest = far;
        }
        map->area[c] = row / ZONE_SIDE * 4 + col / ZONE_SIDE;
        map->use[c] = nearest < 15 ? KJ_LAND_SMALL_HOUSES : KJ_LAND_FOREST;
        map->zoning[c] = KJ_ZONE_SMALL_HOUSES;
        map->max_far[c] = 0.25f;
        map->protection[c] = (row / 20 + col / 20) % 10 == 0;
        map->potential[c] = -(float)nearest / 25.0f;
    }
    map->land = (land_view){.grid = &map->grid, .n_cells = N, .cell_m2 = 10000, .gross = 1.25, .plot_m2 = 10000, .flats_min_far = 0.5,
                            .compactness = 2, .mean_area = {130, 75, 30, 60}, .land_use = map->use, .protection = map->protection,
                            .zoning = map->zoning, .area = map->area, .floor_area = map->floor_area, .dwellings = map->dwellings,
                            .max_far = map->max_far, .potential = map->potential, .reserved = map->reserved, .set_reserved = map->reserved,
                            .set_max_far = map->max_far, .set_zoning = map->zoning};
}

static void free_map(growth_map *map)
{
    free(map->use), free(map->protection), free(map->zoning), free(map->area), free(map->floor_area), free(map->dwellings), free(map->max_far);
    free(map->potential), free(map->reserved), free(map->choices);
}

/* Cells of a zone that come to market this month: a draw serves four cells, as market_draw() has it. */
static uint32_t draw_offers(int32_t zone, kj_month month, uint32_t threshold, site_choice *choices)
{
    static const kj_stream offers = {{1, 6}};
    enum { GROUPS = ZONE_SIDE / 4 + 2 };
    uint64_t group[GROUPS];
    uint32_t draw[4 * GROUPS], n = 0;
    int32_t row_lo = zone / 4 * ZONE_SIDE, col_lo = zone % 4 * ZONE_SIDE;
    for (int32_t row = row_lo; row < row_lo + ZONE_SIDE; row++) {
        int32_t first = row * SIDE + col_lo, base = first >> 2;
        for (uint64_t g = 0; g < GROUPS; g++) group[g] = (uint64_t)base + g;
        kj_draw_many(offers, group, GROUPS, month, 0, draw, GROUPS);
        for (int32_t cell = first; cell < first + ZONE_SIDE; cell++) { /* without a branch, which would be wrong for each offer */
            choices[n].cell = cell;
            n += draw[(cell & 3) * GROUPS + (cell >> 2) - base] < threshold;
        }
    }
    return n;
}

/* Those of them that may be built on, with their utility. Few cells are offered, so each is a wait for memory: they are asked for before they are looked at. */
static uint32_t offer_zone(const growth_map *map, int32_t zone, kj_month month, uint32_t threshold, site_choice *choices)
{
    static const kj_stream sites = {{1, 1}};
    enum { AHEAD = 16 };
    uint32_t n_drawn = draw_offers(zone, month, threshold, choices), n = 0;
    for (uint32_t k = 0; k < n_drawn; k++) {
        int32_t cell = choices[k].cell, soon = choices[k + AHEAD < n_drawn ? k + AHEAD : k].cell;
        __builtin_prefetch(&map->use[soon]);
        __builtin_prefetch(&map->protection[soon]);
        __builtin_prefetch(&map->area[soon]);
        __builtin_prefetch(&map->reserved[soon]);
        __builtin_prefetch(&map->potential[soon]);
        if (land_is_built(map->use[cell]) || !land_is_free(&map->land, cell)) continue;
        double chance = site_chance(sites, site_luck(month, cell), month);
        choices[n] = (site_choice){(double)map->potential[cell] + chance, n, cell};
        n++;
    }
    return n;
}

/* One year of a zone: patches from the best sites down until its share is built. */
static int64_t grow_zone(growth_map *map, int32_t zone, int32_t year)
{
    static const kj_stream sites = {{1, 1}}, patches = {{1, 5}};
    kj_month month = KJ_MONTH(2020 + year, 1);
    site_queue queue;
    site_choice *choices = map->choices + (size_t)zone * (N / ZONES);
    int32_t left = A_YEAR / ZONES;
    site_queue_build(&queue, choices, offer_zone(map, zone, month, kj_threshold(0.02), choices));
    for (uint32_t k = 0; left > 0; k++) {
        const site_choice *choice = site_queue_at(&queue, k);
        if (!choice) break;
        if (!land_is_free(&map->land, choice->cell)) continue;
        uint64_t luck = site_luck(month, choice->cell);
        int32_t size = project_size(PATCH, kj_draw(sites, luck, month, 0).v[2]);
        site_request request = {.seed = choice->cell, .n_small = size < left ? size : left, .project = (kj_id)zone + 1, .luck = luck, .patch = patches,
                                .zone = zone + 1};
        left -= site_grow(&map->land, &request);
    }
    return A_YEAR / ZONES - left;
}

/* The homes of a year stand in what was taken; most parts of the map hold none. */
static void complete(growth_map *map, int32_t first)
{
    kj_id any = 0;
    for (int32_t c = first; c < first + PART; c++) any |= map->reserved[c];
    if (!any) return;
    for (int32_t c = first; c < first + PART; c++)
        if (map->reserved[c]) map->use[c] = KJ_LAND_SMALL_HOUSES, map->dwellings[c] = 1, map->reserved[c] = 0;
}

growth_result growth_run(int n_threads)
{
    growth_map map;
    growth_result out = {0};
    make_map(&map);
    double from = seconds();
    for (int32_t year = 0; year < YEARS; year++) {
        int64_t developed = 0;
#pragma omp parallel num_threads(n_threads)
        {
#pragma omp for schedule(dynamic, 1) reduction(+ : developed)
            for (int32_t zone = 0; zone < ZONES; zone++) developed += grow_zone(&map, zone, year);
#pragma omp for schedule(static)
            for (int32_t part = 0; part < N / PART; part++) complete(&map, part * PART);
        }
        out.n_developed += developed;
    }
    out.seconds = seconds() - from;
    for (int32_t c = 0; c < N; c++) out.fingerprint = (out.fingerprint ^ map.use[c]) * UINT64_C(0x100000001B3);
    free_map(&map);
    return out;
}
