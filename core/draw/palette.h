/* Colours of maps and charts. Land use keeps a difference (CIEDE2000) of at least 10 between any two classes under
   normal, protan, deutan and tritan vision with 15 % ambient light (Machado et al. 2009 simulation); text colours have
   a contrast of at least 4.5:1 on white. */
#ifndef KEDJA_DRAW_PALETTE_H
#define KEDJA_DRAW_PALETTE_H

#include <stdint.h>

typedef struct kj_rgb {
    uint8_t r, g, b;
} kj_rgb;

#define KJ_RGB(hex) ((kj_rgb){(uint8_t)((hex) >> 16), (uint8_t)(((hex) >> 8) & 0xFF), (uint8_t)((hex)&0xFF)})

#define KJ_COLOR_INK KJ_RGB(0x1A2733)   /* text, 15:1 on white */
#define KJ_COLOR_MUTED KJ_RGB(0x51606E) /* secondary text, 6.5:1 */
#define KJ_COLOR_RULE KJ_RGB(0xD5DBE1)  /* grid lines and rules */
#define KJ_COLOR_PAPER KJ_RGB(0xFFFFFF)
#define KJ_COLOR_PANEL KJ_RGB(0xF3F6F8)   /* boxes on the page */
#define KJ_COLOR_OUTSIDE KJ_RGB(0xE6EAEE) /* outside the map's area */
#define KJ_COLOR_A KJ_RGB(0x005EA5)       /* scenario A, solid */
#define KJ_COLOR_B KJ_RGB(0xC24E00)       /* scenario B, dashed */
/* More and less, gain and loss, income and cost: never A's or B's colours. They differ by 12 or more (CIEDE2000) as above, and sign or side says it too. */
#define KJ_COLOR_GAIN KJ_RGB(0x1B7F6A) /* 4.9:1 on white */
#define KJ_COLOR_LOSS KJ_RGB(0x4F1136)
#define KJ_COLOR_SCHOOL KJ_RGB(0x7A1F4B)
/* As many pupils as places; always with another letter, since the two colours are close. */
#define KJ_COLOR_FULL KJ_RGB(0xB00020)
#define KJ_COLOR_NEW KJ_RGB(0x111111) /* outline of what was built */

/* Colour of a kj_land_use; the outside colour for anything else. */
kj_rgb kj_palette_land(int32_t land_use);
/* Colours of kinds without an order, such as catchments that touch: k in [0, KJ_CLASS_COLORS). Any two differ (CIEDE2000) by at least
   13 under normal, protan, deutan and tritan vision with 15 % ambient light. */
enum { KJ_CLASS_COLORS = 7 };
kj_rgb kj_palette_class(int32_t k);
/* Cividis (Nunez, Anderton & Renslow 2018), t in [0, 1], clamped; sampled at 9 points, linear between. */
kj_rgb kj_palette_cividis(double t);
/* Light yellow to dark brown, told apart with every kind of colour vision; no step of it is grey, as what is outside is (YlOrBr, Brewer 2003). */
kj_rgb kj_palette_chance(double t);
/* Hatch of a land use for greyscale print: true where the ink of the pattern lies at device pixel (x, y). */
int kj_palette_hatch(int32_t land_use, int32_t x, int32_t y);

#endif
