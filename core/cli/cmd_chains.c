/* kedja chains RUN.nc */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "../base/text.h"
#include "../chains/chain_json.h"
#include "../chains/open_length.h"
#include "../run/paired.h"
#include "cli.h"
#include "term_text.h"
#include "json_out.h"
#ifdef KEDJA_DRAW
#include "../io/json_number.h"
#include "../report/rounds_page.h"
#endif

enum { BY, CAUSED, PAIRS, MAP, JSON, PNG, LANG };

static const kj_option options[] = {
    [BY] = {"by", "WHAT", "tenure (default), size, kind, project or year of the new dwelling"},
    [CAUSED] = {"caused", "PROJECT", "what one project caused: the run again with and without it (name as --by project prints it)"},
    [PAIRS] = {"pairs", "N", "pairs of runs behind --caused, 1 to 64 (default: 8)"},
    [MAP] = {"map", "NAME|FOLDER", "map of the run, if it was given when it was run"},
    [JSON] = {"json", NULL, "everything as one JSON object on standard output"},
    [PNG] = {"png", "FILE.png", "chart of who moved in, round by round, by income"},
    [LANG] = {"lang", "en|sv|da", "language of the chart (default: en)"},
    {0},
};

/* ---- text ---- */

static const char *percent(double share, char out[16])
{
    if (isnan(share)) snprintf(out, 16, "%s", "–");
    else snprintf(out, 16, "%.1f", 100.0 * share);
    return out;
}

static const char *figure(double value, int decimals, char out[16])
{
    if (isnan(value)) snprintf(out, 16, "%s", "–");
    else snprintf(out, 16, "%.*f", decimals, value);
    return out;
}

static void print_length(const kj_chain_stats *s)
{
    char a[4][16];
    printf("  households a new dwelling   %s (95 %% %s to %s, for chance; %lld projects or single homes as clusters)\n", figure(s->mean, 2, a[0]),
           figure(s->low, 2, a[1]), figure(s->high, 2, a[2]), (long long)s->n_clusters);
    printf("  chains with 1 or 2 of them  %s %%\n", percent(s->share_1_2, a[0]));
    printf("  length of chain            ");
    for (int i = 0; i < KJ_CHAIN_LENGTHS; i++) printf(" %d%s: %s %%", i, i == KJ_CHAIN_LENGTHS - 1 ? "+" : "", percent(kj_share(s->lengths[i], s->n_complete), a[0]));
    printf("\n  months to complete          median %s, mean %s, nine in ten within %s", figure(s->months_median, 0, a[0]), figure(s->months_mean, 1, a[1]),
           figure(s->months_p90, 0, a[2]));
    if (isfinite(s->within_3_years)) printf("; %s %% of the moves came within 36 months", percent(s->within_3_years, a[3]));
    puts("");
}

static void print_rounds(const kj_forest *f, const kj_chain_stats *s)
{
    puts("\n  Who moved in, round by round (1 = into the new dwelling; per cent; income: of persons; else: of households)\n"
         "  round     moves   income        income     head    head    head  single single  couple  couple +  other  into lower  into lowest\n"
         "                    above median  below    under 30  30–64    65+         parent          children             half        fifth");
    for (int i = 0; i < KJ_ROUNDS && s->rounds[i].moves; i++) {
        const kj_round_stats *r = &s->rounds[i];
        char a[12][16];
        printf("  %d%-2s %12lld  %13s  %6s  %8s  %6s  %6s  %6s %6s  %6s  %8s  %5s  %10s  %11s\n", i + 1, i + 1 == KJ_ROUNDS ? "+" : "", (long long)r->moves,
               percent(kj_share(r->above, r->above + r->below), a[0]), percent(kj_share(r->below, r->above + r->below), a[1]),
               percent(kj_share(r->age[0], r->moves), a[2]), percent(kj_share(r->age[1], r->moves), a[3]), percent(kj_share(r->age[2], r->moves), a[4]),
               percent(kj_share(r->kind[KJ_HH_SINGLE], r->moves), a[5]), percent(kj_share(r->kind[KJ_HH_SINGLE_PARENT], r->moves), a[6]),
               percent(kj_share(r->kind[KJ_HH_COUPLE], r->moves), a[7]), percent(kj_share(r->kind[KJ_HH_COUPLE_CHILDREN], r->moves), a[8]),
               percent(kj_share(r->kind[KJ_HH_OTHER], r->moves), a[9]), percent(f->knows_ranks ? kj_share(r->into_half, r->placed) : NAN, a[10]),
               percent(f->knows_ranks ? kj_share(r->into_fifth, r->placed) : NAN, a[11]));
    }
}

static const char *const end_texts[KJ_END_COUNT] = {
    [KJ_END_LEFT_HOME] = "a household that left its parents' home", [KJ_END_SEPARATED] = "a household from a separation",
    [KJ_END_COUNTY] = "in-migrants from the same county",           [KJ_END_COUNTRY] = "in-migrants from other counties",
    [KJ_END_ABROAD] = "in-migrants from abroad",                    [KJ_END_LODGER] = "people who had lodged or sublet",
    [KJ_END_DEMOLISHED] = "nobody: demolished",                     [KJ_END_CONVERTED] = "nobody: converted",
};

static void print_ends(const kj_chain_stats *s)
{
    int64_t total = 0;
    for (int i = KJ_END_LEFT_HOME; i < KJ_END_COUNT; i++) total += s->ends[i];
    puts("\n  The last home on the chain went to");
    for (int i = KJ_END_LEFT_HOME; i < KJ_END_COUNT; i++) {
        char a[16];
        if (i < KJ_END_DEMOLISHED || s->ends[i]) printf("  %6s %%  %s\n", percent(kj_share(s->ends[i], total), a), end_texts[i]);
    }
}

static void print_freed(const kj_forest *f, const kj_chain_stats *s)
{
    char label[24], a[2][16];
    printf("\n  Dwellings freed by those who moved: %lld, per 100 new ones %s\n  by tenure (%%):", (long long)s->freed,
           figure(100.0 * kj_share(s->freed, s->n_complete), 0, a[0]));
    for (int i = 0; i < KJ_TENURE_COUNT; i++)
        printf("  %s %s", kj_labels_at(KJ_TENURE_LABELS, i, label, sizeof label), percent(kj_share(s->freed_tenure[i], s->freed), a[0]));
    printf("\n  by rooms (%%):");
    for (int i = 0; i < KJ_ROOMS; i++) printf("   %d%s: %s", i + 1, i == KJ_ROOMS - 1 ? "+" : "", percent(kj_share(s->freed_rooms[i], s->freed), a[0]));
    if (f->knows_ranks)
        printf("\n  per 100 new dwellings, in areas of the lower half of incomes %s, of the lowest fifth %s\n"
               "  (areas ranked by median income at the start, weighted by their inhabitants)\n",
               figure(kj_freed_per_100(f, s, false), 1, a[0]), figure(kj_freed_per_100(f, s, true), 1, a[1]));
    else puts("\n  in areas of the lower half: not known, since this map has no incomes by area");
}

static void print_groups(kj_chain_dimension by, const kj_chain_group *groups, uint32_t n)
{
    char dimension[16];
    kj_labels_at(KJ_CHAIN_DIMENSION_LABELS, (int32_t)by, dimension, sizeof dimension);
    printf("\n  By %s of the new dwelling\n  %-34s %8s %8s %16s %9s %9s %7s %12s\n", dimension, "", "chains", "length", "95 %", "1–2 steps", "median", "open",
           "small flats");
    printf("  %-34s %8s %8s %16s %9s %9s %7s %12s\n", "", "", "", "", "%", "months", "apart", "left, %");
    for (uint32_t i = 0; i < n; i++) {
        const kj_chain_stats *s = &groups[i].stats;
        char a[5][16], interval[40];
        snprintf(interval, sizeof interval, "%s to %s", figure(s->low, 2, a[0]), figure(s->high, 2, a[1]));
        if (isnan(s->low)) snprintf(interval, sizeof interval, "%s", "one cluster");
        if (s->n_complete == 0) snprintf(interval, sizeof interval, "%s", "none complete");
        printf("  ");
        kj_term_left_cut(groups[i].name, 34);
        printf(" %8lld %8s %16s %9s %9s %7lld %12s\n", (long long)s->n_complete, figure(s->mean, 2, a[2]), interval,
               percent(s->share_1_2, a[3]), figure(s->months_median, 0, a[4]), (long long)s->n_open,
               percent(kj_share(s->small_flats_left, s->n_complete), a[0]));
    }
}

static void print_open(const kj_forest *f, const kj_open_length *o)
{
    char a[8][16];
    puts("\n  The same chains by boundary (households a new dwelling)");
    if (f->n_municipalities > 1) printf("  %6s  traced within the municipality of the new dwelling\n", figure(o->length[KJ_BOUND_HOME], 2, a[0]));
    printf("  %6s  traced on the map\n", figure(o->length[KJ_BOUND_MAP], 2, a[1]));
    if (f->n_municipalities > 1)
        printf("  %6s  the same, estimated from what is traced within municipalities: how far the estimates below can be trusted\n", figure(o->map_predicted, 2, a[2]));
    printf("  %6s  estimated for the county: %s %% of those from it are taken to have left a home there\n", figure(o->length[KJ_BOUND_COUNTY], 2, a[3]),
           percent(o->left_home[0], a[4]));
    printf("  %6s  estimated for the nation: %s %% of those from other counties\n", figure(o->length[KJ_BOUND_NATION], 2, a[5]), percent(o->left_home[1], a[6]));
    puts("  Estimated: movers from outside left homes as movers of the same kind and age on the map did, and these are filled as\n"
         "  homes of the same tenure and size here. People from abroad end a chain at every boundary.");
}

static void print_all(const kj_forest *f, const kj_chain_stats *s, const kj_open_length *open_length, kj_chain_dimension by, const kj_chain_group *groups, uint32_t n)
{
    printf("Moving chains that began with a new dwelling, traced (boundary: %s)\n"
           "  counted: %lld chains complete and begun at least %d months before the end of the run\n"
           "  apart: %lld as old and still open (%lld without a taker, %lld cut off by the end of the run; %lld households so far); %lld younger\n\n",
           f->boundary, (long long)s->n_complete, KJ_CHAIN_AGE_MONTHS, (long long)s->n_open, (long long)s->n_still_vacant, (long long)s->n_cut_off,
           (long long)s->open_households, (long long)s->n_young);
    if (s->n_complete == 0) {
        puts("  No chain can be counted yet: the run must go on for more than 36 months after a new dwelling.");
        return;
    }
    print_length(s);
    print_rounds(f, s);
    print_ends(s);
    print_open(f, open_length);
    print_freed(f, s);
    print_groups(by, groups, n);
    puts("\n  Traced, not caused: many on a chain would have moved anyway.");
}

/* ---- the command ---- */

typedef struct wishes {
    const char *run, *png, *lang, *caused, *map;
    int64_t pairs;
    int32_t by;
    bool json;
} wishes;

static kj_status draw(kj_error *err, const wishes *w, const kj_forest *forest, const kj_chain_stats *all)
{
    if (!w->png) return KJ_OK;
#ifdef KEDJA_DRAW
    return kj_rounds_page_png(err, forest, all, w->png, w->lang);
#else
    (void)forest, (void)all;
    return kj_fail(err, KJ_E_FAILED, "%s: this program was built without drawing (-DKEDJA_DRAW=OFF)", w->png);
#endif
}

/* "Brunnshög 1 #3": the name alone. */
static void bare_name(const char *text, char *out, size_t bytes)
{
    const char *hash = strstr(text, " #");
    snprintf(out, bytes, "%.*s", hash ? (int)(hash - text) : (int)strlen(text), text);
}

static void tell_pair(void *data, int32_t at, int32_t n)
{
    (void)data;
    fprintf(stderr, "run %d of %d\n", at + 1, n);
}

static const char *const effect_names[KJ_EFFECT_COUNT] = {"moves", "first_homes", "freed_homes", "dwellings", "residents"};
static const char *const effect_texts[KJ_EFFECT_COUNT] = {"households that moved into a home", "first homes of people who left their parents",
                                                          "homes left vacant by movers", "dwellings at the end", "residents at the end"};

static void print_caused(const kj_run_info *info, const char *project, const kj_project_effect *e)
{
    printf("What the project %s did (boundary: %s; whole run; %d pairs of runs with and without it, the same people with the same luck)\n\n"
           "  %-46s %10s %12s %22s\n", project, info->boundary, e->n_pairs, "", "traced", "caused", "95 % (luck)");
    for (int k = 0; k < KJ_EFFECT_COUNT; k++) {
        char interval[48];
        snprintf(interval, sizeof interval, isnan(e->low[k]) ? "one pair" : "%.0f to %.0f", e->low[k], e->high[k]);
        printf("  %-46s %10lld %12.1f %22s\n", effect_texts[k], (long long)e->traced[k], e->caused[k], interval);
    }
    puts("\n  Traced: on the chains of the project's homes (dwellings: its own; residents: who moved into them first).\n"
         "  Caused: with the project minus without it, everywhere on the map. The interval covers luck, not assumptions.");
}

static kj_status print_caused_json(kj_error *err, const kj_run_info *info, const char *project, const kj_project_effect *e)
{
    json_t *root = json_object();
    json_object_set_new(root, "boundary", json_string(info->boundary));
    json_object_set_new(root, "project", json_string(project));
    json_object_set_new(root, "pairs", json_integer(e->n_pairs));
    for (int k = 0; k < KJ_EFFECT_COUNT; k++) {
        json_t *entry = json_object();
        json_object_set_new(entry, "traced", json_integer(e->traced[k]));
        json_object_set_new(entry, "caused", json_real(e->caused[k]));
        json_object_set_new(entry, "low", kj_json_number(e->low[k]));
        json_object_set_new(entry, "high", kj_json_number(e->high[k]));
        json_object_set_new(root, effect_names[k], entry);
    }
    return kj_cli_print_json(err, root, 8);
}

static kj_status answer_caused(kj_error *err, const wishes *w)
{
    kj_runread *run;
    kj_project_effect effect;
    char project[256];
    bare_name(w->caused, project, sizeof project);
    kj_status status = kj_runread_open(err, w->run, &run);
    if (status) return status;
    const kj_run_info *info = kj_runread_info(run);
    status = kj_project_effect_count(err, info, w->map, project, (int32_t)w->pairs, tell_pair, NULL, &effect);
    if (status) kj_error_context(err, "%s", w->run);
    else if (w->json) status = print_caused_json(err, info, project, &effect);
    else print_caused(info, project, &effect);
    kj_runread_close(run);
    return status;
}

static kj_status answer(kj_error *err, const wishes *w)
{
    if (w->caused) return answer_caused(err, w);
    kj_forest forest;
    kj_chain_group *all = NULL, *groups = NULL;
    uint32_t n_all, n = 0;
    kj_status status = kj_forest_open(err, w->run, &forest);
    if (status) return status;
    kj_chain_dimension by = (kj_chain_dimension)w->by;
    kj_open_length open_length;
    status = kj_open_length_count(err, &forest, &open_length);
    if (!status) status = kj_chain_groups_count(err, &forest, KJ_BY_ALL, &all, &n_all);
    if (!status) status = kj_chain_groups_count(err, &forest, by, &groups, &n);
    if (!status) status = draw(err, w, &forest, &all[0].stats);
    if (!status && w->json) status = kj_cli_print_json(err, kj_chains_json(&forest, &all[0].stats, &open_length, by, groups, n), 8);
    else if (!status) print_all(&forest, &all[0].stats, &open_length, by, groups, n);
    free(all);
    free(groups);
    kj_forest_close(&forest);
    return status;
}

static kj_status take_by(kj_error *err, const char *text, int32_t *by)
{
    *by = kj_labels_index(KJ_CHAIN_DIMENSION_LABELS, text);
    return *by >= 0 ? KJ_OK : kj_fail(err, KJ_E_INPUT, "option --by: expected tenure, size, kind, project or year, found '%s'", text);
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    wishes w = {.lang = "en", .by = KJ_BY_TENURE, .pairs = 8};
    kj_error err;
    kj_status status = KJ_OK;
    for (int i = 0; !status && i < n; i++) {
        switch (words[i].option) {
        case BY: status = take_by(&err, words[i].text, &w.by); break;
        case CAUSED: w.caused = words[i].text; break;
        case PAIRS: status = kj_cli_number(&err, "pairs", words[i].text, 1, KJ_PAIRS_MAX, &w.pairs); break;
        case MAP: w.map = words[i].text; break;
        case JSON: w.json = true; break;
        case PNG: status = kj_cli_target(&err, &w.png, words[i].text); break;
        case LANG: w.lang = words[i].text; break;
        default:
            if (w.run) status = kj_fail(&err, KJ_E_INPUT, "one run at a time: '%s' comes after '%s'", words[i].text, w.run);
            w.run = words[i].text;
        }
    }
    if (!status && n >= 0 && !w.run) {
        result = kj_cli_misuse(command, "which run?");
        n = -1;
    }
    if (!status && n >= 0 && strcmp(w.lang, "en") && !w.png) kj_log_note(false, "--lang is the language of the chart (--png FILE.png); the text is in English");
    if (!status && n >= 0) status = answer(&err, &w);
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_chains = {
    .name = "chains",
    .usage = "chains RUN.nc [--by tenure|size|kind|project|year] [--caused PROJECT [--pairs N] [--map NAME|FOLDER]] [--json] [--png FILE.png] [--lang en|sv|da]",
    .doc = "Says what the moving chains of a run did: length, who moved in and where, why they ended, how long they took.\n"
           "Chains are those begun by a new dwelling; the boundary is always named. `kedja chain RUN.nc ID` tells one of them.",
    .options = options,
    .run = run,
};
