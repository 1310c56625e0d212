/* The pages of a report on a made-up run: nothing cut, nothing overlapping, nothing outside the page, in each language;
   and the chain figures on a forest small enough to count by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../core/chains/phrases.h"
#include "../../core/io/observed.h"
#include "../../core/report/pages.h"
#include "../../core/report/handout.h"
#include "../../core/report/report.h"
#include "../shared/font_caches.h"

enum { N_YEARS = 16, NX = 220, NY = 200, N_OBSERVED = 12 };

static double *filled(int32_t n, double start, double step)
{
    double *values = malloc((size_t)n * sizeof *values);
    assert_non_null(values);
    for (int32_t i = 0; i < n; i++) values[i] = start + step * (double)i + 0.1 * step * (double)((i * 7) % 5);
    return values;
}

static uint8_t made_land(int32_t col, int32_t row, double grown)
{
    double dx = col - NX / 2.0, dy = row - NY / 2.0,
           town = sqrt((col - 95.0) * (col - 95.0) + (row - 90.0) * (row - 90.0));
    double village = sqrt((col - 150.0) * (col - 150.0) + (row - 140.0) * (row - 140.0));
    if (dx * dx / (NX * NX) + dy * dy / (NY * NY) > 0.235) return KJ_OUTSIDE;
    if (town < 6.0 + grown * 0.5) return KJ_LAND_FLATS;
    if (town < 12.0 + grown || village < 4.0 + grown * 0.3) return KJ_LAND_SMALL_HOUSES;
    if (town < 16.0 && col > 100) return KJ_LAND_WORK;
    if (town < 16.0 && row > 95) return KJ_LAND_PARK;
    if ((col - 60) * (col - 60) + (row - 140) * (row - 140) * 3 < 900) return KJ_LAND_WATER;
    if ((col / 9 + row / 7) % 5 == 0) return KJ_LAND_FARMLAND;
    return (col / 5 + row / 6) % 11 == 0 ? KJ_LAND_OPEN : KJ_LAND_FOREST;
}

static char *copy_text(const char *text)
{
    char *copy = strdup(text);
    assert_non_null(copy);
    return copy;
}

static void make_places(kj_run_figures *f)
{
    static const char *const names[] = {"Åkerby",    "Västra Ängshöjden", "Östergård",
                                        "Södra Sjö", "Norra Förstaden",   "Bränninge"};
    static const double cols[] = {95, 150, 140, 92, 110, 99}, rows[] = {90, 140, 50, 150, 84, 96};
    f->n_places = 6;
    f->places = calloc(6, sizeof *f->places);
    for (int i = 0; i < 6; i++) {
        f->places[i] = (kj_named_place){
            .col = cols[i], .row = rows[i], .population = 10000 - i, .kind = i == 0 ? KJ_AREA_TOWN : KJ_AREA_LOCALITY};
        snprintf(f->places[i].name, sizeof f->places[i].name, "%s", names[i]);
    }
}

static void make_policies(kj_run_figures *f)
{
    static const kj_changed changed[] = {{.name = "densify.enabled", .value = 1.0, .of_policy = true},
                                         {.name = "densify.max_far", .title = {"Highest ratio", "Högsta tal"}, .value = 1.2, .of_policy = true},
                                         {.name = "densify.distance", .value = 1500, .of_policy = true},
                                         {.name = "new_school.from", .value = 2028, .of_policy = true},
                                         {.name = "new_school.places", .value = 300, .of_policy = true},
                                         {.name = "demography.in_scale", .value = 0.95},
                                         {.name = "demography.vision_population", .value = 40000}};
    f->knows_policies = true;
    f->policies = calloc(2, sizeof *f->policies);
    f->changed = malloc(sizeof changed);
    assert_true(f->policies && f->changed);
    f->n_policies = 2;
    snprintf(f->policies[0].name, sizeof f->policies[0].name, "building_programme");
    snprintf(f->policies[0].title[0], KJ_TITLE_MAX, "Building programme");
    snprintf(f->policies[1].name, sizeof f->policies[1].name, "densify");
    snprintf(f->policies[1].title[0], KJ_TITLE_MAX, "Densify near the centres");
    snprintf(f->policies[1].title[1], KJ_TITLE_MAX, "Förtäta nära centrum");
    memcpy(f->changed, changed, sizeof changed);
    f->n_changed = sizeof changed / sizeof *changed;
}

static void make_demands(kj_run_figures *f)
{
    static const double demanded[KJ_DEMANDS] = {190, 1700, 180, 42, 31.5}, came[KJ_DEMANDS] = {90, 1650, 0, 12, 33};
    f->demands = (kj_demands){.population = 40000, .vision_year = 2035};
    for (int year = 2021; year < 2020 + N_YEARS; year++) {
        kj_demand_year *y = &f->demands.years[f->demands.n_years++];
        y->year = year;
        for (int k = 0; k < KJ_DEMANDS; k++) y->demanded[k] = demanded[k], y->came[k] = came[k];
    }
}

static void make_run(kj_run_figures *f)
{
    *f = (kj_run_figures){.n_municipalities = 1,
                          .n_years = N_YEARS,
                          .vision_population = 40000,
                          .vision_year = 2035,
                          .has_chains = true,
                          .seed = 42,
                          .land_is_synthetic = true};
    snprintf(f->title[0], KJ_TITLE_MAX, "Åkerby 2035: a town for forty thousand");
    snprintf(f->title[1], KJ_TITLE_MAX, "Åkerby 2035: en stad för fyrtio tusen");
    make_policies(f);
    snprintf(f->place, sizeof f->place, "Åkerby");
    snprintf(f->version, sizeof f->version, "0.1.0");
    snprintf(f->state_hash, sizeof f->state_hash, "0123456789abcdef0123456789abcdef");
    snprintf(f->map_digest, sizeof f->map_digest, "fedcba9876543210fedcba9876543210");
    snprintf(f->map_name, sizeof f->map_name, "akerby");
    snprintf(f->scenario, sizeof f->scenario, "scripts/scenarios/akerby_2035.lua");
    f->plugins = copy_text("demography 0.1.0, development 0.1.0, housing 0.1.0, schools 0.1.0");
    f->sources = copy_text("made up for a test");
    f->origins[1] = copy_text("area travel_centre walk_cost");
    f->origins[2] = copy_text("land_use protection farmland_class zoning max_far");
    f->grid = (kj_grid){NX, NY, 100.0, 400000.0, 6400000.0, 3006};
    f->years = malloc(N_YEARS * sizeof *f->years);
    for (int i = 0; i < N_YEARS; i++) f->years[i] = 2020 + i;
    static const double starts[KJ_IND_COUNT] = {34530, 16200, 16500, 90, 3100, 4010, 4700, 4, 17900, 1650, 180, 400, 120, 320, 300, 20, 79},
                        steps[KJ_IND_COUNT] = {290, 150, 160, 9, 21, 22, 12, 3, 90, 12, 4, 25, 9, 11, 2, 9, 20};
    for (int i = 0; i < KJ_IND_COUNT; i++) f->series[i] = filled(N_YEARS, starts[i], steps[i]);
    for (int i = 0; i < KJ_LOST_COUNT; i++) f->lost_ha[i] = filled(N_YEARS, 0.0, 9.0 - 2.0 * i);
    make_demands(f);
    f->n_observed = N_OBSERVED;
    f->observed_x = filled(N_OBSERVED, 1996.0, 2.4);
    f->observed_y = filled(N_OBSERVED, 31582.0, 250.0);
    f->observed_date = calloc(N_OBSERVED, sizeof *f->observed_date);
    for (int i = 0; i < N_OBSERVED; i++) f->observed_date[i] = (int32_t)f->observed_x[i] * 10000 + 930;
    snprintf(f->observed_office, sizeof f->observed_office, "made up for a test");
    f->chains = (kj_chain_figures){.n_new = 2900,
                                   .n_new_open = 104,
                                   .n_old = 2300,
                                   .n_complete = 2241,
                                   .n_open = 59,
                                   .households = 4903,
                                   .lengths = {12, 900, 700, 350, 160, 70, 49},
                                   .ends = {[KJ_END_LEFT_HOME] = 700,
                                            [KJ_END_SEPARATED] = 260,
                                            [KJ_END_COUNTY] = 520,
                                            [KJ_END_COUNTRY] = 410,
                                            [KJ_END_ABROAD] = 160,
                                            [KJ_END_LODGER] = 300},
                                   .mean = 2.19};
    f->land_first = malloc(NX * NY);
    f->land_last = malloc(NX * NY);
    for (int32_t i = 0; i < NX * NY; i++) {
        f->land_first[i] = made_land(i % NX, i / NX, 0.0);
        f->land_last[i] = made_land(i % NX, i / NX, 3.0);
    }
    make_places(f);
    f->n_schools = 3;
    f->school_col = filled(3, 90.0, 5.0);
    f->school_row = filled(3, 84.0, 4.0);
}

static void assert_laid_out(const kj_canvas *canvas)
{
    int32_t a = 0, b = 0;
    if (canvas->n_cut > 0) fail_msg("cut: %s", canvas->first_cut);
    if (kj_canvas_find_overlap(canvas, 1.5, &a, &b))
        fail_msg("overlap: \"%s\" and \"%s\"", canvas->text_heads[a], canvas->text_heads[b]);
    a = kj_canvas_find_outside(canvas);
    if (a >= 0) fail_msg("outside the page: \"%s\"", canvas->text_heads[a]);
    assert_true(canvas->n_texts > 20);
    assert_true(canvas->n_texts < KJ_CANVAS_TEXTS_MAX);
}

static void draw_page(kj_language language, const kj_run_figures *f, bool summary)
{
    kj_error err = {0};
    kj_canvas canvas;
    char path[512];
    if (kj_language_set(&err, language) == KJ_E_MISSING) language = KJ_LANG_EN;
    double height = summary ? KJ_SUMMARY_H : KJ_MAP_PAGE_H;
    assert_int_equal(kj_canvas_new_image(&err, 1600.0, height, 1.0, language, &canvas), KJ_OK);
    kj_status status = summary ? kj_summary_page_draw(&err, &canvas, f) : kj_map_page_draw(&err, &canvas, f, 2035);
    assert_int_equal(status, KJ_OK);
    snprintf(path, sizeof path, "%s/tests/%s_%s.png", KEDJA_BINARY_DIR, summary ? "summary" : "map",
             kj_language_code(language));
    assert_int_equal(kj_canvas_write_png(&err, &canvas, path), KJ_OK);
    assert_laid_out(&canvas);
    assert_int_equal(kj_canvas_close(&err, &canvas), KJ_OK);
}

static void pages_are_laid_out_in_each_language(void **unused)
{
    (void)unused;
    kj_run_figures f;
    make_run(&f);
    for (int language = 0; language < KJ_LANG_COUNT; language++) {
        draw_page((kj_language)language, &f, true);
        draw_page((kj_language)language, &f, false);
    }
    kj_run_figures_free(&f);
}

/* Pixels of a land view in the colour of schools. */
static int32_t school_pixels(const kj_run_figures *f, const kj_land_view *view)
{
    static uint32_t pixels[400 * 400];
    kj_error err = {0};
    kj_canvas canvas;
    int32_t n = 0;
    memset(pixels, 0, sizeof pixels);
    assert_int_equal(kj_canvas_wrap(&err, pixels, 400, 400, 1600, 1.0, KJ_LANG_EN, &canvas), KJ_OK);
    assert_int_equal(kj_land_view_draw(&err, &canvas, f, view), KJ_OK);
    cairo_surface_flush(canvas.surface);
    for (int32_t i = 0; i < 400 * 400; i++) n += (pixels[i] & 0xFFFFFF) == 0x7A1F4B;
    assert_int_equal(kj_canvas_close(&err, &canvas), KJ_OK);
    return n;
}

/* A school stands in the close-up or in the map around it, also one at the edge of both. */
static void each_school_stands_in_one_map(void **unused)
{
    (void)unused;
    kj_run_figures f;
    make_run(&f);
    f.n_schools = 1;
    f.school_row[0] = 90.5;
    const kj_land_view whole = {.box = {0, 0, 400, 400}, .w = NX, .h = NY, .text_size = 12, .sign_size = 16, .inset = {80, 70, 40, 40}},
                       close_up = {.box = {0, 0, 400, 400}, .col = 80, .row = 70, .w = 40, .h = 40, .text_size = 12, .sign_size = 19};
    for (f.school_col[0] = 77.5; f.school_col[0] < 84.0; f.school_col[0] += 1.0) {
        bool in_whole = school_pixels(&f, &whole) > 50, in_close_up = school_pixels(&f, &close_up) > 50;
        if (in_whole == in_close_up || in_close_up != (f.school_col[0] > 80.0)) fail_msg("a school in column %g stands in %d maps", f.school_col[0], in_whole + in_close_up);
    }
    kj_run_figures_free(&f);
}

static void a_city_of_millions_fits_too(void **unused)
{
    (void)unused;
    kj_run_figures f;
    make_run(&f);
    f.title[1][0] = '\0';
    snprintf(f.title[0], KJ_TITLE_MAX,
             "Upplands Västra Kommunalförbund 2050: så bor vi när en och en halv miljon ska få plats");
    snprintf(f.place, sizeof f.place, "Upplands Västra");
    f.vision_population = 1900000.0;
    f.n_municipalities = 12;
    for (int i = 0; i < KJ_IND_COUNT; i++) {
        for (int32_t year = 0; year < f.n_years; year++) f.series[i][year] *= 43.7;
    }
    for (int i = 0; i < N_OBSERVED; i++) f.observed_y[i] *= 43.7;
    for (int i = 0; i < KJ_LOST_COUNT; i++) {
        for (int32_t year = 0; year < f.n_years; year++) f.lost_ha[i][year] *= 300.0;
    }
    for (int language = 0; language < KJ_LANG_COUNT; language++) draw_page((kj_language)language, &f, true);
    kj_run_figures_free(&f);
}

static void bad_input_is_refused(void **unused)
{
    (void)unused;
    kj_error err = {0};
    char path[512];
    snprintf(path, sizeof path, "%s/tests/never.png", KEDJA_BINARY_DIR);
    assert_int_equal(kj_report_map_png(&err, "/no/such/run.nc", 0, path, "en"), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "/no/such/run.nc"));
    assert_int_equal(kj_report_summary(&err, KEDJA_SOURCE_DIR "/LICENSE", path, "en"), KJ_E_INPUT);
    assert_int_equal(kj_report_summary(&err, "/no/such/run.nc", path, "xx"), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "xx"));
    assert_int_not_equal(access(path, F_OK), 0); /* nothing half-written */
}

static void a_run_without_figures_says_so(void **unused)
{
    (void)unused;
    kj_run_figures f;
    make_run(&f);
    for (int i = 0; i < KJ_IND_COUNT; i++) {
        free(f.series[i]);
        f.series[i] = NULL;
    }
    f.has_chains = false;
    f.chains = (kj_chain_figures){0};
    f.n_observed = 0;
    f.n_schools = 0;
    f.vision_population = 0.0;
    f.n_years = 1;
    draw_page(KJ_LANG_EN, &f, true);
    draw_page(KJ_LANG_SV, &f, false);
    kj_run_figures_free(&f);
}

static void the_pdf_holds_its_text(void **unused)
{
    (void)unused;
    kj_error err = {0};
    kj_run_figures f;
    kj_canvas canvas;
    char path[512];
    make_run(&f);
    snprintf(path, sizeof path, "%s/tests/summary.pdf", KEDJA_BINARY_DIR);
    assert_int_equal(kj_language_set(&err, KJ_LANG_EN), KJ_OK);
    assert_int_equal(
        kj_canvas_new_pdf(&err, path, "Åkerby", KJ_SUMMARY_W, KJ_SUMMARY_H, 0.52625, 2.0, KJ_LANG_EN, &canvas), KJ_OK);
    assert_int_equal(kj_summary_page_draw(&err, &canvas, &f), KJ_OK);
    assert_int_equal(canvas.n_cut, 0);
    assert_int_equal(kj_canvas_close(&err, &canvas), KJ_OK);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char head[5] = {0};
    assert_int_equal(fread(head, 1, 4, file), 4);
    assert_string_equal(head, "%PDF");
    fclose(file);
    kj_run_figures_free(&f);
}

/* 1 NEW → 2 MOVE (ends: left home). 3 NEW: ends with an in-migrant. 4 NEW, still open. 5 DEATH: not a new dwelling.
   6 NEW too young to count. */
static void chains_are_counted_by_hand(void **unused)
{
    (void)unused;
    const kj_id root[6] = {1, 1, 3, 4, 5, 6}, filled_by[6] = {11, 12, 13, 0, 15, 16};
    const uint8_t cause[6] = {KJ_CAUSE_NEW, KJ_CAUSE_MOVE, KJ_CAUSE_NEW, KJ_CAUSE_NEW, KJ_CAUSE_DEATH, KJ_CAUSE_NEW};
    const uint8_t stage[6] = {KJ_STAGE_CLOSED,  KJ_STAGE_CLOSED, KJ_STAGE_CLOSED,
                              KJ_STAGE_OFFERED, KJ_STAGE_CLOSED, KJ_STAGE_CLOSED};
    const uint8_t end[6] = {KJ_END_CONTINUES, KJ_END_LEFT_HOME, KJ_END_COUNTRY,
                            KJ_END_OPEN,      KJ_END_COUNTY,    KJ_END_COUNTY};
    const int16_t opened[6] = {100, 104, 110, 112, 101, 190};
    const int16_t closed[6] = {104, 106, 111, 0, 103, 195};
    kj_chain_rows rows = {6, root, filled_by, cause, stage, end, opened, closed};
    kj_chain_figures out;
    kj_error err = {0};
    assert_int_equal(kj_chain_figures_count(&err, &rows, 200, &out), KJ_OK);
    assert_int_equal(out.n_new, 4);
    assert_int_equal(out.n_new_open, 1);
    assert_int_equal(kj_chain_rows_open(&rows, 103), 1); /* 1; 5 closes this month */
    assert_int_equal(kj_chain_rows_open(&rows, 105), 1); /* 2 */
    assert_int_equal(kj_chain_rows_open(&rows, 200), 1); /* 4 */
    assert_int_equal(out.n_old, 3);
    assert_int_equal(out.n_complete, 2);
    assert_int_equal(out.n_open, 1);
    assert_int_equal(out.households, 3);
    assert_int_equal(out.lengths[1], 1);
    assert_int_equal(out.lengths[2], 1);
    assert_int_equal(out.ends[KJ_END_LEFT_HOME], 1);
    assert_int_equal(out.ends[KJ_END_COUNTRY], 1);
    assert_int_equal(out.ends[KJ_END_COUNTY], 0);
    assert_true(fabs(out.mean - 1.5) < 1e-12);
    const kj_id bad[6] = {1, 1, 3, 9, 5, 6};
    rows.root = bad;
    assert_int_equal(kj_chain_figures_count(&err, &rows, 200, &out), KJ_E_INPUT);
}

static bool is_drawn(const kj_canvas *canvas, const char *text)
{
    for (int32_t i = 0; i < canvas->n_texts; i++)
        if (strncmp(canvas->text_heads[i], text, strlen(text)) == 0) return true;
    return false;
}

/* Shares read as `kedja chains` prints them, whatever they add up to; children without a preschool place have a row where there are any. */
static void figures_of_the_page_are_rounded_plainly(void **unused)
{
    (void)unused;
    kj_error err = {0};
    kj_run_figures f;
    make_run(&f);
    for (int i = 0; i < KJ_END_COUNT; i++) f.chains.ends[i] = 0;
    f.chains.ends[KJ_END_LEFT_HOME] = 605; /* 60.5 26.6 8.8 4.1: in whole per cent they would add up to 101 */
    f.chains.ends[KJ_END_SEPARATED] = 266;
    f.chains.ends[KJ_END_COUNTY] = 88;
    f.chains.ends[KJ_END_COUNTRY] = 41;
    for (int any = 1; any >= 0; any--) {
        kj_canvas canvas;
        for (int32_t y = 0; y < f.n_years; y++) f.series[KJ_IND_PRESCHOOL_WITHOUT][y] *= any;
        assert_int_equal(kj_language_set(&err, KJ_LANG_EN), KJ_OK);
        assert_int_equal(kj_canvas_new_image(&err, KJ_SUMMARY_W, KJ_SUMMARY_H, 0.5, KJ_LANG_EN, &canvas), KJ_OK);
        assert_int_equal(kj_summary_page_draw(&err, &canvas, &f), KJ_OK);
        assert_true(is_drawn(&canvas, "60.5%") && is_drawn(&canvas, "26.6%") && is_drawn(&canvas, "8.8%") && is_drawn(&canvas, "4.1%"));
        assert_int_equal(is_drawn(&canvas, "Children without a preschool"), any);
        assert_int_equal(kj_canvas_close(&err, &canvas), KJ_OK);
    }
    kj_run_figures_free(&f);
}

static void policies_are_named_in_the_language(void **unused)
{
    (void)unused;
    kj_error err = {0};
    kj_run_figures f;
    char text[1024];
    make_run(&f);
    assert_int_equal(kj_language_set(&err, KJ_LANG_EN), KJ_OK);
    kj_policies_text(KJ_LANG_EN, &f, true, text, sizeof text);
    assert_string_equal(text, "Policies: Building programme; Densify near the centres (Highest ratio\u00A01.2, distance\u00A01,500)"
                              " · Other settings: demography.in_scale\u00A00.95"); /* new_school is off */
    kj_policies_text(KJ_LANG_EN, &f, false, text, sizeof text);
    assert_non_null(strstr(text, " · 1 other setting, named in the run file"));
    kj_policies_text(KJ_LANG_SV, &f, true, text, sizeof text);
    assert_non_null(strstr(text, "Building programme; Förtäta nära centrum (Högsta tal\u00A01,2, distance\u00A01\u202F500)"));
    f.n_policies = f.n_changed = 0;
    kj_policies_text(KJ_LANG_EN, &f, true, text, sizeof text);
    assert_string_equal(text, "Policies: none");
    f.knows_policies = false;
    kj_policies_text(KJ_LANG_EN, &f, true, text, sizeof text);
    assert_null(strstr(text, "none"));
    kj_run_figures_free(&f);
}

static void names_of_pictures_end_as_they_should(void **unused)
{
    (void)unused;
    kj_error err = {0};
    assert_int_equal(kj_handout(&err, "/no/such/run.nc", NULL, "page.txt", "en"), KJ_E_INPUT);
    assert_non_null(strstr(err.text, ".pdf"));
    assert_int_equal(kj_report_summary(&err, "/no/such/run.nc", "page.pdf", "en"), KJ_E_INPUT);
    assert_non_null(strstr(err.text, ".png"));
    assert_int_equal(kj_report_map_png(&err, "/no/such/run.nc", 0, "map", "en"), KJ_E_INPUT);
    assert_non_null(strstr(err.text, ".png"));
    assert_int_equal(kj_report_check_name(&err, "a/b.PNG", ".png"), KJ_OK);
    assert_int_equal(kj_report_check_name(&err, ".png", ".png"), KJ_E_INPUT);
}

static void lost_land_is_counted_by_what_it_was(void **unused)
{
    (void)unused;
    const uint8_t first[6] = {KJ_LAND_FARMLAND, KJ_LAND_FOREST,   KJ_LAND_FLATS,
                              KJ_LAND_OPEN,     KJ_LAND_FARMLAND, KJ_OUTSIDE};
    const uint8_t now[6] = {KJ_LAND_FLATS, KJ_LAND_WORK,         KJ_LAND_SMALL_HOUSES,
                            KJ_LAND_PARK,  KJ_LAND_SMALL_HOUSES, KJ_OUTSIDE};
    double out[KJ_LOST_COUNT];
    kj_lost_land_count(first, now, 6, 100.0, out);
    assert_true(fabs(out[KJ_LOST_FARMLAND] - 2.0) < 1e-12);
    assert_true(fabs(out[KJ_LOST_FOREST] - 1.0) < 1e-12);
    assert_true(fabs(out[KJ_LOST_OTHER]) < 1e-12);
}

static void observed_history_is_found_and_ordered(void **unused)
{
    (void)unused;
    kj_error err = {0};
    kj_observed observed;
    setenv("KEDJA_DATA", KEDJA_SOURCE_DIR, 1);
    assert_int_equal(kj_observed_read(&err, "se", "0683", &observed), KJ_OK);
    assert_true(observed.n >= 10);
    for (int32_t i = 1; i < observed.n; i++) assert_true(observed.year[i] > observed.year[i - 1]);
    bool found = false;
    for (int32_t i = 0; i < observed.n; i++)
        found |= fabs(observed.year[i] - 2020.0) < 1e-9 && fabs(observed.value[i] - 34530.0) < 1e-9 && observed.date[i] == 20201231;
    assert_true(found);
    static const char *const dates[KJ_LANG_COUNT] = {
        [KJ_LANG_EN] = "30 September 2025", [KJ_LANG_SV] = "30 september 2025", [KJ_LANG_DA] = "30. september 2025"};
    for (int language = 0; language < KJ_LANG_COUNT; language++) {
        char date[KJ_PHRASE_MAX];
        assert_int_equal(kj_language_set(&err, (kj_language)language), KJ_OK);
        assert_string_equal(kj_say_date(date, 20250930), dates[language]);
    }
    assert_string_equal(observed.offices, "Statistics Sweden");
    kj_observed_free(&observed);
    assert_int_equal(kj_observed_read(&err, "se", "9999", &observed), KJ_OK);
    assert_int_equal(observed.n, 0);
    assert_int_equal(kj_observed_read(&err, "nowhere", "0683", &observed), KJ_OK);
    assert_int_equal(observed.n, 0);
    unsetenv("KEDJA_DATA");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_city_of_millions_fits_too),
        cmocka_unit_test(bad_input_is_refused),
        cmocka_unit_test(pages_are_laid_out_in_each_language),
        cmocka_unit_test(each_school_stands_in_one_map),
        cmocka_unit_test(a_run_without_figures_says_so),
        cmocka_unit_test(the_pdf_holds_its_text),
        cmocka_unit_test(chains_are_counted_by_hand),
        cmocka_unit_test(figures_of_the_page_are_rounded_plainly),
        cmocka_unit_test(policies_are_named_in_the_language),
        cmocka_unit_test(names_of_pictures_end_as_they_should),
        cmocka_unit_test(observed_history_is_found_and_ordered),
        cmocka_unit_test(lost_land_is_counted_by_what_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
