#include "calibration.h"

#include <math.h>
#include <nlopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../batch/design.h"

static const double BAD = 1e9;  /* squared distance of a target without a value: far beyond any other, and finite for the search */
static const double STEP = 0.1; /* of the range, for differences */

typedef struct fitting {
    kj_calibration *c;
    char folder[64];
    kj_fit_note_fn *note;
    void *note_data;
    const char *stage;
    kj_error *err;
    kj_status status;
    double best;
    kj_case_results *run;
    char **settings; /* of the experiment, and room for one a parameter */
} fitting;

static kj_status find_targets(kj_error *err, kj_calibration *c)
{
    const kj_experiment *e = c->experiment;
    kj_status status = kj_targets_read(err, "se", c->targets.targets, &c->targets.n);
    for (uint32_t i = 0; i < e->n_fit_targets && !status; i++) {
        uint32_t row = 0;
        while (row < c->targets.n && strcmp(c->targets.targets[row].id, e->fit_targets[i])) row++;
        if (row == c->targets.n) return kj_fail(err, KJ_E_INPUT, "%s: fit.targets: '%s' is no row of maps/countries/se/targets.csv", e->path, e->fit_targets[i]);
        const kj_target *t = &c->targets.targets[row];
        if (t->role != KJ_ROLE_CALIBRATE)
            return kj_fail(err, KJ_E_INPUT, "%s: fit.targets: '%s' tests the model (role validate or context) and must not set its parameters", e->path, t->id);
        if (strcmp(t->map, e->fit_case))
            return kj_fail(err, KJ_E_INPUT, "%s: fit.targets: '%s' is a figure of case '%s', the experiment fits on '%s'", e->path, t->id, t->map, e->fit_case);
        c->target[c->n_targets++] = row;
    }
    return status;
}

static double distance(const kj_target *t, double value) { return (value - 0.5 * (t->low + t->high)) / (0.5 * (t->high - t->low)); }

static void score(kj_calibration *c, kj_case_results *run, kj_fit_point *p)
{
    kj_findings_finish(run->targets, run->n, run->findings);
    p->loss = 0.0;
    for (uint32_t i = 0; i < c->n_targets; i++) {
        p->value[i] = run->findings[c->target[i]].value;
        double d = isnan(p->value[i]) ? sqrt(BAD) : distance(&c->targets.targets[c->target[i]], p->value[i]);
        p->loss += d * d / c->n_targets;
    }
}

/* Runs all seeds at the point. */
static void evaluate(fitting *f, bool as_it_stands, kj_fit_point *p)
{
    kj_calibration *c = f->c;
    const kj_experiment *e = c->experiment;
    char text[KJ_FIT_MAX][2 * KJ_NAME_MAX + 40];
    uint32_t n = e->n_settings; /* those of the experiment stand in f->settings already */
    for (uint32_t i = 0; i < c->n_parameters && !as_it_stands; i++) {
        snprintf(text[i], sizeof text[i], "%s=%.6g", e->factor[i].name, p->parameter[i]);
        f->settings[n++] = text[i];
    }
    memcpy(f->run->targets, c->targets.targets, sizeof f->run->targets);
    memset(f->run->findings, 0, sizeof f->run->findings);
    f->run->n = c->targets.n;
    for (uint32_t r = 0; r < e->replicates && !f->status; r++)
        f->status = kj_case_run_once(f->err, &kj_cases[c->fit_case], c->map, f->settings, n, e->years, e->seed + r, f->folder, f->run);
    if (f->status) return;
    score(c, f->run, p);
    c->n_evaluations++;
    if (p->loss < f->best) f->best = p->loss;
    if (f->note) f->note(f->note_data, f->stage, c->n_evaluations, p->loss, f->best);
}

static void set_parameters(const kj_calibration *c, const double *unit, kj_fit_point *p)
{
    for (uint32_t i = 0; i < c->n_parameters; i++) {
        const kj_factor *factor = &c->experiment->factor[i];
        p->parameter[i] = factor->a + (factor->b - factor->a) * unit[i];
    }
}

static void keep_best(kj_calibration *c, const kj_fit_point *p)
{
    if (p->loss < c->after.loss) c->after = *p;
}

static kj_status try_hypercube(kj_error *err, fitting *f)
{
    kj_calibration *c = f->c;
    uint32_t n = c->experiment->samples;
    double *unit = calloc((size_t)n * c->n_parameters + 1, sizeof *unit);
    if (!unit) return kj_fail(err, KJ_E_MEMORY, "calibration: out of memory");
    kj_status status = kj_latin_hypercube(err, c->experiment->seed, n, c->n_parameters, unit);
    f->stage = "hypercube";
    for (uint32_t i = 0; i < n && !status && !f->status; i++) {
        kj_fit_point p = {0};
        set_parameters(c, unit + (size_t)i * c->n_parameters, &p);
        evaluate(f, false, &p);
        if (!f->status) keep_best(c, &p);
    }
    free(unit);
    c->hypercube_loss = c->after.loss;
    return status ? status : f->status;
}

static double objective(unsigned n, const double *unit, double *gradient, void *data)
{
    (void)n, (void)gradient;
    fitting *f = data;
    kj_fit_point p = {.loss = BAD};
    if (f->status) return BAD; /* a run has failed: nothing is tried any more */
    set_parameters(f->c, unit, &p);
    evaluate(f, false, &p);
    if (!f->status) keep_best(f->c, &p);
    return p.loss;
}

static kj_status search(kj_error *err, fitting *f)
{
    kj_calibration *c = f->c;
    double unit[KJ_FIT_MAX], loss;
    nlopt_opt opt = nlopt_create(NLOPT_LN_NELDERMEAD, c->n_parameters);
    if (!opt) return kj_fail(err, KJ_E_MEMORY, "calibration: out of memory");
    f->stage = "search";
    for (uint32_t i = 0; i < c->n_parameters; i++) {
        const kj_factor *factor = &c->experiment->factor[i];
        unit[i] = (c->after.parameter[i] - factor->a) / (factor->b - factor->a);
    }
    nlopt_set_min_objective(opt, objective, f);
    nlopt_set_lower_bounds1(opt, 0.0);
    nlopt_set_upper_bounds1(opt, 1.0);
    nlopt_set_initial_step1(opt, 0.15);
    nlopt_set_xtol_abs1(opt, 0.005);
    nlopt_set_maxeval(opt, (int)c->experiment->evaluations);
    nlopt_result result = nlopt_optimize(opt, unit, &loss); /* what it found best has been kept */
    nlopt_destroy(opt);
    if (f->status) return f->status;
    return result < 0 ? kj_fail(err, KJ_E_FAILED, "calibration: the search of NLopt failed: %s", nlopt_result_to_string(result)) : KJ_OK;
}

/* Inverse of a symmetric positive matrix by elimination; false if it is singular. */
static bool invert(uint32_t n, double a[KJ_FIT_MAX][KJ_FIT_MAX], double out[KJ_FIT_MAX][KJ_FIT_MAX])
{
    double largest = 0.0;
    for (uint32_t i = 0; i < n; i++) {
        largest = fmax(largest, a[i][i]);
        for (uint32_t k = 0; k < n; k++) out[i][k] = i == k;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (a[i][i] <= 1e-9 * largest) return false;
        double pivot = a[i][i];
        for (uint32_t k = 0; k < n; k++) a[i][k] /= pivot, out[i][k] /= pivot;
        for (uint32_t row = 0; row < n; row++) {
            double factor = a[row][i];
            for (uint32_t k = 0; row != i && k < n; k++) a[row][k] -= factor * a[i][k], out[row][k] -= factor * out[i][k];
        }
    }
    return true;
}

/* Differences of the targets around the best point, J in half widths a range; standard errors from the inverse of JᵀJ times what is
   left of the loss a degree of freedom. */
static void identify(fitting *f)
{
    kj_calibration *c = f->c;
    uint32_t k = c->n_parameters, n = c->n_targets;
    double slope[KJ_FIT_MAX][KJ_TARGETS_MAX], product[KJ_FIT_MAX][KJ_FIT_MAX] = {{0}}, inverse[KJ_FIT_MAX][KJ_FIT_MAX];
    f->stage = "differences";
    const kj_fit_point centre = c->after;
    for (uint32_t i = 0; i < k && !f->status; i++) {
        const kj_factor *factor = &c->experiment->factor[i];
        double range = factor->b - factor->a, low = fmax(factor->a, centre.parameter[i] - STEP * range), high = fmin(factor->b, centre.parameter[i] + STEP * range);
        kj_fit_point below = centre, above = centre;
        below.parameter[i] = low;
        above.parameter[i] = high;
        evaluate(f, false, &below);
        evaluate(f, false, &above);
        keep_best(c, &below); /* now and then one of them is better still */
        keep_best(c, &above);
        for (uint32_t t = 0; t < n; t++) {
            const kj_target *target = &c->targets.targets[c->target[t]];
            slope[i][t] = (distance(target, above.value[t]) - distance(target, below.value[t])) * range / (high - low);
            if (fabs(slope[i][t]) <= c->parameter[i].gradient) continue;
            c->parameter[i].gradient = fabs(slope[i][t]);
            c->parameter[i].target = t;
        }
    }
    if (f->status) return;
    for (uint32_t i = 0; i < k; i++)
        for (uint32_t j = 0; j < k; j++)
            for (uint32_t t = 0; t < n; t++) product[i][j] += slope[i][t] * slope[j][t];
    bool regular = invert(k, product, inverse);
    double left = fmax(centre.loss * n, 1.0) / (n > k ? n - k : 1);
    for (uint32_t i = 0; i < k; i++) {
        const kj_factor *factor = &c->experiment->factor[i];
        c->parameter[i].error = regular && inverse[i][i] > 0.0 ? sqrt(inverse[i][i] * left) * (factor->b - factor->a) : (double)NAN;
    }
}

/* The search begins at the values as they stand, and a point is told from another by its factors alone. */
static kj_status check_factors(kj_error *err, const kj_experiment *e)
{
    for (uint32_t i = 0; i < e->n_factors; i++) {
        const kj_factor *f = &e->factor[i];
        if (f->def < f->a || f->def > f->b)
            return kj_fail(err, KJ_E_INPUT, "%s: factor %s: expected a range that holds %g, the value as it stands, from which the fit begins; found %g to %g", e->path, f->name,
                           f->def, f->a, f->b);
    }
    if (e->n_vary)
        return kj_fail(err, KJ_E_INPUT, "%s: vary: a fit holds all but its factors still; expected vary = {}, found %u of %s", e->path, e->n_vary,
                       e->vary_is_default ? "the default ensemble, which stands in where vary is missing" : "the experiment");
    return e->paired ? KJ_OK : kj_fail(err, KJ_E_INPUT, "%s: paired: a fit has the same seeds at every point; expected true or nothing", e->path);
}

static kj_status check_experiment(kj_error *err, kj_calibration *c)
{
    const kj_experiment *e = c->experiment;
    if (!e->fit_case) return kj_fail(err, KJ_E_INPUT, "%s: expected fit = { case = …, targets = {…} } in the experiment", e->path);
    c->fit_case = kj_case_index(e->fit_case);
    if (c->fit_case < 0) return kj_fail(err, KJ_E_INPUT, "%s: fit.case: expected sweden-like, lund or region, found '%s'", e->path, e->fit_case);
    if (e->years && e->years < 4) return kj_fail(err, KJ_E_INPUT, "%s: years: a fit counts from the third year on; expected at least 4, found %d", e->path, e->years);
    if (e->n_factors > KJ_FIT_MAX) return kj_fail(err, KJ_E_INPUT, "%s: expected at most %d factors in a fit, found %u", e->path, KJ_FIT_MAX, e->n_factors);
    if (e->replicates > KJ_SEEDS_MAX) return kj_fail(err, KJ_E_INPUT, "%s: expected at most %d replicates in a fit, found %u", e->path, KJ_SEEDS_MAX, e->replicates);
    if (strcmp(e->scenario, kj_cases[c->fit_case].scenario))
        return kj_fail(err, KJ_E_INPUT, "%s: case '%s' runs scenario '%s', the experiment names '%s'", e->path, e->fit_case, kj_cases[c->fit_case].scenario, e->scenario);
    kj_status status = check_factors(err, e);
    if (!status) status = find_targets(err, c);
    if (!status && c->n_targets < e->n_factors)
        status = kj_fail(err, KJ_E_INPUT, "%s: %u factors cannot be told from %u targets: expected at least as many", e->path, e->n_factors, c->n_targets);
    return status;
}

kj_status kj_calibrate(kj_error *err, const kj_plan *plan, const char *map, kj_fit_note_fn *note, void *data, kj_calibration *out)
{
    memset(out, 0, sizeof *out);
    out->experiment = plan->experiment;
    out->n_parameters = plan->experiment->n_factors;
    fitting f = {.c = out, .folder = "/tmp/kedja-calibrate.XXXXXX", .note = note, .note_data = data, .err = err, .best = BAD, .stage = "as it stands"};
    kj_status status = check_experiment(err, out);
    if (status) return status;
    out->map = map ? map : plan->experiment->map ? plan->experiment->map : kj_cases[out->fit_case].map;
    f.run = calloc(1, sizeof *f.run);
    f.settings = calloc((size_t)plan->experiment->n_settings + KJ_FIT_MAX, sizeof *f.settings);
    if (!f.run || !f.settings) status = kj_fail(err, KJ_E_MEMORY, "calibration: out of memory");
    for (uint32_t i = 0; i < plan->experiment->n_settings && !status; i++) f.settings[i] = plan->experiment->settings[i];
    if (!status && !mkdtemp(f.folder)) status = kj_fail(err, KJ_E_IO, "%s: cannot be made", f.folder);
    for (uint32_t i = 0; i < out->n_parameters; i++) out->before.parameter[i] = out->parameter[i].before = plan->experiment->factor[i].def;
    if (!status) evaluate(&f, true, &out->before);
    out->after = out->before;
    if (!status) status = f.status;
    if (!status) status = try_hypercube(err, &f);
    if (!status) status = search(err, &f);
    if (!status) identify(&f);
    if (!status) status = f.status;
    for (uint32_t i = 0; i < out->n_parameters; i++) out->parameter[i].after = out->after.parameter[i];
    rmdir(f.folder);
    free(f.run);
    free(f.settings);
    return status;
}

const char *kj_fit_identified(const kj_calibration *c, uint32_t parameter)
{
    const kj_factor *factor = &c->experiment->factor[parameter];
    double share = c->parameter[parameter].error / (factor->b - factor->a);
    return share < 0.1 ? "well" : share < 1.0 / 3.0 ? "weakly" : "not";
}
