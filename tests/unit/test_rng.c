/* Keyed draws: known answers of Random123, batches equal to single draws, uniformity, luck keys. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../core/rng/batch.h"

static void test_known_answers(void **state)
{
    (void)state;
    /* Random123's kat_vectors for philox4x32 with 10 rounds. */
    philox4x32_ctr_t zero = {{0, 0, 0, 0}}, ones = {{UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX}};
    philox4x32_key_t key0 = {{0, 0}}, key1 = {{UINT32_MAX, UINT32_MAX}};
    philox4x32_ctr_t a = philox4x32(zero, key0), b = philox4x32(ones, key1);
    const uint32_t want_a[] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, want_b[] = {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(a.v[i], want_a[i]);
        assert_int_equal(b.v[i], want_b[i]);
    }
}

static void test_batch_equals_single(void **state)
{
    (void)state;
    enum { N = 1003, STRIDE = 1024 };
    static uint64_t luck[N];
    static uint32_t out[4 * STRIDE];
    kj_stream stream = {{0x12345678, 0x9abcdef0}};
    for (uint64_t i = 0; i < N; i++) luck[i] = kj_luck(1, i, 0);
    kj_draw_many(stream, luck, N, 1451, 9, out, STRIDE);
    for (int i = 0; i < N; i++) {
        kj_draw4 one = kj_draw(stream, luck[i], 1451, 9);
        for (int w = 0; w < 4; w++) assert_int_equal(out[w * STRIDE + i], one.v[w]);
    }
    for (int i = N; i < STRIDE; i++) assert_int_equal(out[i], 0); /* nothing is written behind the n agents */
}

typedef void (*draw_way)(kj_stream, const uint64_t *, uint32_t, kj_month, uint32_t, uint32_t *, uint32_t);

/* n draws against Random123 itself; nothing is read or written beyond the n agents. */
static void hold(draw_way draw, uint32_t n)
{
    const uint32_t stride = n + 3, untouched = 0xA5C35A3Cu;
    const kj_stream stream = {{0xFFFFFFF0u, 0x80000001u}};
    const philox4x32_key_t key = {{stream.key[0], stream.key[1]}};
    uint64_t *luck = malloc(n * sizeof *luck + (n == 0));
    uint32_t *out = malloc(4 * stride * sizeof *out);
    assert_non_null(luck);
    assert_non_null(out);
    for (uint32_t i = 0; i < n; i++) luck[i] = kj_luck(7, i, n) | (i % 3 == 0 ? UINT64_C(0xFFFFFFFF00000000) : 0);
    for (uint32_t i = 0; i < 4 * stride; i++) out[i] = untouched;
    draw(stream, luck, n, -7, UINT32_MAX, out, stride);
    for (uint32_t i = 0; i < stride; i++) {
        philox4x32_ctr_t counter = {{0}}, want = {{untouched, untouched, untouched, untouched}};
        if (i < n) {
            counter = (philox4x32_ctr_t){{(uint32_t)luck[i], (uint32_t)(luck[i] >> 32), (uint32_t)-7, UINT32_MAX}};
            want = philox4x32(counter, key);
        }
        for (uint32_t w = 0; w < 4; w++) assert_int_equal(out[w * stride + i], want.v[w]);
    }
    free(luck);
    free(out);
}

static void test_plain_batch(void **state)
{
    (void)state;
    for (uint32_t n = 0; n <= 17; n++) hold(kj_draw_many_plain, n);
    hold(kj_draw_many_plain, 1003);
}

static void test_batch_of_eights(void **state)
{
    (void)state;
    if (!kj_has_eights()) skip();
    for (uint32_t n = 0; n <= 17; n++) hold(kj_draw_many_eights, n);
    hold(kj_draw_many_eights, 1003);
}

/* Chi-square over 64 bins, 63 degrees of freedom: 99.99 % quantile is 119. */
static void test_draws_are_uniform(void **state)
{
    (void)state;
    enum { N = 64000, BINS = 64 };
    kj_stream stream = {{1, 2}};
    int bins[BINS] = {0};
    double sum = 0;
    for (uint64_t i = 0; i < N; i++) {
        kj_draw4 d = kj_draw(stream, kj_luck(1, i, 0), 1500, 0);
        bins[kj_below(d.v[0], BINS)]++;
        sum += kj_uniform(d.v[1]);
    }
    double chi2 = 0, expected = (double)N / BINS;
    for (int b = 0; b < BINS; b++) chi2 += (bins[b] - expected) * (bins[b] - expected) / expected;
    assert_true(chi2 < 119.0);
    assert_true(fabs(sum / N - 0.5) < 4.0 / sqrt(12.0 * N));
}

static void test_threshold(void **state)
{
    (void)state;
    assert_int_equal(kj_threshold(0.0), 0);
    assert_int_equal(kj_threshold(-1.0), 0);
    assert_int_equal(kj_threshold(0.5), 0x80000000u);
    assert_int_equal(kj_threshold(1.0), UINT32_MAX);
    assert_true(kj_uniform(0) > 0.0 && kj_uniform(UINT32_MAX) < 1.0);
}

static void test_luck_keys_differ(void **state)
{
    (void)state;
    enum { N = 20000 };
    static uint64_t keys[2 * N];
    for (uint64_t i = 0; i < N; i++) {
        keys[i] = kj_luck(1, i, 0);
        keys[N + i] = kj_luck(2, 0, i);
    }
    for (int i = 1; i < 2 * N; i++) assert_true(keys[i] != keys[i - 1]);
    assert_true(kj_luck(1, 2, 3) != kj_luck(1, 3, 2));
    assert_true(kj_luck(1, 2, 3) == kj_luck(1, 2, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers), cmocka_unit_test(test_batch_equals_single), cmocka_unit_test(test_draws_are_uniform),
        cmocka_unit_test(test_plain_batch),   cmocka_unit_test(test_batch_of_eights),
        cmocka_unit_test(test_threshold),     cmocka_unit_test(test_luck_keys_differ),
    };
    return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
