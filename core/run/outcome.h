/* Closing figures of a run. */
#ifndef KEDJA_RUN_OUTCOME_H
#define KEDJA_RUN_OUTCOME_H

#include <jansson.h>

#include "run.h"

/* Persons who count as population. */
int64_t kj_outcome_population(const kj_store *store);
/* The start figures, from the state before the first month. */
void kj_outcome_read_start(const kj_store *store, kj_outcome *out);
/* Fills everything that the state tells; start figures, times and titles are the caller's. */
kj_status kj_outcome_read(kj_error *err, kj_sim *sim, kj_outcome *out);
/* One JSON object; the caller gives it back with json_decref(). */
json_t *kj_outcome_json(const kj_outcome *outcome);

#endif
