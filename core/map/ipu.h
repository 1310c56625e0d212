/* Weights of sample households that meet margins of households and of persons at once, and whole numbers from them.
   Independent of maps. Iterative proportional updating: Ye, Konduri, Pendyala, Sana & Waddell 2009. */
#ifndef KEDJA_MAP_IPU_H
#define KEDJA_MAP_IPU_H

#include <stdint.h>

#include "../base/error.h"

/* Sample households and what each adds to each margin, row by row: entries first[t] … first[t + 1] - 1. */
typedef struct kj_ipu {
    uint32_t n_types, n_margins;
    const uint32_t *first;  /* [n_types + 1] */
    const uint16_t *margin; /* [first[n_types]] */
    const uint8_t *amount;  /* > 0 */
    const double *target;   /* [n_margins]; below 0: not asked for */
    const double *weight_of; /* [n_margins]: how much a deviation matters in rounding; NULL: 1 each */
} kj_ipu;

/* weight: prior in (> 0), fitted out. Margins are met in turn until none is off by more than tolerance (or 1e-3 of itself), at most max_rounds times.
   A margin that no type adds to stays unmet. *worst (may be NULL): greatest deviation at the end. */
void kj_ipu_fit(const kj_ipu *problem, uint32_t max_rounds, double tolerance, double *weight, double *worst);

/* n whole households: count[t] of each type, near the weights (largest remainders in the order of the types, spread
   evenly), then single households are exchanged while that brings the margins nearer (sum of weight_of * deviation² /
   target). `key` sets the luck; the same key gives the same result. KJ_E_MEMORY, KJ_E_RANGE: no type has a weight. */
kj_status kj_ipu_round(kj_error *err, const kj_ipu *problem, const double *weight, uint32_t n, uint64_t key,
                       int32_t *count);

#endif
