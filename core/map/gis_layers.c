/* Layers, ways, shores and facilities from the user's files through GDAL. */
#include <cpl_conv.h>
#include <cpl_error.h>
#include <errno.h>
#include <fcntl.h>
#include <gdal_alg.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/text.h"
#include "../io/csv.h"
#include "gis.h"
#include "gis_internal.h"

extern char **environ;

enum { VALUES_MAX = 16 }; /* that a mode can be taken over */

static kj_status no_memory(kj_error *err) { return kj_fail(err, KJ_E_MEMORY, "out of memory"); }

/* Our value of a source's, NaN if it has none. */
static double mapped(const kj_recipe_layer *layer, double value)
{
    if (layer->n == 0 || value - value != 0.0) return value;
    for (uint32_t i = 0; i < layer->n; i++)
        if ((double)layer->from[i] == value) return layer->to[i];
    return NAN;
}

/* --- rasters ------------------------------------------------------------------------------------------------------ */

typedef struct raster {
    const char *path;
    GDALDatasetH dataset;
    GDALRasterBandH band;
    double place[6], back[6]; /* pixel -> source's coordinates, and back */
    OGRSpatialReferenceH map_system;
    OGRCoordinateTransformationH to_map, to_source; /* NULL: the same system */
    int32_t width, height;
    bool has_none;
    double none;
} raster;

static void raster_close(raster *r)
{
    if (r->to_map) OCTDestroyCoordinateTransformation(r->to_map);
    if (r->to_source) OCTDestroyCoordinateTransformation(r->to_source);
    if (r->map_system) OSRDestroySpatialReference(r->map_system);
    if (r->dataset) GDALClose(r->dataset);
}

static kj_status raster_open(kj_error *err, const char *path, int32_t band, int32_t epsg, raster *r)
{
    int has_none = 0;
    r->path = path;
    r->dataset = GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_READONLY, NULL, NULL, NULL);
    if (!r->dataset) return kj_fail(err, KJ_E_INPUT, "%s: cannot be read as a raster: %s", path, CPLGetLastErrorMsg());
    if (band > GDALGetRasterCount(r->dataset))
        return kj_fail(err, KJ_E_INPUT, "%s: band %d is wanted, but it has %d", path, band, GDALGetRasterCount(r->dataset));
    OGRSpatialReferenceH from = GDALGetSpatialRef(r->dataset);
    if (!from) return kj_fail(err, KJ_E_INPUT, "%s: has no coordinate system", path);
    if (GDALGetGeoTransform(r->dataset, r->place) != CE_None || !GDALInvGeoTransform(r->place, r->back))
        return kj_fail(err, KJ_E_INPUT, "%s: does not say where its pixels lie", path);
    r->map_system = kj_gis_system(epsg);
    OGRSpatialReferenceH source = OSRClone(from);
    OSRSetAxisMappingStrategy(source, OAMS_TRADITIONAL_GIS_ORDER);
    bool same = OSRIsSame(source, r->map_system);
    if (!same) {
        r->to_map = OCTNewCoordinateTransformation(source, r->map_system);
        r->to_source = OCTNewCoordinateTransformation(r->map_system, source);
    }
    OSRDestroySpatialReference(source);
    if (!same && (!r->to_map || !r->to_source))
        return kj_fail(err, KJ_E_INPUT, "%s: no way from its coordinate system to EPSG:%d", path, epsg);
    r->band = GDALGetRasterBand(r->dataset, band);
    r->width = GDALGetRasterXSize(r->dataset);
    r->height = GDALGetRasterYSize(r->dataset);
    r->none = GDALGetRasterNoDataValue(r->band, &has_none);
    r->has_none = has_none != 0;
    return KJ_OK;
}

/* Pixels that can lie under the map: bounding box of the grid's rim, with a margin. False: none. */
static bool window_of(const raster *r, const kj_grid *g, int32_t *x0, int32_t *y0, int32_t *x1, int32_t *y1)
{
    enum { STEPS = 64 };
    double low_x = 1e300, low_y = 1e300, high_x = -1e300, high_y = -1e300;
    for (int32_t i = 0; i < 4 * STEPS; i++) {
        double t = (i % STEPS) / (double)STEPS, w = g->nx * g->cell_m, h = g->ny * g->cell_m;
        int32_t side = i / STEPS;
        double x = g->west + (side == 0 ? t * w : side == 1 ? w : side == 2 ? w - t * w : 0.0);
        double y = g->north - (side == 0 ? 0.0 : side == 1 ? t * h : side == 2 ? h : h - t * h);
        if (r->to_source && !OCTTransform(r->to_source, 1, &x, &y, NULL)) continue;
        double px = r->back[0] + r->back[1] * x + r->back[2] * y, py = r->back[3] + r->back[4] * x + r->back[5] * y;
        low_x = fmin(low_x, px);
        low_y = fmin(low_y, py);
        high_x = fmax(high_x, px);
        high_y = fmax(high_y, py);
    }
    if (high_x < 0.0 || high_y < 0.0 || low_x >= r->width || low_y >= r->height || high_x < low_x) return false;
    *x0 = (int32_t)fmax(0.0, low_x - 4.0);
    *y0 = (int32_t)fmax(0.0, low_y - 4.0);
    *x1 = (int32_t)fmin(r->width, high_x + 5.0);
    *y1 = (int32_t)fmin(r->height, high_y + 5.0);
    return true;
}

/* Where the raster lies in the map's system: for the message that it lies elsewhere. */
static kj_status elsewhere(kj_error *err, const raster *r, const kj_grid *g)
{
    double x[2] = {r->place[0], r->place[0] + r->place[1] * r->width}, y[2] = {r->place[3], r->place[3] + r->place[5] * r->height};
    if (r->to_map) OCTTransform(r->to_map, 2, x, y, NULL);
    return kj_fail(err, KJ_E_INPUT,
                   "%s: no pixel lies on the map: the raster reaches from x %.0f to %.0f, y %.0f to %.0f in EPSG:%d, the map from x "
                   "%.0f to %.0f, y %.0f to %.0f; is the coordinate system of the file right?",
                   r->path, fmin(x[0], x[1]), fmax(x[0], x[1]), fmin(y[0], y[1]), fmax(y[0], y[1]), g->epsg, g->west, g->west + g->nx * g->cell_m,
                   g->north - g->ny * g->cell_m, g->north);
}

/* What the pixels of a cell add up to. */
typedef struct gathered {
    double *value;   /* sum, greatest, least; or the pixel under the centre */
    float *n;        /* pixels counted */
    uint16_t *count; /* mode: [cell][VALUES_MAX] */
} gathered;

static void gather(gathered *to, kj_resample rule, size_t cell, double v)
{
    bool first = to->n[cell] == 0.0F;
    switch (rule) {
    case KJ_RESAMPLE_MEAN: to->value[cell] = first ? v : to->value[cell] + v; break;
    case KJ_RESAMPLE_MAX: to->value[cell] = first ? v : fmax(to->value[cell], v); break;
    case KJ_RESAMPLE_MIN: to->value[cell] = first ? v : fmin(to->value[cell], v); break;
    default:
        if (v >= 0.0 && v < VALUES_MAX && to->count[cell * VALUES_MAX + (size_t)v] < UINT16_MAX) to->count[cell * VALUES_MAX + (size_t)v]++;
    }
    to->n[cell] += 1.0F;
}

/* Every pixel of the window into the cell that holds its centre, row by row. */
static kj_status gather_pixels(kj_error *err, const raster *r, const kj_grid *g, const kj_recipe_layer *layer, const int32_t w[4], gathered *to)
{
    size_t n = (size_t)(w[2] - w[0]);
    double *row = malloc(n * sizeof *row), *x = malloc(n * sizeof *x), *y = malloc(n * sizeof *y);
    kj_status status = row && x && y ? KJ_OK : no_memory(err);
    for (int32_t py = w[1]; !status && py < w[3]; py++) {
        if (GDALRasterIO(r->band, GF_Read, w[0], py, (int)n, 1, row, (int)n, 1, GDT_Float64, 0, 0) != CE_None)
            status = kj_fail(err, KJ_E_INPUT, "%s: row %d cannot be read: %s", r->path, py, CPLGetLastErrorMsg());
        for (size_t i = 0; i < n; i++) {
            double px = w[0] + (double)i + 0.5, line = py + 0.5;
            x[i] = r->place[0] + r->place[1] * px + r->place[2] * line;
            y[i] = r->place[3] + r->place[4] * px + r->place[5] * line;
        }
        if (!status && r->to_map) OCTTransformEx(r->to_map, (int)n, x, y, NULL, NULL); /* what fails becomes infinite and lies nowhere */
        for (size_t i = 0; !status && i < n; i++) {
            if (r->has_none && row[i] == r->none) continue;
            double v = mapped(layer, row[i]);
            int32_t cell = kj_grid_cell_at(g, x[i], y[i]);
            if (cell >= 0 && v - v == 0.0) gather(to, layer->rule, (size_t)cell, v);
        }
    }
    free(row);
    free(x);
    free(y);
    return status;
}

/* The pixel under each cell's centre. Only cells without a value so far when `fill`. */
static kj_status sample_centres(kj_error *err, const raster *r, const kj_grid *g, const kj_recipe_layer *layer, const int32_t w[4], bool fill, double *out)
{
    size_t nx = (size_t)g->nx, width = (size_t)(w[2] - w[0]), height = (size_t)(w[3] - w[1]);
    double *block = malloc(width * height * sizeof *block), *x = malloc(nx * sizeof *x), *y = malloc(nx * sizeof *y);
    kj_status status = block && x && y ? KJ_OK : no_memory(err);
    if (!status && GDALRasterIO(r->band, GF_Read, w[0], w[1], (int)width, (int)height, block, (int)width, (int)height, GDT_Float64, 0, 0) != CE_None)
        status = kj_fail(err, KJ_E_INPUT, "%s: cannot be read: %s", r->path, CPLGetLastErrorMsg());
    for (int32_t line = 0; !status && line < g->ny; line++) {
        for (size_t i = 0; i < nx; i++) {
            x[i] = g->west + ((double)i + 0.5) * g->cell_m;
            y[i] = g->north - (line + 0.5) * g->cell_m;
        }
        if (r->to_source) OCTTransformEx(r->to_source, g->nx, x, y, NULL, NULL);
        for (size_t i = 0; i < nx; i++) {
            double px = r->back[0] + r->back[1] * x[i] + r->back[2] * y[i] - w[0], py = r->back[3] + r->back[4] * x[i] + r->back[5] * y[i] - w[1];
            size_t cell = (size_t)line * nx + i;
            if (fill && out[cell] - out[cell] == 0.0) continue;
            if (!(px >= 0.0) || !(py >= 0.0) || px >= (double)width || py >= (double)height) continue;
            double v = block[(size_t)py * width + (size_t)px];
            if (!(r->has_none && v == r->none)) out[cell] = mapped(layer, v);
        }
    }
    free(block);
    free(x);
    free(y);
    return status;
}

/* Most frequent value, the lowest of equals; built-up classes together from their share on. */
static double mode_of(const uint16_t *count, double n, double built_share)
{
    int32_t best = 0, from = 0, built = 0;
    for (int32_t v = KJ_LAND_SMALL_HOUSES; built_share > 0.0 && v <= KJ_LAND_WORK; v++) built += count[v];
    if (built_share > 0.0) from = built >= built_share * n ? KJ_LAND_SMALL_HOUSES : 0;
    int32_t to = built_share > 0.0 ? (from ? KJ_LAND_WORK : KJ_LAND_PARK) : VALUES_MAX - 1;
    best = from;
    for (int32_t v = from; v <= to; v++)
        if (count[v] > count[best]) best = v;
    return count[best] ? (double)best : (double)NAN;
}

static kj_status read_raster(kj_error *err, kj_draft *draft, const kj_recipe_layer *layer, const char *path, double *out)
{
    const kj_grid *g = &draft->grid;
    size_t n = (size_t)draft->n_cells;
    raster r = {0};
    int32_t w[4] = {0};
    gathered to = {.value = out};
    kj_status status = raster_open(err, path, layer->band, g->epsg, &r);
    if (!status && !window_of(&r, g, &w[0], &w[1], &w[2], &w[3])) status = elsewhere(err, &r, g);
    for (size_t i = 0; i < n; i++) out[i] = NAN;
    double pixels = (double)(w[2] - w[0]) * (w[3] - w[1]);
    bool fine = layer->rule != KJ_RESAMPLE_NEAREST && pixels > 1.8 * (double)n;
    if (!status && fine) {
        to.n = calloc(n, sizeof *to.n);
        if (layer->rule == KJ_RESAMPLE_MODE) to.count = calloc(n * VALUES_MAX, sizeof *to.count);
        status = to.n && (to.count || layer->rule != KJ_RESAMPLE_MODE) ? gather_pixels(err, &r, g, layer, w, &to) : no_memory(err);
        for (size_t i = 0; !status && i < n; i++) {
            if (to.n[i] == 0.0F) continue;
            if (layer->rule == KJ_RESAMPLE_MEAN) out[i] /= (double)to.n[i];
            if (layer->rule == KJ_RESAMPLE_MODE) out[i] = mode_of(to.count + i * VALUES_MAX, (double)to.n[i], layer->built_share);
        }
    }
    if (!status) status = sample_centres(err, &r, g, layer, w, fine, out);
    raster_close(&r);
    free(to.n);
    free(to.count);
    return status;
}

/* --- vectors ------------------------------------------------------------------------------------------------------ */

/* Geometries with a value each, in the order in which they are burnt. */
typedef struct shapes {
    OGRGeometryH *geometry;
    double *value;
    int32_t n, capacity;
} shapes;

static void shapes_free(shapes *s)
{
    for (int32_t i = 0; i < s->n; i++) OGR_G_DestroyGeometry(s->geometry[i]);
    free(s->geometry);
    free(s->value);
    memset(s, 0, sizeof *s);
}

static bool shapes_add(shapes *s, OGRGeometryH geometry, double value)
{
    if (s->n == s->capacity) {
        int32_t capacity = 2 * s->capacity + 256;
        OGRGeometryH *grown = realloc(s->geometry, (size_t)capacity * sizeof *grown);
        if (grown) s->geometry = grown;
        double *values = grown ? realloc(s->value, (size_t)capacity * sizeof *values) : NULL;
        if (!values) {
            OGR_G_DestroyGeometry(geometry);
            return false;
        }
        s->value = values;
        s->capacity = capacity;
    }
    s->geometry[s->n] = geometry;
    s->value[s->n++] = value;
    return true;
}

/* A copy in the map's system; NULL if it is empty or lies off the map. */
static OGRGeometryH on_map(const kj_gis_source *s, const kj_grid *g, OGRFeatureH feature)
{
    OGRGeometryH geometry = OGR_F_GetGeometryRef(feature);
    if (!geometry || OGR_G_IsEmpty(geometry)) return NULL;
    OGRGeometryH copy = OGR_G_Clone(geometry);
    OGREnvelope box;
    if (s->transform && OGR_G_Transform(copy, s->transform) != OGRERR_NONE) {
        OGR_G_DestroyGeometry(copy);
        return NULL;
    }
    OGR_G_GetEnvelope(copy, &box);
    bool misses = box.MaxX < g->west || box.MinX > g->west + g->nx * g->cell_m || box.MinY > g->north || box.MaxY < g->north - g->ny * g->cell_m;
    if (!misses) return copy;
    OGR_G_DestroyGeometry(copy);
    return NULL;
}

/* Burns groups of equal kind in turn: polygons by centres, the rest by touch. */
static kj_status burn(kj_error *err, const kj_draft *draft, const char *path, const shapes *s, double *out)
{
    OGRSpatialReferenceH srs = kj_gis_system(draft->grid.epsg);
    GDALDatasetH onto = kj_gis_raster(&draft->grid, GDT_Float64, srs);
    int band = 1;
    kj_status status = onto ? KJ_OK : no_memory(err);
    if (!status) GDALFillRaster(GDALGetRasterBand(onto, 1), NAN, 0.0);
    for (int32_t i = 0; !status && i < s->n;) {
        bool area = OGR_G_GetDimension(s->geometry[i]) == 2;
        int32_t end = i;
        while (end < s->n && (OGR_G_GetDimension(s->geometry[end]) == 2) == area) end++;
        char *touched[] = {(char *)"ALL_TOUCHED=TRUE", NULL};
        if (GDALRasterizeGeometries(onto, 1, &band, end - i, s->geometry + i, NULL, NULL, s->value + i, area ? NULL : touched, NULL, NULL) != CE_None)
            status = kj_fail(err, KJ_E_INPUT, "%s: cannot be brought onto the grid: %s", path, CPLGetLastErrorMsg());
        i = end;
    }
    if (!status && GDALRasterIO(GDALGetRasterBand(onto, 1), GF_Read, 0, 0, draft->grid.nx, draft->grid.ny, out, draft->grid.nx, draft->grid.ny,
                                GDT_Float64, 0, 0) != CE_None)
        status = kj_fail(err, KJ_E_INPUT, "%s: cannot be read back", path);
    if (onto) GDALClose(onto);
    if (srs) OSRDestroySpatialReference(srs);
    return status;
}

typedef struct order {
    OGRGeometryH geometry;
    double value;
    int32_t index;
} order;

static int by_value(const void *a, const void *b)
{
    const order *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* Ascending, so that the greatest is burnt last; descending for the smallest. */
static bool shapes_sort(shapes *s, bool ascending)
{
    order *list = malloc(((size_t)s->n + 1) * sizeof *list);
    if (!list) return false;
    for (int32_t i = 0; i < s->n; i++) list[i] = (order){s->geometry[i], ascending ? s->value[i] : -s->value[i], i};
    qsort(list, (size_t)s->n, sizeof *list, by_value);
    for (int32_t i = 0; i < s->n; i++) {
        s->geometry[i] = list[i].geometry;
        s->value[i] = ascending ? list[i].value : -list[i].value;
    }
    free(list);
    return true;
}

/* The value of a feature: given, or a column of numbers or of codes. */
static kj_status value_of(kj_error *err, const kj_gis_source *s, OGRFeatureH f, const kj_recipe_layer *layer, double *out)
{
    *out = layer->value;
    if (layer->has_value) return KJ_OK;
    kj_status status = kj_gis_number(err, s, f, layer->column, -1e9, 1e9, out);
    if (!status) *out = mapped(layer, *out);
    return status;
}

static kj_status read_vector(kj_error *err, kj_draft *draft, const kj_recipe_layer *layer, double *out)
{
    kj_gis_source s;
    shapes list = {0};
    kj_status status = kj_gis_open(err, draft->recipe, layer->file, layer->layer, &s);
    if (!status) OGR_L_ResetReading(s.layer);
    for (OGRFeatureH f = status ? NULL : OGR_L_GetNextFeature(s.layer); f; f = OGR_L_GetNextFeature(s.layer)) {
        OGRGeometryH geometry = on_map(&s, &draft->grid, f);
        double value = NAN;
        if (geometry) status = value_of(err, &s, f, layer, &value);
        if (geometry && (status || value - value != 0.0)) OGR_G_DestroyGeometry(geometry);
        else if (geometry && !shapes_add(&list, geometry, value)) status = no_memory(err);
        OGR_F_Destroy(f);
        if (status) break;
    }
    bool sorts = layer->rule == KJ_RESAMPLE_MAX || layer->rule == KJ_RESAMPLE_MIN;
    if (!status && sorts && !shapes_sort(&list, layer->rule == KJ_RESAMPLE_MAX)) status = no_memory(err);
    if (!status && list.n == 0)
        status = kj_fail(err, KJ_E_INPUT, "%s: none of its features lies on the map; is the coordinate system of the file right?", s.path);
    if (!status) status = burn(err, draft, s.path, &list, out);
    shapes_free(&list);
    kj_gis_close(&s);
    return status;
}

kj_status kj_gis_layer(kj_error *err, kj_draft *draft, const kj_recipe_layer *layer, double *out)
{
    char path[2300];
    kj_status status = kj_recipe_file(err, draft->recipe, layer->file, path, sizeof path);
    if (status) return status;
    kj_gis_begin();
    bool vector = layer->column[0] || layer->has_value;
    status = vector ? read_vector(err, draft, layer, out) : read_raster(err, draft, layer, path, out);
    kj_gis_end();
    if (status) return status;
    int64_t inside = 0, known = 0;
    for (int32_t c = 0; c < draft->n_cells; c++) {
        if (draft->cell_area[c] < 0) continue;
        inside++;
        known += out[c] - out[c] == 0.0;
    }
    if (!vector && known == 0)
        return kj_fail(err, KJ_E_INPUT, "%s: says nothing about any cell of the map: its values are not in the classes, or it lies elsewhere", path);
    if (!vector && known * 100 < inside * 99)
        kj_draft_warn(draft, "%s covers %.1f %% of the map: shifted, cut off, or values without a class", layer->file, 100.0 * (double)known / (double)inside);
    return KJ_OK;
}

kj_status kj_gis_land(kj_error *err, kj_draft *draft)
{
    double *value = malloc((size_t)draft->n_cells * sizeof *value);
    if (!value) return no_memory(err);
    kj_status status = kj_gis_layer(err, draft, &draft->recipe->cover, value);
    for (int32_t c = 0; !status && c < draft->n_cells; c++) {
        bool known = value[c] >= 0.0 && value[c] < KJ_LAND_COUNT;
        draft->land[c] = known ? (uint8_t)value[c] : 255;
    }
    free(value);
    draft->land_is_real = !status;
    return status;
}

/* --- ways --------------------------------------------------------------------------------------------------------- */

enum { WAYS_MAX = 64 };
typedef struct way_classes {
    uint32_t n;
    char key[WAYS_MAX][32];
    double kmh[WAYS_MAX];
    bool walk[WAYS_MAX];
} way_classes;

static kj_status read_ways(kj_error *err, way_classes *out)
{
    char path[1200];
    kj_csv *csv = NULL;
    uint32_t column[3] = {0};
    bool more = true;
    int64_t walk = 0;
    if (kj_data_path("maps/classes/roads.csv", path, sizeof path)) return kj_fail(err, KJ_E_INPUT, "maps/classes/roads.csv is missing");
    kj_status status = kj_csv_open(err, path, ',', &csv);
    if (!status) status = kj_csv_require(err, csv, "highway", &column[0]);
    if (!status) status = kj_csv_require(err, csv, "drive_kmh", &column[1]);
    if (!status) status = kj_csv_require(err, csv, "walk", &column[2]);
    while (!status && out->n < WAYS_MAX) {
        status = kj_csv_next(err, csv, &more);
        if (status || !more) break;
        snprintf(out->key[out->n], sizeof out->key[0], "%s", kj_csv_field(csv, column[0]));
        status = kj_csv_number(err, csv, column[1], 0.0, 200.0, &out->kmh[out->n]);
        if (!status) status = kj_csv_integer(err, csv, column[2], 0, 1, &walk);
        out->walk[out->n++] = walk == 1;
    }
    kj_csv_close(csv);
    return status;
}

static kj_status gather_ways(kj_error *err, const kj_draft *draft, kj_gis_source *s, const way_classes *classes, shapes *drive, shapes *walk)
{
    int column = -1;
    kj_status status = kj_gis_column(err, s, draft->recipe->roads.column, &column);
    if (status) return status;
    OGR_L_ResetReading(s->layer);
    for (OGRFeatureH f = OGR_L_GetNextFeature(s->layer); f && !status; f = OGR_L_GetNextFeature(s->layer)) {
        const char *key = OGR_F_IsFieldSetAndNotNull(f, column) ? OGR_F_GetFieldAsString(f, column) : "";
        uint32_t k = 0;
        while (k < classes->n && strcmp(classes->key[k], key)) k++;
        OGRGeometryH geometry = k < classes->n ? on_map(s, &draft->grid, f) : NULL;
        if (geometry && classes->walk[k] && !shapes_add(walk, OGR_G_Clone(geometry), 1.0)) status = no_memory(err);
        if (geometry && classes->kmh[k] > 0.0 && !status) {
            if (!shapes_add(drive, geometry, classes->kmh[k])) status = no_memory(err);
        } else if (geometry) {
            OGR_G_DestroyGeometry(geometry);
        }
        OGR_F_Destroy(f);
    }
    if (!status && drive->n + walk->n == 0)
        return kj_fail(err, KJ_E_INPUT, "%s, layer %s, column %s: no way that maps/classes/roads.csv knows lies on the map", s->path,
                       OGR_L_GetName(s->layer), draft->recipe->roads.column);
    return status;
}

kj_status kj_gis_roads(kj_error *err, kj_draft *draft)
{
    const kj_recipe_roads *roads = &draft->recipe->roads;
    size_t n = (size_t)draft->n_cells, length = strlen(roads->file);
    bool osm = (length > 4 && !strcmp(roads->file + length - 4, ".osm")) || (length > 4 && !strcmp(roads->file + length - 4, ".pbf"));
    way_classes classes = {0};
    shapes drive = {0}, walk = {0};
    kj_gis_source s = {0};
    double *value = malloc(n * sizeof *value);
    draft->road_kmh = calloc(n, sizeof *draft->road_kmh);
    draft->path = calloc(n, 1);
    kj_status status = value && draft->road_kmh && draft->path ? read_ways(err, &classes) : no_memory(err);
    kj_gis_begin();
    if (!status) status = kj_gis_open(err, draft->recipe, roads->file, roads->layer[0] || !osm ? roads->layer : "lines", &s);
    if (!status) status = gather_ways(err, draft, &s, &classes, &drive, &walk);
    if (!status && !shapes_sort(&drive, true)) status = no_memory(err); /* the fastest last */
    if (!status) status = burn(err, draft, s.path, &drive, value);
    for (size_t i = 0; !status && i < n; i++) draft->road_kmh[i] = value[i] > 0.0 ? (float)value[i] : 0.0F;
    if (!status) status = burn(err, draft, s.path, &walk, value);
    for (size_t i = 0; !status && i < n; i++) draft->path[i] = value[i] > 0.0;
    shapes_free(&drive);
    shapes_free(&walk);
    kj_gis_close(&s);
    kj_gis_end();
    free(value);
    return status;
}

/* --- shores ------------------------------------------------------------------------------------------------------- */

/* Runs a program in a folder, where it may leave what it likes, with its output in a file; KJ_E_INPUT if it is not there,
   KJ_E_FAILED if it fails. */
static kj_status run_program(kj_error *err, char *const *words, const char *folder, const char *output)
{
    posix_spawn_file_actions_t files;
    pid_t child;
    int result = 0;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addchdir_np(&files, folder);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output ? output : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int failed = posix_spawnp(&child, words[0], &files, NULL, words, environ);
    posix_spawn_file_actions_destroy(&files);
    if (failed == ENOENT || (failed == 0 && waitpid(child, &result, 0) == child && WIFEXITED(result) && WEXITSTATUS(result) == 127))
        return kj_fail(err, KJ_E_INPUT, "shores = \"gshhg\" needs the program gmt and its coastlines: apt-get install gmt gmt-gshhg-full");
    if (failed || result)
        return kj_fail(err, KJ_E_FAILED, "%s %s failed; are the coastlines installed (apt-get install gmt-gshhg-full)?", words[0], words[1]);
    return KJ_OK;
}

/* The map's box in degrees, with a margin. */
static kj_status degrees_of(kj_error *err, const kj_grid *g, double box[4])
{
    double x[8], y[8], w = g->nx * g->cell_m, h = g->ny * g->cell_m;
    for (int i = 0; i < 8; i++) { /* corners and middles of the sides */
        x[i] = g->west + w * (i < 3 ? i / 2.0 : i < 5 ? (i == 3 ? 0.0 : 1.0) : (i - 5) / 2.0);
        y[i] = g->north - h * (i < 3 ? 0.0 : i < 5 ? 0.5 : 1.0);
    }
    kj_status status = kj_gis_transform(err, g->epsg, 4326, 8, x, y);
    box[0] = box[2] = 1e9;
    box[1] = box[3] = -1e9;
    for (int i = 0; i < 8; i++) {
        box[0] = fmin(box[0], x[i] - 0.02);
        box[1] = fmax(box[1], x[i] + 0.02);
        box[2] = fmin(box[2], y[i] - 0.02);
        box[3] = fmax(box[3], y[i] + 0.02);
    }
    return status;
}

/* Rivers as gmt dumps them: "> …" before each line of longitudes and latitudes. Every eighth cell stays dry: a bridge. */
static kj_status paint_rivers(kj_error *err, kj_draft *draft, const char *path)
{
    FILE *f = fopen(path, "r");
    char line[256];
    double x[2] = {0}, y[2] = {0};
    int32_t n = 0, last = -1, along = 0;
    kj_status status = f ? KJ_OK : kj_fail(err, KJ_E_FAILED, "%s: %s", path, kj_why(errno));
    OGRSpatialReferenceH degrees = kj_gis_system(4326), map = kj_gis_system(draft->grid.epsg);
    OGRCoordinateTransformationH to_map = degrees && map ? OCTNewCoordinateTransformation(degrees, map) : NULL;
    while (!status && to_map && fgets(line, sizeof line, f)) {
        x[0] = x[1];
        y[0] = y[1];
        if (line[0] == '>' || sscanf(line, "%lf %lf", &x[1], &y[1]) != 2) {
            n = 0;
            continue;
        }
        if (!OCTTransform(to_map, 1, &x[1], &y[1], NULL) || n++ == 0) continue;
        double dx = x[1] - x[0], dy = y[1] - y[0];
        int32_t steps = 1 + (int32_t)fmin(1e6, 2.0 * sqrt(dx * dx + dy * dy) / draft->grid.cell_m);
        for (int32_t s = 0; s < steps; s++) {
            int32_t cell = kj_grid_cell_at(&draft->grid, x[0] + dx * s / steps, y[0] + dy * s / steps);
            if (cell < 0 || cell == last) continue;
            last = cell;
            if (++along % 8 != 4) draft->water[cell] = 1;
        }
    }
    if (to_map) OCTDestroyCoordinateTransformation(to_map);
    if (degrees) OSRDestroySpatialReference(degrees);
    if (map) OSRDestroySpatialReference(map);
    if (f) fclose(f);
    return status;
}

static kj_status paint_shores(kj_error *err, kj_draft *draft, const char *folder)
{
    double box[4] = {0}, *value = malloc((size_t)draft->n_cells * sizeof *value);
    /* Cells of 400 m and more show nothing of what the coarser coastlines (to 200 m) leave out; a country takes a third of the time. */
    const bool is_coarse = draft->grid.cell_m >= 400.0;
    const double degrees = draft->grid.cell_m / 111320.0; /* a cell from north to south */
    char region[120], step[60], least[40], levels[200], out[240], rivers[200], *detail = is_coarse ? (char *)"-Dh" : (char *)"-Df";
    kj_status status = value ? degrees_of(err, &draft->grid, box) : no_memory(err);
    snprintf(region, sizeof region, "-R%.4f/%.4f/%.4f/%.4f", box[0], box[1], box[2], box[3]);
    if (is_coarse) snprintf(step, sizeof step, "-I%.6f/%.6f", degrees / cos(fmin(fabs(box[2]), fabs(box[3])) * M_PI / 180.0), degrees);
    else snprintf(step, sizeof step, "-I%.6f", degrees); /* finer from west to east */
    snprintf(levels, sizeof levels, "%s/levels.tif", folder);
    snprintf(out, sizeof out, "-G%s=gd:GTiff", levels);
    snprintf(rivers, sizeof rivers, "%s/rivers.txt", folder);
    /* Islands and ponds below half a cell are left out: a country is read in seconds then. */
    snprintf(least, sizeof least, "-A%.5f/0/4", 0.5 * draft->grid.cell_m * draft->grid.cell_m / 1e6);
    char *mask[] = {(char *)"gmt", (char *)"grdlandmask", region, detail, least, step, (char *)"-N0/1/2/3/4", out, NULL};
    char *lines[] = {(char *)"gmt", (char *)"pscoast", region, (char *)"-Df", (char *)"-Ir", (char *)"-M", NULL};
    if (!status) status = run_program(err, mask, folder, NULL);
    kj_recipe_layer layer = {.name = "shores", .band = 1, .rule = KJ_RESAMPLE_NEAREST};
    raster r = {0};
    int32_t w[4];
    kj_gis_begin();
    for (int32_t c = 0; !status && c < draft->n_cells; c++) value[c] = NAN;
    if (!status) status = raster_open(err, levels, 1, draft->grid.epsg, &r);
    if (!status && !window_of(&r, &draft->grid, &w[0], &w[1], &w[2], &w[3])) status = elsewhere(err, &r, &draft->grid);
    if (!status) status = sample_centres(err, &r, &draft->grid, &layer, w, false, value);
    raster_close(&r);
    for (int32_t c = 0; !status && c < draft->n_cells; c++) /* levels: 0 sea, 1 land, 2 lake, 3 island in a lake, 4 pond in it */
        draft->water[c] = (uint8_t)(value[c] == 0.0 || value[c] == 2.0 || value[c] == 4.0);
    if (!status) status = run_program(err, lines, folder, rivers);
    if (!status) status = paint_rivers(err, draft, rivers);
    kj_gis_end();
    unlink(levels);
    unlink(rivers);
    free(value);
    return status;
}

kj_status kj_gis_shores(kj_error *err, kj_draft *draft)
{
    const char *tmp = getenv("TMPDIR");
    char folder[160];
    snprintf(folder, sizeof folder, "%.100s/kedja-shores-XXXXXX", tmp && tmp[0] == '/' ? tmp : "/tmp");
    draft->water = calloc((size_t)draft->n_cells, 1);
    if (!draft->water) return no_memory(err);
    if (!mkdtemp(folder)) return kj_fail(err, KJ_E_IO, "%s: %s", folder, kj_why(errno));
    kj_status status = paint_shores(err, draft, folder);
    char history[200];
    snprintf(history, sizeof history, "%s/gmt.history", folder);
    unlink(history);
    rmdir(folder);
    return status;
}

/* --- facilities --------------------------------------------------------------------------------------------------- */

static kj_status facility_of(kj_error *err, const kj_gis_source *s, OGRFeatureH f, const kj_recipe_facility_file *file, kj_recipe *recipe)
{
    kj_recipe_facility to = {.kind = file->kind, .grade_lo = file->grade_lo, .grade_hi = file->grade_hi, .of_file = (uint32_t)(file - recipe->facility_files) + 1,
                             .row = OGR_F_GetFID(f)};
    char value[KJ_RECIPE_TEXT] = "";
    double places = 0.0;
    int column = -1;
    OGRGeometryH geometry = OGR_F_GetGeometryRef(f);
    if (file->n_excluded) {
        kj_status found = kj_gis_column(err, s, file->exclude_column, &column);
        if (found) return found;
        if (kj_recipe_excludes(file, OGR_F_GetFieldAsString(f, column))) return KJ_OK;
    }
    kj_status status = kj_gis_text(err, s, f, file->name, to.name, sizeof to.name);
    if (!status) status = kj_gis_number(err, s, f, file->places, 0.0, KJ_PLACES_MAX, &places);
    if (!status && file->independent[0]) status = kj_gis_text(err, s, f, file->independent, value, sizeof value);
    if (status) return status;
    OGRGeometryH copy = geometry && !OGR_G_IsEmpty(geometry) ? OGR_G_Clone(geometry) : NULL;
    if (copy && s->transform && OGR_G_Transform(copy, s->transform) != OGRERR_NONE) {
        OGR_G_DestroyGeometry(copy);
        copy = NULL;
    }
    if (!copy) return kj_fail(err, KJ_E_INPUT, "%s, layer %s, feature %lld (%s): has no place", s->path, OGR_L_GetName(s->layer), (long long)OGR_F_GetFID(f), to.name);
    OGRGeometryH point = OGR_G_GetDimension(copy) == 0 ? OGR_G_CreateGeometry(wkbPoint) : OGR_G_PointOnSurface(copy);
    if (point && OGR_G_GetDimension(copy) == 0) OGR_G_Centroid(copy, point);
    to.x = point ? OGR_G_GetX(point, 0) : 0.0;
    to.y = point ? OGR_G_GetY(point, 0) : 0.0;
    if (point) OGR_G_DestroyGeometry(point);
    OGR_G_DestroyGeometry(copy);
    to.places = (int32_t)(places * file->places_factor + 0.5);
    to.independent = file->independent[0] && !strcmp(value, file->independent_value);
    return kj_recipe_add_facility(err, recipe, &to);
}

kj_status kj_gis_facilities(kj_error *err, kj_recipe *recipe, const kj_recipe_facility_file *file)
{
    kj_gis_source s;
    kj_gis_begin();
    kj_status status = kj_gis_open(err, recipe, file->file, file->layer, &s);
    if (!status) OGR_L_ResetReading(s.layer);
    for (OGRFeatureH f = status ? NULL : OGR_L_GetNextFeature(s.layer); f; f = OGR_L_GetNextFeature(s.layer)) {
        status = facility_of(err, &s, f, file, recipe);
        OGR_F_Destroy(f);
        if (status) break;
    }
    kj_gis_close(&s);
    kj_gis_end();
    return status;
}
