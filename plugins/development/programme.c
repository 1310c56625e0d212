/* The municipality's named projects: plan, appeal, permit; delay and loss, since programmes slip. Also what all
   projects share. */
#include "development.h"

void project_view_take(const dev *d, kj_ctx *ctx, project_view *projects)
{
    const kj_run_v1 *run = d->run;
    *projects = (project_view){.n = run->n_rows(ctx, d->project),
                               .alive = run->alive(ctx, d->project),
                               .ids = run->ids(ctx, d->project),
                               .cell = run->write(ctx, d->project_cell),
                               .area = run->write(ctx, d->project_area),
                               .homes = {[KJ_TENURE_RENTAL] = run->write(ctx, d->n_rental),
                                         [KJ_TENURE_COOP] = run->write(ctx, d->n_coop),
                                         [KJ_TENURE_OWNER] = run->write(ctx, d->n_owner),
                                         [KJ_TENURE_STUDENT] = run->write(ctx, d->n_student),
                                         [KJ_TENURE_SENIOR] = run->write(ctx, d->n_senior)},
                               .n_small = run->write(ctx, d->n_small_houses),
                               .start = run->write(ctx, d->project_start),
                               .completion = run->write(ctx, d->project_completion),
                               .built = run->write(ctx, d->project_built),
                               .decided = run->write(ctx, d->project_decided),
                               .n_affordable = run->write(ctx, d->n_affordable),
                               .rent_ceiling = run->write(ctx, d->rent_ceiling),
                               .is_conversion = run->write(ctx, d->is_conversion),
                               .named_by_area = run->write(ctx, d->named_by_area),
                               .kind = run->write(ctx, d->project_kind),
                               .stage = run->write(ctx, d->project_stage),
                               .luck = run->write(ctx, d->project_luck)};
}

int32_t project_homes(const project_view *projects, uint32_t row)
{
    int32_t n = 0;
    for (int tenure = 0; tenure < KJ_PROJECT_TENURES; tenure++) n += projects->homes[tenure][row];
    return n;
}

int32_t project_rate(int32_t n_left, kj_month start, kj_month completion, kj_month now)
{
    int32_t months = completion - (start > now ? start : now);
    if (months < 0) months = 0;
    return (int32_t)(months > 12 ? (int64_t)n_left * 12 / months : (int64_t)n_left * months / 12);
}

bool project_is_open(uint8_t stage) { return stage < KJ_PROJECT_DONE; }

void dev_count(const dev *d, kj_ctx *ctx, const land_view *land, int32_t count, int32_t cell, int64_t amount)
{
    const kj_id *area_municipality = d->run->read(ctx, d->area_municipality);
    uint32_t m = dev_municipality_of(land, area_municipality, d->run->row_of(ctx, d->municipality), cell);
    int64_t *counts = d->run->write(ctx, d->municipality_count[count]);
    if (m != KJ_NO_ROW) counts[m] += amount;
}

void project_give_up(const dev *d, kj_ctx *ctx, project_view *projects, uint32_t row, land_view *land)
{
    int32_t lost = project_homes(projects, row) - projects->built[row];
    site_release(land, projects->ids[row], projects->cell[row]);
    /* A project that has built part of its homes is done with fewer; one without any is cancelled. */
    projects->stage[row] = projects->built[row] > 0 ? KJ_PROJECT_DONE : KJ_PROJECT_CANCELLED;
    projects->completion[row] = d->run->month(ctx);
    dev_count(d, ctx, land, M_HOMES_LOST, projects->cell[row], lost);
    if (projects->built[row] == 0) dev_count(d, ctx, land, M_CANCELLED, projects->cell[row], 1);
}

static void put_off(project_view *projects, uint32_t row)
{
    projects->start[row] += 12;
    projects->completion[row] += 12;
}

/* The year's fate of one project that has not started, drawn on its own luck. */
static void advance(const dev *d, kj_ctx *ctx, project_view *projects, uint32_t row, land_view *land, double slack)
{
    kj_month now = d->run->month(ctx);
    kj_draw4 fate = kj_draw(d->run->stream(ctx, STREAM_PROGRAMME), projects->luck[row], now, 0);
    if (fate.v[0] < kj_threshold(dev_value(d, ctx, P_LOSS_YEAR))) {
        project_give_up(d, ctx, projects, row, land);
        return;
    }
    bool was_appealed = projects->stage[row] == KJ_PROJECT_APPEALED;
    if (was_appealed) {
        if (fate.v[1] < kj_threshold(dev_value(d, ctx, P_APPEAL_LOST))) {
            project_give_up(d, ctx, projects, row, land);
            return;
        }
        projects->stage[row] = KJ_PROJECT_PERMITTED;
        projects->decided[row] = now;
    }
    if (projects->start[row] >= now + 12) return;
    /* Homes that stand empty make municipalities and builders wait. */
    double delay = dev_value(d, ctx, P_DELAY_YEAR) + slack;
    if (!was_appealed && fate.v[2] < kj_threshold(delay)) {
        put_off(projects, row);
        return;
    }
    if (projects->stage[row] != KJ_PROJECT_PLANNED) return;
    if (fate.v[3] < kj_threshold(dev_value(d, ctx, P_APPEAL))) {
        projects->stage[row] = KJ_PROJECT_APPEALED;
        put_off(projects, row);
    } else {
        projects->stage[row] = KJ_PROJECT_PERMITTED;
        projects->decided[row] = now;
    }
}

/* Added chance of delay per municipality: the share of empty homes above the normal, ten times. */
static void market_slack(const dev *d, kj_ctx *ctx, double *slack, uint32_t n)
{
    const kj_run_v1 *run = d->run;
    const kj_id *area_municipality = run->read(ctx, d->area_municipality);
    const uint32_t *municipality_row = run->row_of(ctx, d->municipality);
    uint32_t n_areas = run->n_rows(ctx, d->area);
    double natural = dev_value(d, ctx, P_VACANCY_NATURAL);
    int64_t *count = run->scratch(ctx, (size_t)n * 2 * sizeof *count + 1);
    if (!count) return;
    for (int flat = 0; flat < 2; flat++) {
        const int64_t *stock = run->read(ctx, d->area_sum[SUM_STOCK_SMALL + flat]);
        const int64_t *vacant = run->read(ctx, d->area_sum[SUM_VACANT_SMALL + flat]);
        for (uint32_t area = 0; area < n_areas; area++) {
            uint32_t m = municipality_row[area_municipality[area]];
            if (m != KJ_NO_ROW) count[m] += stock[area], count[n + m] += vacant[area];
        }
    }
    for (uint32_t m = 0; m < n; m++) {
        double excess = count[m] > 0 ? (double)count[n + m] / (double)count[m] - natural : 0.0;
        slack[m] = excess > 0.0 ? 10.0 * excess : 0.0;
    }
}

bool project_complete(const dev *d, kj_ctx *ctx, project_view *projects, uint32_t row, const land_view *land)
{
    int32_t cell = projects->cell[row];
    if (cell < 0 || cell >= land->n_cells || land->area[cell] < 0) return false;
    projects->area[row] = land->area[cell];
    if (projects->luck[row] == 0)
        projects->luck[row] = kj_luck(KJ_LUCK_PROJECT, (uint64_t)(uint32_t)projects->start[row] << 32 | (uint32_t)cell, projects->kind[row]);
    if (projects->completion[row] <= projects->start[row]) {
        bool flats = projects->n_small[row] < project_homes(projects, row);
        double stages = 12.0 * (double)(project_homes(projects, row) - 1) / dev_value(d, ctx, P_BUILD_OUT);
        projects->completion[row] = projects->start[row] + (int32_t)(dev_value(d, ctx, flats ? P_MONTHS_FLAT : P_MONTHS_SMALL) + stages);
    }
    return true;
}

/* Homes a year that the municipality's projects under construction take. */
static void count_busy(const dev *d, kj_ctx *ctx, const project_view *projects, const land_view *land, int64_t *busy)
{
    const kj_id *area_municipality = d->run->read(ctx, d->area_municipality);
    const uint32_t *municipality_row = d->run->row_of(ctx, d->municipality);
    kj_month now = d->run->month(ctx);
    for (uint32_t row = 0; row < projects->n; row++) {
        int32_t cell = projects->cell[row];
        bool counts = projects->stage[row] == KJ_PROJECT_STARTED && projects->kind[row] != KJ_PROJECT_DEVELOPER;
        if (!projects->alive[row] || !counts || cell < 0 || cell >= land->n_cells) continue;
        uint32_t m = dev_municipality_of(land, area_municipality, municipality_row, cell);
        int32_t left = project_homes(projects, row) - projects->built[row];
        if (m != KJ_NO_ROW) busy[m] += project_rate(left, projects->start[row], projects->completion[row], now);
    }
}

/* The trade builds only so much in a year: a project that is due when hands are full waits a year. The programme's order is the
   order in which hands are given. */
static void keep_to_capacity(const dev *d, kj_ctx *ctx, project_view *projects, uint32_t row, land_view *land, uint32_t m, int64_t *busy)
{
    kj_month now = d->run->month(ctx);
    if (projects->stage[row] != KJ_PROJECT_PERMITTED || projects->start[row] >= now + 12) return;
    int64_t capacity = ((const int64_t *)d->run->read(ctx, d->municipality_count[M_CAPACITY]))[m];
    int32_t rate = project_rate(project_homes(projects, row), projects->start[row], projects->completion[row], now);
    if (busy[m] > 0 && busy[m] + rate > capacity) {
        put_off(projects, row);
        dev_count(d, ctx, land, M_PUT_OFF, projects->cell[row], project_homes(projects, row));
    } else {
        busy[m] += rate;
    }
}

kj_status dev_programme(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const dev *d = instance;
    const kj_run_v1 *run = d->run;
    land_view land;
    project_view projects;
    land_view_write(d, ctx, &land, false);
    project_view_take(d, ctx, &projects);
    uint32_t n = run->n_rows(ctx, d->municipality);
    double *slack = run->scratch(ctx, (size_t)n * sizeof *slack + 1);
    int64_t *busy = run->scratch(ctx, (size_t)n * sizeof *busy + 1);
    if (!slack || !busy) return KJ_E_MEMORY;
    market_slack(d, ctx, slack, n);
    count_busy(d, ctx, &projects, &land, busy);
    const kj_id *area_municipality = run->read(ctx, d->area_municipality);
    const uint32_t *municipality_row = run->row_of(ctx, d->municipality);
    for (uint32_t row = 0; row < projects.n; row++) {
        if (!projects.alive[row] || !project_is_open(projects.stage[row])) continue;
        if (!project_complete(d, ctx, &projects, row, &land)) {
            projects.stage[row] = KJ_PROJECT_CANCELLED;
            continue;
        }
        if (projects.kind[row] == KJ_PROJECT_DEVELOPER || projects.stage[row] == KJ_PROJECT_STARTED) continue;
        uint32_t m = dev_municipality_of(&land, area_municipality, municipality_row, projects.cell[row]);
        advance(d, ctx, &projects, row, &land, m == KJ_NO_ROW ? 0.0 : slack[m]);
        if (m != KJ_NO_ROW) keep_to_capacity(d, ctx, &projects, row, &land, m, busy);
    }
    return KJ_OK;
}
