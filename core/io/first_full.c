#include "first_full.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Adds a column where the run has it; a row that was not there reads as a large negative fill value and stays so. */
static kj_status add_column(kj_error *err, const kj_runread *run, const char *name, size_t n, double *scratch, double *sum)
{
    if (!kj_run_table_column(kj_runread_table_named(run, "facility"), name)) return KJ_OK;
    kj_status status = kj_runread_series(err, run, "facility", name, KJ_F64, scratch);
    for (size_t k = 0; k < n && !status; k++) sum[k] += scratch[k];
    return status;
}

kj_status kj_facility_use(kj_error *err, const kj_runread *run, double *users, double *places)
{
    const kj_run_table *table = kj_runread_table_named(run, "facility");
    size_t n = table ? (size_t)kj_runread_n_years(run) * table->n_rows : 0;
    memset(users, 0, n * sizeof *users);
    memset(places, 0, n * sizeof *places);
    if (!table) return KJ_OK;
    double *scratch = malloc((n + 1) * sizeof *scratch), *capacity = calloc(n + 1, sizeof *capacity), *kind = calloc(n + 1, sizeof *kind);
    kj_status status = scratch && capacity && kind ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (!status) status = add_column(err, run, "pupils", n, scratch, users);
    if (!status) status = add_column(err, run, "residents", n, scratch, users);
    if (!status) status = add_column(err, run, "places", n, scratch, places);
    if (!status && kj_run_table_column(table, "capacity")) {
        status = add_column(err, run, "capacity", n, scratch, capacity);
        if (!status) status = add_column(err, run, "kind", n, scratch, kind);
        for (size_t k = 0; k < n && !status; k++) places[k] = kj_places_in_use((int32_t)fmax(kind[k], -1.0), capacity[k], places[k]);
    }
    free(scratch);
    free(capacity);
    free(kind);
    return status;
}

kj_status kj_facility_first_full(kj_error *err, const kj_runread *run, int32_t now, int32_t *first_full)
{
    const kj_run_table *table = kj_runread_table_named(run, "facility");
    uint32_t n_years = kj_runread_n_years(run), n = table ? table->n_rows : 0;
    const int32_t *years = kj_runread_years(run);
    double *users = malloc(((size_t)n_years * n + 1) * sizeof *users), *places = malloc(((size_t)n_years * n + 1) * sizeof *places);
    kj_status status = users && places ? kj_facility_use(err, run, users, places) : kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t r = 0; r < n && !status; r++) first_full[r] = kj_first_full_year(years, n_years, now ? now : kj_year_now(years, n_years), users + r, places + r, n);
    free(users);
    free(places);
    return status;
}
