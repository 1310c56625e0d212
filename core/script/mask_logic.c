/* Masks joined by `and`, `or`, `not`, or compared with `==`: Lua takes every mask and layer for true, and a layer for unequal to any word, so the
   policy would do something else than it says. Found in the text where the mask or layer stands right beside the word. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mask_logic.h"
#include "sandbox_lib.h"

static const char *const mask_words[] = {"is", "eq", "ne", "gt", "ge", "lt", "le", "near", "cells", "everywhere", "minus", NULL};

static bool is_word(char c) { return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* Does the call that ends right before `at` make a mask, or (layer) ask for a layer? */
static bool call_before(const char *text, const char *at, bool layer)
{
    while (at > text && is_blank(at[-1])) at--;
    if (at == text || at[-1] != ')') return false;
    int depth = 0;
    do {
        at--;
        depth += (*at == ')') - (*at == '(');
    } while (at > text && depth > 0);
    const char *end = at;
    while (at > text && is_word(at[-1])) at--;
    if (at == text || (at[-1] != ':' && at[-1] != '.')) return false;
    size_t n = (size_t)(end - at);
    if (layer) return n == 5 && strncmp(at, "layer", 5) == 0;
    for (const char *const *word = mask_words; *word; word++)
        if (strlen(*word) == n && strncmp(*word, at, n) == 0) return true;
    return false;
}

/* Is what follows `at` a call that makes a mask: name:is(…)? */
static bool call_after(const char *at)
{
    while (is_blank(*at)) at++;
    const char *word = at;
    while (is_word(*at) || *at == '.' || *at == ':') word = is_word(*at) ? word : at + 1, at++;
    for (const char *const *mask = mask_words; *at == '(' && *mask; mask++)
        if (strlen(*mask) == (size_t)(at - word) && strncmp(*mask, word, (size_t)(at - word)) == 0 && word[-1] == ':') return true;
    return false;
}

static bool is_keyword(const char *text, const char *at, const char *keyword)
{
    size_t n = strlen(keyword);
    return strncmp(at, keyword, n) == 0 && !is_word(at[n]) && (at == text || !is_word(at[-1]));
}

/* `x and a:is(…) or b:is(…)` chooses, which is sound. */
static bool chooses(const char *text, const char *at)
{
    while (at > text && at[-1] != '\n' && at[-1] != '=')
        if (is_keyword(text, --at, "and")) return true;
    return false;
}

static const char *fault_at(const char *text, const char *at)
{
    if (is_keyword(text, at, "and") && call_before(text, at, false)) return "write a & b, not `and`, for the cells of both masks: Lua takes every mask for true";
    if (is_keyword(text, at, "or") && call_before(text, at, false) && !chooses(text, at)) return "write a | b, not `or`, for the cells of either mask: Lua takes every mask for true";
    if (is_keyword(text, at, "not") && call_after(at + 3)) return "write ~mask, not `not`, for the cells outside a mask: Lua takes every mask for true";
    if ((strncmp(at, "==", 2) == 0 || strncmp(at, "~=", 2) == 0) && call_before(text, at, true))
        return "write layer:is(\"word\") or layer:eq(number): a layer is never equal to a word or number";
    return NULL;
}

const char *script_mask_fault(const char *text, size_t n_bytes, int *line)
{
    char *code = malloc(n_bytes + 1);
    const char *fault = NULL;
    if (!code) return NULL; /* a hint is lost, no more */
    memcpy(code, text, n_bytes);
    code[n_bytes] = 0;
    kj_sandbox_blank_texts(code, n_bytes);
    *line = 1;
    for (const char *at = code; *at && !fault; at++) {
        if (*at == '\n') ++*line;
        fault = fault_at(code, at);
    }
    free(code);
    return fault;
}
