/* Internal to core/script. */
#ifndef KEDJA_SCRIPT_MASK_LOGIC_H
#define KEDJA_SCRIPT_MASK_LOGIC_H

#include <stdbool.h>
#include <stddef.h>

/* What is wrong with a mask or layer beside `and`, `or`, `not`, `==`, and its line; NULL: nothing that can be seen in the text. */
const char *script_mask_fault(const char *text, size_t n_bytes, int *line);

#endif
