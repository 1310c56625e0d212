#include "wide.h"

#include <math.h>

enum { ROUNDS = 10 };

/* Philox4x32-10 as one straight loop; held against kj_draw() by a test. */
HOUSING_WIDE
void housing_draw_many(kj_stream stream, const uint64_t *restrict luck, uint32_t n, kj_month month, uint32_t *restrict out, uint32_t stride)
{
    uint32_t *restrict v0 = out, *restrict v1 = out + stride, *restrict v2 = v1 + stride, *restrict v3 = v2 + stride;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t c0 = (uint32_t)luck[i], c1 = (uint32_t)(luck[i] >> 32), c2 = (uint32_t)month, c3 = 0;
        uint32_t k0 = stream.key[0], k1 = stream.key[1];
        for (int r = 0; r < ROUNDS; r++) {
            uint64_t p0 = (uint64_t)c0 * 0xD2511F53u, p1 = (uint64_t)c2 * 0xCD9E8D57u;
            uint32_t next0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, next2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
            c1 = (uint32_t)p1;
            c3 = (uint32_t)p0;
            c0 = next0;
            c2 = next2;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        v0[i] = c0;
        v1[i] = c1;
        v2[i] = c2;
        v3[i] = c3;
    }
}

/* One division an area: the powers multiply up below the line. They are constants where this is inlined, so that the
   loop has no branch. */
static inline __attribute__((always_inline)) int64_t weigh(const housing_viewpoint *v, const float *restrict x, const float *restrict y,
                                                           const float *restrict size, uint32_t n, int32_t *restrict weight,
                                                           int home_power, int work_power)
{
    const float hx = v->home_x, hy = v->home_y, home_per_km = v->home_per_km;
    const float wx = v->work_x, wy = v->work_y, work_per_km = v->work_per_km;
    int64_t total = 0;
    for (uint32_t a = 0; a < n; a++) {
        float far = 1.0f;
        if (home_power > 0) {
            float dx = x[a] - hx, dy = y[a] - hy, home = 1.0f + sqrtf(dx * dx + dy * dy) * home_per_km;
            for (int k = 0; k < home_power; k++) far *= home;
        }
        if (work_power > 0) {
            float dx = x[a] - wx, dy = y[a] - wy, work = 1.0f + sqrtf(dx * dx + dy * dy) * work_per_km;
            for (int k = 0; k < work_power; k++) far *= work;
        }
        weight[a] = (int32_t)(size[a] / far * 1073741824.0f);
    }
    for (uint32_t a = 0; a < n; a++) total += weight[a];
    return total;
}

/* The usual powers, then any others. */
HOUSING_WIDE
int64_t housing_weigh(const housing_viewpoint *v, const float *x, const float *y, const float *size, uint32_t n, int32_t *weight)
{
    if (v->home_power == 2 && v->work_power == 0) return weigh(v, x, y, size, n, weight, 2, 0);
    if (v->home_power == 2 && v->work_power == 1) return weigh(v, x, y, size, n, weight, 2, 1);
    return weigh(v, x, y, size, n, weight, v->home_power, v->work_power);
}
