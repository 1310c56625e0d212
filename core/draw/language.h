/* Languages of the drawings: gettext catalogues of the domain "kedja" that can be switched while the program runs and
   need no Swedish or Danish locale on the machine. Texts in the source are English. Not thread-safe: gettext's language
   belongs to the process. */
#ifndef KEDJA_DRAW_LANGUAGE_H
#define KEDJA_DRAW_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/error.h"

typedef enum kj_language { KJ_LANG_EN = 0, KJ_LANG_SV = 1, KJ_LANG_DA = 2, KJ_LANG_COUNT = 3 } kj_language;

/* "en", "sv", "da"; KJ_E_INPUT for another code. */
kj_status kj_language_parse(kj_error *err, const char *code, kj_language *out);
const char *kj_language_code(kj_language language);

/* Makes kj_tr() answer in that language. KJ_E_MISSING if its catalogue is not installed; texts are English then. */
kj_status kj_language_set(kj_error *err, kj_language language);

/* The language in which kj_tr() answers, for texts that are kept in three (titles of policies): each catalogue says it of itself. */
kj_language kj_language_now(void);

/* A name that the program made, in the language set: "New school Bor 2028" of a policy, "1281C1031 skola" and "1281C1031 förskola 2"
   of a recipe that found no register, which read "Assumed school C1031" and "Assumed preschool C1031 2". Other
   names as they are. out: at least 96 bytes, used if need be. */
const char *kj_tr_name(const char *name, char *out, size_t out_bytes);

/* The text in the language set; `english` itself if it has no translation. */
__attribute__((format_arg(1))) const char *kj_tr(const char *english);
/* The form that stands beside a count of n: each catalogue has the plurals of its language. */
__attribute__((format_arg(1), format_arg(2))) const char *kj_tr_count(const char *one, const char *many, unsigned long n);

#endif
