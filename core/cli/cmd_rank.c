/* kedja rank GOALS.lua SCENARIO.nc … */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../compare/rank.h"
#include "../draw/number.h"
#include "../io/csvwrite.h"
#include "cli.h"
#include "json_out.h"
#include "term_text.h"

#define _(text) kj_tr(text)

enum { VOTES, YEAR, ENDS, INDICATORS, JSON, CSV, LANG };

static const kj_option options[] = {
    [VOTES] = {"votes", "FILE.csv", "points by participant and goal (columns participant, goal, points)"},
    [YEAR] = {"year", "YYYY", "year that is scored (default: the last that all runs have)"},
    [ENDS] = {"ends", "scenarios|years", "what is 0 and 100 where the goals give no worst and best (default: years with two scenarios)"},
    [INDICATORS] = {"indicators", NULL, "list the indicators that a goal can use"},
    [JSON] = {"json", NULL, "everything as one JSON object"},
    [CSV] = {"csv", NULL, "scenarios as CSV: rank, score, and the value of every goal"},
    [LANG] = {"lang", "en|sv|da", "language of the table (default: en); sv, da: CSV with ; and decimal comma"},
    {0},
};

enum { SCENARIOS_MAX = 64, RUNS_MAX = 256 };

typedef struct wishes {
    const char *goals, *votes, *lang;
    char *text; /* owned copies of the words, cut at = and , */
    kj_rank_entry entries[SCENARIOS_MAX];
    const char *paths[RUNS_MAX];
    uint32_t n, n_paths;
    int64_t year;
    kj_rank_ends ends;
    bool indicators, json, csv;
} wishes;

static void print_indicators(void)
{
    static const char *const directions[] = {"less", "", "more"};
    for (uint32_t i = 0; i < kj_n_indicators; i++) {
        const kj_indicator_def *d = &kj_indicators[i];
        printf("  %-20s ", d->id);
        kj_term_left(_(d->label), 52);
        kj_term_left(_(d->unit), 16);
        puts(directions[d->direction + 1]);
    }
}

/* ---- text ---- */

static void print_scenarios(const kj_ranking *r, kj_language language)
{
    char text[KJ_NUMBER_MAX];
    kj_term_left("", 4);
    kj_term_left(_("scenario"), 34);
    kj_term_right(_("score"), 8);
    if (r->has_votes) kj_term_right(_("participants"), 16);
    if (r->n_seeds > 1) kj_term_right(_("seeds, %"), 12);
    kj_term_right(_("all weights, %"), 18);
    puts("");
    bool parts = false; /* of participants for whom several come first */
    for (uint32_t s = 0; s < r->n_scenarios; s++) parts |= fabs(r->scenarios[s].participants_first - round(r->scenarios[s].participants_first)) > 1e-6;
    for (uint32_t s = 0; s < r->n_scenarios; s++) {
        const kj_rank_scenario *at = &r->scenarios[s];
        printf("%3u ", at->rank);
        kj_term_left(at->name, 34);
        kj_term_right(kj_number_real(text, language, 100.0 * at->score, 1), 8);
        if (r->has_votes) kj_term_right(kj_number_real(text, language, at->participants_first, parts ? 1 : 0), 16);
        if (r->n_seeds > 1) kj_term_right(kj_number_real(text, language, 100.0 * at->seeds_first, 0), 12);
        kj_term_right(kj_number_real(text, language, 100.0 * at->first_share, 0), 18);
        puts("");
    }
    puts(_("score: 0 to 100; the other columns say how many participants, seeds, or of all possible weights put it first; several that come first share"));
}

static void print_range(const char *from, const char *to, int width)
{
    char text[2 * KJ_NUMBER_MAX + 8];
    snprintf(text, sizeof text, "%s–%s", from, to);
    kj_term_right(text, width);
}

static void print_goals(const kj_ranking *r, kj_language language)
{
    char a[KJ_NUMBER_MAX], b[KJ_NUMBER_MAX];
    puts("");
    kj_term_left(_("goal"), 46);
    kj_term_right(_("weight, %"), 12);
    if (r->has_votes) kj_term_right(_("participants"), 16);
    kj_term_right(_("first holds for"), 18);
    printf("  %s\n", _("beyond that"));
    for (uint32_t g = 0; g < r->n_goals; g++) {
        const kj_rank_goal *goal = &r->goals[g];
        if (g == 0 || strcmp(goal->heading, r->goals[g - 1].heading)) printf("%s\n", goal->heading);
        printf("  ");
        kj_term_left(goal->name, 44);
        kj_term_right(kj_number_real(a, language, 100.0 * goal->weight, 0), 12);
        if (r->has_votes) print_range(kj_number_real(a, language, 100.0 * goal->weight_low, 0), kj_number_real(b, language, 100.0 * goal->weight_high, 0), 16);
        print_range(kj_number_real(a, language, 100.0 * goal->holds_from, 0), kj_number_real(b, language, 100.0 * goal->holds_to, 0), 18);
        printf("  %s%s%s\n", goal->second_from < r->n_scenarios ? r->scenarios[goal->second_from].name : "",
               goal->second_from < r->n_scenarios && goal->second_to < r->n_scenarios ? ", " : "", goal->second_to < r->n_scenarios ? r->scenarios[goal->second_to].name : "");
    }
    puts(_("first holds for: weights of the goal, the others in proportion, for which the first scenario stays the first"));
}

static void print_values(const kj_ranking *r, kj_language language)
{
    char text[KJ_NUMBER_MAX];
    printf("\n%s\n", _("Values of the goals, 0 worst to 100 best"));
    kj_term_left("", 46);
    for (uint32_t s = 0; s < r->n_scenarios; s++) {
        printf(" ");
        kj_term_right_cut(r->scenarios[s].name, 9);
    }
    puts("");
    for (uint32_t g = 0; g < r->n_goals; g++) {
        kj_term_left(r->goals[g].name, 46);
        for (uint32_t s = 0; s < r->n_scenarios; s++) kj_term_right(kj_number_real(text, language, 100.0 * r->scenarios[s].values[g], 0), 10);
        puts("");
    }
    bool relative = false;
    for (uint32_t i = 0; i < r->n_indicators; i++) relative |= !r->indicators[i].given;
    if (relative && r->ends == KJ_ENDS_SCENARIOS) puts(_("Where the goals give no worst and best, the worst and the best scenario are 0 and 100, however small the difference."));
    if (relative && r->ends == KJ_ENDS_YEARS)
        puts(_("Where the goals give no worst and best, 0 and 100 are the worst and the best figure of any year in these runs: give ends that mean something to the forum."));
    if (r->n_seeds < 2) puts(_("Chance is unknown: one run of a scenario cannot tell whether the order is luck. Give several seeds, as in base=a1.nc,a2.nc dense=b1.nc,b2.nc."));
    for (uint32_t i = 0; i < r->n_indicators; i++)
        if (r->indicators[i].same) printf("%s: %s\n", _(r->indicators[i].def->label), _("the same in all scenarios; does not tell them apart"));
}

static void print_text(const kj_ranking *r, kj_language language)
{
    printf(_("Ranking for %d"), r->year);
    if (r->has_votes) {
        printf(", ");
        if (r->n_participants == 1) fputs(_("points of one participant"), stdout);
        else printf(_("points of %u participants"), r->n_participants);
    } else printf(", %s", _("all goals weigh the same"));
    puts("\n");
    print_scenarios(r, language);
    print_goals(r, language);
    print_values(r, language);
}

static void print_csv(const kj_ranking *r, kj_language language)
{
    kj_csv_out out = kj_csv_to(stdout, language);
    kj_csv_names(&out, "rank,scenario,score,first_of_all_weightings,participants_first");
    for (uint32_t g = 0; g < r->n_goals; g++) kj_csv_text(&out, r->goals[g].name);
    kj_csv_end_row(&out);
    for (uint32_t s = 0; s < r->n_scenarios; s++) {
        const kj_rank_scenario *at = &r->scenarios[s];
        kj_csv_whole(&out, at->rank);
        kj_csv_text(&out, at->name);
        kj_csv_decimals(&out, at->score, 6);
        kj_csv_decimals(&out, at->first_share, 4);
        kj_csv_digits(&out, at->participants_first, 4);
        for (uint32_t g = 0; g < r->n_goals; g++) kj_csv_decimals(&out, at->values[g], 6);
        kj_csv_end_row(&out);
    }
}

/* ---- the command ---- */

/* "name=a.nc,b.nc", or "a.nc", which is called after its file. `text` is cut in place. */
static kj_status take_scenario(kj_error *err, wishes *w, char *text)
{
    if (w->n == SCENARIOS_MAX) return kj_fail(err, KJ_E_INPUT, "at most %d scenarios", SCENARIOS_MAX);
    kj_rank_entry *to = &w->entries[w->n++];
    char *sign = strchr(text, '='), *paths = sign ? sign + 1 : text;
    *to = (kj_rank_entry){.name = text, .paths = &w->paths[w->n_paths]};
    if (sign) *sign = 0;
    else if (strrchr(text, '/')) to->name = strrchr(text, '/') + 1;
    for (char *path = strtok(paths, ","); path; path = strtok(NULL, ",")) {
        if (w->n_paths == RUNS_MAX) return kj_fail(err, KJ_E_INPUT, "at most %d runs", RUNS_MAX);
        w->paths[w->n_paths++] = path;
        to->n_paths++;
    }
    if (!to->n_paths || !to->name[0]) return kj_fail(err, KJ_E_INPUT, "expected NAME=RUN.nc or RUN.nc, found '%s='", text);
    return KJ_OK;
}

static kj_status take(kj_error *err, wishes *w, const kj_word *word, char **room)
{
    switch (word->option) {
    case VOTES: w->votes = word->text; return KJ_OK;
    case YEAR: return kj_cli_number(err, "year", word->text, 1900, 3000, &w->year);
    case ENDS:
        w->ends = !strcmp(word->text, "years") ? KJ_ENDS_YEARS : KJ_ENDS_SCENARIOS;
        return w->ends == KJ_ENDS_YEARS || !strcmp(word->text, "scenarios") ? KJ_OK : kj_fail(err, KJ_E_INPUT, "option --ends: expected scenarios or years, found '%s'", word->text);
    case INDICATORS: w->indicators = true; return KJ_OK;
    case JSON: w->json = true; return KJ_OK;
    case CSV: w->csv = true; return KJ_OK;
    case LANG: w->lang = word->text; return KJ_OK;
    default: break;
    }
    if (!w->goals) {
        w->goals = word->text;
        return KJ_OK;
    }
    char *text = *room;
    *room = stpcpy(text, word->text) + 1;
    return take_scenario(err, w, text);
}

static kj_status answer(kj_error *err, const wishes *w)
{
    kj_ranking ranking = {0};
    kj_language language = KJ_LANG_EN;
    kj_status status = kj_language_parse(err, w->lang, &language);
    if (!status) status = kj_language_set(err, language);
    if (!status && w->indicators) {
        print_indicators();
        return KJ_OK;
    }
    if (!status) status = kj_rank_goals_read(err, w->goals, &ranking);
    ranking.ends = w->ends;
    if (!status && w->votes) status = kj_rank_votes_read(err, w->votes, &ranking);
    if (!status) status = kj_rank(err, w->entries, w->n, (int32_t)w->year, &ranking);
    if (!status && w->json) status = kj_cli_print_json(err, kj_ranking_json(&ranking), 8);
    else if (!status && w->csv) print_csv(&ranking, language);
    else if (!status) print_text(&ranking, language);
    kj_ranking_free(&ranking);
    return status;
}

static int run(const kj_command *command, int argc, char **argv)
{
    size_t bytes = 1;
    for (int i = 0; i < argc; i++) bytes += strlen(argv[i]) + 1;
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    wishes *w = calloc(1, sizeof *w);
    if (w) w->text = malloc(bytes);
    int result = 1, n = -1;
    kj_error err;
    kj_status status = KJ_OK;
    if (words && w && w->text) {
        char *room = w->text;
        w->lang = "en";
        result = 0;
        n = kj_cli_parse(command, argc, argv, words, &result);
        for (int i = 0; !status && i < n; i++) status = take(&err, w, &words[i], &room);
        if (!status && n >= 0 && !w->goals && !w->indicators) result = kj_cli_misuse(command, "which goals? give a Lua file of goal { heading =, goal =, indicator = }, or CSV with these columns"), n = -1;
        if (!status && n >= 0 && w->json && w->csv) result = kj_cli_misuse(command, "either --json or --csv"), n = -1;
        if (!status && n >= 0) status = answer(&err, w);
    }
    if (w) free(w->text);
    free(w);
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_rank = {
    .name = "rank",
    .usage = "rank GOALS.lua|GOALS.csv [NAME=]RUN.nc[,RUN.nc…] [NAME=]RUN.nc … [--votes FILE.csv] [--year YYYY] [--ends scenarios|years] [--json | --csv] [--lang en|sv|da] | rank --indicators",
    .doc = "Ranks scenarios by the goals of a forum, and says how far weights can move before the order changes.\n"
           "Goals stand under headings of your own: in Lua goal { heading = \"Land\", goal = \"Fields kept\", indicator = \"farmland\" } and, where wanted,\n"
           "direction, worst, best, share; or in CSV, with columns of these names. Each indicator\n"
           "becomes a value between 0 (worst) and 1 (best): of worst and best as given, or of the scenarios (of two: of all years of their runs,\n"
           "since the better of two would have 100 and the other 0 however little they differ). Several runs of a scenario are seeds.",
    .options = options,
    .run = run,
};
