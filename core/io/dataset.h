/* One way to read a map and a run: layers and tables with their columns, for export, pictures and checks. */
#ifndef KEDJA_IO_DATASET_H
#define KEDJA_IO_DATASET_H

#include "../space/grid.h"
#include "runread.h"

typedef struct kj_dataset {
    kj_runread *run;   /* owned; NULL: a map */
    const kj_map *map; /* not owned */
    kj_grid grid;
    char title[256], origin[512]; /* what it is; where it comes from, one line with digest or state hash */
    int32_t *years; /* recorded ones; a map has one, that of its start */
    uint32_t n_years;
    kj_run_table layers; /* table `cell`: one column a layer */
    kj_run_table *tables;
    uint32_t n_tables;
} kj_dataset;

/* Both fill `out`, to be closed. A run: KJ_E_INPUT as kj_runread_open. A map must outlive the dataset. */
kj_status kj_dataset_of_run(kj_error *err, const char *path, kj_dataset *out);
kj_status kj_dataset_of_map(kj_error *err, const kj_map *map, kj_dataset *out);
void kj_dataset_close(kj_dataset *set);

/* Index of a year; 0 asks for the last. KJ_E_INPUT with the years that are there. */
kj_status kj_dataset_year(kj_error *err, const kj_dataset *set, int32_t year, uint32_t *index);
/* KJ_E_INPUT with the nearest name and all names. */
kj_status kj_dataset_layer(kj_error *err, const kj_dataset *set, const char *name, const kj_run_column **out);
kj_status kj_dataset_table(kj_error *err, const kj_dataset *set, const char *name, const kj_run_table **out);

/* Values of a layer, nx * ny of its own type. */
kj_status kj_dataset_cells(kj_error *err, const kj_dataset *set, const kj_run_column *layer, uint32_t year_index,
                           void *out);
/* Values of a column that holds no texts, one a row; *missing (may be NULL) is 1 where the row was not there in that year. */
kj_status kj_dataset_values(kj_error *err, const kj_dataset *set, const kj_run_table *table,
                            const kj_run_column *column, uint32_t year_index, double *out, uint8_t *missing);
/* Texts of a KJ_TEXT column, one a row; the array is yours (free), the texts live as long as the dataset. */
kj_status kj_dataset_texts(kj_error *err, const kj_dataset *set, const kj_run_table *table, const kj_run_column *column,
                           const char ***out);

#endif
