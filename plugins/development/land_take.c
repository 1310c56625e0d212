/* Bookkeeping: land that was built on, by what it was, and its class of farmland, which ends there; projects under way. */
#include "development.h"

enum { BEST_FARMLAND_CLASS = 7 }; /* classes 7-10 of ten: the share that Swedish planners call the best soils */

kj_status dev_land(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const dev *d = instance;
    const kj_run_v1 *run = d->run;
    uint32_t n;
    const dev_converted *converted = run->items(ctx, d->converted, &n);
    if (n == 0) return KJ_OK;
    const int32_t *area = run->read(ctx, d->cell_area);
    uint8_t *farmland_class = run->write(ctx, d->farmland_class);
    const kj_id *area_municipality = run->read(ctx, d->area_municipality);
    const uint32_t *municipality_row = run->row_of(ctx, d->municipality);
    int64_t *m2_of[KJ_LAND_COUNT] = {[KJ_LAND_FARMLAND] = run->write(ctx, d->municipality_count[M_FARMLAND]),
                                     [KJ_LAND_FOREST] = run->write(ctx, d->municipality_count[M_FOREST]),
                                     [KJ_LAND_OPEN] = run->write(ctx, d->municipality_count[M_OPEN]),
                                     [KJ_LAND_PARK] = run->write(ctx, d->municipality_count[M_GREEN])};
    int64_t *best = run->write(ctx, d->municipality_count[M_BEST_FARMLAND]);
    double side = run->grid(ctx)->cell_m;
    int64_t cell_m2 = (int64_t)(side * side);
    for (uint32_t k = 0; k < n; k++) {
        int32_t cell = converted[k].cell;
        uint32_t m = area[cell] < 0 ? KJ_NO_ROW : municipality_row[area_municipality[area[cell]]];
        int64_t *m2 = m2_of[converted[k].land_use];
        bool was_best = converted[k].land_use == KJ_LAND_FARMLAND && farmland_class[cell] >= BEST_FARMLAND_CLASS;
        farmland_class[cell] = 0;
        if (m == KJ_NO_ROW || !m2) continue;
        m2[m] += cell_m2;
        if (was_best) best[m] += cell_m2;
    }
    return KJ_OK;
}

kj_status dev_measure(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const dev *d = instance;
    const kj_run_v1 *run = d->run;
    const uint8_t *stage = run->read(ctx, d->project_stage), *alive = run->alive(ctx, d->project);
    const int32_t *cell = run->read(ctx, d->project_cell),
                  *area_of = run->read(ctx, d->cell_area); /* a project of the map has no area before its first January */
    const kj_id *area_municipality = run->read(ctx, d->area_municipality);
    const uint32_t *municipality_row = run->row_of(ctx, d->municipality);
    int64_t *open = run->write(ctx, d->municipality_count[M_PROJECTS_OPEN]);
    uint32_t n = run->n_rows(ctx, d->project);
    const int32_t n_cells = kj_grid_cells(run->grid(ctx));
    for (uint32_t m = 0; m < run->n_rows(ctx, d->municipality); m++) open[m] = 0;
    for (uint32_t row = 0; row < n; row++) {
        if (!alive[row] || !project_is_open(stage[row]) || cell[row] < 0 || cell[row] >= n_cells || area_of[cell[row]] < 0) continue;
        uint32_t m = municipality_row[area_municipality[area_of[cell[row]]]];
        if (m != KJ_NO_ROW) open[m]++;
    }
    return KJ_OK;
}
