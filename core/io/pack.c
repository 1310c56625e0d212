/* Joins the finished years of a run into one file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "cf.h"
#include "h5in.h"
#include "provenance.h"
#include "recorded.h"
#include "rowdata.h"
#include "runfile.h"
#include "runfolder.h"

enum { GROW_BYTES = 16 << 20 };

typedef struct year {
    int32_t number;
    char *path;
    hid_t file, table; /* table: group of the one that is being packed, or -1 */
} year;

typedef struct packer {
    kj_h5out out;
    kj_cf_axes axes;
    kj_sim *sim;
    year *years;
    uint32_t n_years;
    char where[KJ_NAME_MAX + 1];
} packer;

/* ---- the year files ---- */

static kj_status open_years(kj_error *err, const char *dir, packer *p)
{
    int32_t *numbers;
    uint32_t n;
    kj_status status = kj_runfile_years(err, dir, &numbers, &n);
    int32_t first = KJ_YEAR_OF(kj_sim_get_config(p->sim)->start), last = KJ_YEAR_OF(kj_sim_now(p->sim));
    p->years = calloc((uint32_t)(last - first) + 1u, sizeof *p->years);
    if (!status && !p->years) status = kj_fail(err, KJ_E_MEMORY, "%s: out of memory", dir);
    for (uint32_t i = 0; i < n && !status; i++) {
        if (numbers[i] < first || numbers[i] > last) continue;
        if (numbers[i] != first + (int32_t)p->n_years) break;
        year *y = &p->years[p->n_years++];
        char name[32], path[KJ_PATH_MAX];
        y->number = numbers[i];
        y->file = y->table = -1;
        snprintf(name, sizeof name, "year_%04d.nc", y->number);
        status = kj_path_join(err, dir, name, path);
        if (!status && !(y->path = strdup(path))) status = kj_fail(err, KJ_E_MEMORY, "%s: out of memory", dir);
        if (!status) status = kj_h5in_open(err, y->path, "run", &y->file);
    }
    free(numbers);
    if (!status && p->n_years != (uint32_t)(last - first) + 1u)
        status = kj_fail(err, KJ_E_FAILED, "%s: expected the years %d to %d, found no year_%04d.nc", dir, first, last,
                         first + (int32_t)p->n_years);
    return status;
}

static void close_years(packer *p)
{
    for (uint32_t i = 0; i < p->n_years; i++) {
        if (p->years[i].file >= 0) H5Fclose(p->years[i].file);
        free(p->years[i].path);
    }
    free(p->years);
}

/* ---- layers ---- */

static bool copy_chunk(hid_t from, hid_t to, const hsize_t offset[3], uint32_t at_year, uint8_t **buffer,
                       hsize_t *capacity)
{
    hsize_t bytes = 0, target[3] = {at_year, offset[1], offset[2]};
    uint32_t filters = 0;
    if (H5Dget_chunk_storage_size(from, offset, &bytes) < 0 || !bytes) return false;
    if (bytes > *capacity) {
        uint8_t *grown = realloc(*buffer, bytes);
        if (!grown) return false;
        *buffer = grown;
        *capacity = bytes;
    }
    return H5Dread_chunk(from, H5P_DEFAULT, offset, &filters, *buffer) >= 0 &&
           H5Dwrite_chunk(to, H5P_DEFAULT, filters, target, bytes, *buffer) >= 0;
}

/* Takes a layer of one year over as it is compressed. */
static kj_status copy_layer_year(kj_error *err, packer *p, uint32_t at, const char *name, hid_t to,
                                 const kj_h5shape *shape)
{
    const year *y = &p->years[at];
    const hsize_t dims[3] = {1, shape->dims[1], shape->dims[2]};
    hid_t from;
    kj_status status = kj_h5in_dataset(err, y->path, y->file, "", name, 3, dims, &from);
    if (status) return status;
    uint8_t *buffer = NULL;
    hsize_t capacity = 0;
    bool good = true;
    for (hsize_t row = 0; row < shape->dims[1] && good; row += shape->chunk[1])
        for (hsize_t col = 0; col < shape->dims[2] && good; col += shape->chunk[2]) {
            const hsize_t offset[3] = {0, row, col};
            good = copy_chunk(from, to, offset, at, &buffer, &capacity);
        }
    free(buffer);
    H5Dclose(from);
    return good ? KJ_OK
                : kj_fail(err, KJ_E_FAILED, "%s: layer `%s` cannot be copied: the file is damaged", y->path, name);
}

static kj_status pack_layers(kj_error *err, packer *p, const kj_rows *cell)
{
    kj_status status = KJ_OK;
    for (uint32_t c = 0; c < cell->n_columns && !status; c++) {
        const kj_column *column = &cell->columns[c];
        kj_recorded how = kj_recorded_how(cell, column, true);
        if (how == KJ_RECORDED_NOT) continue;
        bool yearly = how == KJ_RECORDED_YEARLY;
        kj_h5shape shape;
        hid_t dataset = kj_cf_layer(&p->out, &p->axes, column, yearly, &shape);
        if (!yearly) kj_h5out_fill(&p->out, dataset, &shape, kj_type_bytes(column->type), column->data);
        for (uint32_t y = 0; y < p->n_years && yearly && !status; y++)
            status = copy_layer_year(err, p, y, kj_cf_layer_name(column->name), dataset, &shape);
        H5Dclose(dataset);
    }
    return status;
}

/* ---- tables ---- */

/* Rows of one table over all years and at the end: the union of their ids, and where the rows of each stand in it. */
typedef struct census {
    kj_id *ids; /* ascending */
    uint32_t n;
    uint32_t **place; /* [year][row of the year] -> index in ids; [n_years]: living rows at the end */
    uint32_t *n_rows; /* [year], [n_years] */
    bool gaps;        /* some id is missing in some year */
} census;

static int compare_ids(const void *a, const void *b)
{
    kj_id x = *(const kj_id *)a, y = *(const kj_id *)b;
    return (x > y) - (x < y);
}

static uint32_t place_of(const census *all, kj_id id)
{
    const kj_id *found = bsearch(&id, all->ids, all->n, sizeof id, compare_ids);
    return found ? (uint32_t)(found - all->ids) : KJ_NO_ROW;
}

/* Ids become their places. Most rows stand in the order of their ids, so the next place is mostly the next one. */
static void find_places(const census *all, uint32_t *ids, uint32_t n)
{
    uint32_t next = 0;
    for (uint32_t row = 0; row < n; row++) {
        ids[row] = next < all->n && all->ids[next] == ids[row] ? next : place_of(all, ids[row]);
        next = ids[row] + 1;
    }
}

static void census_free(const packer *p, census *all)
{
    for (uint32_t y = 0; y <= p->n_years && all->place; y++) free(all->place[y]);
    free(all->place);
    free(all->n_rows);
    free(all->ids);
}

static bool is_ascending(const kj_id *ids, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        if (ids[i - 1] > ids[i]) return false;
    return true;
}

/* Joins n ids to those that are there. */
static bool add_ids(census *all, const kj_id *ids, uint32_t n)
{
    kj_id *joined = malloc(((size_t)all->n + n + 1) * sizeof *joined), *sorted = malloc((n + (size_t)1) * sizeof *sorted);
    bool good = joined && sorted;
    if (good && n) memcpy(sorted, ids, n * sizeof *ids);
    if (good && !is_ascending(ids, n)) qsort(sorted, n, sizeof *sorted, compare_ids);
    uint32_t to = 0;
    for (uint32_t a = 0, b = 0; good && (a < all->n || b < n);) {
        kj_id id = b == n || (a < all->n && all->ids[a] <= sorted[b]) ? all->ids[a++] : sorted[b++];
        if (!to || joined[to - 1] != id) joined[to++] = id;
    }
    free(sorted);
    if (!good) {
        free(joined);
        return false;
    }
    free(all->ids);
    all->ids = joined;
    all->n = to;
    return true;
}

static kj_status read_year_ids(kj_error *err, packer *p, census *all, uint32_t y)
{
    const year *from = &p->years[y];
    kj_status status = kj_h5in_length(err, from->path, from->table, p->where, "id", &all->n_rows[y]);
    hsize_t dims = all->n_rows[y];
    if (!status && !(all->place[y] = calloc(dims + 1, sizeof **all->place)))
        status = kj_fail(err, KJ_E_MEMORY, "out of memory for `%s`", p->where);
    if (!status)
        status = kj_h5in_values(err, from->path, from->table, p->where, "id", 1, &dims, H5T_NATIVE_UINT32, all->place[y]);
    return status;
}

static bool take_final_ids(const packer *p, const kj_rows *rows, census *all)
{
    uint32_t *to = calloc(rows->n_alive + (size_t)1, sizeof *to), n = 0;
    all->place[p->n_years] = to;
    for (uint32_t row = 0; row < rows->n_rows && to; row++)
        if (rows->alive[row]) to[n++] = rows->ids[row];
    all->n_rows[p->n_years] = n;
    return to != NULL;
}

static kj_status take_census(kj_error *err, packer *p, const kj_rows *rows, bool yearly, bool final, census *all)
{
    kj_status status = KJ_OK;
    all->place = calloc(p->n_years + 1u, sizeof *all->place);
    all->n_rows = calloc(p->n_years + 1u, sizeof *all->n_rows);
    bool good = all->place && all->n_rows;
    for (uint32_t y = 0; y < p->n_years && yearly && good && !status; y++) status = read_year_ids(err, p, all, y);
    if (good && final) good = take_final_ids(p, rows, all);
    for (uint32_t y = 0; y <= p->n_years && good && !status; y++) good = add_ids(all, all->place[y], all->n_rows[y]);
    if (!good && !status) status = kj_fail(err, KJ_E_MEMORY, "out of memory for table `%s`", rows->name);
    for (uint32_t y = 0; y <= p->n_years && !status; y++) {
        all->gaps |= yearly && y < p->n_years && all->n_rows[y] != all->n;
        find_places(all, all->place[y], all->n_rows[y]);
    }
    return status;
}

/* `count` copies of the value that says "not there". */
static uint8_t *blank_values(kj_type type, size_t count)
{
    uint32_t width = kj_type_bytes(type);
    uint8_t fill[8], *values = malloc(count * width + 1);
    kj_recorded_fill_value(type, fill);
    if (!values) return NULL;
    memcpy(values, fill, count ? width : 0);
    for (size_t done = 1; done < count; done *= 2) /* what stands there, once more behind itself */
        memcpy(values + done * width, values, (done < count - done ? done : count - done) * width);
    return values;
}

static void scatter(uint8_t *to, const uint8_t *from, const uint32_t *place, uint32_t n, uint32_t width)
{
    for (uint32_t i = 0, end; i < n; i = end) { /* runs of rows that stand together in the union too */
        for (end = i + 1; end < n && place[end] == place[i] + (end - i);) end++;
        memcpy(to + (size_t)place[i] * width, from + (size_t)i * width, (size_t)(end - i) * width);
    }
}

/* Reads one year's values of a column and puts them at their places in `to`. */
static kj_status scatter_year(kj_error *err, packer *p, const census *all, const kj_column *column, bool yearly,
                              uint32_t y, uint8_t *to)
{
    const year *from = &p->years[y];
    kj_status status = KJ_OK;
    uint32_t n = all->n_rows[y], width = kj_type_bytes(column->type);
    uint8_t *values = malloc((size_t)n * width + 1);
    const hsize_t dims[2] = {yearly ? 1 : n, n};
    if (!values) status = kj_fail(err, KJ_E_MEMORY, "out of memory for `%s/%s`", p->where, column->name);
    if (!status)
        status = kj_h5in_values(err, from->path, from->table, p->where, column->name, yearly ? 2 : 1, dims,
                                kj_h5_type(column->type), values);
    if (!status) scatter(to, values, all->place[y], n, width);
    free(values);
    return status;
}

static bool scatter_final(const packer *p, const kj_rows *rows, const census *all, const kj_column *column, uint8_t *to)
{
    void *gathered;
    uint32_t width = kj_type_bytes(column->type);
    const uint8_t *values = kj_rowdata_live(rows, column->data, width, &gathered);
    if (values) scatter(to, values, all->place[p->n_years], all->n_rows[p->n_years], width);
    free(gathered);
    return values || !rows->n_alive;
}

static void mark_fill(kj_h5out *out, hid_t dataset, kj_type type)
{
    uint8_t fill[8];
    kj_recorded_fill_value(type, fill);
    kj_h5out_numbers(out, dataset, "_FillValue", kj_h5_type(type), 1, fill);
}

static kj_status pack_numbers(kj_error *err, packer *p, hid_t group, hid_t id, const kj_rows *rows, const census *all,
                              const kj_column *column, kj_recorded how)
{
    bool yearly = how == KJ_RECORDED_YEARLY;
    uint32_t width = kj_type_bytes(column->type);
    kj_h5shape shape = {.rank = 1, .dims = {all->n}};
    if (yearly) shape = (kj_h5shape){.rank = 2, .dims = {p->n_years, all->n}};
    kj_h5shape_plan(&shape, width);
    uint8_t *values = blank_values(column->type, (yearly ? p->n_years : 1u) * (size_t)all->n);
    kj_status status = values ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory for `%s/%s`", p->where, column->name);
    for (uint32_t y = 0; y < p->n_years && how != KJ_RECORDED_FINAL && !status; y++)
        status = scatter_year(err, p, all, column, yearly, y, values + (yearly ? (size_t)y * all->n * width : 0));
    if (!status && how == KJ_RECORDED_FINAL && !scatter_final(p, rows, all, column, values))
        status = kj_fail(err, KJ_E_MEMORY, "out of memory for `%s/%s`", p->where, column->name);
    if (!status) {
        hid_t dataset = kj_h5out_dataset(&p->out, group, column->name, kj_h5_type(column->type), &shape, NULL);
        kj_h5out_fill(&p->out, dataset, &shape, width, values);
        const hid_t scales[2] = {p->axes.time, id};
        kj_h5out_axes(&p->out, dataset, yearly ? 2 : 1, yearly ? scales : &id);
        kj_cf_describe(&p->out, dataset, column);
        if (yearly && all->gaps) mark_fill(&p->out, dataset, column->type);
        H5Dclose(dataset);
    }
    free(values);
    return status;
}

static kj_status texts_of_year(kj_error *err, packer *p, const census *all, const kj_column *column, uint32_t y,
                               char **texts)
{
    char **read = NULL;
    kj_status status = kj_h5in_texts(err, p->years[y].path, p->years[y].table, p->where, column->name, all->n_rows[y], &read);
    for (uint32_t i = 0; i < all->n_rows[y] && !status; i++) {
        free(texts[all->place[y][i]]);
        texts[all->place[y][i]] = read[i];
    }
    free(read);
    return status;
}

static kj_status texts_of_end(kj_error *err, packer *p, const kj_rows *rows, const census *all, const kj_column *column,
                              char **texts)
{
    const kj_pool *pool = &kj_sim_store(p->sim)->pool;
    const uint32_t *next = all->place[p->n_years];
    for (uint32_t row = 0; row < rows->n_rows; row++) {
        if (!rows->alive[row]) continue;
        char *copy = strdup(kj_pool_text(pool, ((const int32_t *)column->data)[row]));
        if (!copy) return kj_fail(err, KJ_E_MEMORY, "out of memory for `%s/%s`", p->where, column->name);
        uint32_t place = *next++;
        free(texts[place]);
        texts[place] = copy;
    }
    return KJ_OK;
}

static kj_status pack_texts(kj_error *err, packer *p, hid_t group, hid_t id, const kj_rows *rows, const census *all,
                            const kj_column *column, kj_recorded how)
{
    char **texts = calloc(all->n + 1u, sizeof *texts);
    kj_status status = texts ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory for `%s/%s`", p->where, column->name);
    for (uint32_t y = 0; y < p->n_years && how != KJ_RECORDED_FINAL && !status; y++)
        status = texts_of_year(err, p, all, column, y, texts);
    if (!status && how == KJ_RECORDED_FINAL) status = texts_of_end(err, p, rows, all, column, texts);
    const char **shown = status ? NULL : calloc(all->n + 1u, sizeof *shown);
    if (shown) {
        for (uint32_t i = 0; i < all->n; i++) shown[i] = texts[i] ? texts[i] : "";
        hid_t dataset = kj_h5out_texts(&p->out, group, column->name, all->n, shown);
        kj_h5out_axes(&p->out, dataset, 1, &id);
        kj_cf_describe(&p->out, dataset, column);
        H5Dclose(dataset);
    }
    free(shown);
    kj_h5in_free_texts(texts, all->n);
    return status;
}

static kj_status open_tables(kj_error *err, packer *p)
{
    kj_status status = KJ_OK;
    for (uint32_t y = 0; y < p->n_years && !status; y++)
        status = kj_h5in_group(err, p->years[y].path, p->years[y].file, p->where + 1, &p->years[y].table);
    return status;
}

static void close_tables(packer *p)
{
    for (uint32_t y = 0; y < p->n_years; y++) {
        if (p->years[y].table >= 0) H5Gclose(p->years[y].table);
        p->years[y].table = -1;
    }
}

static kj_status pack_table(kj_error *err, packer *p, const kj_rows *rows)
{
    census all = {0};
    bool final = false;
    for (uint32_t c = 0; c < rows->n_columns; c++)
        final |= kj_recorded_how(rows, &rows->columns[c], true) == KJ_RECORDED_FINAL;
    snprintf(p->where, sizeof p->where, "/%s", rows->name);
    bool yearly = kj_recorded_table(rows, false);
    kj_status status = yearly ? open_tables(err, p) : KJ_OK;
    if (!status) status = take_census(err, p, rows, yearly, final, &all);
    if (!status) {
        hid_t group = kj_h5out_group(&p->out, p->out.file, rows->name);
        kj_h5out_text(&p->out, group, "long_name", rows->doc ? rows->doc : "");
        hid_t id = kj_h5out_scale(&p->out, group, "id", H5T_STD_U32LE, all.n, all.ids);
        kj_h5out_text(&p->out, id, "long_name", "id, never used again");
        for (uint32_t c = 0; c < rows->n_columns && !status; c++) {
            const kj_column *column = &rows->columns[c];
            kj_recorded how = kj_recorded_how(rows, column, true);
            if (how == KJ_RECORDED_NOT) continue;
            status = column->type == KJ_TEXT ? pack_texts(err, p, group, id, rows, &all, column, how)
                                             : pack_numbers(err, p, group, id, rows, &all, column, how);
        }
        H5Dclose(id);
        H5Gclose(group);
    }
    census_free(p, &all);
    close_tables(p);
    return status;
}

/* ---- the whole ---- */

/* The hash of every recorded year, so that a branch can be checked against it. */
static kj_status pack_hashes(kj_error *err, packer *p)
{
    char **hashes = calloc(p->n_years + 1u, sizeof *hashes);
    if (!hashes) return kj_fail(err, KJ_E_MEMORY, "out of memory for state hashes");
    kj_status status = KJ_OK;
    for (uint32_t y = 0; y < p->n_years && !status; y++) {
        hashes[y] = kj_h5in_text(p->years[y].file, "state_hash");
        if (!hashes[y]) status = kj_fail(err, KJ_E_FAILED, "%s: expected a state hash, found none", p->years[y].path);
    }
    if (!status) {
        hid_t dataset =
            kj_h5out_texts(&p->out, p->out.file, "year_state_hash", p->n_years, (const char *const *)hashes);
        kj_h5out_axes(&p->out, dataset, 1, &p->axes.time);
        kj_h5out_text(&p->out, dataset, "long_name", "state hash at the end of the year");
        H5Dclose(dataset);
    }
    kj_h5in_free_texts(hashes, p->n_years);
    return status;
}

static kj_status pack_file(kj_error *err, packer *p, const kj_run_info *info)
{
    const kj_store *store = kj_sim_store(p->sim);
    int32_t *years = calloc(p->n_years, sizeof *years);
    if (!years) return kj_fail(err, KJ_E_MEMORY, "out of memory for %u years", p->n_years);
    for (uint32_t y = 0; y < p->n_years; y++) years[y] = p->years[y].number;
    char hash[33];
    kj_sim_hash(p->sim, hash);
    kj_provenance_write(&p->out, "run", p->sim, hash, info);
    kj_status status = kj_cf_axes_write(err, &p->out, kj_sim_grid(p->sim), p->n_years, years, &p->axes);
    free(years);
    if (!status) status = pack_hashes(err, p);
    for (uint32_t t = 0; t < store->n_tables && !status; t++) {
        const kj_rows *rows = &store->tables[t];
        if (!strcmp(rows->name, "cell"))
            status = pack_layers(err, p, rows);
        else if (kj_recorded_table(rows, true))
            status = pack_table(err, p, rows);
    }
    kj_cf_axes_close(&p->axes);
    return status;
}

kj_status kj_runfile_pack(kj_error *err, const char *dir, const char *out_path, kj_sim *sim, const kj_run_info *info)
{
    packer p = {.sim = sim, .axes = {.time = -1, .y = -1, .x = -1}};
    kj_status status = kj_h5out_open(err, &p.out, GROW_BYTES, kj_sim_get_config(sim)->n_threads);
    if (status) return status;
    status = open_years(err, dir, &p);
    if (!status) status = pack_file(err, &p, info);
    close_years(&p);
    if (status == KJ_E_INPUT) status = err->status = KJ_E_FAILED; /* our own year files, not the user's input */
    if (!status) status = kj_h5out_commit(err, &p.out, out_path);
    kj_h5out_close(&p.out);
    if (status) return status;
    kj_error left;
    /* The run is complete; a folder that cannot be cleared must not make it a failed one. */
    if (kj_runfolder_discard(&left, dir)) kj_log_warning("%s", left.text);
    return KJ_OK;
}
