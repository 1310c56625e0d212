#include "trial.h"

#include <kedja/rng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prepare.h"

static kj_status make_request(kj_error *err, const kj_trial *t, kj_request *request)
{
    kj_request_init(request);
    request->scenario = strdup(t->scenario);
    request->years = t->years ? t->years : 1;
    request->seed = t->seed;
    request->has_seed = true;
    request->n_threads = t->n_threads;
    request->audit = t->audit;
    if (!request->scenario) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    return t->module ? kj_request_add_module(err, request, t->module) : KJ_OK;
}

static const kj_plugin_info *module_of(const kj_sim *sim)
{
    for (uint32_t p = 0; p < kj_sim_n_plugins(sim); p++)
        if (kj_sim_plugin(sim, p)->path) return kj_sim_plugin(sim, p);
    return NULL;
}

static double drawn_value(const kj_param_info *p, const kj_trial *t, uint32_t index)
{
    double u = kj_uniform((uint32_t)kj_luck(t->seed, index, 0));
    double value = p->min + u * (p->max - p->min);
    if (p->is_whole) value = (double)(int64_t)value;
    return value < p->min ? p->min : value;
}

static kj_status set_params(kj_error *err, kj_sim *sim, const kj_trial *t, const char *plugin)
{
    for (uint32_t i = 0; i < kj_sim_n_params(sim); i++) {
        const kj_param_info *p = kj_sim_param(sim, i);
        if (strcmp(p->plugin, plugin) != 0) continue;
        double value = t->params == KJ_TRIAL_LOWEST ? p->min : t->params == KJ_TRIAL_HIGHEST ? p->max : drawn_value(p, t, i);
        kj_status status = kj_sim_set_param(err, sim, p->name, value);
        if (status) return status;
    }
    return KJ_OK;
}

static void describe(kj_sim *sim, kj_trial_result *out)
{
    const kj_plugin_info *info = module_of(sim);
    if (!info) return;
    snprintf(out->id, sizeof out->id, "%s", info->def->id);
    snprintf(out->version, sizeof out->version, "%s", info->def->version);
    snprintf(out->stamp, sizeof out->stamp, "%s", info->def->stamp ? info->def->stamp : "");
    snprintf(out->licence, sizeof out->licence, "%s", info->def->licence ? info->def->licence : "");
    out->other_stamp = strcmp(out->stamp, KJ_BUILD_STAMP) != 0;
    out->replaces_builtin = info->replaces_builtin;
    out->abi_major = info->def->abi_major;
    out->abi_minor = info->def->abi_minor;
    out->n_columns = info->n_columns;
    out->n_systems = info->n_systems;
    out->n_params = info->n_params;
    out->n_invariants = info->n_invariants;
    kj_sim_touches_others(sim, info->def->id, out->touches, sizeof out->touches);
}

static kj_status months_until(kj_error *err, kj_sim *sim, kj_month end)
{
    kj_status status = KJ_OK;
    while (!status && kj_sim_now(sim) < end) status = kj_sim_month(err, sim);
    return status;
}

/* Puts the state down in the middle of a year and takes it up in a fresh simulation: what the plugin keeps outside its
   declared columns is lost, and the hash tells. */
static kj_status through_checkpoint(kj_error *err, const kj_trial *t, kj_request *request, kj_prepared *p)
{
    kj_month middle = kj_sim_get_config(p->sim)->start + 7;
    bool found = false;
    kj_status status = months_until(err, p->sim, middle);
    if (!status) status = kj_checkpoint_write(err, t->checkpoint_dir, p->sim);
    if (status) return status;
    kj_prepared_free(p);
    status = kj_prepare(err, request, false, true, p);
    if (!status) status = kj_checkpoint_read(err, t->checkpoint_dir, p->sim, &found);
    return status || found ? status : kj_fail(err, KJ_E_IO, "%s: the checkpoint just written is not there", t->checkpoint_dir);
}

static kj_status simulate(kj_error *err, const kj_trial *t, kj_request *request, kj_prepared *p)
{
    const kj_plugin_info *info = module_of(p->sim);
    kj_status status = t->params == KJ_TRIAL_DEFAULTS || !info ? KJ_OK : set_params(err, p->sim, t, info->def->id);
    if (!status) status = kj_prepared_start(err, p);
    if (!status && t->checkpoint_dir) status = through_checkpoint(err, t, request, p);
    return status ? status : months_until(err, p->sim, kj_sim_get_config(p->sim)->end);
}

kj_status kj_trial_run(kj_error *err, const kj_trial *trial, kj_trial_result *out)
{
    kj_request request;
    kj_prepared prepared = {0};
    memset(out, 0, sizeof *out);
    kj_status status = make_request(err, trial, &request);
    if (!status) status = kj_prepare(err, &request, true, true, &prepared);
    if (!status) describe(prepared.sim, out);
    if (!status && trial->years) status = simulate(err, trial, &request, &prepared);
    if (!status) {
        const kj_rows *persons = kj_store_table(kj_sim_store(prepared.sim), "person");
        out->n_cells = (uint32_t)kj_grid_cells(kj_sim_grid(prepared.sim));
        out->n_persons = persons ? persons->n_alive : 0;
        kj_sim_hash(prepared.sim, out->hash);
        kj_sim_hash_without(prepared.sim, trial->watched ? trial->watched : out->id, out->hash_without);
    }
    kj_prepared_free(&prepared);
    kj_request_free(&request);
    return status;
}
