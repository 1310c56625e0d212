#include "snapshot.h"

#include <kedja/model.h>
#include <kedja/rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../core/compare/lives.h"

void kj_snapshot_drop(kj_snapshot *s)
{
    if (!s || !SDL_AtomicDecRef(&s->holders)) return;
    for (uint32_t c = 0; c < s->n_columns; c++) {
        kj_snap_column *column = &s->columns[c];
        for (uint32_t i = 0; column->texts && i < column->n_rows; i++) free(column->texts[i]);
        free(column->texts);
        free(column->values);
    }
    free(s->columns);
    free(s);
}

kj_snapshot *kj_snapshot_hold(kj_snapshot *s)
{
    if (s) SDL_AtomicIncRef(&s->holders);
    return s;
}

const kj_snap_column *kj_snapshot_column(const kj_snapshot *s, const char *table, const char *name)
{
    for (uint32_t c = 0; s && c < s->n_columns; c++)
        if (strcmp(s->columns[c].name, name) == 0 && strcmp(s->columns[c].table, table) == 0) return &s->columns[c];
    return NULL;
}

/* Layers are large: only those that the viewer or a plugin shows. */
static bool is_shown_layer(const kj_sim *sim, const char *name)
{
    static const char *const own[] = {"land_use", "population", "households", "protection", "catchment", "catchment_7_9"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(name, own[i]) == 0) return true;
    for (uint32_t i = 0; i < kj_sim_n_shown(sim); i++)
        if (strcmp(kj_sim_shown(sim, i)->table, "cell") == 0 && strcmp(kj_sim_shown(sim, i)->column, name) == 0) return true;
    return false;
}

static bool is_wanted(const kj_sim *sim, const kj_rows *rows, const kj_column *column, kj_snap_part part)
{
    bool cell = strcmp(rows->name, "cell") == 0, recorded = (column->flags & KJ_RECORD) != 0;
    static const char *const tables[] = {"cell", "area", "municipality", "facility"};
    bool shown = false;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) shown |= strcmp(rows->name, tables[i]) == 0;
    switch (part) {
    case KJ_SNAP_FOREST: return strcmp(rows->name, "vacancy") == 0 && (column->flags & KJ_FINAL);
    case KJ_SNAP_FIXED: return shown && !recorded && (cell ? strcmp(column->name, "area") == 0 || ((column->flags & KJ_INPUT) != 0 && is_shown_layer(sim, column->name)) : (column->flags & KJ_INPUT) != 0 || column->type == KJ_TEXT);
    case KJ_SNAP_YEAR: return shown && recorded && (!cell || is_shown_layer(sim, column->name));
    }
    return false;
}

static bool copy_column(const kj_store *store, const kj_rows *rows, const kj_column *column, kj_snap_column *out)
{
    *out = (kj_snap_column){.type = column->type, .n_rows = rows->n_rows};
    snprintf(out->table, sizeof out->table, "%s", rows->name);
    snprintf(out->name, sizeof out->name, "%s", column->name);
    snprintf(out->origin, sizeof out->origin, "%.15s", column->origin ? column->origin : "");
    size_t n = rows->n_rows;
    if (column->type != KJ_TEXT) {
        out->values = malloc(n * kj_type_bytes(column->type) + 1);
        if (out->values && n) memcpy(out->values, column->data, n * kj_type_bytes(column->type));
        return out->values != NULL;
    }
    out->texts = calloc(n + 1, sizeof *out->texts);
    for (size_t i = 0; out->texts && i < n; i++) {
        out->texts[i] = strdup(kj_pool_text(&store->pool, ((const int32_t *)column->data)[i]));
        if (!out->texts[i]) return false;
    }
    return out->texts != NULL;
}

static bool add_column(kj_snapshot *s, const kj_store *store, const kj_rows *rows, const kj_column *column)
{
    kj_snap_column *grown = realloc(s->columns, (s->n_columns + 1u) * sizeof *grown);
    if (!grown) return false;
    s->columns = grown;
    return copy_column(store, rows, column, &grown[s->n_columns++]);
}

static double value_at(const kj_snap_column *c, uint32_t row)
{
    switch (c->type) {
    case KJ_U8: return ((const uint8_t *)c->values)[row];
    case KJ_I16: return ((const int16_t *)c->values)[row];
    case KJ_I32: return ((const int32_t *)c->values)[row];
    case KJ_I64: return (double)((const int64_t *)c->values)[row];
    case KJ_F32: return (double)((const float *)c->values)[row];
    case KJ_F64: return ((const double *)c->values)[row];
    case KJ_ID: return ((const uint32_t *)c->values)[row];
    default: return 0.0;
    }
}

static const kj_column *column_named(const kj_store *store, const char *table, const char *name)
{
    const kj_rows *rows = kj_store_table(store, table);
    return rows ? kj_rows_column(rows, name) : NULL;
}

/* Adds a count, row by row: their order is nothing. False without its column. */
static bool mix_count(const kj_store *store, uint64_t key, const kj_term *count, uint64_t *sum)
{
    const kj_column *column = column_named(store, count->table, count->column), *kinds = count->service < 0 ? NULL : column_named(store, count->table, "kind");
    if (!column || (count->service >= 0 && (!kinds || kinds->type != KJ_U8))) return false;
    const uint32_t n = kj_store_table(store, count->table)->n_rows;
    const kj_snap_column values = {.type = column->type, .n_rows = n, .values = column->data};
    for (uint32_t row = 0; row < n; row++)
        if (!kinds || ((const uint8_t *)kinds->data)[row] == count->service) *sum += kj_luck(key, row, (uint64_t)llround(value_at(&values, row)));
    return true;
}

/* The rule of core/compare/lives.h for one year: who is followed, where and how they live, and the counts that must do for all others. */
static uint64_t mix_lives(const kj_store *store)
{
    enum { FIRST_COUNT = 256 }; /* keys of counts, behind those of ways to live */
    uint64_t sum = 0;
    const kj_column *luck = column_named(store, "panel", "luck"), *lives = column_named(store, "panel", "lives"), *cell = column_named(store, "panel", "cell");
    if (!luck || !lives || !cell || lives->type != KJ_U8 || cell->type != KJ_I32) return 0;
    const uint32_t n = kj_store_table(store, "panel")->n_rows;
    for (uint32_t row = 0; row < n; row++) {
        const uint8_t how = ((const uint8_t *)lives->data)[row];
        if (how) sum += kj_luck(how, ((const uint64_t *)luck->data)[row], (uint64_t)((const int32_t *)cell->data)[row]);
    }
    for (uint32_t k = 0; k < KJ_LIVES_COUNTS; k++)
        if (!mix_count(store, FIRST_COUNT + k, &kj_lives_count(k)->value, &sum)) return 0;
    return n ? sum : 0;
}

kj_status kj_snapshot_take(kj_error *err, kj_sim *sim, kj_snap_part part, kj_snapshot **out)
{
    kj_snapshot *s = calloc(1, sizeof *s);
    const kj_store *store = kj_sim_store(sim);
    bool good = s != NULL;
    if (s) SDL_AtomicSet(&s->holders, 1);
    if (s) s->year = KJ_YEAR_OF(kj_sim_now(sim));
    if (s && part == KJ_SNAP_YEAR) s->lives = mix_lives(store);
    for (uint32_t t = 0; good && t < store->n_tables; t++) {
        const kj_rows *rows = &store->tables[t];
        for (uint32_t c = 0; good && c < rows->n_columns; c++)
            if (is_wanted(sim, rows, &rows->columns[c], part)) good = add_column(s, store, rows, &rows->columns[c]);
    }
    *out = good ? s : NULL;
    if (good) return KJ_OK;
    kj_snapshot_drop(s);
    return kj_fail(err, KJ_E_MEMORY, "out of memory for a snapshot");
}

/* What a row that is not there reads as: the least value, so that a cell of it is no cell. */
static double missing(kj_type type)
{
    switch (type) {
    case KJ_I16: return INT16_MIN;
    case KJ_I32: return INT32_MIN;
    case KJ_F32:
    case KJ_F64: return NAN;
    default: return 0.0;
    }
}

void kj_snap_convert(const kj_snap_column *c, kj_type type, uint32_t n, void *out)
{
    if (c->type == type && c->values && n <= c->n_rows) {
        memcpy(out, c->values, (size_t)n * kj_type_bytes(type));
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        double v = i < c->n_rows && c->values ? value_at(c, i) : missing(type);
        switch (type) {
        case KJ_U8: ((uint8_t *)out)[i] = (uint8_t)v; break;
        case KJ_I16: ((int16_t *)out)[i] = (int16_t)v; break;
        case KJ_I32: ((int32_t *)out)[i] = (int32_t)v; break;
        case KJ_I64: ((int64_t *)out)[i] = (int64_t)v; break;
        case KJ_F32: ((float *)out)[i] = (float)v; break;
        case KJ_F64: ((double *)out)[i] = v; break;
        case KJ_ID: ((uint32_t *)out)[i] = (uint32_t)v; break;
        default: break;
        }
    }
}
