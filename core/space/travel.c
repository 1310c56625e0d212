#include "travel.h"

#include <limits.h>
#include <string.h>

/* Dijkstra (1959) with a ring of buckets in place of a heap (Dial 1969; buckets wider than one unit as in Meyer & Sanders 2003,
   delta-stepping): a cell that gets better within the bucket that is being emptied is looked at again, so that the answer is
   exact. The key is (cost, entrance): equal costs go to the entrance with the lower index, whatever the order of visits. */
enum { N_BUCKETS = 1024, NONE = -1, AWAY = -2 };

typedef struct frontier {
    int32_t *next, *prev; /* of the list of a bucket; prev is AWAY where the cell waits in none */
    int32_t *cost, *nearest;
    int32_t n, shift; /* a bucket holds costs that agree above `shift` bits */
    int32_t head[N_BUCKETS];
} frontier;

static int32_t *bucket_of(frontier *f, int32_t cost) { return &f->head[(cost >> f->shift) & (N_BUCKETS - 1)]; }

static void take_out(frontier *f, int32_t cell)
{
    int32_t before = f->prev[cell], after = f->next[cell];
    if (before == NONE)
        *bucket_of(f, f->cost[cell]) = after;
    else
        f->next[before] = after;
    if (after != NONE) f->prev[after] = before;
    f->prev[cell] = AWAY;
    f->n--;
}

static void put_in(frontier *f, int32_t cell)
{
    int32_t *head = bucket_of(f, f->cost[cell]);
    f->next[cell] = *head;
    f->prev[cell] = NONE;
    if (*head != NONE) f->prev[*head] = cell;
    *head = cell;
    f->n++;
}

size_t kj_travel_work_bytes(const kj_grid *grid) { return 3 * sizeof(int32_t) * (size_t)kj_grid_cells(grid); }

static void relax(frontier *f, int32_t from, int32_t to, int32_t step)
{
    if (f->cost[from] > INT32_MAX - 1 - step) return; /* would overflow: stays unreachable */
    int32_t cost = f->cost[from] + step;
    if (cost > f->cost[to] || (cost == f->cost[to] && f->nearest[from] >= f->nearest[to])) return;
    if (f->prev[to] != AWAY) take_out(f, to);
    f->cost[to] = cost;
    f->nearest[to] = f->nearest[from];
    put_in(f, to);
}

static int32_t diagonal(int32_t step) { return (int32_t)(((int64_t)step * 181 + 64) / 128); } /* 181/128 = 1.4141 */

static void look_around(frontier *f, const kj_grid *grid, const uint16_t *step_cost, int32_t cell)
{
    int32_t nx = grid->nx, x = cell % nx, y = cell / nx;
    int32_t here = step_cost[cell] ? step_cost[cell] : 1; /* one can leave an entrance on a closed cell */
    const int32_t so_far = f->cost[cell];
    for (int32_t dy = y > 0 ? -1 : 0; dy <= (y + 1 < grid->ny ? 1 : 0); dy++)
        for (int32_t dx = x > 0 ? -1 : 0; dx <= (x + 1 < nx ? 1 : 0); dx++) {
            int32_t to = cell + dy * nx + dx;
            if (f->cost[to] <= so_far || step_cost[to] == 0) continue; /* the cell itself, and where one has been: each step costs something */
            int32_t step = (here + step_cost[to] + 1) / 2;
            relax(f, cell, to, dx && dy ? diagonal(step) : step);
        }
}

/* Buckets so wide that the longest step stays within the ring, and otherwise as the shortest, so that few are empty and hardly a cell
   is looked at again. */
static int32_t bucket_shift(const uint16_t *step_cost, int32_t n_cells)
{
    int32_t most = 1, least = UINT16_MAX, shift = 0;
    for (int32_t c = 0; c < n_cells; c++) {
        most = step_cost[c] > most ? step_cost[c] : most;
        least = step_cost[c] != 0 && step_cost[c] < least ? step_cost[c] : least;
    }
    while (diagonal(most) >> shift >= N_BUCKETS - 2 || 2 << shift <= least) shift++;
    return shift;
}

kj_status kj_travel_cost(const kj_grid *grid, const uint16_t *step_cost, const int32_t *entrances, uint32_t n_entrances,
                         int32_t *out, int32_t *nearest, void *work)
{
    int32_t n_cells = kj_grid_cells(grid);
    frontier f = {.next = work, .prev = (int32_t *)work + n_cells, .cost = out, .nearest = nearest ? nearest : (int32_t *)work + 2 * (size_t)n_cells,
                  .shift = bucket_shift(step_cost, n_cells)};
    for (int b = 0; b < N_BUCKETS; b++) f.head[b] = NONE;
    for (int32_t c = 0; c < n_cells; c++) {
        out[c] = INT32_MAX;
        f.nearest[c] = INT32_MAX;
        f.prev[c] = AWAY;
    }
    for (uint32_t e = 0; e < n_entrances; e++) {
        int32_t cell = entrances[e];
        if (cell < 0 || cell >= n_cells) return KJ_E_RANGE;
        if (out[cell] == 0) continue; /* an earlier entrance stands here */
        out[cell] = 0;
        f.nearest[cell] = (int32_t)e;
        put_in(&f, cell);
    }
    for (uint32_t b = 0; f.n > 0; b++)
        for (int32_t cell; (cell = f.head[b % N_BUCKETS]) != NONE;) {
            take_out(&f, cell);
            look_around(&f, grid, step_cost, cell);
        }
    if (nearest)
        for (int32_t c = 0; c < n_cells; c++)
            if (out[c] == INT32_MAX) nearest[c] = -1;
    return KJ_OK;
}
