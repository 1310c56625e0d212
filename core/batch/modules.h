/* Plugin files that the members of an experiment load beside the built-in model. A plan keeps path and digest of each, so that
   every member, whenever and wherever it runs, loads the same file or none. */
#ifndef KEDJA_BATCH_MODULES_H
#define KEDJA_BATCH_MODULES_H

#include "../engine/sim.h"
#include "plan.h"

/* Keeps the files that the request names, with their digests. KJ_E_INPUT: one cannot be read. */
kj_status kj_plan_keep_modules(kj_error *err, kj_plan *plan, const kj_request *request);
/* The files still hold what they held when the members were planned. KJ_E_INPUT: one is missing or has changed. */
kj_status kj_plan_check_modules(kj_error *err, const kj_plan *plan);
/* Files named on the command line are those of the plan, wherever they lie now. None named: nothing is said. KJ_E_INPUT. */
kj_status kj_plan_same_modules(kj_error *err, const kj_plan *plan, const kj_plan_ask *ask);
/* Every plugin that the experiment says it needs is loaded. KJ_E_INPUT names the one that is not. */
kj_status kj_plan_needs_plugins(kj_error *err, const kj_experiment *experiment, const kj_sim *sim);

#endif
