/* Columns of text on a terminal: UTF-8 code points count, none of ours is wide. */
#ifndef KEDJA_CLI_TERM_TEXT_H
#define KEDJA_CLI_TERM_TEXT_H

#include <stdio.h>

static inline int kj_term_width(const char *text)
{
    int n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static inline void kj_term_left(const char *text, int width)
{
    printf("%s%*s", text, width > kj_term_width(text) ? width - kj_term_width(text) : 0, "");
}

static inline void kj_term_right(const char *text, int width)
{
    printf("%*s%s", width > kj_term_width(text) ? width - kj_term_width(text) : 0, "", text);
}

#endif
