/* A world's place on earth: the grid, its coordinate system as WKT, and what a map says of itself. */
#ifndef KEDJA_SPACE_GRID_H
#define KEDJA_SPACE_GRID_H

#include <kedja/map.h>
#include <stddef.h>

#include "../base/error.h"
#include "../table/table.h"

/* A map in memory, as built by core/map and stored as FOLDER/map.nc by core/io. The store holds tables of these names:
   cell (nx*ny rows, fixed order), area, municipality, and the start population: person, household, dwelling,
   workplace, facility, project. Ids are 1..n in row order. */
typedef struct kj_map {
    char name[KJ_NAME_MAX];
    char *title;      /* owned */
    char country[8];  /* "se": folder of maps/countries */
    kj_month start;   /* month of the start state: 31 December of a year */
    kj_grid grid;
    char *sources;    /* owned; text that names every source, for reports and legends */
    char *report;     /* owned; fit report of the synthesis (plain text) */
    kj_store store;
    char digest[33];  /* hex, 128 bit, over everything above; set when written or read */
} kj_map;

void kj_map_init(kj_map *map, kj_memory *memory);
void kj_map_free(kj_map *map);

/* WKT and CF constants of a coordinate system we know (3006, 25832); NULL if unknown. */
typedef struct kj_crs {
    int32_t epsg;
    const char *name;
    const char *wkt1, *wkt2;
    double central_meridian, scale, false_easting, semi_major, inverse_flattening;
} kj_crs;
const kj_crs *kj_crs_find(int32_t epsg);

#endif
