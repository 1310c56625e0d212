/* A surface to draw on: cairo context, scale, language, and text by pango in Inter (any sans serif if it is missing).
   All lengths are page units; `scale` device pixels make one unit. Text never disappears silently: what had to be
   shortened is counted in n_cut, and the place of each text is kept, so that a test can look for overlaps. */
#ifndef KEDJA_DRAW_CANVAS_H
#define KEDJA_DRAW_CANVAS_H

#include <cairo.h>
#include <pango/pangocairo.h>
#include <stdbool.h>
#include <stdint.h>

#include "language.h"
#include "layout.h"
#include "palette.h"

enum { KJ_CANVAS_TEXTS_MAX = 2048, KJ_CANVAS_CUT_MAX = 160 };

typedef struct kj_canvas {
    cairo_surface_t *surface; /* owned */
    cairo_t *cr;              /* owned; in page units */
    PangoLayout *layout;      /* owned; the one layout for every text */
    double width, height, scale;
    kj_language language;
    bool tagged; /* PDF with structure tags */
    bool vector; /* PDF or SVG: texts stay texts */
    char *file;  /* owned; PDF or SVG: the name that it gets when it is whole */
    int32_t n_cut;
    char first_cut[KJ_CANVAS_CUT_MAX]; /* first text that was shortened */
    int32_t n_broken;                  /* texts with a line that ends within a word */
    char first_broken[KJ_CANVAS_CUT_MAX];
    kj_box *texts;                     /* owned; box of each text drawn, at most KJ_CANVAS_TEXTS_MAX */
    char (*text_heads)[32];            /* owned; their beginnings */
    int32_t n_texts;
} kj_canvas;

/* An image of round(width * scale) by round(height * scale) pixels, filled with paper. */
kj_status kj_canvas_new_image(kj_error *err, double width, double height, double scale, kj_language language,
                              kj_canvas *out);
/* A PDF of pages of width * points_per_unit points, tagged, with a title. Rasters get `scale` pixels a unit. It grows as PATH.part and takes its name
   when the canvas is closed. */
kj_status kj_canvas_new_pdf(kj_error *err, const char *path, const char *title, double width, double height,
                            double points_per_unit, double scale, kj_language language, kj_canvas *out);
/* A one-page SVG of width * points_per_unit points, written like a PDF; texts stay texts. */
kj_status kj_canvas_new_svg(kj_error *err, const char *path, double width, double height, double points_per_unit,
                            double scale, kj_language language, kj_canvas *out);
/* Draws on pixels that somebody else owns (ARGB32, stride bytes a line): a window's frame. `scale` pixels a unit. */
kj_status kj_canvas_wrap(kj_error *err, void *pixels, int32_t width_px, int32_t height_px, int32_t stride, double scale,
                         kj_language language, kj_canvas *out);
/* Ends a page of a PDF; what follows stands on the next. Nothing on images. */
void kj_canvas_next_page(kj_canvas *canvas);
/* Forgets the texts drawn so far: a window's frame is drawn again and again. */
void kj_canvas_forget_texts(kj_canvas *canvas);
/* Keeps the place of a text that was drawn by other means. */
void kj_canvas_note_text(kj_canvas *canvas, const kj_box *box, const char *text, bool cut);
/* Writes PATH.part and renames it, so that nothing half-written stands under the name. Only for images. */
kj_status kj_canvas_write_png(kj_error *err, kj_canvas *canvas, const char *path);
/* Finishes the surface, reports what cairo found wrong, and frees everything. A PDF or SVG takes its name then; with err NULL, or when something went
   wrong, nothing is left of it. */
kj_status kj_canvas_close(kj_error *err, kj_canvas *canvas);

/* Structure tags of a PDF: "Document", "H1", "P", "Figure", "Table". Nothing on images. */
void kj_canvas_tag_begin(kj_canvas *canvas, const char *tag);
void kj_canvas_tag_end(kj_canvas *canvas, const char *tag);

void kj_canvas_color(kj_canvas *canvas, kj_rgb color, double alpha);
void kj_canvas_fill_box(kj_canvas *canvas, const kj_box *box, double radius, kj_rgb color, double alpha);
void kj_canvas_line(kj_canvas *canvas, double x1, double y1, double x2, double y2, double width, kj_rgb color);

typedef enum kj_align { KJ_ALIGN_LEFT = 0, KJ_ALIGN_CENTER = 1, KJ_ALIGN_RIGHT = 2 } kj_align;

typedef struct kj_text_style {
    double size;    /* of the em, page units */
    int32_t weight; /* 400 regular … 700 bold */
    kj_rgb color;
    kj_align align;    /* of the box at x: x is its left edge, centre or right edge */
    double max_width;  /* 0: as wide as it is */
    int32_t max_lines; /* 0 or 1: one line, made up to a fifth smaller before it is shortened */
    bool tabular;      /* figures of equal width */
    double halo;       /* width of a paper-coloured rim, 0 none */
} kj_text_style;

typedef struct kj_text_size {
    double width, height; /* of the box */
    double baseline;      /* from the top of the box */
    bool cut;             /* did not fit and ends in an ellipsis */
} kj_text_size;

kj_text_size kj_text_measure(kj_canvas *canvas, const kj_text_style *style, const char *text);
/* y is the top of the box. */
kj_text_size kj_text_draw(kj_canvas *canvas, double x, double y, const kj_text_style *style, const char *text);

/* First pair of drawn texts whose boxes overlap by more than `slack` units; false if there is none. */
bool kj_canvas_find_overlap(const kj_canvas *canvas, double slack, int32_t *a, int32_t *b);
/* Index of a text outside the page, -1 if there is none. */
int32_t kj_canvas_find_outside(const kj_canvas *canvas);

#endif
