/* Areas, projects and facilities as policies see and make them. */
#include <kedja/rng.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "city_internal.h"
#include "luatable.h"

static double cell_x(const kj_grid *grid, int32_t cell) { return grid->west + ((double)(cell % grid->nx) + 0.5) * grid->cell_m; }
static double cell_y(const kj_grid *grid, int32_t cell) { return grid->north - ((double)(cell / grid->nx) + 0.5) * grid->cell_m; }

/* Value of a column, 0 if this simulation has no such column. */
static double value_at(const kj_rows *rows, const char *name, uint32_t row)
{
    const kj_column *column = kj_rows_column(rows, name);
    return column ? kj_column_value(column, row) : 0.0;
}

static const char *text_at(const kj_city *city, const kj_rows *rows, const char *name, uint32_t row)
{
    return kj_pool_text(&city->store->pool, (int32_t)value_at(rows, name, row));
}

static void set_text(lua_State *L, const char *key, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, key);
}

static void set_whole(lua_State *L, const char *key, double value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, key);
}

static void set_number(lua_State *L, const char *key, double value)
{
    lua_pushnumber(L, value);
    lua_setfield(L, -2, key);
}

static void set_label(lua_State *L, const char *key, const char *labels, double value)
{
    char word[KJ_NAME_MAX];
    set_text(L, key, kj_labels_at(labels, (int32_t)value, word, sizeof word));
}

/* ---- areas ---- */

/* area.cells(): upvalue 1 is the row of the area. */
static int area_cells(lua_State *L)
{
    kj_city *city = city_of(L);
    kj_column *column = city_column(L, city, "cell", "area");
    kj_cells areas = {column->data, column->type, 0.0};
    uint8_t *mask;
    city_charge_pass(L, city);
    city_push_mask(L, city, &mask);
    kj_cells_compare(city->n_cells, areas, KJ_EQ, kj_cells_number(lua_tonumber(L, lua_upvalueindex(1))), mask);
    return 1;
}

/* The kind that the call names, -1 where it asks for all. */
static int32_t kind_asked(lua_State *L, const char *of, const char *labels)
{
    if (lua_isnoneornil(L, 2)) return -1;
    int32_t kind = kj_labels_index(labels, luaL_checkstring(L, 2));
    if (kind < 0) kj_lua_refuse(L, NULL, "no kind of %s '%s'; there are: %s", of, lua_tostring(L, 2), labels);
    return kind;
}

int city_get_areas(lua_State *L)
{
    kj_city *city = city_of(L);
    const kj_rows *rows = city_table(L, city, "area");
    int32_t kind = kind_asked(L, "area", KJ_AREA_KIND_LABELS);
    lua_newtable(L);
    lua_Integer n = 0;
    for (uint32_t row = 0; row < rows->n_rows; row++) {
        if (!rows->alive[row] || (kind >= 0 && (int32_t)value_at(rows, "kind", row) != kind)) continue;
        kj_sandbox_charge(L, ITEM_COST);
        lua_newtable(L);
        set_text(L, "name", text_at(city, rows, "name", row));
        set_text(L, "code", text_at(city, rows, "code", row));
        set_label(L, "kind", KJ_AREA_KIND_LABELS, value_at(rows, "kind", row));
        set_whole(L, "population", value_at(rows, "population", row));
        set_number(L, "x", value_at(rows, "x", row));
        set_number(L, "y", value_at(rows, "y", row));
        lua_pushinteger(L, row);
        lua_pushcclosure(L, area_cells, 1);
        lua_setfield(L, -2, "cells");
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

/* Cell that the table at `index` names, by x and y or by the name of an area. */
static int32_t check_site(lua_State *L, kj_city *city, int index, const char *what)
{
    if (!kj_lua_has(L, index, "area")) return city_cell_of(L, city, index, what);
    if (kj_lua_has(L, index, "x") || kj_lua_has(L, index, "y"))
        kj_lua_refuse(L, "area", "%s: expected either area, or x and y; found both", what);
    const char *wanted = kj_lua_string(L, index, what, "area");
    const kj_rows *rows = city_table(L, city, "area");
    const char *names[512];
    size_t n_names = 0;
    kj_sandbox_charge(L, (int64_t)rows->n_rows * ROW_COST);
    for (uint32_t row = 0; row < rows->n_rows; row++) {
        const char *name = text_at(city, rows, "name", row);
        if (rows->alive[row] && (strcmp(name, wanted) == 0 || strcmp(text_at(city, rows, "code", row), wanted) == 0))
            return (int32_t)value_at(rows, "centre_cell", row);
        if (n_names < 512) names[n_names++] = name;
    }
    const char *near = kj_nearest_name(wanted, names, n_names);
    kj_lua_refuse(L, "area", "%s: map %s has no area '%s'%s%s%s", what, city->map_name, wanted, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return -1;
}

/* ---- new rows ---- */

/* Appends a row with room made; raises on failure. */
static uint32_t add_row(lua_State *L, kj_city *city, const char *table)
{
    kj_error err;
    uint32_t row = 0;
    kj_sandbox_charge(L, NEW_ROW_COST);
    if (kj_rows_add(&err, city->store, city_table(L, city, table), 1, &row)) luaL_error(L, "%s", err.text);
    return row;
}

/* Writes one value of a new row; columns that this simulation lacks are passed over. */
static void put(const kj_city *city, const char *table, const char *name, uint32_t row, double value)
{
    kj_column *column = kj_rows_column(kj_store_table(city->store, table), name);
    if (column) kj_cells_store(1, (uint8_t *)column->data + (size_t)row * kj_type_bytes(column->type), column->type, NULL, KJ_STORE_SET,
                               kj_cells_number(value));
}

static void put_luck(const kj_city *city, const char *table, uint32_t row, uint64_t luck)
{
    kj_column *column = kj_rows_column(kj_store_table(city->store, table), "luck");
    if (column && column->type == KJ_KEY) ((uint64_t *)column->data)[row] = luck;
}

static void put_name(lua_State *L, const kj_city *city, const char *table, uint32_t row, const char *name)
{
    int32_t text = kj_pool_intern(&city->store->pool, name);
    if (text < 0) luaL_error(L, "no memory for a name");
    put(city, table, "name", row, text);
}

/* Rows of this table that this call has made on the same cell: so that two of them do not share their luck. */
static uint64_t ordinal_on_cell(lua_State *L, const kj_city *city, const char *table, uint32_t row, int32_t cell)
{
    const kj_rows *rows = kj_store_table(city->store, table);
    const kj_column *cells = kj_rows_column(rows, "cell");
    uint64_t n = 0;
    for (int i = 0; cells && i < CITY_MARKS; i++) {
        if (strcmp(city->marks[i].table, table) != 0) continue;
        kj_sandbox_charge(L, (int64_t)row - city->marks[i].n_rows);
        for (uint32_t r = city->marks[i].n_rows; r < row; r++) n += (int32_t)kj_column_value(cells, r) == cell;
    }
    return n;
}

static uint64_t luck_of(lua_State *L, const kj_city *city, uint64_t origin, const char *table, uint32_t row, int32_t cell, int32_t kind)
{
    uint64_t place = (uint64_t)(uint32_t)city->month << 32 | (uint32_t)cell;
    return kj_luck(origin, place, (uint64_t)(uint32_t)kind | ordinal_on_cell(L, city, table, row, cell) << 8);
}

const char *kj_city_check_name(lua_State *L, int index, const char *what)
{
    const char *name = kj_lua_string(L, index, what, "name");
    size_t n = strlen(name);
    if (n == 0 || n > CITY_NAME_MAX) kj_lua_refuse(L, "name", "%s.name: expected 1 to %d bytes, found %d", what, CITY_NAME_MAX, (int)n);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)name[i] < 32 || name[i] == 127)
            kj_lua_refuse(L, "name", "%s.name: expected no control characters, found byte %d at place %d", what, (int)(unsigned char)name[i], (int)i + 1);
    return name;
}

/* ---- projects ---- */

enum { HOMES_MAX = 20000 };
static const char *const tenure_keys[KJ_PROJECT_TENURES] = {"rental", "coop", "owner", "student", "senior"};
static const char *const tenure_columns[KJ_PROJECT_TENURES] = {"n_rental", "n_coop", "n_owner", "n_student", "n_senior"};

void kj_city_check_homes(lua_State *L, int index, const char *what, int32_t homes[KJ_PROJECT_TENURES], int32_t *n_small)
{
    int32_t total = 0;
    for (int t = 0; t < KJ_PROJECT_TENURES; t++) {
        homes[t] = (int32_t)kj_lua_whole_or(L, index, what, tenure_keys[t], 0, HOMES_MAX, 0);
        total += homes[t];
    }
    *n_small = (int32_t)kj_lua_whole_or(L, index, what, "small_houses", 0, HOMES_MAX, 0);
    if (total == 0) kj_lua_refuse(L, NULL, "%s: expected at least one home (rental, coop, owner, student, senior), found none", what);
    if (*n_small > total)
        kj_lua_refuse(L, "small_houses", "%s.small_houses: expected at most the %d homes of the project, found %d", what, (int)total, (int)*n_small);
}

int city_add_project(lua_State *L)
{
    static const char *const keys[] = {"name", "x", "y", "area", "rental", "coop", "owner", "student",
                                       "senior", "small_houses", "start", "months", "kind"};
    kj_city *city = city_of(L);
    int32_t homes[KJ_PROJECT_TENURES], n_small;
    luaL_checktype(L, 2, LUA_TTABLE);
    kj_lua_known_keys(L, 2, "project", keys, sizeof keys / sizeof *keys, false);
    const char *name = kj_city_check_name(L, 2, "project");
    char what[160];
    snprintf(what, sizeof what, "project '%.120s'", name);
    int32_t cell = check_site(L, city, 2, what);
    kj_city_check_homes(L, 2, what, homes, &n_small);
    int32_t year = KJ_YEAR_OF(city->month);
    int32_t start_year = (int32_t)kj_lua_whole_or(L, 2, "project", "start", 1900, 2500, year);
    if (start_year < year) return kj_lua_refuse(L, "start", "%s: its start %d is past: expected %d or later", what, (int)start_year, (int)year);
    int32_t months = (int32_t)kj_lua_whole_or(L, 2, "project", "months", 1, KJ_PROJECT_MONTHS_MAX, 24);
    int32_t kind = kj_lua_word_or(L, 2, "project", "kind", KJ_PROJECT_KIND_LABELS, KJ_PROJECT_POLICY);
    kj_month start = KJ_MONTH(start_year, 1) < city->month ? city->month : KJ_MONTH(start_year, 1);
    uint32_t row = add_row(L, city, "project");
    put_name(L, city, "project", row, name);
    put(city, "project", "kind", row, kind);
    put(city, "project", "cell", row, cell);
    put(city, "project", "area", row, value_at(kj_store_table(city->store, "cell"), "area", (uint32_t)cell));
    for (int t = 0; t < KJ_PROJECT_TENURES; t++) put(city, "project", tenure_columns[t], row, homes[t]);
    put(city, "project", "n_small_houses", row, n_small);
    put(city, "project", "named_by_area", row, kj_lua_has(L, 2, "area"));
    put(city, "project", "stage", row, city->left_out && !strcmp(name, city->left_out) ? KJ_PROJECT_CANCELLED : KJ_PROJECT_PLANNED);
    put(city, "project", "start", row, start);
    put(city, "project", "completion", row, start + months);
    put_luck(city, "project", row, luck_of(L, city, KJ_LUCK_PROJECT, "project", row, cell, kind));
    return 0;
}

int city_get_projects(lua_State *L)
{
    kj_city *city = city_of(L);
    const kj_rows *rows = city_table(L, city, "project");
    lua_newtable(L);
    lua_Integer n = 0;
    for (uint32_t row = 0; row < rows->n_rows; row++) {
        if (!rows->alive[row]) continue;
        kj_sandbox_charge(L, ITEM_COST);
        double homes = 0.0;
        for (int t = 0; t < KJ_PROJECT_TENURES; t++) homes += value_at(rows, tenure_columns[t], row);
        int32_t cell = (int32_t)value_at(rows, "cell", row);
        lua_newtable(L);
        set_whole(L, "id", rows->ids[row]);
        set_text(L, "name", text_at(city, rows, "name", row));
        set_whole(L, "rental", value_at(rows, "n_rental", row));
        set_label(L, "kind", KJ_PROJECT_KIND_LABELS, value_at(rows, "kind", row));
        set_label(L, "stage", KJ_PROJECT_STAGE_LABELS, value_at(rows, "stage", row));
        set_number(L, "x", cell_x(city->grid, cell));
        set_number(L, "y", cell_y(city->grid, cell));
        set_whole(L, "homes", homes);
        set_whole(L, "start", KJ_YEAR_OF((kj_month)value_at(rows, "start", row)));
        set_whole(L, "completion", KJ_YEAR_OF((kj_month)value_at(rows, "completion", row)));
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

int city_set_affordable(lua_State *L)
{
    kj_city *city = city_of(L);
    const kj_rows *rows = city_table(L, city, "project");
    int64_t id = lua_istable(L, 2) ? kj_lua_whole(L, 2, "project", "id", 1, UINT32_MAX) : luaL_checkinteger(L, 2);
    uint32_t row = id >= 1 && id < (int64_t)rows->next_id ? rows->row_of[id] : KJ_NO_ROW;
    if (row == KJ_NO_ROW) return luaL_error(L, "there is no project with the id %I", (lua_Integer)id);
    int64_t homes = luaL_checkinteger(L, 3), rent = luaL_checkinteger(L, 4), rental = (int64_t)value_at(rows, "n_rental", row);
    luaL_argcheck(L, homes >= 0 && homes <= rental, 3, "from 0 to the rental homes of the project");
    luaL_argcheck(L, rent >= 0 && rent <= 1000000, 4, "a monthly rent from 0 to 1 000 000 SEK");
    kj_sandbox_charge(L, CHANGE_COST);
    city_save(L, city, "project", "n_affordable");
    city_save(L, city, "project", "rent_ceiling");
    put(city, "project", "n_affordable", row, (double)homes);
    put(city, "project", "rent_ceiling", row, (double)rent);
    return 0;
}

/* ---- facilities ---- */

enum { GRADE_SHIFT = 2, PLACES_MAX = 100000 }; /* grade 0 (preschool class) is coded 2, year 9 is 11 */

static int32_t municipality_of(const kj_city *city, int32_t cell)
{
    const kj_rows *areas = kj_store_table(city->store, "area"), *cells = kj_store_table(city->store, "cell");
    int32_t area = (int32_t)value_at(cells, "area", (uint32_t)cell);
    return areas && area >= 0 && (uint32_t)area < areas->n_rows ? (int32_t)value_at(areas, "municipality", (uint32_t)area) : 0;
}

int city_add_facility(lua_State *L)
{
    static const char *const keys[] = {"kind", "name", "x", "y", "area", "places", "from_grade", "to_grade", "independent"};
    kj_city *city = city_of(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    kj_lua_known_keys(L, 2, "facility", keys, sizeof keys / sizeof *keys, false);
    int32_t kind = kj_lua_word(L, 2, "facility", "kind", KJ_FACILITY_KIND_LABELS);
    const char *name = kj_city_check_name(L, 2, "facility");
    char what[160];
    snprintf(what, sizeof what, "facility '%.120s'", name);
    int32_t cell = check_site(L, city, 2, what);
    int64_t places = kj_lua_whole(L, 2, "facility", "places", 1, PLACES_MAX), lowest = 0, highest = 0;
    if (kind == KJ_FACILITY_SCHOOL) {
        lowest = kj_lua_whole(L, 2, "facility", "from_grade", 0, 9) + GRADE_SHIFT;
        highest = kj_lua_whole(L, 2, "facility", "to_grade", lowest - GRADE_SHIFT, 9) + GRADE_SHIFT;
    } else if (kj_lua_has(L, 2, "from_grade") || kj_lua_has(L, 2, "to_grade")) {
        return kj_lua_refuse(L, "from_grade", "facility: only a school has from_grade and to_grade");
    } else if (kind == KJ_FACILITY_PRESCHOOL) {
        lowest = highest = 1;
    }
    bool independent = kj_lua_bool_or(L, 2, "facility", "independent", false);
    uint32_t row = add_row(L, city, "facility");
    put_name(L, city, "facility", row, name);
    put(city, "facility", "kind", row, kind);
    put(city, "facility", "cell", row, cell);
    put(city, "facility", "grade_lo", row, (double)lowest);
    put(city, "facility", "grade_hi", row, (double)highest);
    put(city, "facility", "places", row, (double)places);
    put(city, "facility", "independent", row, independent);
    put(city, "facility", "opened", row, city->month);
    put(city, "facility", "municipality", row, municipality_of(city, cell));
    put_luck(city, "facility", row, luck_of(L, city, KJ_LUCK_FACILITY, "facility", row, cell, kind));
    lua_pushinteger(L, kj_store_table(city->store, "facility")->ids[row]);
    return 1;
}

int city_get_facilities(lua_State *L)
{
    kj_city *city = city_of(L);
    const kj_rows *rows = city_table(L, city, "facility");
    int32_t kind = kind_asked(L, "facility", KJ_FACILITY_KIND_LABELS);
    lua_newtable(L);
    lua_Integer n = 0;
    for (uint32_t row = 0; row < rows->n_rows; row++) {
        if (!rows->alive[row] || (kind >= 0 && (int32_t)value_at(rows, "kind", row) != kind)) continue;
        kj_sandbox_charge(L, ITEM_COST);
        int32_t cell = (int32_t)value_at(rows, "cell", row);
        double closed = value_at(rows, "closed", row);
        lua_newtable(L);
        set_whole(L, "id", rows->ids[row]);
        set_text(L, "name", text_at(city, rows, "name", row));
        set_label(L, "kind", KJ_FACILITY_KIND_LABELS, value_at(rows, "kind", row));
        set_number(L, "x", cell_x(city->grid, cell));
        set_number(L, "y", cell_y(city->grid, cell));
        set_whole(L, "places", value_at(rows, "places", row));
        set_whole(L, "pupils", value_at(rows, "pupils", row));
        lua_pushboolean(L, closed <= 0.0 || closed > (double)city->month);
        lua_setfield(L, -2, "open");
        lua_pushboolean(L, value_at(rows, "independent", row) != 0.0);
        lua_setfield(L, -2, "independent");
        if ((int32_t)value_at(rows, "kind", row) == KJ_FACILITY_SCHOOL) {
            set_whole(L, "from_grade", value_at(rows, "grade_lo", row) - GRADE_SHIFT);
            set_whole(L, "to_grade", value_at(rows, "grade_hi", row) - GRADE_SHIFT);
        }
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

/* Row of the facility that stack index 2 names: its id, or a table with one. */
static uint32_t check_facility(lua_State *L, kj_city *city)
{
    const kj_rows *rows = city_table(L, city, "facility");
    int64_t id = lua_istable(L, 2) ? kj_lua_whole(L, 2, "facility", "id", 1, UINT32_MAX) : luaL_checkinteger(L, 2);
    uint32_t row = id >= 1 && id < (int64_t)rows->next_id ? rows->row_of[id] : KJ_NO_ROW;
    if (row == KJ_NO_ROW) luaL_error(L, "there is no facility with the id %I", (lua_Integer)id);
    kj_sandbox_charge(L, CHANGE_COST);
    return row;
}

int city_set_places(lua_State *L)
{
    kj_city *city = city_of(L);
    uint32_t row = check_facility(L, city);
    lua_Integer places = luaL_checkinteger(L, 3);
    luaL_argcheck(L, places >= 0 && places <= PLACES_MAX, 3, "places go from 0 to 100000");
    city_save(L, city, "facility", "places");
    put(city, "facility", "places", row, (double)places);
    return 0;
}

int city_set_pavilion(lua_State *L)
{
    kj_city *city = city_of(L);
    uint32_t row = check_facility(L, city);
    lua_Integer places = luaL_checkinteger(L, 3);
    luaL_argcheck(L, places >= 0 && places <= PLACES_MAX, 3, "places go from 0 to 100000");
    city_save(L, city, "facility", "pavilion");
    put(city, "facility", "pavilion", row, (double)places);
    return 0;
}

/* Is there another open municipal school of the municipality that teaches the grade? */
static bool taught_elsewhere(const kj_city *city, const kj_rows *rows, uint32_t row, double grade)
{
    for (uint32_t other = 0; other < rows->n_rows; other++) {
        double closed = value_at(rows, "closed", other);
        if (other == row || !rows->alive[other] || (int32_t)value_at(rows, "kind", other) != KJ_FACILITY_SCHOOL) continue;
        if (value_at(rows, "independent", other) != 0.0 || value_at(rows, "opened", other) > (double)city->month) continue;
        if ((closed > 0.0 && closed <= (double)city->month) || value_at(rows, "municipality", other) != value_at(rows, "municipality", row)) continue;
        if (grade >= value_at(rows, "grade_lo", other) && grade <= value_at(rows, "grade_hi", other)) return true;
    }
    return false;
}

/* A municipality owes every child of school age a place: its last school with a grade stays. */
static void check_not_last(lua_State *L, const kj_city *city, uint32_t row)
{
    const kj_rows *rows = kj_store_table(city->store, "facility");
    kj_sandbox_charge(L, 10 * (int64_t)rows->n_rows * ROW_COST);
    if ((int32_t)value_at(rows, "kind", row) != KJ_FACILITY_SCHOOL || value_at(rows, "independent", row) != 0.0) return;
    for (double grade = value_at(rows, "grade_lo", row); grade <= value_at(rows, "grade_hi", row); grade++) {
        if (taught_elsewhere(city, rows, row, grade)) continue;
        const char *name = text_at(city, rows, "name", row);
        if (grade > GRADE_SHIFT) luaL_error(L, "%s cannot be closed: it is the last municipal school that teaches grade %d", name, (int)grade - GRADE_SHIFT);
        luaL_error(L, "%s cannot be closed: it is the last municipal school with a preschool class", name);
    }
}

int city_close_facility(lua_State *L)
{
    kj_city *city = city_of(L);
    uint32_t row = check_facility(L, city);
    check_not_last(L, city, row);
    city_save(L, city, "facility", "closed");
    put(city, "facility", "closed", row, city->month);
    return 0;
}
