/* Importing real files: the 76 areas of Lund when their data lie beside the source tree, small GeoJSON files and an
   ASCII grid written here otherwise, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kedja/model.h>

#include "../../core/io/csv.h"
#include "../../core/io/mapfile.h"
#include "../../core/map/check.h"
#include "../../core/map/gis.h"
#include "../../core/map/map.h"

#define LUND_DATA KEDJA_SOURCE_DIR "/../shared/data/lund_deso_scb"
#define DATA(map, table, column, type) kj_store_data(&(map)->store, table, column, type)

static kj_memory memory;
static char folder[64];

static uint32_t rows(const kj_map *map, const char *table) { return kj_store_table(&map->store, table)->n_rows; }

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/kedja-import-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void put(const char *name, const char *text)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* --- Lund ----------------------------------------------------------------------------------------------------------
 */

static int32_t area_row(const kj_map *map, const char *code)
{
    const int32_t *codes = DATA(map, "area", "code", KJ_TEXT);
    for (uint32_t a = 0; a < rows(map, "area"); a++) {
        if (strcmp(kj_pool_text(&map->store.pool, codes[a]), code) == 0) return (int32_t)a;
    }
    fail_msg("no area %s", code);
    return -1;
}

/* Persons by area, sex and class, and dwellings by area and tenure, counted from the map. */
typedef struct counts {
    int32_t persons, age[2][17];
    double tenure[3];
} counts;

static counts *count(const kj_map *map)
{
    counts *out = calloc(rows(map, "area"), sizeof *out);
    const int32_t *area = DATA(map, "cell", "area", KJ_I32), *home = DATA(map, "dwelling", "cell", KJ_I32),
                  *facility = DATA(map, "facility", "cell", KJ_I32);
    const int32_t *birth = DATA(map, "person", "birth_month", KJ_I32);
    const uint8_t *sex = DATA(map, "person", "sex", KJ_U8), *tenure = DATA(map, "dwelling", "tenure", KJ_U8);
    const kj_id *household = DATA(map, "person", "household", KJ_ID), *care = DATA(map, "person", "care", KJ_ID),
                *dwelling = DATA(map, "household", "dwelling", KJ_ID);
    for (uint32_t p = 0; p < rows(map, "person"); p++) {
        int32_t cell = household[p] ? home[dwelling[household[p] - 1] - 1] : facility[care[p] - 1],
                age = (map->start - birth[p]) / 12;
        counts *at = &out[area[cell]];
        at->persons++;
        at->age[sex[p]][age >= 80 ? 16 : age / 5]++;
    }
    for (uint32_t d = 0; d < rows(map, "dwelling"); d++) {
        int t = tenure[d] == KJ_TENURE_COOP ? 1 : tenure[d] == KJ_TENURE_OWNER ? 2 : 0; /* students and seniors rent */
        out[area[home[d]]].tenure[t] += 1.0;
    }
    return out;
}

static double field(const kj_csv *csv, const char *name)
{
    kj_error err = {0};
    uint32_t column = 0;
    double value = 0.0;
    if (kj_csv_require(&err, csv, name, &column) || kj_csv_number(&err, csv, column, -INFINITY, INFINITY, &value)) fail_msg("%s", err.text);
    return value;
}

static void check_area(const kj_csv *csv, const counts *is)
{
    static const char *const classes[17] = {"0_4",   "5_9",   "10_14", "15_19", "20_24", "25_29",
                                            "30_34", "35_39", "40_44", "45_49", "50_54", "55_59",
                                            "60_64", "65_69", "70_74", "75_79", "80p"};
    static const char *const tenures[3] = {"dw_rented", "dw_coop", "dw_owned"};
    double sum = 0.0, population = field(csv, "pop2025"), dwellings = 0.0;
    assert_int_equal(is->persons, (int32_t)population);
    for (int pass = 0; pass < 2; pass++) { /* the source's cells are scaled to its total first */
        for (int i = 0; i < 34; i++) {
            char name[32];
            snprintf(name, sizeof name, "%s%s", i / 17 == KJ_FEMALE ? "f_" : "m_", classes[i % 17]);
            double value = field(csv, name);
            if (pass == 0)
                sum += value;
            else
                assert_true(fabs(value * population / sum - is->age[i / 17][i % 17]) <= 1.0);
        }
    }
    for (int t = 0; t < 3; t++) dwellings += field(csv, tenures[t]);
    for (int t = 0; t < 3; t++) assert_true(fabs(field(csv, tenures[t]) - is->tenure[t]) <= 0.01 * dwellings);
}

static void lund(void **state)
{
    (void)state;
    kj_error err = {0};
    kj_map map, again;
    kj_csv *csv;
    uint32_t code, n = 0;
    bool more;
    if (access(LUND_DATA "/lund_deso2025_epsg3006.gpkg", R_OK) != 0) {
        print_message("SKIP lund: no data at %s\n", LUND_DATA);
        skip();
    }
    if (kj_map_build(&err, KEDJA_SOURCE_DIR "/maps/lund/recipe.lua", LUND_DATA, false, &memory, &map))
        fail_msg("%s", err.text);
    assert_int_equal(rows(&map, "person"), 132314);
    assert_int_equal(rows(&map, "area"), 76);
    assert_int_equal(map.start, KJ_MONTH(2025, 12));
    counts *is = count(&map);
    if (kj_csv_open(&err, LUND_DATA "/lund_deso2025.csv", ',', &csv)) fail_msg("%s", err.text);
    if (kj_csv_require(&err, csv, "deso", &code)) fail_msg("%s", err.text);
    while (kj_csv_next(&err, csv, &more) == KJ_OK && more) {
        check_area(csv, &is[area_row(&map, kj_csv_field(csv, code))]);
        n++;
    }
    kj_csv_close(csv);
    free(is);
    assert_int_equal(n, 76);
    const uint8_t *kind = DATA(&map, "facility", "kind", KJ_U8),
                  *independent = DATA(&map, "facility", "independent", KJ_U8);
    uint32_t own = 0;
    for (uint32_t f = 0; f < rows(&map, "facility"); f++) own += kind[f] == KJ_FACILITY_SCHOOL && independent[f];
    assert_int_equal(own, 9); /* independent units of the register */
    if (kj_mapfile_write(&err, folder, &map)) fail_msg("%s", err.text);
    if (kj_mapfile_read(&err, folder, &memory, &again)) fail_msg("%s", err.text);
    assert_string_equal(map.digest, again.digest);
    kj_map_free(&map);
    kj_map_free(&again);
    assert_int_equal(memory.bytes, 0);
}

/* --- small files
 * ------------------------------------------------------------------------------------------------------ */

/* Two squares of 500 m round 15 E 57 N, where EPSG:3006 has x = 500 000; in degrees, so that they must be reprojected.
 */
static const char *const squares =
    "{\"type\":\"FeatureCollection\",\"features\":["
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"a\",\"people\":70,\"rent\":\"20\",\"own\":10,\"coop\":6},"
    "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
    "[[[15.0,57.0],[15.0082,57.0],[15.0082,57.0045],[15.0,57.0045],[15.0,57.0]]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"b\",\"people\":30,\"rent\":\"5\",\"own\":10,\"coop\":0},"
    "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
    "[[[15.0082,57.0],[15.0164,57.0],[15.0164,57.0045],[15.0082,57.0045],[15.0082,57.0]]]}}]}";

#define HEAD                                                                                                           \
    "map { name='s', title='s', start=2020, epsg=3006, cell=50, work={jobs=40}, "                                      \
    "municipality={code='1',name='M',county='C'}, sources={'none'},\n"
#define AREAS(people)                                                                                                  \
    "areas={file='squares.geojson', code='code', population='" people                                                  \
    "', tenure={rental='rent', coop='coop', owner='own'}},\n"

static kj_status import(const char *recipe, kj_error *err, kj_map *map)
{
    char path[160];
    put("recipe.lua", recipe);
    snprintf(path, sizeof path, "%s/recipe.lua", folder);
    return kj_map_build(err, path, folder, false, &memory, map);
}

static void refused(const char *recipe, const char *a, const char *b)
{
    kj_error err = {0};
    kj_map map;
    kj_status status = import(recipe, &err, &map);
    assert_int_equal(status, KJ_E_INPUT);
    if (!strstr(err.text, a) || !strstr(err.text, b)) fail_msg("expected '%s' and '%s' in: %s", a, b, err.text);
    assert_int_equal(memory.bytes, 0);
}

static void degrees_become_metres(void **state)
{
    (void)state;
    kj_error err = {0};
    kj_map map;
    put("squares.geojson", squares);
    if (import(HEAD AREAS("people") "}", &err, &map)) fail_msg("%s", err.text);
    counts *is = count(&map);
    assert_int_equal(is[0].persons, 70);
    assert_int_equal(is[1].persons, 30);
    assert_true(is[0].tenure[0] == 20.0 && is[0].tenure[1] == 6.0 && is[0].tenure[2] == 10.0);
    free(is);
    const double *x = DATA(&map, "area", "x", KJ_F64), *y = DATA(&map, "area", "y", KJ_F64);
    assert_true(fabs(x[0] - 500249.0) < 30.0 && fabs(x[1] - x[0] - 498.0) < 30.0);
    assert_true(fabs(y[0] - 6317600.0) < 700.0 && fabs(y[0] - y[1]) < 30.0); /* 57 N is about 6 317 300 m */
    const int32_t *area = DATA(&map, "cell", "area", KJ_I32);
    int32_t n = 0;
    for (uint32_t c = 0; c < rows(&map, "cell"); c++) n += area[c] == 0;
    assert_in_range(n, 95, 105); /* 498 m by 501 m in cells of 50 m */
    kj_map_free(&map);
}

/* A grid of 40 by 40 cells of 50 m: water in its southern half, value 1, forest value 2 in the north. */
static void a_raster_gives_the_land(void **state)
{
    (void)state;
    kj_error err = {0};
    kj_map map;
    char grid[8192] = "ncols 40\nnrows 40\nxllcorner 499900\nyllcorner 6316700\ncellsize 50\nNODATA_value -9\n";
    put("squares.geojson", squares);
    if (import(HEAD AREAS("people") "}", &err, &map)) fail_msg("%s", err.text);
    double middle = ((const double *)DATA(&map, "area", "y", KJ_F64))[0];
    snprintf(grid, sizeof grid, "ncols 40\nnrows 40\nxllcorner 499900\nyllcorner %.0f\ncellsize 50\nNODATA_value -9\n",
             floor(middle / 50.0) * 50.0 - 1000.0);
    kj_map_free(&map);
    for (int r = 0; r < 40; r++) {
        for (int c = 0; c < 40; c++) strcat(grid, r < 20 ? "2 " : "1 ");
        strcat(grid, "\n");
    }
    put("land.asc", grid);
    put("land.prj", kj_crs_find(3006)->wkt1);
    if (import(
            HEAD AREAS(
                "people") "land={cover={file='land.asc', classes={{value=1,use='water'},{value=2,use='forest'}}}} }",
            &err, &map))
        fail_msg("%s", err.text);
    const uint8_t *land = DATA(&map, "cell", "land_use", KJ_U8);
    const int32_t *area = DATA(&map, "cell", "area", KJ_I32);
    int32_t water = 0, dry = 0;
    for (int32_t c = 0; c < kj_grid_cells(&map.grid); c++) {
        if (area[c] < 0) continue;
        bool south = map.grid.north - (c / map.grid.nx + 0.5) * 50.0 < floor(middle / 50.0) * 50.0;
        assert_true((land[c] == KJ_LAND_WATER) == south);
        water += land[c] == KJ_LAND_WATER;
        dry += land[c] != KJ_LAND_WATER;
    }
    assert_true(water > 60 && dry > 60);
    assert_string_equal(kj_rows_column(kj_store_table(&map.store, "cell"), "land_use")->origin, "derived");
    kj_map_free(&map);
    refused(HEAD AREAS("people") "land={cover={file='land.asc', band=3, classes={{value=1,use='water'}}}} }",
            "land.asc", "band 3");
    refused(HEAD AREAS("people") "land={cover={file='squares.geojson', classes={{value=1,use='water'}}}} }",
            "squares.geojson", "raster");
}

static void wrong_files_are_refused(void **state)
{
    (void)state;
    put("squares.geojson", squares);
    refused(HEAD AREAS("peoples") "}", "no column named peoples", "did you mean people?");
    refused(HEAD "areas={file='squares.geojson', code='peop', population='people'} }", "did you mean people?", "change `areas.code` in");
    put("empty.gpkg", "");
    refused(HEAD "areas={file='empty.gpkg', code='code', population='people'} }", "empty.gpkg: cannot be read as a vector file: it is empty", "");
    refused(HEAD AREAS("code") "}", "column code: expected a number", "found 'a'");
    refused(HEAD "areas={file='gone.gpkg', code='code', population='people'} }", "gone.gpkg", "which is not in");
    refused(HEAD "areas={file='recipe.lua', code='code', population='people'} }", "recipe.lua",
            "cannot be read as a vector file");
    refused(HEAD "areas={file='squares.geojson', layer='roads', code='code', population='people'} }",
            "no layer named roads", "squares");
    refused(HEAD AREAS("people") "extent={west=500000,south=6317000,east=500600,north=6319000} }", "feature 1 (b)",
            "reaches outside the grid");
    refused(HEAD AREAS("people") "facilities={file={file='f.csv',kind='school',name='n',x='x',y='y',places='p'}} }",
            "f.csv", "");
    put("f.csv", "n,x,y,p\nA,east,2,3\n");
    refused(HEAD AREAS("people") "facilities={file={file='f.csv',kind='school',name='n',x='x',y='y',places='p'}} }",
            "f.csv", "east");
    static const char *const impossible[] = {"-460", "1e30", "100001"};
    for (size_t i = 0; i < sizeof impossible / sizeof *impossible; i++) {
        char row[64], found[48];
        snprintf(row, sizeof row, "n,x,y,p\nA,500200,6317500,%s\n", impossible[i]);
        snprintf(found, sizeof found, "expected 0 to 100000, found `%s`", impossible[i]);
        put("f.csv", row);
        refused(HEAD AREAS("people") "facilities={file={file='f.csv',kind='school',name='n',x='x',y='y',places='p'}} }", "f.csv:2: column `p`", found);
    }
    put("f.csv", "n,x,y,p\nA,1e300,6317500,30\n");
    refused(HEAD AREAS("people") "facilities={file={file='f.csv',kind='school',name='n',x='x',y='y',places='p'}} }", "f.csv:2: column `x`", "found `1e300`");
    put("f.csv", "n,x,y,p\nFar school,1000,2000,3\n");
    refused(HEAD AREAS("people") "facilities={file={file='f.csv',kind='school',name='n',x='x',y='y',places='p'}} }",
            "Far school", "outside the map");
    refused(HEAD AREAS("people") "facilities={file={file='f.csv',kind='school',name='n',x='x',y='y',places='p'}} }",
            "f.csv:2: facility Far school (x 1000, y 2000)", "exclude = { column = \"n\", values = { \"Far school\" }, reason =");
    put("f.csv", "n,x,y,p\nSwapped school,6317500,500200,3\n");
    refused(HEAD AREAS("people") "facilities={file={file='f.csv',kind='school',name='n',x='x',y='y',places='p'}} }",
            "f.csv:2", "are x and y swapped?");
    put("lines.geojson", "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"code\":"
                         "\"a\",\"people\":7},"
                         "\"geometry\":{\"type\":\"Point\",\"coordinates\":[15,57]}}]}");
    refused(HEAD "areas={file='lines.geojson', code='code', population='people'} }", "feature 0", "expected a polygon");
}

/* --- layers, ways, facilities, bad geometry --- */

static kj_map built(const char *recipe)
{
    kj_error err = {0};
    kj_map map;
    if (import(recipe, &err, &map)) fail_msg("%s", err.text);
    return map;
}

static int32_t cell_at(const kj_map *map, double lon, double lat)
{
    kj_error err = {0};
    if (kj_gis_transform(&err, 4326, 3006, 1, &lon, &lat)) fail_msg("%s", err.text);
    return kj_grid_cell_at(&map->grid, lon, lat);
}

/* OpenStreetMap as XML, which GDAL reads through the same driver as .osm.pbf: a motorway and a path. */
static const char *const osm =
    "<?xml version='1.0' encoding='UTF-8'?><osm version='0.6'>"
    "<node id='1' lat='57.0010' lon='14.999'/><node id='2' lat='57.0010' lon='15.018'/>"
    "<node id='3' lat='57.0035' lon='14.999'/><node id='4' lat='57.0035' lon='15.018'/>"
    "<way id='10'><nd ref='1'/><nd ref='2'/><tag k='highway' v='motorway'/></way>"
    "<way id='11'><nd ref='3'/><nd ref='4'/><tag k='highway' v='residential'/></way>"
    "<way id='12'><nd ref='3'/><nd ref='2'/><tag k='power' v='line'/></way></osm>";

static void ways_make_travel_fast(void **state)
{
    (void)state;
    put("squares.geojson", squares);
    put("ways.osm", osm);
    kj_map map = built(HEAD AREAS("people") "roads={file='ways.osm'} }");
    const int16_t *walk = DATA(&map, "cell", "walk_cost", KJ_I16);
    int32_t on_street = cell_at(&map, 15.004, 57.0035), on_motorway = cell_at(&map, 15.004, 57.0010);
    assert_int_equal(walk[on_street], 41); /* 50 m at 1.4 m/s, winding by 15 % */
    assert_true(walk[on_motorway] != 41 && walk[on_motorway] > 0); /* nobody walks along it; one may cross */
    assert_string_equal(kj_rows_column(kj_store_table(&map.store, "cell"), "walk_cost")->origin, "derived");
    kj_map_free(&map);
    put("ways.geojson", "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"highway\":\"boulevard\"},"
                        "\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[15.0,57.001],[15.01,57.001]]}}]}");
    refused(HEAD AREAS("people") "roads={file='ways.geojson'} }", "ways.geojson", "no way that maps/classes/roads.csv knows");
}

static void vectors_become_layers_and_facilities(void **state)
{
    (void)state;
    put("squares.geojson", squares);
    put("reserve.geojson", "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"class\":7},\"geometry\":{\"type\":"
                           "\"Polygon\",\"coordinates\":[[[15.0,57.0],[15.004,57.0],[15.004,57.0045],[15.0,57.0045],[15.0,57.0]]]}}]}");
    put("schools.geojson", "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"name\":\"\u00c5skolan\",\"n\":90},"
                           "\"geometry\":{\"type\":\"Point\",\"coordinates\":[15.010,57.002]}}]}");
    put("programme.csv", "name;x;y;start;completion;rental;coop;small_houses;stage\nNorr;500200;6317500;2024;2026;12;;0;permitted\n");
    kj_map map = built(HEAD AREAS("people") "layers={protection={file='reserve.geojson', value=1}, farmland_class={file='reserve.geojson', column='class'}},"
                       "facilities={file={file='schools.geojson',kind='school',name='name',places='n',from_grade='F',to_grade='6'}},"
                       "projects={file={file='programme.csv'}} }");
    const uint8_t *protection = DATA(&map, "cell", "protection", KJ_U8), *class = DATA(&map, "cell", "farmland_class", KJ_U8);
    int32_t inside = cell_at(&map, 15.002, 57.002), outside = cell_at(&map, 15.012, 57.002);
    assert_int_equal(protection[inside], 1);
    assert_int_equal(protection[outside], 0);
    assert_int_equal(class[inside], 7);
    assert_string_equal(kj_rows_column(kj_store_table(&map.store, "cell"), "protection")->origin, "real");
    assert_int_equal(rows(&map, "facility"), 1);
    assert_string_equal(kj_pool_text(&map.store.pool, ((int32_t *)DATA(&map, "facility", "name", KJ_TEXT))[0]), "\u00c5skolan");
    assert_int_equal(((int32_t *)DATA(&map, "facility", "cell", KJ_I32))[0], cell_at(&map, 15.010, 57.002));
    assert_int_equal(rows(&map, "project"), 1);
    assert_int_equal(((int32_t *)DATA(&map, "project", "n_rental", KJ_I32))[0], 12);
    assert_int_equal(((int32_t *)DATA(&map, "project", "n_coop", KJ_I32))[0], 0);
    assert_int_equal(((uint8_t *)DATA(&map, "project", "stage", KJ_U8))[0], KJ_PROJECT_PERMITTED);
    kj_map_free(&map);
    refused(HEAD AREAS("people") "layers={zoning={file='reserve.geojson', column='class'}} }", "map.layers.zoning expects 0 to 3", "found 7");
    put("programme.csv", "name;x;y;start;completion;rental\nNorr;500200;6317500;2026;2024;12\n");
    refused(HEAD AREAS("people") "projects={file={file='programme.csv'}} }", "programme.csv:2", "expected 2026 to 2200, found 2024");
}

static void bad_boundaries_are_said(void **state)
{
    (void)state;
    /* A bow tie, and two squares of which the second lies half over the first. */
    put("bow.geojson", "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"code\":\"bow\",\"people\":70},\"geometry\":{\"type\":"
                       "\"Polygon\",\"coordinates\":[[[15.0,57.0],[15.02,57.01],[15.02,57.0],[15.0,57.01],[15.0,57.0]]]}}]}");
    kj_map map = built(HEAD "areas={file='bow.geojson', code='code', population='people'}, dwellings={total=40} }");
    if (!strstr(map.report, "warning: area bow: its boundary crosses itself")) fail_msg("%s", map.report);
    kj_map_free(&map);
    put("over.geojson", "{\"type\":\"FeatureCollection\",\"features\":["
                        "{\"type\":\"Feature\",\"properties\":{\"code\":\"a\",\"people\":70},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
                        "[[[15.0,57.0],[15.02,57.0],[15.02,57.01],[15.0,57.01],[15.0,57.0]]]}},"
                        "{\"type\":\"Feature\",\"properties\":{\"code\":\"b\",\"people\":70},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
                        "[[[15.01,57.0],[15.03,57.0],[15.03,57.01],[15.01,57.01],[15.01,57.0]]]}}]}");
    map = built(HEAD "areas={file='over.geojson', code='code', population='people'}, dwellings={total=60} }");
    if (!strstr(map.report, "warning: areas overlap on ")) fail_msg("%s", map.report);
    kj_map_free(&map);
    put("same.geojson", "{\"type\":\"FeatureCollection\",\"features\":["
                        "{\"type\":\"Feature\",\"properties\":{\"code\":\"a\",\"people\":70},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
                        "[[[15.0,57.0],[15.01,57.0],[15.01,57.01],[15.0,57.01],[15.0,57.0]]]}},"
                        "{\"type\":\"Feature\",\"properties\":{\"code\":\"a\",\"people\":70},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
                        "[[[15.01,57.0],[15.03,57.0],[15.03,57.01],[15.01,57.01],[15.01,57.0]]]}}]}");
    refused(HEAD "areas={file='same.geojson', code='code', population='people'}, dwellings={total=60} }", "same.geojson", "two features have the code a");
}

/* One area with twelve persons in five homes. */
static void twelve_persons(void **state)
{
    (void)state;
    put("small.geojson", "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"code\":\"a\",\"people\":12,\"rent\":2,\"coop\":0,\"own\":3},"
                         "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[15.0,57.0],[15.01,57.0],[15.01,57.005],[15.0,57.005],[15.0,57.0]]]}}]}");
    kj_map map = built(HEAD "areas={file='small.geojson', code='code', population='people', tenure={rental='rent', coop='coop', owner='own'}} }");
    assert_int_equal(rows(&map, "person"), 12);
    assert_int_equal(rows(&map, "dwelling"), 5);
    kj_findings findings;
    kj_error err = {0};
    if (kj_map_check(&err, &map, &findings)) fail_msg("%s", err.text);
    assert_int_equal(findings.n_of[KJ_FINDING_ERROR], 0);
    kj_findings_free(&findings);
    kj_map_free(&map);
}

/* --- statistics and the fit of households ----------------------------------------------------------------------- */

#define TWO "areas={file='squares.geojson', code='code'}, "
#define STATS                                                                                                          \
    "statistics={{into='ages',file='ages.px',area='omr',age='alder',sex='k\u00f6n'},"                                 \
    "{into='tenure',file='tenure.csv',area='omr',category='form',words={['hyresr\u00e4tt']='rental',['bostadsr\u00e4tt']='coop',['\u00e4gander\u00e4tt']='owner'}},"
#define SIZES "{into='household_size',file='sizes.csv',area='omr',size='storlek'},{into='household_kind',file='kinds.csv',area='omr',category='typ'},"

static void put_statistics(void)
{
    put("squares.geojson", squares);
    put("ages.px", "CHARSET=\"ANSI\";\nSTUB=\"omr\",\"alder\";\nHEADING=\"k\xF6n\";\nVALUES(\"omr\")=\"a\",\"b\";\n"
                   "VALUES(\"alder\")=\"0-5 \xE5r\",\"6-17 \xE5r\",\"18-29 \xE5r\",\"30-64 \xE5r\",\"65+ \xE5r\",\"totalt\";\nVALUES(\"k\xF6n\")=\"kvinnor\",\"m\xE4n\";\n"
                   "DATA=\n60 60\n120 130\n100 110\n400 390\n120 100\n800 790\n20 25\n40 35\n60 50\n150 160\n80 60\n350 330;\n");
    put("tenure.csv", "omr;form;antal\na;hyresr\u00e4tt;300\na;bostadsr\u00e4tt;150\na;\u00e4gander\u00e4tt;270\nb;hyresr\u00e4tt;100\nb;bostadsr\u00e4tt;60\nb;\u00e4gander\u00e4tt;160\n");
    put("sizes.csv", "omr,storlek,n\na,1 person,270\na,2 personer,210\na,3 personer,100\na,4 personer,90\na,5+ personer,50\n"
                     "b,1 person,130\nb,2 personer,100\nb,3 personer,40\nb,4 personer,30\nb,5+ personer,20\n");
    put("kinds.csv", "omr,typ,n\na,single,270\na,single_parent,50\na,couple,180\na,couple_children,180\na,other,40\n"
                     "b,single,130\nb,single_parent,20\nb,couple,80\nb,couple_children,70\nb,other,20\n");
}

/* Households of an area by size class and kind. */
static void count_households(const kj_map *map, int32_t area, int32_t sizes[5], int32_t kinds[5])
{
    const uint8_t *size = DATA(map, "household", "size", KJ_U8), *kind = DATA(map, "household", "kind", KJ_U8);
    const kj_id *dwelling = DATA(map, "household", "dwelling", KJ_ID);
    const int32_t *home = DATA(map, "dwelling", "cell", KJ_I32), *of = DATA(map, "cell", "area", KJ_I32);
    memset(sizes, 0, 5 * sizeof *sizes);
    memset(kinds, 0, 5 * sizeof *kinds);
    for (uint32_t h = 0; h < rows(map, "household"); h++) {
        if (of[home[dwelling[h] - 1]] != area) continue;
        sizes[size[h] > 5 ? 4 : size[h] - 1]++;
        kinds[kind[h]]++;
    }
}

static void tables_make_households(void **state)
{
    (void)state;
    static const double want_size[2][5] = {{270, 210, 100, 90, 50}, {130, 100, 40, 30, 20}}, want_kind[2][5] = {{270, 50, 180, 180, 40}, {130, 20, 80, 70, 20}};
    static const int32_t people[2][2] = {{800, 790}, {350, 330}};
    put_statistics();
    kj_map map = built(HEAD TWO STATS SIZES "}, households={one_person=0.38} }");
    assert_int_equal(rows(&map, "person"), 2270);
    counts *is = count(&map);
    const int32_t *birth = DATA(&map, "person", "birth_month", KJ_I32);
    const kj_id *mother = DATA(&map, "person", "mother", KJ_ID), *partner = DATA(&map, "person", "partner", KJ_ID);
    for (int32_t a = 0; a < 2; a++) {
        int32_t sizes[5], kinds[5], n = 0;
        count_households(&map, a, sizes, kinds);
        for (int i = 0; i < 5; i++) n += sizes[i];
        assert_int_equal(is[a].persons, people[a][0] + people[a][1]); /* exact, as every age and sex */
        double all = 0.0;
        for (int i = 0; i < 5; i++) all += want_size[a][i];
        for (int i = 0; i < 5; i++) { /* 1 % of the households or three, whichever is more */
            double room = fmax(3.0, 0.01 * n);
            if (fabs(sizes[i] - want_size[a][i] * n / all) > room) fail_msg("area %d, size %d: %d, wanted %.1f", a, i + 1, sizes[i], want_size[a][i] * n / all);
            if (fabs(kinds[i] - want_kind[a][i] * n / all) > room) fail_msg("area %d, kind %d: %d, wanted %.1f", a, i, kinds[i], want_kind[a][i] * n / all);
        }
    }
    free(is);
    uint32_t mothers = 0, couples = 0, far = 0;
    for (uint32_t p = 0; p < rows(&map, "person"); p++) {
        if (mother[p]) {
            int32_t months = birth[p] - birth[mother[p] - 1];
            mothers++;
            assert_true(months >= 12 * 16 && months <= 12 * 46);
        }
        if (!partner[p]) continue;
        couples++;
        far += abs(birth[p] - birth[partner[p] - 1]) > 12 * 15;
    }
    assert_true(mothers > 300);
    assert_true(far * 100 <= couples * 3); /* at most 3 % of the couples are more than 15 years apart */
    kj_findings findings;
    kj_error err = {0};
    if (kj_map_check(&err, &map, &findings)) fail_msg("%s", err.text);
    for (uint32_t i = 0; i < findings.n; i++)
        if (findings.items[i].kind == KJ_FINDING_ERROR) fail_msg("%s", findings.items[i].text);
    kj_findings_free(&findings);
    kj_map again = built(HEAD TWO STATS SIZES "}, households={one_person=0.38} }");
    assert_string_equal(map.digest, again.digest); /* pure */
    kj_map_free(&again);
    kj_map_free(&map);
}

/* Owners are large households here, the opposite of nothing else than the table: rentals hold the singles. */
static void tenure_follows_size(void **state)
{
    (void)state;
    put_statistics();
    put("pairs.csv", "omr,form,storlek,n\na,rental,1,200\na,rental,2,60\na,rental,3,20\na,rental,4,10\na,rental,5+,5\na,coop,1,60\na,coop,2,50\na,coop,3,20\na,coop,4,10\na,coop,5+,5\n"
                     "a,owner,1,10\na,owner,2,100\na,owner,3,60\na,owner,4,70\na,owner,5+,40\nb,rental,1,70\nb,rental,2,20\nb,rental,3,6\nb,rental,4,3\nb,rental,5+,1\n"
                     "b,coop,1,30\nb,coop,2,20\nb,coop,3,6\nb,coop,4,3\nb,coop,5+,1\nb,owner,1,30\nb,owner,2,60\nb,owner,3,28\nb,owner,4,24\nb,owner,5+,18\n");
    kj_map map = built(HEAD TWO STATS SIZES "{into='tenure_by_size',file='pairs.csv',area='omr',category='form',size='storlek'}}, households={one_person=0.38} }");
    const uint8_t *size = DATA(&map, "household", "size", KJ_U8), *tenure = DATA(&map, "dwelling", "tenure", KJ_U8);
    const kj_id *dwelling = DATA(&map, "household", "dwelling", KJ_ID);
    int32_t singles[2] = {0}, large[2] = {0}; /* rented and owned */
    for (uint32_t h = 0; h < rows(&map, "household"); h++) {
        uint8_t t = tenure[dwelling[h] - 1];
        if (t == KJ_TENURE_COOP) continue;
        if (size[h] == 1) singles[t == KJ_TENURE_OWNER]++;
        if (size[h] >= 4) large[t == KJ_TENURE_OWNER]++;
    }
    assert_true(abs(singles[0] - 270) <= 30 && abs(singles[1] - 40) <= 30);
    assert_true(abs(large[0] - 19) <= 12 && abs(large[1] - 152) <= 20);
    if (!strstr(map.report, "tenure by household size")) fail_msg("%s", map.report);
    kj_map_free(&map);
}

static void tables_that_disagree_are_said(void **state)
{
    (void)state;
    put_statistics();
    put("ages.px", "STUB=\"omr\",\"alder\";\nHEADING=\"k\u00f6n\";\nVALUES(\"omr\")=\"a\",\"b\";\n"
                   "VALUES(\"alder\")=\"0-17\",\"18+\",\"totalt\";\nVALUES(\"k\u00f6n\")=\"kvinnor\",\"m\u00e4n\";\nDATA=\n60 60\n320 330\n400 390\n20 ..\n140 135\n160 160;\n");
    kj_map map = built(HEAD TWO STATS "} }");
    if (!strstr(map.report, "warning: ages.px: 1 of 3 totals of alder disagree with their parts; first in a: the parts add up to 380, the total says 400"))
        fail_msg("%s", strstr(map.report, "warning") ? strstr(map.report, "warning") : "no warning");
    if (!strstr(map.report, "1 cells are missing (\"..\")")) fail_msg("%s", map.report);
    kj_map_free(&map);
    put("ages.px", "STUB=\"omr\",\"alder\";\nHEADING=\"k\u00f6n\";\nVALUES(\"omr\")=\"a\",\"c\";\n"
                   "VALUES(\"alder\")=\"0-17\",\"18+\";\nVALUES(\"k\u00f6n\")=\"kvinnor\",\"m\u00e4n\";\nDATA=\n60 60\n320 330\n20 30\n140 135;\n");
    refused(HEAD TWO STATS "} }", "1 of 2 areas are missing, the first is b", "ages.px");
    put_statistics();
    refused(HEAD TWO "statistics={{into='ages',file='ages.px',area='omr',age='alder',sex='k\u00f6n'},{into='tenure',file='tenure.csv',area='omr',category='form'}} }",
            "`hyresr\u00e4tt` is not understood", "rental coop owner unknown");
    refused(HEAD TWO "statistics={{into='ages',file='ages.px',area='omr',age='alder'}} }", "dimension k\u00f6n has 2 values and no role", "where");
    put("sizes.csv", "omr,storlek,n\na,1 person,27\na,2 personer,-5\nb,1 person,13\nb,2 personer,10\n");
    refused(HEAD TWO STATS "{into='household_size',file='sizes.csv',area='omr',size='storlek'}} }", "sizes.csv", "not below 0, found -5");
}

/* --- what planners run into --- */

/* The same square in metres, under whatever system the file claims. */
static void put_metres(const char *name, const char *system, const char *corners)
{
    char text[900];
    snprintf(text, sizeof text,
             "{\"type\":\"FeatureCollection\",%s\"features\":[{\"type\":\"Feature\",\"properties\":{\"code\":\"a\",\"people\":70,\"rent\":20,\"own\":10,\"coop\":6},"
             "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[%s]]}}]}",
             system, corners);
    put(name, text);
}

#define SYSTEM(epsg) "\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::" epsg "\"}},"
#define METRES "[500000,6317000],[500500,6317000],[500500,6317500],[500000,6317500],[500000,6317000]"
#define SQUARE(file) "areas={file='" file "', code='code', population='people', tenure={rental='rent', coop='coop', owner='own'}} }"

static void areas_in_a_wrong_system(void **state)
{
    (void)state;
    put_metres("none.geojson", "", METRES); /* GeoJSON without a system is in degrees */
    refused(HEAD SQUARE("none.geojson"), "x 500000, y 6317000 cannot lie in the coordinate system that the file names", "WGS 84");
    put_metres("rt90.geojson", SYSTEM("3021"), METRES);
    refused(HEAD SQUARE("rt90.geojson"), "far outside what EPSG:3006 is made for", "RT90 2.5 gon V");
    put_metres("swapped.geojson", SYSTEM("3006"), "[6317000,500000],[6317000,500500],[6317500,500500],[6317500,500000],[6317000,500000]");
    refused(HEAD SQUARE("swapped.geojson"), "the areas lie at x 6316950", "is that right?");
    put_metres("here.geojson", SYSTEM("3006"), METRES);
    kj_map map = built(HEAD SQUARE("here.geojson"));
    kj_map_free(&map);
    refused("map { name='s', title='s', start=2020, epsg=3006, cell=50, work={jobs=40}, municipality={code='1281',name='Lund',county='C'}, sources={'none'}, " SQUARE("here.geojson"),
            "but Lund (1281) at x 381000 to 413000", "SWEREF99 TM");
}

static void expect_warning(const char *recipe, const char *a, const char *b)
{
    kj_map map = built(recipe);
    if (!strstr(map.report, a) || !strstr(map.report, b)) fail_msg("expected '%s' and '%s' in: %s", a, b, map.report);
    kj_map_free(&map);
}

#define WITH_AGES(people) "areas={file='aged.geojson', code='code', population='" people "', tenure={rental='rent', coop='coop', owner='own'}, ages={female='f_', male='m_', classes={{column='0_17', from=0},{column='18p', from=18}}}} }"

#define WITH_INCOME "areas={file='aged.geojson', code='code', population='near', tenure={rental='rent', coop='coop', owner='own'}, income={column='income', factor=1000}} }"

/* The square with ages that add up to 200. */
static void a_total_that_disagrees_with_its_ages(void **state)
{
    (void)state;
    put("aged.geojson", "{\"type\":\"FeatureCollection\"," SYSTEM("3006") "\"features\":[{\"type\":\"Feature\",\"properties\":{\"code\":\"a\",\"near\":203,\"doubled\":400,\"rent\":60,\"own\":40,\"coop\":20,\"income\":280,"
                        "\"f_0_17\":20,\"f_18p\":80,\"m_0_17\":20,\"m_18p\":80},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[" METRES "]]}}]}");
    expect_warning(HEAD WITH_AGES("doubled"), "warning: totals disagree with their parts in 1 of 1 areas, most in a: 400 persons (column doubled of aged.geojson)",
                   "but its ages add up to 200 (columns f_0_17 to m_18p of aged.geojson)");
    kj_map map = built(HEAD WITH_AGES("near"));
    assert_null(strstr(map.report, "totals disagree"));
    assert_string_equal(kj_rows_column(kj_store_table(&map.store, "area"), "median_income")->origin, "synthetic");
    kj_map_free(&map);
    map = built(HEAD WITH_INCOME);
    assert_string_equal(kj_rows_column(kj_store_table(&map.store, "area"), "median_income")->origin, "real");
    assert_string_equal(kj_rows_column(kj_store_table(&map.store, "area"), "median_income")->source, "aged.geojson");
    kj_map_free(&map);
}

/* One sex of one age that is larger than its area: no perturbed cell. */
static void an_age_larger_than_its_area(void **state)
{
    (void)state;
    put("aged.geojson", "{\"type\":\"FeatureCollection\"," SYSTEM("3006") "\"features\":[{\"type\":\"Feature\",\"properties\":{\"code\":\"a\",\"near\":203,\"rent\":60,\"own\":40,\"coop\":20,"
                        "\"f_0_17\":99999,\"f_18p\":80,\"m_0_17\":20,\"m_18p\":80},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[" METRES "]]}}]}");
    refused(HEAD WITH_AGES("near"), "area a: column f_0_17: expected at most the 203 persons of the area (column near of aged.geojson)", "found 99999");
    put_statistics();
    put("people.csv", "omr,n\na,1590\nb,30\n");
    refused(HEAD TWO STATS SIZES "{into='population',file='people.csv',area='omr'}}, households={one_person=0.38} }", "area b: women from 6 years: expected at most the 30 persons of the area (people.csv)", "found 40 (ages.px)");
    put("people.csv", "omr,n\na,1590\nb,1e30\n");
    refused(HEAD TWO STATS SIZES "{into='population',file='people.csv',area='omr'}}, households={one_person=0.38} }", "area b has ", "expected at most 100000000 of each");
}

/* Homes stand on built land, or scattered: where there is none of either, what there is is said. */
static void an_area_of_parks(void **state)
{
    (void)state;
    char grid[4096] = "ncols 20\nnrows 20\nxllcorner 499900\nyllcorner 6316900\ncellsize 50\nNODATA_value -9\n";
    for (int c = 0; c < 400; c++) strcat(grid, c % 20 == 19 ? "4\n" : "4 "); /* our own code of parks, which is kept as it is */
    put("land.asc", grid);
    put("land.prj", kj_crs_find(3006)->wkt1);
    put_metres("here.geojson", SYSTEM("3006"), METRES);
    refused(HEAD "land={cover={file='land.asc', classes='kedja'}}, " SQUARE("here.geojson"), "area a has no cell where its ", "; its cells: 100 of park");
}

/* A map of another program: what its schools cannot have. */
static void places_that_cannot_be(void **state)
{
    (void)state;
    kj_error err = {0};
    kj_findings findings;
    put("squares.geojson", squares);
    put("f.csv", "n,x,y,p\nA,500200,6317500,30\n");
    kj_map map = built(HEAD AREAS("people") "facilities={file={file='f.csv',kind='school',name='n',x='x',y='y',places='p'}} }");
    ((int32_t *)(uintptr_t)DATA(&map, "facility", "places", KJ_I32))[0] = -482;
    if (kj_map_check(&err, &map, &findings)) fail_msg("%s", err.text);
    assert_int_equal(findings.n_of[KJ_FINDING_ERROR], 1);
    kj_findings_free(&findings);
    kj_map_free(&map);
}

static bool finds(const char *recipe, const char *text)
{
    kj_error err = {0};
    kj_findings findings;
    kj_map map = built(recipe);
    bool there = false;
    if (kj_map_check(&err, &map, &findings)) fail_msg("%s", err.text);
    for (uint32_t i = 0; i < findings.n; i++) there |= strstr(findings.items[i].text, text) != NULL;
    kj_findings_free(&findings);
    kj_map_free(&map);
    return there;
}

static void jobs_left_as_they_came(void **state)
{
    (void)state;
    put("squares.geojson", squares);
    const char *text = "jobs inside the map: more than a factor 2 apart";
    assert_false(finds(HEAD AREAS("people") "}", text));
    assert_true(finds("map { name='s', title='s', start=2020, epsg=3006, cell=50, work={jobs=400}, municipality={code='1',name='M',county='C'}, sources={'none'}, " AREAS("people") "}", text));
}


static void margins_that_cannot_be_met(void **state)
{
    (void)state;
    const char *recipe = HEAD TWO STATS SIZES "}, households={one_person=0.38} }";
    put_statistics();
    kj_map map = built(recipe);
    assert_null(strstr(map.report, "margins that cannot be met"));
    kj_map_free(&map);
    put("sizes.csv", "omr,storlek,n\na,1 person,20\na,2 personer,210\na,3 personer,100\na,4 personer,90\na,5+ personer,300\nb,1 person,130\nb,2 personer,100\nb,3 personer,40\nb,4 personer,30\nb,5+ personer,20\n");
    expect_warning(recipe, "warning: margins that cannot be met, in 1 areas: households by size hold at least 2600 persons in area a, where 1590 live", "tables of one year and of the same borders?");
    put_statistics();
    put("kinds.csv", "omr,typ,n\na,single,270\na,single_parent,50\na,couple,180\na,couple_children,180\na,other,40\nb,single,130\nb,single_parent,60\nb,couple,10\nb,couple_children,450\nb,other,20\n");
    expect_warning(recipe, "families with children in area b, and 230 persons under 25", "are fitted as near as they go");
    put("kinds.csv", "omr,typ,n\na,single,700\na,single_parent,5\na,couple,5\na,couple_children,5\na,other,5\nb,single,130\nb,single_parent,20\nb,couple,80\nb,couple_children,70\nb,other,20\n");
    expect_warning(recipe, "by kind there are 700 single households in area a, by size 270 of one person", "fitted as near");
}

/* Heads of households of one kind who are women, of 100. */
static int32_t women_of_100(const kj_map *map, kj_household_kind wanted)
{
    const uint8_t *kind = DATA(map, "household", "kind", KJ_U8), *sex = DATA(map, "person", "sex", KJ_U8);
    const kj_id *head = DATA(map, "household", "head", KJ_ID);
    int32_t women = 0, n = 0;
    for (uint32_t h = 0; h < rows(map, "household"); h++) {
        if (kind[h] != wanted) continue;
        n++;
        women += sex[head[h] - 1] == KJ_FEMALE;
    }
    assert_true(n > 20);
    return 100 * women / n;
}

/* In this survey every single parent is a man, which no country table would say. */
#define ALL_IN_USE "dwellings={between={rental=0, coop=0, owner=0, student=0}}, "

static void a_survey_is_the_seed(void **state)
{
    (void)state;
    static const char *const survey = "household,age,sex,role,weight\n1,40,male,head,1\n1,9,female,child,1\n1,7,male,child,1\n2,30,female,head,2\n3,70,male,head,1\n4,72,female,head,2\n"
                                      "5,45,female,head,1\n5,47,male,partner,1\n6,68,female,head,1\n6,70,male,partner,1\n7,36,female,head,2\n7,38,male,partner,2\n7,8,female,child,2\n7,4,male,child,2\n"
                                      "8,35,male,head,1\n8,15,female,child,1\n9,28,male,head,1\n9,29,male,other,1\n10,41,female,head,1\n10,44,male,partner,1\n10,14,male,child,1\n10,12,female,child,1\n10,6,female,child,1\n";
    put_statistics();
    put("survey.csv", survey);
    kj_map without = built(HEAD TWO STATS SIZES "}, " ALL_IN_USE "households={one_person=0.38} }"), map = built(HEAD TWO STATS SIZES "}, " ALL_IN_USE "sample={file='survey.csv'}, households={one_person=0.38} }");
    int32_t usual = women_of_100(&without, KJ_HH_SINGLE_PARENT), here = women_of_100(&map, KJ_HH_SINGLE_PARENT);
    if (here > 15 || usual < 60) fail_msg("%d of 100 single parents are women, %d without the survey", here, usual);
    int32_t sizes[5], kinds[5];
    count_households(&map, 0, sizes, kinds);
    assert_true(abs(kinds[KJ_HH_SINGLE] - 270) <= 8 && abs(sizes[0] - 270) <= 8); /* the margins hold all the same */
    kj_map_free(&without);
    kj_map_free(&map);
    put("survey.csv", "household,age,sex,role\n1,40,male,head\n1,9,female,kid\n");
    refused(HEAD TWO STATS SIZES "}, sample={file='survey.csv'} }", "survey.csv:3", "found `female` and `kid`");
    put("survey.csv", "household,age,sex,role\n1,140,male,head\n");
    refused(HEAD TWO STATS SIZES "}, sample={file='survey.csv'} }", "survey.csv:2", "140");
    put("survey.csv", "household,age,sex,role,weight\n1,40,male,head,0\n");
    refused(HEAD TWO STATS SIZES "}, sample={file='survey.csv'} }", "survey.csv:2", "expected a number above 0");
    put("survey.csv", "household,age,sex,role\n");
    refused(HEAD TWO STATS SIZES "}, sample={file='survey.csv'} }", "survey.csv", "no household");
    put("survey.csv", "hushall,age,sex,role\n1,40,male,head\n");
    refused(HEAD TWO STATS SIZES "}, sample={file='survey.csv'} }", "survey.csv", "household");
}

/* --- observations --- */

#define SCHOOL "facilities={{kind='school', name='Norra', x=500250, y=6317550, places=50}}, "
#define SEEN(options) "observations={{file='seen.csv', words={invanare='persons', matare='homes_in_use'}" options "}} }"

static const char *finding(const kj_findings *f, kj_finding_kind kind, const char *text)
{
    for (uint32_t i = 0; i < f->n; i++)
        if (f->items[i].kind == kind && strstr(f->items[i].text, text)) return f->items[i].text;
    return NULL;
}

static void observations_are_compared(void **state)
{
    (void)state;
    kj_error err = {0};
    kj_findings found;
    put("squares.geojson", squares);
    put("seen.csv", "date;place;quantity;value\n2020-12-31T06:00;a;invanare;70\n2020;b;persons;60\n2020-10-15;Norra;pupils;61\n2020-10;Norra;bookings;12,5\n2019-01;M;matare;..\n2019-01;a;homes;20\n");
    kj_map map = built(HEAD AREAS("people") SCHOOL SEEN(""));
    assert_int_equal(rows(&map, "observation"), 5);
    if (!strstr(map.report, "seen.csv: 1 observations have no value")) fail_msg("%s", map.report);
    if (kj_map_check(&err, &map, &found)) fail_msg("%s", err.text);
    assert_non_null(finding(&found, KJ_FINDING_WARNING, "observed: persons in b, 2020-12: 60, the map has 30 (-30)"));
    assert_null(finding(&found, KJ_FINDING_WARNING, "persons in a"));
    assert_non_null(finding(&found, KJ_FINDING_WARNING, "61 pupils in Norra, 2020-10, which has 50 places"));
    assert_non_null(finding(&found, KJ_FINDING_NOTE, "persons at 2 places, 130 in all, the map has 100"));
    assert_non_null(finding(&found, KJ_FINDING_NOTE, "1 of 5 observations lie more than half a year"));
    assert_non_null(finding(&found, KJ_FINDING_NOTE, "2 values of pupils, bookings and hours can be compared with a run"));
    kj_findings_free(&found);
    kj_map_free(&map);
}

static void observations_correct_the_start(void **state)
{
    (void)state;
    kj_error err = {0};
    kj_findings found;
    put("squares.geojson", squares);
    put("seen.csv", "date,place,quantity,value\n2015,b,persons,900\n2020-11,b,persons,60\n2020-12,a,homes,40\n2020-10-15,Norra,pupils,61\n");
    kj_map map = built(HEAD AREAS("people") SCHOOL SEEN(", correct=true"));
    counts *is = count(&map);
    assert_int_equal(is[0].persons, 70);
    assert_int_equal(is[1].persons, 60); /* the observation nearest to the start */
    double homes = is[0].tenure[0] + is[0].tenure[1] + is[0].tenure[2];
    assert_true(homes > 39.5 && homes < 40.5); /* 36 by the file, by tenure in the same proportion */
    assert_int_equal(((int32_t *)DATA(&map, "facility", "places", KJ_I32))[0], 61);
    free(is);
    if (kj_map_check(&err, &map, &found)) fail_msg("%s", err.text);
    assert_non_null(finding(&found, KJ_FINDING_NOTE, "3 of 4 observations corrected the start"));
    assert_null(finding(&found, KJ_FINDING_WARNING, "pupils in Norra"));
    kj_findings_free(&found);
    kj_map again = built(HEAD AREAS("people") SCHOOL SEEN(", correct=true")), other;
    assert_string_equal(map.digest, again.digest);
    if (kj_mapfile_write(&err, folder, &map) || kj_mapfile_read(&err, folder, &memory, &other)) fail_msg("%s", err.text);
    assert_int_equal(rows(&other, "observation"), 4); /* they travel with the map */
    kj_map_free(&other);
    kj_map_free(&again);
    kj_map_free(&map);
}

static void refused_observation(const char *line, const char *a, const char *b)
{
    char text[300];
    snprintf(text, sizeof text, "date,place,quantity,value\n%s\n", line);
    put("seen.csv", text);
    refused(HEAD AREAS("people") SCHOOL SEEN(""), a, b);
}

static void bad_observations_are_refused(void **state)
{
    (void)state;
    put("squares.geojson", squares);
    refused_observation("15/10/2020,a,persons,70", "seen.csv:2: column date: expected a date as 2025, 2025-10 or 2025-10-15", "found '15/10/2020'");
    refused_observation("2020-13,a,persons,70", "seen.csv:2: column date", "2020-13");
    refused_observation("2020,a,temperature,7", "seen.csv:2: column quantity: expected one of persons", "map.observations[].words");
    refused_observation("2020,c,persons,70", "seen.csv:2: column place: persons is observed at an area or municipality", "none is called 'c'");
    refused_observation("2020,Nora,pupils,70", "seen.csv:2: column place: pupils is observed at a school", "the nearest is 'Norra'");
    refused_observation("2020,a,persons,-3", "seen.csv:2: column `value`: expected 0 to 1000000000", "found `-3`");
    refused_observation("2020,a,persons,many", "seen.csv:2", "many");
    refused_observation("2020,a,persons,70\n2020-12-01,a,persons,71", "seen.csv:3: persons of 'a' in 2020-12 stands in seen.csv:2 too", "one value a place, quantity and month");
    refused_observation("2020,M,persons,70\n2020-12-01,1,persons,71", "seen.csv:3: persons of '1' in 2020-12 stands in seen.csv:2 too, as 'M'", "one value a place, quantity and month");
    refused_observation("2020,Norra,pupils,70\n2020-12-01,Norra,pupils,71", "seen.csv:3: pupils of 'Norra' in 2020-12 stands in seen.csv:2 too:", "one value a place, quantity and month");
    put("seen.csv", "when,place,quantity,value\n2020,a,persons,70\n");
    refused(HEAD AREAS("people") SCHOOL SEEN(""), "seen.csv", "date");
    refused(HEAD AREAS("people") "observations={{file='gone.csv'}} }", "gone.csv", "which is not in");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lund), cmocka_unit_test(degrees_become_metres),
                                       cmocka_unit_test(a_raster_gives_the_land),
                                       cmocka_unit_test(wrong_files_are_refused),
                                       cmocka_unit_test(ways_make_travel_fast), cmocka_unit_test(vectors_become_layers_and_facilities),
                                       cmocka_unit_test(bad_boundaries_are_said), cmocka_unit_test(twelve_persons),
                                       cmocka_unit_test(tables_make_households), cmocka_unit_test(tenure_follows_size), cmocka_unit_test(tables_that_disagree_are_said),
                                       cmocka_unit_test(areas_in_a_wrong_system), cmocka_unit_test(margins_that_cannot_be_met),
                                       cmocka_unit_test(a_total_that_disagrees_with_its_ages), cmocka_unit_test(an_age_larger_than_its_area), cmocka_unit_test(an_area_of_parks), cmocka_unit_test(places_that_cannot_be), cmocka_unit_test(jobs_left_as_they_came),
                                       cmocka_unit_test(a_survey_is_the_seed), cmocka_unit_test(observations_are_compared),
                                       cmocka_unit_test(observations_correct_the_start), cmocka_unit_test(bad_observations_are_refused)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
