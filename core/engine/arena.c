#include "arena.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64, CHUNK_BYTES = 1 << 18 };

static kj_arena_chunk *chunk_new(size_t bytes)
{
    size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
    kj_arena_chunk *chunk = calloc(1, sizeof *chunk);
    if (!chunk) return NULL;
    chunk->data = aligned_alloc(ALIGNMENT, size);
    chunk->bytes = size;
    if (!chunk->data) {
        free(chunk);
        return NULL;
    }
    return chunk;
}

void *kj_arena_alloc(kj_arena *arena, size_t bytes)
{
    bytes = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (!arena->current || arena->current->bytes - arena->used < bytes) {
        kj_arena_chunk **link = arena->current ? &arena->current->next : &arena->first;
        while (*link && (*link)->bytes < bytes) link = &(*link)->next; /* a kept chunk that is large enough */
        if (!*link) {
            *link = chunk_new(bytes);
            if (!*link) return NULL;
            arena->total_bytes += (*link)->bytes;
        }
        arena->current = *link;
        arena->used = 0;
    }
    void *block = arena->current->data + arena->used;
    arena->used += bytes;
    memset(block, 0, bytes);
    return block;
}

void kj_arena_reset(kj_arena *arena)
{
    arena->current = arena->first;
    arena->used = 0;
}

void kj_arena_free(kj_arena *arena)
{
    for (kj_arena_chunk *chunk = arena->first, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk->data);
        free(chunk);
    }
    memset(arena, 0, sizeof *arena);
}
