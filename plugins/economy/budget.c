/* The year's budget of each municipality: result, investments, loans. Everything is kept twice, as money that comes and goes
   and as result and books, so that the invariant can hold the one against the other. */
#include "economy.h"

typedef struct budget {
#define C(field, ...) int64_t *field;
    MUNICIPAL_MONEY(C)
#undef C
    const economy *self;
    kj_ctx *ctx;
    const int64_t *s_cost, *s_fees, *s_capital, *s_investment, *completed, *land_sek, *charges_sek, *young;
    const int32_t *women, *men;
    const double *rates, *money, *standard;
    int64_t *break_even;
    int32_t *prevention_start;
    double *factor;
    bool start;
} budget;

static double value(const budget *b, economy_param_id id) { return economy_value(b->self, b->ctx, id); }

static void open_budget(const economy *self, kj_ctx *ctx, budget *b)
{
    const kj_run_v1 *run = self->run;
    const economy_columns *c = &self->col;
    uint32_t n;
#define C(field, ...) b->field = run->write(ctx, c->field);
    MUNICIPAL_MONEY(C)
#undef C
    b->self = self;
    b->ctx = ctx;
    b->s_cost = run->read(ctx, c->s_cost);
    b->s_fees = run->read(ctx, c->s_fees);
    b->s_capital = run->read(ctx, c->s_capital);
    b->s_investment = run->read(ctx, c->s_investment);
    b->completed = run->read(ctx, c->m_completed);
    b->land_sek = run->read(ctx, c->m_land_sales);
    b->charges_sek = run->read(ctx, c->m_charges);
    b->young = run->read(ctx, c->m_0_19);
    b->women = run->read(ctx, c->g_women);
    b->men = run->read(ctx, c->g_men);
    b->rates = run->param_table(ctx, self->rate, &n);
    b->money = run->param_table(ctx, self->money, &n);
    b->standard = run->param_table(ctx, self->standard, &n);
    b->break_even = run->write(ctx, c->break_even);
    b->prevention_start = run->write(ctx, c->prevention_start);
    b->factor = run->write(ctx, c->prevention_factor);
    b->start = run->month(ctx) == run->start_month(ctx);
}

static int64_t inhabitants(const budget *b, uint32_t m)
{
    int64_t sum = 0;
    for (uint32_t age = 0; age < AGES; age++) sum += b->women[m * AGES + age] + b->men[m * AGES + age];
    return sum;
}

static void income_of_year(const budget *b, uint32_t m, int64_t people)
{
    double homes = b->start ? 0.0 : (double)b->completed[m];
    b->tax[m] = municipal_tax(b->taxable[m], b->rates[RATE_TAX] + value(b, ECONOMY_PARAM_tax_change));
    b->income_equalisation[m] = equalisation_of_income(b->taxable[m], people, b->money[MONEY_TAX_BASE], b->rates);
    b->cost_equalisation[m] = equalisation_of_costs(b->women + m * AGES, b->men + m * AGES, b->standard, b->money[MONEY_STANDARD]);
    b->land_sales[m] = b->start ? 0 : b->land_sek[m] * ORE;
    b->fees[m] = ore_of(homes * value(b, ECONOMY_PARAM_home_fee)) + (b->start ? 0 : b->charges_sek[m] * ORE);
    for (int k = 0; k < KJ_SERVICE_COUNT; k++)
        if (k != KJ_SERVICE_HEALTH_CENTRE) b->fees[m] += b->s_fees[service_row(m, k)];
}

/* The programme costs from its first year on; from its lag on it reaches the cost of social care of the young and of youth
   outside education and work. What it must save of that to pay for itself is reported beside what it is assumed to save. */
static void prevention(const budget *b, uint32_t m)
{
    double sek = value(b, ECONOMY_PARAM_prevention_sek);
    kj_month now = b->self->run->month(b->ctx);
    b->prevention[m] = b->saving[m] = 0;
    if (sek > 0.0 && b->prevention_start[m] == 0) b->prevention_start[m] = now, b->factor[m] = 1.0;
    else if (b->prevention_start[m] != 0) b->factor[m] /= 1.0 + value(b, ECONOMY_PARAM_discount);
    if (b->prevention_start[m] == 0) return;
    double years = (double)(now - b->prevention_start[m]) / 12.0;
    int64_t reach = years >= value(b, ECONOMY_PARAM_prevention_lag)
                        ? b->s_cost[service_row(m, KJ_SERVICE_SOCIAL_YOUNG)] + b->s_cost[service_row(m, KJ_SERVICE_YOUTH)] : 0;
    b->prevention[m] = ore_of(sek * (double)b->young[m]);
    b->saving[m] = (int64_t)((double)reach * value(b, ECONOMY_PARAM_prevention_effect) + 0.5);
    b->pv_cost[m] += (int64_t)((double)b->prevention[m] * b->factor[m] + 0.5);
    b->pv_reach[m] += (int64_t)((double)reach * b->factor[m] + 0.5);
    b->break_even[m] = b->pv_reach[m] > 0 ? (int64_t)((double)b->pv_cost[m] * 1e6 / (double)b->pv_reach[m] + 0.5) : 0;
}

/* Depreciation, write-off and investments of premises come from the services; streets and pipes are one pool. */
static void books_of_year(const budget *b, uint32_t m)
{
    int64_t premises = 0, invested = 0, streets = b->start ? 0 : ore_of((double)b->completed[m] * value(b, ECONOMY_PARAM_home_streets));
    for (int k = 0; k < KJ_SERVICE_COUNT; k++) {
        premises += b->s_capital[service_row(m, k)];
        invested += b->s_investment[service_row(m, k)];
    }
    b->streets_book[m] += streets;
    b->streets_yearly[m] += (int64_t)((double)streets / value(b, ECONOMY_PARAM_streets_life) + 0.5);
    int64_t worn = b->streets_yearly[m] < b->streets_book[m] ? b->streets_yearly[m] : b->streets_book[m];
    b->streets_book[m] -= worn;
    b->investments[m] = invested + b->renewals[m] + streets;
    b->depreciation[m] = premises - b->write_off[m] + worn;
}

static void costs_of_year(const budget *b, uint32_t m)
{
    b->operating[m] = 0;
    for (int k = 0; k < KJ_SERVICE_COUNT; k++)
        if (k != KJ_SERVICE_HEALTH_CENTRE) b->operating[m] += b->s_cost[service_row(m, k)];
    b->interest[m] = b->debt[m] > 0 ? (int64_t)((double)b->debt[m] * value(b, ECONOMY_PARAM_interest) + 0.5) : 0;
}

static int64_t revenue(const budget *b, uint32_t m)
{
    return b->tax[m] + b->income_equalisation[m] + b->cost_equalisation[m] + b->fees[m];
}

/* Costs that no service explains close the start year at the result that good management asks for. */
static void set_other(const budget *b, uint32_t m, int64_t people)
{
    double tax_and_grants = (double)(b->tax[m] + b->income_equalisation[m] + b->cost_equalisation[m]);
    double left = (double)(revenue(b, m) - b->operating[m] - b->depreciation[m] - b->interest[m]) - value(b, ECONOMY_PARAM_start_result) * tax_and_grants;
    b->other_each[m] = people > 0 ? (int64_t)(left / (double)people) : 0;
}

static void result_of_year(const budget *b, uint32_t m, int64_t people)
{
    if (b->start) set_other(b, m, people);
    b->other[m] = b->other_each[m] * people;
    /* Closed premises are sold at their residual value: money for book value, no result. */
    b->result[m] = revenue(b, m) + b->land_sales[m] + b->saving[m] - b->operating[m] - b->other[m] - b->prevention[m] - b->depreciation[m] -
                   b->write_off[m] - b->interest[m];
    b->result_each[m] = economy_each(b->result[m], people);
}

static int64_t positive(int64_t value) { return value > 0 ? value : 0; }

static void money_of_year(const budget *b, uint32_t m)
{
    int64_t in = b->tax[m] + positive(b->income_equalisation[m]) + positive(b->cost_equalisation[m]) + b->fees[m] + b->land_sales[m] + b->sold[m];
    int64_t out = b->operating[m] - b->saving[m] + b->other[m] + b->prevention[m] + b->interest[m] + b->investments[m] + positive(-b->income_equalisation[m]) +
                  positive(-b->cost_equalisation[m]);
    b->borrowing[m] = out - in;
    b->sources[m] = in + positive(b->borrowing[m]);
    b->used[m] = out + positive(-b->borrowing[m]);
    if (!b->start) b->debt[m] += b->borrowing[m]; /* the debt of the start is that at the end of its year */
}

static int64_t premises_book(const economy *self, kj_ctx *ctx, uint32_t m)
{
    const kj_run_v1 *run = self->run;
    const int64_t *book = run->read(ctx, self->col.f_book);
    const kj_id *of = run->read(ctx, self->col.f_municipality);
    const uint8_t *alive = run->alive(ctx, self->facility);
    const uint32_t *row_of = run->row_of(ctx, self->municipality);
    int64_t sum = 0;
    for (uint32_t f = 0; f < run->n_rows(ctx, self->facility); f++)
        if (alive[f] && row_of[of[f]] == m) sum += book[f];
    return sum;
}

kj_status economy_budget(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const economy *self = instance;
    budget b;
    open_budget(self, ctx, &b);
    for (uint32_t m = 0; m < self->run->n_rows(ctx, self->municipality); m++) {
        int64_t people = inhabitants(&b, m), book = premises_book(self, ctx, m);
        if (b.start) b.debt[m] = (int64_t)((double)book * value(&b, ECONOMY_PARAM_debt_share));
        income_of_year(&b, m, people);
        prevention(&b, m);
        books_of_year(&b, m);
        costs_of_year(&b, m);
        result_of_year(&b, m, people);
        money_of_year(&b, m);
        b.assets[m] = book + b.streets_book[m];
        b.equity[m] = b.start ? b.assets[m] - b.debt[m] : b.equity[m] + b.result[m];
    }
    return KJ_OK;
}
