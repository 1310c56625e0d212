/* A map may come from anywhere: whatever one figure in it is, the start refuses it or the first year runs in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <builtins.h>

#include "../../core/engine/sim.h"
#include "../../core/map/map.h"

/* Starts the toy world with one value of one column put to `value` (-7: the row's own id). */
static kj_status start_with(const char *table, const char *column, int32_t value, kj_error *err)
{
    kj_memory memory = {0};
    kj_map map;
    kj_sim *sim = NULL;
    assert_int_equal(kj_map_build(err, KEDJA_SOURCE_DIR "/maps/toy/recipe.lua", NULL, false, &memory, &map), KJ_OK);
    kj_rows *rows = kj_store_table(&map.store, table);
    kj_column *c = rows ? kj_rows_column(rows, column) : NULL;
    assert_non_null(c);
    uint32_t row = 5 % rows->n_rows;
    if (kj_type_bytes(c->type) == 4) ((int32_t *)c->data)[row] = value == -7 ? (int32_t)rows->ids[row] : value;
    else ((uint8_t *)c->data)[row] = (uint8_t)value;
    kj_sim_config config = {.seed = 1, .n_threads = 1, .start = map.start, .end = map.start + 12, .country = "se", .builtins = kj_builtin_plugins};
    kj_status status = kj_sim_new(err, &config, &sim);
    if (!status) status = kj_sim_load_plugins(err, sim, NULL, 0);
    assert_int_equal(status, KJ_OK);
    status = kj_sim_start(err, sim, &map);
    kj_sim_free(sim);
    kj_map_free(&map);
    return status;
}

static void test_one_wrong_figure_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *table, *column;
        int32_t value;
    } faults[] = {
        {"dwelling", "cell", 99999999}, {"dwelling", "cell", -1},     {"cell", "area", 77},        {"facility", "cell", 100000000},
        {"workplace", "cell", 400},     {"person", "household", 0},   {"person", "partner", 3},    {"dwelling", "household", 3},
        {"household", "living", 1},     {"household", "head", 9},     {"person", "next_member", -7}, {"person", "mother", 100000},
        {"dwelling", "tenure", 200},    {"cell", "land_use", 99},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        kj_error err = {0};
        kj_status status = start_with(faults[i].table, faults[i].column, faults[i].value, &err);
        if (status != KJ_E_INPUT)
            fail_msg("%s.%s = %d: status %d (%s)", faults[i].table, faults[i].column, faults[i].value, status, err.text);
    }
}

static void test_the_map_as_it_is_starts(void **state)
{
    (void)state;
    kj_error err = {0};
    /* A figure that may be either way: the refusals above are not refusals of everything. */
    assert_int_equal(start_with("person", "sex", 1, &err), KJ_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_wrong_figure_is_refused), cmocka_unit_test(test_the_map_as_it_is_starts)};
    return cmocka_run_group_tests_name("broken_map", tests, NULL, NULL);
}
