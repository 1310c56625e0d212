/* Clearing: homes offer themselves to applicants by priority, a household keeps the offer it likes best. */
#ifndef HOUSING_MATCHING_H
#define HOUSING_MATCHING_H

#include <stddef.h>

#include "housing.h"

enum { HOUSING_NOBODY = -1 };

/* True if a stands before b in a home's order: priority, then lot, then the lower id. */
static inline bool housing_stands_before(const housing_bid *a, const housing_bid *b)
{
    if (a->priority != b->priority) return a->priority > b->priority;
    if (a->lot != b->lot) return a->lot > b->lot;
    return a->household < b->household;
}

/* Bytes of zeroed work memory. */
size_t housing_match_work(uint32_t n_bids, uint32_t n_offers);

/* Deferred acceptance, homes proposing (Gale & Shapley 1962; Roth & Sotomayor 1990): in each round every home without a
   taker offers itself to the next in its order; a household keeps the offer it ranks best and refuses the others. Ends
   after `rounds` rounds, or when no home is left with somebody to ask: then no household and home both prefer each
   other to what they have. winner[offer] = index of the bid that got it, or HOUSING_NOBODY. A household's bids follow
   each other in `bids`. */
void housing_match(const housing_bid *bids, uint32_t n_bids, uint32_t n_offers, uint32_t rounds, void *work, int32_t *winner);

#endif
