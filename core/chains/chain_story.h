/* One moving chain told as a story, in the language that is set. */
#ifndef KEDJA_CHAINS_CHAIN_STORY_H
#define KEDJA_CHAINS_CHAIN_STORY_H

#include <stdio.h>

#include "../draw/language.h"
#include "forest.h"

/* The boundary of a run in the language that is set: "the municipality of Lund". */
void kj_say_boundary(kj_runread *run, char *out, size_t out_bytes);
/* Tells the chain that vacancy `id` belongs to, from its root on. KJ_E_INPUT for an id outside the run. */
kj_status kj_chain_tell(kj_error *err, const kj_forest *forest, kj_id id, kj_language language, FILE *out);
/* Vacancy ids of roots from new dwellings whose chains are worth telling: complete, longest first (then the lower id), at most
   `max`. Returns their number. */
uint32_t kj_chains_to_tell(const kj_forest *forest, uint32_t max, kj_id *ids);

#endif
