#include <stdio.h>
#include <string.h>

#include "../draw/map_draw.h"
#include "../draw/number.h"
#include "pages.h"

#define _(text) kj_tr(text)

enum { MARGIN = 40, TOP = 172, BOTTOM = 1078, MAP_RIGHT = 1120, SIDE = 1150, INSET_KM = 6,
    INSET_MAX = 376, SCALE_H = 44, LEGEND_TEXT = 22, LEGEND_W = 420, SOURCES_MAX = 180, POLICIES_MAX = 1024 };

static void draw_title(kj_canvas *canvas, const kj_run_figures *figures, int32_t year)
{
    kj_text_style big = {
        .size = 44, .weight = 700, .color = KJ_COLOR_INK, .max_width = KJ_MAP_PAGE_W - 2 * MARGIN - 160};
    kj_text_style small = {
        .size = 22, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = KJ_MAP_PAGE_W - 2 * MARGIN - 160};
    kj_text_style giant = {.size = 60, .weight = 700, .color = KJ_COLOR_A, .align = KJ_ALIGN_RIGHT, .tabular = true};
    char text[2 * KJ_TITLE_MAX + 64], number[16];
    snprintf(text, sizeof text, _("Land use in %s"), figures->place);
    kj_text_draw(canvas, MARGIN, 24, &big, text);
    snprintf(text, sizeof text, _("%s · start %d · outlined: built since then"),
             kj_title_in(figures->title, (int)canvas->language), figures->years[0]);
    kj_text_draw(canvas, MARGIN, 80, &small, text);
    kj_text_style policies = {
        .size = 18, .weight = 400, .color = KJ_COLOR_INK, .max_width = KJ_MAP_PAGE_W - 2 * MARGIN, .max_lines = 2};
    char on[POLICIES_MAX];
    kj_policies_text(canvas->language, figures, false, on, sizeof on);
    kj_text_draw(canvas, MARGIN, 114, &policies, on);
    snprintf(number, sizeof number, "%d", year);
    kj_text_draw(canvas, KJ_MAP_PAGE_W - MARGIN, 28, &giant, number);
}

/* Where a close-up would show more than the main map: side 0 if nothing was built or the map is small itself. */
static kj_window find_inset(const kj_run_figures *figures)
{
    int64_t n_new = 0;
    int32_t side = (int32_t)(INSET_KM * 1000.0 / figures->grid.cell_m);
    kj_window window = kj_window_busiest(figures, side, &n_new);
    if (n_new == 0 || side >= figures->grid.nx || side >= figures->grid.ny) return (kj_window){0};
    return window;
}

static void frame_box(kj_canvas *canvas, double x, double y, double w, double h)
{
    kj_canvas_color(canvas, KJ_COLOR_INK, 1.0);
    cairo_set_line_width(canvas->cr, 2.0);
    cairo_rectangle(canvas->cr, x, y, w, h);
    cairo_stroke(canvas->cr);
}

/* Close-up of the place where most was built; a frame in the main map shows where it lies. */
static kj_status draw_inset(kj_error *err, kj_canvas *canvas, const kj_run_figures *figures, const kj_window *window, double side)
{
    kj_text_style heading = {.size = 22, .weight = 700, .color = KJ_COLOR_INK, .max_width = 410};
    kj_text_draw(canvas, SIDE, TOP, &heading, _("Where most was built"));
    kj_land_view view = {.box = {SIDE, TOP + 36, side, side},
                         .col = window->col,
                         .row = window->row,
                         .w = window->w,
                         .h = window->h,
                         .text_size = 17,
                         .names = true,
                         .sign_size = 19};
    kj_status status = kj_land_view_draw(err, canvas, figures, &view);
    kj_map_frame frame = kj_map_frame_fit(&view.box, figures->grid.nx, figures->grid.ny, figures->grid.cell_m,
                                          window->col, window->row, window->w, window->h);
    kj_map_scale_bar(canvas, &frame, SIDE - 12, TOP + 36 + side + 34, 140, 18); /* below: it hides nothing */
    frame_box(canvas, view.box.x, view.box.y, view.box.w, view.box.h);
    return status;
}

/* A long list of sources stands in the run file; a shortened one here would be worse than none. */
static bool has_short_sources(const kj_run_figures *figures)
{
    return figures->sources && figures->sources[0] && strlen(figures->sources) <= SOURCES_MAX &&
           !strchr(figures->sources, '\n');
}

static void draw_foot(kj_canvas *canvas, const kj_run_figures *figures)
{
    kj_text_style strong = {.size = 20, .weight = 700, .color = KJ_COLOR_INK, .max_width = KJ_MAP_PAGE_W - 2 * MARGIN};
    kj_text_style style = {
        .size = 20, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = KJ_MAP_PAGE_W - 2 * MARGIN, .max_lines = 2};
    char text[4096];
    snprintf(text, sizeof text, "%s%s%s",
             figures->land_is_synthetic ? _("Simulation, not a forecast · land cover at the start is synthetic") : kj_honesty_line(),
             figures->facilities_are_assumed ? " · " : "", figures->facilities_are_assumed ? kj_assumed_sites_line() : "");
    kj_text_draw(canvas, MARGIN, BOTTOM + 14, &strong, text);
    snprintf(text, sizeof text, _("Kedja %s · seed %llu · state %.12s · map %s · sources: %s"), figures->version,
             (unsigned long long)figures->seed, figures->state_hash, figures->map_name,
             has_short_sources(figures) ? figures->sources : _("see the run file"));
    kj_text_draw(canvas, MARGIN, BOTTOM + 44, &style, text);
}

kj_status kj_map_page_draw(kj_error *err, kj_canvas *canvas, const kj_run_figures *figures, int32_t year)
{
    kj_window all = kj_window_inside(figures), inset = find_inset(figures);
    bool close_up = inset.w > 0.0; /* its schools stand there alone */
    kj_land_view view = {.box = {MARGIN, TOP, MAP_RIGHT - MARGIN, BOTTOM - TOP},
                         .col = all.col,
                         .row = all.row,
                         .w = all.w,
                         .h = all.h,
                         .text_size = 20,
                         .names = true,
                         .sign_size = close_up ? 16 : 19,
                         .scale_bar = true,
                         .north = true,
                         .inset = inset};
    draw_title(canvas, figures, year);
    kj_status status = kj_land_view_draw(err, canvas, figures, &view);
    double room = BOTTOM - kj_land_legend_height(canvas, figures, LEGEND_TEXT, LEGEND_W, true) - (TOP + 36) - SCALE_H;
    if (status == KJ_OK && close_up) status = draw_inset(err, canvas, figures, &inset, room < INSET_MAX ? room : INSET_MAX);
    if (status != KJ_OK) return status;
    kj_land_legend(canvas, figures, SIDE - 14, BOTTOM, LEGEND_TEXT, LEGEND_W, true);
    draw_foot(canvas, figures);
    return KJ_OK;
}
