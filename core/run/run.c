#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "../io/runread.h"
#include "month.h"
#include "outcome.h"

static void name_outcome(const kj_prepared *p, const kj_request *request, kj_outcome *out)
{
    const kj_sim_config *config = kj_sim_get_config(p->sim);
    out->first_year = KJ_YEAR_OF(config->start);
    out->last_year = KJ_YEAR_OF(config->end);
    snprintf(out->title, sizeof out->title, "%s", p->scenario->title[0]);
    snprintf(out->map_title, sizeof out->map_title, "%s", request->map_title);
}

/* The rest of a run whose state stands: months, figures, the packed file. */
static kj_status carry_out(kj_error *err, const kj_request *request, kj_prepared *p, kj_recorder *recorder, const kj_watch *watch, kj_outcome *out)
{
    kj_journal journal;
    snprintf(out->boundary, sizeof out->boundary, "%s", p->boundary);
    kj_status status = watch->observe ? watch->observe(err, watch->observe_data, p->sim, kj_sim_now(p->sim)) : KJ_OK;
    if (!status && watch->december) status = watch->december(err, watch->december_data, p->sim, kj_sim_now(p->sim));
    if (watch->observe) kj_sim_set_observer(p->sim, watch->observe, watch->observe_data);
    if (status) return status;
    status = kj_journal_of_request(err, request, &journal);
    if (!status) status = kj_loop(err, p->sim, &journal, recorder, watch, out);
    kj_journal_free(&journal);
    if (status) return status;
    status = kj_outcome_read(err, p->sim, out);
    return status ? status : kj_recorder_finish(err, recorder, p->sim, out);
}

/* What is followed is kept in the run file. */
static kj_status check_traces(kj_error *err, const kj_request *request)
{
    if (request->n_traces == 0 || request->out) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "--trace %s: expected --out, since what is followed is kept in the run file", request->traces[0]);
}

static kj_status begin_file(kj_error *err, const kj_request *request, bool quiet, char dir[KJ_PATH_MAX])
{
    if (!request->out) return KJ_OK;
    char *json = kj_request_to_json(request);
    if (!json) return kj_fail(err, KJ_E_MEMORY, "out of memory for the request");
    kj_status status = kj_runfile_begin(err, request->out, json, quiet, dir);
    free(json);
    return status;
}

static void tell_policies(const kj_request *request, const kj_prepared *prepared, bool quiet)
{
    if (kj_policies_tell(prepared->scenario, prepared->sim, quiet) && request->out) kj_log_note(quiet, "year by year: kedja table %s policies", request->out);
}

/* From the map's state to the end. */
static kj_status run_from_start(kj_error *err, const kj_request *request, kj_prepared *prepared, const kj_watch *watch, kj_outcome *out)
{
    kj_recorder recorder = {0};
    char dir[KJ_PATH_MAX] = "";
    name_outcome(prepared, request, out);
    kj_status status = check_traces(err, request);
    if (!status) status = begin_file(err, request, watch->quiet, dir); /* the output is tried before any work is done */
    if (!status) status = kj_recorder_options(err, request, prepared);
    if (!status) status = kj_prepared_start(err, prepared);
    if (!status) status = kj_recorder_init(err, request, prepared, dir, &recorder);
    if (!status) kj_outcome_read_start(kj_sim_store(prepared->sim), out);
    if (!status) status = kj_recorder_year(err, &recorder, prepared->sim);
    if (!status) status = kj_recorder_wait(err, &recorder); /* a disk that is full is found before any work is done */
    if (!status) status = carry_out(err, request, prepared, &recorder, watch, out);
    if (!status) tell_policies(request, prepared, watch->quiet);
    kj_recorder_free(&recorder);
    return status;
}

kj_status kj_run(kj_error *err, kj_request *request, const kj_watch *watch, kj_outcome *out)
{
    kj_prepared prepared;
    request->stop = watch->stop;
    kj_status status = kj_prepare(err, request, true, watch->quiet, &prepared);
    if (status) return status;
    status = run_from_start(err, request, &prepared, watch, out);
    kj_prepared_free(&prepared);
    return status;
}

/* ---- going on ---------------------------------------------------------------------------------------------------- */

static kj_status read_request(kj_error *err, const char *dir, kj_request *out)
{
    char *json = NULL;
    char path[KJ_PATH_MAX + 16];
    kj_status status = kj_runfile_request(err, dir, &json);
    snprintf(path, sizeof path, "%s/request.json", dir);
    if (!status) status = kj_request_from_json(err, path, json, out);
    free(json);
    return status;
}

static kj_status start_sum(kj_error *err, const kj_runread *file, const char *column, int64_t *out)
{
    const kj_run_table *table = kj_runread_table_named(file, "municipality");
    uint32_t n = table ? table->n_rows : 0;
    int64_t *values = calloc(n + 1u, sizeof *values);
    *out = 0;
    kj_status status = values ? kj_runread_column(err, file, "municipality", column, 0, KJ_I64, values)
                              : kj_fail(err, KJ_E_MEMORY, "%s: out of memory", kj_runread_path(file));
    for (uint32_t i = 0; !status && i < n; i++) *out += values[i];
    free(values);
    return status;
}

/* Figures of the start year: the state of a checkpoint no longer tells them, the first year file does. */
static kj_status read_start_year(kj_error *err, const char *dir, kj_outcome *out)
{
    char path[KJ_PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/year_%04d.nc", dir, out->first_year);
    kj_runread *file;
    kj_status status = kj_runread_open(err, path, &file);
    if (status) return status;
    status = start_sum(err, file, "population", &out->population_start);
    if (!status) status = start_sum(err, file, "households", &out->households_start);
    if (!status) status = start_sum(err, file, "dwellings", &out->dwellings_start);
    const kj_run_table *table = kj_runread_table_named(file, "municipality");
    if (!table || !kj_run_table_column(table, "lodging")) out->lodging_start = -1;
    else if (!status) status = start_sum(err, file, "lodging", &out->lodging_start);
    kj_runread_close(file);
    return status;
}

static kj_status run_from_checkpoint(kj_error *err, const kj_request *request, kj_prepared *prepared, const char *dir,
                                     const kj_watch *watch, kj_outcome *out)
{
    kj_recorder recorder = {0};
    name_outcome(prepared, request, out);
    kj_status status = kj_recorder_init(err, request, prepared, dir, &recorder);
    if (!status) status = read_start_year(err, dir, out);
    if (!status) status = carry_out(err, request, prepared, &recorder, watch, out);
    if (!status) tell_policies(request, prepared, watch->quiet);
    kj_recorder_free(&recorder);
    return status;
}

static kj_status go_on(kj_error *err, kj_request *request, const char *dir, const kj_watch *watch, kj_outcome *out)
{
    kj_prepared prepared;
    bool found = false;
    request->stop = watch->stop;
    kj_status status = kj_prepare(err, request, false, watch->quiet, &prepared);
    if (status) return status;
    status = kj_recorder_options(err, request, &prepared);
    if (!status) status = kj_checkpoint_read(err, dir, prepared.sim, &found);
    if (!status && found) status = run_from_checkpoint(err, request, &prepared, dir, watch, out);
    kj_prepared_free(&prepared);
    if (status || found) return status;
    /* Killed before the first checkpoint: nothing is lost by beginning again, from the texts that were kept. */
    status = kj_prepare(err, request, true, watch->quiet, &prepared);
    if (!status) status = run_from_start(err, request, &prepared, watch, out);
    kj_prepared_free(&prepared);
    return status;
}

static kj_status read_complete(kj_error *err, const char *path, char **figures)
{
    kj_runread *file;
    kj_status status = kj_runfile_tidy(err, path); /* a kill in the very last clean-up leaves an empty FILE.d */
    if (!status) status = kj_runread_open(err, path, &file);
    if (status) return status;
    *figures = strdup(kj_runread_info(file)->figures_json);
    kj_runread_close(file);
    return *figures ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
}

/* Messages of policies begin with their kind. Who has mended the file since waits for what a resumed run does not read. */
static void explain_kept(kj_error *err)
{
    size_t used = strlen(err->text);
    if (strncmp(err->text, "policy ", 7) == 0)
        snprintf(err->text + used, sizeof err->text - used, "\na run keeps the texts that it began with, and resume reads no file again: after a change to a policy, run the scenario anew");
}

kj_status kj_resume(kj_error *err, const char *path, const kj_watch *watch, kj_outcome *out, bool *complete,
                    char **figures)
{
    *complete = false;
    *figures = NULL;
    kj_run_state state = kj_runfile_look(path);
    if (state == KJ_RUN_NONE) return kj_fail(err, KJ_E_INPUT, "%s: there is neither a run nor an unfinished one (%s.d)", path, path);
    if (state == KJ_RUN_COMPLETE) {
        *complete = true;
        return read_complete(err, path, figures);
    }
    char dir[KJ_PATH_MAX];
    kj_request request;
    kj_status status = kj_runfile_folder(err, path, dir);
    if (!status) status = read_request(err, dir, &request);
    if (status) return status;
    free(request.out);
    request.out = strdup(path); /* the folder may have been moved since */
    status = request.out ? go_on(err, &request, dir, watch, out) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (status == KJ_E_FAILED) explain_kept(err);
    kj_request_free(&request);
    return status;
}
