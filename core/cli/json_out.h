/* One JSON object on standard output. */
#ifndef KEDJA_CLI_JSON_OUT_H
#define KEDJA_CLI_JSON_OUT_H

#include <jansson.h>

#include "../base/error.h"

/* Prints and releases it; numbers with at most `digits` digits. KJ_E_MEMORY: it could not be made whole, and nothing was printed. */
kj_status kj_cli_print_json(kj_error *err, json_t *root, size_t digits);

#endif
