#include "arena.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"

enum { ALIGNMENT = 64, CHUNK_BYTES = 1 << 18 };

static kj_arena_chunk *chunk_new(size_t size)
{
    kj_arena_chunk *chunk = calloc(1, sizeof *chunk);
    if (!chunk) return NULL;
    chunk->data = kj_memory_take(size);
    chunk->bytes = size;
    if (!chunk->data) {
        free(chunk);
        return NULL;
    }
    return chunk;
}

size_t kj_arena_peak(kj_arena *arena)
{
    size_t bytes = 0;
    for (const kj_arena_chunk *chunk = arena->first; chunk; chunk = chunk->next) bytes += kj_memory_behind(chunk->bytes, chunk->written);
    if (bytes > arena->peak_bytes) arena->peak_bytes = bytes;
    return arena->peak_bytes;
}

static void free_chunks(kj_arena *arena)
{
    kj_arena_peak(arena);
    for (kj_arena_chunk *chunk = arena->first, *next; chunk; chunk = next) {
        next = chunk->next;
        kj_memory_give(chunk->data, chunk->bytes);
        free(chunk);
    }
    arena->first = arena->current = NULL;
}

/* Appends a chunk that holds `bytes`, and all that earlier blocks took if it is the first. */
static bool add_chunk(kj_arena *arena, size_t bytes)
{
    if (arena->taken == 0) free_chunks(arena); /* too small for this block's first wish, and nothing stands in it */
    kj_arena_chunk **link = arena->current ? &arena->current->next : &arena->first;
    size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
    if (!arena->current && size < arena->wanted) size = arena->wanted;
    *link = chunk_new(size);
    if (!*link) return false;
    arena->current = *link;
    arena->used = 0;
    return true;
}

void *kj_arena_alloc(kj_arena *arena, size_t bytes)
{
    bytes = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if ((!arena->current || arena->current->bytes - arena->used < bytes) && !add_chunk(arena, bytes)) return NULL;
    void *block = arena->current->data + arena->used;
    arena->used += bytes;
    arena->taken += bytes;
    if (arena->used > arena->current->written) arena->current->written = arena->used;
    memset(block, 0, bytes);
    return block;
}

void kj_arena_reset(kj_arena *arena)
{
    if (arena->first && arena->first->next) {
        size_t roomy = arena->taken + arena->taken / 8; /* requests grow with the city: not anew each month */
        roomy = (roomy + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
        if (roomy > arena->wanted) arena->wanted = roomy;
        free_chunks(arena);
    }
    arena->current = arena->first;
    arena->used = arena->taken = 0;
}

void kj_arena_free(kj_arena *arena)
{
    free_chunks(arena);
    memset(arena, 0, sizeof *arena);
}
