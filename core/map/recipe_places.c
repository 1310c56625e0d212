/* Where people live: municipalities, localities or polygons of areas. Keys: recipe.c. */
#include <lauxlib.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../script/luatable.h"
#include "recipe_internal.h"

static void add_municipality(lua_State *L, int m, const char *what, kj_recipe *r)
{
    r->municipalities = kj_recipe_append(L, r->municipalities, r->n_municipalities, sizeof *r->municipalities);
    kj_recipe_municipality *to = &r->municipalities[r->n_municipalities++];
    COPY(to->code, kj_lua_string(L, m, what, "code"));
    COPY(to->name, kj_lua_string(L, m, what, "name"));
    COPY(to->county, kj_lua_string(L, m, what, "county"));
}

/* The codes of the list that the table does not know, with those of its numbers that are nearest to the first; or one that stands there twice. */
static kj_status refuse_only(kj_error *err, lua_State *L, int only, const kj_recipe *r, const char *path, const char *relative)
{
    enum { NEAR = 3 };
    char unknown[200] = "", near[NEAR][120] = {"", "", ""};
    const char *first = NULL;
    long distance[NEAR] = {LONG_MAX, LONG_MAX, LONG_MAX};
    for (int32_t i = 1; i <= kj_lua_length(L, only); i++) {
        const char *code = kj_lua_item_string(L, only, "map.municipalities.only", i);
        bool known = false;
        for (uint32_t m = 0; m < r->n_municipalities; m++) known |= !strcmp(r->municipalities[m].code, code);
        if (known) continue;
        if (!first) first = code;
        if (strlen(unknown) < sizeof unknown - 40)
            snprintf(unknown + strlen(unknown), sizeof unknown - strlen(unknown), "%s%.30s", unknown[0] ? ", " : "", code);
    }
    if (!first) return kj_fail(err, KJ_E_INPUT, "map.municipalities.only names a code twice: expected each once");
    kj_csv *csv = NULL;
    bool more = true;
    kj_status status = kj_csv_open(err, path, ',', &csv);
    while (!status && !(status = kj_csv_next(err, csv, &more)) && more) {
        long d = labs(strtol(kj_csv_field(csv, 0), NULL, 10) - strtol(first, NULL, 10));
        int at = NEAR;
        while (at > 0 && d < distance[at - 1]) at--;
        if (at == NEAR) continue;
        memmove(distance + at + 1, distance + at, (size_t)(NEAR - 1 - at) * sizeof *distance);
        memmove(near + at + 1, near + at, (size_t)(NEAR - 1 - at) * sizeof *near);
        distance[at] = d;
        snprintf(near[at], sizeof near[at], "%.30s %.80s", kj_csv_field(csv, 0), kj_csv_field(csv, 1));
    }
    kj_csv_close(csv);
    if (status) return status;
    return kj_fail(err, KJ_E_INPUT, "map.municipalities.only: %s knows no %s; nearest to %.30s: %s, %s, %s", relative, unknown, first, near[0], near[1],
                   near[2]);
}

/* Municipalities of the country's table: those whose code is in the list at index `only`, or all (0). */
static kj_status take_municipalities(kj_error *err, lua_State *L, int only, kj_recipe *r)
{
    static const char *const names[7] = {"code", "name", "county", "population", "rental", "coop", "owner"};
    char relative[96], path[1200];
    kj_csv *csv = NULL;
    uint32_t column[7] = {0};
    bool more = true;
    snprintf(relative, sizeof relative, "maps/countries/%.7s/municipality.csv", r->country);
    if (kj_data_path(relative, path, sizeof path)) return kj_fail(err, KJ_E_INPUT, "%s is missing", path);
    kj_status status = kj_csv_open(err, path, ',', &csv);
    for (int i = 0; status == KJ_OK && i < 7; i++) status = kj_csv_require(err, csv, names[i], &column[i]);
    while (status == KJ_OK) {
        status = kj_csv_next(err, csv, &more);
        if (status != KJ_OK || !more) break;
        bool wanted = !only;
        for (int32_t i = 1; only && !wanted && i <= kj_lua_length(L, only); i++)
            wanted = !strcmp(kj_lua_item_string(L, only, "map.municipalities.only", i), kj_csv_field(csv, column[0]));
        if (!wanted) continue;
        kj_recipe_municipality *grown = realloc(r->municipalities, (r->n_municipalities + 1) * sizeof *grown), *to;
        if (!grown) {
            status = kj_fail(err, KJ_E_MEMORY, "out of memory");
            break;
        }
        r->municipalities = grown;
        to = &grown[r->n_municipalities++];
        memset(to, 0, sizeof *to);
        COPY(to->code, kj_csv_field(csv, column[0]));
        COPY(to->name, kj_csv_field(csv, column[1]));
        COPY(to->county, kj_csv_field(csv, column[2]));
        int64_t people = 0;
        status = kj_csv_integer(err, csv, column[3], 0, 100000000, &people);
        to->population = (int32_t)people;
        for (int i = 0; status == KJ_OK && i < 3; i++) status = kj_csv_number(err, csv, column[4 + i], 0.0, 1e8, &to->tenure[i]);
    }
    kj_csv_close(csv);
    return status == KJ_OK && only && (int32_t)r->n_municipalities != kj_lua_length(L, only) ? refuse_only(err, L, only, r, path, relative) : status;
}

static void read_region(lua_State *L, int list, kj_recipe *r)
{
    kj_error err = {0};
    kj_lua_known_keys(L, list, "map.municipalities", KEYS("file", "layer", "code", "only"), false);
    COPY(r->region.file, kj_lua_string(L, list, "map.municipalities", "file"));
    COPY(r->region.layer, kj_lua_string_or(L, list, "map.municipalities", "layer", ""));
    COPY(r->region.code, kj_lua_string(L, list, "map.municipalities", "code"));
    int only = kj_lua_table_or_none(L, list, "map.municipalities", "only");
    if (take_municipalities(&err, L, only, r) != KJ_OK) kj_lua_refuse(L, "municipalities", "%s", err.text);
    if (only) lua_pop(L, 1);
}

void kj_recipe_read_municipality(lua_State *L, int t, kj_recipe *r)
{
    int list = kj_lua_table_or_none(L, t, "map", "municipalities");
    if (list && kj_lua_has(L, list, "file")) {
        read_region(L, list, r);
        lua_pop(L, 1);
        return;
    }
    for (int32_t i = 1; list && i <= kj_lua_length(L, list); i++) {
        int item = kj_lua_item_table(L, list, "map.municipalities", i);
        kj_lua_known_keys(L, item, "map.municipalities", KEYS("code", "name", "county"), false);
        add_municipality(L, item, "map.municipalities", r);
        lua_pop(L, 1);
    }
    if (list) {
        if (kj_lua_has(L, t, "municipality"))
            kj_lua_refuse(L, "municipality", "map: expected either municipality or municipalities");
        if (r->n_municipalities == 0) kj_lua_refuse(L, "municipalities", "map.municipalities: the list is empty");
        lua_pop(L, 1);
        return;
    }
    int m = kj_lua_table(L, t, "map", "municipality");
    kj_lua_known_keys(L, m, "map.municipality", KEYS("code", "name", "county", "population", "total_km2", "land_km2"),
                      false);
    add_municipality(L, m, "map.municipality", r);
    r->population = (int32_t)kj_lua_whole_or(L, m, "map.municipality", "population", 1, 100000000, 0);
    r->total_km2 = kj_lua_number_or(L, m, "map.municipality", "total_km2", 0.0, 1e6, 0.0);
    r->land_km2 = kj_lua_number_or(L, m, "map.municipality", "land_km2", 0.0, 1e6, 0.0);
    lua_pop(L, 1);
}

void kj_recipe_read_localities(lua_State *L, int t, kj_recipe *r)
{
    int list = kj_lua_table_or_none(L, t, "map", "localities");
    if (!list) return;
    if (r->region.file[0]) {
        const char *what = "map.localities";
        kj_lua_known_keys(L, list, what, KEYS("points", "layer", "code", "name", "area_ha", "population"), false);
        COPY(r->region.points, kj_lua_string(L, list, what, "points"));
        COPY(r->region.points_layer, kj_lua_string_or(L, list, what, "layer", ""));
        COPY(r->region.point_code, kj_lua_string(L, list, what, "code"));
        COPY(r->region.point_name, kj_lua_string(L, list, what, "name"));
        COPY(r->region.point_area_ha, kj_lua_string(L, list, what, "area_ha"));
        COPY(r->region.point_population, kj_lua_string(L, list, what, "population"));
        lua_pop(L, 1);
        return;
    }
    kj_lua_known_keys(L, list, "map.localities", KEYS("file", "districts"), true);
    COPY(r->localities_file, kj_lua_string_or(L, list, "map.localities", "file", ""));
    for (int32_t i = 1; i <= kj_lua_length(L, list); i++) {
        int item = kj_lua_item_table(L, list, "map.localities", i);
        const char *what = "map.localities";
        kj_lua_known_keys(L, item, what, KEYS("code", "name", "kind", "x", "y", "area_ha", "population", "districts"),
                          false);
        r->localities = kj_recipe_append(L, r->localities, r->n_localities, sizeof *r->localities);
        kj_recipe_locality *to = &r->localities[r->n_localities++];
        COPY(to->code, kj_lua_string(L, item, what, "code"));
        COPY(to->name, kj_lua_string(L, item, what, "name"));
        to->x = kj_lua_number(L, item, what, "x", -1e7, 1e8);
        to->y = kj_lua_number(L, item, what, "y", -1e7, 1e8);
        to->area_ha = kj_lua_number(L, item, what, "area_ha", 0.1, 1e6);
        to->population = (int32_t)kj_lua_whole(L, item, what, "population", 0, 100000000);
        to->kind = (kj_area_kind)kj_lua_word_or(L, item, what, "kind", KJ_AREA_KIND_LABELS,
                                                to->population >= TOWN_FROM ? KJ_AREA_TOWN : KJ_AREA_LOCALITY);
        to->n_districts = (int32_t)kj_lua_whole_or(L, item, what, "districts", 1, 5, 1);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* localities = {file = "…", districts = {name = n}}: applied when the file has been read. */
void kj_recipe_read_districts(lua_State *L, int t, kj_recipe *r, kj_recipe_locality **wanted, uint32_t *n_wanted)
{
    (void)r;
    int list = kj_lua_table_or_none(L, t, "map", "localities");
    int d = list ? kj_lua_table_or_none(L, list, "map.localities", "districts") : 0;
    for (int32_t i = 1; d && i <= kj_lua_length(L, d); i++) {
        int item = kj_lua_item_table(L, d, "map.localities.districts", i);
        kj_lua_known_keys(L, item, "map.localities.districts", KEYS("name", "number"), false);
        *wanted = kj_recipe_append(L, *wanted, *n_wanted, sizeof **wanted);
        COPY((*wanted)[*n_wanted].name, kj_lua_string(L, item, "map.localities.districts", "name"));
        (*wanted)[*n_wanted].n_districts = (int32_t)kj_lua_whole(L, item, "map.localities.districts", "number", 1, 5);
        (*n_wanted)++;
        lua_pop(L, 1);
    }
    lua_pop(L, (list ? 1 : 0) + (d ? 1 : 0));
}

void kj_recipe_read_rural(lua_State *L, int t, kj_recipe *r)
{
    int rural = kj_lua_table_or_none(L, t, "map", "rural");
    if (!rural) return;
    kj_lua_known_keys(L, rural, "map.rural", KEYS("code", "name", "around"), false);
    COPY(r->rural_code, kj_lua_string(L, rural, "map.rural", "code"));
    COPY(r->rural_name, kj_lua_string(L, rural, "map.rural", "name"));
    int around = kj_lua_table(L, rural, "map.rural", "around");
    r->n_rural = (uint32_t)kj_lua_length(L, around);
    if (r->n_rural < 1 || r->n_rural > 16)
        kj_lua_refuse(L, "around", "map.rural.around: expected 1 to 16 names of localities, found %u", r->n_rural);
    for (uint32_t i = 0; i < r->n_rural; i++)
        COPY(r->rural_around[i], kj_lua_item_string(L, around, "map.rural.around", (int32_t)i + 1));
    lua_pop(L, 2);
}

static void read_area_columns(lua_State *L, int a, kj_recipe_areas *out)
{
    int k = kj_lua_table_or_none(L, a, "map.areas", "kind");
    if (k) {
        kj_lua_known_keys(L, k, "map.areas.kind", KEYS("column", "rural", "locality", "town"), false);
        COPY(out->kind_column, kj_lua_string(L, k, "map.areas.kind", "column"));
        COPY(out->kind_rural, kj_lua_string_or(L, k, "map.areas.kind", "rural", ""));
        COPY(out->kind_locality, kj_lua_string_or(L, k, "map.areas.kind", "locality", ""));
        COPY(out->kind_town, kj_lua_string_or(L, k, "map.areas.kind", "town", ""));
        lua_pop(L, 1);
    }
    int n = kj_lua_table_or_none(L, a, "map.areas", "tenure");
    if (n) {
        kj_lua_known_keys(L, n, "map.areas.tenure", KEYS("rental", "coop", "owner", "unknown"), false);
        COPY(out->rental, kj_lua_string(L, n, "map.areas.tenure", "rental"));
        COPY(out->coop, kj_lua_string(L, n, "map.areas.tenure", "coop"));
        COPY(out->owner, kj_lua_string(L, n, "map.areas.tenure", "owner"));
        COPY(out->unknown, kj_lua_string_or(L, n, "map.areas.tenure", "unknown", ""));
        lua_pop(L, 1);
    }
    int i = kj_lua_table_or_none(L, a, "map.areas", "income");
    if (i) {
        kj_lua_known_keys(L, i, "map.areas.income", KEYS("column", "factor"), false);
        COPY(out->income, kj_lua_string(L, i, "map.areas.income", "column"));
        out->income_factor = kj_lua_number_or(L, i, "map.areas.income", "factor", 0.001, 1e6, 1.0);
        lua_pop(L, 1);
    }
}

static void read_age_columns(lua_State *L, int a, kj_recipe_areas *out)
{
    int g = kj_lua_table_or_none(L, a, "map.areas", "ages");
    if (!g) return;
    kj_lua_known_keys(L, g, "map.areas.ages", KEYS("female", "male", "classes"), false);
    COPY(out->female, kj_lua_string(L, g, "map.areas.ages", "female"));
    COPY(out->male, kj_lua_string(L, g, "map.areas.ages", "male"));
    int c = kj_lua_table(L, g, "map.areas.ages", "classes");
    int32_t n = kj_lua_length(L, c), last = -1;
    if (n < 1 || n > KJ_AGE_CLASSES_MAX)
        kj_lua_refuse(L, "classes", "map.areas.ages.classes: expected 1 to %d classes, found %d", KJ_AGE_CLASSES_MAX,
                      n);
    for (int32_t i = 0; i < n; i++) {
        int item = kj_lua_item_table(L, c, "map.areas.ages.classes", i + 1);
        kj_lua_known_keys(L, item, "map.areas.ages.classes", KEYS("column", "from"), false);
        COPY(out->class_name[i], kj_lua_string(L, item, "map.areas.ages.classes", "column"));
        out->class_from[i] = (int32_t)kj_lua_whole(L, item, "map.areas.ages.classes", "from", last + 1, KJ_AGES - 1);
        last = out->class_from[i];
        if (i == 0 && last != 0)
            kj_lua_refuse(L, "classes", "map.areas.ages.classes[1].from: expected 0, found %d", last);
        lua_pop(L, 1);
    }
    out->n_classes = (uint32_t)n;
    lua_pop(L, 2);
}

void kj_recipe_read_areas(lua_State *L, int t, kj_recipe *r)
{
    int a = kj_lua_table_or_none(L, t, "map", "areas");
    if (!a) return;
    kj_lua_known_keys(L, a, "map.areas",
                      KEYS("file", "layer", "code", "name", "population", "municipality", "district", "kind", "tenure",
                           "income", "ages"),
                      false);
    COPY(r->areas.file, kj_lua_string(L, a, "map.areas", "file"));
    COPY(r->areas.layer, kj_lua_string_or(L, a, "map.areas", "layer", ""));
    COPY(r->areas.code, kj_lua_string(L, a, "map.areas", "code"));
    COPY(r->areas.name, kj_lua_string_or(L, a, "map.areas", "name", ""));
    COPY(r->areas.population, kj_lua_string_or(L, a, "map.areas", "population", ""));
    COPY(r->areas.municipality, kj_lua_string_or(L, a, "map.areas", "municipality", ""));
    COPY(r->areas.district, kj_lua_string_or(L, a, "map.areas", "district", ""));
    if (r->n_municipalities > 1 && !r->areas.municipality[0])
        kj_lua_refuse(L, "areas", "map.areas.municipality is missing: which column says in which of the %u municipalities an area lies?",
                      r->n_municipalities);
    read_area_columns(L, a, &r->areas);
    read_age_columns(L, a, &r->areas);
    lua_pop(L, 1);
}
