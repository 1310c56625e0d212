#include "cases.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../run/run.h"

/* clang-format off */ /* records set by hand */
const kj_case kj_cases[KJ_N_CASES] = {
    {"sweden-like", "sweden_like", NULL, 14, {"demography.mortality_trend=0"},
     "the made-up municipality maps/sweden_like with the ages, households, tenures and moves of the nation; the mortality of 2022 is held"},
    {"lund", "lund_2040", "out/maps/lund", 16, {NULL}, "Lund, forecast, with its housing programme"},
    {"lund-2020", "lund_2020", "out/maps/lund_2020", 4, {NULL}, "Lund from the end of 2020, with the homes that were built since"},
    {"region", "kronoberg_2040", "out/maps/kronoberg", 16, {NULL}, "Kronoberg, forecast: eight municipalities with moves between them; developers build, no named projects"},
    {"varnamo-2010", "varnamo_2010", NULL, 10, {NULL},
     "Värnamo from the end of 2010, told no counts of its people after 2010; taken from later are the outlines of places, persons a dwelling and jobs an inhabitant (2020), one-person households (2022), ages of newcomers (the nation's moves of 2006-2015), the nation's fertility of each year, the level of migration (2020) and the fall of mortality (7.5 % above that of 2022); developers build"},
    {"lund-2010", "lund_2010", NULL, 8, {NULL},
     "Lund from the end of 2010 on a made-up ground (maps/lund_2010), told no counts of its people after 2010; taken from later are the outlines of places (2020), how its ages differ from those of the nation (2025), tenures and persons a dwelling (2019), jobs an inhabitant (2020), one-person households (2021), ages of newcomers and how many of them study (2025), the nation's fertility of each year, the level of migration (2022) and the fall of mortality (8.6 % above that of 2022); developers build"},
};
/* clang-format on */
enum { SETTLE_YEARS = 2, COUNTED_YEARS = 8 };

int kj_case_index(const char *name)
{
    for (int k = 0; k < KJ_N_CASES; k++)
        if (!strcmp(kj_cases[k].name, name)) return k;
    return -1;
}

static kj_status copy_text(kj_error *err, char **slot, const char *text)
{
    free(*slot);
    *slot = strdup(text);
    return *slot ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
}

static kj_status fill_request(kj_error *err, const kj_case *c, const char *map, int32_t years, uint64_t seed, const char *out, kj_request *r)
{
    char full[PATH_MAX];
    kj_request_init(r);
    kj_status status = copy_text(err, &r->scenario, c->scenario);
    if (!status && map) status = copy_text(err, &r->map, realpath(map, full) ? full : map);
    if (!status) status = copy_text(err, &r->out, out);
    for (int i = 0; i < 4 && c->settings[i] && !status; i++) status = kj_request_add_setting(err, r, c->settings[i]);
    r->years = years ? years : c->years;
    r->seed = seed;
    r->has_seed = true;
    return status;
}

static kj_status read_run(kj_error *err, const kj_case *c, const char *path, const kj_lives *lives, kj_case_results *all)
{
    kj_forest forest;
    kj_status status = kj_forest_open(err, path, &forest);
    if (status) return status;
    kj_case_run run = {lives, &forest, forest.first_year + SETTLE_YEARS, forest.first_year + SETTLE_YEARS + COUNTED_YEARS};
    status = kj_findings_add(err, all->targets, all->n, c->name, &run, all->findings);
    kj_forest_close(&forest);
    return status;
}

/* The first look comes at the start of the run, where the counted months are not known yet. */
static kj_status look(kj_error *err, void *data, kj_sim *sim, kj_month month)
{
    kj_lives *lives = data;
    if (lives->to == 0) {
        kj_month start = kj_sim_get_config(sim)->start;
        kj_lives_init(lives, start + 12 * SETTLE_YEARS, start + 12 * (SETTLE_YEARS + COUNTED_YEARS));
    }
    return kj_lives_look(err, lives, sim, month);
}

kj_status kj_case_run_once(kj_error *err, const kj_case *c, const char *map, char *const *settings, uint32_t n_settings, int32_t years, uint64_t seed,
                           const char *folder, kj_case_results *all)
{
    char out[4200];
    kj_request request;
    kj_lives lives = {0};
    kj_outcome outcome = {0};
    kj_watch watch = {.quiet = true, .observe = look, .observe_data = &lives};
    snprintf(out, sizeof out, "%s/%s.nc", folder, c->name);
    kj_status status = fill_request(err, c, map, years, seed, out, &request);
    for (uint32_t i = 0; i < n_settings && !status; i++) status = kj_request_add_setting(err, &request, settings[i]);
    if (!status) status = kj_run(err, &request, &watch, &outcome);
    if (!status) status = read_run(err, c, out, &lives, all);
    unlink(out);
    kj_lives_free(&lives);
    kj_request_free(&request);
    return status;
}
