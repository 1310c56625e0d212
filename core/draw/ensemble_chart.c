#include "ensemble_chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "number.h"

typedef struct scale {
    double from, to;   /* on the page */
    double low, high;  /* values */
} scale;

static double at(const scale *s, double v) { return s->from + (v - s->low) / (s->high - s->low) * (s->to - s->from); }

static double heading(kj_canvas *canvas, const kj_box *box, const char *title, const char *unit, double size)
{
    kj_text_style big = {.size = size * 1.15, .weight = 700, .color = KJ_COLOR_INK, .max_width = box->w};
    kj_text_style small = {.size = size * 0.92, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = box->w, .max_lines = 2};
    double y = box->y + kj_text_draw(canvas, box->x, box->y, &big, title).height;
    if (unit && unit[0]) y += kj_text_draw(canvas, box->x, y, &small, unit).height;
    return y + size * 0.45;
}

static void say_empty(kj_canvas *canvas, const kj_box *box, double top, double size, const char *text)
{
    kj_text_style style = {.size = size, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = box->w, .max_lines = 3};
    kj_text_draw(canvas, box->x, top + size, &style, text ? text : "–");
}

static void widen(double v, double *low, double *high)
{
    if (!isfinite(v)) return;
    if (!(v >= *low)) *low = v;
    if (!(v <= *high)) *high = v;
}

/* ---- fan ---- */

static void stroke(kj_canvas *canvas, const scale *x, const scale *y, const double *xs, const double *ys, int32_t n, double width, double alpha, bool dashed)
{
    const double dash[2] = {width * 3.0, width * 1.8};
    bool down = false;
    cairo_save(canvas->cr);
    cairo_new_path(canvas->cr);
    for (int32_t i = 0; i < n; i++) {
        if (isfinite(ys[i]) && down) cairo_line_to(canvas->cr, at(x, xs[i]), at(y, ys[i]));
        else if (isfinite(ys[i])) cairo_move_to(canvas->cr, at(x, xs[i]), at(y, ys[i]));
        down = isfinite(ys[i]) != 0;
    }
    kj_canvas_color(canvas, KJ_COLOR_A, alpha);
    cairo_set_line_width(canvas->cr, width);
    cairo_set_line_join(canvas->cr, CAIRO_LINE_JOIN_ROUND);
    if (dashed) cairo_set_dash(canvas->cr, dash, 2, 0.0);
    cairo_stroke(canvas->cr);
    cairo_restore(canvas->cr);
}

static void draw_observed(kj_canvas *canvas, const kj_fan_chart *c, const scale *x, const scale *y)
{
    const double dots[2] = {c->text_size * 0.12, c->text_size * 0.2};
    kj_canvas_color(canvas, KJ_COLOR_MUTED, 1.0);
    for (int32_t i = 0; i < c->n_observed; i++) {
        cairo_arc(canvas->cr, at(x, c->observed_x[i]), at(y, c->observed_y[i]), c->text_size * 0.18, 0.0, 6.283185307179586);
        cairo_fill(canvas->cr);
    }
    cairo_save(canvas->cr);
    for (int32_t i = 0; i < c->n_observed; i++) cairo_line_to(canvas->cr, at(x, c->observed_x[i]), at(y, c->observed_y[i]));
    cairo_set_line_width(canvas->cr, c->text_size * 0.1);
    cairo_set_dash(canvas->cr, dots, 2, 0.0);
    cairo_stroke(canvas->cr);
    cairo_restore(canvas->cr);
}

static void fan_axes(kj_canvas *canvas, const scale *x, const scale *y, const kj_ticks *ticks, double size)
{
    kj_text_style right = {.size = size * 0.92, .weight = 400, .color = KJ_COLOR_MUTED, .align = KJ_ALIGN_RIGHT, .tabular = true};
    kj_text_style below = {.size = size * 0.92, .weight = 400, .color = KJ_COLOR_MUTED, .align = KJ_ALIGN_CENTER, .tabular = true};
    char number[KJ_NUMBER_MAX];
    for (int32_t i = 0; i < ticks->n; i++) {
        double v = ticks->first + ticks->step * i, line = at(y, v);
        kj_canvas_line(canvas, x->from, line, x->to, line, 1.0, KJ_COLOR_RULE);
        kj_number_real(number, canvas->language, v, ticks->decimals);
        kj_text_draw(canvas, x->from - size * 0.4, line - kj_text_measure(canvas, &right, number).height / 2, &right, number);
    }
    kj_ticks years = kj_ticks_inside(x->low, x->high, 6);
    for (int32_t i = 0; i < years.n; i++) {
        double v = years.first + years.step * i;
        snprintf(number, sizeof number, "%.0f", v);
        kj_canvas_line(canvas, at(x, v), y->from, at(x, v), y->from + size * 0.3, 1.0, KJ_COLOR_MUTED);
        kj_text_draw(canvas, at(x, v), y->from + size * 0.5, &below, number);
    }
}

/* Values of the last year beside the ends of median and band, moved apart where they would collide. */
static void fan_labels(kj_canvas *canvas, const kj_fan_chart *c, const scale *x, const scale *y)
{
    const double ends[3] = {c->high[c->n_times - 1], c->middle[c->n_times - 1], c->low[c->n_times - 1]};
    double wanted[3], placed[3], gap = c->text_size * 1.25;
    for (int i = 0; i < 3; i++) wanted[i] = at(y, ends[i]);
    kj_labels_spread(wanted, 3, gap, y->to - gap / 2, y->from + gap / 2, placed);
    for (int i = 0; i < 3; i++) {
        char text[96], number[KJ_NUMBER_MAX];
        kj_text_style style = {.size = c->text_size, .weight = i == 1 ? 700 : 400, .color = i == 1 ? KJ_COLOR_A : KJ_COLOR_INK, .tabular = true};
        kj_number_real(number, canvas->language, ends[i], 0);
        if (i == 1) snprintf(text, sizeof text, "%s %s", c->middle_name, number);
        else snprintf(text, sizeof text, "%s", number);
        kj_text_draw(canvas, x->to + c->text_size * 0.6, placed[i] - gap / 2, &style, text);
    }
}

void kj_chart_fan(kj_canvas *canvas, const kj_box *box, const kj_fan_chart *c)
{
    double size = c->text_size, low = (double)NAN, high = (double)NAN;
    char unit[256];
    snprintf(unit, sizeof unit, "%s%s%s", c->unit, c->unit[0] ? " · " : "", c->band_name);
    double top = heading(canvas, box, c->title, unit, size);
    for (int32_t i = 0; i < c->n_lines * c->n_times; i++) widen(c->y[i], &low, &high);
    if (c->n_times < 2 || !isfinite(low)) {
        say_empty(canvas, box, top, size, c->empty);
        return;
    }
    for (int32_t i = 0; i < c->n_observed; i++) widen(c->observed_y[i], &low, &high);
    if (high - low < 0.02 * fabs(high)) low = high - 0.02 * fabs(high); /* a flat fan stays flat */
    kj_ticks ticks = kj_ticks_cover(low, high, 6);
    scale y = {box->y + box->h - size * 1.9, top + size * 0.3, ticks.first, ticks.first + ticks.step * (ticks.n - 1)};
    scale x = {box->x + size * 4.4, box->x + box->w - size * 8.5, c->x[0], c->x[c->n_times - 1]};
    if (c->n_observed > 0) x.low = fmin(x.low, floor(c->observed_x[0])), x.high = fmax(x.high, ceil(c->observed_x[c->n_observed - 1]));
    fan_axes(canvas, &x, &y, &ticks, size);
    double alpha = c->n_lines > 400 ? 0.06 : c->n_lines > 60 ? 0.14 : 0.3;
    for (int32_t i = 0; i < c->n_lines; i++) stroke(canvas, &x, &y, c->x, c->y + (size_t)i * (size_t)c->n_times, c->n_times, size * 0.06, alpha, false);
    stroke(canvas, &x, &y, c->x, c->low, c->n_times, size * 0.1, 1.0, true);
    stroke(canvas, &x, &y, c->x, c->high, c->n_times, size * 0.1, 1.0, true);
    stroke(canvas, &x, &y, c->x, c->middle, c->n_times, size * 0.2, 1.0, false);
    draw_observed(canvas, c, &x, &y);
    fan_labels(canvas, c, &x, &y);
}

/* ---- tornado ---- */

static void whisker(kj_canvas *canvas, const scale *x, double y, double low, double high, double width, double cap, kj_rgb color)
{
    if (!isfinite(low) || !isfinite(high)) return;
    kj_canvas_line(canvas, at(x, low), y, at(x, high), y, width, color);
    kj_canvas_line(canvas, at(x, low), y - cap, at(x, low), y + cap, width, color);
    kj_canvas_line(canvas, at(x, high), y - cap, at(x, high), y + cap, width, color);
}

static void tornado_bar(kj_canvas *canvas, const scale *x, const kj_tornado_bar *b, double left, double y, double h, double size, double right, bool whole)
{
    kj_text_style name = {.size = size, .weight = 400, .color = KJ_COLOR_INK, .max_width = x->from - left - size * 0.8};
    kj_text_style value = {.size = size, .weight = 700, .color = KJ_COLOR_INK, .align = KJ_ALIGN_RIGHT, .tabular = true};
    bool is_spread = b->spread > 0;
    char number[KJ_NUMBER_MAX + 4] = "±";
    double from = at(x, is_spread ? -b->spread : 0.0), to = at(x, is_spread ? b->spread : b->value), middle = y + h / 2;
    kj_box bar = {from < to ? from : to, y + h * 0.16, fabs(to - from), h * 0.68};
    kj_canvas_fill_box(canvas, &bar, 0.0, is_spread ? KJ_COLOR_MUTED : b->value < 0 ? KJ_COLOR_B : KJ_COLOR_A, is_spread ? 0.35 : 0.55);
    whisker(canvas, x, middle - h * 0.17, b->low, b->high, size * 0.16, h * 0.11, KJ_COLOR_INK);
    whisker(canvas, x, middle + h * 0.2, b->wide_low, b->wide_high, size * 0.1, h * 0.08, KJ_COLOR_MUTED);
    kj_text_size text = kj_text_measure(canvas, &name, b->label);
    kj_text_draw(canvas, left, middle - text.height / 2, &name, b->label);
    int32_t decimals = !whole && fabs(is_spread ? b->spread : b->value) < 10 ? 1 : 0;
    if (is_spread) kj_number_real(number + strlen(number), canvas->language, b->spread, decimals);
    else kj_number_change(number, canvas->language, b->value, decimals);
    kj_text_draw(canvas, right, middle - text.height / 2, &value, number);
}

/* A sample of both whiskers under the chart. */
static void tornado_legend(kj_canvas *canvas, const kj_tornado_chart *c, double x, double y)
{
    kj_text_style style = {.size = c->text_size * 0.92, .weight = 400, .color = KJ_COLOR_MUTED};
    double size = c->text_size, half = size * 0.6;
    const char *const names[2] = {c->narrow_name, c->wide_name};
    const scale sample = {0.0, 1.0, 0.0, 1.0};
    for (int i = 0; i < 2 && names[i][0]; i++) {
        whisker(canvas, &sample, y + half, x, x + size * 2, size * (i ? 0.1 : 0.16), size * 0.2, i ? KJ_COLOR_MUTED : KJ_COLOR_INK);
        x += size * 2.4;
        x += kj_text_draw(canvas, x, y, &style, names[i]).width + size * 1.4;
    }
}

void kj_chart_tornado(kj_canvas *canvas, const kj_box *box, const kj_tornado_chart *c)
{
    double size = c->text_size, top = heading(canvas, box, c->title, c->unit, size), low = 0.0, high = 0.0;
    for (int32_t i = 0; i < c->n; i++) {
        widen(c->bars[i].spread, &low, &high);
        widen(-c->bars[i].spread, &low, &high);
        widen(c->bars[i].value, &low, &high);
        widen(c->bars[i].low, &low, &high);
        widen(c->bars[i].high, &low, &high);
        widen(c->bars[i].wide_low, &low, &high);
        widen(c->bars[i].wide_high, &low, &high);
    }
    if (c->n == 0 || !(high > low)) {
        say_empty(canvas, box, top, size, c->empty);
        return;
    }
    double bottom = box->y + box->h - size * 3.4, h = (bottom - top) / c->n;
    if (h > size * 2.4) h = size * 2.4;
    kj_ticks ticks = kj_ticks_cover(low, high, 7);
    scale x = {box->x + box->w * 0.34, box->x + box->w - size * 5.5, ticks.first, ticks.first + ticks.step * (ticks.n - 1)};
    double end = top + h * c->n;
    for (int32_t i = 0; i < ticks.n; i++) {
        double v = ticks.first + ticks.step * i;
        char number[KJ_NUMBER_MAX];
        kj_text_style style = {.size = size * 0.92, .weight = 400, .color = KJ_COLOR_MUTED, .align = KJ_ALIGN_CENTER, .tabular = true};
        bool zero = fabs(v) < ticks.step * 1e-6;
        kj_canvas_line(canvas, at(&x, v), top, at(&x, v), end, zero ? 1.5 : 1.0, zero ? KJ_COLOR_MUTED : KJ_COLOR_RULE);
        kj_number_change(number, canvas->language, zero ? 0.0 : v, ticks.decimals);
        kj_text_draw(canvas, at(&x, v), end + size * 0.2, &style, number);
    }
    for (int32_t i = 0; i < c->n; i++) tornado_bar(canvas, &x, &c->bars[i], box->x, top + h * i, h, size, box->x + box->w, c->whole);
    tornado_legend(canvas, c, box->x, end + size * 1.9);
}

/* ---- indices ---- */

static void index_bar(kj_canvas *canvas, const scale *x, double y, double h, double value, double low, double high, bool is_total, double size)
{
    double zero = at(x, 0.0), end = at(x, value);
    kj_box bar = {zero < end ? zero : end, y, fabs(end - zero), h};
    kj_canvas_fill_box(canvas, &bar, 0.0, KJ_COLOR_A, is_total ? 0.7 : 0.3);
    whisker(canvas, x, y + h / 2, low, high, size * 0.1, h * 0.28, KJ_COLOR_INK);
}

/* Total and alone side by side: rows may be lower than two lines of text. */
static void index_values(kj_canvas *canvas, const kj_index_bar *b, double middle, double size, double right)
{
    for (int i = 0; i < 2; i++) {
        kj_text_style style = {.size = size, .weight = i ? 400 : 700, .color = i ? KJ_COLOR_MUTED : KJ_COLOR_INK, .align = KJ_ALIGN_RIGHT, .tabular = true};
        char number[KJ_NUMBER_MAX];
        kj_number_real(number, canvas->language, i ? b->alone : b->total, 2);
        kj_text_draw(canvas, right - (i ? 0.0 : size * 3.2), middle - kj_text_measure(canvas, &style, number).height / 2, &style, number);
    }
}

static void index_legend(kj_canvas *canvas, const kj_index_chart *c, double x, double y)
{
    kj_text_style style = {.size = c->text_size * 0.92, .weight = 400, .color = KJ_COLOR_MUTED};
    const char *const names[2] = {c->total_name, c->alone_name};
    for (int i = 0; i < 2; i++) {
        kj_box sample = {x, y + c->text_size * 0.3, c->text_size * 1.6, c->text_size * 0.7};
        kj_canvas_fill_box(canvas, &sample, 0.0, KJ_COLOR_A, i ? 0.3 : 0.7);
        x += c->text_size * 2.0;
        x += kj_text_draw(canvas, x, y, &style, names[i]).width + c->text_size * 1.4;
    }
}

void kj_chart_indices(kj_canvas *canvas, const kj_box *box, const kj_index_chart *c)
{
    double size = c->text_size, top = heading(canvas, box, c->title, c->unit, size), low = 0.0, high = 0.0;
    for (int32_t i = 0; i < c->n; i++) {
        const double ends[6] = {c->bars[i].alone, c->bars[i].alone_low, c->bars[i].alone_high, c->bars[i].total, c->bars[i].total_low, c->bars[i].total_high};
        for (int k = 0; k < 6; k++) widen(ends[k], &low, &high);
    }
    if (c->n == 0 || !(high > low)) {
        say_empty(canvas, box, top, size, c->empty);
        return;
    }
    double bottom = box->y + box->h - size * 3.4, h = fmin((bottom - top) / c->n, size * 2.9);
    kj_ticks ticks = kj_ticks_cover(low, high, 6);
    scale x = {box->x + box->w * 0.34, box->x + box->w - size * 7.0, ticks.first, ticks.first + ticks.step * (ticks.n - 1)};
    double end = top + h * c->n;
    for (int32_t i = 0; i < ticks.n; i++) {
        double v = ticks.first + ticks.step * i;
        char number[KJ_NUMBER_MAX];
        kj_text_style style = {.size = size * 0.92, .weight = 400, .color = KJ_COLOR_MUTED, .align = KJ_ALIGN_CENTER, .tabular = true};
        kj_canvas_line(canvas, at(&x, v), top, at(&x, v), end, 1.0, KJ_COLOR_RULE);
        kj_number_real(number, canvas->language, v, ticks.decimals);
        kj_text_draw(canvas, at(&x, v), end + size * 0.2, &style, number);
    }
    for (int32_t i = 0; i < c->n; i++) {
        const kj_index_bar *b = &c->bars[i];
        kj_text_style name = {.size = size, .weight = 400, .color = KJ_COLOR_INK, .max_width = x.from - box->x - size * 0.8};
        double y = top + h * i;
        kj_text_draw(canvas, box->x, y + h / 2 - kj_text_measure(canvas, &name, b->label).height / 2, &name, b->label);
        index_bar(canvas, &x, y + h * 0.1, h * 0.4, b->total, b->total_low, b->total_high, true, size);
        index_bar(canvas, &x, y + h * 0.5, h * 0.4, b->alone, b->alone_low, b->alone_high, false, size);
        index_values(canvas, b, y + h / 2, size, box->x + box->w);
    }
    index_legend(canvas, c, box->x, end + size * 1.9);
}
