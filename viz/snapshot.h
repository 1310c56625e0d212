/* What is published of a simulation at the end of a year: copies of the columns that the viewer shows. Made by the thread
   that simulates, read by any, never changed; the last one who lets go frees it. */
#ifndef KEDJA_VIZ_SNAPSHOT_H
#define KEDJA_VIZ_SNAPSHOT_H

#include <SDL.h>

#include "../core/engine/sim.h"

typedef struct kj_snap_column {
    char table[KJ_NAME_MAX], name[KJ_NAME_MAX];
    kj_type type;
    uint32_t n_rows;
    void *values;  /* owned; NULL for texts */
    char **texts;  /* owned */
    char origin[16];
} kj_snap_column;

typedef struct kj_snapshot {
    SDL_atomic_t holders;
    int32_t year;
    uint64_t lives; /* of a KJ_SNAP_YEAR: two years of one number hold the same lives, as core/compare/lives.h asks; 0: nobody is followed, or a count is missing */
    kj_snap_column *columns;
    uint32_t n_columns;
} kj_snapshot;

/* FIXED: what stays the same all years (coordinates, names of areas). YEAR: recorded columns. FOREST: the vacancies. */
typedef enum kj_snap_part { KJ_SNAP_FIXED, KJ_SNAP_YEAR, KJ_SNAP_FOREST } kj_snap_part;

kj_status kj_snapshot_take(kj_error *err, kj_sim *sim, kj_snap_part part, kj_snapshot **out);
kj_snapshot *kj_snapshot_hold(kj_snapshot *snapshot); /* NULL is fine in both */
void kj_snapshot_drop(kj_snapshot *snapshot);
const kj_snap_column *kj_snapshot_column(const kj_snapshot *snapshot, const char *table, const char *name); /* NULL: none */
/* Values converted to `type`, n of them; rows that the column does not have read as the least value (ids and U8: 0). */
void kj_snap_convert(const kj_snap_column *column, kj_type type, uint32_t n, void *out);

#endif
