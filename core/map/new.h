/* Beginning a map: a folder with a recipe that says what to download, from where, and under which name to put it. */
#ifndef KEDJA_MAP_NEW_H
#define KEDJA_MAP_NEW_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/error.h"

/* Writes FOLDER/recipe.lua for the municipality with this official code (maps/countries/COUNTRY/municipality.csv), from
   the country's template new_recipe.lua. The last part of FOLDER is the map's name. KJ_E_INPUT: an unknown code (with
   what is near), a name that is not lower-case letters, digits and _, or a recipe that is there already. */
kj_status kj_map_new(kj_error *err, const char *folder, const char *country, const char *municipality, char *path,
                     size_t path_bytes);

/* Bounding box of a municipality of the country's table (west, south, east, north in its coordinate system), and its name.
   false: there is no table, or it does not know the code. */
bool kj_municipality_box(const char *country, const char *code, double box[4], char *name, size_t name_bytes);

#endif
