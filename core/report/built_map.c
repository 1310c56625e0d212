#include "built_map.h"

#include <math.h>

#include "../draw/map_draw.h"

static bool is_new(const kj_run_figures *f, int64_t cell)
{
    return f->land_first[cell] != KJ_OUTSIDE && !kj_land_is_built(f->land_first[cell]) && kj_land_is_built(f->land_last[cell]);
}

/* Fills the cells of one kind; two pixels at least, so that a single cell is seen; what one world alone builds is larger and has a rim of paper. */
static void fill_cells(kj_canvas *canvas, const kj_map_frame *frame, const kj_run_figures *own, const kj_run_figures *base, int in_own, int in_base, kj_rgb color)
{
    bool alone = base && in_own != in_base;
    double least = alone ? 5.0 : 2.2, size = fmax(frame->units_per_cell, least), shift = (frame->units_per_cell - size) / 2.0;
    for (int32_t row = 0; row < own->grid.ny; row++)
        for (int32_t col = 0; col < own->grid.nx; col++) {
            int64_t cell = (int64_t)row * own->grid.nx + col;
            if (is_new(own, cell) != in_own || (base && is_new(base, cell) != in_base)) continue;
            cairo_rectangle(canvas->cr, kj_map_frame_x(frame, col) + shift, kj_map_frame_y(frame, row) + shift, size, size);
        }
    kj_canvas_color(canvas, KJ_COLOR_PAPER, 1.0);
    cairo_set_line_width(canvas->cr, 2.5);
    if (alone) cairo_stroke_preserve(canvas->cr);
    kj_canvas_color(canvas, color, 1.0);
    cairo_fill(canvas->cr);
}

kj_window kj_built_window(const kj_run_figures *figures, uint32_t n)
{
    kj_window all = kj_window_inside(&figures[0]);
    double west = 1e9, east = -1.0, north = 1e9, south = -1.0;
    for (uint32_t w = 0; w < n; w++)
        for (int64_t cell = 0, nx = figures[w].grid.nx; cell < nx * figures[w].grid.ny; cell++) {
            if (!is_new(&figures[w], cell)) continue;
            west = fmin(west, (double)(cell % nx)), east = fmax(east, (double)(cell % nx));
            north = fmin(north, (double)(cell / nx)), south = fmax(south, (double)(cell / nx));
        }
    if (east < 0.0) return all;
    double side = fmax(fmax(east - west, south - north) * 1.12 + 4.0, fmax(all.w, all.h) / 3.0);
    double w = fmin(side, all.w), h = fmin(fmax((south - north) * 1.12 + 4.0, side * 0.6), all.h);
    double col = fmin(fmax((west + east + 1.0 - w) / 2.0, all.col), all.col + all.w - w), row = fmin(fmax((north + south + 1.0 - h) / 2.0, all.row), all.row + all.h - h);
    return (kj_window){col, row, w, h};
}

kj_status kj_built_map(kj_error *err, kj_canvas *canvas, const kj_box *box, const kj_window *view, const kj_run_figures *own, const kj_run_figures *base)
{
    kj_map_frame frame = kj_map_frame_fit(box, own->grid.nx, own->grid.ny, own->grid.cell_m, view->col, view->row, view->w, view->h);
    kj_status status = kj_raster_land(err, canvas, &frame, own->land_first, false);
    if (status) return status;
    kj_canvas_fill_box(canvas, box, 0.0, KJ_COLOR_PAPER, KJ_BUILT_PALE);
    cairo_save(canvas->cr);
    cairo_rectangle(canvas->cr, box->x, box->y, box->w, box->h);
    cairo_clip(canvas->cr);
    fill_cells(canvas, &frame, own, base, 1, 1, KJ_COLOR_NEW);
    if (base) fill_cells(canvas, &frame, own, base, 0, 1, KJ_COLOR_A);
    if (base) fill_cells(canvas, &frame, own, base, 1, 0, KJ_COLOR_B);
    cairo_restore(canvas->cr);
    kj_map_scale_bar(canvas, &frame, box->x + 10, box->y + box->h - 10, box->w * 0.3, 16);
    return KJ_OK;
}

