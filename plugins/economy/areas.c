/* The municipality's result by the areas in which its inhabitants live. */
#include "economy.h"

void result_by_area(const area_base *areas, uint32_t n, int64_t result, double tax_rate, double national_base_sek, double mean_standard_sek,
                    const double rates[RATE_COUNT], int64_t *out)
{
    int64_t base = 0, people = 0, standard = 0, own = 0, shared = 0, passed = 0;
    for (uint32_t a = 0; a < n; a++) base += areas[a].taxable, people += areas[a].people, standard += areas[a].standard;
    /* one rate for all areas: whether the municipality receives or pays */
    double missing = rates[RATE_LEVEL] * national_base_sek * (double)people - (double)base / (double)ORE, rate = rates[missing > 0.0 ? RATE_BELOW : RATE_ABOVE];
    for (uint32_t a = 0; a < n; a++) {
        double tax = (double)areas[a].taxable / (double)ORE, level = rates[RATE_LEVEL] * national_base_sek * (double)areas[a].people;
        double ages = (double)areas[a].standard / (double)ORE - mean_standard_sek * (double)areas[a].people;
        out[a] = standard > 0 ? ore_of(tax * tax_rate + (level - tax) * rate + ages) : 0;
        own += out[a];
    }
    /* the rest by standard cost, cut at whole öre of the running sum: nothing is lost */
    for (uint32_t a = 0; a < n && standard > 0; a++) {
        passed += areas[a].standard;
        int64_t until = passed == standard ? result - own : ore_of((double)(result - own) / (double)ORE * ((double)passed / (double)standard));
        out[a] += until - shared;
        shared = until;
    }
}

/* Areas of one municipality, moved together. */
static uint32_t collect(const economy *self, kj_ctx *ctx, uint32_t m, area_base *bases, uint32_t *rows)
{
    const kj_run_v1 *run = self->run;
    const economy_columns *c = &self->col;
    const int64_t *taxable = run->read(ctx, c->a_taxable), *standard = run->read(ctx, c->a_standard), *people = run->read(ctx, c->a_people);
    const kj_id *of = run->read(ctx, c->a_municipality);
    const uint32_t *row_of = run->row_of(ctx, self->municipality);
    uint32_t n = 0, n_areas = run->n_rows(ctx, self->area);
    for (uint32_t a = 0; a < n_areas; a++) {
        if ((row_of[of[a]] == KJ_NO_ROW ? 0 : row_of[of[a]]) != m) continue;
        rows[n] = a;
        bases[n++] = (area_base){taxable[a], standard[a], people[a] / ORE};
    }
    return n;
}

kj_status economy_areas(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const economy *self = instance;
    const kj_run_v1 *run = self->run;
    uint32_t n_areas = run->n_rows(ctx, self->area), unused;
    area_base *bases = run->scratch(ctx, ((size_t)n_areas + 1u) * sizeof *bases);
    uint32_t *rows = run->scratch(ctx, ((size_t)n_areas + 1u) * sizeof *rows);
    int64_t *parts = run->scratch(ctx, ((size_t)n_areas + 1u) * sizeof *parts);
    if (!bases || !rows || !parts) return run->fail(ctx, KJ_E_MEMORY, "no scratch memory for results by area");
    const double *rates = run->param_table(ctx, self->rate, &unused), *money = run->param_table(ctx, self->money, &unused);
    const int64_t *results = run->read(ctx, self->col.result);
    int64_t *result = run->write(ctx, self->col.a_result), *each = run->write(ctx, self->col.a_result_each);
    double tax_rate = rates[RATE_TAX] + economy_value(self, ctx, ECONOMY_PARAM_tax_change);
    for (uint32_t m = 0; m < run->n_rows(ctx, self->municipality); m++) {
        uint32_t n = collect(self, ctx, m, bases, rows);
        result_by_area(bases, n, results[m], tax_rate, money[MONEY_TAX_BASE], money[MONEY_STANDARD], rates, parts);
        for (uint32_t k = 0; k < n; k++) {
            result[rows[k]] = parts[k];
            each[rows[k]] = economy_each(parts[k], bases[k].people);
        }
    }
    return KJ_OK;
}
