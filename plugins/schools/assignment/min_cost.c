#include "min_cost.h"

#include <stdbool.h>
#include <string.h>

/* Pupils of a school stand in chunks of this many, one row of costs a school: the cheapest pupil for a change is then
   found by reading two contiguous rows. */
enum { CHUNK = 64, COARSER = 4 /* parts of the pupils that the levels take */ };
#define NO_CHUNK UINT32_MAX
#define NO_ARC INT32_MAX

typedef struct solver {
    const assignment_problem *of;
    uint32_t m;          /* schools and, last, "no place": room for everyone at a cost above any detour */
    int32_t no_place;    /* that cost */
    int32_t *cost;       /* [chunk][m][CHUNK] */
    uint32_t *member;    /* [chunk][CHUNK] pupil */
    uint32_t *next;      /* [chunk] next chunk of the school, or of the free list */
    uint32_t *first;     /* [m] chunk that is being filled */
    uint32_t free_chunk, n_chunks;
    int64_t *n_in, *room; /* [m] pupils there, places */
    uint32_t *at;        /* [pupil] chunk * CHUNK + slot */
    int32_t *arc;        /* [m][m] least change of cost, NO_ARC without pupils */
    uint32_t *mover;     /* [m][m] who changes */
    int64_t *price, *distance; /* [m] */
    uint32_t *from;      /* [m] school before this one on the path */
    uint8_t *done;       /* [m] */
    uint32_t *school;    /* [pupil] */
} solver;

int32_t assign_cost_max(uint32_t n_schools) { return (int32_t)((1 << 29) / (n_schools + 3)); }

static uint32_t chunks_for(uint32_t n_pupils, uint32_t n_schools) { return n_pupils / CHUNK + 2 * (n_schools + 1) + 1; }

/* Cuts the next array out of the work memory; with a null base it only counts. */
static void *cut(char *base, size_t *used, size_t bytes)
{
    void *out = base ? base + *used : NULL;
    *used += (bytes + 63) & ~(size_t)63;
    return out;
}

static size_t lay_out(solver *s, uint32_t n_pupils, uint32_t n_schools, char *base)
{
    size_t used = 0, m = n_schools + 1u, chunks = chunks_for(n_pupils, n_schools);
    s->cost = cut(base, &used, chunks * m * CHUNK * sizeof *s->cost);
    s->member = cut(base, &used, chunks * CHUNK * sizeof *s->member);
    s->next = cut(base, &used, chunks * sizeof *s->next);
    s->first = cut(base, &used, m * sizeof *s->first);
    s->n_in = cut(base, &used, m * sizeof *s->n_in);
    s->room = cut(base, &used, m * sizeof *s->room);
    s->at = cut(base, &used, n_pupils * sizeof *s->at + 1);
    s->arc = cut(base, &used, m * m * sizeof *s->arc);
    s->mover = cut(base, &used, m * m * sizeof *s->mover);
    s->price = cut(base, &used, m * sizeof *s->price);
    s->distance = cut(base, &used, m * sizeof *s->distance);
    s->from = cut(base, &used, m * sizeof *s->from);
    s->done = cut(base, &used, m);
    return used;
}

size_t assign_work_bytes(uint32_t n_pupils, uint32_t n_schools)
{
    solver unused;
    return lay_out(&unused, n_pupils, n_schools, NULL);
}

static uint32_t take_chunk(solver *s)
{
    uint32_t chunk = s->free_chunk;
    if (chunk == NO_CHUNK) return s->n_chunks++;
    s->free_chunk = s->next[chunk];
    return chunk;
}

/* Gives a pupil its slot in a school, without its costs. */
static void enter(solver *s, uint32_t j, uint32_t pupil)
{
    if (s->n_in[j] % CHUNK == 0) {
        uint32_t chunk = take_chunk(s);
        s->next[chunk] = s->first[j];
        s->first[j] = chunk;
    }
    s->at[pupil] = s->first[j] * CHUNK + (uint32_t)(s->n_in[j] % CHUNK);
    s->member[s->at[pupil]] = pupil;
    s->n_in[j]++;
    s->school[pupil] = j;
}

static void write_costs(const solver *s, uint32_t pupil)
{
    const int32_t *cost = s->of->cost + (size_t)pupil * s->of->n_schools;
    int32_t *out = s->cost + (size_t)(s->at[pupil] / CHUNK) * s->m * CHUNK + s->at[pupil] % CHUNK;
    for (uint32_t k = 0; k < s->of->n_schools; k++) out[(size_t)k * CHUNK] = cost[k] == ASSIGN_FORBIDDEN ? s->no_place + 1 : cost[k];
    out[(size_t)s->of->n_schools * CHUNK] = s->no_place;
}

/* The last pupil of the school takes the slot of the one who leaves. */
static void leave(solver *s, uint32_t pupil)
{
    uint32_t j = s->school[pupil], slot = s->at[pupil], head = s->first[j];
    uint32_t last = head * CHUNK + (uint32_t)((s->n_in[j] - 1) % CHUNK);
    if (last != slot) {
        int32_t *to = s->cost + (size_t)(slot / CHUNK) * s->m * CHUNK + slot % CHUNK;
        const int32_t *from = s->cost + (size_t)head * s->m * CHUNK + last % CHUNK;
        for (uint32_t k = 0; k < s->m; k++) to[(size_t)k * CHUNK] = from[(size_t)k * CHUNK];
        s->member[slot] = s->member[last];
        s->at[s->member[slot]] = slot;
    }
    s->n_in[j]--;
    if (s->n_in[j] % CHUNK == 0) {
        s->first[j] = s->next[head];
        s->next[head] = s->free_chunk;
        s->free_chunk = head;
    }
}

/* Least difference of two rows. */
static int32_t least_change(const int32_t *restrict to, const int32_t *restrict from, uint32_t n)
{
    int32_t least = NO_ARC;
    if (n == CHUNK) { /* a constant length, so that the compiler needs no tail */
        for (uint32_t i = 0; i < CHUNK; i++) least = to[i] - from[i] < least ? to[i] - from[i] : least;
        return least;
    }
    for (uint32_t i = 0; i < n; i++) least = to[i] - from[i] < least ? to[i] - from[i] : least;
    return least;
}

/* Finds anew who changes from j to k at the least cost. */
static void find_mover(solver *s, uint32_t j, uint32_t k)
{
    int32_t least = NO_ARC;
    uint32_t where = NO_CHUNK, n = s->n_in[j] == 0 ? 0 : (uint32_t)((s->n_in[j] - 1) % CHUNK) + 1;
    for (uint32_t chunk = s->n_in[j] == 0 ? NO_CHUNK : s->first[j]; chunk != NO_CHUNK; chunk = s->next[chunk], n = CHUNK) {
        const int32_t *rows = s->cost + (size_t)chunk * s->m * CHUNK;
        int32_t change = least_change(rows + (size_t)k * CHUNK, rows + (size_t)j * CHUNK, n);
        if (change < least) least = change, where = chunk;
    }
    s->arc[(size_t)j * s->m + k] = least;
    if (where == NO_CHUNK) return;
    const int32_t *rows = s->cost + (size_t)where * s->m * CHUNK;
    uint32_t slot = 0;
    while (rows[(size_t)k * CHUNK + slot] - rows[(size_t)j * CHUNK + slot] != least) slot++;
    s->mover[(size_t)j * s->m + k] = s->member[where * CHUNK + slot];
}

/* One pupil changes from its school to k; keeps the arcs of both true. */
static void change(solver *s, uint32_t pupil, uint32_t k)
{
    uint32_t j = s->school[pupil];
    leave(s, pupil);
    for (uint32_t x = 0; x < s->m; x++)
        if (x != j && s->arc[(size_t)j * s->m + x] != NO_ARC && s->mover[(size_t)j * s->m + x] == pupil) find_mover(s, j, x);
    enter(s, k, pupil);
    write_costs(s, pupil);
    const int32_t *costs = s->cost + (size_t)(s->at[pupil] / CHUNK) * s->m * CHUNK + s->at[pupil] % CHUNK;
    int32_t here = costs[(size_t)k * CHUNK];
    for (uint32_t x = 0; x < s->m; x++) {
        int32_t step = costs[(size_t)x * CHUNK] - here;
        if (x == k || step >= s->arc[(size_t)k * s->m + x]) continue;
        s->arc[(size_t)k * s->m + x] = step;
        s->mover[(size_t)k * s->m + x] = pupil;
    }
}

/* The cheapest school, its price included; "no place" if none is allowed or worth its price. */
static uint32_t cheapest(const int32_t *restrict cost, const int32_t *restrict price, uint32_t n_schools, int32_t no_place)
{
    uint32_t best = n_schools;
    int32_t least = no_place;
    for (uint32_t k = 0; k < n_schools; k++)
        if (cost[k] != ASSIGN_FORBIDDEN && cost[k] + price[k] < least) least = cost[k] + price[k], best = k;
    return best;
}

/* Every stride-th pupil at its cheapest school at the present prices, however full, and the places of that level. */
static void begin(solver *s, uint32_t stride)
{
    const assignment_problem *p = s->of;
    uint32_t n = p->n_pupils, m = s->m, n_schools = p->n_schools;
    int32_t *price = (int32_t *)(void *)s->distance, no_place = s->no_place; /* prices stay below the cost of no place */
    for (uint32_t j = 0; j < n_schools; j++) price[j] = (int32_t)s->price[j];
#pragma omp parallel for num_threads(p->n_threads) schedule(static)
    for (uint32_t i = 0; i < n; i += stride) s->school[i] = cheapest(p->cost + (size_t)i * n_schools, price, n_schools, no_place);
    for (uint32_t j = 0; j < m; j++) s->first[j] = NO_CHUNK, s->n_in[j] = 0;
    for (uint32_t j = 0; j < n_schools; j++) s->room[j] = ((int64_t)p->places[j] + stride / 2) / stride;
    s->room[n_schools] = n;
    s->free_chunk = NO_CHUNK;
    s->n_chunks = 0;
    for (uint32_t i = 0; i < n; i += stride) enter(s, s->school[i], i);
#pragma omp parallel for num_threads(p->n_threads) schedule(static)
    for (uint32_t i = 0; i < n; i += stride) write_costs(s, i);
#pragma omp parallel for num_threads(p->n_threads) schedule(dynamic)
    for (uint32_t j = 0; j < m; j++)
        for (uint32_t k = 0; k < m; k++)
            if (k == j) s->arc[(size_t)j * m + k] = NO_ARC;
            else find_mover(s, j, k);
}

static void relax(solver *s, uint32_t u)
{
    const int32_t *arc = s->arc + (size_t)u * s->m;
    int64_t base = s->distance[u] - s->price[u];
    for (uint32_t k = 0; k < s->m; k++) {
        if (s->done[k] || arc[k] == NO_ARC) continue;
        int64_t there = base + arc[k] + s->price[k];
        if (there < s->distance[k]) s->distance[k] = there, s->from[k] = u;
    }
}

/* Dijkstra from all schools above their places, in reduced costs, until the first with a free place; ASSIGN_NONE when
   no school is above its places. */
static uint32_t shortest_path(solver *s)
{
    bool any = false;
    for (uint32_t j = 0; j < s->m; j++) {
        bool above = s->n_in[j] > s->room[j];
        s->distance[j] = above ? 0 : INT64_MAX;
        s->from[j] = ASSIGN_NONE;
        s->done[j] = 0;
        any |= above;
    }
    while (any) {
        uint32_t u = ASSIGN_NONE;
        int64_t least = INT64_MAX;
        for (uint32_t j = 0; j < s->m; j++)
            if (!s->done[j] && s->distance[j] < least) least = s->distance[j], u = j;
        s->done[u] = 1; /* "no place" can always be reached and has room */
        if (s->n_in[u] < s->room[u]) return u;
        relax(s, u);
    }
    return ASSIGN_NONE;
}

/* Moves one pupil along the path, from its end, so that no school holds more than before. Prices stay such that every
   pupil is at its cheapest school, price included. */
static void augment(solver *s, uint32_t end)
{
    for (uint32_t j = 0; j < s->m; j++)
        if (s->done[j]) s->price[j] += s->distance[end] - s->distance[j];
    for (uint32_t k = end; s->from[k] != ASSIGN_NONE; k = s->from[k]) change(s, s->mover[(size_t)s->from[k] * s->m + k], k);
}

/* A school with free places must not have a price. Dijkstra backwards from such a school to the one that can best give
   a pupil: least way plus its own price, for it is left with a free place and so without a price. Often that is the
   school itself: then prices fall and nobody moves. */
static void fill(solver *s, uint32_t school)
{
    uint32_t giver = school;
    int64_t least = s->price[school];
    for (uint32_t j = 0; j < s->m; j++) s->distance[j] = INT64_MAX, s->from[j] = ASSIGN_NONE, s->done[j] = 0;
    s->distance[school] = 0;
    for (;;) {
        uint32_t u = ASSIGN_NONE;
        int64_t near = least;
        for (uint32_t j = 0; j < s->m; j++)
            if (!s->done[j] && s->distance[j] < near) near = s->distance[j], u = j;
        if (u == ASSIGN_NONE) break;
        s->done[u] = 1;
        for (uint32_t k = 0; k < s->m; k++) {
            int32_t arc = s->arc[(size_t)k * s->m + u];
            if (s->done[k] || arc == NO_ARC) continue;
            int64_t there = near + arc + s->price[u] - s->price[k];
            if (there >= s->distance[k]) continue;
            s->distance[k] = there;
            s->from[k] = u;
            if (there + s->price[k] < least) least = there + s->price[k], giver = k;
        }
    }
    for (uint32_t j = 0; j < s->m; j++)
        if (s->distance[j] < least) s->price[j] -= least - s->distance[j];
    /* The movers of the path were found before anyone moved, and no school stands on it twice. */
    while (giver != school) {
        uint32_t to = s->from[giver];
        change(s, s->mover[(size_t)giver * s->m + to], to);
        giver = to;
    }
}

/* The least cost that is out of range, or the least places below 0. */
static bool in_range(const assignment_problem *p)
{
    int32_t max = assign_cost_max(p->n_schools);
    uint32_t n_bad = 0;
    size_t n = (size_t)p->n_pupils * p->n_schools;
#pragma omp parallel for num_threads(p->n_threads) schedule(static) reduction(+ : n_bad)
    for (size_t i = 0; i < n; i++) n_bad += p->cost[i] < 0 || (p->cost[i] > max && p->cost[i] != ASSIGN_FORBIDDEN);
    for (uint32_t j = 0; j < p->n_schools; j++) n_bad += p->places[j] < 0;
    return n_bad == 0;
}

/* Coarsest level: a few dozen pupils a school. */
static uint32_t first_stride(const assignment_problem *p)
{
    uint32_t stride = 1;
    while ((uint64_t)p->n_pupils / (stride * COARSER) >= 8u * p->n_schools && stride < 4096) stride *= COARSER;
    return stride;
}

kj_status assign_min_cost(const assignment_problem *problem, void *work, assignment_result *result)
{
    if (!in_range(problem)) return KJ_E_RANGE;
    solver s = {.of = problem, .m = problem->n_schools + 1, .school = result->school};
    lay_out(&s, problem->n_pupils, problem->n_schools, work);
    s.no_place = (int32_t)(problem->n_schools + 2) * assign_cost_max(problem->n_schools);
    for (uint32_t j = 0; j < s.m; j++) s.price[j] = 0;
    if (problem->n_schools == 0) memset(s.school, 0, problem->n_pupils * sizeof *s.school);
    /* Prices found for a part of the pupils, and that part of the places, are nearly those of all. */
    for (uint32_t stride = problem->n_schools ? first_stride(problem) : 0; stride > 0; stride /= COARSER) {
        begin(&s, stride);
        for (uint32_t end; (end = shortest_path(&s)) != ASSIGN_NONE;) augment(&s, end);
        for (uint32_t j = 0; j < problem->n_schools; j++)
            while (s.n_in[j] < s.room[j] && s.price[j] > 0) fill(&s, j);
    }
    result->total = 0;
    result->n_unplaced = 0;
    for (uint32_t i = 0; i < problem->n_pupils; i++) {
        bool placed = s.school[i] < problem->n_schools;
        if (placed) result->total += problem->cost[(size_t)i * problem->n_schools + s.school[i]];
        else s.school[i] = ASSIGN_NONE, result->n_unplaced++;
    }
    if (result->price)
        for (uint32_t j = 0; j < problem->n_schools; j++) result->price[j] = s.price[j];
    return KJ_OK;
}
