/* A live session as a file: what it began with, what was changed when, and the state hash that it ended with. Running it once more
   gives the same hash.

   A journal (journal.h) with lines before its changes: @scenario FILE, @map NAME|FOLDER, @seed N, @years N, @set NAME=VALUE,
   @plugin FILE, @hash HEX. */
#ifndef KEDJA_RUN_REPLAY_H
#define KEDJA_RUN_REPLAY_H

#include "journal.h"

/* hash: of the end, "" if the session did not get there. Files are named from the root, so that the journal can be run from
   anywhere on this machine. Nothing is written if it cannot be written whole. */
kj_status kj_replay_write(kj_error *err, const kj_request *session, const kj_journal *journal, const char *hash, const char *path);
/* What to run, with the changes; hash "" if the file names none. KJ_E_INPUT with file and line, or if it names no scenario. */
kj_status kj_replay_read(kj_error *err, const char *path, kj_request *out, char hash[33]);

#endif
