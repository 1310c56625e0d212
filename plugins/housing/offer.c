/* SUPPLY, over the homes on offer: what searchers will look at, gathered into one record a home. */
#include "housing.h"
#include "vacancy.h"

typedef struct shelf {
    const housing *self;
    kj_ctx *ctx;
    housing_params p;
    kj_month month;
    const kj_grid *grid;
    kj_stream vacancy_stream, landlord_stream;
    const uint32_t *row_of_vacancy, *row_of_dwelling;
    const kj_id *v_dwelling;
    const int32_t *d_cell, *d_rent, *d_price;
    const uint8_t *v_tenure, *v_kind, *v_rooms;
    const int16_t *v_area, *v_available, *v_opened, *d_built;
    const uint64_t *d_luck;
} shelf;

static bool shelf_open(shelf *s, const housing *self, kj_ctx *ctx)
{
    const kj_run_v1 *run = self->run;
    bool whole = true;
    s->self = self;
    s->ctx = ctx;
    housing_read_params(self, ctx, &s->p);
    s->month = run->month(ctx);
    s->grid = run->grid(ctx);
    s->vacancy_stream = run->stream(ctx, HOUSING_DRAW_VACANCY);
    s->landlord_stream = run->stream(ctx, HOUSING_DRAW_LANDLORD);
    s->row_of_vacancy = run->row_of(ctx, self->vacancy);
    s->row_of_dwelling = run->row_of(ctx, self->dwelling);
#define R(field) whole &= (s->field = run->read(ctx, self->col.field)) != NULL;
    R(v_dwelling) R(v_area) R(v_available) R(v_opened) R(d_cell) R(d_rent) R(d_price) R(v_tenure) R(v_kind) R(v_rooms)
    R(d_built) R(d_luck)
#undef R
    return whole;
}

static housing_offer make_offer(const shelf *s, kj_id vacancy, uint32_t v, uint32_t d)
{
    int32_t cell = s->d_cell[d], months = s->month - s->v_available[v];
    double cut = 1.0 - s->p.ask_cut * (double)(months > 0 ? months : 0);
    housing_offer o = {.luck = s->d_luck[d], .vacancy = vacancy};
    o.area = s->v_area[v];
    o.rent = s->d_rent[d];
    o.tenure = s->v_tenure[v];
    o.kind = s->v_kind[v];
    o.rooms = s->v_rooms[v];
    o.x_km = (float)(((double)(cell % s->grid->nx) + 0.5) * s->grid->cell_m * 1e-3);
    o.y_km = (float)(((double)(cell / s->grid->nx) + 0.5) * s->grid->cell_m * 1e-3);
    if (!housing_is_let(o.tenure)) o.price = (int32_t)((double)s->d_price[d] * (cut > s->p.ask_floor ? cut : s->p.ask_floor));
    o.cost = o.rent + (int32_t)((double)o.price * s->p.interest / 12.0);
    kj_draw4 draw = kj_draw(s->vacancy_stream, o.luck, s->v_opened[v], 0);
    if (draw.v[1] < kj_threshold(s->p.internal_share)) o.flags |= HOUSING_OFFER_INTERNAL;
    if (housing_by_lot(s->landlord_stream, o.luck, o.tenure, s->p.lot_share)) o.flags |= HOUSING_OFFER_LOT;
    if (KJ_YEAR_OF(s->month) - s->d_built[d] < 5) o.flags |= HOUSING_OFFER_NEW;
    return o;
}

/* Rows of a group of homes; each pass asks for the memory that the next one reads, so that waits overlap. */
static void find_homes(const shelf *s, const kj_id *open, uint32_t n, uint32_t *vacancy, uint32_t *dwelling)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t v = vacancy[i] = s->row_of_vacancy[open[i]];
        const void *columns[] = {&s->v_dwelling[v], &s->v_area[v], &s->v_available[v], &s->v_opened[v], &s->v_tenure[v],
                                 &s->v_kind[v], &s->v_rooms[v]};
        for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) __builtin_prefetch(columns[k]);
    }
    for (uint32_t i = 0; i < n; i++) __builtin_prefetch(&s->row_of_dwelling[s->v_dwelling[vacancy[i]]]);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t d = dwelling[i] = s->row_of_dwelling[s->v_dwelling[vacancy[i]]];
        const void *columns[] = {&s->d_luck[d], &s->d_cell[d], &s->d_rent[d], &s->d_price[d], &s->d_built[d]};
        for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) __builtin_prefetch(columns[k]);
    }
}

kj_status housing_offer_homes(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    enum { GROUP = 64 };
    const housing *self = instance;
    shelf s = {0};
    uint32_t n_open, vacancy[GROUP], dwelling[GROUP];
    const kj_id *open = self->run->items(ctx, self->open, &n_open);
    if (!open || !shelf_open(&s, self, ctx)) return KJ_E_FAILED;
    for (uint32_t from = begin; from < end; from += GROUP) {
        uint32_t n = end - from < GROUP ? end - from : GROUP;
        find_homes(&s, open + from, n, vacancy, dwelling);
        for (uint32_t i = 0; i < n; i++) {
            housing_offer offer = make_offer(&s, open[from + i], vacancy[i], dwelling[i]);
            self->run->emit(ctx, self->offers, &offer);
        }
    }
    return KJ_OK;
}
