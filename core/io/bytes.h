/* Values one behind the other in memory, as they lie: the writing and the reading side. Both remember the first failure and
   then do nothing more, so that callers look once, at the end. */
#ifndef KEDJA_IO_BYTES_H
#define KEDJA_IO_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct kj_bytes {
    uint8_t *at;
    size_t n, room;
    bool failed; /* out of memory */
} kj_bytes;

void kj_bytes_put(kj_bytes *to, const void *values, size_t n);
void kj_bytes_u32(kj_bytes *to, uint32_t value);
void kj_bytes_text(kj_bytes *to, const char *text);
void kj_bytes_free(kj_bytes *bytes);

typedef struct kj_reading {
    const uint8_t *at; /* not owned */
    size_t left;
    bool failed; /* more was asked for than there is */
} kj_reading;

/* Whether n more bytes are there; a failure if not. Before room is made for them. */
bool kj_reading_has(kj_reading *from, uint64_t n);
/* The next n bytes; `values` stays as it is on failure. */
void kj_reading_take(kj_reading *from, void *values, size_t n);
uint32_t kj_reading_u32(kj_reading *from);     /* 0 on failure */
const char *kj_reading_text(kj_reading *from); /* points into the bytes; "" on failure */

#endif
