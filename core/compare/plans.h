/* The plan register: every department's projects and investments of a run in one table, with alerts where plans do not
   fit together; and the need of housing as the Swedish guidelines ask for it. */
#ifndef KEDJA_COMPARE_PLANS_H
#define KEDJA_COMPARE_PLANS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "../io/runread.h"
#include "compare.h"

typedef enum kj_plan_kind {
    KJ_PLAN_HOMES = 0, /* a named project of the municipality or a policy */
    KJ_PLAN_CANCELLED, /* such a project that was given up, in the year in which it was */
    KJ_PLAN_COMPLETED, /* all homes completed in the year, of projects and developers */
    KJ_PLAN_OPENS,     /* a facility opens */
    KJ_PLAN_GROWS,     /* a facility gets more places */
    KJ_PLAN_SHRINKS,   /* a facility loses places */
    KJ_PLAN_CLOSES,
    KJ_PLAN_STREETS /* streets and pipes of the year's homes */
} kj_plan_kind;
const char *kj_plan_kind_label(kj_plan_kind kind); /* English, to be translated */

typedef struct kj_plan {
    int32_t year;
    kj_department department;
    kj_plan_kind kind;
    char name[96], area[64];
    double size;       /* homes or places; NaN none */
    double investment; /* SEK; NaN not the municipality's */
} kj_plan;

typedef enum kj_alert_kind {
    KJ_ALERT_SCHOOL_FULL = 0, /* homes are completed where the school or preschool is full: first full year */
    KJ_ALERT_NO_PLACE,        /* children without a place in the year */
    KJ_ALERT_CARE,            /* more people need a care home than there are places: first year */
    KJ_ALERT_PEAK,            /* new investments above twice the mean of the run */
    KJ_ALERT_STAFF,           /* posts grow faster than people of working age */
    KJ_ALERT_MOVED            /* projects whose land was protected in the year, and homes lost */
} kj_alert_kind;

typedef struct kj_alert {
    int32_t year;
    kj_department department;
    kj_alert_kind kind;
    char name[96];
    double value, against; /* what they mean stands at kj_alert_text */
} kj_alert;
/* printf format, to be translated, for (name, value, against) in that order; figures come as texts. */
const char *kj_alert_text(kj_alert_kind kind);
/* Its name in CSV and JSON: "school_full". */
const char *kj_alert_id(kj_alert_kind kind);

typedef struct kj_housing_need {
    int32_t year;
    double households, crowded, crowded_norm3, strained, lodging, young_at_home, queue_months, searching;
} kj_housing_need;

typedef struct kj_staff_year {
    int32_t year;
    double posts, retiring, recruit, working_age, per_1000;
} kj_staff_year;

typedef struct kj_plan_register {
    char map[160];
    kj_plan *plans; /* by year, then department */
    uint32_t n_plans;
    kj_alert *alerts; /* by year */
    uint32_t n_alerts;
    kj_housing_need *housing; /* a row a recorded year */
    kj_staff_year *staff;
    double *investments; /* SEK, by recorded year; the yearly renewal of premises is no project and left out */
    uint32_t n_years;
} kj_plan_register;

/* KJ_E_INPUT: a run without the tables of services and economy. Free also after a failure. */
kj_status kj_plans_read(kj_error *err, kj_runread *run, kj_plan_register *out);
void kj_plans_free(kj_plan_register *plans);
json_t *kj_plans_json(const kj_plan_register *plans);

#endif
