/* What is compared: one row an indicator, by department. */
#include <kedja/model.h>
#include <stddef.h>
#include <string.h>

#include "compare.h"

static const struct { const char *id, *label; } departments[KJ_DEPT_COUNT] = {
    {"people", "People"},         {"preschool", "Preschool"},        {"school", "School"},           {"elderly_care", "Elderly care"},
    {"health", "Health"},         {"technical", "Technical services"}, {"culture_leisure", "Culture and leisure"}, {"housing", "Housing"},
    {"environment", "Environment"}, {"economy", "Economy"}};
const char *kj_department_id(kj_department department) { return departments[department].id; }
const char *kj_department_label(kj_department department) { return departments[department].label; }

#define OF_ALL(table, column) {table, column, -1, false}
#define SINCE(table, column) {table, column, -1, true}
#define OF(service, column) {"service", column, KJ_SERVICE_##service, false}
#define NONE {NULL, NULL, -1, false}
#define TOWN(column) OF_ALL("municipality", column)
#define TOWN_SINCE(column) SINCE("municipality", column)
#define GOOD KJ_MORE_IS_BETTER
#define BAD KJ_LESS_IS_BETTER
#define PLAIN KJ_NEITHER
#define ROW(dept, id_, label_, unit_, dir, dec, scale_, ...) \
    {.department = KJ_DEPT_##dept, .id = id_, .label = label_, .unit = unit_, .direction = dir, .decimals = dec, .scale = scale_, __VA_ARGS__}
#define MSEK 1e-8 /* of öre */

const kj_indicator_def kj_indicators[] = {
    ROW(PEOPLE, "population", "Inhabitants", "persons", PLAIN, 0, 1, .value = TOWN("population"), .headline = true, .extensive = true),
    ROW(PEOPLE, "aged_0_19", "Aged 0–19", "persons", PLAIN, 0, 1, .value = TOWN("aged_0_19"), .extensive = true),
    ROW(PEOPLE, "aged_20_64", "Aged 20–64", "persons", PLAIN, 0, 1, .value = TOWN("aged_20_64"), .extensive = true),
    ROW(PEOPLE, "aged_65", "Aged 65 and over", "persons", PLAIN, 0, 1, .value = TOWN("aged_65"), .extensive = true),
    ROW(PEOPLE, "dependency_ratio", "Young and old for each aged 20–64", "ratio", BAD, 3, 1e-3, .value = TOWN("dependency_ratio"), .over = TOWN("aged_20_64"),
        .weighted = true, .headline = true),
    ROW(PEOPLE, "youth_outside", "Youth 16–24 neither in education nor in work", "persons", BAD, 0, 1, .value = OF(YOUTH, "clients"), .extensive = true),

    ROW(PRESCHOOL, "preschool_need", "Children who want preschool", "persons", PLAIN, 0, 1, .value = OF(PRESCHOOL, "need"), .headline = true, .extensive = true),
    ROW(PRESCHOOL, "preschool_without", "Children without a preschool place", "persons", BAD, 0, 1, .value = TOWN("preschool_without_place"), .part_of = "preschool_need", .headline = true,
        .extensive = true),
    ROW(PRESCHOOL, "preschool_occupancy", "Preschool places in use", "%", PLAIN, 1, 100, .value = OF(PRESCHOOL, "clients"), .over = OF(PRESCHOOL, "places")),
    ROW(PRESCHOOL, "preschool_cost", "Cost of preschool", "MSEK/year", BAD, 1, MSEK, .value = OF(PRESCHOOL, "cost"), .extensive = true),

    ROW(SCHOOL, "pupils", "Pupils F–9", "persons", PLAIN, 0, 1, .value = TOWN("pupils"), .headline = true, .extensive = true),
    ROW(SCHOOL, "pupils_without", "Pupils without a place", "persons", BAD, 0, 1, .value = TOWN("pupils_without_place"), .part_of = "pupils", .headline = true, .extensive = true),
    ROW(SCHOOL, "school_occupancy", "School places in use", "%", PLAIN, 1, 100, .value = OF(SCHOOL, "clients"), .over = OF(SCHOOL, "places"), .headline = true),
    ROW(SCHOOL, "at_nearest", "Pupils at the nearest school", "%", GOOD, 1, 0.1, .value = TOWN("pupils_at_nearest"), .over = TOWN("pupils"), .weighted = true),
    ROW(SCHOOL, "mean_walk", "Mean way to school on foot, all pupils", "min", BAD, 1, 1.0 / 60.0, .value = TOWN("pupils_mean_walk"), .over = TOWN("pupils"), .weighted = true,
        .headline = true),
    ROW(SCHOOL, "transport", "Pupils with school transport", "persons", BAD, 0, 1, .value = OF(SCHOOL_TRANSPORT, "clients"), .headline = true, .extensive = true),
    ROW(SCHOOL, "in_shift", "Pupils taught in a second shift", "persons", BAD, 0, 1, .value = TOWN("shift_pupils"), .headline = true, .extensive = true),
    ROW(SCHOOL, "classes", "Classes", "classes", PLAIN, 0, 1, .value = TOWN("school_classes"), .extensive = true),
    ROW(SCHOOL, "after_school", "Children in after-school care", "persons", PLAIN, 0, 1, .value = OF(AFTER_SCHOOL, "clients"), .extensive = true),
    ROW(SCHOOL, "school_cost", "Cost of school", "MSEK/year", BAD, 1, MSEK, .value = OF(SCHOOL, "cost"), .extensive = true),
    ROW(SCHOOL, "school_cost_pupil", "Cost of school a pupil", "kSEK/year", BAD, 1, 1e-5, .value = OF(SCHOOL, "cost"), .over = OF(SCHOOL, "need"), .headline = true),

    ROW(ELDERLY, "home_care", "Persons with home care", "persons", PLAIN, 0, 1, .value = OF(HOME_CARE, "clients"), .headline = true, .extensive = true),
    ROW(ELDERLY, "home_care_hours", "Hours of home care", "hours/week", PLAIN, 0, 1, .value = TOWN("home_care_hours"), .extensive = true),
    ROW(ELDERLY, "care_need", "Persons who need a care home", "persons", PLAIN, 0, 1, .value = OF(CARE_HOME, "need"), .extensive = true),
    ROW(ELDERLY, "care_missing", "Care home places missing", "places", BAD, 0, 1, .value = OF(CARE_HOME, "need"), .less = OF(CARE_HOME, "places"), .headline = true,
        .extensive = true),
    ROW(ELDERLY, "care_residents", "Residents of care homes", "persons", PLAIN, 0, 1, .value = OF(CARE_HOME, "clients"), .extensive = true),
    ROW(ELDERLY, "elderly_cost", "Cost of care homes", "MSEK/year", BAD, 1, MSEK, .value = OF(CARE_HOME, "cost"), .extensive = true),
    ROW(ELDERLY, "home_care_cost", "Cost of home care", "MSEK/year", BAD, 1, MSEK, .value = OF(HOME_CARE, "cost"), .headline = true, .extensive = true),

    ROW(HEALTH, "health_visits", "Visits to health centres (the region's)", "visits/year", PLAIN, 0, 1, .value = OF(HEALTH_CENTRE, "need"), .headline = true,
        .extensive = true),
    ROW(HEALTH, "health_cost", "Cost of health centres (the region's)", "MSEK/year", BAD, 1, MSEK, .value = OF(HEALTH_CENTRE, "cost"), .extensive = true),

    ROW(TECHNICAL, "completed", "Homes completed since the start", "homes", PLAIN, 0, 1, .value = TOWN_SINCE("completed"), .headline = true),
    ROW(TECHNICAL, "technical_cost", "Cost of technical services", "MSEK/year", BAD, 1, MSEK, .value = OF(TECHNICAL, "cost"), .headline = true, .extensive = true),

    ROW(LEISURE, "leisure_hours", "Room hours that associations need", "hours/week", PLAIN, 0, 1, .value = OF(LEISURE, "need"), .extensive = true),
    ROW(LEISURE, "evening_hours", "Hours booked by associations in schools and halls", "hours/week", GOOD, 0, 1, .value = TOWN("evening_hours_booked"), .headline = true,
        .extensive = true),
    ROW(LEISURE, "leisure_rooms", "Rooms of the municipality's own for associations", "m2", BAD, 0, 1, .value = OF(LEISURE, "area_m2"), .extensive = true),
    ROW(LEISURE, "room_use", "Use of rooms in schools and halls (U = F × O)", "%", GOOD, 1, 0.1, .value = TOWN("room_use"), .over = TOWN("room_hours"), .weighted = true,
        .headline = true),
    ROW(LEISURE, "library_visits", "Visits to libraries", "visits/year", PLAIN, 0, 1, .value = OF(LIBRARY, "need"), .extensive = true),

    ROW(HOUSING, "dwellings", "Homes", "homes", PLAIN, 0, 1, .value = TOWN("dwellings"), .extensive = true),
    ROW(HOUSING, "crowded", "Crowded households (norm 2)", "households", BAD, 0, 1, .value = TOWN("crowded"), .headline = true, .extensive = true),
    ROW(HOUSING, "strained", "Households with a strained housing cost", "households", BAD, 0, 1, .value = TOWN("strained"), .headline = true, .extensive = true),
    ROW(HOUSING, "lodging", "Households without a home of their own", "households", BAD, 0, 1, .value = TOWN("lodging"), .headline = true, .extensive = true),
    ROW(HOUSING, "young_at_home", "Young adults 20–27 with their parents", "persons", BAD, 0, 1, .value = TOWN("young_at_home"), .extensive = true),
    ROW(HOUSING, "queue_months", "Mean queue time of homes let since the start", "months", BAD, 1, 1, .value = TOWN_SINCE("queue_months"), .over = TOWN_SINCE("queue_lettings")),
    ROW(HOUSING, "household_moves", "Households that changed homes since the start", "households", PLAIN, 0, 1, .value = TOWN_SINCE("household_moves")),
    ROW(HOUSING, "price_index", "Prices of homes against the start", "index", PLAIN, 2, 1, .value = OF_ALL("area", "price_index"), .over = OF_ALL("area", "population"), .weighted = true,
        .optional = true),
    ROW(HOUSING, "chains", "Moving chains begun since the start", "chains", PLAIN, 0, 1, .value = TOWN_SINCE("chains"), .optional = true),
    ROW(HOUSING, "chain_new", "Households helped by each new home, closed chains", "households", GOOD, 2, 1, .value = TOWN_SINCE("chains_new_moves"), .over = TOWN_SINCE("chains_new_closed"),
        .optional = true),
    ROW(HOUSING, "rent_lost", "Rent lost on empty homes", "MSEK/year", BAD, 1, 1e-6, .value = TOWN("vacancy_cost_rental"), .optional = true),
    ROW(HOUSING, "on_offer", "Homes free to let or for sale", "homes", PLAIN, 0, 1, .value = TOWN("vacant_on_offer")),

    ROW(ENVIRONMENT, "farmland", "Farmland built on since the start", "ha", BAD, 1, 1e-4, .value = TOWN_SINCE("farmland_built_m2"), .headline = true),
    ROW(ENVIRONMENT, "best_farmland", "Of it, farmland of the best classes", "ha", BAD, 1, 1e-4, .value = TOWN_SINCE("best_farmland_built_m2"), .optional = true),
    ROW(ENVIRONMENT, "forest", "Forest built on since the start", "ha", BAD, 1, 1e-4, .value = TOWN_SINCE("forest_built_m2"), .headline = true),
    ROW(ENVIRONMENT, "green", "Parks and green land built on since the start", "ha", BAD, 1, 1e-4, .value = TOWN_SINCE("green_built_m2"), .headline = true),
    ROW(ENVIRONMENT, "open", "Other open land built on since the start", "ha", PLAIN, 1, 1e-4, .value = TOWN_SINCE("open_built_m2"), .optional = true),
    ROW(ENVIRONMENT, "land_take", "Land taken for each inhabitant more", "m2", BAD, 0, 1, .from_start = true, .value = TOWN("land_take"), .optional = true),
    ROW(ENVIRONMENT, "centre_foot", "Mean walk to the nearest centre", "min", BAD, 1, 1.0 / 60.0, .value = TOWN("centre_foot"), .over = TOWN("population"), .weighted = true,
        .optional = true),
    ROW(ENVIRONMENT, "centre_bicycle", "Mean way to the centre by bicycle", "min", BAD, 1, 1.0 / 60.0, .value = TOWN("centre_bicycle"), .over = TOWN("population"), .weighted = true,
        .optional = true),
    ROW(ENVIRONMENT, "centre_car", "Mean way to the centre by car", "min", BAD, 1, 1.0 / 60.0, .value = TOWN("centre_car"), .over = TOWN("population"), .weighted = true,
        .optional = true),
    ROW(ENVIRONMENT, "commute_out", "Residents in work who commute out", "%", PLAIN, 1, 100, .value = TOWN("commute_out"), .over = TOWN("employed"), .optional = true),
    ROW(ENVIRONMENT, "work_car", "Mean way to work by car", "min", BAD, 1, 1.0 / 60.0, .value = TOWN("work_car"), .over = TOWN("population"), .weighted = true,
        .optional = true),
    ROW(ENVIRONMENT, "work_transit", "Mean way to work by public transport", "min", BAD, 1, 1.0 / 60.0, .value = TOWN("work_transit"), .over = TOWN("population"), .weighted = true,
        .optional = true),
    ROW(ENVIRONMENT, "school_transit", "Mean way to school by public transport", "min", BAD, 1, 1.0 / 60.0, .value = TOWN("school_transit"), .over = TOWN("population"), .weighted = true,
        .optional = true),
    ROW(ENVIRONMENT, "co2", "CO2 of daily travel inside the municipality", "t/year", BAD, 0, 1, .value = TOWN("travel_co2"), .optional = true, .headline = true, .extensive = true),
    ROW(ENVIRONMENT, "near_green", "Inhabitants within 300 m of green land", "%", GOOD, 1, 100, .value = TOWN("near_green"), .over = TOWN("population"), .optional = true,
        .headline = true),

    ROW(ECONOMY, "tax", "Municipal tax", "MSEK/year", GOOD, 1, MSEK, .value = TOWN("tax"), .extensive = true),
    ROW(ECONOMY, "service_costs", "Cost of services", "MSEK/year", BAD, 1, MSEK, .value = TOWN("service_costs"), .headline = true, .extensive = true),
    ROW(ECONOMY, "investments", "Investments since the start", "MSEK", BAD, 1, MSEK, .value = TOWN_SINCE("investments"), .headline = true),
    ROW(ECONOMY, "result", "Result of the year", "MSEK/year", GOOD, 1, MSEK, .value = TOWN("result")),
    ROW(ECONOMY, "result_each", "Result an inhabitant", "SEK/year", GOOD, 0, 1e-2, .value = TOWN("result"), .over = TOWN("population"), .headline = true),
    ROW(ECONOMY, "debt", "Debt less cash", "MSEK", BAD, 1, MSEK, .value = TOWN("debt")),
    ROW(ECONOMY, "staff", "Posts that services need", "posts", PLAIN, 0, 1e-2, .value = TOWN("staff_needed"), .extensive = true),
    ROW(ECONOMY, "staff_share", "Posts for each 1,000 aged 20–64", "posts", BAD, 1, 10, .value = TOWN("staff_needed"), .over = TOWN("aged_20_64"), .headline = true),
    ROW(ECONOMY, "recruit", "Posts to fill in the year", "posts", BAD, 0, 1e-2, .value = TOWN("staff_to_recruit")),
};
const uint32_t kj_n_indicators = sizeof kj_indicators / sizeof *kj_indicators;

const kj_indicator_def *kj_indicator_named(const char *id)
{
    for (uint32_t i = 0; i < kj_n_indicators; i++)
        if (!strcmp(kj_indicators[i].id, id)) return &kj_indicators[i];
    return NULL;
}
