#include "design.h"

#include <kedja/rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS_MAX = 1000000 };
enum { USE_LATIN = 1, USE_LATIN_ORDER, USE_MORRIS, USE_SHIFT }; /* what a draw is for */

uint64_t kj_design_luck(uint64_t seed, uint64_t use, uint64_t number) { return kj_luck(seed ^ UINT64_C(0x6578706572696D65), use, number); }

static double uniform(uint64_t luck) { return kj_uniform((uint32_t)(luck >> 32)); }

/* Fisher-Yates with keyed draws. */
static void shuffle(uint64_t seed, uint64_t use, uint32_t n, uint32_t *order)
{
    for (uint32_t i = 0; i < n; i++) order[i] = i;
    for (uint32_t i = n; i > 1; i--) {
        uint32_t k = kj_below((uint32_t)(kj_design_luck(seed, use, i) >> 32), i), t = order[i - 1];
        order[i - 1] = order[k];
        order[k] = t;
    }
}

kj_status kj_latin_hypercube(kj_error *err, uint64_t seed, uint32_t n_rows, uint32_t n_columns, double *out)
{
    uint32_t *order = malloc((n_rows + 1u) * sizeof *order);
    if (!order) return kj_fail(err, KJ_E_MEMORY, "out of memory for a design of %u rows", n_rows);
    for (uint32_t c = 0; c < n_columns; c++) {
        shuffle(kj_design_luck(seed, USE_LATIN_ORDER, c), USE_LATIN_ORDER, n_rows, order);
        for (uint32_t r = 0; r < n_rows; r++)
            out[(size_t)r * n_columns + c] = (order[r] + uniform(kj_design_luck(kj_design_luck(seed, USE_LATIN, c), USE_LATIN, r))) / n_rows;
    }
    free(order);
    return KJ_OK;
}

kj_status kj_design_count(kj_error *err, const kj_experiment *e, uint32_t *n)
{
    uint64_t count = 1;
    switch (e->design) {
    case KJ_DESIGN_FULL_FACTORIAL:
        for (uint32_t f = 0; f < e->n_factors && count <= POINTS_MAX; f++) count *= e->factor[f].n_values;
        break;
    case KJ_DESIGN_LATIN_HYPERCUBE:
    case KJ_DESIGN_SOBOL: count = e->samples; break;
    case KJ_DESIGN_SOBOL_INDICES: count = (uint64_t)e->samples * (e->n_factors + 2); break;
    case KJ_DESIGN_MORRIS: count = (uint64_t)e->samples * (e->n_factors + 1); break;
    case KJ_DESIGN_ONE_AT_A_TIME: count = 1 + 2ull * e->n_factors; break;
    }
    if (count * e->replicates > POINTS_MAX)
        return kj_fail(err, KJ_E_INPUT, "%s: expected at most %d members, the design has %llu points and %u replicates", e->path, POINTS_MAX,
                       (unsigned long long)count, e->replicates);
    *n = (uint32_t)count;
    return KJ_OK;
}

/* The last factor changes fastest. */
static void full_factorial(const kj_experiment *e, kj_points *out)
{
    for (uint32_t p = 0; p < out->n; p++)
        for (uint32_t f = e->n_factors, rest = p; f-- > 0; rest /= e->factor[f].n_values)
            out->value[(size_t)p * e->n_factors + f] = e->factor[f].values[rest % e->factor[f].n_values];
}

static void set_point(const kj_experiment *e, kj_points *out, uint32_t p, const double *u)
{
    for (uint32_t f = 0; f < e->n_factors; f++) out->value[(size_t)p * e->n_factors + f] = kj_factor_value(&e->factor[f], u[f]);
}

/* A point of the sequence with each digit turned by luck (a digital shift keeps its evenness): no value is an exact 0, and
   another seed gives another sample. */
static void shifted_sobol(const kj_experiment *e, uint32_t index, uint32_t n, double *u)
{
    kj_sobol_point(index, n, u);
    for (uint32_t d = 0; d < n; d++)
        u[d] = kj_uniform((uint32_t)(u[d] * 0x1p32) ^ (uint32_t)(kj_design_luck(e->seed, USE_SHIFT, d) >> 32));
}

static void sobol_indices(const kj_experiment *e, kj_points *out)
{
    uint32_t k = e->n_factors, block = k + 2;
    double u[2 * KJ_FACTORS_MAX], mixed[KJ_FACTORS_MAX];
    for (uint32_t i = 0; i < e->samples; i++) {
        shifted_sobol(e, i, 2 * k, u);
        set_point(e, out, i * block, u);
        set_point(e, out, i * block + 1, u + k);
        for (uint32_t f = 0; f < k; f++) {
            memcpy(mixed, u, k * sizeof *mixed);
            mixed[f] = u[k + f];
            set_point(e, out, i * block + 2 + f, mixed);
        }
    }
}

/* Grid of `levels` quantiles at the middle of equal parts; a step is half of the grid (Morris 1991, with the grid moved
   inside so that unbounded distributions keep finite values). Luck is no scale: on a grid all trajectories would share a few seeds, and half the way between
   two of them means nothing. Each trajectory has a seed of its own, and another one from its step on. */
static void morris(const kj_experiment *e, kj_points *out)
{
    uint32_t k = e->n_factors, p = e->levels, order[KJ_FACTORS_MAX], at[KJ_FACTORS_MAX];
    double u[KJ_FACTORS_MAX];
    for (uint32_t t = 0; t < e->samples; t++) {
        uint64_t luck = kj_design_luck(e->seed, USE_MORRIS, t);
        shuffle(luck, 1, k, order);
        for (uint32_t f = 0; f < k; f++) at[f] = kj_below((uint32_t)(kj_design_luck(luck, 2, f) >> 32), p);
        for (uint32_t step = 0; step <= k; step++) {
            uint32_t turn = step ? order[step - 1] : k;
            if (step) at[turn] = at[turn] < p / 2 ? at[turn] + p / 2 : at[turn] - p / 2; /* half a grid, up or down as there is room */
            for (uint32_t f = 0; f < k; f++) {
                if (!kj_factor_is_luck(&e->factor[f])) u[f] = (at[f] + 0.5) / p;
                else if (!step || f == turn) u[f] = uniform(kj_design_luck(luck, 3, step != 0));
            }
            set_point(e, out, t * (k + 1) + step, u);
        }
    }
}

/* Point 0 is the scenario; then each factor low and high: the ends of a range or list, else the 10 % and 90 % quantiles. */
static void one_at_a_time(const kj_experiment *e, kj_points *out)
{
    for (size_t i = 0; i < (size_t)out->n * e->n_factors; i++) out->value[i] = NAN;
    for (uint32_t f = 0; f < e->n_factors; f++) {
        const kj_factor *factor = &e->factor[f];
        double low, high;
        if (factor->spread == KJ_SPREAD_VALUES) low = factor->values[0], high = factor->values[factor->n_values - 1];
        else if (factor->spread == KJ_SPREAD_RANGE) low = factor->a, high = factor->b;
        else low = kj_factor_value(factor, 0.1), high = kj_factor_value(factor, 0.9);
        out->value[(size_t)(1 + 2 * f) * e->n_factors + f] = low;
        out->value[(size_t)(2 + 2 * f) * e->n_factors + f] = high;
    }
}

static kj_status latin(kj_error *err, const kj_experiment *e, kj_points *out)
{
    double *u = malloc(((size_t)out->n * e->n_factors + 1) * sizeof *u);
    if (!u) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", e->path);
    kj_status status = kj_latin_hypercube(err, e->seed, out->n, e->n_factors, u);
    for (uint32_t p = 0; !status && p < out->n; p++) set_point(e, out, p, u + (size_t)p * e->n_factors);
    free(u);
    return status;
}

static void sobol_sequence(const kj_experiment *e, kj_points *out)
{
    double u[2 * KJ_FACTORS_MAX];
    for (uint32_t p = 0; p < out->n; p++) {
        shifted_sobol(e, p, e->n_factors, u);
        set_point(e, out, p, u);
    }
}

kj_status kj_design_points(kj_error *err, const kj_experiment *e, kj_points *out)
{
    *out = (kj_points){.n_factors = e->n_factors};
    kj_status status = kj_design_count(err, e, &out->n);
    if (status) return status;
    out->value = calloc((size_t)out->n * e->n_factors + 1, sizeof *out->value);
    if (!out->value) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory for %u points", e->path, out->n);
    switch (e->design) {
    case KJ_DESIGN_FULL_FACTORIAL: full_factorial(e, out); break;
    case KJ_DESIGN_LATIN_HYPERCUBE: status = latin(err, e, out); break;
    case KJ_DESIGN_SOBOL: sobol_sequence(e, out); break;
    case KJ_DESIGN_SOBOL_INDICES: sobol_indices(e, out); break;
    case KJ_DESIGN_MORRIS: morris(e, out); break;
    case KJ_DESIGN_ONE_AT_A_TIME: one_at_a_time(e, out); break;
    }
    if (status) kj_points_free(out);
    return status;
}

void kj_points_free(kj_points *points)
{
    free(points->value);
    *points = (kj_points){0};
}
