/* One layer of a map or a run as a picture with legend, scale and north: what `kedja map show` and PNG exports draw. */
#ifndef KEDJA_REPORT_LAYER_PICTURE_H
#define KEDJA_REPORT_LAYER_PICTURE_H

#include "../io/dataset.h"

/* 1600 x 1200 pixels. Land use in its own colours with names and schools; other classes and numbers in cividis. A map
   shows its figures beside it. KJ_E_INPUT: no such layer, or a name that does not end in ".png". lang: en, sv, da. */
kj_status kj_report_layer_png(kj_error *err, const kj_dataset *set, const char *layer, uint32_t year_index,
                              const char *out_png, const char *lang);

#endif
