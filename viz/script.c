/* Scripts drive the viewer as a person would, through the same list of widgets, and say what they expect to see.
   One command a line, # begins a comment:

   click "Label"   click "*part of a label"   press 640 400   drag 640 400 700 420   wheel 640 400 2   key TAB   key shift+TAB
   set 0.75 "Label"  (share of a slider's way)   value 2030 "Year"   size 1280x720   scale 1.4   lang sv   wait 1.5
   expect year=2035   expect text="…"   expect widget="…"   dump [FILE]   shot FILE.png   export FILE.pdf   session FILE
   lint   lintall   tabwalk   bench 120   live only: settle (until both worlds are simulated)   journal FILE */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app.h"
#include "live.h"

enum { LINE_MAX_BYTES = 1024 };

typedef struct script {
    kj_app *app;
    const char *path;
    int32_t line;
} script;

__attribute__((format(printf, 3, 4))) static kj_status wrong(kj_error *err, const script *s, const char *format, ...)
{
    char text[900];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return kj_fail(err, KJ_E_INPUT, "%s:%d: %s", s->path, s->line, text);
}

static void redraw(kj_app *app)
{
    app->panels_dirty = true;
    kj_app_draw(app);
}

/* ---- words of a line ---- */

/* Copies the next word, or what stands between quotes; what follows is returned. */
static const char *take_word(const char *at, char out[LINE_MAX_BYTES])
{
    size_t n = 0;
    while (isspace((unsigned char)*at)) at++;
    bool quoted = *at == '"';
    if (quoted) at++;
    while (*at && (quoted ? *at != '"' : !isspace((unsigned char)*at)) && n + 1 < LINE_MAX_BYTES) out[n++] = *at++;
    out[n] = 0;
    return *at == '"' ? at + 1 : at;
}

static kj_status take_number(kj_error *err, const script *s, const char **at, double *out)
{
    char word[LINE_MAX_BYTES], *end;
    *at = take_word(*at, word);
    *out = strtod(word, &end);
    return end != word && !*end && isfinite(*out) ? KJ_OK : wrong(err, s, "expected a number, found '%s'", word);
}

/* By label, or "*part of a label" where the rest is not known. */
static int32_t named(const kj_ui *ui, const char *label)
{
    if (label[0] != '*') return kj_ui_named(ui, label);
    for (int32_t i = 0; i < ui->n_widgets; i++)
        if (strstr(ui->widgets[i].label, label + 1)) return i;
    return -1;
}

static kj_status find_widget(kj_error *err, const script *s, const char *label, int32_t *out)
{
    redraw(s->app);
    *out = named(&s->app->ui, label);
    if (*out >= 0) return KJ_OK;
    const kj_tab turned[3] = {KJ_TAB_ACTIONS, KJ_TAB_VIEWS, s->app->tab}, left = s->app->left_tab;
    for (int t = 0; t < 3 && *out < 0; t++) { /* a person would turn the pages */
        int32_t *page = &s->app->page[turned[t]], kept = *page;
        if (t < 2) s->app->left_tab = turned[t];
        redraw(s->app);
        for (*page = 0; *page < s->app->n_pages[turned[t]] && *out < 0; ++*page) {
            redraw(s->app);
            *out = named(&s->app->ui, label);
            if (*out >= 0) return KJ_OK;
        }
        *page = kept;
    }
    s->app->left_tab = left;
    redraw(s->app);
    char known[600] = "";
    size_t used = 0;
    for (int32_t i = 0; i < s->app->ui.n_widgets && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s\"%s\"", i ? ", " : "", s->app->ui.widgets[i].label);
    return wrong(err, s, "no widget \"%s\"; there are %s", label, known);
}

/* ---- commands ---- */

static void click_at(kj_app *app, double x, double y)
{
    kj_app_move(app, x, y);
    kj_app_press(app, x, y);
    kj_app_release(app, x, y);
}

static kj_status do_click(kj_error *err, script *s, const char *rest)
{
    char label[LINE_MAX_BYTES];
    int32_t index;
    take_word(rest, label);
    kj_status status = find_widget(err, s, label, &index);
    if (status) return status;
    const kj_widget w = s->app->ui.widgets[index];
    if (!w.enabled) return wrong(err, s, "\"%s\" cannot be pressed now", label);
    click_at(s->app, (w.box.x + w.box.w / 2.0) * s->app->unit, (w.box.y + w.box.h / 2.0) * s->app->unit);
    return KJ_OK;
}

/* share: of the way, else a value. */
static kj_status do_slide(kj_error *err, script *s, const char *rest, bool share)
{
    char label[LINE_MAX_BYTES];
    int32_t index;
    double value;
    kj_status status = take_number(err, s, &rest, &value);
    take_word(rest, label);
    if (!status) status = find_widget(err, s, label, &index);
    if (status) return status;
    const kj_widget w = s->app->ui.widgets[index];
    if (w.kind != KJ_W_SLIDER) return wrong(err, s, "\"%s\" is no slider", label);
    double part = share ? value : (value - w.low) / (w.high - w.low);
    double y = (w.box.y + w.box.h / 2.0) * s->app->unit, x = (w.track.x + w.track.w * part) * s->app->unit;
    kj_app_press(s->app, (w.box.x + w.box.w / 2.0) * s->app->unit, y);
    kj_app_move(s->app, x, y);
    kj_app_release(s->app, x, y);
    return KJ_OK;
}

static kj_status do_key(kj_error *err, script *s, const char *rest)
{
    char word[LINE_MAX_BYTES], *name = word;
    bool shift = false, control = false;
    take_word(rest, word);
    for (;;) {
        if (strncmp(name, "shift+", 6) == 0) {
            shift = true;
            name += 6;
        } else if (strncmp(name, "ctrl+", 5) == 0) {
            control = true;
            name += 5;
        } else {
            break;
        }
    }
    SDL_Keycode key = SDL_GetKeyFromName(name);
    if (key == SDLK_UNKNOWN) return wrong(err, s, "unknown key '%s'", name);
    redraw(s->app);
    kj_app_key(s->app, key, shift, control);
    return KJ_OK;
}

static kj_status do_mouse(kj_error *err, script *s, const char *command, const char *rest)
{
    double n[4] = {0};
    int count = strcmp(command, "press") == 0 ? 2 : strcmp(command, "wheel") == 0 ? 3 : 4;
    kj_status status = KJ_OK;
    for (int i = 0; !status && i < count; i++) status = take_number(err, s, &rest, &n[i]);
    if (status) return status;
    redraw(s->app);
    if (count == 2) click_at(s->app, n[0], n[1]);
    if (count == 3) kj_app_wheel(s->app, n[0], n[1], n[2]);
    if (count == 4) {
        kj_app_press(s->app, n[0], n[1]);
        for (int i = 1; i <= 4; i++) kj_app_move(s->app, n[0] + (n[2] - n[0]) * i / 4.0, n[1] + (n[3] - n[1]) * i / 4.0);
        kj_app_release(s->app, n[2], n[3]);
    }
    return KJ_OK;
}

static const char *state_of(kj_app *app, const char *name, char out[256])
{
    static const char *const compares[4] = {"A", "B", "swipe", "side"};
    static const char *const tabs[KJ_TAB_COUNT] = {"map", "actions", "results", "schools", "economy", "charts", "selected", "menu", "views"};
    static const char *const selections[7] = {"none", "cell", "school", "chain", "how", "household", "sources"};
    static const char *const modes[3] = {"wide", "medium", "narrow"};
    kj_world *w = kj_app_world(app);
    out[0] = 0;
    if (!strcmp(name, "year")) snprintf(out, 256, "%d", app->year);
    else if (!strcmp(name, "view")) return kj_view_key(app, (int32_t)app->view);
    else if (!strcmp(name, "compare")) return compares[app->compare];
    else if (!strcmp(name, "tab")) return tabs[app->tab];
    else if (!strcmp(name, "selection")) return selections[app->selection];
    else if (!strcmp(name, "layout")) return modes[app->mode];
    else if (!strcmp(name, "world")) snprintf(out, 256, "%c", w->letter);
    else if (!strcmp(name, "language")) return kj_language_code(app->language);
    else if (!strcmp(name, "playing")) return app->playing ? "true" : "false";
    else if (!strcmp(name, "forum")) return app->forum ? "true" : "false";
    else if (!strcmp(name, "contrast")) return app->contrast ? "true" : "false";
    else if (!strcmp(name, "scale")) snprintf(out, 256, "%.1f", app->text_scale);
    else if (!strcmp(name, "swipe")) snprintf(out, 256, "%.2f", app->swipe);
    else if (!strcmp(name, "zoom")) snprintf(out, 256, "%.3f", app->camera.zoom);
    else if (!strcmp(name, "population")) snprintf(out, 256, "%.0f", kj_world_figure(w, KJ_FIG_POPULATION, kj_app_index(app, w)));
    else if (!strcmp(name, "message")) return app->message;
    else if (!strcmp(name, "place")) return w->place;
    else if (!strcmp(name, "from")) snprintf(out, 256, "%.0f", app->from_year);
    else if (app->live && !strcmp(name, "hash_a")) kj_live_hash(app->live, 0, out);
    else if (app->live && !strcmp(name, "hash_b")) kj_live_hash(app->live, 1, out);
    else if (app->live && !strcmp(name, "first_year")) snprintf(out, 256, "%.3f", kj_live_first_year_seconds(app->live));
    else if (!strcmp(name, "chain_seen")) return kj_app_sees_chain(app) ? "whole" : "not whole";
    else if (!strcmp(name, "chain")) {
        kj_chain chain;
        kj_chain_follow(&app->world[app->selected_world], app->chain_root, kj_app_month(app), &chain);
        snprintf(out, 256, "%d", chain.n_homes);
    } else return NULL;
    return out;
}

static bool text_is_shown(const kj_app *app, const char *text)
{
    for (int32_t i = 0; i < app->canvas.n_texts; i++)
        if (strncmp(app->canvas.text_heads[i], text, strlen(text) < 31 ? strlen(text) : 31) == 0) return true;
    return false;
}

static kj_status do_expect(kj_error *err, script *s, const char *rest)
{
    char name[LINE_MAX_BYTES], wanted[LINE_MAX_BYTES], buffer[256];
    while (isspace((unsigned char)*rest)) rest++;
    size_t n = strcspn(rest, "=");
    if (!rest[n]) return wrong(err, s, "expected name=value, found '%s'", rest);
    snprintf(name, sizeof name, "%.*s", (int)n, rest);
    take_word(rest + n + 1, wanted);
    redraw(s->app);
    if (!strcmp(name, "text")) return text_is_shown(s->app, wanted) ? KJ_OK : wrong(err, s, "no text that begins with \"%s\" is shown", wanted);
    if (!strcmp(name, "widget")) {
        int32_t index;
        return find_widget(err, s, wanted, &index);
    }
    const char *found = state_of(s->app, name, buffer);
    if (!found) return wrong(err, s, "unknown name '%s'", name);
    return strcmp(found, wanted) == 0 ? KJ_OK : wrong(err, s, "%s: expected %s, found %s", name, wanted, found);
}

/* ---- dump and lint ---- */

static void dump(kj_app *app, FILE *file)
{
    static const char *const names[] = {"year", "view", "compare", "tab", "selection", "layout", "language", "playing", "forum", "scale", "zoom", "population"};
    static const char *const kinds[] = {"button", "toggle", "slider", "area"};
    static const char *const of_live[] = {"from", "hash_a", "hash_b", "first_year"};
    char buffer[256];
    for (size_t i = 0; app->live && i < sizeof of_live / sizeof *of_live; i++) fprintf(file, "%s=%s\n", of_live[i], state_of(app, of_live[i], buffer));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) fprintf(file, "%s=%s\n", names[i], state_of(app, names[i], buffer));
    double u = app->unit;
    for (int32_t i = 0; i < app->ui.n_widgets; i++) {
        const kj_widget *w = &app->ui.widgets[i];
        fprintf(file, "widget %s %.0f %.0f %.0f %.0f \"%s\"%s%s\n", kinds[w->kind], w->box.x * u, w->box.y * u, w->box.w * u, w->box.h * u, w->label, w->on ? " on" : "", w->enabled ? "" : " disabled");
    }
    for (int32_t i = 0; i < app->canvas.n_texts; i++) {
        const kj_box *b = &app->canvas.texts[i];
        fprintf(file, "text %.0f %.0f %.0f %.0f \"%s\"\n", b->x * u, b->y * u, b->w * u, b->h * u, app->canvas.text_heads[i]);
    }
}

static bool widgets_fault(const kj_app *app, char out[512])
{
    kj_box page = {-0.5, -0.5, app->canvas.width + 1.0, app->canvas.height + 1.0};
    for (int32_t i = 0; i < app->ui.n_widgets; i++) {
        const kj_widget *w = &app->ui.widgets[i];
        if (!kj_box_inside(&w->box, &page)) return snprintf(out, 512, "widget \"%s\" is outside the window", w->label) > 0;
        if (fmin(w->box.w, w->box.h) * app->unit < 43.9) return snprintf(out, 512, "widget \"%s\" is %.0f by %.0f pixels: at least 44 are wanted", w->label, w->box.w * app->unit, w->box.h * app->unit) > 0;
        kj_box own = {w->box.x + 1.0, w->box.y + 1.0, w->box.w - 2.0, w->box.h - 2.0};
        for (int32_t j = i + 1; j < app->ui.n_widgets; j++)
            if (kj_box_overlaps(&own, &app->ui.widgets[j].box)) return snprintf(out, 512, "widgets \"%s\" and \"%s\" overlap", w->label, app->ui.widgets[j].label) > 0;
    }
    return false;
}

/* A head of the table without a row beneath it. */
static bool table_fault(const kj_app *app, char out[512])
{
    const kj_canvas *c = &app->canvas;
    for (int32_t i = 0; i < c->n_texts; i++) {
        if (strcmp(c->text_heads[i], "B − A")) continue;
        bool row = false;
        for (int32_t j = 0; j < app->ui.n_widgets; j++) row |= app->ui.widgets[j].action == KJ_ACT_HOW && app->ui.widgets[j].box.y >= c->texts[i].y;
        if (!row) return snprintf(out, 512, "the table has a head and no rows") > 0;
    }
    return false;
}

/* Signs on a map that has room for their legend, and no legend. */
static bool legend_fault(kj_app *app, char out[512])
{
    enum { ROOM_W = 400, ROOM_H = 300 };
    bool signs = app->layers & KJ_LAYER_SCHOOLS && app->world[0].n_facilities, room = app->map.w >= ROOM_W && app->map.h >= ROOM_H;
    return signs && room && kj_legend_level(app) < 0 && snprintf(out, 512, "signs are drawn and no legend explains them") > 0;
}

/* Something over the town, where the camera was set to show it clear of what lies along the edges. */
static bool town_fault(kj_app *app, char out[512])
{
    kj_pane panes[2];
    kj_box town, room = kj_map_room(app);
    int32_t n = kj_app_panes(app, panes);
    if (app->sight != KJ_SIGHT_TOWN || !kj_legend_across(app) || room.h >= app->map.h || !kj_app_town(app, &town)) return false;
    for (int32_t i = 0; i < n; i++) {
        double x = kj_pane_x(app, &panes[i], town.x), y = kj_pane_y(app, &panes[i], town.y), side = app->camera.zoom / app->unit;
        kj_box seen = {x, y, town.w * side, town.h * side};
        if (!kj_box_inside(&seen, &panes[i].box)) return snprintf(out, 512, "the town is not whole in the map of world %c", panes[i].world->letter) > 0;
        for (int32_t k = 0; k < app->n_covers; k++)
            if (kj_box_overlaps(&seen, &app->covers[k])) return snprintf(out, 512, "the town is covered in the map of world %c", panes[i].world->letter) > 0;
    }
    return false;
}

/* Panels' texts stay in their column and over the pager. */
void kj_lint(kj_app *app, char out[512])
{
    int32_t a, b;
    out[0] = 0;
    app->message[0] = 0;
    redraw(app);
    const kj_canvas *c = &app->canvas;
    if (c->n_cut) {
        snprintf(out, 512, "%d text(s) cut, the first is \"%s\"", c->n_cut, c->first_cut);
        return;
    }
    if (c->n_texts >= KJ_CANVAS_TEXTS_MAX || app->ui.n_widgets >= KJ_WIDGETS_MAX) {
        snprintf(out, 512, "too many texts or widgets to check");
        return;
    }
    if (kj_canvas_find_overlap(c, 2.0, &a, &b)) {
        snprintf(out, 512, "texts \"%s\" (%.0f %.0f %.0f %.0f) and \"%s\" (%.0f %.0f %.0f %.0f) overlap", c->text_heads[a], c->texts[a].x, c->texts[a].y, c->texts[a].w, c->texts[a].h,
                 c->text_heads[b], c->texts[b].x, c->texts[b].y, c->texts[b].w, c->texts[b].h);
        return;
    }
    if (c->n_broken && app->text_scale <= 1.0) {
        snprintf(out, 512, "%d text(s) with a word broken within, the first is \"%s\"", c->n_broken, c->first_broken);
        return;
    }
    if (table_fault(app, out) || legend_fault(app, out) || town_fault(app, out)) return;
    int32_t outside = kj_canvas_find_outside(c);
    if (outside >= 0) {
        snprintf(out, 512, "text \"%s\" is outside the window", c->text_heads[outside]);
        return;
    }
    widgets_fault(app, out);
}

static kj_status do_lint(kj_error *err, script *s)
{
    char fault[512];
    kj_app *app = s->app;
    kj_lint(app, fault);
    if (!fault[0]) return KJ_OK;
    return wrong(err, s, "layout at %dx%d, scale %.1f, %s, tab %d page %d: %s", app->width_px, app->height_px, app->text_scale, kj_language_code(app->language), (int)app->tab, app->page[app->tab], fault);
}

/* Every page of every tab. */
static kj_status do_lint_all(kj_error *err, script *s)
{
    kj_app *app = s->app;
    kj_status status = KJ_OK;
    kj_tab kept = app->tab, left = app->left_tab;
    app->left_tab = KJ_TAB_VIEWS; /* actions have their turn with the last tab */
    for (int t = app->mode == KJ_LAYOUT_NARROW ? KJ_TAB_MAP : app->mode == KJ_LAYOUT_MEDIUM ? KJ_TAB_ACTIONS : KJ_TAB_RESULTS; !status && t < KJ_TAB_COUNT; t++) {
        app->tab = (kj_tab)t;
        kj_app_layout(app);
        if (t == KJ_TAB_VIEWS && app->mode == KJ_LAYOUT_WIDE) break;
        for (app->page[t] = 0; !status; app->page[t]++) {
            status = do_lint(err, s);
            if (app->page[t] + 1 >= app->n_pages[t]) break;
        }
        app->page[t] = 0;
    }
    app->left_tab = KJ_TAB_ACTIONS;
    app->tab = kept;
    kj_app_layout(app);
    for (app->page[KJ_TAB_ACTIONS] = 0; !status && app->mode == KJ_LAYOUT_WIDE; app->page[KJ_TAB_ACTIONS]++) {
        status = do_lint(err, s);
        if (app->page[KJ_TAB_ACTIONS] + 1 >= app->n_pages[KJ_TAB_ACTIONS]) break;
    }
    app->page[KJ_TAB_ACTIONS] = 0;
    if (status) return status;
    app->left_tab = left;
    return KJ_OK;
}

/* Tab reaches every widget that can be pressed, and comes round. */
static kj_status do_tabwalk(kj_error *err, script *s)
{
    kj_app *app = s->app;
    bool reached[KJ_WIDGETS_MAX] = {false};
    redraw(app);
    for (int32_t i = 0; i <= app->ui.n_widgets; i++) {
        kj_app_key(app, SDLK_TAB, false, false);
        redraw(app);
        if (app->ui.focus < 0 || app->ui.focus >= app->ui.n_widgets) return wrong(err, s, "Tab has lost the focus");
        reached[app->ui.focus] = true;
    }
    for (int32_t i = 0; i < app->ui.n_widgets; i++)
        if (app->ui.widgets[i].enabled && !reached[i]) return wrong(err, s, "Tab does not reach \"%s\"", app->ui.widgets[i].label);
    return KJ_OK;
}

/* ---- frames a second ---- */

static double processor_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double wall_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Pans round in a circle; processor time of all threads and wall time a frame. */
static kj_status do_bench(kj_error *err, script *s, const char *rest)
{
    double n = 0.0;
    kj_status status = take_number(err, s, &rest, &n);
    if (status) return status;
    kj_app *app = s->app;
    kj_camera start = app->camera;
    redraw(app);
    double cpu = processor_seconds(), wall = wall_seconds(), longest = 0.0;
    int busy = 0;
    for (int i = 0; i < (int)n; i++) {
        double began = wall_seconds();
        double t = 2.0 * M_PI * i / n;
        app->camera.col = start.col + 40.0 * cos(t);
        app->camera.row = start.row + 40.0 * sin(t);
        app->map_dirty = true;
        kj_app_draw(app);
        if (!app->live) continue;
        kj_app_tick(app, wall_seconds() - began); /* takes what the simulation publishes, as the window does */
        busy += !kj_live_is_idle(app->live);
        longest = fmax(longest, wall_seconds() - began);
    }
    cpu = (processor_seconds() - cpu) / n * 1e3;
    wall = (wall_seconds() - wall) / n * 1e3;
    app->camera = start;
    app->map_dirty = true;
    printf("bench size=%dx%d cells=%dx%d cpu_ms=%.2f wall_ms=%.2f\n", app->width_px, app->height_px, app->world[0].grid.nx, app->world[0].grid.ny, cpu, wall);
    if (app->live) printf("bench frames_a_second=%.1f longest_ms=%.1f while_simulating=%d of %d frames\n", 1e3 / wall, longest * 1e3, busy, (int)n);
    /* and what it costs to look at another year */
    double scrub = wall_seconds();
    for (int32_t y = app->first_year; y <= app->last_year; y++) {
        kj_app_set_year(app, y);
        kj_app_draw(app);
    }
    printf("bench scrub_ms=%.2f\n", (wall_seconds() - scrub) * 1e3 / (app->last_year - app->first_year + 1));
    return KJ_OK;
}

/* ---- live ---- */

/* Until both worlds stand at the end; two minutes at most. */
static kj_status do_settle(kj_error *err, script *s)
{
    for (int i = 0; i < 24000 && s->app->live; i++) {
        bool idle = kj_live_is_idle(s->app->live);
        kj_app_refresh(s->app);
        if (idle) return KJ_OK;
        SDL_Delay(5);
    }
    return wrong(err, s, s->app->live ? "the simulation does not end" : "settle: this is no live simulation");
}

/* ---- files ---- */

static kj_status do_export(kj_error *err, script *s, const char *rest)
{
    static const char *const endings[KJ_EXPORT_COUNT] = {".png", ".pdf", ".svg", ".csv", ".mp4"};
    char path[LINE_MAX_BYTES];
    take_word(rest, path);
    const char *dot = strrchr(path, '.');
    for (int i = 0; dot && i < KJ_EXPORT_COUNT; i++)
        if (strcmp(dot, endings[i]) == 0) return kj_export_write(err, s->app, (kj_export)i, path);
    return wrong(err, s, "expected a name that ends in .png, .pdf, .svg, .csv or .mp4, found '%s'", path);
}

static kj_status do_dump(kj_error *err, script *s, const char *rest)
{
    char path[LINE_MAX_BYTES];
    take_word(rest, path);
    redraw(s->app);
    FILE *file = path[0] ? fopen(path, "w") : stdout;
    if (!file) return wrong(err, s, "%s: %s", path, kj_why(errno));
    dump(s->app, file);
    if (file != stdout) fclose(file);
    else fflush(stdout);
    return KJ_OK;
}

static kj_status do_setup(kj_error *err, script *s, const char *command, const char *rest)
{
    kj_app *app = s->app;
    char word[LINE_MAX_BYTES];
    int width = 0, height = 0;
    double number = 0.0;
    take_word(rest, word);
    if (!strcmp(command, "size")) {
        if (sscanf(word, "%dx%d", &width, &height) != 2 || width < 320 || height < 240 || width > 16384 || height > 16384) return wrong(err, s, "expected WIDTHxHEIGHT, found '%s'", word);
        app->sight = KJ_SIGHT_NONE;
        return kj_app_resize(err, app, width, height);
    }
    if (!strcmp(command, "lang")) {
        kj_language language;
        kj_status status = kj_language_parse(err, word, &language);
        if (!status) kj_app_set_language(app, language);
        return status;
    }
    kj_status status = take_number(err, s, &rest, &number);
    if (status) return status;
    if (!strcmp(command, "scale")) kj_app_act(app, KJ_ACT_SCALE, 0, number);
    else kj_app_tick(app, number);
    return KJ_OK;
}

static kj_status run_line(kj_error *err, script *s, const char *line)
{
    char command[LINE_MAX_BYTES];
    const char *rest = take_word(line, command);
    if (!command[0] || command[0] == '#') return KJ_OK;
    if (!strcmp(command, "click")) return do_click(err, s, rest);
    if (!strcmp(command, "set")) return do_slide(err, s, rest, true);
    if (!strcmp(command, "value")) return do_slide(err, s, rest, false);
    if (!strcmp(command, "key")) return do_key(err, s, rest);
    if (!strcmp(command, "press") || !strcmp(command, "wheel") || !strcmp(command, "drag")) return do_mouse(err, s, command, rest);
    if (!strcmp(command, "expect")) return do_expect(err, s, rest);
    if (!strcmp(command, "dump")) return do_dump(err, s, rest);
    if (!strcmp(command, "shot") || !strcmp(command, "export")) return do_export(err, s, rest);
    if (!strcmp(command, "session")) {
        take_word(rest, command);
        return kj_session_save(err, s->app, command);
    }
    if (!strcmp(command, "settle")) return do_settle(err, s);
    if (!strcmp(command, "journal") && s->app->live) {
        take_word(rest, command);
        return kj_live_write_journal(err, s->app->live, command);
    }
    if (!strcmp(command, "lint")) return do_lint(err, s);
    if (!strcmp(command, "lintall")) return do_lint_all(err, s);
    if (!strcmp(command, "tabwalk")) return do_tabwalk(err, s);
    if (!strcmp(command, "bench")) return do_bench(err, s, rest);
    if (!strcmp(command, "size") || !strcmp(command, "scale") || !strcmp(command, "lang") || !strcmp(command, "wait")) return do_setup(err, s, command, rest);
    return wrong(err, s, "unknown command '%s'", command);
}

kj_status kj_script_run(kj_error *err, kj_app *app, const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file) return kj_fail(err, KJ_E_INPUT, "%s: %s", path, kj_why(errno));
    script s = {app, path, 0};
    char line[LINE_MAX_BYTES];
    kj_status status = KJ_OK;
    while (!status && fgets(line, sizeof line, file)) {
        s.line++;
        status = run_line(err, &s, line);
    }
    fclose(file);
    return status;
}
