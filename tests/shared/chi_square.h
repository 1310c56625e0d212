/* Pearson's chi-square: its bound, and the square of a vector in terms of its covariance. Header only. */
#ifndef TESTS_SHARED_CHI_SQUARE_H
#define TESTS_SHARED_CHI_SQUARE_H

#include <math.h>

/* Wilson and Hilferty's (1931) normal approximation of the chi-square quantile at z = 3.8 (p = 0.99993). */
static inline double chi_bound(double freedom)
{
    double t = 1.0 - 2.0 / (9.0 * freedom) + 3.8 * sqrt(2.0 / (9.0 * freedom));
    return freedom * t * t * t;
}

/* left' covariance^-1 left for n values; row by row in covariance, which is lost, as is left. Elimination, L D L'; NaN if the covariance is
   no positive one. */
static inline double chi_square_of(double *left, double *covariance, int n)
{
    double sum = 0.0;
    for (int k = 0; k < n; k++) {
        double pivot = covariance[k * n + k];
        if (!(pivot > 0.0)) return (double)NAN;
        sum += left[k] * left[k] / pivot;
        for (int i = k + 1; i < n; i++) {
            double factor = covariance[i * n + k] / pivot;
            left[i] -= factor * left[k];
            for (int j = k + 1; j < n; j++) covariance[i * n + j] -= factor * covariance[k * n + j];
        }
    }
    return sum;
}

#endif
