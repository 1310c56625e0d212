/* Composition of schools: pupils from households with low income, school by school, in both worlds. */
#include <kedja/model.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare_internal.h"

/* Facilities of one run in one year; arrays by id. */
typedef struct schools_of {
    uint32_t n;
    const kj_id *ids;
    const char *const *names;
    double *pupils, *low, *kind;
} schools_of;

static kj_status read_schools(kj_error *err, kj_runread *run, int32_t year, schools_of *s)
{
    const kj_run_table *table = kj_runread_table_named(run, "facility");
    *s = (schools_of){.n = table ? table->n_rows : 0, .ids = table ? table->ids : NULL};
    if (!table || !kj_run_table_column(table, "low_income_pupils")) {
        s->n = 0;
        return KJ_OK;
    }
    s->pupils = calloc(s->n + 1u, sizeof *s->pupils);
    s->low = calloc(s->n + 1u, sizeof *s->low);
    s->kind = calloc(s->n + 1u, sizeof *s->kind);
    if (!s->pupils || !s->low || !s->kind) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    uint32_t at = (uint32_t)kj_runread_year_index(run, year);
    kj_status status = kj_runread_column(err, run, "facility", "pupils", at, KJ_F64, s->pupils);
    if (!status) status = kj_runread_column(err, run, "facility", "low_income_pupils", at, KJ_F64, s->low);
    if (!status) status = kj_runread_column(err, run, "facility", "kind", at, KJ_F64, s->kind);
    if (!status) status = kj_runread_texts(err, run, "facility", "name", &s->names);
    for (uint32_t k = 0; k < s->n && !status; k++)
        if ((int)s->kind[k] != KJ_FACILITY_SCHOOL) s->pupils[k] = s->low[k] = 0.0; /* and those that are not there yet */
    return status;
}

static void free_schools(schools_of *s)
{
    free(s->pupils);
    free(s->low);
    free(s->kind);
}

static kj_school_mix *find(kj_comparison *out, const char *name)
{
    for (uint32_t k = 0; k < out->n_schools; k++)
        if (strcmp(out->schools[k].name, name) == 0) return &out->schools[k];
    kj_school_mix *grown = realloc(out->schools, (out->n_schools + 1u) * sizeof *grown);
    if (!grown) return NULL;
    out->schools = grown;
    grown[out->n_schools] = (kj_school_mix){.pupils_base = 0.0};
    snprintf(grown[out->n_schools].name, sizeof grown->name, "%.79s", name);
    return &grown[out->n_schools++];
}

/* Schools are known by their name; low_* hold pupils until all pairs are added. */
static kj_status add_world(kj_error *err, kj_comparison *out, const schools_of *s, bool change, double n_pairs)
{
    for (uint32_t k = 0; k < s->n; k++) {
        if ((int)s->kind[k] != KJ_FACILITY_SCHOOL) continue;
        kj_school_mix *school = find(out, s->names[k]);
        if (!school) return kj_fail(err, KJ_E_MEMORY, "out of memory");
        *(change ? &school->pupils_change : &school->pupils_base) += s->pupils[k] / n_pairs;
        *(change ? &school->low_change : &school->low_base) += s->low[k] / n_pairs;
    }
    return KJ_OK;
}

kj_status kj_schools_fill(kj_error *err, const kj_pairs *pairs, kj_comparison *out)
{
    kj_status status = KJ_OK;
    for (uint32_t k = 0; k < 2 * pairs->n && !status; k++) {
        schools_of s;
        bool change = k % 2;
        status = read_schools(err, (change ? pairs->change : pairs->base)[k / 2], out->year, &s);
        if (!status) status = add_world(err, out, &s, change, (double)pairs->n);
        free_schools(&s);
    }
    for (uint32_t k = 0; k < out->n_schools; k++) {
        kj_school_mix *s = &out->schools[k];
        s->low_base = s->pupils_base > 0.0 ? 100.0 * s->low_base / s->pupils_base : NAN;
        s->low_change = s->pupils_change > 0.0 ? 100.0 * s->low_change / s->pupils_change : NAN;
    }
    return status;
}
