/* kedja report RUN.nc */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#ifdef KEDJA_DRAW
#include "../io/h5in.h"
#include "../report/handout.h"
#include "../report/report.h"
#include "../report/tables_document.h"
#endif

enum { OUT, PNG, MAP, TABLES, YEAR, LANG, QUIET };

static const kj_option options[] = {
    [OUT] = {"out", "FILE.pdf", "handout of seven or eight pages: tagged PDF, or .html, or .svg and .png (one file a page); of an ensemble .pdf (two pages), .svg or .png (one)"},
    [PNG] = {"png", "FILE.png", "one page with map, charts and table as a picture"},
    [MAP] = {"map", "FILE.png", "map of land use with what was built"},
    [TABLES] = {"tables", "FILE.pdf", "all tables that planners keep, as an appendix (one by one: kedja table)"},
    [YEAR] = {"year", "YYYY", "year of --map (default: the last)"},
    [LANG] = {"lang", "en|sv|da", "language (default: en)"},
    [QUIET] = KJ_CLI_QUIET,
    {0},
};

typedef struct wishes {
    const char *run, *second, *out, *png, *map, *tables, *lang;
    int64_t year;
    bool quiet;
} wishes;

#ifdef KEDJA_DRAW
static kj_status draw_ensemble(kj_error *err, const wishes *w)
{
    if (w->map || w->second || w->tables)
        return kj_fail(err, KJ_E_INPUT, "%s: an ensemble is drawn alone, with its map on the page: give --png FILE.png or --out FILE.pdf", w->run);
    if (w->year) return kj_fail(err, KJ_E_INPUT, "%s: the page of an ensemble is of its last year: leave out --year %lld", w->run, (long long)w->year);
    kj_status status = w->out ? kj_report_check_picture_name(err, w->out) : KJ_OK; /* all names before any drawing */
    if (!status && w->png) status = kj_report_check_name(err, w->png, ".png");
    if (!status && w->png) status = kj_report_ensemble(err, w->run, w->png, w->lang);
    return !status && w->out ? kj_report_ensemble(err, w->run, w->out, w->lang) : status;
}

/* Only the handout holds two runs against each other: the others would leave the second out. */
static kj_status check_second(kj_error *err, const wishes *w)
{
    const char *option = w->png ? "png" : w->map ? "map" : "tables";
    if (!w->second || (!w->png && !w->map && !w->tables)) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "option --%s: it is of one run, found %s and %s: draw each by itself, or both in a handout with --out FILE.pdf alone",
                   option, w->run, w->second);
}
#endif

static kj_status draw(kj_error *err, const wishes *w)
{
#ifdef KEDJA_DRAW
    if (kj_h5in_is(w->run, "ensemble")) return draw_ensemble(err, w);
    if (w->year && !w->map) return kj_fail(err, KJ_E_INPUT, "option --year: it is the year of --map FILE.png, which is missing; the other pages are of the last year");
    kj_status status = check_second(err, w);
    if (!status && w->out) status = kj_handout_check_name(err, w->out); /* all names before any drawing */
    if (!status && w->png) status = kj_report_check_name(err, w->png, ".png");
    if (!status && w->tables) status = kj_report_check_name(err, w->tables, ".pdf");
    if (!status && w->tables) status = kj_report_tables(err, w->run, w->tables, w->lang);
    if (!status && w->map) status = kj_report_map_png(err, w->run, (int32_t)w->year, w->map, w->lang);
    if (!status && w->png) status = kj_report_summary(err, w->run, w->png, w->lang);
    if (!status && w->out) status = kj_handout(err, w->run, w->second, w->out, w->lang);
    return status;
#else
    return kj_fail(err, KJ_E_FAILED, "%s: this program was built without drawing (-DKEDJA_DRAW=OFF)", w->run);
#endif
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    wishes w = {.lang = "en"};
    kj_error err;
    kj_status status = KJ_OK;
    for (int i = 0; !status && i < n; i++) {
        switch (words[i].option) {
        case OUT: status = kj_cli_target(&err, &w.out, words[i].text); break;
        case PNG: status = kj_cli_target(&err, &w.png, words[i].text); break;
        case MAP: status = kj_cli_target(&err, &w.map, words[i].text); break;
        case TABLES: status = kj_cli_target(&err, &w.tables, words[i].text); break;
        case LANG: w.lang = words[i].text; break;
        case QUIET: w.quiet = true; break;
        case YEAR: status = kj_cli_number(&err, "year", words[i].text, 1900, 3000, &w.year); break;
        default:
            if (w.second) status = kj_fail(&err, KJ_E_INPUT, "at most two runs: '%s' comes after '%s'", words[i].text, w.second);
            if (w.run) w.second = words[i].text;
            else w.run = words[i].text;
        }
    }
    if (!status && n >= 0 && strcmp(w.lang, "en") && strcmp(w.lang, "sv") && strcmp(w.lang, "da"))
        status = kj_fail(&err, KJ_E_INPUT, "option --lang: expected en, sv or da, found '%s'", w.lang);
    if (!status && n >= 0 && (!w.run || (!w.out && !w.png && !w.map && !w.tables))) {
        result = kj_cli_misuse(command, !w.run ? "which run?" : "nothing to draw: give --out, --png, --map or --tables");
        n = -1;
    }
    if (!status && n >= 0) status = draw(&err, &w);
    const char *const written[] = {w.tables, w.map, w.png, w.out};
    for (size_t k = 0; k < sizeof written / sizeof *written && !status && n >= 0; k++) kj_cli_wrote(w.quiet, written[k]);
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_report = {
    .name = "report",
    .usage = "report RUN.nc [RUN2.nc] [--out FILE.pdf|.html|.svg|.png] [--png FILE.png] [--map FILE.png] [--tables FILE.pdf] [--year YYYY] [--lang en|sv|da] "
             "[--quiet]",
    .doc = "Draws a run: a handout for a forum, one page with map, charts and table, or a map of land use.\n"
           "With a second run of the same map and seed, to the same year, the handout holds them against each other and has the consequence matrix.\n"
           "Of a merged ensemble (NAME.batch/NAME.nc): a page with fan, differences, map of probability and full schools; with --out FILE.pdf\n"
           "a second one with inhabitants by area.",
    .options = options,
    .run = run,
};
