/* Reads a recipe. What `map{…}` knows (unknown keys are refused with the nearest known one):

   name, title {en sv da}, country, names (language of the names that are made up: en, sv, da), start (year; the state stands on 31 December), epsg, cell (m),
   extent {west south east north} (may be left out with polygons), fill_extent (the whole grid belongs to the map)
   municipality {code name county population total_km2 land_km2}, or municipalities { {code name county}, … } (a region:
     then areas.municipality names the column with the code), or municipalities {file layer code, only={codes}}: polygons
     of municipalities known to maps/countries/CC/municipality.csv (all of the table without `only`), and then
     localities {points layer code name area_ha population}: points of a vector file and its columns
   localities { {code name kind x y area_ha population districts}, … } or {file=…} (CSV with these columns; kind by size
     where it is missing: a town from 10 000 inhabitants); rural {code name around={names}}
   areas {file layer code name population municipality district (columns with the code of the municipality and of the
     larger area) kind={column rural locality town} tenure={rental coop owner unknown}
     income={column factor} ages={female male classes={{column from},…}}}: polygons instead of localities
   statistics { {into="population"|"ages"|"dwellings"|"tenure"|"income"|"household_size"|"household_kind"|"tenure_by_size",
     file (CSV, PC-Axis or json-stat2), value (column of a CSV), area age sex category size (names of its dimensions),
     where={dimension=value}, words={["Bostadsrätt"]="coop", …="total"|"ignore"}, factor}, … }
   observations { {file, date place quantity value (names of its columns), correct, words={["Elever"]="pupils", …}}, … }: what
     was counted where and when, to compare with or to correct the start (docs/import.md)
   sample {file=…}: households of a survey as seed (household, age, sex, partner_of, child_of)
   ages {file=…} or { {from to share}, … }
   households {one_person couple_share}; care {share_80 places}
   dwellings {total in_use tenure={small_houses={rental coop owner} flats={rental coop}} small_houses={rural locality town} vacancy={rental coop owner}
     between={rental coop owner student} students seniors}
   land {arable forest reserves farmland_class lakes={{name x y length width angle},…} river={{x y},…}
     cover={file band | layer column, classes="corine"|"nmd"|"worldcover"|"urban_atlas"|"kedja"|{{value use},…},
       resample="mode"|"nearest", built_share}, shores="gshhg" (sea, lakes and rivers, at import only)}
   layers {zoning= protection= farmland_class= max_far= travel_centre= walk_cost= {file band | layer column | layer value,
     classes={{value to},…}, resample="nearest"|"mode"|"mean"|"max"|"min"}}
   roads {file layer column}: ways by the keys of OpenStreetMap (maps/classes/roads.csv)
   zoning {fringe_m fringe_share}
   work {jobs tertiary students outside={{name share},…}}; queue {share years}
   facilities { {kind name x y places from_grade to_grade independent opened}, …, file={…} or files={{…},…}, fill={kinds} }
   projects { {name x y rental coop owner student senior small_houses start completion stage}, …, file={file epsg and names
     of columns} }
   sources { texts }, needs (what the user must download), import (the command that does it) */
#include "recipe.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/text.h"
#include "../io/csv.h"
#include "../script/luatable.h"
#include "../script/sandbox.h"
#include "gis.h"

/* Table of maps/classes; "kedja": our own codes, as our exports hold them. */
static kj_status read_class_table(kj_error *err, const char *name, kj_recipe_layer *out)
{
    char relative[96], path[1200];
    kj_csv *csv = NULL;
    uint32_t value = 0, use = 0;
    bool more = true;
    out->exact = !strcmp(name, "kedja");
    if (out->exact) {
        for (out->n = 0; out->n < KJ_LAND_COUNT; out->n++) {
            out->from[out->n] = (int32_t)out->n;
            out->to[out->n] = (uint8_t)out->n;
        }
        return KJ_OK;
    }
    snprintf(relative, sizeof relative, "maps/classes/%.40s.csv", name);
    if (strchr(name, '/') || kj_data_path(relative, path, sizeof path))
        return kj_fail(err, KJ_E_INPUT, "expected corine, nmd, worldcover, urban_atlas, kedja or a list, found '%s'", name);
    kj_status status = kj_csv_open(err, path, ',', &csv);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "value", &value);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "use", &use);
    while (status == KJ_OK && out->n < KJ_RECIPE_CLASSES_MAX) {
        int64_t code = 0;
        status = kj_csv_next(err, csv, &more);
        if (status != KJ_OK || !more) break;
        int32_t index = kj_labels_index(KJ_LAND_LABELS, kj_csv_field(csv, use));
        if (index < 0) status = kj_fail(err, KJ_E_INPUT, "%s:%u: unknown use '%s'", path, kj_csv_line(csv), kj_csv_field(csv, use));
        if (status == KJ_OK) status = kj_csv_integer(err, csv, value, -1000000, 1000000, &code);
        if (status != KJ_OK) break;
        out->from[out->n] = (int32_t)code;
        out->to[out->n++] = (uint8_t)index;
    }
    kj_csv_close(csv);
    return status;
}

#define GRADE_LABELS "none preschool F 1 2 3 4 5 6 7 8 9"
#define KEYS(...)                                                                                                      \
    ((const char *const[]){__VA_ARGS__}), sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)

enum { TOWN_FROM = 10000 };

static void copy(char *out, size_t bytes, const char *text) { snprintf(out, bytes, "%s", text ? text : ""); }
#define COPY(field, text) copy(field, sizeof(field), text)

/* Grows a list that the recipe owns; raises a Lua error when out of memory. */
static void *append(lua_State *L, void *list, uint32_t n, size_t item_bytes)
{
    void *grown = realloc(list, (n + 1) * item_bytes);
    if (!grown) luaL_error(L, "out of memory");
    memset((char *)grown + n * item_bytes, 0, item_bytes);
    return grown;
}

static void read_head(lua_State *L, int t, kj_recipe *r)
{
    const char *title[3];
    COPY(r->name, kj_lua_string(L, t, "map", "name"));
    kj_lua_texts(L, t, "map", "title", true, title);
    COPY(r->title_en, title[0]);
    COPY(r->title_sv, title[1]);
    COPY(r->title_da, title[2]);
    COPY(r->country, kj_lua_string_or(L, t, "map", "country", "se"));
    r->names = kj_lua_word_or(L, t, "map", "names", KJ_NAMES_LABELS, KJ_NAMES_EN);
    r->start_year = (int32_t)kj_lua_whole(L, t, "map", "start", 1950, 2100);
    r->epsg = (int32_t)kj_lua_whole(L, t, "map", "epsg", 1024, 999999);
    r->cell_m = kj_lua_number(L, t, "map", "cell", 5.0, 5000.0);
    r->fill_extent = kj_lua_bool_or(L, t, "map", "fill_extent", false);
    COPY(r->needs, kj_lua_string_or(L, t, "map", "needs", ""));
    COPY(r->import_hint, kj_lua_string_or(L, t, "map", "import", ""));
    int e = kj_lua_table_or_none(L, t, "map", "extent");
    if (!e) return;
    kj_lua_known_keys(L, e, "map.extent", KEYS("west", "south", "east", "north"), false);
    r->has_extent = true;
    r->west = kj_lua_number(L, e, "map.extent", "west", -1e7, 1e7);
    r->south = kj_lua_number(L, e, "map.extent", "south", -1e7, 1e8);
    r->east = kj_lua_number(L, e, "map.extent", "east", r->west + r->cell_m, 1e8);
    r->north = kj_lua_number(L, e, "map.extent", "north", r->south + r->cell_m, 1e8);
    lua_pop(L, 1);
}

static void add_municipality(lua_State *L, int m, const char *what, kj_recipe *r)
{
    r->municipalities = append(L, r->municipalities, r->n_municipalities, sizeof *r->municipalities);
    kj_recipe_municipality *to = &r->municipalities[r->n_municipalities++];
    COPY(to->code, kj_lua_string(L, m, what, "code"));
    COPY(to->name, kj_lua_string(L, m, what, "name"));
    COPY(to->county, kj_lua_string(L, m, what, "county"));
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
    if (kj_data_path(relative, path, sizeof path)) return kj_fail(err, KJ_E_INPUT, "%s is missing", relative);
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
        for (int i = 0; status == KJ_OK && i < 3; i++) status = kj_csv_number(err, csv, column[4 + i], &to->tenure[i]);
    }
    kj_csv_close(csv);
    if (status == KJ_OK && only && (int32_t)r->n_municipalities != kj_lua_length(L, only))
        return kj_fail(err, KJ_E_INPUT, "map.municipalities.only names %d codes, of which %s knows %u", kj_lua_length(L, only), relative, r->n_municipalities);
    return status;
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

static void read_municipality(lua_State *L, int t, kj_recipe *r)
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

static void read_localities(lua_State *L, int t, kj_recipe *r)
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
        r->localities = append(L, r->localities, r->n_localities, sizeof *r->localities);
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
static void read_districts(lua_State *L, int t, kj_recipe *r, kj_recipe_locality **wanted, uint32_t *n_wanted)
{
    (void)r;
    int list = kj_lua_table_or_none(L, t, "map", "localities");
    int d = list ? kj_lua_table_or_none(L, list, "map.localities", "districts") : 0;
    for (int32_t i = 1; d && i <= kj_lua_length(L, d); i++) {
        int item = kj_lua_item_table(L, d, "map.localities.districts", i);
        kj_lua_known_keys(L, item, "map.localities.districts", KEYS("name", "number"), false);
        *wanted = append(L, *wanted, *n_wanted, sizeof **wanted);
        COPY((*wanted)[*n_wanted].name, kj_lua_string(L, item, "map.localities.districts", "name"));
        (*wanted)[*n_wanted].n_districts = (int32_t)kj_lua_whole(L, item, "map.localities.districts", "number", 1, 5);
        (*n_wanted)++;
        lua_pop(L, 1);
    }
    lua_pop(L, (list ? 1 : 0) + (d ? 1 : 0));
}

static void read_rural(lua_State *L, int t, kj_recipe *r)
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

static void read_areas(lua_State *L, int t, kj_recipe *r)
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

/* Pairs of texts of a table, sorted by key. */
static uint32_t read_pairs(lua_State *L, int t, const char *what, const char *key, char (*left)[KJ_RECIPE_TEXT], char *right, size_t right_bytes,
                           uint32_t max)
{
    int p = kj_lua_table_or_none(L, t, what, key);
    uint32_t n = 0;
    if (!p) return 0;
    for (lua_pushnil(L); lua_next(L, p); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING || !lua_isstring(L, -1)) kj_lua_refuse(L, key, "%s.%s: expected texts", what, key);
        if (n == max) kj_lua_refuse(L, key, "%s.%s: at most %u entries", what, key, max);
        copy(left[n], KJ_RECIPE_TEXT, lua_tostring(L, -2));
        copy(right + n++ * right_bytes, right_bytes, lua_tostring(L, -1));
    }
    lua_pop(L, 1);
    return n;
}

static void read_statistics(lua_State *L, int t, kj_recipe *r)
{
    static const char *const roles[KJ_STAT_ROLES] = {"area", "age", "sex", "category", "size"};
    const char *what = "map.statistics";
    int list = kj_lua_table_or_none(L, t, "map", "statistics");
    for (int32_t i = 1; list && i <= kj_lua_length(L, list); i++) {
        int s = kj_lua_item_table(L, list, what, i);
        kj_lua_known_keys(L, s, what, KEYS("into", "file", "value", "area", "age", "sex", "category", "size", "where", "words", "factor"), false);
        r->statistics = append(L, r->statistics, r->n_statistics, sizeof *r->statistics);
        kj_recipe_statistic *to = &r->statistics[r->n_statistics++];
        to->kind = (kj_statistic_kind)kj_lua_word(L, s, what, "into", KJ_STATISTIC_LABELS);
        COPY(to->file, kj_lua_string(L, s, what, "file"));
        COPY(to->value, kj_lua_string_or(L, s, what, "value", ""));
        to->factor = kj_lua_number_or(L, s, what, "factor", 1e-6, 1e9, 1.0);
        for (int role = 0; role < KJ_STAT_ROLES; role++) COPY(to->role[role], kj_lua_string_or(L, s, what, roles[role], ""));
        if (!to->role[KJ_ROLE_AREA][0]) kj_lua_refuse(L, "statistics", "map.statistics[%d].area is missing: which dimension holds the areas?", i);
        to->n_where = read_pairs(L, s, what, "where", to->where_dim, to->where_value[0], sizeof to->where_value[0], 8);
        to->n_words = read_pairs(L, s, what, "words", to->word, to->means[0], sizeof to->means[0], 32);
        lua_pop(L, 1);
    }
    if (list) lua_pop(L, 1);
    int sample = kj_lua_table_or_none(L, t, "map", "sample");
    if (!sample) return;
    kj_lua_known_keys(L, sample, "map.sample", KEYS("file"), false);
    COPY(r->sample_file, kj_lua_string(L, sample, "map.sample", "file"));
    lua_pop(L, 1);
}

static void read_observations(lua_State *L, int t, kj_recipe *r)
{
    const char *what = "map.observations";
    int list = kj_lua_table_or_none(L, t, "map", "observations");
    for (int32_t i = 1; list && i <= kj_lua_length(L, list); i++) {
        int s = kj_lua_item_table(L, list, what, i);
        kj_lua_known_keys(L, s, what, KEYS("file", "date", "place", "quantity", "value", "correct", "words"), false);
        r->observations = append(L, r->observations, r->n_observations, sizeof *r->observations);
        kj_recipe_observations *to = &r->observations[r->n_observations++];
        COPY(to->file, kj_lua_string(L, s, what, "file"));
        COPY(to->date, kj_lua_string_or(L, s, what, "date", "date"));
        COPY(to->place, kj_lua_string_or(L, s, what, "place", "place"));
        COPY(to->quantity, kj_lua_string_or(L, s, what, "quantity", "quantity"));
        COPY(to->value, kj_lua_string_or(L, s, what, "value", "value"));
        to->correct = kj_lua_bool_or(L, s, what, "correct", false);
        to->n_words = read_pairs(L, s, what, "words", to->word, to->means[0], sizeof to->means[0], 32);
        lua_pop(L, 1);
    }
    if (list) lua_pop(L, 1);
}

static void read_ages(lua_State *L, int t, kj_recipe *r)
{
    int a = kj_lua_table_or_none(L, t, "map", "ages");
    if (!a) return;
    kj_lua_known_keys(L, a, "map.ages", KEYS("file"), true);
    COPY(r->ages_file, kj_lua_string_or(L, a, "map.ages", "file", ""));
    int32_t n = kj_lua_length(L, a);
    if (n > KJ_AGE_CLASSES_MAX) kj_lua_refuse(L, "ages", "map.ages: at most %d classes", KJ_AGE_CLASSES_MAX);
    for (int32_t i = 0; i < n; i++) {
        int item = kj_lua_item_table(L, a, "map.ages", i + 1);
        kj_lua_known_keys(L, item, "map.ages", KEYS("from", "to", "share"), false);
        r->ages.from[i] = (int32_t)kj_lua_whole(L, item, "map.ages", "from", 0, KJ_AGES - 1);
        r->ages.to[i] = (int32_t)kj_lua_whole(L, item, "map.ages", "to", r->ages.from[i], KJ_AGES - 1);
        r->ages.share[i] = kj_lua_number(L, item, "map.ages", "share", 0.0, 1.0);
        lua_pop(L, 1);
    }
    r->ages.n = (uint32_t)n;
    lua_pop(L, 1);
}

static void read_people(lua_State *L, int t, kj_recipe *r)
{
    int h = kj_lua_table_or_none(L, t, "map", "households");
    if (h) {
        kj_lua_known_keys(L, h, "map.households", KEYS("one_person", "couple_share"), false);
        r->one_person_share = kj_lua_number_or(L, h, "map.households", "one_person", 0.0, 1.0, r->one_person_share);
        r->couple_share = kj_lua_number_or(L, h, "map.households", "couple_share", 0.0, 1.0, -1.0);
        lua_pop(L, 1);
    }
    int c = kj_lua_table_or_none(L, t, "map", "care");
    if (c) {
        kj_lua_known_keys(L, c, "map.care", KEYS("share_80", "places"), false);
        r->care_share_80 = kj_lua_number_or(L, c, "map.care", "share_80", 0.0, 0.5, r->care_share_80);
        r->care_home_places = (int32_t)kj_lua_whole_or(L, c, "map.care", "places", 4, 1000, r->care_home_places);
        lua_pop(L, 1);
    }
    int q = kj_lua_table_or_none(L, t, "map", "queue");
    if (q) {
        kj_lua_known_keys(L, q, "map.queue", KEYS("share", "years"), false);
        r->queue_share = kj_lua_number_or(L, q, "map.queue", "share", 0.0, 1.0, r->queue_share);
        r->queue_years = kj_lua_number_or(L, q, "map.queue", "years", 0.0, 60.0, r->queue_years);
        lua_pop(L, 1);
    }
}

/* Shares of the tenures among small houses and flats; each list adds up to 1. */
static void read_tenure_shares(lua_State *L, int d, kj_recipe *r)
{
    static const char *const keys[3] = {"rental", "coop", "owner"};
    int t = kj_lua_table_or_none(L, d, "map.dwellings", "tenure");
    if (!t) return;
    kj_lua_known_keys(L, t, "map.dwellings.tenure", KEYS("small_houses", "flats"), false);
    for (int flats = 0; flats < 2; flats++) {
        const char *key = flats ? "flats" : "small_houses";
        double *to = flats ? r->flat_tenure : r->small_tenure, sum = 0.0;
        int s = kj_lua_table(L, t, "map.dwellings.tenure", key);
        kj_lua_known_keys(L, s, "map.dwellings.tenure", KEYS("rental", "coop", "owner"), false);
        for (int k = 0; k < 3; k++) sum += to[k] = kj_lua_number_or(L, s, "map.dwellings.tenure", keys[k], 0.0, 1.0, 0.0);
        if (flats && to[2] > 0.0) kj_lua_refuse(L, "flats", "map.dwellings.tenure.flats: owned flats are sold like co-op ones: put them into coop");
        if (sum < 0.999 || sum > 1.001) kj_lua_refuse(L, key, "map.dwellings.tenure.%s: the shares add up to %g, expected 1", key, sum);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void read_dwellings(lua_State *L, int t, kj_recipe *r)
{
    int d = kj_lua_table_or_none(L, t, "map", "dwellings");
    if (!d) return;
    kj_lua_known_keys(L, d, "map.dwellings", KEYS("total", "in_use", "tenure", "small_houses", "vacancy", "between", "students", "seniors"),
                      false);
    r->dwellings_total = kj_lua_number_or(L, d, "map.dwellings", "total", 1.0, 1e8, 0.0);
    r->dwellings_in_use = kj_lua_number_or(L, d, "map.dwellings", "in_use", 0.5, 1.0, 1.0);
    read_tenure_shares(L, d, r);
    r->student_share_of_rental =
        kj_lua_number_or(L, d, "map.dwellings", "students", 0.0, 0.9, r->student_share_of_rental);
    r->senior_share_of_rental = kj_lua_number_or(L, d, "map.dwellings", "seniors", 0.0, 0.5, r->senior_share_of_rental);
    int s = kj_lua_table_or_none(L, d, "map.dwellings", "small_houses");
    if (s) {
        kj_lua_known_keys(L, s, "map.dwellings.small_houses", KEYS("rural", "locality", "town"), false);
        r->small_share[0] = kj_lua_number_or(L, s, "map.dwellings.small_houses", "rural", 0.0, 1.0, r->small_share[0]);
        r->small_share[1] =
            kj_lua_number_or(L, s, "map.dwellings.small_houses", "locality", 0.0, 1.0, r->small_share[1]);
        r->small_share[2] = kj_lua_number_or(L, s, "map.dwellings.small_houses", "town", 0.0, 1.0, r->small_share[2]);
        lua_pop(L, 1);
    }
    int v = kj_lua_table_or_none(L, d, "map.dwellings", "vacancy");
    if (v) {
        kj_lua_known_keys(L, v, "map.dwellings.vacancy", KEYS("rental", "coop", "owner"), false);
        r->vacancy_rental = kj_lua_number_or(L, v, "map.dwellings.vacancy", "rental", 0.0, 0.5, r->vacancy_rental);
        r->vacancy_coop = kj_lua_number_or(L, v, "map.dwellings.vacancy", "coop", 0.0, 0.5, r->vacancy_coop);
        r->vacancy_owner = kj_lua_number_or(L, v, "map.dwellings.vacancy", "owner", 0.0, 0.5, r->vacancy_owner);
        lua_pop(L, 1);
    }
    int b = kj_lua_table_or_none(L, d, "map.dwellings", "between");
    if (b) {
        kj_lua_known_keys(L, b, "map.dwellings.between", KEYS("rental", "coop", "owner", "student"), false);
        r->between_rental = kj_lua_number_or(L, b, "map.dwellings.between", "rental", 0.0, 0.4, r->between_rental);
        r->between_coop = kj_lua_number_or(L, b, "map.dwellings.between", "coop", 0.0, 0.4, r->between_coop);
        r->between_owner = kj_lua_number_or(L, b, "map.dwellings.between", "owner", 0.0, 0.4, r->between_owner);
        r->between_student = kj_lua_number_or(L, b, "map.dwellings.between", "student", 0.0, 0.4, r->between_student);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void read_water(lua_State *L, int land, kj_recipe *r)
{
    int lakes = kj_lua_table_or_none(L, land, "map.land", "lakes");
    for (int32_t i = 1; lakes && i <= kj_lua_length(L, lakes) && r->n_lakes < 16; i++) {
        int item = kj_lua_item_table(L, lakes, "map.land.lakes", i);
        const char *what = "map.land.lakes";
        kj_lua_known_keys(L, item, what, KEYS("name", "x", "y", "length", "width", "angle"), false);
        kj_recipe_lake *to = &r->lakes[r->n_lakes++];
        COPY(to->name, kj_lua_string(L, item, what, "name"));
        to->x = kj_lua_number(L, item, what, "x", -1e7, 1e8);
        to->y = kj_lua_number(L, item, what, "y", -1e7, 1e8);
        to->length_m = kj_lua_number(L, item, what, "length", 1.0, 1e6);
        to->width_m = kj_lua_number(L, item, what, "width", 1.0, 1e6);
        to->angle = kj_lua_number_or(L, item, what, "angle", 0.0, 90.0, 0.0);
        lua_pop(L, 1);
    }
    if (lakes) lua_pop(L, 1);
    int river = kj_lua_table_or_none(L, land, "map.land", "river");
    for (int32_t i = 1; river && i <= kj_lua_length(L, river) && r->n_river < 32; i++) {
        int item = kj_lua_item_table(L, river, "map.land.river", i);
        r->river_x[r->n_river] = kj_lua_item_number(L, item, "map.land.river", 1, -1e7, 1e8);
        r->river_y[r->n_river++] = kj_lua_item_number(L, item, "map.land.river", 2, -1e7, 1e8);
        lua_pop(L, 1);
    }
    if (river) lua_pop(L, 1);
}

/* Classes by the name of a table of maps/classes, or as a list. `word`: key of our side of the list. */
static void read_classes(lua_State *L, int t, const char *what, const char *word, const char *labels, kj_recipe_layer *out)
{
    lua_getfield(L, t, "classes");
    bool named = lua_isstring(L, -1);
    if (named) {
        kj_error err = {0};
        if (read_class_table(&err, lua_tostring(L, -1), out) != KJ_OK) kj_lua_refuse(L, "classes", "%s.classes: %s", what, err.text);
    }
    lua_pop(L, 1);
    int c = named ? 0 : kj_lua_table_or_none(L, t, what, "classes");
    for (int32_t i = 1; c && i <= kj_lua_length(L, c); i++) {
        int item = kj_lua_item_table(L, c, what, i);
        kj_lua_known_keys(L, item, what, KEYS("value", word), false);
        if (out->n == KJ_RECIPE_CLASSES_MAX) kj_lua_refuse(L, "classes", "%s.classes: at most %d classes", what, KJ_RECIPE_CLASSES_MAX);
        out->from[out->n] = (int32_t)kj_lua_whole(L, item, what, "value", -1000000, 1000000);
        out->to[out->n++] = labels ? (uint8_t)kj_lua_word(L, item, what, word, labels)
                                   : (uint8_t)kj_lua_whole(L, item, what, word, 0, 255);
        lua_pop(L, 1);
    }
    if (c) lua_pop(L, 1);
}

static void read_source(lua_State *L, int t, const char *what, kj_resample rule, kj_recipe_layer *out)
{
    COPY(out->file, kj_lua_string(L, t, what, "file"));
    COPY(out->layer, kj_lua_string_or(L, t, what, "layer", ""));
    COPY(out->column, kj_lua_string_or(L, t, what, "column", ""));
    out->band = (int32_t)kj_lua_whole_or(L, t, what, "band", 1, 1000, 1);
    out->rule = (kj_resample)kj_lua_word_or(L, t, what, "resample", KJ_RESAMPLE_LABELS, (int32_t)rule);
}

static void read_cover(lua_State *L, int land, kj_recipe_layer *out)
{
    int t = kj_lua_table_or_none(L, land, "map.land", "cover");
    if (!t) return;
    kj_lua_known_keys(L, t, "map.land.cover", KEYS("file", "band", "layer", "column", "classes", "resample", "built_share"), false);
    COPY(out->name, "land_use");
    read_source(L, t, "map.land.cover", KJ_RESAMPLE_MODE, out);
    if (out->rule > KJ_RESAMPLE_MODE)
        kj_lua_refuse(L, "resample", "map.land.cover.resample: expected mode or nearest: classes have no mean");
    out->built_share = kj_lua_number_or(L, t, "map.land.cover", "built_share", 0.0, 1.0, 0.0);
    read_classes(L, t, "map.land.cover", "use", KJ_LAND_LABELS, out);
    if (out->n == 0) kj_lua_refuse(L, "cover", "map.land.cover.classes is missing: what does each value of %s mean?", out->file);
    lua_pop(L, 1);
}

static void read_layers(lua_State *L, int t, kj_recipe *r)
{
    static const char *const names[] = {"zoning", "protection", "farmland_class", "max_far", "travel_centre", "walk_cost"};
    int list = kj_lua_table_or_none(L, t, "map", "layers");
    if (!list) return;
    kj_lua_known_keys(L, list, "map.layers", names, sizeof names / sizeof *names, false);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char what[64];
        snprintf(what, sizeof what, "map.layers.%s", names[i]);
        int item = kj_lua_table_or_none(L, list, "map.layers", names[i]);
        if (!item) continue;
        kj_lua_known_keys(L, item, what, KEYS("file", "band", "layer", "column", "value", "classes", "resample"), false);
        kj_recipe_layer *to = &r->layers[r->n_layers++];
        COPY(to->name, names[i]);
        read_source(L, item, what, KJ_RESAMPLE_NEAREST, to);
        to->has_value = kj_lua_has(L, item, "value");
        to->value = kj_lua_number_or(L, item, what, "value", -1e9, 1e9, 0.0);
        read_classes(L, item, what, "to", strcmp(names[i], "zoning") ? NULL : KJ_ZONING_LABELS, to);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void read_roads(lua_State *L, int t, kj_recipe *r)
{
    int w = kj_lua_table_or_none(L, t, "map", "roads");
    if (!w) return;
    kj_lua_known_keys(L, w, "map.roads", KEYS("file", "layer", "column"), false);
    COPY(r->roads.file, kj_lua_string(L, w, "map.roads", "file"));
    COPY(r->roads.layer, kj_lua_string_or(L, w, "map.roads", "layer", ""));
    COPY(r->roads.column, kj_lua_string_or(L, w, "map.roads", "column", "highway"));
    lua_pop(L, 1);
}

static void read_land(lua_State *L, int t, kj_recipe *r)
{
    int land = kj_lua_table_or_none(L, t, "map", "land");
    if (land) {
        kj_lua_known_keys(L, land, "map.land",
                          KEYS("arable", "forest", "reserves", "farmland_class", "lakes", "river", "cover", "shores"),
                          false);
        r->arable = kj_lua_number_or(L, land, "map.land", "arable", 0.0, 1.0, r->arable);
        r->forest = kj_lua_number_or(L, land, "map.land", "forest", 0.0, 1.0, r->forest);
        r->reserves = kj_lua_number_or(L, land, "map.land", "reserves", 0.0, 1.0, r->reserves);
        r->farmland_class_mean =
            kj_lua_number_or(L, land, "map.land", "farmland_class", 1.0, 10.0, r->farmland_class_mean);
        read_water(L, land, r);
        read_cover(L, land, &r->cover);
        const char *shores = kj_lua_string_or(L, land, "map.land", "shores", "");
        if (shores[0] && strcmp(shores, "gshhg"))
            kj_lua_refuse(L, "shores", "map.land.shores: expected gshhg, found '%s'", shores);
        r->shores = shores[0] != 0;
        lua_pop(L, 1);
    }
    int z = kj_lua_table_or_none(L, t, "map", "zoning");
    if (z) {
        kj_lua_known_keys(L, z, "map.zoning", KEYS("fringe_m", "fringe_share"), false);
        r->fringe_m = kj_lua_number_or(L, z, "map.zoning", "fringe_m", 0.0, 5000.0, r->fringe_m);
        r->fringe_share = kj_lua_number_or(L, z, "map.zoning", "fringe_share", 0.0, 1.0, r->fringe_share);
        lua_pop(L, 1);
    }
}

static void read_work(lua_State *L, int t, kj_recipe *r)
{
    int w = kj_lua_table(L, t, "map", "work");
    kj_lua_known_keys(L, w, "map.work", KEYS("jobs", "tertiary", "students", "outside"), false);
    r->jobs = kj_lua_number(L, w, "map.work", "jobs", 0.0, 1e8);
    r->tertiary_share = kj_lua_number_or(L, w, "map.work", "tertiary", 0.0, 1.0, r->tertiary_share);
    r->student_share = kj_lua_number_or(L, w, "map.work", "students", 0.0, 1.0, r->student_share);
    int o = kj_lua_table_or_none(L, w, "map.work", "outside");
    double sum = 0.0;
    for (int32_t i = 1; o && i <= kj_lua_length(L, o) && r->n_commutes < 16; i++) {
        int item = kj_lua_item_table(L, o, "map.work.outside", i);
        kj_lua_known_keys(L, item, "map.work.outside", KEYS("name", "share"), false);
        COPY(r->commutes[r->n_commutes].name, kj_lua_string(L, item, "map.work.outside", "name"));
        sum += r->commutes[r->n_commutes++].share = kj_lua_number(L, item, "map.work.outside", "share", 0.0, 1.0);
        lua_pop(L, 1);
    }
    if (sum > 1.0) kj_lua_refuse(L, "outside", "map.work.outside: the shares add up to %g, expected at most 1", sum);
    lua_pop(L, o ? 2 : 1);
}

static void read_facility_file(lua_State *L, int f, kj_recipe *r)
{
    const char *what = "map.facilities.file";
    if (r->n_facility_files == sizeof r->facility_files / sizeof *r->facility_files)
        kj_lua_refuse(L, "files", "map.facilities.files: at most %zu files", sizeof r->facility_files / sizeof *r->facility_files);
    kj_recipe_facility_file *out = &r->facility_files[r->n_facility_files++];
    kj_lua_known_keys(L, f, what,
                      KEYS("file", "layer", "kind", "name", "x", "y", "epsg", "places", "places_factor", "from_grade",
                           "to_grade", "independent", "exclude"),
                      false);
    COPY(out->file, kj_lua_string(L, f, what, "file"));
    out->kind = (kj_facility_kind)kj_lua_word(L, f, what, "kind", KJ_FACILITY_KIND_LABELS);
    COPY(out->name, kj_lua_string(L, f, what, "name"));
    COPY(out->layer, kj_lua_string_or(L, f, what, "layer", ""));
    COPY(out->x, kj_lua_string_or(L, f, what, "x", ""));
    COPY(out->y, kj_lua_string_or(L, f, what, "y", ""));
    out->epsg = (int32_t)kj_lua_whole_or(L, f, what, "epsg", 1024, 999999, r->epsg);
    COPY(out->places, kj_lua_string(L, f, what, "places"));
    out->places_factor = kj_lua_number_or(L, f, what, "places_factor", 0.1, 10.0, 1.0);
    out->grade_lo = kj_lua_word_or(L, f, what, "from_grade", GRADE_LABELS, 0);
    out->grade_hi = kj_lua_word_or(L, f, what, "to_grade", GRADE_LABELS, 0);
    int i = kj_lua_table_or_none(L, f, what, "independent");
    if (i) {
        kj_lua_known_keys(L, i, "map.facilities.file.independent", KEYS("column", "value"), false);
        COPY(out->independent, kj_lua_string(L, i, "map.facilities.file.independent", "column"));
        COPY(out->independent_value, kj_lua_string(L, i, "map.facilities.file.independent", "value"));
        lua_pop(L, 1);
    }
    int x = kj_lua_table_or_none(L, f, what, "exclude");
    if (x) {
        kj_lua_known_keys(L, x, "map.facilities.file.exclude", KEYS("column", "values", "reason"), false);
        COPY(out->exclude_column, kj_lua_string(L, x, "map.facilities.file.exclude", "column"));
        kj_lua_string(L, x, "map.facilities.file.exclude", "reason"); /* must be there; read by people */
        int v = kj_lua_table(L, x, "map.facilities.file.exclude", "values");
        for (int32_t k = 1; k <= kj_lua_length(L, v) && out->n_excluded < 8; k++) {
            COPY(out->exclude_value[out->n_excluded++],
                 kj_lua_item_string(L, v, "map.facilities.file.exclude.values", k));
        }
        lua_pop(L, 2);
    }
    lua_pop(L, 1);
}

static void read_facilities(lua_State *L, int t, kj_recipe *r)
{
    int list = kj_lua_table_or_none(L, t, "map", "facilities");
    const char *what = "map.facilities";
    if (!list) return;
    kj_lua_known_keys(L, list, what, KEYS("file", "files", "fill"), true);
    for (int32_t i = 1; i <= kj_lua_length(L, list); i++) {
        int f = kj_lua_item_table(L, list, what, i);
        kj_lua_known_keys(L, f, what,
                          KEYS("kind", "name", "x", "y", "places", "from_grade", "to_grade", "independent", "opened"),
                          false);
        r->facilities = append(L, r->facilities, r->n_facilities, sizeof *r->facilities);
        kj_recipe_facility *to = &r->facilities[r->n_facilities++];
        to->kind = (kj_facility_kind)kj_lua_word(L, f, what, "kind", KJ_FACILITY_KIND_LABELS);
        COPY(to->name, kj_lua_string(L, f, what, "name"));
        to->x = kj_lua_number(L, f, what, "x", -1e7, 1e8);
        to->y = kj_lua_number(L, f, what, "y", -1e7, 1e8);
        to->places = (int32_t)kj_lua_whole(L, f, what, "places", 0, 100000);
        int32_t preschool = to->kind == KJ_FACILITY_PRESCHOOL ? 1 : 0;
        to->grade_lo =
            kj_lua_word_or(L, f, what, "from_grade", GRADE_LABELS, to->kind == KJ_FACILITY_SCHOOL ? 2 : preschool);
        to->grade_hi =
            kj_lua_word_or(L, f, what, "to_grade", GRADE_LABELS, to->kind == KJ_FACILITY_SCHOOL ? 11 : preschool);
        to->independent = kj_lua_bool_or(L, f, what, "independent", false);
        int32_t year = (int32_t)kj_lua_whole_or(L, f, what, "opened", 1900, 2100, 0);
        to->opened = year ? KJ_MONTH(year, 8) : 0;
        lua_pop(L, 1);
    }
    int one = kj_lua_table_or_none(L, list, what, "file");
    if (one) read_facility_file(L, one, r); /* pops it */
    int many = kj_lua_table_or_none(L, list, what, "files");
    for (int32_t i = 1; many && i <= kj_lua_length(L, many); i++)
        read_facility_file(L, kj_lua_item_table(L, many, "map.facilities.files", i), r);
    if (many) lua_pop(L, 1);
    int fill = kj_lua_table_or_none(L, list, what, "fill");
    for (int32_t i = 1; fill && i <= kj_lua_length(L, fill); i++) {
        const char *kind = kj_lua_item_string(L, fill, "map.facilities.fill", i);
        if (strcmp(kind, "school") == 0)
            r->fill_schools = true;
        else if (strcmp(kind, "preschool") == 0)
            r->fill_preschools = true;
        else if (strcmp(kind, "care_home") == 0)
            r->fill_care_homes = true;
        else
            kj_lua_refuse(L, "fill", "map.facilities.fill[%d]: expected school, preschool or care_home, found %s", i,
                          kind);
    }
    lua_pop(L, fill ? 2 : 1);
}

static const char *const tenure_keys[KJ_TENURE_COUNT] = {"rental", "coop", "owner", "student", "senior"};

static void read_programme(lua_State *L, int list, kj_recipe *r)
{
    const char *what = "map.projects.file";
    int f = kj_lua_table_or_none(L, list, "map.projects", "file");
    kj_recipe_programme *p = &r->programme;
    if (!f) return;
    kj_lua_known_keys(L, f, what,
                      KEYS("file", "epsg", "name", "x", "y", "start", "completion", "rental", "coop", "owner", "student", "senior",
                           "small_houses", "stage"),
                      false);
    COPY(p->file, kj_lua_string(L, f, what, "file"));
    p->epsg = (int32_t)kj_lua_whole_or(L, f, what, "epsg", 1024, 999999, r->epsg);
    COPY(p->name, kj_lua_string_or(L, f, what, "name", "name"));
    COPY(p->x, kj_lua_string_or(L, f, what, "x", "x"));
    COPY(p->y, kj_lua_string_or(L, f, what, "y", "y"));
    COPY(p->start, kj_lua_string_or(L, f, what, "start", "start"));
    COPY(p->completion, kj_lua_string_or(L, f, what, "completion", "completion"));
    COPY(p->small_houses, kj_lua_string_or(L, f, what, "small_houses", "small_houses"));
    COPY(p->stage, kj_lua_string_or(L, f, what, "stage", "stage"));
    for (int k = 0; k < KJ_TENURE_COUNT; k++) COPY(p->tenure[k], kj_lua_string_or(L, f, what, tenure_keys[k], tenure_keys[k]));
    lua_pop(L, 1);
}

static void read_projects(lua_State *L, int t, kj_recipe *r)
{
    int list = kj_lua_table_or_none(L, t, "map", "projects");
    if (list) {
        kj_lua_known_keys(L, list, "map.projects", KEYS("file"), true);
        read_programme(L, list, r);
    }
    for (int32_t i = 1; list && i <= kj_lua_length(L, list); i++) {
        const char *what = "map.projects";
        int p = kj_lua_item_table(L, list, what, i);
        kj_lua_known_keys(L, p, what,
                          KEYS("name", "x", "y", "rental", "coop", "owner", "student", "senior", "small_houses",
                               "start", "completion", "stage"),
                          false);
        r->projects = append(L, r->projects, r->n_projects, sizeof *r->projects);
        kj_recipe_project *to = &r->projects[r->n_projects++];
        COPY(to->name, kj_lua_string(L, p, what, "name"));
        to->x = kj_lua_number(L, p, what, "x", -1e7, 1e8);
        to->y = kj_lua_number(L, p, what, "y", -1e7, 1e8);
        for (int k = 0; k < KJ_TENURE_COUNT; k++)
            to->n[k] = (int32_t)kj_lua_whole_or(L, p, what, tenure_keys[k], 0, 100000, 0);
        to->n_small_houses = (int32_t)kj_lua_whole_or(L, p, what, "small_houses", 0, 100000, 0);
        to->year = (int32_t)kj_lua_whole(L, p, what, "start", 1950, 2200);
        to->completion = (int32_t)kj_lua_whole(L, p, what, "completion", to->year, 2200);
        to->stage = (kj_project_stage)kj_lua_word_or(L, p, what, "stage", KJ_PROJECT_STAGE_LABELS, KJ_PROJECT_PLANNED);
        lua_pop(L, 1);
    }
    if (list) lua_pop(L, 1);
}

static void read_sources(lua_State *L, int t, kj_recipe *r)
{
    int list = kj_lua_table(L, t, "map", "sources");
    size_t bytes = 1;
    for (int32_t i = 1; i <= kj_lua_length(L, list); i++)
        bytes += strlen(kj_lua_item_string(L, list, "map.sources", i)) + 1;
    r->sources = calloc(bytes, 1);
    if (!r->sources) luaL_error(L, "out of memory");
    for (int32_t i = 1; i <= kj_lua_length(L, list); i++) {
        strcat(r->sources, kj_lua_item_string(L, list, "map.sources", i));
        strcat(r->sources, "\n");
    }
    lua_pop(L, 1);
}

typedef struct reading {
    kj_recipe *recipe;
    kj_recipe_locality *districts; /* names and numbers of districts for localities of a file */
    uint32_t n_districts;
    bool seen;
} reading;

static int lua_map(lua_State *L)
{
    reading *now = lua_touserdata(L, lua_upvalueindex(1));
    kj_recipe *r = now->recipe;
    luaL_checktype(L, 1, LUA_TTABLE);
    if (now->seen) kj_lua_refuse(L, NULL, "map{…} stands twice in one recipe");
    now->seen = true;
    kj_lua_known_keys(L, 1, "map",
                      KEYS("name", "title", "country", "names", "start", "epsg", "cell", "extent", "fill_extent", "municipality", "municipalities",
                           "localities", "rural", "areas", "statistics", "observations", "sample", "ages", "households", "care", "dwellings", "land", "layers", "roads", "zoning",
                           "work", "queue", "facilities", "projects", "sources", "needs", "import"),
                      false);
    read_head(L, 1, r);
    read_municipality(L, 1, r);
    read_localities(L, 1, r);
    read_districts(L, 1, r, &now->districts, &now->n_districts);
    read_rural(L, 1, r);
    read_areas(L, 1, r);
    read_statistics(L, 1, r);
    read_observations(L, 1, r);
    read_ages(L, 1, r);
    read_people(L, 1, r);
    read_dwellings(L, 1, r);
    read_land(L, 1, r);
    read_layers(L, 1, r);
    read_roads(L, 1, r);
    read_work(L, 1, r);
    read_facilities(L, 1, r);
    read_projects(L, 1, r);
    read_sources(L, 1, r);
    if (r->region.file[0]) {
        if (!r->region.points[0] || r->areas.file[0])
            kj_lua_refuse(L, "municipalities", "map: municipalities {file} need localities {points=…} and no areas");
        return 0;
    }
    bool polygons = r->areas.file[0] != 0, points = r->n_localities > 0 || r->localities_file[0];
    if (polygons == points) kj_lua_refuse(L, NULL, "map: expected either localities or areas");
    bool counted = r->areas.population[0] != 0;
    for (uint32_t i = 0; i < r->n_statistics; i++) counted |= r->statistics[i].kind <= KJ_STATISTIC_AGES;
    if (polygons && !counted)
        kj_lua_refuse(L, "areas", "map.areas.population is missing, and no map.statistics gives population or ages");
    if (points && !r->has_extent) kj_lua_refuse(L, NULL, "map: localities need an extent");
    return 0;
}

static int register_map(lua_State *L)
{
    lua_pushlightuserdata(L, lua_touserdata(L, 1));
    lua_pushcclosure(L, lua_map, 1);
    lua_setglobal(L, "map");
    return 0;
}

/* --- tables beside the recipe
 * -------------------------------------------------------------------------------------------- */

kj_status kj_recipe_file(kj_error *err, const kj_recipe *recipe, const char *name, char *out, size_t out_bytes)
{
    struct stat st;
    const char *folders[2] = {recipe->data_folder, recipe->folder};
    for (int i = 0; i < 2; i++) {
        if (!folders[i][0]) continue;
        snprintf(out, out_bytes, "%s/%s", folders[i], name);
        if (stat(out, &st) == 0) return KJ_OK;
    }
    return kj_fail(err, KJ_E_INPUT, "%s names the file %s, which is not in the folder '%s'%s%s", recipe->path, name,
                   recipe->data_folder[0] ? recipe->data_folder : recipe->folder, recipe->needs[0] ? ". Needed: " : "",
                   recipe->needs);
}

static kj_status locality_row(kj_error *err, const kj_csv *csv, kj_recipe *r)
{
    uint32_t code, name, x, y, area, population;
    kj_status status = kj_csv_require(err, csv, "code", &code);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "name", &name);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "x", &x);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "y", &y);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "area_ha", &area);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "population", &population);
    if (status != KJ_OK) return status;
    kj_recipe_locality *grown = realloc(r->localities, (r->n_localities + 1) * sizeof *grown), *to;
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    r->localities = grown;
    to = &grown[r->n_localities++];
    memset(to, 0, sizeof *to);
    COPY(to->code, kj_csv_field(csv, code));
    COPY(to->name, kj_csv_field(csv, name));
    int64_t people = 0;
    status = kj_csv_number(err, csv, x, &to->x);
    if (status == KJ_OK) status = kj_csv_number(err, csv, y, &to->y);
    if (status == KJ_OK) status = kj_csv_number(err, csv, area, &to->area_ha);
    if (status == KJ_OK) status = kj_csv_integer(err, csv, population, 0, 100000000, &people);
    to->population = (int32_t)people;
    to->kind = to->population >= TOWN_FROM ? KJ_AREA_TOWN : KJ_AREA_LOCALITY;
    to->n_districts = 1;
    return status;
}

static kj_status read_localities_file(kj_error *err, reading *now)
{
    kj_recipe *r = now->recipe;
    char path[2300];
    kj_csv *csv = NULL;
    bool more = true;
    kj_status status = kj_recipe_file(err, r, r->localities_file, path, sizeof path);
    if (status == KJ_OK) status = kj_csv_open(err, path, 0, &csv);
    while (status == KJ_OK) {
        status = kj_csv_next(err, csv, &more);
        if (status != KJ_OK || !more) break;
        status = locality_row(err, csv, r);
    }
    kj_csv_close(csv);
    for (uint32_t d = 0; status == KJ_OK && d < now->n_districts; d++) {
        bool found = false;
        for (uint32_t i = 0; i < r->n_localities; i++) {
            if (strcmp(r->localities[i].name, now->districts[d].name) != 0) continue;
            r->localities[i].n_districts = now->districts[d].n_districts;
            found = true;
        }
        if (!found)
            status = kj_fail(err, KJ_E_INPUT, "%s: map.localities.districts names %s, which %s does not hold", r->path,
                             now->districts[d].name, r->localities_file);
    }
    return status;
}

static kj_status read_ages_file(kj_error *err, kj_recipe *r)
{
    char path[2300];
    kj_csv *csv = NULL;
    bool more = true;
    uint32_t from = 0, to = 0, value = 0;
    kj_status status = kj_recipe_file(err, r, r->ages_file, path, sizeof path);
    if (status == KJ_OK) status = kj_csv_open(err, path, 0, &csv);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "age_from", &from);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "age_to", &to);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "value", &value);
    while (status == KJ_OK) {
        status = kj_csv_next(err, csv, &more);
        if (status != KJ_OK || !more) break;
        uint32_t i = r->ages.n;
        int64_t lo = 0, hi = 0;
        if (i == KJ_AGE_CLASSES_MAX)
            status = kj_fail(err, KJ_E_INPUT, "%s: more than %d age classes", path, KJ_AGE_CLASSES_MAX);
        if (status == KJ_OK) status = kj_csv_integer(err, csv, from, 0, KJ_AGES - 1, &lo);
        if (status == KJ_OK) status = kj_csv_integer(err, csv, to, lo, KJ_AGES - 1, &hi);
        if (status == KJ_OK) status = kj_csv_number(err, csv, value, &r->ages.share[i]);
        if (status != KJ_OK) break;
        r->ages.from[i] = (int32_t)lo;
        r->ages.to[i] = (int32_t)hi;
        r->ages.n++;
    }
    kj_csv_close(csv);
    return status;
}

bool kj_recipe_excludes(const kj_recipe_facility_file *f, const char *value)
{
    for (uint32_t i = 0; i < f->n_excluded; i++) {
        if (strcmp(value, f->exclude_value[i]) == 0) return true;
    }
    return false;
}

kj_status kj_recipe_add_facility(kj_error *err, kj_recipe *r, const kj_recipe_facility *facility)
{
    kj_recipe_facility *grown = realloc(r->facilities, (r->n_facilities + 1) * sizeof *grown);
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    r->facilities = grown;
    r->facilities[r->n_facilities++] = *facility;
    return KJ_OK;
}

static kj_status facility_row(kj_error *err, const kj_csv *csv, kj_recipe *r, const kj_recipe_facility_file *f,
                              const uint32_t column[5])
{
    double places = 0.0;
    kj_recipe_facility to = {.kind = f->kind, .grade_lo = f->grade_lo, .grade_hi = f->grade_hi, .of_file = (uint32_t)(f - r->facility_files) + 1, .row = kj_csv_line(csv)};
    COPY(to.name, kj_csv_field(csv, column[0]));
    kj_status status = kj_csv_number(err, csv, column[1], &to.x);
    if (status == KJ_OK) status = kj_csv_number(err, csv, column[2], &to.y);
    if (status == KJ_OK) status = kj_csv_number(err, csv, column[3], &places);
    if (status == KJ_OK && f->epsg != r->epsg) status = kj_gis_transform(err, f->epsg, r->epsg, 1, &to.x, &to.y);
    if (status != KJ_OK) return status;
    to.places = (int32_t)(places * f->places_factor + 0.5);
    to.independent = f->independent[0] && strcmp(kj_csv_field(csv, column[4]), f->independent_value) == 0;
    return kj_recipe_add_facility(err, r, &to);
}

static kj_status read_facilities_file(kj_error *err, kj_recipe *r, const kj_recipe_facility_file *f)
{
    char path[2300];
    kj_csv *csv = NULL;
    bool more = true;
    uint32_t column[5] = {0}, skip = 0;
    kj_status status = kj_recipe_file(err, r, f->file, path, sizeof path);
    if (status == KJ_OK && !f->x[0]) return kj_gis_facilities(err, r, f);
    if (status == KJ_OK) status = kj_csv_open(err, path, 0, &csv);
    if (status == KJ_OK) status = kj_csv_require(err, csv, f->name, &column[0]);
    if (status == KJ_OK) status = kj_csv_require(err, csv, f->x, &column[1]);
    if (status == KJ_OK) status = kj_csv_require(err, csv, f->y, &column[2]);
    if (status == KJ_OK) status = kj_csv_require(err, csv, f->places, &column[3]);
    if (status == KJ_OK && f->independent[0]) status = kj_csv_require(err, csv, f->independent, &column[4]);
    if (status == KJ_OK && f->n_excluded) status = kj_csv_require(err, csv, f->exclude_column, &skip);
    while (status == KJ_OK) {
        status = kj_csv_next(err, csv, &more);
        if (status != KJ_OK || !more) break;
        if (f->n_excluded && kj_recipe_excludes(f, kj_csv_field(csv, skip))) continue;
        status = facility_row(err, csv, r, f, column);
    }
    kj_csv_close(csv);
    return status;
}

static kj_status programme_row(kj_error *err, const kj_csv *csv, kj_recipe *r, const int32_t column[13])
{
    kj_recipe_project to = {.stage = KJ_PROJECT_PLANNED};
    int64_t year = 0, completion = 0, n = 0;
    COPY(to.name, kj_csv_field(csv, (uint32_t)column[0]));
    kj_status status = kj_csv_number(err, csv, (uint32_t)column[1], &to.x);
    if (status == KJ_OK) status = kj_csv_number(err, csv, (uint32_t)column[2], &to.y);
    if (status == KJ_OK) status = kj_csv_integer(err, csv, (uint32_t)column[3], 1950, 2200, &year);
    if (status == KJ_OK) status = kj_csv_integer(err, csv, (uint32_t)column[4], year, 2200, &completion);
    for (int k = 0; status == KJ_OK && k <= KJ_TENURE_COUNT; k++) { /* an empty field is none */
        n = 0;
        if (column[5 + k] >= 0 && kj_csv_field(csv, (uint32_t)column[5 + k])[0])
            status = kj_csv_integer(err, csv, (uint32_t)column[5 + k], 0, 100000, &n);
        *(k < KJ_TENURE_COUNT ? &to.n[k] : &to.n_small_houses) = (int32_t)n;
    }
    if (status == KJ_OK && column[11] >= 0 && kj_csv_field(csv, (uint32_t)column[11])[0]) {
        int32_t stage = kj_labels_index(KJ_PROJECT_STAGE_LABELS, kj_csv_field(csv, (uint32_t)column[11]));
        if (stage < 0)
            return kj_fail(err, KJ_E_INPUT, "%s:%u: column `%s`: expected one of %s, found `%.40s`", kj_csv_path(csv), kj_csv_line(csv),
                           r->programme.stage, KJ_PROJECT_STAGE_LABELS, kj_csv_field(csv, (uint32_t)column[11]));
        to.stage = (kj_project_stage)stage;
    }
    if (status == KJ_OK && r->programme.epsg != r->epsg) status = kj_gis_transform(err, r->programme.epsg, r->epsg, 1, &to.x, &to.y);
    if (status != KJ_OK) return status;
    to.year = (int32_t)year;
    to.completion = (int32_t)completion;
    kj_recipe_project *grown = realloc(r->projects, (r->n_projects + 1) * sizeof *grown);
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    r->projects = grown;
    r->projects[r->n_projects++] = to;
    return KJ_OK;
}

static kj_status read_programme_file(kj_error *err, kj_recipe *r)
{
    const kj_recipe_programme *p = &r->programme;
    const char *names[12] = {p->name, p->x, p->y, p->start, p->completion, p->tenure[0], p->tenure[1], p->tenure[2], p->tenure[3], p->tenure[4], p->small_houses, p->stage};
    char path[2300];
    kj_csv *csv = NULL;
    bool more = true, any = false;
    int32_t column[13] = {0};
    uint32_t index = 0;
    kj_status status = kj_recipe_file(err, r, p->file, path, sizeof path);
    if (status == KJ_OK) status = kj_csv_open(err, path, 0, &csv);
    for (int i = 0; status == KJ_OK && i < 12; i++) {
        column[i] = kj_csv_column(csv, names[i]);
        any |= i >= 5 && i < 10 && column[i] >= 0;
        if (i < 5) status = kj_csv_require(err, csv, names[i], &index);
    }
    if (status == KJ_OK && !any) status = kj_csv_require(err, csv, p->tenure[0], &index); /* homes of no tenure at all */
    while (status == KJ_OK) {
        status = kj_csv_next(err, csv, &more);
        if (status != KJ_OK || !more) break;
        status = programme_row(err, csv, r, column);
    }
    kj_csv_close(csv);
    return status;
}

static void set_defaults(kj_recipe *r)
{
    r->one_person_share = 0.407; /* of households, Sweden 2021 (scb.se, hushall-i-sverige) */
    r->couple_share = -1.0;
    r->care_share_80 = 0.14; /* assumed where a recipe says nothing, like all below */
    r->care_home_places = 50;
    r->small_share[KJ_AREA_RURAL] = 0.96;
    r->small_share[KJ_AREA_LOCALITY] = 0.75;
    r->small_share[KJ_AREA_TOWN] = 0.42;
    /* Sweden 2022: 91 % of small houses are owned, 58 % of flats rented, 42 % co-operative (Boverket). How the other 9 %
       split is assumed. */
    memcpy(r->small_tenure, (const double[3]){0.04, 0.05, 0.91}, sizeof r->small_tenure);
    memcpy(r->flat_tenure, (const double[3]){0.58, 0.42, 0.0}, sizeof r->flat_tenure);
    r->dwellings_in_use = 1.0;
    r->vacancy_rental = 0.008; /* public housing, Sweden 2013 (sabo.se) */
    r->vacancy_coop = 0.008;
    r->vacancy_owner = 0.010;
    /* calibrated: what the market itself has under notice, renovation and contract in its third to fifth year, in Lund and in Värnamo (MODEL.md of
       plugins/housing, "The start"): a run that began without them would empty that many homes before any is filled */
    r->between_rental = 0.020;
    r->between_coop = 0.010;
    r->between_owner = 0.005;
    r->between_student = 0.050;
    r->senior_share_of_rental = 0.04;
    r->arable = 0.08;
    r->forest = 0.60;
    r->reserves = 0.03;
    r->farmland_class_mean = 4.0;
    r->fringe_m = 400.0;
    r->fringe_share = 0.5;
    r->tertiary_share = 0.35;
    r->student_share = 0.25;
    r->queue_share = 0.2;
    r->queue_years = 4.0;
}

kj_status kj_recipe_read(kj_error *err, const char *path, const char *data_folder, kj_recipe *out)
{
    memset(out, 0, sizeof *out);
    reading now = {.recipe = out};
    kj_sandbox *box = NULL;
    set_defaults(out);
    COPY(out->path, path);
    COPY(out->data_folder, data_folder);
    COPY(out->folder, path);
    char *slash = strrchr(out->folder, '/');
    if (slash)
        *slash = 0;
    else
        COPY(out->folder, ".");
    kj_status status = kj_sandbox_new(err, NULL, &box);
    if (status == KJ_OK) status = kj_sandbox_protect(err, box, register_map, &now, "map recipe");
    if (status == KJ_OK) status = kj_sandbox_run_file(err, box, path);
    if (status == KJ_OK && !now.seen) status = kj_fail(err, KJ_E_INPUT, "%s: no map{…} in this recipe", path);
    if (status == KJ_OK && out->localities_file[0]) status = read_localities_file(err, &now);
    if (status == KJ_OK && out->ages_file[0]) status = read_ages_file(err, out);
    bool lacks_data = out->needs[0] && !out->data_folder[0]; /* then only the head of the recipe is asked for */
    for (uint32_t i = 0; status == KJ_OK && !lacks_data && i < out->n_facility_files; i++)
        status = read_facilities_file(err, out, &out->facility_files[i]);
    if (status == KJ_OK && out->programme.file[0] && !lacks_data) status = read_programme_file(err, out);
    kj_sandbox_free(box);
    free(now.districts);
    if (status != KJ_OK) kj_recipe_free(out);
    return status;
}

void kj_recipe_free(kj_recipe *recipe)
{
    free(recipe->localities);
    free(recipe->municipalities);
    free(recipe->statistics);
    free(recipe->observations);
    free(recipe->facilities);
    free(recipe->projects);
    free(recipe->sources);
    memset(recipe, 0, sizeof *recipe);
}
