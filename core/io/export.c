/* Tables: read into a frame, written as CSV. */
#include "export.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "atomic.h"
#include "bytes.h"
#include "csvwrite.h"
#include "recorded.h"

static kj_status no_memory(kj_error *err) { return kj_fail(err, KJ_E_MEMORY, "out of memory"); }

static bool is_key(const kj_run_column *column) { return column->type == KJ_KEY; }

/* Tables whose rows are units of many persons: the ones that are published. */
static bool is_aggregate(const char *table)
{
    return !strcmp(table, "area") || !strcmp(table, "municipality") || !strcmp(table, "facility");
}

/* A whole number that counts persons, households or homes: no code, no reference, no money, no time, no place. */
static bool counts_people(const kj_run_table *table, const kj_run_column *column)
{
    bool whole = column->type == KJ_I32 || column->type == KJ_I64 || column->type == KJ_I16;
    bool plain = !strcmp(column->unit, "1") || !strcmp(column->unit, "1/year");
    bool capacity = strstr(column->name, "places") != NULL || strstr(column->name, "cell") != NULL;
    return is_aggregate(table->name) && whole && plain && !column->labels[0] && !column->ref[0] && !capacity;
}

static void month_text(double month, char out[8])
{
    int32_t m = (int32_t)month;
    if (m > 0 && m < 12 * 1000) snprintf(out, 8, "%04d-%02d", KJ_YEAR_OF(m) % 10000, KJ_MONTH_OF_YEAR(m));
    else out[0] = 0;
}

/* Coded values become words, months become dates. */
static bool to_words(const kj_run_column *from, uint32_t n, kj_frame_column *to)
{
    bool month = !strcmp(from->unit, "month");
    int32_t n_labels = kj_labels_count(from->labels);
    size_t width = month ? 8 : 64, n_texts = month ? n : (size_t)n_labels;
    to->buffer = calloc(n_texts + 1, width);
    to->text = calloc(n + 1u, sizeof *to->text);
    if (!to->buffer || !to->text) return false;
    for (int32_t l = 0; !month && l < n_labels; l++) kj_labels_at(from->labels, l, to->buffer + (size_t)l * width, width);
    for (uint32_t row = 0; row < n; row++) {
        if (month) month_text(to->value[row], to->buffer + row * width);
        bool known = month || (to->value[row] >= 0.0 && to->value[row] < n_labels);
        to->text[row] = known ? to->buffer + (month ? row : (size_t)to->value[row]) * width : "";
    }
    to->is_text = true;
    free(to->value);
    to->value = NULL;
    return true;
}

/* Facilities of another kind add up to another total. */
static void split_groups(kj_frame *frame, const kj_frame_column *kind)
{
    for (uint32_t row = 0; row < frame->n_rows; row++)
        for (uint32_t first = 0; first <= row; first++)
            if (!strcmp(kind->text[first], kind->text[row])) {
                frame->group[row] = frame->group[row] * (int32_t)frame->n_rows + (int32_t)first;
                break;
            }
}

static kj_status read_column(kj_error *err, const kj_dataset *set, const kj_run_table *table, const kj_run_column *from,
                             uint32_t year_index, kj_frame_column *to)
{
    uint32_t n = table->n_rows;
    snprintf(to->name, sizeof to->name, "%s", from->name);
    to->missing = calloc(n + 1u, 1);
    if (!to->missing) return no_memory(err);
    to->is_text = from->type == KJ_TEXT;
    if (to->is_text) return kj_dataset_texts(err, set, table, from, &to->text);
    to->value = calloc(n + 1u, sizeof *to->value);
    if (!to->value) return no_memory(err);
    kj_status status = kj_dataset_values(err, set, table, from, year_index, to->value, to->missing);
    if (status) return status;
    double factor;
    kj_told_unit(from->unit, &factor);
    to->is_money = factor < 1.0;
    to->is_whole = !to->is_money && from->type != KJ_F32 && from->type != KJ_F64;
    for (uint32_t row = 0; to->is_money && row < n; row++) to->value[row] *= factor;
    to->counts = counts_people(table, from);
    bool reference = from->ref[0] && strcmp(from->ref, "cell");
    for (uint32_t row = 0; reference && row < n; row++) {
        if (from->type == KJ_I32) to->value[row] += 1.0; /* a row becomes the id that the other table shows */
        if (to->value[row] <= 0.0) to->missing[row] = 1;
    }
    if ((from->labels[0] || !strcmp(from->unit, "month")) && !to_words(from, n, to)) return no_memory(err);
    return KJ_OK;
}

/* A project that was given up has no completion, whatever month stands there. */
static void drop_completions(const kj_frame_column *stage, kj_frame_column *completion, uint32_t n)
{
    for (uint32_t row = 0; row < n; row++)
        if (stage->text && !strcmp(stage->text[row], "cancelled")) completion->missing[row] = 1;
}

/* Rows that were there: those with a value in some yearly column, or all if there is none. */
static uint32_t drop_absent(const kj_run_table *table, const kj_dataset *set, kj_frame *frame)
{
    uint32_t kept = 0;
    for (uint32_t row = 0; row < frame->n_rows; row++) {
        bool yearly = false, there = false;
        for (uint32_t c = 0, f = 0; c < table->n_columns; c++) {
            if (is_key(&table->columns[c])) continue;
            const kj_frame_column *column = &frame->columns[f++];
            if (!set->run || !table->columns[c].yearly || table->columns[c].ref[0]) continue;
            yearly = true;
            there |= !column->missing[row];
        }
        if (yearly && !there) continue;
        frame->ids[kept] = frame->ids[row];
        frame->group[kept] = frame->group[row];
        for (uint32_t f = 0; f < frame->n_columns; f++) {
            kj_frame_column *column = &frame->columns[f];
            column->missing[kept] = column->missing[row];
            if (column->text) column->text[kept] = column->text[row];
            if (column->value) column->value[kept] = column->value[row];
        }
        kept++;
    }
    return kept;
}

void kj_frame_free(kj_frame *frame)
{
    for (uint32_t c = 0; frame->columns && c < frame->n_columns; c++) {
        free(frame->columns[c].value);
        free((void *)frame->columns[c].text);
        free(frame->columns[c].buffer);
        free(frame->columns[c].missing);
        free(frame->columns[c].left_out);
    }
    free(frame->columns);
    free(frame->ids);
    free(frame->group);
    memset(frame, 0, sizeof *frame);
}

kj_status kj_frame_read(kj_error *err, const kj_dataset *set, const char *name, uint32_t year_index,
                        const kj_disclosure *protection, kj_frame *out)
{
    const kj_run_table *table;
    const kj_frame_column *kind = NULL, *stage = NULL;
    kj_frame_column *completion = NULL;
    memset(out, 0, sizeof *out);
    kj_status status = kj_dataset_table(err, set, name, &table);
    if (status) return status;
    bool protects = protection->min_cell > 1 || protection->round_base > 1;
    if (protects && !is_aggregate(name))
        return kj_fail(err, KJ_E_INPUT,
                       "table %s has one row a unit, so that no rounding protects anybody: publish area, municipality "
                       "or facility, or leave out --min-cell and --round",
                       name);
    snprintf(out->name, sizeof out->name, "%s", name);
    out->n_rows = table->n_rows;
    out->columns = calloc(table->n_columns + 1u, sizeof *out->columns);
    out->ids = malloc((table->n_rows + 1u) * sizeof *out->ids);
    out->group = calloc(table->n_rows + 1u, sizeof *out->group);
    if (!out->columns || !out->ids || !out->group) status = no_memory(err);
    if (!status) memcpy(out->ids, table->ids, table->n_rows * sizeof *out->ids);
    for (uint32_t c = 0; !status && c < table->n_columns; c++) {
        if (is_key(&table->columns[c])) continue;
        kj_frame_column *to = &out->columns[out->n_columns++];
        status = read_column(err, set, table, &table->columns[c], year_index, to);
        for (uint32_t row = 0; !status && !strcmp(to->name, "municipality") && to->value && row < table->n_rows; row++)
            out->group[row] = (int32_t)to->value[row];
        if (!status && !strcmp(name, "facility") && !strcmp(to->name, "kind")) kind = to;
        if (!strcmp(name, "project") && !strcmp(to->name, "stage")) stage = to;
        if (!strcmp(name, "project") && !strcmp(to->name, "completion")) completion = to;
    }
    if (!status && stage && completion) drop_completions(stage, completion, out->n_rows);
    if (!status && kind && !kind->text) status = kj_fail(err, KJ_E_INPUT, "facility.kind: expected labels of its numbers, found none");
    if (!status && kind) split_groups(out, kind);
    if (!status) out->n_rows = drop_absent(table, set, out);
    if (!status) status = kj_frame_protect(err, out, protection, set->years[year_index]);
    if (status) kj_frame_free(out);
    return status;
}

/* ---- CSV ---- */

enum { NINE_DIGITS = 9 };

static void put_head(kj_csv_out *out, const kj_frame *frame)
{
    kj_csv_names(out, "year,id");
    for (uint32_t c = 0; c < frame->n_columns; c++) kj_csv_text(out, frame->columns[c].name);
    kj_csv_end_row(out);
}

static void put_value(kj_csv_out *out, const kj_frame_column *column, uint32_t row)
{
    if (column->missing[row]) kj_csv_empty(out);
    else if (column->is_text) kj_csv_text(out, column->text[row]);
    else if (column->is_money || column->is_whole) kj_csv_decimals(out, column->value[row], column->is_money ? 2 : 0);
    else kj_csv_digits(out, column->value[row], NINE_DIGITS);
}

static void put_frame(kj_csv_out *out, const kj_frame *frame, int32_t year)
{
    for (uint32_t row = 0; row < frame->n_rows; row++) {
        kj_csv_whole(out, year);
        kj_csv_whole(out, frame->ids[row]);
        for (uint32_t c = 0; c < frame->n_columns; c++) put_value(out, &frame->columns[c], row);
        kj_csv_end_row(out);
    }
}

/* What stands beside a table: origin, protection, columns with unit and sentence. */
static void put_meaning(kj_bytes *out, const kj_dataset *set, const kj_run_table *table, const kj_disclosure *protection,
                        uint32_t n_left_out)
{
    char line[1200];
    double factor;
#define LINE(...) kj_bytes_put(out, line, (size_t)snprintf(line, sizeof line, __VA_ARGS__))
    LINE("%.200s: %.60s (%.200s)\n%.500s\n", set->title, table->name, table->long_name, set->origin);
    if (protection->min_cell > 1)
        LINE("protected: counts of 1 to %d are left out, and more where a sum of counts of one day in the row, or the total of a "
             "municipality, would tell them (%u values in all); shares and balances over a year are not held against them\n",
             protection->min_cell - 1, n_left_out);
    if (protection->round_base > 1)
        LINE("protected: counts are rounded to multiples of %d, at random with the right mean\n", protection->round_base);
    LINE("\ncolumn, unit, meaning\nyear, year, end of that year (31 December)\nid, 1, row of the table, stable over the years\n");
    for (uint32_t c = 0; c < table->n_columns; c++) {
        const kj_run_column *column = &table->columns[c];
        if (is_key(column)) continue;
        const char *unit = column->labels[0] ? "word" : !strcmp(column->unit, "month") ? "YYYY-MM" : kj_told_unit(column->unit, &factor);
        LINE("%.60s, %.40s, %.400s%s%.200s\n", column->name, unit[0] ? unit : "text", column->long_name,
             column->origin[0] ? " Origin: " : "", column->origin);
    }
#undef LINE
}

/* All years of a table, and what was left out of it. */
static kj_status put_years(kj_error *err, const kj_dataset *set, const char *name, uint32_t first_year, uint32_t n_years, const kj_disclosure *protection,
                           kj_csv_out *out, uint32_t *n_left_out)
{
    for (uint32_t y = first_year; y < first_year + n_years; y++) {
        kj_frame frame;
        kj_status status = kj_frame_read(err, set, name, y, protection, &frame);
        if (status) return status;
        if (y == first_year) put_head(out, &frame);
        put_frame(out, &frame, set->years[y]);
        *n_left_out += frame.n_left_out;
        kj_frame_free(&frame);
    }
    return KJ_OK;
}

kj_status kj_export_csv(kj_error *err, const kj_dataset *set, const char *name, uint32_t first_year, uint32_t n_years,
                        const kj_disclosure *protection, kj_language readers, const char *path)
{
    kj_bytes meaning = {0};
    const kj_run_table *table;
    char beside[KJ_PATH_MAX], *text = NULL;
    size_t n_text = 0;
    uint32_t n_left_out = 0;
    kj_status status = kj_dataset_table(err, set, name, &table);
    FILE *memory = status ? NULL : open_memstream(&text, &n_text);
    if (!status && !memory) status = no_memory(err);
    if (!status) {
        kj_csv_out out = kj_csv_to(memory, readers);
        status = put_years(err, set, name, first_year, n_years, protection, &out, &n_left_out);
    }
    if (memory && fclose(memory) != 0 && !status) status = no_memory(err);
    if (!status) put_meaning(&meaning, set, table, protection, n_left_out);
    if (!status && meaning.failed) status = no_memory(err);
    if (!status && snprintf(beside, sizeof beside, "%s.txt", path) >= (int)sizeof beside)
        status = kj_fail(err, KJ_E_INPUT, "%.200s…: the path is too long", path);
    if (!status) status = kj_file_replace(err, path, text, n_text);
    if (!status) status = kj_file_replace(err, beside, meaning.at, meaning.n);
    free(text);
    kj_bytes_free(&meaning);
    return status;
}
