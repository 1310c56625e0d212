/* Weights of many areas at once: straight loops that vectorise. */
#ifndef HOUSING_WIDE_H
#define HOUSING_WIDE_H

#include <stdint.h>

/* Compiles a loop for wider registers besides the plain ones. Whole numbers, and float operations one for one without
   contraction, give the same bits in each. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define HOUSING_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define HOUSING_WIDE
#endif

/* A place from which areas are seen: factors 1 / (1 + d * per_km)^power of home and work. */
typedef struct housing_viewpoint {
    float home_x, home_y, home_per_km; /* km; 1 / km */
    float work_x, work_y, work_per_km;
    int home_power, work_power; /* 0: the place is not known */
} housing_viewpoint;

/* Weight of n areas at (x, y) km with sizes of at most 1, in 2^-30; returns their sum. */
int64_t housing_weigh(const housing_viewpoint *from, const float *x, const float *y, const float *size, uint32_t n, int32_t *weight);

#endif
