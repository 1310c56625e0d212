#include "layer_picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../draw/map_draw.h"
#include "../draw/number.h"
#include "pages.h"
#include "report.h"

#define _(text) kj_tr(text)

enum { MARGIN = 40, TOP = 150, BOTTOM = 1090, MAP_RIGHT = 1120, SIDE = 1150, CLASSES_MAX = 12 };

static kj_status no_memory(kj_error *err) { return kj_fail(err, KJ_E_MEMORY, "out of memory"); }

/* ---- what is drawn, gathered ---- */

typedef struct picture {
    const kj_dataset *set;
    const kj_run_column *layer;
    int32_t year;
    kj_run_figures figures; /* grid, land, places, schools: what the land view draws */
    float *values;          /* NaN outside; of every layer but land use */
    double low, high;
} picture;

/* Values of one column of a table, NULL if it is not there. */
static kj_status numbers(kj_error *err, const picture *p, const char *table_name, const char *column_name, uint32_t year_index,
                         double **out, uint32_t *n)
{
    *out = NULL;
    *n = 0;
    for (uint32_t t = 0; t < p->set->n_tables; t++) {
        const kj_run_table *table = &p->set->tables[t];
        const kj_run_column *column = strcmp(table->name, table_name) ? NULL : kj_run_table_column(table, column_name);
        if (!column || column->type == KJ_TEXT) continue;
        *out = malloc((table->n_rows + 1u) * sizeof **out);
        *n = table->n_rows;
        return *out ? kj_dataset_values(err, p->set, table, column, year_index, *out, NULL) : no_memory(err);
    }
    return KJ_OK;
}

static kj_status read_land(kj_error *err, picture *p, uint32_t year_index)
{
    const kj_run_column *land, *area;
    size_t n = (size_t)kj_grid_cells(&p->set->grid);
    int32_t *inside = malloc(n * sizeof *inside);
    p->figures.land_first = malloc(n);
    p->figures.land_last = malloc(n);
    p->figures.grid = p->set->grid;
    kj_status status = inside && p->figures.land_first && p->figures.land_last ? KJ_OK : no_memory(err);
    if (!status) status = kj_dataset_layer(err, p->set, "land_use", &land);
    if (!status) status = kj_dataset_layer(err, p->set, "area", &area);
    if (!status) status = kj_dataset_cells(err, p->set, land, year_index, p->figures.land_last);
    if (!status) status = kj_dataset_cells(err, p->set, area, year_index, inside);
    for (size_t i = 0; !status && i < n; i++)
        if (inside[i] < 0) p->figures.land_last[i] = KJ_OUTSIDE;
    if (!status) memcpy(p->figures.land_first, p->figures.land_last, n);
    free(inside);
    return status;
}

/* As numbers, outside and no-data as NaN; what stands for "no way" in travel times too. */
static kj_status read_values(kj_error *err, picture *p, uint32_t year_index)
{
    size_t n = (size_t)kj_grid_cells(&p->set->grid);
    void *raw = malloc(n * 8 + 8);
    p->values = malloc(n * sizeof *p->values);
    kj_status status = raw && p->values ? kj_dataset_cells(err, p->set, p->layer, year_index, raw) : no_memory(err);
    for (size_t i = 0; !status && i < n; i++) {
        double v = NAN;
        switch (p->layer->type) {
        case KJ_U8: v = ((uint8_t *)raw)[i]; break;
        case KJ_I16: v = ((int16_t *)raw)[i]; break;
        case KJ_I32: v = ((int32_t *)raw)[i]; break;
        case KJ_I64: v = (double)((int64_t *)raw)[i]; break;
        case KJ_ID: v = ((kj_id *)raw)[i]; break;
        case KJ_F32: v = (double)((float *)raw)[i]; break;
        case KJ_F64: v = ((double *)raw)[i]; break;
        default: break;
        }
        bool sentinel = p->layer->type == KJ_I32 && (v == (double)INT32_MAX || v == (double)INT32_MIN);
        p->values[i] = p->figures.land_last[i] == KJ_OUTSIDE || sentinel ? NAN : (float)v;
    }
    free(raw);
    return status;
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* 1 where class 0 says "none", which stays blank; 0 otherwise. */
static int32_t first_class(const char *labels) { return !strncmp(labels, "none ", 5); }

static bool is_of_years(const kj_run_column *layer) { return strcmp(layer->unit, "year") == 0; }

/* From the first year to the last; 0, which is none, stays blank. */
static void find_years(picture *p)
{
    const int64_t n_cells = kj_grid_cells(&p->set->grid);
    p->low = INFINITY;
    p->high = -INFINITY;
    for (int64_t i = 0; i < n_cells; i++) {
        if (!(p->values[i] > 0.0F)) p->values[i] = NAN;
        p->low = fmin(p->low, (double)p->values[i]);
        p->high = fmax(p->high, (double)p->values[i]);
    }
    if (!(p->high >= p->low)) p->low = p->high = p->year;
    if (!(p->high > p->low)) p->low = p->high - 1.0;
}

/* The ramp runs from the smallest value to the 98th percentile of those that are not 0, so that one tower does not
   leave the rest of the town in one colour. */
static kj_status find_range(kj_error *err, picture *p)
{
    size_t n_cells = (size_t)kj_grid_cells(&p->set->grid), n = 0;
    if (p->layer->labels[0]) {
        p->low = first_class(p->layer->labels);
        for (size_t i = 0; i < n_cells; i++)
            if (!((double)p->values[i] >= p->low)) p->values[i] = NAN;
        p->high = kj_labels_count(p->layer->labels) - 1;
        return KJ_OK;
    }
    if (is_of_years(p->layer)) {
        find_years(p);
        return KJ_OK;
    }
    float *sorted = malloc(n_cells * sizeof *sorted);
    if (!sorted) return no_memory(err);
    p->low = 0.0;
    for (size_t i = 0; i < n_cells; i++) {
        if (isnan(p->values[i])) continue;
        if ((double)p->values[i] < p->low) p->low = (double)p->values[i];
        if (p->values[i] != 0.0F) sorted[n++] = p->values[i];
    }
    qsort(sorted, n, sizeof *sorted, by_value);
    p->high = n ? (double)sorted[(size_t)(0.98 * (double)(n - 1))] : 1.0;
    if (!(p->high > p->low)) p->high = p->low + 1.0;
    free(sorted);
    return KJ_OK;
}

static int by_population(const void *a, const void *b)
{
    const kj_named_place *x = a, *y = b;
    if (x->population != y->population) return x->population > y->population ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Names of the areas that have one (codes are none), the largest first by dwellings or population. */
static kj_status read_places(kj_error *err, picture *p, uint32_t year_index)
{
    const kj_run_table *table;
    double *x = NULL, *y = NULL, *kind = NULL, *size = NULL;
    const char **name = NULL, **code = NULL;
    uint32_t n = 0, n_size = 0;
    kj_status status = kj_dataset_table(err, p->set, "area", &table);
    if (status) return status;
    status = numbers(err, p, "area", "x", year_index, &x, &n);
    if (!status) status = numbers(err, p, "area", "y", year_index, &y, &n);
    if (!status) status = numbers(err, p, "area", "kind", year_index, &kind, &n);
    if (!status) status = numbers(err, p, "area", "population", year_index, &size, &n_size);
    const kj_run_column *names = kj_run_table_column(table, "name"), *codes = kj_run_table_column(table, "code");
    if (!status && names && codes) status = kj_dataset_texts(err, p->set, table, names, &name);
    if (!status && names && codes) status = kj_dataset_texts(err, p->set, table, codes, &code);
    p->figures.places = calloc(n + 1u, sizeof *p->figures.places);
    if (!status && !p->figures.places) status = no_memory(err);
    const kj_grid *g = &p->set->grid;
    for (uint32_t i = 0; !status && name && x && y && kind && i < n; i++) {
        if (!strcmp(name[i], code[i])) continue;
        kj_named_place *to = &p->figures.places[p->figures.n_places++];
        *to = (kj_named_place){.col = (x[i] - g->west) / g->cell_m, .row = (g->north - y[i]) / g->cell_m,
                               .population = size ? size[i] : -(double)i, .kind = (int32_t)kind[i]};
        snprintf(to->name, sizeof to->name, "%.63s", name[i]);
    }
    if (!status) qsort(p->figures.places, (size_t)p->figures.n_places, sizeof *p->figures.places, by_population);
    p->figures.has_place_names = p->figures.n_places > 0;
    free(x);
    free(y);
    free(kind);
    free(size);
    free((void *)name);
    free((void *)code);
    return status;
}

static kj_status read_schools(kj_error *err, picture *p, uint32_t year_index)
{
    double *kind = NULL, *cell = NULL, *closed = NULL;
    uint32_t n = 0;
    kj_status status = numbers(err, p, "facility", "kind", year_index, &kind, &n);
    if (!status) status = numbers(err, p, "facility", "cell", year_index, &cell, &n);
    if (!status) status = numbers(err, p, "facility", "closed", year_index, &closed, &n);
    p->figures.school_col = calloc(n + 1u, sizeof(double));
    p->figures.school_row = calloc(n + 1u, sizeof(double));
    if (!status && (!p->figures.school_col || !p->figures.school_row)) status = no_memory(err);
    int32_t month = KJ_MONTH(p->year, 12);
    for (uint32_t i = 0; !status && kind && cell && i < n; i++) {
        bool open = !closed || !(closed[i] > 0.0) || closed[i] > month;
        if ((int32_t)kind[i] != KJ_FACILITY_SCHOOL || cell[i] < 0.0 || !open) continue;
        p->figures.school_col[p->figures.n_schools] = fmod(cell[i], p->set->grid.nx) + 0.5;
        p->figures.school_row[p->figures.n_schools++] = floor(cell[i] / p->set->grid.nx) + 0.5;
    }
    free(kind);
    free(cell);
    free(closed);
    return status;
}

/* ---- the page ---- */

static const char *layer_title(const kj_run_column *layer)
{
    if (!strcmp(layer->name, "land_use")) return _("Land use");
    if (!strcmp(layer->name, "area")) return _("Areas");
    if (!strcmp(layer->name, "zoning")) return _("Zoning");
    if (!strcmp(layer->name, "protection")) return _("Protected land");
    if (!strcmp(layer->name, "farmland_class")) return _("Class of farmland");
    if (!strcmp(layer->name, "max_far")) return _("Highest floor-area ratio");
    if (!strcmp(layer->name, "travel_centre")) return _("Travel time to the nearest centre by car");
    if (!strcmp(layer->name, "walk_cost")) return _("Walking time across a cell");
    if (!strcmp(layer->name, "population")) return _("Population");
    if (!strcmp(layer->name, "dwellings")) return _("Dwellings");
    if (!strcmp(layer->name, "floor_area")) return _("Floor area of dwellings");
    if (!strcmp(layer->name, "households")) return _("Households");
    if (!strcmp(layer->name, "built_year")) return _("Year of building in this run");
    if (!strcmp(layer->name, "catchment")) return _("Catchments F–6");
    if (!strcmp(layer->name, "catchment_7_9")) return _("Catchments 7–9");
    return layer->long_name[0] ? layer->long_name : layer->name;
}

/* Of a run's scenario, as it declares it in the reader's language. */
static const char *set_title(const kj_dataset *set, kj_language language)
{
    return set->run ? kj_report_title(kj_runread_info(set->run), language) : set->title;
}

static void draw_title(kj_canvas *canvas, const picture *p)
{
    kj_text_style big = {.size = 44, .weight = 700, .color = KJ_COLOR_INK, .max_width = 1330};
    kj_text_style small = {.size = 22, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = 1330};
    kj_text_style giant = {.size = 60, .weight = 700, .color = KJ_COLOR_A, .align = KJ_ALIGN_RIGHT, .tabular = true};
    char number[16], text[400];
    kj_text_draw(canvas, MARGIN, 24, &big, layer_title(p->layer));
    snprintf(text, sizeof text, "%s%s%s", set_title(p->set, canvas->language), p->layer->origin[0] ? " · " : "",
             !strcmp(p->layer->origin, "real")        ? _("real layer")
             : !strcmp(p->layer->origin, "derived")   ? _("derived layer")
             : !strcmp(p->layer->origin, "synthetic") ? _("synthetic layer")
                                                      : "");
    kj_text_draw(canvas, MARGIN, 84, &small, text);
    snprintf(number, sizeof number, "%d", p->year);
    kj_text_draw(canvas, KJ_MAP_PAGE_W - MARGIN, 28, &giant, number);
}

/* What a map holds, one line each: rows of its tables, km² and share of land by class. */
static double draw_figures(kj_canvas *canvas, const picture *p, double top)
{
    static const char *const tables[] = {"person", "household", "dwelling", "area", "facility", "project"};
    kj_text_style label = {.size = 22, .weight = 400, .color = KJ_COLOR_INK, .max_width = 230};
    kj_text_style value = {.size = 22, .weight = 700, .color = KJ_COLOR_INK, .align = KJ_ALIGN_RIGHT, .tabular = true};
    for (uint32_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        const char *what = i == 0 ? _("Persons") : i == 1 ? _("Households") : i == 2 ? _("Dwellings") : i == 3 ? _("Areas")
                           : i == 4 ? _("Schools and care") : _("Housing projects");
        for (uint32_t t = 0; t < p->set->n_tables; t++) {
            if (strcmp(p->set->tables[t].name, tables[i]) || !p->set->tables[t].n_rows) continue;
            char number[KJ_NUMBER_MAX];
            kj_text_draw(canvas, SIDE, top, &label, what);
            kj_text_draw(canvas, KJ_MAP_PAGE_W - MARGIN, top, &value, kj_number_int(number, canvas->language, p->set->tables[t].n_rows));
            top += 34;
        }
    }
    return top;
}

static void class_word(const char *labels, int32_t index, char out[64])
{
    kj_labels_at(labels, index, out, 64);
    for (char *c = out; *c; c++)
        if (*c == '_') *c = ' ';
}

/* Words of coded values in the reader's language. */
static const char *class_label(const char *word)
{
    if (!strcmp(word, "none")) return _("none");
    if (!strcmp(word, "small houses")) return _("Small houses");
    if (!strcmp(word, "mixed")) return _("Row houses and flats");
    if (!strcmp(word, "work")) return _("Workplaces");
    return word;
}

static void draw_legend(kj_canvas *canvas, const picture *p)
{
    if (!p->values) {
        kj_land_legend(canvas, &p->figures, SIDE - 14, BOTTOM, 22, 420, true);
        return;
    }
    int32_t n = kj_labels_count(p->layer->labels), first = first_class(p->layer->labels), n_items = 0;
    if (n < 1 || n > CLASSES_MAX) {
        enum { LONG_S = 600 }; /* ways longer than that read in minutes */
        const bool years = is_of_years(p->layer), bare = years || !strcmp(p->layer->unit, "1"), minutes = !strcmp(p->layer->unit, "s") && p->high >= LONG_S;
        const double scale = minutes ? 1.0 / 60.0 : 1.0;
        kj_ramp ramp = {.title = layer_title(p->layer), .unit = bare ? "" : minutes ? "min" : p->layer->unit, .low = p->low * scale, .high = p->high * scale, .text_size = 22,
                        .color = kj_palette_cividis, .years = years};
        kj_map_ramp(canvas, &ramp, SIDE - 14, BOTTOM);
        return;
    }
    char words[CLASSES_MAX][64];
    kj_legend_item items[CLASSES_MAX + 1];
    for (int32_t i = first; i < n; i++) {
        class_word(p->layer->labels, i, words[i]);
        items[n_items++] = (kj_legend_item){.kind = KJ_LEGEND_PLAIN, .color = kj_palette_cividis(n - first > 1 ? (double)(i - first) / (n - first - 1) : 0.0), .label = class_label(words[i])};
    }
    items[n_items++] = (kj_legend_item){.kind = KJ_LEGEND_PLAIN, .color = KJ_COLOR_OUTSIDE, .label = first ? _("Nothing") : _("Outside")};
    kj_legend legend = {.title = layer_title(p->layer), .items = items, .n = n_items, .text_size = 22, .max_width = 420};
    kj_map_legend(canvas, &legend, SIDE - 14, BOTTOM);
}

static kj_status draw_values(kj_error *err, kj_canvas *canvas, const picture *p, const kj_land_view *view)
{
    const kj_grid *g = &p->set->grid;
    size_t n = (size_t)kj_grid_cells(g);
    kj_map_frame frame = kj_map_frame_fit(&view->box, g->nx, g->ny, g->cell_m, view->col, view->row, view->w, view->h);
    uint8_t *mask = malloc(n);
    kj_status status = mask ? kj_raster_values(err, canvas, &frame, p->values, p->low, p->high, kj_palette_cividis) : no_memory(err);
    for (size_t i = 0; !status && i < n; i++) mask[i] = p->figures.land_last[i] != KJ_OUTSIDE;
    if (!status) kj_map_outline(canvas, &frame, mask, KJ_COLOR_INK, 2.0, 0.0);
    free(mask);
    if (status) return status;
    kj_map_scale_bar(canvas, &frame, view->box.x + 12, view->box.y + view->box.h - 12, view->box.w * 0.3, view->text_size);
    kj_map_north(canvas, view->box.x + view->box.w - 12, view->box.y + 12, view->text_size * 2.6);
    return KJ_OK;
}

/* Where the picture comes from, in the reader's language; kj_dataset.origin is what files keep, in English. */
static void origin_words(const kj_dataset *set, char *out, size_t n)
{
    if (set->map) {
        snprintf(out, n, _("Kedja map %s, digest %s, 31 December %d"), set->map->name, set->map->digest, set->years[0]);
        return;
    }
    const kj_run_info *info = kj_runread_info(set->run);
    snprintf(out, n, _("%s · Kedja %s · seed %llu · state %.12s · map %s"), kj_honesty_line(), info->version, (unsigned long long)info->seed, info->state_hash, info->map_name);
}

static void draw_foot(kj_canvas *canvas, const picture *p)
{
    kj_text_style style = {.size = 19, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = KJ_MAP_PAGE_W - 2 * MARGIN, .max_lines = 3};
    const char *source = p->layer->source; /* the program's own words, or a file of the recipe */
    char origin[400], text[900];
    origin_words(p->set, origin, sizeof origin);
    snprintf(text, sizeof text, "%s%s%s", origin, source[0] ? " · " : "", source[0] ? kj_tr(source) : "");
    kj_text_draw(canvas, MARGIN, BOTTOM + 22, &style, text);
}

static kj_status draw_page(kj_error *err, kj_canvas *canvas, const picture *p)
{
    kj_window all = kj_window_inside(&p->figures);
    kj_land_view view = {.box = {MARGIN, TOP, MAP_RIGHT - MARGIN, BOTTOM - TOP}, .col = all.col, .row = all.row, .w = all.w, .h = all.h,
                         .text_size = 20, .names = true, .sign_size = 15, .scale_bar = true, .north = true};
    draw_title(canvas, p);
    kj_status status = p->values ? draw_values(err, canvas, p, &view) : kj_land_view_draw(err, canvas, &p->figures, &view);
    if (status) return status;
    if (p->set->map) draw_figures(canvas, p, TOP + 6);
    draw_legend(canvas, p);
    draw_foot(canvas, p);
    return KJ_OK;
}

kj_status kj_report_layer_png(kj_error *err, const kj_dataset *set, const char *layer, uint32_t year_index,
                              const char *out_png, const char *lang)
{
    picture p = {.set = set, .year = set->years[year_index]};
    kj_canvas canvas = {0};
    kj_language language = KJ_LANG_EN;
    kj_status status = kj_report_check_name(err, out_png, ".png");
    if (!status) status = kj_report_choose_language(err, lang, &language);
    if (!status) status = kj_dataset_layer(err, set, layer, &p.layer);
    if (!status && p.layer->type == KJ_KEY) status = kj_fail(err, KJ_E_INPUT, "layer %s holds keys: nothing to see", layer);
    if (!status) status = read_land(err, &p, year_index);
    if (!status && strcmp(layer, "land_use")) {
        status = read_values(err, &p, year_index);
        if (!status) status = find_range(err, &p);
    }
    if (!status) status = read_places(err, &p, year_index);
    if (!status) status = read_schools(err, &p, year_index);
    if (!status) status = kj_canvas_new_image(err, KJ_MAP_PAGE_W, KJ_MAP_PAGE_H, 1.0, language, &canvas);
    if (!status) status = draw_page(err, &canvas, &p);
    if (!status) status = kj_canvas_write_png(err, &canvas, out_png);
    if (!status) kj_report_warn_about_cuts(&canvas, out_png);
    kj_status closed = canvas.surface ? kj_canvas_close(status ? NULL : err, &canvas) : KJ_OK;
    free(p.values);
    kj_run_figures_free(&p.figures);
    return status ? status : closed;
}
