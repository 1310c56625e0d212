/* Indices of sampled designs in the merged file: /sensitivity, of the inhabitants of the last year. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ensemble.h"
#include "merge_internal.h"

static bool has_indices(const merger *g)
{
    kj_design design = g->plan->experiment->design;
    return design == KJ_DESIGN_SOBOL_INDICES || design == KJ_DESIGN_MORRIS;
}

/* Nothing is read for a design without indices. */
kj_status merge_read_figure(kj_error *err, merger *g, const kj_runread *run, uint32_t index)
{
    if (!has_indices(g)) return KJ_OK;
    const kj_run_table *table = kj_runread_table_named(run, "municipality");
    uint32_t n = table ? table->n_rows : 0;
    double *values = calloc(n + 1u, sizeof *values), sum = 0;
    kj_status status = values ? kj_runread_column(err, run, "municipality", "population", (uint32_t)g->n_years - 1, KJ_F64, values) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t i = 0; !status && i < n; i++) sum += values[i];
    g->figure[g->member[index]] = sum;
    free(values);
    return status;
}

/* The axes of /sensitivity: the factors, of which luck among elementary effects is none, and value, low and high. */
typedef struct index_axes {
    hid_t group, factor, interval;
    double *values;
    uint32_t n, luck_at; /* factors of the experiment; the one that is left out */
} index_axes;

static void write_index(merger *g, const index_axes *a, const char *name, const char *long_name, const kj_index *x)
{
    uint32_t kept = 0;
    for (uint32_t f = 0; f < a->n; f++) {
        if (f == a->luck_at) continue;
        memcpy(&a->values[3 * kept++], (const double[]){x[f].value, x[f].low, x[f].high}, 3 * sizeof(double));
    }
    kj_h5shape shape = {.rank = 2, .dims = {kept, 3}};
    kj_h5shape_plan(&shape, 8);
    hid_t data = kj_h5out_dataset(&g->out, a->group, name, H5T_IEEE_F64LE, &shape, NULL);
    kj_h5out_fill(&g->out, data, &shape, 8, a->values);
    kj_h5out_axes(&g->out, data, 2, (const hid_t[]){a->factor, a->interval});
    kj_h5out_text(&g->out, data, "long_name", long_name);
    H5Dclose(data);
}

static void write_luck(merger *g, const index_axes *a, const kj_index *x)
{
    const double values[3] = {x->value, x->low, x->high};
    kj_h5shape shape = {.rank = 1, .dims = {3}};
    kj_h5shape_plan(&shape, 8);
    hid_t data = kj_h5out_dataset(&g->out, a->group, "luck", H5T_IEEE_F64LE, &shape, NULL);
    kj_h5out_fill(&g->out, data, &shape, 8, values);
    kj_h5out_axes(&g->out, data, 1, &a->interval);
    kj_h5out_text(&g->out, data, "long_name", "luck: standard deviation between runs that differ in their seed alone");
    H5Dclose(data);
}

static void write_group(merger *g, const kj_sensitivity *s, const char **names, double *values)
{
    static const char *const ends[3] = {"value", "low", "high"};
    const kj_experiment *e = g->plan->experiment;
    index_axes a = {.group = kj_h5out_group(&g->out, g->out.file, "sensitivity"), .values = values, .n = e->n_factors, .luck_at = s->luck_at};
    uint32_t kept = 0;
    bool is_95 = s->n_used >= KJ_LEAST_FOR_95;
    for (uint32_t f = 0; f < e->n_factors; f++)
        if (f != s->luck_at) names[kept++] = e->factor[f].name;
    a.factor = kj_h5out_text_scale(&g->out, a.group, "factor", kept, names);
    a.interval = kj_h5out_text_scale(&g->out, a.group, "interval", 3, ends);
    kj_h5out_text(&g->out, a.interval, "long_name",
                  is_95 ? "the index, and the ends of its 95 % interval from resampling"
                        : "the index, and the ends of its interval from resampling, which with so few is narrower than 95 %");
    kj_h5out_text(&g->out, a.group, "figure", "population");
    kj_h5out_i32(&g->out, a.group, "year", g->years[g->n_years - 1]);
    kj_h5out_i32(&g->out, a.group, "used", (int32_t)s->n_used);
    kj_h5out_i32(&g->out, a.group, "left_out", (int32_t)s->n_left_out);
    kj_h5out_i32(&g->out, a.group, "constant", s->constant);
    kj_h5out_i32(&g->out, a.group, "intervals_95", is_95);
    if (e->design == KJ_DESIGN_SOBOL_INDICES) {
        write_index(g, &a, "first", "first-order Sobol index (Saltelli et al. 2010)", s->first);
        write_index(g, &a, "total", "total Sobol index (Jansen 1999)", s->total);
    } else {
        write_index(g, &a, "mu", "mean elementary effect over the whole range (Morris 1991)", s->first);
        write_index(g, &a, "mu_star", "mean size of the elementary effects (Campolongo et al. 2007)", s->total);
        write_index(g, &a, "sigma", "spread of the elementary effects", s->sigma);
    }
    if (s->luck_at < e->n_factors) write_luck(g, &a, &s->luck);
    H5Dclose(a.factor);
    H5Dclose(a.interval);
    H5Gclose(a.group);
}

/* Too few whole points for an index: the file has none, and kedja sensitivity says why. */
kj_status merge_write_sensitivity(kj_error *err, merger *g)
{
    const kj_experiment *e = g->plan->experiment;
    kj_sensitivity s;
    if (!has_indices(g)) return KJ_OK;
    kj_status status = kj_ensemble_indices(err, g->plan, g->figure, 0.05, &s);
    if (status) return status == KJ_E_INPUT ? KJ_OK : status;
    const char **names = malloc(e->n_factors * sizeof *names);
    double *values = malloc(3 * e->n_factors * sizeof *values);
    if (!names || !values) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status) write_group(g, &s, names, values);
    free(names);
    free(values);
    kj_sensitivity_free(&s);
    return status;
}
