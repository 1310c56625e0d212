/* The libraries of the sandbox. Internal to core/script. */
#ifndef KEDJA_SCRIPT_SANDBOX_LIB_H
#define KEDJA_SCRIPT_SANDBOX_LIB_H

#include <lua.h>
#include <stdbool.h>

/* Fills the globals of a fresh state. May raise a Lua error. */
void kj_sandbox_open_libs(lua_State *L);

/* True once the budget of the present call is spent: pcall must not swallow that. */
bool kj_sandbox_spent(lua_State *L);

/* Line and 1 if the Lua text uses the operator ^ outside strings and comments. */
int kj_sandbox_find_power(const char *text, size_t n_bytes, int *line);

/* Puts blanks in the place of strings and comments; lines stay. */
void kj_sandbox_blank_texts(char *text, size_t n_bytes);

#endif
