/* Areas, facilities and rasters from the user's files, through GDAL: any vector format, any raster, any coordinate
   system. Built without GDAL, every function refuses with a message that says so. */
#ifndef KEDJA_MAP_GIS_H
#define KEDJA_MAP_GIS_H

#include "draft.h"

/* Bounding box of the area polygons in the recipe's coordinate system, grown to whole multiples of `cell_m`. */
kj_status kj_gis_extent(kj_error *err, const kj_recipe *recipe, double *west, double *south, double *east,
                        double *north);

/* Reads the polygons and their attributes (draft->areas), and rasterises them (draft->cell_area). A cell belongs to the
   polygon that holds its centre, the later one where two overlap; a polygon without any cell centre takes the cell that
   holds its point on surface, and slivers between polygons go to the neighbour that surrounds them most. KJ_E_INPUT
   names file, layer, column and feature. */
kj_status kj_gis_areas(kj_error *err, kj_draft *draft);

/* A raster or vector layer of the recipe on the grid, one value a cell, NaN where the source says nothing. A raster finer
   than the cells: by the layer's rule over the pixels whose centres lie in the cell; else the pixel under the cell's
   centre. Vectors: polygons by cell centres, lines and points by every cell they touch; the later feature wins (with
   rules max and min the greater or smaller value). KJ_E_INPUT: no coordinate system, or nothing of it on the map. */
kj_status kj_gis_layer(kj_error *err, kj_draft *draft, const kj_recipe_layer *layer, double *out);

/* recipe.cover into draft->land, 255 where it says nothing. */
kj_status kj_gis_land(kj_error *err, kj_draft *draft);

/* recipe.roads: draft->road_kmh (0 where no car drives) and draft->path (1 where one may walk along a way). */
kj_status kj_gis_roads(kj_error *err, kj_draft *draft);

/* Sea, lakes and rivers of GSHHG through the program gmt: draft->water. KJ_E_INPUT if it is not installed. */
kj_status kj_gis_shores(kj_error *err, kj_draft *draft);

/* Facilities of a vector file, appended to the recipe's. */
kj_status kj_gis_facilities(kj_error *err, kj_recipe *recipe, const kj_recipe_facility_file *file);

/* recipe.region: which municipality (index) each cell belongs to, -1 none, and the localities that stand in them. The
   extent is that of the polygons. */
kj_status kj_gis_region_extent(kj_error *err, const kj_recipe *recipe, double *west, double *south, double *east, double *north);
kj_status kj_gis_region(kj_error *err, const kj_draft *draft, int32_t *cell_municipality);
kj_status kj_gis_region_points(kj_error *err, kj_recipe *recipe);

/* Transforms points between two coordinate systems, in place. */
kj_status kj_gis_transform(kj_error *err, int32_t from_epsg, int32_t to_epsg, uint32_t n, double *x, double *y);

#endif
