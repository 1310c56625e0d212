/* kedja sensitivity EXPERIMENT.lua */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../batch/effects.h"
#include "../batch/ensemble.h"
#include "../draw/number.h"
#include "cli.h"
#include "term_text.h"
#ifdef KEDJA_DRAW
#include <jansson.h>

#include "../compare/compare.h"
#include "../io/runread.h"
#include "../report/pages.h"
#include "../report/sensitivity_picture.h"
#endif

#define _(text) kj_tr(text)

enum { OUT, FIGURE, YEAR, WIDTH, CHART, LANG };

static const kj_option options[] = {
    [OUT] = {"out", "FOLDER", "folder of the experiment (default: NAME.batch)"},
    [FIGURE] = {"figure", "NAME", "column of table municipality, summed over municipalities (default: population)"},
    [YEAR] = {"year", "YYYY", "year of the figure (default: the last)"},
    [WIDTH] = {"width", "X", "wanted half width of an interval: of an index, or as a share of the largest effect or difference (default: 0.05)"},
    [CHART] = {"chart", "FILE", "bars of the indices, or a tornado of effects or differences: .png, .svg or .pdf"},
    [LANG] = {"lang", "en|sv|da", "language of text and chart (default: en)"},
    {0},
};

typedef struct wishes {
    const char *experiment, *folder, *figure, *chart, *lang;
    char unit[KJ_NAME_MAX]; /* of the figure; "" for a number */
    int64_t year;
    double width;
} wishes;

/* Four digits, and all that stand before the point, as pages write them: "39,787", "0.01234". */
static const char *four_digits(double value, char out[KJ_NUMBER_MAX])
{
    enum { DIGITS = 4 };
    bool is_whole = !(fabs(value - round(value)) > 0.0); /* also what is no number */
    int before = is_whole ? DIGITS : (int)floor(log10(fabs(value))) + 1;
    return kj_number_real(out, kj_language_now(), value, before < DIGITS ? DIGITS - before : 0);
}

static const char *interval(double low, double high, char out[2 * KJ_NUMBER_MAX + 4])
{
    char a[KJ_NUMBER_MAX], b[KJ_NUMBER_MAX];
    snprintf(out, 2 * KJ_NUMBER_MAX + 4, _("%s to %s"), four_digits(low, a), four_digits(high, b));
    return out;
}

/* "Title: municipality.result at the end of 2035, SEK" */
static void print_figure(const kj_plan *plan, const wishes *w)
{
    printf(_("%s: municipality.%s at the end of %lld"), plan->experiment->title[kj_language_now()], w->figure, (long long)w->year);
    printf("%s%s\n", w->unit[0] ? ", " : "", w->unit);
}

static void print_index(const kj_index *x)
{
    char value[KJ_NUMBER_MAX], ends[2 * KJ_NUMBER_MAX + 4];
    printf("  ");
    kj_term_right(four_digits(x->value, value), 9);
    printf(" (");
    kj_term_right(interval(x->low, x->high, ends), 22);
    putchar(')');
}

/* What would make the intervals narrow enough. */
static void print_needed(const kj_plan *plan, const wishes *w, const kj_sensitivity *s, bool sobol, uint32_t needed)
{
    const kj_experiment *e = plan->experiment;
    unsigned long long runs = (unsigned long long)needed * (e->n_factors + (sobol ? 2 : 1)) * e->replicates;
    putchar('\n');
    if (s->constant) puts(_("the figure is the same in all members: no factor changes it"));
    else if (needed <= s->n_used) printf(sobol ? _("every interval is within ±%g\n") : _("every interval is within ±%g of the largest mu*\n"), w->width);
    else
        printf(sobol ? _("intervals within ±%g need about %u base points: %llu runs\n")
                     : _("intervals within ±%g of the largest mu* need about %u trajectories: %llu runs\n"),
               w->width, needed, runs);
}

/* What a seed does: a spread, since luck has neither a range to go through nor a direction. */
static void print_luck(const kj_index *x)
{
    char value[KJ_NUMBER_MAX], ends[2 * KJ_NUMBER_MAX + 4];
    printf(_("\nluck: between runs that differ in their seed alone the standard deviation is %s (%s)\n"), four_digits(x->value, value),
           interval(x->low, x->high, ends));
}

static void print_indices(const kj_plan *plan, const wishes *w, const kj_sensitivity *s)
{
    const kj_experiment *e = plan->experiment;
    bool sobol = e->design == KJ_DESIGN_SOBOL_INDICES;
    uint32_t needed = 0;
    print_figure(plan, w);
    printf(sobol ? _("%u base points") : _("%u trajectories"), s->n_used);
    if (s->n_left_out) printf(_("; %u left out because a member is missing"), s->n_left_out);
    if (s->n_used >= KJ_LEAST_FOR_95) printf("%s\n\n", _("; 95 % intervals from resampling them"));
    else printf(_("; intervals from resampling them, which with fewer than %d are too narrow to be called 95 %%\n\n"), KJ_LEAST_FOR_95);
    kj_term_left(_("factor"), 36), kj_term_left(sobol ? _("first-order index") : _("mu (whole range)"), 36);
    printf("%s\n", sobol ? _("total index") : "mu*                                 sigma");
    for (uint32_t f = 0; f < e->n_factors; f++) {
        if (f == s->luck_at) continue;
        printf("%-34s", e->factor[f].name);
        print_index(&s->first[f]);
        print_index(&s->total[f]);
        if (s->sigma) print_index(&s->sigma[f]);
        puts("");
        const kj_index *x = &s->total[f];
        if (x->needed > needed) needed = x->needed;
        if (sobol && s->first[f].needed > needed) needed = s->first[f].needed;
    }
    if (s->luck_at < e->n_factors) print_luck(&s->luck);
    if (s->luck_at < e->n_factors && s->luck.needed > needed) needed = s->luck.needed;
    print_needed(plan, w, s, sobol, needed);
    bool has_luck = false;
    for (uint32_t f = 0; f < e->n_factors; f++) has_luck |= kj_factor_is_luck(&e->factor[f]);
    if (e->replicates == 1 && !has_luck) puts(_("luck: one seed in all points; give the factor \"seed\" a place among the factors to see what luck does"));
}

/* ---- levels against a base ---- */

static void print_effects(const kj_plan *plan, const wishes *w, const kj_effect_size *effects, uint32_t n)
{
    uint32_t needed = 0, r = plan->experiment->replicates;
    bool told = false, paired = plan->experiment->paired; /* told: a difference that is more than chance */
    print_figure(plan, w);
    if (paired)
        printf(_("difference from the first level or the scenario, over members with the same luck; 95 %% interval of the mean, from one figure for each of %u "
                 "replicates\n\n"),
               r);
    else printf("%s\n\n", _("difference from the first level or the scenario, over members each with a luck of its own; 95 % interval of the mean"));
    kj_term_left(_("level"), 40), kj_term_right(_("pairs"), 7), kj_term_right(_("mean"), 12);
    printf("  ");
    kj_term_left(_("interval"), 28);
    puts(paired ? _("if luck were not shared") : "");
    for (uint32_t i = 0; i < n; i++) {
        const kj_effect_size *x = &effects[i];
        char mean[KJ_NUMBER_MAX], pairs[2 * KJ_NUMBER_MAX + 4], apart[2 * KJ_NUMBER_MAX + 4];
        printf("%-40s %6.0f  ", x->name, x->n);
        kj_term_right(four_digits(x->mean, mean), 10);
        printf("  ");
        kj_term_left(interval(x->low, x->high, pairs), 26);
        printf("  %s\n", paired ? interval(x->wide_low, x->wide_high, apart) : "");
        if (x->needed > needed) needed = x->needed;
        told |= x->low > 0 || x->high < 0;
    }
    bool nothing = n > 0 && !(fabs(effects[0].mean) > 0);
    putchar('\n');
    if (nothing) puts(_("no level changes the figure"));
    else if (!needed) puts(_("one replicate tells nothing of luck: intervals need replicates"));
    else if (!told) printf(_("no difference can be told from chance with %u replicates: every interval holds 0\n"), r);
    else if (needed <= r) printf(_("every interval is within ±%g %% of the largest difference\n"), 100 * w->width);
    else
        printf(_("intervals within ±%g %% of the largest difference need about %u replicates: %llu runs\n"), 100 * w->width, needed,
               (unsigned long long)needed * plan->n_points);
}

static void print_spread(const kj_plan *plan, const wishes *w, const kj_spread_size *s)
{
    double width = s->high - s->low;
    char low[KJ_NUMBER_MAX], high[KJ_NUMBER_MAX], middle[KJ_NUMBER_MAX];
    putchar('\n');
    printf(_("80 %% of %u members lie between %s and %s, median %s"), s->n, four_digits(s->low, low), four_digits(s->high, high),
           four_digits(s->middle, middle));
    printf("%s%s\n", w->unit[0] ? " " : "", w->unit);
    if (s->too_few)
        printf(_("how well these ends are known cannot be said below %u replicates (%llu runs): with fewer even the outermost member may lie inside them\n"),
               s->too_few, (unsigned long long)s->too_few * plan->n_points);
    if (!(width > 0) || !s->needed) return;
    printf(_("the ends are known within ±%.0f %% and ±%.0f %% of that width"), 100 * s->low_half / width, 100 * s->high_half / width);
    if (s->needed <= plan->experiment->replicates) puts("");
    else printf(_("; ±%g %% needs about %u replicates: %llu runs\n"), 100 * w->width, s->needed, (unsigned long long)s->needed * plan->n_points);
}

/* ---- the chart ---- */

#ifdef KEDJA_DRAW
static int by_total(const void *a, const void *b)
{
    const kj_sensitivity_row *x = a, *y = b;
    double p = fabs(x->value), q = fabs(y->value);
    return p < q ? 1 : p > q ? -1 : strcmp(x->label, y->label);
}

/* Titles from the first member that can be read; NULL where none can: settings keep their names. */
static json_t *titles_of_members(const kj_plan *plan)
{
    json_t *titles = NULL;
    for (uint32_t m = 0; m < plan->n_members && !titles; m++) {
        kj_error ignored = {0};
        char path[KJ_PATH_MAX];
        kj_runread *run = NULL;
        if (kj_plan_member_path(&ignored, plan, m, path) || kj_runread_open(&ignored, path, &run)) continue;
        titles = kj_experiment_titles(plan->experiment, kj_runread_info(run)->options_json);
        kj_runread_close(run);
    }
    return titles;
}

static void fill_indices(const kj_plan *plan, const kj_sensitivity *s, const json_t *titles, kj_sensitivity_picture *p)
{
    p->kind = s->sigma ? KJ_SENSITIVITY_EFFECTS : KJ_SENSITIVITY_INDICES;
    p->constant = s->constant;
    p->few = s->n_used < KJ_LEAST_FOR_95;
    p->luck = s->luck.value;
    for (uint32_t f = 0; f < plan->experiment->n_factors; f++) {
        if (f == s->luck_at) continue;
        kj_sensitivity_row *r = &p->row[p->n++];
        const kj_index *main = s->sigma ? &s->first[f] : &s->total[f];
        *r = (kj_sensitivity_row){.value = main->value, .low = main->low, .high = main->high, .second = s->sigma ? (double)NAN : s->first[f].value};
        r->second_low = s->sigma ? main->value - s->sigma[f].value : s->first[f].low;
        r->second_high = s->sigma ? main->value + s->sigma[f].value : s->first[f].high;
        kj_level_words(titles, plan->experiment->factor[f].name, r->label, sizeof r->label);
    }
    qsort(p->row, (size_t)p->n, sizeof *p->row, by_total);
}

static void fill_effects(const kj_plan *plan, const kj_effect_size *effects, uint32_t n, const json_t *titles, kj_sensitivity_picture *p)
{
    bool paired = plan->experiment->paired && plan->experiment->replicates > 1;
    p->kind = KJ_SENSITIVITY_DIFFERENCES;
    for (uint32_t i = 0; i < n && p->n < KJ_SENSITIVITY_ROWS_MAX; i++) {
        const kj_effect_size *x = &effects[i];
        kj_sensitivity_row *r = &p->row[p->n++];
        *r = (kj_sensitivity_row){.value = x->mean, .low = x->low, .high = x->high, .second = (double)NAN, .second_low = paired ? x->wide_low : (double)NAN, .second_high = paired ? x->wide_high : (double)NAN};
        kj_level_words(titles, x->name, r->label, sizeof r->label);
    }
}

static kj_sensitivity_picture *new_picture(const kj_plan *plan, const wishes *w)
{
    kj_sensitivity_picture *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    p->year = (int32_t)w->year;
    snprintf(p->title, sizeof p->title, "%s", plan->experiment->title[kj_language_now()]);
    snprintf(p->figure, sizeof p->figure, w->unit[0] ? "%s (%s)" : "%s", w->figure, w->unit);
    return p;
}
#endif

/* Either indices or effects. */
static kj_status draw_chart(kj_error *err, const kj_plan *plan, const wishes *w, const kj_sensitivity *s, const kj_effect_size *effects, uint32_t n)
{
    if (!w->chart) return KJ_OK;
#ifdef KEDJA_DRAW
    kj_sensitivity_picture *p = new_picture(plan, w);
    if (!p) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    kj_language language;
    kj_status status = kj_report_choose_language(err, w->lang, &language);
    json_t *titles = titles_of_members(plan);
    if (!status && s) fill_indices(plan, s, titles, p);
    else if (!status) fill_effects(plan, effects, n, titles, p);
    if (!status) status = kj_report_sensitivity(err, p, w->chart, w->lang);
    json_decref(titles);
    free(p);
    return status;
#else
    (void)plan, (void)s, (void)effects, (void)n;
    return kj_fail(err, KJ_E_FAILED, "%s: this program was built without drawing (-DKEDJA_DRAW=OFF)", w->chart);
#endif
}

static kj_status analyse_indices(kj_error *err, const kj_plan *plan, const wishes *w, const double *figure)
{
    kj_sensitivity s;
    kj_status status = kj_ensemble_indices(err, plan, figure, w->width, &s);
    if (status) return status;
    print_indices(plan, w, &s);
    status = draw_chart(err, plan, w, &s, NULL, 0);
    kj_sensitivity_free(&s);
    return status;
}

static kj_status analyse_effects(kj_error *err, const kj_plan *plan, const wishes *w, const double *figure)
{
    kj_effect_size *effects = NULL;
    kj_spread_size spread;
    uint32_t n = 0;
    kj_status status = kj_effects(err, plan, figure, w->width, &effects, &n);
    if (!status) status = kj_spread_of_members(err, plan, figure, w->width, &spread);
    if (!status) {
        print_effects(plan, w, effects, n);
        print_spread(plan, w, &spread);
        status = draw_chart(err, plan, w, NULL, effects, n);
    }
    free(effects);
    return status;
}

static kj_status analyse(kj_error *err, wishes *w)
{
    kj_plan plan;
    kj_status status = kj_plan_open(err, &(kj_plan_ask){.experiment = w->experiment, .folder = w->folder, .quiet = true, .only_look = true}, &plan);
    if (status) return status;
    if (!w->year) w->year = plan.last_year;
    bool indices = plan.experiment->design == KJ_DESIGN_SOBOL_INDICES || plan.experiment->design == KJ_DESIGN_MORRIS;
    double *figure = malloc(plan.n_members * sizeof *figure);
    status = figure ? kj_ensemble_figure(err, &plan, w->figure, (int32_t)w->year, w->unit, figure) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status) status = (indices ? analyse_indices : analyse_effects)(err, &plan, w, figure);
    free(figure);
    kj_plan_free(&plan);
    return status;
}

static kj_status take_width(kj_error *err, const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return end != text && !*end && *out > 0 && *out < 10 ? KJ_OK : kj_fail(err, KJ_E_INPUT, "option --width: expected a number above 0, found '%s'", text);
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    wishes w = {.figure = "population", .width = 0.05, .lang = "en"};
    kj_error err;
    kj_status status = KJ_OK;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    for (int i = 0; !status && i < n; i++) {
        switch (words[i].option) {
        case OUT: w.folder = words[i].text; break;
        case FIGURE: w.figure = strncmp(words[i].text, "municipality.", 13) ? words[i].text : words[i].text + 13; break;
        case YEAR: status = kj_cli_number(&err, "year", words[i].text, 1000, 4000, &w.year); break;
        case WIDTH: status = take_width(&err, words[i].text, &w.width); break;
        case CHART: status = kj_cli_target(&err, &w.chart, words[i].text); break;
        case LANG: w.lang = words[i].text; break;
        default:
            if (w.experiment) status = kj_fail(&err, KJ_E_INPUT, "one experiment at a time: '%s' comes after '%s'", words[i].text, w.experiment);
            w.experiment = words[i].text;
        }
    }
    if (!status && n >= 0 && !w.experiment) {
        result = kj_cli_misuse(command, "which experiment?");
        n = -1;
    }
    kj_language language;
    if (!status && n >= 0) status = kj_cli_language(&err, w.lang, &language);
    if (!status && n >= 0) status = analyse(&err, &w);
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_sensitivity = {
    .name = "sensitivity",
    .usage = "sensitivity EXPERIMENT.lua [--figure NAME] [--year YYYY] [--width X] [--chart FILE] [--out FOLDER]",
    .doc = "Tells which factors a figure depends on, with intervals.\n"
           "After `kedja batch`: shares of the variance (design = \"sobol_indices\"), elementary effects (\"morris\"), or differences of\n"
           "levels (\"full_factorial\", \"one_at_a_time\"; over members with the same luck unless paired = false), these with the spread\n"
           "of the members. Says how many runs intervals of the wanted width need, and draws the chart.",
    .options = options,
    .run = run,
};
