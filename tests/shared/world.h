/* A small world with couples, single persons and families for tests of the model, with every column that a map brings;
   and a plugin "town" that stands in for housing, development and schools: it declares what demography needs of them
   and gives freed homes to those who lodge or wait outside. Header only; include it in one file of a test program. */
#ifndef TESTS_SHARED_WORLD_H
#define TESTS_SHARED_WORLD_H

#include <kedja/model.h>
#include <kedja/plugin.h>
#include <kedja/rng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../core/engine/sim.h"

extern const kj_plugin_def kedja_plugin_demography;

enum { WORLD_NX = 40, WORLD_NY = 40, WORLD_CELL_M = 100, WORLD_AREAS = 4 };
static const kj_month WORLD_START = KJ_MONTH(2020, 12);

typedef struct world_size {
    uint32_t n_singles, n_couples, n_families; /* families: a couple with two children */
    uint32_t n_vacant;                         /* empty dwellings */
    int32_t care_places, jobs;                 /* jobs at each of the four workplaces */
} world_size;

typedef struct world {
    kj_memory memory;
    kj_map map;
} world;

static void *world_column(kj_map *map, const char *table, const char *name, kj_type type, const char *ref)
{
    kj_error err = {0};
    uint32_t t, c;
    kj_column_def def = {.struct_size = sizeof def, .table = table, .name = name, .type = type, .unit = "1", .doc = name, .ref = ref};
    if (kj_store_add_column(&err, &map->store, &def, &t, &c)) abort();
    return map->store.tables[t].columns[c].data;
}

static void world_rows(kj_map *map, const char *table, uint32_t n)
{
    kj_error err = {0};
    uint32_t t, first;
    if (kj_store_add_table(&err, &map->store, table, table, &t)) abort();
    if (n && kj_rows_add(&err, &map->store, &map->store.tables[t], n, &first)) abort();
}

/* Four square areas of one municipality; built-up cells in the middle of each, a workplace in each, one care home, one
   preschool and one school. */
static void world_places(kj_map *map, const world_size *size)
{
    world_rows(map, "municipality", 1);
    int32_t *code = world_column(map, "municipality", "code", KJ_TEXT, NULL), *name = world_column(map, "municipality", "name", KJ_TEXT, NULL);
    int32_t *county = world_column(map, "municipality", "county", KJ_TEXT, NULL);
    code[0] = kj_pool_intern(&map->store.pool, "9999");
    name[0] = kj_pool_intern(&map->store.pool, "Testby");
    county[0] = kj_pool_intern(&map->store.pool, "Testland");
    world_rows(map, "area", WORLD_AREAS);
    int32_t *area_code = world_column(map, "area", "code", KJ_TEXT, NULL), *area_name = world_column(map, "area", "name", KJ_TEXT, NULL);
    uint8_t *kind = world_column(map, "area", "kind", KJ_U8, NULL);
    kj_id *municipality = world_column(map, "area", "municipality", KJ_ID, "municipality");
    double *x = world_column(map, "area", "x", KJ_F64, NULL), *y = world_column(map, "area", "y", KJ_F64, NULL);
    int32_t *income = world_column(map, "area", "median_income", KJ_I32, NULL), *centre = world_column(map, "area", "centre_cell", KJ_I32, NULL);
    for (int a = 0; a < WORLD_AREAS; a++) {
        char text[16];
        snprintf(text, sizeof text, "A%d", a + 1);
        area_code[a] = area_name[a] = kj_pool_intern(&map->store.pool, text);
        kind[a] = KJ_AREA_TOWN;
        municipality[a] = 1;
        int col = 10 + 20 * (a % 2), row = 10 + 20 * (a / 2);
        x[a] = map->grid.west + col * WORLD_CELL_M;
        y[a] = map->grid.north - row * WORLD_CELL_M;
        income[a] = 260000 + 10000 * a;
        centre[a] = row * WORLD_NX + col;
    }
    world_rows(map, "cell", WORLD_NX * WORLD_NY);
    uint8_t *land = world_column(map, "cell", "land_use", KJ_U8, NULL);
    int32_t *area = world_column(map, "cell", "area", KJ_I32, NULL), *travel = world_column(map, "cell", "travel_centre", KJ_I32, NULL);
    world_column(map, "cell", "protection", KJ_U8, NULL);
    uint8_t *farm = world_column(map, "cell", "farmland_class", KJ_U8, NULL), *zoning = world_column(map, "cell", "zoning", KJ_U8, NULL);
    float *far = world_column(map, "cell", "max_far", KJ_F32, NULL);
    int16_t *walk = world_column(map, "cell", "walk_cost", KJ_I16, NULL);
    for (int c = 0; c < WORLD_NX * WORLD_NY; c++) {
        int col = c % WORLD_NX, row = c / WORLD_NX, built = abs(col % 20 - 10) < 6 && abs(row % 20 - 10) < 6;
        area[c] = row / 20 * 2 + col / 20;
        land[c] = built ? KJ_LAND_SMALL_HOUSES : KJ_LAND_FARMLAND;
        farm[c] = built ? 0 : 4;
        zoning[c] = built ? KJ_ZONE_MIXED : KJ_ZONE_NONE;
        far[c] = built ? 0.5f : 0.0f;
        travel[c] = 20 * (abs(col - 20) + abs(row - 20));
        walk[c] = 72;
    }
    world_rows(map, "workplace", WORLD_AREAS);
    int32_t *at = world_column(map, "workplace", "cell", KJ_I32, NULL), *jobs = world_column(map, "workplace", "jobs", KJ_I32, NULL);
    kj_id *in = world_column(map, "workplace", "municipality", KJ_ID, "municipality");
    world_column(map, "workplace", "name", KJ_TEXT, NULL);
    world_column(map, "workplace", "sector", KJ_U8, NULL);
    for (int w = 0; w < WORLD_AREAS; w++) {
        at[w] = w == 3 ? -1 : centre[w]; /* the last is a place people commute to */
        in[w] = w == 3 ? 0 : 1;
        jobs[w] = size->jobs;
    }
    world_rows(map, "facility", 3);
    uint8_t *fkind = world_column(map, "facility", "kind", KJ_U8, NULL), *lo = world_column(map, "facility", "grade_lo", KJ_U8, NULL);
    uint8_t *hi = world_column(map, "facility", "grade_hi", KJ_U8, NULL);
    world_column(map, "facility", "name", KJ_TEXT, NULL);
    world_column(map, "facility", "independent", KJ_U8, NULL);
    int32_t *fcell = world_column(map, "facility", "cell", KJ_I32, NULL), *places = world_column(map, "facility", "places", KJ_I32, NULL);
    world_column(map, "facility", "opened", KJ_I32, NULL);
    world_column(map, "facility", "closed", KJ_I32, NULL);
    kj_id *fmunicipality = world_column(map, "facility", "municipality", KJ_ID, "municipality");
    uint64_t *fluck = world_column(map, "facility", "luck", KJ_KEY, NULL);
    static const uint8_t kinds[3] = {KJ_FACILITY_CARE_HOME, KJ_FACILITY_PRESCHOOL, KJ_FACILITY_SCHOOL};
    for (int f = 0; f < 3; f++) {
        fkind[f] = kinds[f];
        lo[f] = f == 1 ? 1 : f == 2 ? 2 : 0;
        hi[f] = f == 1 ? 1 : f == 2 ? 11 : 0;
        fcell[f] = centre[f];
        places[f] = f == 0 ? size->care_places : 2000;
        fmunicipality[f] = 1;
        fluck[f] = kj_luck(KJ_LUCK_FACILITY, (uint64_t)f + 1, 0);
    }
    world_rows(map, "project", 0);
}

/* Household h lives in dwelling h + 1. Adults get ages in a fixed pattern from 20 to 89, children from 0 to 17. */
static void world_people(kj_map *map, const world_size *size)
{
    uint32_t n = size->n_singles + size->n_couples + size->n_families;
    uint32_t n_persons = size->n_singles + 2 * size->n_couples + 4 * size->n_families;
    world_rows(map, "household", n);
    kj_id *head = world_column(map, "household", "head", KJ_ID, "person"), *home = world_column(map, "household", "dwelling", KJ_ID, "dwelling");
    world_column(map, "household", "host", KJ_ID, "household");
    uint8_t *hsize = world_column(map, "household", "size", KJ_U8, NULL);
    world_column(map, "household", "n_children", KJ_U8, NULL);
    world_column(map, "household", "kind", KJ_U8, NULL);
    world_column(map, "household", "living", KJ_U8, NULL);
    world_column(map, "household", "origin", KJ_U8, NULL);
    world_column(map, "household", "income", KJ_I32, NULL);
    int32_t *moved = world_column(map, "household", "moved", KJ_I32, NULL), *formed = world_column(map, "household", "formed", KJ_I32, NULL);
    uint64_t *hluck = world_column(map, "household", "luck", KJ_KEY, NULL);
    world_rows(map, "person", n_persons);
    int32_t *birth = world_column(map, "person", "birth_month", KJ_I32, NULL), *income = world_column(map, "person", "income", KJ_I32, NULL);
    uint8_t *moy = world_column(map, "person", "birth_moy", KJ_U8, NULL), *sex = world_column(map, "person", "sex", KJ_U8, NULL);
    kj_id *of = world_column(map, "person", "household", KJ_ID, "household"), *partner = world_column(map, "person", "partner", KJ_ID, "person");
    kj_id *mother = world_column(map, "person", "mother", KJ_ID, "person"), *father = world_column(map, "person", "father", KJ_ID, "person");
    kj_id *next = world_column(map, "person", "next_member", KJ_ID, "person"), *work = world_column(map, "person", "workplace", KJ_ID, "workplace");
    uint8_t *education = world_column(map, "person", "education", KJ_U8, NULL), *activity = world_column(map, "person", "activity", KJ_U8, NULL);
    uint8_t *children = world_column(map, "person", "children", KJ_U8, NULL), *resident = world_column(map, "person", "resident", KJ_U8, NULL);
    world_column(map, "person", "care", KJ_ID, "facility");
    world_column(map, "person", "queue_since", KJ_I32, NULL);
    uint64_t *luck = world_column(map, "person", "luck", KJ_KEY, NULL);
    for (uint32_t h = 0, p = 0; h < n; h++) {
        int family = h >= size->n_singles + size->n_couples, alone = h < size->n_singles;
        uint32_t first = p, members = alone ? 1 : family ? 4 : 2;
        int32_t age = family ? 28 + (int32_t)(h * 7 % 22) : 20 + (int32_t)(h * 11 % 70);
        head[h] = p + 1;
        home[h] = h + 1;
        hsize[h] = (uint8_t)members;
        moved[h] = formed[h] = WORLD_START - 24 - (int32_t)(h % 100);
        hluck[h] = kj_luck(KJ_LUCK_START_PERSON, p + 1, 0);
        for (uint32_t k = 0; k < members; k++, p++) {
            int32_t years = k < 2 ? age : (int32_t)((h * 5 + k * 3) % 18);
            birth[p] = WORLD_START - 12 * years - (int32_t)((p * 5 + h) % 12);
            moy[p] = (uint8_t)((birth[p] % 12 + 12) % 12);
            sex[p] = (uint8_t)(alone ? h % 2 : k < 2 ? k : (h + k) % 2);
            of[p] = h + 1;
            next[p] = k + 1 < members ? p + 2 : 0;
            resident[p] = 1;
            luck[p] = kj_luck(KJ_LUCK_START_PERSON, p + 1, 0);
            if (!alone && k < 2) partner[p] = k == 0 ? p + 2 : p;
            if (k >= 2) mother[p] = first + 1, father[p] = first + 2;
            if (family && k == 0) children[p] = 2;
            education[p] = (uint8_t)(years < 16 ? KJ_EDU_NONE : years < 19 ? KJ_EDU_COMPULSORY : p % 3 ? KJ_EDU_UPPER : KJ_EDU_TERTIARY);
            activity[p] = (uint8_t)(years < 6 ? KJ_ACT_CHILD : years < 19 ? KJ_ACT_PUPIL : years > 66 ? KJ_ACT_RETIRED : p % 5 ? KJ_ACT_EMPLOYED : KJ_ACT_NOT_EMPLOYED);
            income[p] = activity[p] == KJ_ACT_EMPLOYED ? 320000 + (int32_t)(p % 90) * 2000 : years < 19 ? 0 : 150000;
            work[p] = activity[p] == KJ_ACT_EMPLOYED ? p % WORLD_AREAS + 1 : 0;
        }
    }
}

static void world_homes(kj_map *map, const world_size *size)
{
    uint32_t held = size->n_singles + size->n_couples + size->n_families, n = held + size->n_vacant;
    world_rows(map, "dwelling", n);
    int32_t *cell = world_column(map, "dwelling", "cell", KJ_I32, NULL);
    world_column(map, "dwelling", "rent", KJ_I32, NULL);
    uint8_t *tenure = world_column(map, "dwelling", "tenure", KJ_U8, NULL), *kind = world_column(map, "dwelling", "kind", KJ_U8, NULL);
    uint8_t *rooms = world_column(map, "dwelling", "rooms", KJ_U8, NULL), *state = world_column(map, "dwelling", "state", KJ_U8, NULL);
    int16_t *m2 = world_column(map, "dwelling", "area_m2", KJ_I16, NULL), *built = world_column(map, "dwelling", "built_year", KJ_I16, NULL);
    kj_id *household = world_column(map, "dwelling", "household", KJ_ID, "household");
    world_column(map, "dwelling", "project", KJ_ID, "project");
    uint64_t *luck = world_column(map, "dwelling", "luck", KJ_KEY, NULL);
    for (uint32_t d = 0; d < n; d++) {
        uint32_t area = d % WORLD_AREAS, spot = d / WORLD_AREAS % 121;
        cell[d] = (int32_t)((10 + 20 * (area / 2) + spot / 11 - 5) * WORLD_NX + 10 + 20 * (area % 2) + spot % 11 - 5);
        tenure[d] = (uint8_t)(d % 3);
        kind[d] = tenure[d] == KJ_TENURE_OWNER ? KJ_DETACHED : KJ_FLAT;
        rooms[d] = (uint8_t)(2 + d % 4);
        m2[d] = (int16_t)(20 + 25 * rooms[d]);
        built[d] = (int16_t)(1950 + d % 60);
        household[d] = d < held ? d + 1 : 0;
        state[d] = d < held ? KJ_DWELLING_OCCUPIED : KJ_DWELLING_VACANT;
        luck[d] = kj_luck(KJ_LUCK_START_DWELLING, d + 1, 0);
    }
}

static void world_make(world *w, const world_size *size)
{
    memset(w, 0, sizeof *w);
    kj_map_init(&w->map, &w->memory);
    strcpy(w->map.name, "testby");
    strcpy(w->map.country, "se");
    w->map.start = WORLD_START;
    w->map.grid = (kj_grid){WORLD_NX, WORLD_NY, WORLD_CELL_M, 400000.0, 6400000.0, 3006};
    world_places(&w->map, size);
    world_people(&w->map, size);
    world_homes(&w->map, size);
}

static void world_free(world *w) { kj_map_free(&w->map); }

/* ---- the plugin "town" -------------------------------------------------------------------------------------------- */

typedef struct world_town {
    const kj_run_v1 *run;
    kj_table person, household, dwelling;
    kj_queue freed, arrived;
    kj_param open; /* 1: empty homes are given away */
    kj_col d_household, d_cell, tenure, kind, moved, rooms, area_m2, cell_area, municipality, contract, f_kind, f_cell, places, opened, closed, f_municipality, searching, search_cause, patience;
    kj_col living, home, host, size, head, next, resident;
} world_town;

static kj_status town_create(const kj_host *host, void **instance)
{
    world_town *t = calloc(1, sizeof *t);
    if (!t) return KJ_E_MEMORY;
    t->run = host->interface(host, "kedja.run/1");
    *instance = t;
    return KJ_OK;
}

static kj_status town_provide(void *instance, const kj_host *host)
{
    world_town *t = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    const struct { const char *table, *name; kj_type type; const char *ref; kj_col *out; } cols[] = {
        {"dwelling", "household", KJ_ID, "household", &t->d_household}, {"dwelling", "cell", KJ_I32, NULL, &t->d_cell},
        {"dwelling", "tenure", KJ_U8, NULL, &t->tenure}, {"dwelling", "kind", KJ_U8, NULL, &t->kind},
        {"household", "moved", KJ_I16, NULL, &t->moved},
        {"dwelling", "rooms", KJ_U8, NULL, &t->rooms}, {"dwelling", "area_m2", KJ_I16, NULL, &t->area_m2},
        {"cell", "area", KJ_I32, NULL, &t->cell_area}, {"area", "municipality", KJ_ID, "municipality", &t->municipality},
        {"household", "searching", KJ_I16, NULL, &t->searching}, {"household", "search_cause", KJ_U8, NULL, &t->search_cause},
        {"household", "patience", KJ_I16, NULL, &t->patience}, {"household", "contract", KJ_ID, NULL, &t->contract}, {"facility", "kind", KJ_U8, NULL, &t->f_kind},
        {"facility", "cell", KJ_I32, NULL, &t->f_cell}, {"facility", "places", KJ_I32, NULL, &t->places},
        {"facility", "opened", KJ_I32, NULL, &t->opened}, {"facility", "closed", KJ_I32, NULL, &t->closed},
        {"facility", "municipality", KJ_ID, "municipality", &t->f_municipality}};
    const struct { const char *name; kj_table *out; } tables[] = {{"person", &t->person}, {"household", &t->household}, {"dwelling", &t->dwelling}};
    kj_table facility;
    kj_status status = reg->table(host->impl, &(kj_table_def){sizeof(kj_table_def), "facility", "Facilities."}, &facility);
    for (size_t i = 0; !status && i < sizeof tables / sizeof *tables; i++)
        status = reg->table(host->impl, &(kj_table_def){sizeof(kj_table_def), tables[i].name, tables[i].name}, tables[i].out);
    for (size_t i = 0; !status && i < sizeof cols / sizeof *cols; i++) {
        kj_column_def def = {.struct_size = sizeof def, .table = cols[i].table, .name = cols[i].name, .type = cols[i].type, .unit = "1",
                             .doc = cols[i].name, .ref = cols[i].ref};
        status = reg->column(host->impl, &def, cols[i].out);
    }
    kj_queue_def freed = {sizeof freed, "housing.freed", sizeof(kj_freed), "Homes that lost their holder."};
    kj_queue_def arrived = {sizeof arrived, "demography.arrived", sizeof(kj_arrived), "Households that moved in."};
    if (!status) status = reg->queue(host->impl, &freed, &t->freed);
    if (!status) status = reg->queue(host->impl, &arrived, &t->arrived);
    kj_param_def open = {sizeof open, "open", "1", 1.0, 0.0, 1.0, KJ_ASSUMED, "a test", "Whether empty homes are given away."};
    return status ? status : reg->param(host->impl, &open, &t->open);
}

/* Every empty home goes to the first household, by id, that lodges or waits outside. */
static kj_status town_settle(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    world_town *t = instance;
    const kj_run_v1 *run = t->run;
    uint32_t n_freed;
    const kj_freed *freed = run->items(ctx, t->freed, &n_freed);
    kj_id *holder = run->write(ctx, t->d_household), *home = run->write(ctx, t->home), *host = run->write(ctx, t->host);
    uint8_t *living = run->write(ctx, t->living), *resident = run->write(ctx, t->resident);
    const uint8_t *size = run->read(ctx, t->size), *alive = run->alive(ctx, t->household);
    const kj_id *head = run->read(ctx, t->head), *next = run->read(ctx, t->next), *dwelling_id = run->ids(ctx, t->dwelling);
    const kj_id *household_id = run->ids(ctx, t->household);
    const uint32_t *person_row = run->row_of(ctx, t->person), *dwelling_row = run->row_of(ctx, t->dwelling);
    for (uint32_t i = 0; i < n_freed; i++)
        if (holder[dwelling_row[freed[i].dwelling]]) return (run->fail)(ctx, KJ_E_INVARIANT, "freed dwelling %u has a holder", freed[i].dwelling);
    if (run->param(ctx, t->open) < 0.5) return KJ_OK;
    uint32_t h = 0, n = run->n_rows(ctx, t->household);
    for (uint32_t d = 0; d < run->n_rows(ctx, t->dwelling); d++) {
        if (holder[d]) continue;
        while (h < n && (!alive[h] || living[h] == KJ_LIVES_HOLDING)) h++;
        if (h == n) break;
        if (living[h] == KJ_LIVES_OUTSIDE) {
            kj_arrived record = {household_id[h], size[h]};
            for (kj_id id = head[h]; id; id = next[person_row[id]]) resident[person_row[id]] = 1;
            run->emit(ctx, t->arrived, &record);
        }
        living[h] = KJ_LIVES_HOLDING;
        home[h] = dwelling_id[d];
        host[h] = 0;
        holder[d] = household_id[h];
    }
    return KJ_OK;
}

static kj_status town_bind(void *instance, const kj_host *host)
{
    world_town *t = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    const struct { const char *table, *name; kj_type type; kj_col *out; } cols[] = {
        {"household", "living", KJ_U8, &t->living}, {"household", "dwelling", KJ_ID, &t->home}, {"household", "host", KJ_ID, &t->host},
        {"household", "size", KJ_U8, &t->size}, {"household", "head", KJ_ID, &t->head}, {"person", "next_member", KJ_ID, &t->next},
        {"person", "resident", KJ_U8, &t->resident}};
    kj_status status = KJ_OK;
    for (size_t i = 0; !status && i < sizeof cols / sizeof *cols; i++)
        status = reg->require_column(host->impl, cols[i].table, cols[i].name, cols[i].type, cols[i].out);
    const kj_use use[] = {kj_writes(t->d_household), kj_writes(t->living), kj_writes(t->home), kj_writes(t->host), kj_reads(t->size),
                          kj_reads(t->head), kj_reads(t->next), kj_writes(t->resident), kj_drains(t->freed), kj_emits(t->arrived)};
    kj_system_def settle = {.struct_size = sizeof settle, .name = "town.settle", .doc = "Gives empty homes to those without one.",
                            .phase = KJ_PHASE_SETTLE, .shape = KJ_SERIAL, .uses = use, .n_uses = sizeof use / sizeof *use, .run = town_settle};
    return status ? status : reg->system(host->impl, &settle);
}

static const kj_plugin_def world_town_plugin = {
    .struct_size = sizeof(kj_plugin_def), .abi_major = KJ_ABI_MAJOR, .abi_minor = KJ_ABI_MINOR, .stamp = KJ_BUILD_STAMP, .id = "town",
    .version = "1", .licence = "Apache-2.0", .doc = "Stands in for housing in tests.", .create = town_create, .provide = town_provide,
    .bind = town_bind, .destroy = free};

static const kj_plugin_def *const world_plugins[] = {&kedja_plugin_demography, &world_town_plugin, NULL};

/* A simulation of the world with demography and the town; aborts with the message if it cannot start. `params`: pairs of
   name and value, NULL-terminated by an empty name. */
typedef struct world_param {
    const char *name;
    double value;
} world_param;

static kj_sim *world_sim(const world *w, uint64_t seed, bool audit, int32_t threads, const world_param *params)
{
    kj_error err = {0};
    kj_sim *sim = NULL;
    kj_sim_config config = {.seed = seed, .n_threads = threads, .audit = audit, .start = w->map.start, .end = w->map.start + 600, .country = "se",
                            .builtins = world_plugins};
    kj_status status = kj_sim_new(&err, &config, &sim);
    if (!status) status = kj_sim_load_plugins(&err, sim, NULL, 0);
    for (; !status && params && params->name; params++) status = kj_sim_set_param(&err, sim, params->name, params->value);
    if (!status) status = kj_sim_start(&err, sim, &w->map);
    if (status) {
        fprintf(stderr, "world_sim: %s\n", err.text);
        abort();
    }
    return sim;
}

#endif
