/* kedja calibrate: fits parameters to the targets that may set them, and says how well each is identified. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../io/json_number.h"
#include "../validate/calibration.h"
#include "cli.h"
#include "json_out.h"

enum { MAP, JSON, MARKDOWN, QUIET };

static const kj_option options[] = {
    [MAP] = {"map", "FOLDER", "map in place of the experiment's or the case's own"},
    [JSON] = {"json", NULL, "one JSON object on standard output"},
    [MARKDOWN] = {"markdown", NULL, "the report as Markdown, for the handbook"},
    [QUIET] = {"quiet", NULL, "no progress"},
    {0},
};

static void note(void *data, const char *stage, uint32_t n, double loss, double best)
{
    (void)data;
    fprintf(stderr, "%s: evaluation %u, loss %.3f, best %.3f\n", stage, n, loss, best);
}

static bool held(const kj_target *t, double value) { return value >= t->low && value <= t->high; }

static uint32_t count_held(const kj_calibration *c, const kj_fit_point *p)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->n_targets; i++) n += held(&c->targets.targets[c->target[i]], p->value[i]);
    return n;
}

static void print_parameter(const kj_calibration *c, uint32_t i, bool markdown)
{
    const kj_factor *f = &c->experiment->factor[i];
    const kj_fit_parameter *p = &c->parameter[i];
    char error[32] = "–";
    if (!isnan(p->error)) snprintf(error, sizeof error, "%.3g", p->error);
    printf(markdown ? "| %s | %s | %g to %g | %.4g | %.4g | %s | %s | %s |\n" : "  %-36s %-8s %8g to %-8g %9.4g %9.4g %9s  %-7s %s\n", f->name, f->unit, f->a, f->b, p->before,
           p->after, error, kj_fit_identified(c, i), c->targets.targets[c->target[p->target]].id);
}

static void print_target(const kj_calibration *c, uint32_t i, bool markdown)
{
    const kj_target *t = &c->targets.targets[c->target[i]];
    double before = c->before.value[i], after = c->after.value[i];
    printf(markdown ? "| %s | %s | %g to %g | %.3f%s | %.3f%s |\n" : "  %-10s %-44s %8g to %-8g %8.3f%-7s %8.3f%-7s\n", t->id, t->title, t->low, t->high, before,
           held(t, before) ? "" : " missed", after, held(t, after) ? "" : " missed");
}

static void print_report(const kj_calibration *c, bool markdown)
{
    const kj_experiment *e = c->experiment;
    printf(markdown ? "Fitted on case `%s` with %u seeds, the same at every point: a Latin hypercube of %u points, then Nelder-Mead. %u evaluations; loss %.3f before, %.3f best of "
                      "the hypercube, %.3f after (mean squared distance from the middle of the bounds, half their width being 1). %u of %u targets held before, %u after.\n"
                    : "\n  case %s, %u seeds, hypercube of %u points, %u evaluations\n  loss %.3f before, %.3f best of the hypercube, %.3f after; %u of %u targets held before, %u after\n",
           e->fit_case, e->replicates, e->samples, c->n_evaluations, c->before.loss, c->hypercube_loss, c->after.loss, count_held(c, &c->before), c->n_targets,
           count_held(c, &c->after));
    puts(markdown ? "\n| parameter | unit | range | before | after | standard error | identified | most by |\n|---|---|---|---|---|---|---|---|"
                  : "\n  parameter                            unit              range       before     after     error  identified, most by");
    for (uint32_t i = 0; i < c->n_parameters; i++) print_parameter(c, i, markdown);
    puts(markdown ? "\n| target | what | bounds | before | after |\n|---|---|---|---|---|" : "\n  target                                                        bounds           before          after");
    for (uint32_t i = 0; i < c->n_targets; i++) print_target(c, i, markdown);
}

/* json_pack refuses a whole row for one NaN or infinity. */

static kj_status print_json(kj_error *err, const kj_calibration *c)
{
    json_t *root = json_object(), *parameters = json_array(), *targets = json_array();
    for (uint32_t i = 0; i < c->n_parameters; i++) {
        const kj_factor *f = &c->experiment->factor[i];
        const kj_fit_parameter *p = &c->parameter[i];
        json_t *row = json_pack("{s:s, s:s, s:f, s:f, s:f, s:f, s:s, s:s}", "name", f->name, "unit", f->unit, "low", f->a, "high", f->b, "before", p->before, "after", p->after,
                                "identified", kj_fit_identified(c, i), "most_by", c->targets.targets[c->target[p->target]].id);
        json_object_set_new(row, "error", kj_json_number(p->error));
        json_array_append_new(parameters, row);
    }
    for (uint32_t i = 0; i < c->n_targets; i++) {
        const kj_target *t = &c->targets.targets[c->target[i]];
        json_array_append_new(targets, json_pack("{s:s, s:f, s:f, s:o, s:o, s:b}", "id", t->id, "low", t->low, "high", t->high, "before", kj_json_number(c->before.value[i]),
                                                 "after", kj_json_number(c->after.value[i]), "ok", held(t, c->after.value[i])));
    }
    json_object_set_new(root, "case", json_string(c->experiment->fit_case));
    json_object_set_new(root, "evaluations", json_integer(c->n_evaluations));
    json_object_set_new(root, "loss_before", json_real(c->before.loss));
    json_object_set_new(root, "loss_after", json_real(c->after.loss));
    json_object_set_new(root, "parameters", parameters);
    json_object_set_new(root, "targets", targets);
    return kj_cli_print_json(err, root, 6);
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    kj_calibration *c = calloc(1, sizeof *c);
    int result = 0, n = words && c ? kj_cli_parse(command, argc, argv, words, &result) : -1;
    const char *experiment = NULL, *map = NULL;
    bool json = false, markdown = false, quiet = false, twice = false;
    for (int i = 0; i < n; i++) {
        switch (words[i].option) {
        case MAP: map = words[i].text; break;
        case JSON: json = true; break;
        case MARKDOWN: markdown = true; break;
        case QUIET: quiet = true; break;
        default: twice |= experiment != NULL, experiment = words[i].text;
        }
    }
    if (n >= 0 && (!experiment || twice)) {
        result = kj_cli_misuse(command, "expected one experiment");
        n = -1;
    }
    kj_error err;
    kj_plan plan = {0};
    const kj_plan_ask ask = {.experiment = experiment, .quiet = true};
    kj_status status = n < 0 ? KJ_OK : kj_plan_make(&err, &ask, &plan);
    if (!status && n >= 0) status = kj_calibrate(&err, &plan, map, quiet ? NULL : note, NULL, c);
    if (!status && n >= 0) {
        if (json) status = print_json(&err, c);
        else print_report(c, markdown);
    }
    if (n >= 0) kj_plan_free(&plan);
    free(words);
    free(c);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_calibrate = {
    .name = "calibrate",
    .usage = "calibrate EXPERIMENT.lua [--map FOLDER] [--json] [--markdown] [--quiet]",
    .doc = "Fits parameters to the published figures that may set them.\n"
           "A Latin hypercube, then Nelder-Mead, the same seeds at every point. Reports before and after and how well each parameter\n"
           "is identified. Nothing is changed: put the values into `set` of a scenario, or into the tables.",
    .options = options,
    .run = run,
};
