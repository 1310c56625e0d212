/* Order of the systems, and the check that no two of a phase touch the same data without one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

const char *kj_phase_name(kj_phase phase)
{
    static const char *const names[KJ_PHASE_COUNT] = {"start",  "policy", "people",    "money",       "supply", "market",
                                                      "settle", "placement", "development", "land", "measure"};
    return phase >= 0 && phase < KJ_PHASE_COUNT ? names[phase] : "unknown";
}

const char *kj_shape_name(kj_shape shape)
{
    static const char *const names[] = {"serial", "rows", "tiles", "areas"};
    return shape >= KJ_SERIAL && shape <= KJ_AREAS ? names[shape] : "unknown";
}

const char *kj_use_name(const kj_sim *sim, const kj_use *use, char *out, size_t out_bytes)
{
    if (use->kind == KJ_USE_COLUMN)
        snprintf(out, out_bytes, "%s.%s", sim->store.tables[sim->cols[use->index1 - 1].table].name,
                 kj_sim_column(sim, use->index1)->name);
    else if (use->kind == KJ_USE_TABLE)
        snprintf(out, out_bytes, "table %s", sim->store.tables[use->index1 - 1].name);
    else
        snprintf(out, out_bytes, "queue %s", sim->queues[use->index1 - 1].data.name);
    return out;
}

/* reach[i * n + j]: system i must run after system j, directly or through others. */
static void close_order(const kj_sim *sim, bool *reach)
{
    uint32_t n = sim->n_systems;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < n; j++)
            for (char **name = sim->systems[i].after; *name; name++)
                if (sim->systems[i].def.phase == sim->systems[j].def.phase && strcmp(*name, sim->systems[j].name) == 0)
                    reach[i * n + j] = true;
    for (uint32_t k = 0; k < n; k++)
        for (uint32_t i = 0; i < n; i++)
            for (uint32_t j = 0; reach[i * n + k] && j < n; j++)
                if (reach[k * n + j]) reach[i * n + j] = true;
}

/* Two uses collide when they mean the same data and at least one changes it, except two additions, which commute. */
static bool collide(const kj_sim *sim, const kj_use *a, const kj_use *b)
{
    if (a->kind == KJ_USE_TABLE && b->kind == KJ_USE_COLUMN) return b->access != KJ_PREV && sim->cols[b->index1 - 1].table == a->index1 - 1;
    if (a->kind == KJ_USE_COLUMN && b->kind == KJ_USE_TABLE) return collide(sim, b, a);
    if (a->kind != b->kind || a->index1 != b->index1) return false;
    if (a->kind == KJ_USE_COLUMN) {
        if (a->access == KJ_PREV || b->access == KJ_PREV) return false;
        if (a->access == KJ_ADD && b->access == KJ_ADD) return false;
    }
    return a->access != KJ_READ || b->access != KJ_READ;
}

static bool months_meet(const kj_system *a, const kj_system *b)
{
    return a->def.month_of_year == 0 || b->def.month_of_year == 0 || a->def.month_of_year == b->def.month_of_year;
}

/* The first data that two systems of a phase both touch, one of them changing it; NULL if there is none. */
static const kj_use *shared_use(const kj_sim *sim, const kj_system *a, const kj_system *b)
{
    if (a->def.phase != b->def.phase || !months_meet(a, b)) return NULL;
    for (uint32_t x = 0; x < a->def.n_uses; x++)
        for (uint32_t y = 0; y < b->def.n_uses; y++)
            if (collide(sim, &a->uses[x], &b->uses[y])) return &a->uses[x];
    return NULL;
}

static kj_status check_pair(kj_error *err, const kj_sim *sim, const kj_system *a, const kj_system *b)
{
    char what[128];
    const kj_use *use = shared_use(sim, a, b);
    if (!use) return KJ_OK;
    return kj_fail(err, KJ_E_HAZARD, "systems '%s' and '%s' of phase %s both touch %s without an order; one must name the other in `after`", a->name,
                   b->name, kj_phase_name(a->def.phase), kj_use_name(sim, use, what, sizeof what));
}

void kj_sim_hazards(const kj_sim *sim, kj_hazard_fn tell, void *data)
{
    char what[128];
    for (uint32_t i = 0; i < sim->n_systems; i++) /* they stand in the order in which they run */
        for (uint32_t j = i + 1; j < sim->n_systems; j++) {
            const kj_system *a = &sim->systems[i], *b = &sim->systems[j];
            const kj_use *use = shared_use(sim, a, b);
            if (!use) continue;
            kj_hazard hazard = {a->def.phase, a->name, b->name, kj_use_name(sim, use, what, sizeof what)};
            tell(data, &hazard);
        }
}

static bool changes(const kj_sim *sim, const kj_system *system, const kj_column *column)
{
    for (uint32_t u = 0; u < system->def.n_uses; u++) {
        const kj_use *use = &system->uses[u];
        if (use->kind == KJ_USE_COLUMN && (use->access == KJ_WRITE || use->access == KJ_ADD) && kj_sim_column(sim, use->index1) == column) return true;
    }
    return false;
}

kj_measured kj_sim_measured(const kj_sim *sim, const kj_column *column)
{
    kj_measured out = {.month_of_year = 13};
    for (uint32_t i = 0; i < sim->n_systems; i++) {
        const kj_system *system = &sim->systems[i];
        if (!changes(sim, system, column)) continue;
        out.is_measured = true;
        if (system->def.phase == KJ_PHASE_START) out.at_start = true;
        else if (system->def.month_of_year < out.month_of_year) out.month_of_year = system->def.month_of_year;
    }
    if (out.month_of_year == 13) out.month_of_year = -1;
    return out;
}

static int by_phase_and_name(const void *a, const void *b)
{
    const kj_system *x = a, *y = b;
    return x->def.phase != y->def.phase ? (int)x->def.phase - (int)y->def.phase : strcmp(x->name, y->name);
}

/* Repeatedly takes the first system by name whose predecessors all stand: same order whatever the load order was. */
static kj_status sort_systems(kj_error *err, kj_sim *sim, const bool *reach)
{
    uint32_t n = sim->n_systems;
    kj_system *sorted = calloc(n ? n : 1u, sizeof *sorted);
    bool *done = calloc(n ? n : 1u, sizeof *done);
    kj_status status = sorted && done ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory for the schedule");
    for (uint32_t placed = 0; !status && placed < n; placed++) {
        uint32_t next = n;
        for (uint32_t i = 0; i < n && next == n; i++) {
            bool ready = !done[i];
            for (uint32_t j = 0; ready && j < n; j++) ready = !(reach[i * n + j] && !done[j]);
            for (uint32_t j = 0; ready && j < n; j++) ready = done[j] || sim->systems[j].def.phase >= sim->systems[i].def.phase;
            if (ready) next = i;
        }
        if (next == n) {
            uint32_t stuck = 0;
            while (done[stuck]) stuck++;
            status = kj_fail(err, KJ_E_HAZARD, "the order of system '%s' runs in a circle: look at its `after`", sim->systems[stuck].name);
            break;
        }
        done[next] = true;
        sorted[placed] = sim->systems[next];
    }
    if (!status && n) memcpy(sim->systems, sorted, n * sizeof *sorted);
    free(sorted);
    free(done);
    return status;
}

static void mark_prev(kj_sim *sim)
{
    for (uint32_t s = 0; s < sim->n_systems; s++)
        for (uint32_t u = 0; u < sim->systems[s].def.n_uses; u++) {
            const kj_use *use = &sim->systems[s].uses[u];
            if (use->kind == KJ_USE_COLUMN && use->access == KJ_PREV) sim->cols[use->index1 - 1].wants_prev = true;
        }
}

/* Once for all, so that a look-up while running costs nothing. */
static kj_status mark_touches(kj_error *err, kj_sim *sim)
{
    for (uint32_t i = 0; i < sim->n_systems; i++) {
        kj_system *s = &sim->systems[i];
        s->touches = calloc(sim->n_cols + 1u, sizeof *s->touches);
        if (!s->touches) return kj_fail(err, KJ_E_MEMORY, "out of memory for the schedule");
        for (uint32_t u = 0; u < s->def.n_uses; u++)
            if (s->uses[u].kind == KJ_USE_COLUMN) s->touches[s->uses[u].index1 - 1] |= (uint8_t)(1u << s->uses[u].access);
    }
    return KJ_OK;
}

/* Nothing that a changes is touched by b. */
static bool leaves_alone(const kj_sim *sim, const kj_system *a, const kj_system *b)
{
    for (uint32_t x = 0; x < a->def.n_uses; x++) {
        if (a->uses[x].kind == KJ_USE_TABLE && a->uses[x].index1 == b->def.over.index1) return false;
        for (uint32_t y = 0; y < b->def.n_uses; y++)
            if (collide(sim, &a->uses[x], &b->uses[y])) return false;
    }
    return true;
}

static bool are_apart(const kj_sim *sim, const kj_system *a, const kj_system *b)
{
    if (a->plugin == b->plugin || sim->plugins[a->plugin].library || sim->plugins[b->plugin].library) return false;
    return !(a->lonely && b->lonely) && leaves_alone(sim, a, b) && leaves_alone(sim, b, a);
}

static void mark_lonely(const kj_sim *sim, kj_system *s)
{
    for (uint32_t u = 0; u < s->def.n_uses; u++) {
        const kj_use *use = &s->uses[u];
        s->lonely |= use->kind == KJ_USE_TABLE;
        s->lonely |= use->kind == KJ_USE_COLUMN && use->access == KJ_WRITE && kj_sim_column(sim, use->index1)->type == KJ_TEXT;
    }
}

static kj_status mark_apart(kj_error *err, kj_sim *sim)
{
    uint32_t n = sim->n_systems;
    sim->apart = calloc((size_t)n * n + 1u, sizeof *sim->apart);
    sim->todo = calloc(n + 1u, sizeof *sim->todo);
    if (!sim->apart || !sim->todo) return kj_fail(err, KJ_E_MEMORY, "out of memory for the schedule");
    for (uint32_t a = 0; a < n; a++) mark_lonely(sim, &sim->systems[a]);
    for (uint32_t a = 0; a < n; a++)
        for (uint32_t b = a + 1; b < n; b++) {
            if (sim->systems[a].def.phase == KJ_PHASE_START || sim->systems[b].def.phase == KJ_PHASE_START) continue;
            sim->apart[(size_t)a * n + b] = sim->apart[(size_t)b * n + a] = are_apart(sim, &sim->systems[a], &sim->systems[b]);
        }
    return KJ_OK;
}

static bool apart_from_all(const kj_sim *sim, const kj_system *s, kj_system *const *others, uint32_t n)
{
    const bool *apart = sim->apart + (size_t)(s - sim->systems) * sim->n_systems;
    for (uint32_t i = 0; i < n; i++)
        if (others[i] && !apart[others[i] - sim->systems]) return false;
    return true;
}

/* A SERIAL system gains from company only where the others are many blocks. Two of them at once would rob blocks that come
   later of their company. */
static bool is_company(const kj_group *group, const kj_system *s)
{
    return group->n == 0 || s->def.shape != KJ_SERIAL || group->systems[0]->def.shape != KJ_SERIAL;
}

void kj_group_next(const kj_sim *sim, kj_system **todo, uint32_t n, kj_group *group)
{
    const uint32_t most = sim->config.n_threads < 2 || sim->config.audit ? 1 : KJ_GROUP_MAX;
    group->n = 0;
    for (uint32_t i = 0; i < n && group->n < most; i++) {
        if (!todo[i] || !is_company(group, todo[i]) || !apart_from_all(sim, todo[i], todo, i) || !apart_from_all(sim, todo[i], group->systems, group->n)) continue;
        group->systems[group->n++] = todo[i];
        todo[i] = NULL;
    }
}

kj_status kj_schedule_make(kj_error *err, kj_sim *sim)
{
    uint32_t n = sim->n_systems;
    if (n) qsort(sim->systems, n, sizeof *sim->systems, by_phase_and_name);
    bool *reach = calloc((size_t)n * n + 1u, sizeof *reach);
    if (!reach) return kj_fail(err, KJ_E_MEMORY, "out of memory for the schedule");
    close_order(sim, reach);
    kj_status status = KJ_OK;
    for (uint32_t i = 0; !status && i < n; i++)
        for (uint32_t j = i + 1; !status && j < n; j++) {
            const kj_system *a = &sim->systems[i], *b = &sim->systems[j];
            if (!reach[i * n + j] && !reach[j * n + i]) status = check_pair(err, sim, a, b);
        }
    if (!status) status = sort_systems(err, sim, reach);
    if (!status) mark_prev(sim);
    if (!status) status = mark_touches(err, sim);
    if (!status) status = mark_apart(err, sim);
    free(reach);
    return status;
}
