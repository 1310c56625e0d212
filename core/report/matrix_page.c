/* The consequence matrix on one page: what differs for each department, who gains and who loses, how alike the worlds are. */
#include <kedja/version.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../compare/lives.h"
#include "../draw/chart.h"
#include "../draw/number.h"
#include "matrix_page.h"

#define _(text) kj_tr(text)

enum { MARGIN = 40, TOP = 150, FOOT = 1058, TABLE_W = 1060, PANEL_X = 1140, TEXT = 15, SMALL = 13, ROWS_MAX = 64, TEXT_BYTES = 512, BARS_MAX = 24 };

/* What is in a row of the table; the department's name stands at its first row. */
typedef struct columns {
    double label, unit, start, base, change, difference, verdict; /* label, unit, verdict: left edges; the others: right edges */
} columns;

static columns columns_of(double x)
{
    return (columns){x + 146, x + 482, x + 626, x + 704, x + 784, x + 866, x + 882};
}

static kj_text_style plain(double size, kj_rgb color) { return (kj_text_style){.size = size, .weight = 400, .color = color, .tabular = true}; }

static void text_at(kj_canvas *canvas, double x, double y, kj_text_style style, kj_align align, double max_width, const char *text)
{
    style.align = align;
    style.max_width = max_width;
    kj_text_draw(canvas, x, y, &style, text);
}

/* Up for better, down for worse: form and word say what the colour says. */
static void arrow(kj_canvas *canvas, double x, double y, double size, int sign, kj_rgb color)
{
    cairo_t *cr = canvas->cr;
    kj_canvas_color(canvas, color, 1.0);
    cairo_new_path(cr);
    cairo_move_to(cr, x, sign > 0 ? y + size : y);
    cairo_line_to(cr, x + size, sign > 0 ? y + size : y);
    cairo_line_to(cr, x + size / 2.0, sign > 0 ? y : y + size);
    cairo_close_path(cr);
    cairo_fill(cr);
}

/* Headlines, and whatever differs for the better or worse, as many as there is room for. */
static uint32_t choose_rows(const kj_comparison *c, uint32_t room, const kj_matrix_row **rows)
{
    uint32_t n = 0, wanted = 0;
    for (uint32_t k = 0; k < c->n_rows; k++) wanted += c->rows[k].def->headline || c->rows[k].sign != 0;
    for (uint32_t k = 0; k < c->n_rows && n < room; k++)
        if (c->rows[k].def->headline || (wanted <= room && c->rows[k].sign != 0)) rows[n++] = &c->rows[k];
    return n;
}

static void verdict(kj_canvas *canvas, const columns *at, double y, const kj_matrix_row *row, const kj_comparison *c)
{
    bool intervals = c->n_pairs > 1, sure = intervals || c->same_lives;
    kj_text_style style = plain(TEXT, KJ_COLOR_MUTED);
    char low[KJ_NUMBER_MAX], high[KJ_NUMBER_MAX], text[TEXT_BYTES] = "", word[64];
    snprintf(word, sizeof word, "%s%s",
             row->sign == 0  ? ""
             : row->sign > 0 ? _("better")
                             : _("worse"),
             !sure && kj_difference_shows(row) ? "?" : ""); /* chance cannot be told from one pair */
    if (row->sign != 0) {
        if (sure) style.color = row->sign > 0 ? KJ_COLOR_GAIN : KJ_COLOR_LOSS; /* one pair: it may be chance, so no colour says more than it knows */
        style.weight = sure ? 600 : 400;
        arrow(canvas, at->verdict, y + 5, 10, row->sign, style.color);
        text_at(canvas, at->verdict + 16, y, style, KJ_ALIGN_LEFT, 0, word);
    } else if (row->same) {
        text_at(canvas, at->verdict + 16, y, style, KJ_ALIGN_LEFT, 0, _("no change"));
    } else if (row->effect.distinct == KJ_DISTINCT_UNKNOWN) {
        text_at(canvas, at->verdict + 16, y, style, KJ_ALIGN_LEFT, 0, word);
    } else if (row->effect.distinct == KJ_DISTINCT_NO) {
        text_at(canvas, at->verdict + 16, y, style, KJ_ALIGN_LEFT, 0, _("chance?"));
    }
    if (!intervals || row->same) return;
    snprintf(text, sizeof text, "%s … %s", kj_number_change(low, canvas->language, row->effect.low, kj_difference_decimals(row)),
             kj_number_change(high, canvas->language, row->effect.high, kj_difference_decimals(row)));
    style = plain(SMALL, KJ_COLOR_MUTED);
    text_at(canvas, MARGIN + TABLE_W, y + 1, style, KJ_ALIGN_RIGHT, 96, text);
}

static void draw_row(kj_canvas *canvas, const columns *at, double y, const kj_matrix_row *row, const kj_comparison *c)
{
    char text[KJ_NUMBER_MAX];
    kj_text_style ink = plain(TEXT, KJ_COLOR_INK), muted = plain(TEXT, KJ_COLOR_MUTED), bold = ink;
    bold.weight = 600;
    int decimals = row->def->decimals;
    text_at(canvas, at->label, y, ink, KJ_ALIGN_LEFT, at->unit - at->label - 8, _(row->def->label));
    text_at(canvas, at->unit, y + 1, plain(SMALL, KJ_COLOR_MUTED), KJ_ALIGN_LEFT, 78, _(row->def->unit));
    text_at(canvas, at->start, y, muted, KJ_ALIGN_RIGHT, 0, kj_number_real(text, canvas->language, row->start, decimals));
    text_at(canvas, at->base, y, ink, KJ_ALIGN_RIGHT, 0, kj_number_real(text, canvas->language, row->base, decimals));
    text_at(canvas, at->change, y, ink, KJ_ALIGN_RIGHT, 0, kj_number_real(text, canvas->language, row->change, decimals));
    text_at(canvas, at->difference, y, bold, KJ_ALIGN_RIGHT, 0,
            kj_difference_shows(row) ? kj_number_change(text, canvas->language, row->effect.difference, kj_difference_decimals(row)) : "0");
    verdict(canvas, at, y, row, c);
}

static void draw_headings(kj_canvas *canvas, const columns *at, double y, const kj_comparison *c)
{
    kj_text_style style = plain(SMALL, KJ_COLOR_MUTED);
    char year[16];
    style.weight = 600;
    snprintf(year, sizeof year, "%d", c->first_year);
    text_at(canvas, at->start, y, style, KJ_ALIGN_RIGHT, 0, year);
    text_at(canvas, at->base, y, style, KJ_ALIGN_RIGHT, 0, _("base"));
    text_at(canvas, at->change, y, style, KJ_ALIGN_RIGHT, 0, _("change"));
    text_at(canvas, at->difference, y, style, KJ_ALIGN_RIGHT, 86, _("difference"));
    if (c->n_pairs > 1) text_at(canvas, MARGIN + TABLE_W, y, style, KJ_ALIGN_RIGHT, 96, _("interval"));
    kj_canvas_line(canvas, MARGIN, y + 21, MARGIN + TABLE_W, y + 21, 1.5, KJ_COLOR_MUTED);
}

static void draw_matrix(kj_canvas *canvas, const kj_comparison *c)
{
    const kj_matrix_row *rows[ROWS_MAX];
    columns at = columns_of(MARGIN);
    uint32_t n = choose_rows(c, 36, rows);
    double step = n > 0 ? (double)(FOOT - 20 - TOP - 28) / (double)n : 0.0, y = TOP + 28;
    if (step > 30.0) step = 30.0; /* a short table does not spread over the page */
    kj_canvas_tag_begin(canvas, "Table");
    draw_headings(canvas, &at, TOP, c);
    for (uint32_t k = 0; k < n; k++, y += step) {
        if (k == 0 || rows[k]->def->department != rows[k - 1]->def->department) {
            kj_text_style head = plain(TEXT, KJ_COLOR_INK);
            head.weight = 700;
            if (k > 0) kj_canvas_line(canvas, MARGIN, y - 3, MARGIN + TABLE_W, y - 3, 1.0, KJ_COLOR_RULE);
            text_at(canvas, MARGIN, y, head, KJ_ALIGN_LEFT, at.label - MARGIN - 8, _(kj_department_label(rows[k]->def->department)));
        }
        draw_row(canvas, &at, y, rows[k], c);
    }
    kj_canvas_tag_end(canvas, "Table");
}

/* ---- who gains and who loses ---- */

static double share_limit(const kj_comparison *c)
{
    double most = 1.0;
    for (uint32_t k = 0; k < c->n_groups; k++) {
        if (c->groups[k].people < 20.0) continue;
        if (c->groups[k].gain > most) most = c->groups[k].gain;
        if (c->groups[k].lose > most) most = c->groups[k].lose;
    }
    return most;
}

/* Bars from the middle: who loses to the left, who gains to the right. */
static void draw_bar(kj_canvas *canvas, double x, double y, double width, double height, double limit, const kj_group *group)
{
    char text[KJ_NUMBER_MAX];
    const double label_w = 165.0, figure_w = 42.0, half = (width - label_w) / 2.0 - figure_w, middle = x + label_w + (width - label_w) / 2.0;
    kj_text_style style = plain(SMALL, KJ_COLOR_INK);
    text_at(canvas, x, y, style, KJ_ALIGN_LEFT, label_w - 6, kj_group_name(group));
    double gain = half * group->gain / limit, lose = half * group->lose / limit;
    kj_box right = {middle, y + 3, gain, height - 6}, left = {middle - lose, y + 3, lose, height - 6};
    kj_canvas_fill_box(canvas, &right, 0, KJ_COLOR_GAIN, 1.0);
    kj_canvas_fill_box(canvas, &left, 0, KJ_COLOR_LOSS, 1.0);
    text_at(canvas, middle + gain + 4, y, style, KJ_ALIGN_LEFT, 0, kj_number_real(text, canvas->language, group->gain, 1));
    text_at(canvas, middle - lose - 4, y, style, KJ_ALIGN_RIGHT, 0, kj_number_real(text, canvas->language, group->lose, 1));
    kj_canvas_line(canvas, middle, y, middle, y + height, 1.0, KJ_COLOR_MUTED);
}

static int by_stake(const void *a, const void *b)
{
    const kj_group *x = *(const kj_group *const *)a, *y = *(const kj_group *const *)b;
    double net = fabs(y->net.difference) - fabs(x->net.difference);
    return net > 0.0 ? 1 : net < 0.0 ? -1 : x < y ? -1 : x > y;
}

/* All, by sex, age and income; then the areas with the most at stake, as far as there is room. */
static uint32_t choose_groups(const kj_comparison *c, uint32_t room, const kj_group **chosen, uint32_t *n_left_out)
{
    uint32_t n = 0, n_areas = 0;
    const kj_group **areas = calloc(c->n_groups + 1u, sizeof *areas);
    for (uint32_t k = 0; k < c->n_groups; k++) {
        const kj_group *g = &c->groups[k];
        if (g->people < 20.0) continue; /* shares of a handful say nothing */
        if (g->kind != KJ_GROUP_AREA && n < room) chosen[n++] = g;
        else if (areas) areas[n_areas++] = g;
    }
    if (areas) qsort(areas, n_areas, sizeof *areas, by_stake);
    uint32_t told = 0;
    for (; areas && told < n_areas && n < room; told++) chosen[n++] = areas[told];
    *n_left_out = n_areas - told;
    free(areas);
    return n;
}

static void draw_people(kj_canvas *canvas, const kj_comparison *c, double bottom)
{
    const kj_group *groups[BARS_MAX];
    const double width = canvas->width - MARGIN - PANEL_X;
    kj_text_style head = plain(18, KJ_COLOR_INK), muted = plain(SMALL, KJ_COLOR_MUTED);
    head.weight = 700;
    text_at(canvas, PANEL_X, TOP - 6, head, KJ_ALIGN_LEFT, width, _("Who gains and who loses"));
    muted.max_lines = 2;
    text_at(canvas, PANEL_X, TOP + 20, muted, KJ_ALIGN_LEFT, width, c->n_groups ? _("Per cent of those who live here in both worlds: lose ◂  ▸ gain. Homes, housing cost, income, money left, school place and way to school.")
                                                                              : _("The runs follow no people one by one."));
    char sentence[800];
    kj_text_style plain_text = plain(TEXT, KJ_COLOR_INK);
    plain_text.max_lines = 5;
    plain_text.max_width = width;
    kj_who_gains(c, sentence, sizeof sentence);
    double said = sentence[0] ? kj_text_draw(canvas, PANEL_X, TOP + 56, &plain_text, sentence).height + 8.0 : 0.0;
    uint32_t n_left_out, n = choose_groups(c, BARS_MAX, groups, &n_left_out);
    double y = TOP + 62 + said, step = n ? (bottom - y) / ((double)n + 1.2) : 0.0, limit = share_limit(c);
    if (step > 24.0) step = 24.0;
    for (uint32_t k = 0; k < n; k++) {
        if (k > 0 && groups[k]->kind != groups[k - 1]->kind) y += step * 0.3;
        draw_bar(canvas, PANEL_X, y, width, step, limit, groups[k]);
        y += step;
    }
    if (n_left_out == 0) return;
    char rest[120];
    snprintf(rest, sizeof rest, n_left_out == 1 ? _("and %u area with less at stake") : _("and %u areas with less at stake"), n_left_out);
    text_at(canvas, PANEL_X, y, muted, KJ_ALIGN_LEFT, width, rest);
}

static void draw_same(kj_canvas *canvas, const kj_comparison *c, double top)
{
    if (c->n_same == 0) return;
    double *x = calloc(c->n_same, sizeof *x), *people = calloc(c->n_same, sizeof *people), *homes = calloc(c->n_same, sizeof *homes);
    for (uint32_t k = 0; x && people && homes && k < c->n_same; k++) {
        x[k] = c->same[k].year;
        people[k] = c->same[k].identical;
        homes[k] = c->same[k].same_home;
    }
    const kj_series series[] = {
        {.name = _("the same people"), .x = x, .y = people, .n = (int32_t)c->n_same, .color = KJ_COLOR_INK},
        {.name = _("in the same home"), .x = x, .y = homes, .n = (int32_t)c->n_same, .color = KJ_COLOR_SCHOOL, .dash = KJ_DASH_DASHED}};
    const kj_line_chart chart = {.title = _("How alike the two worlds still are"), .unit = "%", .series = series, .n = 2, .x_low = c->first_year, .x_high = c->year,
                                 .least_span = 0.1, .decimals = 1, .text_size = 14, .empty = ""};
    kj_box box = {PANEL_X, top, canvas->width - MARGIN - PANEL_X, FOOT - 20 - top};
    if (x && people && homes) kj_chart_lines(canvas, &box, &chart);
    free(x);
    free(people);
    free(homes);
}

static void draw_head(kj_canvas *canvas, const kj_comparison *c, const char *title)
{
    char text[2 * TEXT_BYTES], settings[TEXT_BYTES], brief[TEXT_BYTES];
    kj_text_style head = plain(32, KJ_COLOR_INK), sub = plain(17, KJ_COLOR_MUTED);
    double width = canvas->width - 2 * MARGIN;
    head.weight = 700;
    kj_settings_words(c, false, settings, sizeof settings);
    kj_settings_words(c, true, brief, sizeof brief);
    if (!title) title = brief[0] ? brief : c->title_change;
    snprintf(text, sizeof text, _("%s: what it does to each department in %d"), title, c->year);
    kj_canvas_tag_begin(canvas, "H1");
    text_at(canvas, MARGIN, 30, head, KJ_ALIGN_LEFT, width, text);
    kj_canvas_tag_end(canvas, "H1");
    snprintf(text, sizeof text, "%s. %s", c->map, settings);
    text_at(canvas, MARGIN, 76, sub, KJ_ALIGN_LEFT, width, text);
    if (c->n_pairs > 1)
        snprintf(text, sizeof text, _("The same people with the same luck in both worlds, %u seeds. Interval: 95 %%, of chance alone."), c->n_pairs);
    else if (c->same_lives) snprintf(text, sizeof text, "%s", kj_luck_words(true));
    else
        snprintf(text, sizeof text, "%s",
                 _("The same people with the same luck in both worlds, one seed: one pair of runs cannot tell an effect from luck. Differences marked ? may be "
                   "luck."));
    text_at(canvas, MARGIN, 102, sub, KJ_ALIGN_LEFT, width, text);
}

static void draw_foot(kj_canvas *canvas, const kj_comparison *c)
{
    char text[2 * TEXT_BYTES], counted[KJ_NUMBER_MAX], rule[KJ_NUMBER_MAX];
    const kj_matrix_row *costs = NULL;
    for (uint32_t k = 0; k < c->n_rows; k++)
        if (strcmp(c->rows[k].def->id, "service_costs") == 0) costs = &c->rows[k];
    kj_text_style style = plain(SMALL, KJ_COLOR_MUTED);
    style.max_lines = 2;
    kj_canvas_line(canvas, MARGIN, FOOT, canvas->width - MARGIN, FOOT, 1.0, KJ_COLOR_RULE);
    snprintf(text, sizeof text, "%s. ", kj_honesty_line());
    if (costs) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, _("Simple baseline: the same cost for each inhabitant gives %s MSEK a year; counted person by person and building by building it is %s."),
                 kj_number_change(rule, canvas->language, costs->rule, 1), kj_number_change(counted, canvas->language, costs->effect.difference, 1));
    }
    text_at(canvas, MARGIN, FOOT + 8, style, KJ_ALIGN_LEFT, canvas->width - 2 * MARGIN, text);
    snprintf(text, sizeof text, "Kedja %s. %s", KJ_VERSION, _("Costs in prices of 2021. People are counted by what they were when first followed."));
    if (c->norms[0]) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, " %s", c->norms);
    }
    text_at(canvas, MARGIN, FOOT + 28, style, KJ_ALIGN_LEFT, canvas->width - 2 * MARGIN, text);
}

kj_status kj_matrix_page_draw(kj_error *err, kj_canvas *canvas, const kj_comparison *comparison, const char *title)
{
    (void)err;
    draw_head(canvas, comparison, title);
    draw_matrix(canvas, comparison);
    draw_people(canvas, comparison, 800);
    draw_same(canvas, comparison, 830);
    draw_foot(canvas, comparison);
    return KJ_OK;
}
