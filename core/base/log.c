#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Scripts and files of others bring words into messages: what would steer a terminal is shown as '?'. */
static void clean(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c; c++) {
        bool is_control = (*c < 32 && *c != '\n' && *c != '\t') || *c == 127, is_c1 = *c == 0xC2 && c[1] >= 0x80 && c[1] < 0xA0;
        if (is_control || is_c1) *c = '?';
        if (is_c1) *++c = '?';
    }
}

static void print(const char *kind, const char *format, va_list args)
{
    char *text = NULL;
    if (vasprintf(&text, format, args) < 0) text = NULL;
    if (text) clean(text);
    fprintf(stderr, "kedja: %s: %s\n", kind, text ? text : "out of memory for a message");
    free(text);
}

void kj_log_note(bool quiet, const char *format, ...)
{
    if (quiet) return;
    va_list args;
    va_start(args, format);
    print("note", format, args);
    va_end(args);
}

void kj_log_warning(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print("warning", format, args);
    va_end(args);
}

void kj_log_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print("error", format, args);
    va_end(args);
}
