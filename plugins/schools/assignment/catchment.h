/* Catchments in one piece: a local search over units (areas or cells) and their neighbours. Pure function on arrays.

   The start is the assignment by way plus price (min_cost.h), which is in one piece but cuts where ways tie, so that it can be
   far from the places. Units at a border then move to the neighbouring catchment while that takes away what is above the
   places, or shortens the ways; no move may cut a catchment apart or take a school out of its own. */
#ifndef KEDJA_ASSIGNMENT_CATCHMENT_H
#define KEDJA_ASSIGNMENT_CATCHMENT_H

#include <stddef.h>
#include <stdint.h>

#define CATCHMENT_NONE UINT32_MAX

typedef struct catchment_problem {
    uint32_t n_units, n_schools;
    const uint32_t *begin, *neighbour; /* of unit u: neighbour[begin[u]] … neighbour[begin[u + 1] - 1] */
    const int32_t *way;                /* [n_units][n_schools] of one pupil */
    const int32_t *pupils;             /* [n_units] */
    const int32_t *places;             /* [n_schools] */
    const uint32_t *home;              /* [n_schools] unit in which the school stands */
} catchment_problem;

size_t catchment_work_bytes(const catchment_problem *problem);

/* school[n_units] holds the start and takes the result; units of CATCHMENT_NONE stay out. Allocates nothing. Returns pupils above places. */
int64_t catchment_search(const catchment_problem *problem, void *work, uint32_t *school);

/* Labels every unit with the school of least way plus price (price: [n_schools], 0 by NULL); of two the lower index. */
void catchment_by_price(const catchment_problem *problem, const int64_t *price, uint32_t *school);

/* Gives pieces that do not hang together with their school (where ways cannot be followed on the ground) to a neighbour. */
void catchment_join(const catchment_problem *problem, void *work, uint32_t *school);

/* Number of pieces beyond one a school: 0 when every catchment is in one piece with its school. */
uint32_t catchment_pieces_apart(const catchment_problem *problem, void *work, const uint32_t *school);

#endif
