#include "chain_figures.h"

#include <stdbool.h>
#include <stdlib.h>

/* What is known of one chain; kept at the row of its root. */
typedef struct chain {
    int32_t households;
    bool open;
} chain;

static bool counts(const kj_chain_rows *rows, uint32_t root_row, kj_month end_month)
{
    return kj_chain_counts(rows->cause[root_row], rows->opened[root_row], end_month);
}

static kj_status gather(kj_error *err, const kj_chain_rows *rows, chain *chains)
{
    for (uint32_t row = 0; row < rows->n; row++) {
        kj_id root = rows->root[row];
        if (root == 0 || root > rows->n)
            return kj_fail(err, KJ_E_INPUT, "vacancy %u: expected a root between 1 and %u, found %u", row + 1, rows->n,
                           root);
        bool closed = rows->stage[row] == KJ_STAGE_CLOSED;
        chains[root - 1].households += closed && rows->filled_by[row] != 0;
        chains[root - 1].open |= !closed;
    }
    return KJ_OK;
}

static void add_chain(const chain *c, kj_chain_figures *out)
{
    out->n_old++;
    if (c->open) {
        out->n_open++;
        out->open_households += c->households;
        return;
    }
    out->n_complete++;
    out->households += c->households;
    out->lengths[c->households < KJ_CHAIN_LENGTHS - 1 ? c->households : KJ_CHAIN_LENGTHS - 1]++;
}

kj_status kj_chain_figures_count(kj_error *err, const kj_chain_rows *rows, kj_month end_month, kj_chain_figures *out)
{
    *out = (kj_chain_figures){0};
    if (rows->n == 0) return KJ_OK;
    chain *chains = calloc(rows->n, sizeof *chains);
    if (!chains) return kj_fail(err, KJ_E_MEMORY, "chains of %u vacancies: out of memory", rows->n);
    kj_status status = gather(err, rows, chains);
    for (uint32_t row = 0; row < rows->n && status == KJ_OK; row++) {
        uint32_t root_row = rows->root[row] - 1;
        if (root_row == row) {
            out->n_new += rows->cause[row] == KJ_CAUSE_NEW;
            out->n_new_open += rows->cause[row] == KJ_CAUSE_NEW && chains[row].open;
            if (counts(rows, row, end_month)) add_chain(&chains[row], out);
        }
        if (!counts(rows, root_row, end_month) || chains[root_row].open) continue;
        uint8_t end = rows->end[row];
        if (end < KJ_END_COUNT && end != KJ_END_CONTINUES && end != KJ_END_OPEN) out->ends[end]++;
    }
    if (out->n_complete > 0) out->mean = (double)out->households / (double)out->n_complete;
    free(chains);
    return status;
}

int64_t kj_chain_rows_open(const kj_chain_rows *rows, kj_month month)
{
    int64_t n = 0;
    for (uint32_t row = 0; row < rows->n; row++) {
        bool closed = rows->stage[row] == KJ_STAGE_CLOSED && rows->closed[row] <= month;
        n += rows->opened[row] <= month && !closed;
    }
    return n;
}
