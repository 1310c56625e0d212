/* Country tables (maps/countries/CC/NAME.csv): one row a combination of keys, with value, unit, evidence and source. */
#ifndef KEDJA_IO_PARAMTABLE_H
#define KEDJA_IO_PARAMTABLE_H

#include <kedja/register.h>

#include "../base/error.h"

/* Number of combinations of the keys; 0 if a dimension is wrong or they are more than 2^24. */
uint32_t kj_param_table_size(const kj_param_table_def *def);

/* Reads a table. *values: dense, first dimension slowest, n values, owned by the caller (free()). Rows may stand in any
   order. KJ_E_INPUT with file and line, or with the keys that are missing: a key outside its dimension, a combination
   missing or doubled, a value that is no number or outside [min, max] (when they differ), another unit than def->unit,
   evidence that is not one of measured, derived, calibrated, assumed, an empty source, an unknown column, shares (def->n_shares)
   that do not sum to one. */
kj_status kj_param_table_read(kj_error *err, const char *path, const kj_param_table_def *def, double **values,
                              uint32_t *n);
/* The same, with the number of rows of each kind of evidence (kj_evidence - 1), so that a run can say how much is assumed. */
enum { KJ_EVIDENCE_KINDS = 4 };
kj_status kj_param_table_read_counted(kj_error *err, const char *path, const kj_param_table_def *def, double **values, uint32_t *n,
                                      uint32_t n_of[KJ_EVIDENCE_KINDS]);

/* Index of one of the words measured, derived, calibrated, assumed (kj_evidence - 1); below 0: none of them. */
int32_t kj_evidence_index(const char *word);

/* A parameter's value in a country: a row of parameters.csv. Texts owned. */
typedef struct kj_country_param {
    char *name, *unit, *source; /* name: PLUGIN.PARAMETER */
    double value;
    kj_evidence evidence;
    uint32_t line;
} kj_country_param;

/* Reads such a file: columns name, value, unit, evidence, source. KJ_E_INPUT with file and line: a column missing or too many, a name twice, a value that is no
   number, evidence that is none, an empty source. */
kj_status kj_country_params_read(kj_error *err, const char *path, kj_country_param **rows, uint32_t *n);
void kj_country_params_free(kj_country_param *rows, uint32_t n);

#endif
