/* From a finished draft to the tables of a kj_map. */
#ifndef KEDJA_MAP_TABLES_H
#define KEDJA_MAP_TABLES_H

#include "../space/grid.h"
#include "draft.h"

/* Fills out->store, grid, name, title, country, start and sources. `out` has been initialised. */
kj_status kj_draft_tables(kj_error *err, const kj_draft *draft, kj_map *out);

/* Fit report as plain text, owned by the caller (free); NULL when out of memory. */
char *kj_draft_report(const kj_draft *draft);

#endif
