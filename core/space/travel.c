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

/* A step of a straight one's cost in a direction: aslant 181/128 = 1.4141 of it. */
enum { DIRECTIONS = 8, STRAIGHT = 128, ASLANT = 181 };
static uint32_t cost_of_step(uint32_t straight, uint32_t weight) { return (straight * weight + STRAIGHT / 2) / STRAIGHT; }

static const struct {
    int32_t dx, dy;
    uint32_t weight;
} direction[DIRECTIONS] = {
    {-1, -1, ASLANT}, {0, -1, STRAIGHT}, {1, -1, ASLANT}, {-1, 0, STRAIGHT}, {1, 0, STRAIGHT}, {-1, 1, ASLANT}, {0, 1, STRAIGHT}, {1, 1, ASLANT},
};

/* A step to a cell that gets better by it. */
typedef struct better {
    int32_t cell, cost;
} better;

/* Those of the neighbours that get better. Without branches, since who does follows no pattern. */
static int32_t find_better(const frontier *f, const kj_grid *grid, const uint16_t *step_cost, int32_t cell, better *out)
{
    const int32_t nx = grid->nx, x = cell % nx, y = cell / nx;
    const bool at_edge = x == 0 || y == 0 || x == nx - 1 || y == grid->ny - 1;
    const uint32_t here = step_cost[cell] ? step_cost[cell] : 1; /* one can leave an entrance on a closed cell */
    const uint32_t so_far = (uint32_t)f->cost[cell];
    const int32_t nearest = f->nearest[cell];
    int32_t n = 0;
    for (int k = 0; k < DIRECTIONS; k++) {
        const int32_t dx = direction[k].dx, dy = direction[k].dy, to = cell + dy * nx + dx;
        if (at_edge && (x + dx < 0 || x + dx >= nx || y + dy < 0 || y + dy >= grid->ny)) continue;
        const uint32_t cost = so_far + cost_of_step((here + step_cost[to] + 1) / 2, direction[k].weight);
        out[n] = (better){to, (int32_t)cost};
        n += cost < (uint32_t)f->cost[to] + (nearest < f->nearest[to]); /* too far for 31 bits: stays unreachable */
    }
    return n;
}

static void look_around(frontier *f, const kj_grid *grid, const uint16_t *step_cost, int32_t cell)
{
    better steps[DIRECTIONS];
    const int32_t n = find_better(f, grid, step_cost, cell, steps);
    for (int32_t i = 0; i < n; i++) {
        const int32_t to = steps[i].cell;
        if (f->prev[to] != AWAY) take_out(f, to);
        f->cost[to] = steps[i].cost;
        f->nearest[to] = f->nearest[cell];
        put_in(f, to);
    }
}

/* Buckets so wide that the longest step stays within the ring, and otherwise as the shortest, so that few are empty and hardly a cell
   is looked at again. */
static int32_t bucket_shift(const uint16_t *step_cost, int32_t n_cells)
{
    uint16_t most = 1, below_least = UINT16_MAX; /* one less: a closed cell's is the most there is */
    int32_t shift = 0;
    for (int32_t c = 0; c < n_cells; c++) {
        const uint16_t below = (uint16_t)(step_cost[c] - 1);
        most = step_cost[c] > most ? step_cost[c] : most;
        below_least = below < below_least ? below : below_least;
    }
    const int32_t least = below_least + 1;
    while ((int32_t)cost_of_step(most, ASLANT) >> shift >= N_BUCKETS - 2 || 2 << shift <= least) shift++;
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
        out[c] = step_cost[c] ? INT32_MAX : 0; /* a closed cell never gets better than that */
        f.nearest[c] = -1;
        f.prev[c] = AWAY;
    }
    for (uint32_t e = 0; e < n_entrances; e++) {
        int32_t cell = entrances[e];
        if (cell < 0 || cell >= n_cells) return KJ_E_RANGE;
        if (f.nearest[cell] >= 0) continue; /* an earlier entrance stands here */
        out[cell] = 0;
        f.nearest[cell] = (int32_t)e;
        put_in(&f, cell);
    }
    for (uint32_t b = 0; f.n > 0; b++)
        for (int32_t cell; (cell = f.head[b % N_BUCKETS]) != NONE;) {
            take_out(&f, cell);
            look_around(&f, grid, step_cost, cell);
        }
    for (int32_t c = 0; c < n_cells; c++) out[c] = f.nearest[c] < 0 ? INT32_MAX : out[c]; /* closed, or not to be reached */
    return KJ_OK;
}
