/* The map's raster: colours of cells with smaller copies of themselves, sampled into a rectangle of pixels. At any zoom
   the inside of a cell has its own colour; only the pixel that an edge crosses is mixed. */
#ifndef KEDJA_VIZ_PYRAMID_H
#define KEDJA_VIZ_PYRAMID_H

#include <stdint.h>

#include "../core/base/error.h"

enum { KJ_LEVELS_MAX = 12 };

typedef struct kj_pyramid {
    int32_t n_levels;
    int32_t nx[KJ_LEVELS_MAX], ny[KJ_LEVELS_MAX];
    int32_t first; /* levels below it are not of this picture: 0, or that of kj_pyramid_build_from */
    uint32_t *level[KJ_LEVELS_MAX]; /* owned; level 0 is nx * ny cells, 0xRRGGBB */
} kj_pyramid;

/* Position of a view: the cell coordinates in the middle of its rectangle, and pixels a cell. */
typedef struct kj_camera {
    double col, row, zoom;
} kj_camera;

typedef struct kj_pixels {
    uint32_t *data;
    int32_t stride; /* pixels a line */
    int32_t x, y, w, h; /* the view's rectangle */
    int32_t left, right; /* columns of it that are painted, [left, right) */
} kj_pixels;

kj_status kj_pyramid_resize(kj_error *err, kj_pyramid *pyramid, int32_t nx, int32_t ny);
void kj_pyramid_free(kj_pyramid *pyramid);
/* After level 0 was filled: the other levels. */
void kj_pyramid_build(kj_pyramid *pyramid);
/* A level and those above it straight from values of level 0 and their colours: level 0 itself is left as it was. */
void kj_pyramid_from_table(kj_pyramid *pyramid, int32_t level, const uint8_t *values, const uint32_t table[256]);
void kj_pyramid_build_from(kj_pyramid *pyramid, int32_t level); /* that level was filled */
/* outside: colour beyond the grid. */
void kj_pyramid_paint(const kj_pyramid *pyramid, const kj_camera *camera, const kj_pixels *pixels, uint32_t outside);

/* What is no part of the map. */
enum { KJ_OUTSIDE_RGB = 0xE6EAEE };

/* a + (b - a) * t / 256, t in 0 … 256. */
static inline uint32_t kj_mix(uint32_t a, uint32_t b, uint32_t t)
{
    uint32_t red_blue = (((a & 0xFF00FFu) * (256u - t) + (b & 0xFF00FFu) * t) >> 8) & 0xFF00FFu;
    uint32_t green = (((a & 0x00FF00u) * (256u - t) + (b & 0x00FF00u) * t) >> 8) & 0x00FF00u;
    return red_blue | green;
}

#endif
