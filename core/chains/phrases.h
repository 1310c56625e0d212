/* Words for people and homes, in the language that is set (kj_language_set). Each fills `out` and returns it. */
#ifndef KEDJA_CHAINS_PHRASES_H
#define KEDJA_CHAINS_PHRASES_H

#include <kedja/model.h>
#include <stddef.h>
#include <stdint.h>

#include "../draw/language.h"

enum { KJ_PHRASE_MAX = 256 };

/* "March 2027" */
char *kj_say_month(char out[KJ_PHRASE_MAX], kj_month month);
/* "30 September 2025" of 20250930 */
char *kj_say_date(char out[KJ_PHRASE_MAX], int32_t date);
/* "a rental flat, 3 rooms"; as subject of a sentence or after a verb, without capital. country: of the map; "dk": "a flat (almen), 3 rooms". */
char *kj_say_home(char out[KJ_PHRASE_MAX], const char *country, int tenure, int kind, int rooms);
/* "a couple in their forties": kind of household, its size, age of the head. */
char *kj_say_household(char out[KJ_PHRASE_MAX], int kind, int size, int age);
/* "2.3 km" or "400 m" */
char *kj_say_distance(char out[KJ_PHRASE_MAX], kj_language language, double metres);
/* "3 months", "1 month" */
char *kj_say_months(char out[KJ_PHRASE_MAX], int32_t months);

#endif
