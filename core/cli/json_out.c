#include "json_out.h"

#include <stdio.h>
#include <stdlib.h>

kj_status kj_cli_print_json(kj_error *err, json_t *root, size_t digits)
{
    char *text = root ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(digits)) : NULL;
    json_decref(root);
    if (!text) return kj_fail(err, KJ_E_MEMORY, "out of memory for the JSON");
    puts(text);
    free(text);
    return KJ_OK;
}
