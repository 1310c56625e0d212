/* Life of a simulation: start from a map, month after month, end. */
#include "sim.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "internal.h"

enum { AHEAD = 1200 }; /* months that a model may plan ahead of the run's end */

kj_status kj_sim_new(kj_error *err, const kj_sim_config *config, kj_sim **out)
{
    if (config->start < 0 || config->end > KJ_MONTH_MAX - AHEAD)
        return kj_fail(err, KJ_E_RANGE, "a run from %d to %d: expected years between 1900 and %d, which the model's months can hold",
                       KJ_YEAR_OF(config->start), KJ_YEAR_OF(config->end), KJ_YEAR_OF(KJ_MONTH_MAX - AHEAD));
    kj_sim *sim = calloc(1, sizeof *sim);
    if (!sim) return kj_fail(err, KJ_E_MEMORY, "out of memory for a simulation");
    sim->config = *config;
    sim->registering = -1;
    sim->now = config->start;
    if (sim->config.n_threads <= 0) sim->config.n_threads = omp_get_num_procs();
    kj_store_init(&sim->store, &sim->memory);
    sim->n_arenas = sim->config.n_threads + KJ_GROUP_MAX;
    sim->arenas = calloc((size_t)sim->n_arenas, sizeof *sim->arenas);
    static const char *const fixed[][2] = {{"cell", "One row a grid cell."},
                                           {"area", "Prognosis areas, which are also the market areas."},
                                           {"municipality", "Municipalities of the map."}};
    kj_status status = sim->arenas ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory for a simulation");
    for (size_t i = 0; !status && i < sizeof fixed / sizeof *fixed; i++)
        status = kj_store_add_table(err, &sim->store, fixed[i][0], fixed[i][1], NULL);
    if (status) {
        kj_sim_free(sim);
        return status;
    }
    *out = sim;
    return KJ_OK;
}

static void free_plugins(kj_sim *sim)
{
    for (uint32_t p = 0; p < sim->n_plugins; p++) {
        kj_plugin *plugin = &sim->plugins[p];
        if (plugin->instance) plugin->info.def->destroy(plugin->instance);
        if (plugin->library) dlclose(plugin->library);
        free((char *)plugin->info.path);
    }
    free(sim->plugins);
}

static void free_systems(kj_sim *sim)
{
    for (uint32_t s = 0; s < sim->n_systems; s++) {
        kj_system *system = &sim->systems[s];
        for (char **name = system->after; name && *name; name++) free(*name);
        free(system->after);
        free(system->touches);
        free(system->uses);
        free(system->name);
        free(system->doc);
    }
    free(sim->systems);
    free(sim->apart);
    free(sim->todo);
    for (uint32_t i = 0; i < sim->n_invariants; i++) {
        free(sim->invariants[i].name);
        free(sim->invariants[i].doc);
    }
    free(sim->invariants);
}

static void free_params(kj_sim *sim)
{
    for (uint32_t p = 0; p < sim->n_params; p++) {
        free(sim->params[p].unit);
        free(sim->params[p].source);
        free(sim->params[p].doc);
    }
    free(sim->params);
    kj_country_params_free(sim->country_params, sim->n_country_params);
    for (uint32_t t = 0; t < sim->n_tables; t++) {
        free(sim->tables[t].name);
        free(sim->tables[t].values);
    }
    free(sim->tables);
}

static void free_queues(kj_sim *sim)
{
    for (uint32_t q = 0; q < sim->n_queues; q++) {
        kj_queue_state *queue = &sim->queues[q];
        kj_memory_give(queue->data.records, (size_t)queue->data.capacity * queue->data.record_bytes);
    }
    for (uint32_t b = 0; b < sim->n_emits; b++) kj_memory_give(sim->emits[b].bytes, sim->emits[b].capacity);
    free(sim->emits);
    free(sim->queues);
}

void kj_sim_free(kj_sim *sim)
{
    if (!sim) return;
    kj_team_free(sim->team);
    free_plugins(sim);
    free_systems(sim);
    free_params(sim);
    free_queues(sim);
    kj_shown_free(sim);
    for (uint32_t c = 0; c < sim->n_cols; c++)
        if (sim->cols[c].prev)
            kj_memory_free(&sim->memory, sim->cols[c].prev,
                           (size_t)sim->cols[c].prev_rows * kj_type_bytes(kj_sim_column(sim, c + 1)->type));
    free(sim->cols);
    for (int32_t a = 0; sim->arenas && a < sim->n_arenas; a++) kj_arena_free(&sim->arenas[a]);
    free(sim->arenas);
    kj_memory_free(&sim->memory, sim->kept.bytes, sim->kept.capacity);
    kj_memory_free(&sim->memory, sim->kills, sim->kills_capacity * sizeof *sim->kills);
    kj_store_free(&sim->store);
    free(sim);
}

void kj_sim_set_observer(kj_sim *sim, kj_observer_fn look, void *data)
{
    sim->observer = look;
    sim->observer_data = data;
}

void kj_sim_set_policies(kj_sim *sim, kj_policy_fn apply, kj_policy_fn remember, void *policies)
{
    sim->policies = apply;
    sim->remember = remember;
    sim->policies_data = policies;
}

kj_kept *kj_sim_kept(kj_sim *sim) { return &sim->kept; }

uint8_t *kj_sim_keep(kj_sim *sim, size_t n)
{
    kj_kept *kept = &sim->kept;
    if (kept->n + n > kept->capacity) {
        size_t room = kept->n + n; /* grows a few times a year: no room to spare */
        uint8_t *grown = kj_memory_grow(&sim->memory, kept->bytes, kept->capacity, room);
        if (!grown) return NULL;
        kept->bytes = grown;
        kept->capacity = room;
    }
    uint8_t *made = kept->bytes + kept->n;
    kept->n += n;
    return made;
}

static kj_status remember(kj_error *err, kj_sim *sim) { return sim->remember ? sim->remember(err, sim->policies_data, sim, sim->now) : KJ_OK; }

/* ---- from a map -------------------------------------------------------------------------------------------------- */

/* Whole numbers of another width: a map may be wider than the state, as with months, but every value must fit. */
static kj_status convert_column(kj_error *err, const kj_map *map, const kj_rows *from, const kj_column *given, kj_column *column)
{
    for (uint32_t row = 0; row < from->n_rows; row++) {
        int64_t value = kj_column_whole(given, row);
        if (!kj_column_set_whole(column, row, value))
            return kj_fail(err, KJ_E_INPUT, "map '%s': %s.%s of id %u is %" PRId64 ", which does not fit into the model's %u bytes", map->name,
                           from->name, column->name, from->ids[row], value, kj_type_bytes(column->type));
    }
    return KJ_OK;
}

static kj_status copy_column(kj_error *err, kj_sim *sim, const kj_map *map, const kj_rows *from, const kj_rows *to, kj_column *column)
{
    const kj_column *given = kj_rows_column(from, column->name);
    if (!given) {
        if (column->flags & KJ_INPUT)
            return kj_fail(err, KJ_E_INPUT, "map '%s': table '%s' has no column '%s' (%s)", map->name, to->name, column->name, column->doc);
        return KJ_OK;
    }
    bool converts = given->type != column->type && kj_type_is_whole(given->type) && kj_type_is_whole(column->type);
    if (given->type != column->type && !converts)
        return kj_fail(err, KJ_E_INPUT, "map '%s': column %s.%s has type %s, expected %s", map->name, to->name, column->name,
                       kj_type_name(given->type), kj_type_name(column->type));
    kj_status status = kj_column_provenance(err, column, given->origin, given->source);
    if (status) return status;
    if (converts) return convert_column(err, map, from, given, column);
    if (column->type != KJ_TEXT) {
        if (from->n_rows) memcpy(column->data, given->data, (size_t)from->n_rows * kj_type_bytes(column->type));
        return KJ_OK;
    }
    for (uint32_t row = 0; row < from->n_rows; row++) {
        int32_t index = kj_pool_intern(&sim->store.pool, kj_pool_text(&map->store.pool, ((const int32_t *)given->data)[row]));
        if (index < 0) return kj_fail(err, KJ_E_MEMORY, "out of memory for texts of map '%s'", map->name);
        ((int32_t *)column->data)[row] = index;
    }
    return KJ_OK;
}

static kj_status copy_table(kj_error *err, kj_sim *sim, const kj_map *map, kj_rows *to)
{
    const kj_rows *from = kj_store_table(&map->store, to->name);
    for (uint32_t c = 0; !from && c < to->n_columns; c++)
        if (to->columns[c].flags & KJ_INPUT)
            return kj_fail(err, KJ_E_INPUT, "map '%s': there is no table '%s'", map->name, to->name);
    if (!from) return KJ_OK;
    for (uint32_t row = 0; row < from->n_rows; row++)
        if (!from->alive[row] || from->ids[row] != row + 1)
            return kj_fail(err, KJ_E_INPUT, "map '%s': table '%s' must have ids 1..n in row order; row %u has id %u", map->name,
                           to->name, row, from->ids[row]);
    kj_status status = from->n_rows ? kj_rows_add(err, &sim->store, to, from->n_rows, NULL) : KJ_OK;
    for (uint32_t c = 0; !status && c < to->n_columns; c++) status = copy_column(err, sim, map, from, to, &to->columns[c]);
    return status;
}

static kj_status bad_reference(kj_error *err, const kj_map *map, const kj_rows *rows, const kj_column *column, uint32_t row, const char *what)
{
    return kj_fail(err, KJ_E_INPUT, "map '%s': %s.%s of id %u points to %s %.0f of '%s', which it does not have", map->name, rows->name,
                   column->name, rows->ids[row], what, kj_column_value(column, row), column->ref);
}

static kj_status check_pointers(kj_error *err, const kj_sim *sim, const kj_map *map, const kj_rows *rows, const kj_column *column)
{
    const kj_rows *target = column->ref[0] ? kj_store_table(&sim->store, column->ref) : NULL;
    if (!target) return KJ_OK;
    if (column->type == KJ_ID) {
        for (uint32_t row = 0; row < rows->n_rows; row++)
            if (((const kj_id *)column->data)[row] >= target->next_id) return bad_reference(err, map, rows, column, row, "id");
    } else if (column->type == KJ_I32) {
        int32_t least = column->min == -1.0 ? -1 : 0;
        for (uint32_t row = 0; row < rows->n_rows; row++) {
            int32_t to = ((const int32_t *)column->data)[row];
            if (to < least || to >= (int32_t)target->n_rows) return bad_reference(err, map, rows, column, row, "row");
        }
    }
    return KJ_OK;
}

static kj_status check_values(kj_error *err, const kj_map *map, const kj_rows *rows, const kj_column *column)
{
    char range[KJ_RANGE_TEXT];
    if (column->min == 0.0 && column->max == 0.0) return KJ_OK;
    for (uint32_t row = 0; row < rows->n_rows; row++) {
        double value = kj_column_value(column, row);
        if (!(value >= column->min && value <= column->max))
            return kj_fail(err, KJ_E_INPUT, "map '%s': %s.%s of id %u is %.15g: expected %s", map->name, rows->name, column->name,
                           rows->ids[row], value, kj_range_text(column->min, column->max, column->unit, range));
    }
    return KJ_OK;
}

/* Ids, rows and codes from a map index arrays later: what is out of range is refused here, once. */
static kj_status check_references(kj_error *err, const kj_sim *sim, const kj_map *map)
{
    kj_status status = KJ_OK;
    for (uint32_t t = 0; !status && t < sim->store.n_tables; t++) {
        const kj_rows *rows = &sim->store.tables[t];
        for (uint32_t c = 0; !status && c < rows->n_columns; c++) {
            status = check_pointers(err, sim, map, rows, &rows->columns[c]);
            if (!status) status = check_values(err, map, rows, &rows->columns[c]);
        }
    }
    return status;
}

static bool is_due(const kj_sim *sim, const kj_system *system)
{
    return system->def.month_of_year == 0 || system->def.month_of_year == KJ_MONTH_OF_YEAR(sim->now);
}

/* Rows that systems have made, and columns of zeros that they have written, are memory now. */
static void count_tables(kj_sim *sim)
{
    for (uint32_t t = 0; t < sim->store.n_tables; t++) kj_rows_count(&sim->store, &sim->store.tables[t]);
}

static kj_status run_start(kj_error *err, kj_sim *sim)
{
    kj_status status = KJ_OK;
    for (uint32_t s = 0; !status && s < sim->n_systems; s++) {
        kj_system *system = &sim->systems[s];
        if (system->def.phase == KJ_PHASE_START && is_due(sim, system)) status = kj_group_execute(err, sim, &(kj_group){1, {system}});
    }
    count_tables(sim);
    return status;
}

/* Whether a system may create rows in a table; those of the start count as well while it lies ahead. */
static bool may_grow(const kj_sim *sim, uint32_t table, bool started)
{
    for (uint32_t s = 0; s < sim->n_systems; s++) {
        const kj_system_def *def = &sim->systems[s].def;
        for (uint32_t u = 0; u < def->n_uses && !(started && def->phase == KJ_PHASE_START); u++)
            if (def->uses[u].kind == KJ_USE_TABLE && def->uses[u].index1 == table + 1) return true;
    }
    return false;
}

/* Spare rows of tables that are whole go back, and columns of zeros. */
static kj_status trim_tables(kj_error *err, kj_sim *sim, bool started)
{
    kj_status status = KJ_OK;
    for (uint32_t t = 0; !status && t < sim->store.n_tables; t++)
        if (!may_grow(sim, t, started)) status = kj_rows_trim(err, &sim->store, &sim->store.tables[t]);
    return status;
}

/* What only the start needed goes back, its scratch too. */
static kj_status tidy_up(kj_error *err, kj_sim *sim)
{
    sim->start_peak_bytes = kj_sim_peak_memory(sim);
    for (int32_t a = 0; a < sim->n_arenas; a++) kj_arena_free(&sim->arenas[a]);
    kj_status status = trim_tables(err, sim, true);
    sim->memory.peak_bytes = sim->memory.bytes;
    return status;
}

/* taken: the same map if its tables may be given back, else NULL. */
static kj_status start_from(kj_error *err, kj_sim *sim, const kj_map *map, kj_map *taken)
{
    sim->grid = map->grid;
    const kj_rows *cells = kj_store_table(&map->store, "cell");
    if (!cells || cells->n_rows != (uint32_t)kj_grid_cells(&map->grid))
        return kj_fail(err, KJ_E_INPUT, "map '%s': table 'cell' has %u rows, the grid has %d cells", map->name,
                       cells ? cells->n_rows : 0, kj_grid_cells(&map->grid));
    kj_status status = KJ_OK;
    for (uint32_t t = 0; !status && t < sim->store.n_tables; t++) {
        status = copy_table(err, sim, map, &sim->store.tables[t]);
        kj_rows *from = taken ? kj_store_table(&taken->store, sim->store.tables[t].name) : NULL;
        if (from) kj_rows_release(&taken->store, from);
    }
    if (!status) status = check_references(err, sim, map);
    if (!status) status = trim_tables(err, sim, false);
    if (!status) status = run_start(err, sim);
    if (!status) status = kj_sim_put_in_order(err, sim);
    if (!status) status = tidy_up(err, sim);
    if (status) return status;
    /* Once for every run, not only in audits: a map may come from anywhere. */
    if (kj_invariants_check(err, sim) == KJ_OK) return remember(err, sim);
    err->status = KJ_E_INPUT;
    return kj_error_context(err, "map '%s' does not fit together", map->name);
}

kj_status kj_sim_start(kj_error *err, kj_sim *sim, const kj_map *map) { return start_from(err, sim, map, NULL); }
kj_status kj_sim_start_taking(kj_error *err, kj_sim *sim, kj_map *map) { return start_from(err, sim, map, map); }

kj_status kj_sim_restore(kj_error *err, kj_sim *sim, const kj_grid *grid, kj_month month)
{
    for (uint32_t t = 0; t < sim->store.n_tables; t++)
        if (sim->store.tables[t].n_rows) return kj_fail(err, KJ_E_FAILED, "a simulation can be restored only before it has started");
    sim->grid = *grid;
    sim->now = month;
    return KJ_OK;
}

/* ---- a month ----------------------------------------------------------------------------------------------------- */

static void reset_flows(kj_sim *sim)
{
    for (uint32_t t = 0; t < sim->store.n_tables; t++) {
        kj_rows *rows = &sim->store.tables[t];
        for (uint32_t c = 0; c < rows->n_columns; c++)
            if ((rows->columns[c].flags & KJ_FLOW) && rows->n_rows && !rows->columns[c].untouched)
                memset(rows->columns[c].data, 0, (size_t)rows->n_rows * kj_type_bytes(rows->columns[c].type));
    }
}

static kj_status keep_previous(kj_error *err, kj_sim *sim)
{
    for (uint32_t c = 0; c < sim->n_cols; c++) {
        kj_col_ref *ref = &sim->cols[c];
        if (!ref->wants_prev) continue;
        const kj_rows *rows = &sim->store.tables[ref->table];
        size_t width = kj_type_bytes(rows->columns[ref->column].type);
        if (ref->prev_rows < rows->capacity) {
            void *grown = kj_memory_grow(&sim->memory, ref->prev, ref->prev_rows * width, rows->capacity * width);
            if (!grown) return kj_fail(err, KJ_E_MEMORY, "out of memory for last month's %s.%s", rows->name, rows->columns[ref->column].name);
            ref->prev = grown;
            ref->prev_rows = rows->capacity;
        }
        memcpy(ref->prev, rows->columns[ref->column].data, rows->n_rows * width);
        memset((uint8_t *)ref->prev + rows->n_rows * width, 0, (ref->prev_rows - rows->n_rows) * width);
    }
    return KJ_OK;
}

/* Residents if the model says who is one, else all persons. */
static int64_t count_residents(const kj_sim *sim)
{
    const kj_rows *persons = kj_store_table(&sim->store, "person");
    if (!persons) return 0;
    const kj_column *resident = kj_rows_column(persons, "resident");
    if (!resident || resident->type != KJ_U8) return persons->n_alive;
    const uint8_t *is = resident->data, *alive = persons->alive;
    int64_t n = 0;
    uint32_t row = 0;
    for (; row + 8 <= persons->n_rows; row += 8) { /* both are 0 or 1: eight rows in one word */
        uint64_t eight, living;
        memcpy(&eight, is + row, sizeof eight);
        memcpy(&living, alive + row, sizeof living);
        n += (int64_t)((eight & living) * 0x0101010101010101u >> 56); /* the sum of its bytes */
    }
    for (; row < persons->n_rows; row++) n += is[row] & alive[row];
    return n;
}

/* The month's systems in their order, those at the same time that are apart. */
static kj_status run_systems(kj_error *err, kj_sim *sim)
{
    uint32_t n = 0;
    for (uint32_t s = 0; s < sim->n_systems; s++)
        if (sim->systems[s].def.phase != KJ_PHASE_START && is_due(sim, &sim->systems[s])) sim->todo[n++] = &sim->systems[s];
    kj_status status = KJ_OK;
    kj_group group;
    for (kj_group_next(sim, sim->todo, n, &group); !status && group.n > 0; kj_group_next(sim, sim->todo, n, &group))
        status = kj_group_execute(err, sim, &group);
    count_tables(sim);
    return status;
}

kj_status kj_sim_month(kj_error *err, kj_sim *sim)
{
    sim->now++;
    bool january = KJ_MONTH_OF_YEAR(sim->now) == 1, december = KJ_MONTH_OF_YEAR(sim->now) == 12;
    sim->person_months += count_residents(sim);
    if (january) reset_flows(sim);
    kj_status status = keep_previous(err, sim);
    omp_set_num_threads(sim->config.n_threads); /* for the whole-layer operations of policies */
    if (!status && sim->policies) status = sim->policies(err, sim->policies_data, sim, sim->now);
    if (!status) status = run_systems(err, sim);
    if (!status && sim->config.audit) status = kj_invariants_check(err, sim);
    if (!status && sim->observer) status = sim->observer(err, sim->observer_data, sim, sim->now);
    if (!status && december) status = kj_modules_check(err, sim);
    if (!status && december) status = kj_sim_compact(err, sim);
    return !status && december ? remember(err, sim) : status;
}

kj_month kj_sim_now(const kj_sim *sim) { return sim->now; }
const kj_sim_config *kj_sim_get_config(const kj_sim *sim) { return &sim->config; }
const kj_grid *kj_sim_grid(const kj_sim *sim) { return &sim->grid; }
kj_store *kj_sim_store(kj_sim *sim) { return &sim->store; }

kj_memory *kj_sim_memory(kj_sim *sim) { return &sim->memory; }

int64_t kj_sim_peak_memory(const kj_sim *sim)
{
    int64_t bytes = sim->memory.peak_bytes;
    for (int32_t a = 0; a < sim->n_arenas; a++) bytes += (int64_t)kj_arena_peak(&sim->arenas[a]);
    for (uint32_t b = 0; b < sim->n_emits; b++) bytes += (int64_t)kj_memory_behind(sim->emits[b].capacity, sim->emits[b].n_written);
    return bytes > sim->start_peak_bytes ? bytes : sim->start_peak_bytes;
}

int64_t kj_sim_person_months(const kj_sim *sim) { return sim->person_months; }
void kj_sim_set_person_months(kj_sim *sim, int64_t value) { sim->person_months = value; }

uint32_t kj_sim_n_systems(const kj_sim *sim) { return sim->n_systems; }

void kj_sim_system(const kj_sim *sim, uint32_t index, kj_system_info *out)
{
    const kj_system *s = &sim->systems[index];
    *out = (kj_system_info){.name = s->name, .doc = s->doc, .plugin = sim->plugins[s->plugin].info.def->id,
                            .phase = s->def.phase, .shape = s->def.shape, .month_of_year = s->def.month_of_year,
                            .nanoseconds = s->nanoseconds};
}

uint32_t kj_sim_n_queues(const kj_sim *sim) { return sim->n_queues; }
kj_queue_data *kj_sim_queue(kj_sim *sim, uint32_t index) { return &sim->queues[index].data; }
