#include "request.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

enum { FORMAT = 1 };

void kj_request_init(kj_request *request) { memset(request, 0, sizeof *request); }

static void free_list(char **list, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) free(list[i]);
    free(list);
}

void kj_request_free(kj_request *request)
{
    free(request->scenario);
    free(request->map);
    free(request->out);
    for (uint32_t i = 0; i < request->n_files; i++) {
        free(request->files[i].path);
        free(request->files[i].text);
    }
    free(request->files);
    char *const texts[] = {request->map_name, request->map_title, request->map_digest, request->map_sources, request->map_country,
                           request->tables_digest, request->program};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) free(texts[i]);
    free_list(request->settings, request->n_settings);
    free_list(request->changes, request->n_changes);
    free_list(request->modules, request->n_modules);
    free_list(request->traces, request->n_traces);
    memset(request, 0, sizeof *request);
}

static kj_status append(kj_error *err, char ***list, uint32_t *n, const char *text)
{
    char **grown = realloc(*list, (*n + 1u) * sizeof *grown);
    if (grown) *list = grown;
    char *copy = grown ? strdup(text) : NULL;
    if (!copy) return kj_fail(err, KJ_E_MEMORY, "out of memory for '%s'", text);
    grown[(*n)++] = copy;
    return KJ_OK;
}

kj_status kj_request_add_setting(kj_error *err, kj_request *request, const char *setting)
{
    return append(err, &request->settings, &request->n_settings, setting);
}

kj_status kj_request_add_change(kj_error *err, kj_request *request, const char *change)
{
    return append(err, &request->changes, &request->n_changes, change);
}

kj_status kj_request_add_module(kj_error *err, kj_request *request, const char *path)
{
    return append(err, &request->modules, &request->n_modules, path);
}

kj_status kj_request_add_trace(kj_error *err, kj_request *request, const char *what)
{
    kj_trace_wish wish;
    kj_status status = kj_trace_parse(err, what, &wish);
    return status ? status : append(err, &request->traces, &request->n_traces, what);
}

static kj_status add_file(kj_error *err, kj_request *r, kj_script_kind kind, const char *path, const char *text)
{
    kj_script_file *files = realloc(r->files, (r->n_files + 1u) * sizeof *files);
    if (!files) return kj_fail(err, KJ_E_MEMORY, "out of memory for '%s'", path);
    r->files = files;
    files[r->n_files] = (kj_script_file){.kind = kind, .path = strdup(path), .text = strdup(text), .n_bytes = strlen(text)};
    r->n_files++;
    return files[r->n_files - 1].path && files[r->n_files - 1].text ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory for '%s'", path);
}

kj_status kj_request_resolve(kj_error *err, kj_request *r, const kj_scenario *scenario, const kj_map *map)
{
    kj_status status = KJ_OK;
    for (uint32_t i = 0; !status && i < scenario->n_files; i++)
        status = add_file(err, r, scenario->files[i].kind, scenario->files[i].path, scenario->files[i].text);
    if (status) return status;
    r->map_name = strdup(map->name);
    r->map_title = strdup(map->title ? map->title : map->name);
    r->map_digest = strdup(map->digest);
    r->map_sources = strdup(map->sources ? map->sources : "");
    r->map_country = strdup(map->country);
    r->start = map->start;
    r->resolved = r->map_name && r->map_title && r->map_digest && r->map_sources && r->map_country;
    return r->resolved ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory for the request");
}

static json_t *json_files(const kj_request *r)
{
    json_t *array = json_array();
    for (uint32_t i = 0; i < r->n_files; i++) {
        json_t *file = json_object();
        json_object_set_new(file, "kind", json_integer(r->files[i].kind));
        json_object_set_new(file, "path", json_string(r->files[i].path));
        json_object_set_new(file, "text", json_string(r->files[i].text));
        json_array_append_new(array, file);
    }
    return array;
}

static json_t *json_list(char *const *list, uint32_t n)
{
    json_t *array = json_array();
    for (uint32_t i = 0; i < n; i++) json_array_append_new(array, json_string(list[i]));
    return array;
}

static json_t *json_text(const char *text) { return text ? json_string(text) : json_null(); }

char *kj_request_to_json(const kj_request *r)
{
    char seed[24]; /* JSON numbers lose bits past 2^53, so the seed is text */
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)r->seed);
    json_t *root = json_object();
    json_object_set_new(root, "format", json_integer(FORMAT));
    json_object_set_new(root, "scenario", json_text(r->scenario));
    json_object_set_new(root, "map", json_text(r->map));
    json_object_set_new(root, "out", json_text(r->out));
    json_object_set_new(root, "years", json_integer(r->years));
    json_object_set_new(root, "seed", r->has_seed ? json_string(seed) : json_null());
    json_object_set_new(root, "threads", json_integer(r->n_threads));
    json_object_set_new(root, "settings", json_list(r->settings, r->n_settings));
    json_object_set_new(root, "changes", json_list(r->changes, r->n_changes));
    json_object_set_new(root, "modules", json_list(r->modules, r->n_modules));
    json_object_set_new(root, "traces", json_list(r->traces, r->n_traces));
    json_object_set_new(root, "audit", json_boolean(r->audit));
    json_object_set_new(root, "files", json_files(r));
    json_object_set_new(root, "start", json_integer(r->start));
    json_object_set_new(root, "map_name", json_text(r->map_name));
    json_object_set_new(root, "map_title", json_text(r->map_title));
    json_object_set_new(root, "map_digest", json_text(r->map_digest));
    json_object_set_new(root, "map_sources", json_text(r->map_sources));
    json_object_set_new(root, "map_country", json_text(r->map_country));
    json_object_set_new(root, "tables_digest", json_text(r->tables_digest));
    json_object_set_new(root, "program", json_text(r->program));
    char *text = json_dumps(root, JSON_INDENT(1));
    json_decref(root);
    return text;
}

static kj_status wrong(kj_error *err, const char *path, const char *key, const char *expected)
{
    return kj_fail(err, KJ_E_INPUT, "%s: key '%s': expected %s", path, key, expected);
}

static kj_status take_text(kj_error *err, const char *path, const json_t *root, const char *key, bool needed, char **out)
{
    const json_t *value = json_object_get(root, key);
    if (!needed && (!value || json_is_null(value))) return KJ_OK;
    if (!json_is_string(value)) return wrong(err, path, key, "text");
    *out = strdup(json_string_value(value));
    return *out ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
}

static kj_status take_int(kj_error *err, const char *path, const json_t *root, const char *key, int32_t *out)
{
    const json_t *value = json_object_get(root, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > 100000)
        return wrong(err, path, key, "a whole number from 0 to 100000");
    *out = (int32_t)json_integer_value(value);
    return KJ_OK;
}

static kj_status take_list(kj_error *err, const char *path, const json_t *root, const char *key, char ***list, uint32_t *n)
{
    const json_t *array = json_object_get(root, key);
    if (!json_is_array(array)) return wrong(err, path, key, "a list of texts");
    kj_status status = KJ_OK;
    for (size_t i = 0; !status && i < json_array_size(array); i++) {
        const char *text = json_string_value(json_array_get(array, i));
        status = text ? append(err, list, n, text) : wrong(err, path, key, "a list of texts");
    }
    return status;
}

static kj_status take_seed(kj_error *err, const char *path, const json_t *root, kj_request *out)
{
    const json_t *value = json_object_get(root, "seed");
    if (json_is_null(value)) return KJ_OK;
    const char *text = json_string_value(value);
    char *end = NULL;
    if (text) out->seed = strtoull(text, &end, 10);
    if (!text || end == text || *end) return wrong(err, path, "seed", "a whole number as text");
    out->has_seed = true;
    return KJ_OK;
}

static kj_status take_files(kj_error *err, const char *path, const json_t *root, kj_request *out)
{
    const json_t *array = json_object_get(root, "files");
    if (!json_is_array(array) || json_array_size(array) == 0) return wrong(err, path, "files", "a list with at least the scenario");
    kj_status status = KJ_OK;
    for (size_t i = 0; !status && i < json_array_size(array); i++) {
        const json_t *file = json_array_get(array, i), *kind = json_object_get(file, "kind");
        const char *name = json_string_value(json_object_get(file, "path")), *text = json_string_value(json_object_get(file, "text"));
        bool whole = name && text && json_is_integer(kind) && json_integer_value(kind) >= KJ_SCRIPT_SCENARIO &&
                     json_integer_value(kind) <= KJ_SCRIPT_PROGRAMME;
        status = whole ? add_file(err, out, (kj_script_kind)json_integer_value(kind), name, text)
                       : wrong(err, path, "files", "objects with kind, path and text");
    }
    return status;
}

kj_status kj_request_from_json(kj_error *err, const char *path, const char *text, kj_request *out)
{
    kj_request_init(out);
    json_error_t where;
    json_t *root = json_loads(text, 0, &where);
    if (!root) return kj_fail(err, KJ_E_INPUT, "%s:%d: not JSON: %s", path, where.line, where.text);
    kj_status status = KJ_OK;
    if (json_integer_value(json_object_get(root, "format")) != FORMAT) status = wrong(err, path, "format", "1");
    if (!status) status = take_text(err, path, root, "scenario", true, &out->scenario);
    if (!status) status = take_text(err, path, root, "map", false, &out->map);
    if (!status) status = take_text(err, path, root, "out", true, &out->out);
    if (!status) status = take_int(err, path, root, "years", &out->years);
    if (!status) status = take_seed(err, path, root, out);
    if (!status) status = take_int(err, path, root, "threads", &out->n_threads);
    if (!status && json_object_get(root, "changes")) /* runs begun before there were journals have none */
        status = take_list(err, path, root, "changes", &out->changes, &out->n_changes);
    if (!status) status = take_list(err, path, root, "settings", &out->settings, &out->n_settings);
    if (!status) status = take_list(err, path, root, "modules", &out->modules, &out->n_modules);
    if (!status && json_object_get(root, "traces")) status = take_list(err, path, root, "traces", &out->traces, &out->n_traces);
    if (!status) status = take_files(err, path, root, out);
    if (!status) status = take_int(err, path, root, "start", &out->start);
    if (!status) status = take_text(err, path, root, "map_name", true, &out->map_name);
    if (!status) status = take_text(err, path, root, "map_title", true, &out->map_title);
    if (!status) status = take_text(err, path, root, "map_digest", true, &out->map_digest);
    if (!status) status = take_text(err, path, root, "map_sources", true, &out->map_sources);
    if (!status) status = take_text(err, path, root, "map_country", true, &out->map_country);
    if (!status) status = take_text(err, path, root, "tables_digest", true, &out->tables_digest);
    if (!status) status = take_text(err, path, root, "program", true, &out->program);
    out->resolved = !status;
    out->audit = json_is_true(json_object_get(root, "audit"));
    json_decref(root);
    if (status) kj_request_free(out);
    return status;
}

static kj_status take_settings(kj_error *err, const kj_run_info *info, kj_request *out)
{
    json_error_t where;
    json_t *options = json_loads(info->options_json, 0, &where), *set = json_object_get(options, "set");
    const char *digest = json_string_value(json_object_get(options, "country_tables_digest"));
    kj_status status = json_is_array(set) && digest ? KJ_OK : kj_fail(err, KJ_E_INPUT, "/provenance/options: expected `set` and `country_tables_digest`");
    for (size_t i = 0; !status && i < json_array_size(set); i++) {
        const char *text = json_string_value(json_array_get(set, i));
        status = text ? kj_request_add_setting(err, out, text) : kj_fail(err, KJ_E_INPUT, "/provenance/options: `set`: expected texts");
    }
    json_t *journal = json_object_get(options, "journal");
    for (size_t i = 0; !status && i < json_array_size(journal); i++) {
        const char *text = json_string_value(json_array_get(journal, i));
        status = text ? kj_request_add_change(err, out, text) : kj_fail(err, KJ_E_INPUT, "/provenance/options: `journal`: expected texts");
    }
    if (!status) out->tables_digest = strdup(digest);
    json_decref(options);
    return status;
}

kj_status kj_request_from_info(kj_error *err, const kj_run_info *info, const char *map, kj_request *out)
{
    kj_request_init(out);
    kj_status status = take_settings(err, info, out);
    if (!status) status = add_file(err, out, KJ_SCRIPT_SCENARIO, info->scenario_path, info->scenario_text);
    for (uint32_t i = 0; i < info->n_policies && !status; i++)
        status = add_file(err, out, kj_script_kind_of(info->policies[i].path), info->policies[i].path, info->policies[i].text);
    for (uint32_t i = 0; i < info->n_plugins && !status; i++)
        if (info->plugins[i].path[0]) status = kj_request_add_module(err, out, info->plugins[i].path);
    if (!status) {
        out->scenario = strdup(info->scenario_path);
        out->map = map ? strdup(map) : NULL;
        out->years = (info->end - info->start) / 12;
        out->seed = info->seed;
        out->has_seed = true;
        out->start = info->start;
        out->map_name = strdup(info->map_name);
        out->map_title = strdup(info->map_title);
        out->map_digest = strdup(info->map_digest);
        out->map_sources = strdup(info->map_sources);
        out->map_country = strdup(info->map_country);
        out->program = strdup(info->version);
        out->resolved = out->scenario && out->map_name && out->map_title && out->map_digest && out->map_sources && out->map_country && out->program &&
                        out->tables_digest;
        if (!out->resolved) status = kj_fail(err, KJ_E_MEMORY, "out of memory for the request");
    }
    if (status) kj_request_free(out);
    return status;
}
