/* Large maps: each year that was drawn once is kept small, so that going through the years does not read and colour millions of
   cells again. The small picture is shown at once; where the camera is nearer than it can show, the whole one follows when the
   year has stood still for a moment. Years that nobody has looked at yet are prepared while nothing moves. */
#include <stdlib.h>
#include <string.h>

#include "app.h"

enum { LARGE_CELLS = 4000000, SMALL_CELLS = 1100000 };
static const double still_seconds = 0.15;

bool kj_overview_is_large(const kj_world *w) { return (int64_t)w->grid.nx * w->grid.ny > LARGE_CELLS; }

/* First level of a pyramid that is small enough to be kept for every year. */
static int32_t small_level(const kj_pyramid *p)
{
    int32_t l = 0;
    while (l + 1 < p->n_levels && (int64_t)p->nx[l] * p->ny[l] > SMALL_CELLS) l++;
    return l;
}

static size_t level_bytes(const kj_pyramid *p, int32_t l) { return (size_t)p->nx[l] * (size_t)p->ny[l] * sizeof(uint32_t); }

static kj_overview *find(kj_app *app, int32_t which, const kj_shown *key)
{
    for (int32_t i = 0; i < KJ_OVERVIEWS; i++)
        if (app->overview[which][i].cells && memcmp(&app->overview[which][i].key, key, sizeof *key) == 0) return &app->overview[which][i];
    return NULL;
}

void kj_overview_free(kj_app *app)
{
    for (int which = 0; which < 2; which++) {
        for (int32_t i = 0; i < KJ_OVERVIEWS; i++) free(app->overview[which][i].cells);
        memset(app->overview[which], 0, sizeof app->overview[which]);
    }
    kj_pyramid_free(&app->aside);
}

void kj_overview_keep(kj_app *app, int32_t which, const kj_shown *key, const kj_pyramid *p)
{
    kj_overview *o = find(app, which, key);
    int32_t l = small_level(p);
    if (!o) {
        o = &app->overview[which][app->next_overview[which]++ % KJ_OVERVIEWS];
        free(o->cells);
        o->cells = malloc(level_bytes(p, l));
        o->key = *key;
    }
    if (o->cells) memcpy(o->cells, p->level[l], level_bytes(p, l));
}

bool kj_overview_fill(kj_app *app, kj_world *w, int32_t year_index, kj_pyramid *p)
{
    uint32_t table[256];
    const uint8_t *land = kj_view_land_table(app, table) ? kj_world_land(w, year_index) : NULL;
    if (!land || !p->n_levels) return false;
    kj_pyramid_from_table(p, small_level(p), land, table);
    return true;
}

bool kj_overview_show(kj_app *app, int32_t which, const kj_shown *key, kj_pyramid *p)
{
    const kj_overview *o = find(app, which, key);
    if (!o || !p->n_levels) return false;
    int32_t l = small_level(p);
    memcpy(p->level[l], o->cells, level_bytes(p, l));
    kj_pyramid_build_from(p, l);
    p->first = l;
    return true;
}

bool kj_overview_hurries(const kj_app *app) { return app->mouse_down || app->playing || app->still < still_seconds; }

/* Whether the camera shows more than the levels from `first` on can tell. */
bool kj_overview_is_coarse(const kj_app *app, const kj_pyramid *p) { return p->first > 0 && app->camera.zoom * (double)(1 << p->first) > 1.5; }

void kj_overview_finish(kj_app *app)
{
    app->still = 1.0;
    app->whole = app->map_dirty = true;
    for (int which = 0; which < 2; which++)
        if (app->pyramid[which].first > 0) app->shown[which].view = -1;
}

void kj_overview_tick(kj_app *app, double seconds)
{
    app->still += seconds;
    bool coarse = kj_overview_is_coarse(app, &app->pyramid[0]) || kj_overview_is_coarse(app, &app->pyramid[1]);
    if (app->dots_wait && !app->playing && !app->mouse_down && app->still >= still_seconds) app->map_dirty = true;
    if (!coarse || app->playing || app->mouse_down || app->still < still_seconds) return;
    kj_overview_finish(app);
}

bool kj_overview_prepare(kj_app *app)
{
    kj_error err;
    for (int32_t which = 0; which < app->n_worlds && !app->live; which++) {
        kj_world *w = &app->world[which];
        if (!kj_overview_is_large(w)) continue;
        for (int32_t y = 0; y < w->n_years && y < KJ_OVERVIEWS; y++) {
            kj_shown key = app->shown[which];
            if (key.view < 0) continue; /* nothing was drawn yet */
            key.year_index = y;
            if (find(app, which, &key)) continue;
            if (kj_pyramid_resize(&err, &app->aside, w->grid.nx, w->grid.ny)) return false;
            if (!kj_overview_fill(app, w, y, &app->aside)) {
                kj_view_fill(app, w, y, app->aside.level[0]);
                kj_pyramid_build(&app->aside);
            }
            kj_overview_keep(app, which, &key, &app->aside);
            return true;
        }
    }
    return false;
}
