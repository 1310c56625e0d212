#include "school_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kedja/model.h>

#include "compare_internal.h"

enum { GRADE_SHIFT = 2 };

static kj_status series(kj_error *err, kj_school_table *t, const char *name, double **out)
{
    *out = malloc(((size_t)t->n_years * t->n_rows + 1) * sizeof **out);
    if (!*out) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    return kj_runread_series(err, t->run, "facility", name, KJ_F64, *out);
}

static kj_status read_series(kj_error *err, kj_school_table *t)
{
    kj_status status = series(err, t, "pupils", &t->all_pupils);
    if (!status) status = series(err, t, "capacity", &t->capacity);
    for (int g = 0; g < KJ_SCHOOL_GRADES && !status; g++) {
        char name[32], grade[4] = "f";
        if (g > 0) snprintf(grade, sizeof grade, "%d", g);
        snprintf(name, sizeof name, "pupils_%s", grade);
        status = series(err, t, name, &t->pupils[g]);
        snprintf(name, sizeof name, "places_%s", grade);
        if (!status) status = series(err, t, name, &t->places[g]);
        snprintf(name, sizeof name, "classes_%s", grade);
        if (!status) status = series(err, t, name, &t->classes[g]);
    }
    return status;
}

static void choose_years(kj_school_table *t, int32_t now)
{
    t->now = now ? now : kj_year_now(t->years, t->n_years);
    t->begin = 0;
    while (t->begin + 1 < t->n_years && t->years[t->begin] < t->now - KJ_YEARS_PAST) t->begin++;
    t->end = t->begin;
    while (t->end < t->n_years && t->years[t->end] <= t->now + KJ_YEARS_AHEAD) t->end++;
}

static int by_name(const void *a, const void *b)
{
    const kj_school_line *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->id > y->id) - (x->id < y->id);
}

static kj_status one_year(kj_error *err, kj_school_table *t, const char *name, double *out)
{
    /* These do not change while a facility is there; it may not be there in every year. */
    for (uint32_t r = 0; r < t->n_rows; r++) out[r] = -1.0;
    double *values = malloc((t->n_rows + 1u) * sizeof *values);
    kj_status status = values ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t y = 0; y < t->n_years && !status; y++) {
        status = kj_runread_column(err, t->run, "facility", name, y, KJ_F64, values);
        for (uint32_t r = 0; r < t->n_rows && !status; r++)
            if (values[r] >= 0.0 && values[r] < 1e15 && kj_runread_n_years(t->run) > y && t->capacity[(size_t)y * t->n_rows + r] >= 0.0) out[r] = values[r];
    }
    free(values);
    return status;
}

static kj_status list_schools(kj_error *err, kj_school_table *t, const kj_run_table *table)
{
    const char *const *names = NULL;
    double *column[5] = {0};
    static const char *const wanted[5] = {"kind", "grade_lo", "grade_hi", "cell", "independent"};
    kj_status status = kj_runread_texts(err, t->run, "facility", "name", &names);
    for (int k = 0; k < 5 && !status; k++) {
        column[k] = malloc((t->n_rows + 1u) * sizeof **column);
        status = column[k] ? one_year(err, t, wanted[k], column[k]) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    }
    t->schools = calloc(t->n_rows + 1u, sizeof *t->schools);
    if (!status && !t->schools) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t r = 0; r < t->n_rows && !status; r++) {
        bool taught = false;
        for (uint32_t y = t->begin; y < t->end; y++) taught |= t->capacity[(size_t)y * t->n_rows + r] > 0.0;
        if ((int32_t)column[0][r] != KJ_FACILITY_SCHOOL || !taught) continue;
        t->schools[t->n_schools++] = (kj_school_line){r, table->ids[r], names[r], (int32_t)column[1][r] - GRADE_SHIFT, (int32_t)column[2][r] - GRADE_SHIFT,
                                                      (int32_t)column[3][r], column[4][r] > 0.0};
    }
    if (!status) qsort(t->schools, t->n_schools, sizeof *t->schools, by_name);
    for (int k = 0; k < 5; k++) free(column[k]);
    return status;
}

kj_status kj_school_table_read(kj_error *err, const char *path, int32_t now, kj_school_table *out)
{
    *out = (kj_school_table){0};
    kj_status status = kj_runread_open(err, path, &out->run);
    if (status) return status;
    out->years = kj_runread_years(out->run);
    out->n_years = kj_runread_n_years(out->run);
    const kj_run_table *table = kj_runread_table_named(out->run, "facility");
    if (!table || !kj_run_table_column(table, "pupils_f"))
        return kj_fail(err, KJ_E_INPUT, "%s: expected a run with pupils by school and grade (facility.pupils_f); it was made without the plugin schools, or by an older one", path);
    if (now && kj_runread_year_index(out->run, now) < 0)
        return kj_fail(err, KJ_E_INPUT, "option --now: expected a year from %d to %d, found %d", out->years[0], out->years[out->n_years - 1], now);
    out->n_rows = table->n_rows;
    choose_years(out, now);
    status = read_series(err, out);
    return status ? status : list_schools(err, out, table);
}

void kj_school_table_free(kj_school_table *t)
{
    for (int g = 0; g < KJ_SCHOOL_GRADES; g++) free(t->pupils[g]), free(t->places[g]), free(t->classes[g]);
    free(t->all_pupils);
    free(t->capacity);
    free(t->schools);
    kj_runread_close(t->run);
    *t = (kj_school_table){0};
}

static double at(const kj_school_table *t, const kj_school_line *s, const double *values, uint32_t year)
{
    bool taught = t->capacity[(size_t)year * t->n_rows + s->row] > 0.0;
    return taught ? values[(size_t)year * t->n_rows + s->row] : -1.0;
}

double kj_school_pupils(const kj_school_table *t, const kj_school_line *s, int32_t grade, uint32_t year)
{
    return at(t, s, grade < 0 ? t->all_pupils : t->pupils[grade], year);
}

double kj_school_places(const kj_school_table *t, const kj_school_line *s, int32_t grade, uint32_t year)
{
    return at(t, s, grade < 0 ? t->capacity : t->places[grade], year);
}

double kj_school_classes(const kj_school_table *t, const kj_school_line *s, int32_t grade, uint32_t year)
{
    if (grade >= 0) return at(t, s, t->classes[grade], year);
    double sum = 0.0;
    for (int g = 0; g < KJ_SCHOOL_GRADES; g++) {
        double one = at(t, s, t->classes[g], year);
        if (one < 0.0) return -1.0;
        sum += one;
    }
    return sum;
}

int32_t kj_school_first_full(const kj_school_table *t, const kj_school_line *s, int32_t grade)
{
    const double *pupils = grade < 0 ? t->all_pupils : t->pupils[grade], *places = grade < 0 ? t->capacity : t->places[grade];
    return kj_first_full_year(t->years, t->n_years, t->now, pupils + s->row, places + s->row, t->n_rows);
}

/* ---- over several runs ---- */

static const kj_school_line *same_school(const kj_school_table *t, const kj_school_line *s)
{
    for (uint32_t k = 0; k < t->n_schools; k++)
        if (t->schools[k].id == s->id && !strcmp(t->schools[k].name, s->name)) return &t->schools[k];
    return NULL;
}

static int by_year(const void *a, const void *b)
{
    const int32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Nearest rank: the smallest year that at least `share` of the runs reach. */
static int32_t year_at(const int32_t *sorted, uint32_t n, double share)
{
    uint32_t rank = (uint32_t)(share * n);
    if (rank < share * n) rank++;
    int32_t year = sorted[rank ? rank - 1 : 0];
    return year == INT32_MAX ? 0 : year;
}

kj_full_years kj_school_full_years(const kj_school_table *tables, uint32_t n, const kj_school_line *s, int32_t grade)
{
    kj_full_years out = {0};
    int32_t *years = malloc((n + 1u) * sizeof *years);
    for (uint32_t i = 0; years && i < n; i++) {
        const kj_school_line *here = same_school(&tables[i], s);
        if (!here) continue;
        int32_t full = kj_school_first_full(&tables[i], here, grade);
        years[out.n_runs++] = full ? full : INT32_MAX;
        out.n_full += full != 0;
    }
    if (years && out.n_runs) {
        qsort(years, out.n_runs, sizeof *years, by_year);
        out.low = year_at(years, out.n_runs, 0.1);
        out.median = year_at(years, out.n_runs, 0.5);
        out.high = year_at(years, out.n_runs, 0.9);
    }
    free(years);
    return out;
}

/* A run that is given twice would count twice. */
static kj_status check_new(kj_error *err, const kj_school_table *tables, uint32_t i)
{
    const kj_run_info *own = kj_runread_info(tables[i].run);
    for (uint32_t k = 0; k < i; k++) {
        const kj_run_info *other = kj_runread_info(tables[k].run);
        if (own->seed == other->seed && !strcmp(own->state_hash, other->state_hash))
            return kj_fail(err, KJ_E_INPUT, "%s is the same run as %s: expected another seed", kj_runread_path(tables[i].run), kj_runread_path(tables[k].run));
    }
    return KJ_OK;
}

/* An interval over several plans would be neither chance nor a comparison. */
static kj_status check_settings(kj_error *err, const kj_school_table *first, const kj_school_table *other)
{
    char *a = kj_world_signature(first->run), *b = kj_world_signature(other->run);
    kj_status status = a && b ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status && strcmp(a, b))
        status = kj_fail(err, KJ_E_INPUT, "%s has other settings than %s: expected the same scenario and parameters with another seed (`kedja compare` tells two plans apart)",
                         kj_runread_path(other->run), kj_runread_path(first->run));
    free(a);
    free(b);
    return status;
}

kj_status kj_school_tables_match(kj_error *err, const kj_school_table *tables, uint32_t n)
{
    const char *first = kj_runread_path(tables[0].run), *digest = kj_runread_info(tables[0].run)->map_digest;
    for (uint32_t i = 1; i < n; i++) {
        const char *path = kj_runread_path(tables[i].run);
        if (strcmp(kj_runread_info(tables[i].run)->map_digest, digest)) return kj_fail(err, KJ_E_INPUT, "%s is of another map than %s", path, first);
        if (tables[i].n_years != tables[0].n_years || tables[i].years[0] != tables[0].years[0])
            return kj_fail(err, KJ_E_INPUT, "%s runs %d to %d, %s runs %d to %d: expected the same years", path, tables[i].years[0], tables[i].years[tables[i].n_years - 1], first,
                           tables[0].years[0], tables[0].years[tables[0].n_years - 1]);
        kj_status status = check_settings(err, &tables[0], &tables[i]);
        if (!status) status = check_new(err, tables, i);
        if (status) return status;
    }
    return KJ_OK;
}
