/* Numbers as people in each language write them: "144 240" and "20,6" in Swedish (narrow no-break space), "144.240"
   and "20,6" in Danish, "144,240" and "20.6" in English; minus is U+2212. Independent of the C locale. */
#ifndef KEDJA_DRAW_NUMBER_H
#define KEDJA_DRAW_NUMBER_H

#include <kedja/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "language.h"

enum { KJ_NUMBER_MAX = 64 }; /* bytes that hold any number */

/* Both return `out`. Halves round away from zero. decimals 0 … 6. NaN and infinite give "–". */
char *kj_number_int(char out[KJ_NUMBER_MAX], kj_language language, int64_t value);
char *kj_number_real(char out[KJ_NUMBER_MAX], kj_language language, double value, int decimals);
/* With a sign in front of positive values too: "+4 382". */
char *kj_number_change(char out[KJ_NUMBER_MAX], kj_language language, double value, int decimals);
/* From a to b as both are read: of the rounded values, so that 138 and 143 differ by 5. */
char *kj_number_difference(char out[KJ_NUMBER_MAX], kj_language language, double a, double b, int decimals);

/* "from January 2028", "until 2028-03", in the language set; "" for month 0. out: KJ_NUMBER_MAX bytes; returned. */
char *kj_month_words(char out[KJ_NUMBER_MAX], kj_month month, bool is_end);

#endif
