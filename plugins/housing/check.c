/* Invariants of homes and of the vacancy forest. */
#include "housing.h"

/* Dwellings and households agree about who holds what; lodgers' hosts hold; whoever is outside has no home. */
static kj_status check_households(const housing *self, kj_ctx *ctx)
{
    const kj_run_v1 *run = self->run;
    const uint8_t *alive = run->alive(ctx, self->household), *living = run->read(ctx, self->col.h_living);
    const kj_id *ids = run->ids(ctx, self->household), *dwelling = run->read(ctx, self->col.h_dwelling);
    const kj_id *host = run->read(ctx, self->col.h_host), *holder = run->read(ctx, self->col.d_household);
    const uint32_t *row_of = run->row_of(ctx, self->household), *row_of_dwelling = run->row_of(ctx, self->dwelling);
    for (uint32_t h = 0; h < run->n_rows(ctx, self->household); h++) {
        if (!alive[h]) continue;
        if (living[h] == KJ_LIVES_HOLDING) {
            uint32_t d = row_of_dwelling[dwelling[h]];
            if (d == KJ_NO_ROW || holder[d] != ids[h] || host[h])
                return run->fail(ctx, KJ_E_INVARIANT, "household %u holds dwelling %u, which does not know it, or has host %u",
                                 ids[h], dwelling[h], host[h]);
        } else if (dwelling[h]) {
            return run->fail(ctx, KJ_E_INVARIANT, "household %u is %s but has dwelling %u", ids[h],
                             living[h] == KJ_LIVES_LODGING ? "lodging" : "outside", dwelling[h]);
        } else if (living[h] == KJ_LIVES_LODGING) {
            uint32_t r = row_of[host[h]];
            if (r == KJ_NO_ROW || living[r] != KJ_LIVES_HOLDING)
                return run->fail(ctx, KJ_E_INVARIANT, "household %u lodges with household %u, which holds no dwelling", ids[h], host[h]);
        } else if (host[h]) {
            return run->fail(ctx, KJ_E_INVARIANT, "household %u is outside but has host %u", ids[h], host[h]);
        }
    }
    return KJ_OK;
}

kj_status housing_check_homes(void *instance, kj_ctx *ctx)
{
    const housing *self = instance;
    const kj_run_v1 *run = self->run;
    const uint8_t *alive = run->alive(ctx, self->dwelling), *state = run->read(ctx, self->col.d_state);
    const uint8_t *living = run->read(ctx, self->col.h_living), *stage = run->read(ctx, self->col.v_stage);
    const kj_id *ids = run->ids(ctx, self->dwelling), *holder = run->read(ctx, self->col.d_household);
    const kj_id *vacancy = run->read(ctx, self->col.d_vacancy), *of = run->read(ctx, self->col.v_dwelling);
    const kj_id *home = run->read(ctx, self->col.h_dwelling);
    const uint32_t *row_of = run->row_of(ctx, self->household), *row_of_vacancy = run->row_of(ctx, self->vacancy);
    uint32_t n_freed, without = 0;
    run->items(ctx, self->freed, &n_freed);
    for (uint32_t d = 0; d < run->n_rows(ctx, self->dwelling); d++) {
        if (!alive[d] || state[d] == KJ_DWELLING_CLOSED) continue;
        if (holder[d]) {
            uint32_t h = row_of[holder[d]];
            if (h == KJ_NO_ROW || home[h] != ids[d] || living[h] != KJ_LIVES_HOLDING || vacancy[d] || state[d] != KJ_DWELLING_OCCUPIED)
                return run->fail(ctx, KJ_E_INVARIANT, "dwelling %u is held by household %u, which does not hold it, or has vacancy %u",
                                 ids[d], holder[d], vacancy[d]);
            continue;
        }
        uint32_t v = row_of_vacancy[vacancy[d]];
        if (!vacancy[d]) {
            without++;
        } else if (v == KJ_NO_ROW || of[v] != ids[d] || stage[v] == KJ_STAGE_CLOSED) {
            return run->fail(ctx, KJ_E_INVARIANT, "dwelling %u names vacancy %u, which is closed or another's", ids[d], vacancy[d]);
        }
    }
    if (without != n_freed)
        return run->fail(ctx, KJ_E_INVARIANT, "%u empty dwellings have no vacancy, but %u are newly freed", without, n_freed);
    return check_households(self, ctx);
}

/* The forest: parents before children, rounds count up, roots agree, each parent at most one child, every closed vacancy
   has an end, every open one is the vacancy of its dwelling. */
kj_status housing_check_forest(void *instance, kj_ctx *ctx)
{
    const housing *self = instance;
    const kj_run_v1 *run = self->run;
    const housing_columns *col = &self->col;
    uint32_t n = run->n_rows(ctx, self->vacancy);
    const kj_id *ids = run->ids(ctx, self->vacancy), *parent = run->read(ctx, col->v_parent), *root = run->read(ctx, col->v_root);
    const kj_id *dwelling = run->read(ctx, col->v_dwelling), *current = run->read(ctx, col->d_vacancy);
    const int16_t *round = run->read(ctx, col->v_round);
    const uint8_t *cause = run->read(ctx, col->v_cause), *stage = run->read(ctx, col->v_stage), *end = run->read(ctx, col->v_end);
    const kj_id *filled_by = run->read(ctx, col->v_filled_by), *contract = run->read(ctx, col->h_contract);
    const uint32_t *row_of = run->row_of(ctx, self->vacancy), *row_of_dwelling = run->row_of(ctx, self->dwelling);
    const uint32_t *row_of_household = run->row_of(ctx, self->household);
    uint8_t *children = run->scratch(ctx, (size_t)n + 1);
    if (!children) return KJ_E_MEMORY;
    for (uint32_t v = 0; v < n; v++) {
        uint32_t p = parent[v] ? row_of[parent[v]] : KJ_NO_ROW;
        bool good = parent[v] ? p != KJ_NO_ROW && parent[v] < ids[v] && round[v] == round[p] + 1 && root[v] == root[p] &&
                                    cause[v] == KJ_CAUSE_MOVE && end[p] == KJ_END_CONTINUES && ++children[p] == 1
                              : round[v] == 1 && root[v] == ids[v] && cause[v] != KJ_CAUSE_MOVE;
        if (!good)
            return run->fail(ctx, KJ_E_INVARIANT, "vacancy %u (parent %u, root %u, round %d, cause %d) breaks its chain", ids[v],
                             parent[v], root[v], round[v], cause[v]);
        if ((stage[v] == KJ_STAGE_CLOSED) != (end[v] != KJ_END_OPEN))
            return run->fail(ctx, KJ_E_INVARIANT, "vacancy %u has stage %d but end %d", ids[v], stage[v], end[v]);
        uint32_t d = row_of_dwelling[dwelling[v]];
        if (stage[v] != KJ_STAGE_CLOSED && d != KJ_NO_ROW && current[d] != ids[v])
            return run->fail(ctx, KJ_E_INVARIANT, "open vacancy %u: dwelling %u names vacancy %u", ids[v], dwelling[v], current[d]);
        uint32_t h = filled_by[v] ? row_of_household[filled_by[v]] : KJ_NO_ROW;
        if (stage[v] == KJ_STAGE_CONTRACTED && h != KJ_NO_ROW && contract[h] != ids[v])
            return run->fail(ctx, KJ_E_INVARIANT, "vacancy %u is contracted to household %u, whose contract is %u", ids[v], filled_by[v], contract[h]);
    }
    for (uint32_t v = 0; v < n; v++)
        if (end[v] == KJ_END_CONTINUES && children[v] != 1)
            return run->fail(ctx, KJ_E_INVARIANT, "vacancy %u says that its chain continues, but no vacancy follows", ids[v]);
    return KJ_OK;
}
