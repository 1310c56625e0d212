/* Published figures that the model is held against (maps/countries/CC/targets.csv), and what runs give for each. */
#ifndef KEDJA_VALIDATE_TARGETS_H
#define KEDJA_VALIDATE_TARGETS_H

#include <stdbool.h>

#include "../base/error.h"
#include "../chains/chain_stats.h"
#include "lives.h"

enum { KJ_TARGETS_MAX = 96, KJ_SEEDS_MAX = 32 };

typedef enum kj_role { KJ_ROLE_CALIBRATE = 0, KJ_ROLE_VALIDATE, KJ_ROLE_CONTEXT } kj_role;
#define KJ_ROLE_LABELS "calibrate validate context"

typedef struct kj_target {
    char id[16], title[128], unit[48], map[24], source[320], if_missed[512];
    char published[32];  /* value as it is printed */
    double low, high;    /* NaN: no bound */
    kj_role role;
} kj_target;

typedef struct kj_finding {
    int32_t n;                    /* runs that gave a value */
    double values[KJ_SEEDS_MAX];
    double baseline_sum;          /* of a simple rule, over the runs that have one */
    int32_t n_baseline;
    double value, low, high;      /* mean over runs and 95 % interval for luck; NaN */
    double baseline;              /* NaN: none */
    bool checked, ok;
    char why_not[160];            /* not checked: the reason */
} kj_finding;

/* KJ_E_INPUT with file and line. */
kj_status kj_targets_read(kj_error *err, const char *country, kj_target *out, uint32_t *n);

/* A finished run and what was seen of it. */
typedef struct kj_case_run {
    const kj_lives *lives;
    const kj_forest *forest;
    int32_t from_year, to_year; /* flows of from_year < year <= to_year */
} kj_case_run;

/* Adds what one run gives to the findings of the targets of a map. KJ_E_INPUT if a column is missing. */
kj_status kj_findings_add(kj_error *err, const kj_target *targets, uint32_t n, const char *map, const kj_case_run *run, kj_finding *findings);
/* Means, intervals, verdicts. */
void kj_findings_finish(const kj_target *targets, uint32_t n, kj_finding *findings);

#endif
