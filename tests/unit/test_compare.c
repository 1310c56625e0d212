/* The consequence matrix: intervals of paired differences against known answers; and its page, drawn from a made-up
   comparison in each language without texts that overlap, leave the page or are cut. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "../../core/compare/largest.h"
#include "../../core/compare/lives.h"
#include "../../core/io/first_full.h"
#include "../../core/report/matrix_page.h"
#include "../shared/font_caches.h"

static void near(double found, double expected, double tolerance)
{
    if (!(fabs(found - expected) <= tolerance)) fail_msg("expected %g within %g, found %g", expected, tolerance, found);
}

/* 1, 2, 3: mean 2, deviation 1, t(2) = 4.303: 2 -+ 4.303 / sqrt 3. Ten equal ones have no width. */
static void intervals(void **unused)
{
    (void)unused;
    kj_effect effect = kj_effect_of((const double[]){1.0, 2.0, 3.0}, 3);
    near(effect.difference, 2.0, 0.0);
    near(effect.low, 2.0 - 4.303 / sqrt(3.0), 1e-9);
    near(effect.high, 2.0 + 4.303 / sqrt(3.0), 1e-9);
    assert_int_equal(effect.distinct, KJ_DISTINCT_NO);
    effect = kj_effect_of((const double[]){2.0, 2.5, 3.0}, 3); /* deviation 0.5: 2.5 -+ 1.24 */
    assert_int_equal(effect.distinct, KJ_DISTINCT_YES);
    effect = kj_effect_of((const double[]){4.0, 4.0, 4.0}, 3);
    near(effect.high - effect.low, 0.0, 0.0);
    assert_int_equal(effect.distinct, KJ_DISTINCT_YES);
    effect = kj_effect_of((const double[]){0.0, 0.0}, 2);
    assert_int_equal(effect.distinct, KJ_DISTINCT_NO);
    effect = kj_effect_of((const double[]){5.0}, 1);
    near(effect.difference, 5.0, 0.0);
    assert_true(isnan(effect.low) && isnan(effect.high));
    assert_int_equal(effect.distinct, KJ_DISTINCT_UNKNOWN);
}

/* Every indicator names a department, a label and a figure; ids are unique. */
static void indicators(void **unused)
{
    (void)unused;
    bool seen[KJ_DEPT_COUNT] = {false};
    for (uint32_t k = 0; k < kj_n_indicators; k++) {
        const kj_indicator_def *def = &kj_indicators[k];
        assert_true(def->label[0] && def->unit[0] && def->value.table && def->scale != 0.0);
        seen[def->department] = true;
        for (uint32_t j = 0; j < k; j++) assert_string_not_equal(def->id, kj_indicators[j].id);
    }
    for (int d = 0; d < KJ_DEPT_COUNT; d++) assert_true(seen[d]);
}

static void digits(void **unused)
{
    (void)unused;
    const kj_indicator_def whole = {.decimals = 0};
    kj_matrix_row row = {.def = &whole, .base = 86.6, .change = 86.3, .effect = {.difference = -0.3, .low = NAN}};
    assert_int_equal(kj_difference_decimals(&row), 1); /* 87 | 86 | −0.3: 0 would say that nothing changed */
    assert_true(kj_difference_shows(&row));
    row = (kj_matrix_row){.def = &whole, .base = 10.4, .change = 12.6, .effect = {.difference = 2.2, .low = NAN}};
    assert_int_equal(kj_difference_decimals(&row), 1); /* 10 | 13 | +2.2 */
    row.effect.low = 1.0;
    assert_int_equal(kj_difference_decimals(&row), 0); /* with an interval the digit would say too much */
    row = (kj_matrix_row){.def = &whole, .base = 10.0, .change = 12.0, .effect = {.difference = 2.0, .low = NAN}};
    assert_int_equal(kj_difference_decimals(&row), 0);
    row.effect = (kj_effect){.difference = -2.0, .low = -4.7, .high = -0.3, .distinct = KJ_DISTINCT_YES};
    assert_int_equal(kj_difference_decimals(&row), 1); /* −5 … 0 would deny the verdict */
    row.effect.high = -0.04;
    assert_int_equal(kj_difference_decimals(&row), 2);
    row.effect.high = 0.04;
    row.effect.distinct = KJ_DISTINCT_NO;
    assert_int_equal(kj_difference_decimals(&row), 0);
    row = (kj_matrix_row){.def = &whole, .base = 86.6, .change = 86.6, .same = true};
    assert_int_equal(kj_difference_decimals(&row), 0);
    assert_false(kj_difference_shows(&row));
}

/* Winners are named where at least one of a hundred gains on balance; luck is not spoken of where no life differs. */
static void winners(void **unused)
{
    (void)unused;
    kj_error err = {0};
    kj_group groups[2] = {{.kind = KJ_GROUP_ALL, .label = "All", .people = 1000.0},
                          {.kind = KJ_GROUP_AREA, .label = "Bor", .people = 100.0, .gain = 1.4, .lose = 0.5}};
    kj_comparison c = {.n_pairs = 1, .groups = groups, .n_groups = 2};
    char text[800];
    if (kj_language_set(&err, KJ_LANG_EN)) fail_msg("%s", err.text);
    groups[1].net = (kj_effect){.difference = 0.9, .distinct = KJ_DISTINCT_UNKNOWN};
    kj_who_gains(&c, text, sizeof text);
    assert_null(strstr(text, "Gains most"));
    assert_non_null(strstr(text, "may be luck"));
    groups[1].net.difference = 1.1;
    c.same_lives = true;
    kj_who_gains(&c, text, sizeof text);
    assert_non_null(strstr(text, "Gains most: Bor"));
    assert_null(strstr(text, "luck"));
}

/* The counts by which luck is told are rows of the matrix, each another. */
static void counts_of_lives(void **unused)
{
    (void)unused;
    for (uint32_t k = 0; k < KJ_LIVES_COUNTS; k++) {
        assert_non_null(kj_lives_count(k));
        for (uint32_t other = 0; other < k; other++) assert_ptr_not_equal(kj_lives_count(k), kj_lives_count(other));
    }
}

/* The largest changes beside their own size come first; a change for the worse is told where there is one; what is the same is not told. */
static void largest(void **unused)
{
    (void)unused;
    /* people, result (better), way to school (worse), the same, farmland (worse, small) */
    const kj_finding f[5] = {{40000.0, 39000.0, false, 0.0}, {60.0, 120.0, false, 0.0}, {37.0, 55.0, true, 0.0}, {8.0, 8.0, false, 0.0}, {100.0, 101.0, true, 0.0}};
    int32_t told[5];
    assert_int_equal(kj_findings_largest(f, 5, 5, told), 4);
    assert_int_equal(told[0], 1);
    assert_int_equal(told[1], 2);
    assert_int_equal(told[3], 4);
    assert_int_equal(kj_findings_largest(f, 5, 1, told), 1);
    assert_int_equal(told[0], 1);
    const kj_finding good[4] = {{60.0, 120.0, false, 0.0}, {0.0, 5.0, false, 0.0}, {100.0, 101.0, true, 0.0}, {100.0, 103.0, true, 0.0}};
    assert_int_equal(kj_findings_largest(good, 4, 2, told), 2);
    assert_int_equal(told[0], 1);
    assert_int_equal(told[1], 3); /* the larger of the worse in place of the second gain */
    assert_int_equal(kj_findings_largest(good, 0, 2, told), 0);
    const kj_finding of_many[2] = {{80.0, 29.0, false, 16000.0}, {331.0, 177.0, false, 0.0}};
    assert_int_equal(kj_findings_largest(of_many, 2, 1, told), 1);
    assert_int_equal(told[0], 1);
    const kj_finding unknown = {NAN, 3.0, true, 0.0};
    assert_int_equal(kj_findings_largest(&unknown, 1, 2, told), 0);
}

/* A comparison with every indicator, large figures, intervals and long names. */
static void made_up(kj_comparison *c)
{
    memset(c, 0, sizeof *c);
    snprintf(c->map, sizeof c->map, "Värnamo 2020");
    snprintf(c->title_change, sizeof c->title_change, "Change");
    c->year = 2035;
    c->first_year = 2020;
    c->n_pairs = 3;
    c->interval_level = 0.95;
    c->rows = calloc(kj_n_indicators, sizeof *c->rows);
    for (uint32_t k = 0; k < kj_n_indicators; k++) {
        double unit = pow(10.0, -kj_indicators[k].decimals), size = unit * (k % 3 == 0 ? 0.0 : k % 3 == 1 ? 123.4 : -1234.5);
        c->rows[c->n_rows++] = (kj_matrix_row){.def = &kj_indicators[k], .start = 12345.6 * unit, .base = 113610.4 * unit, .change = 113610.4 * unit + size,
                                               .rule = size / 2.0, .effect = {size, size - 100.0 * unit, size + 100.0 * unit, k % 3 ? KJ_DISTINCT_YES : KJ_DISTINCT_NO},
                                               .sign = k % 3 == 0 ? 0 : kj_indicators[k].direction * (size > 0.0 ? 1 : -1)};
    }
    static const kj_group_kind kinds[] = {KJ_GROUP_ALL, KJ_GROUP_SEX, KJ_GROUP_SEX, KJ_GROUP_AGE, KJ_GROUP_INCOME, KJ_GROUP_INCOME, KJ_GROUP_AREA, KJ_GROUP_AREA};
    static const char *const names[] = {"All", "Women", "Men", "6–15", "Lowest fifth of income", "Highest fifth of income", "Landsbygden kring Rydaholm", "Moved in"};
    c->groups = calloc(8, sizeof *c->groups);
    for (uint32_t k = 0; k < 8; k++) {
        c->groups[k] = (kj_group){.kind = kinds[k], .people = 1000.0, .gain = 2.0 * k, .lose = 10.0 - k, .net = {3.0 * k - 10.0, NAN, NAN, KJ_DISTINCT_UNKNOWN}};
        snprintf(c->groups[k].label, sizeof c->groups[k].label, "%s", names[k]);
    }
    c->n_groups = 8;
    c->n_same = 16;
    c->same = calloc(16, sizeof *c->same);
    for (int32_t k = 0; k < 16; k++) c->same[k] = (kj_same_year){2020 + k, 100.0 - k * 0.5, 100.0 - k * 1.5};
}

static void page(void **unused)
{
    (void)unused;
    for (int language = 0; language < KJ_LANG_COUNT; language++) {
        kj_error err = {0};
        kj_canvas canvas;
        kj_comparison c;
        made_up(&c);
        if (kj_language_set(&err, (kj_language)language)) fail_msg("%s", err.text);
        if (kj_canvas_new_image(&err, KJ_SUMMARY_W, KJ_SUMMARY_H, 1.0, (kj_language)language, &canvas)) fail_msg("%s", err.text);
        if (kj_matrix_page_draw(&err, &canvas, &c, "A larger school outside the town")) fail_msg("%s", err.text);
        int32_t a = -1, b = -1;
        if (kj_canvas_find_overlap(&canvas, 1.0, &a, &b)) fail_msg("language %d: \"%s\" overlaps \"%s\"", language, canvas.text_heads[a], canvas.text_heads[b]);
        int32_t outside = kj_canvas_find_outside(&canvas);
        if (outside >= 0) fail_msg("language %d: \"%s\" leaves the page", language, canvas.text_heads[outside]);
        if (canvas.n_cut) fail_msg("language %d: \"%s\" was cut", language, canvas.first_cut);
        assert_true(canvas.n_texts > 150);
        kj_canvas_close(NULL, &canvas);
        kj_comparison_free(&c);
    }
}

static void check_level(const json_t *titles, const char *level, const char *words)
{
    char found[200];
    kj_level_words(titles, level, found, sizeof found);
    assert_string_equal(found, words);
}

/* A policy that acts in a year of its own says that year, not that it is on from the start. */
static void years_of_policies(void **unused)
{
    (void)unused;
    kj_error err = {0};
    char words[200];
    kj_changed_setting s[2] = {{.name = "close_school.enabled", .change = 1.0, .knows_from = true, .year = 2028.0, .year_title = {"Closing year"}, .policy = {"Close a school"}},
                               {.name = "close_school.year", .base = 2028.0, .change = 2030.0, .title = {"Closing year"}, .policy = {"Close a school"}}};
    kj_comparison c = {.settings = s, .n_settings = 1};
    if (kj_language_set(&err, KJ_LANG_EN)) fail_msg("%s", err.text);
    kj_setting_words(&c, 0, false, words, sizeof words);
    assert_string_equal(words, "Close a school: on (Closing year 2028)");
    kj_setting_words(&c, 0, true, words, sizeof words);
    assert_string_equal(words, "Close a school");
    s[0].from = 2031.0; /* and waits longer than that */
    kj_setting_words(&c, 0, false, words, sizeof words);
    assert_string_equal(words, "Close a school: on (Closing year 2028, from the year 2031)");
    s[0].from = 0.0;
    s[0].month = KJ_MONTH(2029, 1); /* switched on when its year is past: acts at once */
    kj_setting_words(&c, 0, false, words, sizeof words);
    assert_string_equal(words, "Close a school: on from January 2029");
    s[0].month = 0;
    s[0].year = 2030.0;
    c.n_settings = 2; /* the year differs too: said once */
    kj_setting_words(&c, 0, false, words, sizeof words);
    assert_string_equal(words, "Close a school: on (Closing year 2030)");
    s[0].year = 0.0; /* another policy, which works from the start on */
    c.n_settings = 1;
    kj_setting_words(&c, 0, false, words, sizeof words);
    assert_string_equal(words, "Close a school: on (from the start)");
}

/* Settings of experiments in the words of their policies; those of plugins have none. */
static void levels(void **unused)
{
    (void)unused;
    kj_error err = {0};
    json_t *titles = json_pack("{s:[sss], s:[sss]}", "densify", "Densify", "Förtäta", "Fortæt", "densify.max_far", "Highest density", "Högsta täthet", "");
    json_t *own = json_pack("{s:o, s:[sss], s:[sss], s:[sss]}", "densify", json_incref(json_object_get(titles, "densify")), "densify.enabled", "More flats", "Fler lägenheter", "Flere lejligheder",
                            "demography.in_scale", "In-migration", "Inflyttning", "Tilflytning", "seed", "Luck", "Slump", "Held"); /* with those of an experiment */
    if (kj_language_set(&err, KJ_LANG_SV)) fail_msg("%s", err.text);
    check_level(titles, "densify.enabled=1", "Förtäta: på");
    check_level(titles, "densify.enabled=0", "Förtäta: av");
    check_level(titles, "densify.enabled", "Förtäta");
    check_level(titles, "densify.max_far=1.5", "Förtäta: Högsta täthet 1,5");
    check_level(titles, "housing.search_scale=0.9", "housing.search_scale=0.9");
    check_level(NULL, "densify.enabled=1", "densify.enabled=1");
    check_level(own, "densify.enabled=1", "Fler lägenheter: på");
    check_level(own, "densify.enabled", "Fler lägenheter");
    check_level(own, "demography.in_scale=1.3", "Inflyttning 1,3");
    check_level(own, "seed", "Slump");
    if (kj_language_set(&err, KJ_LANG_EN)) fail_msg("%s", err.text);
    check_level(titles, "densify.max_far", "Densify: Highest density");
    json_decref(own);
    json_decref(titles);
}

/* A school with a place left is not shown as full, however large it is. */
static void places_used(void **state)
{
    (void)state;
    assert_true(kj_places_used_percent(519.0, 520.0) == 99.0 && kj_places_used_percent(4999.0, 5000.0) == 99.0);
    assert_true(kj_places_used_percent(520.0, 520.0) == 100.0 && kj_places_used_percent(546.0, 520.0) == 105.0);
    assert_true(kj_places_used_percent(429.0, 520.0) == 83.0 && kj_places_used_percent(428.0, 520.0) == 82.0); /* 82.5: the same however it is printed */
    assert_true(kj_places_used_percent(260.0, 520.0) == 50.0 && kj_places_used_percent(0.0, 0.0) < 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(intervals), cmocka_unit_test(indicators),  cmocka_unit_test(digits),
                                       cmocka_unit_test(winners),   cmocka_unit_test(page),        cmocka_unit_test(years_of_policies),
                                       cmocka_unit_test(levels),    cmocka_unit_test(places_used), cmocka_unit_test(largest),
                                       cmocka_unit_test(counts_of_lives)};
    return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
