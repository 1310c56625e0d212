/* Unions: those who look for a partner this month are matched by age and distance, women in the order of a keyed lot.
   The couple takes the better home; the other home is freed. Some find a partner from outside the map. */
#include "state.h"

#include <math.h>
#include <stdlib.h>

typedef struct seeker {
    uint64_t lot; /* woman: order of choice */
    uint32_t person;
    int32_t birth_month, cell;
    uint32_t taken; /* man: 1 once chosen; woman: the man that she chose */
} seeker;

enum { AHEAD = 6 /* couples */ };

static int by_lot(const void *a, const void *b)
{
    const seeker *x = a, *y = b;
    if (x->lot != y->lot) return x->lot < y->lot ? -1 : 1;
    return x->person < y->person ? -1 : x->person > y->person;
}

/* Moves a person who is not the head, with own children, to another household. */
static void move_with_children(state *s, uint32_t person, uint32_t to)
{
    uint32_t from = row_of_household(s, s->p.household[person]);
    move_own_children(s, person, from, to);
    person_move(s, person, to);
    household_after_loss(s, from, KJ_CAUSE_UNION);
}

/* A person who is not the head starts a household with own children, lodging where they lived. */
static uint32_t leave_with_children(state *s, uint32_t person)
{
    uint32_t from = row_of_household(s, s->p.household[person]);
    uint32_t home = household_new_lodging(s, person, from, KJ_ORIGIN_LEFT_HOME);
    if (home == KJ_NO_ROW) return KJ_NO_ROW;
    move_own_children(s, person, from, home);
    household_after_loss(s, from, KJ_CAUSE_UNION);
    return home;
}

static void merge(state *s, uint32_t from, uint32_t into)
{
    uint32_t next;
    for (uint32_t member = row_of_person(s, s->h.head[from]); member != KJ_NO_ROW; member = next) {
        next = row_of_person(s, s->p.next_member[member]);
        person_move(s, member, into);
    }
    household_end(s, from, KJ_CAUSE_UNION);
}

/* The home to keep: a held one before a lodging, then more rooms, more area, the lower id. */
static int first_home_is_better(const state *s, uint32_t a, uint32_t b)
{
    int a_holds = s->h.living[a] == KJ_LIVES_HOLDING, b_holds = s->h.living[b] == KJ_LIVES_HOLDING;
    if (a_holds != b_holds) return a_holds;
    uint32_t da = home_dwelling(s, a), db = home_dwelling(s, b);
    if (a_holds && da != KJ_NO_ROW && db != KJ_NO_ROW) {
        if (s->w.rooms[da] != s->w.rooms[db]) return s->w.rooms[da] > s->w.rooms[db];
        if (s->w.area_m2[da] != s->w.area_m2[db]) return s->w.area_m2[da] > s->w.area_m2[db];
    }
    return s->household_id[a] < s->household_id[b];
}

static void form_union(state *s, uint32_t a, uint32_t b)
{
    uint32_t ha = row_of_household(s, s->p.household[a]), hb = row_of_household(s, s->p.household[b]);
    if (ha == KJ_NO_ROW || hb == KJ_NO_ROW) return;
    int a_heads = s->h.head[ha] == s->person_id[a], b_heads = s->h.head[hb] == s->person_id[b];
    s->m.unions[home_municipality(s, ha)] += 2;
    s->p.partner[a] = s->person_id[b];
    s->p.partner[b] = s->person_id[a];
    uint32_t home = ha;
    if (ha != hb) {
        if (a_heads && b_heads) {
            home = first_home_is_better(s, ha, hb) ? ha : hb;
            merge(s, home == ha ? hb : ha, home);
        } else if (a_heads) {
            move_with_children(s, b, ha);
        } else if (b_heads) {
            home = hb;
            move_with_children(s, a, hb);
        } else {
            home = leave_with_children(s, a);
            if (home == KJ_NO_ROW) return;
            move_with_children(s, b, home);
        }
    }
    household_count(s, home);
}

/* A partner from outside: half of those who find one move away to the partner, to the others the partner moves in. */
static void union_across_border(state *s, uint32_t person, kj_draw4 draw)
{
    uint32_t household = row_of_household(s, s->p.household[person]);
    if (household == KJ_NO_ROW) return;
    uint32_t municipality = home_municipality(s, household);
    s->m.unions[municipality]++;
    if (draw.v[1] < kj_threshold(s->run->param(s->ctx, s->d->par.union_outside_leaves))) {
        emigrate(s, person);
        return;
    }
    int32_t age = age_of(s, person) + (int32_t)kj_below(draw.v[2], 5) - 2 + (s->p.sex[person] == KJ_FEMALE ? 2 : -2);
    newcomer who = {.luck = kj_luck(KJ_LUCK_PAIR, s->p.luck[person], (uint64_t)s->month), .age = clamp_age(age, ADULT_AGE, 100),
                    .sex = s->p.sex[person] == KJ_FEMALE ? KJ_MALE : KJ_FEMALE, .student = 0};
    uint32_t partner = person_new(s, &who), home = household;
    if (partner == KJ_NO_ROW) return;
    if (s->h.head[household] != s->person_id[person]) {
        home = leave_with_children(s, person);
        if (home == KJ_NO_ROW) return;
    }
    member_add(s, home, partner);
    s->p.partner[person] = s->person_id[partner];
    s->p.partner[partner] = s->person_id[person];
    s->m.unions[municipality]++;
    count_in_migrant(s, partner, municipality, in_boundary(s, municipality, draw.v[3]));
    household_count(s, home);
}

static int are_kin(const state *s, uint32_t a, uint32_t b)
{
    kj_id ia = s->person_id[a], ib = s->person_id[b];
    if (s->p.mother[a] == ib || s->p.father[a] == ib || s->p.mother[b] == ia || s->p.father[b] == ia) return 1;
    if (s->p.mother[a] && s->p.mother[a] == s->p.mother[b]) return 1;
    return s->p.father[a] && s->p.father[a] == s->p.father[b];
}

/* Deviation from the usual age gap in months; -1 beyond the widest that is accepted, seven years or a quarter of the
   age of the younger. */
static int64_t gap_cost(const state *s, const seeker *woman, const seeker *man, int32_t usual_gap)
{
    int64_t gap = (int64_t)woman->birth_month - man->birth_month - usual_gap;
    if (gap < 0) gap = -gap;
    int32_t younger = woman->birth_month > man->birth_month ? woman->birth_month : man->birth_month;
    int64_t widest = (s->month - younger) / 4;
    return gap > (widest < 84 ? 84 : widest) ? -1 : gap;
}

/* A month for each kilometre between the homes, at most three years. */
static int64_t distance_cost(const state *s, const seeker *woman, const seeker *man)
{
    if (woman->cell < 0 || man->cell < 0) return 0;
    double km = sqrt((double)kj_grid_distance2(s->grid, woman->cell, man->cell)) * s->grid->cell_m / 1000.0;
    return km < 36.0 ? (int64_t)km : 36;
}

/* Men by birth month, then in the order of the pool. */
typedef struct age_order {
    int32_t birth_month;
    uint32_t at;
} age_order;

static int by_age(const void *a, const void *b)
{
    const age_order *x = a, *y = b;
    if (x->birth_month != y->birth_month) return x->birth_month < y->birth_month ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* The free man with the least cost; the first in the pool among equals. Looks from the usual age gap outwards, younger
   and older in turn, until the gap alone costs more than the best found. */
static seeker *choose_man(const state *s, const seeker *woman, seeker *men, const age_order *order, uint32_t n, int32_t usual_gap)
{
    const int32_t ideal = woman->birth_month - usual_gap;
    const int64_t own = (s->month - woman->birth_month) / 4, widest = own < 84 ? 84 : own; /* never wider than her own age allows */
    uint32_t lo = 0, hi = n;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        if (order[mid].birth_month < ideal) lo = mid + 1;
        else hi = mid;
    }
    uint32_t below = lo, above = lo, best = UINT32_MAX;
    int64_t best_cost = widest + 1 + 36;
    while (below > 0 || above < n) {
        int64_t down = below > 0 ? (int64_t)ideal - order[below - 1].birth_month : INT64_MAX;
        int64_t up = above < n ? (int64_t)order[above].birth_month - ideal : INT64_MAX;
        int64_t gap = down < up ? down : up;
        uint32_t at = down < up ? order[--below].at : order[above++].at;
        if (gap > best_cost || gap > widest) break;
        if (men[at].taken) continue;
        int64_t cost = gap_cost(s, woman, &men[at], usual_gap);
        if (cost < 0) continue;
        cost += distance_cost(s, woman, &men[at]);
        if (cost > best_cost || (cost == best_cost && at > best) || are_kin(s, woman->person, men[at].person)) continue;
        best = at;
        best_cost = cost;
    }
    return best == UINT32_MAX ? NULL : &men[best];
}

/* Women choose in turn. Those who find a man move to the front of the pool, with the man in `taken`: couples move together only when all have
   been found, so that what they touch can be asked for ahead. */
static uint32_t match(const state *s, seeker *women, uint32_t n_women, seeker *men, const age_order *order, uint32_t n_men, int32_t usual_gap)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < n_women; i++) {
        seeker woman = women[i], *best = choose_man(s, &woman, men, order, n_men, usual_gap);
        if (!best || !is_resident(s, woman.person) || !is_resident(s, best->person)) continue;
        if (s->p.partner[woman.person] || s->p.partner[best->person]) continue;
        best->taken = 1;
        woman.taken = best->person;
        women[n++] = woman;
    }
    return n;
}

static void ask_for_couple(const state *s, const seeker *woman, void (*ask)(const state *, uint32_t))
{
    ask(s, woman->person);
    ask(s, woman->taken);
}

void apply_unions(state *s, const uint32_t *people, uint32_t n)
{
    kj_stream stream = s->draws[STREAM_UNION];
    uint32_t outside = kj_threshold(s->run->param(s->ctx, s->d->par.union_outside_share));
    int32_t usual_gap = (int32_t)s->run->param(s->ctx, s->d->par.union_age_gap);
    seeker *pool[2];
    uint32_t count[2] = {0, 0};
    for (int sex = 0; sex < 2; sex++)
        if (!(pool[sex] = s->run->scratch(s->ctx, (n + 1) * sizeof *pool[sex]))) {
            if (!s->status) s->status = s->run->fail(s->ctx, KJ_E_MEMORY, "no scratch memory for those who look for a partner");
            return;
        }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t person = people[i];
        ask_ahead(s, people, i, n);
        if (!is_resident(s, person) || s->p.partner[person] || !s->p.household[person]) continue;
        kj_draw4 draw = kj_draw(stream, s->p.luck[person], s->month, 0);
        if (draw.v[0] < outside) {
            union_across_border(s, person, draw);
            continue;
        }
        int sex = s->p.sex[person];
        uint32_t household = row_of_household(s, s->p.household[person]);
        pool[sex][count[sex]++] = (seeker){.lot = (uint64_t)draw.v[1] << 32 | draw.v[2], .person = person,
                                           .birth_month = s->p.birth_month[person], .cell = home_cell(s, household), .taken = 0};
    }
    age_order *order = s->run->scratch(s->ctx, (count[KJ_MALE] + 1) * sizeof *order);
    if (!order) {
        if (!s->status) s->status = s->run->fail(s->ctx, KJ_E_MEMORY, "no scratch memory for those who look for a partner");
        return;
    }
    for (uint32_t i = 0; i < count[KJ_MALE]; i++) order[i] = (age_order){pool[KJ_MALE][i].birth_month, i};
    qsort(order, count[KJ_MALE], sizeof *order, by_age);
    qsort(pool[KJ_FEMALE], count[KJ_FEMALE], sizeof(seeker), by_lot);
    uint32_t n_couples = match(s, pool[KJ_FEMALE], count[KJ_FEMALE], pool[KJ_MALE], order, count[KJ_MALE], usual_gap);
    for (uint32_t i = 0; i < n_couples && !s->status; i++) {
        if (i + AHEAD < n_couples) ask_for_couple(s, &pool[KJ_FEMALE][i + AHEAD], ask_for_household);
        if (i + AHEAD / 2 < n_couples) ask_for_couple(s, &pool[KJ_FEMALE][i + AHEAD / 2], ask_for_members);
        form_union(s, pool[KJ_FEMALE][i].person, pool[KJ_FEMALE][i].taken);
    }
}
