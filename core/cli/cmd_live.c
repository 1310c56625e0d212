/* kedja live SCENARIO.lua */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "view_options.h"

enum { MAP = VIEW_OPTION_COUNT, YEARS, SEED, THREADS, SET, JOURNAL, PLUGIN, SESSION, MEMORY };

static const kj_option options[] = {
    VIEW_OPTIONS,
    [MAP] = {"map", "NAME|FOLDER", "map in place of the scenario's"},
    [YEARS] = {"years", "N", "simulate N years instead of to the scenario's end"},
    [SEED] = {"seed", "N", "seed of all draws, the same in both worlds"},
    [THREADS] = {"threads", "N", "threads of the simulation (default: all but one processor)"},
    [SET] = {"set", "NAME=VALUE", "parameter of a plugin or policy, in both worlds; may be repeated"},
    [JOURNAL] = {"journal", "FILE", "begin with the changes of an earlier session (saved beside its .session.json)"},
    [PLUGIN] = {"plugin", "FILE.so", "also load a plugin; its parameters become levers; may be repeated"},
    [SESSION] = {"session", "FILE", "as it was left: changes, year, view and place on the map (ctrl+S saves FILE.session.json)"},
    [MEMORY] = {"memory", "MB", "for states of Januaries from which changes go on (default: 1024)"},
    {0},
};

typedef struct wishes {
    kj_viz_options view;
    kj_request request;
    kj_journal journal;
    int64_t memory;
} wishes;

static kj_status take_option(kj_error *err, const kj_word *word, wishes *w)
{
    int64_t number = 0;
    kj_status status = KJ_OK;
    switch (word->option) {
    case MAP: return kj_cli_path(err, &w->request.map, word->text);
    case YEARS:
        status = kj_cli_number(err, "years", word->text, 1, 200, &number);
        w->request.years = (int32_t)number;
        return status;
    case SEED:
        status = kj_cli_number(err, "seed", word->text, 0, INT64_MAX, &number);
        w->request.seed = (uint64_t)number;
        w->request.has_seed = true;
        return status;
    case THREADS:
        status = kj_cli_number(err, "threads", word->text, 1, 1024, &number);
        w->request.n_threads = (int32_t)number;
        return status;
    case SET: return kj_request_add_setting(err, &w->request, word->text);
    case JOURNAL: kj_journal_free(&w->journal); return kj_journal_read(err, word->text, &w->journal);
    case PLUGIN: {
        char *path = NULL;
        status = kj_cli_path(err, &path, word->text);
        if (!status) status = kj_request_add_module(err, &w->request, path);
        free(path);
        return status;
    }
    case SESSION: w->view.session = word->text; return KJ_OK;
    case MEMORY: return kj_cli_number(err, "memory", word->text, 64, 1 << 20, &w->memory);
    default: return kj_view_option(err, word, &w->view);
    }
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    wishes w = {.view = {.text_scale = 1.0}};
    kj_request_init(&w.request);
    kj_error err;
    kj_status status = KJ_OK;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    for (int i = 0; !status && i < n; i++) {
        if (words[i].option >= 0) status = take_option(&err, &words[i], &w);
        else if (!w.request.scenario) status = kj_cli_text(&err, &w.request.scenario, words[i].text);
        else status = kj_fail(&err, KJ_E_INPUT, "one scenario at a time: '%s' comes after '%s'", words[i].text, w.request.scenario);
    }
    if (!status && n >= 0 && !w.request.scenario) {
        result = kj_cli_misuse(command, "which scenario?");
        n = -1;
    }
    if (!status && n >= 0 && w.view.session && w.journal.n == 0) status = kj_session_journal(&err, w.view.session, &w.journal);
    if (!status && n >= 0) {
        status = kj_live_view(&err, &w.view, &w.request, &w.journal, (int32_t)w.memory);
        kj_cli_wrote(status != KJ_OK, w.view.shot);
    }
    kj_request_free(&w.request);
    kj_journal_free(&w.journal);
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_live = {
    .name = "live",
    .usage = "live SCENARIO.lua [--map NAME|FOLDER] [--set NAME=VALUE] … [--journal FILE] [--plugin FILE.so] [--fullscreen] [--lang en|sv|da] …",
    .doc = "Simulates a scenario while it is shown, with its policies as levers.\n"
           "World A is the scenario as planned, world B has the changes that are made; both have the same luck. A change holds from\n"
           "January of a chosen year: the past stays. `kedja run SCENARIO.lua --journal FILE` gives the same state as world B.",
    .options = options,
    .run = run,
};
