/* The whole state of a simulation, as it lies in memory: a line of text with a checksum over all that follows, then
   values, lists and texts one behind the other in the order of save_state() and restore_state(). Only a program with
   the same tables, columns and queues in the same order reads it, and it lives until the run is packed. (As an HDF5
   file, which it was, two thirds of the time went into some 500 datasets with their attributes that nobody opened, and
   it was written every year.) */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "../base/log.h"
#include "checkpoint.h"
#include "runfile.h"
#include "runfolder.h"

enum { FORMAT = 2, HEADER = 128, KEPT = 2 };

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

/* What a checkpoint and the simulation that reads it must share. */
typedef struct head {
    uint64_t seed;
    int64_t person_months;
    double cell_m, west, north;
    kj_month start, month;
    int32_t nx, ny, epsg;
    uint32_t n_queues, n_tables;
    char hash[33];
} head;

/* ---- writing ---- */

static void save_texts(kj_bytes *to, const kj_pool *pool)
{
    kj_bytes_u32(to, (uint32_t)pool->n);
    for (int32_t i = 0; i < pool->n; i++) kj_bytes_text(to, pool->texts[i]);
}

static void save_params(kj_bytes *to, const kj_sim *sim)
{
    uint32_t n = kj_sim_n_params(sim);
    kj_bytes_u32(to, n);
    for (uint32_t i = 0; i < n; i++) {
        const kj_param_info *param = kj_sim_param(sim, i);
        kj_bytes_text(to, param->name);
        kj_bytes_put(to, &param->value, sizeof param->value);
    }
}

static void save_past(kj_bytes *to, const kj_kept *kept)
{
    uint64_t n = kept->n;
    kj_bytes_put(to, &n, sizeof n);
    kj_bytes_put(to, kept->bytes, kept->n);
}

static void save_queue(kj_bytes *to, const kj_queue_data *queue)
{
    kj_bytes_text(to, queue->name);
    kj_bytes_u32(to, queue->record_bytes);
    kj_bytes_u32(to, queue->n_records);
    kj_bytes_put(to, queue->records, (size_t)queue->n_records * queue->record_bytes);
}

static void save_column(kj_bytes *to, const kj_rows *rows, const kj_column *column)
{
    kj_bytes_text(to, column->name);
    kj_bytes_u32(to, (uint32_t)column->type);
    kj_bytes_text(to, column->origin ? column->origin : "");
    kj_bytes_text(to, column->source ? column->source : "");
    kj_bytes_put(to, column->data, (size_t)rows->n_rows * kj_type_bytes(column->type));
}

static void save_table(kj_bytes *to, const kj_rows *rows)
{
    kj_bytes_text(to, rows->name);
    kj_bytes_u32(to, rows->n_rows);
    kj_bytes_u32(to, rows->next_id);
    kj_bytes_u32(to, count_kept(rows));
    kj_bytes_put(to, rows->ids, rows->n_rows * sizeof *rows->ids);
    kj_bytes_put(to, rows->alive, rows->n_rows * sizeof *rows->alive);
    for (uint32_t c = 0; c < rows->n_columns; c++)
        if (is_kept(rows, &rows->columns[c])) save_column(to, rows, &rows->columns[c]);
}

static void save_head(kj_bytes *to, const kj_sim *sim, const char *hash)
{
    const kj_sim_config *config = kj_sim_get_config(sim);
    const kj_grid *grid = kj_sim_grid(sim);
    head h;
    memset(&h, 0, sizeof h); /* the gaps too: equal states give equal bytes */
    h.seed = config->seed, h.start = config->start, h.month = kj_sim_now(sim), h.person_months = kj_sim_person_months(sim);
    h.nx = grid->nx, h.ny = grid->ny, h.epsg = grid->epsg, h.cell_m = grid->cell_m, h.west = grid->west, h.north = grid->north;
    h.n_queues = kj_sim_n_queues(sim), h.n_tables = kj_sim_store((kj_sim *)sim)->n_tables;
    snprintf(h.hash, sizeof h.hash, "%s", hash);
    kj_bytes_put(to, &h, sizeof h);
}

static void save_state(kj_bytes *to, kj_sim *sim, const char *hash)
{
    const kj_store *store = kj_sim_store(sim);
    save_head(to, sim, hash);
    save_texts(to, &store->pool);
    save_params(to, sim);
    save_past(to, kj_sim_kept(sim));
    for (uint32_t q = 0; q < kj_sim_n_queues(sim); q++) save_queue(to, kj_sim_queue(sim, q));
    for (uint32_t t = 0; t < store->n_tables; t++) save_table(to, &store->tables[t]);
}

/* Tells how long the file must be and what its bytes must sum to. */
static void make_header(char header[HEADER], const uint8_t *bytes, size_t n)
{
    XXH128_hash_t sum = XXH3_128bits(bytes + HEADER, n - HEADER);
    memset(header, 0, HEADER);
    snprintf(header, HEADER, "Kedja checkpoint %d: %zu bytes, XXH3-128 %016llx%016llx\n", FORMAT, n,
             (unsigned long long)sum.high64, (unsigned long long)sum.low64);
}

static kj_status path_of(kj_error *err, const char *dir, int32_t stamp, char path[KJ_PATH_MAX])
{
    char name[32];
    snprintf(name, sizeof name, KJ_CHECKPOINT_PREFIX "%06d" KJ_CHECKPOINT_SUFFIX, stamp);
    return kj_path_join(err, dir, name, path);
}

static kj_status remove_old(kj_error *err, const char *dir)
{
    int32_t *months;
    uint32_t n;
    kj_status status = kj_runfolder_list(err, dir, KJ_CHECKPOINT_PREFIX, KJ_CHECKPOINT_SUFFIX, &months, &n);
    for (uint32_t i = 0; !status && i + KEPT < n; i++) {
        char path[KJ_PATH_MAX];
        status = path_of(err, dir, months[i], path);
        if (!status && unlink(path) && errno != ENOENT)
            status = kj_fail(err, KJ_E_IO, "%s: cannot be removed: %s", path, kj_why(errno));
    }
    free(months);
    return status;
}

kj_status kj_checkpoint_make(kj_error *err, kj_sim *sim, const char *hash, kj_bytes *out)
{
    const char header[HEADER] = "";
    out->n = 0;
    kj_bytes_put(out, header, sizeof header);
    save_state(out, sim, hash);
    return out->failed ? kj_fail(err, KJ_E_MEMORY, "out of memory for a checkpoint") : KJ_OK;
}

kj_status kj_checkpoint_save(kj_error *err, const char *dir, kj_month month, kj_bytes *bytes)
{
    char path[KJ_PATH_MAX];
    kj_status status = path_of(err, dir, KJ_YEAR_OF(month) * 100 + KJ_MONTH_OF_YEAR(month), path);
    if (status) return status;
    make_header((char *)bytes->at, bytes->at, bytes->n);
    status = kj_file_replace(err, path, bytes->at, bytes->n);
    return status ? status : remove_old(err, dir);
}

kj_status kj_checkpoint_write(kj_error *err, const char *dir, kj_sim *sim)
{
    kj_bytes bytes = {0};
    char hash[33];
    kj_sim_hash(sim, hash);
    kj_status status = kj_checkpoint_make(err, sim, hash, &bytes);
    if (!status) status = kj_checkpoint_save(err, dir, kj_sim_now(sim), &bytes);
    kj_bytes_free(&bytes);
    return status;
}

/* ---- reading ---- */

typedef struct reader {
    const char *path;
    kj_reading at;
    kj_sim *sim;
} reader;

static kj_status other_run(kj_error *err, const reader *in, const char *what)
{
    return kj_fail(err, KJ_E_INPUT, "%s: the checkpoint does not fit this run: %s", in->path, what);
}

static kj_status check_owner(kj_error *err, const reader *in, const head *h)
{
    const kj_sim_config *config = kj_sim_get_config(in->sim);
    if (h->seed != config->seed)
        return kj_fail(err, KJ_E_INPUT, "%s: the checkpoint is of another run: expected seed %llu, found %llu",
                       in->path, (unsigned long long)config->seed, (unsigned long long)h->seed);
    if (h->start != config->start)
        return kj_fail(err, KJ_E_INPUT, "%s: the checkpoint is of another run: expected start month %d, found %d",
                       in->path, config->start, h->start);
    if (h->n_queues != kj_sim_n_queues(in->sim)) return other_run(err, in, "it has other queues");
    if (h->n_tables != kj_sim_store(in->sim)->n_tables) return other_run(err, in, "it has other tables");
    return KJ_OK;
}

static kj_status restore_head(kj_error *err, reader *in, head *h)
{
    kj_reading_take(&in->at, h, sizeof *h);
    if (in->at.failed) return other_run(err, in, "it ends too early");
    kj_status status = check_owner(err, in, h);
    if (status) return status;
    kj_grid grid = {.nx = h->nx, .ny = h->ny, .cell_m = h->cell_m, .west = h->west, .north = h->north, .epsg = h->epsg};
    status = kj_sim_restore(err, in->sim, &grid, h->month);
    if (!status) kj_sim_set_person_months(in->sim, h->person_months);
    return status;
}

/* Interning in the old order gives the old indices, because a run interns what its scenario needs in the same order. */
static kj_status restore_texts(kj_error *err, reader *in)
{
    kj_pool *pool = &kj_sim_store(in->sim)->pool;
    uint32_t n = kj_reading_u32(&in->at);
    for (uint32_t i = 0; i < n && !in->at.failed; i++)
        if (kj_pool_intern(pool, kj_reading_text(&in->at)) != (int32_t)i)
            return other_run(err, in, "its texts stand in another order");
    return pool->n > (int32_t)n ? other_run(err, in, "this run has texts that the checkpoint has not") : KJ_OK;
}

static kj_status restore_params(kj_error *err, reader *in)
{
    uint32_t n = kj_reading_u32(&in->at);
    for (uint32_t i = 0; i < n && !in->at.failed; i++) {
        const char *name = kj_reading_text(&in->at);
        double value = 0.0;
        kj_reading_take(&in->at, &value, sizeof value);
        kj_status status = in->at.failed ? KJ_OK : kj_sim_set_param(err, in->sim, name, value);
        if (status) return kj_error_context(err, "%s", in->path);
    }
    return KJ_OK;
}

/* What policies keep of the past. */
static kj_status restore_past(kj_error *err, reader *in)
{
    uint64_t n = 0;
    kj_reading_take(&in->at, &n, sizeof n);
    if (n == 0 || !kj_reading_has(&in->at, n)) return KJ_OK;
    uint8_t *bytes = kj_sim_keep(in->sim, n);
    if (!bytes) return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", in->path);
    kj_reading_take(&in->at, bytes, n);
    return KJ_OK;
}

static kj_status restore_queue(kj_error *err, reader *in, uint32_t index)
{
    kj_queue_data *queue = kj_sim_queue(in->sim, index);
    bool same = strcmp(kj_reading_text(&in->at), queue->name) == 0;
    same &= kj_reading_u32(&in->at) == queue->record_bytes;
    uint32_t n = kj_reading_u32(&in->at);
    if (!same) return other_run(err, in, "a queue has another name or records of another size");
    if (!kj_reading_has(&in->at, (uint64_t)n * queue->record_bytes)) return KJ_OK;
    kj_status status = kj_sim_queue_resize(err, in->sim, index, n);
    queue = kj_sim_queue(in->sim, index);
    if (!status) kj_reading_take(&in->at, queue->records, (size_t)n * queue->record_bytes);
    return status;
}

/* Rows with their old ids; the table is empty. */
static kj_status restore_rows(kj_error *err, reader *in, kj_rows *rows, uint32_t n, uint32_t next_id)
{
    if (next_id <= n || next_id > INT32_MAX) return other_run(err, in, "a table has more rows than ids");
    if (!kj_reading_has(&in->at, (uint64_t)n * (sizeof *rows->ids + sizeof *rows->alive))) return KJ_OK;
    kj_status status = kj_rows_reopen(err, kj_sim_store(in->sim), rows, n, next_id);
    if (status) return status;
    kj_reading_take(&in->at, rows->ids, n * sizeof *rows->ids);
    kj_reading_take(&in->at, rows->alive, n * sizeof *rows->alive);
    for (uint32_t row = 0; row < n; row++) {
        if (!rows->alive[row]) continue;
        if (!rows->ids[row] || rows->ids[row] >= next_id)
            return other_run(err, in, "a row has an id that was never given out");
        rows->row_of[rows->ids[row]] = row;
        rows->n_alive++;
    }
    return KJ_OK;
}

static kj_status restore_column(kj_error *err, reader *in, const kj_rows *rows, kj_column *column)
{
    bool same = strcmp(kj_reading_text(&in->at), column->name) == 0;
    same &= kj_reading_u32(&in->at) == (uint32_t)column->type;
    const char *origin = kj_reading_text(&in->at), *source = kj_reading_text(&in->at);
    if (!same) return other_run(err, in, "a column has another name or type");
    kj_status status = kj_column_provenance(err, column, origin, source);
    if (!status) kj_reading_take(&in->at, column->data, (size_t)rows->n_rows * kj_type_bytes(column->type));
    return status;
}

static kj_status restore_table(kj_error *err, reader *in, kj_rows *rows)
{
    const char *name = kj_reading_text(&in->at);
    uint32_t n = kj_reading_u32(&in->at), next_id = kj_reading_u32(&in->at), n_columns = kj_reading_u32(&in->at);
    if (strcmp(name, rows->name) != 0) return other_run(err, in, "it has other tables");
    if (n_columns != count_kept(rows))
        return kj_fail(err, KJ_E_INPUT, "%s: the checkpoint does not fit this run: table `%s`: expected %u columns, found %u",
                       in->path, rows->name, count_kept(rows), n_columns);
    kj_status status = restore_rows(err, in, rows, n, next_id);
    for (uint32_t c = 0; c < rows->n_columns && !status && !in->at.failed; c++)
        if (is_kept(rows, &rows->columns[c])) status = restore_column(err, in, rows, &rows->columns[c]);
    return status;
}

static kj_status check_hash(kj_error *err, const reader *in, const char *expected)
{
    char hash[33];
    kj_sim_hash(in->sim, hash);
    if (strcmp(hash, expected) == 0) return KJ_OK;
    return kj_fail(err, KJ_E_FAILED, "%s: the restored state differs: expected hash %.32s, found %s", in->path, expected, hash);
}

static kj_status restore_state(kj_error *err, reader *in)
{
    head h;
    kj_store *store = kj_sim_store(in->sim);
    kj_status status = restore_head(err, in, &h);
    if (!status) status = restore_texts(err, in);
    if (!status) status = restore_params(err, in);
    if (!status) status = restore_past(err, in);
    for (uint32_t q = 0; q < kj_sim_n_queues(in->sim) && !status; q++) status = restore_queue(err, in, q);
    for (uint32_t t = 0; t < store->n_tables && !status; t++) status = restore_table(err, in, &store->tables[t]);
    if (!status && (in->at.failed || in->at.left != 0)) status = other_run(err, in, "it has another length");
    return status ? status : check_hash(err, in, h.hash);
}

/* Reads a checkpoint whose bytes are those that were written; NULL with a warning if they are not. */
static uint8_t *read_whole(const char *path, size_t *n)
{
    char *bytes = kj_file_read(path, n), header[HEADER] = {0};
    if (!bytes) {
        kj_log_warning("%s: cannot be read: %s: trying an older checkpoint", path, kj_why(errno));
        return NULL;
    }
    if (*n > HEADER) make_header(header, (const uint8_t *)bytes, *n);
    if (*n > HEADER && memcmp(bytes, header, HEADER) == 0) return (uint8_t *)bytes;
    kj_log_warning("%s: damaged or cut off: trying an older checkpoint", path);
    free(bytes);
    return NULL;
}

kj_status kj_checkpoint_read(kj_error *err, const char *dir, kj_sim *sim, bool *found)
{
    int32_t *stamps;
    uint32_t n;
    *found = false;
    kj_status status = kj_runfolder_list(err, dir, KJ_CHECKPOINT_PREFIX, KJ_CHECKPOINT_SUFFIX, &stamps, &n);
    while (!status && n-- > 0 && !*found) {
        char path[KJ_PATH_MAX];
        size_t n_bytes = 0;
        status = path_of(err, dir, stamps[n], path);
        uint8_t *bytes = status ? NULL : read_whole(path, &n_bytes);
        if (!bytes) continue;
        *found = true;
        reader in = {.path = path, .at = {.at = bytes + HEADER, .left = n_bytes - HEADER}, .sim = sim};
        status = restore_state(err, &in);
        free(bytes);
    }
    free(stamps);
    return status;
}
