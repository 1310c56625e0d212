/* Vacancy chains as a Markov process (White 1970; Emmi & Magnusson 1995): expected moves by submarket of origin are the
   fundamental matrix (I - Q)^-1. Estimated in one window of a run, held against another. */
#ifndef KEDJA_VALIDATE_REPROJECTION_H
#define KEDJA_VALIDATE_REPROJECTION_H

#include "../chains/forest.h"

enum { KJ_SUBMARKETS = 2 * KJ_TENURE_COUNT }; /* tenure, and fewer than three rooms or more */

typedef struct kj_window_months {
    kj_month from, to; /* from < month <= to */
} kj_window_months;

/* Row-wise inverse of I - q for n <= KJ_SUBMARKETS; false if it is singular. out[i][j]: vacancies in j for each that opens in i. */
bool kj_fundamental_matrix(const double q[KJ_SUBMARKETS][KJ_SUBMARKETS], double out[KJ_SUBMARKETS][KJ_SUBMARKETS]);

/* Transition probabilities from the vacancies that were filled in a window: q[i][j], the filler of a vacancy in i left one in j. */
void kj_transitions(const kj_forest *forest, kj_window_months window, double q[KJ_SUBMARKETS][KJ_SUBMARKETS]);

/* Roots of any cause opened in `ahead` are projected with the transitions of `fitted`: sum over submarkets of |projected - observed|
   vacancies over the observed ones. *baseline: the same if vacancies by submarket keep the number per root of `fitted`. NaN without
   vacancies. */
double kj_reprojection_error(const kj_forest *forest, kj_window_months fitted, kj_window_months ahead, double *baseline);

#endif
