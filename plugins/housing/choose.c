/* MARKET, over the searching households: an area, then homes in it, then applications and bids. MODEL.md, "Choice". */
#include <math.h>
#include <string.h>

#include "housing.h"
#include "logit.h"
#include "means.h"

enum { SAMPLE_MAX = 64, BIDS_MAX = 8, GROUP = 64 };

typedef struct market {
    const housing *self;
    kj_ctx *ctx;
    housing_params p;
    kj_month month;
    const kj_grid *grid;
    double per_row, cell_km; /* 1 / columns; side of a cell */
    const housing_offer *offers;
    /* household, dwelling, person, workplace */
    const uint8_t *size, *children, *kind, *living, *cause, *d_tenure, *p_activity;
    const kj_id *dwelling, *host, *head, *p_next, *p_workplace;
    const uint64_t *luck, *p_luck;
    const int32_t *income, *moved, *searching, *d_cell, *d_rent, *d_price, *p_birth, *p_queue_since, *w_cell;
    const uint32_t *row_of_household, *row_of_dwelling, *row_of_person, *row_of_workplace;
    const int32_t *a_first, *a_vacant, *a_general;
    kj_stream choose, lot, queue;
    /* areas, prepared once a block */
    uint32_t n_areas;
    float *a_x, *a_y;          /* km */
    float *a_size[2];          /* homes as others and as students see them, share of the largest */
    int32_t *weight;
    uint32_t *eligible; /* indices into offers */
} market;

/* What the choice needs to know of one household. */
typedef struct searcher {
    kj_id id;
    uint32_t row;
    uint64_t base; /* 64 bits of luck for this household and month */
    double u_area;
    int32_t age, needed;
    int32_t n_adults;
    bool has_home, student, holds_rental;
    uint8_t tenure; /* of the present home */
    double cost_now;
    float home_x, home_y, work_x, work_y; /* km; NaN: none */
    bool knows_home, knows_work;
    housing_means means;
} searcher;

typedef struct alternative {
    uint32_t offer;
    double utility; /* with taste, over that of staying */
    double limit;   /* highest price the household can pay; 0 for rentals */
} alternative;

static bool market_read(market *m, const housing *self, kj_ctx *ctx)
{
    const kj_run_v1 *run = self->run;
    const housing_columns *col = &self->col;
    uint32_t n_offers;
    bool whole = true;
    m->self = self;
    m->ctx = ctx;
    housing_read_params(self, ctx, &m->p);
    m->month = run->month(ctx);
    m->grid = run->grid(ctx);
    m->per_row = 1.0 / (double)m->grid->nx;
    m->cell_km = m->grid->cell_m * 1e-3;
    m->offers = run->items(ctx, self->offers, &n_offers);
#define R(field, column) whole &= (m->field = run->read(ctx, col->column)) != NULL;
    R(size, h_size) R(children, h_children) R(kind, h_kind) R(living, h_living) R(cause, h_cause) R(dwelling, h_dwelling)
    R(host, h_host) R(head, h_head) R(luck, h_luck) R(income, h_income) R(moved, h_moved) R(searching, h_searching)
    R(d_tenure, d_tenure) R(d_cell, d_cell) R(d_rent, d_rent) R(d_price, d_price)
    R(p_activity, p_activity) R(p_next, p_next) R(p_workplace, p_workplace) R(p_luck, p_luck) R(p_birth, p_birth)
    R(p_queue_since, p_queue_since) R(a_first, a_first_offer) R(a_vacant, a_vacant) R(a_general, a_general)
#undef R
    m->w_cell = run->read(ctx, col->w_cell); /* a world may have no workplaces */
    m->row_of_household = run->row_of(ctx, self->household);
    m->row_of_dwelling = run->row_of(ctx, self->dwelling);
    m->row_of_person = run->row_of(ctx, self->person);
    m->row_of_workplace = run->row_of(ctx, self->workplace);
    m->choose = run->stream(ctx, HOUSING_DRAW_CHOOSE);
    m->lot = run->stream(ctx, HOUSING_DRAW_LOT);
    m->queue = run->stream(ctx, HOUSING_DRAW_QUEUE);
    m->n_areas = run->n_rows(ctx, self->area);
    return whole;
}

/* Centroids in km from the grid's north-west corner, and the size of each area as searchers see it. */
static bool prepare_areas(market *m)
{
    const kj_run_v1 *run = m->self->run;
    uint32_t n = m->n_areas;
    const double *x = run->read(m->ctx, m->self->col.a_x), *y = run->read(m->ctx, m->self->col.a_y);
    const int32_t *homes = run->read(m->ctx, m->self->col.a_homes);
    m->a_x = run->scratch(m->ctx, (n + 1u) * sizeof(float));
    m->a_y = run->scratch(m->ctx, (n + 1u) * sizeof(float));
    m->a_size[0] = run->scratch(m->ctx, (n + 1u) * sizeof(float));
    m->a_size[1] = run->scratch(m->ctx, (n + 1u) * sizeof(float));
    m->weight = run->scratch(m->ctx, (n + 1u) * sizeof(int32_t));
    if (!x || !y || !homes || !m->a_x || !m->a_y || !m->a_size[0] || !m->a_size[1] || !m->weight) return false;
    float wish = (float)m->p.wish_weight, largest = 0.0f;
    int32_t most = 0;
    for (uint32_t a = 0; a < n; a++) {
        m->a_x[a] = (float)((x[a] - m->grid->west) * 1e-3);
        m->a_y[a] = (float)((m->grid->north - y[a]) * 1e-3);
        m->a_size[0][a] = (float)m->a_general[a] + wish * (float)homes[a];
        m->a_size[1][a] = (float)m->a_vacant[a] + wish * (float)homes[a];
        if (m->a_size[1][a] > largest) largest = m->a_size[1][a];
        if (m->a_vacant[a] > most) most = m->a_vacant[a];
    }
    for (uint32_t a = 0; a < n && largest > 0.0f; a++) {
        m->a_size[0][a] /= largest;
        m->a_size[1][a] /= largest;
    }
    m->eligible = run->scratch(m->ctx, ((uint32_t)most + 1u) * sizeof(uint32_t));
    return m->eligible != NULL;
}

/* Middle of a cell, km. The half in the dividend keeps the quotient away from whole numbers, so that no rounding can
   reach the wrong row; it saves an integer division. */
static void place_of_cell(const market *m, int32_t cell, float *x, float *y)
{
    int32_t row = (int32_t)(((double)cell + 0.5) * m->per_row);
    *x = (float)(((double)(cell - row * m->grid->nx) + 0.5) * m->cell_km);
    *y = (float)(((double)row + 0.5) * m->cell_km);
}

static void look_at_home(const market *m, searcher *s)
{
    uint32_t h = s->row, holder = h;
    if (m->living[h] == KJ_LIVES_LODGING) holder = m->row_of_household[m->host[h]];
    if (m->living[h] == KJ_LIVES_OUTSIDE || holder == KJ_NO_ROW) return;
    uint32_t d = m->row_of_dwelling[m->dwelling[holder]];
    if (d == KJ_NO_ROW) return;
    s->knows_home = true;
    place_of_cell(m, m->d_cell[d], &s->home_x, &s->home_y);
    if (m->living[h] != KJ_LIVES_HOLDING) return;
    s->has_home = true;
    s->tenure = m->d_tenure[d];
    s->holds_rental = housing_is_let(s->tenure);
    s->cost_now = (double)m->d_rent[d] + (double)m->d_price[d] * m->p.interest / 12.0;
}

static void look_at_means(const market *m, searcher *s)
{
    uint32_t h = s->row;
    double equity = 0.0;
    if (s->has_home && !s->holds_rental)
        equity = housing_equity(&m->p, (double)m->d_price[m->row_of_dwelling[m->dwelling[h]]], m->month - m->moved[h]);
    housing_means_of(&m->p, m->month, m->income[h], s->n_adults, m->children[h], (double)s->age, equity, &s->means);
    if (!s->has_home) s->cost_now = 0.25 * s->means.income_month; /* a usual share, so that cost still counts */
}

static bool look_at_household(const market *m, kj_id id, searcher *s)
{
    uint32_t h = m->row_of_household[id];
    if (h == KJ_NO_ROW) return false;
    uint32_t head = m->row_of_person[m->head[h]];
    if (head == KJ_NO_ROW) return false;
    memset(s, 0, sizeof *s);
    s->id = id;
    s->row = h;
    kj_draw4 draw = kj_draw(m->choose, m->luck[h], m->month, 0);
    s->base = (uint64_t)draw.v[0] << 32 | draw.v[1];
    s->u_area = kj_uniform(draw.v[2]);
    s->age = (m->month - m->p_birth[head]) / 12;
    s->needed = housing_rooms_needed(m->size[h], m->kind[h]);
    s->n_adults = m->size[h] > m->children[h] ? m->size[h] - m->children[h] : 1;
    s->student = m->p_activity[head] == KJ_ACT_STUDENT;
    uint32_t w = m->w_cell ? m->row_of_workplace[m->p_workplace[head]] : KJ_NO_ROW;
    if (m->p_workplace[head] && w != KJ_NO_ROW && m->w_cell[w] >= 0) {
        s->knows_work = true;
        place_of_cell(m, m->w_cell[w], &s->work_x, &s->work_y);
    }
    look_at_home(m, s);
    look_at_means(m, s);
    return true;
}

/* Weight of every area for one household: size / (1 + d/scale)^power for home and work, in 2^-30 of the largest size. A
   place that is not known has scale infinite, so that its factor is 1. `home_power` and `work_power` are constants where
   this is inlined, so that the loop has no branch. */
static inline int64_t weigh_areas(const market *m, const searcher *s, int home_power, int work_power)
{
    const float *restrict ax = m->a_x, *restrict ay = m->a_y, *restrict size = m->a_size[s->student];
    int32_t *restrict weight = m->weight;
    const float home_km = s->knows_home ? (float)(1000.0 / m->p.area_distance_m) : 0.0f;
    const float work_km = s->knows_work ? (float)(1000.0 / m->p.work_distance_m) : 0.0f;
    const float hx = s->home_x, hy = s->home_y, wx = s->work_x, wy = s->work_y;
    const uint32_t n = m->n_areas;
    int64_t total = 0;
    for (uint32_t a = 0; a < n; a++) {
        float dx = ax[a] - hx, dy = ay[a] - hy, ex = ax[a] - wx, ey = ay[a] - wy, factor = size[a];
        float near_home = 1.0f / (1.0f + sqrtf(dx * dx + dy * dy) * home_km);
        float near_work = 1.0f / (1.0f + sqrtf(ex * ex + ey * ey) * work_km);
        for (int k = 0; k < home_power; k++) factor *= near_home;
        for (int k = 0; k < work_power; k++) factor *= near_work;
        weight[a] = (int32_t)(factor * 1073741824.0f);
    }
    for (uint32_t a = 0; a < n; a++) total += weight[a];
    return total;
}

/* First stage: an area by a logit with utility ln(size) - power ln(1 + d/scale), as whole-number weights. */
static int32_t choose_area(const market *m, const searcher *s)
{
    int home_power = (int)m->p.area_power, work_power = (int)m->p.work_power;
    int64_t total = home_power == 2 && work_power == 1 ? weigh_areas(m, s, 2, 1) : weigh_areas(m, s, home_power, work_power);
    return total > 0 ? (int32_t)housing_pick(m->weight, m->n_areas, total, s->u_area) : -1;
}

/* Whether the household may have the home at all, and the highest price it can pay. */
static bool may_have(const market *m, const searcher *s, const housing_offer *o, double *limit)
{
    *limit = 0.0;
    if (o->tenure == KJ_TENURE_STUDENT) return s->student;
    if (o->tenure == KJ_TENURE_SENIOR && s->age < (int32_t)m->p.senior_age) return false;
    if (housing_is_let(o->tenure)) return (double)o->rent <= m->p.rent_income_max * s->means.income_month;
    if ((double)o->price > s->means.cap[2]) return false; /* own funds fall short: the usual case, found cheaply */
    *limit = housing_price_limit(&s->means, (double)o->rent);
    return *limit >= (double)o->price;
}

static double distance_km(float x, float y, const housing_offer *o)
{
    double dx = (double)(o->x_km - x), dy = (double)(o->y_km - y);
    return sqrt(dx * dx + dy * dy);
}

/* Systematic utility of a home. */
static double utility(const market *m, const searcher *s, const housing_offer *o)
{
    const housing_params *p = &m->p;
    double v = 0.0, income = s->means.income_month > 1.0 ? s->means.income_month : 1.0;
    int32_t spare = (int32_t)o->rooms - s->needed;
    if (spare < 0) v += p->beta_under * (double)spare;
    if (spare > 1) v -= p->beta_over * (double)(spare - 1);
    v -= p->beta_cost * ((double)o->cost - s->cost_now) / income;
    if (s->knows_home) v -= p->beta_home * distance_km(s->home_x, s->home_y, o);
    if (s->knows_work) v -= p->beta_work * distance_km(s->work_x, s->work_y, o);
    if (s->has_home && s->tenure == o->tenure) v += p->same_tenure;
    if (o->kind != KJ_FLAT && s->age < 30) v += p->own_young;
    if (o->kind != KJ_FLAT && m->children[s->row]) v += p->house_family;
    if (o->kind == KJ_FLAT && s->age >= 65) v += p->flat_senior;
    if (o->tenure == KJ_TENURE_SENIOR) v += p->senior_home;
    if (o->tenure == KJ_TENURE_STUDENT) v += p->student_home;
    if (o->flags & HOUSING_OFFER_NEW) v += p->new_home;
    return v;
}

static double utility_of_staying(const market *m, const searcher *s)
{
    if (!s->has_home) return m->p.stay_none;
    return m->cause[s->row] == KJ_SEARCH_WISH ? m->p.stay_wish : m->p.stay_need;
}

/* Second stage: up to sample_size eligible homes of the area, each equally likely to be looked at. Staying is always in
   the set, so each sampled home stands for n/k of them: McFadden's (1978) correction adds ln(n/k). Fills the best
   liked, at most `applications`, best first. */
static uint32_t choose_homes(const market *m, const searcher *s, int32_t area, alternative *best)
{
    uint32_t n = 0, first = (uint32_t)m->a_first[area], n_best = 0, picked[SAMPLE_MAX];
    uint32_t n_offers = (uint32_t)(s->student ? m->a_vacant[area] : m->a_general[area]);
    for (uint32_t o = first; o < first + n_offers; o++) {
        double limit;
        if (may_have(m, s, &m->offers[o], &limit)) m->eligible[n++] = o;
    }
    uint32_t k = n < (uint32_t)m->p.sample_size ? n : (uint32_t)m->p.sample_size, most = (uint32_t)m->p.applications;
    double correction = k < n ? kj_log((double)n / (double)k) : 0.0;
    if (k < n) housing_sample(s->base ^ UINT64_C(0x5851F42D4C957F2D), n, k, picked);
    double stay = utility_of_staying(m, s) + housing_gumbel(m->self->gumbel, housing_pair_draw(s->base, 0));
    for (uint32_t i = 0; i < k; i++) {
        alternative alt = {m->eligible[k < n ? picked[i] : i], 0.0, 0.0};
        const housing_offer *o = &m->offers[alt.offer];
        alt.utility = utility(m, s, o) + correction + housing_gumbel(m->self->gumbel, housing_pair_draw(s->base, o->luck)) - stay;
        if (!(alt.utility > 0.0) || (n_best == most && alt.utility <= best[most - 1].utility)) continue;
        uint32_t at = n_best < most ? n_best++ : most - 1;
        for (; at > 0 && best[at - 1].utility < alt.utility; at--) best[at] = best[at - 1];
        best[at] = alt;
    }
    return n_best;
}

/* When a person joined whose date is not known yet: when the household began to search, or, for a share, up to
   queue_lead months before. Both traits are drawn from the person's own key. */
static int32_t joined_queue(const market *m, const searcher *s, uint32_t r)
{
    kj_draw4 draw = kj_draw(m->queue, m->p_luck[r], 0, 0);
    int32_t since = m->searching[s->row], of_age = m->p_birth[r] + 18 * 12;
    if (draw.v[0] < kj_threshold(m->p.passive_share)) since -= (int32_t)(kj_uniform(draw.v[1]) * m->p.queue_lead);
    return since > of_age ? since : of_age;
}

/* Months in the queue of the grown-up member who has stood there longest. */
static int32_t queue_months(const market *m, const searcher *s)
{
    int32_t longest = 0;
    for (kj_id id = m->head[s->row]; id; id = m->p_next[m->row_of_person[id]]) {
        uint32_t r = m->row_of_person[id];
        if (m->month - m->p_birth[r] < 18 * 12) continue;
        int32_t since = m->p_queue_since[r] ? m->p_queue_since[r] : joined_queue(m, s, r);
        if (m->month - since > longest) longest = m->month - since;
    }
    return longest;
}

static int64_t priority_of(const market *m, const searcher *s, const alternative *alt, int32_t queued)
{
    const housing_offer *o = &m->offers[alt->offer];
    if (housing_is_let(o->tenure)) {
        if (o->flags & HOUSING_OFFER_LOT) return 0;
        return queued + ((o->flags & HOUSING_OFFER_INTERNAL) && s->holds_rental ? HOUSING_INTERNAL_PRIORITY : 0);
    }
    double eager = alt->utility / (1.0 + alt->utility); /* 0 indifferent … 1 at any price */
    double bid = (double)o->price * (1.0 + m->p.bid_spread * eager);
    return (int64_t)(bid < alt->limit ? bid : alt->limit);
}

static void apply_for(const market *m, const searcher *s, alternative *best, uint32_t n)
{
    bool queues = false;
    for (uint32_t i = 0; i < n; i++) {
        const housing_offer *o = &m->offers[best[i].offer];
        queues |= housing_is_let(o->tenure) && !(o->flags & HOUSING_OFFER_LOT);
    }
    int32_t queued = queues ? queue_months(m, s) : 0;
    kj_draw4 draw = kj_draw(m->lot, m->luck[s->row], m->month, 0);
    uint64_t base = (uint64_t)draw.v[0] << 32 | draw.v[1];
    for (uint32_t i = 0; i < n; i++) {
        const housing_offer *o = &m->offers[best[i].offer];
        if (!housing_is_let(o->tenure)) best[i].limit = housing_price_limit(&s->means, (double)o->rent); /* only for those chosen */
        housing_bid bid = {.priority = priority_of(m, s, &best[i], queued), .offer = best[i].offer, .household = s->id,
                           .lot = housing_pair_draw(base, o->luck), .rank = i};
        m->self->run->emit(m->ctx, m->self->bids, &bid);
    }
}

/* Asks for the memory of a group of searchers at once, so that the waits overlap: three passes, each over loads that do
   not depend on each other. Changes nothing else. */
static void fetch_group(const market *m, const housing_search *searches, uint32_t n)
{
    uint32_t h[GROUP], head[GROUP], home[GROUP];
    for (uint32_t i = 0; i < n; i++) h[i] = m->row_of_household[searches[i].household];
    for (uint32_t i = 0; i < n; i++) {
        head[i] = home[i] = KJ_NO_ROW;
        if (h[i] == KJ_NO_ROW) continue;
        const void *household[] = {&m->size[h[i]], &m->children[h[i]], &m->kind[h[i]], &m->living[h[i]], &m->cause[h[i]],
                                   &m->luck[h[i]], &m->income[h[i]], &m->moved[h[i]], &m->searching[h[i]], &m->host[h[i]]};
        for (size_t k = 0; k < sizeof household / sizeof *household; k++) __builtin_prefetch(household[k]);
        head[i] = m->row_of_person[m->head[h[i]]];
        home[i] = m->row_of_dwelling[m->dwelling[h[i]]];
    }
    for (uint32_t i = 0; i < n; i++) {
        if (head[i] != KJ_NO_ROW) {
            const void *person[] = {&m->p_birth[head[i]], &m->p_activity[head[i]], &m->p_workplace[head[i]], &m->p_next[head[i]],
                                    &m->p_luck[head[i]], &m->p_queue_since[head[i]]};
            for (size_t k = 0; k < sizeof person / sizeof *person; k++) __builtin_prefetch(person[k]);
        }
        if (home[i] == KJ_NO_ROW) continue;
        const void *dwelling[] = {&m->d_cell[home[i]], &m->d_tenure[home[i]], &m->d_rent[home[i]], &m->d_price[home[i]]};
        for (size_t k = 0; k < sizeof dwelling / sizeof *dwelling; k++) __builtin_prefetch(dwelling[k]);
    }
}

kj_status housing_choose(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const housing *self = instance;
    market m = {0};
    if (!market_read(&m, self, ctx) || !prepare_areas(&m)) return KJ_E_FAILED;
    uint32_t n;
    const housing_search *searches = self->run->items(ctx, self->searches, &n);
    if (!searches) return KJ_E_FAILED;
    for (uint32_t i = begin; i < end; i++) {
        if ((i - begin) % GROUP == 0) fetch_group(&m, searches + i, end - i < GROUP ? end - i : GROUP);
        searcher s;
        alternative best[BIDS_MAX];
        if (!look_at_household(&m, searches[i].household, &s)) continue;
        int32_t area = choose_area(&m, &s);
        if (area < 0) continue;
        self->run->add(ctx, self->col.a_searchers, (uint32_t)area, 1);
        uint32_t n_best = choose_homes(&m, &s, area, best);
        if (n_best) apply_for(&m, &s, best, n_best);
    }
    return KJ_OK;
}
