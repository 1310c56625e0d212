/* A hindcast of people by statistical area: runs held against the counts of maps/countries/CC/observed_areas.csv, beside two simple rules. */
#ifndef KEDJA_VALIDATE_AREAS_H
#define KEDJA_VALIDATE_AREAS_H

#include "../base/error.h"

enum { KJ_AREA_YEARS_MAX = 32, KJ_AREA_RUNS_MAX = 32 };

/* Mean absolute errors over the areas, in persons, on 31 December of one year. The rules are told the year's total of all areas. */
typedef struct kj_area_error {
    int32_t year;
    double observed, simulated; /* persons in all areas; simulated: mean over the runs */
    double model;               /* as the runs are; mean over the runs */
    double model_low, model_high; /* 95 % interval of that mean for luck; NaN with one run */
    double scaled;              /* the runs brought to the observed total */
    double shares;              /* each area keeps its share of the start */
    double per_home;            /* each area keeps its persons a home of the start, its homes are those observed */
} kj_area_error;

typedef struct kj_area_row {
    char code[32], name[96];
    double start, observed, simulated; /* persons, start and last year */
} kj_area_row;

typedef struct kj_area_check {
    int32_t start_year, n_runs;
    uint32_t n_years, n_areas;
    kj_area_error error[KJ_AREA_YEARS_MAX];
    kj_area_row *area; /* owned */
} kj_area_check;

/* KJ_E_INPUT: no counts for the areas of the runs at their start and later, runs of different maps, years, scenarios or settings,
   two runs with one seed, a damaged table. */
kj_status kj_area_check_runs(kj_error *err, const char *const *paths, int32_t n, kj_area_check *out);
void kj_area_check_free(kj_area_check *check);

#endif
