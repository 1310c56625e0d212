/* One line of a forum's goals, as CSV and Lua give it. */
#ifndef KEDJA_COMPARE_RANK_GOALS_H
#define KEDJA_COMPARE_RANK_GOALS_H

#include "rank.h"

typedef struct rank_goal_row {
    const char *field; /* what a field is called in messages: column, field */
    const char *heading, *goal, *indicator, *direction; /* direction "": the indicator's own */
    bool has_worst, has_best;
    double worst, best, share;
} rank_goal_row;

/* Adds what stands in the line; messages do not say where it stands. */
kj_status rank_goals_add(kj_error *err, const rank_goal_row *row, kj_ranking *r);
kj_status rank_goals_read_lua(kj_error *err, const char *path, kj_ranking *out);

#endif
