/* Tax base of the residents of 1 November, tax and equalisation. */
#include <string.h>

#include "economy.h"

int64_t municipal_tax(int64_t base_ore, double rate) { return ore_of((double)base_ore / (double)ORE * rate); }

int64_t equalisation_of_income(int64_t base_ore, int64_t inhabitants, double national_base_sek, const double rates[RATE_COUNT])
{
    double missing = rates[RATE_LEVEL] * national_base_sek * (double)inhabitants - (double)base_ore / (double)ORE;
    return ore_of(missing * (missing > 0.0 ? rates[RATE_BELOW] : rates[RATE_ABOVE]));
}

int64_t equalisation_of_costs(const int32_t *women, const int32_t *men, const double *standard_sek, double mean_sek)
{
    double sum = 0.0;
    for (int32_t age = 0; age < AGES; age++) sum += (double)(women[age] + men[age]) * (standard_sek[kj_age_class(age)] - mean_sek);
    return ore_of(sum);
}

kj_status economy_clear_tax_base(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const economy *self = instance;
    const kj_col of_areas[] = {self->col.a_taxable, self->col.a_standard, self->col.a_people};
    memset(self->run->write(ctx, self->col.taxable), 0, self->run->n_rows(ctx, self->municipality) * sizeof(int64_t));
    for (size_t k = 0; k < sizeof of_areas / sizeof *of_areas; k++) memset(self->run->write(ctx, of_areas[k]), 0, self->run->n_rows(ctx, self->area) * sizeof(int64_t));
    return KJ_OK;
}

/* Columns that say where a person pays tax, and of what. */
typedef struct tax_view {
    const uint8_t *alive, *resident;
    const int32_t *income, *facility_cell, *cell_area;
    const int16_t *birth, *home_area;
    const kj_id *household, *care, *area_municipality;
    const uint32_t *household_row, *facility_row, *municipality_row;
    int64_t standard[AGES]; /* öre a year */
    int32_t allowance;
    kj_month now;
} tax_view;

static void open_tax(const economy *self, kj_ctx *ctx, tax_view *v)
{
    const kj_run_v1 *run = self->run;
    const economy_columns *c = &self->col;
    uint32_t n;
    *v = (tax_view){.alive = run->alive(ctx, self->person), .resident = run->read(ctx, c->p_resident), .income = run->read(ctx, c->p_income),
                    .birth = run->read(ctx, c->p_birth), .home_area = run->read(ctx, c->h_area), .facility_cell = run->read(ctx, c->f_cell),
                    .cell_area = run->read(ctx, c->c_area), .household = run->read(ctx, c->p_household), .care = run->read(ctx, c->p_care),
                    .area_municipality = run->read(ctx, c->a_municipality), .household_row = run->row_of(ctx, self->household),
                    .facility_row = run->row_of(ctx, self->facility), .municipality_row = run->row_of(ctx, self->municipality),
                    .allowance = (int32_t)run->param_table(ctx, self->money, &n)[MONEY_ALLOWANCE], .now = run->month(ctx)};
    const double *standard = run->param_table(ctx, self->standard, &n);
    for (int32_t age = 0; age < AGES; age++) v->standard[age] = (int64_t)(standard[kj_age_class(age)] + 0.5) * ORE;
}

/* Row of the area in which a person lives, at home or in care; -1 outside every area. */
static int32_t area_of(const tax_view *v, uint32_t row)
{
    if (v->care[row]) {
        uint32_t home = v->facility_row[v->care[row]];
        int32_t cell = home == KJ_NO_ROW ? -1 : v->facility_cell[home];
        return cell < 0 ? -1 : v->cell_area[cell];
    }
    uint32_t household = v->household_row[v->household[row]];
    return household == KJ_NO_ROW ? -1 : v->home_area[household];
}

static uint32_t municipality_of(const tax_view *v, int32_t area)
{
    uint32_t m = area < 0 ? KJ_NO_ROW : v->municipality_row[v->area_municipality[area]];
    return m == KJ_NO_ROW ? 0 : m;
}

static int64_t standard_of(const tax_view *v, uint32_t row)
{
    int32_t age = v->now < v->birth[row] ? 0 : (v->now - v->birth[row]) / 12;
    return v->standard[age < AGES ? age : AGES - 1];
}

typedef struct tax_sums {
    int64_t taxable, standard, people;
} tax_sums;

kj_status economy_tax_base(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const economy *self = instance;
    const kj_run_v1 *run = self->run;
    const economy_columns *c = &self->col;
    tax_view v;
    open_tax(self, ctx, &v);
    uint32_t n = run->n_rows(ctx, self->municipality), n_areas = run->n_rows(ctx, self->area);
    tax_sums *sums = run->scratch(ctx, ((size_t)n_areas + 1u) * sizeof *sums);
    int64_t *base = run->scratch(ctx, ((size_t)n + 1u) * sizeof *base);
    if (!sums || !base) return run->fail(ctx, KJ_E_MEMORY, "no scratch memory for the tax base");
    tax_sums *by_area = sums + 1; /* before the first: outside every area */
    for (uint32_t row = begin; row < end && n > 0; row++) {
        if (!(v.alive[row] & v.resident[row])) continue;
        tax_sums *here = by_area + area_of(&v, row);
        const int64_t above = (int64_t)v.income[row] - v.allowance;
        here->taxable += above & -(int64_t)(above > 0); /* no branch: who earns as much follows no pattern */
        here->standard += standard_of(&v, row);
        here->people++;
    }
    for (int32_t a = -1; a < (int32_t)n_areas && n > 0; a++) base[municipality_of(&v, a)] += by_area[a].taxable;
    for (uint32_t m = 0; m < n; m++)
        if (base[m]) run->add(ctx, c->taxable, m, base[m] * ORE);
    for (uint32_t a = 0; a < n_areas; a++) {
        if (!by_area[a].people) continue;
        run->add(ctx, c->a_taxable, a, by_area[a].taxable * ORE);
        run->add(ctx, c->a_standard, a, by_area[a].standard);
        run->add(ctx, c->a_people, a, by_area[a].people * ORE);
    }
    return KJ_OK;
}
