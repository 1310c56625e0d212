/* Rows of the matrix: indicators of both worlds, their paired differences, and the rule of thumb beside them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare_internal.h"

/* Student's t, two-sided 95 %, 1 to 30 degrees of freedom; above that the normal's. */
static double t_95(uint32_t freedom)
{
    static const double t[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
                               2.120,  2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
    return freedom == 0 ? NAN : freedom <= 30 ? t[freedom - 1] : 1.960;
}

const char *kj_distinct_word(kj_distinct distinct)
{
    static const char *const words[] = {"unknown", "yes", "no"};
    return words[distinct];
}

kj_effect kj_effect_of(const double *differences, uint32_t n)
{
    double sum = 0.0, squares = 0.0;
    for (uint32_t k = 0; k < n; k++) sum += differences[k];
    kj_effect effect = {.difference = n ? sum / (double)n : NAN, .low = NAN, .high = NAN};
    if (n < 2) return effect;
    for (uint32_t k = 0; k < n; k++) squares += (differences[k] - effect.difference) * (differences[k] - effect.difference);
    double half = t_95(n - 1) * sqrt(squares / (double)(n - 1) / (double)n);
    effect.low = effect.difference - half;
    effect.high = effect.difference + half;
    bool around_zero = effect.low <= 0.0 && effect.high >= 0.0;
    effect.distinct = around_zero ? KJ_DISTINCT_NO : KJ_DISTINCT_YES;
    return effect;
}

static double in_steps(double value, int decimals) { return round(value * pow(10.0, decimals)); }

enum { DECIMALS_MOST = 6 }; /* that a number can be printed with: draw/number.h */

/* An interval that is told from chance does not reach 0: nor may its printed ends. */
static int decimals_of_ends(const kj_effect *effect, int decimals)
{
    while (effect->distinct == KJ_DISTINCT_YES && decimals < DECIMALS_MOST &&
           (in_steps(effect->low, decimals) == 0.0 || in_steps(effect->high, decimals) == 0.0))
        decimals++;
    return decimals;
}

int kj_difference_decimals(const kj_matrix_row *row)
{
    int decimals = row->def->decimals;
    double printed = in_steps(row->change, decimals) - in_steps(row->base, decimals), rounded = in_steps(row->effect.difference, decimals);
    bool tells = rounded != 0.0 && (printed == rounded || !isnan(row->effect.low));
    return row->same ? decimals : decimals_of_ends(&row->effect, tells ? decimals : decimals + 1);
}

bool kj_difference_shows(const kj_matrix_row *row) { return !row->same && in_steps(row->effect.difference, kj_difference_decimals(row)) != 0.0; }

/* Values of a term by row, for rows that count; free(). */
static kj_status read_rows(kj_error *err, const kj_runread *run, const kj_term *term, uint32_t year, double **values, uint32_t *n)
{
    const kj_run_table *table = kj_runread_table_named(run, term->table);
    *values = NULL;
    *n = table ? table->n_rows : 0;
    double *read = calloc(*n + 1u, sizeof *read), *kinds = calloc(*n + 1u, sizeof *kinds);
    kj_status status = read && kinds ? kj_runread_column(err, run, term->table, term->column, year, KJ_F64, read) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status && term->service >= 0) status = kj_runread_column(err, run, term->table, "kind", year, KJ_F64, kinds);
    for (uint32_t k = 0; k < *n && !status; k++)
        if (term->service >= 0 && (int)kinds[k] != term->service) read[k] = 0.0;
    free(kinds);
    if (status) free(read);
    else *values = read;
    return status;
}

static kj_status sum_term(kj_error *err, const kj_runread *run, const kj_term *term, uint32_t year, double *sum)
{
    *sum = 0.0;
    kj_status status = KJ_OK;
    for (uint32_t y = term->cumulative ? 1u : year; y <= year && !status; y++) {
        double *values;
        uint32_t n;
        status = read_rows(err, run, term, y, &values, &n);
        for (uint32_t k = 0; k < n && !status; k++) *sum += values[k];
        free(values);
    }
    return status;
}

static kj_status sum_weighted(kj_error *err, const kj_runread *run, const kj_indicator_def *def, uint32_t year, double *value)
{
    double *values = NULL, *weights = NULL, sum = 0.0, weight = 0.0;
    uint32_t n;
    kj_status status = read_rows(err, run, &def->value, year, &values, &n);
    if (!status) status = read_rows(err, run, &def->over, year, &weights, &n);
    for (uint32_t k = 0; k < n && !status; k++) sum += values[k] * weights[k], weight += weights[k];
    free(values);
    free(weights);
    *value = weight > 0.0 ? sum / weight * def->scale : 0.0;
    return status;
}

/* What each row lacks: municipalities do not share what one of them has left. */
static kj_status sum_lacking(kj_error *err, const kj_runread *run, const kj_indicator_def *def, uint32_t year, double *value)
{
    double *values = NULL, *less = NULL, sum = 0.0;
    uint32_t n;
    kj_status status = read_rows(err, run, &def->value, year, &values, &n);
    if (!status) status = read_rows(err, run, &def->less, year, &less, &n);
    for (uint32_t k = 0; k < n && !status; k++) sum += fmax(values[k] - less[k], 0.0);
    free(values);
    free(less);
    *value = sum * def->scale;
    return status;
}

kj_status kj_indicator_read(kj_error *err, const kj_runread *run, const kj_indicator_def *def, uint32_t year, double *value)
{
    if (def->weighted) return sum_weighted(err, run, def, year, value);
    if (def->less.table) return sum_lacking(err, run, def, year, value);
    double over = 1.0;
    kj_status status = sum_term(err, run, &def->value, year, value);
    if (!status && def->over.table) status = sum_term(err, run, &def->over, year, &over);
    *value = over != 0.0 ? *value / over * def->scale : 0.0;
    return status;
}

static bool has_column(const kj_runread *run, const kj_term *term)
{
    const kj_run_table *table = term->table ? kj_runread_table_named(run, term->table) : NULL;
    return !term->table || (table && kj_run_table_column(table, term->column));
}

bool kj_indicator_is_there(const kj_runread *run, const kj_indicator_def *def)
{
    return has_column(run, &def->value) && has_column(run, &def->over) && has_column(run, &def->less);
}

/* A figure of a plugin that was not there leaves its row out. */
static bool is_there(const kj_pairs *pairs, const kj_indicator_def *def)
{
    bool there = true;
    for (uint32_t k = 0; k < pairs->n_open; k++) there &= kj_indicator_is_there(pairs->open[k], def);
    return there;
}

typedef struct people_of {
    double base, change;
} people_of;

/* The figure when the run began. Nothing has happened by then that is counted since the start or over a year: such figures are NaN,
   unless the start brings what the year before it was. */
static kj_status read_start(kj_error *err, const kj_runread *run, const kj_indicator_def *def, double *value)
{
    const kj_run_table *table = kj_runread_table_named(run, def->value.table);
    const kj_run_column *column = table ? kj_run_table_column(table, def->value.column) : NULL;
    *value = NAN;
    if (def->from_start || def->value.cumulative) return KJ_OK;
    kj_status status = kj_indicator_read(err, run, def, 0, value);
    if (!status && column && column->flags & KJ_FLOW && *value == 0.0) *value = NAN;
    return status;
}

/* One row. Key figures an inhabitant are the planner's rule of thumb: what grows with the population grows as it does. */
static kj_status fill_row(kj_error *err, const kj_pairs *pairs, const kj_indicator_def *def, const people_of *people, int32_t year, double *differences,
                          kj_matrix_row *row)
{
    *row = (kj_matrix_row){.def = def, .same = true};
    kj_status status = KJ_OK;
    double n = (double)pairs->n;
    for (uint32_t k = 0; k < pairs->n && !status; k++) {
        double start, base, change;
        status = read_start(err, pairs->base[k], def, &start);
        if (!status) status = kj_indicator_read(err, pairs->base[k], def, (uint32_t)kj_runread_year_index(pairs->base[k], year), &base);
        if (!status) status = kj_indicator_read(err, pairs->change[k], def, (uint32_t)kj_runread_year_index(pairs->change[k], year), &change);
        if (status) return status;
        differences[k] = change - base;
        row->same &= differences[k] == 0.0;
        row->start += start / n;
        row->base += base / n;
        row->change += change / n;
        if (def->extensive && people[k].base > 0.0) row->rule += base * (people[k].change / people[k].base - 1.0) / n;
    }
    row->effect = kj_effect_of(differences, pairs->n);
    bool seen = kj_difference_shows(row) && row->effect.distinct != KJ_DISTINCT_NO;
    row->sign = !seen || def->direction == KJ_NEITHER ? 0 : (row->effect.difference > 0.0) == (def->direction == KJ_MORE_IS_BETTER) ? 1 : -1;
    return status;
}

kj_status kj_matrix_fill(kj_error *err, const kj_pairs *pairs, kj_comparison *out)
{
    out->rows = calloc(kj_n_indicators, sizeof *out->rows);
    double *differences = calloc(pairs->n, sizeof *differences);
    people_of *people = calloc(pairs->n, sizeof *people);
    kj_status status = out->rows && differences && people ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    const kj_term residents = {"municipality", "population", -1, false};
    for (uint32_t k = 0; k < pairs->n && !status; k++) {
        status = sum_term(err, pairs->base[k], &residents, (uint32_t)kj_runread_year_index(pairs->base[k], out->year), &people[k].base);
        if (!status) status = sum_term(err, pairs->change[k], &residents, (uint32_t)kj_runread_year_index(pairs->change[k], out->year), &people[k].change);
    }
    for (uint32_t k = 0; k < kj_n_indicators && !status; k++)
        if (is_there(pairs, &kj_indicators[k])) status = fill_row(err, pairs, &kj_indicators[k], people, out->year, differences, &out->rows[out->n_rows++]);
    free(differences);
    free(people);
    return status;
}
