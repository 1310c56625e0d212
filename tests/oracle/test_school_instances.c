/* Published instances with known optima (../shared/data/schools, see its README for origins and format traps): DIMACS and
   LEMON flows, OR-Library p-median, capacitated location and capacitated p-median, school choice. Without that folder
   every case is skipped. */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "assignment/flow.h"
#include "assignment/location.h"
#include "assignment/school_choice.h"

#define DATA KEDJA_SOURCE_DIR "/../shared/data/schools/"

/* Greatest gap to the optimum that the heuristics are held to. */
static const double GAP_P_MEDIAN = 0.005, GAP_LOCATION = 0.002, GAP_CAPACITATED_P_MEDIAN = 0.015;

static void need_data(void)
{
    if (access(DATA "orlib_bounds.txt", R_OK) != 0) skip();
}

static FILE *data_file(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, DATA "%s", name);
    FILE *file = fopen(path, "r");
    if (!file) fail_msg("cannot open %s", path);
    return file;
}

static double number(FILE *file)
{
    double value;
    if (fscanf(file, "%lf", &value) != 1) fail_msg("a number is missing");
    return value;
}

/* ---- flows ---- */

typedef struct net {
    uint32_t tail[1024], head[1024];
    int64_t lower[1024], upper[1024], cost[1024], supply[64], flow[1024], potential[64];
    flow_network of;
} net;

static void net_init(net *n)
{
    memset(n, 0, sizeof *n);
    n->of = (flow_network){.tail = n->tail, .head = n->head, .lower = n->lower, .upper = n->upper, .cost = n->cost, .supply = n->supply};
}

/* The certificate of optimality: no arc could carry more, or less, at a gain. */
static void check_optimal(const net *n)
{
    int64_t balance[64];
    memcpy(balance, n->supply, sizeof balance);
    for (uint32_t a = 0; a < n->of.n_arcs; a++) {
        int64_t reduced = n->cost[a] + n->potential[n->tail[a]] - n->potential[n->head[a]];
        assert_true(n->flow[a] >= n->lower[a] && n->flow[a] <= n->upper[a]);
        if (n->flow[a] < n->upper[a]) assert_true(reduced >= 0);
        if (n->flow[a] > n->lower[a]) assert_true(reduced <= 0);
        balance[n->tail[a]] -= n->flow[a];
        balance[n->head[a]] += n->flow[a];
    }
    for (uint32_t v = 0; v < n->of.n_nodes; v++) assert_int_equal(0, balance[v]);
}

static void read_dimacs(net *n, const char *name)
{
    char path[128], line[256];
    snprintf(path, sizeof path, "mcf_dimacs/gte/%s", name);
    FILE *file = data_file(path);
    net_init(n);
    while (fgets(line, sizeof line, file)) {
        unsigned a, b;
        long long lower, upper, cost;
        if (sscanf(line, "p min %u %u", &a, &b) == 2) n->of.n_nodes = a;
        else if (sscanf(line, "n %u %lld", &a, &cost) == 2) n->supply[a - 1] = cost;
        else if (sscanf(line, "a %u %u %lld %lld %lld", &a, &b, &lower, &upper, &cost) == 5) {
            uint32_t arc = n->of.n_arcs++;
            n->tail[arc] = a - 1, n->head[arc] = b - 1, n->lower[arc] = lower, n->upper[arc] = upper, n->cost[arc] = cost;
        }
    }
    fclose(file);
}

static void dimacs_flows(void **unused)
{
    (void)unused;
    need_data();
    FILE *expected = data_file("mcf_dimacs/gte_expected.csv");
    char line[128], name[64];
    int n_files = 0;
    static net n;
    while (fgets(line, sizeof line, expected)) {
        long long optimum;
        if (sscanf(line, "%63[^,],%lld", name, &optimum) != 2) continue;
        read_dimacs(&n, name);
        int64_t total;
        assert_int_equal(FLOW_OPTIMAL, flow_min_cost(&n.of, n.flow, n.potential, &total));
        if (total != optimum) fail_msg("%s: %lld, expected %lld", name, (long long)total, optimum);
        check_optimal(&n);
        n_files++;
    }
    fclose(expected);
    assert_int_equal(22, n_files);
}

/* LEMON's test network: columns as in the file. */
static int64_t lemon_nodes[12][6], lemon_arcs[21][5];
static uint32_t lemon_tail[21], lemon_head[21];

static void read_lemon(void)
{
    FILE *file = data_file("mcf_dimacs/lemon_test_lgf.txt");
    char line[256];
    int part = 0;
    uint32_t n_nodes = 0, n_arcs = 0;
    while (fgets(line, sizeof line, file)) {
        long long v[7];
        if (line[0] == '@') part++;
        int n = sscanf(line, "%lld %lld %lld %lld %lld %lld %lld", v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6);
        if (part == 1 && n == 7)
            for (int k = 0; k < 6; k++) lemon_nodes[n_nodes][k] = v[k + 1];
        n_nodes += part == 1 && n == 7;
        if (part != 2 || n != 7) continue;
        lemon_tail[n_arcs] = (uint32_t)v[0] - 1, lemon_head[n_arcs] = (uint32_t)v[1] - 1;
        for (int k = 0; k < 5; k++) lemon_arcs[n_arcs][k] = v[k + 2];
        n_arcs++;
    }
    fclose(file);
    assert_int_equal(12, n_nodes);
    assert_int_equal(21, n_arcs);
}

/* How a case reads the file: columns of lower bound (0: none), capacity (false: without bound), cost (false: 1 each), supply, and
   whether nodes may send more (+1) or less (-1) than their supply; -1 as total: no flow can do it. */
typedef struct lemon_case { int lower; bool cap, cost; int supply, slack; int64_t total; } lemon_case;

static void lemon_flow(const lemon_case *c)
{
    static net n;
    net_init(&n);
    n.of.n_nodes = 12;
    int64_t sum = 0, total;
    for (uint32_t a = 0; a < 21; a++) {
        uint32_t arc = n.of.n_arcs++;
        n.tail[arc] = lemon_tail[a], n.head[arc] = lemon_head[a];
        n.cost[arc] = c->cost ? lemon_arcs[a][0] : 1;
        n.upper[arc] = c->cap ? lemon_arcs[a][1] : FLOW_UNLIMITED;
        n.lower[arc] = c->lower ? lemon_arcs[a][1 + c->lower] : 0;
    }
    for (uint32_t v = 0; v < 12; v++) sum += n.supply[v] = lemon_nodes[v][c->supply - 1];
    if (c->slack) { /* one more node takes up what is sent more or less */
        n.of.n_nodes = 13;
        n.supply[12] = -sum;
        for (uint32_t v = 0; v < 12; v++) {
            uint32_t arc = n.of.n_arcs++;
            n.tail[arc] = c->slack > 0 ? 12 : v, n.head[arc] = c->slack > 0 ? v : 12, n.upper[arc] = FLOW_UNLIMITED;
        }
    }
    flow_status status = flow_min_cost(&n.of, n.flow, n.potential, &total);
    assert_int_equal(c->total < 0 ? FLOW_INFEASIBLE : FLOW_OPTIMAL, status);
    if (status != FLOW_OPTIMAL) return;
    assert_int_equal(c->total, total);
    check_optimal(&n);
}

static void lemon_flows(void **unused)
{
    (void)unused;
    need_data();
    read_lemon();
    const lemon_case cases[] = {{0, true, true, 1, 0, 5240},  {0, true, true, 2, 0, 7620},  {2, true, true, 1, 0, 5970},  {2, true, true, 2, 0, 8010},
                                {0, false, false, 1, 0, 74},  {2, false, false, 2, 0, 94},  {0, false, false, 3, 0, 0},   {2, true, false, 3, 0, -1},
                                {3, true, true, 4, 0, 6360},  {0, true, true, 5, 1, 3530},  {2, true, true, 5, 1, 4540},  {2, true, true, 6, 1, -1},
                                {0, true, true, 6, -1, 5080}, {2, true, true, 6, -1, 5930}, {2, true, true, 5, -1, -1}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) lemon_flow(&cases[k]);
    /* neg1: a cycle of -0 … 5 3 6 7 with cost 10 + … through 7 5 of -120: free to grow without bounds, -40 000 within 5 000. */
    const uint32_t tail[] = {0, 0, 1, 2, 2, 4, 4, 5, 6}, head[] = {1, 2, 3, 3, 1, 2, 5, 6, 4};
    const int64_t cost[] = {100, 30, 20, 80, 50, 10, 80, 30, -120}, low2[] = {0, 0, 0, 0, 0, 0, 1000, -1000, 0}, supply[] = {100, 0, 0, -100, 0, 0, 0};
    int64_t upper[9], flow[9], total;
    flow_network n = {7, 9, tail, head, NULL, NULL, cost, supply};
    assert_int_equal(FLOW_UNBOUNDED, flow_min_cost(&n, flow, NULL, &total));
    n.lower = low2;
    assert_int_equal(FLOW_UNBOUNDED, flow_min_cost(&n, flow, NULL, &total));
    for (int a = 0; a < 9; a++) upper[a] = 5000;
    n.lower = NULL, n.upper = upper;
    assert_int_equal(FLOW_OPTIMAL, flow_min_cost(&n, flow, NULL, &total));
    assert_int_equal(-40000, total);
}

/* ---- location ---- */

static double bound_of(const char *name)
{
    FILE *file = data_file("orlib_bounds.txt");
    char found[32];
    double a, b, value = -1;
    while (fscanf(file, "%31s %lf %lf", found, &a, &b) == 3)
        if (strcmp(found, name) == 0) value = a;
    fclose(file);
    if (value < 0) fail_msg("no bound for %s", name);
    return value;
}

typedef struct instance {
    uint32_t n, m;
    int64_t *cost, *demand, *capacity, *fixed;
    uint8_t *open;
    uint32_t *site;
} instance;

static void instance_init(instance *t, uint32_t n, uint32_t m)
{
    *t = (instance){n, m, calloc((size_t)n * m, 8), calloc(n, 8), calloc(m, 8), calloc(m, 8), calloc(m, 1), calloc(n, 4)};
}

static void instance_free(instance *t) { free(t->cost), free(t->demand), free(t->capacity), free(t->fixed), free(t->open), free(t->site); }

static void check_gap(const char *name, double cost, double bound, double optimum, double gap)
{
    print_message("%s: %.3f, optimum %.3f (%.2f %% above), lower bound %.3f\n", name, cost, optimum, 100 * (cost / optimum - 1), bound);
    if (cost < optimum - 0.002 || cost > optimum * (1 + gap) + 0.002) fail_msg("%s: %.3f, optimum %.3f", name, cost, optimum);
    if (bound > optimum + 0.002) fail_msg("%s: the lower bound %.3f is above the optimum %.3f", name, bound, optimum);
}

static void p_medians(void **unused)
{
    (void)unused;
    need_data();
    for (int k = 1; k <= 15; k++) {
        char name[16], path[32];
        snprintf(name, sizeof name, "pmed%d", k);
        snprintf(path, sizeof path, "pmed/%s.txt", name);
        FILE *file = data_file(path);
        uint32_t n = (uint32_t)number(file), n_edges = (uint32_t)number(file), p = (uint32_t)number(file);
        instance t;
        instance_init(&t, n, n);
        for (uint32_t a = 0; a < n * n; a++) t.cost[a] = a % (n + 1) ? 1000000 : 0;
        for (uint32_t e = 0; e < n_edges; e++) { /* of parallel edges the last one counts */
            uint32_t i = (uint32_t)number(file) - 1, j = (uint32_t)number(file) - 1;
            t.cost[i * n + j] = t.cost[j * n + i] = (int64_t)number(file);
        }
        fclose(file);
        for (uint32_t v = 0; v < n; v++)
            for (uint32_t i = 0; i < n; i++)
                for (uint32_t j = 0; j < n; j++)
                    if (t.cost[i * n + v] + t.cost[v * n + j] < t.cost[i * n + j]) t.cost[i * n + j] = t.cost[i * n + v] + t.cost[v * n + j];
        location_plan plan = {.open = t.open, .site = t.site};
        assert_int_equal(KJ_OK, location_find(&(location_problem){.n_clients = n, .n_sites = n, .cost = t.cost, .n_open = p}, &plan));
        check_gap(name, plan.cost, plan.bound, bound_of(name), GAP_P_MEDIAN);
        instance_free(&t);
    }
}

/* Costs in 1e-5. False where the folder does not have the file. */
static bool read_cap(instance *t, const char *base, double capacity, double fixed)
{
    char path[512];
    snprintf(path, sizeof path, DATA "cap/%s.txt", base);
    FILE *file = fopen(path, "r");
    if (!file) return false;
    uint32_t m = (uint32_t)number(file), n = (uint32_t)number(file);
    instance_init(t, n, m);
    for (uint32_t j = 0; j < m; j++) {
        number(file);
        double here = number(file);
        t->capacity[j] = (int64_t)capacity;
        t->fixed[j] = here == 0.0 ? 0 : (int64_t)(fixed * 1e5 + 0.5);
    }
    for (uint32_t i = 0; i < n; i++) {
        t->demand[i] = (int64_t)number(file);
        for (uint32_t j = 0; j < m; j++) t->cost[i * m + j] = (int64_t)(number(file) * 1e5 + 0.5);
    }
    fclose(file);
    return true;
}

static void capacitated_location(void **unused)
{
    (void)unused;
    need_data();
    FILE *list = data_file("cap/derived_instances.csv");
    char line[128], name[32], base[32];
    int n_done = 0;
    while (fgets(line, sizeof line, list)) {
        double capacity, fixed, optimum;
        instance t;
        if (sscanf(line, "%31[^,],%31[^,],%lf,%lf,%lf", name, base, &capacity, &fixed, &optimum) != 5 || !read_cap(&t, base, capacity, fixed)) continue;
        location_plan plan = {.open = t.open, .site = t.site};
        location_problem p = {.n_clients = t.n, .n_sites = t.m, .cost = t.cost, .demand = t.demand, .capacity = t.capacity, .fixed = t.fixed,
                              .divisible = true, .n_rounds = 4};
        assert_int_equal(KJ_OK, location_find(&p, &plan));
        check_gap(name, plan.cost / 1e5, plan.bound / 1e5, optimum, GAP_LOCATION);
        instance_free(&t);
        n_done++;
    }
    fclose(list);
    assert_true(n_done >= 20);
}

/* With every site open it is a transport problem, which must come out exact. */
static void transport(void **unused)
{
    (void)unused;
    need_data();
    FILE *list = data_file("cap/transport_expected.csv");
    char line[128], base[32];
    int n_done = 0;
    while (fgets(line, sizeof line, list)) {
        double n_sites, n_clients, capacity, optimum;
        instance t;
        if (sscanf(line, "%31[^,],%lf,%lf,%lf,%lf", base, &n_sites, &n_clients, &capacity, &optimum) != 5 || !read_cap(&t, base, capacity, 0)) continue;
        location_plan plan = {.open = t.open, .site = t.site};
        location_problem p = {.n_clients = t.n, .n_sites = t.m, .cost = t.cost, .demand = t.demand, .capacity = t.capacity, .n_open = t.m, .divisible = true, .n_rounds = 1};
        assert_int_equal(KJ_OK, location_find(&p, &plan));
        check_gap(base, plan.cost / 1e5, plan.bound / 1e5, optimum, 1e-8);
        instance_free(&t);
        n_done++;
    }
    fclose(list);
    assert_true(n_done >= 7);
}

static int64_t floor_root(int64_t square)
{
    int64_t root = 0;
    while ((root + 1) * (root + 1) <= square) root++;
    return root;
}

static void capacitated_p_medians(void **unused)
{
    (void)unused;
    need_data();
    for (int k = 1; k <= 10; k++) {
        char path[32];
        snprintf(path, sizeof path, "pmedcap/pmedcap%02d.txt", k);
        FILE *file = data_file(path);
        number(file);
        double optimum = number(file);
        uint32_t n = (uint32_t)number(file), p = (uint32_t)number(file);
        int64_t capacity = (int64_t)number(file), x[128], y[128];
        instance t;
        instance_init(&t, n, n);
        for (uint32_t i = 0; i < n; i++) {
            number(file);
            x[i] = (int64_t)number(file), y[i] = (int64_t)number(file), t.demand[i] = (int64_t)number(file), t.capacity[i] = capacity;
        }
        fclose(file);
        for (uint32_t i = 0; i < n; i++) /* distances are rounded down */
            for (uint32_t j = 0; j < n; j++) t.cost[i * n + j] = floor_root((x[i] - x[j]) * (x[i] - x[j]) + (y[i] - y[j]) * (y[i] - y[j]));
        location_plan plan = {.open = t.open, .site = t.site};
        location_problem problem = {.n_clients = n, .n_sites = n, .cost = t.cost, .demand = t.demand, .capacity = t.capacity, .n_open = p, .n_rounds = 20};
        assert_int_equal(KJ_OK, location_find(&problem, &plan));
        int64_t load[128] = {0};
        for (uint32_t i = 0; i < n; i++) load[plan.site[i]] += t.demand[i];
        for (uint32_t j = 0; j < n; j++) assert_true(load[j] <= capacity);
        check_gap(path, plan.cost, plan.bound, optimum, GAP_CAPACITATED_P_MEDIAN);
        instance_free(&t);
    }
}

/* ---- school choice ---- */

enum { PUPILS = 128, SCHOOLS = 64, WISHES = 16 };

typedef struct choice {
    const char *pupil[PUPILS], *school[SCHOOLS];
    uint32_t wish[PUPILS * WISHES];
    int64_t priority[PUPILS * WISHES];
    int32_t places[SCHOOLS];
    choice_market of;
} choice;

static uint32_t index_of(const char *const *names, uint32_t n, const char *name)
{
    for (uint32_t k = 0; k < n; k++)
        if (strcmp(names[k], name) == 0) return k;
    return CHOICE_NONE;
}

static const char *text_of(const json_t *value, char buffer[16])
{
    if (json_is_string(value)) return json_string_value(value);
    snprintf(buffer, 16, "%lld", (long long)json_integer_value(value));
    return buffer;
}

static void read_choice(choice *c, json_t *pupils, json_t *schools, json_t *places)
{
    const char *name;
    json_t *list, *entry;
    size_t k;
    char buffer[16];
    memset(c, 0, sizeof *c);
    c->of = (choice_market){.n_wishes = WISHES, .wish = c->wish, .priority = c->priority, .places = c->places};
    json_object_foreach(schools, name, list)
    {
        c->school[c->of.n_schools] = name;
        c->places[c->of.n_schools++] = places ? (int32_t)json_integer_value(json_object_get(places, name)) : 1;
    }
    json_object_foreach(pupils, name, list) c->pupil[c->of.n_pupils++] = name;
    for (uint32_t k2 = 0; k2 < PUPILS * WISHES; k2++) c->wish[k2] = CHOICE_NONE;
    for (uint32_t i = 0; i < c->of.n_pupils; i++) {
        uint32_t n = 0;
        json_array_foreach(json_object_get(pupils, c->pupil[i]), k, entry)
        {
            uint32_t j = index_of(c->school, c->of.n_schools, text_of(entry, buffer));
            json_t *ranked = j == CHOICE_NONE ? NULL : json_object_get(schools, c->school[j]), *one;
            size_t rank;
            json_array_foreach(ranked, rank, one)
            {
                if (strcmp(text_of(one, buffer), c->pupil[i]) != 0) continue;
                c->wish[i * WISHES + n] = j;
                c->priority[i * WISHES + n++] = (int64_t)rank;
                break;
            }
        }
    }
}

static void check_rule(const choice *c, json_t *of, const char *rule, void (*solve)(const choice_market *, void *, uint32_t *))
{
    void *work = aligned_alloc(64, (choice_work_bytes(&c->of) + 63) & ~(size_t)63);
    uint32_t school[PUPILS], pairs[2 * PUPILS];
    solve(&c->of, work, school);
    json_t *answer = json_object_get(of, rule), *blocking = json_object_get(json_object_get(of, "blocking"), rule);
    for (uint32_t i = 0; i < c->of.n_pupils; i++) {
        const char *expected = json_string_value(json_object_get(answer, c->pupil[i]));
        assert_string_equal(expected ? expected : "-", school[i] == CHOICE_NONE ? "-" : c->school[school[i]]);
    }
    uint32_t n = choice_blocking_pairs(&c->of, school, pairs, PUPILS);
    assert_int_equal(json_array_size(blocking), n);
    for (uint32_t k = 0; k < n; k++) {
        json_t *pair = json_array_get(blocking, k);
        assert_string_equal(json_string_value(json_array_get(pair, 0)), c->pupil[pairs[2 * k]]);
        assert_string_equal(json_string_value(json_array_get(pair, 1)), c->school[pairs[2 * k + 1]]);
    }
    free(work);
}

static void school_choice(void **unused)
{
    (void)unused;
    need_data();
    json_t *all = json_load_file(DATA "matching/school_choice_known_answers.json", 0, NULL), *of;
    const char *name;
    static choice c;
    assert_non_null(all);
    json_object_foreach(all, name, of)
    {
        read_choice(&c, json_object_get(of, "students"), json_object_get(of, "schools"), json_object_get(of, "cap"));
        check_rule(&c, of, "DA", choice_deferred_acceptance);
        check_rule(&c, of, "BOSTON", choice_boston);
        check_rule(&c, of, "TTC", choice_top_trading_cycles);
    }
    assert_int_equal(6, json_object_size(all));
    json_decref(all);
    /* A market of 100 on 50 with lists that do not always agree: stable on the pairs where both rank each other. */
    all = json_load_file(DATA "matching/issue_159.json", 0, NULL);
    assert_non_null(all);
    read_choice(&c, json_object_get(all, "residents"), json_object_get(all, "hospitals"), NULL);
    void *work = aligned_alloc(64, (choice_work_bytes(&c.of) + 63) & ~(size_t)63);
    uint32_t school[PUPILS], n_placed = 0;
    choice_deferred_acceptance(&c.of, work, school);
    for (uint32_t i = 0; i < c.of.n_pupils; i++) n_placed += school[i] != CHOICE_NONE;
    assert_int_equal(100, c.of.n_pupils);
    assert_true(n_placed > 0);
    assert_int_equal(0, choice_blocking_pairs(&c.of, school, NULL, 0));
    free(work);
    json_decref(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dimacs_flows),         cmocka_unit_test(lemon_flows), cmocka_unit_test(p_medians),
        cmocka_unit_test(capacitated_location), cmocka_unit_test(transport),   cmocka_unit_test(capacitated_p_medians),
        cmocka_unit_test(school_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
