/* Small types that every room and every plugin shares. */
#ifndef KEDJA_TYPES_H
#define KEDJA_TYPES_H

#include <stdint.h>

/* A month counted from January 1900 (= 0). December 2020 is 1451. Columns of persons, households and vacancies keep months
   as KJ_I16, from the year -830 to 4630: a run that would pass KJ_MONTH_MAX is refused before it starts. */
typedef int32_t kj_month;
#define KJ_MONTH_MAX INT16_MAX

#define KJ_MONTH(year, month_of_year) ((kj_month)(((year) - 1900) * 12 + (month_of_year) - 1))
#define KJ_YEAR_OF(month) ((int32_t)((month) / 12) + 1900)
#define KJ_MONTH_OF_YEAR(month) ((int32_t)((month) % 12) + 1) /* 1 = January */

/* A stable id, never reused within a run; 0 is "none". */
typedef uint32_t kj_id;

/* What row_of() answers for an id that no longer exists. */
#define KJ_NO_ROW UINT32_MAX

/* Type of a column. KJ_ID holds ids of the table named in the column's `ref`; KJ_TEXT an index into the run's
   string pool (0 = ""); KJ_KEY a 64-bit luck key. */
typedef enum kj_type {
    KJ_U8 = 1,
    KJ_I16 = 2,
    KJ_I32 = 3,
    KJ_I64 = 4,
    KJ_F32 = 5,
    KJ_F64 = 6,
    KJ_ID = 7,
    KJ_TEXT = 8,
    KJ_KEY = 9
} kj_type;

/* Width of one value in bytes; 0 for an unknown type. */
static inline uint32_t kj_type_bytes(kj_type type)
{
    switch (type) {
    case KJ_U8: return 1;
    case KJ_I16: return 2;
    case KJ_I32:
    case KJ_F32:
    case KJ_ID:
    case KJ_TEXT: return 4;
    case KJ_I64:
    case KJ_F64:
    case KJ_KEY: return 8;
    }
    return 0;
}

#endif
