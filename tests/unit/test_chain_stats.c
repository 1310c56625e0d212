/* Figures of chains on a forest worked by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <kedja/rng.h>

#include "../../core/chains/chain_stats.h"
#include "../../core/chains/open_length.h"
#include "../../core/chains/vacancy_months.h"

enum { N = 9, END = 1500, OLD = 1400 };

/* Four chains from new dwellings.
   A (project 7): 1 -> 2 -> 3, a family from a rental flat; a couple from a co-op flat; a person who left home.
   B (project 7): 4, in-migrants from the same county.
   C (no project): 5 -> 6, a couple from a senior flat, whose home is still on offer: open.
   D (no project): 7 -> 8, a person; then a person from lodging.
   E: 9, opened 12 months before the end: too young. */
static kj_id dwelling[N], root[N] = {1, 1, 1, 4, 5, 5, 7, 7, 9}, parent[N] = {0, 1, 2, 0, 0, 5, 0, 7, 0};
static kj_id filled_by[N] = {11, 12, 13, 14, 15, 0, 17, 18, 19}, from_dwelling[N] = {2, 3, 0, 0, 6, 0, 8, 0, 0}, project[N] = {7, 7, 7, 7, 0, 0, 0, 0, 0};
static int16_t round_[N] = {1, 2, 3, 1, 1, 2, 1, 2, 1}, available[N];
static int16_t opened[N] = {OLD, OLD + 2, OLD + 5, OLD, OLD, OLD + 1, OLD, OLD + 40, END - 12};
static int16_t closed[N] = {OLD + 2, OLD + 5, OLD + 9, OLD + 1, OLD + 1, 0, OLD + 40, OLD + 43, END - 10};
static int16_t area[N] = {0, 1, 2, 0, 0, 1, 0, 2, 0};
static uint8_t cause[N] = {1, 7, 7, 1, 1, 7, 1, 7, 1};
static uint8_t stage[N] = {3, 3, 3, 3, 3, KJ_STAGE_OFFERED, 3, 3, 3};
static uint8_t end[N] = {KJ_END_CONTINUES, KJ_END_CONTINUES, KJ_END_LEFT_HOME, KJ_END_COUNTY, KJ_END_CONTINUES, KJ_END_OPEN, KJ_END_CONTINUES, KJ_END_LODGER, KJ_END_COUNTY};
static uint8_t tenure[N] = {0, 0, 1, 0, 4, 0, 1, 2, 0}, kind[N] = {2, 2, 2, 2, 2, 2, 2, 0, 2}, rooms[N] = {3, 2, 1, 3, 2, 4, 3, 9, 1};
static uint8_t mover_size[N] = {4, 2, 1, 2, 2, 0, 1, 1, 1}, mover_kind[N] = {3, 2, 0, 2, 2, 0, 0, 0, 0};
static uint8_t mover_age[N] = {40, 29, 20, 50, 70, 0, 66, 30, 25}, mover_origin[N];
static int32_t mover_income[N] = {500000, 200000, 100000, 600000, 300000, 0, 250000, 250001, 1}, cell[N];
static uint32_t child[N] = {2, 3, 0, 0, 6, 0, 8, 0, 0};
static uint8_t rank[3] = {KJ_RANK_UPPER, KJ_RANK_LOWER_HALF, KJ_RANK_LOWEST_FIFTH};
static int64_t median[50];

static kj_forest make(void)
{
    for (size_t i = 0; i < sizeof median / sizeof *median; i++) median[i] = 250000;
    return (kj_forest){.n = N, .dwelling = dwelling, .root = root, .parent = parent, .filled_by = filled_by, .from_dwelling = from_dwelling,
                       .project = project, .round = round_, .opened = opened, .available = available, .closed = closed, .area = area, .cause = cause,
                       .stage = stage, .end = end, .tenure = tenure, .kind = kind, .rooms = rooms, .mover_size = mover_size, .mover_kind = mover_kind,
                       .mover_age = mover_age, .mover_origin = mover_origin, .mover_income = mover_income, .cell = cell, .child = child, .n_areas = 3,
                       .area_rank = rank, .knows_ranks = true, .first_year = 2000, .n_years = 50, .median = median, .end_month = END, .boundary = "a test"};
}

static kj_chain_group *count(const kj_forest *forest, kj_chain_dimension by, uint32_t *n)
{
    kj_error err;
    kj_chain_group *groups;
    assert_int_equal(kj_chain_groups_count(&err, forest, by, &groups, n), KJ_OK);
    return groups;
}

static void all_chains(void **state)
{
    (void)state;
    kj_forest forest = make();
    uint32_t n;
    kj_chain_group *g = count(&forest, KJ_BY_ALL, &n);
    const kj_chain_stats *s = &g->stats;
    assert_int_equal(n, 1);
    assert_int_equal(s->n_new, 5);
    assert_int_equal(s->n_complete, 3);
    assert_int_equal(s->n_open, 1);
    assert_int_equal(s->n_still_vacant, 1);
    assert_int_equal(s->n_cut_off, 0);
    assert_int_equal(s->n_young, 1);
    assert_int_equal(s->open_households, 1);
    assert_true(s->mean == 2.0); /* (3 + 1 + 2) / 3 */
    assert_true(s->share_1_2 > 0.666 && s->share_1_2 < 0.667);
    /* Clusters: project 7 with deviations 1 and -1, so 0; D alone 0: no spread between clusters. */
    assert_int_equal(s->n_clusters, 2);
    assert_true(s->low == 2.0 && s->high == 2.0);
    assert_int_equal(s->ends[KJ_END_LEFT_HOME] + s->ends[KJ_END_COUNTY] + s->ends[KJ_END_LODGER], 3);
    assert_true(s->months_median == 9.0 && s->months_mean == (9.0 + 1.0 + 43.0) / 3.0);
    /* Roots at least 72 months old: all but E. Moves A 3, B 1, C 1, D 2; D's two came later than 36 months. */
    assert_true(fabs(s->within_3_years - 5.0 / 7.0) < 1e-12);
    free(g);
}

static void who_and_where(void **state)
{
    (void)state;
    kj_forest forest = make();
    uint32_t n;
    kj_chain_group *g = count(&forest, KJ_BY_ALL, &n);
    const kj_chain_stats *s = &g->stats;
    const kj_round_stats *first = &s->rounds[0], *second = &s->rounds[1], *third = &s->rounds[2];
    assert_int_equal(first->moves, 3);
    assert_int_equal(first->persons, 7);
    /* Round 1: 500 000 / 2 is the median, so not above; 600 000 / sqrt 2 is; 250 000 / 1 is not. */
    assert_int_equal(first->above, 2);
    assert_int_equal(first->below, 5);
    assert_int_equal(second->above, 1); /* 250 001 of one person */
    assert_int_equal(second->below, 2);
    assert_int_equal(third->moves, 1);
    assert_int_equal(first->age[0] + 10 * first->age[1] + 100 * first->age[2], 120);
    assert_int_equal(first->kind[KJ_HH_COUPLE_CHILDREN], 1);
    assert_int_equal(second->into_half, 2);
    assert_int_equal(second->into_fifth, 1);
    assert_int_equal(s->freed, 3);
    assert_int_equal(s->freed_tenure[KJ_TENURE_RENTAL], 1);
    assert_int_equal(s->freed_tenure[KJ_TENURE_OWNER], 1);
    assert_int_equal(s->freed_rooms[KJ_ROOMS - 1], 1);
    assert_int_equal(s->small_flats_left, 1); /* the two-room flat behind the family of A */
    assert_true(kj_freed_per_100(&forest, s, false) == 100.0);
    assert_true(fabs(kj_freed_per_100(&forest, s, true) - 200.0 / 3.0) < 1e-12);
    forest.knows_ranks = false;
    assert_true(isnan(kj_freed_per_100(&forest, s, false)));
    free(g);
}

static void groups_add_up(void **state)
{
    (void)state;
    kj_forest forest = make();
    for (int by = KJ_BY_TENURE; by < KJ_BY_COUNT; by++) {
        uint32_t n;
        kj_chain_group *g = count(&forest, (kj_chain_dimension)by, &n);
        int64_t complete = 0, open = 0, young = 0;
        for (uint32_t i = 0; i < n; i++) {
            complete += g[i].stats.n_complete;
            open += g[i].stats.n_open;
            young += g[i].stats.n_young;
            assert_true(i == 0 || g[i].key > g[i - 1].key);
        }
        assert_int_equal(complete, 3);
        assert_int_equal(open, 1);
        assert_int_equal(young, 1);
        free(g);
    }
    uint32_t n;
    kj_chain_group *g = count(&forest, KJ_BY_PROJECT, &n);
    assert_int_equal(n, 2);
    assert_string_equal(g[1].name, "projects without a name");
    assert_true(g[1].stats.mean == 2.0);
    assert_true(isnan(g[1].stats.low)); /* one cluster says nothing of the spread between clusters */
    free(g);
    static const kj_id id[] = {7};
    static const char *const name[] = {"Ängen"};
    forest.n_projects = 1, forest.project_id = id, forest.project_name = name;
    g = count(&forest, KJ_BY_PROJECT, &n);
    assert_int_equal(n, 2);
    assert_int_equal(g[1].key, 7);
    assert_string_equal(g[1].name, "Ängen #7");
    free(g);
}

/* Three chains of 1, 2 and 6 in clusters of their own: mean 3, deviations -2, -1, 3; error = sqrt(14 * 3 / 2) / 3. */
/* The vacancy of a home that is completed in December opens in January: it counts in December's year. */
static void years_of_completion(void **state)
{
    (void)state;
    kj_forest forest = make();
    uint32_t n;
    assert_int_equal(KJ_MONTH_OF_YEAR(END - 12), 1);
    kj_chain_group *g = count(&forest, KJ_BY_YEAR, &n);
    assert_int_equal(n, 2);
    assert_int_equal(g[0].key, KJ_YEAR_OF(OLD));
    assert_int_equal(g[1].key, KJ_YEAR_OF(END - 12) - 1);
    free(g);
}

static void interval_of_clusters(void **state)
{
    (void)state;
    enum { M = 9 };
    kj_id r[M] = {1, 2, 2, 4, 4, 4, 4, 4, 4}, p[M] = {0, 0, 2, 0, 4, 5, 6, 7, 8};
    uint8_t c[M] = {1, 1, 7, 1, 7, 7, 7, 7, 7}, e[M] = {2, 1, 2, 1, 1, 1, 1, 1, 2};
    uint32_t next[M] = {0, 3, 0, 5, 6, 7, 8, 9, 0};
    kj_forest forest = make();
    int16_t old[M];
    uint8_t done[M];
    kj_id none[M] = {0};
    for (int i = 0; i < M; i++) old[i] = OLD, done[i] = KJ_STAGE_CLOSED;
    forest.n = M, forest.root = r, forest.parent = p, forest.cause = c, forest.end = e, forest.child = next;
    forest.opened = forest.closed = old, forest.stage = done, forest.project = none, forest.filled_by = r;
    uint32_t n;
    kj_chain_group *g = count(&forest, KJ_BY_ALL, &n);
    double error = sqrt(14.0 * 3.0 / 2.0) / 3.0;
    assert_true(g->stats.mean == 3.0);
    assert_int_equal(g->stats.n_clusters, 3);
    assert_true(fabs(g->stats.high - (3.0 + 1.96 * error)) < 1e-12);
    assert_true(fabs(g->stats.low - (3.0 - 1.96 * error)) < 1e-12);
    free(g);
}

/* A market whose chains are known: each home is followed with probability 0.50 by somebody from within who leaves one, 0.20 by somebody
   without a home, 0.10 from the county, 0.20 from other counties. Of those from within who are not new, 5 in 7 left a home; if those from
   outside did too and their homes are filled alike, the open chains are 1 / (1 - q) long with q = 0.50 + 0.10 x 5/7 for the county and 0.50 +
   0.30 x 5/7 for the nation. Half of the moves cross the border between two municipalities: what is traced within one predicts the map. */
enum { ROOTS = 20000, MOST = 200000 };

typedef struct made {
    kj_id root[MOST], parent[MOST], filled[MOST], none[MOST];
    int16_t opened[MOST], closed[MOST], area[MOST];
    uint8_t cause[MOST], stage[MOST], end[MOST], zero[MOST], rooms[MOST], age[MOST];
    uint32_t child[MOST], n;
} made;

static uint8_t draw_end(double u) { return u < 0.5 ? KJ_END_CONTINUES : u < 0.7 ? KJ_END_LEFT_HOME : u < 0.8 ? KJ_END_COUNTY : KJ_END_COUNTRY; }

static void make_chain(made *m)
{
    uint32_t first = m->n;
    for (uint32_t before = UINT32_MAX;; before = m->n - 1) {
        uint32_t row = m->n++;
        kj_draw4 draw = kj_draw((kj_stream){{77, 0}}, row, 0, 0);
        if (row >= MOST) fail_msg("more than %d vacancies", MOST);
        m->root[row] = first + 1, m->filled[row] = row + 1, m->opened[row] = OLD, m->closed[row] = OLD + 1, m->stage[row] = KJ_STAGE_CLOSED;
        m->parent[row] = before == UINT32_MAX ? 0 : before + 1, m->cause[row] = before == UINT32_MAX ? KJ_CAUSE_NEW : KJ_CAUSE_MOVE;
        if (before != UINT32_MAX) m->child[before] = row + 1;
        m->end[row] = draw_end(kj_uniform(draw.v[0]));
        m->area[row] = (int16_t)(draw.v[1] & 1), m->rooms[row] = (uint8_t)(1 + draw.v[2] % 4), m->age[row] = 30;
        if (m->end[row] != KJ_END_CONTINUES) return;
    }
}

static void open_boundaries(void **state)
{
    (void)state;
    made *m = calloc(1, sizeof *m);
    int32_t municipality[2] = {0, 1};
    kj_error err;
    kj_open_length open_length;
    assert_non_null(m);
    for (int i = 0; i < ROOTS; i++) make_chain(m);
    kj_forest forest = make();
    forest.n = m->n, forest.root = m->root, forest.parent = m->parent, forest.filled_by = m->filled, forest.project = m->none, forest.opened = m->opened;
    forest.closed = m->closed, forest.area = m->area, forest.cause = m->cause, forest.stage = m->stage, forest.end = m->end, forest.tenure = m->zero;
    forest.rooms = m->rooms, forest.mover_kind = m->zero, forest.mover_age = m->age, forest.child = m->child;
    forest.area_municipality = municipality, forest.n_municipalities = 2;
    assert_int_equal(kj_open_length_count(&err, &forest, &open_length), KJ_OK);
    const double *length = open_length.length, held = 5.0 / 7.0;
    assert_true(fabs(length[KJ_BOUND_MAP] - 2.0) < 0.04);
    assert_true(fabs(length[KJ_BOUND_COUNTY] - 1.0 / (1.0 - 0.5 - 0.1 * held)) < 0.06);
    assert_true(fabs(length[KJ_BOUND_NATION] - 1.0 / (1.0 - 0.5 - 0.3 * held)) < 0.12);
    assert_true(fabs(open_length.left_home[1] - held) < 0.01);
    assert_true(fabs(length[KJ_BOUND_HOME] - 1.0 / (1.0 - 0.25)) < 0.03); /* cut at the border */
    /* Within a municipality a quarter of all continue and a fifth are new: 5 in 9 hold a home, fewer than cross with one. */
    assert_true(fabs(open_length.map_predicted - 1.0 / (1.0 - 0.25 - 0.25 * 5.0 / 9.0)) < 0.06);
    forest.n_municipalities = 1;
    assert_int_equal(kj_open_length_count(&err, &forest, &open_length), KJ_OK);
    assert_true(isnan(open_length.map_predicted));
    free(m);
}

static void ranks_are_weighted_by_people(void **state)
{
    (void)state;
    /* By income: area 2 (100 people), 0 (300), 3 (100), 4 (500); area 1 unknown. Middles: 50, 250, 450, 750 of 1000. */
    const int32_t income[5] = {200, 0, 100, 300, 400};
    const double people[5] = {300, 999, 100, 100, 500};
    uint8_t found[5];
    double half, fifth;
    assert_true(kj_area_ranks(5, income, people, found, &half, &fifth));
    assert_float_equal(half, 0.5, 1e-12);
    assert_float_equal(fifth, 0.1, 1e-12);
    const uint8_t wanted[5] = {KJ_RANK_LOWER_HALF, KJ_RANK_UNKNOWN, KJ_RANK_LOWEST_FIFTH, KJ_RANK_LOWER_HALF, KJ_RANK_UPPER};
    assert_memory_equal(found, wanted, 5);
    const int32_t unknown[2] = {0, 0};
    assert_false(kj_area_ranks(2, unknown, people, found, &half, &fifth));
}

/* Four vacancies in rental homes, months of notice, renovation, offer and contract: 2 3 1 1, 0 0 1 0, 0 2 4 1, 0 0 0 0; in all 7, 1, 7, 0. One of a home
   that was empty at the start, which says nothing; one in a co-op, open. */
static void months_by_stage(void **state)
{
    (void)state;
    enum { M = 6 };
    int16_t o[M] = {OLD, OLD, OLD, OLD, OLD, OLD}, a[M] = {OLD + 5, OLD, OLD + 2, OLD, OLD, OLD}, s[M] = {OLD + 6, OLD + 1, OLD + 6, OLD, OLD + 90, 0};
    int16_t c[M] = {OLD + 7, OLD + 1, OLD + 7, OLD, OLD + 90, 0};
    uint8_t r[M] = {3, 0, 2, 0, 0, 0}, why[M] = {KJ_CAUSE_UNION, KJ_CAUSE_MOVE, KJ_CAUSE_MOVE, KJ_CAUSE_NEW, KJ_CAUSE_START, KJ_CAUSE_NEW};
    uint8_t held[M] = {0, 0, 0, 0, 0, KJ_TENURE_COOP}, at[M] = {3, 3, 3, 3, 3, KJ_STAGE_OFFERED};
    kj_id by[M] = {1, 2, 3, 4, 5, 0};
    kj_forest forest = {.n = M, .opened = o, .available = a, .contract = s, .closed = c, .renovation_months = r, .cause = why, .tenure = held, .stage = at, .filled_by = by};
    kj_vacancy_months found[KJ_TENURE_COUNT + 1];
    kj_error err;
    assert_int_equal(kj_vacancy_months_count(&err, &forest, found), KJ_OK);
    static const struct { double mean, lower, median, upper; int64_t n; } expected[KJ_SPAN_COUNT] = {
        {0.5, 0, 0, 0, 1}, {1.25, 0, 0, 2, 2}, {1.5, 0, 1, 1, 3}, {0.5, 0, 0, 1, 2}, {3.75, 0, 1, 7, 3}};
    for (int t = 0; t <= KJ_ANY_TENURE; t += KJ_ANY_TENURE) {
        assert_int_equal(found[t].filled, 4);
        for (int k = 0; k < KJ_SPAN_COUNT; k++) {
            const kj_span_figures *f = &found[t].span[k];
            if (f->n != expected[k].n || f->mean != expected[k].mean || f->lower != expected[k].lower || f->median != expected[k].median || f->upper != expected[k].upper)
                fail_msg("stage %d: found %lld with mean %g, quartiles %g %g %g", k, (long long)f->n, f->mean, f->lower, f->median, f->upper);
        }
    }
    assert_int_equal(found[KJ_TENURE_RENTAL].open, 0);
    assert_int_equal(found[KJ_TENURE_COOP].open, 1);
    assert_int_equal(found[KJ_ANY_TENURE].open, 1);
    assert_int_equal(found[KJ_TENURE_COOP].filled, 0);
    assert_true(isnan(found[KJ_TENURE_COOP].span[KJ_SPAN_WHOLE].median));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_chains), cmocka_unit_test(who_and_where), cmocka_unit_test(groups_add_up), cmocka_unit_test(years_of_completion),
        cmocka_unit_test(months_by_stage), cmocka_unit_test(interval_of_clusters), cmocka_unit_test(open_boundaries), cmocka_unit_test(ranks_are_weighted_by_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
