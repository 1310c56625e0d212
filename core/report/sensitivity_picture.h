/* What a figure of an ensemble depends on, as a chart: bars of Sobol indices, or a tornado of effects or differences. */
#ifndef KEDJA_REPORT_SENSITIVITY_PICTURE_H
#define KEDJA_REPORT_SENSITIVITY_PICTURE_H

#include "../draw/canvas.h"

enum { KJ_SENSITIVITY_ROWS_MAX = 64 };

typedef enum kj_sensitivity_kind { KJ_SENSITIVITY_INDICES = 0, KJ_SENSITIVITY_EFFECTS, KJ_SENSITIVITY_DIFFERENCES } kj_sensitivity_kind;

/* INDICES: value is the total index, second the first-order one. EFFECTS: mu, and mu - sigma to mu + sigma as the second interval.
   DIFFERENCES: mean over pairs, and the interval without shared luck as the second. NAN: none. */
typedef struct kj_sensitivity_row {
    char label[160];
    double value, low, high;
    double second, second_low, second_high;
} kj_sensitivity_row;

typedef struct kj_sensitivity_picture {
    kj_sensitivity_kind kind;
    char title[256];  /* of the experiment */
    char figure[64];  /* "population" */
    int32_t year, n;
    bool constant;    /* the figure is the same in all members */
    bool few;         /* INDICES, EFFECTS: too few samples for the intervals to be 95 % */
    double luck;      /* EFFECTS: standard deviation between runs that differ in their seed alone; 0: seeds were no factor */
    kj_sensitivity_row row[KJ_SENSITIVITY_ROWS_MAX]; /* largest first */
} kj_sensitivity_picture;

/* The chart in a box; at most n_shown rows. */
void kj_sensitivity_draw(kj_canvas *canvas, const kj_box *box, const kj_sensitivity_picture *picture, int32_t n_shown, double text_size);
/* The same as a file of its own: .png, .svg or .pdf. KJ_E_INPUT for another ending. */
kj_status kj_report_sensitivity(kj_error *err, const kj_sensitivity_picture *picture, const char *path, const char *lang);

#endif
