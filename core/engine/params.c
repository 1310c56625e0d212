/* Parameters: declared by plugins and policies, set by scenario, --set and policies. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

uint32_t kj_sim_n_params(const kj_sim *sim) { return sim->n_params; }

const char *kj_sim_country_table(const kj_sim *sim, uint32_t index, uint32_t n_of[4])
{
    if (index >= sim->n_tables) return NULL;
    memcpy(n_of, sim->tables[index].n_of, sizeof sim->tables[index].n_of);
    return sim->tables[index].name;
}
const kj_param_info *kj_sim_param(const kj_sim *sim, uint32_t index) { return &sim->params[index]; }

static kj_param_info *find(const kj_sim *sim, const char *name)
{
    for (uint32_t p = 0; p < sim->n_params; p++)
        if (strcmp(sim->params[p].name, name) == 0) return &sim->params[p];
    return NULL;
}

/* Years, months and switches know no parts: a model would cut them off unseen. */
static bool is_whole_unit(const char *unit) { return strcmp(unit, "boolean") == 0 || strcmp(unit, "year") == 0 || strcmp(unit, "month") == 0; }

kj_status kj_sim_add_param(kj_error *err, kj_sim *sim, const char *plugin, const kj_param_def *def, bool is_whole)
{
    kj_param_info info = {.def = def->def, .min = def->min, .max = def->max, .value = def->def, .evidence = def->evidence};
    if (strlen(def->name) >= sizeof info.name || strlen(plugin) >= sizeof info.plugin)
        return kj_fail(err, KJ_E_RANGE, "parameter '%s': the name is too long", def->name);
    strcpy(info.name, def->name);
    strcpy(info.plugin, plugin);
    if (find(sim, def->name)) return kj_fail(err, KJ_E_DUPLICATE, "parameter '%s' is declared twice", def->name);
    if (!(def->min <= def->def && def->def <= def->max))
        return kj_fail(err, KJ_E_RANGE, "parameter '%s': default %g is outside its range %g to %g", def->name, def->def,
                       def->min, def->max);
    if (!def->unit || !def->doc || !def->source || def->evidence < KJ_MEASURED || def->evidence > KJ_ASSUMED)
        return kj_fail(err, KJ_E_RANGE, "parameter '%s': unit, sentence, source and evidence are all needed", def->name);
    info.is_whole = is_whole || is_whole_unit(def->unit);
    kj_param_info *params = realloc(sim->params, (sim->n_params + 1u) * sizeof *params);
    info.unit = strdup(def->unit);
    info.doc = strdup(def->doc);
    info.source = strdup(def->source);
    if (params) sim->params = params;
    if (!params || !info.unit || !info.doc || !info.source) {
        free(info.unit);
        free(info.doc);
        free(info.source);
        return kj_fail(err, KJ_E_MEMORY, "out of memory for parameter '%s'", def->name);
    }
    params[sim->n_params++] = info;
    return KJ_OK;
}

static kj_status unknown(kj_error *err, const kj_sim *sim, const char *name)
{
    const char **names = malloc((sim->n_params + 1u) * sizeof *names);
    const char *nearest = NULL;
    if (names) {
        for (uint32_t p = 0; p < sim->n_params; p++) names[p] = sim->params[p].name;
        nearest = kj_nearest_name(name, names, sim->n_params);
    }
    kj_status status = nearest ? kj_fail(err, KJ_E_INPUT, "unknown parameter '%s'; the nearest known one is '%s'", name, nearest)
                               : kj_fail(err, KJ_E_INPUT, "unknown parameter '%s'; `kedja check SCENARIO.lua --show parameters` lists all, with --plugin FILE.so those of that plugin, too", name);
    free(names);
    return status;
}

static kj_status check_value(kj_error *err, const kj_param_info *info, double value)
{
    bool is_switch = strcmp(info->unit, "boolean") == 0;
    char range[KJ_RANGE_TEXT];
    bool inside = value >= info->min && value <= info->max; /* false for a NaN too */
    if (inside && !(info->is_whole && value != (double)(int64_t)value)) return KJ_OK;
    if (is_switch) return kj_fail(err, KJ_E_INPUT, "parameter '%s' = %g: expected 0 or 1 (false or true)", info->name, value);
    return kj_fail(err, KJ_E_INPUT, "parameter '%s' = %.10g: expected %s%s", info->name, value, info->is_whole ? "a whole number from " : "",
                   kj_range_text(info->min, info->max, info->unit, range));
}

kj_status kj_setting_parse(kj_error *err, const char *text, kj_setting *out)
{
    const char *equals = strchr(text, '=');
    size_t n = equals ? (size_t)(equals - text) : 0;
    if (!equals || n == 0 || n >= sizeof out->name)
        return kj_fail(err, KJ_E_INPUT, "setting '%s': expected NAME=VALUE, as in densify.max_far=1.2", text);
    memcpy(out->name, text, n);
    out->name[n] = 0;
    const char *value = equals + 1;
    if (strcmp(value, "true") == 0 || strcmp(value, "false") == 0) {
        out->value = value[0] == 't' ? 1.0 : 0.0;
        return KJ_OK;
    }
    char *end;
    bool is_plain = strspn(value, "0123456789+-.eE") == strlen(value); /* strtod reads blanks before, hexadecimal numbers, inf and nan as well */
    out->value = strtod(value, &end);
    if (!is_plain || end == value || *end || !isfinite(out->value))
        return kj_fail(err, KJ_E_INPUT, "setting '%s': expected a number%s, true or false after '=', found '%s'", out->name,
                       strchr(value, ',') ? " with a decimal point" : is_plain ? "" : " in decimal digits without blanks", value);
    return KJ_OK;
}

kj_status kj_sim_set_param(kj_error *err, kj_sim *sim, const char *name, double value)
{
    kj_param_info *info = find(sim, name);
    if (!info) return unknown(err, sim, name);
    kj_status status = check_value(err, info, value);
    if (status) return status;
    info->value = value;
    return KJ_OK;
}

kj_status kj_sim_get_param(kj_error *err, const kj_sim *sim, const char *name, double *value)
{
    const kj_param_info *info = find(sim, name);
    if (!info) return unknown(err, sim, name);
    *value = info->value;
    return KJ_OK;
}
