#include "catchment.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { PASSES = 400, FEW_UNITS = 4000 /* up to so many, connection is tested over the whole catchment */ };

typedef struct move {
    int64_t key; /* what the move costs a pupil */
    uint32_t unit, to;
} move;

typedef struct search {
    const catchment_problem *p;
    uint32_t *school, *mark, *stack;
    int64_t *load;
    move *moves;
    uint32_t stamp;
} search;

size_t catchment_work_bytes(const catchment_problem *p)
{
    return (size_t)p->n_units * (2 * sizeof(uint32_t) + sizeof(move)) + (size_t)p->n_schools * sizeof(int64_t) + 256;
}

static void lay_out(search *s, void *work)
{
    char *at = work;
    s->moves = (move *)(void *)at, at += s->p->n_units * sizeof(move);
    s->load = (int64_t *)(void *)at, at += s->p->n_schools * sizeof(int64_t);
    s->mark = (uint32_t *)(void *)at, at += s->p->n_units * sizeof(uint32_t);
    s->stack = (uint32_t *)(void *)at;
    memset(s->mark, 0, s->p->n_units * sizeof *s->mark);
}

static int32_t way(const search *s, uint32_t u, uint32_t j) { return s->p->way[(size_t)u * s->p->n_schools + j]; }
static int64_t above(const search *s, uint32_t j) { return s->load[j] - s->p->places[j]; }

/* Marks what can be reached from `from` within one catchment without passing `without`; looks at the neighbours of
   `without` alone if `near`. */
static void reach(search *s, uint32_t from, uint32_t without, bool near)
{
    uint32_t n = 0, j = s->school[from], ring = s->stamp - 1;
    s->mark[from] = s->stamp;
    s->stack[n++] = from;
    while (n > 0) {
        uint32_t u = s->stack[--n];
        for (uint32_t k = s->p->begin[u]; k < s->p->begin[u + 1]; k++) {
            uint32_t v = s->p->neighbour[k];
            if (v == without || s->school[v] != j || s->mark[v] == s->stamp || (near && s->mark[v] != ring)) continue;
            s->mark[v] = s->stamp;
            s->stack[n++] = v;
        }
    }
}

/* Does its catchment hang together without the unit? Exact for few units; for many it says no when in doubt. */
static bool can_leave(search *s, uint32_t u)
{
    const catchment_problem *p = s->p;
    bool near = p->n_units > FEW_UNITS;
    uint32_t first = CATCHMENT_NONE, j = s->school[u];
    s->stamp += 2;
    for (uint32_t k = p->begin[u]; k < p->begin[u + 1]; k++) {
        uint32_t v = p->neighbour[k];
        if (s->school[v] != j) continue;
        if (near) s->mark[v] = s->stamp - 1;
        first = v;
    }
    if (first == CATCHMENT_NONE) return false;
    reach(s, first, u, near);
    for (uint32_t k = p->begin[u]; k < p->begin[u + 1]; k++)
        if (s->school[p->neighbour[k]] == j && s->mark[p->neighbour[k]] != s->stamp) return false;
    return p->home[j] != u;
}

/* Is the move for the better? First what is above the places evens out, then the ways shorten. A unit without pupils follows where
   a crowded catchment has to give way. */
static bool gains(const search *s, uint32_t u, uint32_t to)
{
    int64_t q = s->p->pupils[u];
    uint32_t from = s->school[u];
    if (above(s, from) > 0) return above(s, from) > above(s, to) + q && (q > 0 || above(s, to) < 0);
    return q > 0 && above(s, to) + q <= 0 && way(s, u, to) < way(s, u, from);
}

static int by_key(const void *a, const void *b)
{
    const move *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->unit < y->unit ? -1 : x->unit > y->unit;
}

/* The best move of every unit at a border that gains. */
static uint32_t list_moves(search *s)
{
    uint32_t n = 0;
    for (uint32_t u = 0; u < s->p->n_units; u++) {
        move best = {INT64_MAX, u, CATCHMENT_NONE};
        uint32_t from = s->school[u];
        if (from == CATCHMENT_NONE) continue;
        for (uint32_t k = s->p->begin[u]; k < s->p->begin[u + 1]; k++) {
            uint32_t to = s->school[s->p->neighbour[k]];
            if (to == from || to == CATCHMENT_NONE || !gains(s, u, to)) continue;
            int64_t key = (int64_t)way(s, u, to) - way(s, u, from);
            if (key < best.key || (key == best.key && to < best.to)) best.key = key, best.to = to;
        }
        if (best.to != CATCHMENT_NONE) s->moves[n++] = best;
    }
    qsort(s->moves, n, sizeof *s->moves, by_key);
    return n;
}

int64_t catchment_search(const catchment_problem *p, void *work, uint32_t *school)
{
    search s = {.p = p, .school = school, .stamp = 2};
    lay_out(&s, work);
    for (uint32_t j = 0; j < p->n_schools; j++) s.load[j] = 0;
    for (uint32_t u = 0; u < p->n_units; u++)
        if (school[u] != CATCHMENT_NONE) s.load[school[u]] += p->pupils[u];
    for (int pass = 0; pass < PASSES; pass++) {
        uint32_t n = list_moves(&s), n_moved = 0;
        for (uint32_t k = 0; k < n; k++) {
            uint32_t u = s.moves[k].unit, to = s.moves[k].to;
            bool beside = false; /* an earlier move may have taken the neighbour away */
            for (uint32_t q = p->begin[u]; q < p->begin[u + 1]; q++) beside |= school[p->neighbour[q]] == to;
            if (!beside || !gains(&s, u, to) || !can_leave(&s, u)) continue;
            s.load[school[u]] -= p->pupils[u];
            s.load[to] += p->pupils[u];
            school[u] = to;
            n_moved++;
        }
        if (n_moved == 0) break;
    }
    int64_t over = 0;
    for (uint32_t j = 0; j < p->n_schools; j++) over += above(&s, j) > 0 ? above(&s, j) : 0;
    return over;
}

void catchment_by_price(const catchment_problem *p, const int64_t *price, uint32_t *school)
{
    for (uint32_t u = 0; u < p->n_units; u++) {
        int64_t least = INT64_MAX;
        school[u] = CATCHMENT_NONE;
        for (uint32_t j = 0; j < p->n_schools; j++) {
            int64_t cost = p->way[(size_t)u * p->n_schools + j] + (price ? price[j] : 0);
            if (cost < least) least = cost, school[u] = j;
        }
    }
    /* A school stands in its own catchment, also where its price sends those around it elsewhere. */
    for (uint32_t j = 0; j < p->n_schools; j++) school[p->home[j]] = j;
}

void catchment_join(const catchment_problem *p, void *work, uint32_t *school)
{
    search s = {.p = p, .school = school, .stamp = 2};
    lay_out(&s, work);
    for (uint32_t j = 0; j < p->n_schools; j++)
        if (s.mark[p->home[j]] != s.stamp) reach(&s, p->home[j], CATCHMENT_NONE, false);
    for (uint32_t n_joined = 1; n_joined > 0;) {
        n_joined = 0;
        for (uint32_t u = 0; u < p->n_units; u++) {
            uint32_t best = CATCHMENT_NONE;
            if (s.mark[u] == s.stamp || school[u] == CATCHMENT_NONE) continue;
            for (uint32_t k = p->begin[u]; k < p->begin[u + 1]; k++) {
                uint32_t v = p->neighbour[k];
                if (s.mark[v] != s.stamp || school[v] == CATCHMENT_NONE) continue;
                if (best == CATCHMENT_NONE || way(&s, u, school[v]) < way(&s, u, best)) best = school[v];
            }
            if (best == CATCHMENT_NONE) continue;
            school[u] = best;
            s.mark[u] = s.stamp;
            n_joined++;
        }
    }
}

uint32_t catchment_pieces_apart(const catchment_problem *p, void *work, const uint32_t *school)
{
    uint32_t *labels = malloc(p->n_units * sizeof *labels + 1), n = 0;
    if (!labels) return CATCHMENT_NONE;
    memcpy(labels, school, p->n_units * sizeof *labels);
    search s = {.p = p, .school = labels, .stamp = 2};
    lay_out(&s, work);
    for (uint32_t j = 0; j < p->n_schools; j++)
        if (labels[p->home[j]] == j && s.mark[p->home[j]] != s.stamp) reach(&s, p->home[j], CATCHMENT_NONE, false);
    for (uint32_t u = 0; u < p->n_units; u++)
        if (labels[u] != CATCHMENT_NONE && s.mark[u] != s.stamp) {
            n++;
            reach(&s, u, CATCHMENT_NONE, false);
        }
    free(labels);
    return n;
}
