/* `kedja validate RUN.nc …`: people by area against observed counts. */
#ifndef KEDJA_CLI_VALIDATE_AREAS_H
#define KEDJA_CLI_VALIDATE_AREAS_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/error.h"

kj_status kj_validate_areas(kj_error *err, const char *const *paths, int32_t n, bool json, bool markdown);

#endif
