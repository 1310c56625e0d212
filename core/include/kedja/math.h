/* exp and log from basic operations only, so that every compiler and CPU gives the same bits. libm's exp, log and pow
   differ between CPUs with and without fused multiply-add; model state must never depend on them. sqrt is exact in
   IEEE 754 and may be used from <math.h>. Compile with -ffp-contract=off. */
#ifndef KEDJA_MATH_H
#define KEDJA_MATH_H

#include <stdint.h>
#include <string.h>

/* e^x for |x| <= 700, where nothing need be asked: loops over it can be vectorised. Relative error below 1e-15.
   Range reduction x = k ln2 + r with |r| <= ln2/2 (Cody & Waite 1980), then a Taylor polynomial of degree 13. */
static inline double kj_exp_within_700(double x)
{
    const double log2e = 1.4426950408889634074, ln2_hi = 6.93147180369123816490e-01, ln2_lo = 1.90821492927058770002e-10;
    double shifted = x * log2e + (x < 0.0 ? -0.5 : 0.5);
    int32_t k = (int32_t)shifted;
    double kd = (double)k;
    double r = (x - kd * ln2_hi) - kd * ln2_lo;
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    uint64_t bits = (uint64_t)(uint32_t)(k + 1023) << 52;
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}

/* e^x. Relative error below 1e-15 for |x| <= 700; 0 below -708, +inf above 709. NaN stays NaN. */
static inline double kj_exp(double x)
{
    if (x != x) return x;
    if (x < -708.0) return 0.0;
    if (x > 709.0) {
        uint64_t inf_bits = UINT64_C(0x7FF0000000000000);
        double inf;
        memcpy(&inf, &inf_bits, sizeof inf);
        return inf;
    }
    return kj_exp_within_700(x);
}

/* Natural logarithm. Relative error below 1e-15; log(0) = -inf, log of a negative number is NaN.
   x = 2^k m with m in [sqrt(1/2), sqrt(2)); log m = 2 atanh(s), s = (m-1)/(m+1), as a series in s^2. */
static inline double kj_log(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    if (x != x || bits == UINT64_C(0x7FF0000000000000)) return x;
    if (x <= 0.0) {
        uint64_t out_bits = x == 0.0 ? UINT64_C(0xFFF0000000000000) : UINT64_C(0x7FF8000000000000);
        double out;
        memcpy(&out, &out_bits, sizeof out);
        return out;
    }
    int64_t k = 0;
    if (bits < UINT64_C(0x0010000000000000)) { /* subnormal: scale up by 2^54, which is exact */
        x *= 18014398509481984.0;
        memcpy(&bits, &x, sizeof bits);
        k = -54;
    }
    k += (int64_t)(bits >> 52) - 1023;
    bits = (bits & UINT64_C(0x000FFFFFFFFFFFFF)) | UINT64_C(0x3FF0000000000000);
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m > 1.4142135623730951) {
        m *= 0.5;
        k += 1;
    }
    double s = (m - 1.0) / (m + 1.0), z = s * s;
    double p = 1.0 / 23.0;
    p = p * z + 1.0 / 21.0;
    p = p * z + 1.0 / 19.0;
    p = p * z + 1.0 / 17.0;
    p = p * z + 1.0 / 15.0;
    p = p * z + 1.0 / 13.0;
    p = p * z + 1.0 / 11.0;
    p = p * z + 1.0 / 9.0;
    p = p * z + 1.0 / 7.0;
    p = p * z + 1.0 / 5.0;
    p = p * z + 1.0 / 3.0;
    const double ln2_hi = 6.93147180369123816490e-01, ln2_lo = 1.90821492927058770002e-10;
    double kd = (double)k;
    return kd * ln2_hi + (2.0 * s + (2.0 * s * z * p + kd * ln2_lo));
}

/* x^y for x > 0 through exp and log above (about 1e-13 relative). x = 0 gives 0 for y > 0. */
static inline double kj_pow(double x, double y) { return x == 0.0 ? (y == 0.0 ? 1.0 : 0.0) : kj_exp(y * kj_log(x)); }

#endif
