/* The shipped cases on which the model is held against published figures: a scenario on a map, how long it is run, and what is
   seen of it. */
#ifndef KEDJA_VALIDATE_CASES_H
#define KEDJA_VALIDATE_CASES_H

#include "targets.h"

/* Rates are counted in years 3 to 10; chains over the whole run, and the last years give those of year 10 time to end. */
typedef struct kj_case {
    const char *name, *scenario, *map; /* map: where it is looked for; NULL: the scenario's */
    int32_t years;
    const char *settings[4];
    const char *says; /* what stands in for what */
} kj_case;

enum { KJ_N_CASES = 6 };
extern const kj_case kj_cases[KJ_N_CASES];

/* Index of a case by its name; -1. */
int kj_case_index(const char *name);

/* Targets and what runs gave for them. */
typedef struct kj_case_results {
    kj_target targets[KJ_TARGETS_MAX];
    kj_finding findings[KJ_TARGETS_MAX];
    uint32_t n;
} kj_case_results;

/* One run of a case with a seed and further settings ("name=value"), added to the findings; years: 0 as the case says, else at least 4,
   of which those from the third on are counted. The run's file stands in `folder` while it is read. Errors as of kj_run and
   kj_findings_add. */
kj_status kj_case_run_once(kj_error *err, const kj_case *c, const char *map, char *const *settings, uint32_t n_settings, int32_t years, uint64_t seed,
                           const char *folder, kj_case_results *all);

#endif
