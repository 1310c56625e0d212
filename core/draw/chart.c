#include "chart.h"

#include <math.h>
#include <stdio.h>

#include "number.h"

enum { SERIES_MAX = 12, LABEL_MAX = 160 };

static kj_text_style plain(double size, kj_rgb color, kj_align align)
{
    return (kj_text_style){.size = size, .weight = 400, .color = color, .align = align, .tabular = true};
}

/* Title and unit; returns the y below them. */
static double draw_heading(kj_canvas *canvas, const kj_box *box, const char *title, const char *unit, double size)
{
    kj_text_style heading = {.size = size * 1.15, .weight = 700, .color = KJ_COLOR_INK, .max_width = box->w};
    kj_text_style below = {
        .size = size * 0.92, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = box->w, .max_lines = 2};
    double y = box->y + kj_text_draw(canvas, box->x, box->y, &heading, title).height;
    if (unit && unit[0]) y += kj_text_draw(canvas, box->x, y, &below, unit).height;
    return y + size * 0.45;
}

static void draw_empty(kj_canvas *canvas, const kj_box *plot, const char *text, double size)
{
    kj_text_style style = {.size = size,
                           .weight = 400,
                           .color = KJ_COLOR_MUTED,
                           .align = KJ_ALIGN_LEFT,
                           .max_width = plot->w,
                           .max_lines = 4};
    kj_text_draw(canvas, plot->x, plot->y + size, &style, text ? text : "\u2013");
}

typedef struct range {
    double low, high;
    bool any;
} range;

static void widen(range *r, double value)
{
    if (!r->any || value < r->low) r->low = value;
    if (!r->any || value > r->high) r->high = value;
    r->any = true;
}

static range range_of(const kj_line_chart *chart)
{
    range r = {0.0, 0.0, false};
    for (int32_t s = 0; s < chart->n; s++) {
        for (int32_t i = 0; i < chart->series[s].n; i++) {
            if (isfinite(chart->series[s].y[i])) widen(&r, chart->series[s].y[i]);
        }
    }
    for (int32_t k = 0; chart->n && k < chart->n_thin; k++) {
        for (int32_t i = 0; i < chart->series[0].n; i++) {
            double y = chart->thin[(size_t)k * (size_t)chart->thin_stride + (size_t)i];
            if (isfinite(y)) widen(&r, y);
        }
    }
    if (r.any && chart->y_low < chart->y_high) {
        widen(&r, chart->y_low);
        widen(&r, chart->y_high);
    }
    if (r.any && chart->target.label) {
        widen(&r, chart->target.y);
        widen(&r, chart->target.y + 0.06 * (r.high - r.low)); /* its line keeps clear of the heading */
    }
    if (r.any && chart->from_zero) widen(&r, 0.0);
    if (r.any && r.high > 0.0 && r.low > 0.0 && r.low > r.high * (1.0 - chart->least_span))
        widen(&r, r.high * (1.0 - chart->least_span));
    return r;
}

typedef struct axes {
    kj_box plot;
    double x_low, x_high, y_low, y_high;
} axes;

static double to_x(const axes *a, double x) { return a->plot.x + (x - a->x_low) / (a->x_high - a->x_low) * a->plot.w; }
static double to_y(const axes *a, double y)
{
    return a->plot.y + a->plot.h - (y - a->y_low) / (a->y_high - a->y_low) * a->plot.h;
}

static const char *end_text(const kj_canvas *canvas, const kj_line_chart *chart, const kj_series *series, char *out)
{
    char number[KJ_NUMBER_MAX];
    if (series->name_alone || series->name_inside) {
        snprintf(out, LABEL_MAX, "%s", series->name);
    } else {
        snprintf(out, LABEL_MAX, "%s %s", series->name,
                 kj_number_real(number, canvas->language, series->y[series->n - 1], chart->decimals));
    }
    return out;
}

static kj_text_style end_style(const kj_line_chart *chart, kj_rgb color)
{
    return (kj_text_style){.size = chart->text_size, .weight = 700, .color = color, .tabular = true};
}

/* Room right of the plot for labels of lines that end near its right edge. */
static double label_room(kj_canvas *canvas, const kj_line_chart *chart)
{
    char text[LABEL_MAX];
    double widest = 0.0;
    for (int32_t s = 0; s < chart->n; s++) {
        if (chart->series[s].n == 0 || chart->series[s].name_inside) continue;
        kj_text_style style = end_style(chart, chart->series[s].color);
        double width = kj_text_measure(canvas, &style, end_text(canvas, chart, &chart->series[s], text)).width;
        if (width > widest) widest = width;
    }
    if (chart->target.label) {
        kj_text_style style = end_style(chart, KJ_COLOR_INK);
        double width = kj_text_measure(canvas, &style, chart->target.label).width;
        if (width > widest) widest = width;
    }
    return widest + chart->text_size * 0.9;
}

static void draw_y_axis(kj_canvas *canvas, const axes *a, const kj_ticks *ticks, double size)
{
    kj_text_style style = plain(size * 0.92, KJ_COLOR_MUTED, KJ_ALIGN_RIGHT);
    for (int32_t i = 0; i < ticks->n; i++) {
        double value = ticks->first + ticks->step * (double)i, y = to_y(a, value);
        char number[KJ_NUMBER_MAX];
        kj_canvas_line(canvas, a->plot.x, y, a->plot.x + a->plot.w, y, fabs(value) < ticks->step * 1e-6 ? 1.5 : 1.0,
                       fabs(value) < ticks->step * 1e-6 ? KJ_COLOR_MUTED : KJ_COLOR_RULE);
        kj_number_real(number, canvas->language, value, ticks->decimals);
        kj_text_size text = kj_text_measure(canvas, &style, number);
        kj_text_draw(canvas, a->plot.x - size * 0.4, y - text.height / 2.0, &style, number);
    }
}

static void draw_year(kj_canvas *canvas, const axes *a, double year, const kj_text_style *style, double size)
{
    char text[32];
    double x = to_x(a, year), y = a->plot.y + a->plot.h;
    snprintf(text, sizeof text, "%.0f", year);
    kj_canvas_line(canvas, x, y, x, y + size * 0.3, 1.0, KJ_COLOR_MUTED);
    kj_text_draw(canvas, x, y + size * 0.55, style, text);
}

/* First and last year, and round ones between them. Years as they are: no thousands separator. */
static void draw_x_axis(kj_canvas *canvas, const axes *a, double size)
{
    kj_text_style style = plain(size * 0.92, KJ_COLOR_MUTED, KJ_ALIGN_CENTER);
    double width = kj_text_measure(canvas, &style, "2035").width;
    kj_ticks ticks = kj_ticks_inside(a->x_low, a->x_high, (int32_t)(a->plot.w / (width * 1.8)) + 1);
    draw_year(canvas, a, a->x_low, &style, size);
    draw_year(canvas, a, a->x_high, &style, size);
    for (int32_t i = 0; i < ticks.n; i++) {
        double value = ticks.first + ticks.step * (double)i, x = to_x(a, value);
        if (x - a->plot.x > width * 1.25 && a->plot.x + a->plot.w - x > width * 1.25)
            draw_year(canvas, a, value, &style, size);
    }
}

static void set_dash(cairo_t *cr, kj_dash dash, double width)
{
    const double dashed[2] = {width * 3.0, width * 1.8}, dotted[2] = {0.1, width * 2.0};
    cairo_set_line_cap(cr, dash == KJ_DASH_DOTTED ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT);
    if (dash == KJ_DASH_DASHED)
        cairo_set_dash(cr, dashed, 2, 0.0);
    else if (dash == KJ_DASH_DOTTED)
        cairo_set_dash(cr, dotted, 2, 0.0);
    else
        cairo_set_dash(cr, NULL, 0, 0.0);
}

static void draw_dot(kj_canvas *canvas, double x, double y, double radius, kj_rgb color)
{
    kj_box dot = {x - radius, y - radius, radius * 2.0, radius * 2.0};
    kj_canvas_fill_box(canvas, &dot, radius, color, 1.0);
}

static void draw_series(kj_canvas *canvas, const axes *a, const kj_series *series, double size)
{
    cairo_t *cr = canvas->cr;
    double width = size * 0.16;
    cairo_save(cr);
    cairo_new_path(cr);
    bool pen_down = false;
    for (int32_t i = 0; i < series->n; i++) {
        if (!isfinite(series->y[i])) {
            pen_down = false;
            continue;
        }
        double x = to_x(a, series->x[i]), y = to_y(a, series->y[i]);
        if (pen_down)
            cairo_line_to(cr, x, y);
        else
            cairo_move_to(cr, x, y);
        pen_down = true;
    }
    kj_canvas_color(canvas, series->color, 1.0);
    cairo_set_line_width(cr, width);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    set_dash(cr, series->dash, width);
    cairo_stroke(cr);
    cairo_restore(cr);
    for (int32_t i = 0; i < series->n; i++) {
        bool last = i == series->n - 1;
        if ((series->marks || last) && isfinite(series->y[i]))
            draw_dot(canvas, to_x(a, series->x[i]), to_y(a, series->y[i]),
                     last && !series->marks ? size * 0.26 : size * 0.2, series->color);
    }
}

/* Every run of an ensemble as a line of its own: a band would be read as certain. */
static void draw_thin(kj_canvas *canvas, const axes *a, const kj_line_chart *chart)
{
    const kj_series *first = chart->series;
    cairo_save(canvas->cr);
    kj_canvas_color(canvas, first ? first->color : KJ_COLOR_INK, chart->n_thin > 60 ? 0.18 : 0.35);
    cairo_set_line_width(canvas->cr, 0.9);
    for (int32_t k = 0; chart->n && k < chart->n_thin; k++) {
        const double *y = chart->thin + (size_t)k * (size_t)chart->thin_stride;
        cairo_new_path(canvas->cr);
        for (int32_t i = 0; i < first->n; i++)
            if (isfinite(y[i])) cairo_line_to(canvas->cr, to_x(a, first->x[i]), to_y(a, y[i]));
        cairo_stroke(canvas->cr);
    }
    cairo_restore(canvas->cr);
}

typedef struct end_label {
    char text[LABEL_MAX];
    double x, y;
    kj_rgb color;
} end_label;

/* Sorted by wanted height, then by the order of the series. */
static void sort_labels(end_label *labels, int32_t n)
{
    for (int32_t i = 1; i < n; i++) {
        end_label moved = labels[i];
        int32_t j = i;
        for (; j > 0 && labels[j - 1].y > moved.y; j--) labels[j] = labels[j - 1];
        labels[j] = moved;
    }
}

/* Returns the x at which they begin. */
static double draw_end_labels(kj_canvas *canvas, const axes *a, const kj_line_chart *chart)
{
    end_label labels[SERIES_MAX + 1];
    double wanted[SERIES_MAX + 1], placed[SERIES_MAX + 1], size = chart->text_size;
    int32_t n = 0;
    for (int32_t s = 0; s < chart->n; s++) {
        const kj_series *series = &chart->series[s];
        if (series->n == 0 || series->name_inside || !isfinite(series->y[series->n - 1])) continue;
        end_text(canvas, chart, series, labels[n].text);
        labels[n].x = to_x(a, series->x[series->n - 1]);
        labels[n].y = to_y(a, series->y[series->n - 1]);
        labels[n++].color = series->color;
    }
    if (chart->target.label) {
        snprintf(labels[n].text, LABEL_MAX, "%s", chart->target.label);
        labels[n].x = to_x(a, chart->target.x);
        labels[n].y = to_y(a, chart->target.y);
        labels[n++].color = KJ_COLOR_INK;
    }
    sort_labels(labels, n);
    for (int32_t i = 0; i < n; i++) wanted[i] = labels[i].y;
    kj_text_style measure = end_style(chart, KJ_COLOR_INK);
    double gap = kj_text_measure(canvas, &measure, "0").height;
    kj_labels_spread(wanted, n, gap, a->plot.y - gap * 0.2, a->plot.y + a->plot.h - gap * 0.2, placed);
    double left = a->plot.x + a->plot.w + size * 0.6;
    /* lines that all end early have their labels there: joined to the far edge they would seem to go on */
    bool together = n > 0 && labels[0].x < left - size * 1.5;
    for (int32_t i = 1; i < n; i++) together = together && fabs(labels[i].x - labels[0].x) < 0.5;
    if (together) left = labels[0].x + size * 0.6;
    for (int32_t i = 0; i < n; i++) {
        kj_text_style style = end_style(chart, labels[i].color);
        /* a label beside another line's end is joined to its own by a thin line */
        bool far = labels[i].x < left - size * 1.5 || fabs(placed[i] - labels[i].y) > gap * 0.6;
        if (far)
            kj_canvas_line(canvas, labels[i].x + size * 0.3, labels[i].y, left - size * 0.15, placed[i], 1.0,
                           labels[i].color);
        kj_text_draw(canvas, left, placed[i] - gap / 2.0, &style, labels[i].text);
    }
    return left;
}

/* Highest place that any line reaches between two places across. */
static double highest_between(const axes *a, const kj_line_chart *chart, double from, double to)
{
    double y = a->plot.y + a->plot.h;
    for (int32_t s = 0; s < chart->n; s++)
        for (int32_t i = 0; i < chart->series[s].n; i++) {
            const double x = to_x(a, chart->series[s].x[i]);
            if (isfinite(chart->series[s].y[i]) && x >= from && x <= to) y = fmin(y, to_y(a, chart->series[s].y[i]));
        }
    return y;
}

/* A name on the free side of the line: under the middle of one that rises, over one that falls; farther to its beginning where it would reach the
   labels of other lines, which begin at `labels`; over all lines where there is no room under it. */
static void draw_name_inside(kj_canvas *canvas, const axes *a, const kj_line_chart *chart, const kj_series *series, double labels)
{
    if (series->n == 0) return;
    kj_text_style style = end_style(chart, series->color);
    kj_text_size text = kj_text_measure(canvas, &style, series->name);
    int32_t middle = (series->n - 1) / 2;
    double right = fmin(a->plot.x + a->plot.w, labels - chart->text_size * 0.6) - text.width;
    while (middle > 0 && to_x(a, series->x[middle]) > right) middle--;
    double x = to_x(a, series->x[middle]), y = to_y(a, series->y[middle]), last = to_y(a, series->y[series->n - 1]);
    double top = last <= y ? y + text.height * 0.35 : y - text.height * 1.35, lowest = a->plot.y + a->plot.h - text.height;
    x = fmax(fmin(x, right), a->plot.x);
    if (top > lowest) {
        x = to_x(a, series->x[0]);
        top = highest_between(a, chart, x, x + text.width) - text.height * 1.35;
    }
    kj_text_draw(canvas, x, top < a->plot.y ? a->plot.y : top, &style, series->name);
}

static void draw_target(kj_canvas *canvas, const axes *a, const kj_line_chart *chart)
{
    if (!chart->target.label) return;
    cairo_t *cr = canvas->cr;
    double x = to_x(a, chart->target.x), y = to_y(a, chart->target.y), radius = chart->text_size * 0.32;
    cairo_save(cr);
    kj_canvas_color(canvas, KJ_COLOR_INK, 1.0);
    cairo_set_line_width(cr, 1.5);
    set_dash(cr, KJ_DASH_DASHED, 1.8);
    cairo_move_to(cr, a->plot.x, y);
    cairo_line_to(cr, x - radius, y);
    cairo_stroke(cr);
    set_dash(cr, KJ_DASH_SOLID, 1.0);
    cairo_set_line_width(cr, 2.2);
    cairo_new_path(cr);
    cairo_arc(cr, x, y, radius, 0.0, 2.0 * M_PI);
    kj_canvas_color(canvas, KJ_COLOR_PAPER, 1.0);
    cairo_fill_preserve(cr);
    kj_canvas_color(canvas, KJ_COLOR_INK, 1.0);
    cairo_stroke(cr);
    cairo_restore(cr);
}

void kj_chart_lines(kj_canvas *canvas, const kj_box *box, const kj_line_chart *chart)
{
    double size = chart->text_size, top = draw_heading(canvas, box, chart->title, chart->unit, size);
    kj_box plot = {box->x, top + size * 0.4, box->w, box->y + box->h - top - size * 2.2};
    range r = range_of(chart);
    if (!r.any || chart->n > SERIES_MAX || !(chart->x_high > chart->x_low)) {
        draw_empty(canvas, &plot, chart->empty, size);
        return;
    }
    bool nothing = fabs(r.low) <= 0.0 && fabs(r.high) <= 0.0; /* zeros alone: no halves that nobody counts */
    kj_ticks ticks = nothing ? (kj_ticks){0.0, 1.0, 2, 0} : kj_ticks_cover(r.low, r.high, (int32_t)(plot.h / (size * 2.2)) + 1);
    double y_high = ticks.first + ticks.step * (double)(ticks.n - 1), axis_room = 0.0;
    for (int32_t i = 0; i < ticks.n; i++) {
        char number[KJ_NUMBER_MAX];
        kj_text_style style = plain(size * 0.92, KJ_COLOR_MUTED, KJ_ALIGN_RIGHT);
        double width = kj_text_measure(canvas, &style,
                                       kj_number_real(number, canvas->language, ticks.first + ticks.step * (double)i,
                                                      ticks.decimals))
                           .width;
        if (width > axis_room) axis_room = width;
    }
    axis_room += size * 0.5;
    plot.x += axis_room;
    plot.w -= axis_room + label_room(canvas, chart);
    axes a = {plot, chart->x_low, chart->x_high, ticks.first, y_high};
    draw_y_axis(canvas, &a, &ticks, size);
    draw_x_axis(canvas, &a, size);
    draw_target(canvas, &a, chart);
    draw_thin(canvas, &a, chart);
    for (int32_t s = 0; s < chart->n; s++) draw_series(canvas, &a, &chart->series[s], size);
    double labels = draw_end_labels(canvas, &a, chart);
    for (int32_t s = 0; s < chart->n; s++)
        if (chart->series[s].name_inside) draw_name_inside(canvas, &a, chart, &chart->series[s], labels);
}

static double greatest(const kj_bar_chart *chart)
{
    double high = 0.0;
    for (int32_t i = 0; i < chart->n; i++) {
        if (isfinite(chart->bars[i].value) && chart->bars[i].value > high) high = chart->bars[i].value;
    }
    return high;
}

static const char *bar_value(const kj_canvas *canvas, const kj_bar_chart *chart, int32_t i, char *out)
{
    char number[KJ_NUMBER_MAX];
    kj_number_real(number, canvas->language, chart->bars[i].value, chart->decimals);
    snprintf(out, LABEL_MAX, "%s%s", number, !chart->percent ? "" : canvas->language == KJ_LANG_EN ? "%" : "\u00A0%");
    return out;
}

static double widest_value(kj_canvas *canvas, const kj_bar_chart *chart, const kj_text_style *style)
{
    double widest = 0.0;
    for (int32_t i = 0; i < chart->n; i++) {
        char text[LABEL_MAX];
        double width = kj_text_measure(canvas, style, bar_value(canvas, chart, i, text)).width;
        if (width > widest) widest = width;
    }
    return widest;
}

void kj_chart_bars(kj_canvas *canvas, const kj_box *box, const kj_bar_chart *chart)
{
    double size = chart->text_size, top = draw_heading(canvas, box, chart->title, chart->unit, size),
           high = greatest(chart), names = 0.0;
    kj_box plot = {box->x, top, box->w, box->y + box->h - top};
    if (high <= 0.0) {
        draw_empty(canvas, &plot, chart->empty, size);
        return;
    }
    kj_text_style name = {.size = size, .weight = 400, .color = KJ_COLOR_INK, .max_width = box->w * 0.56};
    kj_text_style value = {.size = size, .weight = 700, .color = KJ_COLOR_INK, .tabular = true};
    for (int32_t i = 0; i < chart->n; i++) {
        double width = kj_text_measure(canvas, &name, chart->bars[i].label).width;
        if (width > names) names = width;
    }
    double left = plot.x + names + size * 0.7,
           room = plot.x + plot.w - left - widest_value(canvas, chart, &value) - size * 0.5;
    double step = plot.h / (double)chart->n, thick = step * 0.66;
    if (step > size * 2.2) step = size * 2.2;
    if (thick > size * 1.15) thick = size * 1.15;
    for (int32_t i = 0; i < chart->n; i++) {
        double middle = plot.y + step * ((double)i + 0.5), length = chart->bars[i].value / high * room;
        kj_box bar = {left, middle - thick / 2.0, length > 1.0 ? length : 1.0, thick};
        char text[LABEL_MAX];
        kj_text_size label = kj_text_measure(canvas, &name, chart->bars[i].label);
        kj_text_draw(canvas, plot.x, middle - label.height / 2.0, &name, chart->bars[i].label);
        kj_canvas_fill_box(canvas, &bar, 0.0, chart->bars[i].color, 1.0);
        bar_value(canvas, chart, i, text);
        kj_text_size figure = kj_text_measure(canvas, &value, text);
        kj_text_draw(canvas, left + bar.w + size * 0.4, middle - figure.height / 2.0, &value, text);
    }
    kj_canvas_line(canvas, left, plot.y, left, plot.y + step * (double)chart->n, 1.5, KJ_COLOR_MUTED);
}

static void draw_columns(kj_canvas *canvas, const kj_box *plot, double high, const kj_bar_chart *chart)
{
    double step = plot->w / (double)chart->n;
    for (int32_t i = 0; i < chart->n; i++) {
        double height = chart->bars[i].value / high * plot->h;
        kj_box column = {plot->x + step * ((double)i + 0.14), plot->y + plot->h - height, step * 0.72, height};
        kj_canvas_fill_box(canvas, &column, 0.0, chart->bars[i].color, 1.0);
    }
    kj_canvas_line(canvas, plot->x, plot->y + plot->h, plot->x + plot->w, plot->y + plot->h, 1.5, KJ_COLOR_MUTED);
}

/* Few columns: value on top of each, label below each. */
static void columns_with_values(kj_canvas *canvas, kj_box plot, double high, const kj_bar_chart *chart)
{
    double size = chart->text_size, step = plot.w / (double)chart->n;
    kj_text_style label = plain(size * 0.92, KJ_COLOR_MUTED, KJ_ALIGN_CENTER);
    kj_text_style value = {
        .size = size, .weight = 700, .color = KJ_COLOR_INK, .align = KJ_ALIGN_CENTER, .tabular = true};
    plot.y += size * 1.4;
    plot.h -= size * 1.4;
    draw_columns(canvas, &plot, high, chart);
    for (int32_t i = 0; i < chart->n; i++) {
        double middle = plot.x + step * ((double)i + 0.5), top = plot.y + plot.h - chart->bars[i].value / high * plot.h;
        char text[LABEL_MAX];
        kj_text_draw(canvas, middle, top - size * 1.35, &value, bar_value(canvas, chart, i, text));
        kj_text_draw(canvas, middle, plot.y + plot.h + size * 0.25, &label, chart->bars[i].label);
    }
}

/* Many columns: an axis with round ticks, and every k-th label. */
static void columns_with_axis(kj_canvas *canvas, kj_box plot, double high, const kj_bar_chart *chart)
{
    double size = chart->text_size, label_width = 0.0;
    kj_ticks ticks = kj_ticks_cover(0.0, high, (int32_t)(plot.h / (size * 2.2)) + 1);
    kj_text_style style = plain(size * 0.92, KJ_COLOR_MUTED, KJ_ALIGN_CENTER);
    char number[KJ_NUMBER_MAX];
    double top = ticks.step * (double)(ticks.n - 1),
           room = kj_text_measure(canvas, &style, kj_number_real(number, canvas->language, top, ticks.decimals)).width +
                  size * 0.5;
    plot.x += room;
    plot.w -= room;
    axes a = {plot, 0.0, 1.0, 0.0, top};
    draw_y_axis(canvas, &a, &ticks, size);
    draw_columns(canvas, &plot, top, chart);
    for (int32_t i = 0; i < chart->n; i++) {
        double width = kj_text_measure(canvas, &style, chart->bars[i].label).width;
        if (width > label_width) label_width = width;
    }
    double step = plot.w / (double)chart->n;
    int32_t every = (int32_t)kj_ticks_inside(0.0, (double)chart->n, (int32_t)(plot.w / (label_width * 1.7)) + 1).step;
    /* Both ends are always named; from the last back, those that keep clear of the first. */
    for (int32_t i = chart->n - 1; i >= 0; i = i == 0 ? -1 : i < every || step * (double)(i - every) < label_width * 1.6 ? 0 : i - every) {
        double middle = plot.x + step * ((double)i + 0.5);
        if (middle + label_width / 2.0 > plot.x + plot.w + step * 0.5)
            middle = plot.x + plot.w + step * 0.5 - label_width / 2.0;
        if (middle < plot.x + label_width / 2.0) middle = plot.x + label_width / 2.0; /* clear of the axis' 0 */
        kj_text_draw(canvas, middle, plot.y + plot.h + size * 0.25, &style, chart->bars[i].label);
    }
}

void kj_chart_columns(kj_canvas *canvas, const kj_box *box, const kj_bar_chart *chart)
{
    double size = chart->text_size, top = draw_heading(canvas, box, chart->title, chart->unit, size),
           high = greatest(chart);
    kj_box plot = {box->x, top + size * 0.3, box->w, box->y + box->h - top - size * 1.9};
    if (high <= 0.0 || chart->n < 1) {
        draw_empty(canvas, &plot, chart->empty, size);
        return;
    }
    kj_text_style value = {.size = size, .weight = 700, .tabular = true},
                  label = plain(size * 0.92, KJ_COLOR_MUTED, KJ_ALIGN_CENTER);
    double step = plot.w / (double)chart->n, widest = widest_value(canvas, chart, &value);
    for (int32_t i = 0; i < chart->n; i++) {
        double width = kj_text_measure(canvas, &label, chart->bars[i].label).width;
        if (width > widest) widest = width;
    }
    if (widest <= step * 0.95)
        columns_with_values(canvas, plot, high, chart);
    else
        columns_with_axis(canvas, plot, high, chart);
}
