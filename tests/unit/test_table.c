/* Tables: stable ids, compaction that keeps order, growth that keeps values, new rows that read zero. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "../../core/table/marked.h"
#include "../../core/table/table.h"

static kj_store store;
static kj_memory memory;

static int open_store(void **state)
{
    (void)state;
    kj_error err;
    memset(&memory, 0, sizeof memory);
    kj_store_init(&store, &memory);
    kj_column_def value = {.table = "person", .name = "value", .type = KJ_I32, .unit = "1", .doc = "d"};
    return kj_store_add_table(&err, &store, "person", "People.", NULL) || kj_store_add_column(&err, &store, &value, NULL, NULL);
}

static int close_store(void **state)
{
    (void)state;
    kj_store_free(&store);
    return memory.bytes != 0; /* everything that was counted is given back */
}

static kj_column *add_column(const char *name, kj_type type)
{
    kj_error err;
    kj_column_def def = {.table = "person", .name = name, .type = type, .unit = "1", .doc = "d"};
    assert_int_equal(kj_store_add_column(&err, &store, &def, NULL, NULL), KJ_OK);
    return kj_rows_column(kj_store_table(&store, "person"), name);
}

static void test_random_life(void **state)
{
    (void)state;
    enum { STEPS = 4000 };
    static int32_t want[STEPS + 1]; /* value by id, -1 dead */
    kj_error err;
    kj_rows *rows = kj_store_table(&store, "person");
    uint32_t n_ids = 0, alive = 0, lottery = 12345;
    for (int step = 0; step < STEPS; step++) {
        lottery = lottery * 1664525u + 1013904223u;
        if (lottery >> 30 || alive == 0) {
            uint32_t row;
            assert_int_equal(kj_rows_add(&err, &store, rows, 1, &row), KJ_OK);
            n_ids++;
            assert_int_equal(rows->ids[row], n_ids);
            int32_t *value = kj_store_data(&store, "person", "value", KJ_I32);
            assert_int_equal(value[row], 0);
            want[n_ids] = value[row] = step + 1;
            alive++;
        } else {
            uint32_t id = lottery % n_ids + 1;
            if (want[id] >= 0) {
                assert_int_equal(kj_rows_kill(&err, &store, rows, rows->row_of[id]), KJ_OK);
                want[id] = -1;
                alive--;
            }
        }
        if (step % 97 == 0) kj_rows_compact(rows);
        assert_int_equal(rows->n_alive, alive);
    }
    kj_rows_compact(rows);
    assert_int_equal(rows->n_rows, alive);
    const int32_t *value = kj_store_data(&store, "person", "value", KJ_I32);
    for (uint32_t id = 1; id <= n_ids; id++) {
        uint32_t row = rows->row_of[id];
        if (want[id] < 0) assert_int_equal(row, KJ_NO_ROW);
        else assert_int_equal(value[row], want[id]);
    }
    for (uint32_t row = 1; row < rows->n_rows; row++) assert_true(rows->ids[row] > rows->ids[row - 1]);
}

/* Columns of each width, dead rows alone and in rows, in tables of whole and broken sixteens and blocks. */
static void every_width_moves(void **state)
{
    (void)state;
    kj_error err;
    kj_rows *rows = kj_store_table(&store, "person");
    add_column("byte", KJ_U8);
    add_column("half", KJ_I16);
    add_column("key", KJ_KEY);
    uint32_t lottery = 4711;
    for (uint32_t round = 0; round < 40; round++) {
        const uint32_t n = 1 + lottery % 5000, one_in = 1 + round % 7;
        uint32_t first;
        assert_int_equal(kj_rows_add(&err, &store, rows, n, &first), KJ_OK);
        uint8_t *byte = kj_store_data(&store, "person", "byte", KJ_U8);
        int16_t *half = kj_store_data(&store, "person", "half", KJ_I16);
        int32_t *value = kj_store_data(&store, "person", "value", KJ_I32);
        uint64_t *key = kj_store_data(&store, "person", "key", KJ_KEY);
        for (uint32_t row = first; row < first + n; row++) {
            assert_true(byte[row] == 0 && half[row] == 0 && value[row] == 0 && key[row] == 0);
            byte[row] = (uint8_t)(rows->ids[row] % 251), half[row] = (int16_t)(rows->ids[row] % 32749);
            value[row] = (int32_t)rows->ids[row], key[row] = (uint64_t)rows->ids[row] << 32 | 7;
        }
        uint32_t before = rows->n_rows, dead = 0;
        for (uint32_t row = 0; row < before; row++) {
            lottery = lottery * 1664525u + 1013904223u;
            if ((lottery >> 16) % (one_in + 1) != 0) continue;
            assert_int_equal(kj_rows_kill(&err, &store, rows, row), KJ_OK);
            dead++;
        }
        kj_rows_compact(rows);
        assert_int_equal(rows->n_rows, before - dead);
        for (uint32_t row = 0; row < rows->n_rows; row++) {
            const kj_id id = rows->ids[row];
            assert_true(rows->alive[row] && rows->row_of[id] == row && (row == 0 || id > rows->ids[row - 1]));
            assert_true(byte[row] == id % 251 && half[row] == (int16_t)(id % 32749) && value[row] == (int32_t)id && key[row] == ((uint64_t)id << 32 | 7));
        }
    }
}

static void test_refusals(void **state)
{
    (void)state;
    kj_error err;
    kj_column_def twice = {.table = "person", .name = "value", .type = KJ_I32, .unit = "1", .doc = "d"};
    assert_int_equal(kj_store_add_column(&err, &store, &twice, NULL, NULL), KJ_E_DUPLICATE);
    kj_column_def lost = {.table = "nobody", .name = "value", .type = KJ_I32, .unit = "1", .doc = "d"};
    assert_int_equal(kj_store_add_column(&err, &store, &lost, NULL, NULL), KJ_E_MISSING);
    kj_column_def odd = {.table = "person", .name = "odd", .type = (kj_type)77, .unit = "1", .doc = "d"};
    assert_int_equal(kj_store_add_column(&err, &store, &odd, NULL, NULL), KJ_E_RANGE);
    assert_null(kj_store_data(&store, "person", "value", KJ_F64));
}

static void test_column_added_late_reads_zero(void **state)
{
    (void)state;
    kj_error err;
    assert_int_equal(kj_rows_add(&err, &store, kj_store_table(&store, "person"), 100, NULL), KJ_OK);
    const double *values = add_column("late", KJ_F64)->data;
    for (int i = 0; i < 100; i++) assert_true(values[i] == 0.0);
}

enum { PAGE = 4096, SPARE = 100000, BLOCKS = 3, ROW_BYTES = 4 + 4 + 1 /* value, row of an id, life */ };

/* Pages of a block that memory stands behind, as the kernel sees it. */
static size_t pages_behind(void *block, size_t bytes)
{
    unsigned char there[SPARE * 8 / PAGE];
    size_t n = bytes / PAGE, found = 0;
    assert_true(n <= sizeof there);
    assert_int_equal(mincore(block, n * PAGE, there), 0);
    for (size_t i = 0; i < n; i++) found += there[i] & 1;
    return found;
}

/* Spare rows are address space: they count once they are written, and no sooner does memory stand behind them. */
static void spare_rows_count_when_they_are_used(void **state)
{
    (void)state;
    kj_error err;
    kj_rows *rows = kj_store_table(&store, "person");
    assert_int_equal(kj_rows_reserve(&err, &store, rows, SPARE), KJ_OK);
    if (kj_memory_behind(SPARE, 1) >= SPARE) skip(); /* every block is the allocator's: under the address sanitizer */
    assert_true(memory.bytes <= BLOCKS * PAGE);
    int32_t *value = kj_store_data(&store, "person", "value", KJ_I32);
    assert_int_equal(pages_behind(value, SPARE * sizeof *value), 0);
    kj_rows_append(rows, SPARE / 2);
    for (uint32_t row = 0; row < SPARE / 2; row++) value[row] = (int32_t)row;
    kj_rows_count(&store, rows);
    assert_in_range(memory.bytes, SPARE / 2 * ROW_BYTES, SPARE / 2 * ROW_BYTES + BLOCKS * PAGE);
    size_t behind = pages_behind(value, SPARE * sizeof *value) + pages_behind(rows->row_of, SPARE * sizeof *rows->row_of) + pages_behind(rows->alive, SPARE);
    assert_in_range(memory.bytes / PAGE, behind, behind + BLOCKS);
    for (uint32_t row = 0; row < SPARE / 4; row++) assert_int_equal(kj_rows_kill(&err, &store, rows, row), KJ_OK);
    kj_rows_compact(rows);
    kj_rows_count(&store, rows);
    assert_true(memory.bytes >= SPARE / 2 * ROW_BYTES); /* dead rows' pages are still there */
}

/* Until a row dies ids are told by their rows; rows that are taken back leave the others as they were. */
static void ids_get_a_block_when_a_row_dies(void **state)
{
    (void)state;
    kj_error err;
    kj_rows *rows = kj_store_table(&store, "person");
    uint32_t first;
    assert_int_equal(kj_rows_add(&err, &store, rows, 5, NULL), KJ_OK);
    assert_int_equal(kj_rows_add(&err, &store, rows, 3, &first), KJ_OK);
    assert_false(rows->apart);
    kj_rows_take_back(rows, 5, 5, 6);
    assert_int_equal(kj_rows_add(&err, &store, rows, 2, &first), KJ_OK);
    assert_int_equal(kj_rows_trim(&err, &store, rows), KJ_OK);
    for (uint32_t row = 0; row < 7; row++) {
        assert_int_equal(rows->ids[row], row + 1);
        assert_int_equal(rows->row_of[row + 1], row);
    }
    assert_int_equal(rows->row_of[0], KJ_NO_ROW);
    assert_int_equal(kj_rows_kill(&err, &store, rows, 2), KJ_OK);
    assert_true(rows->apart);
    assert_int_equal(kj_rows_add(&err, &store, rows, 1, &first), KJ_OK);
    kj_rows_take_back(rows, 7, 6, 8);
    kj_rows_compact(rows);
    const kj_id ids[] = {1, 2, 4, 5, 6, 7};
    assert_memory_equal(rows->ids, ids, sizeof ids);
    for (uint32_t row = 0; row < 6; row++) assert_int_equal(rows->row_of[ids[row]], row);
    assert_int_equal(rows->row_of[3], KJ_NO_ROW);
    assert_int_equal(kj_rows_trim(&err, &store, rows), KJ_OK);
    assert_memory_equal(rows->ids, ids, sizeof ids);
}

/* A column of zeros has no memory behind it once its table is trimmed, until it is written. */
static void columns_of_zeros_take_nothing(void **state)
{
    (void)state;
    kj_error err;
    kj_rows *rows = kj_store_table(&store, "person");
    kj_column *column = add_column("idle", KJ_F64);
    assert_int_equal(kj_rows_add(&err, &store, rows, SPARE, NULL), KJ_OK);
    int32_t *value = kj_store_data(&store, "person", "value", KJ_I32);
    double *zeros = column->data;
    for (uint32_t row = 0; row < SPARE; row++) value[row] = (int32_t)row, zeros[row] = 0.0;
    kj_rows_count(&store, rows);
    int64_t before = memory.bytes;
    assert_int_equal(kj_rows_trim(&err, &store, rows), KJ_OK);
    if (kj_memory_behind(SPARE, 1) >= SPARE) skip();
    assert_true(column->untouched && !kj_rows_column(rows, "value")->untouched);
    assert_int_equal(pages_behind(column->data, SPARE * sizeof(double)), 0);
    assert_in_range(before - memory.bytes, SPARE * sizeof(double), SPARE * sizeof(double) + PAGE);
    kj_column_touch(column);
    ((double *)column->data)[SPARE - 1] = 1.0;
    kj_rows_count(&store, rows);
    assert_int_equal(memory.bytes, before);
    assert_int_equal(value[SPARE - 1], SPARE - 1);
}

/* A table as it once stood: ids that were given out and have no row read KJ_NO_ROW. */
static void reopened_tables_know_the_dead(void **state)
{
    (void)state;
    kj_error err;
    kj_rows *rows = kj_store_table(&store, "person");
    assert_int_equal(kj_rows_reopen(&err, &store, rows, 2, 9), KJ_OK);
    for (kj_id id = 0; id < 9; id++) assert_int_equal(rows->row_of[id], KJ_NO_ROW);
    assert_int_equal(rows->n_rows, 2);
    uint32_t first;
    rows->alive[0] = rows->alive[1] = 1, rows->n_alive = 2;
    assert_int_equal(kj_rows_add(&err, &store, rows, 1, &first), KJ_OK);
    assert_int_equal(rows->ids[first], 9);
    assert_int_equal(rows->row_of[9], 2);
}

static void trimmed_rows_keep_values(void **state)
{
    (void)state;
    kj_error err;
    kj_rows *rows = kj_store_table(&store, "person");
    uint32_t first;
    assert_int_equal(kj_rows_add(&err, &store, rows, 3, &first), KJ_OK);
    assert_int_equal(kj_rows_reserve(&err, &store, rows, 100000), KJ_OK);
    int32_t *value = kj_store_data(&store, "person", "value", KJ_I32);
    for (uint32_t i = 0; i < 3; i++) value[first + i] = (int32_t)i + 7;
    const uint32_t n = rows->n_rows, next = rows->next_id;
    const kj_id last = rows->ids[n - 1];
    assert_int_equal(kj_rows_trim(&err, &store, rows), KJ_OK);
    assert_int_equal(rows->capacity, n);
    assert_int_equal(rows->row_of[last], n - 1);
    value = kj_store_data(&store, "person", "value", KJ_I32);
    for (uint32_t i = 0; i < 3; i++) assert_int_equal(value[first + i], i + 7);
    assert_int_equal(kj_rows_add(&err, &store, rows, 1, &first), KJ_OK);
    assert_int_equal(rows->ids[first], next);
    value = kj_store_data(&store, "person", "value", KJ_I32);
    assert_int_equal(value[first], 0);
}

/* In the order of a key, within it as before; the dead gone, ids still lead to their values, new rows read zero. */
static void test_rows_in_order(void **state)
{
    (void)state;
    enum { ROWS = 1000, KEYS = 12 };
    kj_error err;
    kj_rows *rows = kj_store_table(&store, "person");
    const kj_column *order = add_column("key", KJ_U8);
    assert_int_equal(kj_rows_add(&err, &store, rows, ROWS, NULL), KJ_OK);
    int32_t *value = kj_store_data(&store, "person", "value", KJ_I32);
    uint8_t *key = order->data;
    int64_t *wide = add_column("wide", KJ_I64)->data; /* moves in two halves */
    for (uint32_t row = 0; row < ROWS; row++) value[row] = (int32_t)row + 1, key[row] = (uint8_t)(row * 7919u % 1009u % KEYS), wide[row] = (int64_t)(row + 1) << 33 | (row + 1);
    for (uint32_t row = 3; row < ROWS; row += 5) assert_int_equal(kj_rows_kill(&err, &store, rows, row), KJ_OK);
    uint32_t buffer[ROWS];
    const uint32_t half = rows->n_alive / 2; /* as two threads share them */
    assert_int_equal(kj_rows_set_apart(&err, &store, rows), KJ_OK);
    kj_rows_arrange_begin(rows, key);
    kj_rows_step step = kj_rows_first_step();
    do {
        kj_rows_arrange_gather(rows, step, buffer, half, rows->n_alive);
        kj_rows_arrange_gather(rows, step, buffer, 0, half);
        kj_rows_arrange_put(rows, step, buffer, half, rows->n_alive);
        kj_rows_arrange_put(rows, step, buffer, 0, half);
    } while (kj_rows_next_step(rows, &step));
    kj_rows_arrange_end(rows);
    assert_int_equal(rows->n_rows, ROWS - ROWS / 5);
    for (uint32_t row = 0; row < rows->n_rows; row++) {
        assert_int_equal(rows->alive[row], 1);
        assert_int_equal(value[row], rows->ids[row]);
        assert_true(wide[row] == ((int64_t)rows->ids[row] << 33 | rows->ids[row]));
        assert_int_equal(key[row], (rows->ids[row] - 1) * 7919u % 1009u % KEYS);
        assert_int_equal(rows->row_of[rows->ids[row]], row);
        if (row > 0) assert_true(key[row] > key[row - 1] || (key[row] == key[row - 1] && rows->ids[row] > rows->ids[row - 1]));
    }
    for (uint32_t id = 4; id <= ROWS; id += 5) assert_int_equal(rows->row_of[id], KJ_NO_ROW);
    assert_int_equal(rows->row_of[0], KJ_NO_ROW);
    assert_int_equal(kj_rows_add(&err, &store, rows, ROWS / 5, NULL), KJ_OK);
    value = kj_store_data(&store, "person", "value", KJ_I32);
    for (uint32_t row = ROWS - ROWS / 5; row < ROWS; row++) assert_int_equal(value[row], 0);
}

/* Any length and share of marked rows: the numbers that a plain loop finds, and nothing written behind them. */
static void marked_rows_are_listed(void **state)
{
    (void)state;
    enum { MOST = 300, FIRST = 1000 };
    uint32_t (*const ways[])(const uint8_t *, uint32_t, uint32_t, uint32_t *) = {kj_list_marked, kj_list_marked_plain, kj_list_marked_sixteens};
    const size_t n_ways = kj_has_marked_sixteens() ? 3 : 2;
    uint64_t luck = 1;
    for (uint32_t n = 0; n <= MOST; n++)
        for (uint32_t one_in = 1; one_in <= 16; one_in *= 4) {
            uint8_t marks[MOST];
            uint32_t expected[MOST], n_expected = 0;
            for (uint32_t i = 0; i < n; i++) {
                luck = luck * UINT64_C(6364136223846793005) + 1442695040888963407u;
                marks[i] = luck >> 40 & (one_in - 1) ? 0 : (uint8_t)(1 + (luck >> 57));
                if (marks[i]) expected[n_expected++] = FIRST + i;
            }
            for (size_t way = 0; way < n_ways; way++) {
                uint32_t list[MOST + 1];
                list[n_expected] = UINT32_MAX;
                assert_int_equal(ways[way](marks, n, FIRST, list), n_expected);
                assert_memory_equal(list, expected, n_expected * sizeof *list);
                assert_int_equal(list[n_expected], UINT32_MAX);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marked_rows_are_listed),
        cmocka_unit_test_setup_teardown(every_width_moves, open_store, close_store),
        cmocka_unit_test_setup_teardown(test_random_life, open_store, close_store),
        cmocka_unit_test_setup_teardown(test_refusals, open_store, close_store),
        cmocka_unit_test_setup_teardown(test_column_added_late_reads_zero, open_store, close_store),
        cmocka_unit_test_setup_teardown(test_rows_in_order, open_store, close_store),
        cmocka_unit_test_setup_teardown(trimmed_rows_keep_values, open_store, close_store),
        cmocka_unit_test_setup_teardown(spare_rows_count_when_they_are_used, open_store, close_store),
        cmocka_unit_test_setup_teardown(reopened_tables_know_the_dead, open_store, close_store),
        cmocka_unit_test_setup_teardown(columns_of_zeros_take_nothing, open_store, close_store),
        cmocka_unit_test_setup_teardown(ids_get_a_block_when_a_row_dies, open_store, close_store),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
