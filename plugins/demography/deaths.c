/* Deaths. The survivors keep the home; children left alone go to relatives or another family; the home of the last
   member is freed. */
#include "state.h"

void apply_death(state *s, uint32_t person)
{
    uint32_t household = row_of_household(s, s->p.household[person]);
    s->m.deaths[municipality_of_person(s, person)]++;
    person_end(s, person);
    if (household != KJ_NO_ROW) household_after_loss(s, household, KJ_CAUSE_DEATH);
}
