/* Shared by city.c, city_layers.c and city_entities.c. */
#ifndef KEDJA_SCRIPT_CITY_INTERNAL_H
#define KEDJA_SCRIPT_CITY_INTERNAL_H

#include <kedja/model.h>

#include "cells.h"
#include "city.h"

enum { CITY_SAVED_MAX = 64, CITY_MARKS = 2, CELLS_PER_UNIT = 64, CITY_BUFFERS_KEPT = 16, CITY_BUFFERS_FREELY = 4, CITY_BUFFERS_MAX = 256 };
/* What calls pay, in instructions: looking up a parameter; a new project or facility; an item of a list; a row that is gone through; changing one value
   of a project or facility. */
enum { PARAM_COST = 200, NEW_ROW_COST = 2000, ITEM_COST = 200, ROW_COST = 10, CHANGE_COST = 100 };
enum { CITY_NAME_MAX = 120 }; /* bytes of the name of a project or facility */

/* A column as it stood at begin. */
typedef struct saved_column {
    uint32_t table, column;
    size_t bytes;
    const void *copy; /* in a buffer that is lent until the call ends */
} saved_column;

/* The size of a table that policies may add rows to, at begin. */
typedef struct table_mark {
    const char *table;
    uint32_t n_rows, n_alive, next_id;
} table_mark;

typedef struct saved_param {
    char name[2 * KJ_NAME_MAX];
    double value;
} saved_param;

/* Memory of a temporary layer or mask, lent to Lua objects until they are collected. Kept from call to call: fresh pages of the
   system cost more than the passes over them. */
typedef struct buffer {
    void *data;
    size_t bytes;
    bool lent;
} buffer;

struct kj_city {
    kj_sandbox *box;
    kj_programme_fn programme;
    void *programme_data;
    const char *map_name;
    kj_month asked_in; /* last month in which a past year was asked for, and the earliest such year in it; 0 never */
    int32_t asked_for;
    const char *left_out; /* project that is cancelled as it is added; NULL */
    /* Between begin and end. */
    kj_sim *sim;
    kj_store *store;
    const kj_grid *grid;
    kj_month month;
    kj_rows *cells; /* the table, which layers are columns of; NULL: none */
    size_t n_cells;
    char unknown[2 * KJ_NAME_MAX]; /* the last indicator of this call that was nil, TABLE.COLUMN; "" none */
    uint32_t generation; /* of begin: objects of an earlier call are refused */
    buffer *buffers;
    int32_t n_buffers;
    int32_t n_held; /* lent after the last collection of all */
    saved_column saved[CITY_SAVED_MAX];
    uint32_t n_saved;
    table_mark marks[CITY_MARKS];
    int32_t n_texts; /* of the string pool, at begin */
    saved_param *params;
    uint32_t n_params;
};

/* The city of a state; raises an error outside of a policy call. */
kj_city *city_of(lua_State *L);
/* NULL if there is no city, or no call. Never raises. */
kj_city *city_pointer(lua_State *L);

/* Copies a column before its first change in this call; raises when out of memory. */
void city_save(lua_State *L, kj_city *city, const char *table, const char *column);
kj_rows *city_table(lua_State *L, kj_city *city, const char *name);
kj_column *city_column(lua_State *L, kj_city *city, const char *table, const char *name);

/* A buffer with whatever stood in it last; collects garbage before it asks for more memory. Raises when out of memory. */
int32_t city_lend(lua_State *L, kj_city *city, size_t bytes);
/* Pays for one pass over all cells. */
void city_charge_pass(lua_State *L, const kj_city *city);

/* Lua objects. The two classes have their methods in kj_binding tables of city_layers.c. */
typedef struct layer {
    uint32_t generation;
    bool is_mask;
    int32_t lent;   /* index of its buffer; -1: a column */
    int32_t column; /* index in table cell; -1: a buffer */
} layer;

#define CITY_LAYER "layer"
#define CITY_MASK "mask"
#define CITY_OBJECT "city"

/* Pushes a new mask; *bytes are all to be written. */
void city_push_mask(lua_State *L, kj_city *city, uint8_t **bytes);
void city_push_floats(lua_State *L, kj_city *city, float **values);
const uint8_t *city_check_mask(lua_State *L, kj_city *city, int index);
bool city_is_mask(lua_State *L, int index);

/* Cell of a point or refusal; x and y are fields of the table at `index`. */
int32_t city_cell_of(lua_State *L, kj_city *city, int index, const char *what);
/* Marks in `mask` the cells of a mask, a point or a list of points at `index`. */
void city_mark_places(lua_State *L, kj_city *city, int index, uint8_t *mask);

int city_get_layer(lua_State *L);
int city_everywhere(lua_State *L);
int city_get_distance(lua_State *L);
int city_get_near(lua_State *L);
int city_get_areas(lua_State *L);
int city_get_projects(lua_State *L);
int city_add_project(lua_State *L);
int city_set_affordable(lua_State *L);
int city_get_facilities(lua_State *L);
int city_add_facility(lua_State *L);
int city_set_places(lua_State *L);
int city_set_pavilion(lua_State *L);
int city_close_facility(lua_State *L);

extern const kj_binding city_layer_bindings[], city_mask_bindings[]; /* end with name NULL */
void city_layers_open(lua_State *L);
/* Makes the metatable `object` whose methods are those of the bindings; leaves it on the stack. */
void city_open_class(lua_State *L, const char *object, const kj_binding *bindings);

#endif
