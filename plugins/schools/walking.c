/* Walking times. Each school knows the seconds from the cells of a square around it, by cost over the grid; from farther
   away the way counts as the crow flies. Made anew when facilities open, close or change their grades. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "schools.h"

int32_t walk_seconds(const network *net, const kj_grid *grid, const school_site *school, int32_t cell)
{
    return walk_seconds_from(net, grid, school, cell % grid->nx, cell / grid->nx);
}

/* A way over the grid goes straight or diagonally, half of each step over the cell that it leaves: none is shorter than the straight line over
   the cells that cost least, but for the first step, which may begin on a closed cell. Beyond the square the straight line counts. */
static double least_pace(const network *net, const kj_grid *grid, const uint16_t *step)
{
    double least = UINT16_MAX, beyond = grid->cell_m / net->beyond_speed;
    for (int32_t c = 0; c < net->n_cells; c++)
        if (step[c] != 0 && step[c] < least) least = step[c];
    least = (least - 0.5) / 1.0002; /* diagonal steps are rounded, and 181/128 for the root of 2 */
    return least < beyond ? least : beyond;
}

double out_of_reach(const network *net, int32_t seconds)
{
    double cells = ((double)seconds + 1.0) / net->least_pace + 1.5; /* whole seconds; the first step */
    return cells * cells;
}

uint32_t nearest_school(network *net, const kj_grid *grid, uint32_t municipality, uint8_t grade, int32_t cell)
{
    uint16_t *memo = net->nearest[grade];
    if (municipality >= net->n_municipalities) return KJ_NO_ROW;
    school_range range = schools_for(net, municipality, grade);
    uint32_t best = KJ_NO_ROW;
    if (memo && memo[cell]) return memo[cell] - 1u;
    int32_t least = INT32_MAX;
    double reach = INFINITY;
    const int32_t col = cell % grid->nx, row = cell / grid->nx;
    for (uint32_t s = range.begin; s < range.end; s++) {
        if (!school_covers(&net->schools[s], grade) || distance2_to(&net->schools[s], col, row) > reach) continue;
        int32_t seconds = walk_seconds_from(net, grid, &net->schools[s], col, row);
        if (seconds < least) least = seconds, best = s, reach = out_of_reach(net, least);
    }
    if (memo && best != KJ_NO_ROW && best < UINT16_MAX) memo[cell] = (uint16_t)(best + 1);
    return best;
}

static size_t walk_bytes(const school_site *school) { return (size_t)school->width * (size_t)school->height * sizeof *school->walk; }
static size_t nearest_bytes(const network *net) { return (size_t)net->n_cells * sizeof *net->nearest[0]; }

void network_free(schools *s)
{
    network *net = &s->net;
    for (uint32_t k = 0; k < net->n_schools; k++) school_drop(s, net->schools[k].walk, walk_bytes(&net->schools[k]));
    for (int grade = 0; grade < GRADE_COUNT; grade++) {
        bool shared = false;
        for (int other = 0; other < grade; other++) shared = shared || net->nearest[other] == net->nearest[grade];
        if (!shared) school_drop(s, net->nearest[grade], nearest_bytes(net));
    }
    free(net->schools);
    free(net->first);
    free(net->school_of);
    free(net->part);
    free(net->settled);
    free(net->settled_total);
    *net = (network){0};
}

/* The facility table under one call. */
typedef struct facilities {
    const int32_t *cell, *places, *pavilion, *opened, *closed;
    const uint8_t *kind, *grade_lo, *grade_hi, *independent, *alive;
    const kj_id *municipality, *ids;
    uint32_t n;
} facilities;

static facilities take_facilities(const schools *s, kj_ctx *ctx)
{
    const kj_run_v1 *run = s->run;
    return (facilities){.cell = run->read(ctx, s->fac_cell), .places = run->read(ctx, s->places), .opened = run->read(ctx, s->opened),
                        .closed = run->read(ctx, s->closed), .pavilion = run->read(ctx, s->pavilion),
                        .kind = run->read(ctx, s->kind), .grade_lo = run->read(ctx, s->grade_lo),
                        .grade_hi = run->read(ctx, s->grade_hi), .independent = run->read(ctx, s->independent),
                        .alive = run->alive(ctx, s->facility), .municipality = run->read(ctx, s->fac_municipality),
                        .ids = run->ids(ctx, s->facility), .n = run->n_rows(ctx, s->facility)};
}

static bool teaches(const facilities *f, uint32_t row, kj_month now, int32_t n_cells)
{
    bool kind = f->kind[row] == KJ_FACILITY_SCHOOL || f->kind[row] == KJ_FACILITY_PRESCHOOL;
    bool open = f->opened[row] <= now && (f->closed[row] == 0 || f->closed[row] > now);
    return f->alive[row] && kind && open && f->cell[row] >= 0 && f->cell[row] < n_cells;
}

/* What the walking times rest on, in one number (FNV-1a). */
static uint64_t key_of(const facilities *f, kj_month now, int32_t n_cells)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (uint32_t row = 0; row < f->n; row++) {
        if (!teaches(f, row, now, n_cells)) continue;
        uint64_t words[3] = {(uint64_t)f->ids[row] << 32 | (uint32_t)f->cell[row], row,
                             (uint64_t)f->municipality[row] << 32 | (uint64_t)f->kind[row] << 24 | (uint64_t)f->independent[row] << 16 |
                                 (uint64_t)f->grade_lo[row] << 8 | f->grade_hi[row]};
        for (int k = 0; k < 3; k++) h = (h ^ words[k]) * UINT64_C(1099511628211);
    }
    return h == 0 ? 1 : h;
}

static uint32_t municipality_row(const schools *s, kj_ctx *ctx, const facilities *f, uint32_t row)
{
    const kj_run_v1 *run = s->run;
    const uint32_t *row_of = run->row_of(ctx, s->municipality);
    if (f->municipality[row] != 0) return row_of[f->municipality[row]];
    const int32_t *area = run->read(ctx, s->cell_area);
    const kj_id *of_area = run->read(ctx, s->area_municipality);
    return area[f->cell[row]] < 0 ? KJ_NO_ROW : row_of[of_area[area[f->cell[row]]]];
}

static uint16_t grades_of(const facilities *f, uint32_t row)
{
    uint32_t grades = 0;
    if (f->kind[row] == KJ_FACILITY_PRESCHOOL) return 1u << GRADE_PRESCHOOL;
    for (uint8_t g = GRADE_F; g <= f->grade_hi[row]; g++)
        if (g >= f->grade_lo[row]) grades |= 1u << g;
    return (uint16_t)grades;
}

/* Schools of a municipality stand together, in the order of the table. */
static kj_status list_schools(schools *s, kj_ctx *ctx, const facilities *f, kj_month now, int32_t n_cells)
{
    network *net = &s->net;
    uint32_t n = 0;
    net->n_municipalities = s->run->n_rows(ctx, s->municipality);
    net->n_facility_rows = f->n;
    for (uint32_t row = 0; row < f->n; row++) n += teaches(f, row, now, n_cells);
    net->schools = calloc(n + 1, sizeof *net->schools);
    net->first = calloc(2u * net->n_municipalities + 1u, sizeof *net->first);
    net->school_of = malloc((f->n + 1u) * sizeof *net->school_of);
    net->part = calloc((size_t)n * GRADE_COUNT + 1u, sizeof *net->part);
    net->settled = calloc((size_t)n * GRADE_COUNT + 1u, sizeof *net->settled);
    net->settled_total = calloc(n + 1u, sizeof *net->settled_total);
    if (!net->schools || !net->first || !net->school_of || !net->part || !net->settled || !net->settled_total)
        return s->run->fail(ctx, KJ_E_MEMORY, "out of memory for %u schools", n);
    for (uint32_t row = 0; row < f->n; row++) net->school_of[row] = KJ_NO_ROW;
    for (uint32_t part = 0; part < 2 * net->n_municipalities; part++) {
        uint32_t m = part / 2;
        net->first[part] = net->n_schools;
        for (uint32_t row = 0; row < f->n; row++) {
            bool preschool = f->kind[row] == KJ_FACILITY_PRESCHOOL;
            if (preschool != (part % 2 == 1) || !teaches(f, row, now, n_cells) || municipality_row(s, ctx, f, row) != m) continue;
            net->school_of[row] = net->n_schools;
            net->schools[net->n_schools++] = (school_site){.id = f->ids[row], .row = row, .cell = f->cell[row], .grade_lo = f->grade_lo[row],
                                                      .grade_hi = f->grade_hi[row], .grades = grades_of(f, row), .preschool = preschool,
                                                      .independent = f->independent[row] != 0, .municipality = m};
        }
    }
    net->first[2 * net->n_municipalities] = net->n_schools;
    return KJ_OK;
}

/* One step of proportional fitting: a school's places go to its grades by weight; a grade that gets less than an equal
   share of all places gains weight. */
static void fit_grades(network *net, school_range range, double weight[GRADE_COUNT])
{
    double got[GRADE_COUNT] = {0.0}, all = 0.0;
    int32_t n_taught = 0;
    for (uint32_t k = range.begin; k < range.end; k++) {
        const school_site *s = &net->schools[k];
        double sum = 0.0;
        for (uint8_t g = GRADE_F; g < GRADE_COUNT; g++) sum += school_covers(s, g) ? weight[g] : 0.0;
        for (uint8_t g = GRADE_F; g < GRADE_COUNT; g++) {
            double part = school_covers(s, g) ? (double)s->places * weight[g] / sum : 0.0;
            net->part[k * GRADE_COUNT + g] = part;
            got[g] += part;
            all += part;
        }
    }
    for (uint8_t g = GRADE_F; g < GRADE_COUNT; g++) n_taught += got[g] > 0.0;
    for (uint8_t g = GRADE_F; g < GRADE_COUNT; g++)
        if (got[g] > 0.0) weight[g] *= all / ((double)n_taught * got[g]);
}

void split_places(network *net)
{
    enum { STEPS = 24 };
    for (uint32_t k = 0; k < net->n_schools; k++)
        if (net->schools[k].preschool) net->part[k * GRADE_COUNT + GRADE_PRESCHOOL] = (double)net->schools[k].places;
    for (uint32_t m = 0; m < net->n_municipalities; m++) {
        double weight[GRADE_COUNT];
        for (int g = 0; g < GRADE_COUNT; g++) weight[g] = 1.0;
        for (int step = 0; step < STEPS; step++) fit_grades(net, schools_for(net, m, GRADE_F), weight);
    }
}

/* Seconds from the square around one school, by the host's travel cost on that square alone. */
static kj_status walk_square(const schools *s, const kj_grid *grid, const uint16_t *step, school_site *school, int32_t radius)
{
    int32_t col = school->col = school->cell % grid->nx, row = school->row_on_grid = school->cell / grid->nx;
    int32_t col_hi = col + radius < grid->nx ? col + radius : grid->nx - 1, row_hi = row + radius < grid->ny ? row + radius : grid->ny - 1;
    school->col_lo = col > radius ? col - radius : 0;
    school->row_lo = row > radius ? row - radius : 0;
    school->width = col_hi - school->col_lo + 1;
    school->height = row_hi - school->row_lo + 1;
    kj_grid square = {.nx = school->width, .ny = school->height, .cell_m = grid->cell_m, .epsg = grid->epsg};
    size_t n = (size_t)kj_grid_cells(&square);
    uint16_t *cost = malloc(n * sizeof *cost); /* for the moment, and few */
    int32_t *seconds = malloc(n * sizeof *seconds);
    void *work = malloc(s->space->travel_work_bytes(&square));
    school->walk = school_keep(s, walk_bytes(school));
    kj_status status = cost && seconds && work && school->walk ? KJ_OK : KJ_E_MEMORY;
    for (int32_t r = 0; r < square.ny && status == KJ_OK; r++)
        memcpy(cost + (size_t)r * (size_t)square.nx, step + (size_t)(school->row_lo + r) * (size_t)grid->nx + school->col_lo,
               (size_t)square.nx * sizeof *cost);
    int32_t entrance = (row - school->row_lo) * square.nx + col - school->col_lo;
    if (status == KJ_OK) status = s->space->travel_cost(&square, cost, &entrance, 1, seconds, NULL, work);
    for (size_t c = 0; c < n && status == KJ_OK; c++) school->walk[c] = seconds[c] < UINT16_MAX ? (uint16_t)seconds[c] : UINT16_MAX;
    free(cost);
    free(seconds);
    free(work);
    return status;
}

static bool same_schools(const network *net, uint8_t a, uint8_t b)
{
    for (uint32_t s = 0; s < net->n_schools; s++)
        if (school_covers(&net->schools[s], a) != school_covers(&net->schools[s], b)) return false;
    return true;
}

static bool make_memos(schools *s)
{
    network *net = &s->net;
    for (uint8_t grade = GRADE_PRESCHOOL; grade < GRADE_COUNT; grade++) {
        for (uint8_t other = GRADE_PRESCHOOL; other < grade && !net->nearest[grade]; other++)
            if (same_schools(net, grade, other)) net->nearest[grade] = net->nearest[other];
        if (!net->nearest[grade]) net->nearest[grade] = school_keep(s, nearest_bytes(net));
        if (!net->nearest[grade]) return false;
    }
    return true;
}

kj_status network_update(schools *s, kj_ctx *ctx)
{
    const kj_run_v1 *run = s->run;
    const kj_grid *grid = run->grid(ctx);
    facilities f = take_facilities(s, ctx);
    kj_month now = run->month(ctx);
    network *net = &s->net;
    uint64_t key = key_of(&f, now, kj_grid_cells(grid));
    if (net->key != key) {
        network_free(s);
        net->n_cells = kj_grid_cells(grid);
        net->beyond_speed = school_value(s, ctx, SP_BEYOND_SPEED);
        kj_status status = list_schools(s, ctx, &f, now, net->n_cells);
        /* Beyond this many cells the way as the crow flies takes longer than the square is meant to reach. */
        int32_t radius = (int32_t)(school_value(s, ctx, SP_WINDOW_SECONDS) * net->beyond_speed / grid->cell_m) + 1;
        const uint16_t *step = run->read(ctx, s->walk_cost); /* declared from 0, so that both readings agree */
        net->least_pace = least_pace(net, grid, step);
        for (uint32_t k = 0; k < net->n_schools && status == KJ_OK; k++) status = walk_square(s, grid, step, &net->schools[k], radius);
        if (status == KJ_OK && !make_memos(s)) status = KJ_E_MEMORY;
        if (status) return run->fail(ctx, status, "walking times of %u schools", net->n_schools);
        net->key = key;
    }
    uint64_t part_key = UINT64_C(14695981039346656037);
    for (uint32_t k = 0; k < net->n_schools; k++) {
        net->schools[k].places = f.places[net->schools[k].row] + f.pavilion[net->schools[k].row];
        part_key = (part_key ^ (uint64_t)(uint32_t)net->schools[k].places) * UINT64_C(1099511628211);
    }
    if (net->part_key != part_key) split_places(net);
    net->part_key = part_key;
    return KJ_OK;
}
