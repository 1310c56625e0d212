#include "validate_areas.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../io/json_number.h"
#include "../validate/areas.h"
#include "json_out.h"

enum { SHOWN = 8 };

static const char *verdict(const kj_area_error *e) { return e->model < e->shares ? "better than shares" : "WORSE than shares"; }

static void print_errors(const kj_area_check *c, bool markdown)
{
    if (markdown)
        puts("| 31 December | people, observed | simulated | **model** | 95 % (luck) | model, to the observed total | shares as they were | persons a home as they were | verdict |\n"
             "|---|---|---|---|---|---|---|---|---|");
    else
        printf("People by area from a start in %d: %u areas, %d run%s. Mean absolute error, persons an area\n"
               "  year  observed simulated    model      95 %% (luck)   to the total  shares as they were  persons a home as they were\n",
               (int)c->start_year, c->n_areas, (int)c->n_runs, c->n_runs > 1 ? "s" : "");
    for (uint32_t i = 0; i < c->n_years; i++) {
        const kj_area_error *e = &c->error[i];
        char interval[64] = "–";
        if (!isnan(e->model_low)) snprintf(interval, sizeof interval, "%.0f to %.0f", e->model_low, e->model_high);
        if (markdown)
            printf("| %d | %.0f | %.0f | **%.0f** | %s | %.0f | %.0f | %.0f | %s |\n", (int)e->year, e->observed, e->simulated, e->model, interval, e->scaled, e->shares, e->per_home, verdict(e));
        else
            printf("  %d %9.0f %9.0f %8.0f %17s %14.0f %20.0f %28.0f  %s\n", (int)e->year, e->observed, e->simulated, e->model, interval, e->scaled, e->shares, e->per_home, verdict(e));
    }
}

static int by_miss(const void *a, const void *b)
{
    const kj_area_row *x = a, *y = b;
    double p = fabs(x->simulated - x->observed), q = fabs(y->simulated - y->observed);
    return (p < q) - (p > q);
}

static void print_misses(kj_area_check *c, bool markdown)
{
    uint32_t n = c->n_areas < SHOWN ? c->n_areas : SHOWN;
    qsort(c->area, c->n_areas, sizeof *c->area, by_miss);
    if (markdown) printf("\n| area | %d | observed %d | simulated |\n|---|---|---|---|\n", (int)c->start_year, (int)c->error[c->n_years - 1].year);
    else printf("\nThe largest misses, %d\n", (int)c->error[c->n_years - 1].year);
    for (uint32_t i = 0; i < n; i++) {
        const kj_area_row *a = &c->area[i];
        if (markdown) printf("| %s | %.0f | %.0f | %.0f |\n", a->name, a->start, a->observed, a->simulated);
        else printf("  start %6.0f  observed %6.0f  simulated %6.0f  %s %s\n", a->start, a->observed, a->simulated, a->code, a->name);
    }
}

/* json_pack refuses a whole row for one NaN or infinity. */

static kj_status print_json(kj_error *err, const kj_area_check *c)
{
    json_t *root = json_object(), *years = json_array(), *areas = json_array();
    json_object_set_new(root, "start", json_integer(c->start_year));
    json_object_set_new(root, "runs", json_integer(c->n_runs));
    for (uint32_t i = 0; i < c->n_years; i++) {
        const kj_area_error *e = &c->error[i];
        json_array_append_new(years, json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "year", (int)e->year, "observed", kj_json_number(e->observed), "simulated",
                                               kj_json_number(e->simulated), "model", kj_json_number(e->model), "low", kj_json_number(e->model_low), "high", kj_json_number(e->model_high),
                                               "scaled", kj_json_number(e->scaled), "shares", kj_json_number(e->shares), "per_home", kj_json_number(e->per_home), "better",
                                               e->model < e->shares));
    }
    for (uint32_t a = 0; a < c->n_areas; a++)
        json_array_append_new(areas, json_pack("{s:s, s:s, s:f, s:f, s:f}", "code", c->area[a].code, "name", c->area[a].name, "start", c->area[a].start, "observed",
                                               c->area[a].observed, "simulated", c->area[a].simulated));
    json_object_set_new(root, "years", years);
    json_object_set_new(root, "areas", areas);
    return kj_cli_print_json(err, root, 6);
}

kj_status kj_validate_areas(kj_error *err, const char *const *paths, int32_t n, bool json, bool markdown)
{
    kj_area_check check;
    kj_status status = kj_area_check_runs(err, paths, n, &check);
    if (status) return status;
    if (json) {
        status = print_json(err, &check);
    } else {
        print_errors(&check, markdown);
        print_misses(&check, markdown);
    }
    kj_area_check_free(&check);
    return status;
}
