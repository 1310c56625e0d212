/* Shared by merge.c, merge_tables.c and merge_maps.c. */
#ifndef KEDJA_BATCH_MERGE_INTERNAL_H
#define KEDJA_BATCH_MERGE_INTERNAL_H

#include "../io/cf.h"
#include "../io/runread.h"
#include "groups.h"
#include "merge.h"
#include "statistics.h"

/* A column that is merged. */
typedef struct merge_column {
    char name[KJ_NAME_MAX];
    char *unit, *long_name;
    bool full_year; /* derived: first year in which pupils filled all places */
    uint32_t n_times;
    double *values; /* of the batch in work: [n_merged][n_times][n_rows]; NAN: not there */
} merge_column;

/* Rows are told apart by id and name: the same id may be another school in another member. */
typedef struct merge_table {
    char name[KJ_NAME_MAX];
    uint32_t n_rows, n_columns;
    uint32_t *ids;
    char **names, **codes; /* "" where the table has none */
    merge_column *columns;
    hid_t *in_group, *in_contrast, in_members; /* of the output file */
} merge_table;

typedef struct merger {
    const kj_plan *plan;
    kj_groups groups;
    kj_member_look *looks;         /* [n_members] */
    uint32_t *member, n;           /* those that are merged */
    int32_t *years, n_years;
    kj_grid grid;
    char boundary[256], map_country[24]; /* of the first member */
    char *titles; /* of policies and their parameters, [en, sv, da], JSON; owned, NULL: none */
    char *shown; /* what the plugins of the first member show (kedja/draft/view.h), JSON; owned, NULL: nothing */
    merge_table *tables;
    uint32_t n_tables;
    kj_h5out out;
    kj_cf_axes axes;
    hid_t statistic, difference, member_scale, members;
    double *figure;  /* [n_members]: inhabitants of the last year; NAN: missing */
    double *scratch; /* of write_contrast, and a value a member */
    void (*progress)(void *data, double share);
    void *data;
    uint32_t n_opens, n_opened;    /* for the progress */
} merger;

kj_status merge_open_run(kj_error *err, merger *g, uint32_t index, kj_runread **run);

/* merge_tables.c */
kj_status merge_choose_columns(kj_error *err, merger *g, const kj_runread *first);
/* Adds a member's rows to those known. */
kj_status merge_add_rows(kj_error *err, merger *g, kj_runread *run);
uint32_t merge_n_batches(const merger *g);
kj_status merge_write_tables(kj_error *err, merger *g);
void merge_free_tables(merger *g);

/* merge_error.c */
/* What the experiment says of the model's error in this column; NULL: nothing. */
const kj_model_error *merge_error_of(const merger *g, const merge_table *t, const merge_column *c);
/* figures: a group's statistics of this column, [KJ_STATS][n_times][n_rows]; afterwards with the error laid over the members' spread. */
kj_status merge_widen(kj_error *err, merger *g, const merge_table *t, const merge_column *c, const kj_model_error *error, const kj_group *group, double *figures);

/* merge_sensitivity.c */
kj_status merge_read_figure(kj_error *err, merger *g, const kj_runread *run, uint32_t index);
kj_status merge_write_sensitivity(kj_error *err, merger *g);

/* merge_maps.c */
typedef struct merge_maps merge_maps;
kj_status merge_maps_begin(kj_error *err, const merger *g, const kj_runread *first, merge_maps **out);
kj_status merge_maps_add(kj_error *err, const merger *g, merge_maps *maps, const kj_runread *run, uint32_t index);
void merge_maps_write(merger *g, merge_maps *maps);
void merge_maps_free(merge_maps *maps);

#endif
