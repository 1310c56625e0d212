/* SETTLE, after the month's moves: tenants who search with cause swap their rentals. No vacancy opens or closes, so that no chain
   begins, ends or grows by it. MODEL.md, "Exchange". */
#include <math.h>
#include <stdlib.h>

#include "housing.h"
#include "logit.h"
#include "means.h"

enum { HOST_BITS = 1 << 16 };

/* Sets the order in which tenants choose, and whom they look at, apart from tastes. */
static const uint64_t STAY = UINT64_C(0xA24BAED4963EE407);

typedef struct tenant {
    uint64_t lot; /* who chooses first */
    uint64_t base; /* luck of the household and month */
    double stay_taste; /* for its own home */
    kj_id id;
    uint32_t row, home; /* rows of the household and its dwelling */
    kj_id municipality;
    bool done;
} tenant;

typedef struct swap_market {
    const housing *self;
    kj_ctx *ctx;
    housing_params p;
    kj_month month;
    const kj_grid *grid;
    kj_stream stream;
    const uint8_t *size, *kind, *living, *d_tenure, *d_rooms, *alive;
    const kj_id *head, *contract, *host, *p_next, *a_municipality, *household_id, *dwelling_id;
    const int32_t *income, *d_rent, *d_cell, *c_area;
    const int16_t *p_birth;
    const uint64_t *luck, *d_luck;
    const uint32_t *row_of_person, *row_of_dwelling, *row_of_municipality;
    int16_t *moved, *searching, *p_moved, *p_queue;
    uint8_t *cause;
    kj_id *dwelling, *d_household;
    int64_t *m_moves, *m_household_moves, *m_vacated, *m_exchanged;
    uint64_t *hosts; /* a bit for the last bits of each host's id */
    tenant *list;
    uint32_t n;
} swap_market;

static bool swap_open(swap_market *s, const housing *self, kj_ctx *ctx)
{
    const kj_run_v1 *run = self->run;
    const housing_columns *col = &self->col;
    bool whole = true;
    s->self = self;
    s->ctx = ctx;
    housing_read_params(self, ctx, &s->p);
    s->month = run->month(ctx);
    s->grid = run->grid(ctx);
    s->stream = run->stream(ctx, HOUSING_DRAW_EXCHANGE);
#define R(field, column) whole &= (s->field = run->read(ctx, col->column)) != NULL;
#define W(field, column) whole &= (s->field = run->write(ctx, col->column)) != NULL;
    R(size, h_size) R(kind, h_kind) R(living, h_living) R(d_tenure, d_tenure) R(d_rooms, d_rooms) R(head, h_head) R(contract, h_contract)
    R(host, h_host) R(p_next, p_next) R(a_municipality, a_municipality) R(income, h_income) R(d_rent, d_rent) R(d_cell, d_cell)
    R(c_area, c_area) R(p_birth, p_birth) R(luck, h_luck) R(d_luck, d_luck)
    W(moved, h_moved) W(searching, h_searching) W(p_moved, p_moved) W(p_queue, p_queue_since) W(cause, h_cause) W(dwelling, h_dwelling)
    W(d_household, d_household) W(m_moves, m_moves) W(m_household_moves, m_household_moves) W(m_vacated, m_vacated_rental)
    W(m_exchanged, m_exchanged)
#undef R
#undef W
    s->alive = run->alive(ctx, self->household);
    s->household_id = run->ids(ctx, self->household);
    s->dwelling_id = run->ids(ctx, self->dwelling);
    s->row_of_person = run->row_of(ctx, self->person);
    s->row_of_dwelling = run->row_of(ctx, self->dwelling);
    s->row_of_municipality = run->row_of(ctx, self->municipality);
    return whole;
}

/* Searches for space, cost or an event are what the law calls notable reasons; a mere wish is none. */
static bool is_notable(uint8_t cause)
{
    _Static_assert(KJ_SEARCH_COST == KJ_SEARCH_SPACE + 1 && KJ_SEARCH_EVENT == KJ_SEARCH_SPACE + 2, "notable causes follow each other");
    return (uint8_t)(cause - KJ_SEARCH_SPACE) <= KJ_SEARCH_EVENT - KJ_SEARCH_SPACE;
}

/* Municipality by municipality, in each in the order of lots. */
static int by_lot(const void *a, const void *b)
{
    const tenant *x = a, *y = b;
    if (x->municipality != y->municipality) return x->municipality < y->municipality ? -1 : 1;
    if (x->lot != y->lot) return x->lot < y->lot ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* Households with lodgers stay: who lodges has no say in where the contract goes. */
static bool list_hosts(swap_market *s)
{
    uint32_t n_lodgers;
    const uint32_t *lodger = housing_list_lodgers(s->self, s->ctx, &n_lodgers);
    s->hosts = s->self->run->scratch(s->ctx, HOST_BITS / 8);
    if (!lodger || !s->hosts) return false;
    for (uint32_t i = 0; i < n_lodgers; i++) {
        kj_id host = s->host[lodger[i]];
        s->hosts[host % HOST_BITS / 64] |= UINT64_C(1) << host % 64;
    }
    return true;
}

static bool may_have_lodgers(const swap_market *s, kj_id household)
{
    return s->hosts[household % HOST_BITS / 64] >> household % 64 & 1;
}

/* Tenants who have lived in their rental for as long as the law asks. */
static void add_tenant(swap_market *s, uint32_t h)
{
    if (s->month - s->moved[h] < (int32_t)s->p.exchange_months) return; /* asked first: homes lie far apart in memory */
    uint32_t d = s->row_of_dwelling[s->dwelling[h]];
    if (d == KJ_NO_ROW || s->d_tenure[d] != KJ_TENURE_RENTAL || may_have_lodgers(s, s->household_id[h])) return;
    kj_draw4 draw = kj_draw(s->stream, s->luck[h], s->month, 0);
    int32_t area = s->c_area[s->d_cell[d]];
    uint64_t base = (uint64_t)draw.v[2] << 32 | draw.v[3];
    double stay_taste = (double)housing_gumbel(housing_pair_draw(base ^ STAY, 0));
    s->list[s->n++] = (tenant){.lot = (uint64_t)draw.v[0] << 32 | draw.v[1], .base = base, .stay_taste = stay_taste, .id = s->household_id[h],
                               .row = h, .home = d, .municipality = area >= 0 ? s->a_municipality[area] : 0};
}

static bool list_tenants(swap_market *s)
{
    enum { CHUNK = 1024 };
    uint8_t notable[CHUNK];
    uint32_t row[CHUNK], n = s->self->run->n_rows(s->ctx, s->self->household), room = 1;
    for (uint32_t h = 0; h < n; h++) room += is_notable(s->cause[h]);
    s->list = s->self->run->scratch(s->ctx, room * sizeof *s->list);
    if (!s->list || !list_hosts(s)) return false;
    for (uint32_t from = 0; from < n; from += CHUNK) {
        const uint32_t some = n - from < CHUNK ? n - from : CHUNK;
        const uint8_t *cause = s->cause + from; /* so that the loop can be vectorised: an index could wrap */
        for (uint32_t i = 0; i < some; i++) notable[i] = is_notable(cause[i]);
        const uint32_t n_notable = s->self->run->list_marked(notable, some, from, row);
        for (uint32_t i = 0; i < n_notable; i++) {
            const uint32_t h = row[i];
            if (s->searching[h] != 0 && s->living[h] == KJ_LIVES_HOLDING && !s->contract[h] && s->alive[h]) add_tenant(s, h);
        }
    }
    qsort(s->list, s->n, sizeof *s->list, by_lot);
    return true;
}

static double kilometres(const swap_market *s, uint32_t a, uint32_t b)
{
    return sqrt((double)kj_grid_distance2(s->grid, s->d_cell[a], s->d_cell[b])) * s->grid->cell_m * 1e-3;
}

/* Utility of another tenant's home over that of staying, with the tastes of the household's month; -1 if the landlord's income rule
   forbids it. As in the choice among homes on offer, but for tastes of the area: both live in the municipality already. */
static double gain_of(const swap_market *s, const tenant *t, uint32_t home)
{
    const housing_params *p = &s->p;
    double income = (double)s->income[t->row] / 12.0, rent = (double)s->d_rent[home];
    if (rent > p->rent_income_max * income) return -1.0;
    float needed = (float)housing_rooms_needed(s->size[t->row], s->kind[t->row]);
    double value = (double)housing_space_value(p, (float)s->d_rooms[home], needed, (float)s->d_rooms[t->home]);
    value -= p->beta_cost * (rent - (double)s->d_rent[t->home]) / (income > 1.0 ? income : 1.0);
    value -= p->beta_home * kilometres(s, t->home, home);
    value += (double)housing_gumbel(housing_pair_draw(t->base, housing_pair_key(s->d_luck[home])));
    return value - p->stay_need - t->stay_taste;
}

/* The tenants of one municipality in the list: first .. end - 1. */
typedef struct span {
    uint32_t first, end;
} span;

/* The tenant at or behind a lot, the first one behind the last: whoever comes or goes changes the answer near its own lot alone, so that
   two worlds that are compared meet the same tenants. */
static uint32_t tenant_at(const swap_market *s, span of, uint64_t lot)
{
    uint32_t at = of.first, left = of.end - of.first;
    for (; left > 1; left -= left / 2) at += left / 2 & -(uint32_t)(s->list[at + left / 2 - 1].lot < lot); /* no branch that could be foreseen wrongly */
    if (left == 1 && s->list[at].lot < lot) at++;
    return at < of.end ? at : of.first;
}

/* The tenant, among the few looked at in the municipality, whose home is liked best and who likes this one too; n: nobody. */
static uint32_t find_partner(const swap_market *s, span of, uint32_t at)
{
    const tenant *t = &s->list[at];
    uint32_t best = s->n, looks = (uint32_t)s->p.exchange_looks;
    double most = 0.0;
    for (uint32_t i = 0; i < looks; i++) {
        kj_draw4 draw = kj_draw(s->stream, s->luck[t->row], s->month, 1 + i / 2);
        uint32_t other = tenant_at(s, of, (uint64_t)draw.v[i % 2 * 2] << 32 | draw.v[i % 2 * 2 + 1]);
        const tenant *o = &s->list[other];
        if (other == at || o->done) continue;
        double gain = gain_of(s, t, o->home);
        if (gain > most && gain_of(s, o, t->home) > 0.0) {
            best = other;
            most = gain;
        }
    }
    return best;
}

/* A signed contract spends the queue time of all adults, in an exchange too. */
static void move_to(swap_market *s, tenant *t, uint32_t home)
{
    uint32_t h = t->row, m = s->row_of_municipality[t->municipality];
    s->dwelling[h] = s->dwelling_id[home];
    s->d_household[home] = t->id;
    s->moved[h] = (int16_t)s->month;
    s->searching[h] = 0;
    s->cause[h] = KJ_SEARCH_NONE;
    t->done = true;
    for (kj_id id = s->head[h]; id; id = s->p_next[s->row_of_person[id]]) {
        uint32_t r = s->row_of_person[id];
        s->p_moved[r] = (int16_t)s->month;
        if (s->month - s->p_birth[r] >= 18 * 12) s->p_queue[r] = (int16_t)s->month;
    }
    if (m == KJ_NO_ROW) return;
    s->m_exchanged[m]++;
    s->m_household_moves[m]++;
    s->m_moves[m] += s->size[h];
    s->m_vacated[m]++;
}

kj_status housing_exchange(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const housing *self = instance;
    swap_market s = {0};
    if (housing_is_empty(self, ctx) || self->run->param(ctx, self->params[HOUSING_PARAM_exchange_looks]) < 1.0) return KJ_OK;
    if (!swap_open(&s, self, ctx)) return KJ_E_FAILED;
    if (!list_tenants(&s)) return KJ_E_MEMORY;
    span of = {0, 0};
    for (uint32_t i = 0; i < s.n; i++) {
        if (i == of.end)
            for (of.first = i; of.end < s.n && s.list[of.end].municipality == s.list[i].municipality;) of.end++;
        if (s.list[i].done) continue;
        uint32_t other = find_partner(&s, of, i);
        if (other == s.n) continue;
        uint32_t mine = s.list[i].home;
        move_to(&s, &s.list[i], s.list[other].home);
        move_to(&s, &s.list[other], mine);
    }
    return KJ_OK;
}
