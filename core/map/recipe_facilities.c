/* Work, facilities and named projects. Keys: recipe.c. */
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "../script/luatable.h"
#include "recipe_internal.h"

void kj_recipe_read_work(lua_State *L, int t, kj_recipe *r)
{
    int w = kj_lua_table(L, t, "map", "work");
    kj_lua_known_keys(L, w, "map.work", KEYS("jobs", "tertiary", "students", "outside"), false);
    r->jobs = kj_lua_number(L, w, "map.work", "jobs", 0.0, 1e8);
    r->tertiary_share = kj_lua_number_or(L, w, "map.work", "tertiary", 0.0, 1.0, r->tertiary_share);
    r->student_share = kj_lua_number_or(L, w, "map.work", "students", 0.0, 1.0, r->student_share);
    int o = kj_lua_table_or_none(L, w, "map.work", "outside");
    double sum = 0.0;
    for (int32_t i = 1; o && i <= kj_lua_length(L, o) && r->n_commutes < 16; i++) {
        int item = kj_lua_item_table(L, o, "map.work.outside", i);
        kj_lua_known_keys(L, item, "map.work.outside", KEYS("name", "share"), false);
        COPY(r->commutes[r->n_commutes].name, kj_lua_string(L, item, "map.work.outside", "name"));
        sum += r->commutes[r->n_commutes++].share = kj_lua_number(L, item, "map.work.outside", "share", 0.0, 1.0);
        lua_pop(L, 1);
    }
    if (sum > 1.0) kj_lua_refuse(L, "outside", "map.work.outside: the shares add up to %g, expected at most 1", sum);
    lua_pop(L, o ? 2 : 1);
}

static void read_facility_file(lua_State *L, int f, kj_recipe *r)
{
    const char *what = "map.facilities.file";
    if (r->n_facility_files == sizeof r->facility_files / sizeof *r->facility_files)
        kj_lua_refuse(L, "files", "map.facilities.files: at most %zu files", sizeof r->facility_files / sizeof *r->facility_files);
    kj_recipe_facility_file *out = &r->facility_files[r->n_facility_files++];
    kj_lua_known_keys(L, f, what,
                      KEYS("file", "layer", "kind", "name", "x", "y", "epsg", "places", "places_factor", "from_grade",
                           "to_grade", "independent", "exclude"),
                      false);
    COPY(out->file, kj_lua_string(L, f, what, "file"));
    out->kind = (kj_facility_kind)kj_lua_word(L, f, what, "kind", KJ_FACILITY_KIND_LABELS);
    COPY(out->name, kj_lua_string(L, f, what, "name"));
    COPY(out->layer, kj_lua_string_or(L, f, what, "layer", ""));
    COPY(out->x, kj_lua_string_or(L, f, what, "x", ""));
    COPY(out->y, kj_lua_string_or(L, f, what, "y", ""));
    out->epsg = (int32_t)kj_lua_whole_or(L, f, what, "epsg", 1024, 999999, r->epsg);
    COPY(out->places, kj_lua_string(L, f, what, "places"));
    out->places_factor = kj_lua_number_or(L, f, what, "places_factor", 0.1, 10.0, 1.0);
    out->grade_lo = kj_lua_word_or(L, f, what, "from_grade", GRADE_LABELS, 0);
    out->grade_hi = kj_lua_word_or(L, f, what, "to_grade", GRADE_LABELS, 0);
    int i = kj_lua_table_or_none(L, f, what, "independent");
    if (i) {
        kj_lua_known_keys(L, i, "map.facilities.file.independent", KEYS("column", "value"), false);
        COPY(out->independent, kj_lua_string(L, i, "map.facilities.file.independent", "column"));
        COPY(out->independent_value, kj_lua_string(L, i, "map.facilities.file.independent", "value"));
        lua_pop(L, 1);
    }
    int x = kj_lua_table_or_none(L, f, what, "exclude");
    if (x) {
        kj_lua_known_keys(L, x, "map.facilities.file.exclude", KEYS("column", "values", "reason"), false);
        COPY(out->exclude_column, kj_lua_string(L, x, "map.facilities.file.exclude", "column"));
        kj_lua_string(L, x, "map.facilities.file.exclude", "reason"); /* must be there; read by people */
        int v = kj_lua_table(L, x, "map.facilities.file.exclude", "values");
        for (int32_t k = 1; k <= kj_lua_length(L, v) && out->n_excluded < 8; k++) {
            COPY(out->exclude_value[out->n_excluded++],
                 kj_lua_item_string(L, v, "map.facilities.file.exclude.values", k));
        }
        lua_pop(L, 2);
    }
    lua_pop(L, 1);
}

void kj_recipe_read_facilities(lua_State *L, int t, kj_recipe *r)
{
    int list = kj_lua_table_or_none(L, t, "map", "facilities");
    const char *what = "map.facilities";
    if (!list) return;
    kj_lua_known_keys(L, list, what, KEYS("file", "files", "fill"), true);
    for (int32_t i = 1; i <= kj_lua_length(L, list); i++) {
        int f = kj_lua_item_table(L, list, what, i);
        kj_lua_known_keys(L, f, what,
                          KEYS("kind", "name", "x", "y", "places", "from_grade", "to_grade", "independent", "opened"),
                          false);
        r->facilities = kj_recipe_append(L, r->facilities, r->n_facilities, sizeof *r->facilities);
        kj_recipe_facility *to = &r->facilities[r->n_facilities++];
        to->kind = (kj_facility_kind)kj_lua_word(L, f, what, "kind", KJ_FACILITY_KIND_LABELS);
        COPY(to->name, kj_lua_string(L, f, what, "name"));
        to->x = kj_lua_number(L, f, what, "x", -1e7, 1e8);
        to->y = kj_lua_number(L, f, what, "y", -1e7, 1e8);
        to->places = (int32_t)kj_lua_whole(L, f, what, "places", 0, KJ_PLACES_MAX);
        int32_t preschool = to->kind == KJ_FACILITY_PRESCHOOL ? 1 : 0;
        to->grade_lo =
            kj_lua_word_or(L, f, what, "from_grade", GRADE_LABELS, to->kind == KJ_FACILITY_SCHOOL ? 2 : preschool);
        to->grade_hi =
            kj_lua_word_or(L, f, what, "to_grade", GRADE_LABELS, to->kind == KJ_FACILITY_SCHOOL ? 11 : preschool);
        to->independent = kj_lua_bool_or(L, f, what, "independent", false);
        int32_t year = (int32_t)kj_lua_whole_or(L, f, what, "opened", 1900, 2100, 0);
        to->opened = year ? KJ_MONTH(year, 8) : 0;
        lua_pop(L, 1);
    }
    int one = kj_lua_table_or_none(L, list, what, "file");
    if (one) read_facility_file(L, one, r); /* pops it */
    int many = kj_lua_table_or_none(L, list, what, "files");
    for (int32_t i = 1; many && i <= kj_lua_length(L, many); i++)
        read_facility_file(L, kj_lua_item_table(L, many, "map.facilities.files", i), r);
    if (many) lua_pop(L, 1);
    int fill = kj_lua_table_or_none(L, list, what, "fill");
    for (int32_t i = 1; fill && i <= kj_lua_length(L, fill); i++) {
        const char *kind = kj_lua_item_string(L, fill, "map.facilities.fill", i);
        if (strcmp(kind, "school") == 0)
            r->fill_schools = true;
        else if (strcmp(kind, "preschool") == 0)
            r->fill_preschools = true;
        else if (strcmp(kind, "care_home") == 0)
            r->fill_care_homes = true;
        else
            kj_lua_refuse(L, "fill", "map.facilities.fill[%d]: expected school, preschool or care_home, found %s", i,
                          kind);
    }
    lua_pop(L, fill ? 2 : 1);
}

static const char *const tenure_keys[KJ_PROJECT_TENURES] = {"rental", "coop", "owner", "student", "senior"};

static void read_programme(lua_State *L, int list, kj_recipe *r)
{
    const char *what = "map.projects.file";
    int f = kj_lua_table_or_none(L, list, "map.projects", "file");
    kj_recipe_programme *p = &r->programme;
    if (!f) return;
    kj_lua_known_keys(L, f, what,
                      KEYS("file", "epsg", "name", "x", "y", "start", "completion", "rental", "coop", "owner", "student", "senior",
                           "small_houses", "stage"),
                      false);
    COPY(p->file, kj_lua_string(L, f, what, "file"));
    p->epsg = (int32_t)kj_lua_whole_or(L, f, what, "epsg", 1024, 999999, r->epsg);
    COPY(p->name, kj_lua_string_or(L, f, what, "name", "name"));
    COPY(p->x, kj_lua_string_or(L, f, what, "x", "x"));
    COPY(p->y, kj_lua_string_or(L, f, what, "y", "y"));
    COPY(p->start, kj_lua_string_or(L, f, what, "start", "start"));
    COPY(p->completion, kj_lua_string_or(L, f, what, "completion", "completion"));
    COPY(p->small_houses, kj_lua_string_or(L, f, what, "small_houses", "small_houses"));
    COPY(p->stage, kj_lua_string_or(L, f, what, "stage", "stage"));
    for (int k = 0; k < KJ_PROJECT_TENURES; k++) COPY(p->tenure[k], kj_lua_string_or(L, f, what, tenure_keys[k], tenure_keys[k]));
    lua_pop(L, 1);
}

void kj_recipe_read_projects(lua_State *L, int t, kj_recipe *r)
{
    int list = kj_lua_table_or_none(L, t, "map", "projects");
    if (list) {
        kj_lua_known_keys(L, list, "map.projects", KEYS("file"), true);
        read_programme(L, list, r);
    }
    for (int32_t i = 1; list && i <= kj_lua_length(L, list); i++) {
        const char *what = "map.projects";
        int p = kj_lua_item_table(L, list, what, i);
        kj_lua_known_keys(L, p, what,
                          KEYS("name", "x", "y", "rental", "coop", "owner", "student", "senior", "small_houses",
                               "start", "completion", "stage"),
                          false);
        r->projects = kj_recipe_append(L, r->projects, r->n_projects, sizeof *r->projects);
        kj_recipe_project *to = &r->projects[r->n_projects++];
        COPY(to->name, kj_lua_string(L, p, what, "name"));
        to->x = kj_lua_number(L, p, what, "x", -1e7, 1e8);
        to->y = kj_lua_number(L, p, what, "y", -1e7, 1e8);
        for (int k = 0; k < KJ_PROJECT_TENURES; k++)
            to->n[k] = (int32_t)kj_lua_whole_or(L, p, what, tenure_keys[k], 0, 100000, 0);
        to->n_small_houses = (int32_t)kj_lua_whole_or(L, p, what, "small_houses", 0, 100000, 0);
        to->year = (int32_t)kj_lua_whole(L, p, what, "start", 1950, 2200);
        to->completion = (int32_t)kj_lua_whole(L, p, what, "completion", to->year, 2200);
        to->stage = (kj_project_stage)kj_lua_word_or(L, p, what, "stage", KJ_PROJECT_STAGE_LABELS, KJ_PROJECT_PLANNED);
        lua_pop(L, 1);
    }
    if (list) lua_pop(L, 1);
}
