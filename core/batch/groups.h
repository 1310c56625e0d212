/* Which members a merged figure is over: all, those with one level of a factor, those of one point; and which points are
   compared. */
#ifndef KEDJA_BATCH_GROUPS_H
#define KEDJA_BATCH_GROUPS_H

#include "plan.h"

enum { KJ_GROUPS_MAX = 160, KJ_POINTS_SHOWN_MAX = 64 };

typedef struct kj_group {
    char path[160];  /* of the group in the file: "all", "by/densify.enabled=1", "points/point_03" */
    char title[256];
    uint8_t *has_point; /* [n_points]; owned */
} kj_group;

/* Alternative against base: stratum s compares point other[s] with point base[s], which differ in one factor only. */
typedef struct kj_contrast {
    char path[160];  /* "difference/densify.enabled=1" */
    char title[256];
    uint32_t n_strata, *base, *other; /* owned */
} kj_contrast;

typedef struct kj_groups {
    kj_group *group;
    kj_contrast *contrast;
    uint32_t n, n_contrasts;
} kj_groups;

kj_status kj_groups_make(kj_error *err, const kj_plan *plan, kj_groups *out);
void kj_groups_free(kj_groups *groups);

#endif
