#include "fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double sum_of(const double *value, uint32_t n, uint32_t stride)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < n; i++) sum += value[(size_t)i * stride];
    return sum;
}

static void scale(double *value, uint32_t n, uint32_t stride, double by)
{
    for (uint32_t i = 0; i < n; i++) value[(size_t)i * stride] *= by;
}

/* A margin that wants something of a line of zeros: without this it could never be met. */
static void fill_empty(const kj_fit_table *t)
{
    for (uint32_t r = 0; r < t->n_rows; r++) {
        double *row = t->value + (size_t)r * t->n_cols;
        if (t->row_total[r] > 0.0 && sum_of(row, t->n_cols, 1) <= 0.0) {
            memcpy(row, t->col_total, t->n_cols * sizeof *row);
        }
    }
    for (uint32_t c = 0; c < t->n_cols; c++) {
        if (t->col_total[c] <= 0.0 || sum_of(t->value + c, t->n_rows, t->n_cols) > 0.0) continue;
        for (uint32_t r = 0; r < t->n_rows; r++) t->value[(size_t)r * t->n_cols + c] = t->row_total[r];
    }
}

/* Each column from the first row to the last. */
static void column_sums(const kj_fit_table *t, double *out)
{
    memset(out, 0, t->n_cols * sizeof *out);
    for (uint32_t r = 0; r < t->n_rows; r++) {
        const double *row = t->value + (size_t)r * t->n_cols;
        for (uint32_t c = 0; c < t->n_cols; c++) out[c] += row[c];
    }
}

void kj_fit(const kj_fit_table *t, uint32_t max_rounds, double tolerance, double *worst)
{
    double rows = sum_of(t->row_total, t->n_rows, 1), cols = sum_of(t->col_total, t->n_cols, 1);
    double to_rows = cols > 0.0 ? rows / cols : 0.0, off = 0.0;
    fill_empty(t);
    double *sums = malloc((t->n_cols + 1u) * sizeof *sums);
    for (uint32_t round = 0; sums && round < max_rounds; round++) {
        off = 0.0;
        column_sums(t, sums); /* row by row: memory is walked in its order */
        for (uint32_t c = 0; c < t->n_cols; c++) {
            double is = sums[c], want = t->col_total[c] * to_rows;
            off = fmax(off, fabs(is - want));
            sums[c] = is > 0.0 ? want / is : 1.0;
        }
        for (uint32_t r = 0; r < t->n_rows; r++) {
            double *row = t->value + (size_t)r * t->n_cols;
            for (uint32_t c = 0; c < t->n_cols; c++) row[c] *= sums[c];
        }
        for (uint32_t r = 0; r < t->n_rows; r++) {
            double *row = t->value + (size_t)r * t->n_cols, is = sum_of(row, t->n_cols, 1);
            if (is > 0.0) scale(row, t->n_cols, 1, t->row_total[r] / is);
        }
        if (round > 0 && off <= tolerance) break;
    }
    off = 0.0;
    if (sums) column_sums(t, sums);
    for (uint32_t c = 0; sums && c < t->n_cols; c++) off = fmax(off, fabs(sums[c] - t->col_total[c] * to_rows));
    free(sums);
    if (worst) *worst = off;
}

void kj_fit_round(const double *value, uint32_t n, int64_t total, int32_t *out)
{
    double sum = sum_of(value, n, 1);
    bool even = !(sum > 0.0);
    double by = even ? (double)total / (double)(n ? n : 1) : (double)total / sum;
    int64_t left = total;
    for (uint32_t i = 0; i < n; i++) {
        out[i] = (int32_t)(even ? by : value[i] * by);
        left -= out[i];
    }
    for (uint32_t i = n; left < 0 && i > 0; i--) { /* a product that rounding lifted over a whole number */
        if (out[i - 1] > 0) {
            out[i - 1]--;
            left++;
        }
    }
    for (; left > 0; left--) { /* the largest remainder gets the next unit; fewer than n rounds */
        uint32_t best = 0;
        double most = -2.0;
        for (uint32_t i = 0; i < n; i++) {
            double rest = (even ? by : value[i] * by) - (double)out[i];
            if (rest > most && (even || value[i] > 0.0)) {
                most = rest;
                best = i;
            }
        }
        out[best]++;
    }
}

/* Row in which moving a unit from column `from` to `to` moves the table least away from its fitted values. */
static int64_t best_row(const double *value, const int32_t *out, uint32_t n_rows, uint32_t n_cols, uint32_t from,
                        uint32_t to)
{
    int64_t best = -1;
    double best_gain = -1e300;
    for (uint32_t r = 0; r < n_rows; r++) {
        size_t f = (size_t)r * n_cols + from, t = (size_t)r * n_cols + to;
        if (out[f] <= 0) continue;
        double gain = ((double)out[f] - value[f]) - ((double)out[t] - value[t]);
        if (value[t] <= 0.0) gain -= 1e6; /* a cell that the seed forbids, only when nothing else is left */
        if (gain > best_gain) {
            best_gain = gain;
            best = r;
        }
    }
    return best;
}

kj_status kj_fit_round_table(kj_error *err, const double *value, uint32_t n_rows, uint32_t n_cols,
                             const int32_t *row_total, const int32_t *col_total, int32_t *out)
{
    int64_t rows = 0, cols = 0;
    for (uint32_t r = 0; r < n_rows; r++) rows += row_total[r];
    for (uint32_t c = 0; c < n_cols; c++) cols += col_total[c];
    if (rows != cols) {
        return kj_fail(err, KJ_E_RANGE, "rows add up to %lld but columns to %lld", (long long)rows, (long long)cols);
    }
    int64_t *over = calloc(n_cols ? n_cols : 1, sizeof *over);
    if (!over) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t r = 0; r < n_rows; r++)
        kj_fit_round(value + (size_t)r * n_cols, n_cols, row_total[r], out + (size_t)r * n_cols);
    for (uint32_t c = 0; c < n_cols; c++) {
        over[c] = -(int64_t)col_total[c];
        for (uint32_t r = 0; r < n_rows; r++) over[c] += out[(size_t)r * n_cols + c];
    }
    for (;;) {
        uint32_t from = 0, to = 0;
        for (uint32_t c = 1; c < n_cols; c++) {
            if (over[c] > over[from]) from = c;
            if (over[c] < over[to]) to = c;
        }
        if (n_cols == 0 || over[from] <= 0) break;
        int64_t r = best_row(value, out, n_rows, n_cols, from, to); /* there is one: the column has too many */
        out[(size_t)r * n_cols + from]--;
        out[(size_t)r * n_cols + to]++;
        over[from]--;
        over[to]++;
    }
    free(over);
    return KJ_OK;
}
