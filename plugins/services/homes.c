/* Housing need as the Swedish guidelines for municipal housing plans ask for it: crowding, strained cost, no home of
   one's own. Each household is counted in the area of its home. */
#include <math.h>

#include "services.h"

double consumption_units(uint8_t size) { return sqrt((double)(size > 0 ? size : 1)); }

typedef struct homes_view {
    const uint8_t *living, *size, *kind, *rooms;
    const kj_id *dwelling, *host, *area_municipality;
    const int32_t *income, *cell, *rent, *cell_area;
    const uint32_t *household_row, *dwelling_row, *municipality_row;
    double strained_share, low_income;
} homes_view;

static homes_view open_homes(const services *self, kj_ctx *ctx)
{
    const kj_run_v1 *run = self->run;
    const services_columns *c = &self->col;
    return (homes_view){.living = run->read(ctx, c->h_living), .size = run->read(ctx, c->h_size), .kind = run->read(ctx, c->h_kind),
                        .rooms = run->read(ctx, c->d_rooms), .dwelling = run->read(ctx, c->h_dwelling), .host = run->read(ctx, c->h_host),
                        .area_municipality = run->read(ctx, c->a_municipality), .income = run->read(ctx, c->h_income),
                        .cell = run->read(ctx, c->d_cell), .rent = run->read(ctx, c->d_rent), .cell_area = run->read(ctx, c->c_area),
                        .household_row = run->row_of(ctx, self->household), .dwelling_row = run->row_of(ctx, self->dwelling),
                        .municipality_row = run->row_of(ctx, self->municipality),
                        .strained_share = service_value(self, ctx, SERVICE_PARAM_strained_share),
                        .low_income = service_value(self, ctx, SERVICE_PARAM_low_income)};
}

/* Row of the dwelling that a household lives in, its own or its host's; KJ_NO_ROW outside. */
static uint32_t home_row(const homes_view *v, uint32_t row)
{
    if (v->living[row] == KJ_LIVES_OUTSIDE) return KJ_NO_ROW;
    if (v->living[row] == KJ_LIVES_LODGING) row = v->household_row[v->host[row]];
    return row == KJ_NO_ROW ? KJ_NO_ROW : v->dwelling_row[v->dwelling[row]];
}

enum { CROWDED = 1, STRAINED = 2, LOW_INCOME = 4, CROWDED_NORM3 = 8 };

/* Norm 2: more than two persons a room beside kitchen and living room. Norm 3: one room a person (couples share one) and a
   living room beside the kitchen; a single person needs one room in all. */
static uint8_t need_of(const homes_view *v, uint32_t row, uint32_t home)
{
    uint8_t flags = (double)v->income[row] < v->low_income * consumption_units(v->size[row]) ? LOW_INCOME : 0;
    if (v->living[row] != KJ_LIVES_HOLDING) return flags;
    int32_t size = v->size[row], bedrooms = (int32_t)v->rooms[home] - 1;
    bool couple = v->kind[row] == KJ_HH_COUPLE || v->kind[row] == KJ_HH_COUPLE_CHILDREN;
    if (size > 1 && size > 2 * bedrooms) flags |= CROWDED;
    if (size > 1 && bedrooms < size - (couple ? 1 : 0)) flags |= CROWDED_NORM3;
    if ((double)v->rent[home] * 12.0 > v->strained_share * (double)v->income[row]) flags |= STRAINED;
    return flags;
}

kj_status services_homes(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const services *self = instance;
    const kj_run_v1 *run = self->run;
    const services_columns *c = &self->col;
    const uint8_t *alive = run->alive(ctx, self->household);
    const homes_view v = open_homes(self, ctx);
    int16_t *home_area = run->write(ctx, c->h_area);
    uint8_t *home_flags = run->write(ctx, c->h_flags);
    uint32_t n_areas = run->n_rows(ctx, self->area);
    enum { COUNTS = 4 };
    int32_t *count = run->scratch(ctx, ((size_t)n_areas + 1u) * COUNTS * sizeof *count);
    if (!count) return run->fail(ctx, KJ_E_MEMORY, "no scratch memory for the count of homes");
    for (uint32_t row = begin; row < end; row++) {
        home_area[row] = -1;
        home_flags[row] = 0;
        if (!alive[row]) continue;
        uint32_t home = home_row(&v, row);
        int32_t cell = home == KJ_NO_ROW ? -1 : v.cell[home], area = cell < 0 ? -1 : v.cell_area[cell];
        home_area[row] = (int16_t)area;
        if (home == KJ_NO_ROW) continue;
        uint8_t flags = need_of(&v, row, home);
        home_flags[row] = flags & (CROWDED | STRAINED | LOW_INCOME);
        if (area < 0) continue;
        int32_t *at = count + (size_t)area * COUNTS;
        at[0] += (flags & CROWDED) != 0;
        at[1] += (flags & CROWDED_NORM3) != 0;
        at[2] += (flags & STRAINED) != 0;
        at[3] += v.living[row] == KJ_LIVES_LODGING;
    }
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
