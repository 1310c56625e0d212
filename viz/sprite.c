#include "sprite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MARGIN_PX = 6 };

void kj_sprites_clear(kj_sprites *s)
{
    for (int32_t i = 0; i < s->n; i++) cairo_surface_destroy(s->items[i].surface);
    s->n = 0;
}

static bool is_same(const kj_sprite *p, const kj_canvas *canvas, const kj_text_style *style, const char *text)
{
    bool as_large = fabs(p->size - style->size) < 1e-9 && fabs(p->halo - style->halo) < 1e-9 && fabs(p->scale - canvas->scale) < 1e-9;
    return as_large && p->weight == style->weight && p->color.r == style->color.r && p->color.g == style->color.g &&
           p->color.b == style->color.b && strcmp(p->text, text) == 0;
}

/* Draws the text once on a surface of its own, through the same code as every other text. */
static void paint(kj_sprite *p, kj_canvas *canvas, const kj_text_style *style, const char *text)
{
    kj_text_style plain = *style;
    plain.max_width = 0.0;
    plain.align = KJ_ALIGN_LEFT;
    kj_text_size size = kj_text_measure(canvas, &plain, text);
    double scale = canvas->scale;
    p->width = size.width;
    p->height = size.height;
    p->surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)ceil(size.width * scale) + 2 * MARGIN_PX,
                                            (int)ceil(size.height * scale) + 2 * MARGIN_PX);
    kj_canvas local = *canvas;
    local.cr = cairo_create(p->surface);
    cairo_translate(local.cr, MARGIN_PX, MARGIN_PX);
    cairo_scale(local.cr, scale, scale);
    int32_t n_texts = canvas->n_texts; /* the place of the sprite is noted where it is drawn */
    kj_text_draw(&local, 0.0, 0.0, &plain, text);
    canvas->n_texts = n_texts;
    cairo_destroy(local.cr);
}

static kj_sprite *find(kj_sprites *s, kj_canvas *canvas, const kj_text_style *style, const char *text)
{
    for (int32_t i = 0; i < s->n; i++)
        if (is_same(&s->items[i], canvas, style, text)) return &s->items[i];
    if (s->n == KJ_SPRITES_MAX) kj_sprites_clear(s);
    kj_sprite *p = &s->items[s->n++];
    *p = (kj_sprite){.size = style->size, .halo = style->halo, .scale = canvas->scale, .weight = style->weight, .color = style->color};
    snprintf(p->text, sizeof p->text, "%s", text);
    paint(p, canvas, style, text);
    return p;
}

kj_text_size kj_sprite_measure(kj_sprites *s, kj_canvas *canvas, const kj_text_style *style, const char *text)
{
    if (canvas->vector) return kj_text_measure(canvas, style, text);
    const kj_sprite *p = find(s, canvas, style, text);
    return (kj_text_size){p->width, p->height, 0.0, false};
}

void kj_sprite_draw(kj_sprites *s, kj_canvas *canvas, double x, double y, const kj_text_style *style, const char *text)
{
    if (canvas->vector) {
        kj_text_draw(canvas, x, y, style, text);
        return;
    }
    const kj_sprite *p = find(s, canvas, style, text);
    cairo_t *cr = canvas->cr;
    cairo_save(cr);
    cairo_identity_matrix(cr);
    cairo_set_source_surface(cr, p->surface, floor(x * canvas->scale + 0.5) - MARGIN_PX, floor(y * canvas->scale + 0.5) - MARGIN_PX);
    cairo_paint(cr);
    cairo_restore(cr);
    kj_box box = {x, y, p->width, p->height};
    kj_canvas_note_text(canvas, &box, text, false);
}
