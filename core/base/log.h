/* Messages to the person at the terminal, on standard error. */
#ifndef KEDJA_BASE_LOG_H
#define KEDJA_BASE_LOG_H

#include <stdbool.h>

/* "kedja: note: …" — nothing is wrong, but the person should know. Silent when quiet. */
__attribute__((format(printf, 2, 3))) void kj_log_note(bool quiet, const char *format, ...);
/* "kedja: warning: …", always printed. */
__attribute__((format(printf, 1, 2))) void kj_log_warning(const char *format, ...);
/* "kedja: error: …", always printed. */
__attribute__((format(printf, 1, 2))) void kj_log_error(const char *format, ...);

#endif
