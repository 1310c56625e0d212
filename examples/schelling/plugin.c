/* Segregation by preference (Schelling 1971): two groups live on a grid with some empty cells; who has fewer than `min_like`
   neighbours of the own group within `radius` moves to a random empty cell. Written against the installed headers only. */
#include <kedja/plugin.h>
#include <stdlib.h>
#include <string.h>

enum { STREAM_SETTLE = 1, STREAM_ORDER = 2, STREAM_MOVE = 3 };
enum { PARAM_EMPTY, PARAM_FIRST, PARAM_RADIUS, PARAM_MIN_LIKE, PARAM_TORUS, PARAM_TOGETHER, N_PARAMS };
enum { GROUP_NONE = 0, GROUP_FIRST = 1, GROUP_SECOND = 2, RADIUS_MAX = 5 };

typedef struct schelling {
    const kj_run_v1 *run;
    kj_table cell, summary;
    kj_col group, unhappy;
    kj_col agents, moves, alike;
    kj_param param[N_PARAMS];
} schelling;

/* The board as one call sees it. */
typedef struct board {
    int32_t nx, ny, radius, min_like;
    bool torus;
    uint8_t *group;
} board;

static board board_of(const schelling *s, kj_ctx *ctx, uint8_t *group)
{
    const kj_grid *grid = s->run->grid(ctx);
    board b = {.nx = grid->nx, .ny = grid->ny, .group = group};
    b.radius = (int32_t)s->run->param(ctx, s->param[PARAM_RADIUS]);
    b.min_like = (int32_t)s->run->param(ctx, s->param[PARAM_MIN_LIKE]);
    b.torus = s->run->param(ctx, s->param[PARAM_TORUS]) != 0.0;
    return b;
}

/* ---- counting neighbours ------------------------------------------------------------------------------------------ */

/* Row y + dy of the board, -1 beyond an edge that does not wrap. */
static int32_t row_at(const board *b, int32_t y)
{
    if (y >= 0 && y < b->ny) return y;
    return b->torus ? (y + b->ny) % b->ny : -1;
}

/* down[x]: agents of each group in the column x of the rows y - r … y + r, first and second in one 16-bit word, so that
   both are added at once: at most 11 rows, no carry. */
static void count_columns(const board *b, int32_t y, uint16_t *down)
{
    memset(down, 0, (size_t)b->nx * sizeof *down);
    for (int32_t dy = -b->radius; dy <= b->radius; dy++) {
        int32_t row = row_at(b, y + dy);
        if (row < 0) continue;
        const uint8_t *g = b->group + (size_t)row * (size_t)b->nx;
        for (int32_t x = 0; x < b->nx; x++) down[x] = (uint16_t)(down[x] + (g[x] == GROUP_FIRST) + ((g[x] == GROUP_SECOND) << 8));
    }
}

/* out[x]: neighbours of the cell (x, y) in each group, without the cell itself. */
static void count_row(const board *b, int32_t y, uint16_t *down, uint16_t *out)
{
    int32_t r = b->radius, nx = b->nx;
    const uint8_t *g = b->group + (size_t)y * (size_t)nx;
    count_columns(b, y, down);
    for (int32_t x = 0; x < nx; x++) out[x] = (uint16_t)-((g[x] == GROUP_FIRST) + ((g[x] == GROUP_SECOND) << 8));
    for (int32_t dx = -r; dx <= r; dx++) {
        int32_t from = dx < 0 ? -dx : 0, to = dx > 0 ? nx - dx : nx;
        for (int32_t x = from; x < to; x++) out[x] = (uint16_t)(out[x] + down[x + dx]);
        if (!b->torus) continue;
        for (int32_t x = 0; x < from; x++) out[x] = (uint16_t)(out[x] + down[(x + dx + nx) % nx]);
        for (int32_t x = to; x < nx; x++) out[x] = (uint16_t)(out[x] + down[(x + dx) % nx]);
    }
}

/* Neighbours of the own group; anything for an empty cell. */
static int32_t like_of(uint16_t counts, uint8_t group) { return (counts >> ((group & 2) * 4)) & 255; }

/* Away from the edges; r is a constant where it is called, so that the loops unroll. */
static inline void change_inside(uint16_t *at, int32_t nx, int32_t r, uint16_t step)
{
    for (int32_t dy = -r; dy <= r; dy++) {
        uint16_t *line = at + (ptrdiff_t)dy * nx - r;
        for (int32_t dx = 0; dx <= 2 * r; dx++) line[dx] = (uint16_t)(line[dx] + step);
    }
}

static void change_at_edge(const board *b, uint16_t *counts, int32_t x, int32_t y, uint16_t step)
{
    for (int32_t dy = -b->radius; dy <= b->radius; dy++) {
        int32_t row = row_at(b, y + dy);
        if (row < 0) continue;
        uint16_t *line = counts + (size_t)row * (size_t)b->nx;
        for (int32_t dx = -b->radius; dx <= b->radius; dx++) {
            int32_t at = x + dx;
            if (at < 0 || at >= b->nx) {
                if (!b->torus) continue;
                at = (at + b->nx) % b->nx;
            }
            line[at] = (uint16_t)(line[at] + step);
        }
    }
}

/* An agent of `group` comes (+1) or goes (−1): its neighbours count it. */
static void change_around(const board *b, uint16_t *counts, int32_t cell, uint8_t group, int32_t amount)
{
    int32_t x = cell % b->nx, y = cell / b->nx, r = b->radius;
    uint16_t step = (uint16_t)(amount * (group == GROUP_FIRST ? 1 : 256));
    bool inside = x >= r && x + r < b->nx && y >= r && y + r < b->ny;
    if (inside && r == 2) change_inside(counts + cell, b->nx, 2, step);
    else if (inside) change_inside(counts + cell, b->nx, r, step);
    else change_at_edge(b, counts, x, y, step);
    counts[cell] = (uint16_t)(counts[cell] - step); /* nobody is a neighbour of oneself */
}

/* ---- luck --------------------------------------------------------------------------------------------------------- */

/* Shuffles (Fisher and Yates) with draws that are keyed by the place in the list. work: n words more than the list. */
static void shuffle(const schelling *s, kj_ctx *ctx, uint32_t stream, uint32_t *list, uint32_t n, uint64_t *luck, uint32_t *draws)
{
    uint32_t quarter = (n + 3) / 4;
    for (uint32_t i = 0; i < quarter; i++) luck[i] = i;
    s->run->draw_many(s->run->stream(ctx, stream), luck, quarter, s->run->month(ctx), 0, draws, quarter);
    for (uint32_t i = n; i-- > 1;) {
        uint32_t j = kj_below(draws[i], i + 1), kept = list[i];
        list[i] = list[j];
        list[j] = kept;
    }
}

/* ---- systems ------------------------------------------------------------------------------------------------------ */

static kj_status settle(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const schelling *s = instance;
    const kj_run_v1 *run = s->run;
    uint8_t *group = run->write(ctx, s->group);
    uint32_t n = run->n_rows(ctx, s->cell);
    kj_id row_id = run->create(ctx, s->summary);
    int64_t *agents = run->write(ctx, s->agents);
    if (!group || !agents || !row_id) return KJ_E_UNDECLARED;
    uint32_t *draws = run->scratch(ctx, (n + 3) * sizeof *draws), quarter = (n + 3) / 4;
    uint64_t *luck = run->scratch(ctx, quarter * sizeof *luck);
    if (!draws || !luck) return KJ_E_MEMORY;
    for (uint32_t i = 0; i < quarter; i++) luck[i] = i;
    run->draw_many(run->stream(ctx, STREAM_SETTLE), luck, quarter, run->month(ctx), 0, draws, quarter);
    uint32_t n_agents = (uint32_t)((1.0 - run->param(ctx, s->param[PARAM_EMPTY])) * n + 0.5);
    uint32_t first = (uint32_t)(run->param(ctx, s->param[PARAM_FIRST]) * n_agents + 0.5), second = n_agents - first;
    /* Selection sampling (Knuth, The Art of Computer Programming 2, 3.4.2 S): exact numbers in one pass over the cells. */
    for (uint32_t c = 0; c < n; c++) {
        uint32_t place = kj_below(draws[c], n - c);
        uint32_t is_first = place < first, is_second = (place < first + second) & (is_first ^ 1u); /* no branch: luck is not foreseen */
        group[c] = (uint8_t)(is_first * GROUP_FIRST + is_second * GROUP_SECOND);
        first -= is_first;
        second -= is_second;
    }
    agents[0] = n_agents;
    return KJ_OK;
}

/* Who would move, as the month began: rows of the board in parallel. */
static kj_status judge(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const schelling *s = instance;
    const uint8_t *group = s->run->read(ctx, s->group);
    uint8_t *unhappy = s->run->write(ctx, s->unhappy);
    if (!group || !unhappy) return KJ_E_UNDECLARED;
    if (s->run->param(ctx, s->param[PARAM_TOGETHER]) == 0.0) return KJ_OK;
    uint8_t *shared = (uint8_t *)(uintptr_t)group; /* the board is only read here */
    board b = board_of(s, ctx, shared);
    uint16_t *down = s->run->scratch(ctx, (size_t)b.nx * sizeof *down), *counts = s->run->scratch(ctx, (size_t)b.nx * sizeof *counts);
    if (!down || !counts) return KJ_E_MEMORY;
    for (uint32_t first = begin; first < end; first += (uint32_t)b.nx) {
        count_row(&b, (int32_t)(first / (uint32_t)b.nx), down, counts);
        for (int32_t x = 0; x < b.nx; x++) {
            uint8_t g = group[first + (uint32_t)x];
            unhappy[first + (uint32_t)x] = (uint8_t)((g != GROUP_NONE) & (like_of(counts[x], g) < b.min_like));
        }
    }
    return KJ_OK;
}

typedef struct lists {
    uint32_t *movers, *empty, *draws;
    uint64_t *luck;
    uint32_t n_movers, n_empty;
} lists;

/* Cells in row order, without branches: `unhappy` narrows the movers to those who were judged to move. */
static void list_cells(const uint8_t *group, const uint8_t *unhappy, uint32_t n, lists *l)
{
    for (uint32_t c = 0; c < n; c++) {
        l->movers[l->n_movers] = c;
        l->empty[l->n_empty] = c;
        bool is_empty = group[c] == GROUP_NONE;
        l->n_empty += is_empty;
        l->n_movers += unhappy ? unhappy[c] : !is_empty;
    }
}

static void move_agent(const board *b, uint16_t *counts, uint32_t cell, uint32_t *place)
{
    uint8_t group = b->group[cell];
    uint32_t to = *place;
    b->group[cell] = GROUP_NONE;
    b->group[to] = group;
    *place = cell;
    if (!counts) return;
    change_around(b, counts, (int32_t)cell, group, -1);
    change_around(b, counts, (int32_t)to, group, 1);
}

static uint32_t *random_place(kj_stream stream, kj_month month, uint32_t cell, lists *l)
{
    return &l->empty[kj_below(kj_draw(stream, cell, month, 0).v[0], l->n_empty)];
}

/* One after the other in random order: each sees the moves before its own. */
static int64_t move_in_turn(const schelling *s, kj_ctx *ctx, board *b, lists *l)
{
    size_t n = (size_t)b->nx * (size_t)b->ny;
    uint16_t *counts = s->run->scratch(ctx, n * sizeof *counts), *down = s->run->scratch(ctx, (size_t)b->nx * sizeof *down);
    if (!counts || !down) return -1;
    for (int32_t y = 0; y < b->ny; y++) count_row(b, y, down, counts + (size_t)y * (size_t)b->nx);
    kj_stream stream = s->run->stream(ctx, STREAM_MOVE);
    kj_month month = s->run->month(ctx);
    int64_t moves = 0;
    for (uint32_t i = 0; i < l->n_movers; i++) {
        if (i + 24 < l->n_movers) {
            __builtin_prefetch(&counts[l->movers[i + 24]]);
            __builtin_prefetch(&b->group[l->movers[i + 24]]);
        }
        uint32_t cell = l->movers[i];
        if (like_of(counts[cell], b->group[cell]) >= b->min_like) continue;
        move_agent(b, counts, cell, random_place(stream, month, cell, l));
        moves++;
    }
    return moves;
}

/* All who were judged to move, whatever the others did meanwhile. */
static int64_t move_together(const schelling *s, kj_ctx *ctx, board *b, lists *l)
{
    kj_stream stream = s->run->stream(ctx, STREAM_MOVE);
    kj_month month = s->run->month(ctx);
    for (uint32_t i = 0; i < l->n_movers; i++) move_agent(b, NULL, l->movers[i], random_place(stream, month, l->movers[i], l));
    return l->n_movers;
}

static kj_status move(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const schelling *s = instance;
    const kj_run_v1 *run = s->run;
    uint8_t *group = run->write(ctx, s->group);
    const uint8_t *unhappy = run->read(ctx, s->unhappy);
    int64_t *moves = run->write(ctx, s->moves);
    if (!group || !unhappy || !moves) return KJ_E_UNDECLARED;
    bool together = run->param(ctx, s->param[PARAM_TOGETHER]) != 0.0;
    uint32_t n = run->n_rows(ctx, s->cell);
    lists l = {.movers = run->scratch(ctx, (n + 1u) * sizeof *l.movers), .empty = run->scratch(ctx, (n + 1u) * sizeof *l.empty),
               .draws = run->scratch(ctx, (n + 4u) * sizeof *l.draws), .luck = run->scratch(ctx, (n / 4u + 1u) * sizeof *l.luck)};
    if (!l.movers || !l.empty || !l.draws || !l.luck) return KJ_E_MEMORY;
    list_cells(group, together ? unhappy : NULL, n, &l);
    if (l.n_empty == 0) return KJ_OK; /* nowhere to go */
    shuffle(s, ctx, STREAM_ORDER, l.movers, l.n_movers, l.luck, l.draws);
    board b = board_of(s, ctx, group);
    int64_t moved = together ? move_together(s, ctx, &b, &l) : move_in_turn(s, ctx, &b, &l);
    if (moved < 0) return KJ_E_MEMORY;
    moves[0] += moved;
    return KJ_OK;
}

/* How segregated: of all pairs of neighbours, the share of one group (Schelling's measure; 0.5 when well mixed). */
static kj_status measure(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const schelling *s = instance;
    const uint8_t *group = s->run->read(ctx, s->group);
    double *alike = s->run->write(ctx, s->alike);
    if (!group || !alike) return KJ_E_UNDECLARED;
    board b = board_of(s, ctx, (uint8_t *)(uintptr_t)group);
    uint16_t *down = s->run->scratch(ctx, (size_t)b.nx * sizeof *down), *counts = s->run->scratch(ctx, (size_t)b.nx * sizeof *counts);
    if (!down || !counts) return KJ_E_MEMORY;
    int64_t like = 0, all = 0;
    for (int32_t y = 0; y < b.ny; y++) {
        count_row(&b, y, down, counts);
        for (int32_t x = 0; x < b.nx; x++) {
            uint8_t g = group[(size_t)y * (size_t)b.nx + (size_t)x];
            if (g == GROUP_NONE) continue;
            like += like_of(counts[x], g);
            all += (counts[x] & 255) + (counts[x] >> 8);
        }
    }
    alike[0] = all ? (double)like / (double)all : 0.0;
    return KJ_OK;
}

/* ---- what the plugin declares --------------------------------------------------------------------------------------- */

#define PARAM(name_, unit_, def_, min_, max_, source_, doc_)                                                              \
    {.struct_size = sizeof(kj_param_def), .name = name_, .unit = unit_, .def = def_, .min = min_, .max = max_,            \
     .evidence = KJ_ASSUMED, .source = source_, .doc = doc_}
static const kj_param_def params[N_PARAMS] = {
    [PARAM_EMPTY] = PARAM("empty", "1", 0.2, 0.01, 0.99, "usual benchmark setting", "Share of cells that are empty."),
    [PARAM_FIRST] = PARAM("first", "1", 0.5, 0, 1, "usual benchmark setting", "Share of the agents in the first group."),
    [PARAM_RADIUS] = PARAM("radius", "1", 2, 1, RADIUS_MAX, "usual benchmark setting", "Neighbourhood: cells in each direction, 2 = 24 cells."),
    [PARAM_MIN_LIKE] = PARAM("min_like", "1", 8, 0, 120, "usual benchmark setting", "Least number of like neighbours with which an agent stays."),
    [PARAM_TORUS] = PARAM("torus", "boolean", 0, 0, 1, "both are in use", "1: the edges of the board meet; 0: they end."),
    [PARAM_TOGETHER] = PARAM("together", "boolean", 0, 0, 1, "both are in use",
                             "0: agents act one after the other in random order; 1: all judge the same board, then those who are unhappy move."),
};

#define COLUMN(table_, name_, type_, flags_, unit_, doc_, max_, labels_)                                                  \
    {.struct_size = sizeof(kj_column_def), .table = table_, .name = name_, .type = type_, .flags = flags_, .unit = unit_,  \
     .doc = doc_, .min = 0, .max = max_, .labels = labels_}
static const kj_table_def summary_def = {.struct_size = sizeof(kj_table_def), .name = "schelling", .doc = "One row: the whole board."};
static const kj_column_def group_def = COLUMN("cell", "schelling_group", KJ_U8, KJ_RECORD, "1", "Who lives in the cell.", 2, "empty first second");
static const kj_column_def unhappy_def = COLUMN("cell", "schelling_unhappy", KJ_U8, KJ_DERIVED, "1", "1: judged to move this month.", 1, NULL);
static const kj_column_def agents_def = COLUMN("schelling", "agents", KJ_I64, KJ_RECORD, "1", "Agents on the board.", 1e12, NULL);
static const kj_column_def moves_def = COLUMN("schelling", "moves", KJ_I64, KJ_RECORD | KJ_FLOW, "1/year", "Moves.", 1e12, NULL);
static const kj_column_def alike_def = COLUMN("schelling", "alike", KJ_F64, KJ_RECORD, "1", "Share of neighbours who are of one's own group.", 1, NULL);

static kj_status create(const kj_host *host, void **instance)
{
    schelling *s = calloc(1, sizeof *s);
    if (!s) return KJ_E_MEMORY;
    *instance = s;
    s->run = host->interface(host, "kedja.run/1");
    return s->run ? KJ_OK : KJ_E_MISSING;
}

static void destroy(void *instance) { free(instance); }

static kj_status provide(void *instance, const kj_host *host)
{
    schelling *s = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    const kj_table_def cell = {.struct_size = sizeof cell, .name = "cell", .doc = "Cells of the grid."};
    if (!reg) return KJ_E_MISSING;
    kj_status status = reg->table(host->impl, &cell, &s->cell);
    if (!status) status = reg->table(host->impl, &summary_def, &s->summary);
    if (!status) status = reg->column(host->impl, &group_def, &s->group);
    if (!status) status = reg->column(host->impl, &unhappy_def, &s->unhappy);
    if (!status) status = reg->column(host->impl, &agents_def, &s->agents);
    if (!status) status = reg->column(host->impl, &moves_def, &s->moves);
    if (!status) status = reg->column(host->impl, &alike_def, &s->alike);
    for (int p = 0; !status && p < N_PARAMS; p++) status = reg->param(host->impl, &params[p], &s->param[p]);
    return status;
}

static kj_status bind(void *instance, const kj_host *host)
{
    schelling *s = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    if (!reg) return KJ_E_MISSING;
    const kj_use settling[] = {kj_writes(s->group), kj_writes(s->agents), kj_creates(s->summary)};
    const kj_use judging[] = {kj_reads(s->group), kj_writes(s->unhappy)};
    const kj_use moving[] = {kj_writes(s->group), kj_reads(s->unhappy), kj_writes(s->moves)};
    const kj_use measuring[] = {kj_reads(s->group), kj_writes(s->alike)};
    const char *const after_judge[] = {"schelling.judge", NULL};
    const kj_system_def systems[] = {
        {.struct_size = sizeof(kj_system_def), .name = "schelling.settle", .doc = "Two groups on random cells.", .phase = KJ_PHASE_START,
         .shape = KJ_SERIAL, .uses = settling, .n_uses = 3, .run = settle},
        {.struct_size = sizeof(kj_system_def), .name = "schelling.judge", .doc = "Who would move, if all judge together.", .phase = KJ_PHASE_MARKET,
         .shape = KJ_TILES, .over = s->cell, .uses = judging, .n_uses = 2, .run = judge},
        {.struct_size = sizeof(kj_system_def), .name = "schelling.move", .doc = "The unhappy move to random empty cells.", .phase = KJ_PHASE_MARKET,
         .shape = KJ_SERIAL, .uses = moving, .n_uses = 3, .after = after_judge, .run = move},
        {.struct_size = sizeof(kj_system_def), .name = "schelling.measure", .doc = "How segregated the board is.", .phase = KJ_PHASE_MEASURE,
         .shape = KJ_SERIAL, .month_of_year = 12, .uses = measuring, .n_uses = 2, .run = measure},
    };
    kj_status status = KJ_OK;
    for (size_t i = 0; !status && i < sizeof systems / sizeof *systems; i++) status = reg->system(host->impl, &systems[i]);
    return status;
}

const kj_plugin_def KJ_PLUGIN_SYMBOL = {
    .struct_size = sizeof(kj_plugin_def), .abi_major = KJ_ABI_MAJOR, .abi_minor = KJ_ABI_MINOR, .stamp = KJ_BUILD_STAMP,
    .id = "schelling", .version = "1.0.0", .licence = "Apache-2.0", .doc = "Segregation by preference on a grid (Schelling 1971).",
    .create = create, .provide = provide, .bind = bind, .destroy = destroy,
};
