/* Pointers to the state for serial systems, the index of lodgers, and where people live. */
#include "state.h"

#include <string.h>

void state_uses(const demography *d, use_list *list)
{
    uses(list, kj_creates(d->t_person)); /* first: looked up once an event */
    uses(list, kj_creates(d->t_household));
    uses(list, kj_emits(d->q_freed));
    uses(list, kj_reads(d->municipality.code));
    const kj_col writes[] = {
        d->person.birth_month, d->person.birth_moy, d->person.sex, d->person.household, d->person.partner, d->person.mother,
        d->person.father, d->person.next_member, d->person.education, d->person.activity, d->person.workplace, d->person.income,
        d->person.children, d->person.care, d->person.resident, d->person.luck, d->person.moved, d->household.head, d->household.size,
        d->household.n_children, d->household.kind, d->household.living, d->household.dwelling, d->household.host, d->household.origin,
        d->household.income, d->household.luck, d->household.formed, d->household.sublet, d->household.searching, d->household.search_cause,
        d->household.patience, d->dwelling.household, d->workplace.filled, d->facility.residents,
        d->municipality.births, d->municipality.deaths, d->municipality.in_migrants, d->municipality.out_migrants, d->municipality.in_by[0],
        d->municipality.in_by[1], d->municipality.in_by[2], d->municipality.out_by[0], d->municipality.out_by[1], d->municipality.out_by[2],
        d->municipality.unions, d->municipality.separations, d->municipality.left_home, d->municipality.care_moves, d->municipality.gave_up,
        d->municipality.sublet_moves, d->municipality.income_level, d->municipality.tertiary_level, d->municipality.outside_pull,
        d->municipality.homes_first, d->municipality.homes_last};
    const kj_col reads[] = {d->dwelling.tenure, d->household.moved, d->dwelling.cell,  d->dwelling.rooms,   d->dwelling.area_m2, d->cell.area,       d->area.municipality,
                            d->facility.kind,  d->facility.cell,    d->facility.places,  d->facility.opened, d->facility.closed,
                            d->facility.municipality, d->household.contract, d->workplace.cell, d->workplace.jobs};
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++) uses(list, kj_writes(writes[i]));
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) uses(list, kj_reads(reads[i]));
    uses(list, kj_writes(d->municipality.out_factor));
}

static void open_people(state *s)
{
    const demography *d = s->d;
    const kj_run_v1 *run = s->run;
    kj_ctx *ctx = s->ctx;
    s->p.birth_month = run->write(ctx, d->person.birth_month);
    s->p.birth_moy = run->write(ctx, d->person.birth_moy);
    s->p.sex = run->write(ctx, d->person.sex);
    s->p.household = run->write(ctx, d->person.household);
    s->p.partner = run->write(ctx, d->person.partner);
    s->p.mother = run->write(ctx, d->person.mother);
    s->p.father = run->write(ctx, d->person.father);
    s->p.next_member = run->write(ctx, d->person.next_member);
    s->p.education = run->write(ctx, d->person.education);
    s->p.activity = run->write(ctx, d->person.activity);
    s->p.workplace = run->write(ctx, d->person.workplace);
    s->p.income = run->write(ctx, d->person.income);
    s->p.children = run->write(ctx, d->person.children);
    s->p.care = run->write(ctx, d->person.care);
    s->p.resident = run->write(ctx, d->person.resident);
    s->p.luck = run->write(ctx, d->person.luck);
    s->p.moved = run->write(ctx, d->person.moved);
    s->h.head = run->write(ctx, d->household.head);
    s->h.size = run->write(ctx, d->household.size);
    s->h.n_children = run->write(ctx, d->household.n_children);
    s->h.kind = run->write(ctx, d->household.kind);
    s->h.living = run->write(ctx, d->household.living);
    s->h.dwelling = run->write(ctx, d->household.dwelling);
    s->h.host = run->write(ctx, d->household.host);
    s->h.origin = run->write(ctx, d->household.origin);
    s->h.income = run->write(ctx, d->household.income);
    s->h.luck = run->write(ctx, d->household.luck);
    s->h.formed = run->write(ctx, d->household.formed);
    s->h.sublet = run->write(ctx, d->household.sublet);
    s->h.moved = run->read(ctx, d->household.moved);
    s->h.contract = run->read(ctx, d->household.contract);
    s->h.searching = run->write(ctx, d->household.searching);
    s->h.search_cause = run->write(ctx, d->household.search_cause);
    s->h.patience = run->write(ctx, d->household.patience);
}

static void open_places(state *s)
{
    const demography *d = s->d;
    const kj_run_v1 *run = s->run;
    kj_ctx *ctx = s->ctx;
    s->w.household = run->write(ctx, d->dwelling.household);
    s->w.cell = run->read(ctx, d->dwelling.cell);
    s->w.rooms = run->read(ctx, d->dwelling.rooms);
    s->w.tenure = run->read(ctx, d->dwelling.tenure);
    s->w.area_m2 = run->read(ctx, d->dwelling.area_m2);
    s->cell_area = run->read(ctx, d->cell.area);
    s->area_municipality = run->read(ctx, d->area.municipality);
    s->workplace_filled = run->write(ctx, d->workplace.filled);
    s->f.kind = run->read(ctx, d->facility.kind);
    s->f.cell = run->read(ctx, d->facility.cell);
    s->f.places = run->read(ctx, d->facility.places);
    s->f.opened = run->read(ctx, d->facility.opened);
    s->f.closed = run->read(ctx, d->facility.closed);
    s->f.municipality = run->read(ctx, d->facility.municipality);
    s->f.residents = run->write(ctx, d->facility.residents);
    s->m.births = run->write(ctx, d->municipality.births);
    s->m.deaths = run->write(ctx, d->municipality.deaths);
    s->m.in_migrants = run->write(ctx, d->municipality.in_migrants);
    s->m.out_migrants = run->write(ctx, d->municipality.out_migrants);
    for (int i = 0; i < BOUNDARIES; i++) {
        s->m.in_by[i] = run->write(ctx, d->municipality.in_by[i]);
        s->m.out_by[i] = run->write(ctx, d->municipality.out_by[i]);
    }
    s->m.unions = run->write(ctx, d->municipality.unions);
    s->m.separations = run->write(ctx, d->municipality.separations);
    s->m.left_home = run->write(ctx, d->municipality.left_home);
    s->m.care_moves = run->write(ctx, d->municipality.care_moves);
    s->m.gave_up = run->write(ctx, d->municipality.gave_up);
    s->m.homes_first = run->write(ctx, d->municipality.homes_first);
    s->m.homes_last = run->write(ctx, d->municipality.homes_last);
    s->m.sublet_moves = run->write(ctx, d->municipality.sublet_moves);
}

void state_open(const demography *d, kj_ctx *ctx, state *s)
{
    memset(s, 0, sizeof *s);
    const kj_run_v1 *run = d->run;
    s->d = d;
    s->run = run;
    s->ctx = ctx;
    s->month = run->month(ctx);
    s->grid = run->grid(ctx);
    s->tax = read_tax_rule(d, ctx);
    for (uint32_t stream = STREAM_HAZARDS; stream < STREAMS; stream++) s->draws[stream] = run->stream(ctx, stream);
    s->earnings = open_earnings(d, ctx);
    s->person_row = run->row_of(ctx, d->t_person);
    s->household_row = run->row_of(ctx, d->t_household);
    s->dwelling_row = run->row_of(ctx, d->t_dwelling);
    s->area_row = run->row_of(ctx, d->t_area);
    s->municipality_row = run->row_of(ctx, d->t_municipality);
    s->workplace_row = run->row_of(ctx, d->t_workplace);
    s->facility_row = run->row_of(ctx, d->t_facility);
    s->person_id = run->ids(ctx, d->t_person);
    s->household_id = run->ids(ctx, d->t_household);
    s->dwelling_id = run->ids(ctx, d->t_dwelling);
    s->facility_id = run->ids(ctx, d->t_facility);
    s->household_alive = run->alive(ctx, d->t_household);
    s->n_municipalities = run->n_rows(ctx, d->t_municipality);
    open_people(s);
    open_places(s);
}

kj_id state_create(state *s, kj_table table)
{
    kj_id id = s->run->create(s->ctx, table);
    if (!s->grows) return id;
    const state before = *s;
    state_open(before.d, before.ctx, s);
    s->status = before.status;
    s->lodgers = before.lodgers;
    s->grows = 1;
    return id;
}

/* In bytes within 128 rows, so that sixteen are counted at once. */
uint32_t count_living(const state *s, uint8_t living)
{
    const uint32_t n_rows = s->run->n_rows(s->ctx, s->d->t_household);
    uint32_t n = 0;
    for (uint32_t row = 0; row < n_rows;) {
        const uint32_t end = n_rows - row < 128 ? n_rows : row + 128;
        uint8_t some = 0;
        for (; row < end; row++) some = (uint8_t)(some + (s->household_alive[row] & (s->h.living[row] == living)));
        n += some;
    }
    return n;
}

uint32_t *list_lodgers(const state *s, uint32_t *n)
{
    enum { CHUNK = 4096 };
    const uint32_t n_rows = s->run->n_rows(s->ctx, s->d->t_household), room = count_living(s, KJ_LIVES_LODGING);
    uint32_t *rows = s->run->scratch(s->ctx, (room + 1u) * sizeof *rows);
    uint8_t lodges[CHUNK];
    *n = 0;
    for (uint32_t from = 0; rows && from < n_rows; from += CHUNK) {
        const uint32_t some = n_rows - from < CHUNK ? n_rows - from : CHUNK;
        const uint8_t *living = s->h.living + from, *alive = s->household_alive + from; /* so that the loop can be vectorised: an index could wrap */
        for (uint32_t i = 0; i < some; i++) lodges[i] = alive[i] & (living[i] == KJ_LIVES_LODGING);
        *n += s->run->list_marked(lodges, some, from, rows + *n);
    }
    return rows;
}

kj_status lodgers_build(state *s, uint32_t spare)
{
    uint32_t n, buckets = 1024;
    const uint32_t *rows = list_lodgers(s, &n);
    while (buckets < n) buckets *= 2;
    lodger_index *x = &s->lodgers;
    x->capacity = n + spare + 64; /* a lodger is entered again when its host changes: seldom so often that the list must grow */
    x->mask = buckets - 1;
    x->bucket = s->run->scratch(s->ctx, buckets * sizeof *x->bucket);
    x->entries = s->run->scratch(s->ctx, x->capacity * sizeof *x->entries);
    if (!rows || !x->bucket || !x->entries) return s->run->fail(s->ctx, KJ_E_MEMORY, "no scratch memory for %u lodging households", n);
    for (uint32_t i = 0; i < n; i++)
        if (s->h.host[rows[i]]) lodgers_add(s, s->h.host[rows[i]], rows[i]);
    return KJ_OK;
}

static bool room_for_more(state *s)
{
    lodger_index *x = &s->lodgers;
    struct lodger_entry *grown = s->run->scratch(s->ctx, 2 * (size_t)x->capacity * sizeof *grown);
    if (!grown) {
        if (!s->status) s->status = s->run->fail(s->ctx, KJ_E_MEMORY, "no scratch memory for %u changes of lodgings", x->capacity);
        return false;
    }
    memcpy(grown, x->entries, x->n * sizeof *grown);
    x->entries = grown;
    x->capacity *= 2;
    return true;
}

void lodgers_add(state *s, kj_id host, uint32_t lodger)
{
    lodger_index *x = &s->lodgers;
    if (x->n == x->capacity && !room_for_more(s)) return;
    uint32_t bucket = (host * 2654435761u >> 7) & x->mask;
    x->entries[x->n] = (struct lodger_entry){host, lodger, x->bucket[bucket]};
    x->bucket[bucket] = ++x->n;
}

/* What an event will touch is asked for while earlier ones are carried out: first the person, then its household, then
   the others there, who are looked at when a household is counted: members do not stand together. Inlined always: to gcc a function
   that only asks does nothing, and calls of it are dropped. */
static inline __attribute__((always_inline)) void ask_for_member(const state *s, uint32_t row)
{
    if (row == KJ_NO_ROW) return;
    __builtin_prefetch(&s->p.next_member[row]);
    __builtin_prefetch(&s->p.partner[row]);
    __builtin_prefetch(&s->p.birth_month[row]);
    __builtin_prefetch(&s->p.income[row]);
    __builtin_prefetch(&s->p.household[row]);
    __builtin_prefetch(&s->p.mother[row]);
    __builtin_prefetch(&s->p.father[row]);
}

static inline __attribute__((always_inline)) void ask_for_person(const state *s, uint32_t row)
{
    ask_for_member(s, row);
    __builtin_prefetch(&s->p.luck[row]);
    __builtin_prefetch(&s->p.workplace[row]);
    __builtin_prefetch(&s->p.moved[row]);
    __builtin_prefetch(&s->p.care[row]);
    __builtin_prefetch(&s->person_id[row]);
}

void ask_for_household(const state *s, uint32_t person)
{
    uint32_t row = row_of_household(s, s->p.household[person]);
    if (row == KJ_NO_ROW) return;
    __builtin_prefetch(&s->h.head[row]);
    __builtin_prefetch(&s->h.size[row]);
    __builtin_prefetch(&s->h.living[row]);
    __builtin_prefetch(&s->h.dwelling[row]);
    __builtin_prefetch(&s->h.host[row]);
    __builtin_prefetch(&s->h.luck[row]);
    __builtin_prefetch(&s->h.income[row]);
    __builtin_prefetch(&s->household_id[row]);
    __builtin_prefetch(&s->person_row[s->p.partner[person]]);
    __builtin_prefetch(&s->person_row[s->p.mother[person]]);
}

void ask_for_members(const state *s, uint32_t person)
{
    uint32_t row = row_of_household(s, s->p.household[person]), head = row == KJ_NO_ROW ? KJ_NO_ROW : row_of_person(s, s->h.head[row]);
    __builtin_prefetch(&s->workplace_row[s->p.workplace[person]]);
    ask_for_member(s, head);
    ask_for_member(s, row_of_person(s, s->p.partner[person]));
    ask_for_member(s, row_of_person(s, s->p.next_member[person]));
}

void ask_ahead(const state *s, const uint32_t *people, uint32_t at, uint32_t n)
{
    if (at + 12 < n) ask_for_person(s, people[at + 12]);
    if (at + 8 < n) ask_for_household(s, people[at + 8]);
    if (at + 4 < n) ask_for_members(s, people[at + 4]);
}

int lives_with_parent(const state *s, uint32_t person)
{
    const kj_id parents[2] = {s->p.mother[person], s->p.father[person]};
    for (int i = 0; i < 2; i++) {
        uint32_t row = row_of_person(s, parents[i]);
        if (row != KJ_NO_ROW && s->p.household[row] && s->p.household[row] == s->p.household[person]) return 1;
    }
    return 0;
}

uint32_t home_dwelling(const state *s, uint32_t household)
{
    if (s->h.living[household] == KJ_LIVES_LODGING) {
        household = row_of_household(s, s->h.host[household]);
        if (household == KJ_NO_ROW) return KJ_NO_ROW;
    }
    kj_id dwelling = s->h.dwelling[household];
    return dwelling ? s->dwelling_row[dwelling] : KJ_NO_ROW;
}

int32_t home_cell(const state *s, uint32_t household)
{
    uint32_t dwelling = home_dwelling(s, household);
    return dwelling == KJ_NO_ROW ? -1 : s->w.cell[dwelling];
}

uint32_t home_municipality(const state *s, uint32_t household)
{
    if (s->n_municipalities < 2) return 0;
    int32_t cell = home_cell(s, household);
    int32_t area = cell >= 0 ? s->cell_area[cell] : -1;
    if (area < 0) return 0;
    uint32_t row = s->municipality_row[s->area_municipality[area]];
    return row == KJ_NO_ROW ? 0 : row;
}

uint32_t municipality_of_person(const state *s, uint32_t person)
{
    if (s->n_municipalities < 2) return 0;
    if (s->p.care[person]) {
        uint32_t facility = s->facility_row[s->p.care[person]];
        uint32_t row = facility == KJ_NO_ROW ? KJ_NO_ROW : s->municipality_row[s->f.municipality[facility]];
        return row == KJ_NO_ROW ? 0 : row;
    }
    uint32_t household = row_of_household(s, s->p.household[person]);
    return household == KJ_NO_ROW ? 0 : home_municipality(s, household);
}
