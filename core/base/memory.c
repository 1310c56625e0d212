#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };

static size_t rounded(size_t bytes) { return (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1); }

static void count(kj_memory *memory, int64_t change)
{
    memory->bytes += change;
    if (memory->bytes > memory->peak_bytes) memory->peak_bytes = memory->bytes;
}

void *kj_memory_alloc(kj_memory *memory, size_t bytes)
{
    if (bytes == 0) return NULL;
    void *block = aligned_alloc(ALIGNMENT, rounded(bytes));
    if (!block) return NULL;
    memset(block, 0, rounded(bytes));
    count(memory, (int64_t)rounded(bytes));
    return block;
}

void *kj_memory_grow(kj_memory *memory, void *block, size_t old_bytes, size_t new_bytes)
{
    if (block && rounded(new_bytes) <= rounded(old_bytes)) return block;
    void *grown = kj_memory_alloc(memory, new_bytes);
    if (!grown) return NULL;
    if (block) {
        memcpy(grown, block, old_bytes);
        kj_memory_free(memory, block, old_bytes);
    }
    return grown;
}

void kj_memory_free(kj_memory *memory, void *block, size_t bytes)
{
    if (!block) return;
    free(block);
    count(memory, -(int64_t)rounded(bytes));
}
