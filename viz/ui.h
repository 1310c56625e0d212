/* Widgets: drawn with cairo, kept in a list with label, box and action, so that mouse, keyboard, scripts and the layout
   lint all work on the same list. Lengths are units; `scale` pixels make one unit. */
#ifndef KEDJA_VIZ_UI_H
#define KEDJA_VIZ_UI_H

#include "../core/draw/canvas.h"

typedef struct kj_theme {
    kj_rgb ink, muted, paper, panel, rule, bar, on_bar, button, accent, focus, a, b, warn;
    double rim; /* width of the line round a widget; 0 none */
} kj_theme;
kj_theme kj_theme_light(void);
kj_theme kj_theme_high_contrast(void);

typedef enum kj_widget_kind { KJ_W_BUTTON = 0, KJ_W_TOGGLE, KJ_W_SLIDER, KJ_W_AREA } kj_widget_kind;

typedef struct kj_widget {
    kj_widget_kind kind;
    kj_box box;       /* what a press hits */
    char label[96];   /* in the language shown; scripts find the widget by it */
    char english[96]; /* the same in English: scripts may use either */
    int32_t action, argument;
    double value, low, high, step; /* sliders */
    bool on, enabled;
    bool panel;       /* of the panels, not of the map */
    kj_box track;     /* sliders */
} kj_widget;

enum { KJ_WIDGETS_MAX = 192 };

typedef struct kj_ui {
    kj_canvas *canvas;
    kj_theme theme;
    double target; /* least height of what is pressed, units */
    kj_widget widgets[KJ_WIDGETS_MAX];
    kj_widget spare; /* takes what is beyond the last, or dry */
    int32_t n_widgets;
    int32_t focus; /* index, -1 none */
    bool show_focus; /* the keyboard was used last */
    bool dry;      /* measure only: nothing is drawn or listed */
    bool in_panel;
} kj_ui;

/* Forgets the widgets of the panels or of the map. */
void kj_ui_clear(kj_ui *ui, bool panel);

kj_text_style kj_ui_style(const kj_ui *ui, double size, int32_t weight, kj_rgb color);
/* Draws a text unless dry; its height either way. */
double kj_ui_text(kj_ui *ui, double x, double y, const kj_text_style *style, const char *text);

typedef struct kj_widget_def {
    const char *english; /* label before translation */
    const char *label;   /* NULL: kj_tr(english) */
    const char *sign;    /* drawn in place of the label, which names it for scripts; NULL */
    int32_t action, argument;
    bool on, disabled, dark; /* dark: stands on the dark bar */
    bool on_map;             /* white, with a rim */
    double size;             /* of the text; 0: 18 */
} kj_widget_def;

/* Height that a button of that width needs for its label, at least the target. */
double kj_ui_button_height(kj_ui *ui, double width, const kj_widget_def *def);
double kj_ui_button_width(kj_ui *ui, const kj_widget_def *def); /* for one line */
void kj_ui_button(kj_ui *ui, const kj_box *box, const kj_widget_def *def);
/* Something drawn already that can be pressed: a tile, a row, a line. */
void kj_ui_area(kj_ui *ui, const kj_box *box, const char *english, const char *label, int32_t action, int32_t argument);
/* A switch with its label at the right; returns the height used. */
double kj_ui_toggle(kj_ui *ui, double x, double y, double width, const kj_widget_def *def);

typedef struct kj_slider_def {
    kj_widget_def widget;
    double value, low, high, step;
    const char *text; /* the value as people read it */
} kj_slider_def;
/* Label and value over a track; returns the height used. */
double kj_ui_slider(kj_ui *ui, double x, double y, double width, const kj_slider_def *def);

/* Buttons side by side, as many in a row as their labels allow; returns the height used. */
double kj_ui_segments(kj_ui *ui, double x, double y, double width, const kj_widget_def *defs, int32_t n);

/* The same in pieces: how many a row, and one row of them. */
int32_t kj_ui_segment_columns(kj_ui *ui, double width, const kj_widget_def *defs, int32_t n);
double kj_ui_segment_row(kj_ui *ui, double x, double y, double width, const kj_widget_def *defs, int32_t n, int32_t columns);

/* Index of the widget at a point, by label, or the next one for Tab; -1 none. */
int32_t kj_ui_at(const kj_ui *ui, double x, double y);
int32_t kj_ui_named(const kj_ui *ui, const char *label);
void kj_ui_focus_next(kj_ui *ui, int step);
/* Value of a slider under x, rounded to its step. */
double kj_ui_slider_value(const kj_widget *widget, double x);

/* Things below each other on pages: what does not fit starts the next page. Run once dry to count, then draw. */
typedef struct kj_flow {
    kj_ui *ui;
    kj_box box;
    double y;
    int32_t page, shown, n_pages;
} kj_flow;
kj_flow kj_flow_begin(kj_ui *ui, const kj_box *box, int32_t shown);
/* Room for the next thing of that height: true and *y if it stands on the page shown. */
/* Starts the next page unless there is that much room left. */
void kj_flow_keep(kj_flow *flow, double room);
bool kj_flow_take(kj_flow *flow, double height, double gap, double *y);

#endif
