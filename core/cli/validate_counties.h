/* `kedja validate --counties FOLDER`: rates fitted up to 2000, the years after it beside shares as they were. */
#ifndef KEDJA_CLI_VALIDATE_COUNTIES_H
#define KEDJA_CLI_VALIDATE_COUNTIES_H

#include <stdbool.h>

#include "../base/error.h"

kj_status kj_validate_counties(kj_error *err, const char *folder, bool json, bool markdown);

#endif
