#include "run_figures.h"

#include <kedja/types.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../io/first_full.h"
#include "../io/runchanges.h"
#include "../io/observed.h"

void kj_run_figures_free(kj_run_figures *figures)
{
    free(figures->years);
    for (int32_t i = 0; i < KJ_IND_COUNT; i++) free(figures->series[i]);
    for (int32_t i = 0; i < KJ_LOST_COUNT; i++) free(figures->lost_ha[i]);
    free(figures->policies);
    free(figures->changed);
    free(figures->observed_x);
    free(figures->observed_y);
    free(figures->observed_date);
    free(figures->land_first);
    free(figures->land_last);
    free(figures->places);
    free(figures->school_col);
    free(figures->school_row);
    free(figures->school_full);
    free(figures->plugins);
    free(figures->sources);
    for (int32_t i = 0; i < KJ_ORIGINS; i++) free(figures->origins[i]);
    *figures = (kj_run_figures){0};
}

void kj_lost_land_count(const uint8_t *first, const uint8_t *now, int64_t n_cells, double cell_m,
                        double out[KJ_LOST_COUNT])
{
    int64_t counts[KJ_LOST_COUNT] = {0};
    for (int64_t cell = 0; cell < n_cells; cell++) {
        if (first[cell] == KJ_OUTSIDE || kj_land_is_built(first[cell]) || !kj_land_is_built(now[cell])) continue;
        kj_lost_land was = first[cell] == KJ_LAND_FARMLAND ? KJ_LOST_FARMLAND
                           : first[cell] == KJ_LAND_FOREST ? KJ_LOST_FOREST
                                                           : KJ_LOST_OTHER;
        counts[was]++;
    }
    for (int32_t i = 0; i < KJ_LOST_COUNT; i++) out[i] = (double)counts[i] * cell_m * cell_m / 1e4;
}

static kj_status no_memory(kj_error *err, const char *what)
{
    return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", what);
}

/* Column names of table `municipality`. */
static const char *const indicator_columns[KJ_IND_COUNT] = {
    [KJ_IND_POPULATION] = "population",
    [KJ_IND_HOUSEHOLDS] = "households",
    [KJ_IND_DWELLINGS] = "dwellings",
    [KJ_IND_COMPLETED] = "completed",
    [KJ_IND_MOVES] = "household_moves", /* `moves` counts persons */
    [KJ_IND_LODGING] = "lodging",
    [KJ_IND_PUPILS] = "pupils",
    [KJ_IND_PLACES] = "places",
    [KJ_IND_JOBS] = "jobs",
    [KJ_IND_WITHOUT_PLACE] = "pupils_without_place",
    [KJ_IND_IN_MIGRANTS] = "in_migrants",
    [KJ_IND_OVER_PLACES] = "pupils_over_places",
    [KJ_IND_PRESCHOOL_WITHOUT] = "preschool_without_place",
};

static kj_status read_years(kj_error *err, const kj_runread *run, kj_run_figures *out)
{
    out->n_years = (int32_t)kj_runread_n_years(run);
    out->years = calloc((size_t)out->n_years + 1, sizeof *out->years);
    if (!out->years) return no_memory(err, "years");
    memcpy(out->years, kj_runread_years(run), (size_t)out->n_years * sizeof *out->years);
    return KJ_OK;
}

/* Sum over the municipalities in each year; NULL stays NULL if the run has no such column. */
static kj_status read_indicator(kj_error *err, const kj_runread *run, const kj_run_table *table, kj_indicator indicator,
                                kj_run_figures *out)
{
    if (!indicator_columns[indicator]) return KJ_OK; /* counted from other tables */
    const kj_run_column *column = kj_run_table_column(table, indicator_columns[indicator]);
    if (!column || !column->yearly || table->n_rows == 0) return KJ_OK;
    size_t n = (size_t)out->n_years * table->n_rows;
    double *values = malloc(n * sizeof *values), *sums = calloc((size_t)out->n_years + 1, sizeof *sums);
    out->series[indicator] = sums;
    kj_status status = values && sums ? kj_runread_series(err, run, "municipality", column->name, KJ_F64, values)
                                      : no_memory(err, column->name);
    for (int32_t year = 0; year < out->n_years && status == KJ_OK; year++) {
        for (uint32_t row = 0; row < table->n_rows; row++) sums[year] += values[(size_t)year * table->n_rows + row];
    }
    free(values);
    return status;
}

/* Care homes, from the table of services: municipalities do not share their places, so each counts what it lacks. */
static kj_status read_care(kj_error *err, const kj_runread *run, kj_run_figures *out)
{
    static const kj_indicator counted[] = {KJ_IND_CARE_NEED, KJ_IND_CARE_PLACES, KJ_IND_CARE_SHORT};
    const kj_run_table *table = kj_runread_table_named(run, "service");
    if (!table || !kj_run_table_column(table, "kind") || !kj_run_table_column(table, "need") || !kj_run_table_column(table, "places")) return KJ_OK;
    size_t n = (size_t)out->n_years * table->n_rows;
    double *kind = calloc(n + 1, sizeof *kind), *need = calloc(n + 1, sizeof *need), *places = calloc(n + 1, sizeof *places);
    kj_status status = kind && need && places ? KJ_OK : no_memory(err, "care homes");
    for (size_t i = 0; !status && i < sizeof counted / sizeof *counted; i++)
        if (!(out->series[counted[i]] = calloc((size_t)out->n_years + 1, sizeof(double)))) status = no_memory(err, "care homes");
    if (!status) status = kj_runread_series(err, run, "service", "kind", KJ_F64, kind);
    if (!status) status = kj_runread_series(err, run, "service", "need", KJ_F64, need);
    if (!status) status = kj_runread_series(err, run, "service", "places", KJ_F64, places);
    for (size_t i = 0; !status && i < n; i++) {
        size_t year = i / table->n_rows;
        if ((int)kind[i] != KJ_SERVICE_CARE_HOME) continue;
        out->series[KJ_IND_CARE_NEED][year] += need[i];
        out->series[KJ_IND_CARE_PLACES][year] += places[i];
        out->series[KJ_IND_CARE_SHORT][year] += fmax(need[i] - places[i], 0.0);
    }
    free(kind);
    free(need);
    free(places);
    return status;
}

static kj_status read_indicators(kj_error *err, kj_runread *run, kj_run_figures *out)
{
    const kj_run_table *table = kj_runread_table_named(run, "municipality");
    const kj_run_info *info = kj_runread_info(run);
    const char *const *names = NULL;
    snprintf(out->place, sizeof out->place, "%s", info->map_title[0] ? info->map_title : info->map_name);
    if (!table) return KJ_OK;
    out->n_municipalities = (int32_t)table->n_rows;
    kj_status status = KJ_OK;
    if (table->n_rows == 1 && kj_run_table_column(table, "name")) {
        status = kj_runread_texts(err, run, "municipality", "name", &names);
        if (status == KJ_OK && names[0][0]) snprintf(out->place, sizeof out->place, "%s", names[0]);
    }
    for (int32_t i = 0; i < KJ_IND_COUNT && status == KJ_OK; i++)
        status = read_indicator(err, run, table, (kj_indicator)i, out);
    return status ? status : read_care(err, run, out);
}

/* History is only shown when the map is one municipality: sums of some would mislead. */
static kj_status read_observed(kj_error *err, kj_runread *run, kj_run_figures *out)
{
    snprintf(out->country, sizeof out->country, "%s", kj_runread_info(run)->map_country);
    const kj_run_table *table = kj_runread_table_named(run, "municipality");
    const char *const *codes = NULL;
    if (!table || table->n_rows != 1 || !kj_run_table_column(table, "code")) return KJ_OK;
    kj_status status = kj_runread_texts(err, run, "municipality", "code", &codes);
    if (status != KJ_OK) return status;
    kj_observed observed;
    status = kj_observed_read(err, kj_runread_info(run)->map_country, codes[0], &observed);
    if (status != KJ_OK) return status;
    out->n_observed = observed.n;
    out->observed_x = observed.year;
    out->observed_y = observed.value;
    out->observed_date = observed.date;
    snprintf(out->observed_office, sizeof out->observed_office, "%s", observed.offices);
    return KJ_OK;
}

static double number_in(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : 0.0;
}

/* The vision is a pair of parameters of the run. */
static void read_vision(const json_t *options, kj_run_figures *out)
{
    const json_t *parameters = json_object_get(options, "parameters");
    double population = number_in(parameters, "demography.vision_population"),
           year = number_in(parameters, "demography.vision_year");
    if (population > 0.0 && year > 0.0) {
        out->vision_population = population;
        out->vision_year = (int32_t)year;
    }
}

static void fill_policy(const json_t *entry, kj_policy_on *out)
{
    static const char *const codes[KJ_RUN_LANGUAGES] = {"en", "sv", "da"};
    const char *name = json_string_value(json_object_get(entry, "name"));
    snprintf(out->name, sizeof out->name, "%s", name ? name : "");
    for (int32_t k = 0; k < KJ_RUN_LANGUAGES; k++) {
        const char *title = json_string_value(json_object_get(json_object_get(entry, "title"), codes[k]));
        snprintf(out->title[k], KJ_TITLE_MAX, "%s", title ? title : k == 0 ? out->name : "");
    }
}

/* Only policies have a parameter NAME.enabled. */
static bool is_of_policy(const json_t *parameters, const char *name)
{
    char key[160];
    snprintf(key, sizeof key, "%.*s.enabled", (int)strcspn(name, "."), name);
    return json_object_get(parameters, key) != NULL;
}

static void fill_changed(const json_t *options, const char *name, double value, int32_t month, kj_changed *out)
{
    const json_t *titles = json_object_get(json_object_get(options, "titles"), name);
    snprintf(out->name, sizeof out->name, "%s", name);
    out->value = value;
    out->month = month;
    for (size_t k = 0; k < KJ_RUN_LANGUAGES; k++) {
        const char *title = json_string_value(json_array_get(titles, k));
        snprintf(out->title[k], sizeof out->title[k], "%s", title ? title : "");
    }
    out->of_policy = is_of_policy(json_object_get(options, "parameters"), name);
}

static bool is_switch(const char *name)
{
    const char *dot = strchr(name, '.');
    return dot && strcmp(dot, ".enabled") == 0;
}

/* The policy of "densify.enabled". */
static kj_policy_on *switched_policy(const json_t *options, const char *name, kj_run_figures *out)
{
    char policy[sizeof out->policies[0].name];
    snprintf(policy, sizeof policy, "%.*s", (int)strcspn(name, "."), name);
    for (int32_t i = 0; i < out->n_policies; i++)
        if (!strcmp(out->policies[i].name, policy)) return &out->policies[i];
    kj_policy_on *on = &out->policies[out->n_policies++];
    snprintf(on->name, sizeof on->name, "%s", policy);
    for (size_t k = 0; k < KJ_RUN_LANGUAGES; k++) {
        const char *title = json_string_value(json_array_get(json_object_get(json_object_get(options, "titles"), policy), k));
        snprintf(on->title[k], KJ_TITLE_MAX, "%s", title ? title : k == 0 ? policy : "");
    }
    return on;
}

/* What a branch or a live session changed later on. */
static void read_changes(const json_t *options, const kj_journal *changes, kj_run_figures *out)
{
    for (uint32_t i = 0; i < changes->n; i++) {
        const kj_change *change = &changes->items[i];
        if (!is_switch(change->name)) {
            fill_changed(options, change->name, change->value, change->month, &out->changed[out->n_changed++]);
            continue;
        }
        bool was_on = kj_run_value(options, changes, change->name, change->month - 1, 0.0) > 0.0, on = change->value > 0.0;
        if (was_on == on) continue;
        kj_policy_on *policy = switched_policy(options, change->name, out);
        if (on) policy->from = change->month;
        policy->until = on ? 0 : change->month;
    }
}

/* Policies that were on and parameters that differ from their default, from the start or later. */
static kj_status read_policies(kj_error *err, json_t *options, kj_run_figures *out)
{
    json_t *policies = json_object_get(options, "policies"), *changed = json_object_get(options, "changed"), *value;
    const char *name;
    kj_journal changes;
    out->knows_policies = json_is_array(policies) && json_is_object(changed);
    if (!out->knows_policies) return KJ_OK;
    kj_status status = kj_run_changes(err, options, &changes);
    if (status) return status;
    out->policies = calloc(json_array_size(policies) + changes.n + 1, sizeof *out->policies);
    out->changed = calloc(json_object_size(changed) + changes.n + 1, sizeof *out->changed);
    if (!out->policies || !out->changed) status = no_memory(err, "policies");
    for (size_t i = 0; !status && i < json_array_size(policies); i++)
        fill_policy(json_array_get(policies, i), &out->policies[out->n_policies++]);
    if (!status) {
        json_object_foreach(changed, name, value) fill_changed(options, name, json_number_value(value), 0, &out->changed[out->n_changed++]);
        read_changes(options, &changes, out);
    }
    kj_journal_free(&changes);
    return status;
}

static kj_status read_column(kj_error *err, const kj_runread *run, const kj_run_table *table, const char *name,
                             kj_type type, size_t width, void **out)
{
    *out = calloc((size_t)table->n_rows + 1, width);
    if (!*out) return no_memory(err, name);
    return kj_runread_column(err, run, table->name, name, kj_runread_n_years(run) - 1, type, *out);
}

static bool has_columns(const kj_run_table *table, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!kj_run_table_column(table, names[i])) return false;
    }
    return true;
}

/* Every home is held by one household or is empty; households that hold none lodge with others. A run that counts those
   without a home of their own (column lodging, the figure of every page) gives the empty homes by difference. One that does
   not has its open vacancies: that of a home completed in December opens in January, so both come out a few too few. */
static kj_status count_empty(kj_error *err, const kj_chain_rows *rows, kj_run_figures *out)
{
    const double *households = out->series[KJ_IND_HOUSEHOLDS], *dwellings = out->series[KJ_IND_DWELLINGS];
    bool counted = out->series[KJ_IND_LODGING] != NULL;
    if (!households || !dwellings) return KJ_OK;
    out->series[KJ_IND_EMPTY] = calloc((size_t)out->n_years + 1, sizeof(double));
    if (!counted) out->series[KJ_IND_LODGING] = calloc((size_t)out->n_years + 1, sizeof(double));
    double *empty = out->series[KJ_IND_EMPTY], *lodging = out->series[KJ_IND_LODGING];
    if (!empty || !lodging) return no_memory(err, "empty homes");
    for (int32_t i = 0; i < out->n_years; i++) {
        if (counted) empty[i] = dwellings[i] - (households[i] - lodging[i]);
        else empty[i] = (double)kj_chain_rows_open(rows, KJ_MONTH(out->years[i], 12));
        if (!counted) lodging[i] = households[i] + empty[i] - dwellings[i];
    }
    return KJ_OK;
}

static kj_status read_chains(kj_error *err, const kj_runread *run, kj_run_figures *out)
{
    static const char *const names[] = {"root", "filled_by", "cause", "stage", "end", "opened", "closed"};
    const kj_run_table *table = kj_runread_table_named(run, "vacancy");
    if (!table || !has_columns(table, names, sizeof names / sizeof *names)) return KJ_OK;
    void *root = NULL, *filled_by = NULL, *cause = NULL, *stage = NULL, *end = NULL, *opened = NULL, *closed = NULL;
    kj_status status = read_column(err, run, table, "root", KJ_ID, sizeof(kj_id), &root);
    if (status == KJ_OK) status = read_column(err, run, table, "filled_by", KJ_ID, sizeof(kj_id), &filled_by);
    if (status == KJ_OK) status = read_column(err, run, table, "cause", KJ_U8, 1, &cause);
    if (status == KJ_OK) status = read_column(err, run, table, "stage", KJ_U8, 1, &stage);
    if (status == KJ_OK) status = read_column(err, run, table, "end", KJ_U8, 1, &end);
    if (status == KJ_OK) status = read_column(err, run, table, "opened", KJ_I16, sizeof(int16_t), &opened);
    if (status == KJ_OK) status = read_column(err, run, table, "closed", KJ_I16, sizeof(int16_t), &closed);
    if (status == KJ_OK) {
        kj_chain_rows rows = {table->n_rows, root, filled_by, cause, stage, end, opened, closed};
        status = kj_chain_figures_count(err, &rows, kj_runread_info(run)->end, &out->chains);
        out->has_chains = status == KJ_OK;
        if (status == KJ_OK) status = count_empty(err, &rows, out);
    }
    free(root);
    free(filled_by);
    free(cause);
    free(stage);
    free(end);
    free(opened);
    free(closed);
    return status;
}

/* Cells outside the map's areas become KJ_OUTSIDE. */
static kj_status read_land(kj_error *err, const kj_runread *run, uint32_t year_index, const int32_t *area,
                           uint8_t *land)
{
    const kj_grid *grid = kj_runread_grid(run);
    kj_status status = kj_runread_layer(err, run, "land_use", year_index, KJ_U8, land);
    for (int32_t cell = 0; cell < kj_grid_cells(grid) && area && status == KJ_OK; cell++) {
        if (area[cell] < 0) land[cell] = KJ_OUTSIDE;
    }
    return status;
}

/* Areas of the cells; *area stays NULL if the run does not hold them. */
static kj_status read_area(kj_error *err, const kj_runread *run, int32_t **area)
{
    if (!kj_runread_layer_named(run, "area")) return KJ_OK;
    *area = malloc((size_t)kj_grid_cells(kj_runread_grid(run)) * sizeof **area);
    return *area ? kj_runread_layer(err, run, "area", 0, KJ_I32, *area) : no_memory(err, "area");
}

static kj_status read_all_land(kj_error *err, const kj_runread *run, kj_run_figures *out)
{
    int32_t n_cells = kj_grid_cells(&out->grid), *area = NULL;
    out->land_first = malloc((size_t)n_cells);
    out->land_last = malloc((size_t)n_cells);
    for (int32_t i = 0; i < KJ_LOST_COUNT; i++) out->lost_ha[i] = calloc((size_t)out->n_years + 1, sizeof(double));
    if (!out->land_first || !out->land_last || !out->lost_ha[0] || !out->lost_ha[1] || !out->lost_ha[2])
        return no_memory(err, "land use");
    kj_status status = read_area(err, run, &area);
    if (status == KJ_OK) status = read_land(err, run, 0, area, out->land_first);
    for (int32_t year = 0; year < out->n_years && status == KJ_OK; year++) {
        double lost[KJ_LOST_COUNT];
        status = read_land(err, run, (uint32_t)year, area, out->land_last);
        if (status != KJ_OK) break;
        kj_lost_land_count(out->land_first, out->land_last, n_cells, out->grid.cell_m, lost);
        for (int32_t i = 0; i < KJ_LOST_COUNT; i++) out->lost_ha[i][year] = lost[i];
    }
    free(area);
    return status;
}

static int by_population(const void *a, const void *b)
{
    const kj_named_place *left = a, *right = b;
    if (left->population != right->population)
        return left->population < right->population ? 1 : -1; /* NaN does not occur */
    return strcmp(left->name, right->name);
}

int32_t kj_named_places(const kj_grid *grid, const kj_place_facts *facts, kj_named_place *out)
{
    int32_t n = 0;
    for (uint32_t row = 0; row < facts->n; row++) {
        const char *name = facts->name[row];
        if (!name[0] || (facts->code && strcmp(name, facts->code[row]) == 0)) continue; /* a code is no name */
        kj_named_place *place = &out[n++];
        snprintf(place->name, sizeof place->name, "%s", name);
        place->col = (facts->x[row] - grid->west) / grid->cell_m;
        place->row = (grid->north - facts->y[row]) / grid->cell_m;
        place->population = facts->population ? facts->population[row] : 0.0;
        place->kind = facts->kind[row];
    }
    if (n) qsort(out, (size_t)n, sizeof *out, by_population);
    return n;
}

/* A map whose areas have only codes still names its municipality, in the middle of its town's people. */
static void name_the_town(const kj_run_table *table, const double *x, const double *y, const double *population,
                          const uint8_t *kind, kj_run_figures *out)
{
    double sum_x = 0.0, sum_y = 0.0, people = 0.0;
    if (out->n_municipalities != 1) return;
    for (uint32_t row = 0; row < table->n_rows; row++) {
        double weight = kind[row] != KJ_AREA_TOWN ? 0.0 : population ? population[row] : 1.0;
        sum_x += weight * x[row];
        sum_y += weight * y[row];
        people += weight;
    }
    if (!(people > 0.0)) return;
    kj_named_place *place = &out->places[out->n_places++];
    snprintf(place->name, sizeof place->name, "%.63s", out->place);
    place->col = (sum_x / people - out->grid.west) / out->grid.cell_m;
    place->row = (out->grid.north - sum_y / people) / out->grid.cell_m;
    place->population = people;
    place->kind = KJ_AREA_TOWN;
}

static kj_status fill_places(kj_error *err, kj_runread *run, const kj_run_table *table, const double *x,
                             const double *y, const double *population, const uint8_t *kind, kj_run_figures *out)
{
    const char *const *names = NULL;
    const char *const *codes = NULL;
    kj_status status = kj_runread_texts(err, run, "area", "name", &names);
    if (status == KJ_OK && kj_run_table_column(table, "code"))
        status = kj_runread_texts(err, run, "area", "code", &codes);
    if (status != KJ_OK) return status;
    out->places = calloc((size_t)table->n_rows + 1, sizeof *out->places);
    if (!out->places) return no_memory(err, "places");
    out->n_places = kj_named_places(&out->grid, &(kj_place_facts){table->n_rows, names, codes, x, y, population, kind}, out->places);
    out->has_place_names = out->n_places > 0;
    if (!out->has_place_names) name_the_town(table, x, y, population, kind, out);
    return KJ_OK;
}

static kj_status read_places(kj_error *err, kj_runread *run, kj_run_figures *out)
{
    static const char *const columns[] = {"name", "kind", "x", "y"};
    const kj_run_table *table = kj_runread_table_named(run, "area");
    if (!table || !has_columns(table, columns, sizeof columns / sizeof *columns)) return KJ_OK;
    void *x = NULL, *y = NULL, *kind = NULL, *population = NULL;
    kj_status status = read_column(err, run, table, "x", KJ_F64, sizeof(double), &x);
    if (status == KJ_OK) status = read_column(err, run, table, "y", KJ_F64, sizeof(double), &y);
    if (status == KJ_OK) status = read_column(err, run, table, "kind", KJ_U8, 1, &kind);
    if (status == KJ_OK && kj_run_table_column(table, "population")) {
        status = read_column(err, run, table, "population", KJ_F64, sizeof(double), &population);
    }
    if (status == KJ_OK) status = fill_places(err, run, table, x, y, population, kind, out);
    free(x);
    free(y);
    free(kind);
    free(population);
    return status;
}

/* Schools that are open at the end of the run. */
static void keep_open_schools(const kj_run_table *table, kj_month end, const uint8_t *kinds, const int32_t *cells,
                              const int32_t *closed, const bool *full, kj_run_figures *out)
{
    for (uint32_t row = 0; row < table->n_rows; row++) {
        bool is_open = !closed || closed[row] <= 0 || closed[row] > end;
        if (kinds[row] != KJ_FACILITY_SCHOOL || !is_open || cells[row] < 0 || cells[row] >= kj_grid_cells(&out->grid))
            continue;
        out->school_col[out->n_schools] = (double)(cells[row] % out->grid.nx) + 0.5;
        out->school_row[out->n_schools] = (double)(cells[row] / out->grid.nx) + 0.5;
        out->school_full[out->n_schools++] = full[row];
    }
}

/* Of every facility: is it full in the last year? */
static kj_status read_full(kj_error *err, const kj_runread *run, const kj_run_table *table, bool *full)
{
    uint32_t n_years = kj_runread_n_years(run);
    double *users = calloc((size_t)n_years * table->n_rows + 1, sizeof *users), *places = calloc((size_t)n_years * table->n_rows + 1, sizeof *places);
    kj_status status = users && places ? kj_facility_use(err, run, users, places) : no_memory(err, "schools");
    for (uint32_t row = 0; status == KJ_OK && row < table->n_rows; row++) {
        size_t last = (size_t)(n_years - 1) * table->n_rows + row;
        full[row] = kj_is_full(users[last], places[last]);
    }
    free(users);
    free(places);
    return status;
}

static kj_status read_schools(kj_error *err, const kj_runread *run, kj_run_figures *out)
{
    static const char *const columns[] = {"kind", "cell"};
    const kj_run_table *table = kj_runread_table_named(run, "facility");
    if (!table || !has_columns(table, columns, sizeof columns / sizeof *columns)) return KJ_OK;
    void *kinds = NULL, *cells = NULL, *closed = NULL;
    out->school_col = calloc((size_t)table->n_rows + 1, sizeof(double));
    out->school_row = calloc((size_t)table->n_rows + 1, sizeof(double));
    out->school_full = calloc((size_t)table->n_rows + 1, sizeof(bool));
    bool *full = calloc((size_t)table->n_rows + 1, sizeof *full);
    kj_status status = out->school_col && out->school_row && out->school_full && full ? read_full(err, run, table, full) : no_memory(err, "schools");
    if (status == KJ_OK) status = read_column(err, run, table, "kind", KJ_U8, 1, &kinds);
    if (status == KJ_OK) status = read_column(err, run, table, "cell", KJ_I32, sizeof(int32_t), &cells);
    if (status == KJ_OK && kj_run_table_column(table, "closed"))
        status = read_column(err, run, table, "closed", KJ_I32, sizeof(int32_t), &closed);
    if (status == KJ_OK) keep_open_schools(table, kj_runread_info(run)->end, kinds, cells, closed, full, out);
    free(full);
    free(kinds);
    free(cells);
    free(closed);
    return status;
}

static void add_name(char text[KJ_ORIGIN_TEXT_MAX], const char *prefix, const char *name)
{
    size_t used = strlen(text);
    if (used + strlen(prefix) + strlen(name) + 2 > KJ_ORIGIN_TEXT_MAX) return;
    snprintf(text + used, KJ_ORIGIN_TEXT_MAX - used, "%s%s%s", used ? " " : "", prefix, name);
}

static const kj_run_column *sites(const kj_runread *run)
{
    const kj_run_table *facilities = kj_runread_table_named(run, "facility");
    return facilities ? kj_run_table_column(facilities, "cell") : NULL;
}

bool kj_facilities_are_assumed(const kj_runread *run) { return sites(run) && strcmp(sites(run)->origin, "synthetic") == 0; }

/* Layers, and columns of areas and facilities, by where the map's values come from: "land_use zoning area.name". */
static kj_status describe_origins(kj_error *err, const kj_runread *run, kj_run_figures *out)
{
    static const char *const origins[KJ_ORIGINS] = {"real", "derived", "synthetic"};
    static const char *const of_areas[] = {"name", "x", "median_income"};
    const kj_run_table *areas = kj_runread_table_named(run, "area");
    const kj_run_column *site = sites(run);
    for (int32_t k = 0; k < KJ_ORIGINS; k++) {
        char text[KJ_ORIGIN_TEXT_MAX] = "";
        for (size_t i = 0; areas && i < sizeof of_areas / sizeof *of_areas; i++) {
            const kj_run_column *column = kj_run_table_column(areas, of_areas[i]);
            if (!strcmp(of_areas[i], "name") && !out->has_place_names) continue; /* codes are no names of places */
            if (column && strcmp(column->origin, origins[k]) == 0) add_name(text, "area.", column->name);
        }
        if (site && strcmp(site->origin, origins[k]) == 0)
            add_name(text, "facility.", strcmp(site->origin, "derived") ? site->name : "some"); /* tables.c: those of the recipe, the others assumed */
        for (uint32_t i = 0; i < kj_runread_n_layers(run); i++) {
            const kj_run_column *layer = kj_runread_layer_at(run, i);
            if (strcmp(layer->origin, origins[k]) == 0) add_name(text, "", layer->name);
        }
        out->origins[k] = strdup(text);
        if (!out->origins[k]) return no_memory(err, "origins");
    }
    const kj_run_column *land = kj_runread_layer_named(run, "land_use");
    out->facilities_are_assumed = kj_facilities_are_assumed(run);
    out->land_is_synthetic = land && strcmp(land->origin, "synthetic") == 0;
    return KJ_OK;
}

static kj_status list_plugins(kj_error *err, const kj_run_info *info, kj_run_figures *out)
{
    size_t room = 1, used = 0;
    for (uint32_t i = 0; i < info->n_plugins; i++)
        room += strlen(info->plugins[i].id) + strlen(info->plugins[i].version) + 4;
    out->plugins = calloc(room, 1);
    if (!out->plugins) return no_memory(err, "plugins");
    for (uint32_t i = 0; i < info->n_plugins; i++) {
        used += (size_t)snprintf(out->plugins + used, room - used, "%s%s %s", i ? ", " : "", info->plugins[i].id,
                                 info->plugins[i].version);
    }
    return KJ_OK;
}

static kj_status read_provenance(kj_error *err, const kj_runread *run, kj_run_figures *out)
{
    const kj_run_info *info = kj_runread_info(run);
    const char *slash = strrchr(info->scenario_path, '/');
    snprintf(out->title[0], KJ_TITLE_MAX, "%s", info->title[0] ? info->title : info->scenario_path);
    snprintf(out->title[1], KJ_TITLE_MAX, "%s", info->title_sv);
    snprintf(out->title[2], KJ_TITLE_MAX, "%s", info->title_da);
    snprintf(out->scenario, sizeof out->scenario, "%s", slash ? slash + 1 : info->scenario_path);
    snprintf(out->version, sizeof out->version, "%s", info->version);
    snprintf(out->state_hash, sizeof out->state_hash, "%s", info->state_hash);
    snprintf(out->map_digest, sizeof out->map_digest, "%s", info->map_digest);
    snprintf(out->map_name, sizeof out->map_name, "%s", info->map_name);
    out->seed = info->seed;
    out->sources = strdup(info->map_sources);
    if (!out->sources) return no_memory(err, "sources");
    json_error_t error;
    json_t *options = json_loads(info->options_json, 0, &error);
    read_vision(options, out);
    kj_status status = read_policies(err, options, out);
    json_decref(options);
    return status == KJ_OK ? list_plugins(err, info, out) : status;
}

static kj_status read_all(kj_error *err, kj_runread *run, kj_run_figures *out)
{
    out->grid = *kj_runread_grid(run);
    kj_status status = read_years(err, run, out);
    if (status == KJ_OK) status = read_provenance(err, run, out);
    if (status == KJ_OK) status = read_indicators(err, run, out);
    if (status == KJ_OK) status = read_observed(err, run, out);
    if (status == KJ_OK) kj_demands_read(run, &out->demands);
    if (status == KJ_OK) status = kj_project_fates_read(err, run, &out->projects);
    if (status == KJ_OK) status = read_chains(err, run, out);
    if (status == KJ_OK) status = read_all_land(err, run, out);
    if (status == KJ_OK) status = read_places(err, run, out);
    if (status == KJ_OK) status = read_schools(err, run, out);
    if (status == KJ_OK) status = describe_origins(err, run, out); /* after the places: do they have names? */
    return status;
}

kj_status kj_run_figures_read(kj_error *err, const char *run_path, kj_run_figures *out)
{
    kj_runread *run = NULL;
    *out = (kj_run_figures){0};
    kj_status status = kj_runread_open(err, run_path, &run);
    if (status != KJ_OK) return status;
    status = read_all(err, run, out);
    kj_runread_close(run);
    if (status != KJ_OK) kj_run_figures_free(out);
    return status;
}

kj_status kj_run_figures_read_land(kj_error *err, const char *run_path, int32_t year, kj_run_figures *figures,
                                   int32_t *year_found)
{
    int32_t index = figures->n_years - 1, *area = NULL;
    if (year != 0) {
        for (index = 0; index < figures->n_years && figures->years[index] != year;) index++;
        if (index == figures->n_years) {
            return kj_fail(err, KJ_E_INPUT, "%s: year %d is not recorded: expected %d to %d", run_path, year,
                           figures->years[0], figures->years[figures->n_years - 1]);
        }
    }
    kj_runread *run = NULL;
    kj_status status = kj_runread_open(err, run_path, &run);
    if (status != KJ_OK) return status;
    status = read_area(err, run, &area);
    if (status == KJ_OK) status = read_land(err, run, (uint32_t)index, area, figures->land_last);
    if (status == KJ_OK) *year_found = figures->years[index];
    free(area);
    kj_runread_close(run);
    return status;
}
