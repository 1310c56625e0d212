/* Keyed, counter-based draws (Philox4x32-10, Salmon et al. 2011, Random123). A draw is a pure function of
   (seed, plugin, stream; luck key, month, number) and of nothing else: not of row, id, state, order or thread.
   So two policies run the same people with the same luck, and any thread may draw. */
#ifndef KEDJA_RNG_H
#define KEDJA_RNG_H

#include <Random123/philox.h>
#include <stdint.h>

#include "types.h"

/* Key of one stream of one plugin under one seed: from kj_run_v1.stream(). */
typedef struct kj_stream {
    uint32_t key[2];
} kj_stream;

/* Four independent 32-bit draws. */
typedef struct kj_draw4 {
    uint32_t v[4];
} kj_draw4;

/* Draw block `number` of an agent in a month. Each number gives four fresh 32-bit values. */
static inline kj_draw4 kj_draw(kj_stream stream, uint64_t luck, kj_month month, uint32_t number)
{
    philox4x32_ctr_t ctr = {{(uint32_t)luck, (uint32_t)(luck >> 32), (uint32_t)month, number}};
    philox4x32_key_t key = {{stream.key[0], stream.key[1]}};
    philox4x32_ctr_t out = philox4x32(ctr, key);
    kj_draw4 d = {{out.v[0], out.v[1], out.v[2], out.v[3]}};
    return d;
}

/* Uniform in (0, 1), never 0 and never 1: (v + 1/2) / 2^32, exact in double. */
static inline double kj_uniform(uint32_t v) { return ((double)v + 0.5) * 2.3283064365386962890625e-10; }

/* Probability as a threshold for 32-bit draws: the event happens when draw < threshold. p <= 0 never happens; the
   largest threshold misses p = 1 by 2^-32, so test certainty apart if it matters. */
static inline uint32_t kj_threshold(double p)
{
    if (!(p > 0.0)) return 0;
    double scaled = p * 4294967296.0;
    return scaled >= 4294967295.0 ? UINT32_MAX : (uint32_t)scaled;
}

/* Integer in [0, n) by multiplication (Lemire 2019 without rejection: bias below n / 2^32). n > 0. */
static inline uint32_t kj_below(uint32_t v, uint32_t n) { return (uint32_t)(((uint64_t)v * n) >> 32); }

/* A new luck key from an origin: mixes three words (splitmix64 finaliser, Steele et al. 2014). A child's key is
   kj_luck(KJ_LUCK_BIRTH, mother's key, birth number); see kedja/model.h for the kinds of origin. */
static inline uint64_t kj_luck(uint64_t kind, uint64_t a, uint64_t b)
{
    uint64_t h = UINT64_C(0x9E3779B97F4A7C15);
    const uint64_t word[3] = {kind, a, b};
    for (int i = 0; i < 3; i++) {
        h += word[i] + UINT64_C(0x9E3779B97F4A7C15);
        h = (h ^ (h >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        h = (h ^ (h >> 27)) * UINT64_C(0x94D049BB133111EB);
        h ^= h >> 31;
    }
    return h;
}

#endif
