#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../draw/map_draw.h"
#include "pages.h"

#define _(text) kj_tr(text)

enum { LEGEND_MAX = KJ_LAND_COUNT + 4 };

const char *kj_honesty_line(void) { return _("Simulation, not a forecast"); }

kj_window kj_window_inside(const kj_run_figures *figures)
{
    int32_t nx = figures->grid.nx, ny = figures->grid.ny, west = nx, east = -1, north = ny, south = -1;
    for (int32_t row = 0; row < ny; row++) {
        for (int32_t col = 0; col < nx; col++) {
            if (figures->land_last[(int64_t)row * nx + col] == KJ_OUTSIDE) continue;
            if (col < west) west = col;
            if (col > east) east = col;
            if (row < north) north = row;
            if (row > south) south = row;
        }
    }
    if (east < 0) return (kj_window){0.0, 0.0, nx, ny};
    double margin = 0.02 * (double)(east - west > south - north ? east - west : south - north) + 1.0;
    return (kj_window){west - margin, north - margin, east - west + 1 + 2.0 * margin, south - north + 1 + 2.0 * margin};
}

static bool is_new(const kj_run_figures *figures, int64_t cell)
{
    uint8_t before = figures->land_first[cell], now = figures->land_last[cell];
    return before != KJ_OUTSIDE && kj_land_is_built(now) && before != now;
}

/* The window around the mean of the new cells in it, kept inside the grid; a few times, since moving it brings in
   others. */
static kj_window centred_once(const kj_run_figures *figures, kj_window window)
{
    double sum_col = 0.0, sum_row = 0.0, n = 0.0;
    for (int32_t row = (int32_t)window.row; row < (int32_t)(window.row + window.h); row++) {
        for (int32_t col = (int32_t)window.col; col < (int32_t)(window.col + window.w); col++) {
            if (!is_new(figures, (int64_t)row * figures->grid.nx + col)) continue;
            sum_col += (double)col + 0.5;
            sum_row += (double)row + 0.5;
            n += 1.0;
        }
    }
    if (n <= 0.0) return window;
    window.col = fmin(fmax(floor(sum_col / n - window.w / 2.0), 0.0), (double)figures->grid.nx - window.w);
    window.row = fmin(fmax(floor(sum_row / n - window.h / 2.0), 0.0), (double)figures->grid.ny - window.h);
    return window;
}

static kj_window centred(const kj_run_figures *figures, kj_window window)
{
    for (int i = 0; i < 8; i++) window = centred_once(figures, window);
    return window;
}

kj_window kj_window_busiest(const kj_run_figures *figures, int32_t side, int64_t *n_new)
{
    int32_t nx = figures->grid.nx, ny = figures->grid.ny;
    if (side > nx) side = nx;
    if (side > ny) side = ny;
    *n_new = 0;
    kj_window best = {0.0, 0.0, side, side};
    int64_t *sums = calloc((size_t)(nx + 1) * (size_t)(ny + 1), sizeof *sums); /* summed-area table */
    if (!sums) return best;
    for (int64_t row = 0; row < ny; row++) {
        for (int64_t col = 0; col < nx; col++) {
            int64_t at = (row + 1) * (nx + 1) + col + 1;
            sums[at] = sums[at - 1] + sums[at - nx - 1] - sums[at - nx - 2] + is_new(figures, row * nx + col);
        }
    }
    for (int64_t row = 0; row + side <= ny; row++) {
        for (int64_t col = 0; col + side <= nx; col++) {
            int64_t low = (row + side) * (nx + 1) + col, high = row * (nx + 1) + col;
            int64_t n = sums[low + side] - sums[low] - sums[high + side] + sums[high];
            if (n <= *n_new) continue;
            *n_new = n;
            best.col = (double)col;
            best.row = (double)row;
        }
    }
    free(sums);
    return centred(figures, best);
}

static kj_status draw_outlines(kj_error *err, kj_canvas *canvas, const kj_run_figures *figures,
                               const kj_map_frame *frame, double text_size)
{
    int64_t n = (int64_t)figures->grid.nx * figures->grid.ny;
    uint8_t *mask = malloc((size_t)n);
    if (!mask) return kj_fail(err, KJ_E_MEMORY, "map of %lld cells: out of memory", (long long)n);
    for (int64_t cell = 0; cell < n; cell++) mask[cell] = figures->land_last[cell] != KJ_OUTSIDE;
    kj_map_outline(canvas, frame, mask, KJ_COLOR_MUTED, text_size * 0.08, 0.0);
    for (int64_t cell = 0; cell < n; cell++) mask[cell] = is_new(figures, cell);
    kj_map_outline(canvas, frame, mask, KJ_COLOR_NEW, text_size * 0.09, text_size * 0.06);
    free(mask);
    return KJ_OK;
}

/* Length of the first word of a name. */
static size_t first_word(const char *name) { return strcspn(name, " "); }

/* Whether town i shares its first word with another town; *largest tells whether it is the first of them in the list,
   which is sorted by population. */
static bool is_part_of_town(const kj_named_place *places, int32_t n_places, int32_t i, bool *largest)
{
    const char *name = places[i].name;
    size_t length = first_word(name);
    bool part = false;
    *largest = true;
    for (int32_t j = 0; j < n_places; j++) {
        const kj_named_place *other = &places[j];
        if (j == i || other->kind != KJ_AREA_TOWN || first_word(other->name) != length) continue;
        if (strncmp(name, other->name, length) != 0) continue;
        part = true;
        if (j < i) *largest = false;
    }
    return part;
}

int32_t kj_place_names(const kj_named_place *places, int32_t n_places, double text_size, kj_place_name *texts, kj_map_place *out)
{
    int32_t n = 0;
    for (int32_t i = 0; i < n_places && n < KJ_PLACE_NAMES_MAX; i++) {
        const kj_named_place *place = &places[i];
        bool town = place->kind == KJ_AREA_TOWN, largest = true;
        if (place->kind == KJ_AREA_RURAL) continue;
        size_t length = strlen(place->name);
        if (town && is_part_of_town(places, n_places, i, &largest)) length = first_word(place->name);
        if (!largest) continue;
        snprintf(texts[n].text, sizeof texts[n].text, "%.*s", (int)length, place->name);
        out[n] = (kj_map_place){place->col, place->row, texts[n].text, text_size * (town ? 1.2 : 1.0), town ? 700 : 500, {0.0, 0.0, 0.0, 0.0}};
        n++;
    }
    return n;
}

enum { OBSTACLES_MAX = 96, EDGES = 4 };

/* Schools inside the view, but for those that stand in the close-up instead, beside each other and beside the dots of places; their signs keep names away. */
static int32_t draw_schools(kj_canvas *canvas, const kj_run_figures *figures, const kj_map_frame *frame, const kj_land_view *view, const kj_map_place *names,
                            int32_t n_names, kj_box *obstacles)
{
    kj_sign signs[KJ_PLACE_NAMES_MAX + OBSTACLES_MAX];
    int32_t school[OBSTACLES_MAX] = {0}, n = 0;
    const double size = view->sign_size;
    for (int32_t i = 0; i < n_names; i++) signs[i].x = kj_map_frame_x(frame, names[i].col), signs[i].y = kj_map_frame_y(frame, names[i].row);
    for (int32_t i = 0; i < figures->n_schools && n < OBSTACLES_MAX - EDGES - 2; i++) {
        double x = kj_map_frame_x(frame, figures->school_col[i]), y = kj_map_frame_y(frame, figures->school_row[i]);
        if (!kj_box_inside(&(kj_box){.x = x, .y = y}, &frame->box) || kj_window_holds(&view->inset, figures->school_col[i], figures->school_row[i])) continue;
        school[n] = i;
        signs[n_names + n] = kj_map_sign_place(&frame->box, size, x, y, signs, n_names + n);
        n++;
    }
    kj_map_sign_lines(canvas, size, signs + n_names, n);
    for (int32_t k = 0; k < n; k++) {
        const kj_sign *s = &signs[n_names + k];
        bool full = figures->school_full && figures->school_full[school[k]];
        kj_map_sign(canvas, s->x, s->y, size, full ? "!" : "S", full ? KJ_COLOR_FULL : KJ_COLOR_SCHOOL);
        obstacles[k] = (kj_box){s->x - size * 0.6, s->y - size * 0.6, size * 1.2, size * 1.2};
    }
    return n;
}

/* Cells outside the map under a box, as a share: furniture stands best there. */
static double share_outside(const kj_run_figures *figures, const kj_map_frame *frame, const kj_box *box)
{
    enum { STEPS = 12 };
    int32_t n_outside = 0;
    for (int32_t i = 0; i < STEPS * STEPS; i++) {
        double x = box->x + box->w * ((double)(i % STEPS) + 0.5) / STEPS,
               y = box->y + box->h * ((double)(i / STEPS) + 0.5) / STEPS;
        double col = floor(frame->col0 + (x - frame->box.x) / frame->units_per_cell),
               row = floor(frame->row0 + (y - frame->box.y) / frame->units_per_cell);
        bool in_grid = col >= 0.0 && row >= 0.0 && col < figures->grid.nx && row < figures->grid.ny;
        n_outside +=
            !in_grid || figures->land_last[(int64_t)row * figures->grid.nx + (int64_t)col] == KJ_OUTSIDE;
    }
    return (double)n_outside / (double)(STEPS * STEPS);
}

/* At the lower left, or at the lower right if less land lies there. */
static kj_box draw_scale_bar(kj_canvas *canvas, const kj_run_figures *figures, const kj_land_view *view,
                             const kj_map_frame *frame)
{
    double size = view->text_size, gap = size * 0.6, width = view->box.w * 0.3 + size * 6.0;
    double bottom = view->box.y + view->box.h - gap, right = view->box.x + view->box.w - gap;
    kj_box at_left = {view->box.x + gap, bottom - size * 2.0, width, size * 2.0}, at_right = at_left;
    at_right.x = right - width;
    bool left = share_outside(figures, frame, &at_left) >= share_outside(figures, frame, &at_right);
    return kj_map_scale_bar(canvas, frame, left ? at_left.x : at_right.x, bottom, view->box.w * 0.3, size);
}

/* Frame of the close-up; its four sides keep names away. */
static int32_t draw_inset_frame(kj_canvas *canvas, const kj_land_view *view, const kj_map_frame *frame, kj_box *box,
                                kj_box sides[EDGES])
{
    double x = kj_map_frame_x(frame, view->inset.col), y = kj_map_frame_y(frame, view->inset.row),
           w = view->inset.w * frame->units_per_cell, h = view->inset.h * frame->units_per_cell;
    if (!(view->inset.w > 0.0)) return 0;
    cairo_t *cr = canvas->cr;
    cairo_save(cr); /* a close-up may reach beyond the main map */
    cairo_rectangle(cr, frame->box.x, frame->box.y, frame->box.w, frame->box.h);
    cairo_clip(cr);
    kj_canvas_color(canvas, KJ_COLOR_INK, 1.0);
    cairo_set_line_width(cr, view->text_size * 0.1);
    cairo_rectangle(cr, x, y, w, h);
    cairo_stroke(cr);
    cairo_restore(cr);
    *box = (kj_box){x, y, w, h};
    sides[0] = (kj_box){x - 2.0, y - 2.0, w + 4.0, 4.0};
    sides[1] = (kj_box){x - 2.0, y + h - 2.0, w + 4.0, 4.0};
    sides[2] = (kj_box){x - 2.0, y - 2.0, 4.0, h + 4.0};
    sides[3] = (kj_box){x + w - 2.0, y - 2.0, 4.0, h + 4.0};
    return EDGES;
}

kj_status kj_land_view_draw(kj_error *err, kj_canvas *canvas, const kj_run_figures *figures, const kj_land_view *view)
{
    const kj_grid *grid = &figures->grid;
    kj_map_frame frame =
        kj_map_frame_fit(&view->box, grid->nx, grid->ny, grid->cell_m, view->col, view->row, view->w, view->h);
    kj_status status = kj_raster_land(err, canvas, &frame, figures->land_last, false);
    if (status == KJ_OK) status = draw_outlines(err, canvas, figures, &frame, view->text_size);
    if (status != KJ_OK) return status;
    kj_box obstacles[OBSTACLES_MAX];
    double size = view->text_size, gap = size * 0.6;
    kj_box inset = {0};
    int32_t n = draw_inset_frame(canvas, view, &frame, &inset, obstacles);
    if (view->scale_bar) obstacles[n++] = draw_scale_bar(canvas, figures, view, &frame);
    if (view->north)
        obstacles[n++] = kj_map_north(canvas, view->box.x + view->box.w - gap, view->box.y + gap, size * 2.6);
    int32_t n_hard = n;
    kj_map_place names[KJ_PLACE_NAMES_MAX];
    kj_place_name texts[KJ_PLACE_NAMES_MAX];
    int32_t n_names = view->names ? kj_place_names(figures->places, figures->n_places, view->text_size, texts, names) : 0;
    if (view->sign_size > 0.0) n += draw_schools(canvas, figures, &frame, view, names, n_names, obstacles + n);
    for (int32_t i = 0; i < n_names; i++) { /* names of what lies in the close-up may stand beside its frame */
        kj_box dot = {kj_map_frame_x(&frame, names[i].col), kj_map_frame_y(&frame, names[i].row), 0.0, 0.0};
        if (kj_box_inside(&dot, &inset)) names[i].around = inset;
    }
    kj_map_places(canvas, &frame, names, n_names, obstacles, n, n_hard);
    return KJ_OK;
}

/* Classes that occur, then what is laid over them. */
static int32_t legend_items(const kj_run_figures *figures, bool signs, kj_legend_item *items)
{
    bool seen[256] = {false};
    int32_t n = 0;
    int64_t n_cells = (int64_t)figures->grid.nx * figures->grid.ny, n_new = 0;
    for (int64_t cell = 0; cell < n_cells; cell++) {
        seen[figures->land_last[cell]] = true;
        n_new += is_new(figures, cell);
    }
    for (int32_t land = 0; land < KJ_LAND_COUNT; land++) {
        if (seen[land])
            items[n++] = (kj_legend_item){.kind = KJ_LEGEND_LAND, .land_use = land, .label = kj_land_name(land)};
    }
    if (n_new > 0)
        items[n++] =
            (kj_legend_item){.kind = KJ_LEGEND_OUTLINE, .color = KJ_COLOR_NEW, .label = _("Built since the start")};
    if (seen[KJ_OUTSIDE])
        items[n++] = (kj_legend_item){.kind = KJ_LEGEND_PLAIN, .color = KJ_COLOR_OUTSIDE, .label = _("Outside")};
    bool any_full = false;
    for (int32_t i = 0; figures->school_full && i < figures->n_schools; i++) any_full |= figures->school_full[i];
    if (signs && figures->n_schools > 0)
        items[n++] =
            (kj_legend_item){.kind = KJ_LEGEND_SIGN, .color = KJ_COLOR_SCHOOL, .letter = "S", .label = _("School")};
    if (signs && any_full)
        items[n++] =
            (kj_legend_item){.kind = KJ_LEGEND_SIGN, .color = KJ_COLOR_FULL, .letter = "!", .label = _("No place left")};
    return n;
}

static kj_legend legend_of(const kj_run_figures *figures, double text_size, double max_width, bool signs, kj_legend_item items[LEGEND_MAX])
{
    return (kj_legend){.title = _("Land use"), .items = items, .n = legend_items(figures, signs, items), .text_size = text_size, .max_width = max_width};
}

kj_box kj_land_legend(kj_canvas *canvas, const kj_run_figures *figures, double left, double bottom, double text_size,
                      double max_width, bool signs)
{
    kj_legend_item items[LEGEND_MAX];
    kj_legend legend = legend_of(figures, text_size, max_width, signs, items);
    return kj_map_legend(canvas, &legend, left, bottom);
}

double kj_land_legend_height(kj_canvas *canvas, const kj_run_figures *figures, double text_size, double max_width,
                             bool signs)
{
    kj_legend_item items[LEGEND_MAX];
    kj_legend legend = legend_of(figures, text_size, max_width, signs, items);
    return kj_map_legend_box(canvas, &legend, 0.0, 0.0).h;
}
