#include "image.h"

#include <stdlib.h>
#include <string.h>

typedef struct table_image {
    uint32_t n_rows, n_alive, next_id, n_columns;
    kj_id *ids;
    uint8_t *alive;
    void **columns;
    char **origins, **sources;
} table_image;

typedef struct queue_image {
    uint32_t n_records;
    uint8_t *records;
} queue_image;

struct kj_image {
    int64_t bytes, person_months;
    kj_month month;
    kj_grid grid;
    uint32_t n_tables, n_queues, n_params;
    table_image *tables;
    queue_image *queues;
    double *params;
    uint8_t *kept; /* of the past, for policies */
    size_t n_kept;
    int32_t n_texts;
    char **texts;
    char hash[33];
};

/* A counted copy; an empty block is one byte, so that NULL is always lack of memory. */
static void *copy_of(kj_image *image, const void *from, size_t n)
{
    void *to = malloc(n ? n : 1);
    if (to && n) memcpy(to, from, n);
    image->bytes += (int64_t)n;
    return to;
}

static bool take_table(kj_image *image, const kj_rows *rows, table_image *out)
{
    size_t n = rows->n_rows;
    *out = (table_image){.n_rows = rows->n_rows, .n_alive = rows->n_alive, .next_id = rows->next_id, .n_columns = rows->n_columns};
    out->ids = copy_of(image, rows->ids, n * sizeof *rows->ids);
    out->alive = copy_of(image, rows->alive, n);
    out->columns = calloc(rows->n_columns + 1u, sizeof *out->columns);
    out->origins = calloc(rows->n_columns + 1u, sizeof *out->origins);
    out->sources = calloc(rows->n_columns + 1u, sizeof *out->sources);
    bool good = out->ids && out->alive && out->columns && out->origins && out->sources;
    for (uint32_t c = 0; good && c < rows->n_columns; c++) {
        const kj_column *column = &rows->columns[c];
        out->columns[c] = copy_of(image, column->data, n * kj_type_bytes(column->type));
        out->origins[c] = strdup(column->origin ? column->origin : "");
        out->sources[c] = strdup(column->source ? column->source : "");
        good = out->columns[c] && out->origins[c] && out->sources[c];
    }
    return good;
}

static bool take_queues(kj_image *image, kj_sim *sim)
{
    image->n_queues = kj_sim_n_queues(sim);
    image->queues = calloc(image->n_queues + 1u, sizeof *image->queues);
    for (uint32_t q = 0; image->queues && q < image->n_queues; q++) {
        const kj_queue_data *queue = kj_sim_queue(sim, q);
        image->queues[q].n_records = queue->n_records;
        image->queues[q].records = copy_of(image, queue->records, (size_t)queue->n_records * queue->record_bytes);
        if (!image->queues[q].records) return false;
    }
    return image->queues != NULL;
}

static bool take_texts(kj_image *image, const kj_pool *pool)
{
    image->texts = calloc((size_t)pool->n + 1, sizeof *image->texts);
    for (int32_t i = 0; image->texts && i < pool->n; i++) {
        image->texts[i] = strdup(pool->texts[i]);
        if (!image->texts[i]) return false;
        image->n_texts = i + 1;
    }
    return image->texts != NULL;
}

static bool take_params(kj_image *image, const kj_sim *sim)
{
    image->n_params = kj_sim_n_params(sim);
    image->params = calloc(image->n_params + 1u, sizeof *image->params);
    for (uint32_t p = 0; image->params && p < image->n_params; p++) image->params[p] = kj_sim_param(sim, p)->value;
    return image->params != NULL;
}

static bool take_past(kj_image *image, kj_sim *sim)
{
    const kj_kept *kept = kj_sim_kept(sim);
    image->n_kept = kept->n;
    image->kept = copy_of(image, kept->bytes, kept->n);
    return image->kept != NULL;
}

kj_status kj_image_take(kj_error *err, kj_sim *sim, kj_image **out)
{
    kj_image *image = calloc(1, sizeof *image);
    *out = NULL;
    if (!image) return kj_fail(err, KJ_E_MEMORY, "out of memory for a state");
    kj_store *store = kj_sim_store(sim);
    image->month = kj_sim_now(sim);
    image->grid = *kj_sim_grid(sim);
    image->person_months = kj_sim_person_months(sim);
    image->tables = calloc(store->n_tables + 1u, sizeof *image->tables);
    bool good = image->tables != NULL;
    for (uint32_t t = 0; good && t < store->n_tables; t++) good = take_table(image, &store->tables[t], &image->tables[image->n_tables++]);
    good = good && take_queues(image, sim) && take_texts(image, &store->pool) && take_params(image, sim) && take_past(image, sim);
    if (!good) {
        kj_image_free(image);
        return kj_fail(err, KJ_E_MEMORY, "out of memory for a state");
    }
    kj_sim_hash(sim, image->hash);
    *out = image;
    return KJ_OK;
}

void kj_image_free(kj_image *image)
{
    if (!image) return;
    for (uint32_t t = 0; t < image->n_tables; t++) {
        table_image *table = &image->tables[t];
        for (uint32_t c = 0; c < table->n_columns; c++) {
            if (table->columns) free(table->columns[c]);
            if (table->origins) free(table->origins[c]);
            if (table->sources) free(table->sources[c]);
        }
        free(table->columns);
        free(table->origins);
        free(table->sources);
        free(table->ids);
        free(table->alive);
    }
    for (uint32_t q = 0; image->queues && q < image->n_queues; q++) free(image->queues[q].records);
    for (int32_t i = 0; i < image->n_texts; i++) free(image->texts[i]);
    free(image->tables);
    free(image->queues);
    free(image->texts);
    free(image->params);
    free(image->kept);
    free(image);
}

int64_t kj_image_bytes(const kj_image *image) { return image->bytes; }
kj_month kj_image_month(const kj_image *image) { return image->month; }

/* ---- restoring ---- */

static kj_status misfit(kj_error *err, const char *what)
{
    return kj_fail(err, KJ_E_FAILED, "a kept state does not fit this simulation: %s", what);
}

static kj_status restore_table(kj_error *err, const table_image *image, kj_sim *sim, kj_rows *rows)
{
    if (image->n_columns != rows->n_columns) return misfit(err, rows->name);
    kj_status status = kj_rows_reopen(err, kj_sim_store(sim), rows, image->n_rows, image->next_id);
    if (status) return status;
    rows->n_alive = image->n_alive;
    if (image->n_rows) {
        memcpy(rows->ids, image->ids, image->n_rows * sizeof *rows->ids);
        memcpy(rows->alive, image->alive, image->n_rows);
    }
    for (uint32_t row = 0; row < rows->n_rows; row++)
        if (rows->alive[row]) rows->row_of[rows->ids[row]] = row;
    for (uint32_t c = 0; !status && c < rows->n_columns; c++) {
        kj_column *column = &rows->columns[c];
        if (image->n_rows) memcpy(column->data, image->columns[c], (size_t)image->n_rows * kj_type_bytes(column->type));
        status = kj_column_provenance(err, column, image->origins[c], image->sources[c]);
    }
    return status;
}

/* Interning in the old order gives the old indices, because a run interns what its scenario needs in the same order. */
static kj_status restore_texts(kj_error *err, const kj_image *image, kj_pool *pool)
{
    for (int32_t i = 0; i < image->n_texts; i++)
        if (kj_pool_intern(pool, image->texts[i]) != i) return misfit(err, "its texts stand in another order");
    return pool->n == image->n_texts ? KJ_OK : misfit(err, "it has other texts");
}

static kj_status restore_rest(kj_error *err, const kj_image *image, kj_sim *sim)
{
    kj_status status = image->n_params == kj_sim_n_params(sim) ? KJ_OK : misfit(err, "it has other parameters");
    for (uint32_t p = 0; !status && p < image->n_params; p++) status = kj_sim_set_param(err, sim, kj_sim_param(sim, p)->name, image->params[p]);
    uint8_t *kept = !status && image->n_kept ? kj_sim_keep(sim, image->n_kept) : NULL;
    if (kept) memcpy(kept, image->kept, image->n_kept);
    else if (!status && image->n_kept) status = kj_fail(err, KJ_E_MEMORY, "out of memory for a state");
    if (!status && image->n_queues != kj_sim_n_queues(sim)) status = misfit(err, "it has other queues");
    for (uint32_t q = 0; !status && q < image->n_queues; q++) {
        status = kj_sim_queue_resize(err, sim, q, image->queues[q].n_records);
        kj_queue_data *queue = kj_sim_queue(sim, q);
        if (!status && queue->n_records) memcpy(queue->records, image->queues[q].records, (size_t)queue->n_records * queue->record_bytes);
    }
    return status;
}

kj_status kj_image_restore(kj_error *err, const kj_image *image, kj_sim *sim)
{
    kj_store *store = kj_sim_store(sim);
    kj_status status = kj_sim_restore(err, sim, &image->grid, image->month);
    if (!status && store->n_tables != image->n_tables) status = misfit(err, "it has other tables");
    if (!status) kj_sim_set_person_months(sim, image->person_months);
    if (!status) status = restore_texts(err, image, &store->pool);
    if (!status) status = restore_rest(err, image, sim);
    for (uint32_t t = 0; !status && t < store->n_tables; t++) status = restore_table(err, &image->tables[t], sim, &store->tables[t]);
    if (status) return status;
    char hash[33];
    kj_sim_hash(sim, hash);
    return strcmp(hash, image->hash) == 0 ? KJ_OK : misfit(err, "its state hash differs");
}
