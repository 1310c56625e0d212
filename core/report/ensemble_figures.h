/* What the page of an ensemble shows, read from a merged file. Settings by their declared titles in the language set. */
#ifndef KEDJA_REPORT_ENSEMBLE_FIGURES_H
#define KEDJA_REPORT_ENSEMBLE_FIGURES_H

#include <kedja/map.h>
#include <stdbool.h>
#include <stdint.h>

#include "../base/error.h"
#include "../io/observed.h"
#include "run_figures.h"
#include "sensitivity_picture.h"

enum { KJ_ENSEMBLE_CONTRASTS_MAX = 12, KJ_ENSEMBLE_COVERS = 4 };

typedef struct kj_ensemble_contrast {
    char label[160];                 /* "Densify: on" */
    double mean, low, high, wide_low, wide_high; /* inhabitants in the last year */
} kj_ensemble_contrast;

typedef struct kj_ensemble_school {
    char name[96];
    double share;         /* of members in which it gets full */
    double low, middle, high; /* first full year: 10 %, 50 %, 90 %; infinite: not before the end */
    double n;             /* members in which the school is there */
} kj_ensemble_school;

/* Inhabitants of an area: at the start and in the last year. */
typedef struct kj_ensemble_area {
    char name[96];
    double start, low, middle, high; /* 10 %, 50 %, 90 % of members */
    double error_low, error_high;    /* with the model's own error laid over; NAN: the file states none */
} kj_ensemble_area;

typedef struct kj_ensemble_figures {
    struct json_t *titles; /* of policies and factors; NULL: the file keeps none */
    char title[3][256];
    char map_title[256], map_digest[33], version[48];
    char covers[KJ_ENSEMBLE_COVERS][1024]; /* chance, assumptions, plans, model: what varied, "" for a kind that the spread leaves out */
    int32_t covers_seeds; /* lots of luck that replicates bring */
    char covers_english[2048]; /* the same as one sentence, for files without the list */
    int32_t n_members, n_merged, first_year, last_year;
    bool paired;
    int32_t n_times;
    double *years;        /* [n_times] */
    double *population;   /* [n_merged][n_times] */
    double *low, *middle, *high; /* [n_times]: 10 %, 50 %, 90 % */
    kj_observed observed; /* counts of inhabitants; n 0: none, or several municipalities */
    kj_ensemble_contrast contrast[KJ_ENSEMBLE_CONTRASTS_MAX];
    int32_t n_contrasts;
    kj_sensitivity_picture *sensitivity; /* NULL: the design measures none */
    bool knows_schools; /* the experiment kept pupils and places */
    kj_ensemble_school *school; /* most likely full first */
    int32_t n_schools, n_full_now, now; /* those full in the year called now in 90 % of members are only counted */
    kj_ensemble_area *area; /* largest change first */
    int32_t n_areas;
    kj_named_place *places; /* by inhabitants at the start, largest first; none where the file does not say where areas lie */
    int32_t n_places;
    char error_percent[512]; /* of inhabitants by area after 1, 2 … years, "2.58 4.15"; "": none */
    kj_grid grid;
    float *built;         /* [cells]; NULL: the file has no maps */
    int32_t built_year;
} kj_ensemble_figures;

kj_status kj_ensemble_figures_read(kj_error *err, const char *path, kj_ensemble_figures *out);
void kj_ensemble_figures_free(kj_ensemble_figures *figures);

#endif
