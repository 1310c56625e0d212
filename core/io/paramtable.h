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

#endif
