/* Which policies change the same ground: a cell whose value one policy set and another sets again, or land that one plans homes
   on and another protects. Reported once a pair and layer, with both names. The order of the policies decides what holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "city_internal.h"
#include "scenario_internal.h"

enum { LAYERS_MAX = 32, REPORTED_MAX = 256, OWNERS_MAX = 255 /* a byte a cell, 0 for nobody: the first policies of the scenario */ };

typedef struct owned_layer {
    char name[KJ_NAME_MAX];
    uint8_t *owner; /* by cell: policy + 1 that changed it last, 0 none */
} owned_layer;

struct script_conflicts {
    size_t n_cells;
    uint8_t *changed; /* by cell, in the column that is looked at */
    owned_layer layer[LAYERS_MAX];
    int n_layers;
    struct { uint8_t a, b; char layer[KJ_NAME_MAX]; } reported[REPORTED_MAX];
    int n_reported;
};

static owned_layer *layer_of(script_conflicts *all, kj_memory *memory, const char *name)
{
    for (int i = 0; i < all->n_layers; i++)
        if (strcmp(all->layer[i].name, name) == 0) return &all->layer[i];
    if (all->n_layers == LAYERS_MAX) return NULL;
    uint8_t *owner = kj_memory_alloc(memory, all->n_cells);
    if (!owner) return NULL; /* a report is lost, not a run */
    owned_layer *made = &all->layer[all->n_layers++];
    snprintf(made->name, sizeof made->name, "%s", name);
    made->owner = owner;
    return made;
}

/* act: what the later policy does on cells whose layer `name` the earlier one had set. */
static void report(script_conflicts *all, const kj_policies *policies, uint8_t before, uint8_t now, const char *name, int64_t n_cells, const char *act,
                   int32_t year)
{
    for (int i = 0; i < all->n_reported; i++)
        if (all->reported[i].a == before && all->reported[i].b == now && strcmp(all->reported[i].layer, name) == 0) return;
    if (all->n_reported == REPORTED_MAX) return;
    all->reported[all->n_reported].a = before, all->reported[all->n_reported].b = now;
    snprintf(all->reported[all->n_reported++].layer, KJ_NAME_MAX, "%s", name);
    kj_log_warning("%d: policy %s %s on %lld cell%s whose %s policy %s had set; what comes later in the scenario holds", (int)year,
                   policies->scenario->policy[now - 1].name, act, (long long)n_cells, n_cells == 1 ? "" : "s", name, policies->scenario->policy[before - 1].name);
}

enum { STRETCH = 4096 }; /* cells looked at together: most of a map does not change, and is left after one comparison */

/* Cells that `me` has changed in a layer and that others hold in `other`, by holder. */
static void count_clashes(const script_conflicts *all, const uint8_t *owner, uint8_t me, int64_t clash[256])
{
    const uint8_t *changed = all->changed;
    for (size_t from = 0; from < all->n_cells; from += 64) {
        size_t last = from + 64 < all->n_cells ? from + 64 : all->n_cells;
        if (!memchr(changed + from, 1, last - from)) continue;
        for (size_t c = from; c < last; c++) clash[owner[c]] += changed[c];
    }
    clash[0] = clash[me] = 0;
}

/* Marks what differs between the copy of a column and the column; true if anything does. Bits, not numbers: -0 is not 0. */
static bool find_changes(const script_conflicts *all, const saved_column *save, const kj_column *column)
{
    size_t width = kj_type_bytes(column->type);
    bool any = false;
    for (size_t from = 0; from < all->n_cells; from += STRETCH) {
        size_t n = from + STRETCH < all->n_cells ? STRETCH : all->n_cells - from;
        const uint8_t *before = (const uint8_t *)save->copy + from * width, *after = (const uint8_t *)column->data + from * width;
        uint8_t *to = all->changed + from;
        bool differs = memcmp(before, after, n * width) != 0;
        if (!differs) memset(to, 0, n);
        for (size_t c = 0; differs && c < n; c++) to[c] = memcmp(before + c * width, after + c * width, width) != 0;
        any |= differs;
    }
    return any;
}

static void take_over(const script_conflicts *all, uint8_t *owner, uint8_t me)
{
    for (size_t c = 0; c < all->n_cells; c++) owner[c] = all->changed[c] ? me : owner[c];
}

static bool plans_homes(const char *name) { return strcmp(name, "zoning") == 0 || strcmp(name, "max_far") == 0; }

/* What `me` changed in one column, against those who changed it before, and who want the contrary of the same ground. */
static void look_for_clashes(script_conflicts *all, const kj_policies *policies, const kj_column *column, uint8_t *owner, uint8_t me, int32_t year)
{
    int64_t clash[256] = {0};
    char act[KJ_NAME_MAX + 16];
    snprintf(act, sizeof act, "changes %s", column->name);
    count_clashes(all, owner, me, clash);
    for (int p = 1; p < 256; p++)
        if (clash[p]) report(all, policies, (uint8_t)p, me, column->name, clash[p], act, year);
    for (int i = 0; i < all->n_layers; i++) {
        const char *other = all->layer[i].name;
        bool against = (strcmp(column->name, "protection") == 0 && plans_homes(other)) || (plans_homes(column->name) && strcmp(other, "protection") == 0);
        if (!against) continue;
        int64_t held[256] = {0};
        count_clashes(all, all->layer[i].owner, me, held);
        for (int p = 1; p < 256; p++)
            if (held[p]) report(all, policies, (uint8_t)p, me, other, held[p], plans_homes(other) ? "protects land" : "plans homes", year);
    }
}

/* NULL when out of memory: reports are lost then, not the run. */
static script_conflicts *conflicts_of(kj_policies *policies)
{
    if (policies->conflicts) return policies->conflicts;
    script_conflicts *all = calloc(1, sizeof *all);
    if (all) all->n_cells = policies->city->n_cells, all->changed = kj_memory_alloc(kj_sim_memory(policies->city->sim), all->n_cells);
    if (all && !all->changed) {
        free(all);
        all = NULL;
    }
    return policies->conflicts = all;
}

/* Areas by cell, negative outside them all; NULL where the map has none. */
static const int32_t *areas_of(const kj_rows *cells)
{
    const kj_column *area = kj_rows_column(cells, "area");
    return area && area->type == KJ_I32 ? area->data : NULL;
}

/* Cells that were changed and belong to an area: a municipality decides nothing of the ground around it. */
static int64_t count_changed(const script_conflicts *all, const kj_rows *cells)
{
    const int32_t *area = areas_of(cells);
    int64_t n = 0;
    for (size_t c = 0; c < all->n_cells; c++) n += all->changed[c] && (!area || area[c] >= 0);
    return n;
}

/* Of those, cells on which homes are planned and whose protection, `now`, was changed and holds. */
static int64_t count_zoned(const script_conflicts *all, const kj_rows *cells, const kj_column *now)
{
    const uint8_t *held = now->type == KJ_U8 ? now->data : NULL;
    const kj_column *zoning = kj_rows_column(cells, "zoning");
    const uint8_t *zone = zoning && zoning->type == KJ_U8 ? zoning->data : NULL;
    const int32_t *area = areas_of(cells);
    int64_t n = 0;
    for (size_t c = 0; zone && held && c < all->n_cells; c++) n += all->changed[c] && (!area || area[c] >= 0) && held[c] && (zone[c] == KJ_ZONE_SMALL_HOUSES || zone[c] == KJ_ZONE_MIXED);
    return n;
}

/* One layer that the policy wrote. */
static kj_status note_layer(kj_error *err, kj_policies *policies, script_conflicts *all, uint32_t policy, const saved_column *save, const kj_rows *cells)
{
    const kj_city *city = policies->city;
    const kj_column *column = &cells->columns[save->column];
    bool any = find_changes(all, save, column);
    int64_t n = any ? count_changed(all, cells) : 0;
    owned_layer *own = any && policy < OWNERS_MAX ? layer_of(all, kj_sim_memory(city->sim), column->name) : NULL;
    int64_t zoned = n && strcmp(column->name, "protection") == 0 ? count_zoned(all, cells, column) : 0;
    if (own) {
        look_for_clashes(all, policies, column, own->owner, (uint8_t)(policy + 1), KJ_YEAR_OF(city->month));
        take_over(all, own->owner, (uint8_t)(policy + 1));
    }
    kj_status status = script_count(err, city, policy, KJ_DEED_CELLS, column->name, n);
    return status ? status : script_count(err, city, policy, KJ_DEED_ZONED, "", zoned);
}

kj_status script_note_changes(kj_error *err, kj_policies *policies, uint32_t policy)
{
    const kj_city *city = policies->city;
    const kj_rows *cells = kj_store_table(city->store, "cell");
    script_conflicts *all = cells ? conflicts_of(policies) : NULL;
    kj_status status = KJ_OK;
    for (uint32_t s = 0; !status && all && all->n_cells == city->n_cells && s < city->n_saved; s++)
        if (&city->store->tables[city->saved[s].table] == cells) status = note_layer(err, policies, all, policy, &city->saved[s], cells);
    return status;
}

void script_conflicts_free(script_conflicts *all)
{
    for (int i = 0; all && i < all->n_layers; i++) kj_memory_give(all->layer[i].owner, all->n_cells); /* not counted off: the simulation may be gone */
    if (all) kj_memory_give(all->changed, all->n_cells);
    free(all);
}
