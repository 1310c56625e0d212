/* Rates and stocks read off the state month by month while a run goes on: moves by age, couples, leaving home, births and
   deaths by age, households and homes. An observer: it changes nothing. Years are counted after a time of settling. */
#ifndef KEDJA_VALIDATE_LIVES_H
#define KEDJA_VALIDATE_LIVES_H

#include <kedja/model.h>

#include "../engine/sim.h"

enum { KJ_LIFE_AGES = 111, KJ_COUPLE_YEARS = 12 };

typedef struct kj_lives {
    kj_month from, to; /* months that are counted: from < month <= to */
    /* by age in whole years */
    double person_months[KJ_LIFE_AGES], moves[KJ_LIFE_AGES]; /* moves: another home than before, or in from elsewhere in the country */
    double lived[2][KJ_LIFE_AGES], died[2][KJ_LIFE_AGES];    /* by sex: person-months and deaths */
    double birthdays[2][KJ_LIFE_AGES];                       /* of those who were here the month before, and births at age 0: each could die on the day */
    double born[KJ_LIFE_AGES];                               /* by age of the mother */
    double with_partner[KJ_LIFE_AGES], parted[KJ_LIFE_AGES]; /* person-months; both partners alive */
    double at_home[2][KJ_LIFE_AGES], left_home[2][KJ_LIFE_AGES]; /* with a parent */
    double together[KJ_COUPLE_YEARS], split[KJ_COUPLE_YEARS];    /* person-months and ends by years since the couple formed in the run */
    double moves_inside, moves_between, moves_from_county, short_moves, middle_moves, mover_age; /* inside: within a municipality; under 5, 50 km */
    double house_owner_months, house_owner_moves; /* of residents aged 65-79 in owned detached houses; moves out of the map and to care too */
    /* means of the Decembers: */
    double decembers, residents, homes, one_person, families, by_tenure[KJ_TENURE_COUNT], detached_homes;
    /* who lives in small houses, detached and row: */
    double aged_25_34, aged_25_34_detached, aged_65_74, aged_65_74_detached;
    /* the same of the start state, for the baseline that nothing changes */
    double start_size, start_one_person, start_families, start_25_34, start_65_74;
    /* what was known last month, by person id */
    double births_before; /* of the year so far */
    kj_id next_before;
    uint32_t n_known;
    struct kj_known *known;
} kj_lives;

void kj_lives_init(kj_lives *lives, kj_month from, kj_month to);
void kj_lives_free(kj_lives *lives);
kj_status kj_lives_look(kj_error *err, void *lives, kj_sim *sim, kj_month month); /* kj_observer_fn; at the start state too */

/* Sums of b into a, for runs with other seeds. */
void kj_lives_add(kj_lives *a, const kj_lives *b);
/* Life expectancy at birth of a sex, from deaths by birthdays (MODEL.md: deaths are drawn at birthdays). */
double kj_life_expectancy(const kj_lives *lives, int sex);
/* Age by which half have left the parents' home, by the rates of leaving; NaN if it is never reached. */
double kj_leaving_age(const kj_lives *lives, int sex);

#endif
