#include "gis.h"
#include "gis_internal.h"
#include "new.h"

enum { TABLE_EPSG = 3006 }; /* of maps/countries/se/municipality.csv */
#define USE_MARGIN 3.0 /* degrees round a system's area of use in which it still serves */

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <gdal_alg.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"

/* GDAL writes to the terminal unless told otherwise; its last message goes into ours instead. */
void kj_gis_begin(void)
{
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLErrorReset();
    GDALAllRegister();
}

void kj_gis_end(void) { CPLPopErrorHandler(); }

OGRSpatialReferenceH kj_gis_system(int32_t epsg)
{
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    if (OSRImportFromEPSG(srs, epsg) != OGRERR_NONE) {
        OSRDestroySpatialReference(srs);
        return NULL;
    }
    OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER); /* x is east: without this polygons come out mirrored */
    return srs;
}

void kj_gis_close(kj_gis_source *s)
{
    if (s->transform) OCTDestroyCoordinateTransformation(s->transform);
    if (s->target) OSRDestroySpatialReference(s->target);
    if (s->dataset) GDALClose(s->dataset);
    memset(s, 0, sizeof *s);
}

static kj_status no_layer(kj_error *err, const kj_gis_source *s, const char *wanted)
{
    char names[512] = "";
    for (int i = 0; i < GDALDatasetGetLayerCount(s->dataset) && strlen(names) < 400; i++) {
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%.60s", i ? ", " : "",
                 OGR_L_GetName(GDALDatasetGetLayer(s->dataset, i)));
    }
    return kj_fail(err, KJ_E_INPUT, "%s: no layer named %s; it holds %s", s->path, wanted, names[0] ? names : "none");
}

kj_status kj_gis_open(kj_error *err, const kj_recipe *recipe, const char *file, const char *layer, kj_gis_source *s)
{
    memset(s, 0, sizeof *s);
    kj_status status = kj_recipe_file(err, recipe, file, s->path, sizeof s->path);
    if (status != KJ_OK) return status;
    s->dataset = GDALOpenEx(s->path, GDAL_OF_VECTOR | GDAL_OF_READONLY, NULL, NULL, NULL);
    if (!s->dataset)
        return kj_fail(err, KJ_E_INPUT, "%s: cannot be read as a vector file: %s", s->path,
                       CPLGetLastErrorMsg()[0] ? CPLGetLastErrorMsg() : "it is empty, or of no format that GDAL knows");
    s->layer = layer[0] ? GDALDatasetGetLayerByName(s->dataset, layer) : GDALDatasetGetLayer(s->dataset, 0);
    if (!s->layer) return no_layer(err, s, layer[0] ? layer : "(first)");
    s->target = kj_gis_system(recipe->epsg);
    if (!s->target) return kj_fail(err, KJ_E_INPUT, "EPSG:%d is not known", recipe->epsg);
    OGRSpatialReferenceH from = OGR_L_GetSpatialRef(s->layer);
    if (!from)
        return kj_fail(err, KJ_E_INPUT, "%s, layer %s: has no coordinate system; a shapefile needs its .prj beside it", s->path, OGR_L_GetName(s->layer));
    OSRSetAxisMappingStrategy(from, OAMS_TRADITIONAL_GIS_ORDER);
    if (OSRIsSame(from, s->target)) return KJ_OK;
    s->transform = OCTNewCoordinateTransformation(from, s->target);
    if (!s->transform)
        return kj_fail(err, KJ_E_INPUT, "%s: no way from its coordinate system to EPSG:%d", s->path, recipe->epsg);
    return KJ_OK;
}

/* The feature's polygon in the recipe's system, owned by the caller. */
static kj_status polygon_of(kj_error *err, const kj_gis_source *s, OGRFeatureH feature, OGRGeometryH *out)
{
    OGRGeometryH geometry = OGR_F_GetGeometryRef(feature);
    long long fid = (long long)OGR_F_GetFID(feature);
    *out = NULL;
    if (!geometry || OGR_G_IsEmpty(geometry))
        return kj_fail(err, KJ_E_INPUT, "%s, layer %s, feature %lld: has no geometry", s->path, OGR_L_GetName(s->layer),
                       fid);
    OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(geometry));
    if (type != wkbPolygon && type != wkbMultiPolygon) {
        return kj_fail(err, KJ_E_INPUT, "%s, layer %s, feature %lld: expected a polygon, found %s", s->path,
                       OGR_L_GetName(s->layer), fid, OGRGeometryTypeToName(type));
    }
    OGRGeometryH copy = OGR_G_Clone(geometry);
    OGREnvelope box;
    OGR_G_GetEnvelope(copy, &box);
    if (s->transform && OGR_G_Transform(copy, s->transform) != OGRERR_NONE) {
        const char *name = OSRGetName(OGR_L_GetSpatialRef(s->layer));
        OGR_G_DestroyGeometry(copy);
        return kj_fail(err, KJ_E_INPUT, "%s, layer %s, feature %lld: x %.10g, y %.10g cannot lie in the coordinate system that the file names (%s): is it another one?", s->path,
                       OGR_L_GetName(s->layer), fid, box.MinX, box.MinY, name ? name : "unnamed");
    }
    *out = copy;
    return KJ_OK;
}

/* --- extent
 * ------------------------------------------------------------------------------------------------------------- */

static double floor_to(double v, double step)
{
    double n = v / step;
    int64_t whole = (int64_t)n;
    if ((double)whole > n) whole--;
    return (double)whole * step;
}

static kj_status extent_of(kj_error *err, const kj_gis_source *s, double cell, double *west, double *south, double *east,
                           double *north)
{
    kj_status status = KJ_OK;
    bool any = false;
    OGR_L_ResetReading(s->layer);
    for (OGRFeatureH f = OGR_L_GetNextFeature(s->layer); f && status == KJ_OK; f = OGR_L_GetNextFeature(s->layer)) {
        OGRGeometryH polygon = NULL;
        status = polygon_of(err, s, f, &polygon);
        OGR_F_Destroy(f);
        if (status != KJ_OK) break;
        OGREnvelope box;
        OGR_G_GetEnvelope(polygon, &box);
        OGR_G_DestroyGeometry(polygon);
        *west = any ? fmin(*west, box.MinX) : box.MinX;
        *south = any ? fmin(*south, box.MinY) : box.MinY;
        *east = any ? fmax(*east, box.MaxX) : box.MaxX;
        *north = any ? fmax(*north, box.MaxY) : box.MaxY;
        any = true;
    }
    if (status == KJ_OK && !any)
        return kj_fail(err, KJ_E_INPUT, "%s, layer %s: holds no feature", s->path, OGR_L_GetName(s->layer));
    if (status != KJ_OK) return status;
    *west = floor_to(*west, cell) - cell;
    *south = floor_to(*south, cell) - cell;
    *east = floor_to(*east, cell) + 2.0 * cell;
    *north = floor_to(*north, cell) + 2.0 * cell;
    return KJ_OK;
}

/* A wrong coordinate system puts the areas where the map's own is not made for, or beside the municipality. */
static kj_status check_whereabouts(kj_error *err, const kj_gis_source *s, const kj_recipe *r, double west, double south, double east, double north)
{
    double use[4], x = 0.5 * (west + east), y = 0.5 * (south + north), box[4];
    char name[96];
    const char *from = OSRGetName(OGR_L_GetSpatialRef(s->layer));
    kj_error ignored;
    bool known = OSRGetAreaOfUse(s->target, &use[0], &use[1], &use[2], &use[3], NULL) && use[0] > -999.0;
    bool there = kj_gis_transform(&ignored, r->epsg, 4326, 1, &x, &y) == KJ_OK;
    if (known && (!there || x < use[0] - USE_MARGIN || x > use[2] + USE_MARGIN || y < use[1] - USE_MARGIN || y > use[3] + USE_MARGIN))
        return kj_fail(err, KJ_E_INPUT, "%s, layer %s: the areas lie at x %.0f to %.0f, y %.0f to %.0f, far outside what EPSG:%d is made for; the file says that it is in %s: is that right?",
                       s->path, OGR_L_GetName(s->layer), west, east, south, north, r->epsg, from ? from : "no system");
    if (r->epsg != TABLE_EPSG || r->n_municipalities != 1 || !kj_municipality_box(r->country, r->municipalities[0].code, box, name, sizeof name)) return KJ_OK;
    if (west < box[2] && east > box[0] && south < box[3] && north > box[1]) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "%s, layer %s: the areas lie at x %.0f to %.0f, y %.0f to %.0f, but %s (%s) at x %.0f to %.0f, y %.0f to %.0f; the file says that it is in %s: is that right?",
                   s->path, OGR_L_GetName(s->layer), west, east, south, north, name, r->municipalities[0].code, box[0], box[2], box[1], box[3], from ? from : "no system");
}

kj_status kj_gis_extent(kj_error *err, const kj_recipe *recipe, double *west, double *south, double *east,
                        double *north)
{
    kj_gis_source s;
    kj_gis_begin();
    kj_status status = kj_gis_open(err, recipe, recipe->areas.file, recipe->areas.layer, &s);
    if (status == KJ_OK) status = extent_of(err, &s, recipe->cell_m, west, south, east, north);
    if (status == KJ_OK) status = check_whereabouts(err, &s, recipe, *west, *south, *east, *north);
    kj_gis_close(&s);
    kj_gis_end();
    return status;
}

/* --- attributes
 * ----------------------------------------------------------------------------------------------------------- */

/* Index of a column; KJ_E_INPUT with the nearest known name and all of them. */
kj_status kj_gis_column(kj_error *err, const kj_gis_source *s, const char *name, int *out)
{
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(s->layer);
    *out = OGR_FD_GetFieldIndex(definition, name);
    if (*out >= 0) return KJ_OK;
    char names[900] = "";
    const char *known[256];
    int n = OGR_FD_GetFieldCount(definition);
    for (int i = 0; i < n && i < 256; i++) {
        known[i] = OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(definition, i));
        if (strlen(names) < 800)
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%.60s", i ? ", " : "", known[i]);
    }
    const char *nearest = NULL;
    for (int i = 0; i < n && i < 256 && !nearest; i++) /* deso: desokod is meant, not geo */
        if (strstr(known[i], name)) nearest = known[i];
    if (!nearest) nearest = kj_nearest_name(name, known, (size_t)(n < 256 ? n : 256));
    return kj_fail(err, KJ_E_INPUT, "%s, layer %s: no column named %s%s%s%s; the recipe says which is read; it has %s", s->path,
                   OGR_L_GetName(s->layer), name, nearest ? " (did you mean " : "", nearest ? nearest : "",
                   nearest ? "?)" : "", names);
}

/* A finite number in [min, max]; text that is not a number is refused, not read as zero. */
kj_status kj_gis_number(kj_error *err, const kj_gis_source *s, OGRFeatureH feature, const char *name, double min,
                           double max, double *out)
{
    int column = -1;
    kj_status status = kj_gis_column(err, s, name, &column);
    if (status != KJ_OK) return status;
    const char *text = OGR_F_IsFieldSetAndNotNull(feature, column) ? OGR_F_GetFieldAsString(feature, column) : "";
    OGRFieldType type = OGR_Fld_GetType(OGR_F_GetFieldDefnRef(feature, column));
    char *rest = NULL;
    *out = type == OFTString ? CPLStrtod(text, &rest) : OGR_F_GetFieldAsDouble(feature, column);
    bool bad = !text[0] || (type == OFTString && (rest == text || *rest)) || !(*out >= min) || !(*out <= max) ||
               (type != OFTString && type != OFTInteger && type != OFTInteger64 && type != OFTReal);
    if (!bad) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT,
                   "%s, layer %s, feature %lld, column %s: expected a number from %.15g to %.15g, found '%.60s'", s->path,
                   OGR_L_GetName(s->layer), (long long)OGR_F_GetFID(feature), name, min, max, text);
}

kj_status kj_gis_text(kj_error *err, const kj_gis_source *s, OGRFeatureH feature, const char *name, char *out, size_t bytes)
{
    int column = -1;
    kj_status status = kj_gis_column(err, s, name, &column);
    if (status != KJ_OK) return status;
    snprintf(out, bytes, "%s", OGR_F_GetFieldAsString(feature, column));
    if (out[0]) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "%s, layer %s, feature %lld, column %s: is empty", s->path, OGR_L_GetName(s->layer),
                   (long long)OGR_F_GetFID(feature), name);
}

static kj_status kind_of(kj_error *err, const kj_gis_source *s, OGRFeatureH feature, const kj_recipe_areas *spec,
                         kj_area_kind *out)
{
    char value[KJ_RECIPE_TEXT];
    *out = KJ_AREA_LOCALITY;
    if (!spec->kind_column[0]) return KJ_OK;
    kj_status status = kj_gis_text(err, s, feature, spec->kind_column, value, sizeof value);
    if (status != KJ_OK) return status;
    if (strcmp(value, spec->kind_rural) == 0)
        *out = KJ_AREA_RURAL;
    else if (strcmp(value, spec->kind_locality) == 0)
        *out = KJ_AREA_LOCALITY;
    else if (strcmp(value, spec->kind_town) == 0)
        *out = KJ_AREA_TOWN;
    else {
        return kj_fail(err, KJ_E_INPUT, "%s, layer %s, feature %lld, column %s: expected %s, %s or %s, found '%s'",
                       s->path, OGR_L_GetName(s->layer), (long long)OGR_F_GetFID(feature), spec->kind_column,
                       spec->kind_rural, spec->kind_locality, spec->kind_town, value);
    }
    return KJ_OK;
}

/* Dwellings by tenure; those of unknown tenure are shared out like the others. */
static kj_status tenure_of(kj_error *err, const kj_gis_source *s, OGRFeatureH feature, const kj_recipe_areas *spec,
                           kj_draft_area *area)
{
    double unknown = 0.0;
    if (!spec->rental[0]) return KJ_OK;
    kj_status status = kj_gis_number(err, s, feature, spec->rental, 0.0, 1e7, &area->tenure[0]);
    if (status == KJ_OK) status = kj_gis_number(err, s, feature, spec->coop, 0.0, 1e7, &area->tenure[1]);
    if (status == KJ_OK) status = kj_gis_number(err, s, feature, spec->owner, 0.0, 1e7, &area->tenure[2]);
    if (status == KJ_OK && spec->unknown[0]) status = kj_gis_number(err, s, feature, spec->unknown, 0.0, 1e7, &unknown);
    double known = area->tenure[0] + area->tenure[1] + area->tenure[2];
    area->dwellings = known + unknown;
    for (int t = 0; t < 3; t++) area->tenure[t] *= known > 0.0 ? area->dwellings / known : 0.0;
    return status;
}

static kj_status ages_of(kj_error *err, const kj_gis_source *s, OGRFeatureH feature, const kj_recipe_areas *spec,
                         kj_draft_area *area)
{
    double sum = 0.0;
    if (!spec->n_classes) return KJ_OK;
    for (uint32_t i = 0; i < 2 * spec->n_classes; i++) {
        char name[2 * KJ_RECIPE_TEXT];
        uint32_t sex = i / spec->n_classes, c = i % spec->n_classes;
        snprintf(name, sizeof name, "%s%s", sex == KJ_FEMALE ? spec->female : spec->male, spec->class_name[c]);
        kj_status status = kj_gis_number(err, s, feature, name, 0.0, 1e8, &area->class_count[sex][c]);
        if (status != KJ_OK) return status;
        sum += area->class_count[sex][c];
    }
    if (area->population > 0 && !(sum > 0.0)) {
        return kj_fail(err, KJ_E_INPUT, "%s, layer %s, feature %lld: %d persons, but none in any age class", s->path,
                       OGR_L_GetName(s->layer), (long long)OGR_F_GetFID(feature), area->population);
    }
    return KJ_OK;
}

/* Index of the municipality that the area's column names; the only one without a column. */
static kj_status municipality_of(kj_error *err, const kj_gis_source *s, OGRFeatureH feature, const kj_recipe *recipe, int32_t *out)
{
    char code[KJ_RECIPE_TEXT];
    *out = 0;
    if (!recipe->areas.municipality[0]) return KJ_OK;
    kj_status status = kj_gis_text(err, s, feature, recipe->areas.municipality, code, sizeof code);
    for (uint32_t m = 0; status == KJ_OK && m < recipe->n_municipalities; m++) {
        *out = (int32_t)m;
        if (!strcmp(recipe->municipalities[m].code, code)) return KJ_OK;
    }
    if (status != KJ_OK) return status;
    return kj_fail(err, KJ_E_INPUT, "%s, layer %s, feature %lld, column %s: municipality '%s' is not one of map.municipalities", s->path,
                   OGR_L_GetName(s->layer), (long long)OGR_F_GetFID(feature), recipe->areas.municipality, code);
}

static kj_status read_area(kj_error *err, const kj_gis_source *s, OGRFeatureH feature, const kj_recipe *recipe,
                           kj_draft_area *area)
{
    const kj_recipe_areas *spec = &recipe->areas;
    double population = 0.0, income = 0.0;
    memset(area, 0, sizeof *area);
    area->locality = -1;
    int column = -1;
    kj_status status = kj_gis_column(err, s, spec->code, &column);
    if (status != KJ_OK) {
        kj_error why = *err;
        return kj_fail(err, status, "%.*s; change `areas.code` in %s", (int)(sizeof why.text - 1), why.text, recipe->path);
    }
    status = kj_gis_text(err, s, feature, spec->code, area->code, sizeof area->code);
    if (status == KJ_OK)
        status = kj_gis_text(err, s, feature, spec->name[0] ? spec->name : spec->code, area->name, sizeof area->name);
    if (status == KJ_OK && spec->population[0])
        status = kj_gis_number(err, s, feature, spec->population, 0.0, 1e8, &population);
    if (status == KJ_OK) status = kind_of(err, s, feature, spec, &area->kind);
    if (status == KJ_OK) status = municipality_of(err, s, feature, recipe, &area->municipality);
    if (status == KJ_OK && spec->district[0])
        status = kj_gis_text(err, s, feature, spec->district, area->district, sizeof area->district);
    area->population = (int32_t)(population + 0.5);
    area->small_share = recipe->small_share[area->kind];
    if (status == KJ_OK) status = tenure_of(err, s, feature, spec, area);
    if (status == KJ_OK) status = ages_of(err, s, feature, spec, area);
    if (status == KJ_OK && spec->income[0]) status = kj_gis_number(err, s, feature, spec->income, 0.0, 1e9, &income);
    area->income_sek = income * spec->income_factor;
    return status;
}

/* --- cells
 * -------------------------------------------------------------------------------------------------------------------
 */

GDALDatasetH kj_gis_raster(const kj_grid *grid, GDALDataType type, OGRSpatialReferenceH srs)
{
    GDALDriverH driver = GDALGetDriverByName("MEM");
    GDALDatasetH raster = driver ? GDALCreate(driver, "", grid->nx, grid->ny, 1, type, NULL) : NULL;
    double to_map[6] = {grid->west, grid->cell_m, 0.0, grid->north, 0.0, -grid->cell_m};
    if (!raster) return NULL;
    GDALSetGeoTransform(raster, to_map);
    GDALSetSpatialRef(raster, srs);
    return raster;
}

/* A polygon smaller than a cell's spacing still needs ground: the cell that holds its point on surface. */
static void give_cell(kj_draft *draft, int32_t a, OGRGeometryH polygon)
{
    OGRGeometryH point = OGR_G_PointOnSurface(polygon);
    if (!point) return;
    int32_t cell = kj_grid_cell_at(&draft->grid, OGR_G_GetX(point, 0), OGR_G_GetY(point, 0));
    if (cell >= 0) draft->cell_area[cell] = a;
    OGR_G_DestroyGeometry(point);
}

/* Most frequent area among the eight neighbours of an empty cell that has at least five; -1 otherwise. */
static int32_t surrounding_area(const kj_draft *draft, int32_t cell)
{
    int32_t nx = draft->grid.nx, ny = draft->grid.ny, col = cell % nx, row = cell / nx, around[8], n = 0, best = -1,
            most = 0;
    if (col == 0 || row == 0 || col == nx - 1 || row == ny - 1) return -1;
    for (int32_t i = 0; i < 9; i++) {
        int32_t area = draft->cell_area[(row + i / 3 - 1) * nx + col + i % 3 - 1];
        if (i != 4 && area >= 0) around[n++] = area;
    }
    for (int32_t i = 0; n >= 5 && i < n; i++) {
        int32_t same = 0;
        for (int32_t k = 0; k < n; k++) same += around[k] == around[i];
        if (same > most || (same == most && around[i] < best)) {
            most = same;
            best = around[i];
        }
    }
    return best;
}

/* Simplified boundaries leave slivers between areas that belong together. */
static kj_status fill_slivers(kj_error *err, kj_draft *draft)
{
    int32_t *filled = malloc((size_t)draft->n_cells * sizeof *filled);
    if (!filled) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (int pass = 0; pass < 3; pass++) {
        for (int32_t cell = 0; cell < draft->n_cells; cell++) {
            filled[cell] = draft->cell_area[cell] >= 0 ? draft->cell_area[cell] : surrounding_area(draft, cell);
        }
        memcpy(draft->cell_area, filled, (size_t)draft->n_cells * sizeof *filled);
    }
    free(filled);
    return KJ_OK;
}

static kj_status rasterize(kj_error *err, kj_draft *draft, const kj_gis_source *s, OGRGeometryH *polygons, int32_t n)
{
    double *value = malloc(((size_t)n + 1) * sizeof *value);
    uint8_t *seen = calloc((size_t)n + 1, 1);
    GDALDatasetH raster = kj_gis_raster(&draft->grid, GDT_Int32, s->target);
    int band = 1;
    kj_status status = KJ_OK;
    if (!value || !seen || !raster) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (status == KJ_OK) {
        for (int32_t i = 0; i < n; i++) value[i] = i + 1;
        CPLErr failed = GDALRasterizeGeometries(raster, 1, &band, n, polygons, NULL, NULL, value, NULL, NULL, NULL);
        if (failed == CE_None) {
            failed = GDALRasterIO(GDALGetRasterBand(raster, 1), GF_Read, 0, 0, draft->grid.nx, draft->grid.ny,
                                  draft->cell_area, draft->grid.nx, draft->grid.ny, GDT_Int32, 0, 0);
        }
        if (failed != CE_None)
            status = kj_fail(err, KJ_E_INPUT, "%s: cannot be rasterised: %s", s->path, CPLGetLastErrorMsg());
    }
    for (int32_t cell = 0; status == KJ_OK && cell < draft->n_cells; cell++) {
        draft->cell_area[cell]--;
        if (draft->cell_area[cell] >= 0) seen[draft->cell_area[cell]] = 1;
    }
    for (int32_t a = 0; status == KJ_OK && a < n; a++) {
        if (!seen[a]) give_cell(draft, a, polygons[a]);
    }
    if (status == KJ_OK) status = fill_slivers(err, draft);
    if (raster) GDALClose(raster);
    free(value);
    free(seen);
    return status;
}

static kj_status inside_grid(kj_error *err, const kj_draft *draft, const kj_gis_source *s, OGRGeometryH polygon, long long fid,
                             const char *code)
{
    OGREnvelope box;
    const kj_grid *g = &draft->grid;
    OGR_G_GetEnvelope(polygon, &box);
    bool fits = box.MinX >= g->west && box.MaxX <= g->west + g->nx * g->cell_m && box.MaxY <= g->north &&
                box.MinY >= g->north - g->ny * g->cell_m;
    if (fits) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT,
                   "%s, layer %s, feature %lld (%s): the polygon reaches outside the grid: x %.0f to %.0f, y %.0f to "
                   "%.0f; the extent is x %.0f to %.0f, y %.0f to %.0f",
                   s->path, OGR_L_GetName(s->layer), fid, code, box.MinX, box.MaxX, box.MinY, box.MaxY, g->west,
                   g->west + g->nx * g->cell_m, g->north - g->ny * g->cell_m, g->north);
}

/* A boundary that crosses itself is made valid, with a warning; what no longer is a polygon then is refused. */
static kj_status mend(kj_error *err, kj_draft *draft, const kj_gis_source *s, OGRFeatureH feature, OGRGeometryH *polygon)
{
    if (OGR_G_IsValid(*polygon)) return KJ_OK;
    OGRGeometryH valid = OGR_G_MakeValid(*polygon);
    char code[KJ_RECIPE_TEXT] = "";
    kj_error ignored;
    kj_gis_text(&ignored, s, feature, draft->recipe->areas.code, code, sizeof code);
    double before = OGR_G_Area(*polygon), after = valid ? OGR_G_Area(valid) : 0.0;
    if (!valid || !(after > 0.0)) {
        if (valid) OGR_G_DestroyGeometry(valid);
        return kj_fail(err, KJ_E_INPUT, "%s, layer %s, feature %lld (%s): the boundary crosses itself and cannot be mended", s->path,
                       OGR_L_GetName(s->layer), (long long)OGR_F_GetFID(feature), code);
    }
    kj_draft_warn(draft, "area %s: its boundary crosses itself (feature %lld of %s); it was mended, from %.2f to %.2f km2", code,
                  (long long)OGR_F_GetFID(feature), draft->recipe->areas.file, before / 1e6, after / 1e6);
    OGR_G_DestroyGeometry(*polygon);
    *polygon = valid;
    return KJ_OK;
}

/* Cells whose centre lies in two polygons: said, with the pair that shares most. */
static kj_status find_overlaps(kj_error *err, kj_draft *draft, const kj_gis_source *s, OGRGeometryH *polygons, int32_t n)
{
    size_t n_cells = (size_t)draft->n_cells;
    float *count = calloc(n_cells, sizeof *count);
    double *one = malloc(((size_t)n + 1) * sizeof *one);
    GDALDatasetH raster = kj_gis_raster(&draft->grid, GDT_Float32, s->target);
    char *add[] = {(char *)"MERGE_ALG=ADD", NULL};
    int band = 1;
    kj_status status = count && one && raster ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (int32_t i = 0; status == KJ_OK && i < n; i++) one[i] = 1.0;
    if (status == KJ_OK && (GDALRasterizeGeometries(raster, 1, &band, n, polygons, NULL, NULL, one, add, NULL, NULL) != CE_None ||
                            GDALRasterIO(GDALGetRasterBand(raster, 1), GF_Read, 0, 0, draft->grid.nx, draft->grid.ny, count, draft->grid.nx,
                                         draft->grid.ny, GDT_Float32, 0, 0) != CE_None))
        status = kj_fail(err, KJ_E_INPUT, "%s: cannot be rasterised: %s", s->path, CPLGetLastErrorMsg());
    int64_t twice = 0, once = 0;
    int32_t first = -1;
    for (size_t c = 0; status == KJ_OK && c < n_cells; c++) {
        once += count[c] > 0.5F;
        twice += count[c] > 1.5F;
        if (first < 0 && count[c] > 1.5F) first = (int32_t)c;
    }
    if (twice * 500 > once) /* a fifth of a per cent: simplified boundaries touch */
        kj_draft_warn(draft, "areas overlap on %lld of %lld cells (%.1f %%), the first at x %.0f, y %.0f in area %s; the later area of the file has them",
                      (long long)twice, (long long)once, 100.0 * (double)twice / (double)once, kj_cell_x(&draft->grid, first),
                      kj_cell_y(&draft->grid, first), draft->cell_area[first] >= 0 ? draft->areas[draft->cell_area[first]].code : "none");
    if (raster) GDALClose(raster);
    free(count);
    free(one);
    return status;
}

static kj_status no_doubles(kj_error *err, const kj_draft *draft, const kj_gis_source *s)
{
    for (int32_t a = 1; a < draft->n_areas; a++) {
        for (int32_t b = 0; b < a; b++) {
            if (strcmp(draft->areas[a].code, draft->areas[b].code) == 0) {
                return kj_fail(err, KJ_E_INPUT, "%s, layer %s: two features have the code %s", s->path,
                               OGR_L_GetName(s->layer), draft->areas[a].code);
            }
        }
    }
    return KJ_OK;
}

kj_status kj_gis_areas(kj_error *err, kj_draft *draft)
{
    kj_gis_source s;
    kj_gis_begin();
    kj_status status = kj_gis_open(err, draft->recipe, draft->recipe->areas.file, draft->recipe->areas.layer, &s);
    GIntBig n = status == KJ_OK ? OGR_L_GetFeatureCount(s.layer, 1) : 0;
    OGRGeometryH *polygons = calloc((size_t)n + 1, sizeof *polygons);
    draft->areas = calloc((size_t)n + 1, sizeof *draft->areas);
    if (status == KJ_OK && (n < 1 || n > 1000000))
        status =
            kj_fail(err, KJ_E_INPUT, "%s, layer %s: holds %lld features", s.path, OGR_L_GetName(s.layer), (long long)n);
    if (status == KJ_OK && (!polygons || !draft->areas)) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    draft->n_classes = draft->recipe->areas.n_classes;
    memcpy(draft->class_from, draft->recipe->areas.class_from, sizeof draft->class_from);
    if (status == KJ_OK) OGR_L_ResetReading(s.layer);
    while (status == KJ_OK && draft->n_areas < n) {
        OGRFeatureH feature = OGR_L_GetNextFeature(s.layer);
        if (!feature) break;
        int32_t a = draft->n_areas++;
        status = polygon_of(err, &s, feature, &polygons[a]);
        if (status == KJ_OK) status = mend(err, draft, &s, feature, &polygons[a]);
        if (status == KJ_OK) status = read_area(err, &s, feature, draft->recipe, &draft->areas[a]);
        if (status == KJ_OK)
            status = inside_grid(err, draft, &s, polygons[a], (long long)OGR_F_GetFID(feature), draft->areas[a].code);
        OGR_F_Destroy(feature);
    }
    if (status == KJ_OK) status = no_doubles(err, draft, &s);
    if (status == KJ_OK) status = rasterize(err, draft, &s, polygons, draft->n_areas);
    if (status == KJ_OK) status = find_overlaps(err, draft, &s, polygons, draft->n_areas);
    for (GIntBig i = 0; polygons && i < n; i++) {
        if (polygons[i]) OGR_G_DestroyGeometry(polygons[i]);
    }
    free(polygons);
    kj_gis_close(&s);
    kj_gis_end();
    return status;
}

/* --- regions of municipalities ------------------------------------------------------------------------------------ */

/* Index of the feature's municipality, -1 if it is not one of the recipe's. */
static kj_status region_index(kj_error *err, const kj_gis_source *s, OGRFeatureH feature, const kj_recipe *recipe, int32_t *out)
{
    char code[64];
    kj_status status = kj_gis_text(err, s, feature, recipe->region.code, code, sizeof code);
    *out = -1;
    for (uint32_t m = 0; status == KJ_OK && m < recipe->n_municipalities; m++)
        if (!strcmp(recipe->municipalities[m].code, code)) *out = (int32_t)m;
    return status;
}

kj_status kj_gis_region_extent(kj_error *err, const kj_recipe *recipe, double *west, double *south, double *east, double *north)
{
    kj_gis_source s;
    OGREnvelope all = {0}, box;
    uint32_t n = 0;
    kj_gis_begin();
    kj_status status = kj_gis_open(err, recipe, recipe->region.file, recipe->region.layer, &s);
    for (OGRFeatureH f = status ? NULL : OGR_L_GetNextFeature(s.layer); f && status == KJ_OK; f = OGR_L_GetNextFeature(s.layer)) {
        int32_t m = -1;
        OGRGeometryH polygon = NULL;
        status = region_index(err, &s, f, recipe, &m);
        if (status == KJ_OK && m >= 0) status = polygon_of(err, &s, f, &polygon);
        OGR_F_Destroy(f);
        if (!polygon) continue;
        OGR_G_GetEnvelope(polygon, &box);
        OGR_G_DestroyGeometry(polygon);
        all.MinX = n ? fmin(all.MinX, box.MinX) : box.MinX;
        all.MinY = n ? fmin(all.MinY, box.MinY) : box.MinY;
        all.MaxX = n ? fmax(all.MaxX, box.MaxX) : box.MaxX;
        all.MaxY = n ? fmax(all.MaxY, box.MaxY) : box.MaxY;
        n++;
    }
    if (status == KJ_OK && n != recipe->n_municipalities)
        status = kj_fail(err, KJ_E_INPUT, "%s, layer %s, column %s: holds %u of the %u municipalities", s.path, OGR_L_GetName(s.layer), recipe->region.code, n,
                         recipe->n_municipalities);
    kj_gis_close(&s);
    kj_gis_end();
    *west = floor_to(all.MinX, recipe->cell_m) - recipe->cell_m;
    *south = floor_to(all.MinY, recipe->cell_m) - recipe->cell_m;
    *east = floor_to(all.MaxX, recipe->cell_m) + 2.0 * recipe->cell_m;
    *north = floor_to(all.MaxY, recipe->cell_m) + 2.0 * recipe->cell_m;
    return status;
}

kj_status kj_gis_region(kj_error *err, const kj_draft *draft, int32_t *cell_municipality)
{
    kj_gis_source s;
    const kj_recipe *recipe = draft->recipe;
    OGRGeometryH *polygon = calloc(recipe->n_municipalities + 1u, sizeof *polygon);
    double *value = calloc(recipe->n_municipalities + 1u, sizeof *value);
    int32_t n = 0, m = -1;
    int band = 1;
    kj_gis_begin();
    kj_status status = kj_gis_open(err, recipe, recipe->region.file, recipe->region.layer, &s);
    if (status == KJ_OK && (!polygon || !value)) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (OGRFeatureH f = status ? NULL : OGR_L_GetNextFeature(s.layer); f; f = OGR_L_GetNextFeature(s.layer)) {
        if (status == KJ_OK) status = region_index(err, &s, f, recipe, &m);
        if (status == KJ_OK && m >= 0 && n < (int32_t)recipe->n_municipalities) {
            value[n] = m + 1;
            status = polygon_of(err, &s, f, &polygon[n++]);
        }
        OGR_F_Destroy(f);
    }
    GDALDatasetH raster = status ? NULL : kj_gis_raster(&draft->grid, GDT_Int32, s.target);
    if (status == KJ_OK && (!raster || GDALRasterizeGeometries(raster, 1, &band, n, polygon, NULL, NULL, value, NULL, NULL, NULL) != CE_None ||
                            GDALRasterIO(GDALGetRasterBand(raster, 1), GF_Read, 0, 0, draft->grid.nx, draft->grid.ny, cell_municipality, draft->grid.nx,
                                         draft->grid.ny, GDT_Int32, 0, 0) != CE_None))
        status = kj_fail(err, KJ_E_INPUT, "%s: cannot be rasterised: %s", s.path, CPLGetLastErrorMsg());
    for (int32_t c = 0; status == KJ_OK && c < draft->n_cells; c++) cell_municipality[c]--;
    if (raster) GDALClose(raster);
    for (int32_t i = 0; polygon && i < n; i++)
        if (polygon[i]) OGR_G_DestroyGeometry(polygon[i]);
    free(polygon);
    free(value);
    kj_gis_close(&s);
    kj_gis_end();
    return status;
}

kj_status kj_gis_region_points(kj_error *err, kj_recipe *recipe)
{
    const kj_recipe_region *spec = &recipe->region;
    kj_gis_source s;
    kj_gis_begin();
    kj_status status = kj_gis_open(err, recipe, spec->points, spec->points_layer, &s);
    GIntBig n = status == KJ_OK ? OGR_L_GetFeatureCount(s.layer, 1) : 0;
    recipe->localities = calloc((size_t)n + 1, sizeof *recipe->localities);
    if (status == KJ_OK && !recipe->localities) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (status == KJ_OK) OGR_L_ResetReading(s.layer);
    for (OGRFeatureH f = status ? NULL : OGR_L_GetNextFeature(s.layer); f; f = OGR_L_GetNextFeature(s.layer)) {
        kj_recipe_locality *to = &recipe->localities[recipe->n_localities];
        OGRGeometryH point = OGR_F_GetGeometryRef(f);
        double people = 0.0;
        if (status == KJ_OK && recipe->n_localities < (uint32_t)n && point && OGR_G_GetDimension(point) == 0) {
            to->x = OGR_G_GetX(point, 0);
            to->y = OGR_G_GetY(point, 0);
            if (s.transform) OCTTransform(s.transform, 1, &to->x, &to->y, NULL);
            status = kj_gis_text(err, &s, f, spec->point_code, to->code, sizeof to->code);
            if (status == KJ_OK) status = kj_gis_text(err, &s, f, spec->point_name, to->name, sizeof to->name);
            if (status == KJ_OK) status = kj_gis_number(err, &s, f, spec->point_area_ha, 0.0, 1e7, &to->area_ha);
            if (status == KJ_OK) status = kj_gis_number(err, &s, f, spec->point_population, 0.0, 1e8, &people);
            to->population = (int32_t)(people + 0.5);
            to->n_districts = 1;
            recipe->n_localities++;
        }
        OGR_F_Destroy(f);
    }
    kj_gis_close(&s);
    kj_gis_end();
    return status;
}

/* --- points --- */

kj_status kj_gis_transform(kj_error *err, int32_t from_epsg, int32_t to_epsg, uint32_t n, double *x, double *y)
{
    kj_gis_begin();
    OGRSpatialReferenceH from = kj_gis_system(from_epsg), to = kj_gis_system(to_epsg);
    OGRCoordinateTransformationH transform = from && to ? OCTNewCoordinateTransformation(from, to) : NULL;
    kj_status status = KJ_OK;
    if (!transform || !OCTTransform(transform, (int)n, x, y, NULL)) {
        status = kj_fail(err, KJ_E_INPUT, "%u points cannot be brought from EPSG:%d to EPSG:%d", n, from_epsg, to_epsg);
    }
    if (transform) OCTDestroyCoordinateTransformation(transform);
    if (from) OSRDestroySpatialReference(from);
    if (to) OSRDestroySpatialReference(to);
    kj_gis_end();
    return status;
}
