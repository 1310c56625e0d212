/* What gis.c and gis_layers.c share of GDAL. */
#ifndef KEDJA_MAP_GIS_INTERNAL_H
#define KEDJA_MAP_GIS_INTERNAL_H

#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "draft.h"

typedef struct kj_gis_source {
    char path[2300];
    GDALDatasetH dataset;
    OGRLayerH layer;
    OGRSpatialReferenceH target;
    OGRCoordinateTransformationH transform; /* NULL: already in the recipe's system */
} kj_gis_source;

void kj_gis_begin(void); /* GDAL's messages go into ours */
void kj_gis_end(void);
OGRSpatialReferenceH kj_gis_system(int32_t epsg); /* x is east; NULL: unknown */
/* A vector file of the recipe and one of its layers ("": the first). Close it also after a failure. */
kj_status kj_gis_open(kj_error *err, const kj_recipe *recipe, const char *file, const char *layer, kj_gis_source *s);
void kj_gis_close(kj_gis_source *s);
GDALDatasetH kj_gis_raster(const kj_grid *grid, GDALDataType type, OGRSpatialReferenceH srs); /* in memory */

/* Index of a column; a finite number in a range; a text that is not empty. KJ_E_INPUT names file, layer, feature, column. */
kj_status kj_gis_column(kj_error *err, const kj_gis_source *s, const char *name, int *out);
kj_status kj_gis_number(kj_error *err, const kj_gis_source *s, OGRFeatureH feature, const char *name, double min,
                        double max, double *out);
kj_status kj_gis_text(kj_error *err, const kj_gis_source *s, OGRFeatureH feature, const char *name, char *out,
                      size_t bytes);

#endif
