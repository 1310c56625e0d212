/* Sums and extremes of layers over a mask (NULL: everywhere), and bytes with a number. Value and mask are read together, in one pass. Compilers widen bytes in so many
   steps that it costs a third of the pass more, so the steps are written out for two widths of registers; every width gives the same bits. */
#ifndef KEDJA_SCRIPT_CELLS_MASKED_H
#define KEDJA_SCRIPT_CELLS_MASKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cells.h"

typedef enum masked_width { MASKED_PLAIN = 0, MASKED_AVX2 = 1, MASKED_AVX512 = 2 } masked_width;

/* The widest that this processor and build have. A wider one must not be asked for. */
masked_width masked_widest(void);

/* As wide_sum_f64, with 0 where the mask is 0. To *n_held is added how many cells the mask holds, which are counted in the same reading. */
double masked_sum_f32(masked_width width, double sum, size_t n, const float *v, const uint8_t *mask, int64_t *n_held);
int64_t masked_sum_i32(masked_width width, size_t n, const int32_t *v, const uint8_t *mask, int64_t *n_held);
int64_t masked_sum_u8(masked_width width, size_t n, const uint8_t *v, const uint8_t *mask, int64_t *n_held);
/* Greatest, or else least; what is no number does not count. Where nothing does: -inf or +inf, of whole numbers the type's own least or greatest. Zero comes out without sign. */
double masked_extreme_f32(masked_width width, size_t n, const float *v, const uint8_t *mask, bool greatest);
double masked_extreme_i32(masked_width width, size_t n, const int32_t *v, const uint8_t *mask, bool greatest);
double masked_extreme_u8(masked_width width, size_t n, const uint8_t *v, const uint8_t *mask, bool greatest);

/* How many cells the mask holds. */
int64_t masked_count(masked_width width, size_t n, const uint8_t *mask);

/* True if a value that the mask holds lies outside, or is not a number. */
bool masked_any_outside_f32(masked_width width, size_t n, const float *v, const uint8_t *mask, float min, float max);

/* As wide_number_u8: bytes, of masks or not, and a number. */
void masked_number_u8(masked_width width, size_t n, const uint8_t *v, kj_arithmetic op, float number, bool number_first, float *out);

#endif
