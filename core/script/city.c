/* The object `city`: fields, indicators, parameters; the transaction of a call; the buffers of its layers. */
#include "city.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "city_internal.h"
#include "indicator.h"
#include "luatable.h"
#include "past.h"

static const char city_key = 0; /* its address is the city's place in the registry */

kj_city *city_pointer(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &city_key);
    kj_city *city = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return city && city->sim ? city : NULL;
}

kj_city *city_of(lua_State *L)
{
    kj_city *city = city_pointer(L);
    if (!city) luaL_error(L, "the city can only be used inside a policy's apply");
    return city;
}

kj_rows *city_table(lua_State *L, kj_city *city, const char *name)
{
    kj_rows *rows = kj_store_table(city->store, name);
    if (rows) return rows;
    const char *names[64];
    size_t n = 0;
    for (; n < city->store->n_tables && n < 64; n++) names[n] = city->store->tables[n].name;
    const char *near = kj_nearest_name(name, names, n);
    kj_lua_refuse(L, NULL, "this simulation has no table '%s'%s%s%s", name, near ? "; did you mean '" : "", near ? near : "",
                  near ? "'?" : "");
    return NULL;
}

kj_column *city_column(lua_State *L, kj_city *city, const char *table, const char *name)
{
    kj_rows *rows = city_table(L, city, table);
    kj_column *column = kj_rows_column(rows, name);
    if (column) return column;
    const char *names[128];
    size_t n = 0;
    for (; n < rows->n_columns && n < 128; n++) names[n] = rows->columns[n].name;
    const char *near = kj_nearest_name(name, names, n);
    kj_lua_refuse(L, NULL, "table '%s' has no column '%s'%s%s%s", table, name, near ? "; did you mean '" : "", near ? near : "",
                  near ? "'?" : "");
    return NULL;
}

/* ---- the transaction ---- */

void city_save(lua_State *L, kj_city *city, const char *table, const char *name)
{
    kj_rows *rows = city_table(L, city, table);
    kj_column *column = city_column(L, city, table, name);
    kj_column_touch(column);
    saved_column save = {(uint32_t)(rows - city->store->tables), (uint32_t)(column - rows->columns),
                         (size_t)rows->n_rows * kj_type_bytes(column->type), NULL};
    for (uint32_t i = 0; i < city->n_saved; i++)
        if (city->saved[i].table == save.table && city->saved[i].column == save.column) return;
    if (save.bytes == 0) return;
    if (city->n_saved == CITY_SAVED_MAX) luaL_error(L, "a policy may change at most %d columns in one call", CITY_SAVED_MAX);
    int32_t lent = city_lend(L, city, save.bytes);
    save.copy = memcpy(city->buffers[lent].data, column->data, save.bytes);
    city->saved[city->n_saved++] = save;
}

static void put_back(kj_city *city)
{
    for (uint32_t i = 0; i < city->n_saved; i++) {
        const saved_column *save = &city->saved[i];
        memcpy(city->store->tables[save->table].columns[save->column].data, save->copy, save->bytes);
    }
    for (int i = 0; i < CITY_MARKS; i++) {
        kj_rows *rows = kj_store_table(city->store, city->marks[i].table);
        if (rows) kj_rows_take_back(rows, city->marks[i].n_rows, city->marks[i].n_alive, city->marks[i].next_id);
    }
    kj_pool_truncate(&city->store->pool, city->n_texts);
    for (uint32_t i = city->n_params; i-- > 0;) {
        kj_error ignored;
        kj_sim_set_param(&ignored, city->sim, city->params[i].name, city->params[i].value); /* it had this value before */
    }
}

/* They count with the simulation from call to call. */
static void drop_spare_buffers(kj_city *city)
{
    for (; city->n_buffers > CITY_BUFFERS_KEPT; city->n_buffers--) {
        const buffer *last = &city->buffers[city->n_buffers - 1];
        kj_memory_free(kj_sim_memory(city->sim), last->data, last->bytes);
    }
}

void kj_city_begin(kj_city *city, kj_sim *sim, kj_month month)
{
    static const char *const growing[CITY_MARKS] = {"project", "facility"};
    city->sim = sim;
    city->store = kj_sim_store(sim);
    city->grid = kj_sim_grid(sim);
    city->month = month;
    city->cells = kj_store_table(city->store, "cell");
    city->n_cells = city->cells ? city->cells->n_rows : 0;
    city->unknown[0] = 0;
    city->n_held = CITY_BUFFERS_FREELY;
    city->generation++;
    city->n_texts = city->store->pool.n;
    for (int i = 0; i < CITY_MARKS; i++) {
        const kj_rows *rows = kj_store_table(city->store, growing[i]);
        city->marks[i] = (table_mark){growing[i], rows ? rows->n_rows : 0, rows ? rows->n_alive : 0, rows ? rows->next_id : 1};
    }
}

void kj_city_end(kj_city *city, bool keep)
{
    if (!keep) put_back(city);
    drop_spare_buffers(city);
    for (int32_t i = 0; i < city->n_buffers; i++) city->buffers[i].lent = false;
    free(city->params);
    city->params = NULL;
    city->n_saved = city->n_params = 0;
    city->generation++; /* objects that Lua has not collected yet no longer own a buffer */
    city->sim = NULL;
}

/* ---- buffers ---- */

static int32_t find_free(const kj_city *city, size_t bytes)
{
    for (int32_t i = 0; i < city->n_buffers; i++)
        if (!city->buffers[i].lent && city->buffers[i].bytes == bytes) return i;
    return -1;
}

static int32_t n_lent(const kj_city *city)
{
    int32_t n = 0;
    for (int32_t i = 0; i < city->n_buffers; i++) n += city->buffers[i].lent;
    return n;
}

/* Takes back what scripts no longer hold. What was made of late goes first, which costs a microsecond where all costs five: a tenth of a pass over a million masks.
   What has outlived two collections only the long one finds; it waits until buffers have piled up since the last one, or there is no other way. */
static int32_t collect_free(lua_State *L, kj_city *city, size_t bytes)
{
    kj_sandbox_collect_young(L);
    kj_sandbox_charge(L, 1000);
    int32_t found = find_free(city, bytes);
    if (found >= 0 || (city->n_buffers < city->n_held + 2 && city->n_buffers < CITY_BUFFERS_MAX)) return found;
    lua_gc(L, LUA_GCCOLLECT);
    city->n_held = n_lent(city);
    return find_free(city, bytes);
}

int32_t city_lend(lua_State *L, kj_city *city, size_t bytes)
{
    int32_t found = find_free(city, bytes);
    if (found < 0 && city->n_buffers >= CITY_BUFFERS_FREELY) found = collect_free(L, city, bytes); /* expressions leave garbage: take that before asking for more */
    if (found < 0) {
        if (city->n_buffers >= CITY_BUFFERS_MAX) luaL_error(L, "a policy may hold at most %d layers and masks at a time", CITY_BUFFERS_MAX);
        buffer *grown = realloc(city->buffers, (size_t)(city->n_buffers + 1) * sizeof *grown);
        if (grown) city->buffers = grown;
        void *data = grown ? kj_memory_alloc(kj_sim_memory(city->sim), bytes) : NULL;
        if (!data) luaL_error(L, "no memory for a layer of %d MB", (int)(bytes >> 20));
        found = city->n_buffers++;
        city->buffers[found] = (buffer){data, bytes, false};
    }
    city->buffers[found].lent = true;
    return found;
}

void city_charge_pass(lua_State *L, const kj_city *city)
{
    kj_sandbox_charge(L, 100 + (int64_t)(city->n_cells / CELLS_PER_UNIT));
}

/* ---- parameters and indicators ---- */

static int city_param(lua_State *L)
{
    kj_city *city = city_of(L);
    kj_error err;
    double value;
    kj_sandbox_charge(L, PARAM_COST);
    if (kj_sim_get_param(&err, city->sim, luaL_checkstring(L, 2), &value)) return kj_lua_refuse(L, NULL, "%s", err.text);
    lua_pushnumber(L, value);
    return 1;
}

/* The value that a parameter had before this call first changed it. */
static void save_param(lua_State *L, kj_city *city, const char *name, double value)
{
    for (uint32_t p = 0; p < city->n_params; p++)
        if (strcmp(city->params[p].name, name) == 0) return;
    saved_param *grown = realloc(city->params, (city->n_params + 1) * sizeof *grown);
    if (!grown) luaL_error(L, "no memory");
    city->params = grown;
    saved_param *before = &grown[city->n_params++];
    snprintf(before->name, sizeof before->name, "%s", name);
    before->value = value;
}

static int city_set_param(lua_State *L)
{
    kj_city *city = city_of(L);
    const char *name = luaL_checkstring(L, 2);
    double value = luaL_checknumber(L, 3), before;
    kj_error err;
    kj_sandbox_charge(L, PARAM_COST + (int64_t)city->n_params);
    if (kj_sim_get_param(&err, city->sim, name, &before)) return kj_lua_refuse(L, NULL, "%s", err.text);
    save_param(L, city, name, before);
    if (kj_sim_set_param(&err, city->sim, name, value)) return kj_lua_refuse(L, NULL, "%s", err.text);
    return 0;
}

static int32_t check_year(lua_State *L, int index)
{
    lua_Number year = luaL_checknumber(L, index);
    if (!(year >= 1900 && year <= 2500 && year == (lua_Number)(int32_t)year)) kj_lua_refuse(L, NULL, "city:indicator: expected a year from 1900 to 2500, found %.10g", year);
    return (int32_t)year;
}

static void note_asked(kj_city *city, int32_t year)
{
    if (city->asked_in != city->month || year < city->asked_for) city->asked_for = year;
    city->asked_in = city->month;
}

static int city_indicator(lua_State *L)
{
    kj_city *city = city_of(L);
    const bool named = lua_type(L, 4) == LUA_TSTRING;
    const int year_at = named || lua_isnoneornil(L, 4) ? 5 : 4; /* the name may be left out */
    if (year_at == 4 && !lua_isnoneornil(L, 5)) return kj_lua_refuse(L, NULL, "write city:indicator(table, column, name, year): the year comes last");
    const char *table = luaL_checkstring(L, 2), *column = luaL_checkstring(L, 3), *name = named ? lua_tostring(L, 4) : NULL;
    double value = 0.0;
    bool known = false;
    kj_error err;
    kj_status status;
    kj_sandbox_charge(L, ITEM_COST + (int64_t)city_table(L, city, table)->n_rows * (name ? 2 : 1));
    if (lua_isnoneornil(L, year_at)) {
        status = script_indicator(&err, city->sim, city->month, table, column, name, &value, &known);
    } else {
        int32_t year = check_year(L, year_at);
        note_asked(city, year);
        status = script_past_indicator(&err, city->sim, city->month, table, column, name, year, &value, &known);
    }
    if (status) return kj_lua_refuse(L, NULL, "%s", err.text);
    if (known) {
        lua_pushnumber(L, value);
        return 1;
    }
    snprintf(city->unknown, sizeof city->unknown, "%.40s.%.47s", table, column);
    lua_pushnil(L);
    return 1;
}

static int city_programme(lua_State *L)
{
    kj_city *city = city_of(L);
    if (city->programme)
        city->programme(L, city->programme_data);
    else
        lua_newtable(L);
    return 1;
}

static int city_inside(lua_State *L)
{
    kj_city *city = city_of(L);
    lua_pushboolean(L, kj_grid_cell_at(city->grid, luaL_checknumber(L, 2), luaL_checknumber(L, 3)) >= 0);
    return 1;
}

const char *kj_city_unknown(const kj_city *city) { return city->unknown; }

/* ---- the vocabulary ---- */

static const kj_binding city_bindings[] = {
    {"city", "year", "city.year", "Calendar year of the month that is being simulated.", NULL},
    {"city", "month", "city.month", "Calendar month, 1 to 12; policies of the year see 1.", NULL},
    {"city", "start_year", "city.start_year", "First year that this run simulates.", NULL},
    {"city", "end_year", "city.end_year", "Last year that this run simulates.", NULL},
    {"city", "cell_m", "city.cell_m", "Side of a cell in metres.", NULL},
    {"city", "layer", "city:layer(name) -> layer",
     "A column of the table cell: land_use, protection, zoning, max_far, charge, land_price, station and road_kmh can be changed, others only read.", city_get_layer},
    {"city", "everywhere", "city:everywhere() -> mask", "A mask that holds every cell.", city_everywhere},
    {"city", "distance", "city:distance(where) -> layer",
     "Metres in a straight line to the nearest of a mask, a point {x=,y=} or a list of points or areas.", city_get_distance},
    {"city", "near", "city:near(where, metres) -> mask", "Cells at most so many metres from a mask, a point or a list of points or areas.",
     city_get_near},
    {"city", "areas", "city:areas([kind]) -> list",
     "Areas in map order, each with name, code, kind (rural, locality, town), population, x, y and the function cells() -> mask.",
     city_get_areas},
    {"city", "inside", "city:inside(x, y) -> boolean", "True if the map holds this point, in metres of its coordinate system.", city_inside},
    {"city", "indicator", "city:indicator(table, column [, name] [, year]) -> number or nil",
     "Latest value of an indicator (listed below): of the row with that name or code, or summed over the table's rows if it is a count. With a year, as city.year - 3: as it stood at the "
     "end of that year. nil before it is first measured, and for years before the start.", city_indicator},
    {"city", "param", "city:param(name) -> number", "Value of a parameter, such as development.loss_year.", city_param},
    {"city", "set_param", "city:set_param(name, value)", "Changes a parameter from now on, within its range.", city_set_param},
    {"city", "projects", "city:projects() -> list",
     "Building projects, each with id, name, kind, stage, x, y, homes, rental, start (year) and completion (year).", city_get_projects},
    {"city", "project", "city:project{name=, x=, y= or area=, rental=, coop=, owner=, student=, senior=, small_houses=, start=, months=, kind=}",
     "Adds a building project: homes by tenure (small_houses: how many of all), planned start (year) and building time. Named by area, it is built there as long as there is room.",
     city_add_project},
    {"city", "set_affordable", "city:set_affordable(project, homes, rent)",
     "Gives so many of a project's rental homes (its id, or an item of projects()) a highest first rent, in SEK a month.", city_set_affordable},
    {"city", "programme", "city:programme() -> list", "The municipality's named projects for this map, as its programme file lists them.",
     city_programme},
    {"city", "facilities", "city:facilities([kind]) -> list",
     "Facilities, each with id, name, kind, x, y, places, pupils, open, independent and for schools from_grade, to_grade.",
     city_get_facilities},
    {"city", "facility", "city:facility{kind=, name=, x=, y= or area=, places=, from_grade=, to_grade=, independent=} -> id",
     "Opens a facility now; grades of schools go from 0 (preschool class) to 9.", city_add_facility},
    {"city", "set_places", "city:set_places(facility, places)", "Changes the places of a facility (its id, or an item of facilities()).",
     city_set_places},
    {"city", "set_pavilion", "city:set_pavilion(facility, places)", "Places in pavilions beside a school or preschool, besides those of its building.",
     city_set_pavilion},
    {"city", "close", "city:close(facility)", "Closes a facility (its id, or an item of facilities()) from now on; the last municipal school with a grade is refused.", city_close_facility},
    {NULL, NULL, NULL, NULL, NULL}};

static bool push_city_field(lua_State *L, const kj_city *city, const char *name)
{
    const kj_sim_config *config = kj_sim_get_config(city->sim);
    if (strcmp(name, "year") == 0)
        lua_pushinteger(L, KJ_YEAR_OF(city->month));
    else if (strcmp(name, "month") == 0)
        lua_pushinteger(L, KJ_MONTH_OF_YEAR(city->month));
    else if (strcmp(name, "start_year") == 0)
        lua_pushinteger(L, KJ_YEAR_OF(config->start + 1));
    else if (strcmp(name, "end_year") == 0)
        lua_pushinteger(L, KJ_YEAR_OF(config->end));
    else if (strcmp(name, "cell_m") == 0)
        lua_pushnumber(L, city->grid->cell_m);
    else
        return false;
    return true;
}

/* __index of the classes: upvalue 1 the methods, upvalue 2 the bindings. */
static int find_member(lua_State *L)
{
    const char *name = luaL_checkstring(L, 2);
    const kj_binding *bindings = lua_touserdata(L, lua_upvalueindex(2));
    if (strcmp(bindings->object, CITY_OBJECT) == 0 && push_city_field(L, city_of(L), name)) return 1;
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
    const char *names[64];
    size_t n = 0;
    for (; n < 64 && bindings[n].name; n++) names[n] = bindings[n].name;
    const char *near = kj_nearest_name(name, names, n);
    return kj_lua_refuse(L, NULL, "a %s has no '%s'%s%s%s", bindings->object, name, near ? "; did you mean '" : "", near ? near : "",
                         near ? "'?" : "");
}

static int refuse_assignment(lua_State *L)
{
    return luaL_error(L, "'%s' cannot be assigned", luaL_checkstring(L, 2));
}

/* A word of the city, upvalue 1: called with a colon, so that the city comes first. */
static int call_of_city(lua_State *L)
{
    const kj_binding *binding = lua_touserdata(L, lua_upvalueindex(1));
    if (!luaL_testudata(L, 1, CITY_OBJECT)) return kj_lua_refuse(L, NULL, "write city:%s(…), with a colon", binding->name);
    return binding->function(L);
}

void city_open_class(lua_State *L, const char *object, const kj_binding *bindings)
{
    luaL_newmetatable(L, object);
    lua_newtable(L);
    for (const kj_binding *b = bindings; b->name; b++) {
        if (!b->function) continue;
        if (strcmp(object, CITY_OBJECT) == 0) {
            lua_pushlightuserdata(L, (void *)(uintptr_t)b);
            lua_pushcclosure(L, call_of_city, 1);
        } else {
            lua_pushcfunction(L, b->function);
        }
        lua_setfield(L, -2, b->name);
    }
    lua_pushlightuserdata(L, (void *)(uintptr_t)bindings);
    lua_pushcclosure(L, find_member, 2);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_assignment);
    lua_setfield(L, -2, "__newindex");
}

static int open_city(lua_State *L)
{
    kj_city *city = lua_touserdata(L, 1);
    lua_pushlightuserdata(L, city);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &city_key);
    city_open_class(L, CITY_OBJECT, city_bindings);
    lua_pop(L, 1);
    city_layers_open(L);
    return 0;
}

void kj_city_push(lua_State *L, kj_city *city)
{
    (void)city;
    lua_newuserdatauv(L, 1, 0);
    luaL_setmetatable(L, CITY_OBJECT);
}

kj_status kj_city_new(kj_error *err, kj_sandbox *box, kj_programme_fn programme, void *data, kj_city **out)
{
    *out = NULL;
    kj_city *city = calloc(1, sizeof *city);
    if (!city) return kj_fail(err, KJ_E_MEMORY, "no memory for the city's vocabulary");
    city->box = box;
    city->programme = programme;
    city->programme_data = data;
    city->map_name = "";
    kj_status status = kj_sandbox_protect(err, box, open_city, city, "city vocabulary");
    if (status)
        free(city);
    else
        *out = city;
    return status;
}

int32_t kj_city_asked(const kj_city *city, kj_month *in)
{
    *in = city->asked_in;
    return city->asked_for;
}

void kj_city_set_map(kj_city *city, const char *name) { city->map_name = name; }
void kj_city_leave_out(kj_city *city, const char *project) { city->left_out = project; }

static int forget_city(lua_State *L)
{
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &city_key);
    return 0;
}

void kj_city_free(kj_city *city)
{
    if (!city) return;
    kj_error ignored;
    kj_sandbox_protect(&ignored, city->box, forget_city, NULL, "city");
    for (int32_t i = 0; i < city->n_buffers; i++) kj_memory_give(city->buffers[i].data, city->buffers[i].bytes); /* not counted off: the simulation may be gone */
    free(city->buffers);
    free(city);
}

const kj_binding *kj_city_binding(size_t index)
{
    const kj_binding *const lists[] = {city_bindings, city_layer_bindings, city_mask_bindings};
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
        for (const kj_binding *b = lists[l]; b->name; b++)
            if (index-- == 0) return b;
    return NULL;
}
