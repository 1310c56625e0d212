/* Number formats per language, whatever the C locale. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../../core/draw/number.h"

static void integers_are_grouped(void **unused)
{
    (void)unused;
    char out[KJ_NUMBER_MAX];
    assert_string_equal(kj_number_int(out, KJ_LANG_SV, 144240), "144\u202F240");
    assert_string_equal(kj_number_int(out, KJ_LANG_DA, 144240), "144.240");
    assert_string_equal(kj_number_int(out, KJ_LANG_EN, 144240), "144,240");
    assert_string_equal(kj_number_int(out, KJ_LANG_EN, 0), "0");
    assert_string_equal(kj_number_int(out, KJ_LANG_EN, 999), "999");
    assert_string_equal(kj_number_int(out, KJ_LANG_EN, 1000), "1,000");
    assert_string_equal(kj_number_int(out, KJ_LANG_SV, -1234567), "\u22121\u202F234\u202F567");
    assert_string_equal(kj_number_int(out, KJ_LANG_EN, INT64_MIN), "\u22129,223,372,036,854,775,808");
}

static void decimals_follow_the_language(void **unused)
{
    (void)unused;
    char out[KJ_NUMBER_MAX];
    assert_string_equal(kj_number_real(out, KJ_LANG_SV, 20.6, 1), "20,6");
    assert_string_equal(kj_number_real(out, KJ_LANG_DA, 20.6, 1), "20,6");
    assert_string_equal(kj_number_real(out, KJ_LANG_EN, 20.6, 1), "20.6");
    assert_string_equal(kj_number_real(out, KJ_LANG_EN, 1.05, 2), "1.05");
    assert_string_equal(kj_number_real(out, KJ_LANG_DA, 1234.5, 1), "1.234,5");
    assert_string_equal(kj_number_real(out, KJ_LANG_EN, 0.999, 2), "1.00");
}

static void signs_and_rounding(void **unused)
{
    (void)unused;
    char out[KJ_NUMBER_MAX];
    assert_string_equal(kj_number_real(out, KJ_LANG_EN, 2.5, 0), "3");
    assert_string_equal(kj_number_real(out, KJ_LANG_EN, -2.5, 0), "\u22123");
    assert_string_equal(kj_number_real(out, KJ_LANG_EN, -0.4, 0), "0"); /* no "minus zero" */
    assert_string_equal(kj_number_change(out, KJ_LANG_SV, 4382.0, 0), "+4\u202F382");
    assert_string_equal(kj_number_change(out, KJ_LANG_SV, -12.0, 0), "\u221212");
    assert_string_equal(kj_number_change(out, KJ_LANG_EN, 0.0, 0), "0");
    assert_string_equal(kj_number_real(out, KJ_LANG_EN, NAN, 1), "\u2013");
    assert_string_equal(kj_number_real(out, KJ_LANG_EN, INFINITY, 1), "\u2013");
}

static void languages_switch_while_running(void **unused)
{
    (void)unused;
    kj_error err = {0};
    kj_language language = KJ_LANG_EN;
    assert_int_equal(kj_language_parse(&err, "da", &language), KJ_OK);
    assert_int_equal(language, KJ_LANG_DA);
    assert_int_equal(kj_language_parse(&err, "xx", &language), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "xx"));
#ifdef KEDJA_HAS_CATALOGUES
    assert_int_equal(kj_language_set(&err, KJ_LANG_SV), KJ_OK);
    assert_string_equal(kj_tr("Farmland"), "Jordbruksmark");
    assert_int_equal(kj_language_set(&err, KJ_LANG_DA), KJ_OK);
    assert_string_equal(kj_tr("Farmland"), "Landbrugsjord");
#endif
    assert_int_equal(kj_language_set(&err, KJ_LANG_EN), KJ_OK);
    assert_string_equal(kj_tr("Farmland"), "Farmland");
}

static void expect_way(unsigned long n, const char *beginning, const char *unit)
{
    char number[KJ_NUMBER_MAX], text[128], expected[128];
    snprintf(number, sizeof number, "%lu", n);
    snprintf(text, sizeof text, kj_tr_count("the way to school on foot is %s minute shorter", "the way to school on foot is %s minutes shorter", n), number);
    snprintf(expected, sizeof expected, "%s %lu %s", beginning, n, unit);
    assert_string_equal(text, expected);
}

static void counts_take_their_plural(void **state)
{
    (void)state;
    kj_error err;
#ifdef KEDJA_HAS_CATALOGUES
    assert_int_equal(kj_language_set(&err, KJ_LANG_SV), KJ_OK);
    expect_way(0, "skolvägen till fots är", "minuter kortare");
    expect_way(1, "skolvägen till fots är", "minut kortare");
    expect_way(2, "skolvägen till fots är", "minuter kortare");
    assert_int_equal(kj_language_set(&err, KJ_LANG_DA), KJ_OK);
    expect_way(0, "skolevejen til fods er", "minutter kortere");
    expect_way(1, "skolevejen til fods er", "minut kortere");
    expect_way(2, "skolevejen til fods er", "minutter kortere");
#endif
    assert_int_equal(kj_language_set(&err, KJ_LANG_EN), KJ_OK);
    expect_way(0, "the way to school on foot is", "minutes shorter");
    expect_way(1, "the way to school on foot is", "minute shorter");
    expect_way(2, "the way to school on foot is", "minutes shorter");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_grouped),
        cmocka_unit_test(decimals_follow_the_language),
        cmocka_unit_test(signs_and_rounding),
        cmocka_unit_test(languages_switch_while_running),
        cmocka_unit_test(counts_take_their_plural),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
