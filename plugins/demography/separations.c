/* Separations split a household: one partner leaves the home and lodges with the other until another home is found. */
#include "state.h"

/* A minor of both in their home. */
static int have_common_minor(const state *s, uint32_t home, uint32_t a, uint32_t b)
{
    for (uint32_t row = row_of_person(s, s->h.head[home]); row != KJ_NO_ROW; row = row_of_person(s, s->p.next_member[row])) {
        kj_id mother = s->p.mother[row], father = s->p.father[row];
        if (age_of(s, row) < ADULT_AGE && ((mother == s->person_id[a] && father == s->person_id[b]) || (mother == s->person_id[b] && father == s->person_id[a])))
            return 1;
    }
    return 0;
}

/* Who leaves: who lives with parents in the home stays. With common minors, the parent with whom they will live mostly stays; else the man
   leaves with the given probability. */
static uint32_t who_leaves(const state *s, uint32_t a, uint32_t b, int minors, int with_mother, uint32_t draw)
{
    int a_home = lives_with_parent(s, a), b_home = lives_with_parent(s, b);
    if (a_home != b_home) return a_home ? b : a;
    uint32_t man = s->p.sex[a] == KJ_MALE ? a : b, other = man == a ? b : a;
    if (!minors) return draw < kj_threshold(s->run->param(s->ctx, s->d->par.separation_man_leaves)) ? man : other;
    uint32_t keeper = with_mother ? other : man, keeps = kj_threshold(s->run->param(s->ctx, with_mother ? s->d->par.mother_keeps_home : s->d->par.father_keeps_home));
    return (draw < keeps) == (keeper == man) ? other : man;
}

/* The parent who stayed looks for another home too: too large, too dear, or to be sold. */
static void begin_search(state *s, uint32_t home)
{
    if (s->h.living[home] != KJ_LIVES_HOLDING || s->h.size[home] == 0 || s->h.searching[home] || s->h.contract[home]) return;
    s->h.searching[home] = (int16_t)s->month;
    s->h.search_cause[home] = KJ_SEARCH_EVENT;
    s->h.patience[home] = (int16_t)s->run->param(s->ctx, s->d->par.separation_search_months);
}

/* Minors follow their only parent in the home; common ones by the draw. Grown children keep the home. */
static int follows(const state *s, uint32_t child, uint32_t leaver, uint32_t stayer, int common_go)
{
    if (child == leaver || child == stayer || age_of(s, child) >= ADULT_AGE) return 0;
    kj_id mother = s->p.mother[child], father = s->p.father[child];
    int of_leaver = mother == s->person_id[leaver] || father == s->person_id[leaver];
    int of_stayer = mother == s->person_id[stayer] || father == s->person_id[stayer];
    return of_leaver && (!of_stayer || common_go);
}

void apply_separation(state *s, uint32_t person)
{
    uint32_t partner = row_of_person(s, s->p.partner[person]);
    if (partner == KJ_NO_ROW || !s->p.household[person] || s->p.household[person] != s->p.household[partner]) return;
    uint64_t a = s->p.luck[person], b = s->p.luck[partner];
    uint64_t pair = kj_luck(KJ_LUCK_PAIR, a < b ? a : b, a < b ? b : a);
    kj_draw4 draw = kj_draw(s->draws[STREAM_PARTING], pair, s->month, 0);
    uint32_t home = row_of_household(s, s->p.household[person]);
    int with_mother = draw.v[1] < kj_threshold(s->run->param(s->ctx, s->d->par.children_with_mother));
    int minors = have_common_minor(s, home, person, partner);
    uint32_t leaver = who_leaves(s, person, partner, minors, with_mother, draw.v[0]), stayer = leaver == person ? partner : person;
    int common_go = (s->p.sex[leaver] == KJ_FEMALE) == with_mother;
    s->m.separations[home_municipality(s, home)] += 2;
    part_from_partner(s, person);
    uint32_t row = household_new_lodging(s, leaver, home, KJ_ORIGIN_SEPARATED);
    if (row == KJ_NO_ROW) return;
    uint32_t next;
    for (uint32_t member = row_of_person(s, s->h.head[home]); member != KJ_NO_ROW; member = next) {
        next = row_of_person(s, s->p.next_member[member]);
        if (follows(s, member, leaver, stayer, common_go)) person_move(s, member, row);
    }
    household_count(s, row);
    household_after_loss(s, home, KJ_CAUSE_OUT);
    if (minors && draw.v[2] < kj_threshold(s->run->param(s->ctx, s->d->par.separation_both_move))) begin_search(s, home);
}
