#include "record.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "outcome.h"

/* Policies that were on, in the order in which they are applied, with their titles: pages name them to people. */
static json_t *policies_json(const kj_prepared *prepared)
{
    static const char *const codes[KJ_LANGUAGES] = {"en", "sv", "da"};
    json_t *list = json_array();
    for (uint32_t i = 0; i < prepared->scenario->n_policies; i++) {
        const kj_policy *policy = &prepared->scenario->policy[i];
        char name[2 * KJ_NAME_MAX];
        double enabled = 0.0;
        kj_error err;
        snprintf(name, sizeof name, "%s.enabled", policy->name);
        if (kj_sim_get_param(&err, prepared->sim, name, &enabled) != KJ_OK || !(enabled > 0.0)) continue;
        json_t *entry = json_pack("{s:s}", "name", policy->name), *titles = json_object();
        for (int k = 0; k < KJ_LANGUAGES; k++) {
            if (policy->title[k]) json_object_set_new(titles, codes[k], json_string(policy->title[k]));
        }
        json_object_set_new(entry, "title", titles);
        json_array_append_new(list, entry);
    }
    return list;
}

static json_t *titles_json(char *const title[KJ_LANGUAGES])
{
    json_t *titles = json_array();
    for (int k = 0; k < KJ_LANGUAGES; k++) json_array_append_new(titles, json_string(title[k] ? title[k] : ""));
    return titles;
}

/* Titles of all policies and their parameters, on or off, as [en, sv, da]: who compares two runs names what differs by them. */
static json_t *policy_titles_json(const kj_scenario *scenario)
{
    json_t *all = json_object();
    char name[2 * KJ_NAME_MAX + 2];
    for (uint32_t i = 0; i < scenario->n_policies; i++) {
        const kj_policy *policy = &scenario->policy[i];
        json_object_set_new(all, policy->name, titles_json(policy->title));
        for (uint32_t p = 0; p < policy->n_params; p++) {
            snprintf(name, sizeof name, "%s.%s", policy->name, policy->params[p].name);
            json_object_set_new(all, name, titles_json(policy->params[p].title));
        }
    }
    return all;
}

/* Rows of each country table, and how many of them are assumed. */
static json_t *norms_json(const kj_sim *sim)
{
    json_t *all = json_object();
    uint32_t n_of[4];
    const char *name;
    for (uint32_t i = 0; (name = kj_sim_country_table(sim, i, n_of)) != NULL; i++)
        json_object_set_new(all, name, json_pack("{s:i, s:i}", "rows", (int)(n_of[0] + n_of[1] + n_of[2] + n_of[3]), "assumed", (int)n_of[KJ_ASSUMED - 1]));
    return all;
}

json_t *kj_shown_json(const kj_sim *sim)
{
    static const char *const kinds[] = {"layer", "area", "chart", "text", "step"};
    json_t *list = json_array();
    for (uint32_t i = 0; i < kj_sim_n_shown(sim); i++) {
        const kj_shown_def *s = kj_sim_shown(sim, i);
        json_array_append_new(list, json_pack("{s:s, s:[s,s,s], s:[s,s,s], s:[s,s,s], s:s, s:s, s:s, s:f, s:f, s:f, s:i, s:i}", "kind", kinds[s->kind], "title", s->title[0], s->title[1], s->title[2],
                                              "unit", s->unit[0], s->unit[1], s->unit[2], "how", s->how[0], s->how[1], s->how[2], "table", s->table, "column", s->column, "per", s->per, "scale", s->scale,
                                              "low", s->low, "high", s->high, "decimals", s->decimals, "flags", (int)s->flags));
    }
    return list;
}

/* Every parameter with its value, so that a file says what it was run with, defaults included; apart from
   them those that differ from their default. */
static char *options_json(const kj_request *request, const kj_prepared *prepared)
{
    const kj_sim *sim = prepared->sim;
    json_t *root = json_object(), *settings = json_array(), *journal = json_array(), *params = json_object(), *changed = json_object();
    for (uint32_t i = 0; i < request->n_settings; i++) json_array_append_new(settings, json_string(request->settings[i]));
    for (uint32_t p = 0; p < kj_sim_n_params(sim); p++) {
        const kj_param_info *info = kj_sim_param(sim, p);
        json_object_set_new(params, info->name, json_real(info->value));
        if (info->value < info->def || info->value > info->def) json_object_set_new(changed, info->name, json_real(info->value));
    }
    for (uint32_t i = 0; i < request->n_changes; i++) json_array_append_new(journal, json_string(request->changes[i]));
    json_object_set_new(root, "set", settings);
    if (request->n_changes) json_object_set_new(root, "journal", journal);
    else json_decref(journal);
    json_object_set_new(root, "country_tables_digest", json_string(request->tables_digest));
    json_object_set_new(root, "parameters", params);
    json_object_set_new(root, "changed", changed);
    json_object_set_new(root, "policies", policies_json(prepared));
    json_object_set_new(root, "norms", norms_json(sim));
    json_object_set_new(root, "titles", policy_titles_json(prepared->scenario));
    json_object_set_new(root, "shown", kj_shown_json(sim));
    char *text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(root);
    return text;
}

kj_status kj_recorder_options(kj_error *err, const kj_request *request, kj_prepared *prepared)
{
    prepared->options_json = options_json(request, prepared);
    return prepared->options_json ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory for the options");
}

kj_status kj_recorder_init(kj_error *err, const kj_request *request, kj_prepared *prepared, const char *dir, kj_recorder *out)
{
    memset(out, 0, sizeof *out);
    out->out = request->out;
    out->lock = -1;
    snprintf(out->dir, sizeof out->dir, "%s", dir);
    kj_status status = kj_prepared_info(err, request, prepared, &out->info);
    if (!status && out->out) status = kj_runfile_lock(err, out->dir, &out->lock);
    if (!status && out->out && !(out->writer = kj_yearwriter_new(out->dir))) status = kj_fail(err, KJ_E_MEMORY, "out of memory for the years");
    if (status) return status;
    out->scenario = prepared->scenario;
    out->info.title_sv = prepared->scenario->title[1];
    out->info.title_da = prepared->scenario->title[2];
    out->info.options_json = prepared->options_json;
    return request->n_traces ? kj_trace_begin(err, request, prepared->sim, out->dir, &out->trace) : KJ_OK;
}

void kj_recorder_free(kj_recorder *recorder)
{
    kj_yearwriter_free(recorder->writer); /* before the lock goes */
    if (recorder->lock > 0) close(recorder->lock);
    kj_trace_free(recorder->trace);
    free(recorder->trace_json);
    free(recorder->figures_json);
    memset(recorder, 0, sizeof *recorder);
}

/* Before the checkpoint that it belongs to, and never more than a year before the newest on disk. */
static kj_status keep_trace(kj_error *err, kj_recorder *recorder)
{
    kj_status status = kj_yearwriter_wait(err, recorder->writer);
    return status ? status : kj_trace_keep(err, recorder->trace, recorder->dir);
}

kj_status kj_recorder_year(kj_error *err, kj_recorder *recorder, kj_sim *sim)
{
    if (!recorder->out) return KJ_OK;
    kj_status status = recorder->trace ? keep_trace(err, recorder) : KJ_OK;
    return status ? status : kj_yearwriter_year(err, recorder->writer, sim, &recorder->info);
}

kj_status kj_recorder_wait(kj_error *err, kj_recorder *recorder) { return recorder->out ? kj_yearwriter_wait(err, recorder->writer) : KJ_OK; }

kj_status kj_recorder_stop(kj_error *err, kj_recorder *recorder, kj_sim *sim)
{
    if (!recorder->out) return kj_fail(err, KJ_E_STOPPED, "stopped; nothing is kept without --out");
    kj_status status = kj_yearwriter_wait(err, recorder->writer);
    if (!status && recorder->trace) status = kj_trace_keep(err, recorder->trace, recorder->dir);
    if (!status) status = kj_checkpoint_write(err, recorder->dir, sim);
    return status ? status : kj_fail(err, KJ_E_STOPPED, "stopped after %d-%02d; `kedja resume %s` goes on", KJ_YEAR_OF(kj_sim_now(sim)),
                                     KJ_MONTH_OF_YEAR(kj_sim_now(sim)), recorder->out);
}

typedef struct deeds {
    json_t *list;
    const kj_scenario *scenario;
    double cell_ha;
} deeds;

static void add_deed(void *data, const kj_policy_deed *d)
{
    static const char *const names[KJ_DEEDS] = {"acted", "cells", "zoned", "new", "values", "setting"};
    deeds *to = data;
    if (d->policy >= to->scenario->n_policies) return;
    json_t *one = json_pack("{s:s, s:i, s:s, s:s, s:I}", "policy", to->scenario->policy[d->policy].name, "year", (int)d->year, "deed", names[d->deed], "what", d->what, "n", (json_int_t)d->n);
    if (d->deed == KJ_DEED_CELLS || d->deed == KJ_DEED_ZONED) json_object_set_new(one, "hectares", json_real((double)d->n * to->cell_ha));
    json_array_append_new(to->list, one);
}

/* What policies did, year by year: `kedja table RUN.nc policies` shows it. */
static json_t *deeds_json(const kj_scenario *scenario, kj_sim *sim)
{
    double side = kj_sim_grid(sim)->cell_m;
    deeds to = {json_array(), scenario, side * side / 1e4};
    kj_policies_deeds(sim, add_deed, &to);
    return to.list;
}

kj_status kj_recorder_finish(kj_error *err, kj_recorder *recorder, kj_sim *sim, const kj_outcome *outcome)
{
    if (!recorder->out) return KJ_OK;
    json_t *figures = kj_outcome_json(outcome);
    json_object_set_new(figures, "policies_did", deeds_json(recorder->scenario, sim));
    recorder->figures_json = json_dumps(figures, JSON_COMPACT | JSON_REAL_PRECISION(6));
    json_decref(figures);
    recorder->info.figures_json = recorder->figures_json;
    if (recorder->trace) {
        kj_trace_tell_missing(recorder->trace, sim);
        recorder->trace_json = kj_trace_json(recorder->trace);
        if (!recorder->trace_json) return kj_fail(err, KJ_E_MEMORY, "out of memory for the trace");
        recorder->info.trace_json = recorder->trace_json;
    }
    kj_status status = kj_yearwriter_wait(err, recorder->writer);
    if (status) return status;
    kj_yearwriter_free(recorder->writer); /* its buffers would stand beside what packing takes: 30 MB in Värnamo */
    recorder->writer = NULL;
    return kj_runfile_pack(err, recorder->dir, recorder->out, sim, &recorder->info);
}
