/* A map while it is being built: plain arrays that the steps of core/map fill one after the other. Indices here are
   positions in these arrays, -1 for none; build.c turns them into ids. */
#ifndef KEDJA_MAP_DRAFT_H
#define KEDJA_MAP_DRAFT_H

#include <kedja/map.h>
#include <kedja/math.h>
#include <kedja/model.h>
#include <kedja/rng.h>
#include <math.h>
#include <stdio.h>

#include "country.h"
#include "recipe.h"

/* Streams of luck of the synthesis: a draw is a pure function of the stream, an index and a number, never of a seed. */
typedef enum kj_map_stream {
    KJ_MAP_NOISE = 1,
    KJ_MAP_BIRTH,
    KJ_MAP_HOME,
    KJ_MAP_PARTNER,
    KJ_MAP_PAIRING,
    KJ_MAP_FAMILY,
    KJ_MAP_SHARING,
    KJ_MAP_CARE,
    KJ_MAP_DWELLING,
    KJ_MAP_MATCH,
    KJ_MAP_CELL,
    KJ_MAP_PLACE,
    KJ_MAP_EDUCATION,
    KJ_MAP_WORK,
    KJ_MAP_INCOME,
    KJ_MAP_QUEUE,
    KJ_MAP_PARITY
} kj_map_stream;

static inline kj_draw4 kj_map_draw(kj_map_stream stream, uint64_t key, uint32_t number)
{
    kj_stream s = {{UINT32_C(0x6B6D6170), (uint32_t)stream}};
    return kj_draw(s, key, 0, number);
}

static inline double kj_map_uniform(kj_map_stream stream, uint64_t key, uint32_t number)
{
    return kj_uniform(kj_map_draw(stream, key, number).v[0]);
}

/* Mean 0, variance 1, within +-3.47: the sum of four uniforms (Irwin-Hall), from basic operations only. */
static inline double kj_map_normal(kj_map_stream stream, uint64_t key, uint32_t number)
{
    kj_draw4 d = kj_map_draw(stream, key, number);
    double sum = kj_uniform(d.v[0]) + kj_uniform(d.v[1]) + kj_uniform(d.v[2]) + kj_uniform(d.v[3]);
    return (sum - 2.0) * 1.7320508075688772;
}

/* What an item is sorted by; ties end on the index. */
typedef struct kj_ranked {
    double key;
    int32_t index;
} kj_ranked;
void kj_ranked_sort(kj_ranked *items, size_t n); /* ascending */

enum { KJ_HOME_CLASSES = 7, KJ_HOUSE_CLASSES = 13 }; /* rows and columns of start_dwelling_affinity.csv */
typedef enum kj_home_class {
    KJ_HOME_OWNER = 0,
    KJ_HOME_COOP_SMALL,
    KJ_HOME_RENTAL_SMALL,
    KJ_HOME_COOP_FLAT,
    KJ_HOME_RENTAL_FLAT,
    KJ_HOME_STUDENT,
    KJ_HOME_SENIOR
} kj_home_class;

typedef struct kj_draft_area {
    char code[32], name[KJ_RECIPE_TEXT];
    kj_area_kind kind;
    char district[64];    /* code of the larger area, or "" */
    int32_t municipality; /* index in recipe.municipalities */
    int32_t locality;     /* index in recipe.localities, -1 */
    double x, y;
    int32_t population, n_cells, centre_cell;
    double built_ha;   /* 0: not known */
    double income_sek; /* median disposable income per consumption unit; 0 unknown */
    double dwellings;  /* 0: not known */
    double tenure[3];  /* rental, coop, owner: dwellings; used when dwellings > 0 */
    double tenure_count[4];                    /* rental, coop, owner, unknown: as read from a table */
    double size_count[KJ_HOUSEHOLD_SIZES];     /* households by size; all 0: not known */
    double kind_count[KJ_HH_COUNT];            /* households by kind */
    double tenure_size[4][KJ_HOUSEHOLD_SIZES]; /* households by tenure (with unknown) and size */
    double small_share;
    double class_count[2][KJ_AGE_CLASSES_MAX]; /* persons by sex and class of the draft; used when it has classes */
    int32_t n_age[2][KJ_AGES];
    int32_t n_care;                  /* residents of care homes in the area */
    int32_t first_person, n_persons; /* draft persons of the area, care residents included */
    int32_t first_household, n_households;
    int32_t homes[KJ_HOME_CLASSES], vacant[KJ_HOME_CLASSES], first_dwelling, n_dwellings;
    int32_t n_unlinked; /* children who live with adults that are not their parents */
    double median_income;
} kj_draft_area;

typedef struct kj_draft_person {
    int32_t area, birth_month, household, partner, mother, father, next_member, care, workplace;
    int32_t income, queue_since;
    int16_t age;
    uint8_t sex, child_at_home, activity, education, children;
} kj_draft_person;

typedef struct kj_draft_household {
    int32_t area, head, dwelling, income;
    uint8_t size, n_children, kind, house_class;
} kj_draft_household;

typedef struct kj_draft_dwelling {
    int32_t area, cell, household, rent;
    int16_t area_m2, built_year;
    uint8_t tenure, kind, rooms, home_class;
} kj_draft_dwelling;

typedef struct kj_draft_facility {
    uint8_t kind, grade_lo, grade_hi, independent, assumed;
    char name[KJ_RECIPE_TEXT];
    int32_t cell, area, places, opened, n_residents;
} kj_draft_facility;

typedef struct kj_draft_workplace {
    char name[KJ_RECIPE_TEXT];
    int32_t cell, area, jobs;
    uint8_t sector;
} kj_draft_workplace;

/* core/map/observations.h says what at and quantity are. */
typedef struct kj_draft_observation {
    kj_month month;
    uint8_t at, quantity;
    int32_t index; /* of the area, municipality or facility; -1 not found yet */
    double value, before;
    bool corrects, used; /* may correct; did correct */
    char place[KJ_RECIPE_TEXT];
    const char *file; /* of the recipe */
    uint32_t line;
} kj_draft_observation;

typedef struct kj_draft {
    const kj_recipe *recipe;
    const kj_country *country;
    kj_month start;
    kj_grid grid;
    int32_t n_cells; /* of the grid */

    int32_t *cell_area; /* -1 outside */
    uint8_t *land, *protection, *farmland_class, *zoning;
    float *max_far;
    int32_t *travel_centre;
    int16_t *walk_cost;
    int32_t *area_first, *area_cells; /* cells of area a: area_cells[area_first[a] …], ascending; from land.c on */
    bool land_is_real, importing;
    uint32_t n_classes; /* age classes of the areas' own tables; 0: none */
    int32_t class_from[KJ_AGE_CLASSES_MAX];
    uint8_t *water;    /* 1: real water, from shores; NULL: not known */
    float *road_kmh;   /* speed of the fastest road through the cell; NULL: roads not known */
    uint8_t *path;     /* 1: a way to walk on */
    char *warnings;    /* one line each, "  warning: …"; NULL: none */

    kj_draft_area *areas;
    int32_t n_areas;
    kj_draft_person *persons;
    int32_t n_persons;
    kj_draft_household *households;
    int32_t n_households;
    kj_draft_dwelling *dwellings;
    int32_t n_dwellings;
    kj_draft_facility *facilities;
    int32_t n_facilities, cap_facilities;
    kj_draft_workplace *workplaces;
    int32_t n_workplaces, cap_workplaces;
    kj_draft_observation *observations;
    int32_t n_observations;
    bool persons_corrected; /* the areas' sum need not be the municipality's total then */
    double fit_worst_age, fit_worst_home, fit_worst_commute, class_error;
} kj_draft;

/* The steps, in order. Each leaves a complete layer or list. */
kj_status kj_draft_outline(kj_error *err, kj_draft *draft);    /* land.c: areas and cell_area from localities */
kj_status kj_draft_region(kj_error *err, kj_draft *draft);     /* region.c: the same from municipalities and points */
kj_status kj_draft_statistics(kj_error *err, kj_draft *draft); /* statistics.c: figures of the areas from tables */
kj_status kj_draft_ages(kj_error *err, kj_draft *draft);       /* ages.c: n_age of every area, exact totals */
kj_status kj_draft_stock(kj_error *err, kj_draft *draft);      /* homes.c: dwellings and households of every area */
kj_status kj_draft_care(kj_error *err, kj_draft *draft);       /* places.c: care homes and how many live there */
kj_status kj_draft_people(kj_error *err, kj_draft *draft);     /* people.c: persons and households */
kj_status kj_draft_land(kj_error *err, kj_draft *draft);       /* land.c: land use and the other layers */
kj_status kj_draft_homes(kj_error *err, kj_draft *draft);      /* homes.c: dwellings, cells, who lives where */
kj_status kj_draft_facilities(kj_error *err, kj_draft *draft); /* places.c */
kj_status kj_draft_work(kj_error *err, kj_draft *draft);       /* work.c: education, jobs, commuting, incomes */

/* Adds a line to the report that `kedja map check` repeats. Losing one for lack of memory is no error. */
__attribute__((format(printf, 2, 3))) void kj_draft_warn(kj_draft *draft, const char *format, ...);
kj_draft_facility *kj_draft_add_facility(kj_draft *draft); /* NULL: out of memory */
kj_draft_workplace *kj_draft_add_workplace(kj_draft *draft);
double kj_cell_x(const kj_grid *grid, int32_t cell); /* centre */
double kj_cell_y(const kj_grid *grid, int32_t cell);
void kj_draft_free(kj_draft *draft);

#endif
