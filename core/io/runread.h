/* Reading a run: a packed run file, or one year file of it (the same with one year and without KJ_FINAL columns). */
#ifndef KEDJA_IO_RUNREAD_H
#define KEDJA_IO_RUNREAD_H

#include <kedja/map.h>
#include <kedja/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "../base/error.h"
#include "runfile.h"

typedef struct kj_runread kj_runread;

/* A layer or a column of a table. Texts are never NULL and live as long as the file is open. */
typedef struct kj_run_column {
    const char *name, *unit, *long_name;
    const char *labels; /* names of the values 0, 1, 2 … separated by spaces, "" if it has none */
    const char *origin; /* "real", "derived", "synthetic" or "" */
    const char *source; /* where the map's values come from, or "" */
    const char *ref;    /* KJ_ID: table */
    kj_type type;
    uint32_t flags; /* KJ_RECORD, KJ_FLOW, KJ_FINAL … as declared */
    bool yearly;    /* one set of values a year; otherwise one for the whole run */
} kj_run_column;

typedef struct kj_run_table {
    const char *name, *long_name;
    uint32_t n_rows; /* all rows that ever were recorded, in order of id */
    const kj_id *ids;
    const kj_run_column *columns;
    uint32_t n_columns;
} kj_run_table;

/* KJ_E_INPUT: no file, no Kedja run (says what was expected and found), damaged, or an unfinished run: a folder PATH.d,
   or PATH itself being one; then the message says how to resume it. */
kj_status kj_runread_open(kj_error *err, const char *path, kj_runread **out);
/* The file of that name, even while a new run that will replace it is unfinished. */
kj_status kj_runread_open_file(kj_error *err, const char *path, kj_runread **out);
void kj_runread_close(kj_runread *run); /* NULL is fine */

const char *kj_runread_path(const kj_runread *run);
const kj_run_info *
kj_runread_info(const kj_runread *run);          /* provenance, state hash; lives as long as the file is open */
bool kj_runread_complete(const kj_runread *run); /* a packed run, not one year of it */
const kj_grid *kj_runread_grid(const kj_runread *run);
/* What makes a world, whatever the seed: the scenario's text, every setting, the journal, and the texts of the policies that were on. JSON text
   (free()); NULL: out of memory. */
char *kj_world_signature(const kj_runread *run);

/* Recorded years in order; the first is the start state (31 December). */
uint32_t kj_runread_n_years(const kj_runread *run);
const int32_t *kj_runread_years(const kj_runread *run);
/* Index of a year, -1 if it was not recorded. */
int32_t kj_runread_year_index(const kj_runread *run, int32_t year);
/* State hash at the end of a recorded year. */
const char *kj_runread_year_hash(const kj_runread *run, uint32_t year_index);

uint32_t kj_runread_n_layers(const kj_runread *run);
const kj_run_column *kj_runread_layer_at(const kj_runread *run, uint32_t index);
const kj_run_column *kj_runread_layer_named(const kj_runread *run, const char *name); /* NULL if there is none */
uint32_t kj_runread_n_tables(const kj_runread *run);
const kj_run_table *kj_runread_table_at(const kj_runread *run, uint32_t index);
const kj_run_table *kj_runread_table_named(const kj_runread *run, const char *name);
const kj_run_column *kj_run_table_column(const kj_run_table *table, const char *name);

/* Values of a layer (nx * ny) or column (n_rows) of one year into `out`, converted to `type` (any but KJ_TEXT; values
   that do not fit are clipped). year_index is not looked at for values that are not yearly. A row that did not exist in
   that year reads as kj_recorded_fill_value of the column's own type. KJ_E_INPUT with the nearest name for an unknown
   one. */
kj_status kj_runread_layer(kj_error *err, const kj_runread *run, const char *name, uint32_t year_index, kj_type type,
                           void *out);
kj_status kj_runread_column(kj_error *err, const kj_runread *run, const char *table, const char *column,
                            uint32_t year_index, kj_type type, void *out);
/* All years of a yearly column at once: [n_years][n_rows]. */
kj_status kj_runread_series(kj_error *err, const kj_runread *run, const char *table, const char *column, kj_type type,
                            void *out);
/* Texts of a KJ_TEXT column, n_rows of them, valid until close. */
kj_status kj_runread_texts(kj_error *err, kj_runread *run, const char *table, const char *column,
                           const char *const **texts);

#endif
