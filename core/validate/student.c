#include "student.h"

#include <math.h>

double kj_student_t(int32_t freedom)
{
    static const double t[10] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228};
    return freedom <= 10 ? t[freedom - 1] : freedom <= 20 ? 2.12 : 2.06;
}

void kj_student_interval(const double *values, int32_t n, double *mean, double *low, double *high)
{
    double sum = 0.0, squares = 0.0;
    *mean = *low = *high = (double)NAN;
    if (n < 1) return;
    for (int32_t k = 0; k < n; k++) sum += values[k];
    *mean = sum / n;
    if (n < 2) return;
    for (int32_t k = 0; k < n; k++) squares += (values[k] - *mean) * (values[k] - *mean);
    double half = kj_student_t(n - 1) * sqrt(squares / (n - 1) / n);
    *low = *mean - half;
    *high = *mean + half;
}
