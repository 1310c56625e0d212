#include "catchment_page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../draw/map_draw.h"
#include "../draw/number.h"
#include "../draw/table_draw.h"
#include "../io/first_full.h"
#include "pages.h"
#include "report.h"

#define _(text) kj_tr(text)

enum { SIGN = 22, SIGN_APART = 28 };
enum { MARGIN = 40, TOP = 150, BOTTOM = 1110, MAP_RIGHT = 960, SIDE = 990, LINES_MAX = 40, COLUMNS = 5, CLUSTER_KM = 5 };
enum { NEAR_CELLS = 4 /* catchments so close across a river or lake count as neighbours */, DETAIL_LEAST = 240, DETAIL_MOST = 440 };

typedef struct page {
    const kj_run_figures *figures;
    const kj_catchment_school *schools;
    uint32_t n;
    int32_t *school_at; /* by cell: index of the school, -1 none */
    int8_t *color;      /* by cell: kj_palette_class, -1 outside */
    uint8_t *mask;
    int32_t year;
    bool high;
} page;

static kj_status read_layer(kj_error *err, const char *path, page *p)
{
    kj_runread *run = NULL;
    size_t n = (size_t)kj_grid_cells(&p->figures->grid);
    kj_status status = kj_runread_open(err, path, &run);
    if (!status) status = kj_runread_layer(err, run, p->high ? "catchment_7_9" : "catchment", (uint32_t)kj_runread_year_index(run, p->year), KJ_I32, p->school_at);
    for (size_t c = 0; c < n && !status; c++) {
        int32_t found = -1;
        for (uint32_t k = 0; k < p->n && p->school_at[c] > 0; k++)
            if ((int32_t)p->schools[k].id == p->school_at[c]) found = (int32_t)k;
        p->school_at[c] = p->figures->land_last[c] == KJ_OUTSIDE ? -1 : found;
    }
    kj_runread_close(run);
    return status;
}

/* Which catchments touch, or lie on two sides of narrow water. */
static void find_neighbours(const page *p, uint8_t *beside)
{
    int32_t nx = p->figures->grid.nx, ny = p->figures->grid.ny;
    for (int32_t c = 0; c < nx * ny; c++) {
        int32_t a = p->school_at[c];
        for (int32_t k = 1; k <= NEAR_CELLS && a >= 0; k++) {
            int32_t right = c % nx + k < nx ? p->school_at[c + k] : -1, under = c / nx + k < ny ? p->school_at[c + k * nx] : -1;
            if (right >= 0 && right != a) beside[(uint32_t)a * p->n + (uint32_t)right] = beside[(uint32_t)right * p->n + (uint32_t)a] = 1;
            if (under >= 0 && under != a) beside[(uint32_t)a * p->n + (uint32_t)under] = beside[(uint32_t)under * p->n + (uint32_t)a] = 1;
        }
    }
}

/* Colours that neighbours have, as bits. */
static uint32_t taken_beside(const page *p, const uint8_t *beside, const int32_t *color, uint32_t k)
{
    uint32_t taken = 0;
    for (uint32_t j = 0; j < p->n; j++)
        if (beside[k * p->n + j] && color[j] >= 0) taken |= 1u << color[j];
    return taken;
}

/* Greedy colouring of the graph of neighbours in the order of Brélaz (1979, DSATUR): next is the catchment that sees most colours, then
   the one with most neighbours; it takes the colour that is least used of those it does not see. Seven colours do for any map whose
   catchments are in one piece; where they would not, the least used is taken. */
static void color_graph(const page *p, const uint8_t *beside, int32_t *color)
{
    uint32_t used[KJ_CLASS_COLORS] = {0};
    for (uint32_t k = 0; k < p->n; k++) color[k] = -1;
    for (uint32_t step = 0; step < p->n; step++) {
        uint32_t next = UINT32_MAX;
        int32_t most = -1;
        for (uint32_t k = 0; k < p->n; k++) {
            int32_t degree = 0, seen = __builtin_popcount(taken_beside(p, beside, color, k));
            for (uint32_t j = 0; j < p->n; j++) degree += beside[k * p->n + j];
            if (color[k] < 0 && seen * 4096 + degree > most) most = seen * 4096 + degree, next = k;
        }
        uint32_t taken = taken_beside(p, beside, color, next);
        int32_t best = -1;
        for (int32_t c = 0; c < KJ_CLASS_COLORS; c++)
            if (!(taken >> c & 1) && (best < 0 || used[c] < used[best])) best = c;
        for (int32_t c = 0; c < KJ_CLASS_COLORS && best < 0; c++)
            if (best < 0 || used[c] < used[best]) best = c;
        color[next] = best;
        used[best]++;
    }
}

static kj_status choose_colors(kj_error *err, page *p)
{
    uint8_t *beside = calloc((size_t)p->n * p->n + 1, 1);
    int32_t *color = malloc(p->n * sizeof *color + 1);
    kj_status status = beside && color ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status) find_neighbours(p, beside);
    if (!status) color_graph(p, beside, color);
    for (int32_t c = 0; c < kj_grid_cells(&p->figures->grid) && !status; c++) p->color[c] = (int8_t)(p->school_at[c] < 0 ? -1 : color[p->school_at[c]]);
    free(beside);
    free(color);
    return status;
}

/* A close-up of the place where most schools stand close together; w 0 where no two do. */
static kj_window find_cluster(const page *p)
{
    const kj_grid *g = &p->figures->grid;
    double side = CLUSTER_KM * 1000.0 / g->cell_m;
    kj_window best = {0};
    uint32_t most = 1;
    for (uint32_t k = 0; k < p->n && side < g->nx && side < g->ny; k++) {
        kj_window w = {p->schools[k].cell % g->nx + 0.5 - side / 2, p->schools[k].cell / g->nx + 0.5 - side / 2, side, side};
        uint32_t n = 0;
        double col = 0.0, row = 0.0;
        for (uint32_t j = 0; j < p->n; j++) {
            double x = p->schools[j].cell % g->nx + 0.5, y = p->schools[j].cell / g->nx + 0.5;
            if (kj_window_holds(&w, x, y)) n++, col += x, row += y;
        }
        if (n <= most) continue;
        most = n;
        best = (kj_window){col / n - side / 2, row / n - side / 2, side, side};
    }
    return best;
}

/* Signs of the schools in a part of the map, with a line to the school where a sign had to give way: schools on one spot would hide each other's number. */
static kj_status draw_signs(kj_error *err, kj_canvas *canvas, const page *p, const kj_map_frame *frame, const kj_box *box, const kj_window *part, const kj_window *without)
{
    const kj_grid *g = &p->figures->grid;
    kj_sign *signs = malloc((p->n + 1u) * sizeof *signs);
    uint32_t *school = malloc((p->n + 1u) * sizeof *school);
    int32_t n = 0;
    kj_status status = signs && school ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t k = 0; k < p->n && !status; k++) {
        double col = p->schools[k].cell % g->nx + 0.5, row = p->schools[k].cell / g->nx + 0.5;
        if ((without && kj_window_holds(without, col, row)) || !kj_window_holds(part, col, row)) continue;
        school[n] = k;
        signs[n] = kj_map_sign_place(box, SIGN, kj_map_frame_x(frame, col), kj_map_frame_y(frame, row), signs, n);
        n++;
    }
    kj_map_sign_lines(canvas, SIGN, signs, n);
    for (int32_t k = 0; k < n && !status; k++) {
        char number[16];
        snprintf(number, sizeof number, "%u", school[k] + 1);
        kj_map_sign(canvas, signs[k].x, signs[k].y, SIGN, number, p->schools[school[k]].independent ? KJ_COLOR_MUTED : KJ_COLOR_SCHOOL);
    }
    free(signs);
    free(school);
    return status;
}

/* The lower corner, then the upper left one, with the fewest schools under the scale bar; not the left ones where a close-up stands. */
static kj_box scale_bar_place(const page *p, const kj_map_frame *frame, const kj_box *box, bool only_right)
{
    const double w = box->w * 0.25 + 110.0, h = 44.0;
    const kj_box at[3] = {{box->x + 12.0, box->y + box->h - 12.0 - h, w, h}, {box->x + box->w - 12.0 - w, box->y + box->h - 12.0 - h, w, h}, {box->x + 12.0, box->y + 12.0, w, h}};
    uint32_t fewest = UINT32_MAX, best = 1;
    for (uint32_t k = 0; k < 3; k++) {
        uint32_t under = 0;
        for (uint32_t s = 0; s < p->n; s++) {
            double x = kj_map_frame_x(frame, p->schools[s].cell % frame->nx + 0.5), y = kj_map_frame_y(frame, p->schools[s].cell / frame->nx + 0.5);
            under += x > at[k].x - SIGN_APART && x < at[k].x + w + SIGN_APART && y > at[k].y - SIGN_APART && y < at[k].y + h + SIGN_APART;
        }
        if (under < fewest && (!only_right || k == 1)) fewest = under, best = k;
    }
    return at[best];
}

/* A part of the map in a box; schools inside `without` stand in a close-up instead, whose frame is drawn. */
static kj_status draw_map(kj_error *err, kj_canvas *canvas, page *p, const kj_box *at, const kj_window *part, const kj_window *without, bool scale_right)
{
    const kj_grid *g = &p->figures->grid;
    kj_box box = *at;
    kj_map_frame frame = kj_map_frame_fit(&box, g->nx, g->ny, g->cell_m, part->col, part->row, part->w, part->h);
    kj_status status = kj_raster_classes(err, canvas, &frame, p->color);
    for (uint32_t k = 0; k < p->n && !status; k++) {
        for (int32_t c = 0; c < kj_grid_cells(g); c++) p->mask[c] = p->school_at[c] == (int32_t)k;
        kj_map_outline(canvas, &frame, p->mask, KJ_COLOR_INK, 1.2, 0.0);
    }
    for (int32_t c = 0; c < kj_grid_cells(g); c++) p->mask[c] = p->figures->land_last[c] != KJ_OUTSIDE;
    if (!status) kj_map_outline(canvas, &frame, p->mask, KJ_COLOR_INK, 2.0, 0.0);
    if (status) return status;
    if (without) {
        kj_canvas_color(canvas, KJ_COLOR_INK, 1.0);
        cairo_set_line_width(canvas->cr, 2.0);
        cairo_rectangle(canvas->cr, kj_map_frame_x(&frame, without->col), kj_map_frame_y(&frame, without->row), without->w * frame.units_per_cell,
                        without->h * frame.units_per_cell);
        cairo_stroke(canvas->cr);
    }
    kj_box scale = scale_bar_place(p, &frame, &box, scale_right);
    kj_map_scale_bar(canvas, &frame, scale.x, scale.y + scale.h, box.w * 0.25, 20);
    status = draw_signs(err, canvas, p, &frame, &box, part, without);
    if (part->w >= g->nx * 0.5 || without) kj_map_north(canvas, box.x + box.w - 12, box.y + 12, 52);
    return status;
}

static void draw_title(kj_canvas *canvas, const page *p)
{
    kj_text_style big = {.size = 44, .weight = 700, .color = KJ_COLOR_INK, .max_width = 1330};
    kj_text_style small = {.size = 22, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = 1330};
    kj_text_style giant = {.size = 60, .weight = 700, .color = KJ_COLOR_A, .align = KJ_ALIGN_RIGHT, .tabular = true};
    char text[2 * KJ_TITLE_MAX + 64], number[16];
    snprintf(text, sizeof text, p->high ? _("School catchments 7–9 in %s") : _("School catchments F–6 in %s"), p->figures->place);
    kj_text_draw(canvas, MARGIN, 24, &big, text);
    kj_text_draw(canvas, MARGIN, 84, &small, kj_title_in(p->figures->title, (int)canvas->language));
    snprintf(number, sizeof number, "%d", p->year);
    kj_text_draw(canvas, KJ_MAP_PAGE_W - MARGIN, 28, &giant, number);
}

/* Schools with their numbers on the map, as many as fit. Returns the y below the list. */
static double draw_schools(kj_canvas *canvas, const page *p)
{
    char text[LINES_MAX + 1][COLUMNS][80];
    const char *cells[(LINES_MAX + 1) * COLUMNS];
    uint32_t n = p->n < LINES_MAX ? p->n : LINES_MAX;
    snprintf(text[0][0], 80, "%s", _("School"));
    snprintf(text[0][1], 80, "%s", _("Pupils"));
    snprintf(text[0][2], 80, "%s", _("Places"));
    snprintf(text[0][3], 80, "%s", _("Used"));
    snprintf(text[0][4], 80, "%s", _(KJ_FIRST_FULL_LABEL));
    for (uint32_t k = 0; k < n; k++) {
        const kj_catchment_school *s = &p->schools[k];
        char own[96];
        snprintf(text[k + 1][0], 80, "%u  %.60s", k + 1, kj_tr_name(s->name, own, sizeof own));
        snprintf(text[k + 1][1], 80, "%.0f", s->pupils);
        snprintf(text[k + 1][2], 80, "%.0f", s->places);
        snprintf(text[k + 1][3], 80, "%.0f %%", fmax(kj_places_used_percent(s->pupils, s->places), 0.0));
        if (s->first_full) snprintf(text[k + 1][4], 80, "%d", s->first_full);
        else snprintf(text[k + 1][4], 80, "%s", "–");
    }
    for (uint32_t k = 0; k < (n + 1) * COLUMNS; k++) cells[k] = text[k / COLUMNS][k % COLUMNS];
    kj_table_sheet sheet = {.cells = cells, .n_rows = (int32_t)n + 1, .n_columns = COLUMNS, .text_size = n > 30 ? 11.5 : n > 16 ? 13.5 : n > 8 ? 16 : 17}; /* a long list leaves room for the close-up */
    kj_box box = {SIDE, TOP, KJ_MAP_PAGE_W - MARGIN - SIDE, BOTTOM - TOP - 110};
    return TOP + kj_table_draw(canvas, &box, &sheet);
}

/* What the maps show, and which schools the list leaves out; measure: nothing is drawn. Returns the y below. */
static double draw_note(kj_canvas *canvas, const page *p, double y, bool close_up, bool measure)
{
    kj_text_style note = {.size = 17, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = KJ_MAP_PAGE_W - MARGIN - SIDE, .max_lines = 6};
    char line[800];
    snprintf(line, sizeof line, "%s", _("Numbers stand at the schools. Grey numbers: independent schools, which have no catchment."));
    if (close_up) snprintf(line + strlen(line), sizeof line - strlen(line), " %s", _("Numbers inside the frame are in the close-up."));
    snprintf(line + strlen(line), sizeof line - strlen(line), " %s", _("Grey: water, and what lies outside."));
    if (p->figures->facilities_are_assumed) snprintf(line + strlen(line), sizeof line - strlen(line), " %s", kj_assumed_sites_line());
    if (p->n > LINES_MAX) snprintf(line + strlen(line), sizeof line - strlen(line), _(" %u more schools: kedja schools."), p->n - LINES_MAX);
    return y + 14 + (measure ? kj_text_measure(canvas, &note, line) : kj_text_draw(canvas, SIDE, y + 14, &note, line)).height;
}

/* The largest square in a lower corner of the map, or the upper left one, that no cell of the map lies in; w 0: none of a useful size. */
static kj_box free_corner(const page *p, const kj_box *box, const kj_window *part)
{
    const kj_grid *g = &p->figures->grid;
    kj_map_frame frame = kj_map_frame_fit(box, g->nx, g->ny, g->cell_m, part->col, part->row, part->w, part->h);
    kj_box best = {0};
    for (int32_t corner = 0; corner < 3; corner++) {
        double side = DETAIL_MOST;
        for (int32_t c = 0; c < kj_grid_cells(g) && side >= DETAIL_LEAST; c++) {
            if (p->figures->land_last[c] == KJ_OUTSIDE) continue;
            double x = kj_map_frame_x(&frame, c % g->nx), y = kj_map_frame_y(&frame, c / g->nx), away_x, away_y;
            away_x = corner == 1 ? box->x + box->w - x - frame.units_per_cell : x - box->x;
            away_y = corner == 2 ? y - box->y : box->y + box->h - y - frame.units_per_cell;
            double room = (away_x > away_y ? away_x : away_y) - 20.0;
            if (room < side) side = room;
        }
        if (side < DETAIL_LEAST || side <= best.w) continue;
        best = (kj_box){corner == 1 ? box->x + box->w - side : box->x, corner == 2 ? box->y : box->y + box->h - side, side, side};
    }
    return best;
}

/* The close-up stands below the list, or in a corner of the map where that gives more room. */
static kj_status draw_body(kj_error *err, kj_canvas *canvas, page *p)
{
    double listed = draw_schools(canvas, p), below = draw_note(canvas, p, listed, true, true) + 20, width = KJ_MAP_PAGE_W - MARGIN - SIDE;
    kj_window all = kj_window_inside(p->figures), cluster = find_cluster(p);
    double side = BOTTOM - below < width ? BOTTOM - below : width;
    kj_box box = {MARGIN, TOP, MAP_RIGHT - MARGIN, BOTTOM - TOP}, detail = {SIDE, BOTTOM - side, width, side}, corner = free_corner(p, &box, &all);
    bool in_corner = corner.w > side, close_up = cluster.w > 0.0 && (in_corner || side >= DETAIL_LEAST);
    if (in_corner) detail = corner;
    draw_note(canvas, p, listed, close_up, false);
    bool scale_right = close_up && in_corner && corner.x <= box.x && corner.y > box.y;
    kj_status status = draw_map(err, canvas, p, &box, &all, close_up ? &cluster : NULL, scale_right);
    if (status || !close_up) return status;
    status = draw_map(err, canvas, p, &detail, &cluster, NULL, false);
    kj_canvas_color(canvas, KJ_COLOR_INK, 1.0);
    cairo_set_line_width(canvas->cr, 2.0);
    cairo_rectangle(canvas->cr, detail.x, detail.y, detail.w, detail.h);
    cairo_stroke(canvas->cr);
    return status;
}

static void draw_foot(kj_canvas *canvas, const page *p)
{
    kj_text_style style = {.size = 19, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = KJ_MAP_PAGE_W - 2 * MARGIN, .max_lines = 2};
    char text[700];
    snprintf(text, sizeof text, _("%s · Kedja %s · seed %llu · state %.12s · map %s"), kj_honesty_line(), p->figures->version,
             (unsigned long long)p->figures->seed, p->figures->state_hash, p->figures->map_name);
    kj_text_draw(canvas, MARGIN, BOTTOM + 30, &style, text);
}

kj_status kj_report_catchments(kj_error *err, const char *run_path, int32_t year, bool high, const kj_catchment_school *schools, uint32_t n,
                               const char *out_png, const char *lang)
{
    kj_run_figures figures = {0};
    kj_canvas canvas = {0};
    kj_language language = KJ_LANG_EN;
    int32_t shown = year;
    page p = {.figures = &figures, .schools = schools, .n = n, .year = year, .high = high};
    kj_status status = kj_report_check_name(err, out_png, ".png");
    if (!status) status = kj_report_choose_language(err, lang, &language);
    if (!status) status = kj_run_figures_read(err, run_path, &figures);
    if (!status) status = kj_run_figures_read_land(err, run_path, year, &figures, &shown);
    if (!status) {
        size_t cells = (size_t)kj_grid_cells(&figures.grid);
        p.school_at = malloc(cells * sizeof *p.school_at);
        p.color = malloc(cells * sizeof *p.color);
        p.mask = malloc(cells);
        if (!p.school_at || !p.color || !p.mask) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    }
    if (!status) status = read_layer(err, run_path, &p);
    if (!status) status = choose_colors(err, &p);
    if (!status) status = kj_canvas_new_image(err, KJ_MAP_PAGE_W, KJ_MAP_PAGE_H, 1.0, language, &canvas);
    if (!status) draw_title(&canvas, &p);
    if (!status) status = draw_body(err, &canvas, &p);
    if (!status) {
        draw_foot(&canvas, &p);
        status = kj_canvas_write_png(err, &canvas, out_png);
        kj_report_warn_about_cuts(&canvas, out_png);
    }
    kj_status closed = canvas.surface ? kj_canvas_close(status ? NULL : err, &canvas) : KJ_OK;
    free(p.school_at);
    free(p.color);
    free(p.mask);
    kj_run_figures_free(&figures);
    return status ? status : closed;
}
