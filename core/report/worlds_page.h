/* Several worlds on one page: where each builds, and a table of what follows. */
#ifndef KEDJA_REPORT_WORLDS_PAGE_H
#define KEDJA_REPORT_WORLDS_PAGE_H

#include "../compare/worlds.h"

/* As the ending of the name asks: .png, .pdf or .svg. */
kj_status kj_report_worlds(kj_error *err, const kj_worlds *worlds, const char *path, const char *lang);

#endif
