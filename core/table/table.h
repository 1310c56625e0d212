/* Entity tables: typed columns as structure of arrays, stable ids, compaction. The state of a run, a map in memory and
   a checkpoint are all one kj_store. Rows keep their order (compaction is stable) or are put in the order of a column, so
   results never depend on the history of memory. Internal to the core; plugins reach it through kedja/run.h. */
#ifndef KEDJA_TABLE_TABLE_H
#define KEDJA_TABLE_TABLE_H

#include <kedja/register.h>
#include <kedja/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/error.h"
#include "../base/memory.h"
#include "../base/text.h"

enum { KJ_NAME_MAX = 48 };

typedef struct kj_column {
    char name[KJ_NAME_MAX];
    kj_type type;
    uint32_t flags; /* KJ_RECORD … of kedja/register.h */
    char *unit, *doc, *labels; /* owned; "" or NULL labels */
    char ref[KJ_NAME_MAX];     /* KJ_ID: table of the id; KJ_I32: table of the row */
    double min, max;
    char *origin; /* owned; "real", "derived", "synthetic" or "" — says where a map's values come from */
    char *source; /* owned; reference, or "" */
    void *data;   /* capacity values */
    bool untouched; /* nothing was written since kj_rows_trim found every value zero: no memory stands behind the pages */
} kj_column;

typedef struct kj_rows {
    char name[KJ_NAME_MAX];
    char *doc;
    uint32_t n_rows;   /* dead ones included */
    uint32_t n_alive;
    uint32_t capacity; /* rows allocated in every column */
    uint32_t next_id;  /* ids 1 … next_id - 1 have been given out */
    uint8_t *alive;
    kj_id *ids;
    uint32_t *row_of; /* [next_id]; KJ_NO_ROW for ids without a row */
    uint32_t id_capacity;
    bool apart;         /* ids have a block of their own. Until a row dies or moves, row r has id r + 1, and ids are row_of + 2 */
    uint32_t n_written; /* most rows that there ever were in these blocks */
    int64_t counted;    /* bytes of them that the memory counts */
    kj_column *columns;
    uint32_t n_columns;
} kj_rows;

typedef struct kj_store {
    kj_rows *tables;
    uint32_t n_tables;
    kj_pool pool;       /* texts of KJ_TEXT columns */
    kj_memory *memory;  /* not owned */
} kj_store;

void kj_store_init(kj_store *store, kj_memory *memory);
void kj_store_free(kj_store *store);

/* Adds a table, or finds it. Pointers to tables and columns move when tables or columns are added. */
kj_status kj_store_add_table(kj_error *err, kj_store *store, const char *name, const char *doc, uint32_t *index);
/* Adds a column (KJ_E_DUPLICATE if the name is taken); existing rows read zero. def->struct_size is not looked at. */
kj_status kj_store_add_column(kj_error *err, kj_store *store, const kj_column_def *def, uint32_t *table, uint32_t *column);

/* NULL if there is none. */
kj_rows *kj_store_table(const kj_store *store, const char *name);
kj_column *kj_rows_column(const kj_rows *rows, const char *name);
/* Data of a column of the given type; NULL if there is no such column or it has another type. */
void *kj_store_data(const kj_store *store, const char *table, const char *column, kj_type type);

/* Makes room for `spare` more rows (and ids) without further allocation. Spare room is address space: it is counted as
   memory by kj_rows_count once rows stand in it. */
kj_status kj_rows_reserve(kj_error *err, kj_store *store, kj_rows *rows, uint32_t spare);
/* To be told before a column of a trimmed table is written. */
static inline void kj_column_touch(kj_column *column)
{
    if (__atomic_load_n(&column->untouched, __ATOMIC_RELAXED)) __atomic_store_n(&column->untouched, false, __ATOMIC_RELAXED); /* from any thread */
}
/* Counts what rows and ids have come to take. Whoever appends calls it when done (kj_rows_add and kj_rows_reserve do). */
void kj_rows_count(kj_store *store, kj_rows *rows);
/* Gives back the memory of rows and ids that were reserved and are not used, and of columns that hold zeros alone: whoever
   writes one of these later calls kj_column_touch. Adding rows does so for all. */
kj_status kj_rows_trim(kj_error *err, kj_store *store, kj_rows *rows);
/* Appends n rows with new ids, all columns zero; needs room. Returns the first new row. */
uint32_t kj_rows_append(kj_rows *rows, uint32_t n);
/* Reserve + append in one call, for builders of maps. */
kj_status kj_rows_add(kj_error *err, kj_store *store, kj_rows *rows, uint32_t n, uint32_t *first_row);
/* An empty table as it once stood: n_rows rows whose ids, lives and values the caller fills in, as it does row_of and
   n_alive of the living, and ids below next_id given out. */
kj_status kj_rows_reopen(kj_error *err, kj_store *store, kj_rows *rows, uint32_t n_rows, uint32_t next_id);
/* Gives back the memory of a table's rows; the table is empty afterwards, its columns are still declared. */
void kj_rows_release(kj_store *store, kj_rows *rows);
/* Marks a row dead; its id leaves row_of. KJ_E_MEMORY: the first death of a table needs memory for its ids. */
kj_status kj_rows_kill(kj_error *err, kj_store *store, kj_rows *rows, uint32_t row);
/* Before rows change their order: ids get a block of their own. */
kj_status kj_rows_set_apart(kj_error *err, kj_store *store, kj_rows *rows);
/* Takes back the rows that were appended last, from row n_rows and id next_id on. */
void kj_rows_take_back(kj_rows *rows, uint32_t n_rows, uint32_t n_alive, uint32_t next_id);
/* Removes dead rows, keeps the order. */
void kj_rows_compact(kj_rows *rows);
/* The same by several threads: columns in n_parts parts (0 ...), each moved by itself; when all are done, the rest. */
void kj_rows_compact_part(kj_rows *rows, uint32_t part, uint32_t n_parts);
void kj_rows_compact_end(kj_rows *rows);

/* Removes dead rows and puts the others in the order of a key (one a row), those of the same key in the order in which
   they stand. Begin, all steps, end; in between no row can be looked up. A step moves a column, or half of one of 8-byte values,
   by way of a buffer of 4 bytes a living row: all living rows are gathered, in runs by several threads, then all put. */
typedef struct kj_rows_step {
    uint32_t column, half;
} kj_rows_step;
void kj_rows_arrange_begin(kj_rows *rows, const uint8_t *key);
kj_rows_step kj_rows_first_step(void);
bool kj_rows_next_step(const kj_rows *rows, kj_rows_step *step); /* false after the last */
void kj_rows_arrange_gather(const kj_rows *rows, kj_rows_step step, void *buffer, uint32_t begin, uint32_t end);
void kj_rows_arrange_put(kj_rows *rows, kj_rows_step step, const void *buffer, uint32_t begin, uint32_t end);
void kj_rows_arrange_end(kj_rows *rows);

/* Sets where a column's values come from: origin "real" | "derived" | "synthetic", and the reference. */
kj_status kj_column_provenance(kj_error *err, kj_column *column, const char *origin, const char *source);

/* Value of a column as a double (ids, text indices and keys as their number). */
double kj_column_value(const kj_column *column, uint32_t row);

/* "i16"; "" if there is no such type. */
const char *kj_type_name(kj_type type);

/* Columns of whole numbers (KJ_U8, KJ_I16, KJ_I32, KJ_I64). set: false if the value does not fit. */
bool kj_type_is_whole(kj_type type);
int64_t kj_column_whole(const kj_column *column, uint32_t row);
bool kj_column_set_whole(kj_column *column, uint32_t row, int64_t value);

#endif
