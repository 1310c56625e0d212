/* Care homes, schools and preschools: those of the recipe, and assumed ones until there are places for all. */
#include <stdlib.h>
#include <string.h>

#include "draft.h"
#include "observations.h"

enum { GRADE_PRESCHOOL = 1, GRADE_F = 2, GRADE_6 = 8, GRADE_9 = 11 };

static const double care_ceiling = 0.45;      /* at most this share of an area's 80+ lives in its care home; assumed */
static const double school_slack = 1.08;      /* places a pupil; assumed */
static const double preschool_share = 0.86;   /* of children of 1-5 years; assumed */
static const double rural_attach_kids = 60.0; /* smaller places send their children to the next larger one */

static int32_t persons_between(const kj_draft_area *area, int32_t from, int32_t to)
{
    int32_t n = 0;
    for (int32_t age = from; age <= to; age++) n += area->n_age[0][age] + area->n_age[1][age];
    return n;
}

static bool on_map(const kj_draft *draft, double x, double y, int32_t *cell)
{
    *cell = kj_grid_cell_at(&draft->grid, x, y);
    return *cell >= 0 && draft->cell_area[*cell] >= 0;
}

/* Cell of a facility of the recipe; one outside the map is refused, with its file and line and what can be done. */
static kj_status cell_of(kj_error *err, const kj_draft *draft, const kj_recipe_facility *from, int32_t *cell)
{
    char where[KJ_RECIPE_TEXT + 40], remedy[3 * KJ_RECIPE_TEXT];
    int32_t ignored;
    const kj_recipe *recipe = draft->recipe;
    if (on_map(draft, from->x, from->y, cell)) return KJ_OK;
    const kj_recipe_facility_file *file = from->of_file ? &recipe->facility_files[from->of_file - 1] : NULL;
    if (file) snprintf(where, sizeof where, file->x[0] ? "%s:%lld" : "%s, feature %lld", file->file, (long long)from->row);
    if (on_map(draft, from->y, from->x, &ignored)) snprintf(remedy, sizeof remedy, "are x and y swapped? The other way round it lies inside");
    else if (file)
        snprintf(remedy, sizeof remedy, "mend its place there, or leave it out: exclude = { column = \"%s\", values = { \"%s\" }, reason = \"…\" } in map.facilities.file of the recipe",
                 file->name, from->name);
    else snprintf(remedy, sizeof remedy, "mend its place in map.facilities, or take it away");
    return kj_fail(err, KJ_E_INPUT, "%s: facility %s (x %.0f, y %.0f) lies outside the map; %s", file ? where : recipe->path, from->name, from->x, from->y, remedy);
}

/* --- care homes ----------------------------------------------------------------------------------------------------
 */

static kj_status care_of_recipe(kj_error *err, kj_draft *draft, double wanted)
{
    const kj_recipe *recipe = draft->recipe;
    double places = 0.0, carried = 0.5;
    for (uint32_t i = 0; i < recipe->n_facilities; i++)
        places += recipe->facilities[i].kind == KJ_FACILITY_CARE_HOME ? recipe->facilities[i].places : 0;
    for (uint32_t i = 0; i < recipe->n_facilities; i++) {
        const kj_recipe_facility *from = &recipe->facilities[i];
        if (from->kind != KJ_FACILITY_CARE_HOME) continue;
        int32_t cell = -1;
        kj_status found = cell_of(err, draft, from, &cell);
        if (found) return found;
        kj_draft_area *area = &draft->areas[draft->cell_area[cell]];
        carried += fmin(wanted * from->places / places, from->places);
        int32_t n = (int32_t)carried, most = (int32_t)(0.6 * persons_between(area, 80, KJ_AGES - 1));
        if (n > most) n = most;
        carried -= n;
        area->n_care += n;
    }
    return KJ_OK;
}

kj_status kj_draft_care(kj_error *err, kj_draft *draft)
{
    double total = 0.0;
    kj_ranked *order = calloc((size_t)draft->n_areas + 1, sizeof *order);
    if (!order) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (int32_t a = 0; a < draft->n_areas; a++) {
        int32_t old = persons_between(&draft->areas[a], 80, KJ_AGES - 1);
        total += old;
        order[a] = (kj_ranked){-old, a};
    }
    double wanted = total * draft->recipe->care_share_80;
    kj_status status = care_of_recipe(err, draft, wanted);
    int32_t left = (int32_t)(wanted + 0.5);
    for (int32_t a = 0; a < draft->n_areas; a++) left -= draft->areas[a].n_care;
    kj_ranked_sort(order, (size_t)draft->n_areas);
    for (int32_t i = 0; status == KJ_OK && draft->recipe->fill_care_homes && i < draft->n_areas && left >= 4; i++) {
        kj_draft_area *area = &draft->areas[order[i].index];
        int32_t n = (int32_t)(care_ceiling * -order[i].key);
        if (n > draft->recipe->care_home_places) n = draft->recipe->care_home_places;
        if (n > left) n = left;
        if (area->n_care > 0 || n < 4) continue;
        area->n_care = n;
        left -= n;
    }
    free(order);
    return status;
}

/* --- where -----------------------------------------------------------------------------------------------------------
 */

/* A built cell of the area near its middle, by luck; several facilities of a kind spread. */
static int32_t pick_cell(const kj_draft *draft, int32_t a, int32_t kind, int32_t ordinal)
{
    const kj_draft_area *area = &draft->areas[a];
    int32_t best = area->centre_cell;
    double lowest = 1e300, reach = 0.6 * sqrt((double)area->n_cells) * draft->grid.cell_m;
    for (int32_t i = draft->area_first[a]; i < draft->area_first[a + 1]; i++) {
        int32_t cell = draft->area_cells[i];
        if (draft->land[cell] < KJ_LAND_PARK) continue;
        double dx = kj_cell_x(&draft->grid, cell) - area->x, dy = kj_cell_y(&draft->grid, cell) - area->y;
        double key = sqrt(dx * dx + dy * dy) / reach +
                     1.6 * kj_map_uniform(KJ_MAP_PLACE, (uint64_t)cell, (uint32_t)(1 + 16 * kind + ordinal));
        if (key < lowest) {
            lowest = key;
            best = cell;
        }
    }
    return best;
}

static kj_draft_facility *add_assumed(kj_draft *draft, int32_t a, kj_facility_kind kind,
                                      int32_t ordinal, int32_t places)
{
    kj_draft_facility *f = kj_draft_add_facility(draft);
    if (!f) return NULL;
    f->kind = (uint8_t)kind;
    f->area = a;
    f->assumed = 1;
    f->cell = pick_cell(draft, a, (int32_t)kind, ordinal);
    f->places = places;
    static const kj_made_up words[] = {[KJ_FACILITY_SCHOOL] = KJ_NAME_SCHOOL, [KJ_FACILITY_PRESCHOOL] = KJ_NAME_PRESCHOOL, [KJ_FACILITY_CARE_HOME] = KJ_NAME_CARE_HOME};
    const char *what = kj_made_up_word(draft->recipe->names, words[kind]);
    if (ordinal)
        snprintf(f->name, sizeof f->name, "%.100s %s %d", draft->areas[a].name, what, ordinal + 1);
    else
        snprintf(f->name, sizeof f->name, "%.100s %s", draft->areas[a].name, what);
    return f;
}

/* Nearest dry cell of the map within 3 km, else the middle of the area. */
static int32_t nearest_dry(const kj_draft *draft, int32_t cell)
{
    int32_t nx = draft->grid.nx, ny = draft->grid.ny, col = cell % nx, row = cell / nx, best = -1;
    int32_t reach = 1 + (int32_t)(3000.0 / draft->grid.cell_m);
    for (int32_t r = row - reach; r <= row + reach; r++) {
        for (int32_t c = col - reach; c <= col + reach; c++) {
            if (r < 0 || c < 0 || r >= ny || c >= nx) continue;
            int32_t other = r * nx + c;
            if (draft->cell_area[other] < 0 || draft->land[other] == KJ_LAND_WATER) continue;
            if (best < 0 || kj_grid_distance2(&draft->grid, cell, other) < kj_grid_distance2(&draft->grid, cell, best)) best = other;
        }
    }
    return best >= 0 ? best : draft->areas[draft->cell_area[cell]].centre_cell;
}

static kj_status take_recipe(kj_error *err, kj_draft *draft)
{
    const kj_recipe *recipe = draft->recipe;
    for (uint32_t i = 0; i < recipe->n_facilities; i++) {
        const kj_recipe_facility *from = &recipe->facilities[i];
        int32_t cell = -1;
        kj_status found = cell_of(err, draft, from, &cell);
        if (found) return found;
        if (draft->land[cell] == KJ_LAND_WATER) {
            cell = nearest_dry(draft, cell);
            kj_draft_warn(draft, "%s (%.0f, %.0f) lies in water; it was moved to the shore, %.0f m away", from->name, from->x, from->y,
                          draft->grid.cell_m * sqrt((double)kj_grid_distance2(&draft->grid, cell, kj_grid_cell_at(&draft->grid, from->x, from->y))));
        }
        kj_draft_facility *f = kj_draft_add_facility(draft);
        if (!f) return kj_fail(err, KJ_E_MEMORY, "out of memory");
        f->kind = (uint8_t)from->kind;
        f->cell = cell;
        f->area = draft->cell_area[cell];
        f->grade_lo = (uint8_t)from->grade_lo;
        f->grade_hi = (uint8_t)from->grade_hi;
        f->independent = from->independent;
        f->places = from->places;
        f->opened = from->opened;
        snprintf(f->name, sizeof f->name, "%s", from->name);
    }
    return KJ_OK;
}

/* --- demand
 * ------------------------------------------------------------------------------------------------------------ */

static double area_distance2(const kj_draft *draft, int32_t a, int32_t b)
{
    double dx = draft->areas[a].x - draft->areas[b].x, dy = draft->areas[a].y - draft->areas[b].y;
    return dx * dx + dy * dy;
}

/* Children who have no place yet, by area; those of the countryside and of hamlets are counted at the nearest larger
 * place. */
static void gather_demand(const kj_draft *draft, int32_t from, int32_t to, double share, double *demand)
{
    for (int32_t a = 0; a < draft->n_areas; a++) demand[a] = share * persons_between(&draft->areas[a], from, to);
    for (int32_t a = 0; a < draft->n_areas; a++) {
        bool small = draft->areas[a].kind == KJ_AREA_RURAL ||
                     share * persons_between(&draft->areas[a], from, to) < rural_attach_kids;
        if (!small) continue;
        int32_t best = -1;
        for (int32_t b = 0; b < draft->n_areas; b++) {
            bool large = draft->areas[b].kind != KJ_AREA_RURAL &&
                         share * persons_between(&draft->areas[b], from, to) >= rural_attach_kids;
            if (b != a && large && (best < 0 || area_distance2(draft, a, b) < area_distance2(draft, a, best))) best = b;
        }
        if (best < 0) continue;
        demand[best] += demand[a];
        demand[a] = 0.0;
    }
}

/* Takes `places` from the demand of the areas nearest to `a`. */
static void serve(const kj_draft *draft, int32_t a, double places, double *demand)
{
    while (places > 0.5) {
        int32_t best = -1;
        for (int32_t b = 0; b < draft->n_areas; b++) {
            if (demand[b] > 0.01 && (best < 0 || area_distance2(draft, a, b) < area_distance2(draft, a, best)))
                best = b;
        }
        if (best < 0) return;
        double taken = fmin(places, demand[best]);
        demand[best] -= taken;
        places -= taken;
    }
}

static kj_status fill(kj_error *err, kj_draft *draft, kj_facility_kind kind, double most, double *demand)
{
    int32_t *ordinal = calloc((size_t)draft->n_areas + 1, sizeof *ordinal);
    if (!ordinal) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    bool has_secondary = false;
    for (int32_t i = 0; i < draft->n_facilities; i++) {
        const kj_draft_facility *f = &draft->facilities[i];
        if (f->kind != kind) continue;
        serve(draft, f->area, f->places / school_slack, demand);
        has_secondary |= kind == KJ_FACILITY_SCHOOL;
    }
    kj_status status = KJ_OK;
    for (;;) {
        int32_t best = 0;
        for (int32_t a = 1; a < draft->n_areas; a++) best = demand[a] > demand[best] ? a : best;
        if (demand[best] < 12.0) break;
        double near = 0.0; /* what the area and its neighbours within 2 km ask for */
        for (int32_t b = 0; b < draft->n_areas; b++) near += area_distance2(draft, best, b) < 4e6 ? demand[b] : 0.0;
        double size = fmin(fmax(near, demand[best]), most);
        int32_t places = (int32_t)((size * school_slack + 9.999) / 10.0) * 10;
        kj_draft_facility *f = add_assumed(draft, best, kind, ordinal[best]++, places);
        if (!f) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
        if (!f) break;
        f->grade_lo = kind == KJ_FACILITY_PRESCHOOL ? GRADE_PRESCHOOL : GRADE_F;
        f->grade_hi = kind == KJ_FACILITY_PRESCHOOL ? GRADE_PRESCHOOL : has_secondary ? GRADE_6 : GRADE_9;
        serve(draft, best, size, demand);
    }
    free(ordinal);
    return status;
}

/* Residents of an area's care homes get the facility itself. */
static kj_status fill_care(kj_error *err, kj_draft *draft)
{
    for (int32_t a = 0; a < draft->n_areas; a++) {
        const kj_draft_area *area = &draft->areas[a];
        if (area->n_care == 0) continue;
        int32_t home = -1, left = 0;
        for (int32_t i = 0; i < draft->n_facilities; i++) {
            if (draft->facilities[i].kind == KJ_FACILITY_CARE_HOME && draft->facilities[i].area == a) home = i;
        }
        if (home < 0) {
            if (!add_assumed(draft, a, KJ_FACILITY_CARE_HOME, 0, (area->n_care * 21 / 20 + 4) / 5 * 5 + 5))
                return kj_fail(err, KJ_E_MEMORY, "out of memory");
            home = draft->n_facilities - 1;
        }
        left = draft->facilities[home].places;
        for (int32_t p = area->first_person; p < area->first_person + area->n_persons; p++) {
            if (draft->persons[p].care < 0) continue;
            if (left == 0) { /* full: the area's next home with room */
                for (int32_t i = home - 1; i >= 0 && left == 0; i--) {
                    if (draft->facilities[i].kind == KJ_FACILITY_CARE_HOME && draft->facilities[i].area == a)
                        home = i, left = draft->facilities[i].places;
                }
            }
            if (left == 0)
                return kj_fail(err, KJ_E_INPUT, "%s: the care homes of area %s are too small", draft->recipe->path,
                               area->name);
            draft->persons[p].care = home;
            draft->facilities[home].n_residents++;
            left--;
        }
    }
    return KJ_OK;
}

kj_status kj_draft_facilities(kj_error *err, kj_draft *draft)
{
    double *demand = calloc((size_t)draft->n_areas + 1, sizeof *demand);
    kj_status status = demand ? take_recipe(err, draft) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (status == KJ_OK) status = kj_draft_observed_facilities(err, draft, false);
    if (status == KJ_OK && draft->recipe->fill_schools) {
        gather_demand(draft, 6, 15, 1.0, demand);
        status = fill(err, draft, KJ_FACILITY_SCHOOL, 480.0, demand);
    }
    if (status == KJ_OK && draft->recipe->fill_preschools) {
        gather_demand(draft, 1, 5, preschool_share, demand);
        status = fill(err, draft, KJ_FACILITY_PRESCHOOL, 90.0, demand);
    }
    if (status == KJ_OK) status = fill_care(err, draft);
    if (status == KJ_OK) status = kj_draft_observed_facilities(err, draft, true);
    free(demand);
    return status;
}
