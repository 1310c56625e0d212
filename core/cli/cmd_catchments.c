/* kedja catchments RUN.nc */
#include <kedja/model.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../space/travel.h"
#include "assignment/catchment.h"
#include "assignment/location.h"
#include "assignment/min_cost.h"
#include "../draw/number.h"
#include "cli.h"
#include "json_out.h"
#include "term_text.h"
#include "../compare/school_table.h"

#define _(text) kj_tr(text)
#define N_(text) text

enum { LEVEL, YEAR, NEW, PLACES, JSON, LANG };
enum { WAY_MAX = 4 * 3600 /* s: who cannot walk there */, NEW_MAX = 20, PLACES_MAX = 5000 };
enum { CANDIDATES = 150, NEAR_M = 1000 /* people so far away count for a plot */, APART_M = 400 /* between plots beyond one an area */ };

static const kj_option options[] = {
    [LEVEL] = {"level", "low|high", "grades F-6 (low, default) or 7-9 (high)"},
    [YEAR] = {"year", "YYYY", "recorded year (default: the last)"},
    [NEW] = {"new", "N", "find places for N new schools as well"},
    [PLACES] = {"places", "N", "places of each new school (default: 350)"},
    [JSON] = {"json", NULL, "the result as one JSON object on standard output"},
    [LANG] = {"lang", "en|sv|da", "language of the text (default: en)"},
    {0},
};

typedef struct wishes {
    const char *run, *level, *lang;
    int64_t year, n_new, places;
    bool json;
} wishes;

typedef struct site {
    char name[160];
    uint32_t joined; /* 0, or 1 + the index of its name in plan.joined: those of the schools of one area */
    int32_t cell, places;
    bool stands;
    int32_t new_cell; /* of a new school there; -1 none */
} site;

typedef struct plan {
    kj_school_table schools;
    const kj_grid *grid;
    uint32_t year; /* index */
    bool high;
    /* cells */
    int32_t *area, *population, *seconds;
    uint16_t *step;
    uint8_t *land, *zoning, *protection;
    /* areas */
    const kj_run_table *areas;
    const char *const *area_name;
    int32_t *pupils;
    uint32_t *begin, *neighbour;
    /* sites: schools first, then candidates */
    site *sites;
    uint32_t n_sites, n_schools, n_candidates;
    char **joined; /* [n_joined] */
    uint32_t n_joined;
    int32_t *way; /* [n_areas][n_sites] mean seconds of the area's people */
    uint32_t *school; /* [n_areas] */
} plan;

static kj_status no_memory(kj_error *err) { return kj_fail(err, KJ_E_MEMORY, "out of memory"); }

static kj_status layer(kj_error *err, const plan *p, const char *name, kj_type type, void **out)
{
    *out = malloc((size_t)kj_grid_cells(p->grid) * sizeof(int32_t) + 1);
    return *out ? kj_runread_layer(err, p->schools.run, name, p->year, type, *out) : no_memory(err);
}

static kj_status read_cells(kj_error *err, plan *p)
{
    int32_t *walk = NULL;
    size_t n = (size_t)kj_grid_cells(p->grid);
    kj_status status = layer(err, p, "area", KJ_I32, (void **)&p->area);
    if (!status) status = layer(err, p, "population", KJ_I32, (void **)&p->population);
    if (!status) status = layer(err, p, "walk_cost", KJ_I32, (void **)&walk);
    if (!status) status = layer(err, p, "land_use", KJ_U8, (void **)&p->land);
    if (!status) status = layer(err, p, "zoning", KJ_U8, (void **)&p->zoning);
    if (!status) status = layer(err, p, "protection", KJ_U8, (void **)&p->protection);
    p->step = malloc(n * sizeof *p->step + 1);
    p->seconds = malloc(n * sizeof *p->seconds + 1);
    if (!status && (!p->step || !p->seconds)) status = no_memory(err);
    for (size_t c = 0; c < n && !status; c++) p->step[c] = (uint16_t)(walk[c] > 0 ? walk[c] : 0);
    free(walk);
    return status;
}

/* Children of the grades by area, and areas that touch. */
static kj_status read_areas(kj_error *err, plan *p)
{
    const char *column = p->high ? "pupils_7_9" : "pupils_f_6";
    p->areas = kj_runread_table_named(p->schools.run, "area");
    uint32_t n = p->areas ? p->areas->n_rows : 0;
    if (n == 0 || !kj_run_table_column(p->areas, column)) return kj_fail(err, KJ_E_INPUT, "the run does not have children by area (area.%s)", column);
    p->pupils = calloc(n + 1u, sizeof *p->pupils);
    p->begin = calloc(n + 2u, sizeof *p->begin);
    uint8_t *touch = calloc((size_t)n * n + 1, 1);
    kj_status status = p->pupils && p->begin && touch ? kj_runread_column(err, p->schools.run, "area", column, p->year, KJ_I32, p->pupils) : no_memory(err);
    if (!status) status = kj_runread_texts(err, p->schools.run, "area", "name", &p->area_name);
    uint32_t n_links = 0;
    for (int32_t c = 0; c < kj_grid_cells(p->grid) && !status; c++) {
        int32_t a = p->area[c], right = c % p->grid->nx + 1 < p->grid->nx ? p->area[c + 1] : -1, under = c / p->grid->nx + 1 < p->grid->ny ? p->area[c + p->grid->nx] : -1;
        if (a < 0) continue;
        if (right >= 0 && right != a) touch[(uint32_t)a * n + (uint32_t)right] = touch[(uint32_t)right * n + (uint32_t)a] = 1;
        if (under >= 0 && under != a) touch[(uint32_t)a * n + (uint32_t)under] = touch[(uint32_t)under * n + (uint32_t)a] = 1;
    }
    for (size_t k = 0; k < (size_t)n * n && !status; k++) n_links += touch[k];
    p->neighbour = calloc(n_links + 1u, sizeof *p->neighbour);
    if (!status && !p->neighbour) status = no_memory(err);
    for (uint32_t a = 0, k = 0; a < n && !status; a++) {
        p->begin[a] = k;
        for (uint32_t b = 0; b < n; b++)
            if (touch[a * n + b]) p->neighbour[k++] = b;
        p->begin[a + 1] = k;
    }
    free(touch);
    return status;
}

static void list_schools(plan *p)
{
    const kj_school_table *t = &p->schools;
    for (uint32_t k = 0; k < t->n_schools; k++) {
        const kj_school_line *s = &t->schools[k];
        double places = 0.0;
        for (int32_t g = p->high ? 7 : 0; g <= (p->high ? 9 : 6); g++) {
            double of_grade = kj_school_places(t, s, g, p->year);
            places += of_grade > 0.0 ? of_grade : 0.0;
        }
        if (s->independent || places <= 0.0 || p->area[s->cell] < 0) continue;
        site *one = &p->sites[p->n_sites++];
        *one = (site){.cell = s->cell, .places = (int32_t)places, .stands = true, .new_cell = -1};
        snprintf(one->name, sizeof one->name, "%.150s", s->name);
    }
    p->n_schools = p->n_sites;
}

/* May a school be built there? Land that is not built up, water or protected, and planned for homes or work, or open. */
static bool may_build(const plan *p, int32_t c)
{
    if (p->protection[c] || p->step[c] == 0) return false;
    bool free_land = p->land[c] == KJ_LAND_FARMLAND || p->land[c] == KJ_LAND_FOREST || p->land[c] == KJ_LAND_OPEN || p->land[c] == KJ_LAND_WORK;
    return free_land && (p->zoning[c] != KJ_ZONE_NONE || p->land[c] == KJ_LAND_OPEN || p->land[c] == KJ_LAND_WORK);
}

/* A cell that a school may be built on, and the people around it. */
typedef struct plot {
    int32_t cell;
    double people;
} plot;

static int by_people(const void *a, const void *b)
{
    const plot *x = a, *y = b;
    if (x->people != y->people) return x->people > y->people ? -1 : 1;
    return x->cell - y->cell;
}

/* People in the square of NEAR_M around each cell. sum[y * (nx + 1) + x]: of all cells above row y and left of column x. */
static kj_status people_near(kj_error *err, const plan *p, double *near)
{
    const int64_t nx = p->grid->nx, ny = p->grid->ny, reach = (int64_t)(NEAR_M / p->grid->cell_m), wide = nx + 1;
    double *sum = calloc((size_t)(wide * (ny + 1)), sizeof *sum);
    if (!sum) return no_memory(err);
    for (int64_t y = 0; y < ny; y++)
        for (int64_t x = 0; x < nx; x++)
            sum[(y + 1) * wide + x + 1] = p->population[y * nx + x] + sum[y * wide + x + 1] + sum[(y + 1) * wide + x] - sum[y * wide + x];
    for (int64_t y = 0; y < ny; y++)
        for (int64_t x = 0; x < nx; x++) {
            int64_t x0 = x > reach ? x - reach : 0, y0 = y > reach ? y - reach : 0, x1 = x + reach + 1 < nx ? x + reach + 1 : nx, y1 = y + reach + 1 < ny ? y + reach + 1 : ny;
            near[y * nx + x] = sum[y1 * wide + x1] - sum[y0 * wide + x1] - sum[y1 * wide + x0] + sum[y0 * wide + x0];
        }
    free(sum);
    return KJ_OK;
}

static bool is_apart(const plan *p, int32_t cell)
{
    double least = APART_M / p->grid->cell_m;
    for (uint32_t k = p->n_schools; k < p->n_sites; k++) {
        double dx = cell % p->grid->nx - p->sites[k].cell % p->grid->nx, dy = cell / p->grid->nx - p->sites[k].cell / p->grid->nx;
        if (dx * dx + dy * dy < least * least) return false;
    }
    return true;
}

static void add_candidate(plan *p, int32_t cell, int32_t places)
{
    p->sites[p->n_sites] = (site){.cell = cell, .places = places, .new_cell = cell};
    snprintf(p->sites[p->n_sites++].name, sizeof p->sites[0].name, "new school in %.100s", p->area_name[p->area[cell]]);
}

/* Candidates: of every area the plot with most people around it, then the other plots, those with most people first, as long as they
   stand apart from each other and there is room. */
static kj_status list_candidates(kj_error *err, plan *p, int32_t places)
{
    int32_t n_cells = kj_grid_cells(p->grid);
    double *near = malloc((size_t)n_cells * sizeof *near + 1);
    plot *plots = malloc((size_t)n_cells * sizeof *plots + 1);
    uint8_t *has_one = calloc(p->areas->n_rows + 1u, 1);
    kj_status status = near && plots && has_one ? people_near(err, p, near) : no_memory(err);
    uint32_t n = 0;
    for (int32_t c = 0; c < n_cells && !status; c++)
        if (p->area[c] >= 0 && may_build(p, c)) plots[n++] = (plot){c, near[c]};
    if (!status) qsort(plots, n, sizeof *plots, by_people);
    for (uint32_t k = 0; k < n && !status; k++)
        if (!has_one[p->area[plots[k].cell]]) has_one[p->area[plots[k].cell]] = 1, add_candidate(p, plots[k].cell, places);
    for (uint32_t k = 0; k < n && !status && p->n_sites - p->n_schools < CANDIDATES; k++)
        if (plots[k].people > 0.0 && is_apart(p, plots[k].cell)) add_candidate(p, plots[k].cell, places);
    p->n_candidates = p->n_sites - p->n_schools;
    free(near);
    free(plots);
    free(has_one);
    return status;
}

/* Mean seconds on foot from an area's people to each site. */
static kj_status find_ways(kj_error *err, plan *p)
{
    uint32_t n = p->areas->n_rows;
    void *work = malloc(kj_travel_work_bytes(p->grid));
    double *sum = malloc((n + 1u) * sizeof *sum), *people = malloc((n + 1u) * sizeof *people);
    p->way = calloc((size_t)n * p->n_sites + 1, sizeof *p->way);
    kj_status status = work && sum && people && p->way ? KJ_OK : no_memory(err);
    for (uint32_t j = 0; j < p->n_sites && !status; j++) {
        if (kj_travel_cost(p->grid, p->step, &p->sites[j].cell, 1, p->seconds, NULL, work)) status = kj_fail(err, KJ_E_INPUT, "%s cannot be reached on foot", p->sites[j].name);
        for (uint32_t a = 0; a < n; a++) sum[a] = people[a] = 0.0;
        for (int32_t c = 0; c < kj_grid_cells(p->grid) && !status; c++) {
            if (p->area[c] < 0) continue;
            double here = (double)p->population[c] + 1e-6;
            sum[p->area[c]] += here * (p->seconds[c] < WAY_MAX ? p->seconds[c] : WAY_MAX);
            people[p->area[c]] += here;
        }
        for (uint32_t a = 0; a < n && !status; a++) p->way[(size_t)a * p->n_sites + j] = people[a] > 0.0 ? (int32_t)(sum[a] / people[a]) : WAY_MAX;
    }
    free(work);
    free(sum);
    free(people);
    return status;
}

/* Sites that a new school is best built on; they come to stand after the schools, the other candidates go. */
static kj_status choose_sites(kj_error *err, plan *p, const wishes *w, double *gap)
{
    uint32_t n = p->areas->n_rows, m = p->n_sites, n_clients = 0, kept = p->n_schools;
    int64_t *cost = calloc((size_t)n * m + 1, sizeof *cost), *demand = calloc(n + 1u, sizeof *demand), *capacity = calloc(m + 1u, sizeof *capacity);
    uint8_t *open = calloc(m + 1u, 1), *standing = calloc(m + 1u, 1);
    uint32_t *serves = calloc(n + 1u, sizeof *serves);
    kj_status status = cost && demand && capacity && open && standing && serves ? KJ_OK : no_memory(err);
    for (uint32_t a = 0; a < n && !status; a++) {
        if (p->pupils[a] <= 0) continue;
        demand[n_clients] = p->pupils[a];
        for (uint32_t j = 0; j < m; j++) cost[(size_t)n_clients * m + j] = (int64_t)p->way[(size_t)a * m + j] * p->pupils[a];
        n_clients++;
    }
    for (uint32_t j = 0; j < m && !status; j++) capacity[j] = p->sites[j].places, standing[j] = p->sites[j].stands;
    location_problem problem = {.n_clients = n_clients, .n_sites = m, .cost = cost, .demand = demand, .capacity = capacity, .standing = standing,
                                .n_open = p->n_schools + (uint32_t)w->n_new, .divisible = true, .n_rounds = 3};
    location_plan found = {.open = open, .site = serves};
    if (!status) {
        kj_status search = location_find(&problem, &found);
        if (search == KJ_E_RANGE || search == KJ_E_FAILED)
            status = kj_fail(err, KJ_E_INPUT, "no plan with %lld new school%s of %lld places has room for all pupils: more places, or more schools, are needed",
                             (long long)w->n_new, w->n_new == 1 ? "" : "s", (long long)w->places);
        else if (search) status = no_memory(err);
    }
    *gap = !status && found.cost > 0.0 ? (found.cost - found.bound) / found.cost : 0.0;
    for (uint32_t j = p->n_schools; j < m && !status; j++) {
        if (!open[j]) continue;
        p->sites[kept] = p->sites[j];
        for (uint32_t a = 0; a < n; a++) p->way[(size_t)a * m + kept] = p->way[(size_t)a * m + j];
        kept++;
    }
    for (uint32_t a = 0; a < n && !status; a++)
        for (uint32_t j = 0; j < kept; j++) p->way[(size_t)a * kept + j] = p->way[(size_t)a * m + j];
    if (!status) p->n_sites = kept;
    free(cost), free(demand), free(capacity), free(open), free(standing), free(serves);
    return status;
}

static const char *site_name(const plan *p, const site *s) { return s->joined ? p->joined[s->joined - 1] : s->name; }

static kj_status join_names(kj_error *err, plan *p, site *one, const site *other)
{
    const char *a = site_name(p, one), *b = other->name;
    size_t room = strlen(a) + strlen(b) + 4;
    char *both = malloc(room), **grown = one->joined ? p->joined : realloc(p->joined, (p->n_joined + 1u) * sizeof *grown);
    if (grown) p->joined = grown;
    if (!both || !grown) {
        free(both);
        return no_memory(err);
    }
    snprintf(both, room, "%s + %s", a, b);
    if (one->joined) {
        free(p->joined[one->joined - 1]);
    } else {
        p->n_joined++;
        one->joined = p->n_joined;
    }
    p->joined[one->joined - 1] = both;
    return KJ_OK;
}

/* Whole areas cannot be shared out between schools of one area: these have one catchment together. */
static kj_status merge_sites(kj_error *err, plan *p)
{
    uint32_t n = 0, m = p->n_sites;
    for (uint32_t j = 0; j < m; j++) {
        uint32_t with = 0;
        while (with < n && p->area[p->sites[with].cell] != p->area[p->sites[j].cell]) with++;
        if (with == n) {
            p->sites[n] = p->sites[j];
            for (uint32_t a = 0; a < p->areas->n_rows; a++) p->way[(size_t)a * m + n] = p->way[(size_t)a * m + j];
            n++;
            continue;
        }
        site *one = &p->sites[with];
        kj_status status = join_names(err, p, one, &p->sites[j]);
        if (status) return status;
        one->places += p->sites[j].places;
        if (p->sites[j].new_cell >= 0) one->new_cell = p->sites[j].new_cell;
        for (uint32_t a = 0; a < p->areas->n_rows; a++) /* the nearer of the two */
            if (p->way[(size_t)a * m + j] < p->way[(size_t)a * m + with]) p->way[(size_t)a * m + with] = p->way[(size_t)a * m + j];
    }
    for (uint32_t a = 0; a < p->areas->n_rows; a++)
        for (uint32_t j = 0; j < n; j++) p->way[(size_t)a * n + j] = p->way[(size_t)a * m + j];
    p->n_sites = n;
    return KJ_OK;
}

typedef struct outcome {
    double mean_way_nearest, mean_way, mean_way_split, gap;
    int64_t above_nearest, above, above_split, pupils, places; /* above_split: pupils for whom there is no place at all */
    uint32_t n_apart;
} outcome;

static double mean_way(const plan *p, const uint32_t *school)
{
    double sum = 0.0, n = 0.0;
    for (uint32_t a = 0; a < p->areas->n_rows; a++)
        if (p->pupils[a] > 0) sum += (double)p->pupils[a] * p->way[(size_t)a * p->n_sites + school[a]], n += p->pupils[a];
    return n > 0.0 ? sum / n : 0.0;
}

static int64_t above_places(const plan *p, const uint32_t *school)
{
    int64_t over = 0;
    for (uint32_t j = 0; j < p->n_sites; j++) {
        int64_t load = 0;
        for (uint32_t a = 0; a < p->areas->n_rows; a++) load += school[a] == j ? p->pupils[a] : 0;
        over += load > p->sites[j].places ? load - p->sites[j].places : 0;
    }
    return over;
}

/* Prices of places by the exact assignment of every pupil, then whole areas in one piece. */
static kj_status draw_catchments(kj_error *err, plan *p, outcome *out)
{
    uint32_t n = p->areas->n_rows, m = p->n_sites, n_pupils = 0;
    for (uint32_t a = 0; a < n; a++) n_pupils += p->pupils[a] > 0 ? (uint32_t)p->pupils[a] : 0;
    int32_t *cost = malloc((size_t)n_pupils * m * sizeof *cost + 1), *places = calloc(m + 1u, sizeof *places);
    uint32_t *got = malloc(n_pupils * sizeof *got + 1), *home = calloc(m + 1u, sizeof *home), *nearest = calloc(n + 1u, sizeof *nearest);
    int64_t *price = calloc(m + 1u, sizeof *price);
    void *work = aligned_alloc(64, (assign_work_bytes(n_pupils, m) + 127) & ~(size_t)63);
    p->school = calloc(n + 1u, sizeof *p->school);
    kj_status status = cost && places && got && home && nearest && price && work && p->school ? KJ_OK : no_memory(err);
    for (uint32_t a = 0, i = 0; a < n && !status; a++)
        for (int32_t k = 0; k < p->pupils[a]; k++, i++) memcpy(cost + (size_t)i * m, p->way + (size_t)a * m, m * sizeof *cost);
    for (uint32_t j = 0; j < m && !status; j++) places[j] = p->sites[j].places, home[j] = (uint32_t)p->area[p->sites[j].cell], out->places += places[j];
    assignment_result result = {.school = got, .price = price};
    if (!status && assign_min_cost(&(assignment_problem){n_pupils, m, cost, places, 2}, work, &result)) status = kj_fail(err, KJ_E_FAILED, "ways are out of range");
    catchment_problem units = {n, m, p->begin, p->neighbour, p->way, p->pupils, places, home};
    void *space = malloc(catchment_work_bytes(&units));
    if (!status && !space) status = no_memory(err);
    if (!status) {
        catchment_by_price(&units, NULL, nearest);
        catchment_join(&units, space, nearest);
        out->mean_way_nearest = mean_way(p, nearest);
        out->above_nearest = above_places(p, nearest);
        catchment_by_price(&units, price, p->school);
        catchment_join(&units, space, p->school);
        out->above = catchment_search(&units, space, p->school);
        out->mean_way = mean_way(p, p->school);
        out->mean_way_split = result.n_unplaced < n_pupils ? (double)result.total / (n_pupils - result.n_unplaced) : 0.0;
        out->above_split = result.n_unplaced;
        out->pupils = n_pupils;
        out->n_apart = catchment_pieces_apart(&units, space, p->school);
    }
    free(cost), free(places), free(got), free(home), free(nearest), free(price), free(work), free(space);
    return status;
}

static double east(const plan *p, int32_t cell) { return p->grid->west + ((double)(cell % p->grid->nx) + 0.5) * p->grid->cell_m; }
static double north(const plan *p, int32_t cell) { return p->grid->north - ((double)(cell / p->grid->nx) + 0.5) * p->grid->cell_m; }

static int32_t site_cell(const site *s) { return s->new_cell >= 0 ? s->new_cell : s->cell; }

static void print_way(const char *what, double seconds, int64_t above)
{
    char text[KJ_NUMBER_MAX];
    printf("  ");
    kj_term_left(what, 46);
    kj_term_right(kj_number_real(text, kj_language_now(), seconds / 60, 1), 6);
    printf(" min ");
    kj_term_right(kj_number_int(text, kj_language_now(), above), 14);
    puts("");
}

static void print_new(const plan *p, int32_t cell)
{
    static const char *const land[] = {N_("water"), N_("farmland"), N_("forest"), N_("other open land"), N_("park"), N_("small houses"), N_("blocks of flats"), N_("workplaces")};
    _Static_assert(sizeof land / sizeof *land == KJ_LAND_COUNT, "a name for each kind of land");
    printf("    ");
    printf(_("new school at %.0f E %.0f N, land now: %s"), east(p, cell), north(p, cell), p->land[cell] < KJ_LAND_COUNT ? _(land[p->land[cell]]) : "–");
    puts("");
}

static void print_site(const plan *p, uint32_t j)
{
    const site *one = &p->sites[j];
    char own[160], pupils[KJ_NUMBER_MAX];
    int64_t load = 0;
    for (uint32_t a = 0; a < p->areas->n_rows; a++) load += p->school[a] == j ? p->pupils[a] : 0;
    printf("\n  ");
    if (one->new_cell >= 0) snprintf(own, sizeof own, _("new school in %.100s"), p->area_name[p->area[one->cell]]);
    printf(_("%s: %s pupils, %d places"), one->new_cell >= 0 ? own : kj_tr_name(site_name(p, one), own, sizeof own),
           kj_number_int(pupils, kj_language_now(), load), one->places);
    puts("");
    if (one->new_cell >= 0) print_new(p, one->new_cell);
    printf("   ");
    bool first = true;
    for (uint32_t a = 0; a < p->areas->n_rows; a++) {
        if (p->school[a] != j) continue;
        printf("%s %s %d", first ? "" : ",", p->area_name[a], p->pupils[a]);
        first = false;
    }
    puts("");
}

static void print_text(const plan *p, const wishes *w, const outcome *o)
{
    const kj_language language = kj_language_now();
    char pupils[KJ_NUMBER_MAX], places[KJ_NUMBER_MAX];
    printf(_("Catchments of whole areas, %s, %d: %s pupils, %s places"), p->high ? _("grades 7–9") : _("grades F–6"), p->schools.years[p->year],
           kj_number_int(pupils, language, o->pupils), kj_number_int(places, language, o->places));
    printf("\n\n%48s", "");
    kj_term_right(_("mean way"), 10), kj_term_right(_("above places"), 15);
    puts("");
    print_way(_("every area to its nearest school"), o->mean_way_nearest, o->above_nearest);
    print_way(_("catchments in one piece (local search)"), o->mean_way, o->above);
    print_way(_("least possible if areas could be split"), o->mean_way_split, o->above_split);
    if (o->above_split) puts(_("  (the last row leaves out those for whom municipal schools have no place: independent schools may have)"));
    if (o->n_apart) printf(o->n_apart == 1 ? _("  %u area lies apart from the rest of its catchment: it touches no area of it\n") : _("  %u areas lie apart from the rest of their catchment: they touch no area of it\n"), o->n_apart);
    for (uint32_t j = 0; j < p->n_sites; j++) print_site(p, j);
    if (!w->n_new) return;
    char gap[KJ_NUMBER_MAX];
    puts("");
    printf(_("  Sites chosen by local search among %u candidate cells: land that is free, not water and not protected, and zoned for homes or work, open, or\n"
             "  of workplaces; of every area the one with most people within a kilometre, then others at least %d m apart. No choice among them has ways that\n"
             "  are shorter in all by more than %s %% (Lagrangian bound, pupils may be split between schools); other cells and whole areas are not bounded.\n"),
           p->n_candidates, APART_M, kj_number_real(gap, language, 100.0 * o->gap, 1));
}

static kj_status print_json(kj_error *err, const plan *p, const wishes *w, const outcome *o)
{
    json_t *root = json_object(), *areas = json_array(), *sites = json_array();
    for (uint32_t a = 0; a < p->areas->n_rows; a++)
        json_array_append_new(areas, json_pack("{s:s, s:i, s:s, s:i}", "area", p->area_name[a], "pupils", p->pupils[a], "school",
                                               site_name(p, &p->sites[p->school[a]]), "way_s", p->way[(size_t)a * p->n_sites + p->school[a]]));
    for (uint32_t j = 0; j < p->n_sites; j++)
        json_array_append_new(sites, json_pack("{s:s, s:b, s:i, s:f, s:f}", "name", site_name(p, &p->sites[j]), "new", p->sites[j].new_cell >= 0, "places",
                                               p->sites[j].places, "x", east(p, site_cell(&p->sites[j])), "y", north(p, site_cell(&p->sites[j]))));
    json_object_set_new(root, "level", json_string(p->high ? "7-9" : "F-6"));
    json_object_set_new(root, "year", json_integer(p->schools.years[p->year]));
    json_object_set_new(root, "mean_way_nearest_s", json_real(o->mean_way_nearest));
    json_object_set_new(root, "mean_way_s", json_real(o->mean_way));
    json_object_set_new(root, "mean_way_split_s", json_real(o->mean_way_split));
    json_object_set_new(root, "above_places_nearest", json_integer(o->above_nearest));
    json_object_set_new(root, "above_places", json_integer(o->above));
    json_object_set_new(root, "above_places_split", json_integer(o->above_split));
    json_object_set_new(root, "areas_apart", json_integer(o->n_apart));
    json_object_set_new(root, "gap", w->n_new ? json_real(o->gap) : json_null());
    json_object_set_new(root, "candidates", w->n_new ? json_integer(p->n_candidates) : json_null());
    json_object_set_new(root, "areas", areas);
    json_object_set_new(root, "sites", sites);
    return kj_cli_print_json(err, root, 8);
}

static kj_status solve(kj_error *err, plan *p, const wishes *w, outcome *out)
{
    kj_status status = kj_school_table_read(err, w->run, 0, &p->schools);
    if (status) return status;
    int32_t found = w->year ? kj_runread_year_index(p->schools.run, (int32_t)w->year) : (int32_t)p->schools.n_years - 1;
    if (found < 0)
        return kj_fail(err, KJ_E_INPUT, "option --year: expected a year from %d to %d, found %lld", p->schools.years[0], p->schools.years[p->schools.n_years - 1], (long long)w->year);
    p->year = (uint32_t)found;
    p->grid = kj_runread_grid(p->schools.run);
    p->high = !strcmp(w->level, "high");
    status = read_cells(err, p);
    if (!status) status = read_areas(err, p);
    p->sites = calloc(p->schools.n_schools + (p->areas ? p->areas->n_rows : 0) + CANDIDATES + 1u, sizeof *p->sites);
    if (!status && !p->sites) status = no_memory(err);
    if (status) return status;
    list_schools(p);
    if (w->n_new) status = list_candidates(err, p, (int32_t)w->places);
    if (status) return status;
    if (p->n_sites - p->n_schools < w->n_new)
        return kj_fail(err, KJ_E_INPUT, "option --new: expected at most %u (areas with land that a school may be built on), found %lld", p->n_sites - p->n_schools, (long long)w->n_new);
    if (p->n_sites == 0) return kj_fail(err, KJ_E_INPUT, "%s: no municipal school teaches these grades in that year", w->run);
    status = find_ways(err, p);
    if (!status && w->n_new) status = choose_sites(err, p, w, &out->gap);
    if (status) return status;
    status = merge_sites(err, p);
    return status ? status : draw_catchments(err, p, out);
}

static void release(plan *p)
{
    free(p->area), free(p->population), free(p->seconds), free(p->step), free(p->land), free(p->zoning), free(p->protection);
    for (uint32_t k = 0; k < p->n_joined; k++) free(p->joined[k]);
    free(p->joined), free(p->pupils), free(p->begin), free(p->neighbour), free(p->sites), free(p->way), free(p->school);
    kj_school_table_free(&p->schools);
}

static kj_status take(kj_error *err, wishes *w, const kj_word *word)
{
    switch (word->option) {
    case LEVEL:
        w->level = word->text;
        return !strcmp(w->level, "low") || !strcmp(w->level, "high") ? KJ_OK : kj_fail(err, KJ_E_INPUT, "option --level: expected low or high, found '%s'", w->level);
    case YEAR: return kj_cli_number(err, "year", word->text, 1900, 3000, &w->year);
    case NEW: return kj_cli_number(err, "new", word->text, 0, NEW_MAX, &w->n_new);
    case PLACES: return kj_cli_number(err, "places", word->text, 1, PLACES_MAX, &w->places);
    case JSON: w->json = true; return KJ_OK;
    case LANG: w->lang = word->text; return KJ_OK;
    default:
        if (w->run) return kj_fail(err, KJ_E_INPUT, "one run at a time: '%s' comes after '%s'", word->text, w->run);
        w->run = word->text;
        return KJ_OK;
    }
}

static int run(const kj_command *command, int argc, char **argv)
{
    kj_word *words = calloc((size_t)argc + 1, sizeof *words);
    if (!words) return 1;
    int result = 0, n = kj_cli_parse(command, argc, argv, words, &result);
    wishes w = {.level = "low", .places = 350, .lang = "en"};
    kj_error err;
    kj_status status = KJ_OK;
    for (int i = 0; !status && i < n; i++) status = take(&err, &w, &words[i]);
    free(words);
    if (status) return kj_cli_fail(&err);
    if (n < 0) return result;
    if (!w.run) return kj_cli_misuse(command, "which run?");
    plan p = {.n_sites = 0};
    outcome out = {.gap = 0.0};
    kj_language language;
    status = kj_cli_language(&err, w.lang, &language);
    if (!status) status = solve(&err, &p, &w, &out);
    if (!status && w.json) status = print_json(&err, &p, &w, &out);
    else if (!status) print_text(&p, &w, &out);
    release(&p);
    return status ? kj_cli_fail(&err) : result;
}

const kj_command kj_command_catchments = {
    .name = "catchments",
    .usage = "catchments RUN.nc [--level low|high] [--year YYYY] [--new N [--places N]] [--json] [--lang en|sv|da]",
    .doc = "Optimal catchments of whole areas in one piece, and where to build schools.\n"
           "By walking time of the people of each area and the places of municipal schools. Compared with every area to its nearest school,\n"
           "and with the exact optimum that splits areas.",
    .options = options,
    .run = run,
};
