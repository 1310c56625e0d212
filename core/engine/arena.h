/* Scratch memory of one thread: handed out in order, taken back all at once, kept for the next block. What one block
   took in several chunks becomes one chunk of that size at the next reset: so an arena is as large as the hungriest
   block, however its requests grow from month to month. */
#ifndef KEDJA_ENGINE_ARENA_H
#define KEDJA_ENGINE_ARENA_H

#include <stddef.h>

typedef struct kj_arena_chunk {
    struct kj_arena_chunk *next;
    size_t bytes, written; /* written: most bytes that were ever asked for */
    unsigned char *data;
} kj_arena_chunk;

typedef struct kj_arena {
    kj_arena_chunk *first, *current;
    size_t used;        /* of the current chunk */
    size_t taken;       /* since the last reset */
    size_t wanted;      /* smallest chunk that would have held any block so far */
    size_t peak_bytes;  /* most that ever stood behind the chunks */
} kj_arena;

/* Zeroed, 64-byte aligned; NULL when out of memory. */
void *kj_arena_alloc(kj_arena *arena, size_t bytes);
void kj_arena_reset(kj_arena *arena);
void kj_arena_free(kj_arena *arena);
/* Most memory that it ever took: chunks count as far as they were written. */
size_t kj_arena_peak(kj_arena *arena);

#endif
