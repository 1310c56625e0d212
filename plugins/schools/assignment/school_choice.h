/* School choice: wishes of pupils, priorities of schools. Pure functions on arrays.

   deferred acceptance   Gale & Shapley 1962, pupils proposing: the stable matching that is best for every pupil
   Boston                immediate acceptance: whoever wished earlier goes first, and a place once given is kept
   TTC                   top trading cycles with counters, Abdulkadiroglu & Sonmez 2003 (AER 93:729) */
#ifndef KEDJA_ASSIGNMENT_SCHOOL_CHOICE_H
#define KEDJA_ASSIGNMENT_SCHOOL_CHOICE_H

#include <stddef.h>
#include <stdint.h>

#define CHOICE_NONE UINT32_MAX

typedef struct choice_market {
    uint32_t n_pupils, n_schools, n_wishes;
    const uint32_t *wish;    /* [n_pupils][n_wishes] schools, best first; CHOICE_NONE ends a shorter list. No school twice */
    const int64_t *priority; /* the same shape: of this pupil at that school; the lower goes first, then the lower pupil index */
    const int32_t *places;   /* [n_schools] */
} choice_market;

size_t choice_work_bytes(const choice_market *market);

/* Each writes school[n_pupils], CHOICE_NONE without place. Work: choice_work_bytes, 64-byte aligned. Allocate nothing. */
void choice_deferred_acceptance(const choice_market *market, void *work, uint32_t *school);
void choice_boston(const choice_market *market, void *work, uint32_t *school);
void choice_top_trading_cycles(const choice_market *market, void *work, uint32_t *school);

/* Pairs of a pupil and a school that would both rather have each other; writes at most `max` of them (pupil, school).
   Returns their number. */
uint32_t choice_blocking_pairs(const choice_market *market, const uint32_t *school, uint32_t *pairs, uint32_t max);

#endif
