/* MARKET, over households: who begins to search, and the list of all who search this month. A household with a home
   reconsiders once a quarter, in a month that its luck key gives, with three months' hazard at once; the draw is made
   first, against an upper bound, so that few households have their situation looked at. */
#include "housing.h"
#include "means.h"
#include "wide.h"

enum { QUARTER = 3, N_AGES = 11 };

typedef struct people {
    const uint8_t *living, *size, *children, *kind, *d_tenure, *d_rooms;
    const uint64_t *luck;
    const kj_id *contract, *dwelling, *head, *p_next;
    const int32_t *income, *moved, *d_rent, *d_price, *p_birth;
    const uint32_t *row_of_dwelling, *row_of_person;
    int32_t *searching;
    uint8_t *cause;
    int16_t *patience;
} people;

static bool people_read(people *q, const housing *self, kj_ctx *ctx)
{
    const kj_run_v1 *run = self->run;
    const housing_columns *col = &self->col;
    q->living = run->read(ctx, col->h_living);
    q->size = run->read(ctx, col->h_size);
    q->children = run->read(ctx, col->h_children);
    q->kind = run->read(ctx, col->h_kind);
    q->d_tenure = run->read(ctx, col->d_tenure);
    q->d_rooms = run->read(ctx, col->d_rooms);
    q->luck = run->read(ctx, col->h_luck);
    q->contract = run->read(ctx, col->h_contract);
    q->dwelling = run->read(ctx, col->h_dwelling);
    q->head = run->read(ctx, col->h_head);
    q->p_next = run->read(ctx, col->p_next);
    q->income = run->read(ctx, col->h_income);
    q->moved = run->read(ctx, col->h_moved);
    q->d_rent = run->read(ctx, col->d_rent);
    q->d_price = run->read(ctx, col->d_price);
    q->p_birth = run->read(ctx, col->p_birth);
    q->row_of_dwelling = run->row_of(ctx, self->dwelling);
    q->row_of_person = run->row_of(ctx, self->person);
    q->searching = run->write(ctx, col->h_searching);
    q->cause = run->write(ctx, col->h_cause);
    q->patience = run->write(ctx, col->h_patience);
    return q->living && q->size && q->children && q->kind && q->d_tenure && q->d_rooms && q->luck && q->contract &&
           q->dwelling && q->head && q->p_next && q->income && q->moved && q->d_rent && q->d_price && q->p_birth &&
           q->searching && q->cause && q->patience;
}

static uint32_t age_class(int32_t age)
{
    static const int8_t from[N_AGES] = {0, 20, 25, 30, 35, 40, 45, 50, 55, 65, 80};
    uint32_t k = 0;
    for (int i = 1; i < N_AGES; i++) k += age >= from[i];
    return k;
}

/* A child in its first year: a birth is the event that most often asks for more room. */
static bool has_infant(const people *q, uint32_t h, kj_month month)
{
    if (!q->children[h]) return false;
    for (kj_id id = q->head[h]; id; id = q->p_next[q->row_of_person[id]])
        if (month - q->p_birth[q->row_of_person[id]] < 12) return true;
    return false;
}

typedef struct situation {
    double factor;
    kj_search_cause cause;
} situation;

static situation look_at(const people *q, const housing_params *p, uint32_t h, uint32_t d, int32_t age, kj_month month)
{
    int32_t spare = q->d_rooms[d] - housing_rooms_needed(q->size[h], q->kind[h]);
    double space = spare < 0 ? p->crowded_factor * (double)-spare : 0.0;
    if (spare > 3 && age >= 55) space = p->spare_factor * (double)(spare - 3);
    double cost_month = (double)q->d_rent[d] + (double)q->d_price[d] * p->debt_share * p->interest / 12.0;
    double cost = 12.0 * cost_month > p->cost_limit * (double)q->income[h] ? p->cost_factor : 0.0;
    double event = has_infant(q, h, month) ? p->birth_factor : 0.0;
    situation s = {1.0 + space + cost + event, KJ_SEARCH_WISH};
    if (s.factor > p->search_cap) s.factor = p->search_cap;
    if (month - q->moved[h] < (int32_t)p->settled_months) s.factor *= p->settled_factor;
    if (event > 0.0) s.cause = KJ_SEARCH_EVENT;
    if (cost > event) s.cause = KJ_SEARCH_COST;
    if (space > cost && space > event) s.cause = KJ_SEARCH_SPACE;
    return s;
}

static void begin_search(people *q, uint32_t h, kj_month month, kj_search_cause cause, double patience)
{
    q->searching[h] = month;
    q->cause[h] = (uint8_t)cause;
    q->patience[h] = (int16_t)patience;
}

static void end_search(people *q, uint32_t h)
{
    q->searching[h] = 0;
    q->cause[h] = KJ_SEARCH_NONE;
    q->patience[h] = 0;
}

/* Searches that go on: a household without a home never gives up, others when their patience ends or when they got a
   home outside the market (a partner's, a host's). */
static void continue_search(people *q, uint32_t h, kj_month month)
{
    if (q->living[h] != KJ_LIVES_HOLDING) return;
    if (q->cause[h] == KJ_SEARCH_NO_HOME || month - q->searching[h] >= q->patience[h]) end_search(q, h);
}

/* A run of households: small enough to stay in the nearest cache between the steps below. */
enum { RUN = 1024 };

typedef struct decision {
    const housing *self;
    kj_ctx *ctx;
    people q;
    housing_params p;
    const double *hazard; /* a year, by tenure and age class */
    double quarter;       /* search_scale times the part of a year that one decision stands for */
    uint32_t bound;       /* draws from here on never begin a search */
    kj_month month;
    const uint8_t *alive;
    /* of one run */
    uint32_t n, n_on;
    uint32_t row[RUN], draw[4 * RUN]; /* whose turn it is; then those whose draw is low */
    uint32_t on[RUN];                 /* who searches already, rising */
    uint64_t luck[RUN];
    double rate[RUN];
} decision;

/* Lists in row order the households with a home whose turn it is, and those who search or have no home. */
static void go_through(decision *s, uint32_t begin, uint32_t end)
{
    const people *q = &s->q;
    const uint32_t turn = (uint32_t)s->month % QUARTER;
    uint32_t n = 0, n_on = 0;
    for (uint32_t h = begin; h < end; h++) {
        bool able = s->alive[h] && !q->contract[h], home = q->living[h] == KJ_LIVES_HOLDING, on = q->searching[h] != 0;
        s->row[n] = h;
        s->luck[n] = q->luck[h];
        n += (uint32_t)(able & home & !on & (kj_below((uint32_t)q->luck[h], QUARTER) == turn));
        s->on[n_on] = h;
        n_on += (uint32_t)(able & (on | !home));
    }
    s->n = n;
    s->n_on = n_on;
}

/* Keeps up searches that are on and begins those of households without a home. Leaves in `on` who searches. */
static void keep_searching(decision *s)
{
    people *q = &s->q;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->n_on; i++) {
        uint32_t h = s->on[i];
        if (q->searching[h]) continue_search(q, h, s->month);
        else begin_search(q, h, s->month, KJ_SEARCH_NO_HOME, 0.0);
        s->on[kept] = h;
        kept += q->searching[h] != 0;
    }
    s->n_on = kept;
}

/* Of the list, those whose draw is below the highest hazard that anybody can have. */
static void draw_first(decision *s)
{
    const kj_stream stream = s->self->run->stream(s->ctx, HOUSING_DRAW_DECIDE);
    uint32_t kept = 0;
    s->self->run->draw_many(stream, s->luck, s->n, s->month, 0, s->draw, RUN);
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t draw = s->draw[i];
        s->row[kept] = s->row[i];
        s->draw[kept] = draw;
        kept += draw < s->bound;
    }
    s->n = kept;
    for (uint32_t i = 0; i < kept; i++) {
        __builtin_prefetch(&s->q.row_of_dwelling[s->q.dwelling[s->row[i]]]);
        __builtin_prefetch(&s->q.row_of_person[s->q.head[s->row[i]]]);
    }
}

/* Of those, the ones whose draw is below the highest hazard for their tenure and age. Loads of one household do not wait
   for those of another. */
static kj_status look_briefly(decision *s)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t h = s->row[i], d = s->q.row_of_dwelling[s->q.dwelling[h]], head = s->q.row_of_person[s->q.head[h]];
        if (d == KJ_NO_ROW || head == KJ_NO_ROW)
            return s->self->run->fail(s->ctx, KJ_E_INVARIANT, "household %u has no living head or no standing home",
                                      s->self->run->ids(s->ctx, s->self->household)[h]);
        __builtin_prefetch(&s->q.d_tenure[d]);
        __builtin_prefetch(&s->q.p_birth[head]);
    }
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t h = s->row[i], d = s->q.row_of_dwelling[s->q.dwelling[h]], head = s->q.row_of_person[s->q.head[h]];
        uint32_t age = age_class((s->month - s->q.p_birth[head]) / 12);
        s->rate[kept] = s->hazard[(uint32_t)s->q.d_tenure[d] * N_AGES + age] * s->quarter;
        s->row[kept] = h;
        s->draw[kept] = s->draw[i];
        kept += s->draw[i] < kj_threshold(s->rate[kept] * s->p.search_cap);
    }
    s->n = kept;
    return KJ_OK;
}

/* Leaves in `row` who begins to search. */
static void look_closely(decision *s)
{
    people *q = &s->q;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t h = s->row[i];
        int32_t age = (s->month - q->p_birth[q->row_of_person[q->head[h]]]) / 12;
        situation now = look_at(q, &s->p, h, q->row_of_dwelling[q->dwelling[h]], age, s->month);
        if (s->draw[i] >= kj_threshold(s->rate[i] * now.factor)) continue;
        begin_search(q, h, s->month, now.cause, s->p.patience_months);
        s->row[kept++] = h;
    }
    s->n = kept;
}

/* All who search, in row order: two rising lists merged. */
static void list_searches(decision *s, const kj_id *ids)
{
    for (uint32_t i = 0, j = 0; i < s->n || j < s->n_on;) {
        bool old = i == s->n || (j < s->n_on && s->on[j] < s->row[i]);
        housing_search search = {ids[old ? s->on[j++] : s->row[i++]]};
        s->self->run->emit(s->ctx, s->self->searches, &search);
    }
}

kj_status housing_decide(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const housing *self = instance;
    const kj_run_v1 *run = self->run;
    if (housing_is_empty(self, ctx)) return KJ_OK;
    decision s;
    s.self = self;
    s.ctx = ctx;
    s.month = run->month(ctx);
    if (!people_read(&s.q, self, ctx)) return KJ_E_FAILED;
    housing_read_params(self, ctx, &s.p);
    uint32_t n_hazards;
    double highest = 0.0;
    s.hazard = run->param_table(ctx, self->search_hazard, &n_hazards);
    for (uint32_t i = 0; i < n_hazards; i++) highest = s.hazard[i] > highest ? s.hazard[i] : highest;
    s.quarter = s.p.search_scale * QUARTER / 12.0;
    s.bound = kj_threshold(highest * s.p.search_cap * s.quarter);
    s.alive = run->alive(ctx, self->household);
    const kj_id *ids = run->ids(ctx, self->household);
    for (uint32_t from = begin; from < end; from += RUN) {
        go_through(&s, from, end - from < RUN ? end : from + RUN);
        keep_searching(&s);
        draw_first(&s);
        kj_status status = look_briefly(&s);
        if (status) return status;
        look_closely(&s);
        list_searches(&s, ids);
    }
    return KJ_OK;
}
