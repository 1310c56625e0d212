/* Pictures of a finished run. Both write under a temporary name and rename, so that nothing half-drawn stays. */
#ifndef KEDJA_REPORT_REPORT_H
#define KEDJA_REPORT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/error.h"
#include "../compare/compare.h"

/* KJ_E_INPUT unless the name ends in ".pdf" or whatever is asked for; both functions below check theirs first. */
kj_status kj_report_check_name(kj_error *err, const char *path, const char *ending);

/* Land use of a year (0 = the last) with what was built since the start outlined: a PNG of 1600 × 1200 pixels with
   legend, scale, north, sources. lang: "en", "sv" or "da". */
kj_status kj_report_map_png(kj_error *err, const char *run_path, int32_t year, const char *out_png, const char *lang);

/* One page: headline, map, charts, table, provenance, as a PNG of 2400 × 1697 pixels. The handout has the same page. */
kj_status kj_report_summary(kj_error *err, const char *run_path, const char *out_png, const char *lang);

/* KJ_E_INPUT unless the name ends in .png, .pdf or .svg. */
kj_status kj_report_check_picture_name(kj_error *err, const char *path);
/* The consequence matrix on one page, as the ending of the name asks. title NULL: the settings that differ. */
kj_status kj_report_matrix(kj_error *err, const kj_comparison *comparison, const char *title, const char *path, const char *lang);

/* The page of a merged ensemble: fan, differences, map of probability, schools; as the ending of the name asks. */
kj_status kj_report_ensemble(kj_error *err, const char *path, const char *out, const char *lang);

#endif
