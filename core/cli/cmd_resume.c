/* kedja resume FILE */
#include <stdio.h>
#include <stdlib.h>

#include "../base/log.h"
#include "cli.h"
#include "progress.h"
#include "stop.h"

enum { JSON, QUIET };

static const kj_option options[] = {
    [JSON] = {"json", NULL, "closing figures as one JSON object on standard output"},
    [QUIET] = {"quiet", NULL, "no progress, no closing table"},
    {0},
};

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    const char *path = NULL;
    bool json = false, quiet = false;
    for (int i = 0; i < n; i++) {
        json |= words[i].option == JSON;
        quiet |= words[i].option == QUIET;
        if (words[i].option < 0 && path) n = -2;
        else if (words[i].option < 0) path = words[i].text;
    }
    if (n >= 0 && !path) n = -2;
    if (n == -2) result = kj_cli_misuse(command, "expected one run file");
    if (n >= 0) {
        kj_meter meter = kj_meter_new(quiet || json);
        kj_watch watch = {.year = kj_meter_year, .data = &meter, .stop = kj_stop_on_signals(), .quiet = quiet};
        kj_outcome outcome = {0};
        kj_error err;
        bool complete = false;
        char *figures = NULL;
        kj_status status = kj_resume(&err, path, &watch, &outcome, &complete, &figures);
        if (status) result = kj_cli_fail(&err);
        else if (complete && json) puts(figures);
        else if (complete) kj_log_note(quiet, "%s is complete already", path);
        else kj_print_outcome(&outcome, path, json, quiet);
        free(figures);
    }
    free(words);
    return result;
}

const kj_command kj_command_resume = {
    .name = "resume",
    .usage = "resume FILE [--quiet] [--json]",
    .doc = "Goes on with a run that was killed or stopped, to the same state hash.\n"
           "Reads everything from FILE.d/; exits 0 at once if FILE is complete.",
    .options = options,
    .run = run,
};
