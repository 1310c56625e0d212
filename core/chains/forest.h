/* The vacancy forest of a run, with what reading it needs: ranks of areas by income, the residents' median income by
   year, names of projects. Read off a run file; row r is the vacancy with id r + 1, since vacancies are never
   destroyed. */
#ifndef KEDJA_CHAINS_FOREST_H
#define KEDJA_CHAINS_FOREST_H

#include <kedja/model.h>
#include <stdbool.h>

#include "../base/error.h"
#include "../io/runread.h"

/* Place of an area when areas are ranked by median income at the start and weighted by their inhabitants then. */
enum { KJ_RANK_UNKNOWN = 0, KJ_RANK_UPPER = 1, KJ_RANK_LOWER_HALF = 2, KJ_RANK_LOWEST_FIFTH = 3 /* of the lower half too */ };

typedef struct kj_forest {
    uint32_t n;
    kj_id *dwelling, *root, *parent, *filled_by, *from_dwelling, *project;
    int16_t *round, *opened, *available, *contract, *closed, *area;
    uint8_t *cause, *stage, *end, *tenure, *kind, *rooms, *renovation_months;
    uint8_t *mover_size, *mover_kind, *mover_age, *mover_origin; /* as the filler was at that moment */
    int32_t *mover_income, *cell;
    bool knows_stages; /* contract and renovation_months were kept: not by runs of before */
    uint32_t *child; /* row + 1 of the vacancy that the filler left behind; 0 none */

    uint32_t n_areas;
    uint8_t *area_rank;
    bool knows_ranks; /* some area has a median income */
    double live_in_half, live_in_fifth; /* share of the people of the start: what moves spread like people would give */
    int32_t *area_municipality;   /* row of the municipality whose code the area's begins with; -1 none */
    uint32_t n_municipalities;
    uint32_t n_projects;
    const kj_id *project_id;
    const char *const *project_name; /* in the order of project_id */

    int32_t first_year; /* of median */
    uint32_t n_years;
    int64_t *median; /* of income after tax over the square root of household size, SEK/year, at the end of each year */

    kj_month end_month; /* last of the run */
    const char *boundary;
    double cell_m;
    int32_t nx;
    kj_runread *run; /* open: texts live in it */
} kj_forest;

/* KJ_E_INPUT: no finished run, a run without vacancies, or one whose links are broken (says which vacancy). */
kj_status kj_forest_open(kj_error *err, const char *run_path, kj_forest *out);
void kj_forest_close(kj_forest *forest);

/* Income of a mover over the square root of the household's size, as a share of the residents' median at the last
   December before the move; negative if either is unknown. */
double kj_forest_mover_income(const kj_forest *forest, uint32_t row);
/* "" if the project has no name in the run. */
const char *kj_forest_project(const kj_forest *forest, kj_id project);

/* Ranks for n areas; income 0 is unknown. Shares of the people of known areas who live in the lower half and the lowest fifth: areas are large, so that
   they are seldom 0.5 and 0.2. Returns whether any is known. */
bool kj_area_ranks(uint32_t n, const int32_t *median_income, const double *population, uint8_t *rank, double *live_in_half, double *live_in_fifth);

#endif
