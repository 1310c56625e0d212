/* Where the signs of schools stand on a pane. */
#include "signs.h"

/* Signs give way to those around them also beyond the edge, or they would jump while the map is moved. */
enum { BEYOND = 120 };

/* Closed ones keep their sign, crossed: whoever looks for a school sees what became of it. */
static bool is_shown(const kj_app *app, const kj_facility *f)
{
    return f->kind == KJ_FACILITY_SCHOOL && (kj_facility_open(f, kj_app_month(app)) || kj_facility_has_closed(f, kj_app_month(app)));
}

void kj_school_signs_place(const kj_app *app, const kj_pane *pane, kj_school_signs *out)
{
    const kj_world *w = pane->world;
    const kj_box *b = &pane->box, around = {b->x - BEYOND, b->y - BEYOND, b->w + 2.0 * BEYOND, b->h + 2.0 * BEYOND};
    out->n = 0;
    out->size = (app->view == KJ_VIEW_SCHOOLS ? 22.0 : 18.0) * (kj_app_is_short(app) ? 0.8 : 1.0); /* or they would hide the town */
    if (!(app->layers & KJ_LAYER_SCHOOLS)) return;
    for (int32_t i = 0; i < w->n_facilities && out->n < KJ_SCHOOL_SIGNS_MAX; i++) {
        if (!is_shown(app, &w->facilities[i])) continue;
        const int32_t cell = w->facilities[i].cell, nx = w->grid.nx;
        double x = kj_pane_x(app, pane, cell % nx + 0.5), y = kj_pane_y(app, pane, cell / nx + 0.5);
        if (x < around.x || y < around.y || x >= around.x + around.w || y >= around.y + around.h) continue;
        out->row[out->n] = i;
        out->sign[out->n] = kj_map_sign_place(&around, out->size, x, y, out->sign, out->n);
        out->n++;
    }
}

kj_box kj_school_sign_box(const kj_school_signs *signs, int32_t i)
{
    const kj_sign *s = &signs->sign[i];
    return (kj_box){s->x - signs->size * 0.6, s->y - signs->size * 0.6, signs->size * 1.2, signs->size * 1.2};
}

int32_t kj_school_sign_at(const kj_school_signs *signs, double x, double y)
{
    for (int32_t i = signs->n - 1; i >= 0; i--) {
        kj_box b = kj_school_sign_box(signs, i);
        if (x >= b.x && y >= b.y && x < b.x + b.w && y < b.y + b.h) return signs->row[i];
    }
    return -1;
}
