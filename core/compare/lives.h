/* Whether luck can part a pair of worlds: one rule for matrix, handout and viewer, between finished runs (kj_comparison.same_lives) and in a session. */
#ifndef KEDJA_COMPARE_LIVES_H
#define KEDJA_COMPARE_LIVES_H

#include "compare.h"

/* Of those who are not followed, and of work, these counts must do: they are the same, or luck may part the worlds. So it may where one is missing. */
enum { KJ_LIVES_COUNTS = 5 };
const kj_indicator_def *kj_lives_count(uint32_t k);
/* What a single pair tells of luck, in the language set: that none parts the worlds, or that effect and chance cannot be told apart. */
const char *kj_luck_words(bool same_lives);

#endif
