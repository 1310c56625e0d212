/* Housing need as the Swedish guidelines for municipal housing plans ask for it: crowding, strained cost, no home of
   one's own. Each household is counted in the area of its home. */
#include <math.h>

#include "services.h"

double consumption_units(uint8_t size) { return sqrt((double)(size > 0 ? size : 1)); }

typedef struct homes_view {
    const uint8_t *alive, *living, *size, *kind, *rooms, *tenure;
    const kj_id *dwelling, *host, *area_municipality;
    const int32_t *income, *cell, *rent, *price, *cell_area;
    const int16_t *moved;
    const uint32_t *household_row, *dwelling_row, *municipality_row;
    int16_t *home_area;
    uint8_t *home_flags;
    kj_month now;
    double strained_share, debt_share, debt_years, interest; /* interest: a year on a krona of debt, less tax relief */
    double low_income[UINT8_MAX + 1];                        /* the income below which is low, by size */
} homes_view;

static void open_homes(const services *self, kj_ctx *ctx, homes_view *v)
{
    const kj_run_v1 *run = self->run;
    const services_columns *c = &self->col;
    *v = (homes_view){.alive = run->alive(ctx, self->household), .living = run->read(ctx, c->h_living), .size = run->read(ctx, c->h_size),
                      .kind = run->read(ctx, c->h_kind), .rooms = run->read(ctx, c->d_rooms), .dwelling = run->read(ctx, c->h_dwelling),
                      .host = run->read(ctx, c->h_host), .area_municipality = run->read(ctx, c->a_municipality), .income = run->read(ctx, c->h_income),
                      .cell = run->read(ctx, c->d_cell), .rent = run->read(ctx, c->d_rent), .price = run->read(ctx, c->d_price), .tenure = run->read(ctx, c->d_tenure),
                      .moved = run->read(ctx, c->h_moved), .now = run->month(ctx), .debt_share = run->param(ctx, self->p_debt_share),
                      .debt_years = run->param(ctx, self->p_debt_years), .interest = run->param(ctx, self->p_interest) * (1.0 - run->param(ctx, self->p_relief)),
                      .cell_area = run->read(ctx, c->c_area),
                      .household_row = run->row_of(ctx, self->household), .dwelling_row = run->row_of(ctx, self->dwelling),
                      .municipality_row = run->row_of(ctx, self->municipality), .home_area = run->write(ctx, c->h_area),
                      .home_flags = run->write(ctx, c->h_flags), .strained_share = service_value(self, ctx, SERVICE_PARAM_strained_share)};
    const double least = service_value(self, ctx, SERVICE_PARAM_low_income);
    for (int size = 0; size <= UINT8_MAX; size++) v->low_income[size] = least * consumption_units((uint8_t)size);
}

/* Rows of the dwellings that households live in, their own or their hosts'; KJ_NO_ROW none. Looked up together, each step for all of
   them before the next, so that waits for memory overlap. */
enum { TOGETHER = 512 };
static void home_rows(const homes_view *v, const uint32_t *rows, uint32_t n, uint32_t *homes)
{
    for (uint32_t i = 0; i < n; i++) homes[i] = v->living[rows[i]] == KJ_LIVES_LODGING ? v->household_row[v->host[rows[i]]] : rows[i];
    for (uint32_t i = 0; i < n; i++) homes[i] = homes[i] == KJ_NO_ROW ? 0 : v->dwelling[homes[i]];
    for (uint32_t i = 0; i < n; i++) homes[i] = v->dwelling_row[homes[i]]; /* 0 has no row */
}

enum { CROWDED = 1, STRAINED = 2, LOW_INCOME = 4, CROWDED_NORM3 = 8 };

/* SEK a year of whoever holds the home: rent, fee or running cost, and interest on what is left of the loan. Paying the loan off is saving. */
static double cost_of(const homes_view *v, uint32_t row, uint32_t home)
{
    return 12.0 * (double)v->rent[home] + (double)v->price[home] * kj_debt_left(v->debt_share, v->debt_years, v->now - v->moved[row]) * v->interest;
}

/* Norm 2: more than two persons a room beside kitchen and living room. Norm 3: one room a person (couples share one) and a
   living room beside the kitchen; a single person needs one room in all. */
static uint8_t need_of(const homes_view *v, uint32_t row, uint32_t home, double cost)
{
    const uint32_t holds = v->living[row] == KJ_LIVES_HOLDING, couple = (v->kind[row] == KJ_HH_COUPLE) | (v->kind[row] == KJ_HH_COUPLE_CHILDREN);
    const int32_t size = v->size[row], bedrooms = (int32_t)v->rooms[home] - 1;
    const uint32_t several = holds & (size > 1);
    /* no branches: need follows no pattern along the rows */
    uint32_t flags = ((double)v->income[row] < v->low_income[size]) * LOW_INCOME;
    flags |= (holds & (uint32_t)kj_is_crowded(size, bedrooms + 1)) * CROWDED;
    flags |= (several & (bedrooms < size - (int32_t)couple)) * CROWDED_NORM3;
    flags |= (holds & (cost > v->strained_share * (double)v->income[row])) * STRAINED;
    return (uint8_t)flags;
}

enum { COUNTS = 4 }; /* of an area: crowded by norm 2 and 3, strained, lodging */

static void add_cost(const homes_view *v, uint32_t row, uint32_t home, double cost, bool strained, int64_t *sums)
{
    int64_t *at = sums + (v->tenure[home] == KJ_TENURE_COOP ? 1 : v->tenure[home] == KJ_TENURE_OWNER ? 2 : 0) * COST_FIGURES;
    at[COST_HOLDERS]++;
    at[COST_STRAINED] += strained;
    at[COST_COST] += (int64_t)cost;
    at[COST_INCOME] += v->income[row];
}

/* sums: by municipality, tenure and figure. */
static void count_homes(const homes_view *v, uint32_t begin, uint32_t end, int32_t *count, int64_t *sums)
{
    uint32_t rows[TOGETHER], homes[TOGETHER], n = 0;
    int32_t areas[TOGETHER];
    for (uint32_t row = begin; row < end; row++) {
        v->home_area[row] = -1;
        v->home_flags[row] = 0;
        rows[n] = row;
        n += (v->alive[row] != 0) & (v->living[row] != KJ_LIVES_OUTSIDE);
    }
    home_rows(v, rows, n, homes);
    for (uint32_t i = 0; i < n; i++) areas[i] = homes[i] == KJ_NO_ROW ? -1 : v->cell[homes[i]];
    for (uint32_t i = 0; i < n; i++) areas[i] = areas[i] < 0 ? -1 : v->cell_area[areas[i]];
    for (uint32_t i = 0; i < n; i++) {
        if (homes[i] == KJ_NO_ROW) continue;
        double cost = cost_of(v, rows[i], homes[i]);
        uint8_t flags = need_of(v, rows[i], homes[i], cost);
        v->home_area[rows[i]] = (int16_t)areas[i];
        v->home_flags[rows[i]] = flags & (CROWDED | STRAINED | LOW_INCOME);
        if (areas[i] < 0) continue;
        int32_t *at = count + (size_t)areas[i] * COUNTS;
        at[0] += (flags & CROWDED) != 0;
        at[1] += (flags & CROWDED_NORM3) != 0;
        at[2] += (flags & STRAINED) != 0;
        at[3] += v->living[rows[i]] == KJ_LIVES_LODGING;
        uint32_t m = v->municipality_row[v->area_municipality[areas[i]]];
        if (m != KJ_NO_ROW && v->living[rows[i]] == KJ_LIVES_HOLDING)
            add_cost(v, rows[i], homes[i], cost, (flags & STRAINED) != 0, sums + (size_t)m * COST_TENURES * COST_FIGURES);
    }
}

static void add_sums(const services *self, kj_ctx *ctx, uint32_t m, const int64_t *sums)
{
    const kj_col costs[COST_TENURES][COST_FIGURES] = COST_COLUMNS(&self->col);
    for (size_t k = 0; k < COST_TENURES * COST_FIGURES; k++)
        if (sums[k]) self->run->add(ctx, costs[k / COST_FIGURES][k % COST_FIGURES], m, sums[k]);
}

kj_status services_homes(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const services *self = instance;
    const kj_run_v1 *run = self->run;
    const services_columns *c = &self->col;
    homes_view v;
    open_homes(self, ctx, &v);
    uint32_t n_areas = run->n_rows(ctx, self->area), n_municipalities = run->n_rows(ctx, self->municipality);
    int32_t *count = run->scratch(ctx, ((size_t)n_areas + 1u) * COUNTS * sizeof *count);
    int64_t *sums = run->scratch(ctx, ((size_t)n_municipalities + 1u) * COST_TENURES * COST_FIGURES * sizeof *sums);
    if (!count || !sums) return run->fail(ctx, KJ_E_MEMORY, "no scratch memory for the count of homes");
    for (uint32_t from = begin; from < end; from += TOGETHER) count_homes(&v, from, end - from < TOGETHER ? end : from + TOGETHER, count, sums);
    for (uint32_t m = 0; m < n_municipalities; m++) add_sums(self, ctx, m, sums + (size_t)m * COST_TENURES * COST_FIGURES);
    const kj_col areas[COUNTS - 1] = {c->a_crowded, c->a_crowded3, c->a_strained};
    const kj_col municipal[COUNTS] = {c->m_crowded, c->m_crowded3, c->m_strained, c->m_lodging};
    for (uint32_t a = 0; a < n_areas; a++) {
        uint32_t m = v.municipality_row[v.area_municipality[a]];
        for (uint32_t k = 0; k < COUNTS; k++) {
            int32_t n = count[(size_t)a * COUNTS + k];
            if (!n) continue;
            if (k < COUNTS - 1) run->add(ctx, areas[k], a, n);
            if (m != KJ_NO_ROW) run->add(ctx, municipal[k], m, n);
        }
    }
    return KJ_OK;
}
