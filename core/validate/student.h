/* Mean of a few values, and its interval by Student's t. */
#ifndef KEDJA_VALIDATE_STUDENT_H
#define KEDJA_VALIDATE_STUDENT_H

#include <stdint.h>

/* Two-sided 95 % point for `freedom` >= 1. */
double kj_student_t(int32_t freedom);
/* *low and *high are NaN with fewer than two values. */
void kj_student_interval(const double *values, int32_t n, double *mean, double *low, double *high);

#endif
