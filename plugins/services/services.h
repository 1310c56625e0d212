/* Services: who needs what a municipality provides, with which staff and premises; housing need; and the panel of people
   whose lives two runs can be compared by. Internal header of the plugin; MODEL.md has equations and sources.

   Once a year, on 1 November (end of October), and at the start:
   clear -> homes (households: area, crowding, cost) -> people (persons: ages, need) -> premises (facilities: area, rooms,
   use) -> needs (services by municipality, staff) -> join, panel (people who are followed). */
#ifndef KEDJA_SERVICES_H
#define KEDJA_SERVICES_H

#include <kedja/model.h>
#include <kedja/plugin.h>
#include <stdbool.h>

enum {
    STREAM_NEED = 1 /* person, month 0: lots for life of home care (word 0) and after-school care (word 1) */
};

enum {
    AGES = 106,  /* 0 … 105 and over */
    SEXES = 2,
    NEEDS = 9,   /* services in table service_need */
    OLD_AGE = 65,
    COUNT_MONTH = 10 /* the count of 1 November is taken when October ends */
};

/* Order of the services in table service_need. */
#define NEED_LABELS "after_school home_care care_home disability social_young social_adult health_centre library leisure"
typedef enum need_kind {
    NEED_AFTER_SCHOOL = 0,
    NEED_HOME_CARE,
    NEED_CARE_HOME,
    NEED_DISABILITY,
    NEED_SOCIAL_YOUNG,
    NEED_SOCIAL_ADULT,
    NEED_HEALTH,
    NEED_LIBRARY,
    NEED_LEISURE
} need_kind;

#define NO_SOURCE "no figure at hand"
#define SERVICE_PARAMS(P) \
    P(healthier_years, "year", 0, -10, 10, KJ_ASSUMED, "a switch: 0 keeps need by age as it is", \
      "Years of age by which need in old age is put off each decade after the start (healthier ageing).") \
    P(group_cap, "1", 15.3, 5, 40, KJ_MEASURED, "mean group in preschools 2023: https://www.skolverket.se/skolutveckling/statistik/fler-statistiknyheter/statistik/2024-04-16-statistik-over-barn-och-personal-i-forskola-hosten-2023", "Children in a preschool group.") \
    P(shift_gain, "1", 0, 0, 1, KJ_ASSUMED, "0: no shifts", "Share of pupils beyond those of one shift that the same rooms of municipal schools take.") \
    P(room_capacity, "1", 26.3, 5, 60, KJ_MEASURED, "4 368 seats in 166 teaching rooms of eight school buildings (utilisation survey)", "Seats in a teaching room.") \
    P(rooms_factor, "1", 1.5, 1, 4, KJ_ASSUMED, "special rooms beside the classrooms", "Teaching rooms for each room that the places fill.") \
    P(lesson_hours, "hour/week", 25, 5, 50, KJ_ASSUMED, "timetable of the middle years", "Hours a class is in a room.") \
    P(day_hours, "hour/week", 40, 10, 60, KJ_ASSUMED, "8 to 16 on five days", "Hours that a teaching room can be used by day.") \
    P(evening_hours, "hour/week", 35, 0, 80, KJ_ASSUMED, "17 to 22 on weekdays, five hours a day at weekends", "Hours that a hall or opened room can be used outside school.") \
    P(places_per_hall, "1", 250, 50, 2000, KJ_ASSUMED, NO_SOURCE, "School places for each sports hall of a school.") \
    P(leisure_group, "1", 15, 1, 100, KJ_ASSUMED, NO_SOURCE, "Persons who share a booked hour.") \
    P(leisure_room_m2, "m2", 120, 20, 2000, KJ_ASSUMED, NO_SOURCE, "Floor area of a room of the municipality's own for associations.") \
    P(co_use_share, "1", 0, 0, 1, KJ_ASSUMED, "0: classrooms stay closed outside school", "Share of the teaching rooms of schools that associations may use outside school.") \
    P(pricing_model, "1", 0, 0, 2, KJ_ASSUMED, "a switch", "How associations pay: 0 flat a season, 1 by square metre, 2 by hour booked.") \
    P(kept_bookings, "1", 0.74, 0, 1, KJ_MEASURED, "61 of 82 % booked hours are used: https://www.idan.dk/nyheder/idraetshaller-hver-fjerde-bookede-haltid-bliver-ikke-brugt/", "Share of booked hours that are used when a booking costs nothing more.") \
    P(kept_bookings_per_use, "1", 0.9, 0, 1, KJ_ASSUMED, NO_SOURCE, "Share of booked hours that are used when each hour is paid for.") \
    P(strained_share, "1", 0.4, 0.1, 1, KJ_MEASURED, "housing cost overburden: more than 40 % of disposable income (Eurostat)", "Share of the income after tax above which a housing cost strains.") \
    P(low_income, "SEK/year", 157000, 0, 1e6, KJ_DERIVED_FIGURE, "60 % of the median 261 800 SEK a consumption unit, 2019 (Statistics Sweden)", "Income after tax a consumption unit below which an income is low.") \
    P(home_care_hours, "hour/week", 10, 0, 100, KJ_DERIVED_FIGURE, "219 000 SEK a client and year at 394 SEK an hour (Haninge 2025)", "Hours of home care a client.") \
    P(panel_people, "1", 16000, 0, 1e8, KJ_ASSUMED, "half of a town, an eighth of a city: a share of one tenth of them is known within 0.5 points", "About how many people of the start are followed one by one, so that two runs can be compared; 0 none.")

typedef enum service_param_id {
#define P(name, unit, def, min, max, evidence, source, doc) SERVICE_PARAM_##name,
    SERVICE_PARAMS(P)
#undef P
    SERVICE_PARAM_COUNT
} service_param_id;

/* Columns: C(field, table, name, type, flags, unit, min, max, ref, labels, sentence). */
#define STOCK KJ_RECORD
#define OWN_SERVICE(C) \
    C(s_municipality, "service", "municipality", KJ_ID, STOCK, "1", 0, 0, "municipality", NULL, "Municipality.") \
    C(s_kind, "service", "kind", KJ_U8, STOCK, "1", 0, KJ_SERVICE_COUNT - 1, NULL, KJ_SERVICE_KIND_LABELS, "Kind of service.") \
    C(s_need, "service", "need", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Persons who need it on 1 November; health centre and library: visits a year; leisure: room hours a week.") \
    C(s_clients, "service", "clients", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Of these, those who are served.") \
    C(s_places, "service", "places", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Places in open facilities.") \
    C(s_units, "service", "units", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Open facilities.") \
    C(s_classes, "service", "classes", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Classes or groups.") \
    C(s_area, "service", "area_m2", KJ_I64, STOCK, "m2", 0, 1e12, NULL, NULL, "Floor area in use.") \
    C(s_staff, "service", "staff", KJ_I64, STOCK, "1e-2", 0, 1e12, NULL, NULL, "Full-time posts that the need asks for, hundredths.")

#define OWN_AGE(C) \
    C(g_municipality, "age", "municipality", KJ_ID, STOCK, "1", 0, 0, "municipality", NULL, "Municipality.") \
    C(g_age, "age", "age", KJ_U8, STOCK, "year", 0, AGES - 1, NULL, NULL, "Age in whole years; the last and over.") \
    C(g_women, "age", "women", KJ_I32, STOCK, "1", 0, 1e9, NULL, NULL, "Women of that age on 1 November.") \
    C(g_men, "age", "men", KJ_I32, STOCK, "1", 0, 1e9, NULL, NULL, "Men of that age on 1 November.")

#define OWN_FACILITY(C) \
    C(f_area, "facility", "area_m2", KJ_I32, STOCK, "m2", 0, 1e8, NULL, NULL, "Floor area.") \
    C(f_classes, "facility", "service_classes", KJ_I32, STOCK, "1", 0, 1e6, NULL, NULL, "Classes or groups that it runs.") \
    C(f_available, "facility", "hours_available", KJ_I32, STOCK, "hour/week", 0, 1e8, NULL, NULL, "Room hours that can be used: teaching rooms by day, halls and opened rooms outside school.") \
    C(f_booked, "facility", "hours_booked", KJ_I32, STOCK, "hour/week", 0, 1e8, NULL, NULL, "Room hours booked.") \
    C(f_used, "facility", "hours_used", KJ_I32, STOCK, "hour/week", 0, 1e8, NULL, NULL, "Room hours used.") \
    C(f_frequency, "facility", "use_frequency", KJ_I32, STOCK, "1e-3", 0, 1000, NULL, NULL, "Frequency F: hours used of hours available.") \
    C(f_occupancy, "facility", "use_occupancy", KJ_I32, STOCK, "1e-3", 0, 5000, NULL, NULL, "Occupancy O: people in used rooms of their seats.") \
    C(f_use, "facility", "use_rate", KJ_I32, STOCK, "1e-3", 0, 5000, NULL, NULL, "Use U = F x O.") \
    C(f_shift, "facility", "shift_pupils", KJ_I32, STOCK, "1", 0, 1e6, NULL, NULL, "Pupils beyond what the rooms hold at once: taught in a second shift.") \
    C(f_rooms, "facility", "teaching_rooms", KJ_I32, STOCK, "1", 0, 1e6, NULL, NULL, "Classrooms and special rooms of a school.") \
    C(f_low, "facility", "low_income_pupils", KJ_I32, STOCK, "1", 0, 1e6, NULL, NULL, "Pupils from households with low income.")

#define OWN_AREA(C) \
    C(a_after, "area", "after_school", KJ_I32, STOCK, "1", 0, 1e9, NULL, NULL, "Children in after-school care who live here.") \
    C(a_home_care, "area", "home_care", KJ_I32, STOCK, "1", 0, 1e9, NULL, NULL, "Persons with home care who live here.") \
    C(a_young, "area", "young_at_home", KJ_I32, STOCK, "1", 0, 1e9, NULL, NULL, "Persons aged 20-27 who live with a parent.") \
    C(a_crowded, "area", "crowded", KJ_I32, STOCK, "1", 0, 1e9, NULL, NULL, "Households crowded by norm 2: more than two persons a room, kitchen and living room not counted.") \
    C(a_crowded3, "area", "crowded_norm3", KJ_I32, STOCK, "1", 0, 1e9, NULL, NULL, "Households crowded by norm 3: fewer rooms than one a person (couples share) and a living room; singles need one.") \
    C(a_strained, "area", "strained", KJ_I32, STOCK, "1", 0, 1e9, NULL, NULL, "Households whose housing cost strains their income.")

#define OWN_MUNICIPALITY(C) \
    C(m_aged_0_19, "municipality", "aged_0_19", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Residents aged 0-19 on 1 November.") \
    C(m_aged_20_64, "municipality", "aged_20_64", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Residents aged 20-64 on 1 November.") \
    C(m_aged_65, "municipality", "aged_65", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Residents aged 65 and over on 1 November.") \
    C(m_dependency, "municipality", "dependency_ratio", KJ_I64, STOCK, "1e-3", 0, 1e6, NULL, NULL, "(0-19 and 65+) over 20-64.") \
    C(m_staff, "municipality", "staff_needed", KJ_I64, STOCK, "1e-2", 0, 1e12, NULL, NULL, "Posts that municipal services ask for, hundredths; the region's not counted.") \
    C(m_staff_share, "municipality", "staff_per_1000", KJ_I64, STOCK, "1e-2", 0, 1e12, NULL, NULL, "These posts a thousand residents aged 20-64, hundredths.") \
    C(m_retiring, "municipality", "staff_retiring", KJ_I64, STOCK, "1e-2", 0, 1e12, NULL, NULL, "Posts whose holders reach the age of 65 within a year, hundredths: staff as old as residents aged 20-64.") \
    C(m_recruit, "municipality", "staff_to_recruit", KJ_I64, STOCK, "1e-2", -1e12, 1e12, NULL, NULL, "Posts to fill: growth since last year and those who retire, hundredths.") \
    C(m_staff_before, "municipality", "staff_before", KJ_I64, 0, "1e-2", 0, 1e12, NULL, NULL, "Posts needed a year before; 0 unknown.") \
    C(m_home_hours, "municipality", "home_care_hours", KJ_I64, STOCK, "hour/week", 0, 1e12, NULL, NULL, "Hours of home care.") \
    C(m_crowded, "municipality", "crowded", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Households crowded by norm 2.") \
    C(m_crowded3, "municipality", "crowded_norm3", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Households crowded by norm 3.") \
    C(m_strained, "municipality", "strained", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Households whose housing cost strains their income.") \
    C(m_holders_rental, "municipality", "holders_rental", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Households that hold rental homes, student and senior homes among them.") \
    C(m_strained_rental, "municipality", "strained_rental", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Of these, those whose housing cost strains their income.") \
    C(m_cost_rental, "municipality", "housing_cost_rental", KJ_I64, STOCK, "SEK/year", 0, 0, NULL, NULL, "Their housing cost: rent.") \
    C(m_income_rental, "municipality", "holders_income_rental", KJ_I64, STOCK, "SEK/year", 0, 0, NULL, NULL, "Their income after tax.") \
    C(m_holders_coop, "municipality", "holders_coop", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Households that hold co-op homes.") \
    C(m_strained_coop, "municipality", "strained_coop", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Of these, those whose housing cost strains their income.") \
    C(m_cost_coop, "municipality", "housing_cost_coop", KJ_I64, STOCK, "SEK/year", 0, 0, NULL, NULL, "Their housing cost: fee and interest on what is left of the loan, less tax relief.") \
    C(m_income_coop, "municipality", "holders_income_coop", KJ_I64, STOCK, "SEK/year", 0, 0, NULL, NULL, "Their income after tax.") \
    C(m_holders_owner, "municipality", "holders_owner", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Households that hold owned homes.") \
    C(m_strained_owner, "municipality", "strained_owner", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Of these, those whose housing cost strains their income.") \
    C(m_cost_owner, "municipality", "housing_cost_owner", KJ_I64, STOCK, "SEK/year", 0, 0, NULL, NULL, "Their housing cost: running cost and interest on what is left of the loan, less tax relief.") \
    C(m_income_owner, "municipality", "holders_income_owner", KJ_I64, STOCK, "SEK/year", 0, 0, NULL, NULL, "Their income after tax.") \
    C(m_lodging, "municipality", "lodging", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Households without a home of their own.") \
    C(m_young, "municipality", "young_at_home", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Persons aged 20-27 who live with a parent.") \
    C(m_room_hours, "municipality", "room_hours", KJ_I64, STOCK, "hour/week", 0, 1e12, NULL, NULL, "Room hours that schools and halls offer.") \
    C(m_room_booked, "municipality", "room_hours_booked", KJ_I64, STOCK, "hour/week", 0, 1e12, NULL, NULL, "Of these, booked.") \
    C(m_room_used, "municipality", "room_hours_used", KJ_I64, STOCK, "hour/week", 0, 1e12, NULL, NULL, "Of these, used.") \
    C(m_evening_used, "municipality", "evening_hours_booked", KJ_I64, STOCK, "hour/week", 0, 1e12, NULL, NULL, "Hours booked by associations in schools and halls.") \
    C(m_use, "municipality", "room_use", KJ_I64, STOCK, "1e-3", 0, 5000, NULL, NULL, "Use U = F x O of these rooms.") \
    C(m_shift, "municipality", "shift_pupils", KJ_I64, STOCK, "1", 0, 1e12, NULL, NULL, "Pupils taught in a second shift.") \
    C(m_panel, "municipality", "panel_share", KJ_I64, STOCK, "1", 0, 65536, NULL, NULL, "Share of people that the panel follows, of 65536.")

#define OWN_PANEL(C) \
    C(x_person, "panel", "person", KJ_ID, 0, "1", 0, 0, NULL, NULL, "Person, living or dead.") \
    C(x_luck, "panel", "luck", KJ_KEY, KJ_FINAL, "1", 0, 0, NULL, NULL, "Luck key: the same person in two runs has the same.") \
    C(x_birth, "panel", "birth_month", KJ_I16, KJ_FINAL, "month", 0, 0, NULL, NULL, "Month of birth.") \
    C(x_sex, "panel", "sex", KJ_U8, KJ_FINAL, "1", 0, 1, NULL, KJ_SEX_LABELS, "Sex.") \
    C(x_entered, "panel", "entered", KJ_I16, KJ_FINAL, "month", 0, 12000, NULL, NULL, "Month of the first count in which the person lived here; 0 not yet.") \
    C(x_entry_area, "panel", "entry_area", KJ_I16, KJ_FINAL, "1", -1, 1e6, NULL, NULL, "Row of the area of the home then; -1 none.") \
    C(x_entry_income, "panel", "entry_income", KJ_I32, KJ_FINAL, "SEK/year", -2e9, 2e9, NULL, NULL, "Income after tax a consumption unit then.") \
    C(x_here, "panel", "lives", KJ_U8, STOCK, "1", 0, 3, NULL, "away own_home lodges care_home", "How the person lives here; away: dead, moved out, or not yet moved in.") \
    C(x_area, "panel", "area", KJ_I16, STOCK, "1", -1, 1e6, NULL, NULL, "Row of the area of the home; -1 none.") \
    C(x_cell, "panel", "cell", KJ_I32, STOCK, "1", -1, 1e9, NULL, NULL, "Cell of the home; -1 none.") \
    C(x_flags, "panel", "hardship", KJ_U8, STOCK, "1", 0, 31, NULL, NULL, "Bits: 1 crowded (norm 2), 2 strained cost, 4 low income, 8 child without a place, 16 needs home care.") \
    C(x_left, "panel", "left_over", KJ_I32, STOCK, "SEK/year", -2e9, 2e9, NULL, NULL, "Household's income after tax and rent or fee, a consumption unit.") \
    C(x_school, "panel", "school_m", KJ_I32, STOCK, "m", -1, 1e7, NULL, NULL, "Distance from home to school as the crow flies; -1 no school.")

#define OWN_HOUSEHOLD(C) \
    C(h_area, "household", "service_area", KJ_I16, KJ_DERIVED, "1", 0, 0, NULL, NULL, "Row of the area of the home in the count of 1 November.") \
    C(h_flags, "household", "service_flags", KJ_U8, KJ_DERIVED, "1", 0, 0, NULL, NULL, "Bits: 1 crowded, 2 strained cost, 4 low income, in that count.")

/* Columns of others: C(field, table, name, type). */
#define NEEDS_COLUMNS(C) \
    C(p_birth, "person", "birth_month", KJ_I16) \
    C(p_sex, "person", "sex", KJ_U8) \
    C(p_household, "person", "household", KJ_ID) \
    C(p_mother, "person", "mother", KJ_ID) \
    C(p_father, "person", "father", KJ_ID) \
    C(p_activity, "person", "activity", KJ_U8) \
    C(p_care, "person", "care", KJ_ID) \
    C(p_resident, "person", "resident", KJ_U8) \
    C(p_luck, "person", "luck", KJ_KEY) \
    C(p_school, "person", "school", KJ_ID) \
    C(p_grade, "person", "grade", KJ_U8) \
    C(h_size, "household", "size", KJ_U8) \
    C(h_kind, "household", "kind", KJ_U8) \
    C(h_living, "household", "living", KJ_U8) \
    C(h_dwelling, "household", "dwelling", KJ_ID) \
    C(h_host, "household", "host", KJ_ID) \
    C(h_income, "household", "income", KJ_I32) \
    C(h_moved, "household", "moved", KJ_I16) \
    C(d_cell, "dwelling", "cell", KJ_I32) \
    C(d_rooms, "dwelling", "rooms", KJ_U8) \
    C(d_rent, "dwelling", "rent", KJ_I32) \
    C(d_price, "dwelling", "price", KJ_I32) \
    C(d_tenure, "dwelling", "tenure", KJ_U8) \
    C(c_area, "cell", "area", KJ_I32) \
    C(a_municipality, "area", "municipality", KJ_ID) \
    C(f_kind, "facility", "kind", KJ_U8) \
    C(f_cell, "facility", "cell", KJ_I32) \
    C(f_places, "facility", "places", KJ_I32) \
    C(f_pavilion, "facility", "pavilion", KJ_I32) \
    C(f_capacity, "facility", "capacity", KJ_I32) \
    C(f_independent, "facility", "independent", KJ_U8) \
    C(f_opened, "facility", "opened", KJ_I32) \
    C(f_closed, "facility", "closed", KJ_I32) \
    C(f_pupils, "facility", "pupils", KJ_I32) \
    C(f_school_classes, "facility", "school_classes", KJ_I32) \
    C(f_residents, "facility", "residents", KJ_I32) \
    C(f_municipality, "facility", "municipality", KJ_ID) \
    C(m_pupils, "municipality", "pupils", KJ_I64) \
    C(m_preschool, "municipality", "preschool_children", KJ_I64) \
    C(m_over_limit, "municipality", "pupils_over_limit", KJ_I64) \
    C(m_pupils_without, "municipality", "pupils_without_place", KJ_I64) \
    C(m_preschool_without, "municipality", "preschool_without_place", KJ_I64)

/* Parameters of others: N(field, name). */
#define NEEDS_PARAMS(N) \
    N(p_interest, "housing.interest") \
    N(p_relief, "housing.interest_relief") \
    N(p_debt_share, "housing.debt_share") \
    N(p_debt_years, "housing.debt_years")

/* Costs of housing by tenure: rental (student and senior homes among them), co-op, owner; of each these figures, in this order. */
enum { COST_TENURES = 3, COST_HOLDERS = 0, COST_STRAINED, COST_COST, COST_INCOME, COST_FIGURES };
#define COST_COLUMNS(c) \
    { \
        {(c)->m_holders_rental, (c)->m_strained_rental, (c)->m_cost_rental, (c)->m_income_rental}, \
        {(c)->m_holders_coop, (c)->m_strained_coop, (c)->m_cost_coop, (c)->m_income_coop}, \
        {(c)->m_holders_owner, (c)->m_strained_owner, (c)->m_cost_owner, (c)->m_income_owner}, \
    }

typedef struct services_columns {
#define C(field, ...) kj_col field;
    OWN_SERVICE(C) OWN_AGE(C) OWN_FACILITY(C) OWN_AREA(C) OWN_MUNICIPALITY(C) OWN_PANEL(C) OWN_HOUSEHOLD(C) NEEDS_COLUMNS(C)
#undef C
} services_columns;

typedef struct services {
    const kj_host *host;
    const kj_run_v1 *run;
    kj_table person, household, dwelling, cell, area, municipality, facility, service, age, panel;
    services_columns col;
    kj_param params[SERVICE_PARAM_COUNT];
#define N(field, name) kj_param field;
    NEEDS_PARAMS(N)
#undef N
    kj_param_table need, staff, premises_area;
    /* persons that the panel has looked at: rows, in which year, and their highest id */
    uint32_t n_seen;
    int32_t seen_year;
    kj_id last_person;
} services;

kj_status services_show(const kj_host *host); /* show.c: what the viewer is given to show */
kj_status services_declare(services *self, const kj_host *host); /* declare.c */
kj_status services_require(services *self, const kj_host *host);

static inline double service_value(const services *self, kj_ctx *ctx, service_param_id id) { return self->run->param(ctx, self->params[id]); }

/* Row of a service of a municipality (a row): rows stand in that order and are never destroyed. */
static inline uint32_t service_row(uint32_t municipality, kj_service_kind kind) { return municipality * KJ_SERVICE_COUNT + (uint32_t)kind; }
static inline uint32_t age_row(uint32_t municipality, int32_t age) { return municipality * AGES + (uint32_t)age; }

static inline int32_t service_age(kj_month now, int32_t birth_month)
{
    int32_t age = now < birth_month ? 0 : (now - birth_month) / 12;
    return age < AGES ? age : AGES - 1;
}

/* Clients a person, by single year of age, with need in old age put off by `years`: the rate at age - years, between
   whole ages in proportion. table: service_need as read. */
double need_rate(const double *table, need_kind need, int32_t sex, int32_t age, double years);
/* Years by which need is put off this month. */
double need_delay(const services *self, kj_ctx *ctx);

/* Consumption units of a household: the square root of its size (OECD). */
double consumption_units(uint8_t size);

/* How rooms are used: per mille. */
typedef struct premises_use {
    int32_t frequency, occupancy, use;
} premises_use;
/* F = used / available hours; O = people present, summed over used hours, over seats; U = F x O. */
premises_use premises_use_of(double available, double used, double people_hours, double seats);

/* Systems. */
kj_status services_start(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);    /* needs.c: rows of service and age */
kj_status services_clear(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);    /* needs.c */
kj_status services_homes(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);    /* homes.c */
kj_status services_people(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);   /* people.c */
kj_status services_premises(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end); /* premises.c */
kj_status services_needs(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);    /* needs.c */
kj_status services_join(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);     /* panel.c */
kj_status services_panel(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);    /* panel.c */
/* Invariants. */
kj_status services_check_ages(void *instance, kj_ctx *ctx); /* service_checks.c */
kj_status services_check_clients(void *instance, kj_ctx *ctx);

#endif
