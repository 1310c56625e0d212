/* Indicators of past years, as policies ask for them (city:indicator with a year). */
#ifndef KEDJA_SCRIPT_PAST_H
#define KEDJA_SCRIPT_PAST_H

#include "../engine/sim.h"

/* Keeps the year that ends with the state as it stands: indicators of the tables whose rows have a name or a code. */
kj_status script_past_keep(kj_error *err, void *policies, kj_sim *sim, kj_month month);

/* As script_indicator, but as it stood at the end of a year before that of `month`; known: false for years before the start state, for a row that was
   not there yet, and for what had not been measured. KJ_E_INPUT besides: a year that is not over, a table of which the past is not kept. */
kj_status script_past_indicator(kj_error *err, kj_sim *sim, kj_month month, const char *table, const char *column, const char *name, int32_t year,
                                double *value, bool *known);

#endif
