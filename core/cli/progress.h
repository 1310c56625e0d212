/* Progress of long work on standard error: a bar on a terminal, a plain line a year otherwise, nothing when quiet. */
#ifndef KEDJA_CLI_PROGRESS_H
#define KEDJA_CLI_PROGRESS_H

#include "../run/run.h"

typedef struct kj_meter {
    bool quiet, terminal;
} kj_meter;

kj_meter kj_meter_new(bool quiet);
/* kj_watch.year with a kj_meter as data. */
void kj_meter_year(void *meter, const kj_progress *progress);

/* Of a number of runs; seconds: since the first began. A bar on a terminal, else a line a tenth. */
void kj_meter_runs(const kj_meter *meter, int32_t n_done, int32_t n_runs, double seconds);

/* The closing table of a run on standard output, or its JSON object. out: the run file, out of which it says what became of the named projects; NULL: none. */
void kj_print_outcome(const kj_outcome *outcome, const char *out, bool json, bool quiet);

#endif
