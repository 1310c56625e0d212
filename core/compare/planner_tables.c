#include "planner_tables.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kedja/model.h>

#include "../base/text.h"
#include "../draw/language.h"
#include "../io/demands.h"
#include "norms.h"
#include "school_table.h"

enum { SERIES_MAX = 96, ABSENT = -1 };

/* All years of a column, [n_years][n_rows]. */
typedef struct cached {
    char table[24], column[40];
    double *values;
    uint32_t n_rows;
} cached;

typedef struct reader {
    kj_error *err;
    const kj_runread *run;
    kj_planner_table *out;
    kj_status status;
    uint32_t begin; /* index of the first year shown */
    cached series[SERIES_MAX];
    uint32_t n_series;
} reader;

static const kj_run_table *table_named(const reader *r, const char *name) { return kj_runread_table_named(r->run, name); }

static bool has_column(const reader *r, const char *table, const char *column)
{
    const kj_run_table *t = table_named(r, table);
    return t && kj_run_table_column(t, column);
}

/* NULL after a failure, and where the run has no such column. */
static const cached *series(reader *r, const char *table, const char *column)
{
    if (r->status) return NULL;
    for (uint32_t i = 0; i < r->n_series; i++)
        if (!strcmp(r->series[i].table, table) && !strcmp(r->series[i].column, column)) return &r->series[i];
    if (!has_column(r, table, column)) return NULL;
    if (r->n_series == SERIES_MAX) {
        r->status = kj_fail(r->err, KJ_E_FAILED, "table %s: more than %d columns", r->out->def->id, SERIES_MAX);
        return NULL;
    }
    cached *to = &r->series[r->n_series++];
    *to = (cached){.n_rows = table_named(r, table)->n_rows};
    snprintf(to->table, sizeof to->table, "%s", table);
    snprintf(to->column, sizeof to->column, "%s", column);
    to->values = malloc(((size_t)kj_runread_n_years(r->run) * to->n_rows + 1u) * sizeof *to->values);
    r->status = to->values ? kj_runread_series(r->err, r->run, table, column, KJ_F64, to->values) : kj_fail(r->err, KJ_E_MEMORY, "out of memory");
    return r->status ? NULL : to;
}

/* NaN where the row was not there (it reads as the fill value then). */
static double value_at(const cached *c, uint32_t year, uint32_t row)
{
    double v = c && row < c->n_rows ? c->values[(size_t)year * c->n_rows + row] : (double)NAN;
    return v > -1e15 ? v : (double)NAN;
}

static const char *const *texts_of(reader *r, const char *table)
{
    const char *const *names = NULL;
    if (!r->status) r->status = kj_runread_texts(r->err, (kj_runread *)(uintptr_t)r->run, table, "name", &names);
    return names;
}

static kj_planner_row *add_row(reader *r)
{
    kj_planner_table *t = r->out;
    if (r->status) return NULL;
    if (t->n_rows == t->capacity) {
        uint32_t capacity = 2 * t->capacity + 64;
        kj_planner_row *grown = realloc(t->rows, capacity * sizeof *grown);
        if (!grown) {
            r->status = kj_fail(r->err, KJ_E_MEMORY, "out of memory");
            return NULL;
        }
        t->rows = grown;
        t->capacity = capacity;
    }
    kj_planner_row *row = &t->rows[t->n_rows];
    *row = (kj_planner_row){.values = malloc((t->n_years + 1u) * sizeof(double)), .unit = ""};
    if (!row->values) {
        r->status = kj_fail(r->err, KJ_E_MEMORY, "out of memory");
        return NULL;
    }
    t->n_rows++;
    return row;
}

static void drop_last(kj_planner_table *t)
{
    free(t->rows[--t->n_rows].values);
}

static void set_key(kj_planner_row *row, int key, const char *text, bool translate)
{
    snprintf(row->key[key], sizeof row->key[key], "%.95s", text);
    if (translate) row->translate |= 1u << key;
}

static bool is_empty(const kj_planner_row *row, uint32_t n_years)
{
    for (uint32_t y = 0; y < n_years; y++)
        if (isfinite(row->values[y]) && fabs(row->values[y]) > 0.0) return false;
    return true;
}

/* ---- measures ---- */

/* Row of the table service for a kind and a municipality; ABSENT. */
static int64_t service_row(reader *r, int kind, uint32_t municipality)
{
    const cached *kinds = series(r, "service", "kind"), *of = series(r, "service", "municipality");
    for (uint32_t row = 0; kinds && of && row < kinds->n_rows; row++)
        if ((int)value_at(kinds, 0, row) == kind && (int64_t)value_at(of, 0, row) == (int64_t)municipality + 1) return row;
    return ABSENT;
}

static bool is_known(const reader *r, const kj_planner_measure *m, const char *entity)
{
    const char *table = m->service >= 0 ? "service" : entity;
    for (size_t k = 0; k < sizeof m->add / sizeof *m->add && m->add[k]; k++)
        if (!has_column(r, table, m->add[k])) return false;
    for (size_t k = 0; k < sizeof m->minus / sizeof *m->minus && m->minus[k]; k++)
        if (!has_column(r, table, m->minus[k])) return false;
    for (size_t k = 0; k < sizeof m->over / sizeof *m->over && m->over[k]; k++)
        if (!has_column(r, table, m->over[k])) return false;
    return true;
}

/* What counts a year has none in the start state: 0 there is no figure. */
static double counted_at(reader *r, const char *table, const char *column, uint32_t year, uint32_t row)
{
    double value = value_at(series(r, table, column), year, row);
    const kj_run_column *c = year == 0 && value == 0.0 ? kj_run_table_column(table_named(r, table), column) : NULL;
    return c && c->flags & KJ_FLOW ? (double)NAN : value;
}

static double measured(reader *r, const kj_planner_measure *m, const char *table, uint32_t year, uint32_t row)
{
    double sum = 0.0;
    for (size_t k = 0; k < sizeof m->add / sizeof *m->add && m->add[k]; k++) sum += counted_at(r, table, m->add[k], year, row);
    for (size_t k = 0; k < sizeof m->minus / sizeof *m->minus && m->minus[k]; k++) sum -= counted_at(r, table, m->minus[k], year, row);
    double over = 0.0;
    for (size_t k = 0; k < sizeof m->over / sizeof *m->over && m->over[k]; k++) over += value_at(series(r, table, m->over[k]), year, row);
    if (m->over[0]) sum = over > 0.0 ? sum / over : (double)NAN;
    return m->scale * sum;
}

static kj_planner_row *add_measure(reader *r, const kj_planner_measure *m, const char *entity, uint32_t row)
{
    const char *table = m->service >= 0 ? "service" : entity;
    int64_t at = m->service >= 0 ? service_row(r, m->service, row) : (int64_t)row;
    kj_planner_row *to = at == ABSENT ? NULL : add_row(r);
    if (!to) return NULL;
    to->unit = m->unit;
    to->decimals = m->decimals;
    to->full = m->users;
    for (uint32_t y = 0; y < r->out->n_years; y++) to->values[y] = measured(r, m, table, r->begin + y, (uint32_t)at);
    return to;
}

/* Rows of one municipality, area or facility under its name; those of a facility without any figure go again. */
static void add_entity(reader *r, uint32_t row, const char *name, const char *kind)
{
    const kj_planner_def *def = r->out->def;
    uint32_t first = r->out->n_rows;
    bool any = false, several = table_named(r, "municipality") && table_named(r, "municipality")->n_rows > 1;
    for (uint32_t k = 0; k < def->n_measures && !r->status; k++) {
        const kj_planner_measure *m = &def->measures[k];
        if ((m->of_several && !several) || !is_known(r, m, def->entity)) continue;
        kj_planner_row *to = add_measure(r, m, def->entity, row);
        if (!to) continue;
        set_key(to, 0, name, false);
        if (kind) set_key(to, 1, kind, true);
        if (m->if_any && is_empty(to, r->out->n_years)) {
            drop_last(r->out);
            continue;
        }
        bool danish = m->danish && strcmp(kj_runread_info(r->run)->map_country, "dk") == 0;
        set_key(to, kind ? 2 : 1, danish ? m->danish : m->label, true);
        any |= !is_empty(to, r->out->n_years);
    }
    if (!any)
        while (r->out->n_rows > first) drop_last(r->out);
}

/* ---- the tables ---- */

/* Of the municipality, in finer classes than areas keep: persons by single year of age are counted on 1 November. */
static void add_municipal_ages(reader *r)
{
    static const struct { int low, high; const char *name; } classes[] = {
        {0, 0, "0"}, {1, 5, "1–5"}, {6, 6, "6"}, {7, 9, "7–9"}, {10, 12, "10–12"}, {13, 15, "13–15"}, {16, 18, "16–18"}, {19, 24, "19–24"},
        {25, 44, "25–44"}, {45, 64, "45–64"}, {65, 79, "65–79"}, {80, 200, "80+"}, {0, 200, "all ages"}};
    const kj_run_table *towns = table_named(r, "municipality");
    const char *const *names = texts_of(r, "municipality");
    const cached *age = series(r, "age", "age"), *of = series(r, "age", "municipality"), *women = series(r, "age", "women"), *men = series(r, "age", "men");
    for (uint32_t m = 0; !r->status && age && of && women && men && m < towns->n_rows; m++) {
        for (size_t c = 0; c < sizeof classes / sizeof *classes; c++) {
            kj_planner_row *to = add_row(r);
            if (!to) return;
            set_key(to, 0, names[m], false);
            set_key(to, 1, classes[c].name, true);
            to->unit = "persons";
            for (uint32_t y = 0; y < r->out->n_years; y++) {
                to->values[y] = 0.0;
                for (uint32_t k = 0; k < age->n_rows; k++) {
                    double years = value_at(age, 0, k);
                    if ((int64_t)value_at(of, 0, k) != (int64_t)m + 1 || years < classes[c].low || years > classes[c].high) continue;
                    to->values[y] += value_at(women, r->begin + y, k) + value_at(men, r->begin + y, k);
                }
            }
        }
    }
}


static void add_facilities(reader *r)
{
    static const char *const kinds[KJ_FACILITY_KIND_COUNT] = {"preschool", "school", "care home", "health centre", "hall", "library"};
    const kj_planner_def *def = r->out->def;
    const kj_run_table *table = table_named(r, "facility");
    const char *const *names = texts_of(r, "facility");
    const cached *kind = series(r, "facility", "kind");
    int32_t *full = malloc(((table ? table->n_rows : 0) + 1u) * sizeof *full);
    if (!r->status && !full) r->status = kj_fail(r->err, KJ_E_MEMORY, "out of memory");
    if (!r->status) r->status = kj_facility_first_full(r->err, r->run, r->out->now, full);
    for (uint32_t f = 0; !r->status && table && kind && f < table->n_rows; f++) {
        int is = ABSENT;
        for (uint32_t y = 0; y < kj_runread_n_years(r->run) && is == ABSENT; y++) /* it may come later */
            if (value_at(kind, y, f) >= 0.0 && value_at(kind, y, f) < KJ_FACILITY_KIND_COUNT) is = (int)value_at(kind, y, f);
        if (is == ABSENT || (def->kinds && !(def->kinds >> is & 1u))) continue;
        uint32_t first = r->out->n_rows;
        add_entity(r, f, names[f], kinds[is]);
        for (uint32_t k = first; k < r->out->n_rows; k++)
            if (r->out->rows[k].full) r->out->rows[k].first_full = full[f];
    }
    free(full);
}

static void add_entities(reader *r)
{
    const kj_run_table *table = table_named(r, r->out->def->entity);
    const char *const *names = texts_of(r, r->out->def->entity);
    for (uint32_t row = 0; !r->status && table && row < table->n_rows; row++) add_entity(r, row, names[row], NULL);
}

static void add_school_row(reader *r, const kj_school_table *t, const kj_school_line *s, int32_t grade, int what)
{
    static const char *const labels[] = {"Pupils", "Classes", "Places", "Places in use"}, *const units[] = {"persons", "classes", "places", "%"};
    kj_planner_row *to = add_row(r);
    if (!to) return;
    char name[16] = "F"; /* the year before the first; a word, as Denmark counts it as 0 */
    if (grade > 0) snprintf(name, sizeof name, "%d", grade);
    set_key(to, 0, s->name, false);
    set_key(to, 1, grade < 0 ? "all grades" : name, grade <= 0);
    set_key(to, 2, labels[what], true);
    to->unit = units[what];
    for (uint32_t y = 0; y < r->out->n_years; y++) {
        double pupils = kj_school_pupils(t, s, grade, t->begin + y), places = kj_school_places(t, s, grade, t->begin + y);
        double value = what == 0 ? pupils : what == 1 ? kj_school_classes(t, s, grade, t->begin + y) : what == 2 ? places : kj_places_used_percent(pupils, places);
        to->values[y] = value < 0.0 ? (double)NAN : value;
    }
    if (what == 0) to->first_full = kj_school_first_full(t, s, grade);
}

static void add_schools(reader *r)
{
    kj_school_table t;
    r->status = kj_school_table_read(r->err, kj_runread_path(r->run), r->out->now, &t);
    for (uint32_t k = 0; !r->status && k < t.n_schools; k++)
        for (int32_t grade = -1; grade < KJ_SCHOOL_GRADES; grade++)
            for (int what = 0; what < 4 && (grade < 0 || (grade >= t.schools[k].lowest && grade <= t.schools[k].highest)); what++)
                add_school_row(r, &t, &t.schools[k], grade, what);
    kj_school_table_free(&t);
}

/* An assumed school of Lund is named by its area: "Assumed school B2010". */
const char *kj_planner_key_text(const kj_planner_row *row, int key, char own[KJ_PLANNER_KEY_TEXT])
{
    if (key == 0 && row->told[0]) return row->told;
    return row->translate >> key & 1u ? kj_tr(row->key[key]) : kj_tr_name(row->key[key], own, KJ_PLANNER_KEY_TEXT);
}

/* ---- what policies did ---- */

static const char *const acted = "Times it acted";

/* Label and unit of one deed of the run file; several deeds may share them. */
static void deed_words(const json_t *deed, const char **label, const char **unit, bool *ours)
{
    static const struct { const char *deed, *what, *label, *unit; } words[] = {
        {"acted", "", "Times it acted", "times"}, {"zoned", "", "Protected, though zoned for homes", "ha"},
        {"cells", "protection", "Protection changed", "ha"}, {"cells", "zoning", "Zoning changed", "ha"}, {"cells", "max_far", "Floor-area ratio changed", "ha"},
        {"cells", "land_use", "Land use changed", "ha"}, {"cells", "charge", "Charge on builders changed", "ha"}, {"cells", "land_price", "Price of municipal land changed", "ha"},
        {"cells", "station", "Stations", "ha"}, {"cells", "road_kmh", "Roads", "ha"},
        {"new", "project", "New building projects", "projects"}, {"new", "facility", "New facilities", "facilities"},
        {"values", "project", "Values of projects changed", "values"}, {"values", "facility", "Values of facilities changed", "values"}, {"setting", "", "Settings changed", "settings"}};
    const char *is = json_string_value(json_object_get(deed, "deed")), *what = json_string_value(json_object_get(deed, "what"));
    for (size_t w = 0; is && what && w < sizeof words / sizeof *words; w++) {
        size_t n = strlen(words[w].what);
        if (strcmp(is, words[w].deed) || strncmp(what, words[w].what, n) || (n && what[n] && what[n] != '.')) continue;
        *label = words[w].label, *unit = words[w].unit, *ours = true;
        return;
    }
    *label = what ? what : "", *unit = is && !strcmp(is, "cells") ? "ha" : "", *ours = false; /* a plugin's layer or table by its name */
}

/* The row of a policy and measure, made behind the others of that policy where it is not there yet. */
static kj_planner_row *deed_row(reader *r, const char *policy, const char *label, const char *unit, bool ours)
{
    kj_planner_table *t = r->out;
    uint32_t at = t->n_rows;
    for (uint32_t k = 0; k < t->n_rows; k++) {
        if (strcmp(t->rows[k].key[0], policy)) continue;
        if (!strncmp(t->rows[k].key[1], label, sizeof t->rows[k].key[1] - 1)) return &t->rows[k];
        at = k + 1;
    }
    if (!add_row(r)) return NULL;
    kj_planner_row made = t->rows[t->n_rows - 1];
    set_key(&made, 0, policy, false);
    set_key(&made, 1, label, ours);
    made.unit = unit;
    for (uint32_t y = 0; y < t->n_years; y++) made.values[y] = t->years[y] > kj_runread_years(r->run)[0] ? 0.0 : (double)NAN;
    memmove(&t->rows[at + 1], &t->rows[at], (t->n_rows - 1 - at) * sizeof *t->rows);
    t->rows[at] = made;
    return &t->rows[at];
}

static void add_deed(reader *r, const json_t *deed)
{
    const char *label, *unit, *policy = json_string_value(json_object_get(deed, "policy"));
    const json_t *hectares = json_object_get(deed, "hectares");
    bool ours;
    deed_words(deed, &label, &unit, &ours);
    if (policy) deed_row(r, policy, acted, "times", true); /* first of all, also of a policy that was switched on later */
    kj_planner_row *row = policy ? deed_row(r, policy, label, ours || !hectares ? unit : "ha", ours) : NULL;
    int64_t year = json_integer_value(json_object_get(deed, "year"));
    for (uint32_t y = 0; row && y < r->out->n_years; y++)
        if (r->out->years[y] == year) row->values[y] += json_number_value(hectares ? hectares : json_object_get(deed, "n"));
}

/* Titles as the run's policies declare them. */
static void tell_policy(kj_planner_table *t, const json_t *entry)
{
    const char *name = json_string_value(json_object_get(entry, "name"));
    const char *title = json_string_value(json_object_get(json_object_get(entry, "title"), kj_language_code(kj_language_now())));
    for (uint32_t k = 0; k < t->n_rows && name && title; k++)
        if (!strcmp(t->rows[k].key[0], name)) snprintf(t->rows[k].told, sizeof t->rows[k].told, "%s", title);
}

/* Policies that were on come first, so that one which did nothing is seen. Labels live in the JSON until the rows have copied them. */
static void add_policies(reader *r)
{
    const kj_run_info *info = kj_runread_info(r->run);
    json_error_t ignored;
    json_t *options = json_loads(info->options_json, 0, &ignored), *figures = json_loads(info->figures_json, 0, &ignored), *entry;
    size_t i;
    const json_t *did = json_object_get(figures, "policies_did");
    json_array_foreach(json_object_get(options, "policies"), i, entry) {
        const char *name = json_string_value(json_object_get(entry, "name"));
        if (did && name) deed_row(r, name, acted, "times", true);
    }
    json_array_foreach(did, i, entry) add_deed(r, entry);
    json_array_foreach(json_object_get(options, "policies"), i, entry) tell_policy(r->out, entry);
    if (!r->status && r->out->n_rows == 0)
        r->status = did ? kj_fail(r->err, KJ_E_INPUT, "%s: no policy was on", kj_runread_path(r->run))
                        : kj_fail(r->err, KJ_E_INPUT, "%s: the run was made by an older version, which did not keep what policies changed", kj_runread_path(r->run));
    json_decref(options);
    json_decref(figures);
}

/* ---- what a vision demands ---- */

typedef enum demand_part { DEMANDED = 0, CAME, LACKING, PARTS } demand_part;

static double part_of(const kj_demand_year *y, kj_demand demand, demand_part part)
{
    return part == DEMANDED ? y->demanded[demand] : part == CAME ? y->came[demand] : kj_demand_lacking(y->demanded[demand], y->came[demand]);
}

static void add_demand(reader *r, const kj_demands *d, kj_demand demand, demand_part part)
{
    static const char *const names[PARTS] = {"demanded", "came", "lacking"};
    kj_planner_row *row = add_row(r);
    if (!row) return;
    set_key(row, 0, kj_demand_kinds[demand].name, true);
    set_key(row, 1, names[part], true);
    row->unit = kj_demand_kinds[demand].unit;
    for (uint32_t y = 0; y < r->out->n_years; y++) {
        row->values[y] = (double)NAN; /* the start year demands nothing */
        for (uint32_t i = 0; i < d->n_years; i++)
            if (d->years[i].year == r->out->years[y]) row->values[y] = part_of(&d->years[i], demand, part);
    }
}

static void add_vision(reader *r)
{
    kj_demands d;
    double demanded, came;
    kj_demands_read(r->run, &d);
    for (kj_demand k = 0; k < KJ_DEMANDS; k++)
        for (demand_part part = DEMANDED; part < PARTS && kj_demands_mean(&d, k, &demanded, &came); part++) add_demand(r, &d, k, part);
    if (!r->status && d.n_years == 0)
        r->status = d.population > 0 ? kj_fail(r->err, KJ_E_INPUT, "%s: the run was made by an older version, which did not keep what the vision demands", kj_runread_path(r->run))
                                 : kj_fail(r->err, KJ_E_INPUT, "%s: no vision was set (demography.vision_population)", kj_runread_path(r->run));
}

/* ---- reading ---- */

static kj_status choose_years(kj_error *err, reader *r, int32_t now)
{
    kj_planner_table *t = r->out;
    const int32_t *years = kj_runread_years(r->run);
    uint32_t n = kj_runread_n_years(r->run);
    if (now && kj_runread_year_index(r->run, now) < 0)
        return kj_fail(err, KJ_E_INPUT, "option --now: expected a year from %d to %d, found %d", years[0], years[n - 1], now);
    t->now = now ? now : kj_year_now(years, n);
    while (r->begin + 1 < n && years[r->begin] < t->now - KJ_YEARS_PAST) r->begin++;
    while (r->begin + t->n_years < n && years[r->begin + t->n_years] <= t->now + KJ_YEARS_AHEAD) t->n_years++;
    t->years = malloc((t->n_years + 1u) * sizeof *t->years);
    if (!t->years) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    memcpy(t->years, years + r->begin, t->n_years * sizeof *t->years);
    return KJ_OK;
}

static kj_status find_def(kj_error *err, const char *name, const kj_planner_def **out)
{
    const char *names[32];
    uint32_t n = 0;
    *out = kj_planner_def_named(name);
    if (*out) return KJ_OK;
    for (; n < kj_n_planner_defs && n < 32; n++) names[n] = kj_planner_defs[n].id;
    const char *nearest = kj_nearest_name(name, names, n);
    return kj_fail(err, KJ_E_INPUT, "no table is called '%s'%s%s%s; `kedja table RUN.nc` lists them, and `kedja export RUN.nc --table NAME` gives what a run file holds as it stands", name,
                   nearest ? "; the nearest is '" : "", nearest ? nearest : "", nearest ? "'" : "");
}

kj_status kj_planner_table_read(kj_error *err, const kj_runread *run, const char *name, int32_t now, kj_planner_table *out)
{
    *out = (kj_planner_table){0};
    reader r = {.err = err, .run = run, .out = out};
    kj_status status = find_def(err, name, &out->def);
    if (!status) status = choose_years(err, &r, now);
    if (status) return status;
    if (out->def->norms) kj_norms_text(run, out->norms, sizeof out->norms);
    bool policies = !strcmp(out->def->entity, "policy"), vision = !strcmp(out->def->entity, "vision"), schools = !out->def->measures && !policies && !vision, facilities = !strcmp(out->def->entity, "facility"), ages = !strcmp(name, "population");
    out->has_full = schools || out->def->kinds;
    out->head[0] = schools ? "school" : vision ? "demand" : out->def->entity;
    out->head[1] = schools ? "grade" : facilities ? "kind" : ages ? "age" : "measure";
    out->head[2] = facilities ? "measure" : NULL;
    if (policies) add_policies(&r);
    else if (vision) add_vision(&r);
    else if (schools) add_schools(&r);
    else if (facilities) add_facilities(&r);
    else {
        if (ages) add_municipal_ages(&r);
        add_entities(&r);
    }
    for (uint32_t i = 0; i < r.n_series; i++) free(r.series[i].values);
    if (!r.status && out->n_rows == 0)
        r.status = kj_fail(err, KJ_E_INPUT, "%s: no figures for the table %s: the run was made without the plugin that counts them, or by an older version", kj_runread_path(run), name);
    return r.status;
}

void kj_planner_table_free(kj_planner_table *table)
{
    for (uint32_t i = 0; i < table->n_rows; i++) free(table->rows[i].values);
    free(table->rows);
    free(table->years);
    *table = (kj_planner_table){0};
}

json_t *kj_planner_table_json(const kj_planner_table *t)
{
    json_t *root = json_object(), *years = json_array(), *rows = json_array();
    for (uint32_t y = 0; y < t->n_years; y++) json_array_append_new(years, json_integer(t->years[y]));
    for (uint32_t k = 0; k < t->n_rows; k++) {
        const kj_planner_row *row = &t->rows[k];
        json_t *one = json_object(), *values = json_array();
        for (int key = 0; key < KJ_PLANNER_KEYS && t->head[key]; key++) json_object_set_new(one, t->head[key], json_string(row->key[key]));
        json_object_set_new(one, "unit", json_string(row->unit));
        for (uint32_t y = 0; y < t->n_years; y++) json_array_append_new(values, isfinite(row->values[y]) ? json_real(row->values[y]) : json_null());
        json_object_set_new(one, "values", values);
        if (t->has_full) json_object_set_new(one, "first_full", row->first_full ? json_integer(row->first_full) : json_null());
        json_array_append_new(rows, one);
    }
    json_object_set_new(root, "table", json_string(t->def->id));
    json_object_set_new(root, "title", json_string(t->def->title));
    json_object_set_new(root, "note", json_string(t->def->note));
    json_object_set_new(root, "norms", json_string(t->norms));
    json_object_set_new(root, "now", json_integer(t->now));
    json_object_set_new(root, "years", years);
    json_object_set_new(root, "rows", rows);
    return root;
}
