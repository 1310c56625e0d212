/* kedja chains RUN.nc */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../base/tenure_terms.h"
#include "../base/text.h"
#include "../chains/chain_json.h"
#include "../chains/chain_story.h"
#include "../chains/open_length.h"
#include "../run/paired.h"
#include "../draw/number.h"
#include "cli.h"
#include "progress.h"
#include "term_text.h"
#include "json_out.h"
#ifdef KEDJA_DRAW
#include "../io/json_number.h"
#include "../report/rounds_page.h"
#endif

#define _(text) kj_tr(text)
#define N_(text) text

enum { BY, CAUSED, PAIRS, MAP, JSON, PNG, LANG };

static const kj_option options[] = {
    [BY] = {"by", "WHAT", "tenure (default), size, kind, project or year of the new dwelling"},
    [CAUSED] = {"caused", "PROJECT", "what one project caused: the run again with and without it (name as --by project prints it)"},
    [PAIRS] = {"pairs", "N", "pairs of runs behind --caused, 1 to 64 (default: 8)"},
    [MAP] = {"map", "NAME|FOLDER", "map of the run, if it was given when it was run"},
    [JSON] = {"json", NULL, "everything as one JSON object on standard output"},
    [PNG] = {"png", "FILE.png", "chart of who moved in, round by round, by income"},
    [LANG] = {"lang", "en|sv|da", "language of text and chart (default: en)"},
    {0},
};

/* ---- text ---- */

static const char *figure(double value, int decimals, char out[KJ_NUMBER_MAX]) { return kj_number_real(out, kj_language_now(), value, decimals); }
static const char *percent(double share, char out[KJ_NUMBER_MAX]) { return figure(100.0 * share, 1, out); }
static const char *count(int64_t value, char out[KJ_NUMBER_MAX]) { return kj_number_int(out, kj_language_now(), value); }

static void print_length(const kj_chain_stats *s)
{
    char a[5][KJ_NUMBER_MAX];
    printf("  ");
    kj_term_left(_("households a new dwelling"), 32);
    printf(_("%s (95 %% %s to %s, for chance; %s projects or single homes as clusters)"), figure(s->mean, 2, a[0]), figure(s->low, 2, a[1]), figure(s->high, 2, a[2]),
           count(s->n_clusters, a[3]));
    printf("\n  ");
    kj_term_left(_("chains with 1 or 2 of them"), 32);
    printf("%s %%\n  ", percent(s->share_1_2, a[0]));
    kj_term_left(_("length of chain"), 31);
    for (int i = 0; i < KJ_CHAIN_LENGTHS; i++) printf(" %d%s: %s %%", i, i == KJ_CHAIN_LENGTHS - 1 ? "+" : "", percent(kj_share(s->lengths[i], s->n_complete), a[0]));
    printf("\n  ");
    kj_term_left(_("months to complete"), 32);
    printf(_("median %s, mean %s, nine in ten within %s"), figure(s->months_median, 0, a[0]), figure(s->months_mean, 1, a[1]), figure(s->months_p90, 0, a[2]));
    if (isfinite(s->within_3_years)) printf(_("; %s %% of the moves came within 36 months"), percent(s->within_3_years, a[3]));
    puts("");
}

/* Heads of the table of rounds: two lines, right over their figures. */
static const struct {
    const char *above, *below;
    int width;
} round_heads[] = {
    {N_("moves"), "", 9},          {N_("income"), N_("above median"), 14}, {N_("income"), N_("below"), 9},      {N_("head"), N_("under 30"), 10}, {N_("head"), "30–64", 8},
    {N_("head"), "65+", 8},        {N_("single"), "", 9},                  {N_("single"), N_("parent"), 10},    {N_("couple"), "", 8},            {N_("couple +"), N_("children"), 10},
    {N_("others"), "", 8},        {N_("into lower"), N_("half"), 12},     {N_("into lowest"), N_("fifth"), 13},
};

static void print_round_heads(void)
{
    enum { N = sizeof round_heads / sizeof *round_heads };
    printf("\n  %s\n  ", _("Who moved in, round by round (1 = into the new dwelling; per cent; income: of persons; else: of households)"));
    kj_term_left(_("round"), 6);
    for (int i = 0; i < N; i++) kj_term_right(_(round_heads[i].above), round_heads[i].width);
    printf("\n  %-6s", "");
    for (int i = 0; i < N; i++) kj_term_right(round_heads[i].below[0] ? _(round_heads[i].below) : "", round_heads[i].width);
    puts("");
}

static void print_rounds(const kj_forest *f, const kj_chain_stats *s)
{
    print_round_heads();
    for (int i = 0; i < KJ_ROUNDS && s->rounds[i].moves; i++) {
        const kj_round_stats *r = &s->rounds[i];
        const double shares[] = {kj_share(r->above, r->above + r->below), kj_share(r->below, r->above + r->below), kj_share(r->age[0], r->moves), kj_share(r->age[1], r->moves),
                                 kj_share(r->age[2], r->moves), kj_share(r->kind[KJ_HH_SINGLE], r->moves), kj_share(r->kind[KJ_HH_SINGLE_PARENT], r->moves),
                                 kj_share(r->kind[KJ_HH_COUPLE], r->moves), kj_share(r->kind[KJ_HH_COUPLE_CHILDREN], r->moves), kj_share(r->kind[KJ_HH_OTHER], r->moves),
                                 f->knows_ranks ? kj_share(r->into_half, r->placed) : NAN, f->knows_ranks ? kj_share(r->into_fifth, r->placed) : NAN};
        char text[KJ_NUMBER_MAX];
        printf("  %d%-5s", i + 1, i + 1 == KJ_ROUNDS ? "+" : "");
        kj_term_right(count(r->moves, text), round_heads[0].width);
        for (size_t k = 0; k < sizeof shares / sizeof *shares; k++) kj_term_right(percent(shares[k], text), round_heads[k + 1].width);
        puts("");
    }
}

static const char *const end_texts[KJ_END_COUNT] = {
    [KJ_END_LEFT_HOME] = N_("a household that left its parents' home"), [KJ_END_SEPARATED] = N_("a household from a separation"),
    [KJ_END_COUNTY] = N_("in-migrants from the same county"),           [KJ_END_COUNTRY] = N_("in-migrants from other counties"),
    [KJ_END_ABROAD] = N_("in-migrants from abroad"),                    [KJ_END_LODGER] = N_("people who had lodged or sublet"),
    [KJ_END_DEMOLISHED] = N_("nobody: demolished"),                     [KJ_END_CONVERTED] = N_("nobody: converted"),
};

static void print_ends(const kj_chain_stats *s)
{
    int64_t total = 0;
    for (int i = KJ_END_LEFT_HOME; i < KJ_END_COUNT; i++) total += s->ends[i];
    printf("\n  %s\n", _("The last home on the chain went to"));
    for (int i = KJ_END_LEFT_HOME; i < KJ_END_COUNT; i++) {
        char a[KJ_NUMBER_MAX];
        if (i >= KJ_END_DEMOLISHED && !s->ends[i]) continue;
        printf("  ");
        kj_term_right(percent(kj_share(s->ends[i], total), a), 6);
        printf(" %%  %s\n", _(end_texts[i]));
    }
}

static const char *const tenure_names[KJ_TENURE_COUNT] = {N_("rental"), N_("co-op"), N_("owner"), N_("student"), N_("senior"), N_("private rental")};

static const char *tenure_name(const char *country, int tenure)
{
    const char *term = kj_tenure_term(country, tenure);
    return term ? term : _(tenure_names[tenure]);
}

static const char *const kind_names[KJ_DWELLING_KIND_COUNT] = {N_("detached house"), N_("row house"), N_("flat")};

static void print_freed(const kj_forest *f, const kj_chain_stats *s)
{
    char a[2][KJ_NUMBER_MAX];
    printf("\n  ");
    printf(_("Dwellings freed by those who moved: %s, per 100 new ones %s"), count(s->freed, a[0]), figure(100.0 * kj_share(s->freed, s->n_complete), 0, a[1]));
    printf("\n  %s", _("by tenure (%):"));
    for (int i = 0; i < KJ_TENURE_COUNT; i++)
        if (i != KJ_TENURE_PRIVATE || s->freed_tenure[i] > 0) printf("  %s %s", tenure_name(kj_runread_info(f->run)->map_country, i), percent(kj_share(s->freed_tenure[i], s->freed), a[0]));
    printf("\n  %s", _("by rooms (%):"));
    for (int i = 0; i < KJ_ROOMS; i++) printf("   %d%s: %s", i + 1, i == KJ_ROOMS - 1 ? "+" : "", percent(kj_share(s->freed_rooms[i], s->freed), a[0]));
    puts("");
    if (f->knows_ranks)
        printf(_("  per 100 new dwellings, in areas of the lower half of incomes %s, of the lowest fifth %s\n"
                 "  (areas ranked by median income at the start, weighted by their inhabitants)\n"),
               figure(kj_freed_per_100(f, s, false), 1, a[0]), figure(kj_freed_per_100(f, s, true), 1, a[1]));
    else puts(_("  in areas of the lower half: not known, since this map has no incomes by area"));
}

/* Groups of homes have names for people; projects and years their own. */
static const char *group_name(const char *country, kj_chain_dimension by, const kj_chain_group *g, char out[KJ_NUMBER_MAX])
{
    int32_t tenure = by == KJ_BY_TENURE ? kj_labels_index(KJ_TENURE_LABELS, g->name) : -1, kind = by == KJ_BY_KIND ? kj_labels_index(KJ_DWELLING_KIND_LABELS, g->name) : -1;
    if (by == KJ_BY_SIZE) snprintf(out, KJ_NUMBER_MAX, strcmp(g->name, "1 rooms") ? _("%.*s rooms") : _("%.*s room"), (int)strcspn(g->name, " "), g->name);
    return tenure >= 0 ? tenure_name(country, tenure) : kind >= 0 ? _(kind_names[kind]) : by == KJ_BY_SIZE ? out : _(g->name);
}

static void print_group(const char *country, kj_chain_dimension by, const kj_chain_group *g)
{
    const kj_chain_stats *s = &g->stats;
    char a[2][KJ_NUMBER_MAX], interval[2 * KJ_NUMBER_MAX + 16];
    snprintf(interval, sizeof interval, _("%s to %s"), figure(s->low, 2, a[0]), figure(s->high, 2, a[1]));
    if (isnan(s->low)) snprintf(interval, sizeof interval, "%s", _("one cluster"));
    if (s->n_complete == 0) snprintf(interval, sizeof interval, "%s", _("none complete"));
    printf("  ");
    kj_term_left_cut(group_name(country, by, g, a[0]), 34);
    kj_term_right(count(s->n_complete, a[0]), 9);
    kj_term_right(figure(s->mean, 2, a[0]), 9);
    kj_term_right(interval, 17);
    kj_term_right(percent(s->share_1_2, a[0]), 11);
    kj_term_right(figure(s->months_median, 0, a[0]), 11);
    kj_term_right(count(s->n_open, a[0]), 8);
    kj_term_right(percent(kj_share(s->small_flats_left, s->n_complete), a[0]), 14);
    puts("");
}

static void print_groups(const char *country, kj_chain_dimension by, const kj_chain_group *groups, uint32_t n)
{
    static const char *const titles[] = {N_("All new dwellings"), N_("By tenure of the new dwelling"), N_("By size of the new dwelling"), N_("By kind of the new dwelling"),
                                         N_("By project of the new dwelling"), N_("By year of the new dwelling")};
    static const struct {
        const char *above, *below;
        int width;
    } heads[] = {{N_("chains"), "", 9}, {N_("length"), "", 9}, {"95 %", "", 17}, {N_("1–2 steps"), "%", 11}, {N_("median"), N_("months"), 11}, {N_("open"), N_("apart"), 8}, {N_("small flats"), N_("left, %"), 14}};
    enum { N = sizeof heads / sizeof *heads };
    printf("\n  %s\n  %-34s", _(titles[by]), "");
    for (int i = 0; i < N; i++) kj_term_right(_(heads[i].above), heads[i].width);
    printf("\n  %-34s", "");
    for (int i = 0; i < N; i++) kj_term_right(heads[i].below[0] ? _(heads[i].below) : "", heads[i].width);
    puts("");
    for (uint32_t i = 0; i < n; i++) print_group(country, by, &groups[i]);
}

static void print_open(const kj_forest *f, const kj_open_length *o)
{
    char a[2][KJ_NUMBER_MAX];
    printf("\n  %s\n", _("The same chains by boundary (households a new dwelling)"));
    if (f->n_municipalities > 1) printf(_("  %6s  traced within the municipality of the new dwelling\n"), figure(o->length[KJ_BOUND_HOME], 2, a[0]));
    printf(_("  %6s  traced on the map\n"), figure(o->length[KJ_BOUND_MAP], 2, a[0]));
    if (f->n_municipalities > 1)
        printf(_("  %6s  the same, estimated from what is traced within municipalities: how far the estimates below can be trusted\n"), figure(o->map_predicted, 2, a[0]));
    printf(_("  %6s  estimated for the county: %s %% of those from it are taken to have left a home there\n"), figure(o->length[KJ_BOUND_COUNTY], 2, a[0]),
           percent(o->left_home[0], a[1]));
    printf(_("  %6s  estimated for the nation: %s %% of those from other counties\n"), figure(o->length[KJ_BOUND_NATION], 2, a[0]), percent(o->left_home[1], a[1]));
    puts(_("  Estimated: movers from outside left homes as movers of the same kind and age on the map did, and these are filled as\n"
           "  homes of the same tenure and size here. People from abroad end a chain at every boundary."));
}

static void print_months_row(const char *name, const kj_vacancy_months *m)
{
    char a[4][KJ_NUMBER_MAX], cell[4 * KJ_NUMBER_MAX + 16];
    printf("  ");
    kj_term_left(name, 14);
    kj_term_right(count(m->filled, a[0]), 9);
    kj_term_right(count(m->open, a[0]), 8);
    for (int k = 0; k < KJ_SPAN_COUNT; k++) {
        const kj_span_figures *s = &m->span[k];
        snprintf(cell, sizeof cell, "%s %s (%s–%s)", figure(s->mean, 1, a[0]), figure(s->median, 0, a[1]), figure(s->lower, 0, a[2]), figure(s->upper, 0, a[3]));
        kj_term_right(m->filled ? cell : "–", 16);
    }
    puts("");
}

/* Of homes of any history, unlike all else here: a chain's months are made of those of its vacancies. */
static void print_months(const char *country, kj_chain_dimension by, const kj_vacancy_months *months)
{
    static const char *const heads[KJ_SPAN_COUNT] = {N_("notice"), N_("renovation"), N_("on offer"), N_("contract"), N_("in all")};
    printf("\n  %s\n  %-14s", _("Months that homes stood empty, by stage and tenure of the home: mean, median (quartiles)"), "");
    kj_term_right(_("filled"), 9);
    kj_term_right(_("open"), 8);
    for (int k = 0; k < KJ_SPAN_COUNT; k++) kj_term_right(_(heads[k]), 16);
    puts("");
    for (int t = 0; by == KJ_BY_TENURE && t < KJ_TENURE_COUNT; t++)
        if (months[t].filled || months[t].open) print_months_row(tenure_name(country, t), &months[t]);
    print_months_row(_("all"), &months[KJ_ANY_TENURE]);
    puts(_("  All homes that came free in the run and were filled, those of no chain above too. Contract: from contract to moving in; open ones are not in the figures."));
}

static void print_all(const kj_forest *f, const kj_chain_stats *s, const kj_open_length *open_length, kj_chain_dimension by, const kj_chain_group *groups, uint32_t n)
{
    char a[6][KJ_NUMBER_MAX], boundary[512];
    kj_say_boundary(f->run, boundary, sizeof boundary);
    printf(_("Moving chains that began with a new dwelling, traced (boundary: %s)\n"
             "  counted: %s chains complete and begun at least %d months before the end of the run\n"
             "  apart: %s as old and still open (%s without a taker, %s cut off by the end of the run; %s households so far); %s younger\n\n"),
           boundary, count(s->n_complete, a[0]), KJ_CHAIN_AGE_MONTHS, count(s->n_open, a[1]), count(s->n_still_vacant, a[2]), count(s->n_cut_off, a[3]),
           count(s->open_households, a[4]), count(s->n_young, a[5]));
    if (s->n_complete == 0) {
        puts(_("  No chain can be counted yet: the run must go on for more than 36 months after a new dwelling."));
        return;
    }
    print_length(s);
    print_rounds(f, s);
    print_ends(s);
    print_open(f, open_length);
    print_freed(f, s);
    print_groups(kj_runread_info(f->run)->map_country, by, groups, n);
    printf("\n  %s\n", _("Traced, not caused: many on a chain would have moved anyway."));
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

typedef struct pairs_meter {
    kj_meter meter;
    struct timespec began;
} pairs_meter;

static void tell_pair(void *data, int32_t n_done, int32_t n)
{
    const pairs_meter *pairs = data;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    kj_meter_runs(&pairs->meter, n_done, n, (double)(now.tv_sec - pairs->began.tv_sec) + 1e-9 * (double)(now.tv_nsec - pairs->began.tv_nsec));
}

/* Before runs of minutes: a name that none of its projects has. */
static kj_status check_project(kj_error *err, kj_runread *run, const char *project)
{
    const kj_run_table *table = kj_runread_table_named(run, "project");
    const char *const *names = NULL;
    kj_status status = table ? kj_runread_texts(err, run, "project", "name", &names) : KJ_OK;
    if (status) return status;
    for (uint32_t i = 0; table && i < table->n_rows; i++)
        if (!strcmp(names[i], project)) return KJ_OK;
    const char *near = table ? kj_nearest_name(project, names, table->n_rows) : NULL;
    return kj_fail(err, KJ_E_INPUT, "the run has no project named '%s'%s%s%s (kedja chains --by project lists them)", project, near ? "; did you mean '" : "",
                   near ? near : "", near ? "'?" : "");
}

static const char *const effect_names[KJ_EFFECT_COUNT] = {"moves", "first_homes", "freed_homes", "dwellings", "residents"};
static const char *const effect_texts[KJ_EFFECT_COUNT] = {N_("households that moved into a home"), N_("first homes of people who left their parents"),
                                                          N_("homes left vacant by movers"), N_("dwellings at the end"), N_("residents at the end")};

static void print_caused(kj_runread *run, const char *project, const kj_project_effect *e)
{
    char boundary[512];
    kj_say_boundary(run, boundary, sizeof boundary);
    if (e->n_pairs == 1)
        printf(_("What the project %s did (boundary: %s; whole run; one pair of runs with and without it, the same people with the same luck)"), project, boundary);
    else
        printf(_("What the project %s did (boundary: %s; whole run; %d pairs of runs with and without it, the same people with the same luck)"), project,
               boundary, e->n_pairs);
    printf("\n\n  %-46s", "");
    kj_term_right(_("traced"), 11), kj_term_right(_("caused"), 13), kj_term_right(_("95 % (luck)"), 23);
    puts("");
    for (int k = 0; k < KJ_EFFECT_COUNT; k++) {
        char a[2][KJ_NUMBER_MAX], interval[2 * KJ_NUMBER_MAX + 16];
        snprintf(interval, sizeof interval, _("%s to %s"), figure(e->low[k], 0, a[0]), figure(e->high[k], 0, a[1]));
        printf("  ");
        kj_term_left(_(effect_texts[k]), 46);
        kj_term_right(count(e->traced[k], a[0]), 11);
        kj_term_right(figure(e->caused[k], 1, a[0]), 13);
        kj_term_right(isnan(e->low[k]) ? _("one pair") : interval, 23);
        puts("");
    }
    puts(_("\n  Traced: on the chains of the project's homes (dwellings: its own; residents: who moved into them first).\n"
           "  Caused: with the project minus without it, everywhere on the map. The interval covers luck, not assumptions."));
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
    pairs_meter pairs = {.meter = kj_meter_new(w->json)};
    clock_gettime(CLOCK_MONOTONIC, &pairs.began);
    status = check_project(err, run, project);
    if (!status) status = kj_project_effect_count(err, info, w->map, project, (int32_t)w->pairs, tell_pair, &pairs, &effect);
    if (status) kj_error_context(err, "%s", w->run);
    else if (w->json) status = print_caused_json(err, info, project, &effect);
    else print_caused(run, project, &effect);
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
    kj_vacancy_months months[KJ_TENURE_COUNT + 1];
    status = kj_open_length_count(err, &forest, &open_length);
    if (!status) status = kj_chain_groups_count(err, &forest, KJ_BY_ALL, &all, &n_all);
    if (!status) status = kj_chain_groups_count(err, &forest, by, &groups, &n);
    if (!status) status = draw(err, w, &forest, &all[0].stats);
    if (!status) kj_cli_wrote(false, w->png);
    if (!status) status = kj_vacancy_months_count(err, &forest, months);
    if (!status && w->json)
        status = kj_cli_print_json(err, kj_chains_json(&forest, &all[0].stats, &open_length, forest.knows_stages ? months : NULL, by, groups, n), 8);
    else if (!status) {
        print_all(&forest, &all[0].stats, &open_length, by, groups, n);
        if (forest.knows_stages) print_months(kj_runread_info(forest.run)->map_country, by, months);
    }
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
    kj_language language;
    if (!status && n >= 0) status = kj_cli_language(&err, w.lang, &language);
    if (!status && n >= 0) status = answer(&err, &w);
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_chains = {
    .name = "chains",
    .usage = "chains RUN.nc [--by tenure|size|kind|project|year] [--caused PROJECT [--pairs N] [--map NAME|FOLDER]] [--json] [--png FILE.png] [--lang en|sv|da]",
    .doc = "Says what the moving chains of a run did: length, who moved in and where, why they ended, how long each stage took.\n"
           "Chains are those begun by a new dwelling; the boundary is always named. `kedja chain RUN.nc ID` tells one of them.",
    .options = options,
    .run = run,
};
