/* The loop over months. */
#ifndef KEDJA_RUN_MONTH_H
#define KEDJA_RUN_MONTH_H

#include "journal.h"
#include "record.h"

/* Simulates from the present month to the end, with the changes of the journal. Adds to outcome->loop_seconds. KJ_E_STOPPED after a checkpoint. */
kj_status kj_loop(kj_error *err, kj_sim *sim, const kj_journal *journal, kj_recorder *recorder, const kj_watch *watch, kj_outcome *outcome);

#endif
