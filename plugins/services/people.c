/* Need of services, person by person: ages of the population, and those services whose need follows what a person does or
   a lot for life (home care, after-school care). */
#include "services.h"

enum { AFTER_SCHOOL_MIN = 6, AFTER_SCHOOL_MAX = 12, UPPER_MIN = 16, UPPER_MAX = 19, YOUTH_MIN = 16, YOUTH_MAX = 24, YOUNG_MIN = 20, YOUNG_MAX = 27,
       GRADE_F = 2 };

double need_rate(const double *table, need_kind need, int32_t sex, int32_t age, double years)
{
    const double *rates = table + ((size_t)need * SEXES + (size_t)sex) * KJ_AGE_CLASS_COUNT;
    if (years == 0.0 || age < OLD_AGE) return rates[kj_age_class(age)];
    double at = (double)age - years;
    if (at < (double)(OLD_AGE - 1)) at = (double)(OLD_AGE - 1);
    int32_t below = (int32_t)at;
    double part = at - (double)below;
    return rates[kj_age_class(below)] * (1.0 - part) + rates[kj_age_class(below + 1)] * part;
}

double need_delay(const services *self, kj_ctx *ctx)
{
    double decades = (double)(self->run->month(ctx) - self->run->start_month(ctx)) / 120.0;
    return service_value(self, ctx, SERVICE_PARAM_healthier_years) * (decades > 0.0 ? decades : 0.0);
}

/* Services that are counted person by person. */
enum { BY_PERSON_AFTER = 0, BY_PERSON_UPPER, BY_PERSON_YOUTH, BY_PERSON_HOME_CARE, BY_PERSON_COUNT };
static const kj_service_kind by_person[BY_PERSON_COUNT] = {KJ_SERVICE_AFTER_SCHOOL, KJ_SERVICE_UPPER_SECONDARY, KJ_SERVICE_YOUTH, KJ_SERVICE_HOME_CARE};
enum { AREA_AFTER = 0, AREA_HOME_CARE, AREA_YOUNG, AREA_COUNTS };

/* Rows of persons that have one thing in common, picked without branches: who is a child or old or a pupil follows no pattern along
   the rows. */
enum { TOGETHER = 512 };
typedef struct some_people {
    uint32_t n, row[TOGETHER];
} some_people;

static void pick(some_people *some, uint32_t row, uint32_t is_one)
{
    some->row[some->n] = row;
    some->n += is_one;
}

/* What an age may need, in bits. */
enum { OF_CHILD = 1, OF_OLD = 2, OF_YOUTH = 4 };

typedef struct people_view {
    const services *self;
    kj_ctx *ctx;
    kj_month now;
    const uint8_t *alive, *resident, *sex, *activity, *grade, *flags;
    const int16_t *birth, *home_area;
    const int32_t *facility_cell, *cell_area;
    const kj_id *household, *mother, *father, *care, *school, *area_municipality;
    const uint64_t *luck;
    const uint32_t *person_row, *household_row, *facility_row, *municipality_row;
    uint32_t home_care[SEXES][AGES], after[SEXES][AGES]; /* thresholds */
    uint8_t of_age[AGES];
    int32_t *ages;      /* [municipality][sex][age] */
    int32_t *clients;   /* [municipality][BY_PERSON_COUNT] */
    int32_t *in_area;   /* [area][AREA_COUNTS] */
    uint32_t n_municipalities, n_areas;
    kj_stream stream;
    uint32_t first, m[TOGETHER]; /* persons looked at together: row of the first, rows of their municipalities */
    some_people lots, pupils, youth; /* of them: those who draw a lot, who go to school, and of UPPER_MIN to YOUNG_MAX years */
} people_view;

static void open_people(const services *self, kj_ctx *ctx, people_view *v)
{
    const kj_run_v1 *run = self->run;
    const services_columns *c = &self->col;
    *v = (people_view){.self = self, .ctx = ctx, .now = run->month(ctx), .alive = run->alive(ctx, self->person), .resident = run->read(ctx, c->p_resident),
        .sex = run->read(ctx, c->p_sex),
        .activity = run->read(ctx, c->p_activity), .grade = run->read(ctx, c->p_grade),
        .flags = run->read(ctx, c->h_flags), .birth = run->read(ctx, c->p_birth), .home_area = run->read(ctx, c->h_area),
        .facility_cell = run->read(ctx, c->f_cell), .cell_area = run->read(ctx, c->c_area),
        .household = run->read(ctx, c->p_household), .mother = run->read(ctx, c->p_mother), .father = run->read(ctx, c->p_father),
        .care = run->read(ctx, c->p_care), .school = run->read(ctx, c->p_school), .area_municipality = run->read(ctx, c->a_municipality),
        .luck = run->read(ctx, c->p_luck),
        .person_row = run->row_of(ctx, self->person), .household_row = run->row_of(ctx, self->household),
        .facility_row = run->row_of(ctx, self->facility), .municipality_row = run->row_of(ctx, self->municipality),
        .n_municipalities = run->n_rows(ctx, self->municipality),
        .n_areas = run->n_rows(ctx, self->area), .stream = run->stream(ctx, STREAM_NEED)};
    uint32_t n;
    const double *need = run->param_table(ctx, self->need, &n), delay = need_delay(self, ctx);
    for (int32_t sex = 0; sex < SEXES; sex++)
        for (int32_t age = 0; age < AGES; age++) {
            v->home_care[sex][age] = age < OLD_AGE ? 0 : kj_threshold(need_rate(need, NEED_HOME_CARE, sex, age, delay));
            v->after[sex][age] = kj_threshold(need_rate(need, NEED_AFTER_SCHOOL, sex, age, 0.0));
        }
    for (int32_t age = 0; age < AGES; age++)
        v->of_age[age] = (uint8_t)((age >= AFTER_SCHOOL_MIN && age <= AFTER_SCHOOL_MAX ? OF_CHILD : 0) | (age >= OLD_AGE ? OF_OLD : 0) |
                                   (age >= UPPER_MIN && age <= YOUNG_MAX ? OF_YOUTH : 0));
    v->ages = run->scratch(ctx, ((size_t)v->n_municipalities + 1u) * SEXES * AGES * sizeof *v->ages);
    v->clients = run->scratch(ctx, ((size_t)v->n_municipalities + 1u) * BY_PERSON_COUNT * sizeof *v->clients);
    v->in_area = run->scratch(ctx, ((size_t)v->n_areas + 1u) * AREA_COUNTS * sizeof *v->in_area);
}

/* Row of the area of the home or care home; -1 none. */
static int32_t area_of(const people_view *v, uint32_t row)
{
    if (v->care[row]) {
        uint32_t home = v->facility_row[v->care[row]];
        int32_t cell = home == KJ_NO_ROW ? -1 : v->facility_cell[home];
        return cell < 0 ? -1 : v->cell_area[cell];
    }
    uint32_t household = v->household_row[v->household[row]];
    return household == KJ_NO_ROW ? -1 : v->home_area[household];
}

/* A pupil with a school whose household has a low income. */
static void pupil(const people_view *v, uint32_t row)
{
    uint32_t school = v->facility_row[v->school[row]], household = v->household_row[v->household[row]];
    if (v->grade[row] < GRADE_F || school == KJ_NO_ROW || household == KJ_NO_ROW) return;
    if (v->flags[household] & 4) v->self->run->add(v->ctx, v->self->col.f_low, school, 1);
}

static bool with_parent(const people_view *v, uint32_t row)
{
    const kj_id parents[2] = {v->mother[row], v->father[row]};
    for (int k = 0; k < 2; k++) {
        uint32_t parent = v->person_row[parents[k]];
        if (parent != KJ_NO_ROW && v->household[row] && v->household[parent] == v->household[row]) return true;
    }
    return false;
}

/* Municipality of each of the persons looked at together; a home outside every area still counts, in the first. */
static void find_municipalities(people_view *v, uint32_t end)
{
    for (uint32_t row = v->first; row < end; row++) {
        int32_t area = v->alive[row] && v->resident[row] ? area_of(v, row) : -1;
        uint32_t m = area >= 0 ? v->municipality_row[v->area_municipality[area]] : 0;
        v->m[row - v->first] = m == KJ_NO_ROW ? 0 : m;
    }
}

static void sort_out(people_view *v, uint32_t end)
{
    v->lots.n = v->pupils.n = v->youth.n = 0;
    for (uint32_t row = v->first; row < end; row++) {
        uint32_t here = (v->alive[row] != 0) & (v->resident[row] != 0), age = (uint32_t)service_age(v->now, v->birth[row]), of = v->of_age[age];
        v->ages[((size_t)v->m[row - v->first] * SEXES + v->sex[row]) * AGES + age] += (int32_t)here;
        pick(&v->lots, row, here & ((of & OF_CHILD) | ((of & OF_OLD) / OF_OLD & (v->care[row] == 0))));
        pick(&v->pupils, row, here & (v->school[row] != 0));
        pick(&v->youth, row, here & of / OF_YOUTH);
    }
}

static void count_lots(const people_view *v)
{
    const some_people *some = &v->lots;
    uint64_t luck[TOGETHER];
    uint32_t draw[4][TOGETHER];
    for (uint32_t k = 0; k < some->n; k++) luck[k] = v->luck[some->row[k]];
    v->self->run->draw_many(v->stream, luck, some->n, 0, 0, draw[0], TOGETHER);
    for (uint32_t k = 0; k < some->n; k++) {
        const uint32_t row = some->row[k];
        const int32_t age = service_age(v->now, v->birth[row]), area = area_of(v, row);
        const bool child = age < OLD_AGE;
        const int32_t is_met = child ? draw[1][k] < v->after[v->sex[row]][age] : draw[0][k] < v->home_care[v->sex[row]][age];
        v->clients[v->m[row - v->first] * BY_PERSON_COUNT + (child ? BY_PERSON_AFTER : BY_PERSON_HOME_CARE)] += is_met;
        if (area >= 0) v->in_area[(size_t)area * AREA_COUNTS + (child ? AREA_AFTER : AREA_HOME_CARE)] += is_met;
    }
}

static void count_youth(const people_view *v)
{
    for (uint32_t k = 0; k < v->youth.n; k++) {
        const uint32_t row = v->youth.row[k];
        const int32_t age = service_age(v->now, v->birth[row]);
        int32_t *clients = v->clients + (size_t)v->m[row - v->first] * BY_PERSON_COUNT;
        clients[BY_PERSON_UPPER] += (age <= UPPER_MAX) & (v->activity[row] == KJ_ACT_PUPIL);
        clients[BY_PERSON_YOUTH] += (age <= YOUTH_MAX) & (v->activity[row] == KJ_ACT_NOT_EMPLOYED);
        if (age < YOUNG_MIN || !with_parent(v, row)) continue;
        const int32_t area = area_of(v, row);
        if (area >= 0) v->in_area[(size_t)area * AREA_COUNTS + AREA_YOUNG]++;
    }
}

static void give_counts(const people_view *v)
{
    const kj_run_v1 *run = v->self->run;
    const services_columns *c = &v->self->col;
    for (uint32_t m = 0; m < v->n_municipalities; m++) {
        const int32_t *women = v->ages + (size_t)m * SEXES * AGES, *men = women + AGES;
        for (int32_t age = 0; age < AGES; age++) {
            if (women[age]) run->add(v->ctx, c->g_women, age_row(m, age), women[age]);
            if (men[age]) run->add(v->ctx, c->g_men, age_row(m, age), men[age]);
        }
        for (int k = 0; k < BY_PERSON_COUNT; k++) {
            int32_t n = v->clients[m * BY_PERSON_COUNT + (uint32_t)k];
            if (n) run->add(v->ctx, c->s_clients, service_row(m, by_person[k]), n);
        }
    }
    const kj_col areas[AREA_COUNTS] = {c->a_after, c->a_home_care, c->a_young};
    for (uint32_t a = 0; a < v->n_areas; a++)
        for (uint32_t k = 0; k < AREA_COUNTS; k++) {
            int32_t n = v->in_area[a * AREA_COUNTS + k];
            if (!n) continue;
            run->add(v->ctx, areas[k], a, n);
            uint32_t m = v->municipality_row[v->area_municipality[a]];
            if (k == AREA_YOUNG && m != KJ_NO_ROW) run->add(v->ctx, c->m_young, m, n);
        }
}

kj_status services_people(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const services *self = instance;
    const kj_run_v1 *run = self->run;
    people_view v;
    open_people(self, ctx, &v);
    if (!v.ages || !v.clients || !v.in_area) return run->fail(ctx, KJ_E_MEMORY, "no scratch memory for the count of people");
    if (v.n_municipalities == 0) return KJ_OK;
    for (v.first = begin; v.first < end; v.first += TOGETHER) {
        const uint32_t last = end - v.first < TOGETHER ? end : v.first + TOGETHER;
        if (v.n_municipalities > 1) find_municipalities(&v, last);
        sort_out(&v, last);
        count_lots(&v);
        for (uint32_t k = 0; k < v.pupils.n; k++) pupil(&v, v.pupils.row[k]);
        count_youth(&v);
    }
    give_counts(&v);
    return KJ_OK;
}
