/* Facilities: floor area, classes, and how their rooms are used. Area is what was built: it grows when places are added and
   stays when they are taken away. */
#include <math.h>

#include "services.h"

premises_use premises_use_of(double available, double used, double people_hours, double seats)
{
    premises_use u = {0, 0, 0};
    if (available <= 0.0 || used <= 0.0) return u;
    double f = used / available, o = seats > 0.0 ? people_hours / (used * seats) : 0.0;
    if (f > 1.0) f = 1.0;
    u.frequency = (int32_t)(f * 1000.0 + 0.5);
    u.occupancy = (int32_t)(o * 1000.0 + 0.5);
    u.use = (int32_t)(f * o * 1000.0 + 0.5);
    return u;
}

typedef struct premises_rules {
    double group_cap, shift_gain, room_capacity, rooms_factor, lesson_hours, day_hours, evening_hours, places_per_hall,
        group, room_m2, co_use, kept;
} premises_rules;

static premises_rules read_rules(const services *self, kj_ctx *ctx)
{
#define V(name) service_value(self, ctx, SERVICE_PARAM_##name)
    bool per_use = V(pricing_model) > 1.5;
    return (premises_rules){V(group_cap), V(shift_gain), V(room_capacity), V(rooms_factor), V(lesson_hours),
                            V(day_hours), V(evening_hours), V(places_per_hall), V(leisure_group), V(leisure_room_m2), V(co_use_share),
                            per_use ? V(kept_bookings_per_use) : V(kept_bookings)};
#undef V
}

static kj_service_kind service_of(uint8_t facility_kind)
{
    static const kj_service_kind of[KJ_FACILITY_KIND_COUNT] = {KJ_SERVICE_PRESCHOOL, KJ_SERVICE_SCHOOL, KJ_SERVICE_CARE_HOME,
                                                               KJ_SERVICE_HEALTH_CENTRE, KJ_SERVICE_LEISURE, KJ_SERVICE_LIBRARY};
    return of[facility_kind];
}

/* Columns of facilities under one call. */
typedef struct premises_view {
    const services *self;
    premises_rules rule;
    uint32_t n;
    const uint8_t *alive, *kind, *independent;
    const int32_t *places, *pavilion, *capacity, *opened, *closed, *pupils, *school_classes;
    const kj_id *municipality;
    const uint32_t *municipality_row;
    const double *area_a_place;
    int32_t *area, *classes, *available, *booked, *used, *frequency, *occupancy, *use, *shift, *rooms;
    int64_t *places_of, *units, *classes_sum, *area_sum, *need, *clients;
    kj_month now;
} premises_view;

static void open_premises(const services *self, kj_ctx *ctx, premises_view *v)
{
    const kj_run_v1 *run = self->run;
    const services_columns *c = &self->col;
    uint32_t n_kinds;
    *v = (premises_view){.self = self, .rule = read_rules(self, ctx), .n = run->n_rows(ctx, self->facility), .alive = run->alive(ctx, self->facility),
        .kind = run->read(ctx, c->f_kind), .independent = run->read(ctx, c->f_independent),
        .places = run->read(ctx, c->f_places), .pavilion = run->read(ctx, c->f_pavilion),
        .capacity = run->read(ctx, c->f_capacity), .opened = run->read(ctx, c->f_opened), .closed = run->read(ctx, c->f_closed),
        .pupils = run->read(ctx, c->f_pupils), .school_classes = run->read(ctx, c->f_school_classes), .municipality = run->read(ctx, c->f_municipality),
        .municipality_row = run->row_of(ctx, self->municipality), .area_a_place = run->param_table(ctx, self->premises_area, &n_kinds),
        .area = run->write(ctx, c->f_area), .classes = run->write(ctx, c->f_classes), .available = run->write(ctx, c->f_available),
        .booked = run->write(ctx, c->f_booked), .used = run->write(ctx, c->f_used), .frequency = run->write(ctx, c->f_frequency),
        .occupancy = run->write(ctx, c->f_occupancy), .use = run->write(ctx, c->f_use), .shift = run->write(ctx, c->f_shift), .rooms = run->write(ctx, c->f_rooms), .places_of = run->write(ctx, c->s_places),
        .units = run->write(ctx, c->s_units), .classes_sum = run->write(ctx, c->s_classes), .area_sum = run->write(ctx, c->s_area),
        .need = run->write(ctx, c->s_need), .clients = run->write(ctx, c->s_clients), .now = run->month(ctx)};
}

static bool is_open(const premises_view *v, uint32_t f)
{
    return v->alive[f] && v->opened[f] <= v->now && (v->closed[f] == 0 || v->closed[f] > v->now);
}

/* Places that the rooms hold at once: where municipal schools teach in shifts, those beyond are the same rooms again. */
static int32_t built_places(const premises_view *v, uint32_t f)
{
    bool shifts = v->kind[f] == KJ_FACILITY_SCHOOL && !v->independent[f];
    return (int32_t)((double)v->places[f] / (shifts ? 1.0 + v->rule.shift_gain : 1.0) + 0.5) + v->pavilion[f];
}

static void build_area(const premises_view *v, uint32_t f)
{
    int32_t wanted = (int32_t)((double)built_places(v, f) * v->area_a_place[v->kind[f]] + 0.5);
    if (wanted > v->area[f]) v->area[f] = wanted;
}

static void count_classes(const premises_view *v, uint32_t f)
{
    v->classes[f] = 0;
    if (v->kind[f] == KJ_FACILITY_SCHOOL)
        v->classes[f] = v->school_classes[f];
    else if (v->kind[f] == KJ_FACILITY_PRESCHOOL)
        v->classes[f] = (int32_t)ceil((double)v->pupils[f] / v->rule.group_cap);
}

/* Pupils beyond the places of the rooms come in the afternoon, where the school teaches in shifts. */
static void count_shift(const premises_view *v, uint32_t f, int64_t *of_municipality)
{
    int32_t built = built_places(v, f);
    bool shifts = v->kind[f] == KJ_FACILITY_SCHOOL && !v->independent[f] && v->rule.shift_gain > 0.0;
    v->shift[f] = shifts && v->pupils[f] > built ? v->pupils[f] - built : 0;
    *of_municipality += v->shift[f];
}

/* Teaching rooms and halls of a school; a hall facility is one hall. */
static void rooms_of(const premises_view *v, uint32_t f, double *rooms, double *halls)
{
    *rooms = *halls = 0.0;
    if (v->kind[f] == KJ_FACILITY_HALL) *halls = 1.0;
    if (v->kind[f] != KJ_FACILITY_SCHOOL) return;
    double built_places = (double)v->area[f] / v->area_a_place[KJ_FACILITY_SCHOOL];
    *rooms = ceil(built_places / v->rule.room_capacity * v->rule.rooms_factor);
    *halls = floor(built_places / v->rule.places_per_hall);
}

/* Hours a week that associations can book there: halls, and the rooms that co-use opens. */
static double evening_hours(const premises_view *v, uint32_t f)
{
    double rooms, halls;
    rooms_of(v, f, &rooms, &halls);
    bool municipal = !v->independent[f];
    return (halls + (municipal ? floor(rooms * v->rule.co_use) : 0.0)) * v->rule.evening_hours;
}

typedef struct municipal_use {
    double offered, booked, people, seats, available, used, hours_booked; /* offered, booked: outside school */
} municipal_use;

/* Use of one school or hall when a share of its evening hours is booked. */
static void use_rooms(const premises_view *v, uint32_t f, double share, municipal_use *sum)
{
    double rooms, halls, evening = evening_hours(v, f);
    rooms_of(v, f, &rooms, &halls);
    v->rooms[f] = (int32_t)rooms;
    double day = rooms * v->rule.day_hours, lessons = (double)v->classes[f] * v->rule.lesson_hours;
    if (lessons > day) lessons = day; /* a second shift goes on after the day ends: the rooms are full */
    double associations = floor(evening * share + 0.5), kept = associations * v->rule.kept;
    double class_size = v->classes[f] > 0 ? (double)v->pupils[f] / (double)v->classes[f] : 0.0;
    double people = lessons * class_size + kept * v->rule.group, available = day + evening, used = lessons + kept;
    premises_use u = premises_use_of(available, used, people, v->rule.room_capacity);
    v->available[f] = (int32_t)(available + 0.5);
    v->booked[f] = (int32_t)(lessons + associations + 0.5);
    v->used[f] = (int32_t)(used + 0.5);
    v->frequency[f] = u.frequency;
    v->occupancy[f] = u.occupancy;
    v->use[f] = u.use;
    sum->booked += associations;
    sum->available += available;
    sum->used += used;
    sum->hours_booked += lessons + associations;
    sum->people += people;
}

/* What associations ask for, and the municipality's own rooms for what schools and halls cannot offer. */
static void leisure_rooms(const premises_view *v, kj_ctx *ctx, const municipal_use *sums, uint32_t n)
{
    const kj_run_v1 *run = v->self->run;
    const services_columns *c = &v->self->col;
    int64_t *offered = run->write(ctx, c->m_room_hours), *booked = run->write(ctx, c->m_room_booked), *used = run->write(ctx, c->m_room_used);
    int64_t *evening = run->write(ctx, c->m_evening_used), *use = run->write(ctx, c->m_use);
    for (uint32_t m = 0; m < n; m++) {
        uint32_t at = service_row(m, KJ_SERVICE_LEISURE);
        double left = (double)v->need[at] - sums[m].booked;
        double rooms = left > 0.0 && v->rule.evening_hours > 0.0 ? ceil(left / v->rule.evening_hours) : 0.0;
        v->area_sum[at] += (int64_t)(rooms * v->rule.room_m2 + 0.5);
        offered[m] = (int64_t)(sums[m].available + 0.5);
        booked[m] = (int64_t)(sums[m].hours_booked + 0.5);
        used[m] = (int64_t)(sums[m].used + 0.5);
        evening[m] = (int64_t)(sums[m].booked + 0.5);
        use[m] = premises_use_of(sums[m].available, sums[m].used, sums[m].people, v->rule.room_capacity).use;
    }
}

/* Room hours a week that the inhabitants ask for. */
static double leisure_hours(const services *self, kj_ctx *ctx, uint32_t m, double group)
{
    const kj_run_v1 *run = self->run;
    uint32_t n;
    const double *need = run->param_table(ctx, self->need, &n);
    const int32_t *women = run->read(ctx, self->col.g_women), *men = run->read(ctx, self->col.g_men);
    double hours = 0.0;
    for (int32_t age = 0; age < AGES; age++) {
        hours += (double)women[age_row(m, age)] * need_rate(need, NEED_LEISURE, KJ_FEMALE, age, 0.0);
        hours += (double)men[age_row(m, age)] * need_rate(need, NEED_LEISURE, KJ_MALE, age, 0.0);
    }
    return hours / group;
}

kj_status services_premises(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const services *self = instance;
    const kj_run_v1 *run = self->run;
    premises_view v;
    open_premises(self, ctx, &v);
    uint32_t n = run->n_rows(ctx, self->municipality);
    municipal_use *sums = run->scratch(ctx, ((size_t)n + 1u) * sizeof *sums);
    if (!sums) return KJ_E_MEMORY;
    int64_t *in_shifts = run->write(ctx, self->col.m_shift);
    for (uint32_t m = 0; m < n; m++) in_shifts[m] = 0;
    for (uint32_t f = 0; f < v.n; f++) {
        uint32_t m = v.alive[f] ? v.municipality_row[v.municipality[f]] : KJ_NO_ROW;
        v.shift[f] = v.classes[f] = v.available[f] = v.booked[f] = v.used[f] = v.frequency[f] = v.occupancy[f] = v.use[f] = v.rooms[f] = 0;
        if (m == KJ_NO_ROW || !is_open(&v, f)) continue;
        build_area(&v, f);
        count_classes(&v, f);
        count_shift(&v, f, &in_shifts[m]);
        sums[m].offered += evening_hours(&v, f);
        uint32_t at = service_row(m, service_of(v.kind[f]));
        bool teaches = v.kind[f] == KJ_FACILITY_SCHOOL || v.kind[f] == KJ_FACILITY_PRESCHOOL;
        v.places_of[at] += teaches ? v.capacity[f] : v.places[f];
        v.units[at]++;
        v.classes_sum[at] += v.classes[f];
        v.area_sum[at] += v.area[f];
    }
    for (uint32_t m = 0; m < n; m++) v.need[service_row(m, KJ_SERVICE_LEISURE)] = (int64_t)ceil(leisure_hours(self, ctx, m, v.rule.group));
    for (uint32_t f = 0; f < v.n; f++) {
        uint32_t m = v.alive[f] ? v.municipality_row[v.municipality[f]] : KJ_NO_ROW;
        bool rooms = v.kind[f] == KJ_FACILITY_SCHOOL || v.kind[f] == KJ_FACILITY_HALL;
        if (m == KJ_NO_ROW || !rooms || !is_open(&v, f)) continue;
        double share = sums[m].offered > 0.0 ? (double)v.need[service_row(m, KJ_SERVICE_LEISURE)] / sums[m].offered : 0.0;
        use_rooms(&v, f, share < 1.0 ? share : 1.0, &sums[m]);
    }
    leisure_rooms(&v, ctx, sums, n);
    return KJ_OK;
}
