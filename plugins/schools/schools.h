/* Schools and preschools: who goes where. Internal to the plugin.

   What the plugin keeps in memory besides the state (walking times, the list of children) can be derived from the state
   at any time, so that a restart goes on with the same results. */
#ifndef KEDJA_SCHOOLS_H
#define KEDJA_SCHOOLS_H

#include <kedja/draft/memory.h>
#include <kedja/model.h>
#include <kedja/plugin.h>
#include <math.h>
#include <stdbool.h>

enum {
    STREAM_ENROL = 1, /* does a child go to preschool (person) */
    STREAM_LOT = 2,   /* lot among equals, and the wish for an independent school (person) */
    STREAM_TASTE = 3, /* how much a family likes each school, for life (person; number: facility) */
    STREAM_FORMER = 4, /* has a child of the start moved since it got its place, and from where (head of the household; number: look) */
};

/* person.grade: 0 none, 1 preschool, 2 = F … 11 = year 9. */
enum { GRADE_NONE = 0, GRADE_PRESCHOOL = 1, GRADE_F = 2, GRADE_7 = 9, GRADE_9 = 11, GRADE_COUNT = 12, SCHOOL_GRADES = GRADE_COUNT - GRADE_F };

/* schools.mode: how children get a place in municipal schools. */
typedef enum school_mode {
    MODE_NEAREST = 0,   /* nearest with room; where two want the last place the nearer gets it */
    MODE_CATCHMENT = 1, /* the school of the catchment area */
    MODE_RELATIVE = 2,  /* wishes; ranked by relative nearness as Swedish municipalities practise it */
    MODE_GUARANTEE = 3, /* wishes; relative nearness against a guarantee school that nobody loses */
    MODE_LEAST_WAY = 4, /* the least total way under the places of all */
    MODE_WISHES = 5,    /* wishes, deferred acceptance, ranked without nearness */
    MODE_BOSTON = 6,    /* wishes, immediate acceptance */
    MODE_TTC = 7,       /* wishes, top trading cycles */
    MODE_DISTRICT = 8,  /* Denmark: a right to the district school, free choice if there is room */
    MODE_COUNT = 9
} school_mode;

/* person.school_why: why a child of school age has no place. */
enum { WHY_HAS = 0, WHY_NO_HOME = 1, WHY_NO_SCHOOL = 2, WHY_FULL = 3 };
#define WHY_LABELS "has_place_or_needs_none no_home_on_the_map no_school_teaches_the_grade every_school_is_full"

/* Order of criteria when schools rank children: rows of school_priority.csv. */
enum { CRIT_GUARANTEE, CRIT_SIBLING, CRIT_CATCHMENT, CRIT_NEAR, CRIT_NEARNESS, CRIT_COUNT };
#define CRIT_LABELS "guarantee sibling catchment near relative_nearness"
enum { LIMIT_NEAR, LIMIT_BUS, LIMIT_COUNT };
enum { GUMBEL_STEPS = 4096 /* equally likely values of a family's taste for a school */ };
enum { CLASS_CAP, CLASS_CAP_SPECIAL, CLASS_COUNT };

typedef enum school_param_id {
    SP_ENROLMENT,
    SP_FIRST_MONTHS,
    SP_GRADE_SLACK,
    SP_STAY_SECONDS,
    SP_START_MOVED_SHARE,
    SP_WISH_SHARE,
    SP_WINDOW_SECONDS,
    SP_BEYOND_SPEED,
    SP_MODE,
    SP_WISHES,
    SP_TASTE,
    SP_SIBLING_PULL,
    SP_WALK_SPEED,
    SP_BUS_COST,
    SP_COUNT
} school_param_id;

/* Counts by municipality. */
enum {
    SM_PUPILS,
    SM_PRESCHOOL,
    SM_PLACES,
    SM_PRESCHOOL_PLACES,
    SM_WITHOUT,
    SM_WITHOUT_SCHOOL,
    SM_PRESCHOOL_WITHOUT,
    SM_AT_NEAREST,
    SM_MEAN_WALK,
    SM_P95_WALK,
    SM_MAX_WALK,
    SM_OVER_LIMIT,
    SM_BUS_COST,
    SM_WISHED,
    SM_FIRST_WISH,
    SM_WISH_RANK,
    SM_SIBLINGS,
    SM_SPLIT_SIBLINGS,
    SM_CLASSES,
    SM_OVER,     /* of this month, for the audit */
    SM_UNPLACED, /* of this month, for the audit, all with the first municipality */
    SM_COUNT
};

/* A school or preschool that is open this month. */
typedef struct school_site {
    kj_id id;
    uint32_t row;
    int32_t cell, places; /* places with pavilions */
    uint16_t grades;      /* bit g: teaches grade g */
    uint8_t grade_lo, grade_hi;
    bool preschool, independent;
    uint32_t municipality; /* row; KJ_NO_ROW unknown */
    /* Walking seconds to the entrance from a square of cells around it; UINT16_MAX: not on foot within it. */
    uint16_t *walk;
    int32_t col, row_on_grid, col_lo, row_lo, width, height;
} school_site;

/* Everything derived from the facilities of the moment. */
typedef struct network {
    uint64_t key; /* of the facilities it was made for */
    school_site *schools; /* by municipality, schools before preschools, then facility row: see school_range */
    uint32_t n_schools, n_municipalities;
    uint32_t *first; /* [2 * n_municipalities + 1] */
    double *part; /* [n_schools][GRADE_COUNT]: places that a school sets aside for a grade */
    uint64_t part_key; /* of the places that the parts were made for */
    uint32_t *school_of; /* by facility row: index into schools, KJ_NO_ROW */
    uint32_t n_facility_rows;
    /* Nearest school by cell, for each set of grades that the same schools cover: index + 1; 0 not asked for yet. */
    uint16_t *nearest[GRADE_COUNT]; /* grades with the same schools share one */
    int32_t n_cells;
    double beyond_speed; /* metres a second */
    double least_pace;   /* seconds a cell as the crow flies: no way to a school is faster, see out_of_reach */
    /* Children who stay where they are, by school: [n_schools][GRADE_COUNT], [n_schools]. Kept from month to month. */
    int32_t *settled, *settled_total;
    bool is_counted; /* those, and the stages of the children, hold for the list as it is */
} network;

/* What a month sees of a child, and whether it need look closer: if it sees something that the child's stage names. */
enum { CHILD_MOVED = 1, CHILD_GONE = 2, CHILD_HERE = 4, CHILD_GROWN = 8 /* its first months have passed */ };
typedef enum child_stage {
    CHILD_TO_LOOK_AT = CHILD_GONE | CHILD_HERE, /* in any case */
    CHILD_SETTLED = CHILD_MOVED | CHILD_GONE,   /* goes to a school, and is counted in network.settled: until it moves or leaves */
    CHILD_AT_HOME = CHILD_GROWN,                /* needs no place: until August, or its first months have passed */
    CHILD_AWAY = CHILD_HERE                     /* dead, or lives outside: until it moves in */
} child_stage;

/* A child on the plugin's own list, so that a month need not look at everyone. */
typedef struct child {
    uint32_t row;
    int16_t birth_month;
    uint8_t stage;
} child;

typedef struct schools {
    const kj_host *host;
    const kj_run_v1 *run;
    const kj_space_v1 *space;
    const kj_memory_v0 *memory;
    kj_table facility, person, household, dwelling, municipality, area, cell;
    kj_col kind, name, fac_cell, grade_lo, grade_hi, places, independent, opened, closed, pupils, luck, fac_municipality;
    kj_col pavilion, capacity, grade_pupils[SCHOOL_GRADES], grade_places[SCHOOL_GRADES], grade_classes[SCHOOL_GRADES], all_classes;
    kj_col person_school, person_grade, person_why, person_wish, walk_cost, catchment[2], catchments_of;
    kj_col birth_month, person_luck, resident, person_household, moved;
    kj_col living, home, host_household, home_cell, cell_area, area_municipality, head, next_member;
    kj_col municipality_count[SM_COUNT], area_pupils, area_at_nearest, area_preschool_need, area_preschool_places, area_level[2];
    kj_table home_class;
    kj_col class_kind, class_tenure, class_from, class_homes, class_young, class_school_age, home_kind, home_tenure, home_built;
    kj_param param[SP_COUNT];
    kj_param_table limits, priority, classes;

    network net;
    child *children; /* persons up to 16, by row; some older and some gone until the next August */
    uint32_t n_children, children_capacity;
    float gumbel[GUMBEL_STEPS];
    uint32_t n_seen;   /* rows of persons that have been looked at */
    int32_t list_year; /* year for which the list was made; 0 the start */
    uint32_t enrol_threshold; /* of the parameters that the stages of the children rest on */
    int32_t first_months;
} schools;

/* The persons and their homes under one call. */
typedef struct people {
    const int16_t *birth_month, *moved;
    const int32_t *home_cell, *cell_area;
    const uint64_t *luck;
    const uint8_t *resident, *living, *alive;
    const kj_id *household, *home, *host, *area_municipality, *head, *next_member;
    const uint32_t *row_of, *household_row, *home_row, *municipality_row;
    kj_month now;
} people;

static inline double school_value(const schools *s, kj_ctx *ctx, school_param_id id) { return s->run->param(ctx, s->param[id]); }

/* Blocks that are kept from month to month, counted by the host; zeroed. */
static inline void *school_keep(const schools *s, size_t bytes) { return s->memory->grow(s->host->impl, NULL, 0, bytes); }
static inline void school_drop(const schools *s, void *block, size_t bytes) { s->memory->drop(s->host->impl, block, bytes); }

/* walking.c */
kj_status network_update(schools *s, kj_ctx *ctx);
void network_free(schools *s);
/* Squared distance, in cells, beyond which no school is reached within so many seconds: to tell from it that one is farther away
   than another costs less than to look up its way. */
double out_of_reach(const network *net, int32_t seconds);
static inline double distance2_to(const school_site *school, int32_t col, int32_t row)
{
    double dx = col - school->col, dy = row - school->row_on_grid;
    return dx * dx + dy * dy;
}
/* Seconds from a cell to a school: on foot within its square, beyond it by the way as the crow flies. What is asked of many schools is no call. */
int32_t walk_seconds(const network *net, const kj_grid *grid, const school_site *school, int32_t cell);
static inline int32_t walk_seconds_from(const network *net, const kj_grid *grid, const school_site *school, int32_t col, int32_t row)
{
    const uint32_t x = (uint32_t)(col - school->col_lo), y = (uint32_t)(row - school->row_lo); /* huge left of the square and above it */
    if ((x < (uint32_t)school->width) & (y < (uint32_t)school->height)) {
        uint16_t seconds = school->walk[y * (uint32_t)school->width + x];
        if (seconds != UINT16_MAX) return seconds;
    }
    return (int32_t)(sqrt(distance2_to(school, col, row)) * grid->cell_m / net->beyond_speed);
}
/* Schools, or preschools for that grade, of a municipality: indices [begin, end). */
typedef struct school_range {
    uint32_t begin, end;
} school_range;
static inline school_range schools_for(const network *net, uint32_t municipality, uint8_t grade)
{
    uint32_t part = 2 * municipality + (grade == GRADE_PRESCHOOL);
    return (school_range){net->first[part], net->first[part + 1]};
}
static inline bool school_covers(const school_site *school, uint8_t grade) { return school->grades >> grade & 1; }
/* Index of the nearest school of a municipality for a grade, full or not; KJ_NO_ROW if none covers it. */
uint32_t nearest_school(network *net, const kj_grid *grid, uint32_t municipality, uint8_t grade, int32_t cell);

/* pupils.c */
void people_take(const schools *s, kj_ctx *ctx, people *p);
/* Calendar year in which the school year began: it begins in August. */
static inline int32_t school_year_of(kj_month now) { return KJ_YEAR_OF(now) - (KJ_MONTH_OF_YEAR(now) < 8); }
/* Grade in a school year by calendar year of birth; GRADE_PRESCHOOL below school, GRADE_NONE above. */
static inline uint8_t grade_in(int32_t school_year, kj_month birth_month)
{
    int32_t age = school_year - KJ_YEAR_OF(birth_month);
    if (age < 6) return GRADE_PRESCHOOL;
    return age <= 15 ? (uint8_t)(age - 6 + GRADE_F) : GRADE_NONE;
}
/* Dwelling (row) of a person's household or its host; KJ_NO_ROW: none. */
uint32_t home_row_of(const people *p, uint32_t person);
/* Cell of a person's home or host's home; -1: none on the map. */
int32_t home_of(const people *p, uint32_t person);
/* The same for many, in passes, so that the waits for memory overlap. */
void homes_of(const people *p, const uint32_t *persons, uint32_t n, int32_t *cells);
uint32_t municipality_of(const people *p, int32_t cell);
/* Brings the list of children up to date. */
kj_status children_update(schools *s, kj_ctx *ctx, const people *p);
/* Row of a child; KJ_NO_ROW if it is gone. */
static inline uint32_t child_row(const people *p, const child *one) { return p->alive[one->row] ? one->row : KJ_NO_ROW; }

/* Splits the places of each school over its grades: equal cohorts, each grade the same in the municipality as a whole, so
   that schools with the grades that few teach set more aside for them. */
void split_places(network *net);

/* places.c: one intake. */
typedef struct seeker {
    uint32_t person; /* row */
    int32_t cell;
    uint32_t municipality, lot;
    uint8_t grade;
    bool wishes_independent;
    uint8_t wish;     /* rank of the wish that was met, from 1; 0: placed without */
    uint32_t sibling; /* school of a brother or sister that teaches the grade, index; KJ_NO_ROW */
    uint32_t placed;  /* index into schools; KJ_NO_ROW */
} seeker;

/* Schools that still have room for a grade. */
typedef struct open_schools {
    uint32_t *school, n;
} open_schools;

struct rules;

typedef struct intake {
    network *net;
    const struct rules *rules; /* of the mode */
    const kj_grid *grid;
    int32_t *count; /* [n_schools][GRADE_COUNT] */
    int32_t *total; /* [n_schools] */
    double slack;   /* how far a grade may go above its part of the places */
    bool grades_apart;
    seeker *seekers;
    uint32_t n_seekers;
    void *work; /* room for intake_work_bytes(n_seekers, n_schools) */
    open_schools open[GRADE_COUNT]; /* of the round, within work */
} intake;

size_t intake_work_bytes(uint32_t n_seekers, uint32_t n_schools);
bool has_place(const intake *in, uint32_t school, uint8_t grade);
/* Everyone to the nearest school with room: where two want the last place, the nearer gets it, then the lot, then who
   stands first in the table; independent schools admit those who wish for them by lot alone. Who finds no place in the part of a grade
   gets one in a school that has places left in other grades. */
void place_seekers(intake *in);

/* rules.c: what the mode and the country's tables say, taken once a call. */
typedef struct rules {
    school_mode mode;
    uint32_t n_wishes;
    double taste_seconds, sibling_seconds, walk_speed; /* walk_speed in m/s */
    const double *limits;   /* [SCHOOL_GRADES][LIMIT_COUNT] km */
    const double *priority; /* [SCHOOL_GRADES][CRIT_COUNT] order, 0: does not count */
    const double *classes;  /* [SCHOOL_GRADES][CLASS_COUNT] */
    kj_stream taste;
    const float *gumbel; /* [GUMBEL_STEPS] its quantiles */
    const uint64_t *luck;          /* of persons */
    const int32_t *catchment[2];   /* facility id by cell: F-6, 7-9 */
    const uint32_t *facility_row;  /* by id */
    int32_t n_threads;
    void *work;             /* room for mode_work_bytes */
    uint32_t *counts;       /* [municipalities][SCHOOL_GRADES] room for counting */
} rules;
void rules_take(const schools *s, kj_ctx *ctx, const people *p, rules *r);
/* How much a family likes a school, in seconds on foot: drawn once for life by child and school (Gumbel, as in a logit choice).
   `draw` is that of `school / 4`, see taste_draw: one draw serves four schools. */
static inline kj_draw4 taste_draw(const rules *r, uint32_t person, kj_id school) { return kj_draw(r->taste, r->luck[person], 0, school / 4); }
static inline double liking(const rules *r, const kj_draw4 *draw, kj_id school)
{
    return r->taste_seconds * (double)r->gumbel[draw->v[school % 4] / (UINT32_MAX / GUMBEL_STEPS + 1)];
}
static inline double rule_limit(const rules *r, uint8_t grade, int limit) { return r->limits[(grade - GRADE_F) * LIMIT_COUNT + limit]; }

/* modes.c: places in municipal schools by the mode of the rules, for those who have none yet. */
size_t mode_work_bytes(const intake *in, const rules *r);
void place_by_mode(intake *in, const rules *r);

/* catchments.c: which municipal school each cell belongs to, F-6 and 7-9; drawn anew when schools or the mode change. In the
   modes with catchments (and least way) the borders are those of the assignment with the least total way of all children,
   elsewhere each cell belongs to its nearest school. */
kj_status draw_catchments(schools *s, kj_ctx *ctx, const people *p, const rules *r);
static inline int catchment_level(uint8_t grade) { return grade >= GRADE_7; }

/* Systems and invariants. */
kj_status schools_place(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end); /* place.c */
kj_status schools_start(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status schools_count(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end); /* count_pupils.c */
/* home_classes.c: children per dwelling, table home_class. */
kj_status schools_make_home_classes(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status schools_count_homes(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end);
kj_status schools_check_pupils(void *instance, kj_ctx *ctx);                        /* school_checks.c */
kj_status schools_check_places(void *instance, kj_ctx *ctx);
kj_status schools_check_children(void *instance, kj_ctx *ctx);

kj_status schools_show(const kj_host *host); /* show.c: what the viewer is given to show */

#endif
