/* kedja schools RUN.nc */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "json_out.h"
#include "term_text.h"
#include "../compare/school_table.h"
#include "../draw/number.h"
#include "../io/csvwrite.h"
#ifdef KEDJA_DRAW
#include "../report/catchment_page.h"
#endif

#define _(text) kj_tr(text)
#define N_(text) text

enum { NOW, GRADES, JSON, CSV, MAP, LEVEL, YEAR, LANG, QUIET };

static const kj_option options[] = {
    [NOW] = {"now", "YYYY", "last year that counts as past (default: the run's first year + 3)"},
    [GRADES] = {"grades", NULL, "the text by grade as well, not by school alone"},
    [JSON] = {"json", NULL, "everything as one JSON object on standard output"},
    [CSV] = {"csv", NULL, "school, grade, year … as CSV on standard output"},
    [MAP] = {"map", "FILE.png", "map of the catchments with each school's figures"},
    [LEVEL] = {"level", "low|high", "catchments of the map: F-6 (low, default) or 7-9 (high)"},
    [YEAR] = {"year", "YYYY", "year of the map (default: the last)"},
    [LANG] = {"lang", "en|sv|da", "language of text and map (default: en); sv, da: CSV with ; and decimal comma"},
    [QUIET] = KJ_CLI_QUIET,
    {0},
};

enum { RUNS_MAX = 200 };

typedef struct wishes {
    const char *runs[RUNS_MAX]; /* the first is shown; the others give the interval of first full years */
    uint32_t n_runs;
    const char *map, *lang, *level;
    int64_t now, year;
    bool grades, json, csv, quiet;
} wishes;

/* ---- quality of placement and preschools ---- */

static const struct {
    const char *column, *unit, *text;
    double scale;
} quality[] = {
    {"pupils", "1", N_("pupils with a place"), 1},
    {"pupils_without_place", "1", N_("without a place"), 1},
    {"pupils_at_nearest", "%", N_("at the nearest school, %"), 0.1},
    {"pupils_first_wish", "1", N_("got their first wish"), 1},
    {"pupils_wish_rank", "1", N_("mean rank of wishes met"), 0.001},
    {"pupils_mean_walk", "min", N_("mean way on foot, min"), 1.0 / 60},
    {"pupils_p95_walk", "min", N_("95 of 100 within, min"), 1.0 / 60},
    {"pupils_max_walk", "min", N_("longest way, min"), 1.0 / 60},
    {"pupils_over_limit", "1", N_("beyond the bus limit"), 1},
    {"school_bus_cost", "MSEK/year", N_("school transport, MSEK/year"), 1e-6},
    {"split_families", "1", N_("families split over schools"), 1},
    {"school_classes", "1", N_("classes"), 1},
};
enum { N_QUALITY = sizeof quality / sizeof *quality };

/* Values of a table's yearly column, [n_years][n]; NULL if the run has none. */
static double *series_of(const kj_school_table *t, const char *table_name, const char *column, uint32_t *n)
{
    kj_error err;
    const kj_run_table *table = kj_runread_table_named(t->run, table_name);
    *n = table ? table->n_rows : 0;
    if (!table || !kj_run_table_column(table, column)) return NULL;
    double *values = malloc(((size_t)t->n_years * *n + 1) * sizeof *values);
    if (values && kj_runread_series(&err, t->run, table_name, column, KJ_F64, values) == KJ_OK) return values;
    free(values);
    return NULL;
}

static const char *const *names_of(const kj_school_table *t, const char *table)
{
    kj_error err;
    const char *const *names = NULL;
    return kj_runread_texts(&err, t->run, table, "name", &names) == KJ_OK ? names : NULL;
}

/* ---- text ---- */

static const char *whole(double value, char out[16])
{
    if (value < 0.0) snprintf(out, 16, "%s", "–");
    else snprintf(out, 16, "%.0f", value);
    return out;
}

static void print_cell(double value, int width)
{
    char text[16];
    printf("%*s", value < 0.0 ? width + 2 : width, whole(value, text)); /* the dash has three bytes and one column */
}

static const char *grade_name(int32_t grade, char out[16])
{
    if (grade == 0) snprintf(out, 16, "F");
    else snprintf(out, 16, "%d", grade);
    return out;
}

/* Text cut to so many columns. */
static void print_name(const char *name, int width)
{
    int columns = kj_term_width(name);
    printf("%.*s%*s", kj_term_bytes(name, width), name, columns < width ? width - columns : 0, "");
}

/* "2027–2031 in 9 of 10": first full years of eight runs in ten, and in how many runs it gets full at all. */
static void print_interval(const kj_full_years *full)
{
    char low[16], high[16];
    snprintf(low, sizeof low, "%d", full->low);
    snprintf(high, sizeof high, "%d", full->high);
    printf("   ");
    if (full->n_full == 0) printf(_("in 0 of %u"), full->n_runs);
    else printf(_("%s–%s in %u of %u"), full->low ? low : _("never"), full->high ? high : _("never"), full->n_full, full->n_runs);
}

static void print_line(const kj_school_table *t, uint32_t n_runs, const kj_school_line *s, int32_t grade)
{
    char from[16], to[16], own[96];
    if (grade < 0) {
        print_name(kj_tr_name(s->name, own, sizeof own), 28);
        printf(" %s–%-2s%c", grade_name(s->lowest, from), grade_name(s->highest, to), s->independent ? 'i' : ' ');
    } else {
        printf("%28s %3s   ", "", grade_name(grade, from));
    }
    for (uint32_t y = t->begin; y < t->end; y++) print_cell(kj_school_pupils(t, s, grade, y), 6);
    uint32_t last = t->end - 1;
    double pupils = kj_school_pupils(t, s, grade, last), places = kj_school_places(t, s, grade, last);
    int32_t full = kj_school_first_full(t, s, grade);
    printf("  ");
    print_cell(kj_school_classes(t, s, grade, last), 7);
    print_cell(places, 8);
    print_cell(kj_places_used_percent(pupils, places), 9);
    if (full) printf("  %6d", full);
    else printf("  %8s", "–");
    kj_full_years years = kj_school_full_years(t, n_runs, s, grade);
    if (n_runs > 1) print_interval(&years);
    puts("");
}

static void print_schools(const kj_school_table *t, uint32_t n_runs, bool grades)
{
    printf(_("Pupils by school in October; years to %d are past, the others ahead (i: independent)"), t->now);
    puts("");
    printf(_(KJ_FIRST_FULL_TEXT), t->now);
    puts("\n");
    kj_term_left(_("school, grades"), 36);
    for (uint32_t y = t->begin; y < t->end; y++) printf("%6d", t->years[y]);
    printf("  ");
    kj_term_right(_("classes"), 7), kj_term_right(_("places"), 8), kj_term_right(_("used, %"), 9);
    printf("  ");
    kj_term_right(_("first"), 6);
    printf("%s%s\n%-36s", n_runs > 1 ? "   " : "", n_runs > 1 ? _("full in eight") : "", "");
    for (uint32_t y = t->begin; y < t->end; y++) printf("%6s", "");
    printf("  %7d%8d%9d  ", t->years[t->end - 1], t->years[t->end - 1], t->years[t->end - 1]);
    kj_term_right(_("full"), 6);
    printf("%s%s\n", n_runs > 1 ? "   " : "", n_runs > 1 ? _("runs of ten") : "");
    for (uint32_t k = 0; k < t->n_schools; k++) {
        print_line(t, n_runs, &t->schools[k], -1);
        for (int32_t g = t->schools[k].lowest; grades && g <= t->schools[k].highest && g < KJ_SCHOOL_GRADES; g++) print_line(t, n_runs, &t->schools[k], g);
    }
    if (n_runs == 1) printf("\n%s\n", _("One run: whether a school gets full a year earlier or later by luck is unknown; runs with other seeds give the years between which eight in ten lie."));
}

static void print_quality(const kj_school_table *t)
{
    uint32_t n, m;
    const char *const *names = names_of(t, "municipality");
    double *any = series_of(t, "municipality", "pupils", &n);
    free(any);
    for (m = 0; m < n; m++) {
        puts("");
        printf(_("Placement in %s"), names ? names[m] : "");
        puts("");
        for (size_t q = 0; q < N_QUALITY; q++) {
            uint32_t rows;
            double *values = series_of(t, "municipality", quality[q].column, &rows);
            if (!values) continue;
            print_name(_(quality[q].text), 36);
            for (uint32_t y = t->begin; y < t->end; y++) {
                double value = values[(size_t)y * rows + m] * quality[q].scale;
                char text[KJ_NUMBER_MAX];
                bool tenths = (quality[q].scale < 0.01 && value < 1000.0) || (quality[q].scale < 1.0 && value < 100.0);
                if (tenths) kj_term_right(kj_number_real(text, kj_language_now(), value, 1), 6);
                else printf("%6.0f", value); /* as pupils above: groups of thousands would fill the column */
            }
            puts("");
            free(values);
        }
    }
}

static void print_preschools(const kj_school_table *t)
{
    uint32_t n;
    const char *const *names = names_of(t, "area");
    double *need = series_of(t, "area", "preschool_need", &n), *places = series_of(t, "area", "preschool_places", &n);
    if (need && places && names) {
        printf("\n%s\n%-36s", _("Preschool: places minus children who need one, by area (children may go to another area)"), "");
        for (uint32_t y = t->begin; y < t->end; y++) printf("%6d", t->years[y]);
        puts("");
        for (uint32_t a = 0; a < n; a++) {
            double sum = 0.0;
            for (uint32_t y = t->begin; y < t->end; y++) sum += need[(size_t)y * n + a] + places[(size_t)y * n + a];
            if (sum == 0.0) continue;
            print_name(names[a], 36);
            for (uint32_t y = t->begin; y < t->end; y++) {
                char text[KJ_NUMBER_MAX];
                kj_term_right(kj_number_change(text, kj_language_now(), places[(size_t)y * n + a] - need[(size_t)y * n + a], 0), 6);
            }
            puts("");
        }
    }
    free(need);
    free(places);
}

/* ---- CSV and JSON ---- */

/* A year, or nothing. */
static void csv_year(kj_csv_out *out, int32_t year)
{
    if (year) kj_csv_whole(out, year);
    else kj_csv_empty(out);
}

/* A school, or one of its grades (-1: all), in one year. */
static void csv_row(kj_csv_out *out, const kj_school_table *t, const kj_school_line *s, int32_t grade, uint32_t y)
{
    const double pupils = kj_school_pupils(t, s, grade, y), places = kj_school_places(t, s, grade, y);
    char name[16];
    kj_csv_text(out, s->name);
    kj_csv_whole(out, s->id);
    kj_csv_text(out, grade < 0 ? "all" : grade_name(grade, name));
    kj_csv_whole(out, t->years[y]);
    kj_csv_text(out, t->years[y] <= t->now ? "past" : "ahead");
    kj_csv_decimals(out, pupils, 0);
    kj_csv_decimals(out, kj_school_classes(t, s, grade, y), 0);
    kj_csv_decimals(out, places, 0);
    if (places > 0.0) kj_csv_decimals(out, pupils / places, 3);
    else kj_csv_empty(out);
}

static void print_csv(const kj_school_table *t, uint32_t n_runs, kj_language language)
{
    kj_csv_out out = kj_csv_to(stdout, language);
    kj_csv_names(&out, "school,facility,grade,year,period,pupils,classes,places,occupancy,first_full,full_low,full_median,full_high,full_in,runs");
    kj_csv_end_row(&out);
    for (uint32_t k = 0; k < t->n_schools; k++)
        for (int32_t g = -1; g < KJ_SCHOOL_GRADES; g++) {
            const kj_school_line *s = &t->schools[k];
            if (g >= 0 && (g < s->lowest || g > s->highest)) continue;
            const kj_full_years all = kj_school_full_years(t, n_runs, s, g);
            for (uint32_t y = t->begin; y < t->end; y++) {
                if (kj_school_pupils(t, s, g, y) < 0.0) continue;
                csv_row(&out, t, s, g, y);
                csv_year(&out, kj_school_first_full(t, s, g));
                csv_year(&out, all.low);
                csv_year(&out, all.median);
                csv_year(&out, all.high);
                kj_csv_whole(&out, all.n_full);
                kj_csv_whole(&out, all.n_runs);
                kj_csv_end_row(&out);
            }
        }
}

static json_t *number(double value) { return value < 0.0 ? json_null() : json_integer((json_int_t)(value + 0.5)); }

static json_t *year_json(int32_t year) { return year ? json_integer(year) : json_null(); }

static json_t *grade_json(const kj_school_table *t, uint32_t n_runs, const kj_school_line *s, int32_t grade)
{
    json_t *object = json_object(), *pupils = json_array(), *classes = json_array(), *places = json_array(), *occupancy = json_array();
    char name[16];
    for (uint32_t y = t->begin; y < t->end; y++) {
        double n = kj_school_pupils(t, s, grade, y), room = kj_school_places(t, s, grade, y);
        json_array_append_new(pupils, number(n));
        json_array_append_new(classes, number(kj_school_classes(t, s, grade, y)));
        json_array_append_new(places, number(room));
        json_array_append_new(occupancy, room > 0.0 ? json_real(n / room) : json_null());
    }
    int32_t full = kj_school_first_full(t, s, grade);
    json_object_set_new(object, "grade", json_string(grade < 0 ? "all" : grade_name(grade, name)));
    json_object_set_new(object, "pupils", pupils);
    json_object_set_new(object, "classes", classes);
    json_object_set_new(object, "places", places);
    json_object_set_new(object, "occupancy", occupancy);
    json_object_set_new(object, "first_full", year_json(full));
    if (n_runs > 1) {
        kj_full_years all = kj_school_full_years(t, n_runs, s, grade);
        json_object_set_new(object, "first_full_interval", json_pack("{s:o, s:o, s:o, s:i, s:i, s:f}", "low", year_json(all.low), "median", year_json(all.median), "high",
                                                                     year_json(all.high), "full_in", (int)all.n_full, "runs", (int)all.n_runs, "level", 0.8));
    }
    return object;
}

static json_t *rows_json(const kj_school_table *t, const char *table, const char *const *columns, const char *const *units, const double *scale, size_t n_columns)
{
    json_t *all = json_array();
    uint32_t n = 0;
    const char *const *names = names_of(t, table);
    const kj_run_table *rows = kj_runread_table_named(t->run, table);
    n = rows ? rows->n_rows : 0;
    for (uint32_t m = 0; m < n; m++) {
        json_t *one = json_object();
        json_object_set_new(one, "name", json_string(names ? names[m] : ""));
        for (size_t q = 0; q < n_columns; q++) {
            double *values = series_of(t, table, columns[q], &n);
            json_t *object = json_object(), *list = json_array();
            for (uint32_t y = t->begin; y < t->end; y++) json_array_append_new(list, values ? json_real(values[(size_t)y * n + m] * scale[q]) : json_null());
            json_object_set_new(object, "unit", json_string(units[q]));
            json_object_set_new(object, "values", list);
            json_object_set_new(one, columns[q], object);
            free(values);
        }
        json_array_append_new(all, one);
    }
    return all;
}

static kj_status print_json(kj_error *err, const kj_school_table *t, uint32_t n_runs)
{
    json_t *root = json_object(), *years = json_array(), *schools = json_array();
    for (uint32_t y = t->begin; y < t->end; y++) json_array_append_new(years, json_integer(t->years[y]));
    for (uint32_t k = 0; k < t->n_schools; k++) {
        const kj_school_line *s = &t->schools[k];
        json_t *one = json_object(), *grades = json_array();
        json_object_set_new(one, "name", json_string(s->name));
        json_object_set_new(one, "facility", json_integer(s->id));
        json_object_set_new(one, "independent", json_boolean(s->independent));
        for (int32_t g = -1; g < KJ_SCHOOL_GRADES; g++)
            if (g < 0 || (g >= s->lowest && g <= s->highest)) json_array_append_new(grades, grade_json(t, n_runs, s, g));
        json_object_set_new(one, "grades", grades);
        json_array_append_new(schools, one);
    }
    const char *columns[N_QUALITY], *units[N_QUALITY];
    double scale[N_QUALITY];
    for (size_t q = 0; q < N_QUALITY; q++) columns[q] = quality[q].column, units[q] = quality[q].unit, scale[q] = quality[q].scale;
    static const char *const preschool[] = {"preschool_need", "preschool_places"}, *const ones[] = {"1", "1"};
    static const double as_is[] = {1.0, 1.0};
    json_object_set_new(root, "now", json_integer(t->now));
    json_object_set_new(root, "years", years);
    json_object_set_new(root, "schools", schools);
    json_object_set_new(root, "placement", rows_json(t, "municipality", columns, units, scale, N_QUALITY));
    json_object_set_new(root, "preschool", rows_json(t, "area", preschool, ones, as_is, 2));
    return kj_cli_print_json(err, root, 6);
}

/* ---- the command ---- */

static kj_status draw_map(kj_error *err, const wishes *w, const kj_school_table *t)
{
#ifdef KEDJA_DRAW
    uint32_t year = t->n_years - 1;
    int32_t found = w->year ? kj_runread_year_index(t->run, (int32_t)w->year) : (int32_t)year;
    if (found < 0) return kj_fail(err, KJ_E_INPUT, "option --year: expected a year from %d to %d, found %lld", t->years[0], t->years[t->n_years - 1], (long long)w->year);
    year = (uint32_t)found;
    kj_catchment_school *schools = calloc(t->n_schools + 1u, sizeof *schools);
    if (!schools) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    bool high = !strcmp(w->level, "high");
    uint32_t n = 0;
    for (uint32_t k = 0; k < t->n_schools; k++) {
        const kj_school_line *s = &t->schools[k];
        double pupils = kj_school_pupils(t, s, -1, year), places = kj_school_places(t, s, -1, year);
        if (places <= 0.0 || s->highest < (high ? 7 : 0) || s->lowest > (high ? 9 : 6)) continue;
        schools[n++] = (kj_catchment_school){s->id, s->name, s->cell, s->independent, pupils, places, kj_school_first_full(t, s, -1)};
    }
    kj_status status = kj_report_catchments(err, w->runs[0], t->years[year], high, schools, n, w->map, w->lang);
    free(schools);
    return status;
#else
    (void)t;
    return kj_fail(err, KJ_E_FAILED, "%s: this program was built without drawing (-DKEDJA_DRAW=OFF)", w->map);
#endif
}

static kj_status take(kj_error *err, wishes *w, const kj_word *word)
{
    switch (word->option) {
    case NOW: return kj_cli_number(err, "now", word->text, 1900, 3000, &w->now);
    case GRADES: w->grades = true; return KJ_OK;
    case JSON: w->json = true; return KJ_OK;
    case CSV: w->csv = true; return KJ_OK;
    case MAP: return kj_cli_target(err, &w->map, word->text);
    case LEVEL:
        w->level = word->text;
        return !strcmp(w->level, "low") || !strcmp(w->level, "high") ? KJ_OK : kj_fail(err, KJ_E_INPUT, "option --level: expected low or high, found '%s'", w->level);
    case YEAR: return kj_cli_number(err, "year", word->text, 1900, 3000, &w->year);
    case LANG: w->lang = word->text; return KJ_OK;
    case QUIET: w->quiet = true; return KJ_OK;
    default:
        if (w->n_runs == RUNS_MAX) return kj_fail(err, KJ_E_INPUT, "at most %d runs", RUNS_MAX);
        w->runs[w->n_runs++] = word->text;
        return KJ_OK;
    }
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    wishes w = {.lang = "en", .level = "low"};
    kj_error err;
    kj_status status = KJ_OK;
    for (int i = 0; !status && i < n; i++) status = take(&err, &w, &words[i]);
    free(words);
    if (status) return kj_cli_fail(&err);
    if (n < 0) return result;
    if (!w.n_runs) return kj_cli_misuse(command, "which run?");
    if (w.json && w.csv) return kj_cli_misuse(command, "either --json or --csv");
    kj_language language;
    status = kj_cli_language(&err, w.lang, &language);
    if (status) return kj_cli_fail(&err);
    kj_school_table *tables = calloc(w.n_runs, sizeof *tables);
    if (!tables) return 1;
    for (uint32_t i = 0; i < w.n_runs && !status; i++) status = kj_school_table_read(&err, w.runs[i], (int32_t)w.now, &tables[i]);
    if (!status) status = kj_school_tables_match(&err, tables, w.n_runs);
    if (!status && w.map) status = draw_map(&err, &w, &tables[0]);
    if (!status && w.json) status = print_json(&err, tables, w.n_runs);
    else if (!status && w.csv) print_csv(tables, w.n_runs, language);
    else if (!status && !w.map) {
        print_schools(tables, w.n_runs, w.grades);
        print_quality(&tables[0]);
        print_preschools(&tables[0]);
    }
    if (!status) kj_cli_wrote(w.quiet, w.map);
    for (uint32_t i = 0; i < w.n_runs; i++) kj_school_table_free(&tables[i]);
    free(tables);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_schools = {
    .name = "schools",
    .usage = "schools RUN.nc [OTHER_SEEDS.nc …] [--now YYYY] [--grades] [--json | --csv] [--map FILE.png [--level low|high] [--year YYYY]] [--lang en|sv|da] [--quiet]",
    .doc = "School by grade and year: pupils, classes, places, first full year; placement, preschools, catchments.\n"
           "With more runs of the same scenario and settings (other seeds) the figures are those of the first, and beside its first full year stand\n"
           "the years between which eight runs in ten lie, and in how many runs the school gets full. Of an ensemble whose assumptions vary,\n"
           "`kedja report` of the merged file shows them.\n"
           "Three years past and twelve ahead. The catchments as polygons: kedja export RUN.nc --layer catchment --as GPKG --out FILE.",
    .options = options,
    .run = run,
};
