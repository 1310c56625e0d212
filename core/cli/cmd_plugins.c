/* kedja plugins */
#include <builtins.h>
#include <stdio.h>
#include <stdlib.h>

#include "../engine/sim.h"
#include "cli.h"

enum { PLUGIN, COUNTRY };

static const kj_option options[] = {
    [PLUGIN] = {"plugin", "FILE.so", "also load this plugin; may be repeated"},
    [COUNTRY] = {"country", "CC", "country whose tables are loaded (default: se)"},
    {0},
};

static void print(kj_sim *sim)
{
    const kj_store *store = kj_sim_store(sim);
    for (uint32_t p = 0; p < kj_sim_n_plugins(sim); p++) {
        const kj_plugin_info *info = kj_sim_plugin(sim, p);
        printf("%s %s (%s, %s) %s\n  %u columns, %u systems, %u parameters, %u invariants\n", info->def->id, info->def->version,
               info->path ? info->path : "built in", info->def->licence, info->def->doc, info->n_columns, info->n_systems, info->n_params,
               info->n_invariants);
        for (uint32_t s = 0; s < kj_sim_n_systems(sim); s++) {
            kj_system_info system;
            kj_sim_system(sim, s, &system);
            if (system.plugin == info->def->id)
                printf("  %-11s %-26s %s\n", kj_phase_name(system.phase), system.name, system.doc);
        }
    }
    puts("\ntables and columns");
    for (uint32_t t = 0; t < store->n_tables; t++)
        for (uint32_t c = 0; c < store->tables[t].n_columns; c++)
            printf("  %s.%-24s %-10s %s\n", store->tables[t].name, store->tables[t].columns[c].name, store->tables[t].columns[c].unit,
                   store->tables[t].columns[c].doc);
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    const char **modules = calloc((size_t)argc + 1, sizeof *modules);
    kj_sim_config config = {.seed = 1, .n_threads = 1, .country = "se", .builtins = kj_builtin_plugins};
    uint32_t n_modules = 0;
    int result = 1, n = words && modules ? kj_cli_parse(command, argc, argv, words, &result) : -1;
    for (int i = 0; i < n; i++) {
        if (words[i].option == PLUGIN) modules[n_modules++] = words[i].text;
        else if (words[i].option == COUNTRY) config.country = words[i].text;
        else {
            result = kj_cli_misuse(command, "unexpected '%s'", words[i].text);
            n = -1;
        }
    }
    if (n >= 0) {
        kj_error err;
        kj_sim *sim = NULL;
        kj_status status = kj_sim_new(&err, &config, &sim);
        if (!status) status = kj_sim_load_plugins(&err, sim, modules, n_modules);
        if (!status) print(sim);
        result = status ? kj_cli_fail(&err) : 0;
        kj_sim_free(sim);
    }
    free(words);
    free(modules);
    return result;
}

const kj_command kj_command_plugins = {
    .name = "plugins",
    .usage = "plugins [--plugin FILE.so] …",
    .doc = "Lists the plugins with what they add: systems, tables, columns.",
    .options = options,
    .run = run,
};
