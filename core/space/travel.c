#include "travel.h"

#include <limits.h>
#include <string.h>

/* Dijkstra (1959) with a binary heap of cells that knows each cell's place, so that a cell stands in it at most once.
   The key is (cost, entrance): equal costs go to the entrance with the lower index, whatever the order of visits. */
typedef struct frontier {
    int32_t *heap, *place; /* place[cell]: position in heap, -1 if not there */
    int32_t n;
    const int32_t *cost, *nearest;
} frontier;

static bool before(const frontier *f, int32_t a, int32_t b)
{
    if (f->cost[a] != f->cost[b]) return f->cost[a] < f->cost[b];
    if (f->nearest[a] != f->nearest[b]) return f->nearest[a] < f->nearest[b];
    return a < b;
}

static void put(frontier *f, int32_t at, int32_t cell)
{
    f->heap[at] = cell;
    f->place[cell] = at;
}

static void sift_up(frontier *f, int32_t at, int32_t cell)
{
    for (; at > 0 && before(f, cell, f->heap[(at - 1) / 2]); at = (at - 1) / 2) put(f, at, f->heap[(at - 1) / 2]);
    put(f, at, cell);
}

static int32_t pop(frontier *f)
{
    int32_t top = f->heap[0], cell = f->heap[--f->n], at = 0;
    f->place[top] = -1;
    if (f->n == 0) return top;
    for (;;) {
        int32_t child = 2 * at + 1;
        if (child >= f->n) break;
        if (child + 1 < f->n && before(f, f->heap[child + 1], f->heap[child])) child++;
        if (!before(f, f->heap[child], cell)) break;
        put(f, at, f->heap[child]);
        at = child;
    }
    put(f, at, cell);
    return top;
}

size_t kj_travel_work_bytes(const kj_grid *grid) { return 3 * sizeof(int32_t) * (size_t)kj_grid_cells(grid); }

static void relax(frontier *f, int32_t *out, int32_t *nearest, int32_t from, int32_t to, int32_t step)
{
    if (out[from] > INT32_MAX - 1 - step) return; /* would overflow: stays unreachable */
    int32_t cost = out[from] + step;
    bool better = cost < out[to] || (cost == out[to] && nearest[from] < nearest[to]);
    if (!better) return;
    bool waiting = f->place[to] >= 0;
    out[to] = cost;
    nearest[to] = nearest[from];
    sift_up(f, waiting ? f->place[to] : f->n++, to);
}

kj_status kj_travel_cost(const kj_grid *grid, const uint16_t *step_cost, const int32_t *entrances, uint32_t n_entrances,
                         int32_t *out, int32_t *nearest, void *work)
{
    int32_t n_cells = kj_grid_cells(grid), nx = grid->nx, ny = grid->ny;
    int32_t *own_nearest = nearest ? nearest : (int32_t *)work + 2 * (size_t)n_cells;
    frontier f = {.heap = work, .place = (int32_t *)work + n_cells, .cost = out, .nearest = own_nearest};
    for (int32_t c = 0; c < n_cells; c++) {
        out[c] = INT32_MAX;
        own_nearest[c] = INT32_MAX;
        f.place[c] = -1;
    }
    for (uint32_t e = 0; e < n_entrances; e++) {
        int32_t cell = entrances[e];
        if (cell < 0 || cell >= n_cells) return KJ_E_RANGE;
        if (out[cell] == 0) continue; /* an earlier entrance stands here */
        out[cell] = 0;
        own_nearest[cell] = (int32_t)e;
        sift_up(&f, f.n++, cell);
    }
    while (f.n > 0) {
        int32_t cell = pop(&f), x = cell % nx, y = cell / nx;
        int32_t here = step_cost[cell] ? step_cost[cell] : 1; /* one can leave an entrance on a closed cell */
        for (int32_t dy = -1; dy <= 1; dy++)
            for (int32_t dx = -1; dx <= 1; dx++) {
                if ((!dx && !dy) || x + dx < 0 || x + dx >= nx || y + dy < 0 || y + dy >= ny) continue;
                int32_t to = cell + dy * nx + dx;
                if (step_cost[to] == 0) continue;
                int32_t step = (here + step_cost[to] + 1) / 2;
                if (dx && dy) step = (int32_t)(((int64_t)step * 181 + 64) / 128); /* 181/128 = 1.4141 */
                relax(&f, out, own_nearest, cell, to, step);
            }
    }
    if (nearest)
        for (int32_t c = 0; c < n_cells; c++)
            if (out[c] == INT32_MAX) nearest[c] = -1;
    return KJ_OK;
}
