/* The plugin "economy": its systems and their order. */
#include <stdlib.h>

#include "economy.h"

/* Uses of a system, collected one by one. */
typedef struct uses {
    kj_use list[120];
    uint32_t n;
} uses;

static void add_uses(uses *u, kj_use (*access)(kj_col), const kj_col *cols, size_t n)
{
    for (size_t k = 0; k < n; k++) u->list[u->n++] = access(cols[k]);
}
#define USE(u, access, ...) add_uses(u, access, (const kj_col[]){__VA_ARGS__}, sizeof((const kj_col[]){__VA_ARGS__}) / sizeof(kj_col))

typedef struct step {
    const char *name, *doc, *start_name;
    int32_t month;
    kj_shape shape;
    kj_table over;
    kj_status (*run)(void *, kj_ctx *, uint32_t, uint32_t);
    const char *after, *start_after;
    const uses *u;
} step;

/* Once a year, and at the start after everything that it reads. */
static kj_status add_step(const economy *self, const kj_register_v1 *reg, const step *s)
{
    const char *const after[] = {s->after, "development.measure", NULL};
    const char *const start_after[] = {s->start_after, "development.start", "schools.start_count", "services.start_needs", NULL};
    kj_system_def def = {.struct_size = sizeof def, .name = s->name, .doc = s->doc, .phase = KJ_PHASE_MEASURE, .shape = s->shape, .over = s->over,
                         .month_of_year = s->month, .uses = s->u->list, .n_uses = s->u->n, .after = after, .run = s->run};
    kj_status status = reg->system(self->host->impl, &def);
    def.name = s->start_name;
    def.phase = KJ_PHASE_START;
    def.month_of_year = 0;
    def.after = start_after;
    return status ? status : reg->system(self->host->impl, &def);
}

static kj_status bind_tax(const economy *self, const kj_register_v1 *reg)
{
    const economy_columns *c = &self->col;
    uses clear = {.n = 0}, base = {.n = 0};
    USE(&clear, kj_writes, c->taxable, c->a_taxable, c->a_standard, c->a_people);
    USE(&base, kj_adds, c->taxable, c->a_taxable, c->a_standard, c->a_people);
    USE(&base, kj_reads, c->p_income, c->p_resident, c->p_birth, c->p_household, c->p_care, c->h_area, c->c_area, c->a_municipality, c->f_cell);
    const step steps[] = {
        {"economy.clear_tax_base", "Empties the tax base.", "economy.start_clear", TAX_MONTH, KJ_SERIAL, {0}, economy_clear_tax_base, "services.homes",
         "services.start_homes", &clear},
        {"economy.tax_base", "Taxable income of the residents of 1 November.", "economy.start_tax_base", TAX_MONTH, KJ_ROWS, self->person, economy_tax_base,
         "economy.clear_tax_base", "economy.start_clear", &base},
    };
    kj_status status = add_step(self, reg, &steps[0]);
    return status ? status : add_step(self, reg, &steps[1]);
}

static kj_status bind_year(const economy *self, const kj_register_v1 *reg)
{
    const economy_columns *c = &self->col;
    uses facilities = {.n = 0}, costs = {.n = 0}, budget = {.n = 0}, areas = {.n = 0};
    USE(&facilities, kj_reads, c->f_kind, c->f_independent, c->f_opened, c->f_closed, c->f_pupils, c->f_residents, c->f_municipality, c->f_area, c->f_classes, c->f_shift);
    USE(&facilities, kj_writes, c->f_cost, c->f_capital, c->f_investment, c->f_book, c->f_residual, c->f_yearly, c->built_area, c->s_fixed, c->s_class,
        c->s_client, c->s_area, c->s_capital, c->s_investment, c->sold, c->write_off, c->renewals);
    USE(&costs, kj_reads, c->f_cost, c->f_kind, c->f_independent, c->f_opened, c->f_closed, c->f_pupils, c->f_residents, c->f_municipality, c->s_need,
        c->s_clients, c->s_area_m2, c->m_evening, c->m_shift, c->s_places);
    USE(&costs, kj_writes, c->s_fixed, c->s_class, c->s_client, c->s_area, c->s_bought, c->s_fees, c->s_cost);
    USE(&budget, kj_reads, c->g_women, c->g_men, c->m_0_19, c->m_completed, c->m_land_sales, c->m_charges, c->s_cost, c->s_fees, c->s_capital, c->s_investment, c->f_book, c->f_municipality);
#define C(field, ...) budget.list[budget.n++] = kj_writes(c->field);
    MUNICIPAL_MONEY(C)
#undef C
    USE(&budget, kj_writes, c->break_even, c->prevention_start, c->prevention_factor);
    USE(&areas, kj_reads, c->a_taxable, c->a_standard, c->a_people, c->a_municipality, c->result);
    USE(&areas, kj_writes, c->a_result, c->a_result_each);
    const step steps[] = {
        {"economy.facilities", "What each facility costs, and its building in the books.", "economy.start_facilities", BUDGET_MONTH, KJ_SERIAL, {0},
         economy_facilities, "economy.tax_base", "economy.start_tax_base", &facilities},
        {"economy.costs", "Services paid by the client, bought of others, and fees.", "economy.start_costs", BUDGET_MONTH, KJ_SERIAL, {0}, economy_costs,
         "economy.facilities", "economy.start_facilities", &costs},
        {"economy.budget", "Result, investments and loans of the year.", "economy.start_budget", BUDGET_MONTH, KJ_SERIAL, {0}, economy_budget, "economy.costs",
         "economy.start_costs", &budget},
        {"economy.areas", "The result by the areas of the inhabitants.", "economy.start_areas", BUDGET_MONTH, KJ_SERIAL, {0}, economy_areas, "economy.budget",
         "economy.start_budget", &areas},
    };
    kj_status status = KJ_OK;
    for (size_t k = 0; k < sizeof steps / sizeof *steps && !status; k++) status = add_step(self, reg, &steps[k]);
    return status;
}

static kj_status economy_create(const kj_host *host, void **instance)
{
    economy *self = calloc(1, sizeof *self);
    if (!self) return KJ_E_MEMORY;
    self->host = host;
    self->run = host->interface(host, "kedja.run/1");
    if (!self->run) {
        free(self);
        return KJ_E_VERSION;
    }
    *instance = self;
    return KJ_OK;
}

static kj_status economy_provide(void *instance, const kj_host *host)
{
    kj_status status = economy_declare(instance, host);
    return status ? status : economy_show(host);
}

static kj_status economy_bind(void *instance, const kj_host *host)
{
    economy *self = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    kj_status status = economy_require(self, host);
    if (!status) status = bind_tax(self, reg);
    if (!status) status = bind_year(self, reg);
    const kj_invariant_def invariants[] = {
        {sizeof(kj_invariant_def), "economy.balance", "Sources equal uses, and money and books tell the same result, to the öre.", economy_check_balance},
        {sizeof(kj_invariant_def), "economy.costs", "Parts add up to services, services and facilities to the municipality.", economy_check_costs},
        {sizeof(kj_invariant_def), "economy.areas", "Results of the areas add up to the municipality's, to the öre.", economy_check_areas},
    };
    for (size_t k = 0; k < sizeof invariants / sizeof *invariants && !status; k++) status = reg->invariant(host->impl, &invariants[k]);
    return status;
}

const kj_plugin_def KJ_PLUGIN_SYMBOL = {
    .struct_size = sizeof(kj_plugin_def),
    .abi_major = KJ_ABI_MAJOR,
    .abi_minor = KJ_ABI_MINOR,
    .stamp = KJ_BUILD_STAMP,
    .id = "economy",
    .version = KJ_VERSION,
    .licence = "Apache-2.0",
    .doc = "The municipal economy: tax, equalisation, cost of services, investments, result, prevention as an investment case.",
    .create = economy_create,
    .provide = economy_provide,
    .bind = economy_bind,
    .destroy = free,
};
