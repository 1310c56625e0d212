/* Reading figures out of the merged file of an experiment. */
#ifndef KEDJA_BATCH_ENSEMBLE_H
#define KEDJA_BATCH_ENSEMBLE_H

#include "plan.h"
#include "sensitivity.h"
#include "statistics.h"

/* A column of table municipality ("municipality.population" or "population"), summed over municipalities, at the end of a
   year, by member: out[n_members], NAN for a member that is missing; unit as people read it (recorded.h), "" for a number.
   KJ_E_INPUT: no merged file, unknown figure or year. */
kj_status kj_ensemble_figure(kj_error *err, const kj_plan *plan, const char *figure, int32_t year, char unit[KJ_NAME_MAX], double *out);

/* Indices of a SOBOL_INDICES or MORRIS experiment from such figures; replicates of a point are averaged. half_width as in
   sensitivity.h. KJ_E_INPUT for another design. */
kj_status kj_ensemble_indices(kj_error *err, const kj_plan *plan, const double *figure, double half_width, kj_sensitivity *out);

#endif
