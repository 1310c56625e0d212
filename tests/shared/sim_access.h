/* What tests do with a simulation: read columns, set and read parameters, let months pass. A fault fails the test with its message. After <cmocka.h>. */
#ifndef KEDJA_TESTS_SIM_ACCESS_H
#define KEDJA_TESTS_SIM_ACCESS_H

#include "../../core/engine/sim.h"

static inline void *column(kj_sim *sim, const char *table, const char *name, kj_type type)
{
    void *data = kj_store_data(kj_sim_store(sim), table, name, type);
    if (!data) fail_msg("no column %s.%s", table, name);
    return data;
}

static inline void set(kj_sim *sim, const char *name, double value)
{
    kj_error err = {0};
    if (kj_sim_set_param(&err, sim, name, value)) fail_msg("%s", err.text);
}

static inline double param(kj_sim *sim, const char *name)
{
    double value = 0.0;
    kj_error err = {0};
    if (kj_sim_get_param(&err, sim, name, &value)) fail_msg("%s", err.text);
    return value;
}

static inline void run_months(kj_sim *sim, int months)
{
    kj_error err = {0};
    for (int i = 0; i < months; i++)
        if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
}

#endif
