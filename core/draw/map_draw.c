#include "map_draw.h"

#include <math.h>
#include <stdio.h>

#include <kedja/model.h>

#include "language.h"
#include "number.h"

#define _(text) kj_tr(text)

static bool is_set(const kj_map_frame *frame, const uint8_t *mask, int32_t col, int32_t row)
{
    if (col < 0 || row < 0 || col >= frame->nx || row >= frame->ny) return false;
    return mask[(int64_t)row * frame->nx + col] != 0;
}

/* Edges between set and unset cells, runs of collinear edges as one line. */
static void add_edges(kj_canvas *canvas, const kj_map_frame *frame, const uint8_t *mask, bool horizontal)
{
    int32_t n_lines = horizontal ? frame->ny + 1 : frame->nx + 1, n_steps = horizontal ? frame->nx : frame->ny;
    for (int32_t line = 0; line < n_lines; line++) {
        int32_t start = -1;
        for (int32_t step = 0; step <= n_steps; step++) {
            bool edge = false;
            if (step < n_steps) {
                edge = horizontal ? is_set(frame, mask, step, line - 1) != is_set(frame, mask, step, line)
                                  : is_set(frame, mask, line - 1, step) != is_set(frame, mask, line, step);
            }
            if (edge && start < 0) start = step;
            if (edge || start < 0) continue;
            double x1 = horizontal ? start : line, x2 = horizontal ? step : line, y1 = horizontal ? line : start,
                   y2 = horizontal ? line : step;
            cairo_move_to(canvas->cr, kj_map_frame_x(frame, x1), kj_map_frame_y(frame, y1));
            cairo_line_to(canvas->cr, kj_map_frame_x(frame, x2), kj_map_frame_y(frame, y2));
            start = -1;
        }
    }
}

void kj_map_outline(kj_canvas *canvas, const kj_map_frame *frame, const uint8_t *mask, kj_rgb color, double width,
                    double rim)
{
    cairo_t *cr = canvas->cr;
    cairo_save(cr);
    cairo_rectangle(cr, frame->box.x, frame->box.y, frame->box.w, frame->box.h);
    cairo_clip(cr);
    cairo_new_path(cr);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_SQUARE);
    add_edges(canvas, frame, mask, true);
    add_edges(canvas, frame, mask, false);
    if (rim > 0.0) {
        kj_canvas_color(canvas, KJ_COLOR_PAPER, 1.0);
        cairo_set_line_width(cr, width + 2.0 * rim);
        cairo_stroke_preserve(cr);
    }
    kj_canvas_color(canvas, color, 1.0);
    cairo_set_line_width(cr, width);
    cairo_stroke(cr);
    cairo_restore(cr);
}

enum { PLACES_MAX = 256 };

int32_t kj_map_places(kj_canvas *canvas, const kj_map_frame *frame, const kj_map_place *places, int32_t n,
                      const kj_box *obstacles, int32_t n_obstacles, int32_t n_hard)
{
    kj_anchor anchors[PLACES_MAX] = {{0}};
    kj_box placed[PLACES_MAX];
    if (n <= 0) return 0;
    if (n > PLACES_MAX) n = PLACES_MAX;
    for (int32_t i = 0; i < n; i++) {
        kj_text_style style = {.size = places[i].size, .weight = places[i].weight};
        kj_text_size size = kj_text_measure(canvas, &style, places[i].name);
        anchors[i] = (kj_anchor){kj_map_frame_x(frame, places[i].col), kj_map_frame_y(frame, places[i].row), size.width,
                                 size.height, places[i].size * 0.45, places[i].around};
    }
    kj_box room = {frame->box.x + 5.0, frame->box.y + 5.0, frame->box.w - 10.0, frame->box.h - 10.0};
    int32_t n_placed = kj_labels_place(anchors, n, &room, obstacles, n_obstacles, n_hard, placed);
    for (int32_t i = 0; i < n; i++) {
        if (placed[i].w <= 0.0) continue;
        kj_text_style style = {
            .size = places[i].size, .weight = places[i].weight, .color = KJ_COLOR_INK, .halo = places[i].size * 0.14};
        double radius = places[i].size * 0.17;
        kj_box dot = {anchors[i].x - radius, anchors[i].y - radius, 2.0 * radius, 2.0 * radius};
        kj_box rim = {dot.x - radius * 0.5, dot.y - radius * 0.5, dot.w + radius, dot.h + radius};
        kj_canvas_fill_box(canvas, &rim, rim.w / 2.0, KJ_COLOR_PAPER, 1.0);
        kj_canvas_fill_box(canvas, &dot, dot.w / 2.0, KJ_COLOR_INK, 1.0);
        kj_text_draw(canvas, placed[i].x, placed[i].y, &style, places[i].name);
    }
    return n_placed;
}

void kj_map_sign(kj_canvas *canvas, double x, double y, double size, const char *letter, kj_rgb color)
{
    kj_box rim = {x - size * 0.58, y - size * 0.58, size * 1.16, size * 1.16},
           box = {x - size / 2.0, y - size / 2.0, size, size};
    kj_canvas_fill_box(canvas, &rim, size * 0.25, KJ_COLOR_PAPER, 1.0);
    kj_canvas_fill_box(canvas, &box, size * 0.2, color, 1.0);
    /* drawn without being remembered as a text: signs may stand close together */
    cairo_t *cr = canvas->cr;
    kj_text_style style = {.size = size * 0.72, .weight = 700};
    kj_text_size text = kj_text_measure(canvas, &style, letter);
    kj_canvas_color(canvas, KJ_COLOR_PAPER, 1.0);
    cairo_move_to(cr, x - text.width / 2.0, y - text.height / 2.0);
    pango_cairo_show_layout(cr, canvas->layout);
    cairo_new_path(cr);
}

static bool is_taken(const kj_sign *signs, int32_t n, double apart, double x, double y)
{
    for (int32_t k = 0; k < n; k++)
        if (fabs(x - signs[k].x) < apart && fabs(y - signs[k].y) < apart) return true;
    return false;
}

kj_sign kj_map_sign_place(const kj_box *within, double size, double x, double y, const kj_sign *signs, int32_t n)
{
    enum { RINGS = 12, STEPS = 24 };
    const double apart = 1.27 * size; /* their rims do not touch */
    kj_sign sign = {fmin(fmax(x, within->x + size), within->x + within->w - size), fmin(fmax(y, within->y + size), within->y + within->h - size), x, y};
    if (!is_taken(signs, n, apart, sign.x, sign.y)) return sign;
    for (int32_t k = STEPS; k < RINGS * STEPS; k++) {
        double angle = 2.0 * 3.14159265358979 * (k % STEPS) / STEPS, far = 0.5 * apart * (k / STEPS), to_x = sign.x + far * cos(angle), to_y = sign.y + far * sin(angle);
        bool fits = to_x > within->x + size && to_y > within->y + size && to_x < within->x + within->w - size && to_y < within->y + within->h - size;
        if (fits && !is_taken(signs, n, apart, to_x, to_y)) return (kj_sign){to_x, to_y, x, y};
    }
    return sign;
}

void kj_map_sign_lines(kj_canvas *canvas, double size, const kj_sign *signs, int32_t n)
{
    for (int32_t k = 0; k < n; k++) {
        const kj_sign *s = &signs[k];
        double radius = 0.16 * size;
        if (fabs(s->x - s->at_x) + fabs(s->y - s->at_y) < 2.0) continue;
        kj_canvas_line(canvas, s->x, s->y, s->at_x, s->at_y, 0.18 * size, KJ_COLOR_PAPER);
        kj_canvas_line(canvas, s->x, s->y, s->at_x, s->at_y, 0.08 * size, KJ_COLOR_INK);
        kj_box dot = {s->at_x - radius, s->at_y - radius, 2.0 * radius, 2.0 * radius};
        kj_canvas_fill_box(canvas, &dot, radius, KJ_COLOR_INK, 1.0);
    }
}

kj_box kj_map_scale_bar(kj_canvas *canvas, const kj_map_frame *frame, double left, double bottom, double max_width,
                        double text_size)
{
    double m_per_unit = frame->cell_m / frame->units_per_cell, metres = kj_round_length(max_width * m_per_unit),
           length = metres / m_per_unit;
    char number[KJ_NUMBER_MAX], label[KJ_NUMBER_MAX + 8];
    bool km = metres >= 1000.0;
    snprintf(label, sizeof label, "%s %s", kj_number_real(number, canvas->language, km ? metres / 1000.0 : metres, 0),
             km ? "km" : "m");
    kj_text_style style = {.size = text_size, .weight = 600, .color = KJ_COLOR_INK};
    kj_text_size text = kj_text_measure(canvas, &style, label);
    double pad = text_size * 0.6;
    kj_box panel = {left, bottom - text.height - pad, length + text.width + 3.0 * pad, text.height + pad};
    kj_canvas_fill_box(canvas, &panel, text_size * 0.3, KJ_COLOR_PAPER, 0.92);
    double base = panel.y + panel.h / 2.0 + text_size * 0.25, x = left + pad, tick = text_size * 0.45;
    cairo_t *cr = canvas->cr;
    kj_canvas_color(canvas, KJ_COLOR_INK, 1.0);
    cairo_set_line_width(cr, text_size * 0.12);
    cairo_move_to(cr, x, base - tick);
    cairo_line_to(cr, x, base);
    cairo_line_to(cr, x + length, base);
    cairo_line_to(cr, x + length, base - tick);
    cairo_stroke(cr);
    kj_text_draw(canvas, x + length + pad, panel.y + pad / 2.0, &style, label);
    return panel;
}

kj_box kj_map_north(kj_canvas *canvas, double right, double top, double size)
{
    kj_box box = {right - size, top, size, size};
    cairo_t *cr = canvas->cr;
    kj_canvas_fill_box(canvas, &box, size / 2.0, KJ_COLOR_PAPER, 0.92);
    double x = right - size / 2.0;
    kj_canvas_color(canvas, KJ_COLOR_INK, 1.0);
    cairo_move_to(cr, x, top + size * 0.14);
    cairo_line_to(cr, x + size * 0.17, top + size * 0.58);
    cairo_line_to(cr, x, top + size * 0.47);
    cairo_line_to(cr, x - size * 0.17, top + size * 0.58);
    cairo_close_path(cr);
    cairo_fill(cr);
    kj_text_style style = {.size = size * 0.26, .weight = 700, .color = KJ_COLOR_INK, .align = KJ_ALIGN_CENTER};
    kj_text_draw(canvas, x, top + size * 0.58, &style, "N");
    return box;
}

static double line_height(const kj_legend *legend) { return legend->text_size * 1.6; }

static kj_text_style item_style(const kj_legend *legend)
{
    double size = legend->text_size;
    double room = legend->max_width > 0.0 ? legend->max_width - size * 3.5 : 0.0;
    return (kj_text_style){.size = size, .weight = 400, .color = KJ_COLOR_INK, .max_width = room};
}

/* Key, label and the gap to the next item, of a legend that lies across. */
static double item_width(kj_canvas *canvas, const kj_legend *legend, int32_t item)
{
    kj_text_style style = item_style(legend);
    return legend->text_size * 3.3 + kj_text_measure(canvas, &style, legend->items[item].label).width;
}

/* Steps (x, y) of an item on to the next one, which begins a new row where it has no room. */
static void next_across(kj_canvas *canvas, const kj_legend *legend, int32_t item, double *x, double *y)
{
    *x += item_width(canvas, legend, item);
    if (item + 1 >= legend->n || *x + item_width(canvas, legend, item + 1) <= legend->max_width) return;
    *x = 0.0;
    *y += line_height(legend);
}

static kj_box across_box(kj_canvas *canvas, const kj_legend *legend, double left, double bottom)
{
    double x = 0.0, y = 0.0, widest = 0.0, height = line_height(legend) + legend->text_size * 0.6;
    for (int32_t i = 0; i < legend->n; i++) {
        widest = fmax(widest, x + item_width(canvas, legend, i));
        next_across(canvas, legend, i, &x, &y);
    }
    return (kj_box){left, bottom - y - height, widest, y + height};
}

kj_box kj_map_legend_box(kj_canvas *canvas, const kj_legend *legend, double left, double bottom)
{
    if (legend->across) return across_box(canvas, legend, left, bottom);
    double size = legend->text_size, widest = 0.0;
    kj_text_style style = item_style(legend), title = {.size = size, .weight = 700};
    for (int32_t i = 0; i < legend->n; i++) {
        kj_text_size text = kj_text_measure(canvas, &style, legend->items[i].label);
        if (text.width > widest) widest = text.width;
    }
    double width = widest + size * 3.5, height = line_height(legend) * (double)(legend->n + (legend->title != NULL)) + size;
    if (legend->title) width = fmax(width, kj_text_measure(canvas, &title, legend->title).width + size * 1.4);
    return (kj_box){left, bottom - height, width, height};
}

static void draw_key(kj_canvas *canvas, const kj_legend *legend, const kj_legend_item *item, const kj_box *key)
{
    double middle_x = key->x + key->w / 2.0, middle_y = key->y + key->h / 2.0;
    switch (item->kind) {
    case KJ_LEGEND_LAND: kj_raster_swatch(canvas, key, item->land_use, legend->hatch); break;
    case KJ_LEGEND_OUTLINE:
        kj_canvas_color(canvas, item->color, 1.0);
        cairo_set_line_width(canvas->cr, 2.0);
        cairo_rectangle(canvas->cr, key->x + 1.0, key->y + 1.0, key->w - 2.0, key->h - 2.0);
        cairo_stroke(canvas->cr);
        break;
    case KJ_LEGEND_SIGN: kj_map_sign(canvas, middle_x, middle_y, key->h * 1.05, item->letter, item->color); break;
    case KJ_LEGEND_PLAIN: kj_canvas_fill_box(canvas, key, 0.0, item->color, 1.0); break;
    case KJ_LEGEND_DISC:
    case KJ_LEGEND_DOT: {
        double radius = legend->text_size * (item->kind == KJ_LEGEND_DISC ? 0.4 : 0.14);
        kj_box dot = {middle_x - radius, middle_y - radius, 2.0 * radius, 2.0 * radius};
        kj_canvas_fill_box(canvas, &dot, radius, item->color, 1.0);
        break;
    }
    }
}

static kj_box draw_across(kj_canvas *canvas, const kj_legend *legend, double left, double bottom)
{
    kj_box panel = across_box(canvas, legend, left, bottom);
    double size = legend->text_size, x = 0.0, y = 0.0;
    kj_text_style style = item_style(legend);
    kj_canvas_fill_box(canvas, &panel, size * 0.4, KJ_COLOR_PAPER, 0.92);
    for (int32_t i = 0; i < legend->n; i++) {
        double top = panel.y + size * 0.45 + y, at = panel.x + size * 0.7 + x;
        kj_box key = {at, top + kj_text_measure(canvas, &style, legend->items[i].label).height / 2.0 - size * 0.5, size * 1.5, size};
        draw_key(canvas, legend, &legend->items[i], &key);
        kj_text_draw(canvas, at + size * 1.9, top, &style, legend->items[i].label);
        next_across(canvas, legend, i, &x, &y);
    }
    return panel;
}

kj_box kj_map_legend(kj_canvas *canvas, const kj_legend *legend, double left, double bottom)
{
    if (legend->across) return draw_across(canvas, legend, left, bottom);
    kj_box panel = kj_map_legend_box(canvas, legend, left, bottom);
    double size = legend->text_size, pad = size * 0.7, y = panel.y + pad * 0.8 - (legend->title ? 0.0 : line_height(legend));
    kj_text_style style = item_style(legend), title = {.size = size, .weight = 700, .color = KJ_COLOR_INK};
    kj_canvas_fill_box(canvas, &panel, size * 0.4, KJ_COLOR_PAPER, 0.92);
    if (legend->title) kj_text_draw(canvas, panel.x + pad, y, &title, legend->title);
    for (int32_t i = 0; i < legend->n; i++) {
        y += line_height(legend);
        kj_text_size text = kj_text_measure(canvas, &style, legend->items[i].label);
        kj_box key = {panel.x + pad, y + text.height / 2.0 - size * 0.5, size * 1.5, size};
        draw_key(canvas, legend, &legend->items[i], &key);
        kj_text_draw(canvas, panel.x + size * 2.9, y, &style, legend->items[i].label);
    }
    return panel;
}

double kj_map_legend_row(kj_canvas *canvas, const kj_legend *legend, int32_t item, double x, double y, double width, bool measure)
{
    double size = legend->text_size;
    kj_text_style style = {.size = size, .weight = 400, .color = KJ_COLOR_INK, .max_width = width - size * 2.4, .max_lines = 3};
    double height = kj_text_measure(canvas, &style, legend->items[item].label).height;
    if (measure) return height + size * 0.4;
    kj_box key = {x, y + height / 2.0 - size * 0.5, size * 1.5, size};
    draw_key(canvas, legend, &legend->items[item], &key);
    kj_text_draw(canvas, x + size * 2.4, y, &style, legend->items[item].label);
    return height + size * 0.4;
}

static void draw_ramp_ticks(kj_canvas *canvas, const kj_ramp *ramp, const kj_box *bar)
{
    kj_ticks ticks = kj_ticks_cover(ramp->low, ramp->high, 5);
    kj_text_style style = {.size = ramp->text_size * 0.92,
                           .weight = 400,
                           .color = KJ_COLOR_INK,
                           .align = KJ_ALIGN_CENTER,
                           .tabular = true};
    for (int32_t i = 0; i < ticks.n; i++) {
        double value = ticks.first + ticks.step * (double)i,
               x = bar->x + (value - ramp->low) / (ramp->high - ramp->low) * bar->w;
        char number[KJ_NUMBER_MAX];
        if (x < bar->x - 0.5 || x > bar->x + bar->w + 0.5) continue; /* the ramp keeps its own ends */
        kj_canvas_line(canvas, x, bar->y + bar->h, x, bar->y + bar->h + ramp->text_size * 0.3, 1.0, KJ_COLOR_INK);
        if (ramp->years) snprintf(number, sizeof number, "%.0f", value);
        else kj_number_real(number, canvas->language, value, ticks.decimals);
        kj_text_draw(canvas, x, bar->y + bar->h + ramp->text_size * 0.35, &style, number);
    }
}

kj_box kj_map_ramp(kj_canvas *canvas, const kj_ramp *ramp, double left, double bottom)
{
    double size = ramp->text_size, pad = size * 1.6, length = size * 15.0;
    kj_text_style title = {.size = size, .weight = 700, .color = KJ_COLOR_INK, .max_width = length},
                  unit = {.size = size * 0.92, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = length};
    kj_box panel = {left, bottom - size * 6.0, length + 2.0 * pad, size * 6.0};
    kj_box bar = {left + pad, panel.y + size * 3.1, length, size};
    kj_canvas_fill_box(canvas, &panel, size * 0.4, KJ_COLOR_PAPER, 0.92);
    kj_text_draw(canvas, bar.x, panel.y + size * 0.4, &title, ramp->title);
    kj_text_draw(canvas, bar.x, panel.y + size * 1.65, &unit, ramp->unit);
    int32_t n_steps = (int32_t)lround(length * canvas->scale);
    for (int32_t i = 0; i < n_steps; i++) {
        kj_box step = {bar.x + length * (double)i / (double)n_steps, bar.y, length / (double)n_steps, bar.h};
        kj_canvas_fill_box(canvas, &step, 0.0, ramp->color(((double)i + 0.5) / (double)n_steps), 1.0);
    }
    if (ramp->high > ramp->low) draw_ramp_ticks(canvas, ramp, &bar);
    return panel;
}

kj_box kj_map_note(kj_canvas *canvas, double right, double bottom, double text_size, const char *text)
{
    kj_text_style style = {.size = text_size, .weight = 400, .color = KJ_COLOR_INK};
    kj_text_size size = kj_text_measure(canvas, &style, text);
    double pad = text_size * 0.5;
    kj_box panel = {right - size.width - 2.0 * pad, bottom - size.height - pad, size.width + 2.0 * pad,
                    size.height + pad};
    kj_canvas_fill_box(canvas, &panel, text_size * 0.3, KJ_COLOR_PAPER, 0.92);
    kj_text_draw(canvas, panel.x + pad, panel.y + pad / 2.0, &style, text);
    return panel;
}

const char *kj_land_name(int32_t land_use)
{
    switch (land_use) {
    case KJ_LAND_WATER: return _("Water");
    case KJ_LAND_FARMLAND: return _("Farmland");
    case KJ_LAND_FOREST: return _("Forest");
    case KJ_LAND_OPEN: return _("Other open land");
    case KJ_LAND_PARK: return _("Park and recreation");
    case KJ_LAND_SMALL_HOUSES: return _("Small houses");
    case KJ_LAND_FLATS: return _("Blocks of flats");
    default: return _("Workplaces");
    }
}
