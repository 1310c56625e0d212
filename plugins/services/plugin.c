/* The plugin "services": its systems and their order. */
#include <stdlib.h>

#include "services.h"

/* Uses of a system, collected one by one. */
typedef struct uses {
    kj_use list[80];
    uint32_t n;
} uses;

static void add_uses(uses *u, kj_use (*access)(kj_col), const kj_col *cols, size_t n)
{
    for (size_t k = 0; k < n; k++) u->list[u->n++] = access(cols[k]);
}
#define USE(u, access, ...) add_uses(u, access, (const kj_col[]){__VA_ARGS__}, sizeof((const kj_col[]){__VA_ARGS__}) / sizeof(kj_col))

/* A system of the yearly count runs at the start too; there it follows what the other plugins compute first. */
typedef struct step {
    const char *name, *doc, *start_name;
    kj_shape shape;
    kj_table over;
    kj_status (*run)(void *, kj_ctx *, uint32_t, uint32_t);
    const char *after, *start_after; /* the step before this one */
    const uses *u;
    int32_t month; /* 0: every month */
} step;

static kj_status add_step(const services *self, const kj_register_v1 *reg, const step *s)
{
    const char *const after[] = {s->after, NULL};
    const char *const start_after[] = {"demography.start", "housing.start", "schools.start_count", s->start_after, NULL};
    kj_system_def def = {.struct_size = sizeof def, .name = s->name, .doc = s->doc, .phase = KJ_PHASE_MEASURE, .shape = s->shape, .over = s->over,
                         .month_of_year = s->month, .uses = s->u->list, .n_uses = s->u->n, .after = after, .run = s->run};
    kj_status status = reg->system(self->host->impl, &def);
    def.name = s->start_name;
    def.phase = KJ_PHASE_START;
    def.month_of_year = 0;
    def.after = start_after;
    return status ? status : reg->system(self->host->impl, &def);
}

static kj_status bind_rows(const services *self, const kj_register_v1 *reg)
{
    const services_columns *c = &self->col;
    uses u = {.n = 0};
    u.list[u.n++] = kj_creates(self->service);
    u.list[u.n++] = kj_creates(self->age);
    USE(&u, kj_writes, c->s_municipality, c->s_kind, c->g_municipality, c->g_age, c->m_panel);
    const char *const after[] = {"demography.start", "housing.start", NULL};
    const kj_system_def def = {.struct_size = sizeof def, .name = "services.start", .doc = "Makes a row for each service and each age of a municipality.",
                               .phase = KJ_PHASE_START, .shape = KJ_SERIAL, .uses = u.list, .n_uses = u.n, .after = after, .run = services_start};
    return reg->system(self->host->impl, &def);
}

static kj_status bind_counts(const services *self, const kj_register_v1 *reg)
{
    const services_columns *c = &self->col;
    const kj_col costs[COST_TENURES][COST_FIGURES] = COST_COLUMNS(c);
    uses clear = {.n = 0}, homes = {.n = 0}, people = {.n = 0};
    USE(&clear, kj_writes, c->s_need, c->s_clients, c->s_places, c->s_units, c->s_classes, c->s_area, c->m_crowded, c->m_crowded3, c->m_strained, c->m_lodging,
        c->m_young, c->a_after, c->a_home_care, c->a_young, c->a_crowded, c->a_crowded3, c->a_strained, c->g_women, c->g_men, c->f_low);
    add_uses(&clear, kj_writes, costs[0], COST_TENURES * COST_FIGURES);
    USE(&homes, kj_reads, c->h_living, c->h_size, c->h_kind, c->h_dwelling, c->h_host, c->h_income, c->d_rooms, c->d_cell, c->d_rent,
        c->d_price, c->d_tenure, c->h_moved, c->c_area, c->a_municipality);
    USE(&homes, kj_writes, c->h_area, c->h_flags);
    add_uses(&homes, kj_adds, costs[0], COST_TENURES * COST_FIGURES);
    USE(&homes, kj_adds, c->a_crowded, c->a_crowded3, c->a_strained, c->m_crowded, c->m_crowded3, c->m_strained, c->m_lodging);
    USE(&people, kj_adds, c->f_low, c->g_women, c->g_men, c->s_clients, c->a_after, c->a_home_care, c->a_young, c->m_young);
    USE(&people, kj_reads, c->p_birth, c->p_sex, c->p_household, c->p_mother, c->p_father, c->p_activity, c->p_care, c->p_resident, c->p_luck, c->p_school, c->p_grade,
        c->h_area, c->h_flags, c->c_area, c->a_municipality, c->f_cell);
    const step steps[] = {
        {"services.clear", "Empties the counts of 1 November.", "services.start_clear", KJ_SERIAL, {0}, services_clear, "schools.measure", "services.start", &clear, COUNT_MONTH},
        {"services.homes", "Housing need: crowding, cost of housing against income, lodging.", "services.start_homes", KJ_ROWS, self->household, services_homes, "services.clear",
         "services.start_clear", &homes, COUNT_MONTH},
        {"services.people", "Ages, and the services that each person needs.", "services.start_people", KJ_ROWS, self->person, services_people, "services.homes",
         "services.start_homes", &people, COUNT_MONTH},
    };
    kj_status status = KJ_OK;
    for (size_t k = 0; k < sizeof steps / sizeof *steps && !status; k++) status = add_step(self, reg, &steps[k]);
    return status;
}

static kj_status bind_needs(const services *self, const kj_register_v1 *reg)
{
    const services_columns *c = &self->col;
    uses premises = {.n = 0}, needs = {.n = 0};
    USE(&premises, kj_reads, c->f_kind, c->f_independent, c->f_places, c->f_pavilion, c->f_capacity, c->f_opened, c->f_closed, c->f_pupils, c->f_school_classes, c->f_municipality, c->g_women, c->g_men);
    USE(&premises, kj_writes, c->f_area, c->f_classes, c->f_available, c->f_booked, c->f_used, c->f_frequency, c->f_occupancy, c->f_use, c->f_shift, c->f_rooms, c->m_shift, c->s_places, c->s_units,
        c->s_classes, c->s_area, c->s_need, c->s_clients, c->m_room_hours, c->m_room_booked, c->m_room_used, c->m_evening_used, c->m_use);
    USE(&needs, kj_reads, c->g_women, c->g_men, c->m_pupils, c->m_over_limit, c->m_pupils_without, c->m_preschool, c->m_preschool_without, c->f_residents, c->f_municipality);
    USE(&needs, kj_writes, c->s_need, c->s_clients, c->s_staff, c->m_aged_0_19, c->m_aged_20_64, c->m_aged_65, c->m_dependency, c->m_staff, c->m_staff_share,
        c->m_staff_before, c->m_retiring, c->m_recruit, c->m_home_hours);
    const step steps[] = {
        {"services.premises", "Floor area, classes and use of rooms.", "services.start_premises", KJ_SERIAL, {0}, services_premises, "services.people",
         "services.start_people", &premises, COUNT_MONTH},
        {"services.needs", "Need, clients and staff of each service.", "services.start_needs", KJ_SERIAL, {0}, services_needs, "services.premises",
         "services.start_premises", &needs, COUNT_MONTH},
    };
    kj_status status = add_step(self, reg, &steps[0]);
    return status ? status : add_step(self, reg, &steps[1]);
}

static kj_status bind_panel(const services *self, const kj_register_v1 *reg)
{
    const services_columns *c = &self->col;
    uses join = {.n = 0}, look = {.n = 0};
    join.list[join.n++] = kj_creates(self->panel);
    USE(&join, kj_reads, c->p_sex, c->p_luck, c->p_birth, c->m_panel);
    USE(&join, kj_writes, c->x_person, c->x_luck, c->x_birth, c->x_sex);
    USE(&look, kj_reads, c->p_resident, c->p_grade, c->p_sex, c->p_birth, c->p_household, c->p_care, c->p_school, c->p_luck, c->h_living, c->h_flags, c->h_size, c->h_area,
        c->h_income, c->h_dwelling, c->h_host, c->d_cell, c->d_rent, c->f_cell, c->c_area, c->x_person);
    USE(&look, kj_writes, c->x_entered, c->x_entry_area, c->x_entry_income, c->x_here, c->x_flags, c->x_area, c->x_cell, c->x_left, c->x_school);
    const step steps[] = {
        {"services.join", "Takes new people into the panel.", "services.start_join", KJ_SERIAL, {0}, services_join, "services.homes", "services.start_homes", &join, 0},
        {"services.panel", "How the people of the panel live.", "services.start_panel", KJ_ROWS, self->panel, services_panel, "services.join", "services.start_join",
         &look, COUNT_MONTH},
    };
    kj_status status = add_step(self, reg, &steps[0]);
    return status ? status : add_step(self, reg, &steps[1]);
}

static kj_status services_create(const kj_host *host, void **instance)
{
    services *self = calloc(1, sizeof *self);
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

static kj_status services_provide(void *instance, const kj_host *host)
{
    kj_status status = services_declare(instance, host);
    return status ? status : services_show(host);
}

static kj_status services_bind(void *instance, const kj_host *host)
{
    services *self = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    kj_status status = services_require(self, host);
    if (!status) status = bind_rows(self, reg);
    if (!status) status = bind_counts(self, reg);
    if (!status) status = bind_needs(self, reg);
    if (!status) status = bind_panel(self, reg);
    const kj_invariant_def invariants[] = {
        {sizeof(kj_invariant_def), "services.ages", "Residents by age add up to the residents.", services_check_ages},
        {sizeof(kj_invariant_def), "services.clients", "Nobody is served without need, no room is used beyond its hours.", services_check_clients},
    };
    for (size_t k = 0; k < sizeof invariants / sizeof *invariants && !status; k++) status = reg->invariant(host->impl, &invariants[k]);
    return status;
}

const kj_plugin_def KJ_PLUGIN_SYMBOL = {
    .struct_size = sizeof(kj_plugin_def),
    .abi_major = KJ_ABI_MAJOR,
    .abi_minor = KJ_ABI_MINOR,
    .stamp = KJ_BUILD_STAMP,
    .id = "services",
    .version = KJ_VERSION,
    .licence = "Apache-2.0",
    .doc = "Municipal services: need by age and person, staff, premises and their use, housing need, and the panel for comparing runs.",
    .create = services_create,
    .provide = services_provide,
    .bind = services_bind,
    .destroy = free,
};
