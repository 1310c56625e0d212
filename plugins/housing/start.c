/* START: rents and prices that the map leaves open, homes by area, and a root vacancy for each home that stands empty. */
#include "vacancy.h"

static kj_status start_dwelling(housing_books *b, uint32_t row, kj_id household)
{
    int32_t age = b->d_built[row] > 0 ? KJ_YEAR_OF(b->month) - b->d_built[row] : 50;
    if (b->d_rent[row] <= 0)
        b->d_rent[row] = housing_monthly_rent(&b->p, b->d_tenure[row], (double)b->d_area[row], b->d_built[row], KJ_YEAR_OF(b->month));
    if (!housing_is_let(b->d_tenure[row]) && b->d_price[row] <= 0)
        b->d_price[row] = (int32_t)housing_lawful_price(&b->p, b->d_tenure[row], (double)b->d_area[row],
                                                        housing_hedonic_price(&b->p, b->d_kind[row], (double)b->d_area[row], (double)age,
                                                                              housing_place_of(b, b->d_cell[row])));
    if (household) {
        b->d_state[row] = KJ_DWELLING_OCCUPIED;
        return KJ_OK;
    }
    if (b->d_state[row] == KJ_DWELLING_CLOSED) return KJ_OK;
    return housing_open_vacancy(b, (housing_opening){row, KJ_NO_ROW, KJ_CAUSE_START}) ? KJ_OK : KJ_E_FAILED;
}

static kj_status count_homes(housing_books *b, int32_t *homes)
{
    const kj_run_v1 *run = b->self->run;
    for (uint32_t d = 0; d < run->n_rows(b->ctx, b->self->dwelling); d++) {
        int32_t area = b->c_area[b->d_cell[d]];
        if (area < 0)
            return run->fail(b->ctx, KJ_E_INPUT, "dwelling %u stands in cell %d, outside every area",
                             run->ids(b->ctx, b->self->dwelling)[d], b->d_cell[d]);
        homes[area]++;
    }
    housing_set_levels(b);
    return KJ_OK;
}

kj_status housing_start(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const housing *self = instance;
    const kj_run_v1 *run = self->run;
    if (housing_is_empty(self, ctx)) return KJ_OK;
    housing_books books = {0};
    int32_t *homes = run->write(ctx, self->col.a_homes);
    float *index = run->write(ctx, self->col.a_price_index);
    bool whole = housing_books_open(&books, self, ctx);
    const kj_id *household = run->read(ctx, self->col.d_household);
    if (!homes || !index || !household || !whole) return KJ_E_FAILED;
    if (run->n_rows(ctx, self->area) > INT16_MAX)
        return run->fail(ctx, KJ_E_RANGE, "%u areas; homes and vacancies can name at most %d", run->n_rows(ctx, self->area), INT16_MAX);
    for (uint32_t a = 0; a < run->n_rows(ctx, self->area); a++) index[a] = 1.0f;
    kj_status status = count_homes(&books, homes);
    for (uint32_t d = 0; !status && d < run->n_rows(ctx, self->dwelling); d++) status = start_dwelling(&books, d, household[d]);
    if (!status) status = housing_measure_tastes(self, ctx, books.p.taste_prior);
    return status ? status : housing_make_room(self, ctx, run->n_rows(ctx, self->vacancy));
}
