#include "observed.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "csv.h"

void kj_observed_free(kj_observed *observed)
{
    free(observed->year);
    free(observed->value);
    free(observed->date);
    *observed = (kj_observed){0};
}

/* Adds an office to the list, once. */
static void add_office(kj_observed *observed, const char *office)
{
    size_t used = strlen(observed->offices);
    if (!office[0] || strstr(observed->offices, office) || used + strlen(office) + 3 > sizeof observed->offices) return;
    snprintf(observed->offices + used, sizeof observed->offices - used, "%s%s", used ? ", " : "", office);
}

static kj_status add_point(kj_error *err, kj_observed *observed, double year, int32_t date, double value)
{
    size_t bytes = (size_t)(observed->n + 1) * sizeof(double);
    double *years = realloc(observed->year, bytes);
    if (years) observed->year = years;
    double *values = realloc(observed->value, bytes);
    if (values) observed->value = values;
    int32_t *dates = realloc(observed->date, (size_t)(observed->n + 1) * sizeof *dates);
    if (dates) observed->date = dates;
    if (!years || !values || !dates) return kj_fail(err, KJ_E_MEMORY, "observed population: out of memory");
    int32_t at = observed->n++;
    for (; at > 0 && observed->year[at - 1] > year; at--) { /* kept in order of time */
        observed->year[at] = observed->year[at - 1];
        observed->value[at] = observed->value[at - 1];
        observed->date[at] = observed->date[at - 1];
    }
    observed->year[at] = year;
    observed->value[at] = value;
    observed->date[at] = date;
    return KJ_OK;
}

static kj_status read_rows(kj_error *err, kj_csv *csv, const char *code, kj_observed *out)
{
    uint32_t municipality = 0, date = 0, value = 0, office = 0;
    bool more = true;
    kj_status status = kj_csv_require(err, csv, "municipality", &municipality);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "date", &date);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "value", &value);
    if (status == KJ_OK) status = kj_csv_require(err, csv, "office", &office);
    while (status == KJ_OK && (status = kj_csv_next(err, csv, &more)) == KJ_OK && more) {
        int32_t year = 0, month = 0, day = 0;
        double persons = 0.0;
        if (strcmp(kj_csv_field(csv, municipality), code) != 0) continue;
        status = kj_csv_date(err, csv, date, &year, &month, &day);
        if (status == KJ_OK) status = kj_csv_number(err, csv, value, 0.0, 1e9, &persons);
        /* 2015-03-31 is 2014.25: whole numbers are ends of years, as in the run */
        if (status == KJ_OK) status = add_point(err, out, (double)(year - 1) + (double)month / 12.0, year * 10000 + month * 100 + day, persons);
        if (status == KJ_OK) add_office(out, kj_csv_field(csv, office));
    }
    return status;
}

kj_status kj_observed_read(kj_error *err, const char *country, const char *municipality_code, kj_observed *out)
{
    char relative[64], path[PATH_MAX];
    kj_csv *csv = NULL;
    *out = (kj_observed){0};
    if (snprintf(relative, sizeof relative, "maps/countries/%s/observed_population.csv", country) >=
        (int)sizeof relative)
        return KJ_OK;
    if (kj_data_path(relative, path, sizeof path) != 0) return KJ_OK;
    kj_status status = kj_csv_open(err, path, ',', &csv);
    if (status == KJ_OK) status = read_rows(err, csv, municipality_code, out);
    kj_csv_close(csv);
    if (status != KJ_OK) kj_observed_free(out);
    return status;
}
