#include "rowdata.h"

#include <stdlib.h>
#include <string.h>

const void *kj_rowdata_live(const kj_rows *rows, const void *values, uint32_t width, void **gathered)
{
    *gathered = NULL;
    if (!rows->n_alive) return NULL;
    if (rows->n_alive == rows->n_rows) return values;
    uint8_t *to = malloc((size_t)rows->n_alive * width);
    *gathered = to;
    for (uint32_t row = 0; row < rows->n_rows && to; row++) {
        if (!rows->alive[row]) continue;
        memcpy(to, (const uint8_t *)values + (size_t)row * width, width);
        to += width;
    }
    return *gathered;
}
