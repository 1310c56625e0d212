/* Country tables: rows in any order, and every way in which a table can be wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../core/io/paramtable.h"

static char path[64];

static const kj_param_table_def mortality = {
    .struct_size = sizeof(kj_param_table_def),
    .name = "mortality",
    .n_dims = 2,
    .dims = {{"age", 10, 12, NULL}, {"sex", 0, 0, "female male"}},
    .unit = "1/year",
    .min = 0.0,
    .max = 1.0,
    .doc = "Probability of death within a year.",
};

#define HEAD "# test\nage,sex,value,unit,evidence,source\n"
#define ROW(age, sex, value) #age "," #sex "," #value ",1/year,measured,\"a table, 2020\"\n"
#define FIVE ROW(12, male, 0.5) ROW(10, female, 0.1) ROW(10, male, 0.2) ROW(11, male, 0.4) ROW(12, female, 0.45)

static int make_file(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "/tmp/kedja-table-XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static kj_status read_text(kj_error *err, const kj_param_table_def *def, const char *text, double **values, uint32_t *n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    return kj_param_table_read(err, path, def, values, n);
}

static void expect_error(const char *text, const char *part)
{
    kj_error err = {0};
    double *values;
    uint32_t n;
    assert_int_equal(read_text(&err, &mortality, text, &values, &n), KJ_E_INPUT);
    assert_null(values);
    if (!strstr(err.text, part) || !strstr(err.text, path)) fail_msg("expected `%s` in: %s", part, err.text);
}

static void test_dense_order(void **state)
{
    (void)state;
    kj_error err = {0};
    double *values;
    uint32_t n;
    if (read_text(&err, &mortality, HEAD FIVE ROW(11, female, 0.3), &values, &n)) fail_msg("%s", err.text);
    assert_int_equal(n, 6);
    const double expected[6] = {0.1, 0.2, 0.3, 0.4, 0.45, 0.5};
    for (uint32_t i = 0; i < 6; i++) assert_true(values[i] == expected[i]);
    free(values);
}

static void test_single_value(void **state)
{
    (void)state;
    kj_error err = {0};
    double *values;
    uint32_t n;
    kj_param_table_def def = {.name = "norm", .n_dims = 0, .unit = "m2"};
    if (read_text(&err, &def, "value,unit,evidence,source\n-35.5,m2,assumed,rule of thumb\n", &values, &n))
        fail_msg("%s", err.text);
    assert_int_equal(n, 1);
    assert_true(values[0] == -35.5);
    free(values);
    assert_int_equal(read_text(&err, &def, "value,unit,evidence,source\n", &values, &n), KJ_E_INPUT);
}

static void test_size(void **state)
{
    (void)state;
    assert_int_equal(kj_param_table_size(&mortality), 6);
    kj_param_table_def def = {.n_dims = 2, .dims = {{"a", 0, 1000000, NULL}, {"b", 0, 1000, NULL}}};
    assert_int_equal(kj_param_table_size(&def), 0);
    def.dims[0].hi = -1;
    assert_int_equal(kj_param_table_size(&def), 0);
}

static void test_keys(void **state)
{
    (void)state;
    expect_error(HEAD FIVE, "no row for age = 11, sex = female (1 of 6 rows are missing)");
    expect_error(HEAD FIVE ROW(11, female, 0.3) ROW(10, male, 0.2),
                 ":9: a second row for age = 10, sex = male; the first is on line 5");
    expect_error(HEAD FIVE ROW(13, female, 0.3), ":8: column `age`: expected 10 to 12, found 13");
    expect_error(HEAD FIVE ROW(11, woman, 0.3), ":8: column `sex`: expected one of: female male; found `woman`");
    expect_error(HEAD FIVE ROW(eleven, female, 0.3), ":8: column `age`: expected a whole number, found `eleven`");
}

static void test_values(void **state)
{
    (void)state;
    expect_error(HEAD FIVE ROW(11, female, 1.01), ":8: column `value`: expected 0 to 1 1/year, found 1.01");
    expect_error(HEAD FIVE ROW(11, female, low), ":8: column `value`: expected a number, found `low`");
    expect_error(HEAD FIVE ROW(11, female, ), ":8: column `value`: expected a number, found ``");
}

static void test_words(void **state)
{
    (void)state;
    expect_error(HEAD FIVE "11,female,0.3,percent,measured,x\n",
                 ":8: column `unit`: expected `1/year`, found `percent`");
    expect_error(HEAD FIVE "11,female,0.3,1/year,guessed,x\n",
                 ":8: column `evidence`: expected measured, derived, calibrated or assumed");
    expect_error(HEAD FIVE "11,female,0.3,1/year,assumed,\n", ":8: column `source` is empty");
    expect_error("age,sex,value,unit,source\n", "expected a column `evidence`");
    expect_error("age,sex,value,unit,evidence,source,year\n", "column `year` is not one of the keys");
}

static const kj_param_table_def kinds = {
    .struct_size = sizeof(kj_param_table_def),
    .name = "kinds",
    .n_dims = 2,
    .dims = {{"age", 10, 11, NULL}, {"sex", 0, 0, "female male"}},
    .unit = "1",
    .max = 1.0,
    .doc = "Shares by sex at each age.",
    .n_shares = 1,
};

#define SHARE(age, sex, value) #age "," #sex "," #value ",1,assumed,a test\n"

static void read_kinds(const kj_param_table_def *def, const char *text, const char *part)
{
    kj_error err = {0};
    double *values;
    uint32_t n;
    kj_status status = read_text(&err, def, text, &values, &n);
    assert_int_equal(status, part ? KJ_E_INPUT : KJ_OK);
    if (part && !strstr(err.text, part)) fail_msg("expected `%s` in: %s", part, err.text);
    free(values);
}

/* Over the last keys, for each combination of the others; what rounding takes is let pass. */
static void test_shares(void **state)
{
    (void)state;
    kj_param_table_def all = kinds;
    all.n_shares = 2;
    read_kinds(&kinds, HEAD SHARE(10, female, 0.3) SHARE(10, male, 0.7) SHARE(11, female, 0.333) SHARE(11, male, 0.666), NULL);
    read_kinds(&kinds, HEAD SHARE(11, female, 0.5) SHARE(10, female, 0.3) SHARE(10, male, 0.7) SHARE(11, male, 0.51), ":3: column `value`: expected shares that sum to 1 in rows 3 to 6, age = 11, found a sum of 1.01");
    read_kinds(&kinds, HEAD SHARE(10, female, 0.3) SHARE(10, male, 0.6) SHARE(11, female, 0.5) SHARE(11, male, 0.5), "rows 3 to 4, age = 10, found a sum of 0.9");
    read_kinds(&all, HEAD SHARE(10, female, 0.1) SHARE(10, male, 0.2) SHARE(11, female, 0.3) SHARE(11, male, 0.4), NULL);
    read_kinds(&all, HEAD SHARE(10, female, 0.1) SHARE(10, male, 0.2) SHARE(11, female, 0.3) SHARE(11, male, 0.5), "rows 3 to 6, found a sum of 1.1");
}

/* Values of single parameters: rows in the order of the file, and what is wrong in them. */
static void test_country_values(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part; /* NULL: no fault */
    } cases[] = {
        {"name,value,unit,evidence,source\na.x,0.25,1,measured,\"a law, 59\"\na.y,-3,SEK,assumed,b\n", NULL},
        {"name,value,unit,evidence\na.x,1,1,measured\n", "expected a column `source`"},
        {"name,value,unit,evidence,source,year\n", "and no other"},
        {"name,value,unit,evidence,source\na.x,much,1,measured,b\n", ":2: column `value`"},
        {"name,value,unit,evidence,source\na.x,1,1,guessed,b\n", ":2: column `evidence`: expected measured, derived, calibrated or assumed, found `guessed`"},
        {"name,value,unit,evidence,source\na.x,1,1,assumed,\n", ":2: column `source` is empty"},
        {"name,value,unit,evidence,source\na.x,1,1,assumed,b\n\na.x,2,1,assumed,b\n", ":4: 'a.x' stands on line 2 already"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        kj_error err = {0};
        kj_country_param *rows;
        uint32_t n;
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        fputs(cases[k].text, f);
        fclose(f);
        kj_status status = kj_country_params_read(&err, path, &rows, &n);
        if (cases[k].part) {
            assert_int_equal(status, KJ_E_INPUT);
            assert_true(rows == NULL && n == 0);
            if (!strstr(err.text, cases[k].part)) fail_msg("%s", err.text);
            continue;
        }
        if (status) fail_msg("%s", err.text);
        assert_int_equal(n, 2);
        assert_string_equal(rows[0].name, "a.x");
        assert_string_equal(rows[0].source, "a law, 59");
        assert_true(rows[0].value > 0.2499 && rows[0].value < 0.2501 && rows[0].evidence == KJ_MEASURED && rows[1].evidence == KJ_ASSUMED);
        kj_country_params_free(rows, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dense_order), cmocka_unit_test(test_single_value), cmocka_unit_test(test_size),
        cmocka_unit_test(test_keys),        cmocka_unit_test(test_values),       cmocka_unit_test(test_words),
        cmocka_unit_test(test_shares),      cmocka_unit_test(test_country_values),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
