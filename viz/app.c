#include "app.h"

#include <kedja/model.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define _(text) kj_tr(text)
#define N_(text) text

static const double speeds[] = {1.0, 2.0, 4.0, 8.0};

static double clamp(double v, double low, double high) { return v < low ? low : v > high ? high : v; }

static void dirty(kj_app *app) { app->panels_dirty = app->map_dirty = true; }

/* ---- life ---- */

kj_status kj_app_open(kj_error *err, const kj_app_options *o, kj_app *out)
{
    memset(out, 0, sizeof *out);
    out->text_scale = o->text_scale;
    out->language = o->language;
    out->layers = KJ_LAYER_DOTS | KJ_LAYER_SCHOOLS | KJ_LAYER_NAMES;
    out->compare = KJ_SHOW_A;
    out->swipe = 0.5;
    out->years_per_second = 2.0;
    out->tab = KJ_TAB_RESULTS;
    out->left_tab = KJ_TAB_ACTIONS;
    out->placing = out->selected_cell = out->selected_school = out->ui.focus = out->pressed = -1;
    out->ui.theme = kj_theme_light();
    snprintf(out->export_stem, sizeof out->export_stem, "%s", o->export_stem ? o->export_stem : "kedja");
    for (int k = 0; k < 2; k++) out->shown[k].view = out->dots[k].year_index = -1;
    return kj_app_resize(err, out, o->width, o->height);
}

void kj_app_close(kj_app *app)
{
    for (int32_t k = 0; k < app->n_worlds; k++) kj_world_close(&app->world[k]);
    kj_live_stop(app->live);
    kj_comparison_free(&app->matrix);
    for (int k = 0; k < 2; k++) {
        kj_pyramid_free(&app->pyramid[k]);
        free(app->dots[k].col);
        free(app->dots[k].row);
        free(app->nearest[k]);
    }
    kj_overview_free(app);
    kj_sprites_clear(&app->sprites);
    if (app->canvas.surface) kj_canvas_close(NULL, &app->canvas);
    free(app->frame);
    memset(app, 0, sizeof *app);
}

/* Short names that tell two worlds apart: the policies that only one of them has. */
static bool has_flag(const kj_world *w, const kj_flag *flag)
{
    for (int32_t i = 0; i < w->n_flags; i++)
        if (strcmp(w->flags[i].text[0], flag->text[0]) == 0) return true;
    return false;
}

static const char *flag_text(const kj_flag *flag, int language) { return flag->text[language][0] ? flag->text[language] : flag->text[0]; }

static void name_world(kj_world *w, const kj_world *other)
{
    static const char *const without[3] = {"As planned", "Som planerat", "Som planlagt"};
    static const char *const and[3] = {"and", "och", "og"};
    const kj_flag *first = NULL;
    int32_t n = 0;
    for (int k = 0; k < 3; k++) {
        snprintf(w->title[k], KJ_NAME_TEXT, "%s", without[k]);
        w->both_titles[k][0] = 0;
    }
    for (int32_t i = 0; i < w->n_flags; i++) {
        if (has_flag(other, &w->flags[i])) continue;
        for (int k = 0; k < 3; k++) {
            if (n == 0) snprintf(w->title[k], KJ_NAME_TEXT, "%s", flag_text(&w->flags[i], k));
            if (n == 1) snprintf(w->both_titles[k], sizeof w->both_titles[k], "%s %s %s", flag_text(first, k), and[k], flag_text(&w->flags[i], k));
            if (n == 2) w->both_titles[k][0] = 0;
        }
        if (n++ == 0) first = &w->flags[i];
    }
    static const char *const more[3] = {" and %d more", " och %d till", " og %d til"};
    for (int k = 0; k < 3 && n > 1; k++) {
        char rest[32];
        snprintf(rest, sizeof rest, more[k], n - 1);
        size_t used = strlen(w->title[k]), room = KJ_NAME_TEXT - 1 - strlen(rest);
        snprintf(w->title[k] + (used < room ? used : room), sizeof rest, "%s", rest);
    }
}

/* Where no policy of its own names either: their scenarios' titles, else their files. */
static void tell_apart(kj_app *app)
{
    kj_world *a = &app->world[0], *b = &app->world[1];
    if (strcmp(a->title[0], b->title[0]) != 0) return;
    const char *const titles[2] = {a->facts->title[0] ? a->facts->title[0] : "", b->facts->title[0] ? b->facts->title[0] : ""};
    bool by_title = titles[0][0] && titles[1][0] && strcmp(titles[0], titles[1]) != 0;
    for (int32_t w = 0; w < 2; w++) {
        const char *slash = strrchr(app->run_path[w], '/'), *file = slash ? slash + 1 : app->run_path[w];
        if (!by_title && !file[0]) return; /* a live session has no file and names its worlds itself */
        for (int k = 0; k < 3; k++) {
            const char *own = app->world[w].facts->title[k];
            if (by_title) snprintf(app->world[w].title[k], KJ_NAME_TEXT, "%s", own && own[0] ? own : titles[w]);
            else snprintf(app->world[w].title[k], KJ_NAME_TEXT, "%.*s", (int)strcspn(file, "."), file);
        }
    }
}

static void span_years(kj_app *app)
{
    for (int32_t k = 0; k < app->n_worlds; k++) {
        const kj_world *w = &app->world[k];
        if (w->n_years < 1) continue;
        if (k == 0 || w->years[0] < app->first_year) app->first_year = w->years[0];
        if (k == 0 || w->years[w->n_years - 1] > app->last_year) app->last_year = w->years[w->n_years - 1];
    }
}

static void set_view(kj_app *app, kj_view_id view);

void kj_app_add_world(kj_app *app, kj_world *world)
{
    app->world[app->n_worlds] = *world;
    app->world[app->n_worlds].letter = app->n_worlds ? 'B' : 'A';
    app->n_worlds++;
    *world = (kj_world){0};
    span_years(app);
    if (app->live) app->last_year = kj_live_last_year(app->live);
    app->year = app->live ? app->first_year : app->last_year;
    for (int32_t k = 0; k < app->n_worlds && !app->live; k++) { /* the last year that both have */
        const kj_world *w = &app->world[k];
        if (w->n_years > 0 && w->years[w->n_years - 1] < app->year) app->year = w->years[w->n_years - 1];
    }
    app->from_year = app->first_year + 1;
    if (app->n_worlds == 2) {
        name_world(&app->world[0], &app->world[1]);
        name_world(&app->world[1], &app->world[0]);
        tell_apart(app);
        app->compare = KJ_SWIPE;
    }
    if (app->world[0].n_members) set_view(app, KJ_VIEW_COUNT); /* the chances; an ensemble has no land use */
    app->sight = KJ_SIGHT_NONE;
    kj_app_layout(app);
    dirty(app);
}

kj_status kj_app_resize(kj_error *err, kj_app *app, int32_t width, int32_t height)
{
    uint32_t *frame = calloc((size_t)width * (size_t)height, sizeof *frame);
    if (!frame) return kj_fail(err, KJ_E_MEMORY, "window of %d by %d pixels: out of memory", width, height);
    if (app->canvas.surface) kj_canvas_close(NULL, &app->canvas);
    free(app->frame);
    app->frame = frame;
    app->width_px = width;
    app->height_px = height;
    kj_app_layout(app);
    return app->canvas.surface ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "window of %d by %d pixels: out of memory", width, height);
}

/* ---- layout ---- */

static void fit_town(kj_app *app);

static void rescale(kj_app *app)
{
    kj_error err;
    double base = fmin(app->width_px / 1920.0, app->height_px / 1080.0);
    app->unit = (base > 1.0 ? base : 1.0) * app->text_scale * (app->forum ? 1.4 : 1.0);
    if (app->canvas.surface && fabs(app->canvas.scale - app->unit) < 1e-9) {
        app->canvas.language = app->language;
        return;
    }
    if (app->canvas.surface) kj_canvas_close(NULL, &app->canvas);
    kj_sprites_clear(&app->sprites);
    if (kj_canvas_wrap(&err, app->frame, app->width_px, app->height_px, app->width_px * 4, app->unit, app->language, &app->canvas))
        app->canvas = (kj_canvas){0};
    app->ui.canvas = &app->canvas;
    app->ui.target = fmax(app->forum ? 32.0 : 44.0, 44.0 / app->unit);
}

void kj_app_layout(kj_app *app)
{
    rescale(app);
    double w = app->width_px / app->unit, h = app->height_px / app->unit;
    app->mode = w >= 1500.0 && h >= 760.0 && !app->forum ? KJ_LAYOUT_WIDE : w >= 900.0 && h >= 420.0 ? KJ_LAYOUT_MEDIUM : KJ_LAYOUT_NARROW;
    bool narrow = app->mode == KJ_LAYOUT_NARROW;
    double top = fmax(app->ui.target + 12.0, narrow ? 58.0 : 68.0), bottom = fmax(app->ui.target + 24.0, narrow ? 82.0 : h < 560.0 ? 100.0 : 116.0), middle = h - top - bottom;
    double right = app->mode == KJ_LAYOUT_WIDE ? 464.0 : narrow ? w : clamp(w * 0.34, app->forum ? 430.0 : 400.0, 464.0), left = app->mode == KJ_LAYOUT_WIDE ? 384.0 : 0.0;
    bool map_only = narrow && app->tab == KJ_TAB_MAP;
    app->top = (kj_box){0.0, 0.0, w, top};
    app->bottom = (kj_box){0.0, h - bottom, w, bottom};
    app->left = (kj_box){0.0, top, left, middle};
    app->right = map_only ? (kj_box){0} : (kj_box){w - right, top, right, middle};
    app->map = narrow && !map_only ? (kj_box){0} : (kj_box){left, top, w - left - (map_only ? 0.0 : right), middle};
    if (app->mode != KJ_LAYOUT_NARROW && app->tab == KJ_TAB_MAP) app->tab = KJ_TAB_RESULTS;
    if (app->mode == KJ_LAYOUT_WIDE && (app->tab == KJ_TAB_ACTIONS || app->tab == KJ_TAB_VIEWS)) app->tab = KJ_TAB_RESULTS;
    if (!app->live && app->tab == KJ_TAB_VIEWS) app->tab = KJ_TAB_ACTIONS;
    if (app->sight == KJ_SIGHT_NONE && app->n_worlds && app->map.w > 0.0) fit_town(app);
    dirty(app);
}

/* The cells that belong to the map's areas, with a margin. */
static void inside_of(const kj_world *w, double *west, double *east, double *north, double *south)
{
    *west = w->grid.nx;
    *north = w->grid.ny;
    *east = *south = 0.0;
    for (int32_t cell = 0; w->cell_area && cell < kj_grid_cells(&w->grid); cell++) {
        if (w->cell_area[cell] < 0) continue;
        double col = cell % w->grid.nx, row = cell / w->grid.nx;
        *west = fmin(*west, col);
        *east = fmax(*east, col + 1.0);
        *north = fmin(*north, row);
        *south = fmax(*south, row + 1.0);
    }
    if (*east > *west) return;
    *west = *north = 0.0;
    *east = w->grid.nx;
    *south = w->grid.ny;
}

/* All of a part of the map (cells), in the middle, or moved no farther than furniture makes it; within: what it has to clear. */
static void look_at(kj_app *app, const kj_box *part, const kj_box *within, double most_zoom)
{
    const double margin = 1.04;
    kj_pane panes[2];
    kj_app_panes(app, panes);
    const kj_box *pane = &panes[0].box;
    double zoom = fmin(most_zoom, fmin(within->w * app->unit / (part->w * margin), within->h * app->unit / (part->h * margin)));
    double half_w = part->w * margin * zoom / app->unit / 2.0, half_h = part->h * margin * zoom / app->unit / 2.0, middle_x = pane->x + pane->w / 2.0,
           middle_y = pane->y + pane->h / 2.0;
    double x = clamp(middle_x, within->x + half_w, within->x + within->w - half_w), y = clamp(middle_y, within->y + half_h, within->y + within->h - half_h);
    app->camera = (kj_camera){
        .col = part->x + part->w / 2.0 - (x - middle_x) * app->unit / zoom, .row = part->y + part->h / 2.0 - (y - middle_y) * app->unit / zoom, .zoom = zoom};
    app->map_dirty = true;
}

/* The whole map; side by side, and in a small forum, clear of what lies over it. */
void kj_app_fit(kj_app *app)
{
    double west, east, north, south;
    kj_pane panes[2];
    if (!app->n_worlds || app->map.w <= 0.0 || kj_app_panes(app, panes) < 1) return;
    inside_of(&app->world[0], &west, &east, &north, &south);
    kj_box part = {west, north, east - west, south - north}, room = kj_legend_across(app) ? kj_map_room(app) : panes[0].box;
    look_at(app, &part, &room, 1e9);
    app->sight = KJ_SIGHT_WHOLE;
}

enum { SPAN_M = 11000 }; /* of the first sight, from north to south */

bool kj_app_town(const kj_app *app, kj_box *out)
{
    const kj_world *w = &app->world[0];
    double span = SPAN_M / w->grid.cell_m;
    if (w->n_members || w->town_col < 0.0 || span >= w->grid.ny * 0.8) return false;
    double west = fmax(w->town_west, w->town_col - span / 2.0), east = fmin(w->town_east, w->town_col + span / 2.0);
    double north = fmax(w->town_north, w->town_row - span / 2.0), south = fmin(w->town_south, w->town_row + span / 2.0);
    *out = (kj_box){west, north, east - west, south - north};
    return true;
}

/* First sight: the town where most people live and what lies around; small maps whole, and the chances of an ensemble. */
static void fit_town(kj_app *app)
{
    kj_box town;
    kj_app_fit(app);
    app->sight = KJ_SIGHT_TOWN;
    if (!kj_app_town(app, &town)) return;
    for (int pass = 0; pass < 2; pass++) { /* the legend says how many households a dot stands for at the zoom of the pass before */
        kj_box room = kj_map_room(app);
        look_at(app, &town, &room, app->map.h * app->unit * app->world[0].grid.cell_m / SPAN_M);
    }
}

/* Where a person has moved the camera it stays. */
static void look_again(kj_app *app)
{
    if (app->sight == KJ_SIGHT_TOWN) fit_town(app);
    else if (app->sight == KJ_SIGHT_WHOLE) kj_app_fit(app);
}

int32_t kj_app_panes(kj_app *app, kj_pane out[2])
{
    bool both = app->n_worlds == 2 && (app->compare == KJ_SWIPE || app->compare == KJ_SIDE);
    int32_t one = app->n_worlds == 2 && app->compare == KJ_SHOW_B ? 1 : 0;
    if (!app->n_worlds) return 0;
    out[0] = (kj_pane){&app->world[one], one, app->map, app->map};
    if (!both) return 1;
    out[1] = (kj_pane){&app->world[1], 1, app->map, app->map};
    double left = app->compare == KJ_SIDE ? app->map.w / 2.0 - 3.0 : floor(app->map.w * app->swipe * app->unit) / app->unit;
    out[0].clip.w = left;
    out[1].clip.x += left + (app->compare == KJ_SIDE ? 6.0 : 0.0);
    out[1].clip.w -= left + (app->compare == KJ_SIDE ? 6.0 : 0.0);
    if (app->compare == KJ_SIDE) {
        out[0].box = out[0].clip;
        out[1].box = out[1].clip;
    }
    return 2;
}

kj_world *kj_app_world(kj_app *app) { return &app->world[app->n_worlds != 2 || app->compare == KJ_SHOW_A ? 0 : app->compare == KJ_SHOW_B ? 1 : app->figures_of]; }

/* ---- drawing ---- */

static void draw_message(kj_app *app)
{
    if (!app->message[0]) return;
    bool over_map = app->map.w > 300.0; /* under the badges: the lower edge has the legend and what the picture is made of */
    double middle = over_map ? app->map.x + app->map.w / 2.0 : app->canvas.width / 2.0;
    kj_text_style style = {.size = 20.0, .weight = 600, .color = KJ_COLOR_PAPER, .max_width = fmin(app->canvas.width, over_map ? app->map.w : 1e9) * 0.6, .max_lines = 4};
    kj_text_size size = kj_text_measure(app->ui.canvas, &style, app->message);
    kj_box box = {middle - size.width / 2.0 - 20.0, over_map ? kj_below_badges(app) : app->bottom.y - size.height - 44.0, size.width + 40.0, size.height + 20.0};
    kj_canvas_fill_box(app->ui.canvas, &box, 8.0, KJ_RGB(0x17232E), 1.0);
    kj_text_draw(app->ui.canvas, box.x + 20.0, box.y + 10.0, &style, app->message);
}

static void keep_focus(kj_app *app)
{
    if (app->ui.focus >= app->ui.n_widgets) app->ui.focus = app->ui.n_widgets - 1;
}

bool kj_app_draw(kj_app *app)
{
    if (!app->canvas.surface || (!app->panels_dirty && !app->map_dirty)) return false;
    bool both = app->panels_dirty;
    if (both) {
        kj_canvas_forget_texts(&app->canvas);
        kj_draw_panels(app);
    }
    kj_draw_map(app);
    keep_focus(app);
    draw_message(app);
    cairo_surface_flush(app->canvas.surface);
    app->panels_dirty = app->map_dirty = false;
    return true;
}

void kj_app_draw_on(kj_app *app, kj_canvas *canvas)
{
    app->ui.canvas = canvas;
    bool focus = app->ui.show_focus;
    app->ui.show_focus = false;
    kj_canvas_tag_begin(canvas, "Document");
    kj_canvas_tag_begin(canvas, "Figure");
    kj_draw_map(app);
    kj_canvas_tag_end(canvas, "Figure");
    kj_canvas_tag_begin(canvas, "Sect");
    kj_draw_panels(app);
    kj_canvas_tag_end(canvas, "Sect");
    kj_canvas_tag_end(canvas, "Document");
    app->ui.canvas = &app->canvas;
    app->ui.show_focus = focus;
    dirty(app);
}

void kj_app_say(kj_app *app, const char *text)
{
    snprintf(app->message, sizeof app->message, "%.250s", text);
    app->message_until = 4.0;
    dirty(app);
}

/* ---- time ---- */

void kj_app_set_year(kj_app *app, int32_t year)
{
    int32_t kept = year < app->first_year ? app->first_year : year > app->last_year ? app->last_year : year;
    if (kept == app->year) return;
    app->year = kept;
    app->still = 0.0;
    if (app->live && !app->from_set && !kj_live_branch_year(app->live)) app->from_year = kept < app->last_year ? kept + 1 : app->last_year;
    dirty(app);
}

double kj_app_figure(const kj_app *app, const kj_world *w, kj_figure_id id)
{
    int32_t index = kj_app_index(app, w);
    return index < w->n_years && w->years[index] == app->year ? kj_world_figure(w, id, index) : NAN;
}

const kj_shown_item *kj_app_figure_item(const kj_app *app, kj_figure_id id)
{
    for (int32_t k = 0; k < app->n_worlds; k++)
        if (app->world[k].figure[id]) return app->world[k].figure[id];
    return NULL;
}

void kj_app_refresh(kj_app *app)
{
    kj_error err;
    char fault[256];
    if (!app->live || !kj_live_adopt(app->live)) return;
    for (int32_t k = 0; k < app->n_worlds; k++)
        if (kj_world_refresh(&err, &app->world[k])) kj_app_say(app, err.text);
    app->same_lives = kj_live_same_lives(app->live);
    app->generation++;
    dirty(app);
    kj_live_fault(app->live, fault);
    if (fault[0]) kj_app_say(app, fault);
}

/* Last year that every world has. */
static int32_t last_known(const kj_app *app)
{
    int32_t last = app->last_year;
    for (int32_t k = 0; k < app->n_worlds; k++)
        if (app->live && app->world[k].n_years && app->world[k].years[app->world[k].n_years - 1] < last) last = app->world[k].years[app->world[k].n_years - 1];
    return last;
}

void kj_app_settle(kj_app *app)
{
    for (bool idle = false; app->live && !idle;) {
        idle = kj_live_is_idle(app->live);
        kj_app_refresh(app);
        SDL_Delay(5);
    }
}

void kj_app_tick(kj_app *app, double seconds)
{
    if (app->message[0] && (app->message_until -= seconds) <= 0.0) {
        app->message[0] = 0;
        dirty(app);
    }
    kj_app_refresh(app);
    kj_overview_tick(app, seconds);
    if (!app->playing) return;
    if (app->live && app->year >= last_known(app) && app->year < app->last_year) { /* waits for the simulation */
        app->play_from = 0.0;
        return;
    }
    app->play_from += seconds * app->years_per_second;
    app->panels_dirty = true;
    if (app->play_from >= 1.0) {
        int32_t years = (int32_t)app->play_from;
        app->play_from -= years;
        int32_t next = app->year + years, known = last_known(app);
        kj_app_set_year(app, next < known ? next : known);
    }
    if (app->year < app->last_year) return;
    app->playing = false;
    app->play_from = 0.0;
}

/* ---- acting ---- */

void kj_app_set_language(kj_app *app, kj_language language)
{
    kj_error err;
    if (kj_language_set(&err, language) != KJ_OK) {
        kj_app_say(app, err.text);
        language = KJ_LANG_EN;
    }
    app->language = language;
    kj_app_layout(app);
    if (app->n_worlds && kj_legend_across(app)) look_again(app); /* its height is another */
}

static void set_view(kj_app *app, kj_view_id view)
{
    app->view = view;
    if (view == KJ_VIEW_LAND) app->layers |= KJ_LAYER_DOTS;
    else app->layers &= ~(uint32_t)KJ_LAYER_DOTS;
    if (view == KJ_VIEW_SCHOOLS) app->layers |= KJ_LAYER_SCHOOLS;
    if (kj_legend_across(app)) look_again(app); /* its height is another */
}

/* The cells of the homes of the chain that is told; false: none is. */
static bool chain_part(const kj_app *app, kj_box *out)
{
    const kj_world *w = &app->world[app->selected_world];
    double west = w->grid.nx, north = w->grid.ny, east = 0.0, south = 0.0;
    kj_chain chain;
    kj_chain_follow(w, app->chain_root, kj_app_month(app), &chain);
    for (int32_t i = 0; i < chain.n; i++) {
        const int32_t cell = w->vacancies[chain.step[i]].cell, col = cell % w->grid.nx, row = cell / w->grid.nx;
        west = fmin(west, col);
        north = fmin(north, row);
        east = fmax(east, col + 1.0);
        south = fmax(south, row + 1.0);
    }
    *out = (kj_box){west, north, east - west, south - north};
    return app->chain_root && chain.n > 0;
}

enum { MARKER = 24 }; /* what the number of a home takes beside its place */

/* What the map leaves to homes, so that their markers are whole too. */
static kj_box room_for_markers(kj_app *app)
{
    kj_box room = kj_map_room(app);
    return (kj_box){room.x + MARKER, room.y + MARKER, room.w - 2.0 * MARKER, room.h - 2.0 * MARKER};
}

/* Where the homes of the chain that is told stand on the screen; false: none is. */
static bool chain_box(kj_app *app, kj_box *out)
{
    kj_box part;
    kj_pane panes[2];
    if (!chain_part(app, &part) || kj_app_panes(app, panes) < 1) return false;
    const double scale = app->camera.zoom / app->unit;
    *out = (kj_box){panes[0].box.x + panes[0].box.w / 2.0 + (part.x - app->camera.col) * scale,
                    panes[0].box.y + panes[0].box.h / 2.0 + (part.y - app->camera.row) * scale, part.w * scale, part.h * scale};
    return true;
}

bool kj_app_sees_chain(kj_app *app)
{
    kj_box box, room = room_for_markers(app);
    const double rounding = 0.5;
    return chain_box(app, &box) && box.x >= room.x - rounding && box.y >= room.y - rounding && box.x + box.w <= room.x + room.w + rounding &&
           box.y + box.h <= room.y + room.h + rounding;
}

/* A chain is drawn in the half of its world: the line of a swipe goes aside as far as it hides a home. */
static void make_way(kj_app *app)
{
    kj_box box;
    if (app->compare != KJ_SWIPE || app->n_worlds != 2 || !chain_box(app, &box)) return;
    const double least = (box.x + box.w + MARKER - app->map.x) / app->map.w, most = (box.x - MARKER - app->map.x) / app->map.w;
    app->swipe = clamp(app->selected_world ? fmin(app->swipe, most) : fmax(app->swipe, least), 0.05, 0.95);
}

/* A chain that leaves the window, or lies under the legend, is taken in whole; where all of it is seen the camera stays. */
static void show_chain(kj_app *app)
{
    kj_box part, room = room_for_markers(app);
    if (!chain_part(app, &part)) return;
    if (!kj_app_sees_chain(app)) {
        look_at(app, &part, &room, app->camera.zoom);
        app->sight = KJ_SIGHT_OWN;
    }
    make_way(app);
}

/* 0: the longest chain of the year shown; 1: the one after the present, by id; 2: the one that begins in the selected cell. */
static void tell_chain(kj_app *app, int32_t which)
{
    const kj_world *w = which == 2 ? &app->world[app->selected_world] : kj_app_world(app);
    app->selected_world = (int32_t)(w - app->world);
    if (!w->has_chains) {
        kj_app_say(app, _("This run keeps no moving chains."));
        return;
    }
    uint32_t root = which == 0 ? kj_chain_longest(w, kj_app_month(app)) : which == 2 ? kj_chain_begun_in(w, app->selected_cell, kj_app_month(app)) : 0;
    for (uint32_t i = app->chain_root; which == 1 && i < w->n_vacancies && !root; i++) {
        const kj_vacancy_row *v = &w->vacancies[i];
        if (v->root == i + 1 && v->cause == KJ_CAUSE_NEW && v->opened <= kj_app_month(app) && w->children[i]) root = i + 1;
    }
    if (!root) {
        kj_app_say(app, _("No new home has begun a chain by this year."));
        return;
    }
    set_view(app, KJ_VIEW_CHAINS);
    app->chain_root = root;
    app->selection = KJ_SELECT_CHAIN;
    app->tab = KJ_TAB_SELECTED;
    app->page[KJ_TAB_SELECTED] = 0;
    show_chain(app);
}

static void zoom_at(kj_app *app, double x, double y, double factor)
{
    double mx = (app->map.x + app->map.w / 2.0) * app->unit, my = (app->map.y + app->map.h / 2.0) * app->unit;
    double before = app->camera.zoom, after = clamp(before * factor, 0.02, 64.0);
    app->camera.col += (x - mx) * (1.0 / before - 1.0 / after);
    app->camera.row += (y - my) * (1.0 / before - 1.0 / after);
    app->camera.zoom = after;
    app->sight = KJ_SIGHT_OWN;
    app->map_dirty = true;
}

static void zoom_middle(kj_app *app, double factor)
{
    zoom_at(app, (app->map.x + app->map.w / 2.0) * app->unit, (app->map.y + app->map.h / 2.0) * app->unit, factor);
}

static void export_now(kj_app *app, kj_export kind)
{
    static const char *const endings[KJ_EXPORT_COUNT] = {"png", "pdf", "svg", "csv", "mp4"};
    char path[600], text[700];
    kj_error err;
    snprintf(path, sizeof path, "%s.%s", app->export_stem, endings[kind]);
    kj_status status = kj_export_write(&err, app, kind, path);
    snprintf(text, sizeof text, status ? "%s" : _("Written: %s"), status ? err.text : path);
    kj_app_say(app, text);
}

static void save_session(kj_app *app)
{
    char path[600], text[700];
    kj_error err;
    snprintf(path, sizeof path, "%s.session.json", app->export_stem);
    kj_status status = kj_session_save(&err, app, path);
    snprintf(text, sizeof text, status ? "%s" : _("Written: %s"), status ? err.text : path);
    kj_app_say(app, text);
}

static void turn_page(kj_app *app, int32_t argument)
{
    int32_t tab = (argument > 0 ? argument : -argument) / 4, step = argument > 0 ? 1 : -1;
    int32_t *page = &app->page[tab];
    *page = *page + step < 0 ? 0 : *page + step >= app->n_pages[tab] ? app->n_pages[tab] - 1 : *page + step;
}

static void set_forum(kj_app *app)
{
    app->forum = !app->forum;
    app->sight = KJ_SIGHT_NONE;
    if (app->forum && app->tab != KJ_TAB_SELECTED) app->tab = KJ_TAB_RESULTS;
    kj_app_layout(app);
}

static void faster(kj_app *app)
{
    size_t n = sizeof speeds / sizeof *speeds, i = 0;
    while (i < n && speeds[i] <= app->years_per_second) i++;
    app->years_per_second = speeds[i % n];
}

/* Whether a policy is on in the year from which changes hold. */
static bool is_on(kj_app *app, int32_t policy)
{
    kj_live_controls c;
    kj_live_controls_of(app->live, 0, (int32_t)app->from_year, &c);
    for (int32_t i = 0; i < c.n; i++)
        if (c.items[i].is_policy && c.items[i].policy == policy) return c.items[i].value != 0.0;
    return false;
}

/* The view follows the tool: a school is placed among catchments, what shortens the way on travel times, what is built or protected
   on the land. */
static const char *view_for(const char *policy)
{
    static const char *const views[][2] = {{"new_school", "schools"}, {"new_station", "travel_centre"}, {"new_road", "travel_centre"}, {"densify_area", "population"}};
    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        if (strcmp(policy, views[i][0]) == 0) return views[i][1];
    return "land";
}

static void begin_placing(kj_app *app, int32_t policy)
{
    kj_live_controls c;
    app->message[0] = 0;
    app->placing = app->placing == policy ? -1 : policy;
    if (app->placing < 0) return;
    kj_live_controls_of(app->live, 0, (int32_t)app->from_year, &c);
    for (int32_t i = 0; i < c.n; i++) {
        if (!c.items[i].is_policy || c.items[i].policy != policy) continue;
        set_view(app, kj_view_named(app, view_for(c.items[i].name)));
        app->placing_kind = c.items[i].place;
    }
    app->n_placed = 0;
    kj_app_say(app, app->placing_kind == KJ_PLACE_LINE ? _("Click where the road begins and where it ends, or move the map and press P for its middle.") : _("Click the place on the map, or move the map and press P for its middle."));
}

/* A change of a policy (-1: of a plugin) is seen from its first year on: whoever still looks at the start is taken there. What acts once is
   said to do so in its own year, before or after the year chosen. */
static void go_to_change(kj_app *app, int32_t policy, int32_t chosen)
{
    char text[200];
    int32_t year = kj_live_acts_in(app->live, policy, chosen);
    bool elsewhere = year != chosen;
    app->from_set = true;
    if (elsewhere)
        snprintf(text, sizeof text,
                 year < chosen ? _("It acts in January %d, before the year chosen: nothing changes.")
                               : _("It acts in January %d, whatever year is chosen here."),
                 year);
    if (elsewhere) kj_app_say(app, text);
    if (app->year != app->first_year || chosen <= app->year || elsewhere) return;
    kj_app_set_year(app, chosen);
    snprintf(text, sizeof text, _("The change holds from January %d: that year is shown."), chosen);
    kj_app_say(app, text);
}

/* What a lever is set to: sliders of facilities stand at a number of the list. */
static double lever_value(kj_app *app, int32_t index, double value)
{
    kj_live_controls c;
    kj_id ids[KJ_CHOICES_MAX];
    kj_live_controls_of(app->live, 0, (int32_t)lround(app->from_year), &c);
    for (int32_t i = 0; i < c.n; i++) {
        if (c.items[i].is_policy || c.items[i].index != index || c.items[i].kind != KJ_LEVER_FACILITY) continue;
        const int32_t n = kj_facility_choices(app, c.items[i].facility, ids), at = (int32_t)lround(value);
        return at > 0 && at < n ? ids[at] : 0.0;
    }
    return value;
}

static void act_live(kj_app *app, kj_action action, int32_t argument, double value)
{
    int32_t year = (int32_t)lround(app->from_year);
    bool on;
    switch (action) {
    case KJ_ACT_POLICY:
        on = !is_on(app, argument);
        kj_live_switch(app->live, argument, year, on);
        go_to_change(app, on || kj_live_acts_in(app->live, argument, year) < year ? argument : -1, year); /* what is off does not act later */
        break;
    case KJ_ACT_LEVER:
        kj_live_lever(app->live, argument, year, lever_value(app, argument, value));
        go_to_change(app, kj_live_lever_policy(argument), year);
        break;
    case KJ_ACT_PLACE: begin_placing(app, argument); break;
    case KJ_ACT_UNDO: kj_live_undo(app->live); break;
    case KJ_ACT_REDO: kj_live_redo(app->live); break;
    default:
        app->from_year = clamp(value, app->first_year + 1, app->last_year);
        app->from_set = true;
    }
}

static void place_now(kj_app *app)
{
    kj_live_placed placed[KJ_PLACED_MAX];
    int language = app->language < 3 ? (int)app->language : 0;
    int32_t year = (int32_t)lround(app->from_year), n = kj_live_placed_of(app->live, language, placed, KJ_PLACED_MAX);
    bool moved = false;
    char text[200];
    for (int32_t i = 0; i < n; i++) moved |= placed[i].policy == app->placing && placed[i].year == year;
    kj_live_place(app->live, app->placing, year, (const double (*)[2])app->placed);
    n = kj_live_placed_of(app->live, language, placed, KJ_PLACED_MAX);
    for (int32_t i = 0; i < n && !moved; i++) {
        if (placed[i].policy != app->placing || placed[i].year != year) continue;
        snprintf(text, sizeof text, _("%s: placed in world B, from January %d."), placed[i].title, year);
        kj_app_say(app, text);
    }
    if (moved) kj_app_say(app, _("Moved: there is one of each a year. Choose another year for another one."));
    app->from_set = true;
    app->placing = -1;
    app->n_placed = 0;
}

/* Where the person points, in metres of the map. */
static void place_at(kj_app *app, double x, double y)
{
    int32_t which = 0, cell = kj_cell_under(app, x, y, &which);
    const kj_grid *g = &app->world[0].grid;
    const uint8_t *land = kj_world_land(&app->world[which], kj_app_index(app, &app->world[which]));
    if (cell < 0 || !land || land[cell] == KJ_WORLD_OUTSIDE) {
        kj_app_say(app, _("That is outside the map: choose a place inside it."));
        return;
    }
    if (land[cell] == KJ_LAND_WATER && app->placing_kind == KJ_PLACE_POINT) {
        kj_app_say(app, _("That is water: choose a place on land."));
        return;
    }
    dirty(app);
    app->placed[app->n_placed][0] = g->west + (cell % g->nx + 0.5) * g->cell_m;
    app->placed[app->n_placed][1] = g->north - (cell / g->nx + 0.5) * g->cell_m;
    app->n_placed++;
    if (app->placing_kind == KJ_PLACE_LINE && app->n_placed < 2) return;
    place_now(app);
}

static void place_in_middle(kj_app *app)
{
    if (app->placing >= 0) place_at(app, (app->map.x + app->map.w / 2.0) * app->unit, (app->map.y + app->map.h / 2.0) * app->unit);
}

/* What is selected is looked at in the same world as the figures; a chain and a household are of one world alone. */
static void show_figures_of(kj_app *app, int32_t world)
{
    if (app->n_worlds != 2) return;
    app->figures_of = world ? 1 : 0;
    if (app->selection == KJ_SELECT_CELL) app->selected_world = app->figures_of;
    if (app->selection == KJ_SELECT_SCHOOL && app->selected_school < app->world[app->figures_of].n_facilities) app->selected_world = app->figures_of;
}

void kj_app_act(kj_app *app, kj_action action, int32_t argument, double value)
{
    dirty(app);
    switch (action) {
    case KJ_ACT_PLAY:
        if (!app->playing && app->year >= app->last_year) app->year = app->first_year;
        app->playing = !app->playing;
        app->play_from = 0.0;
        break;
    case KJ_ACT_STEP:
        app->playing = false;
        kj_app_set_year(app, app->year + argument);
        break;
    case KJ_ACT_YEAR:
        app->playing = false;
        kj_app_set_year(app, (int32_t)lround(value));
        break;
    case KJ_ACT_SPEED: faster(app); break;
    case KJ_ACT_VIEW: set_view(app, (kj_view_id)argument); break;
    case KJ_ACT_LAYER: app->layers ^= (uint32_t)argument; break;
    case KJ_ACT_GRADES: app->catchment_7_9 = argument != 0; break;
    case KJ_ACT_COMPARE:
        if (app->n_worlds != 2) break;
        app->compare = (kj_comparing)argument;
        look_again(app);
        break;
    case KJ_ACT_SWIPE: app->swipe = clamp(value, 0.05, 0.95); break;
    case KJ_ACT_LANGUAGE: kj_app_set_language(app, (kj_language)argument); break;
    case KJ_ACT_FORUM: set_forum(app); break;
    case KJ_ACT_CONTRAST:
        app->contrast = !app->contrast;
        app->ui.theme = app->contrast ? kj_theme_high_contrast() : kj_theme_light();
        break;
    case KJ_ACT_SCALE:
        app->text_scale = clamp(argument ? floor((app->text_scale + 0.1 * argument) * 10.0 + 0.5) / 10.0 : value, 0.8, 2.0);
        app->sight = KJ_SIGHT_NONE;
        kj_app_layout(app);
        break;
    case KJ_ACT_TAB:
        app->tab = app->tab == (kj_tab)argument && argument == KJ_TAB_MENU ? KJ_TAB_RESULTS : (kj_tab)argument;
        kj_app_layout(app);
        break;
    case KJ_ACT_LEFT: app->left_tab = (kj_tab)argument; break;
    case KJ_ACT_PAGE: turn_page(app, argument); break;
    case KJ_ACT_ZOOM:
        if (argument == 0) kj_app_fit(app);
        else zoom_middle(app, argument > 0 ? 1.4 : 1.0 / 1.4);
        break;
    case KJ_ACT_HOW:
        app->how = argument;
        app->selection = KJ_SELECT_HOW;
        app->tab = KJ_TAB_SELECTED;
        app->page[KJ_TAB_SELECTED] = 0;
        break;
    case KJ_ACT_SCHOOL:
        app->selected_school = argument;
        app->selected_world = (int32_t)(kj_app_world(app) - app->world);
        app->selection = KJ_SELECT_SCHOOL;
        app->tab = KJ_TAB_SELECTED;
        app->page[KJ_TAB_SELECTED] = 0;
        set_view(app, KJ_VIEW_SCHOOLS);
        break;
    case KJ_ACT_CHAIN: tell_chain(app, argument); break;
    case KJ_ACT_HOUSEHOLD:
        app->selected_household = (kj_id)argument;
        app->selection = KJ_SELECT_HOUSEHOLD;
        app->chain_root = 0;
        app->tab = KJ_TAB_SELECTED;
        app->page[KJ_TAB_SELECTED] = 0;
        break;
    case KJ_ACT_SOURCES:
        app->selection = KJ_SELECT_SOURCES;
        app->tab = KJ_TAB_SELECTED;
        app->page[KJ_TAB_SELECTED] = 0;
        kj_app_layout(app);
        break;
    case KJ_ACT_UNSELECT:
        app->selection = KJ_SELECT_NONE;
        app->chain_root = 0;
        app->tab = KJ_TAB_RESULTS;
        break;
    case KJ_ACT_EXPORT: export_now(app, (kj_export)argument); break;
    case KJ_ACT_SESSION: save_session(app); break;
    case KJ_ACT_WORLD: show_figures_of(app, argument); break;
    case KJ_ACT_QUIT: app->quit = true; break;
    case KJ_ACT_POLICY:
    case KJ_ACT_LEVER:
    case KJ_ACT_PLACE:
    case KJ_ACT_UNDO:
    case KJ_ACT_REDO:
    case KJ_ACT_FROM:
        if (app->live) act_live(app, action, argument, value);
        break;
    case KJ_ACT_NONE: break;
    }
}

static void act_on(kj_app *app, int32_t index, double x)
{
    const kj_widget w = app->ui.widgets[index];
    kj_app_act(app, (kj_action)w.action, w.argument, w.kind == KJ_W_SLIDER ? kj_ui_slider_value(&w, x) : w.on ? 0.0 : 1.0);
}

/* ---- mouse ---- */

static bool in_map(const kj_app *app, double x, double y)
{
    const kj_box *m = &app->map;
    return x >= m->x && y >= m->y && x < m->x + m->w && y < m->y + m->h;
}

static bool is_covered(const kj_app *app, double x, double y)
{
    for (int32_t i = 0; i < app->n_covers; i++) {
        const kj_box *c = &app->covers[i];
        if (x >= c->x && y >= c->y && x < c->x + c->w && y < c->y + c->h) return true;
    }
    return false;
}

void kj_app_press(kj_app *app, double x, double y)
{
    double ux = x / app->unit, uy = y / app->unit;
    app->mouse_down = true;
    app->dragging = false;
    app->drag_x = x;
    app->drag_y = y;
    app->drag_camera = app->camera;
    app->ui.show_focus = false;
    app->pressed = kj_ui_at(&app->ui, ux, uy);
    if (app->pressed < 0 && is_covered(app, ux, uy)) app->mouse_down = false; /* what lies over the map keeps the click */
    if (app->pressed < 0) return;
    app->ui.focus = app->pressed;
    if (app->ui.widgets[app->pressed].kind == KJ_W_SLIDER) act_on(app, app->pressed, ux);
}

void kj_app_move(kj_app *app, double x, double y)
{
    app->mouse_x = x;
    app->mouse_y = y;
    if (!app->mouse_down) return;
    if (app->pressed >= 0 && app->pressed < app->ui.n_widgets) {
        if (app->ui.widgets[app->pressed].kind == KJ_W_SLIDER) act_on(app, app->pressed, x / app->unit);
        return;
    }
    if (!app->dragging && hypot(x - app->drag_x, y - app->drag_y) < 5.0) return;
    if (!in_map(app, app->drag_x / app->unit, app->drag_y / app->unit)) return;
    app->dragging = true;
    app->camera.col = app->drag_camera.col - (x - app->drag_x) / app->camera.zoom;
    app->camera.row = app->drag_camera.row - (y - app->drag_y) / app->camera.zoom;
    app->sight = KJ_SIGHT_OWN;
    app->map_dirty = true;
}

void kj_app_release(kj_app *app, double x, double y)
{
    double ux = x / app->unit, uy = y / app->unit;
    bool click = app->mouse_down && !app->dragging;
    app->mouse_down = app->dragging = false;
    if (!click) return;
    if (app->pressed >= 0 && app->pressed < app->ui.n_widgets) {
        const kj_widget *w = &app->ui.widgets[app->pressed];
        if (w->kind != KJ_W_SLIDER && kj_ui_at(&app->ui, ux, uy) == app->pressed) act_on(app, app->pressed, ux);
    } else if (in_map(app, ux, uy) && app->placing >= 0) {
        place_at(app, x, y);
    } else if (in_map(app, ux, uy)) {
        kj_select_at(app, x, y);
        kj_app_layout(app);
    }
    app->pressed = -1;
}

void kj_app_wheel(kj_app *app, double x, double y, double steps)
{
    if (in_map(app, x / app->unit, y / app->unit)) zoom_at(app, x, y, pow(1.2, steps));
}

/* ---- keys ---- */

/* Arrows move a slider that has the focus; true if they did. */
static bool slide(kj_app *app, int direction)
{
    if (app->ui.focus < 0 || app->ui.focus >= app->ui.n_widgets || !app->ui.show_focus) return false;
    const kj_widget w = app->ui.widgets[app->ui.focus];
    if (w.kind != KJ_W_SLIDER) return false;
    double step = w.step > 0.0 ? w.step : (w.high - w.low) / 20.0;
    kj_app_act(app, (kj_action)w.action, w.argument, clamp(w.value + direction * step, w.low, w.high));
    return true;
}

static void pan(kj_app *app, double dx, double dy)
{
    app->camera.col += dx * 60.0 * app->unit / app->camera.zoom;
    app->camera.row += dy * 60.0 * app->unit / app->camera.zoom;
    app->sight = KJ_SIGHT_OWN;
    app->map_dirty = true;
}

static bool press_focused(kj_app *app)
{
    if (!app->ui.show_focus || app->ui.focus < 0 || app->ui.focus >= app->ui.n_widgets) return false;
    if (app->ui.widgets[app->ui.focus].kind != KJ_W_SLIDER) act_on(app, app->ui.focus, 0.0);
    return true;
}

/* Every key, with the line of the menu that tells of it: a key that is not told of is not taken. */
typedef struct key_line {
    const char *help;
    bool live, control; /* in live sessions alone; with the control key */
    SDL_Keycode keys[13];
} key_line;

static const key_line key_lines[] = {
    {N_("Space: play or pause"), false, false, {SDLK_SPACE}},
    {N_("Left, right: one year; Home, End: first and last"), false, false, {SDLK_LEFT, SDLK_RIGHT, SDLK_HOME, SDLK_END}},
    {N_("Tab: next control; Enter or space: press it; arrows: move a slider"), false, false, {SDLK_TAB, SDLK_RETURN, SDLK_KP_ENTER}},
    {N_("+, −, 0: zoom and whole map; W A S D: move the map"),
     false,
     false,
     {SDLK_PLUS, SDLK_EQUALS, SDLK_KP_PLUS, SDLK_MINUS, SDLK_KP_MINUS, SDLK_0, SDLK_w, SDLK_a, SDLK_s, SDLK_d}},
    {N_("1–9: views; C: compare; F5: forum mode; F11: full screen"),
     false,
     false,
     {SDLK_1, SDLK_2, SDLK_3, SDLK_4, SDLK_5, SDLK_6, SDLK_7, SDLK_8, SDLK_9, SDLK_c, SDLK_F5, SDLK_F11}},
    {N_("B: figures of the other world; Page Up, Page Down: turn the page; Esc: close what is selected"),
     false,
     false,
     {SDLK_b, SDLK_PAGEUP, SDLK_PAGEDOWN, SDLK_ESCAPE}},
    {N_("P: put in the middle of the map what is to be placed"), true, false, {SDLK_p}},
    {N_("Ctrl+Z: undo; Ctrl+Y: redo"), true, true, {SDLK_z, SDLK_y}},
    {N_("Ctrl+P: picture; Ctrl+S: save the session; Ctrl+Q: quit"), false, true, {SDLK_p, SDLK_s, SDLK_q}}};
enum { KEY_LINES = sizeof key_lines / sizeof *key_lines };

const char *kj_key_help(const kj_app *app, int32_t line)
{
    for (int32_t i = 0; i < KEY_LINES; i++)
        if ((!key_lines[i].live || app->live) && line-- == 0) return key_lines[i].help;
    return NULL;
}

static bool is_told(const kj_app *app, SDL_Keycode key, bool control)
{
    for (int32_t i = 0; i < KEY_LINES; i++)
        for (size_t k = 0; k < sizeof key_lines[0].keys / sizeof *key_lines[0].keys && (!key_lines[i].live || app->live); k++)
            if (key_lines[i].control == control && key_lines[i].keys[k] == key) return true;
    return false;
}

void kj_app_key(kj_app *app, SDL_Keycode key, bool shift, bool control)
{
    if (!is_told(app, key, control)) return;
    if (control) {
        if (key == SDLK_s) kj_app_act(app, KJ_ACT_SESSION, 0, 0.0);
        if (key == SDLK_p) kj_app_act(app, KJ_ACT_EXPORT, KJ_EXPORT_PNG, 0.0);
        if (key == SDLK_z) kj_app_act(app, shift ? KJ_ACT_REDO : KJ_ACT_UNDO, 0, 0.0);
        if (key == SDLK_y) kj_app_act(app, KJ_ACT_REDO, 0, 0.0);
        if (key == SDLK_q) app->quit = true;
        return;
    }
    switch (key) {
    case SDLK_TAB:
        app->ui.show_focus = true;
        kj_ui_focus_next(&app->ui, shift ? -1 : 1);
        dirty(app);
        break;
    case SDLK_RETURN:
    case SDLK_KP_ENTER: press_focused(app); break;
    case SDLK_SPACE:
        if (!press_focused(app)) kj_app_act(app, KJ_ACT_PLAY, 0, 0.0);
        break;
    case SDLK_ESCAPE:
        app->ui.show_focus = false;
        app->ui.focus = -1;
        app->placing = -1;
        app->message[0] = 0;
        kj_app_act(app, KJ_ACT_UNSELECT, 0, 0.0);
        break;
    case SDLK_LEFT:
        if (!slide(app, -1)) kj_app_act(app, KJ_ACT_STEP, -1, 0.0);
        break;
    case SDLK_RIGHT:
        if (!slide(app, 1)) kj_app_act(app, KJ_ACT_STEP, 1, 0.0);
        break;
    case SDLK_HOME: kj_app_act(app, KJ_ACT_YEAR, 0, app->first_year); break;
    case SDLK_END: kj_app_act(app, KJ_ACT_YEAR, 0, app->last_year); break;
    case SDLK_PLUS:
    case SDLK_EQUALS:
    case SDLK_KP_PLUS: kj_app_act(app, KJ_ACT_ZOOM, 1, 0.0); break;
    case SDLK_MINUS:
    case SDLK_KP_MINUS: kj_app_act(app, KJ_ACT_ZOOM, -1, 0.0); break;
    case SDLK_0: kj_app_act(app, KJ_ACT_ZOOM, 0, 0.0); break;
    case SDLK_p: place_in_middle(app); break;
    case SDLK_b: kj_app_act(app, KJ_ACT_WORLD, !app->figures_of, 0.0); break;
    case SDLK_w: pan(app, 0.0, -1.0); break;
    case SDLK_s: pan(app, 0.0, 1.0); break;
    case SDLK_a: pan(app, -1.0, 0.0); break;
    case SDLK_d: pan(app, 1.0, 0.0); break;
    case SDLK_1: case SDLK_2: case SDLK_3: case SDLK_4: case SDLK_5: case SDLK_6: case SDLK_7: case SDLK_8: case SDLK_9:
        if ((int32_t)(key - SDLK_1) < kj_view_total(app)) kj_app_act(app, KJ_ACT_VIEW, (int32_t)(key - SDLK_1), 0.0);
        break;
    case SDLK_c: kj_app_act(app, KJ_ACT_COMPARE, (app->compare + 1) % 4, 0.0); break;
    case SDLK_F5: kj_app_act(app, KJ_ACT_FORUM, 0, 0.0); break;
    case SDLK_PAGEUP: kj_app_act(app, KJ_ACT_PAGE, -1 - 4 * (int32_t)app->tab, 0.0); break;
    case SDLK_PAGEDOWN: kj_app_act(app, KJ_ACT_PAGE, 1 + 4 * (int32_t)app->tab, 0.0); break;
    default: break;
    }
}
