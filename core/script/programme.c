/* Named projects, of scripts/programmes/MAP.lua and of scenario.projects: read whole when their file is, so that what is wrong with one is said
   with file, line and name before anything runs. What building_programme makes of them: scripts/policies/building_programme.lua. */
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "luatable.h"
#include "scenario_internal.h"

enum { NAMES_MAX = 512, FEW = 5 };

/* How many items before number `item` of the list have the same name. */
static int32_t namesakes_before(lua_State *L, int list, int32_t item, const char *name)
{
    int32_t n = 0;
    for (int32_t i = 1; i < item; i++) {
        lua_rawgeti(L, list, i);
        lua_pushliteral(L, "name");
        lua_rawget(L, -2);
        n += lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), name) == 0;
        lua_pop(L, 2);
    }
    return n;
}

static void read_place(lua_State *L, int item, const char *what, kj_named_project *project)
{
    bool has_area = kj_lua_has(L, item, "area"), has_x = kj_lua_has(L, item, "x"), has_y = kj_lua_has(L, item, "y");
    if (has_area && (has_x || has_y)) kj_lua_refuse(L, "area", "%s: expected either area, or x and y; found both", what);
    if (!has_area && !has_x && !has_y) kj_lua_refuse(L, NULL, "%s: expected a place: area, or x and y; found neither", what);
    if (has_area) {
        const char *area = kj_lua_string(L, item, what, "area");
        if (strlen(area) == 0 || strlen(area) >= sizeof project->area) kj_lua_refuse(L, "area", "%s.area: expected the name or code of an area, found \"%.60s\"", what, area);
        snprintf(project->area, sizeof project->area, "%s", area);
    } else {
        project->x = kj_lua_number(L, item, what, "x", -1e9, 1e9);
        project->y = kj_lua_number(L, item, what, "y", -1e9, 1e9);
    }
    project->place_line = kj_lua_line(L, has_area ? "area" : "x");
}

static void read_project(lua_State *L, int item, const char *what, kj_named_project *project)
{
    static const char *const keys[] = {"name", "area", "x", "y", "rental", "coop", "owner", "student", "senior", "small_houses", "start", "months"};
    kj_lua_known_keys(L, item, what, keys, sizeof keys / sizeof *keys, false);
    project->line = kj_lua_line(L, "name");
    read_place(L, item, what, project);
    kj_city_check_homes(L, item, what, project->homes, &project->n_small);
    project->start = (int32_t)kj_lua_whole(L, item, what, "start", 1900, 2500);
    project->start_line = kj_lua_line(L, "start");
    project->months = (int32_t)kj_lua_whole_or(L, item, what, "months", 1, KJ_PROJECT_MONTHS_MAX, 0);
}

static kj_named_project *add_project(lua_State *L, kj_policies *policies)
{
    kj_named_project *grown = realloc(policies->projects, (policies->n_projects + 1) * sizeof *grown);
    if (!grown) luaL_error(L, "no memory");
    policies->projects = grown;
    memset(&grown[policies->n_projects], 0, sizeof *grown);
    return &grown[policies->n_projects++];
}

void script_read_projects(lua_State *L, int index, const char *list, uint32_t file)
{
    kj_policies *policies = script_policies(L);
    char what[160];
    kj_lua_known_keys(L, index, list, NULL, 0, true);
    int32_t n = kj_lua_length(L, index);
    kj_sandbox_charge(L, (int64_t)n * n);
    for (int32_t i = 1; i <= n; i++) {
        int item = kj_lua_item_table(L, index, list, i);
        snprintf(what, sizeof what, "%s.%d", list, (int)i);
        const char *name = kj_city_check_name(L, item, what);
        int32_t before = namesakes_before(L, index, i, name), line = kj_sandbox_look_at(policies->box, policies->scenario->files[file].path, name, before);
        snprintf(what, sizeof what, "project '%s'", name);
        if (before) kj_lua_refuse(L, line ? "name" : NULL, "%s stands twice in %s: give each a name of its own", what, list);
        kj_named_project *project = add_project(L, policies);
        snprintf(project->name, sizeof project->name, "%s", name);
        project->file = file;
        read_project(L, item, what, project);
        kj_sandbox_look_away(policies->box);
        lua_pop(L, 1);
    }
}

void script_drop_projects(kj_policies *policies, uint32_t file)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < policies->n_projects; i++)
        if (policies->projects[i].file != file) policies->projects[kept++] = policies->projects[i];
    policies->n_projects = kept;
}

const kj_named_project *kj_scenario_projects(const kj_scenario *scenario, uint32_t *n)
{
    *n = scenario->policies->n_projects;
    return scenario->policies->projects;
}

/* ---- with the map ---- */

static const char *path_of(const kj_scenario *scenario, const kj_named_project *project) { return scenario->files[project->file].path; }

static kj_status check_once(kj_error *err, const kj_scenario *scenario, uint32_t of)
{
    const kj_named_project *all = scenario->policies->projects, *project = &all[of];
    for (uint32_t i = 0; i < of; i++)
        if (strcmp(all[i].name, project->name) == 0)
            return kj_fail(err, KJ_E_INPUT, "%s:%d: project '%s' stands in %s:%d too: give each a name of its own", path_of(scenario, project), (int)project->line, project->name,
                           path_of(scenario, &all[i]), (int)all[i].line);
    return KJ_OK;
}

static kj_status check_area(kj_error *err, const kj_scenario *scenario, const kj_named_project *project, const kj_map *map)
{
    const kj_rows *rows = kj_store_table(&map->store, "area");
    const kj_column *names = rows ? kj_rows_column(rows, "name") : NULL, *codes = rows ? kj_rows_column(rows, "code") : NULL;
    const char *known[NAMES_MAX];
    uint32_t n = 0;
    for (uint32_t row = 0; names && codes && row < rows->n_rows; row++) {
        const char *name = kj_pool_text(&map->store.pool, (int32_t)kj_column_value(names, row));
        if (strcmp(name, project->area) == 0 || strcmp(kj_pool_text(&map->store.pool, (int32_t)kj_column_value(codes, row)), project->area) == 0) return KJ_OK;
        if (n < NAMES_MAX) known[n++] = name;
    }
    const char *near = kj_nearest_name(project->area, known, n);
    return kj_fail(err, KJ_E_INPUT, "%s:%d: project '%s': map %s has no area '%s'%s%s%s", path_of(scenario, project), (int)project->place_line, project->name, map->name,
                   project->area, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static kj_status check_point(kj_error *err, const kj_scenario *scenario, const kj_named_project *project, const kj_map *map)
{
    const kj_grid *g = &map->grid;
    if (kj_grid_cell_at(g, project->x, project->y) >= 0) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "%s:%d: project '%s': the point %.1f, %.1f lies outside the map %s, which reaches from x %.0f to %.0f and from y %.0f to %.0f (EPSG:%d)",
                   path_of(scenario, project), (int)project->place_line, project->name, project->x, project->y, map->name, g->west, g->west + g->nx * g->cell_m,
                   g->north - g->ny * g->cell_m, g->north, g->epsg);
}

kj_status kj_scenario_check_projects(kj_error *err, const kj_scenario *scenario, const kj_map *map)
{
    kj_status status = KJ_OK;
    for (uint32_t i = 0; i < scenario->policies->n_projects && !status; i++) {
        const kj_named_project *project = &scenario->policies->projects[i];
        status = check_once(err, scenario, i);
        if (!status) status = project->area[0] ? check_area(err, scenario, project, map) : check_point(err, scenario, project, map);
    }
    return status;
}

/* ---- notes ---- */

static bool is_on_map(const kj_map *map, const char *name)
{
    const kj_rows *rows = kj_store_table(&map->store, "project");
    const kj_column *names = rows ? kj_rows_column(rows, "name") : NULL;
    for (uint32_t row = 0; names && row < rows->n_rows; row++)
        if (strcmp(kj_pool_text(&map->store.pool, (int32_t)kj_column_value(names, row)), name) == 0) return true;
    return false;
}

/* Adds "'Norr' (2019)" to a list that names a few and counts all. */
static void list(char *out, size_t room, uint32_t n, const kj_named_project *project)
{
    size_t used = strlen(out);
    if (n < FEW) snprintf(out + used, room - used, "%s'%.120s' (%d)", n ? ", " : "", project->name, (int)project->start);
    else if (n == FEW) snprintf(out + used, room - used, " …");
}

void kj_scenario_tell_projects(const kj_scenario *scenario, const kj_map *map, const kj_sim *sim)
{
    const kj_policies *policies = scenario->policies;
    const kj_policy *builder = script_find_policy(scenario, "building_programme");
    int32_t first_year = KJ_YEAR_OF(map->start) + 1;
    char early[FEW * 140 + 8] = "", there[FEW * 140 + 8] = "";
    uint32_t n_early = 0, n_there = 0;
    const kj_named_project *first_early = NULL, *first_there = NULL, *own = NULL;
    double on = 0.0;
    kj_error ignored;
    for (uint32_t i = 0; i < policies->n_projects; i++) {
        const kj_named_project *project = &policies->projects[i];
        if (project->file == 0 && !own) own = project;
        if (is_on_map(map, project->name)) {
            if (n_there == 0) first_there = project;
            list(there, sizeof there, n_there++, project);
        } else if (project->start < first_year) {
            if (n_early == 0) first_early = project;
            list(early, sizeof early, n_early++, project);
        }
    }
    bool is_built = builder && !kj_policy_value(&ignored, sim, builder, "enabled", &on) && on > 0.0;
    if (!is_built && own) kj_log_note(false, "%s:%d: the scenario's projects are not built by building_programme, which is off", path_of(scenario, own), (int)own->line);
    if (n_early && is_built)
        kj_log_note(false, "%s:%d: %u project%s to start before the run's first year %d and start%s in it: %s", path_of(scenario, first_early), (int)first_early->start_line, n_early,
                    n_early == 1 ? " is" : "s are", (int)first_year, n_early == 1 ? "s" : "", early);
    if (n_there && is_built)
        kj_log_note(false, "%s:%d: %u project%s on the map already, whose own %s kept: %s", path_of(scenario, first_there), (int)first_there->line, n_there,
                    n_there == 1 ? " stands" : "s stand", n_there == 1 ? "is" : "are", there);
}
