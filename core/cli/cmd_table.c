/* kedja table RUN.nc NAME */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../compare/planner_tables.h"
#include "../draw/number.h"
#include "../io/csvwrite.h"
#include "cli.h"
#include "json_out.h"
#include "term_text.h"

#define _(text) kj_tr(text)

enum { NOW, JSON, CSV, LANG };

static const kj_option options[] = {
    [NOW] = {"now", "YYYY", "last year that counts as past (default: the run's first year + 3)"},
    [JSON] = {"json", NULL, "one JSON object on standard output"},
    [CSV] = {"csv", NULL, "CSV on standard output, a column a year"},
    [LANG] = {"lang", "en|sv|da", "language of the table in the terminal (default: en); sv, da: CSV with ; and decimal comma"},
    {0},
};

typedef struct wishes {
    const char *run, *name, *lang;
    int64_t now;
    bool json, csv;
} wishes;

/* ---- terminal ---- */

enum { YEAR_LEAST = 8, KEY_MOST = 40 };

static int key_width(const kj_planner_table *t, int key)
{
    char own[KJ_PLANNER_KEY_TEXT];
    int width = kj_term_width(_(t->head[key]));
    for (uint32_t k = 0; k < t->n_rows; k++) {
        int one = kj_term_width(kj_planner_key_text(&t->rows[k], key, own));
        if (one > width) width = one;
    }
    return (width > KEY_MOST ? KEY_MOST : width) + 2;
}

/* The widest number and a space. */
static int year_width(const kj_planner_table *t, kj_language language)
{
    int width = YEAR_LEAST;
    char text[KJ_NUMBER_MAX];
    for (uint32_t k = 0; k < t->n_rows; k++)
        for (uint32_t y = 0; y < t->n_years; y++) {
            int one = 1 + kj_term_width(kj_number_real(text, language, t->rows[k].values[y], t->rows[k].decimals));
            if (one > width) width = one;
        }
    return width;
}

static void print_heads(const kj_planner_table *t, const int *widths, int year)
{
    for (int key = 0; key < KJ_PLANNER_KEYS && t->head[key]; key++) kj_term_left(_(t->head[key]), widths[key]);
    kj_term_left("", 12);
    for (uint32_t y = 0; y < t->n_years; y++) printf("%*d", year, t->years[y]);
    if (t->has_full) kj_term_right(_(KJ_FIRST_FULL_LABEL), 18);
    puts("");
}

/* A key that is the same as in the row above is left blank, so that the eye finds where the next begins. */
static void print_row(const kj_planner_table *t, uint32_t k, const int *widths, int year, kj_language language)
{
    const kj_planner_row *row = &t->rows[k];
    char text[KJ_NUMBER_MAX], own[KJ_PLANNER_KEY_TEXT];
    bool same = k > 0;
    for (int key = 0; key < KJ_PLANNER_KEYS && t->head[key]; key++) {
        same = same && !strcmp(t->rows[k - 1].key[key], row->key[key]);
        kj_term_left(same ? "" : kj_planner_key_text(row, key, own), widths[key]);
    }
    kj_term_left(_(row->unit), 12);
    for (uint32_t y = 0; y < t->n_years; y++) kj_term_right(kj_number_real(text, language, row->values[y], row->decimals), year);
    if (t->has_full && row->first_full) printf("%18d", row->first_full);
    puts("");
}

static void print_text(const kj_planner_table *t, kj_language language)
{
    int widths[KJ_PLANNER_KEYS] = {0}, year = year_width(t, language);
    for (int key = 0; key < KJ_PLANNER_KEYS && t->head[key]; key++) widths[key] = key_width(t, key);
    printf("%s\n%s ", _(t->def->title), _(t->def->note));
    printf(_("Years to %d are past, the others ahead."), t->now);
    if (t->has_full) {
        putchar(' ');
        printf(_(KJ_FIRST_FULL_TEXT), t->now);
    }
    puts("\n");
    print_heads(t, widths, year);
    for (uint32_t k = 0; k < t->n_rows; k++) print_row(t, k, widths, year, language);
    if (t->norms[0]) printf("\n%s\n", t->norms);
}

/* ---- CSV ---- */

static void print_csv(const kj_planner_table *t, kj_language language)
{
    kj_csv_out out = kj_csv_to(stdout, language);
    for (int key = 0; key < KJ_PLANNER_KEYS && t->head[key]; key++) kj_csv_text(&out, t->head[key]);
    kj_csv_text(&out, "unit");
    for (uint32_t y = 0; y < t->n_years; y++) kj_csv_whole(&out, t->years[y]);
    if (t->has_full) kj_csv_text(&out, "first_full");
    kj_csv_end_row(&out);
    for (uint32_t k = 0; k < t->n_rows; k++) {
        const kj_planner_row *row = &t->rows[k];
        for (int key = 0; key < KJ_PLANNER_KEYS && t->head[key]; key++) kj_csv_text(&out, row->key[key]);
        kj_csv_text(&out, row->unit);
        for (uint32_t y = 0; y < t->n_years; y++) kj_csv_decimals(&out, row->values[y], row->decimals);
        if (t->has_full && row->first_full) kj_csv_whole(&out, row->first_full);
        else if (t->has_full) kj_csv_empty(&out);
        kj_csv_end_row(&out);
    }
}

/* ---- the command ---- */

static void print_names(void)
{
    for (uint32_t i = 0; i < kj_n_planner_defs; i++) printf("  %-12s %s\n", kj_planner_defs[i].id, _(kj_planner_defs[i].title));
}

static kj_status answer(kj_error *err, const wishes *w)
{
    kj_runread *run = NULL;
    kj_language language = KJ_LANG_EN;
    kj_planner_table table = {0};
    kj_status status = kj_language_parse(err, w->lang, &language);
    if (!status) status = kj_language_set(err, language);
    if (!status) status = kj_runread_open(err, w->run, &run);
    if (!status && !w->name) print_names();
    else if (!status) status = kj_planner_table_read(err, run, w->name, (int32_t)w->now, &table);
    if (!status && w->name) {
        if (w->json) status = kj_cli_print_json(err, kj_planner_table_json(&table), 10);
        else if (w->csv) print_csv(&table, language);
        else print_text(&table, language);
    }
    kj_planner_table_free(&table);
    kj_runread_close(run);
    return status;
}

static kj_status take(kj_error *err, wishes *w, const kj_word *word)
{
    switch (word->option) {
    case NOW: return kj_cli_number(err, "now", word->text, 1900, 3000, &w->now);
    case JSON: w->json = true; return KJ_OK;
    case CSV: w->csv = true; return KJ_OK;
    case LANG: w->lang = word->text; return KJ_OK;
    default:
        if (w->name) return kj_fail(err, KJ_E_INPUT, "one table of one run at a time: '%s' comes after '%s'", word->text, w->name);
        if (w->run) w->name = word->text;
        else w->run = word->text;
        return KJ_OK;
    }
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    wishes w = {.lang = "en"};
    kj_error err;
    kj_status status = KJ_OK;
    for (int i = 0; !status && i < n; i++) status = take(&err, &w, &words[i]);
    free(words);
    if (status) return kj_cli_fail(&err);
    if (n < 0) return result;
    if (!w.run) return kj_cli_misuse(command, "which run?");
    if (w.json && w.csv) return kj_cli_misuse(command, "either --json or --csv");
    status = answer(&err, &w);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_table = {
    .name = "table",
    .usage = "table RUN.nc [NAME] [--now YYYY] [--json | --csv] [--lang en|sv|da]",
    .doc = "The tables that planners keep, three years past and twelve ahead; without NAME, lists them.\n"
           "population, components, schools, preschools, placement, elderly, premises, room_use, housing, staff, economy, policies. The plans of all\n"
           "departments: kedja plans. Any table of the run file as it stands, and as GeoPackage with places: kedja export RUN.nc --table NAME.",
    .options = options,
    .run = run,
};
