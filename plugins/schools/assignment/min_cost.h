/* Exact minimum-cost assignment of pupils to schools with a limited number of places. Pure function on arrays.

   Method: successive shortest paths on the graph of schools, not of pupils (Ahuja, Magnanti & Orlin 1993, sections 9.7
   and 12.4, with pupils contracted): an arc from school j to k costs what the cheapest pupil of j adds by changing to k.
   Everyone begins at the cheapest school at prices found for a part of the pupils; each step moves one pupil too many
   along a shortest path to a school with a free place, or fills a school that has a price and free places. Integers throughout, so the optimum is exact, and the same for any number of threads. */
#ifndef KEDJA_ASSIGNMENT_MIN_COST_H
#define KEDJA_ASSIGNMENT_MIN_COST_H

#include <kedja/status.h>
#include <stddef.h>
#include <stdint.h>

#define ASSIGN_FORBIDDEN INT32_MAX /* as a cost: this pupil cannot go there */
#define ASSIGN_NONE UINT32_MAX     /* as a school: no place */

typedef struct assignment_problem {
    uint32_t n_pupils, n_schools;
    const int32_t *cost;   /* [n_pupils][n_schools], from 0 (seconds or metres) */
    const int32_t *places; /* [n_schools], from 0 */
    int32_t n_threads;     /* at least 1 */
} assignment_problem;

typedef struct assignment_result {
    uint32_t *school; /* [n_pupils], given by the caller: index, or ASSIGN_NONE */
    int64_t *price;   /* [n_schools], given by the caller or NULL: what one place more at a full school would save; 0 with free places */
    int64_t total;    /* cost of those placed */
    uint32_t n_unplaced;
} assignment_result;

/* Largest cost that may be asked about: beyond it sums would leave 32 bits. */
int32_t assign_cost_max(uint32_t n_schools);

/* Memory that assign_min_cost needs, in bytes. */
size_t assign_work_bytes(uint32_t n_pupils, uint32_t n_schools);

/* Places as many as possible, and of all ways to do that takes one with the least total cost. Work: assign_work_bytes,
   64-byte aligned. KJ_E_RANGE: a cost below 0 or above assign_cost_max, or places below 0. Allocates nothing. */
kj_status assign_min_cost(const assignment_problem *problem, void *work, assignment_result *result);

#endif
