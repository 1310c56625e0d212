/* The goals of a forum in Lua: goal { heading =, goal =, indicator =, … }, one call a line of the table in CSV. */
#include <float.h>
#include <lauxlib.h>
#include <stdio.h>

#include "../script/luatable.h"
#include "../script/sandbox.h"
#include "rank_goals.h"

static const char goals_key = 0; /* its address is the registry key of the ranking */

static double number_or(lua_State *L, const char *key, double absent) { return kj_lua_number_or(L, 1, "goal", key, -DBL_MAX, DBL_MAX, absent); }

static int read_goal(lua_State *L)
{
    static const char *const keys[] = {"heading", "goal", "indicator", "direction", "worst", "best", "share"};
    kj_error err;
    luaL_checktype(L, 1, LUA_TTABLE);
    kj_lua_known_keys(L, 1, "goal", keys, sizeof keys / sizeof *keys, false);
    kj_lua_required(L, 1, "goal", keys, 3);
    rank_goal_row row = {.field = "field", .heading = kj_lua_string(L, 1, "goal", "heading"), .goal = kj_lua_string(L, 1, "goal", "goal"),
                         .indicator = kj_lua_string(L, 1, "goal", "indicator"), .direction = kj_lua_string_or(L, 1, "goal", "direction", ""),
                         .has_worst = kj_lua_has(L, 1, "worst"), .has_best = kj_lua_has(L, 1, "best"),
                         .worst = number_or(L, "worst", 0.0), .best = number_or(L, "best", 0.0), .share = number_or(L, "share", 1.0)};
    lua_rawgetp(L, LUA_REGISTRYINDEX, &goals_key);
    if (rank_goals_add(&err, &row, lua_touserdata(L, -1))) kj_lua_refuse(L, NULL, "goal: %s", err.text);
    return 0;
}

static int open_vocabulary(lua_State *L)
{
    lua_pushlightuserdata(L, lua_touserdata(L, 1));
    lua_rawsetp(L, LUA_REGISTRYINDEX, &goals_key);
    lua_register(L, "goal", read_goal);
    return 0;
}

kj_status rank_goals_read_lua(kj_error *err, const char *path, kj_ranking *out)
{
    kj_sandbox *box;
    kj_status status = kj_sandbox_new(err, NULL, &box);
    if (status) return status;
    status = kj_sandbox_protect(err, box, open_vocabulary, out, "goals");
    if (!status) status = kj_sandbox_run_file(err, box, path);
    kj_sandbox_free(box);
    return status;
}
