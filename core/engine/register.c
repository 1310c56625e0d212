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

/* NULL if the plugin may register now. */
static const char *gate(const kj_plugin *plugin, bool only_bind)
{
    const kj_sim *sim = plugin->sim;
    if (sim->registering < 0 || &sim->plugins[sim->registering] != plugin) return "registers outside provide() and bind():";
    return only_bind && !sim->binding ? "may only do this in bind():" : NULL;
}

/* Copies a plugin's definition, whose first field is its size there, into an empty one of this host's: fields that an older
   plugin does not know stay zero, a definition without the fields of ABI 1.0 or with more than this host's is refused. */
static const char *take(const kj_plugin *plugin, const void *def, size_t size_1_0, size_t size_now, bool only_bind, void *out)
{
    uint32_t size;
    const char *why = gate(plugin, only_bind);
    if (why) return why;
    memcpy(&size, def, sizeof size);
    if (size < size_1_0 || size > size_now) return "uses a definition of another size than this host knows for";
    memcpy(out, def, size);
    return NULL;
}

/* TAKE(def, last field of ABI 1.0, only in bind()): declares `full`, the host's copy, and `why`, NULL if all is well. */
#define TAKE(type_, def_, last_1_0_, only_bind_)                                                                          \
    type_ full = {0};                                                                                                     \
    const char *why = take(plugin, def_, KJ_SIZE_THROUGH(type_, last_1_0_), sizeof full, only_bind_, &full)

/* The tables that a map brings, and those to which several plugins of the model add columns. */
static bool is_shared_table(const char *name)
{
    static const char *const names[] = {"cell",     "area",      "municipality", "person", "household",
                                        "dwelling", "workplace", "facility",     "project", "service"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

/* A table that a column was declared for before the plugin that declares the table itself had its turn. */
static bool is_awaited(const kj_rows *rows) { return !rows->doc[0]; }

kj_status kj_register_check_tables(kj_error *err, const kj_sim *sim)
{
    for (uint32_t c = 0; c < sim->n_cols; c++) {
        const kj_rows *rows = &sim->store.tables[sim->cols[c].table];
        if (is_awaited(rows))
            return kj_fail(err, KJ_E_MISSING, "plugin '%s': column %s.%s: there is no table '%s'", sim->plugins[sim->cols[c].plugin].info.def->id, rows->name,
                           rows->columns[sim->cols[c].column].name, rows->name);
    }
    return KJ_OK;
}

static kj_status reg_table(void *host, const kj_table_def *def, kj_table *out)
{
    kj_plugin *plugin = host;
    kj_sim *sim = plugin->sim;
    TAKE(kj_table_def, def, doc, false);
    if (why) return refuse(plugin, KJ_E_VERSION, why, "table");
    if (!full.name || !full.doc || !full.doc[0]) return refuse(plugin, KJ_E_RANGE, "declares a table without", full.name ? "sentence" : "name");
    kj_rows *before = kj_store_table(&sim->store, full.name);
    if (before && !is_awaited(before) && !is_shared_table(full.name))
        return refuse(plugin, KJ_E_DUPLICATE, "declares a table that exists:", full.name);
    if (before && is_awaited(before)) {
        char *doc = strdup(full.doc);
        if (!doc) return refuse(plugin, KJ_E_MEMORY, "out of memory for table", full.name);
        free(before->doc);
        before->doc = doc;
    }
    uint32_t index;
    kj_status status = kj_store_add_table(&sim->register_error, &sim->store, full.name, full.doc, &index);
    if (!status) out->index1 = index + 1;
    return status;
}

/* Why the rows of a table cannot stand in the order of a column; NULL if they can. */
static const char *why_no_order(const kj_sim *sim, const kj_column_def *def)
{
    static const char *const fixed[] = {"cell", "area", "municipality"};
    if (def->type != KJ_U8) return "declares an order of rows by a column that is not KJ_U8:";
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        if (strcmp(def->table, fixed[i]) == 0) return "declares an order of rows for a table whose rows are fixed:";
    const kj_rows *rows = kj_store_table(&sim->store, def->table);
    for (uint32_t c = 0; rows && c < rows->n_columns; c++)
        if (rows->columns[c].flags & KJ_ROW_ORDER) return "declares a second order of rows for a table:";
    return NULL;
}

static kj_status reg_column(void *host, const kj_column_def *def, kj_col *out)
{
    kj_plugin *plugin = host;
    kj_sim *sim = plugin->sim;
    TAKE(kj_column_def, def, labels, false);
    if (why) return refuse(plugin, KJ_E_VERSION, why, "column");
    if (!full.table || !full.name) return refuse(plugin, KJ_E_RANGE, "declares a column without", full.table ? "name" : "table");
    if (!full.unit || !full.doc || !full.doc[0])
        return refuse(plugin, KJ_E_RANGE, "declares a column without unit or sentence:", full.name);
    if (full.flags & KJ_ROW_ORDER && (why = why_no_order(sim, &full))) return refuse(plugin, KJ_E_RANGE, why, full.name);
    kj_col_ref ref = {.plugin = (uint32_t)sim->registering};
    /* Whose turn comes first must not matter: the table may be declared by a plugin that provides later. */
    kj_status status = kj_store_table(&sim->store, full.table) ? KJ_OK : kj_store_add_table(&sim->register_error, &sim->store, full.table, "", NULL);
    if (!status) status = kj_store_add_column(&sim->register_error, &sim->store, &full, &ref.table, &ref.column);
    if (status) return kj_error_context(&sim->register_error, "plugin '%s'", plugin->info.def->id);
    kj_col_ref *cols = realloc(sim->cols, (sim->n_cols + 1u) * sizeof *cols);
    if (!cols) return refuse(plugin, KJ_E_MEMORY, "out of memory for column", full.name);
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
    TAKE(kj_queue_def, def, doc, false);
    if (why) return refuse(plugin, KJ_E_VERSION, why, "queue");
    if (!full.name) return refuse(plugin, KJ_E_RANGE, "declares a queue without", "name");
    if (full.record_bytes == 0 || strlen(full.name) >= KJ_NAME_MAX)
        return refuse(plugin, KJ_E_RANGE, "declares a queue without record size or with a long name:", full.name);
    for (uint32_t q = 0; q < sim->n_queues; q++)
        if (strcmp(sim->queues[q].data.name, full.name) == 0)
            return refuse(plugin, KJ_E_DUPLICATE, "declares a queue that exists:", full.name);
    kj_queue_state *queues = realloc(sim->queues, (sim->n_queues + 1u) * sizeof *queues);
    if (!queues) return refuse(plugin, KJ_E_MEMORY, "out of memory for queue", full.name);
    sim->queues = queues;
    kj_queue_state *queue = &queues[sim->n_queues++];
    memset(queue, 0, sizeof *queue);
    strcpy(queue->data.name, full.name);
    queue->data.record_bytes = full.record_bytes;
    out->index1 = sim->n_queues;
    return KJ_OK;
}

static kj_status reg_param(void *host, const kj_param_def *def, kj_param *out)
{
    kj_plugin *plugin = host;
    TAKE(kj_param_def, def, doc, false);
    if (why) return refuse(plugin, KJ_E_VERSION, why, "parameter");
    if (!full.name) return refuse(plugin, KJ_E_RANGE, "declares a parameter without", "name");
    char name[2 * KJ_NAME_MAX];
    int n = snprintf(name, sizeof name, "%s.%s", plugin->info.def->id, full.name);
    if (n < 0 || (size_t)n >= sizeof name) return refuse(plugin, KJ_E_RANGE, "parameter name is too long:", full.name);
    full.name = name;
    kj_status status = kj_country_values_apply(&plugin->sim->register_error, plugin->sim, &full);
    if (!status) status = kj_sim_add_param(&plugin->sim->register_error, plugin->sim, plugin->info.def->id, &full, false);
    if (status) return status;
    plugin->info.n_params++;
    out->index1 = plugin->sim->n_params;
    return KJ_OK;
}

static kj_status reg_param_table(void *host, const kj_param_table_def *def, kj_param_table *out)
{
    kj_plugin *plugin = host;
    kj_sim *sim = plugin->sim;
    TAKE(kj_param_table_def, def, doc, false);
    if (why) return refuse(plugin, KJ_E_VERSION, why, "parameter table");
    if (!full.name || !full.unit || !full.doc || full.n_dims > KJ_PARAM_DIMS_MAX)
        return refuse(plugin, KJ_E_RANGE, "declares a parameter table without name, unit or sentence, or with too many keys:", full.name ? full.name : "");
    char relative[512], path[4096];
    snprintf(relative, sizeof relative, "maps/countries/%s/%s.csv", sim->config.country, full.name);
    if (kj_data_path(relative, path, sizeof path))
        return kj_fail(&sim->register_error, KJ_E_INPUT,
                       "%s: no such file; plugin '%s' needs it for country '%s' (%s)", path, plugin->info.def->id,
                       sim->config.country, full.doc);
    kj_param_values table = {.name = strdup(full.name)};
    kj_param_values *tables = realloc(sim->tables, (sim->n_tables + 1u) * sizeof *tables);
    if (tables) sim->tables = tables;
    kj_status status = !table.name || !tables ? refuse(plugin, KJ_E_MEMORY, "out of memory for table", full.name)
                                              : kj_param_table_read_counted(&sim->register_error, path, &full, &table.values, &table.n, table.n_of);
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
    const char *why = gate(plugin, true);
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
    const char *why = gate(plugin, true);
    if (why) return refuse(plugin, KJ_E_VERSION, why, name);
    for (uint32_t c = 0; c < sim->n_cols; c++) {
        const kj_column *column = kj_sim_column(sim, c + 1);
        if (strcmp(column->name, name) || strcmp(sim->store.tables[sim->cols[c].table].name, table)) continue;
        if (column->type != type)
            return kj_fail(&sim->register_error, KJ_E_MISSING, "plugin '%s': column %s.%s has type %s, expected %s",
                           plugin->info.def->id, table, name, kj_type_name(column->type), kj_type_name(type));
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
    const char *why = gate(plugin, true);
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
    const char *why = gate(plugin, true);
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

/* Columns last: tables, which are asked for at each row that is made, stand at the front of the list. */
static void copy_uses(kj_system *system, const kj_system_def *def)
{
    uint32_t n = 0;
    for (int columns = 0; columns < 2; columns++)
        for (uint32_t u = 0; u < def->n_uses; u++)
            if ((def->uses[u].kind == KJ_USE_COLUMN) == columns) system->uses[n++] = def->uses[u];
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
    if (whole) copy_uses(&s, def);
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
    TAKE(kj_system_def, def, run, true);
    if (!why && (!full.run || !full.name)) why = "declares a system without name or run():";
    if (!why && (full.phase < 0 || full.phase >= KJ_PHASE_COUNT)) why = "declares a system in an unknown phase:";
    if (!why && (full.month_of_year < 0 || full.month_of_year > 12)) why = "declares a system in a month outside 0..12:";
    if (!why && full.n_uses && !full.uses) why = "counts uses but gives none in";
    if (!why && full.n_uses > sizeof ((kj_ctx *)0)->room / sizeof *((kj_ctx *)0)->room) why = "declares more than 128 uses in";
    if (!why && (full.shape == KJ_ROWS) && !full.over.index1 == !full.over_queue.index1) why = "runs over neither or both of table and queue:";
    if (!why && (full.shape == KJ_AREAS || full.shape == KJ_TILES) && !full.over.index1) why = "runs over no table:";
    for (uint32_t i = 0; !why && i < full.n_uses; i++) why = use_fault(sim, &full, &full.uses[i]);
    for (uint32_t i = 0; !why && i < sim->n_systems; i++)
        if (strcmp(sim->systems[i].name, full.name) == 0) why = "declares a system that exists:";
    if (why) return refuse(plugin, KJ_E_RANGE, why, full.name ? full.name : "(no name)");
    kj_system *systems = realloc(sim->systems, (sim->n_systems + 1u) * sizeof *systems);
    if (!systems) return refuse(plugin, KJ_E_MEMORY, "out of memory for system", full.name);
    sim->systems = systems;
    kj_status status = system_copy(plugin, &full, &systems[sim->n_systems]);
    sim->n_systems++;
    plugin->info.n_systems++;
    return status;
}

static kj_status reg_invariant(void *host, const kj_invariant_def *def)
{
    kj_plugin *plugin = host;
    kj_sim *sim = plugin->sim;
    TAKE(kj_invariant_def, def, check, true);
    if (why) return refuse(plugin, KJ_E_VERSION, why, "invariant");
    if (!full.name || !full.doc || !full.check)
        return refuse(plugin, KJ_E_RANGE, "declares an invariant without name, sentence or check():", full.name ? full.name : "");
    kj_invariant *invariants = realloc(sim->invariants, (sim->n_invariants + 1u) * sizeof *invariants);
    if (!invariants) return refuse(plugin, KJ_E_MEMORY, "out of memory for invariant", full.name);
    sim->invariants = invariants;
    invariants[sim->n_invariants++] = (kj_invariant){.name = strdup(full.name), .doc = strdup(full.doc),
                                                     .plugin = (uint32_t)(plugin - sim->plugins), .check = full.check};
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
