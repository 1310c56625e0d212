/* What the report shows of a run, gathered in one struct: indicators by year, land use at both ends, chains,
   provenance. Filled from a run file by run_figures.c, or by hand in tests. Everything is owned by the struct. */
#ifndef KEDJA_REPORT_RUN_FIGURES_H
#define KEDJA_REPORT_RUN_FIGURES_H

#include <kedja/map.h>
#include <kedja/model.h>
#include <stdbool.h>

#include "../base/error.h"
#include "../chains/chain_figures.h"
#include "../io/demands.h"
#include "../compare/projects.h"
#include "../io/runread.h"

typedef enum kj_indicator {
    KJ_IND_POPULATION = 0,
    KJ_IND_HOUSEHOLDS,
    KJ_IND_DWELLINGS,
    KJ_IND_COMPLETED,
    KJ_IND_MOVES,
    KJ_IND_PUPILS,
    KJ_IND_PLACES,
    KJ_IND_WITHOUT_PLACE,
    KJ_IND_JOBS,
    KJ_IND_IN_MIGRANTS,
    KJ_IND_EMPTY,       /* homes that no household holds */
    KJ_IND_LODGING,     /* households without a home of their own; households + empty homes - dwellings */
    KJ_IND_OVER_PLACES, /* pupils above the places of their schools: they have a place, but no room */
    KJ_IND_CARE_NEED,   /* people who need a care home, and its places: by the same count as the planners' table */
    KJ_IND_CARE_PLACES,
    KJ_IND_CARE_SHORT, /* places too few */
    KJ_IND_PRESCHOOL_WITHOUT, /* children who want a preschool place and have none */
    KJ_IND_COUNT
} kj_indicator;

/* Land that was not built up at the start and is now, by what it was. */
typedef enum kj_lost_land {
    KJ_LOST_FARMLAND = 0,
    KJ_LOST_FOREST = 1,
    KJ_LOST_OTHER = 2,
    KJ_LOST_COUNT = 3
} kj_lost_land;

enum { KJ_OUTSIDE = 255, KJ_TITLE_MAX = 160, KJ_ORIGINS = 3, KJ_ORIGIN_TEXT_MAX = 512, KJ_RUN_LANGUAGES = 3 };

/* A policy that was on. */
typedef struct kj_policy_on {
    char name[64];
    char title[KJ_RUN_LANGUAGES][KJ_TITLE_MAX]; /* en (the name if it has none), sv, da */
    int32_t from, until; /* kj_month: switched on, off by the run's journal; 0: from the start, to the end */
} kj_policy_on;

/* A parameter that differs from its default: "densify.max_far". */
typedef struct kj_changed {
    char name[128];
    char title[KJ_RUN_LANGUAGES][KJ_TITLE_MAX]; /* of a policy's parameter: en, sv, da; "" where the run file gives none */
    double value;
    int32_t month; /* kj_month from which the journal has it; 0: from the start */
    bool of_policy; /* on or off */
} kj_changed;

typedef struct kj_named_place {
    char name[64];
    double col, row;
    double population;
    int32_t kind; /* kj_area_kind */
} kj_named_place;

/* What is known of areas, by row; codes and population may be NULL. */
typedef struct kj_place_facts {
    uint32_t n;
    const char *const *name, *const *code;
    const double *x, *y, *population;
    const uint8_t *kind;
} kj_place_facts;
/* Those with a name that is not their code, by population, largest first; out: room for n. Returns how many. */
int32_t kj_named_places(const kj_grid *grid, const kj_place_facts *facts, kj_named_place *out);

typedef struct kj_run_figures {
    char title[KJ_RUN_LANGUAGES][KJ_TITLE_MAX]; /* of the scenario: en, sv, da */
    char place[KJ_TITLE_MAX];                   /* "Värnamo", or the map's title when there are several municipalities */
    int32_t n_municipalities;
    int32_t n_years; /* the start state is the first */
    int32_t *years;
    double *series[KJ_IND_COUNT];   /* n_years values, sums over municipalities; NULL if the run does not record it */
    double *lost_ha[KJ_LOST_COUNT]; /* cumulative hectares */
    char country[8]; /* of the map: "se" */
    bool knows_policies; /* the run file says which were on */
    int32_t n_policies, n_changed;
    kj_policy_on *policies; /* that were on, in the order in which they are applied */
    kj_changed *changed;
    int32_t n_observed;
    double *observed_x, *observed_y; /* decimal year, inhabitants */
    int32_t *observed_date;          /* 20250930 */
    char observed_office[96]; /* whose counts they are, in English */
    double vision_population; /* 0: none */
    int32_t vision_year;
    kj_demands demands; /* what the vision demands a year */
    kj_project_fates projects; /* n 0: the run has none */
    bool has_chains;
    kj_chain_figures chains;
    kj_grid grid;
    uint8_t *land_first, *land_last; /* kj_land_use, KJ_OUTSIDE outside the map's areas */
    bool has_place_names; /* not only official codes */
    int32_t n_places;
    kj_named_place *places; /* by population, largest first */
    int32_t n_schools;
    double *school_col, *school_row;
    bool *school_full; /* as many pupils as places in the last year; NULL: not told apart */
    char version[48], state_hash[33], map_digest[33], map_name[64], scenario[KJ_TITLE_MAX];
    uint64_t seed;
    char *plugins;             /* "demography 0.1.0, …" */
    char *sources;             /* of the map */
    char *origins[KJ_ORIGINS]; /* real, derived, synthetic layers of the map, names separated by blanks; NULL: none */
    bool land_is_synthetic;
    bool facilities_are_assumed; /* sites, sizes and names of schools, preschools and care homes, all of the start */
} kj_run_figures;

/* In the language, or in English if the run has none in it. */
static inline const char *kj_title_in(const char titles[KJ_RUN_LANGUAGES][KJ_TITLE_MAX], int language)
{
    return language > 0 && language < KJ_RUN_LANGUAGES && titles[language][0] ? titles[language] : titles[0];
}

void kj_run_figures_free(kj_run_figures *figures);

/* Reads a finished run file. Columns that the run does not have leave their series NULL. */
kj_status kj_run_figures_read(kj_error *err, const char *run_path, kj_run_figures *out);

/* Land use of a recorded year (0 = the last) in place of land_last. KJ_E_INPUT for a year that was not recorded. */
kj_status kj_run_figures_read_land(kj_error *err, const char *run_path, int32_t year, kj_run_figures *figures,
                                   int32_t *year_found);

/* The map of the run has no source for its schools, preschools and care homes. */
bool kj_facilities_are_assumed(const kj_runread *run);

/* Told only where there is one in any year (kj_is_any). */
static inline bool kj_is_shortage(kj_indicator indicator)
{
    return indicator == KJ_IND_OVER_PLACES || indicator == KJ_IND_CARE_SHORT || indicator == KJ_IND_PRESCHOOL_WITHOUT;
}

static inline bool kj_is_any(const kj_run_figures *figures, kj_indicator indicator)
{
    for (int32_t i = 0; figures->series[indicator] && i < figures->n_years; i++)
        if (figures->series[indicator][i] >= 0.5) return true;
    return false;
}

/* Hectares built up since `first`, by what the land was. */
void kj_lost_land_count(const uint8_t *first, const uint8_t *now, int64_t n_cells, double cell_m,
                        double out[KJ_LOST_COUNT]);
static inline int kj_land_is_built(uint8_t land_use)
{
    return land_use >= KJ_LAND_SMALL_HOUSES && land_use <= KJ_LAND_WORK;
}

#endif
