#include "cf.h"

#include <kedja/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h5in.h"

kj_type kj_cf_type_of(const char *name)
{
    for (int t = KJ_U8; t <= KJ_KEY; t++)
        if (!strcmp(name, kj_type_name((kj_type)t))) return (kj_type)t;
    return (kj_type)0;
}

int32_t kj_cf_days(int32_t year)
{
    int32_t y = year - 1900;
    /* Leap days of 1901 … year. */
    int32_t leaps = y / 4 - ((year / 100) - 19) + (year / 400 - 4);
    return 365 * y + leaps;
}

void kj_cf_root(kj_h5out *out, const char *kind, const char *title)
{
    kj_h5out_text(out, out->file, "Conventions", "CF-1.8");
    kj_h5out_text(out, out->file, "title", title ? title : "");
    kj_h5out_text(out, out->file, "source", "Kedja " KJ_VERSION ", an agent-based urban growth simulator");
    kj_h5out_text(out, out->file, "kedja_format", kind);
    kj_h5out_i32(out, out->file, "kedja_format_version", 1);
    kj_h5out_text(out, out->file, "kedja_version", KJ_VERSION);
}

static void write_times(kj_h5out *out, uint32_t n, const int32_t *years, kj_cf_axes *axes)
{
    int32_t *days = malloc(n * sizeof *days);
    if (!days) {
        out->failed = true;
        return;
    }
    for (uint32_t i = 0; i < n; i++) days[i] = kj_cf_days(years[i]);
    axes->time = kj_h5out_scale(out, out->file, "time", H5T_STD_I32LE, n, days);
    free(days);
    kj_h5out_text(out, axes->time, "standard_name", "time");
    kj_h5out_text(out, axes->time, "long_name", "end of the year");
    kj_h5out_text(out, axes->time, "units", "days since 1900-12-31 00:00:00");
    kj_h5out_text(out, axes->time, "calendar", "standard");
    kj_h5out_text(out, axes->time, "axis", "T");
    kj_h5shape shape = {.rank = 1, .dims = {n}};
    kj_h5shape_plan(&shape, sizeof *years);
    hid_t year = kj_h5out_dataset(out, out->file, "year", H5T_STD_I32LE, &shape, NULL);
    kj_h5out_fill(out, year, &shape, sizeof *years, years);
    kj_h5out_axes(out, year, 1, &axes->time);
    kj_h5out_text(out, year, "long_name", "calendar year");
    H5Dclose(year);
}

static hid_t write_coordinate(kj_h5out *out, const char *name, const char *standard_name, const char *long_name,
                              const char *axis, int32_t n, double first, double step)
{
    double *values = malloc((size_t)n * sizeof *values);
    if (!values) {
        out->failed = true;
        return -1;
    }
    for (int32_t i = 0; i < n; i++) values[i] = first + i * step;
    hid_t scale = kj_h5out_scale(out, out->file, name, H5T_IEEE_F64LE, (uint64_t)n, values);
    free(values);
    kj_h5out_text(out, scale, "standard_name", standard_name);
    kj_h5out_text(out, scale, "long_name", long_name);
    kj_h5out_text(out, scale, "units", "m");
    kj_h5out_text(out, scale, "axis", axis);
    return scale;
}

/* CF 1.8, appendix F, transverse Mercator; crs_wkt is CF's, spatial_ref and GeoTransform are what GDAL reads first. */
static void write_crs(kj_h5out *out, const kj_grid *grid, const kj_crs *crs)
{
    kj_h5shape shape = {.rank = 0};
    char transform[160];
    hid_t d = kj_h5out_dataset(out, out->file, "crs", H5T_STD_I32LE, &shape, NULL);
    kj_h5out_fill(out, d, &shape, sizeof grid->epsg, &grid->epsg);
    kj_h5out_text(out, d, "long_name", crs->name);
    kj_h5out_text(out, d, "grid_mapping_name", "transverse_mercator");
    kj_h5out_f64(out, d, "latitude_of_projection_origin", 0.0);
    kj_h5out_f64(out, d, "longitude_of_central_meridian", crs->central_meridian);
    kj_h5out_f64(out, d, "scale_factor_at_central_meridian", crs->scale);
    kj_h5out_f64(out, d, "false_easting", crs->false_easting);
    kj_h5out_f64(out, d, "false_northing", 0.0);
    kj_h5out_f64(out, d, "semi_major_axis", crs->semi_major);
    kj_h5out_f64(out, d, "inverse_flattening", crs->inverse_flattening);
    kj_h5out_f64(out, d, "longitude_of_prime_meridian", 0.0);
    kj_h5out_text(out, d, "crs_wkt", crs->wkt2);
    kj_h5out_text(out, d, "spatial_ref", crs->wkt1);
    snprintf(transform, sizeof transform, "%.10g %.10g 0 %.10g 0 %.10g", grid->west, grid->cell_m, grid->north,
             -grid->cell_m);
    kj_h5out_text(out, d, "GeoTransform", transform);
    kj_h5out_f64(out, d, "kedja_west", grid->west);
    kj_h5out_f64(out, d, "kedja_north", grid->north);
    kj_h5out_f64(out, d, "kedja_cell_m", grid->cell_m);
    H5Dclose(d);
}

kj_status kj_cf_grid_read(kj_error *err, const char *path, hid_t file, kj_grid *out)
{
    uint32_t nx, ny;
    hid_t crs;
    kj_status status = kj_h5in_length(err, path, file, "", "x", &nx);
    if (!status) status = kj_h5in_length(err, path, file, "", "y", &ny);
    if (!status) status = kj_h5in_dataset(err, path, file, "", "crs", 0, NULL, &crs);
    if (status) return status;
    bool good = H5Dread(crs, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, &out->epsg) >= 0 &&
                kj_h5in_numbers(crs, "kedja_west", H5T_NATIVE_DOUBLE, 1, &out->west) &&
                kj_h5in_numbers(crs, "kedja_north", H5T_NATIVE_DOUBLE, 1, &out->north) &&
                kj_h5in_numbers(crs, "kedja_cell_m", H5T_NATIVE_DOUBLE, 1, &out->cell_m);
    H5Dclose(crs);
    if (!good) return kj_fail(err, KJ_E_INPUT, "%s: dataset `/crs`: expected kedja_west, kedja_north and kedja_cell_m, found none", path);
    if (!nx || !ny || (uint64_t)nx * ny > INT32_MAX || !(out->cell_m > 0.0))
        return kj_fail(err, KJ_E_INPUT, "%s: a grid of %u x %u cells of %g m is not possible", path, nx, ny, out->cell_m);
    out->nx = (int32_t)nx;
    out->ny = (int32_t)ny;
    return KJ_OK;
}

kj_status kj_cf_axes_write(kj_error *err, kj_h5out *out, const kj_grid *grid, uint32_t n_years, const int32_t *years,
                           kj_cf_axes *axes)
{
    *axes = (kj_cf_axes){.time = -1, .y = -1, .x = -1, .n_times = n_years, .ny = grid->ny, .nx = grid->nx};
    const kj_crs *crs = kj_crs_find(grid->epsg);
    if (!crs)
        return kj_fail(err, KJ_E_INPUT, "coordinate system: expected EPSG:3006 or EPSG:25832, found EPSG:%d",
                       grid->epsg);
    if (grid->nx <= 0 || grid->ny <= 0)
        return kj_fail(err, KJ_E_RANGE, "a grid of %d x %d cells cannot be written", grid->nx, grid->ny);
    if (n_years) write_times(out, n_years, years, axes);
    axes->y = write_coordinate(out, "y", "projection_y_coordinate", "northing of the cell's centre", "Y", grid->ny,
                               grid->north - 0.5 * grid->cell_m, -grid->cell_m);
    axes->x = write_coordinate(out, "x", "projection_x_coordinate", "easting of the cell's centre", "X", grid->nx,
                               grid->west + 0.5 * grid->cell_m, grid->cell_m);
    write_crs(out, grid, crs);
    return KJ_OK;
}

void kj_cf_axes_close(kj_cf_axes *axes)
{
    if (axes->time >= 0) H5Dclose(axes->time);
    if (axes->y >= 0) H5Dclose(axes->y);
    if (axes->x >= 0) H5Dclose(axes->x);
    axes->time = axes->y = axes->x = -1;
}

/* flag_values must have the type of the data (CF 1.8, section 3.5). */
static void write_flags(kj_h5out *out, hid_t dataset, const kj_column *column)
{
    int32_t values[256], n = kj_labels_count(column->labels);
    if (n < 1 || n > 256 || column->type == KJ_F32 || column->type == KJ_F64 || column->type == KJ_TEXT) return;
    for (int32_t i = 0; i < n; i++) values[i] = i;
    hsize_t count = (hsize_t)n;
    hid_t space = H5Screate_simple(1, &count, NULL);
    hid_t attribute = H5Acreate2(dataset, "flag_values", kj_h5_type(column->type), space, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute < 0 || H5Awrite(attribute, H5T_NATIVE_INT32, values) < 0) out->failed = true;
    H5Aclose(attribute);
    H5Sclose(space);
    kj_h5out_text(out, dataset, "flag_meanings", column->labels);
}

void kj_cf_describe(kj_h5out *out, hid_t dataset, const kj_column *column)
{
    kj_h5out_text(out, dataset, "long_name", column->doc ? column->doc : "");
    if (column->unit && *column->unit) kj_h5out_text(out, dataset, "units", column->unit);
    /* Not as units: readers decode "months since" as a time, and refuse it in the standard calendar. */
    if (column->unit && !strcmp(column->unit, "month"))
        kj_h5out_text(out, dataset, "comment", "months since January 1900, which is 0; a length of time has the unit `months`");
    if (column->labels) write_flags(out, dataset, column);
    if (column->labels) kj_h5out_text(out, dataset, "kedja_labels", column->labels);
    kj_h5out_text(out, dataset, "kedja_type", kj_type_name(column->type));
    kj_h5out_i32(out, dataset, "kedja_flags", (int32_t)column->flags);
    double range[2] = {column->min, column->max};
    kj_h5out_numbers(out, dataset, "kedja_range", H5T_IEEE_F64LE, 2, range);
    if (*column->ref) kj_h5out_text(out, dataset, "kedja_ref", column->ref);
    if (column->origin && *column->origin) kj_h5out_text(out, dataset, "origin", column->origin);
    if (column->source && *column->source) kj_h5out_text(out, dataset, "source", column->source);
}

const char *kj_cf_layer_name(const char *column) { return strcmp(column, "area") ? column : "area_row"; }
const char *kj_cf_layer_column(const char *layer) { return strcmp(layer, "area_row") ? layer : "area"; }

hid_t kj_cf_layer(kj_h5out *out, const kj_cf_axes *axes, const kj_column *column, bool timed,
                  kj_h5shape *shape)
{
    hsize_t ny = (hsize_t)axes->ny, nx = (hsize_t)axes->nx;
    if (timed)
        *shape = (kj_h5shape){.rank = 3, .dims = {axes->n_times, ny, nx}};
    else
        *shape = (kj_h5shape){.rank = 2, .dims = {ny, nx}};
    kj_h5shape_plan(shape, kj_type_bytes(column->type));
    if (timed)
        shape->chunked = true; /* the packed file takes over the chunks of the year files */
    else
        shape->chunk[1] = nx < 256 ? nx : 256;
    /* "Not reachable" (INT32_MAX) is no distance: tell other programs where the declared range reaches it. */
    int32_t unreachable = INT32_MAX;
    bool masked = column->type == KJ_I32 && column->max >= (double)INT32_MAX;
    hid_t dataset = kj_h5out_dataset(out, out->file, kj_cf_layer_name(column->name), kj_h5_type(column->type), shape,
                                     masked ? &unreachable : NULL);
    if (masked) kj_h5out_i32(out, dataset, "_FillValue", unreachable);
    const hid_t scales[3] = {axes->time, axes->y, axes->x};
    kj_h5out_axes(out, dataset, timed ? 3 : 2, timed ? scales : scales + 1);
    kj_cf_describe(out, dataset, column);
    kj_h5out_text(out, dataset, "grid_mapping", "crs");
    return dataset;
}
