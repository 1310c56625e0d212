/* Threads of a simulation that work through numbered items together. The parallel parts of a month are short and follow
   serial ones: threads that fell asleep in between would take longer to wake up than they save. They wait awake for a
   while, but let anybody else run who wants to, so that a busy machine loses little by it. */
#ifndef KEDJA_ENGINE_TEAM_H
#define KEDJA_ENGINE_TEAM_H

#include <stdint.h>

typedef struct kj_team kj_team;

/* thread: 0 … n_threads - 1; no two items run at once on the same. */
typedef void (*kj_team_work)(void *data, uint32_t item, uint32_t thread);

/* A team of n_threads with the caller as thread 0; fewer where the system gives no more. NULL when out of memory. */
kj_team *kj_team_new(uint32_t n_threads);
void kj_team_free(kj_team *team);
/* Does items 0 … n - 1, begun in this order, and returns when all are done. One call at a time. */
void kj_team_run(kj_team *team, uint32_t n, kj_team_work work, void *data);

#endif
