/* Stands in for export_gis.c where the program is built without GDAL. */
#include "export.h"

static kj_status refuse(kj_error *err, const char *path)
{
    return kj_fail(err, KJ_E_FAILED, "%s: rasters and vectors need GDAL, and this program was built without it (-DKEDJA_GIS=OFF)", path);
}

kj_status kj_export_raster(kj_error *err, const kj_dataset *set, const char *layer, uint32_t year_index, bool cog, const char *path)
{
    (void)set, (void)layer, (void)year_index, (void)cog;
    return refuse(err, path);
}

kj_status kj_export_zones(kj_error *err, const kj_dataset *set, const char *layer, uint32_t year_index, kj_vector_format format,
                          const char *path)
{
    (void)set, (void)layer, (void)year_index, (void)format;
    return refuse(err, path);
}

kj_status kj_export_places(kj_error *err, const kj_dataset *set, const char *const *tables, uint32_t n_tables, uint32_t year_index,
                           const kj_disclosure *protection, kj_vector_format format, const char *path)
{
    (void)set, (void)tables, (void)n_tables, (void)year_index, (void)protection, (void)format;
    return refuse(err, path);
}

kj_status kj_export_catchments(kj_error *err, const kj_dataset *set, const char *kind, uint32_t year_index, kj_vector_format format,
                               const char *path)
{
    (void)set, (void)kind, (void)year_index, (void)format;
    return refuse(err, path);
}
