/* Catchment areas, cell by cell. */
#include <string.h>

#include "assignment/catchment.h"
#include "assignment/min_cost.h"
#include "schools.h"

/* Grades that a level's schools are known by, and the grades whose children and places count. */
static const uint8_t level_grade[2] = {GRADE_F, GRADE_7}, level_end[2] = {GRADE_7, GRADE_COUNT};

/* What the borders rest on, in one number (FNV-1a). */
static uint64_t key_of(const network *net, uint32_t m, school_mode mode, double slack)
{
    uint64_t h = UINT64_C(14695981039346656037);
    bool priced = mode == MODE_CATCHMENT || mode == MODE_DISTRICT || mode == MODE_LEAST_WAY;
    h = (h ^ (uint64_t)priced ^ (uint64_t)(int64_t)(slack * 1e6) << 1) * UINT64_C(1099511628211);
    school_range range = schools_for(net, m, GRADE_F);
    for (uint32_t j = range.begin; j < range.end; j++) {
        const school_site *one = &net->schools[j];
        uint64_t words[3] = {(uint64_t)one->id << 32 | (uint32_t)one->cell, priced ? (uint64_t)(uint32_t)one->places : 0,
                             (uint64_t)one->grades << 1 | one->independent};
        for (int k = 0; k < 3; k++) h = (h ^ words[k]) * UINT64_C(1099511628211);
    }
    return h == 0 ? 1 : h;
}

typedef struct level {
    uint32_t *school;   /* [m] index into net->schools */
    int32_t *places;    /* [m] */
    int64_t *price;     /* [m] seconds */
    int32_t *cell;      /* [n_pupils] homes of the children */
    uint32_t m, n_pupils;
} level;

static bool take_schools(const schools *s, kj_ctx *ctx, uint32_t municipality, int which, double slack, level *l)
{
    const network *net = &s->net;
    school_range range = schools_for(net, municipality, GRADE_F);
    size_t n = range.end - range.begin + 1u;
    *l = (level){.school = s->run->scratch(ctx, n * sizeof *l->school), .places = s->run->scratch(ctx, n * sizeof *l->places),
                 .price = s->run->scratch(ctx, n * sizeof *l->price)};
    if (!l->school || !l->places || !l->price) return false;
    for (uint32_t j = range.begin; j < range.end; j++) {
        if (net->schools[j].independent || !school_covers(&net->schools[j], level_grade[which])) continue;
        double places = 0.0;
        for (uint8_t g = level_grade[which]; g < level_end[which]; g++) places += net->part[j * GRADE_COUNT + g];
        l->places[l->m] = (int32_t)(places * slack);
        l->school[l->m++] = j;
    }
    return true;
}

/* Homes of the children of the level. */
static bool take_children(const schools *s, kj_ctx *ctx, const people *p, uint32_t municipality, int which, level *l)
{
    l->cell = s->run->scratch(ctx, s->n_children * sizeof *l->cell + 1);
    int32_t year = school_year_of(p->now);
    for (uint32_t k = 0; k < s->n_children && l->cell; k++) {
        uint32_t row = child_row(p, &s->children[k]);
        uint8_t grade = row == KJ_NO_ROW || !p->resident[row] ? GRADE_NONE : grade_in(year, s->children[k].birth_month);
        if (grade < level_grade[which] || grade >= level_end[which]) continue;
        int32_t cell = home_of(p, row);
        if (municipality_of(p, cell) == municipality) l->cell[l->n_pupils++] = cell;
    }
    return l->cell != NULL;
}

/* Prices of places at which each child would choose the school that it has in the assignment of least total way. Borders by way
   plus price keep a catchment in one piece, since every cell on the way to its school belongs to it too. */
static kj_status find_prices(const schools *s, kj_ctx *ctx, level *l, const catchment_problem *units, const uint32_t *unit_of)
{
    const kj_run_v1 *run = s->run;
    int32_t longest = assign_cost_max(l->m), *way = run->scratch(ctx, (size_t)l->n_pupils * l->m * sizeof *way + 1);
    uint32_t *got = run->scratch(ctx, l->n_pupils * sizeof *got + 1);
    void *work = run->scratch(ctx, assign_work_bytes(l->n_pupils, l->m));
    if (!way || !got || !work) return KJ_E_MEMORY;
    for (uint32_t i = 0; i < l->n_pupils; i++)
        for (uint32_t j = 0; j < l->m; j++) {
            int32_t seconds = units->way[(size_t)unit_of[l->cell[i]] * l->m + j];
            way[(size_t)i * l->m + j] = seconds < longest ? seconds : longest;
        }
    assignment_result result = {.school = got, .price = l->price};
    return assign_min_cost(&(assignment_problem){l->n_pupils, l->m, way, l->places, 1}, work, &result);
}

/* Ways on foot over the whole map: borders lie far from the squares that walking times are kept for. Taken once a call and
   used for one municipality after the other. */
typedef struct ground {
    int32_t *seconds, *nearest; /* [cells] */
    void *work;
} ground;

static bool take_ground(const schools *s, kj_ctx *ctx, ground *g)
{
    const kj_grid *grid = s->run->grid(ctx);
    size_t n = (size_t)kj_grid_cells(grid);
    if (g->work) return true;
    g->seconds = s->run->scratch(ctx, n * sizeof *g->seconds);
    g->nearest = s->run->scratch(ctx, n * sizeof *g->nearest);
    g->work = s->run->scratch(ctx, s->space->travel_work_bytes(grid));
    return g->seconds && g->nearest && g->work;
}

/* Fills seconds, and nearest: number of the entrance that each cell is nearest to. */
static kj_status walk_ground(const schools *s, kj_ctx *ctx, const ground *g, const int32_t *entrances, uint32_t n)
{
    const uint16_t *step = s->run->read(ctx, s->walk_cost); /* declared from 0, so that both readings agree */
    return s->space->travel_cost(s->run->grid(ctx), step, entrances, n, g->seconds, g->nearest, g->work);
}

/* The cells of a municipality as units of the local search. */
static kj_status make_units(const schools *s, kj_ctx *ctx, const people *p, uint32_t municipality, const level *l, const ground *g, catchment_problem *out,
                            int32_t *cell_of, uint32_t **units)
{
    const kj_run_v1 *run = s->run;
    const kj_grid *grid = run->grid(ctx);
    int32_t n_cells = kj_grid_cells(grid), n = 0;
    uint32_t *unit_of = run->scratch(ctx, (size_t)n_cells * sizeof *unit_of), n_links = 0;
    if (!unit_of) return KJ_E_MEMORY;
    for (int32_t c = 0; c < n_cells; c++) {
        unit_of[c] = CATCHMENT_NONE;
        if (municipality_of(p, c) == municipality) cell_of[n] = c, unit_of[c] = (uint32_t)n++;
    }
    uint32_t *begin = run->scratch(ctx, ((size_t)n + 1) * sizeof *begin), *neighbour = run->scratch(ctx, 8u * (size_t)n * sizeof *neighbour + 1);
    int32_t *way = run->scratch(ctx, (size_t)n * l->m * sizeof *way + 1), *pupils = run->scratch(ctx, (size_t)n * sizeof *pupils + 1);
    uint32_t *home = run->scratch(ctx, l->m * sizeof *home + 1);
    if (!begin || !neighbour || !way || !pupils || !home) return KJ_E_MEMORY;
    for (int32_t u = 0; u < n; u++) {
        int32_t x = cell_of[u] % grid->nx, y = cell_of[u] / grid->nx;
        begin[u] = n_links;
        for (int32_t k = 0; k < 9; k++) {
            int32_t nx = x + k % 3 - 1, ny = y + k / 3 - 1;
            if (k == 4 || nx < 0 || ny < 0 || nx >= grid->nx || ny >= grid->ny || unit_of[ny * grid->nx + nx] == CATCHMENT_NONE) continue;
            neighbour[n_links++] = unit_of[ny * grid->nx + nx];
        }
    }
    begin[n] = n_links;
    const int32_t *seconds = g->seconds;
    for (uint32_t j = 0; j < l->m; j++) {
        const school_site *one = &s->net.schools[l->school[j]];
        kj_status status = walk_ground(s, ctx, g, &one->cell, 1);
        if (status) return run->fail(ctx, status, "ways to school %u", one->id);
        for (int32_t u = 0; u < n; u++) /* where no way on foot leads, as the crow flies */
            way[(size_t)u * l->m + j] = seconds[cell_of[u]] < INT32_MAX ? seconds[cell_of[u]] : walk_seconds(&s->net, grid, one, cell_of[u]);
    }
    *units = unit_of;
    for (uint32_t i = 0; i < l->n_pupils; i++) pupils[unit_of[l->cell[i]]]++;
    for (uint32_t j = 0; j < l->m; j++) home[j] = unit_of[s->net.schools[l->school[j]].cell];
    *out = (catchment_problem){(uint32_t)n, l->m, begin, neighbour, way, pupils, l->places, home};
    return KJ_OK;
}

static kj_status paint_by_places(const schools *s, kj_ctx *ctx, const people *p, uint32_t municipality, level *l, const ground *g, int32_t *catchment)
{
    const kj_run_v1 *run = s->run;
    int32_t *cell_of = run->scratch(ctx, (size_t)kj_grid_cells(run->grid(ctx)) * sizeof *cell_of);
    uint32_t *unit_of = NULL;
    catchment_problem units;
    kj_status status = cell_of ? make_units(s, ctx, p, municipality, l, g, &units, cell_of, &unit_of) : KJ_E_MEMORY;
    for (uint32_t j = 0; j < l->m && status == KJ_OK; j++)
        if (units.home[j] == CATCHMENT_NONE) return KJ_OK; /* a school that stands outside the land of its municipality */
    if (status == KJ_OK) status = find_prices(s, ctx, l, &units, unit_of);
    if (status) return status;
    uint32_t *school = run->scratch(ctx, units.n_units * sizeof *school + 1);
    void *work = run->scratch(ctx, catchment_work_bytes(&units));
    if (!school || !work) return KJ_E_MEMORY;
    catchment_by_price(&units, l->price, school);
    catchment_join(&units, work, school);
    catchment_search(&units, work, school);
    for (uint32_t u = 0; u < units.n_units; u++) catchment[cell_of[u]] = school[u] == CATCHMENT_NONE ? 0 : (int32_t)s->net.schools[l->school[school[u]]].id;
    return KJ_OK;
}

/* Each cell to its nearest school: one search from all schools at once. */
static kj_status paint_nearest(const schools *s, kj_ctx *ctx, const people *p, uint32_t municipality, const level *l, const ground *g, int32_t *catchment)
{
    const kj_run_v1 *run = s->run;
    int32_t n_cells = kj_grid_cells(run->grid(ctx)), *entrances = run->scratch(ctx, l->m * sizeof *entrances + 1);
    if (!entrances) return KJ_E_MEMORY;
    for (uint32_t j = 0; j < l->m; j++) entrances[j] = s->net.schools[l->school[j]].cell;
    kj_status status = walk_ground(s, ctx, g, entrances, l->m);
    for (int32_t c = 0; c < n_cells && status == KJ_OK; c++)
        if (municipality_of(p, c) == municipality) catchment[c] = g->nearest[c] < 0 ? 0 : (int32_t)s->net.schools[l->school[g->nearest[c]]].id;
    return status;
}

kj_status draw_catchments(schools *s, kj_ctx *ctx, const people *p, const rules *r)
{
    uint64_t *drawn_for = s->run->write(ctx, s->catchments_of);
    double slack = school_value(s, ctx, SP_GRADE_SLACK);
    ground g = {0};
    for (uint32_t m = 0; m < s->net.n_municipalities; m++) {
        uint64_t key = key_of(&s->net, m, r->mode, slack);
        if (drawn_for[m] == key) continue;
        for (int which = 0; which < 2; which++) {
            level l;
            if (!take_schools(s, ctx, m, which, slack, &l)) return KJ_E_MEMORY;
            bool priced = r->mode == MODE_CATCHMENT || r->mode == MODE_DISTRICT || r->mode == MODE_LEAST_WAY;
            kj_status status = KJ_OK;
            int32_t *catchment = s->run->write(ctx, s->catchment[which]);
            if (l.m > 0 && priced && !take_children(s, ctx, p, m, which, &l)) return KJ_E_MEMORY;
            if (l.m > 0 && !take_ground(s, ctx, &g)) return KJ_E_MEMORY;
            if (l.m > 0) status = priced ? paint_by_places(s, ctx, p, m, &l, &g, catchment) : paint_nearest(s, ctx, p, m, &l, &g, catchment);
            if (status) return status;
        }
        drawn_for[m] = key;
    }
    return KJ_OK;
}
