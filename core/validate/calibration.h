/* Fits parameters to targets: a Latin hypercube finds where to begin, a derivative-free search (Nelder & Mead 1965, within bounds,
   of the library NLopt) goes on from its best point, and differences around the best point tell how well each parameter is
   identified. The same seeds run at every point (common random numbers: the experiment's seed and those that follow it, one a replicate), so
   that two points differ by their parameters alone. */
#ifndef KEDJA_VALIDATE_CALIBRATION_H
#define KEDJA_VALIDATE_CALIBRATION_H

#include "../batch/plan.h"
#include "cases.h"

enum { KJ_FIT_MAX = 12 }; /* parameters of one fit */

/* Value of each target: mean over the seeds. */
typedef struct kj_fit_point {
    double parameter[KJ_FIT_MAX];
    double value[KJ_TARGETS_MAX]; /* by place in kj_calibration.target */
    double loss;                  /* mean of the squared distances from the middle of the bounds, a half width being 1 */
} kj_fit_point;

typedef struct kj_fit_parameter {
    double before, after;
    double error;    /* standard error by the differences around the best point, in units of the parameter; NaN: not identified */
    double gradient; /* largest change of a target, in half widths, over the whole range */
    uint32_t target; /* place of that target */
} kj_fit_parameter;

typedef struct kj_calibration {
    const kj_experiment *experiment;
    kj_case_results targets; /* as read, no findings */
    uint32_t target[KJ_TARGETS_MAX], n_targets; /* rows of `targets` that are fitted */
    int fit_case;
    const char *map;
    kj_fit_point before, after;
    kj_fit_parameter parameter[KJ_FIT_MAX];
    uint32_t n_parameters, n_evaluations;
    double hypercube_loss; /* best of the hypercube */
} kj_calibration;

/* What is being done, after each evaluation. */
typedef void kj_fit_note_fn(void *data, const char *stage, uint32_t n, double loss, double best);

/* plan: of the experiment, with its factors bound. map NULL: the experiment's, or else the case's own. KJ_E_INPUT before anything runs: unknown
   case or target, a target that only tests the model, no `fit` in the experiment, a value as it stands that lies outside the range to be
   fitted, `vary` or unpaired seeds. KJ_E_FAILED: the search failed. */
kj_status kj_calibrate(kj_error *err, const kj_plan *plan, const char *map, kj_fit_note_fn *note, void *data, kj_calibration *out);

/* "well" below a tenth of the range, "weakly" below a third, else "not". */
const char *kj_fit_identified(const kj_calibration *c, uint32_t parameter);

#endif
