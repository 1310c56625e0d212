/* policy{…}: reads what a policy file declares. */
#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "luatable.h"
#include "scenario_internal.h"

bool script_is_name(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return n > 0 && name[n] == 0 && name[0] >= 'a' && n <= 40;
}

char *script_copy(lua_State *L, const char *text)
{
    char *copy = text ? strdup(text) : NULL;
    if (text && !copy) luaL_error(L, "no memory");
    return copy;
}

void script_copy_texts(lua_State *L, char *to[KJ_LANGUAGES], const char *const from[KJ_LANGUAGES])
{
    for (int i = 0; i < KJ_LANGUAGES; i++) to[i] = script_copy(L, from[i]);
}

/* NULL, each of them, where the field need not be there and is not. */
static void read_texts(lua_State *L, int index, const char *what, const char *key, bool required, char *to[KJ_LANGUAGES])
{
    const char *texts[KJ_LANGUAGES];
    kj_lua_texts(L, index, what, key, required, texts);
    script_copy_texts(L, to, texts);
}

/* The same with a text for all languages if the field is absent. */
static void read_texts_or(lua_State *L, int index, const char *what, const char *key, char *const absent[KJ_LANGUAGES], char *to[KJ_LANGUAGES])
{
    if (kj_lua_has(L, index, key)) {
        read_texts(L, index, what, key, true, to);
        return;
    }
    for (int i = 0; i < KJ_LANGUAGES; i++) to[i] = script_copy(L, absent[i]);
}

/* Fields by which a parameter is bounded: switches and facilities need none of them. */
static void refuse_bounds(lua_State *L, int index, const char *what, const char *kind)
{
    for (int max = 0; max < 2; max++)
        if (kj_lua_has(L, index, max ? "max" : "min")) kj_lua_refuse(L, max ? "max" : "min", "%s: %s has no min and max", what, kind);
}

static void read_switch(lua_State *L, int index, const char *what, kj_policy_param *param)
{
    refuse_bounds(L, index, what, "a switch (default true or false)");
    if (kj_lua_has(L, index, "kind")) kj_lua_refuse(L, "kind", "%s: a switch (default true or false) has no kind", what);
    param->def = kj_lua_bool_or(L, index, what, "default", false) ? 1.0 : 0.0;
    param->max = 1.0;
}

static void read_whole(lua_State *L, int index, const char *what, int64_t least, int64_t most, kj_policy_param *param)
{
    int64_t min = kj_lua_whole(L, index, what, "min", least, most), max = kj_lua_whole(L, index, what, "max", min, most);
    param->def = (double)kj_lua_whole(L, index, what, "default", min, max);
    param->min = (double)min;
    param->max = (double)max;
}

static void read_facility(lua_State *L, int index, const char *what, kj_policy_param *param)
{
    enum { IDS_MAX = 1000000 };
    refuse_bounds(L, index, what, "the id of a facility");
    if (!kj_lua_has(L, index, "zero")) kj_lua_refuse(L, "kind", "%s: the id of a facility may be 0: say in `zero` what is meant then, as in zero = \"the smallest\"", what);
    param->def = (double)kj_lua_whole_or(L, index, what, "default", 0, IDS_MAX, 0);
    param->max = IDS_MAX;
}

static void read_number(lua_State *L, int index, const char *what, kj_policy_param *param)
{
    param->min = kj_lua_number(L, index, what, "min", -1e12, 1e12);
    param->max = kj_lua_number(L, index, what, "max", param->min, 1e12);
    param->def = kj_lua_number(L, index, what, "default", param->min, param->max);
}

/* Default and bounds, as its kind asks for them. */
static void read_values(lua_State *L, int index, const char *what, kj_policy_param *param)
{
    switch (param->kind) {
    case KJ_PARAM_SWITCH: read_switch(L, index, what, param); break;
    case KJ_PARAM_WHOLE: read_whole(L, index, what, -1000000000000, 1000000000000, param); break;
    case KJ_PARAM_GRADE: read_whole(L, index, what, 0, 9, param); break;
    case KJ_PARAM_FACILITY: read_facility(L, index, what, param); break;
    case KJ_PARAM_NUMBER: read_number(L, index, what, param); break;
    }
}

static bool default_is_boolean(lua_State *L, int index)
{
    lua_getfield(L, index, "default");
    bool is = lua_isboolean(L, -1);
    lua_pop(L, 1);
    return is;
}

/* The words of kinds of facilities are those of city:facilities. */
static void read_kind(lua_State *L, int index, const char *what, kj_policy_param *param)
{
    enum { WHOLE, GRADE, FACILITIES };
    param->kind = default_is_boolean(L, index) ? KJ_PARAM_SWITCH : KJ_PARAM_NUMBER;
    int32_t word = kj_lua_word_or(L, index, what, "kind", "whole grade " KJ_FACILITY_KIND_LABELS, -1);
    if (word < 0 || param->kind == KJ_PARAM_SWITCH) return;
    param->kind = word == WHOLE ? KJ_PARAM_WHOLE : word == GRADE ? KJ_PARAM_GRADE : KJ_PARAM_FACILITY;
    if (word >= FACILITIES) param->facility = (kj_facility_kind)(word - FACILITIES);
}

/* "Distance from homes." becomes "Distance from homes; 0: anywhere." */
static char *with_zero(lua_State *L, const char *sentence, const char *zero)
{
    size_t n = sentence ? strlen(sentence) : 0;
    if (n && sentence[n - 1] == '.') n--;
    char *text = script_copy(L, lua_pushfstring(L, "%s%s0: %s.", lua_pushlstring(L, sentence ? sentence : "", n), n ? "; " : "", zero));
    lua_pop(L, 2);
    return text;
}

/* Title and sentence; without a sentence the title stands for it, or what 0 means. */
static void read_param_texts(lua_State *L, int index, const char *what, kj_policy_param *param)
{
    char *const names[KJ_LANGUAGES] = {param->name, param->name, param->name};
    const char *sentence[KJ_LANGUAGES];
    read_texts_or(L, index, what, "title", names, param->title);
    read_texts(L, index, what, "zero", false, param->zero);
    if (!param->zero[0]) {
        read_texts_or(L, index, what, "sentence", param->title, param->sentence);
        return;
    }
    kj_lua_texts(L, index, what, "sentence", false, sentence);
    for (int i = 0; i < KJ_LANGUAGES; i++) param->sentence[i] = with_zero(L, sentence[i], param->zero[i]);
}

/* Faults of a parameter are told with lines between its own braces, which its name tells; the policy may have the same name. */
static void look_at_param(lua_State *L, int index, const kj_policy *policy)
{
    const kj_policies *policies = script_policies(L);
    lua_getfield(L, index, "name");
    const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL; /* the parameter's table keeps the text */
    lua_pop(L, 1);
    if (!name) return;
    int32_t before = kj_lua_has(L, 1, "name") && strcmp(name, policy->name) == 0;
    for (uint32_t p = 0; p < policy->n_params; p++) before += strcmp(policy->params[p].name, name) == 0;
    kj_sandbox_look_at(policies->box, policies->scenario->files[policy->file].path, name, before);
}

static void read_param(lua_State *L, int index, kj_policy *policy, int32_t i)
{
    static const char *const keys[] = {"name", "kind", "unit", "default", "min", "max", "zero", "title", "sentence", "source"};
    static const char *const taken[] = {"enabled", "from", "to", "since", "done"};
    static const char *const needs[] = {"name", "default", "min", "max"};
    char what[2 * KJ_NAME_MAX];
    look_at_param(L, index, policy);
    kj_policy_param *param = &policy->params[policy->n_params++];
    snprintf(what, sizeof what, "policy.parameters.%d", (int)i);
    kj_lua_known_keys(L, index, what, keys, sizeof keys / sizeof *keys, false);
    read_kind(L, index, what, param);
    bool is_bounded = param->kind != KJ_PARAM_SWITCH && param->kind != KJ_PARAM_FACILITY;
    kj_lua_required(L, index, what, needs, is_bounded ? sizeof needs / sizeof *needs : 1);
    const char *name = kj_lua_string(L, index, what, "name");
    if (!script_is_name(name)) kj_lua_refuse(L, NULL, "%s.name: expected small letters, digits and _, found \"%s\"", what, name);
    for (size_t k = 0; k < sizeof taken / sizeof *taken; k++)
        if (strcmp(name, taken[k]) == 0) kj_lua_refuse(L, NULL, "%s.name: every policy has '%s' already", what, name);
    for (uint32_t p = 0; p + 1 < policy->n_params; p++)
        if (strcmp(policy->params[p].name, name) == 0) kj_lua_refuse(L, NULL, "%s.name: '%s' is declared twice", what, name);
    snprintf(param->name, sizeof param->name, "%s", name);
    snprintf(what, sizeof what, "parameter %s", param->name);
    bool needs_unit = param->kind == KJ_PARAM_NUMBER || param->kind == KJ_PARAM_WHOLE;
    param->has_unit = !needs_unit || kj_lua_has(L, index, "unit");
    param->unit = script_copy(L, kj_lua_string_or(L, index, what, "unit", param->kind == KJ_PARAM_SWITCH ? "boolean" : "1"));
    param->source = script_copy(L, kj_lua_string_or(L, index, what, "source", "choice of the policy's author"));
    read_param_texts(L, index, what, param);
    read_values(L, index, what, param);
    if (param->zero[0] && (param->kind == KJ_PARAM_SWITCH || param->min > 0.0 || param->max < 0.0))
        kj_lua_refuse(L, "zero", "%s.zero: it cannot be 0%s", what, param->kind == KJ_PARAM_SWITCH ? ", as a switch is true or false" : "; its range leaves that out");
}

static void read_params(lua_State *L, int index, kj_policy *policy)
{
    int list = kj_lua_table_or_none(L, index, "policy", "parameters");
    int32_t n = list ? kj_lua_length(L, list) : 0;
    if (n > POLICY_PARAMS_MAX) kj_lua_refuse(L, "parameters", "policy.parameters: expected at most %d, found %d", POLICY_PARAMS_MAX, (int)n);
    policy->params = calloc((size_t)n + 2, sizeof *policy->params); /* and a place */
    if (!policy->params) luaL_error(L, "no memory");
    if (!list) return;
    kj_lua_known_keys(L, list, "policy.parameters", NULL, 0, true);
    for (int32_t i = 1; i <= n; i++) {
        int item = kj_lua_item_table(L, list, "policy.parameters", i);
        read_param(L, item, policy, i);
        kj_sandbox_look_away(script_policies(L)->box);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* place = what is meant without a point: declares x and y, 0 for none, so that all policies with a place call it the same. */
static void read_place(lua_State *L, int index, kj_policy *policy)
{
    static const char *const names[2] = {"x", "y"};
    static const char *const titles[2][KJ_LANGUAGES] = {{"Place, east", "Läge, öst", "Sted, øst"}, {"Place, north", "Läge, norr", "Sted, nord"}};
    static const char *const sentences[2][KJ_LANGUAGES] = {
        {"East coordinate in the map's system.", "Östkoordinat i kartans system.", "Østkoordinat i kortets system."},
        {"North coordinate in the map's system.", "Nordkoordinat i kartans system.", "Nordkoordinat i kortets system."}};
    const char *without[KJ_LANGUAGES];
    policy->has_place = kj_lua_has(L, index, "place");
    if (!policy->has_place) return;
    kj_lua_texts(L, index, "policy", "place", true, without);
    for (uint32_t p = 0; p < policy->n_params; p++)
        if (!strcmp(policy->params[p].name, "x") || !strcmp(policy->params[p].name, "y") || !strcmp(policy->params[p].name, "point"))
            kj_lua_refuse(L, NULL, "policy.place declares x and y and gives p.point: '%s' is declared twice", policy->params[p].name);
    for (int d = 0; d < 2; d++) {
        kj_policy_param *param = &policy->params[policy->n_params++];
        snprintf(param->name, sizeof param->name, "%s", names[d]);
        param->unit = script_copy(L, "m");
        param->has_unit = true;
        param->source = script_copy(L, "assumed: 0 is not used");
        param->max = 1e7;
        script_copy_texts(L, param->title, titles[d]);
        script_copy_texts(L, param->zero, without);
        for (int i = 0; i < KJ_LANGUAGES; i++) param->sentence[i] = with_zero(L, sentences[d][i], without[i]);
    }
}

/* when = "year", "month", "once", { month = 8 }, { year = 2030 }, { table =, column =, name =, above = or below =, month = }. */
static void read_when(lua_State *L, int index, kj_policy *policy)
{
    static const char *const keys[] = {"month", "year", "table", "column", "name", "above", "below"};
    kj_trigger *trigger = &policy->trigger;
    lua_getfield(L, index, "when");
    bool is_table = lua_istable(L, -1);
    lua_pop(L, 1);
    if (!is_table) {
        int32_t word = kj_lua_word_or(L, index, "policy", "when", "year month once", 0);
        policy->monthly = word == 1;
        policy->once = word == 2;
        return;
    }
    int when = kj_lua_table(L, index, "policy", "when");
    kj_lua_known_keys(L, when, "policy.when", keys, sizeof keys / sizeof *keys, false);
    trigger->month = (int32_t)kj_lua_whole_or(L, when, "policy.when", "month", 1, 12, 0);
    trigger->year = (int32_t)kj_lua_whole_or(L, when, "policy.when", "year", 1900, 2500, 0);
    bool above = kj_lua_has(L, when, "above"), below = kj_lua_has(L, when, "below"), bounded = above || below;
    if (above && below) kj_lua_refuse(L, "when", "policy.when: expected either above or below, found both");
    if (bounded != kj_lua_has(L, when, "column")) kj_lua_refuse(L, "when", "policy.when: an indicator needs table, column and above or below");
    if (!bounded && !trigger->month && !trigger->year) kj_lua_refuse(L, "when", "policy.when: expected month, year, or an indicator with a bound");
    if (bounded) {
        trigger->table = script_copy(L, kj_lua_string_or(L, when, "policy.when", "table", "municipality"));
        trigger->column = script_copy(L, kj_lua_string(L, when, "policy.when", "column"));
        trigger->name = script_copy(L, kj_lua_string_or(L, when, "policy.when", "name", NULL));
        trigger->is_above = above;
        trigger->bound = kj_lua_number(L, when, "policy.when", above ? "above" : "below", -1e15, 1e15);
        policy->monthly = trigger->month == 0;
    }
    policy->once = bounded || trigger->year;
    lua_pop(L, 1);
}

static void read_policy(lua_State *L, kj_policy *policy)
{
    static const char *const keys[] = {"name", "title", "sentence", "lever", "changes", "leaves", "parameters", "place", "when", "apply"};
    static const char *const countries[] = {"se", "dk"}, *const needs[] = {"title", "sentence", "apply"};
    kj_lua_known_keys(L, 1, "policy", keys, sizeof keys / sizeof *keys, false);
    kj_lua_required(L, 1, "policy", needs, sizeof needs / sizeof *needs);
    const char *name = kj_lua_string_or(L, 1, "policy", "name", policy->name);
    if (strcmp(name, policy->name) != 0)
        kj_lua_refuse(L, "name", "policy.name: expected \"%s\", the file's name, found \"%s\"", policy->name, name);
    read_texts(L, 1, "policy", "title", true, policy->title);
    read_texts(L, 1, "policy", "sentence", true, policy->sentence);
    int lever = kj_lua_table_or_none(L, 1, "policy", "lever");
    if (lever) {
        kj_lua_known_keys(L, lever, "policy.lever", countries, 2, false);
        policy->lever_se = script_copy(L, kj_lua_string_or(L, lever, "policy.lever", "se", NULL));
        policy->lever_dk = script_copy(L, kj_lua_string_or(L, lever, "policy.lever", "dk", NULL));
        lua_pop(L, 1);
    }
    read_texts(L, 1, "policy", "changes", false, policy->changes);
    read_texts(L, 1, "policy", "leaves", false, policy->leaves);
    read_when(L, 1, policy);
    read_params(L, 1, policy);
    read_place(L, 1, policy);
}

int script_policy(lua_State *L)
{
    kj_policies *policies = script_policies(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (!policies->reading && policies->mode != SCRIPT_CALL) return kj_lua_refuse(L, NULL, "policy{…} belongs in a file of its own");
    if (policies->n_calls++) return kj_lua_refuse(L, NULL, "policy{…} stands twice in this file");
    lua_getfield(L, 1, "apply");
    if (!lua_isnil(L, -1) && !lua_isfunction(L, -1)) /* absent: told with all else that is missing */
        return kj_lua_refuse(L, "apply", "policy.apply: expected function(city, p), found %s", luaL_typename(L, -1));
    if (policies->mode == SCRIPT_CALL)
        lua_rawsetp(L, LUA_REGISTRYINDEX, &script_apply_key);
    else
        read_policy(L, policies->reading);
    return 0;
}

void script_policy_free(kj_policy *policy)
{
    for (uint32_t p = 0; p < policy->n_params; p++) {
        kj_policy_param *param = &policy->params[p];
        for (int i = 0; i < KJ_LANGUAGES; i++) {
            free(param->title[i]);
            free(param->sentence[i]);
            free(param->zero[i]);
        }
        free(param->unit);
        free(param->source);
    }
    for (int i = 0; i < KJ_LANGUAGES; i++) {
        free(policy->title[i]);
        free(policy->sentence[i]);
        free(policy->changes[i]);
        free(policy->leaves[i]);
    }
    free(policy->trigger.table);
    free(policy->trigger.column);
    free(policy->trigger.name);
    free(policy->params);
    free(policy->lever_se);
    free(policy->lever_dk);
}

kj_policy *script_find_policy(const kj_scenario *scenario, const char *name)
{
    for (uint32_t i = 0; i < scenario->n_policies; i++)
        if (strcmp(scenario->policy[i].name, name) == 0) return &scenario->policy[i];
    return NULL;
}
