/* The views of the map: three of the viewer's own (land use, schools, moving chains), the others as plugins give them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"

#define _(text) kj_tr(text)
#define N_(text) text

static const char *const titles[KJ_VIEW_COUNT] = {N_("Land use"), N_("Schools"), N_("Moving chains")};

const char *kj_view_title(kj_view_id view) { return titles[view]; }

/* The n-th map view among what plugins show. */
static const kj_shown_item *map_item(const kj_world *w, int32_t n)
{
    for (int32_t i = 0; i < w->n_items; i++)
        if ((w->items[i].kind == KJ_AS_LAYER || w->items[i].kind == KJ_AS_AREA) && n-- == 0) return &w->items[i];
    return NULL;
}

/* The same view in another world: by its column, since each may have other plugins. */
static const kj_shown_item *item_like(const kj_world *w, const kj_shown_item *wanted)
{
    for (int32_t i = 0; wanted && i < w->n_items; i++)
        if (w->items[i].kind == wanted->kind && strcmp(w->items[i].column, wanted->column) == 0) return &w->items[i];
    return NULL;
}

const kj_shown_item *kj_view_item(const kj_app *app, const kj_world *w)
{
    return (int32_t)app->view >= KJ_VIEW_COUNT ? item_like(w, map_item(&app->world[0], (int32_t)app->view - KJ_VIEW_COUNT)) : NULL;
}

int32_t kj_view_total(const kj_app *app)
{
    int32_t n = 0;
    while (map_item(&app->world[0], n)) n++;
    return KJ_VIEW_COUNT + n;
}

const char *kj_view_name(const kj_app *app, int32_t view)
{
    if (view < KJ_VIEW_COUNT) return kj_tr(titles[view]);
    const kj_shown_item *item = map_item(&app->world[0], view - KJ_VIEW_COUNT);
    return item ? kj_shown_title(item, (int)app->language) : "";
}

/* A word that stays the same in every language and run: for sessions and scripts. */
const char *kj_view_key(const kj_app *app, int32_t view)
{
    static const char *const keys[KJ_VIEW_COUNT] = {"land", "schools", "chains"};
    const kj_shown_item *item = view < KJ_VIEW_COUNT ? NULL : map_item(&app->world[0], view - KJ_VIEW_COUNT);
    return view < KJ_VIEW_COUNT ? keys[view] : item ? item->column : "";
}

kj_view_id kj_view_named(const kj_app *app, const char *key)
{
    for (int32_t view = 0; view < kj_view_total(app); view++)
        if (strcmp(kj_view_key(app, view), key) == 0) return (kj_view_id)view;
    return KJ_VIEW_LAND;
}

static uint32_t pack(kj_rgb c) { return ((uint32_t)c.r << 16) | ((uint32_t)c.g << 8) | (uint32_t)c.b; }

/* Colours of land use by code; 255 is outside. pale: how much of 256 goes to paper, for views that show something else. */
static void land_table(uint32_t table[256], uint32_t pale)
{
    for (int32_t i = 0; i < 256; i++) {
        table[i] = pack(kj_palette_land(i));
        if (i < KJ_LAND_COUNT && pale) table[i] = kj_mix(table[i], 0xFFFFFFu, pale);
    }
    if (pale) table[KJ_LAND_WATER] = kj_mix(pack(kj_palette_land(KJ_LAND_WATER)), 0xFFFFFFu, pale / 2);
}

/* 256 steps of a palette. */
static void ramp_table(kj_rgb (*color)(double), uint32_t table[256])
{
    for (int32_t i = 0; i < 256; i++) table[i] = pack(color(i / 255.0));
}

static void fill_land(const uint8_t *land, int64_t n, uint32_t pale, uint32_t *out)
{
    uint32_t table[256];
    land_table(table, pale);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n; i++) out[i] = table[land[i]];
}

/* ---- ranges ---- */

/* Same range in both worlds and all years, or colours could not be compared. */
static bool area_range(kj_app *app, const kj_shown_item *item, double *low, double *high)
{
    bool any = false;
    for (int32_t k = 0; k < app->n_worlds; k++) {
        kj_world *w = &app->world[k];
        float *values = calloc((size_t)w->n_areas + 1, sizeof *values);
        const int32_t years[3] = {0, w->n_years / 2, w->n_years - 1};
        for (int i = 0; values && i < 3; i++) {
            if (!kj_shown_areas(w, item, years[i], values)) continue;
            for (int32_t a = 0; a < w->n_areas; a++) {
                if (!isfinite(values[a]) || values[a] == 0.0f) continue;
                if (!any || values[a] < *low) *low = values[a];
                if (!any || values[a] > *high) *high = values[a];
                any = true;
            }
        }
        free(values);
    }
    if (any && !(*high > *low)) *high = *low + 1.0;
    return any;
}

/* Least and greatest of a layer at both ends of the runs. */
static bool layer_range(kj_app *app, const kj_shown_item *item, double *low, double *high)
{
    bool any = false;
    for (int32_t k = 0; k < app->n_worlds; k++) {
        const int32_t years[2] = {0, app->world[k].n_years - 1};
        for (int i = 0; i < 2; i++) {
            const float *values = kj_world_layer(&app->world[k], item->column, years[i]);
            for (int32_t cell = 0; values && cell < kj_grid_cells(&app->world[k].grid); cell++) {
                if (!isfinite(values[cell])) continue;
                if (!any || (double)values[cell] < *low) *low = (double)values[cell];
                if (!any || (double)values[cell] > *high) *high = (double)values[cell];
                any = true;
            }
        }
    }
    if (any && !(*high > *low)) *high = *low + 1.0;
    return any;
}

bool kj_view_range_of(kj_app *app, kj_view_range *out)
{
    const kj_shown_item *item = kj_view_item(app, &app->world[0]);
    *out = (kj_view_range){0};
    if (!item) return false;
    double scale = kj_shown_scale(item, &app->world[0].grid);
    *out = (kj_view_range){.low = item->low,
                           .high = item->high,
                           .title = kj_shown_title(item, (int)app->language),
                           .color = app->world[0].n_members ? kj_palette_chance : kj_palette_cividis};
    const char *unit = kj_shown_unit(item, (int)app->language);
    snprintf(out->unit, sizeof out->unit, "%s%s%s", unit, unit[0] && item->kind == KJ_AS_AREA ? " · " : "", item->kind == KJ_AS_AREA ? _("pale: not built") : "");
    if (item->high > item->low) return true;
    bool any = item->kind == KJ_AS_AREA ? area_range(app, item, &out->low, &out->high) : layer_range(app, item, &out->low, &out->high);
    out->low *= scale;
    out->high *= scale;
    return any;
}

/* ---- catchments ---- */

static bool is_shown_school(const kj_facility *f, kj_month month)
{
    return f->kind == KJ_FACILITY_SCHOOL && kj_facility_open(f, month);
}

/* The nearest open school as the crow flies, all grades together. */
static void nearest_schools(const kj_app *app, const kj_world *w, int32_t *out)
{
    int32_t nx = w->grid.nx, n = 0, *rows = calloc((size_t)w->n_facilities + 1, sizeof *rows);
    for (int32_t i = 0; rows && i < w->n_facilities; i++)
        if (is_shown_school(&w->facilities[i], kj_app_month(app))) rows[n++] = i;
#pragma omp parallel for schedule(static)
    for (int32_t y = 0; y < w->grid.ny; y++) {
        for (int32_t x = 0; x < nx; x++) {
            int64_t best = INT64_MAX;
            int32_t cell = y * nx + x, found = -1;
            for (int32_t k = 0; k < n; k++) {
                int32_t at = w->facilities[rows[k]].cell;
                int64_t dx = at % nx - x, dy = at / nx - y, d = dx * dx + dy * dy;
                if (d < best) {
                    best = d;
                    found = rows[k];
                }
            }
            out[cell] = w->cell_area && w->cell_area[cell] < 0 ? -1 : found;
        }
    }
    free(rows);
}

/* What the catchments depend on, as one number: the year, the grades, which schools are open. */
static int32_t catchment_key(const kj_app *app, const kj_world *w)
{
    uint32_t key = 2166136261u ^ (uint32_t)(w->letter + app->generation * 7 + kj_app_index(app, w) * 4099 + (app->catchment_7_9 ? 31 : 0));
    for (int32_t i = 0; i < w->n_facilities; i++)
        if (is_shown_school(&w->facilities[i], kj_app_month(app))) key = (key ^ (uint32_t)(i + 1)) * 16777619u;
    return (int32_t)(key & 0x7FFFFFFFu);
}

static const char *catchment_column(const kj_app *app) { return app->catchment_7_9 ? "catchment_7_9" : "catchment"; }

bool kj_view_is_recorded(const kj_world *w, int32_t view)
{
    switch (view) {
    case KJ_VIEW_LAND: return w->source.has(w->source.self, "cell", "land_use");
    case KJ_VIEW_SCHOOLS: return w->n_facilities > 0;
    case KJ_VIEW_CHAINS: return w->has_chains;
    default: return true;
    }
}

bool kj_layer_is_recorded(const kj_world *w, kj_layer_bit bit)
{
    switch (bit) {
    case KJ_LAYER_DOTS: return w->source.has(w->source.self, "cell", w->dots) && !w->n_members;
    case KJ_LAYER_FLOWS: return w->has_chains;
    case KJ_LAYER_SCHOOLS: return w->n_facilities > 0;
    default: return w->n_areas > 0 || (w->place[0] && w->town_col >= 0.0);
    }
}

bool kj_view_has_catchments(const kj_app *app, const kj_world *w) { return w->source.has(w->source.self, "cell", catchment_column(app)); }

/* Catchments as the run recorded them: ids of facilities, 0 none. */
static void recorded_catchments(const kj_world *w, const float *ids, int32_t *out)
{
    int64_t n = kj_grid_cells(&w->grid);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n; i++) {
        int32_t row = ids[i] >= 1.0f ? (int32_t)ids[i] - 1 : -1;
        out[i] = row < w->n_facilities && !(w->cell_area && w->cell_area[i] < 0) ? row : -1;
    }
}

const int32_t *kj_view_catchments(kj_app *app, kj_world *w)
{
    int32_t key = catchment_key(app, w), which = w->letter - 'A';
    int32_t **near = &app->nearest[which];
    if (*near && app->nearest_key[which] == key) return *near;
    if (!*near) *near = malloc((size_t)kj_grid_cells(&w->grid) * sizeof **near);
    if (!*near) return NULL;
    const float *ids = kj_view_has_catchments(app, w) ? kj_world_layer(w, catchment_column(app), kj_app_index(app, w)) : NULL;
    if (ids) recorded_catchments(w, ids, *near);
    else nearest_schools(app, w, *near);
    app->nearest_key[which] = key;
    return *near;
}

static void fill_schools(kj_app *app, kj_world *w, const uint8_t *land, uint32_t *out)
{
    static const uint32_t tints[8] = {0xCFE3F5, 0xFBE3C0, 0xD4E8CE, 0xE6D9EE, 0xFFF2B3, 0xCDEBE9, 0xF7D4D9, 0xE2E2E2};
    int32_t nx = w->grid.nx, ny = w->grid.ny;
    const int32_t *near = kj_view_catchments(app, w);
    int32_t chosen = app->selection == KJ_SELECT_SCHOOL && app->selected_world == w->letter - 'A' ? app->selected_school : -1;
    uint32_t table[256];
    land_table(table, 120);
    fill_land(land, (int64_t)nx * ny, 190, out);
    if (!near) return;
#pragma omp parallel for schedule(static)
    for (int32_t y = 0; y < ny; y++) {
        for (int32_t x = 0; x < nx; x++) {
            int32_t cell = y * nx + x, school = near[cell];
            if (school < 0 || land[cell] == KJ_LAND_WATER) continue;
            bool built = land[cell] >= KJ_LAND_SMALL_HOUSES && land[cell] <= KJ_LAND_WORK;
            bool edge = (x + 1 < nx && near[cell + 1] != school && near[cell + 1] >= 0) || (y + 1 < ny && near[cell + nx] != school && near[cell + nx] >= 0) ||
                        (x + 1 < nx && y + 1 < ny && near[cell + nx + 1] != school && near[cell + nx + 1] >= 0); /* and across: no gaps where a border runs aslant */
            uint32_t tint = tints[((uint32_t)school * 2654435761u >> 16) & 7u];
            uint32_t color = kj_mix(tint, table[land[cell]], built ? 150 : 40);
            if (chosen >= 0) color = school == chosen ? kj_mix(color, 0x7A1F4Bu, built ? 110 : 60) : kj_mix(color, 0xFFFFFFu, 120);
            out[cell] = edge ? 0x7A1F4Bu : color;
        }
    }
}

/* ---- filling ---- */

static uint32_t ramp_color(const uint32_t ramp[256], const kj_view_range *range, double value)
{
    double t = (value - range->low) / (range->high - range->low) * 255.0;
    return ramp[t < 0.0 ? 0 : t > 255.0 ? 255 : (int)t];
}

static void fill_areas(kj_app *app, kj_world *w, const kj_shown_item *item, int32_t year_index, const uint8_t *land, int64_t n, uint32_t *out)
{
    kj_view_range range;
    float *values = calloc((size_t)w->n_areas + 1, sizeof *values);
    uint32_t ramp[256];
    double scale = kj_shown_scale(item, &w->grid);
    bool zero = !(item->flags & KJ_SHOWN_NOT_ZERO);
    if (values && w->cell_area && kj_view_range_of(app, &range) && kj_shown_areas(w, item, year_index, values)) {
        ramp_table(range.color, ramp);
#pragma omp parallel for schedule(static)
        for (int64_t i = 0; i < n; i++) {
            int32_t area = w->cell_area[i];
            if (area < 0 || area >= w->n_areas || land[i] == KJ_LAND_WATER || !isfinite(values[area]) || (!zero && values[area] == 0.0f)) continue;
            uint32_t color = ramp_color(ramp, &range, (double)values[area] * scale);
            bool built = land[i] >= KJ_LAND_SMALL_HOUSES && land[i] <= KJ_LAND_WORK;
            out[i] = built ? color : kj_mix(color, 0xFFFFFFu, 176);
        }
    }
    free(values);
}

static void fill_layer(kj_app *app, kj_world *w, const kj_shown_item *item, int32_t year_index, const uint8_t *land, int64_t n, uint32_t *out)
{
    kj_view_range range;
    uint32_t ramp[256];
    if (!kj_view_range_of(app, &range)) return;
    const float *values = kj_world_layer(w, item->column, year_index);
    double scale = kj_shown_scale(item, &w->grid);
    bool zero = !(item->flags & KJ_SHOWN_NOT_ZERO);
    ramp_table(range.color, ramp);
    if (!values) return;
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n; i++) {
        if ((land && (land[i] == KJ_WORLD_OUTSIDE || land[i] == KJ_LAND_WATER)) || !isfinite(values[i]) || (!zero && !(values[i] > 0.0f))) continue;
        out[i] = ramp_color(ramp, &range, (double)values[i] * scale);
    }
}

/* What of 256 goes to paper. */
enum { PALE_CHAINS = 150 };

bool kj_view_land_table(const kj_app *app, uint32_t table[256])
{
    if (app->view != KJ_VIEW_LAND && app->view != KJ_VIEW_CHAINS) return false;
    land_table(table, app->view == KJ_VIEW_CHAINS ? PALE_CHAINS : 0);
    return true;
}

void kj_view_fill(kj_app *app, kj_world *w, int32_t year_index, uint32_t *out)
{
    int64_t n = kj_grid_cells(&w->grid);
    const uint8_t *land = kj_world_land(w, year_index);
    const kj_shown_item *item = kj_view_item(app, w);
    if (!land) { /* an ensemble: each run has its own */
        for (int64_t i = 0; i < n; i++) out[i] = 0xF3F6F8u;
        if (item && item->kind == KJ_AS_LAYER) {
            const float *values = kj_world_layer(w, item->column, year_index);
            for (int64_t i = 0; values && i < n; i++)
                if (isnan(values[i])) out[i] = KJ_OUTSIDE_RGB;
            fill_layer(app, w, item, year_index, NULL, n, out);
        }
        return;
    }
    switch (app->view) {
    case KJ_VIEW_LAND: fill_land(land, n, 0, out); break;
    case KJ_VIEW_SCHOOLS: fill_schools(app, w, land, out); break;
    case KJ_VIEW_CHAINS: fill_land(land, n, PALE_CHAINS, out); break;
    default:
        fill_land(land, n, 190, out);
        if (item && item->kind == KJ_AS_AREA) fill_areas(app, w, item, year_index, land, n, out);
        else if (item) fill_layer(app, w, item, year_index, land, n, out);
    }
}
