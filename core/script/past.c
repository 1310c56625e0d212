#include "past.h"

#include <string.h>

#include "indicator.h"
#include "kept.h"
#include "scenario.h"

/* A record of a table: the head, the number of rows, their ids, and then the values of each indicator in the order of the columns, each beginning at a multiple of 8. */
typedef struct kept_table {
    kept_head head;
    uint32_t n_rows, spare;
    kj_id ids[];
} kept_table;

static size_t padded(size_t bytes) { return (bytes + 7) / 8 * 8; }

static size_t values_offset(uint32_t n_rows) { return sizeof(kept_table) + padded((size_t)n_rows * sizeof(kj_id)); }

static bool is_text(const kj_rows *rows, const char *name)
{
    const kj_column *column = kj_rows_column(rows, name);
    return column && column->type == KJ_TEXT;
}

/* Rows that can be asked for; people, homes and cells would be too many to keep. */
static bool is_kept(const kj_rows *rows) { return is_text(rows, "name") || is_text(rows, "code"); }

static size_t bytes_of(const kj_rows *rows, uint32_t n_rows)
{
    size_t bytes = values_offset(n_rows), values = 0;
    for (uint32_t c = 0; c < rows->n_columns; c++)
        if (script_is_indicator(&rows->columns[c])) values += padded((size_t)n_rows * kj_type_bytes(rows->columns[c].type));
    return values ? bytes + values : 0;
}

static void copy_living(const kj_rows *rows, const void *from, size_t width, void *to)
{
    uint8_t *at = to;
    for (uint32_t row = 0; row < rows->n_rows; row++) {
        if (!rows->alive[row]) continue;
        memcpy(at, (const uint8_t *)from + row * width, width);
        at += width;
    }
}

static kj_status keep_table(kj_error *err, kj_sim *sim, uint32_t table, int32_t year)
{
    const kj_rows *rows = &kj_sim_store(sim)->tables[table];
    size_t bytes = is_kept(rows) ? bytes_of(rows, rows->n_alive) : 0;
    if (bytes == 0) return KJ_OK;
    kept_table *made = (kept_table *)kept_add(sim, KEPT_INDICATORS, year, table, bytes);
    if (!made) return kj_fail(err, KJ_E_MEMORY, "out of memory for the indicators of %d", (int)year);
    made->n_rows = rows->n_alive;
    copy_living(rows, rows->ids, sizeof *rows->ids, made->ids);
    uint8_t *to = (uint8_t *)made + values_offset(made->n_rows);
    for (uint32_t c = 0; c < rows->n_columns; c++) {
        const kj_column *column = &rows->columns[c];
        if (!script_is_indicator(column)) continue;
        copy_living(rows, column->data, kj_type_bytes(column->type), to);
        to += padded(made->n_rows * kj_type_bytes(column->type));
    }
    return KJ_OK;
}

kj_status script_past_keep(kj_error *err, void *policies, kj_sim *sim, kj_month month)
{
    (void)policies;
    kj_status status = KJ_OK;
    for (uint32_t t = 0; !status && t < kj_sim_store(sim)->n_tables; t++) status = keep_table(err, sim, t, KJ_YEAR_OF(month));
    return status;
}

/* A record as large as this many rows of the table need: a checkpoint may come from anywhere. */
static bool is_whole(const kj_rows *rows, const kept_head *head)
{
    return head->bytes >= sizeof(kept_table) && head->bytes == padded(bytes_of(rows, ((const kept_table *)head)->n_rows));
}

static const kept_table *find_year(kj_sim *sim, uint32_t table, int32_t year)
{
    for (const kept_head *at = kept_next(sim, NULL); at; at = kept_next(sim, at))
        if (at->kind == KEPT_INDICATORS && at->of == table && at->year == year && is_whole(&kj_sim_store(sim)->tables[table], at)) return (const kept_table *)at;
    return NULL;
}

/* The column with the values of then. */
static kj_column column_of(const kept_table *kept, const kj_rows *rows, const kj_column *wanted)
{
    kj_column then = *wanted;
    const uint8_t *at = (const uint8_t *)kept + values_offset(kept->n_rows);
    for (const kj_column *column = rows->columns; column < wanted; column++)
        if (script_is_indicator(column)) at += padded(kept->n_rows * kj_type_bytes(column->type));
    then.data = (void *)(uintptr_t)at;
    return then;
}

/* NULL where a year says nothing of the column: before the start, not measured by then, a count of the year that ends with the start state. */
static const kept_table *find_known(kj_sim *sim, const indicator_place *place, int32_t year)
{
    const kept_table *kept = find_year(sim, (uint32_t)(place->rows - kj_sim_store(sim)->tables), year);
    if (!kept || KJ_MONTH(year + 1, 1) < script_known_from(sim, place->column)) return NULL;
    bool counts_no_year = (place->column->flags & KJ_FLOW) && year <= KJ_YEAR_OF(kj_sim_get_config(sim)->start);
    return counts_no_year ? NULL : kept;
}

kj_status kj_past_total(kj_error *err, kj_sim *sim, const char *table, const char *column, int32_t year, double *value, bool *known)
{
    const kj_rows *rows = kj_store_table(kj_sim_store(sim), table);
    indicator_place place;
    *value = 0.0;
    *known = false;
    if (!rows || !kj_rows_column(rows, column)) return KJ_OK;
    kj_status status = script_find_indicator(err, sim, table, column, NULL, &place);
    const kept_table *kept = status ? NULL : find_known(sim, &place, year);
    if (!kept) return status;
    kj_column then = column_of(kept, place.rows, place.column);
    for (uint32_t row = 0; row < kept->n_rows; row++) *value += kj_column_value(&then, row);
    *known = true;
    return KJ_OK;
}

kj_status script_past_indicator(kj_error *err, kj_sim *sim, kj_month month, const char *table, const char *column, const char *name, int32_t year,
                                double *value, bool *known)
{
    indicator_place place;
    *value = 0.0;
    *known = false;
    kj_status status = script_find_indicator(err, sim, table, column, name, &place);
    if (status) return status;
    if (year >= KJ_YEAR_OF(month))
        return kj_fail(err, KJ_E_INPUT, "%s.%s: the year %d is not over in %d-%02d; leave the year out for the latest value", table, column, (int)year, (int)KJ_YEAR_OF(month),
                       (int)KJ_MONTH_OF_YEAR(month));
    if (!is_kept(place.rows)) return kj_fail(err, KJ_E_INPUT, "%s.%s: the past is kept of tables whose rows have a name or a code, and '%s' has neither", table, column, table);
    const kept_table *kept = find_known(sim, &place, year);
    if (!kept) return KJ_OK;
    kj_column then = column_of(kept, place.rows, place.column);
    if (!name && (status = script_check_sum(err, &place, kept->n_rows))) return status;
    *known = !name;
    for (uint32_t row = 0; row < kept->n_rows; row++) {
        if (name && kept->ids[row] != place.rows->ids[place.row]) continue;
        *value += kj_column_value(&then, row);
        *known = true;
    }
    return KJ_OK;
}
