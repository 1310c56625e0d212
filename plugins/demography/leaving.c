/* Leaving the parents' home: half leave the municipality, the others look for a first home of their own and lodge with
   the parents until they have it. */
#include "state.h"

void apply_leaving(state *s, uint32_t person)
{
    uint32_t home = row_of_household(s, s->p.household[person]);
    if (home == KJ_NO_ROW || !lives_with_parent(s, person)) return;
    kj_draw4 draw = kj_draw(s->draws[STREAM_LEAVING], s->p.luck[person], s->month, 0);
    uint32_t municipality = home_municipality(s, home);
    s->m.left_home[municipality]++;
    if (draw.v[0] >= kj_threshold(s->run->param(s->ctx, s->d->par.leaving_stay_share))) {
        emigrate_from_home(s, person, out_boundary(s, municipality, draw.v[1]));
        return;
    }
    uint32_t row = household_new_lodging(s, person, home, KJ_ORIGIN_LEFT_HOME);
    if (row == KJ_NO_ROW) return;
    move_own_children(s, person, home, row);
    household_count(s, row);
    household_after_loss(s, home, KJ_CAUSE_OUT);
}
