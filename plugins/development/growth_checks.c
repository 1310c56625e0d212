/* What must hold after every month. */
#include <stdlib.h>

#include "development.h"

/* What was built this month stands on land on which building is allowed. Later protection is no fault of older homes;
   policies act before the builders in a month, so this month's protection binds. */
kj_status dev_check_sites(void *instance, kj_ctx *ctx)
{
    const dev *d = instance;
    const kj_run_v1 *run = d->run;
    const int16_t *built_month = run->read(ctx, d->built_month);
    const int32_t *dwellings = run->read(ctx, d->dwellings);
    const uint8_t *protection = run->read(ctx, d->protection), *land_use = run->read(ctx, d->land_use);
    uint32_t n = run->n_rows(ctx, d->cell);
    kj_month now = run->month(ctx);
    for (uint32_t cell = 0; cell < n; cell++) {
        if (dwellings[cell] < 0) return run->fail(ctx, KJ_E_INVARIANT, "cell %u has %d dwellings", cell, dwellings[cell]);
        if (built_month[cell] == 0) continue;
        if (land_use[cell] == KJ_LAND_WATER) return run->fail(ctx, KJ_E_INVARIANT, "cell %u is water and was built on", cell);
        if (built_month[cell] == now && protection[cell])
            return run->fail(ctx, KJ_E_INVARIANT, "cell %u is protected (%u) and was built on this month", cell, protection[cell]);
    }
    return KJ_OK;
}

/* Homes and floor of each cell are those of the dwelling table. */
kj_status dev_check_stock(void *instance, kj_ctx *ctx)
{
    const dev *d = instance;
    const kj_run_v1 *run = d->run;
    uint32_t n_cells = run->n_rows(ctx, d->cell), n_homes = run->n_rows(ctx, d->dwelling);
    const int32_t *floor_area = run->read(ctx, d->floor_area), *dwellings = run->read(ctx, d->dwellings);
    const int32_t *cell_of = run->read(ctx, d->home_cell);
    const int16_t *m2 = run->read(ctx, d->home_area_m2);
    const uint8_t *state = run->read(ctx, d->home_state), *alive = run->alive(ctx, d->dwelling);
    int32_t *left = calloc(2 * (size_t)n_cells + 1, sizeof *left);
    if (!left) return run->fail(ctx, KJ_E_MEMORY, "out of memory for the check");
    for (uint32_t home = 0; home < n_homes; home++) {
        if (!alive[home] || state[home] == KJ_DWELLING_CLOSED) continue;
        left[2 * cell_of[home]]++;
        left[2 * cell_of[home] + 1] += m2[home];
    }
    kj_status status = KJ_OK;
    for (uint32_t cell = 0; cell < n_cells && status == KJ_OK; cell++)
        if (left[2 * cell] != dwellings[cell] || left[2 * cell + 1] != floor_area[cell])
            status = run->fail(ctx, KJ_E_INVARIANT, "cell %u has %d dwellings of %d m2, the dwelling table says %d of %d m2", cell,
                               dwellings[cell], floor_area[cell], left[2 * cell], left[2 * cell + 1]);
    free(left);
    return status;
}

/* A project never builds more than it has, holds land only while it is open, and each held cell has a living holder. */
kj_status dev_check_projects(void *instance, kj_ctx *ctx)
{
    const dev *d = instance;
    const kj_run_v1 *run = d->run;
    const uint8_t *stage = run->read(ctx, d->project_stage), *alive = run->alive(ctx, d->project);
    const kj_id *reserved = run->read(ctx, d->reserved), *ids = run->ids(ctx, d->project);
    const uint32_t *row_of = run->row_of(ctx, d->project);
    const int32_t *built = run->read(ctx, d->project_built);
    const int32_t *part[KJ_PROJECT_TENURES] = {run->read(ctx, d->n_rental), run->read(ctx, d->n_coop), run->read(ctx, d->n_owner),
                                            run->read(ctx, d->n_student), run->read(ctx, d->n_senior)};
    uint32_t n = run->n_rows(ctx, d->project), n_cells = run->n_rows(ctx, d->cell);
    for (uint32_t row = 0; row < n; row++) {
        int32_t homes = 0;
        for (int t = 0; t < KJ_PROJECT_TENURES; t++) homes += part[t][row];
        if (alive[row] && (built[row] < 0 || built[row] > homes))
            return run->fail(ctx, KJ_E_INVARIANT, "project %u has built %d of %d homes", ids[row], built[row], homes);
    }
    for (uint32_t cell = 0; cell < n_cells; cell++) {
        if (reserved[cell] == 0) continue;
        uint32_t row = row_of[reserved[cell]];
        if (row == KJ_NO_ROW || !project_is_open(stage[row]))
            return run->fail(ctx, KJ_E_INVARIANT, "cell %u is held by project %u, which is not open", cell, reserved[cell]);
    }
    return KJ_OK;
}
