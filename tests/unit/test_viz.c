/* The viewer without a window: raster, colours, chains, pages, and one picture held against a kept one. */
#include "../shared/view_world.h"
#include "../../core/draw/language.h"
#include "../../viz/signs.h"

#include <math.h>
#include <omp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- raster ---- */

static void fill_checks(kj_pyramid *p, int32_t n)
{
    kj_error err;
    assert_int_equal(kj_pyramid_resize(&err, p, n, n), KJ_OK);
    for (int32_t i = 0; i < n * n; i++) p->level[0][i] = (i % n + i / n) % 2 ? 0xA42615u : 0xFFF6C2u;
    kj_pyramid_build(p);
}

static void test_cells_keep_their_colour(void **state)
{
    (void)state;
    kj_pyramid p = {0};
    enum { N = 32, W = 320 };
    static uint32_t frame[W * W];
    fill_checks(&p, N);
    for (double zoom = 3.0; zoom < 12.0; zoom += 1.37) {
        kj_camera camera = {15.3, 16.9, zoom};
        kj_pixels px = {frame, W, 0, 0, W, W, 0, W};
        kj_pyramid_paint(&p, &camera, &px, 0x123456u);
        int32_t mixed = 0, seen = 0;
        for (int32_t y = 0; y < W; y++) {
            for (int32_t x = 0; x < W; x++) {
                double col = camera.col + (x + 0.5 - W / 2.0) / zoom, row = camera.row + (y + 0.5 - W / 2.0) / zoom;
                if (col < 0.5 || row < 0.5 || col >= N - 0.5 || row >= N - 0.5) continue;
                double edge = fmin(fmin(col - floor(col), ceil(col) - col), fmin(row - floor(row), ceil(row) - row)) * zoom;
                uint32_t wanted = 0xFF000000u | (((int32_t)col + (int32_t)row) % 2 ? 0xA42615u : 0xFFF6C2u);
                if (edge > 0.51) assert_int_equal(frame[y * W + x], wanted);
                mixed += frame[y * W + x] != wanted;
                seen++;
            }
        }
        assert_true(seen > 1000 && mixed < seen); /* only edges are mixed */
    }
    kj_pyramid_free(&p);
}

static void test_same_pixels_on_any_number_of_threads(void **state)
{
    (void)state;
    kj_pyramid p = {0};
    enum { W = 300 };
    static uint32_t one[W * W], many[W * W];
    fill_checks(&p, 999);
    for (double zoom = 0.11; zoom < 5.0; zoom *= 1.7) {
        kj_camera camera = {480.2, 510.7, zoom};
        kj_pixels a = {one, W, 0, 0, W, W, 0, W}, b = {many, W, 0, 0, W, W, 0, W};
        omp_set_num_threads(1);
        kj_pyramid_paint(&p, &camera, &a, 0u);
        omp_set_num_threads(5);
        kj_pyramid_paint(&p, &camera, &b, 0u);
        assert_memory_equal(one, many, sizeof one);
    }
    kj_pyramid_free(&p);
}

/* ---- colours ---- */

static double linear(double c) { return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4); }

static double luminance(kj_rgb c) { return 0.2126 * linear(c.r / 255.0) + 0.7152 * linear(c.g / 255.0) + 0.0722 * linear(c.b / 255.0); }

static double contrast(kj_rgb a, kj_rgb b)
{
    double x = luminance(a), y = luminance(b);
    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static void test_text_can_be_read(void **state)
{
    (void)state;
    const kj_theme themes[2] = {kj_theme_light(), kj_theme_high_contrast()};
    for (int i = 0; i < 2; i++) {
        const kj_theme *t = &themes[i];
        const kj_rgb pairs[][2] = {{t->ink, t->paper},  {t->ink, t->panel},   {t->muted, t->paper},  {t->muted, t->panel}, {t->ink, t->button}, {t->muted, t->button}, {t->paper, t->accent},
                                   {t->on_bar, t->bar}, {t->a, t->paper},     {t->b, t->paper},      {t->paper, t->a},     {t->paper, t->b},    {t->warn, t->paper},   {t->a, t->panel},
                                   {t->warn, KJ_RGB(0xFBECEC)}, {KJ_COLOR_PAPER, KJ_COLOR_SCHOOL}, {KJ_COLOR_PAPER, KJ_RGB(0xB00020)}};
        for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
            double c = contrast(pairs[k][0], pairs[k][1]);
            if (c < (i ? 7.0 : 4.5) && !(i && c >= 4.5 && k >= 15)) print_error("theme %d, pair %zu: contrast %.2f\n", i, k, c);
            assert_true(c >= 4.5);
        }
        assert_true(contrast(themes[1].muted, themes[1].paper) >= 7.0);
        assert_true(contrast(t->focus, t->bar) >= 3.0);
    }
}

typedef struct lab {
    double l, a, b;
} lab;

static double lab_f(double t) { return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116.0; }

/* sRGB seen with a colour vision (Machado et al. 2009, severity 1) and 15 % ambient light, in CIELAB. */
static lab seen(kj_rgb c, const double m[9])
{
    double in[3] = {linear(c.r / 255.0), linear(c.g / 255.0), linear(c.b / 255.0)}, v[3];
    for (int i = 0; i < 3; i++) {
        v[i] = m[3 * i] * in[0] + m[3 * i + 1] * in[1] + m[3 * i + 2] * in[2];
        v[i] = (fmin(fmax(v[i], 0.0), 1.0) + 0.15) / 1.15;
    }
    double x = (0.4124 * v[0] + 0.3576 * v[1] + 0.1805 * v[2]) / 0.9505, y = 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2], z = (0.0193 * v[0] + 0.1192 * v[1] + 0.9505 * v[2]) / 1.089;
    return (lab){116.0 * lab_f(y) - 16.0, 500.0 * (lab_f(x) - lab_f(y)), 200.0 * (lab_f(y) - lab_f(z))};
}

/* CIEDE2000 (Sharma, Wu & Dalal 2005). */
static double delta_e(lab p, lab q)
{
    double c = (hypot(p.a, p.b) + hypot(q.a, q.b)) / 2.0, g = 0.5 * (1.0 - sqrt(pow(c, 7) / (pow(c, 7) + 6103515625.0)));
    double a1 = p.a * (1.0 + g), a2 = q.a * (1.0 + g), c1 = hypot(a1, p.b), c2 = hypot(a2, q.b), h1 = atan2(p.b, a1), h2 = atan2(q.b, a2);
    if (h1 < 0.0) h1 += 2.0 * M_PI;
    if (h2 < 0.0) h2 += 2.0 * M_PI;
    double dh = h2 - h1;
    if (dh > M_PI) dh -= 2.0 * M_PI;
    if (dh < -M_PI) dh += 2.0 * M_PI;
    if (c1 * c2 <= 0.0) dh = 0.0;
    double dl = q.l - p.l, dc = c2 - c1, dH = 2.0 * sqrt(c1 * c2) * sin(dh / 2.0), l = (p.l + q.l) / 2.0, cm = (c1 + c2) / 2.0, h = (h1 + h2) / 2.0;
    if (fabs(h1 - h2) > M_PI) h += h < M_PI ? M_PI : -M_PI;
    double t = 1.0 - 0.17 * cos(h - M_PI / 6.0) + 0.24 * cos(2.0 * h) + 0.32 * cos(3.0 * h + M_PI / 30.0) - 0.2 * cos(4.0 * h - 63.0 * M_PI / 180.0);
    double sl = 1.0 + 0.015 * (l - 50.0) * (l - 50.0) / sqrt(20.0 + (l - 50.0) * (l - 50.0)), sc = 1.0 + 0.045 * cm, sh = 1.0 + 0.015 * cm * t;
    double ro = 30.0 * exp(-pow((h * 180.0 / M_PI - 275.0) / 25.0, 2)) * M_PI / 180.0, rt = -2.0 * sqrt(pow(cm, 7) / (pow(cm, 7) + 6103515625.0)) * sin(2.0 * ro);
    return sqrt(pow(dl / sl, 2) + pow(dc / sc, 2) + pow(dH / sh, 2) + rt * dc / sc * dH / sh);
}

static void test_land_use_is_told_apart(void **state)
{
    (void)state;
    static const double visions[4][9] = {{1, 0, 0, 0, 1, 0, 0, 0, 1},
                                         {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
                                         {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
                                         {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900}};
    double least = 1e9;
    for (int v = 0; v < 4; v++)
        for (int32_t i = 0; i < KJ_LAND_COUNT; i++)
            for (int32_t j = i + 1; j < KJ_LAND_COUNT; j++) least = fmin(least, delta_e(seen(kj_palette_land(i), visions[v]), seen(kj_palette_land(j), visions[v])));
    print_message("# least difference of two land uses over four visions: %.1f\n", least);
    assert_true(least >= 10.0); /* what palette.h promises */
}

/* ---- chains ---- */

static void test_a_chain_is_followed(void **state)
{
    (void)state;
    kj_app *app = view_world_app(640, 480, 1.0, 60, 1);
    kj_chain chain;
    kj_month late = KJ_MONTH(2030, 12);
    assert_int_equal(kj_chain_longest(&app->world[0], late), 1);
    kj_chain_follow(&app->world[0], 1, late, &chain);
    assert_int_equal(chain.n, 4);
    assert_int_equal(chain.n_homes, 4);
    assert_int_equal(chain.n_moved, 4);
    for (int32_t i = 0; i < 4; i++) assert_int_equal(chain.step[i], i);
    kj_chain_follow(&app->world[0], 1, KJ_MONTH(2026, 5), &chain); /* two homes have come free, nobody has moved yet */
    assert_int_equal(chain.n_homes, 2);
    assert_int_equal(chain.n_moved, 0);
    assert_true(chain.open);
    kj_chain_follow(&app->world[0], 1, KJ_MONTH(2026, 2), &chain);
    assert_int_equal(chain.n, 0);
    assert_int_equal(kj_chain_near(&app->world[0], app->world[0].vacancies[2].cell, 0, late), 1);
    kj_app_close(app);
    free(app);
}

/* ---- names ---- */

/* More places than the map has room for: those of most inhabitants are drawn, the others are none of its business. */
static void test_many_places_are_named(void **state)
{
    (void)state;
    enum { N = 60 };
    kj_app *app = view_world_app(1280, 720, 1.0, 60, 1);
    kj_world *w = &app->world[0];
    const kj_area town = w->areas[0];
    w->areas = realloc(w->areas, N * sizeof *w->areas);
    w->area_population = realloc(w->area_population, N * sizeof *w->area_population);
    for (int32_t i = 0; i < N; i++) {
        w->areas[i] = town;
        w->areas[i].col = 5.0 + 6.0 * (i % 8);
        w->areas[i].row = 5.0 + 6.0 * (i / 8);
        w->area_population[i] = 0.0f;
        snprintf(w->areas[i].name, sizeof w->areas[i].name, "Ort%d", i);
    }
    w->n_areas = N;
    for (int forum = 0; forum < 2; forum++) {
        app->forum = forum != 0;
        kj_app_draw(app);
        bool named = false;
        for (int32_t i = 0; i < app->canvas.n_texts; i++) named |= strcmp(app->canvas.text_heads[i], "Ort0") == 0;
        assert_true(named); /* the source has inhabitants of the first five */
    }
    kj_app_close(app);
    free(app);
}

static const char *const *coded_texts(void *self, const char *table, const char *column)
{
    static const char *const areas[VW_AREAS] = {"1281C1310", "1281B2010", "1281C1032", "Överby", "1281A0010"};
    static const char *const codes[VW_AREAS] = {"1281C1310", "1281B2010", "1281C1032", "1281C1020", "1281A0010"};
    return strcmp(table, "area") ? vw_texts(self, table, column) : strcmp(column, "name") == 0 ? areas : strcmp(column, "code") == 0 ? codes : NULL;
}

/* Areas whose names are codes are told by the nearest locality and not written on the map. */
static void test_codes_are_no_names(void **state)
{
    (void)state;
    kj_error err;
    kj_world world;
    kj_source source = view_world_new(60, 100.0, 1);
    char words[160], own[96];
    source.texts = coded_texts;
    ((view_world *)source.self)->facts.map_country = "se";
    assert_int_equal(kj_world_open(&err, source, 'A', &world), KJ_OK);
    for (int32_t i = 0; i < VW_AREAS; i++) assert_int_equal(world.areas[i].has_name, i == 3);
    kj_say_area(words, sizeof words, &world.area_words, 0);
    assert_string_equal(words, "Lund (C1310)");
    kj_say_area(words, sizeof words, &world.area_words, 1);
    assert_non_null(strstr(words, "Near "));
    assert_non_null(strstr(words, " (B2010)"));
    kj_say_area(words, sizeof words, &world.area_words, 3);
    assert_string_equal(words, "Överby");
    kj_world_close(&world);
    assert_string_equal(kj_tr_name("1281C1032 skola", own, sizeof own), "Assumed school C1032");
    assert_string_equal(kj_tr_name("1281C1070 förskola 2", own, sizeof own), "Assumed preschool C1070 2");
    assert_string_equal(kj_tr_name("1281C1070 äldreboende", own, sizeof own), "Assumed care home C1070");
    assert_string_equal(kj_tr_name("1281C1070 skolan", own, sizeof own), "1281C1070 skolan");
}

/* ---- words ---- */

static bool is_drawn(const kj_app *app, const char *text)
{
    for (int32_t i = 0; i < app->canvas.n_texts; i++)
        if (strncmp(app->canvas.text_heads[i], text, strlen(text)) == 0) return true;
    return false;
}

#define POLICY(name, sv) "{\"name\":\"" name "\",\"title\":{\"en\":\"" name "\",\"sv\":\"" sv "\"}}"
#define OPTIONS(policies) "{\"policies\":[" policies "],\"parameters\":{},\"shown\":" VW_SHOWN "}"

/* World B beside a world A without policies. */
static kj_app *app_with_policies(const char *options)
{
    kj_app *app = view_world_app(1920, 1080, 1.0, 60, 0);
    for (int k = 0; k < 2; k++) {
        kj_error err;
        kj_world world;
        kj_source source = view_world_new(60, 100.0, 1 + k);
        ((view_world *)source.self)->facts.options_json = k ? options : OPTIONS("");
        assert_int_equal(kj_world_open(&err, source, k ? 'B' : 'A', &world), KJ_OK);
        kj_app_add_world(app, &world);
    }
    kj_app_draw(app);
    return app;
}

static void test_two_policies_are_both_named(void **state)
{
    (void)state;
    kj_app *app = app_with_policies(OPTIONS(POLICY("Densify", "Förtäta") "," POLICY("Protect", "Skydda")));
    assert_string_equal(kj_world_long_name(&app->world[1], KJ_LANG_EN), "Densify and Protect");
    assert_string_equal(kj_world_long_name(&app->world[1], KJ_LANG_SV), "Förtäta och Skydda");
    assert_string_equal(kj_world_name(&app->world[1], KJ_LANG_EN), "Densify and 1 more");
    assert_string_equal(kj_world_long_name(&app->world[0], KJ_LANG_EN), "As planned");
    assert_true(is_drawn(app, "B Densify and Protect: "));
    kj_app_close(app);
    free(app);
    app = app_with_policies(OPTIONS(POLICY("Densify", "Förtäta") "," POLICY("Protect", "Skydda") "," POLICY("Charge", "Avgift")));
    assert_string_equal(kj_world_long_name(&app->world[1], KJ_LANG_EN), "Densify and 2 more");
    kj_app_close(app);
    free(app);
}

static void test_the_legend_has_a_chain_while_one_is_chosen(void **state)
{
    (void)state;
    kj_app *app = view_world_app(1920, 1080, 1.0, 60, 1);
    kj_app_act(app, KJ_ACT_VIEW, KJ_VIEW_CHAINS, 0.0);
    kj_app_draw(app);
    assert_true(is_drawn(app, "Some of the year's moves") && !is_drawn(app, "One chain, home 1 is new"));
    kj_app_act(app, KJ_ACT_CHAIN, 0, 0.0);
    kj_app_draw(app);
    assert_true(is_drawn(app, "One chain, home 1 is new"));
    kj_app_close(app);
    free(app);
}

/* ---- signs of schools ---- */

static void test_schools_on_one_spot_are_told_apart(void **state)
{
    (void)state;
    enum { N = 3 };
    kj_app *app = view_world_app(1280, 720, 1.0, 60, 1);
    for (int32_t i = 1; i < N; i++) app->world[0].facilities[i].cell = app->world[0].facilities[0].cell;
    kj_app_draw(app);
    kj_pane panes[2];
    kj_school_signs signs;
    kj_app_panes(app, panes);
    kj_school_signs_place(app, &panes[0], &signs);
    assert_true(signs.n >= N);
    for (int32_t i = 0; i < N; i++) {
        const kj_sign *s = &signs.sign[i];
        assert_int_equal(signs.row[i], i);
        for (int32_t j = 0; j < i; j++) assert_true(fmax(fabs(s->x - signs.sign[j].x), fabs(s->y - signs.sign[j].y)) > 1.2 * signs.size);
        kj_select_at(app, s->x * app->unit, s->y * app->unit); /* each sign opens its own school */
        assert_int_equal(app->selection, KJ_SELECT_SCHOOL);
        assert_int_equal(app->selected_school, i);
    }
    app->view = KJ_VIEW_LAND;
    app->layers &= ~(uint32_t)KJ_LAYER_SCHOOLS;
    kj_school_signs_place(app, &panes[0], &signs);
    assert_int_equal(signs.n, 0);
    kj_app_close(app);
    free(app);
}

static void test_one_home_is_told_in_the_singular(void **state)
{
    (void)state;
    kj_app *app = view_world_app(1280, 720, 1.0, 120, 1);
    kj_lines lines;
    kj_app_act(app, KJ_ACT_CHAIN, 0, 0.0);
    kj_story_lines(app, &lines);
    assert_string_equal(lines.text[1], "4 homes, 4 households moved in by 2030.");
    for (uint32_t row = 1; row < 4; row++) app->world[0].vacancies[row].root = 2;
    kj_story_lines(app, &lines);
    assert_string_equal(lines.text[1], "1 home, 1 household moved in by 2030.");
    kj_app_close(app);
    free(app);
}

/* Pixels in the colour of a chain in the right half of the map; the legend, which has it too, stands at the left. */
static int32_t chain_pixels(kj_app *app)
{
    int32_t n = 0;
    kj_app_draw(app);
    for (int32_t y = (int32_t)app->map.y; y < (int32_t)(app->map.y + app->map.h); y++)
        for (int32_t x = (int32_t)(app->map.x + app->map.w / 2.0) + 1; x < (int32_t)(app->map.x + app->map.w); x++) n += (app->frame[y * app->width_px + x] & 0xFFFFFFu) == 0x08306Bu;
    return n;
}

static void test_a_chain_stays_in_the_half_of_its_world(void **state)
{
    (void)state;
    kj_app *app = view_world_app(1920, 1080, 1.0, 60, 2);
    kj_app_act(app, KJ_ACT_COMPARE, KJ_SWIPE, 0.0);
    kj_app_draw(app);
    kj_app_act(app, KJ_ACT_CHAIN, 0, 0.0);
    kj_app_act(app, KJ_ACT_VIEW, KJ_VIEW_LAND, 0.0); /* the year's moves have the colour too */
    const double aside = app->swipe;
    assert_true(aside > 0.5); /* the line went aside, so that all homes are seen */
    assert_true(chain_pixels(app) > 100);
    kj_app_act(app, KJ_ACT_SWIPE, 0, 0.5);
    assert_int_equal(chain_pixels(app), 0);
    kj_app_act(app, KJ_ACT_CHAIN, 0, 0.0);
    assert_true(fabs(app->swipe - aside) < 1e-9);
    kj_app_close(app);
    free(app);
}

/* Chains of a dozen homes and more occur: a long one is told to its end. */
static void test_a_long_chain_is_followed_to_its_end(void **state)
{
    (void)state;
    enum { N = 20 };
    kj_vacancy_row rows[N] = {0};
    kj_id children[N] = {0}, sibling[N] = {0};
    for (uint32_t i = 0; i < N; i++) {
        rows[i] = (kj_vacancy_row){.root = 1, .parent = i, .opened = KJ_MONTH(2026, 1), .closed = KJ_MONTH(2026, 2), .move_in = KJ_MONTH(2026, 2), .stage = KJ_STAGE_CLOSED};
        if (i + 1 < N) children[i] = i + 2;
    }
    const kj_world world = {.n_vacancies = N, .vacancies = rows, .children = children, .sibling = sibling};
    kj_chain chain;
    kj_chain_follow(&world, 1, KJ_MONTH(2027, 12), &chain);
    assert_int_equal(chain.n_homes, N);
    assert_int_equal(chain.n, N);
    assert_int_equal(chain.step[N - 1], N - 1);
}

/* Box of a text; w = 0: not drawn. */
/* How far a point lies from a box. */
static double away(const kj_box *b, double x, double y)
{
    return hypot(fmax(fmax(b->x - x, x - b->x - b->w), 0.0), fmax(fmax(b->y - y, y - b->y - b->h), 0.0));
}

static kj_box box_of(const kj_app *app, const char *text)
{
    for (int32_t i = 0; i < app->canvas.n_texts; i++)
        if (strcmp(app->canvas.text_heads[i], text) == 0) return app->canvas.texts[i];
    return (kj_box){0};
}

/* Of six schools in one place the last is full: it has its name, and no other stands at its sign. */
static void test_a_full_school_is_named_first(void **state)
{
    (void)state;
    enum { FULL = 5, CLEAR = 7 };
    static const char *const others[FULL] = {"Hamnskolan", "Ängsskolan", "Åkerbyskolan", "Björkhaga skola", "Överby skola"};
    kj_app *app = view_world_app(1280, 720, 1.0, 60, 1);
    kj_world *w = &app->world[0];
    kj_pane panes[2];
    kj_school_signs signs;
    for (int32_t i = 0; i < w->n_facilities; i++) w->facilities[i].cell = 30 * 60 + 30;
    for (int32_t i = 0; i < w->n_years * w->n_facilities; i++) w->places[i] = i % w->n_facilities == FULL ? 100.0f : 2000.0f;
    kj_app_act(app, KJ_ACT_VIEW, KJ_VIEW_SCHOOLS, 0.0);
    kj_app_draw(app);
    kj_app_panes(app, panes);
    kj_school_signs_place(app, &panes[0], &signs);
    assert_int_equal(signs.row[FULL], FULL);
    kj_box sign = kj_school_sign_box(&signs, FULL), own = box_of(app, "Nya skolan");
    kj_box wide = {sign.x - CLEAR, sign.y - CLEAR, sign.w + 2.0 * CLEAR, sign.h + 2.0 * CLEAR};
    assert_true(own.w > 0.0 && kj_box_overlaps(&own, &wide));
    for (int32_t i = 0; i < FULL; i++) {
        kj_box other = box_of(app, others[i]);
        assert_true(other.w <= 0.0 || !kj_box_overlaps(&other, &wide));
    }
    kj_app_close(app);
    free(app);
}

/* No place but the largest is written over a sign. */
static void test_places_are_not_written_over_signs(void **state)
{
    (void)state;
    static const char *const places[] = {"Björkhaga", "Överby", "Norra Förstaden", "Hamnen"};
    kj_app *app = view_world_app(1280, 720, 1.0, 60, 1);
    kj_world *w = &app->world[0];
    kj_pane panes[2];
    kj_school_signs signs;
    for (int32_t i = 0; i < w->n_facilities; i++) { /* round one of them */
        w->areas[2].col = 30.0;
        w->areas[2].row = 30.0;
        w->facilities[i].cell = (27 + 3 * (i / 2)) * 60 + (i % 2 ? 33 : 27);
    }
    kj_app_draw(app);
    kj_app_panes(app, panes);
    kj_school_signs_place(app, &panes[0], &signs);
    for (size_t k = 0; k < sizeof places / sizeof *places; k++)
        for (int32_t i = 0; i < signs.n; i++) {
            kj_box sign = kj_school_sign_box(&signs, i), name = box_of(app, places[k]);
            assert_true(name.w <= 0.0 || !kj_box_overlaps(&sign, &name));
        }
    kj_app_close(app);
    free(app);
}

/* ---- layout ---- */

static void test_layout_holds_everywhere(void **state)
{
    (void)state;
    static const int32_t sizes[][2] = {{1280, 720}, {1366, 768}, {1920, 1080}, {2560, 1440}, {3840, 2160}};
    char fault[512];
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        for (double scale = 0.8; scale < 2.05; scale += s == 4 ? 0.6 : 0.3) {
            kj_app *app = view_world_app(sizes[s][0], sizes[s][1], scale, 80, 2);
            for (int view = 0; view < kj_view_total(app); view++) {
                kj_app_act(app, KJ_ACT_VIEW, view, 0.0);
                kj_lint(app, fault);
                if (fault[0]) print_error("%dx%d, scale %.1f, view %d: %s\n", sizes[s][0], sizes[s][1], scale, view, fault);
                assert_string_equal(fault, "");
            }
            kj_app_close(app);
            free(app);
        }
    }
}

/* Largest difference of a colour's parts between two frames. */
static int32_t farthest(const uint32_t *a, const uint32_t *b, int32_t n)
{
    int32_t most = 0;
    for (int32_t i = 0; i < n; i++)
        for (int shift = 0; shift < 24; shift += 8) {
            int32_t d = abs((int32_t)(a[i] >> shift & 255u) - (int32_t)(b[i] >> shift & 255u));
            if (d > most) most = d;
        }
    return most;
}

/* A large map's year is first shown from small levels filled straight from its land: as the whole year would look, to the rounding of
   colours, and the same pixels when it is seen again, while the camera is far enough. */
static void test_a_year_seen_again_looks_the_same(void **state)
{
    (void)state;
    enum { SIDE = 2100, W = 1280, H = 720 };
    kj_app *app = view_world_app(W, H, 1.0, SIDE, 1);
    uint32_t *seen = malloc(sizeof *seen * W * H);
    app->layers &= ~(uint32_t)KJ_LAYER_DOTS;
    kj_app_set_year(app, app->first_year);
    kj_overview_finish(app);
    kj_app_draw(app);
    assert_int_equal(app->pyramid[0].first, 0);
    memcpy(seen, app->frame, sizeof *seen * W * H);
    kj_overview_free(app);
    app->shown[0].view = -1;
    app->map_dirty = true;
    kj_app_draw(app);
    assert_true(app->pyramid[0].first > 0);
    assert_in_range(farthest(seen, app->frame, W * H), 0, 3);
    memcpy(seen, app->frame, sizeof *seen * W * H);
    kj_app_set_year(app, app->last_year);
    kj_app_draw(app);
    assert_true(memcmp(seen, app->frame, sizeof *seen * W * H) != 0);
    kj_app_set_year(app, app->first_year);
    kj_app_draw(app);
    assert_true(app->pyramid[0].first > 0);
    assert_memory_equal(seen, app->frame, sizeof *seen * W * H);
    app->camera.zoom = 4.0; /* near: the whole year follows when it has stood still */
    kj_app_tick(app, 1.0);
    kj_app_draw(app);
    assert_int_equal(app->pyramid[0].first, 0);
    assert_false(kj_overview_prepare(app) && kj_overview_prepare(app) && kj_overview_prepare(app) && kj_overview_prepare(app) && kj_overview_prepare(app)); /* six years, two were seen */
    free(seen);
    kj_app_close(app);
    free(app);
}

/* The largest place keeps its name among signs; no school's name stands nearer to the sign of another; side by side both halves are lettered alike,
   also where a school is full, or has closed, in one of them. */
static void test_names_of_schools_are_their_own(void **state)
{
    (void)state;
    kj_app *app = view_world_app(1280, 720, 1.0, 60, 2);
    kj_pane panes[2];
    kj_school_signs signs;
    for (int32_t k = 0; k < 2; k++) {
        kj_world *w = &app->world[k];
        for (int32_t i = 0; i < w->n_facilities; i++) w->facilities[i].cell = (29 + i / 3) * 60 + 28 + 2 * (i % 3);
        for (int32_t i = 0; i < w->n_years * w->n_facilities; i++) w->places[i] = k == 1 && i % w->n_facilities == 2 ? 100.0f : 2000.0f;
    }
    app->world[1].facilities[3].closed = KJ_MONTH(2028, 1);
    kj_app_act(app, KJ_ACT_VIEW, KJ_VIEW_SCHOOLS, 0.0);
    kj_app_act(app, KJ_ACT_COMPARE, KJ_SIDE, 0.0);
    kj_app_draw(app);
    assert_int_equal(kj_app_panes(app, panes), 2);
    const double shift = panes[1].box.x - panes[0].box.x;
    int32_t n[2] = {0, 0}, schools = 0;
    bool town = false;
    kj_school_signs_place(app, &panes[0], &signs);
    for (int32_t i = 0; i < app->canvas.n_texts; i++) {
        const kj_box *b = &app->canvas.texts[i];
        int32_t row = -1, place = -1;
        for (int32_t s = 0; s < signs.n; s++)
            if (strcmp(app->canvas.text_heads[i], app->world[0].facilities[signs.row[s]].name) == 0) row = s;
        for (int32_t a = 0; a < app->world[0].n_areas; a++)
            if (strcmp(app->canvas.text_heads[i], app->world[0].areas[a].name) == 0) place = a;
        if ((row < 0 && place < 0) || b->y < app->map.y || b->y > app->map.y + app->map.h || b->x > app->map.x + app->map.w) continue;
        const int32_t half = b->x >= panes[1].box.x;
        n[half]++;
        town |= place == 0;
        bool twin = false;
        for (int32_t j = 0; j < app->canvas.n_texts; j++)
            twin |= strcmp(app->canvas.text_heads[i], app->canvas.text_heads[j]) == 0 && fabs(app->canvas.texts[j].x - b->x - (half ? -shift : shift)) < 0.5 &&
                    fabs(app->canvas.texts[j].y - b->y) < 0.5;
        assert_true(twin);
        for (int32_t s = 0; s < signs.n && row >= 0 && !half; s++)
            assert_true(s == row || away(b, signs.sign[s].x, signs.sign[s].y) > away(b, signs.sign[row].x, signs.sign[row].y));
        schools += row >= 0;
    }
    assert_true(town && schools > 0 && n[0] == n[1]);
    kj_app_close(app);
    free(app);
}

/* ---- the kept picture ---- */

/* Where two pictures differ, in red on grey. */
static void write_difference(const uint32_t *found, const uint32_t *kept, int32_t n, int32_t w, int32_t h)
{
    uint32_t *pixels = malloc((size_t)n * sizeof *pixels);
    for (int32_t i = 0; i < n; i++) pixels[i] = (found[i] ^ kept[i]) & 0xFFFFFFu ? 0xFFFF0000u : 0xFF000000u | ((found[i] >> 2) & 0x3F3F3Fu);
    cairo_surface_t *image = cairo_image_surface_create_for_data((unsigned char *)pixels, CAIRO_FORMAT_RGB24, w, h, w * 4);
    const char *folder = getenv("KEDJA_TEST_TMP") ? getenv("KEDJA_TEST_TMP") : "/tmp";
    char path[512];
    snprintf(path, sizeof path, "%s/view_difference.png", folder);
    cairo_surface_write_to_png(image, path);
    cairo_surface_destroy(image);
    free(pixels);
    print_error("the difference is shown in %s\n", path);
}

static bool has_inter(void)
{
    PangoFontMap *map = pango_cairo_font_map_get_default();
    PangoFontFamily **families;
    int n = 0;
    bool found = false;
    pango_font_map_list_families(map, &families, &n);
    for (int i = 0; i < n; i++) found |= strcmp(pango_font_family_get_name(families[i]), "Inter") == 0;
    g_free(families);
    return found;
}

/* KEDJA_KEEP_PICTURES=1 writes the picture anew; look at it before it is committed. */
static void test_picture_is_as_kept(void **state)
{
    (void)state;
    static const char path[] = KEDJA_SOURCE_DIR "/tests/golden/view.png";
    if (!has_inter()) skip();
    kj_app *app = view_world_app(1280, 720, 1.0, 120, 2);
    kj_app_act(app, KJ_ACT_CHAIN, 0, 0.0);
    kj_app_act(app, KJ_ACT_VIEW, KJ_VIEW_LAND, 0.0);
    kj_app_draw(app);
    if (getenv("KEDJA_KEEP_PICTURES")) cairo_surface_write_to_png(app->canvas.surface, path);
    cairo_surface_t *kept = cairo_image_surface_create_from_png(path);
    assert_int_equal(cairo_surface_status(kept), CAIRO_STATUS_SUCCESS);
    assert_int_equal(cairo_image_surface_get_width(kept), 1280);
    const uint32_t *wanted = (const uint32_t *)(const void *)cairo_image_surface_get_data(kept);
    int32_t differ = 0;
    for (int32_t i = 0; i < 1280 * 720; i++) differ += ((app->frame[i] ^ wanted[i]) & 0xFFFFFFu) != 0;
    if (differ) write_difference(app->frame, wanted, 1280 * 720, 1280, 720);
    assert_int_equal(differ, 0);
    cairo_surface_destroy(kept);
    kj_app_close(app);
    free(app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells_keep_their_colour),
        cmocka_unit_test(test_same_pixels_on_any_number_of_threads),
        cmocka_unit_test(test_text_can_be_read),
        cmocka_unit_test(test_land_use_is_told_apart),
        cmocka_unit_test(test_a_chain_is_followed),
        cmocka_unit_test(test_a_chain_stays_in_the_half_of_its_world),
        cmocka_unit_test(test_one_home_is_told_in_the_singular),
        cmocka_unit_test(test_a_long_chain_is_followed_to_its_end),
        cmocka_unit_test(test_many_places_are_named),
        cmocka_unit_test(test_codes_are_no_names),
        cmocka_unit_test(test_two_policies_are_both_named),
        cmocka_unit_test(test_the_legend_has_a_chain_while_one_is_chosen),
        cmocka_unit_test(test_schools_on_one_spot_are_told_apart),
        cmocka_unit_test(test_a_full_school_is_named_first),
        cmocka_unit_test(test_places_are_not_written_over_signs),
        cmocka_unit_test(test_names_of_schools_are_their_own),
        cmocka_unit_test(test_layout_holds_everywhere),
        cmocka_unit_test(test_a_year_seen_again_looks_the_same),
        cmocka_unit_test(test_picture_is_as_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
