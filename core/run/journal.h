/* Changes made while a run goes on: a value set at the beginning of a month, before policies are applied. A run with the
   same journal gives the same state hash, whether the changes were made live or read from a file.

   As text, one change a line, "#" begins a comment:  2028-01 densify.enabled=true
   Lines that begin with "@" say what the session was (replay.h). */
#ifndef KEDJA_RUN_JOURNAL_H
#define KEDJA_RUN_JOURNAL_H

#include "../io/runchanges.h"
#include "request.h"

kj_status kj_journal_copy(kj_error *err, const kj_journal *from, kj_journal *out);
/* "2028-01 densify.enabled=1"; out holds at least 160 bytes. */
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
