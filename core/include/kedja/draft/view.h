/* DRAFT, may change in any version: what a plugin gives the viewer and reports to show, as data. No drawing calls: a title, a
   column that the plugin records, and how its values read. Interface "kedja.view/0" of kj_host.interface. */
#ifndef KEDJA_DRAFT_VIEW_H
#define KEDJA_DRAFT_VIEW_H

#include <stdint.h>

#include "../status.h"

typedef enum kj_shown_kind {
    KJ_SHOWN_LAYER = 0, /* a view of the map: column of table `cell` in cividis */
    KJ_SHOWN_AREA = 1,  /* a view of the map: column of table `area`, each area in one colour */
    KJ_SHOWN_CHART = 2, /* a chart over the years: column of table `municipality`, summed */
    KJ_SHOWN_TEXT = 3   /* a line of what is said of a selected cell, area or facility: column of that table */
} kj_shown_kind;

typedef struct kj_shown_def {
    uint32_t struct_size;
    kj_shown_kind kind;
    const char *title[3]; /* en, sv, da; NULL: as in English */
    const char *unit;     /* as people read it, after scale; "" none */
    const char *table, *column; /* KJ_RECORD, declared by any plugin */
    double scale;         /* values are multiplied by it; 0: 1 */
    double low, high;     /* of the legend, after scale; both 0: what occurs */
    int32_t decimals;     /* 0 … 4 */
} kj_shown_def;

/* Errors: KJ_E_RANGE for a kind, table or number of decimals that is not among the above, KJ_E_MEMORY. The texts are copied.
   Only in provide(). */
typedef struct kj_view_v0 {
    uint32_t struct_size;
    kj_status (*show)(void *host, const kj_shown_def *def); /* first argument: kj_host.impl */
} kj_view_v0;

#endif
