/* kedja compare BASE.nc CHANGE.nc … */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../compare/compare.h"
#include "cli.h"
#include "json_out.h"
#include "compare_text.h"
#include "compare_worlds.h"
#ifdef KEDJA_DRAW
#include "../report/report.h"
#include "../report/worlds_page.h"
#endif

enum { YEAR, ALL, JSON, CSV, SVG, CHART, TITLE, WORLDS, MARKDOWN, NAMES, LANG, QUIET };

static const kj_option options[] = {
    [YEAR] = {"year", "YYYY", "year that is compared (default: the last that all runs have)"},
    [ALL] = {"all", NULL, "every indicator, not the headlines alone"},
    [JSON] = {"json", NULL, "everything as one JSON object"},
    [CSV] = {"csv", NULL, "the matrix and the groups as CSV"},
    [SVG] = {"svg", NULL, "picture of the matrix as SVG on standard output"},
    [CHART] = {"chart", "FILE", "picture of the matrix: FILE.png, FILE.pdf or FILE.svg"},
    [TITLE] = {"title", "TEXT", "title of the picture (default: the settings that differ)"},
    [WORLDS] = {"worlds", "FILE", "up to six worlds beside each other: where each builds, and a table; FILE.png or FILE.pdf"},
    [MARKDOWN] = {"markdown", NULL, "the table of the worlds as Markdown"},
    [NAMES] = {"names", "A;B;…", "names of the worlds in the order in which they are given (default: the settings that differ)"},
    [LANG] = {"lang", "en|sv|da", "language of tables and picture (default: en); sv, da: CSV with ; and decimal comma"},
    [QUIET] = KJ_CLI_QUIET,
    {0},
};

typedef struct wishes {
    const char **paths;
    uint32_t n;
    int64_t year;
    bool all, json, csv, svg, markdown, quiet;
    const char *chart, *title, *lang, *worlds, *names;
} wishes;

static kj_status check_chart(kj_error *err, const char *path)
{
#ifdef KEDJA_DRAW
    return kj_report_check_picture_name(err, path);
#else
    return kj_fail(err, KJ_E_FAILED, "%s: this program was built without drawing (-DKEDJA_DRAW=OFF)", path);
#endif
}

static kj_status draw(kj_error *err, const kj_comparison *comparison, const wishes *w)
{
#ifdef KEDJA_DRAW
    return kj_report_matrix(err, comparison, w->title, w->chart, w->lang);
#else
    (void)comparison;
    return check_chart(err, w->chart);
#endif
}

static kj_status copy_out(kj_error *err, const char *path)
{
    char buffer[1 << 14];
    FILE *in = fopen(path, "rb");
    if (!in) return kj_fail(err, KJ_E_IO, "%s: cannot be read again", path);
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, in)) > 0;) fwrite(buffer, 1, n, stdout);
    fclose(in);
    return KJ_OK;
}

/* The drawing goes by way of a file, since a picture appears whole or not at all. */
static kj_status print_svg(kj_error *err, const kj_comparison *comparison, const wishes *w)
{
    char path[] = "/tmp/kedja-matrix.XXXXXX.svg";
    int made = mkstemps(path, 4);
    if (made < 0) return kj_fail(err, KJ_E_IO, "%s: cannot be made", path);
    close(made);
    wishes to_file = *w;
    to_file.chart = path;
    kj_status status = draw(err, comparison, &to_file);
    if (!status) status = copy_out(err, path);
    unlink(path);
    return status;
}

static kj_status compare(kj_error *err, const wishes *w)
{
    kj_comparison comparison = {0};
    kj_language language = KJ_LANG_EN;
    kj_status status = w->chart ? check_chart(err, w->chart) : KJ_OK;
    if (!status) status = kj_language_parse(err, w->lang, &language);
    if (!status) status = kj_language_set(err, language);
    if (!status) status = kj_compare(err, w->paths, w->n, (int32_t)w->year, &comparison);
    if (!status && w->json) status = kj_cli_print_json(err, kj_comparison_json(&comparison), 10);
    if (!status && w->csv) kj_compare_csv(&comparison, language);
    if (!status && w->svg) status = print_svg(err, &comparison, w);
    if (!status && w->chart) status = draw(err, &comparison, w);
    if (!status && !w->json && !w->csv && !w->svg && !w->chart) kj_compare_print(&comparison, w->all, language);
    kj_comparison_free(&comparison);
    return status;
}

static kj_status compare_worlds(kj_error *err, const wishes *w)
{
    kj_worlds worlds;
    kj_language language = KJ_LANG_EN;
    kj_status status = kj_language_parse(err, w->lang, &language);
    if (!status) status = kj_language_set(err, language);
    if (!status) status = kj_worlds_compare(err, w->paths, w->n, (int32_t)w->year, w->names, &worlds);
    else memset(&worlds, 0, sizeof worlds);
#ifdef KEDJA_DRAW
    if (!status && w->worlds) status = kj_report_worlds(err, &worlds, w->worlds, w->lang);
#else
    if (!status && w->worlds) status = check_chart(err, w->worlds);
#endif
    if (!status && w->markdown) kj_worlds_print_markdown(&worlds);
    kj_worlds_free(&worlds);
    return status;
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    wishes w = {.lang = "en", .paths = calloc((size_t)argc + 1, sizeof *w.paths)};
    if (!words || !w.paths) {
        free(words);
        free(w.paths);
        return 1;
    }
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    kj_error err;
    kj_status status = KJ_OK;
    for (int i = 0; !status && i < n; i++) {
        switch (words[i].option) {
        case YEAR: status = kj_cli_number(&err, "year", words[i].text, 1900, 3000, &w.year); break;
        case ALL: w.all = true; break;
        case JSON: w.json = true; break;
        case CSV: w.csv = true; break;
        case SVG: w.svg = true; break;
        case CHART: status = kj_cli_target(&err, &w.chart, words[i].text); break;
        case TITLE: w.title = words[i].text; break;
        case WORLDS: status = kj_cli_target(&err, &w.worlds, words[i].text); break;
        case MARKDOWN: w.markdown = true; break;
        case NAMES: w.names = words[i].text; break;
        case LANG: w.lang = words[i].text; break;
        case QUIET: w.quiet = true; break;
        default: w.paths[w.n++] = words[i].text;
        }
    }
    if (!status && n >= 0 && w.json + w.csv + w.svg > 1) {
        result = kj_cli_misuse(command, "one of --json, --csv and --svg");
        n = -1;
    }
    if (!status && n >= 0 && w.n < 2) {
        result = kj_cli_misuse(command, w.n ? "compare %s with which run?" : "which runs?", w.n ? w.paths[0] : "");
        n = -1;
    }
    if (!status && n >= 0) status = w.worlds || w.markdown ? compare_worlds(&err, &w) : compare(&err, &w);
    if (!status && n >= 0) kj_cli_wrote(w.quiet, w.worlds), kj_cli_wrote(w.quiet, w.worlds || w.markdown ? NULL : w.chart);
    free(words);
    free(w.paths);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_compare = {
    .name = "compare",
    .usage = "compare BASE.nc CHANGE.nc [MORE.nc …] [--year YYYY] [--all] [--json | --csv | --svg] [--chart FILE [--title TEXT]] [--worlds FILE] [--markdown] [--names A;B;…] [--lang en|sv|da] [--quiet]",
    .doc = "What one change does to every department, to the same people with the same luck; and who gains and who loses.\n"
           "The first run is the base. More runs of both worlds with other seeds, in any order, give intervals: pairs are\n"
           "found by seed. Runs of another map, start or model are refused. --worlds and --markdown take more than two worlds.",
    .options = options,
    .run = run,
};
