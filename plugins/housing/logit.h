/* Random utility: keyed Gumbel noise for pairs of household and dwelling, sampling without replacement, and the choice
   of an area by whole-number weights. Pure functions, tested in tests/oracle/test_choice.c. */
#ifndef HOUSING_LOGIT_H
#define HOUSING_LOGIT_H

#include <kedja/math.h>
#include <kedja/rng.h>
#include <stdint.h>

enum { HOUSING_GUMBEL_BINS = 4096, HOUSING_GUMBEL_TAIL = 16 };

/* splitmix64 finaliser (Steele et al. 2014). */
static inline uint64_t housing_mix(uint64_t h)
{
    h = (h ^ (h >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    h = (h ^ (h >> 27)) * UINT64_C(0x94D049BB133111EB);
    return h ^ (h >> 31);
}

/* 32 bits that belong to a pair: `base` are 64 bits drawn for the household and month, `luck` is the dwelling's key.
   The same pair meets the same taste in two worlds that differ elsewhere. */
static inline uint32_t housing_pair_draw(uint64_t base, uint64_t luck) { return (uint32_t)(housing_mix(base ^ luck) >> 32); }

static inline double housing_gumbel_exact(uint32_t v) { return -kj_log(-kj_log(kj_uniform(v))); }

/* Fills HOUSING_GUMBEL_BINS + 1 quantiles; the tails stay unused. */
static inline void housing_gumbel_fill(float *table)
{
    for (int i = HOUSING_GUMBEL_TAIL; i <= HOUSING_GUMBEL_BINS - HOUSING_GUMBEL_TAIL; i++)
        table[i] = (float)-kj_log(-kj_log((double)i / HOUSING_GUMBEL_BINS));
}

/* Standard Gumbel variate of a uniform draw: linear between tabled quantiles (error below 6e-4), exact in the tails. */
static inline double housing_gumbel(const float *table, uint32_t v)
{
    uint32_t bin = v >> 20;
    if (bin - HOUSING_GUMBEL_TAIL >= HOUSING_GUMBEL_BINS - 2 * HOUSING_GUMBEL_TAIL) return housing_gumbel_exact(v);
    double part = (double)(v & 0xFFFFFu) * (1.0 / 1048576.0), low = (double)table[bin];
    return low + ((double)table[bin + 1] - low) * part;
}

/* k of the numbers 0 … n-1, each set equally likely (Floyd 1987), k <= n. `base` keys the draws. */
static inline void housing_sample(uint64_t base, uint32_t n, uint32_t k, uint32_t *out)
{
    for (uint32_t i = 0; i < k; i++) {
        uint32_t limit = n - k + i, pick = kj_below((uint32_t)(housing_mix(base + i) >> 32), limit + 1);
        for (uint32_t j = 0; j < i; j++)
            if (out[j] == pick) {
                pick = limit;
                break;
            }
        out[i] = pick;
    }
}

/* Index drawn with probability weight / total; total > 0 is the sum of the n weights, u in (0, 1). */
static inline uint32_t housing_pick(const int32_t *weights, uint32_t n, int64_t total, double u)
{
    int64_t left = (int64_t)(u * (double)total);
    for (uint32_t i = 0; i < n; i++) {
        left -= weights[i];
        if (left < 0) return i;
    }
    uint32_t last = n; /* u * total rounded up to total: the last index with weight */
    while (last > 0 && weights[last - 1] == 0) last--;
    return last ? last - 1 : 0;
}

#endif
