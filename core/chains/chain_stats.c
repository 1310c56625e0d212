#include "chain_stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"

#define N_(text) text

/* A chain walked from its root. */
typedef struct walk {
    uint32_t root, last; /* rows */
    int32_t households;
    bool open;
    kj_month last_move;
} walk;

static bool is_filled(const kj_forest *f, uint32_t row) { return f->stage[row] == KJ_STAGE_CLOSED && f->filled_by[row] != 0; }

static walk walk_chain(const kj_forest *f, uint32_t root)
{
    walk w = {.root = root, .last = root, .last_move = f->opened[root]};
    for (uint32_t row = root;; row = f->child[row] - 1) {
        w.last = row;
        w.open |= f->stage[row] != KJ_STAGE_CLOSED;
        if (is_filled(f, row)) {
            w.households++;
            w.last_move = f->closed[row];
        }
        if (!f->child[row]) return w;
    }
}

static int age_band(uint8_t age) { return age < 30 ? 0 : age < 65 ? 1 : 2; }
static uint8_t rank_of(const kj_forest *f, uint32_t row) { return f->area[row] < 0 ? KJ_RANK_UNKNOWN : f->area_rank[f->area[row]]; }

static void add_mover(const kj_forest *f, uint32_t row, int32_t round, kj_chain_stats *out)
{
    kj_round_stats *r = &out->rounds[(round < KJ_ROUNDS ? round : KJ_ROUNDS) - 1];
    double income = kj_forest_mover_income(f, row);
    uint8_t rank = rank_of(f, row), kind = f->mover_kind[row];
    r->moves++;
    r->persons += f->mover_size[row];
    if (income >= 0.0) *(income > 1.0 ? &r->above : &r->below) += f->mover_size[row];
    r->age[age_band(f->mover_age[row])]++;
    r->age_sum += f->mover_age[row];
    if (kind < KJ_HH_COUNT) r->kind[kind]++;
    r->placed += rank != KJ_RANK_UNKNOWN;
    r->into_half += rank >= KJ_RANK_LOWER_HALF;
    r->into_fifth += rank == KJ_RANK_LOWEST_FIFTH;
}

static void add_freed(const kj_forest *f, uint32_t row, bool by_first_mover, kj_chain_stats *out)
{
    uint8_t rank = rank_of(f, row), rooms = f->rooms[row];
    out->freed++;
    if (f->tenure[row] < KJ_TENURE_COUNT) out->freed_tenure[f->tenure[row]]++;
    if (f->kind[row] < KJ_DWELLING_KIND_COUNT) out->freed_kind[f->kind[row]]++;
    out->freed_rooms[rooms < 1 ? 0 : rooms > KJ_ROOMS ? KJ_ROOMS - 1 : rooms - 1]++;
    out->freed_placed += rank != KJ_RANK_UNKNOWN;
    out->freed_half += rank >= KJ_RANK_LOWER_HALF;
    out->freed_fifth += rank == KJ_RANK_LOWEST_FIFTH;
    out->small_flats_left += by_first_mover && f->kind[row] == KJ_FLAT && rooms <= 2;
}

static void add_complete(const kj_forest *f, const walk *w, kj_chain_stats *out)
{
    out->n_complete++;
    out->households += w->households;
    out->lengths[w->households < KJ_CHAIN_LENGTHS - 1 ? w->households : KJ_CHAIN_LENGTHS - 1]++;
    int32_t round = 1;
    for (uint32_t row = w->root;; row = f->child[row] - 1, round++) {
        if (is_filled(f, row)) add_mover(f, row, round, out);
        if (round > 1) add_freed(f, row, round == 2, out);
        uint8_t end = f->end[row];
        if (end < KJ_END_COUNT && end != KJ_END_CONTINUES && end != KJ_END_OPEN) out->ends[end]++;
        if (!f->child[row]) return;
    }
}

/* ---- groups ---- */

/* Developers' own projects have no names and are too many to read one by one: they are one group, after those that have. */
static const int64_t UNNAMED = INT64_MAX;

static int64_t project_key(const kj_forest *f, kj_id project)
{
    return project && !kj_forest_project(f, project)[0] ? UNNAMED : project;
}

static int64_t key_of(const kj_forest *f, uint32_t root, kj_chain_dimension by)
{
    switch (by) {
    case KJ_BY_TENURE: return f->tenure[root];
    case KJ_BY_SIZE: return f->rooms[root] < KJ_ROOMS ? f->rooms[root] : KJ_ROOMS;
    case KJ_BY_KIND: return f->kind[root];
    case KJ_BY_PROJECT: return project_key(f, f->project[root]);
    case KJ_BY_YEAR: return KJ_YEAR_OF(f->opened[root] - 1); /* the market hears of a new home in the month after its completion */
    default: return 0;
    }
}

static void name_group(const kj_forest *f, kj_chain_dimension by, kj_chain_group *g)
{
    const char *labels = by == KJ_BY_TENURE ? KJ_TENURE_LABELS : by == KJ_BY_KIND ? KJ_DWELLING_KIND_LABELS : NULL;
    if (labels) kj_labels_at(labels, (int32_t)g->key, g->name, sizeof g->name);
    else if (by == KJ_BY_SIZE) snprintf(g->name, sizeof g->name, "%d%s rooms", (int)g->key, g->key == KJ_ROOMS ? "+" : "");
    else if (by == KJ_BY_YEAR) snprintf(g->name, sizeof g->name, "%d", (int)g->key);
    else if (by == KJ_BY_PROJECT && g->key == UNNAMED) snprintf(g->name, sizeof g->name, "%s", N_("projects without a name"));
    else if (by == KJ_BY_PROJECT && g->key) snprintf(g->name, sizeof g->name, "%s #%d", kj_forest_project(f, (kj_id)g->key), (int)g->key);
    else snprintf(g->name, sizeof g->name, "%s", by == KJ_BY_PROJECT ? N_("no project") : "all");
}

static int by_key(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static kj_chain_group *group_of(kj_chain_group *groups, uint32_t n, int64_t key)
{
    uint32_t low = 0, high = n;
    while (low + 1 < high) {
        uint32_t middle = (low + high) / 2;
        if (groups[middle].key <= key) low = middle;
        else high = middle;
    }
    return &groups[low];
}

/* The keys that occur, each once, in order. */
static uint32_t list_groups(const kj_forest *f, kj_chain_dimension by, int64_t *keys)
{
    uint32_t n = 0, kept = 0;
    for (uint32_t row = 0; row < f->n; row++)
        if (f->parent[row] == 0 && f->cause[row] == KJ_CAUSE_NEW) keys[n++] = key_of(f, row, by);
    qsort(keys, n, sizeof *keys, by_key);
    for (uint32_t i = 0; i < n; i++)
        if (i == 0 || keys[i] != keys[kept - 1]) keys[kept++] = keys[i];
    return kept;
}

/* ---- intervals, spans ---- */

/* A counted chain, kept to sort: by group, then cluster (project; a chain without one is its own). */
typedef struct counted {
    uint32_t group;
    kj_id cluster;
    uint32_t root;
    int32_t households, months;
} counted;

static int by_cluster(const void *a, const void *b)
{
    const counted *x = a, *y = b;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    if (x->cluster != y->cluster) return x->cluster < y->cluster ? -1 : 1;
    return x->root < y->root ? -1 : x->root > y->root;
}

static int by_months(const void *a, const void *b)
{
    const counted *x = a, *y = b;
    if (x->months != y->months) return x->months < y->months ? -1 : 1;
    return x->root < y->root ? -1 : x->root > y->root;
}

/* Chains of one project are let at one time and place and are alike: the error of the mean is that of a ratio estimator
   over clusters (Cochran 1977, Sampling Techniques, eq. 3A.9a). */
static void set_interval(const counted *list, uint32_t n, kj_chain_stats *out)
{
    double sum = 0.0, part = 0.0;
    out->mean = (double)out->households / (double)n;
    out->n_clusters = 0;
    for (uint32_t i = 0; i < n; i++) {
        part += list[i].households - out->mean;
        bool ends = i + 1 == n || list[i].cluster == 0 || list[i + 1].cluster != list[i].cluster;
        if (!ends) continue;
        sum += part * part;
        part = 0.0;
        out->n_clusters++;
    }
    out->low = out->high = NAN;
    if (out->n_clusters < 2) return;
    double g = (double)out->n_clusters, error = sqrt(sum * g / (g - 1.0)) / (double)n;
    out->low = out->mean - 1.96 * error;
    out->high = out->mean + 1.96 * error;
}

static void set_spans(counted *list, uint32_t n, kj_chain_stats *out)
{
    qsort(list, n, sizeof *list, by_months);
    double sum = 0.0;
    for (uint32_t i = 0; i < n; i++) sum += list[i].months;
    out->months_mean = sum / n;
    out->months_median = n % 2 ? list[n / 2].months : 0.5 * (list[n / 2 - 1].months + list[n / 2].months);
    out->months_p90 = list[(uint32_t)(0.9 * (n - 1) + 0.5)].months;
}

static void finish_group(counted *list, uint32_t n, kj_chain_stats *out)
{
    out->n_young = out->n_new - out->n_complete - out->n_open;
    out->mean = out->low = out->high = out->months_mean = out->months_median = out->months_p90 = NAN;
    out->share_1_2 = kj_share(out->lengths[1] + out->lengths[2], out->n_complete);
    if (n == 0) return;
    set_interval(list, n, out);
    set_spans(list, n, out);
}

/* ---- counting ---- */

typedef struct early {
    int64_t moves, soon;
} early;

static void add_early(const kj_forest *f, const walk *w, early *e)
{
    if (f->opened[w->root] > f->end_month - KJ_WHOLE_MONTHS) return;
    for (uint32_t row = w->root;; row = f->child[row] - 1) {
        if (is_filled(f, row)) {
            e->moves++;
            e->soon += f->closed[row] <= f->opened[w->root] + KJ_CHAIN_AGE_MONTHS;
        }
        if (!f->child[row]) return;
    }
}

static void count_root(const kj_forest *f, const walk *w, kj_chain_stats *stats)
{
    stats->n_new++;
    if (!kj_chain_counts(f->cause[w->root], f->opened[w->root], f->end_month)) return;
    if (!w->open) {
        add_complete(f, w, stats);
        return;
    }
    stats->n_open++;
    stats->open_households += w->households;
    *(f->stage[w->last] == KJ_STAGE_CONTRACTED ? &stats->n_cut_off : &stats->n_still_vacant) += 1;
}

static void count_all(const kj_forest *f, kj_chain_dimension by, kj_chain_group *groups, uint32_t n_groups, counted *list, early *soon)
{
    uint32_t n = 0;
    for (uint32_t row = 0; row < f->n; row++) {
        if (f->parent[row] != 0 || f->cause[row] != KJ_CAUSE_NEW) continue;
        walk w = walk_chain(f, row);
        kj_chain_group *g = group_of(groups, n_groups, key_of(f, row, by));
        int64_t before = g->stats.n_complete;
        count_root(f, &w, &g->stats);
        add_early(f, &w, &soon[g - groups]);
        if (g->stats.n_complete > before)
            list[n++] = (counted){(uint32_t)(g - groups), f->project[row], row, w.households, w.last_move - f->opened[row]};
    }
    qsort(list, n, sizeof *list, by_cluster);
    for (uint32_t g = 0, from = 0; g < n_groups; g++) {
        uint32_t size = (uint32_t)groups[g].stats.n_complete;
        finish_group(list + from, size, &groups[g].stats);
        groups[g].stats.within_3_years = kj_share(soon[g].soon, soon[g].moves);
        from += size;
    }
}

kj_status kj_chain_groups_count(kj_error *err, const kj_forest *f, kj_chain_dimension by, kj_chain_group **groups, uint32_t *n)
{
    int64_t *keys = malloc((f->n + 1u) * sizeof *keys);
    counted *list = malloc((f->n + 1u) * sizeof *list);
    uint32_t n_groups = keys ? list_groups(f, by, keys) : 0;
    if (by == KJ_BY_ALL && keys) {
        keys[0] = 0;
        n_groups = 1;
    }
    kj_chain_group *made = calloc(n_groups + 1u, sizeof *made);
    early *soon = calloc(n_groups + 1u, sizeof *soon);
    *groups = NULL;
    *n = 0;
    bool good = keys && list && made && soon;
    for (uint32_t i = 0; good && i < n_groups; i++) {
        made[i].key = keys[i];
        name_group(f, by, &made[i]);
    }
    if (good) {
        count_all(f, by, made, n_groups, list, soon);
        *groups = made;
        *n = n_groups;
    } else free(made);
    free(keys);
    free(list);
    free(soon);
    return good ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "chains of %u vacancies: out of memory", f->n);
}

double kj_freed_per_100(const kj_forest *forest, const kj_chain_stats *stats, bool fifth)
{
    if (!forest->knows_ranks) return NAN;
    return 100.0 * kj_share(fifth ? stats->freed_fifth : stats->freed_half, stats->n_complete);
}
