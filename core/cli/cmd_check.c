/* kedja check SCENARIO.lua */
#include <stdio.h>
#include <string.h>

#include "../run/prepare.h"
#include "cli.h"

static const kj_option options[] = {{0}};

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
    puts("\nparameters (name, value, unit, range, evidence)");
    for (uint32_t p = 0; p < kj_sim_n_params(sim); p++) {
        const kj_param_info *info = kj_sim_param(sim, p);
        printf("  %-40s %-10g %-14s %g to %g  %s%s\n", info->name, info->value, info->unit, info->min, info->max, evidence[info->evidence],
               info->value == info->def ? "" : "  (changed)");
    }
}

static int run(const kj_command *command, int argc, char **argv)
{
    const char *path = NULL;
    bool unused = false;
    int result = kj_cli_one_file(command, argc, argv, -2, &unused, &path);
    if (!path) return result;
    kj_error err;
    kj_request request;
    kj_prepared prepared;
    kj_request_init(&request);
    request.scenario = strdup(path);
    kj_status status = request.scenario ? kj_prepare(&err, &request, true, true, &prepared) : kj_fail(&err, KJ_E_MEMORY, "out of memory");
    if (!status) {
        printf("%s: the scenario, its policies and %u plugins fit together\nmap %s, %d to %d\n\n", path, kj_sim_n_plugins(prepared.sim),
               request.map_title, KJ_YEAR_OF(kj_sim_get_config(prepared.sim)->start), KJ_YEAR_OF(kj_sim_get_config(prepared.sim)->end));
        print_schedule(prepared.sim);
        print_params(prepared.sim);
        kj_prepared_free(&prepared);
    }
    kj_request_free(&request);
    return status ? kj_cli_fail(&err) : 0;
}

const kj_command kj_command_check = {
    .name = "check",
    .usage = "check SCENARIO.lua",
    .doc = "Checks a scenario without running it, and prints its schedule and parameters.",
    .options = options,
    .run = run,
};
