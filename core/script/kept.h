/* The records in what a simulation keeps for policies (kj_sim_kept): what each policy changed in a year, and the indicators of past years. */
#ifndef KEDJA_SCRIPT_KEPT_H
#define KEDJA_SCRIPT_KEPT_H

#include "../engine/sim.h"

typedef enum kept_kind { KEPT_CHANGE = 1, KEPT_INDICATORS = 2 } kept_kind;

/* What every record begins with; `bytes` leads to the next and is a multiple of 8. */
typedef struct kept_head {
    uint32_t bytes, kind;
    int32_t year;
    uint32_t of; /* a policy's place in the scenario, or a table's in the store */
} kept_head;

/* How often a policy did one thing in a year. */
typedef struct kept_change {
    kept_head head;
    int64_t n;
    uint32_t deed; /* kj_deed */
    char what[2 * KJ_NAME_MAX + 4]; /* the layer, table, column or parameter; "" where there is none */
} kept_change;

/* The record after `at`, or the first (NULL); NULL at the end. */
kept_head *kept_next(kj_sim *sim, const kept_head *at);
/* A new record of so many bytes, head included, the rest zeros; NULL when out of memory. Pointers to records end here. */
kept_head *kept_add(kj_sim *sim, kept_kind kind, int32_t year, uint32_t of, size_t bytes);

#endif
