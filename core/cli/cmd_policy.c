/* kedja policy list | show NAME | new NAME | check FILE | words */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <builtins.h>

#include "../base/log.h"
#include "../base/text.h"
#include "../io/atomic.h"
#include "../map/map.h"
#include "../script/city.h"
#include "../script/indicator.h"
#include "../script/scenario.h"
#include "cli.h"
#include "policy_text.h"
#include "term_text.h"

#define _(text) kj_tr(text)
#define N_(text) text

enum { LANG, MAP, YEARS };
enum { TRIAL_YEARS = 2, TRIAL_YEARS_MAX = 30 };

static const kj_option options[] = {
    [LANG] = {"lang", "en|sv|da", "language of list, show and check (default: en)"},
    [MAP] = {"map", "NAME|FOLDER", "map that `check` tries the policy on (default: toy)"},
    [YEARS] = {"years", "N", "years for which `check` tries it, 1 to 30 (default: 2); what it does only later is not tried"},
    {0},
};

/* A scenario that holds nothing but the shipped policies, or one policy's text. */
static kj_status load_policies(kj_error *err, const char *path, const char *text, kj_scenario **out)
{
    char scenario[512];
    char name[KJ_NAME_MAX] = "";
    if (path) {
        const char *slash = strrchr(path, '/');
        snprintf(name, sizeof name, "%s", slash ? slash + 1 : path);
        name[strcspn(name, ".")] = 0;
    }
    snprintf(scenario, sizeof scenario, "scenario { title = 'Check', map = 'toy', stop = 2023, policies = { %s%s%s } }", path ? "'" : "", name, path ? "'" : "");
    kj_script_file files[2] = {{KJ_SCRIPT_SCENARIO, (char *)"check", scenario, strlen(scenario)},
                               {KJ_SCRIPT_POLICY, (char *)(uintptr_t)path, (char *)(uintptr_t)text, text ? strlen(text) : 0}};
    return kj_scenario_restore(err, files, path ? 2 : 1, NULL, out);
}

/* The shipped policies: loaded beside the scenario of the toy world. */
static kj_status load_shipped(kj_error *err, kj_scenario **out) { return kj_scenario_load(err, "toy", NULL, out); }

static const kj_policy *find(const kj_scenario *scenario, const char *name)
{
    for (uint32_t i = 0; i < scenario->n_policies; i++)
        if (strcmp(scenario->policy[i].name, name) == 0) return &scenario->policy[i];
    return NULL;
}

static kj_status list(kj_error *err)
{
    kj_scenario *scenario;
    kj_status status = load_shipped(err, &scenario);
    if (status) return status;
    for (uint32_t i = 0; i < scenario->n_policies; i++) {
        const kj_policy *policy = &scenario->policy[i];
        printf("%-20s %s\n%20s %s\n", policy->name, policy->title[kj_language_now()], "", policy->sentence[kj_language_now()]);
    }
    printf("\n%s\n", _("`kedja policy show NAME` tells parameters, legal lever, and what a policy changes and leaves alone."));
    kj_scenario_free(scenario);
    return KJ_OK;
}

/* "each January", "once, when municipality.population is above 40000", "once, in January of its `year`". */
static void print_when(const kj_policy *policy)
{
    const kj_trigger *when = &policy->trigger;
    const char *month = _(kj_cli_month(when->month ? when->month : 1));
    bool has_year = false, crosses = when->table != NULL;
    for (uint32_t p = 0; p < policy->n_params; p++) has_year |= strcmp(policy->params[p].name, "year") == 0;
    if (!policy->once) {
        if (policy->monthly) printf("%s", _("each month"));
        else printf(_("each %s"), month);
        return;
    }
    if (crosses) printf(when->is_above ? _("once, when %s.%s is above %g") : _("once, when %s.%s is below %g"), when->table, when->column, when->bound);
    if (when->year) printf(crosses ? _(", from %s %d") : _("once, in %s %d"), month, (int)when->year);
    else if (has_year) printf(crosses ? _(", from %s of its `year`") : _("once, in %s of its `year`"), month);
    else if (!crosses) printf(_("once, in the first %s"), month);
}

static void print_field(const char *name, const char *text)
{
    kj_term_left(_(name), 18);
    puts(text ? text : _("not said"));
}

static void print_param(const kj_policy_param *param)
{
    printf("  %-16s ", param->name);
    if (param->kind == KJ_PARAM_SWITCH) puts(param->def != 0.0 ? "true" : "false");
    else {
        printf("%.10g %s (", param->def, strcmp(param->unit, "1") ? param->unit : "");
        kj_print_values(param);
        puts(")");
    }
    const char *title = param->title[kj_language_now()], *sentence = param->sentence[kj_language_now()];
    if (strcmp(title, sentence) != 0) printf("  %16s %s. %s\n", "", title, sentence); /* without text of their own both are the name, or the title */
    else if (strcmp(title, param->name) != 0) printf("  %16s %s\n", "", title);
}

static void print_policy(const kj_policy *policy)
{
    kj_language language = kj_language_now();
    printf("%s: %s\n%s\n\n", policy->name, policy->title[language], policy->sentence[language]);
    print_field(N_("changes"), policy->changes[language]);
    print_field(N_("leaves alone"), policy->leaves[language]);
    kj_term_left(_("applied"), 18);
    print_when(policy);
    putchar('\n');
    if (policy->lever_se) print_field(N_("lever, Sweden"), policy->lever_se);
    if (policy->lever_dk) print_field(N_("lever, Denmark"), policy->lever_dk);
    printf("\n%s\n", _("parameters"));
    for (uint32_t p = 0; p < policy->n_params; p++) print_param(&policy->params[p]);
    printf("  enabled, from, to   %s\n", _("of every policy: on or off, first and last year"));
}

/* A shipped policy can be switched on in any scenario. */
static void print_try_shipped(const kj_policy *policy)
{
    putchar('\n');
    printf(_("Try it: kedja run SCENARIO --set %s.enabled=true\n"), policy->name);
}

/* One of the user's own is found only beside a scenario that lists it. */
static void print_try_own(const kj_policy *policy, const char *path)
{
    const char *slash = strrchr(path, '/');
    int n = slash ? (int)(slash - path) : 1;
    putchar('\n');
    printf(_("Where it is looked for: in the scenario's own folder or its policies/, and only if the scenario lists it.\n"
             "Try it: put a scenario into the folder of this file (%.*s) and write into it\n"),
           n, slash ? path : ".");
    printf("  policies = { \"%s\" }\n", policy->name);
}

static kj_status show(kj_error *err, const char *name)
{
    kj_scenario *scenario;
    kj_status status = load_shipped(err, &scenario);
    if (status) return status;
    const kj_policy *policy = find(scenario, name);
    if (policy) {
        print_policy(policy);
        print_try_shipped(policy);
    } else {
        const char *names[256];
        uint32_t n = 0;
        for (; n < scenario->n_policies && n < 256; n++) names[n] = scenario->policy[n].name;
        const char *near = kj_nearest_name(name, names, n);
        status = kj_fail(err, KJ_E_INPUT, "there is no policy '%s'%s%s%s; `kedja policy list` names the shipped ones, `kedja policy check FILE.lua` shows one of your own", name, near ? "; did you mean '" : "", near ? near : "",
                         near ? "'?" : "");
    }
    kj_scenario_free(scenario);
    return status;
}

static const char template[] =
    "-- NAME: what it is, in one line.\n"
    "--\n"
    "-- Changes: the green bit of cell.protection on forest near homes. (Say here what yours changes.)\n"
    "-- Leaves alone: everything else.\n"
    "\n"
    "policy {\n"
    "  name = \"NAME\",\n"
    "  title = { en = \"TITLE\", sv = \"TITLE\", da = \"TITLE\" }, -- heads pictures and lists: say it in each language\n"
    "  sentence = {\n"
    "    en = \"Forbids building in forest close to homes.\",\n"
    "    sv = \"Förbjuder byggande i bostadsnära skog.\",\n"
    "    da = \"Forbyder byggeri i skov tæt på boliger.\",\n"
    "  },\n"
    "  lever = { se = \"Which law or plan lets a municipality do this?\", dk = \"The same in Denmark.\" },\n"
    "  changes = \"cell.protection on forest near homes\",\n"
    "  leaves = \"everything else\",\n"
    "  parameters = {\n"
    "    {\n"
    "      name = \"metres\", unit = \"m\", default = 300, min = 50, max = 2000,\n"
    "      source = \"assumed\",\n"
    "      title = { en = \"Distance from homes\", sv = \"Avstånd från bostäder\", da = \"Afstand fra boliger\" },\n"
    "      sentence = { en = \"How far from homes.\", sv = \"Hur långt från bostäder.\", da = \"Hvor langt fra boliger.\" },\n"
    "    },\n"
    "  },\n"
    "  when = \"year\", -- each January; also \"month\", \"once\", { month = 8 }, { year = 2030 },\n"
    "                 -- or { table = \"municipality\", column = \"population\", above = 40000 }\n"
    "  apply = function(city, p)\n"
    "    local land = city:layer(\"land_use\")\n"
    "    local near = city:near(land:is(\"small_houses\", \"flats\"), p.metres)\n"
    "    city:layer(\"protection\"):bits_on(land:is(\"forest\") & near, \"green\")\n"
    "  end,\n"
    "}\n";

static bool is_name(const char *name)
{
    return *name >= 'a' && *name <= 'z' && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] == 0 && strlen(name) < KJ_NAME_MAX;
}

/* A shipped policy of the same name is not meant: beside a scenario the own one takes its place. */
static void note_shipped(const char *name)
{
    kj_scenario *scenario;
    kj_error ignored;
    if (load_shipped(&ignored, &scenario)) return;
    if (find(scenario, name)) kj_log_note(false, "there is a shipped policy '%s' too: beside a scenario that lists it, this file takes its place", name);
    kj_scenario_free(scenario);
}

/* "forest_ring": "Forest ring" */
static void put_title(const char *name, FILE *file)
{
    fputc(*name - 'a' + 'A', file);
    while (*++name) fputc(*name == '_' ? ' ' : *name, file);
}

static kj_status begin_new(kj_error *err, const char *name)
{
    char path[KJ_NAME_MAX + 8];
    struct stat st;
    if (!is_name(name)) return kj_fail(err, KJ_E_INPUT, "a policy is named with small letters, digits and _, beginning with a letter: found '%s'", name);
    snprintf(path, sizeof path, "%s.lua", name);
    if (stat(path, &st) == 0) return kj_fail(err, KJ_E_INPUT, "%s is there already", path);
    kj_status status = kj_file_check_target(err, path);
    if (status) return status;
    FILE *file = fopen(path, "w");
    if (!file) return kj_fail(err, KJ_E_IO, "cannot write %s: %s", path, kj_why(errno));
    for (const char *at = template; *at;) {
        if (strncmp(at, "NAME", 4) == 0) fputs(name, file), at += 4;
        else if (strncmp(at, "TITLE", 5) == 0) put_title(name, file), at += 5;
        else fputc(*at++, file);
    }
    if (fclose(file)) return kj_fail(err, KJ_E_IO, "cannot write %s: %s", path, kj_why(errno));
    note_shipped(name);
    printf("%s: a policy that works, to change. Then: kedja policy check %s\n", path, path);
    return KJ_OK;
}

static char *read_text(kj_error *err, const char *path)
{
    enum { TEXT_MAX = 1 << 20 };
    FILE *file = fopen(path, "rb");
    char *text = file ? calloc(1, TEXT_MAX + 2) : NULL;
    size_t n = text ? fread(text, 1, TEXT_MAX + 1, file) : 0;
    if (!text || n > TEXT_MAX || ferror(file) || memchr(text, 0, n)) {
        kj_fail(err, KJ_E_INPUT, "%s: %s", path, !file ? kj_why(errno) : n > TEXT_MAX ? "longer than 1 MB" : "not a text file");
        free(text);
        text = NULL;
    }
    if (file) fclose(file);
    return text;
}

/* A trial of a policy on a map, and what the policy did there. */
typedef struct trial {
    const char *map_name;
    int32_t years;  /* 0: two, or until the policy's year has come */
    int64_t totals[KJ_DEEDS];
    char words[600];
    int32_t start, asked_in, asked_for; /* year of the start state; when it last asked for a past year, and the earliest it asked for then; 0 never */
} trial;

/* The year before which a policy that acts once does not act; 0: any. */
static int32_t own_year(const kj_policy *policy)
{
    double year = policy->trigger.year;
    for (uint32_t p = 0; p < policy->n_params && policy->once && !policy->trigger.year; p++)
        if (strcmp(policy->params[p].name, "year") == 0) year = policy->params[p].def;
    return (int32_t)year;
}

static int32_t enough_years(const kj_policy *policy, kj_month start)
{
    int32_t years = own_year(policy) - KJ_YEAR_OF(start);
    return years < TRIAL_YEARS ? TRIAL_YEARS : years > TRIAL_YEARS_MAX ? TRIAL_YEARS_MAX : years;
}

/* A policy that fails in these years is found here. */
static kj_status try_policy(kj_error *err, kj_scenario *scenario, trial *out)
{
    kj_memory memory = {0};
    kj_map map;
    kj_sim *sim = NULL;
    kj_status status = kj_map_load(err, out->map_name, &memory, true, &map);
    if (status) return status;
    if (!out->years) out->years = enough_years(&scenario->policy[0], map.start);
    kj_sim_config config = {.seed = 1, .n_threads = 1, .audit = true, .start = map.start, .end = map.start + 12 * out->years, .country = map.country, .builtins = kj_builtin_plugins};
    status = kj_scenario_use_map(err, scenario, map.name);
    if (!status) status = kj_sim_new(err, &config, &sim);
    if (!status) status = kj_sim_load_plugins(err, sim, NULL, 0);
    if (!status) status = kj_scenario_attach(err, scenario, sim);
    if (!status) status = kj_scenario_check(err, scenario, sim);
    if (!status) status = kj_scenario_check_facilities(err, scenario, &map, sim);
    if (!status) kj_scenario_tell_facilities(scenario, &map, sim);
    if (!status) status = kj_sim_start(err, sim, &map);
    while (!status && kj_sim_now(sim) < config.end) status = kj_sim_month(err, sim);
    if (!status) {
        kj_policy_totals(sim, 0, out->totals);
        kj_policy_words(sim, 0, out->words, sizeof out->words);
        out->start = KJ_YEAR_OF(config.start);
        out->asked_for = kj_policies_asked(scenario, &out->asked_in);
    }
    kj_map_free(&map);
    kj_sim_free(sim);
    /* Whatever goes wrong here is the file's fault. */
    if (status == KJ_E_FAILED) err->status = status = KJ_E_INPUT;
    return status;
}

/* It asked for a year that the trial does not know, and did so to its end. */
static void doubt_past(const trial *tried)
{
    if (!tried->asked_for || tried->asked_for >= tried->start) return;
    int32_t enough = tried->years + tried->start - tried->asked_for;
    char more[80] = "";
    if (enough <= TRIAL_YEARS_MAX) snprintf(more, sizeof more, "; if it counts back from city.year, --years %d reaches an answer", (int)enough);
    kj_log_note(false, "in %d it asked for %d and got nil: the trial knows nothing before %d%s", (int)tried->asked_in, (int)tried->asked_for, (int)tried->start, more);
}

/* What is sound, and yet perhaps not meant. */
static void print_doubts(const kj_policy *policy, const trial *tried)
{
    note_shipped(policy->name);
    for (uint32_t p = 0; p < policy->n_params; p++)
        if (!policy->params[p].has_unit) kj_log_note(false, "parameter %s names no unit: write unit = \"m\", \"year\", \"SEK\" …, or \"1\" for a plain number", policy->params[p].name);
    int32_t end = tried->start + tried->years, year = own_year(policy);
    if (tried->totals[KJ_DEED_CALL] == 0 && year > end)
        kj_log_note(false, "it has not acted and is not tested: the trial ends in %d, before its year %d; --years tries up to %d", (int)end, (int)year, TRIAL_YEARS_MAX);
    else if (tried->totals[KJ_DEED_CALL] == 0)
        kj_log_note(false, "it did not act in %d year%s of map %s: its bound was not reached; --years tries more", (int)tried->years, tried->years == 1 ? "" : "s", tried->map_name);
    else if (kj_policy_changed_nothing(tried->totals)) kj_log_note(false, "it changed nothing on map %s, where it may find no place for what it does; --map tries another", tried->map_name);
    doubt_past(tried);
}

static kj_status check(kj_error *err, const char *path, const char *map_name, int32_t years)
{
    char *text = read_text(err, path);
    if (!text) return KJ_E_INPUT;
    kj_scenario *scenario = NULL;
    kj_status status = load_policies(err, path, text, &scenario);
    trial tried = {.map_name = map_name, .years = years};
    if (!status) status = try_policy(err, scenario, &tried);
    if (!status) {
        const kj_policy *policy = &scenario->policy[0];
        long long calls = (long long)tried.totals[KJ_DEED_CALL];
        printf("%s: the policy reads well and went through %d year%s of map %s: acted %lld time%s: %s\n\n", path, (int)tried.years, tried.years == 1 ? "" : "s",
               map_name, calls, calls == 1 ? "" : "s", tried.words);
        print_policy(policy);
        print_try_own(policy, path);
        print_doubts(policy, &tried);
    }
    kj_scenario_free(scenario);
    free(text);
    return status;
}

/* ---- the vocabulary, as the handbook has it (docs/policy_words.md) ---- */

/* A text in a cell of a Markdown table. */
static void print_cell(const char *text)
{
    for (; *text; text++) {
        if (*text == '|') putchar('\\');
        putchar(*text);
    }
}

static void print_bindings(void)
{
    const char *object = "";
    for (size_t i = 0; kj_city_binding(i); i++) {
        const kj_binding *b = kj_city_binding(i);
        if (strcmp(object, b->object) != 0) printf("\n### %s\n\n| Written | What it does |\n|---|---|\n", b->object);
        object = b->object;
        printf("| `");
        print_cell(b->signature);
        printf("` | ");
        print_cell(b->doc);
        puts(" |");
    }
}

static void print_layer(const kj_column *column)
{
    printf("| `%s` | %s | %s | ", column->name, column->unit && strcmp(column->unit, "1") ? column->unit : "", column->flags & KJ_POLICY ? "yes" : "");
    print_cell(column->doc ? column->doc : "");
    if (column->labels && column->labels[0]) {
        printf(" Words: ");
        for (int32_t i = 0; i < kj_labels_count(column->labels); i++) {
            char word[64];
            printf("%s%s", i ? ", " : "", kj_labels_at(column->labels, i, word, sizeof word));
        }
        putchar('.');
    }
    puts(" |");
}

/* The chapter is English, as the handbook. */
static void print_policy_section(const kj_policy *policy)
{
    printf("\n### %s\n\n**%s.** %s\n\nApplied ", policy->name, policy->title[KJ_LANG_EN], policy->sentence[KJ_LANG_EN]);
    print_when(policy);
    printf(". Changes %s. Leaves alone %s.\n", policy->changes[KJ_LANG_EN], policy->leaves[KJ_LANG_EN]);
    if (policy->lever_se) printf("Lever in Sweden: %s\n", policy->lever_se);
    if (policy->lever_dk) printf("Lever in Denmark: %s\n", policy->lever_dk);
    if (policy->n_params) puts("\n| Parameter | Default | Unit | Range | What it is |\n|---|---|---|---|---|");
    for (uint32_t p = 0; p < policy->n_params; p++) {
        const kj_policy_param *param = &policy->params[p];
        if (param->kind == KJ_PARAM_SWITCH) printf("| `%s` | %s | |", param->name, param->def != 0.0 ? "true" : "false");
        else {
            printf("| `%s` | %.10g | %s | ", param->name, param->def, strcmp(param->unit, "1") ? param->unit : "");
            kj_print_values(param);
        }
        printf(" | ");
        print_cell(param->title[KJ_LANG_EN]);
        printf(". ");
        print_cell(param->sentence[KJ_LANG_EN]);
        puts(" |");
    }
}

static void print_indicator(const kj_sim *sim, const kj_column *column)
{
    kj_measured when = kj_sim_measured(sim, column);
    printf("| `%s` | %s | ", column->name, column->unit && strcmp(column->unit, "1") ? column->unit : "");
    if (column->flags & KJ_FLOW) printf("counted from January on; not in January");
    else if (when.is_measured && !when.at_start && when.month_of_year > 0) printf("measured in %s", kj_cli_month(when.month_of_year));
    else if (when.is_measured && when.month_of_year > 0) printf("at the start, then in %s", kj_cli_month(when.month_of_year));
    else if (when.is_measured && when.month_of_year < 0) printf("measured at the start");
    else if (when.is_measured) printf("each month");
    else printf("from the map");
    printf(" | %s | ", script_is_summable(column) ? "yes" : "");
    print_cell(column->doc ? column->doc : "");
    puts(" |");
}

/* What city:indicator(table, column) and triggers know in the model as shipped. */
static void print_indicators(kj_sim *sim)
{
    static const char *const tables[] = {"municipality", "area", "service", "facility"};
    puts("\n## Indicators\n\nWhat `city:indicator(table, column [, name] [, year])` and `when = { table =, column =, above = }` know in the model as shipped. A policy of January sees what was measured in\n"
         "the December before; before the first measurement the answer is nil, and a trigger waits. *Sum*: may be added up over the rows of the table; the others are asked\n"
         "for one row by its name or code. Money with the unit 1e-2 SEK is counted in hundredths.\n\n"
         "With a year the answer is what stood at its end, back to the start state (December before `city.start_year`), so that a yearly count can be asked for in January:\n"
         "`city:indicator(\"municipality\", \"births\", city.year - 1)`. It is nil for years before, and for a row that was not there yet. It is the same after a restart, in a branch\n"
         "and in a replay.");
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        const kj_rows *rows = kj_store_table(kj_sim_store(sim), tables[t]);
        if (!rows) continue;
        printf("\n### Indicators of %s\n\n| Column | Unit | When | Sum | What it is |\n|---|---|---|---|---|\n", tables[t]);
        for (uint32_t c = 0; c < rows->n_columns; c++)
            if (script_is_indicator(&rows->columns[c])) print_indicator(sim, &rows->columns[c]);
    }
}

/* The columns of `cell` that the model as shipped has: what city:layer(name) answers. Then its indicators. */
static kj_status print_layers(kj_error *err)
{
    kj_sim *sim = NULL;
    kj_sim_config config = {.seed = 1, .n_threads = 1, .country = "se", .builtins = kj_builtin_plugins};
    kj_status status = kj_sim_new(err, &config, &sim);
    if (!status) status = kj_sim_load_plugins(err, sim, NULL, 0);
    const kj_rows *cells = status ? NULL : kj_store_table(kj_sim_store(sim), "cell");
    puts("\n## Layers\n\nWhat `city:layer(name)` knows in the model as shipped. *May be changed*: by a policy; the others are only read.\n\n"
         "| Layer | Unit | May be changed | What it is |\n|---|---|---|---|");
    for (uint32_t c = 0; cells && c < cells->n_columns; c++) print_layer(&cells->columns[c]);
    if (!status) print_indicators(sim);
    kj_sim_free(sim);
    return status;
}

static int by_name(const void *a, const void *b) { return strcmp(((const kj_policy *)a)->name, ((const kj_policy *)b)->name); }

static kj_status print_words(kj_error *err)
{
    kj_scenario *scenario;
    kj_status status = load_shipped(err, &scenario);
    if (status) return status;
    puts("# The words of policies\n\nWritten by `kedja policy words --lang en` from the program itself; do not edit. [Scenarios and policies in Lua](lua.md) says how to use\n"
         "them, and [from nothing to a compared policy](policy_tutorial.md) shows it.\n\nMasks are joined with `&` (both), `|` (either) and `~` (outside). `and`, `or` and `not` take every mask for true: they are refused where they stand\nbeside a mask, and cannot be seen where it has a name of its own.\n\n## Objects");
    print_bindings();
    status = print_layers(err);
    if (!status) {
        puts("\n## Shipped policies\n\nEach also has `enabled`, and `from` and `to`, its first and last year. On in any scenario by `--set NAME.enabled=true`.");
        qsort(scenario->policy, scenario->n_policies, sizeof *scenario->policy, by_name);
        for (uint32_t i = 0; i < scenario->n_policies; i++) print_policy_section(&scenario->policy[i]);
    }
    kj_scenario_free(scenario);
    return status;
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    const char *word[2] = {NULL, NULL}, *map_name = "toy", *code = "en";
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result), n_words = 0;
    kj_language language;
    int64_t years = 0;
    kj_error err;
    kj_status status = KJ_OK;
    for (int i = 0; !status && i < n; i++) {
        if (words[i].option == LANG) {
            code = words[i].text;
        } else if (words[i].option == MAP) {
            map_name = words[i].text;
        } else if (words[i].option == YEARS) {
            status = kj_cli_number(&err, "years", words[i].text, 1, TRIAL_YEARS_MAX, &years);
        } else if (n_words < 2) {
            word[n_words++] = words[i].text;
        } else {
            status = kj_fail(&err, KJ_E_INPUT, "one file or name at a time: '%s' is one too many", words[i].text);
        }
    }
    if (!status && n >= 0) { status = kj_cli_language(&err, code, &language); }
    if (!status && n >= 0) {
        bool is_list = word[0] && !strcmp(word[0], "list"), is_words = word[0] && !strcmp(word[0], "words");
        if (is_list && !word[1]) status = list(&err);
        else if (is_words && !word[1]) status = print_words(&err);
        else if (word[1] && !strcmp(word[0], "show")) status = show(&err, word[1]);
        else if (word[1] && !strcmp(word[0], "new")) status = begin_new(&err, word[1]);
        else if (word[1] && !strcmp(word[0], "check")) status = check(&err, word[1], map_name, (int32_t)years);
        else result = kj_cli_misuse(command, word[0] ? "expected list, show NAME, new NAME, check FILE or words" : "what about the policies?");
    }
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_policy = {
    .name = "policy",
    .usage = "policy list | show NAME | new NAME | check FILE [--map NAME|FOLDER] [--years N] | words [--lang en|sv|da]",
    .doc = "Lists, shows, begins and checks policies.\nlist names the shipped ones; show tells parameters, legal lever and effect; new writes NAME.lua to begin from; check reads a file and\n"
           "applies it to the toy world (or --map) for two years, or until its year has come (or --years); words prints the whole vocabulary as a chapter of the handbook: objects, layers, indicators, shipped policies.",
    .options = options,
    .run = run,
};
