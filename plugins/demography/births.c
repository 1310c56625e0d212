/* Births. A child's luck follows from the mother's and the number of the birth, so it is the same child in two runs. */
#include "state.h"

void apply_birth(state *s, uint32_t mother)
{
    uint32_t household = row_of_household(s, s->p.household[mother]);
    if (household == KJ_NO_ROW) return;
    uint64_t luck = kj_luck(KJ_LUCK_BIRTH, s->p.luck[mother], s->p.children[mother]);
    kj_draw4 draw = kj_draw(s->draws[STREAM_BIRTH], luck, s->month, 0);
    uint8_t sex = draw.v[0] < kj_threshold(s->run->param(s->ctx, s->d->par.boy_share)) ? KJ_MALE : KJ_FEMALE;
    uint32_t municipality = home_municipality(s, household);
    if (s->p.children[mother] < 30) s->p.children[mother]++;
    s->m.births[municipality]++;
    if (draw.v[1] < s->d->rates.infant_death[sex]) { /* most die in the first days: never becomes a row */
        s->m.deaths[municipality]++;
        return;
    }
    newcomer child = {.luck = luck, .age = 0, .sex = sex, .student = 0};
    uint32_t row = person_new(s, &child);
    if (row == KJ_NO_ROW) return;
    uint32_t partner = row_of_person(s, s->p.partner[mother]);
    s->p.birth_month[row] = (int16_t)s->month;
    s->p.birth_moy[row] = month_index(s->month);
    s->p.mother[row] = s->person_id[mother];
    s->p.father[row] = partner != KJ_NO_ROW && s->p.sex[partner] == KJ_MALE ? s->p.partner[mother] : 0;
    s->p.resident[row] = 1;
    member_add(s, household, row);
    household_count(s, household);
}
