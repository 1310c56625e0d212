/* A simulation: plugins, schema, parameters, state, and the systems of a month in order. Internal to the core.

   Life: kj_sim_new -> kj_sim_load_plugins -> kj_sim_set_param … -> kj_sim_start (map into state, START systems)
         -> kj_sim_month … -> kj_sim_free. Instead of kj_sim_start, a restart calls kj_sim_restore with a checkpoint. */
#ifndef KEDJA_ENGINE_SIM_H
#define KEDJA_ENGINE_SIM_H

#include <kedja/draft/view.h>
#include <kedja/plugin.h>
#include <stdbool.h>

#include "../base/error.h"
#include "../space/grid.h"
#include "../table/table.h"

typedef struct kj_sim kj_sim;

typedef struct kj_sim_config {
    uint64_t seed;
    int32_t n_threads;     /* 0: all processors */
    bool audit;            /* undeclared writes, ranges, invariants, block order reversed */
    kj_month start, end;   /* state stands at the end of month `start`; the run simulates start+1 … end */
    const char *country;   /* "se": folder of maps/countries with the parameter tables */
    const kj_plugin_def *const *builtins; /* NULL-terminated; plugins/builtins.h has the list of the built-in model */
} kj_sim_config;

kj_status kj_sim_new(kj_error *err, const kj_sim_config *config, kj_sim **out);
void kj_sim_free(kj_sim *sim);

/* Loads the built-in plugins and the modules at `paths`; a module with the id of a built-in takes its place. create,
   provide, bind, hazard check, schedule. The parameters stand at their defaults, the tables at zero rows. */
kj_status kj_sim_load_plugins(kj_error *err, kj_sim *sim, const char *const *module_paths, uint32_t n_modules);

/* What policies need. apply: called first in phase POLICY of every month (January: after flows are reset). remember: called when the start state and each
   December stand as they are recorded; NULL: not. */
typedef kj_status (*kj_policy_fn)(kj_error *err, void *policies, kj_sim *sim, kj_month month);
void kj_sim_set_policies(kj_sim *sim, kj_policy_fn apply, kj_policy_fn remember, void *policies);

/* What is kept of the past for policies, in records whose form only core/script knows. Part of checkpoints and images, so that a run that goes on knows
   what one that never stopped does; not of the state hash, since no system reads it. */
typedef struct kj_kept {
    uint8_t *bytes;
    size_t n, capacity;
} kj_kept;
kj_kept *kj_sim_kept(kj_sim *sim);
/* Makes room for n more bytes, zeros, and counts them in. NULL when out of memory. Pointers into kept bytes end here. */
uint8_t *kj_sim_keep(kj_sim *sim, size_t n);

/* Looks at the state at the end of every month, before the dead rows of a year are removed; changes nothing. */
typedef kj_status (*kj_observer_fn)(kj_error *err, void *data, kj_sim *sim, kj_month month);
void kj_sim_set_observer(kj_sim *sim, kj_observer_fn look, void *data);

/* Copies the map's tables into the state, runs START and checks every invariant once (KJ_E_INPUT: the map is broken). The map may be freed afterwards. */
kj_status kj_sim_start(kj_error *err, kj_sim *sim, const kj_map *map);
/* The same, and gives back each table of the map once it is copied, so that map and state never stand side by side. */
kj_status kj_sim_start_taking(kj_error *err, kj_sim *sim, kj_map *map);
/* For a restart: fixes the grid and empties the tables; the caller (core/io) then fills store, queues, params. */
kj_status kj_sim_restore(kj_error *err, kj_sim *sim, const kj_grid *grid, kj_month month);
/* Simulates one month. After December: compacted and measured, ready to be recorded. */
kj_status kj_sim_month(kj_error *err, kj_sim *sim);

kj_month kj_sim_now(const kj_sim *sim); /* last month simulated */
const kj_sim_config *kj_sim_get_config(const kj_sim *sim);
const kj_grid *kj_sim_grid(const kj_sim *sim);
kj_store *kj_sim_store(kj_sim *sim);
kj_memory *kj_sim_memory(kj_sim *sim);
/* Most bytes ever allocated for state, queues and scratch. The resident size of the process is larger. */
int64_t kj_sim_peak_memory(const kj_sim *sim);
int64_t kj_sim_person_months(const kj_sim *sim); /* sum of residents alive at each month's start */
void kj_sim_set_person_months(kj_sim *sim, int64_t value);

/* 128-bit hash (hex, 33 bytes) of month, queues and every live row of every column that is not derived. Parameters are
   not part of it: two runs hash alike exactly when their people, homes and land are alike. */
void kj_sim_hash(const kj_sim *sim, char out[33]);

/* The same over the columns that other plugins than this one declare, without queues: equal with and without the plugin
   when it only watches. */
void kj_sim_hash_without(const kj_sim *sim, const char *plugin, char out[33]);

/* 128-bit digest (hex, 33 bytes) of the country's parameter tables, by name and value: part of what a run rests on. */
kj_status kj_sim_tables_digest(kj_error *err, const kj_sim *sim, char out[33]);

/* Parameters. Full names: "demography.fertility_scale". */
typedef struct kj_param_info {
    char name[2 * KJ_NAME_MAX];
    char *unit, *source, *doc;
    double def, min, max, value;
    bool is_whole; /* takes whole numbers alone: of unit "boolean", "year" or "month", or added as such */
    kj_evidence evidence;
    char plugin[KJ_NAME_MAX];
} kj_param_info;
uint32_t kj_sim_n_params(const kj_sim *sim);
/* Country tables that plugins have read: name and rows by kind of evidence (kj_evidence - 1); NULL past the last. */
const char *kj_sim_country_table(const kj_sim *sim, uint32_t index, uint32_t n_of[4]);
const kj_param_info *kj_sim_param(const kj_sim *sim, uint32_t index);
/* Unknown name: KJ_E_INPUT with the nearest known one. Out of range: KJ_E_INPUT with range and unit. A parameter of unit
   "boolean" takes 0 or 1, one that is_whole no fractions. */
kj_status kj_sim_set_param(kj_error *err, kj_sim *sim, const char *name, double value);
/* "name=value" of --set; true and false read as 1 and 0. */
typedef struct kj_setting {
    char name[2 * KJ_NAME_MAX];
    double value;
} kj_setting;
kj_status kj_setting_parse(kj_error *err, const char *text, kj_setting *out);
/* Adds a parameter of a policy (core/script): plugin is "policy", name "densify.max_far"; is_whole: whole numbers
   alone, whatever its unit. Before kj_sim_start. */
kj_status kj_sim_add_param(kj_error *err, kj_sim *sim, const char *plugin, const kj_param_def *def, bool is_whole);
kj_status kj_sim_get_param(kj_error *err, const kj_sim *sim, const char *name, double *value);

/* Plugins, systems and queues for listings, checks and checkpoints. */
typedef struct kj_plugin_info {
    const kj_plugin_def *def;
    const char *path; /* NULL: built in */
    bool replaces_builtin; /* a module with the id of a built-in */
    uint32_t n_columns, n_systems, n_params, n_invariants; /* what it declared */
} kj_plugin_info;
uint32_t kj_sim_n_plugins(const kj_sim *sim);
/* What of other plugins the systems of this one change, "person.income, table project"; "" if it only watches. */
void kj_sim_touches_others(const kj_sim *sim, const char *plugin, char *out, size_t out_bytes);
/* Id of the plugin that declared a column; NULL if none did (a map's own). */
const char *kj_sim_column_plugin(const kj_sim *sim, uint32_t table, uint32_t column);
const kj_plugin_info *kj_sim_plugin(const kj_sim *sim, uint32_t index);

/* When the value of a column is measured, as systems declare what they write. */
typedef struct kj_measured {
    bool is_measured;      /* some system writes it */
    bool at_start;         /* one does before the first month */
    int32_t month_of_year; /* of the earliest other; 0: every month; -1: there is none */
} kj_measured;
kj_measured kj_sim_measured(const kj_sim *sim, const kj_column *column);

/* What plugins give the viewer to show. */
uint32_t kj_sim_n_shown(const kj_sim *sim);
const kj_shown_def *kj_sim_shown(const kj_sim *sim, uint32_t index);

typedef struct kj_system_info {
    const char *name, *doc, *plugin;
    kj_phase phase;
    kj_shape shape;
    int32_t month_of_year;
    int64_t nanoseconds; /* spent so far */
} kj_system_info;
uint32_t kj_sim_n_systems(const kj_sim *sim); /* in the order in which they run */
void kj_sim_system(const kj_sim *sim, uint32_t index, kj_system_info *out);
/* Two systems of a phase that touch the same data, and the first of them by the order that they declare. */
typedef struct kj_hazard {
    kj_phase phase;
    const char *first, *second, *what; /* valid during the call */
} kj_hazard;
typedef void (*kj_hazard_fn)(void *data, const kj_hazard *hazard);
/* Tells all such pairs, each once with the first data that they share. Those without an order were refused at load. */
void kj_sim_hazards(const kj_sim *sim, kj_hazard_fn tell, void *data);
const char *kj_phase_name(kj_phase phase);
const char *kj_shape_name(kj_shape shape);

typedef struct kj_queue_data {
    char name[KJ_NAME_MAX];
    uint32_t record_bytes, n_records, capacity;
    uint8_t *records;
} kj_queue_data;
uint32_t kj_sim_n_queues(const kj_sim *sim);
kj_queue_data *kj_sim_queue(kj_sim *sim, uint32_t index);
kj_status kj_sim_queue_resize(kj_error *err, kj_sim *sim, uint32_t index, uint32_t n_records);

#endif
