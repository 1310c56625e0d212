#include "ensemble.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/text.h"
#include "../io/h5in.h"
#include "../io/recorded.h"

enum { FIGURES_MAX = 256 };

typedef struct figure_names {
    char text[FIGURES_MAX][KJ_NAME_MAX];
    const char *name[FIGURES_MAX];
    size_t n;
} figure_names;

static kj_status add_name(kj_error *err, void *data, hid_t group, const char *name)
{
    figure_names *names = data;
    (void)err, (void)group;
    if (names->n == FIGURES_MAX) return KJ_OK;
    snprintf(names->text[names->n], KJ_NAME_MAX, "%.*s", KJ_NAME_MAX - 1, name);
    names->name[names->n] = names->text[names->n];
    names->n++;
    return KJ_OK;
}

static kj_status check_kept(kj_error *err, const char *path, hid_t table, const char *column)
{
    if (H5Lexists(table, column, H5P_DEFAULT) > 0) return KJ_OK;
    figure_names *names = calloc(1, sizeof *names);
    if (!names) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    kj_status status = kj_h5in_each(err, table, add_name, names);
    const char *near = status ? NULL : kj_nearest_name(column, names->name, names->n);
    if (!status)
        status = kj_fail(err, KJ_E_INPUT, "%s: the experiment kept no figure '%s' of the municipalities%s%s%s", path, column, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    free(names);
    return status;
}

static kj_status sum_of_year(kj_error *err, const kj_plan *plan, const char *path, hid_t file, const char *column, int32_t year, char unit[KJ_NAME_MAX],
                             double *out)
{
    hid_t group = -1, table = -1, data = -1;
    uint32_t n = 0;
    hsize_t dims[3] = {0};
    double factor = 1.0, *values = NULL;
    kj_status status = kj_h5in_group(err, path, file, "members", &group);
    if (!status) status = kj_h5in_length(err, path, group, "/members", "member", &n);
    uint32_t *numbers = status ? NULL : malloc((n + 1u) * sizeof *numbers);
    if (!status && !numbers) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    const hsize_t length = n;
    if (!status) status = kj_h5in_values(err, path, group, "/members", "member", 1, &length, H5T_NATIVE_UINT32, numbers);
    if (!status) status = kj_h5in_group(err, path, group, "municipality", &table);
    if (!status) status = check_kept(err, path, table, column);
    if (!status) status = kj_h5in_dataset(err, path, table, "/members/municipality", column, 3, NULL, &data);
    if (!status) {
        char *kept = kj_h5in_text(data, "units");
        snprintf(unit, KJ_NAME_MAX, "%s", kj_told_unit(kept && strcmp(kept, "1") ? kept : "", &factor));
        free(kept);
    }
    if (!status) status = kj_h5in_doubles(err, path, table, "/members/municipality", column, 3, dims, &values);
    hsize_t at = (hsize_t)(year - plan->first_year);
    if (!status && (dims[0] != n || at >= dims[1])) status = kj_fail(err, KJ_E_INPUT, "%s: year %d: expected one from %d to %d", path, year, plan->first_year, plan->last_year);
    for (uint32_t i = 0; !status && i < n; i++) {
        if (numbers[i] < 1 || numbers[i] > plan->n_members) continue;
        double sum = 0;
        for (hsize_t r = 0; r < dims[2]; r++) sum += values[(i * dims[1] + at) * dims[2] + r];
        out[numbers[i] - 1] = factor * sum;
    }
    if (data >= 0) H5Dclose(data);
    if (table >= 0) H5Gclose(table);
    if (group >= 0) H5Gclose(group);
    free(numbers);
    free(values);
    return status;
}

static bool has_run(const kj_plan *plan)
{
    char path[KJ_PATH_MAX];
    kj_error ignored;
    for (uint32_t m = 0; m < plan->n_members; m++)
        if (!kj_plan_member_path(&ignored, plan, m, path) && access(path, F_OK) == 0) return true;
    return false;
}

kj_status kj_ensemble_figure(kj_error *err, const kj_plan *plan, const char *figure, int32_t year, char unit[KJ_NAME_MAX], double *out)
{
    char path[KJ_PATH_MAX];
    hid_t file;
    const char *dot = strchr(figure, '.');
    if (dot && strncmp(figure, "municipality.", 13)) return kj_fail(err, KJ_E_INPUT, "figure '%s': expected a column of table municipality", figure);
    for (uint32_t m = 0; m < plan->n_members; m++) out[m] = (double)NAN;
    kj_status status = kj_plan_path(err, plan, path, "%s.nc", plan->experiment->name);
    if (!status) status = kj_h5in_open(err, path, "ensemble", &file);
    if (status && !has_run(plan)) return kj_fail(err, KJ_E_INPUT, "no member has run yet: `kedja batch %s` runs and merges them", plan->experiment->path);
    if (status) return kj_error_context(err, "the members are not merged yet (kedja batch merge %s)", plan->folder);
    status = sum_of_year(err, plan, path, file, dot ? dot + 1 : figure, year, unit, out);
    H5Fclose(file);
    return status;
}

/* Mean over the replicates of each point that are there; NAN if one is missing, since another luck would be compared. */
static double *by_point(const kj_plan *plan, const double *figure)
{
    double *y = calloc(plan->n_points, sizeof *y);
    for (uint32_t m = 0; y && m < plan->n_members; m++) y[plan->point[m]] += figure[m] / plan->experiment->replicates;
    return y;
}

/* Which factor each step of a trajectory moves: the one whose value differs. A whole-numbered factor may keep its value; it
   is the one that is left. */
static void read_steps(const kj_plan *plan, uint32_t n, uint32_t k, uint32_t *moved, double *step)
{
    for (uint32_t t = 0; t < n; t++) {
        uint32_t unknown = UINT32_MAX;
        uint64_t seen = 0;
        for (uint32_t s = 0; s < k; s++) {
            const double *a = plan->value + (size_t)(t * (k + 1) + s) * plan->n_columns, *b = a + plan->n_columns;
            uint32_t f = 0;
            while (f < k && !(a[f] < b[f]) && !(a[f] > b[f])) f++;
            moved[t * k + s] = f;
            step[t * k + s] = f < k && b[f] < a[f] ? -0.5 : 0.5;
            if (f < k) seen |= UINT64_C(1) << f;
            else unknown = t * k + s;
        }
        for (uint32_t f = 0; unknown != UINT32_MAX && f < k; f++)
            if (!(seen >> f & 1)) moved[unknown] = f;
    }
}

static kj_status morris(kj_error *err, const kj_plan *plan, const double *y, double half_width, kj_sensitivity *out)
{
    uint32_t n = plan->experiment->samples, k = plan->experiment->n_factors, *moved = malloc((size_t)n * k * sizeof *moved);
    double *step = malloc((size_t)n * k * sizeof *step);
    kj_status status = moved && step ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    kj_trajectories t = {.y = y, .moved = moved, .step = step, .n = n, .k = k};
    while (t.luck_at < k && !kj_factor_is_luck(&plan->experiment->factor[t.luck_at])) t.luck_at++;
    if (!status) {
        read_steps(plan, n, k, moved, step);
        status = kj_morris_analyse(err, &t, half_width, plan->experiment->seed, out);
    }
    free(moved);
    free(step);
    return status;
}

kj_status kj_ensemble_indices(kj_error *err, const kj_plan *plan, const double *figure, double half_width, kj_sensitivity *out)
{
    const kj_experiment *e = plan->experiment;
    if (e->design != KJ_DESIGN_SOBOL_INDICES && e->design != KJ_DESIGN_MORRIS)
        return kj_fail(err, KJ_E_INPUT, "%s: indices need design = \"sobol_indices\" or \"morris\"", e->path);
    double *y = by_point(plan, figure);
    if (!y) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    kj_status status = e->design == KJ_DESIGN_MORRIS ? morris(err, plan, y, half_width, out)
                                                     : kj_sobol_analyse(err, y, e->samples, e->n_factors, half_width, e->seed, out);
    free(y);
    return status;
}
