/* kedja map show|check|new */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../map/check.h"
#include "../map/new.h"
#include "../map/observations.h"
#include "cli.h"
#include "source.h"
#ifdef KEDJA_DRAW
#include "../report/layer_picture.h"
#endif

enum { PNG, LAYER, LANG, RUN, MUNICIPALITY, COUNTRY };

static const kj_option options[] = {
    [PNG] = {"png", "FILE.png", "show: draw the map too"},
    [LAYER] = {"layer", "NAME", "show: which layer is drawn (default: land_use)"},
    [LANG] = {"lang", "en|sv|da", "show: language of the picture (default: en)"},
    [RUN] = {"run", "RUN.nc", "check: compare a run of the map with the map's observations, instead of checking the map"},
    [MUNICIPALITY] = {"municipality", "CODE", "new: official code or name of the municipality (1281, Lund)"},
    [COUNTRY] = {"country", "se|dk", "new: country (default: se)"},
    {0},
};

typedef struct wishes {
    const char *verb, *what, *png, *layer, *lang, *run, *municipality, *country;
} wishes;

static void print_layers(const kj_dataset *set)
{
    puts("\nlayers");
    for (uint32_t l = 0; l < set->layers.n_columns; l++) {
        const kj_run_column *c = &set->layers.columns[l];
        printf("  %-16s %-10s %-9s %s\n", c->name, c->unit, c->origin, c->long_name);
    }
    puts("tables");
    for (uint32_t t = 0; t < set->n_tables; t++)
        printf("  %-16s %8u rows, %2u columns: %s\n", set->tables[t].name, set->tables[t].n_rows, set->tables[t].n_columns, set->tables[t].long_name);
}

static kj_status show(kj_error *err, const wishes *w)
{
    kj_source source;
    kj_status status = kj_source_open(err, w->what, true, &source);
    if (status) return status;
    const kj_map *map = &source.map;
    const kj_grid *g = &map->grid;
    printf("map        %s (%s)\nstart      31 December %d\ndigest     %s\n", map->title, map->name, KJ_YEAR_OF(map->start), map->digest);
    printf("grid       %d x %d cells of %g m, EPSG:%d, corner %.0f east %.0f north\n\n", g->nx, g->ny, g->cell_m, g->epsg, g->west, g->north);
    if (map->report) fputs(map->report, stdout);
    print_layers(&source.set);
    if (map->sources && map->sources[0]) printf("sources\n%s", map->sources);
#ifdef KEDJA_DRAW
    if (w->png) status = kj_report_layer_png(err, &source.set, w->layer, 0, w->png, w->lang);
#else
    if (w->png) status = kj_fail(err, KJ_E_FAILED, "%s: this program was built without drawing (-DKEDJA_DRAW=OFF)", w->png);
#endif
    kj_source_close(&source);
    if (!status) kj_cli_wrote(false, w->png);
    return status;
}

static kj_status compare_run(kj_error *err, const kj_map *map, const char *path, kj_findings *findings)
{
    kj_runread *run = NULL;
    *findings = (kj_findings){0};
    kj_status status = kj_runread_open(err, path, &run);
    if (!status) status = kj_observations_check_run(err, map, run, findings);
    kj_runread_close(run);
    if (status) kj_findings_free(findings);
    return status;
}

static kj_status check(kj_error *err, const wishes *w)
{
    static const char *const words[] = {"error", "warning", "note"};
    kj_source source;
    kj_findings findings;
    kj_status status = kj_source_open(err, w->what, true, &source);
    if (status) return status;
    status = w->run ? compare_run(err, &source.map, w->run, &findings) : kj_map_check(err, &source.map, &findings);
    if (!status) {
        for (int kind = 0; kind < 3; kind++)
            for (uint32_t i = 0; i < findings.n; i++)
                if ((int)findings.items[i].kind == kind) printf("%-8s %s\n", words[kind], findings.items[i].text);
        printf("%s: %u error%s, %u warning%s\n", w->what, findings.n_of[0], findings.n_of[0] == 1 ? "" : "s", findings.n_of[1], findings.n_of[1] == 1 ? "" : "s");
        if (findings.n_of[0]) status = kj_fail(err, KJ_E_INPUT, "%s: %u error%s; mend the sources and import again", w->what, findings.n_of[0], findings.n_of[0] == 1 ? "" : "s");
        kj_findings_free(&findings);
    }
    kj_source_close(&source);
    return status;
}

static kj_status begin(kj_error *err, const wishes *w)
{
    char path[KJ_PATH_MAX];
    kj_status status = kj_map_new(err, w->what, w->country, w->municipality, path, sizeof path);
    if (status) return status;
    const char *slash = strrchr(w->what, '/'), *name = slash ? slash + 1 : w->what;
    printf("written: %s\nIt says what to download, where each file goes, and what to change first (CHANGE THIS). Then:\n"
           "  kedja import %s --data FOLDER --out out/maps/%s\n  kedja map check out/maps/%s\n", path, path, name, name);
    return KJ_OK;
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    wishes w = {.layer = "land_use", .lang = "en", .country = "se"};
    kj_error err;
    kj_status status = KJ_OK;
    for (int i = 0; !status && i < n; i++) {
        switch (words[i].option) {
        case PNG: status = kj_cli_target(&err, &w.png, words[i].text); break;
        case LAYER: w.layer = words[i].text; break;
        case LANG: w.lang = words[i].text; break;
        case RUN: w.run = words[i].text; break;
        case MUNICIPALITY: w.municipality = words[i].text; break;
        case COUNTRY: w.country = words[i].text; break;
        default:
            if (!w.verb) w.verb = words[i].text;
            else if (!w.what) w.what = words[i].text;
            else status = kj_fail(&err, KJ_E_INPUT, "one map at a time: '%s' comes after '%s'", words[i].text, w.what);
        }
    }
    if (!status && n >= 0) {
        bool is_show = w.verb && !strcmp(w.verb, "show"), is_check = w.verb && !strcmp(w.verb, "check"), is_new = w.verb && !strcmp(w.verb, "new");
        if (!is_show && !is_check && !is_new) result = kj_cli_misuse(command, "expected show, check or new%s%s", w.verb ? ", found " : "", w.verb ? w.verb : "");
        else if (!w.what) result = kj_cli_misuse(command, "which map?");
        else if (is_new && !w.municipality) result = kj_cli_misuse(command, "--municipality CODE is missing");
        else status = is_show ? show(&err, &w) : is_check ? check(&err, &w) : begin(&err, &w);
    }
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_map = {
    .name = "map",
    .usage = "map show|check MAP [--png FILE.png] [--layer NAME] [--run RUN.nc] | map new FOLDER --municipality CODE",
    .doc = "Shows a map, checks it, or begins a new one.\n"
           "show prints what a map holds and how well it fits its sources; check looks for gaps, places in water, schools\n"
           "outside, impossible figures (status 2 if there are errors); new writes a recipe that says what to download.",
    .options = options,
    .run = run,
};
