/* Several worlds beside each other: a base, and other runs of the same people with the same luck, each world with one run or more. */
#ifndef KEDJA_COMPARE_WORLDS_H
#define KEDJA_COMPARE_WORLDS_H

#include "compare.h"

enum { KJ_WORLDS_MAX = 6, KJ_FARMLAND_CLASSES = 11 };

typedef struct kj_world {
    char name[600];         /* as given, or the settings that differ from the base; "" for the base */
    const char *path;       /* for maps: its run with the seed of the base's first; the caller's */
    uint32_t n_runs;
    kj_comparison against;  /* the base and this world; empty for the base */
    double farmland_ha[KJ_FARMLAND_CLASSES]; /* built on since the start by class (0: none known), mean over the runs */
} kj_world;

typedef struct kj_worlds {
    uint32_t n; /* world 0 is the base */
    int32_t first_year, year;
    kj_world world[KJ_WORLDS_MAX];
} kj_worlds;

/* Runs in any order: the first belongs to the base, runs with the same settings to one world. names: NULL, or texts parted by ";", one a world in the
   order in which the worlds first appear. KJ_E_INPUT as for kj_compare, and for more than KJ_WORLDS_MAX worlds or another number of names. Free also
   after a failure. */
kj_status kj_worlds_compare(kj_error *err, const char *const *paths, uint32_t n, int32_t year, const char *names, kj_worlds *out);
void kj_worlds_free(kj_worlds *worlds);

/* Rows that tell the worlds apart: of the indicators that the table of worlds shows, number `index`; NULL past the last. */
const char *kj_worlds_row(uint32_t index);
/* The row of that id in a comparison; NULL if the runs do not have it. */
const kj_matrix_row *kj_comparison_row(const kj_comparison *comparison, const char *id);

#endif
