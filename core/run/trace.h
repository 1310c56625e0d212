/* Persons and households that are followed through a run, when asked for. What is noted is read off the state at the end of
   every month and changes nothing: the state hash is that of the run without it. Kept beside the checkpoints, so that a
   resumed run goes on with it; packed into the run file (core/io/traceformat.h). */
#ifndef KEDJA_RUN_TRACE_H
#define KEDJA_RUN_TRACE_H

#include "../engine/sim.h"
#include "../io/traceformat.h"
#include "request.h"

typedef struct kj_trace_wish {
    bool household, sample;
    uint32_t number; /* id, or how many persons */
} kj_trace_wish;
kj_status kj_trace_parse(kj_error *err, const char *text, kj_trace_wish *out);

typedef struct kj_trace kj_trace;
/* Begins to observe the simulation, whose state stands; goes on with what DIR/trace.json holds up to now, if it is there. */
kj_status kj_trace_begin(kj_error *err, const kj_request *request, kj_sim *sim, const char *dir, kj_trace **out);
void kj_trace_free(kj_trace *trace); /* NULL is fine */
/* Writes DIR/trace.json; before the checkpoint of the same month. */
kj_status kj_trace_keep(kj_error *err, const kj_trace *trace, const char *dir);
/* Warns of each that was to be followed and never came. At the end of a run. */
void kj_trace_tell_missing(const kj_trace *trace, kj_sim *sim);
char *kj_trace_json(const kj_trace *trace); /* free(); NULL: out of memory */

#endif
