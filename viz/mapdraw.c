/* The map: raster, dots, flows, chain, signs, names, legend, scale, north, what is real and what is not. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/draw/number.h"
#include "../core/io/first_full.h"
#include "app.h"
#include "signs.h"

#define _(text) kj_tr(text)
#define N_(text) text

enum { OBSTACLES = 640, NAMES = 96, FLOWS_MAX = 160, GAP = 14 };

/* A school as names see it: of a pair, whatever school either world has, so that both halves are lettered alike. */
typedef struct school_mark {
    const kj_facility *school;
    double x, y;
    kj_box box;
    bool full, here; /* without a place left in either world; its sign stands on what is lettered */
} school_mark;
enum { MARKS = 2 * KJ_SCHOOL_SIGNS_MAX };

/* Everything that draws one pane. Coordinates of the canvas are units. */
typedef struct painter {
    bool planned_too; /* what is put on the map for a year to come is drawn as well, hollow */
    kj_app *app;
    kj_canvas *canvas;
    kj_pane pane;
    int32_t year_index;
    kj_box obstacles[OBSTACLES];
    int32_t n_obstacles;
    kj_school_signs schools;
    school_mark marks[MARKS];
    int32_t n_marks;
} painter;

static bool is_pair(const kj_app *app) { return app->n_worlds == 2 && (app->compare == KJ_SWIPE || app->compare == KJ_SIDE); }
static bool is_side(const kj_app *app) { return app->n_worlds == 2 && app->compare == KJ_SIDE; }

static double cell_units(const kj_app *app) { return app->camera.zoom / app->unit; }
static double x_of(const painter *p, double col) { return kj_pane_x(p->app, &p->pane, col); }
static double y_of(const painter *p, double row) { return kj_pane_y(p->app, &p->pane, row); }
static bool is_in(const kj_box *b, double x, double y, double margin)
{
    return x >= b->x - margin && y >= b->y - margin && x < b->x + b->w + margin && y < b->y + b->h + margin;
}

/* ---- raster ---- */

static bool fill_pyramid(kj_app *app, const kj_pane *pane)
{
    kj_error err;
    kj_world *w = pane->world;
    bool chosen = app->view == KJ_VIEW_SCHOOLS && app->selection == KJ_SELECT_SCHOOL && app->selected_world == pane->which;
    int32_t detail = app->view == KJ_VIEW_SCHOOLS ? 2 * (chosen ? app->selected_school + 1 : 0) + app->catchment_7_9 : 0;
    kj_shown wanted = {(int32_t)app->view, kj_app_index(app, w), app->generation, detail};
    kj_shown *shown = &app->shown[pane->which];
    kj_pyramid *p = &app->pyramid[pane->which];
    if (p->n_levels && memcmp(shown, &wanted, sizeof wanted) == 0) return true;
    bool large = kj_overview_is_large(w);
    if (large && !app->whole && kj_overview_show(app, pane->which, &wanted, p)) {
        *shown = wanted;
        return true;
    }
    if (kj_pyramid_resize(&err, p, w->grid.nx, w->grid.ny)) {
        kj_app_say(app, err.text);
        return false;
    }
    if (large && !app->whole && kj_overview_fill(app, w, wanted.year_index, p)) {
        kj_overview_keep(app, pane->which, &wanted, p);
        *shown = wanted;
        return true;
    }
    kj_view_fill(app, w, wanted.year_index, p->level[0]);
    kj_pyramid_build(p);
    if (large) kj_overview_keep(app, pane->which, &wanted, p);
    *shown = wanted;
    return true;
}

/* On a page the raster is a picture of its own; in the window it goes straight into the frame. */
static void paint_raster(kj_app *app, kj_canvas *canvas, const kj_pane *pane)
{
    double u = app->unit;
    kj_pixels px = {.data = app->frame, .stride = app->width_px,
                    .x = (int32_t)lround(pane->box.x * u), .y = (int32_t)lround(pane->box.y * u)};
    px.w = (int32_t)lround((pane->box.x + pane->box.w) * u) - px.x;
    px.h = (int32_t)lround((pane->box.y + pane->box.h) * u) - px.y;
    px.left = (int32_t)lround((pane->clip.x - pane->box.x) * u);
    px.right = (int32_t)lround((pane->clip.x + pane->clip.w - pane->box.x) * u);
    if (px.w < 1 || px.h < 1 || !fill_pyramid(app, pane)) return;
    const uint32_t outside = KJ_OUTSIDE_RGB;
    if (!canvas->vector) {
        cairo_surface_flush(canvas->surface);
        kj_pyramid_paint(&app->pyramid[pane->which], &app->camera, &px, outside);
        cairo_surface_mark_dirty_rectangle(canvas->surface, px.x, px.y, px.w, px.h);
        return;
    }
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, px.w, px.h);
    if (cairo_surface_status(image) == CAIRO_STATUS_SUCCESS) {
        px.data = (uint32_t *)(void *)cairo_image_surface_get_data(image);
        px.stride = cairo_image_surface_get_stride(image) / 4;
        px.x = px.y = 0;
        kj_pyramid_paint(&app->pyramid[pane->which], &app->camera, &px, outside);
        cairo_surface_mark_dirty(image);
        cairo_save(canvas->cr);
        cairo_rectangle(canvas->cr, pane->clip.x, pane->clip.y, pane->clip.w, pane->clip.h);
        cairo_clip(canvas->cr);
        cairo_translate(canvas->cr, pane->box.x, pane->box.y);
        cairo_scale(canvas->cr, 1.0 / u, 1.0 / u);
        cairo_set_source_surface(canvas->cr, image, 0.0, 0.0);
        cairo_paint(canvas->cr);
        cairo_restore(canvas->cr);
    }
    cairo_surface_destroy(image);
}

/* ---- dots ---- */

/* One dot stands for 4^k households, so that dots of an ordinary built cell keep about nine units apart. */
static int32_t households_a_dot(const kj_app *app)
{
    double cell = cell_units(app), wanted = app->world[0].built_dots * 81.0 / (cell * cell);
    int32_t each = 1;
    while (each < wanted && each < 65536) each *= 4;
    return each;
}

static uint32_t scramble(uint32_t x)
{
    x ^= x >> 16;
    x *= 0x7FEB352Du;
    x ^= x >> 15;
    x *= 0x846CA68Bu;
    return x ^ (x >> 16);
}

static bool grow_dots(kj_dots *d)
{
    int32_t capacity = d->capacity ? d->capacity * 2 : 4096;
    float *col = realloc(d->col, (size_t)capacity * sizeof *col), *row = col ? realloc(d->row, (size_t)capacity * sizeof *row) : NULL;
    if (col) d->col = col;
    if (row) d->row = row;
    if (!row) return false;
    d->capacity = capacity;
    return true;
}

/* A cell of n households has n / each dots, rounded up with the probability of the rest: the same cells every year. */
static void fill_dots(kj_app *app, const kj_pane *pane, int32_t year_index)
{
    kj_dots *d = &app->dots[pane->which];
    int32_t each = households_a_dot(app);
    if (d->each == each && d->year_index == year_index && d->generation == app->generation && d->col) return;
    const float *count = kj_world_layer(pane->world, app->world[0].dots, year_index);
    d->n = 0;
    for (int32_t cell = 0; count && cell < kj_grid_cells(&pane->world->grid); cell++) {
        if (!(count[cell] > 0.0f)) continue;
        double exact = (double)count[cell] / each + scramble((uint32_t)cell + 1u) / 4294967296.0;
        for (int32_t k = 0; k < (int32_t)exact; k++) {
            uint32_t luck = scramble((uint32_t)cell * 64u + (uint32_t)k + 77u);
            if (d->n == d->capacity && !grow_dots(d)) return;
            d->col[d->n] = (float)(cell % pane->world->grid.nx) + (float)(luck & 0xFFFFu) / 65536.0f;
            d->row[d->n++] = (float)(cell / pane->world->grid.nx) + (float)(luck >> 16) / 65536.0f;
        }
    }
    d->each = each;
    d->year_index = year_index;
    d->generation = app->generation;
}

static void put_dot(kj_app *app, int32_t x, int32_t y, const int32_t clip[4], const uint8_t *shape, int32_t r)
{
    for (int32_t dy = -r; dy <= r; dy++) {
        if (y + dy < clip[1] || y + dy >= clip[3]) continue;
        uint32_t *line = app->frame + (size_t)(y + dy) * (size_t)app->width_px;
        for (int32_t dx = -r; dx <= r; dx++) {
            uint32_t cover = shape[(dy + r) * (2 * r + 1) + dx + r];
            if (!cover || x + dx < clip[0] || x + dx >= clip[2]) continue;
            line[x + dx] = 0xFF000000u | kj_mix(line[x + dx] & 0xFFFFFFu, 0x16222Eu, cover);
        }
    }
}

static void draw_dots(painter *p)
{
    enum { R_MAX = 6 };
    kj_app *app = p->app;
    bool hurried = kj_overview_is_large(p->pane.world) && app->pyramid[p->pane.which].first > 0 && kj_overview_hurries(app);
    app->dots_wait |= hurried;
    if (!hurried) fill_dots(app, &p->pane, p->year_index);
    const kj_dots *d = &app->dots[p->pane.which];
    if (d->n > 0 && d->year_index != p->year_index) return; /* of another year while a large map is gone through */
    double u = app->unit, radius = fmin(1.7 * u, 5.0);
    if (p->canvas->vector) {
        kj_canvas_color(p->canvas, KJ_RGB(0x16222E), 0.85);
        for (int32_t i = 0; i < d->n; i++) {
            double x = x_of(p, d->col[i]), y = y_of(p, d->row[i]);
            if (is_in(&p->pane.clip, x, y, 0.0)) cairo_rectangle(p->canvas->cr, x - 1.3, y - 1.3, 2.6, 2.6);
        }
        cairo_fill(p->canvas->cr);
        return;
    }
    int32_t r = (int32_t)ceil(radius);
    uint8_t shape[(2 * R_MAX + 1) * (2 * R_MAX + 1)];
    for (int32_t dy = -r; dy <= r; dy++)
        for (int32_t dx = -r; dx <= r; dx++) {
            double cover = radius + 0.5 - sqrt((double)(dx * dx + dy * dy));
            shape[(dy + r) * (2 * r + 1) + dx + r] = (uint8_t)(fmax(0.0, fmin(1.0, cover)) * 220.0);
        }
    const kj_box *c = &p->pane.clip;
    const int32_t clip[4] = {(int32_t)lround(c->x * u), (int32_t)lround(c->y * u), (int32_t)lround((c->x + c->w) * u), (int32_t)lround((c->y + c->h) * u)};
    cairo_surface_flush(p->canvas->surface);
    double x0 = x_of(p, 0.0) * u, y0 = y_of(p, 0.0) * u, zoom = app->camera.zoom;
    for (int32_t i = 0; i < d->n; i++) {
        int32_t x = (int32_t)floor(x0 + d->col[i] * zoom), y = (int32_t)floor(y0 + d->row[i] * zoom);
        if (x > clip[0] - r && y > clip[1] - r && x < clip[2] + r && y < clip[3] + r) put_dot(app, x, y, clip, shape, r);
    }
    cairo_surface_mark_dirty_rectangle(p->canvas->surface, clip[0], clip[1], clip[2] - clip[0], clip[3] - clip[1]);
}

/* ---- chains ---- */

static void cell_place(const painter *p, int32_t cell, double *x, double *y)
{
    *x = x_of(p, (double)(cell % p->pane.world->grid.nx) + 0.5);
    *y = y_of(p, (double)(cell / p->pane.world->grid.nx) + 0.5);
}

/* A bow from one home to the next. */
static void bow(cairo_t *cr, double x1, double y1, double x2, double y2)
{
    double bend = 0.2, cx = (x1 + x2) / 2.0 - (y2 - y1) * bend, cy = (y1 + y2) / 2.0 + (x2 - x1) * bend;
    cairo_move_to(cr, x1, y1);
    cairo_curve_to(cr, x1 + (cx - x1) * 2.0 / 3.0, y1 + (cy - y1) * 2.0 / 3.0, x2 + (cx - x2) * 2.0 / 3.0, y2 + (cy - y2) * 2.0 / 3.0, x2, y2);
}

typedef struct ink {
    kj_app *app;
    int32_t clip[4]; /* left, top, right, bottom; pixels */
    uint32_t color, cover;
} ink;

static void spot(const ink *k, int32_t x, int32_t y, double share)
{
    if (x < k->clip[0] || y < k->clip[1] || x >= k->clip[2] || y >= k->clip[3]) return;
    uint32_t *at = k->app->frame + (size_t)y * (size_t)k->app->width_px + x;
    *at = 0xFF000000u | kj_mix(*at & 0xFFFFFFu, k->color, (uint32_t)(share * k->cover));
}

/* A thin line, smoothed across (Wu 1991): hundreds of them cost less than one stroke of a path of hundreds. */
static void thin_line(const ink *k, double x1, double y1, double x2, double y2)
{
    bool steep = fabs(y2 - y1) > fabs(x2 - x1);
    double a1 = steep ? y1 : x1, b1 = steep ? x1 : y1, a2 = steep ? y2 : x2, b2 = steep ? x2 : y2;
    if (a1 > a2) {
        double t = a1;
        a1 = a2;
        a2 = t;
        t = b1;
        b1 = b2;
        b2 = t;
    }
    double low = steep ? k->clip[1] : k->clip[0], high = steep ? k->clip[3] : k->clip[2], slope = a2 > a1 ? (b2 - b1) / (a2 - a1) : 0.0;
    for (int32_t a = (int32_t)ceil(fmax(a1, low)); a < fmin(a2, high); a++) {
        double b = b1 + slope * (a - a1), part = b - floor(b);
        int32_t whole = (int32_t)floor(b);
        spot(k, steep ? whole : a, steep ? a : whole, 1.0 - part);
        spot(k, steep ? whole + 1 : a, steep ? a : whole + 1, part);
    }
}

/* The bow as short thin lines, pixels. */
static void thin_bow(const ink *k, double x1, double y1, double x2, double y2)
{
    enum { STEPS = 20 };
    double bend = 0.2, cx = (x1 + x2) / 2.0 - (y2 - y1) * bend, cy = (y1 + y2) / 2.0 + (x2 - x1) * bend, px = x1, py = y1;
    for (int i = 1; i <= STEPS; i++) {
        double t = (double)i / STEPS, u = 1.0 - t, x = u * u * x1 + 2.0 * u * t * cx + t * t * x2, y = u * u * y1 + 2.0 * u * t * cy + t * t * y2;
        thin_line(k, px, py, x, y);
        px = x;
        py = y;
    }
}

static ink ink_of(const painter *p)
{
    double u = p->app->unit;
    const kj_box *c = &p->pane.clip;
    return (ink){p->app, {(int32_t)lround(c->x * u), (int32_t)lround(c->y * u), (int32_t)lround((c->x + c->w) * u), (int32_t)lround((c->y + c->h) * u)}, 0x1A2733u, 100u};
}

/* Moves between homes in the year, an even sample of them: enough to see the pattern, too few for a hairball. */
static void draw_flows(painter *p)
{
    const kj_world *w = p->pane.world;
    kj_month last = kj_app_month(p->app), first = last - 11;
    uint32_t n = 0, seen = 0;
    cairo_t *cr = p->canvas->cr;
    ink k = ink_of(p);
    double u = p->app->unit;
    for (uint32_t i = 0; i < w->n_vacancies; i++) n += w->vacancies[i].parent && w->vacancies[i].opened >= first && w->vacancies[i].opened <= last;
    uint32_t every = n / FLOWS_MAX + 1;
    cairo_surface_flush(p->canvas->surface);
    for (uint32_t i = 0; i < w->n_vacancies; i++) {
        const kj_vacancy_row *v = &w->vacancies[i];
        if (!v->parent || v->opened < first || v->opened > last || seen++ % every) continue;
        double x1, y1, x2, y2;
        int32_t to = w->vacancies[v->parent - 1].cell;
        if (v->cell < 0 || to < 0) continue;
        cell_place(p, v->cell, &x1, &y1);
        cell_place(p, to, &x2, &y2);
        if (!is_in(&p->pane.clip, x1, y1, 0.0) && !is_in(&p->pane.clip, x2, y2, 0.0)) continue;
        if (!p->canvas->vector) {
            thin_bow(&k, x1 * u, y1 * u, x2 * u, y2 * u);
            continue;
        }
        bow(cr, x1, y1, x2, y2);
        kj_canvas_color(p->canvas, KJ_COLOR_INK, 0.3);
        cairo_set_line_width(cr, 1.1);
        cairo_stroke(cr);
    }
    if (!p->canvas->vector) cairo_surface_mark_dirty_rectangle(p->canvas->surface, k.clip[0], k.clip[1], k.clip[2] - k.clip[0], k.clip[3] - k.clip[1]);
}

static void draw_marker(painter *p, double x, double y, int32_t number, double radius)
{
    cairo_t *cr = p->canvas->cr;
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    cairo_new_path(cr);
    cairo_arc(cr, x, y, radius, 0.0, 2.0 * M_PI);
    kj_canvas_color(p->canvas, KJ_COLOR_PAPER, 1.0);
    cairo_fill_preserve(cr);
    kj_canvas_color(p->canvas, p->app->ui.theme.accent, 1.0);
    cairo_set_line_width(cr, 3.5);
    cairo_stroke(cr);
    kj_text_style style = {.size = radius * 1.05, .weight = 700, .color = KJ_COLOR_INK};
    kj_text_size size = kj_sprite_measure(&p->app->sprites, p->canvas, &style, text);
    kj_sprite_draw(&p->app->sprites, p->canvas, x - size.width / 2.0, y - size.height / 2.0, &style, text);
}

/* Markers of homes in one place are moved apart along a line, so that each number can be read. */
static void place_markers(const painter *p, const kj_chain *chain, double radius, double x[KJ_CHAIN_STEPS_MAX], double y[KJ_CHAIN_STEPS_MAX])
{
    for (int32_t i = 0; i < chain->n; i++) {
        cell_place(p, p->pane.world->vacancies[chain->step[i]].cell, &x[i], &y[i]);
        for (int32_t tries = 0; tries < 24; tries++) {
            bool clash = false;
            for (int32_t j = 0; j < i; j++) clash |= hypot(x[i] - x[j], y[i] - y[j]) < radius * 2.3;
            if (!clash) break;
            x[i] += radius * 1.2 * cos(tries * 0.8);
            y[i] += radius * 1.2 * sin(tries * 0.8) + radius * 0.5;
        }
    }
}

/* half: where the chain's world is seen. */
static void draw_chain(painter *p, const kj_box *half)
{
    enum { RADIUS = 16 };
    kj_app *app = p->app;
    kj_chain chain;
    double x[KJ_CHAIN_STEPS_MAX], y[KJ_CHAIN_STEPS_MAX];
    if (app->selected_world != p->pane.which || !app->chain_root) return;
    kj_chain_follow(p->pane.world, app->chain_root, kj_app_month(app), &chain);
    cairo_t *cr = p->canvas->cr;
    cairo_save(cr);
    cairo_rectangle(cr, half->x, half->y, half->w, half->h);
    cairo_clip(cr);
    place_markers(p, &chain, RADIUS, x, y);
    for (int32_t i = 1; i < chain.n; i++) {
        const double dash[2] = {16.0, 6.0};
        bow(cr, x[i], y[i], x[i - 1], y[i - 1]);
        kj_canvas_color(p->canvas, KJ_COLOR_PAPER, 0.95);
        cairo_set_line_width(cr, 9.0);
        cairo_stroke_preserve(cr);
        kj_canvas_color(p->canvas, KJ_RGB(0x08306B), 1.0);
        cairo_set_line_width(cr, 5.0);
        cairo_set_dash(cr, dash, 2, 0.0);
        cairo_stroke(cr);
        cairo_set_dash(cr, NULL, 0, 0.0);
    }
    for (int32_t i = 0; i < chain.n; i++) draw_marker(p, x[i], y[i], i + 1, RADIUS);
    cairo_restore(cr);
}

/* Names never cover the numbers of a chain: hard obstacles, before the soft ones. */
static void note_chain(painter *p, const kj_box *half)
{
    enum { REACH = 20 };
    kj_chain chain;
    double x[KJ_CHAIN_STEPS_MAX], y[KJ_CHAIN_STEPS_MAX];
    if ((p->app->selected_world != p->pane.which && !is_side(p->app)) || !p->app->chain_root) return;
    painter of = {.app = p->app, .pane = p->pane};
    of.pane.world = &p->app->world[p->app->selected_world];
    kj_chain_follow(of.pane.world, p->app->chain_root, kj_app_month(p->app), &chain);
    place_markers(&of, &chain, 16.0, x, y);
    for (int32_t i = 0; i < chain.n && p->n_obstacles < OBSTACLES; i++)
        if (is_in(half, x[i], y[i], REACH)) p->obstacles[p->n_obstacles++] = (kj_box){x[i] - REACH, y[i] - REACH, 2.0 * REACH, 2.0 * REACH};
}

/* ---- signs and names ---- */

/* Has the school of a row no place left? */
static bool is_full_row(const painter *p, const kj_world *w, int32_t row)
{
    const size_t at = (size_t)kj_app_index(p->app, w) * (size_t)w->n_facilities + (size_t)row;
    return kj_is_full(w->pupils[at], w->places[at]);
}

/* The mark of the same school in the other world, or a new one; NULL: no room. */
static school_mark *mark_of(painter *p, const kj_facility *school)
{
    for (int32_t i = 0; i < p->n_marks; i++)
        if (p->marks[i].school->cell == school->cell && strcmp(p->marks[i].school->name, school->name) == 0) return &p->marks[i];
    if (p->n_marks == MARKS) return NULL;
    p->marks[p->n_marks] = (school_mark){0};
    return &p->marks[p->n_marks++];
}

static void mark_schools(painter *p, int32_t which, const kj_school_signs *signs)
{
    const kj_world *w = &p->app->world[which];
    const double middle = p->app->map.x + p->app->map.w * p->app->swipe;
    for (int32_t i = 0; i < signs->n; i++) {
        school_mark *mark = mark_of(p, &w->facilities[signs->row[i]]);
        if (!mark) return;
        if (!mark->school)
            *mark = (school_mark){.school = &w->facilities[signs->row[i]], .x = signs->sign[i].x, .y = signs->sign[i].y, .box = kj_school_sign_box(signs, i)};
        const bool swipes = p->app->n_worlds == 2 && p->app->compare == KJ_SWIPE;
        mark->full |= is_full_row(p, w, signs->row[i]);
        mark->here |= swipes ? which == (mark->x >= middle) : which == p->pane.which;
    }
}

/* Signs of the pane's schools, and the marks of all that names keep clear of. */
static void note_signs(painter *p)
{
    kj_school_signs_place(p->app, &p->pane, &p->schools);
    p->n_marks = 0;
    for (int32_t k = 0; k < p->app->n_worlds; k++) {
        kj_school_signs signs;
        kj_pane pane = p->pane;
        if (!is_pair(p->app) && k != p->pane.which) continue;
        pane.world = &p->app->world[k];
        kj_school_signs_place(p->app, &pane, &signs);
        mark_schools(p, k, &signs);
    }
    for (int32_t i = 0; i < p->n_marks && p->n_obstacles < OBSTACLES; i++) p->obstacles[p->n_obstacles++] = p->marks[i].box;
}

static void draw_sign(painter *p, double x, double y, double size, kj_rgb color, const char *letter)
{
    kj_box rim = {x - size * 0.58, y - size * 0.58, size * 1.16, size * 1.16}, box = {x - size / 2.0, y - size / 2.0, size, size};
    kj_canvas_fill_box(p->canvas, &rim, size * 0.25, KJ_COLOR_PAPER, 1.0);
    kj_canvas_fill_box(p->canvas, &box, size * 0.2, color, 1.0);
    kj_text_style style = {.size = size * 0.72, .weight = 700, .color = KJ_COLOR_PAPER};
    int32_t n_texts = p->canvas->n_texts; /* signs may stand close together: not a text of the layout */
    kj_text_size text = kj_sprite_measure(&p->app->sprites, p->canvas, &style, letter);
    kj_sprite_draw(&p->app->sprites, p->canvas, x - text.width / 2.0, y - text.height / 2.0, &style, letter);
    p->canvas->n_texts = n_texts;
}

/* Not half a sign at the edge of the map. */
static bool is_whole(const painter *p, int32_t i)
{
    kj_box box = kj_school_sign_box(&p->schools, i);
    return kj_box_inside(&box, &p->pane.box);
}

/* A sign is drawn whole in the world in which its middle lies. over: only those that reach into it; NULL: all, with their lines. */
static void draw_schools(painter *p, const kj_box *over)
{
    cairo_t *cr = p->canvas->cr;
    cairo_save(cr);
    cairo_rectangle(cr, p->pane.clip.x, p->pane.clip.y, p->pane.clip.w, p->pane.clip.h);
    cairo_clip(cr);
    if (!over) kj_map_sign_lines(p->canvas, p->schools.size, p->schools.sign, p->schools.n);
    cairo_restore(cr);
    for (int32_t i = 0; i < p->schools.n; i++) {
        const kj_sign *s = &p->schools.sign[i];
        const kj_box box = kj_school_sign_box(&p->schools, i);
        if ((over && !kj_box_overlaps(&box, over)) || !is_whole(p, i) || !is_in(&p->pane.clip, s->x, s->y, 0.0)) continue;
        const int32_t row = p->schools.row[i];
        const bool full = is_full_row(p, p->pane.world, row), closed = kj_facility_has_closed(&p->pane.world->facilities[row], kj_app_month(p->app));
        draw_sign(p, s->x, s->y, p->schools.size, closed ? KJ_COLOR_MUTED : full ? KJ_COLOR_FULL : KJ_COLOR_SCHOOL, closed ? "×" : full ? "!" : "S");
    }
}

/* A dot under a sign would spoil it. */
static bool under_sign(const painter *p, double x, double y)
{
    for (int32_t i = 0; i < p->n_obstacles; i++)
        if (is_in(&p->obstacles[i], x, y, 5.0)) return true;
    return false;
}

/* ---- what people have put on the map ---- */

static void placed_point(const painter *p, double x, double y, double *px, double *py)
{
    const kj_grid *g = &p->pane.world->grid;
    *px = x_of(p, (x - g->west) / g->cell_m);
    *py = y_of(p, (g->north - y) / g->cell_m);
}

/* A white-rimmed stroke of what has been traced. */
static void stroke_placed(const painter *p, double width, bool stands)
{
    cairo_t *cr = p->canvas->cr;
    kj_canvas_color(p->canvas, KJ_COLOR_PAPER, 0.95);
    cairo_set_line_width(cr, width + 3.0);
    cairo_stroke_preserve(cr);
    kj_canvas_color(p->canvas, p->app->ui.theme.b, 1.0);
    cairo_set_line_width(cr, width);
    const double dash[2] = {7.0, 5.0};
    if (!stands) cairo_set_dash(cr, dash, 2, 0.0);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0.0);
}

/* Places in world B from their year on: a pin, a ring as wide as the area, a line for a road. */
static int32_t placed_by(const painter *p, kj_live_placed out[KJ_PLACED_MAX])
{
    kj_app *app = p->app;
    if (!app->live) return 0;
    int32_t n = kj_live_placed_of(app->live, app->language < 3 ? (int)app->language : 0, out, KJ_PLACED_MAX), kept = 0;
    for (int32_t i = 0; i < n; i++)
        if (out[i].year <= app->year || p->planned_too) out[kept++] = out[i];
    return kept;
}

static void draw_placed(painter *p)
{
    enum { PIN = 7 };
    kj_live_placed placed[KJ_PLACED_MAX];
    p->planned_too = true;
    int32_t n = p->pane.which == 1 || p->app->compare != KJ_SIDE ? placed_by(p, placed) : 0; /* side by side B has its own map */
    cairo_t *cr = p->canvas->cr;
    for (int32_t i = 0; i < n; i++) {
        double x, y, x2, y2;
        bool stands = p->pane.which == 1 && placed[i].year <= p->app->year; /* else planned, or in the other world: hollow */
        placed_point(p, placed[i].x[0], placed[i].y[0], &x, &y);
        cairo_new_path(cr);
        if (placed[i].is_line) {
            placed_point(p, placed[i].x[1], placed[i].y[1], &x2, &y2);
            cairo_move_to(cr, x, y);
            cairo_line_to(cr, x2, y2);
            stroke_placed(p, 4.0, stands);
            continue;
        }
        if (placed[i].radius > 0.0) {
            cairo_arc(cr, x, y, placed[i].radius / p->pane.world->grid.cell_m * cell_units(p->app), 0.0, 2.0 * M_PI);
            stroke_placed(p, 2.5, stands);
        }
        kj_box rim = {x - PIN - 2.0, y - PIN - 2.0, 2.0 * PIN + 4.0, 2.0 * PIN + 4.0}, pin = {x - PIN, y - PIN, 2.0 * PIN, 2.0 * PIN};
        kj_canvas_fill_box(p->canvas, &rim, PIN + 2.0, KJ_COLOR_PAPER, 1.0);
        kj_canvas_fill_box(p->canvas, &pin, PIN, p->app->ui.theme.b, 1.0);
        kj_box hollow = {x - PIN + 3.0, y - PIN + 3.0, 2.0 * PIN - 6.0, 2.0 * PIN - 6.0};
        if (!stands) kj_canvas_fill_box(p->canvas, &hollow, PIN - 3.0, KJ_COLOR_PAPER, 1.0);
    }
}

typedef struct name_list {
    kj_anchor anchors[NAMES];
    const char *texts[NAMES];
    char short_names[NAMES][KJ_NAME_TEXT];
    kj_text_style styles[NAMES];
    bool dot[NAMES], hidden[NAMES]; /* hidden: of the other half of a pair, which leaves its place free here too */
    const school_mark *of[NAMES];   /* whose name it is; NULL: no school's */
    int32_t n;
} name_list;

static void add_name(painter *p, name_list *list, double x, double y, const char *text, double size, int32_t weight, bool dot)
{
    if (list->n >= NAMES || !is_in(&p->pane.clip, x, y, 0.0)) return;
    kj_text_style style = {.size = size, .weight = weight, .color = KJ_COLOR_INK, .halo = size * 0.16};
    for (int32_t i = 0; i < list->n; i++)
        if (strcmp(list->texts[i], text) == 0) return; /* parts of a town share its name */
    snprintf(list->short_names[list->n], KJ_NAME_TEXT, "%s", text);
    kj_text_size measured = kj_sprite_measure(&p->app->sprites, p->canvas, &style, text);
    list->anchors[list->n] = (kj_anchor){x, y, measured.width, measured.height, dot ? size * 0.45 : size * 0.75, dot ? (kj_box){x - 32.0, y - 32.0, 64.0, 64.0} : (kj_box){0.0, 0.0, 0.0, 0.0}};
    list->styles[list->n] = style;
    list->dot[list->n] = dot;
    list->hidden[list->n] = false;
    list->of[list->n] = NULL;
    list->texts[list->n] = list->short_names[list->n];
    list->n++;
}

static void collect_schools(painter *p, name_list *list, bool full)
{
    for (int32_t i = 0; i < p->n_marks; i++) {
        const school_mark *mark = &p->marks[i];
        char name[KJ_NAME_TEXT];
        const int32_t before = list->n;
        if (mark->full != full || !mark->school->name[0] || !kj_box_inside(&mark->box, &p->pane.box)) continue;
        add_name(p, list, mark->x, mark->y, kj_facility_name(mark->school, name), 18.0, 600, false);
        if (list->n == before) continue;
        list->of[before] = mark;
        list->hidden[before] = !mark->here;
    }
}

/* Whether another named town begins with the same word: then the word alone names it ("Värnamo" of "Värnamo, norra"). */
static size_t town_length(const kj_world *w, int32_t i)
{
    const char *name = w->areas[i].name;
    size_t word = strcspn(name, " ");
    for (int32_t j = 0; j < w->n_areas && w->areas[i].kind == KJ_AREA_TOWN; j++)
        if (j != i && w->areas[j].kind == KJ_AREA_TOWN && strcspn(w->areas[j].name, " ") == word && strncmp(name, w->areas[j].name, word) == 0) return word;
    return strlen(name);
}

/* By population, the largest first: those from `first` on, `most` of them. */
static void collect_places(painter *p, name_list *list, int32_t first, int32_t most)
{
    kj_world *w = is_side(p->app) ? &p->app->world[0] : p->pane.world; /* one order for both halves */
    int32_t order[NAMES], n = 0;
    if (!kj_world_area_column(w, "population", kj_app_index(p->app, w), w->area_population))
        memset(w->area_population, 0, (size_t)w->n_areas * sizeof *w->area_population);
    for (int32_t i = 0; i < w->n_areas; i++) {
        if (!w->areas[i].has_name || w->areas[i].kind == KJ_AREA_RURAL) continue;
        if (n == NAMES && w->area_population[i] <= w->area_population[order[NAMES - 1]]) continue;
        int32_t at = n < NAMES ? n++ : NAMES - 1;
        while (at > 0 && w->area_population[order[at - 1]] < w->area_population[i]) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    for (int32_t k = first; k < n && k < first + most; k++) {
        const kj_area *area = &w->areas[order[k]];
        bool town = area->kind == KJ_AREA_TOWN;
        char name[KJ_NAME_TEXT];
        snprintf(name, sizeof name, "%.*s", (int)town_length(w, order[k]), area->name);
        double small = kj_app_is_short(p->app) ? 0.8 : 1.0; /* or they would lie over signs */
        add_name(p, list, x_of(p, area->col), y_of(p, area->row), name, (town ? 23.0 : 19.0) * small, town ? 700 : 600, true);
    }
    if (n == 0 && first == 0 && w->place[0] && w->town_col >= 0.0) /* areas with codes alone: the municipality is named where most people live */
        add_name(p, list, x_of(p, w->town_col), y_of(p, w->town_row), w->place, 23.0, 700, true);
}

/* "Housing project 2028"; a school has its own name in its own view. */
static void collect_placed(painter *p, name_list *list)
{
    kj_live_placed placed[KJ_PLACED_MAX];
    bool swipe = p->app->compare == KJ_SWIPE; /* names are drawn over both worlds together there */
    double middle = swipe ? p->app->map.x + p->app->map.w * p->app->swipe : p->pane.which == 1 || is_side(p->app) ? -1e9 : 1e9; /* world A ends there */
    p->planned_too = true;
    int32_t n = placed_by(p, placed);
    for (int32_t i = 0; i < n; i++) {
        char name[KJ_NAME_TEXT + 16];
        double x, y;
        placed_point(p, placed[i].is_line ? (placed[i].x[0] + placed[i].x[1]) / 2.0 : placed[i].x[0], placed[i].is_line ? (placed[i].y[0] + placed[i].y[1]) / 2.0 : placed[i].y[0], &x, &y);
        char what[KJ_NAME_TEXT];
        snprintf(what, sizeof what, "%s%.80s", x > middle ? "" : "B: ", placed[i].title);
        snprintf(name, sizeof name, placed[i].year <= p->app->year ? "%s %d" : _("%s, planned %d"), what, placed[i].year);
        const int32_t before = list->n;
        add_name(p, list, x, y, name, 18.0, 700, false);
        if (list->n > before) list->hidden[before] = is_side(p->app) && p->pane.which == 0; /* B has its own map */
    }
}

static void keep_clear(painter *p, kj_box box, double margin)
{
    if (p->n_obstacles < OBSTACLES && box.w > 0.0)
        p->obstacles[p->n_obstacles++] = (kj_box){box.x - margin, box.y - margin, box.w + 2.0 * margin, box.h + 2.0 * margin};
}

static double distance_to(const kj_box *box, double x, double y)
{
    return hypot(fmax(fmax(box->x - x, x - box->x - box->w), 0.0), fmax(fmax(box->y - y, y - box->y - box->h), 0.0));
}

/* A name that is nearer to another school's sign would be read as that school's. */
static bool is_nearest(const painter *p, const school_mark *own, const kj_box *name)
{
    for (int32_t i = 0; own && i < p->n_marks; i++)
        if (&p->marks[i] != own && distance_to(name, p->marks[i].x, p->marks[i].y) <= distance_to(name, own->x, own->y)) return false;
    return true;
}

/* The i-th name, clear of everything that stands already; its place is then taken. A place beside the wrong sign is passed over. */
static void place_name(painter *p, const name_list *list, int32_t i, const kj_box *room, double rim, kj_box *placed)
{
    enum { SIDES = 8 };
    const int32_t kept = p->n_obstacles;
    for (int32_t tries = 0; tries < SIDES; tries++) {
        kj_labels_place(&list->anchors[i], 1, room, p->obstacles, p->n_obstacles, p->n_obstacles, placed);
        if (placed->w <= 0.0 || is_nearest(p, list->of[i], placed)) break;
        kj_box middle = {placed->x + placed->w / 2.0, placed->y + placed->h / 2.0, 1.0, 1.0};
        keep_clear(p, middle, 0.0);
        *placed = (kj_box){0};
    }
    p->n_obstacles = kept;
    keep_clear(p, *placed, rim);
}

/* The largest place tells where one is: beside its middle, or ever farther round it, before any other name; over signs if there is no other room. */
static void place_largest(painter *p, name_list *list, int32_t n_hard, const kj_box *room, kj_box placed[NAMES])
{
    enum { STEP = 32, FARTHEST = 160 };
    const int32_t i = list->n;
    if (!(p->app->layers & KJ_LAYER_NAMES)) return;
    collect_places(p, list, 0, 1);
    if (list->n == i) return;
    kj_anchor *a = &list->anchors[i];
    for (double r = STEP; r <= FARTHEST; r += STEP) {
        a->around = (kj_box){a->x - r, a->y - r, 2.0 * r, 2.0 * r};
        kj_labels_place(a, 1, room, p->obstacles, p->n_obstacles, p->n_obstacles, &placed[i]);
        if (placed[i].w > 0.0) break;
    }
    if (placed[i].w <= 0.0) kj_labels_place(a, 1, room, p->obstacles, p->n_obstacles, n_hard, &placed[i]);
}

/* Names in the view of schools: the largest place, full schools, the other schools, smaller places. No other name stands at the sign of a full
   school: that school would be taken for full. */
static void place_with_schools(painter *p, name_list *list, int32_t n_hard, const kj_box *room, kj_box placed[NAMES])
{
    enum { RIM = 8, APART = 3 };
    for (int32_t i = 0; i < list->n; i++) place_name(p, list, i, room, APART, &placed[i]);
    int32_t begin = list->n;
    place_largest(p, list, n_hard, room, placed);
    for (; begin < list->n; begin++) keep_clear(p, placed[begin], APART);
    collect_schools(p, list, true);
    for (; begin < list->n; begin++) place_name(p, list, begin, room, RIM, &placed[begin]);
    for (int32_t i = 0; i < p->n_marks; i++)
        if (p->marks[i].full) keep_clear(p, p->marks[i].box, RIM);
    collect_schools(p, list, false);
    if (p->app->layers & KJ_LAYER_NAMES) collect_places(p, list, 1, NAMES);
    for (; begin < list->n; begin++) place_name(p, list, begin, room, APART, &placed[begin]);
}

static bool covers_sign(const painter *p, const kj_box *name)
{
    for (int32_t i = 0; i < p->n_marks; i++)
        if (kj_box_overlaps(name, &p->marks[i].box)) return true;
    return false;
}

/* Names in other views: a place that has no room beside the signs is left out, but for the largest. */
static void place_beside_signs(painter *p, name_list *list, int32_t n_hard, const kj_box *room, kj_box placed[NAMES])
{
    enum { APART = 3 };
    kj_labels_place(list->anchors, list->n, room, p->obstacles, p->n_obstacles, n_hard, placed);
    for (int32_t i = 0; i < list->n; i++) keep_clear(p, placed[i], APART);
    int32_t begin = list->n;
    place_largest(p, list, n_hard, room, placed);
    for (; begin < list->n; begin++) keep_clear(p, placed[begin], APART);
    if (p->app->layers & KJ_LAYER_NAMES) collect_places(p, list, 1, NAMES);
    for (int32_t i = begin; i < list->n; i++) list->anchors[i].around = (kj_box){0}; /* away from its point it would be read as a sign's */
    kj_labels_place(list->anchors + begin, list->n - begin, room, p->obstacles, p->n_obstacles, p->n_obstacles, placed + begin); /* the largest's name is among them */
    for (int32_t i = begin; i < list->n; i++)
        if (covers_sign(p, &placed[i])) placed[i].w = 0.0;
}

static void draw_names(painter *p, int32_t n_hard)
{
    name_list *list = calloc(1, sizeof *list);
    kj_box placed[NAMES] = {0};
    if (!list) return;
    collect_placed(p, list);
    const kj_box room = {p->pane.clip.x + 6.0, p->pane.clip.y + 6.0, p->pane.clip.w - 12.0, p->pane.clip.h - 12.0};
    if (p->app->view == KJ_VIEW_SCHOOLS) place_with_schools(p, list, n_hard, &room, placed);
    else place_beside_signs(p, list, n_hard, &room, placed);
    for (int32_t i = 0; i < list->n; i++) {
        if (placed[i].w <= 0.0 || list->hidden[i]) continue;
        if (list->dot[i] && !under_sign(p, list->anchors[i].x, list->anchors[i].y)) {
            double x = list->anchors[i].x, y = list->anchors[i].y;
            kj_box rim = {x - 5.0, y - 5.0, 10.0, 10.0}, dot = {x - 3.5, y - 3.5, 7.0, 7.0};
            kj_canvas_fill_box(p->canvas, &rim, 5.0, KJ_COLOR_PAPER, 1.0);
            kj_canvas_fill_box(p->canvas, &dot, 3.5, KJ_COLOR_INK, 1.0);
        }
        kj_sprite_draw(&p->app->sprites, p->canvas, placed[i].x, placed[i].y, &list->styles[i], list->texts[i]);
    }
    free(list);
}

/* ---- legend ---- */

enum { LEGEND_WHOLE = 0, LEGEND_SMALL, LEGEND_BUILT, LEGEND_SIGNS, LEGEND_LEAST, LEGEND_LEVELS };

typedef struct legend_rows {
    kj_legend_item items[KJ_LAND_COUNT + 8];
    char dots[96], number[KJ_NUMBER_MAX];
    int32_t n;
} legend_rows;

static bool any_closed(const kj_app *app)
{
    for (int32_t k = 0; k < app->n_worlds; k++)
        for (int32_t i = 0; i < app->world[k].n_facilities; i++)
            if (kj_facility_has_closed(&app->world[k].facilities[i], kj_app_month(app))) return true;
    return false;
}

static bool any_placed(const kj_app *app)
{
    kj_live_placed placed[KJ_PLACED_MAX];
    for (int32_t i = 0, n = app->live ? kj_live_placed_of(app->live, 0, placed, KJ_PLACED_MAX) : 0; i < n; i++)
        if (!placed[i].is_line) return true;
    return false;
}

static void legend_of(kj_app *app, int32_t level, legend_rows *rows)
{
    rows->n = 0;
    bool recorded = kj_view_is_recorded(&app->world[0], (int32_t)app->view);
    if (!recorded) rows->items[rows->n++] = (kj_legend_item){.kind = KJ_LEGEND_PLAIN, .color = KJ_COLOR_OUTSIDE, .label = _("Not recorded by this run")};
    if (recorded && app->view == KJ_VIEW_LAND && level < LEGEND_SIGNS)
        for (int32_t land = level == LEGEND_BUILT ? KJ_LAND_SMALL_HOUSES : 0; land < KJ_LAND_COUNT; land++)
            rows->items[rows->n++] = (kj_legend_item){.kind = KJ_LEGEND_LAND, .land_use = land, .label = kj_land_name(land)};
    if (app->view == KJ_VIEW_CHAINS) {
        if (app->chain_root)
            rows->items[rows->n++] = (kj_legend_item){.kind = KJ_LEGEND_PLAIN, .color = KJ_RGB(0x08306B), .label = _("One chain, home 1 is new")};
        rows->items[rows->n++] = (kj_legend_item){.kind = KJ_LEGEND_PLAIN, .color = KJ_RGB(0x8A949C), .label = _("Some of the year's moves")};
    }
    if (app->view == KJ_VIEW_SCHOOLS)
        rows->items[rows->n++] = (kj_legend_item){.kind = KJ_LEGEND_PLAIN, .color = KJ_COLOR_SCHOOL,
                                                  .label = !kj_view_has_catchments(app, &app->world[0]) ? _("Nearest school changes") : app->catchment_7_9 ? _("Border of catchments 7–9") : _("Border of catchments F–6")};
    if (app->layers & KJ_LAYER_SCHOOLS && app->world[0].n_facilities) {
        rows->items[rows->n++] = (kj_legend_item){.kind = KJ_LEGEND_SIGN, .color = KJ_COLOR_SCHOOL, .letter = "S", .label = _("School")};
        rows->items[rows->n++] = (kj_legend_item){.kind = KJ_LEGEND_SIGN, .color = KJ_COLOR_FULL, .letter = "!", .label = _("No place left")};
        if (any_closed(app))
            rows->items[rows->n++] = (kj_legend_item){.kind = KJ_LEGEND_SIGN, .color = KJ_COLOR_MUTED, .letter = "×", .label = _("Closed school")};
    }
    if (any_placed(app))
        rows->items[rows->n++] = (kj_legend_item){.kind = KJ_LEGEND_DISC, .color = app->ui.theme.b, .label = _("Placed in B (hollow: planned)")};
    if (app->layers & KJ_LAYER_DOTS) {
        int32_t each = households_a_dot(app);
        bool households = strcmp(app->world[0].dots, "households") == 0;
        if (each == 1) snprintf(rows->dots, sizeof rows->dots, "%s", households ? _("1 dot = 1 household") : _("1 dot = 1 inhabitant"));
        else snprintf(rows->dots, sizeof rows->dots, households ? _("1 dot = %s households") : _("1 dot = %s inhabitants"), kj_number_int(rows->number, app->language, each));
        rows->items[rows->n++] = (kj_legend_item){.kind = KJ_LEGEND_DOT, .color = KJ_COLOR_INK, .label = rows->dots};
    }
}

static bool is_ramp(const kj_app *app) { return (int32_t)app->view >= KJ_VIEW_COUNT; }

/* At least 20 pixels in a forum, where a unit is 1.4 of them, as long as that has room. */
static double legend_text(int32_t level) { return level == LEGEND_WHOLE ? 18.0 : level < LEGEND_LEAST ? 14.3 : 11.5; }

/* Along the lower edge, where a column would lie on a town that has half the map, or a small one. */
bool kj_legend_across(const kj_app *app) { return (app->compare == KJ_SIDE && app->n_worlds == 2) || kj_app_is_short(app); }

static double ramp_width(const kj_app *app, int32_t level) { return is_ramp(app) ? fmin(17.0, legend_text(level)) * 18.2 : 0.0; }
static double ramp_height(const kj_app *app, int32_t level) { return is_ramp(app) ? fmin(17.0, legend_text(level)) * 6.0 : 0.0; }

static kj_legend legend_struct(kj_app *app, int32_t level, legend_rows *rows)
{
    legend_of(app, level, rows);
    bool across = kj_legend_across(app);
    return (kj_legend){.title = across || level >= LEGEND_BUILT ? NULL
                                : is_ramp(app)                  ? _("Signs")
                                                                : kj_view_name(app, (int32_t)app->view),
                       .items = rows->items,
                       .n = rows->n,
                       .text_size = legend_text(level),
                       .max_width = across ? app->map.w - 2.0 * GAP - (is_ramp(app) ? ramp_width(app, level) + 8.0 : 0.0) : 0.0,
                       .across = across};
}

static kj_ramp ramp_struct(const kj_view_range *range, int32_t level)
{
    return (kj_ramp){
        .title = range->title, .unit = range->unit, .low = range->low, .high = range->high, .text_size = fmin(17.0, legend_text(level)), .color = range->color};
}

/* Legend at (left, bottom); ramp above the keys, or at their left. Returns the box of both. */
static kj_box draw_legend_at(kj_app *app, kj_canvas *canvas, int32_t level, double left, double bottom)
{
    legend_rows rows;
    kj_legend legend = legend_struct(app, level, &rows);
    kj_box box = {left, bottom, 0.0, 0.0};
    kj_view_range range;
    double beside = legend.across && is_ramp(app) ? ramp_width(app, level) + 8.0 : 0.0;
    if (rows.n) box = kj_map_legend(canvas, &legend, left + beside, bottom);
    if (!is_ramp(app)) return box;
    double y = rows.n && !legend.across ? box.y - 8.0 : bottom;
    kj_box ramp = {left, y, 0.0, 0.0};
    if (kj_view_range_of(app, &range)) {
        kj_ramp r = ramp_struct(&range, level);
        ramp = kj_map_ramp(canvas, &r, left, y);
    } else {
        kj_text_style style = {.size = 18.0, .weight = 600, .color = KJ_COLOR_INK, .max_width = 320.0, .max_lines = 4};
        const char *text = _("This run does not record what this view shows.");
        double h = kj_text_measure(canvas, &style, text).height + 16.0;
        ramp = (kj_box){left, y - h, 344.0, h};
        kj_canvas_fill_box(canvas, &ramp, 7.0, KJ_COLOR_PAPER, 0.94);
        kj_text_draw(canvas, left + 12.0, ramp.y + 8.0, &style, text);
    }
    double top = legend.across ? fmin(ramp.y, box.y) : ramp.y, w = fmax(ramp.w, box.w + beside);
    return (kj_box){left, top, w, bottom - top};
}

/* Its width and height; without rows in views that have no signs. */
static kj_box legend_size(kj_app *app, int32_t level)
{
    legend_rows rows;
    kj_legend legend = legend_struct(app, level, &rows);
    kj_box box = rows.n ? kj_map_legend_box(&app->canvas, &legend, 0.0, 0.0) : (kj_box){0};
    double w = ramp_width(app, level), h = ramp_height(app, level);
    if (legend.across) return (kj_box){0.0, 0.0, box.w + (w > 0.0 ? w + 8.0 : 0.0), fmax(box.h, h)};
    return (kj_box){0.0, 0.0, fmax(box.w, w), box.h + (h > 0.0 ? h + 8.0 : 0.0)};
}

/* Buttons have no room beside the town in a small forum: wheel and keys do the same. */
static bool has_zoom_row(const kj_app *app) { return app->map.h < 420.0 && !kj_app_is_short(app); }
static bool has_zoom_column(const kj_app *app) { return app->map.h >= 420.0 && !kj_app_is_short(app); }

/* Under the row of zoom buttons of a low map. */
static double badge_y(const kj_app *app) { return app->map.y + GAP + (has_zoom_row(app) ? fmax(app->ui.target, 52.0) + 8.0 : 0.0); }

/* The knob stands over the middle, where towns and chains are, under the badges; between them in a small forum, where it would hide the town. */
static kj_box knob_box(const kj_app *app)
{
    double r = fmax(26.0, app->ui.target / 2.0 + 1.0), x = app->map.x + app->map.w * app->swipe;
    return (kj_box){x - r, kj_app_is_short(app) ? badge_y(app) - 3.0 : fmax(app->map.y + app->map.h * 0.3 - r, badge_y(app) + 58.0), 2.0 * r, 2.0 * r};
}

/* Clear of a knob in the same row. */
static double badge_x(const kj_app *app, const kj_pane *pane)
{
    bool beside_knob = kj_app_is_short(app) && app->compare == KJ_SWIPE && pane->which == 1;
    return pane->clip.x + GAP + (beside_knob ? knob_box(app).w / 2.0 : 0.0);
}

double kj_below_badges(const kj_app *app) { return badge_y(app) + (app->n_worlds == 2 ? 54.0 : 0.0); }

static void honesty_text(kj_app *app, char *out, size_t n);
static kj_box note_box(kj_app *app, kj_canvas *canvas, const char *text);
static double legend_bottom(const kj_app *app, const kj_box *note, double width);

static const double ACROSS_MOST = 0.27; /* of the map's height */

int32_t kj_legend_level(kj_app *app)
{
    enum { LEAST_W = 400, WHOLE_W = 560 };
    char text[256];
    if (app->map.w < LEAST_W) return -1;
    honesty_text(app, text, sizeof text);
    kj_box note = note_box(app, &app->canvas, text);
    double top = kj_below_badges(app) - 4.0;
    for (int32_t level = app->map.w >= WHOLE_W ? LEGEND_WHOLE : LEGEND_SMALL; level < LEGEND_LEVELS; level++) {
        kj_box size = legend_size(app, level);
        if (kj_legend_across(app) && level < LEGEND_LEAST && size.h > app->map.h * ACROSS_MOST) continue;
        if (size.h < legend_bottom(app, &note, size.w) - top - (level == LEGEND_WHOLE ? 60.0 : 0.0)) return level;
    }
    return -1;
}

double kj_draw_legend_item(kj_app *app, int32_t item, double x, double y, double width)
{
    legend_rows rows;
    kj_legend legend = legend_struct(app, LEGEND_WHOLE, &rows);
    if (item < rows.n) return kj_map_legend_row(app->ui.canvas, &legend, item, x, y, width, app->ui.dry);
    kj_view_range range;
    if (item > rows.n || !is_ramp(app) || !kj_view_range_of(app, &range)) return 0.0;
    kj_ramp ramp = ramp_struct(&range, LEGEND_WHOLE);
    double height = ramp.text_size * 6.0;
    if (!app->ui.dry) kj_map_ramp(app->ui.canvas, &ramp, x - ramp.text_size, y + height);
    return height;
}

/* ---- furniture ---- */

/* In a small forum one sentence: the rest is said where it leads to. */
static void honesty_text(kj_app *app, char *out, size_t n)
{
    const kj_world *w = kj_app_world(app);
    if (kj_app_is_short(app)) {
        snprintf(out, n, "%s\u00a0›", w->n_members ? _("Simulations, not a forecast") : _("Simulation, not a forecast"));
        return;
    }
    if (w->n_members) {
        char runs[64];
        snprintf(runs, sizeof runs, _("%d runs together"), w->n_members);
        snprintf(out, n, "%s · %s · Kedja\u00a0%s\u00a0·\u00a0%s\u00a0›", _("Simulations, not a forecast"), runs, w->facts->version, _("sources"));
        return;
    }
    snprintf(out, n, "%s · %s · Kedja\u00a0%s\u00a0·\u00a0%s\u00a0%llu · %s\u00a0›", _("Simulation, not a forecast"),
             w->land_is_synthetic ? _("land and people are synthetic") : _("land is real, people are synthetic"), w->facts->version, _("seed"),
             (unsigned long long)w->facts->seed, _("sources"));
}

enum { SCALE_W = 270, SCALE_SHORT_W = 150, SCALE_H = 36 };

static kj_text_style note_style(const kj_app *app)
{
    return (kj_text_style){.size = 17.0,
                           .weight = 500,
                           .color = KJ_COLOR_INK,
                           .max_width = fmax(160.0, app->map.w - (kj_app_is_short(app) ? SCALE_SHORT_W : SCALE_W) - 4.0 * GAP) - 20.0,
                           .max_lines = 7};
}

/* Lower right corner of the map. */
static kj_box note_box(kj_app *app, kj_canvas *canvas, const char *text)
{
    kj_text_style style = note_style(app);
    kj_text_size size = kj_text_measure(canvas, &style, text);
    const kj_box *m = &app->map;
    double h = fmax(size.height + 10.0, fmax(app->ui.target, 44.0)); /* it is pressed for the sources */
    return (kj_box){m->x + m->w - size.width - 20.0 - GAP, m->y + m->h - h - GAP, size.width + 20.0, h};
}

static void draw_note(kj_app *app, kj_canvas *canvas, const char *text)
{
    kj_text_style style = note_style(app);
    kj_box box = note_box(app, canvas, text);
    kj_canvas_fill_box(canvas, &box, 6.0, KJ_COLOR_PAPER, 0.94);
    kj_text_draw(canvas, box.x + 10.0, box.y + (box.h - kj_text_measure(canvas, &style, text).height) / 2.0, &style, text);
    kj_box knob = knob_box(app); /* it comes first on a low map: the menu leads to the sources too */
    if (app->compare == KJ_SWIPE && app->n_worlds == 2 && kj_box_overlaps(&box, &knob)) return;
    kj_ui_area(&app->ui, &box, "Where this comes from", _("Where this comes from"), KJ_ACT_SOURCES, 0);
}

/* The legend stands over the scale bar, and over the note where that reaches under it. */
static double legend_bottom(const kj_app *app, const kj_box *note, double width)
{
    double scale = app->map.y + app->map.h - GAP - SCALE_H;
    return (note->x < app->map.x + GAP + width ? fmin(note->y, scale) : scale) - 10.0;
}

static void draw_scale(kj_app *app, kj_canvas *canvas)
{
    kj_map_frame frame = {.box = app->map, .nx = app->world[0].grid.nx, .ny = app->world[0].grid.ny, .cell_m = app->world[0].grid.cell_m, .units_per_cell = cell_units(app)};
    kj_map_scale_bar(canvas, &frame, app->map.x + GAP, app->map.y + app->map.h - GAP, 150.0, 18.0);
}

/* Zoom buttons under the north arrow, or beside it when the map is low; none in a small forum. */
static void draw_zoom(kj_app *app, painter *p)
{
    static const char *const names[3] = {"+", "−", "⤢"};
    kj_ui *ui = &app->ui;
    double side = fmax(ui->target, 44.0), north = 52.0;
    bool low = has_zoom_row(app);
    double x = app->map.x + app->map.w - GAP, y = app->map.y + GAP;
    kj_box arrow = kj_map_north(p->canvas, x, y, north);
    p->obstacles[p->n_obstacles++] = arrow;
    for (int32_t i = 0; i < 3 && !kj_app_is_short(app); i++) {
        kj_box box = low ? (kj_box){x - north - (side + 8.0) * (i + 1), y, side, side} : (kj_box){x - side, y + north + 8.0 + (side + 8.0) * i, side, side};
        const char *const tips[3] = {N_("Zoom in"), N_("Zoom out"), N_("Whole map")};
        kj_widget_def def = {.english = tips[i], .sign = names[i], .action = KJ_ACT_ZOOM, .argument = i == 0 ? 1 : i == 1 ? -1 : 0, .size = 24.0, .on_map = true};
        kj_ui_button(ui, &box, &def);
        p->obstacles[p->n_obstacles++] = box;
    }
}

static void draw_badge(painter *p, double x, double y, const kj_world *w)
{
    kj_app *app = p->app;
    char letter[2] = {w->letter, 0};
    kj_box box = {x, y, 58.0, 46.0};
    kj_canvas_fill_box(p->canvas, &box, 7.0, w->letter == 'A' ? app->ui.theme.a : app->ui.theme.b, 1.0);
    kj_text_style style = {.size = 28.0, .weight = 700, .color = KJ_COLOR_PAPER};
    kj_text_size size = kj_sprite_measure(&app->sprites, p->canvas, &style, letter);
    kj_sprite_draw(&app->sprites, p->canvas, x + (58.0 - size.width) / 2.0, y + (46.0 - size.height) / 2.0, &style, letter);
    p->obstacles[p->n_obstacles++] = box;
}

/* The line between the two worlds. */
static void draw_divide(kj_app *app, painter *p)
{
    kj_box line = {app->map.x + app->map.w * app->swipe - 2.0, app->map.y, 4.0, app->map.h};
    kj_box edge = {line.x - 1.5, line.y, line.w + 3.0, line.h}; /* seen on pale maps too */
    kj_canvas_fill_box(p->canvas, &edge, 0.0, app->ui.theme.ink, 0.55);
    kj_canvas_fill_box(p->canvas, &line, 0.0, KJ_COLOR_PAPER, 1.0);
}

/* Its knob, a slider over the whole width of the map; over the furniture. */
static void draw_knob(kj_app *app, painter *p)
{
    cairo_t *cr = p->canvas->cr;
    kj_box knob = knob_box(app);
    double r = knob.w / 2.0, x = knob.x + r, y = knob.y + r;
    kj_canvas_fill_box(p->canvas, &knob, r, app->ui.theme.accent, 1.0);
    kj_box inner = {x - r + 3.0, y - r + 3.0, 2.0 * r - 6.0, 2.0 * r - 6.0};
    kj_canvas_fill_box(p->canvas, &inner, r - 3.0, KJ_COLOR_PAPER, 1.0);
    kj_canvas_color(p->canvas, app->ui.theme.accent, 1.0);
    cairo_set_line_width(cr, 3.0);
    cairo_move_to(cr, x - 13.0, y);
    cairo_line_to(cr, x + 13.0, y);
    for (int side = -1; side <= 1; side += 2) {
        cairo_move_to(cr, x + side * 6.0, y - 7.0);
        cairo_line_to(cr, x + side * 13.0, y);
        cairo_line_to(cr, x + side * 6.0, y + 7.0);
    }
    cairo_stroke(cr);
    kj_widget_def def = {.english = N_("Swipe"), .action = KJ_ACT_SWIPE};
    if (app->ui.n_widgets < KJ_WIDGETS_MAX) {
        kj_widget *w = &app->ui.widgets[app->ui.n_widgets++];
        *w = (kj_widget){.kind = KJ_W_SLIDER, .box = knob, .action = def.action, .value = app->swipe, .low = 0.05, .high = 0.95, .step = 0.0, .enabled = true};
        snprintf(w->label, sizeof w->label, "%s", _("Swipe"));
        snprintf(w->english, sizeof w->english, "Swipe");
        w->track = (kj_box){app->map.x + app->map.w * 0.05, knob.y, app->map.w * 0.9, knob.h};
        if (app->ui.show_focus && app->ui.focus == app->ui.n_widgets - 1) {
            cairo_new_path(cr);
            cairo_arc(cr, x, y, r + 3.0, 0.0, 2.0 * M_PI);
            kj_canvas_color(p->canvas, app->ui.theme.focus, 1.0);
            cairo_set_line_width(cr, 4.0);
            cairo_stroke(cr);
        }
    }
}

static void mark_selected(painter *p)
{
    kj_app *app = p->app;
    if ((app->selection != KJ_SELECT_CELL && app->selection != KJ_SELECT_HOUSEHOLD) || app->selected_cell < 0) return;
    double x, y, side = fmax(cell_units(app), 10.0);
    cell_place(p, app->selected_cell, &x, &y);
    if (!is_in(&p->pane.clip, x, y, -side)) return;
    cairo_rectangle(p->canvas->cr, x - side / 2.0 - 2.0, y - side / 2.0 - 2.0, side + 4.0, side + 4.0);
    kj_canvas_color(p->canvas, KJ_COLOR_INK, 1.0);
    cairo_set_line_width(p->canvas->cr, 5.0);
    cairo_stroke_preserve(p->canvas->cr);
    kj_canvas_color(p->canvas, app->ui.theme.focus, 1.0);
    cairo_set_line_width(p->canvas->cr, 2.5);
    cairo_stroke(p->canvas->cr);
}

/* ---- all of it ---- */

/* Side by side, what lies over the other half keeps names away here too: both halves are lettered alike. */
static void note_other_half(painter *p, const kj_box *furniture, int32_t n_furniture)
{
    kj_pane panes[2];
    kj_app_panes(p->app, panes);
    const double shift = p->pane.box.x - panes[1 - p->pane.which].box.x;
    for (int32_t i = 0; i < n_furniture; i++) {
        kj_box other = furniture[i];
        other.x += shift;
        keep_clear(p, other, 0.0);
    }
}

/* once: signs, chain and names are drawn over both worlds together afterwards. */
static void draw_pane(painter *p, const kj_box *furniture, int32_t n_furniture, bool once)
{
    kj_app *app = p->app;
    cairo_t *cr = p->canvas->cr;
    p->year_index = kj_app_index(app, p->pane.world);
    p->n_obstacles = 0;
    for (int32_t i = 0; i < n_furniture; i++) p->obstacles[p->n_obstacles++] = furniture[i];
    if (is_side(app)) note_other_half(p, furniture, n_furniture);
    if (!once) note_chain(p, &p->pane.clip);
    int32_t n_hard = p->n_obstacles;
    if (app->layers & KJ_LAYER_DOTS) draw_dots(p);
    cairo_save(cr);
    cairo_rectangle(cr, p->pane.clip.x, p->pane.clip.y, p->pane.clip.w, p->pane.clip.h);
    cairo_clip(cr);
    if ((app->layers & KJ_LAYER_FLOWS || app->view == KJ_VIEW_CHAINS) && p->pane.world->has_chains) draw_flows(p);
    mark_selected(p);
    note_signs(p);
    if (!once) draw_schools(p, NULL);
    draw_placed(p);
    if (!once) draw_chain(p, &p->pane.clip);
    if (!once) draw_names(p, n_hard);
    cairo_restore(cr);
}

/* Where the furniture will stand: names keep clear of it. It is drawn last, over everything else. */
static int32_t plan_furniture(kj_app *app, kj_canvas *canvas, const kj_pane *panes, int32_t n_panes, kj_box *out)
{
    const kj_box *m = &app->map;
    double side = fmax(app->ui.target, 44.0), right = m->x + m->w;
    char text[256];
    int32_t n = 0;
    honesty_text(app, text, sizeof text);
    kj_box note = note_box(app, canvas, text);
    out[n++] = note;
    out[n++] = (kj_box){m->x, m->y + m->h - GAP - SCALE_H, SCALE_W + GAP, SCALE_H + GAP};
    int32_t level = kj_legend_level(app);
    if (level >= 0) {
        kj_box size = legend_size(app, level);
        out[n++] = (kj_box){m->x, legend_bottom(app, &note, size.w) - size.h,
                            fmax(level != LEGEND_WHOLE || kj_legend_across(app) ? 0.0
                                 : is_ramp(app)                                 ? 330.0
                                                                                : 300.0,
                                 size.w + 6.0) +
                                GAP,
                            size.h};
    }
    double buttons = kj_app_is_short(app) ? 0.0 : side + 8.0;
    out[n++] = has_zoom_column(app) ? (kj_box){right - GAP - fmax(side, 52.0), m->y, fmax(side, 52.0) + GAP, 52.0 + 4.0 * buttons}
                                    : (kj_box){right - GAP - 52.0 - 3.0 * buttons, m->y, 52.0 + 3.0 * buttons + GAP, side + 2.0 * GAP};
    for (int32_t i = 0; i < n_panes && app->n_worlds == 2; i++) out[n++] = (kj_box){badge_x(app, &panes[i]), badge_y(app), 64.0, 50.0};
    return n;
}

kj_box kj_map_room(kj_app *app)
{
    enum { HALF_SIGN = 10 };
    kj_pane panes[2];
    char text[256];
    int32_t level = kj_legend_level(app);
    if (!kj_app_panes(app, panes)) return app->map;
    kj_box box = panes[0].box;
    honesty_text(app, text, sizeof text);
    kj_box note = note_box(app, &app->canvas, text), size = {0};
    if (level >= 0) size = legend_size(app, level);
    double left = box.x, top = kj_below_badges(app), right = box.x + box.w, bottom = fmin(note.y, app->map.y + app->map.h - GAP - SCALE_H);
    if (level >= 0 && kj_legend_across(app)) bottom = legend_bottom(app, &note, size.w) - size.h;
    else if (level >= 0) left += GAP + size.w;
    if (has_zoom_column(app)) right -= GAP + fmax(app->ui.target, 52.0);
    bottom -= HALF_SIGN; /* of a school at the edge of the town */
    bool some = right - left > box.w * 0.3 && bottom - top > box.h * 0.3;
    return some ? (kj_box){left, top, right - left, bottom - top} : box;
}

/* A click there is not one on the map beneath. */
static void cover(kj_app *app, const kj_box *box)
{
    if (app->n_covers < (int32_t)(sizeof app->covers / sizeof *app->covers)) app->covers[app->n_covers++] = *box;
}

static void draw_furniture(kj_app *app, painter *p, const kj_pane *panes, int32_t n_panes)
{
    char text[256];
    p->n_obstacles = 0;
    app->n_covers = 0;
    draw_scale(app, p->canvas);
    cover(app, &(kj_box){app->map.x, app->map.y + app->map.h - GAP - SCALE_H, SCALE_W / 2.0, SCALE_H + GAP});
    honesty_text(app, text, sizeof text);
    kj_box note = note_box(app, p->canvas, text);
    draw_note(app, p->canvas, text);
    cover(app, &note);
    int32_t level = kj_legend_level(app);
    if (level >= 0) {
        kj_box legend = draw_legend_at(app, p->canvas, level, app->map.x + GAP, legend_bottom(app, &note, legend_size(app, level).w));
        cover(app, &legend);
    }
    draw_zoom(app, p);
    for (int32_t i = 0; i < n_panes && app->n_worlds == 2; i++) {
        draw_badge(p, badge_x(app, &panes[i]), badge_y(app), panes[i].world);
        cover(app, &(kj_box){badge_x(app, &panes[i]), badge_y(app), 58.0, 46.0});
    }
}

/* The end of a line that is chosen already. */
static void draw_begun(kj_app *app, kj_canvas *canvas)
{
    kj_pane panes[2];
    int32_t n = kj_app_panes(app, panes);
    for (int32_t i = 0; i < n; i++) {
        painter p = {.app = app, .canvas = canvas, .pane = panes[i]};
        double x, y;
        placed_point(&p, app->placed[0][0], app->placed[0][1], &x, &y);
        if (!is_in(&panes[i].clip, x, y, 0.0)) continue;
        kj_box rim = {x - 10.0, y - 10.0, 20.0, 20.0}, pin = {x - 7.0, y - 7.0, 14.0, 14.0};
        kj_canvas_fill_box(canvas, &rim, 10.0, KJ_COLOR_INK, 1.0);
        kj_canvas_fill_box(canvas, &pin, 7.0, app->ui.theme.focus, 1.0);
    }
}

/* The middle of the map, where the key P puts what is placed. */
static void draw_aim(kj_app *app, kj_canvas *canvas)
{
    double x = app->map.x + app->map.w / 2.0, y = app->map.y + app->map.h / 2.0;
    if (app->n_placed > 0) draw_begun(app, canvas);
    for (int pass = 0; pass < 2; pass++) {
        kj_canvas_color(canvas, pass ? app->ui.theme.focus : KJ_COLOR_INK, 1.0);
        cairo_set_line_width(canvas->cr, pass ? 3.0 : 6.0);
        cairo_new_path(canvas->cr);
        cairo_arc(canvas->cr, x, y, 20.0, 0.0, 2.0 * M_PI);
        cairo_move_to(canvas->cr, x - 30.0, y);
        cairo_line_to(canvas->cr, x + 30.0, y);
        cairo_move_to(canvas->cr, x, y - 30.0);
        cairo_line_to(canvas->cr, x, y + 30.0);
        cairo_stroke(canvas->cr);
    }
}

/* Signs of both worlds of a swipe. over: as draw_schools. */
static void draw_signs_over(painter *p, const kj_pane *panes, int32_t n, const kj_box *over)
{
    for (int32_t i = 0; i < n; i++) {
        p->pane = panes[i];
        kj_school_signs_place(p->app, &p->pane, &p->schools);
        draw_schools(p, over);
    }
}

void kj_draw_map(kj_app *app)
{
    enum { FURNITURE_MAX = 12 };
    kj_canvas *canvas = app->ui.canvas;
    kj_pane panes[2];
    kj_box furniture[FURNITURE_MAX];
    int32_t n = kj_app_panes(app, panes);
    app->dots_wait = false;
    app->n_covers = 0;
    kj_ui_clear(&app->ui, false);
    painter *p = app->map.w < 8.0 || app->map.h < 8.0 ? NULL : calloc(1, sizeof *p);
    if (!p) return; /* the map has no room in this layout */
    p->app = app;
    p->canvas = canvas;
    for (int32_t i = 0; i < n; i++) paint_raster(app, canvas, &panes[i]);
    if (app->compare == KJ_SIDE && n == 2) {
        kj_box gap = {panes[0].clip.x + panes[0].clip.w, app->map.y, panes[1].clip.x - panes[0].clip.x - panes[0].clip.w, app->map.h};
        kj_canvas_fill_box(canvas, &gap, 0.0, KJ_COLOR_PAPER, 1.0);
    }
    int32_t n_furniture = plan_furniture(app, canvas, panes, n, furniture);
    bool swipes = app->compare == KJ_SWIPE && n == 2;
    for (int32_t i = 0; i < n; i++) {
        p->pane = panes[i];
        draw_pane(p, furniture, n_furniture, swipes);
    }
    if (swipes) {
        draw_divide(app, p);
        draw_signs_over(p, panes, n, NULL); /* the line lies over no sign */
        p->pane = panes[0];
        p->pane.clip = p->pane.box;
        p->n_obstacles = 0;
        for (int32_t i = 0; i < n_furniture; i++) p->obstacles[p->n_obstacles++] = furniture[i];
        p->obstacles[p->n_obstacles++] = knob_box(app);
        p->pane.which = app->selected_world;
        p->pane.world = &app->world[app->selected_world];
        const kj_box *half = &panes[app->selected_world].clip;
        note_chain(p, half);
        int32_t n_hard = p->n_obstacles;
        note_signs(p);
        cairo_save(canvas->cr);
        cairo_rectangle(canvas->cr, app->map.x, app->map.y, app->map.w, app->map.h);
        cairo_clip(canvas->cr);
        draw_chain(p, half);
        draw_names(p, n_hard);
        cairo_restore(canvas->cr);
    }
    draw_furniture(app, p, panes, n);
    if (swipes) {
        const kj_box knob = knob_box(app);
        draw_knob(app, p);
        draw_signs_over(p, panes, n, &knob);
    }
    app->whole = false;
    if (app->placing >= 0) draw_aim(app, canvas);
    free(p);
}
