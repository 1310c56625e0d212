/* Running a system: fixed blocks in parallel, interface "kedja.run/1", queues merged in block order. */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../rng/batch.h"
#include "../table/marked.h"
#include "internal.h"

static int64_t nanoseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- what a system may do -------------------------------------------------------------------------------------- */

static kj_status ctx_fail(kj_ctx *ctx, kj_status status, const char *format, ...)
{
    if (ctx->error.status) return ctx->error.status; /* the first message stands */
    va_list args;
    va_start(args, format);
    vsnprintf(ctx->error.text, sizeof ctx->error.text, format, args);
    va_end(args);
    ctx->error.status = status ? status : KJ_E_FAILED;
    return ctx->error.status;
}

/* Whether the system declared the access to the column. WRITE grants reading too, and adding where nobody else adds. */
static bool may(const kj_ctx *ctx, kj_col col, kj_access access)
{
    if (!ctx->system || col.index1 == 0 || col.index1 > ctx->sim->n_cols) return false;
    uint8_t declared = ctx->system->touches[col.index1 - 1];
    if (declared >> access & 1) return true;
    return declared >> KJ_WRITE & 1 && (access == KJ_READ || (access == KJ_ADD && ctx->serial));
}

/* Index of the use that grants `access` to a table or queue, -1 if undeclared. DRAIN grants reading too. */
static int32_t granted(const kj_ctx *ctx, kj_use_kind kind, uint32_t index1, kj_access access)
{
    const kj_system *s = ctx->system;
    for (uint32_t i = 0; i < s->def.n_uses; i++) {
        const kj_use *use = &s->uses[i];
        if (use->kind != kind || use->index1 != index1) continue;
        if (use->access == access || (access == KJ_READ && use->access == KJ_DRAIN)) return (int32_t)i;
    }
    return -1;
}

static void undeclared(kj_ctx *ctx, kj_use_kind kind, uint32_t index1, const char *verb)
{
    char what[128] = "a null handle";
    kj_use use = {kind, index1, KJ_READ};
    if (index1) kj_use_name(ctx->sim, &use, what, sizeof what);
    ctx_fail(ctx, KJ_E_UNDECLARED, "asked to %s %s, which it did not declare", verb, what);
}

static const void *ctx_read(kj_ctx *ctx, kj_col col)
{
    if (ctx->system && !may(ctx, col, KJ_READ)) {
        undeclared(ctx, KJ_USE_COLUMN, col.index1, "read");
        return NULL;
    }
    return kj_sim_column(ctx->sim, col.index1)->data;
}

static const void *ctx_prev(kj_ctx *ctx, kj_col col)
{
    if (!may(ctx, col, KJ_PREV)) {
        undeclared(ctx, KJ_USE_COLUMN, col.index1, "read the previous month of");
        return NULL;
    }
    return ctx->sim->cols[col.index1 - 1].prev;
}

static void *ctx_write(kj_ctx *ctx, kj_col col)
{
    if (!may(ctx, col, KJ_WRITE)) {
        undeclared(ctx, KJ_USE_COLUMN, col.index1, "write");
        return NULL;
    }
    kj_column_touch(kj_sim_column(ctx->sim, col.index1));
    return kj_sim_column(ctx->sim, col.index1)->data;
}

/* The column, once it may be added to; NULL if it may not. */
static kj_column *added_to(kj_ctx *ctx, kj_col col)
{
    if (!may(ctx, col, KJ_ADD)) {
        undeclared(ctx, KJ_USE_COLUMN, col.index1, "add to");
        return NULL;
    }
    kj_column *c = kj_sim_column(ctx->sim, col.index1);
    kj_column_touch(c);
    return c;
}

/* Integers commute, so the order in which threads add cannot matter. */
static void add_shared(const kj_column *c, uint32_t row, int64_t amount)
{
    switch (c->type) {
    case KJ_U8: __atomic_fetch_add((uint8_t *)c->data + row, (uint8_t)amount, __ATOMIC_RELAXED); break;
    case KJ_I16: __atomic_fetch_add((int16_t *)c->data + row, (int16_t)amount, __ATOMIC_RELAXED); break;
    case KJ_I32: __atomic_fetch_add((int32_t *)c->data + row, (int32_t)amount, __ATOMIC_RELAXED); break;
    case KJ_I64: __atomic_fetch_add((int64_t *)c->data + row, amount, __ATOMIC_RELAXED); break;
    default: break; /* refused when the system was declared */
    }
}

/* Nobody else adds: the same sum without the locks. */
static void add_alone(const kj_column *c, uint32_t row, int64_t amount)
{
    switch (c->type) {
    case KJ_U8: ((uint8_t *)c->data)[row] = (uint8_t)(((uint8_t *)c->data)[row] + (uint8_t)amount); break;
    case KJ_I16: ((int16_t *)c->data)[row] = (int16_t)(((int16_t *)c->data)[row] + (int16_t)amount); break;
    case KJ_I32: ((uint32_t *)c->data)[row] += (uint32_t)amount; break;
    case KJ_I64: ((uint64_t *)c->data)[row] += (uint64_t)amount; break;
    default: break;
    }
}

static bool is_row(kj_ctx *ctx, kj_col col, uint32_t row)
{
    const kj_rows *rows = &ctx->sim->store.tables[ctx->sim->cols[col.index1 - 1].table];
    if (row < rows->n_rows) return true;
    ctx_fail(ctx, KJ_E_RANGE, "added to row %u of %s, which has fewer rows", row, kj_sim_column(ctx->sim, col.index1)->name);
    return false;
}

static void ctx_add(kj_ctx *ctx, kj_col col, uint32_t row, int64_t amount)
{
    const kj_column *c = added_to(ctx, col);
    if (!c || !is_row(ctx, col, row)) return;
    if (ctx->sim->config.n_threads == 1) add_alone(c, row, amount);
    else add_shared(c, row, amount);
}

static void ctx_add_many(kj_ctx *ctx, kj_col col, const uint32_t *rows, const int32_t *amounts, uint32_t n)
{
    const kj_column *c = added_to(ctx, col);
    const uint32_t n_rows = c ? ctx->sim->store.tables[ctx->sim->cols[col.index1 - 1].table].n_rows : 0;
    const bool alone = ctx->sim->config.n_threads == 1;
    for (uint32_t i = 0; c && i < n; i++) {
        const int64_t amount = amounts ? amounts[i] : 1;
        if (rows[i] >= n_rows && !is_row(ctx, col, rows[i])) return;
        if (alone) add_alone(c, rows[i], amount);
        else add_shared(c, rows[i], amount);
    }
}

static kj_rows *table_of(kj_ctx *ctx, kj_table table) { return &ctx->sim->store.tables[table.index1 - 1]; }
static uint32_t ctx_n_rows(kj_ctx *ctx, kj_table table) { return table_of(ctx, table)->n_rows; }
static const uint8_t *ctx_alive(kj_ctx *ctx, kj_table table) { return table_of(ctx, table)->alive; }
static const kj_id *ctx_ids(kj_ctx *ctx, kj_table table) { return table_of(ctx, table)->ids; }
static const uint32_t *ctx_row_of(kj_ctx *ctx, kj_table table)
{
    static const uint32_t no_rows[1] = {KJ_NO_ROW}; /* a table that never had a row: id 0 is still "none" */
    const uint32_t *row_of = table_of(ctx, table)->row_of;
    return row_of ? row_of : no_rows;
}

/* Rows that one call may create: follows the largest table, since a start may open a vacancy for each empty home of a
   whole country while the table of vacancies is still empty. */
static uint32_t create_room(const kj_sim *sim)
{
    uint32_t largest = 0;
    for (uint32_t t = 0; t < sim->store.n_tables; t++)
        if (strcmp(sim->store.tables[t].name, "cell") != 0 && sim->store.tables[t].n_rows > largest) largest = sim->store.tables[t].n_rows;
    return KJ_CREATE_SPARE + largest / KJ_CREATE_SHARE;
}

static kj_id ctx_create(kj_ctx *ctx, kj_table table)
{
    int32_t use = ctx->system ? granted(ctx, KJ_USE_TABLE, table.index1, KJ_CREATE) : -1;
    if (use < 0) {
        undeclared(ctx, KJ_USE_TABLE, table.index1, "create rows in");
        return 0;
    }
    kj_rows *rows = table_of(ctx, table);
    if (ctx->room[use] == 0 && ctx->system->def.phase == KJ_PHASE_START) { /* a row for each of another table's */
        ctx->room[use] = create_room(ctx->sim);
        if (kj_rows_reserve(&ctx->error, &ctx->sim->store, rows, ctx->room[use])) return 0;
    }
    if (ctx->room[use] == 0) {
        ctx_fail(ctx, KJ_E_RANGE, "created more rows of '%s' in one call than the host makes room for (%u)", rows->name,
                 create_room(ctx->sim));
        return 0;
    }
    ctx->room[use]--;
    return rows->ids[kj_rows_append(rows, 1)];
}

static uint32_t ctx_room(kj_ctx *ctx, kj_table table)
{
    int32_t use = ctx->system ? granted(ctx, KJ_USE_TABLE, table.index1, KJ_CREATE) : -1;
    return use < 0 ? 0 : ctx->room[use];
}

static void ctx_destroy(kj_ctx *ctx, kj_table table, kj_id id)
{
    if (!ctx->system || granted(ctx, KJ_USE_TABLE, table.index1, KJ_CREATE) < 0) {
        undeclared(ctx, KJ_USE_TABLE, table.index1, "destroy rows of");
        return;
    }
    kj_sim *sim = ctx->sim;
    kj_rows *rows = table_of(ctx, table);
    if (id == 0 || id >= rows->next_id || rows->row_of[id] == KJ_NO_ROW) {
        ctx_fail(ctx, KJ_E_RANGE, "destroyed id %u of '%s', which does not exist", id, rows->name);
        return;
    }
    if (sim->n_kills == sim->kills_capacity) {
        uint32_t capacity = sim->kills_capacity ? 2 * sim->kills_capacity : 1024;
        kj_kill *kills = kj_memory_grow(&sim->memory, sim->kills, sim->kills_capacity * sizeof *kills, capacity * sizeof *kills);
        if (!kills) {
            ctx_fail(ctx, KJ_E_MEMORY, "out of memory for destroyed rows");
            return;
        }
        sim->kills = kills;
        sim->kills_capacity = capacity;
    }
    sim->kills[sim->n_kills++] = (kj_kill){table.index1 - 1, rows->row_of[id]};
}

/* Records are a few words: a call of memcpy costs more than the copy, which is a few instructions where the size is known. */
static void copy_record(uint8_t *to, const uint8_t *from, uint32_t bytes)
{
    switch (bytes) {
    case 4: memcpy(to, from, 4); break;
    case 8: memcpy(to, from, 8); break;
    case 12: memcpy(to, from, 12); break;
    case 16: memcpy(to, from, 16); break;
    case 24: memcpy(to, from, 24); break;
    default: memcpy(to, from, bytes); break;
    }
}

static kj_status emit_block_reserve(kj_emit_block *block, uint32_t bytes)
{
    if (block->n_bytes + bytes <= block->capacity) return KJ_OK;
    uint32_t capacity = block->capacity ? block->capacity + block->capacity / 2 : KJ_EMIT_BYTES, least = block->n_bytes + bytes;
    if (capacity < least) capacity = least;
    uint8_t *grown = kj_memory_stretch(block->bytes, block->capacity, capacity);
    if (!grown) return KJ_E_MEMORY;
    block->bytes = grown;
    block->capacity = capacity;
    return KJ_OK;
}

static kj_status emit_block_append(kj_emit_block *block, const void *record, uint32_t bytes)
{
    if (emit_block_reserve(block, bytes)) return KJ_E_MEMORY;
    copy_record(block->bytes + block->n_bytes, record, bytes);
    block->n_bytes += bytes;
    return KJ_OK;
}

/* The queue, once it may be emitted to; NULL if it may not. */
static const kj_queue_state *emitted_to(kj_ctx *ctx, kj_queue queue)
{
    if (ctx->system && granted(ctx, KJ_USE_QUEUE, queue.index1, KJ_EMIT) >= 0) return &ctx->sim->queues[queue.index1 - 1];
    undeclared(ctx, KJ_USE_QUEUE, queue.index1, "emit to");
    return NULL;
}

static void ctx_emit(kj_ctx *ctx, kj_queue queue, const void *record)
{
    const kj_queue_state *q = emitted_to(ctx, queue);
    if (q && emit_block_append(&ctx->sim->emits[q->first_block + ctx->block], record, q->data.record_bytes))
        ctx_fail(ctx, KJ_E_MEMORY, "out of memory for queue '%s'", q->data.name);
}

static void ctx_emit_many(kj_ctx *ctx, kj_queue queue, const void *records, uint32_t n)
{
    const kj_queue_state *q = emitted_to(ctx, queue);
    if (!q || n == 0) return;
    kj_emit_block *block = &ctx->sim->emits[q->first_block + ctx->block];
    const uint32_t bytes = n * q->data.record_bytes;
    if (emit_block_reserve(block, bytes)) {
        ctx_fail(ctx, KJ_E_MEMORY, "out of memory for queue '%s'", q->data.name);
        return;
    }
    memcpy(block->bytes + block->n_bytes, records, bytes);
    block->n_bytes += bytes;
}

static const void *ctx_items(kj_ctx *ctx, kj_queue queue, uint32_t *n)
{
    *n = 0;
    const kj_queue_state *q = &ctx->sim->queues[queue.index1 - 1];
    bool runs_over = ctx->system && ctx->system->def.over_queue.index1 == queue.index1;
    if (ctx->system && !runs_over && granted(ctx, KJ_USE_QUEUE, queue.index1, KJ_READ) < 0) {
        undeclared(ctx, KJ_USE_QUEUE, queue.index1, "read");
        return NULL;
    }
    *n = q->data.n_records;
    return q->data.records;
}

static kj_month ctx_month(kj_ctx *ctx) { return ctx->sim->now; }
static kj_month ctx_start_month(kj_ctx *ctx) { return ctx->sim->config.start; }
static kj_month ctx_end_month(kj_ctx *ctx) { return ctx->sim->config.end; }
static double ctx_param(kj_ctx *ctx, kj_param param) { return ctx->sim->params[param.index1 - 1].value; }

static const double *ctx_param_table(kj_ctx *ctx, kj_param_table table, uint32_t *n)
{
    const kj_param_values *values = &ctx->sim->tables[table.index1 - 1];
    if (n) *n = values->n;
    return values->values;
}

static const kj_grid *ctx_grid(kj_ctx *ctx) { return &ctx->sim->grid; }

static kj_stream ctx_stream(kj_ctx *ctx, uint32_t stream)
{
    uint64_t key = kj_luck(ctx->sim->config.seed, ctx->sim->plugins[ctx->plugin].key, stream);
    return (kj_stream){{(uint32_t)key, (uint32_t)(key >> 32)}};
}

static void *ctx_scratch(kj_ctx *ctx, size_t bytes)
{
    void *block = kj_arena_alloc(ctx->arena, bytes);
    if (!block) ctx_fail(ctx, KJ_E_MEMORY, "out of memory for %zu bytes of scratch", bytes);
    return block;
}

static int32_t ctx_intern(kj_ctx *ctx, const char *text)
{
    if (!ctx->serial) {
        ctx_fail(ctx, KJ_E_UNDECLARED, "interned a text but is not SERIAL");
        return 0;
    }
    int32_t index = kj_pool_intern(&ctx->sim->store.pool, text);
    if (index < 0) ctx_fail(ctx, KJ_E_MEMORY, "out of memory for texts");
    return index < 0 ? 0 : index;
}

static const char *ctx_text(kj_ctx *ctx, int32_t index) { return kj_pool_text(&ctx->sim->store.pool, index); }

const kj_run_v1 kj_run_interface = {
    .struct_size = sizeof(kj_run_v1),
    .read = ctx_read,
    .prev = ctx_prev,
    .write = ctx_write,
    .add = ctx_add,
    .n_rows = ctx_n_rows,
    .alive = ctx_alive,
    .ids = ctx_ids,
    .row_of = ctx_row_of,
    .create = ctx_create,
    .destroy = ctx_destroy,
    .emit = ctx_emit,
    .items = ctx_items,
    .month = ctx_month,
    .start_month = ctx_start_month,
    .end_month = ctx_end_month,
    .param = ctx_param,
    .param_table = ctx_param_table,
    .grid = ctx_grid,
    .stream = ctx_stream,
    .draw_many = kj_draw_many,
    .scratch = ctx_scratch,
    .intern = ctx_intern,
    .text = ctx_text,
    .fail = ctx_fail,
    .room = ctx_room,
    .emit_many = ctx_emit_many,
    .add_many = ctx_add_many,
    .list_marked = kj_list_marked,
};

/* ---- blocks ---------------------------------------------------------------------------------------------------- */

typedef struct plan {
    uint32_t n_rows, block_rows, n_blocks;
} plan;

static plan plan_of(const kj_sim *sim, const kj_system *s)
{
    plan p = {0, 1, 1};
    if (s->def.shape == KJ_SERIAL) return p;
    p.n_rows = s->def.over_queue.index1 ? sim->queues[s->def.over_queue.index1 - 1].data.n_records
                                        : sim->store.tables[s->def.over.index1 - 1].n_rows;
    p.block_rows = KJ_BLOCK_ROWS;
    if (s->def.over_queue.index1) p.block_rows = KJ_BLOCK_RECORDS; /* a queue record is a whole agent's work */
    if (s->def.shape == KJ_AREAS) p.block_rows = 1;
    if (s->def.shape == KJ_TILES) {
        uint32_t nx = (uint32_t)sim->grid.nx, grid_rows = KJ_BLOCK_ROWS / (nx ? nx : 1);
        p.block_rows = nx * (grid_rows ? grid_rows : 1);
    }
    p.n_blocks = (p.n_rows + p.block_rows - 1) / p.block_rows;
    return p;
}

/* Room for what the blocks may emit, besides what systems of the same group take. The list of blocks only grows, so that months
   to come find it ready. */
static kj_status prepare_queues(kj_error *err, kj_sim *sim, const kj_system *s, uint32_t n_blocks)
{
    for (uint32_t u = 0; u < s->def.n_uses; u++) {
        if (s->uses[u].kind != KJ_USE_QUEUE || s->uses[u].access != KJ_EMIT) continue;
        kj_queue_state *q = &sim->queues[s->uses[u].index1 - 1];
        q->first_block = sim->n_emits_taken;
        q->n_blocks = n_blocks;
        sim->n_emits_taken += n_blocks;
        if (sim->n_emits >= sim->n_emits_taken) continue;
        kj_emit_block *emits = realloc(sim->emits, sim->n_emits_taken * sizeof *emits);
        if (!emits) return kj_fail(err, KJ_E_MEMORY, "out of memory for queue '%s'", q->data.name);
        memset(emits + sim->n_emits, 0, (sim->n_emits_taken - sim->n_emits) * sizeof *emits);
        sim->emits = emits;
        sim->n_emits = sim->n_emits_taken;
    }
    return KJ_OK;
}

static void queue_count(kj_sim *sim, kj_queue_state *q)
{
    size_t width = q->data.record_bytes;
    int64_t bytes = (int64_t)kj_memory_behind(q->data.capacity * width, q->data.n_records * width);
    if (bytes <= q->counted) return;
    kj_memory_count(&sim->memory, bytes - q->counted);
    q->counted = bytes;
}

static kj_status queue_reserve(kj_error *err, kj_queue_state *q, uint32_t n_records)
{
    if (n_records <= q->data.capacity) return KJ_OK;
    uint32_t capacity = n_records + n_records / 2 + 64;
    size_t width = q->data.record_bytes;
    uint8_t *records = kj_memory_stretch(q->data.records, q->data.capacity * width, capacity * width);
    if (!records) return kj_fail(err, KJ_E_MEMORY, "out of memory for queue '%s'", q->data.name);
    q->data.records = records;
    q->data.capacity = capacity;
    return KJ_OK;
}

kj_status kj_sim_queue_resize(kj_error *err, kj_sim *sim, uint32_t index, uint32_t n_records)
{
    kj_queue_state *q = &sim->queues[index];
    kj_status status = queue_reserve(err, q, n_records);
    if (status) return status;
    q->data.n_records = n_records;
    queue_count(sim, q);
    return KJ_OK;
}

/* Drained queues empty first, then the blocks' records follow in block order. */
static kj_status merge_queues(kj_error *err, kj_sim *sim, const kj_system *s)
{
    for (uint32_t u = 0; u < s->def.n_uses; u++)
        if (s->uses[u].kind == KJ_USE_QUEUE && s->uses[u].access == KJ_DRAIN)
            sim->queues[s->uses[u].index1 - 1].data.n_records = 0;
    for (uint32_t u = 0; u < s->def.n_uses; u++) {
        if (s->uses[u].kind != KJ_USE_QUEUE || s->uses[u].access != KJ_EMIT) continue;
        kj_queue_state *q = &sim->queues[s->uses[u].index1 - 1];
        kj_emit_block *blocks = sim->emits + q->first_block;
        uint64_t bytes = 0;
        for (uint32_t b = 0; b < q->n_blocks; b++) bytes += blocks[b].n_bytes;
        uint32_t n_new = (uint32_t)(bytes / q->data.record_bytes);
        if (n_new == 0) continue;
        kj_status status = queue_reserve(err, q, q->data.n_records + n_new);
        if (status) return status;
        uint8_t *to = q->data.records + (size_t)q->data.n_records * q->data.record_bytes;
        for (uint32_t b = 0; b < q->n_blocks; b++) {
            if (blocks[b].n_bytes) memcpy(to, blocks[b].bytes, blocks[b].n_bytes);
            to += blocks[b].n_bytes;
            if (blocks[b].n_bytes > blocks[b].n_written) blocks[b].n_written = blocks[b].n_bytes;
            blocks[b].n_bytes = 0;
        }
        q->data.n_records += n_new;
        queue_count(sim, q);
    }
    return KJ_OK;
}

static kj_status reserve_tables(kj_error *err, kj_sim *sim, const kj_system *s, kj_ctx *ctx)
{
    uint32_t spare = create_room(sim);
    for (uint32_t u = 0; u < s->def.n_uses; u++) {
        if (s->uses[u].kind != KJ_USE_TABLE) continue;
        kj_rows *rows = &sim->store.tables[s->uses[u].index1 - 1];
        kj_status status = kj_rows_reserve(err, &sim->store, rows, spare);
        if (status) return status;
        ctx->room[u] = spare;
    }
    return KJ_OK;
}

static kj_status apply_kills(kj_error *err, kj_sim *sim)
{
    kj_status status = KJ_OK;
    for (uint32_t k = 0; !status && k < sim->n_kills; k++)
        status = kj_rows_kill(err, &sim->store, &sim->store.tables[sim->kills[k].table], sim->kills[k].row);
    sim->n_kills = 0;
    return status;
}

static void ctx_init(kj_ctx *ctx, kj_sim *sim, const kj_system *s, uint32_t block, kj_arena *arena)
{
    ctx->sim = sim;
    ctx->system = s;
    ctx->plugin = s->plugin;
    ctx->block = block;
    ctx->serial = s->def.shape == KJ_SERIAL;
    ctx->arena = arena;
    ctx->error.status = KJ_OK;
    ctx->error.text[0] = '\0';
}

static kj_status run_block(kj_sim *sim, const kj_system *s, const plan *p, uint32_t block, kj_ctx *ctx)
{
    uint32_t begin = block * p->block_rows, end = begin + p->block_rows < p->n_rows ? begin + p->block_rows : p->n_rows;
    if (s->def.shape == KJ_SERIAL) begin = end = 0;
    kj_arena_reset(ctx->arena);
    kj_status status = s->def.run(sim->plugins[s->plugin].instance, ctx, begin, end);
    if (status && !ctx->error.status) ctx_fail(ctx, status, "failed with status %d", status);
    return ctx->error.status;
}

static kj_status system_error(kj_error *err, const kj_sim *sim, const kj_system *s, const kj_ctx *ctx)
{
    return kj_fail(err, ctx->error.status, "%d-%02d, system '%s': %s", KJ_YEAR_OF(sim->now), KJ_MONTH_OF_YEAR(sim->now),
                   s->name, ctx->error.text);
}

/* A system of a group at work. */
typedef struct share {
    kj_system *system;
    plan p;
    uint32_t first_item; /* of the group's items: one a block */
    kj_ctx serial;       /* of a SERIAL system, with room for its rows */
    uint32_t failed_block; /* lowest so far */
    kj_error error;
    _Atomic int64_t busy_ns; /* over all threads */
} share;

typedef struct group_job {
    kj_sim *sim;
    uint32_t n, n_items;
    share shares[KJ_GROUP_MAX];
    pthread_mutex_t lock;
} group_job;

static kj_status share_prepare(kj_error *err, kj_sim *sim, kj_system *s, share *one)
{
    one->system = s;
    one->p = plan_of(sim, s);
    one->failed_block = UINT32_MAX;
    one->busy_ns = 0;
    kj_status status = prepare_queues(err, sim, s, one->p.n_blocks);
    if (status || s->def.shape != KJ_SERIAL) return status;
    ctx_init(&one->serial, sim, s, 0, NULL);
    return reserve_tables(err, sim, s, &one->serial);
}

/* Of several blocks that fail, the lowest speaks, so that the message does not depend on threads. */
static void note_failure(group_job *job, share *one, uint32_t block, const kj_ctx *ctx)
{
    pthread_mutex_lock(&job->lock);
    if (block < one->failed_block) {
        one->failed_block = block;
        system_error(&one->error, job->sim, one->system, ctx);
    }
    pthread_mutex_unlock(&job->lock);
}

/* Audit runs take the blocks from last to first: a result that changes then rested on the order. */
static void run_item(void *data, uint32_t item, uint32_t thread)
{
    group_job *job = data;
    kj_sim *sim = job->sim;
    share *one = job->shares;
    while (item - one->first_item >= one->p.n_blocks) one++; /* an item before the first wraps around */
    int64_t began = nanoseconds();
    uint32_t i = item - one->first_item, block = sim->config.audit ? one->p.n_blocks - 1 - i : i;
    kj_ctx of_block, *ctx = &of_block;
    if (one->system->def.shape == KJ_SERIAL) {
        ctx = &one->serial;
        ctx->arena = &sim->arenas[sim->config.n_threads + (int32_t)item]; /* their items come first */
    } else {
        ctx_init(ctx, sim, one->system, block, &sim->arenas[thread]);
    }
    if (run_block(sim, one->system, &one->p, block, ctx)) note_failure(job, one, block, ctx);
    atomic_fetch_add(&one->busy_ns, nanoseconds() - began);
}

/* Items 0 ... n - 1 by the threads of the simulation; audits by one. */
static kj_status share_out(kj_error *err, kj_sim *sim, uint32_t n, kj_team_work work, void *data)
{
    if (n > 1 && sim->config.n_threads > 1 && !sim->config.audit) {
        if (!sim->team) sim->team = kj_team_new((uint32_t)sim->config.n_threads);
        if (!sim->team) return kj_fail(err, KJ_E_MEMORY, "out of memory for threads");
        kj_team_run(sim->team, n, work, data);
        return KJ_OK;
    }
    for (uint32_t i = 0; i < n; i++) work(data, i, 0);
    return KJ_OK;
}

/* The earliest system that failed speaks. */
static kj_status group_finish(kj_error *err, kj_sim *sim, group_job *job)
{
    kj_status status = apply_kills(err, sim);
    for (uint32_t i = 0; !status && i < job->n; i++) {
        const share *one = &job->shares[i];
        if (one->failed_block != UINT32_MAX) {
            *err = one->error;
            return err->status;
        }
        status = merge_queues(err, sim, one->system);
    }
    return status;
}

/* Each system's part of the time that passed, by the work it made. */
static void tell_time(group_job *job, int64_t took)
{
    int64_t busy = 0;
    for (uint32_t i = 0; i < job->n; i++) busy += job->shares[i].busy_ns;
    for (uint32_t i = 0; busy > 0 && i < job->n; i++)
        job->shares[i].system->nanoseconds += (int64_t)((double)took * (double)job->shares[i].busy_ns / (double)busy);
}

/* Items of SERIAL systems come first: each is one long one. */
static void number_items(group_job *job)
{
    job->n_items = 0;
    for (int serial = 1; serial >= 0; serial--)
        for (uint32_t i = 0; i < job->n; i++) {
            share *one = &job->shares[i];
            if ((one->system->def.shape == KJ_SERIAL) != serial) continue;
            one->first_item = job->n_items;
            job->n_items += one->p.n_blocks;
        }
}

kj_status kj_group_execute(kj_error *err, kj_sim *sim, const kj_group *group)
{
    int64_t began = nanoseconds();
    group_job job;
    job.sim = sim;
    job.n = group->n;
    job.lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    sim->n_emits_taken = 0;
    kj_status status = KJ_OK;
    for (uint32_t i = 0; !status && i < job.n; i++) status = share_prepare(err, sim, group->systems[i], &job.shares[i]);
    if (status) return status;
    number_items(&job);
    kj_audit audit = {0};
    if (sim->config.audit) status = kj_audit_begin(err, sim, &audit);
    if (!status) status = share_out(err, sim, job.n_items, run_item, &job);
    if (!status) status = group_finish(err, sim, &job);
    if (sim->config.audit) { /* groups are of one then */
        kj_status verdict = status ? status : kj_audit_end(err, sim, group->systems[0], &audit);
        free(audit.hashes);
        status = verdict;
    }
    tell_time(&job, nanoseconds() - began);
    return status;
}

typedef struct compact_job {
    kj_sim *sim;
    uint32_t n_parts; /* of a table's columns: as many as threads, since each part looks through all rows */
} compact_job;

/* A table that is put in order, column by column: the threads share the rows of each, so that one buffer does for all. */
typedef struct arrange_job {
    kj_rows *rows;
    kj_rows_step step;
    void *buffer;
    uint32_t n_parts; /* of the rows */
} arrange_job;

static const kj_column *order_of(const kj_rows *rows)
{
    for (uint32_t c = 0; c < rows->n_columns; c++)
        if (rows->columns[c].flags & KJ_ROW_ORDER) return &rows->columns[c];
    return NULL;
}

/* Whether more than a fifth of the living rows come after the first that stands out of order: mostly those made since the rows
   were put in order last. Putting them in order costs more than the few scattered ones do. Dead rows do not count, so
   that a run that was resumed decides alike. */
static bool out_of_order(const kj_rows *rows, const uint8_t *key)
{
    uint32_t n = 0, row = 0;
    for (uint8_t last = 0; row < rows->n_rows && (!rows->alive[row] || key[row] >= last); row++)
        if (rows->alive[row]) last = key[row], n++;
    return rows->n_alive - n > rows->n_alive / 5;
}

static void compact_item(void *data, uint32_t item, uint32_t thread)
{
    (void)thread;
    const compact_job *job = data;
    kj_rows_compact_part(&job->sim->store.tables[item / job->n_parts], item % job->n_parts, job->n_parts);
}

static uint32_t part_begin(const arrange_job *job, uint32_t part) { return (uint32_t)((uint64_t)job->rows->n_alive * part / job->n_parts); }

static void gather_item(void *data, uint32_t item, uint32_t thread)
{
    (void)thread;
    const arrange_job *job = data;
    kj_rows_arrange_gather(job->rows, job->step, job->buffer, part_begin(job, item), part_begin(job, item + 1));
}

static void put_item(void *data, uint32_t item, uint32_t thread)
{
    (void)thread;
    const arrange_job *job = data;
    kj_rows_arrange_put(job->rows, job->step, job->buffer, part_begin(job, item), part_begin(job, item + 1));
}

static kj_status arrange(kj_error *err, kj_sim *sim, kj_rows *rows, const uint8_t *key)
{
    kj_arena *arena = &sim->arenas[sim->config.n_threads];
    kj_arena_reset(arena);
    arrange_job job = {.rows = rows, .step = kj_rows_first_step(), .n_parts = (uint32_t)sim->config.n_threads};
    job.buffer = kj_arena_alloc(arena, (size_t)rows->n_alive * sizeof(uint32_t) + 1u);
    if (!job.buffer) return kj_fail(err, KJ_E_MEMORY, "out of memory for the order of table '%s'", rows->name);
    kj_status status = kj_rows_set_apart(err, &sim->store, rows);
    if (status) return status;
    kj_rows_arrange_begin(rows, key);
    do {
        status = share_out(err, sim, job.n_parts, gather_item, &job);
        if (!status) status = share_out(err, sim, job.n_parts, put_item, &job);
    } while (!status && kj_rows_next_step(rows, &job.step));
    if (!status) kj_rows_arrange_end(rows);
    return status;
}

kj_status kj_sim_put_in_order(kj_error *err, kj_sim *sim)
{
    kj_status status = KJ_OK;
    for (uint32_t t = 0; !status && t < sim->store.n_tables; t++) {
        kj_rows *rows = &sim->store.tables[t];
        const kj_column *key = order_of(rows);
        if (!key || rows->n_rows == 0 || !out_of_order(rows, key->data)) continue;
        status = arrange(err, sim, rows, key->data);
    }
    return status;
}

kj_status kj_sim_compact(kj_error *err, kj_sim *sim)
{
    compact_job job = {.sim = sim, .n_parts = (uint32_t)sim->config.n_threads};
    kj_status status = kj_sim_put_in_order(err, sim); /* leaves no dead */
    if (!status) status = share_out(err, sim, sim->store.n_tables * job.n_parts, compact_item, &job);
    for (uint32_t t = 0; !status && t < sim->store.n_tables; t++) kj_rows_compact_end(&sim->store.tables[t]);
    return status;
}

kj_status kj_invariants_check(kj_error *err, kj_sim *sim)
{
    for (uint32_t i = 0; i < sim->n_invariants; i++) {
        const kj_invariant *inv = &sim->invariants[i];
        kj_ctx ctx = {.sim = sim, .plugin = inv->plugin, .serial = true, .arena = &sim->arenas[sim->config.n_threads]};
        kj_arena_reset(ctx.arena);
        kj_status status = inv->check(sim->plugins[inv->plugin].instance, &ctx);
        if (status || ctx.error.status)
            return kj_fail(err, KJ_E_INVARIANT, "%d-%02d, invariant '%s': %s", KJ_YEAR_OF(sim->now),
                           KJ_MONTH_OF_YEAR(sim->now), inv->name, ctx.error.text[0] ? ctx.error.text : "broken");
    }
    return KJ_OK;
}
