/* The sandbox: what scripts can do, and that they can do nothing else. Every escape must end as a status with a message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "../../core/script/luatable.h"
#include "../../core/script/sandbox.h"

/* Small limits, so that every bomb goes off quickly. */
static const kj_sandbox_limits small = {8 << 20, 2000000};

static kj_status run(kj_error *err, const char *text)
{
    kj_sandbox *box;
    err->text[0] = 0;
    assert_int_equal(kj_sandbox_new(err, &small, &box), KJ_OK);
    kj_status status = kj_sandbox_run_text(err, box, "a.lua", text, strlen(text));
    assert_true(kj_sandbox_bytes(box) <= small.memory_bytes);
    if (status) { /* the state must be usable after any fault */
        kj_error second;
        assert_int_equal(kj_sandbox_run_text(&second, box, "b.lua", "assert(1 + 1 == 2)", 18), KJ_OK);
    }
    kj_sandbox_free(box);
    return status;
}

static void holds(const char *text)
{
    kj_error err;
    if (run(&err, text) != KJ_OK) fail_msg("%s: %s", text, err.text);
}

static void refused(const char *text, const char *message)
{
    kj_error err;
    assert_int_equal(run(&err, text), KJ_E_INPUT);
    if (!strstr(err.text, message)) fail_msg("%.300s\n gave: %s\n expected: %s", text, err.text, message);
}

static void test_what_is_there(void **state)
{
    (void)state;
    holds("assert(math.floor(2.7) == 2 and math.max(1, 3) == 3 and math.tointeger(4.0) == 4)");
    holds("assert(math.pow(10, 2) == 100 and math.pow(2, -1) == 0.5 and math.abs(math.pow(2, 0.5) - math.sqrt(2)) < 1e-12)");
    holds("assert(math.abs(math.exp(1) - 2.718281828459045) < 1e-14 and math.abs(math.log(8, 2) - 3) < 1e-14)");
    holds("assert(math.abs(math.sin(1) - 0.84147098480789651) < 1e-14 and math.abs(math.cos(10) + 0.83907152907645244) < 1e-14)");
    holds("assert(math.abs(math.sin(-1000) + 0.82687954053200256) < 1e-13 and math.sin(0) == 0 and math.cos(0) == 1)");
    holds("assert(math.fmod(7, 3) == 1 and 7 // 2 == 3 and 7 % 3 == 1 and 1 << 4 == 16 and 5 ~ 1 == 4)");
    holds("local t = {} table.insert(t, 'b') table.insert(t, 1, 'a') assert(table.concat(t) == 'ab' and table.remove(t) == 'b' and #t == 1)");
    holds("assert(('Kedja'):upper() == 'KEDJA' and ('a'):rep(3, '-') == 'a-a-a' and string.format('%d %5.2f %s', 1, 2.5, true) == '1  2.50 true')");
    holds("assert(string.find('a.b', '.') == 2 and string.find('abc', 'x') == nil and select('#', 1, 2) == 2)");
    holds("local ok, message = pcall(error, 'no') assert(not ok and message == 'no')");
    holds("local n = 0 for i = 1, 10 do if i % 2 == 0 then goto next end n = n + i ::next:: end assert(n == 25)");
}

static void test_nothing_else(void **state)
{
    (void)state;
    static const char *const absent[] = {
        "io", "os", "debug", "require", "package", "load", "loadfile", "loadstring", "dofile", "coroutine", "collectgarbage",
        "getmetatable", "setmetatable", "rawset", "rawget", "rawequal", "rawlen", "next", "xpcall", "warn", "utf8", "_G",
        "string.dump", "string.gsub", "string.match", "string.gmatch", "string.pack", "math.random", "math.randomseed", "table.move"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
        char text[100];
        snprintf(text, sizeof text, "assert(%s == nil)", absent[i]);
        holds(text);
    }
    holds("assert(_ENV.io == nil and ('x').dump == nil)");
}

static void test_bytecode_is_refused(void **state)
{
    (void)state;
    kj_error err;
    kj_sandbox *box;
    assert_int_equal(kj_sandbox_new(&err, NULL, &box), KJ_OK);
    static const char code[] = "\x1bLua\x54\x00\x19\x93\r\n\x1a\n";
    assert_int_equal(kj_sandbox_run_text(&err, box, "a.lua", code, sizeof code - 1), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "binary"));
    kj_sandbox_free(box);
}

static void test_libraries_stand_fast(void **state)
{
    (void)state;
    refused("math.floor = nil", "cannot be changed");
    refused("string.rep = print", "cannot be changed");
    refused("local s = 'x'; s.y = 1", "attempt to index");
    /* Files do not see each other's globals, and cannot replace shared functions for others. */
    kj_error err;
    kj_sandbox *box;
    assert_int_equal(kj_sandbox_new(&err, NULL, &box), KJ_OK);
    assert_int_equal(kj_sandbox_run_text(&err, box, "a.lua", "x = 1; pairs = nil; math = nil", 30), KJ_OK);
    const char *second = "assert(x == nil and pairs and math.floor)";
    assert_int_equal(kj_sandbox_run_text(&err, box, "b.lua", second, strlen(second)), KJ_OK);
    kj_sandbox_free(box);
}

static void test_power_operator(void **state)
{
    (void)state;
    refused("local a = 1\nlocal b = 2 ^ 3", "a.lua:2: the operator ^ is not available: write math.pow(x, y)");
    holds("-- 2 ^ 3\n--[==[ ^ \n ]] ^ ]==] local a, b = '^', \"\\\"^\" local c = [[^]] assert(a == c)");
    refused("local s = 'a' --[[ ^ ]] return 1 ^ 2", "operator ^");
}

static void test_endless_work(void **state)
{
    (void)state;
    static const char *const endless[] = {
        "while true do end",
        "goto a ::a:: goto a",
        "repeat until false",
        "for i = 1, math.huge do end",
        "while true do pcall(error, 'x') end",
        "while true do pcall(function() while true do end end) end",
        "local function f() return f() end f()",
        "local function f() return pcall(f) end while true do f() end",
        "local t = {} for i = 1, 100000 do t[i] = i end while true do local a = table.concat(t) end",
        "local t = {} for i = 1, 50000 do t[i] = 50000 - i end while true do table.sort(t) end",
        "local t = {} for i = 1, 50000 do t[i] = i end while true do pairs(t) end",
        "local s = string.rep('x', 1000000) while true do local b = s .. 'y' end",
        "local s = string.rep('x', 1000000) while true do string.find(s, 'yy') end",
        "local t = {1, 2, 3} table.sort(t, function(a, b) while true do end end)"};
    for (size_t i = 0; i < sizeof endless / sizeof *endless; i++) refused(endless[i], "works without end");
}

/* One instruction, or one call, that goes over much: it pays for what it goes over. A fiftieth of the usual budget, so a fiftieth of the time. */
static void test_costly_instructions(void **state)
{
    (void)state;
    static const char *const costly[] = {
        "while true do string.rep('a', 1000000) end",
        "local s, w = string.rep('a', 1000000), string.rep('a', 500000) .. 'b' for i = 1, 1000 do string.find(s, w) end",
        "local s, w = string.rep('a', 1000000), string.rep('a', 200) .. 'b' for i = 1, 1000 do string.find(s, w) end",
        "local s = string.rep('ab', 1000) for i = 1, 1e9 do local t = s:upper() end",
        "local a, b = string.rep('abcd', 5000), string.rep('abcd', 5000) for i = 1, 1e9 do local same = a == b end",
        "local a = string.rep('1', 100000) for i = 1, 1e9 do local n = tonumber(a) end",
        "local t = {} for i = 1, 50000 do t[i] = '' end for i = 1, 1e9 do table.concat(t) end",
        "local t = {} for i = 1, 900 do t[i] = i end for i = 1, 1e9 do select('#', table.unpack(t)) end",
        "for i = 1, 4000 do local s = string.format('%99.99f', 1e308) end",
        "for i = 1, 20000 do local s = string.format('%.99f', 1 / 3) end",
        "for i = 1, 10000 do local s = string.format('%.99g', 5e-324) end",
        "for i = 1, 50000 do local s = tostring(1 / 3) end",
        "local t = {} for i = 1, 1000 do t[i] = i / 3 end for i = 1, 100 do local s = table.concat(t) end"};
    for (size_t i = 0; i < sizeof costly / sizeof *costly; i++) {
        clock_t began = clock();
        refused(costly[i], "a.lua:1: the script works without end");
        if (clock() - began > 2 * CLOCKS_PER_SEC) fail_msg("%s: %.1f s until it was stopped", costly[i], (double)(clock() - began) / CLOCKS_PER_SEC);
    }
    holds("for i = 1, 5000 do local s = string.format('%d %.2f %s', i, i / 3, i / 7) end");
    refused("local function grow(n, ...) if n == 0 then while true do local k = select('#', ...) end end return grow(n - 1, 1, 2, 3, 4, 5, 6, 7, 8, ...) end grow(1000)",
            "a function was given more than 1000 values");
    refused("table.unpack({}, 1, 1001)", "too many results");
    holds("local s = string.rep('x', 250) local n = 0 for i = 1, 100000 do if s == 'y' then n = n + 1 end end");
}

/* A stop ends a call at once, whatever it is in, and is told from a fault. */
static void test_stop(void **state)
{
    (void)state;
    static const char *const texts[] = {"while true do end", "pcall(function() while true do end end) error('reached')", "while true do local s = string.rep('a', 1000) end"};
    volatile sig_atomic_t stop = 1;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        kj_error err;
        kj_sandbox *box;
        clock_t began = clock();
        assert_int_equal(kj_sandbox_new(&err, NULL, &box), KJ_OK);
        kj_sandbox_stop_on(box, &stop);
        assert_int_equal(kj_sandbox_run_text(&err, box, "a.lua", texts[i], strlen(texts[i])), KJ_E_STOPPED);
        assert_non_null(strstr(err.text, "a.lua:1: stopped while this script was at work"));
        if (clock() - began > CLOCKS_PER_SEC / 10) fail_msg("%s: %.2f s until it was stopped", texts[i], (double)(clock() - began) / CLOCKS_PER_SEC);
        kj_sandbox_stop_on(box, NULL);
        assert_int_equal(kj_sandbox_run_text(&err, box, "b.lua", "for i = 1, 10000 do end", 23), KJ_OK);
        kj_sandbox_free(box);
    }
}

/* pcall must not turn the end of the budget into a value. */
static void test_pcall_does_not_hold_the_limit(void **state)
{
    (void)state;
    refused("pcall(function() while true do end end) error('reached')", "works without end");
    refused("local ok = pcall(pcall, pcall, function() while true do end end) error('reached')", "works without end");
    refused("local t = {1, 2} pcall(table.sort, t, function() while true do end end) error('reached')", "works without end");
}

static void test_memory_bombs(void **state)
{
    (void)state;
    refused("local s = 'x' while true do s = s .. s end", "8 MB of memory");
    refused("local t = {} for i = 1, 1e9 do t[i] = i end", "8 MB of memory");
    refused("string.rep('x', 1e12)", "string.rep");
    refused("string.rep('x', 1 << 40, 'yy')", "string.rep");
    refused("local t = {} for i = 0, 62 do t[1 << i] = 1 end for i = 1, 100 do table.insert(t, 1, 'x') end error('reached')", "a.lua:1:");
    refused("string.format('%99.99f %9999d', 1, 2)", "invalid");
    refused("table.unpack({}, 1, 1e8)", "too many results");
    refused("local t = {} while true do t = {t, t} t[3] = string.rep('a', 1000) .. #t end", "a.lua:1:");
}

static void test_deep_recursion(void **state)
{
    (void)state;
    refused("local function f(n) return 1 + f(n + 1) end f(1)", "a.lua:1:");
    refused("local function f() pcall(f) end f() while true do f() end", "works without end");
    refused("local t = {2, 1} local function c(a, b) table.sort({2, 1}, c) return a < b end table.sort(t, c)", "overflow");
    char *deep = malloc(400001); /* nesting that would exhaust a recursive parser */
    memset(deep, '(', 200000);
    memset(deep + 200000, ')', 200000);
    deep[400000] = 0;
    refused(deep, "overflow");
    memset(deep, '{', 400000);
    memcpy(deep, "x=", 2);
    refused(deep, "a.lua:1: C stack overflow");
    memcpy(deep, "a=1\nx=", 6);
    refused(deep, "a.lua:2: C stack overflow");
    free(deep);
}

static void test_error_objects(void **state)
{
    (void)state;
    refused("error({})", "a.lua:1: error object is a table value");
    refused("error(nil)", "error object is a nil value");
    refused("error(print)", "error object is a function value");
    refused("error()", "error object is a nil value");
    refused("error('plain', 0)", "plain");
    refused("local t <close> = {}", "non-closable");
    refused("string.format('%p', {})", "addresses");
    refused("string.format('%s')", "bad argument");
    refused("string.format('a\\0%p', {})", "addresses");
}

static void test_message_shows_the_source(void **state)
{
    (void)state;
    refused("local a = 1\nlocal b\nlocal c = b.x\nlocal d = 4", "a.lua:3: attempt to index a nil value (local 'b')");
    refused("local a = 1\nlocal b\nlocal c = b.x\nlocal d = 4", "\n     2 | local b\n>    3 | local c = b.x\n     4 | local d = 4");
    refused("local a = 1\n\nlocal = 5", "a.lua:3:");
    refused("x = 'open", "unfinished string");
    kj_error err;
    kj_sandbox *box;
    assert_int_equal(kj_sandbox_new(&err, NULL, &box), KJ_OK);
    assert_int_equal(kj_sandbox_run_file(&err, box, "/nowhere/x.lua"), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "/nowhere/x.lua: cannot be read: No such file"));
    const char *far = "a/very/long/folder/name/that/goes/on/and/on/and/on/until/lua/would/shorten/it/policy.lua";
    assert_int_equal(kj_sandbox_run_text(&err, box, far, "error('here')", 13), KJ_E_INPUT);
    assert_non_null(strstr(err.text, far));
    assert_non_null(strstr(err.text, "policy.lua:1: here"));
    kj_sandbox_free(box);
}

/* The same text gives the same order and the same words in every state, although Lua seeds its hashes by the clock. */
static void test_order_is_fixed(void **state)
{
    (void)state;
    holds("local keys = {} for k in pairs{b = 1, a = 2, [3] = 1, [-1] = 1, [2.5] = 0, [true] = 1, ['10'] = 1, [1] = 1, [false] = 0} do\n"
          "keys[#keys + 1] = tostring(k) end\n"
          "assert(table.concat(keys, ' ') == '-1 1 2.5 3 10 a b false true')");
    holds("local t = {x = 1, y = 2, z = 3} for k in pairs(t) do t.y = nil t.new = 1 assert(k ~= 'y') end");
    holds("local t = {} for i = 1, 1000 do t[i] = {key = i % 7, place = i} end\n"
          "table.sort(t, function(a, b) return a.key < b.key end)\n"
          "for i = 2, 1000 do assert(t[i - 1].key < t[i].key or (t[i - 1].key == t[i].key and t[i - 1].place < t[i].place)) end");
    holds("local t = {5, 3, 9} table.sort(t, function() return true end) assert(#t == 3)");
    holds("assert(tostring({}) == 'table' and tostring(print) == 'function' and tostring(0/0) == 'nan' and string.format('%s', {}) == 'table')");
    refused("pairs({[{}] = 1})", "only numbers, strings and booleans");
}

static void test_calls(void **state)
{
    (void)state;
    kj_error err;
    kj_sandbox *box;
    assert_int_equal(kj_sandbox_new(&err, NULL, &box), KJ_OK);
    lua_State *L = kj_sandbox_lua(box);
    assert_ptr_equal(kj_sandbox_of(L), box);
    luaL_loadstring(L, "local a, b = ... return a + b");
    lua_pushinteger(L, 2);
    lua_pushinteger(L, 3);
    assert_int_equal(kj_sandbox_call(&err, box, 2, 1, "sum"), KJ_OK);
    assert_int_equal(lua_tointeger(L, -1), 5);
    lua_pop(L, 1);
    luaL_loadstring(L, "error('bad day')");
    assert_int_equal(kj_sandbox_call(&err, box, 0, 1, "the call"), KJ_E_FAILED);
    assert_non_null(strstr(err.text, "the call: "));
    assert_non_null(strstr(err.text, "bad day"));
    assert_int_equal(lua_gettop(L), 0);
    kj_sandbox_free(box);
}

/* ---- reading tables ---- */

static int read_map(lua_State *L)
{
    static const char *const keys[] = {"name", "cells", "kind", "title", "points", "dry"};
    const char *title[3];
    kj_lua_known_keys(L, 1, "map", keys, 6, false);
    assert_string_equal(kj_lua_string(L, 1, "map", "name"), "toy");
    assert_int_equal(kj_lua_whole(L, 1, "map", "cells", 1, 100), 20);
    assert_int_equal(kj_lua_word_or(L, 1, "map", "kind", "rural locality town", 0), 2);
    assert_true(kj_lua_bool_or(L, 1, "map", "dry", true));
    kj_lua_texts(L, 1, "map", "title", false, title);
    if (title[0]) assert_string_equal(title[1], strcmp(title[2], "Toy") == 0 ? "Toy" : "Leksak"); /* en for what is absent */
    int points = kj_lua_table_or_none(L, 1, "map", "points");
    for (int32_t i = 1; points && i <= kj_lua_length(L, points); i++) assert_true(kj_lua_item_number(L, points, "map.points", i, 0, 9) >= 0);
    return 0;
}

static void reads(const char *text, const char *message)
{
    kj_error err;
    kj_sandbox *box;
    assert_int_equal(kj_sandbox_new(&err, NULL, &box), KJ_OK);
    lua_register(kj_sandbox_lua(box), "map", read_map);
    kj_status status = kj_sandbox_run_text(&err, box, "maps/r.lua", text, strlen(text));
    assert_int_equal(status, message ? KJ_E_INPUT : KJ_OK);
    if (message && !strstr(err.text, message)) fail_msg("%s\n gave: %s\n expected: %s", text, err.text, message);
    kj_sandbox_free(box);
}

/* Files are UTF-8, and so are the texts that are taken from them; a byte order mark is no part of them. */
static void test_encodings(void **state)
{
    (void)state;
    kj_error err;
    kj_sandbox *box;
    assert_int_equal(kj_sandbox_new(&err, NULL, &box), KJ_OK);
    const char *latin = "local a = 1\nlocal title = 'V\xE4rnamo'", *marked = "\xEF\xBB\xBFlocal a = 'V\xC3\xA4rnamo' assert(#a == 8)", *zero = "local a = 1 -- \0";
    assert_int_equal(kj_sandbox_run_text(&err, box, "a.lua", latin, strlen(latin)), KJ_E_INPUT);
    assert_string_equal(err.text, "a.lua:2: byte 0xE4 is not UTF-8 text: save the file as UTF-8");
    if (kj_sandbox_run_text(&err, box, "a.lua", marked, strlen(marked))) fail_msg("%s", err.text);
    assert_int_equal(kj_sandbox_run_text(&err, box, "a.lua", zero, 16), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "a.lua:1: byte 0x00"));
    kj_sandbox_free(box);
    reads("map{ name = 'toy', cells = 20, kind = 'town',\n title = 'V\\xE4rnamo' }", "maps/r.lua:2: map.title: expected a text in UTF-8, found the byte 0xE4 at place 2");
    reads("map{ name = 'toy', cells = 20, kind = 'town', title = { en = 'cut\\0off' } }", "map.title.en: expected a text in UTF-8, found the byte 0x00 at place 4");
    reads("map{ name = 'toy\\0' }", "map.name: expected a text in UTF-8, found the byte 0x00");
    reads("map{ name = 'toy', cells = 20, kind = 'town\\0' }", "map.kind: expected a text in UTF-8");
}

static void test_tables(void **state)
{
    (void)state;
    reads("map{ name = 'toy', cells = 20, kind = 'town', points = {1, 2}, title = { en = 'Toy', sv = 'Leksak', da = 'Legetøj' } }", NULL);
    reads("map{\n name = 'toy',\n cels = 20 }", "maps/r.lua:3: map: unknown key 'cels'; did you mean 'cells'?");
    reads("map{ name = 'toy', zzz = 20 }", "known are name, cells");
    reads("map{ cells = 20 }", "map.name: expected a text, found nothing");
    reads("map{ name = 'toy',\n\n cells = 200 }", "maps/r.lua:3: map.cells: expected a whole number from 1 to 100, found 200");
    reads("map{ name = 'toy', cells = 2.5 }", "found 2.5");
    reads("map{ name = 'toy', cells = '20' }", "found \"20\"");
    reads("map{ name = 'toy', cells = 20, kind = 'city' }", "expected one of: rural locality town, found \"city\"");
    reads("map{ name = 'toy', cells = 20, kind = 'town', dry = 1 }", "expected true or false, found 1");
    reads("map{ name = 'toy', cells = 20, kind = 'town', points = {1, 11} }", "map.points.2: expected a number from 0 to 9, found 11");
    reads("map{ name = 'toy', cells = 20, kind = 'town', title = { en = 'Toy' } }", NULL);
    reads("map{ name = 'toy', cells = 20, kind = 'town', title = { sv = 'Leksak' } }", "map.title.en: expected a text");
    reads("map{ name = 'toy', cells = 20, kind = 'town', title = { en = 'Toy', sv = 5 } }", "map.title.sv: expected a text, found 5");
    reads("map{ 'toy' }", "only fields with names");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_there),       cmocka_unit_test(test_nothing_else),
        cmocka_unit_test(test_bytecode_is_refused), cmocka_unit_test(test_libraries_stand_fast),
        cmocka_unit_test(test_power_operator),      cmocka_unit_test(test_endless_work), cmocka_unit_test(test_costly_instructions),
        cmocka_unit_test(test_memory_bombs),        cmocka_unit_test(test_pcall_does_not_hold_the_limit),
        cmocka_unit_test(test_deep_recursion),      cmocka_unit_test(test_error_objects),
        cmocka_unit_test(test_order_is_fixed),      cmocka_unit_test(test_message_shows_the_source),
        cmocka_unit_test(test_stop),                cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_calls),               cmocka_unit_test(test_tables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
