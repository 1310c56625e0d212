#include "log.h"

#include <stdarg.h>
#include <stdio.h>

static void print(const char *kind, const char *format, va_list args)
{
    fprintf(stderr, "kedja: %s: ", kind);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
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
