/* kedja sensitivity EXPERIMENT.lua */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../batch/ensemble.h"
#include "cli.h"

enum { OUT, FIGURE, YEAR, WIDTH };

static const kj_option options[] = {
    [OUT] = {"out", "FOLDER", "folder of the experiment (default: NAME.batch)"},
    [FIGURE] = {"figure", "NAME", "column of table municipality, summed over municipalities (default: population)"},
    [YEAR] = {"year", "YYYY", "year of the figure (default: the last)"},
    [WIDTH] = {"width", "X", "wanted half width of an interval: of an index, or as a share of the largest mu* (default: 0.05)"},
    {0},
};

typedef struct wishes {
    const char *experiment, *folder, *figure;
    int64_t year;
    double width;
} wishes;

static void print_index(const kj_index *x) { printf("  %9.4g (%9.4g to %9.4g)", x->value, x->low, x->high); }

static void print_indices(const kj_plan *plan, const wishes *w, const kj_sensitivity *s)
{
    const kj_experiment *e = plan->experiment;
    bool sobol = e->design == KJ_DESIGN_SOBOL_INDICES;
    const char *unit = sobol ? "base points" : "trajectories";
    uint32_t needed = 0;
    printf("%s: municipality.%s at the end of %lld\n%u %s", e->title[0], w->figure, (long long)w->year, s->n_used, unit);
    if (s->n_left_out) printf("; %u left out because a member is missing", s->n_left_out);
    puts("; 95 % intervals from resampling them\n");
    printf("%-34s  %-34s  %-34s%s\n", "factor", sobol ? "first-order index" : "mu (whole range)", sobol ? "total index" : "mu*", sobol ? "" : "  sigma");
    for (uint32_t f = 0; f < e->n_factors; f++) {
        printf("%-34s", e->factor[f].name);
        print_index(&s->first[f]);
        print_index(&s->total[f]);
        if (s->sigma) print_index(&s->sigma[f]);
        puts("");
        const kj_index *x = &s->total[f];
        if (x->needed > needed) needed = x->needed;
        if (sobol && s->first[f].needed > needed) needed = s->first[f].needed;
    }
    if (s->constant) puts("\nthe figure is the same in all members: no factor changes it");
    else if (needed <= s->n_used) printf("\nevery interval is within ±%g%s\n", w->width, sobol ? "" : " of the largest mu*");
    else
        printf("\nintervals within ±%g%s need about %u %s: %llu runs\n", w->width, sobol ? "" : " of the largest mu*", needed, unit,
               (unsigned long long)needed * (e->n_factors + (sobol ? 2 : 1)) * e->replicates);
    if (e->replicates == 1) puts("luck: one seed in all points; give the factor \"seed\" a place among the factors to see what luck does");
}

static kj_status analyse(kj_error *err, wishes *w)
{
    kj_plan plan;
    kj_sensitivity s;
    kj_status status = kj_plan_open(err, &(kj_plan_ask){.experiment = w->experiment, .folder = w->folder, .quiet = true}, &plan);
    if (status) return status;
    if (!w->year) w->year = plan.last_year;
    double *figure = malloc(plan.n_members * sizeof *figure);
    status = figure ? kj_ensemble_figure(err, &plan, w->figure, (int32_t)w->year, figure) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status) status = kj_ensemble_indices(err, &plan, figure, w->width, &s);
    if (!status) {
        print_indices(&plan, w, &s);
        kj_sensitivity_free(&s);
    }
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
    wishes w = {.figure = "population", .width = 0.05};
    kj_error err;
    kj_status status = KJ_OK;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    for (int i = 0; !status && i < n; i++) {
        switch (words[i].option) {
        case OUT: w.folder = words[i].text; break;
        case FIGURE: w.figure = strncmp(words[i].text, "municipality.", 13) ? words[i].text : words[i].text + 13; break;
        case YEAR: status = kj_cli_number(&err, "year", words[i].text, 1000, 4000, &w.year); break;
        case WIDTH: status = take_width(&err, words[i].text, &w.width); break;
        default:
            if (w.experiment) status = kj_fail(&err, KJ_E_INPUT, "one experiment at a time: '%s' comes after '%s'", words[i].text, w.experiment);
            w.experiment = words[i].text;
        }
    }
    if (!status && n >= 0 && !w.experiment) {
        result = kj_cli_misuse(command, "which experiment?");
        n = -1;
    }
    if (!status && n >= 0) status = analyse(&err, &w);
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_sensitivity = {
    .name = "sensitivity",
    .usage = "sensitivity EXPERIMENT.lua [--figure NAME] [--year YYYY] [--width X] [--out FOLDER]",
    .doc = "Tells which factors a figure depends on, with intervals.\n"
           "For experiments with design = \"sobol_indices\" (shares of the variance) or \"morris\" (elementary effects), after\n"
           "`kedja batch`. Says how many runs intervals of the wanted width need.",
    .options = options,
    .run = run,
};
