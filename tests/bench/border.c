#include "border.h"

#include <kedja/plugin.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../core/engine/sim.h"
#include "timing.h"

enum { ROWS = 10000000, REPEATS = 7, BLOCK = 4096 };

/* A grid with a table of cells and nothing else. */
static kj_status bare_map(kj_error *err, int32_t nx, int32_t ny, kj_memory *memory, kj_map *map)
{
    memset(map, 0, sizeof *map);
    memset(memory, 0, sizeof *memory);
    kj_store_init(&map->store, memory);
    map->grid = (kj_grid){.nx = nx, .ny = ny, .cell_m = 100, .west = 500000, .north = 6300000, .epsg = 3006};
    uint32_t table, first;
    kj_status status = kj_store_add_table(err, &map->store, "cell", "Cells.", &table);
    return status ? status : kj_rows_add(err, &map->store, &map->store.tables[table], (uint32_t)(nx * ny), &first);
}

/* ---- the border ---------------------------------------------------------------------------------------------------- */

/* The thinnest work that a model does: one multiply and one add for each row. */
static void thin(float *restrict x, uint32_t begin, uint32_t end)
{
    for (uint32_t i = begin; i < end; i++) x[i] = x[i] * 0.99f + 1.0f;
}

/* The usual one: a keyed draw for each row. */
static void draw(kj_stream stream, kj_month month, float *restrict x, uint32_t begin, uint32_t end)
{
    for (uint32_t i = begin; i < end; i++) x[i] += kj_draw(stream, i, month, 0).v[0] < 1000000u ? 1.0f : 0.0f;
}

typedef struct border {
    const kj_run_v1 *run;
    kj_table cell;
    kj_col x;
    bool draws;
} border;

static kj_status border_run(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    border *b = instance;
    float *x = b->run->write(ctx, b->x);
    if (!x) return KJ_E_UNDECLARED;
    if (b->draws) draw(b->run->stream(ctx, 1), b->run->month(ctx), x, begin, end);
    else thin(x, begin, end);
    return KJ_OK;
}

static kj_status border_create(const kj_host *host, void **instance)
{
    border *b = calloc(1, sizeof *b);
    if (!b) return KJ_E_MEMORY;
    b->run = host->interface(host, "kedja.run/1");
    *instance = b;
    return KJ_OK;
}

static kj_status border_provide(void *instance, const kj_host *host)
{
    border *b = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    const kj_table_def cell = {.struct_size = sizeof cell, .name = "cell", .doc = "Cells."};
    const kj_column_def x = {.struct_size = sizeof x, .table = "cell", .name = "x", .type = KJ_F32, .unit = "1", .doc = "A value."};
    kj_status status = reg->table(host->impl, &cell, &b->cell);
    return status ? status : reg->column(host->impl, &x, &b->x);
}

static kj_status bind_one(border *b, const kj_host *host, bool draws)
{
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    const kj_use uses[] = {kj_writes(b->x)};
    const kj_system_def step = {.struct_size = sizeof step, .name = "border.step", .doc = "One step.", .phase = KJ_PHASE_PEOPLE, .shape = KJ_ROWS,
                                .over = b->cell, .uses = uses, .n_uses = 1, .run = border_run};
    b->draws = draws;
    return reg->system(host->impl, &step);
}

static kj_status bind_thin(void *instance, const kj_host *host) { return bind_one(instance, host, false); }
static kj_status bind_draw(void *instance, const kj_host *host) { return bind_one(instance, host, true); }

#define BORDER_DEF(name_, bind_)                                                                                          \
    static const kj_plugin_def name_ = {.struct_size = sizeof(kj_plugin_def), .abi_major = KJ_ABI_MAJOR, .abi_minor = KJ_ABI_MINOR,  \
                                        .stamp = KJ_BUILD_STAMP, .id = "border", .version = "1", .licence = "Apache-2.0",             \
                                        .doc = "Benchmark of the border.", .create = border_create, .provide = border_provide,        \
                                        .bind = bind_, .destroy = free}
BORDER_DEF(thin_def, bind_thin);
BORDER_DEF(draw_def, bind_draw);

static double direct_step(bool draws, float *x, int month)
{
    kj_stream stream = {{1, 2}};
    double began = seconds();
    for (uint32_t at = 0; at < ROWS; at += BLOCK) {
        uint32_t end = at + BLOCK < ROWS ? at + BLOCK : ROWS;
        if (draws) draw(stream, month, x, at, end);
        else thin(x, at, end);
    }
    return seconds() - began;
}

static kj_status compare_border(kj_error *err, bool draws, kj_bench_row *row, void *data)
{
    const kj_plugin_def *builtins[] = {draws ? &draw_def : &thin_def, NULL};
    kj_sim_config config = {.seed = 1, .n_threads = 1, .start = KJ_MONTH(2020, 12), .end = KJ_MONTH(2050, 12), .country = "se", .builtins = builtins};
    kj_memory memory;
    kj_map map;
    kj_sim *sim = NULL;
    float *x = calloc(ROWS, sizeof *x);
    double ratio[REPEATS], ns[REPEATS];
    kj_status status = x ? bare_map(err, 4000, 2500, &memory, &map) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status) status = kj_sim_new(err, &config, &sim);
    if (!status) status = kj_sim_load_plugins(err, sim, NULL, 0);
    if (!status) status = kj_sim_start(err, sim, &map);
    direct_step(draws, x, 0); /* both touch their pages before they are timed */
    if (!status) status = kj_sim_month(err, sim);
    for (int r = 0; !status && r < REPEATS; r++) {
        double direct = direct_step(draws, x, r), began = seconds();
        status = kj_sim_month(err, sim);
        double through = seconds() - began;
        ratio[r] = through / direct;
        ns[r] = direct * 1e9 / ROWS;
    }
    if (!status) {
        qsort(ratio, REPEATS, sizeof *ratio, ascending);
        qsort(ns, REPEATS, sizeof *ns, ascending);
        printf("plugin border, %s: %+.1f %% (%.1f to %.1f) of a direct loop of %.2f ns a row\n", draws ? "a keyed draw a row" : "one multiply and add a row",
               100.0 * (ratio[REPEATS / 2] - 1), 100.0 * (ratio[0] - 1), 100.0 * (ratio[REPEATS - 1] - 1), ns[REPEATS / 2]);
        row(data, draws ? "border_draw" : "border_thin", 1, 100.0 * (ratio[REPEATS / 2] - 1), "% over a direct loop");
    }
    kj_sim_free(sim);
    if (x) kj_map_free(&map);
    free(x);
    return status;
}

kj_status kj_bench_border(kj_error *err, kj_bench_row *row, void *data)
{
    kj_status status = compare_border(err, false, row, data);
    return status ? status : compare_border(err, true, row, data);
}

/* ---- Schelling ------------------------------------------------------------------------------------------------------ */

typedef struct schelling_result {
    double setup, steps;
    int64_t moves;
    char hash[33];
} schelling_result;

static kj_status schelling_once(kj_error *err, const char *module, int32_t side, bool together, int threads, schelling_result *out)
{
    enum { STEPS = 20 };
    kj_sim_config config = {.seed = 1, .n_threads = threads, .start = KJ_MONTH(2020, 12), .end = KJ_MONTH(2050, 12), .country = "se"};
    kj_memory memory;
    kj_map map;
    kj_sim *sim = NULL;
    kj_status status = bare_map(err, side, side, &memory, &map);
    if (status) return status;
    status = kj_sim_new(err, &config, &sim);
    if (!status) status = kj_sim_load_plugins(err, sim, &module, 1);
    if (!status) status = kj_sim_set_param(err, sim, "schelling.together", together);
    double began = seconds();
    if (!status) status = kj_sim_start(err, sim, &map);
    out->setup = seconds() - began;
    out->moves = 0;
    for (int step = 0; !status && step < STEPS; step++) {
        int64_t before = 0, *moves = kj_store_data(kj_sim_store(sim), "schelling", "moves", KJ_I64);
        if (moves && (step % 12)) before = moves[0]; /* a yearly count: zero again each January */
        status = kj_sim_month(err, sim);
        moves = kj_store_data(kj_sim_store(sim), "schelling", "moves", KJ_I64);
        if (moves) out->moves += moves[0] - before;
    }
    out->steps = seconds() - began - out->setup;
    if (!status) kj_sim_hash(sim, out->hash);
    kj_sim_free(sim);
    kj_map_free(&map);
    return status;
}

static kj_status schelling_case(kj_error *err, const char *module, int32_t side, bool together, kj_bench_row *row, void *data)
{
    double agent_steps = 0.8 * side * side * 20;
    for (int threads = 1; threads <= 2; threads++) {
        schelling_result best = {0};
        for (int r = 0; r < 9; r++) {
            schelling_result once = {0};
            kj_status status = schelling_once(err, module, side, together, threads, &once);
            if (status) return status;
            if (r == 0 || once.setup + once.steps < best.setup + best.steps) best = once;
        }
        double all = best.setup + best.steps;
        char work[64];
        snprintf(work, sizeof work, "schelling_%d_%s", side, together ? "together" : "in_turn");
        printf("schelling %4d x %-4d %s, %d thread%s: %6.2f ns an agent-step, %6.1f M agent-steps/s with the set-up (%.2f ms), %lld moves, hash %.8s\n",
               side, side, together ? "together" : "in turn ", threads, threads == 1 ? " " : "s", all * 1e9 / agent_steps, agent_steps / all / 1e6,
               best.setup * 1e3, (long long)best.moves, best.hash);
        row(data, work, threads, all * 1e9 / agent_steps, "ns/agent-step");
    }
    return KJ_OK;
}

kj_status kj_bench_schelling(kj_error *err, const char *module, kj_bench_row *row, void *data)
{
    kj_status status = KJ_OK;
    for (int together = 0; !status && together <= 1; together++) {
        status = schelling_case(err, module, 100, together, row, data);
        if (!status) status = schelling_case(err, module, 1000, together, row, data);
    }
    return status;
}
