#include "bytes.h"

#include <stdlib.h>
#include <string.h>

void kj_bytes_put(kj_bytes *to, const void *values, size_t n)
{
    if (to->failed || n == 0) return;
    if (n > to->room - to->n) {
        size_t room = to->n + n > 2 * to->room ? to->n + n : 2 * to->room;
        uint8_t *grown = realloc(to->at, room);
        to->failed = !grown;
        if (!grown) return;
        to->at = grown;
        to->room = room;
    }
    memcpy(to->at + to->n, values, n);
    to->n += n;
}

void kj_bytes_u32(kj_bytes *to, uint32_t value) { kj_bytes_put(to, &value, sizeof value); }
void kj_bytes_text(kj_bytes *to, const char *text) { kj_bytes_put(to, text, strlen(text) + 1); }

void kj_bytes_free(kj_bytes *bytes)
{
    free(bytes->at);
    *bytes = (kj_bytes){0};
}

bool kj_reading_has(kj_reading *from, uint64_t n)
{
    if (n > from->left) from->failed = true;
    return !from->failed;
}

void kj_reading_take(kj_reading *from, void *values, size_t n)
{
    if (n == 0 || !kj_reading_has(from, n)) return;
    memcpy(values, from->at, n);
    from->at += n;
    from->left -= n;
}

uint32_t kj_reading_u32(kj_reading *from)
{
    uint32_t value = 0;
    kj_reading_take(from, &value, sizeof value);
    return value;
}

const char *kj_reading_text(kj_reading *from)
{
    const char *text = (const char *)from->at;
    size_t n = from->failed ? from->left : strnlen(text, from->left);
    if (n == from->left) { /* no end */
        from->failed = true;
        return "";
    }
    from->at += n + 1;
    from->left -= n + 1;
    return text;
}
