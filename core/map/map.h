/* Maps: built from a recipe, or read from a folder. */
#ifndef KEDJA_MAP_MAP_H
#define KEDJA_MAP_MAP_H

#include <stdbool.h>

#include "../base/error.h"
#include "../base/memory.h"
#include "../space/grid.h"

/* Builds everything in memory. data_folder: where the user's files lie, or NULL for recipes that rest on facts alone.
   importing: `kedja import` builds it, so that shores may come from the program gmt; otherwise they are synthetic.
   Pure: the same recipe, files and coastlines give the same digest. `out` is yours to kj_map_free() on success only. KJ_E_INPUT
   names file and line, layer, column or feature. */
kj_status kj_map_build(kj_error *err, const char *recipe_path, const char *data_folder, bool importing,
                       kj_memory *memory, kj_map *out);

/* A FOLDER with map.nc, or the NAME of a shipped recipe. Recipes that rest on facts alone are built at the first use
   and kept in ${XDG_CACHE_HOME:-$HOME/.cache}/kedja/maps/NAME-DIGEST (of version, recipe and tables); where that cannot
   be written, the map in memory is used. A recipe that needs the user's files: KJ_E_INPUT with the command that imports
   it. */
kj_status kj_map_load(kj_error *err, const char *name_or_folder, kj_memory *memory, bool quiet, kj_map *out);

/* Writes FOLDER/map.nc (core/io/mapfile.h) and makes the folders above it that are missing. KJ_E_IO: path and reason.
 */
kj_status kj_map_save(kj_error *err, const char *folder, kj_map *map);

/* Makes a folder and those above it that are missing; what cannot be made is said by who writes there. */
void kj_map_make_folders(const char *path);

#endif
