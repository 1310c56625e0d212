#include "raster.h"

#include <math.h>
#include <stdlib.h>

kj_map_frame kj_map_frame_fit(const kj_box *box, int32_t nx, int32_t ny, double cell_m, double col, double row,
                              double w, double h)
{
    double by_width = box->w / w, by_height = box->h / h, unit = by_width < by_height ? by_width : by_height;
    kj_map_frame frame = {.box = *box, .nx = nx, .ny = ny, .cell_m = cell_m, .units_per_cell = unit};
    frame.col0 = col + w / 2.0 - box->w / unit / 2.0;
    frame.row0 = row + h / 2.0 - box->h / unit / 2.0;
    return frame;
}

double kj_map_frame_x(const kj_map_frame *frame, double col)
{
    return frame->box.x + (col - frame->col0) * frame->units_per_cell;
}
double kj_map_frame_y(const kj_map_frame *frame, double row)
{
    return frame->box.y + (row - frame->row0) * frame->units_per_cell;
}

static uint32_t pack(kj_rgb color)
{
    return 0xFF000000u | ((uint32_t)color.r << 16) | ((uint32_t)color.g << 8) | (uint32_t)color.b;
}

/* Ink of a hatch: the class colour darkened by 30 %. */
static uint32_t darken(uint32_t argb)
{
    uint32_t r = ((argb >> 16) & 0xFF) * 7 / 10, g = ((argb >> 8) & 0xFF) * 7 / 10, b = (argb & 0xFF) * 7 / 10;
    return 0xFF000000u | (r << 16) | (g << 8) | b;
}

typedef struct cell_window {
    int32_t first, last; /* [first, last) */
} cell_window;

/* Cells whose centres lie under device pixel p (at least one). */
static cell_window cells_under(double origin, double cells_per_pixel, int32_t p)
{
    if (cells_per_pixel <= 1.0) {
        int32_t cell = (int32_t)floor(origin + ((double)p + 0.5) * cells_per_pixel);
        return (cell_window){cell, cell + 1};
    }
    int32_t first = (int32_t)floor(origin + (double)p * cells_per_pixel),
            last = (int32_t)floor(origin + ((double)p + 1.0) * cells_per_pixel);
    return (cell_window){first, last > first ? last : first + 1};
}

static uint32_t average(const uint32_t *cells, const kj_map_frame *frame, cell_window cols, cell_window rows,
                        uint32_t outside)
{
    uint64_t r = 0, g = 0, b = 0, n = 0;
    for (int32_t row = rows.first; row < rows.last; row++) {
        for (int32_t col = cols.first; col < cols.last; col++) {
            int inside = row >= 0 && col >= 0 && row < frame->ny && col < frame->nx;
            uint32_t argb = inside ? cells[(int64_t)row * frame->nx + col] : outside;
            r += (argb >> 16) & 0xFF;
            g += (argb >> 8) & 0xFF;
            b += argb & 0xFF;
            n++;
        }
    }
    return 0xFF000000u | ((uint32_t)(r / n) << 16) | ((uint32_t)(g / n) << 8) | (uint32_t)(b / n);
}

static void paint_pixels(kj_canvas *canvas, cairo_surface_t *image, const kj_box *box)
{
    cairo_t *cr = canvas->cr;
    cairo_surface_mark_dirty(image);
    cairo_save(cr);
    cairo_translate(cr, box->x, box->y);
    cairo_scale(cr, box->w / (double)cairo_image_surface_get_width(image),
                box->h / (double)cairo_image_surface_get_height(image));
    cairo_set_source_surface(cr, image, 0.0, 0.0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
    cairo_rectangle(cr, 0.0, 0.0, (double)cairo_image_surface_get_width(image),
                    (double)cairo_image_surface_get_height(image));
    cairo_fill(cr);
    cairo_restore(cr);
}

/* Resamples colours of cells into the frame's box. hatch_of (may be NULL) is the class of each cell. */
static kj_status paint_cells(kj_error *err, kj_canvas *canvas, const kj_map_frame *frame, const uint32_t *cells,
                             const uint8_t *hatch_of)
{
    int32_t width = (int32_t)lround(frame->box.w * canvas->scale),
            height = (int32_t)lround(frame->box.h * canvas->scale);
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    if (cairo_surface_status(image) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(image);
        return kj_fail(err, KJ_E_MEMORY, "map raster of %d by %d pixels: out of memory", width, height);
    }
    uint8_t *pixels = cairo_image_surface_get_data(image);
    int stride = cairo_image_surface_get_stride(image);
    double cells_per_pixel = 1.0 / (frame->units_per_cell * canvas->scale);
    uint32_t outside = pack(KJ_COLOR_OUTSIDE);
#pragma omp parallel for schedule(static)
    for (int32_t y = 0; y < height; y++) {
        uint32_t *line = (uint32_t *)(void *)(pixels + (int64_t)y * stride);
        cell_window rows = cells_under(frame->row0, cells_per_pixel, y);
        for (int32_t x = 0; x < width; x++) {
            cell_window cols = cells_under(frame->col0, cells_per_pixel, x);
            uint32_t argb = average(cells, frame, cols, rows, outside);
            int inside = rows.first >= 0 && cols.first >= 0 && rows.first < frame->ny && cols.first < frame->nx;
            if (hatch_of && inside && kj_palette_hatch(hatch_of[(int64_t)rows.first * frame->nx + cols.first], x, y))
                argb = darken(argb);
            line[x] = argb;
        }
    }
    paint_pixels(canvas, image, &frame->box);
    cairo_surface_destroy(image);
    return KJ_OK;
}

kj_status kj_raster_land(kj_error *err, kj_canvas *canvas, const kj_map_frame *frame, const uint8_t *land_use,
                         bool hatch)
{
    int64_t n = (int64_t)frame->nx * frame->ny;
    uint32_t *cells = malloc((size_t)n * sizeof *cells);
    if (!cells) return kj_fail(err, KJ_E_MEMORY, "map of %lld cells: out of memory", (long long)n);
    for (int64_t i = 0; i < n; i++) cells[i] = pack(kj_palette_land(land_use[i]));
    kj_status status = paint_cells(err, canvas, frame, cells, hatch ? land_use : NULL);
    free(cells);
    return status;
}

kj_status kj_raster_values(kj_error *err, kj_canvas *canvas, const kj_map_frame *frame, const float *values, double low, double high, kj_rgb (*color)(double))
{
    int64_t n = (int64_t)frame->nx * frame->ny;
    uint32_t *cells = malloc((size_t)n * sizeof *cells);
    if (!cells) return kj_fail(err, KJ_E_MEMORY, "map of %lld cells: out of memory", (long long)n);
    double span = high > low ? high - low : 1.0;
    for (int64_t i = 0; i < n; i++) cells[i] = pack(isnan(values[i]) ? KJ_COLOR_OUTSIDE : color(((double)values[i] - low) / span));
    kj_status status = paint_cells(err, canvas, frame, cells, NULL);
    free(cells);
    return status;
}

kj_status kj_raster_classes(kj_error *err, kj_canvas *canvas, const kj_map_frame *frame, const int8_t *classes)
{
    int64_t n = (int64_t)frame->nx * frame->ny;
    uint32_t *cells = malloc((size_t)n * sizeof *cells);
    if (!cells) return kj_fail(err, KJ_E_MEMORY, "map of %lld cells: out of memory", (long long)n);
    for (int64_t i = 0; i < n; i++) cells[i] = pack(kj_palette_class(classes[i]));
    kj_status status = paint_cells(err, canvas, frame, cells, NULL);
    free(cells);
    return status;
}

void kj_raster_swatch(kj_canvas *canvas, const kj_box *box, int32_t land_use, bool hatch)
{
    uint8_t one = (uint8_t)land_use;
    kj_map_frame frame = kj_map_frame_fit(box, 1, 1, 1.0, 0.0, 0.0, 1.0, 1.0);
    frame.units_per_cell = box->w > box->h ? box->w : box->h;
    frame.col0 = frame.row0 = 0.0;
    kj_error ignored;
    if (kj_raster_land(&ignored, canvas, &frame, &one, hatch) != KJ_OK)
        kj_canvas_fill_box(canvas, box, 0.0, kj_palette_land(land_use), 1.0);
    kj_canvas_color(canvas, KJ_COLOR_INK, 0.55);
    cairo_set_line_width(canvas->cr, 1.0);
    cairo_rectangle(canvas->cr, box->x, box->y, box->w, box->h);
    cairo_stroke(canvas->cr);
}
