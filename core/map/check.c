#include "check.h"

#include "observations.h"

#include <kedja/model.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recipe.h"

enum { FEW = 5 }; /* places named in one line */

typedef struct checker {
    const kj_map *map;
    kj_findings *out;
    kj_status status;
    const int32_t *cell_area;
    const uint8_t *land;
    int32_t n_cells, n_areas;
} checker;

static kj_status add(kj_error *err, kj_findings *out, kj_finding_kind kind, const char *format, va_list args)
{
    if (out->n == out->capacity) {
        uint32_t capacity = 2 * out->capacity + 32;
        kj_finding *grown = realloc(out->items, capacity * sizeof *grown);
        if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory");
        out->items = grown;
        out->capacity = capacity;
    }
    kj_finding *to = &out->items[out->n++];
    to->kind = kind;
    out->n_of[kind]++;
    vsnprintf(to->text, sizeof to->text, format, args);
    return KJ_OK;
}

kj_status kj_map_findings_add(kj_error *err, kj_findings *out, kj_finding_kind kind, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    kj_status status = add(err, out, kind, format, args);
    va_end(args);
    return status;
}

__attribute__((format(printf, 3, 4))) static void say(checker *c, kj_finding_kind kind, const char *format, ...)
{
    kj_error ignored;
    va_list args;
    va_start(args, format);
    if (add(&ignored, c->out, kind, format, args)) c->status = KJ_E_MEMORY;
    va_end(args);
}

static uint32_t rows(const checker *c, const char *table)
{
    const kj_rows *t = kj_store_table(&c->map->store, table);
    return t ? t->n_rows : 0;
}

static const void *data(const checker *c, const char *table, const char *column, kj_type type)
{
    return kj_store_data(&c->map->store, table, column, type);
}

static const char *text_at(const checker *c, const char *table, const char *column, uint32_t row)
{
    const int32_t *index = data(c, table, column, KJ_TEXT);
    return index ? kj_pool_text(&c->map->store.pool, index[row]) : "";
}

static double x_of(const checker *c, int32_t cell) { return c->map->grid.west + (cell % c->map->grid.nx + 0.5) * c->map->grid.cell_m; }
static double y_of(const checker *c, int32_t cell) { return c->map->grid.north - (cell / c->map->grid.nx + 0.5) * c->map->grid.cell_m; }

/* ---- areas: gaps, torn pieces, codes ---- */

/* Marks everything that is connected with `from` and has the same value in `value`. Returns the number of cells. */
static int32_t flood(const checker *c, const int32_t *value, int32_t from, uint8_t *seen, int32_t *stack)
{
    int32_t n = 0, top = 0, nx = c->map->grid.nx, ny = c->map->grid.ny;
    stack[top++] = from;
    seen[from] = 1;
    while (top > 0) {
        int32_t cell = stack[--top], col = cell % nx, row = cell / nx;
        const int32_t near[4] = {col > 0 ? cell - 1 : -1, col < nx - 1 ? cell + 1 : -1, row > 0 ? cell - nx : -1, row < ny - 1 ? cell + nx : -1};
        n++;
        for (int i = 0; i < 4; i++) {
            if (near[i] < 0 || seen[near[i]] || value[near[i]] != value[from]) continue;
            seen[near[i]] = 1;
            stack[top++] = near[i];
        }
    }
    return n;
}

static void check_ground(checker *c)
{
    size_t n = (size_t)c->n_cells;
    uint8_t *seen = calloc(n + 1, 1);
    int32_t *stack = malloc((n + 1) * sizeof *stack), *pieces = calloc((size_t)c->n_areas + 1, sizeof *pieces),
            *size = calloc((size_t)c->n_areas + 1, sizeof *size);
    int32_t nx = c->map->grid.nx, ny = c->map->grid.ny, gaps = 0, gap_cells = 0, first_gap = -1;
    if (!seen || !stack || !pieces || !size) c->status = KJ_E_MEMORY;
    for (int32_t cell = 0; !c->status && cell < c->n_cells; cell++) { /* the outside, from the rim in */
        int32_t col = cell % nx, row = cell / nx;
        bool rim = col == 0 || row == 0 || col == nx - 1 || row == ny - 1;
        if (rim && c->cell_area[cell] < 0 && !seen[cell]) flood(c, c->cell_area, cell, seen, stack);
    }
    for (int32_t cell = 0; !c->status && cell < c->n_cells; cell++) {
        int32_t area = c->cell_area[cell];
        if (area >= 0) size[area]++;
        if (seen[cell]) continue;
        int32_t cells = flood(c, c->cell_area, cell, seen, stack);
        if (area >= 0) pieces[area]++;
        else {
            gaps++;
            gap_cells += cells;
            if (first_gap < 0) first_gap = cell;
        }
    }
    if (!c->status && gaps)
        say(c, KJ_FINDING_WARNING, "gaps: %d cells in %d holes belong to no area, the first at x %.0f, y %.0f; boundaries that do not meet, or an enclave",
            gap_cells, gaps, x_of(c, first_gap), y_of(c, first_gap));
    for (int32_t a = 0; !c->status && a < c->n_areas; a++) {
        if (size[a] == 0) say(c, KJ_FINDING_ERROR, "area %s (%s) covers no cell", text_at(c, "area", "code", (uint32_t)a), text_at(c, "area", "name", (uint32_t)a));
        if (pieces[a] > 3 && size[a] < 40 * pieces[a])
            say(c, KJ_FINDING_WARNING, "area %s (%s) lies in %d pieces on %d cells: cells too large for it, or torn boundaries",
                text_at(c, "area", "code", (uint32_t)a), text_at(c, "area", "name", (uint32_t)a), pieces[a], size[a]);
    }
    free(seen);
    free(stack);
    free(pieces);
    free(size);
}

static void check_codes(checker *c)
{
    const int32_t *code = data(c, "area", "code", KJ_TEXT);
    for (int32_t a = 1; code && a < c->n_areas; a++) {
        for (int32_t b = 0; b < a; b++) {
            if (code[a] != code[b]) continue;
            say(c, KJ_FINDING_ERROR, "areas %d and %d have the same code %s", b + 1, a + 1, text_at(c, "area", "code", (uint32_t)a));
            break;
        }
    }
}

/* ---- things that stand somewhere ---- */

/* One line for all that stand in the wrong place: "12 schools lie in water: A, B, C …". */
typedef struct wrong {
    uint32_t n;
    char names[220];
} wrong;

static void note_wrong(wrong *w, const char *name)
{
    if (w->n++ < FEW) snprintf(w->names + strlen(w->names), sizeof w->names - strlen(w->names), "%s%.40s", w->names[0] ? ", " : "", name);
}

static void say_wrong(checker *c, kj_finding_kind kind, const wrong *w, const char *what, const char *where)
{
    if (w->n) say(c, kind, "%u %s %s%s%s%s", w->n, what, where, w->names[0] ? ": " : "", w->names, w->n > FEW && w->names[0] ? " …" : "");
}

static void check_places(checker *c, const char *table, const char *what, bool has_names)
{
    const int32_t *cell = data(c, table, "cell", KJ_I32);
    const int16_t *walk = data(c, "cell", "walk_cost", KJ_I16);
    wrong outside = {0}, wet = {0}, cut = {0};
    bool elsewhere = !strcmp(table, "workplace"); /* places that people commute to */
    for (uint32_t i = 0; cell && i < rows(c, table); i++) {
        char place[48];
        if (cell[i] < 0 && elsewhere) continue;
        bool in_grid = cell[i] >= 0 && cell[i] < c->n_cells;
        if (in_grid) snprintf(place, sizeof place, "x %.0f y %.0f", x_of(c, cell[i]), y_of(c, cell[i]));
        else snprintf(place, sizeof place, "row %u", i + 1);
        const char *name = has_names ? text_at(c, table, "name", i) : "";
        if (!name[0]) name = place;
        if (!in_grid || c->cell_area[cell[i]] < 0) note_wrong(&outside, name);
        else if (c->land[cell[i]] == KJ_LAND_WATER) note_wrong(&wet, name);
        else if (walk && walk[cell[i]] <= 0) note_wrong(&cut, name);
    }
    say_wrong(c, KJ_FINDING_ERROR, &outside, what, "outside all areas");
    say_wrong(c, KJ_FINDING_ERROR, &wet, what, "in water");
    say_wrong(c, KJ_FINDING_WARNING, &cut, what, "where nobody can walk");
}

static void check_reach(checker *c)
{
    const int32_t *travel = data(c, "cell", "travel_centre", KJ_I32), *home = data(c, "dwelling", "cell", KJ_I32);
    uint32_t n = 0;
    int32_t first = -1;
    for (uint32_t d = 0; travel && home && d < rows(c, "dwelling"); d++) {
        if (home[d] < 0 || home[d] >= c->n_cells || travel[home[d]] != INT32_MAX) continue;
        if (first < 0) first = home[d];
        n++;
    }
    if (n) say(c, KJ_FINDING_WARNING, "%u homes cannot be reached from any centre, the first at x %.0f, y %.0f: an island without a bridge or ferry?", n, x_of(c, first), y_of(c, first));
}

static void check_facilities(checker *c)
{
    const uint8_t *kind = data(c, "facility", "kind", KJ_U8);
    const int32_t *places = data(c, "facility", "places", KJ_I32);
    for (uint32_t i = 0; kind && places && i < rows(c, "facility"); i++) {
        const char *name = text_at(c, "facility", "name", i);
        bool teaches = kind[i] == KJ_FACILITY_SCHOOL || kind[i] == KJ_FACILITY_PRESCHOOL;
        if (places[i] < 0 || places[i] > 10 * KJ_PLACES_MAX) say(c, KJ_FINDING_ERROR, "%s has %d places: expected 0 to %d", name, places[i], 10 * KJ_PLACES_MAX);
        else if (teaches && places[i] < 1) say(c, KJ_FINDING_WARNING, "%s has no places", name);
        if (kind[i] == KJ_FACILITY_SCHOOL && places[i] > 2500) say(c, KJ_FINDING_WARNING, "%s has %d places: more than any school", name, places[i]);
        if (kind[i] == KJ_FACILITY_PRESCHOOL && places[i] > 400) say(c, KJ_FINDING_WARNING, "%s has %d places: more than any preschool", name, places[i]);
    }
}

/* ---- figures ---- */

typedef struct area_count {
    int32_t persons, homes, vacant, old, young;
} area_count;

static int32_t area_of_cell(const checker *c, int32_t cell)
{
    int32_t a = cell >= 0 && cell < c->n_cells ? c->cell_area[cell] : -1;
    return a < c->n_areas ? a : -1;
}

static void count_areas(const checker *c, area_count *n)
{
    const int32_t *home = data(c, "dwelling", "cell", KJ_I32), *birth = data(c, "person", "birth_month", KJ_I32);
    const kj_id *holder = data(c, "dwelling", "household", KJ_ID), *household = data(c, "person", "household", KJ_ID),
                *dwelling = data(c, "household", "dwelling", KJ_ID);
    uint32_t n_homes = rows(c, "dwelling"), n_households = rows(c, "household");
    for (uint32_t d = 0; home && holder && d < n_homes; d++) {
        int32_t a = area_of_cell(c, home[d]);
        if (a < 0) continue;
        n[a].homes++;
        n[a].vacant += holder[d] == 0;
    }
    for (uint32_t p = 0; home && birth && household && dwelling && p < rows(c, "person"); p++) {
        kj_id h = household[p], d = h && h <= n_households ? dwelling[h - 1] : 0;
        int32_t a = d && d <= n_homes ? area_of_cell(c, home[d - 1]) : -1, age = (c->map->start - birth[p]) / 12;
        if (a < 0) continue;
        n[a].persons++;
        n[a].old += age >= 65;
        n[a].young += age < 20;
    }
}

static void check_areas(checker *c)
{
    area_count *n = calloc((size_t)c->n_areas + 1, sizeof *n);
    const int32_t *income = data(c, "area", "median_income", KJ_I32);
    if (!n) {
        c->status = KJ_E_MEMORY;
        return;
    }
    count_areas(c, n);
    for (int32_t a = 0; a < c->n_areas; a++) {
        const char *code = text_at(c, "area", "code", (uint32_t)a), *name = text_at(c, "area", "name", (uint32_t)a);
        double size = n[a].homes > n[a].vacant ? (double)n[a].persons / (n[a].homes - n[a].vacant) : 0.0;
        if (n[a].homes > 20 && n[a].vacant * 4 > n[a].homes)
            say(c, KJ_FINDING_WARNING, "area %s (%s): %d of %d homes stand empty; are the dwellings of another year, or second homes?", code, name, n[a].vacant, n[a].homes);
        if (n[a].homes > 20 && (size > 4.0 || size < 1.15))
            say(c, KJ_FINDING_WARNING, "area %s (%s): %.2f persons a home; do persons and dwellings come from the same year and borders?", code, name, size);
        if (n[a].persons > 200 && n[a].young == 0) say(c, KJ_FINDING_WARNING, "area %s (%s): %d persons and nobody under 20", code, name, n[a].persons);
        if (n[a].persons > 200 && n[a].old * 10 > n[a].persons * 7) say(c, KJ_FINDING_WARNING, "area %s (%s): %d of %d persons are 65 or older", code, name, n[a].old, n[a].persons);
        if (n[a].persons > 200 && income && income[a] > 0 && (income[a] < 60000 || income[a] > 2000000))
            say(c, KJ_FINDING_WARNING, "area %s (%s): a median income of %d a year; is the factor of map.areas.income right?", code, name, income[a]);
    }
    free(n);
}

static void check_persons(checker *c)
{
    const int32_t *birth = data(c, "person", "birth_month", KJ_I32);
    const kj_id *mother = data(c, "person", "mother", KJ_ID), *father = data(c, "person", "father", KJ_ID),
                *partner = data(c, "person", "partner", KJ_ID);
    uint32_t n = rows(c, "person"), young_mother = 0, old_mother = 0, young_father = 0, apart = 0, ancient = 0, unborn = 0, child_partner = 0;
    for (uint32_t p = 0; birth && mother && father && partner && p < n; p++) {
        int32_t age = c->map->start - birth[p];
        ancient += age >= 12 * 111;
        unborn += age < 0;
        if (mother[p] && mother[p] <= n) {
            int32_t at = birth[p] - birth[mother[p] - 1];
            young_mother += at < 12 * 14;
            old_mother += at > 12 * 55;
        }
        if (father[p] && father[p] <= n) young_father += birth[p] - birth[father[p] - 1] < 12 * 14;
        if (!partner[p] || partner[p] > n) continue;
        child_partner += age < 12 * 16;
        apart += abs(birth[p] - birth[partner[p] - 1]) > 12 * 40;
    }
    if (unborn) say(c, KJ_FINDING_ERROR, "%u persons are born after the start of the map", unborn);
    if (ancient) say(c, KJ_FINDING_WARNING, "%u persons are older than 110", ancient);
    if (child_partner) say(c, KJ_FINDING_ERROR, "%u persons under 16 live with a partner", child_partner);
    if (young_mother + young_father) say(c, KJ_FINDING_ERROR, "%u mothers and %u fathers were under 14 when their child was born", young_mother, young_father);
    if (old_mother) say(c, KJ_FINDING_WARNING, "%u mothers were over 55 when their child was born", old_mother);
    if (apart) say(c, KJ_FINDING_WARNING, "%u persons have a partner more than 40 years apart", apart);
}

static void check_totals(checker *c)
{
    uint32_t persons = rows(c, "person"), homes = rows(c, "dwelling"), schools = 0;
    const uint8_t *kind = data(c, "facility", "kind", KJ_U8);
    int64_t places = 0, pupils = 0;
    const int32_t *birth = data(c, "person", "birth_month", KJ_I32), *n_places = data(c, "facility", "places", KJ_I32);
    for (uint32_t i = 0; kind && n_places && i < rows(c, "facility"); i++) {
        schools += kind[i] == KJ_FACILITY_SCHOOL;
        places += kind[i] == KJ_FACILITY_SCHOOL ? n_places[i] : 0;
    }
    for (uint32_t p = 0; birth && p < persons; p++) {
        int32_t cohort = KJ_YEAR_OF(c->map->start) - KJ_YEAR_OF(birth[p]);
        pupils += cohort >= 6 && cohort <= 15;
    }
    if (persons == 0) say(c, KJ_FINDING_ERROR, "the map has no persons");
    if (homes == 0) say(c, KJ_FINDING_ERROR, "the map has no dwellings");
    if (schools == 0 && pupils > 0) say(c, KJ_FINDING_WARNING, "no school, but %lld children of school age", (long long)pupils);
    else if (places * 10 < pupils * 8) say(c, KJ_FINDING_WARNING, "schools have %lld places for %lld children of school age", (long long)places, (long long)pupils);
}

/* A number of jobs that was left as it came with a new recipe: everybody commutes, or nobody fills the jobs. */
static void check_jobs(checker *c)
{
    const int32_t *cell = data(c, "workplace", "cell", KJ_I32), *jobs = data(c, "workplace", "jobs", KJ_I32);
    const uint8_t *activity = data(c, "person", "activity", KJ_U8);
    int64_t inside = 0, employed = 0;
    for (uint32_t w = 0; cell && jobs && w < rows(c, "workplace"); w++) inside += cell[w] >= 0 ? jobs[w] : 0;
    for (uint32_t p = 0; activity && p < rows(c, "person"); p++) employed += activity[p] == KJ_ACT_EMPLOYED;
    if (employed > 2 * inside || inside > 2 * employed)
        say(c, KJ_FINDING_WARNING, "%lld employed residents, but %lld jobs inside the map: more than a factor 2 apart; is `jobs` of map.work this municipality's?", (long long)employed, (long long)inside);
}

/* Lines of the fit report that begin with "  warning: ". */
static void take_import_warnings(checker *c)
{
    static const char mark[] = "  warning: ";
    for (const char *at = c->map->report ? strstr(c->map->report, mark) : NULL; at; at = strstr(at, mark)) {
        at += sizeof mark - 1;
        say(c, KJ_FINDING_WARNING, "import: %.*s", (int)strcspn(at, "\n"), at);
    }
}

static void note_synthetic(checker *c)
{
    const kj_rows *cell = kj_store_table(&c->map->store, "cell");
    char list[300] = "";
    for (uint32_t i = 0; i < cell->n_columns; i++) {
        const kj_column *column = &cell->columns[i];
        if (column->origin && !strcmp(column->origin, "synthetic"))
            snprintf(list + strlen(list), sizeof list - strlen(list), "%s%.40s", list[0] ? ", " : "", column->name);
    }
    if (list[0]) say(c, KJ_FINDING_NOTE, "synthetic layers: %s", list);
}

kj_status kj_map_check(kj_error *err, const kj_map *map, kj_findings *out)
{
    memset(out, 0, sizeof *out);
    checker c = {.map = map, .out = out, .n_cells = kj_grid_cells(&map->grid)};
    c.cell_area = data(&c, "cell", "area", KJ_I32);
    c.land = data(&c, "cell", "land_use", KJ_U8);
    c.n_areas = (int32_t)rows(&c, "area");
    if (!c.cell_area || !c.land) return kj_fail(err, KJ_E_INPUT, "map %s: layers area and land_use are missing", map->name);
    check_ground(&c);
    check_codes(&c);
    check_places(&c, "facility", "schools and other facilities", true);
    check_places(&c, "dwelling", "dwellings", false);
    check_places(&c, "workplace", "workplaces", true);
    check_places(&c, "project", "housing projects", true);
    check_reach(&c);
    check_facilities(&c);
    check_totals(&c);
    if (!c.status) check_areas(&c);
    check_persons(&c);
    check_jobs(&c);
    take_import_warnings(&c);
    if (!c.status) c.status = kj_observations_check(err, map, out);
    note_synthetic(&c);
    if (!c.status) return KJ_OK;
    kj_findings_free(out);
    return kj_fail(err, KJ_E_MEMORY, "out of memory");
}

void kj_findings_free(kj_findings *findings)
{
    free(findings->items);
    memset(findings, 0, sizeof *findings);
}
