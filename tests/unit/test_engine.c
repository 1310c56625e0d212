/* The engine: declared access, hazards, order, blocks and threads, queues, creation, audit. A toy plugin counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../core/engine/sim.h"

enum { N_PERSONS = 20000, N_AREAS = 7 };

/* One plugin with switches, so that each fault is one switch away from a plugin that works. */
typedef struct toy {
    const kj_run_v1 *run;
    kj_table person, area;
    kj_col luck, value, area_of, born, total, seen;
    kj_queue events;
    kj_param pace;
} toy;

static bool hazard, undeclared_read, undeclared_add, out_of_range, row_beyond, quiet_write, circle;
static bool many; /* emits and adds many at once, to the same end */

enum { BLOCK_MAX = 4096 };

static kj_status toy_create(const kj_host *host, void **out)
{
    toy *t = calloc(1, sizeof *t);
    if (!t) return KJ_E_MEMORY;
    t->run = host->interface(host, "kedja.run/1");
    *out = t;
    return KJ_OK;
}

static kj_status add_column(const kj_register_v1 *reg, void *impl, const char *table, const char *name, kj_type type, double max, kj_col *out)
{
    kj_column_def def = {.struct_size = sizeof def, .table = table, .name = name, .type = type, .unit = "1", .doc = "Toy.", .max = max};
    return reg->column(impl, &def, out);
}

static kj_status toy_provide(void *self, const kj_host *host)
{
    toy *t = self;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    kj_status s = reg->table(host->impl, &(kj_table_def){sizeof(kj_table_def), "person", "People."}, &t->person);
    if (!s) s = reg->table(host->impl, &(kj_table_def){sizeof(kj_table_def), "area", "Areas."}, &t->area);
    if (!s) s = add_column(reg, host->impl, "person", "luck", KJ_KEY, 0, &t->luck);
    if (!s) s = add_column(reg, host->impl, "person", "value", KJ_I32, 1e9, &t->value);
    if (!s) s = add_column(reg, host->impl, "person", "area", KJ_I32, N_AREAS - 1, &t->area_of);
    if (!s) s = add_column(reg, host->impl, "person", "born", KJ_I16, 0, &t->born);
    if (!s) s = add_column(reg, host->impl, "area", "total", KJ_I64, 0, &t->total);
    if (!s) s = add_column(reg, host->impl, "area", "seen", KJ_I64, 0, &t->seen);
    if (!s) s = reg->queue(host->impl, &(kj_queue_def){sizeof(kj_queue_def), "toy.events", sizeof(kj_id), "Ids."}, &t->events);
    if (!s)
        s = reg->param(host->impl, &(kj_param_def){sizeof(kj_param_def), "pace", "1", 0.1, 0.0, 1.0, KJ_ASSUMED, "test", "Share a month."}, &t->pace);
    return s;
}

static kj_status toy_draw(void *self, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    toy *t = self;
    const kj_run_v1 *run = t->run;
    const uint64_t *luck = run->read(ctx, t->luck);
    const uint8_t *alive = run->alive(ctx, t->person);
    const kj_id *ids = run->ids(ctx, t->person);
    int32_t *value = run->write(ctx, t->value);
    if (undeclared_read && !run->read(ctx, t->total)) return KJ_E_UNDECLARED;
    kj_stream stream = run->stream(ctx, 1);
    uint32_t threshold = kj_threshold(run->param(ctx, t->pace)), n_events = 0;
    kj_id events[BLOCK_MAX];
    if (undeclared_add) run->add_many(ctx, t->total, (const uint32_t[]){0}, NULL, 1);
    for (uint32_t row = begin; row < end; row++) {
        if (!alive[row]) continue;
        kj_draw4 d = kj_draw(stream, luck[row], run->month(ctx), 0);
        value[row] += (int32_t)(d.v[1] & 7);
        if (out_of_range && row == 77) value[row] = -5;
        if (d.v[0] >= threshold) continue;
        if (many) events[n_events++] = ids[row];
        else run->emit(ctx, t->events, &ids[row]);
    }
    run->emit_many(ctx, t->events, events, n_events / 2); /* in two parts, none or one of which may be empty */
    run->emit_many(ctx, t->events, events + n_events / 2, n_events - n_events / 2);
    if (quiet_write && begin == 0) ((int32_t *)run->read(ctx, t->area_of))[0] ^= 1; /* a cheat that only the audit sees */
    return KJ_OK;
}

static kj_status toy_apply(void *self, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    toy *t = self;
    const kj_run_v1 *run = t->run;
    uint32_t n;
    const kj_id *events = run->items(ctx, t->events, &n);
    uint64_t *luck = run->write(ctx, t->luck);
    int32_t *value = run->write(ctx, t->value), *area_of = run->write(ctx, t->area_of);
    const uint32_t *row_of = run->row_of(ctx, t->person);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = row_of[events[i]];
        if (value[row] & 1) { /* half of them die, half have a child */
            run->destroy(ctx, t->person, events[i]);
            continue;
        }
        kj_id child = run->create(ctx, t->person);
        if (!child) return KJ_E_RANGE;
        uint32_t child_row = row_of[child];
        luck[child_row] = kj_luck(2, luck[row], (uint64_t)run->month(ctx));
        area_of[child_row] = area_of[row];
        if (value[child_row] != 0) return (run->fail)(ctx, KJ_E_FAILED, "a new row does not read zero");
    }
    return KJ_OK;
}

static kj_status toy_count(void *self, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    toy *t = self;
    const int32_t *area_of = t->run->read(ctx, t->area_of), *value = t->run->read(ctx, t->value);
    const uint8_t *alive = t->run->alive(ctx, t->person);
    uint32_t areas[BLOCK_MAX], n = 0;
    int32_t less_one[BLOCK_MAX];
    for (uint32_t row = begin; row < end; row++) {
        if (!alive[row]) continue;
        areas[n] = (uint32_t)area_of[row];
        less_one[n++] = value[row] - 1;
        if (!many) t->run->add(ctx, t->total, (uint32_t)area_of[row], value[row]);
    }
    if (many) t->run->add_many(ctx, t->total, areas, less_one, n);
    if (many) t->run->add_many(ctx, t->total, areas, NULL, n);
    if (row_beyond) t->run->add_many(ctx, t->total, (const uint32_t[]){0, N_AREAS}, NULL, 2);
    return KJ_OK;
}

static kj_status toy_see(void *self, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    toy *t = self;
    const int64_t *before = t->run->prev(ctx, t->total);
    int64_t *seen = t->run->write(ctx, t->seen);
    for (uint32_t row = begin; row < end; row++) seen[row] = before[row];
    return KJ_OK;
}

static kj_status toy_bind(void *self, const kj_host *host)
{
    toy *t = self;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    kj_use draw[] = {kj_reads(t->luck), kj_writes(t->value), kj_emits(t->events), kj_reads(t->area_of)};
    kj_use apply[] = {kj_drains(t->events), kj_creates(t->person), kj_writes(t->luck), kj_writes(t->value), kj_writes(t->area_of)};
    kj_use count[] = {kj_reads(t->area_of), kj_reads(t->value), kj_adds(t->total)};
    kj_use see[] = {kj_prevs(t->total), kj_writes(t->seen)};
    const char *const after_draw[] = {hazard ? "toy.nothing" : "toy.draw", NULL}, *const after_apply[] = {"toy.apply", NULL};
    kj_system_def defs[] = {
        {.name = "toy.draw", .phase = KJ_PHASE_PEOPLE, .shape = KJ_ROWS, .over = t->person, .uses = draw, .n_uses = 4, .run = toy_draw,
         .after = circle ? after_apply : NULL},
        {.name = "toy.apply", .phase = KJ_PHASE_PEOPLE, .shape = KJ_SERIAL, .uses = apply, .n_uses = 5, .after = after_draw, .run = toy_apply},
        {.name = "toy.count", .phase = KJ_PHASE_MEASURE, .shape = KJ_ROWS, .over = t->person, .uses = count, .n_uses = 3, .run = toy_count},
        {.name = "toy.see", .phase = KJ_PHASE_MONEY, .shape = KJ_AREAS, .over = t->area, .uses = see, .n_uses = 2, .run = toy_see},
    };
    kj_status s = KJ_OK;
    for (size_t i = 0; !s && i < sizeof defs / sizeof *defs; i++) {
        defs[i].struct_size = sizeof(kj_system_def);
        s = reg->system(host->impl, &defs[i]);
    }
    return s;
}

static const kj_plugin_def toy_plugin = {
    .struct_size = sizeof(kj_plugin_def), .abi_major = KJ_ABI_MAJOR, .abi_minor = KJ_ABI_MINOR, .stamp = KJ_BUILD_STAMP, .id = "toy",
    .version = "1", .licence = "Apache-2.0", .doc = "Toy.", .create = toy_create, .provide = toy_provide, .bind = toy_bind, .destroy = free};
static const kj_plugin_def *const toys[] = {&toy_plugin, NULL};

static kj_type born_type = KJ_I32; /* of the map; the model keeps KJ_I16 */
static int32_t born_of_78 = -480;

static void make_map(kj_map *map, kj_memory *memory)
{
    kj_error err;
    kj_map_init(map, memory);
    strcpy(map->name, "engine-test");
    map->grid = (kj_grid){.nx = 1, .ny = 1, .cell_m = 100, .epsg = 3006};
    const char *const tables[] = {"cell", "area", "person"};
    const uint32_t rows[] = {1, N_AREAS, N_PERSONS};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(kj_store_add_table(&err, &map->store, tables[i], "", NULL), KJ_OK);
        assert_int_equal(kj_rows_add(&err, &map->store, kj_store_table(&map->store, tables[i]), rows[i], NULL), KJ_OK);
    }
    kj_column_def luck = {.table = "person", .name = "luck", .type = KJ_KEY, .unit = "1", .doc = "d"}, area = luck, born = luck;
    area.name = "area";
    area.type = KJ_I32;
    born.name = "born";
    born.type = born_type;
    assert_int_equal(kj_store_add_column(&err, &map->store, &born, NULL, NULL), KJ_OK);
    if (born_type == KJ_I32) ((int32_t *)kj_store_data(&map->store, "person", "born", KJ_I32))[77] = born_of_78;
    assert_int_equal(kj_store_add_column(&err, &map->store, &luck, NULL, NULL), KJ_OK);
    assert_int_equal(kj_store_add_column(&err, &map->store, &area, NULL, NULL), KJ_OK);
    for (uint32_t i = 0; i < N_PERSONS; i++) {
        ((uint64_t *)kj_store_data(&map->store, "person", "luck", KJ_KEY))[i] = kj_luck(1, i + 1, 0);
        ((int32_t *)kj_store_data(&map->store, "person", "area", KJ_I32))[i] = (int32_t)(i % N_AREAS);
    }
}

static kj_status run_toy(kj_error *err, int threads, bool audit, uint64_t seed, int months, char hash[33])
{
    kj_memory memory = {0};
    kj_map map;
    make_map(&map, &memory);
    kj_sim_config config = {.seed = seed, .n_threads = threads, .audit = audit, .start = KJ_MONTH(2020, 12),
                            .end = KJ_MONTH(2030, 12), .country = "se", .builtins = toys};
    kj_sim *sim = NULL;
    kj_status s = kj_sim_new(err, &config, &sim);
    if (!s) s = kj_sim_load_plugins(err, sim, NULL, 0);
    if (!s) s = kj_sim_start(err, sim, &map);
    if (!s) assert_int_equal(((int16_t *)kj_store_data(kj_sim_store(sim), "person", "born", KJ_I16))[77], born_of_78);
    for (int m = 0; !s && m < months; m++) s = kj_sim_month(err, sim);
    if (!s && hash) kj_sim_hash(sim, hash);
    kj_sim_free(sim);
    kj_map_free(&map);
    return s;
}

static void test_same_hash_on_any_threads(void **state)
{
    (void)state;
    kj_error err;
    char one[33], other[33];
    assert_int_equal(run_toy(&err, 1, false, 42, 30, one), KJ_OK);
    for (int threads = 2; threads <= 8; threads++) {
        assert_int_equal(run_toy(&err, threads, false, 42, 30, other), KJ_OK);
        assert_string_equal(one, other);
    }
    assert_int_equal(run_toy(&err, 1, true, 42, 30, other), KJ_OK); /* the audit takes blocks from last to first */
    assert_string_equal(one, other);
    assert_int_equal(run_toy(&err, 2, false, 43, 30, other), KJ_OK);
    assert_string_not_equal(one, other);
}

static void expect_refusal(kj_status status, const char *first, const char *second, bool audit, int months)
{
    kj_error err = {0};
    kj_status got = run_toy(&err, 2, audit, 42, months, NULL);
    assert_int_equal(got, status);
    if (!strstr(err.text, first) || !strstr(err.text, second)) fail_msg("message was: %s", err.text);
}

/* A map may be wider than the state, as with months; what does not fit is refused, and so are other kinds of numbers. */
static void test_whole_numbers_of_another_width(void **state)
{
    (void)state;
    born_of_78 = 32767;
    kj_error err;
    assert_int_equal(run_toy(&err, 1, false, 42, 0, NULL), KJ_OK);
    born_of_78 = -32769;
    expect_refusal(KJ_E_INPUT, "person.born of id 78 is -32769", "2 bytes", false, 0);
    born_of_78 = 0;
    born_type = KJ_F32;
    expect_refusal(KJ_E_INPUT, "person.born has type f32", "expected i16", false, 0);
    born_type = KJ_I32;
}

static void test_a_run_ends_before_months_do(void **state)
{
    (void)state;
    kj_error err = {0};
    kj_sim *sim = NULL;
    kj_sim_config config = {.n_threads = 1, .start = KJ_MONTH(2020, 12), .end = KJ_MONTH(4600, 12), .country = "se", .builtins = toys};
    assert_int_equal(kj_sim_new(&err, &config, &sim), KJ_E_RANGE);
    if (!strstr(err.text, "to 4600")) fail_msg("message was: %s", err.text);
}

static void test_hazard_names_both(void **state)
{
    (void)state;
    hazard = true;
    expect_refusal(KJ_E_HAZARD, "toy.draw", "toy.apply", false, 1);
    hazard = false;
}

static void test_circle_is_refused(void **state)
{
    (void)state;
    circle = true;
    expect_refusal(KJ_E_HAZARD, "circle", "toy.", false, 1);
    circle = false;
}

static void test_many_at_once_is_as_one_by_one(void **state)
{
    (void)state;
    kj_error err;
    char one[33], other[33];
    assert_int_equal(run_toy(&err, 1, false, 42, 30, one), KJ_OK);
    many = true;
    for (int threads = 1; threads <= 4; threads++) {
        assert_int_equal(run_toy(&err, threads, false, 42, 30, other), KJ_OK);
        assert_string_equal(one, other);
    }
    many = false;
    row_beyond = true;
    expect_refusal(KJ_E_RANGE, "toy.count", "row 7 of total, which has fewer rows", false, 1);
    row_beyond = false;
}

static void test_undeclared_access(void **state)
{
    (void)state;
    undeclared_add = true;
    expect_refusal(KJ_E_UNDECLARED, "toy.draw", "area.total", false, 1);
    undeclared_add = false;
    undeclared_read = true;
    expect_refusal(KJ_E_UNDECLARED, "toy.draw", "area.total", false, 1);
    undeclared_read = false;
    quiet_write = true;
    expect_refusal(KJ_E_UNDECLARED, "toy.draw", "person.area", true, 1);
    quiet_write = false;
}

static void test_range_is_audited(void **state)
{
    (void)state;
    out_of_range = true;
    expect_refusal(KJ_E_RANGE, "toy.draw", "person.value", true, 1);
    out_of_range = false;
}

static void test_param_messages(void **state)
{
    (void)state;
    kj_error err;
    kj_sim *sim;
    kj_sim_config config = {.seed = 1, .n_threads = 1, .start = 0, .country = "se", .builtins = toys};
    assert_int_equal(kj_sim_new(&err, &config, &sim), KJ_OK);
    assert_int_equal(kj_sim_load_plugins(&err, sim, NULL, 0), KJ_OK);
    assert_int_equal(kj_sim_set_param(&err, sim, "toy.pase", 0.5), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "toy.pace"));
    assert_int_equal(kj_sim_set_param(&err, sim, "toy.pace", 1.5), KJ_E_INPUT);
    assert_int_equal(kj_sim_set_param(&err, sim, "toy.pace", 0.5), KJ_OK);
    double value;
    assert_int_equal(kj_sim_get_param(&err, sim, "toy.pace", &value), KJ_OK);
    assert_true(value == 0.5);
    kj_sim_free(sim);
}

static void test_abi_refusals(void **state)
{
    (void)state;
    kj_plugin_def other = toy_plugin;
    const kj_plugin_def *const list[] = {&other, NULL};
    kj_sim_config config = {.seed = 1, .n_threads = 1, .country = "se", .builtins = list};
    struct { uint32_t size, major, minor; } bad[] = {{8, KJ_ABI_MAJOR, 0}, {sizeof other, KJ_ABI_MAJOR + 1, 0}, {sizeof other, KJ_ABI_MAJOR, KJ_ABI_MINOR + 1}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        kj_error err;
        kj_sim *sim;
        other.struct_size = bad[i].size;
        other.abi_major = bad[i].major;
        other.abi_minor = bad[i].minor;
        assert_int_equal(kj_sim_new(&err, &config, &sim), KJ_OK);
        assert_int_equal(kj_sim_load_plugins(&err, sim, NULL, 0), KJ_E_VERSION);
        kj_sim_free(sim);
    }
    static const char *const ids[] = {"My Marker", "1st", "ü", "a.b"};
    other = toy_plugin;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        kj_error err;
        kj_sim *sim;
        other.id = ids[i];
        assert_int_equal(kj_sim_new(&err, &config, &sim), KJ_OK);
        assert_int_equal(kj_sim_load_plugins(&err, sim, NULL, 0), KJ_E_INPUT);
        assert_non_null(strstr(err.text, ids[i]));
        kj_sim_free(sim);
    }
}

/* A plugin whose turn comes before that of the one that declares the table. */
static const char *early_table;

static kj_status early_create(const kj_host *host, void **out)
{
    (void)host;
    *out = malloc(1);
    return *out ? KJ_OK : KJ_E_MEMORY;
}

static kj_status early_provide(void *self, const kj_host *host)
{
    (void)self;
    kj_col note;
    return add_column(host->interface(host, "kedja.register/1"), host->impl, early_table, "note", KJ_I32, 9, &note);
}

static kj_status early_bind(void *self, const kj_host *host)
{
    (void)self, (void)host;
    return KJ_OK;
}

static kj_plugin_def early_plugin(kj_status (*provide)(void *self, const kj_host *host))
{
    kj_plugin_def early = toy_plugin;
    early.id = "early";
    early.create = early_create;
    early.provide = provide;
    early.bind = early_bind;
    early.destroy = free;
    return early;
}

static void test_turn_does_not_matter(void **state)
{
    (void)state;
    const kj_plugin_def early = early_plugin(early_provide);
    const kj_plugin_def *const list[] = {&toy_plugin, &early, NULL};
    kj_sim_config config = {.seed = 1, .n_threads = 1, .country = "se", .builtins = list};
    kj_error err;
    kj_sim *sim;
    early_table = "person";
    assert_int_equal(kj_sim_new(&err, &config, &sim), KJ_OK);
    assert_int_equal(kj_sim_load_plugins(&err, sim, NULL, 0), KJ_OK);
    assert_non_null(kj_rows_column(kj_store_table(kj_sim_store(sim), "person"), "note"));
    assert_string_equal(kj_store_table(kj_sim_store(sim), "person")->doc, "People.");
    kj_sim_free(sim);
    early_table = "parson";
    assert_int_equal(kj_sim_new(&err, &config, &sim), KJ_OK);
    assert_int_equal(kj_sim_load_plugins(&err, sim, NULL, 0), KJ_E_MISSING);
    if (!strstr(err.text, "plugin 'early': column parson.note: there is no table 'parson'")) fail_msg("message was: %s", err.text);
    kj_sim_free(sim);
}

static kj_type order_type;
static const char *order_table;
static int n_orders;

static kj_status order_provide(void *self, const kj_host *host)
{
    (void)self;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    kj_status status = KJ_OK;
    static const char *const name[] = {"one", "two"};
    for (int i = 0; !status && i < n_orders; i++) {
        kj_col column;
        kj_column_def def = {.struct_size = sizeof def, .table = order_table, .name = name[i], .type = order_type, .flags = KJ_ROW_ORDER,
                             .unit = "1", .doc = "Toy.", .max = 9};
        status = reg->column(host->impl, &def, &column);
    }
    return status;
}

/* Rows can stand in the order of one column of whole bytes, in tables whose rows come and go. */
static void test_orders_of_rows(void **state)
{
    (void)state;
    const kj_plugin_def early = early_plugin(order_provide);
    const kj_plugin_def *const list[] = {&toy_plugin, &early, NULL};
    kj_sim_config config = {.seed = 1, .n_threads = 1, .country = "se", .builtins = list};
    const struct {
        kj_type type;
        const char *table;
        int n;
        const char *said;
    } cases[] = {{KJ_U8, "person", 1, NULL}, {KJ_I32, "person", 1, "not KJ_U8: 'one'"}, {KJ_U8, "area", 1, "rows are fixed: 'one'"},
                 {KJ_U8, "person", 2, "a second order of rows for a table: 'two'"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kj_error err;
        kj_sim *sim;
        order_type = cases[i].type;
        order_table = cases[i].table;
        n_orders = cases[i].n;
        assert_int_equal(kj_sim_new(&err, &config, &sim), KJ_OK);
        assert_int_equal(kj_sim_load_plugins(&err, sim, NULL, 0), cases[i].said ? KJ_E_INPUT : KJ_OK);
        if (cases[i].said && !strstr(err.text, cases[i].said)) fail_msg("message was: %s", err.text);
        kj_sim_free(sim);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_hash_on_any_threads), cmocka_unit_test(test_hazard_names_both),
        cmocka_unit_test(test_circle_is_refused),        cmocka_unit_test(test_undeclared_access),
        cmocka_unit_test(test_range_is_audited),         cmocka_unit_test(test_param_messages),
        cmocka_unit_test(test_orders_of_rows),           cmocka_unit_test(test_many_at_once_is_as_one_by_one),
        cmocka_unit_test(test_abi_refusals),             cmocka_unit_test(test_turn_does_not_matter),
        cmocka_unit_test(test_whole_numbers_of_another_width), cmocka_unit_test(test_a_run_ends_before_months_do),
    };
    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
