/* Maps and charts into an image: right colours at known cells, legend colours there, the same bytes twice. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <kedja/model.h>

#include "../../core/draw/chart.h"
#include "../../core/draw/map_draw.h"
#include "../../core/draw/number.h"
#include "../../core/draw/table_draw.h"
#include "../shared/font_caches.h"

enum { NX = 40, NY = 30 };

static uint32_t pixel(const kj_canvas *canvas, double x, double y)
{
    const uint8_t *data = cairo_image_surface_get_data(canvas->surface);
    int stride = cairo_image_surface_get_stride(canvas->surface);
    uint32_t argb = 0;
    memcpy(&argb, data + (int64_t)(y * canvas->scale) * stride + (int64_t)(x * canvas->scale) * 4, 4);
    return argb & 0xFFFFFFu;
}

static uint32_t code(kj_rgb color) { return ((uint32_t)color.r << 16) | ((uint32_t)color.g << 8) | color.b; }

static bool has_color(const kj_canvas *canvas, const kj_box *box, kj_rgb color)
{
    for (double y = box->y; y < box->y + box->h; y += 1.0) {
        for (double x = box->x; x < box->x + box->w; x += 1.0) {
            if (pixel(canvas, x, y) == code(color)) return true;
        }
    }
    return false;
}

static void checkered(uint8_t *land)
{
    for (int32_t i = 0; i < NX * NY; i++) land[i] = (uint8_t)((i % NX + i / NX) % KJ_LAND_COUNT);
    land[0] = 255;
}

static void open_image(kj_canvas *canvas, double w, double h, double scale)
{
    kj_error err = {0};
    assert_int_equal(kj_canvas_new_image(&err, w, h, scale, KJ_LANG_SV, canvas), KJ_OK);
}

static void cells_have_their_colour_and_crisp_edges(void **unused)
{
    (void)unused;
    uint8_t land[NX * NY];
    kj_error err = {0};
    kj_canvas canvas;
    checkered(land);
    open_image(&canvas, 400, 300, 1.5);
    kj_box box = {0, 0, 400, 300};
    kj_map_frame frame = kj_map_frame_fit(&box, NX, NY, 100.0, 0, 0, NX, NY);
    assert_int_equal(kj_raster_land(&err, &canvas, &frame, land, false), KJ_OK);
    cairo_surface_flush(canvas.surface);
    for (int32_t row = 0; row < NY; row++) {
        for (int32_t col = 0; col < NX; col++) {
            uint32_t expected = code(kj_palette_land(land[row * NX + col]));
            double x = kj_map_frame_x(&frame, col), y = kj_map_frame_y(&frame, row);
            assert_int_equal(pixel(&canvas, x + 5.0, y + 5.0), expected);
            assert_int_equal(pixel(&canvas, x + 0.7, y + 9.2), expected); /* no blur at the edges */
        }
    }
    assert_int_equal(pixel(&canvas, 5.0, 5.0), code(KJ_COLOR_OUTSIDE));
    kj_canvas_close(&err, &canvas);
}

static void many_cells_on_a_pixel_are_averaged(void **unused)
{
    (void)unused;
    float values[64 * 64];
    kj_error err = {0};
    kj_canvas canvas;
    for (int32_t i = 0; i < 64 * 64; i++) values[i] = (float)((i % 64 + i / 64) % 2);
    open_image(&canvas, 16, 16, 1.0);
    kj_box box = {0, 0, 16, 16};
    kj_map_frame frame = kj_map_frame_fit(&box, 64, 64, 100.0, 0, 0, 64, 64);
    assert_int_equal(kj_raster_values(&err, &canvas, &frame, values, 0.0, 1.0, kj_palette_cividis), KJ_OK);
    cairo_surface_flush(canvas.surface);
    kj_rgb low = kj_palette_cividis(0.0), high = kj_palette_cividis(1.0);
    uint32_t expected = code(
        (kj_rgb){(uint8_t)((low.r + high.r) / 2), (uint8_t)((low.g + high.g) / 2), (uint8_t)((low.b + high.b) / 2)});
    for (int32_t i = 0; i < 16; i++) assert_int_equal(pixel(&canvas, i, 15 - i), expected);
    kj_canvas_close(&err, &canvas);
}

/* What is outside, or never built, is grey: no chance may be. */
static void chances_darken_and_none_is_grey(void **unused)
{
    (void)unused;
    double before = 1e9;
    for (int i = 0; i <= 100; i++) {
        kj_rgb c = kj_palette_chance(i / 100.0);
        double light = 0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b;
        assert_true(light < before && c.r - c.b >= 60);
        before = light;
    }
}

static void a_legend_shows_the_colours_of_the_map(void **unused)
{
    (void)unused;
    kj_error err = {0};
    kj_canvas canvas;
    kj_legend_item items[KJ_LAND_COUNT];
    for (int32_t i = 0; i < KJ_LAND_COUNT; i++)
        items[i] = (kj_legend_item){.kind = KJ_LEGEND_LAND, .land_use = i, .label = "Jordbruksmark och äng"};
    kj_legend legend = {.title = "Markanvändning", .items = items, .n = KJ_LAND_COUNT, .text_size = 16};
    open_image(&canvas, 400, 400, 1.0);
    kj_box panel = kj_map_legend(&canvas, &legend, 10, 390);
    cairo_surface_flush(canvas.surface);
    assert_true(panel.x >= 0 && panel.y >= 0 && panel.x + panel.w <= 400 && panel.y + panel.h <= 400);
    for (int32_t i = 0; i < KJ_LAND_COUNT; i++) assert_true(has_color(&canvas, &panel, kj_palette_land(i)));
    assert_int_equal(canvas.n_cut, 0);
    kj_canvas_close(&err, &canvas);
}

static void a_ramp_runs_from_low_to_high(void **unused)
{
    (void)unused;
    kj_error err = {0};
    kj_canvas canvas;
    int32_t i = 0, j = 0;
    kj_ramp ramp = {.title = "Täthet", .unit = "boende per hektar", .low = 0.0, .high = 120.0, .text_size = 16.0, .color = kj_palette_cividis};
    open_image(&canvas, 400, 200, 1.0);
    kj_box panel = kj_map_ramp(&canvas, &ramp, 10, 190);
    cairo_surface_flush(canvas.surface);
    assert_true(panel.y >= 0 && panel.x + panel.w <= 400);
    double x = panel.x + 16.0 * 1.6, y = panel.y + 16.0 * 3.6;
    uint32_t low = pixel(&canvas, x + 1, y), middle = pixel(&canvas, x + 120, y), high = pixel(&canvas, x + 238, y);
    assert_true((low & 0xFF) > (low >> 16));   /* dark blue */
    assert_true((high >> 16) > (high & 0xFF)); /* yellow */
    assert_true((middle >> 16) > (low >> 16) && (middle >> 16) < (high >> 16));
    assert_false(kj_canvas_find_overlap(&canvas, 1.0, &i, &j));
    assert_true(canvas.n_texts >= 5 && canvas.n_cut == 0);
    kj_canvas_close(&err, &canvas);
}

/* In grey, each class has a pattern of its own: rows of hatch ink over 24 by 24 pixels differ between classes. */
static void patterns_tell_built_classes_apart_in_grey(void **unused)
{
    (void)unused;
    int ink[KJ_LAND_COUNT] = {0}, differ = 0;
    for (int32_t land = 0; land < KJ_LAND_COUNT; land++) {
        for (int32_t p = 0; p < 24 * 24; p++) ink[land] += kj_palette_hatch(land, p % 24, p / 24);
    }
    assert_int_equal(ink[KJ_LAND_FARMLAND], 0);
    for (int32_t p = 0; p < 24 * 24; p++)
        differ += kj_palette_hatch(KJ_LAND_FLATS, p % 24, p / 24) != kj_palette_hatch(KJ_LAND_WORK, p % 24, p / 24);
    assert_true(differ > 100); /* flats and work are nearly one grey */
    assert_true(ink[KJ_LAND_SMALL_HOUSES] > 0 && ink[KJ_LAND_SMALL_HOUSES] < ink[KJ_LAND_FLATS]);
}

static void new_land_is_outlined_where_it_lies(void **unused)
{
    (void)unused;
    uint8_t mask[NX * NY] = {0};
    kj_error err = {0};
    kj_canvas canvas;
    mask[10 * NX + 20] = 1;
    open_image(&canvas, 400, 300, 1.0);
    kj_box box = {0, 0, 400, 300};
    kj_map_frame frame = kj_map_frame_fit(&box, NX, NY, 100.0, 0, 0, NX, NY);
    kj_map_outline(&canvas, &frame, mask, KJ_COLOR_NEW, 2.0, 0.0);
    cairo_surface_flush(canvas.surface);
    assert_int_equal(pixel(&canvas, 200, 105), code(KJ_COLOR_NEW)); /* west edge */
    assert_int_equal(pixel(&canvas, 205, 110), code(KJ_COLOR_NEW)); /* south edge */
    assert_int_equal(pixel(&canvas, 205, 105), 0xFFFFFF);           /* the cell itself stays visible */
    assert_int_equal(pixel(&canvas, 250, 105), 0xFFFFFF);
    kj_canvas_close(&err, &canvas);
}

static void draw_chart(kj_canvas *canvas, const char *end_name)
{
    const double x[4] = {2020, 2025, 2030, 2035}, a[4] = {34530, 35200, 36900, 38912},
                 b[4] = {34530, 34900, 36000, 38700};
    const kj_series series[2] = {{.name = end_name, .x = x, .y = a, .n = 4, .color = KJ_COLOR_A},
                                 {.name = "B", .x = x, .y = b, .n = 4, .color = KJ_COLOR_B, .dash = KJ_DASH_DASHED}};
    kj_line_chart chart = {.title = "Befolkning",
                           .unit = "invånare",
                           .series = series,
                           .n = 2,
                           .target = {2035, 40000, "vision"},
                           .x_low = 2020,
                           .x_high = 2035,
                           .text_size = 16};
    kj_box box = {10, 10, 380, 280};
    kj_chart_lines(canvas, &box, &chart);
    cairo_surface_flush(canvas->surface);
}

static void a_line_chart_has_its_lines_and_free_labels(void **unused)
{
    (void)unused;
    kj_error err = {0};
    kj_canvas canvas;
    int32_t i = 0, j = 0;
    open_image(&canvas, 400, 300, 1.0);
    draw_chart(&canvas, "A");
    kj_box all = {10, 10, 380, 280};
    assert_true(has_color(&canvas, &all, KJ_COLOR_A));
    assert_true(has_color(&canvas, &all, KJ_COLOR_B));
    if (kj_canvas_find_overlap(&canvas, 1.5, &i, &j))
        fail_msg("overlap: %s, %s", canvas.text_heads[i], canvas.text_heads[j]); /* A and B end close together */
    assert_int_equal(kj_canvas_find_outside(&canvas), -1);
    assert_int_equal(canvas.n_cut, 0);
    kj_canvas_close(&err, &canvas);
}

static void text_too_long_is_counted(void **unused)
{
    (void)unused;
    kj_error err = {0};
    kj_canvas canvas;
    kj_text_style style = {.size = 16, .weight = 400, .color = KJ_COLOR_INK, .max_width = 60};
    open_image(&canvas, 400, 300, 1.0);
    kj_text_draw(&canvas, 10, 10, &style, "Kort");
    assert_int_equal(canvas.n_cut, 0);
    kj_text_size size = kj_text_draw(&canvas, 10, 50, &style, "En alldeles för lång rubrik");
    assert_true(size.cut && size.width <= 60.5);
    assert_int_equal(canvas.n_cut, 1);
    assert_string_equal(canvas.first_cut, "En alldeles för lång rubrik");
    kj_canvas_close(&err, &canvas);
}

static void a_table_aligns_its_figures(void **unused)
{
    (void)unused;
    static const char *const cells[6] = {"", "2020", "2035", "Invånare", "34\u202F530", "38\u202F912"};
    kj_error err = {0};
    kj_canvas canvas;
    kj_table_sheet sheet = {cells, 2, 3, 16};
    kj_box box = {10, 10, 380, 100};
    open_image(&canvas, 400, 300, 1.0);
    assert_true(kj_table_draw(&canvas, &box, &sheet) <= 100.0);
    assert_int_equal(canvas.n_texts, 6);
    assert_true(fabs(canvas.texts[2].x + canvas.texts[2].w - 390.0) < 0.01); /* both right-aligned on the box's edge */
    assert_true(fabs(canvas.texts[5].x + canvas.texts[5].w - 390.0) < 0.01);
    assert_int_equal(canvas.n_cut, 0);
    kj_canvas_close(&err, &canvas);
}

static void twice_the_same_bytes(void **unused)
{
    (void)unused;
    kj_error err = {0};
    kj_canvas first, second;
    open_image(&first, 400, 300, 1.5);
    open_image(&second, 400, 300, 1.5);
    draw_chart(&first, "A");
    draw_chart(&second, "A");
    size_t bytes =
        (size_t)cairo_image_surface_get_stride(first.surface) * (size_t)cairo_image_surface_get_height(first.surface);
    assert_memory_equal(cairo_image_surface_get_data(first.surface), cairo_image_surface_get_data(second.surface),
                        bytes);
    kj_canvas_close(&err, &first);
    open_image(&first, 400, 300, 1.5);
    draw_chart(&first, "C");
    assert_memory_not_equal(cairo_image_surface_get_data(first.surface), cairo_image_surface_get_data(second.surface),
                            bytes);
    kj_canvas_close(&err, &first);
    kj_canvas_close(&err, &second);
}

static double luminance(kj_rgb c)
{
    double parts[3] = {(double)c.r / 255.0, (double)c.g / 255.0, (double)c.b / 255.0};
    for (int i = 0; i < 3; i++)
        parts[i] = parts[i] <= 0.04045 ? parts[i] / 12.92 : pow((parts[i] + 0.055) / 1.055, 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
}

/* WCAG 2: (L1 + 0.05) / (L2 + 0.05) of at least 4.5 for text. */
static void text_colours_can_be_read(void **unused)
{
    (void)unused;
    const kj_rgb texts[4] = {KJ_COLOR_INK, KJ_COLOR_MUTED, KJ_COLOR_A, KJ_COLOR_B};
    for (int i = 0; i < 4; i++) assert_true((luminance(KJ_COLOR_PAPER) + 0.05) / (luminance(texts[i]) + 0.05) >= 4.5);
    assert_true((luminance(KJ_COLOR_PANEL) + 0.05) / (luminance(KJ_COLOR_INK) + 0.05) >= 4.5);
    assert_true((luminance(KJ_COLOR_PAPER) + 0.05) / (luminance(KJ_COLOR_SCHOOL) + 0.05) >= 4.5);
}

static void an_unwritable_picture_is_an_error(void **unused)
{
    (void)unused;
    kj_error err = {0};
    kj_canvas canvas;
    open_image(&canvas, 10, 10, 1.0);
    assert_int_equal(kj_canvas_write_png(&err, &canvas, "/no/such/folder/map.png"), KJ_E_IO);
    assert_non_null(strstr(err.text, "/no/such/folder/map.png"));
    kj_canvas_close(&err, &canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_have_their_colour_and_crisp_edges),
        cmocka_unit_test(many_cells_on_a_pixel_are_averaged),
        cmocka_unit_test(chances_darken_and_none_is_grey),
        cmocka_unit_test(a_legend_shows_the_colours_of_the_map),
        cmocka_unit_test(new_land_is_outlined_where_it_lies),
        cmocka_unit_test(a_line_chart_has_its_lines_and_free_labels),
        cmocka_unit_test(text_too_long_is_counted),
        cmocka_unit_test(a_table_aligns_its_figures),
        cmocka_unit_test(twice_the_same_bytes),
        cmocka_unit_test(an_unwritable_picture_is_an_error),
        cmocka_unit_test(a_ramp_runs_from_low_to_high),
        cmocka_unit_test(patterns_tell_built_classes_apart_in_grey),
        cmocka_unit_test(text_colours_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
