#include "vision.h"

#include <math.h>

#include "../script/scenario.h"

static const double nothing = (double)NAN;

/* Sum over the municipalities at the end of a year; NaN where it is not known. */
static kj_status total(kj_error *err, kj_sim *sim, const char *column, int32_t year, double *value)
{
    bool known = false;
    kj_status status = kj_past_total(err, sim, "municipality", column, year, value, &known);
    if (!known) *value = nothing;
    return status;
}

/* What the model plans by itself, and the yearly count that answers it. */
static kj_status read_planned(kj_error *err, kj_sim *sim, kj_demand_year *out)
{
    static const char *const planned[] = {[KJ_DEMAND_DWELLINGS] = "needed_dwellings", [KJ_DEMAND_IN_MIGRANTS] = "needed_in_migrants", [KJ_DEMAND_JOBS] = "needed_jobs"};
    kj_status status = KJ_OK;
    for (kj_demand d = 0; d < sizeof planned / sizeof *planned && !status; d++) status = total(err, sim, planned[d], out->year, &out->demanded[d]);
    if (!status) status = total(err, sim, "completed", out->year, &out->came[KJ_DEMAND_DWELLINGS]);
    if (!status) status = total(err, sim, "in_migrants", out->year, &out->came[KJ_DEMAND_IN_MIGRANTS]);
    return status;
}

/* What came of a stock is what it grew by. */
static kj_status read_growth(kj_error *err, kj_sim *sim, const char *column, double scale, int32_t year, double *growth)
{
    double before, now;
    kj_status status = total(err, sim, column, year - 1, &before);
    if (!status) status = total(err, sim, column, year, &now);
    if (!status) *growth = scale * (now - before);
    return status;
}

/* For each home that is demanded as many as there were users a household. */
static kj_status read_users(kj_error *err, kj_sim *sim, const char *column, double scale, const kj_demand_year *v, double *demanded)
{
    double users, households;
    kj_status status = total(err, sim, column, v->year - 1, &users);
    if (!status) status = total(err, sim, "households", v->year - 1, &households);
    if (!status) *demanded = households > 0.0 ? scale * users / households * v->demanded[KJ_DEMAND_DWELLINGS] : nothing;
    return status;
}

static kj_status read_year(kj_error *err, kj_sim *sim, int32_t year, kj_demand_year *out)
{
    out->year = year;
    kj_status status = read_planned(err, sim, out);
    if (!status) status = read_growth(err, sim, "jobs", 1.0, year, &out->came[KJ_DEMAND_JOBS]);
    if (!status) status = read_growth(err, sim, "places", 1.0, year, &out->came[KJ_DEMAND_PLACES]);
    if (!status) status = read_growth(err, sim, "staff_needed", 0.01, year, &out->came[KJ_DEMAND_STAFF]);
    if (!status) status = read_users(err, sim, "pupils", 1.0, out, &out->demanded[KJ_DEMAND_PLACES]);
    if (!status) status = read_users(err, sim, "staff_needed", 0.01, out, &out->demanded[KJ_DEMAND_STAFF]);
    return status;
}

kj_status kj_vision_read(kj_error *err, kj_sim *sim, kj_demands *out)
{
    double goal = 0.0, year = 0.0;
    kj_error none;
    *out = (kj_demands){0};
    if (kj_sim_get_param(&none, sim, "demography.vision_population", &goal) || kj_sim_get_param(&none, sim, "demography.vision_year", &year)) return KJ_OK;
    out->population = (int64_t)goal;
    out->vision_year = (int32_t)year;
    kj_status status = KJ_OK;
    int32_t first = KJ_YEAR_OF(kj_sim_get_config(sim)->start) + 1, last = KJ_YEAR_OF(kj_sim_now(sim) + 1) - 1;
    for (int32_t y = first; y <= last && out->population > 0 && out->n_years < KJ_DEMAND_YEARS && !status; y++) status = read_year(err, sim, y, &out->years[out->n_years++]);
    return status;
}
