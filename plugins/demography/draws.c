/* Draws for many persons at once. */
#include "demography.h"

enum { ROUNDS = 10 };

/* Philox4x32-10 as one straight loop, so that it vectorises; a test holds it against kj_draw(). The clones compile the
   same integer operations for wider registers: integers carry the same bits everywhere. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
void draw_many(kj_stream stream, const uint64_t *restrict luck, uint32_t n, kj_month month, uint32_t (*restrict out)[DUE_ROOM])
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t c0 = (uint32_t)luck[i], c1 = (uint32_t)(luck[i] >> 32), c2 = (uint32_t)month, c3 = 0;
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
        out[0][i] = c0;
        out[1][i] = c1;
        out[2][i] = c2;
        out[3][i] = c3;
    }
}

void due_find(due_people *due, const due_columns *c, kj_stream stream, uint32_t begin, uint32_t end, kj_month month)
{
    due->n = due_rows(c->birth_moy, c->resident, c->alive, begin, end, month_index(month), due->row);
    for (uint32_t i = 0; i < due->n; i++) due->luck[i] = c->luck[due->row[i]];
    draw_many(stream, due->luck, due->n, month, due->draw);
}
