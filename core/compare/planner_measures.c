/* What the planners' tables hold, as data. */
#include <kedja/model.h>
#include <stddef.h>
#include <string.h>

#include "planner_tables.h"

#define OWN(label_, unit_, decimals_, scale_, ...) {.label = label_, .unit = unit_, .decimals = decimals_, .scale = scale_, .service = -1, __VA_ARGS__}
#define OF(kind, label_, unit_, decimals_, scale_, ...) {.label = label_, .unit = unit_, .decimals = decimals_, .scale = scale_, .service = KJ_SERVICE_##kind, __VA_ARGS__}
#define ADD(...) .add = {__VA_ARGS__}
#define MINUS(...) .minus = {__VA_ARGS__}
#define OVER(...) .over = {__VA_ARGS__}
#define LIST(list) list, sizeof list / sizeof *list
#define MSEK 1e-8 /* of öre */

static const kj_planner_measure population[] = {
    OWN("0–5", "persons", 0, 1, ADD("children_0_5")),
    OWN("6–15", "persons", 0, 1, ADD("children_6_15")),
    OWN("16–19", "persons", 0, 1, ADD("population"), MINUS("children_0_5", "children_6_15", "aged_20_64", "aged_65")),
    OWN("20–64", "persons", 0, 1, ADD("aged_20_64")),
    OWN("65–79", "persons", 0, 1, ADD("aged_65"), MINUS("aged_80")),
    OWN("80+", "persons", 0, 1, ADD("aged_80")),
    OWN("all ages", "persons", 0, 1, ADD("population")),
};

static const kj_planner_measure components[] = {
    OWN("Inhabitants when the year began", "persons", 0, 1, ADD("population_before")),
    OWN("Births", "persons", 0, 1, ADD("births")),
    OWN("Deaths", "persons", 0, 1, ADD("deaths")),
    OWN("Births less deaths", "persons", 0, 1, ADD("births"), MINUS("deaths")),
    OWN("Moved in from the county", "persons", 0, 1, ADD("in_county")),
    OWN("Moved in from the rest of the country", "persons", 0, 1, ADD("in_country")),
    OWN("Moved in from abroad", "persons", 0, 1, ADD("in_abroad")),
    OWN("Moved out to the county", "persons", 0, 1, ADD("out_county")),
    OWN("Moved out to the rest of the country", "persons", 0, 1, ADD("out_country")),
    OWN("Moved out abroad", "persons", 0, 1, ADD("out_abroad")),
    OWN("In less out", "persons", 0, 1, ADD("in_migrants"), MINUS("out_migrants")),
    /* Between municipalities of one map people move without being migrants of the map. */
    OWN("Moves inside the map, net", "persons", 0, 1, ADD("population", "deaths", "out_migrants"), MINUS("population_before", "births", "in_migrants"), .of_several = true),
    OWN("Inhabitants on 31 December", "persons", 0, 1, ADD("population")),
};

static const kj_planner_measure preschools[] = {
    OWN("Children who want a place", "persons", 0, 1, ADD("preschool_need")),
    OWN("Places", "places", 0, 1, ADD("preschool_places")),
    OWN("Balance", "places", 0, 1, ADD("preschool_places"), MINUS("preschool_need")),
};

static const kj_planner_measure placement[] = {
    OWN("Pupils F–9", "persons", 0, 1, ADD("pupils")),
    OWN("Pupils without a place", "persons", 0, 1, ADD("pupils_without_place")),
    OWN("Pupils at the nearest school", "%", 1, 0.1, ADD("pupils_at_nearest")),
    OWN("Pupils who got their first wish", "persons", 0, 1, ADD("pupils_first_wish")),
    OWN("Mean rank of wishes met", "rank", 2, 1e-3, ADD("pupils_wish_rank")),
    OWN("Mean way to school on foot, all pupils", "min", 1, 1.0 / 60.0, ADD("pupils_mean_walk")),
    OWN("Way that 95 of 100 pupils keep within", "min", 1, 1.0 / 60.0, ADD("pupils_p95_walk")),
    OWN("Longest way to school on foot", "min", 1, 1.0 / 60.0, ADD("pupils_max_walk")),
    OWN("Pupils beyond the bus limit", "persons", 0, 1, ADD("pupils_over_limit")),
    OWN("Cost of school transport", "MSEK/year", 1, 1e-6, ADD("school_bus_cost")),
    OWN("Families split over schools", "households", 0, 1, ADD("split_families")),
    OWN("Pupils taught in a second shift", "persons", 0, 1, ADD("shift_pupils")),
};

static const kj_planner_measure elderly[] = {
    OWN("Aged 65 and over", "persons", 0, 1, ADD("aged_65")),
    OF(CARE_HOME, "Persons who need a care home", "persons", 0, 1, ADD("need")),
    OF(CARE_HOME, "Places in care homes", "places", 0, 1, ADD("places")),
    OF(CARE_HOME, "Residents of care homes", "persons", 0, 1, ADD("clients")),
    OF(CARE_HOME, "Balance of places in care homes", "places", 0, 1, ADD("places"), MINUS("need")),
    OF(HOME_CARE, "Persons with home care", "persons", 0, 1, ADD("clients")),
    OWN("Hours of home care", "hours/week", 0, 1, ADD("home_care_hours")),
    OF(CARE_HOME, "Posts in care homes", "posts", 0, 1e-2, ADD("staff")),
    OF(HOME_CARE, "Posts in home care", "posts", 0, 1e-2, ADD("staff")),
};

static const kj_planner_measure premises[] = {
    OWN("Children, pupils or residents", "persons", 0, 1, ADD("pupils", "residents"), .users = true),
    OWN("Places", "places", 0, 1, ADD("places")),
    OWN("Places in pavilions", "places", 0, 1, ADD("pavilion")),
    OWN("Floor area", "m2", 0, 1, ADD("area_m2")),
    OWN("Classes and groups", "classes", 0, 1, ADD("service_classes")),
    OWN("Operating cost", "MSEK/year", 1, MSEK, ADD("cost")),
    OWN("Investment of the year", "MSEK", 1, MSEK, ADD("investment")),
    OWN("Book value", "MSEK", 1, MSEK, ADD("book_value")),
};

static const kj_planner_measure room_use[] = {
    OWN("Room hours on offer", "hours/week", 0, 1, ADD("hours_available")),
    OWN("Room hours booked", "hours/week", 0, 1, ADD("hours_booked")),
    OWN("Room hours used", "hours/week", 0, 1, ADD("hours_used")),
    OWN("Frequency F", "%", 1, 0.1, ADD("use_frequency")),
    OWN("Occupancy O", "%", 1, 0.1, ADD("use_occupancy")),
    OWN("Use U = F × O", "%", 1, 0.1, ADD("use_rate")),
};

static const kj_planner_measure housing[] = {
    OWN("Homes", "homes", 0, 1, ADD("dwellings")),
    OWN("Homes, rental", "homes", 0, 1, ADD("homes_rental"), .danish = "Homes, almen"),
    OWN("Homes, private rental", "homes", 0, 1, ADD("homes_private"), .if_any = true, .danish = "Homes, privat leje"),
    OWN("Homes, co-op", "homes", 0, 1, ADD("homes_coop"), .danish = "Homes, andel"),
    OWN("Homes, owned", "homes", 0, 1, ADD("homes_owner"), .danish = "Homes, ejer"),
    OWN("Homes, for students", "homes", 0, 1, ADD("homes_student"), .danish = "Homes, ungdomsbolig"),
    OWN("Homes, for seniors", "homes", 0, 1, ADD("homes_senior"), .danish = "Homes, ældrebolig"),
    OWN("Homes completed", "homes", 0, 1, ADD("completed")),
    OWN("Households", "households", 0, 1, ADD("households")),
    OWN("Crowded households (norm 2)", "households", 0, 1, ADD("crowded")),
    OWN("Crowded households (norm 3)", "households", 0, 1, ADD("crowded_norm3")),
    OWN("Households with a strained housing cost", "households", 0, 1, ADD("strained")),
    OWN("Share of households strained, all homes", "%", 1, 100, ADD("strained_rental", "strained_coop", "strained_owner"), OVER("holders_rental", "holders_coop", "holders_owner")),
    OWN("Share strained, rental homes", "%", 1, 100, ADD("strained_rental"), OVER("holders_rental")),
    OWN("Share strained, co-op homes", "%", 1, 100, ADD("strained_coop"), OVER("holders_coop")),
    OWN("Share strained, owned homes", "%", 1, 100, ADD("strained_owner"), OVER("holders_owner")),
    OWN("Housing cost of income, rental homes", "%", 1, 100, ADD("housing_cost_rental"), OVER("holders_income_rental")),
    OWN("Housing cost of income, co-op homes", "%", 1, 100, ADD("housing_cost_coop"), OVER("holders_income_coop")),
    OWN("Housing cost of income, owned homes", "%", 1, 100, ADD("housing_cost_owner"), OVER("holders_income_owner")),
    OWN("Households without a home of their own", "households", 0, 1, ADD("lodging")),
    OWN("Young adults 20–27 with their parents", "persons", 0, 1, ADD("young_at_home")),
    OWN("Homes let to households in need", "homes", 0, 1, ADD("lettings_need"), .if_any = true),
    OWN("Mean queue time of homes let", "months", 1, 1, ADD("queue_months"), OVER("queue_lettings")),
    OWN("Empty homes free to let or for sale", "homes", 0, 1, ADD("vacant_on_offer")),
    OWN("Empty homes under notice", "homes", 0, 1, ADD("under_notice")),
    OWN("Empty homes under renovation", "homes", 0, 1, ADD("under_renovation")),
    OWN("Empty homes with a contract", "homes", 0, 1, ADD("vacant_contracted")),
    OWN("Rent lost on empty homes", "MSEK/year", 1, 1e-6, ADD("vacancy_cost_rental")),
    OWN("Cost of keeping empty co-op homes", "MSEK/year", 1, 1e-6, ADD("vacancy_cost_coop")),
    OWN("Cost of keeping empty owned homes", "MSEK/year", 1, 1e-6, ADD("vacancy_cost_owner")),
};

static const kj_planner_measure staff[] = {
    OWN("Posts that services need", "posts", 0, 1e-2, ADD("staff_needed")),
    OWN("Those who retire", "posts", 0, 1e-2, ADD("staff_retiring")),
    OWN("Posts to fill in the year", "posts", 0, 1e-2, ADD("staff_to_recruit")),
    OWN("Aged 20–64", "persons", 0, 1, ADD("aged_20_64")),
    OWN("Posts for each 1,000 aged 20–64", "posts", 1, 1e-2, ADD("staff_per_1000")),
    OWN("Young and old for each aged 20–64", "ratio", 3, 1, ADD("aged_0_19", "aged_65"), OVER("aged_20_64")),
};

/* What comes in, what goes out, and the result that they add up to. */
static const kj_planner_measure economy[] = {
    OWN("Municipal tax", "MSEK", 1, MSEK, ADD("tax")),
    OWN("Equalisation of income", "MSEK", 1, MSEK, ADD("income_equalisation")),
    OWN("Equalisation of costs", "MSEK", 1, MSEK, ADD("cost_equalisation")),
    OWN("Fees", "MSEK", 1, MSEK, ADD("fees")),
    OWN("Land sales", "MSEK", 1, MSEK, ADD("land_sales")),
    OF(PRESCHOOL, "Cost of preschool", "MSEK", 1, MSEK, ADD("cost")),
    OF(SCHOOL, "Cost of school", "MSEK", 1, MSEK, ADD("cost")),
    OF(UPPER_SECONDARY, "Cost of upper secondary school", "MSEK", 1, MSEK, ADD("cost")),
    OF(CARE_HOME, "Cost of care homes", "MSEK", 1, MSEK, ADD("cost")),
    OF(HOME_CARE, "Cost of home care", "MSEK", 1, MSEK, ADD("cost")),
    OWN("Cost of services, all", "MSEK", 1, MSEK, ADD("service_costs")),
    OWN("All else (balancing item)", "MSEK", 1, MSEK, ADD("other_costs")),
    OWN("Prevention programme, less what it saves", "MSEK", 1, MSEK, ADD("prevention_cost"), MINUS("prevention_saving")),
    OWN("Depreciation", "MSEK", 1, MSEK, ADD("depreciation")),
    OWN("Write-off of closed premises", "MSEK", 1, MSEK, ADD("write_off")),
    OWN("Interest", "MSEK", 1, MSEK, ADD("interest_paid")),
    OWN("Result of the year", "MSEK", 1, MSEK, ADD("result")),
    OWN("Result an inhabitant", "SEK", 0, 1e-2, ADD("result"), OVER("population")),
    OWN("Investments", "MSEK", 1, MSEK, ADD("investments")),
    OWN("Debt less cash", "MSEK", 1, MSEK, ADD("debt")),
};

#define SCHOOLS_AND_CARE (1u << KJ_FACILITY_PRESCHOOL | 1u << KJ_FACILITY_SCHOOL | 1u << KJ_FACILITY_CARE_HOME)

const kj_planner_def kj_planner_defs[] = {
    {"population", "Population by planning age class, area and year",
     "Municipality: 1 November (first year of the run: 31 December), finer classes; areas: 31 December.", "area", 0, LIST(population), false},
    {"components", "Components of population change", "Flows of the calendar year; the first year is the start and has none.", "municipality", 0,
     LIST(components), false},
    {"schools", "Pupils by school and grade, with the first full year",
     "15 October (first year of the run: 31 December). Classes 0: a grade taught together with a lower one.", "facility", 0, NULL, 0, true},
    {"preschools", "Preschool: need, places and balance by area", "Children may go to another area.", "area", 0, LIST(preschools), false},
    {"placement", "Quality of school placement", "15 October (first year of the run: 31 December).", "municipality", 0, LIST(placement), true},
    {"elderly", "Care of the elderly: places, residents and hours", "1 November (first year of the run: 31 December); the need is that of the norms.",
     "municipality", 0, LIST(elderly), true},
    {"premises", "Premises: users, places, floor area and cost", "Preschools, schools and care homes.", "facility", SCHOOLS_AND_CARE, LIST(premises), true},
    {"room_use", "Use of rooms in schools and halls", "Booked and used are kept apart; U = F × O.", "facility", 0, LIST(room_use), true},
    {"housing", "Need of housing", "Crowded: more than two a room beside kitchen and living room (norm 2), fewer than a room each (norm 3). Strained: rent, or fee and interest, above 40 % of the income after tax.", "municipality", 0,
     LIST(housing), false},
    {"staff", "Staff of the services against people of working age", "The region's services are not counted.", "municipality", 0, LIST(staff), true},
    {"economy", "Municipal economy", "Fixed prices; costs by norms, of which many are assumed.", "municipality", 0, LIST(economy), true},
    {"vision", "What the vision demands a year, what came and what is lacking",
     "Planned anew each January; school places and posts as many for each home as there are a household, free ones not taken off; posts are those that services need, all taken to be filled.",
     "vision", 0, NULL, 0, false},
    {"policies", "What policies changed", "Land as often as its value was changed, in the year in which it was.", "policy", 0, NULL, 0, false},
};
const uint32_t kj_n_planner_defs = sizeof kj_planner_defs / sizeof *kj_planner_defs;

const kj_planner_def *kj_planner_def_named(const char *name)
{
    for (uint32_t i = 0; i < kj_n_planner_defs; i++)
        if (!strcmp(kj_planner_defs[i].id, name)) return &kj_planner_defs[i];
    return NULL;
}
