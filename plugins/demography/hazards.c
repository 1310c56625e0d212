/* demography.hazards: draws the yearly events of everybody whose birth month it is. The hot loop of the plugin: finds
   the due rows, draws for all of them at once, and looks up relatives in passes, so that the waits for memory overlap. */
#include <string.h>

#include "demography.h"

/* Whether any of 64 rows has the month of birth: rows stand in that order but for the few made since, so that most have not, and
   their other columns need not be read. */
static bool any_born_in(const uint8_t *birth_moy, uint8_t moy)
{
    uint8_t any = 0;
    for (uint32_t i = 0; i < 64; i++) any |= (uint8_t)(birth_moy[i] == moy);
    return any;
}

/* One bit a row for 64 rows: due, resident and alive. */
static uint64_t due_bits(const uint8_t *restrict birth_moy, const uint8_t *restrict resident, const uint8_t *restrict alive, uint8_t moy)
{
    uint8_t hit[64];
    uint64_t bits = 0;
    for (uint32_t i = 0; i < 64; i++) hit[i] = (uint8_t)((birth_moy[i] == moy) & resident[i] & alive[i]);
    for (uint32_t i = 0; i < 8; i++) { /* eight bytes of 0 or 1 -> eight bits: the product lays byte k on bit 56 + k */
        uint64_t word;
        memcpy(&word, hit + 8 * i, sizeof word);
        bits |= (word * UINT64_C(0x0102040810204080) >> 56) << (8 * i);
    }
    return bits;
}

uint32_t due_rows(const due_columns *c, uint32_t begin, uint32_t end, uint8_t moy, uint32_t *out, uint32_t *n_out)
{
    uint32_t n = 0, row = begin;
    for (; row + 64 <= end && n + 64 <= DUE_MAX; row += 64) {
        if (!any_born_in(c->birth_moy + row, moy)) continue;
        for (uint64_t bits = due_bits(c->birth_moy + row, c->resident + row, c->alive + row, moy); bits; bits &= bits - 1)
            out[n++] = row + (uint32_t)__builtin_ctzll(bits);
    }
    for (; row < end && n < DUE_MAX && end - row < 64; row++)
        if (c->birth_moy[row] == moy) {
            out[n] = row;
            n += c->resident[row] & c->alive[row];
        }
    *n_out = n;
    return row;
}

/* What may happen to a due person by the draws alone, whatever relatives and home. */
enum {
    MAY_DIE = 1,
    MAY_BEAR = 2, /* or move to care */
    MAY_SEEK = 4, /* or leave the parents */
    MAY_GO = 8,   /* out of the map; with parents: look for a partner */
    MAY_PART = 16,
    COUNTS_ANEW = 32
};

enum { NO_COUPLE = DUE_ROOM - 1 }; /* its draw is never low */

/* What is found out about due persons, in passes. */
typedef struct due_relations {
    int32_t age[DUE_ROOM];
    uint32_t couple[DUE_ROOM], partner[DUE_ROOM]; /* due number and partner's row, for those who draw for a couple */
    uint32_t couple_of[DUE_ROOM];                 /* by due number: index of the couple, or NO_COUPLE */
    uint64_t pair_luck[DUE_ROOM];
    uint32_t separation[4][DUE_ROOM];
    /* Those whose draws are low enough that something may happen to them: their due numbers, what may, and rows of those relatives and homes
       on which that hangs; KJ_NO_ROW for others. */
    uint32_t n_maybe, maybe[DUE_ROOM], may[DUE_ROOM], mother[DUE_ROOM], father[DUE_ROOM], household[DUE_ROOM], home[DUE_ROOM];
    uint32_t n_housed, housed[DUE_ROOM]; /* of these, those with a household here */
} due_relations;

typedef struct hazard_view {
    const demography *d;
    const kj_run_v1 *run;
    kj_ctx *ctx;
    kj_month month;
    kj_stream pair_draws;
    const uint32_t *person_row;
    const kj_id *person_id;
    const kj_id *household, *partner, *mother, *father, *head;
    const uint8_t *sex, *activity, *children, *n_children, *tenure, *kind;
    home_columns home;
    const int16_t *birth_month;
    const uint64_t *luck;
} hazard_view;

static void emit(const hazard_view *v, uint32_t row, event_kind kind)
{
    event e = {row, (uint32_t)kind};
    v->run->emit(v->ctx, v->d->q_events, &e);
}

/* Couples for which a due person draws: the partner with the lower id does. */
static void find_couples(const hazard_view *v, const due_people *due, due_relations *x)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < due->n; i++) { /* a partner is not a row yet: the id is asked for first */
        uint32_t row = due->row[i];
        kj_id partner = v->partner[row];
        const uint32_t draws = v->person_id[row] < partner, mask = -draws; /* no branches: who does follows no pattern */
        x->age[i] = clamp_age(age_at(v->month, v->birth_month[row]), 0, AGE_MAX);
        __builtin_prefetch(&v->person_row[partner & mask]);
        x->couple[n] = i;
        x->couple_of[i] = (n & mask) | (NO_COUPLE & ~mask);
        n += draws;
    }
    for (uint32_t k = 0; k < n; k++) {
        uint32_t partner = x->partner[k] = v->person_row[v->partner[due->row[x->couple[k]]]];
        if (partner != KJ_NO_ROW) __builtin_prefetch(&v->luck[partner]);
    }
    for (uint32_t k = 0; k < n; k++) {
        uint64_t a = due->luck[x->couple[k]], b = x->partner[k] != KJ_NO_ROW ? v->luck[x->partner[k]] : a;
        x->pair_luck[k] = kj_luck(KJ_LUCK_PAIR, a < b ? a : b, a < b ? b : a);
    }
    v->run->draw_many(v->pair_draws, x->pair_luck, n, v->month, 0, x->separation[0], DUE_ROOM);
    x->separation[0][NO_COUPLE] = UINT32_MAX;
}

/* Four persons in five have no event whatever their relatives and homes: only the others' are looked up. A student's last draw is held
   against the end of studies first, then against moving out. */
static void sift(const hazard_view *v, const due_people *due, due_relations *x)
{
    const rates *r = &v->d->rates;
    x->n_maybe = 0;
    for (uint32_t i = 0; i < due->n; i++) {
        const uint32_t row = due->row[i];
        const int32_t age = x->age[i];
        const uint32_t *highest = r->highest[v->sex[row]][v->partner[row] != 0][age];
        const uint64_t leave = r->finish_and_leave[age] & -(uint32_t)(v->activity[row] == KJ_ACT_STUDENT);
        const uint32_t may = MAY_DIE * (due->draw[0][i] < highest[0]) | MAY_BEAR * (due->draw[1][i] < highest[1]) | MAY_SEEK * (due->draw[2][i] < highest[2]) |
                             MAY_GO * (due->draw[3][i] < highest[3] + leave) | MAY_PART * (x->separation[0][x->couple_of[i]] < r->separate_highest[age]) |
                             COUNTS_ANEW * ((age == ADULT_AGE) | (age == CHILD_AGE_END));
        x->maybe[x->n_maybe] = i;
        x->may[x->n_maybe] = may;
        x->n_maybe += may != 0;
    }
}

/* Rows of their parents, households and homes, each step for all of them before the next, so that waits for memory overlap. Parents matter to
   those without a partner who may leave home or look for one, homes to those who may go or part: others ask for id 0, which has no row. */
static void find_relatives(const hazard_view *v, const due_people *due, due_relations *x)
{
    for (uint32_t k = 0; k < x->n_maybe; k++) {
        const uint32_t row = due->row[x->maybe[k]], may = x->may[k], age = (uint32_t)x->age[x->maybe[k]];
        const uint32_t young = (v->partner[row] == 0) & (age - LEAVE_AGE_MIN <= LEAVE_AGE_MAX - LEAVE_AGE_MIN);
        const uint32_t parents = -(((may & (MAY_SEEK | MAY_GO)) != 0) & young), home = -(uint32_t)((may & (MAY_GO | MAY_PART)) != 0);
        __builtin_prefetch(&v->person_row[x->mother[k] = v->mother[row] & parents]);
        __builtin_prefetch(&v->person_row[x->father[k] = v->father[row] & parents]);
        __builtin_prefetch(&v->home.household_row[x->household[k] = v->household[row] & home]);
    }
    x->n_housed = 0;
    for (uint32_t k = 0; k < x->n_maybe; k++) {
        const uint32_t row = due->row[x->maybe[k]], mother = x->mother[k] = v->person_row[x->mother[k]], father = x->father[k] = v->person_row[x->father[k]];
        __builtin_prefetch(&v->household[mother != KJ_NO_ROW ? mother : row]);
        __builtin_prefetch(&v->household[father != KJ_NO_ROW ? father : row]);
        x->household[k] = v->home.household_row[x->household[k]];
        x->home[k] = KJ_NO_ROW;
        x->housed[x->n_housed] = k;
        x->n_housed += x->household[k] != KJ_NO_ROW;
    }
    for (uint32_t i = 0; i < x->n_housed; i++) {
        const uint32_t household = x->household[x->housed[i]];
        __builtin_prefetch(&v->home.living[household]);
        __builtin_prefetch(&v->home.dwelling[household]);
        if (x->may[x->housed[i]] & MAY_PART) __builtin_prefetch(&v->n_children[household]);
    }
    for (uint32_t i = 0; i < x->n_housed; i++)
        __builtin_prefetch(&v->home.dwelling_row[x->home[x->housed[i]] = v->home.dwelling[x->household[x->housed[i]]]]); /* ids; 0 has no row */
    for (uint32_t i = 0; i < x->n_housed; i++) {
        const uint32_t home = x->home[x->housed[i]] = v->home.dwelling_row[x->home[x->housed[i]]];
        if (home != KJ_NO_ROW) __builtin_prefetch(&v->tenure[home]);
    }
}

/* Whether a person without a partner, of the ages at which people leave home, lives with a parent. */
static int at_home(const hazard_view *v, const due_relations *x, uint32_t k, uint32_t row, int32_t age)
{
    if (age < LEAVE_AGE_MIN || age > LEAVE_AGE_MAX) return 0;
    kj_id home = v->household[row];
    return (x->mother[k] != KJ_NO_ROW && v->household[x->mother[k]] == home) || (x->father[k] != KJ_NO_ROW && v->household[x->father[k]] == home);
}

static way_of_living way_of(const hazard_view *v, const due_relations *x, uint32_t k, uint32_t row)
{
    if (x->household[k] == KJ_NO_ROW || v->activity[row] == KJ_ACT_STUDENT) return WAY_OTHER;
    if (v->home.living[x->household[k]] == KJ_LIVES_LODGING) return WAY_LODGES;
    return x->home[k] != KJ_NO_ROW && v->tenure[x->home[k]] == KJ_TENURE_OWNER ? WAY_OWNS : WAY_OTHER;
}

/* Few draws are below the largest chance of the age: only those people's homes are looked at. */
static int moves_out(const hazard_view *v, const due_relations *x, uint32_t k, uint32_t row, int partner, uint32_t draw)
{
    const rates *r = &v->d->rates;
    int32_t at = clamp_age(x->age[x->maybe[k]], 0, MOVE_AGE_MAX);
    return draw < r->out_largest[partner][at] && draw < r->out[way_of(v, x, k, row)][partner][at];
}

/* True: leaves the map. */
static bool partnered_events(const hazard_view *v, const due_relations *x, uint32_t k, uint32_t row, kj_draw4 draw)
{
    const rates *r = &v->d->rates;
    uint32_t couple = x->couple_of[x->maybe[k]], household = x->household[k];
    if (couple == NO_COUPLE || x->partner[couple] == KJ_NO_ROW || household == KJ_NO_ROW) return false; /* the other draws */
    int32_t at = clamp_age(x->age[x->maybe[k]], UNION_AGE_MIN, UNION_AGE_MAX) - UNION_AGE_MIN;
    if (x->separation[0][couple] < r->separate[v->n_children[household] > 0][at]) {
        emit(v, row, EVENT_SEPARATE);
        return false;
    }
    const bool leaves = moves_out(v, x, k, row, 1, draw.v[3]);
    if (leaves) emit(v, row, EVENT_OUT);
    return leaves;
}

/* Chance, as threshold, that a person without a partner ends studies and leaves the place: 0 but for students who head a household. */
static uint32_t leaves_studies(const hazard_view *v, const due_relations *x, uint32_t k, uint32_t row, int32_t age)
{
    const uint32_t household = x->household[k];
    if (household == KJ_NO_ROW || v->activity[row] != KJ_ACT_STUDENT) return 0;
    return on_their_own(v->partner[row], v->head[household], v->person_id[row]) ? v->d->rates.finish_and_leave[age] : 0;
}

/* True: leaves the map. */
static bool single_events(const hazard_view *v, const due_relations *x, uint32_t k, uint32_t row, kj_draw4 draw)
{
    const rates *r = &v->d->rates;
    const int32_t age = x->age[x->maybe[k]];
    const int with_parent = at_home(v, x, k, row, age);
    if (with_parent && draw.v[2] < r->leave[v->sex[row]][age - LEAVE_AGE_MIN]) {
        emit(v, row, EVENT_LEAVE);
        return false;
    }
    if (age < UNION_AGE_MIN) return false;
    const uint32_t seek = r->seek[v->sex[row]][clamp_age(age, UNION_AGE_MIN, UNION_AGE_MAX) - UNION_AGE_MIN];
    const uint32_t leave_studies = with_parent ? 0 : leaves_studies(v, x, k, row, age);
    if (draw.v[3] < leave_studies) {
        emit(v, row, EVENT_OUT_STUDIES);
        return true;
    }
    if (draw.v[with_parent ? 3 : 2] < seek) {
        emit(v, row, EVENT_SEEK);
        return false;
    }
    const bool leaves = !with_parent && moves_out(v, x, k, row, 0, draw.v[3] - leave_studies);
    if (leaves) emit(v, row, EVENT_OUT);
    return leaves;
}

/* Part of a chance, by a threshold; the largest threshold leaves it as it is. */
static uint64_t part_of(uint64_t chance, uint32_t threshold) { return chance * ((uint64_t)threshold + 1u) >> 32; }

/* Chance of a birth: women who study and women in flats have fewer than the highest. Looked at for the few below that. */
static uint64_t chance_of_birth(const hazard_view *v, uint32_t row, uint32_t highest)
{
    const rates *r = &v->d->rates;
    uint64_t chance = v->activity[row] == KJ_ACT_STUDENT ? part_of(highest, r->student_birth) : highest;
    uint32_t home = v->home.household_row[v->household[row]];
    homes_of(&v->home, &home, 1);
    return home != KJ_NO_ROW && v->kind[home] == KJ_FLAT ? part_of(chance, r->flat_birth) : chance;
}

static void person_events(const hazard_view *v, const due_people *due, const due_relations *x, uint32_t k)
{
    const rates *r = &v->d->rates;
    const uint32_t i = x->maybe[k], may = x->may[k];
    const kj_draw4 draw = due_draw(due, i);
    uint32_t row = due->row[i];
    int32_t age = x->age[i];
    uint8_t sex = v->sex[row];
    if (may & MAY_DIE) {
        emit(v, row, EVENT_DEATH);
        return;
    }
    if (age < LEAVE_AGE_MIN && age != BIRTH_AGE_MIN) return;
    if (!v->household[row]) return; /* lives in a care home */
    bool leaves = false;
    if (age >= LEAVE_AGE_MIN) leaves = v->partner[row] ? partnered_events(v, x, k, row, draw) : single_events(v, x, k, row, draw);
    if (may & MAY_BEAR && sex == KJ_FEMALE && age >= BIRTH_AGE_MIN && age <= BIRTH_AGE_MAX) {
        uint32_t parity = v->children[row] < PARITIES ? v->children[row] : PARITIES - 1;
        uint32_t chance = r->birth[v->partner[row] != 0][parity][age - BIRTH_AGE_MIN] >> leaves; /* the year ahead is lived elsewhere */
        if (draw.v[1] < chance && draw.v[1] < chance_of_birth(v, row, chance)) emit(v, row, EVENT_BIRTH);
    }
    if (age < LEAVE_AGE_MIN) return;
    if (may & MAY_BEAR && age >= CARE_AGE_MIN) emit(v, row, EVENT_CARE);
    if (may & COUNTS_ANEW) emit(v, row, EVENT_COUNT_AGAIN);
}

static kj_status run_hazards(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    demography *d = instance;
    const kj_run_v1 *run = d->run;
    hazard_view v = {
        .d = d, .run = run, .ctx = ctx, .month = run->month(ctx),
        .pair_draws = run->stream(ctx, STREAM_SEPARATION),
        .person_row = run->row_of(ctx, d->t_person), .person_id = run->ids(ctx, d->t_person),
        .household = run->read(ctx, d->person.household), .partner = run->read(ctx, d->person.partner),
        .mother = run->read(ctx, d->person.mother), .father = run->read(ctx, d->person.father), .head = run->read(ctx, d->household.head),
        .sex = run->read(ctx, d->person.sex), .activity = run->read(ctx, d->person.activity), .children = run->read(ctx, d->person.children),
        .n_children = run->read(ctx, d->household.n_children), .birth_month = run->read(ctx, d->person.birth_month),
        .luck = run->read(ctx, d->person.luck), .home = open_homes(d, ctx), .kind = run->read(ctx, d->dwelling.kind),
        .tenure = run->read(ctx, d->dwelling.tenure),
    };
    const due_columns columns = {run->read(ctx, d->person.birth_moy), run->read(ctx, d->person.resident), run->alive(ctx, d->t_person), v.luck};
    kj_stream stream = run->stream(ctx, STREAM_HAZARDS);
    due_people due;
    due_relations relations;
    for (uint32_t from = begin; from < end;) {
        from = due_find(run, &due, &columns, stream, from, end, v.month);
        find_couples(&v, &due, &relations);
        sift(&v, &due, &relations);
        find_relatives(&v, &due, &relations);
        for (uint32_t k = 0; k < relations.n_maybe; k++) person_events(&v, &due, &relations, k);
    }
    return KJ_OK;
}

kj_status register_hazards(demography *d)
{
    use_list list = {.n = 0};
    uses(&list, kj_emits(d->q_events)); /* first: looked up once an event */
    const kj_col reads[] = {d->person.birth_moy,     d->person.resident,  d->person.birth_month, d->person.sex,         d->person.activity, d->person.luck,
                            d->person.household,     d->person.partner,   d->person.mother,      d->person.father,      d->household.head,  d->person.children,
                            d->household.n_children, d->household.living, d->household.host,     d->household.dwelling, d->dwelling.tenure, d->dwelling.kind};
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) uses(&list, kj_reads(reads[i]));
    const char *const after[] = {"demography.rates", NULL};
    kj_system_def def = {.struct_size = sizeof def, .name = "demography.hazards",
                         .doc = "Draws the yearly events of everybody whose birth month it is.", .phase = KJ_PHASE_PEOPLE,
                         .shape = KJ_ROWS, .over = d->t_person, .uses = list.items, .n_uses = list.n, .after = after, .run = run_hazards};
    return d->reg->system(d->host->impl, &def);
}
