/* A checkpoint gives the state back to the bit, a damaged one is passed over, one of another run is refused. */
#include "../shared/run_world.h"

#include "../../core/io/checkpoint.h"

typedef struct fixture {
    char dir[64];
    kj_sim *sim;
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    strcpy(f->dir, "/tmp/kedja-checkpoint-XXXXXX");
    if (!mkdtemp(f->dir)) return -1;
    f->sim = world_start(42, 2);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    kj_sim_free(f->sim);
    remove_folder(f->dir);
    free(f);
    return 0;
}

static void write_checkpoint(fixture *f)
{
    kj_error err = {0};
    if (kj_checkpoint_write(&err, f->dir, f->sim)) fail_msg("%s", err.text);
}

/* A new simulation from the newest whole checkpoint. */
static kj_sim *restored(fixture *f, int threads)
{
    kj_error err = {0};
    bool found;
    kj_sim *sim = world_load(42, threads);
    if (kj_checkpoint_read(&err, f->dir, sim, &found)) fail_msg("%s", err.text);
    assert_true(found);
    return sim;
}

static void expect_same(const kj_sim *a, const kj_sim *b)
{
    char hash_a[33], hash_b[33];
    assert_int_equal(kj_sim_now(a), kj_sim_now(b));
    kj_sim_hash(a, hash_a);
    kj_sim_hash(b, hash_b);
    assert_string_equal(hash_a, hash_b);
    assert_int_equal(kj_sim_person_months(a), kj_sim_person_months(b));
}

static void test_goes_on_the_same(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    double pace;
    assert_int_equal(kj_sim_set_param(&err, f->sim, "world.pace", 0.03125), KJ_OK);
    world_months(f->sim, 17); /* in mid-year: dead rows, a full queue */
    assert_true(kj_sim_queue(f->sim, 0)->n_records > 0);
    assert_true(kj_store_table(kj_sim_store(f->sim), "person")->n_alive <
                kj_store_table(kj_sim_store(f->sim), "person")->n_rows);
    write_checkpoint(f);
    kj_sim *again = restored(f, 1);
    expect_same(f->sim, again);
    assert_int_equal(kj_sim_get_param(&err, again, "world.pace", &pace), KJ_OK);
    assert_true(pace == 0.03125);
    const kj_column *land = kj_rows_column(kj_store_table(kj_sim_store(again), "cell"), "land_use");
    assert_string_equal(land->origin, "synthetic");
    assert_string_equal(land->source, "Stripes.");
    world_months(f->sim, 31);
    world_months(again, 31);
    expect_same(f->sim, again);
    kj_sim_free(again);
}

static void test_two_are_kept(void **state)
{
    fixture *f = *state;
    char names[256];
    for (int i = 0; i < 4; i++) {
        write_checkpoint(f);
        world_months(f->sim, 12);
    }
    folder_names(f->dir, names, sizeof names);
    assert_string_equal(names, "checkpoint_202212.state checkpoint_202312.state");
}

/* Flips one byte, or cuts the file at `at` when mask is 0. */
static void damage(const char *dir, const char *name, double at, uint8_t mask)
{
    char path[128];
    struct stat info;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(stat(path, &info), 0);
    long offset = (long)((double)info.st_size * at);
    if (!mask) {
        assert_int_equal(truncate(path, offset), 0);
        return;
    }
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, offset, SEEK_SET);
    int byte = fgetc(file);
    fseek(file, offset, SEEK_SET);
    fputc(byte ^ mask, file);
    fclose(file);
}

static void test_damaged_is_passed_over(void **state)
{
    fixture *f = *state;
    const double places[] = {0.0, 0.001, 0.25, 0.5, 0.75, 0.999};
    world_months(f->sim, 12);
    write_checkpoint(f);
    char older[33], found[33];
    kj_sim_hash(f->sim, older);
    world_months(f->sim, 12);
    for (int i = 0; i < 12; i++) {
        write_checkpoint(f);
        damage(f->dir, "checkpoint_202212.state", places[i / 2], i % 2 ? 0 : 4);
        kj_sim *sim = restored(f, 1);
        assert_int_equal(kj_sim_now(sim), WORLD_START + 12);
        kj_sim_hash(sim, found);
        assert_string_equal(older, found);
        kj_sim_free(sim);
    }
    damage(f->dir, "checkpoint_202112.state", 0.5, 1);
    kj_error err = {0};
    bool any = true;
    kj_sim *sim = world_load(42, 1);
    assert_int_equal(kj_checkpoint_read(&err, f->dir, sim, &any), KJ_OK);
    assert_false(any);
    kj_sim_free(sim);
}

static void test_other_run_is_refused(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    bool found;
    write_checkpoint(f);
    kj_sim *sim = world_load(43, 1);
    assert_int_equal(kj_checkpoint_read(&err, f->dir, sim, &found), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "expected seed 43, found 42"));
    kj_sim_free(sim);
}

static bool holds(const char *bytes, size_t n, const char *text) { return memmem(bytes, n, text, strlen(text) + 1) != NULL; }

/* A restored simulation gives the same file, byte for byte: nothing that is kept was lost or changed. */
static void test_comes_out_as_it_went_in(void **state)
{
    fixture *f = *state;
    char path[128];
    size_t n = 0, n_again = 0;
    snprintf(path, sizeof path, "%s/checkpoint_202205.state", f->dir);
    world_months(f->sim, 17);
    write_checkpoint(f);
    char *first = kj_file_read(path, &n);
    kj_sim *again = restored(f, 1);
    kj_sim_free(f->sim);
    f->sim = again;
    write_checkpoint(f);
    char *second = kj_file_read(path, &n_again);
    assert_int_equal(n, n_again);
    assert_memory_equal(first, second, n);
    assert_true(holds(first, n, "luck"));
    assert_false(holds(first, n, "trail"));  /* derived */
    assert_true(holds(first, n, "scratch")); /* derived, but a layer, which policies read */
    free(first);
    free(second);
}

/* Broken contents under a seal that fits: as a bug, or another version, might write them. Refused or the same state, never a crash. */
static void test_broken_inside(void **state)
{
    enum { N = 300, NEAR = 4000 /* bytes with the head, texts and parameters */, SEALED_FROM = 128 };
    fixture *f = *state;
    kj_error err = {0};
    kj_bytes whole = {0}, broken = {0};
    char hash[33], found_hash[33];
    uint32_t luck = 1, n_refused = 0;
    world_months(f->sim, 12);
    kj_sim_hash(f->sim, hash);
    if (kj_checkpoint_make(&err, f->sim, hash, &whole)) fail_msg("%s", err.text);
    for (int i = 0; i < N; i++) {
        luck = luck * 1664525u + 1013904223u;
        size_t most = i % 2 ? NEAR : whole.n - SEALED_FROM, at = SEALED_FROM + (size_t)((double)luck / 0x1p32 * (double)most);
        broken.n = 0;
        kj_bytes_put(&broken, whole.at, i % 10 ? whole.n : at); /* one in ten is cut off */
        if (i % 10) broken.at[at] ^= (uint8_t)(1u << luck % 8u);
        if (kj_checkpoint_save(&err, f->dir, kj_sim_now(f->sim), &broken)) fail_msg("%s", err.text);
        kj_sim *sim = world_load(42, 1);
        bool found;
        kj_status status = kj_checkpoint_read(&err, f->dir, sim, &found);
        n_refused += status != KJ_OK;
        if (!status) {
            kj_sim_hash(sim, found_hash); /* what the hash does not cover may differ: a parameter, a column's source */
            assert_string_equal(found_hash, hash);
        }
        kj_sim_free(sim);
    }
    assert_true(n_refused > N / 3);
    kj_bytes_free(&whole);
    kj_bytes_free(&broken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_goes_on_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_two_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_damaged_is_passed_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_run_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_comes_out_as_it_went_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_broken_inside, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
