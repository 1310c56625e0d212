/* Values of single parameters: maps/countries/CC/parameters.csv. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "paramtable.h"

enum { N_COLUMNS = 5 };
static const char *const columns[N_COLUMNS] = {"name", "value", "unit", "evidence", "source"};

static kj_status find_columns(kj_error *err, const kj_csv *csv, uint32_t at[N_COLUMNS])
{
    kj_status status = KJ_OK;
    for (int c = 0; c < N_COLUMNS && !status; c++) status = kj_csv_require(err, csv, columns[c], &at[c]);
    if (!status && kj_csv_n_columns(csv) != N_COLUMNS)
        return kj_fail(err, KJ_E_INPUT, "%s: expected the columns name, value, unit, evidence, source and no other", kj_csv_path(csv));
    return status;
}

static kj_status check_row(kj_error *err, const kj_csv *csv, const uint32_t at[N_COLUMNS], const kj_country_param *rows, uint32_t n)
{
    const char *name = kj_csv_field(csv, at[0]), *evidence = kj_csv_field(csv, at[3]);
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(rows[i].name, name) == 0)
            return kj_fail(err, KJ_E_INPUT, "%s:%u: '%s' stands on line %u already", kj_csv_path(csv), kj_csv_line(csv), name, rows[i].line);
    if (kj_evidence_index(evidence) < 0)
        return kj_fail(err, KJ_E_INPUT, "%s:%u: column `evidence`: expected measured, derived, calibrated or assumed, found `%.80s`", kj_csv_path(csv), kj_csv_line(csv),
                       evidence);
    if (!*kj_csv_field(csv, at[4]))
        return kj_fail(err, KJ_E_INPUT, "%s:%u: column `source` is empty: every figure names where it comes from", kj_csv_path(csv), kj_csv_line(csv));
    return KJ_OK;
}

static kj_status read_row(kj_error *err, const kj_csv *csv, const uint32_t at[N_COLUMNS], kj_country_param **rows, uint32_t *n)
{
    kj_country_param row = {.line = kj_csv_line(csv)};
    kj_status status = check_row(err, csv, at, *rows, *n);
    if (!status) status = kj_csv_number(err, csv, at[1], -INFINITY, INFINITY, &row.value);
    if (status) return status;
    kj_country_param *grown = realloc(*rows, (*n + 1u) * sizeof *grown);
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    *rows = grown;
    row.evidence = (kj_evidence)(kj_evidence_index(kj_csv_field(csv, at[3])) + 1);
    row.name = strdup(kj_csv_field(csv, at[0]));
    row.unit = strdup(kj_csv_field(csv, at[2]));
    row.source = strdup(kj_csv_field(csv, at[4]));
    grown[(*n)++] = row;
    return row.name && row.unit && row.source ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
}

kj_status kj_country_params_read(kj_error *err, const char *path, kj_country_param **rows, uint32_t *n)
{
    kj_csv *csv = NULL;
    uint32_t at[N_COLUMNS];
    bool more = true;
    *rows = NULL;
    *n = 0;
    kj_status status = kj_csv_open(err, path, ',', &csv);
    if (!status) status = find_columns(err, csv, at);
    while (!status) {
        status = kj_csv_next(err, csv, &more);
        if (status || !more) break;
        status = read_row(err, csv, at, rows, n);
    }
    kj_csv_close(csv);
    if (!status) return KJ_OK;
    kj_country_params_free(*rows, *n);
    *rows = NULL;
    *n = 0;
    return status;
}

void kj_country_params_free(kj_country_param *rows, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        free(rows[i].name);
        free(rows[i].unit);
        free(rows[i].source);
    }
    free(rows);
}
