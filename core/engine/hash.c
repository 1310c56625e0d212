/* The state hash: what two runs must share to be called the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "internal.h"

static int by_table_name(const void *a, const void *b)
{
    return strcmp((*(const kj_rows *const *)a)->name, (*(const kj_rows *const *)b)->name);
}

static int by_column_name(const void *a, const void *b)
{
    return strcmp((*(const kj_column *const *)a)->name, (*(const kj_column *const *)b)->name);
}

static void hash_values(XXH3_state_t *state, const kj_rows *rows, const void *values, size_t width)
{
    const uint8_t *bytes = values;
    if (rows->n_alive == rows->n_rows) {
        XXH3_128bits_update(state, bytes, rows->n_rows * width);
        return;
    }
    for (uint32_t row = 0; row < rows->n_rows;) { /* runs of living rows */
        uint32_t end = row;
        while (end < rows->n_rows && rows->alive[end]) end++;
        if (end > row) XXH3_128bits_update(state, bytes + row * width, (end - row) * width);
        row = end + 1;
    }
}

/* Whether `plugin` declared the column; NULL never did. */
static bool declared_by(const kj_sim *sim, const kj_rows *rows, uint32_t column, const kj_plugin *plugin)
{
    for (uint32_t c = 0; plugin && c < sim->n_cols; c++)
        if (sim->cols[c].table == (uint32_t)(rows - sim->store.tables) && sim->cols[c].column == column)
            return &sim->plugins[sim->cols[c].plugin] == plugin;
    return false;
}

static void hash_table(XXH3_state_t *state, const kj_sim *sim, const kj_rows *rows, const kj_plugin *left_out, const kj_column **order)
{
    uint32_t n = 0;
    for (uint32_t c = 0; c < rows->n_columns; c++)
        if (!(rows->columns[c].flags & KJ_DERIVED) && !declared_by(sim, rows, c, left_out)) order[n++] = &rows->columns[c];
    if (n == 0 && left_out) return; /* a table of that plugin's own */
    if (n) qsort(order, n, sizeof *order, by_column_name);
    XXH3_128bits_update(state, rows->name, strlen(rows->name) + 1);
    XXH3_128bits_update(state, &rows->n_alive, sizeof rows->n_alive);
    XXH3_128bits_update(state, &rows->next_id, sizeof rows->next_id);
    hash_values(state, rows, rows->ids, sizeof *rows->ids);
    for (uint32_t c = 0; c < n; c++) {
        XXH3_128bits_update(state, order[c]->name, strlen(order[c]->name) + 1);
        hash_values(state, rows, order[c]->data, kj_type_bytes(order[c]->type));
    }
}

static void hash_queues(XXH3_state_t *state, const kj_sim *sim)
{
    /* Queues are declared in plugin id order, so their order is a property of the plugins, not of loading. */
    for (uint32_t q = 0; q < sim->n_queues; q++) {
        const kj_queue_data *data = &sim->queues[q].data;
        XXH3_128bits_update(state, data->name, strlen(data->name) + 1);
        XXH3_128bits_update(state, &data->n_records, sizeof data->n_records);
        if (data->n_records) XXH3_128bits_update(state, data->records, (size_t)data->n_records * data->record_bytes);
    }
}

static void print_digest(XXH3_state_t *state, char out[33])
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state));
    for (int i = 0; i < 16; i++) snprintf(out + 2 * i, 3, "%02x", canonical.digest[i]);
}

kj_status kj_sim_tables_digest(kj_error *err, const kj_sim *sim, char out[33])
{
    XXH3_state_t *state = XXH3_createState();
    if (!state) return kj_fail(err, KJ_E_MEMORY, "out of memory for a digest");
    XXH3_128bits_reset(state);
    for (uint32_t t = 0; t < sim->n_tables; t++) { /* in the order of plugins by id, each in the order it declares */
        const kj_param_values *table = &sim->tables[t];
        XXH3_128bits_update(state, table->name, strlen(table->name) + 1);
        XXH3_128bits_update(state, table->values, table->n * sizeof *table->values);
    }
    for (uint32_t p = 0; p < sim->n_country_params; p++) {
        XXH3_128bits_update(state, sim->country_params[p].name, strlen(sim->country_params[p].name) + 1);
        XXH3_128bits_update(state, &sim->country_params[p].value, sizeof sim->country_params[p].value);
    }
    print_digest(state, out);
    XXH3_freeState(state);
    return KJ_OK;
}

static void hash_state(const kj_sim *sim, const kj_plugin *left_out, char out[33])
{
    uint32_t n = sim->store.n_tables, widest = 1;
    for (uint32_t t = 0; t < n; t++)
        if (sim->store.tables[t].n_columns > widest) widest = sim->store.tables[t].n_columns;
    const kj_rows **tables = malloc((n + 1u) * sizeof *tables);
    const kj_column **columns = malloc(widest * sizeof *columns);
    XXH3_state_t *state = XXH3_createState();
    memset(out, 0, 33);
    if (tables && columns && state) {
        XXH3_128bits_reset(state);
        XXH3_128bits_update(state, &sim->now, sizeof sim->now);
        for (uint32_t t = 0; t < n; t++) tables[t] = &sim->store.tables[t];
        if (n) qsort(tables, n, sizeof *tables, by_table_name);
        for (uint32_t t = 0; t < n; t++) hash_table(state, sim, tables[t], left_out, columns);
        for (int32_t i = 0; i < sim->store.pool.n; i++) {
            const char *text = kj_pool_text(&sim->store.pool, i);
            XXH3_128bits_update(state, text, strlen(text) + 1);
        }
        if (!left_out) hash_queues(state, sim);
        print_digest(state, out);
    }
    XXH3_freeState(state);
    free(tables);
    free(columns);
}

void kj_sim_hash(const kj_sim *sim, char out[33]) { hash_state(sim, NULL, out); }

void kj_sim_hash_without(const kj_sim *sim, const char *plugin, char out[33])
{
    const kj_plugin *left_out = NULL;
    for (uint32_t p = 0; p < sim->n_plugins; p++)
        if (strcmp(sim->plugins[p].info.def->id, plugin) == 0) left_out = &sim->plugins[p];
    static const kj_plugin none = {0};
    hash_state(sim, left_out ? left_out : &none, out);
}
