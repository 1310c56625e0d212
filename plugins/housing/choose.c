/* MARKET, over the searching households: an area, then homes in it, then applications and bids. MODEL.md, "Choice". */
#include <kedja/math.h>
#include <math.h>
#include <string.h>

#include "housing.h"
#include "logit.h"
#include "means.h"
#include "taste.h"
#include "wide.h"

/* Sets lots, samples and areas apart from tastes: all come from the household's luck of the month. */
static const uint64_t LOT = UINT64_C(0x2545F4914F6CDD1D), SAMPLE = UINT64_C(0x5851F42D4C957F2D), AREA = UINT64_C(0x9FB21C651E98DF25);

enum { SAMPLE_MAX = 64, BIDS_MAX = 8, GROUP = 64, NO_ORIGIN = -2, TRIES = 16 };

typedef struct market {
    const housing *self;
    kj_ctx *ctx;
    housing_params p;
    housing_lending lending;
    kj_month month;
    const kj_grid *grid;
    double per_row, cell_km; /* 1 / columns; side of a cell */
    float newness[2];        /* what a home that is not new is liked for, and a new one */
    housing_shelf shelf;
    const uint8_t *flags; /* of offers */
    /* household, dwelling, person, workplace */
    const uint8_t *size, *children, *kind, *living, *household_origin, *cause, *d_tenure, *d_rooms, *p_activity;
    const kj_id *head, *p_next, *p_workplace, *a_municipality;
    const int32_t *c_area;
    const uint64_t *luck, *p_luck;
    const int32_t *income, *d_cell, *d_rent, *d_price, *w_cell;
    const int16_t *moved, *searching, *p_birth, *p_queue_since;
    const uint32_t *row_of_household, *row_of_person, *row_of_workplace;
    const int32_t *a_first, *a_vacant, *a_general;
    const float *a_size[HOUSING_VIEWS];
    const float *a_taste[2][HOUSING_STAGES];
    kj_stream choose, queue;
    /* areas, prepared once a block */
    uint32_t n_areas;
    float *a_x, *a_y;          /* km */
    int32_t *weight;
    /* where the searchers at hand start from: cumulated weights of the areas as each stage of life sees them */
    int32_t origin; /* row of an area; -1 outside; NO_ORIGIN none yet */
    float nearest;  /* km from there to the nearest other area */
    bool ready[HOUSING_VIEWS];
    int64_t *upto[HOUSING_VIEWS];
    /* homes of one area */
    uint8_t *may;
    uint32_t *eligible;
    uint64_t *taken;
    double *correction; /* ln(n / k) by n, 0 where all n are looked at or nobody has asked yet */
    int32_t *searchers; /* by area */
} market;

/* A group of searchers, each step of the way from household to home, head and workplace for all of them before the next,
   so that waits for memory overlap. Rows; KJ_NO_ROW: none. */
typedef struct group {
    uint32_t n;
    uint32_t row[GROUP], head[GROUP], work[GROUP];
    uint64_t luck[GROUP];
    double thrift[GROUP];
    uint32_t draw[4][GROUP];
} group;

/* What the choice needs to know of one household. */
typedef struct searcher {
    kj_id id;
    uint32_t row;
    uint64_t base; /* 64 bits of luck for this household and month */
    int32_t age, n_adults;
    housing_stage stage;
    bool has_home, student, holds_rental, knows_home, knows_work, in_need, belongs; /* in_need: no home of its own, or a crowded one; belongs: lives, works or studies in the municipality it looks in */
    bool assigned; /* refugees who wait outside: the municipality stands for their rent and owes them a home (Settlement Act 2016:38) */
    uint8_t tenure; /* of the present home */
    float home_x, home_y, work_x, work_y; /* km; 0 where not known */
    housing_means means;
    housing_bounds bounds;
    /* what it likes: by tenure and kind; a krona of cost, a kilometre */
    float needed, rooms_now, cost_now, tenure_gain[KJ_TENURE_COUNT], kind_gain[KJ_DWELLING_KIND_COUNT], per_krona, per_km_home, per_km_work;
    /* homes that it looks at, in `looks` */
    uint32_t first_look, n_looks;
    double correction;
} searcher;

/* What a group of searchers looks at: of each, staying first, then its sample of homes. Tastes are drawn for all. */
typedef struct looks {
    uint32_t n, offer[GROUP * (SAMPLE_MAX + 1)];
    float value[GROUP * (SAMPLE_MAX + 1)], taste[GROUP * (SAMPLE_MAX + 1) + HOUSING_LANES];
    uint32_t draw[GROUP * (SAMPLE_MAX + 1) + HOUSING_LANES];
    searcher who[GROUP];
    uint32_t n_who;
    housing_bid bid[GROUP * BIDS_MAX];
    uint32_t n_bids;
} looks;

typedef struct alternative {
    uint32_t offer; /* row of table offer */
    double utility; /* with taste, over that of staying */
} alternative;

static bool market_read(market *m, const housing *self, kj_ctx *ctx)
{
    const kj_run_v1 *run = self->run;
    const housing_columns *col = &self->col;
    bool whole = true;
    m->self = self;
    m->ctx = ctx;
    housing_read_params(self, ctx, &m->p);
    m->month = run->month(ctx);
    m->lending = housing_lending_of(&m->p, m->month);
    m->grid = run->grid(ctx);
    m->per_row = 1.0 / (double)m->grid->nx;
    m->cell_km = m->grid->cell_m * 1e-3;
    m->newness[1] = (float)m->p.new_home;
    m->shelf = (housing_shelf){.rent = run->read(ctx, col->o_rent), .price = run->read(ctx, col->o_price), .cost = run->read(ctx, col->o_cost),
                               .x = run->read(ctx, col->o_x), .y = run->read(ctx, col->o_y), .sort = run->read(ctx, col->o_sort),
                               .rooms = run->read(ctx, col->o_rooms), .key = run->read(ctx, col->o_key)};
    m->flags = run->read(ctx, col->o_flags); /* a world may never have had a home on offer */
#define R(field, column) whole &= (m->field = run->read(ctx, col->column)) != NULL;
    R(size, h_size) R(children, h_children) R(kind, h_kind) R(living, h_living) R(household_origin, h_origin) R(cause, h_cause) 
    R(head, h_head) R(luck, h_luck) R(income, h_income) R(moved, h_moved) R(searching, h_searching)
    R(d_tenure, d_tenure) R(d_rooms, d_rooms) R(a_municipality, a_municipality) R(c_area, c_area) R(d_cell, d_cell) R(d_rent, d_rent) R(d_price, d_price)
    R(p_activity, p_activity) R(p_next, p_next) R(p_workplace, p_workplace) R(p_luck, p_luck) R(p_birth, p_birth)
    R(p_queue_since, p_queue_since) R(a_first, a_first_offer) R(a_vacant, a_vacant) R(a_general, a_general)
#undef R
    for (int view = 0; view < HOUSING_VIEWS; view++) whole &= (m->a_size[view] = run->read(ctx, col->a_size[view])) != NULL;
    for (int k = 0; k < 2; k++)
        for (int stage = 0; stage < HOUSING_STAGES; stage++) whole &= (m->a_taste[k][stage] = run->read(ctx, col->a_taste[k][stage])) != NULL;
    m->w_cell = run->read(ctx, col->w_cell); /* a world may have no workplaces */
    m->row_of_household = run->row_of(ctx, self->household);
    m->row_of_person = run->row_of(ctx, self->person);
    m->row_of_workplace = run->row_of(ctx, self->workplace);
    m->choose = run->stream(ctx, HOUSING_DRAW_CHOOSE);
    m->queue = run->stream(ctx, HOUSING_DRAW_QUEUE);
    m->n_areas = run->n_rows(ctx, self->area);
    return whole;
}

/* Centroids in km from the grid's north-west corner, and room for what is seen from a place. */
static bool prepare_areas(market *m)
{
    const kj_run_v1 *run = m->self->run;
    uint32_t n = m->n_areas;
    const double *x = run->read(m->ctx, m->self->col.a_x), *y = run->read(m->ctx, m->self->col.a_y);
    m->a_x = run->scratch(m->ctx, (n + 1u) * sizeof(float));
    m->a_y = run->scratch(m->ctx, (n + 1u) * sizeof(float));
    m->weight = run->scratch(m->ctx, (n + 1u) * sizeof(int32_t));
    m->origin = NO_ORIGIN;
    if (!x || !y || !m->a_x || !m->a_y || !m->weight) return false;
    for (int view = 0; view < HOUSING_VIEWS; view++) {
        m->upto[view] = run->scratch(m->ctx, (n + 1u) * sizeof *m->upto[view]);
        if (!m->upto[view]) return false;
    }
    int32_t most = 0;
    for (uint32_t a = 0; a < n; a++) {
        m->a_x[a] = (float)((x[a] - m->grid->west) * 1e-3);
        m->a_y[a] = (float)((m->grid->north - y[a]) * 1e-3);
        if (m->a_vacant[a] > most) most = m->a_vacant[a];
    }
    m->may = run->scratch(m->ctx, ((uint32_t)most + HOUSING_LANES) * sizeof *m->may);
    m->eligible = run->scratch(m->ctx, ((uint32_t)most + 1u) * sizeof *m->eligible);
    m->taken = run->scratch(m->ctx, ((uint32_t)most / 64u + 1u) * sizeof *m->taken);
    m->correction = run->scratch(m->ctx, ((uint32_t)most + 1u) * sizeof *m->correction);
    m->searchers = run->scratch(m->ctx, (n + 1u) * sizeof *m->searchers);
    return m->may && m->eligible && m->taken && m->correction && m->searchers;
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
    s->rooms_now = (float)m->d_rooms[d];
    s->holds_rental = housing_is_let(s->tenure);
    s->cost_now = (float)((double)m->d_rent[d] + (double)m->d_price[d] * housing_interest_paid(&m->p) / 12.0);
}

static void look_at_means(const market *m, uint32_t d, double thrift, searcher *s)
{
    uint32_t h = s->row;
    double equity = 0.0;
    if (s->has_home && !s->holds_rental) equity = housing_equity(&m->p, (double)m->d_price[d], m->month - m->moved[h]);
    if (!s->has_home) equity = housing_former_equity(&m->p, m->luck[h], m->household_origin[h], (double)s->age, (double)m->income[h]);
    housing_means_of(&m->p, &m->lending, m->income[h], s->n_adults, m->children[h], (double)s->age, equity, thrift,
                     housing_tested_income(&m->p, m->luck[h], (double)s->age, m->income[h]), &s->means);
    if (!s->has_home) s->cost_now = (float)(0.25 * s->means.income_month); /* a usual share, so that cost still counts */
}

static int32_t whole(double sek) { return sek < 0.0 ? -1 : sek < 2147483647.0 ? (int32_t)sek : INT32_MAX; }

/* Who may rent what, in whole SEK, and what a purchase must keep. */
static void set_bounds(const market *m, searcher *s)
{
    int32_t rent = whole(m->p.rent_income_max * s->means.income_month), fee = whole(s->means.surplus);
    housing_bounds *t = &s->bounds;
    t->rent_max[KJ_TENURE_RENTAL] = s->assigned ? INT32_MAX : rent;
    t->rent_max[KJ_TENURE_PRIVATE] = rent;
    t->rent_max[KJ_TENURE_COOP] = t->rent_max[KJ_TENURE_OWNER] = fee;
    t->rent_max[KJ_TENURE_STUDENT] = s->student ? INT32_MAX : -1;
    t->rent_max[KJ_TENURE_SENIOR] = s->age < (int32_t)m->p.senior_age ? -1 : rent;
    t->surplus = (float)s->means.surplus;
    t->funds = (float)s->means.funds;
    for (int i = 0; i < 3; i++) {
        t->cap[i] = (float)s->means.cap[i];
        t->loan[i] = (float)m->lending.loan[i];
    }
}

static void set_likes(const market *m, searcher *s)
{
    const housing_params *p = &m->p;
    float house = (float)((s->age < 30 ? p->own_young : 0.0) + (m->children[s->row] ? p->house_family : 0.0));
    for (int t = 0; t < KJ_TENURE_COUNT; t++) s->tenure_gain[t] = 0.0f;
    s->tenure_gain[KJ_TENURE_SENIOR] = (float)p->senior_home;
    s->tenure_gain[KJ_TENURE_STUDENT] = (float)p->student_home;
    if (s->has_home) s->tenure_gain[s->tenure] += (float)p->same_tenure;
    s->kind_gain[KJ_DETACHED] = s->kind_gain[KJ_ROW] = house;
    s->kind_gain[KJ_FLAT] = s->age >= 65 ? (float)p->flat_senior : 0.0f;
    s->per_krona = (float)(p->beta_cost / (s->means.income_month > 1.0 ? s->means.income_month : 1.0));
    s->per_km_home = s->knows_home ? (float)p->beta_home : 0.0f;
    s->per_km_work = s->knows_work ? (float)p->beta_work : 0.0f;
}

static bool look_at_household(const market *m, const group *g, uint32_t i, const housing_search *search, searcher *s)
{
    uint32_t h = g->row[i], head = g->head[i];
    if (head == KJ_NO_ROW) return false;
    s->id = search->household;
    s->row = h;
    s->base = (uint64_t)g->draw[0][i] << 32 | g->draw[1][i];
    s->age = (m->month - m->p_birth[head]) / 12;
    s->needed = (float)housing_rooms_needed(m->size[h], m->kind[h]);
    s->n_adults = m->size[h] > m->children[h] ? m->size[h] - m->children[h] : 1;
    s->student = m->p_activity[head] == KJ_ACT_STUDENT;
    s->assigned = m->household_origin[h] == KJ_ORIGIN_REFUGEE && m->living[h] == KJ_LIVES_OUTSIDE;
    s->stage = s->student ? HOUSING_STAGE_STUDENT : housing_stage_of(m->kind[h], m->children[h], s->age);
    s->has_home = s->holds_rental = s->knows_home = s->knows_work = false;
    s->rooms_now = 0.0f;
    s->home_x = s->home_y = s->work_x = s->work_y = 0.0f;
    if (g->work[i] != KJ_NO_ROW && m->w_cell[g->work[i]] >= 0) {
        s->knows_work = true;
        place_of_cell(m, m->w_cell[g->work[i]], &s->work_x, &s->work_y);
    }
    look_at_home(m, search->home, s);
    s->in_need = !s->has_home || kj_is_crowded(m->size[h], (int32_t)s->rooms_now);
    look_at_means(m, search->home, g->thrift[i], s);
    set_bounds(m, s);
    set_likes(m, s);
    return true;
}

/* Sums up to each area of the weights size / (1 + d / scale)^power, as whole numbers, seen from an area: distances between
   centroids, and within the area half of that to the nearest other one. */
static void look_around(market *m, int32_t origin, housing_stage view)
{
    const uint32_t n = m->n_areas;
    housing_viewpoint from = {.per_km = (float)(1000.0 / m->p.area_distance_m), .power = (int)m->p.area_power};
    if (origin < 0) {
        from.power = 0;
    } else {
        from.x = m->a_x[origin];
        from.y = m->a_y[origin];
    }
    housing_weigh(&from, m->a_x, m->a_y, m->a_size[view], n, m->weight);
    if (origin >= 0) {
        from.x += 0.5f * m->nearest;
        housing_weigh(&from, m->a_x + origin, m->a_y + origin, m->a_size[view] + origin, 1, m->weight + origin);
    }
    int64_t sum = 0;
    for (uint32_t a = 0; a < n; a++) m->upto[view][a] = sum += m->weight[a];
}

/* First stage: an area by a logit with utility ln(size) - power ln(1 + d / scale) over the distances from home and from
   work. Drawn by size and home, then kept with the chance that the distance from work gives, else drawn again. */
static int32_t choose_area(market *m, const searcher *s, int32_t origin)
{
    if (origin != m->origin) {
        m->origin = origin;
        m->nearest = origin < 0 ? 0.0f : housing_nearest(m->a_x, m->a_y, m->n_areas, (uint32_t)origin);
        memset(m->ready, 0, sizeof m->ready);
    }
    if (!m->ready[s->stage]) look_around(m, origin, s->stage);
    m->ready[s->stage] = true;
    const int64_t *upto = m->upto[s->stage];
    const int power = s->knows_work ? (int)m->p.work_power : 0;
    uint32_t area = 0;
    if (upto[m->n_areas - 1] <= 0) return -1;
    for (uint32_t i = 0; i < TRIES; i++) {
        uint64_t draw = housing_mix((s->base + i) ^ AREA);
        area = housing_pick(upto, m->n_areas, kj_uniform((uint32_t)draw));
        if (power == 0) break;
        float dx = m->a_x[area] - s->work_x, dy = m->a_y[area] - s->work_y;
        float far = 1.0f + sqrtf(dx * dx + dy * dy) * (float)(1000.0 / m->p.work_distance_m), keep = 1.0f;
        for (int k = 0; k < power; k++) keep *= far;
        if (kj_uniform((uint32_t)(draw >> 32)) * (double)keep < 1.0) break; /* work far from all areas hardly tells them apart: the last try stands */
    }
    return (int32_t)area;
}

/* Constants of the area's small houses and flats for the stage of life, beside the likes that it has everywhere. */
static void set_tastes(const market *m, searcher *s, uint32_t area)
{
    if (s->stage == HOUSING_STAGE_STUDENT) return;
    float weight = (float)m->p.taste_weight, house = weight * m->a_taste[HOUSING_IN_HOUSE][s->stage][area];
    s->kind_gain[KJ_DETACHED] += house;
    s->kind_gain[KJ_ROW] += house;
    s->kind_gain[KJ_FLAT] += weight * m->a_taste[HOUSING_IN_FLAT][s->stage][area];
}

static float distance_km(const market *m, uint32_t o, float x, float y)
{
    float dx = m->shelf.x[o] - x, dy = m->shelf.y[o] - y;
    return sqrtf(dx * dx + dy * dy);
}

/* Systematic utility of a home. */
static float utility(const market *m, const searcher *s, uint32_t o)
{
    int32_t sort = m->shelf.sort[o];
    float v = housing_space_value(&m->p, (float)m->shelf.rooms[o], s->needed, s->rooms_now);
    v -= s->per_krona * ((float)m->shelf.cost[o] - s->cost_now);
    v -= s->per_km_home * distance_km(m, o, s->home_x, s->home_y);
    v -= s->per_km_work * distance_km(m, o, s->work_x, s->work_y);
    return v + s->tenure_gain[housing_tenure_of(sort)] + s->kind_gain[housing_kind_of(sort)] + m->newness[sort & 1];
}

static double utility_of_staying(const market *m, const searcher *s)
{
    if (!s->has_home) return m->p.stay_none;
    return m->cause[s->row] == KJ_SEARCH_WISH ? m->p.stay_wish : m->p.stay_need;
}

static void look_at(looks *l, uint32_t offer, float value, uint32_t draw)
{
    l->offer[l->n] = offer;
    l->value[l->n] = value;
    l->draw[l->n++] = draw;
}

/* Second stage: up to sample_size eligible homes of the area, each equally likely to be looked at. Staying is always in
   the set, so each sampled home stands for n/k of them: McFadden's (1978) correction adds ln(n/k). */
static void list_looks(const market *m, searcher *s, int32_t area, looks *l)
{
    uint32_t first = (uint32_t)m->a_first[area], n_offers = (uint32_t)(s->student ? m->a_vacant[area] : m->a_general[area]);
    uint32_t picked[SAMPLE_MAX];
    const uint32_t *eligible = m->eligible;
    s->n_looks = 0;
    if (n_offers == 0) return;
    housing_find_eligible(&m->shelf, first, n_offers, &s->bounds, m->may);
    const uint32_t n = m->self->run->list_marked(m->may, n_offers, first, m->eligible);
    if (n == 0) return;
    uint32_t k = n < (uint32_t)m->p.sample_size ? n : (uint32_t)m->p.sample_size;
    if (k < n && m->correction[n] == 0.0) m->correction[n] = kj_log((double)n / (double)k);
    s->correction = m->correction[n];
    if (k < n) housing_sample(s->base ^ SAMPLE, n, k, m->taken, picked);
    s->first_look = l->n;
    s->n_looks = k + 1;
    look_at(l, UINT32_MAX, (float)utility_of_staying(m, s), housing_pair_draw(s->base, 0));
    for (uint32_t i = 0; i < k; i++) {
        uint32_t o = eligible[k < n ? picked[i] : i];
        look_at(l, o, utility(m, s, o), housing_pair_draw(s->base, (uint32_t)m->shelf.key[o]));
    }
}

/* The best liked of what a household looks at and likes better than staying, at most `applications`, best first. */
static uint32_t choose_homes(const market *m, const looks *l, const searcher *s, alternative *best)
{
    const float *value = l->value + s->first_look, *taste = l->taste + s->first_look;
    const uint32_t *offer = l->offer + s->first_look, most = (uint32_t)m->p.applications;
    double stay = (double)value[0] + (double)taste[0] - s->correction, bar = stay; /* what a home must beat */
    uint32_t n_best = 0;
    for (uint32_t i = 1; i < s->n_looks; i++) {
        double gain = (double)value[i] + (double)taste[i];
        if (!(gain > bar)) continue;
        uint32_t at = n_best < most ? n_best++ : most - 1;
        for (; at > 0 && best[at - 1].utility < gain - stay; at--) best[at] = best[at - 1];
        best[at] = (alternative){offer[i], gain - stay};
        if (n_best == most) bar = best[most - 1].utility + stay;
    }
    return n_best;
}

/* Share of the household's members who joined the queue before they needed a home here. */
static double passive_share(const market *m, const searcher *s)
{
    uint8_t origin = m->household_origin[s->row];
    if (kj_is_from_abroad(origin)) return 0.0;
    return origin == KJ_ORIGIN_COUNTY || origin == KJ_ORIGIN_COUNTRY ? m->p.outside_share : m->p.passive_share;
}

/* When a person joined whose date is not known yet: when the household began to search, or, for a share, up to
   queue_lead months before. Both traits are drawn from the person's own key. */
static int32_t joined_queue(const market *m, const searcher *s, uint32_t r)
{
    kj_draw4 draw = kj_draw(m->queue, m->p_luck[r], 0, 0);
    int32_t since = m->searching[s->row], of_age = m->p_birth[r] + (int32_t)m->p.queue_age * 12;
    if (draw.v[0] < kj_threshold(passive_share(m, s))) since -= (int32_t)(kj_uniform(draw.v[1]) * m->p.queue_lead);
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

static bool is_let(const market *m, uint32_t offer) { return housing_is_let(housing_tenure_of(m->shelf.sort[offer])); }

/* True if the household lives, works or studies in the municipality of an area: of those from outside the map, whoever works at
   a workplace of the municipality or comes to study. Students who live elsewhere on the map study where they live. */
static bool belongs_to(const market *m, const searcher *s, int32_t home, int32_t area, uint32_t work)
{
    kj_id municipality = m->a_municipality[area];
    if (home >= 0 && m->a_municipality[home] == municipality) return true;
    int32_t work_area = work != KJ_NO_ROW && m->w_cell[work] >= 0 ? m->c_area[m->w_cell[work]] : -1;
    return (s->student && home < 0) || (work_area >= 0 && m->a_municipality[work_area] == municipality);
}

/* Months in the queue, and whom the landlord takes first; no branch could be foreseen. */
static int64_t place_in_queue(const market *m, const searcher *s, uint8_t flags, int32_t queued)
{
    int64_t place = queued;
    place += HOUSING_ASSIGNED_PRIORITY * s->assigned;
    place += HOUSING_INTERNAL_PRIORITY * (((flags & HOUSING_OFFER_INTERNAL) != 0) & s->holds_rental);
    place += HOUSING_RESIDENT_PRIORITY * (((flags & HOUSING_OFFER_RESIDENTS) != 0) & s->belongs);
    place += HOUSING_NEED_PRIORITY * (((flags & HOUSING_OFFER_NEED) != 0) & s->in_need & s->belongs);
    place += HOUSING_YOUTH_PRIORITY * (((flags & HOUSING_OFFER_YOUTH) != 0) & (s->age < (int32_t)m->p.youth_age));
    return place;
}

static int64_t bid_for(const market *m, const searcher *s, const alternative *alt)
{
    double limit = housing_price_limit(&s->means, (double)m->shelf.rent[alt->offer]);
    double eager = alt->utility / (1.0 + alt->utility); /* 0 indifferent … 1 at any price */
    double bid = (double)m->shelf.price[alt->offer] * (1.0 + m->p.bid_spread * eager);
    return (int64_t)(bid < limit ? bid : limit);
}

static void apply_for(const market *m, const searcher *s, const alternative *best, uint32_t n, looks *l)
{
    int32_t queued = -1; /* looked up for the first home that is let by queue */
    for (uint32_t i = 0; i < n; i++) {
        uint32_t o = best[i].offer;
        int64_t priority = 0; /* lots alone decide */
        bool by_lot = (m->flags[o] & HOUSING_OFFER_LOT) != 0;
        if (!by_lot && !is_let(m, o)) {
            priority = bid_for(m, s, &best[i]);
        } else if (!by_lot) {
            if (queued < 0) queued = queue_months(m, s);
            priority = place_in_queue(m, s, m->flags[o], queued);
        }
        l->bid[l->n_bids++] = (housing_bid){.priority = priority, .offer = o, .household = s->id,
                                            .lot = housing_pair_draw(s->base ^ LOT, (uint32_t)m->shelf.key[o]), .rank = i};
    }
}

/* Finds the rows of a group of searchers. Each pass asks for the memory that the next one reads. */
static void find_group(const market *m, const housing_search *searches, uint32_t n, group *g)
{
    g->n = n;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t h = g->row[i] = m->row_of_household[searches[i].household], d = searches[i].home;
        const void *household[] = {&m->head[h], &m->living[h], &m->luck[h], &m->size[h], &m->children[h],
                                   &m->kind[h], &m->income[h], &m->searching[h], &m->cause[h], &m->moved[h]};
        for (size_t k = 0; k < sizeof household / sizeof *household; k++) __builtin_prefetch(household[k]);
        if (d == KJ_NO_ROW) continue;
        const void *dwelling[] = {&m->d_cell[d], &m->d_tenure[d], &m->d_rent[d], &m->d_price[d]};
        for (size_t k = 0; k < sizeof dwelling / sizeof *dwelling; k++) __builtin_prefetch(dwelling[k]);
    }
    for (uint32_t i = 0; i < n; i++) {
        g->luck[i] = m->luck[g->row[i]];
        __builtin_prefetch(&m->row_of_person[m->head[g->row[i]]]);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t p = g->head[i] = m->row_of_person[m->head[g->row[i]]];
        if (p == KJ_NO_ROW) continue;
        const void *person[] = {&m->p_workplace[p], &m->p_birth[p], &m->p_activity[p], &m->p_next[p], &m->p_luck[p], &m->p_queue_since[p]};
        for (size_t k = 0; k < sizeof person / sizeof *person; k++) __builtin_prefetch(person[k]);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t p = g->head[i];
        g->work[i] = p != KJ_NO_ROW && m->w_cell && m->p_workplace[p] ? m->row_of_workplace[m->p_workplace[p]] : KJ_NO_ROW;
    }
    housing_thrifts(m->p.savings_spread, g->luck, n, g->thrift);
    m->self->run->draw_many(m->choose, g->luck, n, m->month, 0, g->draw[0], GROUP);
}

/* Each step for the whole group before the next. */
static void serve_group(market *m, const housing_search *searches, uint32_t n, group *g, looks *l)
{
    alternative best[BIDS_MAX];
    find_group(m, searches, n, g);
    l->n = l->n_who = l->n_bids = 0;
    for (uint32_t i = 0; i < n; i++) {
        searcher *s = &l->who[l->n_who];
        if (!look_at_household(m, g, i, &searches[i], s)) continue;
        int32_t area = choose_area(m, s, searches[i].area);
        if (area < 0) continue;
        m->searchers[area]++;
        s->belongs = belongs_to(m, s, searches[i].area, area, g->work[i]);
        set_tastes(m, s, (uint32_t)area);
        list_looks(m, s, area, l);
        l->n_who += s->n_looks > 0;
    }
    housing_gumbels(l->draw, l->n, l->taste);
    for (uint32_t i = 0; i < l->n_who; i++) {
        uint32_t n_best = choose_homes(m, l, &l->who[i], best);
        if (n_best) apply_for(m, &l->who[i], best, n_best, l);
    }
    m->self->run->emit_many(m->ctx, m->self->bids, l->bid, l->n_bids);
}

kj_status housing_choose(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const housing *self = instance;
    market m = {0};
    group g;
    looks l;
    if (!market_read(&m, self, ctx) || !prepare_areas(&m)) return KJ_E_FAILED;
    uint32_t n;
    const housing_search *searches = self->run->items(ctx, self->lined_up, &n);
    if (!searches) return KJ_E_FAILED;
    for (uint32_t i = begin; i < end; i += GROUP) serve_group(&m, searches + i, end - i < GROUP ? end - i : GROUP, &g, &l);
    for (uint32_t a = 0; a < m.n_areas; a++)
        if (m.searchers[a]) self->run->add(ctx, self->col.a_searchers, a, m.searchers[a]);
    return KJ_OK;
}
