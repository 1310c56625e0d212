/* Least total way of several grades at once, whose schools share their places. Pure function on arrays.

   Each grade has seats of its own in each school, and each school has places for all its grades together, which may be fewer than
   the seats add up to. Every grade alone is solved exactly (min_cost.h); where a school is then above its places, pupils leave it
   along shortest paths on the graph of schools and grades (successive shortest paths, Ahuja, Magnanti & Orlin 1993, section 9.7:
   the grades' optima are an optimal pseudoflow of the whole). Integers throughout: the optimum is exact. */
#ifndef KEDJA_ASSIGNMENT_SHARED_PLACES_H
#define KEDJA_ASSIGNMENT_SHARED_PLACES_H

#include "min_cost.h"

typedef struct shared_problem {
    uint32_t n_grades, n_schools;
    const uint32_t *first; /* [n_grades + 1] pupils of grade g: first[g] … first[g + 1] - 1 */
    const int32_t *cost;   /* [n_pupils][n_schools], from 0; ASSIGN_FORBIDDEN: cannot go there */
    const int32_t *seats;  /* [n_grades][n_schools], from 0 */
    const int32_t *places; /* [n_schools], from 0 */
    int32_t n_threads;     /* at least 1 */
} shared_problem;

/* Memory that assign_shared needs, in bytes. */
size_t shared_work_bytes(uint32_t n_grades, uint32_t n_schools, const uint32_t *first);

/* Places as many as possible, and of all ways to do that takes one with the least total cost (price of the result: unused, NULL).
   Work: shared_work_bytes, 64-byte aligned. KJ_E_RANGE as assign_min_cost. Allocates nothing. */
kj_status assign_shared(const shared_problem *problem, void *work, assignment_result *result);

#endif
