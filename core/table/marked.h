/* Lists of the rows that are marked: most searches through a table end in one. */
#ifndef KEDJA_TABLE_MARKED_H
#define KEDJA_TABLE_MARKED_H

#include <stdbool.h>
#include <stdint.h>

/* first + i for each of the n marks that is not 0, rising, to out, which has room for as many as there are. Returns their number. */
uint32_t kj_list_marked(const uint8_t *marks, uint32_t n, uint32_t first, uint32_t *out);

/* The same one by one, and in registers of sixteen, where the processor has what that needs: for tests. */
uint32_t kj_list_marked_plain(const uint8_t *marks, uint32_t n, uint32_t first, uint32_t *out);
uint32_t kj_list_marked_sixteens(const uint8_t *marks, uint32_t n, uint32_t first, uint32_t *out);
bool kj_has_marked_sixteens(void);

#endif
