/* What a run was told while it went on: the journal that its provenance keeps, from a branch, a live session or a file. */
#ifndef KEDJA_IO_RUNCHANGES_H
#define KEDJA_IO_RUNCHANGES_H

#include <jansson.h>
#include <kedja/types.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct kj_run_change {
    kj_month month; /* at whose beginning the value holds */
    char name[128]; /* "densify.enabled" */
    double value;
} kj_run_change;

/* Changes of a run (options: the parsed kj_run_info.options_json; NULL is fine) by month, those of one month as they were made; of two of
   one month and name the later. free() *out; false: out of memory. */
bool kj_run_changes(const json_t *options, kj_run_change **out, uint32_t *n);

/* Value of a parameter in a month: as the run began (options.parameters), then as its changes say. absent: if the run has no such parameter. */
double kj_run_value(const json_t *options, const kj_run_change *changes, uint32_t n, const char *name, kj_month month, double absent);

/* Was this policy on at the beginning, or switched on by a change? */
bool kj_run_policy_was_on(const json_t *options, const kj_run_change *changes, uint32_t n, const char *policy);

#endif
