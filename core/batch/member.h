/* One member: run it, look at it. The contract of both executors: `kedja batch member N FOLDER` begins, resumes, or finds
   that there is nothing to do, and says how it went by its exit status and its files. */
#ifndef KEDJA_BATCH_MEMBER_H
#define KEDJA_BATCH_MEMBER_H

#include "../run/run.h"
#include "plan.h"

typedef enum kj_member_state {
    KJ_MEMBER_WAITING = 0, /* nothing there yet */
    KJ_MEMBER_UNFINISHED,  /* begun: killed, stopped or at work */
    KJ_MEMBER_FAILED,      /* its last attempt ended with an error */
    KJ_MEMBER_COMPLETE,    /* the file is whole, of this member, and its hash is in it */
    KJ_MEMBER_FOREIGN,     /* a file of that name that is not this member's run */
    KJ_MEMBER_STATES
} kj_member_state;

typedef struct kj_member_look {
    kj_member_state state;
    char hash[33];      /* COMPLETE */
    char message[512];  /* FAILED, FOREIGN: why */
    int32_t last_year;  /* UNFINISHED: last finished year, 0 none */
    bool at_work;       /* a process has it now (known on this machine only) */
} kj_member_look;

kj_status kj_member_see(kj_error *err, const kj_plan *plan, uint32_t member, kj_member_look *out);

/* Runs or resumes the member; waits while another process has it. Failures leave log/member_NNNN.failed with the reason. */
kj_status kj_member_run(kj_error *err, const kj_plan *plan, uint32_t member, int32_t n_threads, const kj_watch *watch);

/* Takes away what a failed member left, so that it begins anew. Complete members stay. KJ_E_INPUT if it is at work. */
kj_status kj_member_reset(kj_error *err, const kj_plan *plan, uint32_t member);

#endif
