/* Random utility: keyed Gumbel noise for pairs of household and dwelling, sampling without replacement, and the choice
   of an area by whole-number weights. Pure functions, tested in tests/oracle/test_choice.c. */
#ifndef HOUSING_LOGIT_H
#define HOUSING_LOGIT_H

#include <kedja/rng.h>
#include <stdint.h>
#include <string.h>

/* splitmix64 finaliser (Steele et al. 2014). */
static inline uint64_t housing_mix(uint64_t h)
{
    h = (h ^ (h >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    h = (h ^ (h >> 27)) * UINT64_C(0x94D049BB133111EB);
    return h ^ (h >> 31);
}

/* What a dwelling's luck key brings into pairs. */
static inline uint32_t housing_pair_key(uint64_t luck) { return (uint32_t)(housing_mix(luck) >> 32); }

/* 32 bits that belong to a pair: `base` are 64 bits drawn for the household and month, `key` is the dwelling's. The same
   pair meets the same taste in two worlds that differ elsewhere. Steps of 32 bits, as in the finaliser of MurmurHash3
   (Appleby 2011), so that many pairs go side by side in wide registers. */
static inline uint32_t housing_pair_draw(uint64_t base, uint32_t key)
{
    uint32_t h = key ^ (uint32_t)base;
    h = (h ^ (h >> 16)) * 0x85EBCA6Bu;
    h = (h ^ (h >> 13) ^ (uint32_t)(base >> 32)) * 0xC2B2AE35u;
    h = (h ^ (h >> 15)) * 0x846CA68Bu;
    return h ^ (h >> 16);
}

/* ln(1 + f) for -1/2 <= f <= 0, error below 1e-7: 2 artanh(f / (2 + f)). */
static inline float housing_ln_near_one(float f)
{
    float s = f / (2.0f + f), z = s * s;
    float sum = 1.0f / 15.0f;
    sum = sum * z + 1.0f / 13.0f;
    sum = sum * z + 1.0f / 11.0f;
    sum = sum * z + 1.0f / 9.0f;
    sum = sum * z + 1.0f / 7.0f;
    sum = sum * z + 1.0f / 5.0f;
    sum = sum * z + 1.0f / 3.0f;
    return 2.0f * s * (sum * z + 1.0f);
}

/* Splits a positive float into mantissa - 1 in [-1/2, 0) and the power of two. */
static inline float housing_split(float x, float *power)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    *power = (float)((bits >> 23) - 126);
    bits = (bits & 0x7FFFFF) | 0x3F000000;
    memcpy(&x, &bits, sizeof x);
    return x - 1.0f;
}

/* Standard Gumbel variate -ln(-ln u) of a uniform draw, error below 1e-5, in single precision without branches. Draws near
   one keep their distance from one, so that the upper tail is as fine as the draw. */
static inline float housing_gumbel(uint32_t v)
{
    const float ln2 = 0.69314718056f;
    int32_t u = (int32_t)(v >> 1), upper = u >= 1 << 30, from_end = upper ? INT32_MAX - u : u;
    float p = ((float)from_end + 0.5f) * 4.656612873e-10f, power, spread_power;
    float low = housing_split(p, &power), f = upper ? -p : low, e = upper ? 0.0f : power;
    float spread = -(e * ln2 + housing_ln_near_one(f)), g = housing_split(spread, &spread_power);
    return -(spread_power * ln2 + housing_ln_near_one(g));
}

/* Nearly standard normal: four uniform draws, tails to 3.46. */
static inline double housing_normal(const uint32_t draw[4])
{
    return (kj_uniform(draw[0]) + kj_uniform(draw[1]) + kj_uniform(draw[2]) + kj_uniform(draw[3]) - 2.0) * 1.7320508075688772;
}

/* k of the numbers 0 … n-1, each set equally likely (Floyd 1987), k <= n. `base` keys the draws. taken: one bit a number,
   all zero before and after. */
static inline void housing_sample(uint64_t base, uint32_t n, uint32_t k, uint64_t *taken, uint32_t *out)
{
    for (uint32_t i = 0; i < k; i++) {
        uint32_t limit = n - k + i, pick = kj_below((uint32_t)(housing_mix(base + i) >> 32), limit + 1);
        pick += (limit - pick) & -(uint32_t)(taken[pick / 64] >> pick % 64 & 1); /* the limit where it is taken, without a branch */
        taken[pick / 64] |= UINT64_C(1) << pick % 64;
        out[i] = pick;
    }
    for (uint32_t i = 0; i < k; i++) taken[out[i] / 64] = 0;
}

/* Index drawn in proportion to weights given as their sums up to each of the n; upto[n - 1] > 0, u in (0, 1). Bisection
   without branches. */
static inline uint32_t housing_pick(const int64_t *upto, uint32_t n, double u)
{
    int64_t ticket = (int64_t)(u * (double)upto[n - 1]);
    if (ticket >= upto[n - 1]) ticket = upto[n - 1] - 1; /* rounded up */
    uint32_t first = 0;
    while (n > 1) {
        uint32_t half = n / 2;
        first += half & -(uint32_t)(upto[first + half - 1] <= ticket);
        n -= half;
    }
    return first;
}

#endif
