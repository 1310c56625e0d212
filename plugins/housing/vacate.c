/* SUPPLY: opens a root vacancy for every home that was freed or built, puts homes on offer when their time has come,
   takes back those whose taker is gone, and lists what is on offer by area. */
#include <string.h>

#include "vacancy.h"
#include "wide.h"

typedef struct supply {
    housing_books b;
    const kj_id *d_household;
    kj_id *h_contract;
    const uint32_t *row_of_household;
    int32_t *a_vacant, *a_general, *a_house_offers, *a_first_offer, *a_for_sale, *a_homes, *a_searchers, *a_buyers;
    int64_t *m_rental, *m_coop, *m_owner; /* cost of empty homes */
    uint32_t n_areas;
    /* vacancies that are not closed, by rows, and their dwellings and takers (KJ_NO_ROW: gone) */
    uint32_t *open, *dwelling, *taker;
    uint8_t *taker_gone;
    uint32_t n_open;
    uint32_t *shown; /* rows of vacancies on offer */
    uint32_t n_shown;
} supply;

enum { AHEAD = 6 /* homes whose memory is asked for while others are opened */ };

static void ask_for_home(const supply *s, kj_id dwelling)
{
    uint32_t d = s->b.row_of_dwelling[dwelling];
    if (d == KJ_NO_ROW) return;
    __builtin_prefetch(&s->d_household[d]);
    housing_ask_for_home(&s->b, d);
}

static void ask_for_place(const supply *s, kj_id dwelling)
{
    uint32_t d = s->b.row_of_dwelling[dwelling];
    if (d == KJ_NO_ROW) return;
    __builtin_prefetch(&s->b.c_area[s->b.d_cell[d]]);
    __builtin_prefetch(&s->b.c_travel[s->b.d_cell[d]]);
}

static kj_status open_freed(supply *s)
{
    const kj_run_v1 *run = s->b.self->run;
    uint32_t n;
    const kj_freed *freed = run->items(s->b.ctx, s->b.self->freed, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (i + 2 * AHEAD < n) ask_for_home(s, freed[i + 2 * AHEAD].dwelling);
        if (i + AHEAD < n) ask_for_place(s, freed[i + AHEAD].dwelling);
        uint32_t d = s->b.row_of_dwelling[freed[i].dwelling];
        if (d == KJ_NO_ROW) continue; /* demolished in the same month */
        if (s->d_household[d] || s->b.d_vacancy[d])
            return run->fail(s->b.ctx, KJ_E_INVARIANT, "dwelling %u was freed but has household %u and vacancy %u",
                             freed[i].dwelling, s->d_household[d], s->b.d_vacancy[d]);
        int32_t area = s->b.c_area[s->b.d_cell[d]];
        if (area < 0)
            return run->fail(s->b.ctx, KJ_E_RANGE, "dwelling %u stands outside every area", freed[i].dwelling);
        if (freed[i].cause == KJ_CAUSE_NEW) s->a_homes[area]++;
        if (!housing_open_vacancy(&s->b, (housing_opening){d, KJ_NO_ROW, (kj_vacancy_cause)freed[i].cause})) return KJ_E_FAILED;
    }
    return KJ_OK;
}

static void close_demolished(supply *s, uint32_t v, uint32_t d, uint32_t taker)
{
    if (d != KJ_NO_ROW) s->b.d_vacancy[d] = 0;
    if (taker != KJ_NO_ROW) s->h_contract[taker] = 0;
    s->b.v_stage[v] = KJ_STAGE_CLOSED;
    s->b.v_end[v] = KJ_END_DEMOLISHED;
    s->b.v_closed[v] = (int16_t)s->b.month;
    s->b.v_filled_by[v] = 0;
    s->b.v_contract[v] = 0;
    if (s->b.v_area[v] >= 0) s->a_homes[s->b.v_area[v]]--;
}

/* A share of rentals stands advertised for a month before anybody gets it. New homes are advertised while built. */
static bool is_advertised_only(const supply *s, uint32_t v, uint32_t d)
{
    if (s->b.v_available[v] < s->b.month || !housing_is_let(s->b.v_tenure[v]) || s->b.v_cause[v] == KJ_CAUSE_NEW) return false;
    return kj_draw(s->b.vacancy_stream, s->b.d_luck[d], s->b.v_opened[v], 0).v[2] < kj_threshold(s->b.p.advertise_share);
}

/* Rows of all that is open. Short loops over loads that do not depend on each other, so that waits for memory overlap.
   A contract stands only while the household lives and still means this vacancy. */
static kj_status list_unclosed(supply *s)
{
    const kj_run_v1 *run = s->b.self->run;
    const kj_id *ids = run->ids(s->b.ctx, s->b.self->vacancy);
    s->open = housing_list_open(&s->b, &s->n_open);
    const uint32_t room = s->n_open + 1;
    s->dwelling = run->scratch(s->b.ctx, room * sizeof *s->dwelling);
    s->taker = run->scratch(s->b.ctx, room * sizeof *s->taker);
    s->taker_gone = run->scratch(s->b.ctx, room);
    s->shown = run->scratch(s->b.ctx, room * sizeof *s->shown);
    if (!s->open || !s->dwelling || !s->taker || !s->taker_gone || !s->shown) return KJ_E_MEMORY;
    for (uint32_t i = 0; i < s->n_open; i++) {
        s->dwelling[i] = s->b.row_of_dwelling[s->b.v_dwelling[s->open[i]]];
        s->taker[i] = s->row_of_household[s->b.v_filled_by[s->open[i]]];
    }
    for (uint32_t i = 0; i < s->n_open; i++)
        s->taker_gone[i] = s->taker[i] == KJ_NO_ROW || s->h_contract[s->taker[i]] != ids[s->open[i]];
    return KJ_OK;
}

/* The month begins with an empty home: who lets it does not get the rent, who sells it pays for it. */
static void charge_month(const supply *s, uint32_t v, uint32_t d)
{
    uint32_t m = housing_municipality_row(&s->b, s->b.v_area[v]);
    if (m == KJ_NO_ROW || s->b.v_opened[v] == s->b.month) return;
    int64_t *sum = s->b.v_tenure[v] == KJ_TENURE_COOP ? s->m_coop : s->b.v_tenure[v] == KJ_TENURE_OWNER ? s->m_owner : s->m_rental;
    sum[m] += housing_cost_month(&s->b.p, s->b.d_rent[d], s->b.d_price[d]);
}

static void advance(supply *s, uint32_t i)
{
    uint32_t v = s->open[i], d = s->dwelling[i];
    if (d == KJ_NO_ROW || s->b.d_state[d] == KJ_DWELLING_CLOSED) {
        close_demolished(s, v, d, s->taker[i]);
        return;
    }
    charge_month(s, v, d);
    if (s->b.v_stage[v] == KJ_STAGE_CONTRACTED && s->taker_gone[i]) {
        s->b.v_stage[v] = KJ_STAGE_OFFERED;
        s->b.v_filled_by[v] = 0;
        s->b.v_contract[v] = 0;
        s->b.v_move_in[v] = 0;
    }
    if (s->b.v_stage[v] == KJ_STAGE_NOTICE && s->b.v_available[v] <= s->b.month) s->b.v_stage[v] = KJ_STAGE_OFFERED;
    if (s->b.v_stage[v] != KJ_STAGE_OFFERED || is_advertised_only(s, v, d)) return;
    s->shown[s->n_shown++] = v;
    s->a_vacant[s->b.v_area[v]]++;
    if (s->b.v_tenure[v] != KJ_TENURE_STUDENT) {
        s->a_general[s->b.v_area[v]]++;
        s->a_house_offers[s->b.v_area[v]] += s->b.v_kind[v] != KJ_FLAT;
    }
    if (housing_is_bid_for(&s->b.p, s->b.v_tenure[v])) s->a_for_sale[s->b.v_area[v]]++;
}

/* Counting sort by area, student homes behind the others, so that most searchers need not pass them; within these in the
   order of vacancies. */
static kj_status list_open(supply *s)
{
    const kj_run_v1 *run = s->b.self->run;
    uint32_t *sorted = run->scratch(s->b.ctx, (s->n_shown + 1u) * sizeof *sorted);
    uint32_t *next = run->scratch(s->b.ctx, (2u * s->n_areas + 1u) * sizeof *next); /* by area and whether for students */
    if (!sorted || !next) return KJ_E_MEMORY;
    int32_t first = 0;
    for (uint32_t a = 0; a < s->n_areas; a++) {
        s->a_first_offer[a] = first;
        next[2 * a] = (uint32_t)first;
        next[2 * a + 1] = (uint32_t)(first + s->a_general[a]);
        first += s->a_vacant[a];
    }
    const kj_id *ids = run->ids(s->b.ctx, s->b.self->vacancy);
    for (uint32_t i = 0; i < s->n_shown; i++) {
        uint32_t v = s->shown[i], key = 2 * (uint32_t)s->b.v_area[v] + (s->b.v_tenure[v] == KJ_TENURE_STUDENT);
        sorted[next[key]++] = v;
    }
    for (uint32_t i = 0; i < s->n_shown; i++) sorted[i] = ids[sorted[i]];
    run->emit_many(s->b.ctx, s->b.self->open, sorted, s->n_shown);
    return housing_make_room(s->b.self, s->b.ctx, s->n_shown);
}

kj_status housing_make_room(const housing *self, kj_ctx *ctx, uint32_t n_offers)
{
    for (uint32_t n = self->run->n_rows(ctx, self->offer); n < n_offers + HOUSING_LANES; n++)
        if (!self->run->create(ctx, self->offer)) return KJ_E_FAILED;
    return KJ_OK;
}

static bool supply_open(supply *s, const housing *self, kj_ctx *ctx)
{
    const kj_run_v1 *run = self->run;
    bool whole = housing_books_open(&s->b, self, ctx);
    s->d_household = run->read(ctx, self->col.d_household);
    s->h_contract = run->write(ctx, self->col.h_contract);
    s->row_of_household = run->row_of(ctx, self->household);
    s->a_vacant = run->write(ctx, self->col.a_vacant);
    s->a_general = run->write(ctx, self->col.a_general);
    s->a_house_offers = run->write(ctx, self->col.a_house_offers);
    s->a_first_offer = run->write(ctx, self->col.a_first_offer);
    s->a_for_sale = run->write(ctx, self->col.a_for_sale);
    s->a_homes = run->write(ctx, self->col.a_homes);
    s->a_searchers = run->write(ctx, self->col.a_searchers);
    s->a_buyers = run->write(ctx, self->col.a_buyers);
    s->m_rental = run->write(ctx, self->col.m_vacancy_rental);
    s->m_coop = run->write(ctx, self->col.m_vacancy_coop);
    s->m_owner = run->write(ctx, self->col.m_vacancy_owner);
    s->n_areas = run->n_rows(ctx, self->area);
    return s->d_household && s->h_contract && s->a_vacant && s->a_general && s->a_house_offers && s->a_first_offer && s->a_for_sale && s->a_homes &&
           s->a_searchers && s->a_buyers && s->m_rental && s->m_coop && s->m_owner && whole;
}

kj_status housing_vacate(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const housing *self = instance;
    if (housing_is_empty(self, ctx)) return KJ_OK;
    supply s = {0};
    if (!supply_open(&s, self, ctx)) return KJ_E_FAILED;
    memset(s.a_vacant, 0, s.n_areas * sizeof *s.a_vacant);
    memset(s.a_general, 0, s.n_areas * sizeof *s.a_general);
    memset(s.a_house_offers, 0, s.n_areas * sizeof *s.a_house_offers);
    memset(s.a_for_sale, 0, s.n_areas * sizeof *s.a_for_sale);
    memset(s.a_searchers, 0, s.n_areas * sizeof *s.a_searchers);
    memset(s.a_buyers, 0, s.n_areas * sizeof *s.a_buyers);
    kj_status status = open_freed(&s);
    if (!status) status = list_unclosed(&s);
    if (status) return status;
    for (uint32_t i = 0; i < s.n_open; i++) advance(&s, i);
    return list_open(&s);
}

static const double RENT_MAX = 1e7; /* highest rent that the column declares */

/* January: rents follow the yearly negotiation. New-built rents follow cost and are set when the home is built. */
kj_status housing_negotiate(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const housing *self = instance;
    double rise = 1.0 + self->run->param(ctx, self->params[HOUSING_PARAM_rent_rise]);
    const uint8_t *tenure = self->run->read(ctx, self->col.d_tenure);
    int32_t *rent = self->run->write(ctx, self->col.d_rent);
    if (!tenure || !rent) return KJ_E_FAILED;
    for (uint32_t d = begin; d < end; d++) {
        if (!housing_is_let(tenure[d])) continue;
        double next = (double)rent[d] * rise + 0.5;
        if (next > RENT_MAX)
            return self->run->fail(ctx, KJ_E_RANGE, "a rent passes %.0f SEK a month: housing.rent_rise = %g is too high for so long a run", RENT_MAX,
                                   rise - 1.0);
        rent[d] = (int32_t)next;
    }
    return KJ_OK;
}
