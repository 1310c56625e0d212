/* How a plugin declares what it adds and what it touches. All calls only inside provide() and bind(), main thread.
   The host copies every definition, so locals are fine. A call that fails leaves a message at the host that names
   the plugin; the plugin just returns the status. */
#ifndef KEDJA_REGISTER_H
#define KEDJA_REGISTER_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"
#include "types.h"

/* Handles: index + 1 in the host's lists, so that zero is null. */
typedef struct kj_table { uint32_t index1; } kj_table;
typedef struct kj_col { uint32_t index1; } kj_col;
typedef struct kj_queue { uint32_t index1; } kj_queue;
typedef struct kj_param { uint32_t index1; } kj_param;
typedef struct kj_param_table { uint32_t index1; } kj_param_table;

/* Tables. `cell` (one row a grid cell), `area`, `municipality` come from the map and are fixed in a run; other tables
   grow and shrink. A table that the map brings is filled before the first month. */
typedef struct kj_table_def {
    uint32_t struct_size;
    const char *name; /* "person" */
    const char *doc;
} kj_table_def;

/* Column flags. */
enum {
    KJ_RECORD = 1u << 0,  /* written to the run file each December: cell columns as map layers, others as tables */
    KJ_FLOW = 1u << 1,    /* a yearly count: the host sets it to zero at the start of each January */
    KJ_POLICY = 1u << 2,  /* policies (Lua) may read and change it; all others they may only read */
    KJ_DERIVED = 1u << 3, /* can be rebuilt: not in the state hash. Its owner must recompute it before each use within a month: after a
                             restart it is zero, unless policies may read it (columns of cell, and recorded ones) */
    KJ_INPUT = 1u << 4,   /* the map must bring it: a map without it is refused */
    KJ_FINAL = 1u << 5,   /* written once, whole table, to the packed run file (the vacancy forest) */
    KJ_ROW_ORDER = 1u << 6 /* KJ_U8, one a table: after START, and each December when a fifth of the rows stand out of it, the host puts the
                              rows in the order of this column, so that those of a value stand together; within a value they
                              keep their order. Rows made later stand at the end. Ids stay: they no longer rise with rows */
};

typedef struct kj_column_def {
    uint32_t struct_size;
    const char *table; /* "person" */
    const char *name;  /* "birth_month" */
    kj_type type;
    uint32_t flags;
    const char *unit;      /* "month", "SEK/year", "1", "m2"; UDUNITS spelling */
    const char *doc;       /* one sentence */
    double min, max;       /* inclusive range, checked in audit runs; both 0: unchecked (ids, keys, text) */
    const char *ref;       /* KJ_ID: table that the id belongs to. KJ_I32: table whose row it is; -1 for none if min is -1.
                              A map with an id or row that the table does not have is refused */
    const char *labels;    /* names of the values 0, 1, 2 … separated by spaces, or NULL */
} kj_column_def;

/* A queue carries fixed-size records from systems that run in parallel to the system that applies them. Records stand
   in (system, block, sequence) order whatever the number of threads, and stay until a system drains them. Records must
   have no padding bytes: they are part of the state hash. */
typedef struct kj_queue_def {
    uint32_t struct_size;
    const char *name; /* "housing.freed" */
    uint32_t record_bytes;
    const char *doc;
} kj_queue_def;

/* How a figure came to be: printed wherever the parameter is. */
typedef enum kj_evidence { KJ_MEASURED = 1, KJ_DERIVED_FIGURE = 2, KJ_CALIBRATED = 3, KJ_ASSUMED = 4 } kj_evidence;

/* A number the user can change: --set NAME=VALUE, scenarios, experiments, the viewer's levers. */
typedef struct kj_param_def {
    uint32_t struct_size;
    const char *name; /* without the plugin's id: "fertility_scale" becomes demography.fertility_scale */
    const char *unit;
    double def, min, max;
    kj_evidence evidence;
    const char *source; /* reference of the default, or the reason for the assumption */
    const char *doc;    /* one sentence */
} kj_param_def;

/* A key column of a parameter table: either whole numbers lo..hi, or labels separated by spaces (then lo = hi = 0). */
typedef struct kj_param_dim {
    const char *name;
    int32_t lo, hi;
    const char *labels;
} kj_param_dim;

enum { KJ_PARAM_DIMS_MAX = 4 };

/* A table of numbers for the country: file maps/countries/CC/NAME.csv with one column a key, then `value`, `unit`,
   `evidence`, `source`. Every combination of keys must be there exactly once; a missing, doubled or out-of-range one
   is refused with file and line. Values come back dense, first dimension slowest. */
typedef struct kj_param_table_def {
    uint32_t struct_size;
    const char *name; /* "mortality" -> mortality.csv */
    uint32_t n_dims;
    kj_param_dim dims[KJ_PARAM_DIMS_MAX];
    const char *unit; /* must equal the file's */
    double min, max;
    const char *doc;
    uint32_t n_shares; /* since ABI 1.3: values are shares that sum to one over so many of the last keys, for each combination of the keys before; 0: no shares */
} kj_param_table_def;

/* Phases of a month, in order. START runs once, before the first month, after the map is loaded. */
typedef enum kj_phase {
    KJ_PHASE_START = 0,
    KJ_PHASE_POLICY,
    KJ_PHASE_PEOPLE,
    KJ_PHASE_MONEY,
    KJ_PHASE_SUPPLY,
    KJ_PHASE_MARKET,
    KJ_PHASE_SETTLE,
    KJ_PHASE_PLACEMENT,
    KJ_PHASE_DEVELOPMENT,
    KJ_PHASE_LAND,
    KJ_PHASE_MEASURE,
    KJ_PHASE_COUNT
} kj_phase;

/* Shape: how run() is called. Block sizes are constants of the host, never of the machine.
   SERIAL: once, rows 0..0, may write any row of what it declares, create and destroy.
   ROWS:   blocks of 4096 rows of `over` or of 256 records of `over_queue`, in parallel. Over a queue: may write any row of
           WRITE columns that belongs to its own record and to no other: the plugin's duty, as for AREAS.
   TILES:  blocks of whole grid rows of the table `cell`, in parallel.
   AREAS:  one call a row of `over` (areas, schools, municipalities), in parallel; may write any row of WRITE columns
           that belongs to its own area: the plugin's duty, checked in audit runs by running areas in reverse. */
typedef enum kj_shape { KJ_SERIAL = 0, KJ_ROWS, KJ_TILES, KJ_AREAS } kj_shape;

/* How a system touches data. */
typedef enum kj_access {
    KJ_READ = 0, /* any row as it stands; nobody writes it meanwhile */
    KJ_PREV,     /* any row as it stood when this month began (the host keeps the copy) */
    KJ_WRITE,    /* own rows (ROWS, TILES), own area (AREAS), any row (SERIAL) */
    KJ_ADD,      /* add to any row, integer columns only, commutative */
    KJ_CREATE,   /* table: create and destroy rows; SERIAL only */
    KJ_EMIT,     /* queue: append records */
    KJ_DRAIN     /* queue: read all and empty it when the system ends; KJ_READ on a queue leaves it full */
} kj_access;

typedef enum kj_use_kind { KJ_USE_COLUMN = 0, KJ_USE_TABLE = 1, KJ_USE_QUEUE = 2, KJ_USE_PARAMS = 3 } kj_use_kind;

typedef struct kj_use {
    kj_use_kind kind;
    uint32_t index1;
    kj_access access;
} kj_use;

static inline kj_use kj_reads(kj_col c) { kj_use u = {KJ_USE_COLUMN, c.index1, KJ_READ}; return u; }
static inline kj_use kj_prevs(kj_col c) { kj_use u = {KJ_USE_COLUMN, c.index1, KJ_PREV}; return u; }
static inline kj_use kj_writes(kj_col c) { kj_use u = {KJ_USE_COLUMN, c.index1, KJ_WRITE}; return u; }
static inline kj_use kj_adds(kj_col c) { kj_use u = {KJ_USE_COLUMN, c.index1, KJ_ADD}; return u; }
static inline kj_use kj_creates(kj_table t) { kj_use u = {KJ_USE_TABLE, t.index1, KJ_CREATE}; return u; }
static inline kj_use kj_emits(kj_queue q) { kj_use u = {KJ_USE_QUEUE, q.index1, KJ_EMIT}; return u; }
static inline kj_use kj_peeks(kj_queue q) { kj_use u = {KJ_USE_QUEUE, q.index1, KJ_READ}; return u; }
static inline kj_use kj_drains(kj_queue q) { kj_use u = {KJ_USE_QUEUE, q.index1, KJ_DRAIN}; return u; }

typedef struct kj_ctx kj_ctx;

/* A step of the model. Systems of one phase that touch the same data are ordered by `after`, or refused at load with
   both names. Systems of a phase without such data run in name order. */
typedef struct kj_system_def {
    uint32_t struct_size;
    const char *name; /* "demography.hazards" */
    const char *doc;  /* one sentence */
    kj_phase phase;
    kj_shape shape;
    int32_t month_of_year; /* 0: every month; 1..12: only in that calendar month */
    kj_table over;         /* ROWS and AREAS: the table; zero if over_queue is set */
    kj_queue over_queue;   /* ROWS over a queue's records */
    const kj_use *uses;
    uint32_t n_uses;
    const char *const *after; /* names, NULL-terminated; names of systems that are not loaded are ignored. May be NULL */
    kj_status (*run)(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end); /* [worker] */
} kj_system_def;

/* Something that must always hold. Checked after every month in audit runs; returns KJ_OK, or fails with
   kj_run_v1.fail() and a message that names the offending id. May read every column. */
typedef struct kj_invariant_def {
    uint32_t struct_size;
    const char *name;
    const char *doc;
    kj_status (*check)(void *instance, kj_ctx *ctx);
} kj_invariant_def;

/* "kedja.register/1". First argument: kj_host.impl. Errors: KJ_E_DUPLICATE, KJ_E_MISSING, KJ_E_RANGE, KJ_E_INPUT. */
typedef struct kj_register_v1 {
    uint32_t struct_size;
    /* Declares a table. Declaring one that exists is not an error if it is one of the map's (cell, area, …) or `service`. */
    kj_status (*table)(void *host, const kj_table_def *def, kj_table *out);
    kj_status (*column)(void *host, const kj_column_def *def, kj_col *out);
    kj_status (*queue)(void *host, const kj_queue_def *def, kj_queue *out);
    kj_status (*param)(void *host, const kj_param_def *def, kj_param *out);
    kj_status (*param_table)(void *host, const kj_param_table_def *def, kj_param_table *out);
    /* Finds what another plugin (or this one) declared. Only in bind(). Error KJ_E_MISSING names it. */
    kj_status (*require_table)(void *host, const char *name, kj_table *out);
    kj_status (*require_column)(void *host, const char *table, const char *name, kj_type type, kj_col *out);
    kj_status (*require_queue)(void *host, const char *name, uint32_t record_bytes, kj_queue *out);
    kj_status (*require_param)(void *host, const char *full_name, kj_param *out);
    kj_status (*system)(void *host, const kj_system_def *def);         /* only in bind() */
    kj_status (*invariant)(void *host, const kj_invariant_def *def);   /* only in bind() */
} kj_register_v1;

#endif
