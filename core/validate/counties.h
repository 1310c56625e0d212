/* A hindcast of people by county: rates fitted up to one year, the years after it projected by cohorts, beside shares as they were. The rules
   are those by which plugins/demography carries people from year to year (half a year's rate of the age behind, half of the age ahead;
   its test tests/oracle/test_cohort.c holds the plugin against them), so that a miss is a miss of the rates, not of luck. */
#ifndef KEDJA_VALIDATE_COUNTIES_H
#define KEDJA_VALIDATE_COUNTIES_H

#include "../base/error.h"

enum { KJ_COUNTY_GROUPS = 9, KJ_COUNTY_YEARS = 3, KJ_COUNTIES_MAX = 64, KJ_COUNTY_FIT_YEARS = 20, KJ_COUNTY_LEVEL_YEARS = 5, KJ_COUNTY_TREND_YEARS = 15 };

/* Mean absolute errors over the counties, per cent of the people observed. */
typedef struct kj_county_group {
    const char *name; /* ages, or "all" */
    double model[KJ_COUNTY_YEARS], shares[KJ_COUNTY_YEARS];
} kj_county_group;

typedef struct kj_county_hindcast {
    int32_t fitted_to, year[KJ_COUNTY_YEARS], n_counties;
    double trend[2]; /* of mortality a year: women, men */
    double boys;     /* share of births, counted in the fitted years */
    kj_county_group group[KJ_COUNTY_GROUPS];
} kj_county_hindcast;

/* folder: population.csv, deaths.csv (region, year, sex, age, count; ages 0 to 100+, 31 December) and births_by_mother_age.csv (sex of the child),
   each also with .gz behind its name. Fertility and net migration are means of the last KJ_COUNTY_FIT_YEARS years up to `fitted_to`, mortality has
   the level of the last KJ_COUNTY_LEVEL_YEARS and the trend of KJ_COUNTY_TREND_YEARS. The baseline is told the observed sum of all counties; each
   county and age keeps its share of it. KJ_E_INPUT: a file or column is missing, a wrong age, a county without figures for a year that is needed. */
kj_status kj_county_hindcast_run(kj_error *err, const char *folder, int32_t fitted_to, kj_county_hindcast *out);

#endif
