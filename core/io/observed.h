/* Observed population of a municipality, from maps/countries/CC/observed_population.csv: what really happened, beside
   what was simulated. */
#ifndef KEDJA_IO_OBSERVED_H
#define KEDJA_IO_OBSERVED_H

#include <stddef.h>
#include <stdint.h>

#include "../base/error.h"

typedef struct kj_observed {
    int32_t n;
    double *year;    /* decimal, so that 31 December 2020 is 2020.0; rising; owned */
    double *value;   /* owned */
    int32_t *date;   /* 20250930; owned */
    char offices[96]; /* whose counts they are: "Statistics Sweden", in English */
} kj_observed;

/* No table for the country or no row for the municipality: n = 0 and KJ_OK. KJ_E_INPUT: a broken table. */
kj_status kj_observed_read(kj_error *err, const char *country, const char *municipality_code, kj_observed *out);
void kj_observed_free(kj_observed *observed);

#endif
