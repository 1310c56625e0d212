/* Reads typed fields of the tables that scripts hand over (scenario{…}, policy{…}, map{…}). Every fault names file and
   line, the key, what was expected and what was found, and for an unknown key the nearest known one.

   All of these raise a Lua error when they refuse, so they may only be called inside a function that a script calls or
   inside kj_sandbox_protect. `what` names the table in messages ("map.localities[3]"). Strings that they return live as
   long as the Lua table holds them. */
#ifndef KEDJA_SCRIPT_LUATABLE_H
#define KEDJA_SCRIPT_LUATABLE_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Raises "FILE:LINE: message". The line is that of `key =` in the calling file where it stands there exactly once, or in the item that
   is looked at (kj_sandbox_look_at), else that of the item or of the call. key may be NULL. */
__attribute__((format(printf, 3, 4))) int kj_lua_refuse(lua_State *L, const char *key, const char *format, ...);

/* The line that kj_lua_refuse would name; 0 if no script is running. */
int32_t kj_lua_line(lua_State *L, const char *key);

/* Refuses keys that are not listed. List items (numbers from 1) are refused too unless `allow_list`. */
void kj_lua_known_keys(lua_State *L, int index, const char *what, const char *const *keys, size_t n_keys, bool allow_list);

/* Refuses a table that lacks any of these, and names all that it lacks at once. */
void kj_lua_required(lua_State *L, int index, const char *what, const char *const *keys, size_t n_keys);

bool kj_lua_has(lua_State *L, int index, const char *key);

/* Required fields. */
const char *kj_lua_string(lua_State *L, int index, const char *what, const char *key);
double kj_lua_number(lua_State *L, int index, const char *what, const char *key, double min, double max);
int64_t kj_lua_whole(lua_State *L, int index, const char *what, const char *key, int64_t min, int64_t max);
/* Index into a list of words separated by spaces. */
int32_t kj_lua_word(lua_State *L, int index, const char *what, const char *key, const char *labels);
/* Pushes the table and returns its absolute index; the caller pops. */
int kj_lua_table(lua_State *L, int index, const char *what, const char *key);

/* The same with a default for a field that is absent. */
const char *kj_lua_string_or(lua_State *L, int index, const char *what, const char *key, const char *absent);
double kj_lua_number_or(lua_State *L, int index, const char *what, const char *key, double min, double max, double absent);
int64_t kj_lua_whole_or(lua_State *L, int index, const char *what, const char *key, int64_t min, int64_t max, int64_t absent);
int32_t kj_lua_word_or(lua_State *L, int index, const char *what, const char *key, const char *labels, int32_t absent);
bool kj_lua_bool_or(lua_State *L, int index, const char *what, const char *key, bool absent);
/* 0 and nothing pushed if absent. */
int kj_lua_table_or_none(lua_State *L, int index, const char *what, const char *key);

/* Text in three languages: a table { en=…, sv=…, da=… }, in which sv and da fall back to en, or one string for all.
   Absent: three NULLs if not required. */
void kj_lua_texts(lua_State *L, int index, const char *what, const char *key, bool required, const char *out[3]);

/* Length of the list part of the table at `index`. */
int32_t kj_lua_length(lua_State *L, int index);
/* Pushes list item i (from 1), which must be a table; returns its absolute index. */
int kj_lua_item_table(lua_State *L, int index, const char *what, int32_t i);
/* List item i as a number or string. */
double kj_lua_item_number(lua_State *L, int index, const char *what, int32_t i, double min, double max);
const char *kj_lua_item_string(lua_State *L, int index, const char *what, int32_t i);

#endif
