/* demography.hazards: draws the yearly events of everybody whose birth month it is. The hot loop of the plugin: finds
   the due rows, draws for all of them at once, and looks up relatives in passes, so that the waits for memory overlap. */
#include <string.h>

#include "demography.h"

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

uint32_t due_rows(const uint8_t *birth_moy, const uint8_t *resident, const uint8_t *alive, uint32_t begin, uint32_t end, uint8_t moy,
                  uint32_t *out)
{
    uint32_t n = 0, row = begin;
    for (; row + 64 <= end; row += 64)
        for (uint64_t bits = due_bits(birth_moy + row, resident + row, alive + row, moy); bits; bits &= bits - 1)
            out[n++] = row + (uint32_t)__builtin_ctzll(bits);
    for (; row < end; row++)
        if (birth_moy[row] == moy) {
            out[n] = row;
            n += resident[row] & alive[row];
        }
    return n;
}

/* What the draws of a due person rest on besides its own columns: filled in passes. */
typedef struct due_relations {
    int32_t age[DUE_ROOM];
    uint32_t mother[DUE_ROOM], father[DUE_ROOM]; /* rows of those who may live with a parent, KJ_NO_ROW for others */
    uint8_t at_home[DUE_ROOM];
    uint32_t couple[DUE_ROOM], partner[DUE_ROOM]; /* due number and partner's row, for those who draw for a couple */
    uint8_t with_children[DUE_ROOM];             /* by couple */
    uint64_t pair_luck[DUE_ROOM];
    uint32_t separation[4][DUE_ROOM];
    uint32_t n_couples, couple_of[DUE_ROOM]; /* by due number: index of the couple */
} due_relations;

typedef struct hazard_view {
    const demography *d;
    const kj_run_v1 *run;
    kj_ctx *ctx;
    kj_month month;
    kj_stream pair_draws;
    const uint32_t *person_row, *household_row;
    const kj_id *household, *partner, *mother, *father;
    const uint8_t *sex, *activity, *children, *n_children, *living, *tenure, *kind;
    const kj_id *home, *host;
    const uint32_t *dwelling_row;
    const int16_t *birth_month;
    const uint64_t *luck;
} hazard_view;

static void emit(const hazard_view *v, uint32_t row, event_kind kind)
{
    event e = {row, (uint32_t)kind};
    v->run->emit(v->ctx, v->d->q_events, &e);
}

/* Ages, rows of the parents of those who may live with them, and the couples for which this person draws: the partner
   with the lower id does, who stands before the other in the table. */
static void find_relatives(const hazard_view *v, const due_people *due, due_relations *x)
{
    x->n_couples = 0;
    for (uint32_t i = 0; i < due->n; i++) {
        uint32_t row = due->row[i];
        kj_id partner = v->partner[row];
        int32_t age = x->age[i] = age_at(v->month, v->birth_month[row]);
        int single = !partner & (age >= LEAVE_AGE_MIN) & (age <= LEAVE_AGE_MAX);
        x->mother[i] = v->person_row[single ? v->mother[row] : 0];
        x->father[i] = v->person_row[single ? v->father[row] : 0];
        x->couple[x->n_couples] = i;
        x->partner[x->n_couples] = v->person_row[partner];
        x->couple_of[i] = x->n_couples;
        x->n_couples += (partner != 0) & (row < x->partner[x->n_couples]);
    }
}

/* The columns of all due persons are asked for before the first branch rests on one: one wait instead of many. */
static void ask_ahead(const hazard_view *v, const due_people *due)
{
    for (uint32_t i = 0; i < due->n; i++) {
        uint32_t row = due->row[i];
        __builtin_prefetch(&v->partner[row]);
        __builtin_prefetch(&v->birth_month[row]);
        __builtin_prefetch(&v->household[row]);
        __builtin_prefetch(&v->mother[row]);
        __builtin_prefetch(&v->father[row]);
        __builtin_prefetch(&v->sex[row]);
        __builtin_prefetch(&v->children[row]);
    }
    for (uint32_t i = 0; i < due->n; i++) {
        uint32_t row = due->row[i];
        __builtin_prefetch(&v->person_row[v->partner[row]]);
        __builtin_prefetch(&v->person_row[v->mother[row]]);
        __builtin_prefetch(&v->person_row[v->father[row]]);
        __builtin_prefetch(&v->household_row[v->household[row]]);
    }
}

static void look_at_homes(const hazard_view *v, const due_people *due, due_relations *x)
{
    for (uint32_t i = 0; i < due->n; i++) {
        uint32_t row = due->row[i], mother = x->mother[i], father = x->father[i];
        kj_id home = v->household[row];
        x->at_home[i] = (uint8_t)(((mother != KJ_NO_ROW) & (v->household[mother != KJ_NO_ROW ? mother : row] == home)) |
                                  ((father != KJ_NO_ROW) & (v->household[father != KJ_NO_ROW ? father : row] == home)));
    }
    for (uint32_t k = 0; k < x->n_couples; k++) {
        uint32_t row = due->row[x->couple[k]], household = v->household_row[v->household[row]];
        if (household == KJ_NO_ROW) x->partner[k] = KJ_NO_ROW;
        uint64_t a = due->luck[x->couple[k]], b = v->luck[x->partner[k] != KJ_NO_ROW ? x->partner[k] : row];
        x->pair_luck[k] = kj_luck(KJ_LUCK_PAIR, a < b ? a : b, a < b ? b : a);
        x->with_children[k] = household != KJ_NO_ROW && v->n_children[household] > 0;
    }
    v->run->draw_many(v->pair_draws, x->pair_luck, x->n_couples, v->month, 0, x->separation[0], DUE_ROOM);
}

static way_of_living way_of(const hazard_view *v, uint32_t row)
{
    uint32_t household = v->household_row[v->household[row]];
    if (household == KJ_NO_ROW || v->living[household] == KJ_LIVES_LODGING) return household == KJ_NO_ROW ? WAY_OTHER : WAY_LODGES;
    uint32_t dwelling = v->dwelling_row[v->home[household]];
    return dwelling != KJ_NO_ROW && v->tenure[dwelling] == KJ_TENURE_OWNER ? WAY_OWNS : WAY_OTHER;
}

/* Few draws are below the largest chance of the age: only those people's homes are looked at. */
static int moves_out(const hazard_view *v, uint32_t row, int partner, int32_t age, uint32_t draw)
{
    const rates *r = &v->d->rates;
    int32_t at = clamp_age(age, 0, MOVE_AGE_MAX);
    return draw < r->out_largest[partner][at] && draw < r->out[way_of(v, row)][partner][at];
}

static void partnered_events(const hazard_view *v, const due_relations *x, uint32_t row, uint32_t i, kj_draw4 draw)
{
    const rates *r = &v->d->rates;
    uint32_t k = x->couple_of[i];
    if (k == x->n_couples || x->couple[k] != i || x->partner[k] == KJ_NO_ROW) return; /* the other draws */
    int32_t at = clamp_age(x->age[i], UNION_AGE_MIN, UNION_AGE_MAX) - UNION_AGE_MIN;
    if (x->separation[0][k] < r->separate[x->with_children[k]][at]) emit(v, row, EVENT_SEPARATE);
    else if (moves_out(v, row, 1, x->age[i], draw.v[3])) emit(v, row, EVENT_OUT);
}

static void single_events(const hazard_view *v, uint32_t row, int32_t age, int at_home, kj_draw4 draw)
{
    const rates *r = &v->d->rates;
    if (at_home && draw.v[2] < r->leave[v->sex[row]][age - LEAVE_AGE_MIN]) {
        emit(v, row, EVENT_LEAVE);
        return;
    }
    if (age < UNION_AGE_MIN) return;
    uint32_t seek = r->seek[v->sex[row]][clamp_age(age, UNION_AGE_MIN, UNION_AGE_MAX) - UNION_AGE_MIN];
    if (at_home) {
        if (draw.v[3] < seek) emit(v, row, EVENT_SEEK);
        return;
    }
    if (draw.v[2] < seek) emit(v, row, EVENT_SEEK);
    else if (moves_out(v, row, 0, age, draw.v[3])) emit(v, row, EVENT_OUT);
}

/* Part of a chance, by a threshold; the largest threshold leaves it as it is. */
static uint64_t part_of(uint64_t chance, uint32_t threshold) { return chance * ((uint64_t)threshold + 1u) >> 32; }

/* Chance of a birth: women who study and women in flats have fewer than the highest. Looked at for the few below that. */
static uint64_t chance_of_birth(const hazard_view *v, uint32_t row, uint32_t highest)
{
    const rates *r = &v->d->rates;
    uint64_t chance = v->activity[row] == KJ_ACT_STUDENT ? part_of(highest, r->student_birth) : highest;
    uint32_t household = v->household_row[v->household[row]];
    if (household != KJ_NO_ROW && v->living[household] == KJ_LIVES_LODGING) household = v->household_row[v->host[household]];
    uint32_t home = household == KJ_NO_ROW ? KJ_NO_ROW : v->dwelling_row[v->home[household]];
    return home != KJ_NO_ROW && v->kind[home] == KJ_FLAT ? part_of(chance, r->flat_birth) : chance;
}

static void person_events(const hazard_view *v, const due_people *due, const due_relations *x, uint32_t i)
{
    const rates *r = &v->d->rates;
    const kj_draw4 draw = due_draw(due, i);
    uint32_t row = due->row[i];
    int32_t age = x->age[i];
    uint8_t sex = v->sex[row];
    if (draw.v[0] < r->death[sex][clamp_age(age, 0, AGE_MAX)]) {
        emit(v, row, EVENT_DEATH);
        return;
    }
    if (age < LEAVE_AGE_MIN && age != BIRTH_AGE_MIN) return;
    if (!v->household[row]) return; /* lives in a care home */
    if (sex == KJ_FEMALE && age >= BIRTH_AGE_MIN && age <= BIRTH_AGE_MAX) {
        uint32_t parity = v->children[row] < PARITIES ? v->children[row] : PARITIES - 1;
        uint32_t chance = r->birth[v->partner[row] != 0][parity][age - BIRTH_AGE_MIN];
        if (draw.v[1] < chance && draw.v[1] < chance_of_birth(v, row, chance)) emit(v, row, EVENT_BIRTH);
    }
    if (age < LEAVE_AGE_MIN) return;
    if (v->partner[row]) partnered_events(v, x, row, i, draw);
    else single_events(v, row, age, x->at_home[i], draw);
    if (age >= CARE_AGE_MIN && draw.v[1] < r->care[clamp_age(age, CARE_AGE_MIN, AGE_MAX) - CARE_AGE_MIN]) emit(v, row, EVENT_CARE);
    if (age == ADULT_AGE || age == CHILD_AGE_END) emit(v, row, EVENT_COUNT_AGAIN);
}

static kj_status run_hazards(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    demography *d = instance;
    const kj_run_v1 *run = d->run;
    hazard_view v = {
        .d = d, .run = run, .ctx = ctx, .month = run->month(ctx),
        .pair_draws = run->stream(ctx, STREAM_SEPARATION),
        .person_row = run->row_of(ctx, d->t_person), .household_row = run->row_of(ctx, d->t_household),
        .household = run->read(ctx, d->person.household), .partner = run->read(ctx, d->person.partner),
        .mother = run->read(ctx, d->person.mother), .father = run->read(ctx, d->person.father),
        .sex = run->read(ctx, d->person.sex), .activity = run->read(ctx, d->person.activity), .children = run->read(ctx, d->person.children),
        .n_children = run->read(ctx, d->household.n_children), .birth_month = run->read(ctx, d->person.birth_month),
        .luck = run->read(ctx, d->person.luck), .living = run->read(ctx, d->household.living), .host = run->read(ctx, d->household.host), .kind = run->read(ctx, d->dwelling.kind),
        .home = run->read(ctx, d->household.dwelling),
        .tenure = run->read(ctx, d->dwelling.tenure), .dwelling_row = run->row_of(ctx, d->t_dwelling),
    };
    const due_columns columns = {run->read(ctx, d->person.birth_moy), run->read(ctx, d->person.resident), run->alive(ctx, d->t_person), v.luck};
    kj_stream stream = run->stream(ctx, STREAM_HAZARDS);
    due_people due;
    due_relations relations;
    for (uint32_t from = begin; from < end; from += DUE_MAX) {
        due_find(run, &due, &columns, stream, from, end - from < DUE_MAX ? end : from + DUE_MAX, v.month);
        ask_ahead(&v, &due);
        find_relatives(&v, &due, &relations);
        look_at_homes(&v, &due, &relations);
        for (uint32_t i = 0; i < due.n; i++) person_events(&v, &due, &relations, i);
    }
    return KJ_OK;
}

kj_status register_hazards(demography *d)
{
    use_list list = {.n = 0};
    uses(&list, kj_emits(d->q_events)); /* first: looked up once an event */
    const kj_col reads[] = {d->person.birth_moy, d->person.resident, d->person.birth_month, d->person.sex,      d->person.activity, d->person.luck,
                            d->person.household, d->person.partner,  d->person.mother,      d->person.father,
                            d->person.children,  d->household.n_children, d->household.living, d->household.host, d->household.dwelling, d->dwelling.tenure, d->dwelling.kind};
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) uses(&list, kj_reads(reads[i]));
    const char *const after[] = {"demography.rates", NULL};
    kj_system_def def = {.struct_size = sizeof def, .name = "demography.hazards",
                         .doc = "Draws the yearly events of everybody whose birth month it is.", .phase = KJ_PHASE_PEOPLE,
                         .shape = KJ_ROWS, .over = d->t_person, .uses = list.items, .n_uses = list.n, .after = after, .run = run_hazards};
    return d->reg->system(d->host->impl, &def);
}
