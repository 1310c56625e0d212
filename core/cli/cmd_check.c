/* kedja check SCENARIO.lua */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../run/prepare.h"
#include "cli.h"
#include "policy_text.h"

enum { MAP, SET, PLUGIN, SHOW };

static const kj_option options[] = {
    [MAP] = {"map", "NAME|FOLDER", "map in place of the scenario's"},
    [SET] = {"set", "NAME=VALUE", "parameter, as for kedja run; may be repeated"},
    [PLUGIN] = {"plugin", "FILE.so", "also load a plugin; may be repeated"},
    [SHOW] = {"show", "PART", "schedule, hazards, parameters or all: that part in full"},
    {0},
};

static const char *const parts[] = {"schedule", "hazards", "parameters", "all", NULL};

static const char *const evidence[] = {"", "measured", "derived", "calibrated", "assumed"};

static void print_schedule(const kj_sim *sim)
{
    puts("\nschedule of a month");
    for (uint32_t s = 0; s < kj_sim_n_systems(sim); s++) {
        kj_system_info info;
        kj_sim_system(sim, s, &info);
        printf("  %-12s %-26s %-7s %-12s %s\n", kj_phase_name(info.phase), info.name, kj_shape_name(info.shape),
               kj_cli_month(info.month_of_year), info.doc);
    }
}

/* As a policy declares it; NULL for what every policy has and for parameters of plugins. */
static const kj_policy_param *declared(const kj_scenario *scenario, const kj_param_info *info)
{
    for (uint32_t i = 0; i < scenario->n_policies && strcmp(info->plugin, "policy") == 0; i++) {
        const kj_policy *policy = &scenario->policy[i];
        const size_t n = strlen(policy->name);
        if (strncmp(info->name, policy->name, n) != 0 || info->name[n] != '.') continue;
        for (uint32_t p = 0; p < policy->n_params; p++)
            if (strcmp(info->name + n + 1, policy->params[p].name) == 0) return &policy->params[p];
    }
    return NULL;
}

static void print_params(const kj_scenario *scenario, const kj_sim *sim)
{
    puts("\nparameters: name = value unit (range) evidence, what it is, source");
    for (uint32_t p = 0; p < kj_sim_n_params(sim); p++) {
        const kj_param_info *info = kj_sim_param(sim, p);
        bool plain = strcmp(info->unit, "1") == 0;
        const kj_policy_param *of_policy = declared(scenario, info);
        printf("\n  %s = %g%s%s (", info->name, info->value, plain ? "" : " ", plain ? "" : info->unit);
        if (of_policy) kj_print_values(of_policy);
        else printf("%g to %g", info->min, info->max); /* of a plugin: whole where its unit says so */
        printf(")%s %s\n    %s\n    %s\n", info->value == info->def ? "" : " changed,", evidence[info->evidence], info->doc, info->source);
    }
}

static void print_pair(void *shown, const kj_hazard *hazard)
{
    printf("  %-12s %-26s before %-26s %s\n", kj_phase_name(hazard->phase), hazard->first, hazard->second, hazard->what);
    (void)shown;
}

static void count_pair(void *n, const kj_hazard *hazard)
{
    (void)hazard;
    ++*(uint32_t *)n;
}

static void print_hazards(const kj_sim *sim)
{
    puts("\nhazards: systems of one phase that touch the same data, each pair in a declared order (a pair without one is refused)");
    kj_sim_hazards(sim, print_pair, NULL);
}

/* The policies that are applied, in their order, with what is not as they declare it. */
static void print_policies(const kj_scenario *scenario, const kj_sim *sim)
{
    uint32_t n = 0, n_off = 0;
    for (uint32_t i = 0; i < scenario->n_policies; i++) {
        const kj_policy *policy = &scenario->policy[i];
        kj_error ignored;
        double value = 0.0;
        if (kj_policy_value(&ignored, sim, policy, "enabled", &value) || value == 0.0) {
            n_off++;
            continue;
        }
        printf("%-11s%s", n++ ? "" : "policies", policy->name);
        if (!kj_policy_value(&ignored, sim, policy, "from", &value) && value > 0.0) printf(", from %g", value);
        if (!kj_policy_value(&ignored, sim, policy, "to", &value) && value > 0.0) printf(", to %g", value);
        for (uint32_t p = 0; p < policy->n_params; p++)
            if (!kj_policy_value(&ignored, sim, policy, policy->params[p].name, &value) && value != policy->params[p].def) printf(", %s %g", policy->params[p].name, value);
        puts(n == 1 ? " (in this order)" : "");
    }
    if (n == 0) printf("policies   none is on");
    else printf("           and");
    printf("%s%u off (kedja policy list)\n", n ? " " : "; ", n_off);
}

/* Parameters of plugins that do not stand as declared. */
static uint32_t print_changed(const kj_sim *sim)
{
    uint32_t n = 0;
    for (uint32_t p = 0; p < kj_sim_n_params(sim); p++) {
        const kj_param_info *info = kj_sim_param(sim, p);
        if (info->value == info->def || strcmp(info->plugin, "policy") == 0) continue;
        bool plain = strcmp(info->unit, "1") == 0;
        printf("%-11s%s = %g%s%s, by default %g\n", n++ ? "" : "changed", info->name, info->value, plain ? "" : " ", plain ? "" : info->unit, info->def);
    }
    return n;
}

static void print_counts(const kj_sim *sim)
{
    uint32_t by_evidence[5] = {0}, of_policies = 0, monthly = 0, pairs = 0;
    for (uint32_t p = 0; p < kj_sim_n_params(sim); p++) {
        const kj_param_info *info = kj_sim_param(sim, p);
        if (strcmp(info->plugin, "policy") == 0) of_policies++;
        else by_evidence[info->evidence]++;
    }
    for (uint32_t s = 0; s < kj_sim_n_systems(sim); s++) {
        kj_system_info info;
        kj_sim_system(sim, s, &info);
        monthly += info.month_of_year == 0;
    }
    kj_sim_hazards(sim, count_pair, &pairs);
    printf("schedule   %u systems in %d phases, %u of them every month\n", kj_sim_n_systems(sim), KJ_PHASE_COUNT, monthly);
    printf("hazards    none open: %u pairs of systems touch the same data, each in a declared order\n", pairs);
    printf("parameters %u of the model:", by_evidence[1] + by_evidence[2] + by_evidence[3] + by_evidence[4]);
    for (int k = 1; k <= 4; k++) printf("%s %u %s", k > 1 ? "," : "", by_evidence[k], evidence[k]);
    printf("; %u of policies\n", of_policies);
}

static kj_status check(kj_error *err, kj_request *request, const char *show)
{
    kj_prepared prepared;
    kj_status status = kj_prepare(err, request, true, true, &prepared);
    if (status) return status;
    const kj_sim *sim = prepared.sim;
    kj_scenario_tell_projects(prepared.scenario, &prepared.map, sim);
    kj_scenario_tell_facilities(prepared.scenario, &prepared.map, sim);
    bool all = strcmp(show, "all") == 0;
    printf("%s: the scenario, its policies and %u plugins fit together\n", request->scenario, kj_sim_n_plugins(sim));
    printf("map        %s, %d to %d\n", request->map_title, KJ_YEAR_OF(kj_sim_get_config(sim)->start), KJ_YEAR_OF(kj_sim_get_config(sim)->end));
    print_policies(prepared.scenario, sim);
    print_changed(sim);
    print_counts(sim);
    if (all || strcmp(show, "schedule") == 0) print_schedule(sim);
    if (all || strcmp(show, "hazards") == 0) print_hazards(sim);
    if (all || strcmp(show, "parameters") == 0) print_params(prepared.scenario, sim);
    if (!show[0]) puts("\neach in full: --show schedule, hazards, parameters or all");
    kj_prepared_free(&prepared);
    return KJ_OK;
}

static kj_status take_part(kj_error *err, const char *text, const char **show)
{
    for (int k = 0; parts[k]; k++)
        if (strcmp(text, parts[k]) == 0) *show = parts[k];
    return **show ? KJ_OK : kj_fail(err, KJ_E_INPUT, "--show %s: expected schedule, hazards, parameters or all", text);
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    kj_error err;
    kj_request request;
    kj_request_init(&request);
    kj_status status = KJ_OK;
    const char *show = "";
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    for (int i = 0; !status && i < n; i++) {
        const char *text = words[i].text;
        if (words[i].option == MAP) status = kj_cli_text(&err, &request.map, text);
        else if (words[i].option == SET) status = kj_request_add_setting(&err, &request, text);
        else if (words[i].option == PLUGIN) status = kj_request_add_module(&err, &request, text);
        else if (words[i].option == SHOW) status = take_part(&err, text, &show);
        else if (!request.scenario) status = kj_cli_text(&err, &request.scenario, text);
        else status = kj_fail(&err, KJ_E_INPUT, "one scenario at a time: '%s' comes after '%s'", text, request.scenario);
    }
    if (!status && n >= 0 && !request.scenario) {
        result = kj_cli_misuse(command, "which scenario?");
        n = -1;
    }
    if (!status && n >= 0) status = check(&err, &request, show);
    kj_request_free(&request);
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_check = {
    .name = "check",
    .usage = "check SCENARIO.lua [--map NAME|FOLDER] [--set NAME=VALUE] … [--show schedule|hazards|parameters|all]",
    .doc = "Checks a scenario without running it.\nSays what it holds: policies that are on, what differs from its default, how many systems, hazards and parameters there are. --show prints the schedule of a\n"
           "month, the pairs of systems that touch the same data, or every parameter with unit, range, evidence, sentence and source.",
    .options = options,
    .run = run,
};
