/* kedja validate: the shipped cases against published figures. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/log.h"
#include "../base/text.h"
#include "../io/atomic.h"
#include "../validate/areas.h"
#include "../io/json_number.h"
#include "../validate/cases.h"
#include "../validate/localities.h"
#include "cli.h"
#include "json_out.h"
#include "validate_areas.h"
#include "validate_counties.h"

enum { MAP, SEEDS, COUNTIES, JSON, MARKDOWN, QUIET };

static const kj_option options[] = {
    [MAP] = {"map", "CASE=FOLDER", "map of a case (lund, lund-2010, lund-2020, region, sweden-like, varnamo-2010) in place of its own; may be repeated"},
    [SEEDS] = {"seeds", "N", "runs of each case, 2 to 32 (default: 4)"},
    [COUNTIES] = {"counties", "FOLDER", "instead: people by county after 2000 from rates fitted up to 2000 (population.csv, deaths.csv, births_by_mother_age.csv, or .gz)"},
    [JSON] = {"json", NULL, "one JSON object on standard output"},
    [MARKDOWN] = {"markdown", NULL, "the table as Markdown, for the handbook"},
    [QUIET] = {"quiet", NULL, "no progress"},
    {0},
};

typedef struct wishes {
    const char *map[KJ_N_CASES];
    const char *runs[KJ_AREA_RUNS_MAX]; /* finished runs to hold against counts by area instead */
    int32_t n_runs;
    const char *counties;
    int64_t seeds;
    bool json, markdown, quiet;
} wishes;

/* ---- running ---- */

static void mark_unchecked(kj_case_results *all, const char *name, const char *why)
{
    for (uint32_t i = 0; i < all->n; i++)
        if (!strcmp(all->targets[i].map, name)) snprintf(all->findings[i].why_not, sizeof all->findings[i].why_not, "%s", why);
}

static kj_status run_case(kj_error *err, const wishes *w, int k, const char *folder, kj_case_results *all)
{
    const kj_case *c = &kj_cases[k];
    char probe[4200], why[160];
    const char *map = w->map[k] ? w->map[k] : c->map;
    snprintf(probe, sizeof probe, "%s/map.nc", map ? map : "");
    if (map && !w->map[k] && access(probe, R_OK)) {
        snprintf(why, sizeof why, "no map: build one and give --map %s=FOLDER (looked for %s)", c->name, map);
        mark_unchecked(all, c->name, why);
        kj_log_note(w->quiet, "%s: %s", c->name, why);
        return KJ_OK;
    }
    kj_status status = KJ_OK;
    for (int64_t seed = 1; seed <= w->seeds && !status; seed++) {
        if (!w->quiet) fprintf(stderr, "%s: run %lld of %lld\n", c->name, (long long)seed, (long long)w->seeds);
        status = kj_case_run_once(err, c, map, NULL, 0, 0, (uint64_t)seed, folder, all);
    }
    return status ? kj_error_context(err, "case %s", c->name) : KJ_OK;
}

/* ---- showing ---- */

static const char *number(double value, char out[24])
{
    if (isnan(value)) snprintf(out, 24, "–");
    else snprintf(out, 24, fabs(value) >= 10.0 ? "%.1f" : fabs(value) >= 1.0 ? "%.2f" : fabs(value) >= 0.01 || value == 0.0 ? "%.3f" : "%.4f", value);
    return out;
}

static const char *verdict(const kj_target *t, const kj_finding *f)
{
    if (t->role == KJ_ROLE_CONTEXT) return "shown, not scored";
    if (f->n == 0) return "not checked";
    return f->ok ? "held" : "MISSED";
}

static void score(const kj_case_results *all, kj_role role, int32_t *held, int32_t *checked, int32_t *rows)
{
    *held = *checked = *rows = 0;
    for (uint32_t i = 0; i < all->n; i++) {
        if (all->targets[i].role != role) continue;
        ++*rows;
        *checked += all->findings[i].n > 0;
        *held += all->findings[i].ok;
    }
}

/* Held, and yet less than a tenth of the bounds' width from one of them: another seed or a small change may miss it. */
static bool is_near(const kj_target *t, const kj_finding *f)
{
    const double tenth = 0.1 * (t->high - t->low);
    return f->n > 0 && f->ok && (f->value - t->low < tenth || t->high - f->value < tenth);
}

/* What the score is worth: the simple rule's own, over the rows that have one; and the rows that hang by a thread. */
static void print_worth(const kj_case_results *all, kj_role role, bool markdown)
{
    int32_t with = 0, simple = 0, held = 0, near = 0;
    for (uint32_t i = 0; i < all->n; i++) {
        const kj_target *t = &all->targets[i];
        const kj_finding *f = &all->findings[i];
        if (t->role != role || f->n == 0 || isnan(f->baseline)) continue;
        with++;
        simple += f->baseline >= t->low && f->baseline <= t->high;
        held += f->ok;
    }
    const char *indent = markdown ? "\n" : "  ";
    if (with) printf("%sof the %d rows with a simple baseline the baseline lies within %d, the model within %d\n", indent, with, simple, held);
    for (uint32_t i = 0; i < all->n; i++)
        if (all->targets[i].role == role && is_near(&all->targets[i], &all->findings[i])) printf("%s%s", near++ ? ", " : indent, all->targets[i].id);
    if (near) printf(": held by less than a tenth of the width of the bounds\n");
}

static void print_row(const kj_target *t, const kj_finding *f, bool markdown)
{
    char a[6][24], bounds[64], interval[64];
    snprintf(bounds, sizeof bounds, "%s to %s", number(t->low, a[0]), number(t->high, a[1]));
    snprintf(interval, sizeof interval, "%s to %s", number(f->low, a[2]), number(f->high, a[3]));
    if (isnan(f->low)) snprintf(interval, sizeof interval, "–");
    if (markdown)
        printf("| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", t->id, t->title, t->map, bounds, number(f->value, a[4]), interval, number(f->baseline, a[5]),
               verdict(t, f), f->n ? t->source : f->why_not);
    else printf("  %-9s %-56.56s %18s %9s %18s %9s  %s\n", t->id, t->title, bounds, number(f->value, a[4]), interval, number(f->baseline, a[5]), verdict(t, f));
}

static void print_misses(const kj_case_results *all, bool markdown)
{
    bool any = false;
    for (uint32_t i = 0; i < all->n; i++) {
        const kj_target *t = &all->targets[i];
        const kj_finding *f = &all->findings[i];
        if (t->role == KJ_ROLE_CONTEXT || (f->n && f->ok)) continue;
        if (!any) puts(markdown ? "\nWhat was missed or could not be checked:\n" : "\n  What was missed or could not be checked");
        any = true;
        const char *why = f->n ? (t->if_missed[0] ? t->if_missed : "not explained yet") : f->why_not;
        printf(markdown ? "* **%s** %s: %s\n" : "  %s (%s): %s\n", t->id, t->title, why);
    }
}

static void print_tables(const kj_case_results *all, bool markdown)
{
    static const char *const heads[] = {"May be used to set parameters", "Only test the model: the calibration may not use them", "Shown, not scored"};
    for (int role = 0; role < 3; role++) {
        int32_t held, checked, rows;
        score(all, (kj_role)role, &held, &checked, &rows);
        printf(markdown ? "\n### %s\n\n" : "\n%s\n", heads[role]);
        if (markdown) puts("| id | what | map | bounds | model | 95 % (luck) | simple baseline | verdict | source |\n|---|---|---|---|---|---|---|---|---|");
        else printf("  %-9s %-56s %18s %9s %18s %9s\n", "", "", "bounds", "model", "95 % (luck)", "baseline");
        for (uint32_t i = 0; i < all->n; i++)
            if (all->targets[i].role == (kj_role)role) print_row(&all->targets[i], &all->findings[i], markdown);
        if (role == KJ_ROLE_CONTEXT) continue;
        printf("\n%s%d of %d held; %d of %d rows could be checked\n", markdown ? "" : "  ", held, checked, checked, rows);
        print_worth(all, (kj_role)role, markdown);
    }
    print_misses(all, markdown);
    puts(markdown ? "" : "\n  Cases:");
    for (int k = 0; k < KJ_N_CASES; k++) printf(markdown ? "* `%s`: %s.\n" : "  %s: %s\n", kj_cases[k].name, kj_cases[k].says);
}


static kj_status print_json(kj_error *err, const kj_case_results *all)
{
    static const char *const roles[] = {"calibrate", "validate", "context"};
    json_t *root = json_object(), *list = json_array(), *scores = json_object();
    for (uint32_t i = 0; i < all->n; i++) {
        const kj_target *t = &all->targets[i];
        const kj_finding *f = &all->findings[i];
        json_t *row = json_object();
        json_object_set_new(row, "id", json_string(t->id));
        json_object_set_new(row, "title", json_string(t->title));
        json_object_set_new(row, "role", json_string(roles[t->role]));
        json_object_set_new(row, "map", json_string(t->map));
        json_object_set_new(row, "unit", json_string(t->unit));
        json_object_set_new(row, "published", json_string(t->published));
        json_object_set_new(row, "source", json_string(t->source));
        json_object_set_new(row, "low", kj_json_number(t->low));
        json_object_set_new(row, "high", kj_json_number(t->high));
        json_object_set_new(row, "value", kj_json_number(f->value));
        json_object_set_new(row, "value_low", kj_json_number(f->low));
        json_object_set_new(row, "value_high", kj_json_number(f->high));
        json_object_set_new(row, "baseline", kj_json_number(f->baseline));
        json_object_set_new(row, "checked", json_boolean(f->n > 0));
        json_object_set_new(row, "ok", t->role == KJ_ROLE_CONTEXT || f->n == 0 ? json_null() : json_boolean(f->ok));
        json_object_set_new(row, "note", json_string(f->n == 0 ? f->why_not : f->ok ? "" : t->if_missed));
        json_array_append_new(list, row);
    }
    for (int role = 0; role < KJ_ROLE_CONTEXT; role++) {
        int32_t held, checked, rows;
        score(all, (kj_role)role, &held, &checked, &rows);
        json_object_set_new(scores, roles[role], json_pack("{s:i, s:i, s:i}", "held", held, "checked", checked, "rows", rows));
    }
    json_object_set_new(root, "scores", scores);
    json_object_set_new(root, "targets", list);
    return kj_cli_print_json(err, root, 6);
}

/* ---- the command ---- */

/* A map that is named must be there before the first case runs: a case may take minutes. */
static kj_status check_map(kj_error *err, const char *name, const char *folder)
{
    char probe[KJ_PATH_MAX];
    kj_status status = kj_path_join(err, folder, "map.nc", probe);
    if (!status && access(probe, R_OK)) status = kj_fail(err, KJ_E_INPUT, "option --map: %s=%s: expected a folder with map.nc, found none", name, folder);
    return status;
}

static kj_status take_map(kj_error *err, const char *text, wishes *w)
{
    for (int k = 0; k < KJ_N_CASES; k++) {
        size_t length = strlen(kj_cases[k].name);
        if (strncmp(text, kj_cases[k].name, length) || text[length] != '=') continue;
        w->map[k] = text + length + 1;
        return check_map(err, kj_cases[k].name, w->map[k]);
    }
    return kj_fail(err, KJ_E_INPUT, "option --map: expected lund=FOLDER, lund-2010=FOLDER, lund-2020=FOLDER, region=FOLDER, sweden-like=FOLDER or varnamo-2010=FOLDER, found '%s'", text);
}

static kj_status answer(kj_error *err, const wishes *w)
{
    char folder[] = "/tmp/kedja-validate.XXXXXX";
    kj_case_results *all = calloc(1, sizeof *all);
    if (!all) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    kj_status status = kj_targets_read(err, "se", all->targets, &all->n);
    if (!status) status = kj_locality_counts_check(err, "se");
    if (!status && !mkdtemp(folder)) status = kj_fail(err, KJ_E_IO, "%s: cannot be made", folder);
    for (uint32_t i = 0; i < all->n; i++)
        snprintf(all->findings[i].why_not, sizeof all->findings[i].why_not, "no shipped map starts where this figure asks, or nothing measures it yet");
    for (int k = 0; k < KJ_N_CASES && !status; k++) status = run_case(err, w, k, folder, all);
    rmdir(folder);
    if (!status) {
        kj_findings_finish(all->targets, all->n, all->findings);
        if (w->json) status = print_json(err, all);
        else print_tables(all, w->markdown);
    }
    free(all);
    return status;
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    wishes w = {.seeds = 4};
    kj_error err;
    kj_status status = KJ_OK;
    for (int i = 0; !status && i < n; i++) {
        switch (words[i].option) {
        case MAP: status = take_map(&err, words[i].text, &w); break;
        case SEEDS: status = kj_cli_number(&err, "seeds", words[i].text, 2, KJ_SEEDS_MAX, &w.seeds); break;
        case COUNTIES: w.counties = words[i].text; break;
        case JSON: w.json = true; break;
        case MARKDOWN: w.markdown = true; break;
        case QUIET: w.quiet = true; break;
        default:
            if (w.n_runs == KJ_AREA_RUNS_MAX) status = kj_fail(&err, KJ_E_INPUT, "at most %d runs at a time", KJ_AREA_RUNS_MAX);
            else w.runs[w.n_runs++] = words[i].text;
        }
    }
    if (!status && w.counties && w.n_runs) status = kj_fail(&err, KJ_E_INPUT, "--counties FOLDER goes without runs: found '%s'", w.runs[0]);
    if (!status && n >= 0 && w.counties) status = kj_validate_counties(&err, w.counties, w.json, w.markdown);
    else if (!status && n >= 0) status = w.n_runs ? kj_validate_areas(&err, w.runs, w.n_runs, w.json, w.markdown) : answer(&err, &w);
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_validate = {
    .name = "validate",
    .usage = "validate [--map CASE=FOLDER] [--seeds N] [--json] [--markdown] [--quiet] | validate RUN.nc … [--json] [--markdown] | validate --counties FOLDER [--json] [--markdown]",
    .doc = "Runs the shipped cases and holds the model against published figures: bounds, result with interval, verdict, baseline.\n"
           "Rows that may set parameters and rows that only test are scored apart. What is missed stays visible.\n"
           "With finished runs of one map (other seeds): people by area against the counts of maps/countries/CC/observed_areas.csv, beside two simple rules.",
    .options = options,
    .run = run,
};
