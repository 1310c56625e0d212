/* CSV written, field by field: RFC 4180, UTF-8, independent of the locale. For programs and English readers with comma and decimal point;
   for Swedish and Danish ones as their spreadsheets open it: semicolon, decimal comma, and a byte order mark, without which Excel takes å for
   two letters. kj_csv_open reads both. */
#ifndef KEDJA_IO_CSVWRITE_H
#define KEDJA_IO_CSVWRITE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../draw/language.h"

typedef struct kj_csv_out {
    FILE *file; /* not owned */
    char delimiter, point;
    bool begun; /* the row has a field */
} kj_csv_out;

kj_csv_out kj_csv_to(FILE *file, kj_language readers);
void kj_csv_text(kj_csv_out *out, const char *text); /* quoted if it must be */
void kj_csv_whole(kj_csv_out *out, int64_t value);
/* Both leave the field empty where there is no finite number. */
void kj_csv_decimals(kj_csv_out *out, double value, int decimals); /* as %.*f, but what is written as 0 has no sign */
void kj_csv_digits(kj_csv_out *out, double value, int digits);     /* as %.*g */
void kj_csv_empty(kj_csv_out *out);
void kj_csv_end_row(kj_csv_out *out);
/* Names of columns without quotes in one text: "year,id". */
void kj_csv_names(kj_csv_out *out, const char *names);

#endif
