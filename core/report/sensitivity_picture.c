#include "sensitivity_picture.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../draw/ensemble_chart.h"
#include "pages.h"
#include "report.h"

#define _(text) kj_tr(text)

enum { WIDTH = 1200, MARGIN = 40, ROW = 52, AROUND = 190 };

/* Figures have names, not titles; the one that everybody asks for has. */
static const char *figure_name(const kj_sensitivity_picture *p) { return strcmp(p->figure, "population") ? p->figure : _("inhabitants"); }

static void draw_indices(kj_canvas *canvas, const kj_box *box, const kj_sensitivity_picture *p, int32_t n, double size, const char *title)
{
    kj_index_bar bars[KJ_SENSITIVITY_ROWS_MAX];
    for (int32_t i = 0; i < n; i++) {
        const kj_sensitivity_row *r = &p->row[i];
        bars[i] = (kj_index_bar){.label = r->label, .alone = r->second, .alone_low = r->second_low, .alone_high = r->second_high, .total = r->value, .total_low = r->low, .total_high = r->high};
    }
    kj_index_chart chart = {.title = title,
                            .unit = p->few ? _("share of the variance over the members; intervals from resampling, narrower than 95 %")
                                           : _("share of the variance over the members, with 95 % intervals"),
                            .bars = bars,
                            .n = n,
                            .text_size = size,
                            .alone_name = _("alone"),
                            .total_name = _("with all that it does together with others"),
                            .empty = _("the figure is the same in all members")};
    kj_chart_indices(canvas, box, &chart);
}

/* Luck stands below the effects: it is no effect of anything and goes neither way. */
static void draw_tornado(kj_canvas *canvas, const kj_box *box, const kj_sensitivity_picture *p, int32_t n, double size, const char *title)
{
    kj_tornado_bar bars[KJ_SENSITIVITY_ROWS_MAX + 1];
    bool effects = p->kind == KJ_SENSITIVITY_EFFECTS, wide = false;
    for (int32_t i = 0; i < n; i++) {
        const kj_sensitivity_row *r = &p->row[i];
        bars[i] = (kj_tornado_bar){.label = r->label, .value = r->value, .low = r->low, .high = r->high, .wide_low = r->second_low, .wide_high = r->second_high};
        wide |= isfinite(r->second_low) != 0;
    }
    if (n && p->luck > 0)
        bars[n++] = (kj_tornado_bar){.label = _("luck (standard deviation)"),
                                     .spread = p->luck,
                                     .low = (double)NAN,
                                     .high = (double)NAN,
                                     .wide_low = (double)NAN,
                                     .wide_high = (double)NAN};
    kj_tornado_chart chart = {.title = title,
                              .bars = bars,
                              .n = n,
                              .text_size = size,
                              .unit = effects ? _("mean effect of going through the whole range of a factor")
                                              : _("mean difference from the first level; 95 % interval of the mean"),
                              .narrow_name = effects && p->few ? _("interval of the mean, narrower than 95 %")
                                             : effects         ? _("95 % interval of the mean")
                                             : wide            ? _("pairs with the same luck")
                                                               : _("members with their own luck"),
                              .wide_name = effects ? _("how the effect varies with the other factors (σ)")
                                           : wide  ? _("if luck were not shared")
                                                   : "",
                              .empty = _("the figure is the same in all members")};
    kj_chart_tornado(canvas, box, &chart);
}

void kj_sensitivity_draw(kj_canvas *canvas, const kj_box *box, const kj_sensitivity_picture *p, int32_t n_shown, double text_size)
{
    char title[320];
    int32_t room = n_shown - (p->luck > 0), n = p->constant ? 0 : p->n < room ? p->n : room;
    if (p->kind == KJ_SENSITIVITY_DIFFERENCES) snprintf(title, sizeof title, _("What each choice changes: %s in %d"), figure_name(p), p->year);
    else snprintf(title, sizeof title, _("What decides: %s in %d"), figure_name(p), p->year);
    if (p->kind == KJ_SENSITIVITY_INDICES) draw_indices(canvas, box, p, n, text_size, title);
    else draw_tornado(canvas, box, p, n, text_size, title);
}

static void draw_page(kj_canvas *canvas, const kj_sensitivity_picture *p)
{
    kj_text_style head = {.size = 26, .weight = 700, .color = KJ_COLOR_INK, .max_width = WIDTH - 2 * MARGIN};
    kj_text_style foot = {.size = 16, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = WIDTH - 2 * MARGIN};
    const kj_box box = {MARGIN, 84, WIDTH - 2 * MARGIN, canvas->height - 84 - 44};
    kj_text_draw(canvas, MARGIN, 26, &head, p->title);
    kj_sensitivity_draw(canvas, &box, p, KJ_SENSITIVITY_ROWS_MAX + 1, 18);
    kj_text_draw(canvas, MARGIN, canvas->height - 36, &foot, kj_honesty_line());
}

kj_status kj_report_sensitivity(kj_error *err, const kj_sensitivity_picture *p, const char *path, const char *lang)
{
    kj_canvas canvas = {0};
    kj_language language = KJ_LANG_EN;
    kj_status status = kj_report_check_picture_name(err, path);
    if (!status) status = kj_report_choose_language(err, lang, &language);
    if (status) return status;
    int32_t rows = p->n + (p->luck > 0);
    double height = AROUND + ROW * (rows > 3 ? rows : 3);
    status = kj_report_page_open(err, path, p->title, WIDTH, height, 0.6 * WIDTH, 1.5, language, &canvas);
    if (status) return status;
    draw_page(&canvas, p);
    return kj_report_page_finish(err, path, KJ_OK, &canvas);
}
