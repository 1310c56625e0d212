/* DRAFT, may change in any version: what a plugin gives the viewer and reports to show, as data. No drawing calls: a title, a
   column that the plugin records, and how its values read. Interface "kedja.view/0" of kj_host.interface. */
#ifndef KEDJA_DRAFT_VIEW_H
#define KEDJA_DRAFT_VIEW_H

#include <stddef.h>
#include <stdint.h>

#include "../status.h"

typedef enum kj_shown_kind {
    KJ_SHOWN_LAYER = 0, /* a view of the map: column of table `cell` in cividis */
    KJ_SHOWN_AREA = 1,  /* a view of the map: column of table `area`, each area in one colour */
    KJ_SHOWN_CHART = 2, /* a figure of the year and its chart: column of table `municipality` */
    KJ_SHOWN_TEXT = 3,  /* a line of what is said of a selected cell, area or facility: column of that table */
    KJ_SHOWN_STEP = 4   /* a step of the year's account, in the order shown: column of table `municipality`; costs have a
                           negative scale */
} kj_shown_kind;

typedef enum kj_shown_flag {
    KJ_SHOWN_MEAN = 1 << 0,        /* charts: the mean of the municipalities; else their sum */
    KJ_SHOWN_CUMULATIVE = 1 << 1,  /* charts: summed from the first year on */
    KJ_SHOWN_PER_HECTARE = 1 << 2, /* layers: divided by the cell's area in hectares, before scale */
    KJ_SHOWN_NOT_ZERO = 1 << 3,    /* map views: where it is 0 the land is seen; texts: no line is said of 0 */
    KJ_SHOWN_MORE_IS_BETTER = 1 << 4,
    KJ_SHOWN_LESS_IS_BETTER = 1 << 5,
    KJ_SHOWN_OF_YEAR = 1 << 6 /* charts: counts what happens in a year, or is first measured at its end; the start year, of which only the state is known, is left out */
} kj_shown_flag;

typedef struct kj_shown_def {
    uint32_t struct_size;
    kj_shown_kind kind;
    const char *title[3]; /* en, sv, da; NULL: as in English */
    const char *unit[3];  /* as people read it, after scale; NULL: as in English, none */
    const char *how[3];   /* how it is computed, one sentence; NULL: as in English, not told */
    const char *table, *column; /* KJ_RECORD, declared by any plugin */
    double scale;         /* values are multiplied by it; 0: 1 */
    double low, high;     /* of the legend, after scale; both 0: what occurs */
    int32_t decimals;     /* 0 … 4 */
    uint32_t flags;       /* kj_shown_flag */
    const char *per;      /* map views of areas: a column of table `area` that values are divided by, before scale; NULL: none */
} kj_shown_def;

/* Errors: KJ_E_RANGE for a kind, table, flag or number of decimals that is not among the above, KJ_E_MEMORY. The texts are
   copied. Only in provide(). A run without that column shows nothing of it. */
typedef struct kj_view_v0 {
    uint32_t struct_size;
    kj_status (*show)(void *host, const kj_shown_def *def); /* first argument: kj_host.impl */
} kj_view_v0;

/* Shows a list, whose struct_size need not be set; a host without the interface (view NULL) shows nothing. */
static inline kj_status kj_show_all(const kj_view_v0 *view, void *impl, const kj_shown_def *defs, size_t n)
{
    kj_status status = KJ_OK;
    for (size_t i = 0; view && i < n && !status; i++) {
        kj_shown_def def = defs[i];
        def.struct_size = sizeof def;
        status = view->show(impl, &def);
    }
    return status;
}

#endif
