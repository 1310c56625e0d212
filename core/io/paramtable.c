#include "paramtable.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "csv.h"

enum { TABLE_MAX = 1 << 24 };

/* Columns of the open file. */
typedef struct layout {
    uint32_t key[KJ_PARAM_DIMS_MAX], value, unit, evidence, source;
} layout;

typedef struct reader {
    kj_csv *csv;
    const kj_param_table_def *def;
    layout at;
    double *values;
    uint32_t *line_of; /* line that gave a combination; 0: none yet */
    uint32_t n, n_of[KJ_EVIDENCE_KINDS];
} reader;

static uint32_t dim_size(const kj_param_dim *dim)
{
    if (dim->labels) return (uint32_t)kj_labels_count(dim->labels);
    return dim->hi < dim->lo ? 0 : (uint32_t)(dim->hi - dim->lo) + 1;
}

uint32_t kj_param_table_size(const kj_param_table_def *def)
{
    uint64_t n = 1;
    if (def->n_dims > KJ_PARAM_DIMS_MAX) return 0;
    for (uint32_t d = 0; d < def->n_dims; d++) {
        n *= dim_size(&def->dims[d]);
        if (n > TABLE_MAX) return 0;
    }
    return (uint32_t)n;
}

static kj_status check_columns(kj_error *err, reader *in)
{
    const kj_param_table_def *def = in->def;
    kj_status status = KJ_OK;
    for (uint32_t d = 0; d < def->n_dims && !status; d++)
        status = kj_csv_require(err, in->csv, def->dims[d].name, &in->at.key[d]);
    if (!status) status = kj_csv_require(err, in->csv, "value", &in->at.value);
    if (!status) status = kj_csv_require(err, in->csv, "unit", &in->at.unit);
    if (!status) status = kj_csv_require(err, in->csv, "evidence", &in->at.evidence);
    if (!status) status = kj_csv_require(err, in->csv, "source", &in->at.source);
    if (status) return status;
    for (uint32_t c = 0; c < kj_csv_n_columns(in->csv); c++) {
        bool known = c == in->at.value || c == in->at.unit || c == in->at.evidence || c == in->at.source;
        for (uint32_t d = 0; d < def->n_dims; d++) known |= c == in->at.key[d];
        if (!known)
            return kj_fail(err, KJ_E_INPUT,
                           "%s: column `%s` is not one of the keys, value, unit, evidence, source of table `%s`",
                           kj_csv_path(in->csv), kj_csv_column_name(in->csv, c), def->name);
    }
    return KJ_OK;
}

/* Index of the current row's key within one dimension. */
static kj_status read_key(kj_error *err, const reader *in, uint32_t d, uint32_t *index)
{
    const kj_param_dim *dim = &in->def->dims[d];
    if (!dim->labels) {
        int64_t value;
        kj_status status = kj_csv_integer(err, in->csv, in->at.key[d], dim->lo, dim->hi, &value);
        if (!status) *index = (uint32_t)(value - dim->lo);
        return status;
    }
    const char *word = kj_csv_field(in->csv, in->at.key[d]);
    int32_t found = *word && !strchr(word, ' ') ? kj_labels_index(dim->labels, word) : -1;
    if (found < 0)
        return kj_fail(err, KJ_E_INPUT, "%s:%u: column `%s`: expected one of: %s; found `%.80s`", kj_csv_path(in->csv),
                       kj_csv_line(in->csv), dim->name, dim->labels, word);
    *index = (uint32_t)found;
    return KJ_OK;
}

int32_t kj_evidence_index(const char *word)
{
    return !*word || strchr(word, ' ') ? -1 : kj_labels_index("measured derived calibrated assumed", word);
}

static int32_t evidence_of(const reader *in) { return kj_evidence_index(kj_csv_field(in->csv, in->at.evidence)); }

static kj_status check_words(kj_error *err, const reader *in)
{
    const char *path = kj_csv_path(in->csv), *unit = kj_csv_field(in->csv, in->at.unit);
    const char *evidence = kj_csv_field(in->csv, in->at.evidence);
    uint32_t line = kj_csv_line(in->csv);
    if (strcmp(unit, in->def->unit))
        return kj_fail(err, KJ_E_INPUT, "%s:%u: column `unit`: expected `%s`, found `%.80s`", path, line, in->def->unit,
                       unit);
    if (evidence_of(in) < 0)
        return kj_fail(err, KJ_E_INPUT,
                       "%s:%u: column `evidence`: expected measured, derived, calibrated or assumed, found `%.80s`",
                       path, line, evidence);
    if (!*kj_csv_field(in->csv, in->at.source))
        return kj_fail(err, KJ_E_INPUT, "%s:%u: column `source` is empty: every figure names where it comes from", path,
                       line);
    return KJ_OK;
}

static kj_status read_value(kj_error *err, const reader *in, double *value)
{
    const kj_param_table_def *def = in->def;
    kj_status status = kj_csv_number(err, in->csv, in->at.value, -INFINITY, INFINITY, value);
    if (status) return status;
    char range[KJ_RANGE_TEXT];
    bool ranged = def->min != 0.0 || def->max != 0.0;
    if (ranged && (*value < def->min || *value > def->max))
        return kj_fail(err, KJ_E_INPUT, "%s:%u: column `value`: expected %s, found %.10g",
                       kj_csv_path(in->csv), kj_csv_line(in->csv), kj_range_text(def->min, def->max, def->unit, range), *value);
    return KJ_OK;
}

/* "age = 37, sex = male" of a combination. */
static void name_keys(const kj_param_table_def *def, uint32_t index, char *out, size_t out_bytes)
{
    uint32_t key[KJ_PARAM_DIMS_MAX];
    for (uint32_t d = def->n_dims; d-- > 0;) {
        key[d] = index % dim_size(&def->dims[d]);
        index /= dim_size(&def->dims[d]);
    }
    size_t used = 0;
    out[0] = 0;
    for (uint32_t d = 0; d < def->n_dims && used < out_bytes; d++) {
        const kj_param_dim *dim = &def->dims[d];
        char word[64];
        if (dim->labels)
            kj_labels_at(dim->labels, (int32_t)key[d], word, sizeof word);
        else
            snprintf(word, sizeof word, "%d", dim->lo + (int32_t)key[d]);
        used += (size_t)snprintf(out + used, out_bytes - used, "%s%s = %s", d ? ", " : "", dim->name, word);
    }
}

static kj_status read_row(kj_error *err, reader *in)
{
    uint32_t index = 0;
    double value;
    for (uint32_t d = 0; d < in->def->n_dims; d++) {
        uint32_t key = 0;
        kj_status status = read_key(err, in, d, &key);
        if (status) return status;
        index = index * dim_size(&in->def->dims[d]) + key;
    }
    kj_status status = check_words(err, in);
    if (!status) status = read_value(err, in, &value);
    if (status) return status;
    if (in->line_of[index]) {
        char keys[256];
        name_keys(in->def, index, keys, sizeof keys);
        return kj_fail(err, KJ_E_INPUT, "%s:%u: a second row for %s; the first is on line %u", kj_csv_path(in->csv),
                       kj_csv_line(in->csv), *keys ? keys : "the only value", in->line_of[index]);
    }
    in->line_of[index] = kj_csv_line(in->csv);
    in->values[index] = value;
    in->n_of[evidence_of(in)]++;
    return KJ_OK;
}

static kj_status check_complete(kj_error *err, const reader *in)
{
    uint32_t n_missing = 0, first = 0;
    for (uint32_t i = 0; i < in->n; i++)
        if (!in->line_of[i] && n_missing++ == 0) first = i;
    if (!n_missing) return KJ_OK;
    char keys[256];
    name_keys(in->def, first, keys, sizeof keys);
    return kj_fail(err, KJ_E_INPUT, "%s: no row for %s (%u of %u rows are missing)", kj_csv_path(in->csv),
                   *keys ? keys : "the only value", n_missing, in->n);
}

/* "municipality = lund" of what stands before the last n_shares keys. */
static void name_whole(const kj_param_table_def *def, uint32_t index, char *out, size_t out_bytes)
{
    kj_param_table_def before = *def;
    before.n_dims = def->n_dims - def->n_shares;
    name_keys(&before, index, out, out_bytes);
}

/* Shares may miss one by what rounding to three decimals takes or adds. */
static kj_status check_shares(kj_error *err, const reader *in)
{
    const double rounding = 0.005;
    uint32_t n_parts = 1;
    for (uint32_t d = 0; d < in->def->n_shares; d++) n_parts *= dim_size(&in->def->dims[in->def->n_dims - 1 - d]);
    for (uint32_t first = 0; first < in->n && in->def->n_shares > 0; first += n_parts) {
        double sum = 0.0;
        uint32_t from = UINT32_MAX, to = 0;
        for (uint32_t i = first; i < first + n_parts; i++) {
            sum += in->values[i];
            if (in->line_of[i] < from) from = in->line_of[i];
            if (in->line_of[i] > to) to = in->line_of[i];
        }
        if (sum >= 1.0 - rounding && sum <= 1.0 + rounding) continue;
        char whole[256];
        name_whole(in->def, first / n_parts, whole, sizeof whole);
        return kj_fail(err, KJ_E_INPUT, "%s:%u: column `value`: expected shares that sum to 1 in rows %u to %u%s%s, found a sum of %.6g", kj_csv_path(in->csv), from, from, to,
                       *whole ? ", " : "", whole, sum);
    }
    return KJ_OK;
}

static kj_status read_rows(kj_error *err, reader *in)
{
    for (;;) {
        bool more;
        kj_status status = kj_csv_next(err, in->csv, &more);
        if (!status && more) status = read_row(err, in);
        if (status) return status;
        if (more) continue;
        status = check_complete(err, in);
        return status ? status : check_shares(err, in);
    }
}

kj_status kj_param_table_read(kj_error *err, const char *path, const kj_param_table_def *def, double **values,
                              uint32_t *n)
{
    uint32_t unused[KJ_EVIDENCE_KINDS];
    return kj_param_table_read_counted(err, path, def, values, n, unused);
}

kj_status kj_param_table_read_counted(kj_error *err, const char *path, const kj_param_table_def *def, double **values, uint32_t *n,
                                      uint32_t n_of[KJ_EVIDENCE_KINDS])
{
    *values = NULL;
    *n = 0;
    reader in = {.def = def, .n = kj_param_table_size(def)};
    if (!in.n)
        return kj_fail(err, KJ_E_RANGE, "table `%s`: its keys make no combination, or more than %d", def->name,
                       TABLE_MAX);
    if (def->n_shares > def->n_dims)
        return kj_fail(err, KJ_E_RANGE, "table `%s`: shares over %u keys, but it has %u", def->name, def->n_shares, def->n_dims);
    kj_status status = kj_csv_open(err, path, ',', &in.csv);
    if (status) return status;
    in.values = calloc(in.n, sizeof *in.values);
    in.line_of = calloc(in.n, sizeof *in.line_of);
    status = in.values && in.line_of ? check_columns(err, &in) : kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
    if (!status) status = read_rows(err, &in);
    kj_csv_close(in.csv);
    free(in.line_of);
    if (status) {
        free(in.values);
        return status;
    }
    memcpy(n_of, in.n_of, sizeof in.n_of);
    *values = in.values;
    *n = in.n;
    return KJ_OK;
}
