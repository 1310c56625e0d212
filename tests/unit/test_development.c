/* Urban growth on small worlds: what is built, where, and what policies change. Every run is an audit run, so that the
   plugin's invariants (nothing on protected land or water, homes equal to the dwelling table) hold each month. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../shared/growth_world.h"

extern const kj_plugin_def kedja_plugin_development;

enum { NX = 40, NY = 40, N_CELLS = NX * NY, N_HOMES = 400, N_HOUSEHOLDS = 700 };

/* A town of 6 x 6 cells of small houses in the middle, priced well; around it a belt of farmland (north) and forest
   (south) that is zoned for small houses; a lake in the corner; 300 households lodge and wait for a home. */
static void town(growth_world *w)
{
    growth_world_init(w, NX, NY, N_HOMES, N_HOUSEHOLDS, 0, 0, 1);
    uint8_t *use = growth_data(w, "cell", "land_use", KJ_U8), *zone = growth_data(w, "cell", "zoning", KJ_U8);
    uint8_t *class = growth_data(w, "cell", "farmland_class", KJ_U8), *tenure = growth_data(w, "dwelling", "tenure", KJ_U8);
    float *far = growth_data(w, "cell", "max_far", KJ_F32);
    int32_t *travel = growth_data(w, "cell", "travel_centre", KJ_I32), *cell_of = growth_data(w, "dwelling", "cell", KJ_I32);
    int32_t *price = growth_data(w, "dwelling", "price", KJ_I32);
    for (int32_t c = 0; c < N_CELLS; c++) {
        int32_t row = c / NX, col = c % NX, dr = row < 20 ? 19 - row : row - 20, dc = col < 20 ? 19 - col : col - 20;
        int32_t away = dr > dc ? dr : dc;
        travel[c] = 60 * away;
        if (row < 20) use[c] = KJ_LAND_FARMLAND, class[c] = 8;
        if (away < 3) use[c] = KJ_LAND_SMALL_HOUSES;
        if (away < 10) zone[c] = KJ_ZONE_SMALL_HOUSES, far[c] = 0.25f;
        if (row < 14 && col < 14) use[c] = KJ_LAND_WATER, class[c] = 0;
    }
    for (int32_t k = 0; k < N_HOMES; k++) {
        int32_t spot = k % 36;
        cell_of[k] = (17 + spot / 6) * NX + 17 + spot % 6;
        tenure[k] = KJ_TENURE_OWNER;
        price[k] = 2400000;
    }
    ((uint8_t *)growth_data(w, "project", "stage", KJ_U8))[0] = KJ_PROJECT_CANCELLED; /* no programme unless a test wants one */
}

/* What the policies of a test do to the map, once, in a month. */
typedef struct change {
    kj_month month;
    void (*apply)(kj_store *store);
} change;

static kj_status apply_change(kj_error *err, void *policies, kj_sim *sim, kj_month month)
{
    const change *c = policies;
    (void)err;
    if (month == c->month) c->apply(kj_sim_store(sim));
    return KJ_OK;
}

static kj_sim *run_town(const growth_world *w, int32_t n_threads, int32_t years, change *c, const char *const *names, const double *values, uint32_t n)
{
    kj_error err;
    kj_sim *sim = growth_sim(&err, w, &kedja_plugin_development, NULL, n_threads, years, names, values, n);
    if (!sim) fail_msg("%s", err.text);
    if (c) kj_sim_set_policies(sim, apply_change, NULL, c);
    for (int32_t m = 0; m < 12 * years; m++)
        if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
    return sim;
}

static const void *data(kj_sim *sim, const char *table, const char *name, kj_type type)
{
    const void *found = kj_store_data(kj_sim_store(sim), table, name, type);
    if (!found) fail_msg("no column %s.%s", table, name);
    return found;
}

static int64_t new_homes(kj_sim *sim) { return (int64_t)kj_store_table(kj_sim_store(sim), "dwelling")->n_rows - N_HOMES; }

/* Homes built in cells that were of a class at the start of the run. */
static int64_t new_homes_on(kj_sim *sim, const growth_world *w, uint8_t land_use)
{
    const uint8_t *before = kj_store_data(&w->map.store, "cell", "land_use", KJ_U8);
    const int32_t *cell_of = data(sim, "dwelling", "cell", KJ_I32);
    int64_t n = 0;
    for (int64_t k = N_HOMES; k < N_HOMES + new_homes(sim); k++) n += before[cell_of[k]] == land_use;
    return n;
}

static int64_t converted(kj_sim *sim, const growth_world *w, uint8_t land_use)
{
    const uint8_t *before = kj_store_data(&w->map.store, "cell", "land_use", KJ_U8), *now = data(sim, "cell", "land_use", KJ_U8);
    int64_t n = 0;
    for (int32_t c = 0; c < N_CELLS; c++) n += before[c] == land_use && now[c] != land_use;
    return n;
}

static void conserves_homes_and_land(void **state)
{
    (void)state;
    growth_world w;
    kj_error err;
    town(&w);
    kj_sim *sim = growth_sim(&err, &w, &kedja_plugin_development, NULL, 1, 8, NULL, NULL, 0);
    if (!sim) fail_msg("%s", err.text);
    int64_t completed = 0, farmland = 0, forest = 0, area_completed = 0;
    for (int32_t m = 0; m < 96; m++) {
        if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
        if (KJ_MONTH_OF_YEAR(kj_sim_now(sim)) != 12) continue;
        completed += *(const int64_t *)data(sim, "municipality", "completed", KJ_I64);
        farmland += *(const int64_t *)data(sim, "municipality", "farmland_built_m2", KJ_I64);
        forest += *(const int64_t *)data(sim, "municipality", "forest_built_m2", KJ_I64);
        area_completed += *(const int32_t *)data(sim, "area", "completed", KJ_I32);
    }
    const int32_t *built = data(sim, "project", "built", KJ_I32), *stands = data(sim, "cell", "dwellings", KJ_I32);
    int64_t by_projects = 0, by_cells = 0;
    for (uint32_t k = 0; k < kj_store_table(kj_sim_store(sim), "project")->n_rows; k++) by_projects += built[k];
    for (int32_t c = 0; c < N_CELLS; c++) by_cells += stands[c];
    assert_true(completed > 20);
    assert_int_equal(completed, new_homes(sim));
    assert_int_equal(completed, by_projects);
    assert_int_equal(completed, area_completed);
    assert_int_equal(N_HOMES + completed, by_cells);
    assert_int_equal(N_HOMES + completed, *(const int64_t *)data(sim, "municipality", "dwellings", KJ_I64));
    assert_int_equal(farmland, 10000 * converted(sim, &w, KJ_LAND_FARMLAND));
    assert_int_equal(forest, 10000 * converted(sim, &w, KJ_LAND_FOREST));
    assert_true(farmland > 0 && forest > 0);
    const uint8_t *class = data(sim, "cell", "farmland_class", KJ_U8), *use = data(sim, "cell", "land_use", KJ_U8);
    const uint8_t *class_before = growth_data(&w, "cell", "farmland_class", KJ_U8), *use_before = growth_data(&w, "cell", "land_use", KJ_U8);
    for (int32_t c = 0; c < N_CELLS; c++) assert_int_equal(class[c], use[c] != use_before[c] ? 0 : class_before[c]); /* a field ends where it is built on */
    assert_int_equal(0, converted(sim, &w, KJ_LAND_WATER));
    kj_sim_free(sim);
    growth_world_free(&w);
}

static void protect_farmland(kj_store *store)
{
    uint8_t *protection = kj_store_data(store, "cell", "protection", KJ_U8);
    const uint8_t *class = kj_store_data(store, "cell", "farmland_class", KJ_U8);
    for (int32_t c = 0; c < N_CELLS; c++)
        if (class[c] >= 3) protection[c] |= KJ_PROTECT_FARMLAND;
}

static void protected_farmland_stays(void **state)
{
    (void)state;
    growth_world w;
    town(&w);
    change c = {GROWTH_START + 1, protect_farmland};
    kj_sim *free_run = run_town(&w, 1, 8, NULL, NULL, NULL, 0), *held = run_town(&w, 1, 8, &c, NULL, NULL, 0);
    assert_true(converted(free_run, &w, KJ_LAND_FARMLAND) > 0);
    assert_int_equal(0, converted(held, &w, KJ_LAND_FARMLAND));
    assert_true(new_homes_on(held, &w, KJ_LAND_FOREST) > new_homes_on(free_run, &w, KJ_LAND_FOREST));
    kj_sim_free(free_run);
    kj_sim_free(held);
    growth_world_free(&w);
}

static void protect_held(kj_store *store)
{
    uint8_t *protection = kj_store_data(store, "cell", "protection", KJ_U8);
    const kj_id *reserved = kj_store_data(store, "cell", "reserved", KJ_ID);
    for (int32_t c = 0; c < N_CELLS; c++)
        if (reserved[c]) protection[c] = KJ_PROTECT_GREEN;
}

/* Protection that comes where developers hold land: they move next door, and nothing is built where it came. */
static void protection_after_the_permit(void **state)
{
    (void)state;
    growth_world w;
    town(&w);
    change c = {GROWTH_START + 16, protect_held}; /* developers of the second January hold land */
    kj_error err;
    kj_sim *sim = growth_sim(&err, &w, &kedja_plugin_development, NULL, 1, 5, NULL, NULL, 0);
    if (!sim) fail_msg("%s", err.text);
    kj_sim_set_policies(sim, apply_change, NULL, &c);
    int64_t moved = 0, cancelled = 0, n_held = 0, first = 0;
    bool held[N_CELLS] = {false};
    for (int32_t m = 0; m < 60; m++) {
        const kj_id *reserved = data(sim, "cell", "reserved", KJ_ID);
        for (int32_t cell = 0; m == 15 && cell < N_CELLS; cell++) held[cell] = reserved[cell] != 0, n_held += held[cell];
        if (m == 15) first = new_homes(sim);
        if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
        if (KJ_MONTH_OF_YEAR(kj_sim_now(sim)) != 12) continue;
        moved += *(const int64_t *)data(sim, "municipality", "projects_moved", KJ_I64);
        cancelled += *(const int64_t *)data(sim, "municipality", "projects_cancelled", KJ_I64);
    }
    const int32_t *cell_of = data(sim, "dwelling", "cell", KJ_I32);
    assert_true(n_held > 0);
    assert_true(moved > 0);
    assert_int_equal(0, cancelled); /* there is land next door */
    assert_true(new_homes(sim) > first);
    for (int64_t k = N_HOMES + first; k < N_HOMES + new_homes(sim); k++) assert_false(held[cell_of[k]]);
    kj_sim_free(sim);
    growth_world_free(&w);
}

static void protect_all(kj_store *store) { memset(kj_store_data(store, "cell", "protection", KJ_U8), KJ_PROTECT_NATURE, N_CELLS); }

static void no_land_no_homes(void **state)
{
    (void)state;
    growth_world w;
    town(&w);
    change c = {GROWTH_START + 2, protect_all}; /* after the developers of January have founded projects */
    kj_error err;
    kj_sim *sim = growth_sim(&err, &w, &kedja_plugin_development, NULL, 1, 3, NULL, NULL, 0);
    if (!sim) fail_msg("%s", err.text);
    kj_sim_set_policies(sim, apply_change, NULL, &c);
    int64_t cancelled = 0, lost = 0;
    for (int32_t m = 0; m < 36; m++) {
        if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
        if (KJ_MONTH_OF_YEAR(kj_sim_now(sim)) != 12) continue;
        cancelled += *(const int64_t *)data(sim, "municipality", "projects_cancelled", KJ_I64);
        lost += *(const int64_t *)data(sim, "municipality", "homes_lost", KJ_I64);
    }
    assert_int_equal(0, new_homes(sim));
    assert_true(cancelled > 0);
    assert_true(lost >= cancelled);
    kj_sim_free(sim);
    growth_world_free(&w);
}

static void densify(kj_store *store)
{
    const uint8_t *use = kj_store_data(store, "cell", "land_use", KJ_U8);
    uint8_t *zone = kj_store_data(store, "cell", "zoning", KJ_U8);
    float *far = kj_store_data(store, "cell", "max_far", KJ_F32);
    for (int32_t c = 0; c < N_CELLS; c++)
        if (use[c] == KJ_LAND_SMALL_HOUSES) zone[c] = KJ_ZONE_MIXED, far[c] = 1.2f;
}

static void density_builds_inwards(void **state)
{
    (void)state;
    growth_world w;
    town(&w);
    change c = {GROWTH_START + 1, densify};
    kj_sim *spread = run_town(&w, 1, 10, NULL, NULL, NULL, 0), *dense = run_town(&w, 1, 10, &c, NULL, NULL, 0);
    int64_t inside_spread = new_homes_on(spread, &w, KJ_LAND_SMALL_HOUSES), inside_dense = new_homes_on(dense, &w, KJ_LAND_SMALL_HOUSES);
    int64_t land_spread = converted(spread, &w, KJ_LAND_FARMLAND) + converted(spread, &w, KJ_LAND_FOREST);
    int64_t land_dense = converted(dense, &w, KJ_LAND_FARMLAND) + converted(dense, &w, KJ_LAND_FOREST);
    assert_true(inside_dense > inside_spread);
    assert_true(land_dense < land_spread);
    kj_sim_free(spread);
    kj_sim_free(dense);
    growth_world_free(&w);
}

/* New homes by tenure in a town that builds flats. */
static void count_built(const double danish[2], int32_t n[KJ_TENURE_COUNT])
{
    growth_world w;
    town(&w);
    change c = {GROWTH_START + 1, densify};
    const char *const names[] = {"development.owned_flats", "development.private_rental", "development.choice_scale", "development.project_flat",
                                 "development.small_share", "development.offer_infill"};
    const double values[] = {danish[0], danish[1], 0.01, 4, 0, 0.5}; /* many small projects of flats, let as often as sold */
    kj_sim *sim = run_town(&w, 1, 10, &c, names, values, 6);
    const uint8_t *tenure = data(sim, "dwelling", "tenure", KJ_U8);
    const uint32_t end = kj_store_table(kj_sim_store(sim), "dwelling")->n_rows;
    for (int t = 0; t < KJ_TENURE_COUNT; t++) n[t] = 0;
    for (uint32_t row = N_HOMES; row < end; row++) n[tenure[row]]++;
    kj_sim_free(sim);
    growth_world_free(&w);
}

/* The same homes: in Denmark what developers sell is owned and what they let is private rental, in Sweden co-op and rental. */
static void danish_developers_sell_owned_and_let_private(void **state)
{
    (void)state;
    int32_t swedish[KJ_TENURE_COUNT], danish[KJ_TENURE_COUNT];
    count_built((const double[]){0, 0}, swedish);
    count_built((const double[]){1, 1}, danish);
    assert_true(swedish[KJ_TENURE_COOP] > 0 && swedish[KJ_TENURE_RENTAL] > 0);
    assert_int_equal(swedish[KJ_TENURE_PRIVATE], 0);
    assert_true(danish[KJ_TENURE_OWNER] > swedish[KJ_TENURE_OWNER] && danish[KJ_TENURE_PRIVATE] > 0);
    assert_int_equal(danish[KJ_TENURE_COOP] + danish[KJ_TENURE_RENTAL], 0);
}

/* No cell holds more than its ratio allows: 1.25 m2 of floor for each m2 of dwelling, on 10 000 m2. */
static void ratio_binds(void **state)
{
    (void)state;
    growth_world w;
    town(&w);
    kj_sim *sim = run_town(&w, 1, 10, NULL, NULL, NULL, 0);
    const int32_t *floor_area = data(sim, "cell", "floor_area", KJ_I32);
    const float *far = data(sim, "cell", "max_far", KJ_F32);
    const int16_t *built = data(sim, "cell", "built_year", KJ_I16);
    int32_t n = 0;
    for (int32_t c = 0; c < N_CELLS; c++) {
        if (built[c] == 0) continue;
        n++;
        assert_true((double)floor_area[c] * 1.25 <= (double)far[c] * 10000.0);
    }
    assert_true(n > 0);
    kj_sim_free(sim);
    growth_world_free(&w);
}

/* A programme of 130 flats and 20 houses in stages of 60: worked by hand. 150 homes make 3 stages; the first is ready
   20 months after the start, the last at completion, 40 months after it, the second half-way. */
static void programme_in_stages(void **state)
{
    (void)state;
    growth_world w;
    town(&w);
    kj_month start = GROWTH_START + 3;
    ((uint8_t *)growth_data(&w, "project", "stage", KJ_U8))[0] = KJ_PROJECT_PLANNED;
    ((int32_t *)growth_data(&w, "project", "cell", KJ_I32))[0] = 30 * NX + 30;
    ((int32_t *)growth_data(&w, "project", "n_rental", KJ_I32))[0] = 90;
    ((int32_t *)growth_data(&w, "project", "n_coop", KJ_I32))[0] = 40;
    ((int32_t *)growth_data(&w, "project", "n_owner", KJ_I32))[0] = 20;
    ((int32_t *)growth_data(&w, "project", "n_small_houses", KJ_I32))[0] = 20;
    ((int32_t *)growth_data(&w, "project", "start", KJ_I32))[0] = start;
    ((int32_t *)growth_data(&w, "project", "completion", KJ_I32))[0] = start + 40;
    const char *names[] = {"development.loss_year", "development.delay_year", "development.appeal", "development.response_lodging",
                           "development.response_outside", "development.private_rental"};
    const double values[] = {0, 0, 0, 0, 0, 1}; /* no fate, and no developers: what they let does not matter to a programme */
    kj_error err;
    kj_sim *sim = growth_sim(&err, &w, &kedja_plugin_development, NULL, 1, 4, names, values, 6);
    if (!sim) fail_msg("%s", err.text);
    for (kj_month now = GROWTH_START + 1; now <= start + 41; now++) {
        if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
        int64_t due = now >= start + 40 ? 150 : now >= start + 30 ? 100 : now >= start + 20 ? 50 : 0;
        assert_int_equal(due, new_homes(sim));
    }
    assert_int_equal(KJ_PROJECT_DONE, *(const uint8_t *)data(sim, "project", "stage", KJ_U8));
    const uint8_t *tenure = data(sim, "dwelling", "tenure", KJ_U8), *kind = data(sim, "dwelling", "kind", KJ_U8);
    int32_t n[KJ_TENURE_COUNT] = {0}, houses = 0, first_rental = 0;
    for (int32_t k = N_HOMES; k < N_HOMES + 150; k++) {
        n[tenure[k]]++;
        houses += kind[k] != KJ_FLAT;
        first_rental += k < N_HOMES + 13 && tenure[k] == KJ_TENURE_RENTAL;
    }
    assert_int_equal(90, n[KJ_TENURE_RENTAL]);
    assert_int_equal(40, n[KJ_TENURE_COOP]);
    assert_int_equal(20, n[KJ_TENURE_OWNER]);
    assert_int_equal(20, houses);
    assert_int_equal(9, first_rental); /* tenures are mixed from the first stage: 9 of 13 as 90 of 130 */
    kj_sim_free(sim);
    growth_world_free(&w);
}

/* A vision raises what developers build. */
static void vision_raises_building(void **state)
{
    (void)state;
    growth_world w;
    town(&w);
    const char *names[] = {"development.response_lodging", "development.capacity_share"};
    const double values[] = {0, 0.1};
    kj_sim *without = run_town(&w, 1, 4, NULL, names, values, 2);
    ((int64_t *)growth_data(&w, "municipality", "needed_dwellings", KJ_I64))[0] = 30;
    kj_sim *with = run_town(&w, 1, 4, NULL, names, values, 2);
    assert_int_equal(0, new_homes(without));
    assert_true(new_homes(with) > 30);
    kj_sim_free(without);
    kj_sim_free(with);
    growth_world_free(&w);
}

static void threads_agree(void **state)
{
    (void)state;
    growth_world w;
    town(&w);
    char first[33], other[33];
    kj_sim *sim = run_town(&w, 1, 5, NULL, NULL, NULL, 0);
    kj_sim_hash(sim, first);
    kj_sim_free(sim);
    sim = run_town(&w, 3, 5, NULL, NULL, NULL, 0);
    kj_sim_hash(sim, other);
    kj_sim_free(sim);
    assert_string_equal(first, other);
    growth_world_free(&w);
}

static int64_t yearly(kj_sim *sim, const char *name) { return *(const int64_t *)data(sim, "municipality", name, KJ_I64); }

/* From the second February on: nothing pays any more, and what was to start waits two years. */
static void make_dear_and_late(kj_store *store)
{
    float *charge = kj_store_data(store, "cell", "charge", KJ_F32);
    uint8_t *stage = kj_store_data(store, "project", "stage", KJ_U8);
    int32_t *start = kj_store_data(store, "project", "start", KJ_I32), *completion = kj_store_data(store, "project", "completion", KJ_I32);
    for (int32_t c = 0; c < N_CELLS; c++) charge[c] = 90000.0f;
    for (uint32_t k = 0; k < kj_store_table(store, "project")->n_rows; k++)
        if (stage[k] == KJ_PROJECT_PERMITTED) start[k] += 24, completion[k] += 24;
}

/* Land on which building has ceased to pay is held for the plan's time, then given up. */
static void developers_hold_land(void **state)
{
    (void)state;
    growth_world w;
    town(&w);
    change c = {GROWTH_START + 14, make_dear_and_late};
    const char *names[] = {"development.hold_years"};
    const double values[] = {3};
    kj_error err;
    kj_sim *sim = growth_sim(&err, &w, &kedja_plugin_development, NULL, 1, 6, names, values, 1);
    if (!sim) fail_msg("%s", err.text);
    kj_sim_set_policies(sim, apply_change, NULL, &c);
    int64_t banked[7] = {0}, cancelled[7] = {0}, homes[7] = {0};
    for (int32_t m = 1; m <= 72; m++) {
        if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
        if (m % 12 == 0) banked[m / 12] = yearly(sim, "homes_banked"), cancelled[m / 12] = yearly(sim, "projects_cancelled"), homes[m / 12] = new_homes(sim);
    }
    assert_int_equal(0, banked[1] + banked[2]);
    assert_true(banked[3] > 0);
    assert_int_equal(banked[3], banked[4]); /* the same land, still held */
    assert_true(cancelled[5] > 0);          /* three years after the January in which it was bought */
    assert_int_equal(0, banked[6]);
    assert_int_equal(homes[5], homes[6]);
    kj_sim_free(sim);
    growth_world_free(&w);
}

/* Works land beside the town, zoned for flats: the premises become homes, which is cheaper than clearing, and takes no land. */
static void premises_become_homes(void **state)
{
    (void)state;
    growth_world w;
    town(&w);
    uint8_t *use = growth_data(&w, "cell", "land_use", KJ_U8), *zone = growth_data(&w, "cell", "zoning", KJ_U8);
    float *far = growth_data(&w, "cell", "max_far", KJ_F32);
    for (int32_t c = 0; c < N_CELLS; c++) {
        int32_t row = c / NX, col = c % NX;
        zone[c] = KJ_ZONE_NONE;
        if (row >= 23 && row < 27 && col >= 17 && col < 23) use[c] = KJ_LAND_WORK, zone[c] = KJ_ZONE_MIXED, far[c] = 1.0f;
    }
    const char *names[] = {"development.offer_infill", "development.conversion_cost"};
    const double often[] = {0.5, 18000}, dear[] = {0.5, 90000};
    kj_sim *sim = run_town(&w, 1, 6, NULL, names, often, 2), *cleared = run_town(&w, 1, 6, NULL, names, dear, 2);
    const uint8_t *is_conversion = data(sim, "project", "is_conversion", KJ_U8), *land_use = data(sim, "cell", "land_use", KJ_U8);
    int64_t n = 0;
    for (int64_t k = N_HOMES; k < N_HOMES + new_homes(sim); k++)
        n += is_conversion[((const kj_id *)data(sim, "dwelling", "project", KJ_ID))[k] - 1];
    assert_true(n > 10);
    assert_int_equal(n, new_homes(sim));
    assert_int_equal(n, new_homes_on(sim, &w, KJ_LAND_WORK));
    assert_true(converted(sim, &w, KJ_LAND_WORK) > 0);
    for (int32_t c = 0; c < N_CELLS; c++) assert_true(use[c] != KJ_LAND_WORK || land_use[c] == KJ_LAND_WORK || land_use[c] == KJ_LAND_FLATS);
    assert_true(new_homes(cleared) > 0);
    const uint8_t *none = data(cleared, "project", "is_conversion", KJ_U8);
    for (uint32_t k = 0; k < kj_store_table(kj_sim_store(cleared), "project")->n_rows; k++) assert_false(none[k]);
    kj_sim_free(sim);
    kj_sim_free(cleared);
    growth_world_free(&w);
}

/* 50 rental homes that nobody has wanted for five years in a town where one in eight stands empty are taken down; those that
   came on offer last year and those that are owned stand. */
static void empty_homes_go(void **state)
{
    (void)state;
    growth_world w;
    kj_error err;
    town(&w);
    uint32_t first;
    if (kj_rows_add(&err, &w.map.store, kj_store_table(&w.map.store, "vacancy"), 70, &first)) fail_msg("%s", err.text);
    uint8_t *stage = growth_data(&w, "vacancy", "stage", KJ_U8), *state_of = growth_data(&w, "dwelling", "state", KJ_U8);
    uint8_t *tenure = growth_data(&w, "dwelling", "tenure", KJ_U8);
    int16_t *opened = growth_data(&w, "vacancy", "opened", KJ_I16);
    kj_id *vacancy = growth_data(&w, "dwelling", "vacancy", KJ_ID);
    uint64_t *luck = growth_data(&w, "dwelling", "luck", KJ_KEY);
    for (uint32_t k = 0; k < 70; k++) {
        stage[k] = KJ_STAGE_OFFERED;
        opened[k] = (int16_t)(GROWTH_START - (k < 60 ? 60 : 6));
        vacancy[k] = k + 1;
        state_of[k] = KJ_DWELLING_VACANT;
        tenure[k] = k < 50 || k >= 60 ? KJ_TENURE_RENTAL : KJ_TENURE_OWNER;
        luck[k] = k + 1;
    }
    const char *names[] = {"development.demolish_year", "development.response_lodging", "development.response_outside"};
    const double values[] = {1, 0, 0};
    kj_sim *sim = growth_sim(&err, &w, &kedja_plugin_development, NULL, 1, 1, names, values, 3);
    if (!sim) fail_msg("%s", err.text);
    for (int32_t m = 0; m < 12; m++)
        if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
    assert_int_equal(50, yearly(sim, "demolished"));
    assert_int_equal(N_HOMES - 50, yearly(sim, "dwellings"));
    assert_int_equal(N_HOMES - 50, kj_store_table(kj_sim_store(sim), "dwelling")->n_alive);
    kj_sim_free(sim);
    growth_world_free(&w);
}

/* Four hands for every hundred homes: of two projects that are due in one year the second waits. */
static void capacity_binds(void **state)
{
    (void)state;
    growth_world w;
    kj_error err;
    uint32_t first;
    town(&w);
    if (kj_rows_add(&err, &w.map.store, kj_store_table(&w.map.store, "project"), 1, &first)) fail_msg("%s", err.text);
    for (uint32_t k = 0; k < 2; k++) {
        ((uint8_t *)growth_data(&w, "project", "stage", KJ_U8))[k] = KJ_PROJECT_PERMITTED;
        ((int32_t *)growth_data(&w, "project", "cell", KJ_I32))[k] = (int32_t)(30 - 10 * k) * NX + 30;
        ((int32_t *)growth_data(&w, "project", "n_owner", KJ_I32))[k] = 12;
        ((int32_t *)growth_data(&w, "project", "n_small_houses", KJ_I32))[k] = 12;
        ((int32_t *)growth_data(&w, "project", "start", KJ_I32))[k] = GROWTH_START + 3;
        ((int32_t *)growth_data(&w, "project", "completion", KJ_I32))[k] = GROWTH_START + 14;
    }
    const char *names[] = {"development.loss_year", "development.delay_year", "development.appeal", "development.response_lodging",
                           "development.response_outside", "development.capacity_share"};
    const double values[] = {0, 0, 0, 0, 0, 0.04}; /* 16 of 400 */
    kj_sim *sim = growth_sim(&err, &w, &kedja_plugin_development, NULL, 1, 4, names, values, 6);
    if (!sim) fail_msg("%s", err.text);
    for (int32_t m = 1; m <= 40; m++) {
        if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
        if (m == 12) assert_int_equal(12, yearly(sim, "homes_put_off"));
        if (m == 20) assert_int_equal(12, new_homes(sim));
        if (m == 30) assert_int_equal(24, new_homes(sim));
    }
    kj_sim_free(sim);
    growth_world_free(&w);
}

static void sell_land(kj_store *store)
{
    float *charge = kj_store_data(store, "cell", "charge", KJ_F32), *land_price = kj_store_data(store, "cell", "land_price", KJ_F32);
    const uint8_t *use = kj_store_data(store, "cell", "land_use", KJ_U8);
    for (int32_t c = 0; c < N_CELLS; c++) charge[c] = -100.0f, land_price[c] = use[c] == KJ_LAND_FARMLAND ? 200.0f : 0.0f;
}

/* What the municipality is paid for land and pays to builders is what was built on, times what it asked. */
static void land_accounts_add_up(void **state)
{
    (void)state;
    growth_world w;
    kj_error err;
    town(&w);
    change c = {GROWTH_START + 1, sell_land};
    kj_sim *sim = growth_sim(&err, &w, &kedja_plugin_development, NULL, 1, 6, NULL, NULL, 0);
    if (!sim) fail_msg("%s", err.text);
    kj_sim_set_policies(sim, apply_change, NULL, &c);
    int64_t sales = 0, charges = 0, floor_m2 = 0;
    for (int32_t m = 1; m <= 72; m++) {
        if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
        if (m % 12 == 0) sales += yearly(sim, "land_sales_sek"), charges += yearly(sim, "charges_sek");
    }
    const int16_t *m2 = data(sim, "dwelling", "area_m2", KJ_I16);
    for (int64_t k = N_HOMES; k < N_HOMES + new_homes(sim); k++) floor_m2 += m2[k];
    assert_true(floor_m2 > 0);
    assert_true(converted(sim, &w, KJ_LAND_FARMLAND) > 0);
    assert_int_equal(-100 * floor_m2, charges);
    assert_int_equal(200 * 10000 * converted(sim, &w, KJ_LAND_FARMLAND), sales);
    kj_sim_free(sim);
    growth_world_free(&w);
}

/* Of 10 rental homes 4 have a ceiling of 3 000 SEK a month, spread over the project. */
static void rent_ceilings_hold(void **state)
{
    (void)state;
    growth_world w;
    kj_error err;
    town(&w);
    ((uint8_t *)growth_data(&w, "project", "stage", KJ_U8))[0] = KJ_PROJECT_PERMITTED;
    ((int32_t *)growth_data(&w, "project", "cell", KJ_I32))[0] = 30 * NX + 30;
    ((int32_t *)growth_data(&w, "project", "n_rental", KJ_I32))[0] = 10;
    ((int32_t *)growth_data(&w, "project", "n_affordable", KJ_I32))[0] = 4;
    ((int32_t *)growth_data(&w, "project", "rent_ceiling", KJ_I32))[0] = 3000;
    ((int32_t *)growth_data(&w, "project", "start", KJ_I32))[0] = GROWTH_START + 2;
    ((int32_t *)growth_data(&w, "project", "completion", KJ_I32))[0] = GROWTH_START + 6;
    const char *names[] = {"development.loss_year", "development.delay_year", "development.response_lodging", "development.response_outside"};
    const double values[] = {0, 0, 0, 0};
    kj_sim *sim = growth_sim(&err, &w, &kedja_plugin_development, NULL, 1, 1, names, values, 4);
    if (!sim) fail_msg("%s", err.text);
    for (int32_t m = 1; m <= 12; m++)
        if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
    assert_int_equal(10, new_homes(sim));
    const int32_t *rent = data(sim, "dwelling", "rent", KJ_I32);
    int32_t n = 0, in_first_half = 0;
    for (int32_t k = N_HOMES; k < N_HOMES + 10; k++) n += rent[k] == 3000, in_first_half += k < N_HOMES + 5 && rent[k] == 3000;
    assert_int_equal(4, n);
    assert_int_equal(2, in_first_half);
    assert_true(yearly(sim, "affordable_cost_sek") > 0);
    kj_sim_free(sim);
    growth_world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conserves_homes_and_land), cmocka_unit_test(protected_farmland_stays), cmocka_unit_test(protection_after_the_permit),
        cmocka_unit_test(no_land_no_homes),         cmocka_unit_test(density_builds_inwards), cmocka_unit_test(danish_developers_sell_owned_and_let_private),   cmocka_unit_test(ratio_binds),
        cmocka_unit_test(programme_in_stages),      cmocka_unit_test(vision_raises_building),   cmocka_unit_test(threads_agree),
        cmocka_unit_test(developers_hold_land),     cmocka_unit_test(premises_become_homes),    cmocka_unit_test(empty_homes_go),
        cmocka_unit_test(capacity_binds),           cmocka_unit_test(land_accounts_add_up),     cmocka_unit_test(rent_ceilings_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
