/* Parameters that a country has values of its own for: maps/countries/CC/parameters.csv. They take the place of a plugin's default, with
   their evidence and source, before scenario and --set. */
#include <stdio.h>
#include <string.h>

#include "../base/text.h"
#include "internal.h"

kj_status kj_country_values_read(kj_error *err, kj_sim *sim)
{
    char relative[64];
    snprintf(relative, sizeof relative, "maps/countries/%.16s/parameters.csv", sim->config.country);
    if (kj_data_path(relative, sim->country_path, sizeof sim->country_path)) return KJ_OK; /* all defaults hold */
    return kj_country_params_read(err, sim->country_path, &sim->country_params, &sim->n_country_params);
}

static kj_status apply(kj_error *err, const kj_sim *sim, const kj_country_param *row, kj_param_def *def)
{
    bool has_unit = strcmp(def->unit, "1") != 0;
    if (strcmp(row->unit, def->unit) != 0)
        return kj_fail(err, KJ_E_INPUT, "%s:%u: column `unit`: expected `%s`, found `%.80s`", sim->country_path, row->line, def->unit, row->unit);
    if (row->value < def->min || row->value > def->max)
        return kj_fail(err, KJ_E_INPUT, "%s:%u: column `value`: expected %.10g to %.10g%s%s, found %.10g", sim->country_path, row->line, def->min, def->max,
                       has_unit ? " " : "", has_unit ? def->unit : "", row->value);
    def->def = row->value;
    def->evidence = row->evidence;
    def->source = row->source;
    return KJ_OK;
}

kj_status kj_country_values_apply(kj_error *err, const kj_sim *sim, kj_param_def *def)
{
    if (!def->unit) return KJ_OK; /* refused by name when it is added */
    for (uint32_t i = 0; i < sim->n_country_params; i++)
        if (strcmp(sim->country_params[i].name, def->name) == 0) return apply(err, sim, &sim->country_params[i], def);
    return KJ_OK;
}

static bool is_known(const kj_sim *sim, const char *name)
{
    for (uint32_t p = 0; p < sim->n_params; p++)
        if (strcmp(sim->params[p].name, name) == 0) return true;
    return false;
}

kj_status kj_country_values_check(kj_error *err, const kj_sim *sim)
{
    for (uint32_t i = 0; i < sim->n_country_params; i++) {
        const kj_country_param *row = &sim->country_params[i];
        size_t n = strcspn(row->name, ".");
        for (uint32_t p = 0; p < sim->n_plugins; p++) {
            const char *id = sim->plugins[p].info.def->id;
            if (strlen(id) == n && strncmp(id, row->name, n) == 0 && !is_known(sim, row->name))
                return kj_fail(err, KJ_E_INPUT, "%s:%u: column `name`: plugin '%s' has no parameter '%s'", sim->country_path, row->line, id, row->name);
        }
    }
    return KJ_OK;
}
