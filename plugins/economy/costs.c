/* Services that are paid by the client, what is bought of others, and fees. */
#include "economy.h"

typedef struct costs_view {
    const economy *self;
    kj_ctx *ctx;
    const double *cost;
    const int64_t *need, *clients, *places, *area_m2;
    int64_t *fixed, *classes, *client, *area, *bought, *fees, *total;
} costs_view;

typedef struct facility_sum {
    double cost, years; /* of own facilities that are open: öre, and clients each as far as the facility was open this year */
    int64_t independent; /* clients of others, who are paid for through the year whatever opened when */
} facility_sum;

/* A facility that opened in August costs five twelfths, and its clients are as much of the mean; one that closed is none of it. */
static facility_sum sum_facilities(const costs_view *v, uint32_t m, kj_service_kind kind)
{
    const kj_run_v1 *run = v->self->run;
    const economy_columns *c = &v->self->col;
    const uint8_t *alive = run->alive(v->ctx, v->self->facility), *of_kind = run->read(v->ctx, c->f_kind), *free = run->read(v->ctx, c->f_independent);
    const kj_id *of = run->read(v->ctx, c->f_municipality);
    const int32_t *there = run->read(v->ctx, kind == KJ_SERVICE_CARE_HOME ? c->f_residents : c->f_pupils);
    const int32_t *opened = run->read(v->ctx, c->f_opened), *closed = run->read(v->ctx, c->f_closed);
    const int64_t *cost = run->read(v->ctx, c->f_cost);
    const uint32_t *row_of = run->row_of(v->ctx, v->self->municipality);
    const kj_month now = run->month(v->ctx);
    facility_sum sum = {0};
    for (uint32_t f = 0; f < run->n_rows(v->ctx, v->self->facility); f++) {
        if (!alive[f] || row_of[of[f]] != m || service_of_facility(of_kind[f]) != kind) continue;
        if (free[f]) sum.independent += there[f];
        if (free[f] || (closed[f] != 0 && closed[f] <= now)) continue;
        sum.cost += (double)cost[f];
        sum.years += there[f] * months_open(now, opened[f], closed[f]) / 12.0;
    }
    return sum;
}

/* Who must be given a place elsewhere: pupils without one, and those who need a care home when all are full. Places in the town's own
   that nobody has moved into yet are no reason to buy others. */
static int64_t without_place(const costs_view *v, uint32_t at, kj_service_kind kind)
{
    if (kind == KJ_SERVICE_SCHOOL) return v->need[at] - v->clients[at];
    int64_t room = v->places[at] > v->clients[at] ? v->places[at] : v->clients[at];
    return kind == KJ_SERVICE_CARE_HOME && v->need[at] > room ? v->need[at] - room : 0;
}

/* Pupils of independent schools bring the mean cost of a municipal pupil with them, and so do those without a place, who
   must be given one elsewhere; a place in a care home is a duty as well. Where the municipality has no school or care home of its
   own, the norm for a client alone is paid. */
static void buy(const costs_view *v, uint32_t m, kj_service_kind kind)
{
    uint32_t at = service_row(m, (int32_t)kind);
    const facility_sum own = sum_facilities(v, m, kind);
    const double elsewhere = (double)(own.independent + without_place(v, at, kind));
    v->bought[at] = own.years > 0.0 ? (int64_t)(own.cost / own.years * elsewhere + 0.5)
                                    : ore_of(v->cost[(size_t)kind * PART_COUNT + PART_CLIENT] * elsewhere);
}

static double leisure_fee(const economy *self, kj_ctx *ctx, double hours)
{
    const kj_run_v1 *run = self->run;
    double model = run->param(ctx, self->pricing_model), evening = run->param(ctx, self->evening_hours);
    if (model < 0.5) return hours * economy_value(self, ctx, ECONOMY_PARAM_price_flat);
    if (model < 1.5)
        return evening > 0.0 ? hours / evening * run->param(ctx, self->leisure_room_m2) * economy_value(self, ctx, ECONOMY_PARAM_price_m2) : 0.0;
    double used = hours * run->param(ctx, self->kept_per_use);
    return used * economy_value(self, ctx, ECONOMY_PARAM_season_weeks) * economy_value(self, ctx, ECONOMY_PARAM_price_hour);
}

static bool has_facilities(int kind) { return kind == KJ_SERVICE_PRESCHOOL || kind == KJ_SERVICE_SCHOOL || kind == KJ_SERVICE_CARE_HOME; }

static void cost_services(const costs_view *v, uint32_t m)
{
    const kj_run_v1 *run = v->self->run;
    const int64_t *in_shift = run->read(v->ctx, v->self->col.m_shift), *evening = run->read(v->ctx, v->self->col.m_evening);
    for (int kind = 0; kind < KJ_SERVICE_COUNT; kind++) {
        uint32_t at = service_row(m, (int32_t)kind);
        const double *norm = v->cost + (size_t)kind * PART_COUNT;
        double factor = kind == KJ_SERVICE_SCHOOL_TRANSPORT && in_shift[m] > 0 ? 1.0 + economy_value(v->self, v->ctx, ECONOMY_PARAM_shift_transport) : 1.0;
        v->bought[at] = 0;
        if (!has_facilities(kind)) {
            v->client[at] += ore_of(norm[PART_CLIENT] * factor * (double)v->clients[at]);
            v->area[at] += kind == KJ_SERVICE_LEISURE ? ore_of(norm[PART_AREA] * (double)v->area_m2[at]) : 0;
        } else {
            buy(v, m, (kj_service_kind)kind);
        }
        int64_t elsewhere = kind == KJ_SERVICE_CARE_HOME ? without_place(v, at, KJ_SERVICE_CARE_HOME) : 0; /* clients pay there alike */
        v->fees[at] = ore_of(norm[PART_FEE] * (double)(v->clients[at] + elsewhere));
        if (kind == KJ_SERVICE_LEISURE) v->fees[at] = ore_of(leisure_fee(v->self, v->ctx, (double)evening[m]));
        v->total[at] = v->fixed[at] + v->classes[at] + v->client[at] + v->area[at] + v->bought[at];
    }
}

kj_status economy_costs(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const economy *self = instance;
    const kj_run_v1 *run = self->run;
    const economy_columns *c = &self->col;
    uint32_t n_costs;
    const costs_view v = {.self = self, .ctx = ctx, .cost = run->param_table(ctx, self->cost, &n_costs), .need = run->read(ctx, c->s_need),
                          .clients = run->read(ctx, c->s_clients), .places = run->read(ctx, c->s_places), .area_m2 = run->read(ctx, c->s_area_m2), .fixed = run->write(ctx, c->s_fixed),
                          .classes = run->write(ctx, c->s_class), .client = run->write(ctx, c->s_client), .area = run->write(ctx, c->s_area),
                          .bought = run->write(ctx, c->s_bought), .fees = run->write(ctx, c->s_fees), .total = run->write(ctx, c->s_cost)};
    for (uint32_t m = 0; m < run->n_rows(ctx, self->municipality); m++) cost_services(&v, m);
    return KJ_OK;
}
