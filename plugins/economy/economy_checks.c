/* The economy balances to the öre: money that comes in goes out, and money and books tell the same result. */
#include "economy.h"

typedef long long wide; /* for messages */

kj_status economy_check_balance(void *instance, kj_ctx *ctx)
{
    const economy *self = instance;
    const kj_run_v1 *run = self->run;
    const economy_columns *c = &self->col;
#define C(field, ...) const int64_t *field = run->read(ctx, c->field); (void)field;
    MUNICIPAL_MONEY(C)
#undef C
    const kj_id *ids = run->ids(ctx, self->municipality);
    for (uint32_t m = 0; m < run->n_rows(ctx, self->municipality); m++) {
        if (sources[m] != used[m])
            return run->fail(ctx, KJ_E_INVARIANT, "municipality %u: %lld öre come in, %lld go out", ids[m], (wide)sources[m], (wide)used[m]);
        if (assets[m] - debt[m] != equity[m])
            return run->fail(ctx, KJ_E_INVARIANT, "municipality %u: assets %lld less debt %lld are not the equity %lld that the results add up to", ids[m],
                             (wide)assets[m], (wide)debt[m], (wide)equity[m]);
    }
    return KJ_OK;
}

/* Services add up to the municipality's costs, parts to services, buildings to assets. */
kj_status economy_check_costs(void *instance, kj_ctx *ctx)
{
    const economy *self = instance;
    const kj_run_v1 *run = self->run;
    const economy_columns *c = &self->col;
#define C(field, ...) const int64_t *field = run->read(ctx, c->field); (void)field;
    SERVICE_MONEY(C)
    FACILITY_MONEY(C)
#undef C
    const int64_t *operating = run->read(ctx, c->operating), *assets = run->read(ctx, c->assets), *streets = run->read(ctx, c->streets_book);
    const kj_id *of = run->read(ctx, c->f_municipality);
    const uint8_t *alive = run->alive(ctx, self->facility);
    const uint32_t *row_of = run->row_of(ctx, self->municipality);
    for (uint32_t m = 0; m < run->n_rows(ctx, self->municipality); m++) {
        int64_t sum = 0, facilities = 0, parts = 0, book = 0;
        for (int k = 0; k < KJ_SERVICE_COUNT; k++) {
            uint32_t at = service_row(m, k);
            if (s_cost[at] != s_fixed[at] + s_class[at] + s_client[at] + s_area[at] + s_bought[at])
                return run->fail(ctx, KJ_E_INVARIANT, "service %u: its parts are not its cost %lld", run->ids(ctx, self->service)[at], (wide)s_cost[at]);
            if (k != KJ_SERVICE_HEALTH_CENTRE) sum += s_cost[at];
            if (k == KJ_SERVICE_PRESCHOOL || k == KJ_SERVICE_SCHOOL || k == KJ_SERVICE_CARE_HOME) parts += s_cost[at] - s_bought[at];
        }
        for (uint32_t f = 0; f < run->n_rows(ctx, self->facility); f++) {
            if (!alive[f] || row_of[of[f]] != m) continue;
            const uint8_t kind = ((const uint8_t *)run->read(ctx, c->f_kind))[f];
            if (kind <= KJ_FACILITY_CARE_HOME) facilities += f_cost[f];
            book += f_book[f];
        }
        book += streets[m];
        if (sum != operating[m] || facilities != parts || book != assets[m])
            return run->fail(ctx, KJ_E_INVARIANT, "municipality %u: services cost %lld of %lld, facilities %lld of %lld, buildings are worth %lld of %lld öre",
                             run->ids(ctx, self->municipality)[m], (wide)sum, (wide)operating[m], (wide)facilities, (wide)parts,
                             (wide)book, (wide)assets[m]);
    }
    return KJ_OK;
}

kj_status economy_check_areas(void *instance, kj_ctx *ctx)
{
    const economy *self = instance;
    const kj_run_v1 *run = self->run;
    const economy_columns *c = &self->col;
    const int64_t *result = run->read(ctx, c->result), *of_area = run->read(ctx, c->a_result), *standard = run->read(ctx, c->a_standard);
    const kj_id *of = run->read(ctx, c->a_municipality);
    const uint32_t *row_of = run->row_of(ctx, self->municipality);
    for (uint32_t m = 0; m < run->n_rows(ctx, self->municipality); m++) {
        int64_t sum = 0;
        bool any = false;
        for (uint32_t a = 0; a < run->n_rows(ctx, self->area); a++) {
            if ((row_of[of[a]] == KJ_NO_ROW ? 0 : row_of[of[a]]) != m) continue;
            sum += of_area[a];
            any |= standard[a] > 0;
        }
        if (any && KJ_MONTH_OF_YEAR(run->month(ctx)) == BUDGET_MONTH && sum != result[m])
            return run->fail(ctx, KJ_E_INVARIANT, "municipality %u: its areas add up to %lld of its result of %lld öre", run->ids(ctx, self->municipality)[m], (wide)sum,
                             (wide)result[m]);
    }
    return KJ_OK;
}
