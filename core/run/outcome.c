/* Closing figures, read off the state. */
#include "outcome.h"

#include <kedja/model.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static int64_t living_rows(const kj_store *store, const char *table)
{
    const kj_rows *rows = kj_store_table(store, table);
    return rows ? rows->n_alive : 0;
}

/* Rows of a table whose U8 column has (equal) or has not (!equal) a value; all living rows if there is no such column. */
static int64_t count_u8(const kj_store *store, const char *table, const char *column, uint8_t value, bool equal)
{
    const kj_rows *rows = kj_store_table(store, table);
    const uint8_t *data = kj_store_data(store, table, column, KJ_U8);
    if (!rows || !data) return living_rows(store, table);
    int64_t n = 0;
    for (uint32_t row = 0; row < rows->n_rows; row++) n += rows->alive[row] && (data[row] == value) == equal;
    return n;
}

int64_t kj_outcome_population(const kj_store *store) { return count_u8(store, "person", "resident", 1, true); }

static int64_t count_roots(const kj_store *store)
{
    const kj_rows *rows = kj_store_table(store, "vacancy");
    const kj_id *parent = kj_store_data(store, "vacancy", "parent", KJ_ID);
    int64_t n = 0;
    for (uint32_t row = 0; rows && parent && row < rows->n_rows; row++) n += parent[row] == 0;
    return n;
}

/* Vacancies that ended with a household moving in. */
static int64_t count_moves(const kj_store *store)
{
    const kj_rows *rows = kj_store_table(store, "vacancy");
    const uint8_t *end = kj_store_data(store, "vacancy", "end", KJ_U8);
    int64_t n = 0;
    for (uint32_t row = 0; rows && end && row < rows->n_rows; row++)
        n += end[row] != KJ_END_OPEN && end[row] != KJ_END_DEMOLISHED && end[row] != KJ_END_CONVERTED;
    return n;
}

static int64_t count_households(const kj_store *store) { return count_u8(store, "household", "living", KJ_LIVES_OUTSIDE, false); }
static int64_t count_dwellings(const kj_store *store) { return count_u8(store, "dwelling", "state", KJ_DWELLING_CLOSED, false); }

static int64_t sum_municipalities(const kj_store *store, const char *column)
{
    const kj_rows *rows = kj_store_table(store, "municipality");
    const int64_t *data = kj_store_data(store, "municipality", column, KJ_I64);
    int64_t sum = 0;
    for (uint32_t row = 0; rows && data && row < rows->n_rows; row++) sum += rows->alive[row] ? data[row] : 0;
    return sum;
}

/* Households without a home of their own, as the pages tell them; -1 where nobody counts them. */
static int64_t count_lodging(const kj_store *store)
{
    return kj_store_data(store, "municipality", "lodging", KJ_I64) ? sum_municipalities(store, "lodging") : -1;
}

void kj_outcome_read_start(const kj_store *store, kj_outcome *out)
{
    out->population_start = kj_outcome_population(store);
    out->households_start = count_households(store);
    out->dwellings_start = count_dwellings(store);
    out->lodging_start = count_lodging(store);
}

kj_status kj_outcome_read(kj_error *err, kj_sim *sim, kj_outcome *out)
{
    const kj_store *store = kj_sim_store(sim);
    out->population_end = kj_outcome_population(store);
    out->households = count_households(store);
    out->dwellings = count_dwellings(store);
    out->lodging = count_lodging(store);
    out->moves = count_moves(store);
    out->chains = count_roots(store);
    out->person_months = kj_sim_person_months(sim);
    out->n_threads = kj_sim_get_config(sim)->n_threads;
    out->peak_memory_bytes = kj_sim_peak_memory(sim);
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) == 0) out->resident_bytes = (int64_t)usage.ru_maxrss * 1024;
    kj_sim_hash(sim, out->state_hash);
    return kj_vision_read(err, sim, &out->vision);
}

json_t *kj_outcome_json(const kj_outcome *o)
{
    json_t *root = json_object();
    json_object_set_new(root, "scenario", json_string(o->title));
    json_object_set_new(root, "map", json_string(o->map_title));
    json_object_set_new(root, "first_year", json_integer(o->first_year));
    json_object_set_new(root, "last_year", json_integer(o->last_year));
    json_object_set_new(root, "population_start", json_integer(o->population_start));
    json_object_set_new(root, "population_end", json_integer(o->population_end));
    json_object_set_new(root, "households_start", json_integer(o->households_start));
    json_object_set_new(root, "households", json_integer(o->households));
    json_object_set_new(root, "dwellings_start", json_integer(o->dwellings_start));
    json_object_set_new(root, "dwellings", json_integer(o->dwellings));
    if (o->vision.population > 0) json_object_set_new(root, "vision", kj_demands_json(&o->vision));
    json_object_set_new(root, "boundary", json_string(o->boundary));
    json_object_set_new(root, "moves", json_integer(o->moves));
    json_object_set_new(root, "chains", json_integer(o->chains));
    json_object_set_new(root, "person_months", json_integer(o->person_months));
    json_object_set_new(root, "loop_seconds", json_real(o->loop_seconds));
    json_object_set_new(root, "wall_seconds", json_real(o->wall_seconds));
    json_object_set_new(root, "threads", json_integer(o->n_threads));
    json_object_set_new(root, "peak_memory_bytes", json_integer(o->peak_memory_bytes));
    json_object_set_new(root, "resident_bytes", json_integer(o->resident_bytes));
    json_object_set_new(root, "state_hash", json_string(o->state_hash));
    return root;
}
