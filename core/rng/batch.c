#include "batch.h"

enum { ROUNDS = 10 };

/* Philox4x32-10 written as one straight loop over agents, so that it vectorises; tests hold it against Random123. The
   clones compile the same integer operations for wider registers: integers carry the same bits everywhere. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
void kj_draw_many(kj_stream stream, const uint64_t *restrict luck, uint32_t n, kj_month month, uint32_t number, uint32_t *restrict out,
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
