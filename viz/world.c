#include "world.h"

#include "../core/draw/language.h"

#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/io/first_full.h"

static const char *const figure_columns[KJ_FIG_COUNT] = {
    [KJ_FIG_POPULATION] = "population", [KJ_FIG_HOUSEHOLDS] = "households", [KJ_FIG_DWELLINGS] = "dwellings", [KJ_FIG_COMPLETED] = "completed",
    [KJ_FIG_MOVES] = "household_moves", [KJ_FIG_CHAIN_LENGTH] = "chain_length_new", [KJ_FIG_PUPILS] = "pupils", [KJ_FIG_WITHOUT_PLACE] = "pupils_without_place",
    [KJ_FIG_WALK] = "pupils_mean_walk", [KJ_FIG_FARMLAND] = "farmland_built_m2", [KJ_FIG_RESULT] = "result",
};

typedef struct kj_layer_slot {
    char name[48];
    int32_t year_index, used;
    void *values;
} kj_layer_slot;

enum { SLOTS = 24, SLOT_BUDGET_MB = 384 };

static kj_status no_memory(kj_error *err) { return kj_fail(err, KJ_E_MEMORY, "viewer: out of memory"); }

/* ---- years ---- */

static kj_status read_years(kj_error *err, kj_world *w)
{
    int32_t n = w->source.n_years(w->source.self);
    int32_t *years = realloc(w->years, ((size_t)n + 1) * sizeof *years);
    if (!years) return no_memory(err);
    w->years = years;
    w->n_years = n;
    for (int32_t i = 0; i < n; i++) years[i] = w->source.year_at(w->source.self, i);
    return KJ_OK;
}

/* ---- areas ---- */

static kj_status read_areas(kj_error *err, kj_world *w)
{
    const kj_source *s = &w->source;
    uint32_t n = s->n_rows(s->self, "area");
    const char *const *names = s->texts(s->self, "area", "name"), *const *codes = s->texts(s->self, "area", "code");
    if (!n || !s->has(s->self, "area", "x") || !s->has(s->self, "area", "y")) return KJ_OK;
    double *x = calloc(n, sizeof *x), *y = calloc(n, sizeof *y);
    uint8_t *kind = calloc(n, 1);
    w->areas = calloc(n, sizeof *w->areas);
    w->area_population = calloc(n, sizeof *w->area_population);
    kj_status status = x && y && kind && w->areas && w->area_population ? KJ_OK : no_memory(err);
    if (!status) status = s->read(err, s->self, "area", "x", 0, KJ_F64, x);
    if (!status) status = s->read(err, s->self, "area", "y", 0, KJ_F64, y);
    if (!status && s->has(s->self, "area", "kind")) status = s->read(err, s->self, "area", "kind", 0, KJ_U8, kind);
    for (uint32_t i = 0; !status && i < n; i++) {
        kj_area *area = &w->areas[w->n_areas++];
        snprintf(area->name, sizeof area->name, "%s", names ? names[i] : "");
        area->has_name = area->name[0] && !(codes && strcmp(codes[i], area->name) == 0);
        area->col = (x[i] - w->grid.west) / w->grid.cell_m;
        area->row = (w->grid.north - y[i]) / w->grid.cell_m;
        area->kind = kind[i];
    }
    const kj_area_facts facts = {.n = n,
                                 .name = names,
                                 .code = codes,
                                 .x = x,
                                 .y = y,
                                 .kind = s->has(s->self, "area", "kind") ? kind : NULL,
                                 .country = w->facts->map_country,
                                 .epsg = w->grid.epsg};
    if (!status) status = kj_area_words_make(err, &facts, &w->area_words);
    free(x);
    free(y);
    free(kind);
    return status;
}

/* Only where the map is one municipality: sums of some would mislead. */
static kj_status read_observed(kj_error *err, kj_world *w)
{
    const kj_source *s = &w->source;
    const char *const *codes = s->n_rows(s->self, "municipality") == 1 ? s->texts(s->self, "municipality", "code") : NULL;
    return codes ? kj_observed_read(err, w->facts->map_country, codes[0], &w->observed) : KJ_OK;
}

static kj_status read_cell_area(kj_error *err, kj_world *w)
{
    if (!w->source.has(w->source.self, "cell", "area")) return KJ_OK;
    int64_t n = kj_grid_cells(&w->grid);
    w->cell_area = malloc((size_t)n * sizeof *w->cell_area);
    w->outside = malloc((size_t)n);
    if (!w->cell_area || !w->outside) return no_memory(err);
    kj_status status = w->source.read(err, w->source.self, "cell", "area", 0, KJ_I32, w->cell_area);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n; i++) w->outside[i] = !status && w->cell_area[i] < 0 ? KJ_WORLD_OUTSIDE : 0;
    return status;
}

/* ---- facilities ---- */

static kj_status facility_column(kj_error *err, kj_world *w, const char *name, int32_t year, kj_type type, void *out)
{
    if (!w->source.has(w->source.self, "facility", name)) return KJ_OK;
    return w->source.read(err, w->source.self, "facility", name, year, type, out);
}

/* Columns of facilities are yearly: a school reads from the first year in which it is there. */
static kj_status read_facility_year(kj_error *err, kj_world *w, int32_t y, int32_t *scratch)
{
    int32_t n = w->n_facilities;
    static const struct {
        const char *name;
        size_t at;
    } columns[] = {{"cell", offsetof(kj_facility, cell)},         {"kind", offsetof(kj_facility, kind)},
                   {"grade_lo", offsetof(kj_facility, grade_lo)}, {"grade_hi", offsetof(kj_facility, grade_hi)},
                   {"opened", offsetof(kj_facility, opened)},     {"closed", offsetof(kj_facility, closed)}};
    kj_status status = facility_column(err, w, "cell", y, KJ_I32, scratch);
    int32_t *cells = scratch, *values = scratch + n;
    for (size_t c = 0; !status && c < sizeof columns / sizeof *columns; c++) {
        status = facility_column(err, w, columns[c].name, y, KJ_I32, values);
        for (int32_t i = 0; i < n; i++)
            if (cells[i] >= 0) *(int32_t *)((char *)&w->facilities[i] + columns[c].at) = values[i];
    }
    static const char *const counts[3] = {"pupils", "places", "capacity"};
    for (int k = 0; !status && k < 3; k++) {
        float *row = (k ? w->places : w->pupils) + (size_t)y * (size_t)n;
        if (k == 2 && !w->source.has(w->source.self, "facility", counts[k])) continue;
        memset(values, 0, (size_t)n * sizeof *values);
        status = facility_column(err, w, counts[k], y, KJ_I32, values);
        for (int32_t i = 0; i < n; i++)
            row[i] = cells[i] < 0 ? NAN : k == 2 ? (float)kj_places_in_use(w->facilities[i].kind, values[i], row[i]) : (float)values[i];
    }
    return status;
}

static kj_status read_facilities(kj_error *err, kj_world *w)
{
    const kj_source *s = &w->source;
    int32_t n = (int32_t)s->n_rows(s->self, "facility");
    const char *const *names = s->texts(s->self, "facility", "name");
    free(w->facilities);
    free(w->pupils);
    free(w->places);
    size_t cells = (size_t)n * (size_t)w->n_years + 1;
    w->facilities = calloc((size_t)n + 1, sizeof *w->facilities);
    w->pupils = calloc(cells, sizeof *w->pupils);
    w->places = calloc(cells, sizeof *w->places);
    int32_t *scratch = calloc(2 * (size_t)n + 1, sizeof *scratch);
    w->n_facilities = s->has(s->self, "facility", "cell") ? n : 0;
    kj_status status = w->facilities && w->pupils && w->places && scratch ? KJ_OK : no_memory(err);
    for (int32_t i = 0; !status && i < w->n_facilities; i++) {
        w->facilities[i].id = (kj_id)i + 1;
        w->facilities[i].cell = -1;
        snprintf(w->facilities[i].name, KJ_NAME_TEXT, "%s", names ? names[i] : "");
    }
    for (int32_t y = 0; !status && w->n_facilities && y < w->n_years; y++) status = read_facility_year(err, w, y, scratch);
    bool all_assumed = strcmp(s->origin(s->self, "facility", "name"), "synthetic") == 0;
    for (int32_t i = 0; !status && i < w->n_facilities; i++)
        w->facilities[i].assumed = all_assumed && w->facilities[i].opened == 0; /* later ones come from policies */
    free(scratch);
    return status;
}

bool kj_facility_open(const kj_facility *f, kj_month month)
{
    return f->cell >= 0 && f->opened <= month && (f->closed <= 0 || f->closed > month);
}

bool kj_facility_has_closed(const kj_facility *f, kj_month month)
{
    return f->kind == KJ_FACILITY_SCHOOL && f->cell >= 0 && f->closed > 0 && f->closed <= month && f->opened < f->closed;
}

const char *kj_facility_name(const kj_facility *f, char out[KJ_NAME_TEXT])
{
    return kj_tr_name(f->name, out, KJ_NAME_TEXT);
}

/* ---- vacancies ---- */

typedef struct vacancy_column {
    const char *name;
    size_t at;
    kj_type type;
} vacancy_column;

static const vacancy_column vacancy_columns[] = {
    {"root", offsetof(kj_vacancy_row, root), KJ_ID},
    {"parent", offsetof(kj_vacancy_row, parent), KJ_ID},
    {"filled_by", offsetof(kj_vacancy_row, filled_by), KJ_ID},
    {"dwelling", offsetof(kj_vacancy_row, dwelling), KJ_ID},
    {"from_dwelling", offsetof(kj_vacancy_row, from_dwelling), KJ_ID},
    {"cell", offsetof(kj_vacancy_row, cell), KJ_I32},
    {"mover_income", offsetof(kj_vacancy_row, mover_income), KJ_I32},
    {"round", offsetof(kj_vacancy_row, round), KJ_I16},
    {"opened", offsetof(kj_vacancy_row, opened), KJ_I16},
    {"closed", offsetof(kj_vacancy_row, closed), KJ_I16},
    {"move_in", offsetof(kj_vacancy_row, move_in), KJ_I16},
    {"cause", offsetof(kj_vacancy_row, cause), KJ_U8},
    {"stage", offsetof(kj_vacancy_row, stage), KJ_U8},
    {"end", offsetof(kj_vacancy_row, end), KJ_U8},
    {"tenure", offsetof(kj_vacancy_row, tenure), KJ_U8},
    {"kind", offsetof(kj_vacancy_row, kind), KJ_U8},
    {"rooms", offsetof(kj_vacancy_row, rooms), KJ_U8},
    {"mover_size", offsetof(kj_vacancy_row, mover_size), KJ_U8},
    {"mover_kind", offsetof(kj_vacancy_row, mover_kind), KJ_U8},
    {"mover_age", offsetof(kj_vacancy_row, mover_age), KJ_U8},
    {"mover_origin", offsetof(kj_vacancy_row, mover_origin), KJ_U8},
};

static kj_status read_vacancy_column(kj_error *err, kj_world *w, const vacancy_column *column, void *scratch)
{
    size_t width = kj_type_bytes(column->type);
    if (!w->source.has(w->source.self, "vacancy", column->name)) return KJ_OK;
    kj_status status = w->source.read(err, w->source.self, "vacancy", column->name, w->n_years - 1, column->type, scratch);
    for (uint32_t i = 0; !status && i < w->n_vacancies; i++)
        memcpy((char *)&w->vacancies[i] + column->at, (char *)scratch + i * width, width);
    return status;
}

/* Children in the order of their ids: links are laid from the last to the first. */
static kj_status link_children(kj_error *err, kj_world *w)
{
    w->children = calloc((size_t)w->n_vacancies + 1, sizeof *w->children);
    w->sibling = calloc((size_t)w->n_vacancies + 1, sizeof *w->sibling);
    if (!w->children || !w->sibling) return no_memory(err);
    for (uint32_t i = w->n_vacancies; i-- > 0;) {
        kj_vacancy_row *v = &w->vacancies[i];
        if (!v->root || v->root > w->n_vacancies || v->parent > w->n_vacancies || v->parent == i + 1)
            return kj_fail(err, KJ_E_INPUT, "vacancy %u: its root %u or parent %u is outside the table", i + 1, v->root, v->parent);
        if (!v->parent) continue;
        w->sibling[i] = w->children[v->parent - 1];
        w->children[v->parent - 1] = i + 1;
    }
    return KJ_OK;
}

static kj_status read_vacancies(kj_error *err, kj_world *w)
{
    free(w->vacancies);
    free(w->children);
    free(w->sibling);
    w->vacancies = NULL;
    w->children = w->sibling = NULL;
    w->n_vacancies = 0;
    w->has_chains = w->source.has(w->source.self, "vacancy", "root") && w->source.has(w->source.self, "vacancy", "cell");
    if (!w->has_chains) return KJ_OK;
    w->n_vacancies = w->source.n_rows(w->source.self, "vacancy");
    w->vacancies = calloc((size_t)w->n_vacancies + 1, sizeof *w->vacancies);
    void *scratch = calloc((size_t)w->n_vacancies + 1, 8);
    kj_status status = w->vacancies && scratch ? KJ_OK : no_memory(err);
    for (size_t c = 0; !status && c < sizeof vacancy_columns / sizeof *vacancy_columns; c++)
        status = read_vacancy_column(err, w, &vacancy_columns[c], scratch);
    free(scratch);
    return status ? status : link_children(err, w);
}

/* ---- flags of the timeline ---- */

static kj_flag *add_flag(kj_world *w, int32_t year)
{
    kj_flag *grown = realloc(w->flags, ((size_t)w->n_flags + 1) * sizeof *grown);
    if (!grown) return NULL;
    w->flags = grown;
    memset(&grown[w->n_flags], 0, sizeof *grown);
    grown[w->n_flags].year = year;
    return &grown[w->n_flags++];
}

static int32_t number_of(const json_t *parameters, const char *policy, const char *name)
{
    char key[160];
    snprintf(key, sizeof key, "%s.%s", policy, name);
    const json_t *value = json_object_get(parameters, key);
    return json_is_number(value) ? (int32_t)json_number_value(value) : 0;
}

/* A policy's own "year" (a school opens) or the first year in which it is applied. */
static void flag_policies(kj_world *w)
{
    static const char *const codes[3] = {"en", "sv", "da"};
    json_t *options = json_loads(w->facts->options_json ? w->facts->options_json : "", 0, NULL), *list = json_object_get(options, "policies");
    const json_t *parameters = json_object_get(options, "parameters");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const char *name = json_string_value(json_object_get(entry, "name"));
        if (!name || w->n_years < 1) continue;
        int32_t year = number_of(parameters, name, "year"), from = number_of(parameters, name, "from");
        if (!year) year = from ? from : w->years[0] + 1;
        kj_flag *flag = add_flag(w, year);
        for (int k = 0; flag && k < 3; k++) {
            const char *title = json_string_value(json_object_get(json_object_get(entry, "title"), codes[k]));
            snprintf(flag->text[k], KJ_NAME_TEXT, "%s", title ? title : name);
        }
    }
    json_decref(options);
}

/* ---- what plugins show ---- */

static void free_items(kj_world *w)
{
    for (int32_t i = 0; i < w->n_items; i++) {
        free(w->items[i].series);
        free(w->items[i].members);
    }
    free(w->items);
    w->items = NULL;
    w->n_items = 0;
    memset(w->figure, 0, sizeof w->figure);
}

/* Three texts of a list, each as in English where it has none. */
static void take_texts(const json_t *list, size_t size, char *out)
{
    for (size_t k = 0; k < 3; k++) {
        const char *text = json_string_value(json_array_get(list, k)), *english = json_string_value(json_array_get(list, 0));
        snprintf(out + k * size, size, "%s", text ? text : english ? english : "");
    }
}

static bool take_item(const json_t *entry, kj_shown_item *out)
{
    static const char *const kinds[] = {"layer", "area", "chart", "text", "step"};
    const char *kind = json_string_value(json_object_get(entry, "kind")), *table = json_string_value(json_object_get(entry, "table")), *column = json_string_value(json_object_get(entry, "column"));
    *out = (kj_shown_item){.kind = KJ_AS_TEXT};
    if (!kind || !table || !column) return false;
    for (int i = 0; i < 5; i++)
        if (strcmp(kind, kinds[i]) == 0) out->kind = (kj_shown_as)i;
    snprintf(out->table, sizeof out->table, "%s", table);
    snprintf(out->column, sizeof out->column, "%s", column);
    const char *per = json_string_value(json_object_get(entry, "per"));
    snprintf(out->per, sizeof out->per, "%s", per ? per : "");
    take_texts(json_object_get(entry, "title"), sizeof out->title[0], out->title[0]);
    take_texts(json_object_get(entry, "unit"), sizeof out->unit[0], out->unit[0]);
    take_texts(json_object_get(entry, "how"), sizeof out->how[0], out->how[0]);
    if (!out->title[0][0]) snprintf(out->title[0], sizeof out->title[0], "%s", column);
    out->scale = json_number_value(json_object_get(entry, "scale"));
    out->low = json_number_value(json_object_get(entry, "low"));
    out->high = json_number_value(json_object_get(entry, "high"));
    out->decimals = (int32_t)json_integer_value(json_object_get(entry, "decimals"));
    out->flags = (uint32_t)json_integer_value(json_object_get(entry, "flags"));
    return true;
}

/* Sum or mean of the municipalities in each year, scaled, and summed over the years where the item says so. */
static kj_status read_series(kj_error *err, kj_world *w, kj_shown_item *item)
{
    uint32_t n = w->source.n_rows(w->source.self, "municipality");
    item->series = calloc((size_t)w->n_years + 1, sizeof *item->series);
    double *values = calloc((size_t)n + 1, sizeof *values);
    kj_status status = item->series && values ? KJ_OK : no_memory(err);
    for (int32_t y = 0; !status && y < w->n_years; y++) {
        double sum = 0.0;
        status = w->source.read(err, w->source.self, "municipality", item->column, y, KJ_F64, values);
        for (uint32_t i = 0; i < n; i++) sum += values[i];
        if (item->flags & KJ_SHOWN_MEAN && n) sum /= n;
        item->series[y] = sum * item->scale + (item->flags & KJ_SHOWN_CUMULATIVE && y > 0 ? item->series[y - 1] : 0.0);
    }
    free(values);
    return status;
}

/* Each run of an ensemble by itself, scaled as the median is. */
static kj_status read_members(kj_error *err, kj_world *w, kj_shown_item *item)
{
    size_t years = (size_t)w->n_years, n = (size_t)w->n_members * years;
    if (!n) return KJ_OK;
    item->members = calloc(n, sizeof *item->members);
    kj_status status = item->members ? w->source.read_members(err, w->source.self, item->column, item->members) : no_memory(err);
    for (size_t i = 0; !status && i < n; i++) {
        item->members[i] *= item->scale;
        if (item->flags & KJ_SHOWN_CUMULATIVE && i % years > 0) item->members[i] += item->members[i - 1];
    }
    return status;
}

static kj_status read_items(kj_error *err, kj_world *w)
{
    json_t *options = json_loads(w->facts->options_json ? w->facts->options_json : "", 0, NULL), *list = json_object_get(options, "shown");
    kj_status status = KJ_OK;
    free_items(w);
    w->items = calloc(json_array_size(list) + 1, sizeof *w->items);
    if (!w->items) status = no_memory(err);
    for (size_t i = 0; !status && i < json_array_size(list); i++) {
        kj_shown_item *item = &w->items[w->n_items];
        if (!take_item(json_array_get(list, i), item) || !w->source.has(w->source.self, item->table, item->column)) continue;
        w->n_items++;
        if (item->kind == KJ_AS_CHART || item->kind == KJ_AS_STEP) status = read_series(err, w, item);
        if (!status && item->kind == KJ_AS_CHART) status = read_members(err, w, item);
    }
    for (int32_t i = 0; !status && i < w->n_items; i++)
        for (int id = 0; id < KJ_FIG_COUNT && w->items[i].kind == KJ_AS_CHART; id++)
            if (strcmp(w->items[i].column, figure_columns[id]) == 0) w->figure[id] = &w->items[i];
    json_decref(options);
    return status;
}

static const char *in_language(const char *texts, size_t size, int language)
{
    return language > 0 && language < 3 && texts[(size_t)language * size] ? texts + (size_t)language * size : texts;
}

const char *kj_shown_title(const kj_shown_item *item, int language) { return in_language(item->title[0], sizeof item->title[0], language); }
const char *kj_shown_unit(const kj_shown_item *item, int language) { return in_language(item->unit[0], sizeof item->unit[0], language); }
const char *kj_shown_how(const kj_shown_item *item, int language) { return in_language(item->how[0], sizeof item->how[0], language); }

double kj_shown_scale(const kj_shown_item *item, const kj_grid *grid)
{
    return item->flags & KJ_SHOWN_PER_HECTARE ? item->scale * 1e4 / (grid->cell_m * grid->cell_m) : item->scale;
}

/* ---- opening ---- */

/* Grows the town by square kilometres beside it in which at least 200 people live, as a locality is bounded; true while it grows. */
static bool grow_town(const double *sums, bool *in, int32_t cols, int32_t rows)
{
    const double locality = 200.0;
    bool grew = false;
    for (int32_t i = 0; i < cols * rows; i++) {
        int32_t x = i % cols, y = i / cols;
        if (in[i] || sums[i] < locality) continue;
        in[i] = (x > 0 && in[i - 1]) || (x + 1 < cols && in[i + 1]) || (y > 0 && in[i - cols]) || (y + 1 < rows && in[i + cols]);
        grew |= in[i];
    }
    return grew;
}

static void measure_town(kj_world *w, const double *sums, int32_t cols, int32_t rows, int32_t side, int32_t best)
{
    bool *in = calloc((size_t)cols * (size_t)rows, sizeof *in);
    int32_t west = best % cols, east = west, north = best / cols, south = north;
    if (in) in[best] = true;
    while (in && grow_town(sums, in, cols, rows)) {}
    for (int32_t i = 0; in && i < cols * rows; i++) {
        if (!in[i]) continue;
        if (i % cols < west) west = i % cols;
        if (i % cols > east) east = i % cols;
        if (i / cols < north) north = i / cols;
        if (i / cols > south) south = i / cols;
    }
    w->town_west = west * side;
    w->town_east = (east + 1) * side;
    w->town_north = north * side;
    w->town_south = (south + 1) * side;
    free(in);
}

static void find_town(kj_world *w, const float *people)
{
    int32_t side = (int32_t)(1000.0 / w->grid.cell_m) + 1, cols = w->grid.nx / side + 1, rows = w->grid.ny / side + 1, best = 0;
    double *sums = people ? calloc((size_t)cols * (size_t)rows, sizeof *sums) : NULL;
    w->town_col = w->town_row = -1.0;
    if (!sums) return;
    for (int32_t cell = 0; cell < kj_grid_cells(&w->grid); cell++)
        if (people[cell] > 0.0f) sums[(cell / w->grid.nx / side) * cols + cell % w->grid.nx / side] += (double)people[cell];
    for (int32_t i = 0; i < cols * rows; i++)
        if (sums[i] > sums[best]) best = i;
    if (sums[best] > 0.0) {
        w->town_col = (best % cols + 0.5) * side;
        w->town_row = (best / cols + 0.5) * side;
        measure_town(w, sums, cols, rows, side, best);
    }
    free(sums);
}

static void measure_cells(kj_world *w)
{
    w->dots = w->source.has(w->source.self, "cell", "households") ? "households" : "population";
    const float few = strcmp(w->dots, "households") == 0 ? 4.0f : 8.0f, *count = kj_world_layer(w, w->dots, 0);
    double sum = 0.0, n = 0.0;
    for (int32_t cell = 0; count && cell < kj_grid_cells(&w->grid); cell++) {
        if (count[cell] < few) continue;
        sum += (double)count[cell];
        n += 1.0;
    }
    w->built_dots = n > 0.0 ? sum / n : (double)few;
    find_town(w, kj_world_layer(w, "population", w->n_members ? w->n_years - 1 : 0)); /* ensembles have no map of the start */
}

static void name_place(kj_world *w)
{
    const char *const *names = w->source.texts(w->source.self, "municipality", "name");
    uint32_t n = w->source.n_rows(w->source.self, "municipality");
    const char *title = w->facts->map_title && w->facts->map_title[0] ? w->facts->map_title : w->facts->map_name;
    snprintf(w->place, sizeof w->place, "%s", n == 1 && names && names[0][0] ? names[0] : title ? title : "");
    for (int k = 0; k < 3; k++) snprintf(w->title[k], KJ_NAME_TEXT, "%s", w->facts->title[k] ? w->facts->title[k] : "");
}

kj_status kj_world_open(kj_error *err, kj_source source, char letter, kj_world *out)
{
    *out = (kj_world){.source = source, .facts = source.facts(source.self), .letter = letter};
    out->grid = out->facts->grid;
    size_t bytes = (size_t)kj_grid_cells(&out->grid) * sizeof(float);
    out->n_slots = SLOTS;
    while (out->n_slots > 8 && (size_t)out->n_slots * bytes > (size_t)SLOT_BUDGET_MB << 20) out->n_slots--;
    out->slots = calloc((size_t)out->n_slots, sizeof *out->slots);
    out->n_members = source.n_members ? source.n_members(source.self) : 0;
    kj_status status = out->slots ? read_years(err, out) : no_memory(err);
    if (!status) name_place(out);
    if (!status) status = read_areas(err, out);
    if (!status) status = read_observed(err, out);
    if (!status) status = read_cell_area(err, out);
    if (!status) status = read_facilities(err, out);
    if (!status) status = read_vacancies(err, out);
    if (!status) measure_cells(out);
    if (!status) flag_policies(out);
    if (!status) status = read_items(err, out);
    if (!status) {
        const char *origin = source.origin(source.self, "cell", "land_use");
        out->land_is_synthetic = strcmp(origin, "real") != 0;
    } else {
        kj_world_close(out);
    }
    return status;
}

kj_status kj_world_refresh(kj_error *err, kj_world *w)
{
    w->facts = w->source.facts(w->source.self);
    kj_status status = read_years(err, w);
    /* values of kept years may belong to another branch by now: all are read again, they are few */
    for (int32_t i = 0; i < w->n_slots; i++) w->slots[i].name[0] = 0;
    if (!status) status = read_facilities(err, w);
    if (!status) status = read_vacancies(err, w);
    free(w->flags);
    w->flags = NULL;
    w->n_flags = 0;
    if (!status) flag_policies(w);
    if (!status) status = read_items(err, w);
    return status;
}

void kj_world_close(kj_world *w)
{
    if (w->source.close) w->source.close(w->source.self);
    for (int32_t i = 0; i < w->n_slots && w->slots; i++) free(w->slots[i].values);
    free_items(w);
    kj_area_words_free(&w->area_words);
    kj_observed_free(&w->observed);
    void *const owned[] = {w->slots, w->years, w->areas, w->cell_area, w->outside, w->area_population, w->facilities, w->pupils,
                           w->places, w->vacancies, w->children, w->sibling, w->flags};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
    *w = (kj_world){0};
}

/* ---- layers ---- */

/* The slot that holds a layer, or the one used longest ago. */
static kj_layer_slot *slot_for(kj_world *w, const char *name, int32_t year_index, bool *found)
{
    kj_layer_slot *oldest = &w->slots[0];
    for (int32_t i = 0; i < w->n_slots; i++) {
        kj_layer_slot *slot = &w->slots[i];
        *found = slot->name[0] && slot->year_index == year_index && strcmp(slot->name, name) == 0;
        if (*found) return slot;
        if (slot->used < oldest->used) oldest = slot;
    }
    return oldest;
}

static void *load_layer(kj_world *w, const char *name, int32_t year_index, bool land)
{
    kj_error err;
    bool found;
    if (!w->source.has(w->source.self, "cell", name)) return NULL;
    if (!w->source.is_yearly(w->source.self, "cell", name)) year_index = 0;
    kj_layer_slot *slot = slot_for(w, name, year_index, &found);
    slot->used = ++w->clock;
    if (found) return slot->values;
    size_t n = (size_t)kj_grid_cells(&w->grid);
    if (!slot->values) slot->values = malloc(n * sizeof(float));
    slot->name[0] = 0;
    if (!slot->values) return NULL;
    if (w->source.read(&err, w->source.self, "cell", name, year_index, land ? KJ_U8 : KJ_F32, slot->values)) return NULL;
    uint8_t *bytes = slot->values;
    if (land && w->outside) {
#pragma omp parallel for schedule(static)
        for (size_t i = 0; i < n; i++) bytes[i] |= w->outside[i];
    }
    snprintf(slot->name, sizeof slot->name, "%s", name);
    slot->year_index = year_index;
    return slot->values;
}

const float *kj_world_layer(kj_world *w, const char *name, int32_t year_index) { return load_layer(w, name, year_index, false); }
const uint8_t *kj_world_land(kj_world *w, int32_t year_index) { return load_layer(w, "land_use", year_index, true); }

bool kj_world_area_column(kj_world *w, const char *name, int32_t year_index, float *out)
{
    kj_error err;
    if (!w->n_areas || !w->source.has(w->source.self, "area", name)) return false;
    return w->source.read(&err, w->source.self, "area", name, year_index, KJ_F32, out) == KJ_OK;
}

bool kj_shown_areas(kj_world *w, const kj_shown_item *item, int32_t year_index, float *out)
{
    if (!kj_world_area_column(w, item->column, year_index, out)) return false;
    if (!item->per[0]) return true;
    float *whole = calloc((size_t)w->n_areas + 1, sizeof *whole);
    bool known = whole && kj_world_area_column(w, item->per, year_index, whole);
    for (int32_t a = 0; known && a < w->n_areas; a++) out[a] = whole[a] > 0.0f ? out[a] / whole[a] : NAN;
    free(whole);
    return known;
}

int32_t kj_world_year_index(const kj_world *w, int32_t year)
{
    int32_t best = 0;
    for (int32_t i = 0; i < w->n_years; i++)
        if (abs(w->years[i] - year) < abs(w->years[best] - year)) best = i;
    return best;
}

double kj_world_figure(const kj_world *w, kj_figure_id id, int32_t year_index)
{
    return w->figure[id] && year_index >= 0 && year_index < w->n_years ? w->figure[id]->series[year_index] : NAN;
}

const char *kj_world_long_name(const kj_world *w, int language)
{
    const char *both = language > 0 && language < 3 ? w->both_titles[language] : w->both_titles[0];
    return both[0] ? both : kj_world_name(w, language);
}

const char *kj_world_name(const kj_world *w, int language)
{
    return language > 0 && language < 3 && w->title[language][0] ? w->title[language] : w->title[0];
}
