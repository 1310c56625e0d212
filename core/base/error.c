#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

kj_status kj_fail(kj_error *err, kj_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    err->status = status;
    err->words = 0;
    return status;
}

kj_status kj_error_context(kj_error *err, const char *format, ...)
{
    char old[KJ_ERROR_TEXT_MAX];
    memcpy(old, err->text, sizeof old);
    va_list args;
    va_start(args, format);
    int n = vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    int room = (int)sizeof err->text - n - 3; /* for the old text behind ": " */
    if (n >= 0 && room > 0) snprintf(err->text + n, (size_t)room + 3, ": %.*s", room, old);
    const size_t words = err->words && n >= 0 ? err->words + (size_t)n + 2 : 0;
    err->words = words < strlen(err->text) ? (uint32_t)words : 0; /* else they were cut off */
    return err->status;
}

const char *kj_why(int code)
{
    if (code == ESPIPE) return "it is no file but a pipe or a device"; /* "Illegal seek" tells nobody what is wrong */
    const char *why = strerrordesc_np(code);
    return why ? why : "unknown error";
}

int kj_exit_status(kj_status status)
{
    switch (status) {
    case KJ_OK: return 0;
    case KJ_E_STOPPED: return 75;
    case KJ_E_INPUT:
    case KJ_E_VERSION:
    case KJ_E_MISSING:
    case KJ_E_DUPLICATE:
    case KJ_E_HAZARD: return 2; /* a plugin, file or option that cannot be used */
    default: return 1;
    }
}
