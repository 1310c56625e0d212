/* Fitting tables to margins, and rounding them to whole numbers without losing one. Independent of maps. */
#ifndef KEDJA_MAP_FIT_H
#define KEDJA_MAP_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/error.h"

/* A table of n_rows x n_cols, row by row, with the sums that its rows and columns should have. The margins must have
   the same total; they are scaled to row_total when they do not. */
typedef struct kj_fit_table {
    uint32_t n_rows, n_cols;
    double *value;           /* seed in, fitted out; >= 0, a zero stays zero */
    const double *row_total; /* [n_rows], >= 0 */
    const double *col_total; /* [n_cols], >= 0 */
} kj_fit_table;

/* Iterative proportional fitting (Deming & Stephan 1940): scales rows and columns in turn until no row or column is off
   by more than `tolerance`, at most max_rounds times. Rows are scaled last, so that they hold to rounding. A row or
   column that wants a total but has only zeros is first spread by the other margin. *worst (may be NULL): greatest
   deviation of a column at the end. */
void kj_fit(const kj_fit_table *table, uint32_t max_rounds, double tolerance, double *worst);

/* Whole numbers near `value` that add up to `total`: largest remainders, ties to the lower index. Values may be scaled
   first: they need not add up to the total. All zero values: the total is spread evenly. */
void kj_fit_round(const double *value, uint32_t n, int64_t total, int32_t *out);

/* Rounds a fitted table so that every row has exactly its total and every column exactly its total (both margins whole,
   same sum; KJ_E_RANGE otherwise). Rows are rounded by largest remainders; then units are moved within rows from
   columns that have too many to columns that have too few, where that costs least. */
kj_status kj_fit_round_table(kj_error *err, const double *value, uint32_t n_rows, uint32_t n_cols,
                             const int32_t *row_total, const int32_t *col_total, int32_t *out);

#endif
