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
   dwellings {total in_use tenure={small_houses={rental coop owner} flats={rental coop}; Denmark: both with private, flats with owner} small_houses={rural locality town} vacancy={rental coop owner}
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
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "../script/luatable.h"
#include "../script/sandbox.h"
#include "../space/grid.h"
#include "recipe_internal.h"

void *kj_recipe_append(lua_State *L, void *list, uint32_t n, size_t item_bytes)
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
    if (!kj_crs_find(r->epsg)) kj_lua_refuse(L, "epsg", "map.epsg: expected 3006 or 25832, found %d", r->epsg);
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
    kj_recipe_read_municipality(L, 1, r);
    kj_recipe_read_localities(L, 1, r);
    kj_recipe_read_districts(L, 1, r, &now->districts, &now->n_districts);
    kj_recipe_read_rural(L, 1, r);
    kj_recipe_read_areas(L, 1, r);
    kj_recipe_read_statistics(L, 1, r);
    kj_recipe_read_observations(L, 1, r);
    kj_recipe_read_ages(L, 1, r);
    kj_recipe_read_people(L, 1, r);
    kj_recipe_read_dwellings(L, 1, r);
    kj_recipe_read_land(L, 1, r);
    kj_recipe_read_layers(L, 1, r);
    kj_recipe_read_roads(L, 1, r);
    kj_recipe_read_work(L, 1, r);
    kj_recipe_read_facilities(L, 1, r);
    kj_recipe_read_projects(L, 1, r);
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
    if (status == KJ_OK && out->localities_file[0]) status = kj_recipe_read_localities_file(err, &now);
    if (status == KJ_OK && out->ages_file[0]) status = kj_recipe_read_ages_file(err, out);
    bool lacks_data = out->needs[0] && !out->data_folder[0]; /* then only the head of the recipe is asked for */
    for (uint32_t i = 0; status == KJ_OK && !lacks_data && i < out->n_facility_files; i++)
        status = kj_recipe_read_facilities_file(err, out, &out->facility_files[i]);
    if (status == KJ_OK && out->programme.file[0] && !lacks_data) status = kj_recipe_read_programme_file(err, out);
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
