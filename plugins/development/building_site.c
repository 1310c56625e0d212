/* The cells that a project holds: finding, reserving and giving back. */
#include "development.h"

/* Calls for every cell of the window around a seed are plain loops over these bounds. */
typedef struct window {
    int32_t row_lo, row_hi, col_lo, col_hi;
} window;

static window window_around(const kj_grid *grid, int32_t seed)
{
    int32_t row = seed / grid->nx, col = seed % grid->nx;
    window w = {row - SITE_RADIUS, row + SITE_RADIUS, col - SITE_RADIUS, col + SITE_RADIUS};
    if (w.row_lo < 0) w.row_lo = 0;
    if (w.col_lo < 0) w.col_lo = 0;
    if (w.row_hi >= grid->ny) w.row_hi = grid->ny - 1;
    if (w.col_hi >= grid->nx) w.col_hi = grid->nx - 1;
    return w;
}

/* The nearest first, in the queue of sites. */
static site_choice at_distance(const land_view *land, int32_t seed, int32_t cell, int64_t penalty)
{
    return (site_choice){.utility = -(double)(kj_grid_distance2(land->grid, seed, cell) + penalty), .cell = cell};
}

int32_t site_cells(const land_view *land, kj_id project, int32_t seed, int32_t out[SITE_MAX])
{
    site_choice found[SITE_MAX];
    site_queue queue;
    uint32_t n = 0;
    window w = window_around(land->grid, seed);
    for (int32_t row = w.row_lo; row <= w.row_hi; row++)
        for (int32_t col = w.col_lo; col <= w.col_hi; col++) {
            int32_t cell = row * land->grid->nx + col;
            if (land->reserved[cell] == project) found[n++] = at_distance(land, seed, cell, 0);
        }
    site_queue_build(&queue, found, n);
    for (uint32_t k = 0; k < n; k++) out[k] = site_queue_at(&queue, k)->cell;
    return (int32_t)n;
}

void site_release(land_view *land, kj_id project, int32_t seed)
{
    if (seed < 0 || seed >= land->n_cells) return;
    window w = window_around(land->grid, seed);
    for (int32_t row = w.row_lo; row <= w.row_hi; row++)
        for (int32_t col = w.col_lo; col <= w.col_hi; col++) {
            int32_t cell = row * land->grid->nx + col;
            if (land->reserved[cell] == project) land->set_reserved[cell] = 0;
        }
}

/* Floor-area ratio under which a request may build: its own plan's where it makes one. */
static double far_for(const land_view *land, const site_request *request, int32_t cell, bool flats)
{
    double far = (double)land->max_far[cell], plan = flats ? land->plan_far_flat : land->plan_far_small;
    return request->planned && plan > far ? plan : far;
}

static bool cell_serves(const land_view *land, const site_request *request, int32_t cell, bool flats)
{
    if (!land_is_free(land, cell)) return false;
    /* A plan may cover works land only where the town has already zoned it for homes. */
    if (request->planned) return land->land_use[cell] != KJ_LAND_WORK || land->zoning[cell] == KJ_ZONE_MIXED;
    return land_zoned(land, cell, flats);
}

/* Takes a cell, and gives it the plan it needs. Returns the homes that it has room for. */
static int32_t take_cell(land_view *land, const site_request *request, int32_t cell, bool flats)
{
    double far = far_for(land, request, cell, flats);
    int32_t room = land_room(land, cell, flats, far);
    land->set_reserved[cell] = request->project;
    if (request->planned) {
        if ((double)land->max_far[cell] < far) land->set_max_far[cell] = (float)far;
        if (flats) land->set_zoning[cell] = KJ_ZONE_MIXED;
        else if (land->zoning[cell] != KJ_ZONE_MIXED) land->set_zoning[cell] = KJ_ZONE_SMALL_HOUSES;
    }
    return room;
}

static int32_t reserve_kind(land_view *land, const site_request *request, bool flats, int32_t wanted)
{
    site_choice found[SITE_MAX];
    site_queue queue;
    uint32_t n = 0;
    int32_t have = 0;
    window w = window_around(land->grid, request->seed);
    for (int32_t row = w.row_lo; row <= w.row_hi && wanted > 0; row++)
        for (int32_t col = w.col_lo; col <= w.col_hi; col++) {
            int32_t cell = row * land->grid->nx + col;
            if (!cell_serves(land, request, cell, flats) || land_room(land, cell, flats, far_for(land, request, cell, flats)) < 1) continue;
            /* A new quarter takes unbuilt land before it fills gaps in old ones two cells nearer. */
            int64_t penalty = land_is_built(land->land_use[cell]) ? 4 : 0;
            if (request->zone && land->area[cell] != request->zone - 1) penalty += 4 * SITE_RADIUS * SITE_RADIUS; /* after all of the own area */
            found[n++] = at_distance(land, request->seed, cell, penalty);
        }
    site_queue_build(&queue, found, n);
    for (uint32_t k = 0; k < n && have < wanted; k++) have += take_cell(land, request, site_queue_at(&queue, k)->cell, flats);
    return have < wanted ? have : wanted;
}

int32_t site_reserve(land_view *land, const site_request *request)
{
    return reserve_kind(land, request, true, request->n_flats) + reserve_kind(land, request, false, request->n_small);
}

/* A free neighbour of a patch. value: its potential and what own land beside it adds. */
typedef struct fringe_cell {
    float value;
    int32_t cell;
    uint32_t lot;
} fringe_cell;

static bool goes_first(const fringe_cell *a, const fringe_cell *b)
{
    if (a->value != b->value) return a->value > b->value;
    return a->lot != b->lot ? a->lot > b->lot : a->cell < b->cell;
}

static int32_t take_best(fringe_cell *fringe, int32_t *n)
{
    int32_t best = 0;
    for (int32_t k = 1; k < *n; k++)
        if (goes_first(&fringe[k], &fringe[best])) best = k;
    int32_t cell = fringe[best].cell;
    fringe[best] = fringe[--*n];
    return cell;
}

/* Patch growth: from the seed, always to the free neighbour with the highest potential, where own land next door adds to it; a
   lot between equals. Source of the idea: patch-growing algorithms of urban growth models, Meentemeyer et al. 2013 (FUTURES). */
int32_t site_grow(land_view *land, const site_request *request)
{
    enum { PATCH_MAX = 256, FRINGE_MAX = 2 * PATCH_MAX + 4 };
    static const int32_t step[4][2] = {{-1, 0}, {0, -1}, {0, 1}, {1, 0}};
    int32_t nx = land->grid->nx;
    bool flats = request->n_flats > 0;
    int32_t wanted = flats ? request->n_flats : request->n_small, have = 0, n_fringe = 1;
    float beside = (float)land->compactness / 4.0f;
    window w = window_around(land->grid, request->seed);
    fringe_cell fringe[FRINGE_MAX];
    fringe[0] = (fringe_cell){0.0f, request->seed, 0};
    for (int32_t taken = 0; taken < PATCH_MAX && have < wanted && n_fringe > 0; taken++) {
        int32_t cell = take_best(fringe, &n_fringe);
        have += take_cell(land, request, cell, flats);
        if (have >= wanted) break;
        for (int k = 0; k < 4; k++) {
            int32_t row = cell / nx + step[k][0], col = cell % nx + step[k][1];
            if (row < w.row_lo || row > w.row_hi || col < w.col_lo || col > w.col_hi) continue;
            int32_t next = row * nx + col, known = 0;
            if (land->potential[next] <= NO_POTENTIAL || (request->zone && land->area[next] != request->zone - 1)) continue;
            while (known < n_fringe && fringe[known].cell != next) known++;
            if (known < n_fringe) {
                fringe[known].value += beside;
            } else if (n_fringe < FRINGE_MAX && cell_serves(land, request, next, flats) && land_room(land, next, flats, (double)land->max_far[next]) > 0) {
                fringe[n_fringe++] = (fringe_cell){land->potential[next] + beside, next, kj_draw(request->patch, request->luck, next, 0).v[0]};
            }
        }
    }
    return have < wanted ? have : wanted;
}
