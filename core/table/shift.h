/* Values that move together where rows between them have died, in registers of sixteen. */
#ifndef KEDJA_TABLE_SHIFT_H
#define KEDJA_TABLE_SHIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KJ_SHIFT_ROWS = 16 };

/* Whether the processor has what kj_shift_sixteens needs; where not, it is never called. */
bool kj_has_shift(void);

/* The living of n times sixteen values from `from` on move to `to` and after, in their order; to <= from. living: a bit a row, the
   lowest for the first. width: 1, 2, 4 or 8 bytes. What stands between the last that moved and the end of those looked at is lost. */
void kj_shift_sixteens(void *values, size_t width, uint32_t to, uint32_t from, const uint16_t *living, uint32_t n);

#endif
