/* Base functions, math, string and table as scripts see them. Taken from Lua's own libraries where those are bounded
   and deterministic, written here where they are not. */
#include "sandbox_lib.h"

#include <kedja/math.h>
#include <lauxlib.h>
#include <lualib.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "sandbox.h"

enum { REP_BYTES_MAX = 1 << 20, BYTES_PER_UNIT = 16, PRINT_COST = 1000, PCALL_COST = 50, NUMBER_COST = 50, DIGIT_COST = 2, UNPACK_MAX = 1000 };

/* ---- base ---- */

/* Text of a value without addresses, which differ from run to run. Pushes a string. */
static const char *push_text(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        kj_sandbox_charge(L, NUMBER_COST);
        if (lua_isinteger(L, index)) return lua_pushfstring(L, "%I", lua_tointeger(L, index));
        if (isnan(lua_tonumber(L, index))) return lua_pushliteral(L, "nan"); /* its sign differs between machines */
        return luaL_tolstring(L, index, NULL);
    case LUA_TUSERDATA:
        if (luaL_getmetafield(L, index, "__name") == LUA_TSTRING) return lua_tostring(L, -1);
        return lua_pushliteral(L, "userdata");
    case LUA_TNIL:
    case LUA_TBOOLEAN:
    case LUA_TSTRING: return luaL_tolstring(L, index, NULL);
    default: return lua_pushstring(L, luaL_typename(L, index));
    }
}

static int base_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    push_text(L, 1);
    return 1;
}

/* print goes to the person at the terminal, for those who write scripts. */
static int base_print(lua_State *L)
{
    int n = lua_gettop(L);
    luaL_Buffer line;
    kj_sandbox_charge(L, PRINT_COST);
    luaL_buffinit(L, &line);
    for (int i = 1; i <= n; i++) {
        if (i > 1) luaL_addchar(&line, '\t');
        push_text(L, i);
        luaL_addvalue(&line);
    }
    luaL_pushresult(&line);
    kj_log_note(false, "%s", lua_tostring(L, -1));
    return 0;
}

/* As Lua's, but the end of the budget passes through. */
static int base_pcall(lua_State *L)
{
    luaL_checkany(L, 1);
    kj_sandbox_charge(L, PCALL_COST);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    int result = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0);
    if (result == LUA_OK) return lua_gettop(L);
    if (kj_sandbox_spent(L)) return lua_error(L);
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

/* Lua's tonumber (upvalue 1), which reads every digit. */
static int base_tonumber(lua_State *L)
{
    if (lua_type(L, 1) == LUA_TSTRING) kj_sandbox_charge(L, (int64_t)lua_rawlen(L, 1) / 4);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

/* Order of keys in pairs: numbers ascending, then strings by bytes, then false, true. */
typedef struct key {
    int type; /* LUA_TNUMBER, LUA_TSTRING, LUA_TBOOLEAN, in this order below */
    bool is_integer;
    lua_Integer integer;
    lua_Number number;
    const char *text;
    size_t n_text;
    int position; /* in the list of keys */
} key;

static int key_class(int type) { return type == LUA_TNUMBER ? 0 : type == LUA_TSTRING ? 1 : 2; }

static int compare_keys(const void *a_, const void *b_)
{
    const key *a = a_, *b = b_;
    int by_class = key_class(a->type) - key_class(b->type);
    if (by_class) return by_class;
    if (a->type == LUA_TNUMBER) {
        if (a->is_integer && b->is_integer && a->integer != b->integer) return a->integer < b->integer ? -1 : 1;
        if (a->number != b->number) return a->number < b->number ? -1 : 1;
        return 0; /* one key of a table is never equal to another */
    }
    if (a->type == LUA_TBOOLEAN) return (int)a->integer - (int)b->integer;
    size_t n = a->n_text < b->n_text ? a->n_text : b->n_text;
    int by_bytes = memcmp(a->text, b->text, n);
    if (by_bytes) return by_bytes;
    return a->n_text < b->n_text ? -1 : a->n_text > b->n_text ? 1 : 0;
}

static int next_of_pairs(lua_State *L)
{
    lua_Integer at = lua_tointeger(L, lua_upvalueindex(2));
    for (;;) {
        at++;
        if (lua_rawgeti(L, lua_upvalueindex(1), at) == LUA_TNIL) return 1;
        lua_pushvalue(L, -1);
        if (lua_rawget(L, 1) != LUA_TNIL) break; /* keys removed meanwhile are passed over */
        lua_pop(L, 2);
    }
    lua_pushinteger(L, at);
    lua_replace(L, lua_upvalueindex(2));
    return 2;
}

static void read_key(lua_State *L, int index, key *out)
{
    out->type = lua_type(L, index);
    if (out->type == LUA_TNUMBER) {
        out->is_integer = lua_isinteger(L, index);
        out->integer = out->is_integer ? lua_tointeger(L, index) : 0;
        out->number = lua_tonumber(L, index);
    } else if (out->type == LUA_TSTRING) {
        out->text = lua_tolstring(L, index, &out->n_text);
    } else if (out->type == LUA_TBOOLEAN) {
        out->integer = lua_toboolean(L, index);
    } else {
        luaL_error(L, "pairs: a key is a %s; only numbers, strings and booleans have an order", luaL_typename(L, index));
    }
}

static int base_pairs(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_Integer n = 0;
    lua_newtable(L); /* 2: keys as Lua gives them */
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        lua_pushvalue(L, -2);
        lua_rawseti(L, 2, ++n);
    }
    kj_sandbox_charge(L, n * 8);
    key *keys = lua_newuserdatauv(L, (size_t)(n ? n : 1) * sizeof *keys, 0); /* 3 */
    memset(keys, 0, (size_t)(n ? n : 1) * sizeof *keys);
    for (lua_Integer i = 0; i < n; i++) {
        lua_rawgeti(L, 2, i + 1);
        read_key(L, -1, &keys[i]); /* its text lives as long as list 2 holds it */
        keys[i].position = (int)i + 1;
        lua_pop(L, 1);
    }
    qsort(keys, (size_t)n, sizeof *keys, compare_keys);
    lua_createtable(L, (int)n, 0); /* 4: keys in order */
    for (lua_Integer i = 0; i < n; i++) {
        lua_rawgeti(L, 2, keys[i].position);
        lua_rawseti(L, 4, i + 1);
    }
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_of_pairs, 2);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

/* ---- math ---- */

static int math_exp(lua_State *L)
{
    lua_pushnumber(L, kj_exp(luaL_checknumber(L, 1)));
    return 1;
}

static int math_log(lua_State *L)
{
    double x = kj_log(luaL_checknumber(L, 1));
    if (!lua_isnoneornil(L, 2)) x /= kj_log(luaL_checknumber(L, 2));
    lua_pushnumber(L, x);
    return 1;
}

/* Whole exponents by squaring, so that pow(10, 2) is exactly 100; others through exp and log. */
static int math_pow(lua_State *L)
{
    double x = luaL_checknumber(L, 1), y = luaL_checknumber(L, 2);
    if (y == floor(y) && fabs(y) <= 1024.0) {
        double result = 1.0, square = x;
        for (unsigned n = (unsigned)fabs(y); n; n >>= 1, square *= square)
            if (n & 1u) result *= square;
        lua_pushnumber(L, y < 0.0 ? 1.0 / result : result);
        return 1;
    }
    luaL_argcheck(L, x >= 0.0, 1, "a negative number has only whole powers");
    if (x == 0.0 && y < 0.0)
        lua_pushnumber(L, HUGE_VAL);
    else
        lua_pushnumber(L, kj_pow(x, y));
    return 1;
}

/* sin(x + quarter * pi/2): reduction by pi/2 in three parts (Cody & Waite 1980), then Taylor on |r| <= pi/4.
   Absolute error below 1e-14 for |x| <= 1e5. */
static double sine(double x, int quarter)
{
    const double part1 = 1.57079632673412561417e+00, part2 = 6.07710050630396597660e-11, part3 = 2.02226624879595063154e-21;
    double k = floor(x * 6.36619772367581382433e-01 + 0.5);
    double r = ((x - k * part1) - k * part2) - k * part3, z = r * r;
    int64_t turn = ((int64_t)k + quarter) & 3;
    double value;
    if (turn & 1) {
        value = -1.0 / 6402373705728000.0;
        const double over[] = {20922789888000.0, -87178291200.0, 479001600.0, -3628800.0, 40320.0, -720.0, 24.0, -2.0};
        for (int i = 0; i < 8; i++) value = value * z + 1.0 / over[i];
        value = value * z + 1.0;
    } else {
        value = 1.0 / 355687428096000.0;
        const double over[] = {-1307674368000.0, 6227020800.0, -39916800.0, 362880.0, -5040.0, 120.0, -6.0};
        for (int i = 0; i < 7; i++) value = value * z + 1.0 / over[i];
        value = r + r * z * value;
    }
    return turn & 2 ? -value : value;
}

static int push_sine(lua_State *L, int quarter)
{
    double x = luaL_checknumber(L, 1);
    luaL_argcheck(L, fabs(x) <= 1e5, 1, "angles go from -100000 to 100000 radians");
    lua_pushnumber(L, sine(x, quarter));
    return 1;
}

static int math_sin(lua_State *L) { return push_sine(L, 0); }
static int math_cos(lua_State *L) { return push_sine(L, 1); }

/* ---- string ---- */

/* Searching for one byte is a pass; a longer text may be compared at every place, up to 256 bytes of it. */
static int64_t cost_of_search(size_t n, size_t n_wanted)
{
    size_t compared = n_wanted < 2 ? 0 : n_wanted < 256 ? n_wanted : 256;
    return (int64_t)(n / BYTES_PER_UNIT + n_wanted + n * compared / 256);
}

/* find(s, text, from): first place of a plain text; nothing when absent. */
static int string_find(lua_State *L)
{
    size_t n, n_wanted;
    const char *text = luaL_checklstring(L, 1, &n), *wanted = luaL_checklstring(L, 2, &n_wanted);
    lua_Integer from = luaL_optinteger(L, 3, 1);
    if (from < 0) from = (lua_Integer)n + from + 1;
    if (from < 1) from = 1;
    kj_sandbox_charge(L, cost_of_search(n, n_wanted));
    if ((uint64_t)from > (uint64_t)n + 1) return 0;
    const char *start = text + from - 1;
    const char *found = n_wanted ? memmem(start, n - (size_t)(from - 1), wanted, n_wanted) : start;
    if (!found) return 0;
    lua_pushinteger(L, found - text + 1);
    lua_pushinteger(L, found - text + (lua_Integer)n_wanted);
    return 2;
}

static int string_rep(lua_State *L)
{
    size_t n, n_sep;
    const char *text = luaL_checklstring(L, 1, &n);
    lua_Integer times = luaL_checkinteger(L, 2);
    const char *sep = luaL_optlstring(L, 3, "", &n_sep);
    if (times <= 0 || n + n_sep == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if (n + n_sep > REP_BYTES_MAX || times > (lua_Integer)(REP_BYTES_MAX / (n + n_sep)))
        return luaL_error(L, "string.rep: the result may have at most %d bytes", REP_BYTES_MAX);
    kj_sandbox_charge(L, times + times * (lua_Integer)(n + n_sep) / BYTES_PER_UNIT);
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    for (lua_Integer i = 0; i < times; i++) {
        luaL_addlstring(&out, text, n);
        if (i + 1 < times) luaL_addlstring(&out, sep, n_sep);
    }
    luaL_pushresult(&out);
    return 1;
}

/* Lua's function (upvalue 1), which goes over each byte of its first argument. */
static int string_pass(lua_State *L)
{
    size_t n;
    luaL_checklstring(L, 1, &n);
    kj_sandbox_charge(L, (int64_t)(n / 4));
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

/* Digits that a conversion writes or passes over: its width and precision, and those of a number with a point before or behind the point. */
static int64_t digits_of(lua_State *L, const char *specification, char conversion, int argument)
{
    int64_t width, precision = 0;
    int exponent = 0;
    char *after;
    width = strtol(specification + strspn(specification, "-+ #0"), &after, 10);
    if (*after == '.') precision = strtol(after + 1, NULL, 10);
    if (strchr("aAeEfgG", conversion) && isfinite(lua_tonumber(L, argument))) frexp(lua_tonumber(L, argument), &exponent);
    if (width > 99 || precision > 99) return 0; /* Lua refuses it */
    return width + precision + abs(exponent) * 3 / 10;
}

/* Lua's format (upvalue 1), after %p is refused, values without a text of their own got one, and digits are paid for. */
static int string_format(lua_State *L)
{
    size_t n_bytes;
    const char *format = luaL_checklstring(L, 1, &n_bytes);
    int argument = 1;
    kj_sandbox_charge(L, (int64_t)n_bytes / 4);
    for (const char *at = format, *end = format + n_bytes; at < end; at++) {
        if (*at != '%') continue;
        const char *specification = at + 1;
        at = specification + strspn(specification, "-+ #0123456789.");
        if (*at == '%' || at >= end) continue;
        argument++;
        if (*at == 'p') return luaL_error(L, "string.format: %%p is not available: addresses differ from run to run");
        kj_sandbox_charge(L, NUMBER_COST + DIGIT_COST * digits_of(L, specification, *at, argument));
        if (*at == 's' && argument <= lua_gettop(L)) {
            push_text(L, argument);
            lua_replace(L, argument);
        }
    }
    int n = lua_gettop(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, n, 1);
    return 1;
}

/* ---- table ---- */

/* #t can be huge in a sparse table: what walks over it pays first. */
static lua_Integer table_length(lua_State *L, int index)
{
    luaL_checktype(L, index, LUA_TTABLE);
    return (lua_Integer)lua_rawlen(L, index);
}

/* Lua's concat (upvalue 1), after its elements are paid for: empty ones allocate nothing. */
static int table_concat(lua_State *L)
{
    lua_Integer n = table_length(L, 1), n_numbers = 0;
    kj_sandbox_charge(L, n);
    for (lua_Integer i = 1; i <= n; i++) {
        n_numbers += lua_rawgeti(L, 1, i) == LUA_TNUMBER;
        lua_pop(L, 1);
    }
    kj_sandbox_charge(L, NUMBER_COST * n_numbers);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

/* As Lua's, for as many values as a call may carry. */
static int table_unpack(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer from = luaL_optinteger(L, 2, 1), to = lua_isnoneornil(L, 3) ? (lua_Integer)lua_rawlen(L, 1) : luaL_checkinteger(L, 3);
    if (from > to) return 0;
    if ((uint64_t)to - (uint64_t)from >= UNPACK_MAX) return luaL_error(L, "table.unpack: too many results, at most %d", UNPACK_MAX);
    int n = (int)(to - from) + 1;
    kj_sandbox_charge(L, n);
    luaL_checkstack(L, n, "table.unpack");
    for (lua_Integer i = from; i <= to; i++) lua_rawgeti(L, 1, i);
    return n;
}

static int table_insert(lua_State *L)
{
    lua_Integer n = table_length(L, 1), position = n + 1;
    int arguments = lua_gettop(L);
    if (arguments == 3) {
        position = luaL_checkinteger(L, 2);
        luaL_argcheck(L, position >= 1 && position <= n + 1, 2, "position out of bounds");
        kj_sandbox_charge(L, n - position);
        for (lua_Integer i = n; i >= position; i--) {
            lua_rawgeti(L, 1, i);
            lua_rawseti(L, 1, i + 1);
        }
    } else if (arguments != 2) {
        return luaL_error(L, "table.insert takes a table, a position if wanted, and a value");
    }
    lua_settop(L, 3);
    if (arguments == 2) lua_pushvalue(L, 2);
    lua_rawseti(L, 1, position);
    return 0;
}

static int table_remove(lua_State *L)
{
    lua_Integer n = table_length(L, 1), position = luaL_optinteger(L, 2, n);
    if (n == 0 && (position == 0 || position == n)) {
        lua_pushnil(L);
        return 1;
    }
    luaL_argcheck(L, position >= 1 && position <= n + 1, 2, "position out of bounds");
    kj_sandbox_charge(L, n - position);
    lua_rawgeti(L, 1, position);
    for (lua_Integer i = position; i < n; i++) {
        lua_rawgeti(L, 1, i + 1);
        lua_rawseti(L, 1, i);
    }
    if (position <= n) {
        lua_pushnil(L);
        lua_rawseti(L, 1, n);
    }
    return 1;
}

/* Is element b (of the copy at stack index 3) to come before element a? */
static bool comes_before(lua_State *L, int32_t b, int32_t a)
{
    bool before;
    if (lua_isnil(L, 2)) {
        lua_rawgeti(L, 3, b);
        lua_rawgeti(L, 3, a);
        before = lua_compare(L, -2, -1, LUA_OPLT);
        lua_pop(L, 2);
    } else {
        lua_pushvalue(L, 2);
        lua_rawgeti(L, 3, b);
        lua_rawgeti(L, 3, a);
        lua_call(L, 2, 1);
        before = lua_toboolean(L, -1);
        lua_pop(L, 1);
    }
    return before;
}

/* Stable merge sort of positions, bottom up: ends whatever the comparison answers. */
static const int32_t *merge_sort(lua_State *L, int32_t *from, int32_t *to, int32_t n)
{
    for (int64_t width = 1; width < n; width *= 2) {
        for (int64_t start = 0; start < n; start += 2 * width) {
            int64_t middle = start + width < n ? start + width : n, end = start + 2 * width < n ? start + 2 * width : n;
            int64_t left = start, right = middle;
            for (int64_t i = start; i < end; i++) {
                bool take_right = left >= middle || (right < end && comes_before(L, from[right], from[left]));
                to[i] = take_right ? from[right++] : from[left++];
            }
        }
        int32_t *other = from;
        from = to;
        to = other;
    }
    return from;
}

static int table_sort(lua_State *L)
{
    lua_Integer n = table_length(L, 1);
    if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    luaL_argcheck(L, n < (1 << 24), 1, "too long to sort");
    kj_sandbox_charge(L, n * 25);
    lua_createtable(L, (int)n, 0); /* 3: the elements as they stood */
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, 1, i);
        lua_rawseti(L, 3, i);
    }
    int32_t *order = lua_newuserdatauv(L, 2 * (size_t)(n + 1) * sizeof *order, 0);
    for (lua_Integer i = 0; i < n; i++) order[i] = (int32_t)i + 1;
    const int32_t *sorted = merge_sort(L, order, order + n, (int32_t)n);
    for (lua_Integer i = 0; i < n; i++) {
        lua_rawgeti(L, 3, sorted[i]);
        lua_rawseti(L, 1, i + 1);
    }
    return 0;
}

/* ---- opening ---- */

static int refuse_change(lua_State *L)
{
    return luaL_error(L, "the library '%s' cannot be changed", lua_tostring(L, lua_upvalueindex(1)));
}

/* The library table on top of the stack becomes the global `name`, behind a proxy that cannot be written. */
static void publish(lua_State *L, const char *name)
{
    lua_newtable(L); /* proxy */
    lua_newtable(L); /* its metatable */
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, name);
    lua_pushcclosure(L, refuse_change, 1);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
    lua_setglobal(L, name);
    lua_pop(L, 1);
}

/* Copies the named fields of the table at `from` to the table at `to`. */
static void pick(lua_State *L, int from, int to, const char *const *names)
{
    for (; *names; names++) {
        lua_getfield(L, from, *names);
        lua_setfield(L, to, *names);
    }
}

/* Pushes a new table with `names` out of a library of Lua's and `own` functions; the library itself stays at `from`. */
static void open_one(lua_State *L, lua_CFunction opener, const char *const *names, const luaL_Reg *own)
{
    lua_pushcfunction(L, opener);
    lua_call(L, 0, 1);
    int from = lua_gettop(L);
    lua_newtable(L);
    pick(L, from, from + 1, names);
    luaL_setfuncs(L, own, 0);
    lua_remove(L, from);
}

static void open_base(lua_State *L)
{
    static const char *const names[] = {"assert", "error", "ipairs", "select", "type", NULL};
    static const luaL_Reg own[] = {
        {"pairs", base_pairs}, {"pcall", base_pcall}, {"print", base_print}, {"tostring", base_tostring}, {NULL, NULL}};
    lua_pushcfunction(L, luaopen_base); /* fills the globals: pick what is allowed, then put a new table in their place */
    lua_call(L, 0, 1);
    int from = lua_gettop(L);
    lua_newtable(L);
    pick(L, from, from + 1, names);
    luaL_setfuncs(L, own, 0);
    lua_getfield(L, from, "tonumber");
    lua_pushcclosure(L, base_tonumber, 1);
    lua_setfield(L, -2, "tonumber");
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pop(L, 1);
}

static void open_string(lua_State *L)
{
    static const char *const names[] = {"byte", "char", "len", "sub", NULL};
    static const char *const passes[] = {"lower", "reverse", "upper"};
    static const luaL_Reg own[] = {{"find", string_find}, {"rep", string_rep}, {NULL, NULL}};
    lua_pushcfunction(L, luaopen_string);
    lua_call(L, 0, 1);
    lua_getfield(L, -1, "format");
    lua_pushcclosure(L, string_format, 1);
    lua_insert(L, -2);
    lua_newtable(L);
    pick(L, lua_gettop(L) - 1, lua_gettop(L), names);
    luaL_setfuncs(L, own, 0);
    for (size_t i = 0; i < sizeof passes / sizeof *passes; i++) {
        lua_getfield(L, -2, passes[i]);
        lua_pushcclosure(L, string_pass, 1);
        lua_setfield(L, -2, passes[i]);
    }
    lua_remove(L, -2);
    lua_insert(L, -2);
    lua_setfield(L, -2, "format");
    lua_pushliteral(L, ""); /* ("x"):upper() finds our table and nothing else */
    lua_newtable(L);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
    publish(L, "string");
}

void kj_sandbox_open_libs(lua_State *L)
{
    static const char *const math_names[] = {"abs", "ceil", "floor", "fmod", "huge", "max", "maxinteger", "min",
                                             "mininteger", "pi", "sqrt", "tointeger", "type", NULL};
    static const luaL_Reg math_own[] = {{"cos", math_cos}, {"exp", math_exp}, {"log", math_log},
                                        {"pow", math_pow}, {"sin", math_sin}, {NULL, NULL}};
    static const char *const table_names[] = {"pack", NULL};
    static const luaL_Reg table_own[] = {
        {"insert", table_insert}, {"remove", table_remove}, {"sort", table_sort}, {"unpack", table_unpack}, {NULL, NULL}};
    open_base(L);
    open_one(L, luaopen_math, math_names, math_own);
    publish(L, "math");
    open_one(L, luaopen_table, table_names, table_own);
    lua_pushcfunction(L, luaopen_table);
    lua_call(L, 0, 1);
    lua_getfield(L, -1, "concat");
    lua_pushcclosure(L, table_concat, 1);
    lua_setfield(L, -3, "concat");
    lua_pop(L, 1);
    publish(L, "table");
    open_string(L);
}

/* ---- the operator ^ ---- */

/* Length of a long bracket's opening "[==[" at `at`, 0 if there is none. */
static size_t long_bracket(const char *at, const char *end, size_t *level)
{
    const char *p = at + 1;
    while (p < end && *p == '=') p++;
    if (at >= end || *at != '[' || p >= end || *p != '[') return 0;
    *level = (size_t)(p - at - 1);
    return (size_t)(p - at + 1);
}

static const char *skip_long(const char *at, const char *end, size_t level, int *line)
{
    for (; at < end; at++) {
        if (*at == '\n') ++*line;
        if (*at != ']') continue;
        const char *p = at + 1;
        while (p < end && *p == '=') p++;
        if ((size_t)(p - at - 1) == level && p < end && *p == ']') return p + 1;
    }
    return end;
}

static const char *skip_quoted(const char *at, const char *end, int *line)
{
    char quote = *at++;
    for (; at < end && *at != quote; at++) {
        if (*at == '\\' && at + 1 < end) at++;
        if (*at == '\n') ++*line;
    }
    return at < end ? at + 1 : end;
}

/* End of the string or comment that begins at `at`; `at` itself if none does. */
static const char *skip_text(const char *at, const char *end, int *line)
{
    size_t level, opening;
    if (*at == '"' || *at == '\'') return skip_quoted(at, end, line);
    if ((opening = long_bracket(at, end, &level)) != 0) return skip_long(at + opening, end, level, line);
    if (*at != '-' || at + 1 >= end || at[1] != '-') return at;
    at += 2;
    if (at < end && (opening = long_bracket(at, end, &level)) != 0) return skip_long(at + opening, end, level, line);
    while (at < end && *at != '\n') at++;
    return at;
}

int kj_sandbox_find_power(const char *text, size_t n_bytes, int *line)
{
    const char *end = text + n_bytes;
    *line = 1;
    for (const char *at = text; at < end;) {
        const char *after = skip_text(at, end, line);
        if (*at == '^') return 1;
        if (after == at && *at == '\n') ++*line;
        at = after > at ? after : at + 1;
    }
    return 0;
}

void kj_sandbox_blank_texts(char *text, size_t n_bytes)
{
    const char *end = text + n_bytes;
    int line = 1;
    for (char *at = text; at < end;) {
        const char *after = skip_text(at, end, &line);
        if (after == at) at++;
        for (; at < after; at++)
            if (*at != '\n') *at = ' ';
    }
}
