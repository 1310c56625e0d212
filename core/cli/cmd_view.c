/* kedja view RUN.nc [RUN2.nc] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "view_options.h"

static const kj_option options[] = {
    VIEW_OPTIONS,
    {0},
};

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result), n_runs = 0;
    kj_viz_options o = {.text_scale = 1.0};
    kj_error err;
    kj_status status = KJ_OK;
    for (int i = 0; !status && i < n; i++) {
        if (words[i].option >= 0) status = kj_view_option(&err, &words[i], &o);
        else if (n_runs < 2) o.run[n_runs++] = words[i].text;
        else status = kj_fail(&err, KJ_E_INPUT, "at most two runs are compared: '%s' is one too many", words[i].text);
    }
    if (!status && n >= 0 && !n_runs) {
        result = kj_cli_misuse(command, "which run?");
        n = -1;
    }
    if (!status && n >= 0) {
        status = kj_view(&err, &o);
        kj_cli_wrote(status != KJ_OK, o.shot);
    }
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_view = {
    .name = "view",
    .usage = "view RUN.nc [RUN2.nc] [--fullscreen] [--scale N] [--lang en|sv|da] [--size WxH] [--script FILE] [--shot FILE.png]",
    .doc = "Shows a finished run on a map with a timeline, or two runs side by side.\n"
           "A saved session (FILE.json) opens as it was left. --shot and --script need no display.",
    .options = options,
    .run = run,
};
