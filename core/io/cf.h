/* What makes an HDF5 file of ours a netCDF-4 file with CF conventions: coordinates, grid mapping, descriptions. */
#ifndef KEDJA_IO_CF_H
#define KEDJA_IO_CF_H

#include "../space/grid.h"
#include "../table/table.h"
#include "h5out.h"

typedef struct kj_cf_axes {
    hid_t time, y, x; /* dimension scales in the root group; time is -1 without a time axis */
    uint32_t n_times;
    int32_t ny, nx;
} kj_cf_axes;

/* Conventions, title, source (program and version), kind of file and format version: the root attributes by which our
   readers know the file. */
void kj_cf_root(kj_h5out *out, const char *kind, const char *title);

/* Writes time (if n_years; 31 December of each year), year, y, x and crs. KJ_E_INPUT for an unknown
   coordinate system. */
kj_status kj_cf_axes_write(kj_error *err, kj_h5out *out, const kj_grid *grid, uint32_t n_years, const int32_t *years,
                           kj_cf_axes *axes);
void kj_cf_axes_close(kj_cf_axes *axes);
/* The grid that was written so. KJ_E_INPUT: it is missing or cannot be. */
kj_status kj_cf_grid_read(kj_error *err, const char *path, hid_t file, kj_grid *out);

/* Makes a layer [time, y, x] (timed) or [y, x] with all its attributes. The caller fills and closes it. */
hid_t kj_cf_layer(kj_h5out *out, const kj_cf_axes *axes, const kj_column *column, bool timed,
                  kj_h5shape *shape);

/* Attributes of a column: long_name, units, flag_values and flag_meanings, origin, source, and ours that carry type,
   flags, range and reference. */
void kj_cf_describe(kj_h5out *out, hid_t dataset, const kj_column *column);

/* Days from 31 December 1900 to 31 December of a year (Gregorian). */
int32_t kj_cf_days(int32_t year);

/* A type as files name it (kj_type_name); 0 for an unknown name. */
kj_type kj_cf_type_of(const char *name);

/* Name of a layer in the root group, and the column that it holds. They differ only where a table's group has the name:
   cell.area (rows of table `area`) is the layer `area_row`. */
const char *kj_cf_layer_name(const char *column);
const char *kj_cf_layer_column(const char *layer);

#endif
