/* kedja plugins */
#include <builtins.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/sim.h"
#include "cli.h"

enum { PLUGIN, COUNTRY, DOC };

static const kj_option options[] = {
    [PLUGIN] = {"plugin", "FILE.so", "also load this plugin; may be repeated"},
    [COUNTRY] = {"country", "CC", "country whose tables are loaded (default: se)"},
    [DOC] = {"doc", NULL, "the whole reference as Markdown: columns, parameters, systems, indicators of every plugin"},
    {0},
};

/* ---- the reference ------------------------------------------------------------------------------------------------ */

static void doc_columns(kj_sim *sim, const char *plugin, bool indicators)
{
    const kj_store *store = kj_sim_store(sim);
    bool first = true;
    for (uint32_t t = 0; t < store->n_tables; t++)
        for (uint32_t c = 0; c < store->tables[t].n_columns; c++) {
            const kj_column *column = &store->tables[t].columns[c];
            const char *owner = kj_sim_column_plugin(sim, t, c);
            bool is_indicator = (column->flags & KJ_RECORD) && (!strcmp(store->tables[t].name, "municipality") || !strcmp(store->tables[t].name, "area"));
            if (!owner || strcmp(owner, plugin) != 0 || is_indicator != indicators) continue;
            if (first) printf("\n### %s\n\n| column | type | unit | range | kept | what |\n|---|---|---|---|---|---|\n", indicators ? "Indicators" : "Columns");
            first = false;
            printf("| `%s.%s` | %s%s%s | %s | ", store->tables[t].name, column->name, kj_type_name(column->type), column->ref[0] ? " of " : "", column->ref,
                   column->unit);
            if (column->min != 0.0 || column->max != 0.0) printf("%g to %g", column->min, column->max);
            printf(" | %s%s%s | %s%s%s%s |\n", column->flags & KJ_RECORD ? "each year" : column->flags & KJ_FINAL ? "at the end" : "",
                   column->flags & KJ_FLOW ? ", a yearly count" : "", column->flags & KJ_INPUT ? " (the map brings it)" : "", column->doc,
                   column->labels ? " Values: " : "", column->labels ? column->labels : "", column->labels ? "." : "");
        }
}

static void doc_params(const kj_sim *sim, const char *plugin)
{
    static const char *const evidence[] = {"", "measured", "derived", "calibrated", "assumed"};
    bool first = true;
    for (uint32_t p = 0; p < kj_sim_n_params(sim); p++) {
        const kj_param_info *info = kj_sim_param(sim, p);
        if (strcmp(info->plugin, plugin) != 0) continue;
        if (first) puts("\n### Parameters\n\n| parameter | default | unit | range | evidence | what | source |\n|---|---|---|---|---|---|---|");
        first = false;
        printf("| `%s` | %g | %s | %g to %g | %s | %s | %s |\n", info->name, info->def, info->unit, info->min, info->max, evidence[info->evidence],
               info->doc, info->source);
    }
}

static void doc_systems(const kj_sim *sim, const char *plugin)
{
    bool first = true;
    for (uint32_t s = 0; s < kj_sim_n_systems(sim); s++) {
        kj_system_info system;
        kj_sim_system(sim, s, &system);
        if (strcmp(system.plugin, plugin) != 0) continue;
        if (first) puts("\n### Systems, in the order in which they run\n\n| system | phase | when | shape | what |\n|---|---|---|---|---|");
        first = false;
        printf("| `%s` | %s | %s | %s | %s |\n", system.name, kj_phase_name(system.phase),
               system.phase == KJ_PHASE_START ? "once" : kj_cli_month(system.month_of_year), kj_shape_name(system.shape), system.doc);
    }
}

static void print_reference(kj_sim *sim)
{
    puts("# Reference of the plugins\n\nMade by `kedja plugins --doc`. Money in whole SEK unless a unit says otherwise; ids are stable, 0 is none.");
    for (uint32_t p = 0; p < kj_sim_n_plugins(sim); p++) {
        const kj_plugin_def *def = kj_sim_plugin(sim, p)->def;
        printf("\n## %s %s\n\n%s Licence: %s.\n", def->id, def->version, def->doc, def->licence);
        doc_params(sim, def->id);
        doc_columns(sim, def->id, true);
        doc_columns(sim, def->id, false);
        doc_systems(sim, def->id);
    }
}

/* ---- the list ----------------------------------------------------------------------------------------------------- */

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
            printf("  %s.%-24s %-4s %-10s %s\n", store->tables[t].name, store->tables[t].columns[c].name, kj_type_name(store->tables[t].columns[c].type),
                   store->tables[t].columns[c].unit, store->tables[t].columns[c].doc);
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    const char **modules = calloc((size_t)argc + 1, sizeof *modules);
    kj_sim_config config = {.seed = 1, .n_threads = 1, .country = "se", .builtins = kj_builtin_plugins};
    uint32_t n_modules = 0;
    bool doc = false;
    int result = 1, n = words && modules ? kj_cli_parse(command, argc, argv, words, &result) : -1;
    for (int i = 0; i < n; i++) {
        if (words[i].option == PLUGIN) modules[n_modules++] = words[i].text;
        else if (words[i].option == COUNTRY) config.country = words[i].text;
        else if (words[i].option == DOC) doc = true;
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
        if (!status) (doc ? print_reference : print)(sim);
        result = status ? kj_cli_fail(&err) : 0;
        kj_sim_free(sim);
    }
    free(words);
    free(modules);
    return result;
}

const kj_command kj_command_plugins = {
    .name = "plugins",
    .usage = "plugins [--plugin FILE.so] … [--doc]",
    .doc = "Lists the plugins with what they add: systems, tables, columns.",
    .options = options,
    .run = run,
};
