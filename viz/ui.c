#include "ui.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

kj_theme kj_theme_light(void)
{
    return (kj_theme){.ink = KJ_COLOR_INK, .muted = KJ_COLOR_MUTED, .paper = KJ_COLOR_PAPER, .panel = KJ_COLOR_PANEL,
                      .rule = KJ_COLOR_RULE, .bar = KJ_RGB(0x17232E), .on_bar = KJ_COLOR_PAPER, .button = KJ_RGB(0xE6ECF1),
                      .accent = KJ_COLOR_A, .focus = KJ_RGB(0xFFB000), .a = KJ_COLOR_A, .b = KJ_COLOR_B,
                      .warn = KJ_RGB(0x9E1B1B), .rim = 0.0};
}

kj_theme kj_theme_high_contrast(void)
{
    return (kj_theme){.ink = KJ_RGB(0x000000), .muted = KJ_RGB(0x1A1A1A), .paper = KJ_COLOR_PAPER, .panel = KJ_COLOR_PAPER,
                      .rule = KJ_RGB(0x404040), .bar = KJ_RGB(0x000000), .on_bar = KJ_COLOR_PAPER, .button = KJ_COLOR_PAPER,
                      .accent = KJ_RGB(0x00386B), .focus = KJ_RGB(0xFFB000), .a = KJ_RGB(0x00386B), .b = KJ_RGB(0x8A3200),
                      .warn = KJ_RGB(0x7A0000), .rim = 2.0};
}

void kj_ui_clear(kj_ui *ui, bool panel)
{
    int32_t n = 0;
    for (int32_t i = 0; i < ui->n_widgets; i++)
        if (ui->widgets[i].panel != panel) ui->widgets[n++] = ui->widgets[i];
    ui->n_widgets = n;
    ui->in_panel = panel;
}

kj_text_style kj_ui_style(const kj_ui *ui, double size, int32_t weight, kj_rgb color)
{
    (void)ui;
    return (kj_text_style){.size = size, .weight = weight, .color = color, .tabular = true};
}

double kj_ui_text(kj_ui *ui, double x, double y, const kj_text_style *style, const char *text)
{
    return ui->dry ? kj_text_measure(ui->canvas, style, text).height : kj_text_draw(ui->canvas, x, y, style, text).height;
}

/* ---- the list ---- */

static kj_widget *add_widget(kj_ui *ui, kj_widget_kind kind, const kj_box *box, const kj_widget_def *def)
{
    if (ui->dry || ui->n_widgets >= KJ_WIDGETS_MAX) return &ui->spare;
    kj_widget *w = &ui->widgets[ui->n_widgets++];
    *w = (kj_widget){.kind = kind, .box = *box, .action = def->action, .argument = def->argument, .on = def->on,
                     .enabled = !def->disabled, .panel = ui->in_panel};
    snprintf(w->english, sizeof w->english, "%s", def->english ? def->english : def->label);
    snprintf(w->label, sizeof w->label, "%s", def->label ? def->label : kj_tr(def->english));
    return w;
}

static const char *label_of(const kj_widget_def *def) { return def->sign ? def->sign : def->label ? def->label : kj_tr(def->english); }

static void draw_rim(kj_ui *ui, const kj_box *box, double radius, kj_rgb color, double width, double out)
{
    cairo_t *cr = ui->canvas->cr;
    double x = box->x - out, y = box->y - out, w = box->w + 2.0 * out, h = box->h + 2.0 * out, r = radius + out;
    kj_canvas_color(ui->canvas, color, 1.0);
    cairo_new_path(cr);
    cairo_arc(cr, x + w - r, y + r, r, -M_PI / 2.0, 0.0);
    cairo_arc(cr, x + w - r, y + h - r, r, 0.0, M_PI / 2.0);
    cairo_arc(cr, x + r, y + h - r, r, M_PI / 2.0, M_PI);
    cairo_arc(cr, x + r, y + r, r, M_PI, 1.5 * M_PI);
    cairo_close_path(cr);
    cairo_set_line_width(cr, width);
    cairo_stroke(cr);
}

/* A dark line round the bright one: seen on light and on dark. */
static void draw_focus(kj_ui *ui, const kj_box *box)
{
    if (ui->dry || !ui->show_focus || ui->focus != ui->n_widgets - 1) return;
    draw_rim(ui, box, 8.0, ui->theme.ink, 6.0, 1.0);
    draw_rim(ui, box, 8.0, ui->theme.focus, 3.5, 1.0);
}

static kj_text_style button_style(kj_ui *ui, const kj_widget_def *def, double width)
{
    double size = def->size > 0.0 ? def->size : 18.0;
    return (kj_text_style){.size = size, .weight = 600, .color = ui->theme.ink, .align = KJ_ALIGN_CENTER,
                           .max_width = width - 16.0, .max_lines = 3};
}

/* Whether every word fits on a line: a word is never broken on a button. */
static bool words_fit(kj_ui *ui, const char *label, const kj_text_style *style, double width)
{
    char word[96];
    kj_text_style free_style = *style;
    free_style.max_width = 0.0;
    free_style.max_lines = 0;
    free_style.size = style->size;
    for (const char *at = label; *at;) {
        size_t n = strcspn(at, " ");
        snprintf(word, sizeof word, "%.*s", (int)n, at);
        if (kj_text_measure(ui->canvas, &free_style, word).width > width) return false;
        at += n + strspn(at + n, " ");
    }
    return true;
}

double kj_ui_button_height(kj_ui *ui, double width, const kj_widget_def *def)
{
    kj_text_style style = button_style(ui, def, width);
    double height = kj_text_measure(ui->canvas, &style, label_of(def)).height + 12.0;
    return fmax(height, ui->target);
}

double kj_ui_button_width(kj_ui *ui, const kj_widget_def *def)
{
    kj_text_style style = button_style(ui, def, 0.0);
    style.max_width = 0.0;
    style.max_lines = 0;
    return fmax(kj_text_measure(ui->canvas, &style, label_of(def)).width + 28.0, ui->target);
}

void kj_ui_button(kj_ui *ui, const kj_box *box, const kj_widget_def *def)
{
    add_widget(ui, KJ_W_BUTTON, box, def);
    if (ui->dry) return;
    const kj_theme *t = &ui->theme;
    kj_canvas_fill_box(ui->canvas, box, 7.0, def->on ? t->accent : def->on_map ? t->paper : t->button, 1.0);
    if (def->on_map) draw_rim(ui, box, 7.0, t->muted, 1.5, -1.0);
    if (t->rim > 0.0) draw_rim(ui, box, 7.0, def->dark ? t->on_bar : t->ink, t->rim, -1.0);
    kj_text_style style = button_style(ui, def, box->w);
    style.color = def->disabled ? t->muted : def->on ? t->paper : t->ink;
    double height = kj_text_measure(ui->canvas, &style, label_of(def)).height;
    kj_text_draw(ui->canvas, box->x + box->w / 2.0, box->y + (box->h - height) / 2.0, &style, label_of(def));
    draw_focus(ui, box);
}

void kj_ui_area(kj_ui *ui, const kj_box *box, const char *english, const char *label, int32_t action, int32_t argument)
{
    if (ui->n_widgets >= KJ_WIDGETS_MAX) return;
    kj_widget *widget = &ui->widgets[ui->n_widgets++];
    *widget = (kj_widget){.kind = KJ_W_AREA, .box = *box, .action = action, .argument = argument, .enabled = true, .panel = ui->in_panel};
    snprintf(widget->label, sizeof widget->label, "%s", label);
    snprintf(widget->english, sizeof widget->english, "%s", english);
    if (!ui->show_focus || ui->focus != ui->n_widgets - 1) return;
    kj_canvas_color(ui->canvas, ui->theme.focus, 1.0);
    cairo_set_line_width(ui->canvas->cr, 4.0);
    cairo_rectangle(ui->canvas->cr, box->x + 1.0, box->y + 1.0, box->w - 2.0, box->h - 2.0);
    cairo_stroke(ui->canvas->cr);
}

double kj_ui_toggle(kj_ui *ui, double x, double y, double width, const kj_widget_def *def)
{
    enum { TRACK_W = 46, TRACK_H = 26 };
    const kj_theme *t = &ui->theme;
    kj_text_style style = {.size = 18.0, .weight = 400, .color = def->disabled ? t->muted : t->ink, .max_width = width - TRACK_W - 14.0, .max_lines = 3};
    double text = kj_text_measure(ui->canvas, &style, label_of(def)).height, height = fmax(text + 8.0, ui->target);
    kj_box box = {x, y, width, height}, track = {x, y + (height - TRACK_H) / 2.0, TRACK_W, TRACK_H};
    add_widget(ui, KJ_W_TOGGLE, &box, def);
    if (ui->dry) return height;
    kj_canvas_fill_box(ui->canvas, &track, TRACK_H / 2.0, def->disabled ? t->rule : def->on ? t->accent : KJ_RGB(0x6F7C88), 1.0);
    double knob_x = def->on ? track.x + TRACK_W - 23.0 : track.x + 3.0;
    kj_box knob = {knob_x, track.y + 3.0, 20.0, 20.0};
    kj_canvas_fill_box(ui->canvas, &knob, 10.0, t->paper, 1.0);
    kj_text_draw(ui->canvas, x + TRACK_W + 12.0, y + (height - text) / 2.0, &style, label_of(def));
    draw_focus(ui, &box);
    return height;
}

double kj_ui_slider(kj_ui *ui, double x, double y, double width, const kj_slider_def *def)
{
    const kj_theme *t = &ui->theme;
    kj_text_style value = {.size = 18.0, .weight = 700, .color = t->ink, .align = KJ_ALIGN_RIGHT, .tabular = true, .max_width = width * 0.5};
    double value_w = kj_text_measure(ui->canvas, &value, def->text).width;
    kj_text_style style = {.size = 18.0, .weight = 400, .color = t->ink, .max_width = width - value_w - 12.0, .max_lines = 3};
    double text = kj_ui_text(ui, x, y, &style, label_of(&def->widget));
    if (!ui->dry) kj_text_draw(ui->canvas, x + width, y, &value, def->text);
    double height = fmax(ui->target, 34.0);
    kj_box box = {x, y + text, width, height}, track = {x + 11.0, y + text + height / 2.0 - 3.0, width - 22.0, 6.0};
    kj_widget *w = add_widget(ui, KJ_W_SLIDER, &box, &def->widget);
    w->track = track;
    w->value = def->value;
    w->low = def->low;
    w->high = def->high;
    w->step = def->step;
    if (ui->dry) return text + height;
    double part = def->high > def->low ? (def->value - def->low) / (def->high - def->low) : 0.0;
    part = part < 0.0 ? 0.0 : part > 1.0 ? 1.0 : part;
    kj_box filled = {track.x, track.y, track.w * part, track.h};
    kj_canvas_fill_box(ui->canvas, &track, 3.0, KJ_RGB(0xB9C2CA), 1.0);
    if (filled.w > 6.0) kj_canvas_fill_box(ui->canvas, &filled, 3.0, t->accent, 1.0);
    kj_box rim = {track.x + track.w * part - 11.0, track.y - 8.0, 22.0, 22.0}, knob = {rim.x + 3.0, rim.y + 3.0, 16.0, 16.0};
    kj_canvas_fill_box(ui->canvas, &rim, 11.0, t->accent, 1.0);
    kj_canvas_fill_box(ui->canvas, &knob, 8.0, t->paper, 1.0);
    draw_focus(ui, &box);
    return text + height;
}

/* Fewest rows in which no word is broken. */
int32_t kj_ui_segment_columns(kj_ui *ui, double width, const kj_widget_def *defs, int32_t n)
{
    for (int32_t columns = n <= 4 ? n : 3; columns > 1; columns--) {
        double each = (width - 8.0 * (columns - 1)) / columns;
        bool fits = true;
        for (int32_t i = 0; i < n && fits; i++) {
            kj_text_style style = button_style(ui, &defs[i], each);
            fits = words_fit(ui, label_of(&defs[i]), &style, each - 16.0) && !kj_text_measure(ui->canvas, &style, label_of(&defs[i])).cut;
        }
        if (!fits) continue;
        int32_t rows = (n + columns - 1) / columns;
        return (n + rows - 1) / rows; /* rows as long as each other: four never stand as three and one */
    }
    return 1;
}

double kj_ui_segment_row(kj_ui *ui, double x, double y, double width, const kj_widget_def *defs, int32_t n, int32_t columns)
{
    double each = (width - 8.0 * (columns - 1)) / columns, height = 0.0;
    for (int32_t i = 0; i < n; i++) height = fmax(height, kj_ui_button_height(ui, each, &defs[i]));
    for (int32_t i = 0; i < n; i++) {
        kj_box box = {x + (each + 8.0) * i, y, each, height};
        kj_ui_button(ui, &box, &defs[i]);
    }
    return height;
}

double kj_ui_segments(kj_ui *ui, double x, double y, double width, const kj_widget_def *defs, int32_t n)
{
    int32_t columns = kj_ui_segment_columns(ui, width, defs, n);
    double top = y;
    for (int32_t first = 0; first < n; first += columns)
        top += kj_ui_segment_row(ui, x, top, width, defs + first, n - first < columns ? n - first : columns, columns) + 8.0;
    return top - 8.0 - y;
}

/* ---- finding ---- */

int32_t kj_ui_at(const kj_ui *ui, double x, double y)
{
    for (int32_t i = ui->n_widgets - 1; i >= 0; i--) {
        const kj_box *b = &ui->widgets[i].box;
        if (ui->widgets[i].enabled && x >= b->x && y >= b->y && x < b->x + b->w && y < b->y + b->h) return i;
    }
    return -1;
}

int32_t kj_ui_named(const kj_ui *ui, const char *label)
{
    for (int32_t i = 0; i < ui->n_widgets; i++)
        if (strcmp(ui->widgets[i].label, label) == 0 || strcmp(ui->widgets[i].english, label) == 0) return i;
    return -1;
}

void kj_ui_focus_next(kj_ui *ui, int step)
{
    int32_t n = ui->n_widgets;
    for (int32_t tries = 0; n > 0 && tries < n; tries++) {
        ui->focus = ui->focus < 0 ? (step > 0 ? 0 : n - 1) : (ui->focus + step + n) % n;
        if (ui->widgets[ui->focus].enabled) return;
    }
}

double kj_ui_slider_value(const kj_widget *w, double x)
{
    double part = w->track.w > 0.0 ? (x - w->track.x) / w->track.w : 0.0;
    part = part < 0.0 ? 0.0 : part > 1.0 ? 1.0 : part;
    double value = w->low + part * (w->high - w->low);
    return w->step > 0.0 ? fmin(w->low + floor((value - w->low) / w->step + 0.5) * w->step, w->high) : value;
}

/* ---- pages ---- */

kj_flow kj_flow_begin(kj_ui *ui, const kj_box *box, int32_t shown)
{
    return (kj_flow){.ui = ui, .box = *box, .y = box->y, .shown = shown, .n_pages = 1};
}

void kj_flow_keep(kj_flow *flow, double room)
{
    bool first = flow->y <= flow->box.y;
    if (first || flow->y + room <= flow->box.y + flow->box.h) return;
    flow->page++;
    flow->n_pages = flow->page + 1;
    flow->y = flow->box.y;
}

bool kj_flow_take(kj_flow *flow, double height, double gap, double *y)
{
    bool first = flow->y <= flow->box.y;
    if (!first && flow->y + gap + height > flow->box.y + flow->box.h) {
        flow->page++;
        flow->n_pages = flow->page + 1;
        flow->y = flow->box.y;
        first = true;
    }
    *y = flow->y + (first ? 0.0 : gap);
    flow->y = *y + height;
    return flow->page == flow->shown;
}
