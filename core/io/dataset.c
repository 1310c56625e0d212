#include "dataset.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "recorded.h"

static kj_status no_memory(kj_error *err) { return kj_fail(err, KJ_E_MEMORY, "out of memory"); }

kj_status kj_dataset_of_run(kj_error *err, const char *path, kj_dataset *out)
{
    memset(out, 0, sizeof *out);
    kj_status status = kj_runread_open(err, path, &out->run);
    if (status) return status;
    const kj_run_info *info = kj_runread_info(out->run);
    out->grid = *kj_runread_grid(out->run);
    out->n_years = kj_runread_n_years(out->run);
    out->n_tables = kj_runread_n_tables(out->run);
    out->years = malloc((out->n_years + 1u) * sizeof *out->years);
    out->tables = malloc((out->n_tables + 1u) * sizeof *out->tables);
    uint32_t n_layers = kj_runread_n_layers(out->run);
    kj_run_column *layers = malloc((n_layers + 1u) * sizeof *layers);
    out->layers = (kj_run_table){.name = "cell", .long_name = "", .columns = layers, .n_columns = n_layers};
    if (!out->years || !out->tables || !layers) {
        kj_dataset_close(out);
        return no_memory(err);
    }
    memcpy(out->years, kj_runread_years(out->run), out->n_years * sizeof *out->years);
    for (uint32_t t = 0; t < out->n_tables; t++) out->tables[t] = *kj_runread_table_at(out->run, t);
    for (uint32_t l = 0; l < n_layers; l++) layers[l] = *kj_runread_layer_at(out->run, l);
    snprintf(out->title, sizeof out->title, "%.240s", info->title);
    snprintf(out->origin, sizeof out->origin,
             "Kedja %.40s, simulation: scenario %.120s, seed %llu, state %.32s; map %.60s, digest %.32s", info->version,
             info->scenario_path, (unsigned long long)info->seed, info->state_hash, info->map_name, info->map_digest);
    return KJ_OK;
}

/* A store's table described as a run's. */
static bool describe(const kj_rows *rows, kj_run_table *out)
{
    kj_run_column *columns = calloc(rows->n_columns + 1u, sizeof *columns);
    *out = (kj_run_table){.name = rows->name,
                          .long_name = rows->doc ? rows->doc : "",
                          .n_rows = rows->n_rows,
                          .ids = rows->ids,
                          .columns = columns,
                          .n_columns = rows->n_columns};
    for (uint32_t c = 0; columns && c < rows->n_columns; c++) {
        const kj_column *from = &rows->columns[c];
        columns[c] = (kj_run_column){.name = from->name,
                                     .unit = from->unit ? from->unit : "",
                                     .long_name = from->doc ? from->doc : "",
                                     .labels = from->labels ? from->labels : "",
                                     .origin = from->origin ? from->origin : "",
                                     .source = from->source ? from->source : "",
                                     .ref = from->ref,
                                     .type = from->type,
                                     .flags = from->flags};
    }
    return columns != NULL;
}

kj_status kj_dataset_of_map(kj_error *err, const kj_map *map, kj_dataset *out)
{
    memset(out, 0, sizeof *out);
    out->map = map;
    out->grid = map->grid;
    out->years = malloc(sizeof *out->years);
    out->tables = calloc(map->store.n_tables + 1u, sizeof *out->tables);
    bool good = out->years && out->tables;
    if (good) out->years[0] = KJ_YEAR_OF(map->start);
    out->n_years = 1;
    for (uint32_t t = 0; good && t < map->store.n_tables; t++) {
        const kj_rows *rows = &map->store.tables[t];
        if (!strcmp(rows->name, "cell")) good = describe(rows, &out->layers);
        else good = describe(rows, &out->tables[out->n_tables++]);
    }
    if (!good) {
        kj_dataset_close(out);
        return no_memory(err);
    }
    snprintf(out->title, sizeof out->title, "%.240s", map->title ? map->title : map->name);
    snprintf(out->origin, sizeof out->origin, "Kedja map %.60s, digest %.32s, 31 December %d", map->name, map->digest,
             out->years[0]);
    return KJ_OK;
}

void kj_dataset_close(kj_dataset *set)
{
    for (uint32_t t = 0; set->map && set->tables && t < set->n_tables; t++) free((void *)set->tables[t].columns);
    free((void *)set->layers.columns);
    free(set->tables);
    free(set->years);
    kj_runread_close(set->run);
    memset(set, 0, sizeof *set);
}

kj_status kj_dataset_year(kj_error *err, const kj_dataset *set, int32_t year, uint32_t *index)
{
    *index = set->n_years - 1;
    if (year == 0) return KJ_OK;
    for (uint32_t y = 0; y < set->n_years; y++) {
        *index = y;
        if (set->years[y] == year) return KJ_OK;
    }
    return kj_fail(err, KJ_E_INPUT, "year %d was not recorded: expected %d to %d", year, set->years[0],
                   set->years[set->n_years - 1]);
}

/* "no layer named x (did you mean y?); it has a, b, c" */
static kj_status unknown(kj_error *err, const char *what, const char *name, const char *const *known, uint32_t n)
{
    char list[900] = "";
    for (uint32_t i = 0; i < n && strlen(list) < 800; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%.60s", i ? ", " : "", known[i]);
    const char *nearest = kj_nearest_name(name, known, n);
    return kj_fail(err, KJ_E_INPUT, "no %s named %.80s%s%s%s; expected one of: %s", what, name,
                   nearest ? " (did you mean " : "", nearest ? nearest : "", nearest ? "?)" : "", list);
}

kj_status kj_dataset_layer(kj_error *err, const kj_dataset *set, const char *name, const kj_run_column **out)
{
    const char *known[256];
    uint32_t n = set->layers.n_columns < 256 ? set->layers.n_columns : 256;
    for (uint32_t i = 0; i < n; i++) {
        known[i] = set->layers.columns[i].name;
        *out = &set->layers.columns[i];
        if (!strcmp(known[i], name)) return KJ_OK;
    }
    return unknown(err, "layer", name, known, n);
}

kj_status kj_dataset_table(kj_error *err, const kj_dataset *set, const char *name, const kj_run_table **out)
{
    const char *known[64];
    uint32_t n = set->n_tables < 64 ? set->n_tables : 64;
    for (uint32_t i = 0; i < n; i++) {
        known[i] = set->tables[i].name;
        *out = &set->tables[i];
        if (!strcmp(known[i], name)) return KJ_OK;
    }
    return unknown(err, "table", name, known, n);
}

static const kj_column *stored(const kj_dataset *set, const char *table, const char *column)
{
    return kj_rows_column(kj_store_table(&set->map->store, table), column);
}

kj_status kj_dataset_cells(kj_error *err, const kj_dataset *set, const kj_run_column *layer, uint32_t year_index,
                           void *out)
{
    if (set->run) return kj_runread_layer(err, set->run, layer->name, year_index, layer->type, out);
    memcpy(out, stored(set, "cell", layer->name)->data,
           (size_t)kj_grid_cells(&set->grid) * kj_type_bytes(layer->type));
    return KJ_OK;
}

kj_status kj_dataset_values(kj_error *err, const kj_dataset *set, const kj_run_table *table,
                            const kj_run_column *column, uint32_t year_index, double *out, uint8_t *missing)
{
    if (missing) memset(missing, 0, table->n_rows);
    if (set->map) {
        const kj_column *from = stored(set, table->name, column->name);
        for (uint32_t row = 0; row < table->n_rows; row++) out[row] = kj_column_value(from, row);
        return KJ_OK;
    }
    kj_status status = kj_runread_column(err, set->run, table->name, column->name, year_index, KJ_F64, out);
    if (status || !missing || !column->yearly) return status;
    uint64_t bits = 0; /* what stands where there was no row */
    kj_recorded_fill_value(column->type, &bits);
    double fill = NAN;
    int16_t i16;
    int32_t i32;
    memcpy(&i16, &bits, sizeof i16);
    memcpy(&i32, &bits, sizeof i32);
    if (column->type == KJ_U8) fill = UINT8_MAX;
    if (column->type == KJ_I16) fill = i16;
    if (column->type == KJ_I32) fill = i32;
    if (column->type == KJ_I64) fill = (double)INT64_MIN;
    for (uint32_t row = 0; row < table->n_rows; row++) missing[row] = (uint8_t)(isnan(fill) ? isnan(out[row]) != 0 : out[row] == fill);
    return KJ_OK;
}

kj_status kj_dataset_texts(kj_error *err, const kj_dataset *set, const kj_run_table *table, const kj_run_column *column,
                           const char ***out)
{
    *out = malloc((table->n_rows + 1u) * sizeof **out);
    if (!*out) return no_memory(err);
    if (set->map) {
        const int32_t *index = stored(set, table->name, column->name)->data;
        for (uint32_t row = 0; row < table->n_rows; row++) (*out)[row] = kj_pool_text(&set->map->store.pool, index[row]);
        return KJ_OK;
    }
    const char *const *texts;
    kj_status status = kj_runread_texts(err, set->run, table->name, column->name, &texts);
    if (status) {
        free(*out);
        *out = NULL;
        return status;
    }
    memcpy(*out, texts, table->n_rows * sizeof **out);
    return KJ_OK;
}
