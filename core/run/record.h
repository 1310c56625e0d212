/* What a run leaves behind: years, checkpoints, the packed file. */
#ifndef KEDJA_RUN_RECORD_H
#define KEDJA_RUN_RECORD_H

#include <jansson.h>

#include "../io/yearwriter.h"
#include "prepare.h"
#include "run.h"
#include "trace.h"

typedef struct kj_recorder {
    char dir[KJ_PATH_MAX];
    const char *out; /* NULL: nothing is kept */
    int lock;        /* of dir, -1 if nothing is kept */
    kj_run_info info;
    const kj_scenario *scenario; /* of the prepared run */
    char *figures_json, *trace_json;
    kj_trace *trace; /* NULL: nobody is followed */
    kj_yearwriter *writer; /* NULL if nothing is kept */
} kj_recorder;

/* What plugins give the viewer to show, as the list "shown" of a run file's options. The caller gives it back. */
json_t *kj_shown_json(const kj_sim *sim);

/* Notes every parameter as it is now, before the first month and before a checkpoint is read: a resumed run says what it was begun with, not what
   policies and the journal have made of it. Fills prepared->options_json. */
kj_status kj_recorder_options(kj_error *err, const kj_request *request, kj_prepared *prepared);

/* Fills the provenance from a simulation whose state stands, after kj_recorder_options. dir: folder of the unfinished run. request and prepared
   must outlive the recorder. */
kj_status kj_recorder_init(kj_error *err, const kj_request *request, kj_prepared *prepared, const char *dir, kj_recorder *out);
void kj_recorder_free(kj_recorder *recorder);

/* The state at the end of a December: the year file, then the checkpoint. They may still be on their way to the disk, until
   a wait has ended. */
kj_status kj_recorder_year(kj_error *err, kj_recorder *recorder, kj_sim *sim);
kj_status kj_recorder_wait(kj_error *err, kj_recorder *recorder);
/* A checkpoint in the middle of a year, when a run is stopped. */
kj_status kj_recorder_stop(kj_error *err, kj_recorder *recorder, kj_sim *sim);
kj_status kj_recorder_finish(kj_error *err, kj_recorder *recorder, kj_sim *sim, const kj_outcome *outcome);

#endif
