/* The local executor: a pool of member processes on this machine. */
#ifndef KEDJA_BATCH_LOCAL_H
#define KEDJA_BATCH_LOCAL_H

#include <signal.h>

#include "plan.h"

typedef struct kj_pool_progress {
    uint32_t n_members, n_complete, n_failed, n_running;
    double wall_seconds, left_seconds; /* left: NAN until a member has finished */
} kj_pool_progress;

typedef struct kj_pool_options {
    const char *program; /* path of this program */
    int32_t n_jobs;
    const volatile sig_atomic_t *stop;
    void (*progress)(void *data, const kj_pool_progress *progress); /* may be NULL */
    void (*failed)(void *data, uint32_t member, const char *message);
    void *data;
} kj_pool_options;

typedef struct kj_pool_outcome {
    uint32_t n_complete, n_failed, n_before; /* before: were complete already */
    double wall_seconds, member_seconds;     /* member_seconds: sum over processes, from start to end */
} kj_pool_outcome;

/* Takes the folder for this driver until it ends; KJ_E_INPUT names the other one. */
kj_status kj_pool_lock(kj_error *err, const kj_plan *plan, int *lock);
/* Process number of the driver that has the folder, 0 if none has it or it is on another machine. */
int64_t kj_pool_driver(const kj_plan *plan);

/* Runs every member that is not complete; members that were killed go on from their checkpoint. KJ_OK also when members
   failed: see the outcome. KJ_E_STOPPED: asked to stop, members keep checkpoints. */
kj_status kj_pool_run(kj_error *err, const kj_plan *plan, const kj_pool_options *options, kj_pool_outcome *out);

#endif
