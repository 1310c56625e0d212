#include "cells.h"

#include <math.h>
#include <string.h>

enum {
    CHUNK = 1024,              /* values converted at a time: stays in the first-level cache */
    BLOCK = 64 * CHUNK,        /* cells that one thread takes */
    PARALLEL_FROM = 16 * BLOCK, /* below a million cells, waking threads costs as much as the pass */
    ROWS_PER_BLOCK = 32
};

typedef struct span {
    size_t begin, n;
} span;

static size_t n_blocks(size_t n) { return (n + BLOCK - 1) / BLOCK; }

static span block_span(size_t n, size_t block)
{
    span s = {block * BLOCK, n - block * BLOCK < BLOCK ? n - block * BLOCK : BLOCK};
    return s;
}

static span chunk_span(span block, size_t done)
{
    span s = {block.begin + done, block.n - done < CHUNK ? block.n - done : CHUNK};
    return s;
}

#define LOAD(type)                                                                                                     \
    do {                                                                                                               \
        const type *restrict from = (const type *)cells.data + at.begin;                                               \
        for (size_t i = 0; i < at.n; i++) out[i] = (double)from[i];                                                    \
    } while (0)

/* Values of at most CHUNK cells as doubles. */
static void load(kj_cells cells, span at, double *restrict out)
{
    if (!cells.data) {
        for (size_t i = 0; i < at.n; i++) out[i] = cells.number;
        return;
    }
    switch (cells.type) {
    case KJ_U8: LOAD(uint8_t); break;
    case KJ_I16: LOAD(int16_t); break;
    case KJ_I32: LOAD(int32_t); break;
    case KJ_I64: LOAD(int64_t); break;
    case KJ_F32: LOAD(float); break;
    case KJ_F64: LOAD(double); break;
    case KJ_ID: LOAD(uint32_t); break;
    case KJ_TEXT: LOAD(int32_t); break;
    case KJ_KEY: LOAD(uint64_t); break;
    }
}

/* ---- comparing and combining ---- */

static void compare_chunk(size_t n, const double *restrict a, kj_compare op, const double *restrict b, uint8_t *restrict out)
{
    switch (op) {
    case KJ_EQ: for (size_t i = 0; i < n; i++) out[i] = a[i] == b[i]; break;
    case KJ_NE: for (size_t i = 0; i < n; i++) out[i] = a[i] != b[i]; break;
    case KJ_LT: for (size_t i = 0; i < n; i++) out[i] = a[i] < b[i]; break;
    case KJ_LE: for (size_t i = 0; i < n; i++) out[i] = a[i] <= b[i]; break;
    case KJ_GT: for (size_t i = 0; i < n; i++) out[i] = a[i] > b[i]; break;
    case KJ_GE: for (size_t i = 0; i < n; i++) out[i] = a[i] >= b[i]; break;
    }
}

#define SELECT(type, op)                                                                                               \
    do {                                                                                                               \
        const type *restrict v = (const type *)column + at.begin, number = (type)b;                                    \
        for (size_t i = 0; i < at.n; i++) out[i] = v[i] op number;                                                     \
    } while (0)
#define SELECT_BY(type)                                                                                                \
    switch (op) {                                                                                                      \
    case KJ_EQ: SELECT(type, ==); break;                                                                               \
    case KJ_NE: SELECT(type, !=); break;                                                                               \
    case KJ_LT: SELECT(type, <); break;                                                                                \
    case KJ_LE: SELECT(type, <=); break;                                                                               \
    case KJ_GT: SELECT(type, >); break;                                                                                \
    case KJ_GE: SELECT(type, >=); break;                                                                               \
    }

/* The column itself against a whole number of its own type: no doubles in between, same answer. False: not this case. */
static bool compare_whole(const void *column, kj_type type, span at, kj_compare op, double b, uint8_t *restrict out)
{
    if (type == KJ_U8 && b >= 0.0 && b <= 255.0 && b == floor(b)) {
        SELECT_BY(uint8_t);
        return true;
    }
    if (type == KJ_I32 && b >= -2147483648.0 && b <= 2147483647.0 && b == floor(b)) {
        SELECT_BY(int32_t);
        return true;
    }
    return false;
}

void kj_cells_compare(size_t n, kj_cells a, kj_compare op, kj_cells b, uint8_t *mask)
{
#pragma omp parallel for schedule(static) if (n >= PARALLEL_FROM)
    for (size_t block = 0; block < n_blocks(n); block++) {
        span whole = block_span(n, block);
        double left[CHUNK], right[CHUNK];
        if (a.data && !b.data && compare_whole(a.data, a.type, whole, op, b.number, mask + whole.begin)) continue;
        for (size_t done = 0; done < whole.n; done += CHUNK) {
            span at = chunk_span(whole, done);
            load(a, at, left);
            load(b, at, right);
            compare_chunk(at.n, left, op, right, mask + at.begin);
        }
    }
}

static void combine_chunk(size_t n, const double *restrict a, kj_arithmetic op, const double *restrict b, float *restrict out)
{
    switch (op) {
    case KJ_PLUS: for (size_t i = 0; i < n; i++) out[i] = (float)(a[i] + b[i]); break;
    case KJ_MINUS: for (size_t i = 0; i < n; i++) out[i] = (float)(a[i] - b[i]); break;
    case KJ_TIMES: for (size_t i = 0; i < n; i++) out[i] = (float)(a[i] * b[i]); break;
    case KJ_OVER: for (size_t i = 0; i < n; i++) out[i] = (float)(a[i] / b[i]); break;
    }
}

void kj_cells_arithmetic(size_t n, kj_cells a, kj_arithmetic op, kj_cells b, float *out)
{
#pragma omp parallel for schedule(static) if (n >= PARALLEL_FROM)
    for (size_t block = 0; block < n_blocks(n); block++) {
        span whole = block_span(n, block);
        double left[CHUNK], right[CHUNK];
        for (size_t done = 0; done < whole.n; done += CHUNK) {
            span at = chunk_span(whole, done);
            load(a, at, left);
            load(b, at, right);
            combine_chunk(at.n, left, op, right, out + at.begin);
        }
    }
}

void kj_cells_any_of(size_t n, kj_cells a, const bool wanted[256], uint8_t *mask)
{
#pragma omp parallel for schedule(static) if (n >= PARALLEL_FROM)
    for (size_t block = 0; block < n_blocks(n); block++) {
        span whole = block_span(n, block);
        double value[CHUNK];
        if (a.data && a.type == KJ_U8) {
            const uint8_t *restrict from = (const uint8_t *)a.data + whole.begin;
            uint8_t *restrict to = mask + whole.begin;
            memset(to, 0, whole.n);
            for (int v = 0; v < 256; v++) /* few are wanted: a pass of many cells at a time for each */
                if (wanted[v])
                    for (size_t i = 0; i < whole.n; i++) to[i] |= from[i] == (uint8_t)v;
            continue;
        }
        for (size_t done = 0; done < whole.n; done += CHUNK) {
            span at = chunk_span(whole, done);
            load(a, at, value);
            for (size_t i = 0; i < at.n; i++)
                mask[at.begin + i] = value[i] >= 0.0 && value[i] <= 255.0 && wanted[(int)value[i]];
        }
    }
}

void kj_cells_has_bits(size_t n, kj_cells a, int64_t bits, uint8_t *mask)
{
#pragma omp parallel for schedule(static) if (n >= PARALLEL_FROM)
    for (size_t block = 0; block < n_blocks(n); block++) {
        span whole = block_span(n, block);
        double value[CHUNK];
        for (size_t done = 0; done < whole.n; done += CHUNK) {
            span at = chunk_span(whole, done);
            load(a, at, value);
            for (size_t i = 0; i < at.n; i++) mask[at.begin + i] = ((int64_t)value[i] & bits) != 0;
        }
    }
}

void kj_masks_combine(size_t n, const uint8_t *a, kj_mask_op op, const uint8_t *b, uint8_t *out)
{
#pragma omp parallel for schedule(static) if (n >= PARALLEL_FROM)
    for (size_t block = 0; block < n_blocks(n); block++) {
        span at = block_span(n, block);
        const uint8_t *left = a + at.begin, *right = b + at.begin;
        uint8_t *to = out + at.begin;
        switch (op) {
        case KJ_MASK_AND: for (size_t i = 0; i < at.n; i++) to[i] = left[i] & right[i]; break;
        case KJ_MASK_OR: for (size_t i = 0; i < at.n; i++) to[i] = left[i] | right[i]; break;
        case KJ_MASK_XOR: for (size_t i = 0; i < at.n; i++) to[i] = left[i] ^ right[i]; break;
        case KJ_MASK_MINUS: for (size_t i = 0; i < at.n; i++) to[i] = left[i] & (right[i] ^ 1u); break;
        }
    }
}

void kj_mask_invert(size_t n, const uint8_t *a, uint8_t *out)
{
#pragma omp parallel for schedule(static) if (n >= PARALLEL_FROM)
    for (size_t i = 0; i < n; i++) out[i] = a[i] ^ 1u;
}

int64_t kj_mask_count(size_t n, const uint8_t *mask)
{
    int64_t count = 0;
#pragma omp parallel for schedule(static) reduction(+ : count) if (n >= PARALLEL_FROM)
    for (size_t i = 0; i < n; i++) count += mask[i];
    return count;
}

/* ---- reading ---- */

/* Serial: a float sum must not depend on how the cells were shared out. */
kj_cells_summary kj_cells_summarise(size_t n, kj_cells a, const uint8_t *mask)
{
    kj_cells_summary out = {0, 0.0, HUGE_VAL, -HUGE_VAL};
    span whole = {0, n};
    double value[CHUNK];
    for (size_t done = 0; done < n; done += CHUNK) {
        span at = chunk_span(whole, done);
        load(a, at, value);
        for (size_t i = 0; i < at.n; i++) {
            if (mask && !mask[at.begin + i]) continue;
            out.n_cells++;
            out.sum += value[i];
            if (value[i] < out.least) out.least = value[i];
            if (value[i] > out.greatest) out.greatest = value[i];
        }
    }
    return out;
}

int64_t kj_cells_first_outside(size_t n, kj_cells a, const uint8_t *mask, double min, double max)
{
    span whole = {0, n};
    double value[CHUNK];
    for (size_t done = 0; done < n; done += CHUNK) {
        span at = chunk_span(whole, done);
        load(a, at, value);
        for (size_t i = 0; i < at.n; i++)
            if ((!mask || mask[at.begin + i]) && !(value[i] >= min && value[i] <= max)) return (int64_t)(at.begin + i);
    }
    return -1;
}

/* ---- writing ---- */

/* What comes out where the mask is 1: `old` and `value` hold at.n doubles; result in `value`. */
static void merge_chunk(size_t n, const double *restrict old, kj_store_op op, double *restrict value)
{
    switch (op) {
    case KJ_STORE_SET: break;
    case KJ_STORE_RAISE: for (size_t i = 0; i < n; i++) value[i] = old[i] > value[i] ? old[i] : value[i]; break;
    case KJ_STORE_LOWER: for (size_t i = 0; i < n; i++) value[i] = old[i] < value[i] ? old[i] : value[i]; break;
    case KJ_STORE_BITS_ON:
        for (size_t i = 0; i < n; i++) value[i] = (double)((int64_t)old[i] | (int64_t)value[i]);
        break;
    case KJ_STORE_BITS_OFF:
        for (size_t i = 0; i < n; i++) value[i] = (double)((int64_t)old[i] & ~(int64_t)value[i]);
        break;
    }
}

#define SAVE(ctype, convert)                                                                                           \
    do {                                                                                                               \
        ctype *to = (ctype *)column + at.begin;                                                                        \
        for (size_t i = 0; i < at.n; i++)                                                                              \
            if (!mask || mask[at.begin + i]) to[i] = (ctype)(convert);                                                 \
    } while (0)

static void save(void *column, kj_type type, span at, const uint8_t *mask, const double *value)
{
    switch (type) {
    case KJ_U8: SAVE(uint8_t, floor(value[i] + 0.5)); break;
    case KJ_I16: SAVE(int16_t, floor(value[i] + 0.5)); break;
    case KJ_I32:
    case KJ_TEXT: SAVE(int32_t, floor(value[i] + 0.5)); break;
    case KJ_I64: SAVE(int64_t, floor(value[i] + 0.5)); break;
    case KJ_F32: SAVE(float, value[i]); break;
    case KJ_F64: SAVE(double, value[i]); break;
    case KJ_ID: SAVE(uint32_t, floor(value[i] + 0.5)); break;
    case KJ_KEY: break; /* luck keys are not written */
    }
}

#define STORE(ctype, expression)                                                                                       \
    do {                                                                                                               \
        ctype *restrict to = (ctype *)column + at.begin;                                                               \
        const uint8_t *restrict here = mask + at.begin;                                                                \
        const ctype v = (ctype)number;                                                                                 \
        for (size_t i = 0; i < at.n; i++) to[i] = here[i] ? (ctype)(expression) : to[i];                                \
    } while (0)

/* One number into bytes or floats under a mask, without doubles in between: same result. False: not this case. */
static bool store_number(void *column, kj_type type, span at, const uint8_t *mask, kj_store_op op, double number)
{
    if (!mask) return false;
    if (type == KJ_U8 && number >= 0.0 && number <= 255.0 && number == floor(number)) {
        switch (op) {
        case KJ_STORE_SET: STORE(uint8_t, v); return true;
        case KJ_STORE_RAISE: STORE(uint8_t, to[i] > v ? to[i] : v); return true;
        case KJ_STORE_LOWER: STORE(uint8_t, to[i] < v ? to[i] : v); return true;
        case KJ_STORE_BITS_ON: STORE(uint8_t, to[i] | v); return true;
        case KJ_STORE_BITS_OFF: STORE(uint8_t, to[i] & ~v); return true;
        }
    }
    if (type == KJ_F32 && op == KJ_STORE_SET) {
        STORE(float, v);
        return true;
    }
    if (type == KJ_F32 && op == KJ_STORE_RAISE) {
        STORE(float, to[i] > v ? to[i] : v); /* rounding keeps order: the same as comparing with the unrounded number */
        return true;
    }
    return false;
}

void kj_cells_store(size_t n, void *column, kj_type type, const uint8_t *mask, kj_store_op op, kj_cells value)
{
    kj_cells before = {column, type, 0.0};
#pragma omp parallel for schedule(static) if (n >= PARALLEL_FROM)
    for (size_t block = 0; block < n_blocks(n); block++) {
        span whole = block_span(n, block);
        double old[CHUNK], fresh[CHUNK];
        if (!value.data && store_number(column, type, whole, mask, op, value.number)) continue;
        for (size_t done = 0; done < whole.n; done += CHUNK) {
            span at = chunk_span(whole, done);
            load(value, at, fresh);
            if (op != KJ_STORE_SET) {
                load(before, at, old);
                merge_chunk(at.n, old, op, fresh);
            }
            save(column, type, at, mask, fresh);
        }
    }
}

/* ---- distance ---- */

static size_t n_row_blocks(const kj_grid *grid) { return (size_t)(grid->ny + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK; }

size_t kj_cells_distance_work(const kj_grid *grid)
{
    size_t n = (size_t)kj_grid_cells(grid), nx = (size_t)grid->nx;
    return (n + (2 * nx + 1) * n_row_blocks(grid)) * sizeof(int32_t);
}

/* First pass: cells to the nearest masked cell of the same column, nx + ny if there is none. All columns of a block go
   down and up together, so memory is read in rows. */
static void column_pass(const kj_grid *grid, const uint8_t *restrict mask, int32_t *restrict gap)
{
    const int64_t nx = grid->nx, ny = grid->ny;
    const int32_t far = grid->nx + grid->ny;
#pragma omp parallel for schedule(static) if (nx * ny >= PARALLEL_FROM)
    for (int64_t first = 0; first < nx; first += CHUNK) {
        int64_t last = first + CHUNK < nx ? first + CHUNK : nx;
        for (int64_t col = first; col < last; col++) gap[col] = mask[col] ? 0 : far;
        for (int64_t row = 1; row < ny; row++)
            for (int64_t col = first; col < last; col++) {
                int64_t cell = row * nx + col;
                int32_t above = gap[cell - nx] + 1;
                above = above < far ? above : far;
                gap[cell] = mask[cell] ? 0 : above;
            }
        for (int64_t row = ny - 2; row >= 0; row--)
            for (int64_t col = first; col < last; col++) {
                int64_t cell = row * nx + col;
                int32_t below = gap[cell + nx] + 1;
                gap[cell] = below < gap[cell] ? below : gap[cell];
            }
    }
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); } /* b > 0 */

static int64_t squared(int64_t dx, int64_t dy) { return dx * dx + dy * dy; }

/* Second pass, one row: lower envelope of the parabolas (x - i)^2 + gap[i]^2; seat[q] is the i of the q-th piece, which
   begins at x = from[q]. */
static void row_pass(int32_t nx, const int32_t *gap, int32_t *seat, int32_t *from, double cell_m, float *metres)
{
    int32_t q = 0;
    seat[0] = 0;
    from[0] = 0;
    for (int32_t u = 1; u < nx; u++) {
        while (q >= 0 && squared(from[q] - seat[q], gap[seat[q]]) > squared(from[q] - u, gap[u])) q--;
        if (q < 0) {
            q = 0;
            seat[0] = u;
            continue;
        }
        int64_t i = seat[q], top = squared(u, gap[u]) - squared(i, gap[i]);
        int64_t begin = 1 + floor_div(top, 2 * (u - i));
        if (begin >= nx) continue;
        q++;
        seat[q] = u;
        from[q] = (int32_t)begin;
    }
    for (int32_t u = nx - 1; u >= 0; u--) {
        metres[u] = (float)(cell_m * sqrt((double)squared(u - seat[q], gap[seat[q]])));
        if (u == from[q]) q--;
    }
}

void kj_cells_distance(const kj_grid *grid, const uint8_t *mask, float *metres, void *work)
{
    const size_t n = (size_t)kj_grid_cells(grid), nx = (size_t)grid->nx;
    if (!memchr(mask, 1, n)) {
        for (size_t i = 0; i < n; i++) metres[i] = HUGE_VALF;
        return;
    }
    int32_t *gap = work, *pieces = gap + n;
    column_pass(grid, mask, gap);
#pragma omp parallel for schedule(static) if (n >= PARALLEL_FROM)
    for (size_t block = 0; block < n_row_blocks(grid); block++) {
        int32_t *seat = pieces + 2 * nx * block, *from = seat + nx;
        int32_t first = (int32_t)block * ROWS_PER_BLOCK;
        int32_t last = first + ROWS_PER_BLOCK < grid->ny ? first + ROWS_PER_BLOCK : grid->ny;
        for (int32_t row = first; row < last; row++)
            row_pass(grid->nx, gap + (size_t)row * nx, seat, from, grid->cell_m, metres + (size_t)row * nx);
    }
}

/* Greatest squared distance in cells that is at most so many metres, as kj_cells_distance gives them; -1: none. */
static int64_t reach_of(const kj_grid *grid, double metres)
{
    int64_t most = (int64_t)grid->nx * grid->nx + (int64_t)grid->ny * grid->ny;
    double cells = metres / grid->cell_m, guess = cells * cells + 2.0;
    int64_t reach = guess < (double)most ? (int64_t)guess : most;
    if (!(metres >= 0.0)) return -1;
    while (reach > 0 && !((double)(float)(grid->cell_m * sqrt((double)reach)) <= metres)) reach--;
    return reach;
}

/* Marks of a row: each cell of the first pass covers the cells beside it that its gap leaves within reach. */
static void cover_row(int32_t nx, const int32_t *gap, int64_t reach, int32_t *step, uint8_t *near)
{
    int32_t last_gap = -1, width = 0, inside = 0;
    memset(step, 0, ((size_t)nx + 1) * sizeof *step);
    for (int32_t u = 0; u < nx; u++) {
        int64_t left = reach - (int64_t)gap[u] * gap[u];
        if (left < 0) continue;
        if (gap[u] != last_gap) {
            last_gap = gap[u];
            width = (int32_t)sqrt((double)left);
            while ((int64_t)width * width > left) width--;
            while ((int64_t)(width + 1) * (width + 1) <= left) width++;
        }
        step[u > width ? u - width : 0]++;
        step[u + (int64_t)width + 1 < nx ? u + width + 1 : nx]--;
    }
    for (int32_t u = 0; u < nx; u++) {
        inside += step[u];
        near[u] = inside > 0;
    }
}

void kj_cells_near(const kj_grid *grid, const uint8_t *mask, double metres, uint8_t *near, void *work)
{
    const size_t n = (size_t)kj_grid_cells(grid), nx = (size_t)grid->nx;
    const int64_t reach = reach_of(grid, metres);
    if (isinf(metres) || !memchr(mask, 1, n) || reach < 0) {
        memset(near, isinf(metres) && metres > 0.0, n);
        return;
    }
    int32_t *gap = work, *steps = gap + n;
    column_pass(grid, mask, gap);
#pragma omp parallel for schedule(static) if (n >= PARALLEL_FROM)
    for (size_t block = 0; block < n_row_blocks(grid); block++) {
        int32_t first = (int32_t)block * ROWS_PER_BLOCK, last = first + ROWS_PER_BLOCK < grid->ny ? first + ROWS_PER_BLOCK : grid->ny;
        for (int32_t row = first; row < last; row++)
            cover_row(grid->nx, gap + (size_t)row * nx, reach, steps + (nx + 1) * block, near + (size_t)row * nx);
    }
}
