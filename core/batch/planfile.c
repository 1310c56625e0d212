#include "planfile.h"

#include <errno.h>
#include <jansson.h>
#include <kedja/version.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../io/csv.h"

enum { FORMAT = 1 };

/* ---- writing ---- */

/* The factor "seed" stands in the column of that name already. */
static bool is_seed(const kj_plan *plan, uint32_t column) { return kj_factor_is_luck(kj_plan_column(plan, column)); }

static kj_status write_members(kj_error *err, const kj_plan *plan)
{
    char path[KJ_PATH_MAX], *text = NULL;
    size_t n = 0;
    kj_status status = kj_plan_path(err, plan, path, "members.csv");
    FILE *file = status ? NULL : open_memstream(&text, &n);
    if (!file) return status ? status : kj_fail(err, KJ_E_MEMORY, "out of memory for the list of members");
    fputs("member,point,replicate,seed", file);
    for (uint32_t c = 0; c < plan->n_columns; c++)
        if (!is_seed(plan, c)) fprintf(file, ",%s", kj_plan_column(plan, c)->name);
    for (uint32_t m = 0; m < plan->n_members; m++) {
        fprintf(file, "\n%u,%u,%u,%llu", m + 1, plan->point[m] + 1, plan->replicate[m] + 1, (unsigned long long)plan->seed[m]);
        for (uint32_t c = 0; c < plan->n_columns; c++) {
            double value = plan->value[(size_t)m * plan->n_columns + c];
            if (is_seed(plan, c)) continue;
            if (isnan(value)) fputc(',', file); /* the scenario's value */
            else fprintf(file, ",%.17g", value);
        }
    }
    fputc('\n', file);
    bool whole = fclose(file) == 0;
    status = whole ? kj_file_replace(err, path, text, n) : kj_fail(err, KJ_E_MEMORY, "out of memory for the list of members");
    free(text);
    return status;
}

static json_t *factors_json(const kj_plan *plan)
{
    json_t *list = json_array();
    for (uint32_t c = 0; c < plan->n_columns; c++) {
        const kj_factor *f = kj_plan_column(plan, c);
        json_array_append_new(list, json_pack("{s:s, s:s, s:f, s:f, s:f, s:b, s:i}", "name", f->name, "unit", f->unit, "min", f->min, "max", f->max,
                                              "value", f->def, "whole", (int)f->whole, "covers", (int)f->covers));
    }
    return list;
}

static json_t *modules_json(const kj_plan *plan)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < plan->n_modules; i++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "path", plan->modules[i].path, "digest", plan->modules[i].digest));
    return list;
}

static json_t *text_or_null(const char *text) { return text ? json_string(text) : json_null(); }

kj_status kj_planfile_write(kj_error *err, const kj_plan *plan)
{
    char path[KJ_PATH_MAX];
    kj_status status = write_members(err, plan);
    if (!status) status = kj_plan_path(err, plan, path, "plan.json");
    if (status) return status;
    const kj_experiment *e = plan->experiment;
    json_error_t ignored;
    json_t *root = json_object();
    json_object_set_new(root, "format", json_integer(FORMAT));
    json_object_set_new(root, "program", json_string(KJ_VERSION));
    json_object_set_new(root, "path", json_string(e->path));
    json_object_set_new(root, "text", json_string(e->text));
    json_object_set_new(root, "default_path", text_or_null(e->default_path));
    json_object_set_new(root, "default_text", text_or_null(e->default_text));
    json_object_set_new(root, "scenario_title", json_string(plan->scenario_title));
    json_object_set_new(root, "map_title", json_string(plan->map_title));
    json_object_set_new(root, "map_digest", json_string(plan->map_digest));
    json_object_set_new(root, "first_year", json_integer(plan->first_year));
    json_object_set_new(root, "last_year", json_integer(plan->last_year));
    json_object_set_new(root, "members", json_integer(plan->n_members));
    json_object_set_new(root, "factors", factors_json(plan));
    json_object_set_new(root, "plugins", modules_json(plan));
    json_object_set_new(root, "request", json_loads(plan->request_json, 0, &ignored));
    char *text = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    json_decref(root);
    status = text ? kj_file_replace(err, path, text, strlen(text)) : kj_fail(err, KJ_E_MEMORY, "out of memory for the plan");
    free(text);
    return status;
}

/* ---- reading ---- */

static kj_status wrong(kj_error *err, const char *path, const char *key)
{
    return kj_fail(err, KJ_E_INPUT, "%s: key '%s' is missing or of another kind: the file is damaged", path, key);
}

static kj_status take_text(kj_error *err, const char *path, const json_t *root, const char *key, char **out)
{
    const char *text = json_string_value(json_object_get(root, key));
    if (!text) return wrong(err, path, key);
    *out = strdup(text);
    return *out ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
}

static kj_status take_factors(kj_error *err, const char *path, const json_t *root, kj_experiment *e)
{
    const json_t *list = json_object_get(root, "factors");
    if (json_array_size(list) != e->n_factors + e->n_vary) return wrong(err, path, "factors");
    for (uint32_t c = 0; c < e->n_factors + e->n_vary; c++) {
        kj_factor *f = c < e->n_factors ? &e->factor[c] : &e->vary[c - e->n_factors];
        const json_t *item = json_array_get(list, c);
        const char *name = json_string_value(json_object_get(item, "name")), *unit = json_string_value(json_object_get(item, "unit"));
        json_int_t covers = json_integer_value(json_object_get(item, "covers"));
        if (!name || strcmp(name, f->name) || !unit || covers < 0 || covers >= KJ_COVERS_COUNT) return wrong(err, path, "factors");
        snprintf(f->unit, sizeof f->unit, "%s", unit);
        f->min = json_number_value(json_object_get(item, "min"));
        f->max = json_number_value(json_object_get(item, "max"));
        f->def = json_number_value(json_object_get(item, "value"));
        f->whole = json_is_true(json_object_get(item, "whole"));
        f->covers = (kj_covers)covers;
    }
    return KJ_OK;
}

static kj_status take_modules(kj_error *err, const char *path, const json_t *root, kj_plan *out)
{
    const json_t *list = json_object_get(root, "plugins"); /* plans made before experiments could load plugins have none */
    out->modules = calloc(json_array_size(list) + 1u, sizeof *out->modules);
    if (!out->modules) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const char *file = json_string_value(json_object_get(item, "path")), *digest = json_string_value(json_object_get(item, "digest"));
        if (!file || !digest || strlen(digest) != sizeof out->modules->digest - 1) return wrong(err, path, "plugins");
        if (!(out->modules[i].path = strdup(file))) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
        strcpy(out->modules[i].digest, digest);
        out->n_modules++;
    }
    return KJ_OK;
}

static kj_status take_int(kj_error *err, const char *path, const json_t *root, const char *key, int64_t *out)
{
    const json_t *value = json_object_get(root, key);
    if (!json_is_integer(value)) return wrong(err, path, key);
    *out = json_integer_value(value);
    return KJ_OK;
}

static kj_status read_whole(kj_error *err, kj_csv *csv, const char *column, double max, double *out)
{
    uint32_t at;
    kj_status status = kj_csv_require(err, csv, column, &at);
    if (!status) status = kj_csv_number(err, csv, at, -INFINITY, INFINITY, out);
    if (!status && (*out < 1 || *out > max || *out != floor(*out)))
        status = kj_fail(err, KJ_E_INPUT, "%s:%u: %s: expected a whole number from 1 to %.0f, found %s", kj_csv_path(csv), kj_csv_line(csv), column, max,
                         kj_csv_field(csv, at));
    return status;
}

static kj_status read_member(kj_error *err, kj_csv *csv, kj_plan *plan, uint32_t m)
{
    double number = 0, point = 0, replicate = 0, seed = 0;
    kj_status status = read_whole(err, csv, "member", plan->n_members, &number);
    if (!status) status = read_whole(err, csv, "point", plan->n_points, &point);
    if (!status) status = read_whole(err, csv, "replicate", plan->experiment->replicates, &replicate);
    if (!status) status = read_whole(err, csv, "seed", 2147483647.0, &seed);
    if (!status && (uint32_t)number != m + 1)
        status = kj_fail(err, KJ_E_INPUT, "%s:%u: expected member %u, found %.0f", kj_csv_path(csv), kj_csv_line(csv), m + 1, number);
    for (uint32_t c = 0; !status && c < plan->n_columns; c++) {
        uint32_t at;
        double *value = &plan->value[(size_t)m * plan->n_columns + c];
        if (is_seed(plan, c)) {
            *value = seed;
            continue;
        }
        status = kj_csv_require(err, csv, kj_plan_column(plan, c)->name, &at);
        if (!status && kj_csv_field(csv, at)[0] == 0) *value = NAN;
        else if (!status) status = kj_csv_number(err, csv, at, -INFINITY, INFINITY, value);
    }
    if (status) return status;
    plan->point[m] = (uint32_t)point - 1;
    plan->replicate[m] = (uint32_t)replicate - 1;
    plan->seed[m] = (uint64_t)seed;
    return KJ_OK;
}

static kj_status read_members(kj_error *err, kj_plan *plan)
{
    char path[KJ_PATH_MAX];
    kj_csv *csv = NULL;
    bool more = true;
    uint32_t m = 0;
    kj_status status = kj_plan_path(err, plan, path, "members.csv");
    if (!status) status = kj_csv_open(err, path, ',', &csv);
    while (!status && (status = kj_csv_next(err, csv, &more)) == KJ_OK && more) {
        if (m == plan->n_members) status = kj_fail(err, KJ_E_INPUT, "%s:%u: expected %u members, found more", path, kj_csv_line(csv), m);
        else status = read_member(err, csv, plan, m++);
    }
    kj_csv_close(csv);
    if (!status && m != plan->n_members) status = kj_fail(err, KJ_E_INPUT, "%s: expected %u members, found %u", path, plan->n_members, m);
    return status;
}

static kj_status take_plan(kj_error *err, const char *path, const json_t *root, kj_plan *out)
{
    char *experiment = NULL, *text = NULL;
    int64_t first = 0, last = 0, members = 0;
    if (json_integer_value(json_object_get(root, "format")) != FORMAT) return wrong(err, path, "format");
    kj_status status = take_text(err, path, root, "path", &experiment);
    if (!status) status = take_text(err, path, root, "text", &text);
    if (!status)
        status = kj_experiment_restore(err, experiment, text, json_string_value(json_object_get(root, "default_path")),
                                       json_string_value(json_object_get(root, "default_text")), &out->experiment);
    free(experiment);
    free(text);
    if (!status) status = take_factors(err, path, root, out->experiment);
    if (!status) status = take_modules(err, path, root, out);
    if (!status) status = take_text(err, path, root, "scenario_title", &out->scenario_title);
    if (!status) status = take_text(err, path, root, "map_title", &out->map_title);
    if (!status) status = take_text(err, path, root, "map_digest", &out->map_digest);
    if (!status) status = take_int(err, path, root, "first_year", &first);
    if (!status) status = take_int(err, path, root, "last_year", &last);
    if (!status) status = take_int(err, path, root, "members", &members);
    if (!status && (members < 1 || members > 1000000 || first >= last || first < 1000 || last > 4000)) status = wrong(err, path, "members");
    if (status) return status;
    out->first_year = (int32_t)first;
    out->last_year = (int32_t)last;
    out->request_json = json_dumps(json_object_get(root, "request"), JSON_INDENT(1));
    if (!out->request_json) return wrong(err, path, "request");
    return kj_plan_allocate(err, out, (uint32_t)members);
}

kj_status kj_planfile_read(kj_error *err, const char *folder, kj_plan *out)
{
    char path[KJ_PATH_MAX];
    char *whole = realpath(folder, NULL);
    memset(out, 0, sizeof *out);
    if (!whole) return kj_fail(err, KJ_E_INPUT, "%s: cannot be read: %s", folder, kj_why(errno));
    snprintf(out->folder, sizeof out->folder, "%s", whole);
    free(whole);
    kj_status status = kj_plan_path(err, out, path, "plan.json");
    if (status) return status;
    json_error_t where;
    json_t *root = json_load_file(path, 0, &where);
    if (!root) return kj_fail(err, KJ_E_INPUT, "%s: expected the plan of an experiment: %s", path, where.text);
    status = take_plan(err, path, root, out);
    json_decref(root);
    if (!status) status = read_members(err, out);
    return status; /* the caller frees */
}
