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
    memset(self->run->write(ctx, self->col.taxable), 0, self->run->n_rows(ctx, self->municipality) * sizeof(int64_t));
    return KJ_OK;
}

/* Columns that say in which municipality a person pays tax. */
typedef struct tax_view {
    const int32_t *home_area, *facility_cell, *cell_area;
    const kj_id *household, *care, *area_municipality;
    const uint32_t *household_row, *facility_row, *municipality_row;
} tax_view;

static uint32_t municipality_of(const tax_view *v, uint32_t row)
{
    int32_t area = -1;
    if (v->care[row]) {
        uint32_t home = v->facility_row[v->care[row]];
        int32_t cell = home == KJ_NO_ROW ? -1 : v->facility_cell[home];
        area = cell < 0 ? -1 : v->cell_area[cell];
    } else {
        uint32_t household = v->household_row[v->household[row]];
        area = household == KJ_NO_ROW ? -1 : v->home_area[household];
    }
    uint32_t m = area < 0 ? KJ_NO_ROW : v->municipality_row[v->area_municipality[area]];
    return m == KJ_NO_ROW ? 0 : m;
}

kj_status economy_tax_base(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const economy *self = instance;
    const kj_run_v1 *run = self->run;
    const economy_columns *c = &self->col;
    const uint8_t *alive = run->alive(ctx, self->person), *resident = run->read(ctx, c->p_resident);
    const int32_t *income = run->read(ctx, c->p_income);
    const tax_view v = {.home_area = run->read(ctx, c->h_area), .facility_cell = run->read(ctx, c->f_cell), .cell_area = run->read(ctx, c->c_area),
                        .household = run->read(ctx, c->p_household), .care = run->read(ctx, c->p_care), .area_municipality = run->read(ctx, c->a_municipality),
                        .household_row = run->row_of(ctx, self->household), .facility_row = run->row_of(ctx, self->facility),
                        .municipality_row = run->row_of(ctx, self->municipality)};
    uint32_t n = run->n_rows(ctx, self->municipality), n_money;
    int32_t allowance = (int32_t)run->param_table(ctx, self->money, &n_money)[MONEY_ALLOWANCE];
    int64_t *base = run->scratch(ctx, ((size_t)n + 1u) * sizeof *base);
    if (!base) return run->fail(ctx, KJ_E_MEMORY, "no scratch memory for the tax base");
    for (uint32_t row = begin; row < end && n > 0; row++) {
        if (!alive[row] || !resident[row] || income[row] <= allowance) continue;
        base[n > 1 ? municipality_of(&v, row) : 0] += income[row] - allowance;
    }
    for (uint32_t m = 0; m < n; m++)
        if (base[m]) run->add(ctx, c->taxable, m, base[m] * ORE);
    return KJ_OK;
}
