/* The country's tables that a start population is made from (maps/countries/CC/start_*.csv). */
#ifndef KEDJA_MAP_COUNTRY_H
#define KEDJA_MAP_COUNTRY_H

#include "../base/error.h"
#include "recipe.h"

typedef struct kj_country {
    double population[2][KJ_AGES]; /* share of all */
    double at_home[2][KJ_AGES];    /* share who live with a parent as its child */
    double partner[2][KJ_AGES];    /* share who live with a partner; with at_home at most 1 */
    double employed[KJ_AGES];
    double earned[KJ_AGES]; /* SEK/year of an employed person */
    double kind_share[KJ_HH_COUNT];
    double rooms[KJ_DWELLING_KIND_COUNT][8]; /* share by 1..7 rooms */
    double area_m2[KJ_DWELLING_KIND_COUNT][8];
    double affinity[13][7];
} kj_country;

kj_status kj_country_read(kj_error *err, const char *code, kj_country *out);

#endif
