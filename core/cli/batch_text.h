/* What `kedja batch` says: the table of runs, costs, progress, summaries. */
#ifndef KEDJA_CLI_BATCH_TEXT_H
#define KEDJA_CLI_BATCH_TEXT_H

#include "../batch/local.h"
#include "../batch/member.h"

/* Title, design, factors, what the spread covers. */
void kj_batch_print_plan(const kj_plan *plan);
/* One line a member. */
void kj_batch_print_members(const kj_plan *plan);
void kj_batch_print_cost(const kj_plan *plan, const kj_probe *probe, int32_t n_jobs);
/* Counts by state, and each member that is not complete with the reason. Returns the number that are complete. */
kj_status kj_batch_print_status(kj_error *err, const kj_plan *plan, uint32_t *n_complete);

/* "3 min 20 s", "1.4 GB". */
const char *kj_batch_time(double seconds, char out[32]);
const char *kj_batch_size(double bytes, char out[32]);

typedef struct kj_batch_meter {
    bool quiet, terminal;
    uint32_t last_tenth;
} kj_batch_meter;
void kj_batch_progress(void *meter, const kj_pool_progress *progress);
void kj_batch_failed(void *meter, uint32_t member, const char *message);

#endif
