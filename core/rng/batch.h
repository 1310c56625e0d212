/* Draws in batches over agents: the compiler vectorises the loop, which a call a draw in branchy code prevents.
   Same values as kj_draw() one by one. */
#ifndef KEDJA_RNG_BATCH_H
#define KEDJA_RNG_BATCH_H

#include <kedja/rng.h>
#include <stddef.h>

/* out[i] = kj_draw(stream, luck[i], month, number).v[0] for n agents. */
void kj_draw_batch(kj_stream stream, const uint64_t *luck, size_t n, kj_month month, uint32_t number, uint32_t *out);

#endif
