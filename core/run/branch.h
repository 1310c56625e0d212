/* A run that leaves another at a month: the same scenario, settings, seed and texts from the other's provenance, and changes from that month on. The months
   before are simulated anew, and what they give is held against the hashes that the other run stored. */
#ifndef KEDJA_RUN_BRANCH_H
#define KEDJA_RUN_BRANCH_H

#include "../engine/sim.h"
#include "request.h"

enum { KJ_BRANCH_YEARS_MAX = 512 };

typedef struct kj_branch {
    char path[512];
    kj_month month; /* the first that may differ */
    int32_t first_year;
    uint32_t n_years;
    char hash[KJ_BRANCH_YEARS_MAX][33]; /* at the end of each recorded year before it */
} kj_branch;

/* text: "BASE.nc@2028-01". Fills the request from the run's provenance; map: name or folder, NULL for the scenario's. KJ_E_INPUT: no such month in the run,
   no such run. On success the request is the caller's. */
kj_status kj_branch_read(kj_error *err, const char *text, const char *map, kj_branch *out, kj_request *request);
/* For kj_watch.december, data: the kj_branch. KJ_E_FAILED where the months before the branch are not those of the base. */
kj_status kj_branch_look(kj_error *err, void *branch, kj_sim *sim, kj_month month);

#endif
