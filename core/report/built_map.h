/* Where worlds build: land as it was, pale, and over it what is built in each. */
#ifndef KEDJA_REPORT_BUILT_MAP_H
#define KEDJA_REPORT_BUILT_MAP_H

#include "pages.h"

static const double KJ_BUILT_PALE = 0.62; /* paper laid over land as it was */

/* Part of the grid that holds all that any of the worlds builds, with a margin; not less than a third of the map. */
kj_window kj_built_window(const kj_run_figures *figures, uint32_t n);
/* base NULL: what `own` builds. Else in one colour what both build, in two others what one of them alone does. */
kj_status kj_built_map(kj_error *err, kj_canvas *canvas, const kj_box *box, const kj_window *view, const kj_run_figures *own, const kj_run_figures *base);

#endif
