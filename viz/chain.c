#include "chain.h"

#include <stdlib.h>
#include <string.h>

static bool opened_by(const kj_world *w, uint32_t row, kj_month month) { return w->vacancies[row].opened <= month; }

static bool moved_in(const kj_vacancy_row *v, kj_month month)
{
    return v->filled_by != 0 && v->stage == KJ_STAGE_CLOSED && v->closed <= month;
}

/* Child vacancy with the longest way below it; way counted by rounds, which fall along ids. */
static uint32_t longest_child(const kj_world *w, uint32_t row, kj_month month)
{
    uint32_t best = 0;
    int32_t best_depth = -1;
    for (uint32_t child = w->children[row]; child; child = w->sibling[child - 1]) {
        int32_t depth = 0;
        if (!opened_by(w, child - 1, month)) continue;
        for (uint32_t at = child; at && depth < 64; depth++) at = w->children[at - 1];
        if (depth > best_depth) {
            best_depth = depth;
            best = child;
        }
    }
    return best;
}

void kj_chain_follow(const kj_world *w, uint32_t root, kj_month month, kj_chain *out)
{
    memset(out, 0, sizeof *out);
    if (!root || root > w->n_vacancies || !opened_by(w, root - 1, month)) return;
    out->root = root;
    for (uint32_t row = root - 1; row < w->n_vacancies; row++) {
        const kj_vacancy_row *v = &w->vacancies[row];
        if (v->root != root || !opened_by(w, row, month)) continue;
        out->n_homes++;
        out->n_moved += moved_in(v, month);
        out->open |= v->stage != KJ_STAGE_CLOSED || v->closed > month;
        if (row + 1 != root && v->tenure < KJ_TENURE_COUNT) out->freed[v->tenure]++;
    }
    for (uint32_t at = root; at && out->n < KJ_CHAIN_STEPS_MAX; at = longest_child(w, at - 1, month)) out->step[out->n++] = at - 1;
}

/* Homes of each chain by the month, at the row of its root; NULL when out of memory. */
static int32_t *count_homes(const kj_world *w, kj_month month)
{
    int32_t *homes = calloc((size_t)w->n_vacancies + 1, sizeof *homes);
    for (uint32_t row = 0; homes && row < w->n_vacancies; row++) homes[w->vacancies[row].root - 1] += opened_by(w, row, month);
    return homes;
}

uint32_t kj_chain_near(const kj_world *w, int32_t cell, int32_t reach, kj_month month)
{
    int32_t *homes = count_homes(w, month), best_score = 0;
    uint32_t best = 0;
    for (uint32_t row = 0; homes && row < w->n_vacancies; row++) {
        const kj_vacancy_row *v = &w->vacancies[row];
        if (v->cell < 0 || !opened_by(w, row, month)) continue;
        if (kj_grid_distance2(&w->grid, v->cell, cell) > (int64_t)reach * reach) continue;
        bool is_new = w->vacancies[v->root - 1].cause == KJ_CAUSE_NEW, at_root = v->root == row + 1;
        int32_t n = homes[v->root - 1], score = (is_new ? 2000 : 0) + (is_new && at_root ? 1000 : 0) + (n < 999 ? n : 999);
        if (score <= best_score) continue;
        best_score = score;
        best = v->root;
    }
    free(homes);
    return best;
}

uint32_t kj_chain_longest(const kj_world *w, kj_month month)
{
    int32_t *homes = count_homes(w, month);
    uint32_t best = 0;
    for (uint32_t row = 0; homes && row < w->n_vacancies; row++) {
        const kj_vacancy_row *v = &w->vacancies[row];
        if (v->root != row + 1 || v->cause != KJ_CAUSE_NEW) continue;
        if (!best || homes[row] > homes[best - 1]) best = row + 1;
    }
    free(homes);
    return best;
}

uint32_t kj_chain_begun_in(const kj_world *w, int32_t cell, kj_month month)
{
    uint32_t best = 0;
    int32_t *homes = NULL; /* counted only where a new home stands */
    for (uint32_t row = 0; row < w->n_vacancies; row++) {
        const kj_vacancy_row *v = &w->vacancies[row];
        if (v->cell != cell || v->root != row + 1 || v->cause != KJ_CAUSE_NEW || !opened_by(w, row, month)) continue;
        if (!homes) homes = count_homes(w, month);
        if (homes && (!best || homes[row] > homes[best - 1])) best = row + 1;
    }
    free(homes);
    return best;
}
