/* A run from beginning to end: scenario and map to a simulation, month after month, each year recorded, the file packed. */
#ifndef KEDJA_RUN_RUN_H
#define KEDJA_RUN_RUN_H

#include <signal.h>

#include "../engine/sim.h"
#include "request.h"
#include "vision.h"

/* After each simulated year, and once before the first with year = the start year. */
typedef struct kj_progress {
    int32_t year, first_year, last_year;
    int64_t person_months; /* simulated by this process */
    double loop_seconds;   /* spent in the month loop */
    double wall_seconds;
    int64_t population;
} kj_progress;

typedef struct kj_watch {
    void (*year)(void *data, const kj_progress *progress); /* may be NULL */
    void *data;
    const volatile sig_atomic_t *stop; /* set: stop after this month, keep a checkpoint. May be NULL */
    bool quiet;                        /* no notes on standard error */
    kj_observer_fn observe;            /* looks at the start state and at the end of every month; NULL. Not together with --trace */
    void *observe_data;
    kj_observer_fn december;           /* looks at the start state and at each December as it is stored, rows put in order; NULL */
    void *december_data;
} kj_watch;

/* Closing figures. */
typedef struct kj_outcome {
    int32_t first_year, last_year;
    int64_t population_start, population_end;
    int64_t households_start, households, dwellings_start, dwellings;
    int64_t lodging_start, lodging; /* households without a home of their own, among the households; -1: not known */
    int64_t moves;  /* households that moved into a home by the end: vacancies that were filled */
    int64_t chains; /* roots of the vacancy forest */
    int64_t person_months;
    double loop_seconds; /* the month loop alone, without building the map and output */
    double wall_seconds;
    int32_t n_threads;
    int64_t peak_memory_bytes;   /* allocated for state, map and scratch */
    int64_t resident_bytes;      /* of the process, at its peak */
    char state_hash[33];
    kj_demands vision;
    char title[256], map_title[256], boundary[256];
} kj_outcome;

/* Runs; the request is resolved on the way. KJ_E_INPUT before the first month, KJ_E_FAILED, KJ_E_IO,
   KJ_E_INVARIANT … after it; KJ_E_STOPPED when asked to stop. Nothing half-written stands under request->out. */
kj_status kj_run(kj_error *err, kj_request *request, const kj_watch *watch, kj_outcome *out);

/* Goes on with the run that was to give `path`, from its newest checkpoint. *complete is set, and nothing is done, when
   `path` is a whole run already; *figures is then its closing figures as JSON (free()), else NULL. KJ_E_INPUT when there is nothing to go on with. */
kj_status kj_resume(kj_error *err, const char *path, const kj_watch *watch, kj_outcome *out, bool *complete,
                    char **figures);

#endif
