/* Which columns of a state go into a run file, and how. */
#ifndef KEDJA_IO_RECORDED_H
#define KEDJA_IO_RECORDED_H

#include "../table/table.h"
#include "h5out.h"

typedef enum kj_recorded {
    KJ_RECORDED_NOT = 0,
    KJ_RECORDED_YEARLY, /* KJ_RECORD: with a time axis */
    KJ_RECORDED_STATIC, /* without: what names and places the rows of a recorded table */
    KJ_RECORDED_FINAL   /* KJ_FINAL: once, in the packed file */
} kj_recorded;

/* packed: the file of a whole run, where FINAL columns are written too. */
bool kj_recorded_table(const kj_rows *rows, bool packed);
kj_recorded kj_recorded_how(const kj_rows *rows, const kj_column *column, bool packed);

/* A value for "this row was not there in that year", outside what a column holds: least integer, 255 for U8, 0 for ids
   and keys, NaN. Copied to `out` (8 bytes); also written as _FillValue. */
void kj_recorded_fill_value(kj_type type, void *out);

/* The unit in which people read a column, and what its values are multiplied by: money is counted in öre ("1e-2 SEK") and told in SEK. Any other unit: itself, 1. */
const char *kj_told_unit(const char *unit, double *factor);

#endif
