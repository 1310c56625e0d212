#include "handout.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../chains/chain_stats.h"
#include "../chains/phrases.h"
#include "../compare/largest.h"
#include "../compare/lives.h"
#include "../compare/norms.h"
#include "../draw/chart.h"
#include "../draw/number.h"
#include "../draw/table_draw.h"
#include "../io/first_full.h"
#include "matrix_page.h"
#include "../io/observed.h"
#include "pair_page.h"
#include "report.h"
#include "rounds_page.h"

#define _(text) kj_tr(text)
#define N_(text) text

enum { MARGIN = 60, W = KJ_SUMMARY_W, H = KJ_SUMMARY_H, TEXT = 22, PAGES_MAX = 8, SENTENCES = 16, SENTENCE_BYTES = 900, YEARS_MAX = 256 };

typedef struct school_row {
    char name[96];
    double first, last, places; /* pupils at both ends, places at the end; NaN: was not there */
    int32_t first_full;         /* year (io/first_full.h); 0 none */
    bool full_at_end;
} school_row;

/* One run as the handout needs it, beside what the summary shows. */
typedef struct world {
    kj_run_figures figures;
    char *path;
    school_row *schools;
    int32_t n_schools;
    double *result;  /* million SEK by year; NULL without an economy */
    double money[16]; /* of the last year, million SEK, in the order of money_rows */
    char norms[600]; /* which norms are assumed */
} world;

typedef struct handout {
    world run[2];
    int32_t n_runs;
    kj_comparison comparison; /* of two runs */
    bool has_forest[2];
    kj_forest forest[2];
    kj_chain_stats stats[2];
    kj_canvas *canvas;
    char sentence[SENTENCES][SENTENCE_BYTES];
    int32_t n_sentences;
} handout;

typedef struct money_row {
    const char *column, *title;
    int sign;
} money_row;

static const money_row money_rows[] = {{"tax", N_("Municipal tax"), 1},
                                       {"income_equalisation", N_("Equalisation of income"), 1},
                                       {"cost_equalisation", N_("Equalisation of costs"), 1},
                                       {"fees", N_("Fees"), 1},
                                       {"land_sales", N_("Sales of land"), 1},
                                       {"premises_sold", N_("Premises sold"), 1},
                                       {"service_costs", N_("Services"), -1},
                                       {"other_costs", N_("All else (balancing item)"), -1},
                                       {"prevention_cost", N_("Prevention programme"), -1},
                                       {"prevention_saving", N_("Saved by prevention"), 1},
                                       {"depreciation", N_("Depreciation"), -1},
                                       {"write_off", N_("Write-offs"), -1},
                                       {"interest_paid", N_("Interest"), -1}};
enum { MONEY_ROWS = sizeof money_rows / sizeof *money_rows };

/* ---- reading ---- */

static double municipal(const kj_runread *run, const char *column, uint32_t year)
{
    kj_error ignored;
    const kj_run_table *table = kj_runread_table_named(run, "municipality");
    if (!table || !table->n_rows || !kj_run_table_column(table, column)) return NAN;
    double sum = 0.0, *values = calloc(table->n_rows, sizeof *values);
    if (!values || kj_runread_column(&ignored, run, "municipality", column, year, KJ_F64, values)) sum = NAN;
    for (uint32_t i = 0; values && i < table->n_rows; i++) sum += values[i];
    free(values);
    return sum;
}

static kj_status read_money(kj_error *err, const kj_runread *run, world *w)
{
    uint32_t n = kj_runread_n_years(run);
    if (!isfinite(municipal(run, "result", 0))) return KJ_OK;
    w->result = calloc(n, sizeof *w->result);
    if (!w->result) return kj_fail(err, KJ_E_MEMORY, "out of memory for the economy");
    for (uint32_t y = 0; y < n; y++) w->result[y] = municipal(run, "result", y) * 1e-8; /* öre to million SEK */
    for (size_t i = 0; i < MONEY_ROWS; i++) w->money[i] = municipal(run, money_rows[i].column, n - 1) * 1e-8 * money_rows[i].sign;
    return KJ_OK;
}

static kj_status facility_column(kj_error *err, const kj_runread *run, const char *name, uint32_t year, int32_t *out)
{
    return kj_runread_column(err, run, "facility", name, year, KJ_I32, out);
}

/* First and last year of each school; rows: in the run's table facility, which has n_rows. */
static kj_status read_school_years(kj_error *err, const kj_runread *run, world *w, const int32_t *rows, size_t n_rows)
{
    uint32_t last = kj_runread_n_years(run) - 1;
    double *pupils = malloc(((last + 1u) * n_rows + 1) * sizeof *pupils), *places = malloc(((last + 1u) * n_rows + 1) * sizeof *places);
    int32_t *first_full = malloc((n_rows + 1) * sizeof *first_full);
    kj_status status = pupils && places && first_full ? kj_facility_use(err, run, pupils, places) : kj_fail(err, KJ_E_MEMORY, "out of memory for schools");
    if (!status) status = kj_facility_first_full(err, run, 0, first_full);
    for (int32_t i = 0; !status && i < w->n_schools; i++) {
        school_row *s = &w->schools[i];
        size_t row = (size_t)rows[i], at_end = last * n_rows + row;
        s->first = pupils[row] >= 0.0 ? pupils[row] : (double)NAN;
        s->last = pupils[at_end] >= 0.0 ? pupils[at_end] : (double)NAN;
        s->places = pupils[at_end] >= 0.0 ? places[at_end] : (double)NAN;
        s->full_at_end = kj_is_full(pupils[at_end], places[at_end]);
        s->first_full = first_full[row];
    }
    free(pupils);
    free(places);
    free(first_full);
    return status;
}

/* Schools that are open at the end. */
static kj_status read_schools(kj_error *err, kj_runread *run, world *w)
{
    const kj_run_table *table = kj_runread_table_named(run, "facility");
    const char *const *names = NULL;
    static const char *const needed[] = {"kind", "closed", "pupils", "places", "name"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!table || !kj_run_table_column(table, needed[i])) return KJ_OK;
    size_t n = table->n_rows;
    int32_t *kind = calloc(n + 1, sizeof *kind), *closed = calloc(n + 1, sizeof *closed), *rows = calloc(n + 1, sizeof *rows);
    w->schools = calloc(n + 1, sizeof *w->schools);
    kj_status status = kind && closed && rows && w->schools ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory for schools");
    uint32_t last = kj_runread_n_years(run) - 1;
    if (!status) status = facility_column(err, run, "kind", last, kind);
    if (!status) status = facility_column(err, run, "closed", last, closed);
    if (!status) status = kj_runread_texts(err, run, "facility", "name", &names);
    for (size_t i = 0; !status && i < n; i++) {
        if (kind[i] != KJ_FACILITY_SCHOOL || (closed[i] > 0 && closed[i] <= kj_runread_info(run)->end)) continue;
        snprintf(w->schools[w->n_schools].name, sizeof w->schools[0].name, "%s", names[i][0] ? names[i] : "–");
        rows[w->n_schools++] = (int32_t)i;
    }
    if (!status) status = read_school_years(err, run, w, rows, n);
    free(kind);
    free(closed);
    free(rows);
    return status;
}

static kj_status read_world(kj_error *err, const char *path, world *w)
{
    kj_runread *run;
    kj_status status = kj_run_figures_read(err, path, &w->figures);
    if (!status) status = kj_runread_open(err, path, &run);
    if (status) return status;
    status = read_money(err, run, w);
    if (!status) status = read_schools(err, run, w);
    kj_norms_text(run, w->norms, sizeof w->norms);
    kj_runread_close(run);
    return status;
}

/* ---- findings ---- */

static double at_end(const world *w, kj_indicator i) { return w->figures.series[i] ? w->figures.series[i][w->figures.n_years - 1] : NAN; }
static double at_start(const world *w, kj_indicator i) { return w->figures.series[i] ? w->figures.series[i][0] : NAN; }

static double sum_of(const world *w, kj_indicator i)
{
    double sum = 0.0;
    for (int32_t y = 1; w->figures.series[i] && y < w->figures.n_years; y++) sum += w->figures.series[i][y];
    return w->figures.series[i] ? sum : NAN;
}

__attribute__((format(printf, 2, 3))) static void say(handout *h, const char *format, ...)
{
    va_list args;
    if (h->n_sentences >= SENTENCES) return;
    va_start(args, format);
    vsnprintf(h->sentence[h->n_sentences++], SENTENCE_BYTES, format, args);
    va_end(args);
}

/* " In B it is 1,212 (+12)." or "". The same is what reads the same: the charts beside it round as well. */
static const char *against(const handout *h, double a, double b, int decimals, char out[160])
{
    char number[KJ_NUMBER_MAX], change[KJ_NUMBER_MAX], text[150];
    out[0] = 0;
    if (h->n_runs != 2 || !isfinite(a) || !isfinite(b)) return out;
    const double unit = pow(10.0, decimals);
    if (round(a * unit) == round(b * unit)) snprintf(text, sizeof text, "%s", _("In B it is the same."));
    else snprintf(text, sizeof text, _("In B it is %s (%s)."), kj_number_real(number, h->canvas->language, b, decimals), kj_number_difference(change, h->canvas->language, a, b, decimals));
    snprintf(out, 160, " %s", text);
    return out;
}

/* The same for the sentence of schools, which has two figures. */
static const char *schools_against(const handout *h, const int32_t full[2], char out[160])
{
    char number[KJ_NUMBER_MAX], text[150];
    const world *a = &h->run[0], *b = &h->run[h->n_runs - 1];
    double without = at_end(b, KJ_IND_WITHOUT_PLACE);
    out[0] = 0;
    if (h->n_runs != 2 || !isfinite(without)) return out;
    if (full[0] == full[1] && round(without) == round(at_end(a, KJ_IND_WITHOUT_PLACE))) snprintf(text, sizeof text, "%s", _("In B it is the same."));
    else snprintf(text, sizeof text, _("Full schools in B: %d; pupils without a place: %s."), full[1], kj_number_real(number, h->canvas->language, without, 0));
    snprintf(out, 160, " %s", text);
    return out;
}

/* The run as it stood at a decimal year between two recorded ends of years; NAN outside them. */
static double run_at(const world *w, double year)
{
    const kj_run_figures *f = &w->figures;
    const double *people = f->series[KJ_IND_POPULATION];
    for (int32_t i = 1; people && i < f->n_years; i++)
        if (year > f->years[i - 1] && year <= f->years[i])
            return people[i - 1] + (people[i] - people[i - 1]) * (year - f->years[i - 1]) / (f->years[i] - f->years[i - 1]);
    return NAN;
}

/* The last count that the run has passed: the start is fitted to the counts before it. */
static void say_observed(handout *h)
{
    const kj_run_figures *f = &h->run[0].figures;
    char date[KJ_PHRASE_MAX], counted[KJ_NUMBER_MAX], simulated[KJ_NUMBER_MAX], change[KJ_NUMBER_MAX], more[160];
    for (int32_t i = f->n_observed - 1; i >= 0; i--) {
        double run = run_at(&h->run[0], f->observed_x[i]);
        if (!isfinite(run)) continue;
        say(h, _("Counted on %s: %s inhabitants. The run has %s at that time (%s).%s"), kj_say_date(date, f->observed_date[i]),
            kj_number_real(counted, h->canvas->language, f->observed_y[i], 0), kj_number_real(simulated, h->canvas->language, run, 0),
            kj_number_difference(change, h->canvas->language, f->observed_y[i], run, 0),
            against(h, run, run_at(&h->run[h->n_runs - 1], f->observed_x[i]), 0, more));
        return;
    }
}

/* "missed by 57", "met, with 12 to spare"; false where the run does not reach the vision's year. */
static bool vision_words(const handout *h, int32_t k, char out[80])
{
    const kj_run_figures *f = &h->run[k].figures;
    char number[KJ_NUMBER_MAX];
    double people = f->vision_population > 0.0 ? run_at(&h->run[k], f->vision_year) : (double)NAN;
    if (!isfinite(people)) return false;
    double missing = f->vision_population - people;
    if (missing >= 0.5) snprintf(out, 80, _("missed by %s"), kj_number_real(number, h->canvas->language, missing, 0));
    else snprintf(out, 80, _("met, with %s to spare"), kj_number_real(number, h->canvas->language, fabs(missing), 0));
    return true;
}

static void say_vision(handout *h)
{
    char a[80], b[80], more[160] = "", goal[KJ_NUMBER_MAX];
    const kj_run_figures *f = &h->run[0].figures;
    if (!vision_words(h, 0, a)) return;
    if (h->n_runs == 2 && vision_words(h, 1, b)) snprintf(more, sizeof more, _(" In B: %s."), b);
    say(h, _("The vision of %s inhabitants in %d: %s.%s"), kj_number_real(goal, h->canvas->language, f->vision_population, 0), f->vision_year, a, more);
}

/* Who needs a care home beside its places: the economy pays for places elsewhere, so money alone does not show it. */
static void say_care(handout *h, int32_t year)
{
    const world *a = &h->run[0], *b = &h->run[h->n_runs - 1];
    kj_language l = h->canvas->language;
    char need[KJ_NUMBER_MAX], places[KJ_NUMBER_MAX], without[KJ_NUMBER_MAX], more[160];
    double short_of = round(at_end(a, KJ_IND_CARE_SHORT));
    if (!isfinite(short_of) || at_end(a, KJ_IND_CARE_NEED) < 0.5) return;
    kj_number_real(need, l, at_end(a, KJ_IND_CARE_NEED), 0);
    against(h, short_of, at_end(b, KJ_IND_CARE_SHORT), 0, more);
    if (short_of == 0.0 && round(at_end(b, KJ_IND_CARE_SHORT)) == 0.0)
        say(h, _("%s people need a care home in %d, and there are places for all.%s"), need, year, more);
    else
        say(h, _("%s people need a care home in %d, and there are %s places: %s too few.%s"), need, year,
            kj_number_real(places, l, at_end(a, KJ_IND_CARE_PLACES), 0), kj_number_real(without, l, short_of, 0), more);
}

/* Where there is any at the end of a run; text: a number and what the other run has. */
static void say_if_any(handout *h, kj_indicator indicator, const char *text)
{
    char number[KJ_NUMBER_MAX], more[160];
    const double a = at_end(&h->run[0], indicator), b = at_end(&h->run[h->n_runs - 1], indicator);
    if (a >= 0.5 || b >= 0.5) say(h, text, kj_number_real(number, h->canvas->language, a, 0), against(h, a, b, 0, more));
}

/* The level of the result is set at the start (plugins/economy/MODEL.md): only what differs between two runs is told. */
static void say_result(handout *h, int32_t year)
{
    const world *a = &h->run[0], *b = &h->run[h->n_runs - 1];
    char number[KJ_NUMBER_MAX];
    if (h->n_runs != 2 || !a->result || !b->result) return;
    double in_a = a->result[a->figures.n_years - 1], in_b = b->result[b->figures.n_years - 1], more = round(in_b) - round(in_a);
    if (in_a == in_b) say(h, _("The municipal result of %d is the same in A and B."), year);
    else if (more == 0.0) say(h, _("The municipal result of %d is nearly the same in A and B: they differ by less than SEK 1 million."), year);
    else
        say(h,
            more > 0.0 ? _("The municipal result of %d is SEK %s million higher in B than in A.")
                       : _("The municipal result of %d is SEK %s million lower in B than in A."),
            year, kj_number_real(number, h->canvas->language, fabs(more), 0));
}

/* Of each run by itself where they differ. */
static void say_projects(handout *h)
{
    char text[2][SENTENCE_BYTES - 100];
    bool any[2] = {false, false};
    for (int32_t k = 0; k < h->n_runs; k++) any[k] = kj_project_fates_words(&h->run[k].figures.projects, text[k], sizeof text[k]);
    if (h->n_runs == 1 && any[0]) say(h, "%s.", text[0]);
    else if (any[0] && any[1] && strcmp(text[0], text[1]) == 0) say(h, "%s. %s", text[0], _("In B it is the same."));
    else
        for (int32_t k = 0; k < 2; k++)
            if (any[k]) say(h, _("Housing programme in %s: %s."), k ? "B" : "A", text[k]);
}

static double base_of(const kj_comparison *c, const char *id)
{
    for (uint32_t i = 0; id && i < c->n_rows; i++)
        if (strcmp(c->rows[i].def->id, id) == 0) return c->rows[i].base;
    return 0.0;
}

/* "What changes most from A to B: Mean way to school on foot, all pupils: 37.2 → 55.4 min (worse); …", with the matrix's question mark where it may be
   luck: money has a sentence of its own. */
static void say_largest(handout *h)
{
    enum { FINDINGS = 64, TOLD = 3 };
    const kj_comparison *c = &h->comparison;
    kj_finding findings[FINDINGS];
    const kj_matrix_row *rows[FINDINGS] = {NULL};
    int32_t n = 0, told[TOLD];
    char text[SENTENCE_BYTES], a[KJ_NUMBER_MAX], b[KJ_NUMBER_MAX];
    size_t used = 0;
    for (uint32_t i = 0; i < c->n_rows && n < FINDINGS; i++) {
        const kj_matrix_row *row = &c->rows[i];
        if (!row->def->headline || row->def->department == KJ_DEPT_ECONOMY || !kj_difference_shows(row)) continue;
        findings[n] = (kj_finding){row->base, row->change, (row->change - row->base) * (int)row->def->direction < 0.0, .whole = base_of(c, row->def->part_of)};
        rows[n++] = row;
    }
    n = kj_findings_largest(findings, n, TOLD, told);
    for (int32_t k = 0; k < n && used < sizeof text; k++) {
        const kj_matrix_row *row = rows[told[k]];
        const double way = (row->change - row->base) * (int)row->def->direction;
        const int decimals = kj_difference_decimals(row);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s: %s → %s %s%s", k ? "; " : "", _(row->def->label),
                                 kj_number_real(a, h->canvas->language, row->base, decimals), kj_number_real(b, h->canvas->language, row->change, decimals),
                                 _(row->def->unit),
                                 way == 0.0      ? ""
                                 : c->same_lives ? (way < 0.0 ? _(" (worse)") : _(" (better)"))
                                                 : (way < 0.0 ? _(" (worse?)") : _(" (better?)")));
    }
    if (n) say(h, _("What changes most from A to B: %s."), text);
}

static bool has_school(const world *w, const char *name)
{
    for (int32_t i = 0; i < w->n_schools; i++)
        if (strcmp(w->schools[i].name, name) == 0) return true;
    return false;
}

/* Schools that close or open in one of the worlds alone. */
static void say_schools_of_one(handout *h)
{
    for (int k = 0; k < 2 && h->n_runs == 2; k++) {
        const world *own = &h->run[k], *other = &h->run[1 - k];
        char names[SENTENCE_BYTES] = "", name[sizeof own->schools[0].name];
        size_t used = 0;
        for (int32_t i = 0; i < own->n_schools && used < sizeof names; i++)
            if (!has_school(other, own->schools[i].name))
                used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", kj_tr_name(own->schools[i].name, name, sizeof name));
        if (used) say(h, k ? _("Open at the end in B alone: %s.") : _("Open at the end in A alone: %s."), names);
    }
}

static void find_findings(handout *h)
{
    const world *a = &h->run[0], *b = &h->run[h->n_runs - 1];
    kj_language l = h->canvas->language;
    int32_t last = a->figures.years[a->figures.n_years - 1];
    char x[KJ_NUMBER_MAX], y[KJ_NUMBER_MAX], more[160];
    h->n_sentences = 0;
    if (h->n_runs == 2 && h->comparison.same_lives) say(h, "%s", kj_luck_words(true));
    else if (h->n_runs == 2) say(h, "%s %s", kj_luck_words(false), _("What differs below may be either."));
    say_largest(h);
    say_schools_of_one(h);
    if (isfinite(at_end(a, KJ_IND_POPULATION)))
        say(h, _("%s has %s inhabitants in %d, %s since the start.%s"), a->figures.place, kj_number_real(x, l, at_end(a, KJ_IND_POPULATION), 0), last,
            kj_number_change(y, l, at_end(a, KJ_IND_POPULATION) - at_start(a, KJ_IND_POPULATION), 0), against(h, at_end(a, KJ_IND_POPULATION), at_end(b, KJ_IND_POPULATION), 0, more));
    say_vision(h);
    say_observed(h);
    if (isfinite(sum_of(a, KJ_IND_COMPLETED)))
        say(h, _("%s homes are completed on the way.%s"), kj_number_real(x, l, sum_of(a, KJ_IND_COMPLETED), 0), against(h, sum_of(a, KJ_IND_COMPLETED), sum_of(b, KJ_IND_COMPLETED), 0, more));
    say_projects(h);
    if (a->figures.has_chains && a->figures.chains.n_complete)
        say(h, _("On the chain of each new home %s households move, traced over complete chains: many would have moved anyway.%s"), kj_number_real(x, l, a->figures.chains.mean, 2),
            against(h, a->figures.chains.mean, b->figures.chains.mean, 2, more));
    if (a->figures.lost_ha[KJ_LOST_FARMLAND]) {
        int32_t n = a->figures.n_years - 1, m = b->figures.n_years - 1;
        say(h, _("%s ha of farmland are built on.%s"), kj_number_real(x, l, a->figures.lost_ha[KJ_LOST_FARMLAND][n], 0),
            against(h, a->figures.lost_ha[KJ_LOST_FARMLAND][n], b->figures.lost_ha[KJ_LOST_FARMLAND][m], 0, more));
    }
    int32_t full[2] = {0, 0};
    for (int k = 0; k < 2; k++)
        for (int32_t i = 0; i < (k ? b : a)->n_schools; i++) full[k] += (k ? b : a)->schools[i].full_at_end;
    if (a->n_schools) {
        char without[160];
        double pupils = at_end(a, KJ_IND_WITHOUT_PLACE);
        snprintf(without, sizeof without, round(pupils) == 1.0 ? _("%s pupil has no place") : _("%s pupils have no place"), kj_number_real(x, l, pupils, 0));
        say(h, full[0] == 1 ? _("%d of %d schools is full in %d, and %s.%s") : _("%d of %d schools are full in %d, and %s.%s"), full[0], a->n_schools, last, without,
            schools_against(h, full, more));
    }
    say_if_any(h, KJ_IND_OVER_PLACES, _("Pupils beyond the places of their schools: %s.%s"));
    say_if_any(h, KJ_IND_PRESCHOOL_WITHOUT, _("Children without a preschool place: %s.%s"));
    say_care(h, last);
    say_result(h, last);
}

/* ---- pages ---- */

static double heading(kj_canvas *c, double y, const char *text, const char *below)
{
    kj_text_style big = {.size = 40.0, .weight = 700, .color = KJ_COLOR_INK, .max_width = W - 2 * MARGIN, .max_lines = 2};
    kj_text_style small = {.size = 20.0, .weight = 400, .color = KJ_COLOR_MUTED, .max_width = W - 2 * MARGIN, .max_lines = 3};
    kj_canvas_tag_begin(c, "H1");
    y += kj_text_draw(c, MARGIN, y, &big, text).height;
    kj_canvas_tag_end(c, "H1");
    if (!below) return y + 20.0;
    kj_canvas_tag_begin(c, "P");
    y += kj_text_draw(c, MARGIN, y + 4.0, &small, below).height + 4.0;
    kj_canvas_tag_end(c, "P");
    return y + 20.0;
}

static double paragraph(kj_canvas *c, double x, double y, double width, double size, int32_t weight, const char *text)
{
    kj_text_style style = {.size = size, .weight = weight, .color = KJ_COLOR_INK, .max_width = width, .max_lines = 14};
    kj_canvas_tag_begin(c, "P");
    double height = kj_text_draw(c, x, y, &style, text).height;
    kj_canvas_tag_end(c, "P");
    return y + height;
}

static void foot(const handout *h, int32_t page)
{
    char text[512], number[32];
    const kj_run_figures *f = &h->run[0].figures;
    snprintf(number, sizeof number, _("page %d"), page);
    snprintf(text, sizeof text, "%s · %s · %s · Kedja %s · %s %llu · %s", kj_honesty_line(), f->place, kj_title_in(f->title, (int)h->canvas->language), f->version, _("seed"), (unsigned long long)f->seed, number);
    kj_text_style style = {.size = 16.0, .weight = 500, .color = KJ_COLOR_MUTED, .max_width = W - 2 * MARGIN};
    kj_text_draw(h->canvas, MARGIN, H - 40.0, &style, text);
}

/* On pages that have a foot of their own. */
static void page_number(kj_canvas *c, int32_t page)
{
    char text[16];
    snprintf(text, sizeof text, "%d", page);
    kj_text_style style = {.size = 16.0, .weight = 500, .color = KJ_COLOR_MUTED, .align = KJ_ALIGN_RIGHT};
    kj_text_draw(c, W - MARGIN / 2.0, H - 30.0, &style, text);
}

/* "A: policies …" lines. */
static double policies(const handout *h, double y)
{
    char text[1200], line[1300];
    for (int32_t k = 0; k < h->n_runs; k++) {
        kj_policies_text(h->canvas->language, &h->run[k].figures, h->n_runs == 2, text, sizeof text);
        snprintf(line, sizeof line, "%c: %s", 'A' + k, text);
        y = paragraph(h->canvas, MARGIN, y, W - 2 * MARGIN, 18.0, 400, h->n_runs == 2 ? line : text) + 4.0;
    }
    if (h->n_runs == 2 && kj_projects_words(&h->comparison, "A", "B", text, sizeof text))
        y = paragraph(h->canvas, MARGIN, y, W - 2 * MARGIN, 18.0, 400, text) + 4.0;
    return y;
}

typedef struct pair_chart {
    const char *title, *unit;
    double *const *series; /* of A and of B */
    bool from_zero, observed; /* observed: with the counts of inhabitants */
    int32_t from; /* first year that is drawn; 1 for what happens in a year, since the start year is only known at its end */
} pair_chart;

static void line_pair(const handout *h, const kj_box *box, const pair_chart *of)
{
    static const char *const letters[2] = {"A", "B"};
    double x[2][YEARS_MAX];
    kj_series lines[3];
    int32_t n = 0;
    for (int32_t k = 0; k < h->n_runs; k++) {
        const kj_run_figures *f = &h->run[k].figures;
        int32_t n_years = f->n_years < YEARS_MAX ? f->n_years : YEARS_MAX;
        if (!of->series[k] || n_years <= of->from) continue;
        for (int32_t i = 0; i < n_years; i++) x[k][i] = f->years[i];
        lines[n] = (kj_series){.name = h->n_runs == 2 ? letters[k] : "", .x = x[k] + of->from, .y = of->series[k] + of->from, .n = n_years - of->from, .color = k ? KJ_COLOR_B : KJ_COLOR_A, .dash = k ? KJ_DASH_DASHED : KJ_DASH_SOLID};
        n++;
    }
    const kj_run_figures *f = &h->run[0].figures;
    kj_line_chart chart = {.title = of->title, .unit = of->unit, .series = lines, .n = n, .x_low = f->years[0], .x_high = f->years[f->n_years - 1], .from_zero = of->from_zero,
                           .least_span = of->from_zero ? 0.0 : 0.1, .text_size = 19.0, .empty = _("The run does not record this.")};
    if (of->observed && n > 0) kj_chart_add_observed(&chart, &lines[n], f);
    kj_canvas_tag_begin(h->canvas, "Figure");
    kj_chart_lines(h->canvas, box, &chart);
    kj_canvas_tag_end(h->canvas, "Figure");
}

/* "Värnamo: growth", or the scenario's title alone where it begins with the place. */
static void title_of(const kj_run_figures *f, kj_language language, char *out, size_t n)
{
    const char *title = kj_title_in(f->title, (int)language);
    if (strncmp(title, f->place, strlen(f->place)) == 0) snprintf(out, n, "%s", title);
    else snprintf(out, n, "%s: %s", f->place, title);
}

static void findings_page(handout *h)
{
    kj_canvas *c = h->canvas;
    const kj_run_figures *f = &h->run[0].figures;
    char title[400];
    title_of(f, c->language, title, sizeof title);
    double y = heading(c, 46.0, title, NULL);
    y = policies(h, y) + 16.0;
    for (int32_t i = 0; i < h->n_sentences; i++) {
        kj_box mark = {MARGIN, y + 9.0, 14.0, 14.0};
        kj_canvas_fill_box(c, &mark, 3.0, KJ_COLOR_A, 1.0);
        y = paragraph(c, MARGIN + 34.0, y, W - 2 * MARGIN - 34.0, 27.0, 500, h->sentence[i]) + 12.0;
    }
    double *const people[2] = {h->run[0].figures.series[KJ_IND_POPULATION], h->run[1].figures.series[KJ_IND_POPULATION]};
    double *const homes[2] = {h->run[0].figures.series[KJ_IND_COMPLETED], h->run[1].figures.series[KJ_IND_COMPLETED]};
    double height = H - 70.0 - y - 20.0, least = 150.0;
    if (height < least) return; /* sentences come first */
    kj_box left = {MARGIN, y + 20.0, 700.0, height}, right = {MARGIN + 780.0, y + 20.0, 700.0, height};
    line_pair(h, &left, &(pair_chart){.title = _("Inhabitants"), .unit = f->n_observed > 0 ? _("dotted: observed") : NULL, .series = people, .observed = true});
    line_pair(h, &right, &(pair_chart){.title = _("Dwellings completed"), .unit = _("a year"), .series = homes, .from_zero = true, .from = 1});
}

/* Twelve kilometres of where A builds most (B if A builds nothing); small maps whole. */
static kj_window most_built(const handout *h)
{
    enum { SPAN_M = 12000 };
    const kj_run_figures *f = &h->run[0].figures;
    int32_t side = (int32_t)(SPAN_M / f->grid.cell_m);
    for (int32_t k = 0; k < h->n_runs && side < f->grid.nx && side < f->grid.ny; k++) {
        int64_t n = 0;
        kj_window window = kj_window_busiest(&h->run[k].figures, side, &n);
        if (n > 0) return window;
    }
    return kj_window_inside(f);
}

static kj_status map_page(kj_error *err, handout *h)
{
    kj_canvas *c = h->canvas;
    char title[300], letter[200];
    const kj_run_figures *f = &h->run[0].figures;
    snprintf(title, sizeof title, _("Land use in %d"), f->years[f->n_years - 1]);
    char below[400];
    snprintf(below, sizeof below, "%s%s%s", _("Where most is built. Outlined: built since the start."), f->facilities_are_assumed ? " " : "",
             f->facilities_are_assumed ? kj_assumed_sites_line() : "");
    double y = heading(c, 46.0, title, below);
    kj_window all = most_built(h);
    double legend = 300.0, width = (W - 2.0 * MARGIN - legend - 30.0 * h->n_runs) / h->n_runs, height = H - 90.0 - y;
    kj_status status = KJ_OK;
    for (int32_t k = 0; !status && k < h->n_runs; k++) {
        double x = MARGIN + (width + 30.0) * k;
        snprintf(letter, sizeof letter, "%c", 'A' + k);
        if (h->n_runs == 2) paragraph(c, x, y, width, 26.0, 700, letter);
        kj_land_view view = {.box = {x, y + (h->n_runs == 2 ? 38.0 : 0.0), width, height - (h->n_runs == 2 ? 38.0 : 0.0)}, .col = all.col, .row = all.row, .w = all.w, .h = all.h,
                             .text_size = 19.0, .sign_size = h->n_runs == 2 ? 12.0 : 16.0, .names = true, .scale_bar = true, .north = true};
        kj_canvas_tag_begin(c, "Figure");
        status = kj_land_view_draw(err, c, &h->run[k].figures, &view);
        kj_canvas_tag_end(c, "Figure");
    }
    kj_run_figures shown = *f; /* the legend is of both maps: a sign that only B has is in it too */
    for (int32_t i = 0; h->n_runs == 2 && i < h->run[1].figures.n_schools; i++)
        if (h->run[1].figures.school_full && h->run[1].figures.school_full[i]) shown.school_full = h->run[1].figures.school_full, shown.n_schools = h->run[1].figures.n_schools;
    kj_land_legend(c, &shown, W - MARGIN - legend, H - 90.0, 19.0, legend, true);
    return status;
}

enum { SCHOOLS_A_PAGE = 25, SCHOOL_COLUMNS = 6 };

static void put_school(const handout *h, int32_t k, int32_t i, char texts[SCHOOL_COLUMNS][KJ_NUMBER_MAX + 96])
{
    const school_row *s = &h->run[k].schools[i];
    kj_language l = h->canvas->language;
    char number[KJ_NUMBER_MAX];
    char own[sizeof s->name];
    snprintf(texts[0], sizeof texts[0], "%s", kj_tr_name(s->name, own, sizeof own));
    snprintf(texts[1], sizeof texts[0], "%s", kj_number_real(number, l, s->first, 0));
    snprintf(texts[2], sizeof texts[0], "%s", kj_number_real(number, l, s->last, 0));
    snprintf(texts[3], sizeof texts[0], "%s", kj_number_real(number, l, s->places, 0));
    snprintf(texts[4], sizeof texts[0], "%s", s->places > 0.0 ? kj_number_real(number, l, kj_places_used_percent(s->last, s->places), 0) : "–");
    if (s->first_full) snprintf(texts[5], sizeof texts[0], "%d", s->first_full);
    else snprintf(texts[5], sizeof texts[0], "–");
}

/* One table a run, side by side; long lists are cut at what a page holds, and say so. */
static void schools_page(const handout *h)
{
    kj_canvas *c = h->canvas;
    char below[800], *end = below;
    end += snprintf(below, sizeof below / 4, "%s ", _("Pupils on 15 October; places of open schools, grades F–9."));
    end += snprintf(end, sizeof below / 4, _(KJ_FIRST_FULL_TEXT), kj_year_now(h->run[0].figures.years, (uint32_t)h->run[0].figures.n_years));
    if (h->run[0].figures.facilities_are_assumed) snprintf(end, sizeof below / 2, " %s", kj_assumed_sites_line());
    double y = heading(c, 46.0, _("Schools"), below);
    double width = (W - 2.0 * MARGIN - 50.0 * (h->n_runs - 1)) / h->n_runs;
    if (!h->run[0].n_schools) paragraph(c, MARGIN, y, W - 2 * MARGIN, TEXT, 400, _("This run records no schools."));
    for (int32_t k = 0; k < h->n_runs; k++) {
        const world *w = &h->run[k];
        int32_t n = w->n_schools < SCHOOLS_A_PAGE ? w->n_schools : SCHOOLS_A_PAGE;
        char texts[(SCHOOLS_A_PAGE + 1) * SCHOOL_COLUMNS][KJ_NUMBER_MAX + 96], more[160];
        const char *cells[(SCHOOLS_A_PAGE + 1) * SCHOOL_COLUMNS];
        if (!n) continue;
        if (h->n_runs == 2) snprintf(texts[0], sizeof texts[0], "%c  %s", 'A' + k, _("School"));
        else snprintf(texts[0], sizeof texts[0], "%s", _("School"));
        snprintf(texts[1], sizeof texts[0], "%d", w->figures.years[0]);
        snprintf(texts[2], sizeof texts[0], "%d", w->figures.years[w->figures.n_years - 1]);
        snprintf(texts[3], sizeof texts[0], "%s", _("Places"));
        snprintf(texts[4], sizeof texts[0], "%%");
        snprintf(texts[5], sizeof texts[0], "%s", _(KJ_FIRST_FULL_LABEL));
        for (int32_t i = 0; i < n; i++) put_school(h, k, i, &texts[(i + 1) * SCHOOL_COLUMNS]);
        for (int32_t i = 0; i < (n + 1) * SCHOOL_COLUMNS; i++) cells[i] = texts[i];
        kj_table_sheet sheet = {.cells = cells, .n_rows = n + 1, .n_columns = SCHOOL_COLUMNS, .text_size = 19.0};
        kj_box box = {MARGIN + (width + 50.0) * k, y, width, H - 120.0 - y};
        double bottom = y + kj_table_draw(c, &box, &sheet);
        if (w->n_schools <= n) continue;
        snprintf(more, sizeof more, _("… and %d more schools; all are in the run file."), w->n_schools - n);
        paragraph(c, box.x, bottom + 6.0, width, 17.0, 400, more);
    }
}

static void chains_page(const handout *h)
{
    kj_canvas *c = h->canvas;
    bool pair = h->has_forest[0] && h->has_forest[1];
    if (h->has_forest[0] || h->has_forest[1]) {
        int k = h->has_forest[0] ? 0 : 1;
        cairo_save(c->cr);
        cairo_translate(c->cr, 0.0, h->n_runs == 2 && !pair ? 60.0 : 20.0); /* titles of all pages stand at one height; a note may come first */
        if (pair) kj_rounds_pair_draw(c, h->forest, h->stats);
        else kj_rounds_page_draw(c, &h->forest[k], &h->stats[k]);
        cairo_restore(c->cr);
        if (h->n_runs == 2 && !pair) paragraph(c, MARGIN, 24.0, W - 2 * MARGIN, TEXT, 700, k ? _("World B; no chain of world A is complete.") : _("World A; no chain of world B is complete."));
        return;
    }
    double y = heading(c, 46.0, _("Moving chains"), NULL);
    paragraph(c, MARGIN, y, W - 2 * MARGIN, TEXT, 400, _("No chain from a new home is complete yet, or the run keeps none."));
}

static void draw_waterfall(const handout *h, int32_t k, const kj_box *box)
{
    const world *w = &h->run[k];
    double low = 0.0, high = 1.0, at = 0.0, result = w->result[w->figures.n_years - 1];
    int32_t n = 1;
    for (size_t i = 0; i < MONEY_ROWS; i++) {
        if (!isfinite(w->money[i]) || fabs(w->money[i]) < 0.5) continue;
        at += w->money[i];
        low = fmin(low, at);
        high = fmax(high, at);
        n++;
    }
    double name_w = 250.0, figure_w = 110.0, step = fmin(box->h / n, 60.0), scale = (box->w - name_w - figure_w) / (high - low), y = box->y;
    kj_text_style name = {.size = 19.0, .weight = 400, .color = KJ_COLOR_INK, .max_width = name_w - 10.0}, figure = {.size = 19.0, .weight = 700, .color = KJ_COLOR_INK, .align = KJ_ALIGN_RIGHT, .tabular = true};
    at = 0.0;
    for (size_t i = 0; i <= MONEY_ROWS; i++) {
        bool last = i == MONEY_ROWS;
        double value = last ? result : w->money[i], from = last ? 0.0 : at;
        char number[KJ_NUMBER_MAX];
        if (!last && (!isfinite(value) || fabs(value) < 0.5)) continue;
        kj_box bar = {box->x + name_w + (fmin(from, from + value) - low) * scale, y + step * 0.2, fmax(fabs(value) * scale, 2.0), step * 0.55};
        kj_canvas_fill_box(h->canvas, &bar, 2.0, value < 0.0 ? KJ_COLOR_LOSS : KJ_COLOR_GAIN, 1.0);
        name.weight = last ? 700 : 400;
        kj_text_draw(h->canvas, box->x, y + step * 0.475 - 12.0, &name, last ? _("Municipal result") : _(money_rows[i].title));
        kj_text_draw(h->canvas, box->x + box->w, y + step * 0.475 - 12.0, &figure, kj_number_change(number, h->canvas->language, value, 0));
        at += value;
        y += step;
    }
}

static void economy_page(const handout *h)
{
    kj_canvas *c = h->canvas;
    char below[1000];
    const kj_run_figures *figures = &h->run[0].figures;
    size_t n = (size_t)snprintf(below, sizeof below / 4, _("SEK million in %d, fixed prices: what comes in, what it costs, and what is left."),
                                figures->years[figures->n_years - 1]);
    n += (size_t)snprintf(below + n, sizeof below / 2, " %s", kj_result_level_words());
    if (figures->country[0] && strcmp(figures->country, "se")) /* maps/countries: all money is in SEK, and mostly Sweden's own */
        snprintf(below + n, sizeof below - n, " %s", _("Swedish kronor in this country too: where no figure of its own was at hand, Sweden's stands in its tables."));
    double y = heading(c, 46.0, _("Municipal economy"), h->run[0].result ? below : NULL);
    if (!h->run[0].result) {
        paragraph(c, MARGIN, y, W - 2 * MARGIN, TEXT, 400, _("This run has no municipal economy: it was made without the economy model."));
        return;
    }
    double width = (W - 2.0 * MARGIN - 60.0 * (h->n_runs - 1)) / h->n_runs;
    for (int32_t k = 0; k < h->n_runs; k++) {
        if (!h->run[k].result) continue;
        char letter[2] = {(char)('A' + k), 0};
        kj_box box = {MARGIN + (width + 60.0) * k, y + 40.0, width, 540.0};
        if (h->n_runs == 2) paragraph(c, box.x, y, width, 26.0, 700, letter);
        kj_canvas_tag_begin(c, "Figure");
        draw_waterfall(h, k, &box);
        kj_canvas_tag_end(c, "Figure");
    }
    double *const results[2] = {h->run[0].result, h->run[1].result};
    kj_box chart = {MARGIN, y + 610.0, W - 2.0 * MARGIN, H - 70.0 - y - 610.0};
    line_pair(h, &chart, &(pair_chart){.title = _("Municipal result"), .unit = _("SEK million a year"), .series = results, .from_zero = true});
}

static void method_page(const handout *h)
{
    kj_canvas *c = h->canvas;
    double y = heading(c, 46.0, _("Method and limits"), NULL), width = W - 2.0 * MARGIN;
    const char *texts[] = {
        _("Every person, household and home of the map is simulated month by month: births, deaths, couples, separations, moves, building, school places and "
          "money. Nothing is added up from averages afterwards."),
        _("A new home is filled by a household that mostly leaves another home behind, which is filled in turn: a moving chain. Chains are traced, not caused: "
          "a household on a chain might have moved anyway."),
        h->n_runs == 2 && h->comparison.same_lives
            ? kj_luck_words(true)
            : _("Two runs with one seed begin with the same people and share their luck: a person who lives in both meets the same chances. Policies set other "
                "events going all the same, which change who moves where; what differs may therefore come from the policies or from such chance. One pair "
                "cannot tell them apart: see the ensemble of the handbook for intervals."),
        _("Many parameters of behaviour are assumed, not calibrated; each carries unit, range, source and kind of evidence in the run file and the parameter "
          "tables. Figures far ahead lean on them more than figures near."),
        _("The people are synthetic: fitted to published tables, no real household is shown. Areas and schools are those of the map; page 2 says what is "
          "real."),
        _("The boundary is the map: who moves in from outside or leaves it ends a chain there, and pupils who go to school elsewhere are not followed.")};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) y = paragraph(c, MARGIN, y, width, 23.0, 400, texts[i]) + 14.0;
    if (h->run[0].norms[0]) y = paragraph(c, MARGIN, y, width, 23.0, 400, h->run[0].norms) + 14.0;
    y = paragraph(c, MARGIN, y + 16.0, width, 30.0, 700, _("Where these pages come from")) + 8.0;
    for (int32_t k = 0; k < h->n_runs; k++) {
        const kj_run_figures *f = &h->run[k].figures;
        char text[1400];
        snprintf(text, sizeof text, _("%s%sKedja %s · scenario %s · seed %llu · map %s (digest %.12s) · state hash %s · plugins: %s"), h->n_runs == 2 ? (k ? "B" : "A") : "", h->n_runs == 2 ? ": " : "", f->version,
                 f->scenario, (unsigned long long)f->seed, f->map_name, f->map_digest, f->state_hash, f->plugins && f->plugins[0] ? f->plugins : "–");
        y = paragraph(c, MARGIN, y, width, 19.0, 400, text) + 8.0;
    }
}

/* ---- the list of pages ---- */

typedef enum page_kind { PAGE_FINDINGS, PAGE_SUMMARY, PAGE_MAP, PAGE_SCHOOLS, PAGE_CHAINS, PAGE_ECONOMY, PAGE_MATRIX, PAGE_METHOD } page_kind;

static int32_t list_pages(const handout *h, page_kind out[PAGES_MAX])
{
    int32_t n = 0;
    for (int page = PAGE_FINDINGS; page <= PAGE_METHOD; page++)
        if (page != PAGE_MATRIX || h->n_runs == 2) out[n++] = (page_kind)page;
    return n;
}

static kj_status draw_summary(kj_error *err, const handout *h)
{
    const kj_run_figures pair[2] = {h->run[0].figures, h->run[1].figures};
    return h->n_runs == 2 ? kj_pair_page_draw(err, h->canvas, pair, h->comparison.same_lives) : kj_summary_page_draw(err, h->canvas, &pair[0]);
}

static kj_status draw_page(kj_error *err, handout *h, page_kind page, int32_t number)
{
    kj_status status = KJ_OK;
    bool whole = page == PAGE_SUMMARY || page == PAGE_MATRIX; /* pages of their own, tagged by themselves */
    if (!whole) kj_canvas_tag_begin(h->canvas, "Document");
    switch (page) {
    case PAGE_FINDINGS: findings_page(h); break;
    case PAGE_SUMMARY: status = draw_summary(err, h); break;
    case PAGE_MAP: status = map_page(err, h); break;
    case PAGE_SCHOOLS: schools_page(h); break;
    case PAGE_CHAINS: chains_page(h); break;
    case PAGE_ECONOMY: economy_page(h); break;
    case PAGE_MATRIX: status = kj_matrix_page_draw(err, h->canvas, &h->comparison, _("World B")); break;
    case PAGE_METHOD: method_page(h); break;
    }
    if (!whole) foot(h, number);
    else page_number(h->canvas, number);
    if (!whole) kj_canvas_tag_end(h->canvas, "Document");
    return status;
}

/* ---- files ---- */

typedef enum form { FORM_PDF, FORM_SVG, FORM_PNG, FORM_HTML, FORM_NONE } form;

static form form_of(const char *path)
{
    static const char *const endings[] = {".pdf", ".svg", ".png", ".html"};
    size_t length = strlen(path);
    for (int i = 0; i < 4; i++)
        if (length > strlen(endings[i]) && strcasecmp(path + length - strlen(endings[i]), endings[i]) == 0) return (form)i;
    return FORM_NONE;
}

kj_status kj_handout_check_name(kj_error *err, const char *path)
{
    return form_of(path) != FORM_NONE ? KJ_OK : kj_fail(err, KJ_E_INPUT, "%s: expected a name that ends in .pdf, .svg, .png or .html", path);
}

static kj_status write_pdf(kj_error *err, handout *h, const char *path, kj_language language)
{
    char title[2 * KJ_TITLE_MAX + 8];
    page_kind pages[PAGES_MAX];
    int32_t n = list_pages(h, pages);
    title_of(&h->run[0].figures, language, title, sizeof title);
    kj_status status = kj_canvas_new_pdf(err, path, title, W, H, 842.0 / W, 2.0, language, h->canvas);
    if (status) return status;
    find_findings(h);
    for (int32_t i = 0; !status && i < n; i++) {
        status = draw_page(err, h, pages[i], i + 1);
        kj_canvas_next_page(h->canvas);
    }
    return kj_report_page_finish(err, path, status, h->canvas);
}

/* One page as a file of its own. */
static kj_status write_page(kj_error *err, handout *h, page_kind page, int32_t number, const char *path, kj_language language)
{
    kj_status status = kj_report_page_open(err, path, "", W, H, 842.0, 1.5, language, h->canvas);
    if (status) return status;
    find_findings(h);
    return kj_report_page_finish(err, path, draw_page(err, h, page, number), h->canvas);
}

static kj_status write_pages(kj_error *err, handout *h, const char *path, kj_language language)
{
    page_kind pages[PAGES_MAX];
    int32_t n = list_pages(h, pages), stem = (int32_t)(strlen(path) - 4);
    kj_status status = KJ_OK;
    for (int32_t i = 0; !status && i < n; i++) {
        char name[PATH_MAX];
        if (snprintf(name, sizeof name, "%.*s_%d%s", stem, path, i + 1, path + stem) >= (int)sizeof name) return kj_fail(err, KJ_E_INPUT, "%s: path too long", path);
        status = write_page(err, h, pages[i], i + 1, name, language);
    }
    return status;
}

static void put_base64(FILE *out, const unsigned char *bytes, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        unsigned v = (unsigned)bytes[i] << 16 | (i + 1 < n ? (unsigned)bytes[i + 1] << 8 : 0u) | (i + 2 < n ? (unsigned)bytes[i + 2] : 0u);
        fputc(digits[v >> 18], out);
        fputc(digits[(v >> 12) & 63u], out);
        fputc(i + 1 < n ? digits[(v >> 6) & 63u] : '=', out);
        fputc(i + 2 < n ? digits[v & 63u] : '=', out);
    }
}

static void put_escaped(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '&') fputs("&amp;", out);
        else if (*text == '<') fputs("&lt;", out);
        else if (*text == '>') fputs("&gt;", out);
        else if (*text == '"') fputs("&quot;", out);
        else fputc(*text, out);
    }
}

static kj_status embed(kj_error *err, FILE *out, const char *png, int32_t number)
{
    FILE *file = fopen(png, "rb");
    if (!file) return kj_fail(err, KJ_E_IO, "%s: %s", png, kj_why(errno));
    unsigned char bytes[3 * 4096]; /* whole groups of three, so that the pieces join */
    fprintf(out, "<img alt=\"%s %d\" src=\"data:image/png;base64,", _("Page"), number);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;) put_base64(out, bytes, n);
    fputs("\">\n", out);
    fclose(file);
    return KJ_OK;
}

/* One file that needs nothing else: the findings as text, the pages as pictures. */
static kj_status write_html(kj_error *err, handout *h, const char *part, kj_language language)
{
    page_kind pages[PAGES_MAX];
    int32_t n = list_pages(h, pages);
    char png[PATH_MAX];
    if (snprintf(png, sizeof png, "%s.png", part) >= (int)sizeof png) return kj_fail(err, KJ_E_INPUT, "%s: path too long", part);
    FILE *out = fopen(part, "w");
    if (!out) return kj_fail(err, KJ_E_IO, "%s: %s", part, kj_why(errno));
    kj_status status = KJ_OK;
    for (int32_t i = 0; !status && i < n; i++) {
        status = write_page(err, h, pages[i], i + 1, png, language);
        if (i == 0) {
            fprintf(out, "<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>", kj_language_code(language));
            put_escaped(out, h->run[0].figures.place);
            fputs("</title><style>body{font:18px/1.5 Inter,sans-serif;max-width:1100px;margin:2em auto;padding:0 1em;color:#1a2733}img{width:100%;border:1px solid #d5dbe1;margin:1em 0}</style></head>\n<body><h1>", out);
            put_escaped(out, kj_title_in(h->run[0].figures.title, (int)language));
            fputs("</h1>\n<ul>\n", out);
            for (int32_t s = 0; s < h->n_sentences; s++) {
                fputs("<li>", out);
                put_escaped(out, h->sentence[s]);
                fputs("</li>\n", out);
            }
            fprintf(out, "</ul>\n<p>%s.</p>\n", kj_honesty_line());
        }
        if (!status) status = embed(err, out, png, i + 1);
    }
    fputs("</body></html>\n", out);
    remove(png);
    if (fclose(out) != 0 && !status) status = kj_fail(err, KJ_E_IO, "%s: %s", part, kj_why(errno));
    return status;
}

static kj_status write_file(kj_error *err, handout *h, const char *path, kj_language language)
{
    char part[PATH_MAX];
    form as = form_of(path);
    if (as == FORM_SVG || as == FORM_PNG) return write_pages(err, h, path, language);
    if (as == FORM_PDF) return write_pdf(err, h, path, language);
    if (snprintf(part, sizeof part, "%s.part", path) >= (int)sizeof part) return kj_fail(err, KJ_E_INPUT, "%s: path too long", path);
    kj_status status = write_html(err, h, part, language);
    if (!status && rename(part, path) != 0) status = kj_fail(err, KJ_E_IO, "%s: %s", path, kj_why(errno));
    if (status) remove(part);
    return status;
}

/* ---- all of it ---- */

/* The matrix of a pair; its errors say what makes two runs none. Every page has the last year of both, so it must be one. */
static kj_status compare(kj_error *err, handout *h, const char *first, const char *second)
{
    const char *const paths[2] = {first, second};
    const kj_run_figures *a = &h->run[0].figures, *b = &h->run[1].figures;
    kj_status status = kj_compare(err, paths, 2, 0, &h->comparison);
    if (status) return status;
    int32_t last_a = a->years[a->n_years - 1], last_b = b->years[b->n_years - 1];
    if (last_a == last_b) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT,
                   "%s ends in %d, %s in %d: a handout holds one last year of both against each other; run both to the same year, or take the figures of %d "
                   "from kedja compare",
                   first, last_a, second, last_b, last_a < last_b ? last_a : last_b);
}

static kj_status read_chains(kj_error *err, handout *h, int k, const char *path)
{
    if (!h->run[k].figures.has_chains || !h->run[k].figures.chains.n_complete) return KJ_OK;
    kj_status status = kj_forest_open(err, path, &h->forest[k]);
    if (status) return status;
    kj_chain_group *groups = NULL;
    uint32_t n = 0;
    status = kj_chain_groups_count(err, &h->forest[k], KJ_BY_ALL, &groups, &n);
    h->has_forest[k] = status == KJ_OK && n > 0;
    if (h->has_forest[k]) h->stats[k] = groups[0].stats;
    else kj_forest_close(&h->forest[k]);
    free(groups);
    return status;
}

static void free_handout(handout *h)
{
    for (int k = 0; k < 2; k++) {
        kj_run_figures_free(&h->run[k].figures);
        free(h->run[k].schools);
        free(h->run[k].result);
        if (h->has_forest[k]) kj_forest_close(&h->forest[k]);
    }
    kj_comparison_free(&h->comparison);
}

kj_status kj_handout(kj_error *err, const char *first, const char *second, const char *path, const char *lang)
{
    handout h = {.n_runs = second ? 2 : 1};
    kj_canvas canvas = {0};
    kj_language language = KJ_LANG_EN;
    h.canvas = &canvas;
    kj_status status = kj_handout_check_name(err, path);
    if (!status) status = kj_report_choose_language(err, lang, &language);
    if (!status) status = read_world(err, first, &h.run[0]);
    if (!status && second) status = read_world(err, second, &h.run[1]);
    if (!status && second) status = compare(err, &h, first, second);
    if (!status) status = read_chains(err, &h, 0, first);
    if (!status && second) status = read_chains(err, &h, 1, second);
    if (!status) status = write_file(err, &h, path, language);
    free_handout(&h);
    return status;
}
