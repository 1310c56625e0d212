/* A cluster's profile: what its Slurm wants to be told, as profile{…} in Lua. */
#ifndef KEDJA_BATCH_PROFILE_H
#define KEDJA_BATCH_PROFILE_H

#include <stdint.h>

#include "../base/error.h"

enum { KJ_PROFILE_LINES_MAX = 32 };

typedef struct kj_profile {
    char *partition, *account, *qos; /* NULL: the cluster's default */
    char *sbatch[KJ_PROFILE_LINES_MAX]; /* further options: "--constraint=ib" */
    char *setup[KJ_PROFILE_LINES_MAX];  /* shell lines before the members: "module load hdf5" */
    uint32_t n_sbatch, n_setup;
    int32_t cpus;        /* threads of a member */
    int32_t at_a_time;   /* tasks that run at once; 0: no limit of ours */
    int32_t chunk_minutes; /* short members are packed into tasks of about this length */
    int32_t minutes, memory_mb; /* of a task; 0: estimated from a probe run */
    int32_t requeues;    /* of one task, after kills and time limits */
} kj_profile;

/* path NULL: the defaults. KJ_E_INPUT with file, line and source. */
kj_status kj_profile_read(kj_error *err, const char *path, kj_profile *out);
void kj_profile_free(kj_profile *profile);

#endif
