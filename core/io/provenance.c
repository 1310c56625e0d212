#include "provenance.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cf.h"
#include "h5in.h"

typedef struct text_field {
    const char *name;
    size_t offset;
} text_field;

/* One list for writing and reading. */
static const text_field short_texts[] = {
    {"boundary", offsetof(kj_run_info, boundary)},     {"scenario_path", offsetof(kj_run_info, scenario_path)},
    {"map_name", offsetof(kj_run_info, map_name)},     {"map_title", offsetof(kj_run_info, map_title)},
    {"map_digest", offsetof(kj_run_info, map_digest)}, {"map_country", offsetof(kj_run_info, map_country)},
};
/* Missing ones read as "". */
static const text_field title_texts[] = {{"title_sv", offsetof(kj_run_info, title_sv)}, {"title_da", offsetof(kj_run_info, title_da)}};
static const text_field long_texts[] = {
    {"scenario", offsetof(kj_run_info, scenario_text)},
    {"options", offsetof(kj_run_info, options_json)},
    {"figures", offsetof(kj_run_info, figures_json)},
    {"map_sources", offsetof(kj_run_info, map_sources)},
};
/* Written and read only if there is one. */
static const text_field trace_text = {"trace", offsetof(kj_run_info, trace_json)};
static const text_field policy_texts[] = {{"policy", offsetof(kj_run_policy, name)},
                                          {"policy_path", offsetof(kj_run_policy, path)},
                                          {"policy_text", offsetof(kj_run_policy, text)}};
static const text_field plugin_texts[] = {{"plugin", offsetof(kj_run_plugin, id)},
                                          {"plugin_version", offsetof(kj_run_plugin, version)},
                                          {"plugin_licence", offsetof(kj_run_plugin, licence)},
                                          {"plugin_stamp", offsetof(kj_run_plugin, stamp)},
                                          {"plugin_path", offsetof(kj_run_plugin, path)}};
enum {
    N_SHORT = sizeof short_texts / sizeof *short_texts,
    N_TITLE = sizeof title_texts / sizeof *title_texts,
    N_LONG = sizeof long_texts / sizeof *long_texts,
    N_POLICY = sizeof policy_texts / sizeof *policy_texts,
    N_PLUGIN = sizeof plugin_texts / sizeof *plugin_texts
};

static const char *get_text(const void *record, const text_field *field)
{
    const char *text;
    memcpy(&text, (const char *)record + field->offset, sizeof text);
    return text ? text : "";
}

static void set_text(void *record, const text_field *field, char *text)
{
    memcpy((char *)record + field->offset, &text, sizeof text);
}

/* ---- writing ---- */

/* A list of records with texts: the first field is the dimension scale of the others. */
static void write_records(kj_h5out *out, hid_t group, const void *records, size_t record_bytes, uint32_t n,
                          const text_field *fields, uint32_t n_fields)
{
    const char **texts = malloc((n + 1u) * sizeof *texts);
    if (!texts) {
        out->failed = true;
        return;
    }
    hid_t scale = -1;
    for (uint32_t f = 0; f < n_fields; f++) {
        for (uint32_t i = 0; i < n; i++) texts[i] = get_text((const char *)records + i * record_bytes, &fields[f]);
        hid_t dataset = f ? kj_h5out_texts(out, group, fields[f].name, n, texts)
                          : kj_h5out_text_scale(out, group, fields[f].name, n, texts);
        if (f == 0) {
            scale = dataset;
            continue;
        }
        kj_h5out_axes(out, dataset, 1, &scale);
        H5Dclose(dataset);
    }
    H5Dclose(scale);
    free(texts);
}

static void write_plugins(kj_h5out *out, hid_t group, const kj_sim *sim)
{
    uint32_t n = kj_sim_n_plugins(sim);
    kj_run_plugin *plugins = calloc(n + 1u, sizeof *plugins);
    if (!plugins) {
        out->failed = true;
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        const kj_plugin_info *p = kj_sim_plugin(sim, i);
        plugins[i] = (kj_run_plugin){p->def->id, p->def->version, p->def->licence, p->def->stamp, p->path};
    }
    write_records(out, group, plugins, sizeof *plugins, n, plugin_texts, N_PLUGIN);
    free(plugins);
}

void kj_provenance_write(kj_h5out *out, const char *kind, const kj_sim *sim, const char *hash, const kj_run_info *info)
{
    const kj_sim_config *config = kj_sim_get_config(sim);
    kj_cf_root(out, kind, info->title);
    kj_h5out_text(out, out->file, "state_hash", hash);
    kj_h5out_numbers(out, out->file, "seed", H5T_STD_U64LE, 1, &config->seed);
    kj_h5out_i32(out, out->file, "threads", config->n_threads);
    kj_h5out_i32(out, out->file, "start_month", config->start);
    kj_h5out_i32(out, out->file, "end_month", config->end);
    for (uint32_t i = 0; i < N_SHORT; i++)
        kj_h5out_text(out, out->file, short_texts[i].name, get_text(info, &short_texts[i]));
    for (uint32_t i = 0; i < N_TITLE; i++)
        kj_h5out_text(out, out->file, title_texts[i].name, get_text(info, &title_texts[i]));
    hid_t group = kj_h5out_group(out, out->file, "provenance");
    for (uint32_t i = 0; i < N_LONG; i++)
        kj_h5out_long_text(out, group, long_texts[i].name, get_text(info, &long_texts[i]));
    if (get_text(info, &trace_text)[0]) kj_h5out_long_text(out, group, trace_text.name, get_text(info, &trace_text));
    write_records(out, group, info->policies, sizeof *info->policies, info->n_policies, policy_texts, N_POLICY);
    write_plugins(out, group, sim);
    H5Gclose(group);
}

/* ---- reading ---- */

static kj_status read_records(kj_error *err, const char *path, hid_t group, size_t record_bytes,
                              const text_field *fields, uint32_t n_fields, const void **records, uint32_t *n)
{
    uint32_t length;
    kj_status status = kj_h5in_length(err, path, group, "/provenance", fields[0].name, &length);
    if (status) return status;
    char *made = calloc(length + 1u, record_bytes);
    if (!made) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
    *records = made;
    *n = length;
    for (uint32_t f = 0; f < n_fields; f++) {
        char **texts;
        status = kj_h5in_texts(err, path, group, "/provenance", fields[f].name, length, &texts);
        if (status) return status;
        for (uint32_t i = 0; i < length; i++) set_text(made + i * record_bytes, &fields[f], texts[i]);
        free(texts); /* the texts themselves belong to the records now */
    }
    return KJ_OK;
}

static kj_status read_group(kj_error *err, const char *path, hid_t group, kj_run_info *info)
{
    kj_status status = KJ_OK;
    for (uint32_t i = 0; i < N_LONG && !status; i++) {
        char *text;
        status = kj_h5in_long_text(err, path, group, "/provenance", long_texts[i].name, &text);
        set_text(info, &long_texts[i], text);
    }
    char *trace = NULL;
    if (!status && H5Lexists(group, trace_text.name, H5P_DEFAULT) > 0)
        status = kj_h5in_long_text(err, path, group, "/provenance", trace_text.name, &trace);
    set_text(info, &trace_text, trace ? trace : calloc(1, 1));
    const void *records = NULL;
    if (!status)
        status =
            read_records(err, path, group, sizeof *info->policies, policy_texts, N_POLICY, &records, &info->n_policies);
    info->policies = records;
    records = NULL;
    if (!status)
        status =
            read_records(err, path, group, sizeof *info->plugins, plugin_texts, N_PLUGIN, &records, &info->n_plugins);
    info->plugins = records;
    return status;
}

kj_status kj_provenance_read(kj_error *err, const char *path, hid_t file, kj_run_info *info)
{
    *info = (kj_run_info){.title = kj_h5in_text(file, "title"), .version = kj_h5in_text(file, "kedja_version")};
    info->state_hash = kj_h5in_text(file, "state_hash");
    bool good = info->title && info->version && info->state_hash;
    for (uint32_t i = 0; i < N_SHORT; i++) {
        char *text = kj_h5in_text(file, short_texts[i].name);
        set_text(info, &short_texts[i], text);
        good &= text != NULL;
    }
    for (uint32_t i = 0; i < N_TITLE; i++) {
        char *text = kj_h5in_text(file, title_texts[i].name);
        if (!text) text = calloc(1, 1);
        set_text(info, &title_texts[i], text);
        good &= text != NULL;
    }
    good &= kj_h5in_numbers(file, "seed", H5T_NATIVE_UINT64, 1, &info->seed);
    good &= kj_h5in_numbers(file, "threads", H5T_NATIVE_INT32, 1, &info->n_threads);
    good &= kj_h5in_numbers(file, "start_month", H5T_NATIVE_INT32, 1, &info->start);
    good &= kj_h5in_numbers(file, "end_month", H5T_NATIVE_INT32, 1, &info->end);
    if (!good)
        return kj_fail(err, KJ_E_INPUT,
                       "%s: a root attribute of a run is missing: the file is damaged or by another version", path);
    hid_t group;
    kj_status status = kj_h5in_group(err, path, file, "provenance", &group);
    if (status) return status;
    status = read_group(err, path, group, info);
    H5Gclose(group);
    return status;
}

static void free_texts(const void *record, const text_field *fields, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        char *text;
        memcpy(&text, (const char *)record + fields[i].offset, sizeof text);
        free(text);
    }
}

void kj_provenance_free(kj_run_info *info)
{
    for (uint32_t i = 0; i < info->n_policies; i++) free_texts(&info->policies[i], policy_texts, N_POLICY);
    for (uint32_t i = 0; i < info->n_plugins; i++) free_texts(&info->plugins[i], plugin_texts, N_PLUGIN);
    free((void *)info->policies);
    free((void *)info->plugins);
    free_texts(info, short_texts, N_SHORT);
    free_texts(info, long_texts, N_LONG);
    free_texts(info, &trace_text, 1);
    free_texts(info, title_texts, N_TITLE);
    free((char *)info->title);
    free((char *)info->version);
    free((char *)info->state_hash);
    *info = (kj_run_info){0};
}
