/* Vocabulary of the built-in model: classes and codes that its plugins, maps, policies and readers share, with the
   label lists that go into column definitions. The labels are stable: files and scripts use them. */
#ifndef KEDJA_MODEL_H
#define KEDJA_MODEL_H

#include <stdint.h>

#include "types.h"

/* Land use of a cell (cell.land_use). */
typedef enum kj_land_use {
    KJ_LAND_WATER = 0,
    KJ_LAND_FARMLAND = 1,
    KJ_LAND_FOREST = 2,
    KJ_LAND_OPEN = 3, /* other open land: mire, meadow, bare */
    KJ_LAND_PARK = 4, /* park, sport and recreation in built-up places */
    KJ_LAND_SMALL_HOUSES = 5,
    KJ_LAND_FLATS = 6,
    KJ_LAND_WORK = 7, /* industry, offices, services, schools */
    KJ_LAND_COUNT = 8
} kj_land_use;
#define KJ_LAND_LABELS "water farmland forest open park small_houses flats work"

/* Bits of cell.protection. A cell with any bit is never built on. */
enum {
    KJ_PROTECT_NATURE = 1 << 0,   /* reserve or shore protection, from the map */
    KJ_PROTECT_FARMLAND = 1 << 1, /* by policy */
    KJ_PROTECT_GREEN = 1 << 2     /* by policy */
};

/* What may be built on a cell (cell.zoning). */
typedef enum kj_zoning {
    KJ_ZONE_NONE = 0,         /* no plan: nothing but what is there */
    KJ_ZONE_SMALL_HOUSES = 1, /* detached and row houses */
    KJ_ZONE_MIXED = 2,        /* row houses and flats */
    KJ_ZONE_WORK = 3,
    KJ_ZONE_COUNT = 4
} kj_zoning;
#define KJ_ZONING_LABELS "none small_houses mixed work"

typedef enum kj_sex { KJ_FEMALE = 0, KJ_MALE = 1 } kj_sex;
#define KJ_SEX_LABELS "female male"

/* Highest completed or ongoing education (person.education). */
typedef enum kj_education { KJ_EDU_NONE = 0, KJ_EDU_COMPULSORY = 1, KJ_EDU_UPPER = 2, KJ_EDU_TERTIARY = 3 } kj_education;
#define KJ_EDUCATION_LABELS "none compulsory upper_secondary tertiary"

/* Main activity (person.activity). */
typedef enum kj_activity {
    KJ_ACT_CHILD = 0,
    KJ_ACT_PUPIL = 1,
    KJ_ACT_STUDENT = 2,
    KJ_ACT_EMPLOYED = 3,
    KJ_ACT_NOT_EMPLOYED = 4,
    KJ_ACT_RETIRED = 5,
    KJ_ACT_COUNT = 6
} kj_activity;
/* Ways to work: openings that are compared, and the distance at which a job weighs half as much as at home. The start population is sent to
   work by them (core/map), and the run by default (plugin demography). */
#define KJ_COMMUTE_CANDIDATES 8
#define KJ_COMMUTE_HALF_KM 8.0

#define KJ_ACTIVITY_LABELS "child pupil student employed not_employed retired"

/* How a household lives (household.living). */
typedef enum kj_living {
    KJ_LIVES_HOLDING = 0, /* holds household.dwelling */
    KJ_LIVES_LODGING = 1, /* lives in the dwelling of household.host */
    KJ_LIVES_OUTSIDE = 2  /* waits outside the map: would-be in-migrants, not counted as population */
} kj_living;
#define KJ_LIVING_LABELS "holding lodging outside"

/* Kind of household (household.kind). Children: 0-24 years, living with a parent. */
typedef enum kj_household_kind {
    KJ_HH_SINGLE = 0,
    KJ_HH_SINGLE_PARENT = 1,
    KJ_HH_COUPLE = 2,
    KJ_HH_COUPLE_CHILDREN = 3,
    KJ_HH_OTHER = 4,
    KJ_HH_COUNT = 5
} kj_household_kind;
#define KJ_HOUSEHOLD_KIND_LABELS "single single_parent couple couple_children other"

/* Why a household came to be (household.origin). */
typedef enum kj_household_origin {
    KJ_ORIGIN_START = 0, /* start population */
    KJ_ORIGIN_LEFT_HOME = 1,
    KJ_ORIGIN_SEPARATED = 2,
    KJ_ORIGIN_COUNTY = 3, /* in-migrant from the same county */
    KJ_ORIGIN_COUNTRY = 4,
    KJ_ORIGIN_ABROAD = 5,
    KJ_ORIGIN_REFUGEE = 6, /* from abroad too, assigned by the state to the municipalities of the map, which owe them a home */
    KJ_ORIGIN_COUNT = 7
} kj_household_origin;
#define KJ_HOUSEHOLD_ORIGIN_LABELS "start left_home separated county country abroad refugee"

/* Why a household searches (household.search_cause). */
typedef enum kj_search_cause {
    KJ_SEARCH_NONE = 0,
    KJ_SEARCH_NO_HOME = 1, /* lodges or waits outside; kept while it rests in a lodging and does not search */
    KJ_SEARCH_SPACE = 2,   /* crowded, or far more room than needed */
    KJ_SEARCH_COST = 3,    /* housing cost too high for the income */
    KJ_SEARCH_EVENT = 4,   /* birth, union, new job */
    KJ_SEARCH_WISH = 5,    /* no special cause */
    KJ_SEARCH_COUNT = 6
} kj_search_cause;
#define KJ_SEARCH_CAUSE_LABELS "none no_home space cost event wish"

typedef enum kj_tenure {
    KJ_TENURE_RENTAL = 0,
    KJ_TENURE_COOP = 1,
    KJ_TENURE_OWNER = 2,
    KJ_TENURE_STUDENT = 3,
    KJ_TENURE_SENIOR = 4,
    KJ_TENURE_PRIVATE = 5, /* rental that its landlord lets outside every queue; on Danish maps, where RENTAL is almen */
    KJ_TENURE_COUNT = 6,
    KJ_PROJECT_TENURES = KJ_TENURE_PRIVATE /* what projects name: who builds tells whether a rental is private */
} kj_tenure;
#define KJ_TENURE_LABELS "rental coop owner student senior private"

typedef enum kj_dwelling_kind { KJ_DETACHED = 0, KJ_ROW = 1, KJ_FLAT = 2, KJ_DWELLING_KIND_COUNT = 3 } kj_dwelling_kind;
#define KJ_DWELLING_KIND_LABELS "detached row flat"

typedef enum kj_dwelling_state {
    KJ_DWELLING_OCCUPIED = 0,
    KJ_DWELLING_VACANT = 1,
    KJ_DWELLING_CLOSED = 2 /* demolished or converted; the row is destroyed at the next compaction */
} kj_dwelling_state;
#define KJ_DWELLING_STATE_LABELS "occupied vacant closed"

/* What opened a vacancy (vacancy.cause). NEW, DEATH, OUT, CARE, UNION, CONVERSION and START open a root. */
typedef enum kj_vacancy_cause {
    KJ_CAUSE_START = 0, /* vacant in the start state */
    KJ_CAUSE_NEW = 1,   /* new building */
    KJ_CAUSE_DEATH = 2,
    KJ_CAUSE_OUT = 3,   /* out-migration */
    KJ_CAUSE_CARE = 4,  /* move to a care home */
    KJ_CAUSE_UNION = 5, /* moved in with a partner */
    KJ_CAUSE_CONVERSION = 6,
    KJ_CAUSE_MOVE = 7, /* the holder moved to the dwelling of the parent vacancy */
    KJ_CAUSE_COUNT = 8
} kj_vacancy_cause;
#define KJ_VACANCY_CAUSE_LABELS "start new death out care union conversion move"

/* Stage of a vacancy (vacancy.stage). */
typedef enum kj_vacancy_stage {
    KJ_STAGE_NOTICE = 0,     /* notice or renovation: not on offer before vacancy.available */
    KJ_STAGE_OFFERED = 1,    /* free to let or for sale */
    KJ_STAGE_CONTRACTED = 2, /* filled_by is set, moves in at vacancy.move_in */
    KJ_STAGE_CLOSED = 3
} kj_vacancy_stage;
#define KJ_VACANCY_STAGE_LABELS "notice offered contracted closed"

/* How a vacancy ended (vacancy.end). CONTINUES has a child vacancy; every other closed one ends its branch of the
   chain. OPEN at the end of the run reads "cut off" (contracted) or "still vacant". */
typedef enum kj_vacancy_end {
    KJ_END_OPEN = 0,
    KJ_END_CONTINUES = 1,
    KJ_END_LEFT_HOME = 2, /* filled by a household that left its parents' home */
    KJ_END_SEPARATED = 3, /* filled by a household that came from a separation */
    KJ_END_COUNTY = 4,    /* filled by an in-migrant household, by boundary */
    KJ_END_COUNTRY = 5,
    KJ_END_ABROAD = 6,
    KJ_END_LODGER = 7,    /* filled from lodging or sublet by a household of another origin, or the mover's old home
                             was taken over by its own lodger */
    KJ_END_DEMOLISHED = 8,
    KJ_END_CONVERTED = 9,
    KJ_END_COUNT = 10
} kj_vacancy_end;
#define KJ_VACANCY_END_LABELS "open continues left_home separated county country abroad lodger demolished converted"

/* Stages of a building project (project.stage). */
typedef enum kj_project_stage {
    KJ_PROJECT_PLANNED = 0, /* in the programme, plan not decided */
    KJ_PROJECT_APPEALED = 1,
    KJ_PROJECT_PERMITTED = 2,
    KJ_PROJECT_STARTED = 3, /* under construction */
    KJ_PROJECT_DONE = 4,
    KJ_PROJECT_CANCELLED = 5,
    KJ_PROJECT_STAGE_COUNT = 6
} kj_project_stage;
#define KJ_PROJECT_STAGE_LABELS "planned appealed permitted started done cancelled"

/* Who builds (project.kind). */
typedef enum kj_project_kind { KJ_PROJECT_PROGRAMME = 0, KJ_PROJECT_DEVELOPER = 1, KJ_PROJECT_POLICY = 2 } kj_project_kind;
#define KJ_PROJECT_KIND_LABELS "programme developer policy"

typedef enum kj_facility_kind {
    KJ_FACILITY_PRESCHOOL = 0,
    KJ_FACILITY_SCHOOL = 1,
    KJ_FACILITY_CARE_HOME = 2,
    KJ_FACILITY_HEALTH_CENTRE = 3,
    KJ_FACILITY_HALL = 4,
    KJ_FACILITY_LIBRARY = 5,
    KJ_FACILITY_KIND_COUNT = 6
} kj_facility_kind;
#define KJ_FACILITY_KIND_LABELS "preschool school care_home health_centre hall library"

/* What a municipality provides or pays for (service.kind). Health centres are the region's in Sweden and Denmark. */
typedef enum kj_service_kind {
    KJ_SERVICE_PRESCHOOL = 0,
    KJ_SERVICE_SCHOOL = 1,           /* F to 9 */
    KJ_SERVICE_AFTER_SCHOOL = 2,     /* fritidshem, SFO */
    KJ_SERVICE_UPPER_SECONDARY = 3,
    KJ_SERVICE_SCHOOL_TRANSPORT = 4,
    KJ_SERVICE_YOUTH = 5,            /* follow-up of youth neither in education nor in work */
    KJ_SERVICE_HOME_CARE = 6,
    KJ_SERVICE_CARE_HOME = 7,
    KJ_SERVICE_DISABILITY = 8,       /* LSS and the like */
    KJ_SERVICE_SOCIAL_YOUNG = 9,     /* social care of those below 20 */
    KJ_SERVICE_SOCIAL_ADULT = 10,
    KJ_SERVICE_HEALTH_CENTRE = 11,
    KJ_SERVICE_LIBRARY = 12,
    KJ_SERVICE_LEISURE = 13,         /* sport halls and rooms for associations */
    KJ_SERVICE_TECHNICAL = 14,       /* streets, parks, rescue */
    KJ_SERVICE_COUNT = 15
} kj_service_kind;
#define KJ_SERVICE_KIND_LABELS                                                                                            \
    "preschool school after_school upper_secondary school_transport youth home_care care_home disability social_young " \
    "social_adult health_centre library leisure technical"

/* Ages in tables of need and standard cost. */
enum { KJ_AGE_CLASS_COUNT = 15 };
#define KJ_AGE_CLASS_LABELS "0 1_5 6_9 10_12 13_15 16_19 20_44 45_64 65_69 70_74 75_79 80_84 85_89 90_94 95_120"
static inline int32_t kj_age_class(int32_t age)
{
    static const uint8_t of[] = {0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 5};
    if (age < 0) return 0;
    if (age < 20) return of[age];
    if (age < 65) return age < 45 ? 6 : 7;
    return age < 95 ? 8 + (age - 65) / 5 : 14;
}

/* Crowded by norm 2 of Swedish statistics: more than two persons a room beside kitchen and living room; who lives alone is not. rooms: without kitchen. */
static inline int kj_is_crowded(int32_t size, int32_t rooms) { return (size > 1) & (size > 2 * (rooms - 1)); }

/* Households that came from another country, of any kind (kj_household_origin). */
static inline int kj_is_from_abroad(uint8_t origin) { return (origin == KJ_ORIGIN_ABROAD) | (origin == KJ_ORIGIN_REFUGEE); }

/* What is still lent on an owned home, as a share of its price: debt_share of it at the move, paid off evenly over debt_years
   (parameters of housing). One rule for what a household can buy for and for what its home costs. */
static inline double kj_debt_left(double debt_share, double debt_years, int32_t months_since_move)
{
    double left = 1.0 - (double)months_since_move / (12.0 * debt_years);
    return debt_share * (left > 0.0 ? left : 0.0);
}

/* Kind of area (area.kind). */
typedef enum kj_area_kind { KJ_AREA_RURAL = 0, KJ_AREA_LOCALITY = 1, KJ_AREA_TOWN = 2 } kj_area_kind;
#define KJ_AREA_KIND_LABELS "rural locality town"

/* Origins of luck keys: first argument of kj_luck(). */
enum {
    KJ_LUCK_START_PERSON = 1, /* a: id in the map */
    KJ_LUCK_BIRTH = 2,        /* a: mother's key, b: birth number */
    KJ_LUCK_IN_MIGRANT = 3,   /* a: boundary (origin) << 32 | month, b: ordinal << 8 | member */
    KJ_LUCK_DWELLING = 4,     /* a: project's key, b: ordinal */
    KJ_LUCK_PAIR = 5,         /* a, b: the two keys, lower first */
    KJ_LUCK_PROJECT = 6,      /* a: month << 32 | cell, b: kind */
    KJ_LUCK_FACILITY = 7,
    KJ_LUCK_START_DWELLING = 8
};

/* Records of the queues that plugins share. No padding. */

/* "housing.freed": a dwelling lost its holder for a reason outside the market, or was newly built. Emitted by
   demography and development, drained by housing in SUPPLY, which opens a root vacancy for each. */
typedef struct kj_freed {
    kj_id dwelling;
    int32_t cause; /* kj_vacancy_cause, never MOVE */
} kj_freed;

/* "demography.arrived": a household of the table moved in from outside. Emitted by housing in SETTLE, drained by
   demography in MEASURE, which counts its members as in-migrants. (housing sets person.resident itself.) */
typedef struct kj_arrived {
    kj_id household;
    int32_t n_persons;
} kj_arrived;

#endif
