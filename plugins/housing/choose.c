/* MARKET, over the searching households: an area, then homes in it, then applications and bids. MODEL.md, "Choice". */
#include <math.h>

#include "housing.h"
#include "logit.h"
#include "means.h"
#include "wide.h"

/* Sets lots apart from tastes: both come from the household's luck of the month and the dwelling's key. */
static const uint64_t LOT = UINT64_C(0x2545F4914F6CDD1D);

enum { SAMPLE_MAX = 64, BIDS_MAX = 8, GROUP = 64 };

typedef struct market {
    const housing *self;
    kj_ctx *ctx;
    housing_params p;
    housing_lending lending;
    kj_month month;
    const kj_grid *grid;
    double per_row, cell_km; /* 1 / columns; side of a cell */
    double new_gain[2];      /* utility of an older home, of a new one */
    const housing_offer *offers;
    /* household, dwelling, person, workplace */
    const uint8_t *size, *children, *kind, *living, *cause, *d_tenure, *p_activity;
    const kj_id *dwelling, *host, *head, *p_next, *p_workplace;
    const uint64_t *luck, *p_luck;
    const int32_t *income, *moved, *searching, *d_cell, *d_rent, *d_price, *p_birth, *p_queue_since, *w_cell;
    const uint32_t *row_of_household, *row_of_dwelling, *row_of_person, *row_of_workplace;
    const int32_t *a_first, *a_vacant, *a_general;
    kj_stream choose, queue;
    /* areas, prepared once a block */
    uint32_t n_areas;
    float *a_x, *a_y;          /* km */
    float *a_size[2];          /* homes as others and as students see them, share of the largest */
    int32_t *plain[2];         /* weights of areas for those who know no place */
    int64_t plain_total[2];
    int32_t *weight;
    uint32_t *eligible; /* indices into offers */
} market;

/* A group of searchers, each step of the way from household to home, head and workplace for all of them before the next,
   so that waits for memory overlap. Rows; KJ_NO_ROW: none. */
typedef struct group {
    uint32_t n;
    uint32_t row[GROUP], head[GROUP], home[GROUP], work[GROUP];
    uint64_t luck[GROUP];
    uint32_t draw[4][GROUP];
} group;

/* What the choice needs to know of one household. */
typedef struct searcher {
    kj_id id;
    uint32_t row;
    uint64_t base; /* 64 bits of luck for this household and month */
    double u_area;
    int32_t age, needed;
    int32_t n_adults;
    bool has_home, student, holds_rental, knows_home, knows_work;
    uint8_t tenure; /* of the present home */
    double cost_now;
    float home_x, home_y, work_x, work_y; /* km; 0 where not known */
    housing_means means;
    /* what it may have: highest rent or fee by tenure, highest price that its own funds allow */
    int32_t rent_max[KJ_TENURE_COUNT], price_max;
    /* what it likes: by tenure and kind; a krona of cost, a kilometre */
    double tenure_gain[KJ_TENURE_COUNT], kind_gain[KJ_DWELLING_KIND_COUNT], per_krona, per_km_home, per_km_work;
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
    m->lending = housing_lending_of(&m->p, m->month);
    m->new_gain[1] = m->p.new_home;
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
    m->plain[0] = run->scratch(m->ctx, (n + 1u) * sizeof(int32_t));
    m->plain[1] = run->scratch(m->ctx, (n + 1u) * sizeof(int32_t));
    if (!x || !y || !homes || !m->a_x || !m->a_y || !m->a_size[0] || !m->a_size[1] || !m->weight || !m->plain[0] || !m->plain[1]) return false;
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
    const housing_viewpoint nowhere = {0};
    for (int k = 0; k < 2; k++) m->plain_total[k] = housing_weigh(&nowhere, m->a_x, m->a_y, m->a_size[k], n, m->plain[k]);
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

static void look_at_home(const market *m, uint32_t d, searcher *s)
{
    uint32_t h = s->row;
    if (d == KJ_NO_ROW) return;
    s->knows_home = true;
    place_of_cell(m, m->d_cell[d], &s->home_x, &s->home_y);
    if (m->living[h] != KJ_LIVES_HOLDING) return;
    s->has_home = true;
    s->tenure = m->d_tenure[d];
    s->holds_rental = housing_is_let(s->tenure);
    s->cost_now = (double)m->d_rent[d] + (double)m->d_price[d] * m->p.interest / 12.0;
}

static void look_at_means(const market *m, uint32_t d, searcher *s)
{
    uint32_t h = s->row;
    double equity = 0.0;
    if (s->has_home && !s->holds_rental) equity = housing_equity(&m->p, (double)m->d_price[d], m->month - m->moved[h]);
    housing_means_of(&m->p, &m->lending, m->income[h], s->n_adults, m->children[h], (double)s->age, equity, &s->means);
    if (!s->has_home) s->cost_now = 0.25 * s->means.income_month; /* a usual share, so that cost still counts */
}

static int32_t whole(double sek) { return sek < 0.0 ? -1 : sek < 2147483647.0 ? (int32_t)sek : INT32_MAX; }

/* Who may rent what, and the bounds that a purchase must keep: whole SEK, so that a comparison is one instruction. */
static void set_bounds(const market *m, searcher *s)
{
    int32_t rent = whole(m->p.rent_income_max * s->means.income_month), fee = whole(s->means.surplus);
    s->rent_max[KJ_TENURE_RENTAL] = rent;
    s->rent_max[KJ_TENURE_COOP] = s->rent_max[KJ_TENURE_OWNER] = fee;
    s->rent_max[KJ_TENURE_STUDENT] = s->student ? INT32_MAX : -1;
    s->rent_max[KJ_TENURE_SENIOR] = s->age < (int32_t)m->p.senior_age ? -1 : rent;
    s->price_max = whole(s->means.cap[2]);
}

static void set_likes(const market *m, searcher *s)
{
    const housing_params *p = &m->p;
    double house = (s->age < 30 ? p->own_young : 0.0) + (m->children[s->row] ? p->house_family : 0.0);
    for (int t = 0; t < KJ_TENURE_COUNT; t++) s->tenure_gain[t] = 0.0;
    s->tenure_gain[KJ_TENURE_SENIOR] = p->senior_home;
    s->tenure_gain[KJ_TENURE_STUDENT] = p->student_home;
    if (s->has_home) s->tenure_gain[s->tenure] += p->same_tenure;
    s->kind_gain[KJ_DETACHED] = s->kind_gain[KJ_ROW] = house;
    s->kind_gain[KJ_FLAT] = s->age >= 65 ? p->flat_senior : 0.0;
    s->per_krona = p->beta_cost / (s->means.income_month > 1.0 ? s->means.income_month : 1.0);
    s->per_km_home = s->knows_home ? p->beta_home : 0.0;
    s->per_km_work = s->knows_work ? p->beta_work : 0.0;
}

static bool look_at_household(const market *m, const group *g, uint32_t i, kj_id id, searcher *s)
{
    uint32_t h = g->row[i], head = g->head[i];
    if (h == KJ_NO_ROW || head == KJ_NO_ROW) return false;
    s->id = id;
    s->row = h;
    s->base = (uint64_t)g->draw[0][i] << 32 | g->draw[1][i];
    s->u_area = kj_uniform(g->draw[2][i]);
    s->age = (m->month - m->p_birth[head]) / 12;
    s->needed = housing_rooms_needed(m->size[h], m->kind[h]);
    s->n_adults = m->size[h] > m->children[h] ? m->size[h] - m->children[h] : 1;
    s->student = m->p_activity[head] == KJ_ACT_STUDENT;
    s->has_home = s->holds_rental = s->knows_home = s->knows_work = false;
    s->home_x = s->home_y = s->work_x = s->work_y = 0.0f;
    if (g->work[i] != KJ_NO_ROW && m->w_cell[g->work[i]] >= 0) {
        s->knows_work = true;
        place_of_cell(m, m->w_cell[g->work[i]], &s->work_x, &s->work_y);
    }
    look_at_home(m, g->home[i], s);
    look_at_means(m, g->home[i], s);
    set_bounds(m, s);
    set_likes(m, s);
    return true;
}

/* First stage: an area by a logit with utility ln(size) - power ln(1 + d/scale), as whole-number weights. */
static int32_t choose_area(const market *m, const searcher *s)
{
    const housing_viewpoint from = {.home_x = s->home_x, .home_y = s->home_y, .home_per_km = (float)(1000.0 / m->p.area_distance_m),
                                    .work_x = s->work_x, .work_y = s->work_y, .work_per_km = (float)(1000.0 / m->p.work_distance_m),
                                    .home_power = s->knows_home ? (int)m->p.area_power : 0,
                                    .work_power = s->knows_work ? (int)m->p.work_power : 0};
    const int32_t *weight = m->plain[s->student];
    int64_t total = m->plain_total[s->student];
    if (from.home_power || from.work_power) {
        weight = m->weight;
        total = housing_weigh(&from, m->a_x, m->a_y, m->a_size[s->student], m->n_areas, m->weight);
    }
    return total > 0 ? (int32_t)housing_pick(weight, m->n_areas, total, s->u_area) : -1;
}

/* Indices of the homes of an area that the household may have: rents, fees and own funds first, for all alike, then the
   lending test for the few homes that are left for sale. */
static uint32_t list_eligible(const market *m, const searcher *s, int32_t area)
{
    uint32_t first = (uint32_t)m->a_first[area], n = 0, kept = 0;
    uint32_t n_offers = (uint32_t)(s->student ? m->a_vacant[area] : m->a_general[area]);
    uint32_t *restrict list = m->eligible;
    for (uint32_t o = first; o < first + n_offers; o++) {
        list[n] = o;
        n += (uint32_t)((m->offers[o].rent <= s->rent_max[m->offers[o].tenure]) & (m->offers[o].price <= s->price_max));
    }
    for (uint32_t i = 0; i < n; i++) {
        const housing_offer *o = &m->offers[list[i]];
        list[kept] = list[i];
        kept += housing_is_let(o->tenure) || housing_price_limit(&s->means, (double)o->rent) >= (double)o->price;
    }
    return kept;
}

static double distance_km(float x, float y, const housing_offer *o)
{
    float dx = o->x_km - x, dy = o->y_km - y;
    return (double)sqrtf(dx * dx + dy * dy);
}

/* Systematic utility of a home. */
static double utility(const market *m, const searcher *s, const housing_offer *o)
{
    int32_t spare = (int32_t)o->rooms - s->needed, lacking = spare < 0 ? spare : 0, over = spare > 1 ? spare - 1 : 0;
    double v = m->p.beta_under * (double)lacking - m->p.beta_over * (double)over;
    v -= s->per_krona * ((double)o->cost - s->cost_now);
    v -= s->per_km_home * distance_km(s->home_x, s->home_y, o);
    v -= s->per_km_work * distance_km(s->work_x, s->work_y, o);
    return v + s->tenure_gain[o->tenure] + s->kind_gain[o->kind] + m->new_gain[(o->flags & HOUSING_OFFER_NEW) != 0];
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
    uint32_t n = list_eligible(m, s, area), n_best = 0, picked[SAMPLE_MAX];
    if (n == 0) return 0;
    uint32_t k = n < (uint32_t)m->p.sample_size ? n : (uint32_t)m->p.sample_size, most = (uint32_t)m->p.applications;
    double correction = k < n ? kj_log((double)n / (double)k) : 0.0, gain[SAMPLE_MAX];
    if (k < n) {
        housing_sample(s->base ^ UINT64_C(0x5851F42D4C957F2D), n, k, picked);
        for (uint32_t i = 0; i < k; i++) picked[i] = m->eligible[picked[i]];
    }
    const uint32_t *look = k < n ? picked : m->eligible;
    double stay = utility_of_staying(m, s) + housing_gumbel(m->self->gumbel, housing_pair_draw(s->base, 0)) - correction;
    for (uint32_t i = 0; i < k; i++)
        gain[i] = utility(m, s, &m->offers[look[i]]) + housing_gumbel(m->self->gumbel, housing_pair_draw(s->base, m->offers[look[i]].luck));
    double bar = stay; /* what a home must beat */
    for (uint32_t i = 0; i < k; i++) {
        if (!(gain[i] > bar)) continue;
        uint32_t at = n_best < most ? n_best++ : most - 1;
        for (; at > 0 && best[at - 1].utility < gain[i] - stay; at--) best[at] = best[at - 1];
        best[at] = (alternative){look[i], gain[i] - stay, 0.0};
        if (n_best == most) bar = best[most - 1].utility + stay;
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
    for (uint32_t i = 0; i < n; i++) {
        const housing_offer *o = &m->offers[best[i].offer];
        if (!housing_is_let(o->tenure)) best[i].limit = housing_price_limit(&s->means, (double)o->rent); /* only for those chosen */
        housing_bid bid = {.priority = priority_of(m, s, &best[i], queued), .offer = best[i].offer, .household = s->id,
                           .lot = housing_pair_draw(s->base ^ LOT, o->luck), .rank = i};
        m->self->run->emit(m->ctx, m->self->bids, &bid);
    }
}

/* Finds the rows of a group of searchers. Each pass asks for the memory that the next one reads. */
static void find_group(const market *m, const housing_search *searches, uint32_t n, group *g)
{
    g->n = n;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t h = g->row[i] = m->row_of_household[searches[i].household];
        g->head[i] = g->home[i] = g->work[i] = KJ_NO_ROW;
        g->luck[i] = 0;
        if (h == KJ_NO_ROW) continue;
        const void *household[] = {&m->head[h], &m->living[h], &m->luck[h], &m->dwelling[h], &m->host[h],
                                   &m->size[h], &m->children[h], &m->kind[h], &m->income[h], &m->searching[h]};
        for (size_t k = 0; k < sizeof household / sizeof *household; k++) __builtin_prefetch(household[k]);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t h = g->row[i];
        if (h == KJ_NO_ROW) continue;
        g->luck[i] = m->luck[h];
        __builtin_prefetch(&m->row_of_person[m->head[h]]);
        if (m->living[h] == KJ_LIVES_HOLDING) __builtin_prefetch(&m->row_of_dwelling[m->dwelling[h]]);
        if (m->living[h] == KJ_LIVES_LODGING) __builtin_prefetch(&m->row_of_household[m->host[h]]);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t h = g->row[i];
        if (h == KJ_NO_ROW) continue;
        uint32_t p = g->head[i] = m->row_of_person[m->head[h]], d;
        if (p != KJ_NO_ROW) {
            const void *person[] = {&m->p_workplace[p], &m->p_birth[p], &m->p_activity[p], &m->p_next[p], &m->p_luck[p], &m->p_queue_since[p]};
            for (size_t k = 0; k < sizeof person / sizeof *person; k++) __builtin_prefetch(person[k]);
        }
        if (m->living[h] == KJ_LIVES_HOLDING && (d = m->row_of_dwelling[m->dwelling[h]]) != KJ_NO_ROW) {
            const void *dwelling[] = {&m->d_cell[d], &m->d_tenure[d], &m->d_rent[d], &m->d_price[d]};
            g->home[i] = d;
            for (size_t k = 0; k < sizeof dwelling / sizeof *dwelling; k++) __builtin_prefetch(dwelling[k]);
        }
        if (m->living[h] == KJ_LIVES_LODGING && (g->home[i] = m->row_of_household[m->host[h]]) != KJ_NO_ROW)
            __builtin_prefetch(&m->dwelling[g->home[i]]); /* the host's row, until the next pass */
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t h = g->row[i], p = g->head[i];
        if (h == KJ_NO_ROW) continue;
        if (p != KJ_NO_ROW && m->w_cell && m->p_workplace[p]) g->work[i] = m->row_of_workplace[m->p_workplace[p]];
        if (m->living[h] != KJ_LIVES_LODGING || g->home[i] == KJ_NO_ROW) continue;
        g->home[i] = m->row_of_dwelling[m->dwelling[g->home[i]]];
        if (g->home[i] != KJ_NO_ROW) __builtin_prefetch(&m->d_cell[g->home[i]]);
    }
    m->self->run->draw_many(m->choose, g->luck, n, m->month, 0, g->draw[0], GROUP);
}

kj_status housing_choose(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const housing *self = instance;
    market m = {0};
    group g;
    if (!market_read(&m, self, ctx) || !prepare_areas(&m)) return KJ_E_FAILED;
    uint32_t n;
    const housing_search *searches = self->run->items(ctx, self->searches, &n);
    if (!searches) return KJ_E_FAILED;
    for (uint32_t i = begin; i < end; i++) {
        uint32_t k = (i - begin) % GROUP;
        if (k == 0) find_group(&m, searches + i, end - i < GROUP ? end - i : GROUP, &g);
        searcher s;
        alternative best[BIDS_MAX];
        if (!look_at_household(&m, &g, k, searches[i].household, &s)) continue;
        int32_t area = choose_area(&m, &s);
        if (area < 0) continue;
        self->run->add(ctx, self->col.a_searchers, (uint32_t)area, 1);
        uint32_t n_best = choose_homes(&m, &s, area, best);
        if (n_best) apply_for(&m, &s, best, n_best);
    }
    return KJ_OK;
}
