/* One world as the viewer shows it: what its source tells, read once or when it is first looked at. Main thread only. */
#ifndef KEDJA_VIZ_WORLD_H
#define KEDJA_VIZ_WORLD_H

#include <kedja/draft/view.h>
#include <kedja/model.h>

#include "../core/chains/area_words.h"
#include "../core/io/observed.h"
#include "source.h"

enum { KJ_NAME_TEXT = 96, KJ_WORLD_OUTSIDE = 255 };

/* Figures that have a place of their own in the panels: columns of table municipality. What they are called and how they read
   is told by the plugin that records them (kedja/draft/view.h), as for every other figure. */
typedef enum kj_figure_id {
    KJ_FIG_POPULATION = 0,
    KJ_FIG_HOUSEHOLDS,
    KJ_FIG_DWELLINGS,
    KJ_FIG_COMPLETED,
    KJ_FIG_MOVES,
    KJ_FIG_CHAIN_LENGTH,
    KJ_FIG_PUPILS,
    KJ_FIG_WITHOUT_PLACE,
    KJ_FIG_WALK,
    KJ_FIG_FARMLAND,
    KJ_FIG_RESULT,
    KJ_FIG_COUNT
} kj_figure_id;

typedef struct kj_area {
    char name[KJ_NAME_TEXT];
    double col, row; /* centroid, in cells */
    int32_t kind;
    bool has_name; /* not only a code */
} kj_area;

typedef struct kj_facility {
    kj_id id;
    char name[KJ_NAME_TEXT];
    int32_t cell;
    int32_t kind, grade_lo, grade_hi;
    kj_month opened, closed;
    bool assumed; /* the map has it from no register */
} kj_facility;

/* One vacancy of the forest; row r has id r + 1. */
typedef struct kj_vacancy_row {
    kj_id root, parent, filled_by, dwelling, from_dwelling;
    int32_t cell, mover_income;
    int16_t round, opened, closed, move_in;
    uint8_t cause, stage, end, tenure, kind, rooms, mover_size, mover_kind, mover_age, mover_origin;
} kj_vacancy_row;

typedef struct kj_flag {
    int32_t year;
    char text[3][KJ_NAME_TEXT]; /* en, sv, da */
} kj_flag;

/* What plugins give to show (kedja/draft/view.h), as the run file tells it. */
typedef enum kj_shown_as { KJ_AS_LAYER = 0, KJ_AS_AREA, KJ_AS_CHART, KJ_AS_TEXT, KJ_AS_STEP } kj_shown_as;

typedef struct kj_shown_item {
    kj_shown_as kind;
    char title[3][KJ_NAME_TEXT], unit[3][32], how[3][256], table[48], column[48], per[48];
    double scale, low, high;
    int32_t decimals;
    uint32_t flags; /* kj_shown_flag */
    double *series;  /* charts and steps: n_years values, owned */
    double *members; /* charts of an ensemble: [run][year], owned; NULL: one run */
} kj_shown_item;

typedef struct kj_world {
    kj_source source;
    const kj_source_facts *facts;
    kj_grid grid;
    char letter; /* 'A' or 'B' */
    char place[KJ_NAME_TEXT];
    char title[3][KJ_NAME_TEXT]; /* short: what tells this world from the other */
    char both_titles[3][2 * KJ_NAME_TEXT + 8]; /* of two policies that tell it from the other, where there is room: "Densify and Protect farmland"; "" else */
    int32_t n_years;
    int32_t *years;
    const kj_shown_item *figure[KJ_FIG_COUNT]; /* among the items; NULL if no plugin shows that column */
    int32_t n_areas;
    kj_area *areas;
    kj_area_words area_words; /* where a home lies, as stories tell it */
    int32_t *cell_area; /* row of the area, -1 outside; NULL if unknown */
    uint8_t *outside;   /* KJ_WORLD_OUTSIDE outside the areas, else 0; NULL if unknown */
    float *area_population; /* of year area_year */
    int32_t n_facilities;
    kj_facility *facilities; /* that ever were */
    float *pupils, *places;  /* [n_years][n_facilities], NaN where there was none */
    uint32_t n_vacancies;
    kj_vacancy_row *vacancies;
    uint32_t *children;      /* first child of each vacancy (row + 1), 0 none; next in `sibling` */
    uint32_t *sibling;
    int32_t n_flags;
    kj_flag *flags;
    kj_observed observed; /* counts of inhabitants; n 0: none, or several municipalities */
    int32_t n_items;
    kj_shown_item *items; /* only those whose column is there */
    struct kj_layer_slot *slots; /* cache of layers */
    int32_t n_slots, clock;
    double town_col, town_row; /* middle of the square kilometre where most people live at the start (in an ensemble at its end); -1: nobody does */
    double town_west, town_east, town_north, town_south; /* in cells: what hangs together with it and is as densely lived in as a locality */
    const char *dots;  /* layer that dots count: "households", or "population" of a run that does not record them */
    double built_dots; /* its mean over the cells that have some of it, at the start */
    int32_t n_members; /* runs of an ensemble; 0: one run */
    bool has_chains;
    bool land_is_synthetic;
} kj_world;

/* Takes the source over, also on failure. */
kj_status kj_world_open(kj_error *err, kj_source source, char letter, kj_world *out);
/* A source that grew: reads its new years, facilities and vacancies. */
kj_status kj_world_refresh(kj_error *err, kj_world *world);
void kj_world_close(kj_world *world);

/* A layer of a year, nx * ny floats (or bytes for land use, KJ_WORLD_OUTSIDE outside the areas); NULL if the world has
   none. Valid until eight other layers have been asked for. */
const float *kj_world_layer(kj_world *world, const char *name, int32_t year_index);
const uint8_t *kj_world_land(kj_world *world, int32_t year_index);
/* A column of areas in a year, n_areas values into `out`; false if there is none. */
bool kj_world_area_column(kj_world *world, const char *name, int32_t year_index, float *out);

/* What an item shows of each area, before its scale: the column, or its share of another (NaN where that is 0). */
bool kj_shown_areas(kj_world *world, const kj_shown_item *item, int32_t year_index, float *out);

int32_t kj_world_year_index(const kj_world *world, int32_t year); /* nearest recorded */
double kj_world_figure(const kj_world *world, kj_figure_id id, int32_t year_index); /* NaN: none */
bool kj_facility_open(const kj_facility *facility, kj_month month);
bool kj_facility_has_closed(const kj_facility *facility, kj_month month); /* a school that was there and has closed by then */
/* Its name; what policies named in English ("New school Bor 2028") in the language that is set. */
const char *kj_facility_name(const kj_facility *facility, char out[KJ_NAME_TEXT]);
const char *kj_shown_title(const kj_shown_item *item, int language);
const char *kj_shown_unit(const kj_shown_item *item, int language);
const char *kj_shown_how(const kj_shown_item *item, int language); /* "" where the plugin does not say */
/* What a value of a layer is multiplied by to be read. */
double kj_shown_scale(const kj_shown_item *item, const kj_grid *grid);
const char *kj_world_name(const kj_world *world, int language);
/* With both names where two policies tell it from the other. */
const char *kj_world_long_name(const kj_world *world, int language);

#endif
