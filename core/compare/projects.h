/* The municipality's named projects in a run: as its texts plan them, and what became of them. */
#ifndef KEDJA_COMPARE_PROJECTS_H
#define KEDJA_COMPARE_PROJECTS_H

#include "../io/runread.h"
#include "compare.h"

enum { KJ_FATES_TOLD = 3 };

typedef struct kj_project_fate {
    char name[96];
    int32_t year;  /* in which it was given up */
    int32_t years; /* late */
} kj_project_fate;

/* Projects of the municipality and of policies; developers' own are no plan of anybody's. */
typedef struct kj_project_fates {
    uint32_t n, n_built, n_given_up, n_late; /* late: building begins LATE_YEARS or more after the planned year; n - n_built - n_given_up are not complete yet */
    kj_project_fate given_up[KJ_FATES_TOLD]; /* the first in order of the table */
    kj_project_fate late[KJ_FATES_TOLD];     /* those that are latest first */
} kj_project_fates;

/* Zeroes for a run without projects. Planned years are those of the run's own texts, else of the year in which a project is first recorded. */
kj_status kj_project_fates_read(kj_error *err, kj_runread *run, kj_project_fates *out);

/* "6 of 7 projects are built; Marieholm Väster was given up in 2025; Stehag began 4 years late", in the language that is set; false: no projects. */
bool kj_project_fates_words(const kj_project_fates *fates, char *out, size_t room);

#endif
