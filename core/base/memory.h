/* Counted memory: everything that holds state, map or scratch is allocated here, so that a run can report
   peak_memory_bytes. Blocks are 64-byte aligned and zeroed. */
#ifndef KEDJA_BASE_MEMORY_H
#define KEDJA_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

typedef struct kj_memory {
    int64_t bytes, peak_bytes; /* counted from any thread */
} kj_memory;

/* NULL when out of memory or bytes == 0. */
void *kj_memory_alloc(kj_memory *memory, size_t bytes);
/* Grows a block, keeps its contents, zeroes the rest. NULL and the old block untouched when out of memory. */
void *kj_memory_grow(kj_memory *memory, void *block, size_t old_bytes, size_t new_bytes);
void kj_memory_free(kj_memory *memory, void *block, size_t bytes);

/* The same for blocks with spare room, which the caller counts as far as they are in use: nothing stands behind the pages
   of a large block until they are first written. kj_memory_behind: bytes that stand behind a block of which the first
   `used_bytes` have been written. */
void *kj_memory_take(size_t bytes);
void *kj_memory_stretch(void *block, size_t old_bytes, size_t new_bytes);
void kj_memory_give(void *block, size_t bytes);
size_t kj_memory_behind(size_t block_bytes, size_t used_bytes);
void kj_memory_count(kj_memory *memory, int64_t change);

#endif
