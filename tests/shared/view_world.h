/* A made-up world for the viewer's tests and benchmark: no file, no simulation, any size. Two years-long series, a town with
   dots, schools, places and one chain of four homes; the same bits on every machine. */
#ifndef KEDJA_TESTS_VIEW_WORLD_H
#define KEDJA_TESTS_VIEW_WORLD_H

#include <kedja/model.h>
#include <stdlib.h>
#include <string.h>

#include "../../viz/app.h"

enum { VW_YEARS = 6, VW_AREAS = 5, VW_SCHOOLS = 6, VW_MOVES = 800 };

/* What plugins would show of it. */
#define VW_SHOWN \
    "[{\"kind\":\"chart\",\"title\":[\"Inhabitants\"],\"unit\":[\"\"],\"table\":\"municipality\",\"column\":\"population\",\"scale\":1,\"low\":0,\"high\":0,\"decimals\":0,\"flags\":0}," \
    "{\"kind\":\"chart\",\"title\":[\"Dwellings\"],\"unit\":[\"\"],\"table\":\"municipality\",\"column\":\"dwellings\",\"scale\":1,\"low\":0,\"high\":0,\"decimals\":0,\"flags\":0}," \
    "{\"kind\":\"chart\",\"title\":[\"Pupils without a place\"],\"unit\":[\"\"],\"table\":\"municipality\",\"column\":\"pupils_without_place\",\"scale\":1,\"low\":0,\"high\":0,\"decimals\":0,\"flags\":32}," \
    "{\"kind\":\"chart\",\"title\":[\"Moves this year\"],\"unit\":[\"\"],\"table\":\"municipality\",\"column\":\"household_moves\",\"scale\":1,\"low\":0,\"high\":0,\"decimals\":0,\"flags\":64}," \
    "{\"kind\":\"chart\",\"title\":[\"Farmland built on\"],\"unit\":[\"ha\"],\"table\":\"municipality\",\"column\":\"farmland_built_m2\",\"scale\":0.0001,\"low\":0,\"high\":0,\"decimals\":0,\"flags\":34}," \
    "{\"kind\":\"layer\",\"title\":[\"Density\"],\"unit\":[\"inhabitants per hectare\"],\"table\":\"cell\",\"column\":\"population\",\"scale\":1,\"low\":0,\"high\":80,\"decimals\":0,\"flags\":12}," \
    "{\"kind\":\"area\",\"title\":[\"Price of a new flat\"],\"unit\":[\"SEK per m² of floor\"],\"table\":\"area\",\"column\":\"new_price_flat\",\"scale\":1,\"low\":0,\"high\":0,\"decimals\":0,\"flags\":8}," \
    "{\"kind\":\"text\",\"title\":[\"Inhabitants of the area\"],\"unit\":[\"\"],\"table\":\"area\",\"column\":\"population\",\"scale\":1,\"low\":0,\"high\":0,\"decimals\":0,\"flags\":0}]"

typedef struct view_world {
    kj_source_facts facts;
    int32_t n, built_from; /* side in cells; how much of the fields is built on by the end */
} view_world;

static inline uint32_t vw_mix(uint32_t x)
{
    x ^= x >> 16;
    x *= 0x7FEB352Du;
    x ^= x >> 15;
    x *= 0x846CA68Bu;
    return x ^ (x >> 16);
}

static inline int32_t vw_land(const view_world *w, int32_t cell, int32_t year)
{
    int32_t col = cell % w->n, row = cell / w->n, dx = col - w->n / 2, dy = row - w->n / 2, r = w->n / 6;
    int64_t d2 = (int64_t)dx * dx + (int64_t)dy * dy;
    if (col < w->n / 5) return KJ_LAND_WATER;
    if (d2 < (int64_t)r * r / 4) return KJ_LAND_FLATS;
    if (d2 < (int64_t)r * r) return vw_mix((uint32_t)(cell / 7)) % 9 == 0 ? KJ_LAND_PARK : KJ_LAND_SMALL_HOUSES;
    int64_t grown = (int64_t)(r + w->built_from * year) * (r + w->built_from * year);
    if (d2 < grown && vw_mix((uint32_t)(cell / 3)) % 3 == 0) return KJ_LAND_SMALL_HOUSES;
    return vw_mix((uint32_t)(col / (w->n / 12 + 1) + 31 * (row / (w->n / 9 + 1)))) % 3 == 0 ? KJ_LAND_FOREST : KJ_LAND_FARMLAND;
}

static const kj_source_facts *vw_facts(void *self) { return &((view_world *)self)->facts; }
static int32_t vw_n_years(void *self) { (void)self; return VW_YEARS; }
static int32_t vw_year_at(void *self, int32_t index) { (void)self; return 2025 + index; }

static uint32_t vw_n_rows(void *self, const char *table)
{
    const view_world *w = self;
    if (!strcmp(table, "cell")) return (uint32_t)(w->n * w->n);
    if (!strcmp(table, "area")) return VW_AREAS;
    if (!strcmp(table, "municipality")) return 1;
    if (!strcmp(table, "facility")) return VW_SCHOOLS;
    return !strcmp(table, "vacancy") ? VW_MOVES : 0;
}

static bool vw_has(void *self, const char *table, const char *column)
{
    static const char *const known[] = {"cell.land_use", "cell.population", "cell.area", "area.name", "area.x", "area.y", "area.kind", "area.population", "area.new_price_flat",
                                        "municipality.name", "municipality.population", "municipality.dwellings", "municipality.pupils_without_place", "municipality.household_moves",
                                        "municipality.farmland_built_m2", "facility.name", "facility.kind", "facility.cell", "facility.opened", "facility.closed", "facility.pupils",
                                        "facility.places", "facility.grade_lo", "facility.grade_hi", "vacancy.root", "vacancy.parent", "vacancy.cell", "vacancy.opened", "vacancy.closed",
                                        "vacancy.stage", "vacancy.end", "vacancy.cause", "vacancy.filled_by", "vacancy.tenure", "vacancy.kind", "vacancy.rooms", "vacancy.round"};
    char name[96];
    (void)self;
    snprintf(name, sizeof name, "%s.%s", table, column);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i], name)) return true;
    return false;
}

static bool vw_yearly(void *self, const char *table, const char *column)
{
    return vw_has(self, table, column) && strcmp(table, "vacancy") && strcmp(column, "area") && strcmp(column, "x") && strcmp(column, "y") && strcmp(column, "name") && strcmp(column, "kind");
}

/* Homes of the chain of four, then single moves all over the town. */
static double vw_vacancy(const view_world *w, const char *column, int32_t row)
{
    int32_t mid = w->n / 2, r = w->n / 7;
    uint32_t luck = vw_mix((uint32_t)row + 5u);
    const int32_t chain[4][2] = {{mid - r / 2, mid + r / 2}, {mid + r / 3, mid + r / 4}, {mid + r / 2, mid - r / 2}, {mid - r / 4, mid - r}};
    bool of_chain = row < 4, second = !of_chain && row % 2 == 1;
    if (!strcmp(column, "cell")) return of_chain ? chain[row][1] * w->n + chain[row][0] : (mid - r + (int32_t)(luck % (uint32_t)(2 * r + 1))) * w->n + mid - r + (int32_t)((luck >> 12) % (uint32_t)(2 * r + 1));
    if (!strcmp(column, "root")) return of_chain ? 1 : second ? row : row + 1;
    if (!strcmp(column, "parent")) return of_chain ? row : second ? row : 0;
    if (!strcmp(column, "opened")) return KJ_MONTH(2026, 3) + (of_chain ? row * 2 : row % 50);
    if (!strcmp(column, "closed")) return KJ_MONTH(2026, 3) + (of_chain ? row * 2 + 3 : row % 50 + 3);
    if (!strcmp(column, "stage")) return KJ_STAGE_CLOSED;
    if (!strcmp(column, "end")) return of_chain && row < 3 ? KJ_END_CONTINUES : of_chain || second ? KJ_END_LEFT_HOME : KJ_END_CONTINUES;
    if (!strcmp(column, "cause")) return row == 0 ? KJ_CAUSE_NEW : (of_chain || second) ? KJ_CAUSE_MOVE : KJ_CAUSE_DEATH;
    if (!strcmp(column, "filled_by")) return row + 1;
    if (!strcmp(column, "round")) return of_chain ? row + 1 : second ? 2 : 1;
    return !strcmp(column, "rooms") ? 3 : (double)(luck % 3);
}

static double vw_value(const view_world *w, const char *table, const char *column, int32_t year, int32_t row)
{
    static const double at[VW_AREAS][2] = {{0.5, 0.5}, {0.7, 0.3}, {0.35, 0.75}, {0.8, 0.8}, {0.45, 0.2}};
    if (!strcmp(table, "vacancy")) return vw_vacancy(w, column, row);
    if (!strcmp(table, "cell")) {
        if (!strcmp(column, "area")) return row % w->n > w->n - 3 ? -1 : row % VW_AREAS;
        int32_t land = vw_land(w, row, year);
        if (!strcmp(column, "land_use")) return land;
        return land == KJ_LAND_FLATS ? 90 + vw_mix((uint32_t)row) % 40 : land == KJ_LAND_SMALL_HOUSES ? 12 + vw_mix((uint32_t)row) % 9 : 0;
    }
    if (!strcmp(table, "area")) {
        if (!strcmp(column, "x")) return w->facts.grid.west + at[row][0] * w->n * w->facts.grid.cell_m;
        if (!strcmp(column, "y")) return w->facts.grid.north - at[row][1] * w->n * w->facts.grid.cell_m;
        return !strcmp(column, "kind") ? (row ? KJ_AREA_LOCALITY : KJ_AREA_TOWN) : !strcmp(column, "new_price_flat") ? 20000 + 3000 * row + 500 * year : 5000 - 900 * row;
    }
    if (!strcmp(table, "facility")) {
        if (!strcmp(column, "kind")) return KJ_FACILITY_SCHOOL;
        if (!strcmp(column, "cell")) return (int32_t)((0.3 + 0.08 * row) * w->n) * w->n + (int32_t)((0.35 + 0.3 * (row % 2)) * w->n);
        if (!strcmp(column, "opened")) return row == 5 ? KJ_MONTH(2027, 8) : 0;
        if (!strcmp(column, "pupils")) return 280 + 12 * year + 10 * row;
        return !strcmp(column, "places") ? 330 : !strcmp(column, "grade_lo") ? 2 : !strcmp(column, "grade_hi") ? 11 : 0;
    }
    if (!strcmp(column, "population")) return 34000 + 350 * year + w->built_from * 3 * year;
    if (!strcmp(column, "dwellings")) return 16000 + 170 * year;
    if (!strcmp(column, "household_moves")) return 2400 + 20 * year;
    return !strcmp(column, "pupils_without_place") ? 8 * year : 40000.0 * w->built_from;
}

static kj_status vw_read(kj_error *err, void *self, const char *table, const char *column, int32_t year, kj_type type, void *out)
{
    if (!vw_has(self, table, column)) return kj_fail(err, KJ_E_INPUT, "no column %s.%s", table, column);
    for (uint32_t row = 0; row < vw_n_rows(self, table); row++) {
        double v = vw_value(self, table, column, year, (int32_t)row);
        switch (type) {
        case KJ_U8: ((uint8_t *)out)[row] = (uint8_t)v; break;
        case KJ_I16: ((int16_t *)out)[row] = (int16_t)v; break;
        case KJ_I32: ((int32_t *)out)[row] = (int32_t)v; break;
        case KJ_F32: ((float *)out)[row] = (float)v; break;
        case KJ_ID: ((uint32_t *)out)[row] = (uint32_t)v; break;
        default: ((double *)out)[row] = v;
        }
    }
    return KJ_OK;
}

static const char *const *vw_texts(void *self, const char *table, const char *column)
{
    static const char *const areas[] = {"Åkerby", "Björkhaga", "Överby", "Norra Förstaden", "Hamnen"};
    static const char *const schools[] = {"Hamnskolan", "Ängsskolan", "Åkerbyskolan", "Björkhaga skola", "Överby skola", "Nya skolan"};
    static const char *const place[] = {"Åkerby"};
    (void)self;
    if (strcmp(column, "name")) return NULL;
    return !strcmp(table, "area") ? areas : !strcmp(table, "facility") ? schools : !strcmp(table, "municipality") ? place : NULL;
}

static const char *vw_origin(void *self, const char *table, const char *column)
{
    (void)self, (void)table, (void)column;
    return "synthetic";
}

static void vw_close(void *self) { free(self); }

/* n × n cells of `cell_m` metres; built_from: cells by which the town grows each year. */
static inline kj_source view_world_new(int32_t n, double cell_m, int32_t built_from)
{
    view_world *w = calloc(1, sizeof *w);
    w->n = n;
    w->built_from = built_from;
    w->facts = (kj_source_facts){.title = {"Growth", "Tillväxt", "Vækst"},
                                 .scenario = "made_up.lua",
                                 .map_name = "made_up",
                                 .map_title = "Åkerby",
                                 .map_country = "",
                                 .version = "test",
                                 .sources = "",
                                 .options_json = "{\"policies\":[{\"name\":\"plan\",\"title\":{\"en\":\"Plan adopted\",\"sv\":\"Detaljplan "
                                                 "antagen\"}}],\"parameters\":{\"plan.from\":2026},\"shown\":" VW_SHOWN "}",
                                 .plugins = "",
                                 .state_hash = "",
                                 .seed = 7,
                                 .grid = {n, n, cell_m, 500000.0, 6200000.0, 3006}};
    return (kj_source){w, vw_facts, vw_n_years, vw_year_at, vw_n_rows, vw_has, vw_yearly, vw_read, vw_texts, vw_origin, vw_close, NULL, NULL};
}

/* An application without a window that shows one or two such worlds; free with kj_app_close and free. */
static inline kj_app *view_world_app(int32_t width, int32_t height, double scale, int32_t n, int worlds)
{
    kj_error err;
    kj_app *app = calloc(1, sizeof *app);
    kj_app_options options = {.width = width, .height = height, .text_scale = scale, .language = KJ_LANG_EN, .export_stem = "made_up"};
    if (kj_app_open(&err, &options, app)) abort();
    for (int k = 0; k < worlds; k++) {
        kj_world world;
        if (kj_world_open(&err, view_world_new(n, 10000.0 / n, n / (k ? 200 : 60) + 1), k ? 'B' : 'A', &world)) abort();
        kj_app_add_world(app, &world);
    }
    return app;
}

#endif
