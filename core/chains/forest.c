#include "forest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- ranks ---- */

typedef struct ranked {
    int32_t income;
    uint32_t row;
} ranked;

static int by_income(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->income != y->income) return x->income < y->income ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

bool kj_area_ranks(uint32_t n, const int32_t *median_income, const double *population, uint8_t *rank, double *live_in_half, double *live_in_fifth)
{
    ranked *list = malloc((n + 1u) * sizeof *list);
    uint32_t n_known = 0;
    double total = 0.0, below = 0.0;
    memset(rank, KJ_RANK_UNKNOWN, n);
    for (uint32_t a = 0; list && a < n; a++) {
        if (median_income[a] <= 0) continue;
        list[n_known++] = (ranked){median_income[a], a};
        total += population[a];
    }
    if (list) qsort(list, n_known, sizeof *list, by_income);
    for (uint32_t i = 0; list && i < n_known; i++) { /* an area belongs where the middle of its people is */
        double middle = below + 0.5 * population[list[i].row];
        below += population[list[i].row];
        rank[list[i].row] = middle < 0.2 * total ? KJ_RANK_LOWEST_FIFTH : middle < 0.5 * total ? KJ_RANK_LOWER_HALF : KJ_RANK_UPPER;
    }
    double people[KJ_RANK_LOWEST_FIFTH + 1] = {0.0};
    for (uint32_t i = 0; list && i < n_known; i++) people[rank[list[i].row]] += population[list[i].row];
    *live_in_fifth = total > 0.0 ? people[KJ_RANK_LOWEST_FIFTH] / total : 0.0;
    *live_in_half = *live_in_fifth + (total > 0.0 ? people[KJ_RANK_LOWER_HALF] / total : 0.0);
    free(list);
    return n_known > 1;
}

/* ---- reading ---- */

typedef struct field {
    const char *name;
    kj_type type;
    size_t width, at; /* of the pointer in kj_forest */
} field;

#define FIELD(name_, type_, width_) {#name_, type_, width_, offsetof(kj_forest, name_)}
static const field fields[] = {
    FIELD(dwelling, KJ_ID, 4),     FIELD(root, KJ_ID, 4),        FIELD(parent, KJ_ID, 4),        FIELD(filled_by, KJ_ID, 4),
    FIELD(from_dwelling, KJ_ID, 4), FIELD(project, KJ_ID, 4),    FIELD(round, KJ_I16, 2),        FIELD(opened, KJ_I16, 2),
    FIELD(available, KJ_I16, 2),   FIELD(closed, KJ_I16, 2),     FIELD(area, KJ_I16, 2),         FIELD(cause, KJ_U8, 1),
    FIELD(stage, KJ_U8, 1),        FIELD(end, KJ_U8, 1),         FIELD(tenure, KJ_U8, 1),        FIELD(kind, KJ_U8, 1),
    FIELD(rooms, KJ_U8, 1),        FIELD(mover_size, KJ_U8, 1),  FIELD(mover_kind, KJ_U8, 1),    FIELD(mover_age, KJ_U8, 1),
    FIELD(mover_origin, KJ_U8, 1), FIELD(mover_income, KJ_I32, 4), FIELD(cell, KJ_I32, 4),
    FIELD(contract, KJ_I16, 2),    FIELD(renovation_months, KJ_U8, 1),
};
enum { N_FIELDS = sizeof fields / sizeof *fields, N_ALWAYS = N_FIELDS - 2 /* the others are zeros where a run does not have them */ };

static void **slot(kj_forest *forest, const field *f) { return (void **)(void *)((char *)forest + f->at); }

static kj_status no_memory(kj_error *err, const kj_forest *forest) { return kj_fail(err, KJ_E_MEMORY, "%s: out of memory", kj_runread_path(forest->run)); }

static kj_status read_vacancies(kj_error *err, kj_forest *forest)
{
    const kj_run_table *table = kj_runread_table_named(forest->run, "vacancy");
    if (!table)
        return kj_fail(err, KJ_E_INPUT, "%s: expected the table `vacancy`, found none: the run has no housing market, or is a single year",
                       kj_runread_path(forest->run));
    forest->n = table->n_rows;
    for (uint32_t row = 0; row < table->n_rows; row++)
        if (table->ids[row] != row + 1)
            return kj_fail(err, KJ_E_INPUT, "%s: vacancy: expected id %u in row %u, found %u", kj_runread_path(forest->run), row + 1, row,
                           table->ids[row]);
    kj_status status = KJ_OK;
    forest->knows_stages = kj_run_table_column(table, "contract") && kj_run_table_column(table, "renovation_months");
    for (size_t i = 0; i < N_FIELDS && !status; i++) {
        void **data = slot(forest, &fields[i]);
        *data = calloc(forest->n + 1u, fields[i].width);
        if (*data && i >= N_ALWAYS && !forest->knows_stages) continue;
        status = *data ? kj_runread_column(err, forest->run, "vacancy", fields[i].name, 0, fields[i].type, *data) : no_memory(err, forest);
    }
    return status;
}

/* Children from parents; refuses links that would lead nowhere or round in a circle. */
static kj_status link_rows(kj_error *err, kj_forest *forest)
{
    const char *path = kj_runread_path(forest->run);
    forest->child = calloc(forest->n + 1u, sizeof *forest->child);
    if (!forest->child) return no_memory(err, forest);
    for (uint32_t row = 0; row < forest->n; row++) {
        kj_id root = forest->root[row], parent = forest->parent[row];
        if (root == 0 || root > forest->n || parent > row) /* a parent is older than its child: no circle */
            return kj_fail(err, KJ_E_INPUT, "%s: vacancy %u: expected a root from 1 to %u and an older parent, found root %u and parent %u", path,
                           row + 1, forest->n, root, parent);
        if (parent == 0 ? root != row + 1 : forest->root[parent - 1] != root)
            return kj_fail(err, KJ_E_INPUT, "%s: vacancy %u: expected the root of its parent %u, found %u", path, row + 1, parent, root);
        if (parent && forest->child[parent - 1])
            return kj_fail(err, KJ_E_INPUT, "%s: vacancies %u and %u have the same parent %u", path, forest->child[parent - 1], row + 1, parent);
        if (parent) forest->child[parent - 1] = row + 1;
    }
    return KJ_OK;
}

static kj_status read_areas(kj_error *err, kj_forest *forest)
{
    const kj_run_table *table = kj_runread_table_named(forest->run, "area");
    if (!table && forest->n)
        return kj_fail(err, KJ_E_INPUT, "%s: expected the table `area`, found none: the chains of this run lead through areas", kj_runread_path(forest->run));
    forest->n_areas = table ? table->n_rows : 0;
    int32_t *income = calloc(forest->n_areas + 1u, sizeof *income);
    double *population = calloc(forest->n_areas + 1u, sizeof *population);
    forest->area_rank = calloc(forest->n_areas + 1u, 1);
    kj_status status = income && population && forest->area_rank ? KJ_OK : no_memory(err, forest);
    if (!status && table) status = kj_runread_column(err, forest->run, "area", "median_income", 0, KJ_I32, income);
    if (!status && table) status = kj_runread_column(err, forest->run, "area", "population", 0, KJ_F64, population);
    if (!status) forest->knows_ranks = kj_area_ranks(forest->n_areas, income, population, forest->area_rank, &forest->live_in_half, &forest->live_in_fifth);
    for (uint32_t row = 0; row < forest->n && !status; row++)
        if (forest->area[row] < -1 || forest->area[row] >= (int32_t)forest->n_areas)
            status = kj_fail(err, KJ_E_INPUT, "%s: vacancy %u: expected an area from -1 to %u, found %d", kj_runread_path(forest->run), row + 1,
                             forest->n_areas, forest->area[row]);
    free(income);
    free(population);
    return status;
}

/* The same figure stands at every municipality: it is that of the whole map. */
static kj_status read_median(kj_error *err, kj_forest *forest)
{
    const kj_run_table *table = kj_runread_table_named(forest->run, "municipality");
    forest->n_years = kj_runread_n_years(forest->run);
    forest->first_year = kj_runread_years(forest->run)[0];
    forest->median = calloc(forest->n_years + 1u, sizeof *forest->median);
    if (!forest->median) return no_memory(err, forest);
    if (!table || table->n_rows == 0 || !kj_run_table_column(table, "median_income")) return KJ_OK;
    int64_t *values = calloc((size_t)forest->n_years * table->n_rows, sizeof *values);
    if (!values) return no_memory(err, forest);
    kj_status status = kj_runread_series(err, forest->run, "municipality", "median_income", KJ_I64, values);
    for (uint32_t y = 0; y < forest->n_years && !status; y++) forest->median[y] = values[(size_t)y * table->n_rows];
    free(values);
    return status;
}

/* A run does not keep which municipality an area belongs to, but codes of areas begin with the municipality's. */
static kj_status read_municipalities(kj_error *err, kj_forest *forest)
{
    const kj_run_table *table = kj_runread_table_named(forest->run, "municipality"), *areas = kj_runread_table_named(forest->run, "area");
    const char *const *codes, *const *area_codes;
    forest->n_municipalities = table ? table->n_rows : 0;
    forest->area_municipality = calloc(forest->n_areas + 1u, sizeof *forest->area_municipality);
    if (!forest->area_municipality) return no_memory(err, forest);
    if (!table || !areas || !kj_run_table_column(table, "code") || !kj_run_table_column(areas, "code")) return KJ_OK;
    kj_status status = kj_runread_texts(err, forest->run, "municipality", "code", &codes);
    if (!status) status = kj_runread_texts(err, forest->run, "area", "code", &area_codes);
    for (uint32_t a = 0; a < forest->n_areas && !status; a++) {
        forest->area_municipality[a] = -1;
        for (uint32_t m = 0; m < forest->n_municipalities; m++)
            if (codes[m][0] && !strncmp(area_codes[a], codes[m], strlen(codes[m]))) forest->area_municipality[a] = (int32_t)m;
    }
    return status;
}

static kj_status read_projects(kj_error *err, kj_forest *forest)
{
    const kj_run_table *table = kj_runread_table_named(forest->run, "project");
    if (!table || !kj_run_table_column(table, "name")) return KJ_OK;
    forest->n_projects = table->n_rows;
    forest->project_id = table->ids;
    return kj_runread_texts(err, forest->run, "project", "name", &forest->project_name);
}

kj_status kj_forest_open(kj_error *err, const char *run_path, kj_forest *out)
{
    *out = (kj_forest){0};
    kj_status status = kj_runread_open(err, run_path, &out->run);
    if (status) return status;
    const kj_run_info *info = kj_runread_info(out->run);
    const kj_grid *grid = kj_runread_grid(out->run);
    out->end_month = info->end;
    out->boundary = info->boundary;
    out->cell_m = grid->cell_m;
    out->nx = grid->nx;
    status = read_vacancies(err, out);
    if (!status) status = link_rows(err, out);
    if (!status) status = read_areas(err, out);
    if (!status) status = read_median(err, out);
    if (!status) status = read_municipalities(err, out);
    if (!status) status = read_projects(err, out);
    if (status) kj_forest_close(out);
    return status;
}

void kj_forest_close(kj_forest *forest)
{
    for (size_t i = 0; i < N_FIELDS; i++) free(*slot(forest, &fields[i]));
    free(forest->child);
    free(forest->area_rank);
    free(forest->area_municipality);
    free(forest->median);
    kj_runread_close(forest->run);
    *forest = (kj_forest){0};
}

double kj_forest_mover_income(const kj_forest *forest, uint32_t row)
{
    int32_t year = (int32_t)KJ_YEAR_OF(forest->closed[row]) - 1 - forest->first_year;
    if (year < 0 || year >= (int32_t)forest->n_years || forest->median[year] <= 0 || forest->mover_size[row] == 0) return -1.0;
    return (double)forest->mover_income[row] / sqrt((double)forest->mover_size[row]) / (double)forest->median[year];
}

const char *kj_forest_project(const kj_forest *forest, kj_id project)
{
    for (uint32_t i = 0; i < forest->n_projects; i++)
        if (forest->project_id[i] == project) return forest->project_name[i];
    return "";
}
