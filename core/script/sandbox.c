#include "sandbox.h"

#include <errno.h>
#include <lauxlib.h>
#include <locale.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "sandbox_lib.h"

enum {
    HOOK_EVERY = 1000,        /* instructions between looks at the budget */
    BYTES_PER_UNIT = 64,      /* allocating charges work too: long strings are built inside one instruction */
    SPENT_BYTES_MAX = 4096,   /* a spent budget still leaves room for the error message */
    SCRIPT_BYTES_MAX = 1 << 20,
    NEIGHBOUR_LINES = 2,      /* shown before and after the faulty line */
    STACK_LEVELS_MAX = 64,    /* searched for the script's own line */
    LONG_STRING = 512,        /* bytes; one instruction may go over a whole string: compare it, read a number from it */
    LONG_BYTES_PER_UNIT = 32,
    EXTRA_VALUES_MAX = 1000,  /* of a call, beyond those that a function names: one instruction copies them all */
    HAS_YOUNG = LUA_VERSION_RELEASE_NUM >= 50404 /* the first releases of 5.4 had faults in collecting the young alone */
};

typedef struct source {
    char *path, *text;
    size_t n_bytes;
} source;

struct kj_sandbox {
    lua_State *L;
    kj_sandbox_limits limits;
    int64_t used_bytes, work_left;
    size_t longest_string;   /* bytes, in this outermost call: what an instruction may have to go over */
    size_t longest_of_files; /* that files made as they were loaded and may hold: each call begins with it, whatever calls came before */
    bool working; /* inside an outermost call: the budget counts */
    bool spent, out_of_memory;
    const volatile sig_atomic_t *stop; /* NULL: nobody asks */
    bool stopped;
    int depth;
    locale_t c_locale;
    source *sources;
    size_t n_sources;
    char fault_path[1024]; /* where the fault was, as the message handler found it */
    int32_t fault_line;
    size_t item_of, item_begin, item_end; /* kj_sandbox_look_at: index of the source, bytes of its text */
    int32_t item_line;                    /* 0: none */
};

/* Where a fault lies and what it says. */
typedef struct fault {
    const source *file;
    int32_t line;
    const char *text;
} fault;

kj_sandbox_limits kj_sandbox_default_limits(void)
{
    kj_sandbox_limits limits = {INT64_C(64) << 20, INT64_C(100000000)};
    return limits;
}

lua_State *kj_sandbox_lua(kj_sandbox *box) { return box->L; }

kj_sandbox *kj_sandbox_of(lua_State *L)
{
    kj_sandbox *box;
    memcpy(&box, lua_getextraspace(L), sizeof box);
    return box;
}

int64_t kj_sandbox_bytes(const kj_sandbox *box) { return box->used_bytes; }

bool kj_sandbox_spent(lua_State *L) { return kj_sandbox_of(L)->spent; }

static void take_work(kj_sandbox *box, int64_t units)
{
    if (!box->working) return;
    box->work_left -= units;
    if (box->work_left < 0) box->spent = true;
}

/* Notes the innermost line of a script. Neither allocates nor raises: also the allocator may call it. */
static void note_place(kj_sandbox *box)
{
    lua_Debug ar;
    if (!box->L) return;
    for (int level = 0; level < STACK_LEVELS_MAX && lua_getstack(box->L, level, &ar); level++) {
        lua_getinfo(box->L, "Sl", &ar);
        if (ar.currentline <= 0 || ar.source[0] != '@') continue;
        snprintf(box->fault_path, sizeof box->fault_path, "%s", ar.source + 1);
        box->fault_line = ar.currentline;
        return;
    }
}

/* Every byte of the state passes here. Refusing makes Lua collect garbage, try again, and then raise its memory error. */
static void *allocate(void *ud, void *block, size_t old_bytes, size_t new_bytes)
{
    kj_sandbox *box = ud;
    bool is_string = !block && old_bytes == LUA_TSTRING;
    if (!block) old_bytes = 0; /* Lua passes the kind of object there */
    if (new_bytes == 0) {
        free(block);
        box->used_bytes -= (int64_t)old_bytes;
        return NULL;
    }
    if (is_string && new_bytes > box->longest_string) box->longest_string = new_bytes;
    if (new_bytes > old_bytes) {
        bool was_spent = box->spent;
        take_work(box, (int64_t)((new_bytes - old_bytes) / BYTES_PER_UNIT));
        if (box->spent && !was_spent) note_place(box); /* the error that follows is one of memory, which asks no message handler */
        if (box->spent && new_bytes - old_bytes > SPENT_BYTES_MAX) return NULL;
        if (box->used_bytes + (int64_t)(new_bytes - old_bytes) > box->limits.memory_bytes) {
            box->out_of_memory = true;
            note_place(box);
            take_work(box, box->used_bytes / BYTES_PER_UNIT); /* Lua now collects everything: that is work too */
            return NULL;
        }
    }
    void *moved = realloc(block, new_bytes);
    if (!moved) {
        box->out_of_memory = true;
        return NULL;
    }
    box->used_bytes += (int64_t)new_bytes - (int64_t)old_bytes;
    return moved;
}

static void say_spent(const kj_sandbox *box, char *out, size_t n)
{
    char texts[96] = "";
    if (box->stopped) {
        snprintf(out, n, "stopped while this script was at work");
        return;
    }
    if (box->longest_string > LONG_STRING) snprintf(texts, sizeof texts, "; each counts for more since a text has %zu bytes", box->longest_string);
    snprintf(out, n, "the script works without end: more than %lld instructions in one call%s", (long long)box->limits.work, texts);
}

static int raise_spent(lua_State *L)
{
    char text[224];
    say_spent(kj_sandbox_of(L), text, sizeof text);
    return luaL_error(L, "%s", text);
}

/* A stop ends what works as an empty budget does: no pcall holds it. */
static void look_at_stop(kj_sandbox *box)
{
    if (box->working && box->stop && *box->stop) box->spent = box->stopped = true;
}

static void count_hook(lua_State *L, lua_Debug *ar)
{
    kj_sandbox *box = kj_sandbox_of(L);
    take_work(box, box->longest_string > LONG_STRING ? HOOK_EVERY * (1 + (int64_t)(box->longest_string / LONG_BYTES_PER_UNIT)) : HOOK_EVERY);
    look_at_stop(box);
    if (box->spent) raise_spent(L);
    if (lua_getlocal(L, ar, -EXTRA_VALUES_MAX - 1)) luaL_error(L, "a function was given more than %d values beyond those that it names", EXTRA_VALUES_MAX);
}

void kj_sandbox_stop_on(kj_sandbox *box, const volatile sig_atomic_t *stop) { box->stop = stop; }

void kj_sandbox_charge(lua_State *L, int64_t units)
{
    kj_sandbox *box = kj_sandbox_of(L);
    take_work(box, units < 0 ? 0 : units);
    if (box->spent) raise_spent(L);
}

void kj_sandbox_collect_young(lua_State *L)
{
    if (HAS_YOUNG)
        lua_gc(L, LUA_GCSTEP, 0);
    else
        lua_gc(L, LUA_GCCOLLECT);
}

static int open_libs(lua_State *L)
{
    kj_sandbox_open_libs(L);
    return 0;
}

kj_status kj_sandbox_new(kj_error *err, const kj_sandbox_limits *limits, kj_sandbox **out)
{
    *out = NULL;
    kj_sandbox *box = calloc(1, sizeof *box);
    if (!box) return kj_fail(err, KJ_E_MEMORY, "no memory for a Lua state");
    box->limits = limits ? *limits : kj_sandbox_default_limits();
    box->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    box->L = lua_newstate(allocate, box);
    if (!box->L) {
        kj_sandbox_free(box);
        return kj_fail(err, KJ_E_MEMORY, "no memory for a Lua state");
    }
    memcpy(lua_getextraspace(box->L), &box, sizeof box);
    if (HAS_YOUNG) lua_gc(box->L, LUA_GCGEN, 0, 0);
    kj_status status = kj_sandbox_protect(err, box, open_libs, NULL, "Lua libraries");
    if (status) {
        kj_sandbox_free(box);
        return status;
    }
    lua_sethook(box->L, count_hook, LUA_MASKCOUNT, HOOK_EVERY);
    *out = box;
    return KJ_OK;
}

void kj_sandbox_free(kj_sandbox *box)
{
    if (!box) return;
    if (box->L) lua_close(box->L);
    if (box->c_locale) freelocale(box->c_locale);
    for (size_t i = 0; i < box->n_sources; i++) {
        free(box->sources[i].path);
        free(box->sources[i].text);
    }
    free(box->sources);
    free(box);
}

/* ---- sources, kept so that faults can show the lines ---- */

static source *find_source(const kj_sandbox *box, const char *path)
{
    for (size_t i = 0; i < box->n_sources; i++)
        if (strcmp(box->sources[i].path, path) == 0) return &box->sources[i];
    return NULL;
}

/* Keeps a copy of the text; a path that ran before gets its new text. NULL when out of memory. */
static source *keep_source(kj_sandbox *box, const char *path, const char *text, size_t n_bytes)
{
    source *found = find_source(box, path);
    if (found && found->n_bytes == n_bytes && memcmp(found->text, text, n_bytes) == 0) return found;
    char *copy = malloc(n_bytes + 1);
    if (!copy) return NULL;
    memcpy(copy, text, n_bytes);
    copy[n_bytes] = 0;
    if (!found) {
        source *grown = realloc(box->sources, (box->n_sources + 1) * sizeof *grown);
        char *path_copy = strdup(path);
        if (grown) box->sources = grown;
        if (!grown || !path_copy) {
            free(copy);
            free(path_copy);
            return NULL;
        }
        found = &grown[box->n_sources++];
        found->path = path_copy;
        found->text = NULL;
    }
    free(found->text);
    found->text = copy;
    found->n_bytes = n_bytes;
    return found;
}

static size_t line_of(const source *file, int32_t line, const char **text)
{
    const char *at = file->text, *end = file->text + file->n_bytes;
    for (int32_t i = 1; i < line && at < end; i++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline ? newline + 1 : end;
    }
    *text = at;
    if (at >= end || line < 1) return 0;
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    return (size_t)((newline ? newline : end) - at);
}

size_t kj_sandbox_source_line(const kj_sandbox *box, const char *path, int32_t line, const char **text)
{
    const source *file = find_source(box, path);
    *text = "";
    return file ? line_of(file, line, text) : 0;
}

static bool is_word(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What follows the `=` of an assignment to the key that stands at `at`, without blanks; NULL if none stands there. */
static const char *assigned_at(const source *file, const char *at, const char *key)
{
    size_t n = strlen(key);
    if (strncmp(at, key, n) != 0 || is_word(at[n]) || (at > file->text && is_word(at[-1]))) return NULL;
    const char *after = at + n;
    after += strspn(after, "\"'] \t"); /* key =, ["key"] = */
    return *after == '=' && after[1] != '=' ? after + 1 + strspn(after + 1, " \t") : NULL;
}

int32_t kj_sandbox_key_line(const kj_sandbox *box, const char *path, const char *key, int32_t from_line)
{
    const source *file = find_source(box, path);
    if (!file || !key[0]) return 0;
    bool within = kj_sandbox_looked_at(box, path) != 0;
    int32_t line = 1, found = 0;
    for (const char *at = file->text; *at; at++) {
        if (*at == '\n') line++;
        if (within ? at < file->text + box->item_begin : line < from_line) continue;
        if (within && at >= file->text + box->item_end) break;
        if (!assigned_at(file, at, key)) continue;
        if (found) return 0;
        found = line;
        if (within) break;
    }
    return found;
}

static bool is_commented(const source *file, const char *at)
{
    while (at > file->text && at[-1] != '\n')
        if (*--at == '-' && at[1] == '-') return true;
    return false;
}

/* The braces around a place. Strings are passed over on the way to the end, not on the way back: an item begins with its brace or other fields. */
static void find_braces(const source *file, const char *at, size_t *begin, size_t *end)
{
    int depth = 0;
    const char *back = at;
    while (back > file->text && depth >= 0) {
        back--;
        depth += *back == '}' ? 1 : *back == '{' ? -1 : 0;
    }
    char quote = 0;
    for (depth = 0; *at && depth >= 0; at++) {
        if (quote) quote = *at == quote && at[-1] != '\\' ? 0 : quote;
        else if (*at == '"' || *at == '\'') quote = *at;
        else depth += *at == '{' ? 1 : *at == '}' ? -1 : 0;
    }
    *begin = (size_t)(back - file->text);
    *end = (size_t)(at - file->text);
}

int32_t kj_sandbox_look_at(kj_sandbox *box, const char *path, const char *name, int32_t nth)
{
    const source *file = find_source(box, path);
    size_t n = strlen(name);
    kj_sandbox_look_away(box);
    int32_t line = 1;
    for (const char *at = file ? file->text : ""; *at; at++) {
        if (*at == '\n') line++;
        const char *value = assigned_at(file, at, "name");
        if (!value || (*value != '"' && *value != '\'') || strncmp(value + 1, name, n) != 0 || value[n + 1] != *value || is_commented(file, at)) continue;
        if (nth-- > 0) continue;
        find_braces(file, at, &box->item_begin, &box->item_end);
        box->item_of = (size_t)(file - box->sources);
        return box->item_line = line;
    }
    return 0;
}

int32_t kj_sandbox_looked_at(const kj_sandbox *box, const char *path)
{
    return box->item_line && strcmp(box->sources[box->item_of].path, path) == 0 ? box->item_line : 0;
}

void kj_sandbox_look_away(kj_sandbox *box) { box->item_line = 0; }

/* ---- faults ---- */

/* Lua writes long chunk names shortened; this is the same rule (LUA_IDSIZE, names that begin with '@'). */
static void short_name(const char *path, char out[LUA_IDSIZE])
{
    size_t n = strlen(path);
    if (n < LUA_IDSIZE)
        memcpy(out, path, n + 1);
    else
        snprintf(out, LUA_IDSIZE, "...%s", path + n - (LUA_IDSIZE - 4));
}

/* If the message begins with "FILE:LINE: " of a file that ran here, takes that off. */
static bool split_prefix(const kj_sandbox *box, const char *message, fault *out)
{
    for (size_t i = 0; i < box->n_sources; i++) {
        char name[LUA_IDSIZE];
        short_name(box->sources[i].path, name);
        size_t n = strlen(name);
        if (strncmp(message, name, n) != 0 || message[n] != ':') continue;
        char *end;
        long line = strtol(message + n + 1, &end, 10);
        if (end == message + n + 1 || *end != ':' || line < 1) continue;
        end++;
        out->file = &box->sources[i];
        out->line = (int32_t)line;
        out->text = end + strspn(end, " ");
        return true;
    }
    return false;
}

/* Message handler: notes where, and makes the error a string. Runs on the failing stack. */
static int note_fault(lua_State *L)
{
    note_place(kj_sandbox_of(L));
    if (lua_type(L, 1) != LUA_TSTRING) lua_pushfstring(L, "error object is a %s value", luaL_typename(L, 1));
    return 1;
}

static const char *fault_text(kj_sandbox *box, const char *message, char *buffer, size_t n)
{
    if (box->spent)
        say_spent(box, buffer, n);
    else if (box->out_of_memory && strstr(message, "not enough memory"))
        snprintf(buffer, n, "the script needs more than its %lld MB of memory", (long long)(box->limits.memory_bytes >> 20));
    else
        return message;
    return buffer;
}

/* Appends "  12 | source" for the faulty line and its neighbours. */
static void show_source(const fault *at, char *out, size_t n, size_t used)
{
    for (int32_t line = at->line - NEIGHBOUR_LINES; line <= at->line + NEIGHBOUR_LINES; line++) {
        const char *text;
        if (line < 1) continue;
        size_t length = line_of(at->file, line, &text);
        if (text >= at->file->text + at->file->n_bytes) break;
        int wrote = snprintf(out + used, n - used, "\n%s %4d | %.*s", line == at->line ? ">" : " ", (int)line, (int)kj_text_cut(text, length, 160), text);
        if (wrote < 0 || (size_t)wrote >= n - used) {
            out[used] = 0; /* a line that has no room is left out */
            break;
        }
        used += (size_t)wrote;
    }
}

/* "FILE:LINE: what" and the source around it. Returns where "what" begins, 0 if no file is known. */
static uint32_t tell_fault(const fault *at, char *out, size_t n)
{
    int words = at->file ? snprintf(out, n, "%s:%d: ", at->file->path, (int)at->line) : 0;
    if (words < 0 || (size_t)words >= n) return 0;
    int wrote = snprintf(out + words, n - (size_t)words, "%.*s", at->file ? 900 : 1500, at->text);
    if (at->file && wrote > 0 && (size_t)(words + wrote) < n) show_source(at, out, n, (size_t)(words + wrote));
    return (uint32_t)words;
}

/* Turns the error on top of the stack into `err` and pops it. */
static kj_status report_fault(kj_error *err, kj_sandbox *box, kj_status status, const char *what)
{
    const char *message = lua_type(box->L, -1) == LUA_TSTRING ? lua_tostring(box->L, -1) : "unknown error";
    char limit[224], body[KJ_ERROR_TEXT_MAX] = "";
    fault at = {NULL, 0, message};
    if (box->spent || !split_prefix(box, message, &at)) {
        at.file = box->fault_line ? find_source(box, box->fault_path) : NULL;
        at.line = box->fault_line;
    }
    at.text = fault_text(box, at.text, limit, sizeof limit);
    uint32_t words = tell_fault(&at, body, sizeof body);
    if (box->stopped) status = KJ_E_STOPPED;
    kj_fail(err, status, "%s", body);
    err->words = words;
    bool file_says_it = what == NULL || (at.file && strcmp(what, at.file->path) == 0);
    if (!file_says_it) kj_error_context(err, "%s", what);
    lua_pop(box->L, 1);
    return status;
}

/* ---- calls ---- */

static kj_status call(kj_error *err, kj_sandbox *box, int nargs, int nresults, kj_status on_fault, const char *what)
{
    lua_State *L = box->L;
    int handler = lua_gettop(L) - nargs;
    if (!lua_checkstack(L, nresults + LUA_MINSTACK)) {
        lua_settop(L, handler - 1);
        return kj_fail(err, KJ_E_MEMORY, "%s: no room on the Lua stack", what ? what : "script");
    }
    bool outermost = box->depth == 0;
    locale_t before = (locale_t)0;
    if (outermost) {
        box->work_left = box->limits.work;
        box->spent = box->stopped = box->out_of_memory = false;
        box->working = true;
        box->longest_string = box->longest_of_files;
        if (box->c_locale) before = uselocale(box->c_locale); /* number text and string order never follow the user's locale */
    }
    box->fault_line = 0;
    kj_sandbox_look_away(box);
    lua_pushcfunction(L, note_fault);
    lua_insert(L, handler);
    box->depth++;
    int result = lua_pcall(L, nargs, nresults, handler);
    box->depth--;
    lua_remove(L, handler);
    kj_status status = result == LUA_OK ? KJ_OK : report_fault(err, box, on_fault, what);
    if (outermost) {
        box->working = box->spent = false;
        if (before) uselocale(before);
    }
    return status;
}

kj_status kj_sandbox_call(kj_error *err, kj_sandbox *box, int nargs, int nresults, const char *what)
{
    return call(err, box, nargs, nresults, KJ_E_FAILED, what);
}

kj_status kj_sandbox_protect(kj_error *err, kj_sandbox *box, lua_CFunction function, void *data, const char *what)
{
    lua_pushcfunction(box->L, function); /* light: neither push allocates */
    lua_pushlightuserdata(box->L, data);
    return call(err, box, 1, 0, KJ_E_FAILED, what);
}

/* Arguments of the protected compilation. */
typedef struct compile_job {
    const char *path, *text;
    size_t n_bytes;
} compile_job;

/* What is not yet compiled. */
typedef struct unread {
    const char *at, *end;
    int line; /* last one that was handed out */
} unread;

/* Hands out line by line, so that the compiler's place is known when it does not say it. */
static const char *next_line(lua_State *L, void *data, size_t *n_bytes)
{
    unread *rest = data;
    (void)L;
    if (rest->at == rest->end) return NULL;
    const char *line = rest->at, *newline = memchr(line, '\n', (size_t)(rest->end - line));
    rest->at = newline ? newline + 1 : rest->end;
    rest->line++;
    *n_bytes = (size_t)(rest->at - line);
    return line;
}

/* Nesting that is too deep and an empty memory are no faults of syntax to Lua: it names no line. */
static void name_line(lua_State *L, const char *path, int line)
{
    char name[LUA_IDSIZE];
    short_name(path, name);
    const char *message = lua_tostring(L, -1);
    size_t n = strlen(name);
    if (!message || (strncmp(message, name, n) == 0 && message[n] == ':')) return;
    lua_pushfstring(L, "%s:%d: %s", name, line, message);
}

/* Leaves the chunk on the stack, with a fresh environment that reads through to the shared globals. */
static int compile(lua_State *L)
{
    const compile_job *job = lua_touserdata(L, 1);
    int line;
    if (kj_sandbox_find_power(job->text, job->n_bytes, &line)) {
        char name[LUA_IDSIZE];
        short_name(job->path, name);
        lua_pushfstring(L, "%s:%d: the operator ^ is not available: write math.pow(x, y)", name, line);
        return lua_error(L);
    }
    lua_pushfstring(L, "@%s", job->path);
    unread rest = {job->text, job->text + job->n_bytes, 0};
    if (lua_load(L, next_line, &rest, lua_tostring(L, -1), "t") != LUA_OK) {
        name_line(L, job->path, rest.line);
        return lua_error(L);
    }
    lua_newtable(L);
    lua_newtable(L);
    lua_pushglobaltable(L);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_setupvalue(L, -2, 1);
    return 1;
}

kj_status kj_sandbox_run_text(kj_error *err, kj_sandbox *box, const char *path, const char *text, size_t n_bytes)
{
    if (n_bytes > SCRIPT_BYTES_MAX)
        return kj_fail(err, KJ_E_INPUT, "%s: a script may have at most %d bytes, this one has %zu", path, SCRIPT_BYTES_MAX,
                       n_bytes);
    size_t mark = kj_text_mark(text, n_bytes);
    text += mark;
    n_bytes -= mark;
    bool is_binary = n_bytes > 0 && *text == *LUA_SIGNATURE; /* Lua says so */
    if (!is_binary && kj_text_check_utf8(err, path, text, n_bytes)) return KJ_E_INPUT;
    const source *kept = keep_source(box, path, text, n_bytes);
    if (!kept) return kj_fail(err, KJ_E_MEMORY, "%s: no memory", path);
    char name[1024];
    snprintf(name, sizeof name, "%s", path); /* sources may move while nested files run */
    compile_job job = {name, text, n_bytes};
    bool outermost = box->depth == 0;
    lua_pushcfunction(box->L, compile);
    lua_pushlightuserdata(box->L, &job);
    kj_status status = call(err, box, 1, 1, KJ_E_INPUT, name);
    if (outermost) box->longest_of_files = box->longest_string;
    if (!status) status = call(err, box, 0, 0, KJ_E_INPUT, name);
    if (outermost) box->longest_of_files = box->longest_string;
    return status;
}

kj_status kj_sandbox_run_file(kj_error *err, kj_sandbox *box, const char *path)
{
    size_t n_bytes;
    errno = 0;
    char *text = kj_file_read(path, &n_bytes);
    if (!text) return kj_fail(err, KJ_E_INPUT, "%s: cannot be read: %s", path, kj_why(errno ? errno : EIO));
    kj_status status = kj_sandbox_run_text(err, box, path, text, n_bytes);
    free(text);
    return status;
}

typedef struct vocabulary {
    const char *word;
    lua_CFunction read;
    void *data;
} vocabulary;

static int open_vocabulary(lua_State *L)
{
    const vocabulary *v = lua_touserdata(L, 1);
    lua_pushlightuserdata(L, v->data);
    lua_pushcclosure(L, v->read, 1);
    lua_setglobal(L, v->word);
    return 0;
}

void *kj_sandbox_data(lua_State *L) { return lua_touserdata(L, lua_upvalueindex(1)); }

kj_status kj_sandbox_read(kj_error *err, const char *path, const char *word, lua_CFunction read, void *data)
{
    vocabulary v = {word, read, data};
    kj_sandbox *box;
    kj_status status = kj_sandbox_new(err, NULL, &box);
    if (status) return status;
    status = kj_sandbox_protect(err, box, open_vocabulary, &v, word);
    if (!status) status = kj_sandbox_run_file(err, box, path);
    kj_sandbox_free(box);
    return status;
}
