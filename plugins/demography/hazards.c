/* demography.hazards: draws the yearly events of everybody whose birth month it is. The hot loop of the plugin: finds
   the due rows by eight bytes at a time, then draws for all of them at once. */
#include <string.h>

#include "demography.h"

uint32_t due_rows(const uint8_t *birth_moy, const uint8_t *resident, const uint8_t *alive, uint32_t begin, uint32_t end, uint8_t moy,
                  uint32_t *out)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), low7 = UINT64_C(0x7F7F7F7F7F7F7F7F);
    const uint64_t wanted = ones * moy;
    uint32_t n = 0, row = begin;
    for (; row + 8 <= end; row += 8) {
        uint64_t word;
        memcpy(&word, birth_moy + row, 8);
        word ^= wanted;
        /* bit 7 of each byte that is zero; exact, no carries between bytes */
        uint64_t hit = ~(((word & low7) + low7) | word | low7);
        while (hit) {
            uint32_t at = row + (uint32_t)__builtin_ctzll(hit) / 8;
            hit &= hit - 1;
            out[n] = at;
            n += resident[at] & alive[at];
        }
    }
    for (; row < end; row++)
        if (birth_moy[row] == moy) {
            out[n] = row;
            n += resident[row] & alive[row];
        }
    return n;
}

typedef struct hazard_view {
    const demography *d;
    const kj_run_v1 *run;
    kj_ctx *ctx;
    kj_month month;
    kj_stream pair_draws;
    const uint32_t *person_row, *household_row;
    const kj_id *id, *household, *partner, *mother, *father, *care;
    const uint8_t *sex, *children, *n_children;
    const int32_t *birth_month;
    const uint64_t *luck;
} hazard_view;

static void emit(const hazard_view *v, uint32_t row, event_kind kind)
{
    event e = {v->id[row], (uint32_t)kind};
    v->run->emit(v->ctx, v->d->q_events, &e);
}

static int shares_household(const hazard_view *v, kj_id relative, kj_id household)
{
    if (!relative) return 0;
    uint32_t row = v->person_row[relative];
    return row != KJ_NO_ROW && v->household[row] == household;
}

static void partnered_events(const hazard_view *v, uint32_t row, int32_t age, kj_draw4 draw)
{
    const rates *r = &v->d->rates;
    if (v->id[row] > v->partner[row]) return; /* the lower id draws for the couple */
    uint32_t partner = v->person_row[v->partner[row]], household = v->household_row[v->household[row]];
    if (partner == KJ_NO_ROW || household == KJ_NO_ROW) return;
    uint64_t a = v->luck[row], b = v->luck[partner];
    uint64_t pair = kj_luck(KJ_LUCK_PAIR, a < b ? a : b, a < b ? b : a);
    int32_t at = clamp_age(age, UNION_AGE_MIN, UNION_AGE_MAX) - UNION_AGE_MIN;
    if (kj_draw(v->pair_draws, pair, v->month, 0).v[0] < r->separate[v->n_children[household] > 0][at]) emit(v, row, EVENT_SEPARATE);
    else if (draw.v[3] < r->out[1][clamp_age(age, 0, MOVE_AGE_MAX)]) emit(v, row, EVENT_OUT);
}

static void single_events(const hazard_view *v, uint32_t row, int32_t age, kj_draw4 draw)
{
    const rates *r = &v->d->rates;
    int at_home = age <= LEAVE_AGE_MAX && (shares_household(v, v->mother[row], v->household[row]) ||
                                           shares_household(v, v->father[row], v->household[row]));
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
    else if (draw.v[3] < r->out[0][clamp_age(age, 0, MOVE_AGE_MAX)]) emit(v, row, EVENT_OUT);
}

static void person_events(const hazard_view *v, uint32_t row, kj_draw4 draw)
{
    const rates *r = &v->d->rates;
    int32_t age = age_at(v->month, v->birth_month[row]);
    uint8_t sex = v->sex[row];
    if (draw.v[0] < r->death[sex][clamp_age(age, 0, AGE_MAX)]) {
        emit(v, row, EVENT_DEATH);
        return;
    }
    if (age < LEAVE_AGE_MIN && age != BIRTH_AGE_MIN) return;
    if (v->care[row]) return;
    if (sex == KJ_FEMALE && age >= BIRTH_AGE_MIN && age <= BIRTH_AGE_MAX) {
        uint32_t parity = v->children[row] < PARITIES ? v->children[row] : PARITIES - 1;
        if (draw.v[1] < r->birth[v->partner[row] != 0][parity][age - BIRTH_AGE_MIN]) emit(v, row, EVENT_BIRTH);
    }
    if (age < LEAVE_AGE_MIN) return;
    if (v->partner[row]) partnered_events(v, row, age, draw);
    else single_events(v, row, age, draw);
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
        .person_row = run->row_of(ctx, d->t_person), .household_row = run->row_of(ctx, d->t_household), .id = run->ids(ctx, d->t_person),
        .household = run->read(ctx, d->person.household), .partner = run->read(ctx, d->person.partner),
        .mother = run->read(ctx, d->person.mother), .father = run->read(ctx, d->person.father), .care = run->read(ctx, d->person.care),
        .sex = run->read(ctx, d->person.sex), .children = run->read(ctx, d->person.children),
        .n_children = run->read(ctx, d->household.n_children), .birth_month = run->read(ctx, d->person.birth_month),
        .luck = run->read(ctx, d->person.luck),
    };
    const due_columns columns = {run->read(ctx, d->person.birth_moy), run->read(ctx, d->person.resident), run->alive(ctx, d->t_person), v.luck};
    kj_stream stream = run->stream(ctx, STREAM_HAZARDS);
    due_people due;
    for (uint32_t from = begin; from < end; from += DUE_MAX) {
        due_find(&due, &columns, stream, from, end - from < DUE_MAX ? end : from + DUE_MAX, v.month);
        for (uint32_t i = 0; i < due.n; i++) person_events(&v, due.row[i], due_draw(&due, i));
    }
    return KJ_OK;
}

kj_status register_hazards(demography *d)
{
    use_list list = {.n = 0};
    uses(&list, kj_emits(d->q_events)); /* first: looked up once an event */
    const kj_col reads[] = {d->person.birth_moy, d->person.resident, d->person.birth_month, d->person.sex,      d->person.luck,
                            d->person.household, d->person.partner,  d->person.mother,      d->person.father,   d->person.care,
                            d->person.children,  d->household.n_children};
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) uses(&list, kj_reads(reads[i]));
    const char *const after[] = {"demography.rates", NULL};
    kj_system_def def = {.struct_size = sizeof def, .name = "demography.hazards",
                         .doc = "Draws the yearly events of everybody whose birth month it is.", .phase = KJ_PHASE_PEOPLE,
                         .shape = KJ_ROWS, .over = d->t_person, .uses = list.items, .n_uses = list.n, .after = after, .run = run_hazards};
    return d->reg->system(d->host->impl, &def);
}
