/* What a vision (demography.vision_population) demands each year, what came and what is lacking: as a run reckons it and as its file keeps it among its figures. */
#ifndef KEDJA_IO_DEMANDS_H
#define KEDJA_IO_DEMANDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "runread.h"

typedef enum kj_demand { KJ_DEMAND_DWELLINGS = 0, KJ_DEMAND_IN_MIGRANTS, KJ_DEMAND_JOBS, KJ_DEMAND_PLACES, KJ_DEMAND_STAFF, KJ_DEMANDS } kj_demand;

/* key: "dwellings", in figures and tables of a run; name and unit in English, to be translated: "New homes", "homes". */
typedef struct kj_demand_words {
    const char *key, *name, *unit;
} kj_demand_words;
extern const kj_demand_words kj_demand_kinds[KJ_DEMANDS];

/* NaN where the model has no such figure. In the unit of the demand. */
typedef struct kj_demand_year {
    int32_t year;
    double demanded[KJ_DEMANDS], came[KJ_DEMANDS];
} kj_demand_year;

enum { KJ_DEMAND_YEARS = 128 }; /* as many are told, from the first on */

typedef struct kj_demands {
    int64_t population; /* 0: no vision */
    int32_t vision_year;
    uint32_t n_years; /* 0 besides a vision: a run of no year, or of an older version */
    kj_demand_year years[KJ_DEMAND_YEARS];
} kj_demands;

/* What did not come; 0 where as much or more did; NaN where it is not known. */
double kj_demand_lacking(double demanded, double came);

/* How many years the means are of: those up to the year of the vision, the first in any case. */
uint32_t kj_demands_counted(const kj_demands *demands);
/* Means a year of these. false where nothing is known of the demand. */
bool kj_demands_mean(const kj_demands *demands, kj_demand demand, double *demanded, double *came);

/* { "population", "year", "years": [{ "year", "dwellings": { "demanded", "came", "lacking" }, … }] } */
json_t *kj_demands_json(const kj_demands *demands);
/* From the figures of a finished run, as kj_demands_json wrote them. */
void kj_demands_read(const kj_runread *run, kj_demands *out);

#endif
