/* Layers of a grid as pixels, on the CPU: each device pixel takes the colour of the cell under its centre, so that cell
   edges stay crisp at every zoom; where several cells fall on one pixel their colours are averaged. */
#ifndef KEDJA_DRAW_RASTER_H
#define KEDJA_DRAW_RASTER_H

#include "canvas.h"

/* Part of a grid shown in a box of the page. Row 0 lies north. */
typedef struct kj_map_frame {
    kj_box box;
    int32_t nx, ny;
    double cell_m;
    double col0, row0;     /* cell coordinates of the box's upper left corner */
    double units_per_cell; /* page units a cell */
} kj_map_frame;

/* Shows the columns and rows [col, col + w) × [row, row + h) as large as they fit, centred in the box. */
kj_map_frame kj_map_frame_fit(const kj_box *box, int32_t nx, int32_t ny, double cell_m, double col, double row,
                              double w, double h);
double kj_map_frame_x(const kj_map_frame *frame, double col);
double kj_map_frame_y(const kj_map_frame *frame, double row);

/* Land use (kj_land_use; other values are outside the map). hatch: patterns for greyscale print. */
kj_status kj_raster_land(kj_error *err, kj_canvas *canvas, const kj_map_frame *frame, const uint8_t *land_use,
                         bool hatch);
/* A continuous layer in the colours of a palette (0 to 1) from low to high; NaN is outside. */
kj_status kj_raster_values(kj_error *err, kj_canvas *canvas, const kj_map_frame *frame, const float *values, double low, double high, kj_rgb (*color)(double));
/* Kinds without an order in the colours of kj_palette_class; -1 is outside. */
kj_status kj_raster_classes(kj_error *err, kj_canvas *canvas, const kj_map_frame *frame, const int8_t *classes);
/* A box in the colour (and pattern) of a land use, as in the map. */
void kj_raster_swatch(kj_canvas *canvas, const kj_box *box, int32_t land_use, bool hatch);

#endif
