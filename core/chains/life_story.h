/* One person or household told through a run, in the language that is set; only those that the run was asked to follow. */
#ifndef KEDJA_CHAINS_LIFE_STORY_H
#define KEDJA_CHAINS_LIFE_STORY_H

#include <stdbool.h>
#include <stdio.h>

#include "../base/error.h"
#include "../draw/language.h"
#include "../io/runread.h"

/* KJ_E_INPUT: the run followed nobody, or not this one (names some that it did). id 0 lists whom the run followed. */
kj_status kj_life_tell(kj_error *err, kj_runread *run, bool household, kj_id id, kj_language language, FILE *out);

#endif
