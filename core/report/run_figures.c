#include "run_figures.h"

#include <stdlib.h>

void kj_run_figures_free(kj_run_figures *figures)
{
    free(figures->years);
    for (int32_t i = 0; i < KJ_IND_COUNT; i++) free(figures->series[i]);
    for (int32_t i = 0; i < KJ_LOST_COUNT; i++) free(figures->lost_ha[i]);
    free(figures->observed_x);
    free(figures->observed_y);
    free(figures->land_first);
    free(figures->land_last);
    free(figures->places);
    free(figures->school_col);
    free(figures->school_row);
    free(figures->plugins);
    free(figures->sources);
    free(figures->synthetic);
    *figures = (kj_run_figures){0};
}

void kj_lost_land_count(const uint8_t *first, const uint8_t *now, int64_t n_cells, double cell_m,
                        double out[KJ_LOST_COUNT])
{
    int64_t counts[KJ_LOST_COUNT] = {0};
    for (int64_t cell = 0; cell < n_cells; cell++) {
        if (first[cell] == KJ_OUTSIDE || kj_land_is_built(first[cell]) || !kj_land_is_built(now[cell])) continue;
        kj_lost_land was = first[cell] == KJ_LAND_FARMLAND ? KJ_LOST_FARMLAND
                           : first[cell] == KJ_LAND_FOREST ? KJ_LOST_FOREST
                                                           : KJ_LOST_OTHER;
        counts[was]++;
    }
    for (int32_t i = 0; i < KJ_LOST_COUNT; i++) out[i] = (double)counts[i] * cell_m * cell_m / 1e4;
}
