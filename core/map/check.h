/* What is wrong or doubtful in a built map, said so that a planner can mend the source. */
#ifndef KEDJA_MAP_CHECK_H
#define KEDJA_MAP_CHECK_H

#include "../space/grid.h"

/* ERROR: the map cannot be what is meant. WARNING: probably a fault of a source. NOTE: worth knowing. */
typedef enum kj_finding_kind { KJ_FINDING_ERROR = 0, KJ_FINDING_WARNING = 1, KJ_FINDING_NOTE = 2 } kj_finding_kind;

typedef struct kj_finding {
    kj_finding_kind kind;
    char text[400];
} kj_finding;

typedef struct kj_findings {
    kj_finding *items; /* owned */
    uint32_t n, capacity;
    uint32_t n_of[3]; /* by kind */
} kj_findings;

/* Gaps and torn areas, doubled codes, what lies in water or outside, unreachable places, impossible figures, families
   of impossible ages, and the warnings of the import. KJ_E_MEMORY only. */
kj_status kj_map_check(kj_error *err, const kj_map *map, kj_findings *out);
/* Adds a line. KJ_E_MEMORY only. */
__attribute__((format(printf, 4, 5))) kj_status kj_map_findings_add(kj_error *err, kj_findings *out, kj_finding_kind kind, const char *format, ...);
void kj_findings_free(kj_findings *findings);

#endif
