/* From quantiles to values of factors. Logarithm and exponential are ours, so that the list of members has the same
   bits on every machine. */
#include <kedja/math.h>
#include <math.h>
#include <string.h>

#include "experiment.h"

static double ratio(const double *top, const double *bottom, int n, double r)
{
    double a = top[n - 1], b = bottom[n - 1];
    for (int i = n - 2; i >= 0; i--) {
        a = a * r + top[i];
        b = b * r + bottom[i];
    }
    return a / b;
}

/* Algorithm AS 241 (PPND16), Applied Statistics 37: relative error about 1e-16. */
double kj_normal_quantile(double p)
{
    static const double a[] = {3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
                               45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727};
    static const double b[] = {1.0, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077,
                               21213.794301586595867, 39307.895800092710610, 28729.085735721942674, 5226.4952788528545610};
    static const double c[] = {1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
                               1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4};
    static const double d[] = {1.0, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550,
                               0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9};
    static const double e[] = {6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230,
                               0.0265321895265761230930, 0.00124266094738807843860, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[] = {1.0, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525,
                               7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15};
    double q = p - 0.5;
    if (fabs(q) <= 0.425) return q * ratio(a, b, 8, 0.180625 - q * q);
    double r = sqrt(-kj_log(q < 0.0 ? p : 1.0 - p));
    double x = r <= 5.0 ? ratio(c, d, 8, r - 1.6) : ratio(e, f, 8, r - 5.0);
    return q < 0.0 ? -x : x;
}

static double spread_value(const kj_factor *f, double u)
{
    switch (f->spread) {
    case KJ_SPREAD_VALUES: return f->values[(uint32_t)(u * f->n_values)];
    case KJ_SPREAD_RANGE: return f->a + u * (f->b - f->a);
    case KJ_SPREAD_NORMAL: return f->a + f->b * kj_normal_quantile(u);
    case KJ_SPREAD_LOGNORMAL: return f->a * kj_exp(f->b * kj_normal_quantile(u));
    case KJ_SPREAD_TRIANGLE: break;
    }
    double rise = (f->b - f->a) / (f->c - f->a);
    return u < rise ? f->a + sqrt(u * (f->c - f->a) * (f->b - f->a)) : f->c - sqrt((1.0 - u) * (f->c - f->a) * (f->c - f->b));
}

/* Quantile at which the distribution reaches `bound`: its values grow with u, so halving finds it. */
static double quantile_of(const kj_factor *f, double bound)
{
    double low = 0.0, high = 1.0;
    for (int i = 0; i < 60; i++) {
        double middle = 0.5 * (low + high);
        if (middle <= 0.0 || middle >= 1.0) break;
        if (spread_value(f, middle) < bound) low = middle;
        else high = middle;
    }
    return 0.5 * (low + high);
}

bool kj_factor_is_luck(const kj_factor *f) { return strcmp(f->name, "seed") == 0; }

double kj_factor_value(const kj_factor *f, double u)
{
    bool open = f->spread == KJ_SPREAD_NORMAL || f->spread == KJ_SPREAD_LOGNORMAL;
    if (open) { /* cut off where the parameter ends, not heaped up there */
        double from = quantile_of(f, f->min), to = quantile_of(f, f->max);
        u = from + u * (to - from);
    }
    double value = spread_value(f, u);
    if (f->whole && f->spread != KJ_SPREAD_VALUES) value = round(value); /* halves away from 0: -2.5 as 2.5, which a sequence of binary fractions does meet */
    if (open && value < f->min) value = f->min;
    if (open && value > f->max) value = f->max;
    return value;
}
