/* Loading plugins: built-ins and modules through the same door. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "../space/travel.h"
#include "internal.h"
#include "module_file.h"

static const kj_space_v1 space_interface = {
    .struct_size = sizeof(kj_space_v1), .travel_cost = kj_travel_cost, .travel_work_bytes = kj_travel_work_bytes};

static void *memory_grow(void *host, void *block, size_t old_bytes, size_t bytes)
{
    return kj_memory_grow(&((kj_plugin *)host)->sim->memory, block, old_bytes, bytes);
}

static void memory_drop(void *host, void *block, size_t bytes) { kj_memory_free(&((kj_plugin *)host)->sim->memory, block, bytes); }

static const kj_memory_v0 memory_interface = {.struct_size = sizeof(kj_memory_v0), .grow = memory_grow, .drop = memory_drop};

static const void *host_interface(const kj_host *host, const char *id)
{
    (void)host;
    if (strcmp(id, "kedja.register/1") == 0) return &kj_register_interface;
    if (strcmp(id, "kedja.run/1") == 0) return &kj_run_interface;
    if (strcmp(id, "kedja.space/1") == 0) return &space_interface;
    if (strcmp(id, "kedja.view/0") == 0) return &kj_view_interface;
    if (strcmp(id, "kedja.memory/0") == 0) return &memory_interface;
    return NULL;
}

static uint64_t id_key(const char *id)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a: the id's text alone keys the plugin's streams */
    for (const unsigned char *c = (const unsigned char *)id; *c; c++) h = (h ^ *c) * UINT64_C(1099511628211);
    return h;
}

/* Parameters, settings and files are named after it: densify.enabled, housing.search_scale. */
static bool is_id(const char *id)
{
    return *id >= 'a' && *id <= 'z' && id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_")] == 0;
}

static kj_status check_def(kj_error *err, const kj_plugin_def *def, const char *where)
{
    /* Versions first: fields behind them may mean something else in another ABI. */
    if (def->struct_size < KJ_SIZE_THROUGH(kj_plugin_def, destroy))
        return kj_fail(err, KJ_E_VERSION, "%s: definition of %u bytes, expected at least %zu", where, def->struct_size,
                       KJ_SIZE_THROUGH(kj_plugin_def, destroy));
    if (def->abi_major != KJ_ABI_MAJOR)
        return kj_fail(err, KJ_E_VERSION, "%s: built for plugin ABI %u.%u, this program speaks %u.%u", where, def->abi_major,
                       def->abi_minor, KJ_ABI_MAJOR, KJ_ABI_MINOR);
    if (def->abi_minor > KJ_ABI_MINOR)
        return kj_fail(err, KJ_E_VERSION, "%s: needs plugin ABI %u.%u, this program speaks %u.%u", where, def->abi_major,
                       def->abi_minor, KJ_ABI_MAJOR, KJ_ABI_MINOR);
    if (!def->id || !def->id[0] || strlen(def->id) >= KJ_NAME_MAX || !def->version || !def->doc || !def->create ||
        !def->provide || !def->bind || !def->destroy)
        return kj_fail(err, KJ_E_VERSION, "%s: id, version, sentence, create, provide, bind and destroy must all be set", where);
    if (!is_id(def->id)) return kj_fail(err, KJ_E_INPUT, "%s: the id '%s' is no plugin name: expected small letters a-z, digits and _, a letter first", where, def->id);
    return KJ_OK;
}

static kj_plugin *find_plugin(const kj_sim *sim, const char *id)
{
    for (uint32_t p = 0; p < sim->n_plugins; p++)
        if (strcmp(sim->plugins[p].info.def->id, id) == 0) return &sim->plugins[p];
    return NULL;
}

static kj_status add_plugin(kj_error *err, kj_sim *sim, const kj_plugin_def *def, const char *path, void *library)
{
    kj_status status = check_def(err, def, path ? path : "built-in plugin");
    if (status) return status;
    if (!def->stamp || strcmp(def->stamp, KJ_BUILD_STAMP) != 0)
        kj_log_warning("plugin '%s' was built as '%s', this program as '%s': results may differ in bits", def->id,
                       def->stamp ? def->stamp : "", KJ_BUILD_STAMP);
    kj_plugin plugin = {.library = library, .sim = sim, .key = id_key(def->id)};
    plugin.info.def = def;
    kj_plugin *slot = find_plugin(sim, def->id); /* a module takes the place of the built-in with its id */
    if (slot && slot->info.path)
        return kj_fail(err, KJ_E_DUPLICATE, "plugin '%s' stands in both %s and %s", def->id, slot->info.path, path);
    plugin.info.replaces_builtin = slot != NULL;
    if (!slot) {
        kj_plugin *plugins = realloc(sim->plugins, (sim->n_plugins + 1u) * sizeof *plugins);
        if (!plugins) return kj_fail(err, KJ_E_MEMORY, "out of memory for plugin '%s'", def->id);
        sim->plugins = plugins;
        slot = &plugins[sim->n_plugins];
    }
    if (path && !(plugin.info.path = strdup(path))) return kj_fail(err, KJ_E_MEMORY, "out of memory for plugin '%s'", path);
    if (slot == &sim->plugins[sim->n_plugins]) sim->n_plugins++;
    *slot = plugin;
    return KJ_OK;
}

static kj_status open_module(kj_error *err, kj_sim *sim, const char *path)
{
    kj_status whole = kj_module_file_check(err, path);
    if (whole) return whole;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) return kj_fail(err, KJ_E_INPUT, "%s: cannot be loaded as a plugin: %s", path, dlerror());
    const kj_plugin_def *def = dlsym(library, "kedja_plugin");
    kj_status status = def ? add_plugin(err, sim, def, path, library)
                           : kj_fail(err, KJ_E_INPUT, "%s: exports no symbol 'kedja_plugin'", path);
    if (status) dlclose(library);
    return status;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const kj_plugin *)a)->info.def->id, ((const kj_plugin *)b)->info.def->id);
}

static kj_status hook_failed(kj_error *err, kj_sim *sim, uint32_t p, const char *hook, kj_status status)
{
    if (sim->register_error.status) {
        *err = sim->register_error;
        if (err->status == KJ_E_RANGE) err->status = KJ_E_INPUT; /* a definition, not a value of the run */
        return err->status;
    }
    return kj_fail(err, status, "plugin '%s': %s failed with status %d", sim->plugins[p].info.def->id, hook, status);
}

static kj_status call_hooks(kj_error *err, kj_sim *sim)
{
    kj_status status = KJ_OK;
    for (uint32_t p = 0; p < sim->n_plugins; p++) {
        kj_plugin *plugin = &sim->plugins[p];
        plugin->host = (kj_host){sizeof(kj_host), KJ_ABI_MAJOR, KJ_ABI_MINOR, host_interface, plugin};
        status = plugin->info.def->create(&plugin->host, &plugin->instance);
        if (status) return hook_failed(err, sim, p, "create", status);
    }
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1 && (status = kj_register_check_tables(err, sim))) return status;
        for (uint32_t p = 0; p < sim->n_plugins; p++) {
            kj_plugin *plugin = &sim->plugins[p];
            sim->registering = (int32_t)p;
            sim->binding = pass == 1;
            status = pass == 0 ? plugin->info.def->provide(plugin->instance, &plugin->host)
                               : plugin->info.def->bind(plugin->instance, &plugin->host);
            sim->registering = -1;
            if (status) return hook_failed(err, sim, p, pass == 0 ? "provide" : "bind", status);
        }
    }
    return KJ_OK;
}

kj_status kj_sim_load_plugins(kj_error *err, kj_sim *sim, const char *const *module_paths, uint32_t n_modules)
{
    kj_status status = KJ_OK;
    for (uint32_t i = 0; !status && sim->config.builtins && sim->config.builtins[i]; i++)
        status = add_plugin(err, sim, sim->config.builtins[i], NULL, NULL);
    for (uint32_t i = 0; !status && i < n_modules; i++) status = open_module(err, sim, module_paths[i]);
    if (status) return status;
    if (sim->n_plugins) qsort(sim->plugins, sim->n_plugins, sizeof *sim->plugins, by_id);
    status = kj_country_values_read(err, sim);
    if (!status) status = call_hooks(err, sim);
    if (!status) status = kj_country_values_check(err, sim);
    return status ? status : kj_schedule_make(err, sim);
}

uint32_t kj_sim_n_plugins(const kj_sim *sim) { return sim->n_plugins; }
const kj_plugin_info *kj_sim_plugin(const kj_sim *sim, uint32_t index) { return &sim->plugins[index].info; }

const char *kj_sim_column_plugin(const kj_sim *sim, uint32_t table, uint32_t column)
{
    for (uint32_t c = 0; c < sim->n_cols; c++)
        if (sim->cols[c].table == table && sim->cols[c].column == column) return sim->plugins[sim->cols[c].plugin].info.def->id;
    return NULL;
}

/* A queue belongs to the plugin that its name begins with. Tables belong to nobody: creating rows counts unless the plugin declared every column of the table itself. */
static bool is_others(const kj_sim *sim, const kj_use *use, uint32_t plugin)
{
    if (use->kind == KJ_USE_COLUMN) return (use->access == KJ_WRITE || use->access == KJ_ADD) && sim->cols[use->index1 - 1].plugin != plugin;
    if (use->kind == KJ_USE_QUEUE) {
        const char *queue = sim->queues[use->index1 - 1].data.name, *id = sim->plugins[plugin].info.def->id;
        size_t n = strlen(id);
        return (use->access == KJ_EMIT || use->access == KJ_DRAIN) && (strncmp(queue, id, n) != 0 || queue[n] != '.');
    }
    for (uint32_t c = 0; c < sim->n_cols; c++)
        if (sim->cols[c].table == use->index1 - 1 && sim->cols[c].plugin != plugin) return true;
    return false;
}

void kj_sim_touches_others(const kj_sim *sim, const char *plugin, char *out, size_t out_bytes)
{
    size_t n = 0;
    out[0] = '\0';
    for (uint32_t s = 0; s < sim->n_systems; s++) {
        const kj_system *system = &sim->systems[s];
        if (strcmp(sim->plugins[system->plugin].info.def->id, plugin) != 0) continue;
        for (uint32_t u = 0; u < system->def.n_uses; u++) {
            char name[128];
            if (!is_others(sim, &system->uses[u], system->plugin)) continue;
            kj_use_name(sim, &system->uses[u], name, sizeof name);
            if (strstr(out, name) || n + strlen(name) + 3 > out_bytes) continue;
            n += (size_t)snprintf(out + n, out_bytes - n, "%s%s", n ? ", " : "", name);
        }
    }
}
