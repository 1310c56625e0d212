#include "report.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../base/log.h"
#include "../draw/canvas.h"
#include "pages.h"

const char *kj_report_title(const kj_run_info *info, kj_language language)
{
    const char *own = language == KJ_LANG_SV ? info->title_sv : language == KJ_LANG_DA ? info->title_da : "";
    return own[0] ? own : info->title;
}

/* Sets the language; without its catalogue the page is drawn in English, with a warning. */
kj_status kj_report_choose_language(kj_error *err, const char *code, kj_language *language)
{
    kj_status status = kj_language_parse(err, code, language);
    if (status != KJ_OK) return status;
    if (kj_language_set(err, *language) != KJ_OK) {
        kj_log_warning("%s; the page is in English", err->text);
        *language = KJ_LANG_EN;
    }
    return KJ_OK;
}

/* A text that was shortened is still readable in part; say so rather than fail. */
void kj_report_warn_about_cuts(const kj_canvas *canvas, const char *path)
{
    if (canvas->n_cut > 0)
        kj_log_warning("%s: %d text(s) had to be shortened, the first is \"%s\"", path, canvas->n_cut,
                       canvas->first_cut);
}

static bool ends_in(const char *path, const char *ending)
{
    size_t length = strlen(path), n = strlen(ending);
    return length > n && strcasecmp(path + length - n, ending) == 0;
}

kj_status kj_report_check_name(kj_error *err, const char *path, const char *ending)
{
    return ends_in(path, ending) ? KJ_OK : kj_fail(err, KJ_E_INPUT, "%s: expected a name that ends in %s", path, ending);
}

kj_status kj_report_check_picture_name(kj_error *err, const char *path)
{
    if (ends_in(path, ".png") || ends_in(path, ".pdf") || ends_in(path, ".svg")) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "%s: expected a name that ends in .png, .pdf or .svg", path);
}

kj_status kj_report_page_open(kj_error *err, const char *path, const char *title, double width, double height, double points, double pixels, kj_language language,
                              kj_canvas *out)
{
    if (ends_in(path, ".pdf")) return kj_canvas_new_pdf(err, path, title, width, height, points / width, 2.0, language, out);
    if (ends_in(path, ".svg")) return kj_canvas_new_svg(err, path, width, height, 0.75, 1.5, language, out);
    return kj_canvas_new_image(err, width, height, pixels, language, out);
}

kj_status kj_report_page_finish(kj_error *err, const char *path, kj_status status, kj_canvas *canvas)
{
    if (!status && !canvas->vector) status = kj_canvas_write_png(err, canvas, path);
    if (!status) kj_report_warn_about_cuts(canvas, path);
    kj_status closed = kj_canvas_close(status ? NULL : err, canvas);
    return status ? status : closed;
}

kj_status kj_report_map_png(kj_error *err, const char *run_path, int32_t year, const char *out_png, const char *lang)
{
    kj_run_figures figures = {0};
    kj_canvas canvas = {0};
    kj_language language = KJ_LANG_EN;
    int32_t shown = year;
    kj_status status = kj_report_check_name(err, out_png, ".png");
    if (status == KJ_OK) status = kj_report_choose_language(err, lang, &language);
    if (status == KJ_OK) status = kj_run_figures_read(err, run_path, &figures);
    if (status == KJ_OK) status = kj_run_figures_read_land(err, run_path, year, &figures, &shown);
    if (status == KJ_OK) status = kj_canvas_new_image(err, KJ_MAP_PAGE_W, KJ_MAP_PAGE_H, 1.0, language, &canvas);
    if (status == KJ_OK) status = kj_map_page_draw(err, &canvas, &figures, shown);
    if (status == KJ_OK) status = kj_canvas_write_png(err, &canvas, out_png);
    if (status == KJ_OK) kj_report_warn_about_cuts(&canvas, out_png);
    kj_status closed = canvas.surface ? kj_canvas_close(status == KJ_OK ? err : NULL, &canvas) : KJ_OK;
    kj_run_figures_free(&figures);
    return status == KJ_OK ? closed : status;
}

static kj_status summary_png(kj_error *err, const kj_run_figures *figures, kj_language language, const char *path)
{
    kj_canvas canvas = {0};
    kj_status status = kj_canvas_new_image(err, KJ_SUMMARY_W, KJ_SUMMARY_H, 1.5, language, &canvas);
    return status ? status : kj_report_page_finish(err, path, kj_summary_page_draw(err, &canvas, figures), &canvas);
}

kj_status kj_report_summary(kj_error *err, const char *run_path, const char *out_png, const char *lang)
{
    kj_run_figures figures = {0};
    kj_language language = KJ_LANG_EN;
    kj_status status = kj_report_check_name(err, out_png, ".png");
    if (status == KJ_OK) status = kj_report_choose_language(err, lang, &language);
    if (status == KJ_OK) status = kj_run_figures_read(err, run_path, &figures);
    if (status == KJ_OK) status = summary_png(err, &figures, language, out_png);
    kj_run_figures_free(&figures);
    return status;
}
