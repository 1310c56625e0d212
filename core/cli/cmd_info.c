/* kedja info FILE */
#include <stdio.h>

#include "../io/runread.h"
#include "cli.h"
#include "json_out.h"

enum { JSON };

static const kj_option options[] = {
    [JSON] = {"json", NULL, "the same as one JSON object"},
    {0},
};

/* Policies that were on, parameters that differ from their default, and the journal. */
static void print_settings(const kj_run_info *info)
{
    json_error_t ignored;
    json_t *told = json_loads(info->options_json, 0, &ignored), *entry, *value;
    const json_t *policies = json_object_get(told, "policies"), *journal = json_object_get(told, "journal");
    json_t *changed = json_object_get(told, "changed");
    const char *name;
    size_t i;
    puts("policies on from the start");
    json_array_foreach(policies, i, entry)
        printf("  %-20s %s\n", json_string_value(json_object_get(entry, "name")), json_string_value(json_object_get(json_object_get(entry, "title"), "en")));
    if (json_array_size(policies) == 0) puts("  none");
    puts("settings that differ from their default");
    json_object_foreach(changed, name, value) printf("  %s = %.10g\n", name, json_number_value(value));
    if (json_object_size(changed) == 0) puts("  none");
    if (json_array_size(journal)) puts("changed while it went on");
    json_array_foreach(journal, i, entry) printf("  %s\n", json_string_value(entry));
    json_decref(told);
}

static void print_text(const kj_runread *file)
{
    const kj_run_info *info = kj_runread_info(file);
    const kj_grid *grid = kj_runread_grid(file);
    uint32_t n = kj_runread_n_years(file);
    printf("run        %s\nscenario   %s (%s)\nmap        %s, digest %s\nyears      %d to %d (%u recorded)\n", kj_runread_path(file),
           info->title, info->scenario_path, info->map_title, info->map_digest, kj_runread_years(file)[0], kj_runread_years(file)[n - 1], n);
    printf("boundary   %s\nseed       %llu\nthreads    %d\nversion    %s\nstate hash %s\n", info->boundary, (unsigned long long)info->seed,
           info->n_threads, info->version, info->state_hash);
    printf("grid       %d x %d cells of %g m, EPSG:%d, corner %.0f east %.0f north\n", grid->nx, grid->ny, grid->cell_m, grid->epsg,
           grid->west, grid->north);
    print_settings(info);
    puts("plugins");
    for (uint32_t p = 0; p < info->n_plugins; p++)
        printf("  %-14s %s  %s\n", info->plugins[p].id, info->plugins[p].version, info->plugins[p].path[0] ? info->plugins[p].path : "built in");
    puts("layers");
    for (uint32_t l = 0; l < kj_runread_n_layers(file); l++) {
        const kj_run_column *c = kj_runread_layer_at(file, l);
        printf("  %-16s %-10s %-9s %s\n", c->name, c->unit, c->origin[0] ? c->origin : "simulated", c->long_name);
    }
    puts("tables");
    for (uint32_t t = 0; t < kj_runread_n_tables(file); t++) {
        const kj_run_table *table = kj_runread_table_at(file, t);
        printf("  %-16s %u rows, %u columns: %s\n", table->name, table->n_rows, table->n_columns, table->long_name);
    }
}

static kj_status print_json(kj_error *err, const kj_runread *file)
{
    const kj_run_info *info = kj_runread_info(file);
    json_error_t ignored;
    json_t *root = json_object(), *years = json_array(), *plugins = json_array();
    json_t *figures = info->figures_json[0] ? json_loads(info->figures_json, 0, &ignored) : NULL;
    for (uint32_t y = 0; y < kj_runread_n_years(file); y++) json_array_append_new(years, json_integer(kj_runread_years(file)[y]));
    for (uint32_t p = 0; p < info->n_plugins; p++)
        json_array_append_new(plugins, json_pack("{s:s, s:s, s:s}", "id", info->plugins[p].id, "version", info->plugins[p].version, "path",
                                                 info->plugins[p].path));
    json_object_set_new(root, "title", json_string(info->title));
    json_object_set_new(root, "scenario", json_string(info->scenario_path));
    json_object_set_new(root, "map", json_string(info->map_title));
    json_object_set_new(root, "map_digest", json_string(info->map_digest));
    json_object_set_new(root, "boundary", json_string(info->boundary));
    json_object_set_new(root, "seed", json_integer((json_int_t)info->seed));
    json_object_set_new(root, "version", json_string(info->version));
    json_object_set_new(root, "state_hash", json_string(info->state_hash));
    json_t *told = json_loads(info->options_json, 0, &ignored), *journal = json_object_get(told, "journal");
    json_object_set(root, "policies", json_object_get(told, "policies"));
    json_object_set(root, "changed", json_object_get(told, "changed"));
    if (journal) json_object_set(root, "journal", journal);
    json_decref(told);
    json_object_set_new(root, "years", years);
    json_object_set_new(root, "plugins", plugins);
    json_object_set_new(root, "figures", figures ? figures : json_null());
    return kj_cli_print_json(err, root, 10);
}

static int run(const kj_command *command, int argc, char **argv)
{
    const char *path = NULL;
    bool json = false;
    int result = kj_cli_one_file(command, argc, argv, JSON, &json, &path);
    if (!path) return result;
    kj_runread *file;
    kj_error err;
    if (kj_runread_open(&err, path, &file)) return kj_cli_fail(&err);
    if (json && print_json(&err, file)) result = kj_cli_fail(&err);
    if (!json) print_text(file);
    kj_runread_close(file);
    return result;
}

const kj_command kj_command_info = {
    .name = "info",
    .usage = "info FILE [--json]",
    .doc = "Tells what a run file holds and where it comes from.",
    .options = options,
    .run = run,
};
