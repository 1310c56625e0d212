/* What lies over a map raster: outlines, symbols, place names, scale bar, north arrow, legend, notes. Each piece of
   furniture returns its box, so that names can keep clear of it. */
#ifndef KEDJA_DRAW_MAP_DRAW_H
#define KEDJA_DRAW_MAP_DRAW_H

#include "raster.h"

/* Border of the cells whose mask is not 0, along cell edges; rim is the width of a paper-coloured rim outside the line.
 */
void kj_map_outline(kj_canvas *canvas, const kj_map_frame *frame, const uint8_t *mask, kj_rgb color, double width,
                    double rim);

typedef struct kj_map_place {
    double col, row; /* of the centre, in cells */
    const char *name;
    double size; /* of the text */
    int32_t weight;
    kj_box around; /* w > 0: the name may stand beside this box, on the page, instead */
} kj_map_place;

/* Names with a halo, most important first; a name that finds no room is left out; obstacles from n_hard
   on (signs) it may cover rather than that. Returns how many were drawn. */
int32_t kj_map_places(kj_canvas *canvas, const kj_map_frame *frame, const kj_map_place *places, int32_t n,
                      const kj_box *obstacles, int32_t n_obstacles, int32_t n_hard);

/* A square sign with a letter ("S" for a school) at a cell position. */
void kj_map_sign(kj_canvas *canvas, double x, double y, double size, const char *letter, kj_rgb color);

/* Where a sign stands, and what it stands for: apart where another sign had the place. */
typedef struct kj_sign {
    double x, y, at_x, at_y;
} kj_sign;

/* A sign for what lies at (x, y): there, or on the nearest place on rings around it that is inside the box and clear of the n signs before. Where none is, over another. */
kj_sign kj_map_sign_place(const kj_box *within, double size, double x, double y, const kj_sign *signs, int32_t n);
/* From each sign that had to give way, a line to what it stands for: before any sign is drawn. */
void kj_map_sign_lines(kj_canvas *canvas, double size, const kj_sign *signs, int32_t n);

/* A bar of a round number of metres or kilometres, at most max_width long; (left, bottom) is the panel's corner. */
kj_box kj_map_scale_bar(kj_canvas *canvas, const kj_map_frame *frame, double left, double bottom, double max_width,
                        double text_size);
/* Grid north, which is up; (right, top) is the corner of the sign's box. */
kj_box kj_map_north(kj_canvas *canvas, double right, double top, double size);

typedef enum kj_legend_kind {
    KJ_LEGEND_LAND = 0,
    KJ_LEGEND_OUTLINE = 1,
    KJ_LEGEND_SIGN = 2,
    KJ_LEGEND_PLAIN = 3,
    KJ_LEGEND_DOT = 4,
    KJ_LEGEND_DISC = 5 /* of what people have placed */
} kj_legend_kind;

typedef struct kj_legend_item {
    kj_legend_kind kind;
    int32_t land_use;   /* KJ_LEGEND_LAND */
    kj_rgb color;       /* the others */
    const char *letter; /* KJ_LEGEND_SIGN */
    const char *label;
} kj_legend_item;

typedef struct kj_legend {
    const char *title;
    const kj_legend_item *items;
    int32_t n;
    double text_size;
    double max_width; /* of the whole panel; 0: as wide as needed */
    bool hatch;
    bool across; /* items beside each other, in rows no wider than max_width */
} kj_legend;

kj_box kj_map_legend_box(kj_canvas *canvas, const kj_legend *legend, double left, double bottom);
kj_box kj_map_legend(kj_canvas *canvas, const kj_legend *legend, double left, double bottom);
/* One item alone in a box as wide as given; returns its height. measure: nothing is drawn. */
double kj_map_legend_row(kj_canvas *canvas, const kj_legend *legend, int32_t item, double x, double y, double width, bool measure);

/* Legend of a continuous layer: the colours from low to high with round ticks. Returns its box. */
typedef struct kj_ramp {
    const char *title, *unit;
    double low, high;
    double text_size;
    kj_rgb (*color)(double); /* palette, 0 to 1 */
    bool years;              /* ticks are calendar years */
} kj_ramp;
kj_box kj_map_ramp(kj_canvas *canvas, const kj_ramp *ramp, double left, double bottom);

/* Box of a one-line note on a panel; (right, bottom) is its corner. */
kj_box kj_map_note(kj_canvas *canvas, double right, double bottom, double text_size, const char *text);

/* "Farmland", in the language that is set; what is none of the open or living kinds counts as workplaces. */
const char *kj_land_name(int32_t land_use);

#endif
