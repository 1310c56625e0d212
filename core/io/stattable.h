/* Tables of official statistics, whatever they come as: CSV, PC-Axis (PX) or json-stat2, the formats of PxWeb. One
   reader: dimensions with codes and labels, values in row-major order, missing where the source says "..". */
#ifndef KEDJA_IO_STATTABLE_H
#define KEDJA_IO_STATTABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/error.h"

enum { KJ_STAT_DIMS_MAX = 8 };

typedef struct kj_stat_dim {
    char *name, *label; /* both owned; the label is the name where there is none */
    uint32_t n;
    char **codes, **labels; /* owned; a label is the code where there is none */
} kj_stat_dim;

typedef struct kj_stat_table {
    char *title, *unit; /* owned; may be "" */
    uint32_t n_dims;
    kj_stat_dim dims[KJ_STAT_DIMS_MAX];
    double *values; /* owned; NaN where missing; the last dimension varies fastest */
    uint64_t n_values, n_missing;
    uint64_t n_recoded; /* bytes that were not UTF-8 and were read as Latin-1 */
} kj_stat_table;

/* Reads any of the three by its content. value_column: of a CSV, the column with the numbers (NULL: the last one); its
   other columns are dimensions. KJ_E_INPUT names file and line or key: broken syntax, a number that is none or that can
   be read two ways ("1,234"), the same cell twice, sizes that do not agree. */
kj_status kj_stat_read(kj_error *err, const char *path, const char *value_column, kj_stat_table *out);
/* The same from memory; `path` only names it. */
kj_status kj_stat_parse(kj_error *err, const char *path, const char *text, uint64_t n_bytes, const char *value_column,
                        kj_stat_table *out);
void kj_stat_free(kj_stat_table *table);

/* Index of a dimension by name or label, upper and lower case alike; KJ_E_INPUT with those that are there. */
kj_status kj_stat_dim_find(kj_error *err, const char *path, const kj_stat_table *table, const char *name, uint32_t *dim);

/* What a word of a table means. */
typedef enum kj_stat_meaning { KJ_STAT_UNKNOWN = 0, KJ_STAT_PART = 1, KJ_STAT_TOTAL = 2 } kj_stat_meaning;

/* "0-4 år", "80+", "100 år och äldre", "under 5", "7": ages from lo to hi, hi = INT32_MAX when open. */
kj_stat_meaning kj_stat_range(const char *text, int32_t *lo, int32_t *hi);
/* Women and men in English, Swedish and Danish, and the codes that the statistical offices use: kj_sex. */
kj_stat_meaning kj_stat_sex(const char *text, int32_t *sex);
bool kj_stat_is_total(const char *text);

#endif
