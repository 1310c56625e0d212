#include "pair_page.h"

#include <math.h>
#include <stdio.h>

#include "../compare/lives.h"
#include "../draw/chart.h"
#include "../draw/map_draw.h"
#include "../draw/number.h"
#include "../draw/table_draw.h"
#include "built_map.h"

#define _(text) kj_tr(text)
#define N_(text) text

enum { MARGIN = 60, TEXT = 19, TOP = 172, TABLE_W = 720, MAP_X = 840, MAP_W = 700, MAP_H = 430, WHOLE_W = 400, CLOSE_M = 8000, CHART_TOP = 704, FOOT = 985, COLUMNS = 5, ROWS_MAX = 18, YEARS_MAX = 256, TITLE_BYTES = 400 };

/* What a row counts: the last year, or the sum of what happened in each. */
typedef struct pair_row {
    kj_indicator indicator;
    const char *name;
    bool is_sum;
} pair_row;

static const pair_row rows[] = {{KJ_IND_POPULATION, N_("Inhabitants"), false},
                                {KJ_IND_HOUSEHOLDS, N_("Households"), false},
                                {KJ_IND_LODGING, N_("– without a home of their own (lodging)"), false},
                                {KJ_IND_DWELLINGS, N_("Dwellings"), false},
                                {KJ_IND_EMPTY, N_("– empty"), false},
                                {KJ_IND_COMPLETED, N_("Dwellings completed since the start"), true},
                                {KJ_IND_MOVES, N_("Households that changed homes since the start"), true},
                                {KJ_IND_IN_MIGRANTS, N_("Moved in from outside since the start"), true},
                                {KJ_IND_PUPILS, N_("Pupils"), false},
                                {KJ_IND_PLACES, N_("School places"), false},
                                {KJ_IND_OVER_PLACES, N_("– pupils beyond the places of their schools"), false},
                                {KJ_IND_WITHOUT_PLACE, N_("Pupils without a place"), false},
                                {KJ_IND_PRESCHOOL_WITHOUT, N_("Children without a preschool place"), false},
                                {KJ_IND_CARE_SHORT, N_("Care home places missing"), false}};

typedef struct pair_table {
    char text[ROWS_MAX * COLUMNS][KJ_NUMBER_MAX];
    const char *cells[ROWS_MAX * COLUMNS];
    int32_t n_rows;
} pair_table;

static double sum_of(const double *values, int32_t n)
{
    double sum = 0.0;
    for (int32_t i = 1; i < n; i++) sum += isfinite(values[i]) ? values[i] : 0.0;
    return sum;
}

static void add_row(pair_table *t, kj_language language, const char *name, double start, double a, double b)
{
    int32_t at = t->n_rows++ * COLUMNS;
    t->cells[at] = name;
    if (isfinite(start)) kj_number_real(t->text[at + 1], language, start, 0);
    else snprintf(t->text[at + 1], KJ_NUMBER_MAX, "–");
    kj_number_real(t->text[at + 2], language, a, 0);
    kj_number_real(t->text[at + 3], language, b, 0);
    kj_number_difference(t->text[at + 4], language, a, b, 0);
    for (int c = 1; c < COLUMNS; c++) t->cells[at + c] = t->text[at + c];
}

static void fill_table(pair_table *t, kj_language language, const kj_run_figures f[2])
{
    static const char *const lost[KJ_LOST_COUNT] = {N_("Farmland built on, ha"), N_("Forest built on, ha"), N_("Other land built on, ha")};
    const char *heads[COLUMNS] = {"", t->text[1], "A", "B", "B − A"};
    snprintf(t->text[1], KJ_NUMBER_MAX, "%d", f[0].years[0]);
    for (int c = 0; c < COLUMNS; c++) t->cells[c] = heads[c];
    t->n_rows = 1;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const double *a = f[0].series[rows[i].indicator], *b = f[1].series[rows[i].indicator];
        if (!a || !b || (kj_is_shortage(rows[i].indicator) && !kj_is_any(&f[0], rows[i].indicator) && !kj_is_any(&f[1], rows[i].indicator))) continue;
        int32_t last_a = f[0].n_years - 1, last_b = f[1].n_years - 1;
        if (rows[i].is_sum) add_row(t, language, _(rows[i].name), NAN, sum_of(a, f[0].n_years), sum_of(b, f[1].n_years));
        else add_row(t, language, _(rows[i].name), a[0], a[last_a], b[last_b]);
    }
    for (int k = 0; k < KJ_LOST_COUNT; k++)
        if (f[0].lost_ha[k] && f[1].lost_ha[k]) add_row(t, language, _(lost[k]), NAN, f[0].lost_ha[k][f[0].n_years - 1], f[1].lost_ha[k][f[1].n_years - 1]);
}

static void draw_head(kj_canvas *c, const kj_run_figures f[2], bool same_lives)
{
    char title[TITLE_BYTES];
    kj_text_style big = {.size = 40.0, .weight = 700, .color = KJ_COLOR_INK, .max_width = KJ_SUMMARY_W - 2 * MARGIN, .max_lines = 2};
    kj_text_style small = {.size = 20.0, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = KJ_SUMMARY_W - 2 * MARGIN};
    snprintf(title, sizeof title, _("The two worlds in %d"), f[0].years[f[0].n_years - 1]);
    kj_canvas_tag_begin(c, "H1");
    double y = 46.0 + kj_text_draw(c, MARGIN, 46.0, &big, title).height;
    kj_canvas_tag_end(c, "H1");
    kj_canvas_tag_begin(c, "P");
    snprintf(title, sizeof title, "%s. %s", kj_honesty_line(), kj_luck_words(same_lives));
    kj_text_draw(c, MARGIN, y + 4.0, &small, title);
    kj_canvas_tag_end(c, "P");
}

static void draw_key(kj_canvas *c, double y)
{
    const struct { kj_rgb color; const char *text; } items[3] = {{KJ_COLOR_NEW, _("built on in both")}, {KJ_COLOR_A, _("in A alone")}, {KJ_COLOR_B, _("in B alone")}};
    kj_text_style style = {.size = TEXT, .weight = 500, .color = KJ_COLOR_INK};
    double x = MAP_X;
    for (int i = 0; i < 3; i++) {
        kj_box swatch = {x, y + 3.0, 20.0, 20.0};
        kj_canvas_fill_box(c, &swatch, 2.0, items[i].color, 1.0);
        x += 30.0 + kj_text_draw(c, x + 30.0, y, &style, items[i].text).width + 36.0;
    }
}

/* The part where most is built, A or else B, as high as its box; w 0: the map is small and needs none. */
static kj_window close_up(const kj_run_figures f[2])
{
    const kj_grid *grid = &f[0].grid;
    int32_t side = (int32_t)(CLOSE_M / grid->cell_m);
    int64_t n = 0;
    if (2 * side > grid->nx || 2 * side > grid->ny) return (kj_window){0};
    kj_window part = kj_window_busiest(&f[0], side, &n);
    if (n == 0) part = kj_window_busiest(&f[1], side, &n);
    return n > 0 ? part : (kj_window){0};
}

static kj_status draw_close_up(kj_error *err, kj_canvas *c, const kj_run_figures f[2], const kj_window *part)
{
    char title[TITLE_BYTES], km[KJ_NUMBER_MAX];
    const double x = MAP_X + WHOLE_W + 20.0;
    kj_text_style small = {.size = 17.0, .weight = 500, .color = KJ_COLOR_MUTED, .max_width = MAP_X + MAP_W - x, .align = KJ_ALIGN_LEFT};
    kj_box box = {x, TOP + 40.0, MAP_X + MAP_W - x, MAP_H};
    snprintf(title, sizeof title, _("Where most is built: %s × %s km"), kj_number_real(km, c->language, part->w * f[0].grid.cell_m / 1000.0, 0), km);
    kj_text_draw(c, x, TOP + 12.0, &small, title);
    return kj_built_map(err, c, &box, part, &f[1], &f[0]);
}

static kj_status draw_map(kj_error *err, kj_canvas *c, const kj_run_figures f[2])
{
    kj_text_style head = {.size = 23.0, .weight = 700, .color = KJ_COLOR_INK, .max_width = MAP_W};
    kj_window whole = kj_window_inside(&f[0]), part = close_up(f);
    kj_box box = {MAP_X, TOP + 40.0, part.w > 0.0 ? WHOLE_W : MAP_W, MAP_H};
    kj_canvas_tag_begin(c, "Figure");
    kj_text_draw(c, MAP_X, TOP, &head, _("Newly built on since the start"));
    kj_status status = kj_built_map(err, c, &box, &whole, &f[1], &f[0]);
    if (!status && part.w > 0.0) status = draw_close_up(err, c, f, &part);
    draw_key(c, box.y + box.h + 8.0);
    kj_canvas_tag_end(c, "Figure");
    return status;
}

/* A and B as lines; what happens in a year begins with the first simulated one. */
static void draw_pair(kj_canvas *c, const kj_box *box, const char *title, const char *unit, const kj_run_figures f[2], double *const values[2], int32_t from)
{
    static const char *const letters[2] = {"A", "B"};
    double x[2][YEARS_MAX];
    kj_series series[2];
    int32_t n = 0;
    for (int k = 0; k < 2; k++) {
        int32_t n_years = f[k].n_years < YEARS_MAX ? f[k].n_years : YEARS_MAX;
        if (!values[k] || n_years <= from) continue;
        for (int32_t i = 0; i < n_years; i++) x[k][i] = f[k].years[i];
        series[n] = (kj_series){.name = letters[k], .x = x[k] + from, .y = values[k] + from, .n = n_years - from, .color = k ? KJ_COLOR_B : KJ_COLOR_A, .dash = k ? KJ_DASH_DASHED : KJ_DASH_SOLID};
        n++;
    }
    kj_line_chart chart = {.title = title, .unit = unit, .series = series, .n = n, .x_low = f[0].years[0], .x_high = f[0].years[f[0].n_years - 1], .from_zero = true, .text_size = 17.0,
                           .empty = _("The run does not record this.")};
    kj_canvas_tag_begin(c, "Figure");
    kj_chart_lines(c, box, &chart);
    kj_canvas_tag_end(c, "Figure");
}

kj_status kj_pair_page_draw(kj_error *err, kj_canvas *c, const kj_run_figures f[2], bool same_lives)
{
    if (f[0].n_years < 1 || f[1].n_years < 1) return kj_fail(err, KJ_E_INPUT, "the run has no recorded year");
    pair_table table = {.n_rows = 0};
    kj_canvas_tag_begin(c, "Document");
    draw_head(c, f, same_lives);
    fill_table(&table, c->language, f);
    kj_table_sheet sheet = {.cells = table.cells, .n_rows = table.n_rows, .n_columns = COLUMNS, .text_size = TEXT};
    kj_box left = {MARGIN, TOP, TABLE_W, CHART_TOP - 24.0 - TOP};
    kj_table_draw(c, &left, &sheet);
    kj_status status = draw_map(err, c, f);
    double *const moves[2] = {f[0].series[KJ_IND_MOVES], f[1].series[KJ_IND_MOVES]}, *const farmland[2] = {f[0].lost_ha[KJ_LOST_FARMLAND], f[1].lost_ha[KJ_LOST_FARMLAND]};
    kj_box first = {MARGIN, CHART_TOP, TABLE_W, FOOT - 20.0 - CHART_TOP}, second = {MAP_X, CHART_TOP, MAP_W, FOOT - 20.0 - CHART_TOP};
    draw_pair(c, &first, _("Moves"), _("households a year"), f, moves, 1);
    draw_pair(c, &second, _("Farmland built on since the start"), _("hectares"), f, farmland, 0);
    kj_summary_foot_draw(c, &f[0], &f[1]);
    kj_canvas_tag_end(c, "Document");
    return status;
}
