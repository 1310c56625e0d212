/* Applies policies: parameters, the month's calls, and what happens when one fails.

   A policy keeps nothing between calls: its file is run afresh each time, in an environment of its own. So a run that
   was stopped and resumed from a checkpoint goes the same way as one that was not. */
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "../base/log.h"
#include "indicator.h"
#include "luatable.h"
#include "past.h"
#include "scenario_internal.h"

const char script_apply_key = 0, script_projects_key = 0, script_programme_key = 0;

/* ---- parameters ---- */

static kj_status add_param(kj_error *err, kj_sim *sim, const kj_policy *policy, const char *name, const kj_param_def *shape, bool is_whole)
{
    char full[2 * KJ_NAME_MAX];
    kj_param_def def = *shape;
    snprintf(full, sizeof full, "%s.%s", policy->name, name);
    def.struct_size = sizeof def;
    def.name = full;
    def.evidence = KJ_ASSUMED; /* a policy is a choice */
    return kj_sim_add_param(err, sim, "policy", &def, is_whole);
}

/* What every policy has, in this order from kj_policy.first_param on; done only if it acts once. */
enum { OWN_ENABLED = 0, OWN_FROM, OWN_TO, OWN_SINCE, OWN_DONE };

/* By place, not by name: looked at for every policy in every month. */
static double own_value(const kj_sim *sim, const kj_policy *policy, uint32_t which) { return kj_sim_param(sim, policy->first_param + which)->value; }

/* Off, and from no year to none, until something else is said; the unit says that it is whole. */
static kj_status add_own(kj_error *err, kj_sim *sim, const kj_policy *policy, const char *name, const char *unit, double max, const char *doc)
{
    const kj_param_def def = {.unit = unit, .max = max, .source = "of every policy", .doc = doc};
    return add_param(err, sim, policy, name, &def, false);
}

static kj_status declare_policy(kj_error *err, kj_sim *sim, kj_policy *policy)
{
    enum { LAST_YEAR = 2500 };
    policy->first_param = kj_sim_n_params(sim);
    kj_status status = add_own(err, sim, policy, "enabled", "boolean", 1.0, policy->sentence[0]);
    if (!status) status = add_own(err, sim, policy, "from", "year", LAST_YEAR, "First year in which the policy is applied; 0: from the start.");
    if (!status) status = add_own(err, sim, policy, "to", "year", LAST_YEAR, "Last year in which the policy is applied; 0: to the end.");
    /* Kept as parameters, so that they stand in checkpoints and in the states that a live session goes back to. */
    if (!status) status = add_own(err, sim, policy, "since", "year", LAST_YEAR, "Kept by the program: year of the first call since the policy came into force; 0: not in force.");
    if (!status && policy->once)
        status = add_own(err, sim, policy, "done", "year", LAST_YEAR, "Kept by the program: year for which a policy that acts once has acted; 0: not yet.");
    for (uint32_t p = 0; !status && p < policy->n_params; p++) {
        const kj_policy_param *own = &policy->params[p];
        kj_param_def def = {.unit = own->kind == KJ_PARAM_SWITCH ? "boolean" : own->unit, .def = own->def, .min = own->min, .max = own->max,
                            .source = own->source, .doc = own->sentence[0]};
        status = add_param(err, sim, policy, own->name, &def, own->kind != KJ_PARAM_NUMBER);
    }
    return status;
}

kj_status kj_policy_value(kj_error *err, const kj_sim *sim, const kj_policy *policy, const char *param, double *value)
{
    char full[2 * KJ_NAME_MAX];
    snprintf(full, sizeof full, "%s.%s", policy->name, param);
    return kj_sim_get_param(err, sim, full, value);
}

static kj_status give_value(kj_error *err, kj_sim *sim, const kj_policy *policy, const char *name, double value)
{
    char full[2 * KJ_NAME_MAX];
    snprintf(full, sizeof full, "%s.%s", policy->name, name);
    return kj_sim_set_param(err, sim, full, value);
}

/* What the scenario says of a policy that it lists. */
static kj_status give_values(kj_error *err, kj_sim *sim, const kj_policy *policy)
{
    if (!policy->listed) return KJ_OK;
    kj_status status = give_value(err, sim, policy, "enabled", policy->enabled);
    if (!status) status = give_value(err, sim, policy, "from", policy->from);
    if (!status) status = give_value(err, sim, policy, "to", policy->to);
    for (uint32_t p = 0; !status && p < policy->n_params; p++)
        if (policy->params[p].is_given) status = give_value(err, sim, policy, policy->params[p].name, policy->params[p].given);
    return status;
}

/* ---- parameters that name a facility ---- */

/* Kind of a facility; -1 if there is none with this id. */
static int32_t facility_kind(const kj_store *store, double id)
{
    const kj_rows *rows = kj_store_table(store, "facility");
    const kj_column *kinds = rows ? kj_rows_column(rows, "kind") : NULL;
    for (uint32_t row = 0; kinds && row < rows->n_rows; row++)
        if (rows->alive[row] && (double)rows->ids[row] == id) return (int32_t)kj_column_value(kinds, row);
    return -1;
}

/* KJ_E_MISSING if there is no facility with the id, KJ_E_INPUT if it is of another kind. */
static kj_status check_facility(kj_error *err, const kj_store *store, const kj_policy *policy, const kj_policy_param *param, double id)
{
    char wanted[KJ_NAME_MAX], other[KJ_NAME_MAX];
    int32_t kind = id == 0.0 ? (int32_t)param->facility : facility_kind(store, id);
    if (kind == (int32_t)param->facility) return KJ_OK;
    kj_labels_at(KJ_FACILITY_KIND_LABELS, (int32_t)param->facility, wanted, sizeof wanted);
    if (kind < 0)
        return kj_fail(err, KJ_E_MISSING, "parameter '%s.%s' = %.0f: expected the id of a %s, or 0 (%s); there is no facility %.0f", policy->name, param->name, id, wanted,
                       param->zero[0], id);
    return kj_fail(err, KJ_E_INPUT, "parameter '%s.%s' = %.0f: expected the id of a %s, or 0 (%s); facility %.0f is a %s", policy->name, param->name, id, wanted,
                   param->zero[0], id, kj_labels_at(KJ_FACILITY_KIND_LABELS, kind, other, sizeof other));
}

/* Of a parameter that names a facility, as check_facility; another is in order. */
static kj_status check_param(kj_error *err, const kj_store *store, const kj_policy *policy, uint32_t p, const kj_sim *sim)
{
    double id = 0.0;
    if (policy->params[p].kind != KJ_PARAM_FACILITY) return KJ_OK;
    kj_status status = kj_policy_value(err, sim, policy, policy->params[p].name, &id);
    return status ? status : check_facility(err, store, policy, &policy->params[p], id);
}

static kj_status check_facilities(kj_error *err, const kj_store *store, const kj_policy *policy, const kj_sim *sim)
{
    kj_status status = KJ_OK;
    for (uint32_t p = 0; !status && p < policy->n_params; p++) status = check_param(err, store, policy, p, sim);
    return status;
}

kj_status kj_scenario_check_facilities(kj_error *err, const kj_scenario *scenario, const kj_map *map, const kj_sim *sim)
{
    for (uint32_t i = 0; i < scenario->n_policies; i++) {
        const kj_policy *policy = &scenario->policy[i];
        for (uint32_t p = 0; own_value(sim, policy, OWN_ENABLED) != 0.0 && p < policy->n_params; p++) {
            kj_status status = check_param(err, &map->store, policy, p, sim);
            if (status && status != KJ_E_MISSING) return status;
        }
    }
    return KJ_OK;
}

void kj_scenario_tell_facilities(const kj_scenario *scenario, const kj_map *map, const kj_sim *sim)
{
    kj_error fault;
    for (uint32_t i = 0; i < scenario->n_policies; i++) {
        const kj_policy *policy = &scenario->policy[i];
        for (uint32_t p = 0; own_value(sim, policy, OWN_ENABLED) != 0.0 && p < policy->n_params; p++)
            if (check_param(&fault, &map->store, policy, p, sim) == KJ_E_MISSING) kj_log_note(false, "%s on the map: the run would have to open it first", fault.text);
    }
}

/* ---- calls ---- */

/* Data of one protected call of apply(city, p). */
typedef struct policy_call {
    kj_policies *policies;
    const kj_policy *policy;
    const kj_sim *sim;
} policy_call;

static void push_param(lua_State *L, const policy_call *call, const char *name, bool is_switch)
{
    kj_error err;
    double value = 0.0;
    if (kj_policy_value(&err, call->sim, call->policy, name, &value)) luaL_error(L, "%s", err.text);
    if (is_switch)
        lua_pushboolean(L, value != 0.0);
    else if (value == (double)(int64_t)value)
        lua_pushinteger(L, (lua_Integer)value);
    else
        lua_pushnumber(L, value);
    lua_setfield(L, -2, name);
}

/* A mistyped p.name would be nil and go unnoticed until it meets arithmetic: name it at once. */
static int refuse_unknown_param(lua_State *L)
{
    const kj_policy *policy = lua_touserdata(L, lua_upvalueindex(1));
    const char *names[4 + POLICY_PARAMS_MAX + 2] = {"enabled", "from", "to", "since"};
    size_t n = 4;
    for (uint32_t p = 0; p < policy->n_params; p++) names[n++] = policy->params[p].name;
    const char *wanted = luaL_checkstring(L, 2), *near = kj_nearest_name(wanted, names, n);
    return kj_lua_refuse(L, NULL, "policy %s has no parameter '%s'%s%s%s", policy->name, wanted, near ? "; did you mean '" : "",
                         near ? near : "", near ? "'?" : "");
}

/* p.point: { x =, y = }, or false. */
static void push_point(lua_State *L, const policy_call *call)
{
    kj_error err;
    double at[2] = {0};
    bool good = !kj_policy_value(&err, call->sim, call->policy, "x", &at[0]) && !kj_policy_value(&err, call->sim, call->policy, "y", &at[1]);
    if (!good) luaL_error(L, "%s", err.text);
    if (at[0] > 0.0 && at[1] > 0.0) {
        lua_createtable(L, 0, 2);
        for (int d = 0; d < 2; d++) {
            lua_pushnumber(L, at[d]);
            lua_setfield(L, -2, d ? "y" : "x");
        }
    } else {
        lua_pushboolean(L, false);
    }
    lua_setfield(L, -2, "point");
}

static void push_params(lua_State *L, const policy_call *call)
{
    lua_newtable(L);
    push_param(L, call, "enabled", true);
    push_param(L, call, "from", false);
    push_param(L, call, "to", false);
    push_param(L, call, "since", false);
    for (uint32_t p = 0; p < call->policy->n_params; p++)
        push_param(L, call, call->policy->params[p].name, call->policy->params[p].kind == KJ_PARAM_SWITCH);
    if (call->policy->has_place) push_point(L, call);
    lua_newtable(L);
    lua_pushlightuserdata(L, (void *)(uintptr_t)call->policy);
    lua_pushcclosure(L, refuse_unknown_param, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
}

static int call_apply(lua_State *L)
{
    const policy_call *call = lua_touserdata(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &script_apply_key);
    kj_city_push(L, call->policies->city);
    push_params(L, call);
    lua_call(L, 2, 0);
    return 0;
}

/* Arithmetic with nil after an indicator was nil: says what is nil before it is measured. */
static void explain_nil(kj_error *err, const char *unknown)
{
    const size_t n = strlen(err->text);
    if (!unknown[0] || !strstr(err->text, "attempt to ") || !strstr(err->text, "nil")) return;
    snprintf(err->text + n, sizeof err->text - n, "\nThe indicator %s was nil here: it is not measured yet, or not in that year. Ask first: if n and n > 5 then …", unknown);
}

static kj_status apply_policy(kj_error *err, kj_policies *policies, uint32_t index, kj_sim *sim, kj_month month)
{
    kj_policy *policy = &policies->scenario->policy[index];
    char what[2 * KJ_NAME_MAX];
    policy_call call = {policies, policy, sim};
    snprintf(what, sizeof what, "policy %s, %d-%02d", policy->name, (int)KJ_YEAR_OF(month), (int)KJ_MONTH_OF_YEAR(month));
    kj_status status = check_facilities(err, kj_sim_store(sim), policy, sim);
    if (!status) status = script_run(err, policies, &policies->scenario->files[policy->file], SCRIPT_CALL, "policy");
    if (status) {
        err->status = KJ_E_FAILED;
        return kj_error_context(err, "%s", what);
    }
    kj_city_begin(policies->city, sim, month);
    status = kj_sandbox_protect(err, policies->box, call_apply, &call, what);
    if (status) explain_nil(err, kj_city_unknown(policies->city));
    if (!status) status = script_note_changes(err, policies, index);
    if (!status) status = script_count_call(err, policies->city, index);
    kj_city_end(policies->city, status == KJ_OK);
    return status;
}

/* Does the indicator of a trigger stand beyond its bound? Not before it is first measured. */
static kj_status has_crossed(kj_error *err, const kj_policy *policy, const kj_sim *sim, kj_month month, bool *due)
{
    const kj_trigger *t = &policy->trigger;
    double value = 0.0;
    bool known = false;
    kj_status status = script_indicator(err, sim, month, t->table, t->column, t->name, &value, &known);
    if (status) {
        err->status = KJ_E_FAILED;
        return kj_error_context(err, "policy %s, when", policy->name);
    }
    *due = known && (t->is_above ? value > t->bound : value < t->bound);
    return KJ_OK;
}

/* Is the policy on, and its years reached? */
static bool is_in_force(const kj_policy *policy, const kj_sim *sim, int32_t year)
{
    double from = own_value(sim, policy, OWN_FROM), to = own_value(sim, policy, OWN_TO);
    return own_value(sim, policy, OWN_ENABLED) != 0.0 && (double)year >= from && (to <= 0.0 || (double)year <= to);
}

kj_status script_meant_year(kj_error *err, const kj_policy *policy, const kj_sim *sim, int32_t *year)
{
    double value = (double)policy->trigger.year;
    kj_status status = KJ_OK;
    for (uint32_t p = 0; !status && p < policy->n_params; p++)
        if (!policy->trigger.year && strcmp(policy->params[p].name, "year") == 0) status = kj_policy_value(err, sim, policy, "year", &value);
    *year = (int32_t)value;
    return status;
}

/* A policy that acts once does so in the first month from its year on, also when it is switched on after that: then it says so.
   Given another year it acts again. */
static kj_status is_due_once(kj_error *err, const kj_policy *policy, kj_sim *sim, kj_month month, bool *due)
{
    double done = own_value(sim, policy, OWN_DONE);
    int32_t year = KJ_YEAR_OF(month), meant = 0;
    kj_status status = script_meant_year(err, policy, sim, &meant);
    if (status || year < meant || (meant ? done == (double)meant : done != 0.0)) return status;
    *due = !policy->trigger.column;
    if (policy->trigger.column) status = has_crossed(err, policy, sim, month, due);
    if (status || !*due) return status;
    if (meant && !policy->trigger.column && meant < year) kj_log_warning("%d: policy %s: its year %d is past, so it acts now", (int)year, policy->name, (int)meant);
    return give_value(err, sim, policy, "done", meant ? (double)meant : (double)year);
}

static kj_status is_due(kj_error *err, const kj_policy *policy, kj_sim *sim, kj_month month, bool *due)
{
    int32_t year = KJ_YEAR_OF(month), of_year = policy->trigger.month ? policy->trigger.month : 1;
    double since = own_value(sim, policy, OWN_SINCE);
    kj_status status = KJ_OK;
    *due = false;
    if (!is_in_force(policy, sim, year)) return since != 0.0 ? give_value(err, sim, policy, "since", 0.0) : KJ_OK;
    if (!policy->monthly && KJ_MONTH_OF_YEAR(month) != of_year) return KJ_OK;
    if (policy->once) status = is_due_once(err, policy, sim, month, due);
    else *due = true;
    return !status && *due && since == 0.0 ? give_value(err, sim, policy, "since", (double)year) : status;
}

static kj_status apply_all(kj_error *err, void *data, kj_sim *sim, kj_month month)
{
    kj_policies *policies = data;
    for (uint32_t i = 0; i < policies->scenario->n_policies; i++) {
        const kj_policy *policy = &policies->scenario->policy[i];
        bool due;
        kj_status status = is_due(err, policy, sim, month, &due);
        if (!status && due) status = apply_policy(err, policies, i, sim, month);
        if (status) return status;
    }
    return KJ_OK;
}

/* ---- programme ---- */

/* Appends the list at the top of the stack to the table below it, and pops it. */
static void append_list(lua_State *L)
{
    if (lua_istable(L, -1)) {
        int32_t n = kj_lua_length(L, -1), at = kj_lua_length(L, -2);
        kj_sandbox_charge(L, n);
        for (int32_t i = 1; i <= n; i++) {
            lua_rawgeti(L, -1, i);
            lua_rawseti(L, -3, at + i);
        }
    }
    lua_pop(L, 1);
}

static void push_kept(lua_State *L, kj_policies *policies, kj_script_kind kind, const char *declaration, const char *key)
{
    const kj_scenario *scenario = policies->scenario;
    for (uint32_t f = 0; f < scenario->n_files; f++) {
        if (scenario->files[f].kind != kind) continue;
        kj_error err;
        if (script_run(&err, policies, &scenario->files[f], SCRIPT_CALL, declaration)) luaL_error(L, "%s", err.text);
        lua_rawgetp(L, LUA_REGISTRYINDEX, key);
        append_list(L);
    }
}

void script_push_programme(lua_State *L, void *data)
{
    lua_newtable(L);
    push_kept(L, data, KJ_SCRIPT_PROGRAMME, "programme", &script_programme_key);
    push_kept(L, data, KJ_SCRIPT_SCENARIO, "scenario", &script_projects_key);
}

/* ---- attaching ---- */

kj_status kj_policies_attach(kj_error *err, kj_policies *policies, kj_sim *sim)
{
    const kj_scenario *scenario = policies->scenario;
    kj_status status = KJ_OK;
    for (uint32_t i = 0; !status && i < scenario->n_policies; i++) {
        status = declare_policy(err, sim, &scenario->policy[i]);
        if (!status && (status = give_values(err, sim, &scenario->policy[i])))
            kj_error_context(err, "%s, policies", scenario->files[0].path);
    }
    if (!status) kj_sim_set_policies(sim, apply_all, script_past_keep, policies);
    return status;
}

kj_status kj_scenario_attach(kj_error *err, kj_scenario *scenario, kj_sim *sim)
{
    kj_status status = kj_policies_attach(err, scenario->policies, sim);
    for (uint32_t i = 0; !status && i < scenario->n_settings; i++) {
        status = kj_sim_set_param(err, sim, scenario->settings[i].name, scenario->settings[i].value);
        if (status) kj_error_context(err, "%s, set", scenario->files[0].path);
    }
    return status;
}

int32_t kj_policies_asked(const kj_scenario *scenario, int32_t *in_year)
{
    kj_month in = 0;
    int32_t asked = kj_city_asked(scenario->policies->city, &in);
    *in_year = KJ_YEAR_OF(in);
    return asked;
}

bool kj_policy_keeps(const kj_param_info *param)
{
    const char *own = strchr(param->name, '.');
    return strcmp(param->plugin, "policy") == 0 && own && (strcmp(own, ".since") == 0 || strcmp(own, ".done") == 0);
}

kj_status kj_scenario_check(kj_error *err, const kj_scenario *scenario, const kj_sim *sim)
{
    for (uint32_t i = 0; i < scenario->n_policies; i++) {
        const kj_policy *policy = &scenario->policy[i];
        double from = 0.0, to = 0.0;
        kj_status status = kj_policy_value(err, sim, policy, "from", &from);
        if (!status) status = kj_policy_value(err, sim, policy, "to", &to);
        if (status) return status;
        if (own_value(sim, policy, OWN_SINCE) != 0.0 || (policy->once && own_value(sim, policy, OWN_DONE) != 0.0))
            return kj_fail(err, KJ_E_INPUT, "'%s.since' and '%s.done' are kept by the program: they cannot be set", policy->name, policy->name);
        if (policy->trigger.column && (status = script_indicator_check(err, sim, policy->trigger.table, policy->trigger.column, policy->trigger.month))) {
            const char *path = scenario->files[policy->file].path;
            int32_t line = kj_sandbox_key_line(scenario->policies->box, path, "when", 1);
            return kj_error_context(err, "%s:%d: policy.when", path, (int)line);
        }
        if (to > 0.0 && from > to)
            return kj_fail(err, KJ_E_INPUT, "policy %s would end before it begins: '%s.from' = %g is after '%s.to' = %g", policy->name,
                           policy->name, from, policy->name, to);
    }
    return KJ_OK;
}
