/* The files of each year, put on disk by a thread of its own while the next year is reckoned: waiting for the disk took as
   long as the months. They stand there in the same order as if each were waited for (year file, checkpoint, then the next
   year's), so a run that is killed leaves what it left then, at most a year less of it. */
#ifndef KEDJA_IO_YEARWRITER_H
#define KEDJA_IO_YEARWRITER_H

#include "runfile.h"

typedef struct kj_yearwriter kj_yearwriter;

/* dir: folder of the unfinished run. NULL when out of memory. */
kj_yearwriter *kj_yearwriter_new(const char *dir);
/* Takes the state at the end of a December and returns while it is being written. Fails also if the year before could not
   be written. */
kj_status kj_yearwriter_year(kj_error *err, kj_yearwriter *writer, kj_sim *sim, const kj_run_info *info);
/* Until all is on disk. A failure is told once. */
kj_status kj_yearwriter_wait(kj_error *err, kj_yearwriter *writer);
void kj_yearwriter_free(kj_yearwriter *writer); /* waits; warns of a failure that nobody was told; NULL is fine */

#endif
