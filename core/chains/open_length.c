#include "open_length.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chain_figures.h"

enum { SIZES = 4 /* rooms: 1, 2, 3, more */, STATES = KJ_TENURE_COUNT * SIZES, AGES = 4, CLASSES = KJ_HH_COUNT * AGES, ROUNDS = 2000 };

/* Who followed a vacancy: from within, from outside by how far (an index of `beyond`), or nobody who could be followed. */
typedef enum followed { FOLLOWED_INSIDE, FOLLOWED_CROSSING, FOLLOWED_COUNTY, FOLLOWED_COUNTRY, FOLLOWED_END } followed;

/* What vacancies taught: by submarket how they were filled, by class of mover what those within left. */
typedef struct lesson {
    double n[STATES], filled[STATES], inside[STATES][STATES], beyond[3][STATES][CLASSES]; /* crossing a municipality's border, county, country */
    double movers[CLASSES], left[CLASSES][STATES], all_movers, all_left[STATES];
    double expected[STATES]; /* households to come behind a vacancy */
} lesson;

static int state_of(const kj_forest *f, uint32_t row)
{
    int size = f->rooms[row] < 1 ? 0 : f->rooms[row] > SIZES ? SIZES - 1 : f->rooms[row] - 1;
    return (f->tenure[row] < KJ_TENURE_COUNT ? f->tenure[row] : 0) * SIZES + size;
}

static int class_of(const kj_forest *f, uint32_t row)
{
    uint8_t age = f->mover_age[row], kind = f->mover_kind[row] < KJ_HH_COUNT ? f->mover_kind[row] : KJ_HH_OTHER;
    return kind * AGES + (age < 25 ? 0 : age < 35 ? 1 : age < 55 ? 2 : 3);
}

static bool crosses(const kj_forest *f, uint32_t row)
{
    int32_t from = f->area[f->child[row] - 1], to = f->area[row];
    return f->area_municipality && from >= 0 && to >= 0 && f->area_municipality[from] != f->area_municipality[to];
}

/* `cut`: a mover from another municipality of the map is one from outside. */
static followed who_followed(const kj_forest *f, uint32_t row, bool cut)
{
    switch (f->end[row]) {
    case KJ_END_CONTINUES: return !f->child[row] ? FOLLOWED_END : cut && crosses(f, row) ? FOLLOWED_CROSSING : FOLLOWED_INSIDE;
    case KJ_END_COUNTY: return FOLLOWED_COUNTY;
    case KJ_END_COUNTRY: return FOLLOWED_COUNTRY;
    default: return FOLLOWED_END;
    }
}

static bool is_filled(const kj_forest *f, uint32_t row) { return f->stage[row] == KJ_STAGE_CLOSED && f->filled_by[row] != 0; }

/* Movers within, whether they left a home or not, say what those from outside left. */
static void learn_mover(const kj_forest *f, uint32_t row, followed who, lesson *l)
{
    int class = class_of(f, row);
    bool without = f->end[row] == KJ_END_LEFT_HOME || f->end[row] == KJ_END_SEPARATED || f->end[row] == KJ_END_LODGER;
    if (who != FOLLOWED_INSIDE && !without) return;
    l->movers[class]++;
    l->all_movers++;
    if (who != FOLLOWED_INSIDE) return;
    int left = state_of(f, f->child[row] - 1);
    l->left[class][left]++;
    l->all_left[left]++;
}

static void learn(const kj_forest *f, bool cut, lesson *l)
{
    memset(l, 0, sizeof *l);
    for (uint32_t row = 0; row < f->n; row++) {
        if (f->stage[row] != KJ_STAGE_CLOSED) continue;
        int state = state_of(f, row);
        l->n[state]++;
        if (!is_filled(f, row)) continue;
        followed who = who_followed(f, row, cut);
        l->filled[state]++;
        if (who == FOLLOWED_INSIDE) l->inside[state][state_of(f, f->child[row] - 1)]++;
        else if (who != FOLLOWED_END) l->beyond[who - FOLLOWED_CROSSING][state][class_of(f, row)]++;
        learn_mover(f, row, who, l);
    }
}

/* Chance that a mover of the class left a home of submarket j. Ten movers of all classes stand in where a class is rare. */
static double leaves(const lesson *l, int class, int j)
{
    const double prior = 10.0;
    double usual = l->all_movers > 0.0 ? l->all_left[j] / l->all_movers : 0.0;
    return (l->left[class][j] + prior * usual) / (l->movers[class] + prior);
}

static double leaves_any(const lesson *l, int class)
{
    double sum = 0.0;
    for (int j = 0; j < STATES; j++) sum += leaves(l, class, j);
    return sum;
}

/* Solves x = s + Q x by repetition: every state is left at last, since some vacancies end. `upto`: how many kinds of movers from
   outside are followed. */
static void expect(lesson *l, int from, int upto)
{
    static const double ENOUGH = 1e-10;
    double q[STATES][STATES] = {{0}}, next[STATES];
    for (int i = 0; i < STATES; i++)
        for (int j = 0; j < STATES && l->n[i] > 0.0; j++) {
            double count = l->inside[i][j];
            for (int b = from; b < upto; b++)
                for (int c = 0; c < CLASSES; c++)
                    if (l->beyond[b][i][c] > 0.0) count += l->beyond[b][i][c] * leaves(l, c, j);
            q[i][j] = count / l->n[i];
        }
    memset(l->expected, 0, sizeof l->expected);
    for (int round = 0; round < ROUNDS; round++) {
        double change = 0.0;
        for (int i = 0; i < STATES; i++) {
            next[i] = l->n[i] > 0.0 ? l->filled[i] / l->n[i] : 0.0;
            for (int j = 0; j < STATES; j++) next[i] += q[i][j] * l->expected[j];
            change = fmax(change, fabs(next[i] - l->expected[i]));
        }
        memcpy(l->expected, next, sizeof next);
        if (change < ENOUGH) return;
    }
}

/* Households to come behind a mover from outside. */
static double behind(const lesson *l, int class)
{
    double sum = 0.0;
    for (int j = 0; j < STATES; j++) sum += leaves(l, class, j) * l->expected[j];
    return sum;
}

/* One chain from its root until it ends or crosses the boundary: households traced, and who ended it (row). */
typedef struct trace {
    double households;
    uint32_t last;
    followed who;
    bool open;
} trace;

static trace trace_chain(const kj_forest *f, uint32_t root, bool cut)
{
    trace t = {0};
    for (uint32_t row = root;; row = f->child[row] - 1) {
        t.last = row;
        t.open |= f->stage[row] != KJ_STAGE_CLOSED;
        t.households += is_filled(f, row);
        t.who = is_filled(f, row) ? who_followed(f, row, cut) : FOLLOWED_END;
        if (t.who != FOLLOWED_INSIDE || !f->child[row]) return t;
    }
}

/* Mean over counted chains; movers from outside of kinds from .. upto - 1 are followed by expectation. */
static double mean_length(const kj_forest *f, const lesson *l, bool cut, int from, int upto)
{
    double sum = 0.0, n = 0.0;
    for (uint32_t root = 0; root < f->n; root++) {
        if (f->parent[root] || !kj_chain_counts(f->cause[root], f->opened[root], f->end_month)) continue;
        if (trace_chain(f, root, false).open) continue; /* the same chains at every boundary */
        trace t = trace_chain(f, root, cut);
        int kind = (int)t.who - (int)FOLLOWED_CROSSING;
        sum += t.households + (t.who >= FOLLOWED_CROSSING && t.who <= FOLLOWED_COUNTRY && kind >= from && kind < upto ? behind(l, class_of(f, t.last)) : 0.0);
        n++;
    }
    return n > 0.0 ? sum / n : (double)NAN;
}

static double share_left(const lesson *l, int kind)
{
    double left = 0.0, all = 0.0;
    for (int i = 0; i < STATES; i++)
        for (int c = 0; c < CLASSES; c++) {
            left += l->beyond[kind][i][c] * leaves_any(l, c);
            all += l->beyond[kind][i][c];
        }
    return all > 0.0 ? left / all : (double)NAN;
}

kj_status kj_open_length_count(kj_error *err, const kj_forest *f, kj_open_length *out)
{
    lesson *l = malloc(sizeof *l);
    if (!l) return kj_fail(err, KJ_E_MEMORY, "chains of %u vacancies: out of memory", f->n);
    bool several = f->n_municipalities > 1;
    out->map_predicted = (double)NAN;
    learn(f, true, l);
    out->length[KJ_BOUND_HOME] = mean_length(f, l, true, 0, 0);
    expect(l, 0, 1);
    if (several) out->map_predicted = mean_length(f, l, true, 0, 1);
    learn(f, false, l);
    out->length[KJ_BOUND_MAP] = mean_length(f, l, false, 0, 0);
    expect(l, 1, 2);
    out->length[KJ_BOUND_COUNTY] = mean_length(f, l, false, 1, 2);
    expect(l, 1, 3);
    out->length[KJ_BOUND_NATION] = mean_length(f, l, false, 1, 3);
    out->left_home[0] = share_left(l, 1);
    out->left_home[1] = share_left(l, 2);
    free(l);
    return KJ_OK;
}
