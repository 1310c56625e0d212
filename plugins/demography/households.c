/* Operations on households: members, counts, homes. Every event goes through these, so that lists, sizes, homes and
   lodgers stay true. */
#include "state.h"

void member_add(state *s, uint32_t household, uint32_t person)
{
    kj_id id = s->person_id[person];
    uint32_t head = row_of_person(s, s->h.head[household]);
    s->p.household[person] = s->household_id[household];
    if (head == KJ_NO_ROW) {
        s->h.head[household] = id;
        s->p.next_member[person] = 0;
        s->h.luck[household] = s->p.luck[person];
    } else {
        s->p.next_member[person] = s->p.next_member[head];
        s->p.next_member[head] = id;
    }
    s->h.size[household]++;
}

void member_remove(state *s, uint32_t person)
{
    kj_id id = s->person_id[person];
    uint32_t household = row_of_household(s, s->p.household[person]);
    if (household == KJ_NO_ROW) return;
    if (s->h.head[household] == id) {
        s->h.head[household] = s->p.next_member[person];
    } else {
        uint32_t row = row_of_person(s, s->h.head[household]);
        while (row != KJ_NO_ROW && s->p.next_member[row] != id) row = row_of_person(s, s->p.next_member[row]);
        if (row != KJ_NO_ROW) s->p.next_member[row] = s->p.next_member[person];
    }
    s->p.next_member[person] = 0;
    s->p.household[person] = 0;
    s->h.size[household]--;
}

/* Puts a member first in the list. */
static void make_head(state *s, uint32_t household, uint32_t person)
{
    kj_id id = s->person_id[person];
    uint32_t row = row_of_person(s, s->h.head[household]);
    while (row != KJ_NO_ROW && s->p.next_member[row] != id) row = row_of_person(s, s->p.next_member[row]);
    if (row == KJ_NO_ROW) return;
    s->p.next_member[row] = s->p.next_member[person];
    s->p.next_member[person] = s->h.head[household];
    s->h.head[household] = id;
}

/* The head is an adult who does not live with a parent; such a head stays, else the oldest member (lowest id at the same
   age) follows. */
static void choose_head(state *s, uint32_t household)
{
    uint32_t head = row_of_person(s, s->h.head[household]), oldest = head;
    if (head == KJ_NO_ROW) return;
    if (age_of(s, head) < ADULT_AGE || lives_with_parent(s, head)) {
        for (uint32_t row = head; row != KJ_NO_ROW; row = row_of_person(s, s->p.next_member[row]))
            if (s->p.birth_month[row] < s->p.birth_month[oldest] ||
                (s->p.birth_month[row] == s->p.birth_month[oldest] && s->person_id[row] < s->person_id[oldest]))
                oldest = row;
        if (oldest != head) make_head(s, household, oldest);
    }
    s->h.luck[household] = s->p.luck[oldest];
}

/* Children are those under 25 who live with a parent, and minors who live with others; never the head or the partner. */
static int counts_as_child(const state *s, uint32_t person, uint32_t head)
{
    if (person == head || s->p.partner[person] == s->person_id[head]) return 0;
    int32_t age = age_of(s, person);
    return age < ADULT_AGE || (age < CHILD_AGE_END && lives_with_parent(s, person));
}

void household_count(state *s, uint32_t household)
{
    choose_head(s, household);
    uint32_t head = row_of_person(s, s->h.head[household]);
    uint32_t size = 0, children = 0, partner = 0;
    int64_t income = 0;
    for (uint32_t row = head; row != KJ_NO_ROW; row = row_of_person(s, s->p.next_member[row])) {
        size++;
        children += (uint32_t)counts_as_child(s, row, head);
        partner |= s->p.partner[row] == s->person_id[head];
        income += net_income(&s->tax, s->p.income[row]);
    }
    uint32_t others = size - children - 1 - partner;
    uint8_t kind = partner ? KJ_HH_COUPLE : KJ_HH_SINGLE;
    if (children) kind = partner ? KJ_HH_COUPLE_CHILDREN : KJ_HH_SINGLE_PARENT;
    else if (others) kind = KJ_HH_OTHER;
    s->h.size[household] = (uint8_t)(size < 255 ? size : 255);
    s->h.n_children[household] = (uint8_t)(children < 255 ? children : 255);
    s->h.kind[household] = kind;
    s->h.income[household] = (int32_t)income;
}

/* Row of the lowest id among the households that lodge with `host` now, as subtenants or not; KJ_NO_ROW if none. */
static uint32_t first_lodger(const state *s, kj_id host, uint8_t sublet)
{
    const lodger_index *x = &s->lodgers;
    uint32_t first = KJ_NO_ROW;
    if (!x->bucket) return first;
    for (uint32_t at = x->bucket[(host * 2654435761u >> 7) & x->mask]; at; at = x->entries[at - 1].next) {
        const struct lodger_entry *e = &x->entries[at - 1];
        const uint32_t row = e->lodger;
        if (e->host != host || s->h.living[row] != KJ_LIVES_LODGING || s->h.host[row] != host || s->h.sublet[row] != sublet) continue;
        if (first == KJ_NO_ROW || s->household_id[row] < s->household_id[first]) first = row;
    }
    return first;
}

static void hand_over(state *s, uint32_t household, uint32_t next)
{
    const kj_id host = s->household_id[household], successor = s->household_id[next];
    s->h.living[next] = KJ_LIVES_HOLDING;
    s->h.sublet[next] = 0;
    s->h.host[next] = 0;
    s->h.dwelling[next] = s->h.dwelling[household];
    s->w.household[s->dwelling_row[s->h.dwelling[household]]] = successor;
    for (uint8_t sublet = 0; sublet < 2; sublet++)
        for (uint32_t other = first_lodger(s, host, sublet); other != KJ_NO_ROW; other = first_lodger(s, host, sublet)) {
            s->h.host[other] = successor;
            lodgers_add(s, successor, other);
        }
}

/* Subtenants of a host who gives the home up look for another one; KJ_NO_ROW, or the row of one for whom there is none and who takes the home over. */
static uint32_t turn_out_subtenants(state *s, uint32_t household)
{
    const kj_id host = s->household_id[household];
    for (uint32_t lodger = first_lodger(s, host, 1); lodger != KJ_NO_ROW; lodger = first_lodger(s, host, 1)) {
        const uint32_t to = find_host(s, lodger, home_municipality(s, household), HOST_AFTER_LOSS);
        if (to == KJ_NO_ROW || to == household) return lodger;
        lodge_with(s, lodger, to, 1);
        lodgers_add(s, s->household_id[to], lodger);
    }
    return KJ_NO_ROW;
}

void household_vacate(state *s, uint32_t household, kj_vacancy_cause cause)
{
    kj_id dwelling = s->h.dwelling[household];
    if (s->h.living[household] == KJ_LIVES_HOLDING && dwelling && s->dwelling_row[dwelling] != KJ_NO_ROW) {
        uint32_t successor = first_lodger(s, s->household_id[household], 0);
        if (successor == KJ_NO_ROW) successor = turn_out_subtenants(s, household);
        if (successor != KJ_NO_ROW) {
            hand_over(s, household, successor);
        } else {
            kj_freed freed = {dwelling, (int32_t)cause};
            s->w.household[s->dwelling_row[dwelling]] = 0;
            s->run->emit(s->ctx, s->d->q_freed, &freed);
        }
    }
    s->h.dwelling[household] = 0;
}

void household_end(state *s, uint32_t household, kj_vacancy_cause cause)
{
    household_vacate(s, household, cause);
    s->h.head[household] = 0;
    s->h.host[household] = 0;
    s->h.size[household] = 0;
    s->run->destroy(s->ctx, s->d->t_household, s->household_id[household]);
}

/* Household row where an orphan finds a home with a relative; KJ_NO_ROW if there is none who can. */
static uint32_t home_of_relative(const state *s, kj_id relative, uint32_t not_this)
{
    uint32_t row = row_of_person(s, relative);
    if (!is_resident(s, row) || age_of(s, row) < ADULT_AGE) return KJ_NO_ROW;
    uint32_t household = row_of_household(s, s->p.household[row]);
    return household == not_this ? KJ_NO_ROW : household;
}

/* Other parent, then grandparents, then the first couple among 64 households drawn by the child's luck. */
static uint32_t home_for_orphan(state *s, uint32_t child)
{
    uint32_t here = row_of_household(s, s->p.household[child]);
    const kj_id parents[2] = {s->p.mother[child], s->p.father[child]};
    for (int i = 0; i < 2; i++) {
        uint32_t home = home_of_relative(s, parents[i], here);
        if (home != KJ_NO_ROW) return home;
    }
    for (int i = 0; i < 2; i++) {
        uint32_t parent = row_of_person(s, parents[i]);
        if (parent == KJ_NO_ROW) continue;
        const kj_id grandparents[2] = {s->p.mother[parent], s->p.father[parent]};
        for (int k = 0; k < 2; k++) {
            uint32_t home = home_of_relative(s, grandparents[k], here);
            if (home != KJ_NO_ROW) return home;
        }
    }
    kj_stream stream = s->draws[STREAM_ORPHAN];
    uint32_t n = s->run->n_rows(s->ctx, s->d->t_household), any = KJ_NO_ROW;
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t home = kj_below(kj_draw(stream, s->p.luck[child], s->month, i / 4).v[i % 4], n);
        if (home == here || !s->household_alive[home] || !s->h.size[home] || s->h.living[home] != KJ_LIVES_HOLDING) continue;
        uint32_t head = row_of_person(s, s->h.head[home]);
        if (head == KJ_NO_ROW || age_of(s, head) < 25) continue;
        any = home;
        if (s->h.kind[home] == KJ_HH_COUPLE || s->h.kind[home] == KJ_HH_COUPLE_CHILDREN) break;
    }
    return any;
}

static int has_adult(const state *s, uint32_t household)
{
    for (uint32_t row = row_of_person(s, s->h.head[household]); row != KJ_NO_ROW; row = row_of_person(s, s->p.next_member[row]))
        if (age_of(s, row) >= ADULT_AGE) return 1;
    return 0;
}

void person_move(state *s, uint32_t person, uint32_t to_household)
{
    member_remove(s, person);
    member_add(s, to_household, person);
    s->p.moved[person] = (int16_t)s->month;
}

void household_after_loss(state *s, uint32_t household, kj_vacancy_cause cause)
{
    if (s->h.size[household] > 0 && !has_adult(s, household)) {
        uint32_t next;
        for (uint32_t row = row_of_person(s, s->h.head[household]); row != KJ_NO_ROW; row = next) {
            next = row_of_person(s, s->p.next_member[row]);
            uint32_t home = home_for_orphan(s, row);
            if (home == KJ_NO_ROW) continue; /* nobody on the map can: the minor keeps the home */
            person_move(s, row, home);
            household_count(s, home);
        }
    }
    if (s->h.size[household] == 0) household_end(s, household, cause);
    else household_count(s, household);
}

int is_own_child(const state *s, uint32_t member, kj_id parent)
{
    return parent && (s->p.mother[member] == parent || s->p.father[member] == parent) && age_of(s, member) < CHILD_AGE_END &&
           !s->p.partner[member];
}

void move_own_children(state *s, uint32_t person, uint32_t from, uint32_t to)
{
    uint32_t next;
    for (uint32_t member = row_of_person(s, s->h.head[from]); member != KJ_NO_ROW; member = next) {
        next = row_of_person(s, s->p.next_member[member]);
        if (member != person && is_own_child(s, member, s->person_id[person])) person_move(s, member, to);
    }
}

uint32_t household_new_lodging(state *s, uint32_t person, uint32_t host, kj_household_origin origin)
{
    kj_id id = s->run->create(s->ctx, s->d->t_household);
    uint32_t row = row_of_household(s, id);
    if (row == KJ_NO_ROW) {
        if (!s->status) s->status = s->run->fail(s->ctx, KJ_E_MEMORY, "no room for another household");
        return KJ_NO_ROW;
    }
    household_fill_lodging(s, row, person, host, origin);
    return row;
}

void household_fill_lodging(state *s, uint32_t row, uint32_t person, uint32_t host, kj_household_origin origin)
{
    const kj_id host_id = s->h.living[host] == KJ_LIVES_LODGING ? s->h.host[host] : s->household_id[host];
    s->h.living[row] = KJ_LIVES_LODGING;
    s->h.host[row] = host_id;
    s->h.origin[row] = (uint8_t)origin;
    s->h.formed[row] = (int16_t)s->month;
    s->h.sublet[row] = s->h.living[host] == KJ_LIVES_LODGING ? s->h.sublet[host] : 0;
    lodgers_add(s, host_id, row);
    if (s->p.household[person]) member_remove(s, person);
    member_add(s, row, person);
    s->p.moved[person] = (int16_t)s->month;
}

void part_from_partner(state *s, uint32_t person)
{
    uint32_t partner = row_of_person(s, s->p.partner[person]);
    if (partner != KJ_NO_ROW) s->p.partner[partner] = 0;
    s->p.partner[person] = 0;
}

static void leave_work(state *s, uint32_t person)
{
    if (!s->p.workplace[person]) return;
    uint32_t workplace = s->workplace_row[s->p.workplace[person]];
    if (workplace != KJ_NO_ROW) s->workplace_filled[workplace]--;
    s->p.workplace[person] = 0;
}

void person_end(state *s, uint32_t person)
{
    part_from_partner(s, person);
    leave_work(s, person);
    if (s->p.care[person]) {
        uint32_t facility = s->facility_row[s->p.care[person]];
        if (facility != KJ_NO_ROW) s->f.residents[facility]--;
        s->p.care[person] = 0;
    }
    if (s->p.household[person]) member_remove(s, person);
    s->p.resident[person] = 0;
    s->run->destroy(s->ctx, s->d->t_person, s->person_id[person]);
}
