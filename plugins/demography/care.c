/* Move to a care home: the nearest with a free place. Without a place the person stays and is drawn again next year. */
#include "state.h"

static uint32_t nearest_place(const state *s, int32_t from)
{
    uint32_t best = KJ_NO_ROW, n = s->run->n_rows(s->ctx, s->d->t_facility);
    const uint8_t *alive = s->run->alive(s->ctx, s->d->t_facility);
    int64_t best_distance = 0;
    for (uint32_t row = 0; row < n; row++) {
        if (s->f.kind[row] != KJ_FACILITY_CARE_HOME || !alive[row] || s->f.opened[row] > s->month) continue;
        if (s->f.closed[row] && s->f.closed[row] <= s->month) continue;
        if (s->f.residents[row] >= s->f.places[row]) continue;
        int64_t distance = from < 0 ? 0 : kj_grid_distance2(s->grid, from, s->f.cell[row]);
        if (best == KJ_NO_ROW || distance < best_distance) best = row, best_distance = distance;
    }
    return best;
}

void apply_care(state *s, uint32_t person)
{
    uint32_t household = row_of_household(s, s->p.household[person]);
    if (household == KJ_NO_ROW) return;
    uint32_t facility = nearest_place(s, home_cell(s, household));
    if (facility == KJ_NO_ROW) return;
    s->m.care_moves[home_municipality(s, household)]++;
    part_from_partner(s, person);
    member_remove(s, person);
    s->p.care[person] = s->facility_id[facility];
    s->p.moved[person] = (int16_t)s->month;
    s->f.residents[facility]++;
    household_after_loss(s, household, KJ_CAUSE_CARE);
}
