#include "vacancy.h"

static double mean_income(const int32_t *income, uint32_t n)
{
    int64_t sum = 0, known = 0;
    for (uint32_t a = 0; a < n; a++) {
        if (income[a] <= 0) continue;
        sum += income[a];
        known++;
    }
    return known ? (double)sum / (double)known : 0.0;
}

void housing_set_levels(housing_books *b)
{
    const kj_run_v1 *run = b->self->run;
    uint32_t n = run->n_rows(b->ctx, b->self->municipality), n_areas = run->n_rows(b->ctx, b->self->area);
    for (uint32_t m = 0; m < n; m++) b->level[m] = 0.0; /* homes first: whole numbers, so that the order of adding is free */
    for (uint32_t a = 0; a < n_areas; a++) {
        uint32_t m = housing_municipality_row(b, (int32_t)a);
        if (m != KJ_NO_ROW) b->level[m] += (double)b->a_homes[a];
    }
    for (uint32_t m = 0; m < n; m++) b->level[m] = housing_price_level(&b->p, b->level[m]);
}

bool housing_books_open(housing_books *b, const housing *self, kj_ctx *ctx)
{
    const kj_run_v1 *run = self->run;
    const housing_columns *col = &self->col;
    b->ctx = ctx;
    b->self = self;
    housing_read_params(self, ctx, &b->p);
    b->month = run->month(ctx);
    b->vacancy_stream = run->stream(ctx, HOUSING_DRAW_VACANCY);
    b->landlord_stream = run->stream(ctx, HOUSING_DRAW_LANDLORD);
    b->row_of_dwelling = run->row_of(ctx, self->dwelling);
    b->row_of_vacancy = run->row_of(ctx, self->vacancy);
    b->row_of_municipality = run->row_of(ctx, self->municipality);
#define kj_reads(field) b->field = run->read(ctx, col->field);
#define kj_writes(field) b->field = run->write(ctx, col->field);
#define C(access, field) access(field)
    HOUSING_BOOKS(C)
#undef C
#undef kj_reads
#undef kj_writes
    b->level = run->scratch(ctx, (run->n_rows(ctx, self->municipality) + 1u) * sizeof *b->level);
    if (!b->a_income || !b->a_homes || !b->a_municipality || !b->m_chains_opened || !b->level) return false;
    b->mean_income = mean_income(b->a_income, run->n_rows(ctx, self->area));
    housing_set_levels(b);
    return true;
}

housing_place housing_place_of(const housing_books *b, int32_t cell)
{
    int32_t area = b->c_area[cell], travel = b->c_travel[cell];
    uint32_t m = housing_municipality_row(b, area);
    housing_place place = {travel < 0 ? 0.0 : (double)travel, 1.0, m == KJ_NO_ROW ? 1.0 : b->level[m]};
    if (area >= 0 && b->a_income[area] > 0 && b->mean_income > 0.0)
        place.income_ratio = (double)b->a_income[area] / b->mean_income;
    return place;
}

/* Months of notice until a dwelling that came free can be renovated or offered (MODEL.md, "Time"). */
static int32_t months_of_notice(const housing_books *b, uint32_t row, kj_vacancy_cause cause)
{
    bool passed_on = cause == KJ_CAUSE_DEATH || cause == KJ_CAUSE_CARE;
    if (!housing_is_let(b->d_tenure[row])) return passed_on ? (int32_t)b->p.notice_estate : 0;
    return passed_on || cause == KJ_CAUSE_UNION ? (int32_t)b->p.notice_rental : 0;
}

/* Months of renovation between tenants, behind the notice. */
static int32_t months_of_renovation(const housing_books *b, uint32_t row, kj_vacancy_cause cause)
{
    if (cause == KJ_CAUSE_NEW || !housing_is_let(b->d_tenure[row])) return 0;
    kj_draw4 draw = kj_draw(b->vacancy_stream, b->d_luck[row], b->month, 0);
    return draw.v[0] < kj_threshold(b->p.renovation_share) ? (int32_t)b->p.renovation_months : 0;
}

static void set_terms(const housing_books *b, uint32_t row, int32_t area)
{
    int32_t year = KJ_YEAR_OF(b->month);
    int32_t age = b->d_built[row] > 0 ? year - b->d_built[row] : 50;
    if (b->d_rent[row] <= 0)
        b->d_rent[row] = housing_monthly_rent(&b->p, b->d_tenure[row], (double)b->d_area[row], b->d_built[row], year);
    if (housing_is_let(b->d_tenure[row])) return;
    double price = housing_hedonic_price(&b->p, b->d_kind[row], (double)b->d_area[row], (double)age,
                                         housing_place_of(b, b->d_cell[row]));
    double asked = housing_lawful_price(&b->p, b->d_tenure[row], (double)b->d_area[row], price * (area >= 0 ? (double)b->a_price_index[area] : 1.0));
    b->d_price[row] = (int32_t)(asked < 2e9 ? asked : 2e9); /* prices per m2 may be set as one likes; a price is an int32 */
}

static void copy_dwelling(const housing_books *b, uint32_t v, uint32_t d, int32_t area)
{
    b->v_tenure[v] = b->d_tenure[d];
    b->v_kind[v] = b->d_kind[d];
    b->v_rooms[v] = b->d_rooms[d];
    b->v_cell[v] = b->d_cell[d];
    b->v_project[v] = b->d_project[d];
    b->v_area[v] = (int16_t)area;
}

void housing_ask_for_home(const housing_books *b, uint32_t d)
{
    const void *home[] = {&b->d_cell[d], &b->d_luck[d], &b->d_built[d], &b->d_area[d], &b->d_project[d], &b->d_tenure[d], &b->d_kind[d], &b->d_rooms[d]};
    const void *written[] = {&b->d_rent[d], &b->d_price[d], &b->d_state[d], &b->d_vacancy[d]};
    for (size_t i = 0; i < sizeof home / sizeof *home; i++) __builtin_prefetch(home[i]);
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) __builtin_prefetch(written[i], 1);
}

kj_id housing_open_vacancy(housing_books *b, housing_opening opening)
{
    const kj_run_v1 *run = b->self->run;
    uint32_t d = opening.dwelling_row, parent = opening.parent_row;
    int32_t area = b->c_area[b->d_cell[d]];
    kj_id id = run->create(b->ctx, b->self->vacancy);
    if (!id) return 0;
    uint32_t v = b->row_of_vacancy[id];
    b->v_dwelling[v] = run->ids(b->ctx, b->self->dwelling)[d];
    b->v_parent[v] = parent == KJ_NO_ROW ? 0 : run->ids(b->ctx, b->self->vacancy)[parent];
    b->v_root[v] = parent == KJ_NO_ROW ? id : b->v_root[parent];
    b->v_round[v] = (int16_t)(parent == KJ_NO_ROW ? 1 : b->v_round[parent] + 1);
    b->v_cause[v] = (uint8_t)opening.cause;
    b->v_opened[v] = (int16_t)b->month;
    b->v_renovation[v] = (uint8_t)months_of_renovation(b, d, opening.cause);
    b->v_available[v] = (int16_t)(b->month + months_of_notice(b, d, opening.cause) + b->v_renovation[v]);
    b->v_stage[v] = KJ_STAGE_NOTICE;
    copy_dwelling(b, v, d, area);
    b->d_vacancy[d] = id;
    b->d_state[d] = KJ_DWELLING_VACANT;
    set_terms(b, d, area);
    uint32_t m = housing_municipality_row(b, area);
    if (parent == KJ_NO_ROW && m != KJ_NO_ROW) b->m_chains_opened[m]++;
    return id;
}

uint32_t *housing_list_open(const housing_books *b, uint32_t *n_open)
{
    enum { CHUNK = 4096 };
    const kj_run_v1 *run = b->self->run;
    const uint32_t n = run->n_rows(b->ctx, b->self->vacancy);
    uint32_t room = 1, found = 0;
    for (uint32_t v = 0; v < n; v++) room += b->v_stage[v] != KJ_STAGE_CLOSED;
    uint32_t *list = run->scratch(b->ctx, room * sizeof *list);
    uint8_t open[CHUNK];
    for (uint32_t from = 0; list && from < n; from += CHUNK) {
        const uint32_t some = n - from < CHUNK ? n - from : CHUNK;
        const uint8_t *stage = b->v_stage + from; /* so that the loop can be vectorised: an index could wrap */
        for (uint32_t i = 0; i < some; i++) open[i] = stage[i] != KJ_STAGE_CLOSED;
        found += run->list_marked(open, some, from, list + found);
    }
    *n_open = found;
    return list;
}
