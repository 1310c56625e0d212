/* Indicators: recorded columns, as policies read them and as triggers watch them. One rule for both: which columns there are, which row a name
   means, when a value is there, and what may be summed. */
#include "indicator.h"

#include <kedja/register.h>
#include <stdio.h>
#include <string.h>

#include "../base/text.h"

static const char *near_name(char *out, size_t room, const char *wanted, const char *const *names, size_t n)
{
    const char *near = kj_nearest_name(wanted, names, n);
    snprintf(out, room, near ? "; did you mean '%s'?" : "%s", near ? near : "");
    return out;
}

static kj_status find_column(kj_error *err, const kj_sim *sim, const char *table, const char *name, const kj_rows **rows, const kj_column **column)
{
    const kj_store *store = kj_sim_store((kj_sim *)(uintptr_t)sim);
    const char *names[256];
    char hint[KJ_NAME_MAX + 24];
    size_t n = 0;
    *rows = kj_store_table(store, table);
    if (!*rows) {
        for (; n < store->n_tables && n < 256; n++) names[n] = store->tables[n].name;
        return kj_fail(err, KJ_E_INPUT, "this simulation has no table '%s'%s", table, near_name(hint, sizeof hint, table, names, n));
    }
    *column = kj_rows_column(*rows, name);
    if (!*column) {
        for (uint32_t c = 0; c < (*rows)->n_columns && n < 256; c++)
            if (script_is_indicator(&(*rows)->columns[c])) names[n++] = (*rows)->columns[c].name;
        return kj_fail(err, KJ_E_INPUT, "table '%s' has no column '%s'%s", table, name, near_name(hint, sizeof hint, name, names, n));
    }
    if (!script_is_indicator(*column)) return kj_fail(err, KJ_E_INPUT, "%s.%s is not an indicator: only recorded columns of numbers are", table, name);
    return KJ_OK;
}

/* A yearly count says something in some months only; 0: in all that come. */
static kj_status check_month(kj_error *err, const char *table, const kj_column *column, int32_t month_of_year, const char *instead)
{
    if (!(column->flags & KJ_FLOW) || month_of_year > 1) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "%s.%s is a yearly count, which begins at zero in January; %s", table, column->name, instead);
}

bool script_is_indicator(const kj_column *column)
{
    return (column->flags & (KJ_RECORD | KJ_POLICY)) && column->type != KJ_TEXT && column->type != KJ_KEY && column->type != KJ_ID;
}

bool script_is_summable(const kj_column *column)
{
    static const char *const units[] = {"1", "1/year", "m2", "km", "t", "hour/week", "SEK"};
    if (column->type == KJ_F32 || column->type == KJ_F64 || (column->labels && column->labels[0]) || column->ref[0]) return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(column->unit ? column->unit : "", units[i]) == 0) return true;
    return false;
}

kj_status script_indicator_check(kj_error *err, const kj_sim *sim, const char *table, const char *column, int32_t month_of_year)
{
    const kj_rows *rows;
    const kj_column *found;
    kj_status status = find_column(err, sim, table, column, &rows, &found);
    return status ? status : check_month(err, table, found, month_of_year, "use a stock");
}

/* Row of that name, or else of that code. */
static kj_status find_row(kj_error *err, const kj_sim *sim, const kj_rows *rows, const char *wanted, uint32_t *row)
{
    static const char *const labels[2] = {"name", "code"};
    const kj_pool *pool = &kj_sim_store((kj_sim *)(uintptr_t)sim)->pool;
    for (int i = 0; i < 2; i++) {
        const kj_column *column = kj_rows_column(rows, labels[i]);
        if (!column || column->type != KJ_TEXT) continue;
        for (*row = 0; *row < rows->n_rows; ++*row)
            if (rows->alive[*row] && strcmp(kj_pool_text(pool, ((const int32_t *)column->data)[*row]), wanted) == 0) return KJ_OK;
    }
    return kj_fail(err, KJ_E_INPUT, "table '%s' has no row with the name or code '%s'", rows->name, wanted);
}

kj_month script_known_from(const kj_sim *sim, const kj_column *column)
{
    kj_month start = kj_sim_get_config(sim)->start;
    kj_measured when = kj_sim_measured(sim, column);
    if (when.at_start || !when.is_measured || (column->origin && column->origin[0])) return start + 1; /* or brought by the map */
    if (when.month_of_year == 0) return start + 2;
    kj_month first = start + 1;
    while (KJ_MONTH_OF_YEAR(first) != when.month_of_year) first++;
    return first + 1;
}

kj_status script_find_indicator(kj_error *err, const kj_sim *sim, const char *table, const char *column, const char *name, indicator_place *out)
{
    *out = (indicator_place){0};
    kj_status status = find_column(err, sim, table, column, &out->rows, &out->column);
    return !status && name ? find_row(err, sim, out->rows, name, &out->row) : status;
}

kj_status script_check_sum(kj_error *err, const indicator_place *place, uint32_t n_rows)
{
    const char *unit = place->column->unit ? place->column->unit : "";
    if (n_rows <= 1 || script_is_summable(place->column)) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "%s.%s (%s) is no count: its sum over %u rows means nothing; name one row", place->rows->name, place->column->name, unit, n_rows);
}

kj_status script_indicator(kj_error *err, const kj_sim *sim, kj_month month, const char *table, const char *column, const char *name, double *value, bool *known)
{
    indicator_place place;
    kj_status status = script_find_indicator(err, sim, table, column, name, &place);
    if (!status) status = check_month(err, table, place.column, KJ_MONTH_OF_YEAR(month), "ask for the year before, with city.year - 1");
    if (status) return status;
    *known = month >= script_known_from(sim, place.column);
    *value = 0.0;
    if (name) {
        *value = kj_column_value(place.column, place.row);
        return KJ_OK;
    }
    status = script_check_sum(err, &place, place.rows->n_alive);
    for (uint32_t row = 0; !status && row < place.rows->n_rows; row++)
        if (place.rows->alive[row]) *value += kj_column_value(place.column, row);
    return status;
}
