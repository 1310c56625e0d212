/* Columns of text on a terminal: UTF-8 code points count, none of ours is wide. */
#ifndef KEDJA_CLI_TERM_TEXT_H
#define KEDJA_CLI_TERM_TEXT_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static inline int kj_term_width(const char *text)
{
    int n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

/* Bytes of the first `width` columns of a text. */
static inline int kj_term_bytes(const char *text, int width)
{
    const char *at = text;
    for (; *at; at++)
        if (((unsigned char)*at & 0xC0) != 0x80 && width-- == 0) break;
    return (int)(at - text);
}

static inline void kj_term_left(const char *text, int width)
{
    printf("%s%*s", text, width > kj_term_width(text) ? width - kj_term_width(text) : 0, "");
}

/* What fills its column or is wider keeps a space from what stands before it. */
static inline void kj_term_right(const char *text, int width) { printf("%*s%s", width > kj_term_width(text) ? width - kj_term_width(text) : 1, "", text); }

/* What is longer ends in "…". */
static inline void kj_term_left_cut(const char *text, int width)
{
    if (kj_term_width(text) <= width) kj_term_left(text, width);
    else printf("%.*s…", kj_term_bytes(text, width - 1), text);
}

static inline void kj_term_right_cut(const char *text, int width)
{
    if (kj_term_width(text) <= width) kj_term_right(text, width);
    else printf("%.*s…", kj_term_bytes(text, width - 1), text);
}

#endif
