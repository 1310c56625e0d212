/* Least-cost travel over the grid; the functions of kj_space_v1, which documents them. */
#ifndef KEDJA_SPACE_TRAVEL_H
#define KEDJA_SPACE_TRAVEL_H

#include <kedja/run.h>

size_t kj_travel_work_bytes(const kj_grid *grid);
kj_status kj_travel_cost(const kj_grid *grid, const uint16_t *step_cost, const int32_t *entrances, uint32_t n_entrances,
                         int32_t *out, int32_t *nearest, void *work);

#endif
