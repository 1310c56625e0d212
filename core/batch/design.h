/* Designs: the points of an experiment as quantiles of its factors. */
#ifndef KEDJA_BATCH_DESIGN_H
#define KEDJA_BATCH_DESIGN_H

#include "experiment.h"

enum { KJ_SOBOL_DIMENSIONS = 64 };

/* Point `index` (from 0) of the Sobol sequence in n <= KJ_SOBOL_DIMENSIONS dimensions, each in [0, 1), direction numbers
   of Joe & Kuo (2008, new-joe-kuo-6). Point 0 is the origin. */
void kj_sobol_point(uint32_t index, uint32_t n, double *out);

/* One value of each of n_columns in each of n_rows strata, order shuffled: out[row * n_columns + column]. */
kj_status kj_latin_hypercube(kj_error *err, uint64_t seed, uint32_t n_rows, uint32_t n_columns, double *out);

/* A point: the value of each factor. NAN: the scenario's value stands. */
typedef struct kj_points {
    uint32_t n, n_factors;
    double *value; /* [n][n_factors] */
} kj_points;

/* Number of points of the experiment's design; KJ_E_INPUT if there would be more than a million. */
kj_status kj_design_count(kj_error *err, const kj_experiment *experiment, uint32_t *n);
/* The order of points is part of the design: kedja sensitivity reads SOBOL_INDICES as n base points times (A, B, A with
   B's column 1 … k), MORRIS as trajectories of k + 1 points (its seeds are
   two a trajectory, before and after the step of luck). */
kj_status kj_design_points(kj_error *err, const kj_experiment *experiment, kj_points *out);
void kj_points_free(kj_points *points);

/* A word of luck for a use of it in the experiment. */
uint64_t kj_design_luck(uint64_t seed, uint64_t use, uint64_t number);

#endif
