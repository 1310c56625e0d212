/* Land cover, built-up land, protection, zoning and travel. Where no raster gives the land cover it is synthetic: right
   shares, plausible places. What is built follows from the dwellings of each area. */
#include <stdlib.h>
#include <string.h>

#include "../space/travel.h"
#include "draft.h"
#include "gis.h"
#include "noise.h"

enum { NOISE_LAKE = 10, NOISE_FARM, NOISE_FOREST, NOISE_CLASS, NOISE_BUILT, NOISE_RESERVE, NOISE_FRINGE };
enum { LAND_UNSET = 255 };

/* Assumed densities, dwellings a hectare of their own cells. */
static const double flats_a_ha = 65.0, small_a_ha_least = 5.0, small_a_ha_most = 16.0, hamlet_a_ha = 7.0;

typedef struct painter {
    kj_draft *draft;
    double *noise, *built_m; /* built_m: metres to the nearest locality point */
    kj_ranked *ranked;
    double ha; /* of a cell */
    int32_t n_bare; /* areas with people where the land cover shows no built-up land */
} painter;

enum { BARE_NAMED = 5 };

static double square(double v) { return v * v; }

static bool inside(const kj_draft *draft, int32_t cell) { return draft->cell_area[cell] >= 0; }

static bool is_rural(const kj_draft *draft, int32_t cell)
{
    return inside(draft, cell) && draft->areas[draft->cell_area[cell]].kind == KJ_AREA_RURAL;
}

/* --- water ------------------------------------------------------------------------------------------------------- */

/* Unit vector of a direction in degrees clockwise from north, from the rational parametrisation of the circle: the
   error in angle is below half a degree, which is enough for a lake. */
static void direction(double degrees, double *dx, double *dy)
{
    double half = (degrees - 180.0 * (double)(int32_t)(degrees / 180.0)) * 0.5 * 3.14159265358979 / 180.0;
    double t =
        half + half * half * half / 3.0 + 2.0 * half * half * half * half * half / 15.0; /* tan, up to 45 degrees */
    *dx = 2.0 * t / (1.0 + t * t);
    *dy = (1.0 - t * t) / (1.0 + t * t);
}

static int32_t paint_lake(painter *p, const kj_recipe_lake *lake)
{
    kj_draft *draft = p->draft;
    double dx, dy;
    int32_t n = 0;
    direction(lake->angle, &dx, &dy);
    for (int32_t cell = 0; cell < draft->n_cells; cell++) {
        if (!is_rural(draft, cell) || draft->land[cell] == KJ_LAND_WATER) continue;
        double x = kj_cell_x(&draft->grid, cell) - lake->x, y = kj_cell_y(&draft->grid, cell) - lake->y;
        double along = (x * dx + y * dy) / (0.5 * lake->length_m), across = (x * dy - y * dx) / (0.5 * lake->width_m);
        if (along * along + across * across + 1.6 * (p->noise[cell] - 0.5) >= 1.0) continue;
        draft->land[cell] = KJ_LAND_WATER;
        n++;
    }
    return n;
}

/* The river runs through everything; every eighth cell along it is a bridge and stays dry. */
static int32_t paint_river(painter *p)
{
    kj_draft *draft = p->draft;
    const kj_recipe *recipe = draft->recipe;
    int32_t n = 0, last = -1, along = 0;
    for (uint32_t i = 0; i + 1 < recipe->n_river; i++) {
        double x = recipe->river_x[i], y = recipe->river_y[i], ex = recipe->river_x[i + 1] - x,
               ey = recipe->river_y[i + 1] - y;
        int32_t steps = 1 + (int32_t)(2.0 * sqrt(ex * ex + ey * ey) / draft->grid.cell_m);
        for (int32_t s = 0; s < steps; s++) {
            int32_t cell = kj_grid_cell_at(&draft->grid, x + ex * s / steps, y + ey * s / steps);
            if (cell < 0 || cell == last || !inside(draft, cell)) continue;
            last = cell;
            if (++along % 8 == 4 || draft->land[cell] == KJ_LAND_WATER) continue;
            draft->land[cell] = KJ_LAND_WATER;
            n++;
        }
    }
    return n;
}

static kj_status paint_water(kj_error *err, painter *p)
{
    kj_draft *draft = p->draft;
    const kj_recipe *recipe = draft->recipe;
    int32_t left = (int32_t)((recipe->total_km2 - recipe->land_km2) * 1e6 / square(draft->grid.cell_m) + 0.5), n = 0;
    if (!(recipe->land_km2 > 0.0)) left = 0;
    for (int32_t cell = 0; draft->water && cell < draft->n_cells; cell++) { /* real water; only what is missing is made up */
        if (!draft->water[cell] || !inside(draft, cell)) continue;
        draft->land[cell] = KJ_LAND_WATER;
        left--;
    }
    kj_status status = kj_noise_field(err, &draft->grid, NOISE_LAKE, 3600.0, 5, p->noise);
    if (status != KJ_OK) return status;
    for (uint32_t i = 0; !draft->water && i < recipe->n_lakes; i++) left -= paint_lake(p, &recipe->lakes[i]);
    if (!draft->water) left -= paint_river(p);
    for (int32_t cell = 0; cell < draft->n_cells; cell++) {
        bool may = is_rural(draft, cell) && draft->land[cell] == LAND_UNSET && p->built_m[cell] > 900.0;
        if (may) p->ranked[n++] = (kj_ranked){-p->noise[cell], cell};
    }
    kj_ranked_sort(p->ranked, (size_t)n);
    for (int32_t i = 0; i < n && i < left; i++) draft->land[p->ranked[i].index] = KJ_LAND_WATER;
    return KJ_OK;
}

/* --- built-up land ------------------------------------------------------------------------------------------------ */

static int32_t cells_for(double dwellings, double a_ha, double ha)
{
    double cells = dwellings / (a_ha * ha);
    return dwellings > 0.0 ? (int32_t)(cells + 0.999) : 0;
}

/* How many cells of an area become what; the rest keeps its cover. */
typedef struct quota {
    int32_t flats, small, work, park;
} quota;

static quota quota_of(const painter *p, const kj_draft_area *area, int32_t n_dry)
{
    double flats = area->homes[KJ_HOME_COOP_FLAT] + area->homes[KJ_HOME_RENTAL_FLAT] + area->homes[KJ_HOME_STUDENT] +
                   area->homes[KJ_HOME_SENIOR];
    double small = area->homes[KJ_HOME_OWNER] + area->homes[KJ_HOME_COOP_SMALL] + area->homes[KJ_HOME_RENTAL_SMALL];
    quota q = {cells_for(flats, flats_a_ha, p->ha), 0, 0, 0};
    if (area->kind == KJ_AREA_RURAL) {
        q.small = cells_for(0.35 * small, hamlet_a_ha, p->ha);
        return q;
    }
    double work = area->kind == KJ_AREA_TOWN ? 0.20 : 0.10,
           park = area->kind == KJ_AREA_TOWN ? 0.10 : 0.07; /* assumed */
    int32_t least = cells_for(small, small_a_ha_most, p->ha), most = cells_for(small, small_a_ha_least, p->ha);
    q.work = (int32_t)(work * n_dry);
    q.park = (int32_t)(park * n_dry);
    while (q.flats + least + q.work + q.park > n_dry && (q.work > 0 || q.park > 0)) {
        if (q.park > 0) q.park--;
        if (q.work > 0) q.work--;
    }
    if (q.flats + least > n_dry) { /* a few dense blocks: share the cells by dwellings */
        q.flats = (int32_t)(n_dry * flats / (flats + 2.0 * small) + 0.5);
        if (flats > 0.0 && q.flats < 1) q.flats = 1;
        if (small > 0.0 && q.flats >= n_dry && n_dry > 1) q.flats = n_dry - 1;
        least = n_dry - q.flats;
    }
    q.small = n_dry - q.flats - q.work - q.park;
    if (q.small > most) q.small = most > least ? most : least;
    if (q.small < least) q.small = least;
    return q;
}

/* Flats in the middle, work towards one edge (a broad noise), parks scattered, small houses for the rest from the
 * middle out. */
static void build_area(painter *p, int32_t a, const int32_t *cells, int32_t n_cells)
{
    kj_draft *draft = p->draft;
    const kj_draft_area *area = &draft->areas[a];
    int32_t n = 0;
    double reach = sqrt((double)n_cells) * draft->grid.cell_m;
    for (int32_t i = 0; i < n_cells; i++) {
        int32_t cell = cells[i];
        if (draft->land[cell] != LAND_UNSET) continue;
        double d =
            sqrt(square(kj_cell_x(&draft->grid, cell) - area->x) + square(kj_cell_y(&draft->grid, cell) - area->y));
        double key = area->kind == KJ_AREA_RURAL ? -p->noise[cell] : d / reach + 0.9 * p->noise[cell];
        p->ranked[n++] = (kj_ranked){key, cell};
    }
    quota q = quota_of(p, area, n);
    kj_ranked_sort(p->ranked, (size_t)n);
    int32_t at = 0;
    for (int32_t i = 0; i < q.flats && at < n; i++) draft->land[p->ranked[at++].index] = KJ_LAND_FLATS;
    if (area->kind == KJ_AREA_RURAL) {
        for (int32_t i = 0; i < q.small && at < n; i++) draft->land[p->ranked[at++].index] = KJ_LAND_SMALL_HOUSES;
        return;
    }
    int32_t rest = n - at;
    for (int32_t i = at; i < n; i++)
        p->ranked[i].key = -p->noise[p->ranked[i].index]; /* work clusters on the ridges of the noise */
    kj_ranked_sort(p->ranked + at, (size_t)rest);
    for (int32_t i = 0; i < q.work && at < n; i++) draft->land[p->ranked[at++].index] = KJ_LAND_WORK;
    for (int32_t i = at; i < n; i++) {
        int32_t cell = p->ranked[i].index;
        double d =
            sqrt(square(kj_cell_x(&draft->grid, cell) - area->x) + square(kj_cell_y(&draft->grid, cell) - area->y));
        p->ranked[i].key = d * (0.5 + p->noise[cell]);
    }
    kj_ranked_sort(p->ranked + at, (size_t)(n - at));
    int32_t lived_in = q.small + q.park < n - at ? q.small + q.park : n - at;
    for (int32_t i = at; i < at + lived_in; i++) { /* the parks lie among the houses */
        int32_t cell = p->ranked[i].index;
        p->ranked[i].key = p->noise[cell] + 0.8 * kj_map_uniform(KJ_MAP_PLACE, (uint64_t)cell, 0);
    }
    kj_ranked_sort(p->ranked + at, (size_t)lived_in);
    for (int32_t i = 0; i < lived_in; i++) {
        draft->land[p->ranked[at + i].index] = (uint8_t)(i < q.park ? KJ_LAND_PARK : KJ_LAND_SMALL_HOUSES);
    }
}

/* Turns the n cells of the area nearest to its middle that have one of the uses `from` into `to`. Returns how many. */
static int32_t convert(painter *p, const kj_draft_area *area, const int32_t *cells, int32_t n_cells, int32_t wanted, bool built, kj_land_use to)
{
    kj_draft *draft = p->draft;
    int32_t n = 0;
    for (int32_t i = 0; i < n_cells; i++) {
        int32_t cell = cells[i];
        uint8_t use = draft->land[cell];
        bool fits = built ? use == KJ_LAND_SMALL_HOUSES : use != KJ_LAND_WATER && use != KJ_LAND_FLATS && use != KJ_LAND_SMALL_HOUSES;
        if (!fits) continue;
        double d = square(kj_cell_x(&draft->grid, cell) - area->x) + square(kj_cell_y(&draft->grid, cell) - area->y);
        p->ranked[n++] = (kj_ranked){d, cell};
    }
    kj_ranked_sort(p->ranked, (size_t)n);
    if (n > wanted) n = wanted;
    for (int32_t i = 0; i < n; i++) draft->land[p->ranked[i].index] = (uint8_t)to;
    return n;
}

/* Real land cover says where houses stand. It is changed only where it leaves homes of a kind without a single cell:
   the most central houses become blocks of flats, and failing these the most central other land is built on. */
static void build_area_real(painter *p, int32_t a, const int32_t *cells, int32_t n_cells)
{
    kj_draft *draft = p->draft;
    const kj_draft_area *area = &draft->areas[a];
    int32_t flats = 0, small = 0, built = 0, dry = 0;
    for (int32_t i = 0; i < n_cells; i++) {
        uint8_t use = draft->land[cells[i]];
        flats += use == KJ_LAND_FLATS;
        small += use == KJ_LAND_SMALL_HOUSES;
        dry += use != KJ_LAND_WATER;
    }
    built = flats + small;
    quota q = quota_of(p, area, dry);
    if (draft->recipe->cover.exact) return;
    if (q.flats > 0 && flats == 0) {
        if (small > 1) flats = convert(p, area, cells, n_cells, q.flats < small ? q.flats : small - 1, true, KJ_LAND_FLATS);
        small -= flats;
        if (flats == 0) convert(p, area, cells, n_cells, q.flats, false, KJ_LAND_FLATS);
    }
    if (q.small > 0 && small == 0 && area->kind != KJ_AREA_RURAL) convert(p, area, cells, n_cells, q.small, false, KJ_LAND_SMALL_HOUSES);
    if (built == 0 && area->kind != KJ_AREA_RURAL && area->population > 200 && p->n_bare++ < BARE_NAMED)
        kj_draft_warn(draft, "area %s (%s): %d persons, but %s shows no built-up land there; shifted, or of another year?", area->code, area->name,
                      area->population, draft->recipe->cover.file);
}

/* Cells by area, ascending. */
static kj_status list_cells(kj_error *err, kj_draft *draft)
{
    size_t n = (size_t)draft->n_cells, n_areas = (size_t)draft->n_areas;
    draft->area_first = calloc(n_areas + 2, sizeof *draft->area_first);
    draft->area_cells = malloc((n + 1) * sizeof *draft->area_cells);
    if (!draft->area_first || !draft->area_cells) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    int32_t *next = draft->area_first + 1;
    for (size_t c = 0; c < n; c++)
        if (draft->cell_area[c] >= 0) next[draft->cell_area[c] + 1]++;
    for (size_t a = 0; a < n_areas; a++) next[a + 1] += next[a];
    for (size_t c = 0; c < n; c++)
        if (draft->cell_area[c] >= 0) draft->area_cells[next[draft->cell_area[c]]++] = (int32_t)c;
    return KJ_OK;
}

static kj_status paint_built(kj_error *err, painter *p)
{
    kj_draft *draft = p->draft;
    kj_status status = kj_noise_field(err, &draft->grid, NOISE_BUILT, 1200.0, 3, p->noise);
    if (status == KJ_OK) status = list_cells(err, draft);
    for (int32_t a = 0; status == KJ_OK && a < draft->n_areas; a++) {
        int32_t begin = draft->area_first[a], end = draft->area_first[a + 1];
        (draft->land_is_real ? build_area_real : build_area)(p, a, draft->area_cells + begin, end - begin);
    }
    if (p->n_bare > BARE_NAMED)
        kj_draft_warn(draft, "%d more areas where %s shows no built-up land, of %d: a classification without built-up land, or another place?", p->n_bare - BARE_NAMED,
                      draft->recipe->cover.file, draft->n_areas);
    return status;
}

/* --- countryside ---------------------------------------------------------------------------------------------------
 */

/* The cells that are left, ranked by a field, get `share` of all land as `use`. */
static int32_t paint_share(painter *p, double share, int32_t n_land, kj_land_use use)
{
    kj_draft *draft = p->draft;
    int32_t n = 0, wanted = (int32_t)(share * n_land + 0.5);
    for (int32_t cell = 0; cell < draft->n_cells; cell++) {
        if (inside(draft, cell) && draft->land[cell] == LAND_UNSET) p->ranked[n++] = (kj_ranked){-p->noise[cell], cell};
    }
    kj_ranked_sort(p->ranked, (size_t)n);
    for (int32_t i = 0; i < n && i < wanted; i++) draft->land[p->ranked[i].index] = (uint8_t)use;
    return n < wanted ? n : wanted;
}

static kj_status paint_countryside(kj_error *err, painter *p)
{
    kj_draft *draft = p->draft;
    int32_t n_land = 0;
    for (int32_t cell = 0; cell < draft->n_cells; cell++)
        n_land += inside(draft, cell) && draft->land[cell] != KJ_LAND_WATER;
    kj_status status = kj_noise_field(err, &draft->grid, NOISE_FARM, 2600.0, 4, p->noise);
    if (status != KJ_OK) return status;
    /* Farms lie round the villages, and the villages grew on their fields: nearer is likelier, and right outside the
       houses most of all. Assumed; where towns and fields meet is what farmland policies are about. */
    for (int32_t cell = 0; cell < draft->n_cells; cell++) p->noise[cell] += 0.55 / (1.0 + p->built_m[cell] / 1000.0);
    paint_share(p, draft->recipe->arable, n_land, KJ_LAND_FARMLAND);
    status = kj_noise_field(err, &draft->grid, NOISE_FOREST, 1500.0, 4, p->noise);
    if (status != KJ_OK) return status;
    paint_share(p, draft->recipe->forest, n_land, KJ_LAND_FOREST);
    paint_share(p, 1.0, n_land, KJ_LAND_OPEN);
    return KJ_OK;
}

static kj_status paint_classes(kj_error *err, painter *p)
{
    kj_draft *draft = p->draft;
    kj_status status = kj_noise_field(err, &draft->grid, NOISE_CLASS, 4000.0, 3, p->noise);
    for (int32_t cell = 0; status == KJ_OK && cell < draft->n_cells; cell++) {
        if (!inside(draft, cell) || draft->land[cell] != KJ_LAND_FARMLAND) continue;
        double class = draft->recipe->farmland_class_mean + 7.0 * (p->noise[cell] - 0.5) + 0.5;
        draft->farmland_class[cell] = (uint8_t)(class < 1.0 ? 1.0 : class > 10.0 ? 10.0 : class);
    }
    return status;
}

static bool is_built(uint8_t land) { return land >= KJ_LAND_SMALL_HOUSES; }

/* Whether one of the eight neighbours has the given use. */
static bool beside(const kj_draft *draft, int32_t cell, kj_land_use use)
{
    int32_t nx = draft->grid.nx, ny = draft->grid.ny, col = cell % nx, row = cell / nx;
    for (int32_t r = row > 0 ? row - 1 : 0; r <= row + 1 && r < ny; r++) {
        for (int32_t c = col > 0 ? col - 1 : 0; c <= col + 1 && c < nx; c++) {
            if (inside(draft, r * nx + c) && draft->land[r * nx + c] == use) return true;
        }
    }
    return false;
}

/* Shores outside the localities (100 m of protection in Swedish law), and reserves on the wildest land. */
static kj_status paint_protection(kj_error *err, painter *p)
{
    kj_draft *draft = p->draft;
    int32_t n = 0;
    kj_status status = kj_noise_field(err, &draft->grid, NOISE_RESERVE, 3500.0, 3, p->noise);
    if (status != KJ_OK) return status;
    for (int32_t cell = 0; cell < draft->n_cells; cell++) {
        if (!is_rural(draft, cell) || is_built(draft->land[cell]) || draft->land[cell] == KJ_LAND_WATER) continue;
        if (beside(draft, cell, KJ_LAND_WATER)) draft->protection[cell] = KJ_PROTECT_NATURE;
        if (draft->land[cell] != KJ_LAND_FARMLAND) p->ranked[n++] = (kj_ranked){-p->noise[cell], cell};
    }
    kj_ranked_sort(p->ranked, (size_t)n);
    for (int32_t i = 0; i < (int32_t)(draft->recipe->reserves * n); i++)
        draft->protection[p->ranked[i].index] = KJ_PROTECT_NATURE;
    return KJ_OK;
}

/* Marks the cells within `metres` of built land of localities and towns: the fringe that plans may open. */
static void fringe(const kj_draft *draft, double metres, uint8_t *near)
{
    int32_t nx = draft->grid.nx, ny = draft->grid.ny, reach = (int32_t)(metres / draft->grid.cell_m);
    for (int32_t cell = 0; cell < draft->n_cells; cell++) {
        if (!inside(draft, cell) || is_rural(draft, cell) || !is_built(draft->land[cell])) continue;
        int32_t col = cell % nx, row = cell / nx;
        for (int32_t r = row - reach; r <= row + reach; r++) {
            for (int32_t c = col - reach; c <= col + reach; c++) {
                if (r >= 0 && c >= 0 && r < ny && c < nx &&
                    (r - row) * (r - row) + (c - col) * (c - col) <= reach * reach)
                    near[r * nx + c] = 1;
            }
        }
    }
}

static void zone(kj_draft *draft, int32_t cell, kj_zoning zoning, double max_far)
{
    draft->zoning[cell] = (uint8_t)zoning;
    draft->max_far[cell] = (float)max_far;
}

static kj_status paint_zoning(kj_error *err, painter *p)
{
    kj_draft *draft = p->draft;
    uint8_t *near = calloc((size_t)draft->n_cells, 1);
    if (!near) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    kj_status status = kj_noise_field(err, &draft->grid, NOISE_FRINGE, 800.0, 2, p->noise);
    if (status == KJ_OK) fringe(draft, draft->recipe->fringe_m, near);
    int32_t n = 0;
    for (int32_t cell = 0; status == KJ_OK && cell < draft->n_cells; cell++) {
        if (!inside(draft, cell)) continue;
        bool rural = is_rural(draft, cell);
        if (draft->land[cell] == KJ_LAND_SMALL_HOUSES && !rural)
            zone(draft, cell, KJ_ZONE_SMALL_HOUSES, 0.25);
        else if (draft->land[cell] == KJ_LAND_FLATS)
            zone(draft, cell, KJ_ZONE_MIXED, 1.0);
        else if (draft->land[cell] == KJ_LAND_WORK)
            zone(draft, cell, KJ_ZONE_WORK, 0.8);
        else if (near[cell] && draft->land[cell] != KJ_LAND_WATER && draft->land[cell] != KJ_LAND_PARK &&
                 draft->protection[cell] == 0 && !is_built(draft->land[cell])) {
            p->ranked[n++] = (kj_ranked){-p->noise[cell], cell};
        }
    }
    kj_ranked_sort(p->ranked, (size_t)n);
    for (int32_t i = 0; i < (int32_t)(draft->recipe->fringe_share * n); i++)
        zone(draft, p->ranked[i].index, KJ_ZONE_SMALL_HOUSES, 0.25);
    free(near);
    return status;
}

/* --- travel ---------------------------------------------------------------------------------------------------------
 */

/* Seconds to cross a cell of 100 m on foot (1.4 m/s, detours on open land), and by car with walking at the ends.
 * Assumed. */
static void step_costs(kj_draft *draft, uint16_t *drive)
{
    static const int16_t foot[KJ_LAND_COUNT] = {0, 130, 150, 110, 80, 85, 80, 90};
    static const double road[KJ_LAND_COUNT] = {0.0, 13.0, 14.0, 12.0, 14.0, 13.0, 14.0, 13.0};
    static const double detour = 1.15; /* a way winds through its cell; assumed */
    double scale = draft->grid.cell_m / 100.0;
    for (int32_t cell = 0; cell < draft->n_cells; cell++) {
        bool dry = inside(draft, cell) && draft->land[cell] < KJ_LAND_COUNT && draft->land[cell] != KJ_LAND_WATER;
        draft->walk_cost[cell] = (int16_t)(dry ? foot[draft->land[cell]] * scale + 0.5 : 0.0);
        drive[cell] = (uint16_t)(dry ? road[draft->land[cell]] * scale + 0.5 : 0.0);
        if (!draft->path || !inside(draft, cell)) continue;
        /* Known ways: 1.4 m/s along them, also over water (bridges); without a road nobody drives: one walks to it. */
        if (draft->path[cell]) draft->walk_cost[cell] = (int16_t)(detour * draft->grid.cell_m / 1.4 + 0.5);
        drive[cell] = draft->road_kmh[cell] > 0.0F ? (uint16_t)lround(detour * draft->grid.cell_m * 3.6 / (double)draft->road_kmh[cell])
                                                   : (uint16_t)draft->walk_cost[cell];
    }
}

/* Built land of areas that no locality names stands in one place if no more than 200 m lie between, as Statistics Sweden draws localities. */
static const double gap_m = 200.0;

static int32_t place_of(int32_t *place, int32_t area)
{
    while (place[area] != area) area = place[area] = place[place[area]]; /* halves the way for who comes next */
    return area;
}

/* Land between two cells, corner to corner or edge to edge. */
static double between(const kj_draft *draft, int32_t dx, int32_t dy)
{
    double x = dx != 0 ? abs(dx) - 1 : 0, y = dy != 0 ? abs(dy) - 1 : 0;
    return sqrt(x * x + y * y) * draft->grid.cell_m;
}

/* Is the cell built land of a town or locality without a name? Its area, or -1. */
static int32_t nameless_area(const kj_draft *draft, int32_t cell)
{
    int32_t a = draft->cell_area[cell];
    return a >= 0 && draft->areas[a].kind != KJ_AREA_RURAL && draft->areas[a].locality < 0 && is_built(draft->land[cell]) ? a : -1;
}

/* The place of each nameless area, named by the lowest of its areas. */
static void join_places(const kj_draft *draft, int32_t *place)
{
    const int32_t nx = draft->grid.nx, ny = draft->grid.ny, reach = (int32_t)(gap_m / draft->grid.cell_m) + 1;
    for (int32_t a = 0; a < draft->n_areas; a++) place[a] = a;
    for (int32_t cell = 0; cell < draft->n_cells; cell++) {
        int32_t a = nameless_area(draft, cell), x = cell % nx, y = cell / nx;
        if (a < 0) continue;
        for (int32_t dy = 0; dy <= reach && y + dy < ny; dy++)
            for (int32_t dx = -reach; dx <= reach; dx++) {
                if (x + dx < 0 || x + dx >= nx || between(draft, dx, dy) > gap_m) continue;
                int32_t b = nameless_area(draft, cell + dy * nx + dx);
                if (b < 0 || b == a || place[b] == place[a]) continue;
                int32_t p = place_of(place, a), q = place_of(place, b);
                place[p > q ? p : q] = p < q ? p : q;
            }
    }
}

/* Of the areas of a place the one nearest to the middle of its people. */
static int32_t middle_of(const kj_draft *draft, int32_t *place, int32_t of)
{
    double x = 0.0, y = 0.0, people = 0.0, nearest = INFINITY;
    int32_t best = of;
    for (int32_t a = of; a < draft->n_areas; a++) {
        if (place_of(place, a) != of) continue;
        const kj_draft_area *area = &draft->areas[a];
        x += area->x * area->population;
        y += area->y * area->population;
        people += area->population;
    }
    for (int32_t a = of; a < draft->n_areas && people > 0.0; a++) {
        if (place_of(place, a) != of) continue;
        double dx = draft->areas[a].x - x / people, dy = draft->areas[a].y - y / people, d2 = dx * dx + dy * dy;
        if (d2 < nearest) nearest = d2, best = a;
    }
    return best;
}

/* Cells of the centres: one of each locality, and one of each place that no locality names. */
static uint32_t find_centres(const kj_draft *draft, int32_t *place, int32_t *centres)
{
    uint32_t n = 0;
    join_places(draft, place);
    for (int32_t a = 0; a < draft->n_areas; a++) {
        const kj_draft_area *area = &draft->areas[a];
        if (area->kind == KJ_AREA_RURAL) continue;
        bool first = area->locality < 0 ? place_of(place, a) == a : a == 0 || area->locality != draft->areas[a - 1].locality;
        if (first) centres[n++] = area->locality < 0 ? draft->areas[middle_of(draft, place, a)].centre_cell : area->centre_cell;
    }
    if (n == 0) centres[n++] = draft->areas[0].centre_cell;
    return n;
}

static kj_status paint_travel(kj_error *err, kj_draft *draft)
{
    uint16_t *drive = calloc((size_t)draft->n_cells, sizeof *drive);
    int32_t *centres = calloc((size_t)draft->n_areas + 1, sizeof *centres), *place = calloc((size_t)draft->n_areas + 1, sizeof *place);
    void *work = malloc(kj_travel_work_bytes(&draft->grid));
    kj_status status = drive && centres && place && work ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (status == KJ_OK) {
        step_costs(draft, drive);
        uint32_t n = find_centres(draft, place, centres);
        status = kj_travel_cost(&draft->grid, drive, centres, n, draft->travel_centre, NULL, work);
        if (status != KJ_OK) status = kj_fail(err, status, "%s: travel times", draft->recipe->path);
    }
    free(drive);
    free(centres);
    free(place);
    free(work);
    return status;
}

/* --- layers as they are --- */

typedef struct layer_slot {
    const char *name;
    double low, high;
} layer_slot;

static void put_value(kj_draft *draft, const char *name, int32_t cell, double v)
{
    if (!strcmp(name, "zoning")) draft->zoning[cell] = (uint8_t)v;
    else if (!strcmp(name, "protection")) draft->protection[cell] = (uint8_t)v;
    else if (!strcmp(name, "farmland_class")) draft->farmland_class[cell] = (uint8_t)v;
    else if (!strcmp(name, "max_far")) draft->max_far[cell] = (float)v;
    else if (!strcmp(name, "travel_centre")) draft->travel_centre[cell] = (int32_t)v;
    else draft->walk_cost[cell] = (int16_t)v;
}

/* The recipe's layers over what was made up. `travel`: those that depend on the others, after these. */
static kj_status take_layers(kj_error *err, kj_draft *draft, bool travel)
{
    static const layer_slot slots[] = {{"zoning", 0.0, KJ_ZONE_COUNT - 1}, {"protection", 0.0, 7.0}, {"farmland_class", 0.0, 10.0},
                                       {"max_far", 0.0, 50.0}, {"travel_centre", 0.0, INT32_MAX}, {"walk_cost", 0.0, INT16_MAX}};
    double *value = NULL;
    kj_status status = KJ_OK;
    for (uint32_t i = 0; status == KJ_OK && i < draft->recipe->n_layers; i++) {
        const kj_recipe_layer *layer = &draft->recipe->layers[i];
        size_t k = 0;
        while (strcmp(slots[k].name, layer->name)) k++;
        if ((k >= 4) != travel) continue;
        if (!value) value = malloc((size_t)draft->n_cells * sizeof *value);
        status = value ? kj_gis_layer(err, draft, layer, value) : kj_fail(err, KJ_E_MEMORY, "out of memory");
        for (int32_t cell = 0; status == KJ_OK && cell < draft->n_cells; cell++) {
            if (value[cell] - value[cell] != 0.0) continue;
            if (value[cell] < slots[k].low || value[cell] > slots[k].high)
                status = kj_fail(err, KJ_E_INPUT, "%s: map.layers.%s expects %.15g to %.15g, found %.15g at x %.0f, y %.0f", layer->file, layer->name,
                                 slots[k].low, slots[k].high, value[cell], kj_cell_x(&draft->grid, cell), kj_cell_y(&draft->grid, cell));
            else put_value(draft, layer->name, cell, value[cell]);
        }
    }
    free(value);
    return status;
}

/* --- areas' middles --------------------------------------------------------------------------------------------------
 */

/* Centroids (the locality's own point for its core), cell counts, and the nearest dry cell to the middle. */
static kj_status find_middles(kj_error *err, kj_draft *draft, bool dry)
{
    double *best = calloc((size_t)draft->n_areas + 1, sizeof *best);
    if (!best) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!dry) {
        for (int32_t a = 0; a < draft->n_areas; a++)
            draft->areas[a].n_cells = 0, draft->areas[a].x = draft->areas[a].y = 0.0;
        for (int32_t cell = 0; cell < draft->n_cells; cell++) {
            if (!inside(draft, cell)) continue;
            kj_draft_area *area = &draft->areas[draft->cell_area[cell]];
            area->x += kj_cell_x(&draft->grid, cell);
            area->y += kj_cell_y(&draft->grid, cell);
            area->n_cells++;
        }
    }
    for (int32_t a = 0; a < draft->n_areas; a++) {
        kj_draft_area *area = &draft->areas[a];
        best[a] = 1e18;
        area->centre_cell = -1;
        if (dry || area->n_cells == 0) continue;
        area->x /= area->n_cells;
        area->y /= area->n_cells;
        bool core = area->locality >= 0 && (a == 0 || draft->areas[a - 1].locality != area->locality);
        if (core) {
            area->x = draft->recipe->localities[area->locality].x;
            area->y = draft->recipe->localities[area->locality].y;
        }
    }
    for (int32_t cell = 0; cell < draft->n_cells; cell++) {
        if (!inside(draft, cell) || (dry && draft->land[cell] == KJ_LAND_WATER)) continue;
        kj_draft_area *area = &draft->areas[draft->cell_area[cell]];
        double d = square(kj_cell_x(&draft->grid, cell) - area->x) + square(kj_cell_y(&draft->grid, cell) - area->y);
        if (d < best[draft->cell_area[cell]]) {
            best[draft->cell_area[cell]] = d;
            area->centre_cell = cell;
        }
    }
    free(best);
    for (int32_t a = 0; a < draft->n_areas; a++) {
        const kj_draft_area *area = &draft->areas[a];
        if (area->centre_cell < 0 && area->population > 0) {
            return kj_fail(err, KJ_E_INPUT, "%s: area %s (%s) has %d persons but covers no %scell of %.0f m",
                           draft->recipe->path, area->code, area->name, area->population, dry ? "dry " : "",
                           draft->grid.cell_m);
        }
    }
    return KJ_OK;
}

/* Metres to the nearest middle of a locality or town. The middles are sorted into squares of 64 cells; rings of squares
   are searched until the next ring lies farther away than the best so far. */
static kj_status distances_to_centres(kj_error *err, const kj_draft *draft, double *out)
{
    enum { SQUARE = 64 };
    const kj_grid *g = &draft->grid;
    int32_t nx = g->nx / SQUARE + 1, ny = g->ny / SQUARE + 1, n = nx * ny;
    int32_t *first = calloc((size_t)n + 2, sizeof *first), *item = malloc(((size_t)draft->n_areas + 1) * sizeof *item);
    if (!first || !item) {
        free(first);
        free(item);
        return kj_fail(err, KJ_E_MEMORY, "out of memory");
    }
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t a = 0; a < draft->n_areas; a++) {
            const kj_draft_area *area = &draft->areas[a];
            if (area->kind == KJ_AREA_RURAL) continue;
            int32_t col = (int32_t)((area->x - g->west) / g->cell_m) / SQUARE, row = (int32_t)((g->north - area->y) / g->cell_m) / SQUARE;
            col = col < 0 ? 0 : col >= nx ? nx - 1 : col;
            row = row < 0 ? 0 : row >= ny ? ny - 1 : row;
            if (pass == 0) first[row * nx + col + 2]++;
            else item[first[row * nx + col + 1]++] = a;
        }
        for (int32_t i = 2; pass == 0 && i < n + 2; i++) first[i] += first[i - 1];
    }
    int32_t most = nx > ny ? nx : ny;
#pragma omp parallel for schedule(static)
    for (int32_t cell = 0; cell < draft->n_cells; cell++) {
        if (!inside(draft, cell)) { /* never looked at, and far from any centre the search is long */
            out[cell] = 1e6;
            continue;
        }
        double nearest = 1e12, x = kj_cell_x(g, cell), y = kj_cell_y(g, cell);
        int32_t col = cell % g->nx / SQUARE, row = cell / g->nx / SQUARE;
        for (int32_t ring = 0; ring <= most; ring++) {
            double reach = (ring - 1) * (double)SQUARE * g->cell_m;
            if (ring > 0 && nearest < 1e12 && reach > 0.0 && reach * reach > nearest) break;
            for (int32_t r = row - ring; r <= row + ring; r++) {
                bool edge = r == row - ring || r == row + ring;
                for (int32_t c = col - ring; c <= col + ring; c += edge || ring == 0 ? 1 : 2 * ring) {
                    if (r < 0 || c < 0 || r >= ny || c >= nx) continue;
                    for (int32_t i = first[r * nx + c]; i < first[r * nx + c + 1]; i++) {
                        const kj_draft_area *area = &draft->areas[item[i]];
                        nearest = fmin(nearest, square(x - area->x) + square(y - area->y));
                    }
                }
            }
        }
        out[cell] = nearest < 1e12 ? sqrt(nearest) : 1e6;
    }
    free(first);
    free(item);
    return KJ_OK;
}

kj_status kj_draft_land(kj_error *err, kj_draft *draft)
{
    size_t n = (size_t)draft->n_cells;
    painter p = {.draft = draft, .ha = square(draft->grid.cell_m) / 1e4};
    p.noise = malloc(n * sizeof *p.noise);
    p.built_m = malloc(n * sizeof *p.built_m);
    p.ranked = malloc(n * sizeof *p.ranked);
    kj_status status =
        p.noise && p.built_m && p.ranked ? find_middles(err, draft, false) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (status == KJ_OK) {
        status = distances_to_centres(err, draft, p.built_m);
        if (!draft->land_is_real) memset(draft->land, LAND_UNSET, n);
        if (status == KJ_OK && !draft->land_is_real) status = paint_water(err, &p);
    }
    if (status == KJ_OK) status = paint_built(err, &p);
    if (status == KJ_OK) status = paint_countryside(err, &p);
    if (status == KJ_OK) status = find_middles(err, draft, true);
    if (status == KJ_OK) status = paint_classes(err, &p);
    if (status == KJ_OK) status = paint_protection(err, &p);
    if (status == KJ_OK) status = paint_zoning(err, &p);
    if (status == KJ_OK) status = take_layers(err, draft, false);
    for (size_t cell = 0; cell < n; cell++) {
        if (!inside(draft, (int32_t)cell)) draft->land[cell] = KJ_LAND_OPEN; /* outside: never looked at */
    }
    if (status == KJ_OK) status = paint_travel(err, draft);
    if (status == KJ_OK) status = take_layers(err, draft, true);
    free(p.noise);
    free(p.built_m);
    free(p.ranked);
    return status;
}
