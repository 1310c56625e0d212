/* SUPPLY, over the homes on offer: what searchers will look at, gathered into the first rows of table offer. */
#include "housing.h"
#include "logit.h"
#include "vacancy.h"
#include "wide.h"

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
    int32_t *rent, *price, *cost, *key, *area, *sort, *rooms;
    float *x, *y;
    uint8_t *flags;
} shelf;

static bool shelf_open(shelf *s, const housing *self, kj_ctx *ctx)
{
    const kj_run_v1 *run = self->run;
    const housing_columns *col = &self->col;
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
#define W(field) whole &= (s->field = run->write(ctx, col->o_##field)) != NULL;
    W(rent) W(price) W(cost) W(key) W(area) W(x) W(y) W(sort) W(rooms) W(flags)
#undef W
    return whole;
}

enum { YOUTH_ROOMS = 2 };

/* How the landlord lets a rental: a trait of the dwelling, but that the municipality may house somebody in it, which is drawn for each vacancy. */
static int landlord_of(const shelf *s, uint32_t d, uint8_t tenure, bool small_flat, uint32_t municipal_draw)
{
    if (housing_by_lot(s->landlord_stream, s->d_luck[d], tenure, s->p.lot_share)) return HOUSING_OFFER_LOT;
    if (tenure != KJ_TENURE_RENTAL) return 0;
    kj_draw4 draw = kj_draw(s->landlord_stream, s->d_luck[d], 0, 0);
    return (draw.v[1] < kj_threshold(s->p.resident_share) ? HOUSING_OFFER_RESIDENTS : 0) |
           (small_flat && draw.v[2] < kj_threshold(s->p.youth_share) ? HOUSING_OFFER_YOUTH : 0) |
           (municipal_draw < kj_threshold(s->p.municipal_share) ? HOUSING_OFFER_NEED : 0);
}

static void show(const shelf *s, uint32_t o, uint32_t v, uint32_t d)
{
    int32_t cell = s->d_cell[d], months = s->month - s->v_available[v];
    uint8_t tenure = s->v_tenure[v];
    double cut = 1.0 - s->p.ask_cut * (double)(months > 0 ? months : 0);
    s->area[o] = s->v_area[v];
    s->rent[o] = s->d_rent[d];
    s->rooms[o] = s->v_rooms[v];
    s->sort[o] = housing_sort(tenure, s->v_kind[v], KJ_YEAR_OF(s->month) - s->d_built[d] < 5);
    s->x[o] = (float)(((double)(cell % s->grid->nx) + 0.5) * s->grid->cell_m * 1e-3);
    s->y[o] = (float)(((double)(cell / s->grid->nx) + 0.5) * s->grid->cell_m * 1e-3);
    s->price[o] = housing_is_let(tenure) ? 0 : (int32_t)((double)s->d_price[d] * (cut > s->p.ask_floor ? cut : s->p.ask_floor));
    s->cost[o] = housing_cost_month(&s->p, s->rent[o], s->price[o]);
    s->key[o] = (int32_t)housing_pair_key(s->d_luck[d]);
    kj_draw4 draw = kj_draw(s->vacancy_stream, s->d_luck[d], s->v_opened[v], 0);
    s->flags[o] = (uint8_t)((draw.v[1] < kj_threshold(s->p.internal_share) ? HOUSING_OFFER_INTERNAL : 0) |
                            (housing_has_max_price(&s->p, tenure) ? HOUSING_OFFER_LOT
                                                                  : landlord_of(s, d, tenure, s->v_kind[v] == KJ_FLAT && s->v_rooms[v] <= YOUTH_ROOMS, draw.v[2])));
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
        for (uint32_t i = 0; i < n; i++) show(&s, from + i, vacancy[i], dwelling[i]);
    }
    return KJ_OK;
}
