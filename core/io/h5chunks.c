#include "h5chunks.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "h5out.h"

/* The compressed chunks of one slab, and where they go. */
typedef struct slab {
    size_t dims[2], chunk[2], grid[2]; /* values; values; chunks */
    size_t raw;                        /* bytes of an unpacked chunk */
    uint32_t width;                    /* bytes of a stored value */
    bool shuffled;
    kj_type stored, type;
    uint8_t *packed;
    size_t *begin; /* of each chunk in packed; [n + 1] */
    void *out;
} slab;

static bool is_known_pair(kj_type stored, kj_type type)
{
    bool to_float = type == KJ_F32 && (stored == KJ_U8 || stored == KJ_I16 || stored == KJ_I32);
    return to_float || (stored == type && (type == KJ_U8 || type == KJ_I16 || type == KJ_I32 || type == KJ_F32));
}

/* [shuffle,] deflate, as kj_h5out writes; nothing else. */
static bool read_filters(hid_t plist, bool *shuffled)
{
    int n = H5Pget_nfilters(plist);
    unsigned flags, config;
    size_t n_values = 0;
    H5Z_filter_t first = n > 0 ? H5Pget_filter2(plist, 0, &flags, &n_values, NULL, 0, NULL, &config) : -1;
    n_values = 0;
    H5Z_filter_t second = n > 1 ? H5Pget_filter2(plist, 1, &flags, &n_values, NULL, 0, NULL, &config) : -1;
    *shuffled = first == H5Z_FILTER_SHUFFLE;
    return (n == 1 && first == H5Z_FILTER_DEFLATE) || (n == 2 && *shuffled && second == H5Z_FILTER_DEFLATE);
}

static bool read_shape(hid_t dataset, int rank, const hsize_t dims[2], slab *s)
{
    hsize_t chunk[3] = {0};
    hid_t plist = H5Dget_create_plist(dataset), type = H5Dget_type(dataset);
    bool good = plist >= 0 && type >= 0 && H5Pget_layout(plist) == H5D_CHUNKED && H5Pget_chunk(plist, 3, chunk) == rank && (rank == 2 || chunk[0] == 1) &&
                read_filters(plist, &s->shuffled) && H5Tequal(type, kj_h5_type(s->stored)) > 0;
    if (plist >= 0) H5Pclose(plist);
    if (type >= 0) H5Tclose(type);
    s->raw = s->width;
    for (int d = 0; d < 2 && good; d++) {
        s->dims[d] = (size_t)dims[d];
        s->chunk[d] = (size_t)chunk[rank - 2 + d];
        s->grid[d] = (s->dims[d] + s->chunk[d] - 1) / s->chunk[d];
        s->raw *= s->chunk[d];
    }
    return good;
}

static bool read_packed(hid_t dataset, int rank, hsize_t index, slab *s)
{
    size_t n = s->grid[0] * s->grid[1], room = 0;
    s->begin = calloc(n + 1, sizeof *s->begin);
    for (size_t i = 0; s->begin && i < n; i++) {
        hsize_t offset[3] = {index, 0, 0}, bytes = 0;
        offset[rank - 2] = i / s->grid[1] * s->chunk[0];
        offset[rank - 1] = i % s->grid[1] * s->chunk[1];
        uint32_t skipped = 0;
        if (H5Dget_chunk_storage_size(dataset, offset, &bytes) < 0 || bytes == 0) return false; /* never written */
        size_t end = s->begin[i] + (size_t)bytes;
        if (end > room) {
            room = end * 2;
            uint8_t *grown = realloc(s->packed, room);
            if (!grown) return false;
            s->packed = grown;
        }
        if (H5Dread_chunk(dataset, H5P_DEFAULT, offset, &skipped, s->packed + s->begin[i]) < 0 || skipped) return false;
        s->begin[i + 1] = end;
    }
    return s->begin != NULL;
}

static void unshuffle(const uint8_t *restrict from, uint8_t *restrict to, size_t n, uint32_t width)
{
    if (width == 4) { /* most layers; whole words keep the loop in wide registers */
        const uint8_t *b0 = from, *b1 = from + n, *b2 = from + 2 * n, *b3 = from + 3 * n;
        uint32_t *words = (uint32_t *)(void *)to;
        for (size_t i = 0; i < n; i++) words[i] = (uint32_t)b0[i] | (uint32_t)b1[i] << 8 | (uint32_t)b2[i] << 16 | (uint32_t)b3[i] << 24;
        return;
    }
    for (uint32_t b = 0; b < width; b++)
        for (size_t i = 0; i < n; i++) to[i * width + b] = from[(size_t)b * n + i];
}

static void put_row(const slab *s, const uint8_t *from, size_t to, size_t n)
{
    if (s->stored == s->type) {
        memcpy((uint8_t *)s->out + to * s->width, from, n * s->width);
        return;
    }
    float *out = (float *)s->out + to;
    switch (s->stored) {
    case KJ_U8:
        for (size_t i = 0; i < n; i++) out[i] = (float)from[i];
        break;
    case KJ_I16:
        for (size_t i = 0; i < n; i++) out[i] = (float)((const int16_t *)(const void *)from)[i];
        break;
    default:
        for (size_t i = 0; i < n; i++) out[i] = (float)((const int32_t *)(const void *)from)[i];
    }
}

/* The part of a chunk that lies inside the dataset. */
static void scatter(const slab *s, size_t index, const uint8_t *values)
{
    size_t row = index / s->grid[1] * s->chunk[0], col = index % s->grid[1] * s->chunk[1];
    size_t n = s->dims[1] - col < s->chunk[1] ? s->dims[1] - col : s->chunk[1];
    for (size_t r = 0; r < s->chunk[0] && row + r < s->dims[0]; r++) put_row(s, values + r * s->chunk[1] * s->width, (row + r) * s->dims[1] + col, n);
}

static bool unpack(const slab *s)
{
    size_t n = s->grid[0] * s->grid[1];
    bool all = true;
#pragma omp parallel reduction(&& : all)
    {
        uint8_t *plain = malloc(s->raw), *shuffled = malloc(s->raw);
        struct libdeflate_decompressor *inflate = libdeflate_alloc_decompressor();
        bool ready = plain && shuffled && inflate;
#pragma omp for schedule(dynamic, 4)
        for (size_t i = 0; i < n; i++) {
            size_t got = 0;
            bool good = ready && libdeflate_zlib_decompress(inflate, s->packed + s->begin[i], s->begin[i + 1] - s->begin[i], s->shuffled ? shuffled : plain, s->raw, &got) == LIBDEFLATE_SUCCESS && got == s->raw;
            all = all && good;
            if (!good) continue;
            if (s->shuffled) unshuffle(shuffled, plain, s->raw / s->width, s->width);
            scatter(s, i, plain);
        }
        if (inflate) libdeflate_free_decompressor(inflate);
        free(plain);
        free(shuffled);
    }
    return all;
}

bool kj_h5chunks_read(hid_t dataset, int rank, const hsize_t dims[2], hsize_t index, kj_type stored, kj_type type, void *out)
{
    slab s = {.stored = stored, .type = type, .width = (uint32_t)kj_type_bytes(stored), .out = out};
    if ((rank != 2 && rank != 3) || !is_known_pair(stored, type) || dims[0] == 0 || dims[1] == 0) return false;
    bool good = read_shape(dataset, rank, dims, &s) && read_packed(dataset, rank, index, &s) && unpack(&s);
    free(s.packed);
    free(s.begin);
    return good;
}
