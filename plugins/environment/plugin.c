/* The plugin "environment": what it declares, and its systems. */
#include <stddef.h>
#include <stdlib.h>

#include "environment.h"

#define PARAM(name_, unit_, def_, min_, max_, evidence_, source_, doc_)                                                   \
    {.struct_size = sizeof(kj_param_def), .name = name_, .unit = unit_, .def = def_, .min = min_, .max = max_,             \
     .evidence = evidence_, .source = source_, .doc = doc_}

const kj_param_def env_param_defs[P_COUNT] = {
    [P_ROAD_SPEED] = PARAM("road_speed", "km/h", 40, 5, 130, KJ_ASSUMED, "mean speed door to door on roads that are there",
                           "Speed by car where no new road runs: what a new road saves is the difference."),
    [P_BICYCLE_FACTOR] = PARAM("bicycle_factor", "1", 3, 1, 6, KJ_ASSUMED, "15 km/h by bicycle against 5 km/h on foot",
                               "How many times faster than on foot a way is by bicycle."),
    [P_GREEN_DISTANCE] = PARAM("green_distance", "m", 300, 50, 2000, KJ_MEASURED,
                               "300 m to the nearest green space: WHO Regional Office for Europe 2016, Urban green spaces and health; Boverket",
                               "Distance within which parks and forest count as near."),
    [P_DETOUR] = PARAM("detour", "1", 1.3, 1, 3, KJ_ASSUMED, "ways on streets are some 30 % longer than the straight line", "Length of a way over the straight line."),
    [P_CAR_HALF] = PARAM("car_half", "m", 4000, 100, 100000, KJ_ASSUMED, "half of ways of 4 km are driven", "Length at which half of the ways are driven."),
    [P_CAR_CO2] = PARAM("car_co2", "g/km", 130, 0, 500, KJ_ASSUMED, "order of magnitude of the car stock of 2020, tank to wheel", "CO2 of a kilometre by car."),
    [P_WORK_DAYS] = PARAM("work_days", "1/year", 210, 0, 365, KJ_ASSUMED, "five days a week less holidays and days at home", "Days on which a person goes to work."),
    [P_SCHOOL_DAYS] = PARAM("school_days", "1/year", 178, 0, 365, KJ_MEASURED, "at least 178 school days in a year (skolförordningen 2011:185, 3 kap. 3 §)",
                            "Days on which a pupil goes to school."),
    [P_TRANSIT_ACCESS] = PARAM("transit_access", "s", 600, 0, 7200, KJ_ASSUMED, "five minutes on foot at both ends together and five of waiting",
                               "Walk to and from stops and waiting, on a way by public transport."),
    [P_TRANSIT_FACTOR] = PARAM("transit_factor", "1", 1.5, 1, 10, KJ_ASSUMED,
                               "with transit_access, twenty minutes by car take forty: within the 1.4 to 2.6 times of Liao et al. 2020, "
                               "Scientific Reports 10:4056, in Stockholm, Amsterdam, Sydney and Sao Paulo",
                               "Time in the vehicle of public transport over the time by car."),
};

typedef struct column_entry {
    size_t at;
    kj_column_def def;
} column_entry;

#define COLUMN(field_, table_, name_, type_, flags_, unit_, doc_, min_, max_)                                              \
    {offsetof(env, field_), {.struct_size = sizeof(kj_column_def), .table = table_, .name = name_, .type = type_,          \
                             .flags = flags_, .unit = unit_, .doc = doc_, .min = min_, .max = max_}}
#define STOCK(index_, name_, unit_, doc_) COLUMN(count[index_], "municipality", name_, KJ_I64, KJ_RECORD, unit_, doc_, 0, 1e15)

static const column_entry columns[] = {
    COLUMN(station, "cell", "station", KJ_I32, KJ_POLICY, "s", "Seconds by train to the centre from a station here, waiting included; 0: no station.", 0, 36000),
    COLUMN(road_kmh, "cell", "road_kmh", KJ_U8, KJ_POLICY, "km/h", "Speed of a new road or bridge through the cell; 0: none.", 0, 130),
    COLUMN(travel_base, "cell", "travel_base", KJ_I32, 0, "s", "Travel time to the nearest centre as the map brought it.", 0, 2147483647.0),
    COLUMN(travel_foot, "cell", "travel_foot", KJ_I32, 0, "s", "Walk to the nearest centre over the cost surface.", 0, 2147483647.0),
    COLUMN(seen, "municipality", "access_stamp", KJ_I64, 0, "1", "Stations and roads that travel times are computed for.", 0, 0),
    STOCK(M_FARMLAND, "farmland_m2", "m2", "Farmland at the end of the year."),
    STOCK(M_FOREST, "forest_m2", "m2", "Forest at the end of the year."),
    STOCK(M_OPEN, "open_m2", "m2", "Other open land at the end of the year."),
    STOCK(M_PARK, "park_m2", "m2", "Park and recreation land at the end of the year."),
    STOCK(M_BUILT, "built_m2", "m2", "Land with homes or works at the end of the year."),
    STOCK(M_DENSITY, "density", "km-2", "Inhabitants per square kilometre of built land."),
    STOCK(M_NEAR_GREEN, "near_green", "1", "Inhabitants with a park or forest within environment.green_distance."),
    STOCK(M_TIME + GOAL_CENTRE * MODE_COUNT + MODE_FOOT, "centre_foot", "s", "Mean walk to the nearest centre."),
    STOCK(M_TIME + GOAL_CENTRE * MODE_COUNT + MODE_BICYCLE, "centre_bicycle", "s", "Mean way by bicycle to the nearest centre."),
    STOCK(M_TIME + GOAL_CENTRE * MODE_COUNT + MODE_CAR, "centre_car", "s", "Mean way by car, on new roads too, to the nearest centre."),
    STOCK(M_TIME + GOAL_CENTRE * MODE_COUNT + MODE_TRANSIT, "centre_transit", "s", "Mean way by public transport, or on foot where that is faster, to the nearest centre."),
    STOCK(M_TIME + GOAL_WORK * MODE_COUNT + MODE_FOOT, "work_foot", "s", "Mean walk to work inside the map, of one person in eight."),
    STOCK(M_TIME + GOAL_WORK * MODE_COUNT + MODE_BICYCLE, "work_bicycle", "s", "Mean way by bicycle to work inside the map, of one person in eight."),
    STOCK(M_TIME + GOAL_WORK * MODE_COUNT + MODE_CAR, "work_car", "s", "Mean way by car, on new roads too, to work inside the map, of one person in eight."),
    STOCK(M_TIME + GOAL_WORK * MODE_COUNT + MODE_TRANSIT, "work_transit", "s", "Mean way by public transport, or on foot where that is faster, to work inside the map, of one person in eight."),
    STOCK(M_TIME + GOAL_SCHOOL * MODE_COUNT + MODE_FOOT, "school_foot", "s", "Mean walk to preschool and school, of one person in eight."),
    STOCK(M_TIME + GOAL_SCHOOL * MODE_COUNT + MODE_BICYCLE, "school_bicycle", "s", "Mean way by bicycle to preschool and school, of one person in eight."),
    STOCK(M_TIME + GOAL_SCHOOL * MODE_COUNT + MODE_CAR, "school_car", "s", "Mean way by car, on new roads too, to preschool and school, of one person in eight."),
    STOCK(M_TIME + GOAL_SCHOOL * MODE_COUNT + MODE_TRANSIT, "school_transit", "s", "Mean way by public transport, or on foot where that is faster, to preschool and school, of one person in eight."),
    STOCK(M_TIME + GOAL_STATION * MODE_COUNT + MODE_FOOT, "station_foot", "s", "Mean walk to the nearest new station; 0: none is."),
    STOCK(M_TIME + GOAL_STATION * MODE_COUNT + MODE_BICYCLE, "station_bicycle", "s", "Mean way by bicycle to the nearest new station; 0: none is."),
    STOCK(M_TIME + GOAL_STATION * MODE_COUNT + MODE_CAR, "station_car", "s", "Mean way by car, on new roads too, to the nearest new station; 0: none is."),
    STOCK(M_TIME + GOAL_STATION * MODE_COUNT + MODE_TRANSIT, "station_transit", "s", "Mean way by public transport, or on foot where that is faster, to the nearest new station; 0: none is."),
    STOCK(M_WORK_M, "work_distance", "m", "Mean way from home to work inside the map, from one person in eight."),
    STOCK(M_SCHOOL_M, "school_distance", "m", "Mean way from home to preschool and school, from one person in eight."),
    STOCK(M_CAR_KM, "car_km", "km", "Driven to work and school in a year of such ways as there are now, from one person in eight."),
    STOCK(M_CO2, "travel_co2", "t", "CO2 of what is driven to work and school in a year of such ways as there are now."),
    STOCK(M_LAND_TAKE, "land_take", "m2", "Land built on since the start per inhabitant more; 0 while there are no more."),
    COLUMN(count[M_BUILT_START], "municipality", "built_m2_first", KJ_I64, 0, "m2", "Built land at the start.", 0, 1e15),
    COLUMN(count[M_PEOPLE_START], "municipality", "people_first", KJ_I64, 0, "1", "Inhabitants at the start.", 0, 1e12),
};

static const struct { size_t at; const char *table, *name; kj_type type; } needs[] = {
    {offsetof(env, land_use), "cell", "land_use", KJ_U8},
    {offsetof(env, cell_area), "cell", "area", KJ_I32},
    {offsetof(env, travel_centre), "cell", "travel_centre", KJ_I32},
    {offsetof(env, population), "cell", "population", KJ_I32},
    {offsetof(env, area_municipality), "area", "municipality", KJ_ID},
    {offsetof(env, person_household), "person", "household", KJ_ID},
    {offsetof(env, person_workplace), "person", "workplace", KJ_ID},
    {offsetof(env, resident), "person", "resident", KJ_U8},
    {offsetof(env, household_dwelling), "household", "dwelling", KJ_ID},
    {offsetof(env, home_cell), "dwelling", "cell", KJ_I32},
    {offsetof(env, workplace_cell), "workplace", "cell", KJ_I32},
};

static kj_col *field(env *e, size_t at) { return (kj_col *)(void *)((char *)e + at); }

static kj_status create(const kj_host *host, void **instance)
{
    env *e = calloc(1, sizeof *e);
    if (!e) return KJ_E_MEMORY;
    e->host = host;
    e->run = host->interface(host, "kedja.run/1");
    e->space = host->interface(host, "kedja.space/1");
    e->memory = host->interface(host, "kedja.memory/0");
    *instance = e;
    return e->run && e->space && e->memory ? KJ_OK : KJ_E_MISSING;
}

static void destroy(void *instance)
{
    env *e = instance;
    if (e && e->memory && e->space) ways_free(e), reach_free(e);
    free(e);
}

static kj_status provide(void *instance, const kj_host *host)
{
    env *e = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    if (!reg) return KJ_E_MISSING;
    kj_table_def cell = {sizeof cell, "cell", "Grid cells: the map."}, municipality = {sizeof municipality, "municipality", "Municipalities."};
    kj_status status = reg->table(host->impl, &cell, &e->cell);
    if (!status) status = reg->table(host->impl, &municipality, &e->municipality);
    for (size_t k = 0; k < sizeof columns / sizeof *columns && !status; k++) status = reg->column(host->impl, &columns[k].def, field(e, columns[k].at));
    for (int k = 0; k < P_COUNT && !status; k++) status = reg->param(host->impl, &env_param_defs[k], &e->param[k]);
    return status ? status : environment_show(host);
}

static kj_status require(env *e, const kj_register_v1 *reg, void *impl)
{
    static const struct { size_t at; const char *name; } tables[] = {{offsetof(env, area), "area"}, {offsetof(env, person), "person"},
                                                                     {offsetof(env, household), "household"}, {offsetof(env, dwelling), "dwelling"},
                                                                     {offsetof(env, workplace), "workplace"}};
    kj_status status = KJ_OK;
    for (size_t k = 0; k < sizeof tables / sizeof *tables && !status; k++)
        status = reg->require_table(impl, tables[k].name, (kj_table *)(void *)((char *)e + tables[k].at));
    for (size_t k = 0; k < sizeof needs / sizeof *needs && !status; k++)
        status = reg->require_column(impl, needs[k].table, needs[k].name, needs[k].type, field(e, needs[k].at));
    if (status) return status;
    /* A model without schools has no ways to school and no walking surface. */
    e->has_kind = reg->require_column(impl, "area", "kind", KJ_U8, &e->area_kind) == KJ_OK;
    e->has_walk = reg->require_column(impl, "cell", "walk_cost", KJ_I16, &e->walk_cost) == KJ_OK;
    e->has_school = reg->require_table(impl, "facility", &e->facility) == KJ_OK &&
                    reg->require_column(impl, "person", "school", KJ_ID, &e->person_school) == KJ_OK &&
                    reg->require_column(impl, "facility", "cell", KJ_I32, &e->facility_cell) == KJ_OK;
    return KJ_OK;
}

static kj_status bind(void *instance, const kj_host *host)
{
    env *e = instance;
    const kj_register_v1 *reg = host->interface(host, "kedja.register/1");
    kj_status status = require(e, reg, host->impl);
    if (status) return status;
    kj_use start[4] = {kj_reads(e->travel_centre), kj_writes(e->travel_base), kj_writes(e->travel_foot)};
    kj_use access[7] = {kj_reads(e->station), kj_reads(e->road_kmh), kj_reads(e->land_use), kj_reads(e->travel_base), kj_writes(e->travel_centre), kj_writes(e->seen)};
    kj_use measure[16 + M_COUNT] = {kj_reads(e->land_use), kj_reads(e->cell_area), kj_reads(e->travel_base), kj_reads(e->station), kj_reads(e->road_kmh), kj_reads(e->area_municipality),
                                    kj_reads(e->population), kj_reads(e->travel_centre), kj_reads(e->travel_foot)};
    kj_use travel[24 + M_COUNT] = {kj_reads(e->land_use), kj_reads(e->cell_area), kj_reads(e->travel_base), kj_reads(e->station), kj_reads(e->road_kmh), kj_reads(e->area_municipality),
                                   kj_reads(e->resident), kj_reads(e->person_household), kj_reads(e->person_workplace), kj_reads(e->household_dwelling), kj_reads(e->home_cell), kj_reads(e->workplace_cell)};
    uint32_t n_start = 3, n_access = 6, n_measure = 9, n_travel = 12;
    if (e->has_walk) start[n_start++] = access[n_access++] = measure[n_measure++] = travel[n_travel++] = kj_reads(e->walk_cost);
    if (e->has_kind) measure[n_measure++] = travel[n_travel++] = kj_reads(e->area_kind);
    if (e->has_school) travel[n_travel++] = kj_reads(e->person_school), travel[n_travel++] = kj_reads(e->facility_cell);
    for (int k = 0; k < M_COUNT; k++) *(env_is_travelled(k) ? &travel[n_travel++] : &measure[n_measure++]) = kj_writes(e->count[k]);
    static const char *const after_census[] = {"demography.census_homes", "demography.census_people", "demography.census_sum", "demography.census_area", "environment.travel", NULL};
    static const char *const after_homes[] = {"demography.start", "housing.start", "schools.start", "environment.start", NULL};
    static const char *const after_people[] = {"demography.start_homes", "demography.start_people", "demography.start_measure", "environment.start_travel", NULL};
    const kj_system_def systems[] = {
        {.struct_size = sizeof(kj_system_def), .name = "environment.start", .doc = "Keeps the map's travel times and walks from the centres.",
         .phase = KJ_PHASE_START, .shape = KJ_SERIAL, .uses = start, .n_uses = n_start, .run = env_start},
        {.struct_size = sizeof(kj_system_def), .name = "environment.access", .doc = "Travel times after new stations and roads.", .phase = KJ_PHASE_MONEY,
         .shape = KJ_SERIAL, .month_of_year = 1, .uses = access, .n_uses = n_access, .run = env_access},
        {.struct_size = sizeof(kj_system_def), .name = "environment.travel", .doc = "Ways to work and school, what is driven of them, and its CO2.", .phase = KJ_PHASE_MEASURE,
         .shape = KJ_SERIAL, .month_of_year = 12, .uses = travel, .n_uses = n_travel, .run = env_travel},
        {.struct_size = sizeof(kj_system_def), .name = "environment.measure", .doc = "Accounts of land, green and ways to centres and stations.", .phase = KJ_PHASE_MEASURE,
         .shape = KJ_SERIAL, .month_of_year = 12, .uses = measure, .n_uses = n_measure, .after = after_census, .run = env_measure},
        {.struct_size = sizeof(kj_system_def), .name = "environment.start_travel", .doc = "Ways to work and school at the start.", .phase = KJ_PHASE_START,
         .shape = KJ_SERIAL, .uses = travel, .n_uses = n_travel, .after = after_homes, .run = env_travel},
        {.struct_size = sizeof(kj_system_def), .name = "environment.start_measure", .doc = "Accounts of land, green and ways to centres at the start.", .phase = KJ_PHASE_START,
         .shape = KJ_SERIAL, .uses = measure, .n_uses = n_measure, .after = after_people, .run = env_measure},
    };
    for (size_t k = 0; k < sizeof systems / sizeof *systems && !status; k++) status = reg->system(host->impl, &systems[k]);
    return status;
}

const kj_plugin_def KJ_PLUGIN_SYMBOL = {
    .struct_size = sizeof(kj_plugin_def),
    .abi_major = KJ_ABI_MAJOR,
    .abi_minor = KJ_ABI_MINOR,
    .stamp = KJ_BUILD_STAMP,
    .id = "environment",
    .version = KJ_VERSION,
    .licence = "Apache-2.0",
    .doc = "Access and environment: travel times that stations and roads change, land accounts, green near homes, travel and CO2.",
    .create = create,
    .provide = provide,
    .bind = bind,
    .destroy = destroy,
};
