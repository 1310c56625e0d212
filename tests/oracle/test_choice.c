/* The parts of the choice of a home: simulated shares equal logit probabilities within Monte Carlo error; sampling without
   replacement is uniform; the correction for sampling keeps the share that stays; areas follow their weights. All by
   Pearson's chi-square against a bound that a true model passes with probability above 0.9999. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <math.h>

#include <cmocka.h>

#include "../../plugins/housing/wide.h"
#include "../../plugins/housing/logit.h"
#include "../shared/chi_square.h"

enum { DRAWS = 200000, N = 6 };

static uint64_t base_of(uint64_t i)
{
    kj_draw4 d = kj_draw((kj_stream){{1, 2}}, kj_luck(1, i, 0), 1500, 0);
    return (uint64_t)d.v[0] << 32 | d.v[1];
}

/* Chi-square of counts against probabilities; cells with less than five expected are an error of the test. */
static double chi_square(const uint32_t *count, const double *p, uint32_t n, double total)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < n; i++) {
        double expected = p[i] * total;
        assert_true(expected >= 5.0);
        sum += ((double)count[i] - expected) * ((double)count[i] - expected) / expected;
    }
    return sum;
}

static void gumbel_has_its_law(void **state)
{
    (void)state;
    double worst = 0.0, mean = 0.0;
    for (uint32_t i = 0; i < 1u << 20; i++) {
        uint32_t v = i << 12 | 0x7FF;
        double fast = (double)housing_gumbel(v), exact = -log(-log(((double)(v >> 1) + 0.5) / 2147483648.0));
        worst = fmax(worst, fabs(fast - exact));
        mean += fast;
    }
    assert_true(worst < 1e-5);
    assert_true(fabs(mean / (1u << 20) - 0.57721566) < 1e-4); /* Euler's constant */
    assert_true((double)housing_gumbel(0) < -3.0 && (double)housing_gumbel(UINT32_MAX) > 20.0);
}

static void luck_of_areas_is_nearly_normal(void **state)
{
    (void)state;
    enum { YEARS = 1 << 18 };
    double mean = 0.0, square = 0.0, beyond = 0.0;
    for (uint64_t i = 0; i < YEARS; i++) {
        uint64_t a = housing_mix(2 * i), b = housing_mix(2 * i + 1);
        double z = housing_normal((uint32_t[4]){(uint32_t)a, (uint32_t)(a >> 32), (uint32_t)b, (uint32_t)(b >> 32)});
        mean += z / YEARS;
        square += z * z / YEARS;
        beyond += (fabs(z) > 1.2816) / (double)YEARS;
    }
    assert_true(fabs(mean) < 0.01 && fabs(square - 1.0) < 0.01);
    assert_true(fabs(beyond - 0.2) < 0.02); /* a fifth lies outside the middle 80 % of a normal law */
}

static void shares_are_logit(void **state)
{
    (void)state;
    const double v[N] = {0.0, 1.0, -0.5, 2.0, 0.3, -1.2};
    double p[N], sum = 0.0;
    uint32_t count[N] = {0};
    for (int j = 0; j < N; j++) sum += exp(v[j]);
    for (int j = 0; j < N; j++) p[j] = exp(v[j]) / sum;
    for (uint64_t i = 0; i < DRAWS; i++) {
        uint64_t base = base_of(i);
        int best = 0;
        double best_u = -1e9;
        for (int j = 0; j < N; j++) {
            double u = v[j] + (double)housing_gumbel(housing_pair_draw(base, housing_pair_key(kj_luck(4, (uint64_t)j, 0))));
            if (u > best_u) best_u = u, best = j;
        }
        count[best]++;
    }
    assert_true(chi_square(count, p, N, DRAWS) < chi_bound(N - 1));
}

/* The same household and dwelling keep their taste when other dwellings come and go. */
static void irrelevant_homes_leave_tastes_alone(void **state)
{
    (void)state;
    uint64_t base = base_of(3);
    uint32_t key = housing_pair_key(kj_luck(5, 5, 5)), before = housing_pair_draw(base, key);
    (void)housing_pair_draw(base, housing_pair_key(kj_luck(5, 6, 5)));
    assert_int_equal(before, housing_pair_draw(base, key));
    assert_int_not_equal(before, housing_pair_draw(base_of(4), key));
}

static void samples_are_uniform(void **state)
{
    (void)state;
    enum { FROM = 9, TAKE = 4, TRIALS = 60000 };
    uint64_t taken = 0;
    uint32_t count[FROM] = {0}, pairs[FROM * FROM] = {0}, out[TAKE];
    double p[FROM], pair_p[FROM * FROM];
    uint32_t pair_count[FROM * FROM];
    for (uint64_t i = 0; i < TRIALS; i++) {
        housing_sample(base_of(i), FROM, TAKE, &taken, out);
        assert_true(taken == 0);
        for (int a = 0; a < TAKE; a++) {
            assert_true(out[a] < FROM);
            count[out[a]]++;
            for (int b = 0; b < a; b++) {
                assert_int_not_equal(out[a], out[b]);
                uint32_t lo = out[a] < out[b] ? out[a] : out[b], hi = out[a] < out[b] ? out[b] : out[a];
                pairs[lo * FROM + hi]++;
            }
        }
    }
    for (int i = 0; i < FROM; i++) p[i] = 1.0 / FROM;
    assert_true(chi_square(count, p, FROM, (double)TRIALS * TAKE) < chi_bound(FROM - 1));
    uint32_t n_pairs = 0;
    for (uint32_t lo = 0; lo < FROM; lo++)
        for (uint32_t hi = lo + 1; hi < FROM; hi++) pair_count[n_pairs++] = pairs[lo * FROM + hi];
    for (uint32_t i = 0; i < n_pairs; i++) pair_p[i] = 1.0 / n_pairs;
    assert_true(chi_square(pair_count, pair_p, n_pairs, (double)TRIALS * TAKE * (TAKE - 1) / 2) < chi_bound(n_pairs - 1));
}

/* 60 equal homes against staying: all looked at, or 20 of them with ln(n/k) added, the share that stays is the same. */
static void correction_keeps_the_share_that_stays(void **state)
{
    (void)state;
    enum { HOMES = 60, SAMPLE = 20, TRIALS = 100000 };
    const double v = -3.0, stay = 1.0;
    double p_stay = exp(stay) / (exp(stay) + HOMES * exp(v));
    uint64_t taken = 0;
    uint32_t stays = 0, plain_stays = 0, out[SAMPLE];
    for (uint64_t i = 0; i < TRIALS; i++) {
        uint64_t base = base_of(i);
        double u_stay = stay + (double)housing_gumbel(housing_pair_draw(base, 0)), best = -1e9;
        housing_sample(base ^ 77, HOMES, SAMPLE, &taken, out);
        for (int k = 0; k < SAMPLE; k++) {
            double u = v + (double)housing_gumbel(housing_pair_draw(base, housing_pair_key(kj_luck(4, out[k], 0))));
            best = u > best ? u : best;
        }
        stays += u_stay > best + log((double)HOMES / SAMPLE);
        plain_stays += u_stay > best;
    }
    double z = ((double)stays - TRIALS * p_stay) / sqrt(TRIALS * p_stay * (1.0 - p_stay));
    assert_true(fabs(z) < 4.0);
    double uncorrected = ((double)plain_stays - TRIALS * p_stay) / sqrt(TRIALS * p_stay * (1.0 - p_stay));
    assert_true(uncorrected > 10.0); /* without the correction the test would fail */
}

static void areas_follow_their_weights(void **state)
{
    (void)state;
    const int64_t upto[N] = {100, 100, 400, 450, 1000, 2000};
    const double p[N - 1] = {0.05, 0.15, 0.025, 0.275, 0.5};
    uint32_t count[N] = {0};
    for (uint64_t i = 0; i < DRAWS; i++) count[housing_pick(upto, N, kj_uniform((uint32_t)base_of(i)))]++;
    assert_int_equal(count[1], 0);
    const uint32_t positive[N - 1] = {count[0], count[2], count[3], count[4], count[5]};
    assert_true(chi_square(positive, p, N - 1, DRAWS) < chi_bound(N - 2));
    assert_int_equal(housing_pick(upto, N, 1.0), N - 1);
}

/* Usual and other powers, against the formula in double precision. */
static void weights_follow_distance(void **state)
{
    (void)state;
    enum { AREAS = 21 };
    float x[AREAS], y[AREAS], size[AREAS];
    int32_t weight[AREAS];
    for (int a = 0; a < AREAS; a++) {
        x[a] = (float)a;
        y[a] = (float)(a * a % 7);
        size[a] = (float)(a + 1) / (float)AREAS;
    }
    for (int power = 0; power <= 4; power++) {
        const housing_viewpoint from = {3.5f, 2.0f, 0.4f, power};
        int64_t total = housing_weigh(&from, x, y, size, AREAS, weight), sum = 0;
        for (int a = 0; a < AREAS; a++) {
            double near = 1.0 + 0.4 * hypot((double)x[a] - 3.5, (double)y[a] - 2.0);
            double expected = 1073741824.0 * (double)size[a] / pow(near, power);
            assert_true(fabs((double)weight[a] - expected) < 1.0 + 2e-6 * expected);
            sum += weight[a];
        }
        assert_true(total == sum);
    }
}

/* The nearest of the others, by brute force; side by side, the same Gumbel variates as one by one. */
static void side_by_side_is_one_by_one(void **state)
{
    (void)state;
    enum { PLACES = 37 };
    float x[PLACES], y[PLACES], wide[PLACES + HOUSING_LANES];
    uint32_t draw[PLACES + HOUSING_LANES] = {0};
    for (int i = 0; i < PLACES; i++) {
        x[i] = (float)(i * 7 % 11);
        y[i] = (float)(i * 5 % 13);
        draw[i] = (uint32_t)base_of((uint64_t)i);
    }
    for (int i = 0; i < PLACES; i++) {
        double least = 1e9;
        for (int j = 0; j < PLACES; j++)
            if (j != i) least = fmin(least, hypot((double)(x[j] - x[i]), (double)(y[j] - y[i])));
        assert_true(fabs((double)housing_nearest(x, y, PLACES, (uint32_t)i) - least) < 1e-5);
    }
    housing_gumbels(draw, PLACES, wide);
    for (int i = 0; i < PLACES; i++) assert_true(memcmp(&wide[i], &(float){housing_gumbel(draw[i])}, sizeof(float)) == 0);
}

/* What is within the bounds, against the lending rules one by one. */
static void eligible_homes_keep_the_bounds(void **state)
{
    (void)state;
    enum { HOMES = 50 };
    int32_t rent[HOMES + HOUSING_LANES] = {0}, price[HOMES + HOUSING_LANES] = {0}, sort[HOMES + HOUSING_LANES] = {0};
    uint8_t may[HOMES + HOUSING_LANES];
    for (int i = 0; i < HOMES; i++) {
        uint8_t tenure = (uint8_t)(i % KJ_TENURE_COUNT);
        rent[i] = 2000 + 250 * i;
        price[i] = tenure == KJ_TENURE_COOP || tenure == KJ_TENURE_OWNER ? 100000 * i : 0;
        sort[i] = housing_sort(tenure, KJ_FLAT, i & 1);
    }
    const housing_shelf shelf = {.rent = rent, .price = price, .sort = sort};
    const housing_bounds b = {.rent_max = {9000, 8000, 8000, -1, 7000}, .surplus = 10000.0f, .funds = 200000.0f,
                              .cap = {400000.0f, 666000.0f, 1333000.0f}, .loan = {15.0f, 13.0f, 11.0f}};
    housing_find_eligible(&shelf, 0, HOMES, &b, may);
    for (int i = 0; i < HOMES; i++) {
        double left = 12.0 * fmax(10000.0 - rent[i], 0.0), limit = 0.0;
        for (int k = 0; k < 3; k++) limit = fmax(limit, fmin((double)b.cap[k], 200000.0 + left * (double)b.loan[k]));
        assert_int_equal(may[i], rent[i] <= b.rent_max[i % KJ_TENURE_COUNT] && price[i] <= limit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(gumbel_has_its_law), cmocka_unit_test(luck_of_areas_is_nearly_normal), cmocka_unit_test(shares_are_logit),
                                       cmocka_unit_test(irrelevant_homes_leave_tastes_alone), cmocka_unit_test(samples_are_uniform),
                                       cmocka_unit_test(correction_keeps_the_share_that_stays), cmocka_unit_test(areas_follow_their_weights), cmocka_unit_test(weights_follow_distance), cmocka_unit_test(side_by_side_is_one_by_one),
                                       cmocka_unit_test(eligible_homes_keep_the_bounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
