/* Persons and households of the start population, area by area. Ages are given (ages.c), the number of households is
   given (homes.c); this step decides who lives with whom: residents of care homes, children with their parents,
   couples, people who share, people alone. Every person ends in exactly one household or care home.

   With A adults and H households, A - H adults live in somebody else's household: as partners, or as others who share
   (adult children, flat mates). The share of partners among them is one number for the whole map, found so that the
   share of one-person households comes out as wanted. */
#include <stdlib.h>
#include <string.h>

#include "people_internal.h"

/* Assumed: the mother's age at the eldest child that still lives at home, and the spacing of siblings. */
static const double first_birth_mean = 29.0, first_birth_sd = 5.5;
static const double single_parent_share = 0.20; /* of families, before those for whom no couple fits: the nation has 0.22 in all */
static const double single_mother_share = 0.78; /* of single parents; assumed */

/* Siblings at home, eldest first. */
typedef struct family {
    int32_t child[6];
    int32_t n, eldest, youngest;
} family;

static uint64_t person_key(const former *f, int32_t p)
{
    return ((uint64_t)(uint32_t)(f->area - f->draft->areas) << 32) | (uint32_t)(p - f->area->first_person);
}

static double draw(const former *f, kj_map_stream stream, int32_t p, uint32_t number)
{
    return kj_map_uniform(stream, person_key(f, p), number);
}

static double in_range(double v, double lo, double hi) { return v < lo ? lo : v > hi ? hi : v; }

static void pool_clear(pool *of)
{
    for (int32_t i = 0; i < KJ_AGES; i++) of->first[i] = -1;
}

static void pool_put(pool *to, int32_t age, int32_t item)
{
    to->next[item] = to->first[age];
    to->first[age] = item;
}

static void pool_remove(pool *from, int32_t age, int32_t item)
{
    int32_t *at = &from->first[age];
    while (*at >= 0 && *at != item) at = &from->next[*at];
    if (*at == item) *at = from->next[item];
}

void kj_unit_join(former *f, int32_t u, int32_t p)
{
    unit *to = &f->units[u];
    f->persons[p].household = u;
    f->persons[p].next_member = -1;
    if (to->tail >= 0)
        f->persons[to->tail].next_member = p;
    else
        to->head = p;
    to->tail = p;
    to->n++;
}

static int32_t new_unit(former *f, int32_t woman, int32_t man)
{
    int32_t u = f->n_units++;
    f->units[u] = (unit){woman, man, -1, -1, 0, 0, 0};
    bool man_first = man >= 0 && (woman < 0 || f->persons[man].birth_month < f->persons[woman].birth_month);
    if (man_first) kj_unit_join(f, u, man);
    if (woman >= 0) kj_unit_join(f, u, woman);
    if (man >= 0 && !man_first) kj_unit_join(f, u, man);
    return u;
}

/* --- who lives in a care home, who is a child at home ------------------------------------------------------------ */

/* The older, the likelier: age plus up to twelve years of luck. */
static void choose_care(former *f)
{
    kj_draft_area *area = f->area;
    int32_t n = 0;
    for (int32_t p = area->first_person; p < area->first_person + area->n_persons; p++) {
        if (f->persons[p].age >= 80)
            f->ranked[n++] = (kj_ranked){-(double)f->persons[p].age - 12.0 * draw(f, KJ_MAP_CARE, p, 0), p};
    }
    kj_ranked_sort(f->ranked, (size_t)n);
    if (area->n_care > n) area->n_care = n;
    for (int32_t i = 0; i < area->n_care; i++)
        f->persons[f->ranked[i].index].care = 0; /* the home follows in places.c */
}

/* Persons of 18-24 who can live with a parent: 0.38 for each woman of 40-62 of the area. The nation has about 0.29. */
static int32_t youths_at_most(const kj_draft_area *area)
{
    int32_t women = 0;
    for (int32_t age = 40; age <= 62; age++) women += area->n_age[KJ_FEMALE][age];
    return (int32_t)(0.38 * women);
}

/* The oldest first, give or take three years: they have moved out. */
static void set_adult(former *f, int32_t n_flip)
{
    int32_t n = 0;
    for (int32_t p = f->area->first_person; p < f->area->first_person + f->area->n_persons; p++) {
        if (f->persons[p].child_at_home && f->persons[p].age >= 18) {
            f->ranked[n++] = (kj_ranked){-(double)f->persons[p].age + 3.0 * draw(f, KJ_MAP_HOME, p, 1), p};
        }
    }
    kj_ranked_sort(f->ranked, (size_t)n);
    for (int32_t i = 0; i < n && i < n_flip; i++) f->persons[f->ranked[i].index].child_at_home = 0;
}

static int32_t count_adults(const former *f)
{
    int32_t adults = 0;
    for (int32_t p = f->area->first_person; p < f->area->first_person + f->area->n_persons; p++) {
        adults += f->persons[p].care < 0 && !f->persons[p].child_at_home;
    }
    return adults;
}

/* Everyone under 18, and 18-24 by the table; fewer where there are too few possible parents (students have their own
   homes) or too few adults for the households. Returns the number of adults in private households. */
static int32_t choose_children(former *f)
{
    const kj_draft_area *area = f->area;
    int32_t youths = 0;
    for (int32_t p = area->first_person; p < area->first_person + area->n_persons; p++) {
        kj_draft_person *person = &f->persons[p];
        if (person->care >= 0) continue;
        bool home = person->age < 18 || (person->age < 25 && draw(f, KJ_MAP_HOME, p, 0) <
                                                                 f->draft->country->at_home[person->sex][person->age]);
        person->child_at_home = home;
        youths += home && person->age >= 18;
    }
    int32_t over = youths - youths_at_most(area);
    if (over > 0) set_adult(f, over);
    int32_t adults = count_adults(f);
    if (adults < area->n_households) {
        set_adult(f, area->n_households - adults);
        adults = count_adults(f);
    }
    return adults;
}

/* --- couples ----------------------------------------------------------------------------------------------------- */

/* Share with a partner of the area's adults. The table's is of all persons of the age, and a child at home has none: where more of the
   young live on their own than in the nation, as students do, fewer of these have one. */
static void partner_shares(former *f)
{
    double private[2][KJ_AGES] = {{0}}, adults[2][KJ_AGES] = {{0}};
    for (int32_t p = f->area->first_person; p < f->area->first_person + f->area->n_persons; p++) {
        const kj_draft_person *person = &f->persons[p];
        if (person->care >= 0) continue;
        private[person->sex][person->age]++;
        adults[person->sex][person->age] += !person->child_at_home;
    }
    for (int sex = 0; sex < 2; sex++)
        for (int age = 0; age < KJ_AGES; age++)
            f->partner_share[sex][age] = fmin(0.98, f->draft->country->partner[sex][age] * private[sex][age] / fmax(1.0, adults[sex][age]));
}

/* The m adults of one sex who have a partner, drawn so that each one's chance has odds in proportion to the table's: order sampling
   by Pareto's distribution (Rosén 1997), whose chances are nearly those. Weights drawn in turn would make couples too few among the
   young, whose odds are low. Then put in the order in which they are paired: age, with some luck. */
static int32_t choose_partners(former *f, int32_t sex, int32_t m, kj_ranked *out)
{
    int32_t n = 0;
    for (int32_t p = f->area->first_person; p < f->area->first_person + f->area->n_persons; p++) {
        const kj_draft_person *person = &f->persons[p];
        if (person->sex != sex || person->child_at_home || person->care >= 0) continue;
        double share = f->partner_share[sex][person->age], u = draw(f, KJ_MAP_PARTNER, p, 0);
        if (share > 0.0) out[n++] = (kj_ranked){u / (1.0 - u) * (1.0 - share) / share, p};
    }
    kj_ranked_sort(out, (size_t)n);
    if (m > n) m = n;
    for (int32_t i = 0; i < m; i++) {
        int32_t p = out[i].index;
        double months = (double)(f->draft->start - f->persons[p].birth_month);
        out[i].key = months / 12.0 + 2.0 * kj_map_normal(KJ_MAP_PAIRING, person_key(f, p), 0);
    }
    kj_ranked_sort(out, (size_t)m);
    return m;
}

static int32_t make_couples(former *f, int32_t wanted)
{
    int32_t women = choose_partners(f, KJ_FEMALE, wanted, f->ranked),
            men = choose_partners(f, KJ_MALE, wanted, f->ranked2);
    int32_t m = women < men ? women : men;
    if (women > m) women = choose_partners(f, KJ_FEMALE, m, f->ranked);
    if (men > m) men = choose_partners(f, KJ_MALE, m, f->ranked2);
    for (int32_t i = 0; i < m; i++) {
        int32_t woman = f->ranked[i].index, man = f->ranked2[i].index;
        f->persons[woman].partner = man;
        f->persons[man].partner = woman;
        pool_put(&f->couples, f->persons[woman].age, new_unit(f, woman, man));
    }
    return m;
}

/* Those who are left: single adults, in an order of luck within each age. */
static void pool_singles(former *f)
{
    int32_t n = 0;
    for (int32_t p = f->area->first_person; p < f->area->first_person + f->area->n_persons; p++) {
        const kj_draft_person *person = &f->persons[p];
        if (!person->child_at_home && person->care < 0 && person->partner < 0)
            f->ranked[n++] = (kj_ranked){draw(f, KJ_MAP_PAIRING, p, 1), p};
    }
    kj_ranked_sort(f->ranked, (size_t)n);
    for (int32_t i = 0; i < n; i++) {
        int32_t p = f->ranked[i].index;
        pool_put(f->persons[p].sex == KJ_FEMALE ? &f->women : &f->men, f->persons[p].age, p);
    }
}

/* --- families ---------------------------------------------------------------------------------------------------- */

/* The nation's families have 1.88 children of 0-24 at home (2021: 1.94 with two parents, 1.67 with one; Statistics Sweden). Mean 1.96, since siblings
   of fitting ages are not always found; its spread is assumed. */
static int32_t siblings_wanted(double u) { return u < 0.31 ? 1 : u < 0.79 ? 2 : u < 0.94 ? 3 : 4; }

/* Next sibling: the waiting child whose age is nearest to `gap` years below, between one and seven. */
static int32_t next_sibling(const pool *waiting, int32_t age, int32_t gap)
{
    for (int32_t d = 0; d <= 6; d++) {
        for (int32_t side = -1; side <= 1; side += 2) {
            int32_t g = gap + side * d;
            if (g >= 1 && g <= 7 && age - g >= 0 && waiting->first[age - g] >= 0) return waiting->first[age - g];
        }
    }
    return -1;
}

static family take_family(former *f, pool *waiting, int32_t eldest)
{
    family fam = {{eldest}, 1, f->persons[eldest].age, f->persons[eldest].age};
    pool_remove(waiting, fam.eldest, eldest);
    kj_draw4 d = kj_map_draw(KJ_MAP_FAMILY, person_key(f, eldest), 0);
    int32_t wanted = siblings_wanted(kj_uniform(d.v[0]));
    while (fam.n < wanted) {
        int32_t gap = 2 + (int32_t)kj_below(d.v[fam.n < 4 ? fam.n : 3], 3);
        int32_t child = next_sibling(waiting, fam.youngest, gap);
        if (child < 0) break;
        fam.youngest = f->persons[child].age;
        pool_remove(waiting, fam.youngest, child);
        fam.child[fam.n++] = child;
    }
    return fam;
}

/* Item of the pool with age nearest to `age` in [lo, hi]; for couples the man must have a father's age too. */
static int32_t find_parent(const former *f, const pool *from, int32_t age, int32_t lo, int32_t hi, const family *fam,
                           bool couples)
{
    if (lo < 18) lo = 18;
    if (hi > KJ_AGES - 1) hi = KJ_AGES - 1;
    for (int32_t d = 0; d < KJ_AGES; d++) {
        for (int32_t side = 0; side < (d ? 2 : 1); side++) {
            int32_t a = side ? age - d : age + d;
            if (a < lo || a > hi) continue;
            for (int32_t item = from->first[a]; item >= 0; item = from->next[item]) {
                if (!couples) return item;
                int32_t man = f->persons[f->units[item].man].age;
                if (man >= fam->eldest + 19 && man <= fam->youngest + 55) return item;
            }
        }
        if (age + d > hi && age - d < lo) break;
    }
    return -1;
}

static void settle_family(former *f, const family *fam, int32_t u, bool linked)
{
    for (int32_t i = 0; i < fam->n; i++) {
        kj_unit_join(f, u, fam->child[i]);
        if (linked) {
            f->persons[fam->child[i]].mother = f->units[u].woman;
            f->persons[fam->child[i]].father = f->units[u].man;
        } else {
            f->area->n_unlinked++;
        }
    }
    f->units[u].n_children += fam->n;
}

/* A couple, or a single mother or father, of an age to be the parents; -1 when nobody fits. */
static int32_t parents_for(former *f, const family *fam, bool single, double u, double wanted_age)
{
    int32_t age = fam->eldest + (int32_t)wanted_age;
    if (!single) {
        int32_t couple = find_parent(f, &f->couples, age, fam->eldest + 20, fam->youngest + 42, fam, true);
        if (couple >= 0) pool_remove(&f->couples, f->persons[f->units[couple].woman].age, couple);
        return couple;
    }
    bool mother = u < single_mother_share;
    pool *from = mother ? &f->women : &f->men;
    int32_t p = find_parent(f, from, age, fam->eldest + 20, fam->youngest + (mother ? 42 : 50), fam, false);
    if (p < 0) return -1;
    pool_remove(from, f->persons[p].age, p);
    return mother ? new_unit(f, p, -1) : new_unit(f, -1, p);
}

/* Nobody of the right age is left: a couple that could be an older brother's or a grandparent's home. */
static int32_t any_household(former *f, const family *fam)
{
    int32_t best = -1, fewest = INT32_MAX;
    for (int32_t u = 0; u < f->n_units; u++) {
        if (f->units[u].n < fewest) {
            fewest = f->units[u].n;
            best = u;
        }
    }
    if (best >= 0) return best;
    pool *from[2] = {&f->women, &f->men};
    for (int32_t s = 0; s < 2; s++) {
        int32_t p = find_parent(f, from[s], 45, 18, KJ_AGES - 1, fam, false);
        if (p < 0) continue;
        pool_remove(from[s], f->persons[p].age, p);
        return s == 0 ? new_unit(f, p, -1) : new_unit(f, -1, p);
    }
    f->units[f->n_units] = (unit){-1, -1, -1, -1, 0, 0, 0}; /* an area of children alone */
    return f->n_units++;
}

static void place_family(former *f, const family *fam)
{
    uint64_t key = person_key(f, fam->child[0]);
    kj_draw4 d = kj_map_draw(KJ_MAP_FAMILY, key, 1);
    double age = in_range(first_birth_mean + first_birth_sd * kj_map_normal(KJ_MAP_FAMILY, key, 2), 20.0, 40.0);
    bool single = kj_uniform(d.v[0]) < single_parent_share * (0.6 + 0.04 * fam->eldest);
    double u = kj_uniform(d.v[1]);
    int32_t to = parents_for(f, fam, single, u, age);
    if (to < 0) to = parents_for(f, fam, !single, u, age);
    if (to < 0) to = parents_for(f, fam, true, 1.0 - u, age);
    if (to < 0) to = parents_for(f, fam, true, u < single_mother_share ? 1.0 : 0.0, age);
    bool linked = to >= 0;
    if (!linked && fam->n > 1) { /* perhaps the siblings are too far apart: each for itself */
        for (int32_t i = 0; i < fam->n; i++) {
            int32_t age_i = f->persons[fam->child[i]].age;
            family one = {{fam->child[i]}, 1, age_i, age_i};
            place_family(f, &one);
        }
        return;
    }
    if (!linked) to = any_household(f, fam);
    settle_family(f, fam, to, linked);
}

static void make_families(former *f)
{
    pool waiting = {.next = f->list};
    pool_clear(&waiting);
    int32_t n = 0;
    for (int32_t p = f->area->first_person; p < f->area->first_person + f->area->n_persons; p++) {
        if (f->persons[p].child_at_home) f->ranked[n++] = (kj_ranked){draw(f, KJ_MAP_FAMILY, p, 3), p};
    }
    kj_ranked_sort(f->ranked, (size_t)n);
    for (int32_t i = 0; i < n; i++) pool_put(&waiting, f->persons[f->ranked[i].index].age, f->ranked[i].index);
    for (int32_t age = 24; age >= 0; age--) {
        while (waiting.first[age] >= 0) {
            family fam = take_family(f, &waiting, waiting.first[age]);
            place_family(f, &fam);
        }
    }
}

/* --- people who share -------------------------------------------------------------------------------------------- */

/* Three ways to live in somebody else's home without being the partner: grown-up children with their parents, relatives
   with a couple or family, and flat mates. Of the nation's households of these kinds (429 000 in 2021) 29 % hold
   children of 25 and over, and they have 1.75 such adults each; the rest of the split is assumed. */
static const double with_parents = 0.30, with_family = 0.30;

static int32_t extras_wanted(double u)
{
    return u < 0.50 ? 1 : u < 0.77 ? 2 : u < 0.92 ? 3 : 4;
} /* assumed; mean 1.8 */

static bool has_room(const former *f, int32_t u)
{
    return f->units[u].n_extra < extras_wanted(kj_map_uniform(KJ_MAP_SHARING, person_key(f, f->units[u].head), 5));
}

/* A household with an adult who could be the person's mother or father. */
static int32_t parents_home(const former *f, int32_t p)
{
    int32_t age = f->persons[p].age, n = f->n_units;
    if (n == 0) return -1;
    int32_t from = (int32_t)kj_below(kj_map_draw(KJ_MAP_SHARING, person_key(f, p), 2).v[0], (uint32_t)n);
    for (int32_t i = 0; i < n && i < 400; i++) {
        const unit *u = &f->units[(from + i) % n];
        int32_t woman = u->woman >= 0 ? f->persons[u->woman].age : -1, man = u->man >= 0 ? f->persons[u->man].age : -1;
        bool mother = woman >= age + 20 && woman <= age + 42, father = man >= age + 20 && man <= age + 50;
        if (u->n_extra == 0 && u->n_children == 0 && (mother || woman < 0) && (father || man < 0) && (mother || father))
            return (from + i) % n;
    }
    return -1;
}

/* One of the households from `first` to `end`, by luck, near in age if it is a flat mate's, that takes one more. */
static int32_t household_with_room(const former *f, int32_t p, int32_t first, int32_t end)
{
    int32_t best = -1, nearest = INT32_MAX, n = end - first;
    if (n <= 0) return -1;
    int32_t from = (int32_t)kj_below(kj_map_draw(KJ_MAP_SHARING, person_key(f, p), 3).v[0], (uint32_t)n);
    for (int32_t i = 0; i < n && i < 40; i++) {
        int32_t at = first + (from + i) % n;
        if (!has_room(f, at)) continue;
        int32_t years = abs(f->persons[f->units[at].head].age - f->persons[p].age) - 25 * (f->units[at].n_extra > 0);
        if (years < nearest) {
            nearest = years;
            best = at;
        }
    }
    return best;
}

static void share_home(former *f, int32_t p, int32_t first_single)
{
    int32_t age = f->persons[p].age, to = -1;
    double u = draw(f, KJ_MAP_SHARING, p, 1);
    if (u < with_parents && age >= 25 && age <= 50) {
        to = parents_home(f, p);
        if (to >= 0) {
            f->persons[p].mother = f->units[to].woman;
            f->persons[p].father = f->units[to].man;
        }
    }
    if (to < 0 && u < with_parents + with_family) to = household_with_room(f, p, 0, first_single);
    if (to < 0) to = household_with_room(f, p, first_single, f->n_units);
    if (to < 0) to = household_with_room(f, p, 0, f->n_units);
    if (to < 0 && f->n_units > 0)
        to = (int32_t)kj_below(kj_map_draw(KJ_MAP_SHARING, person_key(f, p), 4).v[0], (uint32_t)f->n_units);
    if (to < 0) {
        new_unit(f, f->persons[p].sex == KJ_FEMALE ? p : -1, f->persons[p].sex == KJ_MALE ? p : -1);
        return;
    }
    kj_unit_join(f, to, p);
    f->units[to].n_extra++;
}

/* Single adults without children: so many as the number of households asks for share, the others live alone. */
static void make_singles(former *f, int32_t wanted_units)
{
    int32_t n = 0;
    for (int32_t sex = 0; sex < 2; sex++) {
        const pool *from = sex == KJ_FEMALE ? &f->women : &f->men;
        for (int32_t age = 0; age < KJ_AGES; age++) {
            for (int32_t p = from->first[age]; p >= 0; p = from->next[p]) {
                double weight = age < 30 ? 3.0 : age < 65 ? 1.0 : 0.4; /* assumed */
                f->ranked[n++] = (kj_ranked){-kj_log(draw(f, KJ_MAP_SHARING, p, 0)) / weight, p};
            }
        }
    }
    kj_ranked_sort(f->ranked, (size_t)n);
    int32_t n_share = f->n_units + n - wanted_units;
    if (n_share < 0) n_share = 0;
    if (n_share > n) n_share = n;
    int32_t first_single = f->n_units;
    for (int32_t i = n_share; i < n; i++) {
        int32_t p = f->ranked[i].index;
        new_unit(f, f->persons[p].sex == KJ_FEMALE ? p : -1, f->persons[p].sex == KJ_MALE ? p : -1);
    }
    for (int32_t i = 0; i < n_share; i++) share_home(f, f->ranked[i].index, first_single);
}

/* --- one area, all areas ----------------------------------------------------------------------------------------- */

static kj_household_kind kind_of(const former *f, const unit *u)
{
    if (u->n_extra > 0 || u->head < 0 || (u->woman < 0 && u->man < 0)) return KJ_HH_OTHER;
    bool couple = u->woman >= 0 && u->man >= 0;
    if (u->n_children > 0) {
        for (int32_t p = u->head; p >= 0; p = f->persons[p].next_member) { /* taken in without a parent: not a family */
            if (f->persons[p].child_at_home && f->persons[p].mother < 0 && f->persons[p].father < 0) return KJ_HH_OTHER;
        }
        return couple ? KJ_HH_COUPLE_CHILDREN : KJ_HH_SINGLE_PARENT;
    }
    return couple ? KJ_HH_COUPLE : KJ_HH_SINGLE;
}

/* Most couples of an area, over those that its ages give in the nation. Assumed: where homes are small houses nine of ten adults in mid-life
   have a partner, 1.28 times the nation's 0.70 (start_partner_share.csv). Fewer would leave grown-ups over who must lodge, and who then move to town. */
static const double couples_most = 1.28;

static void form_area(former *f, double couple_share)
{
    kj_draft_area *area = f->area;
    f->n_units = 0;
    area->n_unlinked = 0;
    pool_clear(&f->couples);
    pool_clear(&f->women);
    pool_clear(&f->men);
    choose_care(f);
    int32_t adults = choose_children(f), households = area->n_households < adults ? area->n_households : adults;
    double expected = 0.0;
    partner_shares(f);
    for (int32_t p = area->first_person; p < area->first_person + area->n_persons; p++) {
        if (!f->persons[p].child_at_home && f->persons[p].care < 0) expected += 0.5 * f->partner_share[f->persons[p].sex][f->persons[p].age];
    }
    double couples = fmin(couple_share * (adults - households), couples_most * expected);
    make_couples(f, (int32_t)(couples + 0.5));
    pool_singles(f);
    make_families(f);
    make_singles(f, households);
}

/* Appends the area's households to the map's, in order, and numbers its members anew: household by household. */
static void append_area(former *f, int32_t *order, int32_t *n_order)
{
    kj_draft *draft = f->draft;
    f->area->first_household = draft->n_households;
    for (int32_t u = 0; u < f->n_units; u++) {
        const unit *from = &f->units[u];
        kj_draft_household *to = &draft->households[draft->n_households++];
        *to = (kj_draft_household){.area = (int32_t)(f->area - draft->areas), .dwelling = -1};
        to->head = from->head;
        to->size = (uint8_t)from->n;
        to->n_children = (uint8_t)from->n_children;
        to->kind = (uint8_t)kind_of(f, from);
        for (int32_t p = from->head; p >= 0; p = f->persons[p].next_member) {
            f->persons[p].household = draft->n_households - 1;
            order[(*n_order)++] = p;
        }
    }
    f->area->n_households = f->n_units;
    for (int32_t p = f->area->first_person; p < f->area->first_person + f->area->n_persons; p++) {
        if (f->persons[p].care >= 0) order[(*n_order)++] = p;
    }
}

static int32_t moved(const int32_t *where, int32_t index) { return index < 0 ? -1 : where[index]; }

/* Puts the persons into their final order. */
static kj_status renumber(kj_error *err, kj_draft *draft, const int32_t *order)
{
    size_t n = (size_t)draft->n_persons;
    int32_t *where = calloc(n ? n : 1, sizeof *where);
    kj_draft_person *persons = calloc(n ? n : 1, sizeof *persons);
    if (!where || !persons) {
        free(where);
        free(persons);
        return kj_fail(err, KJ_E_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < n; i++) where[order[i]] = (int32_t)i;
    for (size_t i = 0; i < n; i++) {
        persons[i] = draft->persons[order[i]];
        persons[i].partner = moved(where, persons[i].partner);
        persons[i].mother = moved(where, persons[i].mother);
        persons[i].father = moved(where, persons[i].father);
        persons[i].next_member = moved(where, persons[i].next_member);
    }
    for (int32_t h = 0; h < draft->n_households; h++)
        draft->households[h].head = moved(where, draft->households[h].head);
    free(where);
    free(draft->persons);
    draft->persons = persons;
    return KJ_OK;
}

static void fill_persons(kj_draft *draft)
{
    int32_t n = 0;
    for (int32_t a = 0; a < draft->n_areas; a++) {
        kj_draft_area *area = &draft->areas[a];
        area->first_person = n;
        for (int32_t i = 0; i < 2 * KJ_AGES; i++) {
            for (int32_t k = 0; k < area->n_age[i / KJ_AGES][i % KJ_AGES]; k++, n++) {
                kj_draft_person *p = &draft->persons[n];
                *p = (kj_draft_person){.area = a,
                                       .household = -1,
                                       .partner = -1,
                                       .mother = -1,
                                       .father = -1,
                                       .next_member = -1,
                                       .care = -1,
                                       .workplace = -1};
                p->sex = (uint8_t)(i / KJ_AGES);
                p->age = (int16_t)(i % KJ_AGES);
                uint64_t key = ((uint64_t)(uint32_t)a << 32) | (uint32_t)(n - area->first_person);
                p->birth_month =
                    draft->start - 12 * p->age - (int32_t)kj_below(kj_map_draw(KJ_MAP_BIRTH, key, 0).v[0], 12);
            }
        }
        area->n_persons = n - area->first_person;
    }
}

/* All areas with one share of partners. With a seed and no order, it takes from what is formed; with both, areas that say
   more of their households are formed from it. The last time households are kept; *alone counts one-person households,
 *rest the adults in somebody else's home, both over the whole map. */
static kj_status form_all(kj_error *err, former *f, double share, kj_seed *seed, int32_t *order, double *alone, double *rest,
                          double *households)
{
    kj_status status = KJ_OK;
    kj_draft *draft = f->draft;
    int32_t n_order = 0;
    *alone = *rest = *households = 0.0;
    fill_persons(draft);
    draft->n_households = 0;
    for (int32_t a = 0; status == KJ_OK && a < draft->n_areas; a++) {
        f->area = &draft->areas[a];
        form_area(f, share);
        if (seed && !order) status = kj_seed_collect(err, seed, f);
        if (seed && order && kj_seed_wants(f->area)) status = kj_seed_refit(err, seed, f);
        for (int32_t u = 0; u < f->n_units; u++) *alone += f->units[u].n == 1;
        *households += f->n_units;
        *rest += count_adults(f) - f->n_units;
        if (order && status == KJ_OK) append_area(f, order, &n_order);
    }
    return status;
}

/* Most couples among the adults who live in somebody else's home: some always share it, a quarter in the nation (2021: 429 000 households of
   other kinds with 1.75 of them each, beside 2.2 million couples; Statistics Sweden). Calibrated: where there are too few persons a home for
   the one-person households wanted (Lund, Kronoberg), 18 % share, so that as many lodge at the start as in the market itself from its second year
   on. */
static const double couples_at_most = 0.82;

/* Share of partners that gives the one-person households wanted. Each partner more takes one person who lives alone
   away, each person less who shares gives about a third back; a few Newton steps with that slope. */
static double solve_couple_share(former *f)
{
    double share = 0.82, alone, rest, households;
    for (int i = 0; i < 3; i++) {
        form_all(NULL, f, share, NULL, NULL, &alone, &rest, &households); /* cannot fail without a seed */
        if (!(rest > 0.0)) break;
        share = in_range(share + (alone - f->draft->recipe->one_person_share * households) / (0.67 * rest), 0.5, couples_at_most);
    }
    return share;
}

kj_status kj_draft_people(kj_error *err, kj_draft *draft)
{
    int32_t most = 1, total = 0;
    for (int32_t a = 0; a < draft->n_areas; a++) {
        total += draft->areas[a].population;
        if (draft->areas[a].population > most) most = draft->areas[a].population;
    }
    draft->n_persons = total;
    draft->n_households = 0;
    size_t n = (size_t)total + 1, m = (size_t)most + 1;
    former f = {.draft = draft};
    int32_t *order = calloc(n, sizeof *order);
    draft->persons = calloc(n, sizeof *draft->persons);
    draft->households = calloc(n, sizeof *draft->households);
    f.units = calloc(m, sizeof *f.units);
    f.couples.next = calloc(m, sizeof(int32_t));
    f.women.next = calloc(n, sizeof(int32_t));
    f.men.next = calloc(n, sizeof(int32_t));
    f.list = calloc(n, sizeof(int32_t));
    f.ranked = calloc(m, sizeof *f.ranked);
    f.ranked2 = calloc(m, sizeof *f.ranked2);
    kj_status status = KJ_OK;
    if (!order || !draft->persons || !draft->households || !f.units || !f.couples.next || !f.women.next ||
        !f.men.next || !f.list || !f.ranked || !f.ranked2) {
        status = kj_fail(err, KJ_E_MEMORY, "out of memory");
    } else {
        f.persons = draft->persons;
        double alone, rest, households;
        double share = draft->recipe->couple_share >= 0.0 ? draft->recipe->couple_share : solve_couple_share(&f);
        kj_seed *seed = NULL;
        bool wanted = false;
        for (int32_t a = 0; a < draft->n_areas; a++) wanted |= kj_seed_wants(&draft->areas[a]);
        if (wanted) status = kj_seed_new(err, draft, &seed);
        if (wanted && status == KJ_OK) status = form_all(err, &f, share, seed, NULL, &alone, &rest, &households);
        if (status == KJ_OK) status = form_all(err, &f, share, seed, order, &alone, &rest, &households);
        if (status == KJ_OK) status = renumber(err, draft, order);
        kj_seed_free(seed);
    }
    free(order);
    free(f.units);
    free(f.couples.next);
    free(f.women.next);
    free(f.men.next);
    free(f.list);
    free(f.ranked);
    free(f.ranked2);
    return status;
}
