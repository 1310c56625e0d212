#include "matching.h"

typedef struct lists {
    uint32_t *first;  /* [n_offers + 1] into order */
    uint32_t *order;  /* bids by offer */
    uint32_t *taker;  /* [n_bids] number of the household */
    int32_t *held;    /* [taker] bid whose offer it keeps */
    uint8_t *refused; /* [n_bids] asked before */
} lists;

size_t housing_match_work(uint32_t n_bids, uint32_t n_offers)
{
    return ((size_t)n_offers + 2) * sizeof(uint32_t) + (size_t)n_bids * (3 * sizeof(uint32_t) + 1);
}

static lists make_lists(const housing_bid *bids, uint32_t n_bids, uint32_t n_offers, void *work)
{
    lists l;
    l.first = work;
    l.order = l.first + n_offers + 2;
    l.taker = l.order + n_bids;
    l.held = (int32_t *)(l.taker + n_bids);
    l.refused = (uint8_t *)(l.held + n_bids);
    uint32_t n_takers = 0;
    for (uint32_t b = 0; b < n_bids; b++) {
        if (b > 0 && bids[b].household != bids[b - 1].household) n_takers++;
        l.taker[b] = n_takers;
        l.held[b] = HOUSING_NOBODY;
        l.first[bids[b].offer + 2]++;
    }
    for (uint32_t o = 2; o < n_offers + 2; o++) l.first[o] += l.first[o - 1];
    for (uint32_t b = 0; b < n_bids; b++) l.order[l.first[bids[b].offer + 1]++] = b;
    return l;
}

/* Best bid of an offer that has not refused it; HOUSING_NOBODY if none is left. */
static int32_t next_in_order(const housing_bid *bids, const lists *l, uint32_t offer)
{
    int32_t best = HOUSING_NOBODY;
    for (uint32_t i = l->first[offer]; i < l->first[offer + 1]; i++) {
        uint32_t b = l->order[i];
        if (l->refused[b]) continue;
        if (best == HOUSING_NOBODY || housing_stands_before(&bids[b], &bids[best])) best = (int32_t)b;
    }
    return best;
}

void housing_match(const housing_bid *bids, uint32_t n_bids, uint32_t n_offers, uint32_t rounds, void *work, int32_t *winner)
{
    lists l = make_lists(bids, n_bids, n_offers, work);
    for (uint32_t o = 0; o < n_offers; o++) winner[o] = HOUSING_NOBODY;
    bool asked = true;
    for (uint32_t round = 0; asked && round < rounds; round++) {
        asked = false;
        for (uint32_t o = 0; o < n_offers; o++) {
            if (winner[o] != HOUSING_NOBODY) continue;
            int32_t bid = next_in_order(bids, &l, o);
            if (bid == HOUSING_NOBODY) continue;
            asked = true;
            int32_t *held = &l.held[l.taker[bid]];
            if (*held != HOUSING_NOBODY && bids[*held].rank < bids[bid].rank) {
                l.refused[bid] = 1;
                continue;
            }
            if (*held != HOUSING_NOBODY) {
                l.refused[*held] = 1;
                winner[bids[*held].offer] = HOUSING_NOBODY;
            }
            *held = bid;
            winner[o] = bid;
        }
    }
}
