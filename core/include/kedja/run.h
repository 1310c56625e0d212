/* What a system can do while it runs. Pointers are valid until run() returns; none of these allocate. */
#ifndef KEDJA_RUN_H
#define KEDJA_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "map.h"
#include "register.h"
#include "rng.h"
#include "status.h"
#include "types.h"

/* "kedja.run/1". */
typedef struct kj_run_v1 {
    uint32_t struct_size;

    /* Column data, indexed by row. NULL (and the system fails with KJ_E_UNDECLARED) if the access was not declared. */
    const void *(*read)(kj_ctx *ctx, kj_col col);
    const void *(*prev)(kj_ctx *ctx, kj_col col);
    void *(*write)(kj_ctx *ctx, kj_col col);
    void (*add)(kj_ctx *ctx, kj_col col, uint32_t row, int64_t amount);

    /* Rows of a table: number (dead ones included), whether a row lives (1/0), its id, and the row of an id
       (array indexed by id, KJ_NO_ROW where the entity is gone; row_of[0] is KJ_NO_ROW). Need no declaration. */
    uint32_t (*n_rows)(kj_ctx *ctx, kj_table table);
    const uint8_t *(*alive)(kj_ctx *ctx, kj_table table);
    const kj_id *(*ids)(kj_ctx *ctx, kj_table table);
    const uint32_t *(*row_of)(kj_ctx *ctx, kj_table table);

    /* SERIAL systems with KJ_CREATE. create: a new row at the end, all columns zero; returns its id, 0 when the table
       is full for this system call (the system then fails). Pointers from read/write/row_of stay valid; n_rows grows.
       In the phase START a table is never full: it may grow, so take the pointers of its columns after the last create.
       destroy: the row dies when the system ends; until then it can still be read. */
    kj_id (*create)(kj_ctx *ctx, kj_table table);
    void (*destroy)(kj_ctx *ctx, kj_table table, kj_id id);

    /* Queues. emit copies record_bytes. items: all records, oldest first. */
    void (*emit)(kj_ctx *ctx, kj_queue queue, const void *record);
    const void *(*items)(kj_ctx *ctx, kj_queue queue, uint32_t *n);

    kj_month (*month)(kj_ctx *ctx);
    kj_month (*start_month)(kj_ctx *ctx); /* month of the start state: 31 December of the map's year */
    kj_month (*end_month)(kj_ctx *ctx);   /* last month that this run simulates */
    double (*param)(kj_ctx *ctx, kj_param param);
    const double *(*param_table)(kj_ctx *ctx, kj_param_table table, uint32_t *n);
    const kj_grid *(*grid)(kj_ctx *ctx);

    /* Key of this plugin's random stream number `stream` (any constant of the plugin's own). */
    kj_stream (*stream)(kj_ctx *ctx, uint32_t stream);

    /* Draws of many agents at once, several times faster than one by one: out[w * stride + i] is word w of
       kj_draw(stream, luck[i], month, number), for n agents; stride >= n. */
    void (*draw_many)(kj_stream stream, const uint64_t *luck, uint32_t n, kj_month month, uint32_t number, uint32_t *out, uint32_t stride);

    /* Memory until run() returns, zeroed, 64-byte aligned; each block has its own. NULL if the host is out of memory
       (the system then fails). SERIAL systems may ask for any size, blocks for at most 4 MB together. */
    void *(*scratch)(kj_ctx *ctx, size_t bytes);

    /* String pool. intern only in SERIAL systems. text: never NULL, valid while the run lives. */
    int32_t (*intern)(kj_ctx *ctx, const char *text);
    const char *(*text)(kj_ctx *ctx, int32_t index);

    /* Says why; returns `status` so that run() can `return run->fail(ctx, …)`. printf format. */
    kj_status (*fail)(kj_ctx *ctx, kj_status status, const char *format, ...);

    /* Since ABI 1.1. Rows that create() may still add to a table in this call; 0 without KJ_CREATE. The host makes room for
       2048 rows and a 64th of the largest table, so that nothing moves while a system runs. */
    uint32_t (*room)(kj_ctx *ctx, kj_table table);

    /* Since ABI 1.2. emit and add for many at once, which costs a fraction of as many calls. records: n of record_bytes each, in
       order. rows may name one several times; amounts: one for each; NULL: 1 each. */
    void (*emit_many)(kj_ctx *ctx, kj_queue queue, const void *records, uint32_t n);
    void (*add_many)(kj_ctx *ctx, kj_col col, const uint32_t *rows, const int32_t *amounts, uint32_t n);

    /* Since ABI 1.3. first + i for each of the n marks that is not 0, rising, to out, which has room for as many as there are.
       Returns their number. A loop that marks and a list of the marked cost less than one that asks and appends. */
    uint32_t (*list_marked)(const uint8_t *marks, uint32_t n, uint32_t first, uint32_t *out);
} kj_run_v1;

/* "kedja.space/1": pure functions over the grid. */
typedef struct kj_space_v1 {
    uint32_t struct_size;
    /* Least travel cost from the nearest of the entrances to every cell, 8 neighbours, diagonal steps cost
       181/128 of straight ones. step_cost[cell] > 0: cost to cross a cell (any unit); 0: cannot be entered.
       out[cell]: cost, INT32_MAX where not reachable. nearest (may be NULL): index into entrances, -1 where not
       reachable, ties to the lower. A step costs the mean of the two cells. KJ_E_RANGE for an entrance off the grid.
       work: at least travel_work_bytes(grid) bytes. Deterministic. O(cells log cells).
       Source: Dijkstra 1959. */
    kj_status (*travel_cost)(const kj_grid *grid, const uint16_t *step_cost, const int32_t *entrances, uint32_t n_entrances,
                             int32_t *out, int32_t *nearest, void *work);
    size_t (*travel_work_bytes)(const kj_grid *grid);
} kj_space_v1;

#endif
