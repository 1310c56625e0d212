#include "table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "shift.h"

enum { COMPACT_ROWS = 2048 }; /* rows looked at together: their runs stay in the first-level cache */

void kj_store_init(kj_store *store, kj_memory *memory)
{
    memset(store, 0, sizeof *store);
    store->memory = memory;
    kj_pool_init(&store->pool);
}

static void column_free(const kj_rows *rows, kj_column *column)
{
    kj_memory_give(column->data, (size_t)rows->capacity * kj_type_bytes(column->type));
    free(column->unit);
    free(column->doc);
    free(column->labels);
    free(column->origin);
    free(column->source);
}

/* Of the capacity that the table says; blocks that are not there are passed over. */
static void release_blocks(kj_store *store, kj_rows *rows)
{
    for (uint32_t c = 0; rows->columns && c < rows->n_columns; c++) {
        kj_column *column = &rows->columns[c];
        kj_memory_give(column->data, (size_t)rows->capacity * kj_type_bytes(column->type));
        column->data = NULL;
    }
    kj_memory_give(rows->alive, rows->capacity);
    if (rows->apart) kj_memory_give(rows->ids, (size_t)rows->capacity * sizeof *rows->ids);
    kj_memory_give(rows->row_of, (size_t)rows->id_capacity * sizeof *rows->row_of);
    kj_memory_count(store->memory, -rows->counted);
    rows->alive = NULL;
    rows->ids = rows->row_of = NULL;
    rows->n_written = 0;
    rows->counted = 0;
}

void kj_rows_count(kj_store *store, kj_rows *rows)
{
    if (rows->n_rows > rows->n_written) rows->n_written = rows->n_rows;
    const size_t capacity = rows->capacity, n = rows->n_written;
    size_t bytes = kj_memory_behind(capacity, n);
    if (rows->apart) bytes += kj_memory_behind(capacity * sizeof *rows->ids, n * sizeof *rows->ids);
    bytes += kj_memory_behind(rows->id_capacity * sizeof *rows->row_of, (rows->next_id + 1) * sizeof *rows->row_of);
    for (uint32_t c = 0; c < rows->n_columns; c++) {
        size_t width = kj_type_bytes(rows->columns[c].type);
        bytes += kj_memory_behind(capacity * width, rows->columns[c].untouched ? 0 : n * width);
    }
    kj_memory_count(store->memory, (int64_t)bytes - rows->counted);
    rows->counted = (int64_t)bytes;
}

void kj_rows_release(kj_store *store, kj_rows *rows)
{
    release_blocks(store, rows);
    rows->n_rows = rows->n_alive = rows->capacity = rows->id_capacity = 0;
    rows->apart = false;
    rows->next_id = 1;
}

static void rows_free(kj_store *store, kj_rows *rows)
{
    kj_rows_release(store, rows);
    for (uint32_t c = 0; c < rows->n_columns; c++) column_free(rows, &rows->columns[c]);
    free(rows->columns);
    free(rows->doc);
}

void kj_store_free(kj_store *store)
{
    for (uint32_t t = 0; t < store->n_tables; t++) rows_free(store, &store->tables[t]);
    free(store->tables);
    kj_pool_free(&store->pool);
    memset(store, 0, sizeof *store);
}

kj_rows *kj_store_table(const kj_store *store, const char *name)
{
    for (uint32_t t = 0; t < store->n_tables; t++)
        if (strcmp(store->tables[t].name, name) == 0) return &store->tables[t];
    return NULL;
}

kj_column *kj_rows_column(const kj_rows *rows, const char *name)
{
    for (uint32_t c = 0; c < rows->n_columns; c++)
        if (strcmp(rows->columns[c].name, name) == 0) return &rows->columns[c];
    return NULL;
}

void *kj_store_data(const kj_store *store, const char *table, const char *column, kj_type type)
{
    kj_rows *rows = kj_store_table(store, table);
    kj_column *c = rows ? kj_rows_column(rows, column) : NULL;
    return c && c->type == type ? c->data : NULL;
}

static kj_status copy_name(kj_error *err, char out[KJ_NAME_MAX], const char *name)
{
    if (!name || !name[0] || strlen(name) >= KJ_NAME_MAX)
        return kj_fail(err, KJ_E_RANGE, "name '%s': expected 1 to %d characters", name ? name : "(null)", KJ_NAME_MAX - 1);
    strcpy(out, name);
    return KJ_OK;
}

kj_status kj_store_add_table(kj_error *err, kj_store *store, const char *name, const char *doc, uint32_t *index)
{
    kj_rows *old = kj_store_table(store, name);
    if (old) {
        if (index) *index = (uint32_t)(old - store->tables);
        return KJ_OK;
    }
    kj_rows rows = {.next_id = 1};
    kj_status status = copy_name(err, rows.name, name);
    if (status) return status;
    rows.doc = strdup(doc ? doc : "");
    kj_rows *tables = realloc(store->tables, (store->n_tables + 1u) * sizeof *tables);
    if (tables) store->tables = tables;
    if (!tables || !rows.doc) {
        free(rows.doc);
        return kj_fail(err, KJ_E_MEMORY, "out of memory for table '%s'", name);
    }
    tables[store->n_tables] = rows;
    if (index) *index = store->n_tables;
    store->n_tables++;
    return KJ_OK;
}

static char *copy_text(const char *text) { return strdup(text ? text : ""); }

static kj_status column_make(kj_error *err, const kj_rows *rows, const kj_column_def *def, kj_column *out)
{
    kj_column c = {.type = def->type, .flags = def->flags, .min = def->min, .max = def->max};
    kj_status status = copy_name(err, c.name, def->name);
    if (status) return status;
    if (kj_type_bytes(def->type) == 0)
        return kj_fail(err, KJ_E_RANGE, "column %s.%s: unknown type %d", def->table, def->name, (int)def->type);
    if (def->ref && def->ref[0] && (status = copy_name(err, c.ref, def->ref))) return status;
    c.unit = copy_text(def->unit);
    c.doc = copy_text(def->doc);
    c.labels = def->labels ? copy_text(def->labels) : NULL;
    c.origin = copy_text("");
    c.source = copy_text("");
    if (rows->capacity) c.data = kj_memory_take((size_t)rows->capacity * kj_type_bytes(c.type));
    *out = c;
    if (!c.unit || !c.doc || !c.origin || !c.source || (rows->capacity && !c.data))
        return kj_fail(err, KJ_E_MEMORY, "out of memory for column %s.%s", def->table, def->name);
    return KJ_OK;
}

kj_status kj_store_add_column(kj_error *err, kj_store *store, const kj_column_def *def, uint32_t *table, uint32_t *column)
{
    kj_rows *rows = kj_store_table(store, def->table);
    if (!rows) return kj_fail(err, KJ_E_MISSING, "column %s.%s: there is no table '%s'", def->table, def->name, def->table);
    if (kj_rows_column(rows, def->name))
        return kj_fail(err, KJ_E_DUPLICATE, "column %s.%s is declared twice", def->table, def->name);
    kj_column made;
    memset(&made, 0, sizeof made);
    kj_status status = column_make(err, rows, def, &made);
    kj_column *columns = status ? NULL : realloc(rows->columns, (rows->n_columns + 1u) * sizeof *columns);
    if (!columns) {
        column_free(rows, &made);
        return status ? status : kj_fail(err, KJ_E_MEMORY, "out of memory for column %s.%s", def->table, def->name);
    }
    rows->columns = columns;
    columns[rows->n_columns] = made;
    if (table) *table = (uint32_t)(rows - store->tables);
    if (column) *column = rows->n_columns;
    rows->n_columns++;
    kj_rows_count(store, rows);
    return KJ_OK;
}

static bool all_zero(const uint8_t *bytes, size_t n) { return n == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, n - 1) == 0); }

/* Columns of zeros get blocks that nothing was ever written to. */
static void rest_columns(kj_rows *rows)
{
    for (uint32_t c = 0; c < rows->n_columns; c++) {
        kj_column *column = &rows->columns[c];
        const size_t width = kj_type_bytes(column->type);
        void *fresh = all_zero(column->data, rows->n_rows * width) ? kj_memory_take(rows->capacity * width) : NULL;
        if (!fresh) continue;
        kj_memory_give(column->data, rows->capacity * width);
        column->data = fresh;
        column->untouched = true;
    }
}

static kj_status drop_spare_rows(kj_error *err, kj_store *store, kj_rows *rows)
{
    const uint32_t n = rows->n_rows;
    kj_rows kept = *rows; /* takes over once all of it is there */
    kept.capacity = n;
    kept.id_capacity = rows->next_id + 1;
    kept.counted = 0;
    kept.n_written = 0;
    kept.alive = kj_memory_take(n);
    kept.row_of = kj_memory_take(kept.id_capacity * sizeof *kept.row_of);
    kept.ids = rows->apart ? kj_memory_take(n * sizeof *kept.ids) : kept.row_of ? kept.row_of + 2 : NULL;
    kept.columns = calloc(rows->n_columns + 1u, sizeof *kept.columns);
    bool whole = kept.alive && kept.ids && kept.row_of && kept.columns;
    if (kept.columns) memcpy(kept.columns, rows->columns, rows->n_columns * sizeof *kept.columns);
    for (uint32_t c = 0; kept.columns && c < rows->n_columns; c++) {
        kept.columns[c].data = kj_memory_take((size_t)n * kj_type_bytes(rows->columns[c].type));
        whole = whole && kept.columns[c].data;
    }
    if (whole) {
        memcpy(kept.alive, rows->alive, n);
        memcpy(kept.row_of, rows->row_of, rows->next_id * sizeof *kept.row_of);
        memcpy(kept.ids, rows->ids, n * sizeof *kept.ids);
        for (uint32_t c = 0; c < rows->n_columns; c++)
            memcpy(kept.columns[c].data, rows->columns[c].data, (size_t)n * kj_type_bytes(rows->columns[c].type));
    }
    kj_rows left = whole ? *rows : kept;
    if (whole) *rows = kept;
    kj_rows_count(store, rows); /* beside the blocks that go, as they stood */
    release_blocks(store, &left);
    free(left.columns);
    return whole ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory for %u rows of table '%s'", n, rows->name);
}

kj_status kj_rows_trim(kj_error *err, kj_store *store, kj_rows *rows)
{
    if (rows->n_rows == 0) return KJ_OK;
    kj_status status = rows->capacity > rows->n_rows ? drop_spare_rows(err, store, rows) : KJ_OK;
    if (status) return status;
    rest_columns(rows);
    kj_rows_count(store, rows);
    return KJ_OK;
}

static kj_status grow_rows(kj_error *err, kj_rows *rows, uint32_t capacity)
{
    uint8_t *alive = kj_memory_stretch(rows->alive, rows->capacity, capacity);
    if (alive) rows->alive = alive;
    bool whole = alive;
    if (rows->apart) {
        kj_id *ids = kj_memory_stretch(rows->ids, (size_t)rows->capacity * sizeof *ids, (size_t)capacity * sizeof *ids);
        if (ids) rows->ids = ids;
        whole = whole && ids;
    }
    for (uint32_t c = 0; c < rows->n_columns && whole; c++) {
        size_t width = kj_type_bytes(rows->columns[c].type);
        void *data = kj_memory_stretch(rows->columns[c].data, rows->capacity * width, capacity * width);
        if (data) rows->columns[c].data = data;
        whole = data != NULL;
    }
    if (!whole) return kj_fail(err, KJ_E_MEMORY, "out of memory for %u rows of table '%s'", capacity, rows->name);
    rows->capacity = capacity;
    return KJ_OK;
}

static kj_status grow_ids(kj_error *err, kj_rows *rows, uint32_t capacity)
{
    size_t width = sizeof *rows->row_of;
    uint32_t *row_of = kj_memory_stretch(rows->row_of, rows->id_capacity * width, capacity * width);
    if (!row_of) return kj_fail(err, KJ_E_MEMORY, "out of memory for ids of table '%s'", rows->name);
    if (!rows->row_of) row_of[0] = KJ_NO_ROW;
    rows->row_of = row_of;
    rows->id_capacity = capacity;
    if (!rows->apart) rows->ids = row_of + 2;
    return KJ_OK;
}

kj_status kj_rows_reserve(kj_error *err, kj_store *store, kj_rows *rows, uint32_t spare)
{
    if ((uint64_t)rows->next_id + spare + rows->n_rows > UINT32_MAX / 2)
        return kj_fail(err, KJ_E_RANGE, "table '%s' would pass %u ids", rows->name, UINT32_MAX / 2);
    kj_status status = KJ_OK;
    for (uint32_t c = 0; c < rows->n_columns; c++) rows->columns[c].untouched = false; /* who adds rows writes where it likes */
    /* A little more than asked, so that a growing table, small or large, moves seldom; a first fill takes just what it needs. */
    uint32_t more = rows->n_rows == 0 ? 0 : rows->n_rows / 16 > spare / 4 ? rows->n_rows / 16 : spare / 4;
    if (rows->n_rows + spare > rows->capacity) status = grow_rows(err, rows, rows->n_rows + spare + more);
    /* One more than the ids: while they share the block, it says the id of the last row. */
    if (!status && rows->next_id + spare + 1 > rows->id_capacity) status = grow_ids(err, rows, rows->next_id + spare + 1 + more);
    kj_rows_count(store, rows);
    return status;
}

uint32_t kj_rows_append(kj_rows *rows, uint32_t n)
{
    uint32_t first = rows->n_rows;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = first + i;
        rows->alive[row] = 1;
        rows->ids[row] = rows->next_id + i;
        rows->row_of[rows->next_id + i] = row;
    }
    rows->next_id += n;
    rows->n_rows += n;
    rows->n_alive += n;
    return first;
}

kj_status kj_rows_add(kj_error *err, kj_store *store, kj_rows *rows, uint32_t n, uint32_t *first_row)
{
    kj_status status = kj_rows_reserve(err, store, rows, n);
    if (status) return status;
    uint32_t first = kj_rows_append(rows, n);
    kj_rows_count(store, rows);
    if (first_row) *first_row = first;
    return KJ_OK;
}

kj_status kj_rows_set_apart(kj_error *err, kj_store *store, kj_rows *rows)
{
    if (rows->apart) return KJ_OK;
    kj_id *ids = rows->capacity ? kj_memory_take(rows->capacity * sizeof *ids) : NULL;
    if (rows->capacity && !ids) return kj_fail(err, KJ_E_MEMORY, "out of memory for the ids of %u rows of table '%s'", rows->n_rows, rows->name);
    if (rows->n_rows) memcpy(ids, rows->ids, rows->n_rows * sizeof *ids);
    rows->ids = ids;
    rows->apart = true;
    kj_rows_count(store, rows);
    return KJ_OK;
}

kj_status kj_rows_kill(kj_error *err, kj_store *store, kj_rows *rows, uint32_t row)
{
    if (!rows->alive[row]) return KJ_OK;
    kj_status status = kj_rows_set_apart(err, store, rows);
    if (status) return status;
    rows->alive[row] = 0;
    rows->row_of[rows->ids[row]] = KJ_NO_ROW;
    rows->n_alive--;
    return KJ_OK;
}

void kj_rows_take_back(kj_rows *rows, uint32_t n_rows, uint32_t n_alive, uint32_t next_id)
{
    for (uint32_t row = n_rows; row < rows->n_rows; row++) {
        if (rows->apart) rows->row_of[rows->ids[row]] = KJ_NO_ROW;
        rows->alive[row] = 0;
        for (uint32_t c = 0; c < rows->n_columns; c++) {
            size_t width = kj_type_bytes(rows->columns[c].type);
            memset((uint8_t *)rows->columns[c].data + (size_t)row * width, 0, width);
        }
    }
    rows->n_rows = n_rows;
    rows->n_alive = n_alive;
    rows->next_id = next_id;
}

kj_status kj_rows_reopen(kj_error *err, kj_store *store, kj_rows *rows, uint32_t n_rows, uint32_t next_id)
{
    if (next_id <= 1) return KJ_OK;
    kj_status status = kj_rows_set_apart(err, store, rows);
    if (status) return status;
    rows->next_id = next_id - n_rows; /* so that there will be room for every id */
    status = kj_rows_reserve(err, store, rows, n_rows);
    rows->next_id = status ? 1 : next_id;
    if (status) return status;
    for (uint32_t id = 0; id < next_id; id++) rows->row_of[id] = KJ_NO_ROW;
    rows->n_rows = n_rows;
    kj_rows_count(store, rows);
    return KJ_OK;
}

/* Living rows that stand together, within a block of rows. */
typedef struct row_runs {
    uint32_t n, from[COMPACT_ROWS / 2 + 1], end[COMPACT_ROWS / 2 + 1];
} row_runs;

static void find_runs(const uint8_t *alive, uint32_t begin, uint32_t end, row_runs *out)
{
    uint32_t n_from = 0, n_end = 0;
    uint8_t before = 0;
    for (uint32_t row = begin; row < end; row++) { /* no branches: dead rows come without a pattern */
        uint8_t now = alive[row];
        out->from[n_from] = row;
        n_from += now & (before ^ 1u);
        out->end[n_end] = row;
        n_end += (now ^ 1u) & before;
        before = now;
    }
    out->end[n_end] = end; /* of a run that goes on to the block's end */
    out->n = n_from;
}

enum { PIECE = 16 }; /* values that move at a time */

/* A run moves in whole pieces. What a piece writes beyond the run lies before the rows still to be read, once rows move
   by a piece or more; it is written over by the next run or zeroed at the end. */
#define SHIFT(type)                                                                                                    \
    do {                                                                                                               \
        type *v = values, piece[PIECE];                                                                                \
        for (uint32_t r = 0; r < runs->n; r++) {                                                                       \
            uint32_t from = runs->from[r], n = runs->end[r] - from;                                                    \
            if (from - to < PIECE || n_rows - from < n + PIECE) {                                                      \
                for (uint32_t i = 0; i < n; i++) v[to + i] = v[from + i];                                              \
            } else {                                                                                                   \
                for (uint32_t i = 0; i < n; i += PIECE) {                                                              \
                    memcpy(piece, v + from + i, sizeof piece);                                                         \
                    memcpy(v + to + i, piece, sizeof piece);                                                           \
                }                                                                                                      \
            }                                                                                                          \
            to += n;                                                                                                   \
        }                                                                                                              \
    } while (0)

static void shift_values(void *values, size_t width, uint32_t to, const row_runs *runs, uint32_t n_rows)
{
    switch (width) {
    case 1: SHIFT(uint8_t); break;
    case 2: SHIFT(uint16_t); break;
    case 4: SHIFT(uint32_t); break;
    default: SHIFT(uint64_t); break;
    }
}

static uint32_t n_living(const row_runs *runs)
{
    uint32_t n = 0;
    for (uint32_t r = 0; r < runs->n; r++) n += runs->end[r] - runs->from[r];
    return n;
}

/* Values of a column; those of the ids for the one after the last. */
static void *values_of(const kj_rows *rows, uint32_t column, size_t *width)
{
    bool ids = column == rows->n_columns;
    *width = ids ? sizeof *rows->ids : kj_type_bytes(rows->columns[column].type);
    return ids ? (void *)rows->ids : rows->columns[column].data;
}

/* Rows begin … end - 1 of every n-th column, run by run. Returns the living. */
static uint32_t compact_by_runs(const kj_rows *rows, uint32_t to, uint32_t begin, uint32_t end, uint32_t column, uint32_t step)
{
    row_runs runs;
    find_runs(rows->alive, begin, end, &runs);
    for (uint32_t c = column; c <= rows->n_columns; c += step) {
        size_t width;
        void *values = values_of(rows, c, &width);
        shift_values(values, width, to, &runs, rows->n_rows);
    }
    return n_living(&runs);
}

/* The same where the processor moves sixteen values at a time; what does not fill sixteen, at the table's end, run by run. */
static uint32_t compact_by_sixteens(const kj_rows *rows, uint32_t to, uint32_t begin, uint32_t end, uint32_t column, uint32_t step)
{
    uint16_t living[COMPACT_ROWS / KJ_SHIFT_ROWS];
    const uint32_t n = (end - begin) / KJ_SHIFT_ROWS, rest = begin + n * KJ_SHIFT_ROWS;
    uint32_t kept = 0;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t bits = 0;
        for (uint32_t i = 0; i < KJ_SHIFT_ROWS; i++) bits |= (uint32_t)rows->alive[begin + k * KJ_SHIFT_ROWS + i] << i;
        living[k] = (uint16_t)bits;
        kept += (uint32_t)__builtin_popcount(bits);
    }
    for (uint32_t c = column; c <= rows->n_columns; c += step) {
        size_t width;
        void *values = values_of(rows, c, &width);
        kj_shift_sixteens(values, width, to, begin, living, n);
    }
    return kept + compact_by_runs(rows, to + kept, rest, end, column, step);
}

/* Every n-th column, from `column` on; the ids count as the last. */
static void compact_columns(const kj_rows *rows, uint32_t first, uint32_t column, uint32_t step)
{
    const bool sixteens = kj_has_shift();
    uint32_t to = first;
    for (uint32_t begin = first; begin < rows->n_rows; begin += COMPACT_ROWS) {
        uint32_t end = rows->n_rows - begin < COMPACT_ROWS ? rows->n_rows : begin + COMPACT_ROWS;
        to += (sixteens ? compact_by_sixteens : compact_by_runs)(rows, to, begin, end, column, step);
    }
    for (uint32_t c = column; c <= rows->n_columns; c += step) { /* new rows must read zero */
        size_t width;
        uint8_t *data = values_of(rows, c, &width);
        memset(data + to * width, 0, (rows->n_rows - to) * width);
    }
}

static uint32_t first_dead(const kj_rows *rows)
{
    return (uint32_t)((const uint8_t *)memchr(rows->alive, 0, rows->n_rows) - rows->alive);
}

void kj_rows_compact_part(kj_rows *rows, uint32_t part, uint32_t n_parts)
{
    if (rows->n_alive < rows->n_rows) compact_columns(rows, first_dead(rows), part, n_parts);
}

void kj_rows_compact_end(kj_rows *rows)
{
    if (rows->n_alive == rows->n_rows) return;
    uint32_t first = first_dead(rows);
    memset(rows->alive + first, 1, rows->n_alive - first);
    memset(rows->alive + rows->n_alive, 0, rows->n_rows - rows->n_alive);
    rows->n_rows = rows->n_alive;
    for (uint32_t row = first; row < rows->n_rows; row++) rows->row_of[rows->ids[row]] = row;
}

/* Until the end row_of says where each row comes from: it is made anew then. */
void kj_rows_arrange_begin(kj_rows *rows, const uint8_t *key)
{
    assert(rows->apart);
    uint32_t next[UINT8_MAX + 2] = {0}, *from = rows->row_of;
    for (uint32_t row = 0; row < rows->n_rows; row++) next[key[row] + 1] += rows->alive[row];
    for (uint32_t k = 0; k < UINT8_MAX; k++) next[k + 1] += next[k];
    for (uint32_t row = 0; row < rows->n_rows; row++)
        if (rows->alive[row]) from[next[key[row]]++] = row;
}

kj_rows_step kj_rows_first_step(void) { return (kj_rows_step){0, 0}; }

bool kj_rows_next_step(const kj_rows *rows, kj_rows_step *step)
{
    size_t width;
    values_of(rows, step->column, &width);
    if (width == 8 && step->half == 0) step->half = 1;
    else *step = (kj_rows_step){step->column + 1, 0};
    return step->column <= rows->n_columns;
}

#define GATHER(type)                                                                                                   \
    do {                                                                                                               \
        const type *v = values;                                                                                        \
        type *to = buffer;                                                                                             \
        for (uint32_t i = begin; i < end; i++) to[i] = v[from[i]];                                                     \
    } while (0)

/* Wide values in two halves: a buffer of all of them would be the largest piece of scratch in a run. */
typedef uint32_t __attribute__((may_alias)) word_half;

void kj_rows_arrange_gather(const kj_rows *rows, kj_rows_step step, void *buffer, uint32_t begin, uint32_t end)
{
    const uint32_t *from = rows->row_of;
    size_t width;
    const void *values = values_of(rows, step.column, &width);
    switch (width) {
    case 1: GATHER(uint8_t); break;
    case 2: GATHER(uint16_t); break;
    case 4: GATHER(uint32_t); break;
    default:
        for (uint32_t i = begin; i < end; i++) ((word_half *)buffer)[i] = ((const word_half *)values)[2 * (size_t)from[i] + step.half];
    }
}

/* What values leave behind is zeroed, since new rows must read zero: after the last look at it. */
static void clear_left_behind(const kj_rows *rows, uint8_t *values, size_t width)
{
    memset(values + rows->n_alive * width, 0, (rows->n_rows - rows->n_alive) * width);
}

void kj_rows_arrange_put(kj_rows *rows, kj_rows_step step, const void *buffer, uint32_t begin, uint32_t end)
{
    size_t width;
    uint8_t *values = values_of(rows, step.column, &width);
    if (width == 8)
        for (uint32_t i = begin; i < end; i++) ((word_half *)(void *)values)[2 * (size_t)i + step.half] = ((const word_half *)buffer)[i];
    else memcpy(values + begin * width, (const uint8_t *)buffer + begin * width, (end - begin) * width);
    if (end == rows->n_alive && (width < 8 || step.half == 1)) clear_left_behind(rows, values, width);
}

void kj_rows_arrange_end(kj_rows *rows)
{
    memset(rows->alive, 1, rows->n_alive);
    memset(rows->alive + rows->n_alive, 0, rows->n_rows - rows->n_alive);
    rows->n_rows = rows->n_alive;
    memset(rows->row_of, 0xFF, rows->next_id * sizeof *rows->row_of); /* KJ_NO_ROW */
    for (uint32_t row = 0; row < rows->n_rows; row++) rows->row_of[rows->ids[row]] = row;
}

void kj_rows_compact(kj_rows *rows)
{
    kj_rows_compact_part(rows, 0, 1);
    kj_rows_compact_end(rows);
}

kj_status kj_column_provenance(kj_error *err, kj_column *column, const char *origin, const char *source)
{
    char *new_origin = copy_text(origin), *new_source = copy_text(source);
    if (!new_origin || !new_source) {
        free(new_origin);
        free(new_source);
        return kj_fail(err, KJ_E_MEMORY, "out of memory for the source of column %s", column->name);
    }
    free(column->origin);
    free(column->source);
    column->origin = new_origin;
    column->source = new_source;
    return KJ_OK;
}

double kj_column_value(const kj_column *column, uint32_t row)
{
    switch (column->type) {
    case KJ_U8: return (double)((const uint8_t *)column->data)[row];
    case KJ_I16: return (double)((const int16_t *)column->data)[row];
    case KJ_I32: return (double)((const int32_t *)column->data)[row];
    case KJ_I64: return (double)((const int64_t *)column->data)[row];
    case KJ_F32: return (double)((const float *)column->data)[row];
    case KJ_F64: return ((const double *)column->data)[row];
    case KJ_ID: return (double)((const kj_id *)column->data)[row];
    case KJ_TEXT: return (double)((const int32_t *)column->data)[row];
    case KJ_KEY: return (double)((const uint64_t *)column->data)[row];
    }
    return 0.0;
}

bool kj_type_is_whole(kj_type type) { return type == KJ_U8 || type == KJ_I16 || type == KJ_I32 || type == KJ_I64; }

int64_t kj_column_whole(const kj_column *column, uint32_t row)
{
    return column->type == KJ_I64 ? ((const int64_t *)column->data)[row] : (int64_t)kj_column_value(column, row);
}

bool kj_column_set_whole(kj_column *column, uint32_t row, int64_t value)
{
    switch (column->type) {
    case KJ_U8: ((uint8_t *)column->data)[row] = (uint8_t)value; break;
    case KJ_I16: ((int16_t *)column->data)[row] = (int16_t)value; break;
    case KJ_I32: ((int32_t *)column->data)[row] = (int32_t)value; break;
    case KJ_I64: ((int64_t *)column->data)[row] = value; break;
    default: return false;
    }
    return kj_column_whole(column, row) == value;
}

const char *kj_type_name(kj_type type)
{
    static const char *const names[] = {"", "u8", "i16", "i32", "i64", "f32", "f64", "id", "text", "key"};
    return type >= KJ_U8 && type <= KJ_KEY ? names[type] : "";
}
