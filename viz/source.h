/* Where the viewer's figures come from: a run file, or the snapshots of a simulation that is still running. Both answer
   the same questions, by the names that run files use. The viewer never sees live tables. */
#ifndef KEDJA_VIZ_SOURCE_H
#define KEDJA_VIZ_SOURCE_H

#include <kedja/map.h>
#include <kedja/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "../core/base/error.h"

/* Texts live as long as the source. */
typedef struct kj_source_facts {
    const char *title[3]; /* of the scenario: en, sv, da; "" where it has none */
    const char *scenario, *map_name, *map_title, *map_country, *version, *sources, *options_json, *plugins;
    const char *state_hash; /* of the last year; may be "" while a simulation runs */
    uint64_t seed;
    kj_grid grid;
} kj_source_facts;

typedef struct kj_source {
    void *self;
    const kj_source_facts *(*facts)(void *self);
    /* Recorded years in order; grows while a simulation runs. */
    int32_t (*n_years)(void *self);
    int32_t (*year_at)(void *self, int32_t index);
    uint32_t (*n_rows)(void *self, const char *table); /* 0 if there is no such table; "cell" has nx * ny */
    bool (*has)(void *self, const char *table, const char *column);
    bool (*is_yearly)(void *self, const char *table, const char *column);
    /* n_rows values of one year converted to `type`; a row that was not there yet reads as the fill value of its type
       (converted). KJ_E_INPUT if there is no such column. */
    kj_status (*read)(kj_error *err, void *self, const char *table, const char *column, int32_t year_index, kj_type type,
                      void *out);
    /* NULL if there is no such column of texts. */
    const char *const *(*texts)(void *self, const char *table, const char *column);
    /* "real", "derived", "synthetic" or "". */
    const char *(*origin)(void *self, const char *table, const char *column);
    void (*close)(void *self);
    /* Ensembles alone, else NULL: how many runs, and a column of the municipalities (their sum) of each, [run][year]. */
    int32_t (*n_members)(void *self);
    kj_status (*read_members)(kj_error *err, void *self, const char *column, double *out);
} kj_source;

/* A finished run. KJ_E_INPUT as kj_runread_open. */
kj_status kj_source_open_ensemble(kj_error *err, const char *path, kj_source *out);
kj_status kj_source_open_run(kj_error *err, const char *path, kj_source *out);

#endif
