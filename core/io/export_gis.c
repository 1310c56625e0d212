/* Rasters and vectors through GDAL. */
#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <gdal.h>
#include <gdal_alg.h>
#include <math.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kedja/model.h>

#include "../base/text.h"
#include "../space/travel.h"
#include "atomic.h"
#include "export.h"
#include "recorded.h"

static void begin(void)
{
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLErrorReset();
    GDALAllRegister();
}

static void end(void) { CPLPopErrorHandler(); }

static kj_status no_memory(kj_error *err) { return kj_fail(err, KJ_E_MEMORY, "out of memory"); }

/* A name beside `path` to write under, with its ending: drivers look at it. */
static kj_status part_of(kj_error *err, const char *path, char out[KJ_PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash - path) + 1 : 0;
    if (snprintf(out, KJ_PATH_MAX, "%.*s.part-%s", folder, path, path + folder) >= KJ_PATH_MAX)
        return kj_fail(err, KJ_E_INPUT, "%.200s…: the path is too long", path);
    unlink(out);
    return KJ_OK;
}

/* The finished part gets its name; a failed one goes away. */
static kj_status settle(kj_error *err, kj_status status, const char *part, const char *path)
{
    if (!status && rename(part, path)) status = kj_fail(err, KJ_E_IO, "%s: cannot be written", path);
    if (!status) return kj_folder_sync(err, path);
    unlink(part);
    return status;
}

static kj_status refused(kj_error *err, const char *path)
{
    return kj_fail(err, KJ_E_IO, "%s: cannot be written: %s", path, CPLGetLastErrorMsg());
}

static OGRSpatialReferenceH system_of(int32_t epsg)
{
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    OSRImportFromEPSG(srs, epsg);
    OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
    return srs;
}

static GDALDataType raster_type(kj_type type)
{
    switch (type) {
    case KJ_U8: return GDT_Byte;
    case KJ_I16: return GDT_Int16;
    case KJ_I32: return GDT_Int32;
    case KJ_ID: return GDT_UInt32;
    case KJ_F32: return GDT_Float32;
    case KJ_F64:
    case KJ_I64: return GDT_Float64;
    default: return GDT_Unknown;
    }
}

/* ---- rasters ---- */

static GDALDatasetH memory_raster(const kj_grid *grid, GDALDataType type)
{
    GDALDatasetH raster =
        GDALCreate(GDALGetDriverByName("MEM"), "", grid->nx, grid->ny, 1, type, NULL);
    double place[6] = {grid->west, grid->cell_m, 0.0, grid->north, 0.0, -grid->cell_m};
    if (!raster) return NULL;
    OGRSpatialReferenceH srs = system_of(grid->epsg);
    GDALSetGeoTransform(raster, place);
    GDALSetSpatialRef(raster, srs);
    OSRDestroySpatialReference(srs);
    return raster;
}

static double no_data_of(kj_type type)
{
    uint64_t bits = 0;
    kj_recorded_fill_value(type, &bits);
    int16_t i16;
    int32_t i32;
    memcpy(&i16, &bits, sizeof i16);
    memcpy(&i32, &bits, sizeof i32);
    return type == KJ_U8 ? 255.0 : type == KJ_I16 ? i16 : type == KJ_I32 ? i32 : type == KJ_I64 ? (double)INT64_MIN : type == KJ_ID ? 0.0 : NAN;
}

static void describe_band(const kj_dataset *set, const kj_run_column *layer, int32_t year, GDALDatasetH raster)
{
    GDALRasterBandH band = GDALGetRasterBand(raster, 1);
    char number[16];
    snprintf(number, sizeof number, "%d", year);
    GDALSetDescription(band, layer->name);
    GDALSetRasterUnitType(band, layer->unit);
    GDALSetRasterNoDataValue(band, no_data_of(layer->type));
    GDALSetMetadataItem(raster, "TITLE", set->title, NULL);
    GDALSetMetadataItem(raster, "LAYER", layer->name, NULL);
    GDALSetMetadataItem(raster, "MEANING", layer->long_name, NULL);
    GDALSetMetadataItem(raster, "YEAR", number, NULL);
    GDALSetMetadataItem(raster, "ORIGIN", set->origin, NULL);
    if (layer->labels[0]) GDALSetMetadataItem(raster, "CLASSES", layer->labels, NULL);
}

/* Values as GDAL takes them: 64-bit integers go as doubles. */
static kj_status fill_raster(kj_error *err, const kj_dataset *set, const kj_run_column *layer, uint32_t year_index,
                             GDALDatasetH raster)
{
    size_t n = (size_t)kj_grid_cells(&set->grid);
    void *values = malloc(n * 8 + 8);
    if (!values) return no_memory(err);
    kj_status status = kj_dataset_cells(err, set, layer, year_index, values);
    if (!status && layer->type == KJ_I64) {
        for (size_t i = 0; i < n; i++) ((double *)values)[i] = (double)((int64_t *)values)[i];
    }
    GDALDataType type = raster_type(layer->type);
    if (!status && GDALRasterIO(GDALGetRasterBand(raster, 1), GF_Write, 0, 0, set->grid.nx, set->grid.ny, values, set->grid.nx,
                                set->grid.ny, type, 0, 0) != CE_None)
        status = refused(err, layer->name);
    free(values);
    return status;
}

kj_status kj_export_raster(kj_error *err, const kj_dataset *set, const char *name, uint32_t year_index, bool cog,
                           const char *path)
{
    const kj_run_column *layer;
    char part[KJ_PATH_MAX];
    kj_status status = kj_dataset_layer(err, set, name, &layer);
    if (!status) status = part_of(err, path, part);
    if (status) return status;
    if (raster_type(layer->type) == GDT_Unknown)
        return kj_fail(err, KJ_E_INPUT, "layer %s holds keys, which are no raster", name);
    begin();
    GDALDatasetH memory = memory_raster(&set->grid, raster_type(layer->type)), copy = NULL;
    GDALDriverH driver = GDALGetDriverByName(cog ? "COG" : "GTiff");
    if (!memory || !driver) status = refused(err, path);
    if (!status) status = fill_raster(err, set, layer, year_index, memory);
    if (!status) {
        describe_band(set, layer, set->years[year_index], memory);
        const char *plain[] = {"COMPRESS=DEFLATE", "TILED=YES", NULL}, *cloud[] = {"COMPRESS=DEFLATE", "RESAMPLING=NEAREST", NULL};
        copy = GDALCreateCopy(driver, part, memory, FALSE, (char **)(cog ? cloud : plain), NULL, NULL);
        if (!copy) status = refused(err, path);
        else {
            CPLErrorReset();
            GDALClose(copy); /* writes what is left */
            if (CPLGetLastErrorType() >= CE_Failure) status = refused(err, path);
        }
    }
    if (memory) GDALClose(memory);
    end();
    return settle(err, status, part, path);
}

/* ---- vectors ---- */

typedef struct writer {
    const char *path;
    char part[KJ_PATH_MAX];
    GDALDatasetH file;
    OGRSpatialReferenceH srs; /* of the grid */
    OGRCoordinateTransformationH to_degrees; /* GeoJSON is WGS 84 (RFC 7946) */
} writer;

static kj_status writer_open(kj_error *err, const kj_dataset *set, kj_vector_format format, const char *path, writer *w)
{
    memset(w, 0, sizeof *w);
    w->path = path;
    kj_status status = part_of(err, path, w->part);
    if (status) return status;
    w->srs = system_of(set->grid.epsg);
    if (format == KJ_VECTOR_GEOJSON) {
        OGRSpatialReferenceH degrees = system_of(4326);
        w->to_degrees = OCTNewCoordinateTransformation(w->srs, degrees);
        OSRDestroySpatialReference(degrees);
    }
    GDALDriverH driver = GDALGetDriverByName(format == KJ_VECTOR_GEOJSON ? "GeoJSON" : "GPKG");
    w->file = driver ? GDALCreate(driver, w->part, 0, 0, 0, GDT_Unknown, NULL) : NULL;
    return w->file ? KJ_OK : refused(err, path);
}

static kj_status writer_close(kj_error *err, kj_status status, writer *w)
{
    if (w->file) {
        CPLErrorReset();
        GDALClose(w->file);
        if (!status && CPLGetLastErrorType() >= CE_Failure) status = refused(err, w->path);
    }
    if (w->to_degrees) OCTDestroyCoordinateTransformation(w->to_degrees);
    if (w->srs) OSRDestroySpatialReference(w->srs);
    return settle(err, status, w->part, w->path);
}

static OGRLayerH new_layer(const writer *w, const char *name, OGRwkbGeometryType type)
{
    const char *for_json[] = {"RFC7946=YES", NULL};
    OGRSpatialReferenceH srs = w->to_degrees ? system_of(4326) : OSRClone(w->srs);
    OGRLayerH layer = GDALDatasetCreateLayer(w->file, name, srs, type, w->to_degrees ? (char **)for_json : NULL);
    OSRDestroySpatialReference(srs);
    return layer;
}

static bool add_field(OGRLayerH layer, const char *name, OGRFieldType type)
{
    OGRFieldDefnH field = OGR_Fld_Create(name, type);
    bool good = OGR_L_CreateField(layer, field, TRUE) == OGRERR_NONE;
    OGR_Fld_Destroy(field);
    return good;
}

/* Takes the geometry over. */
static bool add_feature(const writer *w, OGRLayerH layer, OGRFeatureH feature, OGRGeometryH geometry)
{
    bool good = true;
    if (geometry) {
        if (w->to_degrees) good = OGR_G_Transform(geometry, w->to_degrees) == OGRERR_NONE;
        OGR_F_SetGeometryDirectly(feature, geometry);
    }
    good = good && OGR_L_CreateFeature(layer, feature) == OGRERR_NONE;
    OGR_F_Destroy(feature);
    return good;
}

/* Multipolygons of equal values: shape[v - 1] for v in 1 … n; NULL where a value does not occur. */
static kj_status shapes_of(kj_error *err, const kj_dataset *set, const int32_t *value, uint32_t n, OGRGeometryH *shape)
{
    GDALDatasetH raster = memory_raster(&set->grid, GDT_Int32);
    GDALDatasetH memory = GDALCreate(GDALGetDriverByName("Memory"), "", 0, 0, 0, GDT_Unknown, NULL);
    OGRLayerH pieces = memory ? GDALDatasetCreateLayer(memory, "pieces", NULL, wkbPolygon, NULL) : NULL;
    kj_status status = raster && pieces && add_field(pieces, "value", OFTInteger) ? KJ_OK : no_memory(err);
    if (!status) {
        GDALRasterBandH band = GDALGetRasterBand(raster, 1);
        GDALSetRasterNoDataValue(band, 0.0);
        CPLErr failed = GDALRasterIO(band, GF_Write, 0, 0, set->grid.nx, set->grid.ny, (void *)value, set->grid.nx, set->grid.ny,
                                     GDT_Int32, 0, 0);
        if (failed == CE_None) failed = GDALPolygonize(band, band, pieces, 0, NULL, NULL, NULL);
        if (failed != CE_None) status = kj_fail(err, KJ_E_FAILED, "polygons: %s", CPLGetLastErrorMsg());
    }
    if (!status) OGR_L_ResetReading(pieces);
    for (OGRFeatureH f = status ? NULL : OGR_L_GetNextFeature(pieces); f; f = OGR_L_GetNextFeature(pieces)) {
        int32_t v = OGR_F_GetFieldAsInteger(f, 0);
        if (v >= 1 && (uint32_t)v <= n) {
            if (!shape[v - 1]) shape[v - 1] = OGR_G_CreateGeometry(wkbMultiPolygon);
            OGR_G_AddGeometry(shape[v - 1], OGR_F_GetGeometryRef(f));
        }
        OGR_F_Destroy(f);
    }
    if (raster) GDALClose(raster);
    if (memory) GDALClose(memory);
    return status;
}

/* A layer's values as whole numbers. */
static kj_status whole_cells(kj_error *err, const kj_dataset *set, const kj_run_column *layer, uint32_t year_index, int32_t *out)
{
    size_t n = (size_t)kj_grid_cells(&set->grid);
    if (layer->type == KJ_F32 || layer->type == KJ_F64 || layer->type == KJ_I64 || layer->type == KJ_KEY)
        return kj_fail(err, KJ_E_INPUT, "layer %s holds no small whole numbers: polygons need classes or ids; export it as GTiff",
                       layer->name);
    kj_status status = kj_dataset_cells(err, set, layer, year_index, out); /* 4 bytes a cell are enough for each type */
    if (status) return status;
    for (size_t i = n; layer->type == KJ_U8 && i-- > 0;) out[i] = ((uint8_t *)out)[i];
    for (size_t i = n; layer->type == KJ_I16 && i-- > 0;) out[i] = ((int16_t *)out)[i];
    return KJ_OK;
}

kj_status kj_export_zones(kj_error *err, const kj_dataset *set, const char *name, uint32_t year_index,
                          kj_vector_format format, const char *path)
{
    const kj_run_column *layer, *area;
    kj_status status = kj_dataset_layer(err, set, name, &layer);
    if (!status) status = kj_dataset_layer(err, set, "area", &area);
    if (status) return status;
    size_t n = (size_t)kj_grid_cells(&set->grid);
    int32_t *value = malloc(n * sizeof *value), *inside = malloc(n * sizeof *inside), low = INT32_MAX, high = INT32_MIN;
    status = value && inside ? whole_cells(err, set, layer, year_index, value) : no_memory(err);
    if (!status) status = whole_cells(err, set, area, year_index, inside);
    for (size_t i = 0; !status && i < n; i++) {
        if (inside[i] < 0) continue;
        if (value[i] < low) low = value[i];
        if (value[i] > high) high = value[i];
    }
    if (!status && ((int64_t)high - low > 2000000 || high < low))
        status = kj_fail(err, KJ_E_INPUT, "layer %s: values from %d to %d are no classes; export it as GTiff", name, low, high);
    uint32_t n_values = status ? 0 : (uint32_t)(high - low) + 1;
    OGRGeometryH *shape = calloc(n_values + 1u, sizeof *shape);
    writer w = {0};
    begin();
    for (size_t i = 0; !status && i < n; i++) value[i] = inside[i] < 0 ? 0 : value[i] - low + 1;
    if (!status && !shape) status = no_memory(err);
    if (!status) status = shapes_of(err, set, value, n_values, shape);
    if (!status) {
        status = writer_open(err, set, format, path, &w);
        OGRLayerH to = status ? NULL : new_layer(&w, name, wkbMultiPolygon);
        if (!status && (!to || !add_field(to, "value", OFTInteger) || !add_field(to, "class", OFTString))) status = refused(err, path);
        for (uint32_t v = 0; !status && v < n_values; v++) {
            if (!shape[v]) continue;
            char word[64];
            OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(to));
            OGR_F_SetFieldInteger(feature, 0, low + (int32_t)v);
            OGR_F_SetFieldString(feature, 1, kj_labels_at(layer->labels, low + (int32_t)v, word, sizeof word));
            if (!add_feature(&w, to, feature, shape[v])) status = refused(err, path);
            shape[v] = NULL;
        }
        status = writer_close(err, status, &w);
    }
    for (uint32_t v = 0; shape && v < n_values; v++)
        if (shape[v]) OGR_G_DestroyGeometry(shape[v]);
    end();
    free(shape);
    free(value);
    free(inside);
    return status;
}

/* ---- tables with places ---- */

static OGRGeometryH point_of(const kj_grid *grid, double cell)
{
    if (!(cell >= 0.0) || cell >= kj_grid_cells(grid)) return NULL;
    int32_t c = (int32_t)cell;
    OGRGeometryH point = OGR_G_CreateGeometry(wkbPoint);
    OGR_G_SetPoint_2D(point, 0, grid->west + (c % grid->nx + 0.5) * grid->cell_m, grid->north - (c / grid->nx + 0.5) * grid->cell_m);
    return point;
}

static const kj_frame_column *frame_column(const kj_frame *frame, const char *name)
{
    for (uint32_t c = 0; c < frame->n_columns; c++)
        if (!strcmp(frame->columns[c].name, name)) return &frame->columns[c];
    return NULL;
}

/* Outlines of areas or municipalities, by row of their table. */
static kj_status outlines(kj_error *err, const kj_dataset *set, bool municipalities, uint32_t year_index, uint32_t n, OGRGeometryH *shape)
{
    const kj_run_column *layer, *column = NULL;
    const kj_run_table *areas = NULL;
    size_t n_cells = (size_t)kj_grid_cells(&set->grid);
    int32_t *value = malloc(n_cells * sizeof *value);
    double *of = NULL;
    kj_status status = value ? kj_dataset_layer(err, set, "area", &layer) : no_memory(err);
    if (!status) status = whole_cells(err, set, layer, year_index, value);
    if (!status) status = kj_dataset_table(err, set, "area", &areas);
    if (!status && municipalities && n > 1) {
        column = kj_run_table_column(areas, "municipality");
        of = calloc(areas->n_rows + 1u, sizeof *of);
        status = !column ? kj_fail(err, KJ_E_INPUT, "table area has no column municipality") : of ? kj_dataset_values(err, set, areas, column, year_index, of, NULL) : no_memory(err);
    }
    for (size_t i = 0; !status && i < n_cells; i++) {
        bool inside = value[i] >= 0 && (uint32_t)value[i] < areas->n_rows;
        value[i] = !inside ? 0 : !municipalities ? value[i] + 1 : of ? (int32_t)of[value[i]] : 1;
    }
    if (!status) status = shapes_of(err, set, value, n, shape);
    free(of);
    free(value);
    return status;
}

static bool set_fields(OGRFeatureH feature, const kj_frame *frame, uint32_t row)
{
    OGR_F_SetFieldInteger64(feature, 0, frame->ids[row]);
    for (uint32_t c = 0; c < frame->n_columns; c++) {
        const kj_frame_column *column = &frame->columns[c];
        if (column->missing[row]) continue;
        if (column->is_text) OGR_F_SetFieldString(feature, (int)c + 1, column->text[row]);
        else if (column->is_whole) OGR_F_SetFieldInteger64(feature, (int)c + 1, (GIntBig)column->value[row]);
        else if (column->value[row] - column->value[row] == 0.0) OGR_F_SetFieldDouble(feature, (int)c + 1, column->value[row]);
    }
    return true;
}

static kj_status write_frame(kj_error *err, const kj_dataset *set, const writer *w, const kj_frame *frame, OGRGeometryH *shape)
{
    const kj_frame_column *cell = frame_column(frame, "cell");
    OGRwkbGeometryType type = shape ? wkbMultiPolygon : cell ? wkbPoint : wkbNone;
    OGRLayerH layer = new_layer(w, frame->name, type);
    if (!layer || !add_field(layer, "id", OFTInteger64)) return refused(err, w->path);
    for (uint32_t c = 0; c < frame->n_columns; c++) {
        const kj_frame_column *column = &frame->columns[c];
        if (!add_field(layer, column->name, column->is_text ? OFTString : column->is_whole ? OFTInteger64 : OFTReal))
            return refused(err, w->path);
    }
    if (OGR_L_StartTransaction(layer) != OGRERR_NONE) return refused(err, w->path);
    for (uint32_t row = 0; row < frame->n_rows; row++) {
        OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
        set_fields(feature, frame, row);
        OGRGeometryH geometry = NULL;
        if (shape) {
            geometry = shape[frame->ids[row] - 1];
            shape[frame->ids[row] - 1] = NULL;
        } else if (cell && !cell->missing[row]) {
            geometry = point_of(&set->grid, cell->value[row]);
        }
        if (!add_feature(w, layer, feature, geometry)) return refused(err, w->path);
    }
    return OGR_L_CommitTransaction(layer) == OGRERR_NONE ? KJ_OK : refused(err, w->path);
}

/* One step of a chain: the household that filled the parent's home left this one. */
static kj_status write_links(kj_error *err, const kj_dataset *set, const writer *w, const kj_frame *frame)
{
    const kj_frame_column *cell = frame_column(frame, "cell"), *parent = frame_column(frame, "parent"),
                          *root = frame_column(frame, "root"), *round = frame_column(frame, "round");
    if (!cell || !parent || !root || !round || !round->value) return KJ_OK;
    OGRLayerH layer = new_layer(w, "vacancy_links", wkbLineString);
    if (!layer || !add_field(layer, "vacancy", OFTInteger64) || !add_field(layer, "parent", OFTInteger64) ||
        !add_field(layer, "root", OFTInteger64) || !add_field(layer, "round", OFTInteger64))
        return refused(err, w->path);
    if (OGR_L_StartTransaction(layer) != OGRERR_NONE) return refused(err, w->path);
    for (uint32_t row = 0; row < frame->n_rows; row++) {
        if (parent->missing[row]) continue;
        uint32_t from = (uint32_t)parent->value[row] - 1; /* vacancies are never destroyed: id = row + 1 */
        if (from >= frame->n_rows || frame->ids[from] != (kj_id)parent->value[row]) continue;
        OGRGeometryH a = point_of(&set->grid, cell->value[from]), b = point_of(&set->grid, cell->value[row]), line = NULL;
        if (a && b) {
            line = OGR_G_CreateGeometry(wkbLineString);
            OGR_G_AddPoint_2D(line, OGR_G_GetX(a, 0), OGR_G_GetY(a, 0));
            OGR_G_AddPoint_2D(line, OGR_G_GetX(b, 0), OGR_G_GetY(b, 0));
        }
        if (a) OGR_G_DestroyGeometry(a);
        if (b) OGR_G_DestroyGeometry(b);
        if (!line) continue;
        OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
        OGR_F_SetFieldInteger64(feature, 0, frame->ids[row]);
        OGR_F_SetFieldInteger64(feature, 1, (GIntBig)parent->value[row]);
        OGR_F_SetFieldInteger64(feature, 2, (GIntBig)root->value[row]);
        OGR_F_SetFieldInteger64(feature, 3, (GIntBig)round->value[row]);
        if (!add_feature(w, layer, feature, line)) return refused(err, w->path);
    }
    return OGR_L_CommitTransaction(layer) == OGRERR_NONE ? KJ_OK : refused(err, w->path);
}

static kj_status write_table(kj_error *err, const kj_dataset *set, const writer *w, const char *name, uint32_t year_index,
                             const kj_disclosure *protection, bool links)
{
    kj_frame frame;
    const kj_run_table *table;
    kj_status status = kj_frame_read(err, set, name, year_index, protection, &frame);
    if (status) return status;
    bool area = !strcmp(name, "area"), municipality = !strcmp(name, "municipality");
    OGRGeometryH *shape = NULL;
    status = kj_dataset_table(err, set, name, &table);
    if (!status && (area || municipality)) {
        shape = calloc(table->n_rows + 1u, sizeof *shape);
        status = shape ? outlines(err, set, municipality, year_index, table->n_rows, shape) : no_memory(err);
    }
    if (!status) status = write_frame(err, set, w, &frame, shape);
    if (!status && links && !strcmp(name, "vacancy")) status = write_links(err, set, w, &frame);
    for (uint32_t i = 0; shape && i < table->n_rows; i++)
        if (shape[i]) OGR_G_DestroyGeometry(shape[i]);
    free(shape);
    kj_frame_free(&frame);
    return status;
}

kj_status kj_export_places(kj_error *err, const kj_dataset *set, const char *const *tables, uint32_t n_tables,
                           uint32_t year_index, const kj_disclosure *protection, kj_vector_format format,
                           const char *path)
{
    writer w;
    if (format == KJ_VECTOR_GEOJSON && n_tables != 1)
        return kj_fail(err, KJ_E_INPUT, "%s: a GeoJSON file holds one table; GPKG holds several", path);
    begin();
    kj_status status = writer_open(err, set, format, path, &w);
    for (uint32_t t = 0; !status && t < n_tables; t++)
        status = write_table(err, set, &w, tables[t], year_index, protection, format == KJ_VECTOR_GPKG);
    status = writer_close(err, status, &w);
    end();
    return status;
}

/* ---- catchments ---- */

typedef struct entrances {
    int32_t *cell;  /* owned */
    uint32_t *row;  /* owned; in table facility */
    uint32_t n;
} entrances;

/* Open facilities of a kind that stand on the grid. */
static kj_status find_entrances(kj_error *err, const kj_dataset *set, const char *kind, uint32_t year_index, entrances *out)
{
    const kj_run_table *table;
    int32_t code = kj_labels_index(KJ_FACILITY_KIND_LABELS, kind);
    if (code < 0) return kj_fail(err, KJ_E_INPUT, "--catchments: expected one of %s, found %s", KJ_FACILITY_KIND_LABELS, kind);
    kj_status status = kj_dataset_table(err, set, "facility", &table);
    if (status) return status;
    static const char *const names[3] = {"kind", "cell", "closed"};
    double *value[3] = {0};
    uint8_t *missing = calloc(table->n_rows + 1u, 1);
    out->cell = calloc(table->n_rows + 1u, sizeof *out->cell);
    out->row = calloc(table->n_rows + 1u, sizeof *out->row);
    if (!missing || !out->cell || !out->row) status = no_memory(err);
    for (int i = 0; !status && i < 3; i++) {
        const kj_run_column *column = kj_run_table_column(table, names[i]);
        value[i] = calloc(table->n_rows + 1u, sizeof **value);
        status = !column ? kj_fail(err, KJ_E_INPUT, "table facility has no column %s", names[i])
                 : value[i] ? kj_dataset_values(err, set, table, column, year_index, value[i], i ? NULL : missing) : no_memory(err);
    }
    int32_t month = KJ_MONTH(set->years[year_index], 12), n_cells = kj_grid_cells(&set->grid);
    for (uint32_t row = 0; !status && row < table->n_rows; row++) {
        bool open = !(value[2][row] > 0.0) || value[2][row] > month, here = value[1][row] >= 0.0 && value[1][row] < n_cells;
        if (missing[row] || (int32_t)value[0][row] != code || !open || !here) continue;
        out->cell[out->n] = (int32_t)value[1][row];
        out->row[out->n++] = row;
    }
    if (!status && out->n == 0) status = kj_fail(err, KJ_E_INPUT, "no open facility of kind %s in %d", kind, set->years[year_index]);
    for (int i = 0; i < 3; i++) free(value[i]);
    free(missing);
    return status;
}

/* 1 + index of the entrance nearest on foot for each cell inside the map; 0 where nobody can walk. */
static kj_status nearest_on_foot(kj_error *err, const kj_dataset *set, uint32_t year_index, const entrances *e, int32_t *nearest)
{
    const kj_run_column *cost, *area;
    size_t n = (size_t)kj_grid_cells(&set->grid);
    kj_status status = kj_dataset_layer(err, set, "walk_cost", &cost);
    if (!status) status = kj_dataset_layer(err, set, "area", &area);
    if (status) return status;
    uint16_t *step = malloc(n * 4);
    int32_t *seconds = malloc(n * sizeof *seconds), *inside = malloc(n * sizeof *inside);
    void *work = malloc(kj_travel_work_bytes(&set->grid));
    status = step && seconds && inside && work ? whole_cells(err, set, cost, year_index, inside) : no_memory(err);
    for (size_t i = 0; !status && i < n; i++) step[i] = (uint16_t)inside[i];
    if (!status) status = whole_cells(err, set, area, year_index, inside);
    if (!status) {
        status = kj_travel_cost(&set->grid, step, e->cell, e->n, seconds, nearest, work);
        if (status) kj_fail(err, status, "walking times cannot be found");
    }
    for (size_t i = 0; !status && i < n; i++) nearest[i] = inside[i] < 0 || seconds[i] == INT32_MAX ? 0 : nearest[i] + 1;
    free(step);
    free(seconds);
    free(inside);
    free(work);
    return status;
}

kj_status kj_export_catchments(kj_error *err, const kj_dataset *set, const char *kind, uint32_t year_index,
                               kj_vector_format format, const char *path)
{
    entrances e = {0};
    const kj_run_table *table = NULL;
    const char **name = NULL;
    writer w;
    int32_t *nearest = malloc((size_t)kj_grid_cells(&set->grid) * sizeof *nearest);
    kj_status status = nearest ? find_entrances(err, set, kind, year_index, &e) : no_memory(err);
    OGRGeometryH *shape = calloc(e.n + 1u, sizeof *shape);
    if (!status) status = kj_dataset_table(err, set, "facility", &table);
    const kj_run_column *names = status ? NULL : kj_run_table_column(table, "name");
    if (!status && names) status = kj_dataset_texts(err, set, table, names, &name);
    if (!status) status = nearest_on_foot(err, set, year_index, &e, nearest);
    begin();
    if (!status) status = shape ? shapes_of(err, set, nearest, e.n, shape) : no_memory(err);
    if (!status) {
        status = writer_open(err, set, format, path, &w);
        OGRLayerH layer = status ? NULL : new_layer(&w, "catchments", wkbMultiPolygon);
        if (!status && (!layer || !add_field(layer, "facility", OFTInteger64) || !add_field(layer, "name", OFTString) ||
                        !add_field(layer, "area_ha", OFTReal)))
            status = refused(err, path);
        for (uint32_t i = 0; !status && i < e.n; i++) {
            if (!shape[i]) continue; /* two in one cell: the first has it */
            OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
            OGR_F_SetFieldInteger64(feature, 0, table->ids[e.row[i]]);
            OGR_F_SetFieldString(feature, 1, name ? name[e.row[i]] : "");
            OGR_F_SetFieldDouble(feature, 2, OGR_G_Area(shape[i]) / 1e4);
            if (!add_feature(&w, layer, feature, shape[i])) status = refused(err, path);
            shape[i] = NULL;
        }
        status = writer_close(err, status, &w);
    }
    end();
    for (uint32_t i = 0; shape && i < e.n; i++)
        if (shape[i]) OGR_G_DestroyGeometry(shape[i]);
    free(shape);
    free(nearest);
    free((void *)name);
    free(e.cell);
    free(e.row);
    return status;
}
