/* Observations: what sensors, registers and counts say of places (date, place, quantity, value), joined to a map to compare
   with, or to correct, its start. Core of the step between statistics and people; check.c repeats the comparison. */
#ifndef KEDJA_MAP_OBSERVATIONS_H
#define KEDJA_MAP_OBSERVATIONS_H

#include "../io/runread.h"
#include "check.h"
#include "draft.h"

typedef enum kj_quantity {
    KJ_OBSERVED_PERSONS = 0,
    KJ_OBSERVED_CHILDREN_0_5,
    KJ_OBSERVED_CHILDREN_6_15,
    KJ_OBSERVED_HOMES,
    KJ_OBSERVED_HOMES_IN_USE, /* meters in use: one a home */
    KJ_OBSERVED_PLACES,
    KJ_OBSERVED_PUPILS,   /* children with a place in a school or preschool */
    KJ_OBSERVED_BOOKINGS, /* room hours a week */
    KJ_OBSERVED_HOURS_USED,
    KJ_QUANTITIES
} kj_quantity;
#define KJ_QUANTITY_LABELS "persons children_0_5 children_6_15 homes homes_in_use places pupils bookings hours_used"

typedef enum kj_observed_at { KJ_OBSERVED_AREA = 0, KJ_OBSERVED_MUNICIPALITY, KJ_OBSERVED_FACILITY, KJ_OBSERVED_NOWHERE } kj_observed_at;
#define KJ_OBSERVED_AT_LABELS "area municipality facility"

/* The files of the recipe: areas and municipalities are found at once, and corrected. KJ_E_INPUT names file, line and the
   nearest known name. */
kj_status kj_draft_observations(kj_error *err, kj_draft *draft);
/* Finds and corrects the facilities that are there by now. last: what is not found then is an error. */
kj_status kj_draft_observed_facilities(kj_error *err, kj_draft *draft, bool last);
/* The table `observation` of the map, where there are any. */
kj_status kj_draft_observation_table(kj_error *err, const kj_draft *draft, kj_store *store);

/* Adds what the map, or a run of it, says beside each observation: a line a quantity, and those that are far off. */
kj_status kj_observations_check(kj_error *err, const kj_map *map, kj_findings *out);
/* KJ_E_INPUT: a run of another map. */
kj_status kj_observations_check_run(kj_error *err, const kj_map *map, const kj_runread *run, kj_findings *out);

#endif
