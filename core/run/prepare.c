#include "prepare.h"

#include <builtins.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "../map/map.h"
#include "journal.h"

static kj_status read_scenario(kj_error *err, const kj_request *request, kj_prepared *p)
{
    return request->resolved ? kj_scenario_restore(err, request->files, request->n_files, request->stop, &p->scenario)
                             : kj_scenario_load(err, request->scenario, request->stop, &p->scenario);
}

static bool is_vision(const char *name) { return !strcmp(name, "demography.vision_population"); }

/* A goal of inhabitants is that of one municipality: --map does not take it along. */
static void warn_of_vision(const kj_request *request, const kj_prepared *p)
{
    const kj_scenario *s = p->scenario;
    const char *slash = strrchr(s->map, '/'), *own = slash ? slash + 1 : s->map;
    if (!request->map || !strcmp(own, p->map.name)) return;
    for (uint32_t i = 0; i < request->n_settings; i++) {
        kj_error ignored;
        kj_setting setting;
        if (!kj_setting_parse(&ignored, request->settings[i], &setting) && is_vision(setting.name)) return;
    }
    for (uint32_t i = 0; i < s->n_settings; i++)
        if (is_vision(s->settings[i].name) && s->settings[i].value > 0.0)
            kj_log_warning("the goal of %.0f inhabitants is that of the scenario's own map %s, not of %s (--set demography.vision_population=N)",
                           s->settings[i].value, own, p->map.name);
}

static kj_status read_map(kj_error *err, kj_request *request, bool quiet, kj_prepared *p)
{
    kj_status status = kj_map_load(err, request->map ? request->map : p->scenario->map, &p->map_memory, quiet, &p->map);
    if (status) return request->map ? status : kj_scenario_blame(err, p->scenario, "map");
    p->has_map = true;
    status = kj_scenario_use_map(err, p->scenario, p->map.name);
    if (!status) status = kj_scenario_check_projects(err, p->scenario, &p->map);
    if (status) return status;
    if (!quiet && !request->resolved) warn_of_vision(request, p);
    if (!request->resolved) return kj_request_resolve(err, request, p->scenario, &p->map);
    if (strcmp(request->map_digest, p->map.digest) == 0) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "map '%s' has changed since the run began: digest %s, expected %s", request->map_name, p->map.digest,
                   request->map_digest);
}

static kj_status end_month(kj_error *err, const kj_request *request, const kj_scenario *scenario, kj_month *end)
{
    *end = request->years ? request->start + 12 * request->years : KJ_MONTH(scenario->stop_year, 12);
    if (*end > request->start) return KJ_OK;
    kj_fail(err, KJ_E_INPUT, "the run would stop in %d, but map '%s' starts after December %d", scenario->stop_year, request->map_name,
            KJ_YEAR_OF(request->start));
    return kj_scenario_blame(err, scenario, "stop");
}

/* The later of two settings of one name holds. */
static void note_repetition(const kj_request *request, uint32_t i, bool quiet, const char *name)
{
    size_t n = strlen(name);
    for (uint32_t k = 0; k < i; k++)
        if (strncmp(request->settings[k], name, n) == 0 && request->settings[k][n] == '=') {
            kj_log_note(quiet, "--set %s takes the place of --set %s", request->settings[i], request->settings[k]);
            return;
        }
}

/* Policies switched on from outside come with `--set NAME.enabled=true`: same door as every parameter. */
static kj_status apply_settings(kj_error *err, const kj_request *request, bool quiet, kj_sim *sim)
{
    for (uint32_t i = 0; i < request->n_settings; i++) {
        kj_setting setting;
        kj_status status = kj_setting_parse(err, request->settings[i], &setting);
        if (!status) note_repetition(request, i, quiet, setting.name);
        if (!status) status = kj_sim_set_param(err, sim, setting.name, setting.value);
        if (status) return kj_error_context(err, "--set %s", request->settings[i]);
    }
    return KJ_OK;
}

static kj_status make_sim(kj_error *err, const kj_request *request, bool quiet, kj_prepared *p)
{
    kj_sim_config config = {.seed = request->has_seed ? request->seed : p->scenario->seed,
                            .n_threads = request->n_threads,
                            .audit = request->audit,
                            .start = request->start,
                            .country = request->map_country,
                            .builtins = kj_builtin_plugins};
    kj_status status = end_month(err, request, p->scenario, &config.end);
    if (!status) status = kj_sim_new(err, &config, &p->sim);
    if (!status) status = kj_sim_load_plugins(err, p->sim, (const char *const *)request->modules, request->n_modules);
    if (!status) status = kj_scenario_attach(err, p->scenario, p->sim);
    if (!status) status = apply_settings(err, request, quiet, p->sim);
    return status ? status : kj_scenario_check(err, p->scenario, p->sim);
}

/* What a resumed run must share with the one that began, beside what stands in the checkpoint: else the state would go
   on under other rates or another model, to another hash. */
static kj_status check_ground(kj_error *err, kj_request *request, const kj_sim *sim)
{
    char digest[33];
    kj_status status = kj_sim_tables_digest(err, sim, digest);
    if (status) return status;
    if (!request->tables_digest) {
        request->tables_digest = strdup(digest);
        request->program = strdup(KJ_VERSION);
        return request->tables_digest && request->program ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    }
    if (strcmp(request->program, KJ_VERSION) != 0)
        return kj_fail(err, KJ_E_INPUT, "the run was begun by Kedja %s, this is %s: resume it with that version, or begin it again",
                       request->program, KJ_VERSION);
    if (strcmp(request->tables_digest, digest) == 0) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT,
                   "the tables of country '%s' have changed since the run began (digest %s, expected %s): put the old ones back, or begin it again",
                   request->map_country, digest, request->tables_digest);
}

/* A parameter of a policy that is off from the first month to the last changes nothing. */
static void warn_if_idle(const kj_sim *sim, const kj_journal *journal, const char *name)
{
    char policy[KJ_NAME_MAX], on[2 * KJ_NAME_MAX];
    double enabled;
    kj_error ignored;
    snprintf(policy, sizeof policy, "%.*s", (int)strcspn(name, "."), name);
    snprintf(on, sizeof on, "%s.enabled", policy);
    if (kj_sim_get_param(&ignored, sim, on, &enabled) || enabled > 0.0 || strcmp(name, on) == 0) return;
    for (uint32_t i = 0; i < journal->n; i++)
        if (strcmp(journal->items[i].name, on) == 0 && journal->items[i].value > 0.0) return;
    kj_log_warning("policy %s is off: %s changes nothing (--set %s=true)", policy, name, on);
}

static void warn_of_idle(const kj_request *request, const kj_sim *sim, const kj_journal *journal)
{
    for (uint32_t i = 0; i < request->n_settings; i++) {
        kj_error ignored;
        kj_setting setting;
        if (!kj_setting_parse(&ignored, request->settings[i], &setting)) warn_if_idle(sim, journal, setting.name);
    }
    for (uint32_t i = 0; i < journal->n; i++) warn_if_idle(sim, journal, journal->items[i].name);
}

static kj_status check_journal(kj_error *err, const kj_request *request, bool quiet, const kj_sim *sim)
{
    kj_journal journal;
    kj_status status = kj_journal_of_request(err, request, &journal);
    if (!status) status = kj_journal_check(err, &journal, sim);
    if (!status && !quiet) warn_of_idle(request, sim, &journal);
    kj_journal_free(&journal);
    return status;
}

kj_status kj_prepare(kj_error *err, kj_request *request, bool with_map, bool quiet, kj_prepared *out)
{
    const bool of_kept = request->resolved; /* said when it began */
    memset(out, 0, sizeof *out);
    kj_status status = read_scenario(err, request, out);
    if (!status && with_map) status = read_map(err, request, quiet, out);
    if (!status) status = make_sim(err, request, quiet, out);
    if (!status && with_map && !quiet && !of_kept) kj_scenario_tell_projects(out->scenario, &out->map, out->sim);
    if (!status && with_map) status = kj_scenario_check_facilities(err, out->scenario, &out->map, out->sim);
    if (!status && with_map && !quiet && !of_kept) kj_scenario_tell_facilities(out->scenario, &out->map, out->sim);
    if (!status) status = check_journal(err, request, quiet, out->sim);
    if (!status) status = check_ground(err, request, out->sim);
    if (status) kj_prepared_free(out);
    return status;
}

kj_status kj_prepared_start(kj_error *err, kj_prepared *p)
{
    kj_status status = kj_sim_start_taking(err, p->sim, &p->map);
    kj_map_free(&p->map); /* all of it stands in the state now */
    p->has_map = false;
    return status;
}

void kj_prepared_free(kj_prepared *p)
{
    kj_sim_free(p->sim);
    kj_scenario_free(p->scenario);
    if (p->has_map) kj_map_free(&p->map);
    free(p->policies);
    free(p->options_json);
    memset(p, 0, sizeof *p);
}

/* What the population and the chains are bounded by: every figure of a chain needs it beside it. */
static void describe_boundary(kj_prepared *p, const char *map_title)
{
    const kj_rows *rows = kj_store_table(kj_sim_store(p->sim), "municipality");
    uint32_t n = rows ? rows->n_rows : 0;
    const int32_t *names = kj_store_data(kj_sim_store(p->sim), "municipality", "name", KJ_TEXT);
    if (n == 1 && names)
        snprintf(p->boundary, sizeof p->boundary, "the municipality of %s", kj_pool_text(&kj_sim_store(p->sim)->pool, names[0]));
    else
        snprintf(p->boundary, sizeof p->boundary, "%s (%u municipalities)", map_title, n);
}

kj_status kj_prepared_info(kj_error *err, const kj_request *request, kj_prepared *p, kj_run_info *out)
{
    p->policies = calloc(request->n_files, sizeof *p->policies);
    if (!p->policies) return kj_fail(err, KJ_E_MEMORY, "out of memory for the provenance");
    for (uint32_t i = 1; i < request->n_files; i++) {
        const char *slash = strrchr(request->files[i].path, '/');
        p->policies[p->n_policies++] = (kj_run_policy){.name = slash ? slash + 1 : request->files[i].path,
                                                       .path = request->files[i].path, .text = request->files[i].text};
    }
    describe_boundary(p, request->map_title);
    *out = (kj_run_info){.title = p->scenario->title[0],
                         .boundary = p->boundary,
                         .scenario_path = request->files[0].path,
                         .scenario_text = request->files[0].text,
                         .map_name = request->map_name,
                         .map_title = request->map_title,
                         .map_digest = request->map_digest,
                         .map_sources = request->map_sources,
                         .map_country = request->map_country,
                         .policies = p->policies,
                         .n_policies = p->n_policies};
    return KJ_OK;
}
