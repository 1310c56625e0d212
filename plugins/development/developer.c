/* January: developers choose among the sites that pay, within demand. */
#include <kedja/math.h>

#include "development.h"

typedef struct developer {
    const dev *d;
    land_view land;
    int64_t *left[2]; /* small houses and flats still wanted, by municipality row */
    int64_t wanted;   /* their sum */
    const kj_id *area_municipality;
    const uint32_t *municipality_row;
    kj_stream site, schedule, patch;
    kj_month now;
    bool first_year, owned_flats;
    double scale, mean_small, mean_flat, months_small, months_flat, build_out;
} developer;

static void found_project(developer *dv, kj_ctx *ctx, const dev_candidate *site, uint64_t luck, int32_t n, kj_id project)
{
    const dev *d = dv->d;
    const kj_run_v1 *run = d->run;
    uint32_t row = run->row_of(ctx, d->project)[project];
    project_view p;
    project_view_take(d, ctx, &p);
    kj_draw4 draw = kj_draw(dv->schedule, luck, dv->now, 0);
    bool flats = site->flats != 0;
    /* Let or sell: the odds follow the difference in return. */
    double gain = ((double)site->rental_margin - (double)site->margin) / 10000.0;
    bool lets = flats && kj_uniform(draw.v[0]) < 1.0 / (1.0 + kj_exp(-dv->scale * gain));
    bool row_houses = dv->land.zoning[site->cell] == KJ_ZONE_MIXED;
    kj_tenure tenure = lets ? KJ_TENURE_RENTAL : (flats || row_houses) && !dv->owned_flats ? KJ_TENURE_COOP : KJ_TENURE_OWNER;
    double months = flats ? dv->months_flat : dv->months_small;
    p.cell[row] = site->cell;
    p.area[row] = dv->land.area[site->cell];
    p.is_conversion[row] = (uint8_t)site->conversion;
    p.kind[row] = KJ_PROJECT_DEVELOPER;
    p.stage[row] = KJ_PROJECT_PERMITTED;
    p.homes[tenure][row] = n;
    p.n_small[row] = flats ? 0 : n;
    p.luck[row] = luck;
    p.decided[row] = dv->now;
    int32_t building = (int32_t)(months * (0.75 + 0.5 * kj_uniform(draw.v[2])));
    /* The start state does not name what is under construction: the first year's projects stand anywhere in it. */
    p.start[row] = dv->first_year ? dv->now - (int32_t)kj_below(draw.v[1], (uint32_t)building + 1) : dv->now + 1 + (int32_t)kj_below(draw.v[1], 12);
    /* A large site sells no more homes a year than its build-out rate. */
    p.completion[row] = p.start[row] + building + (int32_t)(12.0 * (double)(n - 1) / dv->build_out);
}

/* One site: the size of the project, its land, its row. */
static kj_status develop(developer *dv, kj_ctx *ctx, const dev_candidate *site)
{
    const dev *d = dv->d;
    int32_t cell = site->cell;
    uint32_t m = dev_municipality_of(&dv->land, dv->area_municipality, dv->municipality_row, cell);
    bool flats = site->flats != 0;
    if (m == KJ_NO_ROW || dv->left[flats][m] <= 0 || !land_is_free(&dv->land, cell)) return KJ_OK;
    uint64_t luck = site_luck(dv->now, cell);
    int32_t n = project_size(flats ? dv->mean_flat : dv->mean_small, kj_draw(dv->site, luck, dv->now, 0).v[2]);
    if (n > dv->left[flats][m]) n = (int32_t)dv->left[flats][m];
    kj_id project = d->run->create(ctx, d->project);
    if (project == 0) return d->run->fail(ctx, KJ_E_MEMORY, "no room for another project");
    site_request request = {.seed = cell, .n_flats = flats ? n : 0, .n_small = flats ? 0 : n, .project = project, .luck = luck, .patch = dv->patch};
    n = site_grow(&dv->land, &request); /* at least 1: the seed has room */
    found_project(dv, ctx, site, luck, n, project);
    dv->left[flats][m] -= n;
    dv->wanted -= n;
    return KJ_OK;
}

static int64_t sum_wanted(const developer *dv, uint32_t n_municipalities)
{
    int64_t n = 0;
    for (uint32_t m = 0; m < n_municipalities; m++)
        for (int flat = 0; flat < 2; flat++) n += dv->left[flat][m] > 0 ? dv->left[flat][m] : 0;
    return n;
}

/* Goes through the sites from the best down until what is wanted is found. */
static kj_status choose_sites(developer *dv, kj_ctx *ctx, site_queue *queue, const dev_candidate *sites, uint32_t n_municipalities)
{
    kj_status status = KJ_OK;
    dv->wanted = sum_wanted(dv, n_municipalities);
    for (uint32_t k = 0; status == KJ_OK && dv->wanted > 0; k++) {
        const site_choice *choice = site_queue_at(queue, k);
        if (!choice) break;
        status = develop(dv, ctx, sites + choice->site);
    }
    return status;
}

/* Land that developers hold and have not begun to build on: when it no longer pays, they wait a year, and after the plan's
   time they give it up. */
static void hold_or_give_up(const dev *d, kj_ctx *ctx, land_view *land, project_view *p)
{
    appraisal a = {.land = *land};
    appraisal_take(d, ctx, &a);
    kj_month now = d->run->month(ctx);
    int32_t hold = (int32_t)(12.0 * dev_value(d, ctx, P_HOLD_YEARS));
    for (uint32_t row = 0; row < p->n; row++) {
        if (!p->alive[row] || p->kind[row] != KJ_PROJECT_DEVELOPER || p->stage[row] != KJ_PROJECT_PERMITTED) continue;
        int32_t cell = p->cell[row], n = project_homes(p, row);
        dev_candidate site = {0};
        if (cell < 0 || cell >= land->n_cells || land->area[cell] < 0) continue;
        if (appraisal_site(&a, cell, p->n_small[row] < n, land_near_built(land, cell), &site)) continue;
        if (now - p->decided[row] >= hold) {
            project_give_up(d, ctx, p, row, land);
            continue;
        }
        p->start[row] += 12;
        p->completion[row] += 12;
        dev_count(d, ctx, land, M_BANKED, cell, n);
    }
}

kj_status dev_invest(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const dev *d = instance;
    const kj_run_v1 *run = d->run;
    uint32_t n_sites, n_municipalities = run->n_rows(ctx, d->municipality);
    const dev_candidate *sites = run->items(ctx, d->candidates, &n_sites);
    const float *potential = run->read(ctx, d->potential);
    site_choice *choices = run->scratch(ctx, (size_t)n_sites * sizeof *choices + 1);
    int64_t *small = run->scratch(ctx, (size_t)n_municipalities * sizeof *small + 1);
    int64_t *flats = run->scratch(ctx, (size_t)n_municipalities * sizeof *flats + 1);
    if (!choices || !small || !flats) return KJ_E_MEMORY;
    const int64_t *to_build = run->read(ctx, d->municipality_count[M_TO_BUILD]);
    const int64_t *to_build_small = run->read(ctx, d->municipality_count[M_TO_BUILD_SMALL]);
    for (uint32_t m = 0; m < n_municipalities; m++) small[m] = to_build_small[m], flats[m] = to_build[m] - to_build_small[m];

    developer dv = {.d = d, .left = {small, flats}, .area_municipality = run->read(ctx, d->area_municipality),
                    .municipality_row = run->row_of(ctx, d->municipality), .site = run->stream(ctx, STREAM_SITE),
                    .schedule = run->stream(ctx, STREAM_SCHEDULE), .patch = run->stream(ctx, STREAM_PATCH), .now = run->month(ctx),
                    .owned_flats = dev_value(d, ctx, P_OWNED_FLATS) > 0.0,
                    .first_year = run->month(ctx) <= run->start_month(ctx) + 12,
                    .scale = dev_value(d, ctx, P_CHOICE_SCALE), .build_out = dev_value(d, ctx, P_BUILD_OUT),
                    .mean_small = dev_value(d, ctx, P_PROJECT_SMALL), .mean_flat = dev_value(d, ctx, P_PROJECT_FLAT),
                    .months_small = dev_value(d, ctx, P_MONTHS_SMALL), .months_flat = dev_value(d, ctx, P_MONTHS_FLAT)};
    land_view_write(d, ctx, &dv.land, false);
    dv.land.potential = potential;
    project_view projects;
    project_view_take(d, ctx, &projects);
    hold_or_give_up(d, ctx, &dv.land, &projects);

    for (uint32_t k = 0; k < n_sites; k++) {
        int32_t cell = sites[k].cell;
        choices[k] = (site_choice){(double)potential[cell] + site_chance(dv.site, site_luck(dv.now, cell), dv.now), k, cell};
    }
    site_queue queue;
    site_queue_build(&queue, choices, n_sites);
    kj_status status = choose_sites(&dv, ctx, &queue, sites, n_municipalities);
    double substitution = dev_value(d, ctx, P_SUBSTITUTION);
    for (uint32_t m = 0; m < n_municipalities; m++) {
        int64_t as_flats = (int64_t)(substitution * (double)small[m]), as_small = (int64_t)(substitution * (double)flats[m]);
        small[m] = as_small, flats[m] = as_flats;
    }
    return status ? status : choose_sites(&dv, ctx, &queue, sites, n_municipalities);
}
