/* Whole-map arithmetic against plain loops, distances against brute force, and the city's vocabulary in Lua. */
#include "../shared/script_world.h"

#include <lauxlib.h>
#include <math.h>

#include "../../core/script/cells.h"
#include "../../core/script/cells_masked.h"
#include "../../core/script/city.h"
#include "../../core/script/kept.h"
#include "../../core/script/past.h"
#include "../../core/script/scenario.h"

enum { N = 1100000 }; /* several blocks, so that the parallel path runs; not a whole number of chunks */

/* Some values without a pattern. */
static uint32_t scramble(uint32_t i) { return (i * 2654435761u) ^ (i >> 7); }

typedef struct arrays {
    uint8_t *bytes, *mask, *out;
    int32_t *whole;
    float *real, *result;
} arrays;

static void make(arrays *a)
{
    *a = (arrays){malloc(N), malloc(N), malloc(N), malloc(N * sizeof(int32_t)), malloc(N * sizeof(float)), malloc(N * sizeof(float))};
    for (uint32_t i = 0; i < N; i++) {
        a->bytes[i] = (uint8_t)(scramble(i) % 8);
        a->mask[i] = (uint8_t)(scramble(i + 1) % 2);
        a->whole[i] = (int32_t)(scramble(i + 2) % 2000) - 1000;
        a->real[i] = (float)(scramble(i + 3) % 1000) / 8.0f;
    }
}

static void drop(arrays *a)
{
    free(a->bytes), free(a->mask), free(a->out), free(a->whole), free(a->real), free(a->result);
}

static void test_compare_and_combine(void **state)
{
    (void)state;
    arrays a;
    make(&a);
    kj_cells bytes = {a.bytes, KJ_U8, 0}, whole = {a.whole, KJ_I32, 0}, real = {a.real, KJ_F32, 0};
    kj_cells_compare(N, whole, KJ_LT, real, a.out);
    for (size_t i = 0; i < N; i++) assert_true(a.out[i] == ((double)a.whole[i] < (double)a.real[i]));
    kj_cells_compare(N, bytes, KJ_GE, kj_cells_number(3), a.out);
    int64_t count = 0;
    for (size_t i = 0; i < N; i++) {
        assert_true(a.out[i] == (a.bytes[i] >= 3));
        count += a.bytes[i] >= 3;
    }
    assert_int_equal(kj_mask_count(N, a.out), count);
    kj_cells_arithmetic(N, whole, KJ_TIMES, real, a.result);
    for (size_t i = 0; i < N; i++) assert_true(a.result[i] == (float)((double)a.whole[i] * (double)a.real[i]));
    kj_cells_arithmetic(N, kj_cells_number(1), KJ_MINUS, bytes, a.result);
    for (size_t i = 0; i < N; i++) assert_true(a.result[i] == (float)(1 - a.bytes[i]));
    bool wanted[256] = {[2] = true, [5] = true};
    kj_cells_any_of(N, bytes, wanted, a.out);
    for (size_t i = 0; i < N; i++) assert_true(a.out[i] == (a.bytes[i] == 2 || a.bytes[i] == 5));
    kj_cells_has_bits(N, bytes, 6, a.out);
    for (size_t i = 0; i < N; i++) assert_true(a.out[i] == ((a.bytes[i] & 6) != 0));
    drop(&a);
}

static void test_masks_and_summaries(void **state)
{
    (void)state;
    arrays a;
    make(&a);
    uint8_t *other = malloc(N);
    kj_cells whole = {a.whole, KJ_I32, 0};
    kj_cells_compare(N, whole, KJ_GT, kj_cells_number(0), other);
    kj_masks_combine(N, a.mask, KJ_MASK_MINUS, other, a.out);
    for (size_t i = 0; i < N; i++) assert_true(a.out[i] == (a.mask[i] && !other[i]));
    kj_masks_combine(N, a.mask, KJ_MASK_XOR, other, a.out);
    for (size_t i = 0; i < N; i++) assert_true(a.out[i] == (a.mask[i] != other[i]));
    kj_mask_invert(N, a.mask, a.out);
    assert_int_equal(kj_mask_count(N, a.mask) + kj_mask_count(N, a.out), N);
    int64_t sum = 0, n = 0;
    for (size_t i = 0; i < N; i++)
        if (a.mask[i]) sum += a.whole[i], n++;
    assert_true(kj_cells_sum(N, whole, a.mask) == (double)sum && kj_mask_count(N, a.mask) == n);
    a.whole[N - 1] = 5000;
    a.mask[N - 1] = 1;
    assert_int_equal(kj_cells_first_outside(N, whole, a.mask, -1000, 1000), N - 1);
    free(other);
    drop(&a);
}

/* Sums and extremes of each type against plain loops; floats are summed in an order of their own, here by eighths, which are exact. */
static void test_summaries_of_each_type(void **state)
{
    (void)state;
    arrays a;
    make(&a);
    a.real[5] = NAN; /* no number: neither least nor greatest */
    a.mask[5] = 1;
    kj_cells cells[3] = {{a.bytes, KJ_U8, 0}, {a.whole, KJ_I32, 0}, {a.real, KJ_F32, 0}};
    for (int t = 0; t < 3; t++)
        for (int masked = 0; masked < 2; masked++) {
            const uint8_t *mask = masked ? a.mask : NULL;
            double sum = 0.0, least = HUGE_VAL, greatest = -HUGE_VAL;
            for (size_t i = 0; i < N; i++) {
                double v = t == 0 ? a.bytes[i] : t == 1 ? (double)a.whole[i] : (double)a.real[i];
                if ((mask && !mask[i]) || isnan(v)) continue;
                sum += v;
                least = fmin(least, v), greatest = fmax(greatest, v);
            }
            assert_true(kj_cells_extreme(N, cells[t], mask, false) == least && kj_cells_extreme(N, cells[t], mask, true) == greatest);
            if (t < 2) assert_true(kj_cells_sum(N, cells[t], mask) == sum);
            if (t == 2) {
                a.real[5] = 0.0f;
                assert_true(kj_cells_sum(N, cells[t], mask) == sum);
                a.real[5] = NAN;
            }
        }
    memset(a.mask, 0, N);
    assert_true(kj_cells_extreme(N, cells[1], a.mask, true) == -HUGE_VAL && kj_cells_sum(N, cells[2], a.mask) == 0.0);
    drop(&a);
}

/* The order of a sum, written as plainly as can be: 1024 cells at a time, in 16 lanes. */
static double plain_sum(double sum, size_t n, const float *v, const uint8_t *mask)
{
    for (size_t from = 0; from < n; from += 1024) {
        double lane[16] = {0.0}, part = 0.0;
        for (size_t k = from; k < n && k < from + 1024; k++) lane[k % 16] += !mask || mask[k] ? (double)v[k] : 0.0;
        for (int l = 0; l < 16; l++) part += lane[l];
        sum += part;
    }
    return sum;
}

static bool same_bits(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

static void assert_bytes_with_number(masked_width width, size_t n, const uint8_t *v, float *out)
{
    for (kj_arithmetic op = KJ_PLUS; op <= KJ_OVER; op++)
        for (int first = 0; first < 2; first++) {
            masked_number_u8(width, n, v, op, 1.1f, first, out);
            for (size_t k = 0; k < n; k++) {
                float l = first ? 1.1f : (float)v[k], r = first ? (float)v[k] : 1.1f;
                assert_true(out[k] == (op == KJ_PLUS ? l + r : op == KJ_MINUS ? l - r : op == KJ_TIMES ? l * r : l / r));
            }
        }
}

/* Registers of every width that this processor has give the same bits, wherever a row begins and ends; what the mask leaves out does not count, not even no number. */
static void test_every_width_gives_the_same_bits(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 7, 8, 15, 16, 17, 33, 63, 64, 65, 1000, 1023, 1024, 1025, 9300};
    arrays a;
    make(&a);
    for (size_t i = 0; i < 10000; i++) a.real[i] = ((float)(scramble((uint32_t)i) % 100000) - 50000.0f) / 7.0f;
    for (size_t i = 0; i < 10000; i += 100) a.real[i] = i % 200 ? NAN : HUGE_VALF, a.mask[i] = 0;
    for (size_t i = 50; i < 10000; i += 100) a.real[i] = i % 200 == 50 ? -0.0f : 0.0f;
    for (int width = MASKED_PLAIN; width <= (int)masked_widest(); width++)
        for (size_t from = 0; from < 40; from += width == MASKED_PLAIN ? 7 : 1)
            for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
                const size_t n = lengths[l];
                const float *v = a.real + from;
                const int32_t *w = a.whole + from;
                const uint8_t *mask = a.mask + from, *bytes = a.bytes + from;
                int64_t whole = 0, small = 0, n_held = 0, counted = 0;
                float least = HUGE_VALF, greatest = -HUGE_VALF;
                int32_t low = INT32_MAX, high = INT32_MIN;
                uint8_t lowest = UINT8_MAX, highest = 0;
                for (size_t k = 0; k < n; k++) {
                    if (!mask[k]) continue;
                    whole += w[k];
                    small += bytes[k];
                    lowest = bytes[k] < lowest ? bytes[k] : lowest, highest = bytes[k] > highest ? bytes[k] : highest;
                    n_held++;
                    least = fminf(least, v[k]), greatest = fmaxf(greatest, v[k]);
                    low = w[k] < low ? w[k] : low, high = w[k] > high ? w[k] : high;
                }
                assert_true(same_bits(masked_sum_f32((masked_width)width, 0.1, n, v, mask, &counted), plain_sum(0.1, n, v, mask)));
                assert_true(masked_sum_i32((masked_width)width, n, w, mask, &counted) == whole);
                assert_true(masked_sum_u8((masked_width)width, n, bytes, mask, &counted) == small);
                assert_true(counted == 3 * n_held && masked_count((masked_width)width, n, mask) == n_held);
                assert_true(masked_extreme_u8((masked_width)width, n, bytes, mask, false) == lowest && masked_extreme_u8((masked_width)width, n, bytes, mask, true) == highest);
                assert_true(same_bits(masked_sum_f32((masked_width)width, 0.1, n, a.real + 10000, NULL, &counted), plain_sum(0.1, n, a.real + 10000, NULL)));
                assert_true(counted == 3 * n_held + (int64_t)n);
                assert_bytes_with_number((masked_width)width, n, bytes, a.result);
                assert_true(same_bits(masked_extreme_f32((masked_width)width, n, v, mask, false), (double)least + 0.0));
                assert_true(same_bits(masked_extreme_f32((masked_width)width, n, v, mask, true), (double)greatest + 0.0));
                assert_true(masked_extreme_i32((masked_width)width, n, w, mask, false) == (double)low);
                assert_true(masked_extreme_i32((masked_width)width, n, w, mask, true) == (double)high);
            }
    kj_cells real = {a.real + 4000, KJ_F32, 0};
    const size_t n = 2 * 65536 + 5000; /* blocks are not seen in a sum */
    double mean;
    assert_true(same_bits(kj_cells_sum(n, real, NULL), plain_sum(0.0, n, a.real + 4000, NULL)));
    assert_true(same_bits(kj_cells_sum(n, real, a.mask), plain_sum(0.0, n, a.real + 4000, a.mask)));
    assert_true(kj_cells_mean(n, real, a.mask, &mean) && same_bits(mean, plain_sum(0.0, n, a.real + 4000, a.mask) / (double)kj_mask_count(n, a.mask)));
    drop(&a);
}

/* Arithmetic in narrow registers gives the bits of doubles rounded once, also where values ("no way") are not exact in a float. */
static void test_arithmetic_keeps_the_bits_of_doubles(void **state)
{
    (void)state;
    static const double numbers[] = {60.0, 7.0, 1.2, 0.1, -3.0, 16777217.0, 1e-3};
    enum { SOME = 150001 };
    arrays a;
    make(&a);
    for (size_t i = 0; i < N; i++) {
        if (i % 6 == 0) a.whole[i] = INT32_MAX; /* one value that is no float, */
        if (i % 20000 == 19999) a.whole[i] = 16777217 + (int32_t)(i % 1000); /* and yet others here and there */
        if (i % 30001 == 30000) a.whole[i] = INT32_MIN;
        a.real[i] *= 0.3f;
    }
    kj_cells cells[3] = {{a.bytes, KJ_U8, 0}, {a.whole, KJ_I32, 0}, {a.real, KJ_F32, 0}};
    for (int t = 0; t < 3; t++)
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            for (kj_arithmetic op = KJ_PLUS; op <= KJ_OVER; op++)
                for (int first = 0; first < 2; first++) {
                    kj_cells number = kj_cells_number(numbers[k]);
                    kj_cells_arithmetic(SOME, first ? number : cells[t], op, first ? cells[t] : number, a.result);
                    for (size_t i = 0; i < SOME; i++) {
                        double v = t == 0 ? a.bytes[i] : t == 1 ? (double)a.whole[i] : (double)a.real[i];
                        double l = first ? numbers[k] : v, r = first ? v : numbers[k];
                        float expected = (float)(op == KJ_PLUS ? l + r : op == KJ_MINUS ? l - r : op == KJ_TIMES ? l * r : l / r);
                        if (memcmp(&a.result[i], &expected, sizeof expected) != 0 && !(isnan(expected) && isnan(a.result[i])))
                            fail_msg("type %d, operation %d, %g and %g: %a, not %a", t, (int)op, l, r, (double)a.result[i], (double)expected);
                    }
                }
    kj_cells_compare(N, cells[1], KJ_LT, cells[1], a.out);
    assert_null(memchr(a.out, 1, N));
    kj_cells_compare(N, cells[2], KJ_GE, cells[2], a.out);
    assert_null(memchr(a.out, 0, N));
    bool wanted[256] = {[1] = true, [2] = true, [4] = true, [5] = true, [7] = true};
    for (int n = 5; n > 0; n--) { /* five words, four, ... */
        kj_cells_any_of(N, cells[0], wanted, a.out);
        for (size_t i = 0; i < N; i++) assert_true(a.out[i] == wanted[a.bytes[i]]);
        for (int w = 0; w < 256; w++)
            if (wanted[w]) {
                wanted[w] = false;
                break;
            }
    }
    drop(&a);
}

/* Whole numbers are divided by way of the reciprocal: it gives the bits of a division, also halfway between two floats and right beside, and for numbers of every size. */
static void test_division_by_the_reciprocal_is_exact(void **state)
{
    (void)state;
    static const float numbers[] = {3, 7, 60, 127, 8388609, 16777213, 16777215, 0.1f, -0.3f, 1.0f / 3, 0x1.fffffep40f, 0x1.000002p-40f, 0x1p60f, 0x1p61f, 0x1p-61f, 0};
    enum { SOME = 40000 };
    int32_t *v = malloc(SOME * sizeof *v);
    float *out = malloc(SOME * sizeof *out);
    for (int32_t i = 0; i < SOME; i++) {
        const int32_t times[] = {1, 3, 7, 15, 127}, halfway = (1 << 24) + 1 + 2 * (i % 60);
        v[i] = i % 4 == 0 ? i - SOME / 2 : i % 4 == 1 ? (int32_t)scramble((uint32_t)i) : halfway * times[i / 8 % 5] + i / 64 % 3 - 1;
    }
    v[0] = 0, v[4] = INT32_MAX, v[8] = INT32_MIN;
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        kj_cells_arithmetic(SOME, (kj_cells){v, KJ_I32, 0}, KJ_OVER, kj_cells_number((double)numbers[k]), out);
        for (int32_t i = 0; i < SOME; i++) {
            float expected = (float)((double)v[i] / (double)numbers[k]);
            if (memcmp(&out[i], &expected, sizeof expected) != 0 && !(isnan(expected) && isnan(out[i])))
                fail_msg("%d / %a: %a, not %a", v[i], (double)numbers[k], (double)out[i], (double)expected);
        }
    }
    free(v), free(out);
}

static void test_store(void **state)
{
    (void)state;
    arrays a;
    make(&a);
    uint8_t *before = malloc(N);
    memcpy(before, a.bytes, N);
    kj_cells_store(N, a.bytes, KJ_U8, a.mask, KJ_STORE_RAISE, kj_cells_number(4));
    for (size_t i = 0; i < N; i++) assert_true(a.bytes[i] == (a.mask[i] && before[i] < 4 ? 4 : before[i]));
    memcpy(before, a.bytes, N);
    kj_cells_store(N, a.bytes, KJ_U8, a.mask, KJ_STORE_BITS_ON, kj_cells_number(2));
    for (size_t i = 0; i < N; i++) assert_true(a.bytes[i] == (a.mask[i] ? before[i] | 2 : before[i]));
    kj_cells_store(N, a.bytes, KJ_U8, NULL, KJ_STORE_BITS_OFF, kj_cells_number(2));
    for (size_t i = 0; i < N; i++) assert_true((a.bytes[i] & 2) == 0);
    kj_cells real = {a.real, KJ_F32, 0};
    kj_cells_store(N, a.whole, KJ_I32, a.mask, KJ_STORE_SET, real); /* nearest whole number */
    for (size_t i = 0; i < N; i++)
        if (a.mask[i]) assert_int_equal(a.whole[i], (int32_t)floor((double)a.real[i] + 0.5));
    free(before);
    drop(&a);
}

static void test_distance_is_exact(void **state)
{
    (void)state;
    static const struct { int32_t nx, ny, n_points; } worlds[] = {{1, 1, 1}, {7, 1, 1}, {1, 9, 2}, {40, 25, 1}, {33, 47, 7}, {50, 50, 300}, {64, 3, 2}};
    for (size_t w = 0; w < sizeof worlds / sizeof *worlds; w++) {
        kj_grid grid = {.nx = worlds[w].nx, .ny = worlds[w].ny, .cell_m = 50};
        int32_t n = kj_grid_cells(&grid);
        uint8_t *mask = calloc((size_t)n, 1);
        float *metres = malloc((size_t)n * sizeof *metres);
        void *work = malloc(kj_cells_distance_work(&grid));
        for (int32_t p = 0; p < worlds[w].n_points; p++) mask[scramble((uint32_t)p + 77) % (uint32_t)n] = 1;
        kj_cells_distance(&grid, mask, metres, work);
        for (int32_t cell = 0; cell < n; cell++) {
            int64_t best = INT64_MAX;
            for (int32_t other = 0; other < n; other++)
                if (mask[other] && kj_grid_distance2(&grid, cell, other) < best) best = kj_grid_distance2(&grid, cell, other);
            assert_true(metres[cell] == (float)(50.0 * sqrt((double)best)));
        }
        static const double reaches[] = {0, 49.9, 50, 70.7, 70.8, 111.8033988749895, 250, 1e4, HUGE_VAL, -1};
        uint8_t *near = malloc((size_t)n);
        for (size_t r = 0; r < sizeof reaches / sizeof *reaches; r++) { /* near is what the distances say */
            kj_cells_near(&grid, mask, reaches[r], near, work);
            for (int32_t cell = 0; cell < n; cell++) assert_int_equal(near[cell], (double)metres[cell] <= reaches[r]);
        }
        memset(mask, 0, (size_t)n);
        kj_cells_near(&grid, mask, 1e9, near, work);
        assert_null(memchr(near, 1, (size_t)n));
        free(near);
        kj_cells_distance(&grid, mask, metres, work);
        assert_true(isinf(metres[0]) && isinf(metres[n - 1]));
        free(mask), free(metres), free(work);
    }
}

/* ---- in Lua ---- */

typedef struct probe {
    kj_sandbox *box;
    kj_city *city;
    kj_sim *sim;
} probe;

static int call_with_city(lua_State *L)
{
    const probe *p = lua_touserdata(L, 1);
    lua_getglobal(L, "test");
    kj_city_push(L, p->city);
    lua_call(L, 1, 0);
    return 0;
}

static int keep_test(lua_State *L)
{
    lua_pushvalue(L, 1);
    lua_setglobal(L, "test");
    return 0;
}

static int open_test(lua_State *L)
{
    lua_register(L, "try", keep_test);
    return 0;
}

/* Runs the body of a function(city) in January 2025 and keeps or undoes its changes. */
static kj_status with_city(kj_error *err, kj_sim *sim, const char *body)
{
    probe p = {NULL, NULL, sim};
    char text[4000];
    err->text[0] = 0;
    snprintf(text, sizeof text, "try(function(city) %s end)", body);
    assert_int_equal(kj_sandbox_new(err, NULL, &p.box), KJ_OK);
    assert_int_equal(kj_sandbox_protect(err, p.box, open_test, NULL, "test"), KJ_OK);
    assert_int_equal(kj_city_new(err, p.box, NULL, NULL, &p.city), KJ_OK);
    kj_status status = kj_sandbox_run_text(err, p.box, "t.lua", text, strlen(text));
    if (!status) {
        kj_city_begin(p.city, sim, KJ_MONTH(2025, 1));
        status = kj_sandbox_protect(err, p.box, call_with_city, &p, "test");
        kj_city_end(p.city, status == KJ_OK);
    }
    kj_city_free(p.city);
    kj_sandbox_free(p.box);
    return status;
}

static void holds(kj_sim *sim, const char *body)
{
    kj_error err;
    if (with_city(&err, sim, body)) fail_msg("%s: %s", body, err.text);
}

static void refused(kj_sim *sim, const char *body, const char *message)
{
    kj_error err;
    char before[33], after[33];
    kj_sim_hash(sim, before);
    assert_int_equal(with_city(&err, sim, body), KJ_E_FAILED);
    if (!strstr(err.text, message)) fail_msg("%s\n gave: %s\n expected: %s", body, err.text, message);
    kj_sim_hash(sim, after);
    assert_string_equal(before, after);
}

static kj_sim *started(void)
{
    kj_sim *sim = land_sim();
    land_start(sim);
    return sim;
}

static void test_city_reads(void **state)
{
    (void)state;
    kj_sim *sim = started();
    holds(sim, "assert(city.year == 2025 and city.month == 1 and city.start_year == 2021 and city.end_year == 2030 and city.cell_m == 100)");
    holds(sim, "assert(city:layer('land_use'):is('farmland'):count() == 16 and city:layer('land_use'):eq('flats'):count() == 8)");
    holds(sim, "assert(city:layer('land_use'):is('farmland', 'forest'):count() == 32 and city:everywhere():count() == 96)");
    holds(sim, "assert(city:layer('farmland_class'):ge(3):count() == 12 and city:layer('farmland_class'):sum() == 72)");
    holds(sim, "local a, w = city:layer('area'), city:layer('land_use'):is('water') assert((~w & a:eq(0)):count() == 32 and (w | a:eq(1)):count() == 32)");
    holds(sim, "local far = city:layer('max_far') assert((far * 2 + 1):highest() == 3 and (1 - far):lowest() == 0 and (-far):lowest() == -1)");
    holds(sim, "assert((city:layer('max_far') / 2):mean(city:layer('land_use'):is('flats')) == 0.5)");
    holds(sim, "local d = city:distance({x = 500050, y = 6400750}) assert(d:at(500050, 6400750) == 0 and d:at(500350, 6400350) == 500)");
    holds(sim, "assert(city:near({{x = 500050, y = 6400750}}, 100):count() == 3 and city:near(city:areas('town'), 0):count() == 1)");
    holds(sim, "assert(city:near(city:layer('land_use'):is('park'), 100):count() == 16)");
    holds(sim, "local a = city:areas() assert(#a == 3 and a[2].name == 'Byn' and a[2].kind == 'locality' and a[1].population == 1500)\n"
               "assert(a[2].cells():count() == 16)");
    holds(sim, "assert(city:indicator('municipality', 'population') == 1850 and city:indicator('area', 'children_6_15', 'Byn') == 400)");
    holds(sim, "assert(city:param('land.pace') == 0.5 and city:inside(500050, 6400750) and not city:inside(0, 0))");
    holds(sim, "local f = city:facilities('school') assert(#f == 1 and f[1].places == 200 and f[1].open and f[1].from_grade == 0 and f[1].to_grade == 9)");
    holds(sim, "assert(#city:programme() == 0 and #city:projects() == 0)");
    kj_sim_free(sim);
}

/* A year that was kept answers with what stood then, by row or summed, also of rows that came later; years before it do not. */
static void test_city_asks_the_past(void **state)
{
    (void)state;
    kj_error err;
    kj_sim *sim = started();
    kj_store *store = kj_sim_store(sim);
    assert_int_equal(script_past_keep(&err, NULL, sim, KJ_MONTH(2022, 12)), KJ_OK);
    land_put(store, "area", "population", 1, 700);
    land_put(store, "municipality", "births", 0, 12);
    assert_int_equal(script_past_keep(&err, NULL, sim, KJ_MONTH(2023, 12)), KJ_OK);
    land_put(store, "area", "population", 1, 900);
    land_put(store, "municipality", "births", 0, 0);
    holds(sim, "city:facility{kind = 'school', name = 'Nya skolan', x = 500050, y = 6400750, places = 50, from_grade = 0, to_grade = 6}");
    holds(sim, "assert(city:indicator('area', 'population', 'Byn') == 900 and city:indicator('area', 'population', 'B2', 2023) == 700 and city:indicator('area', 'population', 'Byn', city.year - 3) == 300)");
    holds(sim, "assert(city:indicator('area', 'population', 2022) == 1850 and city:indicator('area', 'population', nil, 2023) == 2250 and city:indicator('area', 'population') == 2450)");
    holds(sim, "assert(city:indicator('area', 'population', 2021) == nil and city:indicator('area', 'population', 'Byn', 1950) == nil)");
    holds(sim, "assert(city:indicator('facility', 'pupils', 'Gamla skolan', 2023) ~= nil and city:indicator('facility', 'pupils', 'Nya skolan', 2023) == nil)");
    holds(sim, "assert(city:indicator('municipality', 'births', 2023) == 12)"); /* a yearly count of a whole year */
    refused(sim, "city:indicator('municipality', 'births')", "ask for the year before, with city.year - 1");
    refused(sim, "city:indicator('area', 'population', 2025)", "area.population: the year 2025 is not over in 2025-01; leave the year out for the latest value");
    refused(sim, "city:indicator('area', 'population', 2023.5)", "expected a year from 1900 to 2500, found 2023.5");
    refused(sim, "city:indicator('area', 'population', 3)", "expected a year from 1900 to 2500, found 3");
    refused(sim, "city:indicator('area', 'population', 2023, 'Byn')", "write city:indicator(table, column, name, year): the year comes last");
    refused(sim, "city:indicator('area', 'population', 2501)", "expected a year from 1900 to 2500, found 2501");
    refused(sim, "city:indicator('area', 'population', 'Byn', 'x')", "number expected");
    refused(sim, "city:indicator('cell', 'land_use', 2023)", "the past is kept of tables whose rows have a name or a code, and 'cell' has neither");
    kj_sim_free(sim);
}

static void count_deed(void *data, const kj_policy_deed *deed) { *(int64_t *)data += deed->n; }

/* A checkpoint may come from anywhere: a change that is cut off, or whose text does not end, is not read. */
static void test_damaged_records_are_passed_over(void **state)
{
    (void)state;
    kj_sim *sim = started();
    int64_t n = 0;
    kept_change *whole = (kept_change *)kept_add(sim, KEPT_CHANGE, 2023, 0, sizeof *whole);
    whole->n = 5;
    assert_non_null(kept_add(sim, KEPT_CHANGE, 2023, 0, sizeof(kept_head)));
    kept_change *endless = (kept_change *)kept_add(sim, KEPT_CHANGE, 2023, 0, sizeof *endless);
    endless->n = 3;
    memset(endless->what, 'x', sizeof endless->what);
    kj_policies_deeds(sim, count_deed, &n);
    assert_int_equal(n, 5);
    kj_sim_free(sim);
}

static void test_city_refuses(void **state)
{
    (void)state;
    kj_sim *sim = started();
    refused(sim, "city:layer('landuse')", "did you mean 'land_use'");
    refused(sim, "city:layer('land_use'):is('wood')", "it has: water farmland forest");
    refused(sim, "city:layer('area'):set(city:everywhere(), 1)", "cannot be changed by a policy; these layers can: land_use, protection, zoning, max_far");
    refused(sim, "(city:layer('max_far') + 1):set(city:everywhere(), 1)", "a temporary layer cannot be changed");
    refused(sim, "city:layer('max_far'):set(city:everywhere(), 11)", "expected 0 to 10, found 11");
    refused(sim, "city:layer('max_far'):set(city:everywhere(), 0/0)", "expected 0 to 10");
    refused(sim, "city:layer('max_far'):set(city:everywhere(), city:layer('max_far') / 0)", "a value outside 0 to 10 at row");
    refused(sim, "city:layer('protection'):bits_on(city:everywhere(), 'wood')", "nature farmland green");
    refused(sim, "city:layer('land_use'):set(1, 'forest')", "mask expected");
    refused(sim, "city:layers('x')", "a city has no 'layers'; did you mean 'layer'?");
    refused(sim, "city.yaer = 1", "cannot be assigned");
    refused(sim, "local y = city.yeer", "did you mean 'year'");
    refused(sim, "city:indicator('municipality', 'births')", "yearly count");
    refused(sim, "city:indicator('area', 'population', 'Bym')", "no row with the name or code 'Bym'");
    refused(sim, "city:near({x = 0, y = 0}, 10)", "outside the map");
    refused(sim, "city:set_param('land.pacee', 1)", "land.pace");
    refused(sim, "city:set_param('land.pace', 2)", "expected 0 to 1");
    refused(sim, "city:project{ name = 'A', area = 'Staden' }", "at least one home");
    refused(sim, "city:project{ name = 'A', area = 'Stadn', rental = 1 }", "did you mean 'Staden'");
    refused(sim, "city:project{ name = 'A', x = 1, y = 1, rental = 1 }", "outside the map");
    refused(sim, "city:project{ name = 'A', area = 'Byn', rental = 1, small_houses = 2 }", "at most the 1 homes");
    refused(sim, "city:project{ name = 'A', area = 'Byn', rentals = 1 }", "did you mean 'rental'");
    refused(sim, "city:facility{ kind = 'school', name = 'B', area = 'Byn', places = 100, from_grade = 4, to_grade = 2 }", "to_grade");
    refused(sim, "city:facility{ kind = 'library', name = 'B', area = 'Byn', places = 100, from_grade = 4 }", "only a school");
    refused(sim, "city:set_places(99, 1)", "no facility with the id 99");
    refused(sim, "for i = 1, 1e6 do local a = city:layer('max_far') + i end while true do end", "works without end");
    kj_sim_free(sim);
}

static void test_city_writes(void **state)
{
    (void)state;
    kj_sim *sim = started();
    holds(sim, "local built = city:layer('land_use'):is('small_houses', 'flats')\n"
               "city:layer('max_far'):max(built, 0.5)\n"
               "city:layer('zoning'):set(built, 'mixed')\n"
               "city:layer('protection'):bits_on(city:layer('farmland_class'):ge(5), 'farmland')\n"
               "city:layer('protection'):bits_on(city:everywhere(), 'green')\n"
               "city:layer('protection'):bits_off(city:layer('land_use'):is('water'), 'green')");
    assert_true(land_value(sim, "cell", "max_far", 2) == 0.5 && land_value(sim, "cell", "max_far", 3) == 1.0 && land_value(sim, "cell", "max_far", 8) == 0.0);
    assert_true(land_value(sim, "cell", "zoning", 2) == KJ_ZONE_MIXED && land_value(sim, "cell", "zoning", 8) == KJ_ZONE_NONE);
    assert_true(land_value(sim, "cell", "protection", 0) == 0 && land_value(sim, "cell", "protection", 6) == KJ_PROTECT_GREEN);
    assert_true(land_value(sim, "cell", "protection", 4 * LAND_NX + 6) == (KJ_PROTECT_GREEN | KJ_PROTECT_FARMLAND));
    holds(sim, "assert(city:layer('protection'):has('farmland'):count() == 8 and city:layer('protection'):has('farmland', 'green'):count() == 80)");
    /* Expressions reuse the buffers of what was collected. */
    const kj_memory *memory = kj_sim_memory(sim);
    int64_t before = memory->bytes;
    holds(sim, "local sum = city:layer('max_far') for i = 1, 2000 do sum = sum + 1 end assert(sum:at(500050, 6400750) == 2000)");
    holds(sim, "local m, kept = city:everywhere(), {} for i = 1, 2000 do local x = ~m kept[i % 3] = x end assert(kept[0]:count() == 0)");
    assert_true(memory->bytes - before <= 8 * 128 + 8 * 384); /* eight masks and eight layers: what both loops hold, and little more */
    /* Who holds as many as one may, and lets an old one go for a new one, is not refused it. */
    for (int early = 20; early < 24; early++) {
        char text[256];
        snprintf(text, sizeof text, "local m, kept = city:everywhere(), {} for i = 1, 255 do kept[i] = ~m if i == %d then kept[1] = nil kept[1] = ~m end end kept[2] = nil kept[2] = ~m", early);
        holds(sim, text);
    }
    kj_sim_free(sim);
}

static void test_city_builds(void **state)
{
    (void)state;
    kj_sim *sim = started();
    holds(sim, "city:project{ name = 'Kvarteret', area = 'Byn', rental = 20, coop = 10, small_houses = 5, start = 2026, months = 18 }\n"
               "city:project{ name = 'Höjden', x = 500650, y = 6400450, owner = 7, kind = 'programme' }\n"
               "city:project{ name = 'Höjden 2', x = 500650, y = 6400450, owner = 7, kind = 'programme' }\n"
               "local p = city:projects() assert(#p == 3 and p[1].homes == 30 and p[2].name == 'Höjden' and p[2].kind == 'programme' and p[1].start == 2026)");
    assert_int_equal(kj_store_table(kj_sim_store(sim), "project")->n_alive, 3);
    assert_string_equal(land_name(sim, "project", 0), "Kvarteret");
    assert_true(land_value(sim, "project", "cell", 0) == 4 * LAND_NX + 10 && land_value(sim, "project", "area", 0) == 1);
    assert_true(land_value(sim, "project", "start", 0) == KJ_MONTH(2026, 1) && land_value(sim, "project", "completion", 0) == KJ_MONTH(2027, 7));
    assert_true(land_value(sim, "project", "start", 1) == KJ_MONTH(2025, 1) && land_value(sim, "project", "stage", 1) == KJ_PROJECT_PLANNED);
    const uint64_t *luck = kj_store_data(kj_sim_store(sim), "project", "luck", KJ_KEY);
    assert_true(luck[0] != 0 && luck[1] != luck[2]); /* two on one cell do not share their luck */
    holds(sim, "local id = city:facility{ kind = 'school', name = 'Byskolan', area = 'B2', places = 120, from_grade = 0, to_grade = 9 }\n"
               "city:set_places(id, 140) city:close(city:facilities('school')[1])\n"
               "city:facility{ kind = 'preschool', name = 'Ängen', area = 'B2', places = 60 }\n"
               "assert(not city:facilities()[1].open and city:facilities()[2].places == 140)");
    assert_true(land_value(sim, "facility", "closed", 0) == KJ_MONTH(2025, 1));
    assert_true(land_value(sim, "facility", "grade_lo", 1) == 2 && land_value(sim, "facility", "grade_hi", 1) == 11);
    assert_true(land_value(sim, "facility", "municipality", 1) == 1 && land_value(sim, "facility", "opened", 1) == KJ_MONTH(2025, 1));
    assert_true(land_value(sim, "facility", "grade_lo", 2) == 1);
    /* The last municipal school with a grade stays; with another one that teaches its grades it may close. */
    kj_error err;
    assert_int_equal(KJ_E_FAILED, with_city(&err, sim, "city:close(city:facilities('school')[2])"));
    assert_non_null(strstr(err.text, "Byskolan cannot be closed: it is the last municipal school with a preschool class"));
    assert_int_equal(KJ_E_FAILED, with_city(&err, sim, "city:facility{ kind = 'school', name = 'Norra', area = 'B2', places = 90, from_grade = 0, to_grade = 5 } "
                                                       "city:close(city:facilities('school')[2])"));
    assert_non_null(strstr(err.text, "it is the last municipal school that teaches grade 6"));
    holds(sim, "city:facility{ kind = 'school', name = 'Norra', area = 'B2', places = 90, from_grade = 0, to_grade = 9 } city:close(city:facilities('school')[2])");
    kj_sim_free(sim);
}

static void test_failed_call_leaves_the_city_alone(void **state)
{
    (void)state;
    kj_error err;
    kj_sim *sim = started();
    char before[33], after[33];
    double pace;
    kj_sim_hash(sim, before);
    assert_int_equal(with_city(&err, sim,
                               "city:layer('max_far'):set(city:everywhere(), 2) city:layer('land_use'):set(city:everywhere(), 'forest')\n"
                               "city:set_param('land.pace', 0.1) city:set_param('land.pace', 0.9)\n"
                               "for i = 1, 50 do city:project{ name = 'P' .. i, area = 'Byn', rental = 9 } end\n"
                               "city:facility{ kind = 'hall', name = 'Hallen', area = 'Byn', places = 20 } city:close(1) city:close(2) city:set_places(2, 7)\n"
                               "error('too late')"),
                     KJ_E_FAILED);
    assert_non_null(strstr(err.text, "too late"));
    kj_sim_hash(sim, after);
    assert_string_equal(before, after);
    assert_int_equal(kj_store_table(kj_sim_store(sim), "project")->n_rows, 0);
    assert_int_equal(kj_store_table(kj_sim_store(sim), "project")->next_id, 1);
    kj_sim_get_param(&err, sim, "land.pace", &pace);
    assert_true(pace == 0.5);
    holds(sim, "city:project{ name = 'Ny', area = 'Byn', rental = 9 }"); /* new rows read zero where nothing is written */
    assert_true(land_value(sim, "project", "n_coop", 0) == 0);
    kj_sim_free(sim);
}

static void test_objects_end_with_the_call(void **state)
{
    (void)state;
    kj_error err;
    kj_sandbox *box;
    kj_city *city;
    kj_sim *sim = started();
    const char *text = "local kept try(function(city) if kept then kept:count() end kept = city:everywhere() end)";
    assert_int_equal(kj_sandbox_new(&err, NULL, &box), KJ_OK);
    assert_int_equal(kj_sandbox_protect(&err, box, open_test, NULL, "test"), KJ_OK);
    assert_int_equal(kj_city_new(&err, box, NULL, NULL, &city), KJ_OK);
    assert_int_equal(kj_sandbox_run_text(&err, box, "t.lua", text, strlen(text)), KJ_OK);
    probe p = {box, city, sim};
    kj_city_begin(city, sim, KJ_MONTH(2025, 1));
    assert_int_equal(kj_sandbox_protect(&err, box, call_with_city, &p, "test"), KJ_OK);
    kj_city_end(city, true);
    kj_city_begin(city, sim, KJ_MONTH(2026, 1));
    assert_int_equal(kj_sandbox_protect(&err, box, call_with_city, &p, "test"), KJ_E_FAILED);
    assert_non_null(strstr(err.text, "earlier call"));
    kj_city_end(city, false);
    kj_city_free(city);
    kj_sandbox_free(box);
    kj_sim_free(sim);
}

static void test_vocabulary_is_documented(void **state)
{
    (void)state;
    size_t n = 0;
    for (const kj_binding *b; (b = kj_city_binding(n)) != NULL; n++) {
        assert_true(strlen(b->doc) > 10 && b->doc[strlen(b->doc) - 1] == '.');
        assert_non_null(strstr(b->signature, strcmp(b->name, "+ - * /") == 0 ? "a + b" : b->name));
    }
    assert_true(n > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_compare_and_combine), cmocka_unit_test(test_masks_and_summaries),
                                       cmocka_unit_test(test_summaries_of_each_type), cmocka_unit_test(test_every_width_gives_the_same_bits),
                                       cmocka_unit_test(test_arithmetic_keeps_the_bits_of_doubles), cmocka_unit_test(test_division_by_the_reciprocal_is_exact),
                                       cmocka_unit_test(test_store), cmocka_unit_test(test_distance_is_exact),
                                       cmocka_unit_test(test_city_reads), cmocka_unit_test(test_city_asks_the_past), cmocka_unit_test(test_damaged_records_are_passed_over),
                                       cmocka_unit_test(test_city_refuses),
                                       cmocka_unit_test(test_city_writes), cmocka_unit_test(test_city_builds),
                                       cmocka_unit_test(test_failed_call_leaves_the_city_alone),
                                       cmocka_unit_test(test_objects_end_with_the_call), cmocka_unit_test(test_vocabulary_is_documented)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
