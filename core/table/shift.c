#include "shift.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include <immintrin.h>

#define SIXTEENS __attribute__((target("avx512f")))

/* Each sixteen are written whole: what follows the living among them lies before the next that are read. Narrow values go through
   lanes of 32 bits, since few processors can move narrow lanes together. */
SIXTEENS static void shift_1(uint8_t *values, uint32_t to, uint32_t from, const uint16_t *living, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++, from += KJ_SHIFT_ROWS) {
        __m512i v = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(const void *)(values + from)));
        _mm_storeu_si128((__m128i *)(void *)(values + to), _mm512_cvtepi32_epi8(_mm512_maskz_compress_epi32(living[k], v)));
        to += (uint32_t)__builtin_popcount(living[k]);
    }
}

SIXTEENS static void shift_2(uint16_t *values, uint32_t to, uint32_t from, const uint16_t *living, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++, from += KJ_SHIFT_ROWS) {
        __m512i v = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(const void *)(values + from)));
        _mm256_storeu_si256((__m256i *)(void *)(values + to), _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(living[k], v)));
        to += (uint32_t)__builtin_popcount(living[k]);
    }
}

SIXTEENS static void shift_4(uint32_t *values, uint32_t to, uint32_t from, const uint16_t *living, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++, from += KJ_SHIFT_ROWS) {
        __m512i v = _mm512_loadu_si512(values + from);
        _mm512_storeu_si512(values + to, _mm512_maskz_compress_epi32(living[k], v));
        to += (uint32_t)__builtin_popcount(living[k]);
    }
}

SIXTEENS static void shift_8(uint64_t *values, uint32_t to, uint32_t from, const uint16_t *living, uint32_t n)
{
    enum { EIGHT = KJ_SHIFT_ROWS / 2 };
    for (uint32_t k = 0; k < 2 * n; k++, from += EIGHT) {
        const __mmask8 alive = (__mmask8)(living[k / 2] >> (k % 2 * EIGHT));
        __m512i v = _mm512_loadu_si512(values + from);
        _mm512_storeu_si512(values + to, _mm512_maskz_compress_epi64(alive, v));
        to += (uint32_t)__builtin_popcount(alive);
    }
}

bool kj_has_shift(void) { return __builtin_cpu_supports("avx512f"); }

void kj_shift_sixteens(void *values, size_t width, uint32_t to, uint32_t from, const uint16_t *living, uint32_t n)
{
    switch (width) {
    case 1: shift_1(values, to, from, living, n); break;
    case 2: shift_2(values, to, from, living, n); break;
    case 4: shift_4(values, to, from, living, n); break;
    default: shift_8(values, to, from, living, n); break;
    }
}
#else
bool kj_has_shift(void) { return false; }

void kj_shift_sixteens(void *values, size_t width, uint32_t to, uint32_t from, const uint16_t *living, uint32_t n)
{
    (void)values, (void)width, (void)to, (void)from, (void)living, (void)n;
}
#endif
