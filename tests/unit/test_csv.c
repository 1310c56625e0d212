/* The CSV reader and writer: what RFC 4180 allows, and errors that name file and line. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../core/io/csv.h"
#include "../../core/io/csvwrite.h"

static char path[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "/tmp/kedja-csv-XXXXXX");
    int fd = mkstemp(path);
    if (fd < 0) return -1;
    return close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void put(const char *text, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    fclose(f);
}

static kj_csv *open_text(const char *text)
{
    kj_error err = {0};
    kj_csv *csv;
    put(text, strlen(text));
    if (kj_csv_open(&err, path, 0, &csv)) fail_msg("%s", err.text);
    return csv;
}

static bool next(kj_csv *csv)
{
    kj_error err = {0};
    bool more;
    if (kj_csv_next(&err, csv, &more)) fail_msg("%s", err.text);
    return more;
}

/* Reads everything and expects an error whose text holds `part`. */
static void expect_error(const char *text, const char *part)
{
    kj_error err = {0};
    kj_csv *csv;
    put(text, strlen(text));
    kj_status status = kj_csv_open(&err, path, 0, &csv);
    bool more = true;
    while (!status && more) status = kj_csv_next(&err, csv, &more);
    kj_csv_close(csv);
    assert_int_equal(status, KJ_E_INPUT);
    assert_non_null(strstr(err.text, path));
    if (!strstr(err.text, part)) fail_msg("expected `%s` in: %s", part, err.text);
}

static void test_quoting(void **state)
{
    (void)state;
    kj_csv *csv = open_text("\xEF\xBB\xBF# figures\n\ncode, name ,\"note, long\"\r\n"
                            "a,\"Värnamo, \"\"city\"\"\",\"two\nlines\"\r\n"
                            "# between\nb,  Bor ,\n\nc,\"\",last");
    assert_int_equal(kj_csv_n_columns(csv), 3);
    assert_int_equal(kj_csv_column(csv, "name"), 1);
    assert_int_equal(kj_csv_column(csv, "note, long"), 2);
    assert_int_equal(kj_csv_column(csv, "absent"), -1);
    assert_true(next(csv));
    assert_string_equal(kj_csv_field(csv, 1), "Värnamo, \"city\"");
    assert_string_equal(kj_csv_field(csv, 2), "two\nlines");
    assert_int_equal(kj_csv_line(csv), 4);
    assert_true(next(csv));
    assert_string_equal(kj_csv_field(csv, 0), "b");
    assert_string_equal(kj_csv_field(csv, 1), "Bor");
    assert_string_equal(kj_csv_field(csv, 2), "");
    assert_int_equal(kj_csv_line(csv), 7);
    assert_true(next(csv));
    assert_string_equal(kj_csv_field(csv, 1), "");
    assert_string_equal(kj_csv_field(csv, 2), "last");
    assert_false(next(csv));
    assert_false(next(csv));
    kj_csv_close(csv);
}

static void test_delimiters(void **state)
{
    (void)state;
    kj_csv *csv = open_text("a;\"b,c,d\";e\n1;2,5;3\n");
    assert_int_equal(kj_csv_n_columns(csv), 3);
    assert_true(next(csv));
    assert_string_equal(kj_csv_field(csv, 1), "2,5");
    kj_csv_close(csv);
    csv = open_text("a\tb\n\tx y\n");
    assert_int_equal(kj_csv_n_columns(csv), 2);
    assert_true(next(csv));
    assert_string_equal(kj_csv_field(csv, 0), "");
    assert_string_equal(kj_csv_field(csv, 1), "x y");
    kj_csv_close(csv);
}

static void test_numbers(void **state)
{
    (void)state;
    kj_error err = {0};
    double value;
    int64_t whole;
    kj_csv *csv = open_text("x,n\n-1.5e3,42\nnan,1.5\n0x10,\n1e999,99999999999999999999\n");
    assert_true(next(csv));
    assert_int_equal(kj_csv_number(&err, csv, 0, -INFINITY, INFINITY, &value), KJ_OK);
    assert_true(value == -1500.0);
    assert_int_equal(kj_csv_integer(&err, csv, 1, 0, 100, &whole), KJ_OK);
    assert_int_equal(whole, 42);
    assert_int_equal(kj_csv_integer(&err, csv, 1, 0, 41, &whole), KJ_E_INPUT);
    assert_non_null(strstr(err.text, ":2: column `n`: expected 0 to 41, found 42"));
    assert_int_equal(kj_csv_number(&err, csv, 0, -1500.0, 1e6, &value), KJ_OK);
    assert_int_equal(kj_csv_number(&err, csv, 0, 0.0, 1e6, &value), KJ_E_INPUT);
    assert_non_null(strstr(err.text, ":2: column `x`: expected 0 to 1000000, found `-1.5e3`"));
    for (int line = 3; line <= 5; line++) {
        char expected[32];
        snprintf(expected, sizeof expected, ":%d: column `x`", line);
        assert_true(next(csv));
        assert_int_equal(kj_csv_number(&err, csv, 0, -INFINITY, INFINITY, &value), KJ_E_INPUT);
        assert_non_null(strstr(err.text, expected));
        assert_int_equal(kj_csv_integer(&err, csv, 1, INT64_MIN, INT64_MAX, &whole), KJ_E_INPUT);
    }
    kj_csv_close(csv);
}

static void test_errors(void **state)
{
    (void)state;
    expect_error("", "no header line");
    expect_error("# only a comment\n", "no header line");
    expect_error("a,b,a\n1,2,3\n", ":1: column `a` stands twice");
    expect_error("a,,c\n", "column 2 of the header has no name");
    expect_error("a,b\n1,2\n1,2,3\n", ":3: expected 2 fields as in the header, found 3");
    expect_error("a,b\n1\n", ":2: expected 2 fields as in the header, found 1");
    expect_error("a,b\n1,\"open\n2,3\n", ":2: a quote is opened and never closed");
    expect_error("a,b\n1,\"x\"y\n", ":2: text after the closing quote of field 2");
    expect_error("a,b\n1,2\nV\xE4rnamo,3\n", ":3: byte 0xE4 is not UTF-8");
}

static void test_missing(void **state)
{
    (void)state;
    kj_error err = {0};
    kj_csv *csv;
    assert_int_equal(kj_csv_open(&err, "/nonexistent/x.csv", ',', &csv), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "/nonexistent/x.csv"));
    csv = open_text("code,name\n");
    uint32_t column;
    assert_int_equal(kj_csv_require(&err, csv, "kod", &column), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "expected a column `kod`, found the columns: code name"));
    kj_csv_close(csv);
}

static void test_zero_byte(void **state)
{
    (void)state;
    kj_error err = {0};
    kj_csv *csv;
    put("a,b\n1,\0002\n", 9);
    assert_int_equal(kj_csv_open(&err, path, ',', &csv), KJ_E_INPUT);
    assert_non_null(strstr(err.text, ":2: byte 0x00"));
}

static void write_rows(char **text, size_t *n, kj_language readers)
{
    FILE *file = open_memstream(text, n);
    assert_non_null(file);
    kj_csv_out out = kj_csv_to(file, readers);
    kj_csv_names(&out, "name,year,share");
    kj_csv_end_row(&out);
    kj_csv_text(&out, "Å; \"B\", C");
    kj_csv_whole(&out, -2030);
    kj_csv_decimals(&out, 1234.56, 1);
    kj_csv_end_row(&out);
    kj_csv_empty(&out);
    kj_csv_digits(&out, 0.25, 9);
    kj_csv_decimals(&out, NAN, 2);
    kj_csv_end_row(&out);
    kj_csv_decimals(&out, -0.001, 2);
    kj_csv_decimals(&out, -0.006, 2);
    kj_csv_decimals(&out, -0.0, 0);
    kj_csv_end_row(&out);
    assert_int_equal(fclose(file), 0);
}

static void test_what_is_written_is_read_again(void **state)
{
    (void)state;
    static const kj_language readers[2] = {KJ_LANG_EN, KJ_LANG_DA};
    static const char *const expected[2] = {"name,year,share\n\"Å; \"\"B\"\", C\",-2030,1234.6\n,0.25,\n0.00,-0.01,0\n",
                                            "\uFEFFname;year;share\n\"Å; \"\"B\"\", C\";-2030;1234,6\n;0,25;\n0,00;-0,01;0\n"};
    for (int k = 0; k < 2; k++) {
        kj_error err;
        kj_csv *csv = NULL;
        char *text = NULL;
        size_t n = 0;
        bool more = false;
        double value = 0.0;
        write_rows(&text, &n, readers[k]);
        assert_string_equal(text, expected[k]);
        assert_int_equal(kj_csv_open_text(&err, "written", text, n, 0, &csv), KJ_OK);
        assert_int_equal(kj_csv_next(&err, csv, &more), KJ_OK);
        assert_string_equal(kj_csv_field(csv, 0), "Å; \"B\", C");
        assert_int_equal(kj_csv_number(&err, csv, 2, -INFINITY, INFINITY, &value), KJ_OK);
        assert_true(fabs(value - 1234.6) < 1e-9);
        kj_csv_close(csv);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quoting), cmocka_unit_test(test_delimiters), cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_errors),  cmocka_unit_test(test_missing),    cmocka_unit_test(test_zero_byte),
        cmocka_unit_test(test_what_is_written_is_read_again),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_file);
}
