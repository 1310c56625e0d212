/* A merged ensemble (docs/researchers.md) as one world: figures are medians over the runs, each run stays a thin line of its own,
   and the map tells in how many of the runs a cell gets built on. There is no land use, no school and no chain: they differ by run. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/io/cf.h"
#include "../core/io/h5in.h"
#include "source.h"

typedef struct ensemble {
    char path[1024];
    hid_t file;
    char *texts[6]; /* title, title_sv, title_da, map_title, version, map_country: owned */
    char *options;  /* owned */
    uint32_t n_areas;
    char **area_names, **area_codes; /* owned; NULL: the file keeps no areas of all members together, or no codes of them */
    uint32_t n_municipalities;
    char **municipality_names, **municipality_codes; /* owned; NULL as above */
    int32_t *years, n_years, n_members;
    kj_source_facts facts;
} ensemble;

static bool is_cell(const char *table) { return strcmp(table, "cell") == 0; }
static bool is_area(const char *table) { return strcmp(table, "area") == 0; }
static const kj_source_facts *facts(void *self) { return &((ensemble *)self)->facts; }
static int32_t n_years(void *self) { return ((ensemble *)self)->n_years; }
static int32_t year_at(void *self, int32_t index) { return ((ensemble *)self)->years[index]; }

static uint32_t n_rows(void *self, const char *table)
{
    const ensemble *e = self;
    if (is_area(table)) return e->n_areas;
    return is_cell(table) ? (uint32_t)kj_grid_cells(&e->facts.grid) : strcmp(table, "municipality") == 0;
}

/* Newest map of `column` up to a year; false if there is none yet. */
static bool map_name(const ensemble *e, const char *column, int32_t year_index, char out[64])
{
    for (int32_t y = year_index; y >= 0; y--) {
        snprintf(out, 64, "%.40s_%d", column, e->years[y]);
        if (H5Lexists(e->file, out, H5P_DEFAULT) > 0) return true;
    }
    return false;
}

static const char *const of_place[] = {"name", "x", "y", "kind", "population"};

/* Of the areas what names on the map need: their other figures are told by the report. */
static bool is_of_place(const char *column)
{
    for (size_t i = 0; i < sizeof of_place / sizeof *of_place; i++)
        if (strcmp(column, of_place[i]) == 0) return true;
    return false;
}

static bool has(void *self, const char *table, const char *column)
{
    const ensemble *e = self;
    char name[256];
    if (is_cell(table)) return map_name(e, column, e->n_years - 1, name);
    if (is_area(table)) return e->n_areas && is_of_place(column);
    if (strcmp(table, "municipality")) return false;
    snprintf(name, sizeof name, "members/municipality/%.200s", column);
    return H5Lexists(e->file, "members", H5P_DEFAULT) > 0 && H5Lexists(e->file, "members/municipality", H5P_DEFAULT) > 0 && H5Lexists(e->file, name, H5P_DEFAULT) > 0;
}

static bool is_yearly(void *self, const char *table, const char *column) { return has(self, table, column); }

/* [member][year], summed over the municipalities; free(). */
static kj_status members_of(kj_error *err, const ensemble *e, const char *column, double **out)
{
    hid_t group;
    hsize_t dims[3] = {0};
    double *values = NULL;
    *out = NULL;
    kj_status status = kj_h5in_group(err, e->path, e->file, "members/municipality", &group);
    if (status) return status;
    status = kj_h5in_doubles(err, e->path, group, "/members/municipality", column, 3, dims, &values);
    H5Gclose(group);
    if (!status && (dims[0] != (hsize_t)e->n_members || dims[1] != (hsize_t)e->n_years))
        status = kj_fail(err, KJ_E_INPUT, "%s:/members/municipality/%s: expected %d runs of %d years, found %d of %d", e->path, column, e->n_members,
                         e->n_years, (int)dims[0], (int)dims[1]);
    size_t n = (size_t)dims[0] * (size_t)dims[1];
    *out = status ? NULL : calloc(n + 1, sizeof **out);
    if (!status && !*out) status = kj_fail(err, KJ_E_MEMORY, "%s: out of memory", e->path);
    for (size_t i = 0; !status && i < n * (size_t)dims[2]; i++) (*out)[i / (size_t)dims[2]] += values[i];
    free(values);
    return status;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static kj_status read_median(kj_error *err, const ensemble *e, const char *column, int32_t year_index, double *out)
{
    double *members = NULL, *year = calloc((size_t)e->n_members + 1, sizeof *year);
    kj_status status = year ? members_of(err, e, column, &members) : kj_fail(err, KJ_E_MEMORY, "%s: out of memory", e->path);
    for (int32_t m = 0; !status && m < e->n_members; m++) year[m] = members[(size_t)m * (size_t)e->n_years + (size_t)year_index];
    if (!status) {
        qsort(year, (size_t)e->n_members, sizeof *year, by_value);
        *out = (year[(e->n_members - 1) / 2] + year[e->n_members / 2]) / 2.0;
    }
    free(members);
    free(year);
    return status;
}

/* Medians over the members; where an area lies and what it is are the same in all. */
static kj_status read_area(kj_error *err, const ensemble *e, const char *column, int32_t year_index, kj_type type, void *out)
{
    enum { STATISTICS = 10, MEDIAN = 6 }; /* n, mean, sd, q05, q10, q25, q50, q75, q90, q95 */
    hid_t group;
    hsize_t dims[3] = {0};
    double *values = NULL;
    kj_status status = kj_h5in_group(err, e->path, e->file, "all/area", &group);
    if (status) return status;
    status = kj_h5in_doubles(err, e->path, group, "/all/area", column, 3, dims, &values);
    H5Gclose(group);
    if (!status && (dims[0] != STATISTICS || dims[1] != (hsize_t)e->n_years || dims[2] != e->n_areas))
        status = kj_fail(err, KJ_E_INPUT, "%s:/all/area/%s: expected %d statistics of %d years and %u areas", e->path, column, STATISTICS, e->n_years,
                         e->n_areas);
    for (uint32_t a = 0; !status && a < e->n_areas; a++) {
        double value = values[((size_t)MEDIAN * (size_t)e->n_years + (size_t)year_index) * e->n_areas + a];
        if (type == KJ_U8) ((uint8_t *)out)[a] = value >= 0.0 && value < 256.0 ? (uint8_t)value : 0;
        else if (type == KJ_F32) ((float *)out)[a] = (float)value;
        else ((double *)out)[a] = value;
    }
    free(values);
    return status;
}

static kj_status read_values(kj_error *err, void *self, const char *table, const char *column, int32_t year_index, kj_type type, void *out)
{
    const ensemble *e = self;
    char name[64];
    if (!has(self, table, column) || (type != KJ_F64 && type != KJ_F32 && !(type == KJ_U8 && is_area(table))))
        return kj_fail(err, KJ_E_INPUT, "%s: the ensemble has no column %s.%s", e->path, table, column);
    if (is_area(table)) return read_area(err, e, column, year_index, type, out);
    if (!is_cell(table)) return read_median(err, e, column, year_index, out);
    const hsize_t dims[2] = {(hsize_t)e->facts.grid.ny, (hsize_t)e->facts.grid.nx};
    bool begun = map_name(e, column, year_index, name);
    if (!begun) map_name(e, column, e->n_years - 1, name); /* has() says that there is one */
    kj_status status = kj_h5in_values(err, e->path, e->file, "", name, 2, dims, type == KJ_F32 ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE, out);
    for (hsize_t i = 0; !status && !begun && i < dims[0] * dims[1]; i++) { /* nothing is built yet; what lies outside stays so */
        if (type == KJ_F32) ((float *)out)[i] *= 0.0f;
        else ((double *)out)[i] *= 0.0;
    }
    return status;
}

static int32_t n_members(void *self) { return ((ensemble *)self)->n_members; }

static kj_status read_members(kj_error *err, void *self, const char *column, double *out)
{
    const ensemble *e = self;
    double *members;
    kj_status status = members_of(err, e, column, &members);
    if (!status) memcpy(out, members, (size_t)e->n_members * (size_t)e->n_years * sizeof *out);
    free(members);
    return status;
}

static const char *const *texts(void *self, const char *table, const char *column)
{
    const ensemble *e = self;
    if (is_area(table)) return (const char *const *)(strcmp(column, "name") == 0 ? e->area_names : strcmp(column, "code") == 0 ? e->area_codes : NULL);
    /* its one row is the sum of all: of several none is its name */
    if (strcmp(table, "municipality") || e->n_municipalities != 1) return NULL;
    return (const char *const *)(strcmp(column, "name") == 0 ? e->municipality_names : strcmp(column, "code") == 0 ? e->municipality_codes : NULL);
}

static const char *origin(void *self, const char *table, const char *column)
{
    (void)self, (void)table, (void)column;
    return "synthetic";
}

static void close_source(void *self)
{
    ensemble *e = self;
    for (size_t i = 0; i < sizeof e->texts / sizeof *e->texts; i++) free(e->texts[i]);
    kj_h5in_free_texts(e->area_names, e->n_areas);
    kj_h5in_free_texts(e->area_codes, e->n_areas);
    kj_h5in_free_texts(e->municipality_names, e->n_municipalities);
    kj_h5in_free_texts(e->municipality_codes, e->n_municipalities);
    free(e->options);
    free(e->years);
    if (e->file >= 0) H5Fclose(e->file);
    free(e);
}

static kj_status read_years(kj_error *err, ensemble *e)
{
    uint32_t n = 0;
    kj_status status = kj_h5in_length(err, e->path, e->file, "", "year", &n);
    const hsize_t dims[1] = {n};
    e->years = calloc((size_t)n + 1, sizeof *e->years);
    if (!status && !e->years) status = kj_fail(err, KJ_E_MEMORY, "%s: out of memory", e->path);
    if (!status) status = kj_h5in_values(err, e->path, e->file, "", "year", 1, dims, H5T_NATIVE_INT32, e->years);
    e->n_years = status ? 0 : (int32_t)n;
    return status;
}

/* Names and codes of the areas, where the file has them for all members together. */
static kj_status read_area_names(kj_error *err, ensemble *e)
{
    hid_t group;
    uint32_t n = 0;
    if (H5Lexists(e->file, "all", H5P_DEFAULT) <= 0 || H5Lexists(e->file, "all/area", H5P_DEFAULT) <= 0) return KJ_OK;
    kj_status status = kj_h5in_group(err, e->path, e->file, "all/area", &group);
    if (status) return status;
    bool whole = true;
    for (size_t i = 0; i < sizeof of_place / sizeof *of_place; i++) whole = whole && H5Lexists(group, of_place[i], H5P_DEFAULT) > 0;
    if (whole) status = kj_h5in_length(err, e->path, group, "/all/area", "name", &n);
    e->n_areas = whole && !status ? n : 0;
    if (e->n_areas) status = kj_h5in_texts(err, e->path, group, "/all/area", "name", n, &e->area_names);
    if (e->n_areas && !status && H5Lexists(group, "code", H5P_DEFAULT) > 0) status = kj_h5in_texts(err, e->path, group, "/all/area", "code", n, &e->area_codes);
    H5Gclose(group);
    return status;
}

static kj_status read_municipality_names(kj_error *err, ensemble *e)
{
    static const char *const where = "/all/municipality";
    hid_t group;
    if (H5Lexists(e->file, "all", H5P_DEFAULT) <= 0 || H5Lexists(e->file, where, H5P_DEFAULT) <= 0) return KJ_OK;
    kj_status status = kj_h5in_group(err, e->path, e->file, "all/municipality", &group);
    if (status) return status;
    bool named = H5Lexists(group, "name", H5P_DEFAULT) > 0;
    if (named) status = kj_h5in_length(err, e->path, group, where, "name", &e->n_municipalities);
    if (named && !status) status = kj_h5in_texts(err, e->path, group, where, "name", e->n_municipalities, &e->municipality_names);
    if (named && !status && H5Lexists(group, "code", H5P_DEFAULT) > 0) status = kj_h5in_texts(err, e->path, group, where, "code", e->n_municipalities, &e->municipality_codes);
    H5Gclose(group);
    return status;
}

/* What the plugins of the first run show, with the map of chances before it. */
static char *options_of(const ensemble *e)
{
    kj_error ignored;
    char *text = NULL;
    hid_t group;
    if (H5Lexists(e->file, "provenance", H5P_DEFAULT) > 0 && !kj_h5in_group(&ignored, e->path, e->file, "provenance", &group)) {
        if (H5Lexists(group, "shown", H5P_DEFAULT) > 0 && kj_h5in_long_text(&ignored, e->path, group, "/provenance", "shown", &text)) text = NULL;
        H5Gclose(group);
    }
    json_t *shown = text ? json_loads(text, 0, NULL) : NULL, *root = json_object();
    if (!json_is_array(shown)) {
        json_decref(shown);
        shown = json_array();
    }
    json_array_insert_new(shown, 0, json_pack("{s:s, s:[s,s,s], s:[s,s,s], s:s, s:s, s:f, s:f, s:f, s:i, s:i}", "kind", "layer", "title", "Chance of being built on", "Chans att bebyggas", "Chance for at blive bebygget",
                                              "unit", "% of the runs", "% av körningarna", "% af kørslerne", "table", "cell", "column", "built", "scale", 100.0, "low", 0.0, "high", 100.0, "decimals", 0, "flags", 8));
    json_object_set_new(root, "shown", shown);
    char *options = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    free(text);
    return options;
}

kj_status kj_source_open_ensemble(kj_error *err, const char *path, kj_source *out)
{
    ensemble *e = calloc(1, sizeof *e);
    if (!e) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", path);
    e->file = -1;
    snprintf(e->path, sizeof e->path, "%s", path);
    kj_status status = kj_h5in_open(err, path, "ensemble", &e->file);
    enum { TEXTS = sizeof e->texts / sizeof *e->texts };
    static const char *const names[TEXTS] = {"title", "title_sv", "title_da", "map_title", "kedja_version", "map_country"};
    for (int i = 0; i < TEXTS && !status; i++) e->texts[i] = kj_h5in_text(e->file, names[i]);
    if (!status && !kj_h5in_numbers(e->file, "members_merged", H5T_NATIVE_INT32, 1, &e->n_members)) status = kj_fail(err, KJ_E_INPUT, "%s: expected the attribute members_merged", path);
    if (!status) status = read_years(err, e);
    if (!status) status = kj_cf_grid_read(err, path, e->file, &e->facts.grid);
    if (!status) status = read_area_names(err, e);
    if (!status) status = read_municipality_names(err, e);
    if (!status) {
        const char *t[TEXTS];
        for (int i = 0; i < TEXTS; i++) t[i] = e->texts[i] ? e->texts[i] : "";
        e->options = options_of(e);
        kj_grid grid = e->facts.grid;
        e->facts = (kj_source_facts){.title = {t[0], t[1], t[2]},
                                     .scenario = "",
                                     .map_name = t[3],
                                     .map_title = t[3],
                                     .map_country = t[5],
                                     .version = t[4],
                                     .sources = "",
                                     .options_json = e->options ? e->options : "",
                                     .plugins = "",
                                     .state_hash = "",
                                     .grid = grid};
        *out = (kj_source){e, facts, n_years, year_at, n_rows, has, is_yearly, read_values, texts, origin, close_source, n_members, read_members};
    } else {
        close_source(e);
    }
    return status;
}
