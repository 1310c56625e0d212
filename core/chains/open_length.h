/* Chains followed beyond the boundary of a run. A household from outside ends a traced chain, yet most such households left a home
   there, which somebody took over. What a run can say of that is an estimate, never a trace:

   1. a mover from outside left a vacant home as often as movers of the same kind and age within the map did, and a home of the
      tenure and size that these left;
   2. a vacancy outside is filled as one of the same tenure and size in the map is: with probability q_ij by somebody who leaves a home of
      submarket j, be it within the map or beyond it. Q is estimated from all vacancies of the run that are closed; the households to
      come behind a vacancy of each submarket are (I - Q)^-1 s, with s the share that is filled at all (White 1970).

   The wider the boundary, the more of those from outside are followed: those of the same county, those of the nation. People from
   abroad end a chain at any boundary. */
#ifndef KEDJA_CHAINS_OPEN_LENGTH_H
#define KEDJA_CHAINS_OPEN_LENGTH_H

#include "forest.h"

typedef enum kj_chain_bound {
    KJ_BOUND_HOME = 0, /* municipality of the new home: traced; on a map of one municipality the same as the map */
    KJ_BOUND_MAP,      /* traced */
    KJ_BOUND_COUNTY,   /* the map's chains, and those from the same county followed */
    KJ_BOUND_NATION,   /* and those from other counties */
    KJ_BOUND_COUNT
} kj_chain_bound;
#define KJ_CHAIN_BOUND_LABELS "municipality map county nation"

typedef struct kj_open_length {
    double length[KJ_BOUND_COUNT]; /* mean households a new dwelling, counted chains; NaN without a chain */
    double map_predicted;          /* the map's length estimated from what was traced within municipalities alone: held against
                                      length[KJ_BOUND_MAP], it says how good the estimate of the wider ones can be; NaN with one municipality */
    double left_home[2];           /* share of the movers from the county, from other counties, taken to have left a home */
} kj_open_length;

/* Of all counted chains (chain_stats.h). KJ_E_MEMORY. */
kj_status kj_open_length_count(kj_error *err, const kj_forest *forest, kj_open_length *out);

#endif
