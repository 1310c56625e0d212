/* scenario{…}: reads a scenario file, finds and reads the policies and the map's programme of named projects. */
#include "scenario.h"

#include <dirent.h>
#include <errno.h>
#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "luatable.h"
#include "mask_logic.h"
#include "scenario_internal.h"

enum { POLICIES_MAX = 256, PATH_BYTES = 1200 };

static const char policies_key = 0; /* its address is the place in the registry */

kj_policies *script_policies(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &policies_key);
    kj_policies *policies = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return policies;
}

/* ---- files ---- */

static kj_status out_of_memory(kj_error *err, const char *what) { return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", what); }

static kj_status keep_file(kj_error *err, kj_scenario *scenario, kj_script_kind kind, const char *path, const char *text, size_t n)
{
    kj_script_file *grown = realloc(scenario->files, (scenario->n_files + 1) * sizeof *grown);
    if (grown) scenario->files = grown;
    kj_script_file file = {kind, strdup(path), malloc(n + 1), n};
    if (!grown || !file.path || !file.text) {
        free(file.path);
        free(file.text);
        return out_of_memory(err, path);
    }
    memcpy(file.text, text, n);
    file.text[n] = 0;
    grown[scenario->n_files++] = file;
    return KJ_OK;
}

static kj_status read_script(kj_error *err, kj_scenario *scenario, kj_script_kind kind, const char *path)
{
    size_t n;
    errno = 0;
    char *text = kj_file_read(path, &n);
    if (!text) return kj_fail(err, KJ_E_INPUT, "%s: cannot be read: %s", path, kj_why(errno ? errno : EIO));
    kj_status status = keep_file(err, scenario, kind, path, text, n);
    free(text);
    return status;
}

static bool file_exists(const char *path) { return access(path, R_OK) == 0; }

/* Last part of a path without ".lua". */
static void base_name(const char *path, char out[KJ_NAME_MAX])
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t n = strlen(name);
    if (n > 4 && strcmp(name + n - 4, ".lua") == 0) n -= 4;
    if (n >= KJ_NAME_MAX) n = KJ_NAME_MAX - 1;
    memcpy(out, name, n);
    out[n] = 0;
}

kj_status script_run(kj_error *err, kj_policies *policies, const kj_script_file *file, script_mode mode, const char *declaration)
{
    script_mode outer_mode = policies->mode; /* a policy's call may run the programme's file */
    uint32_t outer_calls = policies->n_calls;
    policies->mode = mode;
    policies->n_calls = 0;
    kj_status status = kj_sandbox_run_text(err, policies->box, file->path, file->text, file->n_bytes);
    if (!status && policies->n_calls != 1)
        status = kj_fail(err, KJ_E_INPUT, "%s: expected %s{…}, found nothing of the kind", file->path, declaration);
    policies->mode = outer_mode;
    policies->n_calls = outer_calls;
    return status;
}

/* ---- scenario{…} ---- */

static const char *const scenario_keys[] = {"name", "title", "about", "map", "stop", "seed", "policies", "set", "projects"};

/* Pushes entry i of scenario.policies as a table; a plain name becomes { name }. Returns the name. */
static const char *push_entry(lua_State *L, int list, int32_t i)
{
    lua_rawgeti(L, list, i);
    if (lua_type(L, -1) == LUA_TSTRING) {
        lua_createtable(L, 1, 0);
        lua_insert(L, -2);
        lua_rawseti(L, -2, 1);
    } else {
        lua_pop(L, 1);
        kj_lua_item_table(L, list, "scenario.policies", i);
    }
    return kj_lua_item_string(L, -1, "scenario.policies, first item", 1);
}

static void peek(lua_State *L, kj_policies *policies)
{
    static const char *const needs[] = {"title", "map", "stop"};
    kj_lua_known_keys(L, 1, "scenario", scenario_keys, sizeof scenario_keys / sizeof *scenario_keys, false);
    kj_lua_required(L, 1, "scenario", needs, sizeof needs / sizeof *needs);
    int list = kj_lua_table_or_none(L, 1, "scenario", "policies");
    int32_t n = list ? kj_lua_length(L, list) : 0;
    if (n > POLICIES_MAX) kj_lua_refuse(L, "policies", "scenario.policies: expected at most %d, found %d", POLICIES_MAX, (int)n);
    policies->wanted = calloc((size_t)n + 1, sizeof *policies->wanted);
    if (!policies->wanted) luaL_error(L, "no memory");
    for (int32_t i = 1; i <= n; i++) {
        const char *name = push_entry(L, list, i);
        if (!script_is_name(name)) kj_lua_refuse(L, "policies", "scenario.policies.%d: \"%s\" is no name of a policy", (int)i, name);
        snprintf(policies->wanted[policies->n_wanted++], KJ_NAME_MAX, "%s", name);
        lua_pop(L, 1);
    }
    /* The map's name too: its programme is read with the policies. */
    if (!policies->scenario->map) policies->scenario->map = script_copy(L, kj_lua_string(L, 1, "scenario", "map"));
}

static kj_policy *check_policy(lua_State *L, kj_scenario *scenario, const char *name)
{
    kj_policy *policy = script_find_policy(scenario, name);
    if (policy) return policy;
    const char *names[POLICIES_MAX];
    uint32_t n = scenario->n_policies < POLICIES_MAX ? scenario->n_policies : POLICIES_MAX;
    for (uint32_t i = 0; i < n; i++) names[i] = scenario->policy[i].name;
    const char *near = kj_nearest_name(name, names, n);
    kj_lua_refuse(L, "policies", "scenario.policies: unknown policy '%s'%s%s%s", name, near ? "; did you mean '" : "", near ? near : "",
                  near ? "'?" : "");
    return NULL;
}

/* Value of the field `key` of the entry at the stack's top for one parameter. */
static void read_given(lua_State *L, const char *what, kj_policy_param *param)
{
    if (!kj_lua_has(L, -1, param->name)) return;
    param->is_given = true;
    if (param->kind == KJ_PARAM_SWITCH)
        param->given = kj_lua_bool_or(L, -1, what, param->name, false) ? 1.0 : 0.0;
    else if (param->kind != KJ_PARAM_NUMBER)
        param->given = (double)kj_lua_whole(L, -1, what, param->name, (int64_t)param->min, (int64_t)param->max);
    else
        param->given = kj_lua_number(L, -1, what, param->name, param->min, param->max);
}

static void read_entry(lua_State *L, kj_scenario *scenario, const char *name, uint32_t place)
{
    const char *keys[80] = {"enabled", "from", "to"};
    size_t n_keys = 3;
    char what[2 * KJ_NAME_MAX];
    kj_policy *policy = check_policy(L, scenario, name);
    if (policy->listed) kj_lua_refuse(L, "policies", "scenario.policies: '%s' is listed twice", name);
    for (uint32_t p = 0; p < policy->n_params; p++) keys[n_keys++] = policy->params[p].name;
    snprintf(what, sizeof what, "policy %s", policy->name);
    kj_lua_known_keys(L, -1, what, keys, n_keys, true);
    if (kj_lua_length(L, -1) != 1) kj_lua_refuse(L, "policies", "%s: expected one name and then fields with names", what);
    policy->listed = true;
    policy->enabled = kj_lua_bool_or(L, -1, what, "enabled", true);
    policy->from = (double)kj_lua_whole_or(L, -1, what, "from", 1900, 2500, 0);
    policy->to = (double)kj_lua_whole_or(L, -1, what, "to", 1900, 2500, 0);
    for (uint32_t p = 0; p < policy->n_params; p++) read_given(L, what, &policy->params[p]);
    kj_policy moved = *policy; /* to its place in the order of the scenario */
    memmove(&scenario->policy[place + 1], &scenario->policy[place],
            (size_t)(policy - &scenario->policy[place]) * sizeof *policy);
    scenario->policy[place] = moved;
}

static void read_entries(lua_State *L, kj_scenario *scenario)
{
    int list = kj_lua_table_or_none(L, 1, "scenario", "policies");
    if (!list) return;
    kj_lua_known_keys(L, list, "scenario.policies", NULL, 0, true);
    int32_t n = kj_lua_length(L, list);
    for (int32_t i = 1; i <= n; i++) {
        read_entry(L, scenario, push_entry(L, list, i), (uint32_t)i - 1);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static int by_name(const void *a, const void *b) { return strcmp(((const kj_setting *)a)->name, ((const kj_setting *)b)->name); }

static void read_settings(lua_State *L, kj_scenario *scenario)
{
    int set = kj_lua_table_or_none(L, 1, "scenario", "set");
    if (!set) return;
    for (lua_pushnil(L); lua_next(L, set); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) kj_lua_refuse(L, "set", "scenario.set: expected [\"plugin.parameter\"] = value");
        const char *name = lua_tostring(L, -2);
        kj_setting setting = {"", 0.0};
        if (strlen(name) >= sizeof setting.name) kj_lua_refuse(L, "set", "scenario.set: the name '%.60s…' is too long", name);
        strcpy(setting.name, name);
        if (lua_isboolean(L, -1))
            setting.value = lua_toboolean(L, -1) ? 1.0 : 0.0;
        else if (lua_type(L, -1) == LUA_TNUMBER && isfinite(lua_tonumber(L, -1)))
            setting.value = lua_tonumber(L, -1);
        else
            kj_lua_refuse(L, name, "scenario.set[\"%s\"]: expected a number, true or false, found a %s", name, luaL_typename(L, -1));
        kj_setting *grown = realloc(scenario->settings, (scenario->n_settings + 1) * sizeof *grown);
        if (!grown) luaL_error(L, "no memory");
        scenario->settings = grown;
        grown[scenario->n_settings++] = setting;
    }
    lua_pop(L, 1);
    qsort(scenario->settings, scenario->n_settings, sizeof *scenario->settings, by_name);
}

static void read_scenario(lua_State *L, kj_scenario *scenario)
{
    const char *texts[KJ_LANGUAGES];
    const char *name = kj_lua_string_or(L, 1, "scenario", "name", scenario->name);
    if (!script_is_name(name)) kj_lua_refuse(L, "name", "scenario.name: expected small letters, digits and _, found \"%s\"", name);
    snprintf(scenario->name, sizeof scenario->name, "%s", name);
    kj_lua_texts(L, 1, "scenario", "title", true, texts);
    script_copy_texts(L, scenario->title, texts);
    kj_lua_texts(L, 1, "scenario", "about", false, texts);
    script_copy_texts(L, scenario->about, texts);
    scenario->stop_year = (int32_t)kj_lua_whole(L, 1, "scenario", "stop", 1900, 2500);
    scenario->has_seed = kj_lua_has(L, 1, "seed");
    scenario->seed = (uint64_t)kj_lua_whole_or(L, 1, "scenario", "seed", 0, INT64_MAX, 0);
    read_settings(L, scenario);
    int projects = kj_lua_table_or_none(L, 1, "scenario", "projects");
    if (projects) script_read_projects(L, projects, "scenario.projects", 0);
    read_entries(L, scenario);
}

static int script_scenario(lua_State *L)
{
    kj_policies *policies = script_policies(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (policies->reading) return kj_lua_refuse(L, NULL, "scenario{…} does not belong in a policy's file");
    if (policies->n_calls++) return kj_lua_refuse(L, NULL, "scenario{…} stands twice in this file");
    switch (policies->mode) {
    case SCRIPT_PEEK: peek(L, policies); break;
    case SCRIPT_READ: read_scenario(L, policies->scenario); break;
    case SCRIPT_CALL:
        lua_getfield(L, 1, "projects");
        lua_rawsetp(L, LUA_REGISTRYINDEX, &script_projects_key);
        break;
    }
    return 0;
}

/* There is one at most. */
static uint32_t programme_file(const kj_scenario *scenario)
{
    uint32_t f = scenario->n_files - 1;
    while (f > 0 && scenario->files[f].kind != KJ_SCRIPT_PROGRAMME) f--;
    return f;
}

static int script_programme(lua_State *L)
{
    kj_policies *policies = script_policies(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (policies->n_calls++) return kj_lua_refuse(L, NULL, "programme{…} stands twice in this file");
    if (policies->mode == SCRIPT_CALL)
        lua_rawsetp(L, LUA_REGISTRYINDEX, &script_programme_key);
    else script_read_projects(L, 1, "programme", programme_file(policies->scenario));
    return 0;
}

/* ---- finding and reading the policies ---- */

static kj_status add_policy(kj_error *err, kj_scenario *scenario, const char *name, uint32_t file)
{
    kj_policy *grown = realloc(scenario->policy, (scenario->n_policies + 1) * sizeof *grown);
    if (!grown) return out_of_memory(err, name);
    scenario->policy = grown;
    kj_policy *policy = &grown[scenario->n_policies++];
    memset(policy, 0, sizeof *policy);
    snprintf(policy->name, sizeof policy->name, "%s", name);
    policy->file = file;
    int line;
    const char *fault = script_mask_fault(scenario->files[file].text, scenario->files[file].n_bytes, &line);
    if (fault) return kj_fail(err, KJ_E_INPUT, "%s:%d: %s", scenario->files[file].path, line, fault);
    scenario->policies->reading = policy;
    kj_status status = script_run(err, scenario->policies, &scenario->files[file], SCRIPT_READ, "policy");
    scenario->policies->reading = NULL;
    return status;
}

static kj_status load_policy(kj_error *err, kj_scenario *scenario, const char *path)
{
    char name[KJ_NAME_MAX];
    base_name(path, name);
    if (!script_is_name(name))
        return kj_fail(err, KJ_E_INPUT, "%s: a policy's file is named with small letters, digits and _", path);
    kj_status status = read_script(err, scenario, KJ_SCRIPT_POLICY, path);
    return status ? status : add_policy(err, scenario, name, scenario->n_files - 1);
}

/* Beside the scenario: NAME.lua or policies/NAME.lua. */
static bool find_beside(const kj_scenario *scenario, const char *name, char out[PATH_BYTES])
{
    const char *own = scenario->files[0].path, *slash = strrchr(own, '/');
    int n = slash ? (int)(slash - own) + 1 : 0;
    static const char *const folders[] = {"", "policies/"};
    for (int i = 0; i < 2; i++) {
        snprintf(out, PATH_BYTES, "%.*s%s%s.lua", n, own, folders[i], name);
        if (strcmp(out, own) != 0 && file_exists(out)) return true;
    }
    return false;
}

static int is_lua_file(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return entry->d_name[0] != '.' && n > 4 && strcmp(entry->d_name + n - 4, ".lua") == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

/* First those beside the scenario, which take the place of shipped ones of the same name, then the shipped ones. */
static kj_status load_all_policies(kj_error *err, kj_scenario *scenario)
{
    char folder[1024], path[PATH_BYTES], name[KJ_NAME_MAX];
    kj_status status = KJ_OK;
    for (uint32_t i = 0; !status && i < scenario->policies->n_wanted; i++) {
        const char *wanted = scenario->policies->wanted[i];
        if (!script_find_policy(scenario, wanted) && find_beside(scenario, wanted, path)) status = load_policy(err, scenario, path);
    }
    struct dirent **entries = NULL;
    int n = !status && kj_data_path("scripts/policies", folder, sizeof folder) == 0 ? scandir(folder, &entries, is_lua_file, by_bytes) : 0;
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%.120s", folder, entries[i]->d_name);
        base_name(path, name);
        if (!status && !script_find_policy(scenario, name)) status = load_policy(err, scenario, path);
        free(entries[i]);
    }
    free(entries);
    return status;
}

/* scripts/programmes/MAP.lua, if there is one. */
static kj_status load_programme(kj_error *err, kj_scenario *scenario, const char *map)
{
    char relative[256], path[1024];
    if (strchr(map, '/')) return KJ_OK;
    snprintf(relative, sizeof relative, "scripts/programmes/%.180s.lua", map);
    if (kj_data_path(relative, path, sizeof path) != 0) return KJ_OK;
    kj_status status = read_script(err, scenario, KJ_SCRIPT_PROGRAMME, path);
    if (!status) status = script_run(err, scenario->policies, &scenario->files[scenario->n_files - 1], SCRIPT_READ, "programme");
    return status;
}

/* The programme is the last file, if there is one. */
static void drop_programme(kj_scenario *scenario)
{
    if (scenario->files[scenario->n_files - 1].kind != KJ_SCRIPT_PROGRAMME) return;
    kj_script_file *last = &scenario->files[--scenario->n_files];
    script_drop_projects(scenario->policies, scenario->n_files);
    free(last->path);
    free(last->text);
}

kj_status kj_scenario_use_map(kj_error *err, kj_scenario *scenario, const char *map_name)
{
    kj_policies *policies = scenario->policies;
    snprintf(policies->map_name, sizeof policies->map_name, "%s", map_name);
    kj_city_set_map(policies->city, policies->map_name);
    if (policies->restored || strcmp(scenario->map, map_name) == 0) return KJ_OK;
    drop_programme(scenario);
    return load_programme(err, scenario, map_name);
}

/* Policies and programme out of files that are in memory already. */
static kj_status use_kept_files(kj_error *err, kj_scenario *scenario)
{
    kj_status status = KJ_OK;
    char name[KJ_NAME_MAX];
    for (uint32_t f = 1; !status && f < scenario->n_files; f++) {
        base_name(scenario->files[f].path, name);
        if (scenario->files[f].kind == KJ_SCRIPT_POLICY) status = add_policy(err, scenario, name, f);
        if (scenario->files[f].kind == KJ_SCRIPT_PROGRAMME) status = script_run(err, scenario->policies, &scenario->files[f], SCRIPT_READ, "programme");
    }
    return status;
}

static int policy_by_name(const void *a, const void *b) { return strcmp(((const kj_policy *)a)->name, ((const kj_policy *)b)->name); }

/* ---- life ---- */

static int open_vocabulary(lua_State *L)
{
    lua_pushlightuserdata(L, lua_touserdata(L, 1));
    lua_rawsetp(L, LUA_REGISTRYINDEX, &policies_key);
    lua_register(L, "scenario", script_scenario);
    lua_register(L, "policy", script_policy);
    lua_register(L, "programme", script_programme);
    return 0;
}

static kj_status open_scenario(kj_error *err, const volatile sig_atomic_t *stop, kj_scenario **out)
{
    kj_scenario *scenario = calloc(1, sizeof *scenario);
    kj_policies *policies = calloc(1, sizeof *policies);
    if (!scenario || !policies) {
        free(scenario);
        free(policies);
        return out_of_memory(err, "scenario");
    }
    scenario->policies = policies;
    policies->scenario = scenario;
    *out = scenario;
    kj_status status = kj_sandbox_new(err, NULL, &policies->box);
    if (!status) kj_sandbox_stop_on(policies->box, stop);
    if (!status) status = kj_sandbox_protect(err, policies->box, open_vocabulary, policies, "scenario vocabulary");
    if (!status) status = kj_city_new(err, policies->box, script_push_programme, policies, &policies->city);
    return status;
}

/* files[0] is there: everything else follows from it. */
static kj_status read_all(kj_error *err, kj_scenario *scenario, bool from_disk)
{
    base_name(scenario->files[0].path, scenario->name);
    kj_status status = script_run(err, scenario->policies, &scenario->files[0], SCRIPT_PEEK, "scenario");
    if (!status) status = from_disk ? load_all_policies(err, scenario) : use_kept_files(err, scenario);
    if (!status && from_disk) status = load_programme(err, scenario, scenario->map);
    scenario->policies->restored = !from_disk;
    if (!status) kj_city_set_map(scenario->policies->city, scenario->map);
    if (status) return status;
    if (scenario->n_policies) qsort(scenario->policy, scenario->n_policies, sizeof *scenario->policy, policy_by_name);
    status = script_run(err, scenario->policies, &scenario->files[0], SCRIPT_READ, "scenario");
    kj_sandbox_stop_on(scenario->policies->box, NULL); /* policies work within months, and a run stops after one */
    return status;
}

kj_status kj_script_missing(kj_error *err, const char *wanted, const char *shipped_in, const char *kind)
{
    enum { NAMES_MAX = 256 };
    char folder[1024], bare[KJ_NAME_MAX], shipped[NAMES_MAX][KJ_NAME_MAX];
    const char *names[NAMES_MAX];
    struct dirent **entries = NULL;
    size_t n_names = 0;
    int n = kj_data_path(shipped_in, folder, sizeof folder) == 0 ? scandir(folder, &entries, is_lua_file, by_bytes) : 0;
    for (int i = 0; i < n; i++) {
        if (n_names < NAMES_MAX) {
            base_name(entries[i]->d_name, shipped[n_names]);
            names[n_names] = shipped[n_names];
            n_names++;
        }
        free(entries[i]);
    }
    free(entries);
    base_name(wanted, bare);
    const char *near = kj_nearest_name(bare, names, n_names);
    if (near) return kj_fail(err, KJ_E_INPUT, "%s: there is no such file, nor a shipped %s of that name; did you mean '%s'?", wanted, kind, near);
    char list[700] = "";
    for (size_t i = 0; i < n_names && strlen(list) < sizeof list - KJ_NAME_MAX - 3; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? ", " : "", names[i]);
    return kj_fail(err, KJ_E_INPUT, "%s: there is no such file, nor a shipped %s of that name; shipped are %s", wanted, kind, list[0] ? list : "none");
}

/* A file as it is named from here, or the name of a shipped scenario. */
static kj_status find_scenario(kj_error *err, const char *path_or_name, char *shipped, size_t n_bytes, const char **path)
{
    char relative[256];
    *path = path_or_name;
    if (strchr(path_or_name, '/') || file_exists(path_or_name)) return KJ_OK;
    size_t n = strlen(path_or_name);
    bool with_ending = n > 4 && strcmp(path_or_name + n - 4, ".lua") == 0;
    snprintf(relative, sizeof relative, "scripts/scenarios/%.180s%s", path_or_name, with_ending ? "" : ".lua");
    if (kj_data_path(relative, shipped, n_bytes) != 0) return kj_script_missing(err, path_or_name, "scripts/scenarios", "scenario");
    *path = shipped;
    return KJ_OK;
}

kj_status kj_scenario_load(kj_error *err, const char *path_or_name, const volatile sig_atomic_t *stop, kj_scenario **out)
{
    kj_scenario *scenario = NULL;
    char shipped[1024];
    const char *path = path_or_name;
    *out = NULL;
    kj_status status = find_scenario(err, path_or_name, shipped, sizeof shipped, &path);
    if (status) return status;
    status = open_scenario(err, stop, &scenario);
    if (!status) status = read_script(err, scenario, KJ_SCRIPT_SCENARIO, path);
    if (!status) status = read_all(err, scenario, true);
    if (status)
        kj_scenario_free(scenario);
    else
        *out = scenario;
    return status;
}

kj_script_kind kj_script_kind_of(const char *path) { return strstr(path, "/programmes/") ? KJ_SCRIPT_PROGRAMME : KJ_SCRIPT_POLICY; }

kj_status kj_scenario_restore(kj_error *err, const kj_script_file *files, uint32_t n_files, const volatile sig_atomic_t *stop, kj_scenario **out)
{
    kj_scenario *scenario = NULL;
    *out = NULL;
    if (n_files == 0 || files[0].kind != KJ_SCRIPT_SCENARIO) return kj_fail(err, KJ_E_INPUT, "the kept scripts hold no scenario");
    kj_status status = open_scenario(err, stop, &scenario);
    for (uint32_t f = 0; !status && f < n_files; f++)
        status = keep_file(err, scenario, files[f].kind, files[f].path, files[f].text, files[f].n_bytes);
    if (!status) status = read_all(err, scenario, false);
    if (status)
        kj_scenario_free(scenario);
    else
        *out = scenario;
    return status;
}

void kj_scenario_free(kj_scenario *scenario)
{
    if (!scenario) return;
    for (uint32_t i = 0; i < scenario->n_policies; i++) script_policy_free(&scenario->policy[i]);
    for (uint32_t f = 0; f < scenario->n_files; f++) {
        free(scenario->files[f].path);
        free(scenario->files[f].text);
    }
    for (int i = 0; i < KJ_LANGUAGES; i++) {
        free(scenario->title[i]);
        free(scenario->about[i]);
    }
    free(scenario->map);
    free(scenario->settings);
    free(scenario->policy);
    free(scenario->files);
    script_conflicts_free(scenario->policies->conflicts);
    kj_city_free(scenario->policies->city);
    kj_sandbox_free(scenario->policies->box);
    free(scenario->policies->wanted);
    free(scenario->policies->projects);
    free(scenario->policies);
    free(scenario);
}

kj_status kj_scenario_blame(kj_error *err, const kj_scenario *scenario, const char *key)
{
    const char *path = scenario->files[0].path;
    int32_t line = kj_sandbox_key_line(scenario->policies->box, path, key, 1);
    if (line == 0) return kj_error_context(err, "%s: scenario.%s", path, key); /* the key stands there twice, or is made by the script */
    return kj_error_context(err, "%s:%d: scenario.%s", path, (int)line, key);
}

void kj_scenario_leave_out(kj_scenario *scenario, const char *project) { kj_city_leave_out(scenario->policies->city, project); }
