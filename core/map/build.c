/* The steps from a recipe to a map, in order. */
#include <stdlib.h>
#include <string.h>

#include "../io/mapfile.h"
#include "draft.h"
#include "gis.h"
#include "map.h"
#include "observations.h"
#include "tables.h"

static kj_status make_grid(kj_error *err, kj_draft *draft)
{
    const kj_recipe *r = draft->recipe;
    double west = r->west, south = r->south, east = r->east, north = r->north;
    if (!r->has_extent) {
        kj_status status = (r->region.file[0] ? kj_gis_region_extent : kj_gis_extent)(err, r, &west, &south, &east, &north);
        if (status != KJ_OK) return status;
    }
    double nx = (east - west) / r->cell_m + 0.5, ny = (north - south) / r->cell_m + 0.5;
    if (nx * ny > 1e8)
        return kj_fail(err, KJ_E_INPUT, "%s: the extent holds %.0f cells; at most 100 million", r->path, nx * ny);
    draft->grid = (kj_grid){(int32_t)nx, (int32_t)ny, r->cell_m, west, north, r->epsg};
    draft->n_cells = draft->grid.nx * draft->grid.ny;
    size_t n = (size_t)draft->n_cells;
    draft->cell_area = malloc(n * sizeof *draft->cell_area);
    draft->land = calloc(n, 1);
    draft->protection = calloc(n, 1);
    draft->farmland_class = calloc(n, 1);
    draft->zoning = calloc(n, 1);
    draft->max_far = calloc(n, sizeof *draft->max_far);
    draft->travel_centre = calloc(n, sizeof *draft->travel_centre);
    draft->walk_cost = calloc(n, sizeof *draft->walk_cost);
    bool all = draft->cell_area && draft->land && draft->protection && draft->farmland_class && draft->zoning &&
               draft->max_far && draft->travel_centre && draft->walk_cost;
    if (!all) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++) draft->cell_area[i] = -1;
    return KJ_OK;
}

static kj_status check_population(kj_error *err, const kj_draft *draft)
{
    int64_t total = 0;
    for (int32_t a = 0; a < draft->n_areas; a++) total += draft->areas[a].population;
    if (total < 1 || total > 100000000)
        return kj_fail(err, KJ_E_INPUT, "%s: the areas hold %lld persons", draft->recipe->path, (long long)total);
    if (draft->recipe->population > 0 && !draft->persons_corrected && total != draft->recipe->population) {
        return kj_fail(err, KJ_E_INPUT, "%s: map.municipality.population is %d, but the areas add up to %lld",
                       draft->recipe->path, draft->recipe->population, (long long)total);
    }
    return KJ_OK;
}

static kj_status run_steps(kj_error *err, kj_draft *draft)
{
    bool polygons = draft->recipe->areas.file[0] != 0;
    kj_status status = make_grid(err, draft);
    if (status == KJ_OK && draft->importing && draft->recipe->shores) status = kj_gis_shores(err, draft);
    if (status == KJ_OK) status = polygons                             ? kj_gis_areas(err, draft)
                                     : draft->recipe->region.file[0] ? kj_draft_region(err, draft)
                                                                     : kj_draft_outline(err, draft);
    if (status == KJ_OK) status = kj_draft_statistics(err, draft);
    if (status == KJ_OK) status = kj_draft_observations(err, draft);
    if (status == KJ_OK) status = check_population(err, draft);
    if (status == KJ_OK && draft->recipe->cover.file[0]) status = kj_gis_land(err, draft);
    if (status == KJ_OK && draft->recipe->roads.file[0]) status = kj_gis_roads(err, draft);
    if (status == KJ_OK) status = kj_draft_ages(err, draft);
    if (status == KJ_OK) status = kj_draft_care(err, draft);
    if (status == KJ_OK) status = kj_draft_stock(err, draft);
    if (status == KJ_OK) status = kj_draft_people(err, draft);
    if (status == KJ_OK) status = kj_draft_land(err, draft);
    if (status == KJ_OK) status = kj_draft_homes(err, draft);
    if (status == KJ_OK) status = kj_draft_facilities(err, draft);
    if (status == KJ_OK) status = kj_draft_work(err, draft);
    return status;
}

kj_status kj_map_build(kj_error *err, const char *recipe_path, const char *data_folder, bool importing,
                       kj_memory *memory, kj_map *out)
{
    kj_recipe recipe;
    kj_country *country = malloc(sizeof *country);
    kj_draft draft = {.recipe = &recipe, .country = country, .importing = importing};
    kj_status status =
        country ? kj_recipe_read(err, recipe_path, data_folder, &recipe) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (status != KJ_OK) {
        free(country);
        return status;
    }
    if (recipe.region.file[0]) status = kj_gis_region_points(err, &recipe);
    draft.start = KJ_MONTH(recipe.start_year, 12);
    kj_map_init(out, memory);
    if (status == KJ_OK) status = kj_country_read(err, recipe.country, country);
    if (status == KJ_OK) status = run_steps(err, &draft);
    if (status == KJ_OK) status = kj_draft_tables(err, &draft, out);
    if (status == KJ_OK) {
        out->report = kj_draft_report(&draft);
        if (!out->report) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    }
    if (status == KJ_OK) status = kj_map_digest(err, out, out->digest);
    if (status != KJ_OK) kj_map_free(out);
    kj_draft_free(&draft);
    kj_recipe_free(&recipe);
    free(country);
    return status;
}
