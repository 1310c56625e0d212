/* Land: water, cover, zoning, layers, roads. Keys: recipe.c. */
#include <lauxlib.h>
#include <string.h>

#include "../script/luatable.h"
#include "gis.h"
#include "recipe_internal.h"

static void read_water(lua_State *L, int land, kj_recipe *r)
{
    int lakes = kj_lua_table_or_none(L, land, "map.land", "lakes");
    for (int32_t i = 1; lakes && i <= kj_lua_length(L, lakes) && r->n_lakes < 16; i++) {
        int item = kj_lua_item_table(L, lakes, "map.land.lakes", i);
        const char *what = "map.land.lakes";
        kj_lua_known_keys(L, item, what, KEYS("name", "x", "y", "length", "width", "angle"), false);
        kj_recipe_lake *to = &r->lakes[r->n_lakes++];
        COPY(to->name, kj_lua_string(L, item, what, "name"));
        to->x = kj_lua_number(L, item, what, "x", -1e7, 1e8);
        to->y = kj_lua_number(L, item, what, "y", -1e7, 1e8);
        to->length_m = kj_lua_number(L, item, what, "length", 1.0, 1e6);
        to->width_m = kj_lua_number(L, item, what, "width", 1.0, 1e6);
        to->angle = kj_lua_number_or(L, item, what, "angle", 0.0, 90.0, 0.0);
        lua_pop(L, 1);
    }
    if (lakes) lua_pop(L, 1);
    int river = kj_lua_table_or_none(L, land, "map.land", "river");
    for (int32_t i = 1; river && i <= kj_lua_length(L, river) && r->n_river < 32; i++) {
        int item = kj_lua_item_table(L, river, "map.land.river", i);
        r->river_x[r->n_river] = kj_lua_item_number(L, item, "map.land.river", 1, -1e7, 1e8);
        r->river_y[r->n_river++] = kj_lua_item_number(L, item, "map.land.river", 2, -1e7, 1e8);
        lua_pop(L, 1);
    }
    if (river) lua_pop(L, 1);
}

/* Classes by the name of a table of maps/classes, or as a list. `word`: key of our side of the list. */
static void read_classes(lua_State *L, int t, const char *what, const char *word, const char *labels, kj_recipe_layer *out)
{
    lua_getfield(L, t, "classes");
    bool named = lua_isstring(L, -1);
    if (named) {
        kj_error err = {0};
        if (kj_recipe_read_class_table(&err, lua_tostring(L, -1), out) != KJ_OK) kj_lua_refuse(L, "classes", "%s.classes: %s", what, err.text);
    }
    lua_pop(L, 1);
    int c = named ? 0 : kj_lua_table_or_none(L, t, what, "classes");
    for (int32_t i = 1; c && i <= kj_lua_length(L, c); i++) {
        int item = kj_lua_item_table(L, c, what, i);
        kj_lua_known_keys(L, item, what, KEYS("value", word), false);
        if (out->n == KJ_RECIPE_CLASSES_MAX) kj_lua_refuse(L, "classes", "%s.classes: at most %d classes", what, KJ_RECIPE_CLASSES_MAX);
        out->from[out->n] = (int32_t)kj_lua_whole(L, item, what, "value", -1000000, 1000000);
        out->to[out->n++] = labels ? (uint8_t)kj_lua_word(L, item, what, word, labels)
                                   : (uint8_t)kj_lua_whole(L, item, what, word, 0, 255);
        lua_pop(L, 1);
    }
    if (c) lua_pop(L, 1);
}

static void read_source(lua_State *L, int t, const char *what, kj_resample rule, kj_recipe_layer *out)
{
    COPY(out->file, kj_lua_string(L, t, what, "file"));
    COPY(out->layer, kj_lua_string_or(L, t, what, "layer", ""));
    COPY(out->column, kj_lua_string_or(L, t, what, "column", ""));
    out->band = (int32_t)kj_lua_whole_or(L, t, what, "band", 1, 1000, 1);
    out->rule = (kj_resample)kj_lua_word_or(L, t, what, "resample", KJ_RESAMPLE_LABELS, (int32_t)rule);
}

static void read_cover(lua_State *L, int land, kj_recipe_layer *out)
{
    int t = kj_lua_table_or_none(L, land, "map.land", "cover");
    if (!t) return;
    kj_lua_known_keys(L, t, "map.land.cover", KEYS("file", "band", "layer", "column", "classes", "resample", "built_share"), false);
    COPY(out->name, "land_use");
    read_source(L, t, "map.land.cover", KJ_RESAMPLE_MODE, out);
    if (out->rule > KJ_RESAMPLE_MODE)
        kj_lua_refuse(L, "resample", "map.land.cover.resample: expected mode or nearest: classes have no mean");
    out->built_share = kj_lua_number_or(L, t, "map.land.cover", "built_share", 0.0, 1.0, 0.0);
    read_classes(L, t, "map.land.cover", "use", KJ_LAND_LABELS, out);
    if (out->n == 0) kj_lua_refuse(L, "cover", "map.land.cover.classes is missing: what does each value of %s mean?", out->file);
    lua_pop(L, 1);
}

void kj_recipe_read_layers(lua_State *L, int t, kj_recipe *r)
{
    static const char *const names[] = {"zoning", "protection", "farmland_class", "max_far", "travel_centre", "walk_cost"};
    int list = kj_lua_table_or_none(L, t, "map", "layers");
    if (!list) return;
    kj_lua_known_keys(L, list, "map.layers", names, sizeof names / sizeof *names, false);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char what[64];
        snprintf(what, sizeof what, "map.layers.%s", names[i]);
        int item = kj_lua_table_or_none(L, list, "map.layers", names[i]);
        if (!item) continue;
        kj_lua_known_keys(L, item, what, KEYS("file", "band", "layer", "column", "value", "classes", "resample"), false);
        kj_recipe_layer *to = &r->layers[r->n_layers++];
        COPY(to->name, names[i]);
        read_source(L, item, what, KJ_RESAMPLE_NEAREST, to);
        to->has_value = kj_lua_has(L, item, "value");
        to->value = kj_lua_number_or(L, item, what, "value", -1e9, 1e9, 0.0);
        read_classes(L, item, what, "to", strcmp(names[i], "zoning") ? NULL : KJ_ZONING_LABELS, to);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

void kj_recipe_read_roads(lua_State *L, int t, kj_recipe *r)
{
    int w = kj_lua_table_or_none(L, t, "map", "roads");
    if (!w) return;
    kj_lua_known_keys(L, w, "map.roads", KEYS("file", "layer", "column"), false);
    COPY(r->roads.file, kj_lua_string(L, w, "map.roads", "file"));
    COPY(r->roads.layer, kj_lua_string_or(L, w, "map.roads", "layer", ""));
    COPY(r->roads.column, kj_lua_string_or(L, w, "map.roads", "column", "highway"));
    lua_pop(L, 1);
}

void kj_recipe_read_land(lua_State *L, int t, kj_recipe *r)
{
    int land = kj_lua_table_or_none(L, t, "map", "land");
    if (land) {
        kj_lua_known_keys(L, land, "map.land",
                          KEYS("arable", "forest", "reserves", "farmland_class", "lakes", "river", "cover", "shores"),
                          false);
        r->arable = kj_lua_number_or(L, land, "map.land", "arable", 0.0, 1.0, r->arable);
        r->forest = kj_lua_number_or(L, land, "map.land", "forest", 0.0, 1.0, r->forest);
        r->reserves = kj_lua_number_or(L, land, "map.land", "reserves", 0.0, 1.0, r->reserves);
        if (r->arable + r->forest > 1.0 + 1e-9) /* figures that add up to 1 may miss it in doubles */
            kj_lua_refuse(L, "land", "map.land: arable %g and forest %g%s add up to %g: expected at most 1, they are shares of the land", r->arable, r->forest,
                          kj_lua_has(L, land, "forest") ? "" : " (its default)", r->arable + r->forest);
        r->farmland_class_mean =
            kj_lua_number_or(L, land, "map.land", "farmland_class", 1.0, 10.0, r->farmland_class_mean);
        read_water(L, land, r);
        read_cover(L, land, &r->cover);
        const char *shores = kj_lua_string_or(L, land, "map.land", "shores", "");
        if (shores[0] && strcmp(shores, "gshhg"))
            kj_lua_refuse(L, "shores", "map.land.shores: expected gshhg, found '%s'", shores);
        r->shores = shores[0] != 0;
        lua_pop(L, 1);
    }
    int z = kj_lua_table_or_none(L, t, "map", "zoning");
    if (z) {
        kj_lua_known_keys(L, z, "map.zoning", KEYS("fringe_m", "fringe_share"), false);
        r->fringe_m = kj_lua_number_or(L, z, "map.zoning", "fringe_m", 0.0, 5000.0, r->fringe_m);
        r->fringe_share = kj_lua_number_or(L, z, "map.zoning", "fringe_share", 0.0, 1.0, r->fringe_share);
        lua_pop(L, 1);
    }
}
