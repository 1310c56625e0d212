#include "palette.h"

#include <kedja/model.h>

kj_rgb kj_palette_land(int32_t land_use)
{
    switch (land_use) {
    case KJ_LAND_WATER: return KJ_RGB(0xA6DFFA);
    case KJ_LAND_FARMLAND: return KJ_RGB(0xFFF6C2);
    case KJ_LAND_FOREST: return KJ_RGB(0x5A8787);
    case KJ_LAND_OPEN: return KJ_RGB(0xA09070);
    case KJ_LAND_PARK: return KJ_RGB(0xB1C0B2);
    case KJ_LAND_SMALL_HOUSES: return KJ_RGB(0xE49A4C);
    case KJ_LAND_FLATS: return KJ_RGB(0xA42615);
    case KJ_LAND_WORK: return KJ_RGB(0x6D3DBD);
    default: return KJ_COLOR_OUTSIDE;
    }
}

kj_rgb kj_palette_class(int32_t k)
{
    static const uint32_t colors[KJ_CLASS_COLORS] = {0x6699CC, 0xFFF3B0, 0xA9714B, 0x99DDFF, 0xAAAA00, 0xFFAABB, 0x004488};
    return k >= 0 && k < KJ_CLASS_COLORS ? KJ_RGB(colors[k]) : KJ_COLOR_OUTSIDE;
}

static uint8_t blend(uint8_t a, uint8_t b, double t)
{
    return (uint8_t)((double)a + ((double)b - (double)a) * t + 0.5);
}

/* Between n stops, evenly apart. */
static kj_rgb between(const uint32_t *stops, int32_t n, double t)
{
    if (!(t > 0.0)) t = 0.0;
    if (t > 1.0) t = 1.0;
    int32_t i = (int32_t)(t * (n - 1));
    if (i > n - 2) i = n - 2;
    kj_rgb low = KJ_RGB(stops[i]), high = KJ_RGB(stops[i + 1]);
    double part = t * (n - 1) - (double)i;
    return (kj_rgb){blend(low.r, high.r, part), blend(low.g, high.g, part), blend(low.b, high.b, part)};
}

kj_rgb kj_palette_cividis(double t)
{
    static const uint32_t stops[9] = {0x00224E, 0x123570, 0x3B496C, 0x575D6D, 0x707173, 0x8A8678, 0xA59C74, 0xC3B369, 0xFEE838};
    return between(stops, 9, t);
}

kj_rgb kj_palette_chance(double t)
{
    static const uint32_t stops[7] = {0xFEE391, 0xFEC44F, 0xFE9929, 0xEC7014, 0xCC4C02, 0x993404, 0x4D1A03};
    return between(stops, 7, t);
}

int kj_palette_hatch(int32_t land_use, int32_t x, int32_t y)
{
    switch (land_use) {
    case KJ_LAND_WATER: return y % 8 == 0;
    case KJ_LAND_FOREST: return x % 8 == 0 && y % 8 < 3;
    case KJ_LAND_PARK: return x % 8 == 4 && y % 8 == 4;
    case KJ_LAND_SMALL_HOUSES: return (x + y) % 8 == 0;
    case KJ_LAND_FLATS: return (x + y) % 4 == 0;
    case KJ_LAND_WORK: return (x + y) % 6 == 0 || (x - y + 6000000) % 6 == 0;
    default: return 0;
    }
}
