/* What holds for every built map, checked on the shipped ones: totals, closed member lists, one home a household, dry
   homes, plausible families, the same digest twice. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kedja/model.h>

#include "../../core/io/mapfile.h"
#include "../../core/io/paramtable.h"
#include "../../core/map/map.h"

static kj_memory memory;

static void build(const char *name, kj_map *map)
{
    kj_error err = {0};
    char path[1024];
    snprintf(path, sizeof path, "%s/maps/%s/recipe.lua", KEDJA_SOURCE_DIR, name);
    if (kj_map_build(&err, path, NULL, false, &memory, map) != KJ_OK) fail_msg("%s", err.text);
}

#define DATA(map, table, column, type) kj_store_data(&(map)->store, table, column, type)

static uint32_t rows(const kj_map *map, const char *table) { return kj_store_table(&map->store, table)->n_rows; }

static int32_t age_of(const kj_map *map, uint32_t row)
{
    return (map->start - ((int32_t *)DATA(map, "person", "birth_month", KJ_I32))[row]) / 12;
}

/* Every id of every KJ_ID column points into its table. */
static void ids_are_valid(const kj_map *map)
{
    for (uint32_t t = 0; t < map->store.n_tables; t++) {
        const kj_rows *table = &map->store.tables[t];
        for (uint32_t r = 0; r < table->n_rows; r++) assert_int_equal(table->ids[r], r + 1);
        for (uint32_t c = 0; c < table->n_columns; c++) {
            const kj_column *column = &table->columns[c];
            assert_true(column->origin[0] != 0);
            if (column->type != KJ_ID) continue;
            uint32_t n = rows(map, column->ref);
            for (uint32_t r = 0; r < table->n_rows; r++) assert_true(((kj_id *)column->data)[r] <= n);
        }
    }
}

/* Each person in exactly one household or care home; the list of a household holds its members and ends. */
static void households_are_closed(const kj_map *map)
{
    const kj_id *head = DATA(map, "household", "head", KJ_ID), *next = DATA(map, "person", "next_member", KJ_ID);
    const kj_id *household = DATA(map, "person", "household", KJ_ID), *care = DATA(map, "person", "care", KJ_ID);
    const uint8_t *size = DATA(map, "household", "size", KJ_U8), *kind = DATA(map, "household", "kind", KJ_U8),
                  *n_children = DATA(map, "household", "n_children", KJ_U8);
    const kj_id *mother = DATA(map, "person", "mother", KJ_ID), *father = DATA(map, "person", "father", KJ_ID),
                *partner = DATA(map, "person", "partner", KJ_ID);
    uint32_t seen = 0;
    for (uint32_t h = 0; h < rows(map, "household"); h++) {
        uint32_t n = 0, couples = 0;
        for (kj_id p = head[h]; p; p = next[p - 1]) {
            assert_int_equal(household[p - 1], h + 1);
            assert_int_equal(care[p - 1], 0);
            if (partner[p - 1]) {
                assert_int_equal(partner[partner[p - 1] - 1], p);
                assert_int_equal(household[partner[p - 1] - 1], h + 1);
                couples++;
            }
            if (mother[p - 1]) assert_int_equal(household[mother[p - 1] - 1], h + 1);
            if (father[p - 1]) assert_int_equal(household[father[p - 1] - 1], h + 1);
            assert_true(++n <= 60);
        }
        assert_int_equal(n, size[h]);
        assert_true(n > 0);
        assert_true(age_of(map, head[h] - 1) >= 18);
        if (kind[h] == KJ_HH_SINGLE) assert_int_equal(n, 1);
        if (kind[h] == KJ_HH_COUPLE) assert_true(n == 2 && couples == 2);
        if (kind[h] == KJ_HH_SINGLE_PARENT) assert_true(couples == 0 && n == 1u + n_children[h]);
        if (kind[h] == KJ_HH_COUPLE_CHILDREN) assert_true(couples == 2 && n == 2u + n_children[h]);
        seen += n;
    }
    for (uint32_t p = 0; p < rows(map, "person"); p++) {
        assert_true((household[p] != 0) != (care[p] != 0));
        seen += care[p] != 0;
    }
    assert_int_equal(seen, rows(map, "person"));
}

/* Every household has something to live on. */
static void incomes_are_there(const kj_map *map)
{
    const int32_t *income = DATA(map, "household", "income", KJ_I32), *rent = DATA(map, "dwelling", "rent", KJ_I32);
    for (uint32_t h = 0; h < rows(map, "household"); h++) assert_in_range(income[h], 20000, 20000000);
    for (uint32_t d = 0; d < rows(map, "dwelling"); d++) assert_in_range(rent[d], 1000, 60000);
}

static void parents_are_older(const kj_map *map)
{
    const kj_id *mother = DATA(map, "person", "mother", KJ_ID), *father = DATA(map, "person", "father", KJ_ID);
    const uint8_t *sex = DATA(map, "person", "sex", KJ_U8);
    for (uint32_t p = 0; p < rows(map, "person"); p++) {
        if (mother[p]) {
            int32_t years = age_of(map, mother[p] - 1) - age_of(map, p);
            assert_int_equal(sex[mother[p] - 1], KJ_FEMALE);
            assert_in_range(years, 20, 42);
        }
        if (father[p]) {
            assert_int_equal(sex[father[p] - 1], KJ_MALE);
            assert_in_range(age_of(map, father[p] - 1) - age_of(map, p), 19, 55);
        }
    }
}

/* Each household holds one dwelling and each dwelling has at most one holder, on dry land inside the map. */
static void homes_agree(const kj_map *map)
{
    const kj_id *dwelling = DATA(map, "household", "dwelling", KJ_ID),
                *holder = DATA(map, "dwelling", "household", KJ_ID);
    const int32_t *cell = DATA(map, "dwelling", "cell", KJ_I32), *area = DATA(map, "cell", "area", KJ_I32);
    const uint8_t *land = DATA(map, "cell", "land_use", KJ_U8), *state = DATA(map, "dwelling", "state", KJ_U8),
                  *rooms = DATA(map, "dwelling", "rooms", KJ_U8);
    const int16_t *m2 = DATA(map, "dwelling", "area_m2", KJ_I16);
    for (uint32_t h = 0; h < rows(map, "household"); h++) {
        assert_true(dwelling[h] != 0);
        assert_int_equal(holder[dwelling[h] - 1], h + 1);
    }
    for (uint32_t d = 0; d < rows(map, "dwelling"); d++) {
        if (holder[d]) assert_int_equal(dwelling[holder[d] - 1], d + 1);
        assert_int_equal(state[d], holder[d] ? KJ_DWELLING_OCCUPIED : KJ_DWELLING_VACANT);
        assert_true(cell[d] >= 0 && area[cell[d]] >= 0);
        assert_int_not_equal(land[cell[d]], KJ_LAND_WATER);
        assert_in_range(rooms[d], 1, 7);
        assert_in_range(m2[d], 18, 260);
    }
}

static void places_are_inside(const kj_map *map)
{
    const int32_t *area = DATA(map, "cell", "area", KJ_I32), *facility = DATA(map, "facility", "cell", KJ_I32),
                  *places = DATA(map, "facility", "places", KJ_I32);
    const int32_t *work = DATA(map, "workplace", "cell", KJ_I32), *jobs = DATA(map, "workplace", "jobs", KJ_I32);
    const kj_id *care = DATA(map, "person", "care", KJ_ID), *workplace = DATA(map, "person", "workplace", KJ_ID);
    const uint8_t *land = DATA(map, "cell", "land_use", KJ_U8), *activity = DATA(map, "person", "activity", KJ_U8);
    int32_t *used = calloc(rows(map, "facility") + 1, sizeof *used);
    for (uint32_t f = 0; f < rows(map, "facility"); f++)
        assert_true(area[facility[f]] >= 0 && land[facility[f]] != KJ_LAND_WATER);
    for (uint32_t w = 0; w < rows(map, "workplace"); w++)
        assert_true((work[w] == -1 || area[work[w]] >= 0) && jobs[w] > 0);
    for (uint32_t p = 0; p < rows(map, "person"); p++) {
        used[care[p]]++;
        assert_true((workplace[p] != 0) == (activity[p] == KJ_ACT_EMPLOYED));
    }
    for (uint32_t f = 0; f < rows(map, "facility"); f++) assert_true(used[f + 1] <= places[f]);
    free(used);
}

static void built_land_is_not_protected(const kj_map *map)
{
    const uint8_t *land = DATA(map, "cell", "land_use", KJ_U8), *protection = DATA(map, "cell", "protection", KJ_U8),
                  *zoning = DATA(map, "cell", "zoning", KJ_U8);
    const float *far = DATA(map, "cell", "max_far", KJ_F32);
    const int16_t *walk = DATA(map, "cell", "walk_cost", KJ_I16);
    const int32_t *area = DATA(map, "cell", "area", KJ_I32);
    for (uint32_t c = 0; c < rows(map, "cell"); c++) {
        assert_true(land[c] < KJ_LAND_COUNT);
        if (land[c] >= KJ_LAND_SMALL_HOUSES) assert_int_equal(protection[c], 0);
        if (zoning[c] != KJ_ZONE_NONE) assert_true(far[c] > 0.0f && land[c] != KJ_LAND_WATER && protection[c] == 0);
        if (area[c] >= 0) assert_true((walk[c] > 0) == (land[c] != KJ_LAND_WATER));
    }
}

static int32_t population_of(const kj_map *map, const char *prefix)
{
    const int32_t *area = DATA(map, "cell", "area", KJ_I32), *home = DATA(map, "dwelling", "cell", KJ_I32),
                  *facility = DATA(map, "facility", "cell", KJ_I32);
    const int32_t *code = DATA(map, "area", "code", KJ_TEXT);
    const kj_id *household = DATA(map, "person", "household", KJ_ID), *care = DATA(map, "person", "care", KJ_ID),
                *dwelling = DATA(map, "household", "dwelling", KJ_ID);
    int32_t n = 0;
    for (uint32_t p = 0; p < rows(map, "person"); p++) {
        int32_t cell = household[p] ? home[dwelling[household[p] - 1] - 1] : facility[care[p] - 1];
        n += strncmp(kj_pool_text(&map->store.pool, code[area[cell]]), prefix, strlen(prefix)) == 0;
    }
    return n;
}

static double single_share(const kj_map *map)
{
    const uint8_t *size = DATA(map, "household", "size", KJ_U8);
    double n = 0.0;
    for (uint32_t h = 0; h < rows(map, "household"); h++) n += size[h] == 1;
    return n / rows(map, "household");
}

static void check(const kj_map *map)
{
    ids_are_valid(map);
    households_are_closed(map);
    parents_are_older(map);
    incomes_are_there(map);
    homes_agree(map);
    places_are_inside(map);
    built_land_is_not_protected(map);
}

static void toy(void **state)
{
    (void)state;
    kj_map map;
    build("toy", &map);
    check(&map);
    assert_int_equal(rows(&map, "person"), 600);
    assert_int_equal(rows(&map, "cell"), 400);
    assert_int_equal(rows(&map, "area"), 3);
    assert_int_equal(population_of(&map, "T1"), 400);
    assert_int_equal(population_of(&map, "T2"), 140);
    assert_int_equal(population_of(&map, "TR"), 60);
    assert_int_equal(rows(&map, "project"), 2);
    kj_map_free(&map);
    assert_int_equal(memory.bytes, 0);
}

static double share_of_age(const kj_map *map, int32_t from)
{
    double n = 0.0;
    for (uint32_t p = 0; p < rows(map, "person"); p++) n += age_of(map, p) >= from;
    return n / rows(map, "person");
}

/* Figures of maps/varnamo: population and localities of 2020, 22 % of 65 and over, 38.6 % of households one person. */
static void varnamo(void **state)
{
    (void)state;
    kj_map map;
    build("varnamo", &map);
    check(&map);
    assert_int_equal(rows(&map, "person"), 34530);
    assert_int_equal(population_of(&map, "0683TC110"), 19822);
    assert_int_equal(population_of(&map, "0683TB108"), 1629);
    assert_int_equal(population_of(&map, "0683R"), 34530 - 27523);
    assert_true(share_of_age(&map, 65) > 0.2195 && share_of_age(&map, 65) < 0.2205);
    assert_true(single_share(&map) > 0.376 && single_share(&map) < 0.396);
    const uint8_t *land = DATA(&map, "cell", "land_use", KJ_U8);
    const int32_t *area = DATA(&map, "cell", "area", KJ_I32);
    int32_t water = 0, inside = 0;
    for (uint32_t c = 0; c < rows(&map, "cell"); c++) {
        inside += area[c] >= 0;
        water += area[c] >= 0 && land[c] == KJ_LAND_WATER;
    }
    assert_in_range(inside, 138240, 138242); /* 1 382.41 km2 */
    assert_in_range(water, 16600, 16650);    /* less 1 216.17 km2 of land */
    kj_map_free(&map);
}

/* The starts of the hindcasts: counts of 2010 of municipality and localities, and the municipality's classes of ages. */
static void hindcast_starts(void **state)
{
    (void)state;
    kj_map map;
    build("varnamo_2010", &map);
    check(&map);
    assert_int_equal(rows(&map, "person"), 32833);
    assert_int_equal(population_of(&map, "0683TC110"), 18696);
    assert_int_equal(population_of(&map, "0683R"), 32833 - 25678);
    assert_true(fabs(share_of_age(&map, 80) * 32833 - 2039) < 3.0 && fabs(share_of_age(&map, 65) * 32833 - 6516) < 3.0);
    assert_true(fabs((1.0 - share_of_age(&map, 6)) * 32833 - 2190) < 3.0);
    kj_map_free(&map);
    build("lund_2010", &map);
    check(&map);
    assert_int_equal(rows(&map, "person"), 110488);
    assert_int_equal(population_of(&map, "1281TC105"), 82800);
    assert_int_equal(population_of(&map, "1281R"), 110488 - 104683);
    kj_map_free(&map);
}

static double log_odds(double share) { return log(share / (1.0 - share)); }

/* Largest difference of the logarithms of factors between classes of age, from 18 to 64, by which the odds of a partner differ from those of the table of shares. */
static double spread_of_odds(const kj_map *map, const double *table, int wanted)
{
    enum { CLASSES = 6 };
    static const int32_t from[CLASSES + 1] = {18, 21, 25, 30, 40, 50, 65};
    double persons[CLASSES] = {0}, with[CLASSES] = {0}, expected[CLASSES] = {0}, low = INFINITY, high = -INFINITY;
    const uint8_t *sex = DATA(map, "person", "sex", KJ_U8);
    const kj_id *partner = DATA(map, "person", "partner", KJ_ID);
    for (uint32_t p = 0; p < rows(map, "person"); p++) {
        const int32_t age = age_of(map, p);
        for (int c = 0; c < CLASSES; c++) {
            if (sex[p] != wanted || age < from[c] || age >= from[c + 1]) continue;
            persons[c]++;
            with[c] += partner[p] != 0;
            expected[c] += table[wanted * (104 - 18 + 1) + age - 18];
        }
    }
    for (int c = 0; c < CLASSES; c++) {
        const double factor = log_odds(with[c] / persons[c]) - log_odds(expected[c] / persons[c]);
        low = fmin(low, factor);
        high = fmax(high, factor);
    }
    return high - low;
}

/* The odds of a partner follow the table of shares by age, but for one factor that the number of homes gives: on the map with the nation's ages (the young
   had half their odds when weights were drawn in turn), and in a town of students, who live on their own more often than the young of the nation, with one for
   each of its places. Families have the nation's 1.88 children of 0-24 at home. */
static void couples_and_families(void **state)
{
    (void)state;
    kj_map map;
    kj_error err = {0};
    kj_param_table_def def = {.struct_size = sizeof def, .name = "start_partner_share", .n_dims = 2, .unit = "1", .max = 1,
                              .dims = {{"sex", 0, 0, KJ_SEX_LABELS}, {"age", 18, 104, NULL}}};
    double *table = NULL, families = 0.0, children = 0.0;
    uint32_t n = 0;
    if (kj_param_table_read(&err, KEDJA_SOURCE_DIR "/maps/countries/se/start_partner_share.csv", &def, &table, &n)) fail_msg("%s", err.text);
    static const char *const names[] = {"lund_2010", "sweden_like"};
    for (int m = 0; m < 2; m++) {
        if (m) kj_map_free(&map);
        build(names[m], &map);
        for (int s = 0; s < 2; s++) {
            const double spread = spread_of_odds(&map, table, s);
            if (!(spread < 0.3)) fail_msg("%s, sex %d: odds of a partner differ from the table's by factors between classes of age that are %.2f apart", names[m], s, exp(spread));
        }
    }
    const uint8_t *n_children = DATA(&map, "household", "n_children", KJ_U8);
    for (uint32_t h = 0; h < rows(&map, "household"); h++) {
        families += n_children[h] > 0;
        children += n_children[h];
    }
    if (!(fabs(children / families - 1.88) < 0.06)) fail_msg("%.3f children a family", children / families);
    free(table);
    kj_map_free(&map);
}

static void the_same_twice(void **state)
{
    (void)state;
    kj_map one, two;
    build("varnamo", &one);
    build("varnamo", &two);
    assert_int_equal(strlen(one.digest), 32);
    assert_string_equal(one.digest, two.digest);
    kj_map_free(&two);
    build("toy", &two);
    assert_string_not_equal(one.digest, two.digest);
    kj_map_free(&one);
    kj_map_free(&two);
}

/* A named map comes from the cache the second time, with the same digest; a folder that is none is refused. */
static void names_and_folders(void **state)
{
    (void)state;
    char cache[] = "/tmp/kedja-map-XXXXXX", command[256];
    kj_error err = {0};
    kj_map first, second;
    assert_non_null(mkdtemp(cache));
    setenv("XDG_CACHE_HOME", cache, 1);
    setenv("KEDJA_DATA", KEDJA_SOURCE_DIR, 1);
    if (kj_map_load(&err, "toy", &memory, true, &first) != KJ_OK) fail_msg("%s", err.text);
    snprintf(command, sizeof command, "test -f %s/kedja/maps/toy-*/map.nc", cache);
    assert_int_equal(system(command), 0);
    if (kj_map_load(&err, "toy", &memory, true, &second) != KJ_OK) fail_msg("%s", err.text);
    assert_string_equal(first.digest, second.digest);
    assert_string_equal(first.report, second.report);
    kj_map_free(&first);
    kj_map_free(&second);
    assert_int_equal(kj_map_load(&err, "lund", &memory, true, &first), KJ_E_INPUT);
    assert_non_null(strstr(err.text, "kedja import lund --data FOLDER"));
    assert_int_equal(kj_map_load(&err, "/nowhere/at/all", &memory, true, &first), KJ_E_INPUT);
    assert_int_equal(kj_map_load(&err, "varnam", &memory, true, &first), KJ_E_INPUT);
    snprintf(command, sizeof command, "rm -r %s", cache);
    assert_int_equal(system(command), 0);
    assert_int_equal(memory.bytes, 0);
}

/* Writes a recipe and expects an error that holds every one of the parts. */
static void refused(const char *recipe, const char *a, const char *b)
{
    char path[] = "/tmp/kedja-recipe-XXXXXX";
    int fd = mkstemp(path);
    kj_error err = {0};
    kj_map map;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, recipe, strlen(recipe)), (ssize_t)strlen(recipe));
    close(fd);
    kj_status status = kj_map_build(&err, path, NULL, false, &memory, &map);
    unlink(path);
    assert_int_equal(status, KJ_E_INPUT);
    if (!strstr(err.text, a) || !strstr(err.text, b)) fail_msg("expected '%s' and '%s' in: %s", a, b, err.text);
    assert_int_equal(memory.bytes, 0);
}

#define HEAD "map { name='x', title='x', start=2020, epsg=3006, cell=100, work={jobs=10}, sources={'none'},\n"
#define PLACE "extent={west=500000,south=6300000,east=502000,north=6302000}, fill_extent=true,\n"
#define TOWN                                                                                                           \
    "localities={{code='a',name='A',x=501000,y=6301000,area_ha=20,population=100}}, "                                  \
    "rural={code='r',name='R',around={'A'}},\n"

static void bad_recipes(void **state)
{
    (void)state;
    refused("x = 1", "no map{", "");
    refused(HEAD PLACE TOWN
            "municipality={code='1',name='M',county='C',population=150,total_km2=4}, dwelings={total=80} }",
            "dwelings", "dwellings");
    refused(HEAD PLACE TOWN "municipality={code='1',name='M',county='C',population='many'}, dwellings={total=80} }",
            "population", "many");
    refused(HEAD PLACE TOWN
            "municipality={code='1',name='M',county='C',population=90,total_km2=4}, dwellings={total=80} }",
            "10 persons more", "");
    refused(HEAD PLACE "localities={{code='a',name='A',x=601000,y=6301000,area_ha=20,population=100}}, "
                       "rural={code='r',name='R',around={'A'}},\n"
                       "municipality={code='1',name='M',county='C',population=150,total_km2=4}, dwellings={total=80} }",
            "outside the extent", "A");
    refused(HEAD PLACE "municipality={code='1',name='M',county='C',population=150,total_km2=4}, dwellings={total=80} }",
            "either localities or areas", "");
    refused(HEAD PLACE "localities={file='none.csv'}, "
                       "municipality={code='1',name='M',county='C',population=150,total_km2=4}, dwellings={total=80} }",
            "none.csv", "");
    refused(HEAD PLACE TOWN "municipality={code='1',name='M',county='C',population=150,total_km2=4}, "
                            "dwellings={total=80}, facilities={{kind='school',name='S',x=1,y=1,places=9}} }",
            "S", "outside the map");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(toy), cmocka_unit_test(varnamo), cmocka_unit_test(hindcast_starts),
                                       cmocka_unit_test(couples_and_families), cmocka_unit_test(the_same_twice), cmocka_unit_test(names_and_folders),
                                       cmocka_unit_test(bad_recipes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
