/* A small world for tests of urban growth and of schools, and a plugin "people" in place of demography and housing: it
   declares the columns that they own and takes the new homes from the queue. Header only; include it in one file of a
   test program. */
#ifndef TESTS_SHARED_GROWTH_WORLD_H
#define TESTS_SHARED_GROWTH_WORLD_H

#include <kedja/model.h>
#include <kedja/plugin.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "../../core/engine/sim.h"

/* ---- the plugin that stands in for people and housing ---------------------------------------------------------------- */

typedef struct growth_people {
    const kj_run_v1 *run;
    kj_queue freed;
} growth_people;

typedef struct growth_column {
    const char *table, *name;
    kj_type type;
    const char *ref;
} growth_column;

static const growth_column growth_columns[] = {
    {"person", "birth_month", KJ_I16, NULL},     {"person", "luck", KJ_KEY, NULL},       {"person", "resident", KJ_U8, NULL},
    {"person", "household", KJ_ID, "household"}, {"person", "moved", KJ_I16, NULL},      {"household", "living", KJ_U8, NULL},
    {"household", "dwelling", KJ_ID, "dwelling"},{"household", "host", KJ_ID, "household"}, {"dwelling", "cell", KJ_I32, NULL},
    {"household", "head", KJ_ID, "person"},      {"person", "next_member", KJ_ID, "person"},
    {"dwelling", "tenure", KJ_U8, NULL},         {"dwelling", "kind", KJ_U8, NULL},      {"dwelling", "rooms", KJ_U8, NULL},
    {"dwelling", "area_m2", KJ_I16, NULL},       {"dwelling", "built_year", KJ_I16, NULL}, {"dwelling", "rent", KJ_I32, NULL},
    {"dwelling", "price", KJ_I32, NULL},         {"dwelling", "state", KJ_U8, NULL},     {"dwelling", "project", KJ_ID, "project"},
    {"dwelling", "luck", KJ_KEY, NULL},          {"municipality", "needed_dwellings", KJ_I64, NULL},
    {"dwelling", "vacancy", KJ_ID, "vacancy"},   {"vacancy", "stage", KJ_U8, NULL},
    {"dwelling", "household", KJ_ID, "household"}, {"vacancy", "opened", KJ_I16, NULL}, {"household", "moved", KJ_I16, NULL},
};
enum { GROWTH_COLUMNS = sizeof growth_columns / sizeof *growth_columns };

static kj_status growth_create(const kj_host *host, void **out)
{
    growth_people *p = calloc(1, sizeof *p);
    if (!p) return KJ_E_MEMORY;
    p->run = host->interface(host, "kedja.run/1");
    *out = p;
    return KJ_OK;
}

static kj_status growth_provide(void *self, const kj_host *host)
{
    growth_people *p = self;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    kj_status status = KJ_OK;
    const char *const tables[] = {"municipality", "person", "household", "dwelling", "vacancy"};
    for (int t = 0; t < 5 && status == KJ_OK; t++) {
        kj_table unused;
        kj_table_def def = {sizeof def, tables[t], "Of the test."};
        status = reg->table(host->impl, &def, &unused);
    }
    for (int c = 0; c < GROWTH_COLUMNS && status == KJ_OK; c++) {
        kj_col unused;
        kj_column_def def = {.struct_size = sizeof def, .table = growth_columns[c].table, .name = growth_columns[c].name,
                             .type = growth_columns[c].type, .unit = "1", .doc = "Of the test.", .ref = growth_columns[c].ref};
        status = reg->column(host->impl, &def, &unused);
    }
    kj_queue_def freed = {sizeof freed, "housing.freed", sizeof(kj_freed), "Homes without a holder."};
    return status ? status : reg->queue(host->impl, &freed, &p->freed);
}

static kj_status growth_take(void *self, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    growth_people *p = self;
    uint32_t n;
    const kj_freed *freed = p->run->items(ctx, p->freed, &n);
    (void)begin, (void)end;
    for (uint32_t k = 0; k < n; k++)
        if (freed[k].cause != KJ_CAUSE_NEW && freed[k].cause != KJ_CAUSE_CONVERSION) return (p->run->fail)(ctx, KJ_E_FAILED, "cause %d", freed[k].cause); /* cmocka has a macro fail */
    return KJ_OK;
}

static kj_status growth_bind(void *self, const kj_host *host)
{
    growth_people *p = self;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    kj_use uses[] = {kj_drains(p->freed)};
    kj_system_def take = {.struct_size = sizeof take, .name = "people.take", .doc = "Takes new homes.", .phase = KJ_PHASE_SUPPLY,
                          .shape = KJ_SERIAL, .uses = uses, .n_uses = 1, .run = growth_take};
    return reg->system(host->impl, &take);
}

static void growth_destroy(void *self) { free(self); }

static const kj_plugin_def growth_people_plugin = {
    .struct_size = sizeof(kj_plugin_def), .abi_major = KJ_ABI_MAJOR, .abi_minor = KJ_ABI_MINOR, .stamp = KJ_BUILD_STAMP,
    .id = "people", .version = "1", .licence = "Apache-2.0", .doc = "Stands in for people and housing.",
    .create = growth_create, .provide = growth_provide, .bind = growth_bind, .destroy = growth_destroy};

/* ---- the map ----------------------------------------------------------------------------------------------------- */

typedef struct growth_world {
    kj_memory memory;
    kj_map map;
} growth_world;

static const kj_month GROWTH_START = KJ_MONTH(2020, 12);

/* Data of a map's column, made at the first call. Rows of the table must stand before. */
static void *growth_data(growth_world *w, const char *table, const char *name, kj_type type)
{
    kj_error err = {0};
    uint32_t t, c;
    kj_column *column = kj_rows_column(kj_store_table(&w->map.store, table), name);
    if (column) return column->data;
    kj_column_def def = {.struct_size = sizeof def, .table = table, .name = name, .type = type, .unit = "1", .doc = name};
    if (kj_store_add_column(&err, &w->map.store, &def, &t, &c)) abort();
    return w->map.store.tables[t].columns[c].data;
}

static void growth_rows(growth_world *w, const char *table, uint32_t n)
{
    kj_error err = {0};
    uint32_t t, first;
    if (kj_store_add_table(&err, &w->map.store, table, table, &t)) abort();
    if (n && kj_rows_add(&err, &w->map.store, &w->map.store.tables[t], n, &first)) abort();
}

/* Forest under no plan, one area and one municipality, all land passable in 75 s a cell. */
static void growth_world_init(growth_world *w, int32_t nx, int32_t ny, uint32_t n_homes, uint32_t n_households, uint32_t n_persons,
                              uint32_t n_facilities, uint32_t n_projects)
{
    *w = (growth_world){0};
    kj_map_init(&w->map, &w->memory);
    strcpy(w->map.name, "growth");
    strcpy(w->map.country, "se");
    w->map.start = GROWTH_START;
    w->map.grid = (kj_grid){.nx = nx, .ny = ny, .cell_m = 100, .west = 400000, .north = 6400000, .epsg = 3006};
    uint32_t n_cells = (uint32_t)(nx * ny);
    growth_rows(w, "cell", n_cells);
    growth_rows(w, "area", 1);
    growth_rows(w, "municipality", 1);
    growth_rows(w, "dwelling", n_homes);
    growth_rows(w, "vacancy", 0);
    growth_rows(w, "household", n_households);
    growth_rows(w, "person", n_persons);
    growth_rows(w, "facility", n_facilities);
    growth_rows(w, "project", n_projects);
    memset(growth_data(w, "cell", "land_use", KJ_U8), KJ_LAND_FOREST, n_cells);
    ((kj_id *)growth_data(w, "area", "municipality", KJ_ID))[0] = 1;
    static const growth_column zero[] = {{"cell", "area", KJ_I32, 0},   {"cell", "protection", KJ_U8, 0}, {"cell", "farmland_class", KJ_U8, 0},
                                         {"cell", "zoning", KJ_U8, 0},  {"cell", "max_far", KJ_F32, 0},   {"cell", "travel_centre", KJ_I32, 0}};
    for (size_t k = 0; k < sizeof zero / sizeof *zero; k++) growth_data(w, zero[k].table, zero[k].name, zero[k].type);
    int16_t *walk = growth_data(w, "cell", "walk_cost", KJ_I16);
    for (uint32_t c = 0; c < n_cells; c++) walk[c] = 75;
    /* Homes in cell 0 until a test moves them; household k holds home k while there are homes. */
    for (int c = 0; c < GROWTH_COLUMNS; c++) growth_data(w, growth_columns[c].table, growth_columns[c].name, growth_columns[c].type);
    kj_id *home = growth_data(w, "household", "dwelling", KJ_ID), *host = growth_data(w, "household", "host", KJ_ID);
    uint8_t *living = growth_data(w, "household", "living", KJ_U8), *resident = growth_data(w, "person", "resident", KJ_U8);
    int16_t *m2 = growth_data(w, "dwelling", "area_m2", KJ_I16);
    uint64_t *luck = growth_data(w, "person", "luck", KJ_KEY);
    for (uint32_t k = 0; k < n_homes; k++) m2[k] = 100;
    for (uint32_t k = 0; k < n_households; k++) {
        if (k < n_homes) home[k] = k + 1;
        else living[k] = KJ_LIVES_LODGING, host[k] = n_homes ? (kj_id)(k % n_homes) + 1 : 0;
    }
    for (uint32_t k = 0; k < n_persons; k++) resident[k] = 1, luck[k] = kj_luck(KJ_LUCK_START_PERSON, k + 1, 0);
}

static void growth_world_free(growth_world *w) { kj_map_free(&w->map); }

/* A simulation of the stand-in and one or two more plugins (`other` may be NULL), with the state of the world. NULL with a message in err. */
static inline kj_sim *growth_sim(kj_error *err, const growth_world *w, const kj_plugin_def *plugin, const kj_plugin_def *other,
                          int32_t n_threads, int32_t years, const char *const *names, const double *values, uint32_t n_values)
{
    const kj_plugin_def *builtins[] = {&growth_people_plugin, plugin, other, NULL};
    kj_sim_config config = {.seed = 7, .n_threads = n_threads, .audit = true, .start = GROWTH_START, .end = GROWTH_START + 12 * years,
                            .country = "se", .builtins = builtins};
    kj_sim *sim = NULL;
    *err = (kj_error){0};
    kj_status status = kj_sim_new(err, &config, &sim);
    if (!status) status = kj_sim_load_plugins(err, sim, NULL, 0);
    for (uint32_t k = 0; !status && k < n_values; k++) status = kj_sim_set_param(err, sim, names[k], values[k]);
    if (!status) status = kj_sim_start(err, sim, &w->map);
    if (status) kj_sim_free(sim);
    return status ? NULL : sim;
}

#endif
