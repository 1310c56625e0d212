/* Interface "kedja.register/1": what plugins declare, checked and copied. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../io/paramtable.h"
#include "internal.h"

static kj_status refuse(kj_plugin *plugin, kj_status status, const char *what, const char *name)
{
    return kj_fail(&plugin->sim->register_error, status, "plugin '%s': %s '%s'", plugin->info.def->id, what, name);
}

/* NULL if the plugin may register now and the definition is not newer than this host. */
static const char *gate(const kj_plugin *plugin, uint32_t size, uint32_t host_size, bool only_bind)
{
    const kj_sim *sim = plugin->sim;
    if (sim->registering < 0 || &sim->plugins[sim->registering] != plugin) return "registers outside provide() and bind():";
    if (only_bind && !sim->binding) return "may only do this in bind():";
    if (size > host_size || size == 0) return "uses a definition of another size than this host knows for";
    return NULL;
}

/* The tables that a map brings, and those to which several plugins of the model add columns. */
static bool is_shared_table(const char *name)
{
    static const char *const names[] = {"cell",     "area",      "municipality", "person", "household",
                                        "dwelling", "workplace", "facility",     "project", "service"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

static kj_status reg_table(void *host, const kj_table_def *def, kj_table *out)
{
    kj_plugin *plugin = host;
    kj_sim *sim = plugin->sim;
    const char *why = gate(plugin, def->struct_size, sizeof *def, false);
    if (why) return refuse(plugin, KJ_E_VERSION, why, "table");
    if (kj_store_table(&sim->store, def->name) && !is_shared_table(def->name))
        return refuse(plugin, KJ_E_DUPLICATE, "declares a table that exists:", def->name);
    uint32_t index;
    kj_status status = kj_store_add_table(&sim->register_error, &sim->store, def->name, def->doc, &index);
    if (!status) out->index1 = index + 1;
    return status;
}

static kj_status reg_column(void *host, const kj_column_def *def, kj_col *out)
{
    kj_plugin *plugin = host;
    kj_sim *sim = plugin->sim;
    const char *why = gate(plugin, def->struct_size, sizeof *def, false);
    if (why) return refuse(plugin, KJ_E_VERSION, why, "column");
    if (!def->unit || !def->doc || !def->doc[0])
        return refuse(plugin, KJ_E_RANGE, "declares a column without unit or sentence:", def->name);
    kj_col_ref ref = {0};
    kj_status status = kj_store_add_column(&sim->register_error, &sim->store, def, &ref.table, &ref.column);
    if (status) return kj_error_context(&sim->register_error, "plugin '%s'", plugin->info.def->id);
    kj_col_ref *cols = realloc(sim->cols, (sim->n_cols + 1u) * sizeof *cols);
    if (!cols) return refuse(plugin, KJ_E_MEMORY, "out of memory for column", def->name);
    sim->cols = cols;
    cols[sim->n_cols++] = ref;
    plugin->info.n_columns++;
    out->index1 = sim->n_cols;
    return KJ_OK;
}

static kj_status reg_queue(void *host, const kj_queue_def *def, kj_queue *out)
{
    kj_plugin *plugin = host;
    kj_sim *sim = plugin->sim;
    const char *why = gate(plugin, def->struct_size, sizeof *def, false);
    if (why) return refuse(plugin, KJ_E_VERSION, why, "queue");
    if (def->record_bytes == 0 || strlen(def->name) >= KJ_NAME_MAX)
        return refuse(plugin, KJ_E_RANGE, "declares a queue without record size or with a long name:", def->name);
    for (uint32_t q = 0; q < sim->n_queues; q++)
        if (strcmp(sim->queues[q].data.name, def->name) == 0)
            return refuse(plugin, KJ_E_DUPLICATE, "declares a queue that exists:", def->name);
    kj_queue_state *queues = realloc(sim->queues, (sim->n_queues + 1u) * sizeof *queues);
    if (!queues) return refuse(plugin, KJ_E_MEMORY, "out of memory for queue", def->name);
    sim->queues = queues;
    kj_queue_state *queue = &queues[sim->n_queues++];
    memset(queue, 0, sizeof *queue);
    strcpy(queue->data.name, def->name);
    queue->data.record_bytes = def->record_bytes;
    out->index1 = sim->n_queues;
    return KJ_OK;
}

static kj_status reg_param(void *host, const kj_param_def *def, kj_param *out)
{
    kj_plugin *plugin = host;
    const char *why = gate(plugin, def->struct_size, sizeof *def, false);
    if (why) return refuse(plugin, KJ_E_VERSION, why, "parameter");
    kj_param_def full = *def;
    char name[2 * KJ_NAME_MAX];
    int n = snprintf(name, sizeof name, "%s.%s", plugin->info.def->id, def->name);
    if (n < 0 || (size_t)n >= sizeof name) return refuse(plugin, KJ_E_RANGE, "parameter name is too long:", def->name);
    full.name = name;
    kj_status status = kj_sim_add_param(&plugin->sim->register_error, plugin->sim, plugin->info.def->id, &full);
    if (status) return status;
    plugin->info.n_params++;
    out->index1 = plugin->sim->n_params;
    return KJ_OK;
}

static kj_status reg_param_table(void *host, const kj_param_table_def *def, kj_param_table *out)
{
    kj_plugin *plugin = host;
    kj_sim *sim = plugin->sim;
    const char *why = gate(plugin, def->struct_size, sizeof *def, false);
    if (why) return refuse(plugin, KJ_E_VERSION, why, "parameter table");
    char relative[512], path[4096];
    snprintf(relative, sizeof relative, "maps/countries/%s/%s.csv", sim->config.country, def->name);
    if (kj_data_path(relative, path, sizeof path))
        return kj_fail(&sim->register_error, KJ_E_INPUT,
                       "%s: no such file; plugin '%s' needs it for country '%s' (%s)", relative, plugin->info.def->id,
                       sim->config.country, def->doc);
    kj_param_values table = {.name = strdup(def->name)};
    kj_param_values *tables = realloc(sim->tables, (sim->n_tables + 1u) * sizeof *tables);
    if (tables) sim->tables = tables;
    kj_status status = !table.name || !tables ? refuse(plugin, KJ_E_MEMORY, "out of memory for table", def->name)
                                              : kj_param_table_read(&sim->register_error, path, def, &table.values, &table.n);
    if (status) {
        free(table.name);
        return status;
    }
    tables[sim->n_tables++] = table;
    out->index1 = sim->n_tables;
    return KJ_OK;
}

static kj_status reg_require_table(void *host, const char *name, kj_table *out)
{
    kj_plugin *plugin = host;
    const char *why = gate(plugin, 1, 1, true);
    if (why) return refuse(plugin, KJ_E_VERSION, why, name);
    kj_rows *rows = kj_store_table(&plugin->sim->store, name);
    if (!rows) return refuse(plugin, KJ_E_MISSING, "needs a table that no plugin declares:", name);
    out->index1 = (uint32_t)(rows - plugin->sim->store.tables) + 1;
    return KJ_OK;
}

static kj_status reg_require_column(void *host, const char *table, const char *name, kj_type type, kj_col *out)
{
    kj_plugin *plugin = host;
    kj_sim *sim = plugin->sim;
    const char *why = gate(plugin, 1, 1, true);
    if (why) return refuse(plugin, KJ_E_VERSION, why, name);
    for (uint32_t c = 0; c < sim->n_cols; c++) {
        const kj_column *column = kj_sim_column(sim, c + 1);
        if (strcmp(column->name, name) || strcmp(sim->store.tables[sim->cols[c].table].name, table)) continue;
        if (column->type != type)
            return kj_fail(&sim->register_error, KJ_E_MISSING, "plugin '%s': column %s.%s has type %d, expected %d",
                           plugin->info.def->id, table, name, (int)column->type, (int)type);
        out->index1 = c + 1;
        return KJ_OK;
    }
    return kj_fail(&sim->register_error, KJ_E_MISSING, "plugin '%s': needs column %s.%s, which no loaded plugin declares",
                   plugin->info.def->id, table, name);
}

static kj_status reg_require_queue(void *host, const char *name, uint32_t record_bytes, kj_queue *out)
{
    kj_plugin *plugin = host;
    kj_sim *sim = plugin->sim;
    const char *why = gate(plugin, 1, 1, true);
    if (why) return refuse(plugin, KJ_E_VERSION, why, name);
    for (uint32_t q = 0; q < sim->n_queues; q++) {
        if (strcmp(sim->queues[q].data.name, name)) continue;
        if (sim->queues[q].data.record_bytes != record_bytes)
            return kj_fail(&sim->register_error, KJ_E_MISSING, "plugin '%s': queue '%s' has records of %u bytes, expected %u",
                           plugin->info.def->id, name, sim->queues[q].data.record_bytes, record_bytes);
        out->index1 = q + 1;
        return KJ_OK;
    }
    return refuse(plugin, KJ_E_MISSING, "needs a queue that no plugin declares:", name);
}

static kj_status reg_require_param(void *host, const char *full_name, kj_param *out)
{
    kj_plugin *plugin = host;
    kj_sim *sim = plugin->sim;
    const char *why = gate(plugin, 1, 1, true);
    if (why) return refuse(plugin, KJ_E_VERSION, why, full_name);
    for (uint32_t p = 0; p < sim->n_params; p++)
        if (strcmp(sim->params[p].name, full_name) == 0) {
            out->index1 = p + 1;
            return KJ_OK;
        }
    return refuse(plugin, KJ_E_MISSING, "needs a parameter that no plugin declares:", full_name);
}

/* Handles out of range and uses that cannot be: named at once, since they are mistakes of the plugin. */
static const char *use_fault(const kj_sim *sim, const kj_system_def *def, const kj_use *use)
{
    uint32_t limit = use->kind == KJ_USE_COLUMN ? sim->n_cols
                     : use->kind == KJ_USE_TABLE ? sim->store.n_tables
                     : use->kind == KJ_USE_QUEUE ? sim->n_queues
                                                 : UINT32_MAX;
    if (use->index1 == 0 || use->index1 > limit) return "declares a use with a null or unknown handle:";
    if (use->kind == KJ_USE_TABLE && use->access != KJ_CREATE) return "declares a table use that is not CREATE:";
    if (use->access == KJ_CREATE && def->shape != KJ_SERIAL) return "creates rows but is not SERIAL:";
    if (use->kind == KJ_USE_COLUMN && use->access == KJ_ADD) {
        kj_type type = kj_sim_column(sim, use->index1)->type;
        if (type != KJ_U8 && type != KJ_I16 && type != KJ_I32 && type != KJ_I64) return "adds to a column that is not an integer:";
    }
    if (use->kind == KJ_USE_COLUMN && def->shape != KJ_SERIAL && def->shape != KJ_AREAS && use->access == KJ_WRITE &&
        def->over_queue.index1 == 0 && (def->over.index1 == 0 || sim->cols[use->index1 - 1].table != def->over.index1 - 1))
        return "writes a column of another table than the one it runs over:";
    return NULL;
}

/* A system reads the queue it runs over, whether it says so or not: the hazard check must see that. */
static void add_queue_use(kj_system *system)
{
    uint32_t queue = system->def.over_queue.index1;
    for (uint32_t u = 0; u < system->def.n_uses; u++)
        if (system->uses[u].kind == KJ_USE_QUEUE && system->uses[u].index1 == queue) return;
    if (queue) system->uses[system->def.n_uses++] = (kj_use){KJ_USE_QUEUE, queue, KJ_READ};
}

static kj_status system_copy(kj_plugin *plugin, const kj_system_def *def, kj_system *out)
{
    uint32_t n_after = 0;
    while (def->after && def->after[n_after]) n_after++;
    kj_system s = {.def = *def, .name = strdup(def->name), .doc = strdup(def->doc ? def->doc : ""),
                   .uses = calloc(def->n_uses + 1u, sizeof *s.uses), /* one more for the queue it runs over */
                   .after = calloc(n_after + 1u, sizeof *s.after),
                   .plugin = (uint32_t)(plugin - plugin->sim->plugins)};
    bool whole = s.name && s.doc && s.uses && s.after;
    for (uint32_t i = 0; whole && i < n_after; i++) whole = (s.after[i] = strdup(def->after[i])) != NULL;
    if (whole && def->n_uses) memcpy(s.uses, def->uses, def->n_uses * sizeof *s.uses);
    s.def.uses = s.uses;
    if (whole) add_queue_use(&s);
    s.def.name = s.name;
    s.def.doc = s.doc;
    s.def.after = NULL;
    *out = s;
    return whole ? KJ_OK : refuse(plugin, KJ_E_MEMORY, "out of memory for system", def->name);
}

static kj_status reg_system(void *host, const kj_system_def *def)
{
    kj_plugin *plugin = host;
    kj_sim *sim = plugin->sim;
    const char *why = gate(plugin, def->struct_size, sizeof *def, true);
    if (!why && (!def->run || !def->name)) why = "declares a system without name or run():";
    if (!why && (def->phase < 0 || def->phase >= KJ_PHASE_COUNT)) why = "declares a system in an unknown phase:";
    if (!why && (def->month_of_year < 0 || def->month_of_year > 12)) why = "declares a system in a month outside 0..12:";
    if (!why && def->n_uses > sizeof ((kj_ctx *)0)->room / sizeof *((kj_ctx *)0)->room) why = "declares more than 128 uses in";
    if (!why && (def->shape == KJ_ROWS) && !def->over.index1 == !def->over_queue.index1) why = "runs over neither or both of table and queue:";
    if (!why && (def->shape == KJ_AREAS || def->shape == KJ_TILES) && !def->over.index1) why = "runs over no table:";
    for (uint32_t i = 0; !why && i < def->n_uses; i++) why = use_fault(sim, def, &def->uses[i]);
    for (uint32_t i = 0; !why && i < sim->n_systems; i++)
        if (strcmp(sim->systems[i].name, def->name) == 0) why = "declares a system that exists:";
    if (why) return refuse(plugin, KJ_E_RANGE, why, def->name ? def->name : "(no name)");
    kj_system *systems = realloc(sim->systems, (sim->n_systems + 1u) * sizeof *systems);
    if (!systems) return refuse(plugin, KJ_E_MEMORY, "out of memory for system", def->name);
    sim->systems = systems;
    kj_status status = system_copy(plugin, def, &systems[sim->n_systems]);
    sim->n_systems++;
    plugin->info.n_systems++;
    return status;
}

static kj_status reg_invariant(void *host, const kj_invariant_def *def)
{
    kj_plugin *plugin = host;
    kj_sim *sim = plugin->sim;
    const char *why = gate(plugin, def->struct_size, sizeof *def, true);
    if (why) return refuse(plugin, KJ_E_VERSION, why, "invariant");
    kj_invariant *invariants = realloc(sim->invariants, (sim->n_invariants + 1u) * sizeof *invariants);
    if (!invariants) return refuse(plugin, KJ_E_MEMORY, "out of memory for invariant", def->name);
    sim->invariants = invariants;
    invariants[sim->n_invariants++] = (kj_invariant){.name = strdup(def->name), .doc = strdup(def->doc),
                                                     .plugin = (uint32_t)(plugin - sim->plugins), .check = def->check};
    plugin->info.n_invariants++;
    return KJ_OK;
}

const kj_register_v1 kj_register_interface = {
    .struct_size = sizeof(kj_register_v1),
    .table = reg_table,
    .column = reg_column,
    .queue = reg_queue,
    .param = reg_param,
    .param_table = reg_param_table,
    .require_table = reg_require_table,
    .require_column = reg_require_column,
    .require_queue = reg_require_queue,
    .require_param = reg_require_param,
    .system = reg_system,
    .invariant = reg_invariant,
};
