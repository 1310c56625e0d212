/* Changes made while a run goes on: a value set at the beginning of a month, before policies are applied. A run with the
   same journal gives the same state hash, whether the changes were made live or read from a file.

   As text, one change a line, "#" begins a comment:  2028-01 densify.enabled=true
   Lines that begin with "@" say what the session was (replay.h). */
#ifndef KEDJA_RUN_JOURNAL_H
#define KEDJA_RUN_JOURNAL_H

#include "../engine/sim.h"
#include "request.h"

typedef struct kj_change {
    kj_month month;
    char name[2 * KJ_NAME_MAX];
    double value;
} kj_change;

typedef struct kj_journal {
    kj_change *items; /* by month; those of one month in the order in which they were made */
    uint32_t n;
} kj_journal;

void kj_journal_free(kj_journal *journal);
kj_status kj_journal_copy(kj_error *err, const kj_journal *from, kj_journal *out);
/* Adds a change in its place; one of the same month and name takes the place of the old one. */
kj_status kj_journal_add(kj_error *err, kj_journal *journal, const kj_change *change);
/* "2028-01 densify.enabled=true". KJ_E_INPUT: what was expected and found. */
kj_status kj_change_parse(kj_error *err, const char *text, kj_change *out);
/* The same text; out holds at least 160 bytes. */
char *kj_change_text(const kj_change *change, char *out, size_t out_bytes);
/* A file of changes. KJ_E_INPUT with file and line. */
kj_status kj_journal_read(kj_error *err, const char *path, kj_journal *out);

/* Sets what changes at the beginning of `month`. KJ_E_INPUT for an unknown name or a value out of range. */
kj_status kj_journal_apply(kj_error *err, const kj_journal *journal, kj_sim *sim, kj_month month);
/* Before the first month: unknown names, values out of range, and months that are not simulated. KJ_E_INPUT. */
kj_status kj_journal_check(kj_error *err, const kj_journal *journal, const kj_sim *sim);
/* First month in which two journals differ; INT32_MAX if they do not. */
kj_month kj_journal_difference(const kj_journal *a, const kj_journal *b);

/* The journal that a request carries (kj_request.changes). */
kj_status kj_journal_of_request(kj_error *err, const kj_request *request, kj_journal *out);

#endif
