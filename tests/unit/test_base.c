/* exp and log of our own, texts, labels, nearest names, the string pool. */
#include <errno.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <kedja/math.h>

#include "../../core/base/error.h"
#include "../../core/base/memory.h"
#include "../../core/base/text.h"

static double relative(double got, double want) { return want == 0.0 ? fabs(got) : fabs(got - want) / fabs(want); }

static void test_exp_and_log_are_near_libm(void **state)
{
    (void)state;
    double worst_exp = 0, worst_log = 0;
    for (int i = -700000; i <= 700000; i += 7) {
        double x = i / 1000.0;
        worst_exp = fmax(worst_exp, relative(kj_exp(x), exp(x)));
    }
    for (double x = 1e-300; x < 1e300; x *= 1.0173) worst_log = fmax(worst_log, relative(kj_log(x), log(x)));
    for (int i = 1; i < 4000; i++) { /* near 1 the result is small: absolute error counts against 1 */
        double x = i / 2000.0;
        assert_true(fabs(kj_log(x) - log(x)) < 1e-15 + 4e-16 * fabs(log(x)));
    }
    if (worst_exp > 1e-15 || worst_log > 1e-15) fail_msg("worst relative errors: exp %g, log %g", worst_exp, worst_log);
}

static void test_exp_and_log_at_the_edges(void **state)
{
    (void)state;
    assert_true(kj_exp(0.0) == 1.0);
    assert_true(kj_exp(-1e9) == 0.0);
    assert_true(isinf(kj_exp(1e9)));
    assert_true(isnan(kj_exp(NAN)));
    assert_true(kj_log(1.0) == 0.0);
    assert_true(isinf(kj_log(0.0)) && kj_log(0.0) < 0);
    assert_true(isnan(kj_log(-1.0)));
    assert_true(isinf(kj_log(INFINITY)));
    assert_true(relative(kj_log(5e-324), log(5e-324)) < 1e-15);
    assert_true(relative(kj_pow(2.0, 10.0), 1024.0) < 1e-13);
    assert_true(kj_pow(0.0, 2.0) == 0.0);
}

static void test_labels(void **state)
{
    (void)state;
    char word[32];
    assert_int_equal(kj_labels_index("rental coop owner", "owner"), 2);
    assert_int_equal(kj_labels_index("rental coop owner", "own"), -1);
    assert_int_equal(kj_labels_index("", "owner"), -1);
    assert_string_equal(kj_labels_at("rental coop owner", 1, word, sizeof word), "coop");
    assert_string_equal(kj_labels_at("rental coop owner", 3, word, sizeof word), "");
    assert_int_equal(kj_labels_count("rental coop owner"), 3);
}

static void test_nearest_name(void **state)
{
    (void)state;
    const char *const names[] = {"densify.max_far", "densify.enabled", "protect_farmland.enabled"};
    assert_string_equal(kj_nearest_name("densify.maxfar", names, 3), "densify.max_far");
    assert_string_equal(kj_nearest_name("protect_farmlnd.enabled", names, 3), "protect_farmland.enabled");
    const char *const towns[] = {"varnamo_2010", "varnamo_2035"}; /* a swap is one slip of the fingers, two other digits are two */
    assert_string_equal(kj_nearest_name("varnamo_2053", towns, 2), "varnamo_2035");
    assert_null(kj_nearest_name("zzz", names, 3));
    assert_string_equal(kj_nearest_name("protect", names, 3), "protect_farmland.enabled"); /* less of a name */
    const char *const goals[] = {"vision.year", "vision.population"}; /* less of a name before another of few letters */
    assert_string_equal(kj_nearest_name("vision.popu", goals, 2), "vision.population");
    assert_null(kj_nearest_name("pr", names, 3));
    assert_null(kj_nearest_name("x", names, 0));
}

static void test_ranges_are_said_as_people_write_them(void **state)
{
    (void)state;
    char text[KJ_RANGE_TEXT];
    assert_string_equal(kj_range_text(0.0, 1e6, "1", text), "0 to 1000000");
    assert_string_equal(kj_range_text(0.05, 1e9, "SEK", text), "0.05 to 1000000000 SEK");
    assert_string_equal(kj_range_text(0.0, INFINITY, "", text), "at least 0");
    assert_string_equal(kj_range_text(-INFINITY, 12.5, "m", text), "at most 12.5 m");
    assert_string_equal(kj_range_text(-DBL_MAX, DBL_MAX, "m", text), "a finite number");
}

static void test_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n;
        int bad; /* place of the byte, -1 for none */
    } cases[] = {{"V\xC3\xA4rnamo \xE2\x82\xAC \xF0\x9F\x8F\xA0", 17, -1}, {"V\xE4rnamo", 7, 1}, {"a\0b", 3, 1},        {"cut \xC3", 5, 4},
                 {"\xC0\xAF", 2, 0},                                           {"\xED\xA0\x80", 3, 0}, {"\xF4\x90\x80\x80", 4, 0}, {"", 0, -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *bad = kj_text_bad_utf8(cases[i].text, cases[i].n);
        assert_int_equal(bad ? bad - cases[i].text : -1, cases[i].bad);
    }
    kj_error err;
    assert_int_equal(kj_text_check_utf8(&err, "a.lua", "one\ntwo \xE4", 9), KJ_E_INPUT);
    assert_string_equal(err.text, "a.lua:2: byte 0xE4 is not UTF-8 text: save the file as UTF-8");
}

/* What has no end is refused, not waited for. */
static void test_files_without_end(void **state)
{
    (void)state;
    char pipe[64];
    snprintf(pipe, sizeof pipe, "/tmp/kedja-test-pipe-%ld", (long)getpid());
    assert_int_equal(mkfifo(pipe, 0600), 0);
    alarm(10); /* ends the test if it waits */
    assert_null(kj_file_read(pipe, NULL));
    assert_int_equal(errno, ESPIPE);
    assert_null(kj_file_read("/dev/zero", NULL));
    assert_int_equal(errno, ESPIPE);
    assert_null(kj_file_read("/tmp", NULL));
    assert_int_equal(errno, EISDIR);
    alarm(0);
    assert_string_equal(kj_why(ESPIPE), "it is no file but a pipe or a device");
    unlink(pipe);
}

static void test_pool(void **state)
{
    (void)state;
    kj_pool pool;
    kj_pool_init(&pool);
    char text[32];
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "å%d", i);
        assert_int_equal(kj_pool_intern(&pool, text), i + 1); /* 0 is the empty text */
    }
    assert_int_equal(kj_pool_intern(&pool, "å500"), 501);
    assert_int_equal(kj_pool_intern(&pool, ""), 0);
    assert_string_equal(kj_pool_text(&pool, 501), "å500");
    assert_string_equal(kj_pool_text(&pool, 5000), "");
    assert_string_equal(kj_pool_text(&pool, -1), "");
    kj_pool_free(&pool);
}

static void test_memory_is_counted(void **state)
{
    (void)state;
    kj_memory memory = {0};
    unsigned char *block = kj_memory_alloc(&memory, 100);
    assert_int_equal(memory.bytes, 128);
    block[99] = 7;
    block = kj_memory_grow(&memory, block, 100, 1000);
    assert_int_equal(block[99], 7);
    assert_int_equal(block[100], 0);
    assert_int_equal((uintptr_t)block % 64, 0);
    kj_memory_free(&memory, block, 1000);
    assert_int_equal(memory.bytes, 0);
    assert_int_equal(memory.peak_bytes, 128 + 1024);
}

static void test_errors(void **state)
{
    (void)state;
    kj_error err;
    assert_int_equal(kj_fail(&err, KJ_E_INPUT, "row %d", 7), KJ_E_INPUT);
    assert_int_equal(kj_error_context(&err, "%s", "people.csv"), KJ_E_INPUT);
    assert_string_equal(err.text, "people.csv: row 7");
    kj_fail(&err, KJ_E_FAILED, "a.lua:3: nil");
    err.words = 9;
    kj_error_context(&err, "%s", "policy a");
    assert_string_equal(err.text + err.words, "nil");
    for (int room = -1; room < 14; room++) { /* a context that leaves the message so many bytes: its own words stand whole, cut, or are gone */
        kj_fail(&err, KJ_E_FAILED, "a.lua:3: nil");
        err.words = 9;
        kj_error_context(&err, "%*s", KJ_ERROR_TEXT_MAX - 3 - room, "");
        assert_int_equal(err.words, room > 9 ? KJ_ERROR_TEXT_MAX - 1 - room + 9 : 0);
        if (err.words) assert_int_equal(err.text[err.words], 'n');
    }
    assert_int_equal(kj_exit_status(KJ_OK), 0);
    assert_int_equal(kj_exit_status(KJ_E_INPUT), 2);
    assert_int_equal(kj_exit_status(KJ_E_IO), 1);
    assert_int_equal(kj_exit_status(KJ_E_STOPPED), 75);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exp_and_log_are_near_libm), cmocka_unit_test(test_exp_and_log_at_the_edges),
        cmocka_unit_test(test_labels),                    cmocka_unit_test(test_nearest_name),
        cmocka_unit_test(test_pool),                      cmocka_unit_test(test_memory_is_counted),
        cmocka_unit_test(test_errors),                    cmocka_unit_test(test_ranges_are_said_as_people_write_them),
        cmocka_unit_test(test_utf8),                      cmocka_unit_test(test_files_without_end),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
