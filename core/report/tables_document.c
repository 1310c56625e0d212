#include "tables_document.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "../compare/planner_tables.h"
#include "../draw/canvas.h"
#include "../draw/number.h"
#include "report.h"
#include "pages.h"

#define _(text) kj_tr(text)

enum { MARGIN = 60, W = KJ_SUMMARY_W, H = KJ_SUMMARY_H, STEP = 21, PAGES_A_TABLE = 12 };
#define TEXT 15.0
#define TEXT_LEAST 12.0
#define GAP 16.0

typedef struct document {
    kj_canvas *canvas;
    const kj_planner_table *table;
    const char *origin; /* run, seed, version: at the foot of every page */
    double text;        /* size: smaller where a table is too wide for its years */
    double left[KJ_PLANNER_KEYS + 1], width[KJ_PLANNER_KEYS + 1], year_width, full_width; /* keys, then the unit */
    int n_keys;
    int32_t page;
} document;

static kj_text_style style_of(const document *d, int32_t weight, kj_rgb color, kj_align align, double max_width)
{
    return (kj_text_style){.size = d->text, .weight = weight, .color = color, .align = align, .max_width = max_width, .tabular = true};
}

static double measure(document *d, const char *text)
{
    kj_text_style style = style_of(d, 600, KJ_COLOR_INK, KJ_ALIGN_LEFT, 0.0);
    return kj_text_measure(d->canvas, &style, text).width;
}

/* Of the figure with most digits: a column of a year is as wide, and some air. */
static double widest_figure(document *d)
{
    const kj_planner_table *t = d->table;
    char text[KJ_NUMBER_MAX], longest[KJ_NUMBER_MAX] = "2020";
    for (uint32_t k = 0; k < t->n_rows; k++)
        for (uint32_t y = 0; y < t->n_years; y++)
            if (strlen(kj_number_real(text, d->canvas->language, t->rows[k].values[y], t->rows[k].decimals)) > strlen(longest))
                memcpy(longest, text, sizeof longest);
    return measure(d, longest) + 8.0;
}

/* Keys as wide as their widest text; what is left goes to the years. Returns what a year lacks. */
static double fit_columns(document *d)
{
    const kj_planner_table *t = d->table;
    double used = 0.0, room = W - 2.0 * MARGIN;
    char own[KJ_PLANNER_KEY_TEXT];
    for (int key = 0; key <= d->n_keys; key++) {
        double widest = key < d->n_keys ? measure(d, _(t->head[key])) : 0.0;
        for (uint32_t k = 0; k < t->n_rows; k++) {
            double one = measure(d, key < d->n_keys ? kj_planner_key_text(&t->rows[k], key, own) : _(t->rows[k].unit));
            if (one > widest) widest = one;
        }
        d->width[key] = widest;
        used += widest + GAP;
    }
    d->full_width = t->has_full ? measure(d, _(KJ_FIRST_FULL_LABEL)) + GAP : 0.0;
    d->year_width = (room - used - d->full_width) / t->n_years;
    if (d->year_width > 90.0) d->year_width = 90.0;
    return widest_figure(d) - d->year_width;
}

/* A table too wide for the page gets smaller text; what is too wide for that too takes from its first key. */
static void lay_out(document *d)
{
    const kj_planner_table *t = d->table;
    double lacks;
    d->n_keys = 0;
    while (d->n_keys < KJ_PLANNER_KEYS && t->head[d->n_keys]) d->n_keys++;
    for (d->text = TEXT; (lacks = fit_columns(d)) > 0.0 && d->text > TEXT_LEAST;) d->text -= 0.5;
    if (lacks > 0.0) {
        d->width[0] -= lacks * t->n_years;
        d->year_width += lacks;
    }
    d->left[0] = MARGIN;
    for (int key = 1; key <= d->n_keys; key++) d->left[key] = d->left[key - 1] + d->width[key - 1] + GAP;
}

static void put(document *d, double x, double y, const kj_text_style *style, const char *tag, const char *text)
{
    kj_canvas_tag_begin(d->canvas, tag);
    if (text[0]) kj_text_draw(d->canvas, x, y, style, text);
    kj_canvas_tag_end(d->canvas, tag);
}

static double year_right(const document *d, uint32_t y) { return d->left[d->n_keys] + d->width[d->n_keys] + d->year_width * (y + 1); }

static void draw_heads(document *d, double y)
{
    const kj_planner_table *t = d->table;
    kj_text_style text = style_of(d, 600, KJ_COLOR_MUTED, KJ_ALIGN_LEFT, 0.0), figure = style_of(d, 600, KJ_COLOR_MUTED, KJ_ALIGN_RIGHT, 0.0);
    char year[16];
    kj_canvas_tag_begin(d->canvas, "TR");
    for (int key = 0; key < d->n_keys; key++) put(d, d->left[key], y, &text, "TH", _(t->head[key]));
    put(d, d->left[d->n_keys], y, &text, "TH", "");
    for (uint32_t k = 0; k < t->n_years; k++) {
        snprintf(year, sizeof year, "%d", t->years[k]);
        put(d, year_right(d, k), y, &figure, "TH", year);
    }
    if (t->has_full) put(d, year_right(d, t->n_years - 1) + d->full_width, y, &figure, "TH", _(KJ_FIRST_FULL_LABEL));
    kj_canvas_tag_end(d->canvas, "TR");
    kj_canvas_line(d->canvas, MARGIN, y + STEP, W - MARGIN, y + STEP, 1.5, KJ_COLOR_MUTED);
}

/* A key that is the same as in the row above is not repeated, but for the first row of a page. */
static void draw_row(document *d, uint32_t k, bool first, double y)
{
    const kj_planner_table *t = d->table;
    const kj_planner_row *row = &t->rows[k];
    kj_text_style figure = style_of(d, 600, KJ_COLOR_INK, KJ_ALIGN_RIGHT, 0.0);
    char text[KJ_NUMBER_MAX], own[KJ_PLANNER_KEY_TEXT];
    bool same = !first;
    if (!first && strcmp(row->key[0], t->rows[k - 1].key[0])) kj_canvas_line(d->canvas, MARGIN, y, W - MARGIN, y, 1.0, KJ_COLOR_RULE);
    kj_canvas_tag_begin(d->canvas, "TR");
    for (int key = 0; key < d->n_keys; key++) {
        kj_text_style style = style_of(d, 400, KJ_COLOR_INK, KJ_ALIGN_LEFT, d->width[key] + 1.0);
        same = same && !strcmp(row->key[key], t->rows[k - 1].key[key]);
        put(d, d->left[key], y, &style, "TD", same ? "" : kj_planner_key_text(row, key, own));
    }
    kj_text_style unit = style_of(d, 400, KJ_COLOR_MUTED, KJ_ALIGN_LEFT, 0.0);
    put(d, d->left[d->n_keys], y, &unit, "TD", _(row->unit));
    for (uint32_t year = 0; year < t->n_years; year++)
        put(d, year_right(d, year), y, &figure, "TD", kj_number_real(text, d->canvas->language, row->values[year], row->decimals));
    if (t->has_full) {
        snprintf(text, sizeof text, "%d", row->first_full);
        put(d, year_right(d, t->n_years - 1) + d->full_width, y, &figure, "TD", row->first_full ? text : "");
    }
    kj_canvas_tag_end(d->canvas, "TR");
}

static double draw_title(document *d, bool goes_on)
{
    const kj_planner_table *t = d->table;
    char text[1200];
    kj_text_style big = {.size = 30.0, .weight = 700, .color = KJ_COLOR_INK, .max_width = W - 2 * MARGIN}, small = {.size = 17.0, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = W - 2 * MARGIN, .max_lines = 4};
    double y = 46.0;
    snprintf(text, sizeof text, "%s%s", _(t->def->title), goes_on ? " …" : "");
    kj_canvas_tag_begin(d->canvas, "H1");
    y += kj_text_draw(d->canvas, MARGIN, y, &big, text).height + 4.0;
    kj_canvas_tag_end(d->canvas, "H1");
    int n = snprintf(text, sizeof text, "%s ", _(t->def->note));
    n += snprintf(text + n, sizeof text - (size_t)n, _("Years to %d are past, the others ahead."), t->now);
    if (t->has_full) {
        text[n++] = ' ';
        n += snprintf(text + n, sizeof text - (size_t)n, _(KJ_FIRST_FULL_TEXT), t->now);
    }
    if (t->norms[0] && !goes_on) snprintf(text + n, sizeof text - (size_t)n, " %s", t->norms);
    kj_canvas_tag_begin(d->canvas, "P");
    y += kj_text_draw(d->canvas, MARGIN, y, &small, text).height + 16.0;
    kj_canvas_tag_end(d->canvas, "P");
    return y;
}

static void end_page(document *d, const char *more)
{
    char text[960], number[32];
    kj_text_style style = {.size = 15.0, .weight = 500, .color = KJ_COLOR_MUTED, .max_width = W - 2 * MARGIN};
    snprintf(number, sizeof number, _("page %d"), ++d->page);
    snprintf(text, sizeof text, "%s · %s%s%s", d->origin, number, more[0] ? " · " : "", more);
    kj_text_draw(d->canvas, MARGIN, H - 40.0, &style, text);
    kj_canvas_tag_end(d->canvas, "Document");
    kj_canvas_next_page(d->canvas);
}

/* Rows of the same first key stay together where a page can hold them all. */
static bool fits(const kj_planner_table *t, uint32_t k, bool first, double y)
{
    uint32_t n = 1, most = (uint32_t)((H - 60.0 - 160.0) / STEP);
    if (first || !strcmp(t->rows[k].key[0], t->rows[k - 1].key[0])) return y + STEP < H - 60.0;
    while (k + n < t->n_rows && !strcmp(t->rows[k + n].key[0], t->rows[k].key[0])) n++;
    return y + STEP * (n > most ? 1 : n) < H - 60.0;
}

static void draw_table(document *d)
{
    const kj_planner_table *t = d->table;
    char more[160] = "";
    uint32_t k = 0;
    lay_out(d);
    for (int page = 0; k < t->n_rows && page < PAGES_A_TABLE; page++) {
        kj_canvas_tag_begin(d->canvas, "Document");
        double y = draw_title(d, page > 0);
        kj_canvas_tag_begin(d->canvas, "Table");
        draw_heads(d, y);
        uint32_t first = k;
        for (y += STEP + 4.0; k < t->n_rows && fits(t, k, k == first, y); y += STEP, k++) draw_row(d, k, k == first, y);
        kj_canvas_tag_end(d->canvas, "Table");
        if (page + 1 == PAGES_A_TABLE && k < t->n_rows)
            snprintf(more, sizeof more, _("%u more rows: kedja table RUN.nc %s --csv"), t->n_rows - k, t->def->id);
        end_page(d, more);
    }
}

static kj_status draw_all(kj_error *err, kj_canvas *canvas, const kj_runread *run, const char *origin)
{
    document d = {.canvas = canvas, .origin = origin};
    kj_status status = KJ_OK;
    for (uint32_t i = 0; i < kj_n_planner_defs && !status; i++) {
        kj_planner_table table;
        status = kj_planner_table_read(err, run, kj_planner_defs[i].id, 0, &table);
        d.table = &table;
        if (!status) draw_table(&d);
        else if (status == KJ_E_INPUT) status = KJ_OK; /* a run without that plugin: the others are there */
        kj_planner_table_free(&table);
        d.table = NULL;
    }
    if (!status && d.page == 0) status = kj_fail(err, KJ_E_INPUT, "%s: no figures for any table", kj_runread_path(run));
    return status;
}

static kj_status write_pdf(kj_error *err, const kj_runread *run, const char *path, kj_language language)
{
    const kj_run_info *info = kj_runread_info(run);
    char title[400], origin[700];
    kj_canvas canvas;
    snprintf(title, sizeof title, "%.180s: %.180s", info->map_title, kj_report_title(info, language));
    bool assumed = kj_facilities_are_assumed(run);
    snprintf(origin, sizeof origin, "%s · %s · Kedja %s · %s %llu%s%s", kj_honesty_line(), title, info->version, _("seed"), (unsigned long long)info->seed,
             assumed ? " · " : "", assumed ? kj_assumed_sites_line() : "");
    kj_status status = kj_canvas_new_pdf(err, path, title, W, H, 842.0 / W, 2.0, language, &canvas);
    if (status) return status;
    return kj_report_page_finish(err, path, draw_all(err, &canvas, run, origin), &canvas);
}

kj_status kj_report_tables(kj_error *err, const char *path_of_run, const char *path, const char *lang)
{
    kj_language language = KJ_LANG_EN;
    kj_runread *run = NULL;
    kj_status status = kj_report_check_name(err, path, ".pdf");
    if (!status) status = kj_report_choose_language(err, lang, &language);
    if (!status) status = kj_runread_open(err, path_of_run, &run);
    if (!status) status = write_pdf(err, run, path, language);
    kj_runread_close(run);
    return status;
}
