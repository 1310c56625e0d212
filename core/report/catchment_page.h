/* Map of the catchments of municipal schools, with each school's figures beside it. */
#ifndef KEDJA_REPORT_CATCHMENT_PAGE_H
#define KEDJA_REPORT_CATCHMENT_PAGE_H

#include <kedja/types.h>
#include <stdbool.h>

#include "../base/error.h"

typedef struct kj_catchment_school {
    kj_id id;
    const char *name;
    int32_t cell;
    bool independent;
    double pupils, places;
    int32_t first_full; /* year, 0 none */
} kj_catchment_school;

/* 1600 × 1200 pixels. high: grades 7-9 instead of F-6. KJ_E_INPUT: a run without the layer, or a name that does not end in ".png". */
kj_status kj_report_catchments(kj_error *err, const char *run_path, int32_t year, bool high, const kj_catchment_school *schools, uint32_t n,
                               const char *out_png, const char *lang);

#endif
