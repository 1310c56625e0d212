/* What one project caused: the world with it minus the world without it, the same people with the same luck. Many households on
   a project's chains would have moved anyway; only the difference is the project's doing. */
#ifndef KEDJA_RUN_PAIRED_H
#define KEDJA_RUN_PAIRED_H

#include "../io/runfile.h"
#include "run.h"

enum { KJ_PAIRS_MAX = 64 };

typedef enum kj_effect {
    KJ_EFFECT_MOVES = 0,   /* households that moved into a home */
    KJ_EFFECT_FIRST_HOMES, /* first homes of people who left their parents */
    KJ_EFFECT_FREED,       /* homes that movers left vacant */
    KJ_EFFECT_DWELLINGS,   /* homes that stand at the end */
    KJ_EFFECT_PERSONS,     /* residents at the end */
    KJ_EFFECT_COUNT
} kj_effect;

typedef struct kj_project_effect {
    int32_t n_pairs;
    int64_t traced[KJ_EFFECT_COUNT]; /* first pair: on the chains of the project's own homes; DWELLINGS its homes; PERSONS those who moved into them */
    double caused[KJ_EFFECT_COUNT];  /* mean over pairs, whole map, whole run */
    double low[KJ_EFFECT_COUNT], high[KJ_EFFECT_COUNT]; /* 95 % interval for luck (Student's t); NaN with one pair */
} kj_project_effect;

/* Called before the first of 2 * n_pairs runs and after each: how many are done. May be NULL. */
typedef void (*kj_pair_fn)(void *data, int32_t n_done, int32_t n_runs);

/* Simulates n_pairs (1 … KJ_PAIRS_MAX) worlds with and without the project again from a run's provenance, with seeds from the
   run's own on; the first must give the run's state hash. KJ_E_INPUT: no such project, another map or program; KJ_E_FAILED: the hash
   differs. */
kj_status kj_project_effect_count(kj_error *err, const kj_run_info *info, const char *map, const char *project, int32_t n_pairs, kj_pair_fn tell,
                                  void *data, kj_project_effect *out);

#endif
