#include "cells_masked.h"

#include <math.h>

#include "cells_wide.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include <immintrin.h>
#define HAS_WIDE 1
#else
#define HAS_WIDE 0
#endif

enum { LANES = SUM_LANES };

static inline const uint8_t *mask_at(const uint8_t *mask, size_t cell) { return mask ? mask + cell : NULL; }
static inline bool holds(const uint8_t *mask, size_t cell) { return !mask || mask[cell]; }

/* ---- what follows the registers ---- */

/* The rest of a chunk that does not fill them, then the lanes in order. */
static double end_sum(double *lane, size_t done, size_t n, const float *v, const uint8_t *mask)
{
    double sum = 0.0;
    for (size_t l = 0; done + l < n; l++) lane[l] += holds(mask, done + l) ? (double)v[done + l] : 0.0;
    for (size_t l = 0; l < LANES; l++) sum += lane[l];
    return sum;
}

static int64_t end_sum_i32(const int64_t *lane, size_t n_lanes, size_t done, size_t n, const int32_t *v, const uint8_t *mask)
{
    int64_t sum = 0;
    for (size_t l = 0; l < n_lanes; l++) sum += lane[l];
    for (; done < n; done++) sum += holds(mask, done) ? v[done] : 0;
    return sum;
}

#if HAS_WIDE

/* Chunk by chunk. */
#define SUM(name, wide, chunk)                                                                                         \
    wide static double name(double sum, size_t n, const float *v, const uint8_t *mask)                                 \
    {                                                                                                                  \
        for (size_t m; n; v += m, mask = mask_at(mask, m), n -= m) {                                                   \
            m = n < SUM_CHUNK ? n : SUM_CHUNK;                                                                         \
            sum += chunk(m, v, mask);                                                                                  \
        }                                                                                                              \
        return sum;                                                                                                    \
    }

/* The extreme of a chunk in 16 lanes. better(best, v, mask): what a register holds afterwards; of equal values the earlier, of a number and what is none the number. */
#define EXTREME(name, wide, type, vector, width, fill, store, better, comparison, none)                                \
    wide static double name(size_t n, const type *v, const uint8_t *mask)                                              \
    {                                                                                                                  \
        enum { PARTS = LANES / (width) };                                                                              \
        vector best[PARTS];                                                                                            \
        type lane[LANES];                                                                                              \
        size_t k = 0;                                                                                                  \
        for (size_t p = 0; p < PARTS; p++) best[p] = fill(none);                                                       \
        for (; k + LANES <= n; k += LANES)                                                                             \
            for (size_t p = 0; p < PARTS; p++) best[p] = better(best[p], v + k + p * (width), mask_at(mask, k + p * (width))); \
        for (size_t p = 0; p < PARTS; p++) store(lane + p * (width), best[p]);                                         \
        for (size_t l = 0; k + l < n; l++)                                                                             \
            if (holds(mask, k + l) && v[k + l] comparison lane[l]) lane[l] = v[k + l];                                 \
        for (size_t l = 1; l < LANES; l++) lane[0] = lane[l] comparison lane[0] ? lane[l] : lane[0];                   \
        return (double)lane[0] + 0.0;                                                                                  \
    }

/* ---- registers of 64 bytes ---- */

#define OF_512 __attribute__((target("avx512f")))

/* Which of 16 cells the mask holds. */
OF_512 static inline __mmask16 held_512(const uint8_t *mask)
{
    if (!mask) return 0xFFFF;
    __m512i words = _mm512_cvtepu8_epi32(_mm_loadu_si128((const void *)mask));
    return _mm512_test_epi32_mask(words, words);
}

OF_512 static inline double chunk_f32_512(size_t n, const float *v, const uint8_t *mask)
{
    __m512d low = _mm512_setzero_pd(), high = low;
    double lane[LANES];
    size_t k = 0;
    for (; k + LANES <= n; k += LANES) {
        __mmask16 held = held_512(mask_at(mask, k));
        low = _mm512_add_pd(low, _mm512_maskz_cvtps_pd((__mmask8)held, _mm256_loadu_ps(v + k)));
        high = _mm512_add_pd(high, _mm512_maskz_cvtps_pd((__mmask8)(held >> 8), _mm256_loadu_ps(v + k + 8)));
    }
    _mm512_storeu_pd(lane, low);
    _mm512_storeu_pd(lane + 8, high);
    return end_sum(lane, k, n, v, mask);
}

SUM(sum_f32_512, OF_512, chunk_f32_512)

OF_512 static int64_t sum_i32_512(size_t n, const int32_t *v, const uint8_t *mask)
{
    __m512i low = _mm512_setzero_si512(), high = low;
    int64_t lane[8];
    size_t k = 0;
    for (; k + 16 <= n; k += 16) {
        __mmask16 held = held_512(mask_at(mask, k));
        low = _mm512_add_epi64(low, _mm512_maskz_cvtepi32_epi64((__mmask8)held, _mm256_loadu_si256((const void *)(v + k))));
        high = _mm512_add_epi64(high, _mm512_maskz_cvtepi32_epi64((__mmask8)(held >> 8), _mm256_loadu_si256((const void *)(v + k + 8))));
    }
    _mm512_storeu_si512(lane, _mm512_add_epi64(low, high));
    return end_sum_i32(lane, 8, k, n, v, mask);
}

OF_512 static inline __m512 more_f32_512(__m512 best, const float *v, const uint8_t *mask) { return _mm512_mask_max_ps(best, held_512(mask), _mm512_loadu_ps(v), best); }
OF_512 static inline __m512 less_f32_512(__m512 best, const float *v, const uint8_t *mask) { return _mm512_mask_min_ps(best, held_512(mask), _mm512_loadu_ps(v), best); }
OF_512 static inline __m512i more_i32_512(__m512i best, const int32_t *v, const uint8_t *mask) { return _mm512_mask_max_epi32(best, held_512(mask), _mm512_loadu_si512(v), best); }
OF_512 static inline __m512i less_i32_512(__m512i best, const int32_t *v, const uint8_t *mask) { return _mm512_mask_min_epi32(best, held_512(mask), _mm512_loadu_si512(v), best); }

EXTREME(greatest_f32_512, OF_512, float, __m512, 16, _mm512_set1_ps, _mm512_storeu_ps, more_f32_512, >, -HUGE_VALF)
EXTREME(least_f32_512, OF_512, float, __m512, 16, _mm512_set1_ps, _mm512_storeu_ps, less_f32_512, <, HUGE_VALF)
EXTREME(greatest_i32_512, OF_512, int32_t, __m512i, 16, _mm512_set1_epi32, _mm512_storeu_si512, more_i32_512, >, INT32_MIN)
EXTREME(least_i32_512, OF_512, int32_t, __m512i, 16, _mm512_set1_epi32, _mm512_storeu_si512, less_i32_512, <, INT32_MAX)

/* ---- registers of 32 bytes ---- */

#define OF_256 __attribute__((target("avx2")))

/* All bits of the eight cells that the mask holds. */
OF_256 static inline __m256i held_256(const uint8_t *mask)
{
    return mask ? _mm256_sub_epi32(_mm256_setzero_si256(), _mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)mask))) : _mm256_set1_epi32(-1);
}

OF_256 static inline double chunk_f32_256(size_t n, const float *v, const uint8_t *mask)
{
    __m256d sum[4];
    double lane[LANES];
    size_t k = 0;
    for (int p = 0; p < 4; p++) sum[p] = _mm256_setzero_pd();
    for (; k + LANES <= n; k += LANES)
        for (size_t half = 0; half < 2; half++) {
            __m256 kept = _mm256_and_ps(_mm256_castsi256_ps(held_256(mask_at(mask, k + 8 * half))), _mm256_loadu_ps(v + k + 8 * half));
            sum[2 * half] = _mm256_add_pd(sum[2 * half], _mm256_cvtps_pd(_mm256_castps256_ps128(kept)));
            sum[2 * half + 1] = _mm256_add_pd(sum[2 * half + 1], _mm256_cvtps_pd(_mm256_extractf128_ps(kept, 1)));
        }
    for (int p = 0; p < 4; p++) _mm256_storeu_pd(lane + 4 * p, sum[p]);
    return end_sum(lane, k, n, v, mask);
}

SUM(sum_f32_256, OF_256, chunk_f32_256)

OF_256 static int64_t sum_i32_256(size_t n, const int32_t *v, const uint8_t *mask)
{
    __m256i low = _mm256_setzero_si256(), high = low;
    int64_t lane[4];
    size_t k = 0;
    for (; k + 8 <= n; k += 8) {
        __m256i kept = _mm256_and_si256(held_256(mask_at(mask, k)), _mm256_loadu_si256((const void *)(v + k)));
        low = _mm256_add_epi64(low, _mm256_cvtepi32_epi64(_mm256_castsi256_si128(kept)));
        high = _mm256_add_epi64(high, _mm256_cvtepi32_epi64(_mm256_extracti128_si256(kept, 1)));
    }
    _mm256_storeu_si256((void *)lane, _mm256_add_epi64(low, high));
    return end_sum_i32(lane, 4, k, n, v, mask);
}

/* v where the mask is 1, else none; the bits of either type. */
OF_256 static inline __m256i kept_256(const void *v, const uint8_t *mask, __m256i none) { return _mm256_blendv_epi8(none, _mm256_loadu_si256(v), held_256(mask)); }
OF_256 static inline __m256 kept_ps_256(const float *v, const uint8_t *mask, float none) { return _mm256_castsi256_ps(kept_256(v, mask, _mm256_castps_si256(_mm256_set1_ps(none)))); }
OF_256 static inline void store_i32_256(int32_t *to, __m256i from) { _mm256_storeu_si256((void *)to, from); }

OF_256 static inline __m256 more_f32_256(__m256 best, const float *v, const uint8_t *mask) { return _mm256_max_ps(kept_ps_256(v, mask, -HUGE_VALF), best); }
OF_256 static inline __m256 less_f32_256(__m256 best, const float *v, const uint8_t *mask) { return _mm256_min_ps(kept_ps_256(v, mask, HUGE_VALF), best); }
OF_256 static inline __m256i more_i32_256(__m256i best, const int32_t *v, const uint8_t *mask) { return _mm256_max_epi32(kept_256(v, mask, _mm256_set1_epi32(INT32_MIN)), best); }
OF_256 static inline __m256i less_i32_256(__m256i best, const int32_t *v, const uint8_t *mask) { return _mm256_min_epi32(kept_256(v, mask, _mm256_set1_epi32(INT32_MAX)), best); }

EXTREME(greatest_f32_256, OF_256, float, __m256, 8, _mm256_set1_ps, _mm256_storeu_ps, more_f32_256, >, -HUGE_VALF)
EXTREME(least_f32_256, OF_256, float, __m256, 8, _mm256_set1_ps, _mm256_storeu_ps, less_f32_256, <, HUGE_VALF)
EXTREME(greatest_i32_256, OF_256, int32_t, __m256i, 8, _mm256_set1_epi32, store_i32_256, more_i32_256, >, INT32_MIN)
EXTREME(least_i32_256, OF_256, int32_t, __m256i, 8, _mm256_set1_epi32, store_i32_256, less_i32_256, <, INT32_MAX)

/* Returns what the width asked for gives; falls through for the plain one. */
#define BY_WIDTH(wide_512, wide_256, ...)                                                                              \
    if (width == MASKED_AVX512) return wide_512(__VA_ARGS__);                                                          \
    if (width == MASKED_AVX2) return wide_256(__VA_ARGS__)

masked_width masked_widest(void)
{
    if (__builtin_cpu_supports("avx512f")) return MASKED_AVX512;
    return __builtin_cpu_supports("avx2") ? MASKED_AVX2 : MASKED_PLAIN;
}

#else
#define BY_WIDTH(wide_512, wide_256, ...) (void)width

masked_width masked_widest(void) { return MASKED_PLAIN; }
#endif

/* ---- any width ---- */

double masked_sum_f32(masked_width width, double sum, size_t n, const float *v, const uint8_t *mask)
{
    BY_WIDTH(sum_f32_512, sum_f32_256, sum, n, v, mask);
    if (!mask) return wide_sum_f32(sum, n, v);
    float kept[SUM_CHUNK];
    for (size_t m; n; v += m, mask += m, n -= m) {
        m = n < SUM_CHUNK ? n : SUM_CHUNK;
        wide_keep_f32(m, v, mask, 0.0f, kept);
        sum = wide_sum_f32(sum, m, kept);
    }
    return sum;
}

int64_t masked_sum_i32(masked_width width, size_t n, const int32_t *v, const uint8_t *mask)
{
    BY_WIDTH(sum_i32_512, sum_i32_256, n, v, mask);
    return wide_sum_i32(n, v, mask);
}

double masked_extreme_f32(masked_width width, size_t n, const float *v, const uint8_t *mask, bool greatest)
{
    if (greatest) {
        BY_WIDTH(greatest_f32_512, greatest_f32_256, n, v, mask);
    } else {
        BY_WIDTH(least_f32_512, least_f32_256, n, v, mask);
    }
    float kept[SUM_CHUNK];
    if (!mask) return greatest ? wide_greatest_f32(n, v) : wide_least_f32(n, v);
    wide_keep_f32(n, v, mask, greatest ? -HUGE_VALF : HUGE_VALF, kept);
    return greatest ? wide_greatest_f32(n, kept) : wide_least_f32(n, kept);
}

double masked_extreme_i32(masked_width width, size_t n, const int32_t *v, const uint8_t *mask, bool greatest)
{
    if (greatest) {
        BY_WIDTH(greatest_i32_512, greatest_i32_256, n, v, mask);
    } else {
        BY_WIDTH(least_i32_512, least_i32_256, n, v, mask);
    }
    int32_t kept[SUM_CHUNK];
    if (!mask) return greatest ? wide_greatest_i32(n, v) : wide_least_i32(n, v);
    wide_keep_i32(n, v, mask, greatest ? INT32_MIN : INT32_MAX, kept);
    return greatest ? wide_greatest_i32(n, kept) : wide_least_i32(n, kept);
}
