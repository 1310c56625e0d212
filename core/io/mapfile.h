/* A map on disk: FOLDER/map.nc, netCDF-4 with CF conventions. Table `cell` as layers [y, x] in the root group, every
   other table a group with one dataset a column. Reading gives back exactly what was written. */
#ifndef KEDJA_IO_MAPFILE_H
#define KEDJA_IO_MAPFILE_H

#include "../space/grid.h"

/* Digest over everything in the map (names sorted, so the order of tables and columns does not count): 32 hex digits
   of XXH3-128. Does not depend on how the map is stored. */
kj_status kj_map_digest(kj_error *err, const kj_map *map, char out[33]);

/* Sets map->digest and writes FOLDER/map.nc (the folder is made if its parent exists); it appears whole or not at all.
   KJ_E_RANGE: not a map (`cell` is not nx * ny rows, ids are not 1..n in row order). KJ_E_IO: path and reason. */
kj_status kj_mapfile_write(kj_error *err, const char *folder, kj_map *map);

/* Reads FOLDER/map.nc into `out`, which need not be initialised and is yours to kj_map_free() on success only.
   KJ_E_INPUT: missing, no map of ours, damaged, cut off, a dataset missing or of the wrong size, digest differs. */
kj_status kj_mapfile_read(kj_error *err, const char *folder, kj_memory *memory, kj_map *out);

#endif
