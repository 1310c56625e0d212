#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "mapfile.h"

/* Texts go in with their length, so that no two different maps give the same bytes. */
static void add_text(XXH3_state_t *state, const char *text)
{
    uint64_t n = text ? strlen(text) : 0;
    XXH3_128bits_update(state, &n, sizeof n);
    if (n) XXH3_128bits_update(state, text, n);
}

static void add_u64(XXH3_state_t *state, uint64_t value) { XXH3_128bits_update(state, &value, sizeof value); }

static void add_f64(XXH3_state_t *state, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    add_u64(state, bits);
}

static void add_column(XXH3_state_t *state, const kj_store *store, const kj_rows *rows, const kj_column *column)
{
    add_text(state, column->name);
    add_u64(state, (uint64_t)column->type);
    add_u64(state, column->flags);
    add_text(state, column->unit);
    add_text(state, column->doc);
    add_text(state, column->labels);
    add_text(state, column->ref);
    add_f64(state, column->min);
    add_f64(state, column->max);
    add_text(state, column->origin);
    add_text(state, column->source);
    if (column->type == KJ_TEXT) {
        const int32_t *texts = column->data;
        for (uint32_t row = 0; row < rows->n_rows; row++) add_text(state, kj_pool_text(&store->pool, texts[row]));
    } else if (rows->n_rows) {
        XXH3_128bits_update(state, column->data, (size_t)rows->n_rows * kj_type_bytes(column->type));
    }
}

static int compare_columns(const void *a, const void *b)
{
    return strcmp((*(const kj_column *const *)a)->name, (*(const kj_column *const *)b)->name);
}

static int compare_tables(const void *a, const void *b)
{
    return strcmp((*(const kj_rows *const *)a)->name, (*(const kj_rows *const *)b)->name);
}

static bool add_table(XXH3_state_t *state, const kj_store *store, const kj_rows *rows)
{
    const kj_column **sorted = calloc(rows->n_columns + 1u, sizeof *sorted);
    if (!sorted) return false;
    for (uint32_t c = 0; c < rows->n_columns; c++) sorted[c] = &rows->columns[c];
    qsort(sorted, rows->n_columns, sizeof *sorted, compare_columns);
    add_text(state, rows->name);
    add_text(state, rows->doc);
    add_u64(state, rows->n_rows);
    add_u64(state, rows->next_id);
    add_u64(state, rows->n_columns);
    for (uint32_t c = 0; c < rows->n_columns; c++) add_column(state, store, rows, sorted[c]);
    free(sorted);
    return true;
}

static bool add_store(XXH3_state_t *state, const kj_store *store)
{
    const kj_rows **sorted = calloc(store->n_tables + 1u, sizeof *sorted);
    bool good = sorted != NULL;
    for (uint32_t t = 0; t < store->n_tables && good; t++) sorted[t] = &store->tables[t];
    if (good) qsort(sorted, store->n_tables, sizeof *sorted, compare_tables);
    add_u64(state, store->n_tables);
    for (uint32_t t = 0; t < store->n_tables && good; t++) good = add_table(state, store, sorted[t]);
    free(sorted);
    /* The order of interned texts decides the indices that a run works with. */
    add_u64(state, (uint64_t)store->pool.n);
    for (int32_t i = 0; i < store->pool.n; i++) add_text(state, store->pool.texts[i]);
    return good;
}

kj_status kj_map_digest(kj_error *err, const kj_map *map, char out[33])
{
    XXH3_state_t *state = XXH3_createState();
    if (!state) return kj_fail(err, KJ_E_MEMORY, "out of memory for the digest of the map");
    XXH3_128bits_reset(state);
    add_text(state, "kedja map 1");
    add_text(state, map->name);
    add_text(state, map->title);
    add_text(state, map->country);
    add_u64(state, (uint64_t)map->start);
    add_u64(state, (uint64_t)map->grid.nx);
    add_u64(state, (uint64_t)map->grid.ny);
    add_u64(state, (uint64_t)map->grid.epsg);
    add_f64(state, map->grid.cell_m);
    add_f64(state, map->grid.west);
    add_f64(state, map->grid.north);
    add_text(state, map->sources);
    add_text(state, map->report);
    bool good = add_store(state, &map->store);
    XXH128_canonical_t bytes;
    XXH128_canonicalFromHash(&bytes, XXH3_128bits_digest(state));
    XXH3_freeState(state);
    const char *hex = "0123456789abcdef";
    for (size_t i = 0; i < sizeof bytes.digest; i++) {
        out[2 * i] = hex[bytes.digest[i] >> 4];
        out[2 * i + 1] = hex[bytes.digest[i] & 15];
    }
    out[32] = 0;
    return good ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory for the digest of the map");
}
