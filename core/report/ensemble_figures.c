#include "ensemble_figures.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../chains/area_words.h"
#include "../compare/compare.h"
#include "../draw/language.h"
#include "../io/first_full.h"
#include "../io/cf.h"
#include "../io/h5in.h"

/* Places of the statistics in the file's scales (docs/researchers.md). */
enum { STAT_N = 0, STAT_Q10 = 4, STAT_Q50 = 6, STAT_Q90 = 8, N_STATS = 10 };
enum { DIFF_MEAN = 1, DIFF_LOW = 3, DIFF_HIGH = 4, DIFF_WIDE_LOW = 5, DIFF_WIDE_HIGH = 6, N_DIFFS = 10 };

static void take_text(hid_t file, const char *name, char *out, size_t n)
{
    char *text = kj_h5in_text(file, name);
    snprintf(out, n, "%s", text ? text : "");
    free(text);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const double *sorted, int32_t n, double p)
{
    double place = p * (n - 1);
    int32_t i = (int32_t)place;
    return i + 1 < n ? sorted[i] + (place - i) * (sorted[i + 1] - sorted[i]) : sorted[n - 1];
}

/* Sums over municipalities by member; quantiles of these, since sums of quantiles would be something else. */
static kj_status read_population(kj_error *err, const char *path, hid_t file, kj_ensemble_figures *f)
{
    hsize_t dims[3];
    double *values = NULL;
    hid_t group;
    kj_status status = kj_h5in_group(err, path, file, "members/municipality", &group);
    if (status) return status;
    status = kj_h5in_doubles(err, path, group, "/members/municipality", "population", 3, dims, &values);
    H5Gclose(group);
    int32_t m = status ? 0 : (int32_t)dims[0], t = status ? 0 : (int32_t)dims[1];
    f->population = calloc((size_t)m * (size_t)t + 1, sizeof *f->population);
    f->low = calloc((size_t)t + 1, sizeof *f->low);
    f->middle = calloc((size_t)t + 1, sizeof *f->middle);
    f->high = calloc((size_t)t + 1, sizeof *f->high);
    double *column = calloc((size_t)m + 1, sizeof *column);
    if (!status && (!f->population || !f->low || !f->middle || !f->high || !column)) status = kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
    if (!status && t != f->n_times) status = kj_fail(err, KJ_E_INPUT, "%s: expected %d years of population, found %d", path, f->n_times, t);
    for (int32_t y = 0; !status && y < t; y++) {
        for (int32_t i = 0; i < m; i++) {
            double sum = 0;
            for (hsize_t r = 0; r < dims[2]; r++) sum += values[((hsize_t)i * dims[1] + (hsize_t)y) * dims[2] + r];
            f->population[(size_t)i * (size_t)t + (size_t)y] = column[i] = sum;
        }
        qsort(column, (size_t)m, sizeof *column, by_value);
        f->low[y] = quantile(column, m, 0.1);
        f->middle[y] = quantile(column, m, 0.5);
        f->high[y] = quantile(column, m, 0.9);
    }
    f->n_merged = m;
    free(column);
    free(values);
    return status;
}

/* Only where the map is one municipality: sums of some would mislead. */
static kj_status read_observed(kj_error *err, const char *path, hid_t file, kj_ensemble_figures *f)
{
    static const char *const where = "members/municipality";
    uint32_t n = 0;
    char **codes = NULL, country[8];
    hid_t group;
    take_text(file, "map_country", country, sizeof country);
    kj_status status = kj_h5in_group(err, path, file, where, &group);
    if (status) return status;
    bool coded = country[0] && H5Lexists(group, "code", H5P_DEFAULT) > 0;
    if (coded) status = kj_h5in_length(err, path, group, where, "code", &n);
    if (coded && !status) status = kj_h5in_texts(err, path, group, where, "code", n, &codes);
    H5Gclose(group);
    if (!status && n == 1) status = kj_observed_read(err, country, codes[0], &f->observed);
    kj_h5in_free_texts(codes, n);
    return status;
}

typedef struct contrast_reader {
    const char *path;
    kj_ensemble_figures *figures;
} contrast_reader;

static kj_status read_contrast(kj_error *err, void *data, hid_t parent, const char *name)
{
    contrast_reader *r = data;
    kj_ensemble_figures *f = r->figures;
    hsize_t dims[3];
    double *v = NULL;
    hid_t group;
    char where[256];
    if (f->n_contrasts == KJ_ENSEMBLE_CONTRASTS_MAX) return KJ_OK;
    snprintf(where, sizeof where, "%.200s/municipality", name);
    kj_status status = kj_h5in_group(err, r->path, parent, where, &group);
    if (status) return status;
    status = kj_h5in_doubles(err, r->path, group, where, "population", 3, dims, &v);
    H5Gclose(group);
    if (!status && dims[0] == N_DIFFS && dims[2] == 1) { /* of several municipalities the sum's interval is not in the file */
        kj_ensemble_contrast *c = &f->contrast[f->n_contrasts++];
        hsize_t last = dims[1] - 1, n = dims[1];
        kj_level_words(f->titles, name, c->label, sizeof c->label);
        c->mean = v[DIFF_MEAN * n + last];
        c->low = v[DIFF_LOW * n + last];
        c->high = v[DIFF_HIGH * n + last];
        c->wide_low = v[DIFF_WIDE_LOW * n + last];
        c->wide_high = v[DIFF_WIDE_HIGH * n + last];
    }
    free(v);
    return status;
}

static int by_size(const void *a, const void *b)
{
    const kj_ensemble_contrast *x = a, *y = b;
    return (fabs(x->mean) < fabs(y->mean)) - (fabs(x->mean) > fabs(y->mean));
}

static kj_status read_contrasts(kj_error *err, const char *path, hid_t file, kj_ensemble_figures *f)
{
    hid_t group;
    if (H5Lexists(file, "difference", H5P_DEFAULT) <= 0) return KJ_OK;
    contrast_reader reader = {path, f};
    kj_status status = kj_h5in_group(err, path, file, "difference", &group);
    if (status) return status;
    status = kj_h5in_each(err, group, read_contrast, &reader);
    H5Gclose(group);
    qsort(f->contrast, (size_t)f->n_contrasts, sizeof *f->contrast, by_size);
    return status;
}

static int by_total(const void *a, const void *b)
{
    const kj_sensitivity_row *x = a, *y = b;
    double p = fabs(x->value), q = fabs(y->value);
    return p < q ? 1 : p > q ? -1 : strcmp(x->label, y->label);
}

/* main[n][3]: the longer bar; other[n][3]: first-order index, or sigma about mu. */
static void fill_rows(kj_sensitivity_picture *p, const struct json_t *titles, const double *main, const double *other, char **names)
{
    for (int32_t i = 0; i < p->n; i++) {
        kj_sensitivity_row *r = &p->row[i];
        const double *m = main + 3 * i, *o = other + 3 * i;
        kj_level_words(titles, names[i], r->label, sizeof r->label);
        r->value = m[0], r->low = m[1], r->high = m[2];
        bool indices = p->kind == KJ_SENSITIVITY_INDICES;
        r->second = indices ? o[0] : (double)NAN;
        r->second_low = indices ? o[1] : m[0] - o[0];
        r->second_high = indices ? o[2] : m[0] + o[0];
    }
    qsort(p->row, (size_t)p->n, sizeof *p->row, by_total);
}

static kj_status read_luck(kj_error *err, const char *path, hid_t group, double *luck)
{
    const hsize_t dims[1] = {3};
    double values[3];
    if (H5Lexists(group, "luck", H5P_DEFAULT) <= 0) return KJ_OK;
    kj_status status = kj_h5in_values(err, path, group, "/sensitivity", "luck", 1, dims, H5T_NATIVE_DOUBLE, values);
    if (!status && isfinite(values[0])) *luck = values[0];
    return status;
}

static kj_status read_indices(kj_error *err, const char *path, hid_t group, const struct json_t *titles, kj_sensitivity_picture *p)
{
    hsize_t dims[3], other_dims[3];
    double *main = NULL, *other = NULL;
    char **names = NULL;
    int32_t number[3] = {0};
    bool indices = H5Lexists(group, "total", H5P_DEFAULT) > 0;
    p->kind = indices ? KJ_SENSITIVITY_INDICES : KJ_SENSITIVITY_EFFECTS;
    take_text(group, "figure", p->figure, sizeof p->figure);
    kj_h5in_numbers(group, "year", H5T_NATIVE_INT32, 1, &number[0]);
    kj_h5in_numbers(group, "constant", H5T_NATIVE_INT32, 1, &number[1]);
    p->year = number[0];
    p->constant = number[1] != 0;
    kj_h5in_numbers(group, "intervals_95", H5T_NATIVE_INT32, 1, &number[2]);
    p->few = number[2] == 0;
    kj_status status = kj_h5in_doubles(err, path, group, "/sensitivity", indices ? "total" : "mu", 2, dims, &main);
    if (!status) status = kj_h5in_doubles(err, path, group, "/sensitivity", indices ? "first" : "sigma", 2, other_dims, &other);
    if (!status && (dims[0] > KJ_SENSITIVITY_ROWS_MAX || dims[1] != 3 || other_dims[0] != dims[0] || other_dims[1] != 3))
        status = kj_fail(err, KJ_E_INPUT, "%s:/sensitivity: expected at most %d factors with value, low and high", path, KJ_SENSITIVITY_ROWS_MAX);
    if (!status) status = kj_h5in_texts(err, path, group, "/sensitivity", "factor", (uint32_t)dims[0], &names);
    if (!status) {
        p->n = (int32_t)dims[0];
        fill_rows(p, titles, main, other, names);
        status = read_luck(err, path, group, &p->luck);
        kj_h5in_free_texts(names, (uint32_t)dims[0]);
    }
    free(main);
    free(other);
    return status;
}

static kj_status read_sensitivity(kj_error *err, const char *path, hid_t file, kj_ensemble_figures *f)
{
    hid_t group;
    if (H5Lexists(file, "sensitivity", H5P_DEFAULT) <= 0) return KJ_OK;
    f->sensitivity = calloc(1, sizeof *f->sensitivity);
    if (!f->sensitivity) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
    kj_status status = kj_h5in_group(err, path, file, "sensitivity", &group);
    if (status) return status;
    status = read_indices(err, path, group, f->titles, f->sensitivity);
    H5Gclose(group);
    return status;
}

static int by_share(const void *a, const void *b)
{
    const kj_ensemble_school *x = a, *y = b;
    if (x->share < y->share || x->share > y->share) return x->share < y->share ? 1 : -1;
    return (x->middle > y->middle) - (x->middle < y->middle);
}

static kj_status read_schools(kj_error *err, const char *path, hid_t file, kj_ensemble_figures *f)
{
    hsize_t dims[3], length[3];
    double *years = NULL, *share = NULL;
    char **names = NULL;
    hid_t group;
    if (H5Lexists(file, "all/facility", H5P_DEFAULT) <= 0) return KJ_OK;
    kj_status status = kj_h5in_group(err, path, file, "all/facility", &group);
    if (status) return status;
    f->knows_schools = H5Lexists(group, "full_share", H5P_DEFAULT) > 0;
    if (f->knows_schools) {
        status = kj_h5in_doubles(err, path, group, "/all/facility", "full_year", 2, dims, &years);
        if (!status) status = kj_h5in_doubles(err, path, group, "/all/facility", "full_share", 1, length, &share);
        if (!status) status = kj_h5in_texts(err, path, group, "/all/facility", "name", (uint32_t)dims[1], &names);
        f->school = status ? NULL : calloc((size_t)dims[1] + 1, sizeof *f->school);
        if (!status && !f->school) status = kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
        for (hsize_t r = 0; !status && r < dims[1]; r++) {
            if (!(share[r] > 0) || dims[0] != N_STATS) continue;
            if (years[STAT_Q90 * dims[1] + r] <= f->now) {
                f->n_full_now++;
                continue;
            }
            kj_ensemble_school *s = &f->school[f->n_schools++];
            char own[sizeof s->name];
            snprintf(s->name, sizeof s->name, "%.95s", kj_tr_name(names[r], own, sizeof own));
            s->share = share[r];
            s->n = years[STAT_N * dims[1] + r];
            s->low = years[STAT_Q10 * dims[1] + r];
            s->middle = years[STAT_Q50 * dims[1] + r];
            s->high = years[STAT_Q90 * dims[1] + r];
        }
        if (f->n_schools) qsort(f->school, (size_t)f->n_schools, sizeof *f->school, by_share);
        if (names) kj_h5in_free_texts(names, (uint32_t)dims[1]);
    }
    H5Gclose(group);
    free(years);
    free(share);
    return status;
}

static int by_change(const void *a, const void *b)
{
    const kj_ensemble_area *x = a, *y = b;
    double dx = fabs(x->middle - x->start), dy = fabs(y->middle - y->start);
    return dx < dy || dx > dy ? (dx < dy ? 1 : -1) : strcmp(x->name, y->name);
}

/* Median over the members in the first year, by area; free(). */
static kj_status read_first(kj_error *err, const kj_ensemble_figures *f, const char *path, hid_t group, const char *column, hsize_t n, double **out)
{
    hsize_t dims[3];
    kj_status status = kj_h5in_doubles(err, path, group, "/all/area", column, 3, dims, out);
    if (status) return status;
    if (dims[0] != N_STATS || dims[1] != (hsize_t)f->n_times || dims[2] != n)
        return kj_fail(err, KJ_E_INPUT, "%s:/all/area/%s: expected %d statistics of %d years and %d areas", path, column, N_STATS, f->n_times, (int)n);
    memmove(*out, *out + STAT_Q50 * dims[1] * n, n * sizeof **out);
    return KJ_OK;
}

/* Names for the maps. */
static kj_status take_places(kj_error *err, kj_ensemble_figures *f, const char *path, hid_t group, const kj_grid *grid, const kj_area_facts *facts)
{
    double *population = NULL;
    kj_status status = read_first(err, f, path, group, "population", facts->n, &population);
    f->places = status ? NULL : calloc((size_t)facts->n + 1, sizeof *f->places);
    if (!status && !f->places) status = kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
    if (!status)
        f->n_places = kj_named_places(grid, &(kj_place_facts){facts->n, facts->name, facts->code, facts->x, facts->y, population, facts->kind}, f->places);
    free(population);
    return status;
}

/* Areas as panels and chains tell them; by their names alone where the file does not say where they lie. */
static kj_status read_area_words(kj_error *err, kj_ensemble_figures *f, const char *path, hid_t file, hid_t group, hsize_t n, char **names, kj_area_words *out)
{
    static const char *const columns[3] = {"x", "y", "kind"};
    char country[24], **codes = NULL;
    double *value[3] = {NULL, NULL, NULL};
    kj_grid grid = {0};
    uint8_t *kind = calloc(n + 1, 1);
    kj_status status = kind ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
    bool placed = H5Lexists(group, "code", H5P_DEFAULT) > 0;
    for (int k = 0; k < 3; k++) placed = placed && H5Lexists(group, columns[k], H5P_DEFAULT) > 0;
    for (int k = 0; k < 3 && placed && !status; k++) status = read_first(err, f, path, group, columns[k], n, &value[k]);
    if (!status && placed) status = kj_h5in_texts(err, path, group, "/all/area", "code", (uint32_t)n, &codes);
    if (!status && placed) status = kj_cf_grid_read(err, path, file, &grid);
    take_text(file, "map_country", country, sizeof country);
    for (hsize_t r = 0; r < n && placed && !status; r++) kind[r] = value[2][r] >= 0 && value[2][r] < 256 ? (uint8_t)value[2][r] : 0;
    const kj_area_facts facts = {.n = (uint32_t)n, .name = (const char *const *)names, .code = (const char *const *)codes, .x = value[0], .y = value[1],
                                 .kind = kind, .country = country, .epsg = grid.epsg};
    if (!status) status = kj_area_words_make(err, &facts, out);
    if (!status && placed) status = take_places(err, f, path, group, &grid, &facts);
    kj_h5in_free_texts(codes, (uint32_t)n);
    free(kind);
    for (int k = 0; k < 3; k++) free(value[k]);
    return status;
}

/* Fills low and high of the last year; dims: [statistic][time][area]. */
static void fill_areas(kj_ensemble_figures *f, const hsize_t dims[3], const double *v, const double *with_error, const kj_area_words *words)
{
    hsize_t last = (dims[1] - 1) * dims[2], year = dims[1] * dims[2];
    for (hsize_t r = 0; r < dims[2]; r++) {
        if (!(v[STAT_N * year + last + r] > 0)) continue;
        kj_ensemble_area *a = &f->area[f->n_areas++];
        kj_say_area(a->name, sizeof a->name, words, (int32_t)r);
        a->start = v[STAT_Q50 * year + r];
        a->low = v[STAT_Q10 * year + last + r];
        a->middle = v[STAT_Q50 * year + last + r];
        a->high = v[STAT_Q90 * year + last + r];
        a->error_low = with_error ? with_error[STAT_Q10 * year + last + r] : (double)NAN;
        a->error_high = with_error ? with_error[STAT_Q90 * year + last + r] : (double)NAN;
    }
    if (f->n_areas) qsort(f->area, (size_t)f->n_areas, sizeof *f->area, by_change);
}

static kj_status read_areas(kj_error *err, const char *path, hid_t file, kj_ensemble_figures *f)
{
    hsize_t dims[3], error_dims[3];
    double *v = NULL, *with_error = NULL;
    char **names = NULL;
    kj_area_words words = {0};
    hid_t group;
    if (H5Lexists(file, "all/area", H5P_DEFAULT) <= 0) return KJ_OK;
    kj_status status = kj_h5in_group(err, path, file, "all/area", &group);
    if (status) return status;
    if (H5Lexists(group, "population", H5P_DEFAULT) > 0) {
        bool has_error = H5Lexists(group, "population_with_error", H5P_DEFAULT) > 0;
        status = kj_h5in_doubles(err, path, group, "/all/area", "population", 3, dims, &v);
        if (!status && has_error) status = kj_h5in_doubles(err, path, group, "/all/area", "population_with_error", 3, error_dims, &with_error);
        if (!status && (dims[0] != N_STATS || dims[1] != (hsize_t)f->n_times || (has_error && memcmp(dims, error_dims, sizeof dims))))
            status = kj_fail(err, KJ_E_INPUT, "%s:/all/area: expected %d statistics of %d years, for both intervals alike", path, N_STATS, f->n_times);
        if (!status) status = kj_h5in_texts(err, path, group, "/all/area", "name", (uint32_t)dims[2], &names);
        if (!status) status = read_area_words(err, f, path, file, group, dims[2], names, &words);
        f->area = status ? NULL : calloc((size_t)dims[2] + 1, sizeof *f->area);
        if (!status && !f->area) status = kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
        if (!status) fill_areas(f, dims, v, with_error, &words);
        if (!status && has_error) {
            hid_t data = H5Dopen2(group, "population_with_error", H5P_DEFAULT);
            take_text(data, "model_error_percent", f->error_percent, sizeof f->error_percent);
            H5Dclose(data);
        }
        if (names) kj_h5in_free_texts(names, (uint32_t)dims[2]);
        kj_area_words_free(&words);
    }
    H5Gclose(group);
    free(v);
    free(with_error);
    return status;
}

static kj_status read_map(kj_error *err, const char *path, hid_t file, kj_ensemble_figures *f)
{
    char name[32];
    for (f->built_year = f->last_year; f->built_year > f->first_year; f->built_year--) {
        snprintf(name, sizeof name, "built_%d", f->built_year);
        if (H5Lexists(file, name, H5P_DEFAULT) > 0) break;
    }
    if (f->built_year == f->first_year) return KJ_OK;
    kj_status status = kj_cf_grid_read(err, path, file, &f->grid);
    if (status) return status;
    const hsize_t dims[2] = {(hsize_t)f->grid.ny, (hsize_t)f->grid.nx};
    f->built = malloc((size_t)kj_grid_cells(&f->grid) * sizeof *f->built);
    if (!f->built) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
    return kj_h5in_values(err, path, file, "", name, 2, dims, H5T_NATIVE_FLOAT, f->built);
}

static void read_titles(const char *path, hid_t file, kj_ensemble_figures *f)
{
    kj_error ignored = {0};
    char *text = NULL;
    hid_t group;
    if (H5Lexists(file, "provenance", H5P_DEFAULT) <= 0 || kj_h5in_group(&ignored, path, file, "provenance", &group)) return;
    if (H5Lexists(group, "titles", H5P_DEFAULT) > 0 && kj_h5in_long_text(&ignored, path, group, "/provenance", "titles", &text)) text = NULL;
    H5Gclose(group);
    f->titles = text ? json_loads(text, 0, NULL) : NULL;
    free(text);
}

/* "densify.enabled, new_school.enabled" in words. */
static void put_words(const json_t *titles, const char *list, char *out, size_t room)
{
    size_t used = 0;
    out[0] = 0;
    for (const char *at = list; *at && used < room;) {
        char name[160], words[200];
        size_t n = strcspn(at, ",");
        snprintf(name, sizeof name, "%.*s", (int)n, at);
        kj_level_words(titles, name, words, sizeof words);
        used += (size_t)snprintf(out + used, room - used, "%s%s", used ? ", " : "", words);
        at += n + strspn(at + n, ", ");
    }
}

static void read_covers(hid_t file, kj_ensemble_figures *f)
{
    static const char *const kinds[KJ_ENSEMBLE_COVERS] = {"covers_chance", "covers_assumptions", "covers_plans", "covers_model"};
    take_text(file, "covers", f->covers_english, sizeof f->covers_english);
    f->covers_seeds = -1; /* files before 0.1.0's last: the sentence alone */
    kj_h5in_numbers(file, "covers_seeds", H5T_NATIVE_INT32, 1, &f->covers_seeds);
    for (int k = 0; k < KJ_ENSEMBLE_COVERS; k++) {
        char names[512] = "";
        take_text(file, kinds[k], names, sizeof names);
        put_words(f->titles, names, f->covers[k], sizeof f->covers[k]);
    }
}

static kj_status read_root(kj_error *err, const char *path, hid_t file, kj_ensemble_figures *f)
{
    hsize_t dims[3];
    int32_t number[3] = {0};
    static const char *const titles[3] = {"title", "title_sv", "title_da"};
    for (int i = 0; i < 3; i++) take_text(file, titles[i], f->title[i], sizeof f->title[i]);
    read_titles(path, file, f);
    read_covers(file, f);
    take_text(file, "map_title", f->map_title, sizeof f->map_title);
    take_text(file, "map_digest", f->map_digest, sizeof f->map_digest);
    take_text(file, "kedja_version", f->version, sizeof f->version);
    bool whole = kj_h5in_numbers(file, "members", H5T_NATIVE_INT32, 1, &number[0]) && kj_h5in_numbers(file, "members_merged", H5T_NATIVE_INT32, 1, &number[1]) &&
                 kj_h5in_numbers(file, "paired", H5T_NATIVE_INT32, 1, &number[2]);
    if (!whole) return kj_fail(err, KJ_E_INPUT, "%s: expected the attributes members, members_merged and paired", path);
    f->n_members = number[0];
    f->n_merged = number[1];
    f->paired = number[2] != 0;
    kj_status status = kj_h5in_doubles(err, path, file, "", "year", 1, dims, &f->years);
    if (!status && dims[0] < 2) status = kj_fail(err, KJ_E_INPUT, "%s: expected several years, found %d", path, (int)dims[0]);
    if (status) return status;
    f->n_times = (int32_t)dims[0];
    f->first_year = (int32_t)f->years[0];
    f->last_year = (int32_t)f->years[f->n_times - 1];
    f->now = f->first_year + KJ_YEARS_PAST < f->last_year ? f->first_year + KJ_YEARS_PAST : f->last_year;
    return KJ_OK;
}

kj_status kj_ensemble_figures_read(kj_error *err, const char *path, kj_ensemble_figures *out)
{
    hid_t file;
    memset(out, 0, sizeof *out);
    kj_status status = kj_h5in_open(err, path, "ensemble", &file);
    if (status) return status;
    status = read_root(err, path, file, out);
    if (!status) status = read_population(err, path, file, out);
    if (!status) status = read_observed(err, path, file, out);
    if (!status) status = read_contrasts(err, path, file, out);
    if (!status) status = read_sensitivity(err, path, file, out);
    if (!status) status = read_schools(err, path, file, out);
    if (!status) status = read_areas(err, path, file, out);
    if (!status) status = read_map(err, path, file, out);
    H5Fclose(file);
    if (status) kj_ensemble_figures_free(out);
    return status;
}

void kj_ensemble_figures_free(kj_ensemble_figures *f)
{
    json_decref(f->titles);
    free(f->years);
    free(f->population);
    free(f->low);
    free(f->middle);
    free(f->high);
    kj_observed_free(&f->observed);
    free(f->sensitivity);
    free(f->school);
    free(f->area);
    free(f->places);
    free(f->built);
    memset(f, 0, sizeof *f);
}
