/* All tables that planners keep, as one tagged PDF: the appendix of a handout. */
#ifndef KEDJA_REPORT_TABLES_DOCUMENT_H
#define KEDJA_REPORT_TABLES_DOCUMENT_H

#include "../base/error.h"

/* KJ_E_INPUT unless `path` ends in .pdf. Nothing half-written stays. A table that the run lacks is left out; of very long
   ones the first pages are printed, and the page says so. */
kj_status kj_report_tables(kj_error *err, const char *run, const char *path, const char *lang);

#endif
