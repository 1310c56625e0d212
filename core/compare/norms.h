/* How much of the norms behind a run's figures is assumed: counted by table when the run read them. */
#ifndef KEDJA_COMPARE_NORMS_H
#define KEDJA_COMPARE_NORMS_H

#include <jansson.h>
#include <stddef.h>

#include "../io/runread.h"

/* "Assumed: 72 of 75 figures of the cost of services, …", in the language set; "" for a run that keeps no such count. */
void kj_norms_text(const kj_runread *run, char *out, size_t room);
/* What the level of the municipal result is worth, in the language set. */
const char *kj_result_level_words(void);
/* {"service_cost":{"rows":75,"assumed":72},…}, of all country tables; empty for a run that keeps no such count. */
json_t *kj_norms_json(const kj_runread *run);

#endif
