/* Urban growth: what stands where, and who builds what where. Internal to the plugin. */
#ifndef KEDJA_DEVELOPMENT_H
#define KEDJA_DEVELOPMENT_H

#include <kedja/model.h>
#include <kedja/plugin.h>
#include <stdbool.h>

/* Random streams of this plugin. Luck key in brackets. */
enum {
    STREAM_SITE = 1,      /* lot and size of a developer's project (project) */
    STREAM_SCHEDULE = 2,  /* start and building time of a developer's project (project) */
    STREAM_PROGRAMME = 3, /* loss, delay and appeal of a programme project (project) */
    STREAM_HOME = 4,      /* rooms of a new dwelling (dwelling) */
    STREAM_PATCH = 5,     /* which neighbour a patch grows to (project; month: the cell) */
    STREAM_OFFER = 6,     /* does a site come to market (month and group of four cells) */
    STREAM_DEMOLISH = 7   /* is a home that nobody wants taken down (dwelling) */
};

/* Parameters; the table stands in parameters.c. */
typedef enum dev_param_id {
    P_CONSTRUCTION_SMALL,
    P_CONSTRUCTION_FLAT,
    P_PARKING_PER_FLAT,
    P_PARKING_GROUND,
    P_PARKING_GARAGE,
    P_GARAGE_FAR,
    P_FEES,
    P_INFRASTRUCTURE,
    P_REMOTE_FACTOR,
    P_LAND_FARMLAND,
    P_LAND_FOREST,
    P_LAND_OPEN,
    P_LAND_PARK,
    P_CLEAR_WORK,
    P_CLEAR_INFILL,
    P_INFILL_LAND_SHARE,
    P_RETURN_SMALL,
    P_RETURN_FLAT,
    P_PRICE_SMALL,
    P_PRICE_FLAT,
    P_NEW_PREMIUM,
    P_ACCESS_PER_MINUTE,
    P_RENT_NEW,
    P_RUNNING_COST,
    P_YIELD,
    P_COOP_FEE,
    P_OWNER_COST,
    P_VACANCY_NATURAL,
    P_VACANCY_WEIGHT,
    P_RESPONSE_OUTSIDE,
    P_RESPONSE_LODGING,
    P_CAPACITY_SHARE,
    P_SMALL_SHARE,
    P_SUBSTITUTION,
    P_OFFER_GREENFIELD,
    P_OFFER_INFILL,
    P_CHOICE_SCALE,
    P_NEIGHBOUR_WEIGHT,
    P_PROJECT_SMALL,
    P_PROJECT_FLAT,
    P_PLOT,
    P_FLATS_MIN_FAR,
    P_GROSS,
    P_PLAN_FAR_SMALL,
    P_PLAN_FAR_FLAT,
    P_LOSS_YEAR,
    P_DELAY_YEAR,
    P_APPEAL,
    P_APPEAL_LOST,
    P_MONTHS_SMALL,
    P_MONTHS_FLAT,
    P_STAGE_SIZE,
    P_BUILD_OUT,
    P_HOLD_YEARS,
    P_EXTRAPOLATION,
    P_CONVERSION_COST,
    P_SURROUND_RADIUS,
    P_SURROUND_WEIGHT,
    P_COMPACTNESS,
    P_DEMOLISH_AFTER,
    P_DEMOLISH_SLACK,
    P_DEMOLISH_YEAR,
    P_OWNED_FLATS,
    P_PRIVATE_RENTAL,
    P_COUNT
} dev_param_id;

extern const kj_param_def dev_param_defs[P_COUNT];

/* What a new home is, as far as its size goes: first dimension of the tables new_home_rooms and new_home_area. */
typedef enum dev_home { HOME_SMALL_HOUSE = 0, HOME_FLAT = 1, HOME_STUDENT = 2, HOME_SENIOR = 3, HOME_COUNT = 4 } dev_home;
enum { ROOMS_MAX = 6 };

/* Sums by area that January's comparables are made of; columns of `area`, derived. */
enum {
    SUM_STOCK_SMALL,
    SUM_STOCK_FLAT,
    SUM_VACANT_SMALL,
    SUM_VACANT_FLAT,
    SUM_SEK_SMALL,
    SUM_SEK_FLAT,
    SUM_M2_SMALL,
    SUM_M2_FLAT,
    SUM_TRAVEL,
    SUM_PRICED,
    SUM_COUNT
};

/* Yearly counts and stocks by municipality. */
enum {
    M_DWELLINGS,
    M_STARTED,
    M_COMPLETED,
    M_TO_BUILD,
    M_TO_BUILD_SMALL,
    M_WAITING,
    M_PROJECTS_OPEN,
    M_CANCELLED,
    M_MOVED,
    M_HOMES_LOST,
    M_FARMLAND,
    M_BEST_FARMLAND,
    M_FOREST,
    M_GREEN,
    M_OPEN,
    M_CAPACITY,
    M_BANKED,
    M_PUT_OFF,
    M_DEMOLISHED,
    M_CONVERTED,
    M_LAND_SALES,
    M_CHARGES,
    M_AFFORDABLE_COST,
    M_COUNT
};

typedef struct dev {
    const kj_host *host;
    const kj_run_v1 *run;
    kj_table cell, area, municipality, dwelling, household, project, vacancy;
    kj_queue candidates, converted, freed;

    kj_col land_use, cell_area, protection, farmland_class, zoning, max_far, floor_area, dwellings, built_year, built_month,
        reserved, travel_centre, potential, ground_cost, charge, land_price;
    kj_col area_municipality, area_sum[SUM_COUNT], new_price_small, new_price_flat, price_growth[2], area_completed, price_index;
    kj_col municipality_count[M_COUNT], needed_dwellings;
    bool has_needed_dwellings, has_price_index;

    kj_col project_name, project_kind, project_cell, project_area, n_rental, n_coop, n_owner, n_student, n_senior, n_small_houses,
        project_stage, project_start, project_completion, project_built, project_luck, project_decided, n_affordable, rent_ceiling,
        is_conversion, named_by_area;

    kj_col home_cell, home_tenure, home_kind, home_rooms, home_area_m2, home_built_year, home_rent, home_price, home_state,
        home_project, home_luck;
    kj_col home_vacancy, home_household, vacancy_stage, vacancy_opened, living, household_dwelling, household_host, household_moved;

    kj_param param[P_COUNT];
    kj_param_table new_home_rooms, new_home_area;
} dev;

/* A site that pays and is on the market, from appraise to the choice. No padding. */
typedef struct dev_candidate {
    int32_t cell;
    int32_t flats;         /* 1: flats, 0: small houses */
    int32_t margin;        /* (revenue - cost) / cost above the required return, in 1/10000 */
    int32_t rental_margin; /* of letting instead of selling; small houses: INT32_MIN */
    int32_t conversion;    /* 1: premises become homes, 0: new building */
    int32_t room;          /* homes that the cell has room for */
} dev_candidate;

/* cell.potential where no developer would build. */
#define NO_POTENTIAL (-1e30f)

/* Land that was built on, from build to land. No padding. */
typedef struct dev_converted {
    int32_t cell;
    int32_t land_use; /* before */
} dev_converted;

static inline double dev_value(const dev *d, kj_ctx *ctx, dev_param_id id) { return d->run->param(ctx, d->param[id]); }

/* The map under one system call, with what may be built on a cell. */
typedef struct land_view {
    const kj_grid *grid;
    int32_t n_cells;
    double cell_m2, gross, plot_m2, flats_min_far, plan_far_small, plan_far_flat, compactness;
    double mean_area[HOME_COUNT]; /* m2, expected size of a new home */
    const uint8_t *land_use, *protection, *zoning;
    const int32_t *area, *floor_area, *dwellings;
    const float *max_far, *potential; /* potential: only where the system takes it */
    const kj_id *reserved;
    /* Only where the system writes the map (land_view_write): the same arrays. */
    uint8_t *set_land_use, *set_zoning;
    float *set_max_far;
    int32_t *set_floor_area, *set_dwellings;
    kj_id *set_reserved;
} land_view;

/* land_view.c; what is asked of many cells stands here, so that it is no call */
void land_view_read(const dev *d, kj_ctx *ctx, land_view *land);
void land_view_write(const dev *d, kj_ctx *ctx, land_view *land, bool builds);
static inline bool land_is_built(uint8_t land_use) { return land_use >= KJ_LAND_SMALL_HOUSES; }
/* Nothing forbids dwellings here: no protection, no water, inside an area. */
static inline bool land_may_build(const land_view *land, int32_t cell)
{
    return land->protection[cell] == 0 && land->land_use[cell] != KJ_LAND_WATER && land->area[cell] >= 0;
}
/* May build and no project holds the cell. */
static inline bool land_is_free(const land_view *land, int32_t cell) { return land_may_build(land, cell) && land->reserved[cell] == 0; }
/* m2 of dwellings that a floor-area ratio leaves room for. */
static inline double land_spare_m2(const land_view *land, int32_t cell, double far)
{
    return far * land->cell_m2 / land->gross - (double)land->floor_area[cell];
}
/* Homes that fit besides those that stand, under a floor-area ratio. */
static inline int32_t land_room(const land_view *land, int32_t cell, bool flats, double far)
{
    double spare = land_spare_m2(land, cell, far);
    /* A tenth above the mean, so that the homes of a project fit though their sizes are drawn. */
    double homes = spare / (1.1 * land->mean_area[flats ? HOME_FLAT : HOME_SMALL_HOUSE]);
    int32_t room = homes >= 1.0 ? (int32_t)homes : 0;
    if (flats) return room;
    int32_t plots = (int32_t)(land->cell_m2 / land->plot_m2) - land->dwellings[cell];
    return plots < room ? (plots > 0 ? plots : 0) : room;
}
/* Does the zoning allow it? Developers are bound by it; the programme makes plans of its own. */
static inline bool land_zoned(const land_view *land, int32_t cell, bool flats)
{
    uint8_t zone = land->zoning[cell];
    if (flats) return zone == KJ_ZONE_MIXED && (double)land->max_far[cell] >= land->flats_min_far;
    return zone == KJ_ZONE_SMALL_HOUSES || (zone == KJ_ZONE_MIXED && (double)land->max_far[cell] < land->flats_min_far);
}
int32_t land_near_built(const land_view *land, int32_t cell);

/* The project table under one system call. */
typedef struct project_view {
    uint32_t n;
    const uint8_t *alive;
    const kj_id *ids;
    int32_t *cell, *area, *homes[KJ_PROJECT_TENURES], *n_small, *start, *completion, *built, *decided, *n_affordable, *rent_ceiling;
    uint8_t *kind, *stage, *is_conversion, *named_by_area;
    uint64_t *luck;
} project_view;

/* programme.c */
void project_view_take(const dev *d, kj_ctx *ctx, project_view *projects);
int32_t project_homes(const project_view *projects, uint32_t row);
bool project_is_open(uint8_t stage);
/* Gives a project of the map or of a policy what it lacks: area, luck, a duration. False: it has no place on the map. */
bool project_complete(const dev *d, kj_ctx *ctx, project_view *projects, uint32_t row, const land_view *land);
/* Closes a project that comes to nothing, or to no more: gives its land back and counts what is lost. */
void project_give_up(const dev *d, kj_ctx *ctx, project_view *projects, uint32_t row, land_view *land);
/* What a project takes of a year's building, in homes: all that is left over the years that are left, or the part of the year. */
int32_t project_rate(int32_t n_left, kj_month start, kj_month completion, kj_month now);
/* Adds to a yearly count of the municipality that a cell lies in. */
void dev_count(const dev *d, kj_ctx *ctx, const land_view *land, int32_t count, int32_t cell, int64_t amount);

/* building_site.c. Sites lie within this many cells of the seed, so that they can be found without a list. */
enum { SITE_RADIUS = 16, SITE_MAX = (2 * SITE_RADIUS + 1) * (2 * SITE_RADIUS + 1) };

typedef struct site_request {
    int32_t seed;
    int32_t n_flats, n_small;
    kj_id project;
    bool planned;  /* the municipality's: makes the zoning and floor-area ratio it needs */
    uint64_t luck; /* patches of small houses: order of growth */
    kj_stream patch;
    int32_t zone;  /* a patch stays in this area (its row + 1), a plan takes other land only when the area is full; 0: anywhere */
} site_request;

/* Cells that a project holds, nearest to the seed first, ties to the lower cell. Returns their number. */
int32_t site_cells(const land_view *land, kj_id project, int32_t seed, int32_t out[SITE_MAX]);
/* Reserves the nearest free cells until the homes have room; returns for how many they have. */
int32_t site_reserve(land_view *land, const site_request *request);
/* Reserves a patch that grows from its seed, always to the neighbour with the highest potential. Needs land->potential. */
int32_t site_grow(land_view *land, const site_request *request);
void site_release(land_view *land, kj_id project, int32_t seed);

/* appraise.c: the pro forma of sites. */
typedef struct appraisal {
    const dev *d;
    land_view land;
    const int32_t *travel, *price_small, *price_flat;
    const float *growth[2], *ground_cost, *charge, *land_price;
    const int64_t *sum_travel, *n_priced;
    double value[P_COUNT];
    double rental_value; /* SEK per m2 of dwelling area */
} appraisal;

/* Takes prices, costs and rules; the caller sets `land`. Uses: those of use_pro_forma. */
void appraisal_take(const dev *d, kj_ctx *ctx, appraisal *a);
/* True if it pays to build; fills all of *out but room. */
bool appraisal_site(const appraisal *a, int32_t cell, bool flats, int32_t n_near, dev_candidate *out);

/* site_market.c: which sites come to market, and the choice among them. */
typedef struct site_choice {
    double utility;
    uint32_t site; /* index of the candidate */
    int32_t cell;
} site_choice;

/* Draws that decide whether cells are on the market in a month: word cell mod 4 of a draw on the group of four. Keeps the last
   group, since cells are asked for in order. Start with group -1. */
typedef struct market_draws {
    kj_stream stream;
    kj_month month;
    int32_t group;
    kj_draw4 draw;
} market_draws;
static inline uint32_t market_draw(market_draws *m, int32_t cell)
{
    if (cell >> 2 != m->group) {
        m->group = cell >> 2;
        m->draw = kj_draw(m->stream, (uint64_t)m->group, m->month, 0);
    }
    return m->draw.v[cell & 3];
}
/* Luck of what is built on a site from a month on, and the chance element of its choice. */
uint64_t site_luck(kj_month month, int32_t cell);
double site_chance(kj_stream stream, uint64_t luck, kj_month month);
/* Homes of a project: geometric with a mean, 1 to four means. */
int32_t project_size(double mean, uint32_t draw);

/* Sites from the best down, sorted only as far as they are looked at. choices: a heap at first, then its tail is in order. */
typedef struct site_queue {
    site_choice *choices;
    uint32_t n, n_left; /* n - n_left have been taken */
} site_queue;
void site_queue_build(site_queue *queue, site_choice *choices, uint32_t n);
/* Choice number k from the best; NULL past the last. */
const site_choice *site_queue_at(site_queue *queue, uint32_t k);

/* Systems. */
kj_status dev_start(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);       /* land_view.c */
kj_status dev_comparables(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end); /* home_market.c */
kj_status dev_demand(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);      /* home_market.c */
kj_status dev_start_waiting(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end); /* home_market.c */
kj_status dev_appraise(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);    /* appraise.c */
kj_status dev_programme(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);   /* programme.c */
kj_status dev_demolish(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);    /* demolish.c */
kj_status dev_invest(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);      /* developer.c */
kj_status dev_build(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);       /* build_homes.c */
kj_status dev_land(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);        /* land_take.c */
kj_status dev_measure(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);     /* land_take.c */

/* Invariants: growth_checks.c. */
kj_status dev_check_sites(void *instance, kj_ctx *ctx);
kj_status dev_check_stock(void *instance, kj_ctx *ctx);
kj_status dev_check_projects(void *instance, kj_ctx *ctx);

/* Row of the municipality that a cell lies in; KJ_NO_ROW outside. */
static inline uint32_t dev_municipality_of(const land_view *land, const kj_id *area_municipality, const uint32_t *row_of, int32_t cell)
{
    int32_t area = land->area[cell];
    return area < 0 ? KJ_NO_ROW : row_of[area_municipality[area]];
}

kj_status development_show(const kj_host *host); /* show.c: what the viewer is given to show */

#endif
