/* DRAFT, may change in any version: memory that a plugin keeps from call to call, beside the state that the host owns: what can be
   computed anew from the state, such as a list or a travel time that is asked for often. It is counted in peak_memory_bytes, as malloc
   is not. Interface "kedja.memory/0" of kj_host.interface; first argument: kj_host.impl. From any thread. */
#ifndef KEDJA_DRAFT_MEMORY_H
#define KEDJA_DRAFT_MEMORY_H

#include <stddef.h>
#include <stdint.h>

typedef struct kj_memory_v0 {
    uint32_t struct_size;
    /* A block of `bytes`, zeroed and 64-byte aligned, or the old one (NULL: none, of 0 bytes) made larger with its contents kept and the
       rest zeroed. NULL, and the old block as it was, when out of memory. The plugin owns it until drop(). */
    void *(*grow)(void *host, void *block, size_t old_bytes, size_t bytes);
    /* `bytes` as last asked for; NULL is fine. At the latest in destroy(). */
    void (*drop)(void *host, void *block, size_t bytes);
} kj_memory_v0;

#endif
