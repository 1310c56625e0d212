/* Figures of moving chains that began with a new dwelling, read off the vacancy forest of a run. Traced, not caused:
   a household on a chain might have moved anyway. */
#ifndef KEDJA_CHAINS_CHAIN_FIGURES_H
#define KEDJA_CHAINS_CHAIN_FIGURES_H

#include <kedja/model.h>
#include <stdbool.h>

#include "../base/error.h"

/* Columns of table `vacancy`, n rows in id order (row r has id r + 1: vacancies are never destroyed). */
typedef struct kj_chain_rows {
    uint32_t n;
    const kj_id *root, *filled_by;
    const uint8_t *cause, *stage, *end;
    const int16_t *opened;
    const int16_t *closed; /* only kj_chain_rows_open reads it */
} kj_chain_rows;

enum { KJ_CHAIN_LENGTHS = 7, KJ_CHAIN_AGE_MONTHS = 36 };

/* The rule of what is counted: begun by a new dwelling, at least KJ_CHAIN_AGE_MONTHS before the end of the run. */
static inline bool kj_chain_counts(uint8_t cause, int16_t opened, kj_month end_month)
{
    return cause == KJ_CAUSE_NEW && opened <= end_month - KJ_CHAIN_AGE_MONTHS;
}

typedef struct kj_chain_figures {
    int64_t n_new;      /* chains begun by a new dwelling, whole run */
    int64_t n_new_open; /* of these, with some vacancy still open */
    int64_t n_old;      /* of these, opened at least KJ_CHAIN_AGE_MONTHS before the end of the run */
    int64_t n_complete; /* of these, with every vacancy closed: the ones counted below */
    int64_t n_open;     /* n_old - n_complete: some vacancy still open */
    int64_t households; /* that moved in, on complete chains */
    int64_t open_households;
    int64_t lengths[KJ_CHAIN_LENGTHS]; /* complete chains with 0, 1 … 5, 6 or more households */
    int64_t ends[KJ_END_COUNT];        /* ends of complete chains; CONTINUES and OPEN stay 0 */
    double mean;                       /* households per new dwelling; 0 when n_complete is 0 */
} kj_chain_figures;

/* end_month: last month of the run. KJ_E_INPUT for a root outside the table, KJ_E_MEMORY. */
kj_status kj_chain_figures_count(kj_error *err, const kj_chain_rows *rows, kj_month end_month, kj_chain_figures *out);

/* Vacancies open at the end of `month`: homes that stand empty then. */
int64_t kj_chain_rows_open(const kj_chain_rows *rows, kj_month month);

#endif
