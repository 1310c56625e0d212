/* Indices of sampled designs in the merged file: /sensitivity, of the inhabitants of the last year. */
#include <math.h>
#include <stdlib.h>

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

static void write_index(merger *g, hid_t group, hid_t factor, hid_t interval, const char *name, const char *long_name, const kj_index *x, double *values)
{
    uint32_t n = g->plan->experiment->n_factors;
    kj_h5shape shape = {.rank = 2, .dims = {n, 3}};
    for (uint32_t f = 0; f < n; f++) {
        values[3 * f] = x[f].value;
        values[3 * f + 1] = x[f].low;
        values[3 * f + 2] = x[f].high;
    }
    kj_h5shape_plan(&shape, 8);
    hid_t data = kj_h5out_dataset(&g->out, group, name, H5T_IEEE_F64LE, &shape, NULL);
    kj_h5out_fill(&g->out, data, &shape, 8, values);
    kj_h5out_axes(&g->out, data, 2, (const hid_t[]){factor, interval});
    kj_h5out_text(&g->out, data, "long_name", long_name);
    H5Dclose(data);
}

static void write_group(merger *g, const kj_sensitivity *s, const char **names, double *values)
{
    static const char *const ends[3] = {"value", "low", "high"};
    const kj_experiment *e = g->plan->experiment;
    hid_t group = kj_h5out_group(&g->out, g->out.file, "sensitivity");
    for (uint32_t f = 0; f < e->n_factors; f++) names[f] = e->factor[f].name;
    hid_t factor = kj_h5out_text_scale(&g->out, group, "factor", e->n_factors, names), interval = kj_h5out_text_scale(&g->out, group, "interval", 3, ends);
    kj_h5out_text(&g->out, interval, "long_name", "the index, and the ends of its 95 % interval from resampling");
    kj_h5out_text(&g->out, group, "figure", "population");
    kj_h5out_i32(&g->out, group, "year", g->years[g->n_years - 1]);
    kj_h5out_i32(&g->out, group, "used", (int32_t)s->n_used);
    kj_h5out_i32(&g->out, group, "left_out", (int32_t)s->n_left_out);
    kj_h5out_i32(&g->out, group, "constant", s->constant);
    if (e->design == KJ_DESIGN_SOBOL_INDICES) {
        write_index(g, group, factor, interval, "first", "first-order Sobol index (Saltelli et al. 2010)", s->first, values);
        write_index(g, group, factor, interval, "total", "total Sobol index (Jansen 1999)", s->total, values);
    } else {
        write_index(g, group, factor, interval, "mu", "mean elementary effect over the whole range (Morris 1991)", s->first, values);
        write_index(g, group, factor, interval, "mu_star", "mean size of the elementary effects (Campolongo et al. 2007)", s->total, values);
        write_index(g, group, factor, interval, "sigma", "spread of the elementary effects", s->sigma, values);
    }
    H5Dclose(factor);
    H5Dclose(interval);
    H5Gclose(group);
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
