/* Whether luck can part a pair of runs: one rule for matrix, handout and viewer. */
#ifndef KEDJA_COMPARE_LIVES_H
#define KEDJA_COMPARE_LIVES_H

#include <stdbool.h>

#include "../base/error.h"

/* Whether no luck of people parts two runs (kj_comparison.same_lives), without the rest of the comparison. Errors as kj_compare. */
kj_status kj_compare_lives(kj_error *err, const char *base, const char *change, bool *same);
/* What a single pair tells of luck, in the language set: that none parts the worlds, or that effect and chance cannot be told apart. */
const char *kj_luck_words(bool same_lives);

#endif
