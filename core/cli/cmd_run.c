/* kedja run SCENARIO.lua */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../run/branch.h"
#include "../run/journal.h"
#include "cli.h"
#include "progress.h"
#include "stop.h"

enum { MAP, OUT, YEARS, SEED, THREADS, SET, JOURNAL, BRANCH, TRACE, PLUGIN, AUDIT, JSON, QUIET };

static const kj_option options[] = {
    [MAP] = {"map", "NAME|FOLDER", "map in place of the scenario's"},
    [OUT] = {"out", "FILE", "run file to write (HDF5, valid netCDF-4/CF); without it nothing is kept"},
    [YEARS] = {"years", "N", "simulate N years instead of to the scenario's end"},
    [SEED] = {"seed", "N", "seed of all draws in place of the scenario's"},
    [THREADS] = {"threads", "N", "threads; the result is the same for any number (default: all processors)"},
    [SET] = {"set", "NAME=VALUE", "parameter of a plugin or policy, e.g. densify.enabled=true; may be repeated"},
    [JOURNAL] = {"journal", "FILE", "changes made while the run goes on, as `kedja live` saves them"},
    [BRANCH] = {"branch-from", "BASE.nc@YYYY-MM", "in place of a scenario: the run BASE once more, with the changes of --set from that month on"},
    [TRACE] = {"trace", "WHAT", "follow person:ID, household:ID or sample:N persons for `kedja person` and `kedja household`; may be repeated"},
    [PLUGIN] = {"plugin", "FILE.so", "also load a plugin; one with a built-in's id takes its place; may be repeated"},
    [AUDIT] = {"audit", NULL, "check invariants, ranges and undeclared writes after every month (slow)"},
    [JSON] = {"json", NULL, "closing figures as one JSON object on standard output"},
    [QUIET] = {"quiet", NULL, "no progress, no closing table"},
    {0},
};

/* The file is read at once: what it says is part of the request, also when the run is resumed. */
static kj_status take_journal(kj_error *err, kj_request *r, const char *path)
{
    kj_journal journal;
    char text[160];
    kj_status status = kj_journal_read(err, path, &journal);
    for (uint32_t i = 0; !status && i < journal.n; i++) status = kj_request_add_change(err, r, kj_change_text(&journal.items[i], text, sizeof text));
    kj_journal_free(&journal);
    return status;
}

static kj_status take_option(kj_error *err, kj_request *r, const kj_word *word, bool *json, bool *quiet)
{
    int64_t number = 0;
    kj_status status = KJ_OK;
    switch (word->option) {
    case MAP: return kj_cli_path(err, &r->map, word->text);
    case OUT: return kj_cli_text(err, &r->out, word->text);
    case YEARS:
        status = kj_cli_number(err, "years", word->text, 1, 1000, &number);
        r->years = (int32_t)number;
        return status;
    case SEED:
        status = kj_cli_number(err, "seed", word->text, 0, INT64_MAX, &number);
        r->seed = (uint64_t)number;
        r->has_seed = true;
        return status;
    case THREADS:
        status = kj_cli_number(err, "threads", word->text, 1, 1024, &number);
        r->n_threads = (int32_t)number;
        return status;
    case SET: return kj_request_add_setting(err, r, word->text);
    case JOURNAL: return take_journal(err, r, word->text);
    case TRACE: return kj_request_add_trace(err, r, word->text);
    case PLUGIN: {
        char *path = NULL;
        status = kj_cli_path(err, &path, word->text);
        if (!status) status = kj_request_add_module(err, r, path);
        free(path);
        return status;
    }
    case AUDIT: r->audit = true; return KJ_OK;
    case JSON: *json = true; return KJ_OK;
    default: *quiet = true; return KJ_OK;
    }
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat x, y;
    return a && stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Takes over the base's request: what was set on the command line becomes changes at the month of the branch. */
static kj_status take_branch(kj_error *err, const char *text, kj_request *r, kj_branch *branch)
{
    kj_request base;
    char change[256];
    if (r->scenario || r->has_seed || r->n_changes || r->n_modules || r->n_traces || r->years)
        return kj_fail(err, KJ_E_INPUT, "--branch-from: scenario, seed, years, journal, plugins and traces are those of the base; only --map, --out, --threads, --set, --audit go with it");
    kj_status status = kj_branch_read(err, text, r->map, branch, &base);
    if (status) return status;
    for (uint32_t i = 0; !status && i < r->n_settings; i++) {
        snprintf(change, sizeof change, "%04d-%02d %s", KJ_YEAR_OF(branch->month), KJ_MONTH_OF_YEAR(branch->month), r->settings[i]);
        status = kj_request_add_change(err, &base, change);
    }
    if (!status && is_same_file(r->out, branch->path))
        status = kj_fail(err, KJ_E_INPUT, "--out %s is the run that is branched from: expected another file, so that the two can be compared", r->out);
    if (!status && r->out) status = kj_cli_text(err, &base.out, r->out);
    base.n_threads = r->n_threads;
    base.audit = r->audit;
    kj_request_free(r);
    *r = base;
    return status;
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    kj_request request;
    kj_request_init(&request);
    kj_error err;
    kj_status status = words ? KJ_OK : kj_fail(&err, KJ_E_MEMORY, "out of memory");
    bool json = false, quiet = false;
    const char *branch_from = NULL;
    kj_branch *branch = calloc(1, sizeof *branch);
    if (!status && !branch) status = kj_fail(&err, KJ_E_MEMORY, "out of memory");
    int result = 0, n = status ? 0 : kj_cli_parse(command, argc, argv, words, &result);
    for (int i = 0; !status && i < n; i++) {
        if (words[i].option == BRANCH) branch_from = words[i].text;
        else if (words[i].option >= 0) status = take_option(&err, &request, &words[i], &json, &quiet);
        else if (request.scenario) {
            result = kj_cli_misuse(command, "one scenario at a time: '%s' comes after '%s'", words[i].text, request.scenario);
            n = -1;
        } else status = kj_cli_text(&err, &request.scenario, words[i].text);
    }
    if (!status && n >= 0 && branch_from) status = take_branch(&err, branch_from, &request, branch);
    if (!status && n >= 0 && !request.scenario) {
        result = kj_cli_misuse(command, "which scenario?");
        n = -1;
    }
    if (!status && n >= 0) {
        kj_meter meter = kj_meter_new(quiet || json);
        kj_watch watch = {.year = kj_meter_year, .data = &meter, .stop = kj_stop_on_signals(), .quiet = quiet};
        if (branch_from) watch.december = kj_branch_look, watch.december_data = branch;
        kj_outcome outcome = {0};
        status = kj_run(&err, &request, &watch, &outcome);
        if (!status) kj_print_outcome(&outcome, request.out, json, quiet);
    }
    kj_request_free(&request);
    free(branch);
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_run = {
    .name = "run",
    .usage = "run SCENARIO.lua [--map NAME|FOLDER] [--out FILE] [--years N] [--seed N] [--threads N] [--set NAME=VALUE] [--trace WHAT] … | run --branch-from BASE.nc@YYYY-MM [--set NAME=VALUE] [--out FILE]",
    .doc = "Simulates a scenario month by month.\n"
           "With --out the result is one HDF5 file that QGIS, xarray, R and ncdump open as netCDF. A run that was killed goes\n"
           "on with `kedja resume FILE`, to the same state hash.",
    .options = options,
    .run = run,
};
