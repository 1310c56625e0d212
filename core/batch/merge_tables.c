/* Merging columns of tables, some at a time. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../io/first_full.h"
#include "../io/recorded.h"
#include "merge_internal.h"

enum { BATCH_BYTES = 160 << 20, MEMBER_ROWS_MAX = 4 };

/* ---- which columns ---- */

static bool is_number(const kj_run_column *c) { return c->yearly && (c->flags & 1u) && c->type != KJ_TEXT && c->type != KJ_ID && c->type != KJ_KEY; }

static kj_status add_column(kj_error *err, merger *g, merge_table *t, const char *name, const char *unit, const char *long_name, bool full_year)
{
    for (uint32_t c = 0; c < t->n_columns; c++)
        if (!strcmp(t->columns[c].name, name)) return KJ_OK;
    merge_column *grown = realloc(t->columns, (t->n_columns + 1u) * sizeof *grown);
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    t->columns = grown;
    merge_column *c = &grown[t->n_columns++];
    *c = (merge_column){.unit = strdup(unit), .long_name = strdup(long_name), .full_year = full_year, .n_times = full_year ? 1 : (uint32_t)g->n_years};
    snprintf(c->name, sizeof c->name, "%s", name);
    return c->unit && c->long_name ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
}

static kj_status find_table(kj_error *err, merger *g, const char *name, merge_table **out)
{
    for (uint32_t t = 0; t < g->n_tables; t++)
        if (!strcmp(g->tables[t].name, name)) {
            *out = &g->tables[t];
            return KJ_OK;
        }
    merge_table *grown = realloc(g->tables, (g->n_tables + 1u) * sizeof *grown);
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    g->tables = grown;
    *out = &grown[g->n_tables++];
    **out = (merge_table){.in_members = -1};
    snprintf((*out)->name, sizeof (*out)->name, "%s", name);
    return KJ_OK;
}

static kj_status choose(kj_error *err, merger *g, const kj_runread *run, const char *wanted)
{
    char table_name[KJ_NAME_MAX];
    const char *dot = strchr(wanted, '.'), *column = dot ? dot + 1 : NULL;
    snprintf(table_name, sizeof table_name, "%.*s", (int)(dot ? dot - wanted : (long)strlen(wanted)), wanted);
    const kj_run_table *table = kj_runread_table_named(run, table_name);
    if (!table) return kj_fail(err, KJ_E_INPUT, "%s: experiment.outputs: the runs have no table '%s'", g->plan->experiment->path, table_name);
    const kj_run_column *one = column ? kj_run_table_column(table, column) : NULL;
    if (column && (!one || !is_number(one)))
        return kj_fail(err, KJ_E_INPUT, "%s: experiment.outputs: table '%s' has no yearly number '%s'", g->plan->experiment->path, table_name, column);
    merge_table *t = NULL;
    kj_status status = find_table(err, g, table_name, &t);
    for (uint32_t c = 0; !status && c < table->n_columns; c++) {
        const kj_run_column *k = &table->columns[c];
        if (one ? k == one : is_number(k)) status = add_column(err, g, t, k->name, k->unit, k->long_name, false);
    }
    if (!status && one && !strcmp(table_name, "facility") && !strcmp(column, "pupils") && kj_run_table_column(table, "places"))
        status = add_column(err, g, t, "full_year", "year", "first full year: as many pupils as places, from the first recorded year + 3 on; infinite: not before the end", true);
    return status;
}

static bool is_merged(const merger *g, const char *output)
{
    char name[2 * KJ_NAME_MAX];
    bool found = false;
    for (uint32_t t = 0; t < g->n_tables; t++)
        for (uint32_t c = 0; c < g->tables[t].n_columns; c++) {
            snprintf(name, sizeof name, "%s.%s", g->tables[t].name, g->tables[t].columns[c].name);
            found |= !strcmp(name, output);
        }
    return found;
}

kj_status merge_choose_columns(kj_error *err, merger *g, const kj_runread *first)
{
    kj_status status = KJ_OK;
    for (uint32_t i = 0; !status && i < g->plan->experiment->n_tables; i++) {
        const char *wanted = g->plan->experiment->tables[i];
        bool places = !strcmp(wanted, "facility.places"); /* a standard output that a run need not record each year */
        const kj_run_table *f = places ? kj_runread_table_named(first, "facility") : NULL;
        const kj_run_column *k = f ? kj_run_table_column(f, "places") : NULL;
        if (places && (!k || !is_number(k))) continue;
        status = choose(err, g, first, wanted);
    }
    const kj_experiment *e = g->plan->experiment;
    for (uint32_t i = 0; !status && !e->errors_are_default && i < e->n_errors; i++)
        if (!is_merged(g, e->error[i].output))
            status = kj_fail(err, KJ_E_INPUT, "%s: experiment.model_errors: '%s' is not among the outputs", e->path, e->error[i].output);
    return status;
}

/* ---- rows ---- */

static uint32_t find_row(const merge_table *t, uint32_t id, const char *name, uint32_t hint)
{
    if (hint < t->n_rows && t->ids[hint] == id && !strcmp(t->names[hint], name)) return hint;
    for (uint32_t r = 0; r < t->n_rows; r++)
        if (t->ids[r] == id && !strcmp(t->names[r], name)) return r;
    return UINT32_MAX;
}

/* NULL: the table has no such texts. */
static kj_status row_texts(kj_error *err, kj_runread *run, const kj_run_table *table, const char *column, const char *const **texts)
{
    const kj_run_column *c = kj_run_table_column(table, column);
    *texts = NULL;
    return c && c->type == KJ_TEXT ? kj_runread_texts(err, run, table->name, column, texts) : KJ_OK;
}

static kj_status add_row(kj_error *err, merge_table *t, uint32_t id, const char *name, const char *code)
{
    uint32_t *ids = realloc(t->ids, (t->n_rows + 1u) * sizeof *ids);
    if (ids) t->ids = ids;
    char **names = realloc(t->names, (t->n_rows + 1u) * sizeof *names), **codes = realloc(t->codes, (t->n_rows + 1u) * sizeof *codes);
    if (names) t->names = names;
    if (codes) t->codes = codes;
    char *own_name = strdup(name), *own_code = strdup(code);
    if (!ids || !names || !codes || !own_name || !own_code) {
        free(own_name), free(own_code);
        return kj_fail(err, KJ_E_MEMORY, "out of memory");
    }
    ids[t->n_rows] = id;
    names[t->n_rows] = own_name;
    codes[t->n_rows++] = own_code;
    return KJ_OK;
}

kj_status merge_add_rows(kj_error *err, merger *g, kj_runread *run)
{
    kj_status status = KJ_OK;
    for (uint32_t i = 0; !status && i < g->n_tables; i++) {
        merge_table *t = &g->tables[i];
        const kj_run_table *table = kj_runread_table_named(run, t->name);
        const char *const *names = NULL, *const *codes = NULL;
        if (!table) return kj_fail(err, KJ_E_INPUT, "%s: has no table '%s' as the other members have", kj_runread_path(run), t->name);
        status = row_texts(err, run, table, "name", &names);
        if (!status) status = row_texts(err, run, table, "code", &codes);
        for (uint32_t r = 0; !status && r < table->n_rows; r++) {
            const char *name = names ? names[r] : "";
            if (find_row(t, table->ids[r], name, r) == UINT32_MAX) status = add_row(err, t, table->ids[r], name, codes ? codes[r] : "");
        }
    }
    return status;
}

/* ---- reading a batch ---- */

/* Columns in their order over all tables, so that a batch is a range of numbers. */
static merge_column *column_at(const merger *g, uint32_t index, merge_table **table)
{
    for (uint32_t t = 0; t < g->n_tables; t++) {
        *table = &g->tables[t];
        if (index < g->tables[t].n_columns) return &g->tables[t].columns[index];
        index -= g->tables[t].n_columns;
    }
    return NULL;
}

static size_t column_values(const merger *g, const merge_table *t, const merge_column *c) { return (size_t)g->n * c->n_times * t->n_rows; }

/* End of the batch that begins at column `from`. */
static uint32_t batch_end(const merger *g, uint32_t from)
{
    merge_table *t = NULL;
    size_t bytes = 0;
    for (uint32_t i = from;; i++) {
        const merge_column *c = column_at(g, i, &t);
        if (!c) return i;
        bytes += 8 * column_values(g, t, c);
        if (i > from && bytes > BATCH_BYTES) return i;
    }
}

uint32_t merge_n_batches(const merger *g)
{
    merge_table *t = NULL;
    uint32_t n = 0;
    for (uint32_t from = 0; column_at(g, from, &t); from = batch_end(g, from)) n++;
    return n;
}

static kj_status read_series(kj_error *err, const kj_runread *run, const kj_run_table *table, const char *name, double *out)
{
    const kj_run_column *c = kj_run_table_column(table, name);
    uint8_t fill_bytes[8];
    double fill;
    if (!c) return kj_fail(err, KJ_E_INPUT, "%s: table '%s' has no column '%s' as the other members have", kj_runread_path(run), table->name, name);
    kj_status status = kj_runread_series(err, run, table->name, name, KJ_F64, out);
    if (status || c->type == KJ_F32 || c->type == KJ_F64) return status; /* NAN already */
    kj_recorded_fill_value(c->type, fill_bytes);
    switch (c->type) {
    case KJ_U8: fill = fill_bytes[0]; break;
    case KJ_I16: fill = INT16_MIN; break;
    case KJ_I32: fill = INT32_MIN; break;
    default: fill = (double)INT64_MIN; break;
    }
    for (size_t i = 0; i < (size_t)kj_runread_n_years(run) * table->n_rows; i++)
        if (!(out[i] < fill) && !(out[i] > fill)) out[i] = (double)NAN;
    return KJ_OK;
}

/* pupils → first full year, in place of the first year's row. Schools that were never there, and what is no school: NAN. */
static kj_status read_full_year(kj_error *err, const merger *g, const kj_runread *run, const kj_run_table *table, double *pupils)
{
    size_t n = table->n_rows;
    int32_t *full = malloc((n + 1) * sizeof *full);
    kj_status status = full ? read_series(err, run, table, "pupils", pupils) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status) status = kj_facility_first_full(err, run, 0, full);
    for (size_t r = 0; !status && r < n; r++) {
        bool taught = false;
        for (int32_t y = 0; y < g->n_years; y++) taught |= pupils[(size_t)y * n + r] > 0.0;
        pupils[r] = !taught ? (double)NAN : full[r] ? (double)full[r] : (double)INFINITY;
    }
    free(full);
    return status;
}

static kj_status read_column(kj_error *err, const merger *g, const kj_runread *run, const kj_run_table *table, const merge_table *t, merge_column *c,
                             const uint32_t *row_of, uint32_t index)
{
    size_t n = table->n_rows, base = (size_t)index * c->n_times * t->n_rows;
    double *series = malloc(((size_t)g->n_years * n + 1) * sizeof *series);
    if (!series) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    kj_status status = c->full_year ? read_full_year(err, g, run, table, series) : read_series(err, run, table, c->name, series);
    for (uint32_t y = 0; !status && y < c->n_times; y++)
        for (size_t r = 0; r < n; r++) c->values[base + (size_t)y * t->n_rows + row_of[r]] = series[(size_t)y * n + r];
    free(series);
    return status;
}

static kj_status read_member(kj_error *err, merger *g, uint32_t index, uint32_t from, uint32_t to)
{
    kj_runread *run;
    merge_table *t = NULL;
    kj_status status = merge_open_run(err, g, index, &run);
    if (status) return status;
    for (uint32_t i = from; !status && i < to; i++) {
        merge_column *c = column_at(g, i, &t);
        const kj_run_table *table = kj_runread_table_named(run, t->name);
        const char *const *names = NULL;
        uint32_t *row_of = table ? malloc((table->n_rows + 1u) * sizeof *row_of) : NULL;
        status = row_of ? row_texts(err, run, table, "name", &names) : kj_fail(err, KJ_E_MEMORY, "out of memory");
        for (uint32_t r = 0; !status && r < table->n_rows; r++) row_of[r] = find_row(t, table->ids[r], names ? names[r] : "", r);
        if (!status) status = read_column(err, g, run, table, t, c, row_of, index);
        free(row_of);
    }
    kj_runread_close(run);
    return status;
}

static kj_status read_batch(kj_error *err, merger *g, uint32_t from, uint32_t to)
{
    merge_table *t = NULL;
    kj_status status = KJ_OK;
    for (uint32_t i = from; !status && i < to; i++) {
        merge_column *c = column_at(g, i, &t);
        size_t n = column_values(g, t, c);
        c->values = malloc((n + 1) * sizeof *c->values);
        if (!c->values) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
        for (size_t k = 0; !status && k < n; k++) c->values[k] = (double)NAN;
    }
    for (uint32_t m = 0; !status && m < g->n; m++) status = read_member(err, g, m, from, to);
    return status;
}

static void drop_batch(merger *g, uint32_t from, uint32_t to)
{
    merge_table *t = NULL;
    for (uint32_t i = from; i < to; i++) {
        merge_column *c = column_at(g, i, &t);
        free(c->values);
        c->values = NULL;
    }
}

/* ---- writing ---- */

/* [scale][time][id], or [scale][id] for what has no years. */
static hid_t make_dataset(merger *g, hid_t group, const char *name, hid_t scale, uint32_t n_scale, const merge_table *t, const merge_column *c, kj_h5shape *shape)
{
    bool timed = !c->full_year;
    *shape = timed ? (kj_h5shape){.rank = 3, .dims = {n_scale, c->n_times, t->n_rows}} : (kj_h5shape){.rank = 2, .dims = {n_scale, t->n_rows}};
    kj_h5shape_plan(shape, sizeof(double));
    if (shape->chunked)
        for (int d = 0; d < shape->rank; d++) shape->chunk[d] = shape->dims[d] < 1024 ? shape->dims[d] : 1024; /* a figure is read whole */
    double nan_value = (double)NAN;
    hid_t data = kj_h5out_dataset(&g->out, group, name, H5T_IEEE_F64LE, shape, &nan_value), id = H5Dopen2(group, "id", H5P_DEFAULT);
    kj_h5out_f64(&g->out, data, "_FillValue", nan_value);
    if (timed) kj_h5out_axes(&g->out, data, 3, (const hid_t[]){scale, g->axes.time, id});
    else kj_h5out_axes(&g->out, data, 2, (const hid_t[]){scale, id});
    H5Dclose(id);
    kj_h5out_text(&g->out, data, "long_name", c->long_name);
    if (c->unit[0]) kj_h5out_text(&g->out, data, "units", c->unit);
    return data;
}

/* How many of the members in which a school is there fill it before the end. */
static void write_full_share(merger *g, const merge_table *t, const merge_column *c, const kj_group *group, hid_t at, double *share)
{
    kj_h5shape shape = {.rank = 1, .dims = {t->n_rows}};
    for (size_t r = 0; r < t->n_rows; r++) {
        uint32_t n = 0, full = 0;
        for (uint32_t m = 0; m < g->n; m++) {
            double year = c->values[(size_t)m * t->n_rows + r];
            if (!group->has_point[g->plan->point[g->member[m]]] || isnan(year)) continue;
            n++;
            full += !isinf(year);
        }
        share[r] = n ? (double)full / n : (double)NAN;
    }
    kj_h5shape_plan(&shape, sizeof(double));
    hid_t data = kj_h5out_dataset(&g->out, at, "full_share", H5T_IEEE_F64LE, &shape, NULL), id = H5Dopen2(at, "id", H5P_DEFAULT);
    kj_h5out_fill(&g->out, data, &shape, sizeof(double), share);
    kj_h5out_axes(&g->out, data, 1, &id);
    kj_h5out_text(&g->out, data, "long_name", "share of members with as many pupils as places in some year");
    kj_h5out_text(&g->out, data, "units", "1");
    H5Dclose(id);
    H5Dclose(data);
}

static void write_group(merger *g, const merge_table *t, const merge_column *c, const kj_group *group, hid_t at, double *figures)
{
    size_t n = (size_t)c->n_times * t->n_rows;
    kj_h5shape shape;
    for (size_t k = 0; k < n; k++) {
        uint32_t used = 0;
        double stats[KJ_STATS];
        for (uint32_t m = 0; m < g->n; m++)
            if (group->has_point[g->plan->point[g->member[m]]]) g->scratch[used++] = c->values[m * n + k];
        kj_summary(g->scratch, used, stats);
        for (int s = 0; s < KJ_STATS; s++) figures[(size_t)s * n + k] = stats[s];
    }
    hid_t data = make_dataset(g, at, c->name, g->statistic, KJ_STATS, t, c, &shape);
    kj_h5out_fill(&g->out, data, &shape, sizeof(double), figures);
    H5Dclose(data);
    if (c->full_year) write_full_share(g, t, c, group, at, figures);
}

/* The same figures with the model's own error laid over the members' spread. */
static kj_status write_with_error(kj_error *err, merger *g, const merge_table *t, const merge_column *c, const kj_group *group, hid_t at, double *figures)
{
    char name[2 * KJ_NAME_MAX], widths[1024] = "";
    const kj_model_error *error = merge_error_of(g, t, c);
    if (!error) return KJ_OK;
    kj_status status = merge_widen(err, g, t, c, error, group, figures);
    if (status) return status;
    kj_h5shape shape;
    snprintf(name, sizeof name, "%s_with_error", c->name);
    hid_t data = make_dataset(g, at, name, g->statistic, KJ_STATS, t, c, &shape);
    kj_h5out_fill(&g->out, data, &shape, sizeof(double), figures);
    for (uint32_t y = 0; y < error->n_years; y++) snprintf(widths + strlen(widths), sizeof widths - strlen(widths), "%s%g", y ? " " : "", error->width[y]);
    kj_h5out_text(&g->out, data, "covers", "what the members' spread covers and, laid over it, how wrong the model itself is by area");
    kj_h5out_text(&g->out, data, "model_error_percent", widths);
    kj_h5out_text(&g->out, data, "model_error_source", error->source);
    H5Dclose(data);
    return KJ_OK;
}

/* The figure k of all replicates of the contrast's points, NAN where a member is missing. */
static void gather(const merger *g, const merge_column *c, size_t n, size_t k, const uint32_t *points, uint32_t n_strata, double *out)
{
    uint32_t R = g->plan->experiment->replicates;
    for (uint32_t i = 0; i < n_strata * R; i++) out[i] = (double)NAN;
    for (uint32_t m = 0; m < g->n; m++)
        for (uint32_t s = 0; s < n_strata; s++)
            if (g->plan->point[g->member[m]] == points[s]) out[s * R + g->plan->replicate[g->member[m]]] = c->values[m * n + k];
}

static void write_contrast(merger *g, const merge_table *t, const merge_column *c, const kj_contrast *contrast, hid_t at, double *figures)
{
    const kj_experiment *e = g->plan->experiment;
    size_t n = (size_t)c->n_times * t->n_rows, block = (size_t)contrast->n_strata * e->replicates;
    kj_h5shape shape;
    for (size_t k = 0; k < n; k++) {
        double stats[KJ_DIFFS], *base = g->scratch, *other = base + block;
        gather(g, c, n, k, contrast->base, contrast->n_strata, base);
        gather(g, c, n, k, contrast->other, contrast->n_strata, other);
        kj_difference(&(kj_alternatives){base, other, contrast->n_strata, e->replicates, !e->paired}, other + block, stats);
        for (int s = 0; s < KJ_DIFFS; s++) figures[(size_t)s * n + k] = stats[s];
    }
    hid_t data = make_dataset(g, at, c->name, g->difference, KJ_DIFFS, t, c, &shape);
    kj_h5out_fill(&g->out, data, &shape, sizeof(double), figures);
    H5Dclose(data);
}

static void write_members(merger *g, const merge_table *t, const merge_column *c)
{
    kj_h5shape shape;
    if (t->in_members < 0) return;
    hid_t data = make_dataset(g, t->in_members, c->name, g->member_scale, g->n, t, c, &shape);
    kj_h5out_fill(&g->out, data, &shape, sizeof(double), c->values);
    H5Dclose(data);
}

static kj_status write_batch(kj_error *err, merger *g, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        merge_table *t = NULL;
        merge_column *c = column_at(g, i, &t);
        double *figures = malloc(((size_t)KJ_STATS * c->n_times * t->n_rows + 1) * sizeof *figures);
        if (!figures) return kj_fail(err, KJ_E_MEMORY, "out of memory");
        kj_status status = KJ_OK;
        for (uint32_t k = 0; !status && k < g->groups.n; k++) {
            write_group(g, t, c, &g->groups.group[k], t->in_group[k], figures);
            status = write_with_error(err, g, t, c, &g->groups.group[k], t->in_group[k], figures);
        }
        for (uint32_t k = 0; !c->full_year && k < g->groups.n_contrasts; k++) write_contrast(g, t, c, &g->groups.contrast[k], t->in_contrast[k], figures);
        write_members(g, t, c);
        free(figures);
        if (status) return status;
    }
    return KJ_OK;
}

static hid_t open_or_make(merger *g, hid_t parent, const char *name)
{
    return H5Lexists(parent, name, H5P_DEFAULT) > 0 ? H5Gopen2(parent, name, H5P_DEFAULT) : kj_h5out_group(&g->out, parent, name);
}

/* One text a row of a table whose ids are its axis. */
static void write_texts(merger *g, hid_t table, const char *column, uint32_t n, char **texts)
{
    hid_t id = H5Dopen2(table, "id", H5P_DEFAULT), data = kj_h5out_texts(&g->out, table, column, n, (const char *const *)texts);
    kj_h5out_axes(&g->out, data, 1, &id);
    H5Dclose(data);
    H5Dclose(id);
}

static bool has_codes(const merge_table *t)
{
    for (uint32_t r = 0; r < t->n_rows; r++)
        if (t->codes[r][0]) return true;
    return false;
}

/* The group of a path with at most one slash, then the table's group in it with its rows. */
static hid_t table_group(merger *g, const char *path, const char *title, const merge_table *t)
{
    char head[160];
    const char *slash = strchr(path, '/');
    snprintf(head, sizeof head, "%.*s", (int)(slash ? slash - path : (long)strlen(path)), path);
    hid_t outer = open_or_make(g, g->out.file, head), inner = slash ? open_or_make(g, outer, slash + 1) : outer;
    if (H5Aexists(inner, "long_name") == 0) kj_h5out_text(&g->out, inner, "long_name", title);
    hid_t table = kj_h5out_group(&g->out, inner, t->name);
    H5Dclose(kj_h5out_scale(&g->out, table, "id", H5T_STD_U32LE, t->n_rows, t->ids));
    write_texts(g, table, "name", t->n_rows, t->names);
    if (has_codes(t)) write_texts(g, table, "code", t->n_rows, t->codes);
    if (slash) H5Gclose(inner);
    H5Gclose(outer);
    return table;
}

static kj_status make_groups(kj_error *err, merger *g)
{
    for (uint32_t i = 0; i < g->n_tables; i++) {
        merge_table *t = &g->tables[i];
        t->in_group = malloc((g->groups.n + 1u) * sizeof *t->in_group);
        t->in_contrast = malloc((g->groups.n_contrasts + 1u) * sizeof *t->in_contrast);
        if (!t->in_group || !t->in_contrast) return kj_fail(err, KJ_E_MEMORY, "out of memory");
        for (uint32_t k = 0; k < g->groups.n; k++) t->in_group[k] = table_group(g, g->groups.group[k].path, g->groups.group[k].title, t);
        for (uint32_t k = 0; k < g->groups.n_contrasts; k++) t->in_contrast[k] = table_group(g, g->groups.contrast[k].path, g->groups.contrast[k].title, t);
        if (t->n_rows <= MEMBER_ROWS_MAX || !strcmp(t->name, "municipality")) t->in_members = table_group(g, "members", "one line a member", t);
    }
    return KJ_OK;
}

static void close_groups(merger *g)
{
    for (uint32_t i = 0; i < g->n_tables; i++) {
        for (uint32_t k = 0; k < g->groups.n; k++) H5Gclose(g->tables[i].in_group[k]);
        for (uint32_t k = 0; k < g->groups.n_contrasts; k++) H5Gclose(g->tables[i].in_contrast[k]);
        if (g->tables[i].in_members >= 0) H5Gclose(g->tables[i].in_members);
    }
}

kj_status merge_write_tables(kj_error *err, merger *g)
{
    merge_table *t = NULL;
    kj_status status = make_groups(err, g);
    if (status) return status;
    for (uint32_t from = 0, to; !status && column_at(g, from, &t); from = to) {
        to = batch_end(g, from);
        status = read_batch(err, g, from, to);
        if (!status) status = write_batch(err, g, from, to);
        drop_batch(g, from, to);
    }
    close_groups(g);
    return status;
}

void merge_free_tables(merger *g)
{
    for (uint32_t i = 0; i < g->n_tables; i++) {
        merge_table *t = &g->tables[i];
        for (uint32_t r = 0; r < t->n_rows; r++) free(t->names[r]), free(t->codes[r]);
        for (uint32_t c = 0; c < t->n_columns; c++) {
            free(t->columns[c].unit);
            free(t->columns[c].long_name);
        }
        free(t->ids);
        free(t->names);
        free(t->codes);
        free(t->columns);
        free(t->in_group);
        free(t->in_contrast);
    }
    free(g->tables);
}
