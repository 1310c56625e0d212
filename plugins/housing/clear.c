/* MARKET: who gets which home, and contracts. Applications of one household all lie in one area, so that areas are
   separate markets; they are cleared together in one pass over the bids. */
#include "matching.h"
#include "means.h"
#include "wide.h"

typedef struct contracts {
    const housing *self;
    kj_ctx *ctx;
    housing_params p;
    kj_month month;
    /* offers, by row */
    const kj_id *open;
    const int32_t *price, *area, *sort;
    const uint8_t *flags;
    const housing_bid *bids;
    uint32_t n_offers, n_bids;
    uint8_t *v_stage, *h_cause;
    kj_id *v_filled_by, *h_contract;
    int16_t *v_contract, *v_move_in;
    int32_t *d_price, *a_buyers;
    int16_t *h_searching;
    const kj_id *v_dwelling, *a_municipality;
    const uint8_t *v_cause;
    int64_t *m_lettings, *m_queue_months, *m_lettings_need;
    const uint32_t *row_of_vacancy, *row_of_household, *row_of_dwelling, *row_of_municipality;
} contracts;

static bool contracts_open(contracts *c, const housing *self, kj_ctx *ctx)
{
    const kj_run_v1 *run = self->run;
    const housing_columns *col = &self->col;
    c->self = self;
    c->ctx = ctx;
    housing_read_params(self, ctx, &c->p);
    c->month = run->month(ctx);
    c->open = run->items(ctx, self->open, &c->n_offers);
    c->price = run->read(ctx, col->o_price);
    c->area = run->read(ctx, col->o_area);
    c->sort = run->read(ctx, col->o_sort);
    c->flags = run->read(ctx, col->o_flags);
    c->bids = run->items(ctx, self->bids, &c->n_bids);
    c->v_stage = run->write(ctx, col->v_stage);
    c->v_filled_by = run->write(ctx, col->v_filled_by);
    c->v_contract = run->write(ctx, col->v_contract);
    c->v_move_in = run->write(ctx, col->v_move_in);
    c->d_price = run->write(ctx, col->d_price);
    c->h_contract = run->write(ctx, col->h_contract);
    c->h_searching = run->write(ctx, col->h_searching);
    c->h_cause = run->write(ctx, col->h_cause);
    c->a_buyers = run->write(ctx, col->a_buyers);
    c->m_lettings = run->write(ctx, col->m_lettings);
    c->m_queue_months = run->write(ctx, col->m_queue_months);
    c->m_lettings_need = run->write(ctx, col->m_lettings_need);
    c->v_dwelling = run->read(ctx, col->v_dwelling);
    c->v_cause = run->read(ctx, col->v_cause);
    c->a_municipality = run->read(ctx, col->a_municipality);
    c->row_of_vacancy = run->row_of(ctx, self->vacancy);
    c->row_of_household = run->row_of(ctx, self->household);
    c->row_of_dwelling = run->row_of(ctx, self->dwelling);
    c->row_of_municipality = run->row_of(ctx, self->municipality);
    return c->m_lettings && c->m_queue_months && c->m_lettings_need && c->a_buyers && c->a_municipality;
}

static bool is_let(const contracts *c, uint32_t offer) { return housing_is_let(housing_tenure_of(c->sort[offer])); }

/* True where applicants bid against each other. */
static bool is_bid_for(const contracts *c, uint32_t offer) { return !is_let(c, offer) && !(c->flags[offer] & HOUSING_OFFER_LOT); }

/* What the winner pays: the best bid that stood behind it, at least the asked price (an open auction); the asked price where the
   law sets the highest one. */
static int64_t sale_price(const contracts *c, const int64_t *second, uint32_t offer, const housing_bid *winner)
{
    if (!is_bid_for(c, offer)) return c->price[offer];
    int64_t price = second[offer] > c->price[offer] ? second[offer] : c->price[offer];
    return price < winner->priority ? price : winner->priority;
}

/* Months from contract to moving in. */
static int32_t months_to_access(const contracts *c, uint32_t v, bool let)
{
    double usual = let ? c->p.contract_rental : c->p.contract_owner;
    bool left = c->v_cause[v] == KJ_CAUSE_MOVE || c->v_cause[v] == KJ_CAUSE_OUT || c->v_cause[v] == KJ_CAUSE_START;
    return (int32_t)(left && c->p.contract_left < usual ? c->p.contract_left : usual);
}

static void sign(contracts *c, uint32_t offer, const housing_bid *bid, const int64_t *second)
{
    uint32_t v = c->row_of_vacancy[c->open[offer]], h = c->row_of_household[bid->household];
    bool let = is_let(c, offer);
    c->v_stage[v] = KJ_STAGE_CONTRACTED;
    c->v_filled_by[v] = bid->household;
    c->v_contract[v] = (int16_t)c->month;
    c->v_move_in[v] = (int16_t)(c->month + months_to_access(c, v, let));
    c->h_contract[h] = c->open[offer];
    c->h_searching[h] = 0;
    c->h_cause[h] = KJ_SEARCH_NONE;
    if (!let) {
        c->d_price[c->row_of_dwelling[c->v_dwelling[v]]] = (int32_t)sale_price(c, second, offer, bid);
        return;
    }
    uint32_t m = c->row_of_municipality[c->a_municipality[c->area[offer]]];
    if (bid->priority >= HOUSING_ASSIGNED_PRIORITY) return; /* nobody's turn in the queue */
    if ((c->flags[offer] & HOUSING_OFFER_LOT) || m == KJ_NO_ROW || housing_tenure_of(c->sort[offer]) != KJ_TENURE_RENTAL) return;
    if (bid->priority >= HOUSING_NEED_PRIORITY) {
        c->m_lettings_need[m]++;
        return;
    }
    c->m_lettings[m]++;
    c->m_queue_months[m] += bid->priority & (HOUSING_INTERNAL_PRIORITY - 1);
}

/* Highest bid behind the winner, for homes that are sold. */
static void find_seconds(contracts *c, const int32_t *winner, int64_t *second)
{
    for (uint32_t b = 0; b < c->n_bids; b++) {
        const housing_bid *bid = &c->bids[b];
        if (!is_bid_for(c, bid->offer)) continue;
        c->a_buyers[c->area[bid->offer]]++;
        int32_t w = winner[bid->offer];
        if (w == HOUSING_NOBODY || w == (int32_t)b || housing_stands_before(bid, &c->bids[w])) continue;
        if (bid->priority > second[bid->offer]) second[bid->offer] = bid->priority;
    }
}

kj_status housing_clear(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const housing *self = instance;
    if (housing_is_empty(self, ctx)) return KJ_OK;
    contracts c = {0};
    if (!contracts_open(&c, self, ctx)) return KJ_E_FAILED;
    void *work = self->run->scratch(ctx, housing_match_work(c.n_bids, c.n_offers));
    int32_t *winner = self->run->scratch(ctx, (c.n_offers + 1u) * sizeof *winner);
    int64_t *second = self->run->scratch(ctx, (c.n_offers + 1u) * sizeof *second);
    if (!work || !winner || !second) return KJ_E_MEMORY;
    housing_match(c.bids, c.n_bids, c.n_offers, (uint32_t)c.p.offer_rounds, work, winner);
    find_seconds(&c, winner, second);
    for (uint32_t o = 0; o < c.n_offers; o++)
        if (winner[o] != HOUSING_NOBODY) sign(&c, o, &c.bids[winner[o]], second);
    return KJ_OK;
}

/* MARKET, after clearing: prices of co-op and owned homes in an area rise with more bids a home for sale than keep the
   balance, and fall with fewer, by at most price_speed a month, and are drawn back to their long-run level. Areas where nothing is for
   sale keep their prices. */
kj_status housing_price(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const housing *self = instance;
    const kj_run_v1 *run = self->run;
    housing_params p;
    housing_read_params(self, ctx, &p);
    const int32_t *for_sale = run->read(ctx, self->col.a_for_sale), *buyers = run->read(ctx, self->col.a_buyers);
    float *index = run->write(ctx, self->col.a_price_index);
    if (!for_sale || !buyers || !index) return KJ_E_FAILED;
    for (uint32_t a = begin; a < end; a++) {
        if (for_sale[a] == 0) continue;
        double pressure = (double)buyers[a] / (double)for_sale[a];
        double next = (double)index[a] * (1.0 + p.price_speed * (pressure - p.price_balance) / (pressure + p.price_balance));
        next += p.price_return * (1.0 - next);
        next = next < p.price_floor ? p.price_floor : next > p.price_ceiling ? p.price_ceiling : next;
        index[a] = (float)next;
    }
    return KJ_OK;
}
