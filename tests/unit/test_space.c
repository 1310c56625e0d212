/* Grid and travel cost: hand-worked distances, and a random terrain against Bellman-Ford. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <limits.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../core/space/grid.h"
#include "../../core/space/travel.h"

static void test_cells_and_points(void **state)
{
    (void)state;
    kj_grid g = {.nx = 4, .ny = 3, .cell_m = 100, .west = 1000, .north = 5000};
    assert_int_equal(kj_grid_cell_at(&g, 1000, 5000), 0);
    assert_int_equal(kj_grid_cell_at(&g, 1399, 4701), 11);
    assert_int_equal(kj_grid_cell_at(&g, 1400, 4900), -1);
    assert_int_equal(kj_grid_cell_at(&g, 999, 4900), -1);
    assert_int_equal(kj_grid_distance2(&g, 0, 11), 13);
    assert_non_null(kj_crs_find(3006));
    assert_non_null(kj_crs_find(25832));
    assert_null(kj_crs_find(4326));
}

static void test_hand_worked(void **state)
{
    (void)state;
    /* A wall in the middle column with a gap in the bottom row. */
    kj_grid g = {.nx = 3, .ny = 3, .cell_m = 100};
    const uint16_t step[] = {128, 0, 128, 128, 0, 128, 128, 128, 128};
    int32_t out[9], nearest[9], entrance = 0;
    void *work = malloc(kj_travel_work_bytes(&g));
    assert_int_equal(kj_travel_cost(&g, step, &entrance, 1, out, nearest, work), KJ_OK);
    assert_int_equal(out[3], 128);
    assert_int_equal(out[7], 128 + 181);
    assert_int_equal(out[5], 128 + 181 + 181);
    assert_int_equal(out[2], 128 + 181 + 181 + 128);
    assert_int_equal(out[1], INT32_MAX);
    assert_int_equal(nearest[1], -1);
    int32_t off = 9;
    assert_int_equal(kj_travel_cost(&g, step, &off, 1, out, nearest, work), KJ_E_RANGE);
    free(work);
}

enum { NX = 17, NY = 13, N = NX * NY };

/* Relaxes every edge until nothing changes: slow, and too simple to be wrong in the same way. */
static void bellman_ford(const uint16_t *step, const int32_t *entrances, int n, int32_t *cost)
{
    for (int c = 0; c < N; c++) cost[c] = INT32_MAX;
    for (int e = 0; e < n; e++) cost[entrances[e]] = 0;
    for (int changed = 1; changed;) {
        changed = 0;
        for (int from = 0; from < N; from++)
            for (int dy = -1; dy <= 1; dy++)
                for (int dx = -1; dx <= 1; dx++) {
                    int x = from % NX + dx, y = from / NX + dy;
                    if ((!dx && !dy) || x < 0 || x >= NX || y < 0 || y >= NY || cost[from] == INT32_MAX) continue;
                    int to = y * NX + x;
                    if (!step[to]) continue;
                    int32_t s = ((step[from] ? step[from] : 1) + step[to] + 1) / 2;
                    if (dx && dy) s = (int32_t)(((int64_t)s * 181 + 64) / 128);
                    if (cost[from] + s < cost[to]) {
                        cost[to] = cost[from] + s;
                        changed = 1;
                    }
                }
    }
}

static void test_against_bellman_ford(void **state)
{
    (void)state;
    kj_grid g = {.nx = NX, .ny = NY, .cell_m = 100};
    void *work = malloc(kj_travel_work_bytes(&g));
    uint32_t lottery = 7;
    for (int trial = 0; trial < 60; trial++) {
        uint16_t step[N];
        int32_t entrances[3], out[N], nearest[N], want[N], single[N], best[N];
        for (int c = 0; c < N; c++) {
            lottery = lottery * 1664525u + 1013904223u;
            step[c] = (lottery >> 28) < 4 ? 0 : (uint16_t)(1 + (lottery >> 20) % 300);
        }
        for (int e = 0; e < 3; e++) entrances[e] = (int32_t)((lottery = lottery * 1664525u + 1013904223u) >> 8) % N;
        bellman_ford(step, entrances, 3, want);
        assert_int_equal(kj_travel_cost(&g, step, entrances, 3, out, nearest, work), KJ_OK);
        for (int c = 0; c < N; c++) best[c] = -1;
        for (int e = 2; e >= 0; e--) {
            bellman_ford(step, &entrances[e], 1, single);
            for (int c = 0; c < N; c++)
                if (single[c] == want[c] && want[c] != INT32_MAX) best[c] = e;
        }
        for (int c = 0; c < N; c++) {
            assert_int_equal(out[c], want[c]);
            assert_int_equal(nearest[c], best[c]);
        }
    }
    free(work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cells_and_points), cmocka_unit_test(test_hand_worked),
                                       cmocka_unit_test(test_against_bellman_ford)};
    return cmocka_run_group_tests_name("space", tests, NULL, NULL);
}
