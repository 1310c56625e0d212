/* Errors of the core: a status and one message that names file, line or dataset, what was expected and what was found.
   Functions that can fail take `kj_error *err` first, return a status, and give results last. */
#ifndef KEDJA_BASE_ERROR_H
#define KEDJA_BASE_ERROR_H

#include <kedja/status.h>
#include <stdint.h>

enum { KJ_ERROR_TEXT_MAX = 2048 };

typedef struct kj_error {
    kj_status status;
    uint32_t words; /* of a fault in a script: where in the text its own words begin, behind file and line; else 0 */
    char text[KJ_ERROR_TEXT_MAX];
} kj_error;

/* Fills the message (printf format) and returns `status`, so that callers can `return kj_fail(err, …)`. */
__attribute__((format(printf, 3, 4))) kj_status kj_fail(kj_error *err, kj_status status, const char *format, ...);

/* Puts "context: " before the message that is there, and returns its status. */
__attribute__((format(printf, 2, 3))) kj_status kj_error_context(kj_error *err, const char *format, ...);

/* What an errno means, in English whatever language texts have: messages are. */
const char *kj_why(int code);

/* Exit status of the program for a status: 0, 1 (the run failed), 2 (wrong use or bad input), 75 (stopped). */
int kj_exit_status(kj_status status);

#endif
