/* Strings: a pool of interned texts, growable text, and the nearest known name for a mistyped one. */
#ifndef KEDJA_BASE_TEXT_H
#define KEDJA_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

/* Interned strings; index 0 is "". Indices depend only on the order of interning. */
typedef struct kj_pool {
    char **texts;
    int32_t n, capacity;
    int32_t *slots; /* open addressing over texts; -1 empty */
    int32_t n_slots;
} kj_pool;

void kj_pool_init(kj_pool *pool);
void kj_pool_free(kj_pool *pool);
/* Index of `text`, added if new; -1 when out of memory. */
int32_t kj_pool_intern(kj_pool *pool, const char *text);
/* Forgets all texts but the first n: undoes interning. */
void kj_pool_truncate(kj_pool *pool, int32_t n);
/* "" for an index outside the pool. */
const char *kj_pool_text(const kj_pool *pool, int32_t index);

/* The shortest of n names that begins with what was typed (three letters or more), else the nearest by edit distance, at most a third of
   the length away (at least 2); NULL if none is near. */
const char *kj_nearest_name(const char *wanted, const char *const *names, size_t n);

/* Index of `word` in a list separated by spaces, -1 if absent; and the word at an index, copied to out ("" if none). */
int32_t kj_labels_index(const char *labels, const char *word);
const char *kj_labels_at(const char *labels, int32_t index, char *out, size_t out_bytes);
int32_t kj_labels_count(const char *labels);

/* Bytes of a UTF-8 text of n bytes that fit into `room` without cutting a letter. */
size_t kj_text_cut(const char *text, size_t n, size_t room);

enum { KJ_RANGE_TEXT = 128 };
/* "0 to 1000000 SEK": a range as people write it, without the unit "1" of plain numbers and without an end that is no bound. unit: NULL for none. Returns out. */
const char *kj_range_text(double lo, double hi, const char *unit, char out[KJ_RANGE_TEXT]);

/* First byte of n that is not UTF-8 (Unicode 15, table 3-7), or is zero, where a C string would end; NULL if there is none. */
const char *kj_text_bad_utf8(const char *text, size_t n);
/* KJ_E_INPUT with path, line and byte unless the text of a file is UTF-8. */
kj_status kj_text_check_utf8(kj_error *err, const char *path, const char *text, size_t n);
/* Bytes of a byte order mark at the beginning: 3 or 0. */
size_t kj_text_mark(const char *text, size_t n);

/* Reads a whole file, zero-terminated, owned by the caller (free). NULL if it cannot be read: errno says why, ESPIPE for what has no end that a
   file has, a pipe or a device. */
char *kj_file_read(const char *path, size_t *n_bytes);

/* Finds a data file (maps/…, scripts/…) in KEDJA_DATA, then ../share/kedja from the program, then PREFIX/share/kedja, then
   the source tree. A folder of KEDJA_DATA is whole: what is missing there is not taken from elsewhere, so that
   a table which somebody lost is never replaced unseen by a shipped one. 0 if found; else `out` says where it was to be. */
int kj_data_path(const char *relative, char *out, size_t out_bytes);

#endif
