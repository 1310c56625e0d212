/* Charts: lines with their labels at the line ends, bars, columns. The title and unit stand above the plot. Axis ticks
   are round numbers; labels never overlap. An empty chart says so instead of showing an empty frame. */
#ifndef KEDJA_DRAW_CHART_H
#define KEDJA_DRAW_CHART_H

#include "canvas.h"

typedef enum kj_dash { KJ_DASH_SOLID = 0, KJ_DASH_DASHED = 1, KJ_DASH_DOTTED = 2 } kj_dash;

typedef struct kj_series {
    const char *name; /* stands at the line's end before its last value: "A", "pupils" */
    const double *x, *y;
    int32_t n;
    kj_rgb color;
    kj_dash dash;
    bool marks;      /* a dot at each point (observations) */
    bool name_alone;  /* no value at the end */
    bool name_inside; /* named beside its middle instead of at its end: a line that ends long before the axis does */
} kj_series;

/* A level to reach at one x: a hollow mark with a dashed line to the axis. */
typedef struct kj_target {
    double x, y;
    const char *label; /* NULL: no target */
} kj_target;

typedef struct kj_line_chart {
    const char *title, *unit;
    const kj_series *series;
    int32_t n;
    const double *thin; /* [n_thin][of the first series]: one thin line each, of the runs of an ensemble; NULL: none */
    int32_t n_thin, thin_stride;
    kj_target target;
    double x_low, x_high;
    double y_low, y_high; /* what the y axis holds besides the lines, so that it stays while they grow; equal: nothing */
    bool from_zero;   /* the y axis begins at 0 */
    double least_span; /* the y axis spans at least this share of the greatest value: 0.2 keeps 2 % from looking steep */
    int32_t decimals; /* of the values at the line ends */
    double text_size;
    const char *empty; /* said when there is no point to show */
} kj_line_chart;

void kj_chart_lines(kj_canvas *canvas, const kj_box *box, const kj_line_chart *chart);

typedef struct kj_bar {
    const char *label;
    double value;
    kj_rgb color;
} kj_bar;

typedef struct kj_bar_chart {
    const char *title, *unit;
    const kj_bar *bars;
    int32_t n;
    int32_t decimals;
    bool percent; /* a per cent sign after each value */
    double text_size;
    const char *empty; /* said when all values are 0 */
} kj_bar_chart;

/* Horizontal bars, label before and value after each: for names. Bars are at most as thick as two lines of text. */
void kj_chart_bars(kj_canvas *canvas, const kj_box *box, const kj_bar_chart *chart);
/* Vertical columns, label below and value on top: histograms and years. */
void kj_chart_columns(kj_canvas *canvas, const kj_box *box, const kj_bar_chart *chart);

#endif
