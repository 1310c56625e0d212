/* Scenarios and policies: what files may say, in which order and when policies run, and what a fault leaves behind. */
#include "../shared/script_world.h"

#include <glob.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../../core/base/text.h"
#include "../../core/script/city.h"
#include "../../core/script/sandbox.h"
#include "../../core/script/scenario.h"

/* A folder of files for one test. */
typedef struct folder {
    char path[64];
    char file[4][160];
    int n;
} folder;

static void open_folder(folder *f)
{
    memset(f, 0, sizeof *f);
    strcpy(f->path, "/tmp/kedja-scenario-XXXXXX");
    assert_non_null(mkdtemp(f->path));
}

static const char *add_file(folder *f, const char *name, const char *text)
{
    char *path = f->file[f->n++];
    assert_true(strlen(f->path) + strlen(name) + 2 < sizeof f->file[0]);
    strcat(strcat(strcpy(path, f->path), "/"), name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    return path;
}

static void close_folder(folder *f)
{
    for (int i = 0; i < f->n; i++) unlink(f->file[i]);
    rmdir(f->path);
}

#define POLICY_HEAD(name)                                                                                              \
    "policy { name = '" name "', title = 'T', sentence = 'S.', lever = { se = 'A', dk = 'B' }, changes = 'c', leaves = 'l',\n"
#define SCENARIO_HEAD "scenario { title = 'T', map = 'nowhere', stop = 2030,\n"

static kj_scenario *load(const char *path)
{
    kj_error err;
    kj_scenario *scenario;
    if (kj_scenario_load(&err, path, NULL, &scenario)) fail_msg("%s", err.text);
    return scenario;
}

static void load_fails(folder *f, const char *text, const char *message)
{
    kj_error err;
    kj_scenario *scenario;
    const char *path = add_file(f, "s.lua", text);
    assert_int_equal(kj_scenario_load(&err, path, NULL, &scenario), KJ_E_INPUT);
    if (!strstr(err.text, message)) fail_msg("%s\n gave: %s\n expected: %s", text, err.text, message);
    assert_null(scenario);
    f->n--;
}

static void test_settings(void **state)
{
    (void)state;
    kj_error err;
    kj_setting setting;
    assert_int_equal(kj_setting_parse(&err, "densify.max_far=1.25", &setting), KJ_OK);
    assert_string_equal(setting.name, "densify.max_far");
    assert_true(setting.value == 1.25);
    assert_int_equal(kj_setting_parse(&err, "densify.enabled=true", &setting), KJ_OK);
    assert_true(setting.value == 1);
    assert_int_equal(kj_setting_parse(&err, "densify.enabled=false", &setting), KJ_OK);
    assert_true(setting.value == 0);
    static const char *const wrong[] = {"densify", "=1", "a.b=", "a.b=yes", "a.b=1x", "a.b=nan", "a.b=inf", "a.b=0x2", "a.b= 1", "a.b=1 ", "a.b=1e999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_int_equal(kj_setting_parse(&err, wrong[i], &setting), KJ_E_INPUT);
}

/* Who stops while scripts are read gets that status, not the fault that the budget would find later. */
static void test_stop_while_reading(void **state)
{
    (void)state;
    volatile sig_atomic_t stop = 1;
    kj_error err;
    kj_scenario *scenario;
    folder f;
    open_folder(&f);
    const char *path = add_file(&f, "s.lua", "while true do end");
    assert_int_equal(kj_scenario_load(&err, path, &stop, &scenario), KJ_E_STOPPED);
    assert_int_equal(kj_exit_status(err.status), 75);
    assert_non_null(strstr(err.text, "s.lua:1: stopped while this script was at work"));
    close_folder(&f);
}

/* Files in scripts/policies: every one is loaded with every scenario. */
static uint32_t n_shipped(void)
{
    char pattern[400];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/scripts/policies/*.lua", KEDJA_SOURCE_DIR);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    uint32_t n = (uint32_t)found.gl_pathc;
    globfree(&found);
    return n;
}

static void test_shipped_scenarios(void **state)
{
    (void)state;
    static const char *const names[] = {"varnamo_2035", "lund_2040", "toy", "villages", "senior_chains", "lund_2020", "varnamo_2010", "lund_2010"};
    for (int i = 0; i < 8; i++) {
        char path[400];
        snprintf(path, sizeof path, "%s/scripts/scenarios/%s.lua", KEDJA_SOURCE_DIR, names[i]);
        kj_scenario *scenario = load(path);
        assert_string_equal(scenario->name, names[i]);
        assert_true(scenario->stop_year >= 2018 && scenario->n_policies == n_shipped());
        for (int l = 0; l < KJ_LANGUAGES; l++) assert_true(scenario->title[l][0] && scenario->about[l][0]);
        for (uint32_t p = 0; p < scenario->n_policies; p++) {
            const kj_policy *policy = &scenario->policy[p];
            assert_true(policy->lever_se[0] && policy->lever_dk[0]);
            for (int l = 0; l < KJ_LANGUAGES; l++) assert_true(policy->changes[l][0] && policy->leaves[l][0]);
            for (uint32_t k = 0; k < policy->n_params; k++)
                for (int l = 0; l < KJ_LANGUAGES; l++)
                    assert_true(policy->params[k].title[l][0] && policy->params[k].sentence[l][0] && policy->params[k].unit[0]);
        }
        kj_scenario_free(scenario);
    }
}

/* What a policy of one's own may leave out, a shipped one has: all three languages, lever, what it changes and leaves
   alone, and of each parameter unit, texts and, if it is a number, limits. Checked on the files, since loading fills gaps. */
static void test_shipped_policies_are_complete(void **state)
{
    (void)state;
    static const char *const names[] = {"building_programme", "densify", "grow_villages", "new_school", "protect_farmland",
                                        "protect_green", "protect_area", "densify_area", "housing_project", "senior_housing", "new_road", "new_station", "school_in_shifts", "close_school", "co_use", "prevention"};
    static const char checks[] =
        "local function texts(t, what) for _, l in ipairs { 'en', 'sv', 'da' } do "
        "assert(type(t) == 'table' and type(t[l]) == 'string' and #t[l] > 0, what .. ' lacks ' .. l) end end "
        "function policy(t) texts(t.title, 'title') texts(t.sentence, 'sentence') texts(t.changes, 'changes') texts(t.leaves, 'leaves') "
        "assert(#t.name > 0 and #t.lever.se > 0 and #t.lever.dk > 0) "
        "for _, p in ipairs(t.parameters) do texts(p.title, p.name) texts(p.sentence, p.name) "
        "if p.zero then texts(p.zero, p.name) end "
        "assert((p.kind == 'school' or p.kind == 'grade' or #p.unit > 0) and (type(p.default) == 'boolean' or p.kind == 'school' or p.min < p.max), p.name) end end ";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[400];
        kj_error err;
        kj_sandbox *box;
        size_t n;
        snprintf(path, sizeof path, "%s/scripts/policies/%s.lua", KEDJA_SOURCE_DIR, names[i]);
        char *text = kj_file_read(path, &n), *whole = malloc(n + sizeof checks);
        assert_true(text && whole);
        memcpy(mempcpy(whole, checks, sizeof checks - 1), text, n);
        assert_int_equal(kj_sandbox_new(&err, NULL, &box), KJ_OK);
        if (kj_sandbox_run_text(&err, box, path, whole, n + sizeof checks - 1)) fail_msg("%s", err.text);
        kj_sandbox_free(box);
        free(text);
        free(whole);
    }
}

static void test_varnamo(void **state)
{
    (void)state;
    char path[400];
    snprintf(path, sizeof path, "%s/scripts/scenarios/varnamo_2035.lua", KEDJA_SOURCE_DIR);
    kj_scenario *scenario = load(path);
    assert_string_equal(scenario->map, "varnamo");
    assert_string_equal(scenario->title[1], "Värnamo 2035: 40 000 invånare");
    assert_int_equal(scenario->n_settings, 2);
    assert_string_equal(scenario->settings[0].name, "demography.vision_population");
    assert_true(scenario->settings[0].value == 40000 && scenario->has_seed && scenario->seed == 1 && scenario->stop_year == 2035);
    assert_string_equal(scenario->policy[0].name, "building_programme");
    assert_string_equal(scenario->policy[1].name, "densify");
    assert_true(scenario->policy[0].listed && scenario->policy[0].enabled);
    assert_true(scenario->policy[1].listed && !scenario->policy[1].enabled && scenario->policy[1].params[0].given == 1.2);
    assert_true(scenario->policy[3].listed && !scenario->policy[3].enabled);
    assert_int_equal(scenario->n_files, 1 + n_shipped() + 1); /* itself, the policies, the programme */
    assert_int_equal(scenario->files[0].kind, KJ_SCRIPT_SCENARIO);
    assert_int_equal(scenario->files[1 + n_shipped()].kind, KJ_SCRIPT_PROGRAMME);
    kj_scenario_free(scenario);
}

static void test_faults_in_scenarios(void **state)
{
    (void)state;
    folder f;
    open_folder(&f);
    load_fails(&f, SCENARIO_HEAD "stopp = 2035 }", "s.lua:2: scenario: unknown key 'stopp'; did you mean 'stop'?");
    load_fails(&f, "scenario { title = 'T', map = 'x', stop = 'soon' }", "scenario.stop: expected a whole number");
    load_fails(&f, "scenario { map = 'x', stop = 2035 }", "scenario: a field is missing: title");
    load_fails(&f, "scenario { seed = 1 }", "scenario: fields are missing: title, map, stop");
    load_fails(&f, SCENARIO_HEAD "policies = { 'densfy' } }", "unknown policy 'densfy'; did you mean 'densify'?");
    load_fails(&f, SCENARIO_HEAD "policies = { { 'densify', max_fra = 1 } } }", "did you mean 'max_far'?");
    load_fails(&f, SCENARIO_HEAD "policies = { { 'densify', max_far = 40 } } }", "expected a number from 0.3 to 4, found 40");
    load_fails(&f, SCENARIO_HEAD "policies = { 'densify', 'densify' } }", "listed twice");
    load_fails(&f, SCENARIO_HEAD "policies = { { 'densify', infill = 1 } } }", "expected true or false");
    load_fails(&f, SCENARIO_HEAD "policies = { { 'densify', from = '2028' } } }", "policy densify.from: expected a whole number");
    load_fails(&f, SCENARIO_HEAD "policies = { { max_far = 1 } } }", "first item");
    load_fails(&f, SCENARIO_HEAD "policies = { '../densify' } }", "no name of a policy");
    load_fails(&f, SCENARIO_HEAD "set = { ['a.b'] = 'x' } }", "expected a number, true or false");
    load_fails(&f, SCENARIO_HEAD "set = { 5 } }", "scenario.set: expected");
    load_fails(&f, SCENARIO_HEAD "projects = { { x = 1 } } }", "scenario.projects.1.name: expected a text, found nothing");
    load_fails(&f, "print('nothing')", "expected scenario{…}, found nothing");
    load_fails(&f, "local s = { title = 'T', map = 'x', stop = 2035 } scenario(s) scenario(s)", "stands twice");
    load_fails(&f, "scenario(5)", "table expected");
    load_fails(&f, "policy { name = 'x', apply = print }", "belongs in a file of its own");
    load_fails(&f, "scenario { title = 'T', map = 'x' stop = 2035 }", "s.lua:1: '}' expected near 'stop'");
    load_fails(&f, "while true do end", "works without end");
    kj_error err;
    kj_scenario *scenario;
    assert_int_equal(kj_scenario_load(&err, "no_such_scenario", NULL, &scenario), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "there is no such file, nor a shipped scenario of that name"));
    assert_non_null(strstr(err.text, "kronoberg_2040"));
    f.n = 1;
    close_folder(&f);
}

/* A project as it stands on line 4 of the file, between two that are in order. */
static void project_fails(folder *f, const char *project, const char *message)
{
    char text[1200];
    snprintf(text, sizeof text,
             SCENARIO_HEAD "projects = {\n  { name = 'A', area = 'A', rental = 5, start = 2021 }, -- { name = 'B' } comes next\n  { %s },\n"
                           "  { name = 'C', area = 'B', rental = 5,\n    start = 2021 },\n} }",
             project);
    load_fails(f, text, message);
}

static void test_faults_in_projects(void **state)
{
    (void)state;
    static const struct {
        const char *project, *message;
    } faults[] = {
        {"name = 'B', area = 'B', rental = -90, coop = 3, start = 2021",
         "s.lua:4: project 'B'.rental: expected a whole number from 0 to 20000, found -90"},
        {"name = 'B', area = 'B', rental = '90', start = 2021",
         "s.lua:4: project 'B'.rental: expected a whole number from 0 to 20000, found \"90\""},
        {"name = 'B', area = 'B', rentals = 90, start = 2021",
         "s.lua:4: project 'B': unknown key 'rentals'; did you mean 'rental'?"},
        {"name = 'B', area = 'B', hyresratt = 90, start = 2021",
         "s.lua:4: project 'B': unknown key 'hyresratt'; known are name, area"},
        {"name = 'B', area = 'B', owner = 30, small_houses = 50, start = 2021",
         "s.lua:4: project 'B'.small_houses: expected at most the 30 homes of the project, found 50"},
        {"name = 'B', area = 'B', start = 2021",
         "s.lua:4: project 'B': expected at least one home"},
        {"name = 'B', rental = 9, start = 2021",
         "s.lua:4: project 'B': expected a place: area, or x and y; found neither"},
        {"name = 'B', area = 'B', x = 1, y = 1, rental = 9, start = 2021",
         "s.lua:4: project 'B': expected either area, or x and y; found both"},
        {"name = 'B', x = 1, rental = 9, start = 2021",
         "s.lua:4: project 'B'.y: expected a number"},
        {"name = 'B', area = 'B', rental = 9",
         "s.lua:4: project 'B'.start: expected a whole number from 1900 to 2500, found nothing"},
        {"name = 'B', area = 'B', rental = 9, start = 2021, months = 0",
         "s.lua:4: project 'B'.months: expected a whole number from 1 to 240, found 0"},
        {"name = 'A', area = 'B', rental = 9, start = 2021",
         "s.lua:4: project 'A' stands twice in scenario.projects"},
        {"name = 'B', area = 'B', rental = 9,\n start = 'soon'",
         "s.lua:5: project 'B'.start: expected a whole number"},
    };
    folder f;
    open_folder(&f);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) project_fails(&f, faults[i].project, faults[i].message);
    kj_scenario *scenario = load(
        add_file(&f, "s.lua", SCENARIO_HEAD "projects = { { name = 'A', area = 'B', coop = 5, owner = 2, small_houses = 2, start = 2021, months = 9 } } }"));
    uint32_t n;
    const kj_named_project *p = kj_scenario_projects(scenario, &n);
    assert_true(n == 1 && p->homes[KJ_TENURE_COOP] == 5 && p->homes[KJ_TENURE_OWNER] == 2 && p->n_small == 2 && p->start == 2021 && p->months == 9);
    kj_scenario_free(scenario);
    close_folder(&f);
}

/* Of two parameters the second is at fault, in line 5 of the file. */
#define TWO_PARAMS(second) POLICY_HEAD("own") " apply = print, parameters = {\n{ name = 'a', kind = 'whole', min = 0, max = 9, default = 1 },\n" second "\n} }"

static void test_faults_in_policies(void **state)
{
    (void)state;
    static const struct { const char *text, *message; } cases[] = {
        {"policy { name = 'other', title = 'T', sentence = 'S', lever = { se = 'A', dk = 'B' }, changes = 'c', leaves = 'l', apply = print }",
         "expected \"own\", the file's name, found \"other\""},
        {POLICY_HEAD("own") " aply = print }", "policy: unknown key 'aply'; did you mean 'apply'?"},
        {POLICY_HEAD("own") " apply = 5 }", "policy.apply: expected function(city, p), found number"},
        {"policy { when = 'year' }", "policy: fields are missing: title, sentence, apply"},
        {POLICY_HEAD("own") " apply = print, parameters = { { unit = '1', max = 1 } } }", "policy.parameters.1: fields are missing: name, default, min"},
        {POLICY_HEAD("own") " apply = print, wen = 'year' }", "did you mean 'when'?"},
        {POLICY_HEAD("own") " apply = print, when = 'day' }", "expected one of: year month"},
        {POLICY_HEAD("own") " apply = print, parameters = { { name = 'a', unit = '1', default = 5, min = 0, max = 1, title = 'A', sentence = 'A.' } } }",
         "expected a number from 0 to 1, found 5"},
        {POLICY_HEAD("own") " apply = print, parameters = {\n x = { unit = '1', default = 5, min = 0, max = 1 } } }", "own.lua:3: policy.parameters: expected a list of values without names, found 'x = …'"},
        {POLICY_HEAD("own") " apply = print, parameters = { { name = 'enabled', unit = '1', default = 5, min = 0, max = 1 } } }",
         "every policy has 'enabled' already"},
        {POLICY_HEAD("own") " apply = print, parameters = { { name = 'a', unit = '1', default = 0, min = 0, max = 1, title = { sv = 'A' }, sentence = 'A.' } } }",
         "parameter a.title.en: expected a text"},
        {TWO_PARAMS("{ name = 'b', default = 1, min = 0, max = 9,\n kind = 'skool' }"),
         "own.lua:5: policy.parameters.2.kind: expected one of: whole grade preschool school care_home health_centre hall library, found \"skool\""},
        {TWO_PARAMS("{ name = {}, default = 1, min = 0, max = 9 }"), "policy.parameters.2.name: expected a text, found a table"},
        {TWO_PARAMS("{ name = 'b', default = 1, min = 0,\n max = 12, kind = 'grade' }"), "own.lua:5: parameter b.max: expected a whole number from 0 to 9, found 12"},
        {TWO_PARAMS("{ name = 'b', kind = 'whole', min = 0, max = 9,\n default = 1.5 }"), "own.lua:5: parameter b.default: expected a whole number from 0 to 9, found 1.5"},
        {TWO_PARAMS("{ name = 'b', default = true,\n kind = 'whole' }"), "own.lua:5: parameter b: a switch (default true or false) has no kind"},
        {TWO_PARAMS("{ name = 'b', default = true,\n zero = 'none' }"), "own.lua:5: parameter b.zero: it cannot be 0, as a switch is true or false"},
        {TWO_PARAMS("{ name = 'b', min = 1, max = 9, default = 1,\n zero = 'none' }"), "own.lua:5: parameter b.zero: it cannot be 0; its range leaves that out"},
        {TWO_PARAMS("{ name = 'b',\n kind = 'hall' }"), "own.lua:5: parameter b: the id of a facility may be 0: say in `zero` what is meant then"},
        {TWO_PARAMS("{ name = 'b', kind = 'hall', zero = 'none',\n max = 3 }"), "own.lua:5: parameter b: the id of a facility has no min and max"},
        {"x = 1", "expected policy{…}, found nothing"},
        {"scenario { title = 'T', map = 'x', stop = 2035 }", "does not belong in a policy's file"},
        {"local a = nil .. 'x'", "own.lua:1: attempt to concatenate a nil value"}};
    folder f;
    open_folder(&f);
    const char *scenario = add_file(&f, "s.lua", SCENARIO_HEAD "policies = { 'own' } }");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kj_error err;
        kj_scenario *out;
        add_file(&f, "own.lua", cases[i].text);
        assert_int_equal(kj_scenario_load(&err, scenario, NULL, &out), KJ_E_INPUT);
        if (!strstr(err.text, cases[i].message)) fail_msg("%s\n gave: %s\n expected: %s", cases[i].text, err.text, cases[i].message);
        f.n = 1;
    }
    f.n = 2;
    close_folder(&f);
}

/* ---- running ---- */

static kj_sim *start(kj_scenario *scenario, const char *const *settings)
{
    kj_error err;
    kj_sim *sim = land_sim();
    if (kj_scenario_attach(&err, scenario, sim)) fail_msg("%s", err.text);
    for (; settings && *settings; settings++) {
        kj_setting setting;
        assert_int_equal(kj_setting_parse(&err, *settings, &setting), KJ_OK);
        if (kj_sim_set_param(&err, sim, setting.name, setting.value)) fail_msg("%s", err.text);
    }
    land_start(sim);
    return sim;
}

static void months(kj_sim *sim, int n)
{
    kj_error err;
    for (int m = 0; m < n; m++)
        if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
}

static double far_at(kj_sim *sim, uint32_t cell) { return land_value(sim, "cell", "max_far", cell); }

static void test_shipped_policies_change_the_land(void **state)
{
    (void)state;
    folder f;
    open_folder(&f);
    const char *path = add_file(&f, "s.lua", SCENARIO_HEAD "policies = { { 'protect_farmland', min_class = 5, from = 2022 } } }");
    const char *const settings[] = {"densify.enabled=true", "densify.distance=150", "densify.max_far=1.5", "protect_green.enabled=1",
                                    "grow_villages.enabled=true", "grow_villages.distance=200", "grow_villages.from=2023", NULL};
    kj_scenario *scenario = load(path);
    kj_sim *sim = start(scenario, settings);
    months(sim, 1);
    uint32_t centre = 3 * LAND_NX + 3, north = 3, park = 11, village = 10;
    assert_true(far_at(sim, centre) == 1.5 && (float)far_at(sim, centre - 1) == 0.45f && far_at(sim, north) == 1.0);
    assert_true(far_at(sim, village) == 0.25); /* 300 inhabitants: below densify.smallest */
    assert_true(land_value(sim, "cell", "zoning", centre) == KJ_ZONE_MIXED && land_value(sim, "cell", "zoning", centre - 1) == KJ_ZONE_SMALL_HOUSES);
    assert_true(far_at(sim, 2) == 0.25 && far_at(sim, centre + 2) == 0.25 && far_at(sim, centre + 3) == 0.0); /* farther out; fields */
    assert_true(land_value(sim, "cell", "protection", park) == KJ_PROTECT_GREEN);
    assert_true(land_value(sim, "cell", "protection", 7 * LAND_NX + 6) == 0);
    months(sim, 12);
    assert_true(land_value(sim, "cell", "protection", 7 * LAND_NX + 6) == KJ_PROTECT_FARMLAND); /* class 8 */
    assert_true(land_value(sim, "cell", "protection", 3 * LAND_NX + 6) == 0);                   /* class 4 */
    assert_true(land_value(sim, "cell", "zoning", 9) == KJ_ZONE_NONE);
    months(sim, 12);
    assert_true(land_value(sim, "cell", "zoning", 9) == KJ_ZONE_SMALL_HOUSES && far_at(sim, 9) == 0.25); /* forest beside the village */
    assert_true(land_value(sim, "cell", "zoning", 7) == KJ_ZONE_NONE);                                   /* farmland is left alone */
    kj_sim_free(sim);
    kj_scenario_free(scenario);
    close_folder(&f);
}

static void test_building_policies(void **state)
{
    (void)state;
    folder f;
    open_folder(&f);
    const char *path = add_file(
        &f, "s.lua",
        SCENARIO_HEAD "policies = { { 'building_programme', share = 0.5, delay = 1 }, { 'senior_housing', every = 2, homes = 12 }, { 'new_school', year = "
                      "2022, places = 90 } },\n"
                      "projects = { { name = 'Ekbacken', area = 'Staden', owner = 10, rental = 21, small_houses = 10, start = 2021, months = 12 } } }");
    kj_scenario *scenario = load(path);
    kj_sim *sim = start(scenario, NULL);
    months(sim, 36);
    assert_int_equal(kj_store_table(kj_sim_store(sim), "project")->n_alive, 3); /* Ekbacken; seniors in 2021 and 2023 */
    assert_string_equal(land_name(sim, "project", 0), "Ekbacken");
    assert_true(land_value(sim, "project", "n_owner", 0) == 5 && land_value(sim, "project", "n_rental", 0) == 11 &&
                land_value(sim, "project", "n_small_houses", 0) == 5);
    assert_true(land_value(sim, "project", "start", 0) == KJ_MONTH(2022, 1) && land_value(sim, "project", "completion", 0) == KJ_MONTH(2023, 1));
    assert_true(land_value(sim, "project", "kind", 0) == KJ_PROJECT_PROGRAMME && land_value(sim, "project", "kind", 1) == KJ_PROJECT_POLICY);
    assert_string_equal(land_name(sim, "project", 1), "Senior Staden 2021");
    assert_true(land_value(sim, "project", "n_senior", 1) == 12);
    assert_int_equal(kj_store_table(kj_sim_store(sim), "facility")->n_alive, 2);
    assert_string_equal(land_name(sim, "facility", 1), "New school Byn 2022"); /* 400 children there, 150 in town, one school for both */
    assert_true(land_value(sim, "facility", "places", 1) == 90 && land_value(sim, "facility", "grade_hi", 1) == 8);
    kj_sim_free(sim);
    kj_scenario_free(scenario);
    close_folder(&f);
}

/* Order is the scenario's, later ones by name; monthly policies run each month; nothing is remembered between calls. */
static void test_order_and_time(void **state)
{
    (void)state;
    folder f;
    open_folder(&f);
    const char *path = add_file(&f, "s.lua", SCENARIO_HEAD "policies = { 'second', { 'first', to = 2022 } } }");
    add_file(&f, "second.lua", "local n = 0 count = 0\n" POLICY_HEAD("second")
             " apply = function(city, p) n = n + 1 count = (count or 0) + 1 assert(n == 1 and count == 1) city:layer('max_far'):set(city:everywhere(), 3) end }");
    add_file(&f, "first.lua", POLICY_HEAD("first") " when = 'month',\n"
             " parameters = { { name = 'plus', unit = '1', default = 1, min = 0, max = 5, title = 'P', sentence = 'P.' } },\n"
             " apply = function(city, p) city:layer('max_far'):set(city:everywhere(), city:layer('max_far') + p.plus / 4) end }");
    kj_scenario *scenario = load(path);
    assert_string_equal(scenario->policy[0].name, "second");
    assert_string_equal(scenario->policy[1].name, "first");
    assert_string_equal(scenario->policy[2].name, "affordable_share");
    const char *const settings[] = {"first.plus=2", NULL};
    kj_sim *sim = start(scenario, settings);
    months(sim, 1);
    assert_true(far_at(sim, 0) == 3.5);
    months(sim, 2);
    assert_true(far_at(sim, 0) == 4.5);
    months(sim, 12 + 9);
    assert_true(far_at(sim, 0) == 9.0); /* January 2022 sets 3, then 12 months of a half */
    months(sim, 3);
    assert_true(far_at(sim, 0) == 3.0); /* 2023: the monthly one has ended */
    kj_sim_free(sim);
    kj_scenario_free(scenario);
    close_folder(&f);
}

static void test_fault_in_a_call(void **state)
{
    (void)state;
    static const struct { const char *body, *message; } cases[] = {
        {"city:layer('max_far'):set(city:everywhere(), 2)\nlocal x = nil + 1", "bad.lua:3: attempt to perform arithmetic"},
        {"city:layer('max_far'):set(city:everywhere(), 2) while true do end", "works without end"},
        {"city:layer('max_far'):set(city:everywhere(), 2) error({})", "error object is a table value"},
        {"city:layer('max_far'):set(city:everywhere(), p.maks)", "policy bad has no parameter 'maks'; did you mean 'max'?"},
        {"city:layer('max_far'):set(city:everywhere(), 2) local s = 'x' while true do s = s .. s end", "MB of memory"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        folder f;
        kj_error err;
        char text[1000];
        open_folder(&f);
        const char *path = add_file(&f, "s.lua", SCENARIO_HEAD "policies = { { 'bad', from = 2022 } } }");
        snprintf(text, sizeof text, POLICY_HEAD("bad") " parameters = { { name = 'max', unit = '1', default = 1, min = 0, max = 5, title = 'P', sentence = 'P.' } }, apply = function(city, p) %s end }", cases[i].body);
        add_file(&f, "bad.lua", text);
        kj_scenario *scenario = load(path);
        kj_sim *sim = start(scenario, NULL);
        months(sim, 12);
        assert_int_equal(kj_sim_month(&err, sim), KJ_E_FAILED);
        if (!strstr(err.text, cases[i].message)) fail_msg("gave: %s\n expected: %s", err.text, cases[i].message);
        assert_non_null(strstr(err.text, "policy bad, 2022-01"));
        if (i == 0) assert_ptr_equal(err.text + err.words, strstr(err.text, "attempt to perform arithmetic"));
        assert_true(far_at(sim, 0) == 0.0 && far_at(sim, 3) == 1.0);
        kj_sim_free(sim);
        kj_scenario_free(scenario);
        close_folder(&f);
    }
}

static void test_unknown_settings(void **state)
{
    (void)state;
    folder f;
    kj_error err;
    open_folder(&f);
    kj_scenario *scenario = load(add_file(&f, "s.lua", SCENARIO_HEAD "set = { ['land.pase'] = 0.1 } }"));
    kj_sim *sim = land_sim();
    assert_int_equal(kj_scenario_attach(&err, scenario, sim), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "'land.pace'"));
    kj_sim_free(sim);
    kj_scenario_free(scenario);
    scenario = load(add_file(&f, "t.lua", SCENARIO_HEAD "set = { ['land.pace'] = 0.1, ['densify.max_far'] = 2 } }"));
    sim = land_sim();
    assert_int_equal(kj_scenario_attach(&err, scenario, sim), KJ_OK);
    assert_int_equal(kj_sim_set_param(&err, sim, "densfy.enabled", 1), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "densify.enabled"));
    assert_int_equal(kj_sim_set_param(&err, sim, "densify.max_far", 9), KJ_E_INPUT);
    double value;
    assert_int_equal(kj_sim_get_param(&err, sim, "densify.max_far", &value), KJ_OK);
    assert_true(value == 2);
    kj_sim_free(sim);
    kj_scenario_free(scenario);
    close_folder(&f);
}

/* Switches are 0 or 1, years whole; a policy does not end before it begins. */
static void test_values(void **state)
{
    (void)state;
    folder f;
    kj_error err;
    open_folder(&f);
    kj_scenario *scenario = load(add_file(&f, "s.lua", SCENARIO_HEAD "policies = { { 'densify', from = 2025, to = 2024 } } }"));
    kj_sim *sim = land_sim();
    double value;
    assert_int_equal(kj_scenario_attach(&err, scenario, sim), KJ_OK);
    assert_int_equal(kj_scenario_check(&err, scenario, sim), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "'densify.from' = 2025 is after 'densify.to' = 2024"));
    assert_int_equal(kj_sim_set_param(&err, sim, "densify.to", 2025), KJ_OK);
    assert_int_equal(kj_scenario_check(&err, scenario, sim), KJ_OK);
    assert_int_equal(kj_sim_set_param(&err, sim, "densify.enabled", 0.5), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "'densify.enabled' = 0.5: expected 0 or 1"));
    assert_int_equal(kj_sim_set_param(&err, sim, "new_school.year", 2027.5), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "= 2027.5: expected a whole number from 1900 to 2500 year"));
    assert_int_equal(kj_sim_set_param(&err, sim, "densify.max_far", 9), KJ_E_INPUT);
    assert_string_equal(err.text, "parameter 'densify.max_far' = 9: expected 0.3 to 4");
    assert_int_equal(kj_policy_value(&err, sim, &scenario->policy[0], "distance", &value), KJ_OK);
    assert_true(value == 1500);
    kj_sim_free(sim);
    kj_scenario_free(scenario);
    close_folder(&f);
}

/* A parameter says itself what its value is, whatever it is called. */
static void test_kinds_of_parameters(void **state)
{
    (void)state;
    folder f;
    kj_error err;
    open_folder(&f);
    const char *path = add_file(&f, "s.lua", SCENARIO_HEAD "policies = { { 'own', wanted = 7 } } }");
    add_file(&f, "own.lua", POLICY_HEAD("own") " apply = print, parameters = {\n"
             "{ name = 'wanted', kind = 'preschool', sentence = 'Which.', zero = { en = 'none', sv = 'ingen', da = 'ingen' } },\n"
             "{ name = 'oldest', kind = 'grade', min = 1, max = 9, default = 6 },\n"
             "{ name = 'homes', kind = 'whole', unit = 'homes', min = 0, max = 2, default = 1, zero = 'as many as there are' },\n"
             "{ name = 'school', min = 0, max = 9, default = 1 }, { name = 'low_grade', default = true } } }");
    kj_scenario *scenario = load(path);
    const kj_policy_param *p = scenario->policy[0].params;
    assert_true(p[0].kind == KJ_PARAM_FACILITY && p[0].facility == KJ_FACILITY_PRESCHOOL && p[0].min == 0.0 && p[0].given == 7.0 && p[0].has_unit);
    assert_string_equal(p[0].sentence[1], "Which; 0: ingen.");
    assert_true(p[1].kind == KJ_PARAM_GRADE && p[2].kind == KJ_PARAM_WHOLE && p[3].kind == KJ_PARAM_NUMBER && p[4].kind == KJ_PARAM_SWITCH);
    assert_string_equal(p[2].sentence[0], "0: as many as there are.");
    kj_sim *sim = land_sim();
    assert_int_equal(kj_scenario_attach(&err, scenario, sim), KJ_OK);
    assert_int_equal(kj_sim_set_param(&err, sim, "own.homes", 0.5), KJ_E_INPUT);
    assert_string_equal(err.text, "parameter 'own.homes' = 0.5: expected a whole number from 0 to 2 homes");
    assert_int_equal(kj_sim_set_param(&err, sim, "own.school", 0.5), KJ_OK);
    kj_sim_free(sim);
    kj_scenario_free(scenario);
    load_fails(&f, SCENARIO_HEAD "policies = { { 'own',\noldest = 2.5 } } }", "s.lua:3: policy own.oldest: expected a whole number from 1 to 9, found 2.5");
    close_folder(&f);
}

/* The programme is that of the map that is used; points beyond a map are named with project and map. */
static void test_programme_follows_the_map(void **state)
{
    (void)state;
    folder f;
    kj_error err;
    open_folder(&f);
    kj_scenario *scenario = load(add_file(&f, "s.lua", "scenario { title = 'T', map = 'varnamo', stop = 2030, policies = { 'building_programme' } }"));
    assert_int_equal(scenario->files[scenario->n_files - 1].kind, KJ_SCRIPT_PROGRAMME);
    uint32_t n_files = scenario->n_files;
    assert_int_equal(kj_scenario_use_map(&err, scenario, "lund"), KJ_OK);
    assert_int_equal(scenario->n_files, n_files);
    assert_non_null(strstr(scenario->files[n_files - 1].text, "Brunnshög"));
    assert_int_equal(kj_scenario_use_map(&err, scenario, "toy"), KJ_OK);
    assert_int_equal(scenario->n_files, n_files - 1);
    kj_sim *sim = start(scenario, NULL);
    months(sim, 12);
    assert_int_equal(kj_store_table(kj_sim_store(sim), "project")->n_alive, 0);
    kj_sim_free(sim);
    kj_scenario_free(scenario);
    scenario = load(add_file(&f, "t.lua", SCENARIO_HEAD "policies = { 'building_programme' },\n"
                                          "projects = { { name = 'Ekbacken', x = 1, y = 2, owner = 10, start = 2021 } } }"));
    assert_int_equal(kj_scenario_use_map(&err, scenario, "toy"), KJ_OK);
    sim = start(scenario, NULL);
    assert_int_equal(kj_sim_month(&err, sim), KJ_E_FAILED);
    if (!strstr(err.text, "project 'Ekbacken': the point 1.0, 2.0 lies outside the map toy, which reaches from x ")) fail_msg("%s", err.text);
    kj_sim_free(sim);
    kj_scenario_free(scenario);
    close_folder(&f);
}

/* ---- the reference ---- */

/* Copies the next block of Lua in the text and moves behind it. */
static char *next_example(const char **text)
{
    static const char opening[] = "```lua\n";
    const char *begin = strstr(*text, opening);
    assert_non_null(begin);
    begin += sizeof opening - 1;
    *text = strstr(begin, "```");
    assert_non_null(*text);
    return strndup(begin, (size_t)(*text - begin));
}

/* The examples of the reference do what they say. */
static void test_examples_of_the_reference(void **state)
{
    (void)state;
    folder f;
    size_t n;
    char *text = kj_file_read(KEDJA_SOURCE_DIR "/docs/lua.md", &n);
    const char *rest = text;
    assert_non_null(text);
    char *policy = next_example(&rest), *example = next_example(&rest);
    size_t lines = 0;
    for (const char *c = policy; *c; c++) lines += *c == '\n';
    assert_int_equal(lines, 10);
    open_folder(&f);
    add_file(&f, "keep_forest.lua", policy);
    kj_scenario *scenario = load(add_file(&f, "my_scenario.lua", example));
    assert_string_equal(scenario->policy[0].name, "keep_forest");
    assert_string_equal(scenario->policy[0].title[2], "Keep the forest near homes");
    assert_null(scenario->policy[0].lever_se);
    assert_string_equal(scenario->policy[0].params[0].title[1], "metres");
    assert_true(scenario->policy[0].params[0].given == 200 && strcmp(scenario->policy[1].name, "densify") == 0);
    kj_sim *sim = start(scenario, NULL);
    uint32_t forest = 9; /* beside the village */
    months(sim, 12);
    assert_true(land_value(sim, "cell", "land_use", forest) == KJ_LAND_FOREST && land_value(sim, "cell", "protection", forest) == 0);
    months(sim, 1);
    assert_true(land_value(sim, "cell", "protection", forest) == KJ_PROTECT_GREEN);
    kj_sim_free(sim);
    kj_scenario_free(scenario);
    close_folder(&f);
    free(policy);
    free(example);
    free(text);
}

/* A run is repeated from the texts that it kept, without the files. */
static void test_restore(void **state)
{
    (void)state;
    folder f;
    kj_error err;
    char first[33], second[33];
    open_folder(&f);
    const char *path = add_file(&f, "s.lua", SCENARIO_HEAD "policies = { 'own', { 'building_programme', delay = 2 } }, projects = { { name = 'A', area = 'Byn', rental = 5, start = 2021 } } }");
    add_file(&f, "own.lua", POLICY_HEAD("own") " apply = function(city, p) city:layer('zoning'):set(city:layer('land_use'):is('forest'), 'mixed') end }");
    kj_scenario *scenario = load(path), *restored;
    close_folder(&f);
    assert_int_equal(kj_scenario_restore(&err, scenario->files, scenario->n_files, NULL, &restored), KJ_OK);
    assert_int_equal(restored->n_policies, scenario->n_policies);
    kj_sim *sim = start(scenario, NULL);
    months(sim, 25);
    kj_sim_hash(sim, first);
    kj_sim_free(sim);
    kj_scenario_free(scenario);
    sim = start(restored, NULL);
    months(sim, 25);
    kj_sim_hash(sim, second);
    assert_int_equal(kj_store_table(kj_sim_store(sim), "project")->n_alive, 1);
    kj_sim_free(sim);
    kj_scenario_free(restored);
    assert_string_equal(first, second);
}

/* ---- escapes ---- */

/* What a policy might try, one by one. `caught`: it may be caught with pcall, and then the run goes on as if nothing had been tried. */
static const struct { const char *what, *code, *message; bool caught; } escapes[] = {
    {"read a file", "io.open('/etc/passwd')", "global 'io'", true},
    {"run a file", "dofile('/etc/passwd')", "global 'dofile'", true},
    {"load a file", "loadfile('/etc/passwd')", "global 'loadfile'", true},
    {"load a module", "require('os')", "global 'require'", true},
    {"run a program", "os.execute('true')", "global 'os'", true},
    {"end the program", "os.exit(0)", "global 'os'", true},
    {"read the clock", "os.time()", "global 'os'", true},
    {"own random numbers", "math.random()", "'random'", true},
    {"load text", "load('return 1')()", "global 'load'", true},
    {"make bytecode", "string.dump(function() end)", "'dump'", true},
    {"load bytecode", "load('\\27Lua\\84')()", "global 'load'", true},
    {"debug library", "debug.getregistry()", "global 'debug'", true},
    {"metatable of strings", "getmetatable('').__index = nil", "global 'getmetatable'", true},
    {"methods of strings", "local s = 'x' s.rep = nil", "attempt to index a string value", true},
    {"shared library", "string.rep = nil", "cannot be changed", true},
    {"metatable of the city", "setmetatable(city, {})", "global 'setmetatable'", true},
    {"fields of the city", "city.year = 1900", "'year' cannot be assigned", true},
    {"raw access", "rawset(city, 'year', 1900)", "global 'rawset'", true},
    {"a bomb of string.rep", "string.rep('x', 1 << 40)", "string.rep", true},
    {"a bomb of a pattern", "string.match(string.rep('a', 30), string.rep('a?', 30) .. string.rep('a', 30))", "'match'", true},
    {"a bomb of replacement", "string.gsub(string.rep('a', 100000), '.*', '%0%0')", "'gsub'", true},
    {"deep recursion", "local function f(n) return 1 + f(n + 1) end f(1)", "stack overflow", true},
    {"coroutines", "coroutine.wrap(function() while true do end end)()", "global 'coroutine'", true},
    {"garbage collector", "collectgarbage('stop')", "global 'collectgarbage'", true},
    {"a loop without end", "while true do end", "works without end", false},
    {"a long search", "local s = string.rep('x', 1000000) while true do string.find(s, 'yy') end", "works without end", false},
    {"a bomb of memory", "local t = {} for i = 1, 1e9 do t[i] = {} end", "MB of memory", true},
    {"a bomb of projects", "for i = 1, 1000000 do city:project { name = 'P', area = 'Staden', rental = 1 } end", "works without end", false},
    {"a bomb of facilities", "for i = 1, 100000 do city:facility { kind = 'preschool', name = 'P', area = 'Staden', places = 1 } end", "works without end", false},
    {"a bomb of settings", "for i = 1, 3000000 do city:set_param('bad.to', 2022 + i % 2) end", "works without end", false},
    {"a bomb of names", "for i = 1, 700 do city:project { name = string.rep('x', 1000) .. i, area = 'Staden', rental = 1 } end", "expected 1 to 120 bytes", true},
    {"a name that steers the terminal", "city:project { name = 'P\\27[2J', area = 'Staden', rental = 1 }", "no control characters, found byte 27 at place 2", true},
    {"a project of the past", "city:project { name = 'P', area = 'Staden', rental = 1, start = 1950 }", "its start 1950 is past: expected 2022 or later", true},
};

/* Runs a policy with this body for 14 months; out: the state hash at the end, or "" with the message in err. */
static void run_body(const char *body, kj_error *err, char hash[33])
{
    folder f;
    char text[1500];
    open_folder(&f);
    const char *path = add_file(&f, "s.lua", SCENARIO_HEAD "policies = { { 'bad', from = 2022 } } }");
    snprintf(text, sizeof text, POLICY_HEAD("bad") " apply = function(city, p) %s city:layer('max_far'):set(city:everywhere(), 2) end }", body);
    add_file(&f, "bad.lua", text);
    kj_scenario *scenario = load(path);
    kj_sim *sim = start(scenario, NULL);
    kj_status status = KJ_OK;
    for (int m = 0; m < 12 && !status; m++) status = kj_sim_month(err, sim);
    clock_t began = clock();
    for (int m = 12; m < 14 && !status; m++) status = kj_sim_month(err, sim);
    if (clock() - began > 20 * CLOCKS_PER_SEC) fail_msg("%s: %.1f s until it was stopped", body, (double)(clock() - began) / CLOCKS_PER_SEC);
    hash[0] = 0;
    if (!status) kj_sim_hash(sim, hash);
    else if (far_at(sim, 0) != 0.0 || far_at(sim, 3) != 1.0) fail_msg("%s: the map is not as it was", body);
    kj_sim_free(sim);
    kj_scenario_free(scenario);
    close_folder(&f);
}

/* Each try fails with a clear error that names the line, and the map is as before; caught by the policy itself, it leaves the run as one that never
   tried. */
static void test_escapes_from_a_run(void **state)
{
    (void)state;
    kj_error err;
    char plain[33], hash[33], body[1200];
    run_body("", &err, plain);
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
        run_body(escapes[i].code, &err, hash);
        if (hash[0]) fail_msg("%s: nothing stopped %s", escapes[i].what, escapes[i].code);
        if (!strstr(err.text, escapes[i].message) || !strstr(err.text, "bad.lua:2") || !strstr(err.text, "policy bad, 2022-01"))
            fail_msg("%s: %s\n gave: %s\n expected: %s", escapes[i].what, escapes[i].code, err.text, escapes[i].message);
        snprintf(body, sizeof body, "local ok = pcall(function() %s end) assert(not ok)", escapes[i].code);
        run_body(body, &err, hash);
        if (escapes[i].caught && strcmp(hash, plain)) fail_msg("%s, caught: %s", escapes[i].what, hash[0] ? "another state than that of a run without" : err.text);
        if (!escapes[i].caught && hash[0]) fail_msg("%s: pcall held the end of the budget", escapes[i].what);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stop_while_reading), cmocka_unit_test(test_settings),
                                       cmocka_unit_test(test_shipped_scenarios),
                                       cmocka_unit_test(test_varnamo),
                                       cmocka_unit_test(test_shipped_policies_are_complete),
                                       cmocka_unit_test(test_values),
                                       cmocka_unit_test(test_kinds_of_parameters),
                                       cmocka_unit_test(test_faults_in_projects),
                                       cmocka_unit_test(test_programme_follows_the_map),
                                       cmocka_unit_test(test_faults_in_scenarios),
                                       cmocka_unit_test(test_faults_in_policies),
                                       cmocka_unit_test(test_shipped_policies_change_the_land),
                                       cmocka_unit_test(test_building_policies),
                                       cmocka_unit_test(test_order_and_time),
                                       cmocka_unit_test(test_fault_in_a_call),
                                       cmocka_unit_test(test_unknown_settings),
                                       cmocka_unit_test(test_examples_of_the_reference),
                                       cmocka_unit_test(test_restore),
                                       cmocka_unit_test(test_escapes_from_a_run)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
