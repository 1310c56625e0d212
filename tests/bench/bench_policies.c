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

/* A world without systems, so that a month costs what its policies cost. */
typedef struct world {
    char folder[40];
    kj_scenario *scenario;
    kj_sim *sim;
} world;

static void world_open(world *w, const char *scenario_text, const char *policy_text)
{
    char path[96], policy[96];
    kj_error err;
    strcpy(w->folder, "/tmp/kedja-bench-policies.XXXXXX");
    if (!mkdtemp(w->folder)) exit(1);
    snprintf(path, sizeof path, "%s/s.lua", w->folder);
    snprintf(policy, sizeof policy, "%s/own.lua", w->folder);
    write_text(path, scenario_text);
    write_text(policy, policy_text ? policy_text : "policy { title = 'O', sentence = 'O.', apply = function() end }");
    must(kj_scenario_load(&err, path, &w->scenario), &err);
    kj_sim_config config = {.seed = 1, .n_threads = 1, .start = LAND_START, .end = LAND_START + 12 * (REPEATS + 2), .country = "se", .builtins = land_plugins};
    must(kj_sim_new(&err, &config, &w->sim), &err);
    must(kj_sim_load_plugins(&err, w->sim, NULL, 0), &err);
    must(kj_scenario_attach(&err, w->scenario, w->sim), &err);
    land_start(w->sim);
    unlink(path);
    unlink(policy);
    rmdir(w->folder);
}

static void world_close(world *w)
{
    kj_sim_free(w->sim);
    kj_scenario_free(w->scenario);
}

/* Time of the year's policies: that of January, in which they are applied, less that of February, in which none is. */
static double world_year(world *w)
{
    kj_error err;
    double took[12];
    for (int month = 0; month < 12; month++) {
        double before = seconds();
        must(kj_sim_month(&err, w->sim), &err);
        took[month] = seconds() - before;
    }
    return took[0] - took[1];
}

static double year_of(const char *scenario_text)
{
    world w;
    double took[REPEATS];
    world_open(&w, scenario_text, NULL);
    world_year(&w); /* warms up */
    for (int r = 0; r < REPEATS; r++) took[r] = world_year(&w);
    world_close(&w);
    return median(took, REPEATS);
}

/* Layers that a pass goes over. They are written first: memory that never was is one page of zeros, which costs nothing to read. */
enum { LAYERS = 4, RESULTS = 2 };
static uint64_t *layers[LAYERS], *results[RESULTS];

static void make_layers(void)
{
    for (int k = 0; k < LAYERS + RESULTS; k++) {
        uint64_t **to = k < LAYERS ? &layers[k] : &results[k - LAYERS];
        *to = aligned_alloc(64, 4 * LAND_CELLS); /* begin where a line of memory does, as layers and results of policies do */
        if (!*to) exit(1);
        memset(*to, k + 1, 4 * LAND_CELLS);
    }
}

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
__attribute__((target_clones("avx512f", "avx2", "default"))) /* as wide as the operations read */
#endif
static uint64_t read_words(const uint64_t *word, size_t n)
{
    uint64_t sum = 0;
    for (size_t k = 0; k < n; k++) sum += word[k];
    return sum;
}

/* Bytes a cell of each layer that an operation reads, and of each result that it writes. */
typedef struct touched {
    int in[8], out[4]; /* each ends with 0 */
} touched;

/* Reads and writes layers of so many bytes a cell; the results take turns, as those of an operation do whose last one has not been collected. Block by block, so that
   reading and writing go on together. */
static double pass(touched t)
{
    enum { BLOCK = 8192 };
    static volatile uint64_t sink;
    double before = seconds();
    for (int k = 0; k < TIMES; k++) {
        uint64_t sum = 0;
        for (size_t from = 0; from < LAND_CELLS; from += BLOCK) {
            size_t n = LAND_CELLS - from < BLOCK ? LAND_CELLS - from : BLOCK;
            for (int layer = 0; t.in[layer]; layer++) sum += read_words(layers[layer % LAYERS] + from * (size_t)t.in[layer] / 8, n * (size_t)t.in[layer] / 8);
            for (int result = 0; t.out[result]; result++)
                memset((uint8_t *)results[(result + k) % RESULTS] + from * (size_t)t.out[result], (int)sum & 1, n * (size_t)t.out[result]);
        }
        sink = sum;
    }
    (void)sink; /* read: so that no sum is left out */
    return (seconds() - before) / TIMES;
}

static int bytes_of(const int *widths)
{
    int bytes = 0;
    while (*widths) bytes += *widths++;
    return bytes;
}

/* An operation, less what the same policy costs without it, and a pass over the same bytes, year by year in turn. */
static void operation(const char *name, const char *code, touched t)
{
    char text[1024];
    static const char head[] = "policy { title = 'O', sentence = 'O.', apply = function(city, p) local land, far, near, saved = city:layer('land_use'), city:layer('max_far'), "
                               "city:layer('travel_centre'), city:layer('protection') local m, o, t = land:is('forest'), land:is('farmland'), far * 1 for i = 1, %d do %s end end }";
    static const char scenario[] = "scenario { title = 'T', map = 'nowhere', stop = 2060, policies = { 'own' } }";
    world with, without;
    double cost[REPEATS], least[REPEATS], ratio[REPEATS];
    snprintf(text, sizeof text, head, TIMES, "local x = i");
    world_open(&without, scenario, text);
    snprintf(text, sizeof text, head, TIMES, code);
    world_open(&with, scenario, text);
    for (int r = -1; r < REPEATS; r++) { /* the first warms up */
        double all = world_year(&with), empty = world_year(&without), bare = pass(t);
        if (r < 0) continue;
        cost[r] = (all - empty) / TIMES;
        least[r] = bare;
        ratio[r] = cost[r] / bare;
    }
    world_close(&with);
    world_close(&without);
    double ms = median(cost, REPEATS) * 1e3;
    double times = median(ratio, REPEATS);
    printf("%-46s %6.3f ms  %5.2f ns a cell   pass over %d + %d bytes a cell %6.3f ms   %.2f times (%.2f to %.2f)\n", name, ms, ms * 1e6 / LAND_CELLS, bytes_of(t.in), bytes_of(t.out),
           median(least, REPEATS) * 1e3, times, ratio[REPEATS / 4], ratio[REPEATS - 1 - REPEATS / 4]);
}

int main(void)
{
    double year = year_of("scenario { title = 'T', map = 'nowhere', stop = 2060, policies = { { 'protect_farmland', min_class = 5 }, { 'protect_green', forest_distance = 300 }, "
                          "{ 'densify', infill = true, smallest = 0 }, { 'grow_villages', smallest = 0 } } }");
    printf("a year of four policies on %d x %d cells: %.1f ms\n", LAND_NX, LAND_NY, year * 1e3);
    make_layers();
    operation("land_use:is('forest', 'open')", "local x = land:is('forest', 'open')", (touched){{1}, {1}});
    operation("travel_centre:le(900)", "local x = near:le(900)", (touched){{4}, {1}});
    operation("max_far:ge(layer)", "local x = far:ge(t)", (touched){{4, 4}, {1}});
    operation("mask & mask", "local x = m & o", (touched){{1, 1}, {1}});
    operation("land_use:sum(mask)", "local x = land:sum(m)", (touched){{1, 1}, {0}});
    operation("travel_centre:sum(mask)", "local x = near:sum(m)", (touched){{4, 1}, {0}});
    operation("max_far:sum(mask)", "local x = far:sum(m)", (touched){{4, 1}, {0}});
    operation("max_far:sum()", "local x = far:sum()", (touched){{4}, {0}});
    operation("max_far:mean(mask)", "local x = far:mean(m)", (touched){{4, 1}, {0}});
    operation("travel_centre:highest(mask)", "local x = near:highest(m)", (touched){{4, 1}, {0}});
    operation("max_far:lowest(mask)", "local x = far:lowest(m)", (touched){{4, 1}, {0}});
    operation("max_far:highest()", "local x = far:highest()", (touched){{4}, {0}});
    operation("max_far * 2", "local x = far * 2", (touched){{4}, {4}});
    operation("max_far * 1.2", "local x = far * 1.2", (touched){{4}, {4}});
    operation("mask * 5", "local x = m * 5", (touched){{1}, {4}});
    operation("travel_centre / 60", "local x = near / 60", (touched){{4}, {4}});
    operation("max_far + layer", "local x = far + t", (touched){{4, 4}, {4}});
    operation("travel_centre / 60 + max_far (two operations)", "local x = near / 60 + far", (touched){{4, 4, 4}, {4, 4}});
    operation("max_far:max(mask, 1.2)", "far:max(m, 1.2)", (touched){{4, 1}, {4}});
    operation("max_far:set(mask, layer)", "far:set(m, t)", (touched){{4, 1, 4}, {4}});
    operation("max_far:gt(0.5)", "local x = far:gt(0.5)", (touched){{4}, {1}});
    operation("land_use:eq(3)", "local x = land:eq(3)", (touched){{1}, {1}});
    operation("~mask", "local x = ~m", (touched){{1}, {1}});
    operation("mask:count()", "local x = m:count()", (touched){{1}, {0}});
    operation("protection:has('green')", "local x = saved:has('green')", (touched){{1}, {1}});
    operation("protection:bits_on(mask, 'green')", "saved:bits_on(m, 'green')", (touched){{1, 1}, {1}});
    operation("land_use:highest(mask)", "local x = land:highest(m)", (touched){{1, 1}, {0}});
    operation("max_far - layer", "local x = far - t", (touched){{4, 4}, {4}});
    operation("travel_centre + 5", "local x = near + 5", (touched){{4}, {4}});
    operation("city:near(mask, 300)", "local x = city:near(m, 300)", (touched){{1}, {1}});
    return 0;
}
