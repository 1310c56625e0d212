/* January: developers choose among the sites that pay, within demand. */
#include <kedja/math.h>
#include <stdlib.h>

#include "development.h"

typedef struct choice {
    double utility;
    uint64_t luck;
    const dev_candidate *site;
} choice;

static int by_utility(const void *a, const void *b)
{
    const choice *x = a, *y = b;
    if (x->utility != y->utility) return x->utility > y->utility ? -1 : 1;
    return x->site->cell < y->site->cell ? -1 : x->site->cell > y->site->cell;
}

/* Geometric number of homes with a mean, at least 1. */
static int32_t project_size(double mean, uint32_t draw)
{
    double size = 1.0 - (mean - 1.0) * kj_log(kj_uniform(draw));
    double most = 4.0 * mean;
    return (int32_t)(size < most ? size : most);
}

typedef struct developer {
    const dev *d;
    land_view land;
    int64_t *left[2]; /* small houses and flats still wanted, by municipality row */
    const kj_id *area_municipality;
    const uint32_t *municipality_row;
    kj_stream site, schedule, patch;
    kj_month now;
    bool first_year;
    double scale, near_weight, mean_small, mean_flat, months_small, months_flat;
} developer;

static void found_project(developer *dv, kj_ctx *ctx, const choice *c, int32_t n, kj_id project)
{
    const dev *d = dv->d;
    const kj_run_v1 *run = d->run;
    uint32_t row = run->row_of(ctx, d->project)[project];
    project_view p;
    project_view_take(d, ctx, &p);
    kj_draw4 draw = kj_draw(dv->schedule, c->luck, dv->now, 0);
    bool flats = c->site->flats != 0;
    /* Let or sell: the odds follow the difference in return. */
    double gain = ((double)c->site->rental_margin - (double)c->site->margin) / 10000.0;
    bool lets = flats && kj_uniform(draw.v[0]) < 1.0 / (1.0 + kj_exp(-dv->scale * gain));
    bool row_houses = dv->land.zoning[c->site->cell] == KJ_ZONE_MIXED;
    kj_tenure tenure = lets ? KJ_TENURE_RENTAL : flats || row_houses ? KJ_TENURE_COOP : KJ_TENURE_OWNER;
    double months = flats ? dv->months_flat : dv->months_small;
    p.cell[row] = c->site->cell;
    p.area[row] = dv->land.area[c->site->cell];
    p.kind[row] = KJ_PROJECT_DEVELOPER;
    p.stage[row] = KJ_PROJECT_PERMITTED;
    p.homes[tenure][row] = n;
    p.n_small[row] = flats ? 0 : n;
    p.luck[row] = c->luck;
    p.decided[row] = dv->now;
    int32_t building = (int32_t)(months * (0.75 + 0.5 * kj_uniform(draw.v[2])));
    /* The start state does not name what is under construction: the first year's projects stand anywhere in it. */
    p.start[row] = dv->first_year ? dv->now - (int32_t)kj_below(draw.v[1], (uint32_t)building + 1) : dv->now + 1 + (int32_t)kj_below(draw.v[1], 12);
    p.completion[row] = p.start[row] + building;
}

/* One site: the size of the project, its land, its row. */
static kj_status develop(developer *dv, kj_ctx *ctx, const choice *c)
{
    const dev *d = dv->d;
    int32_t cell = c->site->cell;
    uint32_t m = dev_municipality_of(&dv->land, dv->area_municipality, dv->municipality_row, cell);
    bool flats = c->site->flats != 0;
    if (m == KJ_NO_ROW || dv->left[flats][m] <= 0 || !land_is_free(&dv->land, cell)) return KJ_OK;
    int32_t n = project_size(flats ? dv->mean_flat : dv->mean_small, kj_draw(dv->site, c->luck, dv->now, 0).v[2]);
    if (n > dv->left[flats][m]) n = (int32_t)dv->left[flats][m];
    kj_id project = d->run->create(ctx, d->project);
    if (project == 0) return d->run->fail(ctx, KJ_E_MEMORY, "no room for another project");
    site_request request = {.seed = cell, .n_flats = flats ? n : 0, .n_small = flats ? 0 : n, .project = project, .luck = c->luck, .patch = dv->patch};
    n = site_grow(&dv->land, &request); /* at least 1: the seed has room */
    found_project(dv, ctx, c, n, project);
    dv->left[flats][m] -= n;
    return KJ_OK;
}

kj_status dev_invest(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const dev *d = instance;
    const kj_run_v1 *run = d->run;
    uint32_t n_sites, n_municipalities = run->n_rows(ctx, d->municipality);
    const dev_candidate *site = run->items(ctx, d->candidates, &n_sites);
    choice *choices = run->scratch(ctx, (size_t)n_sites * sizeof *choices + 1);
    int64_t *small = run->scratch(ctx, (size_t)n_municipalities * sizeof *small + 1);
    int64_t *flats = run->scratch(ctx, (size_t)n_municipalities * sizeof *flats + 1);
    if (!choices || !small || !flats) return KJ_E_MEMORY;
    const int64_t *to_build = run->read(ctx, d->municipality_count[M_TO_BUILD]);
    const int64_t *to_build_small = run->read(ctx, d->municipality_count[M_TO_BUILD_SMALL]);
    for (uint32_t m = 0; m < n_municipalities; m++) small[m] = to_build_small[m], flats[m] = to_build[m] - to_build_small[m];

    developer dv = {.d = d, .left = {small, flats}, .area_municipality = run->read(ctx, d->area_municipality),
                    .municipality_row = run->row_of(ctx, d->municipality), .site = run->stream(ctx, STREAM_SITE),
                    .schedule = run->stream(ctx, STREAM_SCHEDULE), .patch = run->stream(ctx, STREAM_PATCH), .now = run->month(ctx),
                    .first_year = run->month(ctx) <= run->start_month(ctx) + 12,
                    .scale = dev_value(d, ctx, P_CHOICE_SCALE), .near_weight = dev_value(d, ctx, P_NEIGHBOUR_WEIGHT),
                    .mean_small = dev_value(d, ctx, P_PROJECT_SMALL), .mean_flat = dev_value(d, ctx, P_PROJECT_FLAT),
                    .months_small = dev_value(d, ctx, P_MONTHS_SMALL), .months_flat = dev_value(d, ctx, P_MONTHS_FLAT)};
    land_view_write(d, ctx, &dv.land, false);

    /* Random utility with the Gumbel element keyed on the site: taking the best first is drawing without replacement by
       the logit (Yellott 1977), and a site keeps its luck whatever policy surrounds it. A site with room for n homes counts
       as n alternatives (McFadden 1978): ln n. */
    for (uint32_t k = 0; k < n_sites; k++) {
        const dev_candidate *s = site + k;
        uint64_t luck = kj_luck(KJ_LUCK_PROJECT, (uint64_t)dv.now << 32 | (uint32_t)s->cell, KJ_PROJECT_DEVELOPER);
        double gumbel = -kj_log(-kj_log(kj_uniform(kj_draw(dv.site, luck, dv.now, 0).v[1])));
        int32_t best = s->margin > s->rental_margin ? s->margin : s->rental_margin;
        double systematic = dv.scale * (double)best / 10000.0 + dv.near_weight * (double)s->n_near / 8.0 + kj_log((double)s->room);
        choices[k] = (choice){systematic + gumbel, luck, s};
    }
    qsort(choices, n_sites, sizeof *choices, by_utility);
    kj_status status = KJ_OK;
    for (uint32_t k = 0; k < n_sites && status == KJ_OK; k++) status = develop(&dv, ctx, choices + k);
    double substitution = dev_value(d, ctx, P_SUBSTITUTION);
    for (uint32_t m = 0; m < n_municipalities; m++) {
        int64_t as_flats = (int64_t)(substitution * (double)small[m]), as_small = (int64_t)(substitution * (double)flats[m]);
        small[m] = as_small, flats[m] = as_flats;
    }
    for (uint32_t k = 0; k < n_sites && status == KJ_OK; k++) status = develop(&dv, ctx, choices + k);
    return status;
}
