/* Stands in for gis.c where the program is built without GDAL. */
#include "gis.h"

static kj_status refuse(kj_error *err, const char *path)
{
    return kj_fail(err, KJ_E_INPUT,
                   "%s needs geographic files, but this program was built without GDAL (-DKEDJA_GIS=ON)", path);
}

kj_status kj_gis_extent(kj_error *err, const kj_recipe *recipe, double *west, double *south, double *east,
                        double *north)
{
    *west = *south = *east = *north = 0.0;
    return refuse(err, recipe->path);
}

kj_status kj_gis_areas(kj_error *err, kj_draft *draft) { return refuse(err, draft->recipe->path); }

kj_status kj_gis_land(kj_error *err, kj_draft *draft) { return refuse(err, draft->recipe->path); }

kj_status kj_gis_layer(kj_error *err, kj_draft *draft, const kj_recipe_layer *layer, double *out)
{
    (void)layer;
    (void)out;
    return refuse(err, draft->recipe->path);
}

kj_status kj_gis_roads(kj_error *err, kj_draft *draft) { return refuse(err, draft->recipe->path); }

kj_status kj_gis_shores(kj_error *err, kj_draft *draft) { return refuse(err, draft->recipe->path); }

kj_status kj_gis_facilities(kj_error *err, kj_recipe *recipe, const kj_recipe_facility_file *file)
{
    (void)file;
    return refuse(err, recipe->path);
}

kj_status kj_gis_region_extent(kj_error *err, const kj_recipe *recipe, double *west, double *south, double *east, double *north)
{
    return kj_gis_extent(err, recipe, west, south, east, north);
}

kj_status kj_gis_region(kj_error *err, const kj_draft *draft, int32_t *cell_municipality)
{
    (void)cell_municipality;
    return refuse(err, draft->recipe->path);
}

kj_status kj_gis_region_points(kj_error *err, kj_recipe *recipe) { return refuse(err, recipe->path); }

kj_status kj_gis_transform(kj_error *err, int32_t from_epsg, int32_t to_epsg, uint32_t n, double *x, double *y)
{
    (void)x;
    (void)y;
    return kj_fail(err, KJ_E_INPUT,
                   "%u points in EPSG:%d are wanted in EPSG:%d, but this program was built without GDAL", n, from_epsg,
                   to_epsg);
}
