/* Areas of several municipalities from their boundaries and the points of their localities: each locality grows over
   the nearest land by its real area, across boundaries where it must, and is cut by municipality; the rest of each
   municipality is countryside. Persons are the municipality's own. */
#include <stdlib.h>
#include <string.h>

#include "draft.h"
#include "fit.h"
#include "gis.h"
#include "noise.h"

enum { TOWN_FROM = 10000, DISTRICT_PERSONS = 25000, DISTRICTS_MOST = 40, NOISE_LOCALITY = 2 };

static double square(double v) { return v * v; }

typedef struct builder {
    kj_draft *draft;
    int32_t *cell_municipality;
    double *noise;
    kj_ranked *ranked;
    double *share; /* of its locality's persons, by area */
    int32_t capacity;
} builder;

/* Cells that a locality can grow over, nearest first: only the window it can reach is looked at. */
static int32_t find_ground(builder *b, const kj_recipe_locality *from, int32_t wanted)
{
    const kj_grid *g = &b->draft->grid;
    double reach = 4.0 * sqrt(from->area_ha * 1e4) + 10.0 * g->cell_m;
    int32_t n = 0, half = (int32_t)(reach / g->cell_m) + 1, col = (int32_t)((from->x - g->west) / g->cell_m), row = (int32_t)((g->north - from->y) / g->cell_m);
    for (int32_t r = row - half; r <= row + half; r++) {
        for (int32_t c = col - half; c <= col + half; c++) {
            if (r < 0 || c < 0 || r >= g->ny || c >= g->nx) continue;
            int32_t cell = r * g->nx + c;
            if (b->cell_municipality[cell] < 0 || b->draft->cell_area[cell] >= 0 || (b->draft->water && b->draft->water[cell])) continue;
            double d = sqrt(square(kj_cell_x(g, cell) - from->x) + square(kj_cell_y(g, cell) - from->y));
            if (d < reach) b->ranked[n++] = (kj_ranked){d * (0.6 + 0.8 * b->noise[cell]), cell};
        }
    }
    kj_ranked_sort(b->ranked, (size_t)n);
    return n < wanted ? n : wanted;
}

static kj_draft_area *add_area(kj_error *err, builder *b, const char *code, const char *name, kj_area_kind kind, int32_t municipality)
{
    kj_draft *draft = b->draft;
    if (draft->n_areas + 1 >= b->capacity) {
        int32_t capacity = 2 * b->capacity + 256;
        kj_draft_area *grown = realloc(draft->areas, (size_t)capacity * sizeof *grown);
        if (grown) draft->areas = grown;
        double *share = realloc(b->share, (size_t)capacity * sizeof *share);
        if (share) b->share = share;
        if (!grown || !share) {
            kj_fail(err, KJ_E_MEMORY, "out of memory");
            return NULL;
        }
        b->capacity = capacity;
    }
    b->share[draft->n_areas] = 0.0;
    kj_draft_area *area = &draft->areas[draft->n_areas++];
    memset(area, 0, sizeof *area);
    snprintf(area->code, sizeof area->code, "%.31s", code);
    snprintf(area->name, sizeof area->name, "%.150s", name);
    area->kind = kind;
    area->locality = -1;
    area->municipality = municipality;
    snprintf(area->district, sizeof area->district, "%.30s", draft->recipe->municipalities[municipality].code);
    area->small_share = draft->recipe->small_share[kind];
    return area;
}

/* A direction from north, clockwise, in [0, 4): an angle without trigonometry. */
static double turn(double dx, double dy)
{
    double sum = fabs(dx) + fabs(dy);
    if (!(sum > 0.0)) return 0.0;
    return dy >= 0.0 ? (dx >= 0.0 ? dx / sum : 4.0 + dx / sum) : 2.0 - dx / sum;
}

/* One locality's cells within one municipality: one area, or sectors of equal size where it is large. */
static kj_status add_part(kj_error *err, builder *b, const kj_recipe_locality *from, int32_t municipality, kj_ranked *cells, int32_t n, int32_t n_all)
{
    const kj_grid *g = &b->draft->grid;
    double persons = (double)from->population * n / n_all;
    int32_t n_districts = (int32_t)(persons / DISTRICT_PERSONS) + 1;
    if (n_districts > DISTRICTS_MOST) n_districts = DISTRICTS_MOST;
    if (n_districts > n / 4 + 1) n_districts = n / 4 + 1;
    for (int32_t i = 0; i < n; i++) cells[i].key = turn(kj_cell_x(g, cells[i].index) - from->x, kj_cell_y(g, cells[i].index) - from->y);
    kj_ranked_sort(cells, (size_t)n);
    for (int32_t d = 0; d < n_districts; d++) {
        char code[96], name[KJ_RECIPE_TEXT];
        int32_t begin = (int32_t)((int64_t)n * d / n_districts), end = (int32_t)((int64_t)n * (d + 1) / n_districts);
        snprintf(code, sizeof code, n_districts > 1 ? "%.12s-%.6s-%d" : "%.12s-%.6s", from->code, b->draft->recipe->municipalities[municipality].code, d + 1);
        if (n_districts > 1) snprintf(name, sizeof name, "%.120s %d", from->name, d + 1);
        else snprintf(name, sizeof name, "%.120s", from->name);
        if (!add_area(err, b, code, name, from->population >= TOWN_FROM ? KJ_AREA_TOWN : KJ_AREA_LOCALITY, municipality)) return KJ_E_MEMORY;
        int32_t a = b->draft->n_areas - 1;
        b->share[a] = (double)from->population * (end - begin) / n_all;
        for (int32_t i = begin; i < end; i++) b->draft->cell_area[cells[i].index] = a;
    }
    return KJ_OK;
}

static kj_status add_locality(kj_error *err, builder *b, const kj_recipe_locality *from)
{
    const kj_grid *g = &b->draft->grid;
    int32_t centre = kj_grid_cell_at(g, from->x, from->y);
    if (centre < 0 || b->cell_municipality[centre] < 0) return KJ_OK; /* not in this region */
    int32_t wanted = (int32_t)(from->area_ha * 1e4 / square(g->cell_m) + 0.5);
    int32_t n = find_ground(b, from, wanted > 0 ? wanted : 1), done = 0;
    if (n == 0) return KJ_OK; /* a hamlet whose cell a larger one has: its persons are countryside */
    for (int32_t i = 0; i < n; i++) b->ranked[i].key = b->cell_municipality[b->ranked[i].index];
    kj_ranked_sort(b->ranked, (size_t)n);
    while (done < n) {
        int32_t municipality = (int32_t)b->ranked[done].key, end = done;
        while (end < n && (int32_t)b->ranked[end].key == municipality) end++;
        bool sliver = (end - done) * 20 < n && municipality != b->cell_municipality[centre];
        if (!sliver) {
            kj_status status = add_part(err, b, from, municipality, b->ranked + done, end - done, n);
            if (status != KJ_OK) return status;
        }
        done = end;
    }
    return KJ_OK;
}

static int by_population(const void *a, const void *b)
{
    const kj_recipe_locality *const *x = a, *const *y = b;
    if ((*x)->population != (*y)->population) return (*x)->population > (*y)->population ? -1 : 1;
    return strcmp((*x)->code, (*y)->code);
}

static kj_status add_countryside(kj_error *err, builder *b)
{
    kj_draft *draft = b->draft;
    uint32_t n = draft->recipe->n_municipalities;
    int32_t *area = malloc((n + 1u) * sizeof *area);
    if (!area) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    kj_status status = KJ_OK;
    for (uint32_t m = 0; m < n; m++) area[m] = -1;
    for (int32_t cell = 0; status == KJ_OK && cell < draft->n_cells; cell++) {
        int32_t m = b->cell_municipality[cell];
        if (m < 0 || draft->cell_area[cell] >= 0) continue;
        if (area[m] < 0) {
            char code[48], name[KJ_RECIPE_TEXT];
            snprintf(code, sizeof code, "%.20sR", draft->recipe->municipalities[m].code);
            snprintf(name, sizeof name, "%s %.100s", kj_made_up_word(draft->recipe->names, KJ_NAME_COUNTRYSIDE), draft->recipe->municipalities[m].name);
            if (!add_area(err, b, code, name, KJ_AREA_RURAL, m)) status = KJ_E_MEMORY;
            area[m] = draft->n_areas - 1;
        }
        draft->cell_area[cell] = area[m];
    }
    free(area);
    return status;
}

/* --- persons and dwellings ------------------------------------------------------------------------------------------ */

/* Localities keep their persons, at most 97 % of the municipality; the countryside has the others. */
static kj_status share_out(kj_error *err, builder *b, int32_t municipality, const int32_t *members, int32_t n)
{
    kj_draft *draft = b->draft;
    const kj_recipe_municipality *m = &draft->recipe->municipalities[municipality];
    double in_localities = 0.0, *weight = calloc((size_t)n + 1, sizeof *weight);
    int32_t *people = calloc((size_t)n + 1, sizeof *people);
    if (!weight || !people) {
        free(weight);
        free(people);
        return kj_fail(err, KJ_E_MEMORY, "out of memory");
    }
    bool rural = false;
    for (int32_t i = 0; i < n; i++) {
        in_localities += b->share[members[i]];
        rural |= draft->areas[members[i]].kind == KJ_AREA_RURAL;
    }
    double total = m->population, most = rural ? 0.97 * total : total;
    double scale = in_localities > 0.0 ? fmin(1.0, most / in_localities) : 0.0;
    if (!rural && in_localities > 0.0) scale = total / in_localities;
    for (int32_t i = 0; i < n; i++)
        weight[i] = draft->areas[members[i]].kind == KJ_AREA_RURAL ? fmax(0.0, total - scale * in_localities) : scale * b->share[members[i]];
    kj_fit_round(weight, (uint32_t)n, m->population, people);
    for (int32_t i = 0; i < n; i++) draft->areas[members[i]].population = people[i];
    free(weight);
    free(people);
    return KJ_OK;
}

/* Dwellings of the municipality by tenure, to its areas: by persons, and by what stands where (assumed seed). Where the
   table knows no dwellings, one for 2.1 persons. */
static kj_status share_homes(kj_error *err, builder *b, int32_t municipality, const int32_t *members, int32_t n)
{
    static const double seed[3][3] = {{0.06, 0.02, 0.92}, {0.25, 0.10, 0.65}, {0.42, 0.33, 0.25}}; /* by kind of area; assumed */
    const kj_recipe_municipality *m = &b->draft->recipe->municipalities[municipality];
    double known = m->tenure[0] + m->tenure[1] + m->tenure[2], in_use = b->draft->recipe->dwellings_in_use,
           homes = in_use * (known > 0.0 ? known : m->population / 2.1), cols[3] = {0};
    double *value = calloc((size_t)n * 3 + 1, sizeof *value), *rows = calloc((size_t)n + 1, sizeof *rows);
    if (!value || !rows) {
        free(value);
        free(rows);
        return kj_fail(err, KJ_E_MEMORY, "out of memory");
    }
    for (int32_t i = 0; i < n; i++) {
        const kj_draft_area *area = &b->draft->areas[members[i]];
        rows[i] = homes * area->population / (m->population > 0 ? m->population : 1);
        for (int t = 0; t < 3; t++) {
            value[i * 3 + t] = seed[area->kind][t];
            cols[t] += known > 0.0 ? 0.0 : rows[i] * seed[area->kind][t];
        }
    }
    for (int t = 0; known > 0.0 && t < 3; t++) cols[t] = in_use * m->tenure[t];
    kj_fit_table table = {(uint32_t)n, 3, value, rows, cols};
    kj_fit(&table, 100, 0.5, NULL);
    for (int32_t i = 0; i < n; i++) {
        kj_draft_area *area = &b->draft->areas[members[i]];
        for (int t = 0; t < 3; t++) area->tenure[t] = value[i * 3 + t];
        area->dwellings = area->tenure[0] + area->tenure[1] + area->tenure[2];
        if (area->population > 0 && area->dwellings < 1.0) area->dwellings = area->tenure[2] = 1.0;
    }
    free(value);
    free(rows);
    return KJ_OK;
}

kj_status kj_draft_region(kj_error *err, kj_draft *draft)
{
    const kj_recipe *recipe = draft->recipe;
    size_t n = (size_t)draft->n_cells;
    builder b = {.draft = draft, .cell_municipality = malloc(n * sizeof(int32_t)), .noise = malloc(n * sizeof(double)), .ranked = malloc((n + 1) * sizeof(kj_ranked))};
    const kj_recipe_locality **order = malloc((recipe->n_localities + 1u) * sizeof *order);
    kj_status status = b.cell_municipality && b.noise && b.ranked && order ? kj_gis_region(err, draft, b.cell_municipality) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (status == KJ_OK) status = kj_noise_field(err, &draft->grid, NOISE_LOCALITY, 900.0, 3, b.noise);
    for (uint32_t i = 0; status == KJ_OK && i < recipe->n_localities; i++) order[i] = &recipe->localities[i];
    if (status == KJ_OK) qsort(order, recipe->n_localities, sizeof *order, by_population);
    for (uint32_t i = 0; status == KJ_OK && i < recipe->n_localities; i++) status = add_locality(err, &b, order[i]);
    if (status == KJ_OK) status = add_countryside(err, &b);
    int32_t *members = status == KJ_OK ? malloc(((size_t)draft->n_areas + 1) * sizeof *members) : NULL;
    if (status == KJ_OK && !members) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t m = 0; status == KJ_OK && m < recipe->n_municipalities; m++) {
        int32_t count = 0;
        for (int32_t a = 0; a < draft->n_areas; a++)
            if (draft->areas[a].municipality == (int32_t)m) members[count++] = a;
        if (count == 0)
            status = kj_fail(err, KJ_E_INPUT, "%s: municipality %s (%s) covers no cell of %.0f m", recipe->path, recipe->municipalities[m].code,
                             recipe->municipalities[m].name, draft->grid.cell_m);
        if (status == KJ_OK) status = share_out(err, &b, (int32_t)m, members, count);
        if (status == KJ_OK) status = share_homes(err, &b, (int32_t)m, members, count);
    }
    free(members);
    free(order);
    free(b.cell_municipality);
    free(b.noise);
    free(b.ranked);
    free(b.share);
    return status;
}
