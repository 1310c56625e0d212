#include "compare_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../compare/lives.h"
#include "../draw/number.h"
#include "../io/csvwrite.h"
#include "term_text.h"

#define _(text) kj_tr(text)

enum { TEXT_MAX = KJ_NUMBER_MAX };

static const char *in_language(char out[TEXT_MAX], kj_language language, double value, int decimals, bool sign)
{
    if (!isfinite(value)) return "–";
    return sign ? kj_number_change(out, language, value, decimals) : kj_number_real(out, language, value, decimals);
}
#define figure(out, value, decimals, sign) in_language(out, language, value, decimals, sign)

static const char *sign_text(const kj_matrix_row *row)
{
    return row->sign > 0 ? _("▲ better") : row->sign < 0 ? _("▼ worse") : "";
}

/* What a row comes to: the same words as the picture's (report/matrix_page.c). */
static void print_verdict(const kj_matrix_row *row, bool may_be_luck)
{
    bool unknown = may_be_luck && row->effect.distinct == KJ_DISTINCT_UNKNOWN && kj_difference_shows(row);
    const char *word = row->same ? _("no change") : row->effect.distinct == KJ_DISTINCT_NO ? _("not told from chance") : sign_text(row);
    printf("  %s%s\n", word, unknown ? "?" : "");
}

static void print_row(const kj_matrix_row *row, bool intervals, bool may_be_luck, kj_language language)
{
    char text[TEXT_MAX], low[TEXT_MAX], high[TEXT_MAX], interval[2 * TEXT_MAX + 8];
    int decimals = row->def->decimals, finer = kj_difference_decimals(row);
    printf("  ");
    kj_term_left(_(row->def->label), 52);
    kj_term_left(_(row->def->unit), 13);
    kj_term_right(figure(text, row->start, decimals, false), 10);
    kj_term_right(figure(text, row->base, decimals, false), 11);
    kj_term_right(figure(text, row->change, decimals, false), 11);
    kj_term_right(kj_difference_shows(row) ? figure(text, row->effect.difference, finer, true) : "0", 11);
    kj_term_right(figure(text, row->rule, decimals, true), 10);
    if (intervals) {
        snprintf(interval, sizeof interval, "%s … %s", figure(low, row->effect.low, finer, true), figure(high, row->effect.high, finer, true));
        kj_term_right(interval, 22);
    }
    print_verdict(row, may_be_luck);
}

static void print_head(const kj_comparison *c)
{
    printf(_("What it does to each department: %s, %d\n"), c->map, c->year);
    if (strcmp(c->title_base, c->title_change) != 0) printf(_("base: %s; change: %s\n"), c->title_base, c->title_change);
    for (uint32_t k = 0; k < kj_setting_words_n(c); k++) {
        char words[600];
        kj_setting_words(c, k, false, words, sizeof words);
        printf("  %s\n", words);
    }
    if (kj_setting_words_n(c) == 0)
        puts(c->same_scenario ? _("  no setting differs") : _("  no setting and no project differs, but the texts of the scenarios do"));
    if (c->last_base != c->last_change) printf(_("  the base runs to %d, the change to %d: compared in %d\n"), c->last_base, c->last_change, c->year);
    if (c->same_end) puts(_("BASE AND CHANGE END IN THE SAME STATE: they are one world, and every difference below is nought."));
    if (c->n_pairs > 1)
        printf(_("The same people with the same luck in both worlds, %u times (seeds). The interval, 95 %%, covers chance alone: not assumptions, plans or the model.\n"),
               c->n_pairs);
    else if (c->same_lives && !c->same_end) puts(kj_luck_words(true));
    else if (!c->same_end)
        puts(_("The same people with the same luck in both worlds, once: ONE PAIR OF RUNS CANNOT TELL AN EFFECT FROM LUCK.\nDifferences marked ? may be luck; more seeds of both worlds give intervals: kedja compare base_*.nc change_*.nc"));
    puts(_("“rule” is the difference that today's figures for each inhabitant would give: the simple baseline."));
}

static void print_matrix(const kj_comparison *c, bool all, kj_language language)
{
    kj_department department = KJ_DEPT_COUNT;
    char year[TEXT_MAX];
    bool intervals = c->n_pairs > 1;
    for (uint32_t k = 0; k < c->n_rows; k++) {
        const kj_matrix_row *row = &c->rows[k];
        if (!all && !row->def->headline && row->sign == 0) continue;
        if (row->def->department != department) {
            department = row->def->department;
            printf("\n");
            kj_term_left(_(kj_department_label(department)), 67);
            snprintf(year, sizeof year, "%d", c->first_year);
            kj_term_right(year, 10);
            kj_term_right(_("base"), 11);
            kj_term_right(_("change"), 11);
            kj_term_right(_("difference"), 11);
            kj_term_right(_("rule"), 10);
            if (intervals) kj_term_right(_("interval"), 22);
            printf("\n");
        }
        print_row(row, intervals, !c->same_lives, language);
    }
}

static void print_groups(const kj_comparison *c, kj_language language)
{
    static const char *const heads[KJ_GROUP_KINDS] = {"", "By sex", "By age", "By income when first followed", "By area of the home when first followed"};
    char text[TEXT_MAX], low[TEXT_MAX], high[TEXT_MAX];
    bool intervals = c->n_pairs > 1;
    puts("");
    kj_term_left(_("Who gains and who loses"), 44);
    kj_term_right(_("people"), 10);
    kj_term_right(_("gain %"), 11);
    kj_term_right(_("lose %"), 12);
    kj_term_right(_("net"), 9);
    if (intervals) kj_term_right(_("interval"), 18);
    kj_term_right(_("SEK/year"), 12);
    kj_term_right(_("m to school"), 14);
    puts("");
    kj_group_kind kind = KJ_GROUP_ALL;
    for (uint32_t k = 0; k < c->n_groups; k++) {
        const kj_group *g = &c->groups[k];
        if (g->people <= 0.0) continue;
        if (g->kind != kind) printf("  %s\n", _(heads[g->kind]));
        kind = g->kind;
        printf(kind == KJ_GROUP_ALL ? "  " : "    ");
        kj_term_left(kj_group_name(g), kind == KJ_GROUP_ALL ? 42 : 40);
        kj_term_right(figure(text, g->people, 0, false), 10);
        kj_term_right(figure(text, g->gain, 1, false), 11);
        kj_term_right(figure(text, g->lose, 1, false), 12);
        kj_term_right(figure(text, g->net.difference, 1, true), 9);
        if (intervals) {
            char interval[2 * TEXT_MAX + 8];
            snprintf(interval, sizeof interval, "%s … %s", figure(low, g->net.low, 1, true), figure(high, g->net.high, 1, true));
            kj_term_right(interval, 18);
        }
        kj_term_right(figure(text, g->money, 0, true), 12);
        kj_term_right(figure(text, g->school_people > 0.0 ? g->school_m : NAN, 0, true), 14);
        puts("");
    }
    char sentence[800];
    kj_who_gains(c, sentence, sizeof sentence);
    puts(sentence);
}

static void print_outcomes(const kj_comparison *c, kj_language language)
{
    char better[TEXT_MAX], worse[TEXT_MAX];
    puts("");
    kj_term_left(_("In what they gain and lose (people)"), 44);
    kj_term_right(_("better"), 12);
    kj_term_right(_("worse"), 12);
    puts("");
    for (int k = 0; k < KJ_OUTCOMES; k++) {
        printf("  ");
        kj_term_left(_(c->outcomes[k].label), 42);
        kj_term_right(figure(better, c->outcomes[k].better, 0, false), 12);
        kj_term_right(figure(worse, c->outcomes[k].worse, 0, false), 12);
        puts("");
    }
    printf(_("Gaining: more of these better than worse. Ways differ by 500 m or more, money by 5 %% and 5,000 SEK a year or more.\n"));
    printf(_("%s live here in the base alone, %s in the change alone"), figure(better, c->only_base, 0, false), figure(worse, c->only_change, 0, false));
    printf(_("; %.0f %% of all people are followed.\n"), 100.0 * c->followed_share);
}

static void print_same(const kj_comparison *c, kj_language language)
{
    char text[TEXT_MAX];
    puts("");
    puts(_("How alike the two worlds still are"));
    printf("  ");
    kj_term_left(_("year"), 22);
    for (uint32_t k = 0; k < c->n_same; k++) printf("%7d", c->same[k].year);
    printf("\n  ");
    kj_term_left(_("the same people, %"), 22);
    for (uint32_t k = 0; k < c->n_same; k++) kj_term_right(figure(text, c->same[k].identical, 1, false), 7);
    printf("\n  ");
    kj_term_left(_("in the same home, %"), 22);
    for (uint32_t k = 0; k < c->n_same; k++) kj_term_right(figure(text, c->same[k].same_home, 1, false), 7);
    puts("");
}

static void print_schools(const kj_comparison *c, kj_language language)
{
    char text[TEXT_MAX];
    puts("");
    kj_term_left(_("Schools"), 44);
    kj_term_right(_("pupils base"), 14);
    kj_term_right(_("change"), 10);
    kj_term_right(_("low income %"), 16);
    kj_term_right(_("change"), 10);
    puts("");
    for (uint32_t k = 0; k < c->n_schools; k++) {
        const kj_school_mix *s = &c->schools[k];
        char own[96];
        printf("  ");
        kj_term_left(kj_tr_name(s->name, own, sizeof own), 42);
        kj_term_right(figure(text, s->pupils_base, 0, false), 14);
        kj_term_right(figure(text, s->pupils_change, 0, false), 10);
        kj_term_right(figure(text, s->low_base, 0, false), 16);
        kj_term_right(figure(text, s->low_change, 0, false), 10);
        puts("");
    }
}

void kj_compare_print(const kj_comparison *c, bool all, kj_language language)
{
    print_head(c);
    print_matrix(c, all, language);
    if (c->n_groups) {
        print_groups(c, language);
        print_outcomes(c, language);
        print_same(c, language);
    } else {
        puts(_("\nThe runs follow no people one by one (services.panel_people = 0): who gains and who loses is not known."));
    }
    if (c->n_schools) print_schools(c, language);
    if (c->norms[0]) printf("\n%s\n", c->norms);
}

static void csv_numbers(kj_csv_out *out, const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++) kj_csv_digits(out, values[i], 10);
}

void kj_compare_csv(const kj_comparison *c, kj_language language)
{
    kj_csv_out out = kj_csv_to(stdout, language);
    kj_csv_names(&out, "department,id,unit,start,base,change,difference,low,high,distinguishable,sign,per_head_rule");
    kj_csv_end_row(&out);
    for (uint32_t k = 0; k < c->n_rows; k++) {
        const kj_matrix_row *row = &c->rows[k];
        const double values[] = {row->start, row->base, row->change, row->effect.difference, row->effect.low, row->effect.high};
        kj_csv_text(&out, kj_department_id(row->def->department));
        kj_csv_text(&out, row->def->id);
        kj_csv_text(&out, row->def->unit);
        csv_numbers(&out, values, sizeof values / sizeof *values);
        kj_csv_text(&out, kj_distinct_word(row->effect.distinct));
        kj_csv_text(&out, row->sign > 0 ? "better" : row->sign < 0 ? "worse" : "neither");
        kj_csv_digits(&out, row->rule, 10);
        kj_csv_end_row(&out);
    }
    for (uint32_t k = 0; k < c->n_groups; k++) {
        const kj_group *g = &c->groups[k];
        const double values[] = {NAN, NAN, NAN, g->net.difference, g->net.low, g->net.high};
        char id[96];
        if (g->people <= 0.0) continue;
        snprintf(id, sizeof id, "%s: %s", kj_group_kind_id(g->kind), g->label);
        kj_csv_text(&out, "who");
        kj_csv_text(&out, id);
        kj_csv_text(&out, "% gain less % lose");
        csv_numbers(&out, values, sizeof values / sizeof *values);
        kj_csv_text(&out, kj_distinct_word(g->net.distinct));
        kj_csv_empty(&out); /* no sign */
        kj_csv_empty(&out); /* and no rule */
        kj_csv_end_row(&out);
    }
}
