/* The first full year of a school, preschool or care home: one definition for every table, page, alert and picture.

   It is the first recorded year, not before the year called now, in which there are as many pupils (or residents) as places,
   pavilions included, as counted on 15 October; later years of the run do not matter, and neither do years before now, which
   are known already. */
#ifndef KEDJA_IO_FIRST_FULL_H
#define KEDJA_IO_FIRST_FULL_H

#include <kedja/model.h>
#include <math.h>
#include <stddef.h>

#include "runread.h"

enum { KJ_YEARS_PAST = 3 };

/* What it is called and how it is explained wherever it is shown; English, to be translated. The text takes the year called now. */
#define KJ_FIRST_FULL_LABEL "First full year"
#define KJ_FIRST_FULL_TEXT "First full year: the first from %d on with as many users as places, pavilions included."

/* The last year that counts as past where nobody says which: the first recorded year + 3, or the last there is. */
static inline int32_t kj_year_now(const int32_t *years, uint32_t n_years)
{
    int32_t now = years[0] + KJ_YEARS_PAST;
    return now < years[n_years - 1] ? now : years[n_years - 1];
}

static inline bool kj_is_full(double users, double places) { return places > 0.0 && users >= places; }

/* users, places: one a year, `stride` apart. 0: not full from now to the end. */
static inline int32_t kj_first_full_year(const int32_t *years, uint32_t n_years, int32_t now, const double *users, const double *places, size_t stride)
{
    for (uint32_t y = 0; y < n_years; y++)
        if (years[y] >= now && kj_is_full(users[y * stride], places[y * stride])) return years[y];
    return 0;
}

/* Schools and preschools have their capacity: places of those that are open, with pavilions. Other kinds have their places. */
static inline double kj_places_in_use(int32_t kind, double capacity, double places)
{
    return kind == KJ_FACILITY_SCHOOL || kind == KJ_FACILITY_PRESCHOOL ? capacity : places;
}

/* Users and places of every facility, [n_years][n_rows] each. A run without such columns gives 0 everywhere. */
kj_status kj_facility_use(kj_error *err, const kj_runread *run, double *users, double *places);
/* Of every facility: [n_rows] years, 0 none. now 0: kj_year_now. */
kj_status kj_facility_first_full(kj_error *err, const kj_runread *run, int32_t now, int32_t *first_full);

/* Places that are used, in whole per cent, halves up (429 of 520 are 83); 100 only where no place is left (519 of 520 are 99). Negative without places. */
static inline double kj_places_used_percent(double users, double places)
{
    if (!(places > 0.0)) return -1.0;
    double percent = round(100.0 * users / places);
    return percent == 100.0 && users < places ? 99.0 : percent;
}

#endif
