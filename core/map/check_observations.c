/* What a map, or a run of it, says beside each observation. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "observations.h"

enum { LISTED = 20, NEAR_MONTHS = 6 };
#define FAR_SHARE 0.05 /* off by more than this and by more than FAR_COUNT: a warning of its own */
#define FAR_COUNT 3.0

/* The map's observations. */
typedef struct observed {
    const kj_map *map;
    uint32_t n;
    const int32_t *month, *row, *place;
    const uint8_t *at, *quantity, *corrected;
    const double *value;
} observed;

static bool open_table(const kj_map *map, observed *o)
{
    const kj_store *s = &map->store;
    const kj_rows *rows = kj_store_table(s, "observation");
    if (!rows || !rows->n_rows) return false;
    *o = (observed){.map = map, .n = rows->n_rows};
    o->month = kj_store_data(s, "observation", "month", KJ_I32);
    o->row = kj_store_data(s, "observation", "row", KJ_I32);
    o->place = kj_store_data(s, "observation", "place", KJ_TEXT);
    o->at = kj_store_data(s, "observation", "at", KJ_U8);
    o->quantity = kj_store_data(s, "observation", "quantity", KJ_U8);
    o->corrected = kj_store_data(s, "observation", "corrected", KJ_U8);
    o->value = kj_store_data(s, "observation", "value", KJ_F64);
    return o->month && o->row && o->place && o->at && o->quantity && o->corrected && o->value;
}

/* Figures beside the observations of one quantity; NaN where there is none. */
typedef double counted_fn(const void *data, const observed *o, uint32_t i);

/* beside: "the map" or "the run". */
static kj_status say_quantity(kj_error *err, const observed *o, kj_quantity quantity, const char *beside, counted_fn *counted, const void *data, kj_findings *out)
{
    char label[32];
    uint32_t n = 0, n_none = 0, n_far = 0;
    double sum = 0.0, all = 0.0, is = 0.0;
    kj_status status = KJ_OK;
    kj_labels_at(KJ_QUANTITY_LABELS, (int32_t)quantity, label, sizeof label);
    for (uint32_t i = 0; i < o->n && !status; i++) {
        if (o->quantity[i] != quantity) continue;
        double here = counted(data, o, i), off = here - o->value[i];
        if (!isfinite(here)) {
            n_none++;
            continue;
        }
        n++;
        sum += fabs(off);
        all += o->value[i];
        is += here;
        if (fabs(off) <= fmax(FAR_COUNT, FAR_SHARE * o->value[i]) || n_far++ >= LISTED) continue;
        status = kj_map_findings_add(err, out, KJ_FINDING_WARNING, "observed: %s in %.60s, %d-%02d: %.0f, %s has %.0f (%+.0f)", label, kj_pool_text(&o->map->store.pool, o->place[i]),
                                 KJ_YEAR_OF(o->month[i]), KJ_MONTH_OF_YEAR(o->month[i]), o->value[i], beside, here, off);
    }
    if (!status && n)
        status = kj_map_findings_add(err, out, KJ_FINDING_NOTE, "observed: %s at %u places, %.0f in all, %s has %.0f (%+.1f %%); mean difference %.1f, %u off by more than 5 %% and 3", label, n, all, beside,
                                 is, all > 0.0 ? 100.0 * (is / all - 1.0) : 0.0, sum / n, n_far);
    if (!status && n_none)
        status = kj_map_findings_add(err, out, KJ_FINDING_NOTE, "observed: %u values of %s have nothing beside them in %s", n_none, label, beside);
    return status;
}

/* ---- beside the map ---- */

typedef struct counts {
    const kj_map *map;
    double *area[4], *municipality[4]; /* persons, children 0-5, 6-15, homes; then homes in use */
    double *in_use_area, *in_use_municipality;
    const int32_t *places;
} counts;

static kj_status count_map(kj_error *err, const kj_map *map, counts *c)
{
    const kj_store *s = &map->store;
    uint32_t n_areas = kj_store_table(s, "area")->n_rows, n_towns = kj_store_table(s, "municipality")->n_rows, n_homes = kj_store_table(s, "dwelling")->n_rows;
    const int32_t *cell_area = kj_store_data(s, "cell", "area", KJ_I32), *home = kj_store_data(s, "dwelling", "cell", KJ_I32), *birth = kj_store_data(s, "person", "birth_month", KJ_I32),
                  *care_cell = kj_store_data(s, "facility", "cell", KJ_I32);
    const kj_id *holder = kj_store_data(s, "dwelling", "household", KJ_ID), *town = kj_store_data(s, "area", "municipality", KJ_ID), *of = kj_store_data(s, "person", "household", KJ_ID),
                *dwelling = kj_store_data(s, "household", "dwelling", KJ_ID), *care = kj_store_data(s, "person", "care", KJ_ID);
    bool all = true;
    *c = (counts){.map = map, .places = kj_store_data(s, "facility", "places", KJ_I32)};
    for (int k = 0; k < 4; k++) {
        c->area[k] = calloc(n_areas + 1u, sizeof(double));
        c->municipality[k] = calloc(n_towns + 1u, sizeof(double));
        all = all && c->area[k] && c->municipality[k];
    }
    c->in_use_area = calloc(n_areas + 1u, sizeof(double));
    c->in_use_municipality = calloc(n_towns + 1u, sizeof(double));
    if (!all || !c->in_use_area || !c->in_use_municipality) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t d = 0; d < n_homes; d++) {
        int32_t a = cell_area[home[d]];
        if (a < 0) continue;
        c->area[3][a]++;
        c->in_use_area[a] += holder[d] != 0;
    }
    for (uint32_t p = 0; p < kj_store_table(s, "person")->n_rows; p++) {
        kj_id d = of[p] ? dwelling[of[p] - 1] : 0;
        int32_t cell = d ? home[d - 1] : care[p] ? care_cell[care[p] - 1] : -1, a = cell >= 0 ? cell_area[cell] : -1, age = (map->start - birth[p]) / 12;
        if (a < 0) continue;
        c->area[0][a]++;
        c->area[1][a] += age <= 5;
        c->area[2][a] += age >= 6 && age <= 15;
    }
    for (uint32_t a = 0; a < n_areas; a++) {
        kj_id m = town[a];
        if (!m || m > n_towns) continue;
        for (int k = 0; k < 4; k++) c->municipality[k][m - 1] += c->area[k][a];
        c->in_use_municipality[m - 1] += c->in_use_area[a];
    }
    return KJ_OK;
}

static void free_counts(counts *c)
{
    for (int k = 0; k < 4; k++) {
        free(c->area[k]);
        free(c->municipality[k]);
    }
    free(c->in_use_area);
    free(c->in_use_municipality);
}

static double in_map(const void *data, const observed *o, uint32_t i)
{
    const counts *c = data;
    bool area = o->at[i] == KJ_OBSERVED_AREA;
    switch (o->quantity[i]) {
    case KJ_OBSERVED_PERSONS:
    case KJ_OBSERVED_CHILDREN_0_5:
    case KJ_OBSERVED_CHILDREN_6_15:
    case KJ_OBSERVED_HOMES: return (area ? c->area : c->municipality)[o->quantity[i]][o->row[i]];
    case KJ_OBSERVED_HOMES_IN_USE: return (area ? c->in_use_area : c->in_use_municipality)[o->row[i]];
    case KJ_OBSERVED_PLACES: return c->places[o->row[i]];
    default: return (double)NAN;
    }
}

/* Who goes where is drawn when a run starts; a map can only say whether there is room. */
static kj_status check_room(kj_error *err, const observed *o, const counts *c, kj_findings *out)
{
    kj_status status = KJ_OK;
    for (uint32_t i = 0; i < o->n && !status; i++) {
        if (o->quantity[i] != KJ_OBSERVED_PUPILS || o->value[i] <= c->places[o->row[i]]) continue;
        status = kj_map_findings_add(err, out, KJ_FINDING_WARNING, "observed: %.0f pupils in %.60s, %d-%02d, which has %d places in the map (correct = true gives it the places)", o->value[i],
                                 kj_pool_text(&o->map->store.pool, o->place[i]), KJ_YEAR_OF(o->month[i]), KJ_MONTH_OF_YEAR(o->month[i]), c->places[o->row[i]]);
    }
    return status;
}

kj_status kj_observations_check(kj_error *err, const kj_map *map, kj_findings *out)
{
    observed o;
    counts c = {0};
    if (!open_table(map, &o)) return KJ_OK;
    kj_status status = count_map(err, map, &c);
    uint32_t n_corrected = 0, n_far = 0, n_later = 0;
    for (uint32_t i = 0; i < o.n; i++) {
        n_corrected += o.corrected[i];
        n_far += abs(o.month[i] - map->start) > NEAR_MONTHS;
        n_later += o.quantity[i] >= KJ_OBSERVED_PUPILS;
    }
    for (int q = 0; q <= KJ_OBSERVED_PLACES && !status; q++) status = say_quantity(err, &o, (kj_quantity)q, "the map", in_map, &c, out);
    if (!status) status = check_room(err, &o, &c, out);
    if (!status && n_corrected) status = kj_map_findings_add(err, out, KJ_FINDING_NOTE, "observed: %u of %u observations corrected the start", n_corrected, o.n);
    if (!status && n_far) status = kj_map_findings_add(err, out, KJ_FINDING_NOTE, "observed: %u of %u observations lie more than half a year from the map's start", n_far, o.n);
    if (!status && n_later) status = kj_map_findings_add(err, out, KJ_FINDING_NOTE, "observed: %u values of pupils, bookings and hours can be compared with a run: kedja map check MAP --run RUN.nc", n_later);
    free_counts(&c);
    return status;
}

/* ---- beside a run ---- */

typedef struct run_counts {
    const kj_runread *run;
    double *values; /* [n_years][n_rows] of one column */
    uint32_t n_rows;
} run_counts;

/* Index of the recorded year nearest to a date: counts of people stand on 31 December, those of schools in October. */
static int32_t year_of(const kj_runread *run, const observed *o, uint32_t i)
{
    int32_t month = KJ_MONTH_OF_YEAR(o->month[i]), year = KJ_YEAR_OF(o->month[i]), begins = o->quantity[i] >= KJ_OBSERVED_PLACES ? 8 : 7;
    return kj_runread_year_index(run, month >= begins ? year : year - 1);
}

static double in_run(const void *data, const observed *o, uint32_t i)
{
    const run_counts *c = data;
    int32_t year = year_of(c->run, o, i);
    if (year < 0 || !c->values || (uint32_t)o->row[i] >= c->n_rows) return (double)NAN;
    double value = c->values[(size_t)year * c->n_rows + (uint32_t)o->row[i]];
    return value > -1e15 ? value : (double)NAN;
}

/* Table and column of a run for a quantity at a kind of place; false if runs do not count it. */
static bool column_of(kj_quantity quantity, kj_observed_at at, const char **table, const char **column)
{
    static const char *const areas[] = {"population", "children_0_5", "children_6_15", NULL, NULL}, *const facilities[] = {"capacity", "pupils", "hours_booked", "hours_used"};
    *table = at == KJ_OBSERVED_AREA ? "area" : at == KJ_OBSERVED_MUNICIPALITY ? "municipality" : "facility";
    *column = NULL;
    if (at == KJ_OBSERVED_FACILITY) *column = facilities[quantity - KJ_OBSERVED_PLACES];
    else if (at == KJ_OBSERVED_AREA) *column = areas[quantity];
    else if (quantity == KJ_OBSERVED_PERSONS) *column = "population";
    else if (quantity == KJ_OBSERVED_HOMES) *column = "dwellings";
    return *column != NULL;
}

/* Observations of one kind of place alone: the others of the quantity are hidden from the comparison. */
static kj_status check_at(kj_error *err, const observed *all, const kj_runread *run, kj_quantity quantity, kj_observed_at at, kj_findings *out)
{
    const char *table, *column;
    uint8_t *quantities = malloc(all->n + 1u);
    observed o = *all;
    uint32_t n = 0;
    if (!quantities) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t i = 0; i < all->n; i++) {
        bool here = all->quantity[i] == quantity && all->at[i] == at;
        quantities[i] = here ? (uint8_t)quantity : KJ_QUANTITIES;
        n += here;
    }
    o.quantity = quantities;
    run_counts c = {.run = run};
    kj_status status = KJ_OK;
    if (n && column_of(quantity, at, &table, &column)) {
        const kj_run_table *rows = kj_runread_table_named(run, table);
        c.n_rows = rows && kj_run_table_column(rows, column) ? rows->n_rows : 0;
        c.values = c.n_rows ? malloc((size_t)kj_runread_n_years(run) * c.n_rows * sizeof *c.values) : NULL;
        if (c.n_rows && !c.values) status = kj_fail(err, KJ_E_MEMORY, "out of memory");
        if (c.values) status = kj_runread_series(err, run, table, column, KJ_F64, c.values);
    }
    if (!status && n) status = say_quantity(err, &o, quantity, "the run", in_run, &c, out);
    free(c.values);
    free(quantities);
    return status;
}

kj_status kj_observations_check_run(kj_error *err, const kj_map *map, const kj_runread *run, kj_findings *out)
{
    observed o;
    kj_status status = KJ_OK;
    if (strcmp(kj_runread_info(run)->map_digest, map->digest))
        return kj_fail(err, KJ_E_INPUT, "%s is a run of another map (%s, digest %.8s; this one is %s, %.8s)", kj_runread_path(run), kj_runread_info(run)->map_name,
                       kj_runread_info(run)->map_digest, map->name, map->digest);
    if (!open_table(map, &o)) return kj_fail(err, KJ_E_INPUT, "map %s has no observations to compare the run with (map.observations in its recipe)", map->name);
    for (int q = 0; q < KJ_QUANTITIES && !status; q++)
        for (int at = 0; at < KJ_OBSERVED_NOWHERE && !status; at++) status = check_at(err, &o, run, (kj_quantity)q, (kj_observed_at)at, out);
    return status;
}
