/* Areas from localities: where no polygons are at hand, the municipality is a synthetic shape of the right size round
   the real points of its localities, each with its real area; the rest is countryside, cut by the nearest locality. */
#include <stdlib.h>
#include <string.h>

#include "draft.h"
#include "fit.h"
#include "noise.h"

enum { NOISE_OUTLINE = 1, NOISE_LOCALITY = 2 };
enum { CELL_OUTSIDE = -1, CELL_FREE = -2 };

static double square(double v) { return v * v; }

static double distance_to(const kj_grid *grid, int32_t cell, double x, double y)
{
    return sqrt(square(kj_cell_x(grid, cell) - x) + square(kj_cell_y(grid, cell) - y));
}

/* Takes in the first `count` of the ranked cells and what they enclose; returns how many cells that is. */
static int32_t enclose(kj_draft *draft, const kj_ranked *ranked, int32_t count, int32_t *stack)
{
    enum { CELL_OPEN = -3 }; /* outside, and reached from the rim of the map */
    const int32_t n = draft->n_cells, nx = draft->grid.nx, ny = draft->grid.ny;
    int32_t *area = draft->cell_area, n_stack = 0, n_in = 0;
    for (int32_t cell = 0; cell < n; cell++) area[cell] = CELL_OUTSIDE;
    for (int32_t i = 0; i < count && i < n; i++) area[ranked[i].index] = CELL_FREE;
    for (int32_t cell = 0; cell < n; cell++) {
        int32_t x = cell % nx, y = cell / nx;
        bool on_rim = x == 0 || y == 0 || x == nx - 1 || y == ny - 1;
        if (on_rim && area[cell] == CELL_OUTSIDE) area[stack[n_stack++] = cell] = CELL_OPEN;
    }
    while (n_stack > 0) {
        int32_t cell = stack[--n_stack], x = cell % nx;
        const int32_t next[4] = {x > 0 ? cell - 1 : -1, x < nx - 1 ? cell + 1 : -1, cell - nx, cell + nx};
        for (int k = 0; k < 4; k++)
            if (next[k] >= 0 && next[k] < n && area[next[k]] == CELL_OUTSIDE) area[stack[n_stack++] = next[k]] = CELL_OPEN;
    }
    for (int32_t cell = 0; cell < n; cell++) {
        area[cell] = area[cell] == CELL_OPEN ? CELL_OUTSIDE : CELL_FREE;
        n_in += area[cell] == CELL_FREE;
    }
    return n_in;
}

/* The cells of the municipality: those nearest to a locality, as many as its area holds, with a ragged edge and no holes. What is
   enclosed counts, so that fewer are taken from the edge. */
static kj_status draw_outline(kj_error *err, kj_draft *draft, const double *noise, kj_ranked *ranked)
{
    enum { ROUNDS = 8 };
    const kj_recipe *recipe = draft->recipe;
    int32_t n = draft->n_cells, wanted = (int32_t)(recipe->total_km2 * 1e6 / square(draft->grid.cell_m) + 0.5);
    for (int32_t cell = 0; cell < n; cell++) {
        double nearest = 1e12;
        for (uint32_t i = 0; i < recipe->n_localities; i++) {
            nearest = fmin(nearest, distance_to(&draft->grid, cell, recipe->localities[i].x, recipe->localities[i].y));
        }
        ranked[cell] = (kj_ranked){nearest * (0.7 + 0.6 * noise[cell]), cell};
        draft->cell_area[cell] = recipe->fill_extent ? CELL_FREE : CELL_OUTSIDE;
    }
    if (recipe->fill_extent) return KJ_OK;
    int32_t *stack = malloc((size_t)n * sizeof *stack), taken = wanted;
    if (!stack) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    kj_ranked_sort(ranked, (size_t)n);
    for (int i = 0; i < ROUNDS; i++) {
        int32_t over = enclose(draft, ranked, taken, stack) - wanted;
        if (over == 0 || wanted > n) break;
        taken -= over;
    }
    free(stack);
    return KJ_OK;
}

static kj_draft_area *add_area(kj_draft *draft, const char *code, const char *name, kj_area_kind kind, int32_t locality)
{
    kj_draft_area *area = &draft->areas[draft->n_areas++];
    memset(area, 0, sizeof *area);
    snprintf(area->code, sizeof area->code, "%.30s", code);
    snprintf(area->name, sizeof area->name, "%.150s", name);
    area->kind = kind;
    area->locality = locality;
    area->small_share = draft->recipe->small_share[kind];
    return area;
}

/* Quarter-turn number of a direction, growing clockwise from north, in [0, 4): an angle without trigonometry. */
static double turn(double dx, double dy)
{
    double sum = fabs(dx) + fabs(dy);
    if (!(sum > 0.0)) return 0.0;
    double across = dx / sum;
    return dy >= 0.0 ? (dx >= 0.0 ? across : 4.0 + across) : 2.0 - across;
}

static const kj_made_up sector_names[5][4] = {[2] = {KJ_NAME_EAST, KJ_NAME_WEST}, [3] = {KJ_NAME_NORTH_EAST, KJ_NAME_SOUTH, KJ_NAME_NORTH_WEST},
                                              [4] = {KJ_NAME_NORTH, KJ_NAME_EAST, KJ_NAME_SOUTH, KJ_NAME_WEST}};

/* Cuts a town's cells (sorted from the middle out) into a core with the nearest cells and sectors round it. */
static void cut_town(kj_draft *draft, int32_t locality, const kj_ranked *cells, int32_t n)
{
    const kj_recipe_locality *from = &draft->recipe->localities[locality];
    int32_t n_parts = from->n_districts, n_core = n / (n_parts + 1), first = draft->n_areas, n_sectors = n_parts - 1;
    double weight[8] = {0};
    int32_t people[8];
    for (int32_t d = 0; d < n_parts; d++) {
        char code[40], name[KJ_RECIPE_TEXT];
        snprintf(code, sizeof code, "%.24s-%d", from->code, d + 1);
        snprintf(name, sizeof name, "%.100s %s", from->name, kj_made_up_word(draft->recipe->names, d == 0 ? KJ_NAME_CENTRE : sector_names[n_sectors][d - 1]));
        add_area(draft, code, name, from->kind, locality);
    }
    for (int32_t i = 0; i < n; i++) {
        int32_t cell = cells[i].index, part = 0;
        if (i >= n_core) {
            double at = turn(kj_cell_x(&draft->grid, cell) - from->x, kj_cell_y(&draft->grid, cell) - from->y);
            double shifted = at * n_sectors / 4.0 + (n_sectors == 4 ? 0.5 : 0.0);
            part = 1 + (int32_t)shifted % n_sectors;
        }
        draft->cell_area[cell] = first + part;
        weight[part] += part == 0 ? 1.6 : 1.0; /* the core is denser; assumed */
    }
    kj_fit_round(weight, (uint32_t)n_parts, from->population, people);
    for (int32_t d = 0; d < n_parts; d++) {
        draft->areas[first + d].population = people[d];
        if (d > 0)
            draft->areas[first + d].small_share = fmin(0.95, draft->recipe->small_share[from->kind] * 1.25);
        else
            draft->areas[first].small_share = fmax(0.0, 1.25 * draft->recipe->small_share[from->kind] -
                                                            0.25 * draft->recipe->small_share[from->kind] *
                                                                from->population / (people[0] > 0 ? people[0] : 1));
        if (draft->areas[first + d].small_share < 0.05) draft->areas[first + d].small_share = 0.05;
    }
}

static kj_status draw_locality(kj_error *err, kj_draft *draft, int32_t locality, const double *noise, kj_ranked *ranked)
{
    const kj_recipe_locality *from = &draft->recipe->localities[locality];
    int32_t wanted = (int32_t)(from->area_ha * 1e4 / square(draft->grid.cell_m) + 0.5), n = 0;
    double reach = 4.0 * sqrt(from->area_ha * 1e4) + 10.0 * draft->grid.cell_m;
    if (wanted < 1) wanted = 1;
    if (kj_grid_cell_at(&draft->grid, from->x, from->y) < 0) {
        return kj_fail(err, KJ_E_INPUT, "%s: locality %s (%.0f, %.0f) lies outside the extent", draft->recipe->path,
                       from->name, from->x, from->y);
    }
    for (int32_t cell = 0; cell < draft->n_cells; cell++) {
        if (draft->cell_area[cell] != CELL_FREE || (draft->water && draft->water[cell])) continue;
        double d = distance_to(&draft->grid, cell, from->x, from->y);
        if (d < reach) ranked[n++] = (kj_ranked){d * (0.6 + 0.8 * noise[cell]), cell};
    }
    if (n < wanted)
        return kj_fail(err, KJ_E_INPUT, "%s: no room for locality %s (%d cells wanted, %d free)", draft->recipe->path,
                       from->name, wanted, n);
    kj_ranked_sort(ranked, (size_t)n);
    if (from->n_districts > 1) {
        cut_town(draft, locality, ranked, wanted);
    } else {
        kj_draft_area *area = add_area(draft, from->code, from->name, from->kind, locality);
        area->population = from->population;
        for (int32_t i = 0; i < wanted; i++) draft->cell_area[ranked[i].index] = draft->n_areas - 1;
    }
    return KJ_OK;
}

static int32_t locality_index(const kj_recipe *recipe, const char *name)
{
    for (uint32_t i = 0; i < recipe->n_localities; i++) {
        if (strcmp(recipe->localities[i].name, name) == 0) return (int32_t)i;
    }
    return -1;
}

/* The countryside: cut by the nearest of the named localities, people by land. */
static kj_status draw_countryside(kj_error *err, kj_draft *draft)
{
    const kj_recipe *recipe = draft->recipe;
    int32_t around[16], first = draft->n_areas, left = recipe->population, people[16];
    double weight[16] = {0};
    for (int32_t a = 0; a < first; a++) left -= draft->areas[a].population;
    if (left < 0)
        return kj_fail(err, KJ_E_INPUT, "%s: the localities hold %d persons more than the municipality", recipe->path,
                       -left);
    for (uint32_t i = 0; i < recipe->n_rural; i++) {
        char code[40], name[KJ_RECIPE_TEXT];
        around[i] = locality_index(recipe, recipe->rural_around[i]);
        if (around[i] < 0)
            return kj_fail(err, KJ_E_INPUT, "%s: rural.around names %s, which is no locality", recipe->path,
                           recipe->rural_around[i]);
        snprintf(code, sizeof code, "%.20s-%u", recipe->rural_code, i + 1);
        snprintf(name, sizeof name, "%.60s %.80s", recipe->rural_name, recipe->rural_around[i]);
        add_area(draft, code, name, KJ_AREA_RURAL, around[i]);
    }
    for (int32_t cell = 0; cell < draft->n_cells; cell++) {
        if (draft->cell_area[cell] != CELL_FREE) continue;
        if (recipe->n_rural == 0) {
            draft->cell_area[cell] = CELL_OUTSIDE;
            continue;
        }
        uint32_t best = 0;
        double nearest = 1e12;
        for (uint32_t i = 0; i < recipe->n_rural; i++) {
            double d =
                distance_to(&draft->grid, cell, recipe->localities[around[i]].x, recipe->localities[around[i]].y);
            if (d < nearest) {
                nearest = d;
                best = i;
            }
        }
        draft->cell_area[cell] = first + (int32_t)best;
        weight[best] += 1.0;
    }
    if (recipe->n_rural == 0) {
        return left ? kj_fail(err, KJ_E_INPUT, "%s: %d persons live in no locality, but there is no rural = {…}",
                              recipe->path, left)
                    : KJ_OK;
    }
    kj_fit_round(weight, recipe->n_rural, left, people);
    for (uint32_t i = 0; i < recipe->n_rural; i++) {
        draft->areas[first + (int32_t)i].population = people[i];
        draft->areas[first + (int32_t)i].locality = -1;
    }
    return KJ_OK;
}

kj_status kj_draft_outline(kj_error *err, kj_draft *draft)
{
    const kj_recipe *recipe = draft->recipe;
    size_t n = (size_t)draft->n_cells, n_areas = recipe->n_rural;
    for (uint32_t i = 0; i < recipe->n_localities; i++)
        n_areas += (size_t)(recipe->localities[i].n_districts > 1 ? recipe->localities[i].n_districts : 1);
    double *noise = malloc(n * sizeof *noise);
    kj_ranked *ranked = malloc(n * sizeof *ranked);
    draft->areas = calloc(n_areas + 1, sizeof *draft->areas);
    kj_status status = noise && ranked && draft->areas ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (status == KJ_OK) status = kj_noise_field(err, &draft->grid, NOISE_OUTLINE, 8000.0, 5, noise);
    if (status == KJ_OK) status = draw_outline(err, draft, noise, ranked);
    if (status == KJ_OK) status = kj_noise_field(err, &draft->grid, NOISE_LOCALITY, 900.0, 3, noise);
    for (uint32_t i = 0; status == KJ_OK && i < recipe->n_localities; i++)
        status = draw_locality(err, draft, (int32_t)i, noise, ranked);
    if (status == KJ_OK) status = draw_countryside(err, draft);
    free(noise);
    free(ranked);
    return status;
}
