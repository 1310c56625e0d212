/* Access and environment: travel times that stations and roads change, and a yearly account of land, green, travel and CO2.
   Internal to the plugin. */
#ifndef KEDJA_ENVIRONMENT_H
#define KEDJA_ENVIRONMENT_H

#include <kedja/draft/memory.h>
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
    P_TRANSIT_ACCESS,
    P_TRANSIT_FACTOR,
    P_COUNT
} env_param_id;

extern const kj_param_def env_param_defs[P_COUNT];

/* Ways of travel and where to. */
typedef enum env_mode { MODE_FOOT, MODE_BICYCLE, MODE_CAR, MODE_TRANSIT, MODE_COUNT } env_mode;
typedef enum env_goal { GOAL_CENTRE, GOAL_WORK, GOAL_SCHOOL, GOAL_STATION, GOAL_COUNT } env_goal; /* see env_is_travelled */

/* Recorded by municipality each December: ways to work and school, how far and what is driven of them by environment.travel, the rest
   by environment.measure. */
enum {
    M_FARMLAND,
    M_FOREST,
    M_OPEN,
    M_PARK,
    M_BUILT,
    M_DENSITY,
    M_NEAR_GREEN,
    M_TIME, /* mean seconds by goal and mode */
    M_WORK_M = M_TIME + GOAL_COUNT * MODE_COUNT,
    M_SCHOOL_M,
    M_CAR_KM,
    M_CO2,
    M_LAND_TAKE,
    M_BUILT_START, /* at the start, for the last */
    M_PEOPLE_START,
    M_COUNT
};
static inline bool env_is_travelled(int count)
{
    return (count >= M_TIME + GOAL_WORK * MODE_COUNT && count < M_TIME + GOAL_STATION * MODE_COUNT) || (count >= M_WORK_M && count <= M_CO2);
}

/* ways.c. Times between any two cells, over a coarser grid of at most COARSE_MAX blocks: those to a block from all others are
   worked out when they are first asked for, and kept until roads change. */
enum { COARSE_MAX = 1600 };
typedef struct env_ways {
    uint64_t key;       /* of what they rest on; 0: nothing yet */
    kj_grid coarse;
    int32_t block;      /* cells along the side of a block */
    uint16_t *step[2];  /* by kind and block: cost of crossing it, 0 closed */
    uint16_t even[2];   /* that cost where it is the same in all blocks, and ways need not be looked for; else 0 */
    uint16_t **row[2];  /* by kind and block gone to, from each block: seconds, UINT16_MAX no way; NULL: not asked for yet */
    int32_t *cost;      /* work memory */
    void *work;
    bool out_of_memory; /* a time was asked for that could not be kept */
} env_ways;

/* access.c. With new stations, by cell; made in January and kept, never part of the state. NULL while there is no station: then the
   centre is reached by car as cell.travel_centre says. */
typedef struct env_reach {
    int32_t *car;        /* seconds by car to the nearest centre, on new roads too */
    int32_t *to_station; /* on foot to the nearest new station; UNREACHABLE */
    size_t n_cells;
} env_reach;

/* What a new station gives, for the whole map. */
typedef struct env_trains {
    int32_t *stations, n; /* cells */
    int32_t ride, hub;    /* seconds of the shortest ride; cell of the centre that trains go to, -1 none */
} env_trains;

typedef struct env {
    const kj_host *host;
    const kj_run_v1 *run;
    const kj_space_v1 *space;
    const kj_memory_v0 *memory;
    kj_table cell, area, municipality, person, household, dwelling, workplace, facility;
    kj_col area_kind, land_use, cell_area, travel_centre, walk_cost, population, area_municipality;
    kj_col station, road_kmh, travel_base, travel_foot, seen;
    kj_col person_household, person_workplace, person_school, resident, household_dwelling, home_cell, workplace_cell, facility_cell;
    kj_col count[M_COUNT];
    kj_param param[P_COUNT];
    bool has_walk, has_school, has_kind;
    env_ways ways;
    env_reach reach;
} env;

static inline double env_value(const env *e, kj_ctx *ctx, env_param_id id) { return e->run->param(ctx, e->param[id]); }
/* Blocks that are kept from month to month, counted by the host; zeroed. */
static inline void *env_keep(const env *e, size_t bytes) { return e->memory->grow(e->host->impl, NULL, 0, bytes); }
static inline void env_drop(const env *e, void *block, size_t bytes) { e->memory->drop(e->host->impl, block, bytes); }

enum { UNREACHABLE = INT32_MAX };

/* access.c */
kj_status env_start(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status env_access(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
void reach_free(env *e);
/* ways.c */
kj_status ways_update(env *e, kj_ctx *ctx);
void ways_free(env *e);
/* Where trains of new stations go. */
kj_status trains_find(const env *e, kj_ctx *ctx, env_trains *trains);
/* Seconds between two cells; UNREACHABLE where there is no way. */
typedef struct env_times {
    int32_t foot, car;
    double cells; /* between their middles, along the straight line */
} env_times;
env_times ways_between(env *e, const kj_grid *grid, int32_t from, int32_t to);
/* footprint.c */
kj_status env_travel(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status env_measure(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);

kj_status environment_show(const kj_host *host); /* show.c: what the viewer is given to show */

#endif
