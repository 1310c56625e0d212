/* Indicators that policies read (city:indicator) and triggers watch. `kedja policy words` lists them. */
#ifndef KEDJA_SCRIPT_INDICATOR_H
#define KEDJA_SCRIPT_INDICATOR_H

#include "../engine/sim.h"

/* A recorded column of numbers, or one that policies may change. */
bool script_is_indicator(const kj_column *column);
/* May its values be added up over rows? Whole counts, areas, distances driven, money; not means, shares, prices and times. */
bool script_is_summable(const kj_column *column);
/* First month at whose beginning its value is there: what is measured in December is known from January on. */
kj_month script_known_from(const kj_sim *sim, const kj_column *column);

/* Is there such an indicator, and does it mean something in that month of the year (0: in every month)? KJ_E_INPUT, with the nearest name. */
kj_status script_indicator_check(kj_error *err, const kj_sim *sim, const char *table, const char *column, int32_t month_of_year);

/* Where it stands; row: of that name or else that code, 0 without one (NULL). */
typedef struct indicator_place {
    const kj_rows *rows;
    const kj_column *column;
    uint32_t row;
} indicator_place;
kj_status script_find_indicator(kj_error *err, const kj_sim *sim, const char *table, const char *column, const char *name, indicator_place *out);
/* KJ_E_INPUT for a sum over several rows of what is no count. */
kj_status script_check_sum(kj_error *err, const indicator_place *place, uint32_t n_rows);

/* Its value at the beginning of a month: of the row with that name or else that code, or summed over all rows (name NULL). known: false before the
   first measurement. KJ_E_INPUT: no such indicator or row, a yearly count in January, a sum of what is no count. */
kj_status script_indicator(kj_error *err, const kj_sim *sim, kj_month month, const char *table, const char *column, const char *name, double *value, bool *known);

#endif
