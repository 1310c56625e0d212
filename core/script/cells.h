/* Arithmetic on whole map layers: one value a grid cell, one pass over memory an operation, in parallel over fixed
   blocks. Masks are bytes 0 or 1. Values are compared and combined as doubles, block by block, and stored as floats or
   in the column's own type; so nothing depends on the number of threads. */
#ifndef KEDJA_SCRIPT_CELLS_H
#define KEDJA_SCRIPT_CELLS_H

#include <kedja/map.h>
#include <kedja/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an operation reads: a column or temporary layer (data != NULL), or one number. */
typedef struct kj_cells {
    const void *data;
    kj_type type; /* of data */
    double number;
} kj_cells;

typedef enum kj_compare { KJ_EQ, KJ_NE, KJ_LT, KJ_LE, KJ_GT, KJ_GE } kj_compare;
typedef enum kj_arithmetic { KJ_PLUS, KJ_MINUS, KJ_TIMES, KJ_OVER } kj_arithmetic;
typedef enum kj_mask_op { KJ_MASK_AND, KJ_MASK_OR, KJ_MASK_XOR, KJ_MASK_MINUS } kj_mask_op;
typedef enum kj_store_op { KJ_STORE_SET, KJ_STORE_RAISE, KJ_STORE_LOWER, KJ_STORE_BITS_ON, KJ_STORE_BITS_OFF } kj_store_op;

static inline kj_cells kj_cells_number(double number)
{
    kj_cells cells = {NULL, KJ_F64, number};
    return cells;
}

void kj_cells_compare(size_t n, kj_cells a, kj_compare op, kj_cells b, uint8_t *mask);
void kj_cells_arithmetic(size_t n, kj_cells a, kj_arithmetic op, kj_cells b, float *out);
/* mask |= (a == one of the numbers); numbers within 0..255. */
void kj_cells_any_of(size_t n, kj_cells a, const bool wanted[256], uint8_t *mask);
/* a & bits != 0, for whole-number layers. */
void kj_cells_has_bits(size_t n, kj_cells a, int64_t bits, uint8_t *mask);
void kj_masks_combine(size_t n, const uint8_t *a, kj_mask_op op, const uint8_t *b, uint8_t *out);
void kj_mask_invert(size_t n, const uint8_t *a, uint8_t *out);
int64_t kj_mask_count(size_t n, const uint8_t *mask);

/* Sum where the mask (NULL: everywhere) is 1: over 1024 cells at a time, values with fractions in 16 lanes by their place among
   them; so it depends on nothing else. */
double kj_cells_sum(size_t n, kj_cells a, const uint8_t *mask);
/* That sum over the number of cells; false where the mask is empty. */
bool kj_cells_mean(size_t n, kj_cells a, const uint8_t *mask, double *mean);

/* Greatest, or else least, value where the mask (NULL: everywhere) is 1; -inf or +inf where it is empty. */
double kj_cells_extreme(size_t n, kj_cells a, const uint8_t *mask, bool greatest);

/* Index of the first masked cell whose value is not in min … max, or is not a number; -1 if all fit. */
int64_t kj_cells_first_outside(size_t n, kj_cells a, const uint8_t *mask, double min, double max);

/* Writes `value` into a column where the mask (NULL: everywhere) is 1; whole-number columns take the nearest whole
   number. RAISE keeps what is greater, LOWER what is less; BITS need a whole-number column. Values must fit the type. */
void kj_cells_store(size_t n, void *column, kj_type type, const uint8_t *mask, kj_store_op op, kj_cells value);

/* Straight-line distance in metres from each cell's centre to the nearest centre of a cell of the mask; +inf everywhere
   if the mask is empty. Exact (Meijster, Roerdink & Hesselink 2000), O(cells). work: kj_cells_distance_work bytes. */
size_t kj_cells_distance_work(const kj_grid *grid);
void kj_cells_distance(const kj_grid *grid, const uint8_t *mask, float *metres, void *work);
/* 1 where that distance is at most `metres`, without working it out everywhere; same work memory. */
void kj_cells_near(const kj_grid *grid, const uint8_t *mask, double metres, uint8_t *near, void *work);

#endif
