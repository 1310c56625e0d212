#include "wide.h"

#include <kedja/math.h>
#include <math.h>

#include "logit.h"

/* One division an area: the powers multiply up below the line. The power is a constant where this is inlined, so that the
   loop has no branch. */
static inline __attribute__((always_inline)) int64_t weigh(const housing_viewpoint *v, const float *restrict x, const float *restrict y,
                                                           const float *restrict size, uint32_t n, int32_t *restrict weight, int power)
{
    const float from_x = v->x, from_y = v->y, per_km = v->per_km;
    int64_t total = 0;
    for (uint32_t a = 0; a < n; a++) {
        float dx = x[a] - from_x, dy = y[a] - from_y, near = 1.0f + sqrtf(dx * dx + dy * dy) * per_km, far = 1.0f;
        for (int k = 0; k < power; k++) far *= near;
        weight[a] = (int32_t)(size[a] / far * 1073741824.0f);
    }
    for (uint32_t a = 0; a < n; a++) total += weight[a];
    return total;
}

/* The usual power, then any other. */
HOUSING_WIDE
int64_t housing_weigh(const housing_viewpoint *v, const float *x, const float *y, const float *size, uint32_t n, int32_t *weight)
{
    return v->power == 2 ? weigh(v, x, y, size, n, weight, 2) : weigh(v, x, y, size, n, weight, v->power);
}

static inline float lower(float a, float b) { return a < b ? a : b; }
static inline float higher(float a, float b) { return a > b ? a : b; }

HOUSING_WIDE
float housing_nearest(const float *restrict x, const float *restrict y, uint32_t n, uint32_t own)
{
    const float from_x = x[own], from_y = y[own];
    float before = 1e30f, behind = 1e30f;
    for (uint32_t a = 0; a < own; a++) {
        float dx = x[a] - from_x, dy = y[a] - from_y;
        before = lower(before, dx * dx + dy * dy);
    }
    for (uint32_t a = own + 1; a < n; a++) {
        float dx = x[a] - from_x, dy = y[a] - from_y;
        behind = lower(behind, dx * dx + dy * dy);
    }
    return n > 1 ? sqrtf(lower(before, behind)) : 0.0f;
}

/* MODEL.md, "Lending". */
HOUSING_WIDE
void housing_find_eligible(const housing_shelf *shelf, uint32_t first, uint32_t n, const housing_bounds *bounds, uint8_t *restrict may)
{
    const housing_bounds b = *bounds;
    const int32_t *restrict rent = shelf->rent + first, *restrict price = shelf->price + first, *restrict sort = shelf->sort + first;
    const uint32_t end = (n + HOUSING_LANES - 1u) / HOUSING_LANES * HOUSING_LANES;
    for (uint32_t i = 0; i < end; i++) {
        float left = 12.0f * higher(b.surplus - (float)rent[i], 0.0f);
        float at_first = lower(b.cap[0], b.funds + left * b.loan[0]), at_second = lower(b.cap[1], b.funds + left * b.loan[1]);
        float limit = higher(higher(at_first, at_second), lower(b.cap[2], b.funds + left * b.loan[2]));
        may[i] = (rent[i] <= b.rent_max[sort[i] >> HOUSING_KINDS_SHIFT]) & ((float)price[i] <= limit);
    }
}

HOUSING_WIDE
void housing_gumbels(const uint32_t *restrict draw, uint32_t n, float *restrict out)
{
    const uint32_t end = (n + HOUSING_LANES - 1u) / HOUSING_LANES * HOUSING_LANES;
    for (uint32_t i = 0; i < end; i++) out[i] = housing_gumbel(draw[i]);
}

/* Sets this trait of wealth apart from other uses of a household's luck. */
static const uint64_t THRIFT = UINT64_C(0xD6E8FEB86659FD93);

HOUSING_WIDE
void housing_thrifts(double savings_spread, const uint64_t *restrict luck, uint32_t n, double *restrict out)
{
    for (uint32_t i = 0; i < n; i++) {
        uint64_t h = housing_mix(luck[i] ^ THRIFT);
        int32_t low = (int32_t)(h & 0xFFFF) + (int32_t)(h >> 16 & 0xFFFF), high = (int32_t)(h >> 32 & 0xFFFF) + (int32_t)(h >> 48);
        double z = ((double)(low + high) / 65536.0 - 2.0) * 1.7320508075688772; /* four uniform draws: nearly normal, tails to 3.46 */
        out[i] = savings_spread > 0.0 ? kj_exp_within_700(savings_spread * (z - 0.5 * savings_spread)) : 1.0;
    }
}

HOUSING_WIDE
void housing_note_months(const uint32_t *restrict draw, uint32_t stride, const uint32_t *restrict bound, uint32_t n, uint32_t *restrict noted)
{
    const uint32_t *second = draw + stride, *third = second + stride, *fourth = third + stride;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t months = 0;
        for (uint32_t m = 0; m < 6; m++) {
            months |= (uint32_t)(housing_part_of_half(draw[i], second[i], m) < bound[i]) << m;
            months |= (uint32_t)(housing_part_of_half(third[i], fourth[i], m) < bound[i]) << (m + 6);
        }
        noted[i] = months;
    }
}

HOUSING_WIDE
void housing_mark_noted(const uint8_t *restrict alive, const uint8_t *restrict living, const int16_t *restrict look, int16_t bit,
                        uint32_t n, uint8_t *restrict hit)
{
    _Static_assert(KJ_LIVES_HOLDING == 0, "an or says who holds no home");
    for (uint32_t i = 0; i < n; i++) hit[i] = (uint8_t)(alive[i] & ((living[i] != 0) | (look[i] == 0) | ((look[i] & bit) != 0)));
}
