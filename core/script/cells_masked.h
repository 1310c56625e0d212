/* Sums and extremes of layers of 32 bits over a mask (NULL: everywhere): value and mask are read together, in one pass. Compilers widen the bytes of a mask in so many
   steps that it costs a third of the pass more, so the steps are written out for two widths of registers; every width gives the same bits. */
#ifndef KEDJA_SCRIPT_CELLS_MASKED_H
#define KEDJA_SCRIPT_CELLS_MASKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum masked_width { MASKED_PLAIN = 0, MASKED_AVX2 = 1, MASKED_AVX512 = 2 } masked_width;

/* The widest that this processor and build have. A wider one must not be asked for. */
masked_width masked_widest(void);

/* As wide_sum_f32, with 0 where the mask is 0. */
double masked_sum_f32(masked_width width, double sum, size_t n, const float *v, const uint8_t *mask);
int64_t masked_sum_i32(masked_width width, size_t n, const int32_t *v, const uint8_t *mask);
/* Greatest, or else least, of at most SUM_CHUNK cells; what is no number does not count. Where nothing does: -inf or +inf, of whole numbers the type's own least or greatest. Zero comes out without sign. */
double masked_extreme_f32(masked_width width, size_t n, const float *v, const uint8_t *mask, bool greatest);
double masked_extreme_i32(masked_width width, size_t n, const int32_t *v, const uint8_t *mask, bool greatest);

#endif
