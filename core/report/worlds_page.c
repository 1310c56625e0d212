#include "worlds_page.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../compare/lives.h"
#include "../draw/map_draw.h"
#include "../draw/raster.h"
#include "../draw/number.h"
#include "../draw/table_draw.h"
#include "built_map.h"
#include "pages.h"
#include "report.h"

#define _(text) kj_tr(text)

enum { W = 1600, MARGIN = 40, TOP = 120, GAP = 30, NAME_H = 40, LEGEND_H = 104, TEXT = 20, ROW_H = 34, ROWS_MAX = 48, CELL_BYTES = 128 };

/* Where the worlds stand: two beside each other, or three if that fills the rows better. */
typedef struct sheet {
    int32_t columns, rows;
    double panel_w, panel_h, legend_y, table_y, height;
} sheet;

/* Texts of the table, row by row. */
typedef struct consequences {
    char text[ROWS_MAX * (KJ_WORLDS_MAX + 1)][CELL_BYTES];
    const char *cells[ROWS_MAX * (KJ_WORLDS_MAX + 1)];
    int32_t n_rows, n_columns;
} consequences;

static char *cell_text(consequences *t, int32_t column) { return t->text[t->n_rows * t->n_columns + column]; }

static void format_effect(char *out, kj_language language, const kj_effect *effect, int decimals)
{
    char a[KJ_NUMBER_MAX], b[KJ_NUMBER_MAX];
    kj_number_change(a, language, effect->difference, decimals);
    if (isnan(effect->low)) snprintf(out, CELL_BYTES, "%s", a);
    else snprintf(out, CELL_BYTES, "%s ± %s", a, kj_number_real(b, language, (effect->high - effect->low) / 2.0, decimals));
}

static void add_row(consequences *t, const kj_worlds *worlds, const char *id, kj_language language)
{
    const kj_matrix_row *row = kj_comparison_row(&worlds->world[1].against, id);
    if (!row || t->n_rows == ROWS_MAX) return;
    snprintf(cell_text(t, 0), CELL_BYTES, "%s, %s", _(row->def->label), _(row->def->unit));
    kj_number_real(cell_text(t, 1), language, row->base, row->def->decimals);
    for (uint32_t w = 1; w < worlds->n; w++) {
        const kj_matrix_row *other = kj_comparison_row(&worlds->world[w].against, id);
        if (other) format_effect(cell_text(t, (int32_t)w + 1), language, &other->effect, row->def->decimals);
    }
    t->n_rows++;
}

static void add_farmland(consequences *t, const kj_worlds *worlds, kj_language language)
{
    for (int class = 1; class < KJ_FARMLAND_CLASSES && t->n_rows < ROWS_MAX; class++) {
        bool any = false;
        for (uint32_t w = 0; w < worlds->n; w++) any |= worlds->world[w].farmland_ha[class] > 0.0;
        if (!any) continue;
        snprintf(cell_text(t, 0), CELL_BYTES, _("   farmland of class %d (10 best), ha"), class);
        for (uint32_t w = 0; w < worlds->n; w++) {
            double ha = worlds->world[w].farmland_ha[class];
            if (w == 0) kj_number_real(cell_text(t, 1), language, ha, 1);
            else kj_number_change(cell_text(t, (int32_t)w + 1), language, ha - worlds->world[0].farmland_ha[class], 1);
        }
        t->n_rows++;
    }
}

/* A long name is cut between letters. */
static void put_name(char *out, size_t most, const char *name)
{
    size_t n = strlen(name);
    bool whole = n <= most;
    if (!whole) n = most;
    while (!whole && n > 0 && ((unsigned char)name[n] & 0xC0) == 0x80) n--;
    snprintf(out, CELL_BYTES, "%.*s%s", (int)n, name, whole ? "" : "…");
}

static void fill_table(consequences *t, const kj_worlds *worlds, kj_language language)
{
    t->n_columns = (int32_t)worlds->n + 1;
    snprintf(cell_text(t, 0), CELL_BYTES, _("In %d; the others: difference from the first"), (int)worlds->year);
    for (uint32_t w = 0; w < worlds->n; w++)
        put_name(cell_text(t, (int32_t)w + 1), worlds->n > 3 ? 44 : 80, worlds->world[w].name[0] ? worlds->world[w].name : _("base"));
    t->n_rows = 1;
    for (uint32_t k = 0; kj_worlds_row(k); k++) {
        add_row(t, worlds, kj_worlds_row(k), language);
        if (!strcmp(kj_worlds_row(k), "farmland")) add_farmland(t, worlds, language);
    }
    for (int32_t i = 0; i < t->n_rows * t->n_columns; i++) t->cells[i] = t->text[i];
}

static void draw_legend(kj_canvas *canvas, double y)
{
    const struct { kj_rgb color; const char *text; } items[3] = {{KJ_COLOR_NEW, _("Newly built on (in the others: as in the first)")},
                                                                  {KJ_COLOR_B, _("Built on in this one alone")}, {KJ_COLOR_A, _("Built on in the first alone: spared here")}};
    double x = MARGIN;
    for (int i = 0; i < 3; i++) {
        kj_box swatch = {x, y + 4, 20, 20};
        kj_text_style style = {.size = TEXT, .weight = 400, .color = KJ_COLOR_INK};
        kj_canvas_fill_box(canvas, &swatch, 2.0, items[i].color, 1.0);
        x += 30 + kj_text_draw(canvas, x + 30, y, &style, items[i].text).width + 40;
    }
    x = MARGIN;
    for (int32_t land = KJ_LAND_FARMLAND; land < KJ_LAND_COUNT; land++) {
        kj_box swatch = {x, y + 40, 20, 20};
        kj_text_style style = {.size = 17, .weight = 400, .color = KJ_COLOR_MUTED};
        kj_raster_swatch(canvas, &swatch, land, false);
        kj_canvas_fill_box(canvas, &swatch, 0.0, KJ_COLOR_PAPER, KJ_BUILT_PALE);
        x += 28 + kj_text_draw(canvas, x + 28, y + 38, &style, kj_land_name(land)).width + 26;
    }
}

static bool all_live_alike(const kj_worlds *worlds)
{
    bool alike = true;
    for (uint32_t w = 1; w < worlds->n; w++) alike &= worlds->world[w].against.same_lives;
    return alike;
}

static void draw_head(kj_canvas *canvas, const kj_worlds *worlds)
{
    kj_text_style big = {.size = 40, .weight = 700, .color = KJ_COLOR_INK, .max_width = W - 2 * MARGIN};
    kj_text_style small = {.size = TEXT, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = W - 2 * MARGIN};
    char text[640];
    const kj_comparison *c = &worlds->world[1].against;
    snprintf(text, sizeof text, _("%s: what is built until %d, and what follows"), c->map, (int)worlds->year);
    kj_text_draw(canvas, MARGIN, 24, &big, text);
    if (c->n_pairs > 1) snprintf(text, sizeof text, _("%s · the same people with the same luck, %u pairs · ±: 95 %% interval of the mean difference, chance alone · maps: the first pair"), kj_honesty_line(), c->n_pairs);
    else if (all_live_alike(worlds)) snprintf(text, sizeof text, "%s. %s", kj_honesty_line(), kj_luck_words(true));
    else snprintf(text, sizeof text, _("%s · the same people with the same luck, once: one pair of runs cannot tell an effect from luck"), kj_honesty_line());
    kj_text_draw(canvas, MARGIN, 78, &small, text);
}

static sheet plan_sheet(uint32_t n, const kj_window *view, int32_t table_rows)
{
    sheet s = {.columns = n == 3 || n > 4 ? 3 : 2};
    s.rows = ((int32_t)n + s.columns - 1) / s.columns;
    s.panel_w = (double)(W - 2 * MARGIN - GAP * (s.columns - 1)) / s.columns;
    s.panel_h = s.panel_w * fmin(view->h / view->w, 1.2);
    s.legend_y = TOP + s.rows * (s.panel_h + NAME_H + GAP);
    s.table_y = s.legend_y + LEGEND_H;
    s.height = s.table_y + table_rows * ROW_H + MARGIN;
    return s;
}

static kj_status draw_page(kj_error *err, kj_canvas *canvas, const kj_worlds *worlds, const kj_run_figures *figures, const kj_window *view, const sheet *s,
                           consequences *table)
{
    kj_status status = KJ_OK;
    draw_head(canvas, worlds);
    for (uint32_t w = 0; w < worlds->n && !status; w++) {
        double x = MARGIN + (int32_t)(w % (uint32_t)s->columns) * (s->panel_w + GAP), y = TOP + (int32_t)(w / (uint32_t)s->columns) * (s->panel_h + NAME_H + GAP);
        kj_text_style name = {.size = 26, .weight = 700, .color = KJ_COLOR_INK, .max_width = s->panel_w};
        kj_box box = {x, y + NAME_H, s->panel_w, s->panel_h};
        kj_text_draw(canvas, x, y, &name, worlds->world[w].name[0] ? worlds->world[w].name : _("base"));
        status = kj_built_map(err, canvas, &box, view, &figures[w], w ? &figures[0] : NULL);
    }
    draw_legend(canvas, s->legend_y);
    kj_box box = {MARGIN, s->table_y, W - 2 * MARGIN, table->n_rows * ROW_H};
    kj_table_sheet sheet_of = {.cells = table->cells, .n_rows = table->n_rows, .n_columns = table->n_columns, .text_size = TEXT};
    kj_table_draw(canvas, &box, &sheet_of);
    return status;
}

static kj_status draw_file(kj_error *err, const kj_worlds *worlds, const kj_run_figures *figures, consequences *table, const char *path, kj_language language)
{
    kj_canvas canvas = {0};
    kj_window view = kj_built_window(figures, worlds->n);
    sheet s = plan_sheet(worlds->n, &view, table->n_rows);
    kj_status status = kj_report_page_open(err, path, worlds->world[1].against.map, W, s.height, 595.0, 1.25, language, &canvas);
    return status ? status : kj_report_page_finish(err, path, draw_page(err, &canvas, worlds, figures, &view, &s, table), &canvas);
}

kj_status kj_report_worlds(kj_error *err, const kj_worlds *worlds, const char *path, const char *lang)
{
    kj_run_figures figures[KJ_WORLDS_MAX];
    kj_language language = KJ_LANG_EN;
    consequences *table = calloc(1, sizeof *table);
    uint32_t n = 0;
    kj_status status = table ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status) status = kj_report_check_picture_name(err, path);
    if (!status) status = kj_report_choose_language(err, lang, &language);
    for (; n < worlds->n && !status; n++) {
        int32_t year;
        status = kj_run_figures_read(err, worlds->world[n].path, &figures[n]);
        if (status) break;
        status = kj_run_figures_read_land(err, worlds->world[n].path, worlds->year, &figures[n], &year);
    }
    if (!status) {
        fill_table(table, worlds, language);
        status = draw_file(err, worlds, figures, table, path, language);
    }
    for (uint32_t w = 0; w < n; w++) kj_run_figures_free(&figures[w]);
    free(table);
    return status;
}
