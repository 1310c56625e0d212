#include "wide.h"

#include <math.h>

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
