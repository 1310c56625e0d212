#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/io/runread.h"
#include "source.h"

typedef struct run_source {
    kj_runread *run;
    kj_source_facts facts;
    char plugins[512];
} run_source;

static const kj_source_facts *facts(void *self) { return &((run_source *)self)->facts; }
static int32_t n_years(void *self) { return (int32_t)kj_runread_n_years(((run_source *)self)->run); }
static int32_t year_at(void *self, int32_t index) { return kj_runread_years(((run_source *)self)->run)[index]; }

static bool is_cell(const char *table) { return strcmp(table, "cell") == 0; }

static const kj_run_column *find(void *self, const char *table, const char *column)
{
    const kj_runread *run = ((run_source *)self)->run;
    if (is_cell(table)) return kj_runread_layer_named(run, column);
    const kj_run_table *in = kj_runread_table_named(run, table);
    return in ? kj_run_table_column(in, column) : NULL;
}

static uint32_t n_rows(void *self, const char *table)
{
    const kj_runread *run = ((run_source *)self)->run;
    if (is_cell(table)) return (uint32_t)kj_grid_cells(kj_runread_grid(run));
    const kj_run_table *in = kj_runread_table_named(run, table);
    return in ? in->n_rows : 0;
}

static bool has(void *self, const char *table, const char *column) { return find(self, table, column) != NULL; }

static bool is_yearly(void *self, const char *table, const char *column)
{
    const kj_run_column *found = find(self, table, column);
    return found && found->yearly;
}

static kj_status read_values(kj_error *err, void *self, const char *table, const char *column, int32_t year_index,
                             kj_type type, void *out)
{
    const kj_runread *run = ((run_source *)self)->run;
    return is_cell(table) ? kj_runread_layer(err, run, column, (uint32_t)year_index, type, out)
                          : kj_runread_column(err, run, table, column, (uint32_t)year_index, type, out);
}

static const char *const *texts(void *self, const char *table, const char *column)
{
    kj_error ignored;
    const char *const *out = NULL;
    const kj_run_column *found = find(self, table, column);
    if (!found || found->type != KJ_TEXT) return NULL;
    return kj_runread_texts(&ignored, ((run_source *)self)->run, table, column, &out) ? NULL : out;
}

static const char *origin(void *self, const char *table, const char *column)
{
    const kj_run_column *found = find(self, table, column);
    return found ? found->origin : "";
}

static void close_source(void *self)
{
    kj_runread_close(((run_source *)self)->run);
    free(self);
}

static void fill_facts(run_source *s)
{
    const kj_run_info *info = kj_runread_info(s->run);
    size_t used = 0;
    for (uint32_t i = 0; i < info->n_plugins && used < sizeof s->plugins; i++)
        used += (size_t)snprintf(s->plugins + used, sizeof s->plugins - used, "%s%s %s", i ? ", " : "", info->plugins[i].id,
                                 info->plugins[i].version);
    s->facts = (kj_source_facts){.title = {info->title, info->title_sv, info->title_da},
                                 .scenario = info->scenario_path,
                                 .map_name = info->map_name,
                                 .map_title = info->map_title,
                                 .map_country = info->map_country,
                                 .version = info->version,
                                 .sources = info->map_sources,
                                 .options_json = info->options_json,
                                 .plugins = s->plugins,
                                 .state_hash = info->state_hash,
                                 .seed = info->seed,
                                 .grid = *kj_runread_grid(s->run)};
}

kj_status kj_source_open_run(kj_error *err, const char *path, kj_source *out)
{
    run_source *s = calloc(1, sizeof *s);
    if (!s) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
    kj_status status = kj_runread_open(err, path, &s->run);
    if (status) {
        free(s);
        return status;
    }
    fill_facts(s);
    *out = (kj_source){s, facts, n_years, year_at, n_rows, has, is_yearly, read_values, texts, origin, close_source, NULL, NULL};
    return KJ_OK;
}
