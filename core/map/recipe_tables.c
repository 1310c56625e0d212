/* CSV tables beside a recipe: classes of land, localities, ages, facilities, projects. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/text.h"
#include "gis.h"
#include "recipe_internal.h"

/* Table of maps/classes; "kedja": our own codes, as our exports hold them. */
kj_status kj_recipe_read_class_table(kj_error *err, const char *name, kj_recipe_layer *out)
{
    char relative[96], path[1200];
    kj_csv *csv = NULL;
    uint32_t value = 0, use = 0;
    bool more = true;
    out->exact = !strcmp(name, "kedja");
    if (out->exact) {
        for (out->n = 0; out->n < KJ_LAND_COUNT; out->n++) {
            out->from[out->n] = (int32_t)out->n;
            out->to[out->n] = (uint8_t)out->n;
        }
        return KJ_OK;
    }
    snprintf(relative, sizeof relative, "maps/classes/%.40s.csv", name);
    if (strchr(name, '/') || kj_data_path(relative, path, sizeof path))
        return kj_fail(err, KJ_E_INPUT, "expected corine, nmd, worldcover, urban_atlas, kedja or a list, found '%s'", name);
    kj_status status = kj_csv_open(err, path, ',', &csv);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "value", &value);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "use", &use);
    while (status == KJ_OK && out->n < KJ_RECIPE_CLASSES_MAX) {
        int64_t code = 0;
        status = kj_csv_next(err, csv, &more);
        if (status != KJ_OK || !more) break;
        int32_t index = kj_labels_index(KJ_LAND_LABELS, kj_csv_field(csv, use));
        if (index < 0) status = kj_fail(err, KJ_E_INPUT, "%s:%u: unknown use '%s'", path, kj_csv_line(csv), kj_csv_field(csv, use));
        if (status == KJ_OK) status = kj_csv_integer(err, csv, value, -1000000, 1000000, &code);
        if (status != KJ_OK) break;
        out->from[out->n] = (int32_t)code;
        out->to[out->n++] = (uint8_t)index;
    }
    kj_csv_close(csv);
    return status;
}

kj_status kj_recipe_file(kj_error *err, const kj_recipe *recipe, const char *name, char *out, size_t out_bytes)
{
    struct stat st;
    const char *folders[2] = {recipe->data_folder, recipe->folder};
    for (int i = 0; i < 2; i++) {
        if (!folders[i][0]) continue;
        snprintf(out, out_bytes, "%s/%s", folders[i], name);
        if (stat(out, &st) == 0) return KJ_OK;
    }
    return kj_fail(err, KJ_E_INPUT, "%s names the file %s, which is not in the folder '%s'%s%s", recipe->path, name,
                   recipe->data_folder[0] ? recipe->data_folder : recipe->folder, recipe->needs[0] ? ". Needed: " : "",
                   recipe->needs);
}

/* Coordinates as recipes may give them. */
static kj_status read_place(kj_error *err, const kj_csv *csv, uint32_t x_column, uint32_t y_column, double *x, double *y)
{
    kj_status status = kj_csv_number(err, csv, x_column, -1e7, 1e8, x);
    return status ? status : kj_csv_number(err, csv, y_column, -1e7, 1e8, y);
}

static kj_status locality_row(kj_error *err, const kj_csv *csv, kj_recipe *r)
{
    uint32_t code, name, x, y, area, population;
    kj_status status = kj_csv_require(err, csv, "code", &code);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "name", &name);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "x", &x);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "y", &y);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "area_ha", &area);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "population", &population);
    if (status != KJ_OK) return status;
    kj_recipe_locality *grown = realloc(r->localities, (r->n_localities + 1) * sizeof *grown), *to;
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    r->localities = grown;
    to = &grown[r->n_localities++];
    memset(to, 0, sizeof *to);
    COPY(to->code, kj_csv_field(csv, code));
    COPY(to->name, kj_csv_field(csv, name));
    int64_t people = 0;
    status = read_place(err, csv, x, y, &to->x, &to->y);
    if (status == KJ_OK) status = kj_csv_number(err, csv, area, 0.0, 1e7, &to->area_ha);
    if (status == KJ_OK) status = kj_csv_integer(err, csv, population, 0, 100000000, &people);
    to->population = (int32_t)people;
    to->kind = to->population >= TOWN_FROM ? KJ_AREA_TOWN : KJ_AREA_LOCALITY;
    to->n_districts = 1;
    return status;
}

kj_status kj_recipe_read_localities_file(kj_error *err, reading *now)
{
    kj_recipe *r = now->recipe;
    char path[2300];
    kj_csv *csv = NULL;
    bool more = true;
    kj_status status = kj_recipe_file(err, r, r->localities_file, path, sizeof path);
    if (status == KJ_OK) status = kj_csv_open(err, path, 0, &csv);
    while (status == KJ_OK) {
        status = kj_csv_next(err, csv, &more);
        if (status != KJ_OK || !more) break;
        status = locality_row(err, csv, r);
    }
    kj_csv_close(csv);
    for (uint32_t d = 0; status == KJ_OK && d < now->n_districts; d++) {
        bool found = false;
        for (uint32_t i = 0; i < r->n_localities; i++) {
            if (strcmp(r->localities[i].name, now->districts[d].name) != 0) continue;
            r->localities[i].n_districts = now->districts[d].n_districts;
            found = true;
        }
        if (!found)
            status = kj_fail(err, KJ_E_INPUT, "%s: map.localities.districts names %s, which %s does not hold", r->path,
                             now->districts[d].name, r->localities_file);
    }
    return status;
}

kj_status kj_recipe_read_ages_file(kj_error *err, kj_recipe *r)
{
    char path[2300];
    kj_csv *csv = NULL;
    bool more = true;
    uint32_t from = 0, to = 0, value = 0;
    kj_status status = kj_recipe_file(err, r, r->ages_file, path, sizeof path);
    if (status == KJ_OK) status = kj_csv_open(err, path, 0, &csv);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "age_from", &from);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "age_to", &to);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "value", &value);
    while (status == KJ_OK) {
        status = kj_csv_next(err, csv, &more);
        if (status != KJ_OK || !more) break;
        uint32_t i = r->ages.n;
        int64_t lo = 0, hi = 0;
        if (i == KJ_AGE_CLASSES_MAX)
            status = kj_fail(err, KJ_E_INPUT, "%s: more than %d age classes", path, KJ_AGE_CLASSES_MAX);
        if (status == KJ_OK) status = kj_csv_integer(err, csv, from, 0, KJ_AGES - 1, &lo);
        if (status == KJ_OK) status = kj_csv_integer(err, csv, to, lo, KJ_AGES - 1, &hi);
        if (status == KJ_OK) status = kj_csv_number(err, csv, value, 0.0, 1e8, &r->ages.share[i]);
        if (status != KJ_OK) break;
        r->ages.from[i] = (int32_t)lo;
        r->ages.to[i] = (int32_t)hi;
        r->ages.n++;
    }
    kj_csv_close(csv);
    return status;
}

bool kj_recipe_excludes(const kj_recipe_facility_file *f, const char *value)
{
    for (uint32_t i = 0; i < f->n_excluded; i++) {
        if (strcmp(value, f->exclude_value[i]) == 0) return true;
    }
    return false;
}

kj_status kj_recipe_add_facility(kj_error *err, kj_recipe *r, const kj_recipe_facility *facility)
{
    kj_recipe_facility *grown = realloc(r->facilities, (r->n_facilities + 1) * sizeof *grown);
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    r->facilities = grown;
    r->facilities[r->n_facilities++] = *facility;
    return KJ_OK;
}

static kj_status facility_row(kj_error *err, const kj_csv *csv, kj_recipe *r, const kj_recipe_facility_file *f,
                              const uint32_t column[5])
{
    double places = 0.0;
    kj_recipe_facility to = {.kind = f->kind, .grade_lo = f->grade_lo, .grade_hi = f->grade_hi, .of_file = (uint32_t)(f - r->facility_files) + 1, .row = kj_csv_line(csv)};
    COPY(to.name, kj_csv_field(csv, column[0]));
    kj_status status = read_place(err, csv, column[1], column[2], &to.x, &to.y);
    if (status == KJ_OK) status = kj_csv_number(err, csv, column[3], 0.0, KJ_PLACES_MAX, &places);
    if (status == KJ_OK && f->epsg != r->epsg) status = kj_gis_transform(err, f->epsg, r->epsg, 1, &to.x, &to.y);
    if (status != KJ_OK) return status;
    to.places = (int32_t)(places * f->places_factor + 0.5);
    to.independent = f->independent[0] && strcmp(kj_csv_field(csv, column[4]), f->independent_value) == 0;
    return kj_recipe_add_facility(err, r, &to);
}

kj_status kj_recipe_read_facilities_file(kj_error *err, kj_recipe *r, const kj_recipe_facility_file *f)
{
    char path[2300];
    kj_csv *csv = NULL;
    bool more = true;
    uint32_t column[5] = {0}, skip = 0;
    kj_status status = kj_recipe_file(err, r, f->file, path, sizeof path);
    if (status == KJ_OK && !f->x[0]) return kj_gis_facilities(err, r, f);
    if (status == KJ_OK) status = kj_csv_open(err, path, 0, &csv);
    if (status == KJ_OK) status = kj_csv_require(err, csv, f->name, &column[0]);
    if (status == KJ_OK) status = kj_csv_require(err, csv, f->x, &column[1]);
    if (status == KJ_OK) status = kj_csv_require(err, csv, f->y, &column[2]);
    if (status == KJ_OK) status = kj_csv_require(err, csv, f->places, &column[3]);
    if (status == KJ_OK && f->independent[0]) status = kj_csv_require(err, csv, f->independent, &column[4]);
    if (status == KJ_OK && f->n_excluded) status = kj_csv_require(err, csv, f->exclude_column, &skip);
    while (status == KJ_OK) {
        status = kj_csv_next(err, csv, &more);
        if (status != KJ_OK || !more) break;
        if (f->n_excluded && kj_recipe_excludes(f, kj_csv_field(csv, skip))) continue;
        status = facility_row(err, csv, r, f, column);
    }
    kj_csv_close(csv);
    return status;
}

static kj_status programme_row(kj_error *err, const kj_csv *csv, kj_recipe *r, const int32_t column[13])
{
    kj_recipe_project to = {.stage = KJ_PROJECT_PLANNED};
    int64_t year = 0, completion = 0, n = 0;
    COPY(to.name, kj_csv_field(csv, (uint32_t)column[0]));
    kj_status status = read_place(err, csv, (uint32_t)column[1], (uint32_t)column[2], &to.x, &to.y);
    if (status == KJ_OK) status = kj_csv_integer(err, csv, (uint32_t)column[3], 1950, 2200, &year);
    if (status == KJ_OK) status = kj_csv_integer(err, csv, (uint32_t)column[4], year, 2200, &completion);
    for (int k = 0; status == KJ_OK && k <= KJ_PROJECT_TENURES; k++) { /* an empty field is none */
        n = 0;
        if (column[5 + k] >= 0 && kj_csv_field(csv, (uint32_t)column[5 + k])[0])
            status = kj_csv_integer(err, csv, (uint32_t)column[5 + k], 0, 100000, &n);
        *(k < KJ_PROJECT_TENURES ? &to.n[k] : &to.n_small_houses) = (int32_t)n;
    }
    if (status == KJ_OK && column[11] >= 0 && kj_csv_field(csv, (uint32_t)column[11])[0]) {
        int32_t stage = kj_labels_index(KJ_PROJECT_STAGE_LABELS, kj_csv_field(csv, (uint32_t)column[11]));
        if (stage < 0)
            return kj_fail(err, KJ_E_INPUT, "%s:%u: column `%s`: expected one of %s, found `%.40s`", kj_csv_path(csv), kj_csv_line(csv),
                           r->programme.stage, KJ_PROJECT_STAGE_LABELS, kj_csv_field(csv, (uint32_t)column[11]));
        to.stage = (kj_project_stage)stage;
    }
    if (status == KJ_OK && r->programme.epsg != r->epsg) status = kj_gis_transform(err, r->programme.epsg, r->epsg, 1, &to.x, &to.y);
    if (status != KJ_OK) return status;
    to.year = (int32_t)year;
    to.completion = (int32_t)completion;
    kj_recipe_project *grown = realloc(r->projects, (r->n_projects + 1) * sizeof *grown);
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    r->projects = grown;
    r->projects[r->n_projects++] = to;
    return KJ_OK;
}

kj_status kj_recipe_read_programme_file(kj_error *err, kj_recipe *r)
{
    const kj_recipe_programme *p = &r->programme;
    const char *names[12] = {p->name, p->x, p->y, p->start, p->completion, p->tenure[0], p->tenure[1], p->tenure[2], p->tenure[3], p->tenure[4], p->small_houses, p->stage};
    char path[2300];
    kj_csv *csv = NULL;
    bool more = true, any = false;
    int32_t column[13] = {0};
    uint32_t index = 0;
    kj_status status = kj_recipe_file(err, r, p->file, path, sizeof path);
    if (status == KJ_OK) status = kj_csv_open(err, path, 0, &csv);
    for (int i = 0; status == KJ_OK && i < 12; i++) {
        column[i] = kj_csv_column(csv, names[i]);
        any |= i >= 5 && i < 10 && column[i] >= 0;
        if (i < 5) status = kj_csv_require(err, csv, names[i], &index);
    }
    if (status == KJ_OK && !any) status = kj_csv_require(err, csv, p->tenure[0], &index); /* homes of no tenure at all */
    while (status == KJ_OK) {
        status = kj_csv_next(err, csv, &more);
        if (status != KJ_OK || !more) break;
        status = programme_row(err, csv, r, column);
    }
    kj_csv_close(csv);
    return status;
}
