/* A map recipe: what a Lua file `map{…}` says, as plain data. docs: the comment at the top of recipe.c lists every key.
 */
#ifndef KEDJA_MAP_RECIPE_H
#define KEDJA_MAP_RECIPE_H

#include <kedja/map.h>
#include <kedja/model.h>
#include <stdbool.h>
#include <stddef.h>

#include "../base/error.h"
#include "names.h"

enum { KJ_AGES = 105, KJ_AGE_CLASSES_MAX = 105, KJ_RECIPE_TEXT = 160, KJ_PLACES_MAX = 100000 /* of one facility in a source, before its factor of 10 at most */ };

typedef struct kj_recipe_locality {
    char code[KJ_RECIPE_TEXT], name[KJ_RECIPE_TEXT];
    kj_area_kind kind;
    double x, y, area_ha;
    int32_t population, n_districts; /* a town can be cut into districts: a core and sectors round it */
} kj_recipe_locality;

typedef struct kj_recipe_municipality {
    char code[32], name[KJ_RECIPE_TEXT], county[KJ_RECIPE_TEXT];
    int32_t population; /* of the country's table of municipalities; 0: not known */
    double tenure[3];   /* dwellings: rental, coop, owner; all 0: not known */
} kj_recipe_municipality;

/* Boundaries of the municipalities and points of their localities: a region, or a country, from a few national files. */
typedef struct kj_recipe_region {
    char file[KJ_RECIPE_TEXT], layer[KJ_RECIPE_TEXT], code[KJ_RECIPE_TEXT]; /* polygons; empty file: no such map */
    char points[KJ_RECIPE_TEXT], points_layer[KJ_RECIPE_TEXT], point_code[KJ_RECIPE_TEXT], point_name[KJ_RECIPE_TEXT],
        point_area_ha[KJ_RECIPE_TEXT], point_population[KJ_RECIPE_TEXT];
} kj_recipe_region;

/* A municipality's age classes: shares of the population. */
typedef struct kj_recipe_ages {
    uint32_t n;
    int32_t from[KJ_AGE_CLASSES_MAX], to[KJ_AGE_CLASSES_MAX];
    double share[KJ_AGE_CLASSES_MAX];
} kj_recipe_ages;

/* Columns of the polygons that carry the areas. Empty: not given. */
typedef struct kj_recipe_areas {
    char file[KJ_RECIPE_TEXT], layer[KJ_RECIPE_TEXT], code[KJ_RECIPE_TEXT], name[KJ_RECIPE_TEXT],
        population[KJ_RECIPE_TEXT];
    char kind_column[KJ_RECIPE_TEXT], kind_rural[KJ_RECIPE_TEXT], kind_locality[KJ_RECIPE_TEXT],
        kind_town[KJ_RECIPE_TEXT];
    char municipality[KJ_RECIPE_TEXT], district[KJ_RECIPE_TEXT]; /* columns with the code of the municipality, of the larger area */
    char rental[KJ_RECIPE_TEXT], coop[KJ_RECIPE_TEXT], owner[KJ_RECIPE_TEXT], unknown[KJ_RECIPE_TEXT];
    char income[KJ_RECIPE_TEXT];
    double income_factor;                              /* to SEK/year */
    char female[KJ_RECIPE_TEXT], male[KJ_RECIPE_TEXT]; /* prefixes of the age columns */
    uint32_t n_classes;
    char class_name[KJ_AGE_CLASSES_MAX][24];
    int32_t class_from[KJ_AGE_CLASSES_MAX];
} kj_recipe_areas;

/* A long, narrow lake (x, y centre; angle from north, degrees clockwise). */
typedef struct kj_recipe_lake {
    char name[KJ_RECIPE_TEXT];
    double x, y, length_m, width_m, angle;
} kj_recipe_lake;

typedef struct kj_recipe_facility {
    kj_facility_kind kind;
    char name[KJ_RECIPE_TEXT];
    double x, y;
    int32_t grade_lo, grade_hi, places, opened;
    bool independent;
    uint32_t of_file; /* which of the recipe's facility files it comes from, counted from 1; 0: the recipe itself */
    int64_t row;      /* its line there, or its feature */
} kj_recipe_facility;

typedef struct kj_recipe_project {
    char name[KJ_RECIPE_TEXT];
    double x, y;
    int32_t n[KJ_PROJECT_TENURES], n_small_houses, year, completion;
    kj_project_stage stage;
} kj_recipe_project;

/* A place outside the map that people commute to. */
typedef struct kj_recipe_commute {
    char name[KJ_RECIPE_TEXT];
    double share; /* of the employed residents */
} kj_recipe_commute;

/* How many values of a source become the one of a cell. */
typedef enum kj_resample { KJ_RESAMPLE_NEAREST = 0, KJ_RESAMPLE_MODE, KJ_RESAMPLE_MEAN, KJ_RESAMPLE_MAX, KJ_RESAMPLE_MIN } kj_resample;
#define KJ_RESAMPLE_LABELS "nearest mode mean max min"

enum { KJ_RECIPE_CLASSES_MAX = 200, KJ_RECIPE_LAYERS_MAX = 12 };

/* A layer from the user's raster or vector file. Classes map a value of the source to one of ours; without them values
   are taken as they are. */
typedef struct kj_recipe_layer {
    char name[48];                                                       /* layer of the map: "zoning" */
    char file[KJ_RECIPE_TEXT], layer[KJ_RECIPE_TEXT], column[KJ_RECIPE_TEXT]; /* layer and column: vector files */
    int32_t band;
    kj_resample rule;
    bool exact;     /* cover: our own codes, taken cell by cell */
    bool has_value; /* vector: every feature has `value` */
    double value, built_share; /* built_share > 0: a cell is built-up from this share of built-up pixels on */
    uint32_t n;
    int32_t from[KJ_RECIPE_CLASSES_MAX];
    uint8_t to[KJ_RECIPE_CLASSES_MAX];
} kj_recipe_layer;

enum { KJ_HOUSEHOLD_SIZES = 5 }; /* 1, 2, 3, 4, and 5 or more persons */

/* What a table of statistics says of the areas. */
typedef enum kj_statistic_kind {
    KJ_STATISTIC_POPULATION = 0,
    KJ_STATISTIC_AGES,
    KJ_STATISTIC_DWELLINGS,
    KJ_STATISTIC_TENURE,
    KJ_STATISTIC_INCOME,
    KJ_STATISTIC_HOUSEHOLD_SIZE,
    KJ_STATISTIC_HOUSEHOLD_KIND,
    KJ_STATISTIC_TENURE_BY_SIZE, /* households by tenure and size */
    KJ_STATISTIC_COUNT
} kj_statistic_kind;
#define KJ_STATISTIC_LABELS "population ages dwellings tenure income household_size household_kind tenure_by_size"

typedef enum kj_stat_role { KJ_ROLE_AREA = 0, KJ_ROLE_AGE, KJ_ROLE_SEX, KJ_ROLE_CATEGORY, KJ_ROLE_SIZE, KJ_STAT_ROLES } kj_stat_role;

/* A table (CSV, PX, json-stat2) and what its dimensions are: core/io/stattable.h reads it, statistics.c uses it. */
typedef struct kj_recipe_statistic {
    kj_statistic_kind kind;
    char file[KJ_RECIPE_TEXT], value[KJ_RECIPE_TEXT]; /* value: column of a CSV */
    char role[KJ_STAT_ROLES][KJ_RECIPE_TEXT];         /* dimension in that role, or "" */
    double factor;
    uint32_t n_where, n_words;
    char where_dim[8][KJ_RECIPE_TEXT], where_value[8][KJ_RECIPE_TEXT];
    char word[32][KJ_RECIPE_TEXT], means[32][32]; /* the table's word, ours */
} kj_recipe_statistic;

/* Observations as CSV: names of the columns, words of the file for our quantities (core/map/observations.h). */
typedef struct kj_recipe_observations {
    char file[KJ_RECIPE_TEXT], date[KJ_RECIPE_TEXT], place[KJ_RECIPE_TEXT], quantity[KJ_RECIPE_TEXT], value[KJ_RECIPE_TEXT];
    bool correct; /* the start follows them; else they are compared alone */
    uint32_t n_words;
    char word[32][KJ_RECIPE_TEXT], means[32][32];
} kj_recipe_observations;

/* Ways from a vector file (.osm.pbf, .gpkg …): layer, and the column that holds a key of maps/classes/roads.csv. */
typedef struct kj_recipe_roads {
    char file[KJ_RECIPE_TEXT], layer[KJ_RECIPE_TEXT], column[KJ_RECIPE_TEXT];
} kj_recipe_roads;

/* A housing programme as CSV among the user's data; columns by the names of map.projects unless others are given. */
typedef struct kj_recipe_programme {
    char file[KJ_RECIPE_TEXT];
    char name[KJ_RECIPE_TEXT], x[KJ_RECIPE_TEXT], y[KJ_RECIPE_TEXT], start[KJ_RECIPE_TEXT], completion[KJ_RECIPE_TEXT];
    char tenure[KJ_PROJECT_TENURES][KJ_RECIPE_TEXT], small_houses[KJ_RECIPE_TEXT], stage[KJ_RECIPE_TEXT];
    int32_t epsg;
} kj_recipe_programme;

/* Facilities among the user's data: a CSV table, or a vector file whose features stand where they are (x and y empty). */
typedef struct kj_recipe_facility_file {
    char file[KJ_RECIPE_TEXT], layer[KJ_RECIPE_TEXT], name[KJ_RECIPE_TEXT], x[KJ_RECIPE_TEXT], y[KJ_RECIPE_TEXT], places[KJ_RECIPE_TEXT];
    char independent[KJ_RECIPE_TEXT], independent_value[KJ_RECIPE_TEXT];
    char exclude_column[KJ_RECIPE_TEXT], exclude_value[8][KJ_RECIPE_TEXT];
    kj_facility_kind kind;
    int32_t grade_lo, grade_hi, epsg;
    double places_factor;
    uint32_t n_excluded;
} kj_recipe_facility_file;

typedef struct kj_recipe {
    char path[1024], folder[1024], data_folder[1024]; /* of the recipe itself; of the user's files, or empty */
    char name[48], country[8];
    int32_t names; /* language of names that are made up */
    char title_en[KJ_RECIPE_TEXT], title_sv[KJ_RECIPE_TEXT], title_da[KJ_RECIPE_TEXT];
    char needs[512], import_hint[512]; /* what the user must download; empty: facts alone */
    int32_t start_year, epsg;
    double cell_m;
    bool has_extent;
    double west, south, east, north;

    kj_recipe_municipality *municipalities; /* one, or those of a region */
    uint32_t n_municipalities;
    kj_recipe_region region;
    int32_t population; /* of all; 0: sum of the areas */
    double total_km2, land_km2;

    kj_recipe_locality *localities; /* synthetic geometry … */
    uint32_t n_localities;
    char localities_file[KJ_RECIPE_TEXT], ages_file[KJ_RECIPE_TEXT];
    char rural_code[32], rural_name[KJ_RECIPE_TEXT];
    char rural_around[16][KJ_RECIPE_TEXT]; /* names of localities; the countryside is cut by the nearest */
    uint32_t n_rural;
    bool fill_extent;      /* the whole grid belongs to the map (toy) */
    kj_recipe_areas areas; /* … or polygons */

    kj_recipe_statistic *statistics;
    uint32_t n_statistics;
    kj_recipe_observations *observations;
    uint32_t n_observations;
    char sample_file[KJ_RECIPE_TEXT]; /* households of a survey: seed of the synthesis, or "" */

    kj_recipe_ages ages;
    double one_person_share, couple_share; /* of households; couple_share < 0: from one_person_share */
    double care_share_80;                  /* share of persons of 80 and over who live in care homes */
    int32_t care_home_places;
    double dwellings_total;  /* 0: from the areas */
    double dwellings_in_use; /* share of the total that is lived in by a registered household, for sale or to let */
    double small_share[3];   /* by kj_area_kind */
    double small_tenure[3], flat_tenure[3]; /* rental, coop, owner: shares where areas do not say; owned flats are sold like co-op ones */
    double private_small, private_flat;     /* Denmark: shares of the rental small houses and flats that are private rentals; the others are almen */
    double owned_flat;                      /* Denmark: share of the bought flats that are owned; the others are andel */
    double vacancy_rental, vacancy_coop, vacancy_owner; /* to let or for sale, shares of the homes */
    double between_rental, between_coop, between_owner, between_student; /* empty between two households besides: notice, renovation, contract */
    double student_share_of_rental, senior_share_of_rental;

    double arable, forest, reserves; /* shares of land */
    double farmland_class_mean;
    kj_recipe_lake lakes[16];
    uint32_t n_lakes;
    double river_x[32], river_y[32];
    uint32_t n_river;
    double fringe_m, fringe_share;
    kj_recipe_layer cover;                         /* land cover that homes are built into; no file: synthetic */
    kj_recipe_layer layers[KJ_RECIPE_LAYERS_MAX]; /* other layers of the map, as they are */
    uint32_t n_layers;
    kj_recipe_roads roads;
    bool shores; /* sea, lakes and rivers of GSHHG, at import */

    double tertiary_share, student_share, queue_share, queue_years;
    double jobs; /* in the municipality */
    kj_recipe_commute commutes[16];
    uint32_t n_commutes;
    kj_recipe_facility_file facility_files[8];
    uint32_t n_facility_files;
    kj_recipe_programme programme;
    kj_recipe_facility *facilities;
    uint32_t n_facilities;
    bool fill_schools, fill_preschools, fill_care_homes; /* add assumed ones until there are places for all */
    kj_recipe_project *projects;
    uint32_t n_projects;

    char *sources; /* text, one source a line; owned */
} kj_recipe;

/* Reads the recipe and the CSV tables that it names beside itself. data_folder: where the user's own files lie, or
 * NULL. */
kj_status kj_recipe_read(kj_error *err, const char *path, const char *data_folder, kj_recipe *out);
/* Path of a file that the recipe names: in the data folder, else beside the recipe. KJ_E_INPUT if it is in neither. */
kj_status kj_recipe_file(kj_error *err, const kj_recipe *recipe, const char *name, char *out, size_t out_bytes);
/* Whether the file's `exclude` names this value. */
bool kj_recipe_excludes(const kj_recipe_facility_file *file, const char *value);
/* Appends a copy. */
kj_status kj_recipe_add_facility(kj_error *err, kj_recipe *recipe, const kj_recipe_facility *facility);
void kj_recipe_free(kj_recipe *recipe);

#endif
