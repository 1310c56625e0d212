/* Out-migration: a single person, a couple or a whole household leaves the map. */
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
    kj_draw4 draw = kj_draw(s->run->stream(s->ctx, STREAM_OUT), s->p.luck[person], s->month, 0);
    int boundary = out_boundary(s, home_municipality(s, household), draw.v[0]);
    emigrate_members(s, person, boundary, head == s->person_id[person] || (partner && head == partner));
}

double out_ratio(const state *s, uint32_t household)
{
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
        kj_draw4 draw = kj_draw(s->run->stream(s->ctx, STREAM_OUT), s->p.luck[person], s->month, 1);
        if (kj_uniform(draw.v[0]) * largest >= here) return;
    }
    emigrate(s, person);
}
