/* What must hold after every month. */
#include "services.h"

/* In the month of the count the ages add up to the residents. */
kj_status services_check_ages(void *instance, kj_ctx *ctx)
{
    const services *self = instance;
    const kj_run_v1 *run = self->run;
    if (KJ_MONTH_OF_YEAR(run->month(ctx)) != COUNT_MONTH || run->n_rows(ctx, self->municipality) == 0) return KJ_OK;
    const int32_t *women = run->read(ctx, self->col.g_women), *men = run->read(ctx, self->col.g_men);
    const uint8_t *alive = run->alive(ctx, self->person), *resident = run->read(ctx, self->col.p_resident);
    int64_t counted = 0, residents = 0;
    for (uint32_t k = 0; k < run->n_rows(ctx, self->age); k++) counted += women[k] + men[k];
    for (uint32_t row = 0; row < run->n_rows(ctx, self->person); row++) residents += alive[row] && resident[row];
    return counted == residents ? KJ_OK
                                : run->fail(ctx, KJ_E_INVARIANT, "%lld residents counted by age, %lld live here", (long long)counted, (long long)residents);
}

/* Nobody is served who does not need it; facilities use at most the hours that they offer. */
kj_status services_check_clients(void *instance, kj_ctx *ctx)
{
    const services *self = instance;
    const kj_run_v1 *run = self->run;
    const int64_t *need = run->read(ctx, self->col.s_need), *clients = run->read(ctx, self->col.s_clients);
    for (uint32_t k = 0; k < run->n_rows(ctx, self->service); k++)
        if (clients[k] > need[k] || clients[k] < 0)
            return run->fail(ctx, KJ_E_INVARIANT, "service %u has %lld clients of %lld in need", run->ids(ctx, self->service)[k], (long long)clients[k],
                             (long long)need[k]);
    const int32_t *available = run->read(ctx, self->col.f_available), *booked = run->read(ctx, self->col.f_booked), *used = run->read(ctx, self->col.f_used);
    for (uint32_t f = 0; f < run->n_rows(ctx, self->facility); f++)
        if (used[f] > booked[f] || booked[f] > available[f])
            return run->fail(ctx, KJ_E_INVARIANT, "facility %u: %d hours used, %d booked, %d available", run->ids(ctx, self->facility)[f], used[f], booked[f],
                             available[f]);
    return KJ_OK;
}
