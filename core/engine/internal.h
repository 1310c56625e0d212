/* What the engine's own files share. */
#ifndef KEDJA_ENGINE_INTERNAL_H
#define KEDJA_ENGINE_INTERNAL_H

#include <kedja/draft/memory.h>
#include <kedja/draft/view.h>
#include <stdatomic.h>

#include "../io/paramtable.h"
#include "arena.h"
#include "sim.h"
#include "team.h"

/* Bytes of a structure up to and with a field: what a plugin of the version in which that field was the last one knows. */
#define KJ_SIZE_THROUGH(type_, field_) (offsetof(type_, field_) + sizeof(((type_ *)NULL)->field_))

enum { KJ_BLOCK_ROWS = 4096, KJ_BLOCK_RECORDS = 256, KJ_CREATE_SPARE = 2048, KJ_CREATE_SHARE = 64, KJ_EMIT_BYTES = 1024 };

typedef struct kj_plugin {
    kj_plugin_info info;
    void *library;  /* dlopen handle, NULL for built-ins */
    void *instance;
    kj_host host;
    kj_sim *sim;
    uint64_t key;   /* of the id: keys its random streams */
} kj_plugin;

typedef struct kj_col_ref {
    uint32_t table, column, plugin;
    void *prev;          /* copy at the month's begin, only if some system declares PREV */
    uint32_t prev_rows;  /* rows allocated in prev */
    bool wants_prev;
} kj_col_ref;

/* Records that one block of rows emits; all queues share them, since they are empty once a group of systems has ended. Kept from
   month to month so that a step does not allocate. Two cache lines
   each: threads count up those of neighbouring blocks at the same time. */
typedef struct kj_emit_block {
    uint8_t *bytes;
    uint32_t n_bytes, capacity;
    uint32_t n_written; /* most bytes that there ever were */
    uint8_t apart[108];
} kj_emit_block;

typedef struct kj_queue_state {
    kj_queue_data data;
    uint32_t first_block, n_blocks; /* of kj_sim.emits, while a group runs of which a system emits */
    int64_t counted; /* bytes of the records that the memory counts: as far as they were ever written */
} kj_queue_state;

typedef struct kj_system {
    kj_system_def def; /* strings owned below */
    char *name, *doc;
    kj_use *uses;
    char **after; /* NULL-terminated */
    uint32_t plugin;
    int64_t nanoseconds;
    uint8_t *touches; /* by column, after load: bit 1 << kj_access for each declared access */
    bool lonely; /* creates rows or texts: one of these at a time */
} kj_system;

typedef struct kj_invariant {
    char *name, *doc;
    uint32_t plugin;
    kj_status (*check)(void *instance, kj_ctx *ctx);
} kj_invariant;

typedef struct kj_param_values {
    char *name;
    double *values;
    uint32_t n, n_of[4]; /* n_of: rows by kj_evidence - 1 */
} kj_param_values;

/* Row killed by a SERIAL system, dead when the system ends. */
typedef struct kj_kill {
    uint32_t table, row;
} kj_kill;

struct kj_sim {
    kj_sim_config config;
    kj_memory memory;
    kj_store store;
    kj_grid grid;
    kj_month now;
    int64_t person_months;

    kj_plugin *plugins;
    uint32_t n_plugins;
    int32_t registering; /* plugin in provide() or bind(), -1 otherwise */
    bool binding;
    kj_error register_error;

    kj_col_ref *cols; /* handle - 1 */
    uint32_t n_cols;
    kj_queue_state *queues;
    uint32_t n_queues;
    kj_param_info *params;
    uint32_t n_params;
    kj_param_values *tables;
    uint32_t n_tables;
    kj_country_param *country_params;
    uint32_t n_country_params;
    char country_path[4096]; /* of their file */
    kj_system *systems; /* after load: in the order in which they run */
    uint32_t n_systems;
    bool *apart; /* [n_systems][n_systems], see kj_group_next */
    kj_system **todo; /* [n_systems] of the month */
    kj_invariant *invariants;
    uint32_t n_invariants;

    kj_shown_def *shown; /* of kedja.view/0; texts owned */
    uint32_t n_shown;

    kj_emit_block *emits;
    uint32_t n_emits, n_emits_taken; /* taken: by the group at work */
    kj_arena *arenas; /* one a thread for blocks, then those of the SERIAL systems of a group: what these take, no thread keeps beside another */
    int32_t n_arenas;
    kj_team *team;    /* NULL until blocks are first worked on by several */
    int64_t start_peak_bytes; /* most memory until the first month began */
    kj_kill *kills;
    uint32_t n_kills, kills_capacity;

    kj_observer_fn observer;
    void *observer_data;
    kj_policy_fn policies, remember;
    void *policies_data;
    kj_kept kept;
};

/* What a system holds while it runs on one block. */
struct kj_ctx {
    kj_sim *sim;
    const kj_system *system; /* NULL inside invariants: may read all */
    uint32_t plugin;
    uint32_t block;
    bool serial;
    kj_arena *arena;
    kj_error error;
    uint32_t room[128]; /* per use: rows that create() may still add */
};

static inline kj_column *kj_sim_column(const kj_sim *sim, uint32_t index1)
{
    const kj_col_ref *ref = &sim->cols[index1 - 1];
    return &sim->store.tables[ref->table].columns[ref->column];
}

extern const kj_run_v1 kj_run_interface;
extern const kj_register_v1 kj_register_interface;
/* After all provided: a table that columns were declared for and nobody declared (KJ_E_MISSING). */
/* country_values.c: reads the country's own values; gives a definition its value, evidence and source; refuses rows that name no parameter of a
   loaded plugin. */
kj_status kj_country_values_read(kj_error *err, kj_sim *sim);
kj_status kj_country_values_apply(kj_error *err, const kj_sim *sim, kj_param_def *def);
kj_status kj_country_values_check(kj_error *err, const kj_sim *sim);

kj_status kj_register_check_tables(kj_error *err, const kj_sim *sim);
extern const kj_view_v0 kj_view_interface;
void kj_shown_free(kj_sim *sim);

kj_status kj_schedule_make(kj_error *err, kj_sim *sim);
/* Systems that run at the same time, in the order of the schedule. */
enum { KJ_GROUP_MAX = 8 };
typedef struct kj_group {
    uint32_t n;
    kj_system *systems[KJ_GROUP_MAX];
} kj_group;

/* Two systems are apart, and may run at the same time or in any order, if they are of two plugins and nothing that one of
   them changes is touched by the other. Built-ins only: strangers may share what they do not declare.
   Of those still to be run (in the order of the schedule; done are NULL) the first, and the next ones that are apart from it
   and from all before them; they are taken out. n = 0: none is left. Runs on one thread and audits take one by one. */
void kj_group_next(const kj_sim *sim, kj_system **todo, uint32_t n, kj_group *group);
kj_status kj_group_execute(kj_error *err, kj_sim *sim, const kj_group *group);
/* Puts rows in the order of a column KJ_ROW_ORDER where a fifth stand out of it, and removes their dead. */
kj_status kj_sim_put_in_order(kj_error *err, kj_sim *sim);
/* Removes dead rows of all tables, and puts rows in order. */
kj_status kj_sim_compact(kj_error *err, kj_sim *sim);
kj_status kj_invariants_check(kj_error *err, kj_sim *sim);
/* Every December, before the year is kept: columns of modules hold numbers within their ranges. Strangers' code is not
   taken at its word; built-ins are checked in audit runs alone. KJ_E_RANGE names column, id and value. */
kj_status kj_modules_check(kj_error *err, const kj_sim *sim);
const char *kj_use_name(const kj_sim *sim, const kj_use *use, char *out, size_t out_bytes);

/* Audit: what every column held before a system, and the verdict after it. */
typedef struct kj_audit {
    uint64_t *hashes; /* one a column handle */
} kj_audit;
kj_status kj_audit_begin(kj_error *err, kj_sim *sim, kj_audit *audit);
kj_status kj_audit_end(kj_error *err, kj_sim *sim, const kj_system *system, kj_audit *audit);

#endif
