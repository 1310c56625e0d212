/* Years that are written while the run goes on leave the files that writing one after the other leaves, in that order. */
#include "../shared/run_world.h"

#include <dlfcn.h>
#include <libdeflate.h>
#include <signal.h>
#include <sys/resource.h>

#include "../../core/base/text.h"
#include "../../core/io/yearwriter.h"

enum { N_YEARS = 4 };

/* In place of the library's: the next so many threads that want to compress get no memory. */
static _Atomic int n_without_memory;
struct libdeflate_compressor *libdeflate_alloc_compressor(int level)
{
    struct libdeflate_compressor *(*real)(int);
    *(void **)&real = dlsym(RTLD_NEXT, "libdeflate_alloc_compressor");
    return n_without_memory-- > 0 ? NULL : real(level);
}

typedef struct fixture {
    char dir[64], other[64];
    kj_sim *sim;
    kj_yearwriter *writer;
} fixture;

static const kj_run_info info = {.title = "A world", .scenario_path = "world.lua", .map_name = "world"};

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    strcpy(f->dir, "/tmp/kedja-years-XXXXXX");
    strcpy(f->other, "/tmp/kedja-years-XXXXXX");
    if (!mkdtemp(f->dir) || !mkdtemp(f->other)) return -1;
    f->sim = world_start(42, 2);
    f->writer = kj_yearwriter_new(f->dir);
    *state = f;
    return f->writer ? 0 : -1;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    kj_yearwriter_free(f->writer);
    kj_sim_free(f->sim);
    remove_folder(f->dir);
    remove_folder(f->other);
    free(f);
    return 0;
}

static kj_status write_year(fixture *f, kj_error *err) { return kj_yearwriter_year(err, f->writer, f->sim, &info); }

static void expect_same_file(const fixture *f, const char *name)
{
    char path[128], other[128];
    size_t n = 0, n_other = 0;
    snprintf(path, sizeof path, "%s/%s", f->dir, name);
    snprintf(other, sizeof other, "%s/%s", f->other, name);
    char *bytes = kj_file_read(path, &n), *bytes_other = kj_file_read(other, &n_other);
    assert_non_null(bytes);
    assert_non_null(bytes_other);
    assert_int_equal(n, n_other);
    if (memcmp(bytes, bytes_other, n) != 0) fail_msg("%s differs", name);
    free(bytes);
    free(bytes_other);
}

/* Layers that did not change since the year before are not compressed again: nobody sees it in the file. */
static void test_same_files(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    char names[256];
    for (int y = 0; y < N_YEARS; y++) {
        if (y) world_months(f->sim, 12);
        if (write_year(f, &err)) fail_msg("%s", err.text);
        if (world_write_year(&err, f->other, f->sim, &info)) fail_msg("%s", err.text);
        if (kj_checkpoint_write(&err, f->other, f->sim)) fail_msg("%s", err.text);
    }
    if (kj_yearwriter_wait(&err, f->writer)) fail_msg("%s", err.text);
    folder_names(f->dir, names, sizeof names);
    assert_string_equal(names, "checkpoint_202212.state checkpoint_202312.state year_2020.nc year_2021.nc year_2022.nc year_2023.nc");
    const char *const all[] = {"checkpoint_202212.state", "checkpoint_202312.state", "year_2020.nc", "year_2021.nc", "year_2022.nc", "year_2023.nc"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) expect_same_file(f, all[i]);
}

/* A checkpoint stands for all years up to it: where a year cannot be written there is none, nor does the next year begin. */
static void test_no_checkpoint_without_its_year(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    char in_the_way[128], names[256];
    if (write_year(f, &err)) fail_msg("%s", err.text);
    world_months(f->sim, 12);
    snprintf(in_the_way, sizeof in_the_way, "%s/year_2021.nc", f->dir);
    assert_int_equal(mkdir(in_the_way, 0755), 0);
    assert_int_equal(write_year(f, &err), KJ_OK); /* on its way */
    world_months(f->sim, 12);
    assert_int_equal(write_year(f, &err), KJ_E_IO);
    assert_non_null(strstr(err.text, in_the_way));
    assert_int_equal(rmdir(in_the_way), 0);
    folder_names(f->dir, names, sizeof names);
    assert_string_equal(names, "checkpoint_202012.state year_2020.nc");
}

static void test_full_disk(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    char names[256];
    struct rlimit old, small;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 20000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(write_year(f, &err), KJ_OK);
    kj_status status = kj_yearwriter_wait(&err, f->writer);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, handler);
    assert_int_equal(status, KJ_E_IO);
    assert_non_null(strstr(err.text, "year_2020.nc"));
    folder_names(f->dir, names, sizeof names);
    assert_string_equal(names, "");
    if (write_year(f, &err) || kj_yearwriter_wait(&err, f->writer)) fail_msg("%s", err.text); /* with room again it goes on */
    folder_names(f->dir, names, sizeof names);
    assert_string_equal(names, "checkpoint_202012.state year_2020.nc");
}

/* The first layer's chunks cannot be compressed: those of the year before must not stand in for them. */
static void test_no_memory_to_compress(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    char names[256];
    n_without_memory = 0;
    if (write_year(f, &err)) fail_msg("%s", err.text);
    world_months(f->sim, 12);
    n_without_memory = 2; /* both threads */
    assert_int_not_equal(write_year(f, &err), KJ_OK);
    n_without_memory = 0;
    if (kj_yearwriter_wait(&err, f->writer)) fail_msg("%s", err.text);
    folder_names(f->dir, names, sizeof names);
    assert_string_equal(names, "checkpoint_202012.state year_2020.nc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_same_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_checkpoint_without_its_year, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_memory_to_compress, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
