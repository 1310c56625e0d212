#include "pyramid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

kj_status kj_pyramid_resize(kj_error *err, kj_pyramid *p, int32_t nx, int32_t ny)
{
    if (p->n_levels && p->nx[0] == nx && p->ny[0] == ny) return KJ_OK;
    kj_pyramid_free(p);
    while (p->n_levels < KJ_LEVELS_MAX) {
        int32_t l = p->n_levels++;
        p->nx[l] = nx;
        p->ny[l] = ny;
        p->level[l] = calloc((size_t)nx * (size_t)ny, sizeof(uint32_t));
        if (!p->level[l]) {
            kj_pyramid_free(p);
            return kj_fail(err, KJ_E_MEMORY, "map of %d by %d cells: out of memory", nx, ny);
        }
        if (nx <= 4 || ny <= 4) break;
        nx = (nx + 1) / 2;
        ny = (ny + 1) / 2;
    }
    return KJ_OK;
}

void kj_pyramid_free(kj_pyramid *p)
{
    for (int32_t l = 0; l < KJ_LEVELS_MAX; l++) free(p->level[l]);
    memset(p, 0, sizeof *p);
}

static void halve(const uint32_t *from, int32_t nx, int32_t ny, uint32_t *to, int32_t half_x, int32_t half_y)
{
#pragma omp parallel for schedule(static)
    for (int32_t y = 0; y < half_y; y++) {
        const uint32_t *upper = from + (size_t)(2 * y) * (size_t)nx,
                       *lower = 2 * y + 1 < ny ? upper + nx : upper;
        for (int32_t x = 0; x < half_x; x++) {
            int32_t left = 2 * x, right = left + 1 < nx ? left + 1 : left;
            to[(size_t)y * (size_t)half_x + (size_t)x] =
                kj_mix(kj_mix(upper[left], upper[right], 128), kj_mix(lower[left], lower[right], 128), 128);
        }
    }
}

void kj_pyramid_from_table(kj_pyramid *p, int32_t level, const uint8_t *values, const uint32_t table[256])
{
    int32_t nx = p->nx[0], ny = p->ny[0], side = 1 << level;
    uint64_t wide[256]; /* three sums in one word: a block of cells is at most 2^13 wide colours */
    for (int i = 0; i < 256; i++) wide[i] = (uint64_t)(table[i] >> 16 & 255u) << 42 | (uint64_t)(table[i] >> 8 & 255u) << 21 | (table[i] & 255u);
#pragma omp parallel for schedule(static)
    for (int32_t y = 0; y < p->ny[level]; y++) {
        int32_t rows = ny - y * side < side ? ny - y * side : side;
        for (int32_t x = 0; x < p->nx[level]; x++) {
            int32_t cols = nx - x * side < side ? nx - x * side : side;
            uint64_t sum = 0;
            uint32_t n = (uint32_t)(rows * cols);
            for (int32_t r = 0; r < rows; r++) {
                const uint8_t *at = values + (size_t)(y * side + r) * (size_t)nx + (size_t)(x * side);
                for (int32_t c = 0; c < cols; c++) sum += wide[at[c]];
            }
            uint32_t red = (uint32_t)(sum >> 42), green = (uint32_t)(sum >> 21) & 0x1FFFFFu, blue = (uint32_t)sum & 0x1FFFFFu;
            p->level[level][(size_t)y * (size_t)p->nx[level] + (size_t)x] = (red + n / 2) / n << 16 | (green + n / 2) / n << 8 | (blue + n / 2) / n;
        }
    }
    kj_pyramid_build_from(p, level);
}

void kj_pyramid_build_from(kj_pyramid *p, int32_t level)
{
    p->first = level;
    for (int32_t l = level + 1; l < p->n_levels; l++)
        halve(p->level[l - 1], p->nx[l - 1], p->ny[l - 1], p->level[l], p->nx[l], p->ny[l]);
}

void kj_pyramid_build(kj_pyramid *p) { kj_pyramid_build_from(p, 0); }

/* Cell under a pixel and how far the next one reaches into it (0 … 256). */
typedef struct tap {
    int32_t cell;
    uint32_t next;
} tap;

static tap tap_at(double origin, double cells_per_pixel, double sharp, int32_t pixel, int32_t n)
{
    double at = origin + ((double)pixel + 0.5) * cells_per_pixel - 0.5;
    int32_t cell = (int32_t)floor(at);
    double part = (at - cell - 0.5) * sharp + 0.5;
    uint32_t next = part <= 0.0 ? 0u : part >= 1.0 ? 256u : (uint32_t)(part * 256.0);
    if (cell < -1 || cell >= n) return (tap){-1, 0};
    if (cell == -1) return next >= 128u ? (tap){0, 0} : (tap){-1, 0};
    if (cell == n - 1) return next < 128u ? (tap){cell, 0} : (tap){-1, 0};
    if (next == 256u) return (tap){cell + 1, 0};
    return (tap){cell, next};
}

static void paint_line(const uint32_t *upper, const uint32_t *lower, uint32_t down, const tap *taps, int32_t left,
                       int32_t right, uint32_t *out, uint32_t outside)
{
    for (int32_t x = left; x < right; x++) {
        tap t = taps[x];
        if (t.cell < 0) {
            out[x] = outside;
            continue;
        }
        uint32_t color = t.next ? kj_mix(upper[t.cell], upper[t.cell + 1], t.next) : upper[t.cell];
        if (down) color = kj_mix(color, t.next ? kj_mix(lower[t.cell], lower[t.cell + 1], t.next) : lower[t.cell], down);
        out[x] = 0xFF000000u | color;
    }
}

void kj_pyramid_paint(const kj_pyramid *p, const kj_camera *camera, const kj_pixels *px, uint32_t outside)
{
    int32_t l = 0;
    double zoom = camera->zoom;
    while (l + 1 < p->n_levels && (zoom < 0.75 || l < p->first)) {
        zoom *= 2.0;
        l++;
    }
    double shrink = 1.0 / (double)(1 << l), step = 1.0 / zoom, sharp = zoom > 1.0 ? zoom : 1.0;
    double west = camera->col * shrink - px->w / 2.0 * step, north = camera->row * shrink - px->h / 2.0 * step;
    int32_t nx = p->nx[l];
    tap *taps = malloc((size_t)px->w * sizeof *taps);
    if (!taps) return; /* an unpainted frame; the next one tries again */
    for (int32_t x = 0; x < px->w; x++) taps[x] = tap_at(west, step, sharp, x, nx);
    outside |= 0xFF000000u;
#pragma omp parallel for schedule(static)
    for (int32_t y = 0; y < px->h; y++) {
        uint32_t *out = px->data + (size_t)(px->y + y) * (size_t)px->stride + px->x;
        tap row = tap_at(north, step, sharp, y, p->ny[l]);
        if (row.cell < 0) {
            for (int32_t x = px->left; x < px->right; x++) out[x] = outside;
            continue;
        }
        const uint32_t *upper = p->level[l] + (size_t)row.cell * (size_t)nx;
        paint_line(upper, row.next ? upper + nx : upper, row.next, taps, px->left, px->right, out, outside);
    }
    free(taps);
}
