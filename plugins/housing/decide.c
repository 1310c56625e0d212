/* MARKET, over households: who begins to search, and the list of all who search this month.

   A household with a home begins to search in a month when a uniform draw for that month is below its hazard. The first
   ten bits of a year's twelve draws come from one block of random numbers; those months in which they are low enough for
   the highest hazard that its age and tenure allow are noted in household.look, so that in a month only the few noted
   households are looked at, and the others cost three bytes. */
#include <string.h>

#include "housing.h"
#include "means.h"
#include "wide.h"

enum { N_AGES = 11, PARTS = 1024 /* of the ten bits */, LOOK_DRAWN = 1 << 12 };

typedef struct people {
    const uint8_t *living, *size, *children, *kind, *d_tenure, *d_rooms;
    const uint64_t *luck;
    const kj_id *contract, *dwelling, *head, *p_next;
    const int32_t *income, *d_rent, *d_price, *d_cell, *c_area;
    const int16_t *moved, *p_birth;
    const uint32_t *row_of_dwelling, *row_of_person, *row_of_household;
    const kj_id *host;
    int16_t *searching;
    uint8_t *cause;
    int16_t *patience, *look;
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
    q->d_cell = run->read(ctx, col->d_cell);
    q->c_area = run->read(ctx, col->c_area);
    q->host = run->read(ctx, col->h_host);
    q->row_of_household = run->row_of(ctx, self->household);
    q->row_of_dwelling = run->row_of(ctx, self->dwelling);
    q->row_of_person = run->row_of(ctx, self->person);
    q->searching = run->write(ctx, col->h_searching);
    q->cause = run->write(ctx, col->h_cause);
    q->patience = run->write(ctx, col->h_patience);
    q->look = run->write(ctx, col->h_look);
    return q->living && q->size && q->children && q->kind && q->d_tenure && q->d_rooms && q->luck && q->contract &&
           q->dwelling && q->head && q->p_next && q->income && q->moved && q->d_rent && q->d_price && q->p_birth &&
           q->searching && q->cause && q->patience && q->look && q->d_cell && q->c_area && q->host;
}

static uint32_t age_class(int32_t age)
{
    if (age < 20) return 0;
    if (age < 55) return (uint32_t)age / 5 - 3;
    return age < 65 ? 8 : age < 80 ? 9 : 10;
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
    double cost_month = (double)q->d_rent[d] + (double)q->d_price[d] * p->debt_share * housing_interest_paid(p) / 12.0;
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
    q->searching[h] = (int16_t)month;
    q->cause[h] = (uint8_t)cause;
    q->patience[h] = (int16_t)patience;
    q->look[h] = 0;
}

static void end_search(people *q, uint32_t h)
{
    q->searching[h] = 0;
    q->cause[h] = KJ_SEARCH_NONE;
    q->patience[h] = 0;
}

/* Who moved to a lodging rests there: it keeps the cause, and begins to search again at a rate of its own. */
static bool rests(const people *q, uint32_t h)
{
    return q->living[h] == KJ_LIVES_LODGING && q->searching[h] == 0 && q->cause[h] == KJ_SEARCH_NO_HOME;
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
    kj_stream stream;
    const double *hazard; /* a year, by tenure and age class */
    double monthly;       /* search_scale, a year -> a month */
    kj_month month;
    uint64_t every; /* months between two looks */
    const uint8_t *alive;
    const kj_id *ids;
    /* of one run */
    uint32_t n, n_fresh, n_on, n_resting;
    uint32_t row[RUN], fresh[RUN], on[RUN], resting[RUN]; /* noted for this month; whose year is not drawn yet; who searches; who lodges and does not */
    uint32_t draw[4 * RUN], fine[4 * RUN];
    uint64_t luck[RUN];
    uint32_t home[RUN], head[RUN]; /* rows */
    housing_search search[RUN];
} decision;

/* Rows that anything may happen to: the others hold a home and are not noted for this month. */
static uint32_t list_rows(const decision *s, uint32_t begin, uint32_t end, uint32_t *list)
{
    const int16_t bit = (int16_t)(1 << (KJ_MONTH_OF_YEAR(s->month) - 1));
    uint8_t hit[RUN];
    uint32_t n = 0, n_rows = end - begin;
    memset(hit + n_rows, 0, RUN - n_rows);
    housing_mark_noted(s->alive + begin, s->q.living + begin, s->q.look + begin, bit, n_rows, hit);
    for (uint32_t from = 0; from < RUN; from += 8) { /* seven words in ten name nobody */
        uint64_t eight;
        memcpy(&eight, hit + from, 8);
        for (; eight; eight &= eight - 1) list[n++] = begin + from + (uint32_t)__builtin_ctzll(eight) / 8;
    }
    return n;
}

/* In the first month of a search, and then every search_every months until it ends: in months that the household's luck gives, so that those who
   begin together, as all do at the start of a run, look at different times. */
static bool looks_now(const decision *s, uint32_t h)
{
    if (s->q.searching[h] == 0) return false;
    return s->q.searching[h] == s->month || ((uint64_t)s->month + (s->q.luck[h] >> 32)) % s->every == 0;
}

/* Searches that are on continue, households without a home begin one; the others wait for their draws. */
static void sort_out(decision *s, const uint32_t *list, uint32_t n)
{
    people *q = &s->q;
    s->n = s->n_fresh = s->n_on = s->n_resting = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t h = list[i];
        if (q->contract[h]) continue;
        bool home = q->living[h] == KJ_LIVES_HOLDING;
        if (rests(q, h)) {
            s->resting[s->n_resting++] = h;
        } else if (q->searching[h] || !home) {
            if (q->searching[h]) continue_search(q, h, s->month);
            else begin_search(q, h, s->month, KJ_SEARCH_NO_HOME, 0.0);
            s->on[s->n_on] = h;
            s->n_on += looks_now(s, h);
        } else if (q->look[h]) {
            s->row[s->n++] = h;
        } else {
            s->fresh[s->n_fresh++] = h;
        }
    }
}

/* Some of those who rest in a lodging begin to search again: the young share a home for longer. */
static void wake(decision *s)
{
    people *q = &s->q;
    const uint32_t young = kj_threshold(s->p.lodger_search_rate / 12.0), older = kj_threshold(s->p.lodger_search_rate_30 / 12.0);
    const uint32_t highest = young > older ? young : older;
    for (uint32_t i = 0; i < s->n_resting; i++) s->luck[i] = q->luck[s->resting[i]];
    s->self->run->draw_many(s->stream, s->luck, s->n_resting, s->month, 2, s->fine, RUN);
    for (uint32_t i = 0; i < s->n_resting; i++) {
        uint32_t h = s->resting[i];
        if (s->fine[i] >= highest) continue;
        uint32_t head = q->row_of_person[q->head[h]];
        if (head == KJ_NO_ROW || s->fine[i] >= ((s->month - q->p_birth[head]) / 12 < 30 ? young : older)) continue;
        begin_search(q, h, s->month, KJ_SEARCH_NO_HOME, 0.0);
        s->on[s->n_on++] = h;
    }
}

/* Rows of homes and heads, in passes, so that waits for memory overlap. */
static kj_status find_homes(decision *s, const uint32_t *list, uint32_t n)
{
    const people *q = &s->q;
    for (uint32_t i = 0; i < n; i++) {
        __builtin_prefetch(&q->row_of_dwelling[q->dwelling[list[i]]]);
        __builtin_prefetch(&q->row_of_person[q->head[list[i]]]);
        s->luck[i] = q->luck[list[i]];
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t d = s->home[i] = q->row_of_dwelling[q->dwelling[list[i]]], head = s->head[i] = q->row_of_person[q->head[list[i]]];
        if (d == KJ_NO_ROW || head == KJ_NO_ROW)
            return s->self->run->fail(s->ctx, KJ_E_INVARIANT, "household %u has no living head or no standing home", s->ids[list[i]]);
        __builtin_prefetch(&q->d_tenure[d]);
        __builtin_prefetch(&q->p_birth[head]);
    }
    return KJ_OK;
}

static int32_t head_age(const decision *s, uint32_t i) { return (s->month - s->q.p_birth[s->head[i]]) / 12; }
static double hazard_of(const decision *s, uint32_t i, uint32_t age)
{
    return s->hazard[(uint32_t)s->q.d_tenure[s->home[i]] * N_AGES + (age < N_AGES ? age : N_AGES - 1)] * s->monthly;
}

/* Six months' bits of a year's block of draws, January first; half 0 or 1. */
static inline uint64_t half_year(const uint32_t *draw, uint32_t i, uint32_t half)
{
    return (uint64_t)draw[(2 * half + 1) * RUN + i] << 32 | draw[2 * half * RUN + i];
}
/* Ten bits of a month (0 … 11). */
static inline uint32_t part_of(const uint32_t *draw, uint32_t i, uint32_t month_index)
{
    return (uint32_t)(half_year(draw, i, month_index / 6) >> month_index % 6 * 10) & (PARTS - 1);
}

static kj_month january_of(kj_month month) { return month - KJ_MONTH_OF_YEAR(month) + 1; }

/* Notes the months of this year in which the household may begin to search; those noted for now join the list. The age
   class may change before the year is over: the higher hazard of this class and the next counts. */
static kj_status draw_years(decision *s)
{
    people *q = &s->q;
    const uint32_t now = (uint32_t)KJ_MONTH_OF_YEAR(s->month) - 1;
    kj_status status = find_homes(s, s->fresh, s->n_fresh);
    if (status) return status;
    s->self->run->draw_many(s->stream, s->luck, s->n_fresh, january_of(s->month), 0, s->draw, RUN);
    for (uint32_t i = 0; i < s->n_fresh; i++) {
        uint32_t age = age_class(head_age(s, i)), noted = LOOK_DRAWN;
        double now_rate = hazard_of(s, i, age), next_rate = hazard_of(s, i, age + 1);
        double highest = (now_rate > next_rate ? now_rate : next_rate) * s->p.search_cap * PARTS;
        uint32_t bound = highest < PARTS ? (uint32_t)highest + 1u : PARTS;
        for (uint32_t half = 0; half < 2; half++) {
            uint64_t bits = half_year(s->draw, i, half);
            for (uint32_t m = 0; m < 6; m++) noted |= (uint32_t)(((uint32_t)(bits >> 10 * m) & (PARTS - 1)) < bound) << (6 * half + m);
        }
        q->look[s->fresh[i]] = (int16_t)noted;
        s->row[s->n] = s->fresh[i];
        s->n += noted >> now & 1;
    }
    return KJ_OK;
}

/* Leaves in `row` who begins to search. */
static kj_status look_closely(decision *s)
{
    people *q = &s->q;
    const uint32_t now = (uint32_t)KJ_MONTH_OF_YEAR(s->month) - 1;
    uint32_t kept = 0;
    kj_status status = find_homes(s, s->row, s->n);
    if (status) return status;
    s->self->run->draw_many(s->stream, s->luck, s->n, january_of(s->month), 0, s->draw, RUN);
    s->self->run->draw_many(s->stream, s->luck, s->n, s->month, 1, s->fine, RUN);
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t h = s->row[i], d = s->home[i];
        int32_t age = head_age(s, i);
        double rate = hazard_of(s, i, age_class(age)), u = ((double)part_of(s->draw, i, now) + kj_uniform(s->fine[i])) / PARTS;
        if (u >= rate * s->p.search_cap) continue;
        situation seen = look_at(q, &s->p, h, d, age, s->month);
        if (u >= rate * seen.factor) continue;
        begin_search(q, h, s->month, seen.cause, s->p.patience_months);
        s->row[kept++] = h;
    }
    s->n = kept;
    return KJ_OK;
}

/* Lists searches with the home, one's own or the host's, and its area; in passes, so that waits for memory overlap. */
static void list_searches(decision *s, const uint32_t *list, uint32_t n)
{
    const people *q = &s->q;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t h = list[i];
        s->home[i] = q->living[h] == KJ_LIVES_LODGING ? q->row_of_household[q->host[h]] : q->living[h] == KJ_LIVES_HOLDING ? h : KJ_NO_ROW;
        if (s->home[i] != KJ_NO_ROW) __builtin_prefetch(&q->dwelling[s->home[i]]);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (s->home[i] != KJ_NO_ROW) s->home[i] = q->row_of_dwelling[q->dwelling[s->home[i]]];
        if (s->home[i] != KJ_NO_ROW) __builtin_prefetch(&q->d_cell[s->home[i]]);
    }
    for (uint32_t i = 0; i < n; i++) {
        int32_t area = s->home[i] == KJ_NO_ROW ? -1 : q->c_area[q->d_cell[s->home[i]]];
        s->search[i] = (housing_search){s->ids[list[i]], s->home[i], area};
    }
    s->self->run->emit_many(s->ctx, s->self->searches, s->search, n);
}

kj_status housing_decide(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const housing *self = instance;
    const kj_run_v1 *run = self->run;
    if (housing_is_empty(self, ctx)) return KJ_OK;
    decision s;
    uint32_t n_hazards, list[RUN];
    s.self = self;
    s.ctx = ctx;
    s.month = run->month(ctx);
    if (!people_read(&s.q, self, ctx)) return KJ_E_FAILED;
    housing_read_params(self, ctx, &s.p);
    s.hazard = run->param_table(ctx, self->search_hazard, &n_hazards);
    s.every = (uint64_t)s.p.search_every;
    s.monthly = s.p.search_scale / 12.0;
    s.stream = run->stream(ctx, HOUSING_DRAW_DECIDE);
    s.alive = run->alive(ctx, self->household);
    s.ids = run->ids(ctx, self->household);
    if (KJ_MONTH_OF_YEAR(s.month) == 1) memset(s.q.look + begin, 0, (end - begin) * sizeof *s.q.look);
    for (uint32_t from = begin; from < end; from += RUN) {
        uint32_t n = list_rows(&s, from, end - from < RUN ? end : from + RUN, list);
        sort_out(&s, list, n);
        wake(&s);
        kj_status status = draw_years(&s);
        if (!status) status = look_closely(&s);
        if (status) return status;
        list_searches(&s, s.on, s.n_on);
        list_searches(&s, s.row, s.n);
    }
    return KJ_OK;
}

/* Searches in the order of areas, so that those who start from the same area follow each other: a counting sort. */
kj_status housing_line_up(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const housing *self = instance;
    const kj_run_v1 *run = self->run;
    uint32_t n, n_areas = run->n_rows(ctx, self->area);
    const housing_search *searches = run->items(ctx, self->searches, &n);
    uint32_t *next = run->scratch(ctx, (n_areas + 2u) * sizeof *next);
    housing_search *sorted = run->scratch(ctx, (n + 1u) * sizeof *sorted);
    if (!next || !sorted) return KJ_E_MEMORY;
    for (uint32_t i = 0; i < n; i++) next[searches[i].area + 2]++; /* area -1 first */
    for (uint32_t a = 1; a < n_areas + 2; a++) next[a] += next[a - 1];
    for (uint32_t i = 0; i < n; i++) sorted[next[searches[i].area + 1]++] = searches[i];
    run->emit_many(ctx, self->lined_up, sorted, n);
    return KJ_OK;
}
