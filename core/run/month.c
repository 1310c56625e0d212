#include "month.h"

#include <time.h>

#include "outcome.h"

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void report(kj_sim *sim, const kj_watch *watch, const kj_outcome *outcome, int64_t person_months_before, double began)
{
    if (!watch->year) return;
    kj_progress p = {.year = KJ_YEAR_OF(kj_sim_now(sim)),
                     .first_year = outcome->first_year,
                     .last_year = outcome->last_year,
                     .person_months = kj_sim_person_months(sim) - person_months_before,
                     .loop_seconds = outcome->loop_seconds,
                     .wall_seconds = seconds() - began,
                     .population = kj_outcome_population(kj_sim_store(sim))};
    watch->year(watch->data, &p);
}

kj_status kj_loop(kj_error *err, kj_sim *sim, const kj_journal *journal, kj_recorder *recorder, const kj_watch *watch, kj_outcome *outcome)
{
    const kj_sim_config *config = kj_sim_get_config(sim);
    int64_t before = kj_sim_person_months(sim);
    double began = seconds();
    report(sim, watch, outcome, before, began);
    while (kj_sim_now(sim) < config->end) {
        double month_began = seconds();
        kj_status status = kj_journal_apply(err, journal, sim, kj_sim_now(sim) + 1);
        if (!status) status = kj_sim_month(err, sim);
        outcome->loop_seconds += seconds() - month_began;
        bool december = KJ_MONTH_OF_YEAR(kj_sim_now(sim)) == 12;
        if (!status && december && watch->december) status = watch->december(err, watch->december_data, sim, kj_sim_now(sim));
        if (!status && december) status = kj_recorder_year(err, recorder, sim);
        if (status) return status;
        if (december) report(sim, watch, outcome, before, began);
        if (watch->stop && *watch->stop && kj_sim_now(sim) < config->end) return kj_recorder_stop(err, recorder, sim);
    }
    outcome->wall_seconds = seconds() - began;
    return KJ_OK;
}
