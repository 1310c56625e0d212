/* The page of the consequence matrix, drawn from a comparison: separate from reading, so that tests can draw made-up ones. */
#ifndef KEDJA_REPORT_MATRIX_PAGE_H
#define KEDJA_REPORT_MATRIX_PAGE_H

#include "../compare/compare.h"
#include "pages.h"

/* On a canvas of KJ_SUMMARY_W × KJ_SUMMARY_H in the language that is set. title NULL: the settings that differ. */
kj_status kj_matrix_page_draw(kj_error *err, kj_canvas *canvas, const kj_comparison *comparison, const char *title);

#endif
