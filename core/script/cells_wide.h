/* The inner loops of cells.h: straight, without branches, over at most a block of cells, so that they vectorise. Compiled for
   wider registers besides the plain ones; whole numbers, and float operations one for one without contraction, give the same
   bits in each. Masks are bytes 0 or 1; a mask of NULL is everywhere. */
#ifndef KEDJA_SCRIPT_CELLS_WIDE_H
#define KEDJA_SCRIPT_CELLS_WIDE_H

#include "cells.h"

/* out = least <= v <= greatest, or its contrary where flip is 1. */
void wide_within_u8(size_t n, const uint8_t *v, uint8_t least, uint8_t greatest, uint8_t flip, uint8_t *out);
void wide_within_i16(size_t n, const int16_t *v, int16_t least, int16_t greatest, uint8_t flip, uint8_t *out);
void wide_within_i32(size_t n, const int32_t *v, int32_t least, int32_t greatest, uint8_t flip, uint8_t *out);
/* out = v is one of four words, of which the last may repeat; mask |= v == word. */
void wide_any_of_u8(size_t n, const uint8_t *v, const uint8_t word[4], uint8_t *out);
void wide_or_equal_u8(size_t n, const uint8_t *v, uint8_t word, uint8_t *mask);
void wide_has_bits_u8(size_t n, const uint8_t *v, uint8_t bits, uint8_t *out);
void wide_compare_f32(size_t n, const float *v, kj_compare op, float number, uint8_t *out);
void wide_compare_both_f32(size_t n, const float *a, kj_compare op, const float *b, uint8_t *out);
void wide_compare_both_i32(size_t n, const int32_t *a, kj_compare op, const int32_t *b, uint8_t *out);
void wide_compare_f64(size_t n, const double *a, kj_compare op, const double *b, uint8_t *out);

/* Values of a column as doubles; as floats, of bytes and 16 bits. */
void wide_load_f64(size_t n, const void *from, kj_type type, double *out);
void wide_load_f32(size_t n, const void *from, kj_type type, float *out);
/* 32 bits as floats; false if a value is not exact in a float. */
bool wide_fit_f32(size_t n, const int32_t *v, float *out);

void wide_combine_f32(size_t n, const float *a, kj_arithmetic op, const float *b, float *out);
void wide_combine_f64(size_t n, const double *a, kj_arithmetic op, const double *b, float *out);
/* A column with a number, which stands first or second; the operation is done in the type of the number. */
void wide_number_u8(size_t n, const uint8_t *v, kj_arithmetic op, float number, bool number_first, float *out);
void wide_number_f32(size_t n, const float *v, kj_arithmetic op, float number, bool number_first, float *out);
void wide_number_f32_f64(size_t n, const float *v, kj_arithmetic op, double number, bool number_first, float *out);
void wide_number_i32(size_t n, const int32_t *v, kj_arithmetic op, double number, bool number_first, float *out);
/* v / number as doubles give it, rounded to a float: for a number that is exact in a float and between 2^-60 and 2^60 in size. */
void wide_divide_i32(size_t n, const int32_t *v, double number, float *out);

void wide_masks(size_t n, const uint8_t *a, kj_mask_op op, const uint8_t *b, uint8_t *out);
void wide_invert(size_t n, const uint8_t *a, uint8_t *out);
int64_t wide_count(size_t n, const uint8_t *mask);

/* out = v where the mask is 1, else `other`. */
void wide_keep_f64(size_t n, const double *v, const uint8_t *mask, double other, double *out);
/* sum, and to it each chunk in turn: added up in 16 lanes by the place of the value, which are then added in order. */
enum { SUM_CHUNK = 1024, SUM_LANES = 16 };
double wide_sum_f64(double sum, size_t n, const double *v);
/* Of at least one value; what is no number does not count, and where nothing does the answer is +inf or -inf. */
double wide_least_f64(size_t n, const double *v);
double wide_greatest_f64(size_t n, const double *v);

/* True if a masked value lies outside, or is not a number (the rows' ends of masked_any_outside_f32, and plain registers). */
bool wide_any_outside_f32(size_t n, const float *v, const uint8_t *mask, float min, float max);

/* Where the mask is 1: to = what the operation makes of it and v. */
void wide_store_u8(size_t n, uint8_t *to, const uint8_t *mask, kj_store_op op, uint8_t number);
void wide_store_f32(size_t n, float *to, const uint8_t *mask, kj_store_op op, const float *v);

/* Rows of gaps to a mask, in cells, at most far. down: from the row above; up: lowers `row` by the row below. */
void wide_gap_down(size_t n, const uint8_t *mask, const uint16_t *above, uint16_t far, uint16_t *row);
void wide_gap_up(size_t n, const uint16_t *below, uint16_t *row);
/* hit |= gap <= most. */
void wide_gap_hit(size_t n, const uint16_t *gap, uint16_t most, uint16_t *hit);

#endif
