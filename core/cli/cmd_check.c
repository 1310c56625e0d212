/* kedja check SCENARIO.lua */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../run/prepare.h"
#include "cli.h"

enum { MAP, SET, PLUGIN };

static const kj_option options[] = {
    [MAP] = {"map", "NAME|FOLDER", "map in place of the scenario's"},
    [SET] = {"set", "NAME=VALUE", "parameter, as for kedja run; may be repeated"},
    [PLUGIN] = {"plugin", "FILE.so", "also load a plugin; may be repeated"},
    {0},
};

static void print_schedule(const kj_sim *sim)
{
    static const char *const months[] = {"every month", "January", "February", "March",     "April",   "May",      "June",
                                         "July",        "August",  "September", "October", "November", "December"};
    puts("schedule of a month");
    for (uint32_t s = 0; s < kj_sim_n_systems(sim); s++) {
        kj_system_info info;
        kj_sim_system(sim, s, &info);
        printf("  %-12s %-26s %-7s %-12s %s\n", kj_phase_name(info.phase), info.name, kj_shape_name(info.shape),
               months[info.month_of_year], info.doc);
    }
}

static void print_params(const kj_sim *sim)
{
    static const char *const evidence[] = {"", "measured", "derived", "calibrated", "assumed"};
    puts("\nparameters: name = value unit (range) evidence, what it is, source");
    for (uint32_t p = 0; p < kj_sim_n_params(sim); p++) {
        const kj_param_info *info = kj_sim_param(sim, p);
        bool plain = strcmp(info->unit, "1") == 0;
        printf("\n  %s = %g%s%s (%g to %g)%s %s\n    %s\n    %s\n", info->name, info->value, plain ? "" : " ", plain ? "" : info->unit,
               info->min, info->max, info->value == info->def ? "" : " changed,", evidence[info->evidence], info->doc, info->source);
    }
}

static kj_status check(kj_error *err, kj_request *request)
{
    kj_prepared prepared;
    kj_status status = kj_prepare(err, request, true, true, &prepared);
    if (status) return status;
    printf("%s: the scenario, its policies and %u plugins fit together\nmap %s, %d to %d\n\n", request->scenario,
           kj_sim_n_plugins(prepared.sim), request->map_title, KJ_YEAR_OF(kj_sim_get_config(prepared.sim)->start),
           KJ_YEAR_OF(kj_sim_get_config(prepared.sim)->end));
    print_schedule(prepared.sim);
    print_params(prepared.sim);
    kj_prepared_free(&prepared);
    return KJ_OK;
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    kj_error err;
    kj_request request;
    kj_request_init(&request);
    kj_status status = KJ_OK;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    for (int i = 0; !status && i < n; i++) {
        const char *text = words[i].text;
        if (words[i].option == MAP) status = kj_cli_text(&err, &request.map, text);
        else if (words[i].option == SET) status = kj_request_add_setting(&err, &request, text);
        else if (words[i].option == PLUGIN) status = kj_request_add_module(&err, &request, text);
        else if (!request.scenario) status = kj_cli_text(&err, &request.scenario, text);
        else status = kj_fail(&err, KJ_E_INPUT, "one scenario at a time: '%s' comes after '%s'", text, request.scenario);
    }
    if (!status && n >= 0 && !request.scenario) {
        result = kj_cli_misuse(command, "which scenario?");
        n = -1;
    }
    if (!status && n >= 0) status = check(&err, &request);
    kj_request_free(&request);
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_check = {
    .name = "check",
    .usage = "check SCENARIO.lua [--map NAME|FOLDER] [--set NAME=VALUE] …",
    .doc = "Checks a scenario without running it.\nPrints the schedule of a month, and every parameter with unit, range, evidence, sentence and source.",
    .options = options,
    .run = run,
};
