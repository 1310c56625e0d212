/* Whether luck can part a pair of runs: one rule for matrix, handout and viewer. */
#ifndef KEDJA_COMPARE_LIVES_H
#define KEDJA_COMPARE_LIVES_H

#include "compare.h"

/* A pair in the last year of both: out->same_lives, whether no luck of people parts it, and the rows of its matrix, without the rest of the comparison. Errors as kj_compare;
   free with kj_comparison_free. */
kj_status kj_compare_lives(kj_error *err, const char *base, const char *change, kj_comparison *out);
/* What a single pair tells of luck, in the language set: that none parts the worlds, or that effect and chance cannot be told apart. */
const char *kj_luck_words(bool same_lives);

#endif
