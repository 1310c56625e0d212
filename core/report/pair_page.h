/* The page of a handout on a pair that takes the place of the summary of one run: what both worlds are at the end, where each builds. */
#ifndef KEDJA_REPORT_PAIR_PAGE_H
#define KEDJA_REPORT_PAIR_PAGE_H

#include "pages.h"

/* figures: of worlds A and B, both with land at both ends; same_lives: as kj_comparison. KJ_SUMMARY_W by KJ_SUMMARY_H. */
kj_status kj_pair_page_draw(kj_error *err, kj_canvas *canvas, const kj_run_figures figures[2], bool same_lives);

#endif
