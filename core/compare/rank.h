/* A forum ranks goals: participants give points to goals under headings of their own, scenarios are scored by weighted
   indicators between 0 and 1, and the ranking shows how far weights can move before the order changes. */
#ifndef KEDJA_COMPARE_RANK_H
#define KEDJA_COMPARE_RANK_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "compare.h"

enum { KJ_RANK_NAME = 96, KJ_RANK_DRAWS = 10000 };

/* What stands for 0 and 1 where the goals give no worst and best. */
typedef enum kj_rank_ends {
    KJ_ENDS_CHOOSE = 0, /* two scenarios: years; more: scenarios */
    KJ_ENDS_SCENARIOS,  /* the worst and the best scenario, however small the difference */
    KJ_ENDS_YEARS       /* the worst and the best figure of any year after the first in any run */
} kj_rank_ends;

typedef struct kj_rank_indicator {
    const kj_indicator_def *def;
    uint32_t goal;
    double share;     /* of the goal, adds up to 1 */
    bool more;        /* more is better */
    bool given;       /* worst and best come from the goals; else as kj_ranking.ends says */
    double worst, best;
    bool same;        /* all scenarios have the same figure: 0.5 for all */
} kj_rank_indicator;

typedef struct kj_rank_goal {
    char heading[KJ_RANK_NAME], name[KJ_RANK_NAME];
    double weight;           /* 0 … 1, mean of the participants */
    double weight_low, weight_high; /* smallest and largest among the participants */
    double holds_from, holds_to;    /* weights of this goal, the others in proportion, for which the first stays the first */
    uint32_t second_from, second_to; /* who comes first beyond; UINT32_MAX nobody */
} kj_rank_goal;

typedef struct kj_rank_scenario {
    char name[KJ_RANK_NAME];
    uint32_t n_runs;
    double score;            /* 0 … 1 */
    uint32_t rank;           /* from 1; equal scores have the same */
    double *figures;         /* by indicator: mean over its runs */
    double *values;          /* by goal: 0 … 1 */
    /* Where several come first with the same score, each has an equal part of the win. */
    double participants_first; /* participants whose own points put it first */
    double first_share;      /* of all possible weightings (uniform over them), those that put it first */
    double seeds_first;      /* share of the common seeds in which it is first; NaN with one seed */
} kj_rank_scenario;

typedef struct kj_ranking {
    int32_t year;
    kj_rank_ends ends; /* set before kj_rank, which replaces KJ_ENDS_CHOOSE */
    bool has_votes;
    uint32_t n_goals, n_indicators, n_scenarios, n_participants, n_seeds;
    kj_rank_goal *goals;
    kj_rank_indicator *indicators;
    kj_rank_scenario *scenarios; /* best first */
    double *votes;               /* [n_participants][n_goals], each row adds up to 1 */
    char (*participants)[KJ_RANK_NAME];
} kj_ranking;

/* goals: CSV with heading, goal, indicator and, where wanted, direction (more, less), worst, best, share; or, if the path ends with .lua, a Lua file that calls
   goal { heading =, goal =, indicator =, … } with the same fields. KJ_E_INPUT names file, line, column and the nearest known name; so does a name of KJ_RANK_NAME bytes or more with its length. */
kj_status kj_rank_goals_read(kj_error *err, const char *path, kj_ranking *out);
/* votes: CSV with participant, goal, points; what a participant leaves out is 0. NULL: all goals weigh the same. */
kj_status kj_rank_votes_read(kj_error *err, const char *path, kj_ranking *out);

/* One scenario: a name and its runs (several seeds of one scenario). */
typedef struct kj_rank_entry {
    const char *name;
    const char *const *paths;
    uint32_t n_paths;
} kj_rank_entry;

/* Fills the rest. year 0: the last that all runs have. KJ_E_INPUT: fewer than two scenarios, two of one name, runs of
   different maps, a name of KJ_RANK_NAME bytes or more, a year or an indicator that is not in all of them. */
kj_status kj_rank(kj_error *err, const kj_rank_entry *entries, uint32_t n, int32_t year, kj_ranking *ranking);
void kj_ranking_free(kj_ranking *ranking);
json_t *kj_ranking_json(const kj_ranking *ranking);

#endif
