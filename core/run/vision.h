/* What a vision demands each year (demography.vision_population), beside what came and what is lacking. */
#ifndef KEDJA_RUN_VISION_H
#define KEDJA_RUN_VISION_H

#include <jansson.h>

#include "../engine/sim.h"

typedef enum kj_demand { KJ_DEMAND_DWELLINGS = 0, KJ_DEMAND_IN_MIGRANTS, KJ_DEMAND_JOBS, KJ_DEMAND_PLACES, KJ_DEMAND_STAFF, KJ_DEMANDS } kj_demand;

/* NaN where the model has no such figure. In the unit of the demand: homes, persons, jobs, school places, posts. */
typedef struct kj_vision_year {
    int32_t year;
    double demanded[KJ_DEMANDS], came[KJ_DEMANDS];
} kj_vision_year;

enum { KJ_VISION_YEARS = 128 }; /* as many are told, from the first on */

typedef struct kj_vision {
    int64_t population; /* 0: no vision */
    int32_t year;
    int32_t n_years;
    kj_vision_year years[KJ_VISION_YEARS];
} kj_vision;

/* Of the years that the run has behind it, also before a restart. The model plans homes, in-migrants and jobs anew each January
   (plugins/demography/MODEL.md); pupils and posts grow with the homes, as many a household as there were the December before. */
kj_status kj_vision_read(kj_error *err, kj_sim *sim, kj_vision *out);

/* What of a demand did not come; 0 where as much or more did. */
double kj_vision_lacking(double demanded, double came);

/* "dwellings", as in the JSON. */
const char *kj_demand_key(kj_demand demand);
/* { "population", "year", "years": [{ "year", "dwellings": { "demanded", "came", "lacking" }, … }] } */
json_t *kj_vision_json(const kj_vision *vision);

#endif
