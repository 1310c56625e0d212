/* Where things go: round ticks, round lengths, labels that do not collide. Pure functions without a canvas. */
#ifndef KEDJA_DRAW_LAYOUT_H
#define KEDJA_DRAW_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

/* Ticks first, first + step, … (n of them) on a round step (1, 2 or 5 times a power of ten) that span [low, high]. */
typedef struct kj_ticks {
    double first, step;
    int32_t n;
    int32_t decimals; /* digits after the point that tell the ticks apart */
} kj_ticks;

/* At most max_ticks (>= 3, since a range across 0 needs three) ticks that cover the range. An empty range is widened by
 * one step. */
kj_ticks kj_ticks_cover(double low, double high, int32_t max_ticks);
/* At most max_ticks (>= 2) whole-numbered ticks inside the range (years on an axis that keeps its own ends). */
kj_ticks kj_ticks_inside(double low, double high, int32_t max_ticks);

/* Greatest 1, 2 or 5 times a power of ten that is not above `limit` (> 0). */
double kj_round_length(double limit);

/* Moves label centres apart along a line: at least `gap` between neighbours, inside [low, high], order kept, as near as
   may be to where they wanted to be. wanted must be sorted. False (evenly spaced) if there is not room for all. */
bool kj_labels_spread(const double *wanted, int32_t n, double gap, double low, double high, double *placed);

typedef struct kj_box {
    double x, y, w, h;
} kj_box;

bool kj_box_overlaps(const kj_box *a, const kj_box *b);
bool kj_box_inside(const kj_box *inner, const kj_box *outer);

/* A point that wants a label of the given size near it. */
typedef struct kj_anchor {
    double x, y;   /* the point */
    double w, h;   /* size of the label */
    double offset; /* distance between the point and the label */
    kj_box around; /* w > 0: a box round the point whose sides are tried after the point itself */
} kj_anchor;

/* Places labels beside their points, first come first served: right, left, above, below, then the corners. A label that
   fits nowhere clear of obstacles, placed labels, the points of others and the frame may lie over obstacles from n_hard on
   and over points, and close to labels; failing that it is left out (placed[i].w = 0). Returns how many were placed. */
int32_t kj_labels_place(const kj_anchor *anchors, int32_t n, const kj_box *frame, const kj_box *obstacles,
                        int32_t n_obstacles, int32_t n_hard, kj_box *placed);

#endif
