#include "location.h"

#include <stdlib.h>
#include <string.h>

#include "flow.h"

enum { ROUNDS = 60, LAGRANGE_STEPS = 600, PER_UNIT = 1000 /* a divisible client's cost a unit of demand keeps so many parts */ };
#define INFEASIBLE 1e300

typedef struct search {
    const location_problem *p;
    uint8_t *open, *best_open, *trial;
    uint32_t *site;
    int64_t *load;
    uint32_t *order;
    double best;
    uint64_t luck;
    /* transport network */
    uint32_t *tail, *head;
    int64_t *upper, *unit_cost, *supply, *flow;
    /* Lagrange */
    double *lambda, *excess;
    struct ranked { double key; uint32_t index; } *rank;
} search;

static int64_t demand_of(const location_problem *p, uint32_t i) { return p->demand ? p->demand[i] : 1; }
static int64_t fixed_of(const location_problem *p, uint32_t j) { return p->fixed ? p->fixed[j] : 0; }
static int64_t cost_of(const location_problem *p, uint32_t i, uint32_t j) { return p->cost[(size_t)i * p->n_sites + j]; }
static bool stands(const location_problem *p, uint32_t j) { return p->standing && p->standing[j]; }

/* Deterministic draws for the search (splitmix64): the plan is the same on every machine. */
static uint32_t below(search *s, uint32_t n)
{
    uint64_t h = s->luck += UINT64_C(0x9E3779B97F4A7C15);
    h = (h ^ (h >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    h = (h ^ (h >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)(((h ^ (h >> 31)) >> 32) * n >> 32);
}

static double fixed_total(const location_problem *p, const uint8_t *open)
{
    int64_t sum = 0;
    for (uint32_t j = 0; j < p->n_sites; j++) sum += open[j] ? fixed_of(p, j) : 0;
    return (double)sum;
}

/* ---- what a set of open sites costs ---- */

static double serve_by_nearest(search *s, const uint8_t *open)
{
    const location_problem *p = s->p;
    int64_t sum = 0;
    for (uint32_t i = 0; i < p->n_clients; i++) {
        uint32_t best = UINT32_MAX;
        for (uint32_t j = 0; j < p->n_sites; j++)
            if (open[j] && (best == UINT32_MAX || cost_of(p, i, j) < cost_of(p, i, best))) best = j;
        if (best == UINT32_MAX) return INFEASIBLE;
        s->site[i] = best;
        sum += cost_of(p, i, best);
    }
    return (double)sum + fixed_total(p, open);
}

/* Divisible clients: a transport problem, solved exactly. */
static double serve_by_transport(search *s, const uint8_t *open)
{
    const location_problem *p = s->p;
    uint32_t n_arcs = 0, n = p->n_clients, sink = n + p->n_sites;
    int64_t all = 0, total;
    for (uint32_t i = 0; i < n; i++) {
        all += s->supply[i] = demand_of(p, i);
        for (uint32_t j = 0; j < p->n_sites; j++) {
            if (!open[j]) continue;
            s->tail[n_arcs] = i, s->head[n_arcs] = n + j, s->upper[n_arcs] = FLOW_UNLIMITED;
            s->unit_cost[n_arcs++] = cost_of(p, i, j) * PER_UNIT / demand_of(p, i);
        }
    }
    for (uint32_t j = 0; j < p->n_sites; j++) {
        s->supply[n + j] = 0;
        if (!open[j]) continue;
        s->tail[n_arcs] = n + j, s->head[n_arcs] = sink, s->unit_cost[n_arcs] = 0;
        s->upper[n_arcs++] = p->capacity[j];
    }
    s->supply[sink] = -all;
    flow_network net = {.n_nodes = sink + 1, .n_arcs = n_arcs, .tail = s->tail, .head = s->head, .upper = s->upper, .cost = s->unit_cost, .supply = s->supply};
    if (flow_min_cost(&net, s->flow, NULL, &total) != FLOW_OPTIMAL) return INFEASIBLE;
    double sum = fixed_total(p, open);
    int64_t most = 0;
    for (uint32_t a = 0, i = UINT32_MAX; a < n_arcs && s->tail[a] < n; a++) {
        if (s->tail[a] != i) i = s->tail[a], most = -1;
        uint32_t j = s->head[a] - n;
        sum += (double)cost_of(p, i, j) * ((double)s->flow[a] / (double)demand_of(p, i));
        if (s->flow[a] > most) most = s->flow[a], s->site[i] = j;
    }
    return sum;
}

static int by_key(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Whole clients, first pass: those go first that lose most if they cannot have their best site (Martello & Toth 1990). */
static bool place_by_regret(search *s, const uint8_t *open)
{
    const location_problem *p = s->p;
    for (uint32_t i = 0; i < p->n_clients; i++) {
        int64_t first = INT64_MAX, second = INT64_MAX;
        for (uint32_t j = 0; j < p->n_sites; j++) {
            if (!open[j]) continue;
            int64_t c = cost_of(p, i, j);
            if (c < first) second = first, first = c;
            else if (c < second) second = c;
        }
        if (first == INT64_MAX) return false;
        s->rank[i] = (struct ranked){second == INT64_MAX ? 0.0 : -(double)(second - first), i};
    }
    qsort(s->rank, p->n_clients, sizeof *s->rank, by_key);
    memset(s->load, 0, p->n_sites * sizeof *s->load);
    for (uint32_t k = 0; k < p->n_clients; k++) {
        uint32_t i = s->rank[k].index, best = UINT32_MAX, roomiest = UINT32_MAX;
        for (uint32_t j = 0; j < p->n_sites; j++) {
            if (!open[j]) continue;
            int64_t room = p->capacity[j] - s->load[j];
            if (roomiest == UINT32_MAX || room > p->capacity[roomiest] - s->load[roomiest]) roomiest = j;
            if (room >= demand_of(p, i) && (best == UINT32_MAX || cost_of(p, i, j) < cost_of(p, i, best))) best = j;
        }
        if (best == UINT32_MAX) best = roomiest; /* above its capacity: mended below */
        s->site[i] = best;
        s->load[best] += demand_of(p, i);
    }
    return true;
}

static int64_t above(const search *s, uint32_t j, int64_t load) { return load > s->p->capacity[j] ? load - s->p->capacity[j] : 0; }

/* One change of the assignment that lowers first what is above capacity, then the cost: a client moves, or two change places. */
static bool improve_once(search *s, const uint8_t *open)
{
    const location_problem *p = s->p;
    for (uint32_t i = 0; i < p->n_clients; i++) {
        uint32_t a = s->site[i];
        int64_t q = demand_of(p, i);
        for (uint32_t b = 0; b < p->n_sites; b++) {
            if (!open[b] || b == a) continue;
            int64_t over = above(s, a, s->load[a] - q) + above(s, b, s->load[b] + q) - above(s, a, s->load[a]) - above(s, b, s->load[b]);
            int64_t more = cost_of(p, i, b) - cost_of(p, i, a);
            if (over > 0 || (over == 0 && more >= 0)) continue;
            s->load[a] -= q, s->load[b] += q, s->site[i] = b;
            return true;
        }
        for (uint32_t k = i + 1; k < p->n_clients; k++) {
            uint32_t b = s->site[k];
            int64_t shift = demand_of(p, k) - q;
            if (b == a) continue;
            int64_t over = above(s, a, s->load[a] + shift) + above(s, b, s->load[b] - shift) - above(s, a, s->load[a]) - above(s, b, s->load[b]);
            int64_t more = cost_of(p, i, b) + cost_of(p, k, a) - cost_of(p, i, a) - cost_of(p, k, b);
            if (over > 0 || (over == 0 && more >= 0)) continue;
            s->load[a] += shift, s->load[b] -= shift, s->site[i] = b, s->site[k] = a;
            return true;
        }
    }
    return false;
}

static double serve_whole(search *s, const uint8_t *open)
{
    const location_problem *p = s->p;
    if (!place_by_regret(s, open)) return INFEASIBLE;
    while (improve_once(s, open)) {}
    int64_t sum = 0, over = 0;
    for (uint32_t i = 0; i < p->n_clients; i++) sum += cost_of(p, i, s->site[i]);
    for (uint32_t j = 0; j < p->n_sites; j++) over += open[j] ? above(s, j, s->load[j]) : 0;
    return over > 0 ? INFEASIBLE : (double)sum + fixed_total(p, open);
}

static bool room_enough(const location_problem *p, const uint8_t *open)
{
    if (!p->capacity) return true;
    int64_t room = 0, all = 0;
    for (uint32_t j = 0; j < p->n_sites; j++) room += open[j] ? p->capacity[j] : 0;
    for (uint32_t i = 0; i < p->n_clients; i++) all += demand_of(p, i);
    return room >= all;
}

static double serve(search *s, const uint8_t *open)
{
    if (!s->p->capacity) return serve_by_nearest(s, open);
    if (!room_enough(s->p, open)) return INFEASIBLE;
    return s->p->divisible ? serve_by_transport(s, open) : serve_whole(s, open);
}

/* ---- local search over sets of sites ---- */

/* Cost if each client went to its nearest: a lower bound of a set's cost, cheap enough to pass over most exchanges. */
static double hope(const location_problem *p, const uint8_t *open, double enough)
{
    double sum = fixed_total(p, open);
    for (uint32_t i = 0; i < p->n_clients && sum < enough; i++) {
        int64_t least = INT64_MAX;
        for (uint32_t j = 0; j < p->n_sites; j++)
            if (open[j] && cost_of(p, i, j) < least) least = cost_of(p, i, j);
        sum += (double)least;
    }
    return sum;
}

static bool try_set(search *s, double *now)
{
    if (!room_enough(s->p, s->trial) || hope(s->p, s->trial, *now) >= *now) return false;
    double cost = serve(s, s->trial);
    if (cost >= *now - 1e-9) return false;
    *now = cost;
    memcpy(s->open, s->trial, s->p->n_sites);
    return true;
}

/* Opens, closes or exchanges one site for the better; false: no such change is left. */
static bool change_one(search *s, double *now)
{
    const location_problem *p = s->p;
    uint32_t n = p->n_sites, start = below(s, n);
    memcpy(s->trial, s->open, n);
    for (uint32_t k = 0; k < n && p->n_open == 0; k++) {
        uint32_t j = (start + k) % n;
        if (stands(p, j)) continue;
        s->trial[j] ^= 1;
        if (try_set(s, now)) return true;
        s->trial[j] ^= 1;
    }
    for (uint32_t k = 0; k < n; k++) {
        uint32_t in = (start + k) % n;
        if (s->open[in]) continue;
        for (uint32_t out = 0; out < n; out++) {
            if (!s->open[out] || stands(p, out)) continue;
            s->trial[in] = 1, s->trial[out] = 0;
            if (try_set(s, now)) return true;
            s->trial[in] = 0, s->trial[out] = 1;
        }
    }
    return false;
}

/* The best exchange for p-medians without capacity, all of them weighed in one pass over clients a site (Whitaker 1983). */
static bool exchange_fast(search *s, double *now)
{
    const location_problem *p = s->p;
    uint32_t n = p->n_clients, m = p->n_sites;
    double *loss = s->excess;
    int64_t *first = s->flow, *second = s->flow + n;
    for (uint32_t i = 0; i < n; i++) {
        first[i] = second[i] = INT64_MAX;
        for (uint32_t j = 0; j < m; j++) {
            if (!s->open[j]) continue;
            int64_t c = cost_of(p, i, j);
            if (c < first[i]) second[i] = first[i], first[i] = c, s->site[i] = j;
            else if (c < second[i]) second[i] = c;
        }
    }
    double best = 0.0;
    uint32_t best_in = UINT32_MAX, best_out = UINT32_MAX;
    for (uint32_t in = 0; in < m; in++) {
        if (s->open[in]) continue;
        double gain = -(double)fixed_of(p, in);
        for (uint32_t j = 0; j < m; j++) loss[j] = -(double)fixed_of(p, j);
        for (uint32_t i = 0; i < n; i++) {
            int64_t c = cost_of(p, i, in);
            if (c < first[i]) gain += (double)(first[i] - c);
            else if (second[i] != INT64_MAX || c != INT64_MAX) loss[s->site[i]] += (double)((c < second[i] ? c : second[i]) - first[i]);
        }
        for (uint32_t out = 0; out < m; out++)
            if (s->open[out] && !stands(p, out) && gain - loss[out] > best + 1e-9) best = gain - loss[out], best_in = in, best_out = out;
    }
    if (best_in == UINT32_MAX) return false;
    s->open[best_in] = 1, s->open[best_out] = 0;
    *now -= best;
    return true;
}

static void descend(search *s, double *now)
{
    bool fast = !s->p->capacity && s->p->n_open > 0;
    while (fast ? exchange_fast(s, now) : change_one(s, now)) {}
    if (*now < s->best - 1e-9) {
        s->best = *now;
        memcpy(s->best_open, s->open, s->p->n_sites);
    }
}

/* Shakes the best set: `k` exchanges by lot (or openings and closings where the number is free). */
static void shake(search *s, uint32_t k)
{
    const location_problem *p = s->p;
    memcpy(s->open, s->best_open, p->n_sites);
    for (uint32_t step = 0; step < k; step++) {
        uint32_t a = below(s, p->n_sites), b = below(s, p->n_sites);
        for (uint32_t t = 0; t < p->n_sites && (s->open[a] || stands(p, a)); t++) a = (a + 1) % p->n_sites;
        for (uint32_t t = 0; t < p->n_sites && (!s->open[b] || stands(p, b)); t++) b = (b + 1) % p->n_sites;
        if (s->open[a] || !s->open[b] || stands(p, a) || stands(p, b)) return;
        s->open[a] = 1;
        if (p->n_open > 0 || below(s, 2)) s->open[b] = 0;
    }
}

/* ---- lower bound ---- */

/* Least of f_j + sum (c_ij - lambda_i) x_ij within the capacity, x in 0..1; adds what it serves to excess. */
static double price_of_site(search *s, uint32_t j, double *served)
{
    const location_problem *p = s->p;
    double value = (double)fixed_of(p, j), room = p->capacity ? (double)p->capacity[j] : 0.0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n_clients; i++) {
        double gain = (double)cost_of(p, i, j) - s->lambda[i];
        if (gain >= 0.0) continue;
        if (!p->capacity) {
            value += gain;
            if (served) served[i] += 1.0;
        } else {
            s->rank[n++] = (struct ranked){gain / (double)demand_of(p, i), i};
        }
    }
    if (p->capacity) qsort(s->rank, n, sizeof *s->rank, by_key);
    for (uint32_t k = 0; k < n && p->capacity && room > 0.0; k++) {
        uint32_t i = s->rank[k].index;
        double q = (double)demand_of(p, i), part = room < q ? room / q : 1.0;
        room -= q * part;
        value += ((double)cost_of(p, i, j) - s->lambda[i]) * part;
        if (served) served[i] += part;
    }
    return value;
}

/* Sites by their price; those to be open in the relaxed problem stand in `trial`. Returns the bound at these lambdas. */
static double relaxed(search *s, struct ranked *sites)
{
    const location_problem *p = s->p;
    double bound = 0.0;
    uint32_t n_open = 0;
    for (uint32_t i = 0; i < p->n_clients; i++) bound += s->lambda[i];
    for (uint32_t j = 0; j < p->n_sites; j++) {
        double value = price_of_site(s, j, NULL);
        sites[j] = (struct ranked){stands(p, j) ? -INFEASIBLE : value, j};
        s->excess[j] = value;
    }
    qsort(sites, p->n_sites, sizeof *sites, by_key);
    for (uint32_t k = 0; k < p->n_sites; k++) {
        uint32_t j = sites[k].index;
        bool open = stands(p, j) || (p->n_open > 0 ? n_open < p->n_open : s->excess[j] < 0.0);
        s->trial[j] = open;
        n_open += open;
        if (open) bound += s->excess[j];
    }
    return bound;
}

/* Fills a set up until it can serve everybody, by the order of the sites' prices. */
static bool complete(search *s, const struct ranked *sites)
{
    const location_problem *p = s->p;
    uint32_t n_open = 0;
    for (uint32_t j = 0; j < p->n_sites; j++) n_open += s->trial[j];
    for (uint32_t k = 0; k < p->n_sites && p->n_open == 0 && (n_open == 0 || !room_enough(p, s->trial)); k++)
        if (!s->trial[sites[k].index]) s->trial[sites[k].index] = 1, n_open++;
    return room_enough(p, s->trial);
}

static double raise_bound(search *s)
{
    const location_problem *p = s->p;
    struct ranked *sites = calloc(p->n_sites + 1u, sizeof *sites);
    double *served = calloc(p->n_clients + 1u, sizeof *served), best = -INFEASIBLE, pace = 2.0;
    uint32_t idle = 0;
    for (uint32_t i = 0; i < p->n_clients; i++) {
        int64_t first = INT64_MAX, second = INT64_MAX;
        for (uint32_t j = 0; j < p->n_sites; j++) {
            int64_t c = cost_of(p, i, j);
            if (c < first) second = first, first = c;
            else if (c < second) second = c;
        }
        s->lambda[i] = (double)(second == INT64_MAX ? first : second);
    }
    for (uint32_t step = 0; step < LAGRANGE_STEPS && sites && served && pace > 1e-3; step++) {
        double bound = relaxed(s, sites), norm = 0.0;
        memset(served, 0, p->n_clients * sizeof *served);
        for (uint32_t j = 0; j < p->n_sites; j++)
            if (s->trial[j]) price_of_site(s, j, served);
        bool better = bound > best + 1e-9;
        if (better) best = bound, idle = 0;
        else if (++idle >= 20) pace *= 0.5, idle = 0;
        if ((better || s->best >= INFEASIBLE) && step % 5 == 0 && complete(s, sites)) {
            double cost = serve(s, s->trial);
            if (cost < s->best) s->best = cost, memcpy(s->best_open, s->trial, p->n_sites);
        }
        for (uint32_t i = 0; i < p->n_clients; i++) norm += (1.0 - served[i]) * (1.0 - served[i]);
        double target = s->best < INFEASIBLE ? s->best : best + 0.1 * (best > 0.0 ? best : -best) + 1.0;
        if (norm < 1e-12 || target - bound <= 0.0) break;
        for (uint32_t i = 0; i < p->n_clients; i++) s->lambda[i] += pace * (target - bound) / norm * (1.0 - served[i]);
    }
    free(sites);
    free(served);
    return best;
}

/* ---- */

static bool allocate(search *s)
{
    const location_problem *p = s->p;
    size_t n = p->n_clients, m = p->n_sites, arcs = p->capacity && p->divisible ? n * m + m : 1, nodes = n + m + 1;
    s->open = calloc(m + 1, 1), s->best_open = calloc(m + 1, 1), s->trial = calloc(m + 1, 1);
    s->site = calloc(n + 1, sizeof *s->site), s->load = calloc(m + 1, sizeof *s->load), s->rank = calloc(n + m + 1, sizeof *s->rank);
    s->lambda = calloc(n + 1, sizeof *s->lambda), s->excess = calloc(m + 1, sizeof *s->excess);
    s->tail = calloc(arcs, sizeof *s->tail), s->head = calloc(arcs, sizeof *s->head), s->upper = calloc(arcs, sizeof *s->upper);
    s->unit_cost = calloc(arcs, sizeof *s->unit_cost), s->supply = calloc(nodes, sizeof *s->supply);
    s->flow = calloc(arcs > 2 * n ? arcs : 2 * n + 1, sizeof *s->flow);
    return s->open && s->best_open && s->trial && s->site && s->load && s->rank && s->lambda && s->excess && s->tail && s->head &&
           s->upper && s->unit_cost && s->supply && s->flow;
}

static void release(search *s)
{
    free(s->open), free(s->best_open), free(s->trial);
    free(s->site), free(s->load), free(s->rank);
    free(s->lambda), free(s->excess);
    free(s->tail), free(s->head), free(s->upper), free(s->unit_cost), free(s->supply), free(s->flow);
}

/* Could any plan serve everybody? */
static bool possible(const location_problem *p)
{
    uint32_t n_standing = 0;
    for (uint32_t j = 0; j < p->n_sites; j++) n_standing += stands(p, j);
    if (p->n_sites == 0 || p->n_open > p->n_sites || (p->n_open > 0 && p->n_open < n_standing)) return p->n_clients == 0;
    int64_t room = 0, all = 0;
    for (uint32_t j = 0; p->capacity && j < p->n_sites; j++) room += p->capacity[j];
    for (uint32_t i = 0; i < p->n_clients; i++) all += demand_of(p, i);
    return !p->capacity || room >= all;
}

kj_status location_find(const location_problem *problem, location_plan *plan)
{
    if (!possible(problem)) return KJ_E_RANGE;
    search s = {.p = problem, .best = INFEASIBLE, .luck = 1};
    kj_status status = allocate(&s) ? KJ_OK : KJ_E_MEMORY;
    uint32_t rounds = problem->n_rounds ? problem->n_rounds : ROUNDS, reach = 1;
    if (!status) plan->bound = raise_bound(&s);
    if (!status && s.best < INFEASIBLE) {
        double now = s.best;
        memcpy(s.open, s.best_open, problem->n_sites);
        descend(&s, &now);
    }
    for (uint32_t round = 0; !status && round < rounds && plan->bound < s.best - 0.5; round++) {
        double before = s.best;
        shake(&s, reach);
        double now = serve(&s, s.open); /* NOLINT(clang-analyzer-unix.Malloc): release() below frees it; the analyser loses s in here */
        descend(&s, &now);
        reach = s.best < before ? 1 : reach % 6 + 1;
    }
    if (!status && s.best >= INFEASIBLE) status = KJ_E_FAILED;
    if (!status) {
        plan->cost = serve(&s, s.best_open);
        memcpy(plan->open, s.best_open, problem->n_sites);
        memcpy(plan->site, s.site, problem->n_clients * sizeof *plan->site);
    }
    release(&s);
    return status;
}
