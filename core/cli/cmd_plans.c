/* kedja plans RUN.nc */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../compare/plans.h"
#include "../draw/number.h"
#include "../io/csvwrite.h"
#include "cli.h"
#include "json_out.h"
#include "term_text.h"

#define _(text) kj_tr(text)

enum { JSON, CSV, LANG };

static const kj_option options[] = {
    [JSON] = {"json", NULL, "everything as one JSON object"},
    [CSV] = {"csv", NULL, "plans and alerts as CSV"},
    [LANG] = {"lang", "en|sv|da", "language of the tables (default: en); sv, da: CSV with ; and decimal comma"},
    {0},
};

static void print_plans(const kj_plan_register *r, kj_language language)
{
    char text[KJ_NUMBER_MAX];
    puts(_("Plans of all departments"));
    printf("  ");
    kj_term_left(_("year"), 6);
    kj_term_left(_("department"), 22);
    kj_term_left(_("what"), 22);
    kj_term_left(_("name"), 36);
    kj_term_left(_("area"), 26);
    kj_term_right(_("size"), 8);
    kj_term_right(_("MSEK"), 10);
    puts("");
    for (uint32_t k = 0; k < r->n_plans; k++) {
        const kj_plan *p = &r->plans[k];
        printf("  %-6d", p->year);
        kj_term_left(_(kj_department_label(p->department)), 22);
        kj_term_left(_(kj_plan_kind_label(p->kind)), 22);
        kj_term_left(p->name, 36);
        kj_term_left(p->area, 26);
        kj_term_right(kj_number_real(text, language, p->size, 0), 8);
        kj_term_right(isfinite(p->investment) ? kj_number_real(text, language, p->investment * 1e-6, 1) : "", 10);
        puts("");
    }
}

static void print_alerts(const kj_plan_register *r, kj_language language)
{
    char value[KJ_NUMBER_MAX], against[KJ_NUMBER_MAX];
    puts(_("\nAlerts: where the plans do not fit together"));
    if (r->n_alerts == 0) puts(_("  none"));
    for (uint32_t k = 0; k < r->n_alerts; k++) {
        const kj_alert *a = &r->alerts[k];
        const char *name = a->name[0] ? a->name : _(kj_department_label(a->department));
        int decimals = a->kind == KJ_ALERT_PEAK;
        if (a->kind == KJ_ALERT_STAFF) kj_number_change(value, language, a->value, 2);
        else kj_number_real(value, language, a->value, decimals);
        if (a->kind == KJ_ALERT_STAFF) kj_number_change(against, language, a->against, 2);
        else kj_number_real(against, language, a->against, decimals);
        printf("  %d  ", a->year);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        printf(_(kj_alert_text(a->kind)), name, value, against);
#pragma GCC diagnostic pop
        puts("");
    }
}

/* One row a year: every fourth, and the last. */
static bool is_shown(uint32_t y, uint32_t n) { return n <= 8 || y == n - 1 || (y % 4 == 0 && y + 2 < n); }

static void print_housing(const kj_plan_register *r, kj_language language)
{
    static const char *const heads[] = {"households", "crowded", "norm 3", "strained", "no own home", "young at home", "queue, months", "searching"};
    char text[KJ_NUMBER_MAX];
    puts(_("\nNeed of housing"));
    printf("  ");
    kj_term_left(_("year"), 6);
    for (size_t k = 0; k < sizeof heads / sizeof *heads; k++) kj_term_right(_(heads[k]), 15);
    puts("");
    for (uint32_t y = 0; y < r->n_years; y++) {
        if (!is_shown(y, r->n_years)) continue;
        const kj_housing_need *h = &r->housing[y];
        const double values[] = {h->households, h->crowded, h->crowded_norm3, h->strained, h->lodging, h->young_at_home, h->queue_months, h->searching};
        printf("  %-6d", h->year);
        for (size_t k = 0; k < sizeof values / sizeof *values; k++) kj_term_right(kj_number_real(text, language, values[k], 0), 15);
        puts("");
    }
    puts(_("  crowded: more than two persons a room beside kitchen and living room; norm 3: fewer than a room each and a living room;\n"
           "  strained: rent, or fee and interest, above 40 % of the income after tax; young at home: 20–27 with a parent"));
}

static void print_staff(const kj_plan_register *r, kj_language language)
{
    static const char *const heads[] = {"posts", "retiring", "to fill", "aged 20–64", "posts for 1,000", "new investments, MSEK"};
    char text[KJ_NUMBER_MAX];
    puts(_("\nStaff of the services against people of working age"));
    printf("  ");
    kj_term_left(_("year"), 6);
    for (size_t k = 0; k < sizeof heads / sizeof *heads; k++) kj_term_right(_(heads[k]), 21);
    puts("");
    for (uint32_t y = 0; y < r->n_years; y++) {
        if (!is_shown(y, r->n_years)) continue;
        const kj_staff_year *s = &r->staff[y];
        const double values[] = {s->posts, s->retiring, s->recruit, s->working_age, s->per_1000, r->investments[y] * 1e-6};
        printf("  %-6d", s->year);
        for (size_t k = 0; k < sizeof values / sizeof *values; k++) kj_term_right(kj_number_real(text, language, values[k], k >= 4), 21);
        puts("");
    }
}

static void print_csv(const kj_plan_register *r, kj_language language)
{
    kj_csv_out out = kj_csv_to(stdout, language);
    kj_csv_names(&out, "record,year,department,what,name,area,size,investment_sek");
    kj_csv_end_row(&out);
    for (uint32_t k = 0; k < r->n_plans; k++) {
        const kj_plan *p = &r->plans[k];
        kj_csv_text(&out, "plan");
        kj_csv_whole(&out, p->year);
        kj_csv_text(&out, kj_department_id(p->department));
        kj_csv_text(&out, kj_plan_kind_label(p->kind));
        kj_csv_text(&out, p->name);
        kj_csv_text(&out, p->area);
        kj_csv_digits(&out, p->size, 10);
        kj_csv_digits(&out, p->investment, 10);
        kj_csv_end_row(&out);
    }
    for (uint32_t k = 0; k < r->n_alerts; k++) {
        const kj_alert *a = &r->alerts[k];
        kj_csv_text(&out, "alert");
        kj_csv_whole(&out, a->year);
        kj_csv_text(&out, kj_department_id(a->department));
        kj_csv_text(&out, kj_alert_id(a->kind));
        kj_csv_text(&out, a->name);
        kj_csv_empty(&out);
        kj_csv_digits(&out, a->value, 10);
        kj_csv_empty(&out);
        kj_csv_end_row(&out);
    }
}

static void print_all(const kj_plan_register *r, kj_language language)
{
    print_plans(r, language);
    print_alerts(r, language);
    print_staff(r, language);
    print_housing(r, language);
}

static kj_status plans(kj_error *err, const char *path, const char *lang, bool json, bool csv)
{
    kj_runread *run = NULL;
    kj_language language = KJ_LANG_EN;
    kj_plan_register r = {0};
    kj_status status = kj_language_parse(err, lang, &language);
    if (!status) status = kj_language_set(err, language);
    if (!status) status = kj_runread_open(err, path, &run);
    if (!status) status = kj_plans_read(err, run, &r);
    if (!status && json) status = kj_cli_print_json(err, kj_plans_json(&r), 10);
    if (!status && csv) print_csv(&r, language);
    if (!status && !json && !csv) print_all(&r, language);
    kj_plans_free(&r);
    kj_runread_close(run);
    return status;
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    const char *path = NULL, *lang = "en";
    bool json = false, csv = false;
    kj_error err;
    kj_status status = KJ_OK;
    for (int i = 0; !status && i < n; i++) {
        if (words[i].option == JSON) json = true;
        else if (words[i].option == CSV) csv = true;
        else if (words[i].option == LANG) lang = words[i].text;
        else if (path) status = kj_fail(&err, KJ_E_INPUT, "one run at a time: '%s' comes after '%s'", words[i].text, path);
        else path = words[i].text;
    }
    if (!status && n >= 0 && !path) {
        result = kj_cli_misuse(command, "which run?");
        n = -1;
    }
    if (!status && n >= 0) status = plans(&err, path, lang, json, csv);
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_plans = {
    .name = "plans",
    .usage = "plans RUN.nc [--json | --csv] [--lang en|sv|da]",
    .doc = "Every department's projects and investments in one table, with alerts where they do not fit together.\n"
           "Alerts: homes before school places, investment peaks, staff to recruit against people of working age. And the need of housing.",
    .options = options,
    .run = run,
};
