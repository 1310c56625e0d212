/* Facilities: what each costs to run in a year, and its building in the books. */
#include "economy.h"

kj_service_kind service_of_facility(uint8_t facility_kind)
{
    static const kj_service_kind of[KJ_FACILITY_KIND_COUNT] = {KJ_SERVICE_PRESCHOOL, KJ_SERVICE_SCHOOL, KJ_SERVICE_CARE_HOME,
                                                               KJ_SERVICE_HEALTH_CENTRE, KJ_SERVICE_LEISURE, KJ_SERVICE_LIBRARY};
    return of[facility_kind];
}

facility_cost facility_cost_of(const facility_use *use, const double *cost_sek, double class_factor, double area_factor)
{
    double open = use->months / 12.0, heated = (use->months + use->idle_months) / 12.0;
    return (facility_cost){{[PART_FIXED] = ore_of(cost_sek[PART_FIXED] * open),
                            [PART_CLASS] = ore_of(cost_sek[PART_CLASS] * class_factor * (double)use->classes * open),
                            [PART_CLIENT] = ore_of(cost_sek[PART_CLIENT] * (double)use->clients * open),
                            [PART_AREA] = ore_of(cost_sek[PART_AREA] * area_factor * (double)use->area_m2 * heated)}};
}

void building_year(building_books *books, int64_t invested, double renewal_share, double life, double residual_share, bool closed)
{
    books->investment = invested;
    books->sale = books->write_off = books->depreciation = books->renewal = 0;
    if (invested > 0) {
        int64_t left = (int64_t)((double)invested * residual_share);
        books->book += invested;
        books->residual += left;
        books->yearly += (int64_t)((double)(invested - left) / life + 0.5);
    }
    if (closed) {
        books->sale = books->residual < books->book ? books->residual : books->book;
        books->write_off = books->book - books->sale;
        books->book = books->residual = books->yearly = 0;
        return;
    }
    int64_t room = books->book - books->residual;
    books->depreciation = books->yearly < room ? books->yearly : room > 0 ? room : 0;
    /* What is renewed replaces what has worn: it is written off at the same pace, so that the yearly sum stays. */
    books->renewal = (int64_t)((double)books->depreciation * renewal_share + 0.5);
    books->book += books->renewal - books->depreciation;
}

double months_open(kj_month now, kj_month opened, kj_month closed)
{
    kj_month first = now - 11, end = now + 1; /* months first … end - 1 */
    kj_month from = opened > first ? opened : first, to = closed > 0 && closed < end ? closed : end;
    return to > from ? (double)(to - from) : 0.0;
}

/* Months of the year that ends now in which a facility was open, and stood empty but heated. */
static void months_of(kj_month now, kj_month opened, kj_month closed, double idle_years, facility_use *use)
{
    kj_month first = now - 11, end = now + 1;
    use->months = months_open(now, opened, closed);
    use->idle_months = 0.0;
    if (closed == 0 || closed >= end) return;
    kj_month idle_end = closed + (kj_month)(idle_years * 12.0), idle_from = closed > first ? closed : first, idle_to = idle_end < end ? idle_end : end;
    if (idle_to > idle_from) use->idle_months = (double)(idle_to - idle_from);
}

typedef struct facilities_view {
    const economy *self;
    const uint8_t *alive, *kind, *independent;
    const int32_t *opened, *closed, *pupils, *residents, *area, *classes, *shift_pupils;
    const double *cost;
    int64_t *f_cost, *f_capital, *f_investment, *f_book, *f_residual, *f_yearly;
    int32_t *in_books;
    int64_t *parts[PART_AREA + 1], *capital, *investment, *sold, *write_off, *renewals;
    double build_cost, renewal, life, residual, idle_years, supplement, area_factor, book_m2, book_years;
    kj_month now;
    bool start;
} facilities_view;

static void open_facilities(const economy *self, kj_ctx *ctx, facilities_view *v)
{
    const kj_run_v1 *run = self->run;
    const economy_columns *c = &self->col;
    uint32_t n;
    *v = (facilities_view){.self = self,
                           .alive = run->alive(ctx, self->facility),
                           .kind = run->read(ctx, c->f_kind),
                           .independent = run->read(ctx, c->f_independent),
                           .opened = run->read(ctx, c->f_opened),
                           .closed = run->read(ctx, c->f_closed),
                           .pupils = run->read(ctx, c->f_pupils),
                           .residents = run->read(ctx, c->f_residents),
                           .area = run->read(ctx, c->f_area),
                           .classes = run->read(ctx, c->f_classes),
                           .cost = run->param_table(ctx, self->cost, &n),
                           .f_cost = run->write(ctx, c->f_cost),
                           .f_capital = run->write(ctx, c->f_capital),
                           .f_investment = run->write(ctx, c->f_investment),
                           .f_book = run->write(ctx, c->f_book),
                           .f_residual = run->write(ctx, c->f_residual),
                           .f_yearly = run->write(ctx, c->f_yearly),
                           .in_books = run->write(ctx, c->built_area),
                           .parts = {run->write(ctx, c->s_fixed), run->write(ctx, c->s_class), run->write(ctx, c->s_client), run->write(ctx, c->s_area)},
                           .capital = run->write(ctx, c->s_capital),
                           .investment = run->write(ctx, c->s_investment),
                           .sold = run->write(ctx, c->sold),
                           .write_off = run->write(ctx, c->write_off),
                           .renewals = run->write(ctx, c->renewals),
                           .build_cost = economy_value(self, ctx, ECONOMY_PARAM_build_cost),
                           .renewal = economy_value(self, ctx, ECONOMY_PARAM_renewal_share),
                           .life = economy_value(self, ctx, ECONOMY_PARAM_life),
                           .residual = economy_value(self, ctx, ECONOMY_PARAM_residual_share),
                           .idle_years = economy_value(self, ctx, ECONOMY_PARAM_idle_years),
                           .shift_pupils = run->read(ctx, c->f_shift),
                           .supplement = economy_value(self, ctx, ECONOMY_PARAM_shift_supplement),
                           .area_factor = 1.0 + economy_value(self, ctx, ECONOMY_PARAM_co_use_wear) * run->param(ctx, self->co_use_share),
                           .book_m2 = economy_value(self, ctx, ECONOMY_PARAM_book_m2),
                           .book_years = economy_value(self, ctx, ECONOMY_PARAM_book_years),
                           .now = run->month(ctx),
                           .start = run->month(ctx) == run->start_month(ctx)};
}

/* At the start buildings are worth what the book says; later, floor area that the books do not know of was built this year. */
static building_books year_in_books(const facilities_view *v, uint32_t f)
{
    building_books books = {.book = v->f_book[f], .residual = v->f_residual[f], .yearly = v->f_yearly[f]};
    int32_t added = v->area[f] - v->in_books[f];
    if (v->start) {
        books.book = ore_of(v->book_m2 * (double)v->area[f]);
        books.residual = (int64_t)((double)books.book * v->residual);
        books.yearly = (int64_t)((double)(books.book - books.residual) / v->book_years + 0.5);
        added = 0;
    }
    bool closed = v->closed[f] != 0 && v->closed[f] <= v->now;
    building_year(&books, added > 0 ? ore_of(v->build_cost * (double)added) : 0, v->renewal, v->life, v->residual, closed);
    return books;
}

static void run_facility(const facilities_view *v, uint32_t f, uint32_t m)
{
    kj_service_kind kind = service_of_facility(v->kind[f]);
    uint32_t at = service_row(m, (int32_t)kind);
    building_books books = year_in_books(v, f);
    v->in_books[f] = v->area[f];
    v->f_book[f] = books.book;
    v->f_residual[f] = books.residual;
    v->f_yearly[f] = books.yearly;
    v->f_investment[f] = books.investment;
    v->f_capital[f] = books.depreciation + books.write_off;
    v->investment[at] += books.investment;
    v->capital[at] += v->f_capital[f];
    v->sold[m] += books.sale;
    v->write_off[m] += books.write_off;
    v->renewals[m] += books.renewal;
    facility_use use = {.clients = kind == KJ_SERVICE_CARE_HOME ? v->residents[f] : v->pupils[f], .classes = v->classes[f], .area_m2 = v->area[f]};
    months_of(v->now, v->opened[f], v->closed[f], v->idle_years, &use);
    bool school = kind == KJ_SERVICE_SCHOOL;
    double in_shift = school && use.clients > 0 ? (double)v->shift_pupils[f] / (double)use.clients : 0.0;
    facility_cost cost = facility_cost_of(&use, v->cost + (size_t)kind * PART_COUNT, 1.0 + v->supplement * in_shift, school ? v->area_factor : 1.0);
    v->f_cost[f] = 0;
    for (int p = 0; p <= PART_AREA; p++) {
        v->f_cost[f] += cost.part[p];
        v->parts[p][at] += cost.part[p];
    }
}

/* Independent ones are paid by the pupil (costs.c). */
kj_status economy_facilities(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const economy *self = instance;
    const kj_run_v1 *run = self->run;
    const economy_columns *c = &self->col;
    facilities_view v;
    open_facilities(self, ctx, &v);
    uint32_t n = run->n_rows(ctx, self->municipality), n_services = run->n_rows(ctx, self->service);
    const kj_id *of = run->read(ctx, c->f_municipality);
    const uint32_t *municipality_row = run->row_of(ctx, self->municipality);
    for (uint32_t k = 0; k < n_services; k++) v.parts[0][k] = v.parts[1][k] = v.parts[2][k] = v.parts[3][k] = v.capital[k] = v.investment[k] = 0;
    for (uint32_t m = 0; m < n; m++) v.sold[m] = v.write_off[m] = v.renewals[m] = 0;
    for (uint32_t f = 0; f < run->n_rows(ctx, self->facility); f++) {
        uint32_t m = v.alive[f] ? municipality_row[of[f]] : KJ_NO_ROW;
        if (m != KJ_NO_ROW && !v.independent[f] && v.opened[f] <= v.now) run_facility(&v, f, m);
    }
    return KJ_OK;
}
