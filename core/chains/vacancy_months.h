/* How long homes stand empty, stage by stage: notice, renovation, on offer, contract to moving in. Of all vacancies that opened in the
   run and were filled, whatever opened them, by the tenure of the home itself. */
#ifndef KEDJA_CHAINS_VACANCY_MONTHS_H
#define KEDJA_CHAINS_VACANCY_MONTHS_H

#include "forest.h"

typedef enum kj_vacancy_span {
    KJ_SPAN_NOTICE = 0, /* until notice or estate are over */
    KJ_SPAN_RENOVATION,
    KJ_SPAN_OFFER,    /* until the contract that was fulfilled; contracts that came to nothing within */
    KJ_SPAN_CONTRACT, /* until moving in */
    KJ_SPAN_WHOLE,
    KJ_SPAN_COUNT
} kj_vacancy_span;
#define KJ_VACANCY_SPAN_LABELS "notice renovation on_offer contract_to_move_in whole"

enum { KJ_SPAN_MONTHS = 241 /* 0 … 239, 240 or more */, KJ_ANY_TENURE = KJ_TENURE_COUNT };

typedef struct kj_span_figures {
    int64_t n; /* vacancies that passed the stage: of some months */
    double mean; /* months, over all filled vacancies: the stages add up to the whole */
    double lower, median, upper; /* quartiles over all filled vacancies: months within which a fourth, a half, three fourths of them passed the stage */
} kj_span_figures;

typedef struct kj_vacancy_months {
    int64_t filled, open; /* vacancies that opened in the run: filled; still open at its end, and not in the figures */
    kj_span_figures span[KJ_SPAN_COUNT];
} kj_vacancy_months;

/* One entry a tenure, and all of them under KJ_ANY_TENURE; figures are NaN where nothing was filled. KJ_E_MEMORY. The forest must know
   the stages (kj_forest.knows_stages). */
kj_status kj_vacancy_months_count(kj_error *err, const kj_forest *forest, kj_vacancy_months out[KJ_TENURE_COUNT + 1]);

#endif
