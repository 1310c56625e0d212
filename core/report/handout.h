/* The handout of a forum: seven or eight pages on one run, or on two held against each other. Findings in sentences, maps,
   schools, chains, economy, the consequence matrix of a pair, method and limits, provenance. */
#ifndef KEDJA_REPORT_HANDOUT_H
#define KEDJA_REPORT_HANDOUT_H

#include "../base/error.h"

/* KJ_E_INPUT unless the name ends in .pdf, .svg, .png or .html. */
kj_status kj_handout_check_name(kj_error *err, const char *path);

/* second: NULL, or a run of the same map and seed to the same year (else KJ_E_INPUT). path: FILE.pdf (one tagged file), FILE.html (one file with the findings
   as text and the pages as pictures), or FILE.svg and FILE.png: FILE_1.svg … one a page. Nothing half-written stays. */
kj_status kj_handout(kj_error *err, const char *first, const char *second, const char *path, const char *lang);

#endif
