/* Charts of many runs: the fan of thin lines and the tornado of differences. */
#ifndef KEDJA_DRAW_ENSEMBLE_CHART_H
#define KEDJA_DRAW_ENSEMBLE_CHART_H

#include <stdbool.h>

#include "canvas.h"

typedef struct kj_fan_chart {
    const char *title, *unit;
    const double *x;      /* [n_times] years */
    const double *y;      /* [n_lines][n_times]; NAN: no figure */
    const double *low, *middle, *high; /* [n_times]: the band's ends and the median */
    const char *band_name;             /* "80 % of 200 members" */
    const char *middle_name;           /* "median" */
    int32_t n_lines, n_times;
    const double *observed_x, *observed_y; /* what was counted: dots and a dotted line; the axis of years is widened */
    int32_t n_observed;
    double text_size;
    const char *empty;
} kj_fan_chart;

/* Every member as a thin line, the ends of the band dashed, the median thick; values at the last year. */
void kj_chart_fan(kj_canvas *canvas, const kj_box *box, const kj_fan_chart *chart);

typedef struct kj_tornado_bar {
    const char *label;
    double value, low, high;             /* difference and its interval */
    double wide_low, wide_high;          /* the interval without shared luck; NAN: none */
    double spread;                       /* > 0: no difference but a spread, to both sides of zero; the value is not read */
} kj_tornado_bar;

typedef struct kj_tornado_chart {
    const char *title, *unit;
    const kj_tornado_bar *bars; /* in the order in which they are to stand */
    int32_t n;
    bool whole; /* values are counts: no decimals */
    double text_size;
    const char *narrow_name, *wide_name; /* of the two intervals, for the legend; wide "": there is none */
    const char *empty;
} kj_tornado_chart;

/* Bars from zero, an upper whisker, dark and thick, for the interval and a lower one, muted and thin, for the wide interval. A spread is a muted band
   about zero, its figure after ±. */
void kj_chart_tornado(kj_canvas *canvas, const kj_box *box, const kj_tornado_chart *chart);

/* Shares of the variance of a figure: what a factor explains alone, and with all that it does together with others. */
typedef struct kj_index_bar {
    const char *label;
    double alone, alone_low, alone_high;
    double total, total_low, total_high;
} kj_index_bar;

typedef struct kj_index_chart {
    const char *title, *unit;
    const kj_index_bar *bars; /* in the order in which they are to stand */
    int32_t n;
    double text_size;
    const char *alone_name, *total_name;
    const char *empty;
} kj_index_chart;

/* Two bars a factor from zero, each with the whisker of its interval and its value. */
void kj_chart_indices(kj_canvas *canvas, const kj_box *box, const kj_index_chart *chart);

#endif
