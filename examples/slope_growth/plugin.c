/* Cellular urban growth in the manner of SLEUTH (Clarke, Hoppen and Gaydos 1997): spontaneous growth, new spreading centres, edge
   growth and growth along roads, held back by slope; five coefficients that a boom raises and a bust lowers. */
#include <kedja/draft/view.h>
#include <kedja/math.h>
#include <kedja/model.h>
#include <kedja/plugin.h>
#include <stdlib.h>
#include <string.h>

enum { STREAM_EDGE = 1, STREAM_SPONTANEOUS = 2, STREAM_CENTRE = 3, STREAM_ROAD = 4 };
enum { PARAM_DISPERSION, PARAM_BREED, PARAM_SPREAD, PARAM_SLOPE, PARAM_ROADS, N_COEFFICIENTS, PARAM_STEEPEST = N_COEFFICIENTS,
       PARAM_HIGH, PARAM_LOW, PARAM_BOOM, PARAM_BUST, N_PARAMS };
enum { OF_SPONTANEOUS, OF_CENTRES, OF_EDGES, OF_ROADS, N_RULES };
enum { SLOPES = 101 };

typedef struct slope_growth {
    const kj_run_v1 *run;
    kj_table cell, summary;
    kj_col land_use;                   /* of the built-in model: where the towns are at the start, and water */
    kj_col urban, slope, road, grown;
    kj_col count[N_RULES], urban_cells, coefficient[N_COEFFICIENTS];
    kj_param param[N_PARAMS];
} slope_growth;

/* The board as one step sees it. */
typedef struct ground {
    int32_t nx, ny;
    const uint8_t *land_use, *slope, *road;
    uint32_t accepts[SLOPES]; /* by slope: a draw below it lets a cell be built on */
} ground;

static const int32_t step_x[8] = {-1, 0, 1, -1, 1, -1, 0, 1}, step_y[8] = {-1, -1, -1, 0, 0, 1, 1, 1};

/* Cell in direction d from (x, y), -1 off the grid. */
static int32_t neighbour(const ground *g, int32_t cell, uint32_t d)
{
    int32_t x = cell % g->nx + step_x[d], y = cell / g->nx + step_y[d];
    return x < 0 || y < 0 || x >= g->nx || y >= g->ny ? -1 : y * g->nx + x;
}

static int count_urban(const ground *g, const uint8_t *urban, int32_t cell)
{
    int n = 0;
    for (uint32_t d = 0; d < 8; d++) {
        int32_t other = neighbour(g, cell, d);
        n += other >= 0 && urban[other];
    }
    return n;
}

/* Chance that a slope is built on: (1 − s / steepest)^(2 c / 100), none beyond the steepest (SLEUTH's lookup table). */
static void fill_slopes(const slope_growth *s, kj_ctx *ctx, double coefficient, uint32_t accepts[SLOPES])
{
    double steepest = s->run->param(ctx, s->param[PARAM_STEEPEST]);
    for (int i = 0; i < SLOPES; i++) {
        double rest = 1.0 - (double)i / steepest;
        double chance = rest <= 0.0 ? 0.0 : kj_exp(coefficient / 50.0 * kj_log(rest));
        accepts[i] = chance >= 1.0 ? UINT32_MAX : kj_threshold(chance);
    }
}

static bool may_build(const ground *g, const uint8_t *urban, int32_t cell, uint32_t draw)
{
    return cell >= 0 && !urban[cell] && g->land_use[cell] != KJ_LAND_WATER && draw <= g->accepts[g->slope[cell] < SLOPES ? g->slope[cell] : SLOPES - 1] &&
           g->accepts[g->slope[cell] < SLOPES ? g->slope[cell] : SLOPES - 1] > 0;
}

static bool read_ground(const slope_growth *s, kj_ctx *ctx, ground *g)
{
    const kj_grid *grid = s->run->grid(ctx);
    const double *slope_now = s->run->read(ctx, s->coefficient[PARAM_SLOPE]);
    *g = (ground){.nx = grid->nx, .ny = grid->ny, .land_use = s->run->read(ctx, s->land_use), .slope = s->run->read(ctx, s->slope),
                  .road = s->run->read(ctx, s->road)};
    if (!slope_now || !g->land_use || !g->slope || !g->road) return false;
    fill_slopes(s, ctx, slope_now[0], g->accepts);
    return true;
}

/* ---- edge growth, in parallel ---------------------------------------------------------------------------------------- */

/* An urban cell with at least two urban neighbours grows with chance spread / 100 into one direction. Seen from the cell
   that is grown into, so that every block writes its own rows only. */
static bool edge_reaches(const ground *g, const uint8_t *urban, kj_stream stream, kj_month month, uint32_t spread, int32_t cell)
{
    for (uint32_t d = 0; d < 8; d++) {
        int32_t from = neighbour(g, cell, d);
        if (from < 0 || !urban[from]) continue;
        kj_draw4 luck = kj_draw(stream, (uint64_t)from, month, 0);
        if (luck.v[0] >= spread || kj_below(luck.v[1], 8) != 7 - d) continue;
        if (count_urban(g, urban, from) >= 2 && may_build(g, urban, cell, luck.v[2])) return true;
    }
    return false;
}

static kj_status edge(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const slope_growth *s = instance;
    ground g;
    const uint8_t *urban = s->run->read(ctx, s->urban);
    const double *spread = s->run->read(ctx, s->coefficient[PARAM_SPREAD]);
    uint8_t *grown = s->run->write(ctx, s->grown);
    if (!urban || !spread || !grown || !read_ground(s, ctx, &g)) return KJ_E_UNDECLARED;
    kj_stream stream = s->run->stream(ctx, STREAM_EDGE);
    kj_month month = s->run->month(ctx);
    uint32_t chance = kj_threshold(spread[0] / 100.0);
    for (uint32_t cell = begin; cell < end; cell++)
        grown[cell] = !urban[cell] && edge_reaches(&g, urban, stream, month, chance, (int32_t)cell);
    return KJ_OK;
}

/* ---- the other rules, few cells: one after the other -------------------------------------------------------------------- */

typedef struct step {
    const slope_growth *s;
    kj_ctx *ctx;
    kj_month month;
    ground g;
    uint8_t *urban;
    double now[N_COEFFICIENTS];
    int32_t *fresh; /* cells that became urban in this step */
    uint32_t n_fresh, capacity;
    int64_t count[N_RULES];
} step;

static void build(step *t, int32_t cell, int rule)
{
    t->urban[cell] = 1;
    t->count[rule]++;
    if (t->n_fresh < t->capacity) t->fresh[t->n_fresh++] = cell;
}

/* A new centre: up to two neighbours of a cell that was built by itself. */
static void spread_centre(step *t, int32_t cell)
{
    kj_stream stream = t->s->run->stream(t->ctx, STREAM_CENTRE);
    if (kj_draw(stream, (uint64_t)cell, t->month, 0).v[0] >= kj_threshold(t->now[PARAM_BREED] / 100.0)) return;
    for (uint32_t i = 1; i <= 2; i++) {
        kj_draw4 luck = kj_draw(stream, (uint64_t)cell, t->month, i);
        int32_t to = neighbour(&t->g, cell, kj_below(luck.v[0], 8));
        if (may_build(&t->g, t->urban, to, luck.v[1])) build(t, to, OF_CENTRES);
    }
}

/* As many tries as SLEUTH makes: dispersion × 0.005 × the board's diagonal. */
static void grow_spontaneously(step *t)
{
    kj_stream stream = t->s->run->stream(t->ctx, STREAM_SPONTANEOUS);
    double diagonal2 = (double)t->g.nx * t->g.nx + (double)t->g.ny * t->g.ny, diagonal = 1.0;
    for (int i = 0; i < 60; i++) diagonal = 0.5 * (diagonal + diagonal2 / diagonal); /* Newton: the same bits everywhere */
    uint32_t tries = (uint32_t)(t->now[PARAM_DISPERSION] * 0.005 * diagonal), n = (uint32_t)t->g.nx * (uint32_t)t->g.ny;
    for (uint32_t i = 0; i < tries; i++) {
        kj_draw4 luck = kj_draw(stream, i, t->month, 0);
        int32_t cell = (int32_t)kj_below(luck.v[0], n);
        if (!may_build(&t->g, t->urban, cell, luck.v[1])) continue;
        build(t, cell, OF_SPONTANEOUS);
        spread_centre(t, cell);
    }
}

/* Nearest road cell in growing squares, up to a reach that follows road gravity; -1 if there is none. */
static int32_t find_road(const step *t, int32_t cell)
{
    int32_t reach = (int32_t)(t->now[PARAM_ROADS] / 100.0 * (t->g.nx + t->g.ny) / 16.0), x = cell % t->g.nx, y = cell / t->g.nx;
    for (int32_t r = 0; r <= reach; r++)
        for (int32_t dy = -r; dy <= r; dy++)
            for (int32_t dx = -r; dx <= r; dx += dy == -r || dy == r ? 1 : 2 * r) {
                int32_t at_x = x + dx, at_y = y + dy;
                if (at_x < 0 || at_y < 0 || at_x >= t->g.nx || at_y >= t->g.ny) continue;
                if (t->g.road[at_y * t->g.nx + at_x]) return at_y * t->g.nx + at_x;
                if (r == 0) break;
            }
    return -1;
}

/* Walks along the road, then builds beside it. */
static void grow_along_road(step *t, int32_t cell)
{
    kj_stream stream = t->s->run->stream(t->ctx, STREAM_ROAD);
    int32_t at = find_road(t, cell);
    uint32_t paces = at < 0 ? 0 : 1 + (uint32_t)t->now[PARAM_DISPERSION];
    for (uint32_t i = 1; i <= paces; i++) {
        uint32_t first = kj_below(kj_draw(stream, (uint64_t)cell, t->month, i).v[0], 8);
        for (uint32_t d = 0; d < 8; d++) {
            int32_t next = neighbour(&t->g, at, (first + d) % 8);
            if (next < 0 || !t->g.road[next]) continue;
            at = next;
            break;
        }
    }
    if (at < 0) return;
    kj_draw4 luck = kj_draw(stream, (uint64_t)cell, t->month, 0);
    for (uint32_t d = 0; d < 8; d++) {
        int32_t to = neighbour(&t->g, at, (kj_below(luck.v[1], 8) + d) % 8);
        if (!may_build(&t->g, t->urban, to, luck.v[2])) continue;
        build(t, to, OF_ROADS);
        return;
    }
}

static double bounded(double value) { return value < 1.0 ? 1.0 : value > 100.0 ? 100.0 : value; }

/* Self-modification: fast growth feeds itself and climbs slopes, slow growth starves. */
static void modify(const step *t, double *coefficients[N_COEFFICIENTS], int64_t before, int64_t grown)
{
    const kj_run_v1 *run = t->s->run;
    double rate = before ? 100.0 * (double)grown / (double)before : 0.0;
    double factor = rate > run->param(t->ctx, t->s->param[PARAM_HIGH])  ? run->param(t->ctx, t->s->param[PARAM_BOOM])
                    : rate < run->param(t->ctx, t->s->param[PARAM_LOW]) ? run->param(t->ctx, t->s->param[PARAM_BUST])
                                                                        : 1.0;
    for (int c = 0; c < N_COEFFICIENTS; c++)
        if (c != PARAM_SLOPE && c != PARAM_ROADS) coefficients[c][0] = factor == 1.0 ? coefficients[c][0] : bounded(coefficients[c][0] * factor);
}

static kj_status grow(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const slope_growth *s = instance;
    const kj_run_v1 *run = s->run;
    uint32_t n = run->n_rows(ctx, s->cell);
    double *coefficients[N_COEFFICIENTS];
    step t = {.s = s, .ctx = ctx, .month = run->month(ctx), .urban = run->write(ctx, s->urban), .capacity = n,
              .fresh = run->scratch(ctx, (n + 1u) * sizeof *t.fresh)};
    const uint8_t *grown = run->read(ctx, s->grown);
    int64_t *urban_cells = run->write(ctx, s->urban_cells);
    if (!t.fresh) return KJ_E_MEMORY;
    if (!t.urban || !grown || !urban_cells || !read_ground(s, ctx, &t.g)) return KJ_E_UNDECLARED;
    for (int c = 0; c < N_COEFFICIENTS; c++) {
        coefficients[c] = run->write(ctx, s->coefficient[c]);
        t.now[c] = coefficients[c] ? coefficients[c][0] : 0.0;
    }
    grow_spontaneously(&t);
    for (uint32_t cell = 0; cell < n; cell++)
        if (grown[cell] && !t.urban[cell]) build(&t, (int32_t)cell, OF_EDGES);
    uint32_t travellers = t.n_fresh < (uint32_t)t.now[PARAM_BREED] ? t.n_fresh : (uint32_t)t.now[PARAM_BREED];
    for (uint32_t i = 0; i < travellers; i++) grow_along_road(&t, t.fresh[(uint64_t)i * t.n_fresh / travellers]);
    int64_t all = 0;
    for (int rule = 0; rule < N_RULES; rule++) {
        int64_t *count = run->write(ctx, s->count[rule]);
        if (count) count[0] += t.count[rule];
        all += t.count[rule];
    }
    modify(&t, coefficients, urban_cells[0], all);
    urban_cells[0] += all;
    return KJ_OK;
}

/* The towns of the map are the seed; a coefficient of 0 stays 0. */
static kj_status seed(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const slope_growth *s = instance;
    const uint8_t *land_use = s->run->read(ctx, s->land_use);
    uint8_t *urban = s->run->write(ctx, s->urban);
    kj_id row = s->run->create(ctx, s->summary);
    int64_t *urban_cells = s->run->write(ctx, s->urban_cells);
    if (!land_use || !urban || !urban_cells || !row) return KJ_E_UNDECLARED;
    for (uint32_t c = 0; c < s->run->n_rows(ctx, s->cell); c++) {
        urban[c] = land_use[c] >= KJ_LAND_SMALL_HOUSES;
        urban_cells[0] += urban[c];
    }
    for (int c = 0; c < N_COEFFICIENTS; c++) {
        double *now = s->run->write(ctx, s->coefficient[c]);
        if (now) now[0] = s->run->param(ctx, s->param[c]);
    }
    return KJ_OK;
}

/* ---- what the plugin declares -------------------------------------------------------------------------------------------- */

#define CLARKE "Clarke, Hoppen and Gaydos (1997), Environment and Planning B 24, 247-261"
#define PARAM(name_, unit_, def_, min_, max_, source_, doc_)                                                              \
    {.struct_size = sizeof(kj_param_def), .name = name_, .unit = unit_, .def = def_, .min = min_, .max = max_,            \
     .evidence = KJ_ASSUMED, .source = source_, .doc = doc_}
static const kj_param_def params[N_PARAMS] = {
    [PARAM_DISPERSION] = PARAM("dispersion", "1", 10, 0, 100, "to be calibrated for the place; range: " CLARKE, "Spontaneous growth far from towns."),
    [PARAM_BREED] = PARAM("breed", "1", 20, 0, 100, "to be calibrated for the place; range: " CLARKE, "Chance in per cent that a lone new cell becomes a centre."),
    [PARAM_SPREAD] = PARAM("spread", "1", 10, 0, 100, "to be calibrated for the place; range: " CLARKE, "Chance in per cent that an urban cell grows outwards in a year."),
    [PARAM_SLOPE] = PARAM("slope", "1", 50, 0, 100, "to be calibrated for the place; range: " CLARKE, "How much slope holds building back."),
    [PARAM_ROADS] = PARAM("road_gravity", "1", 20, 0, 100, "to be calibrated for the place; range: " CLARKE, "From how far roads draw new cells."),
    [PARAM_STEEPEST] = PARAM("steepest", "%", 21, 1, 100, "usual setting of SLEUTH", "Slope from which nothing is built."),
    [PARAM_HIGH] = PARAM("critical_high", "%/year", 1.3, 0, 100, "usual setting of SLEUTH", "Growth above which a boom begins."),
    [PARAM_LOW] = PARAM("critical_low", "%/year", 0.97, 0, 100, "usual setting of SLEUTH", "Growth below which a bust begins."),
    [PARAM_BOOM] = PARAM("boom", "1", 1.01, 1, 2, "usual setting of SLEUTH", "Factor on the coefficients in a boom."),
    [PARAM_BUST] = PARAM("bust", "1", 0.09, 0, 1, "usual setting of SLEUTH", "Factor on the coefficients in a bust."),
};

typedef struct entry {
    size_t at;
    kj_column_def def;
} entry;
#define COLUMN(field_, table_, name_, type_, flags_, unit_, doc_, max_)                                                    \
    {offsetof(slope_growth, field_), {.struct_size = sizeof(kj_column_def), .table = table_, .name = name_, .type = type_, \
                                      .flags = flags_, .unit = unit_, .doc = doc_, .min = 0, .max = max_}}
#define COEFFICIENT(param_, name_) COLUMN(coefficient[param_], "slope_growth", name_, KJ_F64, KJ_RECORD, "1", "The coefficient as self-modification left it.", 100)
static const entry columns[] = {
    COLUMN(urban, "cell", "slope_growth_urban", KJ_U8, KJ_RECORD, "1", "1: urban in this model.", 1),
    COLUMN(slope, "cell", "slope_growth_slope", KJ_U8, KJ_RECORD | KJ_POLICY, "%", "Slope of the ground; from a map that has it, or set by a policy.", 255),
    COLUMN(road, "cell", "slope_growth_road", KJ_U8, KJ_RECORD | KJ_POLICY, "1", "1: a main road; from a map that has it, or set by a policy.", 1),
    COLUMN(grown, "cell", "slope_growth_grown", KJ_U8, KJ_DERIVED, "1", "1: edge growth reaches the cell in this step.", 1),
    COLUMN(urban_cells, "slope_growth", "urban_cells", KJ_I64, KJ_RECORD, "1", "Urban cells.", 1e12),
    COLUMN(count[OF_SPONTANEOUS], "slope_growth", "spontaneous", KJ_I64, KJ_RECORD | KJ_FLOW, "1/year", "New cells far from others.", 1e12),
    COLUMN(count[OF_CENTRES], "slope_growth", "centres", KJ_I64, KJ_RECORD | KJ_FLOW, "1/year", "New cells around new centres.", 1e12),
    COLUMN(count[OF_EDGES], "slope_growth", "edges", KJ_I64, KJ_RECORD | KJ_FLOW, "1/year", "New cells at the edges of towns.", 1e12),
    COLUMN(count[OF_ROADS], "slope_growth", "roads", KJ_I64, KJ_RECORD | KJ_FLOW, "1/year", "New cells along roads.", 1e12),
    COEFFICIENT(PARAM_DISPERSION, "dispersion"),
    COEFFICIENT(PARAM_BREED, "breed"),
    COEFFICIENT(PARAM_SPREAD, "spread"),
    COEFFICIENT(PARAM_SLOPE, "slope"),
    COEFFICIENT(PARAM_ROADS, "road_gravity"),
};
enum { N_COLUMNS = sizeof columns / sizeof *columns };

/* A view of the map in the viewer; a host without the draft interface just does not show it. */
static kj_status show(const kj_host *host)
{
    const kj_view_v0 *view = host->interface(host, "kedja.view/0");
    const kj_shown_def urban = {.struct_size = sizeof urban, .kind = KJ_SHOWN_LAYER, .table = "cell", .column = "slope_growth_urban", .low = 0, .high = 1,
                                .title = {"Cellular growth", "Cellbaserad tillväxt", "Cellebaseret vækst"}};
    const kj_shown_def slope = {.struct_size = sizeof slope, .kind = KJ_SHOWN_TEXT, .unit = {"%"}, .table = "cell", .column = "slope_growth_slope",
                                .title = {"Slope", "Lutning", "Hældning"}};
    kj_status status = view ? view->show(host->impl, &urban) : KJ_OK;
    return view && !status ? view->show(host->impl, &slope) : status;
}

static kj_status create(const kj_host *host, void **instance)
{
    slope_growth *s = calloc(1, sizeof *s);
    if (!s) return KJ_E_MEMORY;
    *instance = s;
    s->run = host->interface(host, "kedja.run/1");
    return s->run ? KJ_OK : KJ_E_MISSING;
}

static void destroy(void *instance) { free(instance); }

static kj_status provide(void *instance, const kj_host *host)
{
    slope_growth *s = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    const kj_table_def summary = {.struct_size = sizeof summary, .name = "slope_growth", .doc = "One row: the whole board."};
    if (!reg) return KJ_E_MISSING;
    kj_status status = reg->table(host->impl, &summary, &s->summary);
    for (int c = 0; !status && c < N_COLUMNS; c++) status = reg->column(host->impl, &columns[c].def, (kj_col *)(void *)((char *)s + columns[c].at));
    for (int p = 0; !status && p < N_PARAMS; p++) status = reg->param(host->impl, &params[p], &s->param[p]);
    return status ? status : show(host);
}

static kj_status bind(void *instance, const kj_host *host)
{
    slope_growth *s = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    if (!reg) return KJ_E_MISSING;
    kj_status status = reg->require_table(host->impl, "cell", &s->cell);
    if (!status) status = reg->require_column(host->impl, "cell", "land_use", KJ_U8, &s->land_use);
    if (status) return status;
    const kj_use seeding[] = {kj_reads(s->land_use), kj_writes(s->urban), kj_writes(s->urban_cells), kj_creates(s->summary),
                              kj_writes(s->coefficient[0]), kj_writes(s->coefficient[1]), kj_writes(s->coefficient[2]),
                              kj_writes(s->coefficient[3]), kj_writes(s->coefficient[4])};
    const kj_use edging[] = {kj_reads(s->land_use), kj_reads(s->urban), kj_reads(s->slope), kj_reads(s->road), kj_writes(s->grown),
                             kj_reads(s->coefficient[PARAM_SPREAD]), kj_reads(s->coefficient[PARAM_SLOPE])};
    const kj_use growing[] = {kj_reads(s->land_use), kj_writes(s->urban), kj_reads(s->slope), kj_reads(s->road), kj_reads(s->grown),
                              kj_writes(s->urban_cells), kj_writes(s->count[0]), kj_writes(s->count[1]), kj_writes(s->count[2]),
                              kj_writes(s->count[3]), kj_writes(s->coefficient[0]), kj_writes(s->coefficient[1]),
                              kj_writes(s->coefficient[2]), kj_writes(s->coefficient[3]), kj_writes(s->coefficient[4])};
    const char *const after_edge[] = {"slope_growth.edge", NULL}, *const after_start[] = {"development.start", NULL};
    const kj_system_def systems[] = {
        {.struct_size = sizeof(kj_system_def), .name = "slope_growth.seed", .doc = "The towns of the map are the seed.", .phase = KJ_PHASE_START,
         .shape = KJ_SERIAL, .uses = seeding, .n_uses = sizeof seeding / sizeof *seeding, .after = after_start, .run = seed},
        {.struct_size = sizeof(kj_system_def), .name = "slope_growth.edge", .doc = "Cells that edge growth reaches.", .phase = KJ_PHASE_LAND,
         .shape = KJ_TILES, .month_of_year = 1, .over = s->cell, .uses = edging, .n_uses = sizeof edging / sizeof *edging, .run = edge},
        {.struct_size = sizeof(kj_system_def), .name = "slope_growth.grow", .doc = "All four rules, and the coefficients after them.", .phase = KJ_PHASE_LAND,
         .shape = KJ_SERIAL, .month_of_year = 1, .uses = growing, .n_uses = sizeof growing / sizeof *growing, .after = after_edge, .run = grow},
    };
    for (size_t i = 0; !status && i < sizeof systems / sizeof *systems; i++) status = reg->system(host->impl, &systems[i]);
    return status;
}

const kj_plugin_def KJ_PLUGIN_SYMBOL = {
    .struct_size = sizeof(kj_plugin_def), .abi_major = KJ_ABI_MAJOR, .abi_minor = KJ_ABI_MINOR, .stamp = KJ_BUILD_STAMP,
    .id = "slope_growth", .version = "1.0.0", .licence = "Apache-2.0", .doc = "Cellular urban growth with five coefficients, after SLEUTH.",
    .create = create, .provide = provide, .bind = bind, .destroy = destroy,
};
