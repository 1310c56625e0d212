/* map.nc: what is written is read back to the bit, and files that are wrong are refused with a reason. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../core/io/mapfile.h"

typedef struct fixture {
    kj_memory memory;
    kj_map map;
    char folder[64], path[80];
} fixture;

enum { NX = 300, NY = 270, N_PERSONS = 70000 }; /* more than one chunk each way */

static uint32_t mix(uint32_t x)
{
    x ^= x >> 16;
    x *= 0x7FEB352Du;
    x ^= x >> 15;
    x *= 0x846CA68Bu;
    return x ^ (x >> 16);
}

static void add_column(kj_map *map, const char *table, const char *name, kj_type type, const char *labels)
{
    kj_error err = {0};
    kj_column_def def = {.table = table,
                         .name = name,
                         .type = type,
                         .flags = KJ_RECORD,
                         .unit = "1",
                         .doc = "Något att prova.",
                         .min = -1.5,
                         .max = type == KJ_I32 ? (double)INT32_MAX : 255.0,
                         .ref = type == KJ_ID ? "person" : NULL,
                         .labels = labels};
    uint32_t t, c;
    if (kj_store_add_column(&err, &map->store, &def, &t, &c)) fail_msg("%s", err.text);
    kj_rows *rows = &map->store.tables[t];
    kj_column *column = &rows->columns[c];
    uint32_t width = kj_type_bytes(type);
    for (uint32_t i = 0; i < rows->n_rows && type != KJ_TEXT; i++) {
        uint64_t value = ((uint64_t)mix(i + 1) << 32) | mix(i + 7 * c);
        if (type == KJ_F32)
            ((float *)column->data)[i] = (float)i * 0.1f;
        else if (type == KJ_F64)
            ((double *)column->data)[i] = (double)i / 3.0;
        else if (labels)
            ((uint8_t *)column->data)[i] = (uint8_t)(value % 3);
        else
            memcpy((uint8_t *)column->data + (size_t)i * width, &value, width);
    }
    if (type == KJ_TEXT)
        for (uint32_t i = 0; i < rows->n_rows; i++) {
            char text[32];
            snprintf(text, sizeof text, "Värnamo %u", i % 3);
            ((int32_t *)column->data)[i] = i ? kj_pool_intern(&map->store.pool, text) : 0;
        }
}

static void add_table(kj_map *map, const char *name, uint32_t n)
{
    kj_error err = {0};
    uint32_t index;
    if (kj_store_add_table(&err, &map->store, name, "En tabell.", &index)) fail_msg("%s", err.text);
    if (n && kj_rows_add(&err, &map->store, &map->store.tables[index], n, NULL)) fail_msg("%s", err.text);
}

static void make_map(fixture *f)
{
    kj_map *map = &f->map;
    kj_error err = {0};
    kj_map_init(map, &f->memory);
    strcpy(map->name, "prov");
    strcpy(map->country, "se");
    map->title = strdup("Provkarta för läsning");
    map->sources = strdup("Synthetic values of a test.");
    map->report = strdup("");
    map->start = KJ_MONTH(2020, 12);
    map->grid = (kj_grid){.nx = NX, .ny = NY, .cell_m = 100.0, .west = 423000.0, .north = 6360000.0, .epsg = 3006};
    kj_pool_intern(&map->store.pool, "a text that no column uses");
    add_table(map, "person", N_PERSONS);
    add_table(map, "cell", NX * NY);
    add_table(map, "area", 3);
    add_table(map, "project", 0);
    const kj_type types[] = {KJ_U8, KJ_I16, KJ_I32, KJ_I64, KJ_F32, KJ_F64, KJ_ID, KJ_KEY};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char name[16];
        snprintf(name, sizeof name, "column_%u", (unsigned)types[i]);
        add_column(map, "person", name, types[i], NULL);
        if (types[i] != KJ_KEY) add_column(map, "cell", name, types[i], NULL);
        add_column(map, "project", name, types[i], NULL);
    }
    add_column(map, "cell", "land_use", KJ_U8, "water farmland forest");
    add_column(map, "cell", "area", KJ_I32, NULL); /* a layer with the name of a table */
    add_column(map, "area", "code", KJ_TEXT, NULL);
    add_column(map, "project", "name", KJ_TEXT, NULL);
    kj_column *land = kj_rows_column(kj_store_table(&map->store, "cell"), "land_use");
    assert_int_equal(kj_column_provenance(&err, land, "synthetic", "Value noise."), KJ_OK);
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/kedja-map-XXXXXX");
    if (!f || !mkdtemp(f->folder)) return -1;
    snprintf(f->path, sizeof f->path, "%s/map.nc", f->folder);
    make_map(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    kj_map_free(&f->map);
    unlink(f->path);
    int left = rmdir(f->folder); /* fails if a .part file was left behind */
    int64_t bytes = f->memory.bytes;
    free(f);
    return left || bytes ? -1 : 0;
}

static void write_map(fixture *f)
{
    kj_error err = {0};
    if (kj_mapfile_write(&err, f->folder, &f->map)) fail_msg("%s", err.text);
}

static void expect_refused(fixture *f, const char *part)
{
    kj_error err = {0};
    kj_map map;
    kj_status status = kj_mapfile_read(&err, f->folder, &f->memory, &map);
    assert_int_equal(status, KJ_E_INPUT);
    if (!strstr(err.text, part) || !strstr(err.text, f->path))
        fail_msg("expected `%s` and the path in: %s", part, err.text);
}

static void same_column(const kj_map *a, const kj_map *b, const kj_rows *rows, const kj_column *x, const kj_column *y)
{
    assert_string_equal(x->name, y->name);
    assert_int_equal(x->type, y->type);
    assert_int_equal(x->flags, y->flags);
    assert_true(x->min == y->min && x->max == y->max);
    assert_string_equal(x->unit, y->unit);
    assert_string_equal(x->doc, y->doc);
    assert_string_equal(x->labels ? x->labels : "none", y->labels ? y->labels : "none");
    assert_string_equal(x->ref, y->ref);
    assert_string_equal(x->origin, y->origin);
    assert_string_equal(x->source, y->source);
    if (rows->n_rows) assert_memory_equal(x->data, y->data, (size_t)rows->n_rows * kj_type_bytes(x->type));
    for (uint32_t i = 0; i < rows->n_rows && x->type == KJ_TEXT; i++)
        assert_string_equal(kj_pool_text(&a->store.pool, ((int32_t *)x->data)[i]),
                            kj_pool_text(&b->store.pool, ((int32_t *)y->data)[i]));
}

static void test_round_trip(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    kj_map back;
    write_map(f);
    if (kj_mapfile_read(&err, f->folder, &f->memory, &back)) fail_msg("%s", err.text);
    assert_string_equal(back.name, "prov");
    assert_string_equal(back.title, f->map.title);
    assert_string_equal(back.country, "se");
    assert_string_equal(back.sources, f->map.sources);
    assert_string_equal(back.report, "");
    assert_string_equal(back.digest, f->map.digest);
    assert_int_equal(strlen(back.digest), 32);
    assert_int_equal(back.start, f->map.start);
    assert_true(back.grid.nx == NX && back.grid.ny == NY && back.grid.epsg == 3006);
    assert_true(back.grid.west == f->map.grid.west && back.grid.north == f->map.grid.north &&
                back.grid.cell_m == 100.0);
    assert_int_equal(back.store.n_tables, f->map.store.n_tables);
    for (uint32_t t = 0; t < f->map.store.n_tables; t++) {
        const kj_rows *a = &f->map.store.tables[t], *b = kj_store_table(&back.store, a->name);
        assert_non_null(b);
        assert_string_equal(a->doc, b->doc);
        assert_int_equal(a->n_rows, b->n_rows);
        assert_int_equal(a->next_id, b->next_id);
        assert_int_equal(a->n_columns, b->n_columns);
        for (uint32_t c = 0; c < a->n_columns; c++) same_column(&f->map, &back, a, &a->columns[c], &b->columns[c]);
    }
    kj_map_free(&back);
}

static void test_digest_sees_everything(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    char before[33], after[33];
    assert_int_equal(kj_map_digest(&err, &f->map, before), KJ_OK);
    assert_int_equal(kj_map_digest(&err, &f->map, after), KJ_OK);
    assert_string_equal(before, after);
    uint8_t *land = kj_store_data(&f->map.store, "cell", "land_use", KJ_U8);
    land[NX * NY - 1] ^= 1;
    assert_int_equal(kj_map_digest(&err, &f->map, after), KJ_OK);
    assert_string_not_equal(before, after);
    land[NX * NY - 1] ^= 1;
    f->map.start++;
    assert_int_equal(kj_map_digest(&err, &f->map, after), KJ_OK);
    assert_string_not_equal(before, after);
    f->map.start--;
    /* The order of tables does not count. */
    kj_rows first = f->map.store.tables[0];
    f->map.store.tables[0] = f->map.store.tables[2];
    f->map.store.tables[2] = first;
    assert_int_equal(kj_map_digest(&err, &f->map, after), KJ_OK);
    assert_string_equal(before, after);
}

static void test_rewrite_is_identical(void **state)
{
    fixture *f = *state;
    struct stat first, second;
    write_map(f);
    char digest[33];
    strcpy(digest, f->map.digest);
    assert_int_equal(stat(f->path, &first), 0);
    write_map(f);
    assert_int_equal(stat(f->path, &second), 0);
    assert_string_equal(digest, f->map.digest);
    assert_int_equal(first.st_size, second.st_size);
}

static void test_missing_and_foreign(void **state)
{
    fixture *f = *state;
    expect_refused(f, "No such file");
    FILE *file = fopen(f->path, "wb");
    fputs("This is a letter, not a map.\n", file);
    fclose(file);
    expect_refused(f, "is no Kedja map: expected an HDF5 (netCDF-4) file");
    hid_t h5 = H5Fcreate(f->path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(h5);
    expect_refused(f, "is no Kedja map: expected the root attribute kedja_format");
}

static void test_truncated(void **state)
{
    fixture *f = *state;
    struct stat info;
    write_map(f);
    assert_int_equal(stat(f->path, &info), 0);
    assert_int_equal(truncate(f->path, info.st_size / 2), 0);
    expect_refused(f, "damaged or cut off");
    assert_int_equal(truncate(f->path, 0), 0);
    expect_refused(f, "expected an HDF5");
}

static void change_dataset(fixture *f, const char *name, const uint8_t *values)
{
    hid_t file = H5Fopen(f->path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(file >= 0);
    if (values) {
        hid_t d = H5Dopen2(file, name, H5P_DEFAULT);
        assert_true(H5Dwrite(d, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
        H5Dclose(d);
    } else {
        assert_true(H5Ldelete(file, name, H5P_DEFAULT) >= 0);
    }
    H5Fclose(file);
}

static void test_changed(void **state)
{
    fixture *f = *state;
    write_map(f);
    uint8_t *land = kj_store_data(&f->map.store, "cell", "land_use", KJ_U8);
    land[5] ^= 1;
    change_dataset(f, "land_use", land);
    land[5] ^= 1;
    expect_refused(f, "the contents were changed or damaged: expected digest");
    write_map(f);
    change_dataset(f, "/person/column_4", NULL);
    expect_refused(f, "expected digest");
    write_map(f);
    change_dataset(f, "/person/id", NULL);
    expect_refused(f, "expected a dataset `/person/id`, found none");
    write_map(f);
    change_dataset(f, "/crs", NULL);
    expect_refused(f, "expected a dataset `/crs`, found none");
}

static void test_wrong_size(void **state)
{
    fixture *f = *state;
    write_map(f);
    change_dataset(f, "/area/code", NULL);
    hid_t file = H5Fopen(f->path, H5F_ACC_RDWR, H5P_DEFAULT);
    H5Lcreate_hard(file, "/person/column_1", file, "/area/code", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    expect_refused(f, "dataset `/area/code`: expected 3, found 70000");
}

static void test_no_map(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    kj_rows *person = kj_store_table(&f->map.store, "person");
    assert_int_equal(kj_rows_kill(&err, &f->map.store, person, 4), KJ_OK);
    assert_int_equal(kj_mapfile_write(&err, f->folder, &f->map), KJ_E_RANGE);
    assert_non_null(strstr(err.text, "the ids of table `person`"));
    f->map.grid.nx = 3;
    assert_int_equal(kj_mapfile_write(&err, f->folder, &f->map), KJ_E_RANGE);
}

static void test_unwritable(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    assert_int_equal(kj_mapfile_write(&err, "/nonexistent/folder", &f->map), KJ_E_IO);
    assert_non_null(strstr(err.text, "/nonexistent/folder"));
    assert_int_equal(mkdir(f->path, 0755), 0); /* a folder stands where the file should go */
    assert_int_equal(kj_mapfile_write(&err, f->folder, &f->map), KJ_E_IO);
    assert_non_null(strstr(err.text, f->path));
    assert_int_equal(rmdir(f->path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_digest_sees_everything, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rewrite_is_identical, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_missing_and_foreign, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_truncated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_changed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_map, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unwritable, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
