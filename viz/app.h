/* State of the viewer and what changes it. One thread draws; a live simulation runs in another and hands over snapshots. */
#ifndef KEDJA_VIZ_APP_H
#define KEDJA_VIZ_APP_H

#include <SDL.h>

#include "../core/compare/compare.h"
#include "../core/draw/map_draw.h"
#include "chain.h"
#include "live.h"
#include "pyramid.h"
#include "sprite.h"
#include "ui.h"
#include "world.h"

typedef enum kj_view_id {
    KJ_VIEW_LAND = 0,
    KJ_VIEW_SCHOOLS,
    KJ_VIEW_CHAINS,
    KJ_VIEW_COUNT /* those that plugins give come after these */
} kj_view_id;

typedef enum kj_sight {
    KJ_SIGHT_NONE = 0,
    KJ_SIGHT_TOWN,
    KJ_SIGHT_WHOLE,
    KJ_SIGHT_OWN
} kj_sight; /* what the camera was set to look at; own: a person has moved it */
typedef enum kj_comparing { KJ_SHOW_A = 0, KJ_SHOW_B, KJ_SWIPE, KJ_SIDE } kj_comparing;
typedef enum kj_tab { KJ_TAB_MAP = 0, KJ_TAB_ACTIONS, KJ_TAB_RESULTS, KJ_TAB_SCHOOLS, KJ_TAB_ECONOMY, KJ_TAB_CHARTS, KJ_TAB_SELECTED, KJ_TAB_MENU, KJ_TAB_VIEWS, KJ_TAB_COUNT } kj_tab;
typedef enum kj_layout_mode { KJ_LAYOUT_WIDE = 0, KJ_LAYOUT_MEDIUM, KJ_LAYOUT_NARROW } kj_layout_mode;
typedef enum kj_layer_bit { KJ_LAYER_DOTS = 1, KJ_LAYER_FLOWS = 2, KJ_LAYER_SCHOOLS = 4, KJ_LAYER_NAMES = 8 } kj_layer_bit;

typedef enum kj_action {
    KJ_ACT_NONE = 0,
    KJ_ACT_PLAY,
    KJ_ACT_STEP,    /* argument: years */
    KJ_ACT_YEAR,    /* slider */
    KJ_ACT_SPEED,
    KJ_ACT_VIEW,    /* argument: kj_view_id */
    KJ_ACT_LAYER,   /* argument: kj_layer_bit */
    KJ_ACT_GRADES,  /* argument: 0 catchments F-6, 1 grades 7-9 */
    KJ_ACT_COMPARE, /* argument: kj_comparing */
    KJ_ACT_LANGUAGE,
    KJ_ACT_FORUM,
    KJ_ACT_CONTRAST,
    KJ_ACT_SCALE,   /* argument: steps of 0.1; 0: value */
    KJ_ACT_TAB,     /* argument: kj_tab */
    KJ_ACT_LEFT,    /* argument: kj_tab of the left column, actions or views */
    KJ_ACT_PAGE,    /* argument: +1, -1 */
    KJ_ACT_ZOOM,    /* argument: +1, -1, 0 fit */
    KJ_ACT_HOW,     /* argument: kj_figure_id */
    KJ_ACT_SCHOOL,  /* argument: row of the facility */
    KJ_ACT_CHAIN,   /* argument: 0 longest, 1 next, 2 the one that the selected cell began */
    KJ_ACT_EXPORT,  /* argument: kj_export */
    KJ_ACT_SESSION,
    KJ_ACT_HOUSEHOLD, /* argument: id */
    KJ_ACT_SOURCES,   /* what is real, and where the map and the run come from */
    KJ_ACT_UNSELECT,
    KJ_ACT_SWIPE,   /* slider over the map */
    KJ_ACT_POLICY,  /* live: switch; argument: policy */
    KJ_ACT_LEVER,   /* live: slider; argument: index of the lever */
    KJ_ACT_PLACE,   /* live: choose a place on the map; argument: policy */
    KJ_ACT_UNDO,
    KJ_ACT_REDO,
    KJ_ACT_FROM,    /* live: slider "from year" */
    KJ_ACT_WORLD,   /* whose figures stand alone while two worlds are compared; argument: world */
    KJ_ACT_QUIT
} kj_action;

typedef enum kj_export { KJ_EXPORT_PNG = 0, KJ_EXPORT_PDF, KJ_EXPORT_SVG, KJ_EXPORT_CSV, KJ_EXPORT_MP4, KJ_EXPORT_COUNT } kj_export;

typedef enum kj_selection { KJ_SELECT_NONE = 0, KJ_SELECT_CELL, KJ_SELECT_SCHOOL, KJ_SELECT_CHAIN, KJ_SELECT_HOW, KJ_SELECT_HOUSEHOLD, KJ_SELECT_SOURCES } kj_selection;

/* What a pyramid holds now. */
typedef struct kj_shown {
    int32_t view, year_index, generation, detail; /* detail: what else the colours depend on */
} kj_shown;

/* A year of a large map, small. */
typedef struct kj_overview {
    kj_shown key;
    uint32_t *cells; /* owned; NULL: none */
} kj_overview;
enum { KJ_OVERVIEWS = 64, KJ_PLACED_MAX = 64 };

typedef struct kj_dots {
    float *col, *row;
    int32_t n, capacity, each; /* households a dot */
    int32_t year_index, generation;
} kj_dots;

typedef struct kj_app {
    kj_world world[2];
    int32_t n_worlds, generation; /* generation: grows when a world's years were replaced */
    kj_live *live;                /* NULL: finished runs */
    bool same_lives;              /* no luck of people parts the two runs (core/compare/lives.h), or the years of a live session that both worlds have */
    kj_comparison matrix;         /* of two finished runs in the last year of both: all departments; no rows: none */
    int32_t first_year, last_year;

    uint32_t *frame; /* width_px * height_px, owned */
    int32_t width_px, height_px;
    double text_scale, unit; /* pixels a unit */
    kj_canvas canvas;
    kj_ui ui;
    kj_sprites sprites;
    kj_language language;
    bool forum, contrast;
    kj_layout_mode mode;
    kj_box top, left, map, right, bottom;
    bool panels_dirty, map_dirty;

    kj_view_id view;
    uint32_t layers;
    kj_comparing compare;
    double swipe; /* share of the map's width */
    kj_camera camera;
    kj_sight sight;
    kj_pyramid pyramid[2];
    kj_shown shown[2];
    kj_dots dots[2];
    kj_overview overview[2][KJ_OVERVIEWS];
    int32_t next_overview[2];
    kj_pyramid aside;    /* where years are prepared that nobody looks at yet */
    double still;        /* seconds since the year changed */
    bool dots_wait;      /* a large map was drawn without its dots, in a hurry */
    bool whole;          /* the next frame has all cells, whatever it costs */
    int32_t *nearest[2]; /* view of schools: facility row of each cell, -1; of nearest_key */
    int32_t nearest_key[2];
    bool catchment_7_9;  /* view of schools: of grades 7-9, else F-6 */

    int32_t year;
    bool playing;
    double years_per_second, play_from; /* play_from: fraction of the year shown */
    kj_tab tab, left_tab; /* left_tab: live alone, actions or views */
    int32_t page[KJ_TAB_COUNT], n_pages[KJ_TAB_COUNT];
    kj_selection selection;
    int32_t selected_cell, selected_school, how;
    kj_id selected_household;
    int32_t selected_world, figures_of; /* figures_of: world of the pages that show one alone while two are compared */
    uint32_t chain_root;
    int32_t placing; /* policy whose place is being chosen, -1 none */
    kj_place_kind placing_kind;
    int32_t n_placed;       /* ends of a line that are chosen already */
    double placed[2][2];    /* metres */
    double from_year;
    bool from_set;          /* by a person: later years shown do not move it */
    kj_box covers[8];       /* what lies over the map and takes clicks without being a widget: legend, scale, badges */
    int32_t n_covers;

    double mouse_x, mouse_y; /* pixels */
    bool mouse_down, dragging;
    int32_t pressed; /* widget */
    double drag_x, drag_y;
    kj_camera drag_camera;
    char message[256]; /* shown for a while */
    double message_until;
    char export_stem[512]; /* files are STEM.png, … */
    char run_path[2][512];
    bool quit;
} kj_app;

typedef struct kj_app_options {
    int32_t width, height;
    double text_scale;
    kj_language language;
    const char *export_stem;
} kj_app_options;

kj_status kj_app_open(kj_error *err, const kj_app_options *options, kj_app *out); /* worlds are added after it */
void kj_app_add_world(kj_app *app, kj_world *world); /* takes it over */
void kj_app_close(kj_app *app);
kj_status kj_app_resize(kj_error *err, kj_app *app, int32_t width, int32_t height);
void kj_app_set_language(kj_app *app, kj_language language);
void kj_app_layout(kj_app *app);
void kj_app_fit(kj_app *app);
void kj_app_say(kj_app *app, const char *text);

/* Draws what changed into app->frame; true if anything did. */
bool kj_app_draw(kj_app *app);
/* Everything afresh on a canvas of the same size: a page or an SVG. */
void kj_app_draw_on(kj_app *app, kj_canvas *canvas);
/* Time passes while playing. */
void kj_app_tick(kj_app *app, double seconds);

void kj_app_act(kj_app *app, kj_action action, int32_t argument, double value);
void kj_app_press(kj_app *app, double x, double y);
void kj_app_move(kj_app *app, double x, double y);
void kj_app_release(kj_app *app, double x, double y);
void kj_app_wheel(kj_app *app, double x, double y, double steps);
void kj_app_key(kj_app *app, SDL_Keycode key, bool shift, bool control);
/* The lines of the help on keys, to be translated; NULL past the last. Keys that no line names do nothing. */
const char *kj_key_help(const kj_app *app, int32_t line);
void kj_app_set_year(kj_app *app, int32_t year);

/* Figure of a world in the year shown; NaN if that year is not there (yet). */
double kj_app_figure(const kj_app *app, const kj_world *world, kj_figure_id id);
/* How a figure is called and read: of the first world that shows it; NULL if none does. */
const kj_shown_item *kj_app_figure_item(const kj_app *app, kj_figure_id id);
/* Until both worlds of a live simulation stand at the end: a picture to keep may not depend on how far they had come. */
void kj_app_settle(kj_app *app);
/* Takes news of a live simulation. */
void kj_app_refresh(kj_app *app);

/* Worlds shown in the map, their part of it, and the year's index in each. */
typedef struct kj_pane {
    kj_world *world;
    int32_t which;
    kj_box box, clip; /* the camera looks at box; clip is what is painted */
} kj_pane;
int32_t kj_app_panes(kj_app *app, kj_pane out[2]);
/* Where a place of the map, in cells, stands in a pane (units). */
static inline double kj_pane_x(const kj_app *app, const kj_pane *pane, double col) { return pane->box.x + pane->box.w / 2.0 + (col - app->camera.col) * app->camera.zoom / app->unit; }
static inline double kj_pane_y(const kj_app *app, const kj_pane *pane, double row) { return pane->box.y + pane->box.h / 2.0 + (row - app->camera.row) * app->camera.zoom / app->unit; }
kj_world *kj_app_world(kj_app *app); /* the one whose figures stand alone */
static inline int32_t kj_app_index(const kj_app *app, const kj_world *world) { return kj_world_year_index(world, app->year); }
static inline kj_month kj_app_month(const kj_app *app) { return KJ_MONTH(app->year, 12); }

/* Parts of the frame. */
void kj_draw_map(kj_app *app);
void kj_draw_panels(kj_app *app);
void kj_draw_top(kj_app *app);
void kj_draw_timeline(kj_app *app);
void kj_draw_left(kj_app *app, const kj_box *box, double y);
void kj_draw_right(kj_app *app);
double kj_draw_legend_item(kj_app *app, int32_t item, double x, double y, double width); /* a row of the legend in a panel; its height, 0 past the last */
/* How much of the legend has room on the map: 0 all of it, 1 all in smaller text, 2 signs and what is built, 3 signs alone, 4 these in smaller text; -1 none. */
int32_t kj_legend_level(kj_app *app);
bool kj_legend_across(const kj_app *app);         /* the legend lies along the lower edge of the map */
kj_box kj_map_room(kj_app *app);                  /* what legend, badges and buttons leave of the first pane; all of it where that is next to nothing */
bool kj_app_sees_chain(kj_app *app);              /* the chain that is told, all of it and clear of the legend; false: none is */
bool kj_app_town(const kj_app *app, kj_box *out); /* the town of the first sight, in cells; false: the map is shown whole */
/* Forum mode on a small projector. */
static inline bool kj_app_is_short(const kj_app *app) { return app->forum && app->map.w < 600.0; }
double kj_below_badges(const kj_app *app); /* where a passing message stands over the map */
const char *kj_view_title(kj_view_id view); /* English */
/* The item that the view shows, as a world has it; NULL for a view of the viewer's own, or where the world lacks it. */
const kj_shown_item *kj_view_item(const kj_app *app, const kj_world *world);
int32_t kj_view_total(const kj_app *app);
/* Title in the language shown. */
const char *kj_view_name(const kj_app *app, int32_t view);
const char *kj_view_key(const kj_app *app, int32_t view);
kj_view_id kj_view_named(const kj_app *app, const char *key); /* KJ_VIEW_LAND if there is none */

/* Colours of the cells of one view into the pyramid's level 0. */
void kj_view_fill(kj_app *app, kj_world *world, int32_t year_index, uint32_t *out);
/* Colours by land use; false for views that colour by something else. */
bool kj_view_land_table(const kj_app *app, uint32_t table[256]);
/* Range of the legend of a continuous view; false: the run has no such layer (text says so). */
typedef struct kj_view_range {
    double low, high;
    const char *title;
    char unit[160]; /* and what the ramp does not hold */
    kj_rgb (*color)(double);
} kj_view_range;
/* What of the map there is nothing to draw of: an ensemble has no schools, no households and no moves; some maps have no names. */
bool kj_layer_is_recorded(const kj_world *world, kj_layer_bit bit);
bool kj_view_range_of(kj_app *app, kj_view_range *out);
/* The viewer's own views need what not every run has: an ensemble has neither land use nor schools nor chains. */
bool kj_view_is_recorded(const kj_world *world, int32_t view);
/* Facility row of the school whose catchment a cell lies in, -1; NULL when out of memory. Where the run records no
   catchments: the nearest school. */
bool kj_view_has_catchments(const kj_app *app, const kj_world *world);
const int32_t *kj_view_catchments(kj_app *app, kj_world *world);

/* Overviews of large maps (overview.c). show: into the pyramid, false if there is none; prepare: one more year, false when all
   are there; the view must be of the year given alone. */
bool kj_overview_is_large(const kj_world *world);
/* Land straight into the small levels of the pyramid: the first look at a year. False for views that need all cells first. */
bool kj_overview_fill(kj_app *app, kj_world *world, int32_t year_index, kj_pyramid *pyramid);
void kj_overview_keep(kj_app *app, int32_t which, const kj_shown *key, const kj_pyramid *pyramid);
bool kj_overview_show(kj_app *app, int32_t which, const kj_shown *key, kj_pyramid *pyramid);
void kj_overview_finish(kj_app *app); /* the next frame is whole, as a picture to keep must be */
bool kj_overview_hurries(const kj_app *app); /* years go by: what takes long waits */
bool kj_overview_is_coarse(const kj_app *app, const kj_pyramid *pyramid);
void kj_overview_tick(kj_app *app, double seconds);
bool kj_overview_prepare(kj_app *app);
void kj_overview_free(kj_app *app);

enum { KJ_LINES_MAX = 3 * KJ_CHAIN_STEPS_MAX + 10 }; /* three a home of a chain, its beginning, what was freed, its end */

/* What is known of the selection, line by line: drawn by the panel, told by scripts. */
typedef struct kj_lines {
    char title[128];
    char text[KJ_LINES_MAX][260];
    bool strong[KJ_LINES_MAX];
    kj_id household[KJ_LINES_MAX]; /* the line leads to it; 0 none */
    int32_t n;
} kj_lines;
void kj_story_lines(kj_app *app, kj_lines *out);
void kj_select_at(kj_app *app, double x, double y); /* pixels */
int32_t kj_cell_under(const kj_app *app, double x, double y, int32_t *which); /* -1 outside */
const char *kj_school_alert(kj_app *app, kj_world *world, int32_t index, char out[200]); /* NULL past the last */
const char *kj_grade_word(int32_t code, char out[16]);                                   /* code: 2 the preschool class, 3 grade 1 … as in table facility */
/* Ids that a lever of facilities steps through: 0, then those of the kind that world B has before the year from which changes hold. */
enum { KJ_CHOICES_MAX = 512 };
int32_t kj_facility_choices(const kj_app *app, kj_facility_kind kind, kj_id out[KJ_CHOICES_MAX]);
int32_t kj_schools_full(const kj_app *app, const kj_world *world); /* open and without a place left in the year shown */

kj_status kj_export_write(kj_error *err, kj_app *app, kj_export kind, const char *path);
/* Of a live session also its changes, as PATH with .journal in place of .session.json. */
kj_status kj_session_save(kj_error *err, kj_app *app, const char *path);
/* own_language: the session's language is taken, too. */
kj_status kj_session_apply(kj_error *err, kj_app *app, const char *path, bool own_language);

/* Runs a script; false with *err when a line fails (file, line, expected, found). */
kj_status kj_script_run(kj_error *err, kj_app *app, const char *path);
/* Layout lint: the first fault in words, or "". */
void kj_lint(kj_app *app, char out[512]);

/* The window, until it is closed. */
/* KJ_E_INPUT at once where no screen is: SDL would else show its window on a driver that nobody sees, for ever. A driver that
   the person names in SDL_VIDEODRIVER is taken. */
kj_status kj_window_find_display(kj_error *err);
kj_status kj_window_run(kj_error *err, kj_app *app, bool fullscreen);

#endif
