/* Access and environment: travel times that stations and roads change, and a yearly account of land, green, travel and CO2.
   Internal to the plugin. */
#ifndef KEDJA_ENVIRONMENT_H
#define KEDJA_ENVIRONMENT_H

#include <kedja/model.h>
#include <kedja/plugin.h>
#include <stdbool.h>

typedef enum env_param_id {
    P_ROAD_SPEED,
    P_BICYCLE_FACTOR,
    P_GREEN_DISTANCE,
    P_DETOUR,
    P_CAR_HALF,
    P_CAR_CO2,
    P_WORK_DAYS,
    P_SCHOOL_DAYS,
    P_COUNT
} env_param_id;

extern const kj_param_def env_param_defs[P_COUNT];

/* Recorded by municipality each December. */
enum {
    M_FARMLAND,
    M_FOREST,
    M_OPEN,
    M_PARK,
    M_BUILT,
    M_DENSITY,
    M_NEAR_GREEN,
    M_FOOT,
    M_BICYCLE,
    M_CAR,
    M_TRANSIT,
    M_STATION,
    M_WORK_M,
    M_SCHOOL_M,
    M_CAR_KM,
    M_CO2,
    M_LAND_TAKE,
    M_BUILT_START, /* at the start, for the last */
    M_PEOPLE_START,
    M_COUNT
};

typedef struct env {
    const kj_host *host;
    const kj_run_v1 *run;
    const kj_space_v1 *space;
    kj_table cell, area, municipality, person, household, dwelling, workplace, facility;
    kj_col land_use, cell_area, travel_centre, walk_cost, population, area_municipality;
    kj_col station, road_kmh, travel_base, travel_car, travel_foot, travel_station, seen;
    kj_col person_household, person_workplace, person_school, resident, household_dwelling, home_cell, workplace_cell, facility_cell;
    kj_col count[M_COUNT];
    kj_param param[P_COUNT];
    bool has_walk, has_school;
} env;

static inline double env_value(const env *e, kj_ctx *ctx, env_param_id id) { return e->run->param(ctx, e->param[id]); }

enum { UNREACHABLE = INT32_MAX };

/* access.c */
kj_status env_start(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status env_access(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
/* footprint.c */
kj_status env_measure(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);

kj_status environment_show(const kj_host *host); /* show.c: what the viewer is given to show */

#endif
