#include "luatable.h"

#include <lauxlib.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "sandbox.h"

enum { MESSAGE_MAX = 800, FOUND_MAX = 80 };

/* The innermost script line: path into `path`, returns the line or 0. */
static int32_t calling_line(lua_State *L, char *path, size_t n_path)
{
    lua_Debug ar;
    path[0] = 0;
    for (int level = 0; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.currentline <= 0 || ar.source[0] != '@') continue;
        snprintf(path, n_path, "%s", ar.source + 1);
        return ar.currentline;
    }
    return 0;
}

int32_t kj_lua_line(lua_State *L, const char *key)
{
    char path[1024];
    int32_t line = calling_line(L, path, sizeof path);
    if (!line) return 0;
    const kj_sandbox *box = kj_sandbox_of(L);
    int32_t key_line = key ? kj_sandbox_key_line(box, path, key, line) : 0, item_line = kj_sandbox_looked_at(box, path);
    return key_line ? key_line : item_line ? item_line : line;
}

int kj_lua_refuse(lua_State *L, const char *key, const char *format, ...)
{
    char message[MESSAGE_MAX], path[1024], name[1100];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    int32_t line = calling_line(L, path, sizeof path);
    if (!line) return luaL_error(L, "%s", message);
    size_t n = strlen(path); /* written as Lua writes it, so that the report recognises its own file */
    if (n < LUA_IDSIZE)
        snprintf(name, sizeof name, "%s", path);
    else
        snprintf(name, sizeof name, "...%s", path + n - (LUA_IDSIZE - 4));
    lua_pushfstring(L, "%s:%d: %s", name, (int)kj_lua_line(L, key), message);
    return lua_error(L);
}

/* What stands at the top of the stack, in words. */
static const char *found_text(lua_State *L, char out[FOUND_MAX])
{
    switch (lua_type(L, -1)) {
    case LUA_TNIL: return "nothing";
    case LUA_TBOOLEAN: return lua_toboolean(L, -1) ? "true" : "false";
    case LUA_TNUMBER:
        if (lua_isinteger(L, -1))
            snprintf(out, FOUND_MAX, "%lld", (long long)lua_tointeger(L, -1));
        else
            snprintf(out, FOUND_MAX, "%.14g", lua_tonumber(L, -1));
        return out;
    case LUA_TSTRING: snprintf(out, FOUND_MAX, "\"%.*s\"", (int)kj_text_cut(lua_tostring(L, -1), lua_rawlen(L, -1), 60), lua_tostring(L, -1)); return out;
    default: snprintf(out, FOUND_MAX, "a %s", luaL_typename(L, -1)); return out;
    }
}

static void refuse_value(lua_State *L, const char *what, const char *key, const char *expected)
{
    char found[FOUND_MAX];
    kj_lua_refuse(L, key, "%s.%s: expected %s, found %s", what, key, expected, found_text(L, found));
}

/* Pushes the field; false if it is absent. */
static bool push_field(lua_State *L, int index, const char *key)
{
    index = lua_absindex(L, index);
    luaL_checkstack(L, 4, "nested too deeply");
    lua_pushstring(L, key);
    return lua_rawget(L, index) != LUA_TNIL;
}

bool kj_lua_has(lua_State *L, int index, const char *key)
{
    bool has = push_field(L, index, key);
    lua_pop(L, 1);
    return has;
}

void kj_lua_known_keys(lua_State *L, int index, const char *what, const char *const *keys, size_t n_keys, bool allow_list)
{
    index = lua_absindex(L, index);
    luaL_checkstack(L, 4, "nested too deeply");
    const char *unknown = NULL; /* the first one in byte order, so that the message is the same everywhere */
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) {
            bool is_item = lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1;
            if (!allow_list || !is_item)
                kj_lua_refuse(L, NULL, "%s: expected only fields with names, found a value without one", what);
            continue;
        }
        const char *name = lua_tostring(L, -2);
        bool known = false;
        for (size_t i = 0; i < n_keys && !known; i++) known = strcmp(keys[i], name) == 0;
        if (!known && (!unknown || strcmp(name, unknown) < 0)) unknown = name;
    }
    if (!unknown) return;
    if (!n_keys) kj_lua_refuse(L, unknown, "%s: expected a list of values without names, found '%s = …'", what, unknown);
    const char *near = kj_nearest_name(unknown, keys, n_keys);
    if (near) kj_lua_refuse(L, unknown, "%s: unknown key '%s'; did you mean '%s'?", what, unknown, near);
    char all[512] = "";
    for (size_t i = 0, used = 0; i < n_keys && used < sizeof all; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", keys[i]);
    kj_lua_refuse(L, unknown, "%s: unknown key '%s'; known are %s", what, unknown, all);
}

void kj_lua_required(lua_State *L, int index, const char *what, const char *const *keys, size_t n_keys)
{
    char missing[400] = "";
    size_t used = 0, n = 0;
    for (size_t i = 0; i < n_keys; i++) {
        if (kj_lua_has(L, index, keys[i]) || used >= sizeof missing) continue;
        used += (size_t)snprintf(missing + used, sizeof missing - used, "%s%s", n++ ? ", " : "", keys[i]);
    }
    if (n) kj_lua_refuse(L, NULL, "%s: %s missing: %s", what, n == 1 ? "a field is" : "fields are", missing);
}

/* ---- values at the top of the stack ---- */

static double check_number(lua_State *L, const char *what, const char *key, double min, double max)
{
    char expected[120];
    double value = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : NAN;
    if (!(value >= min && value <= max)) {
        snprintf(expected, sizeof expected, "a number from %.14g to %.14g", min, max);
        refuse_value(L, what, key, expected);
    }
    return value;
}

static int64_t check_whole(lua_State *L, const char *what, const char *key, int64_t min, int64_t max)
{
    int is_whole = 0;
    int64_t value = lua_type(L, -1) == LUA_TNUMBER ? lua_tointegerx(L, -1, &is_whole) : 0;
    if (!is_whole || value < min || value > max) {
        char expected[120];
        snprintf(expected, sizeof expected, "a whole number from %lld to %lld", (long long)min, (long long)max);
        refuse_value(L, what, key, expected);
    }
    return value;
}

/* Strings of Lua hold any bytes; texts go into files that others read, and end at a zero here. */
static const char *check_string(lua_State *L, const char *what, const char *key)
{
    if (lua_type(L, -1) != LUA_TSTRING) refuse_value(L, what, key, "a text");
    const char *text = lua_tostring(L, -1), *bad = kj_text_bad_utf8(text, lua_rawlen(L, -1));
    if (bad) kj_lua_refuse(L, key, "%s.%s: expected a text in UTF-8, found the byte 0x%02X at place %d", what, key, (unsigned)(unsigned char)*bad, (int)(bad - text) + 1);
    return text;
}

static int32_t check_word(lua_State *L, const char *what, const char *key, const char *labels)
{
    int32_t value = lua_type(L, -1) == LUA_TSTRING ? kj_labels_index(labels, check_string(L, what, key)) : -1;
    if (value < 0) {
        char expected[400];
        snprintf(expected, sizeof expected, "one of: %s", labels);
        refuse_value(L, what, key, expected);
    }
    return value;
}

/* ---- required ---- */

const char *kj_lua_string(lua_State *L, int index, const char *what, const char *key)
{
    push_field(L, index, key);
    const char *value = check_string(L, what, key);
    lua_pop(L, 1);
    return value;
}

double kj_lua_number(lua_State *L, int index, const char *what, const char *key, double min, double max)
{
    push_field(L, index, key);
    double value = check_number(L, what, key, min, max);
    lua_pop(L, 1);
    return value;
}

int64_t kj_lua_whole(lua_State *L, int index, const char *what, const char *key, int64_t min, int64_t max)
{
    push_field(L, index, key);
    int64_t value = check_whole(L, what, key, min, max);
    lua_pop(L, 1);
    return value;
}

int32_t kj_lua_word(lua_State *L, int index, const char *what, const char *key, const char *labels)
{
    push_field(L, index, key);
    int32_t value = check_word(L, what, key, labels);
    lua_pop(L, 1);
    return value;
}

int kj_lua_table(lua_State *L, int index, const char *what, const char *key)
{
    push_field(L, index, key);
    if (lua_type(L, -1) != LUA_TTABLE) refuse_value(L, what, key, "a table { … }");
    return lua_gettop(L);
}

/* ---- with a default ---- */

const char *kj_lua_string_or(lua_State *L, int index, const char *what, const char *key, const char *absent)
{
    return kj_lua_has(L, index, key) ? kj_lua_string(L, index, what, key) : absent;
}

double kj_lua_number_or(lua_State *L, int index, const char *what, const char *key, double min, double max, double absent)
{
    return kj_lua_has(L, index, key) ? kj_lua_number(L, index, what, key, min, max) : absent;
}

int64_t kj_lua_whole_or(lua_State *L, int index, const char *what, const char *key, int64_t min, int64_t max, int64_t absent)
{
    return kj_lua_has(L, index, key) ? kj_lua_whole(L, index, what, key, min, max) : absent;
}

int32_t kj_lua_word_or(lua_State *L, int index, const char *what, const char *key, const char *labels, int32_t absent)
{
    return kj_lua_has(L, index, key) ? kj_lua_word(L, index, what, key, labels) : absent;
}

bool kj_lua_bool_or(lua_State *L, int index, const char *what, const char *key, bool absent)
{
    bool value = absent;
    if (push_field(L, index, key)) {
        if (lua_type(L, -1) != LUA_TBOOLEAN) refuse_value(L, what, key, "true or false");
        value = lua_toboolean(L, -1);
    }
    lua_pop(L, 1);
    return value;
}

int kj_lua_table_or_none(lua_State *L, int index, const char *what, const char *key)
{
    return kj_lua_has(L, index, key) ? kj_lua_table(L, index, what, key) : 0;
}

void kj_lua_texts(lua_State *L, int index, const char *what, const char *key, bool required, const char *out[3])
{
    static const char *const languages[3] = {"en", "sv", "da"};
    char inner[200];
    out[0] = out[1] = out[2] = NULL;
    bool has = push_field(L, index, key);
    if (!has && !required) {
        lua_pop(L, 1);
        return;
    }
    if (lua_type(L, -1) == LUA_TSTRING) {
        out[0] = out[1] = out[2] = check_string(L, what, key);
    } else if (lua_type(L, -1) == LUA_TTABLE) {
        snprintf(inner, sizeof inner, "%s.%s", what, key);
        kj_lua_known_keys(L, -1, inner, languages, 3, false);
        out[0] = kj_lua_string(L, -1, inner, languages[0]);
        for (int i = 1; i < 3; i++) out[i] = kj_lua_string_or(L, -1, inner, languages[i], out[0]);
    } else {
        refuse_value(L, what, key, "a text, or { en = …, sv = …, da = … }");
    }
    lua_pop(L, 1);
}

/* ---- lists ---- */

int32_t kj_lua_length(lua_State *L, int index)
{
    lua_Unsigned n = lua_rawlen(L, index);
    return n > INT32_MAX ? INT32_MAX : (int32_t)n;
}

static void push_item(lua_State *L, int index, int32_t i, char key[16])
{
    luaL_checkstack(L, 4, "nested too deeply");
    lua_rawgeti(L, index, i);
    snprintf(key, 16, "%d", (int)i);
}

int kj_lua_item_table(lua_State *L, int index, const char *what, int32_t i)
{
    char key[16];
    push_item(L, index, i, key);
    if (lua_type(L, -1) != LUA_TTABLE) refuse_value(L, what, key, "a table { … }");
    return lua_gettop(L);
}

double kj_lua_item_number(lua_State *L, int index, const char *what, int32_t i, double min, double max)
{
    char key[16];
    push_item(L, index, i, key);
    double value = check_number(L, what, key, min, max);
    lua_pop(L, 1);
    return value;
}

const char *kj_lua_item_string(lua_State *L, int index, const char *what, int32_t i)
{
    char key[16];
    push_item(L, index, i, key);
    const char *value = check_string(L, what, key);
    lua_pop(L, 1);
    return value;
}
