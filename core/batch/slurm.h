/* The Slurm executor: members as tasks of job arrays. Its files lie in FOLDER/slurm: the job script, one list of members a
   submission (a line a task), and `jobs`, a line a job. */
#ifndef KEDJA_BATCH_SLURM_H
#define KEDJA_BATCH_SLURM_H

#include "plan.h"
#include "profile.h"

typedef struct kj_slurm_request {
    const char *program;   /* path of this program, as the nodes see it */
    kj_profile profile;
} kj_slurm_request;

typedef struct kj_slurm_submission {
    uint32_t n_complete, n_queued, n_submitted; /* members: complete, in a queue already, submitted now */
    uint32_t n_tasks, n_arrays, chunk;          /* members a task */
    int32_t minutes, memory_mb;                 /* asked for a task */
    char jobs[256];                             /* ids, separated by blanks */
    char merge_job[32];                         /* "" if none was needed */
} kj_slurm_submission;

/* Submits every member that is neither complete nor queued, and a merge that waits for all of them. KJ_E_INPUT: Slurm is
   missing or refuses (its own words follow). */
kj_status kj_slurm_submit(kj_error *err, const kj_plan *plan, const kj_slurm_request *request, kj_slurm_submission *out);

/* What kj_slurm_submit would do, without doing it: out as it would be filled but for the jobs; n_arrays is 0 where no cluster is reached that could tell its
   MaxArraySize. *script: what sbatch would be given, the caller's (free); NULL if nothing is missing. plan->folder must be a whole path; it need not be there. */
kj_status kj_slurm_preview(kj_error *err, const kj_plan *plan, const kj_slurm_request *request, const kj_probe *probe, kj_slurm_submission *out, char **script);

typedef struct kj_slurm_queue {
    uint32_t n_running, n_pending, n_merge; /* tasks of members, merges */
    uint8_t *queued;               /* [n_members], owned: member waits or runs */
    char reason[64];               /* why the first pending task waits */
} kj_slurm_queue;

/* False and nothing else if nothing was ever submitted. */
bool kj_slurm_used(const kj_plan *plan);
kj_status kj_slurm_look(kj_error *err, const kj_plan *plan, kj_slurm_queue *out);
void kj_slurm_queue_free(kj_slurm_queue *queue);

kj_status kj_slurm_cancel(kj_error *err, const kj_plan *plan);

#endif
