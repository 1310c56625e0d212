/* demography.lodging: households without a home of their own that live with others. Those who leave their parents or part move to a
   lodging at once or stay where they are; subtenants change their host at a yearly rate and must when the host leaves; some of
   the young go back to their parents. Who has moved to a lodging rests there (housing.lodger_search_rate); the others look for a home of their own. */
#include "state.h"

enum { HOST_TRIES = 24, /* four a draw */ RETURN_AGE_MAX = 30 };

static int can_host(const state *s, uint32_t host, uint32_t lodger, uint32_t municipality)
{
    return s->household_alive[host] && host != lodger && s->h.living[host] == KJ_LIVES_HOLDING && s->h.size[host] >= 1 && s->h.dwelling[host] &&
           s->household_id[host] != s->h.host[lodger] && home_municipality(s, host) == municipality;
}

/* Row of a household drawn among those that may live in a municipality: on a map of several, the holder of a home drawn from the
   run of homes that held its first and last at the start, or from those built since. KJ_NO_ROW: nobody holds that home. */
static uint32_t draw_host(const state *s, uint32_t municipality, uint32_t draw)
{
    uint32_t n = s->run->n_rows(s->ctx, s->d->t_household), homes = s->run->n_rows(s->ctx, s->d->t_dwelling);
    if (s->n_municipalities < 2) return kj_below(draw, n);
    kj_id first = (kj_id)s->m.homes_first[municipality], last = 0, newest = homes ? s->dwelling_id[homes - 1] : 0;
    for (uint32_t m = 0; m < s->n_municipalities; m++)
        if ((kj_id)s->m.homes_last[m] > last) last = (kj_id)s->m.homes_last[m];
    uint32_t old = (uint32_t)(s->m.homes_last[municipality] + 1) - first, built = newest > last ? newest - last : 0;
    if (!first || old + built == 0) return KJ_NO_ROW;
    uint32_t pick = kj_below(draw, old + built), home = s->dwelling_row[pick < old ? first + pick : last + 1 + (pick - old)];
    return home == KJ_NO_ROW ? KJ_NO_ROW : row_of_household(s, s->w.household[home]);
}

_Static_assert(HOST_OF_NEWCOMER + HOST_TRIES / 4 <= LODGES_AT_ONCE && LODGES_AT_ONCE < HOST_OF_LODGER && HOST_OF_LODGER + HOST_TRIES / 4 <= HOST_AFTER_LOSS,
               "no draw decides two things");

uint32_t find_host(const state *s, uint32_t lodger, uint32_t municipality, uint32_t number)
{
    kj_stream stream = s->draws[STREAM_LODGING];
    const double members_max = s->run->param(s->ctx, s->d->par.host_members_max);
    for (uint32_t i = 0; i < HOST_TRIES; i++) {
        uint32_t row = draw_host(s, municipality, kj_draw(stream, s->h.luck[lodger], s->month, number + i / 4).v[i % 4]);
        if (row != KJ_NO_ROW && can_host(s, row, lodger, municipality) && s->h.size[row] <= members_max) return row;
    }
    return KJ_NO_ROW;
}

void lodge_with(state *s, uint32_t lodger, uint32_t host, int sublet)
{
    uint32_t municipality = home_municipality(s, host);
    s->h.host[lodger] = s->household_id[host];
    s->h.sublet[lodger] = (uint8_t)sublet;
    s->h.searching[lodger] = 0; /* rests in the new lodging: housing.lodger_search_rate */
    s->h.search_cause[lodger] = KJ_SEARCH_NO_HOME;
    s->m.sublet_moves[municipality] += s->h.size[lodger];
    for (uint32_t row = row_of_person(s, s->h.head[lodger]); row != KJ_NO_ROW; row = row_of_person(s, s->p.next_member[row])) s->p.moved[row] = (int16_t)s->month;
}

static uint32_t home_of_parents(const state *s, uint32_t lodger, uint32_t municipality)
{
    uint32_t head = row_of_person(s, s->h.head[lodger]);
    if (head == KJ_NO_ROW || age_of(s, head) >= RETURN_AGE_MAX) return KJ_NO_ROW;
    const kj_id parents[2] = {s->p.mother[head], s->p.father[head]};
    for (int i = 0; i < 2; i++) {
        uint32_t parent = row_of_person(s, parents[i]), home = KJ_NO_ROW;
        if (is_resident(s, parent)) home = row_of_household(s, s->p.household[parent]);
        if (home != KJ_NO_ROW && can_host(s, home, lodger, municipality)) return home;
    }
    return KJ_NO_ROW;
}

typedef struct customs {
    uint32_t first, monthly, back, children; /* thresholds */
    kj_stream stream;
    const kj_id *contract;
} customs;

enum { TOGETHER = 256 };

static void look_at_lodger(state *s, const customs *c, uint32_t lodger, kj_draw4 draw)
{
    uint32_t host = row_of_household(s, s->h.host[lodger]);
    int must = host != KJ_NO_ROW && s->h.sublet[lodger] && s->h.moved[host] == s->month - 1; /* the host moved: the subtenant cannot stay */
    if (host == KJ_NO_ROW || (c->contract[lodger] && !must)) return;
    if (s->h.formed[lodger] == s->month && s->h.sublet[lodger]) return; /* a newcomer has just moved in with its host */
    uint32_t chance = s->h.formed[lodger] == s->month ? c->first : c->monthly;
    if (!must && (draw.v[0] >= chance || (s->h.n_children[lodger] && draw.v[2] >= c->children))) return;
    uint32_t municipality = home_municipality(s, lodger), to = KJ_NO_ROW;
    if (s->h.formed[lodger] < s->month && draw.v[1] < c->back) to = home_of_parents(s, lodger, municipality);
    if (to != KJ_NO_ROW) {
        lodge_with(s, lodger, to, 0);
        return;
    }
    to = find_host(s, lodger, municipality, HOST_OF_LODGER);
    if (to != KJ_NO_ROW) lodge_with(s, lodger, to, 1);
}

/* Some lodging households, in passes, so that the waits for memory overlap. Who lodges goes on lodging, if with another host. */
static void look_at_lodgers(state *s, const customs *c, const uint32_t *rows, uint32_t n)
{
    uint64_t luck[TOGETHER];
    uint32_t draw[4][TOGETHER];
    for (uint32_t i = 0; i < n; i++) {
        __builtin_prefetch(&s->household_row[s->h.host[rows[i]]]);
        __builtin_prefetch(&s->h.sublet[rows[i]]);
        __builtin_prefetch(&s->h.formed[rows[i]]);
        __builtin_prefetch(&s->h.n_children[rows[i]]);
        __builtin_prefetch(&c->contract[rows[i]]);
        luck[i] = s->h.luck[rows[i]];
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t host = row_of_household(s, s->h.host[rows[i]]);
        if (host != KJ_NO_ROW) __builtin_prefetch(&s->h.moved[host]);
    }
    s->run->draw_many(c->stream, luck, n, s->month, 0, draw[0], TOGETHER);
    for (uint32_t i = 0; i < n; i++) look_at_lodger(s, c, rows[i], (kj_draw4){{draw[0][i], draw[1][i], draw[2][i], draw[3][i]}});
}

static kj_status run_lodging(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const demography *d = instance;
    const kj_run_v1 *run = d->run;
    state s;
    state_open(d, ctx, &s);
    const customs c = {kj_threshold(run->param(ctx, d->par.sublet_share)),
                       kj_threshold(run->param(ctx, d->par.sublet_rate) / 12.0),
                       kj_threshold(run->param(ctx, d->par.sublet_return_share)),
                       kj_threshold(run->param(ctx, d->par.sublet_children_ratio)),
                       s.draws[STREAM_SUBLET],
                       run->read(ctx, d->household.contract)};
    uint32_t n;
    const uint32_t *rows = list_lodgers(&s, &n);
    if (!rows) return run->fail(ctx, KJ_E_MEMORY, "no scratch memory for %u lodging households", n);
    for (uint32_t from = 0; from < n; from += TOGETHER) look_at_lodgers(&s, &c, rows + from, n - from < TOGETHER ? n - from : TOGETHER);
    return s.status;
}

/* A grown-up in a household of another kind who is neither head nor partner, parent or child of anybody there. */
static int is_lodger_at_start(const state *s, uint32_t person, uint32_t head)
{
    if (person == head || s->p.partner[person] || age_of(s, person) < ADULT_AGE || lives_with_parent(s, person)) return 0;
    kj_id id = s->person_id[person];
    for (uint32_t row = head; row != KJ_NO_ROW; row = row_of_person(s, s->p.next_member[row]))
        if (s->p.mother[row] == id || s->p.father[row] == id) return 0;
    return kj_draw(s->draws[STREAM_SUBLET], s->p.luck[person], s->month, 1).v[0] < kj_threshold(s->run->param(s->ctx, s->d->par.start_lodging_share));
}

static uint32_t list_start_lodgers(const state *s, uint32_t n_households, uint32_t *list)
{
    uint32_t n = 0;
    for (uint32_t h = 0; h < n_households; h++) {
        if (!s->household_alive[h] || s->h.kind[h] != KJ_HH_OTHER || s->h.living[h] != KJ_LIVES_HOLDING) continue;
        uint32_t head = row_of_person(s, s->h.head[h]);
        for (uint32_t row = head; row != KJ_NO_ROW; row = row_of_person(s, s->p.next_member[row])) {
            if (!is_lodger_at_start(s, row, head)) continue;
            if (list) list[n] = row;
            n++;
        }
    }
    return n;
}

/* The rows are made before the columns are fetched for filling them: at the start tables may grow. */
kj_status start_lodgers(state *s)
{
    const kj_run_v1 *run = s->run;
    uint32_t n_households = run->n_rows(s->ctx, s->d->t_household), n = list_start_lodgers(s, n_households, NULL);
    uint32_t *person = run->scratch(s->ctx, (n + 1u) * sizeof *person);
    kj_id *household = run->scratch(s->ctx, (n + 1u) * sizeof *household);
    if (!person || !household) return run->fail(s->ctx, KJ_E_MEMORY, "no scratch memory for %u who lodge at the start", n);
    list_start_lodgers(s, n_households, person);
    for (uint32_t i = 0; i < n; i++)
        if (!(household[i] = run->create(s->ctx, s->d->t_household))) return run->fail(s->ctx, KJ_E_MEMORY, "no room for %u who lodge at the start", n);
    state_open(s->d, s->ctx, s);
    kj_status status = lodgers_build(s, n);
    for (uint32_t i = 0; i < n && !status; i++) {
        uint32_t home = row_of_household(s, s->p.household[person[i]]), row = row_of_household(s, household[i]);
        household_fill_lodging(s, row, person[i], home, KJ_ORIGIN_START);
        s->h.sublet[row] = 1;
        s->h.search_cause[row] = KJ_SEARCH_NO_HOME; /* has looked before, and rests */
        s->p.moved[person[i]] = 0;
        household_count(s, row);
        household_count(s, home);
        status = s->status;
    }
    return status;
}

/* First and last home of each municipality at the start. */
void note_homes(state *s)
{
    int64_t *first = s->m.homes_first, *last = s->m.homes_last;
    for (uint32_t row = 0; row < s->run->n_rows(s->ctx, s->d->t_dwelling); row++) {
        int32_t area = s->cell_area[s->w.cell[row]];
        uint32_t m = area >= 0 ? s->municipality_row[s->area_municipality[area]] : KJ_NO_ROW;
        if (m == KJ_NO_ROW) continue;
        if (!first[m]) first[m] = s->dwelling_id[row];
        last[m] = s->dwelling_id[row];
    }
}

kj_status register_lodging(demography *d)
{
    use_list list = {.n = 0};
    state_uses(d, &list);
    const char *const after[] = {"demography.rates", "demography.hazards", "demography.apply", "demography.arrivals", NULL};
    kj_system_def def = {.struct_size = sizeof def, .name = "demography.lodging",
                         .doc = "Moves to, between and back from lodgings of households without a home of their own.",
                         .phase = KJ_PHASE_PEOPLE, .shape = KJ_SERIAL, .uses = list.items, .n_uses = list.n, .after = after, .run = run_lodging};
    return d->reg->system(d->host->impl, &def);
}
