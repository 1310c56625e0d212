/* The bar at the top (worlds, languages, menu) and the timeline at the bottom. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app.h"

#define _(text) kj_tr(text)
#define N_(text) text

enum { PAD = 24, GAP = 8, BUTTONS = 9 };

/* ---- top ---- */

typedef struct bar_buttons {
    kj_widget_def defs[BUTTONS];
    char labels[BUTTONS][KJ_NAME_TEXT + 8];
    int32_t n;
} bar_buttons;

static kj_widget_def *add_button(bar_buttons *b, const char *english, kj_action action, int32_t argument, bool on)
{
    kj_widget_def *def = &b->defs[b->n++];
    *def = (kj_widget_def){.english = english, .action = (int32_t)action, .argument = argument, .on = on, .dark = true};
    return def;
}

/* level 0: whole names; 1: letters for the worlds; 2: signs for the comparisons too; 3: no languages either (they are in the menu). */
static void collect(kj_app *app, int level, bar_buttons *b)
{
    b->n = 0;
    for (int32_t k = 0; k < app->n_worlds && app->n_worlds == 2; k++) {
        const kj_world *w = &app->world[k];
        kj_widget_def *def = add_button(b, k ? N_("World B") : N_("World A"), KJ_ACT_COMPARE, k ? KJ_SHOW_B : KJ_SHOW_A, app->compare == (k ? KJ_SHOW_B : KJ_SHOW_A));
        snprintf(b->labels[b->n - 1], sizeof b->labels[0], level == 0 ? "%c  %s" : "%c", w->letter, kj_world_name(w, (int)app->language));
        def->label = b->labels[b->n - 1];
    }
    for (int32_t k = KJ_SWIPE; k <= KJ_SIDE && app->n_worlds == 2; k++) {
        kj_widget_def *def = add_button(b, k == KJ_SWIPE ? N_("Compare") : N_("Side by side"), KJ_ACT_COMPARE, k, app->compare == (kj_comparing)k);
        if (level > 1) def->label = k == KJ_SWIPE ? "A|B" : "A  B";
    }
    static const char *const codes[3] = {"EN", "SV", "DA"};
    static const kj_language order[3] = {KJ_LANG_SV, KJ_LANG_DA, KJ_LANG_EN};
    for (int i = 0; i < 3 && level < 3; i++) {
        kj_widget_def *def = add_button(b, codes[order[i]], KJ_ACT_LANGUAGE, (int32_t)order[i], app->language == order[i]);
        def->label = codes[order[i]];
    }
    if (app->mode == KJ_LAYOUT_NARROW && app->tab != KJ_TAB_MAP) add_button(b, N_("Map"), KJ_ACT_TAB, KJ_TAB_MAP, false);
    add_button(b, app->forum ? N_("Leave forum") : N_("Menu"), app->forum ? KJ_ACT_FORUM : KJ_ACT_TAB, KJ_TAB_MENU, !app->forum && app->tab == KJ_TAB_MENU);
}

static double width_of(kj_app *app, const bar_buttons *b)
{
    double width = PAD;
    for (int32_t i = 0; i < b->n; i++) width += kj_ui_button_width(&app->ui, &b->defs[i]) + GAP;
    return width;
}

void kj_draw_top(kj_app *app)
{
    kj_ui *ui = &app->ui;
    bar_buttons b;
    char title[2 * KJ_NAME_TEXT + 8];
    kj_canvas_fill_box(ui->canvas, &app->top, 0.0, ui->theme.bar, 1.0);
    snprintf(title, sizeof title, "%s: %s", _("Strategy forum"), app->world[0].place);
    kj_text_style style = {.size = 25.0, .weight = 700, .color = ui->theme.on_bar};
    /* the whole title; the place alone; then letters for the worlds, signs for the comparisons; no title; no languages */
    const char *const titles[2] = {title, app->world[0].place};
    const char *shown = NULL;
    for (int level = 0; level < 3 && !shown; level++) {
        collect(app, level, &b);
        for (int t = 0; t < 2 && !shown; t++)
            if (width_of(app, &b) + kj_text_measure(ui->canvas, &style, titles[t]).width + PAD <= app->top.w) shown = titles[t];
    }
    if (!shown && width_of(app, &b) > app->top.w) collect(app, 3, &b);
    double width = width_of(app, &b), x = app->top.x + app->top.w - width + GAP;
    if (shown) kj_text_draw(ui->canvas, app->top.x + PAD, app->top.y + (app->top.h - kj_text_measure(ui->canvas, &style, shown).height) / 2.0, &style, shown);
    double h = fmax(ui->target, 44.0);
    for (int32_t i = 0; i < b.n; i++) {
        double w = kj_ui_button_width(ui, &b.defs[i]);
        kj_box box = {x, app->top.y + (app->top.h - h) / 2.0, w, h};
        kj_ui_button(ui, &box, &b.defs[i]);
        x += w + GAP;
    }
}

/* ---- timeline ---- */

static double year_x(const kj_app *app, const kj_box *track, double year)
{
    double span = app->last_year - app->first_year;
    return track->x + (span > 0.0 ? (year - app->first_year) / span : 0.0) * track->w;
}

static void draw_ticks(kj_app *app, const kj_box *track)
{
    kj_ui *ui = &app->ui;
    kj_text_style style = {.size = 18.0, .weight = 500, .color = ui->theme.on_bar, .align = KJ_ALIGN_CENTER, .tabular = true};
    double label_w = kj_text_measure(ui->canvas, &style, "2025").width;
    kj_ticks ticks = kj_ticks_inside(app->first_year, app->last_year, (int32_t)(track->w / (label_w * 1.7)) + 1);
    for (int32_t year = app->first_year; year <= app->last_year; year++) {
        double x = year_x(app, track, year);
        bool round_year = ticks.n && fabs(fmod(year - ticks.first, ticks.step)) < 0.5;
        kj_canvas_line(ui->canvas, x, track->y + 14.0, x, track->y + (round_year ? 24.0 : 20.0), 2.0, ui->theme.on_bar);
    }
    for (int32_t i = 0; i < ticks.n; i++) {
        char text[32];
        snprintf(text, sizeof text, "%.0f", ticks.first + ticks.step * i);
        kj_text_draw(ui->canvas, year_x(app, track, ticks.first + ticks.step * i), track->y + 25.0, &style, text);
    }
}

static bool has_flag(const kj_world *w, const kj_flag *flag)
{
    for (int32_t j = 0; j < w->n_flags; j++)
        if (w->flags[j].year == flag->year && strcmp(w->flags[j].text[0], flag->text[0]) == 0) return true;
    return false;
}

/* Policies that begin in a year, those of one world alone first and with its letter; at most `most` by name. Returns how many there are. */
static int32_t flag_text(const kj_app *app, int32_t year, int32_t most, char *out, size_t size)
{
    size_t used = 0;
    int32_t n = 0;
    out[0] = 0;
    for (int both = 0; both < 2; both++) {
        for (int32_t k = app->n_worlds - 1; k >= 0; k--) { /* what was changed is asked for before what was not */
            const kj_world *w = &app->world[k];
            for (int32_t i = 0; i < w->n_flags; i++) {
                const kj_flag *flag = &w->flags[i];
                const bool alone = app->n_worlds == 2 && !has_flag(&app->world[1 - k], flag);
                if (flag->year != year || alone == (both == 1) || (both && k == 1)) continue;
                if (n++ >= most || used >= size) continue;
                const char *name = app->language < 3 && flag->text[app->language][0] ? flag->text[app->language] : flag->text[0];
                used += (size_t)snprintf(out + used, size - used, "%s%s%s", used ? ", " : "", !alone ? "" : k ? "B " : "A ", name);
            }
        }
    }
    if (n > most && used < size) snprintf(out + used, size - used, " +%d", n - most);
    return n;
}

static void draw_triangle(kj_ui *ui, double x, double y)
{
    cairo_t *cr = ui->canvas->cr;
    cairo_new_path(cr);
    cairo_move_to(cr, x - 7.0, y - 18.0);
    cairo_line_to(cr, x + 7.0, y - 18.0);
    cairo_line_to(cr, x, y - 8.0);
    cairo_close_path(cr);
    kj_canvas_color(ui->canvas, ui->theme.on_bar, 1.0);
    cairo_fill(cr);
}

/* Texts end before the next flag: all names, the first and a number, or none beside the triangle. */
static void draw_flags(kj_app *app, const kj_box *track)
{
    kj_ui *ui = &app->ui;
    kj_text_style style = {.size = 18.0, .weight = 500, .color = ui->theme.on_bar};
    char text[4 * KJ_NAME_TEXT], unused[8];
    double taken = -1e9;
    for (int32_t year = app->first_year; year <= app->last_year; year++) {
        if (flag_text(app, year, 99, text, sizeof text) == 0) continue;
        double x = year_x(app, track, year), limit = track->x + track->w + 30.0;
        for (int32_t next = year + 1; next <= app->last_year; next++)
            if (flag_text(app, next, 0, unused, sizeof unused)) {
                limit = year_x(app, track, next) - 14.0;
                break;
            }
        draw_triangle(ui, x, track->y);
        for (int32_t most = 99; most >= 1; most = most == 99 ? 1 : 0) {
            flag_text(app, year, most, text, sizeof text);
            double w = kj_text_measure(ui->canvas, &style, text).width;
            bool right = x + 13.0 + w <= limit, left = !right && x - 13.0 - w > taken + 24.0 && x - 13.0 - w > track->x;
            if (!right && !left) continue;
            kj_text_draw(ui->canvas, right ? x + 13.0 : x - 13.0 - w, track->y - 33.0, &style, text);
            taken = right ? x + 13.0 + w : x + 13.0;
            break;
        }
        if (taken < x) taken = x + 13.0;
    }
}

static void draw_track(kj_app *app, const kj_box *track)
{
    kj_ui *ui = &app->ui;
    double x = year_x(app, track, app->year + (app->playing ? app->play_from : 0.0));
    kj_box groove = {track->x, track->y - 3.0, track->w, 7.0}, filled = {track->x, track->y - 3.0, fmax(x - track->x, 1.0), 7.0};
    kj_canvas_fill_box(ui->canvas, &groove, 3.5, KJ_RGB(0x5A6B7A), 1.0);
    kj_canvas_fill_box(ui->canvas, &filled, 3.5, ui->theme.focus, 1.0);
    kj_box rim = {x - 14.0, track->y - 14.0, 28.0, 28.0}, knob = {x - 11.0, track->y - 11.0, 22.0, 22.0};
    kj_canvas_fill_box(ui->canvas, &rim, 14.0, ui->theme.on_bar, 1.0);
    kj_canvas_fill_box(ui->canvas, &knob, 11.0, ui->theme.focus, 1.0);
    double half = fmax(ui->target, 44.0) / 2.0;
    kj_widget_def def = {.english = N_("Year"), .action = KJ_ACT_YEAR};
    if (ui->n_widgets >= KJ_WIDGETS_MAX) return;
    kj_widget *w = &ui->widgets[ui->n_widgets++];
    *w = (kj_widget){.kind = KJ_W_SLIDER, .box = {track->x - 14.0, track->y - half, track->w + 28.0, 2.0 * half}, .action = def.action, .track = *track,
                     .value = app->year, .low = app->first_year, .high = app->last_year, .step = 1.0, .enabled = true, .panel = true};
    snprintf(w->label, sizeof w->label, "%s", _("Year"));
    snprintf(w->english, sizeof w->english, "Year");
    if (ui->show_focus && ui->focus == ui->n_widgets - 1) {
        cairo_new_path(ui->canvas->cr);
        cairo_arc(ui->canvas->cr, x, track->y, 19.0, 0.0, 2.0 * M_PI);
        kj_canvas_color(ui->canvas, ui->theme.on_bar, 1.0);
        cairo_set_line_width(ui->canvas->cr, 4.0);
        cairo_stroke(ui->canvas->cr);
    }
}

void kj_draw_timeline(kj_app *app)
{
    kj_ui *ui = &app->ui;
    const kj_box *bar = &app->bottom;
    kj_canvas_fill_box(ui->canvas, bar, 0.0, ui->theme.bar, 1.0);
    double h = fmax(ui->target, 48.0), y = bar->y + (bar->h - h) / 2.0, x = bar->x + PAD;
    bool narrow = app->mode == KJ_LAYOUT_NARROW;
    kj_box play = {x, y, fmax(h, 64.0), h};
    kj_widget_def def = {.english = app->playing ? N_("Pause") : N_("Play"), .sign = app->playing ? "❚❚" : "▶", .action = KJ_ACT_PLAY, .on = true, .dark = true, .size = 22.0};
    kj_ui_button(ui, &play, &def);
    x += play.w + GAP;
    if (!narrow) {
        static const char *const signs[2] = {"‹", "›"}, *const names[2] = {N_("One year back"), N_("One year on")};
        for (int i = 0; i < 2; i++) {
            kj_box step = {x, y, h, h};
            kj_widget_def one = {.english = names[i], .sign = signs[i], .action = KJ_ACT_STEP, .argument = i ? 1 : -1, .dark = true, .size = 26.0};
            kj_ui_button(ui, &step, &one);
            x += h + GAP;
        }
        char speed[24];
        snprintf(speed, sizeof speed, "%.0f×", app->years_per_second);
        kj_widget_def fast = {.english = N_("Speed"), .sign = speed, .action = KJ_ACT_SPEED, .dark = true};
        kj_box box = {x, y, fmax(h, 52.0), h};
        kj_ui_button(ui, &box, &fast);
        x += box.w + GAP;
    }
    char year[16];
    snprintf(year, sizeof year, "%d", app->year);
    kj_text_style giant = {.size = narrow ? 40.0 : 54.0, .weight = 700, .color = ui->theme.on_bar, .tabular = true};
    kj_text_size size = kj_text_measure(ui->canvas, &giant, year);
    kj_text_draw(ui->canvas, x + 10.0, bar->y + (bar->h - size.height) / 2.0, &giant, year);
    x += size.width + 48.0;
    kj_box track = {x, bar->y + bar->h * (narrow ? 0.36 : 0.48), bar->x + bar->w - 44.0 - x, 0.0};
    if (!narrow) draw_flags(app, &track);
    draw_ticks(app, &track);
    draw_track(app, &track);
}
