#include "localities.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../io/csv.h"

typedef struct locality {
    char code[32];
    double counted, simulated, start; /* persons */
} locality;

typedef struct localities {
    locality row[KJ_LOCALITIES_MAX];
    uint32_t n;
} localities;

/* Row of the locality that an area is part of; -1. */
static int32_t locality_of(const localities *l, const char *area)
{
    for (uint32_t i = 0; i < l->n; i++) {
        size_t length = strlen(l->row[i].code);
        if (!strncmp(l->row[i].code, area, length) && (area[length] == '\0' || area[length] == '-')) return (int32_t)i;
    }
    return -1;
}

static kj_status take_count(kj_error *err, kj_csv *csv, const uint32_t column[3], int32_t wanted, localities *l)
{
    int32_t year = 0, month = 0, day = 0;
    int64_t people = 0;
    const char *code = kj_csv_field(csv, column[0]), *date = kj_csv_field(csv, column[1]);
    kj_status status = kj_csv_date(err, csv, column[1], &year, &month, &day);
    if (!status) status = kj_csv_integer(err, csv, column[2], 0, 1000000000, &people);
    if (status || year != wanted || month != 12 || day != 31) return status; /* a run is recorded on 31 December */
    if (l->n == KJ_LOCALITIES_MAX) return kj_fail(err, KJ_E_INPUT, "%s:%u: more than %d localities", kj_csv_path(csv), kj_csv_line(csv), KJ_LOCALITIES_MAX);
    if (!code[0] || strlen(code) >= sizeof l->row[0].code || locality_of(l, code) >= 0)
        return kj_fail(err, KJ_E_INPUT, "%s:%u: locality: expected a code that is not counted yet on %s, found \"%s\"", kj_csv_path(csv), kj_csv_line(csv), date, code);
    locality *row = &l->row[l->n++];
    *row = (locality){.counted = (double)people};
    snprintf(row->code, sizeof row->code, "%.31s", code);
    return KJ_OK;
}

static kj_status read_counts(kj_error *err, const char *country, int32_t year, localities *l)
{
    static const char *const names[3] = {"locality", "date", "population"};
    char relative[64], path[PATH_MAX];
    kj_csv *csv = NULL;
    uint32_t column[3] = {0};
    bool more = true;
    l->n = 0;
    snprintf(relative, sizeof relative, "maps/countries/%.7s/observed_localities.csv", country);
    if (kj_data_path(relative, path, sizeof path)) return kj_fail(err, KJ_E_INPUT, "%s is missing", path);
    kj_status status = kj_csv_open(err, path, ',', &csv);
    for (int i = 0; !status && i < 3; i++) status = kj_csv_require(err, csv, names[i], &column[i]);
    while (!status && !(status = kj_csv_next(err, csv, &more)) && more) status = take_count(err, csv, column, year, l);
    kj_csv_close(csv);
    return status;
}

kj_status kj_locality_counts_check(kj_error *err, const char *country)
{
    localities none;
    return read_counts(err, country, INT32_MIN, &none); /* every row is read, of no year is one kept */
}

/* Adds the areas' people at the end of a year to their localities, at the start to `start`. */
static kj_status add_people(kj_error *err, kj_runread *run, const char *const *codes, uint32_t n_areas, uint32_t year_index, bool start, localities *l)
{
    double *people = malloc(((size_t)n_areas + 1) * sizeof *people);
    kj_status status = people ? kj_runread_column(err, run, "area", "population", year_index, KJ_F64, people) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t a = 0; a < n_areas && !status; a++) {
        int32_t i = locality_of(l, codes[a]);
        if (i < 0) continue;
        if (start) l->row[i].start += people[a];
        else l->row[i].simulated += people[a];
    }
    free(people);
    return status;
}

/* Localities that the map does not have (nobody lived there at the start) are left out of both sides. */
static void compare(const localities *l, double *error, double *baseline)
{
    double counted = 0.0, simulated = 0.0, start = 0.0, n = 0.0, sum = 0.0, sum_start = 0.0;
    for (uint32_t i = 0; i < l->n; i++) {
        if (l->row[i].start <= 0.0) continue;
        n++;
        counted += l->row[i].counted;
        simulated += l->row[i].simulated;
        start += l->row[i].start;
    }
    if (n < 1.0 || counted <= 0.0 || simulated <= 0.0) return;
    for (uint32_t i = 0; i < l->n; i++) {
        const locality *row = &l->row[i];
        if (row->start <= 0.0) continue;
        sum += fabs(row->simulated / simulated - row->counted / counted);
        sum_start += fabs(row->start / start - row->counted / counted);
    }
    *error = sum / n;
    *baseline = sum_start / n;
}

kj_status kj_locality_share_error(kj_error *err, kj_runread *run, int32_t year, double *error, double *baseline)
{
    const kj_run_table *areas = kj_runread_table_named(run, "area");
    const char *const *codes;
    localities l;
    int32_t index = kj_runread_year_index(run, year);
    *error = *baseline = (double)NAN;
    if (index < 0 || !areas) return KJ_OK;
    kj_status status = kj_runread_texts(err, run, "area", "code", &codes);
    if (!status) status = read_counts(err, kj_runread_info(run)->map_country, year, &l);
    if (!status) status = add_people(err, run, codes, areas->n_rows, 0, true, &l);
    if (!status) status = add_people(err, run, codes, areas->n_rows, (uint32_t)index, false, &l);
    if (!status) compare(&l, error, baseline);
    return status;
}
