#include "progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../compare/projects.h"
#include "../draw/number.h"
#include "../run/outcome.h"
#include "term_text.h"

enum { BAR = 16 }; /* the whole line stays under 80 columns at a million inhabitants */

kj_meter kj_meter_new(bool quiet) { return (kj_meter){.quiet = quiet, .terminal = isatty(STDERR_FILENO) == 1}; }

/* "34,530", as on English pages. */
static const char *grouped(int64_t value, char out[KJ_NUMBER_MAX]) { return kj_number_int(out, KJ_LANG_EN, value); }

/* "19 s left", "2 min left": rounded more the longer it lasts; "" at the end. */
static const char *time_left(double seconds, char out[32])
{
    out[0] = '\0';
    if (seconds >= 99.5) snprintf(out, 32, "  %.0f min left", seconds / 60.0);
    else if (seconds >= 19.5) snprintf(out, 32, "  %.0f s left", 5.0 * (double)(int)(seconds / 5.0 + 0.5));
    else if (seconds >= 0.5) snprintf(out, 32, "  %.0f s left", seconds);
    return out;
}

static void draw_bar(double share, char out[BAR + 1])
{
    for (int i = 0; i < BAR; i++) out[i] = i < (int)(share * BAR + 0.5) ? '#' : '.';
    out[BAR] = '\0';
}

void kj_meter_year(void *data, const kj_progress *p)
{
    const kj_meter *meter = data;
    if (meter->quiet) return;
    char population[KJ_NUMBER_MAX];
    int years = p->last_year - p->first_year, done = p->year - p->first_year;
    double share = years > 0 ? (double)done / years : 1.0, rate = p->loop_seconds > 0 ? (double)p->person_months / p->loop_seconds / 1e6 : 0;
    double left = done > 0 ? p->wall_seconds / done * (years - done) : 0;
    grouped(p->population, population);
    char pace[64] = "", wait[32]; /* nothing is known before the first year */
    if (done > 0) snprintf(pace, sizeof pace, "  %.1f million person-months/s%s", rate, time_left(left, wait));
    if (!meter->terminal) {
        fprintf(stderr, "%d  %s inhabitants%s\n", p->year, population, pace);
        return;
    }
    char bar[BAR + 1];
    draw_bar(share, bar);
    fprintf(stderr, "\r%d [%s] %3.0f %%  %s inhabitants%s\033[K", p->year, bar, 100 * share, population, pace);
    if (p->year == p->last_year) fputc('\n', stderr);
}

void kj_meter_runs(const kj_meter *meter, int32_t n_done, int32_t n_runs, double seconds)
{
    char bar[BAR + 1], wait[32] = "";
    if (meter->quiet) return;
    if (n_done > 0) time_left(seconds / n_done * (n_runs - n_done), wait);
    if (meter->terminal) {
        draw_bar((double)n_done / n_runs, bar);
        fprintf(stderr, "\r[%s] %3.0f %%  %d of %d runs%s\033[K%s", bar, 100.0 * n_done / n_runs, n_done, n_runs, wait, n_done == n_runs ? "\n" : "");
    } else if (n_done == 0 || n_done * 10 / n_runs != (n_done - 1) * 10 / n_runs) fprintf(stderr, "%d of %d runs%s\n", n_done, n_runs, wait);
}

static void line(const char *name, int64_t start, int64_t end)
{
    char text[3][KJ_NUMBER_MAX];
    printf("  %-22s %12s %12s ", name, grouped(start, text[0]), grouped(end, text[1]));
    kj_term_right(grouped(end - start, text[2]), 12); /* minus has three bytes and one column */
    puts("");
}

static void print_demand(const kj_demands *v, kj_demand d, uint32_t last)
{
    double demanded, came;
    if (!kj_demands_mean(v, d, &demanded, &came)) return; /* a model without such a figure */
    const double values[] = {v->years[0].demanded[d], v->years[last].demanded[d], demanded, came, kj_demand_lacking(round(demanded), round(came))}; /* as they are read in the table */
    printf("  %-22s", kj_demand_kinds[d].name);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[KJ_NUMBER_MAX];
        putchar(' ');
        kj_term_right(kj_number_real(text, KJ_LANG_EN, values[i], 0), 10); /* minus has three bytes and one column; a dash where nothing is known */
    }
    puts("");
}

/* What the way to the goal asked a year, what came, and what is lacking; whether or not it was reached. */
static void print_vision(const kj_outcome *o, const char *out)
{
    const kj_demands *v = &o->vision;
    char text[KJ_NUMBER_MAX];
    if (v->population <= 0) return;
    printf("\n  vision: %s inhabitants in %d", grouped(v->population, text), v->vision_year);
    if (o->last_year >= v->vision_year && o->population_end < v->population) printf(", not reached: %s are lacking", grouped(v->population - o->population_end, text));
    else if (o->last_year >= v->vision_year) printf(", reached");
    puts("");
    if (v->n_years == 0) return;
    const uint32_t last_row = kj_demands_counted(v) - 1;
    const int32_t first = v->years[0].year, last = v->years[last_row].year;
    printf("  %-22s %10s %10s %10s %10s %10s\n", "", "demanded", "demanded", "demanded,", "came,", "lacking,");
    printf("  a year, %d to %d %13d %10d %10s %10s %10s\n", first, last, first, last, "mean", "mean", "mean");
    for (kj_demand d = 0; d < KJ_DEMANDS; d++) print_demand(v, d, last_row);
    if (out) printf("  year by year: kedja table %s vision\n", out);
}

/* Nothing where the file cannot tell: it has just been written, and the figures stand. */
static void print_projects(const char *out)
{
    kj_error ignored;
    kj_runread *run = NULL;
    kj_project_fates fates;
    char text[1200];
    if (!out || kj_runread_open(&ignored, out, &run)) return;
    if (!kj_project_fates_read(&ignored, run, &fates) && kj_project_fates_words(&fates, text, sizeof text)) {
        printf("\n  ");
        for (const char *at = text; *at; at++) { /* one project a line */
            putchar(*at);
            if (strncmp(at, "; ", 2) == 0) at++, printf("\n    ");
        }
        putchar('\n');
    }
    kj_runread_close(run);
}

void kj_print_outcome(const kj_outcome *o, const char *out, bool json, bool quiet)
{
    if (json) {
        json_t *root = kj_outcome_json(o);
        char *text = json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(6));
        if (text) puts(text);
        free(text);
        json_decref(root);
        return;
    }
    if (quiet) return;
    printf("\n%s — %s, %d to %d (simulation, not forecast)\n\n", o->title, o->map_title, o->first_year, o->last_year);
    char moves[KJ_NUMBER_MAX], chains[KJ_NUMBER_MAX];
    printf("  %-22s %12d %12d %12s\n", "31 December", o->first_year, o->last_year, "change");
    line("inhabitants", o->population_start, o->population_end);
    line("households", o->households_start, o->households);
    if (o->lodging_start >= 0 && o->lodging >= 0) line("  no home of their own", o->lodging_start, o->lodging);
    line("dwellings", o->dwellings_start, o->dwellings);
    print_vision(o, out);
    printf("\n  %s households moved into a home; %s moving chains began (boundary: %s)\n", grouped(o->moves, moves), grouped(o->chains, chains),
           o->boundary);
    print_projects(out);
    printf("\n  %.2f s for %.1f million person-months on %d thread%s (%.0f ns each), %.0f MB of state\n", o->loop_seconds,
           (double)o->person_months / 1e6, o->n_threads, o->n_threads == 1 ? "" : "s",
           o->person_months ? o->loop_seconds * 1e9 / (double)o->person_months : 0.0, (double)o->peak_memory_bytes / 1e6);
    printf("  state hash %s\n\n", o->state_hash);
}
