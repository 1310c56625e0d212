/* A run from its request to the packed file, and what reading it gives back. With an argument the packed file of the
   test's run is also put there, for a look with other programs. */
#include "../shared/run_world.h"

#include <errno.h>
#include <hdf5_hl.h>
#include <signal.h>
#include <sys/resource.h>

#include "../../core/base/text.h"
#include "../../core/io/runread.h"

enum { N_YEARS = 6 };

typedef struct fixture {
    char folder[64], out[80], dir[KJ_PATH_MAX];
    kj_sim *sim;
    char hashes[N_YEARS][33];
    /* What the state held at the end of each year. */
    uint8_t *land[N_YEARS];
    float *jobs[N_YEARS];
    int64_t births[N_YEARS][2];
    int32_t pupils_of_5[N_YEARS]; /* facility 5; -1: not there */
} fixture;

static const kj_run_policy policies[] = {
    {"densify", "scripts/policies/densify.lua", "policy{name=\"densify\"} -- tätare"}};
static const kj_run_info info = {
    .title = "Värnamo på prov",
    .title_sv = "Värnamo på svenska",
    .title_da = "Värnamo på dansk",
    .boundary = "boundary: the municipality",
    .scenario_path = "prov.lua",
    .scenario_text = "scenario{ map = \"world\" }\n",
    .options_json = "{\"seed\":42}",
    .figures_json = "{\"moves\":7}",
    .map_name = "world",
    .map_title = "En värld",
    .map_digest = "00112233445566778899aabbccddeeff",
    .map_sources = "Stripes.",
    .map_country = "se",
    .policies = policies,
    .n_policies = 1,
};

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/kedja-run-XXXXXX");
    if (!mkdtemp(f->folder)) return -1;
    snprintf(f->out, sizeof f->out, "%s/run.nc", f->folder);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    for (int y = 0; y < N_YEARS; y++) {
        free(f->land[y]);
        free(f->jobs[y]);
    }
    kj_sim_free(f->sim);
    remove_folder(f->folder);
    free(f);
    return 0;
}

static void *copy_layer(kj_sim *sim, const char *name, kj_type type)
{
    size_t bytes = (size_t)WORLD_NX * WORLD_NY * kj_type_bytes(type);
    void *copy = malloc(bytes);
    memcpy(copy, kj_store_data(kj_sim_store(sim), "cell", name, type), bytes);
    return copy;
}

static void note_year(fixture *f, int y)
{
    const kj_store *store = kj_sim_store(f->sim);
    const kj_rows *facility = kj_store_table(store, "facility");
    kj_sim_hash(f->sim, f->hashes[y]);
    f->land[y] = copy_layer(f->sim, "land_use", KJ_U8);
    f->jobs[y] = copy_layer(f->sim, "jobs", KJ_F32);
    memcpy(f->births[y], kj_store_data(store, "municipality", "births", KJ_I64), sizeof f->births[y]);
    uint32_t row = facility->next_id > 5 ? facility->row_of[5] : KJ_NO_ROW;
    f->pupils_of_5[y] = row == KJ_NO_ROW ? -1 : ((int32_t *)kj_store_data(store, "facility", "pupils", KJ_I32))[row];
}

static void begin(fixture *f)
{
    kj_error err = {0};
    if (kj_runfile_begin(&err, f->out, "{\"scenario\":\"prov.lua\"}", true, f->dir)) fail_msg("%s", err.text);
}

/* Start state and five years, each with its checkpoint. */
static void run_years(fixture *f)
{
    kj_error err = {0};
    f->sim = world_start(42, 2);
    for (int y = 0; y < N_YEARS; y++) {
        if (y) world_months(f->sim, 12);
        note_year(f, y);
        if (world_write_year(&err, f->dir, f->sim, &info)) fail_msg("%s", err.text);
        if (kj_checkpoint_write(&err, f->dir, f->sim)) fail_msg("%s", err.text);
    }
}

static void pack(fixture *f)
{
    kj_error err = {0};
    if (kj_runfile_pack(&err, f->dir, f->out, f->sim, &info)) fail_msg("%s", err.text);
}

static kj_runread *open_run(const char *path)
{
    kj_error err = {0};
    kj_runread *run;
    if (kj_runread_open(&err, path, &run)) fail_msg("%s", err.text);
    return run;
}

static void expect_no_run(const char *path, const char *part)
{
    kj_error err = {0};
    kj_runread *run;
    assert_int_equal(kj_runread_open(&err, path, &run), KJ_E_INPUT);
    assert_null(run);
    if (!strstr(err.text, part) || !strstr(err.text, path)) fail_msg("expected `%s` in: %s", part, err.text);
}

static void test_folder(void **state)
{
    fixture *f = *state;
    char names[512], *request;
    kj_error err = {0};
    assert_int_equal(kj_runfile_look(f->out), KJ_RUN_NONE);
    begin(f);
    assert_int_equal(kj_runfile_look(f->out), KJ_RUN_UNFINISHED);
    folder_names(f->dir, names, sizeof names);
    assert_string_equal(names, "request.json");
    expect_no_run(f->out, "unfinished run: no year is finished yet; finish it with: kedja resume ");
    run_years(f);
    folder_names(f->dir, names, sizeof names);
    assert_string_equal(
        names,
        "checkpoint_202412.state checkpoint_202512.state request.json year_2020.nc year_2021.nc year_2022.nc year_2023.nc "
        "year_2024.nc year_2025.nc");
    assert_int_equal(kj_runfile_request(&err, f->dir, &request), KJ_OK);
    assert_string_equal(request, "{\"scenario\":\"prov.lua\"}");
    free(request);
    expect_no_run(f->out, "years 2020 to 2025 are in");
    expect_no_run(f->dir, "finish it with: kedja resume");
    expect_no_run(f->dir, "mend the policy and run the scenario anew");
    assert_int_equal(access(f->out, F_OK), -1);
    pack(f);
    assert_int_equal(kj_runfile_look(f->out), KJ_RUN_COMPLETE);
    folder_names(f->folder, names, sizeof names);
    assert_string_equal(names, "run.nc");
}

static void test_leftovers_are_tidied(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    char names[512];
    begin(f);
    run_years(f);
    assert_int_equal(kj_runfile_tidy(&err, f->out), KJ_OK); /* unfinished: stays */
    assert_int_equal(kj_runfile_look(f->out), KJ_RUN_UNFINISHED);
    pack(f);
    snprintf(names, sizeof names, "%.200s.d", f->out);
    assert_int_equal(mkdir(names, 0755), 0);
    snprintf(names, sizeof names, "%.200s.d/year_2022.nc", f->out);
    fclose(fopen(names, "wb"));
    assert_int_equal(kj_runfile_look(f->out), KJ_RUN_COMPLETE);
    assert_int_equal(kj_runfile_tidy(&err, f->out), KJ_OK);
    folder_names(f->folder, names, sizeof names);
    assert_string_equal(names, "run.nc");
}

static void test_packed_holds_every_year(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    begin(f);
    run_years(f);
    pack(f);
    kj_runread *run = open_run(f->out);
    assert_true(kj_runread_complete(run));
    assert_int_equal(kj_runread_n_years(run), N_YEARS);
    assert_int_equal(kj_runread_year_index(run, 2023), 3);
    assert_int_equal(kj_runread_year_index(run, 2031), -1);
    size_t n = WORLD_NX * WORLD_NY;
    uint8_t *land = malloc(n);
    float *jobs = malloc(n * sizeof *jobs);
    for (uint32_t y = 0; y < N_YEARS; y++) {
        assert_int_equal(kj_runread_years(run)[y], 2020 + (int32_t)y);
        assert_string_equal(kj_runread_year_hash(run, y), f->hashes[y]);
        if (kj_runread_layer(&err, run, "land_use", y, KJ_U8, land)) fail_msg("%s", err.text);
        assert_memory_equal(land, f->land[y], n);
        if (kj_runread_layer(&err, run, "jobs", y, KJ_F32, jobs)) fail_msg("%s", err.text);
        assert_memory_equal(jobs, f->jobs[y], n * sizeof *jobs);
        int64_t births[2];
        if (kj_runread_column(&err, run, "municipality", "births", y, KJ_I64, births)) fail_msg("%s", err.text);
        assert_memory_equal(births, f->births[y], sizeof births);
    }
    double series[N_YEARS][2];
    if (kj_runread_series(&err, run, "municipality", "births", KJ_F64, series)) fail_msg("%s", err.text);
    for (int y = 0; y < N_YEARS; y++) assert_true(series[y][1] == (double)f->births[y][1]);
    assert_true(f->births[5][0] > 0 && f->births[5][0] != f->births[4][0]);
    free(land);
    free(jobs);
    kj_runread_close(run);
}

static void test_rows_that_come_and_go(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    begin(f);
    run_years(f);
    pack(f);
    kj_runread *run = open_run(f->out);
    const kj_run_table *facility = kj_runread_table_named(run, "facility");
    assert_int_equal(facility->n_rows, 7); /* two from the map, one more each July */
    const char *const *names;
    if (kj_runread_texts(&err, run, "facility", "name", &names)) fail_msg("%s", err.text);
    assert_string_equal(names[0], "Åskolan");
    assert_string_equal(names[1], "Östra förskolan"); /* closed in 2022 */
    assert_string_equal(names[4], "Skolan från 2023");
    for (uint32_t y = 0; y < N_YEARS; y++) {
        int32_t pupils[7];
        if (kj_runread_column(&err, run, "facility", "pupils", y, KJ_I32, pupils)) fail_msg("%s", err.text);
        assert_int_equal(pupils[4], f->pupils_of_5[y] < 0 ? INT32_MIN : f->pupils_of_5[y]);
        assert_true((pupils[1] == INT32_MIN) == (y >= 2));
    }
    const kj_run_column *kind = kj_run_table_column(facility, "kind");
    assert_false(kind->yearly);
    assert_string_equal(kind->labels, "preschool school");
    uint8_t kinds[7];
    if (kj_runread_column(&err, run, "facility", "kind", 0, KJ_U8, kinds)) fail_msg("%s", err.text);
    assert_true(kinds[0] == 0 && kinds[6] == 1);
    kj_runread_close(run);
}

static void test_final_columns(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    begin(f);
    run_years(f);
    pack(f);
    kj_runread *run = open_run(f->out);
    const kj_rows *rows = kj_store_table(kj_sim_store(f->sim), "vacancy");
    const kj_run_table *table = kj_runread_table_named(run, "vacancy");
    assert_true(rows->n_rows > 100);
    assert_int_equal(table->n_rows, rows->n_rows);
    assert_memory_equal(table->ids, rows->ids, rows->n_rows * sizeof *rows->ids);
    uint32_t *root = malloc(rows->n_rows * sizeof *root);
    if (kj_runread_column(&err, run, "vacancy", "root", 0, KJ_ID, root)) fail_msg("%s", err.text);
    assert_memory_equal(root, kj_store_data(kj_sim_store(f->sim), "vacancy", "root", KJ_ID),
                        rows->n_rows * sizeof *root);
    free(root);
    assert_string_equal(kj_run_table_column(table, "root")->ref, "vacancy");
    assert_null(kj_runread_table_named(run, "person")); /* no microdata unless asked for */
    kj_runread_close(run);
}

static void test_provenance(void **state)
{
    fixture *f = *state;
    begin(f);
    run_years(f);
    pack(f);
    kj_runread *run = open_run(f->out);
    const kj_run_info *found = kj_runread_info(run);
    assert_string_equal(found->title, info.title);
    assert_string_equal(found->title_sv, info.title_sv);
    assert_string_equal(found->title_da, info.title_da);
    assert_string_equal(found->version, KJ_VERSION);
    assert_string_equal(found->boundary, info.boundary);
    assert_string_equal(found->scenario_text, info.scenario_text);
    assert_string_equal(found->options_json, info.options_json);
    assert_string_equal(found->figures_json, info.figures_json);
    assert_string_equal(found->map_digest, info.map_digest);
    assert_string_equal(found->state_hash, f->hashes[N_YEARS - 1]);
    assert_true(found->seed == 42 && found->n_threads == 2 && found->start == WORLD_START &&
                found->end == WORLD_START + 60);
    assert_int_equal(found->n_policies, 1);
    assert_string_equal(found->policies[0].text, policies[0].text);
    assert_int_equal(found->n_plugins, 1);
    assert_string_equal(found->plugins[0].id, "world");
    assert_string_equal(found->plugins[0].version, "1.2");
    assert_string_equal(found->plugins[0].stamp, KJ_BUILD_STAMP);
    assert_string_equal(found->plugins[0].path, "");
    const kj_grid *grid = kj_runread_grid(run);
    assert_true(grid->nx == WORLD_NX && grid->ny == WORLD_NY && grid->epsg == 3006 && grid->west == 423000 &&
                grid->north == 6360000);
    const kj_run_column *land = kj_runread_layer_named(run, "land_use");
    assert_string_equal(land->origin, "synthetic");
    assert_string_equal(land->labels, "water farmland forest flats");
    assert_true(land->yearly);
    assert_false(kj_runread_layer_named(run, "area")->yearly);
    assert_null(kj_runread_layer_named(run, "scratch"));
    kj_runread_close(run);
}

static void test_year_file_is_a_run_of_one_year(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    char path[KJ_PATH_MAX];
    begin(f);
    run_years(f);
    snprintf(path, sizeof path, "%.4000s/year_2023.nc", f->dir);
    kj_runread *run = open_run(path);
    assert_false(kj_runread_complete(run));
    assert_int_equal(kj_runread_n_years(run), 1);
    assert_int_equal(kj_runread_years(run)[0], 2023);
    assert_string_equal(kj_runread_info(run)->state_hash, f->hashes[3]);
    uint8_t *land = malloc(WORLD_NX * WORLD_NY);
    if (kj_runread_layer(&err, run, "land_use", 0, KJ_U8, land)) fail_msg("%s", err.text);
    assert_memory_equal(land, f->land[3], WORLD_NX * WORLD_NY);
    free(land);
    kj_runread_close(run);
}

static void test_unknown_names(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    int32_t out[16];
    begin(f);
    run_years(f);
    pack(f);
    kj_runread *run = open_run(f->out);
    assert_int_equal(kj_runread_layer(&err, run, "landuse", 0, KJ_U8, out), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "did you mean `land_use`"));
    assert_int_equal(kj_runread_column(&err, run, "municipalty", "births", 0, KJ_I32, out), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "did you mean `municipality`"));
    assert_int_equal(kj_runread_column(&err, run, "municipality", "birth", 0, KJ_I32, out), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "did you mean `births`"));
    assert_int_equal(kj_runread_column(&err, run, "municipality", "births", N_YEARS, KJ_I32, out), KJ_E_INPUT);
    assert_int_equal(kj_runread_column(&err, run, "municipality", "name", 0, KJ_I32, out), KJ_E_INPUT);
    kj_runread_close(run);
}

static void test_no_run(void **state)
{
    fixture *f = *state;
    expect_no_run(f->out, "No such file");
    FILE *file = fopen(f->out, "wb");
    fputs("a letter", file);
    fclose(file);
    expect_no_run(f->out, "is no Kedja run: expected an HDF5");
    hid_t h5 = H5Fcreate(f->out, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(h5);
    expect_no_run(f->out, "is no Kedja run: expected the root attribute kedja_format");
    expect_no_run(f->folder, "expected a file, found a folder");
}

static void test_cut_off_anywhere(void **state)
{
    fixture *f = *state;
    struct stat whole;
    begin(f);
    run_years(f);
    pack(f);
    assert_int_equal(stat(f->out, &whole), 0);
    for (int i = 9; i >= 0; i--) {
        assert_int_equal(truncate(f->out, whole.st_size * i / 10), 0);
        kj_error err = {0};
        kj_runread *run;
        assert_int_equal(kj_runread_open(&err, f->out, &run), KJ_E_INPUT);
        assert_non_null(strstr(err.text, f->out));
    }
}

static void test_begin_checks_first(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    char path[200], dir[KJ_PATH_MAX];
    snprintf(path, sizeof path, "%s/nowhere/run.nc", f->folder);
    assert_int_equal(kj_runfile_begin(&err, path, "{}", true, dir), KJ_E_INPUT);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(kj_runfile_begin(&err, f->folder, "{}", true, dir), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "found a folder"));
    assert_int_equal(kj_runfile_begin(&err, "", "{}", true, dir), KJ_E_INPUT);
    assert_int_equal(kj_runfile_begin(&err, "/proc/run.nc", "{}", true, dir), KJ_E_INPUT);
    /* Files that are not ours are never removed. */
    snprintf(path, sizeof path, "%s.d", f->out);
    assert_int_equal(mkdir(path, 0755), 0);
    snprintf(path, sizeof path, "%s.d/thesis.txt", f->out);
    fclose(fopen(path, "wb"));
    assert_int_equal(kj_runfile_begin(&err, f->out, "{}", true, dir), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "thesis.txt"));
    assert_int_equal(access(path, F_OK), 0);
}

static void test_old_folder_is_discarded(void **state)
{
    fixture *f = *state;
    char names[256], path[200];
    begin(f);
    run_years(f);
    snprintf(path, sizeof path, "%s.d/year_2026.nc.part", f->out);
    fclose(fopen(path, "wb"));
    begin(f);
    folder_names(f->dir, names, sizeof names);
    assert_string_equal(names, "request.json");
}

static void test_missing_year(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    char path[200];
    begin(f);
    run_years(f);
    snprintf(path, sizeof path, "%s.d/year_2022.nc", f->out);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(kj_runfile_pack(&err, f->dir, f->out, f->sim, &info), KJ_E_FAILED);
    assert_non_null(strstr(err.text, "found no year_2022.nc"));
    assert_int_equal(access(f->out, F_OK), -1);
}

/* A disk that fills up, played by a limit on the size of files. */
static void test_full_disk(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    char names[512];
    struct rlimit old, small;
    begin(f);
    run_years(f);
    FILE *earlier = fopen(f->out, "wb");
    fputs("an earlier run", earlier);
    fclose(earlier);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 20000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    kj_status packed = kj_runfile_pack(&err, f->dir, f->out, f->sim, &info);
    bool named = strstr(err.text, f->out) && strstr(err.text, strerror(EFBIG));
    kj_status year = world_write_year(&err, f->dir, f->sim, &info);
    kj_status checkpoint = kj_checkpoint_write(&err, f->dir, f->sim);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, handler);
    assert_int_equal(packed, KJ_E_IO);
    assert_true(named);
    assert_int_equal(year, KJ_E_IO);
    assert_int_equal(checkpoint, KJ_E_IO);
    char *text = kj_file_read(f->out, NULL);
    assert_string_equal(text, "an earlier run");
    free(text);
    folder_names(f->folder, names, sizeof names);
    assert_string_equal(names, "run.nc run.nc.d"); /* no .part is left */
    folder_names(f->dir, names, sizeof names);
    assert_null(strstr(names, ".part"));
    assert_null(strstr(names, "year_2026"));
    pack(f); /* with room again it goes on */
    kj_runread_close(open_run(f->out));
}

static void test_threads_do_not_change_the_file(void **state)
{
    fixture *f = *state;
    kj_error err = {0};
    char one[KJ_PATH_MAX], two[KJ_PATH_MAX];
    size_t n_one = 0, n_two = 0;
    begin(f);
    snprintf(one, sizeof one, "%.4000s/year_2020.nc", f->dir);
    snprintf(two, sizeof two, "%.4000s/year_2020.nc", f->dir);
    char *bytes[2];
    for (int i = 0; i < 2; i++) {
        kj_sim *sim = world_start(42, 3 * i + 1);
        if (world_write_year(&err, f->dir, sim, &info)) fail_msg("%s", err.text);
        bytes[i] = kj_file_read(i ? two : one, i ? &n_two : &n_one);
        kj_sim_free(sim);
    }
    assert_int_equal(n_one, n_two);
    uint32_t different = 0;
    for (size_t i = 0; i + 40 < n_one; i++) different += bytes[0][i] != bytes[1][i]; /* not the seal, which follows from them */
    assert_true(different <= 5); /* the recorded number of threads itself, and the checksum of the header it is in */
    free(bytes[0]);
    free(bytes[1]);
}

static herr_t expect_scales(hid_t file, const char *name, const H5O_info_t *object, void *data)
{
    uint32_t *n = data;
    if (object->type != H5O_TYPE_DATASET) return 0;
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT), space = H5Dget_space(dataset);
    int rank = H5DSis_scale(dataset) > 0 ? 0 : H5Sget_simple_extent_ndims(space);
    for (int d = 0; d < rank; d++) {
        if (H5DSget_num_scales(dataset, (unsigned)d) != 1) fail_msg("%s: no scale along dimension %d", name, d);
        hid_t attribute = H5Aopen(dataset, "DIMENSION_LIST", H5P_DEFAULT), type = H5Aget_type(attribute), all = H5Aget_space(attribute);
        hvl_t lists[3];
        assert_true(H5Aread(attribute, type, lists) >= 0);
        hid_t scale = H5Rdereference2(dataset, H5P_DEFAULT, H5R_OBJECT, lists[d].p);
        if (H5DSis_attached(dataset, scale, (unsigned)d) <= 0) fail_msg("%s: the scale along dimension %d does not know of it", name, d);
        H5Dvlen_reclaim(type, all, H5P_DEFAULT, lists);
        H5Dclose(scale);
        H5Sclose(all);
        H5Tclose(type);
        H5Aclose(attribute);
        ++*n;
    }
    H5Sclose(space);
    H5Dclose(dataset);
    return 0;
}

/* HDF5's own library finds the scales as if it had attached them, from both sides. */
static void test_scales_are_attached(void **state)
{
    fixture *f = *state;
    char year[KJ_PATH_MAX];
    begin(f);
    run_years(f);
    snprintf(year, sizeof year, "%.4000s/year_2023.nc", f->dir);
    for (int i = 0; i < 2; i++) {
        uint32_t n = 0;
        if (i) pack(f);
        hid_t file = H5Fopen(i ? f->out : year, H5F_ACC_RDONLY, H5P_DEFAULT);
        assert_true(H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, expect_scales, &n) >= 0);
        assert_true(n > 20);
        H5Fclose(file);
    }
}

/* Leaves a packed run at `path`. */
static int make_example(const char *path)
{
    void *state;
    if (set_up(&state)) return 1;
    fixture *f = state;
    begin(f);
    run_years(f);
    pack(f);
    int failed = rename(f->out, path);
    tear_down(&state);
    return failed;
}

int main(int argc, char **argv)
{
    if (argc > 1) return make_example(argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_leftovers_are_tidied, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_packed_holds_every_year, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rows_that_come_and_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_final_columns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_provenance, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_year_file_is_a_run_of_one_year, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unknown_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cut_off_anywhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_begin_checks_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_old_folder_is_discarded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_missing_year, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_threads_do_not_change_the_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_scales_are_attached, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
