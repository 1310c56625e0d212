/* Sensitivity of a figure to the factors of an experiment, with intervals. */
#ifndef KEDJA_BATCH_SENSITIVITY_H
#define KEDJA_BATCH_SENSITIVITY_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/error.h"

enum { KJ_LEAST_BASE_POINTS = 4, KJ_LEAST_TRAJECTORIES = 3 }; /* fewer whole ones are refused */

/* From so many base points or trajectories on the intervals are called 95 %. The middle 95 % of resampled means of n are 1.96 times the root of (n - 1) / n
   standard errors to both sides, where Student's t asks for more: for effects of a normal law they hold the truth in 75 % of the cases with 3 (which are hardly
   more than from the smallest to the largest), 90 % with 10 and 93 % with 20. More would be asked of many who only screen, fewer miss twice as often as they say. */
enum { KJ_LEAST_FOR_95 = 20 };

/* An index with its interval (95 %, see above) from resampling base points or trajectories, and how many of these would bring the
   interval to within the wanted half width. */
typedef struct kj_index {
    double value, low, high;
    uint32_t needed;
} kj_index;

typedef struct kj_sensitivity {
    uint32_t n_used, n_left_out; /* base points or trajectories: whole, and with a missing member */
    bool constant;               /* the figure is the same in all: nothing can be told */
    kj_index *first, *total;     /* [k] SOBOL: first-order and total index. MORRIS: mu and mu* (in the figure's unit) */
    kj_index *sigma;             /* [k] MORRIS: spread of the elementary effects; NULL for SOBOL */
    uint32_t luck_at;            /* MORRIS: the factor that is luck itself, without mu, mu* and sigma (NAN); k: none */
    kj_index luck;               /* and what it does: standard deviation of the figure between runs that differ in their seed alone */
} kj_sensitivity;

/* y[n][k + 2]: the figure at A, B and A with column i of B (NAN: missing). First-order by Saltelli et al. (2010), table 2
   (b), total by Jansen (1999). half_width: wanted of an index. */
kj_status kj_sobol_analyse(kj_error *err, const double *y, uint32_t n, uint32_t k, double half_width, uint64_t seed, kj_sensitivity *out);
typedef struct kj_trajectories {
    const double *y;        /* [n][k + 1], NAN: missing */
    const uint32_t *moved;  /* [n][k]: the factor that step s + 1 moves */
    const double *step;     /* [n][k]: by how much of its whole range (signed); not read for luck, which has no range */
    uint32_t n, k, luck_at; /* luck_at: k if luck is none of the factors */
} kj_trajectories;

/* Morris (1991); mu* by Campolongo et al. (2007). half_width: wanted, as a share of the largest mu*. */
kj_status kj_morris_analyse(kj_error *err, const kj_trajectories *t, double half_width, uint64_t seed, kj_sensitivity *out);
void kj_sensitivity_free(kj_sensitivity *s);

#endif
