/* January: homes that nobody has wanted for long, in a market with room to spare, are taken down. */
#include "development.h"

/* Share on offer of an area's homes of one kind. */
static double share_on_offer(const int64_t *vacant, const int64_t *stock, int32_t area)
{
    return stock[area] > 0 ? (double)vacant[area] / (double)stock[area] : 0.0;
}

/* A rental home is taken down with a yearly chance when it has been on offer for long where many are. Owned and co-op homes
   find a price at which somebody buys. Source of the idea: municipal housing companies tore down in places that shrank. */
kj_status dev_demolish(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const dev *d = instance;
    const kj_run_v1 *run = d->run;
    const uint8_t *alive = run->alive(ctx, d->dwelling), *tenure = run->read(ctx, d->home_tenure), *kind = run->read(ctx, d->home_kind);
    const uint8_t *stage = run->read(ctx, d->vacancy_stage), *protection = run->read(ctx, d->protection);
    uint8_t *state = run->write(ctx, d->home_state), *land_use = run->write(ctx, d->land_use);
    const int16_t *opened = run->read(ctx, d->vacancy_opened), *m2 = run->read(ctx, d->home_area_m2);
    const int32_t *cell_of = run->read(ctx, d->home_cell), *area_of = run->read(ctx, d->cell_area);
    const kj_id *vacancy = run->read(ctx, d->home_vacancy), *ids = run->ids(ctx, d->dwelling);
    const uint64_t *luck = run->read(ctx, d->home_luck);
    const uint32_t *vacancy_row = run->row_of(ctx, d->vacancy), *municipality_row = run->row_of(ctx, d->municipality);
    const kj_id *area_municipality = run->read(ctx, d->area_municipality);
    const int64_t *stock[2] = {run->read(ctx, d->area_sum[SUM_STOCK_SMALL]), run->read(ctx, d->area_sum[SUM_STOCK_FLAT])};
    const int64_t *vacant[2] = {run->read(ctx, d->area_sum[SUM_VACANT_SMALL]), run->read(ctx, d->area_sum[SUM_VACANT_FLAT])};
    int32_t *floor_area = run->write(ctx, d->floor_area), *dwellings = run->write(ctx, d->dwellings);
    int64_t *homes = run->write(ctx, d->municipality_count[M_DWELLINGS]), *demolished = run->write(ctx, d->municipality_count[M_DEMOLISHED]);
    kj_stream stream = run->stream(ctx, STREAM_DEMOLISH);
    uint32_t threshold = kj_threshold(dev_value(d, ctx, P_DEMOLISH_YEAR)), n = run->n_rows(ctx, d->dwelling);
    double slack = dev_value(d, ctx, P_DEMOLISH_SLACK);
    kj_month now = run->month(ctx), before = now - (int32_t)dev_value(d, ctx, P_DEMOLISH_AFTER);
    for (uint32_t row = 0; row < n && threshold > 0; row++) {
        if (!vacancy[row] || state[row] != KJ_DWELLING_VACANT || !alive[row]) continue;
        uint32_t v = vacancy_row[vacancy[row]];
        bool is_let = tenure[row] != KJ_TENURE_COOP && tenure[row] != KJ_TENURE_OWNER;
        if (v == KJ_NO_ROW || stage[v] != KJ_STAGE_OFFERED || opened[v] > before || !is_let) continue;
        int32_t cell = cell_of[row], area = area_of[cell], flat = kind[row] == KJ_FLAT;
        if (area < 0 || share_on_offer(vacant[flat], stock[flat], area) < slack) continue;
        if (kj_draw(stream, luck[row], now, 0).v[0] >= threshold) continue;
        state[row] = KJ_DWELLING_CLOSED; /* housing closes the vacancy: its chain ends "demolished" */
        run->destroy(ctx, d->dwelling, ids[row]);
        floor_area[cell] -= m2[row];
        if (--dwellings[cell] == 0 && land_is_built(land_use[cell]) && land_use[cell] != KJ_LAND_WORK)
            land_use[cell] = protection[cell] & KJ_PROTECT_GREEN ? KJ_LAND_PARK : KJ_LAND_OPEN;
        uint32_t m = municipality_row[area_municipality[area]];
        if (m != KJ_NO_ROW) homes[m]--, demolished[m]++;
    }
    return KJ_OK;
}
