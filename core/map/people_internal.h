/* What people.c and people_fit.c share: the households of one area while they are formed. */
#ifndef KEDJA_MAP_PEOPLE_INTERNAL_H
#define KEDJA_MAP_PEOPLE_INTERNAL_H

#include "draft.h"

/* A household in the making. */
typedef struct unit {
    int32_t woman, man; /* the couple, or the one adult; -1 */
    int32_t head, tail; /* members, linked by next_member */
    int32_t n, n_children, n_extra;
} unit;

/* Items (couples or single adults) by single year of age; taken from the front of a list. */
typedef struct pool {
    int32_t first[KJ_AGES];
    int32_t *next;
} pool;

typedef struct former {
    kj_draft *draft;
    kj_draft_area *area;
    kj_draft_person *persons; /* of the whole map */
    unit *units;
    int32_t n_units;
    pool couples, women, men; /* couples by the woman's age; single adults */
    kj_ranked *ranked, *ranked2;
    int32_t *list;
    double partner_share[2][KJ_AGES]; /* of the area's adults */
} former;

/* Puts person p at the end of unit u. */
void kj_unit_join(former *f, int32_t u, int32_t p);

/* Households of a sample, with what each adds to the margins: the seed of the fit. */
typedef struct kj_seed kj_seed;
/* From the recipe's survey (sample.file), or empty, to be filled by kj_seed_collect. */
kj_status kj_seed_new(kj_error *err, const kj_draft *draft, kj_seed **out);
void kj_seed_free(kj_seed *seed); /* NULL is fine */
/* Takes some of the area's households as they were formed; nothing when there is a survey. */
kj_status kj_seed_collect(kj_error *err, kj_seed *seed, const former *f);
/* Whether the area says how many households it has of each size or kind. */
bool kj_seed_wants(const kj_draft_area *area);
/* Forms the area's households anew: weights of the seed fitted to sizes, kinds and persons by age and sex, whole
   households, then the area's own persons in their places by age. Every person keeps a place; the number of households
   stays. */
kj_status kj_seed_refit(kj_error *err, kj_seed *seed, former *f);

#endif
