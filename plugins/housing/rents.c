/* START and MEASURE, December: what a rental flat costs in each area. For maps: nothing in the model reads it. */
#include "housing.h"

kj_status housing_rents(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const housing *self = instance;
    const kj_run_v1 *run = self->run;
    const uint8_t *alive = run->alive(ctx, self->dwelling), *tenure = run->read(ctx, self->col.d_tenure);
    const int32_t *rent = run->read(ctx, self->col.d_rent), *cell = run->read(ctx, self->col.d_cell), *cell_area = run->read(ctx, self->col.c_area);
    int32_t *mean = run->write(ctx, self->col.a_mean_rent);
    uint32_t n = run->n_rows(ctx, self->dwelling), n_areas = run->n_rows(ctx, self->area);
    int64_t *sum = run->scratch(ctx, ((size_t)n_areas + 1u) * sizeof *sum), *count = run->scratch(ctx, ((size_t)n_areas + 1u) * sizeof *count);
    if (!alive || !tenure || !rent || !cell || !cell_area || !mean || !sum || !count) return KJ_E_FAILED;
    for (uint32_t row = 0; row < n; row++) {
        bool rented = tenure[row] == KJ_TENURE_RENTAL || tenure[row] == KJ_TENURE_PRIVATE;
        int32_t area = alive[row] && rented && cell[row] >= 0 ? cell_area[cell[row]] : -1;
        if (area < 0) continue;
        sum[area] += rent[row];
        count[area]++;
    }
    for (uint32_t a = 0; a < n_areas; a++) mean[a] = count[a] > 0 ? (int32_t)((sum[a] + count[a] / 2) / count[a]) : 0;
    return KJ_OK;
}
