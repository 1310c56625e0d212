/* Housing: dwellings, vacancies and their chains, search, choice, clearing, moves and prices. */
#include <stdlib.h>

#include "housing.h"
#include "vacancy.h"

enum { USES_MAX = 128 };

/* A system's list of uses while it is written down. */
typedef struct uses {
    kj_use list[USES_MAX];
    uint32_t n;
} uses;

static void add_use(uses *u, kj_use use)
{
    for (uint32_t i = 0; i < u->n; i++)
        if (u->list[i].kind == use.kind && u->list[i].index1 == use.index1) {
            if (use.access == KJ_WRITE) u->list[i].access = KJ_WRITE;
            return;
        }
    if (u->n < USES_MAX) u->list[u->n++] = use;
}

static void add_reads(uses *u, const kj_col *cols, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) add_use(u, kj_reads(cols[i]));
}

static void add_writes(uses *u, const kj_col *cols, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) add_use(u, kj_writes(cols[i]));
}

#define READS(u, ...) add_reads(u, (const kj_col[]){__VA_ARGS__}, sizeof((const kj_col[]){__VA_ARGS__}) / sizeof(kj_col))
#define WRITES(u, ...) add_writes(u, (const kj_col[]){__VA_ARGS__}, sizeof((const kj_col[]){__VA_ARGS__}) / sizeof(kj_col))

static void add_books(uses *u, const housing *self)
{
    const housing_columns *col = &self->col;
    add_use(u, kj_creates(self->vacancy));
#define C(access, field) add_use(u, access(col->field));
    HOUSING_BOOKS(C)
#undef C
}

static kj_status add_system(const kj_register_v1 *reg, const kj_host *host, kj_system_def def, const uses *u)
{
    def.struct_size = sizeof def;
    def.uses = u->list;
    def.n_uses = u->n;
    return reg->system(host->impl, &def);
}

static kj_status bind_supply(housing *self, const kj_host *host, const kj_register_v1 *reg)
{
    const housing_columns *c = &self->col;
    uses start = {0}, negotiate = {0}, vacate = {0}, show = {0}, survey = {0};
    add_books(&start, self);
    add_use(&start, kj_creates(self->offer));
    READS(&start, c->d_household);
    WRITES(&start, c->a_homes, c->a_price_index, c->a_house_share);
    READS(&start, c->h_kind, c->h_children, c->h_head, c->p_birth, c->p_activity);
    add_writes(&start, &c->a_taste[0][0], 2 * HOUSING_STAGES);
    kj_status status = add_system(reg, host, (kj_system_def){.name = "housing.start", .phase = KJ_PHASE_START, .shape = KJ_SERIAL, .run = housing_start,
        .after = (const char *const[]){"demography.start", NULL},
        .doc = "Sets rents and prices that the map leaves open and opens a vacancy for each empty home."}, &start);
    READS(&negotiate, c->d_tenure);
    WRITES(&negotiate, c->d_rent);
    if (!status) status = add_system(reg, host, (kj_system_def){.name = "housing.negotiate", .phase = KJ_PHASE_SUPPLY, .shape = KJ_ROWS, .month_of_year = 1,
        .over = self->dwelling, .run = housing_negotiate, .doc = "Raises rents by the yearly negotiation."}, &negotiate);
    add_use(&vacate, kj_emits(self->open));
    add_use(&vacate, kj_creates(self->offer));
    add_books(&vacate, self);
    READS(&vacate, c->d_household);
    WRITES(&vacate, c->h_contract, c->a_vacant, c->a_general, c->a_house_offers, c->a_first_offer, c->a_for_sale, c->a_homes, c->a_searchers, c->a_buyers,
           c->m_vacancy_rental, c->m_vacancy_coop, c->m_vacancy_owner);
    add_use(&vacate, kj_drains(self->freed));
    if (!status) status = add_system(reg, host, (kj_system_def){.name = "housing.vacate", .phase = KJ_PHASE_SUPPLY, .shape = KJ_SERIAL, .run = housing_vacate,
        .after = (const char *const[]){"housing.negotiate", NULL},
        .doc = "Opens root vacancies for freed and new homes, puts homes on offer and lists them by area."}, &vacate);
    READS(&survey, c->a_vacant, c->a_general, c->a_house_offers, c->a_house_share, c->a_homes);
    add_reads(&survey, &c->a_taste[0][0], 2 * HOUSING_STAGES);
    add_writes(&survey, &c->a_size[0], HOUSING_VIEWS);
    if (!status) status = add_system(reg, host, (kj_system_def){.name = "housing.survey", .phase = KJ_PHASE_SUPPLY, .shape = KJ_SERIAL, .run = housing_survey,
        .after = (const char *const[]){"housing.vacate", NULL},
        .doc = "Measures the areas as each stage of life sees them."}, &survey);
    WRITES(&show, c->o_rent, c->o_price, c->o_cost, c->o_x, c->o_y, c->o_sort, c->o_rooms, c->o_flags, c->o_key, c->o_area);
    READS(&show, c->v_dwelling, c->v_area, c->v_available, c->v_opened, c->v_tenure, c->v_kind, c->v_rooms, c->d_cell, c->d_rent,
          c->d_price, c->d_built, c->d_luck);
    if (!status) status = add_system(reg, host, (kj_system_def){.name = "housing.offer", .phase = KJ_PHASE_SUPPLY, .shape = KJ_ROWS, .over_queue = self->open,
        .run = housing_offer_homes, .after = (const char *const[]){"housing.vacate", NULL},
        .doc = "Gathers what searchers look at of the homes on offer."}, &show);
    return status;
}

static kj_status bind_market(housing *self, const kj_host *host, const kj_register_v1 *reg)
{
    const housing_columns *c = &self->col;
    uses decide = {0}, line_up = {0}, choose = {0}, clear = {0}, price = {0};
    add_use(&decide, kj_emits(self->searches)); /* queues first: emit looks its use up from the front */
    READS(&decide, c->h_living, c->h_size, c->h_children, c->h_kind, c->d_tenure, c->d_rooms, c->h_luck, c->h_contract,
          c->h_dwelling, c->h_host, c->h_head, c->p_next, c->h_income, c->h_moved, c->d_rent, c->d_price, c->d_cell, c->c_area, c->p_birth);
    WRITES(&decide, c->h_searching, c->h_cause, c->h_patience, c->h_look);
    kj_status status = add_system(reg, host, (kj_system_def){.name = "housing.decide", .phase = KJ_PHASE_MARKET, .shape = KJ_ROWS, .over = self->household,
        .run = housing_decide, .doc = "Draws who begins to search for a home, and lists all who search."}, &decide);

    add_use(&line_up, kj_emits(self->lined_up));
    add_use(&line_up, kj_drains(self->searches));
    if (!status) status = add_system(reg, host, (kj_system_def){.name = "housing.line_up", .phase = KJ_PHASE_MARKET, .shape = KJ_SERIAL,
        .run = housing_line_up, .after = (const char *const[]){"housing.decide", NULL}, .doc = "Sorts those who search by the area in which they live."}, &line_up);

    add_use(&choose, kj_emits(self->bids));
    add_use(&choose, kj_adds(c->a_searchers));
    READS(&choose, c->h_origin, c->h_size, c->h_children, c->h_kind, c->h_living, c->h_cause, c->h_head, c->h_luck,
          c->h_income, c->h_moved, c->h_searching, c->d_tenure, c->d_rooms, c->d_cell, c->d_rent, c->d_price, c->c_area, c->a_municipality, c->p_activity,
          c->p_next, c->p_workplace, c->p_luck, c->p_birth, c->p_queue_since, c->w_cell, c->a_x, c->a_y,
          c->a_first_offer, c->a_vacant, c->a_general);
    add_reads(&choose, &c->a_taste[0][0], 2 * HOUSING_STAGES);
    add_reads(&choose, &c->a_size[0], HOUSING_VIEWS);
    READS(&choose, c->o_rent, c->o_price, c->o_cost, c->o_x, c->o_y, c->o_sort, c->o_rooms, c->o_flags, c->o_key);
    add_use(&choose, kj_drains(self->lined_up));
    if (!status) status = add_system(reg, host, (kj_system_def){.name = "housing.choose", .phase = KJ_PHASE_MARKET, .shape = KJ_ROWS, .over_queue = self->lined_up,
        .run = housing_choose, .after = (const char *const[]){"housing.line_up", NULL},
        .doc = "Each searcher draws an area, looks at homes in it, and applies for or bids on those it likes."}, &choose);

    READS(&clear, c->v_dwelling, c->v_cause, c->a_municipality);
    WRITES(&clear, c->v_stage, c->v_filled_by, c->v_contract, c->v_move_in, c->d_price, c->h_contract, c->h_searching,
           c->h_cause, c->a_buyers, c->m_lettings, c->m_queue_months, c->m_lettings_need);
    add_use(&clear, kj_drains(self->open));
    READS(&clear, c->o_price, c->o_sort, c->o_flags, c->o_area);
    add_use(&clear, kj_drains(self->bids));
    if (!status) status = add_system(reg, host, (kj_system_def){.name = "housing.clear", .phase = KJ_PHASE_MARKET, .shape = KJ_SERIAL, .run = housing_clear,
        .after = (const char *const[]){"housing.choose", NULL},
        .doc = "Gives homes to applicants by queue, lot or highest bid, one offer a household, and signs contracts."}, &clear);

    READS(&price, c->a_for_sale, c->a_buyers);
    WRITES(&price, c->a_price_index);
    if (!status) status = add_system(reg, host, (kj_system_def){.name = "housing.price", .phase = KJ_PHASE_MARKET, .shape = KJ_ROWS, .over = self->area,
        .run = housing_price, .after = (const char *const[]){"housing.clear", NULL},
        .doc = "Moves each area's prices of co-op and owned homes with bids a home for sale."}, &price);
    return status;
}

static kj_status bind_settle(housing *self, const kj_host *host, const kj_register_v1 *reg)
{
    const housing_columns *c = &self->col;
    uses settle = {0}, exchange = {0}, measure = {0}, rents = {0};
    add_books(&settle, self);
    READS(&settle, c->h_size, c->h_kind, c->h_origin, c->h_head, c->p_next, c->h_income, c->p_birth);
    WRITES(&settle, c->d_household, c->h_dwelling, c->h_host, c->h_sublet, c->h_contract, c->h_moved, c->h_searching, c->h_living,
           c->h_cause, c->p_resident, c->p_moved, c->p_queue_since, c->v_from_dwelling, c->v_mover_income, c->v_mover_size,
           c->v_mover_kind, c->v_mover_origin, c->v_mover_age, c->m_moves, c->m_household_moves, c->m_moved_in,
           c->m_left_vacant, c->m_first_homes, c->m_chains_closed, c->m_chain_moves, c->m_chains_new,
           c->m_chains_new_moves, c->m_vacated_rental, c->m_vacated_coop, c->m_vacated_owner, c->m_vacated_private);
    add_use(&settle, kj_emits(self->arrived));
    kj_status status = add_system(reg, host, (kj_system_def){.name = "housing.settle", .phase = KJ_PHASE_SETTLE, .shape = KJ_SERIAL, .run = housing_settle,
        .doc = "Moves households in; the home they leave becomes the next vacancy of the chain."}, &settle);

    READS(&exchange, c->h_size, c->h_kind, c->h_living, c->h_head, c->h_contract, c->h_host, c->h_income, c->h_luck, c->d_tenure, c->d_rooms, c->d_rent,
          c->d_cell, c->d_luck, c->c_area, c->a_municipality, c->p_next, c->p_birth);
    WRITES(&exchange, c->h_moved, c->h_searching, c->h_cause, c->h_dwelling, c->d_household, c->p_moved, c->p_queue_since, c->m_moves, c->m_household_moves,
           c->m_vacated_rental, c->m_exchanged);
    if (!status) status = add_system(reg, host, (kj_system_def){.name = "housing.exchange", .phase = KJ_PHASE_SETTLE, .shape = KJ_SERIAL, .run = housing_exchange,
        .after = (const char *const[]){"housing.settle", NULL}, .doc = "Lets tenants who search with cause swap their rentals."}, &exchange);

    READS(&measure, c->v_stage, c->v_available, c->v_renovation, c->v_tenure, c->v_area, c->a_municipality, c->h_searching, c->h_living, c->h_host, c->h_dwelling, c->d_cell, c->d_tenure, c->d_state, c->c_area);
    add_writes(&measure, &c->m_homes[0], KJ_TENURE_COUNT);
    WRITES(&measure, c->m_vacant_on_offer, c->m_rental_on_offer, c->m_under_notice, c->m_under_renovation, c->m_contracted, c->m_searching);
    if (!status) status = add_system(reg, host, (kj_system_def){.name = "housing.start_measure", .phase = KJ_PHASE_START, .shape = KJ_SERIAL, .run = housing_measure_stocks,
        .after = (const char *const[]){"demography.start", "housing.start", NULL}, .doc = "Counts homes and vacancies at the start."}, &measure);
    READS(&measure, c->m_chains_closed, c->m_chain_moves, c->m_chains_new, c->m_chains_new_moves, c->m_lettings, c->m_queue_months);
    WRITES(&measure, c->m_chain_length, c->m_chain_length_new, c->m_queue_mean);
    if (!status) status = add_system(reg, host, (kj_system_def){.name = "housing.measure", .phase = KJ_PHASE_MEASURE, .shape = KJ_SERIAL, .month_of_year = 12,
        .run = housing_measure, .doc = "Counts homes, vacancies and who searches and takes the year's means."}, &measure);
    READS(&rents, c->d_tenure, c->d_rent, c->d_cell, c->c_area);
    WRITES(&rents, c->a_mean_rent);
    if (!status) status = add_system(reg, host, (kj_system_def){.name = "housing.rents", .phase = KJ_PHASE_MEASURE, .shape = KJ_SERIAL, .month_of_year = 12,
        .run = housing_rents, .doc = "Takes the mean rent of each area."}, &rents);
    if (!status) status = add_system(reg, host, (kj_system_def){.name = "housing.first_rents", .phase = KJ_PHASE_START, .shape = KJ_SERIAL, .run = housing_rents,
        .after = (const char *const[]){"housing.start", NULL}, .doc = "The same at the start."}, &rents);
    return status;
}

static kj_status housing_create(const kj_host *host, void **instance)
{
    housing *self = calloc(1, sizeof *self);
    if (!self) return KJ_E_MEMORY;
    self->run = host->interface(host, "kedja.run/1");
    if (!self->run) {
        free(self);
        return KJ_E_VERSION;
    }
    *instance = self;
    return KJ_OK;
}

static kj_status housing_provide(void *instance, const kj_host *host)
{
    kj_status status = housing_declare(instance, host);
    return status ? status : housing_show(host);
}

static kj_status housing_bind(void *instance, const kj_host *host)
{
    housing *self = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    kj_status status = reg ? housing_require(self, host) : KJ_E_VERSION;
    if (!status) status = bind_supply(self, host, reg);
    if (!status) status = bind_market(self, host, reg);
    if (!status) status = bind_settle(self, host, reg);
    const kj_invariant_def homes = {sizeof homes, "housing.homes", "Homes and households agree; every empty home has one open vacancy.", housing_check_homes};
    const kj_invariant_def forest = {sizeof forest, "housing.forest", "Vacancies form a forest, and every chain end has its reason.", housing_check_forest};
    if (!status) status = reg->invariant(host->impl, &homes);
    if (!status) status = reg->invariant(host->impl, &forest);
    return status;
}

static void housing_destroy(void *instance) { free(instance); }

const kj_plugin_def KJ_PLUGIN_SYMBOL = {
    .struct_size = sizeof(kj_plugin_def),
    .abi_major = KJ_ABI_MAJOR,
    .abi_minor = KJ_ABI_MINOR,
    .stamp = KJ_BUILD_STAMP,
    .id = "housing",
    .version = KJ_VERSION,
    .licence = "Apache-2.0",
    .doc = "Housing market and moving chains: search, choice, queue, bids, vacancies and what follows from each.",
    .create = housing_create,
    .provide = housing_provide,
    .bind = housing_bind,
    .destroy = housing_destroy,
};
