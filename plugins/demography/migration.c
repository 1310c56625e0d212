/* Out-migration: a single person, a couple or a whole household leaves the map. */
#include <math.h>

#include "state.h"

static int draw_boundary(const state *s, uint32_t municipality, uint32_t first_flow, uint32_t draw)
{
    uint32_t n;
    const double *level = s->run->param_table(s->ctx, s->d->tab.migration_level, &n);
    const double *flow = level + municipal_row(s->d, s->ctx, municipality) * 2 * BOUNDARIES + first_flow;
    double county = flow[0] * beyond_map(s->d, s->ctx), u = kj_uniform(draw) * (county + flow[1] + flow[2]);
    return u < county ? 0 : u < county + flow[1] ? 1 : 2;
}

int in_boundary(const state *s, uint32_t municipality, uint32_t draw) { return draw_boundary(s, municipality, 0, draw); }

int out_boundary(const state *s, uint32_t municipality, uint32_t draw) { return draw_boundary(s, municipality, BOUNDARIES, draw); }

void count_in_migrant(state *s, uint32_t person, uint32_t municipality, int boundary)
{
    s->p.resident[person] = 1;
    s->p.moved[person] = (int16_t)s->month;
    s->m.in_migrants[municipality]++;
    s->m.in_by[boundary][municipality]++;
}

/* One person leaves the map; the household is not counted. */
static void emigrate_person(state *s, uint32_t person, int boundary)
{
    uint32_t municipality = municipality_of_person(s, person);
    s->m.out_migrants[municipality]++;
    s->m.out_by[boundary][municipality]++;
    s->p.moved[person] = (int16_t)s->month; /* tells those who look at the dead rows of the month that it was no death */
    person_end(s, person);
}

/* Those who go along with a member: the partner, and the children of either. */
static int goes_along(const state *s, uint32_t member, uint32_t person, kj_id partner)
{
    if (member == person || s->person_id[member] == partner) return 1;
    return is_own_child(s, member, s->person_id[person]) || is_own_child(s, member, partner);
}

static void emigrate_members(state *s, uint32_t person, int boundary, int whole)
{
    uint32_t household = row_of_household(s, s->p.household[person]), next;
    kj_id partner = s->p.partner[person];
    for (uint32_t member = row_of_person(s, s->h.head[household]); member != KJ_NO_ROW; member = next) {
        next = row_of_person(s, s->p.next_member[member]);
        if (member != person && (whole || goes_along(s, member, person, partner))) emigrate_person(s, member, boundary);
    }
    emigrate_person(s, person, boundary);
    household_after_loss(s, household, KJ_CAUSE_OUT);
}

void emigrate_from_home(state *s, uint32_t person, int boundary) { emigrate_members(s, person, boundary, 0); }

void emigrate(state *s, uint32_t person)
{
    uint32_t household = row_of_household(s, s->p.household[person]);
    if (household == KJ_NO_ROW) return;
    kj_id partner = s->p.partner[person], head = s->h.head[household];
    kj_draw4 draw = kj_draw(s->draws[STREAM_OUT], s->p.luck[person], s->month, 0);
    int boundary = out_boundary(s, home_municipality(s, household), draw.v[0]);
    emigrate_members(s, person, boundary, head == s->person_id[person] || (partner && head == partner));
}

double out_ratio(const state *s, uint32_t person, uint32_t household)
{
    if (s->p.activity[person] == KJ_ACT_STUDENT) return 1.0;
    if (s->h.living[household] == KJ_LIVES_LODGING) return s->run->param(s->ctx, s->d->par.out_lodger_ratio);
    uint32_t dwelling = home_dwelling(s, household);
    return dwelling != KJ_NO_ROW && s->w.tenure[dwelling] == KJ_TENURE_OWNER ? s->run->param(s->ctx, s->d->par.out_owner_ratio) : 1.0;
}

/* The hazard stands at the largest strength on the map: where there are several municipalities it is thinned here. */
void apply_out_migration(state *s, uint32_t person)
{
    uint32_t household = row_of_household(s, s->p.household[person]);
    if (household == KJ_NO_ROW) return;
    if (s->n_municipalities > 1) {
        double largest = out_strength_largest(s->d, s->ctx), here = out_strength(s->d, s->ctx, home_municipality(s, household));
        kj_draw4 draw = kj_draw(s->draws[STREAM_OUT], s->p.luck[person], s->month, 1);
        if (kj_uniform(draw.v[0]) * largest >= here) return;
    }
    emigrate(s, person);
}

/* Chances of a year that a person leaves, and how many persons go: as a household that moves, by profile and ratios alone; and from parents,
   to a partner or after studies, which have chances of their own. */
typedef struct leaver {
    double by_profile, otherwise, members;
} leaver;

/* Chance that a person without a partner ends studies at the birthday and leaves; `after`: of those who end them on their own. */
static double leaves_studies(const state *s, uint32_t row, uint32_t household, int32_t age, double after)
{
    uint32_t n;
    const double *finish = s->run->param_table(s->ctx, s->d->tab.studies, &n) + STUDY_AGES;
    if (s->p.activity[row] != KJ_ACT_STUDENT || age < STUDY_AGE_MIN || age > STUDY_AGE_MAX) return 0.0;
    return on_their_own(s->p.partner[row], s->h.head[household], s->person_id[row]) ? finish[age - STUDY_AGE_MIN] * after : 0.0;
}

/* The couple draws by its lower id; who parts in a birth month does not move out in it. */
static leaver couple_leaves(const state *s, uint32_t row, uint32_t household, int32_t age)
{
    uint32_t n;
    const int heads = s->h.head[household] == s->person_id[row] || s->h.head[household] == s->p.partner[row];
    const double *part = s->run->param_table(s->ctx, s->d->tab.separation, &n) + (s->h.n_children[household] > 0) * (UNION_AGE_MAX - UNION_AGE_MIN + 1);
    const double parts = s->run->param(s->ctx, s->d->par.separation_scale) * part[clamp_age(age, UNION_AGE_MIN, UNION_AGE_MAX) - UNION_AGE_MIN];
    leaver who = {.members = heads ? s->h.size[household] : 2.0};
    if (s->person_id[row] < s->p.partner[row])
        who.by_profile =
            out_profile(s->d, s->ctx, age) * out_ratio(s, row, household) * s->run->param(s->ctx, s->d->par.out_couple_ratio) * fmax(0.0, 1.0 - parts);
    return who;
}

/* Who lives with parents leaves by leaving home or to a partner; others may end their studies, look for a partner, or else move out. */
static leaver single_leaves(const state *s, uint32_t row, uint32_t household, int32_t age, double after)
{
    const demography *d = s->d;
    const kj_run_v1 *run = s->run;
    const int sex = s->p.sex[row], with_parent = age <= LEAVE_AGE_MAX && lives_with_parent(s, row);
    const double first = with_parent ? leaves_parents(d, s->ctx, sex, age) : leaves_studies(s, row, household, age, after),
                 seek = seeks_partner(d, s->ctx, sex, age);
    leaver who = {.members = s->h.head[household] == s->person_id[row] ? s->h.size[household] : 1.0};
    who.otherwise = first * (with_parent ? 1.0 - run->param(s->ctx, d->par.leaving_stay_share) : 1.0) +
                    (1.0 - first) * seek * run->param(s->ctx, d->par.union_outside_share) * run->param(s->ctx, d->par.union_outside_leaves);
    if (!with_parent && age >= UNION_AGE_MIN) who.by_profile = out_profile(d, s->ctx, age) * out_ratio(s, row, household) * (1.0 - seek);
    return who;
}

/* Persons who would leave a municipality in a year: otherwise than by the profile, and by it in bins of their chance at factor 1, since a chance is at
   most 1 whatever the factor. Who leaves does so at a birthday, and half of those who come instead have theirs still before them in the same year. */
enum { BINS = 64, BINS_A_CHANCE = 16 };
typedef struct leavers {
    double population, otherwise, cross; /* cross: both at once */
    double members[BINS], chance[BINS], square[BINS];
} leavers;

/* `newcomers`: their chance relative to that of who left. */
static void add_leaver(leavers *sum, const leaver *who, double level, double newcomers)
{
    const double chance = level * who->by_profile;
    const uint32_t bin = chance * BINS_A_CHANCE < BINS - 1 ? (uint32_t)(chance * BINS_A_CHANCE) : BINS - 1;
    sum->otherwise += who->members * who->otherwise * (1.0 + 0.5 * newcomers * who->otherwise);
    sum->cross += who->members * newcomers * chance * who->otherwise;
    sum->members[bin] += who->members;
    sum->chance[bin] += who->members * chance;
    sum->square[bin] += who->members * 0.5 * newcomers * chance * chance;
}

static double leavers_at(const leavers *sum, double factor, double newcomers)
{
    double n = sum->otherwise + factor * sum->cross;
    for (int b = 0; b < BINS; b++)
        n += factor * sum->chance[b] < sum->members[b] ? factor * (sum->chance[b] + factor * sum->square[b]) : sum->members[b] * (1.0 + 0.5 * newcomers);
    return n;
}

/* The factor with which as many leave as the published level says, by halving; at most 10, on a map without households to speak of. */
static double factor_for(const leavers *sum, double level, double newcomers)
{
    double low = 0.0, high = 10.0;
    for (int i = 0; i < 60; i++) {
        const double middle = 0.5 * (low + high);
        if (leavers_at(sum, middle, newcomers) < level * sum->population) low = middle;
        else high = middle;
    }
    return low;
}

kj_status fit_out_migration(state *s)
{
    const demography *d = s->d;
    const double newcomers = s->run->param(s->ctx, d->par.out_newcomer_ratio), after = leaves_after_studies(d, s->ctx);
    leavers *sum = s->run->scratch(s->ctx, (s->n_municipalities + 1u) * sizeof *sum);
    if (!sum) return s->run->fail(s->ctx, KJ_E_MEMORY, "no scratch memory at the start");
    for (uint32_t row = 0; row < s->run->n_rows(s->ctx, d->t_person); row++) {
        if (!s->p.resident[row]) continue;
        const uint32_t household = row_of_household(s, s->p.household[row]), m = municipality_of_person(s, row);
        const int32_t age = age_of(s, row) + 1; /* at the birthday ahead */
        sum[m].population += 1.0;
        if (household == KJ_NO_ROW || age < LEAVE_AGE_MIN) continue;
        const leaver who = s->p.partner[row] ? couple_leaves(s, row, household, age) : single_leaves(s, row, household, age, after);
        add_leaver(&sum[m], &who, out_level(d, s->ctx, m), newcomers);
    }
    double *factor = s->run->write(s->ctx, d->municipality.out_factor);
    for (uint32_t m = 0; m < s->n_municipalities; m++) factor[m] = factor_for(&sum[m], out_level(d, s->ctx, m), newcomers);
    return KJ_OK;
}
