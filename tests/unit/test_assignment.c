/* Assignment of pupils to schools: cases worked by hand, optimality proved by prices, brute force on small markets, and
   the theorem that the guarantee mode with lists by distance is the minimum-cost assignment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assignment/classes.h"
#include "assignment/flow.h"
#include "assignment/location.h"
#include "assignment/min_cost.h"
#include "assignment/nearness.h"
#include "assignment/school_choice.h"
#include "assignment/shared_places.h"
#include <kedja/rng.h>

static uint32_t draw(uint64_t a, uint64_t b, uint32_t below) { return kj_below((uint32_t)(kj_luck(9, a, b) >> 32), below); }

static void *room(size_t bytes) { return aligned_alloc(64, (bytes + 127) & ~(size_t)63); }

static assignment_result solve(const assignment_problem *p, uint32_t *school, int64_t *price)
{
    assignment_result r = {.school = school, .price = price};
    void *work = room(assign_work_bytes(p->n_pupils, p->n_schools));
    assert_int_equal(KJ_OK, assign_min_cost(p, work, &r));
    free(work);
    return r;
}

/* Three pupils, two schools with places 1 and 2. Nearest for all is A; the one who loses least by B (pupil 1: +1,
   pupil 2: +2) goes: A takes pupil 0. Total 1 + 3 + 5. */
static void by_hand(void **unused)
{
    (void)unused;
    const int32_t cost[] = {1, 9, 2, 3, 3, 5}, places[] = {1, 2};
    uint32_t school[3];
    int64_t price[2];
    assignment_result r = solve(&(assignment_problem){3, 2, cost, places, 1}, school, price);
    assert_int_equal(0, school[0]);
    assert_int_equal(1, school[1]);
    assert_int_equal(1, school[2]);
    assert_int_equal(9, r.total);
    assert_int_equal(0, r.n_unplaced);
    /* A second place at A would go to pupil 2: 3 instead of 5. B is full as well, but nobody wants more of it. */
    assert_int_equal(2, price[0] - price[1]);
}

/* Grades that share a school's places: the total is that of the minimum-cost flow over pupils, (grade, school) and school, on
   200 random towns; many of them break a school's places when each grade is solved alone. */
static void shared_places_are_exact(void **unused)
{
    (void)unused;
    enum { G = 3, M = 4, N = 40, NODES = N + G * M + M + 2, ARCS = N * (M + 1) + 2 * G * M + M + 1 };
    uint32_t n_bound = 0;
    for (uint32_t town = 0; town < 200; town++) {
        uint32_t first[G + 1] = {0, 0, 0, N}, school[N], tail[ARCS], head[ARCS], n = 0;
        int32_t cost[N * M], seats[G * M], places[M];
        int64_t upper[ARCS], price[ARCS], supply[NODES] = {0}, flow[ARCS], total;
        first[1] = 5 + draw(town, 1, 15), first[2] = first[1] + 5 + draw(town, 2, 15);
        for (uint32_t k = 0; k < N * M; k++) cost[k] = draw(town, 10 + k, 9) == 0 ? ASSIGN_FORBIDDEN : (int32_t)draw(town, 1000 + k, 60);
        for (uint32_t k = 0; k < G * M; k++) seats[k] = (int32_t)draw(town, 5000 + k, 7);
        for (uint32_t j = 0; j < M; j++) places[j] = (int32_t)draw(town, 6000 + j, 14);
        const uint32_t of_school = N + G * M, sink = of_school + M, none = sink + 1;
        const int64_t left_out = 1000000; /* above any detour: as many as possible are placed */
        for (uint32_t g = 0, i = 0; i < N; i++) {
            while (i >= first[g + 1]) g++;
            supply[i] = 1;
            for (uint32_t j = 0; j <= M; j++) {
                if (j < M && cost[i * M + j] == ASSIGN_FORBIDDEN) continue;
                tail[n] = i, head[n] = j == M ? none : N + g * M + j, upper[n] = 1, price[n++] = j == M ? left_out : cost[i * M + j];
            }
        }
        for (uint32_t k = 0; k < G * M; k++) tail[n] = N + k, head[n] = of_school + k % M, upper[n] = seats[k], price[n++] = 0;
        for (uint32_t j = 0; j < M; j++) tail[n] = of_school + j, head[n] = sink, upper[n] = places[j], price[n++] = 0;
        tail[n] = none, head[n] = sink, upper[n] = N, price[n++] = 0;
        supply[sink] = -N;
        flow_network net = {.n_nodes = NODES, .n_arcs = n, .tail = tail, .head = head, .upper = upper, .cost = price, .supply = supply};
        assert_int_equal(FLOW_OPTIMAL, flow_min_cost(&net, flow, NULL, &total));
        shared_problem p = {G, M, first, cost, seats, places, 1};
        assignment_result r = {.school = school};
        void *work = room(shared_work_bytes(G, M, first));
        assert_int_equal(KJ_OK, assign_shared(&p, work, &r));
        free(work);
        assert_int_equal(total, r.total + left_out * r.n_unplaced);
        int32_t in_school[M] = {0}, alone[M] = {0};
        int64_t sum = 0;
        for (uint32_t g = 0; g < G; g++) {
            int32_t in_grade[M] = {0};
            uint32_t own[N];
            solve(&(assignment_problem){first[g + 1] - first[g], M, cost + first[g] * M, seats + g * M, 1}, own, NULL);
            for (uint32_t i = first[g]; i < first[g + 1]; i++) {
                if (own[i - first[g]] != ASSIGN_NONE) alone[own[i - first[g]]]++;
                if (school[i] == ASSIGN_NONE) continue;
                sum += cost[i * M + school[i]];
                in_school[school[i]]++;
                assert_true(++in_grade[school[i]] <= seats[g * M + school[i]]);
            }
        }
        assert_int_equal(sum, r.total);
        bool bound = false;
        for (uint32_t j = 0; j < M; j++) {
            assert_true(in_school[j] <= places[j]);
            bound |= alone[j] > places[j];
        }
        n_bound += bound;
    }
    assert_true(n_bound > 50);
}

/* Places for two of three, and a school that pupil 0 cannot go to: as many as possible are placed, the dearest left out. */
static void not_enough_places(void **unused)
{
    (void)unused;
    const int32_t cost[] = {ASSIGN_FORBIDDEN, 7, 2, 3, 4, 3}, places[] = {1, 1};
    uint32_t school[3];
    assignment_result r = solve(&(assignment_problem){3, 2, cost, places, 1}, school, NULL);
    assert_int_equal(1, r.n_unplaced);
    assert_true(school[0] == ASSIGN_NONE);
    assert_int_equal(0, school[1]);
    assert_int_equal(1, school[2]);
    assert_int_equal(5, r.total);
    const int32_t none[] = {0, 0}, bad[] = {-1, 0, 0, 0, 0, 0};
    r = solve(&(assignment_problem){3, 2, cost, none, 1}, school, NULL);
    assert_int_equal(3, r.n_unplaced);
    void *work = room(assign_work_bytes(3, 2));
    r.school = school;
    assert_int_equal(KJ_E_RANGE, assign_min_cost(&(assignment_problem){3, 2, bad, places, 1}, work, &r));
    free(work);
    r = solve(&(assignment_problem){3, 0, cost, places, 1}, school, NULL);
    assert_int_equal(3, r.n_unplaced);
}

typedef struct town {
    uint32_t n, m;
    int32_t *cost, *places;
} town;

/* Pupils and schools by lot on a square of 8 km; places 103 % of the pupils, part of the pairs forbidden. */
static town town_of(uint64_t seed, uint32_t n, uint32_t m, uint32_t forbidden_percent, uint32_t places_percent)
{
    town t = {n, m, malloc((size_t)n * m * sizeof(int32_t) + 4), malloc(m * sizeof(int32_t))};
    for (uint32_t j = 0; j < m; j++) t.places[j] = (int32_t)((uint64_t)n * places_percent / 100 * (j + 1) / m - (uint64_t)n * places_percent / 100 * j / m);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < m; j++) {
            int32_t x = (int32_t)draw(seed, i, 4000) + (int32_t)draw(seed + 1, i, 4000), y = (int32_t)draw(seed + 2, i, 8000);
            int32_t dx = x - (int32_t)draw(seed + 3, j, 8000), dy = y - (int32_t)draw(seed + 4, j, 8000);
            bool no = draw(seed + 5, (uint64_t)i * m + j, 100) < forbidden_percent;
            t.cost[(size_t)i * m + j] = no ? ASSIGN_FORBIDDEN : abs(dx) + abs(dy);
        }
    return t;
}

static void town_free(town *t) { free(t->cost), free(t->places); }

/* The proof of optimality: with its price each school is as cheap as any other for those who go there, and a school
   with free places costs nothing extra. True of no assignment but the best. */
static void prices_prove_the_optimum(void **unused)
{
    (void)unused;
    const struct { uint32_t n, m, forbidden, percent; } cases[] = {{1, 1, 0, 100}, {65, 3, 0, 110}, {500, 12, 30, 105}, {3000, 40, 0, 103}, {2000, 30, 60, 90}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        town t = town_of(100 * c, cases[c].n, cases[c].m, cases[c].forbidden, cases[c].percent);
        uint32_t *school = malloc(t.n * sizeof *school), *again = malloc(t.n * sizeof *again), *count = calloc(t.m, sizeof *count);
        int64_t *price = malloc(t.m * sizeof *price), no_place = (int64_t)(t.m + 2) * assign_cost_max(t.m);
        assignment_result r = solve(&(assignment_problem){t.n, t.m, t.cost, t.places, 1}, school, price);
        assignment_result two = solve(&(assignment_problem){t.n, t.m, t.cost, t.places, 2}, again, NULL);
        assert_int_equal(r.total, two.total);
        assert_memory_equal(school, again, t.n * sizeof *school);
        for (uint32_t i = 0; i < t.n; i++) {
            int64_t here = no_place;
            if (school[i] != ASSIGN_NONE) {
                int32_t cost = t.cost[(size_t)i * t.m + school[i]];
                assert_true(cost != ASSIGN_FORBIDDEN);
                count[school[i]]++;
                here = cost + price[school[i]];
            }
            assert_true(here <= no_place);
            for (uint32_t j = 0; j < t.m; j++)
                if (t.cost[(size_t)i * t.m + j] != ASSIGN_FORBIDDEN) assert_true(here <= t.cost[(size_t)i * t.m + j] + price[j]);
        }
        for (uint32_t j = 0; j < t.m; j++) {
            assert_true(price[j] >= 0);
            assert_true((int32_t)count[j] <= t.places[j]);
            if ((int32_t)count[j] < t.places[j]) assert_int_equal(0, price[j]);
        }
        town_free(&t);
        free(school), free(again), free(count), free(price);
    }
}

/* Lists by distance up to the guarantee school, priority by nearness against it: deferred acceptance gives everybody the
   guarantee school, which is the assignment of least total distance. */
static void guarantee_mode_is_the_optimum(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1000; seed < 1020; seed++) {
        town t = town_of(seed, 400, 9, seed % 2 ? 0 : 20, 108);
        uint32_t *best = malloc(t.n * sizeof *best), *school = malloc(t.n * sizeof *school), *wish = malloc((size_t)t.n * t.m * sizeof *wish);
        int64_t *priority = calloc((size_t)t.n * t.m, sizeof *priority), total = 0;
        int32_t *score = malloc(t.m * sizeof *score);
        assignment_result r = solve(&(assignment_problem){t.n, t.m, t.cost, t.places, 2}, best, NULL);
        for (uint32_t i = 0; i < t.n; i++) {
            const int32_t *way = t.cost + (size_t)i * t.m;
            nearness_against_guarantee(way, t.m, best[i], score);
            uint32_t n = 0;
            for (uint32_t j = 0; j < t.m; j++) wish[(size_t)i * t.m + j] = CHOICE_NONE;
            for (uint32_t taken = 0; best[i] != ASSIGN_NONE && !(taken >> best[i] & 1); n++) {
                uint32_t next = CHOICE_NONE;
                for (uint32_t j = 0; j < t.m; j++)
                    if (!(taken >> j & 1) && way[j] != ASSIGN_FORBIDDEN && (next == CHOICE_NONE || way[j] < way[next] || (way[j] == way[next] && j == best[i]))) next = j;
                taken |= 1u << next;
                wish[(size_t)i * t.m + n] = next;
                priority[(size_t)i * t.m + n] = -(int64_t)score[next];
            }
        }
        choice_market market = {t.n, t.m, t.m, wish, priority, t.places};
        void *work = room(choice_work_bytes(&market));
        choice_deferred_acceptance(&market, work, school);
        for (uint32_t i = 0; i < t.n; i++) {
            assert_true((school[i] == CHOICE_NONE) == (best[i] == ASSIGN_NONE));
            if (school[i] != CHOICE_NONE) total += t.cost[(size_t)i * t.m + school[i]];
        }
        assert_int_equal(r.total, total);
        assert_int_equal(0, choice_blocking_pairs(&market, school, NULL, 0));
        town_free(&t);
        free(best), free(school), free(wish), free(priority), free(score), free(work);
    }
}

/* Wishes and priorities by lot: deferred acceptance leaves no blocking pair, and no stable matching found by trying all is
   better for anyone; Boston and TTC fill each school to its places at most. */
static void small_markets(void **unused)
{
    (void)unused;
    enum { N = 5, M = 3, W = 3 };
    for (uint64_t seed = 0; seed < 200; seed++) {
        uint32_t wish[N * W], school[N], other[N];
        int64_t priority[N * W];
        int32_t places[M];
        for (uint32_t j = 0; j < M; j++) places[j] = (int32_t)draw(seed, j + 50, 3);
        for (uint32_t i = 0; i < N; i++)
            for (uint32_t r = 0, first = draw(seed, i, M), n = 1 + draw(seed, i + 20, W), step = 1 + draw(seed, i + 30, 2); r < W; r++) {
                wish[i * W + r] = r < n ? (first + step * r) % M : CHOICE_NONE;
                priority[i * W + r] = draw(seed + 7, i * W + r, 4);
            }
        choice_market market = {N, M, W, wish, priority, places};
        void *work = room(choice_work_bytes(&market));
        choice_deferred_acceptance(&market, work, school);
        assert_int_equal(0, choice_blocking_pairs(&market, school, NULL, 0));
        for (uint32_t code = 0; code < (1u << 2 * N); code++) { /* rank 0..2, or 3: none */
            int32_t taken[M] = {0};
            bool valid = true;
            for (uint32_t i = 0; i < N; i++) {
                uint32_t r = code >> 2 * i & 3;
                other[i] = r < W ? wish[i * W + r] : CHOICE_NONE;
                if (r < W && other[i] == CHOICE_NONE) valid = false;
                if (other[i] != CHOICE_NONE) valid &= ++taken[other[i]] <= places[other[i]];
            }
            if (!valid || choice_blocking_pairs(&market, other, NULL, 0) > 0) continue;
            for (uint32_t i = 0; i < N; i++)
                for (uint32_t r = 0; r < W && wish[i * W + r] != school[i] && wish[i * W + r] != CHOICE_NONE; r++)
                    assert_true(other[i] != wish[i * W + r]);
        }
        for (int rule = 0; rule < 2; rule++) {
            int32_t taken[M] = {0};
            (rule ? choice_boston : choice_top_trading_cycles)(&market, work, school);
            for (uint32_t i = 0; i < N; i++)
                if (school[i] != CHOICE_NONE) assert_true(++taken[school[i]] <= places[school[i]]);
            /* Neither wastes a place that somebody would rather have. */
            for (uint32_t i = 0; i < N; i++)
                for (uint32_t r = 0; r < W && wish[i * W + r] != school[i] && wish[i * W + r] != CHOICE_NONE; r++)
                    assert_int_equal(places[wish[i * W + r]], taken[wish[i * W + r]]);
        }
        free(work);
    }
}

/* Examples that municipalities publish (facts/schools_relative_nearness_vectors.csv): way to the school sought, to the
   alternative, score; of each pair who gets the last place. Lidingö/Malmö, Huddinge, skolval.nu, Arboga, UNT, and a real
   case of the board of appeal for education (dnr 2017:533). */
static void published_relative_nearness(void **unused)
{
    (void)unused;
    const struct { int32_t sought, alternative, score; int wins; } pupils[] = {
        {700, 850, 150, 1}, {500, 600, 100, 0}, {1600, 1200, -400, 0}, {700, 1200, 500, 1}, {800, 1300, 500, 1}, {600, 1000, 400, 0},
        {500, 1000, 500, 1}, {250, 500, 250, 0}, {200, 350, 150, 1}, {100, 200, 100, 0}, {558, 1146, 588, 0}, {852, 1485, 633, 1},
        {2500, 300, -2200, -1}};
    size_t n = sizeof pupils / sizeof *pupils;
    int32_t score[3];
    for (size_t k = 0; k < n; k++) {
        const int32_t way[] = {pupils[k].sought, pupils[k].alternative};
        nearness_as_practised(way, 2, score);
        assert_int_equal(pupils[k].score, score[0]);
    }
    for (size_t k = 0; k + 1 < n; k += 2) { /* both want the school: the last place goes to the one who won */
        const uint32_t wish[] = {0, 0};
        const int64_t priority[] = {-(int64_t)pupils[k].score, -(int64_t)pupils[k + 1].score};
        const int32_t places[] = {1};
        uint32_t school[2];
        choice_market market = {2, 1, 1, wish, priority, places};
        void *work = room(choice_work_bytes(&market));
        choice_deferred_acceptance(&market, work, school);
        assert_int_equal(pupils[k].wins == 1 ? 0 : CHOICE_NONE, school[0]);
        assert_int_equal(pupils[k + 1].wins == 1 ? 0 : CHOICE_NONE, school[1]);
        free(work);
    }
    /* skolval.nu: A 800 m, B 1 300 m, C 1 000 m: the alternative to A is C, to B it is A. */
    const int32_t three[] = {800, 1300, 1000};
    nearness_as_practised(three, 3, score);
    assert_int_equal(200, score[0]);
    assert_int_equal(-500, score[1]);
    assert_int_equal(-200, score[2]);
    nearness_against_guarantee(three, 3, 1, score);
    assert_int_equal(500, score[0]);
    assert_int_equal(NEARNESS_SURE, score[1]);
    assert_int_equal(300, score[2]);
    const int32_t one[] = {NEARNESS_NO_SCHOOL, 1300, NEARNESS_NO_SCHOOL};
    nearness_as_practised(one, 3, score);
    assert_int_equal(NEARNESS_NONE, score[0]);
    assert_int_equal(NEARNESS_SURE, score[1]);
}

/* Denmark: at most 26 in grades 0-2, to 28 in special cases; at most 28 in grades 3-9, to 30. */
static void danish_classes(void **unused)
{
    (void)unused;
    assert_int_equal(0, classes_needed(0, 26));
    assert_int_equal(1, classes_needed(26, 26));
    assert_int_equal(2, classes_needed(27, 26));
    assert_int_equal(3, classes_needed(57, 28));
    assert_int_equal(2, classes_kept(56, 2, 26, 28)); /* two of 28 rather than three */
    assert_int_equal(3, classes_kept(57, 2, 26, 28));
    assert_int_equal(2, classes_kept(60, 2, 28, 30));
    assert_int_equal(3, classes_kept(61, 2, 28, 30));
    assert_int_equal(1, classes_kept(20, 2, 26, 28)); /* shrunk: put together */
    assert_int_equal(1, classes_kept(5, 0, 26, 28));
    int32_t sum = 0;
    for (int32_t k = 0; k < 3; k++) sum += class_size(58, 3, k);
    assert_int_equal(58, sum);
    assert_int_equal(20, class_size(58, 3, 0));
    assert_int_equal(19, class_size(58, 3, 2));
}

/* Two towns of 10 and 6, and a village of 4, sites in each. One school of 20 places at least costs from the big town
   6 * 3 + 4 * 5 = 38; two sites with 12 places each: big town and small town, the village splits 2 and 2. */
static void places_for_schools(void **unused)
{
    (void)unused;
    const int64_t demand[] = {10, 6, 4}, capacity[] = {20, 12, 12};
    const int64_t cost[] = {0, 30, 50, 18, 0, 12, 20, 8, 0}; /* of a whole place: 3, 2, 5 a head */
    const int64_t fixed[] = {100, 10, 10};
    uint8_t open[3];
    uint32_t site[3];
    location_plan plan = {.open = open, .site = site};
    location_problem p = {.n_clients = 3, .n_sites = 3, .cost = cost, .demand = demand, .capacity = capacity, .fixed = fixed, .divisible = true};
    assert_int_equal(KJ_OK, location_find(&p, &plan));
    /* Sites 1 and 2 with 24 places. 12 of the 20 fit in each: the town of 10 sends 6 to site 1 (18) and 4 to site 2 (20),
       or fills 12 of site 1 as the village stays: 6 of its own + 6 (18); 4 of the village + 4 (20). 20 + 38 = 58. */
    assert_int_equal(0, open[0]);
    assert_true(plan.cost == 58.0);
    assert_true(plan.bound <= plan.cost && plan.bound > 0.9 * plan.cost);
    p.n_open = 1, p.fixed = NULL;
    assert_int_equal(KJ_OK, location_find(&p, &plan));
    assert_int_equal(1, open[0]);
    assert_true(plan.cost == 38.0);
    const uint8_t standing[] = {0, 0, 1};
    p.standing = standing, p.n_open = 2;
    assert_int_equal(KJ_OK, location_find(&p, &plan));
    assert_int_equal(1, open[2]);
    p.standing = NULL, p.n_open = 1;
    const int64_t small[] = {5, 5, 5};
    p.capacity = small;
    assert_int_equal(KJ_E_RANGE, location_find(&p, &plan));
}

static void flow_by_hand(void **unused)
{
    (void)unused;
    /* 4 units from 0 to 2: 3 by the cheap way over 1, 1 directly. */
    const uint32_t tail[] = {0, 1, 0}, head[] = {1, 2, 2};
    const int64_t upper[] = {3, FLOW_UNLIMITED, FLOW_UNLIMITED}, cost[] = {1, 1, 5}, supply[] = {4, 0, -4}, too_much[] = {4, 0, -3};
    int64_t flow[3], total;
    flow_network net = {3, 3, tail, head, NULL, upper, cost, supply};
    assert_int_equal(FLOW_OPTIMAL, flow_min_cost(&net, flow, NULL, &total));
    assert_int_equal(11, total);
    assert_int_equal(3, flow[0]);
    net.supply = too_much;
    assert_int_equal(FLOW_INFEASIBLE, flow_min_cost(&net, flow, NULL, &total));
    const int64_t cycle[] = {-3, 1, 1};
    const uint32_t round_head[] = {1, 2, 0}, round_tail[] = {0, 1, 2};
    const int64_t nothing[] = {0, 0, 0};
    flow_network free_lunch = {3, 3, round_tail, round_head, NULL, NULL, cycle, nothing};
    assert_int_equal(FLOW_UNBOUNDED, flow_min_cost(&free_lunch, flow, NULL, &total));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_places_are_exact), cmocka_unit_test(by_hand),          cmocka_unit_test(not_enough_places),           cmocka_unit_test(prices_prove_the_optimum),
        cmocka_unit_test(guarantee_mode_is_the_optimum), cmocka_unit_test(small_markets), cmocka_unit_test(published_relative_nearness),
        cmocka_unit_test(danish_classes),   cmocka_unit_test(places_for_schools),          cmocka_unit_test(flow_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
