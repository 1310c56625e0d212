/* The whole state of a simulation as an HDF5 file. Its user block holds a checksum over all bytes behind it, so that a
   damaged file is known before anything of it is used. Nothing is compressed: speed counts, and the file lives shortly.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "../base/log.h"
#include "../base/text.h"
#include "cf.h"
#include "h5in.h"
#include "runfile.h"
#include "runfolder.h"

enum { FORMAT = 1, USER_BLOCK = 512, KEPT = 2 };

/* ---- writing ---- */

static void write_plain(kj_h5out *out, hid_t group, const char *name, hid_t type, uint64_t n, uint32_t width,
                        const void *values)
{
    kj_h5shape shape = {.rank = 1, .dims = {n}};
    hid_t dataset = kj_h5out_dataset(out, group, name, type, &shape, NULL);
    kj_h5out_fill(out, dataset, &shape, width, values);
    H5Dclose(dataset);
}

/* What is derived is made anew, but policies read layers and recorded columns before that. */
static bool is_kept(const kj_rows *rows, const kj_column *column)
{
    return !(column->flags & KJ_DERIVED) || (column->flags & KJ_RECORD) || strcmp(rows->name, "cell") == 0;
}

static uint32_t count_kept(const kj_rows *rows)
{
    uint32_t n = 0;
    for (uint32_t c = 0; c < rows->n_columns; c++) n += is_kept(rows, &rows->columns[c]);
    return n;
}

/* Texts are kept as indices into the pool. */
static hid_t stored_type(kj_type type) { return type == KJ_TEXT ? H5T_STD_I32LE : kj_h5_type(type); }

static void write_column(kj_h5out *out, hid_t group, const kj_rows *rows, const kj_column *column)
{
    kj_h5shape shape = {.rank = 1, .dims = {rows->n_rows}};
    hid_t dataset = kj_h5out_dataset(out, group, column->name, stored_type(column->type), &shape, NULL);
    kj_h5out_fill(out, dataset, &shape, kj_type_bytes(column->type), column->data);
    kj_h5out_text(out, dataset, "kedja_type", kj_type_name(column->type));
    kj_h5out_text(out, dataset, "origin", column->origin ? column->origin : "");
    kj_h5out_text(out, dataset, "source", column->source ? column->source : "");
    H5Dclose(dataset);
}

static void write_table(kj_h5out *out, hid_t tables, const kj_rows *rows)
{
    hid_t group = kj_h5out_group(out, tables, rows->name), columns = kj_h5out_group(out, group, "columns");
    kj_h5out_numbers(out, group, "next_id", H5T_STD_U32LE, 1, &rows->next_id);
    uint32_t n = count_kept(rows);
    kj_h5out_numbers(out, group, "n_columns", H5T_STD_U32LE, 1, &n);
    write_plain(out, group, "ids", H5T_STD_U32LE, rows->n_rows, sizeof *rows->ids, rows->ids);
    write_plain(out, group, "alive", H5T_STD_U8LE, rows->n_rows, sizeof *rows->alive, rows->alive);
    for (uint32_t c = 0; c < rows->n_columns; c++)
        if (is_kept(rows, &rows->columns[c])) write_column(out, columns, rows, &rows->columns[c]);
    H5Gclose(columns);
    H5Gclose(group);
}

static void write_params(kj_h5out *out, const kj_sim *sim)
{
    uint32_t n = kj_sim_n_params(sim);
    const char **names = calloc(n + 1u, sizeof *names);
    double *values = calloc(n + 1u, sizeof *values);
    for (uint32_t i = 0; i < n && names && values; i++) {
        names[i] = kj_sim_param(sim, i)->name;
        values[i] = kj_sim_param(sim, i)->value;
    }
    if (names && values) {
        hid_t dataset = kj_h5out_texts(out, out->file, "param_names", n, names);
        H5Dclose(dataset);
        write_plain(out, out->file, "param_values", H5T_IEEE_F64LE, n, sizeof *values, values);
    } else {
        out->failed = true;
    }
    free(names);
    free(values);
}

static void write_queues(kj_h5out *out, kj_sim *sim)
{
    hid_t group = kj_h5out_group(out, out->file, "queues");
    for (uint32_t i = 0; i < kj_sim_n_queues(sim); i++) {
        const kj_queue_data *queue = kj_sim_queue(sim, i);
        kj_h5shape shape = {.rank = 2, .dims = {queue->n_records, queue->record_bytes}};
        hid_t dataset = kj_h5out_dataset(out, group, queue->name, H5T_STD_U8LE, &shape, NULL);
        kj_h5out_fill(out, dataset, &shape, 1, queue->records);
        H5Dclose(dataset);
    }
    H5Gclose(group);
}

static void write_head(kj_h5out *out, const kj_sim *sim)
{
    const kj_sim_config *config = kj_sim_get_config(sim);
    const kj_grid *grid = kj_sim_grid(sim);
    int64_t person_months = kj_sim_person_months(sim);
    const int32_t whole[3] = {grid->nx, grid->ny, grid->epsg};
    const double place[3] = {grid->cell_m, grid->west, grid->north};
    char hash[33];
    kj_sim_hash(sim, hash);
    kj_cf_root(out, "checkpoint", "");
    kj_h5out_text(out, out->file, "state_hash", hash);
    kj_h5out_numbers(out, out->file, "seed", H5T_STD_U64LE, 1, &config->seed);
    kj_h5out_i32(out, out->file, "start_month", config->start);
    kj_h5out_i32(out, out->file, "month", kj_sim_now(sim));
    kj_h5out_numbers(out, out->file, "person_months", H5T_STD_I64LE, 1, &person_months);
    kj_h5out_numbers(out, out->file, "grid_nx_ny_epsg", H5T_STD_I32LE, 3, whole);
    kj_h5out_numbers(out, out->file, "grid_cell_west_north", H5T_IEEE_F64LE, 3, place);
}

static void write_state(kj_h5out *out, kj_sim *sim)
{
    const kj_store *store = kj_sim_store(sim);
    write_head(out, sim);
    hid_t texts =
        kj_h5out_texts(out, out->file, "texts", (uint64_t)store->pool.n, (const char *const *)store->pool.texts);
    H5Dclose(texts);
    write_params(out, sim);
    write_plain(out, out->file, "kept", H5T_STD_U8LE, kj_sim_kept(sim)->n, 1, kj_sim_kept(sim)->bytes);
    write_queues(out, sim);
    hid_t tables = kj_h5out_group(out, out->file, "tables");
    for (uint32_t t = 0; t < store->n_tables; t++) write_table(out, tables, &store->tables[t]);
    H5Gclose(tables);
}

/* First line of the user block; tells how long the file must be and what its bytes must sum to. */
static void make_header(char header[USER_BLOCK], const unsigned char *bytes, size_t n)
{
    XXH128_hash_t sum = XXH3_128bits(bytes + USER_BLOCK, n - USER_BLOCK);
    memset(header, 0, USER_BLOCK);
    snprintf(header, USER_BLOCK, "Kedja checkpoint %d: %zu bytes, XXH3-128 %016llx%016llx\n", FORMAT, n,
             (unsigned long long)sum.high64, (unsigned long long)sum.low64);
}

static size_t estimate_bytes(const kj_store *store)
{
    size_t bytes = 1 << 20;
    for (uint32_t t = 0; t < store->n_tables; t++) {
        const kj_rows *rows = &store->tables[t];
        bytes += (size_t)rows->n_rows * 5 + (size_t)rows->n_columns * 4096;
        for (uint32_t c = 0; c < rows->n_columns; c++)
            bytes += (size_t)rows->n_rows * kj_type_bytes(rows->columns[c].type);
    }
    return bytes;
}

static kj_status remove_old(kj_error *err, const char *dir)
{
    int32_t *months;
    uint32_t n;
    kj_status status = kj_runfolder_list(err, dir, "checkpoint_", ".h5", &months, &n);
    for (uint32_t i = 0; !status && i + KEPT < n; i++) {
        char name[32], path[KJ_PATH_MAX];
        snprintf(name, sizeof name, "checkpoint_%06d.h5", months[i]);
        status = kj_path_join(err, dir, name, path);
        if (!status && unlink(path) && errno != ENOENT)
            status = kj_fail(err, KJ_E_IO, "%s: cannot be removed: %s", path, strerror(errno));
    }
    free(months);
    return status;
}

static kj_status path_of(kj_error *err, const char *dir, int32_t stamp, char path[KJ_PATH_MAX])
{
    char name[32];
    snprintf(name, sizeof name, "checkpoint_%06d.h5", stamp);
    return kj_path_join(err, dir, name, path);
}

kj_status kj_checkpoint_write(kj_error *err, const char *dir, kj_sim *sim)
{
    char path[KJ_PATH_MAX];
    kj_h5out out;
    kj_month now = kj_sim_now(sim);
    kj_status status = path_of(err, dir, KJ_YEAR_OF(now) * 100 + KJ_MONTH_OF_YEAR(now), path);
    if (!status) status = kj_h5out_open(err, &out, estimate_bytes(kj_sim_store(sim)), USER_BLOCK, 1);
    if (status) return status;
    write_state(&out, sim);
    unsigned char *bytes = NULL;
    size_t n = 0;
    status = kj_h5out_image(err, &out, &bytes, &n);
    if (!status) {
        make_header((char *)bytes, bytes, n);
        status = kj_file_replace(err, path, bytes, n);
    }
    kj_h5out_close(&out);
    return status ? status : remove_old(err, dir);
}

/* ---- reading ---- */

typedef struct reader {
    const char *path;
    hid_t file;
    kj_sim *sim;
    char where[KJ_NAME_MAX + 24];
} reader;

static kj_status other_run(kj_error *err, const reader *in, const char *what)
{
    return kj_fail(err, KJ_E_INPUT, "%s: the checkpoint does not fit this run: %s", in->path, what);
}

static kj_status check_owner(kj_error *err, const reader *in)
{
    const kj_sim_config *config = kj_sim_get_config(in->sim);
    uint64_t seed;
    int32_t start;
    if (!kj_h5in_numbers(in->file, "seed", H5T_NATIVE_UINT64, 1, &seed) ||
        !kj_h5in_numbers(in->file, "start_month", H5T_NATIVE_INT32, 1, &start))
        return other_run(err, in, "expected a seed and a start month, found none");
    if (seed != config->seed)
        return kj_fail(err, KJ_E_INPUT, "%s: the checkpoint is of another run: expected seed %llu, found %llu",
                       in->path, (unsigned long long)config->seed, (unsigned long long)seed);
    if (start != config->start)
        return kj_fail(err, KJ_E_INPUT, "%s: the checkpoint is of another run: expected start month %d, found %d",
                       in->path, config->start, start);
    return KJ_OK;
}

static kj_status restore_head(kj_error *err, const reader *in)
{
    int32_t whole[3], month;
    double place[3];
    int64_t person_months;
    kj_status status = check_owner(err, in);
    if (status) return status;
    if (!kj_h5in_numbers(in->file, "grid_nx_ny_epsg", H5T_NATIVE_INT32, 3, whole) ||
        !kj_h5in_numbers(in->file, "grid_cell_west_north", H5T_NATIVE_DOUBLE, 3, place) ||
        !kj_h5in_numbers(in->file, "month", H5T_NATIVE_INT32, 1, &month) ||
        !kj_h5in_numbers(in->file, "person_months", H5T_NATIVE_INT64, 1, &person_months))
        return other_run(err, in, "expected grid, month and person-months, found none");
    kj_grid grid = {
        .nx = whole[0], .ny = whole[1], .cell_m = place[0], .west = place[1], .north = place[2], .epsg = whole[2]};
    status = kj_sim_restore(err, in->sim, &grid, month);
    if (!status) kj_sim_set_person_months(in->sim, person_months);
    return status;
}

/* Interning in the old order gives the old indices, because a run interns what its scenario needs in the same order. */
static kj_status restore_texts(kj_error *err, const reader *in)
{
    uint32_t n;
    char **texts;
    kj_status status = kj_h5in_length(err, in->path, in->file, "", "texts", &n);
    if (!status) status = kj_h5in_texts(err, in->path, in->file, "", "texts", n, &texts);
    if (status) return status;
    kj_pool *pool = &kj_sim_store(in->sim)->pool;
    for (uint32_t i = 0; i < n && !status; i++)
        if (kj_pool_intern(pool, texts[i]) != (int32_t)i)
            status = other_run(err, in, "its texts stand in another order");
    if (!status && pool->n > (int32_t)n) status = other_run(err, in, "this run has texts that the checkpoint has not");
    kj_h5in_free_texts(texts, n);
    return status;
}

static kj_status restore_params(kj_error *err, const reader *in)
{
    uint32_t n;
    char **names;
    kj_status status = kj_h5in_length(err, in->path, in->file, "", "param_names", &n);
    if (!status) status = kj_h5in_texts(err, in->path, in->file, "", "param_names", n, &names);
    if (status) return status;
    hsize_t dims = n;
    double *values = calloc(n + 1u, sizeof *values);
    if (!values) status = kj_fail(err, KJ_E_MEMORY, "%s: out of memory", in->path);
    if (!status)
        status = kj_h5in_values(err, in->path, in->file, "", "param_values", 1, &dims, H5T_NATIVE_DOUBLE, values);
    for (uint32_t i = 0; i < n && !status; i++) {
        status = kj_sim_set_param(err, in->sim, names[i], values[i]);
        if (status) kj_error_context(err, "%s", in->path);
    }
    free(values);
    kj_h5in_free_texts(names, n);
    return status;
}

/* What policies keep of the past. */
static kj_status restore_past(kj_error *err, const reader *in)
{
    uint32_t n;
    if (H5Lexists(in->file, "kept", H5P_DEFAULT) <= 0) return other_run(err, in, "it was written by an older version, which kept nothing of past years; begin the run again");
    kj_status status = kj_h5in_length(err, in->path, in->file, "", "kept", &n);
    hsize_t dims = n;
    if (status || n == 0) return status;
    uint8_t *bytes = kj_sim_keep(in->sim, n);
    return bytes ? kj_h5in_values(err, in->path, in->file, "", "kept", 1, &dims, H5T_NATIVE_UINT8, bytes) : kj_fail(err, KJ_E_MEMORY, "%s: out of memory", in->path);
}

static kj_status restore_queue(kj_error *err, const reader *in, hid_t group, uint32_t index)
{
    kj_queue_data *queue = kj_sim_queue(in->sim, index);
    hid_t dataset;
    kj_status status = kj_h5in_dataset(err, in->path, group, "/queues", queue->name, 2, NULL, &dataset);
    if (status) return status;
    hsize_t dims[2] = {0};
    hid_t space = H5Dget_space(dataset);
    H5Sget_simple_extent_dims(space, dims, NULL);
    H5Sclose(space);
    H5Dclose(dataset);
    if (dims[1] != queue->record_bytes || dims[0] > INT32_MAX)
        return other_run(err, in, "a queue has records of another size");
    status = kj_sim_queue_resize(err, in->sim, index, (uint32_t)dims[0]);
    queue = kj_sim_queue(in->sim, index);
    return status ? status
                  : kj_h5in_values(err, in->path, group, "/queues", queue->name, 2, dims, H5T_NATIVE_UINT8,
                                   queue->records);
}

static kj_status restore_queues(kj_error *err, const reader *in)
{
    hid_t group;
    kj_status status = kj_h5in_group(err, in->path, in->file, "queues", &group);
    if (status) return status;
    for (uint32_t i = 0; i < kj_sim_n_queues(in->sim) && !status; i++) status = restore_queue(err, in, group, i);
    H5Gclose(group);
    return status;
}

/* Rows with their old ids; the table is empty. */
static kj_status restore_rows(kj_error *err, const reader *in, hid_t group, kj_rows *rows)
{
    uint32_t n, next_id;
    kj_status status = kj_h5in_length(err, in->path, group, in->where, "ids", &n);
    if (status) return status;
    if (!kj_h5in_numbers(group, "next_id", H5T_NATIVE_UINT32, 1, &next_id) || next_id <= n || next_id > INT32_MAX)
        return other_run(err, in, "a table has more rows than ids");
    hsize_t dims = n;
    status = kj_rows_reopen(err, kj_sim_store(in->sim), rows, n, next_id);
    if (!status)
        status = kj_h5in_values(err, in->path, group, in->where, "ids", 1, &dims, H5T_NATIVE_UINT32, rows->ids);
    if (!status)
        status = kj_h5in_values(err, in->path, group, in->where, "alive", 1, &dims, H5T_NATIVE_UINT8, rows->alive);
    if (status) return status;
    for (uint32_t row = 0; row < n; row++) {
        if (!rows->alive[row]) continue;
        if (!rows->ids[row] || rows->ids[row] >= next_id)
            return other_run(err, in, "a row has an id that was never given out");
        rows->row_of[rows->ids[row]] = row;
        rows->n_alive++;
    }
    return KJ_OK;
}

static kj_status restore_column(kj_error *err, const reader *in, hid_t columns, const kj_rows *rows, kj_column *column)
{
    hsize_t dims = rows->n_rows;
    hid_t dataset;
    kj_status status = kj_h5in_dataset(err, in->path, columns, in->where, column->name, 1, &dims, &dataset);
    if (status) return status;
    char *type = kj_h5in_text(dataset, "kedja_type"), *origin = kj_h5in_text(dataset, "origin"),
         *source = kj_h5in_text(dataset, "source");
    if (!type || kj_cf_type_of(type) != column->type)
        status = other_run(err, in, "a column has another type");
    else
        status = kj_column_provenance(err, column, origin ? origin : "", source ? source : "");
    free(type);
    free(origin);
    free(source);
    H5Dclose(dataset);
    return status ? status
                  : kj_h5in_values(err, in->path, columns, in->where, column->name, 1, &dims, stored_type(column->type),
                                   column->data);
}

static kj_status restore_table(kj_error *err, reader *in, hid_t tables, kj_rows *rows)
{
    hid_t group, columns = -1;
    uint32_t n_columns = 0;
    snprintf(in->where, sizeof in->where, "/tables/%s", rows->name);
    kj_status status = kj_h5in_group(err, in->path, tables, rows->name, &group);
    if (status) return status;
    if (!kj_h5in_numbers(group, "n_columns", H5T_NATIVE_UINT32, 1, &n_columns) || n_columns != count_kept(rows))
        status = kj_fail(err, KJ_E_INPUT,
                         "%s: the checkpoint does not fit this run: table `%s`: expected %u columns, found %u",
                         in->path, rows->name, count_kept(rows), n_columns);
    if (!status) status = restore_rows(err, in, group, rows);
    if (!status) status = kj_h5in_group(err, in->path, group, "columns", &columns);
    for (uint32_t c = 0; c < rows->n_columns && !status; c++)
        if (is_kept(rows, &rows->columns[c])) status = restore_column(err, in, columns, rows, &rows->columns[c]);
    if (columns >= 0) H5Gclose(columns);
    H5Gclose(group);
    return status;
}

static kj_status restore_tables(kj_error *err, reader *in)
{
    kj_store *store = kj_sim_store(in->sim);
    hid_t tables;
    kj_status status = kj_h5in_group(err, in->path, in->file, "tables", &tables);
    if (status) return status;
    for (uint32_t t = 0; t < store->n_tables && !status; t++)
        status = restore_table(err, in, tables, &store->tables[t]);
    H5Gclose(tables);
    return status;
}

static kj_status check_hash(kj_error *err, const reader *in)
{
    char hash[33], *expected = kj_h5in_text(in->file, "state_hash");
    kj_sim_hash(in->sim, hash);
    kj_status status = KJ_OK;
    if (!expected || strcmp(hash, expected))
        status = kj_fail(err, KJ_E_FAILED, "%s: the restored state differs: expected hash %s, found %s", in->path,
                         expected ? expected : "none", hash);
    free(expected);
    return status;
}

static kj_status restore(kj_error *err, const char *path, kj_sim *sim)
{
    reader in = {.path = path, .sim = sim};
    kj_status status = kj_h5in_open(err, path, "checkpoint", &in.file);
    if (status) return status;
    status = restore_head(err, &in);
    if (!status) status = restore_texts(err, &in);
    if (!status) status = restore_params(err, &in);
    if (!status) status = restore_past(err, &in);
    if (!status) status = restore_queues(err, &in);
    if (!status) status = restore_tables(err, &in);
    if (!status) status = check_hash(err, &in);
    H5Fclose(in.file);
    return status;
}

/* Whether the bytes of a checkpoint are what was written; a warning if not. */
static bool is_whole(const char *path)
{
    size_t n = 0;
    char *bytes = kj_file_read(path, &n), header[USER_BLOCK] = {0};
    if (!bytes) {
        kj_log_warning("%s: cannot be read: %s: trying an older checkpoint", path, strerror(errno));
        return false;
    }
    if (n > USER_BLOCK) make_header(header, (const unsigned char *)bytes, n);
    bool whole = n > USER_BLOCK && !memcmp(bytes, header, USER_BLOCK);
    if (!whole) kj_log_warning("%s: damaged or cut off: trying an older checkpoint", path);
    free(bytes);
    return whole;
}

kj_status kj_checkpoint_read(kj_error *err, const char *dir, kj_sim *sim, bool *found)
{
    int32_t *stamps;
    uint32_t n;
    *found = false;
    kj_status status = kj_runfolder_list(err, dir, "checkpoint_", ".h5", &stamps, &n);
    while (!status && n-- > 0 && !*found) {
        char path[KJ_PATH_MAX];
        status = path_of(err, dir, stamps[n], path);
        if (status || !is_whole(path)) continue;
        *found = true;
        status = restore(err, path, sim);
    }
    free(stamps);
    return status;
}
