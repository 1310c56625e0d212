/* The consequence matrix as a file. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "matrix_page.h"
#include "report.h"

static bool ends_in(const char *path, const char *ending)
{
    size_t length = strlen(path), n = strlen(ending);
    return length > n && strcasecmp(path + length - n, ending) == 0;
}

kj_status kj_report_matrix_check_name(kj_error *err, const char *path)
{
    if (ends_in(path, ".png") || ends_in(path, ".pdf") || ends_in(path, ".svg")) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "%s: expected a name that ends in .png, .pdf or .svg", path);
}

kj_status kj_report_matrix(kj_error *err, const kj_comparison *comparison, const char *title, const char *path, const char *lang)
{
    kj_canvas canvas = {0};
    kj_language language = KJ_LANG_EN;
    char part[PATH_MAX];
    bool pdf = ends_in(path, ".pdf"), svg = ends_in(path, ".svg"), parts = pdf || svg;
    kj_status status = kj_report_matrix_check_name(err, path);
    if (!status && snprintf(part, sizeof part, "%s.part", path) >= (int)sizeof part) status = kj_fail(err, KJ_E_INPUT, "%s: path too long", path);
    if (!status) status = kj_report_choose_language(err, lang, &language);
    if (status) return status;
    status = pdf ? kj_canvas_new_pdf(err, part, title ? title : comparison->title_change, KJ_SUMMARY_W, KJ_SUMMARY_H, 842.0 / KJ_SUMMARY_W, 2.0, language, &canvas)
             : svg ? kj_canvas_new_svg(err, part, KJ_SUMMARY_W, KJ_SUMMARY_H, 0.75, 1.5, language, &canvas)
                   : kj_canvas_new_image(err, KJ_SUMMARY_W, KJ_SUMMARY_H, 1.5, language, &canvas);
    if (status) return status;
    status = kj_matrix_page_draw(err, &canvas, comparison, title);
    if (!status && !parts) status = kj_canvas_write_png(err, &canvas, path);
    if (!status) kj_report_warn_about_cuts(&canvas, path);
    kj_status closed = kj_canvas_close(status ? NULL : err, &canvas);
    if (!status) status = closed;
    if (parts && !status && rename(part, path) != 0) status = kj_fail(err, KJ_E_IO, "%s: %s", path, strerror(errno));
    if (parts && status) remove(part);
    return status;
}
