/* kedja replay JOURNAL */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "../run/replay.h"
#include "cli.h"
#include "progress.h"
#include "stop.h"

enum { OUT, THREADS, JSON, QUIET };

static const kj_option options[] = {
    [OUT] = {"out", "FILE", "run file to write"},
    [THREADS] = {"threads", "N", "threads; the result is the same for any number (default: all processors)"},
    [JSON] = {"json", NULL, "closing figures as one JSON object on standard output"},
    [QUIET] = {"quiet", NULL, "no progress, no closing table"},
    {0},
};

/* The end of the session against that of the run: the promise of a journal. */
static kj_status compare_ends(kj_error *err, const char *path, const char *wanted, const char *found, bool quiet)
{
    if (!wanted[0]) kj_log_note(quiet, "%s names no state hash: the session had not come to its end", path);
    else if (strcmp(wanted, found) == 0) kj_log_note(quiet, "the same state as the session's, %s", found);
    else return kj_fail(err, KJ_E_FAILED, "the session ended with the state %s, this run with %s: scenario, policies, map or program are others than they were", wanted, found);
    return KJ_OK;
}

static kj_status replay(kj_error *err, const char *path, char **out, int32_t n_threads, bool json, bool quiet)
{
    kj_request request;
    char hash[33];
    kj_status status = kj_replay_read(err, path, &request, hash);
    if (status) return status;
    request.out = *out;
    request.n_threads = n_threads;
    *out = NULL;
    kj_meter meter = kj_meter_new(quiet || json);
    kj_watch watch = {.year = kj_meter_year, .data = &meter, .stop = kj_stop_on_signals(), .quiet = quiet};
    kj_outcome outcome = {0};
    status = kj_run(err, &request, &watch, &outcome);
    if (!status) kj_print_outcome(&outcome, request.out, json, quiet);
    if (!status) status = compare_ends(err, path, hash, outcome.state_hash, quiet);
    kj_request_free(&request);
    return status;
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    const char *path = NULL;
    char *out = NULL;
    bool json = false, quiet = false;
    int64_t n_threads = 0;
    kj_error err;
    kj_status status = KJ_OK;
    for (int i = 0; !status && i < n; i++) {
        json |= words[i].option == JSON;
        quiet |= words[i].option == QUIET;
        if (words[i].option == OUT) status = kj_cli_text(&err, &out, words[i].text);
        else if (words[i].option == THREADS) status = kj_cli_number(&err, "threads", words[i].text, 1, 1024, &n_threads);
        else if (words[i].option < 0 && path) n = -2;
        else if (words[i].option < 0) path = words[i].text;
    }
    if (!status && n >= 0 && !path) n = -2;
    if (n == -2) result = kj_cli_misuse(command, "expected one journal");
    if (!status && n >= 0) status = replay(&err, path, &out, (int32_t)n_threads, json, quiet);
    free(out);
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_replay = {
    .name = "replay",
    .usage = "replay JOURNAL [--out FILE] [--threads N] [--json] [--quiet]",
    .doc = "Runs a live session once more from its journal.\n"
           "`kedja live` saves scenario, settings, each change with its month, and the state hash at the end; the run must end with the same (status 1 if it does not).",
    .options = options,
    .run = run,
};
