/* A small world for the tests of run files: a town whose land, facilities and people change every month, with every
   kind of column that a run records. Included by one test program each. */
#ifndef KEDJA_TESTS_RUN_WORLD_H
#define KEDJA_TESTS_RUN_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../core/engine/sim.h"
#include "../../core/io/yearfile.h"

enum { WORLD_NX = 300, WORLD_NY = 260, WORLD_PERSONS = 3000, WORLD_START = KJ_MONTH(2020, 12) };

typedef struct world {
    const kj_run_v1 *run;
    kj_table cell, municipality, facility, person, vacancy;
    kj_col land_use, area, jobs, reach, scratch, trail, code, name, births, mean_age, facility_name, facility_kind, pupils,
        luck, value, cause, root;
    kj_queue waiting;
    kj_param pace;
} world;

static kj_status world_create(const kj_host *host, void **out)
{
    world *w = calloc(1, sizeof *w);
    if (!w) return KJ_E_MEMORY;
    w->run = host->interface(host, "kedja.run/1");
    *out = w;
    return KJ_OK;
}

typedef struct world_column {
    const char *table, *name;
    kj_type type;
    uint32_t flags;
    double max;
    const char *labels;
    size_t at;
} world_column;

static const world_column world_columns[] = {
    {"cell", "land_use", KJ_U8, KJ_RECORD | KJ_INPUT, 3, "water farmland forest flats", offsetof(world, land_use)},
    {"cell", "area", KJ_I32, KJ_INPUT, 10, NULL, offsetof(world, area)},
    {"cell", "jobs", KJ_F32, KJ_RECORD, 1e6, NULL, offsetof(world, jobs)},
    {"cell", "reach", KJ_I32, KJ_RECORD | KJ_INPUT, (double)INT32_MAX, NULL, offsetof(world, reach)},
    {"cell", "scratch", KJ_I16, KJ_DERIVED, 0, NULL, offsetof(world, scratch)},
    {"municipality", "code", KJ_TEXT, KJ_INPUT, 0, NULL, offsetof(world, code)},
    {"municipality", "name", KJ_TEXT, KJ_INPUT, 0, NULL, offsetof(world, name)},
    {"municipality", "births", KJ_I64, KJ_RECORD | KJ_FLOW, 0, NULL, offsetof(world, births)},
    {"municipality", "mean_age", KJ_F64, KJ_RECORD, 0, NULL, offsetof(world, mean_age)},
    {"facility", "name", KJ_TEXT, KJ_INPUT, 0, NULL, offsetof(world, facility_name)},
    {"facility", "kind", KJ_U8, KJ_INPUT, 1, "preschool school", offsetof(world, facility_kind)},
    {"facility", "pupils", KJ_I32, KJ_RECORD, 0, NULL, offsetof(world, pupils)},
    {"person", "trail", KJ_U8, KJ_DERIVED, 0, NULL, offsetof(world, trail)},
    {"person", "luck", KJ_KEY, KJ_INPUT, 0, NULL, offsetof(world, luck)},
    {"person", "value", KJ_I32, 0, 0, NULL, offsetof(world, value)},
    {"vacancy", "cause", KJ_U8, KJ_FINAL, 1, "new move", offsetof(world, cause)},
    {"vacancy", "root", KJ_ID, KJ_FINAL, 0, NULL, offsetof(world, root)},
};
enum { WORLD_COLUMNS = sizeof world_columns / sizeof *world_columns };

static kj_column_def world_def(const world_column *c)
{
    return (kj_column_def){.struct_size = sizeof(kj_column_def),
                           .table = c->table,
                           .name = c->name,
                           .type = c->type,
                           .flags = c->flags,
                           .unit = "1",
                           .doc = "Ett prov.",
                           .max = c->max,
                           .ref = c->type == KJ_ID ? "vacancy" : NULL,
                           .labels = c->labels};
}

static kj_status world_provide(void *self, const kj_host *host)
{
    world *w = self;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    const char *const names[] = {"cell", "municipality", "facility", "person", "vacancy"};
    kj_table *const tables[] = {&w->cell, &w->municipality, &w->facility, &w->person, &w->vacancy};
    kj_status s = KJ_OK;
    for (int i = 0; i < 5 && !s; i++)
        s = reg->table(host->impl, &(kj_table_def){sizeof(kj_table_def), names[i], "En tabell."}, tables[i]);
    for (int i = 0; i < WORLD_COLUMNS && !s; i++) {
        kj_column_def def = world_def(&world_columns[i]);
        s = reg->column(host->impl, &def, (kj_col *)(void *)((char *)w + world_columns[i].at));
    }
    if (!s)
        s = reg->queue(host->impl, &(kj_queue_def){sizeof(kj_queue_def), "world.waiting", sizeof(kj_id), "Ids."},
                       &w->waiting);
    if (!s)
        s = reg->param(
            host->impl,
            &(kj_param_def){sizeof(kj_param_def), "pace", "1", 0.02, 0.0, 1.0, KJ_ASSUMED, "test", "Share a month."},
            &w->pace);
    return s;
}

static kj_status world_hazard(void *self, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    world *w = self;
    const uint64_t *luck = w->run->read(ctx, w->luck);
    const kj_id *ids = w->run->ids(ctx, w->person);
    kj_stream stream = w->run->stream(ctx, 1);
    uint32_t threshold = kj_threshold(w->run->param(ctx, w->pace));
    for (uint32_t row = begin; row < end; row++)
        if (kj_draw(stream, luck[row], w->run->month(ctx), 0).v[0] < threshold)
            w->run->emit(ctx, w->waiting, &ids[row]);
    return KJ_OK;
}

/* The queue is filled at the end of a month and drained in the next: it is part of the state. */
static kj_status world_apply(void *self, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    world *w = self;
    const kj_run_v1 *run = w->run;
    uint32_t n;
    const kj_id *waiting = run->items(ctx, w->waiting, &n);
    const uint32_t *row_of = run->row_of(ctx, w->person);
    uint64_t *luck = run->write(ctx, w->luck);
    int32_t *value = run->write(ctx, w->value);
    uint8_t *land = run->write(ctx, w->land_use), *cause = run->write(ctx, w->cause);
    kj_id *root = run->write(ctx, w->root);
    int64_t *births = run->write(ctx, w->births);
    float *jobs = run->write(ctx, w->jobs);
    kj_month month = run->month(ctx);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = row_of[waiting[i]];
        if (row == KJ_NO_ROW) continue;
        value[row] += (int32_t)(luck[row] & 15);
        uint32_t cell = (uint32_t)(luck[row] >> 20) % (WORLD_NX * WORLD_NY);
        land[cell] = 3;
        jobs[cell] += 1.5f;
        if (luck[row] & 64) {
            run->destroy(ctx, w->person, waiting[i]);
            continue;
        }
        kj_id child = run->create(ctx, w->person), hole = run->create(ctx, w->vacancy);
        if (!child || !hole) return KJ_E_RANGE;
        luck[row_of[child]] = kj_luck(2, luck[row], (uint64_t)month);
        births[luck[row] & 1]++;
        uint32_t at = run->row_of(ctx, w->vacancy)[hole];
        cause[at] = luck[row] & 1;
        root[at] = hole > 3 ? hole - 3 : hole;
    }
    return KJ_OK;
}

/* A school opens every July and another closes every second August. */
static kj_status world_schools(void *self, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    world *w = self;
    const kj_run_v1 *run = w->run;
    int32_t *name = run->write(ctx, w->facility_name), *pupils = run->write(ctx, w->pupils);
    uint8_t *kind = run->write(ctx, w->facility_kind);
    double *mean_age = run->write(ctx, w->mean_age);
    const uint32_t *row_of = run->row_of(ctx, w->facility);
    kj_month month = run->month(ctx);
    int32_t year = KJ_YEAR_OF(month);
    for (uint32_t m = 0; m < 2; m++) mean_age[m] = 40.0 + (double)(month - WORLD_START) / 7.0 + m;
    if (KJ_MONTH_OF_YEAR(month) == 7) {
        char text[40];
        snprintf(text, sizeof text, "Skolan från %d", year);
        kj_id id = run->create(ctx, w->facility);
        if (!id) return KJ_E_RANGE;
        name[row_of[id]] = run->intern(ctx, text);
        kind[row_of[id]] = 1;
    }
    const uint8_t *alive = run->alive(ctx, w->facility);
    for (uint32_t row = 0; row < run->n_rows(ctx, w->facility); row++)
        if (alive[row]) pupils[row] = (int32_t)(run->ids(ctx, w->facility)[row] * 100u) + month % 12;
    kj_id closing = (kj_id)(year - 2020);
    if (KJ_MONTH_OF_YEAR(month) == 8 && year % 2 == 0 && row_of[closing] != KJ_NO_ROW)
        run->destroy(ctx, w->facility, closing);
    return KJ_OK;
}

static kj_status world_bind(void *self, const kj_host *host)
{
    world *w = self;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    const kj_use hazard[] = {kj_reads(w->luck), kj_emits(w->waiting)};
    const kj_use apply[] = {kj_drains(w->waiting), kj_creates(w->person),  kj_creates(w->vacancy), kj_writes(w->luck),
                            kj_writes(w->value),   kj_writes(w->land_use), kj_writes(w->cause),    kj_writes(w->root),
                            kj_writes(w->births),  kj_writes(w->jobs)};
    const kj_use schools[] = {kj_creates(w->facility), kj_writes(w->facility_name), kj_writes(w->pupils),
                              kj_writes(w->facility_kind), kj_writes(w->mean_age)};
    kj_system_def defs[] = {
        {.name = "world.hazard",
         .phase = KJ_PHASE_MEASURE,
         .shape = KJ_ROWS,
         .over = w->person,
         .uses = hazard,
         .n_uses = 2,
         .run = world_hazard},
        {.name = "world.apply",
         .phase = KJ_PHASE_PEOPLE,
         .shape = KJ_SERIAL,
         .uses = apply,
         .n_uses = 10,
         .run = world_apply},
        {.name = "world.schools",
         .phase = KJ_PHASE_PLACEMENT,
         .shape = KJ_SERIAL,
         .uses = schools,
         .n_uses = 5,
         .run = world_schools},
    };
    kj_status s = KJ_OK;
    for (size_t i = 0; !s && i < sizeof defs / sizeof *defs; i++) {
        defs[i].struct_size = sizeof(kj_system_def);
        s = reg->system(host->impl, &defs[i]);
    }
    return s;
}

static const kj_plugin_def world_plugin = {.struct_size = sizeof(kj_plugin_def),
                                           .abi_major = KJ_ABI_MAJOR,
                                           .abi_minor = KJ_ABI_MINOR,
                                           .stamp = KJ_BUILD_STAMP,
                                           .id = "world",
                                           .version = "1.2",
                                           .licence = "Apache-2.0",
                                           .doc = "A world.",
                                           .create = world_create,
                                           .provide = world_provide,
                                           .bind = world_bind,
                                           .destroy = free};
static const kj_plugin_def *const world_plugins[] = {&world_plugin, NULL};

/* ---- the map ---- */

static void world_fill(kj_map *map)
{
    uint8_t *land = kj_store_data(&map->store, "cell", "land_use", KJ_U8);
    int32_t *area = kj_store_data(&map->store, "cell", "area", KJ_I32),
            *reach = kj_store_data(&map->store, "cell", "reach", KJ_I32);
    for (int32_t i = 0; i < WORLD_NX * WORLD_NY; i++) {
        land[i] = (uint8_t)(i / WORLD_NX < 10 ? 0 : 1 + (i / 7) % 2);
        area[i] = i % WORLD_NX < 150 ? 0 : 1;
        reach[i] = land[i] ? i % WORLD_NX * 10 : INT32_MAX;
    }
    uint64_t *luck = kj_store_data(&map->store, "person", "luck", KJ_KEY);
    for (uint32_t i = 0; i < WORLD_PERSONS; i++) luck[i] = kj_luck(1, i + 1, 0);
    const char *const texts[3][2] = {{"0683", "0684"}, {"Värnamo", "Sävsjö"}, {"Åskolan", "Östra förskolan"}};
    int32_t *columns[3] = {kj_store_data(&map->store, "municipality", "code", KJ_TEXT),
                           kj_store_data(&map->store, "municipality", "name", KJ_TEXT),
                           kj_store_data(&map->store, "facility", "name", KJ_TEXT)};
    for (int c = 0; c < 3; c++)
        for (int row = 0; row < 2; row++) columns[c][row] = kj_pool_intern(&map->store.pool, texts[c][row]);
}

static void world_map(kj_map *map, kj_memory *memory)
{
    kj_error err;
    kj_map_init(map, memory);
    strcpy(map->name, "world");
    strcpy(map->country, "se");
    map->start = WORLD_START;
    map->grid =
        (kj_grid){.nx = WORLD_NX, .ny = WORLD_NY, .cell_m = 100, .west = 423000, .north = 6360000, .epsg = 3006};
    const char *const tables[] = {"cell", "municipality", "facility", "person", "vacancy"};
    const uint32_t rows[] = {WORLD_NX * WORLD_NY, 2, 2, WORLD_PERSONS, 0};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(kj_store_add_table(&err, &map->store, tables[i], "En tabell.", NULL), KJ_OK);
        if (rows[i])
            assert_int_equal(kj_rows_add(&err, &map->store, kj_store_table(&map->store, tables[i]), rows[i], NULL),
                             KJ_OK);
    }
    for (int i = 0; i < WORLD_COLUMNS; i++) {
        kj_column_def def = world_def(&world_columns[i]);
        if (world_columns[i].flags & KJ_INPUT)
            assert_int_equal(kj_store_add_column(&err, &map->store, &def, NULL, NULL), KJ_OK);
    }
    world_fill(map);
    kj_column *land = kj_rows_column(kj_store_table(&map->store, "cell"), "land_use");
    assert_int_equal(kj_column_provenance(&err, land, "synthetic", "Stripes."), KJ_OK);
}

/* ---- a run ---- */

/* With plugins loaded, not started. */
static kj_sim *world_load(uint64_t seed, int threads)
{
    kj_error err = {0};
    kj_sim_config config = {.seed = seed,
                            .n_threads = threads,
                            .start = WORLD_START,
                            .end = WORLD_START + 60,
                            .country = "se",
                            .builtins = world_plugins};
    kj_sim *sim;
    if (kj_sim_new(&err, &config, &sim) || kj_sim_load_plugins(&err, sim, NULL, 0)) fail_msg("%s", err.text);
    return sim;
}

static kj_sim *world_start(uint64_t seed, int threads)
{
    kj_error err = {0};
    kj_memory memory = {0};
    kj_map map;
    kj_sim *sim = world_load(seed, threads);
    world_map(&map, &memory);
    if (kj_sim_start(&err, sim, &map)) fail_msg("%s", err.text);
    kj_map_free(&map);
    return sim;
}

static void world_months(kj_sim *sim, int n)
{
    kj_error err = {0};
    for (int i = 0; i < n; i++)
        if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
}

/* Names in a folder, sorted and joined by blanks. */
static void folder_names(const char *folder, char *out, size_t out_bytes)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, NULL, alphasort);
    size_t used = 0;
    out[0] = 0;
    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.' && used < out_bytes)
            used += (size_t)snprintf(out + used, out_bytes - used, "%s%s", used ? " " : "", entries[i]->d_name);
        free(entries[i]);
    }
    if (n >= 0) free(entries);
}

static void remove_folder(const char *folder)
{
    char path[512];
    struct dirent **entries;
    int n = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (strcmp(entries[i]->d_name, ".") && strcmp(entries[i]->d_name, "..") && unlink(path)) remove_folder(path);
        free(entries[i]);
    }
    if (n >= 0) free(entries);
    rmdir(folder);
}

/* The year file of the state as it is, made and put into a folder at once, nothing of another year at hand. */
static inline kj_status world_write_year(kj_error *err, const char *dir, kj_sim *sim, const kj_run_info *info)
{
    kj_bytes bytes = {0};
    char hash[33];
    kj_sim_hash(sim, hash);
    kj_status status = kj_yearfile_make(err, sim, hash, info, NULL, &bytes);
    if (!status) status = kj_yearfile_save(err, dir, KJ_YEAR_OF(kj_sim_now(sim)), &bytes);
    kj_bytes_free(&bytes);
    return status;
}

#endif
