/* The goals of a forum in Lua: goal { heading =, goal =, indicator =, … }, one call a line of the table in CSV. */
#include <float.h>
#include <lauxlib.h>
#include <stdio.h>

#include "../script/luatable.h"
#include "../script/sandbox.h"
#include "rank_goals.h"

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
    if (rank_goals_add(&err, &row, kj_sandbox_data(L))) kj_lua_refuse(L, NULL, "goal: %s", err.text);
    return 0;
}

kj_status rank_goals_read_lua(kj_error *err, const char *path, kj_ranking *out) { return kj_sandbox_read(err, path, "goal", read_goal, out); }
