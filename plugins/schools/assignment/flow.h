/* Minimum-cost flow in any network with bounds, for transport problems and where to build. Pure function on arrays.

   Method: successive shortest paths with potentials (Ahuja, Magnanti & Orlin 1993, section 9.7); arcs of negative cost
   are saturated first, those without an upper bound by Bellman-Ford potentials. Meant for up to some thousand nodes. */
#ifndef KEDJA_ASSIGNMENT_FLOW_H
#define KEDJA_ASSIGNMENT_FLOW_H

#include <stdint.h>

#define FLOW_UNLIMITED INT64_MAX

typedef struct flow_network {
    uint32_t n_nodes, n_arcs;
    const uint32_t *tail, *head;  /* [n_arcs] */
    const int64_t *lower, *upper; /* [n_arcs]; NULL: 0 and FLOW_UNLIMITED. lower <= upper, below 0 allowed */
    const int64_t *cost;          /* [n_arcs] per unit; |cost| * n_nodes and all sums must stay within 2^62 */
    const int64_t *supply;        /* [n_nodes] flow out minus flow in; sums to 0 */
} flow_network;

typedef enum flow_status { FLOW_OPTIMAL = 0, FLOW_INFEASIBLE, FLOW_UNBOUNDED, FLOW_NO_MEMORY } flow_status;

/* flow: [n_arcs]; total: sum of cost * flow; potential: [n_nodes] or NULL, a certificate: every arc that could carry more
   has cost + potential[tail] - potential[head] >= 0, every arc that could carry less has it <= 0. */
flow_status flow_min_cost(const flow_network *net, int64_t *flow, int64_t *potential, int64_t *total);

#endif
