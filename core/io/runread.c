#include "runread.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/text.h"
#include "cf.h"
#include "h5chunks.h"
#include "h5in.h"
#include "provenance.h"
#include "runchanges.h"

/* Texts read on demand. */
typedef struct text_list {
    char **texts;
    uint32_t n;
    struct text_list *next;
} text_list;

struct kj_runread {
    char *path;
    hid_t file;
    bool complete;
    kj_run_info info;
    kj_grid grid;
    uint32_t n_years;
    int32_t *years;
    char **hashes;
    kj_run_table layers; /* the columns of table `cell` */
    kj_run_table *tables;
    uint32_t n_tables;
    text_list *texts;
};

/* ---- opening ---- */

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n > m && !strcmp(text + n - m, end);
}

static kj_status unfinished(kj_error *err, const char *path, const char *dir, const char *out_path)
{
    int32_t *years;
    uint32_t n;
    kj_error ignored;
    if (kj_runfile_years(&ignored, dir, &years, &n)) n = 0;
    if (n)
        kj_fail(err, KJ_E_INPUT, "%s is an unfinished run: years %d to %d are in %s", path, years[0], years[n - 1],
                dir);
    else
        kj_fail(err, KJ_E_INPUT, "%s is an unfinished run: no year is finished yet", path);
    free(years);
    size_t used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used,
             "; finish it with: kedja resume %s (if the error of a policy stopped it: mend the policy and run the scenario anew)", out_path);
    return KJ_E_INPUT;
}

/* Says what `path` is if it is no file: a folder of an unfinished run, or nothing beside one. */
static kj_status check_unfinished(kj_error *err, const char *path)
{
    char out_path[KJ_PATH_MAX], dir[KJ_PATH_MAX + 2];
    struct stat info;
    bool exists = stat(path, &info) == 0;
    if (exists && !S_ISDIR(info.st_mode)) return KJ_OK;
    int n = snprintf(out_path, sizeof out_path, "%s", path);
    if (n < 0 || n >= KJ_PATH_MAX) return KJ_OK;
    while (n > 1 && out_path[n - 1] == '/') out_path[--n] = 0;
    if (exists) {
        if (!ends_with(out_path, ".d")) return KJ_OK;
        out_path[n - 2] = 0;
    }
    snprintf(dir, sizeof dir, "%s.d", out_path);
    if (kj_runfile_look(out_path) != KJ_RUN_UNFINISHED) return KJ_OK;
    return unfinished(err, path, dir, out_path);
}

static kj_status check_kind(kj_error *err, kj_runread *run)
{
    int32_t version = 0;
    char *kind = kj_h5in_text(run->file, "kedja_format");
    kj_status status = KJ_OK;
    if (!kind || (strcmp(kind, "run") && strcmp(kind, "year")))
        status = kj_fail(err, KJ_E_INPUT,
                         "%s is no Kedja run: expected the root attribute kedja_format = \"run\", found %s%s%s",
                         run->path, kind ? "\"" : "", kind ? kind : "none", kind ? "\"" : "");
    run->complete = kind && !strcmp(kind, "run");
    free(kind);
    if (status) return status;
    if (!kj_h5in_numbers(run->file, "kedja_format_version", H5T_NATIVE_INT32, 1, &version) || version != 1)
        return kj_fail(err, KJ_E_INPUT, "%s: expected a run of format version 1, found %d", run->path, version);
    return KJ_OK;
}

static kj_status read_years(kj_error *err, kj_runread *run)
{
    kj_status status = kj_h5in_length(err, run->path, run->file, "", "year", &run->n_years);
    if (status) return status;
    if (!run->n_years) return kj_fail(err, KJ_E_INPUT, "%s: the run holds no year", run->path);
    hsize_t dims = run->n_years;
    run->years = calloc(run->n_years, sizeof *run->years);
    if (!run->years) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", run->path);
    status = kj_h5in_values(err, run->path, run->file, "", "year", 1, &dims, H5T_NATIVE_INT32, run->years);
    if (!status && run->complete)
        status = kj_h5in_texts(err, run->path, run->file, "", "year_state_hash", run->n_years, &run->hashes);
    return status;
}

/* ---- what the file holds ---- */

typedef struct lister {
    kj_runread *run;
    kj_run_table *table;
    int layer; /* 1 in the root group */
} lister;

static const char *text_or_empty(hid_t object, const char *name)
{
    char *text = kj_h5in_text(object, name);
    return text ? text : calloc(1, 1);
}

static bool describe(hid_t dataset, const char *type, const char *name, int rank, bool layer, kj_run_column *out)
{
    int32_t flags = 0;
    kj_h5in_numbers(dataset, "kedja_flags", H5T_NATIVE_INT32, 1, &flags);
    *out = (kj_run_column){.name = strdup(name),
                           .unit = text_or_empty(dataset, "units"),
                           .long_name = text_or_empty(dataset, "long_name"),
                           .labels = text_or_empty(dataset, "kedja_labels"),
                           .origin = text_or_empty(dataset, "origin"),
                           .source = text_or_empty(dataset, "source"),
                           .ref = text_or_empty(dataset, "kedja_ref"),
                           .type = kj_cf_type_of(type),
                           .flags = (uint32_t)flags,
                           .yearly = rank == (layer ? 3 : 2)};
    return out->name && out->unit && out->long_name && out->labels && out->origin && out->source && out->ref;
}

static void free_columns(kj_run_table *table)
{
    for (uint32_t c = 0; c < table->n_columns; c++) {
        const kj_run_column *column = &table->columns[c];
        const char *const texts[] = {column->name,   column->unit,   column->long_name, column->labels,
                                     column->origin, column->source, column->ref};
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) free((char *)texts[i]);
    }
    free((void *)table->columns);
    free((char *)table->name);
    free((char *)table->long_name);
    free((void *)table->ids);
}

static kj_status list_column(kj_error *err, lister *l, hid_t dataset, const char *type, const char *name)
{
    kj_run_table *table = l->table;
    kj_run_column *grown = realloc((void *)table->columns, (table->n_columns + 1u) * sizeof *grown);
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", l->run->path);
    table->columns = grown;
    hid_t space = H5Dget_space(dataset);
    int rank = H5Sget_simple_extent_ndims(space);
    H5Sclose(space);
    bool good = describe(dataset, type, name, rank, l->layer != 0, &grown[table->n_columns++]);
    return good ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "%s: out of memory", l->run->path);
}

/* Columns are the datasets that carry their type. */
static kj_status list_member(kj_error *err, void *data, hid_t group, const char *name)
{
    lister *l = data;
    H5O_info_t info;
    if (H5Oget_info_by_name2(group, name, &info, H5O_INFO_BASIC, H5P_DEFAULT) < 0)
        return kj_fail(err, KJ_E_INPUT, "%s: `%s` cannot be read: the file is damaged", l->run->path, name);
    if (info.type != H5O_TYPE_DATASET) return KJ_OK;
    hid_t dataset = H5Dopen2(group, name, H5P_DEFAULT);
    if (dataset < 0)
        return kj_fail(err, KJ_E_INPUT, "%s: dataset `%s` cannot be opened: the file is damaged", l->run->path, name);
    char *type = kj_h5in_text(dataset, "kedja_type");
    kj_status status = type && kj_cf_type_of(type)
                           ? list_column(err, l, dataset, type, l->layer ? kj_cf_layer_column(name) : name)
                           : KJ_OK;
    free(type);
    H5Dclose(dataset);
    return status;
}

static kj_status list_table(kj_error *err, kj_runread *run, hid_t group, const char *name)
{
    kj_run_table *grown = realloc(run->tables, (run->n_tables + 1u) * sizeof *grown);
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", run->path);
    run->tables = grown;
    kj_run_table *table = &grown[run->n_tables++];
    *table = (kj_run_table){.name = strdup(name), .long_name = text_or_empty(group, "long_name")};
    char where[300];
    snprintf(where, sizeof where, "/%.200s", name);
    kj_status status = kj_h5in_length(err, run->path, group, where, "id", &table->n_rows);
    hsize_t dims = table->n_rows;
    kj_id *ids = calloc(dims + 1, sizeof *ids);
    table->ids = ids;
    if (!status && (!ids || !table->name || !table->long_name))
        status = kj_fail(err, KJ_E_MEMORY, "%s: out of memory", run->path);
    if (!status) status = kj_h5in_values(err, run->path, group, where, "id", 1, &dims, H5T_NATIVE_UINT32, ids);
    lister l = {.run = run, .table = table};
    return status ? status : kj_h5in_each(err, group, list_member, &l);
}

static kj_status list_group(kj_error *err, void *data, hid_t root, const char *name)
{
    kj_runread *run = data;
    H5O_info_t info;
    if (H5Oget_info_by_name2(root, name, &info, H5O_INFO_BASIC, H5P_DEFAULT) < 0)
        return kj_fail(err, KJ_E_INPUT, "%s: `/%s` cannot be read: the file is damaged", run->path, name);
    if (info.type != H5O_TYPE_GROUP || !strcmp(name, "provenance")) return KJ_OK;
    hid_t group;
    kj_status status = kj_h5in_group(err, run->path, root, name, &group);
    if (status) return status;
    status = list_table(err, run, group, name);
    H5Gclose(group);
    return status;
}

static kj_status read_contents(kj_error *err, kj_runread *run)
{
    kj_status status = check_kind(err, run);
    if (!status) status = kj_provenance_read(err, run->path, run->file, &run->info);
    if (!status) status = kj_cf_grid_read(err, run->path, run->file, &run->grid);
    if (!status) status = read_years(err, run);
    lister layers = {.run = run, .table = &run->layers, .layer = 1};
    if (!status) status = kj_h5in_each(err, run->file, list_member, &layers);
    if (!status) status = kj_h5in_each(err, run->file, list_group, run);
    return status;
}

kj_status kj_runread_open(kj_error *err, const char *path, kj_runread **out)
{
    *out = NULL;
    kj_status status = check_unfinished(err, path);
    return status ? status : kj_runread_open_file(err, path, out);
}

kj_status kj_runread_open_file(kj_error *err, const char *path, kj_runread **out)
{
    *out = NULL;
    kj_runread *run = calloc(1, sizeof *run);
    if (!run || !(run->path = strdup(path))) {
        free(run);
        return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
    }
    kj_status status = kj_h5in_open(err, path, "run", &run->file);
    if (!status) status = read_contents(err, run);
    if (status) {
        kj_runread_close(run);
        return status;
    }
    *out = run;
    return KJ_OK;
}

void kj_runread_close(kj_runread *run)
{
    if (!run) return;
    for (text_list *list = run->texts; list;) {
        text_list *next = list->next;
        kj_h5in_free_texts(list->texts, list->n);
        free(list);
        list = next;
    }
    for (uint32_t t = 0; t < run->n_tables; t++) free_columns(&run->tables[t]);
    free(run->tables);
    free_columns(&run->layers);
    kj_h5in_free_texts(run->hashes, run->n_years);
    free(run->years);
    kj_provenance_free(&run->info);
    if (run->file >= 0) H5Fclose(run->file);
    free(run->path);
    free(run);
}

/* ---- asking ---- */

const char *kj_runread_path(const kj_runread *run) { return run->path; }
const kj_run_info *kj_runread_info(const kj_runread *run) { return &run->info; }
bool kj_runread_complete(const kj_runread *run) { return run->complete; }
const kj_grid *kj_runread_grid(const kj_runread *run) { return &run->grid; }

/* Texts of the policies that were on and of what is no policy (the programme): two versions of a policy's code are two worlds. */
static json_t *texts_in_force(const kj_run_info *info, const json_t *options, const kj_journal *changes)
{
    json_t *texts = json_object();
    const json_t *parameters = json_object_get(options, "parameters");
    for (uint32_t i = 0; i < info->n_policies; i++) {
        char name[128], key[160];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(info->policies[i].name, "."), info->policies[i].name);
        snprintf(key, sizeof key, "%s.enabled", name);
        if (json_object_get(parameters, key) && !kj_run_policy_was_on(options, changes, name)) continue;
        json_object_set_new(texts, info->policies[i].name, json_string(info->policies[i].text));
    }
    return texts;
}

char *kj_world_signature(const kj_runread *run)
{
    const kj_run_info *info = kj_runread_info(run);
    json_error_t ignored;
    json_t *options = json_loads(info->options_json, 0, &ignored), *world = json_object(), *journal = json_array();
    json_t *parameters = options ? json_object_get(options, "parameters") : NULL;
    kj_journal changes;
    kj_error no_memory;
    char *text = NULL;
    if (!kj_run_changes(&no_memory, options, &changes)) {
        for (uint32_t i = 0; i < changes.n; i++) json_array_append_new(journal, json_pack("[i, s, f]", (int)changes.items[i].month, changes.items[i].name, changes.items[i].value));
        json_object_set_new(world, "scenario", json_string(info->scenario_text));
        json_object_set(world, "parameters", parameters ? parameters : json_null());
        json_object_set(world, "journal", journal);
        json_object_set_new(world, "policies", texts_in_force(info, options, &changes));
        text = json_dumps(world, JSON_SORT_KEYS | JSON_COMPACT);
    }
    kj_journal_free(&changes);
    json_decref(journal);
    json_decref(world);
    json_decref(options);
    return text;
}

uint32_t kj_runread_n_years(const kj_runread *run) { return run->n_years; }
const int32_t *kj_runread_years(const kj_runread *run) { return run->years; }

int32_t kj_runread_year_index(const kj_runread *run, int32_t year)
{
    for (uint32_t i = 0; i < run->n_years; i++)
        if (run->years[i] == year) return (int32_t)i;
    return -1;
}

const char *kj_runread_year_hash(const kj_runread *run, uint32_t year_index)
{
    return run->hashes && year_index < run->n_years ? run->hashes[year_index] : run->info.state_hash;
}

uint32_t kj_runread_n_layers(const kj_runread *run) { return run->layers.n_columns; }
const kj_run_column *kj_runread_layer_at(const kj_runread *run, uint32_t index) { return &run->layers.columns[index]; }
const kj_run_column *kj_runread_layer_named(const kj_runread *run, const char *name)
{
    return kj_run_table_column(&run->layers, name);
}
uint32_t kj_runread_n_tables(const kj_runread *run) { return run->n_tables; }
const kj_run_table *kj_runread_table_at(const kj_runread *run, uint32_t index) { return &run->tables[index]; }

const kj_run_table *kj_runread_table_named(const kj_runread *run, const char *name)
{
    for (uint32_t t = 0; t < run->n_tables; t++)
        if (!strcmp(run->tables[t].name, name)) return &run->tables[t];
    return NULL;
}

const kj_run_column *kj_run_table_column(const kj_run_table *table, const char *name)
{
    for (uint32_t c = 0; c < table->n_columns; c++)
        if (!strcmp(table->columns[c].name, name)) return &table->columns[c];
    return NULL;
}

/* ---- values ---- */

static kj_status unknown(kj_error *err, const kj_runread *run, const char *what, const char *name,
                         const char *const *names, uint32_t n)
{
    const char *nearest = kj_nearest_name(name, names, n);
    return kj_fail(err, KJ_E_INPUT, "%s: the run has no %s `%s`%s%s%s", run->path, what, name,
                   nearest ? "; did you mean `" : "", nearest ? nearest : "", nearest ? "`?" : "");
}

static kj_status unknown_column(kj_error *err, const kj_runread *run, const kj_run_table *table, const char *what,
                                const char *name)
{
    const char **names = calloc(table->n_columns + 1u, sizeof *names);
    for (uint32_t c = 0; c < table->n_columns && names; c++) names[c] = table->columns[c].name;
    kj_status status = unknown(err, run, what, name, names, names ? table->n_columns : 0);
    free(names);
    return status;
}

static kj_status find_column(kj_error *err, const kj_runread *run, const char *table, const char *name,
                             const kj_run_table **in, const kj_run_column **column)
{
    *in = kj_runread_table_named(run, table);
    if (!*in) {
        const char **names = calloc(run->n_tables + 1u, sizeof *names);
        for (uint32_t t = 0; t < run->n_tables && names; t++) names[t] = run->tables[t].name;
        kj_status status = unknown(err, run, "table", table, names, names ? run->n_tables : 0);
        free(names);
        return status;
    }
    *column = kj_run_table_column(*in, name);
    char what[80];
    snprintf(what, sizeof what, "column in table `%.50s`:", table);
    return *column ? KJ_OK : unknown_column(err, run, *in, what, name);
}

/* Reads one year (or all of a dataset without years) of `path_in_file`; dims has `rank` entries, the first being years
   if yearly. */
static kj_status read_slab(kj_error *err, const kj_runread *run, const char *where, const kj_run_column *column,
                           int rank, const hsize_t *dims, uint32_t year_index, kj_type type, void *out)
{
    char name[300];
    snprintf(name, sizeof name, "%.140s/%.140s", where, *where ? column->name : kj_cf_layer_name(column->name));
    if (type == KJ_TEXT || column->type == KJ_TEXT)
        return kj_fail(err, KJ_E_INPUT, "%s: `%s` holds %s: expected numbers", run->path, name,
                       column->type == KJ_TEXT ? "texts" : "numbers, asked for texts");
    if (column->yearly && year_index >= run->n_years)
        return kj_fail(err, KJ_E_INPUT, "%s: `%s`: expected a year index below %u, found %u", run->path, name,
                       run->n_years, year_index);
    hid_t dataset;
    kj_status status = kj_h5in_dataset(err, run->path, run->file, "", name + 1, rank, dims, &dataset);
    if (status) return status;
    hsize_t start[3] = {year_index, 0, 0}, count[3] = {1, 1, 1};
    bool empty = false;
    for (int d = 0; d < rank; d++) {
        if (!column->yearly || d) count[d] = dims[d];
        if (!column->yearly) start[d] = 0;
        empty |= dims[d] == 0;
    }
    bool layer = !*where && rank >= 2; /* large, and chunked as kj_h5chunks_read likes it */
    if (!empty && !(layer && kj_h5chunks_read(dataset, rank, dims + rank - 2, column->yearly ? year_index : 0, column->type, type, out))) {
        hid_t space = H5Dget_space(dataset), memory = H5Screate_simple(rank, count, NULL);
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
        if (H5Dread(dataset, kj_h5_type(type), memory, space, H5P_DEFAULT, out) < 0)
            status = kj_fail(err, KJ_E_INPUT, "%s: dataset `%s` cannot be read: the file is damaged", run->path, name);
        H5Sclose(space);
        H5Sclose(memory);
    }
    H5Dclose(dataset);
    return status;
}

kj_status kj_runread_layer(kj_error *err, const kj_runread *run, const char *name, uint32_t year_index, kj_type type,
                           void *out)
{
    const kj_run_column *layer = kj_runread_layer_named(run, name);
    if (!layer) return unknown_column(err, run, &run->layers, "layer", name);
    const hsize_t dims[3] = {run->n_years, (hsize_t)run->grid.ny, (hsize_t)run->grid.nx};
    return read_slab(err, run, "", layer, layer->yearly ? 3 : 2, layer->yearly ? dims : dims + 1, year_index, type,
                     out);
}

kj_status kj_runread_column(kj_error *err, const kj_runread *run, const char *table, const char *column,
                            uint32_t year_index, kj_type type, void *out)
{
    const kj_run_table *in;
    const kj_run_column *found;
    kj_status status = find_column(err, run, table, column, &in, &found);
    if (status) return status;
    char where[160];
    snprintf(where, sizeof where, "/%.150s", in->name);
    const hsize_t dims[2] = {run->n_years, in->n_rows};
    return read_slab(err, run, where, found, found->yearly ? 2 : 1, found->yearly ? dims : dims + 1, year_index, type,
                     out);
}

kj_status kj_runread_series(kj_error *err, const kj_runread *run, const char *table, const char *column, kj_type type,
                            void *out)
{
    const kj_run_table *in;
    const kj_run_column *found;
    kj_status status = find_column(err, run, table, column, &in, &found);
    if (!status && !found->yearly)
        status = kj_fail(err, KJ_E_INPUT, "%s: `/%s/%s` has no years", run->path, table, column);
    size_t width = kj_type_bytes(type);
    for (uint32_t y = 0; y < run->n_years && !status; y++)
        status = kj_runread_column(err, run, table, column, y, type, (uint8_t *)out + (size_t)y * in->n_rows * width);
    return status;
}

kj_status kj_runread_texts(kj_error *err, kj_runread *run, const char *table, const char *column,
                           const char *const **texts)
{
    const kj_run_table *in;
    const kj_run_column *found;
    hid_t group;
    *texts = NULL;
    kj_status status = find_column(err, run, table, column, &in, &found);
    if (!status) status = kj_h5in_group(err, run->path, run->file, table, &group);
    if (status) return status;
    char where[160];
    snprintf(where, sizeof where, "/%.150s", in->name);
    text_list *list = calloc(1, sizeof *list);
    if (!list) status = kj_fail(err, KJ_E_MEMORY, "%s: out of memory", run->path);
    if (!status) status = kj_h5in_texts(err, run->path, group, where, column, in->n_rows, &list->texts);
    H5Gclose(group);
    if (status) {
        free(list);
        return status;
    }
    *list = (text_list){.texts = list->texts, .n = in->n_rows, .next = run->texts};
    run->texts = list;
    *texts = (const char *const *)list->texts;
    return KJ_OK;
}
