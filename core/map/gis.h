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

/* Reads recipe.land_raster onto the grid (nearest neighbour): draft->land, 255 where it says nothing. */
kj_status kj_gis_land(kj_error *err, kj_draft *draft);

/* Transforms points between two coordinate systems, in place. */
kj_status kj_gis_transform(kj_error *err, int32_t from_epsg, int32_t to_epsg, uint32_t n, double *x, double *y);

#endif
