/* What may be built where, and the start state of the map. */
#include "development.h"

/* Expected m2 of a new home: the table of rooms against the table of areas. */
static void mean_areas(const dev *d, kj_ctx *ctx, double out[HOME_COUNT])
{
    uint32_t n;
    const double *share = d->run->param_table(ctx, d->new_home_rooms, &n), *area = d->run->param_table(ctx, d->new_home_area, &n);
    for (int32_t home = 0; home < HOME_COUNT; home++) {
        double sum = 0.0, weight = 0.0;
        for (int32_t rooms = 0; rooms < ROOMS_MAX; rooms++) {
            sum += share[home * ROOMS_MAX + rooms] * area[home * ROOMS_MAX + rooms];
            weight += share[home * ROOMS_MAX + rooms];
        }
        out[home] = weight > 0.0 ? sum / weight : 80.0;
    }
}

static void take_rules(const dev *d, kj_ctx *ctx, land_view *land)
{
    land->grid = d->run->grid(ctx);
    land->n_cells = kj_grid_cells(land->grid);
    land->cell_m2 = land->grid->cell_m * land->grid->cell_m;
    land->gross = dev_value(d, ctx, P_GROSS);
    land->plot_m2 = dev_value(d, ctx, P_PLOT);
    land->flats_min_far = dev_value(d, ctx, P_FLATS_MIN_FAR);
    land->plan_far_small = dev_value(d, ctx, P_PLAN_FAR_SMALL);
    land->plan_far_flat = dev_value(d, ctx, P_PLAN_FAR_FLAT);
    land->compactness = dev_value(d, ctx, P_COMPACTNESS);
    mean_areas(d, ctx, land->mean_area);
}

void land_view_read(const dev *d, kj_ctx *ctx, land_view *land)
{
    *land = (land_view){0};
    take_rules(d, ctx, land);
    land->land_use = d->run->read(ctx, d->land_use);
    land->protection = d->run->read(ctx, d->protection);
    land->zoning = d->run->read(ctx, d->zoning);
    land->area = d->run->read(ctx, d->cell_area);
    land->floor_area = d->run->read(ctx, d->floor_area);
    land->dwellings = d->run->read(ctx, d->dwellings);
    land->max_far = d->run->read(ctx, d->max_far);
    land->reserved = d->run->read(ctx, d->reserved);
}

/* Plans write zoning, ratio and reservation; building writes land use, floor and number as well. */
void land_view_write(const dev *d, kj_ctx *ctx, land_view *land, bool builds)
{
    *land = (land_view){0};
    take_rules(d, ctx, land);
    land->protection = d->run->read(ctx, d->protection);
    land->area = d->run->read(ctx, d->cell_area);
    land->zoning = land->set_zoning = d->run->write(ctx, d->zoning);
    land->max_far = land->set_max_far = d->run->write(ctx, d->max_far);
    land->reserved = land->set_reserved = d->run->write(ctx, d->reserved);
    if (builds) {
        land->land_use = land->set_land_use = d->run->write(ctx, d->land_use);
        land->floor_area = land->set_floor_area = d->run->write(ctx, d->floor_area);
        land->dwellings = land->set_dwellings = d->run->write(ctx, d->dwellings);
    } else {
        land->land_use = d->run->read(ctx, d->land_use);
        land->floor_area = d->run->read(ctx, d->floor_area);
        land->dwellings = d->run->read(ctx, d->dwellings);
    }
}

int32_t land_near_built(const land_view *land, int32_t cell)
{
    int32_t nx = land->grid->nx, ny = land->grid->ny, row = cell / nx, col = cell % nx, n = 0;
    for (int32_t r = row > 0 ? row - 1 : 0; r <= row + 1 && r < ny; r++)
        for (int32_t c = col > 0 ? col - 1 : 0; c <= col + 1 && c < nx; c++)
            n += (r != row || c != col) && land_is_built(land->land_use[r * nx + c]);
    return n;
}

/* START: what stands in each cell and municipality, and where each project of the map lies. */
kj_status dev_start(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const dev *d = instance;
    const kj_run_v1 *run = d->run;
    int32_t n_cells = kj_grid_cells(run->grid(ctx));
    int32_t *floor_area = run->write(ctx, d->floor_area), *dwellings = run->write(ctx, d->dwellings);
    const int32_t *home_cell = run->read(ctx, d->home_cell), *area = run->read(ctx, d->cell_area);
    const int16_t *home_m2 = run->read(ctx, d->home_area_m2);
    const kj_id *area_municipality = run->read(ctx, d->area_municipality);
    const uint32_t *municipality_row = run->row_of(ctx, d->municipality);
    const uint8_t *alive = run->alive(ctx, d->dwelling);
    int64_t *stock = run->write(ctx, d->municipality_count[M_DWELLINGS]);
    uint32_t n_homes = run->n_rows(ctx, d->dwelling);
    for (uint32_t row = 0; row < n_homes; row++) {
        int32_t cell = home_cell[row];
        if (!alive[row]) continue;
        if (cell < 0 || cell >= n_cells)
            return run->fail(ctx, KJ_E_RANGE, "dwelling %u stands in cell %d of %d", run->ids(ctx, d->dwelling)[row], cell, n_cells);
        floor_area[cell] += home_m2[row];
        dwellings[cell]++;
        if (area[cell] >= 0 && municipality_row[area_municipality[area[cell]]] != KJ_NO_ROW)
            stock[municipality_row[area_municipality[area[cell]]]]++;
    }
    return KJ_OK;
}
