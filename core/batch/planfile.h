/* The files of a plan. */
#ifndef KEDJA_BATCH_PLANFILE_H
#define KEDJA_BATCH_PLANFILE_H

#include "plan.h"

/* members.csv, then plan.json: a folder with plan.json is whole. */
kj_status kj_planfile_write(kj_error *err, const kj_plan *plan);
kj_status kj_planfile_read(kj_error *err, const char *folder, kj_plan *out);
/* Makes room for the members of plan->experiment. */
kj_status kj_plan_allocate(kj_error *err, kj_plan *plan, uint32_t n_members);

#endif
