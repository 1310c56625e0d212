#include "areas.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../batch/statistics.h"
#include "../io/csv.h"
#include "../io/runread.h"

/* Counts by area and year: people[year * n_areas + area], NaN where none is known. */
typedef struct counts {
    int32_t year[KJ_AREA_YEARS_MAX];
    uint32_t n_years, n_areas;
    double *people, *homes;
} counts;

static int32_t year_slot(counts *c, int32_t year)
{
    for (uint32_t i = 0; i < c->n_years; i++)
        if (c->year[i] == year) return (int32_t)i;
    if (c->n_years == KJ_AREA_YEARS_MAX) return -1;
    c->year[c->n_years] = year;
    return (int32_t)c->n_years++;
}

static int32_t area_of(const char *const *codes, uint32_t n, const char *code)
{
    for (uint32_t a = 0; a < n; a++)
        if (!strcmp(codes[a], code)) return (int32_t)a;
    return -1;
}

static kj_status read_row(kj_error *err, kj_csv *csv, const uint32_t column[4], const char *const *codes, counts *c)
{
    int32_t area = area_of(codes, c->n_areas, kj_csv_field(csv, column[0])), year = 0, month = 0, day = 0;
    int64_t people = 0, homes = 0;
    if (area < 0) return KJ_OK;
    kj_status status = kj_csv_date(err, csv, column[1], &year, &month, &day);
    if (status || month != 12 || day != 31) return status; /* a run is recorded on 31 December */
    status = kj_csv_integer(err, csv, column[2], 0, 1000000000, &people);
    if (!status) status = kj_csv_integer(err, csv, column[3], 0, 1000000000, &homes);
    int32_t slot = year_slot(c, year);
    if (status || slot < 0) return status;
    c->people[(uint32_t)slot * c->n_areas + (uint32_t)area] = (double)people;
    c->homes[(uint32_t)slot * c->n_areas + (uint32_t)area] = (double)homes;
    return KJ_OK;
}

static kj_status read_counts(kj_error *err, const char *country, const char *const *codes, uint32_t n_areas, counts *c)
{
    static const char *const names[4] = {"area", "date", "population", "dwellings"};
    char relative[64], path[PATH_MAX];
    kj_csv *csv = NULL;
    uint32_t column[4] = {0};
    bool more = true;
    size_t n = (size_t)KJ_AREA_YEARS_MAX * n_areas;
    *c = (counts){.n_areas = n_areas, .people = malloc((n + 1) * sizeof(double)), .homes = malloc((n + 1) * sizeof(double))};
    if (!c->people || !c->homes) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++) c->people[i] = c->homes[i] = (double)NAN;
    snprintf(relative, sizeof relative, "maps/countries/%.7s/observed_areas.csv", country);
    if (kj_data_path(relative, path, sizeof path)) return kj_fail(err, KJ_E_INPUT, "%s is missing", path);
    kj_status status = kj_csv_open(err, path, ',', &csv);
    for (int i = 0; !status && i < 4; i++) status = kj_csv_require(err, csv, names[i], &column[i]);
    while (!status && !(status = kj_csv_next(err, csv, &more)) && more) status = read_row(err, csv, column, codes, c);
    kj_csv_close(csv);
    return status;
}

static bool is_whole(const counts *c, uint32_t slot)
{
    for (uint32_t a = 0; a < c->n_areas; a++)
        if (isnan(c->people[slot * c->n_areas + a])) return false;
    return c->n_areas > 0;
}

static double sum_of(const double *v, uint32_t n)
{
    double sum = 0.0;
    for (uint32_t a = 0; a < n; a++) sum += v[a];
    return sum;
}

/* Mean absolute error of `guess` times a factor. */
static double error_of(const double *guess, double factor, const double *truth, uint32_t n)
{
    double sum = 0.0;
    for (uint32_t a = 0; a < n; a++) sum += fabs(guess[a] * factor - truth[a]);
    return sum / n;
}

static double brought_to(double total, const double *guess, const double *truth, uint32_t n)
{
    double sum = sum_of(guess, n);
    return sum > 0.0 ? error_of(guess, total / sum, truth, n) : (double)NAN;
}

/* One year: people of each run, [n_runs][n_areas]. */
static kj_status judge(kj_error *err, const counts *c, uint32_t slot, uint32_t first, const double *people, int32_t n_runs, kj_area_error *out)
{
    uint32_t n = c->n_areas;
    const double *truth = c->people + slot * n, *start = c->people + first * n;
    double error[KJ_AREA_RUNS_MAX], *homes = malloc((n + 1) * sizeof *homes);
    if (!homes) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t a = 0; a < n; a++) homes[a] = c->homes[first * n + a] > 0.0 ? start[a] / c->homes[first * n + a] * c->homes[slot * n + a] : 0.0;
    *out = (kj_area_error){.year = c->year[slot], .observed = sum_of(truth, n)};
    out->shares = brought_to(out->observed, start, truth, n);
    out->per_home = brought_to(out->observed, homes, truth, n);
    for (int32_t r = 0; r < n_runs; r++) {
        const double *guess = people + (uint32_t)r * n;
        error[r] = error_of(guess, 1.0, truth, n);
        out->simulated += sum_of(guess, n) / n_runs;
        out->scaled += brought_to(out->observed, guess, truth, n) / n_runs;
    }
    kj_mean_interval(error, (uint32_t)n_runs, &out->model, &out->model_low, &out->model_high);
    free(homes);
    return KJ_OK;
}

/* People by area of all runs, [n_runs][n_areas], at the end of a year; false if a run does not have it. */
static kj_status people_of(kj_error *err, kj_runread *const *runs, int32_t n, uint32_t n_areas, int32_t year, double *out, bool *has)
{
    *has = true;
    for (int32_t r = 0; r < n && *has; r++) {
        int32_t index = kj_runread_year_index(runs[r], year);
        if (index < 0) {
            *has = false;
            return KJ_OK;
        }
        kj_status status = kj_runread_column(err, runs[r], "area", "population", (uint32_t)index, KJ_F64, out + (uint32_t)r * n_areas);
        if (status) return status;
    }
    return KJ_OK;
}

static kj_status take_areas(kj_error *err, kj_runread *run, const counts *c, uint32_t first, uint32_t last, const double *people, kj_area_check *out)
{
    const char *const *codes, *const *names;
    kj_status status = kj_runread_texts(err, run, "area", "code", &codes);
    if (!status) status = kj_runread_texts(err, run, "area", "name", &names);
    out->area = status ? NULL : calloc(c->n_areas + 1, sizeof *out->area);
    if (!status && !out->area) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t a = 0; !status && a < c->n_areas; a++) {
        kj_area_row *row = &out->area[a];
        snprintf(row->code, sizeof row->code, "%s", codes[a]);
        snprintf(row->name, sizeof row->name, "%s", names[a]);
        row->start = c->people[first * c->n_areas + a];
        row->observed = c->people[last * c->n_areas + a];
        for (int32_t r = 0; r < out->n_runs; r++) row->simulated += people[(uint32_t)r * c->n_areas + a] / out->n_runs;
    }
    out->n_areas = c->n_areas;
    return status;
}

static kj_status check_years(kj_error *err, kj_runread *const *runs, counts *c, kj_area_check *out)
{
    uint32_t n = c->n_areas, last = 0;
    int32_t first = -1;
    double *people = malloc(((size_t)out->n_runs * n + 1) * sizeof *people), *kept = malloc(((size_t)out->n_runs * n + 1) * sizeof *kept);
    kj_status status = people && kept ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t i = 0; i < c->n_years; i++)
        if (c->year[i] == out->start_year && is_whole(c, i)) first = (int32_t)i;
    for (int32_t year = out->start_year + 1; !status && first >= 0 && year < out->start_year + 200; year++)
        for (uint32_t i = 0; !status && i < c->n_years; i++) {
            bool has = false;
            if (c->year[i] != year || !is_whole(c, i)) continue;
            status = people_of(err, runs, out->n_runs, n, year, people, &has);
            if (status || !has) continue;
            status = judge(err, c, i, (uint32_t)first, people, out->n_runs, &out->error[out->n_years++]);
            memcpy(kept, people, (size_t)out->n_runs * n * sizeof *people);
            last = i;
        }
    if (!status && out->n_years == 0)
        status = kj_fail(err, KJ_E_INPUT, "%s: observed_areas.csv has no counts of its %u areas on 31 December %d and a later year of the run", kj_runread_path(runs[0]), n,
                         (int)out->start_year);
    if (!status) status = take_areas(err, runs[0], c, (uint32_t)first, last, kept, out);
    free(people);
    free(kept);
    return status;
}

/* Years and settings of two runs must agree and their seeds must differ: otherwise the spread of the runs would not be luck. */
static kj_status check_pair(kj_error *err, const kj_runread *a, const kj_runread *b)
{
    const char *x = kj_runread_path(a), *y = kj_runread_path(b);
    uint32_t n = kj_runread_n_years(a);
    const kj_run_info *of_a = kj_runread_info(a), *of_b = kj_runread_info(b);
    if (strcmp(of_a->map_digest, of_b->map_digest)) return kj_fail(err, KJ_E_INPUT, "%s and %s are runs of different maps", x, y);
    if (n != kj_runread_n_years(b) || memcmp(kj_runread_years(a), kj_runread_years(b), n * sizeof(int32_t)))
        return kj_fail(err, KJ_E_INPUT, "%s and %s have different years: expected runs of the same years, found %d to %d and %d to %d", x, y, (int)kj_runread_years(a)[0],
                       (int)kj_runread_years(a)[n - 1], (int)kj_runread_years(b)[0], (int)kj_runread_years(b)[kj_runread_n_years(b) - 1]);
    if (of_a->seed == of_b->seed)
        return kj_fail(err, KJ_E_INPUT, "%s and %s have the same seed %llu: expected runs that differ by their seed alone", x, y, (unsigned long long)of_a->seed);
    char *world_a = kj_world_signature(a), *world_b = kj_world_signature(b);
    kj_status status = world_a && world_b ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status && strcmp(world_a, world_b))
        status = kj_fail(err, KJ_E_INPUT, "%s and %s have different scenarios or settings: expected runs that differ by their seed alone", x, y);
    free(world_a);
    free(world_b);
    return status;
}

static kj_status open_runs(kj_error *err, const char *const *paths, int32_t n, kj_runread **runs)
{
    for (int32_t r = 0; r < n; r++) {
        kj_status status = kj_runread_open(err, paths[r], &runs[r]);
        for (int32_t other = 0; other < r && !status; other++) status = check_pair(err, runs[other], runs[r]);
        if (status) return status;
    }
    return KJ_OK;
}

kj_status kj_area_check_runs(kj_error *err, const char *const *paths, int32_t n, kj_area_check *out)
{
    kj_runread *runs[KJ_AREA_RUNS_MAX] = {NULL};
    const char *const *codes;
    counts c = {0};
    *out = (kj_area_check){.n_runs = n};
    if (n < 1 || n > KJ_AREA_RUNS_MAX) return kj_fail(err, KJ_E_INPUT, "expected 1 to %d runs, found %d", KJ_AREA_RUNS_MAX, (int)n);
    kj_status status = open_runs(err, paths, n, runs);
    const kj_run_table *areas = status ? NULL : kj_runread_table_named(runs[0], "area");
    if (!status && !areas) status = kj_fail(err, KJ_E_INPUT, "%s: has no table area", paths[0]);
    if (!status) status = kj_runread_texts(err, runs[0], "area", "code", &codes);
    if (!status) status = read_counts(err, kj_runread_info(runs[0])->map_country, codes, areas->n_rows, &c);
    if (!status) {
        out->start_year = kj_runread_years(runs[0])[0];
        status = check_years(err, runs, &c, out);
    }
    for (int32_t r = 0; r < n; r++) kj_runread_close(runs[r]);
    free(c.people);
    free(c.homes);
    if (status) kj_area_check_free(out);
    return status;
}

void kj_area_check_free(kj_area_check *check)
{
    free(check->area);
    *check = (kj_area_check){0};
}
