#include "profile.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "../script/luatable.h"
#include "../script/sandbox.h"

static char *copy_text(lua_State *L, const char *text)
{
    char *copy = text ? strdup(text) : NULL;
    if (text && !copy) luaL_error(L, "no memory");
    return copy;
}

/* What goes into a job script on a line of its own. */
static const char *one_line(lua_State *L, const char *key, const char *text)
{
    if (text && strpbrk(text, "\n\r")) kj_lua_refuse(L, key, "profile.%s: expected one line, found several", key);
    return text;
}

static char *read_word(lua_State *L, const char *key)
{
    const char *text = kj_lua_string_or(L, 1, "profile", key, NULL);
    if (text && (!*text || strpbrk(text, " \t\n\r'\"$`\\;&|<>"))) kj_lua_refuse(L, key, "profile.%s: expected a name, found \"%s\"", key, text);
    return copy_text(L, text);
}

static void read_lines(lua_State *L, const char *key, char **out, uint32_t *n_out)
{
    int list = kj_lua_table_or_none(L, 1, "profile", key);
    int32_t n = list ? kj_lua_length(L, list) : 0;
    if (n > KJ_PROFILE_LINES_MAX) kj_lua_refuse(L, key, "profile.%s: expected at most %d lines, found %d", key, KJ_PROFILE_LINES_MAX, (int)n);
    for (int32_t i = 1; i <= n; i++) out[(*n_out)++] = copy_text(L, one_line(L, key, kj_lua_item_string(L, list, key, i)));
    lua_settop(L, 1);
}

static int read_profile(lua_State *L)
{
    static const char *const keys[] = {"partition", "account", "qos", "sbatch", "setup", "cpus", "at_a_time", "chunk_minutes", "minutes", "memory_mb", "requeues"};
    kj_profile *p = kj_sandbox_data(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (p->cpus) return kj_lua_refuse(L, NULL, "profile{…} stands twice in this file");
    kj_lua_known_keys(L, 1, "profile", keys, sizeof keys / sizeof *keys, false);
    p->partition = read_word(L, "partition");
    p->account = read_word(L, "account");
    p->qos = read_word(L, "qos");
    read_lines(L, "sbatch", p->sbatch, &p->n_sbatch);
    read_lines(L, "setup", p->setup, &p->n_setup);
    p->cpus = (int32_t)kj_lua_whole_or(L, 1, "profile", "cpus", 1, 1024, 1);
    p->at_a_time = (int32_t)kj_lua_whole_or(L, 1, "profile", "at_a_time", 0, 100000, 0);
    p->chunk_minutes = (int32_t)kj_lua_whole_or(L, 1, "profile", "chunk_minutes", 0, 10000, 10);
    p->minutes = (int32_t)kj_lua_whole_or(L, 1, "profile", "minutes", 0, 100000, 0);
    p->memory_mb = (int32_t)kj_lua_whole_or(L, 1, "profile", "memory_mb", 0, 10000000, 0);
    p->requeues = (int32_t)kj_lua_whole_or(L, 1, "profile", "requeues", 0, 1000, 10);
    return 0;
}

kj_status kj_profile_read(kj_error *err, const char *path, kj_profile *out)
{
    *out = (kj_profile){0};
    if (!path) {
        *out = (kj_profile){.cpus = 1, .chunk_minutes = 10, .requeues = 10};
        return KJ_OK;
    }
    kj_status status = kj_sandbox_read(err, path, "profile", read_profile, out);
    if (!status && !out->cpus) status = kj_fail(err, KJ_E_INPUT, "%s: expected profile{…}, found nothing of the kind", path);
    if (status) kj_profile_free(out);
    return status;
}

void kj_profile_free(kj_profile *p)
{
    free(p->partition);
    free(p->account);
    free(p->qos);
    for (uint32_t i = 0; i < p->n_sbatch; i++) free(p->sbatch[i]);
    for (uint32_t i = 0; i < p->n_setup; i++) free(p->setup[i]);
    *p = (kj_profile){0};
}
