#include "batch.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include <immintrin.h>
#define WIDE_DRAWS 1
#else
#define WIDE_DRAWS 0
#endif

enum { ROUNDS = 10 };

#if WIDE_DRAWS
/* Eight agents side by side, each word in the lower half of a 64-bit lane: the product of lower halves is one instruction,
   and what gathers in the upper halves is never looked at. Compilers do not find this in the plain loop, which takes three
   times as long. The last agents go through the same instructions with the other lanes masked. */
__attribute__((target("avx512f"))) void kj_draw_many_eights(kj_stream stream, const uint64_t *luck, uint32_t n, kj_month month, uint32_t number,
                                                            uint32_t *out, uint32_t stride)
{
    enum { EIGHT = 8, XOR3 = 0x96 }; /* truth table of a ^ b ^ c */
    const __m512i m0 = _mm512_set1_epi64(0xD2511F53), m1 = _mm512_set1_epi64(0xCD9E8D57);
    const __m512i when = _mm512_set1_epi64((uint32_t)month), which = _mm512_set1_epi64(number);
    for (uint32_t i = 0; i < n; i += EIGHT) {
        const __mmask8 mask = (__mmask8)(n - i < EIGHT ? (1u << (n - i)) - 1u : 0xFFu);
        __m512i c0 = _mm512_maskz_loadu_epi64(mask, luck + i), c1 = _mm512_srli_epi64(c0, 32), c2 = when, c3 = which;
        uint32_t k0 = stream.key[0], k1 = stream.key[1];
        for (int r = 0; r < ROUNDS; r++) {
            __m512i p0 = _mm512_mul_epu32(c0, m0), p1 = _mm512_mul_epu32(c2, m1);
            c0 = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p1, 32), c1, _mm512_set1_epi64(k0), XOR3);
            c2 = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p0, 32), c3, _mm512_set1_epi64(k1), XOR3);
            c1 = p1;
            c3 = p0;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        const __m512i word[4] = {c0, c1, c2, c3};
        for (uint32_t w = 0; w < 4; w++) _mm512_mask_cvtepi64_storeu_epi32(out + w * stride + i, mask, word[w]);
    }
}

bool kj_has_eights(void) { return __builtin_cpu_supports("avx512f"); }
#else
void kj_draw_many_eights(kj_stream stream, const uint64_t *luck, uint32_t n, kj_month month, uint32_t number, uint32_t *out, uint32_t stride)
{
    kj_draw_many_plain(stream, luck, n, month, number, out, stride);
}

bool kj_has_eights(void) { return false; }
#endif

/* Philox4x32-10 written as one straight loop over agents, so that it vectorises; tests hold it against Random123. The
   clones compile the same integer operations for wider registers: integers carry the same bits everywhere. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
__attribute__((target_clones("avx2", "default")))
#endif
void kj_draw_many_plain(kj_stream stream, const uint64_t *restrict luck, uint32_t n, kj_month month, uint32_t number, uint32_t *restrict out,
                        uint32_t stride)
{
    uint32_t *restrict v0 = out, *restrict v1 = out + stride, *restrict v2 = v1 + stride, *restrict v3 = v2 + stride;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t c0 = (uint32_t)luck[i], c1 = (uint32_t)(luck[i] >> 32), c2 = (uint32_t)month, c3 = number;
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

void kj_draw_many(kj_stream stream, const uint64_t *luck, uint32_t n, kj_month month, uint32_t number, uint32_t *out, uint32_t stride)
{
    (kj_has_eights() ? kj_draw_many_eights : kj_draw_many_plain)(stream, luck, n, month, number, out, stride);
}
