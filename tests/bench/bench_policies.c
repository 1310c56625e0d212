/* What policies cost on a map of 1000 x 1000 cells: a year of the shipped ones that work on land, and single operations on whole layers beside a pass over
   the same bytes. Prints a table; `build/kedja-bench-policies`, or with a word: the operations that hold it. */
#define LAND_NX 1000
#define LAND_NY 1000

#include "../shared/script_world.h"

#include <unistd.h>

#include "../../core/base/memory.h"
#include "../../core/script/scenario.h"
#include "timing.h"

enum { REPEATS = 15, TIMES = 50, WORLDS = 3, YEARS = REPEATS / WORLDS };

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
    must(kj_scenario_load(&err, path, NULL, &w->scenario), &err);
    kj_sim_config config = {.seed = 1, .n_threads = 1, .start = LAND_START, .end = LAND_START + 12 * (REPEATS + 2), .country = "se", .builtins = land_plugins};
    must(kj_sim_new(&err, &config, &w->sim), &err);
    must(kj_sim_load_plugins(&err, w->sim, NULL, 0), &err);
    must(kj_scenario_attach(&err, w->scenario, w->sim), &err);
    land_start(w->sim);
    memset(kj_store_data(kj_sim_store(w->sim), "cell", "protection", KJ_U8), 0, LAND_CELLS); /* memory that never was written is one page of zeros, which costs nothing to read */
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

/* Layers that a pass goes over, on pages of their own as those of a run are: begun anew for each world, since how well pages share the cache is luck. */
enum { LAYERS = 4, RESULTS = 2 };
static uint64_t *layers[LAYERS], *results[RESULTS];

static void make_layers(void)
{
    for (int k = 0; k < LAYERS + RESULTS; k++) {
        uint64_t **to = k < LAYERS ? &layers[k] : &results[k - LAYERS];
        *to = kj_memory_take(4 * LAND_CELLS);
        if (!*to) exit(1);
        memset(*to, k + 1, 4 * LAND_CELLS); /* written, as above */
    }
}

static void drop_layers(void)
{
    for (int k = 0; k < LAYERS + RESULTS; k++) kj_memory_give(k < LAYERS ? layers[k] : results[k - LAYERS], 4 * LAND_CELLS);
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

/* Reads and writes layers of so many bytes a cell; a result is written where the last one was, as the operation's is. Block by block, so that reading and writing go on together. */
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
                memset((uint8_t *)results[result] + from * (size_t)t.out[result], (int)sum & 1, n * (size_t)t.out[result]);
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

/* What a policy runs so many times; nothing holds a result when the next is made. */
static void write_policy(char *text, size_t n, const char *code)
{
    snprintf(text, n, "policy { title = 'O', sentence = 'O.', apply = function(city, p) local land, far, near, saved = city:layer('land_use'), city:layer('max_far'), "
             "city:layer('travel_centre'), city:layer('protection') local m, o, t, x = land:is('forest'), land:is('farmland'), far * 1 for i = 1, %d do %s x = nil end end }", TIMES, code);
}

/* An operation, less what the same policy costs without it, and a pass over the same bytes, year by year in turn, in several worlds. */
static void operation(const char *name, const char *code, touched t)
{
    static const char scenario[] = "scenario { title = 'T', map = 'nowhere', stop = 2060, policies = { 'own' } }";
    char text_with[1024], text_without[1024];
    double cost[REPEATS], least[REPEATS], ratio[REPEATS];
    write_policy(text_with, sizeof text_with, code);
    write_policy(text_without, sizeof text_without, "x = i");
    for (int w = 0, r = 0; w < WORLDS; w++) {
        world with, without;
        world_open(&without, scenario, text_without);
        world_open(&with, scenario, text_with);
        make_layers();
        for (int year = -1; year < YEARS; year++) { /* the first warms up */
            double all = world_year(&with), empty = world_year(&without), bare = pass(t);
            if (year < 0) continue;
            cost[r] = (all - empty) / TIMES;
            least[r] = bare;
            ratio[r++] = (all - empty) / TIMES / bare;
        }
        drop_layers();
        world_close(&with);
        world_close(&without);
    }
    double ms = median(cost, REPEATS) * 1e3;
    double times = median(ratio, REPEATS);
    printf("%-46s %6.3f ms  %5.2f ns a cell   pass over %d + %d bytes a cell %6.3f ms   %.2f times (%.2f to %.2f)\n", name, ms, ms * 1e6 / LAND_CELLS, bytes_of(t.in), bytes_of(t.out),
           median(least, REPEATS) * 1e3, times, ratio[REPEATS / 4], ratio[REPEATS - 1 - REPEATS / 4]);
    fflush(stdout);
}

/* The operations whose name holds `word`. */
static void operations(const char *word)
{
    static const struct {
        const char *name, *code;
        touched t;
    } all[] = {
        {"land_use:is('forest', 'open')", "x = land:is('forest', 'open')", {{1}, {1}}},
        {"travel_centre:le(900)", "x = near:le(900)", {{4}, {1}}},
        {"max_far:ge(layer)", "x = far:ge(t)", {{4, 4}, {1}}},
        {"mask & mask", "x = m & o", {{1, 1}, {1}}},
        {"land_use:sum(mask)", "x = land:sum(m)", {{1, 1}, {0}}},
        {"travel_centre:sum(mask)", "x = near:sum(m)", {{4, 1}, {0}}},
        {"max_far:sum(mask)", "x = far:sum(m)", {{4, 1}, {0}}},
        {"max_far:sum()", "x = far:sum()", {{4}, {0}}},
        {"max_far:mean(mask)", "x = far:mean(m)", {{4, 1}, {0}}},
        {"travel_centre:highest(mask)", "x = near:highest(m)", {{4, 1}, {0}}},
        {"max_far:lowest(mask)", "x = far:lowest(m)", {{4, 1}, {0}}},
        {"max_far:highest()", "x = far:highest()", {{4}, {0}}},
        {"max_far * 2", "x = far * 2", {{4}, {4}}},
        {"max_far * 1.2", "x = far * 1.2", {{4}, {4}}},
        {"mask * 5", "x = m * 5", {{1}, {4}}},
        {"travel_centre / 60", "x = near / 60", {{4}, {4}}},
        {"max_far + layer", "x = far + t", {{4, 4}, {4}}},
        {"travel_centre / 60 + max_far (two operations)", "x = near / 60 + far", {{4, 4, 4}, {4, 4}}},
        {"max_far:max(mask, 1.2)", "far:max(m, 1.2)", {{4, 1}, {4}}},
        {"max_far:set(mask, layer)", "far:set(m, t)", {{4, 1, 4}, {4}}},
        {"max_far:gt(0.5)", "x = far:gt(0.5)", {{4}, {1}}},
        {"land_use:eq(3)", "x = land:eq(3)", {{1}, {1}}},
        {"~mask", "x = ~m", {{1}, {1}}},
        {"mask:count()", "x = m:count()", {{1}, {0}}},
        {"protection:has('green')", "x = saved:has('green')", {{1}, {1}}},
        {"protection:bits_on(mask, 'green')", "saved:bits_on(m, 'green')", {{1, 1}, {1}}},
        {"land_use:highest(mask)", "x = land:highest(m)", {{1, 1}, {0}}},
        {"max_far - layer", "x = far - t", {{4, 4}, {4}}},
        {"travel_centre + 5", "x = near + 5", {{4}, {4}}},
        {"city:near(mask, 300)", "x = city:near(m, 300)", {{1}, {1}}},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strstr(all[i].name, word)) operation(all[i].name, all[i].code, all[i].t);
}

int main(int argc, char **argv)
{
    if (argc == 1) {
        double year = year_of("scenario { title = 'T', map = 'nowhere', stop = 2060, policies = { { 'protect_farmland', min_class = 5 }, { 'protect_green', forest_distance = 300 }, "
                              "{ 'densify', infill = true, smallest = 0 }, { 'grow_villages', smallest = 0 } } }");
        printf("a year of four policies on %d x %d cells: %.1f ms\n", LAND_NX, LAND_NY, year * 1e3);
    }
    operations(argc > 1 ? argv[1] : "");
    return 0;
}
