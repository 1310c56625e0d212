/* A world for the tests of scripts: 12 x 8 cells of 100 m, two localities and the land between, with the columns that
   policies read and change, and no model at all. Included by one test program each. */
#ifndef KEDJA_TESTS_SCRIPT_WORLD_H
#define KEDJA_TESTS_SCRIPT_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kedja/model.h>

#include "../../core/engine/sim.h"

/* A benchmark may ask for a larger land: the same strips, wider. */
#ifndef LAND_NX
#define LAND_NX 12
#define LAND_NY 8
#endif
enum { LAND_CELLS = LAND_NX * LAND_NY, LAND_START = KJ_MONTH(2020, 12) };
#define LAND_WEST 500000.0
#define LAND_NORTH 6400800.0

typedef struct land_column {
    const char *table, *name;
    kj_type type;
    uint32_t flags;
    double max;
    const char *labels, *ref;
} land_column;

static const land_column land_columns[] = {
    {"cell", "land_use", KJ_U8, KJ_RECORD | KJ_POLICY | KJ_INPUT, 7, KJ_LAND_LABELS, NULL},
    {"cell", "area", KJ_I32, KJ_INPUT, 0, NULL, NULL},
    {"cell", "protection", KJ_U8, KJ_RECORD | KJ_POLICY | KJ_INPUT, 7, NULL, NULL},
    {"cell", "farmland_class", KJ_U8, KJ_INPUT, 10, NULL, NULL},
    {"cell", "zoning", KJ_U8, KJ_RECORD | KJ_POLICY | KJ_INPUT, 3, KJ_ZONING_LABELS, NULL},
    {"cell", "max_far", KJ_F32, KJ_RECORD | KJ_POLICY | KJ_INPUT, 10, NULL, NULL},
    {"cell", "travel_centre", KJ_I32, KJ_INPUT, 2147483647.0, NULL, NULL},
    {"area", "code", KJ_TEXT, KJ_INPUT, 0, NULL, NULL},
    {"area", "name", KJ_TEXT, KJ_INPUT, 0, NULL, NULL},
    {"area", "kind", KJ_U8, KJ_INPUT, 2, KJ_AREA_KIND_LABELS, NULL},
    {"area", "municipality", KJ_ID, KJ_INPUT, 0, NULL, "municipality"},
    {"area", "x", KJ_F64, KJ_INPUT, 1e9, NULL, NULL},
    {"area", "y", KJ_F64, KJ_INPUT, 1e9, NULL, NULL},
    {"area", "centre_cell", KJ_I32, KJ_INPUT, LAND_CELLS, NULL, NULL},
    {"area", "population", KJ_I32, KJ_RECORD | KJ_INPUT, 1e9, NULL, NULL},
    {"area", "children_6_15", KJ_I32, KJ_RECORD | KJ_INPUT, 1e9, NULL, NULL},
    {"municipality", "name", KJ_TEXT, KJ_INPUT, 0, NULL, NULL},
    {"municipality", "population", KJ_I64, KJ_RECORD | KJ_INPUT, 1e9, NULL, NULL},
    {"municipality", "births", KJ_I64, KJ_RECORD | KJ_FLOW, 1e9, NULL, NULL},
    {"project", "name", KJ_TEXT, KJ_INPUT, 0, NULL, NULL},
    {"project", "kind", KJ_U8, KJ_INPUT, 2, KJ_PROJECT_KIND_LABELS, NULL},
    {"project", "cell", KJ_I32, KJ_INPUT, LAND_CELLS, NULL, NULL},
    {"project", "area", KJ_I32, 0, 0, NULL, NULL},
    {"project", "n_rental", KJ_I32, KJ_INPUT, 1e6, NULL, NULL},
    {"project", "n_coop", KJ_I32, KJ_INPUT, 1e6, NULL, NULL},
    {"project", "n_owner", KJ_I32, KJ_INPUT, 1e6, NULL, NULL},
    {"project", "n_student", KJ_I32, KJ_INPUT, 1e6, NULL, NULL},
    {"project", "n_senior", KJ_I32, KJ_INPUT, 1e6, NULL, NULL},
    {"project", "n_small_houses", KJ_I32, KJ_INPUT, 1e6, NULL, NULL},
    {"project", "stage", KJ_U8, KJ_INPUT, 5, KJ_PROJECT_STAGE_LABELS, NULL},
    {"project", "start", KJ_I32, KJ_INPUT, 1e5, NULL, NULL},
    {"project", "completion", KJ_I32, KJ_INPUT, 1e5, NULL, NULL},
    {"project", "luck", KJ_KEY, KJ_INPUT, 0, NULL, NULL},
    {"facility", "kind", KJ_U8, KJ_INPUT, 5, KJ_FACILITY_KIND_LABELS, NULL},
    {"facility", "name", KJ_TEXT, KJ_INPUT, 0, NULL, NULL},
    {"facility", "cell", KJ_I32, KJ_INPUT, LAND_CELLS, NULL, NULL},
    {"facility", "grade_lo", KJ_U8, KJ_INPUT, 11, NULL, NULL},
    {"facility", "grade_hi", KJ_U8, KJ_INPUT, 11, NULL, NULL},
    {"facility", "places", KJ_I32, KJ_INPUT, 1e6, NULL, NULL},
    {"facility", "independent", KJ_U8, KJ_INPUT, 1, NULL, NULL},
    {"facility", "opened", KJ_I32, KJ_INPUT, 1e5, NULL, NULL},
    {"facility", "closed", KJ_I32, KJ_INPUT, 1e5, NULL, NULL},
    {"facility", "pupils", KJ_I32, KJ_RECORD, 1e6, NULL, NULL},
    {"facility", "luck", KJ_KEY, KJ_INPUT, 0, NULL, NULL},
    {"facility", "municipality", KJ_ID, KJ_INPUT, 0, NULL, "municipality"},
};
enum { LAND_COLUMNS = sizeof land_columns / sizeof *land_columns };
static const char *const land_tables[] = {"cell", "area", "municipality", "project", "facility"};

static kj_column_def land_def(const land_column *c)
{
    return (kj_column_def){.struct_size = sizeof(kj_column_def), .table = c->table, .name = c->name, .type = c->type, .flags = c->flags,
                           .unit = "1", .doc = "Test.", .min = c->type == KJ_I32 && c->max <= 0 ? -1 : 0, .max = c->max > 0 ? c->max : c->type == KJ_I32 ? 1e6 : 0,
                           .ref = c->ref, .labels = c->labels};
}

static kj_status land_create(const kj_host *host, void **out)
{
    (void)host;
    *out = calloc(1, 1);
    return *out ? KJ_OK : KJ_E_MEMORY;
}

static kj_status land_provide(void *self, const kj_host *host)
{
    (void)self;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    kj_table table;
    kj_col col;
    kj_param param;
    kj_status s = KJ_OK;
    for (size_t t = 0; !s && t < sizeof land_tables / sizeof *land_tables; t++)
        s = reg->table(host->impl, &(kj_table_def){sizeof(kj_table_def), land_tables[t], "Test."}, &table);
    for (int c = 0; !s && c < LAND_COLUMNS; c++) {
        kj_column_def def = land_def(&land_columns[c]);
        s = reg->column(host->impl, &def, &col);
    }
    if (!s)
        s = reg->param(host->impl, &(kj_param_def){sizeof(kj_param_def), "pace", "1", 0.5, 0.0, 1.0, KJ_ASSUMED, "test", "Test."}, &param);
    return s;
}

static kj_status land_bind(void *self, const kj_host *host)
{
    (void)self, (void)host;
    return KJ_OK;
}

static const kj_plugin_def land_plugin = {
    .struct_size = sizeof(kj_plugin_def), .abi_major = KJ_ABI_MAJOR, .abi_minor = KJ_ABI_MINOR, .stamp = KJ_BUILD_STAMP, .id = "land",
    .version = "1", .licence = "Apache-2.0", .doc = "Test.", .create = land_create, .provide = land_provide, .bind = land_bind, .destroy = free};
static const kj_plugin_def *const land_plugins[] = {&land_plugin, NULL};

static void land_put(kj_store *store, const char *table, const char *name, uint32_t row, double value)
{
    kj_column *column = kj_rows_column(kj_store_table(store, table), name);
    assert_non_null(column);
    switch (column->type) {
    case KJ_U8: ((uint8_t *)column->data)[row] = (uint8_t)value; break;
    case KJ_I64: ((int64_t *)column->data)[row] = (int64_t)value; break;
    case KJ_F32: ((float *)column->data)[row] = (float)value; break;
    case KJ_F64: ((double *)column->data)[row] = value; break;
    case KJ_KEY: ((uint64_t *)column->data)[row] = (uint64_t)value; break;
    default: ((int32_t *)column->data)[row] = (int32_t)value; break;
    }
}

static void land_text(kj_store *store, const char *table, const char *name, uint32_t row, const char *text)
{
    land_put(store, table, name, row, kj_pool_intern(&store->pool, text));
}

/* West to east: two columns of water, the town (small houses around flats), farmland of class 1 … 8 from north to south,
   forest, the village in the far east with a park. */
static void land_cells(kj_store *store)
{
    static const char row_of_land[13] = "wwshssaaffsp";
    for (int row = 0; row < LAND_NY; row++)
        for (int col = 0; col < LAND_NX; col++) {
            uint32_t cell = (uint32_t)(row * LAND_NX + col);
            int strip = col * 12 / LAND_NX;
            char what = row_of_land[strip];
            int use = what == 'w' ? KJ_LAND_WATER : what == 's' ? KJ_LAND_SMALL_HOUSES : what == 'h' ? KJ_LAND_FLATS :
                      what == 'a' ? KJ_LAND_FARMLAND : what == 'f' ? KJ_LAND_FOREST : KJ_LAND_PARK;
            land_put(store, "cell", "land_use", cell, use);
            land_put(store, "cell", "area", cell, strip < 6 ? 0 : strip < 10 ? 2 : 1);
            land_put(store, "cell", "travel_centre", cell, what == 'w' ? INT32_MAX : 60); /* the centres get theirs with the areas */
            land_put(store, "cell", "farmland_class", cell, use == KJ_LAND_FARMLAND ? row * 8 / LAND_NY + 1 : 0);
            land_put(store, "cell", "zoning", cell, use == KJ_LAND_FLATS ? KJ_ZONE_MIXED : use == KJ_LAND_SMALL_HOUSES ? KJ_ZONE_SMALL_HOUSES : 0);
            land_put(store, "cell", "max_far", cell, use == KJ_LAND_FLATS ? 1.0 : use == KJ_LAND_SMALL_HOUSES ? 0.25 : 0.0);
        }
}

static void land_areas(kj_store *store)
{
    static const struct { const char *code, *name; int kind, centre, people, pupils; } areas[3] = {
        {"T1", "Staden", KJ_AREA_TOWN, LAND_NY * 3 / 8 * LAND_NX + LAND_NX * 3 / 12, 1500, 150},
        {"B2", "Byn", KJ_AREA_LOCALITY, LAND_NY / 2 * LAND_NX + LAND_NX * 10 / 12, 300, 400},
        {"L3", "Landet", KJ_AREA_RURAL, LAND_NY / 2 * LAND_NX + LAND_NX * 7 / 12, 50, 5}};
    for (uint32_t a = 0; a < 3; a++) {
        land_text(store, "area", "code", a, areas[a].code);
        land_text(store, "area", "name", a, areas[a].name);
        land_put(store, "area", "kind", a, areas[a].kind);
        land_put(store, "area", "municipality", a, 1);
        land_put(store, "area", "x", a, LAND_WEST + (areas[a].centre % LAND_NX + 0.5) * 100);
        land_put(store, "area", "y", a, LAND_NORTH - (areas[a].centre / LAND_NX + 0.5) * 100);
        land_put(store, "area", "centre_cell", a, areas[a].centre);
        land_put(store, "area", "population", a, areas[a].people);
        if (areas[a].kind != KJ_AREA_RURAL) land_put(store, "cell", "travel_centre", (uint32_t)areas[a].centre, 0);
        land_put(store, "area", "children_6_15", a, areas[a].pupils);
    }
    land_text(store, "municipality", "name", 0, "Provkommunen");
    land_put(store, "municipality", "population", 0, 1850);
    land_text(store, "facility", "name", 0, "Gamla skolan");
    land_put(store, "facility", "kind", 0, KJ_FACILITY_SCHOOL);
    land_put(store, "facility", "cell", 0, 3 * LAND_NX + 3);
    land_put(store, "facility", "grade_lo", 0, 2);
    land_put(store, "facility", "grade_hi", 0, 11);
    land_put(store, "facility", "places", 0, 200);
    land_put(store, "facility", "municipality", 0, 1);
}

static void land_map(kj_map *map, kj_memory *memory)
{
    kj_error err;
    static const uint32_t n_rows[] = {LAND_CELLS, 3, 1, 0, 1};
    kj_map_init(map, memory);
    strcpy(map->name, "script-test");
    map->grid = (kj_grid){.nx = LAND_NX, .ny = LAND_NY, .cell_m = 100, .west = LAND_WEST, .north = LAND_NORTH, .epsg = 3006};
    map->start = LAND_START;
    for (size_t t = 0; t < sizeof land_tables / sizeof *land_tables; t++) {
        assert_int_equal(kj_store_add_table(&err, &map->store, land_tables[t], "", NULL), KJ_OK);
        assert_int_equal(kj_rows_add(&err, &map->store, kj_store_table(&map->store, land_tables[t]), n_rows[t], NULL), KJ_OK);
    }
    for (int c = 0; c < LAND_COLUMNS; c++) {
        kj_column_def def = land_def(&land_columns[c]);
        if (def.flags & KJ_INPUT) assert_int_equal(kj_store_add_column(&err, &map->store, &def, NULL, NULL), KJ_OK);
    }
    land_cells(&map->store);
    land_areas(&map->store);
}

/* A simulation with the land's plugin loaded, not started: policies may be attached. */
static inline kj_sim *land_sim(void)
{
    kj_error err;
    kj_sim *sim = NULL;
    kj_sim_config config = {.seed = 1, .n_threads = 1, .audit = true, .start = LAND_START, .end = KJ_MONTH(2030, 12), .country = "se", .builtins = land_plugins};
    if (kj_sim_new(&err, &config, &sim) || kj_sim_load_plugins(&err, sim, NULL, 0)) fail_msg("%s", err.text);
    return sim;
}

static void land_start(kj_sim *sim)
{
    kj_error err;
    kj_memory memory = {0};
    kj_map map;
    land_map(&map, &memory);
    if (kj_sim_start(&err, sim, &map)) fail_msg("%s", err.text);
    kj_map_free(&map);
}

static inline double land_value(kj_sim *sim, const char *table, const char *name, uint32_t row)
{
    kj_column *column = kj_rows_column(kj_store_table(kj_sim_store(sim), table), name);
    assert_non_null(column);
    return kj_column_value(column, row);
}

static inline const char *land_name(kj_sim *sim, const char *table, uint32_t row)
{
    return kj_pool_text(&kj_sim_store(sim)->pool, (int32_t)land_value(sim, table, "name", row));
}

#endif
