#include "plans.h"
#include "../io/json_number.h"

#include "../io/first_full.h"

#include <kedja/model.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOMES_BEFORE = 3, PEAK = 2 }; /* years in which homes count as new; times the mean that make a peak */
#define SEK_OF_ORE 0.01

const char *kj_plan_kind_label(kj_plan_kind kind)
{
    static const char *const labels[] = {"homes",        "homes, cancelled", "all homes completed", "opens", "more places",
                                         "fewer places", "closes",           "streets and pipes"};
    return labels[kind];
}

const char *kj_alert_id(kj_alert_kind kind)
{
    static const char *const ids[] = {"school_full", "no_place", "care_homes", "investment_peak", "staff", "projects_moved"};
    return ids[kind];
}

const char *kj_alert_text(kj_alert_kind kind)
{
    static const char *const texts[] = {
        "%s has its first full year, %s homes were completed around it in three years; its places: %s",
        "%s: %s children have no place; homes completed in the year: %s",
        "%s: %s people need a care home, there are %s places",
        "%s: new investments of %s MSEK, more than twice the mean of %s",
        "%s: posts grow faster than people of working age: by %s %% in the year, those aged 20–64 by %s %%",
        "%s: the land of %s projects was protected after the plan, so that they moved or ended; homes of plans lost in the year: %s",
    };
    return texts[kind];
}

static kj_status add_plan(kj_error *err, kj_plan_register *r, kj_plan plan)
{
    kj_plan *grown = realloc(r->plans, (r->n_plans + 1u) * sizeof *grown);
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    r->plans = grown;
    grown[r->n_plans++] = plan;
    return KJ_OK;
}

static kj_status add_alert(kj_error *err, kj_plan_register *r, kj_alert alert)
{
    kj_alert *grown = realloc(r->alerts, (r->n_alerts + 1u) * sizeof *grown);
    if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    r->alerts = grown;
    grown[r->n_alerts++] = alert;
    return KJ_OK;
}

/* All years of a column, [year][row]; NULL after a failure. */
static double *series(kj_error *err, const kj_runread *run, const char *table, const char *column, kj_status *status)
{
    const kj_run_table *t = kj_runread_table_named(run, table);
    uint32_t n = t ? t->n_rows : 0;
    double *values = *status ? NULL : calloc((size_t)kj_runread_n_years(run) * n + 1u, sizeof *values);
    if (!*status && !values) *status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!*status) *status = kj_runread_series(err, run, table, column, KJ_F64, values);
    if (!*status) return values;
    free(values);
    return NULL;
}

/* As a column stands at the end of the run. */
static double *finals(kj_error *err, const kj_runread *run, const char *table, const char *column, kj_status *status)
{
    const kj_run_table *t = kj_runread_table_named(run, table);
    double *values = *status ? NULL : calloc((t ? t->n_rows : 0) + 1u, sizeof *values);
    if (!*status && !values) *status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!*status) *status = kj_runread_column(err, run, table, column, kj_runread_n_years(run) - 1, KJ_F64, values);
    if (!*status) return values;
    free(values);
    return NULL;
}

static double sum_of(const double *values, uint32_t year, uint32_t n)
{
    double sum = 0.0;
    for (uint32_t k = 0; k < n; k++)
        if (values[(size_t)year * n + k] > -1e17) sum += values[(size_t)year * n + k]; /* a row that was not there reads as the fill value */
    return sum;
}

static kj_department department_of(int kind)
{
    static const kj_department of[KJ_FACILITY_KIND_COUNT] = {KJ_DEPT_PRESCHOOL, KJ_DEPT_SCHOOL, KJ_DEPT_ELDERLY, KJ_DEPT_HEALTH, KJ_DEPT_LEISURE, KJ_DEPT_LEISURE};
    return kind >= 0 && kind < KJ_FACILITY_KIND_COUNT ? of[kind] : KJ_DEPT_LEISURE;
}

/* ---- projects ---- */

/* The first recorded year in which a project is cancelled; 0: it is not. Its completion is no help: not all who cancel write it. */
static int32_t year_cancelled(const kj_runread *run, const double *stage, uint32_t n, uint32_t row)
{
    for (uint32_t y = 0; y < kj_runread_n_years(run); y++)
        if (stage[(size_t)y * n + row] == KJ_PROJECT_CANCELLED) return kj_runread_years(run)[y];
    return 0;
}

static kj_status read_projects(kj_error *err, kj_runread *run, kj_plan_register *r, const char *const *areas, uint32_t n_areas)
{
    const kj_run_table *table = kj_runread_table_named(run, "project");
    if (!table || table->n_rows == 0) return KJ_OK;
    kj_status status = KJ_OK;
    static const char *const tenures[KJ_PROJECT_TENURES] = {"n_rental", "n_coop", "n_owner", "n_student", "n_senior"};
    double *homes[KJ_PROJECT_TENURES], *kind = finals(err, run, "project", "kind", &status), *area = finals(err, run, "project", "area", &status);
    double *completion = finals(err, run, "project", "completion", &status), *stage = series(err, run, "project", "stage", &status);
    const char *const *names = NULL;
    for (int t = 0; t < KJ_PROJECT_TENURES; t++) homes[t] = finals(err, run, "project", tenures[t], &status);
    if (!status) status = kj_runread_texts(err, run, "project", "name", &names);
    for (uint32_t k = 0; k < table->n_rows && !status; k++) {
        if ((int)kind[k] == KJ_PROJECT_DEVELOPER) continue;
        int32_t cancelled = year_cancelled(run, stage, table->n_rows, k);
        kj_plan plan = {.year = cancelled ? cancelled : KJ_YEAR_OF((int32_t)completion[k]),
                        .department = KJ_DEPT_HOUSING,
                        .kind = cancelled ? KJ_PLAN_CANCELLED : KJ_PLAN_HOMES,
                        .investment = NAN};
        for (int t = 0; t < KJ_PROJECT_TENURES; t++) plan.size += homes[t][k];
        snprintf(plan.name, sizeof plan.name, "%.95s", names[k]);
        if (area[k] >= 0.0 && area[k] < (double)n_areas) snprintf(plan.area, sizeof plan.area, "%.63s", areas[(uint32_t)area[k]]);
        status = add_plan(err, r, plan);
    }
    for (int t = 0; t < KJ_PROJECT_TENURES; t++) free(homes[t]);
    free(kind);
    free(area);
    free(completion);
    free(stage);
    return status;
}

/* ---- facilities ---- */

typedef struct facilities {
    uint32_t n;
    double *kind, *cell, *places, *opened, *closed, *investment;
    double *in_use;        /* places in use */
    int32_t *first_full;   /* [n] */
    const char *const *names;
} facilities;

static kj_status read_facilities(kj_error *err, kj_runread *run, facilities *f)
{
    kj_status status = KJ_OK;
    const kj_run_table *table = kj_runread_table_named(run, "facility");
    *f = (facilities){.n = table ? table->n_rows : 0};
    f->kind = series(err, run, "facility", "kind", &status);
    f->cell = series(err, run, "facility", "cell", &status);
    f->places = series(err, run, "facility", "places", &status);
    f->opened = series(err, run, "facility", "opened", &status);
    f->closed = series(err, run, "facility", "closed", &status);
    f->investment = series(err, run, "facility", "investment", &status);
    size_t n = (size_t)kj_runread_n_years(run) * f->n + 1;
    double *used = malloc(n * sizeof *used);
    f->in_use = malloc(n * sizeof *f->in_use);
    f->first_full = malloc((f->n + 1u) * sizeof *f->first_full);
    if (!status && (!used || !f->in_use || !f->first_full)) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status) status = kj_facility_use(err, run, used, f->in_use);
    free(used);
    if (!status) status = kj_facility_first_full(err, run, 0, f->first_full);
    return status ? status : kj_runread_texts(err, run, "facility", "name", &f->names);
}

static void free_facilities(facilities *f)
{
    double *const all[] = {f->kind, f->cell, f->places, f->in_use, f->opened, f->closed, f->investment};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) free(all[k]);
    free(f->first_full);
}

/* What happened to one facility in a year: it opened, closed, grew or shrank. */
static kj_status plan_facility(kj_error *err, const kj_runread *run, const facilities *f, uint32_t y, uint32_t k, const double *cell_area, const char *const *areas,
                               uint32_t n_areas, kj_plan_register *r)
{
    size_t now = (size_t)y * f->n + k, before = (size_t)(y - 1) * f->n + k;
    if (f->places[now] < 0.0) return KJ_OK; /* not there yet */
    int32_t year = kj_runread_years(run)[y];
    bool is_new = f->places[before] < 0.0, closes = f->closed[now] > 0.0 && KJ_YEAR_OF((int32_t)f->closed[now]) == year;
    double more = is_new ? f->places[now] : f->places[now] - f->places[before];
    if (!is_new && !closes && more == 0.0) return KJ_OK;
    kj_plan plan = {.year = year, .department = department_of((int)f->kind[now]), .kind = closes ? KJ_PLAN_CLOSES : is_new ? KJ_PLAN_OPENS : more > 0.0 ? KJ_PLAN_GROWS : KJ_PLAN_SHRINKS,
                    .size = closes ? -f->places[now] : more, .investment = f->investment[now] * SEK_OF_ORE};
    snprintf(plan.name, sizeof plan.name, "%.95s", f->names[k]);
    int32_t area = f->cell[now] >= 0.0 ? (int32_t)cell_area[(size_t)f->cell[now]] : -1;
    if (area >= 0 && (uint32_t)area < n_areas) snprintf(plan.area, sizeof plan.area, "%.63s", areas[area]);
    return add_plan(err, r, plan);
}

/* A school or preschool that has its first full year where homes have just been completed. */
static kj_status alert_facility(kj_error *err, const kj_runread *run, const facilities *f, uint32_t k, const double *cell_area, const double *completed,
                                uint32_t n_areas, kj_plan_register *r)
{
    if (!f->first_full[k]) return KJ_OK;
    uint32_t y = (uint32_t)kj_runread_year_index(run, f->first_full[k]);
    size_t now = (size_t)y * f->n + k;
    if ((int)f->kind[now] != KJ_FACILITY_SCHOOL && (int)f->kind[now] != KJ_FACILITY_PRESCHOOL) return KJ_OK;
    int32_t area = f->cell[now] >= 0.0 ? (int32_t)cell_area[(size_t)f->cell[now]] : -1;
    double homes = 0.0;
    for (uint32_t back = 0; back < HOMES_BEFORE && back < y; back++) /* not the start year: nothing was completed in it */
        if (area >= 0 && (uint32_t)area < n_areas) homes += completed[(size_t)(y - back) * n_areas + (uint32_t)area];
    if (homes <= 0.0) return KJ_OK; /* full for another reason */
    kj_alert alert = {.year = f->first_full[k], .department = department_of((int)f->kind[now]), .kind = KJ_ALERT_SCHOOL_FULL, .value = homes, .against = f->in_use[now]};
    snprintf(alert.name, sizeof alert.name, "%.95s", f->names[k]);
    return add_alert(err, r, alert);
}

static kj_status read_buildings(kj_error *err, kj_runread *run, kj_plan_register *r, const char *const *areas, uint32_t n_areas)
{
    facilities f;
    const kj_grid *grid = kj_runread_grid(run);
    kj_status status = read_facilities(err, run, &f);
    double *cell_area = calloc((size_t)grid->nx * (size_t)grid->ny + 1u, sizeof *cell_area), *completed = series(err, run, "area", "completed", &status);
    if (!status && !cell_area) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status) status = kj_runread_layer(err, run, "area", 0, KJ_F64, cell_area);
    for (uint32_t y = 1; y < r->n_years && !status; y++)
        for (uint32_t k = 0; k < f.n && !status; k++) status = plan_facility(err, run, &f, y, k, cell_area, areas, n_areas, r);
    for (uint32_t k = 0; k < f.n && !status; k++) status = alert_facility(err, run, &f, k, cell_area, completed, n_areas, r);
    free_facilities(&f);
    free(cell_area);
    free(completed);
    return status;
}

/* ---- years ---- */

typedef struct town_series {
    uint32_t n; /* municipalities */
    double *households, *crowded, *crowded3, *strained, *lodging, *young, *queue_months, *lettings, *searching, *staff, *retiring, *recruit, *working,
        *investments, *renewals, *completed, *without, *preschool_without, *moved, *lost;
} town_series;

static kj_status read_towns(kj_error *err, const kj_runread *run, town_series *t)
{
    kj_status status = KJ_OK;
    const kj_run_table *table = kj_runread_table_named(run, "municipality");
    memset(t, 0, sizeof *t);
    t->n = table ? table->n_rows : 0;
    const struct { double **slot; const char *name;
    } columns[] = {{&t->households, "households"},
                   {&t->crowded, "crowded"},
                   {&t->crowded3, "crowded_norm3"},
                   {&t->strained, "strained"},
                   {&t->lodging, "lodging"},
                   {&t->young, "young_at_home"},
                   {&t->queue_months, "queue_months"},
                   {&t->lettings, "queue_lettings"},
                   {&t->searching, "searching"},
                   {&t->staff, "staff_needed"},
                   {&t->retiring, "staff_retiring"},
                   {&t->recruit, "staff_to_recruit"},
                   {&t->working, "aged_20_64"},
                   {&t->investments, "investments"},
                   {&t->renewals, "renewals"},
                   {&t->completed, "completed"},
                   {&t->without, "pupils_without_place"},
                   {&t->preschool_without, "preschool_without_place"},
                   {&t->moved, "projects_moved"},
                   {&t->lost, "homes_lost"}};
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
        if (columns[k].slot != &t->renewals || (table && kj_run_table_column(table, "renewals"))) /* runs of before have none */
            *columns[k].slot = series(err, run, "municipality", columns[k].name, &status);
    return status;
}

static void free_towns(town_series *t)
{
    double *const all[] = {t->households, t->crowded,   t->crowded3, t->strained,          t->lodging, t->young,   t->queue_months,
                           t->lettings,   t->searching, t->staff,    t->retiring,          t->recruit, t->working, t->investments,
                           t->renewals,   t->completed, t->without,  t->preschool_without, t->moved,   t->lost};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) free(all[k]);
}

static void fill_year(const town_series *t, const kj_runread *run, uint32_t y, kj_plan_register *r)
{
    uint32_t n = t->n;
    double lettings = sum_of(t->lettings, y, n), working = sum_of(t->working, y, n), posts = sum_of(t->staff, y, n) * 0.01;
    r->housing[y] = (kj_housing_need){.year = kj_runread_years(run)[y], .households = sum_of(t->households, y, n), .crowded = sum_of(t->crowded, y, n),
        .crowded_norm3 = sum_of(t->crowded3, y, n), .strained = sum_of(t->strained, y, n), .lodging = sum_of(t->lodging, y, n), .young_at_home = sum_of(t->young, y, n),
        .queue_months = lettings > 0.0 ? sum_of(t->queue_months, y, n) / lettings : NAN, .searching = sum_of(t->searching, y, n)};
    r->staff[y] = (kj_staff_year){.year = kj_runread_years(run)[y], .posts = posts, .retiring = sum_of(t->retiring, y, n) * 0.01,
        .recruit = sum_of(t->recruit, y, n) * 0.01, .working_age = working, .per_1000 = working > 0.0 ? 1000.0 * posts / working : NAN};
    r->investments[y] = (sum_of(t->investments, y, n) - (t->renewals ? sum_of(t->renewals, y, n) : 0.0)) * SEK_OF_ORE;
}

/* All homes of the year, and the streets and pipes that they need. */
static kj_status plan_year(kj_error *err, const town_series *t, const kj_runread *run, uint32_t y, double built, kj_plan_register *r)
{
    int32_t year = kj_runread_years(run)[y];
    double homes = sum_of(t->completed, y, t->n), streets = r->investments[y] - built;
    kj_plan all = {.year = year, .department = KJ_DEPT_HOUSING, .kind = KJ_PLAN_COMPLETED, .size = homes, .investment = NAN};
    kj_plan pipes = {.year = year, .department = KJ_DEPT_TECHNICAL, .kind = KJ_PLAN_STREETS, .size = homes, .investment = streets};
    kj_status status = homes > 0.0 ? add_plan(err, r, all) : KJ_OK;
    return status || streets <= 0.0 ? status : add_plan(err, r, pipes);
}

static kj_status alert_year(kj_error *err, const town_series *t, uint32_t y, double mean, kj_plan_register *r)
{
    kj_status status = KJ_OK;
    int32_t year = r->staff[y].year;
    double homes = sum_of(t->completed, y, t->n), without = sum_of(t->without, y, t->n), small = sum_of(t->preschool_without, y, t->n);
    double grown = r->staff[y].working_age - r->staff[y - 1].working_age, posts = r->staff[y].posts - r->staff[y - 1].posts;
    double moved = sum_of(t->moved, y, t->n);
    if (moved > 0.0) status = add_alert(err, r, (kj_alert){.year = year, .department = KJ_DEPT_HOUSING, .kind = KJ_ALERT_MOVED, .value = moved, .against = sum_of(t->lost, y, t->n)});
    if (!status && without > 0.0) status = add_alert(err, r, (kj_alert){.year = year, .department = KJ_DEPT_SCHOOL, .kind = KJ_ALERT_NO_PLACE, .value = without, .against = homes});
    if (!status && small > 0.0) status = add_alert(err, r, (kj_alert){.year = year, .department = KJ_DEPT_PRESCHOOL, .kind = KJ_ALERT_NO_PLACE, .value = small, .against = homes});
    if (!status && mean > 0.0 && r->investments[y] > PEAK * mean)
        status = add_alert(err, r, (kj_alert){.year = year, .department = KJ_DEPT_ECONOMY, .kind = KJ_ALERT_PEAK, .value = r->investments[y] * 1e-6, .against = mean * 1e-6});
    if (r->staff[y - 1].working_age <= 0.0 || r->staff[y - 1].posts <= 0.0) return status;
    double more_posts = posts / r->staff[y - 1].posts, more_people = grown / r->staff[y - 1].working_age;
    if (!status && posts > 0.0 && more_posts > more_people)
        status = add_alert(err, r, (kj_alert){.year = year, .department = KJ_DEPT_ECONOMY, .kind = KJ_ALERT_STAFF, .value = 100.0 * more_posts,
                                           .against = 100.0 * more_people});
    return status;
}

/* First year in which more people need a care home than there are places. */
static kj_status alert_care(kj_error *err, const kj_runread *run, kj_plan_register *r)
{
    kj_status status = KJ_OK;
    const kj_run_table *table = kj_runread_table_named(run, "service");
    double *kind = series(err, run, "service", "kind", &status), *need = series(err, run, "service", "need", &status), *places = series(err, run, "service", "places", &status);
    for (uint32_t y = 0; y < r->n_years && !status; y++) {
        double wanted = 0.0, there = 0.0;
        for (uint32_t k = 0; k < table->n_rows; k++) {
            size_t at = (size_t)y * table->n_rows + k;
            if ((int)kind[at] == KJ_SERVICE_CARE_HOME) wanted += need[at], there += places[at];
        }
        if (wanted <= there) continue;
        status = add_alert(err, r, (kj_alert){.year = kj_runread_years(run)[y], .department = KJ_DEPT_ELDERLY, .kind = KJ_ALERT_CARE, .value = wanted, .against = there});
        break;
    }
    free(kind);
    free(need);
    free(places);
    return status;
}

static double built_in(const kj_plan_register *r, int32_t year)
{
    double sum = 0.0;
    for (uint32_t k = 0; k < r->n_plans; k++)
        if (r->plans[k].year == year && isfinite(r->plans[k].investment)) sum += r->plans[k].investment;
    return sum;
}

static kj_status read_years(kj_error *err, const kj_runread *run, kj_plan_register *r)
{
    town_series t;
    double mean = 0.0;
    kj_status status = read_towns(err, run, &t);
    for (uint32_t y = 0; y < r->n_years && !status; y++) fill_year(&t, run, y, r);
    for (uint32_t y = 1; y < r->n_years && !status; y++) mean += r->investments[y] / (double)(r->n_years - 1);
    for (uint32_t y = 1; y < r->n_years && !status; y++) status = plan_year(err, &t, run, y, built_in(r, kj_runread_years(run)[y]), r);
    for (uint32_t y = 1; y < r->n_years && !status; y++) status = alert_year(err, &t, y, mean, r);
    free_towns(&t);
    return status ? status : alert_care(err, run, r);
}

static int by_year(const void *a, const void *b)
{
    const kj_plan *x = a, *y = b;
    if (x->year != y->year) return x->year < y->year ? -1 : 1;
    if (x->department != y->department) return x->department < y->department ? -1 : 1;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    return strcmp(x->name, y->name);
}

static int alerts_by_year(const void *a, const void *b)
{
    const kj_alert *x = a, *y = b;
    if (x->year != y->year) return x->year < y->year ? -1 : 1;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    return strcmp(x->name, y->name);
}

kj_status kj_plans_read(kj_error *err, kj_runread *run, kj_plan_register *out)
{
    memset(out, 0, sizeof *out);
    const kj_run_table *areas = kj_runread_table_named(run, "area"), *services = kj_runread_table_named(run, "service");
    if (!services || !kj_run_table_column(services, "investment"))
        return kj_fail(err, KJ_E_INPUT, "%s: expected a run with the plugins services and economy, found none of their tables", kj_runread_path(run));
    const char *const *names = NULL;
    uint32_t n_areas = areas ? areas->n_rows : 0;
    snprintf(out->map, sizeof out->map, "%s", kj_runread_info(run)->map_title);
    out->n_years = kj_runread_n_years(run);
    out->housing = calloc(out->n_years, sizeof *out->housing);
    out->staff = calloc(out->n_years, sizeof *out->staff);
    out->investments = calloc(out->n_years, sizeof *out->investments);
    kj_status status = out->housing && out->staff && out->investments ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status && n_areas) status = kj_runread_texts(err, run, "area", "name", &names);
    if (!status) status = read_projects(err, run, out, names, n_areas);
    if (!status) status = read_buildings(err, run, out, names, n_areas);
    if (!status) status = read_years(err, run, out);
    if (!status && out->n_plans) qsort(out->plans, out->n_plans, sizeof *out->plans, by_year);
    if (!status && out->n_alerts) qsort(out->alerts, out->n_alerts, sizeof *out->alerts, alerts_by_year);
    return status;
}

void kj_plans_free(kj_plan_register *r)
{
    free(r->plans);
    free(r->alerts);
    free(r->housing);
    free(r->staff);
    free(r->investments);
    memset(r, 0, sizeof *r);
}

json_t *kj_plans_json(const kj_plan_register *r)
{
    static const char *const kinds[] = {"homes", "homes_cancelled", "homes_completed", "opens", "grows", "shrinks", "closes", "streets"};
    json_t *root = json_object(), *plans = json_array(), *alerts = json_array(), *housing = json_array(), *staff = json_array();
    for (uint32_t k = 0; k < r->n_plans; k++) {
        const kj_plan *p = &r->plans[k];
        json_array_append_new(plans, json_pack("{s:i, s:s, s:s, s:s, s:s, s:o, s:o}", "year", p->year, "department", kj_department_id(p->department), "kind",
                                               kinds[p->kind], "name", p->name, "area", p->area, "size", kj_json_number(p->size), "investment_sek", kj_json_number(p->investment)));
    }
    for (uint32_t k = 0; k < r->n_alerts; k++) {
        const kj_alert *a = &r->alerts[k];
        json_array_append_new(alerts, json_pack("{s:i, s:s, s:s, s:s, s:o, s:o}", "year", a->year, "department", kj_department_id(a->department), "kind",
                                                kj_alert_id(a->kind), "name", a->name, "value", kj_json_number(a->value), "against", kj_json_number(a->against)));
    }
    for (uint32_t y = 0; y < r->n_years; y++) {
        const kj_housing_need *h = &r->housing[y];
        const kj_staff_year *s = &r->staff[y];
        json_array_append_new(housing, json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "year", h->year, "households", kj_json_number(h->households), "crowded",
                                                 kj_json_number(h->crowded), "crowded_norm3", kj_json_number(h->crowded_norm3), "strained", kj_json_number(h->strained), "lodging",
                                                 kj_json_number(h->lodging), "young_at_home", kj_json_number(h->young_at_home), "queue_months", kj_json_number(h->queue_months), "searching",
                                                 kj_json_number(h->searching)));
        json_array_append_new(staff, json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "year", s->year, "posts", kj_json_number(s->posts), "retiring", kj_json_number(s->retiring),
                                               "recruit", kj_json_number(s->recruit), "aged_20_64", kj_json_number(s->working_age), "per_1000", kj_json_number(s->per_1000), "new_investments_sek",
                                               kj_json_number(r->investments[y])));
    }
    json_object_set_new(root, "map", json_string(r->map));
    json_object_set_new(root, "plans", plans);
    json_object_set_new(root, "alerts", alerts);
    json_object_set_new(root, "housing_need", housing);
    json_object_set_new(root, "staff", staff);
    return root;
}
