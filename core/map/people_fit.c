/* Households that meet margins of size, kind, age and sex at once: the seed's households are weighted for each area
   (ipu.h), whole ones are taken, and the area's own persons, whose ages are exact, go into their places in order of
   age. Mapping by order moves every place by the few months or years by which the seed's ages differ from the area's,
   so that couples and parents keep their distances. */
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../io/csv.h"
#include "ipu.h"
#include "people_internal.h"

enum { SEED_MOST = 6000, MEMBERS_MOST = 12, N_BANDS = 9, N_PERSONS = 2 * N_BANDS };
/* Margins: sizes, kinds, persons by sex and band of ages, all persons, all households. */
enum { M_SIZE = 0, M_KIND = KJ_HOUSEHOLD_SIZES, M_PERSON = M_KIND + KJ_HH_COUNT, M_ALL = M_PERSON + N_PERSONS, M_HOUSEHOLDS, N_MARGINS };

static const int32_t band_from[N_BANDS] = {0, 6, 13, 18, 25, 35, 50, 65, 80};

typedef enum role { ROLE_PARTNER = 0, ROLE_ADULT, ROLE_CHILD, ROLE_OTHER } role;
#define ROLE_LABELS "partner head child other"

typedef struct member {
    int16_t age;
    uint8_t sex, role;
} member;

struct kj_seed {
    member *members;  /* of household h: first[h] … first[h + 1] - 1 */
    uint32_t *first;  /* [n + 1] */
    double *weight;   /* prior */
    uint32_t n, n_members, capacity, member_capacity;
    bool survey;
    kj_ipu problem;   /* made at the first refit */
    uint16_t *margin;
    uint8_t *amount;
    uint32_t *entry_first;
};

static kj_status no_memory(kj_error *err) { return kj_fail(err, KJ_E_MEMORY, "out of memory"); }

static int32_t band_of(int32_t age)
{
    int32_t b = N_BANDS - 1;
    while (b > 0 && age < band_from[b]) b--;
    return b;
}

bool kj_seed_wants(const kj_draft_area *area)
{
    double sum = 0.0;
    for (int i = 0; i < KJ_HOUSEHOLD_SIZES; i++) sum += area->size_count[i];
    for (int i = 0; i < KJ_HH_COUNT; i++) sum += area->kind_count[i];
    return sum > 0.0 && area->n_households > 0;
}

/* --- the seed ------------------------------------------------------------------------------------------------------ */

static kj_status add_household(kj_error *err, kj_seed *s, const member *members, uint32_t n, double weight)
{
    if (s->n + 2 > s->capacity) {
        uint32_t capacity = 2 * s->capacity + 1024;
        uint32_t *first = realloc(s->first, capacity * sizeof *first);
        if (first) s->first = first;
        double *weights = realloc(s->weight, capacity * sizeof *weights);
        if (weights) s->weight = weights;
        if (!first || !weights) return no_memory(err);
        s->capacity = capacity;
    }
    if (s->n_members + n > s->member_capacity) {
        uint32_t capacity = 2 * s->member_capacity + 4096;
        member *grown = realloc(s->members, capacity * sizeof *grown);
        if (!grown) return no_memory(err);
        s->members = grown;
        s->member_capacity = capacity;
    }
    s->first[s->n] = s->n_members;
    s->weight[s->n++] = weight;
    memcpy(s->members + s->n_members, members, n * sizeof *members);
    s->n_members += n;
    s->first[s->n] = s->n_members;
    return KJ_OK;
}

/* One household a group of rows: household, age, sex (female, male), role (head, partner, child, other), weight. */
static kj_status read_survey(kj_error *err, const kj_draft *draft, kj_seed *s)
{
    char path[2300], now[80] = "";
    kj_csv *csv = NULL;
    uint32_t column[4] = {0}, n = 0;
    static const char *const names[4] = {"household", "age", "sex", "role"};
    member members[MEMBERS_MOST];
    double weight = 1.0;
    bool more = true;
    kj_status status = kj_recipe_file(err, draft->recipe, draft->recipe->sample_file, path, sizeof path);
    if (!status) status = kj_csv_open(err, path, 0, &csv);
    for (int i = 0; !status && i < 4; i++) status = kj_csv_require(err, csv, names[i], &column[i]);
    int32_t weighted = status ? -1 : kj_csv_column(csv, "weight");
    while (!status) {
        status = kj_csv_next(err, csv, &more);
        if (status) break;
        if (n && (!more || strcmp(now, kj_csv_field(csv, column[0])))) {
            status = add_household(err, s, members, n, weight);
            n = 0;
        }
        if (status || !more) break;
        int64_t age = 0;
        int32_t sex = kj_labels_index(KJ_SEX_LABELS, kj_csv_field(csv, column[2])), is = kj_labels_index(ROLE_LABELS, kj_csv_field(csv, column[3]));
        snprintf(now, sizeof now, "%s", kj_csv_field(csv, column[0]));
        status = kj_csv_integer(err, csv, column[1], 0, KJ_AGES - 1, &age);
        if (!status && (sex < 0 || is < 0))
            status = kj_fail(err, KJ_E_INPUT, "%s:%u: expected sex (%s) and role (%s), found `%.40s` and `%.40s`", path, kj_csv_line(csv), KJ_SEX_LABELS, ROLE_LABELS,
                             kj_csv_field(csv, column[2]), kj_csv_field(csv, column[3]));
        if (!status && n == MEMBERS_MOST) status = kj_fail(err, KJ_E_INPUT, "%s:%u: more than %d persons in household %s", path, kj_csv_line(csv), MEMBERS_MOST, now);
        if (!status && weighted >= 0) status = kj_csv_number(err, csv, (uint32_t)weighted, 0.0, 1e9, &weight);
        if (!status && !(weight > 0.0)) status = kj_fail(err, KJ_E_INPUT, "%s:%u: column `weight`: expected a number above 0", path, kj_csv_line(csv));
        if (!status) members[n++] = (member){(int16_t)age, (uint8_t)sex, (uint8_t)is};
    }
    kj_csv_close(csv);
    if (!status && s->n == 0) status = kj_fail(err, KJ_E_INPUT, "%s: no household", path);
    /* a head with a partner is a partner too */
    for (uint32_t h = 0; !status && h < s->n; h++) {
        bool couple = false;
        for (uint32_t i = s->first[h]; i < s->first[h + 1]; i++) couple |= s->members[i].role == ROLE_PARTNER;
        for (uint32_t i = s->first[h]; couple && i < s->first[h + 1]; i++)
            if (s->members[i].role == ROLE_ADULT) s->members[i].role = ROLE_PARTNER;
    }
    s->survey = true;
    return status;
}

kj_status kj_seed_new(kj_error *err, const kj_draft *draft, kj_seed **out)
{
    *out = calloc(1, sizeof **out);
    if (!*out) return no_memory(err);
    return draft->recipe->sample_file[0] ? read_survey(err, draft, *out) : KJ_OK;
}

void kj_seed_free(kj_seed *seed)
{
    if (!seed) return;
    free(seed->members);
    free(seed->first);
    free(seed->weight);
    free(seed->margin);
    free(seed->amount);
    free(seed->entry_first);
    free(seed);
}

kj_status kj_seed_collect(kj_error *err, kj_seed *seed, const former *f)
{
    int64_t all = 0;
    if (seed->survey) return KJ_OK;
    for (int32_t a = 0; a < f->draft->n_areas; a++) all += f->draft->areas[a].n_households;
    uint32_t every = (uint32_t)(all / SEED_MOST) + 1;
    for (int32_t u = 0; u < f->n_units; u++) {
        const unit *from = &f->units[u];
        member members[MEMBERS_MOST];
        uint32_t n = 0;
        if (((uint32_t)u + (uint32_t)(f->area - f->draft->areas)) % every || from->n > MEMBERS_MOST || from->head < 0) continue;
        for (int32_t p = from->head; p >= 0; p = f->persons[p].next_member) {
            bool parent = p == from->woman || p == from->man;
            role is = parent ? (from->woman >= 0 && from->man >= 0 ? ROLE_PARTNER : ROLE_ADULT) : f->persons[p].child_at_home ? ROLE_CHILD : ROLE_OTHER;
            members[n++] = (member){f->persons[p].age, f->persons[p].sex, (uint8_t)is};
        }
        kj_status status = add_household(err, seed, members, n, 1.0);
        if (status) return status;
    }
    return KJ_OK;
}

static kj_household_kind kind_of(const member *m, uint32_t n)
{
    int32_t partners = 0, children = 0, others = 0;
    for (uint32_t i = 0; i < n; i++) {
        partners += m[i].role == ROLE_PARTNER;
        children += m[i].role == ROLE_CHILD;
        others += m[i].role == ROLE_OTHER;
    }
    if (others) return KJ_HH_OTHER;
    if (partners) return children ? KJ_HH_COUPLE_CHILDREN : KJ_HH_COUPLE;
    return children ? KJ_HH_SINGLE_PARENT : KJ_HH_SINGLE;
}

static kj_status make_problem(kj_error *err, kj_seed *s)
{
    if (s->entry_first) return KJ_OK;
    s->entry_first = calloc(s->n + 1u, sizeof *s->entry_first);
    s->margin = malloc(((size_t)s->n_members + 4u * s->n + 1u) * sizeof *s->margin);
    s->amount = malloc((size_t)s->n_members + 4u * s->n + 1u);
    if (!s->entry_first || !s->margin || !s->amount) return no_memory(err);
    uint32_t at = 0;
    for (uint32_t h = 0; h < s->n; h++) {
        const member *m = s->members + s->first[h];
        uint32_t n = s->first[h + 1] - s->first[h];
        uint8_t persons[N_PERSONS] = {0};
        s->entry_first[h] = at;
        for (uint32_t i = 0; i < n; i++) persons[m[i].sex * N_BANDS + band_of(m[i].age)]++;
        s->margin[at] = (uint16_t)(M_SIZE + (n > KJ_HOUSEHOLD_SIZES ? KJ_HOUSEHOLD_SIZES : n) - 1);
        s->amount[at++] = 1;
        s->margin[at] = (uint16_t)(M_KIND + (uint32_t)kind_of(m, n));
        s->amount[at++] = 1;
        for (uint32_t i = 0; i < N_PERSONS; i++) {
            if (!persons[i]) continue;
            s->margin[at] = (uint16_t)(M_PERSON + i);
            s->amount[at++] = persons[i];
        }
        s->margin[at] = M_ALL;
        s->amount[at++] = (uint8_t)n;
        s->margin[at] = M_HOUSEHOLDS;
        s->amount[at++] = 1;
    }
    s->entry_first[s->n] = at;
    s->problem = (kj_ipu){.n_types = s->n, .n_margins = N_MARGINS, .first = s->entry_first, .margin = s->margin, .amount = s->amount};
    return KJ_OK;
}

/* --- places -------------------------------------------------------------------------------------------------------- */

/* A place in a household: of the seed's member at first, then with a person of the area in it. */
typedef struct place {
    int32_t unit, person;
    int16_t age;
    uint8_t sex, role;
} place;

typedef struct places {
    place *at;
    int32_t n, capacity, n_units;
} places;

static void targets_of(const former *f, double target[N_MARGINS])
{
    const kj_draft_area *area = f->area;
    double sizes = 0.0, kinds = 0.0, n = area->n_households;
    for (int m = 0; m < N_MARGINS; m++) target[m] = m >= M_PERSON ? 0.0 : -1.0;
    for (int i = 0; i < KJ_HOUSEHOLD_SIZES; i++) sizes += area->size_count[i];
    for (int i = 0; i < KJ_HH_COUNT; i++) kinds += area->kind_count[i];
    for (int i = 0; sizes > 0.0 && i < KJ_HOUSEHOLD_SIZES; i++) target[M_SIZE + i] = area->size_count[i] * n / sizes;
    for (int i = 0; kinds > 0.0 && i < KJ_HH_COUNT; i++) target[M_KIND + i] = area->kind_count[i] * n / kinds;
    for (int32_t p = area->first_person; p < area->first_person + area->n_persons; p++) {
        if (f->persons[p].care >= 0) continue;
        target[M_PERSON + f->persons[p].sex * N_BANDS + band_of(f->persons[p].age)] += 1.0;
        target[M_ALL] += 1.0;
    }
    target[M_HOUSEHOLDS] = n;
}

static kj_status take_households(kj_error *err, kj_seed *s, former *f, places *out)
{
    double target[N_MARGINS], matters[N_MARGINS], worst = 0.0, *weight = malloc((s->n + 1u) * sizeof *weight);
    int32_t *count = calloc(s->n + 1u, sizeof *count);
    kj_ipu problem = s->problem;
    kj_status status = weight && count ? KJ_OK : no_memory(err);
    targets_of(f, target);
    for (int m = 0; m < N_MARGINS; m++) matters[m] = m < M_PERSON ? 4.0 : 1.0; /* assumed: households before ages, which follow by order */
    matters[M_ALL] = 400.0;
    problem.target = target;
    problem.weight_of = matters;
    if (!status) {
        memcpy(weight, s->weight, s->n * sizeof *weight);
        kj_ipu_fit(&problem, 300, 0.05, weight, &worst);
        status = kj_ipu_round(err, &problem, weight, (uint32_t)f->area->n_households, (uint64_t)(uint32_t)(f->area - f->draft->areas) << 32, count);
    }
    for (uint32_t h = 0; !status && h < s->n; h++) {
        for (int32_t k = 0; k < count[h]; k++) {
            for (uint32_t i = s->first[h]; i < s->first[h + 1] && out->n < out->capacity; i++)
                out->at[out->n++] = (place){out->n_units, -1, s->members[i].age, s->members[i].sex, s->members[i].role};
            out->n_units++;
        }
    }
    free(weight);
    free(count);
    return status;
}

/* As many places as persons: others and children of large households go first; more adults come to the first ones. */
static void match_number(places *s, int32_t wanted)
{
    for (int pass = 0; pass < 2 && s->n > wanted; pass++) {
        for (int32_t i = s->n - 1; i >= 0 && s->n > wanted; i--) {
            if (s->at[i].role != (pass ? ROLE_CHILD : ROLE_OTHER)) continue;
            memmove(s->at + i, s->at + i + 1, (size_t)(s->n - i - 1) * sizeof *s->at);
            s->n--;
        }
    }
    for (int32_t u = 0; s->n < wanted && s->n < s->capacity; u = s->n_units ? (u + 7) % s->n_units : 0) {
        uint8_t sex = (uint8_t)(s->n & 1);
        s->at[s->n++] = (place){u, -1, 30, sex, ROLE_OTHER};
    }
}

static void flip_one(places *s, uint8_t from, role of, int32_t *left)
{
    for (int32_t i = 0; i < s->n && *left > 0; i++) {
        if (s->at[i].sex != from || s->at[i].role != of) continue;
        s->at[i].sex = (uint8_t)!from;
        --*left;
    }
}

/* As many women's and men's places as there are women and men: children's, others', and single adults' places can be
   either. Then as many children's places of each sex as there are children. */
static void match_sexes(places *s, const int32_t persons[2], const int32_t young[2])
{
    int32_t have = 0;
    for (int32_t i = 0; i < s->n; i++) have += s->at[i].sex == KJ_FEMALE;
    int32_t over = have - persons[KJ_FEMALE], left = abs(over);
    uint8_t from = over > 0 ? KJ_FEMALE : KJ_MALE;
    flip_one(s, from, ROLE_OTHER, &left);
    flip_one(s, from, ROLE_CHILD, &left);
    flip_one(s, from, ROLE_ADULT, &left);
    int32_t children[2] = {0};
    for (int32_t i = 0; i < s->n; i++)
        if (s->at[i].role == ROLE_CHILD) children[s->at[i].sex]++;
    for (int sex = 0; sex < 2; sex++) {
        int32_t lacks = young[sex] - children[sex], spare = children[!sex] - young[!sex], n = lacks < spare ? lacks : spare;
        if (n <= 0) continue;
        int32_t to_flip = n, back = n;
        flip_one(s, (uint8_t)!sex, ROLE_CHILD, &to_flip);
        flip_one(s, (uint8_t)sex, ROLE_OTHER, &back);
        flip_one(s, (uint8_t)sex, ROLE_ADULT, &back);
        if (back > 0) { /* nobody to change with: undo */
            flip_one(s, (uint8_t)sex, ROLE_CHILD, &back);
        }
    }
}

/* Persons of one sex, youngest first, into the places of that sex: the children of the area into the youngest
   children's places, everybody else by age. */
static void fill_places(former *f, places *s, uint8_t sex)
{
    int32_t n_persons = 0, n = 0, young = 0, at = 0;
    const kj_draft_area *area = f->area;
    for (int32_t p = area->first_person; p < area->first_person + area->n_persons; p++) {
        if (f->persons[p].sex != sex || f->persons[p].care >= 0) continue;
        f->ranked2[n_persons++] = (kj_ranked){-(double)f->persons[p].birth_month, p};
        young += f->persons[p].age < 18;
    }
    kj_ranked_sort(f->ranked2, (size_t)n_persons);
    for (int pass = 0; pass < 2; pass++) {
        n = 0;
        for (int32_t i = 0; i < s->n; i++) {
            if (s->at[i].sex != sex || s->at[i].person >= 0) continue;
            if (pass == 0 && s->at[i].role != ROLE_CHILD) continue;
            double key = s->at[i].age + (s->at[i].role == ROLE_OTHER ? -0.4 : 0.0) + 0.001 * (i % 1000);
            f->ranked[n++] = (kj_ranked){key, i};
        }
        kj_ranked_sort(f->ranked, (size_t)n);
        int32_t end = pass == 0 ? (young < n ? young : n) : n;
        for (int32_t i = 0; i < end && at < n_persons; i++) s->at[f->ranked[i].index].person = f->ranked2[at++].index;
    }
}

/* --- families ------------------------------------------------------------------------------------------------------ */

typedef struct home {
    int32_t woman, man;         /* places, -1 */
    int32_t eldest, youngest;   /* months of age of the children; -1 none */
    int32_t n_children, n_others;
} home;

static int32_t months_of(const former *f, int32_t person) { return f->draft->start - f->persons[person].birth_month; }

static bool can_be(const former *f, const home *h, int32_t person, bool mother)
{
    int32_t age = months_of(f, person);
    if (h->n_children == 0) return true;
    return age - h->eldest >= 12 * 16 && age - h->youngest <= 12 * (mother ? 46 : 60);
}

static bool partners_fit(const former *f, const places *s, const home *h, int32_t person, bool woman)
{
    int32_t other = woman ? h->man : h->woman;
    if (other < 0) return true;
    return abs(months_of(f, s->at[other].person) - months_of(f, person)) <= 12 * 18;
}

static void gather_homes(const former *f, const places *s, home *homes)
{
    for (int32_t u = 0; u < s->n_units; u++) homes[u] = (home){-1, -1, -1, -1, 0, 0};
    for (int32_t i = 0; i < s->n; i++) {
        home *h = &homes[s->at[i].unit];
        if (s->at[i].role <= ROLE_ADULT) *(s->at[i].sex == KJ_FEMALE ? &h->woman : &h->man) = i;
        if (s->at[i].role == ROLE_OTHER) h->n_others++;
        if (s->at[i].role != ROLE_CHILD) continue;
        int32_t age = months_of(f, s->at[i].person);
        if (h->eldest < age) h->eldest = age;
        if (h->youngest < 0 || h->youngest > age) h->youngest = age;
        h->n_children++;
    }
}

/* A parent of the wrong age changes places with another adult of the same sex and role, where both fit. */
static void mend_parent(former *f, places *s, home *homes, int32_t i)
{
    bool woman = s->at[i].sex == KJ_FEMALE;
    home *here = &homes[s->at[i].unit];
    if (can_be(f, here, s->at[i].person, woman) && partners_fit(f, s, here, s->at[i].person, woman)) return;
    for (int32_t k = 1; k < s->n && k < 4000; k++) {
        int32_t j = (i + k) % s->n;
        if (s->at[j].sex != s->at[i].sex || s->at[j].role != s->at[i].role) continue;
        home *there = &homes[s->at[j].unit];
        int32_t p = s->at[i].person, q = s->at[j].person;
        bool fits = can_be(f, here, q, woman) && can_be(f, there, p, woman) && partners_fit(f, s, here, q, woman) && partners_fit(f, s, there, p, woman);
        if (!fits) continue;
        s->at[i].person = q;
        s->at[j].person = p;
        return;
    }
}

static void build_units(former *f, const places *s, const home *homes)
{
    kj_draft_area *area = f->area;
    f->n_units = s->n_units;
    for (int32_t u = 0; u < s->n_units; u++) {
        int32_t w = homes[u].woman < 0 ? -1 : s->at[homes[u].woman].person, m = homes[u].man < 0 ? -1 : s->at[homes[u].man].person;
        f->units[u] = (unit){w, m, -1, -1, 0, 0, 0};
        bool man_first = m >= 0 && (w < 0 || f->persons[m].birth_month < f->persons[w].birth_month);
        if (man_first) kj_unit_join(f, u, m);
        if (w >= 0) kj_unit_join(f, u, w);
        if (m >= 0 && !man_first) kj_unit_join(f, u, m);
        if (w >= 0 && m >= 0) {
            f->persons[w].partner = m;
            f->persons[m].partner = w;
        }
    }
    area->n_unlinked = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t i = 0; i < s->n; i++) {
            bool child = s->at[i].role == ROLE_CHILD;
            if (s->at[i].role <= ROLE_ADULT || child != (pass == 0)) continue;
            int32_t u = s->at[i].unit, p = s->at[i].person;
            const home *h = &homes[u];
            unit *to = &f->units[u];
            kj_unit_join(f, u, p);
            if (!child) {
                to->n_extra++;
                continue;
            }
            to->n_children++;
            f->persons[p].child_at_home = 1;
            if (to->woman >= 0 && can_be(f, h, to->woman, true)) f->persons[p].mother = to->woman;
            if (to->man >= 0 && can_be(f, h, to->man, false)) f->persons[p].father = to->man;
            area->n_unlinked += f->persons[p].mother < 0 && f->persons[p].father < 0;
        }
    }
}

kj_status kj_seed_refit(kj_error *err, kj_seed *seed, former *f)
{
    kj_draft_area *area = f->area;
    int32_t persons[2] = {0}, young[2] = {0};
    kj_status status = seed->n ? make_problem(err, seed) : kj_fail(err, KJ_E_INPUT, "%s: no household to begin from", f->draft->recipe->path);
    places s = {.capacity = area->n_persons * 2 + area->n_households * MEMBERS_MOST + 16};
    s.at = malloc((size_t)s.capacity * sizeof *s.at);
    home *homes = malloc(((size_t)area->n_households + 1) * sizeof *homes);
    if (!status && (!s.at || !homes)) status = no_memory(err);
    if (!status) status = take_households(err, seed, f, &s);
    if (!status) {
        for (int32_t p = area->first_person; p < area->first_person + area->n_persons; p++) {
            kj_draft_person *person = &f->persons[p];
            if (person->care >= 0) continue;
            persons[person->sex]++;
            young[person->sex] += person->age < 18;
            person->household = person->partner = person->mother = person->father = person->next_member = -1;
            person->child_at_home = 0;
        }
        match_number(&s, persons[0] + persons[1]);
        match_sexes(&s, persons, young);
        fill_places(f, &s, KJ_FEMALE);
        fill_places(f, &s, KJ_MALE);
        for (int32_t i = 0; !status && i < s.n; i++)
            if (s.at[i].person < 0)
                status = kj_fail(err, KJ_E_INPUT, "area %s: %d women and %d men do not fit the couples that its households ask for (%d households of %d persons)", area->code,
                                 persons[KJ_FEMALE], persons[KJ_MALE], area->n_households, persons[0] + persons[1]);
    }
    if (!status) {
        gather_homes(f, &s, homes);
        for (int pass = 0; pass < 2; pass++)
            for (int32_t i = 0; i < s.n; i++)
                if (s.at[i].role <= ROLE_ADULT) mend_parent(f, &s, homes, i);
        build_units(f, &s, homes);
    }
    free(s.at);
    free(homes);
    return status;
}
