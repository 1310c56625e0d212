#include "marked.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first of eight marks is the lowest byte of their word");

/* Words of eight that nobody marked are passed over. */
uint32_t kj_list_marked_plain(const uint8_t *marks, uint32_t n, uint32_t first, uint32_t *out)
{
    uint32_t found = 0, i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t eight;
        memcpy(&eight, marks + i, sizeof eight);
        for (; eight; eight &= ~(UINT64_C(0xFF) << __builtin_ctzll(eight) / 8 * 8)) out[found++] = first + i + (uint32_t)__builtin_ctzll(eight) / 8;
    }
    for (; i < n; i++)
        if (marks[i]) out[found++] = first + i;
    return found;
}

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include <immintrin.h>

/* Sixty-four marks become the bits of a word; of each sixteen bits the marked numbers close up in a register and go to memory under a mask, so that
   nothing behind them is written. */
__attribute__((target("avx512f,avx512bw,bmi2,popcnt"))) uint32_t kj_list_marked_sixteens(const uint8_t *marks, uint32_t n, uint32_t first, uint32_t *out)
{
    const __m512i sixteen = _mm512_set1_epi32(16);
    __m512i number = _mm512_add_epi32(_mm512_set1_epi32((int32_t)first), _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i += 64) {
        const __mmask64 there = n - i < 64 ? _bzhi_u64(~UINT64_C(0), n - i) : ~UINT64_C(0);
        const __m512i some = _mm512_maskz_loadu_epi8(there, marks + i);
        uint64_t bits = _mm512_test_epi8_mask(some, some);
        for (uint32_t part = 0; part < 4; part++, bits >>= 16) {
            const __mmask16 marked = (__mmask16)bits;
            const uint32_t n_marked = (uint32_t)__builtin_popcount(marked);
            _mm512_mask_storeu_epi32(out + found, (__mmask16)_bzhi_u32(0xFFFFu, n_marked), _mm512_maskz_compress_epi32(marked, number));
            found += n_marked;
            number = _mm512_add_epi32(number, sixteen);
        }
    }
    return found;
}

bool kj_has_marked_sixteens(void) { return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("bmi2"); }
#else
uint32_t kj_list_marked_sixteens(const uint8_t *marks, uint32_t n, uint32_t first, uint32_t *out) { return kj_list_marked_plain(marks, n, first, out); }

bool kj_has_marked_sixteens(void) { return false; }
#endif

uint32_t kj_list_marked(const uint8_t *marks, uint32_t n, uint32_t first, uint32_t *out)
{
    return (kj_has_marked_sixteens() ? kj_list_marked_sixteens : kj_list_marked_plain)(marks, n, first, out);
}
