#include "memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGNMENT = 64, PAGE = 4096 };

/* Large blocks are pages of their own: they come zeroed, and grow by moving pages instead of copying values. Under the
   address sanitizer every block is the allocator's, so that it sees what is read beyond the end. */
#if defined(__SANITIZE_ADDRESS__)
#define LARGE_BYTES SIZE_MAX
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LARGE_BYTES SIZE_MAX
#endif
#endif
#ifndef LARGE_BYTES
#define LARGE_BYTES ((size_t)1 << 14)
#endif

static bool is_large(size_t bytes) { return bytes >= LARGE_BYTES; }

static size_t rounded(size_t bytes)
{
    size_t unit = is_large(bytes) ? PAGE : ALIGNMENT;
    return (bytes + unit - 1) & ~(unit - 1);
}

void kj_memory_count(kj_memory *memory, int64_t change)
{
    int64_t now = __atomic_add_fetch(&memory->bytes, change, __ATOMIC_RELAXED), peak = __atomic_load_n(&memory->peak_bytes, __ATOMIC_RELAXED);
    while (now > peak && !__atomic_compare_exchange_n(&memory->peak_bytes, &peak, now, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {}
}

size_t kj_memory_behind(size_t block_bytes, size_t used_bytes)
{
    size_t used = (used_bytes + PAGE - 1) & ~(size_t)(PAGE - 1);
    return is_large(block_bytes) && used < rounded(block_bytes) ? used : rounded(block_bytes);
}

void *kj_memory_take(size_t bytes)
{
    if (bytes == 0) return NULL;
    if (is_large(bytes)) {
        void *pages = mmap(NULL, rounded(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return pages == MAP_FAILED ? NULL : pages;
    }
    void *block = aligned_alloc(ALIGNMENT, rounded(bytes));
    if (block) memset(block, 0, rounded(bytes));
    return block;
}

void kj_memory_give(void *block, size_t bytes)
{
    if (!block) return;
    if (is_large(bytes)) munmap(block, rounded(bytes));
    else free(block);
}

void *kj_memory_stretch(void *block, size_t old_bytes, size_t new_bytes)
{
    bool same_kind = is_large(new_bytes) == is_large(old_bytes);
    if (block && same_kind && rounded(new_bytes) <= rounded(old_bytes)) return block;
    if (block && same_kind && is_large(old_bytes)) {
        void *moved = mremap(block, rounded(old_bytes), rounded(new_bytes), MREMAP_MAYMOVE);
        return moved == MAP_FAILED ? NULL : moved;
    }
    void *grown = kj_memory_take(new_bytes);
    if (!grown) return NULL;
    if (block) memcpy(grown, block, old_bytes < new_bytes ? old_bytes : new_bytes);
    kj_memory_give(block, old_bytes);
    return grown;
}

void *kj_memory_alloc(kj_memory *memory, size_t bytes)
{
    void *block = kj_memory_take(bytes);
    if (block) kj_memory_count(memory, (int64_t)rounded(bytes));
    return block;
}

void *kj_memory_grow(kj_memory *memory, void *block, size_t old_bytes, size_t new_bytes)
{
    bool same_kind = is_large(new_bytes) == is_large(old_bytes);
    if (block && same_kind && rounded(new_bytes) <= rounded(old_bytes)) return block;
    void *grown = kj_memory_stretch(block, old_bytes, new_bytes);
    if (!grown) return NULL;
    int64_t more = (int64_t)rounded(new_bytes), less = block ? (int64_t)rounded(old_bytes) : 0;
    if (same_kind && is_large(old_bytes)) more -= less, less = 0; /* pages moved: the two never stood side by side */
    kj_memory_count(memory, more);
    kj_memory_count(memory, -less);
    return grown;
}

void kj_memory_free(kj_memory *memory, void *block, size_t bytes)
{
    if (!block) return;
    kj_memory_give(block, bytes);
    kj_memory_count(memory, -(int64_t)rounded(bytes));
}
