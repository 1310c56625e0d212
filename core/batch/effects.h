/* What the levels of the factors change, what the members spread over, and how many runs either needs to be known well enough. */
#ifndef KEDJA_BATCH_EFFECTS_H
#define KEDJA_BATCH_EFFECTS_H

#include "plan.h"

/* A level against the base (the first level, or the scenario), over pairs; with the same luck unless the experiment says paired = false. */
typedef struct kj_effect_size {
    char name[160];              /* "densify.enabled=1" */
    double n;                    /* pairs */
    double mean, low, high;      /* 95 % interval of the mean: over lots of luck, each averaged over the other factors */
    double wide_low, wide_high;  /* as if the two did not share their luck */
    uint32_t needed;             /* replicates for the wanted half width */
} kj_effect_size;

/* figure[n_members], NAN: missing. half_width: wanted of each interval, as a share of the largest mean difference. *out is the
   caller's (free); largest first. KJ_E_INPUT if nothing is compared: only the designs full_factorial and
   one_at_a_time have levels to compare, and a factor needs two. */
kj_status kj_effects(kj_error *err, const kj_plan *plan, const double *figure, double half_width, kj_effect_size **out, uint32_t *n);

/* The middle 80 % of the members, and how well its ends are known: 95 % intervals from resampling replicates (whole, since
   the points of a replicate share their luck) or, where each member has its own luck, members. With fewer than 36 of these nothing is known of the ends: the
   outermost member may lie inside them. */
typedef struct kj_spread_size {
    uint32_t n;                       /* members */
    double low, middle, high;         /* 10 %, 50 %, 90 % */
    double low_half, high_half;       /* half widths of the intervals of both ends, in the figure's unit */
    uint32_t too_few;                 /* replicates from which the ends can be known at all; 0: there are as many, and the rest is filled */
    uint32_t needed;                  /* replicates for half widths within the wanted share of high - low; 0: cannot be told */
} kj_spread_size;

kj_status kj_spread_of_members(kj_error *err, const kj_plan *plan, const double *figure, double half_width, kj_spread_size *out);

#endif
