#include "flow.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FAR INT64_MAX

typedef struct solver {
    const flow_network *net;
    int64_t *flow, *potential, *excess, *distance;
    uint32_t *begin, *touching; /* arcs by node, both ends: arc * 2 + (1 if the node is its head) */
    uint32_t *from;             /* arc (same code) by which the path came */
    uint32_t *heap, *place;     /* nodes by distance; place[node] in the heap + 1 */
    uint32_t n_heap;
    uint8_t *done;
    void *memory;
} solver;

static int64_t lower_of(const flow_network *net, uint32_t arc) { return net->lower ? net->lower[arc] : 0; }
static int64_t upper_of(const flow_network *net, uint32_t arc) { return net->upper ? net->upper[arc] : FLOW_UNLIMITED; }

/* What an arc can still carry, forward or (back) in return. */
static int64_t residual(const solver *s, uint32_t arc, bool back)
{
    if (back) return s->flow[arc] - lower_of(s->net, arc);
    int64_t upper = upper_of(s->net, arc);
    return upper == FLOW_UNLIMITED ? FAR : upper - s->flow[arc];
}

static int64_t reduced_cost(const solver *s, uint32_t arc)
{
    return s->net->cost[arc] + s->potential[s->net->tail[arc]] - s->potential[s->net->head[arc]];
}

static bool allocate(solver *s, int64_t *flow)
{
    size_t n = s->net->n_nodes + 1u, m = s->net->n_arcs + 1u;
    size_t bytes = n * (3 * sizeof(int64_t) + 4 * sizeof(uint32_t) + 1) + 2 * m * sizeof(uint32_t) + 64;
    char *at = s->memory = calloc(1, bytes);
    if (!at) return false;
    s->flow = flow;
    s->potential = (int64_t *)(void *)at, at += n * sizeof(int64_t);
    s->excess = (int64_t *)(void *)at, at += n * sizeof(int64_t);
    s->distance = (int64_t *)(void *)at, at += n * sizeof(int64_t);
    s->begin = (uint32_t *)(void *)at, at += n * sizeof(uint32_t);
    s->from = (uint32_t *)(void *)at, at += n * sizeof(uint32_t);
    s->heap = (uint32_t *)(void *)at, at += n * sizeof(uint32_t);
    s->place = (uint32_t *)(void *)at, at += n * sizeof(uint32_t);
    s->touching = (uint32_t *)(void *)at, at += 2 * m * sizeof(uint32_t);
    s->done = (uint8_t *)at;
    return true;
}

static void list_arcs(solver *s)
{
    const flow_network *net = s->net;
    for (uint32_t a = 0; a < net->n_arcs; a++) s->begin[net->tail[a]]++, s->begin[net->head[a]]++;
    for (uint32_t v = 0, sum = 0; v <= net->n_nodes; v++) {
        sum += s->begin[v];
        s->begin[v] = sum;
    }
    for (uint32_t a = net->n_arcs; a-- > 0;) {
        s->touching[--s->begin[net->head[a]]] = 2 * a + 1;
        s->touching[--s->begin[net->tail[a]]] = 2 * a;
    }
}

/* Potentials under which no arc without an upper bound has a negative cost; false: a cycle of them costs less than
   nothing, so that the flow could grow without end (Bellman-Ford). */
static bool bound_potentials(solver *s)
{
    const flow_network *net = s->net;
    for (uint32_t round = 0; round <= net->n_nodes; round++) {
        bool changed = false;
        for (uint32_t a = 0; a < net->n_arcs; a++) {
            if (upper_of(net, a) != FLOW_UNLIMITED || net->tail[a] == net->head[a]) {
                if (upper_of(net, a) == FLOW_UNLIMITED && net->cost[a] < 0) return false;
                continue;
            }
            if (reduced_cost(s, a) >= 0) continue;
            s->potential[net->head[a]] = s->potential[net->tail[a]] + net->cost[a];
            changed = true;
        }
        if (!changed) return true;
    }
    return false;
}

static void begin_flow(solver *s)
{
    const flow_network *net = s->net;
    for (uint32_t v = 0; v < net->n_nodes; v++) s->excess[v] = net->supply[v];
    for (uint32_t a = 0; a < net->n_arcs; a++) {
        s->flow[a] = reduced_cost(s, a) < 0 ? upper_of(net, a) : lower_of(net, a);
        s->excess[net->tail[a]] -= s->flow[a];
        s->excess[net->head[a]] += s->flow[a];
    }
}

static void heap_set(solver *s, uint32_t at, uint32_t node)
{
    s->heap[at] = node;
    s->place[node] = at + 1;
}

static bool nearer(const solver *s, uint32_t a, uint32_t b) { return s->distance[a] != s->distance[b] ? s->distance[a] < s->distance[b] : a < b; }

static void heap_up(solver *s, uint32_t node)
{
    uint32_t at = s->place[node] ? s->place[node] - 1 : s->n_heap++;
    while (at > 0 && nearer(s, node, s->heap[(at - 1) / 2])) {
        heap_set(s, at, s->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    heap_set(s, at, node);
}

static uint32_t heap_pop(solver *s)
{
    uint32_t top = s->heap[0], last = s->heap[--s->n_heap], at = 0;
    s->place[top] = 0;
    if (s->n_heap == 0) return top;
    for (;;) {
        uint32_t below = 2 * at + 1;
        if (below >= s->n_heap) break;
        if (below + 1 < s->n_heap && nearer(s, s->heap[below + 1], s->heap[below])) below++;
        if (!nearer(s, s->heap[below], last)) break;
        heap_set(s, at, s->heap[below]);
        at = below;
    }
    heap_set(s, at, last);
    return top;
}

static void relax(solver *s, uint32_t u)
{
    const flow_network *net = s->net;
    for (uint32_t k = s->begin[u]; k < s->begin[u + 1]; k++) {
        uint32_t code = s->touching[k], arc = code / 2;
        bool back = code & 1;
        uint32_t v = back ? net->tail[arc] : net->head[arc];
        if (s->done[v] || residual(s, arc, back) <= 0) continue;
        int64_t there = s->distance[u] + (back ? -reduced_cost(s, arc) : reduced_cost(s, arc));
        if (there >= s->distance[v]) continue;
        s->distance[v] = there;
        s->from[v] = code;
        heap_up(s, v);
    }
}

/* From all nodes with too much to the nearest with too little; UINT32_MAX: none can be reached. */
static uint32_t shortest_path(solver *s)
{
    uint32_t n = s->net->n_nodes;
    s->n_heap = 0;
    memset(s->done, 0, n);
    memset(s->place, 0, n * sizeof *s->place);
    for (uint32_t v = 0; v < n; v++) {
        s->distance[v] = s->excess[v] > 0 ? 0 : FAR;
        s->from[v] = UINT32_MAX;
        if (s->excess[v] > 0) heap_up(s, v);
    }
    while (s->n_heap > 0) {
        uint32_t u = heap_pop(s);
        s->done[u] = 1;
        if (s->excess[u] < 0) return u;
        relax(s, u);
    }
    return UINT32_MAX;
}

static void augment(solver *s, uint32_t end)
{
    const flow_network *net = s->net;
    for (uint32_t v = 0; v < net->n_nodes; v++)
        if (s->done[v]) s->potential[v] -= s->distance[end] - s->distance[v];
    int64_t amount = -s->excess[end];
    uint32_t v = end;
    for (uint32_t code; (code = s->from[v]) != UINT32_MAX; v = code & 1 ? net->head[code / 2] : net->tail[code / 2])
        if (residual(s, code / 2, code & 1) < amount) amount = residual(s, code / 2, code & 1);
    if (s->excess[v] < amount) amount = s->excess[v];
    s->excess[v] -= amount;
    s->excess[end] += amount;
    v = end;
    for (uint32_t code; (code = s->from[v]) != UINT32_MAX; v = code & 1 ? net->head[code / 2] : net->tail[code / 2])
        s->flow[code / 2] += code & 1 ? -amount : amount;
}

flow_status flow_min_cost(const flow_network *net, int64_t *flow, int64_t *potential, int64_t *total)
{
    solver s = {.net = net};
    int64_t sum = 0;
    flow_status status = FLOW_OPTIMAL;
    for (uint32_t v = 0; v < net->n_nodes; v++) sum += net->supply[v];
    for (uint32_t a = 0; a < net->n_arcs; a++)
        if (lower_of(net, a) > upper_of(net, a)) sum = 1;
    if (sum != 0) return FLOW_INFEASIBLE;
    if (!allocate(&s, flow)) return FLOW_NO_MEMORY;
    list_arcs(&s);
    if (!bound_potentials(&s)) status = FLOW_UNBOUNDED;
    if (status == FLOW_OPTIMAL) begin_flow(&s);
    while (status == FLOW_OPTIMAL) {
        uint32_t end = shortest_path(&s);
        if (end != UINT32_MAX) {
            augment(&s, end);
            continue;
        }
        for (uint32_t v = 0; v < net->n_nodes; v++)
            if (s.excess[v] != 0) status = FLOW_INFEASIBLE;
        break;
    }
    *total = 0;
    for (uint32_t a = 0; a < net->n_arcs && status == FLOW_OPTIMAL; a++) *total += net->cost[a] * flow[a];
    if (potential) memcpy(potential, s.potential, net->n_nodes * sizeof *potential);
    free(s.memory);
    return status;
}
