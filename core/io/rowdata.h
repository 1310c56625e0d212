/* Values of the living rows of a table. */
#ifndef KEDJA_IO_ROWDATA_H
#define KEDJA_IO_ROWDATA_H

#include "../table/table.h"

/* n_alive values of `width` bytes in row order: the column itself if all rows live, else a copy, which *gathered points
   to (free(), NULL otherwise). NULL without living rows or when out of memory. */
const void *kj_rowdata_live(const kj_rows *rows, const void *values, uint32_t width, void **gathered);

#endif
