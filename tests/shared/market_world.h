/* A small world for tests of the housing market, and a plugin "folk" in place of demography and development: it
   declares the columns that housing needs and, if asked, makes households die, leave home and arrive from outside, and
   builds homes, all by keyed draws. Header only; include it in one file of a test program. */
#ifndef TESTS_SHARED_MARKET_WORLD_H
#define TESTS_SHARED_MARKET_WORLD_H

#include <kedja/model.h>
#include <kedja/plugin.h>
#include <kedja/rng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../core/engine/sim.h"

extern const kj_plugin_def kedja_plugin_housing;

/* ---- the map ----------------------------------------------------------------------------------------------------- */

typedef struct market_world {
    kj_memory memory;
    kj_map map;
} market_world;

typedef struct market_size {
    uint32_t n_dwellings, n_areas, n_municipalities;
    uint32_t vacant_every; /* each n-th dwelling stands empty; 0 none */
    uint32_t lodger_every; /* each n-th household has a lodger; 0 none */
    uint32_t n_outside;    /* households that wait outside */
} market_size;

enum { MARKET_NX = 60, MARKET_NY = 60, MARKET_CELL_M = 100 };
static const kj_month MARKET_START = KJ_MONTH(2020, 12);

static void *market_column(kj_map *map, const char *table, const char *name, kj_type type, const char *ref)
{
    kj_error err = {0};
    uint32_t t, c;
    kj_column_def def = {.struct_size = sizeof def, .table = table, .name = name, .type = type, .unit = "1", .doc = name, .ref = ref};
    if (kj_store_add_column(&err, &map->store, &def, &t, &c)) abort();
    return map->store.tables[t].columns[c].data;
}

static void market_rows(kj_map *map, const char *table, uint32_t n)
{
    kj_error err = {0};
    uint32_t t, first;
    if (kj_store_add_table(&err, &map->store, table, table, &t)) abort();
    if (n && kj_rows_add(&err, &map->store, &map->store.tables[t], n, &first)) abort();
}

/* Areas are equal vertical strips of the grid; municipalities split the areas. */
static void market_places(kj_map *map, const market_size *size)
{
    market_rows(map, "municipality", size->n_municipalities);
    market_rows(map, "area", size->n_areas);
    kj_id *municipality = market_column(map, "area", "municipality", KJ_ID, "municipality");
    double *x = market_column(map, "area", "x", KJ_F64, NULL), *y = market_column(map, "area", "y", KJ_F64, NULL);
    int32_t *income = market_column(map, "area", "median_income", KJ_I32, NULL);
    for (uint32_t a = 0; a < size->n_areas; a++) {
        municipality[a] = a * size->n_municipalities / size->n_areas + 1;
        x[a] = map->grid.west + ((double)a + 0.5) / (double)size->n_areas * MARKET_NX * MARKET_CELL_M;
        y[a] = map->grid.north - 0.5 * MARKET_NY * MARKET_CELL_M;
        income[a] = 250000 + (int32_t)(a % 5) * 20000;
    }
    market_rows(map, "cell", MARKET_NX * MARKET_NY);
    int32_t *area = market_column(map, "cell", "area", KJ_I32, NULL), *travel = market_column(map, "cell", "travel_centre", KJ_I32, NULL);
    for (int32_t c = 0; c < MARKET_NX * MARKET_NY; c++) {
        area[c] = (int32_t)((uint32_t)(c % MARKET_NX) * size->n_areas / MARKET_NX);
        travel[c] = 20 * abs(c % MARKET_NX - MARKET_NX / 2);
    }
    market_rows(map, "workplace", 1);
    int32_t *cell = market_column(map, "workplace", "cell", KJ_I32, NULL);
    cell[0] = MARKET_NX * MARKET_NY / 2;
}

/* Dwelling i: tenures, sizes and kinds in a fixed pattern near Swedish shares (40 % rental, 24 % co-op, 36 % owner). */
static void market_homes(kj_map *map, const market_size *size, const kj_id *holder)
{
    uint32_t n = size->n_dwellings;
    market_rows(map, "project", 0);
    market_rows(map, "dwelling", n);
    int32_t *cell = market_column(map, "dwelling", "cell", KJ_I32, NULL), *rent = market_column(map, "dwelling", "rent", KJ_I32, NULL);
    uint8_t *tenure = market_column(map, "dwelling", "tenure", KJ_U8, NULL), *kind = market_column(map, "dwelling", "kind", KJ_U8, NULL);
    uint8_t *rooms = market_column(map, "dwelling", "rooms", KJ_U8, NULL), *state = market_column(map, "dwelling", "state", KJ_U8, NULL);
    int16_t *m2 = market_column(map, "dwelling", "area_m2", KJ_I16, NULL), *built = market_column(map, "dwelling", "built_year", KJ_I16, NULL);
    kj_id *household = market_column(map, "dwelling", "household", KJ_ID, "household");
    market_column(map, "dwelling", "project", KJ_ID, "project");
    uint64_t *luck = market_column(map, "dwelling", "luck", KJ_KEY, NULL);
    static const uint8_t tenures[25] = {0, 1, 2, 0, 2, 1, 0, 2, 0, 1, 2, 0, 2, 0, 1, 2, 0, 2, 0, 1, 2, 0, 2, 3, 4};
    for (uint32_t d = 0; d < n; d++) {
        cell[d] = (int32_t)((uint64_t)d * MARKET_NX * MARKET_NY / n);
        rent[d] = 0;
        tenure[d] = tenures[d % 25];
        kind[d] = tenure[d] == KJ_TENURE_OWNER ? KJ_DETACHED : KJ_FLAT;
        rooms[d] = (uint8_t)(tenure[d] == KJ_TENURE_OWNER ? 4 + d / 25 % 3 : tenure[d] == KJ_TENURE_STUDENT ? 1 : 1 + d / 25 % 4);
        m2[d] = (int16_t)(15 + 20 * rooms[d]);
        built[d] = (int16_t)(1950 + d % 60);
        household[d] = holder[d];
        state[d] = holder[d] ? KJ_DWELLING_OCCUPIED : KJ_DWELLING_VACANT;
        luck[d] = kj_luck(KJ_LUCK_START_DWELLING, d + 1, 0);
    }
}

static void market_people(kj_map *map, const market_size *size, kj_id *holder)
{
    uint32_t n_hold = 0, n_lodge = 0;
    for (uint32_t d = 0; d < size->n_dwellings; d++)
        if (!size->vacant_every || (d + 1) % size->vacant_every) holder[d] = ++n_hold;
    if (size->lodger_every) n_lodge = n_hold / size->lodger_every;
    uint32_t n = n_hold + n_lodge + size->n_outside, n_persons = 0;
    for (uint32_t h = 0; h < n; h++) n_persons += h < n_hold ? 1 + h % 4 : 1;
    market_rows(map, "household", n);
    kj_id *head = market_column(map, "household", "head", KJ_ID, "person"), *dwelling = market_column(map, "household", "dwelling", KJ_ID, "dwelling");
    kj_id *host = market_column(map, "household", "host", KJ_ID, "household");
    uint8_t *hsize = market_column(map, "household", "size", KJ_U8, NULL), *children = market_column(map, "household", "n_children", KJ_U8, NULL);
    uint8_t *kind = market_column(map, "household", "kind", KJ_U8, NULL), *living = market_column(map, "household", "living", KJ_U8, NULL);
    market_column(map, "household", "sublet", KJ_U8, NULL);
    uint8_t *origin = market_column(map, "household", "origin", KJ_U8, NULL);
    int32_t *income = market_column(map, "household", "income", KJ_I32, NULL), *moved = market_column(map, "household", "moved", KJ_I32, NULL);
    uint64_t *luck = market_column(map, "household", "luck", KJ_KEY, NULL);
    market_rows(map, "person", n_persons);
    int32_t *birth = market_column(map, "person", "birth_month", KJ_I32, NULL), *queue = market_column(map, "person", "queue_since", KJ_I32, NULL);
    kj_id *of = market_column(map, "person", "household", KJ_ID, "household"), *next = market_column(map, "person", "next_member", KJ_ID, "person");
    uint8_t *activity = market_column(map, "person", "activity", KJ_U8, NULL), *resident = market_column(map, "person", "resident", KJ_U8, NULL);
    kj_id *workplace = market_column(map, "person", "workplace", KJ_ID, "workplace");
    uint64_t *pluck = market_column(map, "person", "luck", KJ_KEY, NULL);
    for (uint32_t d = 0; d < size->n_dwellings; d++)
        if (holder[d]) dwelling[holder[d] - 1] = d + 1;
    for (uint32_t h = 0, p = 0; h < n; h++) {
        bool holds = h < n_hold, lodges = !holds && h < n_hold + n_lodge;
        hsize[h] = (uint8_t)(holds ? 1 + h % 4 : 1);
        children[h] = (uint8_t)(hsize[h] > 2 ? hsize[h] - 2 : 0);
        kind[h] = (uint8_t)(hsize[h] == 1 ? KJ_HH_SINGLE : hsize[h] == 2 ? KJ_HH_COUPLE : KJ_HH_COUPLE_CHILDREN);
        living[h] = (uint8_t)(holds ? KJ_LIVES_HOLDING : lodges ? KJ_LIVES_LODGING : KJ_LIVES_OUTSIDE);
        host[h] = lodges ? (h - n_hold) * size->lodger_every + 1 : 0;
        origin[h] = (uint8_t)(holds ? KJ_ORIGIN_START : lodges ? KJ_ORIGIN_LEFT_HOME : KJ_ORIGIN_COUNTY + h % 3);
        int32_t age = holds ? 22 + (int32_t)(h * 7 % 65) : 20 + (int32_t)(h % 10);
        income[h] = (hsize[h] > 1 ? 430000 : 240000) + (int32_t)(h * 37 % 100) * 2000;
        moved[h] = MARKET_START - 24 - (int32_t)(h % 200);
        luck[h] = kj_luck(KJ_LUCK_START_PERSON, p + 1, 0);
        head[h] = p + 1;
        for (uint32_t k = 0; k < hsize[h]; k++, p++) {
            birth[p] = MARKET_START - (k < 2 ? age * 12 + (int32_t)(p % 12) : 12 * (int32_t)(2 + p % 12));
            queue[p] = p % 3 == 0 ? MARKET_START - (int32_t)(p % 150) : 0;
            of[p] = h + 1;
            next[p] = k + 1 < hsize[h] ? p + 2 : 0;
            activity[p] = (uint8_t)(k >= 2 ? KJ_ACT_CHILD : age < 26 && h % 2 ? KJ_ACT_STUDENT : KJ_ACT_EMPLOYED);
            workplace[p] = activity[p] == KJ_ACT_EMPLOYED ? 1 : 0;
            resident[p] = living[h] != KJ_LIVES_OUTSIDE;
            pluck[p] = kj_luck(KJ_LUCK_START_PERSON, p + 1, 0);
        }
    }
}

static void market_world_make(market_world *world, const market_size *size)
{
    memset(world, 0, sizeof *world);
    kj_map_init(&world->map, &world->memory);
    strcpy(world->map.name, "market");
    strcpy(world->map.country, "se");
    world->map.start = MARKET_START;
    world->map.grid = (kj_grid){MARKET_NX, MARKET_NY, MARKET_CELL_M, 400000.0, 6400000.0, 3006};
    kj_id *holder = calloc(size->n_dwellings + 1u, sizeof *holder);
    if (!holder) abort();
    market_places(&world->map, size);
    market_people(&world->map, size, holder);
    market_homes(&world->map, size, holder);
    free(holder);
}

static void market_world_free(market_world *world) { kj_map_free(&world->map); }

/* ---- the plugin "folk" -- ------------------------------------------------------------------------------------------ */

typedef struct market_people_plugin {
    const kj_run_v1 *run;
    kj_table person, household, workplace, project, dwelling, cell, area, municipality;
    kj_queue freed, arrived;
    kj_param busy; /* 1: households die, leave home, arrive; homes are built */
    kj_col head, size, n_children, kind, living, dwelling_of, host, origin, sublet, income, luck, birth_month, of, next_member,
        activity, workplace_of, resident, moved, person_luck, cell_of, area_of, travel, municipality_of, x, y, median;
    kj_col d_household, d_vacancy, d_state, d_cell, d_tenure, d_kind, d_rooms, d_m2, d_built, d_luck;
} market_people_plugin;

static kj_status market_create(const kj_host *host, void **instance)
{
    market_people_plugin *self = calloc(1, sizeof *self);
    if (!self) return KJ_E_MEMORY;
    self->run = host->interface(host, "kedja.run/1");
    *instance = self;
    return KJ_OK;
}

static kj_status market_declare_column(const kj_register_v1 *reg, const kj_host *host, const char *table, const char *name,
                                       kj_type type, const char *ref, kj_col *out)
{
    kj_column_def def = {.struct_size = sizeof def, .table = table, .name = name, .type = type, .flags = 0, .unit = "1", .doc = name, .ref = ref};
    return reg->column(host->impl, &def, out);
}

static kj_status market_provide(void *instance, const kj_host *host)
{
    market_people_plugin *self = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    struct { const char *name; kj_table *out; } tables[] = {{"person", &self->person}, {"household", &self->household},
        {"workplace", &self->workplace}, {"project", &self->project}, {"cell", &self->cell}, {"area", &self->area}, {"municipality", &self->municipality}};
    kj_status status = KJ_OK;
    for (size_t i = 0; !status && i < sizeof tables / sizeof *tables; i++)
        status = reg->table(host->impl, &(kj_table_def){sizeof(kj_table_def), tables[i].name, tables[i].name}, tables[i].out);
    struct { const char *table, *name; kj_type type; const char *ref; kj_col *out; } cols[] = {
        {"household", "head", KJ_ID, "person", &self->head}, {"household", "size", KJ_U8, NULL, &self->size},
        {"household", "n_children", KJ_U8, NULL, &self->n_children}, {"household", "kind", KJ_U8, NULL, &self->kind},
        {"household", "living", KJ_U8, NULL, &self->living}, {"household", "dwelling", KJ_ID, "dwelling", &self->dwelling_of},
        {"household", "host", KJ_ID, "household", &self->host}, {"household", "origin", KJ_U8, NULL, &self->origin}, {"household", "sublet", KJ_U8, NULL, &self->sublet},
        {"household", "income", KJ_I32, NULL, &self->income}, {"household", "luck", KJ_KEY, NULL, &self->luck},
        {"person", "birth_month", KJ_I16, NULL, &self->birth_month}, {"person", "household", KJ_ID, "household", &self->of},
        {"person", "next_member", KJ_ID, "person", &self->next_member}, {"person", "activity", KJ_U8, NULL, &self->activity},
        {"person", "workplace", KJ_ID, "workplace", &self->workplace_of}, {"person", "resident", KJ_U8, NULL, &self->resident},
        {"person", "moved", KJ_I16, NULL, &self->moved}, {"person", "luck", KJ_KEY, NULL, &self->person_luck},
        {"workplace", "cell", KJ_I32, NULL, &self->cell_of}, {"cell", "area", KJ_I32, NULL, &self->area_of},
        {"cell", "travel_centre", KJ_I32, NULL, &self->travel}, {"area", "municipality", KJ_ID, "municipality", &self->municipality_of},
        {"area", "x", KJ_F64, NULL, &self->x}, {"area", "y", KJ_F64, NULL, &self->y}, {"area", "median_income", KJ_I32, NULL, &self->median}};
    for (size_t i = 0; !status && i < sizeof cols / sizeof *cols; i++)
        status = market_declare_column(reg, host, cols[i].table, cols[i].name, cols[i].type, cols[i].ref, cols[i].out);
    kj_param_def busy = {sizeof busy, "busy", "1", 0.0, 0.0, 1.0, KJ_ASSUMED, "a test", "Whether anything happens outside the market."};
    return status ? status : reg->param(host->impl, &busy, &self->busy);
}

/* A single who begins in life: lodging with a host, or waiting outside. */
static kj_status market_newcomer(market_people_plugin *self, kj_ctx *ctx, kj_id host, uint8_t origin, uint64_t luck)
{
    const kj_run_v1 *run = self->run;
    kj_id household = run->create(ctx, self->household), person = run->create(ctx, self->person);
    if (!household || !person) return KJ_E_FAILED;
    uint32_t h = run->row_of(ctx, self->household)[household], p = run->row_of(ctx, self->person)[person];
    ((kj_id *)run->write(ctx, self->head))[h] = person;
    ((uint8_t *)run->write(ctx, self->size))[h] = 1;
    ((uint8_t *)run->write(ctx, self->living))[h] = host ? KJ_LIVES_LODGING : KJ_LIVES_OUTSIDE;
    ((kj_id *)run->write(ctx, self->host))[h] = host;
    ((uint8_t *)run->write(ctx, self->origin))[h] = origin;
    ((int32_t *)run->write(ctx, self->income))[h] = 220000 + (int32_t)(luck % 100) * 1500;
    ((uint64_t *)run->write(ctx, self->luck))[h] = luck;
    ((int16_t *)run->write(ctx, self->birth_month))[p] = (int16_t)(run->month(ctx) - 12 * (20 + (int32_t)((luck >> 8) % 9)));
    ((kj_id *)run->write(ctx, self->of))[p] = household;
    ((uint8_t *)run->write(ctx, self->activity))[p] = luck % 3 ? KJ_ACT_EMPLOYED : KJ_ACT_STUDENT;
    ((kj_id *)run->write(ctx, self->workplace_of))[p] = luck % 3 ? 1 : 0;
    ((uint8_t *)run->write(ctx, self->resident))[p] = host != 0;
    ((uint64_t *)run->write(ctx, self->person_luck))[p] = luck;
    return KJ_OK;
}

/* A household ends: its home goes to its lodger with the lowest id, or is freed. */
static void market_end_household(market_people_plugin *self, kj_ctx *ctx, uint32_t h, int32_t cause)
{
    const kj_run_v1 *run = self->run;
    const kj_id *ids = run->ids(ctx, self->household);
    const uint8_t *alive = run->alive(ctx, self->household);
    kj_id *dwelling = run->write(ctx, self->dwelling_of), *host = run->write(ctx, self->host);
    kj_id *holder = run->write(ctx, self->d_household);
    uint8_t *living = run->write(ctx, self->living);
    uint32_t d = dwelling[h] ? run->row_of(ctx, self->dwelling)[dwelling[h]] : KJ_NO_ROW;
    kj_id heir = 0;
    for (uint32_t i = 0; i < run->n_rows(ctx, self->household); i++) {
        if (!alive[i] || living[i] != KJ_LIVES_LODGING || host[i] != ids[h] || i == h) continue;
        if (!heir) {
            heir = ids[i];
            living[i] = KJ_LIVES_HOLDING;
            host[i] = 0;
            dwelling[i] = dwelling[h];
        } else {
            host[i] = heir;
        }
    }
    if (d != KJ_NO_ROW) {
        holder[d] = heir;
        kj_freed freed = {dwelling[h], cause};
        if (!heir) run->emit(ctx, self->freed, &freed);
    }
    dwelling[h] = 0;
    living[h] = KJ_LIVES_OUTSIDE; /* the row can still be read in this call: nobody may take it for a lodger */
    const kj_id *next = run->read(ctx, self->next_member), *head = run->read(ctx, self->head);
    for (kj_id id = head[h]; id; id = next[run->row_of(ctx, self->person)[id]]) run->destroy(ctx, self->person, id);
    run->destroy(ctx, self->household, ids[h]);
}

static kj_status market_events(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    market_people_plugin *self = instance;
    const kj_run_v1 *run = self->run;
    uint32_t n_arrived;
    run->items(ctx, self->arrived, &n_arrived);
    if (run->param(ctx, self->busy) < 0.5) return KJ_OK;
    uint32_t n = run->n_rows(ctx, self->household);
    const uint8_t *alive = run->alive(ctx, self->household);
    const uint64_t *luck = run->read(ctx, self->luck);
    const uint8_t *living = run->read(ctx, self->living);
    const kj_id *ids = run->ids(ctx, self->household);
    for (uint32_t h = 0; h < n; h++) {
        if (!alive[h]) continue;
        kj_draw4 draw = kj_draw(run->stream(ctx, 1), luck[h], run->month(ctx), 0);
        if (draw.v[0] < kj_threshold(0.004)) {
            static const int32_t causes[] = {KJ_CAUSE_DEATH, KJ_CAUSE_OUT, KJ_CAUSE_CARE, KJ_CAUSE_UNION};
            market_end_household(self, ctx, h, causes[draw.v[3] % 4]);
        } else if (draw.v[1] < kj_threshold(0.003) && living[h] == KJ_LIVES_HOLDING) {
            kj_status status = market_newcomer(self, ctx, ids[h], draw.v[2] % 4 ? KJ_ORIGIN_LEFT_HOME : KJ_ORIGIN_SEPARATED,
                                               kj_luck(KJ_LUCK_BIRTH, luck[h], (uint64_t)run->month(ctx)));
            if (status) return status;
        }
        if (draw.v[2] < kj_threshold(0.002)) {
            kj_status status = market_newcomer(self, ctx, 0, (uint8_t)(KJ_ORIGIN_COUNTY + draw.v[3] % 3),
                                               kj_luck(KJ_LUCK_IN_MIGRANT, luck[h], (uint64_t)run->month(ctx)));
            if (status) return status;
        }
    }
    return KJ_OK;
}

/* A home a month for each thousand that stand. */
static kj_status market_build(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    market_people_plugin *self = instance;
    const kj_run_v1 *run = self->run;
    if (run->param(ctx, self->busy) < 0.5) return KJ_OK;
    uint32_t n = run->n_rows(ctx, self->dwelling) / 1000 + 1;
    for (uint32_t i = 0; i < n; i++) {
        kj_id id = run->create(ctx, self->dwelling);
        if (!id) return KJ_E_FAILED;
        uint32_t d = run->row_of(ctx, self->dwelling)[id];
        uint8_t tenure = (uint8_t)(id % 3);
        ((int32_t *)run->write(ctx, self->d_cell))[d] = (int32_t)(id * 97 % (MARKET_NX * MARKET_NY));
        ((uint8_t *)run->write(ctx, self->d_tenure))[d] = tenure;
        ((uint8_t *)run->write(ctx, self->d_kind))[d] = tenure == KJ_TENURE_OWNER ? KJ_ROW : KJ_FLAT;
        ((uint8_t *)run->write(ctx, self->d_rooms))[d] = (uint8_t)(1 + id % 5);
        ((int16_t *)run->write(ctx, self->d_m2))[d] = (int16_t)(30 + 20 * (id % 5));
        ((int16_t *)run->write(ctx, self->d_built))[d] = (int16_t)KJ_YEAR_OF(run->month(ctx));
        ((uint8_t *)run->write(ctx, self->d_state))[d] = KJ_DWELLING_VACANT;
        ((uint64_t *)run->write(ctx, self->d_luck))[d] = kj_luck(KJ_LUCK_DWELLING, id, 0);
        kj_freed freed = {id, KJ_CAUSE_NEW};
        run->emit(ctx, self->freed, &freed);
    }
    return KJ_OK;
}

static kj_status market_bind(void *instance, const kj_host *host)
{
    market_people_plugin *self = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    struct { const char *name; kj_type type; kj_col *out; } cols[] = {{"household", KJ_ID, &self->d_household},
        {"vacancy", KJ_ID, &self->d_vacancy}, {"state", KJ_U8, &self->d_state}, {"cell", KJ_I32, &self->d_cell},
        {"tenure", KJ_U8, &self->d_tenure}, {"kind", KJ_U8, &self->d_kind}, {"rooms", KJ_U8, &self->d_rooms},
        {"area_m2", KJ_I16, &self->d_m2}, {"built_year", KJ_I16, &self->d_built}, {"luck", KJ_KEY, &self->d_luck}};
    kj_status status = reg->require_table(host->impl, "dwelling", &self->dwelling);
    for (size_t i = 0; !status && i < sizeof cols / sizeof *cols; i++)
        status = reg->require_column(host->impl, "dwelling", cols[i].name, cols[i].type, cols[i].out);
    if (!status) status = reg->require_queue(host->impl, "housing.freed", sizeof(kj_freed), &self->freed);
    if (!status) status = reg->require_queue(host->impl, "demography.arrived", sizeof(kj_arrived), &self->arrived);
    if (status) return status;
    kj_use events[] = {kj_creates(self->household), kj_creates(self->person), kj_writes(self->head), kj_writes(self->size), kj_writes(self->living),
        kj_writes(self->dwelling_of), kj_writes(self->host), kj_writes(self->origin), kj_writes(self->income), kj_writes(self->luck),
        kj_writes(self->birth_month), kj_writes(self->of), kj_reads(self->next_member), kj_writes(self->activity), kj_writes(self->workplace_of),
        kj_writes(self->resident), kj_writes(self->person_luck), kj_writes(self->d_household), kj_emits(self->freed), kj_drains(self->arrived)};
    kj_system_def def = {.struct_size = sizeof def, .name = "folk.events", .doc = "Events.", .phase = KJ_PHASE_PEOPLE, .shape = KJ_SERIAL,
        .uses = events, .n_uses = sizeof events / sizeof *events, .run = market_events};
    status = reg->system(host->impl, &def);
    kj_use build[] = {kj_creates(self->dwelling), kj_writes(self->d_cell), kj_writes(self->d_tenure), kj_writes(self->d_kind), kj_writes(self->d_rooms),
        kj_writes(self->d_m2), kj_writes(self->d_built), kj_writes(self->d_state), kj_writes(self->d_luck), kj_emits(self->freed)};
    kj_system_def build_def = {.struct_size = sizeof build_def, .name = "folk.build", .doc = "Building.", .phase = KJ_PHASE_DEVELOPMENT, .shape = KJ_SERIAL,
        .uses = build, .n_uses = sizeof build / sizeof *build, .run = market_build};
    return status ? status : reg->system(host->impl, &build_def);
}

static void market_destroy(void *instance) { free(instance); }

static const kj_plugin_def market_people_def = {
    .struct_size = sizeof(kj_plugin_def), .abi_major = KJ_ABI_MAJOR, .abi_minor = KJ_ABI_MINOR, .stamp = KJ_BUILD_STAMP,
    .id = "folk", .version = "1", .licence = "Apache-2.0", .doc = "Households without a demography.",
    .create = market_create, .provide = market_provide, .bind = market_bind, .destroy = market_destroy};

static const kj_plugin_def *const market_plugins[] = {&kedja_plugin_housing, &market_people_def, NULL};

/* A simulation of a world before its start, so that parameters can be set that the start reads; aborts with the message if it cannot be had. */
static inline kj_sim *market_load(const kj_plugin_def *const *plugins, const market_world *world, int32_t n_threads, bool audit)
{
    kj_error err = {0};
    kj_sim *sim = NULL;
    kj_sim_config config = {.seed = 7, .n_threads = n_threads, .audit = audit, .start = MARKET_START, .end = MARKET_START + 600,
                            .country = world->map.country, .builtins = plugins};
    if (kj_sim_new(&err, &config, &sim) || kj_sim_load_plugins(&err, sim, NULL, 0)) {
        fprintf(stderr, "%s\n", err.text);
        abort();
    }
    return sim;
}

static inline void market_begin(const market_world *world, kj_sim *sim, bool busy)
{
    kj_error err = {0};
    if (kj_sim_set_param(&err, sim, "folk.busy", busy ? 1.0 : 0.0) || kj_sim_start(&err, sim, &world->map)) {
        fprintf(stderr, "%s\n", err.text);
        abort();
    }
}

/* A started simulation of a world, with the market's plugins or with a test's own. */
static inline kj_sim *market_sim_with(const kj_plugin_def *const *plugins, const market_world *world, int32_t n_threads, bool audit, bool busy)
{
    kj_sim *sim = market_load(plugins, world, n_threads, audit);
    market_begin(world, sim, busy);
    return sim;
}

static inline kj_sim *market_sim(const market_world *world, int32_t n_threads, bool audit, bool busy)
{
    return market_sim_with(market_plugins, world, n_threads, audit, busy);
}

#endif
