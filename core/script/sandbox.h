/* A sandboxed Lua 5.4 state. Scenarios, policies and map recipes run here: listed libraries only, text chunks only, no
   files, no clock, no random numbers, no metatables, no coroutines; bounded work and memory; the same order everywhere
   (sorted pairs, stable sort). Whatever a script does, the host gets a status and a message, never a crash.

   What a script has: assert error ipairs pairs pcall print select tonumber tostring type;
   math: abs ceil cos exp floor fmod huge log max maxinteger min mininteger pi pow sin sqrt tointeger type;
   string: byte char find (plain text only) format len lower rep reverse sub upper;
   table: concat insert pack remove sort unpack.
   The operator ^ is refused at load, because the interpreter computes it with the C library's pow, whose bits differ
   between machines: math.pow is ours. */
#ifndef KEDJA_SCRIPT_SANDBOX_H
#define KEDJA_SCRIPT_SANDBOX_H

#include <lua.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/error.h"

typedef struct kj_sandbox kj_sandbox;

typedef struct kj_sandbox_limits {
    int64_t memory_bytes; /* of the whole state */
    int64_t work;         /* of one outermost call: interpreter instructions, and what C functions charge */
} kj_sandbox_limits;

/* 64 MB and 100 million instructions, about a second. */
kj_sandbox_limits kj_sandbox_default_limits(void);

/* A new state; limits may be NULL. Main thread only, like everything below. */
kj_status kj_sandbox_new(kj_error *err, const kj_sandbox_limits *limits, kj_sandbox **out);
void kj_sandbox_free(kj_sandbox *box);

/* The interpreter, to register functions (lua_setglobal: every file sees them) and to read results. Calls that can
   raise a Lua error must run inside kj_sandbox_protect or inside a function that a script calls. */
lua_State *kj_sandbox_lua(kj_sandbox *box);
kj_sandbox *kj_sandbox_of(lua_State *L);

/* From now on calls end with KJ_E_STOPPED soon after *stop is set; NULL: they go on to their end. */
void kj_sandbox_stop_on(kj_sandbox *box, const volatile sig_atomic_t *stop);

/* Compiles and runs a file in an environment of its own, so that files cannot change each other's globals. The file is
   UTF-8, with or without a byte order mark. Faults give KJ_E_INPUT and a message "PATH:LINE: what" with that line and its neighbours. */
kj_status kj_sandbox_run_file(kj_error *err, kj_sandbox *box, const char *path);
/* The same for a text that was read before; `path` names it in messages. */
kj_status kj_sandbox_run_text(kj_error *err, kj_sandbox *box, const char *path, const char *text, size_t n_bytes);

/* Runs a file whose whole vocabulary is one function: `word`, called `read`, which finds `data` as kj_sandbox_data. In a state of its own. */
kj_status kj_sandbox_read(kj_error *err, const char *path, const char *word, lua_CFunction read, void *data);
void *kj_sandbox_data(lua_State *L);

/* Calls the function that stands below `nargs` arguments on the stack; leaves `nresults` results. On a fault nothing is
   left, the status is KJ_E_FAILED, and the message names `what`, file and line and shows the source around it. */
kj_status kj_sandbox_call(kj_error *err, kj_sandbox *box, int nargs, int nresults, const char *what);

/* Runs a C function (its argument is `data` as light userdata at index 1) so that Lua errors in it become a status. */
kj_status kj_sandbox_protect(kj_error *err, kj_sandbox *box, lua_CFunction function, void *data, const char *what);

/* For functions that scripts call and that work long: takes `units` (about 10 ns each) from the budget of the present
   call; raises the limit's error when it is spent. */
void kj_sandbox_charge(lua_State *L, int64_t units);

/* Collects the garbage among what was made since the last collection or the one before it. */
void kj_sandbox_collect_young(lua_State *L);

/* Bytes that the state holds now. */
int64_t kj_sandbox_bytes(const kj_sandbox *box);

/* Text of line `line` (from 1) of a file that ran here, for messages; 0 and "" if unknown. */
size_t kj_sandbox_source_line(const kj_sandbox *box, const char *path, int32_t line, const char **text);
/* Line of `key =` in a file that ran here if the key is assigned exactly once at or after `from_line`, else 0. */
int32_t kj_sandbox_key_line(const kj_sandbox *box, const char *path, const char *key, int32_t from_line);

/* Item of a list that is read now: the braces around the `name = "NAME"` that stands number `nth` (from 0) in the file. Returns the line of that
   name. Until the next call or file, kj_sandbox_key_line looks in these braces alone and takes the first. 0, and no braces, if there is no such text. */
int32_t kj_sandbox_look_at(kj_sandbox *box, const char *path, const char *name, int32_t nth);
/* What it returned last, 0 if another file is meant or none is looked at. */
int32_t kj_sandbox_looked_at(const kj_sandbox *box, const char *path);
void kj_sandbox_look_away(kj_sandbox *box);

#endif
