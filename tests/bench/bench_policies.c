/* What policies cost on a map of 1000 x 1000 cells: a year of the shipped ones that work on land, and single operations on whole layers beside a pass over
   the same bytes. Prints a table; `build/kedja-bench-policies`. */
#define LAND_NX 1000
#define LAND_NY 1000

#include "../shared/script_world.h"

#include <unistd.h>

#include "../../core/script/scenario.h"
#include "timing.h"

enum { REPEATS = 15, TIMES = 50 };

static void must(kj_status status, const kj_error *err)
{
    if (!status) return;
    fprintf(stderr, "kedja-bench-policies: %s\n", err->text);
    exit(1);
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file)) exit(1);
}

/* Median time of a month in which policies are applied, over that of one in which none is: the world has no systems. */
static double year_of(const char *scenario_text, const char *policy_text)
{
    char folder[] = "/tmp/kedja-bench-policies.XXXXXX", path[96], policy[96];
    kj_error err;
    kj_scenario *scenario;
    kj_sim *sim = NULL;
    double january[REPEATS], february[REPEATS];
    if (!mkdtemp(folder)) exit(1);
    snprintf(path, sizeof path, "%s/s.lua", folder);
    snprintf(policy, sizeof policy, "%s/own.lua", folder);
    write_text(path, scenario_text);
    write_text(policy, policy_text ? policy_text : "policy { title = 'O', sentence = 'O.', apply = function() end }");
    must(kj_scenario_load(&err, path, &scenario), &err);
    kj_sim_config config = {.seed = 1, .n_threads = 1, .start = LAND_START, .end = LAND_START + 12 * (REPEATS + 2), .country = "se", .builtins = land_plugins};
    must(kj_sim_new(&err, &config, &sim), &err);
    must(kj_sim_load_plugins(&err, sim, NULL, 0), &err);
    must(kj_scenario_attach(&err, scenario, sim), &err);
    land_start(sim);
    for (int month = 0; month < 12 * (REPEATS + 1); month++) {
        double before = seconds();
        must(kj_sim_month(&err, sim), &err);
        int year = month / 12 - 1; /* the first warms up */
        if (year >= 0 && month % 12 == 0) january[year] = seconds() - before;
        if (year >= 0 && month % 12 == 1) february[year] = seconds() - before;
    }
    kj_sim_free(sim);
    kj_scenario_free(scenario);
    unlink(path);
    unlink(policy);
    rmdir(folder);
    return median(january, REPEATS) - median(february, REPEATS);
}

/* Reads `in` bytes and writes `out` bytes a cell: what an operation on such layers moves at least. */
static double pass(int in, int out)
{
    uint8_t *from = calloc(LAND_CELLS, (size_t)in), *to = calloc(LAND_CELLS, (size_t)out);
    double took[REPEATS];
    volatile uint64_t sink = 0;
    if (!from || !to) exit(1);
    for (int r = 0; r < REPEATS; r++) {
        double before = seconds();
        for (int k = 0; k < TIMES; k++) {
            uint64_t sum = 0;
            for (size_t at = 0; at < (size_t)LAND_CELLS * (size_t)in / 8; at++) sum += ((const uint64_t *)(const void *)from)[at];
            memset(to, (int)(sum + (uint64_t)k) & 1, (size_t)LAND_CELLS * (size_t)out);
            sink += to[k];
        }
        took[r] = (seconds() - before) / TIMES;
    }
    (void)sink; /* read: so that no sum is left out */
    free(from);
    free(to);
    return median(took, REPEATS);
}

/* An operation, less what the same policy costs without it. */
static void operation(const char *name, const char *code, int in, int out)
{
    char text[1024];
    static const char head[] = "policy { title = 'O', sentence = 'O.', apply = function(city, p) local land, far, near = city:layer('land_use'), city:layer('max_far'), "
                               "city:layer('travel_centre') local m, t = land:is('forest'), far * 1 for i = 1, %d do %s end end }";
    const char *scenario = "scenario { title = 'T', map = 'nowhere', stop = 2060, policies = { 'own' } }";
    snprintf(text, sizeof text, head, TIMES, "local x = i");
    double empty = year_of(scenario, text);
    snprintf(text, sizeof text, head, TIMES, code);
    double cost = (year_of(scenario, text) - empty) / TIMES, least = pass(in, out);
    printf("%-44s %6.2f ms  %5.2f ns a cell   pass over %d + %d bytes a cell %5.2f ms   %.1f times\n", name, cost * 1e3, cost * 1e9 / LAND_CELLS, in, out, least * 1e3, cost / least);
}

int main(void)
{
    double year = year_of("scenario { title = 'T', map = 'nowhere', stop = 2060, policies = { { 'protect_farmland', min_class = 5 }, { 'protect_green', forest_distance = 300 }, "
                          "{ 'densify', infill = true, smallest = 0 }, { 'grow_villages', smallest = 0 } } }", NULL);
    printf("a year of four policies on %d x %d cells: %.1f ms\n", LAND_NX, LAND_NY, year * 1e3);
    operation("land_use:is('forest', 'open')", "local x = land:is('forest', 'open')", 1, 1);
    operation("travel_centre:le(900)", "local x = near:le(900)", 4, 1);
    operation("mask & mask", "local x = m & m", 2, 1);
    operation("land_use:sum(mask)", "local x = land:sum(m)", 2, 0);
    operation("max_far * 2", "local x = far * 2", 4, 4);
    operation("travel_centre / 60", "local x = near / 60", 4, 4);
    operation("max_far + layer", "local x = far + t", 8, 4);
    operation("travel_centre / 60 + max_far (two operations)", "local x = near / 60 + far", 12, 8);
    operation("max_far:max(mask, 1.2)", "far:max(m, 1.2)", 5, 4);
    operation("max_far:set(mask, layer)", "far:set(m, t)", 9, 4);
    operation("city:near(mask, 300)", "local x = city:near(m, 300)", 1, 1);
    return 0;
}
