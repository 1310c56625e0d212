#include "cells_masked.h"

#include <math.h>

#include "cells_wide.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include <immintrin.h>
#define HAS_WIDE 1
#else
#define HAS_WIDE 0
#endif

static inline bool holds(const uint8_t *mask, size_t cell) { return !mask || mask[cell]; }

/* The lanes of whole numbers, and the rest; all of them, where there are no lanes. */
#define END_SUM(name, type)                                                                                            \
    static int64_t name(const int64_t *lane, size_t n_lanes, size_t done, size_t n, const type *v, const uint8_t *mask, int64_t *n_held) \
    {                                                                                                                  \
        int64_t sum = 0;                                                                                               \
        for (size_t l = 0; l < n_lanes; l++) sum += lane[l];                                                           \
        for (; done < n; done++) {                                                                                     \
            bool held = holds(mask, done);                                                                             \
            sum += held ? v[done] : 0;                                                                                 \
            *n_held += held;                                                                                           \
        }                                                                                                              \
        return sum;                                                                                                    \
    }

END_SUM(end_sum_u8, uint8_t)
END_SUM(end_sum_i32, int32_t)

#if HAS_WIDE

enum { LANES = SUM_LANES };

static inline const uint8_t *mask_at(const uint8_t *mask, size_t cell) { return mask ? mask + cell : NULL; }

/* ---- what follows the registers ---- */

/* The rest of a chunk that does not fill them; returns how many of those cells the mask holds. */
static int64_t end_lanes(double *lane, size_t done, size_t n, const float *v, const uint8_t *mask)
{
    int64_t n_held = 0;
    for (size_t l = 0; done + l < n; l++) {
        bool held = holds(mask, done + l);
        lane[l] += held ? (double)v[done + l] : 0.0;
        n_held += held;
    }
    return n_held;
}

enum { GROUP = 8 }; /* chunks whose lanes are added side by side: one after another, each sum would wait for the last */

static double add_lanes(double sum, size_t n_chunks, double lane[GROUP][LANES])
{
    double part[GROUP] = {0.0};
    for (size_t l = 0; l < LANES; l++)
        for (size_t c = 0; c < n_chunks; c++) part[c] += lane[c][l];
    for (size_t c = 0; c < n_chunks; c++) sum += part[c];
    return sum;
}

/* Asks for what is read a page further on: by itself the processor foresees no further than the end of the page, which costs a sum an eighth. */
static inline void fetch(const void *v) { __builtin_prefetch((const char *)v + 4096, 0, 3); }

/* Chunk by chunk. lanes(n, v, mask, lane) sets the lanes of a chunk and returns how many cells the mask holds. */
#define SUM(name, wide, lanes)                                                                                         \
    wide static double name(double sum, size_t n, const float *v, const uint8_t *mask, int64_t *n_held)                \
    {                                                                                                                  \
        double lane[GROUP][LANES];                                                                                     \
        while (n) {                                                                                                    \
            size_t n_chunks = 0;                                                                                       \
            for (size_t m; n && n_chunks < GROUP; v += m, mask = mask_at(mask, m), n -= m) {                           \
                m = n < SUM_CHUNK ? n : SUM_CHUNK;                                                                     \
                *n_held += lanes(m, v, mask, lane[n_chunks++]);                                                        \
            }                                                                                                          \
            sum = add_lanes(sum, n_chunks, lane);                                                                      \
        }                                                                                                              \
        return sum;                                                                                                    \
    }

/* The extreme in EXTREME_LANES lanes. better(best, v, mask): what a register holds afterwards; of a number and what is none the number. */
#define EXTREME(name, wide, type, vector, width, fill, store, better, comparison, none)                                \
    wide static double name(size_t n, const type *v, const uint8_t *mask)                                              \
    {                                                                                                                  \
        enum { EXTREME_LANES = 64 /* several registers, since one comparison waits for the last */, PARTS = EXTREME_LANES / (width) }; \
        vector best[PARTS];                                                                                            \
        type lane[EXTREME_LANES];                                                                                      \
        size_t k = 0;                                                                                                  \
        for (size_t p = 0; p < PARTS; p++) best[p] = fill(none);                                                       \
        for (; k + EXTREME_LANES <= n; k += EXTREME_LANES)                                                             \
            for (size_t p = 0; p < PARTS; p++) best[p] = better(best[p], v + k + p * (width), mask_at(mask, k + p * (width))); \
        for (size_t p = 0; p < PARTS; p++) store(lane + p * (width), best[p]);                                         \
        for (size_t l = 0; k + l < n; l++)                                                                             \
            if (holds(mask, k + l) && v[k + l] comparison lane[l]) lane[l] = v[k + l];                                 \
        for (size_t l = 1; l < EXTREME_LANES; l++) lane[0] = lane[l] comparison lane[0] ? lane[l] : lane[0];           \
        return (double)lane[0] + 0.0;                                                                                  \
    }

/* ---- registers of 64 bytes ---- */

#define OF_512 __attribute__((target("avx512f,avx512bw")))

/* Which of 16 cells the mask holds. */
OF_512 static inline __mmask16 held_512(const uint8_t *mask)
{
    if (!mask) return 0xFFFF;
    __m512i words = _mm512_cvtepu8_epi32(_mm_loadu_si128((const void *)mask));
    return _mm512_test_epi32_mask(words, words);
}

OF_512 static inline int64_t lanes_f32_512(size_t n, const float *v, const uint8_t *mask, double *lane)
{
    __m512d low = _mm512_setzero_pd(), high = low;
    int64_t n_held = 0;
    size_t k = 0;
    for (; k + LANES <= n; k += LANES) {
        fetch(v + k);
        __mmask16 held = held_512(mask_at(mask, k));
        low = _mm512_add_pd(low, _mm512_maskz_cvtps_pd((__mmask8)held, _mm256_loadu_ps(v + k)));
        high = _mm512_add_pd(high, _mm512_maskz_cvtps_pd((__mmask8)(held >> 8), _mm256_loadu_ps(v + k + 8)));
        n_held += __builtin_popcount(held);
    }
    _mm512_storeu_pd(lane, low);
    _mm512_storeu_pd(lane + 8, high);
    return n_held + end_lanes(lane, k, n, v, mask);
}

SUM(sum_f32_512, OF_512, lanes_f32_512)

OF_512 static int64_t sum_i32_512(size_t n, const int32_t *v, const uint8_t *mask, int64_t *n_held)
{
    __m512i low = _mm512_setzero_si512(), high = low;
    int64_t lane[8];
    size_t k = 0;
    for (; k + 16 <= n; k += 16) {
        fetch(v + k);
        __mmask16 held = held_512(mask_at(mask, k));
        low = _mm512_add_epi64(low, _mm512_maskz_cvtepi32_epi64((__mmask8)held, _mm256_loadu_si256((const void *)(v + k))));
        high = _mm512_add_epi64(high, _mm512_maskz_cvtepi32_epi64((__mmask8)(held >> 8), _mm256_loadu_si256((const void *)(v + k + 8))));
        *n_held += __builtin_popcount(held);
    }
    _mm512_storeu_si512(lane, _mm512_add_epi64(low, high));
    return end_sum_i32(lane, 8, k, n, v, mask, n_held);
}

/* Which of 64 cells the mask holds. */
OF_512 static inline __mmask64 held_bytes_512(const uint8_t *mask)
{
    if (!mask) return ~UINT64_C(0);
    __m512i bytes = _mm512_loadu_si512(mask);
    return _mm512_test_epi8_mask(bytes, bytes);
}

OF_512 static int64_t sum_u8_512(size_t n, const uint8_t *v, const uint8_t *mask, int64_t *n_held)
{
    __m512i sum = _mm512_setzero_si512();
    int64_t lane[8], counted = 0;
    size_t k = 0;
    for (; k + 64 <= n; k += 64) {
        __mmask64 held = held_bytes_512(mask_at(mask, k));
        sum = _mm512_add_epi64(sum, _mm512_sad_epu8(_mm512_maskz_loadu_epi8(held, v + k), _mm512_setzero_si512()));
        counted += __builtin_popcountll(held);
    }
    _mm512_storeu_si512(lane, sum);
    *n_held += counted;
    return end_sum_u8(lane, 8, k, n, v, mask, n_held);
}

/* Eight lines are added as bytes, which are 0 or 1, before they are widened. */
OF_512 static int64_t count_512(size_t n, const uint8_t *mask)
{
    enum { LINE = 64, RUN = 8 * LINE };
    __m512i sum = _mm512_setzero_si512();
    size_t k = 0;
    for (; k + RUN <= n; k += RUN) {
        __m512i bytes = _mm512_loadu_si512(mask + k);
        for (size_t at = LINE; at < RUN; at += LINE) bytes = _mm512_add_epi8(bytes, _mm512_loadu_si512(mask + k + at));
        sum = _mm512_add_epi64(sum, _mm512_sad_epu8(bytes, _mm512_setzero_si512()));
    }
    return _mm512_reduce_add_epi64(sum) + wide_count(n - k, mask + k);
}

OF_512 static bool any_outside_512(size_t n, const float *v, const uint8_t *mask, float min, float max)
{
    const __m512 low = _mm512_set1_ps(min), high = _mm512_set1_ps(max);
    __mmask16 outside = 0;
    size_t k = 0;
    for (; k + 16 <= n; k += 16) {
        fetch(v + k);
        __mmask16 held = held_512(mask_at(mask, k));
        __m512 value = _mm512_loadu_ps(v + k);
        outside |= _mm512_mask_cmp_ps_mask(held, value, low, _CMP_NGE_UQ) | _mm512_mask_cmp_ps_mask(held, value, high, _CMP_NLE_UQ);
    }
    return outside || wide_any_outside_f32(n - k, v + k, mask_at(mask, k), min, max);
}

OF_512 static inline __m512 more_f32_512(__m512 best, const float *v, const uint8_t *mask) { return _mm512_mask_max_ps(best, held_512(mask), _mm512_loadu_ps(v), best); }
OF_512 static inline __m512 less_f32_512(__m512 best, const float *v, const uint8_t *mask) { return _mm512_mask_min_ps(best, held_512(mask), _mm512_loadu_ps(v), best); }
OF_512 static inline __m512i more_i32_512(__m512i best, const int32_t *v, const uint8_t *mask) { return _mm512_mask_max_epi32(best, held_512(mask), _mm512_loadu_si512(v), best); }
OF_512 static inline __m512i less_i32_512(__m512i best, const int32_t *v, const uint8_t *mask) { return _mm512_mask_min_epi32(best, held_512(mask), _mm512_loadu_si512(v), best); }

OF_512 static inline __m512i more_u8_512(__m512i best, const uint8_t *v, const uint8_t *mask) { return _mm512_mask_max_epu8(best, held_bytes_512(mask), _mm512_loadu_si512(v), best); }
OF_512 static inline __m512i less_u8_512(__m512i best, const uint8_t *v, const uint8_t *mask) { return _mm512_mask_min_epu8(best, held_bytes_512(mask), _mm512_loadu_si512(v), best); }
OF_512 static inline __m512i fill_u8_512(int byte) { return _mm512_set1_epi8((char)byte); }

EXTREME(greatest_f32_512, OF_512, float, __m512, 16, _mm512_set1_ps, _mm512_storeu_ps, more_f32_512, >, -HUGE_VALF)
EXTREME(least_f32_512, OF_512, float, __m512, 16, _mm512_set1_ps, _mm512_storeu_ps, less_f32_512, <, HUGE_VALF)
EXTREME(greatest_i32_512, OF_512, int32_t, __m512i, 16, _mm512_set1_epi32, _mm512_storeu_si512, more_i32_512, >, INT32_MIN)
EXTREME(least_i32_512, OF_512, int32_t, __m512i, 16, _mm512_set1_epi32, _mm512_storeu_si512, less_i32_512, <, INT32_MAX)
EXTREME(greatest_u8_512, OF_512, uint8_t, __m512i, 64, fill_u8_512, _mm512_storeu_si512, more_u8_512, >, 0)
EXTREME(least_u8_512, OF_512, uint8_t, __m512i, 64, fill_u8_512, _mm512_storeu_si512, less_u8_512, <, UINT8_MAX)

/* ---- registers of 32 bytes ---- */

#define OF_256 __attribute__((target("avx2")))

/* All bits of the eight cells that the mask holds. */
OF_256 static inline __m256i held_256(const uint8_t *mask)
{
    return mask ? _mm256_sub_epi32(_mm256_setzero_si256(), _mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)mask))) : _mm256_set1_epi32(-1);
}

/* How many of 16 cells the mask holds, in two words. */
OF_256 static inline __m128i count_256(const uint8_t *mask) { return _mm_sad_epu8(_mm_loadu_si128((const void *)mask), _mm_setzero_si128()); }

OF_256 static inline int64_t words_of_256(__m128i words) { return _mm_extract_epi64(words, 0) + _mm_extract_epi64(words, 1); }

OF_256 static inline int64_t lanes_f32_256(size_t n, const float *v, const uint8_t *mask, double *lane)
{
    __m256d sum[4];
    __m128i n_held = _mm_setzero_si128();
    size_t k = 0;
    for (int p = 0; p < 4; p++) sum[p] = _mm256_setzero_pd();
    for (; k + LANES <= n; k += LANES) {
        if (mask) n_held = _mm_add_epi64(n_held, count_256(mask + k));
        for (size_t half = 0; half < 2; half++) {
            __m256 kept = _mm256_and_ps(_mm256_castsi256_ps(held_256(mask_at(mask, k + 8 * half))), _mm256_loadu_ps(v + k + 8 * half));
            sum[2 * half] = _mm256_add_pd(sum[2 * half], _mm256_cvtps_pd(_mm256_castps256_ps128(kept)));
            sum[2 * half + 1] = _mm256_add_pd(sum[2 * half + 1], _mm256_cvtps_pd(_mm256_extractf128_ps(kept, 1)));
        }
    }
    for (int p = 0; p < 4; p++) _mm256_storeu_pd(lane + 4 * p, sum[p]);
    return (mask ? words_of_256(n_held) : (int64_t)k) + end_lanes(lane, k, n, v, mask);
}

SUM(sum_f32_256, OF_256, lanes_f32_256)

OF_256 static int64_t sum_i32_256(size_t n, const int32_t *v, const uint8_t *mask, int64_t *n_held)
{
    __m256i sum[4];
    __m128i counted = _mm_setzero_si128();
    int64_t lane[4];
    size_t k = 0;
    for (int p = 0; p < 4; p++) sum[p] = _mm256_setzero_si256();
    for (; k + 16 <= n; k += 16) {
        if (mask) counted = _mm_add_epi64(counted, count_256(mask + k));
        for (size_t half = 0; half < 2; half++) {
            __m256i kept = _mm256_and_si256(held_256(mask_at(mask, k + 8 * half)), _mm256_loadu_si256((const void *)(v + k + 8 * half)));
            sum[2 * half] = _mm256_add_epi64(sum[2 * half], _mm256_cvtepi32_epi64(_mm256_castsi256_si128(kept)));
            sum[2 * half + 1] = _mm256_add_epi64(sum[2 * half + 1], _mm256_cvtepi32_epi64(_mm256_extracti128_si256(kept, 1)));
        }
    }
    _mm256_storeu_si256((void *)lane, _mm256_add_epi64(_mm256_add_epi64(sum[0], sum[1]), _mm256_add_epi64(sum[2], sum[3])));
    *n_held += mask ? words_of_256(counted) : (int64_t)k;
    return end_sum_i32(lane, 4, k, n, v, mask, n_held);
}

/* Bytes: eight are added at once. */
OF_256 static int64_t sum_u8_256(size_t n, const uint8_t *v, const uint8_t *mask, int64_t *n_held)
{
    const __m256i zero = _mm256_setzero_si256();
    __m256i sum = zero, counted = zero;
    int64_t lane[2][4];
    size_t k = 0;
    for (; k + 32 <= n; k += 32) {
        __m256i held = mask ? _mm256_loadu_si256((const void *)(mask + k)) : _mm256_set1_epi8(1);
        __m256i kept = _mm256_and_si256(_mm256_sub_epi8(zero, held), _mm256_loadu_si256((const void *)(v + k)));
        sum = _mm256_add_epi64(sum, _mm256_sad_epu8(kept, zero));
        counted = _mm256_add_epi64(counted, _mm256_sad_epu8(held, zero));
    }
    _mm256_storeu_si256((void *)lane[0], sum);
    _mm256_storeu_si256((void *)lane[1], counted);
    for (size_t l = 0; l < 4; l++) *n_held += lane[1][l];
    return end_sum_u8(lane[0], 4, k, n, v, mask, n_held);
}

OF_256 static bool any_outside_256(size_t n, const float *v, const uint8_t *mask, float min, float max)
{
    const __m256 low = _mm256_set1_ps(min), high = _mm256_set1_ps(max);
    __m256 outside = _mm256_setzero_ps();
    size_t k = 0;
    for (; k + 8 <= n; k += 8) {
        __m256 value = _mm256_loadu_ps(v + k);
        __m256 beyond = _mm256_or_ps(_mm256_cmp_ps(value, low, _CMP_NGE_UQ), _mm256_cmp_ps(value, high, _CMP_NLE_UQ));
        outside = _mm256_or_ps(outside, _mm256_and_ps(beyond, _mm256_castsi256_ps(held_256(mask_at(mask, k)))));
    }
    return _mm256_movemask_ps(outside) || wide_any_outside_f32(n - k, v + k, mask_at(mask, k), min, max);
}

/* v where the mask is 1, else none; the bits of either type. */
OF_256 static inline __m256i kept_256(const void *v, const uint8_t *mask, __m256i none) { return _mm256_blendv_epi8(none, _mm256_loadu_si256(v), held_256(mask)); }
OF_256 static inline __m256 kept_ps_256(const float *v, const uint8_t *mask, float none) { return _mm256_castsi256_ps(kept_256(v, mask, _mm256_castps_si256(_mm256_set1_ps(none)))); }
OF_256 static inline void store_i32_256(int32_t *to, __m256i from) { _mm256_storeu_si256((void *)to, from); }

OF_256 static inline __m256 more_f32_256(__m256 best, const float *v, const uint8_t *mask) { return _mm256_max_ps(kept_ps_256(v, mask, -HUGE_VALF), best); }
OF_256 static inline __m256 less_f32_256(__m256 best, const float *v, const uint8_t *mask) { return _mm256_min_ps(kept_ps_256(v, mask, HUGE_VALF), best); }
OF_256 static inline __m256i more_i32_256(__m256i best, const int32_t *v, const uint8_t *mask) { return _mm256_max_epi32(kept_256(v, mask, _mm256_set1_epi32(INT32_MIN)), best); }
OF_256 static inline __m256i less_i32_256(__m256i best, const int32_t *v, const uint8_t *mask) { return _mm256_min_epi32(kept_256(v, mask, _mm256_set1_epi32(INT32_MAX)), best); }

/* Bytes: all bits where the mask is 1, or where it is 0. */
OF_256 static inline __m256i in_256(const uint8_t *mask) { return mask ? _mm256_sub_epi8(_mm256_setzero_si256(), _mm256_loadu_si256((const void *)mask)) : _mm256_set1_epi8(-1); }
OF_256 static inline __m256i out_256(const uint8_t *mask) { return mask ? _mm256_sub_epi8(_mm256_loadu_si256((const void *)mask), _mm256_set1_epi8(1)) : _mm256_setzero_si256(); }
OF_256 static inline __m256i more_u8_256(__m256i best, const uint8_t *v, const uint8_t *mask) { return _mm256_max_epu8(_mm256_and_si256(in_256(mask), _mm256_loadu_si256((const void *)v)), best); }
OF_256 static inline __m256i less_u8_256(__m256i best, const uint8_t *v, const uint8_t *mask) { return _mm256_min_epu8(_mm256_or_si256(out_256(mask), _mm256_loadu_si256((const void *)v)), best); }
OF_256 static inline __m256i fill_u8_256(int byte) { return _mm256_set1_epi8((char)byte); }
OF_256 static inline void store_u8_256(uint8_t *to, __m256i from) { _mm256_storeu_si256((void *)to, from); }

OF_256 static int64_t count_bytes_256(size_t n, const uint8_t *mask)
{
    __m256i sum = _mm256_setzero_si256();
    int64_t lane[4], count = 0;
    size_t k = 0;
    for (; k + 32 <= n; k += 32) sum = _mm256_add_epi64(sum, _mm256_sad_epu8(_mm256_loadu_si256((const void *)(mask + k)), _mm256_setzero_si256()));
    _mm256_storeu_si256((void *)lane, sum);
    for (int l = 0; l < 4; l++) count += lane[l];
    return count + wide_count(n - k, mask + k);
}

EXTREME(greatest_f32_256, OF_256, float, __m256, 8, _mm256_set1_ps, _mm256_storeu_ps, more_f32_256, >, -HUGE_VALF)
EXTREME(least_f32_256, OF_256, float, __m256, 8, _mm256_set1_ps, _mm256_storeu_ps, less_f32_256, <, HUGE_VALF)
EXTREME(greatest_i32_256, OF_256, int32_t, __m256i, 8, _mm256_set1_epi32, store_i32_256, more_i32_256, >, INT32_MIN)
EXTREME(least_i32_256, OF_256, int32_t, __m256i, 8, _mm256_set1_epi32, store_i32_256, less_i32_256, <, INT32_MAX)
EXTREME(greatest_u8_256, OF_256, uint8_t, __m256i, 32, fill_u8_256, store_u8_256, more_u8_256, >, 0)
EXTREME(least_u8_256, OF_256, uint8_t, __m256i, 32, fill_u8_256, store_u8_256, less_u8_256, <, UINT8_MAX)

/* ---- bytes and a number, as floats ---- */

OF_512 static inline __m512 bytes_512(const uint8_t *v) { return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const void *)v))); }
OF_256 static inline __m256 bytes_256(const uint8_t *v) { return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)v))); }

#define EACH_BYTES(width, store, whole, rest)                                                                          \
    do {                                                                                                               \
        size_t k = 0;                                                                                                  \
        for (; k + (width) <= n; k += (width)) {                                                                       \
            __builtin_prefetch(out + k + 1024, 1, 3); /* as fetch: what is written is read first */                    \
            store(out + k, whole);                                                                                     \
        }                                                                                                              \
        for (; k < n; k++) out[k] = rest;                                                                              \
    } while (0)

/* out = v op number, or number op v. */
#define NUMBER_U8(name, wide, vector, width, fill, load, store, op_of)                                                 \
    wide static void name(size_t n, const uint8_t *v, kj_arithmetic op, float number, bool number_first, float *out)   \
    {                                                                                                                  \
        const vector c = fill(number);                                                                                 \
        switch (op) {                                                                                                  \
        case KJ_PLUS: EACH_BYTES(width, store, op_of(add)(load(v + k), c), (float)v[k] + number); break;               \
        case KJ_TIMES: EACH_BYTES(width, store, op_of(mul)(load(v + k), c), (float)v[k] * number); break;              \
        case KJ_MINUS:                                                                                                 \
            if (number_first) EACH_BYTES(width, store, op_of(sub)(c, load(v + k)), number - (float)v[k]);              \
            else EACH_BYTES(width, store, op_of(sub)(load(v + k), c), (float)v[k] - number);                           \
            break;                                                                                                     \
        case KJ_OVER:                                                                                                  \
            if (number_first) EACH_BYTES(width, store, op_of(div)(c, load(v + k)), number / (float)v[k]);              \
            else EACH_BYTES(width, store, op_of(div)(load(v + k), c), (float)v[k] / number);                           \
            break;                                                                                                     \
        }                                                                                                              \
    }

#define OP_512(op) _mm512_##op##_ps
#define OP_256(op) _mm256_##op##_ps
NUMBER_U8(number_u8_512, OF_512, __m512, 16, _mm512_set1_ps, bytes_512, _mm512_storeu_ps, OP_512)
NUMBER_U8(number_u8_256, OF_256, __m256, 8, _mm256_set1_ps, bytes_256, _mm256_storeu_ps, OP_256)

/* Returns what the width asked for gives; falls through for the plain one. */
#define BY_WIDTH(wide_512, wide_256, ...)                                                                              \
    if (width == MASKED_AVX512) return wide_512(__VA_ARGS__);                                                          \
    if (width == MASKED_AVX2) return wide_256(__VA_ARGS__)

masked_width masked_widest(void)
{
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) return MASKED_AVX512;
    return __builtin_cpu_supports("avx2") ? MASKED_AVX2 : MASKED_PLAIN;
}

#else
#define BY_WIDTH(wide_512, wide_256, ...) (void)width

masked_width masked_widest(void) { return MASKED_PLAIN; }
#endif

/* ---- any width ---- */

double masked_sum_f32(masked_width width, double sum, size_t n, const float *v, const uint8_t *mask, int64_t *n_held)
{
    BY_WIDTH(sum_f32_512, sum_f32_256, sum, n, v, mask, n_held);
    for (size_t from = 0, m; from < n; from += m) {
        double lane[SUM_LANES] = {0.0}, part = 0.0;
        m = n - from < SUM_CHUNK ? n - from : SUM_CHUNK;
        for (size_t k = 0; k < m; k++) {
            bool held = holds(mask, from + k);
            lane[k % SUM_LANES] += held ? (double)v[from + k] : 0.0;
            *n_held += held;
        }
        for (size_t l = 0; l < SUM_LANES; l++) part += lane[l];
        sum += part;
    }
    return sum;
}

int64_t masked_sum_i32(masked_width width, size_t n, const int32_t *v, const uint8_t *mask, int64_t *n_held)
{
    BY_WIDTH(sum_i32_512, sum_i32_256, n, v, mask, n_held);
    return end_sum_i32(NULL, 0, 0, n, v, mask, n_held);
}

int64_t masked_sum_u8(masked_width width, size_t n, const uint8_t *v, const uint8_t *mask, int64_t *n_held)
{
    BY_WIDTH(sum_u8_512, sum_u8_256, n, v, mask, n_held);
    return end_sum_u8(NULL, 0, 0, n, v, mask, n_held);
}

#define EXTREME_PLAIN(type, lowest, highest)                                                                           \
    type best = greatest ? (lowest) : (highest);                                                                       \
    for (size_t k = 0; k < n; k++)                                                                                     \
        if (holds(mask, k) && (greatest ? v[k] > best : v[k] < best)) best = v[k];                                     \
    return (double)best + 0.0

double masked_extreme_f32(masked_width width, size_t n, const float *v, const uint8_t *mask, bool greatest)
{
    if (greatest) {
        BY_WIDTH(greatest_f32_512, greatest_f32_256, n, v, mask);
    } else {
        BY_WIDTH(least_f32_512, least_f32_256, n, v, mask);
    }
    EXTREME_PLAIN(float, -HUGE_VALF, HUGE_VALF);
}

double masked_extreme_i32(masked_width width, size_t n, const int32_t *v, const uint8_t *mask, bool greatest)
{
    if (greatest) {
        BY_WIDTH(greatest_i32_512, greatest_i32_256, n, v, mask);
    } else {
        BY_WIDTH(least_i32_512, least_i32_256, n, v, mask);
    }
    EXTREME_PLAIN(int32_t, INT32_MIN, INT32_MAX);
}

double masked_extreme_u8(masked_width width, size_t n, const uint8_t *v, const uint8_t *mask, bool greatest)
{
    if (greatest) {
        BY_WIDTH(greatest_u8_512, greatest_u8_256, n, v, mask);
    } else {
        BY_WIDTH(least_u8_512, least_u8_256, n, v, mask);
    }
    EXTREME_PLAIN(uint8_t, 0, UINT8_MAX);
}

int64_t masked_count(masked_width width, size_t n, const uint8_t *mask)
{
    BY_WIDTH(count_512, count_bytes_256, n, mask);
    return wide_count(n, mask);
}

bool masked_any_outside_f32(masked_width width, size_t n, const float *v, const uint8_t *mask, float min, float max)
{
    BY_WIDTH(any_outside_512, any_outside_256, n, v, mask, min, max);
    return wide_any_outside_f32(n, v, mask, min, max);
}

void masked_number_u8(masked_width width, size_t n, const uint8_t *v, kj_arithmetic op, float number, bool number_first, float *out)
{
#if HAS_WIDE
    if (width == MASKED_AVX512) { number_u8_512(n, v, op, number, number_first, out); return; }
    if (width == MASKED_AVX2) { number_u8_256(n, v, op, number, number_first, out); return; }
#endif
    (void)width;
    wide_number_u8(n, v, op, number, number_first, out);
}
