#include "csv.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"

enum { COLUMNS_MAX = 4096 };

struct kj_csv {
    char *path;
    char *text; /* whole file; fields are cut out of it in place */
    char *next; /* where the next row begins */
    char *end;  /* the closing zero of text */
    char delimiter;
    uint32_t line;      /* of the current row */
    uint32_t next_line; /* of `next` */
    uint32_t n_columns;
    char **names;
    char **fields;
    locale_t c_locale; /* numbers are read with a decimal point whatever the user's locale */
};

/* Skips comments and blank lines. */
static void skip_to_row(kj_csv *csv)
{
    while (csv->next < csv->end) {
        char *p = csv->next;
        if (*p != '#') {
            while (*p == ' ' || *p == '\t' || *p == '\r') p++;
            if (*p != '\n' && *p != 0) return;
        }
        char *newline = memchr(csv->next, '\n', (size_t)(csv->end - csv->next));
        csv->next = newline ? newline + 1 : csv->end;
        csv->next_line++;
    }
}

static char choose_delimiter(const char *header)
{
    const char candidates[3] = {',', ';', '\t'};
    int counts[3] = {0}, best = 0;
    bool quoted = false;
    for (const char *p = header; *p && *p != '\n'; p++) {
        if (*p == '"') quoted = !quoted;
        for (int i = 0; i < 3 && !quoted; i++) counts[i] += *p == candidates[i];
    }
    for (int i = 1; i < 3; i++)
        if (counts[i] > counts[best]) best = i;
    return candidates[best];
}

/* Cuts a quoted field out in place: p stands on the opening quote. Returns what follows the closing quote. */
static char *cut_quoted(kj_csv *csv, char *p, char **field)
{
    char *to = ++p;
    *field = to;
    for (;; p++) {
        if (p >= csv->end) return NULL;
        if (*p == '"') {
            if (p[1] != '"') break;
            p++;
        }
        if (*p == '\n') csv->next_line++;
        *to++ = *p;
    }
    p++;
    while (*p == ' ' || *p == '\r' || (*p == '\t' && csv->delimiter != '\t')) p++;
    *to = 0; /* at the latest on the closing quote */
    return p;
}

static char *cut_plain(kj_csv *csv, char *p, char **field, char *stopped_at)
{
    *field = p;
    while (p < csv->end && *p != csv->delimiter && *p != '\n') p++;
    char *tail = p;
    while (tail > *field && (tail[-1] == ' ' || tail[-1] == '\t' || tail[-1] == '\r')) tail--;
    *stopped_at = *p;
    *tail = 0;
    return p;
}

/* Cuts the row at csv->next into at most `max` fields; *n counts all of them. */
static kj_status cut_row(kj_error *err, kj_csv *csv, char **fields, uint32_t max, uint32_t *n)
{
    char *p = csv->next;
    csv->line = csv->next_line;
    *n = 0;
    for (;;) {
        char *field, stopped_at;
        while (*p == ' ' || (*p == '\t' && csv->delimiter != '\t')) p++;
        if (*p == '"') {
            p = cut_quoted(csv, p, &field);
            if (!p) return kj_fail(err, KJ_E_INPUT, "%s:%u: a quote is opened and never closed", csv->path, csv->line);
            stopped_at = *p;
            if (p < csv->end && stopped_at != csv->delimiter && stopped_at != '\n')
                return kj_fail(err, KJ_E_INPUT,
                               "%s:%u: text after the closing quote of field %u: expected `%c` or the end of the line",
                               csv->path, csv->line, *n + 1, csv->delimiter == '\t' ? 't' : csv->delimiter);
        } else {
            p = cut_plain(csv, p, &field, &stopped_at);
        }
        if (*n < max) fields[*n] = field;
        ++*n;
        bool at_end = p >= csv->end;
        if (!at_end) p++;
        if (at_end || stopped_at == '\n') {
            csv->next = p;
            csv->next_line += !at_end;
            return KJ_OK;
        }
    }
}

static kj_status read_header(kj_error *err, kj_csv *csv)
{
    skip_to_row(csv);
    if (csv->next >= csv->end) return kj_fail(err, KJ_E_INPUT, "%s: no header line: the file is empty", csv->path);
    if (!csv->delimiter) csv->delimiter = choose_delimiter(csv->next);
    csv->names = calloc(COLUMNS_MAX, sizeof *csv->names);
    if (!csv->names) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", csv->path);
    kj_status status = cut_row(err, csv, csv->names, COLUMNS_MAX, &csv->n_columns);
    if (status) return status;
    if (csv->n_columns > COLUMNS_MAX)
        return kj_fail(err, KJ_E_INPUT, "%s:%u: %u columns, at most %d are read", csv->path, csv->line, csv->n_columns,
                       COLUMNS_MAX);
    for (uint32_t i = 0; i < csv->n_columns; i++) {
        if (!*csv->names[i])
            return kj_fail(err, KJ_E_INPUT, "%s:%u: column %u of the header has no name", csv->path, csv->line, i + 1);
        for (uint32_t j = 0; j < i; j++)
            if (!strcmp(csv->names[i], csv->names[j]))
                return kj_fail(err, KJ_E_INPUT, "%s:%u: column `%s` stands twice in the header", csv->path, csv->line,
                               csv->names[i]);
    }
    csv->fields = calloc(csv->n_columns, sizeof *csv->fields);
    if (!csv->fields) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", csv->path);
    return KJ_OK;
}

/* `text` is copied; NULL: the file's own. */
static kj_status read_text(kj_error *err, kj_csv *csv, const char *text, size_t n_bytes)
{
    errno = 0;
    csv->text = text ? malloc(n_bytes + 1) : kj_file_read(csv->path, &n_bytes);
    if (!csv->text && text) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", csv->path);
    if (!csv->text)
        return kj_fail(err, KJ_E_INPUT, "%s: cannot be read: %s", csv->path, kj_why(errno ? errno : ENOENT));
    if (text) {
        memcpy(csv->text, text, n_bytes);
        csv->text[n_bytes] = 0;
    }
    csv->end = csv->text + n_bytes;
    csv->next = csv->text;
    csv->next_line = 1;
    csv->next += kj_text_mark(csv->text, n_bytes);
    return kj_text_check_utf8(err, csv->path, csv->next, (size_t)(csv->end - csv->next));
}

static kj_status open_any(kj_error *err, const char *path, const char *text, size_t n_bytes, char delimiter, kj_csv **out)
{
    *out = NULL;
    kj_csv *csv = calloc(1, sizeof *csv);
    if (!csv) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
    csv->delimiter = delimiter;
    csv->path = strdup(path);
    csv->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    kj_status status = csv->path && csv->c_locale ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
    if (!status) status = read_text(err, csv, text, n_bytes);
    if (!status) status = read_header(err, csv);
    if (status) {
        kj_csv_close(csv);
        return status;
    }
    *out = csv;
    return KJ_OK;
}

kj_status kj_csv_open(kj_error *err, const char *path, char delimiter, kj_csv **out)
{
    return open_any(err, path, NULL, 0, delimiter, out);
}

kj_status kj_csv_open_text(kj_error *err, const char *path, const char *text, size_t n_bytes, char delimiter, kj_csv **out)
{
    return open_any(err, path, text, n_bytes, delimiter, out);
}

void kj_csv_close(kj_csv *csv)
{
    if (!csv) return;
    if (csv->c_locale) freelocale(csv->c_locale);
    free(csv->names);
    free(csv->fields);
    free(csv->text);
    free(csv->path);
    free(csv);
}

const char *kj_csv_path(const kj_csv *csv) { return csv->path; }
uint32_t kj_csv_n_columns(const kj_csv *csv) { return csv->n_columns; }
const char *kj_csv_column_name(const kj_csv *csv, uint32_t column) { return csv->names[column]; }

int32_t kj_csv_column(const kj_csv *csv, const char *name)
{
    for (uint32_t i = 0; i < csv->n_columns; i++)
        if (!strcmp(csv->names[i], name)) return (int32_t)i;
    return -1;
}

kj_status kj_csv_require(kj_error *err, const kj_csv *csv, const char *name, uint32_t *column)
{
    int32_t index = kj_csv_column(csv, name);
    if (index >= 0) {
        *column = (uint32_t)index;
        return KJ_OK;
    }
    char list[512] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < csv->n_columns && used + 64 < sizeof list; i++) {
        size_t length = strnlen(csv->names[i], 60);
        if (used) list[used++] = ' ';
        memcpy(list + used, csv->names[i], length);
        used += length;
        list[used] = 0;
    }
    return kj_fail(err, KJ_E_INPUT, "%s: expected a column `%s`, found the columns: %s", csv->path, name, list);
}

kj_status kj_csv_next(kj_error *err, kj_csv *csv, bool *more)
{
    *more = false;
    skip_to_row(csv);
    if (csv->next >= csv->end) return KJ_OK;
    uint32_t n;
    kj_status status = cut_row(err, csv, csv->fields, csv->n_columns, &n);
    if (status) return status;
    if (n != csv->n_columns)
        return kj_fail(err, KJ_E_INPUT, "%s:%u: expected %u fields as in the header, found %u", csv->path, csv->line,
                       csv->n_columns, n);
    *more = true;
    return KJ_OK;
}

uint32_t kj_csv_line(const kj_csv *csv) { return csv->line; }
const char *kj_csv_field(const kj_csv *csv, uint32_t column) { return csv->fields[column]; }

kj_status kj_csv_number(kj_error *err, const kj_csv *csv, uint32_t column, double lo, double hi, double *value)
{
    const char *text = csv->fields[column];
    char *end = NULL, number[64], range[KJ_RANGE_TEXT];
    char *comma = csv->delimiter != ',' && strlen(text) < sizeof number ? strchr(text, ',') : NULL;
    if (comma && !strchr(comma + 1, ',') && !strchr(text, '.')) { /* a decimal comma, where fields are parted by others */
        strcpy(number, text);
        number[comma - text] = '.';
        text = number;
    }
    /* strtod also reads "nan", "inf" and hexadecimal; a table has none of them. */
    bool plain = *text && strspn(text, "0123456789+-.eE") == strlen(text);
    *value = plain ? strtod_l(text, &end, csv->c_locale) : 0.0;
    bool finite = plain && end && !*end && *value - *value == 0.0;
    if (finite && *value >= lo && *value <= hi) return KJ_OK;
    text = csv->fields[column];
    if (finite)
        return kj_fail(err, KJ_E_INPUT, "%s:%u: column `%s`: expected %s, found `%.80s`", csv->path, csv->line, csv->names[column],
                       kj_range_text(lo, hi, NULL, range), text);
    return kj_fail(err, KJ_E_INPUT, "%s:%u: column `%s`: expected a number, found `%.80s`%s", csv->path, csv->line,
                   csv->names[column], text,
                   strchr(text, ',')            ? " (a decimal comma: write a point)"
                   : !*text || !strcmp(text, "..") ? " (a missing value)"
                                                : "");
}

kj_status kj_csv_integer(kj_error *err, const kj_csv *csv, uint32_t column, int64_t lo, int64_t hi, int64_t *value)
{
    const char *text = csv->fields[column];
    char *end = NULL;
    errno = 0;
    bool plain = *text && strspn(text, "0123456789+-") == strlen(text);
    *value = plain ? strtoll(text, &end, 10) : 0;
    if (!plain || !end || *end || end == text || errno)
        return kj_fail(err, KJ_E_INPUT, "%s:%u: column `%s`: expected a whole number, found `%.80s`", csv->path,
                       csv->line, csv->names[column], text);
    if (*value < lo || *value > hi)
        return kj_fail(err, KJ_E_INPUT, "%s:%u: column `%s`: expected %lld to %lld, found %lld", csv->path, csv->line,
                       csv->names[column], (long long)lo, (long long)hi, (long long)*value);
    return KJ_OK;
}

kj_status kj_csv_date(kj_error *err, const kj_csv *csv, uint32_t column, int32_t *year, int32_t *month, int32_t *day)
{
    const char *text = csv->fields[column];
    if (sscanf(text, "%4d-%2d-%2d", year, month, day) == 3 && *month >= 1 && *month <= 12 && *day >= 1 && *day <= 31) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "%s:%u: column `%s`: expected a date, YYYY-MM-DD, found `%.80s`", csv->path, csv->line, csv->names[column], text);
}
