#include "noise.h"

#include <stdlib.h>
#include <string.h>

#include "draft.h"

/* x >= 0 always: coordinates of our systems are positive. */
static double smooth(double t) { return t * t * (3.0 - 2.0 * t); }

static kj_status add_octave(kj_error *err, const kj_grid *grid, uint32_t layer, double lattice_m, double weight,
                            double *out)
{
    double south = grid->north - grid->ny * grid->cell_m;
    int32_t ix0 = (int32_t)(grid->west / lattice_m), iy0 = (int32_t)(south / lattice_m);
    int32_t nx = (int32_t)((grid->west + grid->nx * grid->cell_m) / lattice_m) - ix0 + 2;
    int32_t ny = (int32_t)(grid->north / lattice_m) - iy0 + 2;
    double *point = malloc((size_t)nx * (size_t)ny * sizeof *point);
    if (!point) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (int32_t i = 0; i < nx * ny; i++) {
        uint64_t key = ((uint64_t)(uint32_t)(iy0 + i / nx) << 32) | (uint32_t)(ix0 + i % nx);
        point[i] = kj_map_uniform(KJ_MAP_NOISE, key, layer);
    }
    for (int32_t cell = 0; cell < kj_grid_cells(grid); cell++) {
        double x = kj_cell_x(grid, cell) / lattice_m - ix0, y = kj_cell_y(grid, cell) / lattice_m - iy0;
        int32_t ix = (int32_t)x, iy = (int32_t)y;
        double tx = smooth(x - ix), ty = smooth(y - iy);
        const double *p = &point[iy * nx + ix];
        double low = p[0] + tx * (p[1] - p[0]), high = p[nx] + tx * (p[nx + 1] - p[nx]);
        out[cell] += weight * (low + ty * (high - low));
    }
    free(point);
    return KJ_OK;
}

/* Octaves average out towards the middle; the factor spreads them again over about [0, 1]. */
kj_status kj_noise_field(kj_error *err, const kj_grid *grid, uint32_t layer, double lattice_m, uint32_t n_octaves,
                         double *out)
{
    double weight = 1.0, total = 0.0;
    memset(out, 0, (size_t)kj_grid_cells(grid) * sizeof *out);
    for (uint32_t i = 0; i < n_octaves; i++, weight *= 0.5, lattice_m *= 0.5) {
        kj_status status = add_octave(err, grid, 16 * layer + i, lattice_m, weight, out);
        if (status != KJ_OK) return status;
        total += weight;
    }
    for (int32_t cell = 0; cell < kj_grid_cells(grid); cell++) out[cell] = 0.5 + 1.7 * (out[cell] / total - 0.5);
    return KJ_OK;
}
