/* kedja export SOURCE … */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../draw/language.h"
#include "../io/export.h"
#include "cli.h"
#include "source.h"
#ifdef KEDJA_DRAW
#include "../report/layer_picture.h"
#endif

enum { LAYER, TABLE, CATCHMENTS, YEAR, AS, OUT, MIN_CELL, ROUND, LANG, QUIET };
enum { TABLES_MAX = 16 };

static const kj_option options[] = {
    [LAYER] = {"layer", "NAME", "a layer: as GTiff, COG, PNG, or with classes as polygons (GPKG, GeoJSON)"},
    [TABLE] = {"table", "NAME", "a table: as CSV, or with its places as GPKG (several times) or GeoJSON"},
    [CATCHMENTS] = {"catchments", "KIND", "what is nearest on foot to each school, preschool …: GPKG or GeoJSON"},
    [YEAR] = {"year", "YYYY|all", "year of a run (default: the last; all: every year, CSV only)"},
    [AS] = {"as", "FORMAT", "GTiff, COG, PNG, CSV, GPKG or GeoJSON (default: by the ending of FILE)"},
    [OUT] = {"out", "FILE", "where it is written"},
    [MIN_CELL] = {"min-cell", "N", "protect: leave out counts of 1 to N-1 (5 is usual)"},
    [ROUND] = {"round", "N", "protect: round counts to multiples of N, at random with the right mean (3 is usual)"},
    [LANG] = {"lang", "en|sv|da", "language of a picture (default: en); sv, da: CSV with ; and decimal comma"},
    [QUIET] = KJ_CLI_QUIET,
    {0},
};

typedef enum format { GTIFF, COG, PNG, CSV, GPKG, GEOJSON, N_FORMATS } format;
static const char *const format_names[N_FORMATS] = {"GTiff", "COG", "PNG", "CSV", "GPKG", "GeoJSON"};

typedef struct wishes {
    const char *source, *layer, *tables[TABLES_MAX], *catchments, *as, *out, *lang;
    uint32_t n_tables;
    int64_t year;
    bool all_years, quiet;
    kj_disclosure protection;
    format format;
} wishes;

static bool ends(const char *text, const char *with)
{
    size_t n = strlen(text), m = strlen(with);
    return n > m && !strcasecmp(text + n - m, with);
}

static kj_status choose_format(kj_error *err, wishes *w)
{
    static const struct {
        const char *ending;
        format is;
    } endings[] = {{".tif", GTIFF}, {".tiff", GTIFF}, {".png", PNG}, {".csv", CSV}, {".gpkg", GPKG}, {".geojson", GEOJSON}, {".json", GEOJSON}};
    for (format f = 0; w->as && f < N_FORMATS; f++) {
        w->format = f;
        if (!strcasecmp(w->as, format_names[f])) return KJ_OK;
    }
    for (size_t i = 0; !w->as && i < sizeof endings / sizeof *endings; i++) {
        w->format = endings[i].is;
        if (ends(w->out, endings[i].ending)) return KJ_OK;
    }
    if (!w->as) return kj_fail(err, KJ_E_INPUT, "%s: expected a name that ends in .tif, .png, .csv, .gpkg or .geojson; --as names the format of another", w->out);
    return kj_fail(err, KJ_E_INPUT, "option --as: expected GTiff, COG, PNG, CSV, GPKG or GeoJSON, found '%s'", w->as);
}

static kj_status no_such(kj_error *err, const wishes *w, const char *what)
{
    return kj_fail(err, KJ_E_INPUT, "%s cannot be written as %s: expected %s", what, format_names[w->format],
                   !strcmp(what, "a layer") ? "GTiff, COG, PNG, GPKG or GeoJSON" : !strcmp(what, "a table") ? "CSV, GPKG or GeoJSON" : "GPKG or GeoJSON");
}

static kj_status picture(kj_error *err, const kj_dataset *set, const wishes *w, uint32_t year)
{
#ifdef KEDJA_DRAW
    return kj_report_layer_png(err, set, w->layer, year, w->out, w->lang);
#else
    (void)set, (void)year;
    return kj_fail(err, KJ_E_FAILED, "%s: this program was built without drawing (-DKEDJA_DRAW=OFF)", w->out);
#endif
}

static kj_status write(kj_error *err, const kj_dataset *set, const wishes *w, kj_language language, uint32_t year)
{
    bool vector = w->format == GPKG || w->format == GEOJSON;
    kj_vector_format as = w->format == GPKG ? KJ_VECTOR_GPKG : KJ_VECTOR_GEOJSON;
    if (w->layer) {
        if (w->format == GTIFF || w->format == COG) return kj_export_raster(err, set, w->layer, year, w->format == COG, w->out);
        if (w->format == PNG) return picture(err, set, w, year);
        return vector ? kj_export_zones(err, set, w->layer, year, as, w->out) : no_such(err, w, "a layer");
    }
    if (w->catchments) return vector ? kj_export_catchments(err, set, w->catchments, year, as, w->out) : no_such(err, w, "a catchment");
    if (w->format == CSV && w->n_tables == 1)
        return kj_export_csv(err, set, w->tables[0], w->all_years ? 0 : year, w->all_years ? set->n_years : 1, &w->protection, language, w->out);
    if (w->format == CSV) return kj_fail(err, KJ_E_INPUT, "a CSV file holds one table; GPKG holds several");
    return vector ? kj_export_places(err, set, w->tables, w->n_tables, year, &w->protection, as, w->out) : no_such(err, w, "a table");
}

static kj_status export(kj_error *err, wishes *w)
{
    kj_source source;
    uint32_t year = 0;
    kj_language language;
    kj_status status = kj_language_parse(err, w->lang, &language);
    if (!status) status = choose_format(err, w);
    if (!status && w->all_years && w->format != CSV) status = kj_fail(err, KJ_E_INPUT, "option --year: all is for CSV; expected one year");
    if (!status) status = kj_source_open(err, w->source, false, &source);
    if (status) return status;
    status = kj_dataset_year(err, &source.set, (int32_t)w->year, &year);
    if (!status) status = write(err, &source.set, w, language, year);
    kj_source_close(&source);
    return status;
}

static kj_status take(kj_error *err, wishes *w, const kj_word *word)
{
    int64_t n = 0;
    kj_status status = KJ_OK;
    switch (word->option) {
    case LAYER: w->layer = word->text; break;
    case TABLE:
        if (w->n_tables == TABLES_MAX) return kj_fail(err, KJ_E_INPUT, "option --table: at most %d tables", TABLES_MAX);
        w->tables[w->n_tables++] = word->text;
        break;
    case CATCHMENTS: w->catchments = word->text; break;
    case YEAR:
        w->all_years = !strcmp(word->text, "all");
        if (!w->all_years) status = kj_cli_number(err, "year", word->text, 1900, 3000, &w->year);
        break;
    case AS: w->as = word->text; break;
    case OUT: status = kj_cli_target(err, &w->out, word->text); break;
    case MIN_CELL:
        status = kj_cli_number(err, "min-cell", word->text, 1, 1000, &n);
        w->protection.min_cell = (int32_t)n;
        break;
    case ROUND:
        status = kj_cli_number(err, "round", word->text, 1, 1000, &n);
        w->protection.round_base = (int32_t)n;
        break;
    case LANG: w->lang = word->text; break;
    case QUIET: w->quiet = true; break;
    default:
        if (w->source) return kj_fail(err, KJ_E_INPUT, "one source at a time: '%s' comes after '%s'", word->text, w->source);
        w->source = word->text;
    }
    return status;
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    wishes w = {.lang = "en"};
    kj_error err;
    kj_status status = KJ_OK;
    for (int i = 0; !status && i < n; i++) status = take(&err, &w, &words[i]);
    int n_things = (w.layer != NULL) + (w.n_tables > 0) + (w.catchments != NULL);
    if (!status && n >= 0 && (!w.source || !w.out || n_things != 1)) {
        result = kj_cli_misuse(command, !w.source ? "export from which run or map?" : !w.out ? "--out FILE is missing"
                                                  : "expected one of --layer, --table and --catchments");
        n = -1;
    }
    if (!status && n >= 0 && w.layer && (w.protection.min_cell > 1 || w.protection.round_base > 1))
        status = kj_fail(&err, KJ_E_INPUT, "options --min-cell and --round protect tables, not layers");
    if (!status && n >= 0) status = export(&err, &w);
    if (!status && n >= 0) kj_cli_wrote(w.quiet, w.out);
    free(words);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_export = {
    .name = "export",
    .usage = "export RUN.nc|MAP --layer NAME|--table NAME|--catchments KIND [--year YYYY] [--as FORMAT] --out FILE [--quiet]",
    .doc = "Writes layers and tables of a run or a map for other programs.\n"
           "Layers as GeoTIFF, cloud-optimised GeoTIFF, picture or polygons; tables as CSV or GeoPackage with their places;\n"
           "catchments by walking distance. Money of tables is in SEK (run files count it in öre); FILE.csv.txt has the unit of\n"
           "each column. `kedja info RUN.nc` and `kedja map show MAP` list layers and tables.",
    .options = options,
    .run = run,
};
