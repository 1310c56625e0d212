/* How people spread over the localities of a municipality: runs held against the counts of maps/countries/CC/observed_localities.csv. */
#ifndef KEDJA_VALIDATE_LOCALITIES_H
#define KEDJA_VALIDATE_LOCALITIES_H

#include "../base/error.h"
#include "../io/runread.h"

enum { KJ_LOCALITIES_MAX = 64 };

/* Mean absolute error of the shares of localities on 31 December of a year: each locality's people over those of all localities that are
   counted that day and stand on the map; a locality is the areas with its code, or with its code, a hyphen and the number of a district.
   *baseline: the same if shares stay as the run has them at its start. Both NaN if the run has not that year or nothing is counted.
   KJ_E_INPUT: a damaged table, a locality counted twice. */
kj_status kj_locality_share_error(kj_error *err, kj_runread *run, int32_t year, double *error, double *baseline);

/* Reads the table alone, before a case runs for minutes. KJ_E_INPUT: a damaged row, by file and line. */
kj_status kj_locality_counts_check(kj_error *err, const char *country);

#endif
