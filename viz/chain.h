/* Moving chains of a world: which one begins where, and its steps in order. */
#ifndef KEDJA_VIZ_CHAIN_H
#define KEDJA_VIZ_CHAIN_H

#include "world.h"

enum { KJ_CHAIN_STEPS_MAX = 32 }; /* the longest of fifteen years in Lund have 13 homes */

typedef struct kj_chain {
    uint32_t root;                        /* row + 1 of its first vacancy; 0 none */
    int32_t n;                            /* homes on its longest branch */
    uint32_t step[KJ_CHAIN_STEPS_MAX];    /* rows of their vacancies */
    int32_t n_homes;                      /* vacancies of the whole chain */
    int32_t n_moved;                      /* households that moved in by the month */
    int32_t freed[KJ_TENURE_COUNT];       /* homes left behind on the way, by tenure */
    bool open;                            /* some vacancy was still open in the month */
} kj_chain;

/* The chain as it stood at the end of a month. */
void kj_chain_follow(const kj_world *world, uint32_t root, kj_month month, kj_chain *out);
/* Root of the chain to tell about near a cell: of those that passed a home within `reach` cells by the month, one that
   began with a new home before others, then the one with most homes, then the lowest id; 0 none. */
uint32_t kj_chain_near(const kj_world *world, int32_t cell, int32_t reach, kj_month month);
/* Root of the chain with most homes that a new home in the cell began by the month; 0 none. */
uint32_t kj_chain_begun_in(const kj_world *world, int32_t cell, kj_month month);
/* Root of the longest chain begun by a new home up to the month; 0 none. */
uint32_t kj_chain_longest(const kj_world *world, kj_month month);

#endif
