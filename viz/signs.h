/* Where the signs of schools stand on a pane: beside each other, as on the pages, so that each can be read and clicked. */
#ifndef KEDJA_VIZ_SIGNS_H
#define KEDJA_VIZ_SIGNS_H

#include "../core/draw/map_draw.h"
#include "app.h"

enum { KJ_SCHOOL_SIGNS_MAX = 128 };

typedef struct kj_school_signs {
    double size;
    int32_t n, row[KJ_SCHOOL_SIGNS_MAX]; /* of the facility */
    kj_sign sign[KJ_SCHOOL_SIGNS_MAX];   /* in units */
} kj_school_signs;

/* Signs of the schools that are open in the year shown or have closed by then; none where signs are not shown. The same for both worlds of a swipe. */
void kj_school_signs_place(const kj_app *app, const kj_pane *pane, kj_school_signs *out);
kj_box kj_school_sign_box(const kj_school_signs *signs, int32_t i);
/* Facility whose sign is at a place of the canvas (units); the one drawn last where two meet; -1. */
int32_t kj_school_sign_at(const kj_school_signs *signs, double x, double y);

#endif
