/* What a run was told while it went on: the journal that its provenance keeps, from a branch, a live session or a file. */
#ifndef KEDJA_IO_RUNCHANGES_H
#define KEDJA_IO_RUNCHANGES_H

#include <jansson.h>
#include <stdbool.h>

#include "../engine/sim.h"

typedef struct kj_change {
    kj_month month; /* at whose beginning the value holds */
    char name[2 * KJ_NAME_MAX]; /* "densify.enabled" */
    double value;
} kj_change;

typedef struct kj_journal {
    kj_change *items; /* by month; those of one month in the order in which they were made */
    uint32_t n;
} kj_journal;

void kj_journal_free(kj_journal *journal);
/* Adds a change in its place; one of the same month and name takes the place of the old one. */
kj_status kj_journal_add(kj_error *err, kj_journal *journal, const kj_change *change);
/* "2028-01 densify.enabled=true". KJ_E_INPUT: what was expected and found. */
kj_status kj_change_parse(kj_error *err, const char *text, kj_change *out);

/* Changes of a run (options: the parsed kj_run_info.options_json; NULL is fine). kj_journal_free() *out. */
kj_status kj_run_changes(kj_error *err, const json_t *options, kj_journal *out);

/* Value of a parameter in a month: as the run began (options.parameters), then as its changes say. absent: if the run has no such parameter. */
double kj_run_value(const json_t *options, const kj_journal *changes, const char *name, kj_month month, double absent);

/* Was this policy on at the beginning, or switched on by a change? */
bool kj_run_policy_was_on(const json_t *options, const kj_journal *changes, const char *policy);

#endif
