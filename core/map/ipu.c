#include "ipu.h"

#include <kedja/rng.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Types by margin: the transposed lists. */
typedef struct by_margin {
    uint32_t *first, *entry; /* entry: index into the rows' lists */
    uint32_t *type;
} by_margin;

static bool transpose(const kj_ipu *p, by_margin *out)
{
    uint32_t n = p->first[p->n_types];
    out->first = calloc(p->n_margins + 2u, sizeof *out->first);
    out->entry = malloc((n + 1u) * sizeof *out->entry);
    out->type = malloc((n + 1u) * sizeof *out->type);
    if (!out->first || !out->entry || !out->type) return false;
    for (uint32_t e = 0; e < n; e++) out->first[p->margin[e] + 2]++;
    for (uint32_t m = 2; m < p->n_margins + 2; m++) out->first[m] += out->first[m - 1];
    for (uint32_t t = 0; t < p->n_types; t++) {
        for (uint32_t e = p->first[t]; e < p->first[t + 1]; e++) {
            uint32_t at = out->first[p->margin[e] + 1]++;
            out->entry[at] = e;
            out->type[at] = t;
        }
    }
    return true;
}

static double meet_margin(const kj_ipu *p, const by_margin *of, uint32_t m, double *weight)
{
    double sum = 0.0, want = p->target[m];
    for (uint32_t i = of->first[m]; i < of->first[m + 1]; i++) sum += weight[of->type[i]] * p->amount[of->entry[i]];
    if (!(sum > 0.0)) return fabs(want);
    double by = want / sum;
    if (by < 1e-9) by = 1e-9; /* a type that is not wanted keeps a trace, so that other margins can still use it */
    for (uint32_t i = of->first[m]; i < of->first[m + 1]; i++) weight[of->type[i]] *= by;
    return fabs(sum - want);
}

void kj_ipu_fit(const kj_ipu *p, uint32_t max_rounds, double tolerance, double *weight, double *worst)
{
    by_margin of = {0};
    double off = 0.0;
    if (transpose(p, &of)) {
        for (uint32_t round = 0; round < max_rounds; round++) {
            bool near = true;
            off = 0.0;
            for (uint32_t m = 0; m < p->n_margins; m++) {
                if (p->target[m] < 0.0) continue;
                double d = meet_margin(p, &of, m, weight);
                off = fmax(off, d);
                near = near && d <= fmax(tolerance, 1e-3 * p->target[m]);
            }
            if (round > 0 && near) break;
        }
        off = 0.0;
        for (uint32_t m = 0; m < p->n_margins; m++) {
            if (p->target[m] < 0.0) continue;
            double sum = 0.0;
            for (uint32_t i = of.first[m]; i < of.first[m + 1]; i++) sum += weight[of.type[i]] * p->amount[of.entry[i]];
            off = fmax(off, fabs(sum - p->target[m]));
        }
    }
    if (worst) *worst = off;
    free(of.first);
    free(of.entry);
    free(of.type);
}

/* Systematic sampling: one household each time the running sum of weights passes a whole number and a half. */
static void sample(const kj_ipu *p, const double *weight, double total, uint32_t n, int32_t *count)
{
    double running = 0.0;
    uint32_t taken = 0;
    for (uint32_t t = 0; t < p->n_types; t++) {
        running += weight[t] * n / total;
        count[t] = 0;
        while (taken < n && (double)taken + 0.5 < running) {
            count[t]++;
            taken++;
        }
    }
    for (uint32_t t = p->n_types; taken < n && t-- > 0;) { /* rounding at the very end */
        if (weight[t] <= 0.0) continue;
        count[t] += (int32_t)(n - taken);
        taken = n;
    }
}

static double scale_of(const kj_ipu *p, uint32_t m) { return (p->weight_of ? p->weight_of[m] : 1.0) / fmax(1.0, p->target[m]); }

/* Change of the sum of squares when one household of type a becomes one of type b. */
static double gain_of(const kj_ipu *p, const double *off, double *change, uint16_t *touched, uint32_t a, uint32_t b)
{
    uint32_t n = 0;
    for (uint32_t e = p->first[a]; e < p->first[a + 1]; e++) {
        change[p->margin[e]] -= p->amount[e];
        touched[n++] = p->margin[e];
    }
    for (uint32_t e = p->first[b]; e < p->first[b + 1]; e++) {
        change[p->margin[e]] += p->amount[e];
        touched[n++] = p->margin[e];
    }
    double gain = 0.0;
    for (uint32_t i = 0; i < n; i++) {
        uint16_t m = touched[i];
        if (change[m] == 0.0) continue;
        if (p->target[m] >= 0.0) gain += scale_of(p, m) * change[m] * (2.0 * off[m] + change[m]);
        change[m] = 0.0;
    }
    return gain;
}

kj_status kj_ipu_round(kj_error *err, const kj_ipu *p, const double *weight, uint32_t n, uint64_t key, int32_t *count)
{
    double total = 0.0;
    uint32_t widest = 1;
    for (uint32_t t = 0; t < p->n_types; t++) {
        total += weight[t];
        if (p->first[t + 1] - p->first[t] > widest) widest = p->first[t + 1] - p->first[t];
    }
    if (!(total > 0.0)) return kj_fail(err, KJ_E_RANGE, "no household of the sample has a weight");
    double *off = calloc(p->n_margins + 1u, sizeof *off), *change = calloc(p->n_margins + 1u, sizeof *change),
           *running = malloc((p->n_types + 1u) * sizeof *running);
    uint16_t *touched = malloc((2u * widest + 2u) * sizeof *touched);
    uint32_t *held = malloc((n + 1u) * sizeof *held), n_held = 0;
    kj_status status = off && change && running && touched && held ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status) {
        sample(p, weight, total, n, count);
        double sum = 0.0;
        for (uint32_t t = 0; t < p->n_types; t++) {
            sum += weight[t];
            running[t] = sum;
            for (int32_t i = 0; i < count[t]; i++) held[n_held++] = t;
            for (uint32_t e = p->first[t]; e < p->first[t + 1]; e++) off[p->margin[e]] += (double)count[t] * p->amount[e];
        }
        for (uint32_t m = 0; m < p->n_margins; m++) off[m] -= p->target[m] >= 0.0 ? p->target[m] : 0.0;
    }
    kj_stream stream = {{UINT32_C(0x6B697075), 1}};
    uint64_t tries = n_held ? 40u * (uint64_t)n_held + 20000u : 0u;
    for (uint64_t i = 0; !status && i < tries; i++) {
        kj_draw4 d = kj_draw(stream, key ^ (i >> 20), (kj_month)(i & 0xFFFFF), 0);
        uint32_t at = kj_below(d.v[0], n_held), lo = 0, hi = p->n_types - 1;
        double u = kj_uniform(d.v[1]) * running[p->n_types - 1];
        if (d.v[2] & 1) lo = hi = kj_below(d.v[1], p->n_types); /* every other try: any type, not only the weighty ones */
        while (lo < hi) {
            uint32_t mid = (lo + hi) / 2;
            if (running[mid] > u) hi = mid;
            else lo = mid + 1;
        }
        uint32_t from = held[at];
        if (from == lo || gain_of(p, off, change, touched, from, lo) >= -1e-12) continue;
        for (uint32_t e = p->first[from]; e < p->first[from + 1]; e++) off[p->margin[e]] -= p->amount[e];
        for (uint32_t e = p->first[lo]; e < p->first[lo + 1]; e++) off[p->margin[e]] += p->amount[e];
        count[from]--;
        count[lo]++;
        held[at] = lo;
    }
    free(off);
    free(change);
    free(running);
    free(touched);
    free(held);
    return status;
}
