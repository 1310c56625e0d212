/* Draws in batches over agents: the compiler vectorises the loop, which a call a draw in branchy code prevents. */
#ifndef KEDJA_RNG_BATCH_H
#define KEDJA_RNG_BATCH_H

#include <kedja/rng.h>
#include <stdbool.h>

/* kj_run_v1.draw_many: out[w * stride + i] = kj_draw(stream, luck[i], month, number).v[w] for n agents, stride >= n. */
void kj_draw_many(kj_stream stream, const uint64_t *luck, uint32_t n, kj_month month, uint32_t number, uint32_t *out, uint32_t stride);

/* What kj_draw_many chooses between; for tests. Eights only where kj_has_eights(): a processor with AVX-512. */
bool kj_has_eights(void);
void kj_draw_many_eights(kj_stream stream, const uint64_t *luck, uint32_t n, kj_month month, uint32_t number, uint32_t *out, uint32_t stride);
void kj_draw_many_plain(kj_stream stream, const uint64_t *luck, uint32_t n, kj_month month, uint32_t number, uint32_t *out, uint32_t stride);

#endif
