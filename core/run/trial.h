/* A trial run of one plugin beside the built-in model, for `kedja plugin check`: everything in this process, nothing kept.
   The caller runs each trial in a process of its own, since native code can do anything. */
#ifndef KEDJA_RUN_TRIAL_H
#define KEDJA_RUN_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/error.h"

/* Where the plugin's own parameters stand. */
typedef enum kj_trial_params { KJ_TRIAL_DEFAULTS = 0, KJ_TRIAL_LOWEST, KJ_TRIAL_HIGHEST, KJ_TRIAL_DRAWN } kj_trial_params;

typedef struct kj_trial {
    const char *scenario;
    const char *module; /* NULL: the built-in model alone */
    const char *watched; /* plugin id that hash_without leaves out; NULL: the module's own */
    int32_t years, n_threads;
    uint64_t seed;
    bool audit;
    kj_trial_params params;
    const char *checkpoint_dir; /* an empty folder: go through a checkpoint in the middle; NULL: straight */
} kj_trial;

typedef struct kj_trial_result {
    char id[64], version[64], stamp[64], licence[64];
    bool other_stamp, replaces_builtin;
    uint32_t abi_major, abi_minor, n_columns, n_systems, n_params, n_invariants;
    char touches[512]; /* what of others it changes: "person.income, table project"; "" if it only watches */
    uint32_t n_cells, n_persons;
    char hash[33], hash_without[33]; /* kj_sim_hash, kj_sim_hash_without(watched) */
} kj_trial_result;

/* Loads, and simulates `years` (0: loads only). Errors: those of loading and of the run. */
kj_status kj_trial_run(kj_error *err, const kj_trial *trial, kj_trial_result *out);

#endif
