/* Joins the members of an experiment into one HDF5/CF file, NAME.nc in its folder: quantiles, means, maps of probability,
   tables by level of a factor and by point, paired differences, and a line a member. Streams: never more than a part of the
   columns of all members is in memory, and of maps only sums. */
#ifndef KEDJA_BATCH_MERGE_H
#define KEDJA_BATCH_MERGE_H

#include "member.h"

typedef struct kj_merge_outcome {
    char path[KJ_PATH_MAX];
    uint32_t n_members, n_merged;
} kj_merge_outcome;

/* Merges what is complete; what is not is listed in the file with its reason, and every figure has its own number of
   members. progress (may be NULL): share done. KJ_E_FAILED: no member is complete. KJ_E_INPUT: an output is unknown. */
kj_status kj_merge(kj_error *err, const kj_plan *plan, void (*progress)(void *data, double share), void *data, kj_merge_outcome *out);

#endif
