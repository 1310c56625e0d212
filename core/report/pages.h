/* The pages of a report, drawn from figures. Separate from reading so that tests can draw made-up runs. */
#ifndef KEDJA_REPORT_PAGES_H
#define KEDJA_REPORT_PAGES_H

#include "../draw/canvas.h"
#include "../draw/chart.h"
#include "../draw/map_draw.h"
#include "run_figures.h"

enum { KJ_MAP_PAGE_W = 1600, KJ_MAP_PAGE_H = 1200, KJ_SUMMARY_W = 1600, KJ_SUMMARY_H = 1131 };

kj_status kj_map_page_draw(kj_error *err, kj_canvas *canvas, const kj_run_figures *figures, int32_t year);
kj_status kj_summary_page_draw(kj_error *err, kj_canvas *canvas, const kj_run_figures *figures);
/* Counts of inhabitants beside what was simulated, on every chart of them: `room` stands behind the chart's series; the axis of years is widened. */
void kj_chart_add_observed(kj_line_chart *chart, kj_series *room, const kj_run_figures *figures);
/* Its foot: what is real and what is synthetic, and where the page comes from. */
/* other: the second world, NULL none; its state hash is then given too, both shortened. */
void kj_summary_foot_draw(kj_canvas *canvas, const kj_run_figures *figures, const kj_run_figures *other);

typedef struct kj_window {
    double col, row, w, h;
} kj_window;

/* w 0: no window, which holds nothing. */
static inline bool kj_window_holds(const kj_window *w, double col, double row)
{
    return col >= w->col && row >= w->row && col < w->col + w->w && row < w->row + w->h;
}

enum { KJ_PLACE_NAMES_MAX = 60 };
typedef struct kj_place_name {
    char text[64];
} kj_place_name;
/* Names of towns and localities for a map, most important first, the parts of a town under one; texts and out: room for KJ_PLACE_NAMES_MAX. Returns how many. */
int32_t kj_place_names(const kj_named_place *places, int32_t n_places, double text_size, kj_place_name *texts, kj_map_place *out);

/* Shared by both: the land-use map in a box with municipality border, new built land and names, and the legend. */
typedef struct kj_land_view {
    kj_box box;
    double col, row, w, h; /* part of the grid, in cells */
    double text_size;
    double sign_size; /* of schools, 0: none shown */
    bool names, scale_bar, north;
    kj_window inset;  /* w > 0: its frame is drawn, and names keep clear of it */
} kj_land_view;

kj_status kj_land_view_draw(kj_error *err, kj_canvas *canvas, const kj_run_figures *figures, const kj_land_view *view);
/* Cells that hold all land inside the map's areas, with a margin. */
kj_window kj_window_inside(const kj_run_figures *figures);
/* Square of `side` cells with the most new built cells (the northwesternmost of equals, then centred on its new cells);
   n_new is 0 if there is none. */
kj_window kj_window_busiest(const kj_run_figures *figures, int32_t side, int64_t *n_new);
/* Legend of the land-use classes that occur, new land and schools. Returns its box; (left, bottom) is its corner. */
kj_box kj_land_legend(kj_canvas *canvas, const kj_run_figures *figures, double left, double bottom, double text_size,
                      double max_width, bool signs);
double kj_land_legend_height(kj_canvas *canvas, const kj_run_figures *figures, double text_size, double max_width,
                             bool signs);
/* "Policies: Building programme; Densify (max_far 1.2)": what was on, and what differs from its default; parameters of plugins, which have
   no titles, by name if name_others (two runs may differ in nothing else), else how many there are. */
void kj_policies_text(kj_language language, const kj_run_figures *figures, bool name_others, char *out, size_t out_bytes);
/* Sets the language of a picture; without its catalogue it is drawn in English, with a warning. */
kj_status kj_report_choose_language(kj_error *err, const char *code, kj_language *language);
/* The title of a run's scenario, in the language if it has one. */
const char *kj_report_title(const kj_run_info *info, kj_language language);
/* A text that was shortened is still readable in part: a warning that names the first. */
void kj_report_warn_about_cuts(const kj_canvas *canvas, const char *path);
/* A page that becomes a file by the ending of its name: .pdf (on paper `points` wide), .svg, or else .png of `pixels` a unit. */
kj_status kj_report_page_open(kj_error *err, const char *path, const char *title, double width, double height, double points, double pixels, kj_language language,
                              kj_canvas *out);
/* Writes it under its name if `status` says that it was drawn, and warns of shortened texts; else nothing is left. Returns what went wrong. */
kj_status kj_report_page_finish(kj_error *err, const char *path, kj_status status, kj_canvas *canvas);
/* "Sites, sizes and names of the schools … are assumed.": on each page that shows schools, where facilities_are_assumed. */
const char *kj_assumed_sites_line(void);
/* "Simulation, not a forecast." */
const char *kj_honesty_line(void);

#endif
