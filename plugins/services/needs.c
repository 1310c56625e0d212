/* Services by municipality: need from ages and persons, clients, and the staff that they ask for. */
#include <string.h>

#include "services.h"

/* Rows of the tables service and age, and the share of people that the panel follows. */
kj_status services_start(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const services *self = instance;
    const kj_run_v1 *run = self->run;
    const services_columns *c = &self->col;
    uint32_t n = run->n_rows(ctx, self->municipality), n_persons = run->n_rows(ctx, self->person);
    for (uint32_t k = 0; k < n * KJ_SERVICE_COUNT; k++)
        if (!run->create(ctx, self->service)) return KJ_E_MEMORY;
    for (uint32_t k = 0; k < n * AGES; k++)
        if (!run->create(ctx, self->age)) return KJ_E_MEMORY;
    const kj_id *ids = run->ids(ctx, self->municipality);
    kj_id *of = run->write(ctx, c->s_municipality), *age_of = run->write(ctx, c->g_municipality);
    uint8_t *kind = run->write(ctx, c->s_kind), *age = run->write(ctx, c->g_age);
    for (uint32_t k = 0; k < n * KJ_SERVICE_COUNT; k++) of[k] = ids[k / KJ_SERVICE_COUNT], kind[k] = (uint8_t)(k % KJ_SERVICE_COUNT);
    for (uint32_t k = 0; k < n * AGES; k++) age_of[k] = ids[k / AGES], age[k] = (uint8_t)(k % AGES);
    double wanted = service_value(self, ctx, SERVICE_PARAM_panel_people), share = n_persons > 0 ? wanted / (double)n_persons : 0.0;
    int64_t *panel = run->write(ctx, c->m_panel);
    for (uint32_t m = 0; m < n; m++) panel[m] = (int64_t)((share < 1.0 ? share : 1.0) * 65536.0);
    return KJ_OK;
}

static void clear(const services *self, kj_ctx *ctx, kj_table table, kj_col col, size_t width)
{
    memset(self->run->write(ctx, col), 0, self->run->n_rows(ctx, table) * width);
}

kj_status services_clear(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const services *self = instance;
    const services_columns *c = &self->col;
    const kj_col services_[] = {c->s_need, c->s_clients, c->s_places, c->s_units, c->s_classes, c->s_area};
    const kj_col costs[COST_TENURES][COST_FIGURES] = COST_COLUMNS(c);
    const kj_col municipal[] = {c->m_crowded, c->m_crowded3, c->m_strained, c->m_lodging, c->m_young};
    const kj_col areas[] = {c->a_after, c->a_home_care, c->a_young, c->a_crowded, c->a_crowded3, c->a_strained};
    for (size_t k = 0; k < sizeof services_ / sizeof *services_; k++) clear(self, ctx, self->service, services_[k], sizeof(int64_t));
    for (size_t k = 0; k < sizeof municipal / sizeof *municipal; k++) clear(self, ctx, self->municipality, municipal[k], sizeof(int64_t));
    for (size_t k = 0; k < COST_TENURES * COST_FIGURES; k++) clear(self, ctx, self->municipality, costs[k / COST_FIGURES][k % COST_FIGURES], sizeof(int64_t));
    for (size_t k = 0; k < sizeof areas / sizeof *areas; k++) clear(self, ctx, self->area, areas[k], sizeof(int32_t));
    clear(self, ctx, self->age, c->g_women, sizeof(int32_t));
    clear(self, ctx, self->age, c->g_men, sizeof(int32_t));
    clear(self, ctx, self->facility, c->f_low, sizeof(int32_t));
    return KJ_OK;
}

/* Columns of the services of one municipality. */
typedef struct needs_view {
    const services *self;
    kj_ctx *ctx;
    const int32_t *women, *men;
    const double *table, *staff_table;
    double delay;
    int64_t *need, *clients, *staff;
} needs_view;

/* Clients that ages alone give, rounded. */
static int64_t by_age(const needs_view *v, uint32_t m, need_kind kind, double delay)
{
    double sum = 0.0;
    for (int32_t age = 0; age < AGES; age++) {
        sum += (double)v->women[age_row(m, age)] * need_rate(v->table, kind, KJ_FEMALE, age, delay);
        sum += (double)v->men[age_row(m, age)] * need_rate(v->table, kind, KJ_MALE, age, delay);
    }
    return (int64_t)(sum + 0.5);
}

static void set(const needs_view *v, uint32_t m, kj_service_kind kind, int64_t need, int64_t clients)
{
    v->need[service_row(m, kind)] = need;
    v->clients[service_row(m, kind)] = clients;
}

/* Sum over ages lo … hi of both sexes. */
static int64_t aged(const needs_view *v, uint32_t m, int32_t lo, int32_t hi)
{
    int64_t sum = 0;
    for (int32_t age = lo; age <= hi; age++) sum += v->women[age_row(m, age)] + v->men[age_row(m, age)];
    return sum;
}

static void fill_services(const needs_view *v, uint32_t m, int64_t residents)
{
    const kj_run_v1 *run = v->self->run;
    const services_columns *c = &v->self->col;
    const int64_t *pupils = run->read(v->ctx, c->m_pupils), *without = run->read(v->ctx, c->m_pupils_without);
    const int64_t *preschool = run->read(v->ctx, c->m_preschool), *preschool_without = run->read(v->ctx, c->m_preschool_without);
    set(v, m, KJ_SERVICE_PRESCHOOL, preschool[m] + preschool_without[m], preschool[m]);
    set(v, m, KJ_SERVICE_SCHOOL, pupils[m] + without[m], pupils[m]);
    const int64_t *over_limit = run->read(v->ctx, c->m_over_limit);
    set(v, m, KJ_SERVICE_SCHOOL_TRANSPORT, over_limit[m], over_limit[m]);
    const kj_service_kind counted[] = {KJ_SERVICE_AFTER_SCHOOL, KJ_SERVICE_UPPER_SECONDARY, KJ_SERVICE_YOUTH, KJ_SERVICE_HOME_CARE};
    for (size_t k = 0; k < sizeof counted / sizeof *counted; k++) v->need[service_row(m, counted[k])] = v->clients[service_row(m, counted[k])];
    int64_t care = by_age(v, m, NEED_CARE_HOME, v->delay);
    set(v, m, KJ_SERVICE_CARE_HOME, care > residents ? care : residents, residents);
    const struct { kj_service_kind service; need_kind need; double delay; } by_ages[] = {
        {KJ_SERVICE_DISABILITY, NEED_DISABILITY, 0.0},     {KJ_SERVICE_SOCIAL_YOUNG, NEED_SOCIAL_YOUNG, 0.0},
        {KJ_SERVICE_SOCIAL_ADULT, NEED_SOCIAL_ADULT, 0.0}, {KJ_SERVICE_HEALTH_CENTRE, NEED_HEALTH, v->delay},
        {KJ_SERVICE_LIBRARY, NEED_LIBRARY, 0.0}};
    for (size_t k = 0; k < sizeof by_ages / sizeof *by_ages; k++) {
        int64_t n = by_age(v, m, by_ages[k].need, by_ages[k].delay);
        set(v, m, by_ages[k].service, n, n);
    }
    uint32_t leisure = service_row(m, KJ_SERVICE_LEISURE);
    v->clients[leisure] = v->need[leisure];
    int64_t everyone = aged(v, m, 0, AGES - 1);
    set(v, m, KJ_SERVICE_TECHNICAL, everyone, everyone);
}

/* Posts for what is needed; the region's health centres are not among those of the municipality. */
static int64_t fill_staff(const needs_view *v, uint32_t m)
{
    int64_t sum = 0;
    for (int k = 0; k < KJ_SERVICE_COUNT; k++) {
        uint32_t at = service_row(m, (kj_service_kind)k);
        v->staff[at] = (int64_t)((double)v->need[at] / v->staff_table[k] * 100.0 + 0.5);
        if (k != KJ_SERVICE_HEALTH_CENTRE) sum += v->staff[at];
    }
    return sum;
}

static int64_t ratio(int64_t part, int64_t whole, int64_t scale) { return whole > 0 ? (part * scale + whole / 2) / whole : 0; }

static void fill_municipality(const needs_view *v, uint32_t m, int64_t staff)
{
    const kj_run_v1 *run = v->self->run;
    const services_columns *c = &v->self->col;
    int64_t young = aged(v, m, 0, 19), working = aged(v, m, 20, 64), old = aged(v, m, 65, AGES - 1), last = aged(v, m, 64, 64);
    ((int64_t *)run->write(v->ctx, c->m_aged_0_19))[m] = young;
    ((int64_t *)run->write(v->ctx, c->m_aged_20_64))[m] = working;
    ((int64_t *)run->write(v->ctx, c->m_aged_65))[m] = old;
    ((int64_t *)run->write(v->ctx, c->m_dependency))[m] = ratio(young + old, working, 1000);
    int64_t *needed = run->write(v->ctx, c->m_staff), *share = run->write(v->ctx, c->m_staff_share), *before = run->write(v->ctx, c->m_staff_before);
    int64_t *retiring = run->write(v->ctx, c->m_retiring), *recruit = run->write(v->ctx, c->m_recruit), *hours = run->write(v->ctx, c->m_home_hours);
    needed[m] = staff;
    share[m] = ratio(staff, working, 1000);
    retiring[m] = ratio(staff * last, working, 1);
    recruit[m] = retiring[m] + (before[m] > 0 ? staff - before[m] : 0);
    before[m] = staff;
    hours[m] = (int64_t)((double)v->clients[service_row(m, KJ_SERVICE_HOME_CARE)] * service_value(v->self, v->ctx, SERVICE_PARAM_home_care_hours) + 0.5);
}

kj_status services_needs(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const services *self = instance;
    const kj_run_v1 *run = self->run;
    const services_columns *c = &self->col;
    uint32_t n, n_rates, n_staff;
    needs_view v = {.self = self, .ctx = ctx, .women = run->read(ctx, c->g_women), .men = run->read(ctx, c->g_men),
                    .table = run->param_table(ctx, self->need, &n_rates), .staff_table = run->param_table(ctx, self->staff, &n_staff),
                    .delay = need_delay(self, ctx), .need = run->write(ctx, c->s_need), .clients = run->write(ctx, c->s_clients),
                    .staff = run->write(ctx, c->s_staff)};
    n = run->n_rows(ctx, self->municipality);
    int64_t *residents = run->scratch(ctx, ((size_t)n + 1u) * sizeof *residents);
    if (!residents) return KJ_E_MEMORY;
    const int32_t *living = run->read(ctx, c->f_residents);
    const kj_id *of = run->read(ctx, c->f_municipality);
    const uint8_t *alive = run->alive(ctx, self->facility);
    const uint32_t *municipality_row = run->row_of(ctx, self->municipality);
    for (uint32_t f = 0; f < run->n_rows(ctx, self->facility); f++) {
        uint32_t m = alive[f] ? municipality_row[of[f]] : KJ_NO_ROW;
        if (m != KJ_NO_ROW) residents[m] += living[f];
    }
    for (uint32_t m = 0; m < n; m++) {
        fill_services(&v, m, residents[m]);
        fill_municipality(&v, m, fill_staff(&v, m));
    }
    return KJ_OK;
}
