/* The page of an ensemble: fan, differences, map of probability, years in which schools get full, and what the spread
   covers. In a PDF a second one: inhabitants by area. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../draw/ensemble_chart.h"
#include "../draw/map_draw.h"
#include "../draw/number.h"
#include "ensemble_figures.h"
#include "pages.h"
#include "report.h"

#define _(text) kj_tr(text)
#define N_(text) text

enum { MARGIN = 40, LEFT_W = 640, RIGHT = 730, RIGHT_W = KJ_SUMMARY_W - MARGIN - RIGHT, TOP = 176, BOTTOM = 1040, SCHOOLS_SHOWN = 7, AREAS_SHOWN = 28, INSET_KM = 6 };

/* "chance (25 seeds), assumptions (Birth rates), plans (Densify); not the model": parameters of plugins that the experiment gives no title by name. */
static void covers_text(const kj_ensemble_figures *f, char *out, size_t n)
{
    static const char *const names[KJ_ENSEMBLE_COVERS] = {N_("chance"), N_("assumptions"), N_("plans"), N_("the model")};
    char missing[128] = "", seeds[64];
    size_t used = 0;
    if (f->covers_seeds < 0) {
        snprintf(out, n, "%s", f->covers_english);
        return;
    }
    out[0] = 0;
    for (int k = 0; k < KJ_ENSEMBLE_COVERS; k++) {
        const char *list = f->covers[k];
        if (k == 0 && f->covers_seeds && !list[0]) {
            snprintf(seeds, sizeof seeds, f->covers_seeds == 1 ? _("%d seed") : _("%d seeds"), f->covers_seeds);
            list = seeds;
        }
        if (list[0] && used < n) used += (size_t)snprintf(out + used, n - used, "%s%s (%s)", used ? ", " : "", _(names[k]), list);
        else if (!list[0]) snprintf(missing + strlen(missing), sizeof missing - strlen(missing), "%s%s", missing[0] ? ", " : "", _(names[k]));
    }
    if (!missing[0] || used >= n) return;
    used += (size_t)snprintf(out + used, n - used, "%s", used ? "; " : "");
    if (used < n) snprintf(out + used, n - used, _("not %s"), missing);
}

static void draw_head(kj_canvas *canvas, const kj_ensemble_figures *f)
{
    kj_text_style big = {.size = 38, .weight = 700, .color = KJ_COLOR_INK, .max_width = KJ_SUMMARY_W - 2 * MARGIN};
    kj_text_style small = {.size = 19, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = KJ_SUMMARY_W - 2 * MARGIN, .max_lines = 2};
    kj_text_style warning = {.size = 19, .weight = 700, .color = KJ_COLOR_B, .align = KJ_ALIGN_RIGHT};
    char text[2400], covers[2200], number[2][KJ_NUMBER_MAX];
    const char *title = f->title[canvas->language][0] ? f->title[canvas->language] : f->title[0];
    kj_text_draw(canvas, MARGIN, 26, &big, title);
    kj_number_int(number[0], canvas->language, f->n_merged);
    kj_number_int(number[1], canvas->language, f->n_members);
    snprintf(text, sizeof text, _("%s, %d to %d · %s of %s members"), f->map_title, f->first_year, f->last_year, number[0], number[1]);
    kj_text_draw(canvas, MARGIN, 80, &small, text);
    if (f->n_merged < f->n_members) {
        int32_t missing = f->n_members - f->n_merged;
        snprintf(text, sizeof text, missing == 1 ? _("%d member is missing") : _("%d members are missing"), missing);
        kj_text_draw(canvas, KJ_SUMMARY_W - MARGIN, 80, &warning, text);
    }
    covers_text(f, covers, sizeof covers);
    snprintf(text, sizeof text, _("The spread covers: %s"), covers);
    small.size = 17;
    kj_text_draw(canvas, MARGIN, 112, &small, text);
}

static void draw_fan(kj_canvas *canvas, const kj_ensemble_figures *f, const kj_box *box)
{
    char band[128], number[KJ_NUMBER_MAX];
    kj_number_int(number, canvas->language, f->n_merged);
    snprintf(band, sizeof band, _("a line a member; between the dashed lines 80 %% of %s members"), number);
    int32_t before = 0; /* the ten years before the start are enough beside what the members spread */
    while (before < f->observed.n && f->observed.year[before] < f->years[0] - 10.0) before++;
    int32_t n_observed = f->observed.n - before;
    kj_fan_chart chart = {.title = _("Inhabitants"), .unit = n_observed > 0 ? _("dotted: observed") : "", .observed_x = f->observed.year + before, .observed_y = f->observed.value + before, .n_observed = n_observed, .x = f->years, .y = f->population, .low = f->low, .middle = f->middle, .high = f->high,
                          .band_name = band, .middle_name = _("median"), .n_lines = f->n_merged, .n_times = f->n_times, .text_size = 17,
                          .empty = _("no figures")};
    kj_chart_fan(canvas, box, &chart);
}

static void draw_tornado(kj_canvas *canvas, const kj_ensemble_figures *f, const kj_box *box)
{
    kj_tornado_bar bars[KJ_ENSEMBLE_CONTRASTS_MAX];
    char title[160];
    if (f->sensitivity) {
        kj_sensitivity_draw(canvas, box, f->sensitivity, 6, 17);
        return;
    }
    snprintf(title, sizeof title, _("What each choice changes: %s in %d"), _("inhabitants"), f->last_year);
    for (int32_t i = 0; i < f->n_contrasts; i++) {
        const kj_ensemble_contrast *c = &f->contrast[i];
        bars[i] = (kj_tornado_bar){.label = c->label, .value = c->mean, .low = c->low, .high = c->high, .wide_low = f->paired ? c->wide_low : (double)NAN,
                                   .wide_high = f->paired ? c->wide_high : (double)NAN};
    }
    kj_tornado_chart chart = {.title = title, .unit = _("mean difference from the first level; 95 % interval of the mean"), .bars = bars,
                              .n = f->n_contrasts < 6 ? f->n_contrasts : 6, .text_size = 17,
                              .narrow_name = f->paired ? _("pairs with the same luck") : _("members with their own luck"),
                              .wide_name = f->paired ? _("if luck were not shared") : "",
                              .empty = _("the experiment compares nothing: its design has no levels, or the map several municipalities")};
    kj_chart_tornado(canvas, box, &chart);
}

static void year_text(char *out, size_t n, double year, int32_t last)
{
    if (isinf(year) || isnan(year)) snprintf(out, n, _("after %d"), last);
    else snprintf(out, n, "%.0f", year);
}

static void draw_schools(kj_canvas *canvas, const kj_ensemble_figures *f, const kj_box *box)
{
    kj_text_style head = {.size = 19.5, .weight = 700, .color = KJ_COLOR_INK, .max_width = box->w};
    kj_text_style muted = {.size = 15.5, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = box->w};
    kj_text_style name = {.size = 16, .weight = 400, .color = KJ_COLOR_INK, .max_width = 330};
    kj_text_style figure = {.size = 16, .weight = 400, .color = KJ_COLOR_INK, .align = KJ_ALIGN_RIGHT, .tabular = true};
    kj_text_draw(canvas, box->x, box->y, &head, _("Schools and preschools that get full: as many children as places"));
    kj_text_draw(canvas, box->x, box->y + 26, &muted, f->n_schools || f->n_full_now ? _("share of members, and the first full year: median (80 % of members)") : f->knows_schools ? _("none does in any member") : _("the experiment keeps no schools"));
    for (int32_t i = 0; i < f->n_schools && i < SCHOOLS_SHOWN; i++) {
        const kj_ensemble_school *s = &f->school[i];
        double y = box->y + 54 + 25.0 * i, bar = 120 * s->share;
        char low[32], middle[32], high[32], text[160];
        year_text(low, sizeof low, s->low, f->last_year);
        year_text(middle, sizeof middle, s->middle, f->last_year);
        year_text(high, sizeof high, s->high, f->last_year);
        kj_text_draw(canvas, box->x, y, &name, s->name);
        kj_box share = {box->x + 340, y + 3, bar, 14};
        kj_canvas_fill_box(canvas, &share, 0, KJ_COLOR_A, 0.55);
        snprintf(text, sizeof text, "%.0f %%", 100 * s->share);
        kj_text_draw(canvas, box->x + 520, y, &figure, text);
        if (isinf(s->low)) snprintf(text, sizeof text, "%s", middle); /* in more than 90 % of the members not before the end */
        else snprintf(text, sizeof text, "%s (%s–%s)", middle, low, high);
        kj_text_draw(canvas, box->x + box->w, y, &figure, text);
    }
    char more[96];
    double below = box->y + 54 + 25.0 * (f->n_schools < SCHOOLS_SHOWN ? f->n_schools : SCHOOLS_SHOWN);
    if (f->n_schools > SCHOOLS_SHOWN) {
        snprintf(more, sizeof more, _("and %d more"), f->n_schools - SCHOOLS_SHOWN);
        kj_text_draw(canvas, box->x, below, &muted, more);
    }
    if (f->n_full_now) {
        snprintf(more, sizeof more, f->n_full_now == 1 ? _("%d is full already in %d") : _("%d are full already in %d"), f->n_full_now, f->now);
        kj_text_draw(canvas, box->x + 180, below, &muted, more);
    }
}

/* ---- the map ---- */

/* Cells inside the map's areas, with a margin. */
static kj_window window_inside(const kj_ensemble_figures *f)
{
    int32_t left = f->grid.nx, right = -1, top = f->grid.ny, bottom = -1;
    for (int32_t r = 0; r < f->grid.ny; r++)
        for (int32_t c = 0; c < f->grid.nx; c++) {
            if (isnan(f->built[(size_t)r * (size_t)f->grid.nx + (size_t)c])) continue;
            left = c < left ? c : left;
            right = c > right ? c : right;
            top = r < top ? r : top;
            bottom = r;
        }
    if (right < left) return (kj_window){0, 0, f->grid.nx, f->grid.ny};
    return (kj_window){left - 2, top - 2, right - left + 5, bottom - top + 5};
}

/* Square of `side` cells with the most probable building: tried on a coarse lattice. */
static kj_window window_busiest(const kj_ensemble_figures *f, int32_t side)
{
    kj_window best = {0};
    double most = 0;
    int32_t step = side / 8 > 0 ? side / 8 : 1;
    for (int32_t r0 = 0; r0 + side <= f->grid.ny; r0 += step)
        for (int32_t c0 = 0; c0 + side <= f->grid.nx; c0 += step) {
            double sum = 0;
            for (int32_t r = r0; r < r0 + side; r++)
                for (int32_t c = c0; c < c0 + side; c++) {
                    float v = f->built[(size_t)r * (size_t)f->grid.nx + (size_t)c];
                    if (v > 0) sum += (double)v;
                }
            if (sum > most) {
                most = sum;
                best = (kj_window){c0, r0, side, side};
            }
        }
    return best;
}

/* Names keep clear of the scale bar. */
static void draw_names(kj_canvas *canvas, const kj_ensemble_figures *f, const kj_map_frame *frame, const kj_box *scale_bar)
{
    kj_place_name texts[KJ_PLACE_NAMES_MAX];
    kj_map_place names[KJ_PLACE_NAMES_MAX];
    int32_t n = kj_place_names(f->places, f->n_places, 15, texts, names);
    kj_map_places(canvas, frame, names, n, scale_bar, 1, 1);
}

static kj_status draw_view(kj_error *err, kj_canvas *canvas, const kj_ensemble_figures *f, const kj_box *box, const kj_window *w, const float *shown,
                           const uint8_t *inside)
{
    kj_map_frame frame = kj_map_frame_fit(box, f->grid.nx, f->grid.ny, f->grid.cell_m, w->col, w->row, w->w, w->h);
    kj_status status = kj_raster_values(err, canvas, &frame, shown, 0.0, 1.0, kj_palette_chance);
    if (status) return status;
    cairo_save(canvas->cr);
    cairo_rectangle(canvas->cr, box->x, box->y, box->w, box->h);
    cairo_clip(canvas->cr);
    kj_map_outline(canvas, &frame, inside, KJ_COLOR_INK, 1.6, 0);
    cairo_restore(canvas->cr);
    kj_box scale_bar = kj_map_scale_bar(canvas, &frame, box->x + 8, box->y + box->h - 8, box->w * 0.3, 15);
    draw_names(canvas, f, &frame, &scale_bar);
    kj_canvas_color(canvas, KJ_COLOR_MUTED, 1.0);
    cairo_set_line_width(canvas->cr, 1.0);
    cairo_rectangle(canvas->cr, box->x, box->y, box->w, box->h);
    cairo_stroke(canvas->cr);
    return KJ_OK;
}

static kj_status draw_maps(kj_error *err, kj_canvas *canvas, const kj_ensemble_figures *f)
{
    kj_text_style head = {.size = 19.5, .weight = 700, .color = KJ_COLOR_INK, .max_width = LEFT_W};
    kj_text_style muted = {.size = 15.5, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = LEFT_W};
    char text[200];
    snprintf(text, sizeof text, _("How probable it is that land is built by %d"), f->built ? f->built_year : f->last_year);
    kj_text_draw(canvas, MARGIN, TOP, &head, text);
    if (!f->built) {
        kj_text_draw(canvas, MARGIN, TOP + 30, &muted, _("the experiment keeps no maps"));
        return KJ_OK;
    }
    size_t n = (size_t)f->grid.nx * (size_t)f->grid.ny;
    float *shown = malloc(n * sizeof *shown);
    uint8_t *inside = malloc(n);
    kj_status status = shown && inside ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (size_t i = 0; !status && i < n; i++) {
        if (isnan(f->built[i])) inside[i] = 0;
        else inside[i] = 1;
        shown[i] = f->built[i] > 0 ? f->built[i] : (float)NAN; /* never built: as the paper's map, so that what may be stands out */
    }
    int32_t side = (int32_t)(INSET_KM * 1000.0 / f->grid.cell_m);
    kj_window all = window_inside(f), busy = window_busiest(f, side);
    bool close_up = busy.w > 0 && (busy.w < all.w * 0.7 || busy.h < all.h * 0.7);
    kj_box whole = {MARGIN, TOP + 32, LEFT_W, close_up ? 400 : 740}, near = {MARGIN, TOP + 32 + 400 + 40, 400, 392};
    if (!status) status = draw_view(err, canvas, f, &whole, &all, shown, inside);
    if (!status && close_up) {
        kj_text_draw(canvas, MARGIN, near.y - 32, &head, _("Where building is most likely"));
        status = draw_view(err, canvas, f, &near, &busy, shown, inside);
    }
    kj_ramp ramp = {.title = _("Share of members"), .unit = _("grey: never built"), .low = 0, .high = 1, .text_size = 13, .color = kj_palette_chance};
    if (!status) kj_map_ramp(canvas, &ramp, close_up ? near.x + near.w + 4 : MARGIN, near.y + near.h);
    free(shown);
    free(inside);
    return status;
}

/* "2.58 4.15" of the file as "2,6 · 4,2" where that is how numbers are written. */
static void percents_text(char *out, size_t n, kj_language language, const char *list)
{
    size_t used = 0;
    out[0] = 0;
    for (char *end; *list && used < n; list = end) {
        char number[KJ_NUMBER_MAX];
        double value = strtod(list, &end);
        if (end == list) return;
        kj_number_real(number, language, value, 1);
        used += (size_t)snprintf(out + used, n - used, "%s%s", used ? " · " : "", number);
    }
}

/* How far each area goes, as a change: where a fan of its own would be too small. */
static void draw_areas(kj_canvas *canvas, const kj_ensemble_figures *f)
{
    kj_tornado_bar bars[AREAS_SHOWN];
    char labels[AREAS_SHOWN][100 + KJ_NUMBER_MAX], title[160], unit[256], narrow[128], number[KJ_NUMBER_MAX], percents[512], note[1024];
    kj_text_style muted = {.size = 17, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = KJ_SUMMARY_W - 2 * MARGIN, .max_lines = 2};
    int32_t n = f->n_areas < AREAS_SHOWN ? f->n_areas : AREAS_SHOWN;
    for (int32_t i = 0; i < n; i++) {
        const kj_ensemble_area *a = &f->area[i];
        kj_number_int(number, canvas->language, (int64_t)lround(a->middle));
        snprintf(labels[i], sizeof labels[i], "%.95s: %s", a->name, number);
        bars[i] = (kj_tornado_bar){.label = labels[i], .value = round(a->middle) - a->start, .low = a->low - a->start, .high = a->high - a->start,
                                   .wide_low = a->error_low - a->start, .wide_high = a->error_high - a->start};
    }
    bool has_error = f->error_percent[0];
    snprintf(title, sizeof title, _("Inhabitants by area in %d"), f->last_year);
    snprintf(unit, sizeof unit, _("after each name the inhabitants in %d; bar and last figure: change since %d; medians, largest changes first"), f->last_year, f->first_year);
    kj_number_int(number, canvas->language, f->n_merged);
    snprintf(narrow, sizeof narrow, has_error ? _("upper line: 80 %% of %s members") : _("80 %% of %s members"), number);
    kj_tornado_chart chart = {.title = title, .unit = unit, .bars = bars, .n = n, .whole = true, .text_size = 16, .narrow_name = narrow,
                              .wide_name = has_error ? _("lower line: 80 %, with the model's own error laid over") : "", .empty = _("no figures")};
    const kj_box box = {MARGIN, TOP, KJ_SUMMARY_W - 2 * MARGIN, BOTTOM - TOP - 40};
    kj_chart_tornado(canvas, &box, &chart);
    size_t used = 0;
    percents_text(percents, sizeof percents, canvas->language, f->error_percent);
    if (f->n_areas > n) used = (size_t)snprintf(note, sizeof note, _("and %d more"), f->n_areas - n);
    if (has_error && used < sizeof note)
        snprintf(note + used, sizeof note - used, _("%sThe model's own error by area, from hindcasts of other places: %s %% after 1, 2 … years; assumed to grow on with the root of time."),
                 used ? " · " : "", percents);
    if (used || has_error) kj_text_draw(canvas, MARGIN, BOTTOM - 32, &muted, note);
}

static void draw_foot(kj_canvas *canvas, const kj_ensemble_figures *f)
{
    kj_text_style foot = {.size = 18, .weight = 700, .color = KJ_COLOR_INK, .max_width = KJ_SUMMARY_W - 2 * MARGIN};
    kj_text_style from = {.size = 16, .weight = 400, .color = KJ_COLOR_MUTED, .align = KJ_ALIGN_RIGHT, .max_width = 1000};
    char text[512];
    kj_text_draw(canvas, MARGIN, KJ_SUMMARY_H - 48, &foot, kj_honesty_line());
    snprintf(text, sizeof text, _("Kedja %s · map %s (digest %.12s)"), f->version, f->map_title, f->map_digest);
    kj_text_draw(canvas, KJ_SUMMARY_W - MARGIN, KJ_SUMMARY_H - 46, &from, text);
}

static kj_status draw_page(kj_error *err, kj_canvas *canvas, const kj_ensemble_figures *f)
{
    const kj_box fan = {RIGHT, TOP, RIGHT_W, 320}, tornado = {RIGHT, TOP + 345, RIGHT_W, 255}, schools = {RIGHT, TOP + 620, RIGHT_W, 255};
    draw_head(canvas, f);
    kj_status status = draw_maps(err, canvas, f);
    if (status) return status;
    draw_fan(canvas, f, &fan);
    draw_tornado(canvas, f, &tornado);
    draw_schools(canvas, f, &schools);
    draw_foot(canvas, f);
    if (!canvas->tagged || !f->n_areas) return KJ_OK; /* pictures have one page */
    kj_canvas_next_page(canvas);
    draw_head(canvas, f);
    draw_areas(canvas, f);
    draw_foot(canvas, f);
    return KJ_OK;
}

static kj_status draw_to(kj_error *err, const kj_ensemble_figures *f, const char *path, kj_language language)
{
    kj_canvas canvas = {0};
    kj_status status = kj_report_page_open(err, path, f->title[language], KJ_SUMMARY_W, KJ_SUMMARY_H, 842.0, 1.5, language, &canvas);
    return status ? status : kj_report_page_finish(err, path, draw_page(err, &canvas, f), &canvas);
}

kj_status kj_report_ensemble(kj_error *err, const char *path, const char *out, const char *lang)
{
    kj_ensemble_figures figures;
    kj_language language = KJ_LANG_EN;
    kj_status status = kj_report_check_picture_name(err, out);
    if (!status) status = kj_report_choose_language(err, lang, &language);
    if (!status) status = kj_ensemble_figures_read(err, path, &figures);
    if (status) return status;
    status = draw_to(err, &figures, out, language);
    kj_ensemble_figures_free(&figures);
    return status;
}
