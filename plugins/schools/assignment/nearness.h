/* Relative nearness, the rule by which Swedish municipalities rank those who want the same school (School Act 9:15 and
   10:30 with HFD 2015 ref 50): who would have the longest way more, if turned away, goes first. Pure functions. */
#ifndef KEDJA_ASSIGNMENT_NEARNESS_H
#define KEDJA_ASSIGNMENT_NEARNESS_H

#include <stdint.h>

#define NEARNESS_NO_SCHOOL INT32_MAX /* as a way: this school does not teach the pupil's grade */
#define NEARNESS_SURE INT32_MAX      /* as a score: the guarantee school itself */
#define NEARNESS_NONE INT32_MIN      /* as a score: a school that does not teach the grade */

/* The longer way to the alternative than to the school sought; below 0 where the alternative is nearer. */
static inline int32_t relative_nearness(int32_t way_sought, int32_t way_alternative) { return way_alternative - way_sought; }

/* As practised (Malmo): the alternative is the nearest school, or the second nearest if the one sought is the nearest.
   Of a pupil with only one school there is no alternative: NEARNESS_SURE. way, score: [n_schools], metres or seconds. */
void nearness_as_practised(const int32_t *way, uint32_t n_schools, int32_t *score);

/* Against a guarantee school g, the pupil's school in the assignment with the least total way under the places of all
   (github.com/knowteqAB/oppetskolval): the alternative is always g, and g itself is sure. */
void nearness_against_guarantee(const int32_t *way, uint32_t n_schools, uint32_t guarantee, int32_t *score);

#endif
