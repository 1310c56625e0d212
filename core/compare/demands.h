/* What a vision demanded each year, what came and what was lacking, as a run kept it among its figures (core/run/vision.h). */
#ifndef KEDJA_COMPARE_DEMANDS_H
#define KEDJA_COMPARE_DEMANDS_H

#include <stdbool.h>
#include <stdint.h>

#include "../io/runread.h"

enum { KJ_DEMAND_KINDS = 5 };

typedef struct kj_demand_year {
    int32_t year;
    double demanded[KJ_DEMAND_KINDS], came[KJ_DEMAND_KINDS], lacking[KJ_DEMAND_KINDS]; /* NaN: not known */
} kj_demand_year;

typedef struct kj_demands {
    bool has_vision; /* n_years 0 besides: a run of an older version, or of no year */
    int32_t vision_year;
    uint32_t n_years;
    kj_demand_year *years;
} kj_demands;

/* Name and unit of a kind, in English, to be translated: "New homes", "homes". */
typedef struct kj_demand_words {
    const char *key, *name, *unit;
} kj_demand_words;
extern const kj_demand_words kj_demand_kinds[KJ_DEMAND_KINDS];

kj_status kj_demands_read(kj_error *err, const kj_runread *run, kj_demands *out);
void kj_demands_free(kj_demands *demands);

/* Means a year up to the year of the vision. false where nothing is known of the kind. */
bool kj_demands_mean(const kj_demands *demands, uint32_t kind, double *demanded, double *came);

#endif
