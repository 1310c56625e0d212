/* Values of datasets: chunks compressed by several threads, written as they are. */
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "h5inside.h"

enum { BATCH = 64 }; /* chunks compressed before they are written: bounds the memory */

/* One chunk of a dataset seen as three-dimensional. */
typedef struct tile {
    size_t dims[3], chunk[3], grid[3]; /* grid: number of chunks along each dimension */
    size_t raw;                        /* bytes of a chunk */
    uint32_t width;
} tile;

static tile tile_of(const kj_h5shape *shape, uint32_t width)
{
    tile t = {.width = width, .raw = width};
    for (int d = 0; d < 3; d++) {
        int from = d - (3 - shape->rank);
        t.dims[d] = from < 0 ? 1 : (size_t)shape->dims[from];
        t.chunk[d] = from < 0 ? 1 : (size_t)shape->chunk[from];
        t.grid[d] = (t.dims[d] + t.chunk[d] - 1) / t.chunk[d];
        t.raw *= t.chunk[d];
    }
    return t;
}

static void chunk_origin(const tile *t, size_t index, size_t origin[3])
{
    for (int d = 2; d >= 0; d--) {
        origin[d] = index % t->grid[d] * t->chunk[d];
        index /= t->grid[d];
    }
}

/* Copies one chunk out of the dense values; what lies outside the dataset stays zero. */
static void gather(const tile *t, size_t index, const uint8_t *values, uint8_t *restrict to)
{
    size_t origin[3], n[3];
    chunk_origin(t, index, origin);
    for (int d = 0; d < 3; d++) n[d] = t->dims[d] - origin[d] < t->chunk[d] ? t->dims[d] - origin[d] : t->chunk[d];
    memset(to, 0, t->raw);
    for (size_t i = 0; i < n[0]; i++)
        for (size_t j = 0; j < n[1]; j++) {
            size_t from = ((origin[0] + i) * t->dims[1] + origin[1] + j) * t->dims[2] + origin[2];
            memcpy(to + (i * t->chunk[1] + j) * t->chunk[2] * t->width, values + from * t->width, n[2] * t->width);
        }
}

/* HDF5's shuffle filter: first bytes of all values, then second bytes … */
static void shuffle(const uint8_t *restrict from, uint8_t *restrict to, size_t n, uint32_t width)
{
    for (uint32_t b = 0; b < width; b++)
        for (size_t i = 0; i < n; i++) to[(size_t)b * n + i] = from[i * width + b];
}

/* A chunk as it stands in the file, and a checksum of its values. */
typedef struct kj_h5packed {
    XXH128_hash_t sum;
    uint32_t width;
    size_t n; /* 0: nothing yet, or a failure */
    uint8_t *bytes;
} kj_h5packed;

void kj_h5past_free(kj_h5past *past)
{
    for (size_t i = 0; i < past->n; i++) free(past->chunks[i].bytes);
    free(past->chunks);
    *past = (kj_h5past){0};
}

/* What a thread needs to compress chunks. */
typedef struct press {
    struct libdeflate_compressor *deflate;
    uint8_t *plain, *shuffled, *packed;
    size_t bound;
} press;

static bool press_begin(press *p, const tile *t)
{
    *p = (press){.deflate = libdeflate_alloc_compressor(KJ_H5_DEFLATE_LEVEL), .bound = libdeflate_zlib_compress_bound(NULL, t->raw)};
    p->plain = malloc(t->raw);
    p->shuffled = malloc(t->raw);
    p->packed = malloc(p->bound);
    return p->deflate && p->plain && p->shuffled && p->packed;
}

static void press_end(press *p)
{
    if (p->deflate) libdeflate_free_compressor(p->deflate);
    free(p->plain);
    free(p->shuffled);
    free(p->packed);
}

/* The values in p->plain as a chunk, unless they stand in it already. */
static void pack_chunk(press *p, const tile *t, kj_h5packed *chunk)
{
    XXH128_hash_t sum = XXH3_128bits(p->plain, t->raw);
    if (chunk->n && chunk->width == t->width && XXH128_isEqual(chunk->sum, sum)) return;
    if (t->width > 1) shuffle(p->plain, p->shuffled, t->raw / t->width, t->width);
    size_t n = libdeflate_zlib_compress(p->deflate, t->width > 1 ? p->shuffled : p->plain, t->raw, p->packed, p->bound);
    uint8_t *bytes = n ? realloc(chunk->bytes, n) : NULL; /* 0: does not fit, which its bound rules out */
    if (bytes) memcpy(bytes, p->packed, n);
    else free(chunk->bytes);
    *chunk = (kj_h5packed){.sum = sum, .width = t->width, .n = bytes ? n : 0, .bytes = bytes};
}

/* Compresses `count` chunks from number `first` on. */
static void pack_batch(const kj_h5out *out, const tile *t, const uint8_t *values, size_t first, size_t count, kj_h5packed *chunks)
{
#pragma omp parallel num_threads(out->n_threads) if (count > 1)
    {
        press p;
        bool ready = press_begin(&p, t);
#pragma omp for schedule(dynamic)
        for (size_t i = 0; i < count; i++) {
            if (!ready) {
                chunks[i].n = 0; /* out of memory: what stands there is of another batch or an earlier file */
                continue;
            }
            gather(t, first + i, values, p.plain);
            pack_chunk(&p, t, &chunks[i]);
        }
        press_end(&p);
    }
}

static bool write_batch(hid_t dataset, const kj_h5shape *shape, const tile *t, size_t first, size_t count, const kj_h5packed *chunks)
{
    for (size_t i = 0; i < count; i++) {
        size_t origin[3];
        hsize_t offset[3];
        chunk_origin(t, first + i, origin);
        for (int d = 0; d < shape->rank; d++) offset[d] = origin[d + 3 - shape->rank];
        if (!chunks[i].n || H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, offset, chunks[i].n, chunks[i].bytes) < 0) return false;
    }
    return true;
}

/* The next n chunks of an earlier file, or empty ones; NULL when out of memory. */
static kj_h5packed *next_of_past(kj_h5past *past, size_t n)
{
    if (past->next + n > past->n) {
        kj_h5packed *grown = realloc(past->chunks, (past->next + n) * sizeof *grown);
        if (!grown) return NULL;
        memset(grown + past->n, 0, (past->next + n - past->n) * sizeof *grown);
        past->chunks = grown;
        past->n = past->next + n;
    }
    past->next += n;
    return past->chunks + past->next - n;
}

static bool fill_chunks(const kj_h5out *out, hid_t dataset, const kj_h5shape *shape, uint32_t width, const void *values)
{
    tile t = tile_of(shape, width);
    size_t n = t.grid[0] * t.grid[1] * t.grid[2], batch = n < BATCH ? n : BATCH;
    kj_h5past none = {0};
    bool good = true;
    for (size_t first = 0; first < n && good; first += batch) {
        size_t count = n - first < batch ? n - first : batch;
        if (!out->past) none.next = 0;
        kj_h5packed *chunks = next_of_past(out->past ? out->past : &none, count);
        good = chunks != NULL;
        if (good) pack_batch(out, &t, values, first, count, chunks);
        good = good && write_batch(dataset, shape, &t, first, count, chunks);
    }
    kj_h5past_free(&none);
    return good;
}

void kj_h5out_fill(kj_h5out *out, hid_t dataset, const kj_h5shape *shape, uint32_t width, const void *values)
{
    bool empty = false;
    for (int d = 0; d < shape->rank; d++) empty |= shape->dims[d] == 0;
    if (empty || out->failed) return;
    bool good;
    if (shape->chunked) {
        good = fill_chunks(out, dataset, shape, width, values);
    } else {
        hid_t type = H5Dget_type(dataset);
        good = H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
        H5Tclose(type);
    }
    kj_h5out_check(out, good, "values of a dataset");
}
