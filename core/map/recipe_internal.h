/* What the files that read a recipe share: one for each part of `map{…}` (recipe.c lists its keys) and one for the tables beside it. */
#ifndef KEDJA_MAP_RECIPE_INTERNAL_H
#define KEDJA_MAP_RECIPE_INTERNAL_H

#include <lua.h>
#include <stdio.h>

#include "../io/csv.h"
#include "recipe.h"

#define GRADE_LABELS "none preschool F 1 2 3 4 5 6 7 8 9"
#define KEYS(...)                                                                                                      \
    ((const char *const[]){__VA_ARGS__}), sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)

enum { TOWN_FROM = 10000 /* inhabitants of a locality that is a town where its kind is not said */ };

static inline void copy(char *out, size_t bytes, const char *text) { snprintf(out, bytes, "%s", text ? text : ""); }
#define COPY(field, text) copy(field, sizeof(field), text)

/* A recipe while it is read. */
typedef struct reading {
    kj_recipe *recipe;
    kj_recipe_locality *districts; /* names and numbers of districts for localities of a file */
    uint32_t n_districts;
    bool seen;
} reading;

/* Grows a list that the recipe owns by one item of zeros; raises a Lua error when out of memory. */
void *kj_recipe_append(lua_State *L, void *list, uint32_t n, size_t item_bytes);

/* Parts of the table `map` at stack index t; what is wrong raises a Lua error that names the key. */
void kj_recipe_read_municipality(lua_State *L, int t, kj_recipe *r);
void kj_recipe_read_localities(lua_State *L, int t, kj_recipe *r);
void kj_recipe_read_districts(lua_State *L, int t, kj_recipe *r, kj_recipe_locality **wanted, uint32_t *n_wanted);
void kj_recipe_read_rural(lua_State *L, int t, kj_recipe *r);
void kj_recipe_read_areas(lua_State *L, int t, kj_recipe *r);
void kj_recipe_read_statistics(lua_State *L, int t, kj_recipe *r);
void kj_recipe_read_observations(lua_State *L, int t, kj_recipe *r);
void kj_recipe_read_ages(lua_State *L, int t, kj_recipe *r);
void kj_recipe_read_people(lua_State *L, int t, kj_recipe *r);
void kj_recipe_read_dwellings(lua_State *L, int t, kj_recipe *r);
void kj_recipe_read_land(lua_State *L, int t, kj_recipe *r);
void kj_recipe_read_layers(lua_State *L, int t, kj_recipe *r);
void kj_recipe_read_roads(lua_State *L, int t, kj_recipe *r);
void kj_recipe_read_work(lua_State *L, int t, kj_recipe *r);
void kj_recipe_read_facilities(lua_State *L, int t, kj_recipe *r);
void kj_recipe_read_projects(lua_State *L, int t, kj_recipe *r);

/* Tables beside the recipe. Errors name file and line. */
kj_status kj_recipe_read_class_table(kj_error *err, const char *name, kj_recipe_layer *out);
kj_status kj_recipe_read_localities_file(kj_error *err, reading *now);
kj_status kj_recipe_read_ages_file(kj_error *err, kj_recipe *r);
kj_status kj_recipe_read_facilities_file(kj_error *err, kj_recipe *r, const kj_recipe_facility_file *f);
kj_status kj_recipe_read_programme_file(kj_error *err, kj_recipe *r);

#endif
