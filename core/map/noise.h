/* Value noise over a grid: smooth, seedless, the same on every machine. For land that no source gives. */
#ifndef KEDJA_MAP_NOISE_H
#define KEDJA_MAP_NOISE_H

#include <kedja/map.h>

#include "../base/error.h"

/* out[cell] in about [0, 1]: octaves of lattice noise, the coarsest with lattice_m metres between its points, each next
   one half as coarse and half as strong. `layer` numbers independent fields. Tied to the place on earth, not to the
   grid, so that a larger extent keeps the same hills. */
kj_status kj_noise_field(kj_error *err, const kj_grid *grid, uint32_t layer, double lattice_m, uint32_t n_octaves,
                         double *out);

#endif
