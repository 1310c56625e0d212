/* The grid that a world stands on. Row 0 is the northernmost; cell (row, col) has index row * nx + col, which is also
   its row in the table `cell`. Constant during a run. */
#ifndef KEDJA_MAP_H
#define KEDJA_MAP_H

#include <stdint.h>

typedef struct kj_grid {
    int32_t nx, ny;
    double cell_m;      /* side of a cell, metres */
    double west, north; /* outer corner of cell 0, in the coordinate system below, metres */
    int32_t epsg;       /* 3006 = SWEREF 99 TM, 25832 = UTM 32N */
} kj_grid;

static inline int32_t kj_grid_cells(const kj_grid *grid) { return grid->nx * grid->ny; }

/* Cell that holds a point; -1 outside the grid. */
static inline int32_t kj_grid_cell_at(const kj_grid *grid, double x, double y)
{
    double col = (x - grid->west) / grid->cell_m, row = (grid->north - y) / grid->cell_m;
    if (!(col >= 0.0) || !(row >= 0.0) || col >= (double)grid->nx || row >= (double)grid->ny) return -1;
    return (int32_t)row * grid->nx + (int32_t)col;
}

/* Squared distance between two cells, in whole cells. */
static inline int64_t kj_grid_distance2(const kj_grid *grid, int32_t a, int32_t b)
{
    int64_t dy = a / grid->nx - b / grid->nx, dx = a % grid->nx - b % grid->nx;
    return dx * dx + dy * dy;
}

#endif
