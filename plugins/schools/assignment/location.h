/* Where to have schools: p-median, capacitated location and capacitated p-median in one form. Pure function on arrays.

   A plan is found by local search (open, close and exchange of sites: Teitz & Bart 1968; variable neighbourhoods after
   Hansen & Mladenovic 1997) and comes with a lower bound from Lagrangian relaxation of "each client is served"
   (Fisher 1981), so that every answer states how far it can be from the best. Heuristic, deterministic. */
#ifndef KEDJA_ASSIGNMENT_LOCATION_H
#define KEDJA_ASSIGNMENT_LOCATION_H

#include <kedja/status.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct location_problem {
    uint32_t n_clients, n_sites;
    const int64_t *cost;     /* [n_clients][n_sites] of serving all of a client from there */
    const int64_t *demand;   /* [n_clients], above 0; NULL: 1 each */
    const int64_t *capacity; /* [n_sites]; NULL: without bound */
    const int64_t *fixed;    /* [n_sites] cost of having it open; NULL: 0 */
    const uint8_t *standing; /* [n_sites] 1: is open whatever happens; NULL: none */
    uint32_t n_open;         /* exactly so many sites, those that stand included; 0: as many as pay */
    bool divisible;          /* a client may be served from several sites */
    uint32_t n_rounds;       /* of search: more is better and slower; 0: a default */
} location_problem;

typedef struct location_plan {
    uint8_t *open;  /* [n_sites], given by the caller */
    uint32_t *site; /* [n_clients], given by the caller: that serves it, or the most of it */
    double cost;    /* total, in the unit of the costs */
    double bound;   /* no plan costs less; gap = (cost - bound) / cost */
} location_plan;

/* KJ_E_RANGE: no plan can serve all demand. KJ_E_FAILED: the search found none that does. KJ_E_MEMORY. */
kj_status location_find(const location_problem *problem, location_plan *plan);

#endif
