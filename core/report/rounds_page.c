#include "rounds_page.h"

#include <math.h>
#include <stdio.h>

#include "../chains/chain_story.h"
#include "../draw/number.h"
#include "pages.h"
#include "report.h"

#define _(text) kj_tr(text)

enum { MARGIN = 48, TOP = 236, STEP = 74, BAR_H = 46, NAMES = 300, INCOME_W = 620, AREA_X = 1030, AREA_W = 522, SHOWN = 7 };

static const kj_text_style body = {.size = 21, .weight = 400};

static void draw_heading(kj_canvas *canvas, const kj_forest *forest, const kj_chain_stats *stats)
{
    kj_text_style big = {.size = 40, .weight = 700, .color = KJ_COLOR_INK, .max_width = KJ_ROUNDS_PAGE_W - 2 * MARGIN};
    kj_text_style small = {.size = 21, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = KJ_ROUNDS_PAGE_W - 2 * MARGIN, .max_lines = 2};
    char text[512], boundary[256], chains[KJ_NUMBER_MAX], mean[KJ_NUMBER_MAX];
    kj_text_draw(canvas, MARGIN, 26, &big, _("Who a new home helps, round by round"));
    kj_say_boundary(forest->run, boundary, sizeof boundary);
    snprintf(text, sizeof text, _("Moving chains from new homes, traced: %s chains, %s households a new home; boundary: %s. Round 1 moves into the new home, round 2 into the home that round 1 left, and so on."),
             kj_number_int(chains, canvas->language, stats->n_complete), kj_number_real(mean, canvas->language, stats->mean, 2), boundary);
    kj_text_draw(canvas, MARGIN, 82, &small, text);
}

static void draw_names(kj_canvas *canvas, const kj_chain_stats *stats, int32_t n)
{
    kj_text_style name = {.size = 23, .weight = 700, .color = KJ_COLOR_INK, .max_width = NAMES - 20};
    kj_text_style count = {.size = 18, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = NAMES - 20};
    for (int32_t i = 0; i < n; i++) {
        char text[128], number[KJ_NUMBER_MAX];
        double y = TOP + STEP * i;
        if (i == 0) snprintf(text, sizeof text, "%s", _("Round 1, the new home"));
        else snprintf(text, sizeof text, _("Round %d"), i + 1);
        kj_text_draw(canvas, MARGIN, y - 3, &name, text);
        snprintf(text, sizeof text, kj_tr_count("%s household", "%s households", (unsigned long)stats->rounds[i].moves), kj_number_int(number, canvas->language, stats->rounds[i].moves));
        kj_text_draw(canvas, MARGIN, y + 26, &count, text);
    }
}

static void percent_text(const kj_canvas *canvas, double share, char *out, size_t bytes)
{
    char number[KJ_NUMBER_MAX];
    snprintf(out, bytes, "%s%s", kj_number_real(number, canvas->language, 100.0 * share, 0), canvas->language == KJ_LANG_EN ? "%" : "\u00A0%");
}

/* Shares of fewer households say nothing: their number alone is shown. */
enum { FEWEST = 10 };

/* Bars of below and above the median. */
typedef struct split_look {
    double height, size;
} split_look;

static const split_look one_world = {BAR_H, 21}, two_worlds = {27, 18};

static void draw_few(kj_canvas *canvas, double x, double y, const split_look *look)
{
    kj_text_style style = {.size = look->size, .weight = 400, .color = KJ_COLOR_MUTED};
    char text[80];
    snprintf(text, sizeof text, _("fewer than %d: no shares"), FEWEST);
    kj_text_draw(canvas, x + 4, y + (look->height - look->size * 1.33) / 2.0, &style, text);
}

/* Two parts of one whole, each with its share inside. */
static void draw_split(kj_canvas *canvas, double x, double y, double w, double below, int64_t n, const split_look *look)
{
    kj_text_style inside = {.size = look->size, .weight = 700, .color = KJ_COLOR_PAPER, .align = KJ_ALIGN_CENTER, .tabular = true};
    if (n > 0 && n < FEWEST) draw_few(canvas, x, y, look);
    if (n < FEWEST) return;
    kj_box left = {x, y, w * below, look->height}, right = {x + w * below, y, w * (1.0 - below), look->height};
    kj_canvas_fill_box(canvas, &left, 0.0, KJ_COLOR_LOSS, 1.0);
    kj_canvas_fill_box(canvas, &right, 0.0, KJ_COLOR_GAIN, 1.0);
    char text[24];
    double down = (look->height - look->size * 1.33) / 2.0;
    percent_text(canvas, below, text, sizeof text);
    if (below > 0.1) kj_text_draw(canvas, left.x + left.w / 2.0, y + down, &inside, text);
    percent_text(canvas, 1.0 - round(100.0 * below) / 100.0, text, sizeof text); /* 62.5 and 37.5 would be 63 and 38 */
    if (below < 0.9) kj_text_draw(canvas, right.x + right.w / 2.0, y + down, &inside, text);
}

static void draw_income_head(kj_canvas *canvas)
{
    double x = MARGIN + NAMES;
    kj_text_style title = {.size = 23, .weight = 700, .color = KJ_COLOR_INK, .max_width = INCOME_W};
    kj_text_style left = body, right = body;
    left.color = KJ_COLOR_LOSS;
    right.color = KJ_COLOR_GAIN;
    left.weight = right.weight = 700;
    right.align = KJ_ALIGN_RIGHT;
    left.max_width = right.max_width = INCOME_W / 2.0 - 8;
    kj_text_draw(canvas, x, TOP - 84, &title, _("Income of the people who moved in"));
    kj_text_draw(canvas, x, TOP - 42, &left, _("below the median"));
    kj_text_draw(canvas, x + INCOME_W, TOP - 42, &right, _("above the median"));
    kj_canvas_line(canvas, x + INCOME_W / 2.0, TOP - 12, x + INCOME_W / 2.0, TOP - 2, 2.0, KJ_COLOR_INK); /* half, above the bars: it strikes no figure */
}

static void draw_incomes(kj_canvas *canvas, const kj_chain_stats *stats, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        const kj_round_stats *r = &stats->rounds[i];
        draw_split(canvas, MARGIN + NAMES, TOP + STEP * i, INCOME_W, kj_share(r->below, r->below + r->above), r->below + r->above > 0 ? r->moves : 0, &one_world);
    }
    draw_income_head(canvas);
}

static void draw_areas(kj_canvas *canvas, const kj_forest *forest, const kj_chain_stats *stats, int32_t n)
{
    kj_text_style title = {.size = 23, .weight = 700, .color = KJ_COLOR_INK, .max_width = AREA_W};
    kj_text_style key = {.size = 19, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = AREA_W, .max_lines = 2};
    kj_text_style value = {.size = 19, .weight = 700, .color = KJ_COLOR_INK, .tabular = true};
    kj_text_draw(canvas, AREA_X, TOP - 84, &title, _("Moved into an area of low incomes"));
    if (!forest->knows_ranks) {
        kj_text_draw(canvas, AREA_X, TOP, &key, _("This map has no incomes by area."));
        return;
    }
    char half_lives[24], fifth_lives[24], words[200];
    percent_text(canvas, forest->live_in_half, half_lives, sizeof half_lives);
    percent_text(canvas, forest->live_in_fifth, fifth_lives, sizeof fifth_lives);
    snprintf(words, sizeof words, _("lower half of areas (thick; %s of all live there), lowest fifth (thin; %s)"), half_lives, fifth_lives);
    kj_text_draw(canvas, AREA_X, TOP - 54, &key, words);
    for (int32_t i = 0; i < n; i++) {
        const kj_round_stats *r = &stats->rounds[i];
        double half = kj_share(r->into_half, r->placed), fifth = kj_share(r->into_fifth, r->placed), y = TOP + STEP * i, w = AREA_W - 80;
        if (r->placed == 0 || r->moves < FEWEST) continue;
        kj_box thick = {AREA_X, y, w * half, 26}, thin = {AREA_X, y + 30, w * fifth, 14};
        kj_canvas_fill_box(canvas, &thick, 0.0, KJ_COLOR_MUTED, 1.0);
        kj_canvas_fill_box(canvas, &thin, 0.0, KJ_COLOR_SCHOOL, 1.0);
        char text[24];
        percent_text(canvas, half, text, sizeof text);
        kj_text_draw(canvas, AREA_X + thick.w + 8, y, &value, text);
        percent_text(canvas, fifth, text, sizeof text);
        kj_text_draw(canvas, AREA_X + thin.w + 8, y + 25, &value, text);
    }
    kj_canvas_line(canvas, AREA_X, TOP - 10, AREA_X, TOP + STEP * n - 14, 1.5, KJ_COLOR_MUTED);
}

/* How the shares are counted. */
static const char *rounds_note(void)
{
    return _("Income: the household's after tax over the square root of its size, against the median of all residents in the year before. Areas are ranked by median income at the start and weighted by inhabitants. Counted are complete chains begun at least 36 months before the end. Traced, not caused: many would have moved anyway. A simulation, not a forecast.");
}

/* ---- two worlds ---- */

static void draw_pair_head(kj_canvas *canvas, const kj_forest *forest, const kj_chain_stats stats[2])
{
    kj_text_style big = {.size = 40, .weight = 700, .color = KJ_COLOR_INK, .max_width = KJ_ROUNDS_PAGE_W - 2 * MARGIN};
    kj_text_style small = {.size = 21, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = KJ_ROUNDS_PAGE_W - 2 * MARGIN, .max_lines = 2};
    char text[640], boundary[256], n[2][KJ_NUMBER_MAX], mean[2][KJ_NUMBER_MAX];
    kj_text_draw(canvas, MARGIN, 26, &big, _("Who a new home helps, round by round"));
    kj_say_boundary(forest->run, boundary, sizeof boundary);
    for (int k = 0; k < 2; k++) {
        kj_number_int(n[k], canvas->language, stats[k].n_complete);
        kj_number_real(mean[k], canvas->language, stats[k].mean, 2);
    }
    snprintf(text, sizeof text, _("Moving chains from new homes, traced: in A %s chains with %s households a new home, in B %s with %s; boundary: %s. Round 1 moves into the new home, round 2 into the home that round 1 left."),
             n[0], mean[0], n[1], mean[1], boundary);
    kj_text_draw(canvas, MARGIN, 82, &small, text);
}

static void draw_pair_names(kj_canvas *canvas, const kj_chain_stats stats[2], int32_t i)
{
    kj_text_style name = {.size = 23, .weight = 700, .color = KJ_COLOR_INK, .max_width = NAMES - 50}, count = {.size = 18, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = NAMES - 50};
    char text[160], a[KJ_NUMBER_MAX], b[KJ_NUMBER_MAX];
    double y = TOP + STEP * i;
    if (i == 0) snprintf(text, sizeof text, "%s", _("Round 1, the new home"));
    else snprintf(text, sizeof text, _("Round %d"), i + 1);
    kj_text_draw(canvas, MARGIN, y - 1, &name, text);
    const int64_t moves[2] = {stats[0].rounds[i].moves, stats[1].rounds[i].moves};
    const unsigned long n = moves[0] == moves[1] ? (unsigned long)moves[0] : 2; /* one only if both are */
    snprintf(text, sizeof text, kj_tr_count("A %s, B %s household", "A %s, B %s households", n), kj_number_int(a, canvas->language, moves[0]), kj_number_int(b, canvas->language, moves[1]));
    kj_text_draw(canvas, MARGIN, y + 29, &count, text);
}

/* One world's bars of a round. */
static void draw_pair_bars(kj_canvas *canvas, const kj_forest *forest, const kj_round_stats *r, int k, double y)
{
    const kj_rgb color = k ? KJ_COLOR_B : KJ_COLOR_A;
    kj_text_style letter = {.size = 20, .weight = 700, .color = color, .align = KJ_ALIGN_RIGHT}, value = {.size = 19, .weight = 700, .color = color, .tabular = true};
    char text[24];
    kj_text_draw(canvas, MARGIN + NAMES - 12, y, &letter, k ? "B" : "A");
    draw_split(canvas, MARGIN + NAMES, y, INCOME_W, kj_share(r->below, r->below + r->above), r->below + r->above > 0 ? r->moves : 0, &two_worlds);
    if (!forest->knows_ranks || r->placed == 0 || r->moves < FEWEST) return;
    double half = kj_share(r->into_half, r->placed);
    kj_box bar = {AREA_X, y, (AREA_W - 80) * half, two_worlds.height};
    kj_canvas_fill_box(canvas, &bar, 0.0, color, 1.0);
    percent_text(canvas, half, text, sizeof text);
    kj_text_draw(canvas, AREA_X + bar.w + 8, y + 1, &value, text);
}

void kj_rounds_pair_draw(kj_canvas *canvas, const kj_forest forests[2], const kj_chain_stats stats[2])
{
    kj_text_style title = {.size = 23, .weight = 700, .color = KJ_COLOR_INK, .max_width = AREA_W}, key = {.size = 19, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = AREA_W, .max_lines = 2};
    kj_text_style note = {.size = 18, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = KJ_ROUNDS_PAGE_W - 2 * MARGIN, .max_lines = 3};
    int32_t n = 0;
    while (n < SHOWN && stats[0].rounds[n].moves + stats[1].rounds[n].moves > 0) n++;
    draw_pair_head(canvas, &forests[0], stats);
    for (int32_t i = 0; i < n; i++) {
        draw_pair_names(canvas, stats, i);
        for (int k = 0; k < 2; k++) draw_pair_bars(canvas, &forests[k], &stats[k].rounds[i], k, TOP + STEP * i + 31 * k);
    }
    draw_income_head(canvas);
    kj_text_draw(canvas, AREA_X, TOP - 84, &title, _("Moved into an area of low incomes"));
    char lives[24], words[200];
    percent_text(canvas, forests[0].live_in_half, lives, sizeof lives);
    snprintf(words, sizeof words, _("the half of the areas with the lowest incomes, where %s of all live"), lives);
    kj_text_draw(canvas, AREA_X, TOP - 50, &key, forests[0].knows_ranks ? words : _("This map has no incomes by area."));
    kj_text_draw(canvas, MARGIN, KJ_ROUNDS_PAGE_H - 108, &note, rounds_note());
}

void kj_rounds_page_draw(kj_canvas *canvas, const kj_forest *forest, const kj_chain_stats *stats)
{
    int32_t n = 0;
    while (n < SHOWN && stats->rounds[n].moves > 0) n++;
    draw_heading(canvas, forest, stats);
    kj_text_style note = {.size = 18, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = KJ_ROUNDS_PAGE_W - 2 * MARGIN, .max_lines = 3};
    if (n == 0) {
        kj_text_draw(canvas, MARGIN, TOP, &note, _("No chain began with a new dwelling at least 36 months before the end of the run."));
        return;
    }
    draw_names(canvas, stats, n);
    draw_incomes(canvas, stats, n);
    draw_areas(canvas, forest, stats, n);
    kj_text_draw(canvas, MARGIN, KJ_ROUNDS_PAGE_H - 108, &note, rounds_note());
}

kj_status kj_rounds_page_png(kj_error *err, const kj_forest *forest, const kj_chain_stats *stats, const char *png_path, const char *code)
{
    kj_language language;
    kj_canvas canvas;
    kj_status status = kj_report_check_name(err, png_path, ".png");
    if (!status) status = kj_report_choose_language(err, code, &language);
    if (!status) status = kj_canvas_new_image(err, KJ_ROUNDS_PAGE_W, KJ_ROUNDS_PAGE_H, 1.0, language, &canvas);
    if (status) return status;
    kj_rounds_page_draw(&canvas, forest, stats);
    kj_report_warn_about_cuts(&canvas, png_path);
    kj_error ignored;
    status = kj_canvas_write_png(err, &canvas, png_path);
    kj_status closed = kj_canvas_close(status ? &ignored : err, &canvas);
    return status ? status : closed;
}
