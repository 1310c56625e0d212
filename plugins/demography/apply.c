/* demography.apply: carries out the month's events, kind by kind in the order of event_kind, within a kind in the order
   of the queue (person rows). A person who died or left earlier in the month has resident = 0 and is passed over. */

#include "state.h"

static void apply_one(state *s, event_kind kind, uint32_t person)
{
    switch (kind) {
    case EVENT_DEATH: apply_death(s, person); break;
    case EVENT_BIRTH: apply_birth(s, person); break;
    case EVENT_LEAVE: apply_leaving(s, person); break;
    case EVENT_SEPARATE: apply_separation(s, person); break;
    case EVENT_OUT: apply_out_migration(s, person); break;
    case EVENT_OUT_STUDIES: emigrate(s, person); break;
    case EVENT_CARE: apply_care(s, person); break;
    case EVENT_COUNT_AGAIN: {
        uint32_t household = row_of_household(s, s->p.household[person]);
        if (household != KJ_NO_ROW && s->h.size[household] > 0) household_count(s, household);
        break;
    }
    case EVENT_SEEK:
    case EVENT_KINDS: break;
    }
}

/* Person rows of the events, kind by kind in the order of the queue; those of a kind are first[kind] .. first[kind + 1]. */
static uint32_t *run_sorted(state *s, const event *events, uint32_t n, uint32_t first[EVENT_KINDS + 1])
{
    uint32_t *people = s->run->scratch(s->ctx, (n + 1) * sizeof *people), at[EVENT_KINDS] = {0};
    if (!people) {
        s->status = s->run->fail(s->ctx, KJ_E_MEMORY, "no scratch memory for %u events", n);
        return NULL;
    }
    for (uint32_t i = 0; i < n; i++) at[events[i].kind]++;
    first[0] = 0;
    for (int kind = 0; kind < EVENT_KINDS; kind++) {
        first[kind + 1] = first[kind] + at[kind];
        at[kind] = first[kind];
    }
    for (uint32_t i = 0; i < n; i++) people[at[events[i].kind]++] = events[i].person;
    return people;
}

static kj_status run_apply(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const demography *d = instance;
    state s;
    state_open(d, ctx, &s);
    uint32_t n;
    const event *events = d->run->items(ctx, d->q_events, &n);
    kj_status status = lodgers_build(&s, n + 64);
    if (status) return status;
    uint32_t first[EVENT_KINDS + 1], *people = run_sorted(&s, events, n, first);
    if (!people) return s.status;
    for (int kind = 0; kind < EVENT_KINDS && !s.status; kind++) {
        if (kind == EVENT_SEEK) {
            apply_unions(&s, people + first[kind], first[kind + 1] - first[kind]);
            continue;
        }
        for (uint32_t i = first[kind]; i < first[kind + 1] && !s.status; i++) {
            ask_ahead(&s, people, i, n);
            if (is_resident(&s, people[i])) apply_one(&s, (event_kind)kind, people[i]);
        }
    }
    return s.status;
}

/* A map's list of members may be anything: it is walked with a bound before anybody else walks it without one. */
static kj_status check_list(const state *s, kj_ctx *ctx, uint32_t row)
{
    const kj_run_v1 *run = s->run;
    kj_id id = s->household_id[row];
    if (row_of_person(s, s->h.head[row]) == KJ_NO_ROW) return run->fail(ctx, KJ_E_INPUT, "household %u of the map has no head", id);
    uint32_t n = 0;
    for (kj_id at = s->h.head[row]; at; at = s->p.next_member[row_of_person(s, at)]) {
        uint32_t member = row_of_person(s, at);
        if (member == KJ_NO_ROW || s->p.household[member] != id)
            return run->fail(ctx, KJ_E_INPUT, "household %u of the map lists person %u, who does not live in it", id, at);
        if (++n > 255) return run->fail(ctx, KJ_E_INPUT, "household %u of the map: the list of members does not end", id);
    }
    return KJ_OK;
}

/* First step of the start: luck of heads, sizes, kinds and incomes by this plugin's own rules, and those who lodge. */
static kj_status run_start_lodgers(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const demography *d = instance;
    state s;
    state_open(d, ctx, &s);
    for (uint32_t row = 0; row < d->run->n_rows(ctx, d->t_household); row++) {
        if (!s.household_alive[row]) continue;
        kj_status list = check_list(&s, ctx, row);
        if (list) return list;
        household_count(&s, row);
    }
    note_homes(&s);
    return start_lodgers(&s);
}

/* Second step: care homes and jobs counted, levels fitted, and those who wait outside. A step of its own has room of its own for rows. */
static kj_status run_start(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    demography *d = instance;
    const kj_run_v1 *run = d->run;
    if (run->n_rows(ctx, d->t_area) > INT16_MAX)
        return run->fail(ctx, KJ_E_RANGE, "%u areas; households can name at most %d", run->n_rows(ctx, d->t_area), INT16_MAX);
    state s;
    state_open(d, ctx, &s);
    const uint8_t *alive = run->alive(ctx, d->t_person);
    for (uint32_t row = 0; row < run->n_rows(ctx, d->t_person); row++) {
        if (!alive[row]) continue;
        s.p.birth_moy[row] = month_index(s.p.birth_month[row]);
        if (!s.p.resident[row]) continue;
        uint32_t facility = s.p.care[row] ? s.facility_row[s.p.care[row]] : KJ_NO_ROW;
        if (facility != KJ_NO_ROW) s.f.residents[facility]++;
        uint32_t workplace = s.p.workplace[row] ? s.workplace_row[s.p.workplace[row]] : KJ_NO_ROW;
        if (workplace != KJ_NO_ROW) s.workplace_filled[workplace]++;
    }
    fit_income_level(&s);
    fit_tertiary_level(&s);
    fit_outside_pull(&s);
    kj_status status = fit_out_migration(&s);
    if (status) return status;
    work_rates(d, ctx, &d->rates); /* who of the newcomers works */
    return start_arrivals(&s);
}

kj_status register_apply(demography *d)
{
    use_list list = {.n = 0}, start_list = {.n = 0};
    state_uses(d, &list);
    uses(&list, kj_drains(d->q_events));
    const char *const after[] = {"demography.rates", "demography.hazards", NULL};
    kj_system_def apply = {.struct_size = sizeof apply, .name = "demography.apply",
                           .doc = "Carries out deaths, births, leaving home, separations, unions, out-migration and care moves.",
                           .phase = KJ_PHASE_PEOPLE, .shape = KJ_SERIAL, .uses = list.items, .n_uses = list.n, .after = after,
                           .run = run_apply};
    kj_status status = d->reg->system(d->host->impl, &apply);
    arrival_uses(d, &start_list);
    kj_system_def lodgers = {.struct_size = sizeof lodgers, .name = "demography.start_lodgers", .doc = "Counts households, and makes one of each person who lodges.",
                           .phase = KJ_PHASE_START, .shape = KJ_SERIAL, .uses = start_list.items, .n_uses = start_list.n, .run = run_start_lodgers};
    if (!status) status = d->reg->system(d->host->impl, &lodgers);
    const char *const counted[] = {"demography.start_lodgers", NULL};
    kj_system_def start = {.struct_size = sizeof start, .name = "demography.start", .doc = "Counts care homes and workplaces, and makes the households that wait outside.",
                           .phase = KJ_PHASE_START, .shape = KJ_SERIAL, .uses = start_list.items, .n_uses = start_list.n, .after = counted, .run = run_start};
    if (!status) status = d->reg->system(d->host->impl, &start);
    return status;
}
