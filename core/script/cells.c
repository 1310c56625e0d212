#include "cells.h"

#include <math.h>
#include <string.h>

#include "cells_masked.h"
#include "cells_wide.h"

enum {
    CHUNK = SUM_CHUNK,         /* values converted at a time: stay in the first-level cache */
    STRIP = 256,               /* the same, where a value that is not exact in a float sends all beside it the long way */
    BLOCK = 64 * CHUNK,        /* cells that one thread takes */
    PARALLEL_FROM = 16 * BLOCK, /* below a million cells, waking threads costs as much as the pass */
    ROWS_PER_BLOCK = 32,
    NEAR_MARGIN = 16 /* columns on both sides together that near asks one by one */
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

/* What the blocks of one operation share. */
typedef struct task {
    kj_cells a, b;
    int op; /* of the operation's own enum */
    const uint8_t *mask, *other;
    const bool *wanted;
    const uint8_t *word; /* what is wanted, as a list */
    int n_words;
    int64_t bits;
    void *out;
} task;

typedef void block_fn(const task *t, span at);

/* Of few blocks the threads are not even asked: that takes half a microsecond, as long as a pass over a small map. */
static void for_blocks(size_t n, block_fn *work, const task *t)
{
    if (n < PARALLEL_FROM) {
        for (size_t block = 0; block < n_blocks(n); block++) work(t, block_span(n, block));
        return;
    }
#pragma omp parallel for schedule(static)
    for (size_t block = 0; block < n_blocks(n); block++) work(t, block_span(n, block));
}

static span strip_span(span block, size_t done)
{
    span s = {block.begin + done, block.n - done < STRIP ? block.n - done : STRIP};
    return s;
}

static span chunk_span(span block, size_t done)
{
    span s = {block.begin + done, block.n - done < CHUNK ? block.n - done : CHUNK};
    return s;
}

static const void *at_cell(kj_cells cells, size_t cell) { return (const uint8_t *)cells.data + cell * kj_type_bytes(cells.type); }

static const uint8_t *mask_at(const uint8_t *mask, size_t cell) { return mask ? mask + cell : NULL; }

static bool is_f32(kj_cells cells) { return cells.data && cells.type == KJ_F32; }

/* Values of at most CHUNK cells as doubles. */
static void load(kj_cells cells, span at, double *restrict out)
{
    if (cells.data)
        wide_load_f64(at.n, at_cell(cells, at.begin), cells.type, out);
    else
        for (size_t i = 0; i < at.n; i++) out[i] = cells.number;
}

/* ---- floats for doubles, where that gives the same answer ---- */

static bool is_exact_f32(double number) { return (double)(float)number == number; }

/* One operand of an operation on a block: a column, or a number that stands CHUNK times in `narrow`. */
typedef struct operand {
    kj_cells cells;
    bool exact; /* all its values stand in floats as they are; of 32 bits only a look at them tells */
    double wide[CHUNK];
    float narrow[CHUNK];
} operand;

static void take_operand(operand *o, kj_cells cells)
{
    o->cells = cells;
    o->exact = cells.data ? cells.type == KJ_F32 || cells.type == KJ_U8 || cells.type == KJ_I16 : is_exact_f32(cells.number);
    for (size_t i = 0; i < CHUNK && !cells.data && o->exact; i++) o->narrow[i] = (float)cells.number;
}

/* Values of a chunk as floats; NULL where they do not stand in floats as they are. */
static const float *as_f32(operand *o, span at)
{
    if (o->cells.data && o->cells.type == KJ_F32) return at_cell(o->cells, at.begin);
    if (o->cells.data && o->cells.type == KJ_I32) return wide_fit_f32(at.n, at_cell(o->cells, at.begin), o->narrow) ? o->narrow : NULL;
    if (!o->exact) return NULL;
    if (o->cells.data) wide_load_f32(at.n, at_cell(o->cells, at.begin), o->cells.type, o->narrow);
    return o->narrow;
}

static const double *as_f64(operand *o, span at)
{
    load(o->cells, at, o->wide);
    return o->wide;
}

/* The float that a float compares with as a double does with `number`: rounded down where equal values count as below it. */
static float bound_f32(double number, bool down)
{
    float nearest = (float)number;
    if (down && (double)nearest > number) return nextafterf(nearest, -HUGE_VALF);
    if (!down && (double)nearest < number) return nextafterf(nearest, HUGE_VALF);
    return nearest;
}

/* ---- comparing ---- */

/* The whole numbers for which a comparison with `number` holds: least … greatest, or all others. False: no number. */
typedef struct whole_range {
    double least, greatest;
    bool others;
} whole_range;

static bool whole_range_of(kj_compare op, double number, whole_range *out)
{
    double down = floor(number), up = ceil(number);
    *out = (whole_range){-HUGE_VAL, HUGE_VAL, false};
    if (!(number == number)) return false;
    switch (op) {
    case KJ_LT: out->greatest = up - 1.0; break;
    case KJ_LE: out->greatest = down; break;
    case KJ_GT: out->least = down + 1.0; break;
    case KJ_GE: out->least = up; break;
    case KJ_EQ:
    case KJ_NE: out->least = up, out->greatest = down, out->others = op == KJ_NE; break; /* empty where it is not whole */
    }
    return true;
}

#define WITHIN(kernel, type, low, high)                                                                                \
    do {                                                                                                               \
        double first = r.least > (low) ? r.least : (low), last = r.greatest < (high) ? r.greatest : (high);            \
        if (first > last)                                                                                              \
            memset(out, r.others, at.n);                                                                               \
        else                                                                                                           \
            kernel(at.n, at_cell(a, at.begin), (type)first, (type)last, r.others, out);                                \
        return true;                                                                                                   \
    } while (0)

/* A column of whole numbers or floats against one number, in its own type. False: not this case. */
static bool compare_own(kj_cells a, span at, kj_compare op, kj_cells b, uint8_t *out)
{
    whole_range r;
    if (!a.data || b.data || !whole_range_of(op, b.number, &r)) return false;
    switch (a.type) {
    case KJ_U8: WITHIN(wide_within_u8, uint8_t, 0.0, 255.0);
    case KJ_I16: WITHIN(wide_within_i16, int16_t, -32768.0, 32767.0);
    case KJ_I32: WITHIN(wide_within_i32, int32_t, -2147483648.0, 2147483647.0);
    case KJ_F32:
        if ((op == KJ_EQ || op == KJ_NE) && !is_exact_f32(b.number))
            memset(out, op == KJ_NE, at.n);
        else
            wide_compare_f32(at.n, at_cell(a, at.begin), op, bound_f32(b.number, op == KJ_LE || op == KJ_GT), out);
        return true;
    default: return false;
    }
}

/* Two columns of the same type, in it. False: not this case. */
static bool compare_alike(kj_cells a, span at, kj_compare op, kj_cells b, uint8_t *out)
{
    if (!a.data || !b.data || a.type != b.type || (a.type != KJ_F32 && a.type != KJ_I32)) return false;
    if (a.type == KJ_F32)
        wide_compare_both_f32(at.n, at_cell(a, at.begin), op, at_cell(b, at.begin), out);
    else
        wide_compare_both_i32(at.n, at_cell(a, at.begin), op, at_cell(b, at.begin), out);
    return true;
}

static void compare_block(const task *t, span whole)
{
    const kj_compare op = (kj_compare)t->op;
    uint8_t *mask = t->out;
    double left[CHUNK], right[CHUNK];
    if (compare_own(t->a, whole, op, t->b, mask + whole.begin) || compare_alike(t->a, whole, op, t->b, mask + whole.begin)) return;
    for (size_t done = 0; done < whole.n; done += CHUNK) {
        span at = chunk_span(whole, done);
        load(t->a, at, left);
        load(t->b, at, right);
        wide_compare_f64(at.n, left, op, right, mask + at.begin);
    }
}

void kj_cells_compare(size_t n, kj_cells a, kj_compare op, kj_cells b, uint8_t *mask)
{
    for_blocks(n, compare_block, &(task){.a = a, .b = b, .op = (int)op, .out = mask});
}

/* ---- arithmetic ---- */

/* One operation on floats rounds as one on doubles does that is rounded to a float afterwards (Figueroa 1995). */

/* A column with a number, without conversion beforehand. False: not this case. */
static bool combine_number(kj_cells a, span at, kj_arithmetic op, kj_cells b, float *out)
{
    bool first = !a.data;
    kj_cells column = first ? b : a;
    double number = first ? a.number : b.number;
    if (!column.data || (!first && b.data)) return false;
    if (column.type != KJ_F32 && column.type != KJ_I32 && (column.type != KJ_U8 || !is_exact_f32(number))) return false;
    const void *v = at_cell(column, at.begin);
    if (column.type == KJ_U8)
        masked_number_u8(masked_widest(), at.n, v, op, (float)number, first, out);
    else if (column.type == KJ_F32 && is_exact_f32(number))
        wide_number_f32(at.n, v, op, (float)number, first, out);
    else if (column.type == KJ_F32)
        wide_number_f32_f64(at.n, v, op, number, first, out);
    else if (op == KJ_OVER && !first && is_exact_f32(number) && fabs(number) >= 0x1p-60 && fabs(number) <= 0x1p60)
        wide_divide_i32(at.n, v, number, out);
    else
        wide_number_i32(at.n, v, op, number, first, out);
    return true;
}

static void combine_block(const task *t, span whole)
{
    const kj_arithmetic op = (kj_arithmetic)t->op;
    float *out = t->out;
    operand left, right;
    if (combine_number(t->a, whole, op, t->b, out + whole.begin)) return;
    if (is_f32(t->a) && is_f32(t->b)) {
        wide_combine_f32(whole.n, at_cell(t->a, whole.begin), op, at_cell(t->b, whole.begin), out + whole.begin);
        return;
    }
    take_operand(&left, t->a);
    take_operand(&right, t->b);
    for (size_t done = 0; done < whole.n; done += STRIP) {
        span at = strip_span(whole, done);
        const float *l = as_f32(&left, at), *r = l ? as_f32(&right, at) : NULL;
        if (l && r)
            wide_combine_f32(at.n, l, op, r, out + at.begin);
        else
            wide_combine_f64(at.n, as_f64(&left, at), op, as_f64(&right, at), out + at.begin);
    }
}

void kj_cells_arithmetic(size_t n, kj_cells a, kj_arithmetic op, kj_cells b, float *out)
{
    for_blocks(n, combine_block, &(task){.a = a, .b = b, .op = (int)op, .out = out});
}

/* ---- masks ---- */

static void any_of_block(const task *t, span whole)
{
    uint8_t *mask = t->out;
    double value[CHUNK];
    if (t->a.data && t->a.type == KJ_U8) {
        const uint8_t *v = at_cell(t->a, whole.begin);
        wide_any_of_u8(whole.n, v, t->word, mask + whole.begin);
        for (int w = 4; w < t->n_words; w++) wide_or_equal_u8(whole.n, v, t->word[w], mask + whole.begin);
        return;
    }
    for (size_t done = 0; done < whole.n; done += CHUNK) {
        span at = chunk_span(whole, done);
        load(t->a, at, value);
        for (size_t i = 0; i < at.n; i++) mask[at.begin + i] = value[i] >= 0.0 && value[i] <= 255.0 && t->wanted[(int)value[i]];
    }
}

void kj_cells_any_of(size_t n, kj_cells a, const bool wanted[256], uint8_t *mask)
{
    uint8_t word[256], last = 0;
    int n_words = 0;
    for (int v = 0; v < 256; v++)
        if (wanted[v]) word[n_words++] = last = (uint8_t)v;
    for (int w = n_words; w < 4; w++) word[w] = last; /* four are looked for at a time */
    if (n_words == 0)
        memset(mask, 0, n);
    else
        for_blocks(n, any_of_block, &(task){.a = a, .wanted = wanted, .word = word, .n_words = n_words, .out = mask});
}

static void has_bits_block(const task *t, span whole)
{
    uint8_t *mask = t->out;
    double value[CHUNK];
    if (t->a.data && t->a.type == KJ_U8) {
        wide_has_bits_u8(whole.n, at_cell(t->a, whole.begin), (uint8_t)(t->bits & 255), mask + whole.begin);
        return;
    }
    for (size_t done = 0; done < whole.n; done += CHUNK) {
        span at = chunk_span(whole, done);
        load(t->a, at, value);
        for (size_t i = 0; i < at.n; i++) mask[at.begin + i] = ((int64_t)value[i] & t->bits) != 0;
    }
}

void kj_cells_has_bits(size_t n, kj_cells a, int64_t bits, uint8_t *mask) { for_blocks(n, has_bits_block, &(task){.a = a, .bits = bits, .out = mask}); }

static void masks_block(const task *t, span at)
{
    wide_masks(at.n, t->mask + at.begin, (kj_mask_op)t->op, t->other + at.begin, (uint8_t *)t->out + at.begin);
}

void kj_masks_combine(size_t n, const uint8_t *a, kj_mask_op op, const uint8_t *b, uint8_t *out)
{
    for_blocks(n, masks_block, &(task){.mask = a, .op = (int)op, .other = b, .out = out});
}

static void invert_block(const task *t, span at) { wide_invert(at.n, t->mask + at.begin, (uint8_t *)t->out + at.begin); }

void kj_mask_invert(size_t n, const uint8_t *a, uint8_t *out) { for_blocks(n, invert_block, &(task){.mask = a, .out = out}); }

static void count_block(const task *t, span at)
{
    int64_t held = masked_count(masked_widest(), at.n, t->mask + at.begin);
    __atomic_fetch_add((int64_t *)t->out, held, __ATOMIC_RELAXED); /* whole numbers: the order does not matter */
}

int64_t kj_mask_count(size_t n, const uint8_t *mask)
{
    int64_t count = 0;
    for_blocks(n, count_block, &(task){.mask = mask, .out = &count});
    return count;
}

/* ---- reading ---- */

/* A sum so far, and of how many cells. */
typedef struct total {
    double sum;
    int64_t n_cells;
} total;

static double add_chunks(double sum, kj_cells a, span whole, const uint8_t *mask)
{
    double value[CHUNK], kept[CHUNK];
    for (size_t done = 0; done < whole.n; done += CHUNK) {
        span at = chunk_span(whole, done);
        load(a, at, value);
        if (mask) wide_keep_f64(at.n, value, mask + done, 0.0, kept);
        sum = wide_sum_f64(sum, at.n, mask ? kept : value);
    }
    return sum;
}

/* Adds the values of a block that the mask holds, chunk by chunk; whole numbers are added exactly. */
static void add_block(total *to, kj_cells a, span whole, const uint8_t *mask)
{
    const masked_width width = masked_widest();
    const void *v = a.data ? at_cell(a, whole.begin) : NULL;
    const uint8_t *here = mask_at(mask, whole.begin);
    if (v && a.type == KJ_U8) {
        to->sum += (double)masked_sum_u8(width, whole.n, v, here, &to->n_cells);
    } else if (v && a.type == KJ_I32) {
        to->sum += (double)masked_sum_i32(width, whole.n, v, here, &to->n_cells);
    } else if (v && a.type == KJ_F32) {
        to->sum = masked_sum_f32(width, to->sum, whole.n, v, here, &to->n_cells);
    } else {
        to->sum = add_chunks(to->sum, a, whole, here);
        to->n_cells += here ? wide_count(whole.n, here) : (int64_t)whole.n;
    }
}

static total total_of(size_t n, kj_cells a, const uint8_t *mask)
{
    total all = {0.0, 0};
    for (size_t block = 0; block < n_blocks(n); block++) add_block(&all, a, block_span(n, block), mask);
    return all;
}

double kj_cells_sum(size_t n, kj_cells a, const uint8_t *mask) { return total_of(n, a, mask).sum; }

bool kj_cells_mean(size_t n, kj_cells a, const uint8_t *mask, double *mean)
{
    total all = total_of(n, a, mask);
    *mean = all.sum / (double)all.n_cells;
    return all.n_cells > 0;
}

/* Of at most CHUNK cells of any type; what the mask leaves out is first made a value that cannot be the answer. */
static double extreme_of(kj_cells a, span at, const uint8_t *mask, bool greatest)
{
    double value[CHUNK], kept[CHUNK];
    load(a, at, value);
    if (mask) wide_keep_f64(at.n, value, mask + at.begin, greatest ? -HUGE_VAL : HUGE_VAL, kept);
    return greatest ? wide_greatest_f64(at.n, mask ? kept : value) : wide_least_f64(at.n, mask ? kept : value);
}

double kj_cells_extreme(size_t n, kj_cells a, const uint8_t *mask, bool greatest)
{
    const masked_width width = masked_widest();
    double out = greatest ? -HUGE_VAL : HUGE_VAL;
    span whole = {0, n};
    if (n == 0) return out;
    if (is_f32(a)) return masked_extreme_f32(width, n, a.data, mask, greatest);
    if (a.data && (a.type == KJ_I32 || a.type == KJ_U8)) {
        const bool bytes = a.type == KJ_U8;
        double found = bytes ? masked_extreme_u8(width, n, a.data, mask, greatest) : masked_extreme_i32(width, n, a.data, mask, greatest);
        double none = greatest ? (bytes ? 0.0 : (double)INT32_MIN) : (bytes ? (double)UINT8_MAX : (double)INT32_MAX);
        return found == none && mask && !memchr(mask, 1, n) ? out : found;
    }
    for (size_t done = 0; done < n; done += CHUNK) {
        double here = extreme_of(a, chunk_span(whole, done), mask, greatest);
        if (greatest ? here > out : here < out) out = here;
    }
    return out;
}

int64_t kj_cells_first_outside(size_t n, kj_cells a, const uint8_t *mask, double min, double max)
{
    double value[CHUNK];
    float low = bound_f32(min, false), high = bound_f32(max, true);
    for (size_t block = 0; block < n_blocks(n); block++) {
        span whole = block_span(n, block);
        if (is_f32(a) && !masked_any_outside_f32(masked_widest(), whole.n, at_cell(a, whole.begin), mask_at(mask, whole.begin), low, high)) continue;
        for (size_t done = 0; done < whole.n; done += CHUNK) {
            span at = chunk_span(whole, done);
            load(a, at, value);
            for (size_t i = 0; i < at.n; i++)
                if ((!mask || mask[at.begin + i]) && !(value[i] >= min && value[i] <= max)) return (int64_t)(at.begin + i);
        }
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

static bool stores_floats(kj_type type, kj_store_op op) { return type == KJ_F32 && op != KJ_STORE_BITS_ON && op != KJ_STORE_BITS_OFF; }

static bool stores_byte(kj_type type, kj_cells value)
{
    return type == KJ_U8 && !value.data && value.number >= 0.0 && value.number <= 255.0 && value.number == floor(value.number);
}

/* The column is `out`, a its values before, b what is stored. */
static void store_block(const task *t, span whole)
{
    const kj_store_op op = (kj_store_op)t->op;
    const kj_type type = t->a.type;
    const bool floats = stores_floats(type, op);
    double old[CHUNK], fresh[CHUNK];
    operand from;
    if (stores_byte(type, t->b)) {
        wide_store_u8(whole.n, (uint8_t *)t->out + whole.begin, mask_at(t->mask, whole.begin), op, (uint8_t)t->b.number);
        return;
    }
    if (floats && is_f32(t->b)) {
        wide_store_f32(whole.n, (float *)t->out + whole.begin, mask_at(t->mask, whole.begin), op, at_cell(t->b, whole.begin));
        return;
    }
    take_operand(&from, t->b);
    for (size_t done = 0; done < whole.n; done += CHUNK) {
        span at = chunk_span(whole, done);
        const float *narrow = floats ? as_f32(&from, at) : NULL;
        if (narrow) {
            wide_store_f32(at.n, (float *)t->out + at.begin, mask_at(t->mask, at.begin), op, narrow);
            continue;
        }
        load(t->b, at, fresh);
        if (op != KJ_STORE_SET) {
            load(t->a, at, old);
            merge_chunk(at.n, old, op, fresh);
        }
        save(t->out, type, at, t->mask, fresh);
    }
}

void kj_cells_store(size_t n, void *column, kj_type type, const uint8_t *mask, kj_store_op op, kj_cells value)
{
    /* A number that is no float is rounded first: rounding keeps order, so that the greater and the lesser stay what they are. */
    if (stores_floats(type, op) && !value.data) value.number = (double)(float)value.number;
    for_blocks(n, store_block, &(task){.a = {column, type, 0.0}, .b = value, .op = (int)op, .mask = mask, .out = column});
}

/* ---- distance ---- */

static size_t n_row_blocks(const kj_grid *grid) { return (size_t)(grid->ny + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK; }

/* Memory of one block of rows: for a row pass 2 nx + 1 numbers of 32 bits, for near a row of gaps with margins and one of hits. */
static size_t row_work(const kj_grid *grid) { return (2 * (size_t)grid->nx + 1 + NEAR_MARGIN) * sizeof(int32_t); }

size_t kj_cells_distance_work(const kj_grid *grid)
{
    size_t gaps = ((size_t)kj_grid_cells(grid) * sizeof(uint16_t) + 63) / 64 * 64;
    return gaps + row_work(grid) * n_row_blocks(grid);
}

static void *work_of_rows(const kj_grid *grid, void *work, size_t block)
{
    return (uint8_t *)work + kj_cells_distance_work(grid) - row_work(grid) * (n_row_blocks(grid) - block);
}

/* No gap is longer than this: a map of more rows and columns would need wider ones. */
static uint16_t longest_gap(const kj_grid *grid) { return (uint16_t)(grid->nx + grid->ny < UINT16_MAX - 1 ? grid->nx + grid->ny : UINT16_MAX - 1); }

/* First pass: cells to the nearest masked cell of the same column, at most far. All columns of a block go down and up together, so
   memory is read in rows. */
static void column_pass(const kj_grid *grid, const uint8_t *restrict mask, uint16_t far, uint16_t *restrict gap)
{
    const size_t nx = (size_t)grid->nx, ny = (size_t)grid->ny;
#pragma omp parallel for schedule(static) if (nx * ny >= PARALLEL_FROM)
    for (size_t first = 0; first < nx; first += CHUNK) {
        size_t n = first + CHUNK < nx ? CHUNK : nx - first;
        for (size_t col = first; col < first + n; col++) gap[col] = mask[col] ? 0 : far;
        for (size_t row = 1; row < ny; row++) wide_gap_down(n, mask + row * nx + first, gap + (row - 1) * nx + first, far, gap + row * nx + first);
        for (size_t row = ny - 1; row-- > 0;) wide_gap_up(n, gap + (row + 1) * nx + first, gap + row * nx + first);
    }
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); } /* b > 0 */

static int64_t squared(int64_t dx, int64_t dy) { return dx * dx + dy * dy; }

/* Second pass, one row: lower envelope of the parabolas (x - i)^2 + gap[i]^2; seat[q] is the i of the q-th piece, which
   begins at x = from[q]. */
static void row_pass(int32_t nx, const uint16_t *gap, int32_t *seat, int32_t *from, double cell_m, float *metres)
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
    uint16_t *gap = work;
    column_pass(grid, mask, longest_gap(grid), gap);
#pragma omp parallel for schedule(static) if (n >= PARALLEL_FROM)
    for (size_t block = 0; block < n_row_blocks(grid); block++) {
        int32_t *seat = work_of_rows(grid, work, block), *from = seat + nx;
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

/* Greatest whole number whose square is at most this. */
static int32_t root_of(int64_t square)
{
    int32_t root = (int32_t)sqrt((double)square);
    while ((int64_t)root * root > square) root--;
    while ((int64_t)(root + 1) * (root + 1) <= square) root++;
    return root;
}

/* A row whose nearest cells lie few columns away: asks for each column difference whether the gap there is short enough. */
static void cover_narrow(int32_t nx, const uint16_t *gap, int64_t reach, int32_t radius, uint16_t *room, uint8_t *near)
{
    uint16_t *beside = room, *hit = room + nx + NEAR_MARGIN;
    for (int32_t k = 0; k < radius; k++) beside[k] = beside[radius + nx + k] = UINT16_MAX;
    memcpy(beside + radius, gap, (size_t)nx * sizeof *gap);
    memset(hit, 0, (size_t)nx * sizeof *hit);
    for (int32_t dx = -radius; dx <= radius; dx++) wide_gap_hit((size_t)nx, beside + radius + dx, (uint16_t)root_of(reach - (int64_t)dx * dx), hit);
    for (int32_t u = 0; u < nx; u++) near[u] = (uint8_t)hit[u];
}

/* A row, by runs of cells with the same gap: each covers itself and the cells beside it that its gap leaves within reach. */
static void cover_runs(int32_t nx, const uint16_t *gap, int64_t reach, uint8_t *near)
{
    memset(near, 0, (size_t)nx);
    for (int32_t u = 0, end; u < nx; u = end) {
        int64_t left = reach - (int64_t)gap[u] * gap[u];
        for (end = u + 1; end < nx && gap[end] == gap[u];) end++;
        if (left < 0) continue;
        int64_t width = root_of(left), from = u > width ? u - width : 0, to = end + width < nx ? end + width : nx;
        memset(near + from, 1, (size_t)(to - from));
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
    const int32_t radius = root_of(reach);
    uint16_t *gap = work, far = longest_gap(grid);
    column_pass(grid, mask, radius + 1 < far ? (uint16_t)(radius + 1) : far, gap);
#pragma omp parallel for schedule(static) if (n >= PARALLEL_FROM)
    for (size_t block = 0; block < n_row_blocks(grid); block++) {
        int32_t first = (int32_t)block * ROWS_PER_BLOCK, last = first + ROWS_PER_BLOCK < grid->ny ? first + ROWS_PER_BLOCK : grid->ny;
        for (int32_t row = first; row < last; row++)
            if (2 * radius <= NEAR_MARGIN)
                cover_narrow(grid->nx, gap + (size_t)row * nx, reach, radius, work_of_rows(grid, work, block), near + (size_t)row * nx);
            else
                cover_runs(grid->nx, gap + (size_t)row * nx, reach, near + (size_t)row * nx);
    }
}
