/* Ticks on round numbers and labels that do not collide. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../core/draw/layout.h"

static void assert_near(double a, double b) { assert_true(fabs(a - b) < 1e-9 * (1.0 + fabs(b))); }

static void ticks_cover_the_range(void **unused)
{
    (void)unused;
    kj_ticks t = kj_ticks_cover(34530.0, 38912.0, 6);
    assert_near(t.step, 1000.0);
    assert_near(t.first, 34000.0);
    assert_int_equal(t.n, 6); /* 34 … 39 thousand */
    assert_int_equal(t.decimals, 0);
    t = kj_ticks_cover(0.0, 0.37, 5);
    assert_near(t.step, 0.1);
    assert_int_equal(t.n, 5);
    assert_int_equal(t.decimals, 1);
    t = kj_ticks_cover(-48.0, 27.0, 6);
    assert_near(t.step, 20.0);
    assert_near(t.first, -60.0);
    assert_int_equal(t.n, 6);
}

static void ticks_of_any_range_are_round_few_and_cover(void **unused)
{
    (void)unused;
    uint32_t state = 12345;
    for (int i = 0; i < 5000; i++) {
        state = state * 1664525u + 1013904223u;
        double low = ((double)(state >> 8) / 16777216.0 - 0.5) * pow(10.0, (double)(i % 9) - 2.0);
        state = state * 1664525u + 1013904223u;
        double high = low + (double)(state >> 8) / 16777216.0 * pow(10.0, (double)(i % 7) - 2.0);
        int32_t most = 3 + i % 8;
        kj_ticks t = kj_ticks_cover(low, high, most);
        double lead = t.step / pow(10.0, floor(log10(t.step) + 1e-9));
        assert_true(t.n >= 2 && t.n <= most);
        assert_true(fabs(lead - 1.0) < 1e-6 || fabs(lead - 2.0) < 1e-6 || fabs(lead - 5.0) < 1e-6);
        assert_true(t.first <= low + t.step * 1e-6);
        assert_true(t.first + t.step * (double)(t.n - 1) >= high - t.step * 1e-6);
    }
}

static void an_empty_range_still_has_an_axis(void **unused)
{
    (void)unused;
    kj_ticks t = kj_ticks_cover(100.0, 100.0, 5);
    assert_true(t.n >= 2 && t.first <= 100.0 && t.first + t.step * (double)(t.n - 1) >= 100.0);
    t = kj_ticks_cover(0.0, 0.0, 5);
    assert_near(t.first, 0.0);
    assert_true(t.n >= 2);
}

static void year_ticks_lie_inside(void **unused)
{
    (void)unused;
    kj_ticks t = kj_ticks_inside(2020.0, 2035.0, 4);
    assert_near(t.first, 2020.0);
    assert_near(t.step, 5.0);
    assert_int_equal(t.n, 4);
    t = kj_ticks_inside(1995.0, 2035.0, 5);
    assert_near(t.first, 2000.0);
    assert_near(t.step, 10.0);
    assert_int_equal(t.n, 4);
    t = kj_ticks_inside(2020.0, 2021.0, 6);
    assert_int_equal(t.n, 2);
}

static void lengths_are_round(void **unused)
{
    (void)unused;
    assert_near(kj_round_length(7300.0), 5000.0);
    assert_near(kj_round_length(4999.0), 2000.0);
    assert_near(kj_round_length(1000.0), 1000.0);
    assert_near(kj_round_length(0.3), 0.2);
}

static void free_labels_stay(void **unused)
{
    (void)unused;
    double wanted[3] = {10.0, 50.0, 90.0}, placed[3];
    assert_true(kj_labels_spread(wanted, 3, 20.0, 0.0, 100.0, placed));
    for (int i = 0; i < 3; i++) assert_near(placed[i], wanted[i]);
}

static void colliding_labels_part_around_their_middle(void **unused)
{
    (void)unused;
    double wanted[2] = {50.0, 54.0}, placed[2];
    assert_true(kj_labels_spread(wanted, 2, 20.0, 0.0, 100.0, placed));
    assert_near(placed[0], 42.0);
    assert_near(placed[1], 62.0);
    double edge[3] = {97.0, 98.0, 99.0}, at_edge[3];
    assert_true(kj_labels_spread(edge, 3, 20.0, 0.0, 100.0, at_edge));
    assert_near(at_edge[2], 100.0);
    assert_near(at_edge[0], 60.0);
}

static void any_labels_keep_gap_order_and_bounds(void **unused)
{
    (void)unused;
    uint32_t state = 99;
    for (int trial = 0; trial < 2000; trial++) {
        double wanted[8], placed[8], at = -20.0;
        int32_t n = 1 + trial % 8;
        for (int32_t i = 0; i < n; i++) {
            state = state * 1664525u + 1013904223u;
            at += (double)(state >> 8) / 16777216.0 * 30.0;
            wanted[i] = at;
        }
        assert_true(kj_labels_spread(wanted, n, 12.0, 0.0, 100.0, placed));
        for (int32_t i = 0; i < n; i++) {
            assert_true(placed[i] >= -1e-9 && placed[i] <= 100.0 + 1e-9);
            if (i > 0) assert_true(placed[i] - placed[i - 1] >= 12.0 - 1e-6);
        }
    }
    double many[5] = {1, 2, 3, 4, 5}, out[5];
    assert_false(kj_labels_spread(many, 5, 30.0, 0.0, 100.0, out));
    assert_near(out[0], 0.0);
    assert_near(out[4], 100.0);
}

static void names_avoid_each_other_and_the_furniture(void **unused)
{
    (void)unused;
    kj_box frame = {0, 0, 200, 100}, legend = {0, 60, 60, 40}, placed[4];
    kj_anchor anchors[4] = {{100, 50, 60, 12, 4, {0, 0, 0, 0}}, {102, 51, 60, 12, 4, {0, 0, 0, 0}}, {30, 58, 14, 12, 4, {0, 0, 0, 0}}, {195, 5, 300, 12, 4, {0, 0, 0, 0}}};
    int32_t n = kj_labels_place(anchors, 4, &frame, &legend, 1, 1, placed);
    assert_int_equal(n, 3);
    assert_near(placed[0].x, 104.0); /* first choice: right */
    assert_true(placed[3].w <= 0.0); /* wider than the frame: left out, not cut */
    for (int i = 0; i < 3; i++) {
        assert_true(kj_box_inside(&placed[i], &frame));
        assert_false(kj_box_overlaps(&placed[i], &legend));
        for (int j = 0; j < i; j++) assert_false(kj_box_overlaps(&placed[i], &placed[j]));
    }
}

/* "Forsheda" lay over the point of Kärda, whose own name then touched it. */
static void names_leave_points_and_room(void **unused)
{
    (void)unused;
    kj_box frame = {0, 0, 200, 100}, placed[3];
    kj_anchor anchors[3] = {{50, 50, 60, 12, 4, {0, 0, 0, 0}}, {90, 46, 30, 12, 4, {0, 0, 0, 0}}, {50, 36, 30, 12, 4, {0, 0, 0, 0}}};
    assert_int_equal(kj_labels_place(anchors, 3, &frame, NULL, 0, 0, placed), 3);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            kj_box point = {anchors[j].x - 1, anchors[j].y - 1, 2, 2}, wide = {placed[j].x - 2, placed[j].y - 2, placed[j].w + 4, placed[j].h + 4};
            if (i != j && (kj_box_overlaps(&placed[i], &point) || kj_box_overlaps(&placed[i], &wide))) fail_msg("name %d lies on or close to %d", i, j);
        }
    anchors[1].x = 60;
    frame = (kj_box){48, 40, 80, 20}; /* no other side has room: over the point rather than not at all */
    assert_int_equal(kj_labels_place(anchors, 2, &frame, NULL, 0, 0, placed), 1);
}

/* A sign may be covered, a frame's sides may not: then the name stands beside the frame. */
static void names_cover_signs_but_not_frames(void **unused)
{
    (void)unused;
    kj_box frame = {0, 0, 200, 100}, placed[1];
    kj_box obstacles[6] = {{70, 30, 60, 2}, {70, 68, 60, 2}, {70, 30, 2, 40}, {128, 30, 2, 40}, {80, 35, 40, 30}};
    kj_anchor anchor = {100, 50, 20, 8, 2, {0, 0, 0, 0}};
    assert_int_equal(kj_labels_place(&anchor, 1, &frame, obstacles, 5, 4, placed), 1);
    assert_near(placed[0].x, 102.0); /* over the sign, inside the frame */
    assert_int_equal(kj_labels_place(&anchor, 1, &frame, obstacles, 5, 5, placed), 0);
    anchor = (kj_anchor){100, 50, 58, 8, 2, {70, 30, 60, 40}};
    assert_int_equal(kj_labels_place(&anchor, 1, &frame, obstacles, 5, 4, placed), 1);
    for (int i = 0; i < 4; i++) assert_false(kj_box_overlaps(&placed[0], &obstacles[i]));
    assert_near(placed[0].x, 131.0); /* right of the frame */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks_cover_the_range),
        cmocka_unit_test(ticks_of_any_range_are_round_few_and_cover),
        cmocka_unit_test(an_empty_range_still_has_an_axis),
        cmocka_unit_test(year_ticks_lie_inside),
        cmocka_unit_test(lengths_are_round),
        cmocka_unit_test(free_labels_stay),
        cmocka_unit_test(colliding_labels_part_around_their_middle),
        cmocka_unit_test(any_labels_keep_gap_order_and_bounds),
        cmocka_unit_test(names_avoid_each_other_and_the_furniture), cmocka_unit_test(names_leave_points_and_room),
        cmocka_unit_test(names_cover_signs_but_not_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
