/* Texts that are drawn in every frame while the map moves, kept as small pictures. */
#ifndef KEDJA_VIZ_SPRITE_H
#define KEDJA_VIZ_SPRITE_H

#include "../core/draw/canvas.h"

enum { KJ_SPRITES_MAX = 512 };

typedef struct kj_sprite {
    char text[96];
    double size, halo, scale;
    int32_t weight;
    kj_rgb color;
    double width, height; /* units, without the margin */
    cairo_surface_t *surface;
} kj_sprite;

typedef struct kj_sprites {
    kj_sprite items[KJ_SPRITES_MAX];
    int32_t n;
} kj_sprites;

void kj_sprites_clear(kj_sprites *sprites);
kj_text_size kj_sprite_measure(kj_sprites *sprites, kj_canvas *canvas, const kj_text_style *style, const char *text);
/* Upper left corner; snapped to whole pixels. On a page the text itself is drawn. */
void kj_sprite_draw(kj_sprites *sprites, kj_canvas *canvas, double x, double y, const kj_text_style *style, const char *text);

#endif
