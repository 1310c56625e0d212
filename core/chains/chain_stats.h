/* What people ask of moving chains that began with new dwellings: length, distribution, who moved in which round and where,
   why chains ended, how long they took, what was freed. Traced, not caused: a household on a chain might have moved anyway.

   Counted: roots opened by a new dwelling at least KJ_CHAIN_AGE_MONTHS before the end of the run whose vacancies are all
   closed. Those with an open vacancy are counted apart. Everything has the boundary of the map: movers from outside end a
   chain. */
#ifndef KEDJA_CHAINS_CHAIN_STATS_H
#define KEDJA_CHAINS_CHAIN_STATS_H

#include "chain_figures.h"
#include "forest.h"

enum { KJ_ROUNDS = 8 /* the last one: that round and later */, KJ_ROOMS = 6 /* 1 … 5, 6 or more */, KJ_AGE_BANDS = 3, KJ_WHOLE_MONTHS = 72 };

typedef struct kj_round_stats {
    int64_t moves;   /* households that moved in */
    int64_t persons; /* in them; the shares below are of persons */
    int64_t above, below; /* the residents' median income (see kj_forest_mover_income); unknown ones are in neither */
    int64_t age[KJ_AGE_BANDS]; /* households by age of head: under 30, 30-64, 65 and over */
    int64_t kind[KJ_HH_COUNT];
    int64_t age_sum;
    int64_t into_half, into_fifth; /* moved into an area of the lower half, of the lowest fifth */
    int64_t placed;                /* moves into an area whose rank is known */
} kj_round_stats;

typedef struct kj_chain_stats {
    int64_t n_new;      /* chains begun by a new dwelling, whole run */
    int64_t n_complete; /* counted: old enough and complete */
    int64_t n_open;     /* old enough, some vacancy open: apart */
    int64_t n_still_vacant, n_cut_off; /* of these, by the state of the open vacancy: nobody has taken it; contracted */
    int64_t n_young;    /* n_new - n_complete - n_open */
    int64_t households; /* that moved in on counted chains */
    int64_t open_households; /* the same on the old ones that are open */
    int64_t lengths[KJ_CHAIN_LENGTHS]; /* counted chains with 0, 1 … 5, 6 or more households */
    double mean, low, high; /* households a new dwelling; 95 % interval for chance among chains, those of one project as a
                               cluster; low and high are NaN with fewer than two clusters */
    int64_t n_clusters;
    double share_1_2; /* counted chains of 1 or 2 households */
    kj_round_stats rounds[KJ_ROUNDS];
    int64_t ends[KJ_END_COUNT]; /* CONTINUES and OPEN stay 0 */
    double months_mean, months_median, months_p90; /* from the new dwelling to the last move; NaN without a chain */
    double within_3_years; /* of the moves on chains whose root is at least KJ_WHOLE_MONTHS old, complete or not; NaN if none */
    int64_t freed;         /* dwellings left vacant by movers, rounds 2 and on */
    int64_t freed_tenure[KJ_TENURE_COUNT], freed_kind[KJ_DWELLING_KIND_COUNT], freed_rooms[KJ_ROOMS];
    int64_t freed_half, freed_fifth, freed_placed; /* in areas of the lower half, the lowest fifth, of known rank */
    int64_t small_flats_left; /* flats of one or two rooms that the first movers left */
} kj_chain_stats;

typedef enum kj_chain_dimension {
    KJ_BY_ALL = 0,
    KJ_BY_TENURE,
    KJ_BY_SIZE, /* rooms */
    KJ_BY_KIND,
    KJ_BY_PROJECT,
    KJ_BY_YEAR, /* in which the dwelling was completed: the month before the root opened */
    KJ_BY_COUNT
} kj_chain_dimension;
#define KJ_CHAIN_DIMENSION_LABELS "all tenure size kind project year"

typedef struct kj_chain_group {
    char name[96];
    int64_t key; /* tenure, rooms, kind, project id, year */
    kj_chain_stats stats;
} kj_chain_group;

/* All chains in one group (KJ_BY_ALL), or one group for each value that occurs, in the order of its key. free(*groups).
   KJ_E_MEMORY. */
kj_status kj_chain_groups_count(kj_error *err, const kj_forest *forest, kj_chain_dimension by, kj_chain_group **groups, uint32_t *n);

/* Dwellings freed in areas of the lower half (or lowest fifth) per 100 counted new dwellings; NaN if ranks are unknown. */
double kj_freed_per_100(const kj_forest *forest, const kj_chain_stats *stats, bool fifth);
/* share of a total; NaN if the total is 0 */
static inline double kj_share(int64_t part, int64_t total) { return total > 0 ? (double)part / (double)total : (double)__builtin_nanf(""); }

#endif
