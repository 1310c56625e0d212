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

enum { SIGN_APART = 26 };
enum { MARGIN = 40, TOP = 150, BOTTOM = 1110, MAP_RIGHT = 1010, SIDE = 1040, TONES = 6, LINES_MAX = 30, COLUMNS = 5, CLUSTER_KM = 5 };

typedef struct page {
    const kj_run_figures *figures;
    const kj_catchment_school *schools;
    uint32_t n;
    int32_t *school_at; /* by cell: index of the school, -1 none */
    float *tone;        /* by cell, NaN outside */
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

/* Tones of one ramp such that neighbours differ as much as they can: each school, the largest catchment first, takes the tone
   farthest from those of its neighbours that have one. */
static kj_status choose_tones(kj_error *err, page *p)
{
    int32_t nx = p->figures->grid.nx, ny = p->figures->grid.ny;
    uint8_t *beside = calloc((size_t)p->n * p->n + 1, 1);
    int32_t *tone = malloc(p->n * sizeof *tone + 1), *size = calloc(p->n + 1u, sizeof *size);
    kj_status status = beside && tone && size ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (int32_t c = 0; c < nx * ny && !status; c++) {
        int32_t a = p->school_at[c];
        if (a < 0) continue;
        size[a]++;
        for (int32_t k = 0; k < 2; k++) {
            int32_t b = k == 0 ? (c % nx + 1 < nx ? p->school_at[c + 1] : -1) : (c / nx + 1 < ny ? p->school_at[c + nx] : -1);
            if (b >= 0 && b != a) beside[(uint32_t)a * p->n + (uint32_t)b] = beside[(uint32_t)b * p->n + (uint32_t)a] = 1;
        }
    }
    for (uint32_t k = 0; k < p->n && !status; k++) tone[k] = -1;
    for (uint32_t step = 0; step < p->n && !status; step++) {
        uint32_t next = UINT32_MAX;
        for (uint32_t k = 0; k < p->n; k++)
            if (tone[k] < 0 && (next == UINT32_MAX || size[k] > size[next])) next = k;
        int32_t best = 0, best_gap = -1;
        for (int32_t t = 0; t < TONES; t++) {
            int32_t gap = TONES;
            for (uint32_t k = 0; k < p->n; k++)
                if (beside[next * p->n + k] && tone[k] >= 0 && abs(tone[k] - t) < gap) gap = abs(tone[k] - t);
            if (gap > best_gap || (gap == best_gap && (t * 5 + (int32_t)next) % TONES < (best * 5 + (int32_t)next) % TONES)) best_gap = gap, best = t;
        }
        tone[next] = best;
    }
    for (int32_t c = 0; c < nx * ny && !status; c++) p->tone[c] = p->school_at[c] < 0 ? NAN : (float)tone[p->school_at[c]];
    free(beside);
    free(tone);
    free(size);
    return status;
}

static bool inside(const kj_window *w, double col, double row)
{
    return w->w > 0.0 && col >= w->col && row >= w->row && col < w->col + w->w && row < w->row + w->h;
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
            if (inside(&w, x, y)) n++, col += x, row += y;
        }
        if (n <= most) continue;
        most = n;
        best = (kj_window){col / n - side / 2, row / n - side / 2, side, side};
    }
    return best;
}

/* Schools on one spot would hide each other's number: the later sign stands to the right of the earlier. */
static void keep_apart(double *x, double y, const kj_box *signs, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++) {
        if (fabs(*x - signs[k].x) >= SIGN_APART || fabs(y - signs[k].y) >= SIGN_APART) continue;
        *x = signs[k].x + SIGN_APART;
        k = UINT32_MAX; /* from the first again: signs only move to the right, so this ends */
    }
}

/* A part of the map in a box; schools inside `without` stand in a close-up instead, whose frame is drawn. */
static kj_status draw_map(kj_error *err, kj_canvas *canvas, page *p, const kj_box *at, const kj_window *part, const kj_window *without)
{
    const kj_grid *g = &p->figures->grid;
    kj_box box = *at;
    kj_map_frame frame = kj_map_frame_fit(&box, g->nx, g->ny, g->cell_m, part->col, part->row, part->w, part->h);
    kj_status status = kj_raster_values(err, canvas, &frame, p->tone, -1.5, (double)TONES);
    for (uint32_t k = 0; k < p->n && !status; k++) {
        for (int32_t c = 0; c < kj_grid_cells(g); c++) p->mask[c] = p->school_at[c] == (int32_t)k;
        kj_map_outline(canvas, &frame, p->mask, KJ_COLOR_PAPER, 2.0, 0.0);
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
    kj_box *signs = malloc((p->n + 1u) * sizeof *signs);
    if (!signs) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t k = 0, n = 0; k < p->n; k++) {
        char number[16];
        double col = p->schools[k].cell % g->nx + 0.5, row = p->schools[k].cell / g->nx + 0.5;
        if ((without && inside(without, col, row)) || !inside(part, col, row)) continue;
        double x = kj_map_frame_x(&frame, col), y = kj_map_frame_y(&frame, row);
        snprintf(number, sizeof number, "%u", k + 1);
        keep_apart(&x, y, signs, n);
        signs[n++] = (kj_box){.x = x, .y = y};
        kj_map_sign(canvas, x, y, 22, number, p->schools[k].independent ? KJ_COLOR_MUTED : KJ_COLOR_SCHOOL);
    }
    free(signs);
    kj_map_scale_bar(canvas, &frame, box.x + 12, box.y + box.h - 12, box.w * 0.3, 20);
    if (part->w >= g->nx * 0.5 || without) kj_map_north(canvas, box.x + box.w - 12, box.y + 12, 52);
    return KJ_OK;
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

/* Schools with their numbers on the map; what does not fit is said. */
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
        snprintf(text[k + 1][0], 80, "%u  %.60s", k + 1, s->name);
        snprintf(text[k + 1][1], 80, "%.0f", s->pupils);
        snprintf(text[k + 1][2], 80, "%.0f", s->places);
        snprintf(text[k + 1][3], 80, "%.0f %%", s->places > 0.0 ? 100.0 * s->pupils / s->places : 0.0);
        if (s->first_full) snprintf(text[k + 1][4], 80, "%d", s->first_full);
        else snprintf(text[k + 1][4], 80, "%s", "–");
    }
    for (uint32_t k = 0; k < (n + 1) * COLUMNS; k++) cells[k] = text[k / COLUMNS][k % COLUMNS];
    kj_table_sheet sheet = {.cells = cells, .n_rows = (int32_t)n + 1, .n_columns = COLUMNS, .text_size = n > 16 ? 13.5 : 17}; /* a long list leaves room for the close-up */
    kj_box box = {SIDE, TOP, KJ_MAP_PAGE_W - MARGIN - SIDE, BOTTOM - TOP - 110};
    double used = kj_table_draw(canvas, &box, &sheet);
    kj_text_style note = {.size = 17, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = box.w, .max_lines = 4};
    char line[400];
    snprintf(line, sizeof line, "%s", _("Numbers stand at the schools. Grey numbers: independent schools, which have no catchment."));
    if (p->n > n) snprintf(line + strlen(line), sizeof line - strlen(line), _(" %u more schools: kedja schools."), p->n - n);
    return TOP + used + 14 + kj_text_draw(canvas, SIDE, TOP + used + 14, &note, line).height;
}

static kj_status draw_body(kj_error *err, kj_canvas *canvas, page *p)
{
    double below = draw_schools(canvas, p) + 20, width = KJ_MAP_PAGE_W - MARGIN - SIDE;
    kj_window all = kj_window_inside(p->figures), cluster = find_cluster(p);
    double side = BOTTOM - below < width ? BOTTOM - below : width;
    bool close_up = cluster.w > 0.0 && side >= 260;
    kj_box box = {MARGIN, TOP, MAP_RIGHT - MARGIN, BOTTOM - TOP}, detail = {SIDE, BOTTOM - side, width, side};
    kj_status status = draw_map(err, canvas, p, &box, &all, close_up ? &cluster : NULL);
    return status || !close_up ? status : draw_map(err, canvas, p, &detail, &cluster, NULL);
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
        p.tone = malloc(cells * sizeof *p.tone);
        p.mask = malloc(cells);
        if (!p.school_at || !p.tone || !p.mask) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    }
    if (!status) status = read_layer(err, run_path, &p);
    if (!status) status = choose_tones(err, &p);
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
    free(p.tone);
    free(p.mask);
    kj_run_figures_free(&figures);
    return status ? status : closed;
}
