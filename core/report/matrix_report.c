/* The consequence matrix as a file. */
#include "matrix_page.h"
#include "report.h"

kj_status kj_report_matrix(kj_error *err, const kj_comparison *comparison, const char *title, const char *path, const char *lang)
{
    kj_canvas canvas = {0};
    kj_language language = KJ_LANG_EN;
    kj_status status = kj_report_check_picture_name(err, path);
    if (!status) status = kj_report_choose_language(err, lang, &language);
    if (!status) status = kj_report_page_open(err, path, title ? title : comparison->title_change, KJ_SUMMARY_W, KJ_SUMMARY_H, 842.0, 1.5, language, &canvas);
    if (status) return status;
    return kj_report_page_finish(err, path, kj_matrix_page_draw(err, &canvas, comparison, title), &canvas);
}
