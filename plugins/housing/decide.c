/* MARKET, over households: who begins to search, and the list of all who search this month.

   A household with a home begins to search in a month when a uniform draw for that month is below its hazard. The first
   ten bits of a year's twelve draws come from one block of random numbers; those months in which they are low enough for
   the highest hazard that its age and tenure allow are noted in household.look, so that in a month only the few noted
   households are looked at, and the others cost three bytes. */
#include <string.h>

#include "housing.h"
#include "means.h"
#include "wide.h"

enum { N_AGES = 11, PARTS = HOUSING_PARTS, LOOK_DRAWN = 1 << 12 };

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

static double want_of_space(const people *q, const housing_params *p, uint32_t h, uint32_t d, int32_t age)
{
    int32_t spare = q->d_rooms[d] - housing_rooms_needed(q->size[h], q->kind[h]);
    if (spare > 3 && age >= 55) return p->spare_factor * (double)(spare - 3);
    return spare < 0 ? p->crowded_factor * (double)-spare : 0.0;
}

/* Factor on the hazard; settled: who moved in of late. */
static double factor_of(const housing_params *p, double space, double cost, double event, bool settled)
{
    double factor = 1.0 + space + cost + event;
    if (factor > p->search_cap) factor = p->search_cap;
    return settled ? factor * p->settled_factor : factor;
}

static situation look_at(const people *q, const housing_params *p, uint32_t h, uint32_t d, double space, bool settled, kj_month month)
{
    double cost_month = (double)q->d_rent[d] + (double)q->d_price[d] * p->debt_share * housing_interest_paid(p) / 12.0;
    double cost = 12.0 * cost_month > p->cost_limit * (double)q->income[h] ? p->cost_factor : 0.0;
    double event = has_infant(q, h, month) ? p->birth_factor : 0.0;
    situation s = {factor_of(p, space, cost, event, settled), KJ_SEARCH_WISH};
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
    uint32_t bound[KJ_TENURE_COUNT * N_AGES]; /* by tenure and age class: months whose ten bits are below it are noted */
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
    housing_mark_noted(s->alive + begin, s->q.living + begin, s->q.look + begin, bit, end - begin, hit);
    return s->self->run->list_marked(hit, end - begin, begin, list);
}

/* In the first month of a search, and then every search_every months until it ends: in months that the household's luck gives, so that those who
   begin together, as all do at the start of a run, look at different times. */
static bool looks_now(const decision *s, uint32_t h)
{
    if (s->q.searching[h] == 0) return false;
    return s->q.searching[h] == s->month || ((uint64_t)s->month + (s->q.luck[h] >> 32)) % s->every == 0;
}

/* Keeps in the list whoever is not merely noted for this month, without a branch; returns their number. */
static uint32_t take_noted(decision *s, uint32_t *list, uint32_t n)
{
    const people *q = &s->q;
    uint32_t n_noted = 0, n_others = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t h = list[i], noted = (q->living[h] == KJ_LIVES_HOLDING) & (q->look[h] != 0) & (q->searching[h] == 0);
        s->row[n_noted] = list[n_others] = h;
        n_noted += noted;
        n_others += 1 - noted;
    }
    s->n = n_noted;
    return n_others;
}

/* Searches that are on continue, households without a home begin one; the others wait for their draws. */
static void sort_out(decision *s, uint32_t *list, uint32_t n)
{
    people *q = &s->q;
    s->n_fresh = s->n_on = s->n_resting = 0;
    n = take_noted(s, list, n);
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
static uint32_t place_of(const decision *s, uint32_t i, int32_t age) { return (uint32_t)s->q.d_tenure[s->home[i]] * N_AGES + age_class(age); }

/* The age class may change before the year is over: the higher hazard of this class and the next counts. */
static void set_bounds(decision *s)
{
    for (uint32_t at = 0; at < KJ_TENURE_COUNT * N_AGES; at++) {
        double now = s->hazard[at] * s->monthly, next = s->hazard[at + (at % N_AGES < N_AGES - 1)] * s->monthly;
        double highest = (now > next ? now : next) * s->p.search_cap * PARTS;
        s->bound[at] = highest < PARTS ? (uint32_t)highest + 1u : PARTS;
    }
}

/* Ten bits of a month (0 … 11) of a year's block of draws. */
static uint32_t part_of(const uint32_t *draw, uint32_t i, uint32_t month_index)
{
    const uint32_t *half = draw + month_index / 6 * 2 * RUN;
    return housing_part_of_half(half[i], half[RUN + i], month_index % 6);
}

static kj_month january_of(kj_month month) { return month - KJ_MONTH_OF_YEAR(month) + 1; }

/* Notes the months of this year in which the household may begin to search; those noted for now join the list. */
static kj_status draw_years(decision *s)
{
    people *q = &s->q;
    const uint32_t now = (uint32_t)KJ_MONTH_OF_YEAR(s->month) - 1;
    uint32_t bound[RUN], noted[RUN];
    kj_status status = find_homes(s, s->fresh, s->n_fresh);
    if (status) return status;
    s->self->run->draw_many(s->stream, s->luck, s->n_fresh, january_of(s->month), 0, s->draw, RUN);
    for (uint32_t i = 0; i < s->n_fresh; i++) bound[i] = s->bound[place_of(s, i, head_age(s, i))];
    housing_note_months(s->draw, RUN, bound, s->n_fresh, noted);
    for (uint32_t i = 0; i < s->n_fresh; i++) {
        q->look[s->fresh[i]] = (int16_t)(noted[i] | LOOK_DRAWN);
        s->row[s->n] = s->fresh[i];
        s->n += noted[i] >> now & 1;
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
        double rate = s->hazard[place_of(s, i, age)] * s->monthly, u = ((double)part_of(s->draw, i, now) + kj_uniform(s->fine[i])) / PARTS;
        if (u >= rate * s->p.search_cap) continue;
        bool settled = s->month - q->moved[h] < (int32_t)s->p.settled_months;
        double space = want_of_space(q, &s->p, h, d, age), event = q->children[h] ? s->p.birth_factor : 0.0;
        if (u >= rate * factor_of(&s->p, space, s->p.cost_factor, event, settled)) continue; /* most: neither costs nor births need be looked up */
        situation seen = look_at(q, &s->p, h, d, space, settled, s->month);
        if (u >= rate * seen.factor || q->contract[h]) continue;
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
    set_bounds(&s);
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
