/* CSV files with a header line: RFC 4180 quoting, UTF-8 (a byte order mark is tolerated), lines that begin with `#` and
   blank lines are comments. One row is held at a time; every error names file and line. Independent of the locale. */
#ifndef KEDJA_IO_CSV_H
#define KEDJA_IO_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/error.h"

typedef struct kj_csv kj_csv;

/* Reads the file and its header line. delimiter: ',', ';' or '\t', or 0 to take the one that the header line holds
   most of. KJ_E_INPUT: cannot be read, not UTF-8, no header, a column named twice or not at all. */
kj_status kj_csv_open(kj_error *err, const char *path, char delimiter, kj_csv **out);
/* The same from memory (copied); `path` only names it. */
kj_status kj_csv_open_text(kj_error *err, const char *path, const char *text, size_t n_bytes, char delimiter, kj_csv **out);
void kj_csv_close(kj_csv *csv); /* NULL is fine */

const char *kj_csv_path(const kj_csv *csv);
uint32_t kj_csv_n_columns(const kj_csv *csv);
const char *kj_csv_column_name(const kj_csv *csv, uint32_t column); /* valid until close */
/* -1 if there is no such column. */
int32_t kj_csv_column(const kj_csv *csv, const char *name);
/* The same, but a missing column is KJ_E_INPUT with the columns that are there. */
kj_status kj_csv_require(kj_error *err, const kj_csv *csv, const char *name, uint32_t *column);

/* Goes to the next row; *more is false after the last one. KJ_E_INPUT: unclosed quote, text after a closing quote, or
   another number of fields than the header has. */
kj_status kj_csv_next(kj_error *err, kj_csv *csv, bool *more);

uint32_t kj_csv_line(const kj_csv *csv); /* line on which the current row begins, from 1 */
/* Text of a field of the current row, without quotes and outer blanks; valid until the next row. */
const char *kj_csv_field(const kj_csv *csv, uint32_t column);
/* A decimal number in [lo, hi] with a point (a comma too, where fields are not parted by commas), or KJ_E_INPUT naming file, line, column and what
   stands there. -INFINITY to INFINITY: any finite one. */
kj_status kj_csv_number(kj_error *err, const kj_csv *csv, uint32_t column, double lo, double hi, double *value);
/* A whole number in [lo, hi]. */
kj_status kj_csv_integer(kj_error *err, const kj_csv *csv, uint32_t column, int64_t lo, int64_t hi, int64_t *value);
/* A date, YYYY-MM-DD. */
kj_status kj_csv_date(kj_error *err, const kj_csv *csv, uint32_t column, int32_t *year, int32_t *month, int32_t *day);

#endif
