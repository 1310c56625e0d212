/* Tables of statistics as they are served: PC-Axis, json-stat2, CSV; what their words mean; what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include <kedja/model.h>

#include "../../core/io/stattable.h"

static kj_stat_table read_text(const char *text)
{
    kj_error err = {0};
    kj_stat_table t;
    if (kj_stat_parse(&err, "t", text, strlen(text), NULL, &t)) fail_msg("%s", err.text);
    return t;
}

static void refused(const char *text, const char *what)
{
    kj_error err = {0};
    kj_stat_table t;
    assert_int_equal(kj_stat_parse(&err, "t", text, strlen(text), NULL, &t), KJ_E_INPUT);
    if (!strstr(err.text, what)) fail_msg("expected '%s' in: %s", what, err.text);
}

/* As www.statistikdatabasen.scb.se writes it: Latin-1, a value over two lines, other languages beside. */
static const char px[] = "CHARSET=\"ANSI\";\nAXIS-VERSION=\"2013\";\nLANGUAGE=\"sv\";\nLANGUAGES=\"sv\",\"en\";\nTITLE=\"Folkm\xE4ngd efter \"\n\"region\";\n"
                         "UNITS=\"antal\";\nUNITS[en]=\"number\";\nSTUB=\"region\",\"\xE5lder\";\nSTUB[en]=\"region\",\"age\";\nHEADING=\"k\xF6n\";\n"
                         "VALUES(\"region\")=\"1281 Lund\",\"1280 Malm\xF6\";\nVALUES(\"\xE5lder\")=\"0-4 \xE5r\",\"5+ \xE5r\";\nVALUES(\"k\xF6n\")=\"m\xE4n\",\"kvinnor\";\n"
                         "CODES(\"region\")=\"1281\",\"1280\";\nNOTE=\"a; b\";\nDATA=\n1 2\n3 \"..\"\n5.5 -\n7 8 ;\n";

static void pc_axis(void **state)
{
    (void)state;
    kj_stat_table t = read_text(px);
    assert_int_equal(t.n_dims, 3);
    assert_string_equal(t.title, "Folkmängd efter region");
    assert_string_equal(t.unit, "antal");
    assert_string_equal(t.dims[0].codes[1], "1280");
    assert_string_equal(t.dims[0].labels[1], "1280 Malmö");
    assert_string_equal(t.dims[1].name, "ålder");
    assert_int_equal(t.n_values, 8);
    assert_int_equal(t.n_missing, 2);
    assert_true(t.values[0] == 1.0 && isnan(t.values[3]) && t.values[4] == 5.5 && isnan(t.values[5]) && t.values[7] == 8.0);
    assert_true(t.n_recoded > 5);
    uint32_t d = 9;
    kj_error err = {0};
    assert_int_equal(kj_stat_dim_find(&err, "t", &t, "Ålder", &d), KJ_OK);
    assert_int_equal(d, 1);
    assert_int_equal(kj_stat_dim_find(&err, "t", &t, "year", &d), KJ_E_INPUT);
    kj_stat_free(&t);
    refused("STUB=\"a\";\nVALUES(\"a\")=\"x\",\"y\";\nDATA=\n1;\n", "DATA ends after 1");
    refused("STUB=\"a\";\nVALUES(\"a\")=\"x\",\"y\";\nDATA=\n1 2 3;\n", "fewer cells");
    refused("STUB=\"a\";\nDATA=\n1;\n", "VALUES(\"a\") is missing");
    refused("STUB=\"a\";\nVALUES(\"a\")=\"x\",\"y;\nDATA=\n1 2;\n", "PC-Axis");
    refused("STUB=\"a\";\nVALUES(\"a\")=\"x\",\"y\";\nCODES(\"a\")=\"1\";\nDATA=\n1 2;\n", "2 values but 1 codes");
}

static void json_stat(void **state)
{
    (void)state;
    kj_stat_table t = read_text("{\"version\":\"2.0\",\"class\":\"dataset\",\"label\":\"Bestånd\",\"id\":[\"omr\",\"ejer\"],\"size\":[2,2],\"dimension\":{"
                                "\"omr\":{\"label\":\"område\",\"category\":{\"index\":{\"151\":1,\"101\":0},\"label\":{\"151\":\"Ballerup\"}}},"
                                "\"ejer\":{\"category\":{\"index\":[\"a\",\"b\"]}}},\"value\":{\"0\":1,\"3\":4.5}}");
    assert_int_equal(t.n_dims, 2);
    assert_string_equal(t.dims[0].labels[1], "Ballerup");
    assert_string_equal(t.dims[0].codes[0], "101");
    assert_true(t.values[0] == 1.0 && isnan(t.values[1]) && t.values[3] == 4.5);
    kj_stat_free(&t);
    t = read_text("{\"id\":[\"a\"],\"size\":[2],\"dimension\":{\"a\":{\"category\":{\"index\":[\"x\",\"y\"]}}},\"value\":[1,null]}");
    assert_int_equal(t.n_missing, 1);
    kj_stat_free(&t);
    refused("{\"id\":[\"a\"],\"size\":[3],\"dimension\":{\"a\":{\"category\":{\"index\":[\"x\",\"y\"]}}},\"value\":[1,2]}", "size 3, but 2 codes");
    refused("{\"id\":[\"a\"],\"size\":[2],\"dimension\":{\"a\":{\"category\":{\"index\":[\"x\",\"y\"]}}},\"value\":[1,2,3]}", "make 2 cells");
    refused("{\"id\":[\"a\"],\"size\":[2],\"dimension\":{\"a\":{\"category\":{\"index\":[\"x\",\"y\"]}}},\"value\":[1,\"2\"]}", "neither a number nor null");
    refused("{\"id\":[\"a\"]", "no JSON");
    refused("{\"a\":1}", "no json-stat2");
}

static void csv(void **state)
{
    (void)state;
    kj_stat_table t = read_text("region;kön;2024\nA;män;1 234\nA;kvinnor;12,5\nB;män;..\nB;kvinnor;7\n");
    assert_int_equal(t.n_dims, 2);
    assert_true(t.values[0] == 1234.0 && t.values[1] == 12.5 && isnan(t.values[2]) && t.values[3] == 7.0);
    kj_stat_free(&t);
    t = read_text("region;antal\nMalm\xF6;1\nVärnamo;2\n"); /* one line Latin-1, one UTF-8 */
    assert_string_equal(t.dims[0].codes[0], "Malmö");
    assert_string_equal(t.dims[0].codes[1], "Värnamo");
    assert_int_equal(t.n_recoded, 1);
    kj_stat_free(&t);
    refused("region;antal\nA;1,234\n", "decimal comma or does it part thousands");
    refused("region;antal\nA;1\nA;2\n", "the same cell stands twice");
    refused("region;antal\nA;many\n", "t:2: column `antal`: expected a number, found `many`");
    refused("antal\n1\n", "one column only");
}

static void check_range(const char *text, kj_stat_meaning is, int32_t lo, int32_t hi)
{
    int32_t a = -1, b = -1;
    kj_stat_meaning found = kj_stat_range(text, &a, &b);
    if (found != is || (is == KJ_STAT_PART && (a != lo || b != hi))) fail_msg("'%s': %d, %d to %d", text, (int)found, a, b);
}

static void words(void **state)
{
    (void)state;
    check_range("0-4 år", KJ_STAT_PART, 0, 4);
    check_range("0–4", KJ_STAT_PART, 0, 4);
    check_range("15 to 19 years", KJ_STAT_PART, 15, 19);
    check_range("80+", KJ_STAT_PART, 80, INT32_MAX);
    check_range("100 år och äldre", KJ_STAT_PART, 100, INT32_MAX);
    check_range("80 år og derover", KJ_STAT_PART, 80, INT32_MAX);
    check_range("under 5 år", KJ_STAT_PART, 0, 4);
    check_range("-14", KJ_STAT_PART, 0, 14);
    check_range("7 år", KJ_STAT_PART, 7, 7);
    check_range("1 person", KJ_STAT_PART, 1, 1);
    check_range("6 eller flere", KJ_STAT_PART, 6, INT32_MAX);
    check_range("Totalt", KJ_STAT_TOTAL, 0, 0);
    check_range("I alt", KJ_STAT_TOTAL, 0, 0);
    check_range("okänd", KJ_STAT_UNKNOWN, 0, 0);
    int32_t sex = -1;
    assert_int_equal(kj_stat_sex("Kvinder", &sex), KJ_STAT_PART);
    assert_int_equal(sex, KJ_FEMALE);
    assert_int_equal(kj_stat_sex("Mænd", &sex), KJ_STAT_PART);
    assert_int_equal(sex, KJ_MALE);
    assert_int_equal(kj_stat_sex("båda könen", &sex), KJ_STAT_TOTAL);
    assert_int_equal(kj_stat_sex("?", &sex), KJ_STAT_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pc_axis), cmocka_unit_test(json_stat), cmocka_unit_test(csv), cmocka_unit_test(words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
