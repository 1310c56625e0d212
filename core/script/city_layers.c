/* Layers and masks as Lua objects. A layer is a column of the table cell, or a temporary result; each operation is one
   pass in C (cells.h). */
#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "city_internal.h"
#include "luatable.h"

/* Words for the bits of cell.protection, lowest first. */
#define PROTECTION_WORDS "nature farmland green"

/* ---- objects ---- */

static layer *new_object(lua_State *L, kj_city *city, const char *class)
{
    layer *object = lua_newuserdatauv(L, sizeof *object, 0);
    *object = (layer){city->generation, strcmp(class, CITY_MASK) == 0, -1, -1};
    luaL_setmetatable(L, class);
    return object;
}

void city_push_mask(lua_State *L, kj_city *city, uint8_t **bytes)
{
    layer *object = new_object(L, city, CITY_MASK);
    object->lent = city_lend(L, city, city->n_cells);
    *bytes = city->buffers[object->lent].data;
}

void city_push_floats(lua_State *L, kj_city *city, float **values)
{
    layer *object = new_object(L, city, CITY_LAYER);
    object->lent = city_lend(L, city, city->n_cells * sizeof(float));
    *values = city->buffers[object->lent].data;
}

/* __gc: gives the buffer back for the next result. */
static int collect(lua_State *L)
{
    layer *object = lua_touserdata(L, 1);
    const kj_city *city = city_pointer(L);
    if (city && object->generation == city->generation && object->lent >= 0) city->buffers[object->lent].lent = false;
    object->lent = -1;
    return 0;
}

static layer *check_object(lua_State *L, kj_city *city, int index, const char *class)
{
    layer *object = luaL_checkudata(L, index, class);
    if (object->generation != city->generation) luaL_argerror(L, index, "it belongs to an earlier call");
    return object;
}

bool city_is_mask(lua_State *L, int index) { return luaL_testudata(L, index, CITY_MASK) != NULL; }

const uint8_t *city_check_mask(lua_State *L, kj_city *city, int index)
{
    return city->buffers[check_object(L, city, index, CITY_MASK)->lent].data;
}

static kj_column *column_of(kj_city *city, const layer *object)
{
    return object->column < 0 ? NULL : &city->cells->columns[object->column];
}

static kj_cells cells_of(kj_city *city, const layer *object)
{
    kj_cells cells = {NULL, object->is_mask ? KJ_U8 : KJ_F32, 0.0};
    if (object->lent >= 0) {
        cells.data = city->buffers[object->lent].data;
    } else {
        const kj_column *column = column_of(city, object);
        cells.data = column->data;
        cells.type = column->type;
    }
    return cells;
}

/* Number that a word stands for on a layer; raises with the words that it knows. */
static double word_value(lua_State *L, const kj_column *column, const char *word)
{
    if (!column || !column->labels || !column->labels[0])
        return kj_lua_refuse(L, NULL, "this layer has numbers, not words such as '%s'", word);
    int32_t value = kj_labels_index(column->labels, word);
    if (value < 0) return kj_lua_refuse(L, NULL, "layer '%s' has no '%s'; it has: %s", column->name, word, column->labels);
    return (double)value;
}

/* Argument: number, word of `column`, layer or mask. */
static kj_cells check_cells(lua_State *L, kj_city *city, int index, const kj_column *column)
{
    if (lua_type(L, index) == LUA_TNUMBER) return kj_cells_number(lua_tonumber(L, index));
    if (lua_type(L, index) == LUA_TSTRING) return kj_cells_number(word_value(L, column, lua_tostring(L, index)));
    return cells_of(city, check_object(L, city, index, city_is_mask(L, index) ? CITY_MASK : CITY_LAYER));
}

int city_get_layer(lua_State *L)
{
    kj_city *city = city_of(L);
    const kj_rows *cells = city_table(L, city, "cell");
    const kj_column *column = city_column(L, city, "cell", luaL_checkstring(L, 2));
    if (column->type == KJ_TEXT || column->type == KJ_KEY)
        return kj_lua_refuse(L, NULL, "column '%s' of the cells is no layer of numbers", column->name);
    new_object(L, city, CITY_LAYER)->column = (int32_t)(column - cells->columns);
    return 1;
}

int city_everywhere(lua_State *L)
{
    kj_city *city = city_of(L);
    uint8_t *mask;
    city_push_mask(L, city, &mask);
    memset(mask, 1, city->n_cells);
    return 1;
}

/* ---- layer -> mask ---- */

static int compare(lua_State *L, kj_compare op)
{
    kj_city *city = city_of(L);
    const layer *self = check_object(L, city, 1, CITY_LAYER);
    kj_cells a = cells_of(city, self), b = check_cells(L, city, 2, column_of(city, self));
    uint8_t *mask;
    city_charge_pass(L, city);
    city_push_mask(L, city, &mask);
    kj_cells_compare(city->n_cells, a, op, b, mask);
    return 1;
}

static int layer_eq(lua_State *L) { return compare(L, KJ_EQ); }
static int layer_ne(lua_State *L) { return compare(L, KJ_NE); }
static int layer_lt(lua_State *L) { return compare(L, KJ_LT); }
static int layer_le(lua_State *L) { return compare(L, KJ_LE); }
static int layer_gt(lua_State *L) { return compare(L, KJ_GT); }
static int layer_ge(lua_State *L) { return compare(L, KJ_GE); }

static int layer_is(lua_State *L)
{
    kj_city *city = city_of(L);
    const layer *self = check_object(L, city, 1, CITY_LAYER);
    const kj_column *column = column_of(city, self);
    bool wanted[256] = {false};
    int n = lua_gettop(L);
    luaL_argcheck(L, n >= 2, 2, "at least one word is needed");
    for (int i = 2; i <= n; i++) {
        double value = word_value(L, column, luaL_checkstring(L, i));
        if (value < 256.0) wanted[(int)value] = true;
    }
    uint8_t *mask;
    city_charge_pass(L, city);
    city_push_mask(L, city, &mask);
    kj_cells_any_of(city->n_cells, cells_of(city, self), wanted, mask);
    return 1;
}

/* Bits of the words from `first` on, or of one whole number. */
static int64_t check_bits(lua_State *L, const kj_column *column, int first)
{
    int n = lua_gettop(L);
    int64_t bits = 0;
    luaL_argcheck(L, n >= first, first, "at least one word is needed");
    if (lua_type(L, first) == LUA_TNUMBER) {
        bits = luaL_checkinteger(L, first);
        luaL_argcheck(L, bits >= 0 && bits <= 255, first, "bits go from 0 to 255");
        return bits;
    }
    if (!column || strcmp(column->name, "protection") != 0)
        return kj_lua_refuse(L, NULL, "only the layer 'protection' has bits with names (%s)", PROTECTION_WORDS);
    for (int i = first; i <= n; i++) {
        const char *word = luaL_checkstring(L, i);
        int32_t bit = kj_labels_index(PROTECTION_WORDS, word);
        if (bit < 0) return kj_lua_refuse(L, NULL, "layer 'protection' has no '%s'; it has: %s", word, PROTECTION_WORDS);
        bits |= INT64_C(1) << bit;
    }
    return bits;
}

static int layer_has(lua_State *L)
{
    kj_city *city = city_of(L);
    const layer *self = check_object(L, city, 1, CITY_LAYER);
    int64_t bits = check_bits(L, column_of(city, self), 2);
    uint8_t *mask;
    city_charge_pass(L, city);
    city_push_mask(L, city, &mask);
    kj_cells_has_bits(city->n_cells, cells_of(city, self), bits, mask);
    return 1;
}

/* ---- arithmetic ---- */

static int arithmetic(lua_State *L, kj_arithmetic op)
{
    kj_city *city = city_of(L);
    kj_cells a = check_cells(L, city, 1, NULL), b = check_cells(L, city, 2, NULL);
    float *out;
    city_charge_pass(L, city);
    city_push_floats(L, city, &out);
    kj_cells_arithmetic(city->n_cells, a, op, b, out);
    return 1;
}

static int layer_add(lua_State *L) { return arithmetic(L, KJ_PLUS); }
static int layer_sub(lua_State *L) { return arithmetic(L, KJ_MINUS); }
static int layer_mul(lua_State *L) { return arithmetic(L, KJ_TIMES); }
static int layer_div(lua_State *L) { return arithmetic(L, KJ_OVER); }

static int layer_negate(lua_State *L)
{
    lua_settop(L, 1); /* Lua passes the operand twice */
    lua_pushinteger(L, 0);
    lua_insert(L, 1);
    return arithmetic(L, KJ_MINUS);
}

/* ---- reading ---- */

/* A layer and the mask it is read through. */
typedef struct reading {
    size_t n;
    kj_cells cells;
    const uint8_t *mask;
} reading;

static reading read_layer(lua_State *L)
{
    kj_city *city = city_of(L);
    reading r = {city->n_cells, cells_of(city, check_object(L, city, 1, CITY_LAYER)), lua_isnoneornil(L, 2) ? NULL : city_check_mask(L, city, 2)};
    city_charge_pass(L, city);
    return r;
}

static int layer_sum(lua_State *L)
{
    reading r = read_layer(L);
    lua_pushnumber(L, kj_cells_sum(r.n, r.cells, r.mask));
    return 1;
}

static int layer_mean(lua_State *L)
{
    reading r = read_layer(L);
    double mean;
    if (!kj_cells_mean(r.n, r.cells, r.mask, &mean)) return 0;
    lua_pushnumber(L, mean);
    return 1;
}

static int extreme(lua_State *L, bool greatest)
{
    reading r = read_layer(L);
    if (r.mask ? !memchr(r.mask, 1, r.n) : r.n == 0) return 0;
    lua_pushnumber(L, kj_cells_extreme(r.n, r.cells, r.mask, greatest));
    return 1;
}

static int layer_lowest(lua_State *L) { return extreme(L, false); }
static int layer_highest(lua_State *L) { return extreme(L, true); }

/* Who mixed up two systems of coordinates, or two maps, sees it by where the map lies. what: "" or "city:near: ". */
static int refuse_outside(lua_State *L, const kj_city *city, const char *what, double x, double y)
{
    const kj_grid *g = city->grid;
    return kj_lua_refuse(L, NULL, "%sthe point %.1f, %.1f lies outside the map %s, which reaches from x %.0f to %.0f and from y %.0f to %.0f (EPSG:%d)", what,
                         x, y, city->map_name, g->west, g->west + g->nx * g->cell_m, g->north - g->ny * g->cell_m, g->north, g->epsg);
}

static int layer_at(lua_State *L)
{
    kj_city *city = city_of(L);
    const layer *self = check_object(L, city, 1, CITY_LAYER);
    int32_t cell = kj_grid_cell_at(city->grid, luaL_checknumber(L, 2), luaL_checknumber(L, 3));
    if (cell < 0) return refuse_outside(L, city, "", lua_tonumber(L, 2), lua_tonumber(L, 3));
    const kj_column *column = column_of(city, self);
    if (column)
        lua_pushnumber(L, kj_column_value(column, (uint32_t)cell));
    else
        lua_pushnumber(L, (double)((const float *)city->buffers[self->lent].data)[cell]);
    return 1;
}

/* ---- writing ---- */

static void value_range(const kj_column *column, double *min, double *max)
{
    *min = column->min;
    *max = column->max;
    if (*min != 0.0 || *max != 0.0) return;
    switch (column->type) {
    case KJ_U8: *max = 255.0; break;
    case KJ_I16: *min = INT16_MIN, *max = INT16_MAX; break;
    case KJ_I32: *min = INT32_MIN, *max = INT32_MAX; break;
    case KJ_F32: *min = -3e38, *max = 3e38; break;
    default: *min = -9e15, *max = 9e15; break;
    }
    if (column->labels && column->labels[0]) *max = (double)kj_labels_count(column->labels) - 1.0;
}

/* The column behind `self`, or refusal with those that may be changed. */
static kj_column *check_writable(lua_State *L, kj_city *city, const layer *self)
{
    kj_column *column = column_of(city, self);
    if (column && (column->flags & KJ_POLICY)) return column;
    const kj_rows *cells = kj_store_table(city->store, "cell");
    char names[512] = "";
    size_t used = 0;
    for (uint32_t c = 0; c < cells->n_columns; c++)
        if (cells->columns[c].flags & KJ_POLICY && used < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", cells->columns[c].name);
    kj_lua_refuse(L, NULL, "%s%s%s cannot be changed by a policy; these layers can: %s", column ? "layer '" : "a temporary layer",
                  column ? column->name : "", column ? "'" : "", names);
    return NULL;
}

static void check_range(lua_State *L, kj_city *city, const kj_column *column, const uint8_t *mask, kj_cells value)
{
    double min, max;
    value_range(column, &min, &max);
    if (!value.data) {
        if (!(value.number >= min && value.number <= max))
            kj_lua_refuse(L, NULL, "layer '%s': expected %.15g to %.15g, found %.15g", column->name, min, max, value.number);
        return;
    }
    int64_t bad = kj_cells_first_outside(city->n_cells, value, mask, min, max);
    if (bad >= 0)
        kj_lua_refuse(L, NULL, "layer '%s': a value outside %.15g to %.15g at row %d, column %d of the grid", column->name, min, max,
                      (int)(bad / city->grid->nx), (int)(bad % city->grid->nx));
}

static int write_layer(lua_State *L, kj_store_op op)
{
    kj_city *city = city_of(L);
    const layer *self = check_object(L, city, 1, CITY_LAYER);
    kj_column *column = check_writable(L, city, self);
    const uint8_t *mask = city_check_mask(L, city, 2);
    bool of_bits = op == KJ_STORE_BITS_ON || op == KJ_STORE_BITS_OFF;
    kj_cells value = of_bits ? kj_cells_number((double)check_bits(L, column, 3)) : check_cells(L, city, 3, column);
    city_charge_pass(L, city);
    check_range(L, city, column, mask, value);
    city_save(L, city, "cell", column->name);
    kj_cells_store(city->n_cells, column->data, column->type, mask, op, value);
    lua_settop(L, 1);
    return 1; /* the layer, so that calls can be chained */
}

static int layer_set(lua_State *L) { return write_layer(L, KJ_STORE_SET); }
static int layer_max(lua_State *L) { return write_layer(L, KJ_STORE_RAISE); }
static int layer_min(lua_State *L) { return write_layer(L, KJ_STORE_LOWER); }
static int layer_bits_on(lua_State *L) { return write_layer(L, KJ_STORE_BITS_ON); }
static int layer_bits_off(lua_State *L) { return write_layer(L, KJ_STORE_BITS_OFF); }

/* ---- masks ---- */

static int combine(lua_State *L, kj_mask_op op)
{
    kj_city *city = city_of(L);
    const uint8_t *a = city_check_mask(L, city, 1), *b = city_check_mask(L, city, 2);
    uint8_t *out;
    city_charge_pass(L, city);
    city_push_mask(L, city, &out);
    kj_masks_combine(city->n_cells, a, op, b, out);
    return 1;
}

static int mask_and(lua_State *L) { return combine(L, KJ_MASK_AND); }
static int mask_or(lua_State *L) { return combine(L, KJ_MASK_OR); }
static int mask_xor(lua_State *L) { return combine(L, KJ_MASK_XOR); }
static int mask_minus(lua_State *L) { return combine(L, KJ_MASK_MINUS); }

static int mask_not(lua_State *L)
{
    kj_city *city = city_of(L);
    const uint8_t *a = city_check_mask(L, city, 1);
    uint8_t *out;
    city_charge_pass(L, city);
    city_push_mask(L, city, &out);
    kj_mask_invert(city->n_cells, a, out);
    return 1;
}

static int mask_count(lua_State *L)
{
    kj_city *city = city_of(L);
    const uint8_t *mask = city_check_mask(L, city, 1);
    city_charge_pass(L, city);
    lua_pushinteger(L, kj_mask_count(city->n_cells, mask));
    return 1;
}

/* ---- places ---- */

int32_t city_cell_of(lua_State *L, kj_city *city, int index, const char *what)
{
    double x = kj_lua_number(L, index, what, "x", -1e9, 1e9), y = kj_lua_number(L, index, what, "y", -1e9, 1e9);
    int32_t cell = kj_grid_cell_at(city->grid, x, y);
    if (cell < 0) refuse_outside(L, city, lua_pushfstring(L, "%s: ", what), x, y);
    return cell;
}

void city_mark_places(lua_State *L, kj_city *city, int index, uint8_t *mask)
{
    if (city_is_mask(L, index)) {
        memcpy(mask, city_check_mask(L, city, index), city->n_cells);
        return;
    }
    if (lua_type(L, index) == LUA_TSTRING)
        kj_lua_refuse(L, NULL, "expected a mask, a point or a list of them, found the word \"%s\": write city:layer(\"land_use\"):is(\"%s\") for land of a kind", lua_tostring(L, index),
                      lua_tostring(L, index));
    luaL_checktype(L, index, LUA_TTABLE);
    if (kj_lua_has(L, index, "x")) {
        mask[city_cell_of(L, city, index, "point")] = 1;
        return;
    }
    int32_t n = kj_lua_length(L, index);
    kj_sandbox_charge(L, n);
    for (int32_t i = 1; i <= n; i++) {
        int item = kj_lua_item_table(L, index, "points", i);
        mask[city_cell_of(L, city, item, "points")] = 1;
        lua_pop(L, 1);
    }
}

/* The places that stand at stack index 2 as a mask, and a lent buffer for working out what is near them. */
static uint8_t *push_places(lua_State *L, kj_city *city, int32_t *work)
{
    uint8_t *places;
    for (int i = 0; i < 8; i++) city_charge_pass(L, city);
    city_push_mask(L, city, &places);
    memset(places, 0, city->n_cells);
    city_mark_places(L, city, 2, places);
    *work = city_lend(L, city, kj_cells_distance_work(city->grid));
    return places;
}

int city_get_distance(lua_State *L)
{
    kj_city *city = city_of(L);
    float *metres;
    int32_t work;
    city_push_floats(L, city, &metres);
    uint8_t *places = push_places(L, city, &work);
    kj_cells_distance(city->grid, places, metres, city->buffers[work].data);
    city->buffers[work].lent = false;
    lua_pop(L, 1);
    return 1;
}

int city_get_near(lua_State *L)
{
    kj_city *city = city_of(L);
    double metres = luaL_checknumber(L, 3);
    uint8_t *mask;
    int32_t work;
    city_push_mask(L, city, &mask);
    uint8_t *places = push_places(L, city, &work);
    kj_cells_near(city->grid, places, metres, mask, city->buffers[work].data);
    city->buffers[work].lent = false;
    lua_pop(L, 1);
    return 1;
}

/* ---- the vocabulary ---- */

#define L_(name, signature, doc, function) {"layer", name, signature, doc, function}
#define M_(name, signature, doc, function) {"mask", name, signature, doc, function}

const kj_binding city_layer_bindings[] = {
    L_("eq", "layer:eq(value) -> mask", "Cells equal to a number, a word of the layer, or another layer.", layer_eq),
    L_("ne", "layer:ne(value) -> mask", "Cells that differ from it.", layer_ne),
    L_("lt", "layer:lt(value) -> mask", "Cells below it.", layer_lt),
    L_("le", "layer:le(value) -> mask", "Cells at most as great.", layer_le),
    L_("gt", "layer:gt(value) -> mask", "Cells above it.", layer_gt),
    L_("ge", "layer:ge(value) -> mask", "Cells at least as great.", layer_ge),
    L_("is", "layer:is(word, ...) -> mask", "Cells with one of these words, as land_use:is(\"forest\", \"farmland\").", layer_is),
    L_("has", "layer:has(word, ...) -> mask", "Cells of protection with one of these bits: nature, farmland, green.", layer_has),
    L_("sum", "layer:sum([mask]) -> number", "Sum over the cells of the mask, or over all.", layer_sum),
    L_("mean", "layer:mean([mask]) -> number", "Mean over the cells of the mask; nothing if it is empty.", layer_mean),
    L_("lowest", "layer:lowest([mask]) -> number", "Least value; nothing if the mask is empty.", layer_lowest),
    L_("highest", "layer:highest([mask]) -> number", "Greatest value; nothing if the mask is empty.", layer_highest),
    L_("at", "layer:at(x, y) -> number", "Value at a point, in metres of the map's coordinate system.", layer_at),
    L_("set", "layer:set(mask, value)", "Gives the cells of the mask a number, a word, or the values of another layer.", layer_set),
    L_("max", "layer:max(mask, value)", "Raises the cells of the mask to at least this value.", layer_max),
    L_("min", "layer:min(mask, value)", "Lowers the cells of the mask to at most this value.", layer_min),
    L_("bits_on", "layer:bits_on(mask, word, ...)", "Adds bits to protection: nature, farmland, green.", layer_bits_on),
    L_("bits_off", "layer:bits_off(mask, word, ...)", "Takes bits from protection.", layer_bits_off),
    L_("+ - * /", "a + b, a - b, a * b, a / b, -a -> layer", "Whole-map arithmetic with layers, masks and numbers.", NULL),
    {NULL, NULL, NULL, NULL, NULL}};

const kj_binding city_mask_bindings[] = {
    M_("band", "mask:band(mask) -> mask", "Cells in both; also written a & b.", mask_and),
    M_("bor", "mask:bor(mask) -> mask", "Cells in either; also written a | b.", mask_or),
    M_("bxor", "mask:bxor(mask) -> mask", "Cells in exactly one; also written a ~ b.", mask_xor),
    M_("bnot", "mask:bnot() -> mask", "Cells not in it; also written ~a.", mask_not),
    M_("minus", "mask:minus(mask) -> mask", "Cells in the first but not in the second.", mask_minus),
    M_("count", "mask:count() -> number", "Number of cells.", mask_count),
    {NULL, NULL, NULL, NULL, NULL}};

void city_layers_open(lua_State *L)
{
    static const luaL_Reg layer_operators[] = {{"__add", layer_add}, {"__sub", layer_sub},    {"__mul", layer_mul},
                                               {"__div", layer_div}, {"__unm", layer_negate}, {"__gc", collect},
                                               {NULL, NULL}};
    static const luaL_Reg mask_operators[] = {{"__band", mask_and}, {"__bor", mask_or},    {"__bxor", mask_xor}, {"__bnot", mask_not},
                                              {"__add", layer_add}, {"__mul", layer_mul}, {"__gc", collect},    {NULL, NULL}};
    city_open_class(L, CITY_LAYER, city_layer_bindings);
    luaL_setfuncs(L, layer_operators, 0);
    city_open_class(L, CITY_MASK, city_mask_bindings);
    luaL_setfuncs(L, mask_operators, 0);
    lua_pop(L, 2);
}
