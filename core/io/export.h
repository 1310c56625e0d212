/* Out of a map or a run into formats that others read: layers as rasters or polygons, tables as CSV or with their
   places, catchments. Every file appears whole or not at all. */
#ifndef KEDJA_IO_EXPORT_H
#define KEDJA_IO_EXPORT_H

#include "../draw/language.h"
#include "dataset.h"

/* Protection of published tables. Counts from 1 to min_cell - 1 are left out, and the smallest others too where a sum would give them away: the
   total of a municipality, or a whole beside its parts in the row. round_base: the other counts
   go to a multiple of it, up or down by a draw keyed by table, column, row and year, so that the expected value stays
   and a repeated export says the same. */
typedef struct kj_disclosure {
    int32_t min_cell;   /* 0 or 1: off */
    int32_t round_base; /* 0 or 1: off */
} kj_disclosure;

/* A table in memory, ready to be written: values and texts by column, with what is missing. */
typedef struct kj_frame_column {
    char name[KJ_NAME_MAX];
    bool is_text, is_whole, is_money; /* money: SEK, with two decimals */
    double *value;     /* owned; NULL for texts */
    const char **text; /* owned array; NULL for numbers */
    char *buffer;      /* owned; what texts may point into */
    uint8_t *missing;  /* owned */
    uint8_t *left_out; /* owned; by protection */
    bool counts;       /* of persons, households, homes …: protected */
} kj_frame_column;

typedef struct kj_frame {
    char name[KJ_NAME_MAX];
    uint32_t n_rows, n_columns;
    kj_id *ids;     /* owned */
    int32_t *group; /* owned; what the row adds up with: municipality, of facilities with the kind; 0 */
    kj_frame_column *columns;
    uint32_t n_left_out; /* by protection */
} kj_frame;

/* Rows that were there in the year, with words for coded values, dates as YYYY-MM, ids for rows, and money in SEK. KJ_E_INPUT: a
   table with one row a person or household is asked for with protection. */
kj_status kj_frame_read(kj_error *err, const kj_dataset *set, const char *table, uint32_t year_index,
                        const kj_disclosure *protection, kj_frame *out);
void kj_frame_free(kj_frame *frame);
/* Leaves out and rounds; called by kj_frame_read. */
kj_status kj_frame_protect(kj_error *err, kj_frame *frame, const kj_disclosure *protection, int32_t year);

/* One CSV, written as kj_csv_to does for `readers`: `year` and `id` first, then the columns; n_years of them from first_year. Beside
   it PATH.txt: what the columns mean and where they come from. */
kj_status kj_export_csv(kj_error *err, const kj_dataset *set, const char *table, uint32_t first_year, uint32_t n_years,
                        const kj_disclosure *protection, kj_language readers, const char *path);

typedef enum kj_vector_format { KJ_VECTOR_GPKG = 0, KJ_VECTOR_GEOJSON = 1 } kj_vector_format;

/* The rest needs GDAL: built without it, KJ_E_FAILED says so. */

/* GeoTIFF, or cloud-optimised (COG): values of the layer's own type, its place, no-data value, unit, names of classes,
   origin. */
kj_status kj_export_raster(kj_error *err, const kj_dataset *set, const char *layer, uint32_t year_index, bool cog,
                           const char *path);
/* Equal neighbouring values of a whole-numbered layer as polygons. */
kj_status kj_export_zones(kj_error *err, const kj_dataset *set, const char *layer, uint32_t year_index,
                          kj_vector_format format, const char *path);
/* Tables with their places: areas and municipalities as polygons, what stands on a cell as points, vacancies also as
   lines from the home that was filled to the one that was freed (layer vacancy_links). GeoJSON: one table. */
kj_status kj_export_places(kj_error *err, const kj_dataset *set, const char *const *tables, uint32_t n_tables,
                           uint32_t year_index, const kj_disclosure *protection, kj_vector_format format,
                           const char *path);
/* Which open facility of a kind (word of KJ_FACILITY_KIND_LABELS) is nearest on foot, as one polygon a facility. */
kj_status kj_export_catchments(kj_error *err, const kj_dataset *set, const char *kind, uint32_t year_index,
                               kj_vector_format format, const char *path);

#endif
