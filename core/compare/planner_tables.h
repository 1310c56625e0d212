/* Tables as planners keep them: what is counted down the side, years across, three past and twelve ahead. One form for
   all of them, so that terminal, CSV, JSON and the report show the same figures. */
#ifndef KEDJA_COMPARE_PLANNER_TABLES_H
#define KEDJA_COMPARE_PLANNER_TABLES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "../io/first_full.h"

enum { KJ_PLANNER_KEYS = 3 };

/* One row of a definition: a sum of columns (less others), times scale, over the sum of others where there are any. Text is
   English, to be translated. */
typedef struct kj_planner_measure {
    const char *label, *unit;
    int decimals;
    double scale;
    int service;           /* kj_service_kind of the table service; -1: the table's own columns */
    const char *add[3], *minus[5], *over[3];
    bool of_several; /* left out on a map of one municipality */
    bool users;      /* of a facility: the first full year stands with them */
    bool if_any;     /* left out where there never is any */
    const char *danish; /* its label on a Danish map, where tenures have names of their own; NULL: the same */
} kj_planner_measure;

typedef struct kj_planner_def {
    const char *id, *title, *note; /* title and note: English, to be translated */
    const char *entity;            /* table of the run whose rows are listed */
    uint32_t kinds;                /* facilities: bits of kj_facility_kind; 0 all */
    const kj_planner_measure *measures;
    uint32_t n_measures;
    bool norms; /* its figures rest on norms: how many are assumed is said with it */
} kj_planner_def;

extern const kj_planner_def kj_planner_defs[];
extern const uint32_t kj_n_planner_defs;
/* NULL if there is none of that name. */
const kj_planner_def *kj_planner_def_named(const char *name);

enum { KJ_PLANNER_KEY_TEXT = 96 };

typedef struct kj_planner_row {
    char key[KJ_PLANNER_KEYS][96];
    uint32_t translate; /* bit k: key k is one of our English texts */
    char told[96];      /* of a policy: its title in the language set; "" else. Keys are names */
    const char *unit;   /* English, to be translated */
    int decimals;
    bool full;          /* carries the first full year of its facility */
    double *values;     /* by year shown; NaN: not there in that year */
    int32_t first_full; /* from `now` to the end of the run (io/first_full.h); 0 none */
} kj_planner_row;

typedef struct kj_planner_table {
    const kj_planner_def *def;
    const char *head[KJ_PLANNER_KEYS]; /* "area", "age", "measure"; NULL: no more keys */
    bool has_full;
    char norms[600]; /* which norms are assumed; "" for a table that rests on none, or an older run */
    int32_t *years, now; /* the last year that counts as past */
    uint32_t n_years, n_rows, capacity;
    kj_planner_row *rows;
} kj_planner_table;

/* now 0: the first recorded year + 3. KJ_E_INPUT: no table of that name (the nearest is named), a year outside the run, or
   a run without the columns. Free also after a failure. */
kj_status kj_planner_table_read(kj_error *err, const kj_runread *run, const char *name, int32_t now, kj_planner_table *out);
/* A key as people read it, in the language set. own: KJ_PLANNER_KEY_TEXT bytes, used if need be. */
const char *kj_planner_key_text(const kj_planner_row *row, int key, char own[KJ_PLANNER_KEY_TEXT]);
void kj_planner_table_free(kj_planner_table *table);
json_t *kj_planner_table_json(const kj_planner_table *table);

#endif
