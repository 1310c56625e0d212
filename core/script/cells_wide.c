#include "cells_wide.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WIDE
#endif

/* ---- masks from values ---- */

/* out[i] for all i, 64 cells at a time; their values are asked for a page before they are read, since the processor by itself foresees no further than the end of the page. */
#define MASK_LINES(v, expression)                                                                                      \
    do {                                                                                                               \
        size_t i = 0;                                                                                                  \
        for (size_t end = 64; end <= n; end += 64) {                                                                   \
            for (size_t line = 0; line < sizeof *v; line++) __builtin_prefetch((const uint8_t *)(v + i) + 4096 + 64 * line, 0, 3); \
            for (size_t l = 0; l < 64; l++, i++) out[i] = (expression);                                                \
        }                                                                                                              \
        for (; i < n; i++) out[i] = (expression);                                                                      \
    } while (0)

/* A bound that is the type's own needs no comparison; without it no unsigned one is needed, which wide registers lack. */
#define WITHIN(name, type, unsigned_type, min, max)                                                                    \
    WIDE void name(size_t n, const type *restrict v, type least, type greatest, uint8_t flip, uint8_t *restrict out)   \
    {                                                                                                                  \
        const unsigned_type low = (unsigned_type)least, width = (unsigned_type)((unsigned_type)greatest - low);        \
        if (least == greatest)                                                                                         \
            MASK_LINES(v, (uint8_t)(v[i] == least) ^ flip);                                                            \
        else if (least == min)                                                                                         \
            MASK_LINES(v, (uint8_t)(v[i] <= greatest) ^ flip);                                                         \
        else if (greatest == max)                                                                                      \
            MASK_LINES(v, (uint8_t)(v[i] >= least) ^ flip);                                                            \
        else                                                                                                           \
            MASK_LINES(v, (uint8_t)((unsigned_type)((unsigned_type)v[i] - low) <= width) ^ flip);                      \
    }

WITHIN(wide_within_u8, uint8_t, uint8_t, 0, UINT8_MAX)
WITHIN(wide_within_i16, int16_t, uint16_t, INT16_MIN, INT16_MAX)
WITHIN(wide_within_i32, int32_t, uint32_t, INT32_MIN, INT32_MAX)

WIDE void wide_any_of_u8(size_t n, const uint8_t *restrict v, const uint8_t word[4], uint8_t *restrict out)
{
    const uint8_t a = word[0], b = word[1], c = word[2], d = word[3];
    if (b == a)
        MASK_LINES(v, v[i] == a);
    else if (d == b)
        MASK_LINES(v, (v[i] == a) | (v[i] == b));
    else
        MASK_LINES(v, (v[i] == a) | (v[i] == b) | (v[i] == c) | (v[i] == d));
}

WIDE void wide_or_equal_u8(size_t n, const uint8_t *restrict v, uint8_t word, uint8_t *restrict mask)
{
    for (size_t i = 0; i < n; i++) mask[i] |= v[i] == word;
}

WIDE void wide_has_bits_u8(size_t n, const uint8_t *restrict v, uint8_t bits, uint8_t *restrict out)
{
    MASK_LINES(v, (v[i] & bits) != 0);
}

#define BY_COMPARISON(v, a, b)                                                                                         \
    switch (op) {                                                                                                      \
    case KJ_EQ: MASK_LINES(v, a == b); break;                                                                          \
    case KJ_NE: MASK_LINES(v, a != b); break;                                                                          \
    case KJ_LT: MASK_LINES(v, a < b); break;                                                                           \
    case KJ_LE: MASK_LINES(v, a <= b); break;                                                                          \
    case KJ_GT: MASK_LINES(v, a > b); break;                                                                           \
    case KJ_GE: MASK_LINES(v, a >= b); break;                                                                          \
    }

WIDE void wide_compare_f32(size_t n, const float *restrict v, kj_compare op, float number, uint8_t *restrict out)
{
    BY_COMPARISON(v, v[i], number)
}

WIDE void wide_compare_both_f32(size_t n, const float *restrict a, kj_compare op, const float *restrict b, uint8_t *restrict out)
{
    BY_COMPARISON(a, a[i], b[i])
}

WIDE void wide_compare_both_i32(size_t n, const int32_t *restrict a, kj_compare op, const int32_t *restrict b, uint8_t *restrict out)
{
    BY_COMPARISON(a, a[i], b[i])
}

WIDE void wide_compare_f64(size_t n, const double *restrict a, kj_compare op, const double *restrict b, uint8_t *restrict out)
{
    BY_COMPARISON(a, a[i], b[i])
}

/* ---- values ---- */

#define LOAD(type, as)                                                                                                 \
    do {                                                                                                               \
        const type *restrict v = from;                                                                                 \
        for (size_t i = 0; i < n; i++) out[i] = (as)v[i];                                                              \
    } while (0)

WIDE void wide_load_f64(size_t n, const void *restrict from, kj_type type, double *restrict out)
{
    switch (type) {
    case KJ_U8: LOAD(uint8_t, double); break;
    case KJ_I16: LOAD(int16_t, double); break;
    case KJ_I32: LOAD(int32_t, double); break;
    case KJ_I64: LOAD(int64_t, double); break;
    case KJ_F32: LOAD(float, double); break;
    case KJ_F64: LOAD(double, double); break;
    case KJ_ID: LOAD(uint32_t, double); break;
    case KJ_TEXT: LOAD(int32_t, double); break;
    case KJ_KEY: LOAD(uint64_t, double); break;
    }
}

WIDE void wide_load_f32(size_t n, const void *restrict from, kj_type type, float *restrict out)
{
    switch (type) {
    case KJ_U8: LOAD(uint8_t, float); break;
    case KJ_I16: LOAD(int16_t, float); break;
    default: break;
    }
}

WIDE bool wide_fit_f32(size_t n, const int32_t *restrict v, float *restrict out)
{
    uint32_t beyond = 0;
    for (size_t i = 0; i < n; i++) {
        beyond |= (uint32_t)v[i] + (UINT32_C(1) << 24) > UINT32_C(1) << 25;
        out[i] = (float)v[i];
    }
    return beyond == 0;
}

/* out[i] for all i, a line of memory at a time. What is read is asked for as above; and so is what is written, which the processor
   reads first. Without it the pass costs a tenth more. */
#define WRITE_LINES(v, expression)                                                                                     \
    do {                                                                                                               \
        size_t i = 0;                                                                                                  \
        for (size_t end = 16; end <= n; end += 16) {                                                                   \
            __builtin_prefetch(v + i + 1024, 0, 3);                                                                    \
            __builtin_prefetch(out + i + 1024, 1, 3);                                                                  \
            for (size_t l = 0; l < 16; l++, i++) out[i] = (expression);                                                \
        }                                                                                                              \
        for (; i < n; i++) out[i] = (expression);                                                                      \
    } while (0)

#define BY_ARITHMETIC(v, a, b)                                                                                         \
    switch (op) {                                                                                                      \
    case KJ_PLUS: WRITE_LINES(v, (float)(a + b)); break;                                                               \
    case KJ_MINUS: WRITE_LINES(v, (float)(a - b)); break;                                                              \
    case KJ_TIMES: WRITE_LINES(v, (float)(a * b)); break;                                                              \
    case KJ_OVER: WRITE_LINES(v, (float)(a / b)); break;                                                               \
    }

WIDE void wide_combine_f32(size_t n, const float *restrict a, kj_arithmetic op, const float *restrict b, float *restrict out)
{
    BY_ARITHMETIC(a, a[i], b[i])
}

WIDE void wide_combine_f64(size_t n, const double *restrict a, kj_arithmetic op, const double *restrict b, float *restrict out)
{
    BY_ARITHMETIC(a, a[i], b[i])
}

#define WITH_NUMBER(name, type, as)                                                                                    \
    WIDE void name(size_t n, const type *restrict v, kj_arithmetic op, as number, bool number_first, float *restrict out) \
    {                                                                                                                  \
        if (number_first) {                                                                                            \
            BY_ARITHMETIC(v, number, (as)v[i])                                                                         \
        } else {                                                                                                       \
            BY_ARITHMETIC(v, (as)v[i], number)                                                                         \
        }                                                                                                              \
    }

WITH_NUMBER(wide_number_u8, uint8_t, float)
WITH_NUMBER(wide_number_f32, float, float)
WITH_NUMBER(wide_number_f32_f64, float, double)
WITH_NUMBER(wide_number_i32, int32_t, double)

/* By the reciprocal, since registers divide no faster than one value a cycle. Let m be halfway between two neighbouring floats beside v / number, 2^s its order of size and b the number
   without its power of two, a whole number below 2^24. m b and v are multiples of 2^(s - 24) (or of 1), so that the quotient is m or at least 2^(s - 24) / b > 2^(s - 48) away. The product with the rounded
   reciprocal errs by at most 2^(s - 51), and rounding it to multiples of 2^(s - 49), the last three bits, by 2^(s - 50): a quotient that is m comes out as m, any other on its side of it. */
static inline float quotient(int32_t v, double reciprocal)
{
    double product = (double)v * reciprocal;
    uint64_t bits;
    memcpy(&bits, &product, sizeof bits);
    bits = (bits + 4) & ~UINT64_C(7);
    memcpy(&product, &bits, sizeof bits);
    return (float)product;
}

WIDE void wide_divide_i32(size_t n, const int32_t *restrict v, double number, float *restrict out)
{
    const double reciprocal = 1.0 / number;
    WRITE_LINES(v, quotient(v[i], reciprocal));
}

/* ---- masks ---- */

WIDE void wide_masks(size_t n, const uint8_t *a, kj_mask_op op, const uint8_t *b, uint8_t *restrict out)
{
    switch (op) {
    case KJ_MASK_AND: for (size_t i = 0; i < n; i++) out[i] = a[i] & b[i]; break;
    case KJ_MASK_OR: for (size_t i = 0; i < n; i++) out[i] = a[i] | b[i]; break;
    case KJ_MASK_XOR: for (size_t i = 0; i < n; i++) out[i] = a[i] ^ b[i]; break;
    case KJ_MASK_MINUS: for (size_t i = 0; i < n; i++) out[i] = a[i] & (b[i] ^ 1u); break;
    }
}

WIDE void wide_invert(size_t n, const uint8_t *restrict a, uint8_t *restrict out)
{
    MASK_LINES(a, a[i] ^ 1u);
}

WIDE int64_t wide_count(size_t n, const uint8_t *restrict mask)
{
    enum { RUN = 255 * 32 }; /* 32 counters of a byte do not overflow */
    int64_t count = 0;
    for (size_t from = 0; from < n; from += RUN) {
        size_t m = n - from < RUN ? n - from : RUN, k = 0;
        uint8_t lane[32] = {0};
        for (; k + 32 <= m; k += 32)
            for (int l = 0; l < 32; l++) lane[l] = (uint8_t)(lane[l] + mask[from + k + (size_t)l]);
        for (int l = 0; l < 32; l++) count += lane[l];
        for (; k < m; k++) count += mask[from + k];
    }
    return count;
}

/* ---- sums and ranges ---- */

enum { LANES = 64 /* eight of the widest registers, since one comparison waits for the last */ };

/* Apart from sums and ranges: together they would be branches. */
WIDE void wide_keep_f64(size_t n, const double *restrict v, const uint8_t *restrict mask, double other, double *restrict out)
{
    for (size_t i = 0; i < n; i++) out[i] = mask[i] ? v[i] : other;
}

WIDE double wide_sum_f64(double sum, size_t n, const double *restrict v)
{
    for (size_t m; n; v += m, n -= m) {
        double lane[SUM_LANES] = {0.0}, part = 0.0;
        size_t k = 0;
        m = n < SUM_CHUNK ? n : SUM_CHUNK;
        for (; k + SUM_LANES <= m; k += SUM_LANES)
            for (size_t l = 0; l < SUM_LANES; l++) lane[l] += v[k + l];
        for (size_t l = 0; k + l < m; l++) lane[l] += v[k + l];
        for (size_t l = 0; l < SUM_LANES; l++) part += lane[l];
        sum += part;
    }
    return sum;
}

/* In lanes, since compilers do not exchange comparisons of floats; what is no number compares as false and is left out. Zero comes out without sign. */
#define EXTREME(name, comparison, none)                                                                                \
    WIDE double name(size_t n, const double *restrict v)                                                               \
    {                                                                                                                  \
        double lane[LANES];                                                                                            \
        size_t k = 0;                                                                                                  \
        for (size_t l = 0; l < LANES; l++) lane[l] = (none);                                                           \
        for (; k + LANES <= n; k += LANES)                                                                             \
            for (size_t l = 0; l < LANES; l++) lane[l] = v[k + l] comparison lane[l] ? v[k + l] : lane[l];             \
        for (size_t l = 0; k + l < n; l++) lane[l] = v[k + l] comparison lane[l] ? v[k + l] : lane[l];                 \
        for (size_t l = 1; l < LANES; l++) lane[0] = lane[l] comparison lane[0] ? lane[l] : lane[0];                   \
        return lane[0] + 0.0;                                                                                          \
    }

EXTREME(wide_least_f64, <, HUGE_VAL)
EXTREME(wide_greatest_f64, >, -HUGE_VAL)

WIDE bool wide_any_outside_f32(size_t n, const float *restrict v, const uint8_t *restrict mask, float min, float max)
{
    uint32_t outside = 0;
    if (mask)
        for (size_t i = 0; i < n; i++) outside |= mask[i] & (uint32_t)!((v[i] >= min) & (v[i] <= max));
    else
        for (size_t i = 0; i < n; i++) outside |= (uint32_t)!((v[i] >= min) & (v[i] <= max));
    return outside != 0;
}

/* ---- writing ---- */

#define STORE(expression)                                                                                              \
    do {                                                                                                               \
        if (mask)                                                                                                      \
            for (size_t i = 0; i < n; i++) to[i] = mask[i] ? (expression) : to[i];                                     \
        else                                                                                                           \
            for (size_t i = 0; i < n; i++) to[i] = (expression);                                                       \
    } while (0)

WIDE void wide_store_u8(size_t n, uint8_t *restrict to, const uint8_t *restrict mask, kj_store_op op, uint8_t v)
{
    switch (op) {
    case KJ_STORE_SET: STORE(v); break;
    case KJ_STORE_RAISE: STORE(to[i] > v ? to[i] : v); break;
    case KJ_STORE_LOWER: STORE(to[i] < v ? to[i] : v); break;
    case KJ_STORE_BITS_ON: STORE((uint8_t)(to[i] | v)); break;
    case KJ_STORE_BITS_OFF: STORE((uint8_t)(to[i] & ~v)); break;
    }
}

WIDE void wide_store_f32(size_t n, float *restrict to, const uint8_t *restrict mask, kj_store_op op, const float *restrict v)
{
    switch (op) {
    case KJ_STORE_SET: STORE(v[i]); break;
    case KJ_STORE_RAISE: STORE(to[i] > v[i] ? to[i] : v[i]); break;
    case KJ_STORE_LOWER: STORE(to[i] < v[i] ? to[i] : v[i]); break;
    case KJ_STORE_BITS_ON:
    case KJ_STORE_BITS_OFF: break; /* whole numbers only */
    }
}

/* ---- gaps ---- */

WIDE void wide_gap_down(size_t n, const uint8_t *restrict mask, const uint16_t *restrict above, uint16_t far, uint16_t *restrict row)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t gap = (uint16_t)(above[i] + 1);
        gap = gap < far ? gap : far;
        row[i] = mask[i] ? 0 : gap;
    }
}

WIDE void wide_gap_up(size_t n, const uint16_t *restrict below, uint16_t *restrict row)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t gap = (uint16_t)(below[i] + 1);
        row[i] = gap < row[i] ? gap : row[i];
    }
}

WIDE void wide_gap_hit(size_t n, const uint16_t *restrict gap, uint16_t most, uint16_t *restrict hit)
{
    for (size_t i = 0; i < n; i++) hit[i] |= gap[i] <= most;
}
