#include "canvas.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Same glyph shapes and advances at every scale and on every machine: no hinting, grey antialiasing. */
static void set_font_options(kj_canvas *canvas)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    PangoContext *context = pango_layout_get_context(canvas->layout);
    pango_cairo_context_set_font_options(context, options);
    pango_cairo_context_set_resolution(context, 96.0);
    pango_context_set_round_glyph_positions(context, FALSE);
    cairo_font_options_destroy(options);
}

static kj_status open_canvas(kj_error *err, kj_canvas *canvas)
{
    canvas->cr = cairo_create(canvas->surface);
    canvas->texts = calloc(KJ_CANVAS_TEXTS_MAX, sizeof *canvas->texts);
    canvas->text_heads = calloc(KJ_CANVAS_TEXTS_MAX, sizeof *canvas->text_heads);
    cairo_status_t status = cairo_status(canvas->cr);
    if (status != CAIRO_STATUS_SUCCESS || !canvas->texts || !canvas->text_heads) {
        kj_status result = kj_fail(err, status == CAIRO_STATUS_WRITE_ERROR ? KJ_E_IO : KJ_E_MEMORY,
                                   "drawing surface of %.0f by %.0f: %s", canvas->width, canvas->height,
                                   cairo_status_to_string(status));
        kj_canvas_close(NULL, canvas);
        return result;
    }
    canvas->layout = pango_cairo_create_layout(canvas->cr);
    set_font_options(canvas);
    return KJ_OK;
}

kj_status kj_canvas_new_image(kj_error *err, double width, double height, double scale, kj_language language,
                              kj_canvas *out)
{
    *out = (kj_canvas){.width = width, .height = height, .scale = scale, .language = language};
    out->surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)lround(width * scale), (int)lround(height * scale));
    kj_status status = open_canvas(err, out);
    if (status != KJ_OK) return status;
    cairo_scale(out->cr, scale, scale);
    kj_canvas_color(out, KJ_COLOR_PAPER, 1.0);
    cairo_paint(out->cr);
    return KJ_OK;
}

static kj_status part_of(kj_error *err, const char *path, char part[PATH_MAX])
{
    return snprintf(part, PATH_MAX, "%s.part", path) < PATH_MAX ? KJ_OK : kj_fail(err, KJ_E_INPUT, "%s: path too long", path);
}

/* A canvas that becomes a file: *part is what cairo writes to. */
static kj_status start_file(kj_error *err, const char *path, kj_canvas *out, char part[PATH_MAX])
{
    kj_status status = part_of(err, path, part);
    if (!status && !(out->file = strdup(path))) status = kj_fail(err, KJ_E_MEMORY, "out of memory for %s", path);
    return status;
}

kj_status kj_canvas_new_pdf(kj_error *err, const char *path, const char *title, double width, double height,
                            double points_per_unit, double scale, kj_language language, kj_canvas *out)
{
    *out = (kj_canvas){.width = width, .height = height, .scale = scale, .language = language, .tagged = true, .vector = true};
    char part[PATH_MAX];
    kj_status status = start_file(err, path, out, part);
    if (status) return status;
    out->surface = cairo_pdf_surface_create(part, width * points_per_unit, height * points_per_unit);
    status = open_canvas(err, out);
    if (status != KJ_OK) return kj_error_context(err, "%s", path);
    cairo_pdf_surface_set_metadata(out->surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(out->surface, CAIRO_PDF_METADATA_CREATOR, "Kedja");
    cairo_scale(out->cr, points_per_unit, points_per_unit);
    return KJ_OK;
}

kj_status kj_canvas_new_svg(kj_error *err, const char *path, double width, double height, double points_per_unit,
                            double scale, kj_language language, kj_canvas *out)
{
    *out = (kj_canvas){.width = width, .height = height, .scale = scale, .language = language, .vector = true};
    char part[PATH_MAX];
    kj_status status = start_file(err, path, out, part);
    if (status) return status;
    out->surface = cairo_svg_surface_create(part, width * points_per_unit, height * points_per_unit);
    status = open_canvas(err, out);
    if (status != KJ_OK) return kj_error_context(err, "%s", path);
    cairo_scale(out->cr, points_per_unit, points_per_unit);
    return KJ_OK;
}

kj_status kj_canvas_wrap(kj_error *err, void *pixels, int32_t width_px, int32_t height_px, int32_t stride, double scale,
                         kj_language language, kj_canvas *out)
{
    *out = (kj_canvas){.width = width_px / scale, .height = height_px / scale, .scale = scale, .language = language};
    out->surface = cairo_image_surface_create_for_data(pixels, CAIRO_FORMAT_ARGB32, width_px, height_px, stride);
    kj_status status = open_canvas(err, out);
    if (status == KJ_OK) cairo_scale(out->cr, scale, scale);
    return status;
}

void kj_canvas_next_page(kj_canvas *canvas)
{
    if (canvas->vector) cairo_show_page(canvas->cr);
}

kj_status kj_canvas_write_png(kj_error *err, kj_canvas *canvas, const char *path)
{
    char part[PATH_MAX];
    if (part_of(err, path, part)) return err->status;
    cairo_surface_flush(canvas->surface);
    errno = 0;
    cairo_status_t status = cairo_surface_write_to_png(canvas->surface, part);
    if (status == CAIRO_STATUS_SUCCESS && rename(part, path) == 0) return KJ_OK;
    int code = errno;
    remove(part);
    return kj_fail(err, KJ_E_IO, "%s: cannot write the picture: %s", path,
                   code ? kj_why(code) : cairo_status_to_string(status));
}

/* The finished file takes its name, or nothing is left. */
static kj_status finish_file(kj_error *err, char *file, cairo_status_t drawn)
{
    char part[PATH_MAX];
    kj_status status = KJ_OK;
    snprintf(part, sizeof part, "%s.part", file);
    if (drawn != CAIRO_STATUS_SUCCESS && err)
        status = kj_fail(err, drawn == CAIRO_STATUS_WRITE_ERROR ? KJ_E_IO : KJ_E_FAILED, "%s: %s", file, cairo_status_to_string(drawn));
    else if (err && rename(part, file) != 0) status = kj_fail(err, KJ_E_IO, "%s: %s", file, kj_why(errno));
    if (status || !err) remove(part);
    free(file);
    return status;
}

kj_status kj_canvas_close(kj_error *err, kj_canvas *canvas)
{
    cairo_status_t status = CAIRO_STATUS_SUCCESS;
    char *file = canvas->file;
    if (canvas->layout) g_object_unref(canvas->layout);
    if (canvas->cr) {
        status = cairo_status(canvas->cr);
        cairo_destroy(canvas->cr);
    }
    if (canvas->surface) {
        cairo_surface_finish(canvas->surface);
        if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(canvas->surface);
        cairo_surface_destroy(canvas->surface);
    }
    free(canvas->texts);
    free(canvas->text_heads);
    *canvas = (kj_canvas){0};
    if (file) return finish_file(err, file, status);
    if (status == CAIRO_STATUS_SUCCESS || !err) return KJ_OK;
    return kj_fail(err, status == CAIRO_STATUS_WRITE_ERROR ? KJ_E_IO : KJ_E_FAILED, "drawing: %s",
                   cairo_status_to_string(status));
}

void kj_canvas_tag_begin(kj_canvas *canvas, const char *tag)
{
    if (canvas->tagged) cairo_tag_begin(canvas->cr, tag, NULL);
}

void kj_canvas_tag_end(kj_canvas *canvas, const char *tag)
{
    if (canvas->tagged) cairo_tag_end(canvas->cr, tag);
}

void kj_canvas_color(kj_canvas *canvas, kj_rgb color, double alpha)
{
    cairo_set_source_rgba(canvas->cr, (double)color.r / 255.0, (double)color.g / 255.0, (double)color.b / 255.0, alpha);
}

void kj_canvas_fill_box(kj_canvas *canvas, const kj_box *box, double radius, kj_rgb color, double alpha)
{
    cairo_t *cr = canvas->cr;
    kj_canvas_color(canvas, color, alpha);
    cairo_new_path(cr);
    if (radius <= 0.0) {
        cairo_rectangle(cr, box->x, box->y, box->w, box->h);
    } else {
        double right = box->x + box->w - radius, bottom = box->y + box->h - radius, left = box->x + radius,
               top = box->y + radius;
        cairo_arc(cr, right, top, radius, -M_PI / 2.0, 0.0);
        cairo_arc(cr, right, bottom, radius, 0.0, M_PI / 2.0);
        cairo_arc(cr, left, bottom, radius, M_PI / 2.0, M_PI);
        cairo_arc(cr, left, top, radius, M_PI, 3.0 * M_PI / 2.0);
        cairo_close_path(cr);
    }
    cairo_fill(cr);
}

void kj_canvas_line(kj_canvas *canvas, double x1, double y1, double x2, double y2, double width, kj_rgb color)
{
    kj_canvas_color(canvas, color, 1.0);
    cairo_set_line_width(canvas->cr, width);
    cairo_move_to(canvas->cr, x1, y1);
    cairo_line_to(canvas->cr, x2, y2);
    cairo_stroke(canvas->cr);
}

static void set_font(kj_canvas *canvas, const kj_text_style *style, double size)
{
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family(font, "Inter,Sans");
    pango_font_description_set_weight(font, (PangoWeight)style->weight);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(canvas->layout, font);
    pango_font_description_free(font);
    PangoAttrList *attributes = pango_attr_list_new();
    if (style->tabular) pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum=1"));
    pango_layout_set_attributes(canvas->layout, attributes);
    pango_attr_list_unref(attributes);
}

/* Lays the text out; returns whether it fits. */
static bool lay_out(kj_canvas *canvas, const kj_text_style *style, double size, const char *text)
{
    PangoLayout *layout = canvas->layout;
    set_font(canvas, style, size);
    pango_layout_set_text(layout, text, -1);
    pango_layout_set_alignment(layout, style->align == KJ_ALIGN_RIGHT    ? PANGO_ALIGN_RIGHT
                                       : style->align == KJ_ALIGN_CENTER ? PANGO_ALIGN_CENTER
                                                                         : PANGO_ALIGN_LEFT);
    pango_layout_set_width(layout, -1);
    pango_layout_set_height(layout, -1);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_NONE);
    if (style->max_width <= 0.0) return true;
    int limit = (int)floor(style->max_width * PANGO_SCALE), width = 0;
    if (style->max_lines > 1) {
        pango_layout_set_width(layout, limit);
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        return pango_layout_get_line_count(layout) <= style->max_lines;
    }
    pango_layout_get_size(layout, &width, NULL);
    return width <= limit;
}

static kj_text_size size_of_layout(kj_canvas *canvas, bool cut)
{
    int width = 0, height = 0;
    pango_layout_get_size(canvas->layout, &width, &height);
    return (kj_text_size){(double)width / PANGO_SCALE, (double)height / PANGO_SCALE,
                          (double)pango_layout_get_baseline(canvas->layout) / PANGO_SCALE, cut};
}

/* Full size first, then smaller by steps down to four fifths, and only then an ellipsis. */
static kj_text_size fit_text(kj_canvas *canvas, const kj_text_style *style, const char *text)
{
    static const double sizes[5] = {1.0, 0.95, 0.9, 0.85, 0.8};
    for (int i = 0; i < 5; i++) {
        if (lay_out(canvas, style, style->size * sizes[i], text)) return size_of_layout(canvas, false);
    }
    pango_layout_set_width(canvas->layout, (int)floor(style->max_width * PANGO_SCALE));
    pango_layout_set_height(canvas->layout, style->max_lines > 1 ? -style->max_lines : -1);
    pango_layout_set_ellipsize(canvas->layout, PANGO_ELLIPSIZE_END);
    return size_of_layout(canvas, true);
}

kj_text_size kj_text_measure(kj_canvas *canvas, const kj_text_style *style, const char *text)
{
    return fit_text(canvas, style, text);
}

void kj_canvas_forget_texts(kj_canvas *canvas)
{
    canvas->n_texts = canvas->n_cut = canvas->n_broken = 0;
    canvas->first_cut[0] = canvas->first_broken[0] = '\0';
}

void kj_canvas_note_text(kj_canvas *canvas, const kj_box *box, const char *text, bool cut)
{
    if (cut && canvas->n_cut++ == 0) snprintf(canvas->first_cut, sizeof canvas->first_cut, "%s", text);
    if (canvas->n_texts >= KJ_CANVAS_TEXTS_MAX) return;
    canvas->texts[canvas->n_texts] = *box;
    snprintf(canvas->text_heads[canvas->n_texts], sizeof canvas->text_heads[0], "%s", text);
    canvas->n_texts++;
}

/* Whether a line of the layout begins within a word: between two letters or digits. */
static bool breaks_a_word(PangoLayout *layout, const char *text)
{
    for (int i = 1; i < pango_layout_get_line_count(layout); i++) {
        int at = pango_layout_get_line_readonly(layout, i)->start_index;
        if (at < 1 || !text[at]) continue;
        gunichar before = g_utf8_get_char(g_utf8_prev_char(text + at)), after = g_utf8_get_char(text + at);
        if (g_unichar_isalnum(before) && g_unichar_isalnum(after)) return true;
    }
    return false;
}

kj_text_size kj_text_draw(kj_canvas *canvas, double x, double y, const kj_text_style *style, const char *text)
{
    cairo_t *cr = canvas->cr;
    kj_text_size size = fit_text(canvas, style, text);
    PangoRectangle logical;
    pango_layout_get_extents(canvas->layout, NULL, &logical);
    double left = style->align == KJ_ALIGN_RIGHT    ? x - size.width
                  : style->align == KJ_ALIGN_CENTER ? x - size.width / 2.0
                                                    : x;
    cairo_new_path(cr);
    cairo_move_to(cr, left - (double)logical.x / PANGO_SCALE,
                  y); /* a wrapped right-aligned layout starts inside its width */
    if (style->halo > 0.0) {
        pango_cairo_layout_path(cr, canvas->layout);
        kj_canvas_color(canvas, KJ_COLOR_PAPER, 0.9);
        cairo_set_line_width(cr, style->halo * 2.0);
        cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
        cairo_stroke(cr);
        cairo_move_to(cr, left - (double)logical.x / PANGO_SCALE, y);
    }
    kj_canvas_color(canvas, style->color, 1.0);
    pango_cairo_show_layout(cr, canvas->layout);
    cairo_new_path(cr);
    kj_box box = {left, y, size.width, size.height};
    kj_canvas_note_text(canvas, &box, text, size.cut);
    if (breaks_a_word(canvas->layout, text) && canvas->n_broken++ == 0) snprintf(canvas->first_broken, sizeof canvas->first_broken, "%s", text);
    return size;
}

bool kj_canvas_find_overlap(const kj_canvas *canvas, double slack, int32_t *a, int32_t *b)
{
    for (int32_t i = 0; i < canvas->n_texts; i++) {
        const kj_box *box = &canvas->texts[i];
        kj_box inner = {box->x + slack, box->y + slack, box->w - 2.0 * slack, box->h - 2.0 * slack};
        if (inner.w <= 0.0 || inner.h <= 0.0) continue;
        for (int32_t j = i + 1; j < canvas->n_texts; j++) {
            if (!kj_box_overlaps(&inner, &canvas->texts[j])) continue;
            *a = i;
            *b = j;
            return true;
        }
    }
    return false;
}

int32_t kj_canvas_find_outside(const kj_canvas *canvas)
{
    kj_box page = {0.0, 0.0, canvas->width, canvas->height};
    for (int32_t i = 0; i < canvas->n_texts; i++) {
        if (!kj_box_inside(&canvas->texts[i], &page)) return i;
    }
    return -1;
}
